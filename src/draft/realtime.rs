//! The draft of a realtime session (`POST /v3/avatar-realtime`): an avatar that speaks while it is watched.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::{INPUT_BYTES_LIMIT, LocalFile};
use super::billable::{Billable, Length, Speech};
use super::composition::Composition;
use super::too_long;
use super::ways::{self, Alternative, Choice};
use super::{Field, Foreign, Look, Problem, Product, Voice, title};

/// Characters of a text that is spoken (published limit of speech).
pub const TEXT_LIMIT: usize = 5_000;
/// Seconds a session lasts at the most (published limit).
pub const LONGEST_SECONDS: u32 = 3_600;
/// Seconds below which a limit would end a session before anybody saw it.
pub const SHORTEST_SECONDS: u32 = 10;
/// Seconds without a text after which a session that is typed live ends by itself (published limit).
pub const IDLE_SECONDS: u32 = 30;
/// The limit a new draft has: two minutes.
const USUAL_SECONDS: u32 = 120;
/// Limits whose prices stand beside the chosen one's, in seconds.
const COMPARED_LIMITS: [u32; 4] = [60, 300, 900, LONGEST_SECONDS];

/// What is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// A script that is whole (`tts`).
    #[default]
    Script,
    /// A sound file (`audio`).
    Audio,
    /// A first text, and more that is typed while the session runs (`text_stream`).
    Live,
}

/// What the person is composing on the Realtime tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RealtimeDraft {
    pub title: String,
    pub look: Option<Look>,
    pub voice: Option<Voice>,
    pub program: Program,
    /// The script, or the first text of a session that is typed live.
    pub script: String,
    pub audio: Option<LocalFile>,
    /// Seconds after which the session is stopped, 10 to 3,600. Its price is the most that is spent. 0: not
    /// said, or in a way that cannot be read.
    pub limit_seconds: u32,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for RealtimeDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            look: None,
            voice: None,
            program: Program::Script,
            script: String::new(),
            audio: None,
            limit_seconds: USUAL_SECONDS,
            project: String::new(),
        }
    }
}

impl RealtimeDraft {
    /// The voice the request will carry: the chosen one, or the look's own.
    #[must_use]
    pub fn voice_id(&self) -> Option<&str> {
        match (&self.voice, &self.look) {
            (Some(voice), _) => Some(&voice.id),
            (None, Some(look)) => look.default_voice_id.as_deref(),
            (None, None) => None,
        }
    }

    /// How long the session lasts as far as is known; its limit is the high end.
    #[must_use]
    pub fn length(&self) -> Length {
        if self.limit_seconds == 0 {
            return Length::Unknown("Say when the session stops: that decides the most it may cost.".to_owned());
        }
        let limit = Decimal::from(self.limit_seconds);
        let own = match self.program {
            Program::Live => return Length::live(limit),
            Program::Audio => match &self.audio {
                Some(LocalFile { duration: Some(seconds), fault: None, .. }) => Length::Seconds(*seconds),
                Some(_) => return Length::Unknown("The length of the audio file could not be read.".to_owned()),
                None => return Length::Unknown("Choose an audio file: its length decides the price.".to_owned()),
            },
            Program::Script if self.script.trim().is_empty() => {
                return Length::Unknown("Write a script: its spoken length decides the price.".to_owned());
            }
            Program::Script => Length::Speech(Speech {
                text: self.script.trim().to_owned(),
                language: self.voice.as_ref().map(|voice| voice.language.clone()),
                voice_id: self.voice_id().map(str::to_owned),
                speed: None,
            }),
        };
        Length::UpTo(Box::new(own), limit)
    }
}

impl Composition for RealtimeDraft {
    fn product(&self) -> Product {
        Product::Realtime
    }

    fn effective_title(&self) -> String {
        let spoken = || match self.program {
            Program::Audio => title::of_file(self.audio.as_ref()),
            Program::Script | Program::Live => title::first_words(&self.script),
        };
        title::own_or(&self.title, spoken, "Untitled session")
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
        let mut problems = Vec::from_iter(title::fault(&self.title));
        let mut add = |field, message: String| problems.push(Problem { field, message });
        match &self.look {
            None => add(Field::Look, "Choose a face.".to_owned()),
            Some(look) => {
                if let Some(fault) = look.fault() {
                    add(Field::Look, fault);
                }
            }
        }
        match self.program {
            Program::Script | Program::Live => {
                if self.voice_id().is_none() && self.look.is_some() {
                    add(Field::Voice, "Choose a voice: this face has none of its own.".to_owned());
                }
                let characters = self.script.chars().count();
                if self.script.trim().is_empty() {
                    let words = match self.program {
                        Program::Live => "Write what is said first: the session begins with it.",
                        Program::Script | Program::Audio => "Write the script, or play an audio file instead.",
                    };
                    add(Field::Script, words.to_owned());
                } else if let Some(fault) = too_long::fault("text", characters, TEXT_LIMIT) {
                    add(Field::Script, fault);
                }
            }
            Program::Audio => {
                if let Some(message) = audio_problem(self.audio.as_ref()) {
                    add(Field::Audio, message);
                }
            }
        }
        if self.limit_seconds == 0 {
            add(Field::Limit, "Say when the session stops.".to_owned());
        } else if !(SHORTEST_SECONDS..=LONGEST_SECONDS).contains(&self.limit_seconds) {
            add(Field::Limit, format!("The limit lies between {SHORTEST_SECONDS} seconds and one hour."));
        }
        problems
    }

