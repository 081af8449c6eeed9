//! The draft of a speech (`POST /v3/voices/speech`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::{Billable, Length, Speech};
use super::cast::Voice;
use super::composition::Composition;
use super::too_long;
use super::{Field, Foreign, Problem, Product, ssml, title};

/// Characters a text may have at most, marks included (published limit).
pub const TEXT_LIMIT: usize = 5_000;

/// The languages that can be named, with the code that is sent, by name. Others are heard from the text.
pub const LANGUAGES: [(&str, &str); 25] = [
    ("ar", "Arabic"),
    ("zh", "Chinese"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("de", "German"),
    ("el", "Greek"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nb", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("es", "Spanish"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
];

/// How the text is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputType {
    /// As it stands: every sign is spoken or left out.
    #[default]
    Text,
    /// With marks for pauses, emphasis and pronunciation.
    Ssml,
}

impl InputType {
    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Ssml => "ssml",
        }
    }
}

/// What the person is composing on the Speech tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpeechDraft {
    pub title: String,
    pub input_type: InputType,
    pub text: String,
    pub voice: Option<Voice>,
    /// 0.5 to 2.
    pub speed: Decimal,
    /// A code of [`LANGUAGES`]; `None`: HeyGen hears it from the text.
    pub language: Option<String>,
    /// A BCP 47 tag, for voices that support it; it names the language too.
    pub locale: Option<String>,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for SpeechDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            input_type: InputType::Text,
            text: String::new(),
            voice: None,
            speed: Decimal::ONE,
            language: None,
            locale: None,
            project: String::new(),
        }
    }
}

impl SpeechDraft {
    /// The accent that is sent: only voices that support one get it.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        let takes = self.voice.as_ref().is_none_or(|voice| voice.supports_locale);
        self.locale.as_deref().map(str::trim).filter(|locale| takes && !locale.is_empty())
    }

    /// The text that is spoken, with its pauses and without other marks.
    #[must_use]
    pub fn spoken(&self) -> String {
        match self.input_type {
            InputType::Text => self.text.trim().to_owned(),
            InputType::Ssml => ssml::spoken(self.text.trim()),
        }
    }

    /// What decides how long it takes.
    #[must_use]
    pub fn speech(&self) -> Speech {
        let language = self.locale().or(self.language.as_deref()).map(str::to_owned);
        Speech {
            text: self.spoken(),
            language: language.or_else(|| self.voice.as_ref().map(|voice| voice.language.clone())),
            voice_id: self.voice.as_ref().map(|voice| voice.id.clone()),
            speed: (self.speed != Decimal::ONE).then_some(self.speed),
        }
    }

    /// Reads the text as SSML, or as it stands, from now on; what was written stays what is spoken.
    pub fn read_as(&mut self, input_type: InputType) {
        if self.input_type == InputType::Text && input_type == InputType::Ssml && ssml::first_mark(&self.text).is_none()
        {
            self.text = ssml::escaped(&self.text);
        }
        self.input_type = input_type;
    }
}

impl Composition for SpeechDraft {
    fn product(&self) -> Product {
        Product::Speech
    }

    fn effective_title(&self) -> String {
        title::own_or(&self.title, || title::first_words(&self.spoken()), "Untitled speech")
    }

    fn title_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.title)
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |field, message: String| problems.push(Problem { field, message });
        let characters = self.text.trim().chars().count();
        if characters == 0 {
            add(Field::Text, "Write the text that is spoken.".to_owned());
        } else if let Some(fault) = too_long::fault("text", characters, TEXT_LIMIT) {
            add(Field::Text, fault);
        } else {
            match self.input_type {
                InputType::Ssml => match ssml::fault(self.text.trim()) {
                    Some(fault) => add(Field::Text, fault),
                    None if self.spoken().trim().is_empty() => {
                        add(Field::Text, "Nothing in the text is spoken: it has marks only.".to_owned());
                    }
                    None => {}
                },
                InputType::Text => {
                    if let Some(mark) = ssml::first_mark(&self.text) {
                        let mark: String = mark.chars().take(30).collect();
                        add(Field::Text, format!("Switch SSML on: {mark} is not understood in plain text."));
                    }
                }
            }
        }
        match &self.voice {
            None => add(Field::Voice, "Choose a voice.".to_owned()),
            Some(voice) if !voice.starfish => add(
                Field::Voice,
                format!("{} cannot speak on its own, only in a video. Choose another voice.", voice.name),
            ),
            Some(_) => {}
        }
        if self.speed < Decimal::new(5, 1) || self.speed > Decimal::TWO {
            add(Field::Speed, "Speed goes from 0.5 to 2.".to_owned());
        }
        if self.locale().is_some_and(|locale| !is_tag(locale)) {
            add(Field::Locale, "An accent looks like en-GB or pt-BR.".to_owned());
        }
        problems.extend(title::fault(&self.title));
        problems
    }

    fn foreign(&self) -> Option<Foreign> {
        Foreign::of(&self.spoken(), self.voice.as_ref()?, self.locale().or(self.language.as_deref()))
    }

    fn take_voice(&mut self, voice: &Voice) {
        self.voice = Some(voice.clone());
    }

    fn billable(&self) -> Billable {
        let length = if self.spoken().trim().is_empty() {
            Length::Unknown("Write the text: its spoken length decides the price.".to_owned())
        } else {
            Length::Speech(self.speech())
        };
        Billable::Speech { length }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        Vec::new()
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        Vec::new()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        self.voice.iter_mut().filter_map(|voice| voice.preview_audio_url.as_mut()).collect()
    }
}

