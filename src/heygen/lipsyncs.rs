//! `/v3/lipsyncs`: making, following and listing lipsyncs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::input::Input;
use super::remote::{FileRole, Remote, RemoteFile, RemoteStatus, extension_of};
use super::translations::{mode_word, status_of};
use super::wire::{self, number};
use crate::draft::{Composition as _, Field, LipsyncDraft};

#[derive(Serialize)]
struct Body<'a> {
    video: Input<'a>,
    audio: Input<'a>,
    title: String,
    mode: &'static str,
    enable_dynamic_duration: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Number>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    enable_caption: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disable_music_track: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    enable_speech_enhancement: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    keep_the_same_format: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    enable_watermark: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fps_mode: Option<&'static str>,
}

/// The exact bytes of `POST /v3/lipsyncs` for this draft. What decides the price is always written out;
/// the same draft and uploads give the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn body(draft: &LipsyncDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let missing = |param: &str, words: &str| Error::new(ErrorKind::Invalid, words).with_param(param);
    let video = draft.video.as_ref().ok_or_else(|| missing("video", "The lipsync has no video yet."))?;
    let audio = draft.audio.as_ref().ok_or_else(|| missing("audio", "The lipsync has no sound yet."))?;
    let body = Body {
        video: Input::of(video, Field::Video, "video", uploads)?,
        audio: Input::of(audio, Field::Audio, "audio", uploads)?,
        title: draft.effective_title(),
        mode: mode_word(draft.mode),
        enable_dynamic_duration: draft.dynamic_duration,
        start_time: draft.part.start.and_then(number),
        end_time: draft.part.end.and_then(number),
        enable_caption: draft.captions,
        disable_music_track: !draft.keep_music,
        enable_speech_enhancement: draft.enhance_speech,
        keep_the_same_format: draft.keep_format,
        enable_watermark: draft.watermark,
        fps_mode: draft.frame_timing.map(|timing| timing.word()),
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

#[derive(Deserialize)]
struct WireLipsync {
    id: String,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    duration: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient")]
    video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    caption_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
}

impl From<WireLipsync> for Remote {
    fn from(wire: WireLipsync) -> Self {
        let address = |url: Option<String>| url.filter(|url| !url.is_empty());
        let mut files = Vec::new();
        if let Some(url) = address(wire.video_url) {
            let extension = extension_of(&url).to_owned();
            files.push(RemoteFile::new(FileRole::Main, url, &extension));
        }
        if let Some(url) = address(wire.caption_url) {
            let (role, extension) = match extension_of(&url) {
                "vtt" => (FileRole::WebCaptions, "vtt"),
                _ => (FileRole::Captions, "srt"),
            };
            files.push(RemoteFile::new(role, url, extension));
        }
        Self {
            title: wire.title,
            seconds: wire.duration,
            files,
            failure_message: wire.failure_message,
            created_at: wire.created_at,
            ..Self::new(wire.id, status_of(&wire.status), &wire.status)
        }
    }
}

impl Client {
    /// One lipsync, with fresh addresses. Asked once: jobs have a schedule of their own.
    pub(super) async fn lipsync(&self, id: &str) -> Result<Remote, Error> {
        let wire: WireLipsync = self.get(self.address(&["v3", "lipsyncs", id])?).await?;
        Ok(wire.into())
    }

    /// Where many lipsyncs stand; ids HeyGen does not know are missing from the answer.
    pub(super) async fn lipsync_statuses(&self, ids: &[String]) -> Result<Vec<(String, RemoteStatus)>, Error> {
        self.statuses("lipsyncs", "lipsync_ids", ids, status_of).await
    }

    /// The newest lipsyncs, at most `limit` (1 to 100).
    pub(super) async fn recent_lipsyncs(&self, limit: u32) -> Result<Vec<Remote>, Error> {
        self.newest::<WireLipsync, _>(self.address(&["v3", "lipsyncs"])?, limit, 100).await
    }

    /// Deletes a lipsync at HeyGen. What was paid for it stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_lipsync(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "lipsyncs", id])?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, status: RemoteStatus, files: &[(FileRole, &str)]) {
        let remote = Remote::from(serde_json::from_str::<WireLipsync>(json).unwrap());
        assert_eq!(remote.status, status);
        let found: Vec<(FileRole, &str)> =
            remote.files.iter().map(|file| (file.role, file.extension.as_str())).collect();
        assert_eq!(found, files);
    }

    #[test]
    fn a_lipsync_brings_its_video_and_its_captions() {
        check(r#"{"id":"l","status":"running"}"#, RemoteStatus::Running, &[]);
        check(r#"{"id":"l","status":"failed","failure_message":"no face"}"#, RemoteStatus::Failed, &[]);
        check(
            r#"{"id":"l","status":"completed","video_url":"https://x/a.webm?s","caption_url":"https://x/a.vtt?s"}"#,
            RemoteStatus::Completed,
            &[(FileRole::Main, "webm"), (FileRole::WebCaptions, "vtt")],
        );
    }
}