    fn foreign(&self) -> Option<Foreign> {
        let voice = self.voice.as_ref().filter(|_| self.program != Program::Audio)?;
        Foreign::of(&self.script, voice, None)
    }

    fn take_voice(&mut self, voice: &Voice) {
        self.voice = Some(voice.clone());
    }

    fn billable(&self) -> Billable {
        Billable::Realtime { length: self.length() }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        match (self.program, &self.audio) {
            (Program::Audio, Some(file)) if file.address.is_none() => vec![(Field::Audio, file)],
            _ => Vec::new(),
        }
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.audio.iter_mut().collect()
    }

    fn looks_mut(&mut self) -> Vec<&mut Look> {
        self.look.iter_mut().collect()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        let look = self.look.iter_mut().flat_map(|look| {
            [&mut look.preview_image_url, &mut look.preview_video_url].into_iter().flatten().collect::<Vec<_>>()
        });
        let voice = self.voice.iter_mut().filter_map(|voice| voice.preview_audio_url.as_mut());
        look.chain(voice).collect()
    }

    fn portrait_url(&self) -> Option<&str> {
        self.look.as_ref()?.preview_image_url.as_deref()
    }

    fn alternatives(&self) -> Vec<Alternative> {
        let present = Some(self.limit_seconds).filter(|limit| (SHORTEST_SECONDS..=LONGEST_SECONDS).contains(limit));
        let sound = self.audio.as_ref().filter(|_| self.program == Program::Audio).and_then(|file| file.duration);
        ways::with_present(&COMPARED_LIMITS, present)
            .into_iter()
            .map(|limit_seconds| Alternative {
                choice: Choice::Limit(limit_seconds),
                billable: if sound.is_some_and(|seconds| seconds > Decimal::from(limit_seconds)) {
                    Err("The sound is longer than that: it would be cut off.".to_owned())
                } else {
                    Ok(Billable::Realtime { length: Self { limit_seconds, ..self.clone() }.length() })
                },
                selected: limit_seconds == self.limit_seconds,
            })
            .collect()
    }

    fn choose(&mut self, choice: Choice) {
        if let Choice::Limit(seconds) = choice {
            self.limit_seconds = seconds;
        }
    }
}

