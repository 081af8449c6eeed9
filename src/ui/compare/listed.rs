//! Which voices are compared, and in what order. Pure.

use std::collections::BTreeSet;

use crate::draft::{Language, Voice};
use crate::pricing::Pace;

/// Voices that are listed at most; the others are found by the search.
pub const MOST: usize = 300;

/// The voices that are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub voices: Vec<Voice>,
    /// Voices that would have been listed too.
    pub left_out: usize,
}

/// What decides which voices are listed.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Those of the account.
    pub voices: &'a [Voice],
    /// The one that was chosen when the comparison was opened: first, whatever it speaks.
    pub first: Option<&'a Voice>,
    /// What the others are to speak; `None`: anything.
    pub language: Option<Language>,
    /// By id.
    pub favourites: &'a [String],
    pub pace: &'a Pace,
    /// Lists what fits it instead, in any language.
    pub search: &'a str,
}

impl Wanted<'_> {
    /// The chosen voice, the favourites, those whose pace is known, the person's own,
    /// then everybody who speaks it, and last those who speak several.
    #[must_use]
    pub fn list(&self) -> Listed {
        let query = self.search.trim().to_lowercase();
        if !query.is_empty() {
            return cut(self.voices.iter().filter(|voice| fits(voice, &query)));
        }
        let speaks = |voice: &&Voice| {
            let own = Language::named(&voice.language);
            self.language.is_none_or(|language| own.is_some_and(|own| own.is_near(language)))
        };
        let several = |voice: &&Voice| voice.speaks_several();
        let all = || self.voices.iter();
        let favourites = all().filter(|voice| self.favourites.contains(&voice.id));
        let mut heard: Vec<&Voice> =
            all().filter(speaks).filter(|voice| self.pace.learned_from(&voice.id) > 0).collect();
        heard.sort_by_key(|voice| std::cmp::Reverse(self.pace.learned_from(&voice.id)));
        let own = all().filter(speaks).filter(|voice| voice.private);
        let order = self.first.into_iter().chain(favourites).chain(heard).chain(own);
        let mut seen = BTreeSet::new();
        cut(order
            .chain(all().filter(speaks))
            .chain(all().filter(several))
            .filter(|voice| seen.insert(voice.id.as_str())))
    }
}

fn cut<'a>(mut voices: impl Iterator<Item = &'a Voice>) -> Listed {
    let listed: Vec<Voice> = voices.by_ref().take(MOST).cloned().collect();
    Listed { voices: listed, left_out: voices.count() }
}

fn fits(voice: &Voice, query: &str) -> bool {
    voice.name.to_lowercase().contains(query)
        || voice.language.to_lowercase().contains(query)
        || voice.gender.to_lowercase().starts_with(query)
}

/// The languages that the voices of an account speak, each once, by name.
#[must_use]
pub fn languages(voices: &[Voice]) -> Vec<Language> {
    let mut spoken: Vec<Language> = Vec::new();
    for language in voices.iter().filter_map(|voice| Language::named(&voice.language)) {
        if !spoken.contains(&language) {
            spoken.push(language);
        }
    }
    spoken.sort_unstable_by_key(|language| language.name());
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::billable::Speech;
    use crate::pricing::Observation;

    fn voice(name: &str, language: &str) -> Voice {
        Voice {
            id: name.to_owned(),
            name: name.to_owned(),
            language: language.to_owned(),
            gender: "female".to_owned(),
            preview_audio_url: None,
            supports_pause: true,
            supports_locale: false,
            private: name.starts_with("My"),
            starfish: true,
        }
    }

    fn account() -> Vec<Voice> {
        [
            ("Ada", "English"),
            ("Bo", "English (UK)"),
            ("Cem", "German"),
            ("Di", "Multilingual"),
            ("Eve", "English"),
            ("My own", "English"),
            ("Fe", "German"),
        ]
        .map(|(name, language)| voice(name, language))
        .to_vec()
    }

    fn pace() -> Pace {
        let text = "Welcome back. Three things changed this spring, and every customer gets a contact.".to_owned();
        let speech =
            Speech { text, language: Some("English".to_owned()), voice_id: Some("Eve".to_owned()), speed: None };
        let seen = Observation::of(&speech, rust_decimal::Decimal::from(6)).unwrap();
        Pace::from_observations([seen])
    }

    #[track_caller]
    fn check(first: Option<&str>, language: Option<&str>, favourites: &[&str], search: &str, expected: &[&str]) {
        let voices = account();
        let favourites: Vec<String> = favourites.iter().map(|id| (*id).to_owned()).collect();
        let first = voices.iter().find(|voice| Some(voice.name.as_str()) == first);
        let language = language.and_then(Language::named);
        let listed = Wanted { voices: &voices, first, language, favourites: &favourites, pace: &pace(), search }.list();
        let names: Vec<&str> = listed.voices.iter().map(|voice| voice.name.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn the_chosen_voice_comes_first_and_the_others_speak_the_language_of_the_text() {
        check(Some("Bo"), Some("English"), &[], "", &["Bo", "Eve", "My own", "Ada", "Di"]);
        check(Some("Bo"), Some("German"), &[], "", &["Bo", "Cem", "Fe", "Di"]);
        check(Some("Cem"), Some("English"), &["Ada"], "", &["Cem", "Ada", "Eve", "My own", "Bo", "Di"]);
        check(Some("Cem"), Some("German"), &["Ada", "Di"], "", &["Cem", "Ada", "Di", "Fe"]);
        check(Some("Bo"), Some("Japanese"), &[], "", &["Bo", "Di"]);
        check(None, None, &["Fe"], "", &["Fe", "Eve", "My own", "Ada", "Bo", "Cem", "Di"]);
        check(Some("Fe"), None, &[], "", &["Fe", "Eve", "My own", "Ada", "Bo", "Cem", "Di"]);
    }

    #[test]
    fn the_languages_of_an_account_are_named_once() {
        assert_eq!(
            languages(&account()).iter().map(|language| language.name()).collect::<Vec<_>>(),
            ["English", "German"]
        );
    }

    #[test]
    fn a_search_finds_voices_of_every_language() {
        check(Some("Bo"), Some("English"), &["Ada"], "german", &["Cem", "Fe"]);
        check(Some("Cem"), Some("German"), &[], " EV", &["Eve"]);
        check(Some("Bo"), None, &[], "nobody", &[]);
    }

    #[test]
    fn a_voice_that_is_gone_is_still_the_chosen_one() {
        let gone = voice("Gone", "German");
        let voices = account();
        let (first, language) = (Some(&gone), Language::named("German"));
        let listed = Wanted { voices: &voices, first, language, favourites: &[], pace: &Pace::default(), search: "" };
        let names: Vec<String> = listed.list().voices.into_iter().map(|voice| voice.name).collect();
        assert_eq!(names, ["Gone", "Cem", "Fe", "Di"]);
    }

    #[test]
    fn there_is_an_end_to_the_list_and_it_says_what_it_left_out() {
        let voices: Vec<Voice> = (0..MOST + 12).map(|number| voice(&format!("Voice {number}"), "English")).collect();
        let (first, language) = (voices.get(5), Language::named("English"));
        let listed = Wanted { voices: &voices, first, language, favourites: &[], pace: &Pace::default(), search: "" };
        let Listed { voices, left_out } = listed.list();
        assert_eq!((voices.len(), left_out, voices[0].name.as_str()), (MOST, 12, "Voice 5"));
    }
}
