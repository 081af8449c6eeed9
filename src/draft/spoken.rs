//! Drafts whose price rests on a text that a voice speaks: who else could speak it, and how else it
//! could be made.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::avatar_video::{Face, Source};
use super::billable::{Billable, Speech};
use super::cast::{Engine, Voice};
use super::composition::Composition;
use super::ways::Choice;
use super::{AvatarVideoDraft, SpeechDraft};

/// One way of making a spoken thing, whoever speaks it.
#[derive(Clone, Debug, PartialEq)]
pub struct SpokenWay {
    /// "Avatar IV".
    pub name: String,
    /// What a draft has to choose for it; `None` where there is no other way.
    pub choice: Option<Choice>,
    /// What decides its price, with the draft's own length, or why this draft cannot be made so.
    pub billable: Result<Billable, String>,
    /// It is how the draft would be made now.
    pub selected: bool,
}

/// A draft that a voice speaks. Pure.
pub trait Spoken {
    /// What is spoken, with its pauses; `None` where a sound is heard instead.
    fn spoken_text(&self) -> Option<Cow<'_, str>>;

    /// What of this voice and the draft's own settings decides how long it speaks; without the text.
    fn spoken_by(&self, voice: &Voice) -> Speech;

    /// The voice that was chosen, as it was when it was.
    fn voice(&self) -> Option<&Voice>;

    /// The voice that would speak now, by its id.
    fn speaker(&self) -> Option<&str>;

    /// How it could be made, with any voice. Never empty.
    fn spoken_ways(&self) -> Vec<SpokenWay>;

    /// From now on this voice speaks it, and it is made this way. `None` leaves it as it is.
    fn take(&mut self, voice: Option<&Voice>, choice: Option<Choice>);
}

impl Spoken for AvatarVideoDraft {
    fn spoken_text(&self) -> Option<Cow<'_, str>> {
        (self.source == Source::Script).then_some(Cow::Borrowed(&self.script))
    }

    fn spoken_by(&self, voice: &Voice) -> Speech {
        let settings = &self.voice_settings;
        Speech {
            text: String::new(),
            language: Some(settings.locale.clone().unwrap_or_else(|| voice.language.clone())),
            voice_id: Some(voice.id.clone()),
            speed: Some(settings.speed),
        }
    }

    fn voice(&self) -> Option<&Voice> {
        self.voice.as_ref()
    }

    fn speaker(&self) -> Option<&str> {
        self.voice_id().filter(|_| self.source == Source::Script)
    }

    fn spoken_ways(&self) -> Vec<SpokenWay> {
        let way = |engine: Engine, billable| SpokenWay {
            name: engine.name().to_owned(),
            choice: Some(Choice::Engine(engine)),
            billable,
            selected: engine == self.engine,
        };
        if self.face == Face::None {
            let reason = "Choose a face: its kind decides the rate.";
            return Engine::ALL.into_iter().map(|engine| way(engine, Err(reason.to_owned()))).collect();
        }
        let ways = self.alternatives().into_iter().filter_map(|other| match other.choice {
            Choice::Engine(engine) => Some(way(engine, other.billable)),
            _ => None,
        });
        ways.collect()
    }

    fn take(&mut self, voice: Option<&Voice>, choice: Option<Choice>) {
        if let Some(voice) = voice {
            self.voice = Some(voice.clone());
        }
        if let Some(choice) = choice {
            self.choose(choice);
        }
    }
}

