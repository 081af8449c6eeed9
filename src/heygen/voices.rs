//! `GET /v3/voices`: who can speak.

use serde::Deserialize;

use super::client::Client;
use super::error::Error;
use super::wire;
use crate::draft::Voice;

/// Voices on one page at most.
const PAGE: &str = "100";
/// The engine behind `/v3/voices/speech`.
const SPEECH_ENGINE: &str = "starfish";

#[derive(Deserialize)]
pub(super) struct WireVoice {
    voice_id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    language: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    gender: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_audio_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    support_pause: Option<bool>,
    #[serde(default, deserialize_with = "wire::lenient")]
    support_locale: Option<bool>,
}

impl Client {
    /// Every voice: the account's own first, then HeyGen's.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn voices(&self) -> Result<Vec<Voice>, Error> {
        let mut voices = self.voices_of("private", true, None).await?;
        voices.extend(self.voices_of("public", false, None).await?);
        Ok(voices)
    }

    /// Every voice that can speak on its own, in the same order. Only here a voice says so.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn speech_voices(&self) -> Result<Vec<Voice>, Error> {
        let mut voices = self.voices_of("private", true, Some(SPEECH_ENGINE)).await?;
        voices.extend(self.voices_of("public", false, Some(SPEECH_ENGINE)).await?);
        Ok(voices)
    }

    async fn voices_of(&self, word: &str, private: bool, engine: Option<&str>) -> Result<Vec<Voice>, Error> {
        let mut url = self.address(&["v3", "voices"])?;
        url.query_pairs_mut().append_pair("type", word).append_pair("limit", PAGE);
        if let Some(engine) = engine {
            url.query_pairs_mut().append_pair("engine", engine);
        }
        let voices: Vec<WireVoice> = self.all_pages(url).await?;
        let starfish = engine == Some(SPEECH_ENGINE);
        Ok(voices.into_iter().map(|voice| Voice { starfish, ..voice.into_voice(private) }).collect())
    }
}

impl WireVoice {
    pub(super) fn into_voice(self, private: bool) -> Voice {
        Voice {
            name: self
                .name
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "Unnamed voice".to_owned()),
            id: self.voice_id,
            language: self.language.unwrap_or_default(),
            gender: self.gender.unwrap_or_default(),
            preview_audio_url: self.preview_audio_url.filter(|url| !url.is_empty()),
            supports_pause: self.support_pause.unwrap_or(false),
            supports_locale: self.support_locale.unwrap_or(false),
            private,
            starfish: false,
        }
    }
}