/// What keeps a sound from being played, if anything does.
fn audio_problem(audio: Option<&LocalFile>) -> Option<String> {
    let Some(file) = audio else { return Some("Choose a WAV or MP3 file, or write a script instead.".to_owned()) };
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    if !matches!(file.media_type.as_deref(), Some("audio/wav" | "audio/mpeg")) {
        return Some("This is not a WAV or MP3 file.".to_owned());
    }
    if file.size > INPUT_BYTES_LIMIT {
        return Some("The audio file is larger than 50 MB. Save it as MP3.".to_owned());
    }
    match file.duration {
        None => Some("The length of the audio file could not be read.".to_owned()),
        Some(seconds) if seconds > Decimal::from(LONGEST_SECONDS) => {
            Some("The audio lasts longer than an hour, and a session cannot.".to_owned())
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::AvatarType;

    fn look() -> Look {
        Look {
            id: "look".to_owned(),
            name: "Anna".to_owned(),
            avatar_type: AvatarType::StudioAvatar,
            group_id: None,
            default_voice_id: Some("voice".to_owned()),
            gender: None,
            engines: Vec::new(),
            preview_image_url: Some("https://x/p.png?sig=1".to_owned()),
            preview_video_url: None,
            tags: Vec::new(),
            ready: true,
            own: false,
            gone: false,
        }
    }

    fn whole() -> RealtimeDraft {
        RealtimeDraft { look: Some(look()), script: "Good morning.".to_owned(), ..RealtimeDraft::default() }
    }

    fn sound(seconds: u32) -> LocalFile {
        LocalFile {
            path: "/x/Opening words.wav".into(),
            size: 1_000,
            media_type: Some("audio/wav".to_owned()),
            duration: Some(Decimal::from(seconds)),
            ..LocalFile::default()
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut RealtimeDraft), expected: Option<(Field, &str)>) {
        let mut draft = whole();
        change(&mut draft);
        let problems = draft.problems();
        let found = problems.first().map(|problem| (problem.field, problem.message.as_str()));
        match (found, expected) {
            (None, None) => {}
            (Some((field, words)), Some((expected, part))) => {
                assert!(field == expected && words.contains(part), "{field:?}: {words}");
                assert_eq!(problems.len(), 1, "{problems:?}");
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn every_limit_has_words_beside_its_field() {
        check(|_| {}, None);
        check(|draft| draft.look = None, Some((Field::Look, "Choose a face")));
        check(|draft| draft.look = Some(Look { ready: false, ..look() }), Some((Field::Look, "not ready")));
        check(|draft| draft.look = Some(Look { default_voice_id: None, ..look() }), Some((Field::Voice, "voice")));
        check(|draft| draft.script = " \n".to_owned(), Some((Field::Script, "Write the script")));
        check(|draft| draft.script = "é".repeat(TEXT_LIMIT), None);
        check(
            |draft| draft.script = "é".repeat(TEXT_LIMIT + 2),
            Some((Field::Script, "Shorten the text by 2 characters")),
        );
        check(|draft| draft.limit_seconds = 0, Some((Field::Limit, "Say when")));
        check(|draft| draft.limit_seconds = 9, Some((Field::Limit, "10 seconds")));
        check(|draft| draft.limit_seconds = 10, None);
        check(|draft| draft.limit_seconds = 3_600, None);
        check(|draft| draft.limit_seconds = 3_601, Some((Field::Limit, "one hour")));
        let live = |script: &'static str| {
            move |draft: &mut RealtimeDraft| {
                draft.program = Program::Live;
                draft.script = script.to_owned();
            }
        };
        check(live("Hello."), None);
        check(live(""), Some((Field::Script, "first")));
    }

    #[test]
    fn a_sound_must_be_one_that_heygen_plays() {
        let with = |file: Option<LocalFile>| {
            move |draft: &mut RealtimeDraft| {
                draft.program = Program::Audio;
                draft.script.clear();
                draft.audio = file;
            }
        };
        check(with(None), Some((Field::Audio, "Choose a WAV")));
        check(with(Some(sound(3_600))), None);
        check(with(Some(sound(3_601))), Some((Field::Audio, "longer than an hour")));
        check(with(Some(LocalFile { size: 50_000_001, ..sound(9) })), Some((Field::Audio, "50 MB")));
        check(
            with(Some(LocalFile { media_type: Some("video/mp4".to_owned()), ..sound(9) })),
            Some((Field::Audio, "WAV")),
        );
        check(with(Some(LocalFile { duration: None, ..sound(9) })), Some((Field::Audio, "length")));
        check(
            with(Some(LocalFile { fault: Some("It is cut off.".to_owned()), ..sound(9) })),
            Some((Field::Audio, "cut off")),
        );
        // A sound brings its own voice.
        check(
            |draft| {
                with(Some(sound(9)))(draft);
                draft.look = Some(Look { default_voice_id: None, ..look() });
            },
            None,
        );
    }

    #[test]
    fn the_limit_is_the_high_end_whatever_is_heard() {
        let limit = Decimal::from(60);
        let mut draft = RealtimeDraft { limit_seconds: 60, ..whole() };
        assert!(
            matches!(draft.length(), Length::UpTo(own, most) if most == limit && matches!(*own, Length::Speech(_)))
        );
        draft.program = Program::Live;
        assert!(matches!(draft.length(), Length::Between(_, _, most) if most == limit));
        draft.program = Program::Audio;
        assert!(matches!(draft.length(), Length::Unknown(_)));
        draft.audio = Some(sound(90));
        assert_eq!(draft.length(), Length::UpTo(Box::new(Length::Seconds(Decimal::from(90))), limit));
        assert_eq!(draft.uploads().len(), 1);
        draft.audio = Some(LocalFile { address: Some("https://x/a.wav".to_owned()), ..sound(90) });
        assert!(draft.uploads().is_empty(), "a public address needs no upload");
    }

    #[test]
    fn without_a_limit_there_is_no_price() {
        for program in [Program::Script, Program::Audio, Program::Live] {
            let draft = RealtimeDraft { program, audio: Some(sound(20)), limit_seconds: 0, ..whole() };
            assert!(matches!(draft.length(), Length::Unknown(_)), "{program:?}");
            assert!(draft.alternatives().iter().all(|way| !way.selected && way.billable.is_ok()), "{program:?}");
        }
    }

    #[test]
    fn a_session_is_named_by_its_first_words_or_its_file() {
        let mut draft = whole();
        assert_eq!(draft.effective_title(), "Good morning");
        draft.script = "Good morning. And welcome to all.".to_owned();
        assert_eq!(draft.effective_title(), "Good morning");
        draft.program = Program::Audio;
        assert_eq!(draft.effective_title(), "Untitled session");
        draft.audio = Some(sound(9));
        assert_eq!(draft.effective_title(), "Opening words");
        draft.title = " Keynote ".to_owned();
        assert_eq!(draft.effective_title(), "Keynote");
        assert_eq!(draft.addresses_mut().len(), 1, "the portrait's signature is not kept");
    }
}
