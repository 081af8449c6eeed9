//! `/v3/ai-clipping`: cutting clips out of a long video, following and listing them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::input::Input;
use super::remote::{FileRole, Remote, RemoteFile, RemoteStatus, extension_of};
use super::wire;
use crate::draft::{ClipsDraft, Composition as _, Field};

#[derive(Serialize)]
struct Body<'a> {
    title: String,
    video: Input<'a>,
    output_settings: BodySettings<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_language: Option<&'a str>,
}

#[derive(Serialize)]
struct BodySettings<'a> {
    duration_types: Vec<&'static str>,
    aspect_ratio: &'static str,
    captions: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption_style: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
}

/// The exact bytes of `POST /v3/ai-clipping` for this draft. `uploads` holds the asset of the video,
/// unless it has an address; the same draft and uploads always give the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a video that
/// was not uploaded.
pub fn body(draft: &ClipsDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let video = draft.video.as_ref().ok_or_else(|| missing("video", "There is no video yet."))?;
    if draft.lengths.is_empty() {
        return Err(missing("output_settings.duration_types", "No length of a clip was chosen."));
    }
    let filled = |text: &'_ str| !text.trim().is_empty();
    let body = Body {
        title: draft.effective_title(),
        video: Input::of(video, Field::Video, "video", uploads)?,
        output_settings: BodySettings {
            duration_types: draft.lengths.iter().map(|length| length.word()).collect(),
            aspect_ratio: draft.shape.word(),
            captions: draft.captions,
            caption_style: Some(draft.caption_style.as_str())
                .filter(|style| draft.captions && filled(style))
                .map(str::trim),
            prompt: Some(draft.prompt.as_str()).filter(|prompt| filled(prompt)).map(str::trim),
        },
        input_language: draft.input_language.as_deref(),
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

fn missing(param: &str, message: &str) -> Error {
    Error::new(ErrorKind::Invalid, message).with_param(param)
}

#[derive(Deserialize)]
struct WireJob {
    id: String,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    progress: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient")]
    clips: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
}

#[derive(Deserialize)]
struct WireClip {
    #[serde(default, deserialize_with = "wire::lenient")]
    id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    duration_seconds: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    virality_score: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient")]
    video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    thumbnail_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
}

impl Client {
    /// The clips of one request, with fresh addresses. Asked once: jobs have a schedule of their own.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn clipping(&self, id: &str) -> Result<Remote, Error> {
        let wire: WireJob = self.get(self.address(&["v3", "ai-clipping", id])?).await?;
        Ok(wire.into())
    }

    /// The newest requests for clips, at most `limit` (1 to 100). Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn recent_clippings(&self, limit: u32) -> Result<Vec<Remote>, Error> {
        self.newest::<WireJob, _>(self.address(&["v3", "ai-clipping"])?, limit, 100).await
    }
}

impl From<WireJob> for Remote {
    fn from(wire: WireJob) -> Self {
        let status = match wire.status.as_str() {
            "pending" => RemoteStatus::Waiting,
            "completed" => RemoteStatus::Completed,
            "failed" => RemoteStatus::Failed,
            "cancelled" => RemoteStatus::Cancelled,
            _ => RemoteStatus::Running,
        };
        let all: Vec<WireClip> =
            wire.clips.unwrap_or_default().into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect();
        let mut files: Vec<RemoteFile> = Vec::new();
        let mut failures = Vec::new();
        let mut pieces = 0_u32;
        let lists_none = all.is_empty();
        for (place, clip) in all.into_iter().enumerate() {
            let number = place + 1;
            let made = clip.is_made();
            pieces = pieces.saturating_add(u32::from(made));
            match clip.into_file(number) {
                Ok(mut file) => {
                    // Two of one id would be taken for one file.
                    if files.iter().any(|other| other.id == file.id) {
                        file.id = Some(format!("{} {number}", file.id.unwrap_or_default()));
                    }
                    files.push(file);
                }
                Err(failure) => failures.push(failure),
            }
        }
        let status = match status {
            // Where every clip failed, so did the whole. Where none is listed, nobody knows yet.
            RemoteStatus::Completed if pieces == 0 && !lists_none => RemoteStatus::Failed,
            // What was made before the rest failed is charged, and comes home.
            RemoteStatus::Failed | RemoteStatus::Cancelled if pieces > 0 => RemoteStatus::Completed,
            other => other,
        };
        let failure_message = match (failures.is_empty(), wire.failure_message) {
            // While it runs, a clip without an address is only not there yet.
            _ if status.is_running() => None,
            (true, None) if status == RemoteStatus::Failed => Some("no clip was made".to_owned()),
            (true, said) => said,
            (false, Some(said)) => Some(format!("{said} {}", failures.join(" "))),
            (false, None) => Some(failures.join(" ")),
        };
        Self {
            title: wire.title,
            progress: percent(wire.progress),
            seconds: files.iter().try_fold(Decimal::ZERO, |sum, file| sum.checked_add(file.seconds?)),
            pieces,
            files,
            failure_message,
            created_at: wire.created_at,
            ..Self::new(wire.id, status, &wire.status)
        }
    }
}

impl WireClip {
    /// Whether there is a clip, whatever is known of it: then it is charged. An unknown word with an
    /// address is a clip that was made.
    fn is_made(&self) -> bool {
        match self.status.as_deref() {
            Some("completed") => true,
            Some("failed" | "cancelled") => false,
            _ => self.video_url.as_ref().is_some_and(|url| !url.is_empty()),
        }
    }

