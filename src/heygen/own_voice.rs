//! Voices of the account's own: copied from a recording, designed from a description, deleted. Neither
//! way of making one is on the published rate card; both take a key, so that a retry makes nothing twice.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind, Stakes};
use super::input::Input;
use super::paid::IdempotencyKey;
use super::send::decode;
use super::voices::WireVoice;
use super::wire;
use crate::draft::Voice;
use crate::draft::own_voice::{VoiceClone, VoiceDesign};

#[derive(Serialize)]
struct BodyClone<'a> {
    voice_name: &'a str,
    audio: Input<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove_background_noise: Option<bool>,
}

#[derive(Serialize)]
struct BodyDesign<'a> {
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u32>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct WireClone {
    voice_clone_id: String,
}

#[derive(Deserialize)]
struct WireDesigned {
    voices: Vec<WireVoice>,
}

#[derive(Deserialize)]
struct WireState {
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
}

/// Where a voice that is copied stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoiceState {
    /// At work; a word that is not known here counts as this.
    Running,
    Ready,
    /// With HeyGen's words, where it said any.
    Failed(Option<String>),
}

impl Client {
    /// Copies a voice from a recording that was uploaded, or that stands at a public address; its id.
    /// A retry with the same key makes nothing twice.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an order without a recording, otherwise as for a paid request: see
    /// [`ErrorKind::may_have_happened`].
    pub async fn clone_voice(
        &self,
        order: &VoiceClone,
        uploaded: Option<&AssetId>,
        key: &IdempotencyKey,
    ) -> Result<String, Error> {
        let address = order.sound.as_ref().and_then(|sound| sound.address.as_deref());
        let audio = Input::either(address, uploaded)
            .ok_or_else(|| Error::new(ErrorKind::Invalid, "There is no recording of the voice yet."))?;
        let body = BodyClone {
            voice_name: order.name.trim(),
            audio,
            language: Some(order.language.trim()).filter(|language| !language.is_empty()),
            // Noise is removed unless one says otherwise.
            remove_background_noise: (!order.remove_noise).then_some(false),
        };
        let answer = self.make(&["v3", "voices", "clone"], &body, key).await?;
        decode::<Envelope<WireClone>>(&answer, Stakes::Paid).map(|made| made.data.voice_clone_id)
    }

    /// Designs voices from a description. A retry with the same key makes nothing twice.
    ///
    /// # Errors
    /// As for a paid request: see [`ErrorKind::may_have_happened`].
    pub async fn design_voices(&self, order: &VoiceDesign, key: &IdempotencyKey) -> Result<Vec<Voice>, Error> {
        let body = BodyDesign {
            prompt: order.prompt.trim(),
            gender: order.gender.map(|gender| gender.word()),
            locale: Some(order.locale.trim()).filter(|locale| !locale.is_empty()),
            seed: (order.seed != 0).then_some(order.seed),
        };
        let answer = self.make(&["v3", "voices"], &body, key).await?;
        let made: Envelope<WireDesigned> = decode(&answer, Stakes::Paid)?;
        Ok(made.data.voices.into_iter().map(|voice| voice.into_voice(true)).collect())
    }

    /// Where a voice that is copied stands. Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn voice_state(&self, id: &str) -> Result<VoiceState, Error> {
        let wire: WireState = self.get(self.address(&["v3", "voices", id])?).await?;
        Ok(match wire.status.as_deref() {
            Some("complete" | "completed") | None => VoiceState::Ready,
            Some("failed") => VoiceState::Failed(wire.failure_message),
            Some(_) => VoiceState::Running,
        })
    }

    /// Deletes a voice at HeyGen.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_voice(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "voices", id])?).await
    }

    async fn make(&self, path: &[&str], body: &impl Serialize, key: &IdempotencyKey) -> Result<Vec<u8>, Error> {
        let body = serde_json::to_vec(body)
            .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))?;
        self.post_bytes(self.address(path)?, Bytes::from(body), Some(key), Stakes::Paid).await
    }
}
