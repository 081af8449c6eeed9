//! `/v3/hyperframes/renders`: from a draft to its exact bytes, following and deleting what was made.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Number;

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::input::Input;
use super::remote::{FileRole, Remote, RemoteFile, RemoteStatus, extension_of};
use super::wire;
use crate::draft::hyperframes::{ENTRY, HyperFramesDraft, Value};
use crate::draft::{Composition as _, Field};

#[derive(Serialize)]
struct Body<'a> {
    project: Input<'a>,
    fps: u32,
    quality: &'static str,
    format: &'static str,
    resolution: &'static str,
    aspect_ratio: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    composition: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<&'a str, BodyValue>,
    title: String,
}

struct BodyValue(Value);

impl Serialize for BodyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Switch(on) => serializer.serialize_bool(*on),
            Value::Number(number) => wire::number(*number)
                .ok_or_else(|| serde::ser::Error::custom(format!("{number} is no number")))
                .and_then(|number: Number| number.serialize(serializer)),
        }
    }
}

/// The exact bytes of `POST /v3/hyperframes/renders` for this draft, which has no table: a row's draft has
/// its values. `uploads` holds the asset of the project; the same draft and uploads always give the same
/// bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a project that
/// was not uploaded.
pub fn body(draft: &HyperFramesDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let bundle = draft.bundle.as_ref().ok_or_else(|| missing("project", "There is no project yet."))?;
    let page = draft.page().ok_or_else(|| missing("composition", "No composition is chosen yet."))?;
    if draft.rows.is_some() {
        return Err(missing("variables", "A table is many renders, one for each row."));
    }
    if let Some(problem) = draft.problems().into_iter().next() {
        return Err(missing("project", &problem.message));
    }
    let shape = draft.sent_shape().ok_or_else(|| missing("aspect_ratio", "The video has no shape yet."))?;
    let body = Body {
        project: Input::of(&bundle.zip, Field::Composition, "project", uploads)?,
        fps: draft.fps,
        quality: draft.quality.word(),
        format: draft.container.word(),
        resolution: draft.resolution.word(),
        aspect_ratio: shape.word(),
        composition: (page.path != ENTRY).then_some(page.path.as_str()),
        variables: draft.sent_values().into_iter().map(|(id, value)| (id, BodyValue(value))).collect(),
        title: draft.effective_title(),
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

fn missing(param: &str, message: &str) -> Error {
    Error::new(ErrorKind::Invalid, message).with_param(param)
}

#[derive(Deserialize)]
struct WireRender {
    render_id: String,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default)]
    video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    thumbnail_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    duration: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient")]
    format: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
}

impl From<WireRender> for Remote {
    fn from(wire: WireRender) -> Self {
        let status = match wire.status.as_str() {
            "queued" => RemoteStatus::Waiting,
            "completed" => RemoteStatus::Completed,
            "failed" => RemoteStatus::Failed,
            _ => RemoteStatus::Running,
        };
        let mut files = Vec::new();
        if let Some(url) = wire.video_url.filter(|url| !url.is_empty()) {
            let known = wire.format.as_deref().filter(|format| matches!(*format, "mp4" | "webm" | "mov"));
            let extension = known.unwrap_or_else(|| extension_of(&url)).to_owned();
            files.push(RemoteFile::new(FileRole::Main, url, &extension));
        }
        if let Some(url) = wire.thumbnail_url.filter(|url| !url.is_empty()) {
            files.push(RemoteFile::new(FileRole::Thumbnail, url, "png"));
        }
        Self {
            title: wire.title,
            seconds: wire.duration,
            files,
            failure_message: wire.failure_message,
            created_at: wire.created_at,
            ..Self::new(wire.render_id, status, &wire.status)
        }
    }
}

impl Client {
    /// One render, with fresh addresses. Asked once: jobs have a schedule of their own.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn hyperframes_render(&self, id: &str) -> Result<Remote, Error> {
        let wire: WireRender = self.get(self.address(&["v3", "hyperframes", "renders", id])?).await?;
        Ok(wire.into())
    }

    /// The newest renders, at most `limit` (1 to 100). Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn recent_hyperframes_renders(&self, limit: u32) -> Result<Vec<Remote>, Error> {
        self.newest::<WireRender, _>(self.address(&["v3", "hyperframes", "renders"])?, limit, 100).await
    }

    /// Deletes a render at HeyGen. What was paid for it stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_hyperframes_render(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "hyperframes", "renders", id])?).await
    }
}
