//! `/v3/video-translations`: the languages there are, making, following and listing translations.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::input::Input;
use super::remote::{FileRole, Remote, RemoteFile, RemoteStatus, extension_of};
use super::wire::{self, number};
use crate::draft::avatar_video::LocalFile;
use crate::draft::billable::Mode;
use crate::draft::translation::Glossary;
use crate::draft::{Composition as _, Field, TranslationDraft};

#[derive(Serialize)]
struct Body<'a> {
    video: Input<'a>,
    title: String,
    output_languages: &'a [String],
    mode: &'static str,
    translate_audio_only: bool,
    enable_dynamic_duration: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker_num: Option<u8>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_glossary_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stock_voice_config: Option<StockVoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Input<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    srt: Option<Input<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    srt_role: Option<&'static str>,
}

#[derive(Serialize)]
struct StockVoice {
    use_stock_voice: bool,
}

/// The interface's word for a mode.
pub(super) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Speed => "speed",
        Mode::Precision => "precision",
    }
}

/// The exact bytes of `POST /v3/video-translations` for this draft. What decides the price is always
/// written out, so that it is the price that was shown; the same draft and uploads give the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn body(draft: &TranslationDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let video = draft
        .video
        .as_ref()
        .ok_or_else(|| Error::new(ErrorKind::Invalid, "The translation has no video yet.").with_param("video"))?;
    if draft.languages.is_empty() {
        let words = "The translation has no language yet.";
        return Err(Error::new(ErrorKind::Invalid, words).with_param("output_languages"));
    }
    let body = Body {
        video: Input::of(video, Field::Video, "video", uploads)?,
        title: draft.effective_title(),
        output_languages: &draft.languages,
        mode: mode_word(draft.mode),
        translate_audio_only: draft.audio_only,
        enable_dynamic_duration: draft.dynamic_duration,
        input_language: draft.source_language.as_deref(),
        speaker_num: draft.speakers,
        start_time: draft.part.start.and_then(number),
        end_time: draft.part.end.and_then(number),
        enable_caption: draft.captions,
        disable_music_track: !draft.keep_music,
        enable_speech_enhancement: draft.enhance_speech,
        keep_the_same_format: draft.keep_format,
        enable_watermark: draft.watermark,
        fps_mode: draft.frame_timing.map(|timing| timing.word()),
        brand_glossary_id: draft.glossary.as_ref().map(|glossary| glossary.id.as_str()),
        stock_voice_config: draft.stock_voice.then_some(StockVoice { use_stock_voice: true }),
        audio: beside(&draft.audio, Field::Audio, "audio", uploads)?,
        srt: beside(&draft.subtitles, Field::Subtitles, "srt", uploads)?,
        srt_role: draft.subtitles.is_some().then(|| draft.subtitles_role.word()),
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

/// A file that may be absent.
fn beside<'a>(
    file: &'a Option<LocalFile>,
    field: Field,
    param: &str,
    uploads: &'a BTreeMap<Field, AssetId>,
) -> Result<Option<Input<'a>>, Error> {
    file.as_ref().map(|file| Input::of(file, field, param, uploads)).transpose()
}

/// Where a translation or lipsync stands, by HeyGen's word.
pub(super) fn status_of(word: &str) -> RemoteStatus {
    match word {
        "pending" => RemoteStatus::Waiting,
        "completed" => RemoteStatus::Completed,
        "failed" => RemoteStatus::Failed,
        _ => RemoteStatus::Running,
    }
}

#[derive(Deserialize)]
struct WireTranslation {
    id: String,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    duration: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient")]
    video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    audio_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    srt_caption_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    vtt_caption_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
}

