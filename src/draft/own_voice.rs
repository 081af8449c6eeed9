//! What the person asks for to get a voice of their own: a copy of one (`POST /v3/voices/clone`) or
//! new ones from a description (`POST /v3/voices`). Neither is on the published rate card.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::file::LocalFile;
use super::too_long;
use super::{Field, Problem};

/// Characters a name may have.
pub const NAME_LIMIT: usize = 200;
/// Characters a description may have.
pub const PROMPT_LIMIT: usize = 1_000;
/// Bytes of a recording (published limit of sounds: 50 MB).
pub const SOUND_BYTES_LIMIT: u64 = 50_000_000;

/// How a designed voice is meant to sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    Female,
    Male,
}

impl Gender {
    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}

/// A copy of a voice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoiceClone {
    pub name: String,
    /// The recording, WAV or MP3.
    pub sound: Option<LocalFile>,
    /// The language that is spoken in it, by name or tag; empty: HeyGen hears it.
    pub language: String,
    pub remove_noise: bool,
}

impl Default for VoiceClone {
    fn default() -> Self {
        Self { name: String::new(), sound: None, language: String::new(), remove_noise: true }
    }
}

impl VoiceClone {
    /// Everything that has to be mended first, in the order of the form.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |field, message: String| problems.push(Problem { field, message });
        match &self.sound {
            None => add(Field::Voice, "Choose a recording of the voice.".to_owned()),
            Some(file) => {
                if let Some(message) = sound_fault(file) {
                    add(Field::Voice, message);
                }
            }
        }
        let characters = self.name.trim().chars().count();
        if characters == 0 {
            add(Field::Name, "Name the voice.".to_owned());
        } else if characters > NAME_LIMIT {
            add(Field::Name, format!("The name has more than {NAME_LIMIT} characters."));
        }
        problems
    }
}

/// New voices from a description.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoiceDesign {
    pub prompt: String,
    pub gender: Option<Gender>,
    /// BCP 47, "de-DE"; empty: HeyGen's own choice.
    pub locale: String,
    /// Another number gives other voices for the same words.
    pub seed: u32,
}

impl VoiceDesign {
    /// Everything that has to be mended first, in the order of the form.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let characters = self.prompt.chars().count();
        let message = if self.prompt.trim().is_empty() {
            "Describe the voice.".to_owned()
        } else {
            match too_long::fault("description", characters, PROMPT_LIMIT) {
                Some(fault) => fault,
                None => return Vec::new(),
            }
        };
        vec![Problem { field: Field::Prompt, message }]
    }
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceOrder {
    Clone(VoiceClone),
    Design(VoiceDesign),
}

fn sound_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    if !matches!(file.media_type.as_deref(), Some("audio/wav" | "audio/mpeg")) {
        return Some(format!("{} is no WAV or MP3 sound, whatever its name says.", file.name()));
    }
    if file.size > SOUND_BYTES_LIMIT {
        return Some(format!("{} is larger than 50 MB.", file.name()));
    }
    match file.duration {
        Some(seconds) if seconds > Decimal::ZERO => None,
        Some(_) => Some(format!("{} has no sound in it.", file.name())),
        None => Some(format!("The length of {} could not be read.", file.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: impl FnOnce(&mut VoiceClone), expected: &[Field]) {
        let sound = LocalFile {
            path: "voice.wav".into(),
            size: SOUND_BYTES_LIMIT,
            media_type: Some("audio/wav".to_owned()),
            duration: Some(Decimal::TEN),
            ..LocalFile::default()
        };
        let mut order = VoiceClone { name: "Mine".to_owned(), sound: Some(sound), ..VoiceClone::default() };
        change(&mut order);
        let fields: Vec<Field> = order.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", order.problems());
    }

    #[test]
    fn a_copy_needs_a_sound_and_a_name() {
        check(|_| {}, &[]);
        check(|order| order.sound = None, &[Field::Voice]);
        check(|order| order.name.clear(), &[Field::Name]);
        check(|order| order.name = "n".repeat(NAME_LIMIT + 1), &[Field::Name]);
        check(|order| order.sound.as_mut().unwrap().size += 1, &[Field::Voice]);
        check(|order| order.sound.as_mut().unwrap().media_type = Some("video/mp4".to_owned()), &[Field::Voice]);
        check(|order| order.sound.as_mut().unwrap().duration = None, &[Field::Voice]);
    }

    #[test]
    fn a_design_needs_words() {
        let of = |prompt: String| VoiceDesign { prompt, ..VoiceDesign::default() }.problems().len();
        assert_eq!((of("warm".to_owned()), of(" ".to_owned()), of("x".repeat(PROMPT_LIMIT + 1))), (0, 1, 1));
    }
}