/// Whether a text has the form of a language tag: `de`, `en-GB`, `zh-Hant-TW`.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::title::TITLE_LIMIT;

    fn voice() -> Voice {
        Voice {
            id: "voice".to_owned(),
            name: "Ada".to_owned(),
            language: "English".to_owned(),
            gender: "female".to_owned(),
            preview_audio_url: None,
            supports_pause: true,
            supports_locale: true,
            private: false,
            starfish: true,
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut SpeechDraft), expected: &[Field]) {
        let mut draft = SpeechDraft { text: "Hello.".to_owned(), voice: Some(voice()), ..SpeechDraft::default() };
        change(&mut draft);
        let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", draft.problems());
    }

    #[test]
    fn every_limit_is_told_beside_its_field() {
        check(|_| {}, &[]);
        check(|draft| *draft = SpeechDraft::default(), &[Field::Text, Field::Voice]);
        check(|draft| draft.text = " \n".to_owned(), &[Field::Text]);
        check(|draft| draft.text = "ö".repeat(TEXT_LIMIT), &[]);
        check(|draft| draft.text = "ö".repeat(TEXT_LIMIT + 1), &[Field::Text]);
        check(|draft| draft.text = "a <break time=\"1s\"/> b".to_owned(), &[Field::Text]);
        check(|draft| draft.text = "I <3 you".to_owned(), &[]);
        check(|draft| draft.speed = Decimal::new(49, 2), &[Field::Speed]);
        check(|draft| draft.speed = Decimal::new(5, 1), &[]);
        check(|draft| draft.speed = Decimal::TWO, &[]);
        check(|draft| draft.speed = Decimal::new(201, 2), &[Field::Speed]);
        check(|draft| draft.voice = Some(Voice { starfish: false, ..voice() }), &[Field::Voice]);
        check(|draft| draft.locale = Some("en-GB".to_owned()), &[]);
        check(|draft| draft.locale = Some("British".to_owned()), &[Field::Locale]);
        check(|draft| draft.title = "t".repeat(TITLE_LIMIT + 1), &[Field::Title]);
        check(
            |draft| {
                draft.locale = Some("British".to_owned());
                draft.voice = Some(Voice { supports_locale: false, ..voice() });
            },
            &[],
        );
    }

    #[test]
    fn ssml_has_to_be_whole_and_to_say_something() {
        let ssml = |text: &str| {
            let text = text.to_owned();
            move |draft: &mut SpeechDraft| {
                draft.input_type = InputType::Ssml;
                draft.text = text;
            }
        };
        check(ssml("<speak>Hello <break time=\"1s\"/> you.</speak>"), &[]);
        check(ssml("<speak>Hello"), &[Field::Text]);
        check(ssml("<speak><break time=\"1s\"/></speak>"), &[]);
        check(ssml("<speak></speak>"), &[Field::Text]);
    }

    #[test]
    fn switching_to_ssml_changes_nothing_that_is_spoken() {
        let mut draft = SpeechDraft { text: "Salt & pepper, 3 < 4".to_owned(), ..SpeechDraft::default() };
        let before = draft.spoken();
        draft.read_as(InputType::Ssml);
        assert_eq!((draft.text.as_str(), draft.spoken()), ("Salt &amp; pepper, 3 &lt; 4", before));
        // Marks that were written before the switch was found stay marks.
        let mut draft = SpeechDraft { text: "a <break/> b".to_owned(), ..SpeechDraft::default() };
        draft.read_as(InputType::Ssml);
        assert_eq!(draft.text, "a <break/> b");
    }

    #[test]
    fn the_length_rests_on_what_is_spoken_and_by_whom() {
        let mut draft = SpeechDraft {
            input_type: InputType::Ssml,
            text: "<speak>Hello <emphasis>you</emphasis>.</speak>".to_owned(),
            voice: Some(voice()),
            ..SpeechDraft::default()
        };
        let speech = draft.speech();
        assert_eq!(speech.text, "Hello you.");
        assert_eq!((speech.language.as_deref(), speech.voice_id.as_deref()), (Some("English"), Some("voice")));
        assert_eq!(draft.effective_title(), "Hello you");
        draft.language = Some("de".to_owned());
        assert_eq!(draft.speech().language.as_deref(), Some("de"));
        draft.locale = Some("de-AT".to_owned());
        assert_eq!(draft.speech().language.as_deref(), Some("de-AT"));
        draft.text.clear();
        assert!(matches!(draft.billable(), Billable::Speech { length: Length::Unknown(_) }));
    }
}