impl Spoken for SpeechDraft {
    fn spoken_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Owned(self.spoken()))
    }

    fn spoken_by(&self, voice: &Voice) -> Speech {
        let locale = self.locale.as_deref().map(str::trim).filter(|locale| !locale.is_empty() && voice.supports_locale);
        let language = locale.or(self.language.as_deref()).unwrap_or(&voice.language);
        Speech {
            text: String::new(),
            language: Some(language.to_owned()),
            voice_id: Some(voice.id.clone()),
            speed: (self.speed != Decimal::ONE).then_some(self.speed),
        }
    }

    fn voice(&self) -> Option<&Voice> {
        self.voice.as_ref()
    }

    fn speaker(&self) -> Option<&str> {
        self.voice.as_ref().map(|voice| voice.id.as_str())
    }

    fn spoken_ways(&self) -> Vec<SpokenWay> {
        vec![SpokenWay { name: "Starfish".to_owned(), choice: None, billable: Ok(self.billable()), selected: true }]
    }

    fn take(&mut self, voice: Option<&Voice>, _choice: Option<Choice>) {
        if let Some(voice) = voice {
            self.voice = Some(voice.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{AvatarType, Length, Look};

    fn voice(id: &str, language: &str, supports_locale: bool) -> Voice {
        Voice {
            id: id.to_owned(),
            name: id.to_owned(),
            language: language.to_owned(),
            gender: String::new(),
            preview_audio_url: None,
            supports_pause: true,
            supports_locale,
            private: false,
            starfish: true,
        }
    }

    fn look() -> Look {
        Look {
            id: "look".to_owned(),
            name: "Ines".to_owned(),
            avatar_type: AvatarType::StudioAvatar,
            group_id: None,
            default_voice_id: Some("own".to_owned()),
            gender: None,
            engines: vec![Engine::AvatarIv],
            preview_image_url: None,
            preview_video_url: None,
            tags: Vec::new(),
            ready: true,
            own: false,
            gone: false,
        }
    }

    /// The comparison rests on what the draft itself would be billed for once it has taken the voice.
    #[track_caller]
    fn check<D: Spoken + Composition + Clone>(draft: &D, voice: &Voice) {
        let mut taken = draft.clone();
        taken.take(Some(voice), None);
        let (Billable::AvatarVideo { length, .. } | Billable::Speech { length }) = taken.billable() else {
            panic!("{:?}", taken.billable());
        };
        let text = draft.spoken_text().unwrap().into_owned();
        assert_eq!(length, Length::Speech(Speech { text, ..draft.spoken_by(voice) }));
        assert_eq!(taken.speaker(), Some(voice.id.as_str()));
    }

    #[test]
    fn what_is_compared_is_what_the_draft_becomes() {
        let voices = [voice("a", "German", true), voice("b", "English", false)];
        let mut video = AvatarVideoDraft { script: "Hallo.".to_owned(), ..AvatarVideoDraft::default() };
        video.face = Face::Look(look());
        let mut speech = SpeechDraft { text: " Hallo. ".to_owned(), ..SpeechDraft::default() };
        for voice in &voices {
            check(&video, voice);
            check(&speech, voice);
        }
        video.voice_settings.locale = Some("de-AT".to_owned());
        video.voice_settings.speed = Decimal::new(12, 1);
        speech.language = Some("de".to_owned());
        speech.speed = Decimal::TWO;
        for voice in &voices {
            check(&video, voice);
            check(&speech, voice);
        }
        speech.locale = Some("de-AT".to_owned());
        for voice in &voices {
            check(&speech, voice);
        }
    }

    #[test]
    fn engines_are_those_of_the_face_with_a_reason_for_the_others() {
        let mut draft = AvatarVideoDraft::default();
        let refusals = |draft: &AvatarVideoDraft| {
            draft.spoken_ways().into_iter().map(|way| way.billable.err().unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(refusals(&draft), ["Choose a face: its kind decides the rate."; 3]);
        draft.face = Face::Look(look());
        assert_eq!(refusals(&draft), ["Ines does not support Avatar III.", "", "Avatar V takes digital twins only."]);
        assert_eq!(draft.speaker(), Some("own"), "the look's own voice");
        draft.source = Source::Audio;
        assert_eq!((draft.speaker(), draft.spoken_text()), (None, None), "a sound brings its own voice");
    }
}
