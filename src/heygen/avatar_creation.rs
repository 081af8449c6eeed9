//! From a draft to the exact bytes of `POST /v3/avatars`, and the look that is trained from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::input::Input;
use super::remote::{FileRole, Remote, RemoteFile, RemoteStatus, extension_of};
use super::wire;
use crate::draft::Field;
use crate::draft::avatar_creation::{AvatarCreationDraft, Origin};
use crate::draft::own_cast::Training;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BodyOrigin<'a> {
    Photo {
        file: Input<'a>,
    },
    DigitalTwin {
        file: Input<'a>,
    },
    Prompt {
        prompt: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        reference_images: Vec<Input<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        avatar_id: Option<&'a str>,
    },
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    origin: BodyOrigin<'a>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_group_id: Option<&'a str>,
}

/// The exact bytes of `POST /v3/avatars` for this draft. `uploads` holds the asset of each field that
/// has a file; the same draft and uploads always give the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn body(draft: &AvatarCreationDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let named = |text: &'_ str| !text.trim().is_empty();
    let origin = match draft.origin {
        Origin::Photo => {
            let photo = draft.photo.as_ref().ok_or_else(|| missing("file", "The avatar has no photo yet."))?;
            BodyOrigin::Photo { file: Input::of(photo, Field::Look, "file", uploads)? }
        }
        Origin::Footage => {
            let footage = draft.footage.as_ref().ok_or_else(|| missing("file", "The avatar has no footage yet."))?;
            BodyOrigin::DigitalTwin { file: Input::of(footage, Field::Video, "file", uploads)? }
        }
        Origin::Prompt if !named(&draft.prompt) => return Err(missing("prompt", "Nobody is described yet.")),
        Origin::Prompt => BodyOrigin::Prompt {
            prompt: draft.prompt.trim(),
            reference_images: Input::list(
                &draft.references,
                AvatarCreationDraft::reference_field,
                "reference_images",
                uploads,
            )?,
            avatar_id: draft.based_on.as_ref().map(|look| look.id.as_str()),
        },
    };
    if !named(&draft.name) {
        return Err(missing("name", "The avatar has no name yet."));
    }
    let group = draft.group.as_ref().map(|group| group.id.as_str());
    serde_json::to_vec(&Body { origin, name: draft.name.trim(), avatar_group_id: group })
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

fn missing(param: &str, message: &str) -> Error {
    Error::new(ErrorKind::Invalid, message).with_param(param)
}

/// A look as far as its training goes.
#[derive(Deserialize)]
struct WireTraining {
    id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    error: Option<WireFault>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_image_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    group_id: Option<String>,
}

/// Why a training failed.
#[derive(Deserialize)]
pub(super) struct WireFault {
    #[serde(default, deserialize_with = "wire::lenient")]
    pub(super) code: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    pub(super) message: Option<String>,
}

/// Where a look's training stands, and which avatar it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookTraining {
    pub training: Training,
    pub group_id: Option<String>,
}

impl Client {
    /// A look as something that is made, with a fresh address of its portrait. Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub(super) async fn trained_look(&self, id: &str) -> Result<Remote, Error> {
        let wire: WireTraining = self.get(self.address(&["v3", "avatars", "looks", id])?).await?;
        Ok(wire.into())
    }

    /// Where a look's training stands. Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn look_training(&self, id: &str) -> Result<LookTraining, Error> {
        let wire: WireTraining = self.get(self.address(&["v3", "avatars", "looks", id])?).await?;
        Ok(LookTraining { training: wire.training(), group_id: wire.group_id })
    }

    /// The account's own looks, at most `limit`, in HeyGen's order. Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub(super) async fn recent_looks(&self, limit: u32) -> Result<Vec<Remote>, Error> {
        let mut url = self.address(&["v3", "avatars", "looks"])?;
        url.query_pairs_mut().append_pair("ownership", "private");
        self.newest::<WireTraining, _>(url, limit, 50).await
    }
}

impl WireTraining {
    fn training(&self) -> Training {
        let fault = self.error.as_ref().map(|fault| fault.message.clone().unwrap_or_default());
        Training::of(self.status.as_deref(), fault)
    }
}

impl From<WireTraining> for Remote {
    fn from(wire: WireTraining) -> Self {
        let status = match wire.training() {
            Training::Running => RemoteStatus::Running,
            Training::PendingConsent => RemoteStatus::NeedsPerson,
            Training::Failed(_) => RemoteStatus::Failed,
            Training::Ready => RemoteStatus::Completed,
        };
        let word = wire.status.unwrap_or_default();
        let picture = wire.preview_image_url.filter(|url| !url.is_empty());
        let files = picture.map(|url| {
            let extension = match extension_of(&url) {
                "jpg" | "jpeg" => "jpg",
                _ => "png",
            };
            RemoteFile::new(FileRole::Thumbnail, url, extension)
        });
        let (failure_code, failure_message) = wire.error.map_or((None, None), |fault| (fault.code, fault.message));
        Self {
            title: wire.name,
            files: files.into_iter().collect(),
            failure_code,
            failure_message,
            ..Self::new(wire.id, status, &word)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, status: RemoteStatus, failure: Option<&str>, files: usize) {
        let remote = Remote::from(serde_json::from_str::<WireTraining>(json).unwrap());
        let found = (remote.status, remote.failure_message.as_deref(), remote.files.len());
        assert_eq!(found, (status, failure, files), "{json}");
    }

    #[test]
    fn a_look_is_followed_by_its_status_and_a_new_word_still_runs() {
        check(r#"{"id":"l","name":"n","status":"processing","new":1}"#, RemoteStatus::Running, None, 0);
        check(r#"{"id":"l","status":"pending_consent","error":null}"#, RemoteStatus::NeedsPerson, None, 0);
        check(r#"{"id":"l","status":"dreaming"}"#, RemoteStatus::Running, None, 0);
        check(
            r#"{"id":"l","status":"failed","error":{"code":"no_face","message":"No face."}}"#,
            RemoteStatus::Failed,
            Some("No face."),
            0,
        );
        check(
            r#"{"id":"l","status":"completed","preview_image_url":"https://pictures.example/a.jpeg?s=1"}"#,
            RemoteStatus::Completed,
            None,
            1,
        );
        check(r#"{"id":"l","preview_image_url":""}"#, RemoteStatus::Completed, None, 0);
    }
}
