//! The sandbox's cast: looks and voices that exist nowhere else, each with a drawn portrait and a way of speaking.
//!
//! Owns the list. Knows nothing of HTTP; who a seed is drawn as is known to `footage`.

mod looks;
mod voices;

use rust_decimal::Decimal;

use crate::draft::cast::{AvatarType, Engine};
use crate::sandbox::footage;

/// One look of an avatar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CastLook {
    pub id: &'static str,
    pub name: &'static str,
    /// Looks of one person share it.
    pub group_id: &'static str,
    pub avatar_type: AvatarType,
    pub default_voice_id: Option<&'static str>,
    /// "female" or "male".
    pub gender: &'static str,
    /// Engines this look can be rendered on, oldest first.
    pub engines: &'static [Engine],
    /// "landscape", "portrait" or "square".
    pub orientation: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    pub tags: &'static [&'static str],
    /// Decides how the person is drawn; a film of this look carries the same seed.
    pub seed: u64,
    /// "completed", "processing", "pending_consent" or "failed".
    pub status: &'static str,
    /// `true` for looks of the account's owner rather than HeyGen's public ones.
    pub own: bool,
}

/// One voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CastVoice {
    pub id: &'static str,
    pub name: &'static str,
    /// As HeyGen names it: "English", "Spanish (Mexico)", "Multilingual".
    pub language: &'static str,
    /// "female" or "male".
    pub gender: &'static str,
    pub supports_pause: bool,
    pub supports_locale: bool,
    /// `true` for voices of the account's owner.
    pub own: bool,
}

impl CastVoice {
    /// Whether the Starfish engine speaks with it. The older voices, those that make no pauses, are not on it.
    #[must_use]
    pub fn is_on_starfish(&self) -> bool {
        self.supports_pause
    }
}

/// All looks, in the order of the gallery.
#[must_use]
pub fn looks() -> &'static [CastLook] {
    looks::LOOKS
}

/// All voices, in the order of the list.
#[must_use]
pub fn voices() -> &'static [CastVoice] {
    voices::VOICES
}

/// The look with this id.
#[must_use]
pub fn look(id: &str) -> Option<&'static CastLook> {
    looks().iter().find(|look| look.id == id)
}

/// The voice with this id.
#[must_use]
pub fn voice(id: &str) -> Option<&'static CastVoice> {
    voices().iter().find(|voice| voice.id == id)
}

/// The portrait of a look: PNG, 480 by 600 pixels, drawn anew each time and always the same.
#[must_use]
pub fn portrait_png(look_id: &str) -> Option<Vec<u8>> {
    footage::portrait_png(look(look_id)?.seed)
}

/// A sentence in a language, by its name, and the voice that says it; English where nobody speaks that language.
#[must_use]
pub fn sentence_in(language: &str) -> (String, &'static str) {
    let first = |name: &str| name.split(' ').next().unwrap_or_default().to_lowercase();
    let speaks = |voice: &&CastVoice| first(voice.language) == first(language);
    match voices().iter().find(speaks).or(voices().first()) {
        Some(voice) => (voices::greeting(voice), voice.id),
        None => ("Hello.".to_owned(), ""),
    }
}

/// A few words in the voice's own language: WAV.
#[must_use]
pub fn voice_preview_wav(voice_id: &str) -> Option<Vec<u8>> {
    let voice = voice(voice_id)?;
    footage::speech_wav(&voices::greeting(voice), voice.language, voice.id, Decimal::ONE).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_look_has_a_face_of_its_own() {
        let portraits: HashSet<Vec<u8>> = looks().iter().map(|look| portrait_png(look.id).unwrap()).collect();
        assert_eq!(portraits.len(), looks().len());
        for png in portraits {
            assert_eq!(image::load_from_memory(&png).unwrap().into_rgb8().dimensions(), (480, 600));
        }
        assert_eq!(portrait_png("look_nobody"), None);
    }

    #[test]
    fn the_cast_is_consistent() {
        let ids: HashSet<_> = looks().iter().map(|look| look.id).chain(voices().iter().map(|voice| voice.id)).collect();
        assert_eq!(ids.len(), looks().len() + voices().len(), "two share an id");
        for look in looks() {
            assert!(
                look.default_voice_id.is_none_or(|id| voice(id).is_some()),
                "{} speaks with nobody's voice",
                look.id
            );
            let takes_v = look.engines.contains(&Engine::AvatarV);
            assert!(
                !takes_v || look.avatar_type == AvatarType::DigitalTwin,
                "{} cannot be rendered on Avatar V",
                look.id
            );
            let shape = match look.width.cmp(&look.height) {
                std::cmp::Ordering::Greater => "landscape",
                std::cmp::Ordering::Less => "portrait",
                std::cmp::Ordering::Equal => "square",
            };
            assert_eq!(look.orientation, shape, "{}", look.id);
        }
    }

    #[test]
    fn every_case_a_person_can_meet_is_in_the_cast() {
        let some = |wanted: fn(&CastLook) -> bool| assert!(looks().iter().any(wanted));
        some(|look| look.avatar_type == AvatarType::DigitalTwin && look.engines.contains(&Engine::AvatarV));
        some(|look| look.avatar_type == AvatarType::DigitalTwin && !look.engines.contains(&Engine::AvatarV));
        some(|look| look.avatar_type == AvatarType::StudioAvatar);
        some(|look| look.avatar_type == AvatarType::PhotoAvatar);
        some(|look| look.default_voice_id.is_none() && look.status == "completed");
        some(|look| look.status == "processing");
        some(|look| look.status == "pending_consent");
        some(|look| look.status == "failed");
        some(|look| look.own);
        let groups: HashSet<_> = looks().iter().map(|look| look.group_id).collect();
        assert!(groups.len() < looks().len(), "no group has several looks");
        let languages: HashSet<_> = voices().iter().map(|voice| voice.language).collect();
        assert!(languages.len() >= 10 && voices().len() >= 20);
    }

    #[test]
    fn every_voice_can_be_heard() {
        for voice in voices() {
            let wav = voice_preview_wav(voice.id).unwrap();
            assert!(wav.starts_with(b"RIFF") && wav.len() > 22_050, "{}", voice.id);
        }
        assert_eq!(voice_preview_wav("voice_nobody"), None);
    }
}