    /// The clip's file, or what became of it in one sentence.
    fn into_file(self, number: usize) -> Result<RemoteFile, String> {
        let made = self.is_made();
        let title = self.title.filter(|title| !title.trim().is_empty());
        let called = title.as_ref().map_or_else(|| format!("Clip {number}"), |title| format!("“{}”", title.trim()));
        match (made, self.video_url.filter(|url| !url.is_empty())) {
            (true, Some(url)) => {
                let extension = extension_of(&url).to_owned();
                Ok(RemoteFile {
                    id: self.id.or_else(|| Some(number.to_string())),
                    title,
                    seconds: self.duration_seconds.filter(|seconds| *seconds > Decimal::ZERO),
                    score: percent(self.virality_score),
                    thumbnail_url: self.thumbnail_url.filter(|url| !url.is_empty()),
                    ..RemoteFile::new(FileRole::Clip, url, &extension)
                })
            }
            (true, None) => Err(format!("{called} has no address.")),
            (false, _) => {
                let why = self.failure_message.unwrap_or_else(|| "no reason given".to_owned());
                Err(format!("{called} was not made: {}.", why.trim_end_matches('.')))
            }
        }
    }
}

/// A whole number from 0 to 100.
fn percent(figure: Option<Decimal>) -> Option<u8> {
    let figure = figure?.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED).round();
    u8::try_from(figure).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Remote {
        serde_json::from_str::<WireJob>(json).unwrap().into()
    }

    #[test]
    fn only_clips_that_were_made_are_files_and_the_others_are_named() {
        let remote = read(
            r#"{"id":"c","status":"completed","title":"Talk","progress":100,"created_at":5,"clips":[
                {"id":"1","status":"completed","title":"The hook","virality_score":87,"duration_seconds":29.5,
                 "video_url":"https://files.example/1.mp4?s=1","thumbnail_url":"https://files.example/1.jpg"},
                {"id":"2","status":"failed","title":null,"failure_message":"No speech was found."},
                {"id":"3","status":"completed","video_url":"https://files.example/3.mp4","virality_score":140.6},
                {"id":"4","status":"completed","title":" "},
                {"status":"completed"}]}"#,
        );
        assert_eq!(remote.status, RemoteStatus::Completed);
        assert_eq!(remote.pieces, 4, "what was made is charged, whether it has an address or not");
        let files: Vec<_> = remote
            .files
            .iter()
            .map(|file| (file.id.as_deref(), file.title.as_deref(), file.score, file.extension.as_str()))
            .collect();
        assert_eq!(files, [(Some("1"), Some("The hook"), Some(87), "mp4"), (Some("3"), None, Some(100), "mp4")]);
        assert_eq!(
            remote.failure_message.as_deref(),
            Some("Clip 2 was not made: No speech was found. Clip 4 has no address. Clip 5 has no address.")
        );
    }

    #[test]
    fn a_clip_that_was_made_comes_home_whatever_became_of_the_others() {
        for word in ["failed", "cancelled"] {
            let remote = read(&format!(
                r#"{{"id":"c","status":"{word}","failure_message":"It broke off.","clips":[
                    {{"id":"1","status":"completed","video_url":"https://files.example/1.mp4"}},
                    {{"id":"2","status":"failed"}}]}}"#
            ));
            assert_eq!((remote.status, remote.pieces, remote.files.len()), (RemoteStatus::Completed, 1, 1));
            let words = remote.failure_message.unwrap_or_default();
            assert!(words.starts_with("It broke off.") && words.contains("Clip 2 was not made"), "{words}");
        }
        let remote = read(
            r#"{"id":"c","status":"completed","clips":[
                {"id":7,"status":"completed","video_url":"https://files.example/1.mp4"},
                {"id":"a","status":"ready","video_url":"https://files.example/2.mp4"},
                {"id":"a","status":"completed","video_url":"https://files.example/3.mp4"}]}"#,
        );
        let ids: Vec<_> = remote.files.iter().filter_map(|file| file.id.as_deref()).collect();
        assert_eq!((remote.pieces, ids.as_slice()), (3, ["1", "a", "a 3"].as_slice()));
    }

    #[track_caller]
    fn check(json: &str, status: RemoteStatus, progress: Option<u8>, failure: Option<&str>) {
        let remote = read(json);
        assert_eq!((remote.status, remote.progress, remote.failure_message.as_deref()), (status, progress, failure));
    }

    #[test]
    fn words_for_where_it_stands_are_read_leniently() {
        check(r#"{"id":"c","status":"pending"}"#, RemoteStatus::Waiting, None, None);
        check(r#"{"id":"c","status":"running","progress":42}"#, RemoteStatus::Running, Some(42), None);
        check(r#"{"id":"c","status":"dreaming","progress":"x","clips":7}"#, RemoteStatus::Running, None, None);
        let waiting = r#"{"id":"c","status":"running","progress":-3,"clips":[{"id":"1","status":"pending"}]}"#;
        check(waiting, RemoteStatus::Running, Some(0), None);
        check(
            r#"{"id":"c","status":"failed","failure_message":"Too short."}"#,
            RemoteStatus::Failed,
            None,
            Some("Too short."),
        );
        check(r#"{"id":"c","status":"cancelled"}"#, RemoteStatus::Cancelled, None, None);
        // Nobody knows yet: the list may be written a moment later than the word.
        check(r#"{"id":"c","status":"completed","clips":[]}"#, RemoteStatus::Completed, None, None);
        let none_made = r#"{"id":"c","status":"completed","clips":[{"id":"1","status":"failed","title":"The hook"}]}"#;
        check(none_made, RemoteStatus::Failed, None, Some("“The hook” was not made: no reason given."));
    }
}
