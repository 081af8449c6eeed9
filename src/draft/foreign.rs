//! A text and a voice of two languages: the dearest mistake there is, since the result is paid for all the
//! same. Pure.

use super::{Language, Reading, Voice};

/// What a text reads like and what its voice speaks, where they surely are two languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The language of the text.
    pub reads: Language,
    /// The voice's own.
    pub speaks: Language,
    /// The voice's name.
    pub voice: String,
}

impl Foreign {
    /// Of a text and who speaks it. `told` is a language or accent that the person set for it: then that is
    /// what the voice speaks.
    #[must_use]
    pub fn of(text: &str, voice: &Voice, told: Option<&str>) -> Option<Self> {
        let (reads, speaks) = Reading::of(text).differs_from(told.unwrap_or(&voice.language))?;
        Some(Self { reads, speaks, voice: voice.name.clone() })
    }

    /// In a sentence: "This reads like German; Daria speaks English."
    #[must_use]
    pub fn words(&self) -> String {
        format!("This reads like {}; {} speaks {}.", self.reads.name(), self.voice, self.speaks.name())
    }
}

impl Voice {
    /// Whether it speaks a language as its own, or several.
    #[must_use]
    pub fn speaks(&self, language: Language) -> bool {
        self.speaks_several() || Language::named(&self.language).is_some_and(|own| own.is_near(language))
    }

    /// Whether it speaks several languages, or HeyGen does not say which.
    #[must_use]
    pub fn speaks_several(&self) -> bool {
        self.language.trim().is_empty() || self.language.trim().to_lowercase().starts_with("multi")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::avatar_video::Source;
    use crate::draft::realtime::Program;
    use crate::draft::{AvatarVideoDraft, Composition, RealtimeDraft, SpeechDraft};

    const GERMAN: &str = "Guten Tag und herzlich willkommen. Heute zeigen wir Ihnen die neue Anlage.";

    fn voice(name: &str, language: &str) -> Voice {
        Voice {
            id: name.to_owned(),
            name: name.to_owned(),
            language: language.to_owned(),
            gender: String::new(),
            preview_audio_url: None,
            supports_pause: true,
            supports_locale: true,
            private: false,
            starfish: true,
        }
    }

    fn words(draft: &dyn Composition) -> String {
        draft.foreign().map(|foreign| foreign.words()).unwrap_or_default()
    }

    #[test]
    fn a_text_in_another_language_than_its_voice_is_said_on_every_tab_that_speaks() {
        let told = "This reads like German; Daria speaks English.";
        let daria = voice("Daria", "English");
        let mut video = AvatarVideoDraft { script: GERMAN.to_owned(), ..AvatarVideoDraft::default() };
        assert_eq!(words(&video), "", "nobody speaks it yet");
        video.take_voice(&daria);
        assert_eq!(words(&video), told);
        video.voice_settings.locale = Some("de-AT".to_owned());
        assert_eq!(words(&video), "", "the person set it");
        video.voice_settings.locale = None;
        video.source = Source::Audio;
        assert_eq!(words(&video), "", "a sound is heard instead");

        let mut speech = SpeechDraft { text: GERMAN.to_owned(), ..SpeechDraft::default() };
        speech.take_voice(&daria);
        assert_eq!(words(&speech), told);
        speech.language = Some("de".to_owned());
        assert_eq!(words(&speech), "");

        let mut session = RealtimeDraft { script: GERMAN.to_owned(), ..RealtimeDraft::default() };
        session.take_voice(&daria);
        assert_eq!(words(&session), told);
        session.program = Program::Audio;
        assert_eq!(words(&session), "");
    }

    #[test]
    fn a_voice_that_can_speak_it_is_not_foreign() {
        for (name, language) in [("Jonas", "German"), ("Robin", "Multilingual"), ("Anna", "de-CH"), ("Who", "")] {
            let mut draft = AvatarVideoDraft { script: GERMAN.to_owned(), ..AvatarVideoDraft::default() };
            draft.take_voice(&voice(name, language));
            assert_eq!(words(&draft), "", "{language}");
        }
        let german = Language::named("German").unwrap();
        assert!(voice("Robin", "Multilingual").speaks(german) && !voice("Daria", "English").speaks(german));
        assert!(!voice("Kadri", "Estonian").speaks(german), "what is not known is not claimed");
    }
}