impl From<WireTranslation> for Remote {
    fn from(wire: WireTranslation) -> Self {
        let mut files = Vec::new();
        let mut add = |role, url: Option<String>, extension: fn(&str) -> &str| {
            files.extend(url.filter(|url| !url.is_empty()).map(|url| {
                let extension = extension(&url).to_owned();
                RemoteFile::new(role, url, &extension)
            }));
        };
        add(FileRole::Main, wire.video_url, extension_of);
        add(FileRole::Audio, wire.audio_url, sound_extension_of);
        add(FileRole::Captions, wire.srt_caption_url, |_| "srt");
        add(FileRole::WebCaptions, wire.vtt_caption_url, |_| "vtt");
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

/// The extension of a sound's address, as far as it is one of a sound's; "mp3" otherwise.
fn sound_extension_of(address: &str) -> &str {
    match extension_of(address) {
        known @ ("mp3" | "wav" | "m4a") => known,
        _ => "mp3",
    }
}

#[derive(Deserialize)]
struct WireLanguages {
    languages: Vec<String>,
}

#[derive(Deserialize)]
struct WireGlossary {
    brand_glossary_id: String,
    name: String,
}

impl Client {
    /// The languages a video can be translated into, by HeyGen's names for them, in order and each once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn translation_languages(&self) -> Result<Vec<String>, Error> {
        let wire: WireLanguages = self.get(self.address(&["v3", "video-translations", "languages"])?).await?;
        let mut languages = wire.languages;
        languages.retain(|language| !language.trim().is_empty());
        languages.sort_unstable();
        languages.dedup();
        Ok(languages)
    }

    /// The glossaries of the account.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn glossaries(&self) -> Result<Vec<Glossary>, Error> {
        let mut url = self.address(&["v3", "brand-glossaries"])?;
        url.query_pairs_mut().append_pair("limit", "100");
        let wire: Vec<WireGlossary> = self.all_pages(url).await?;
        Ok(wire.into_iter().map(|wire| Glossary { id: wire.brand_glossary_id, name: wire.name }).collect())
    }

    /// One translation, with fresh addresses. Asked once: jobs have a schedule of their own.
    pub(super) async fn translation(&self, id: &str) -> Result<Remote, Error> {
        let wire: WireTranslation = self.get(self.address(&["v3", "video-translations", id])?).await?;
        Ok(wire.into())
    }

    /// Where many translations stand; ids HeyGen does not know are missing from the answer.
    pub(super) async fn translation_statuses(&self, ids: &[String]) -> Result<Vec<(String, RemoteStatus)>, Error> {
        self.statuses("video-translations", "video_translation_ids", ids, status_of).await
    }

    /// The newest translations, at most `limit` (1 to 100).
    pub(super) async fn recent_translations(&self, limit: u32) -> Result<Vec<Remote>, Error> {
        self.newest::<WireTranslation, _>(self.address(&["v3", "video-translations"])?, limit, 100).await
    }

    /// Deletes a translation at HeyGen. What was paid for it stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_translation(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "video-translations", id])?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, status: RemoteStatus, files: &[(FileRole, &str)]) {
        let remote = Remote::from(serde_json::from_str::<WireTranslation>(json).unwrap());
        assert_eq!(remote.status, status);
        let found: Vec<(FileRole, &str)> =
            remote.files.iter().map(|file| (file.role, file.extension.as_str())).collect();
        assert_eq!(found, files);
    }

    #[test]
    fn a_translation_brings_what_it_has_and_an_unknown_word_still_runs() {
        check(r#"{"id":"t","status":"pending"}"#, RemoteStatus::Waiting, &[]);
        check(r#"{"id":"t","status":"dubbing","video_url":null,"created_at":"soon"}"#, RemoteStatus::Running, &[]);
        check(
            r#"{"id":"t","status":"completed","video_url":"https://x/a.mp4?s=1","audio_url":"https://x/a.wav",
                "srt_caption_url":"https://x/a.srt","vtt_caption_url":"https://x/a.vtt","duration":12.5}"#,
            RemoteStatus::Completed,
            &[
                (FileRole::Main, "mp4"),
                (FileRole::Audio, "wav"),
                (FileRole::Captions, "srt"),
                (FileRole::WebCaptions, "vtt"),
            ],
        );
        check(
            r#"{"id":"t","status":"completed","video_url":"","audio_url":"https://x/sound?s=1"}"#,
            RemoteStatus::Completed,
            &[(FileRole::Audio, "mp3")],
        );
    }
}
