//! From a draft to the exact bytes of `POST /v3/video-agents` and of a further message.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::draft::Field;
use crate::draft::video_agent::VideoAgentDraft;
use crate::heygen::assets::AssetId;
use crate::heygen::error::{Error, ErrorKind};
use crate::heygen::input::Input;

#[derive(Serialize)]
struct Session<'a> {
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_kit_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incognito_mode: Option<bool>,
    #[serde(flatten)]
    common: Common<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    message: String,
    #[serde(flatten)]
    common: Common<'a>,
}

#[derive(Serialize)]
struct Common<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Input<'a>>,
}

/// The exact bytes for this draft: a session, or a message where there is a conversation.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn agent_body(draft: &VideoAgentDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let param = if draft.conversation.is_some() { "message" } else { "prompt" };
    if draft.prompt.trim().is_empty() {
        return Err(Error::new(ErrorKind::Invalid, "There are no words to send yet.").with_param(param));
    }
    let common = Common {
        avatar_id: draft.look.as_ref().map(|look| look.id.as_str()),
        voice_id: draft.voice.as_ref().map(|voice| voice.id.as_str()),
        files: Input::list(&draft.files, VideoAgentDraft::file_field, "files", uploads)?,
    };
    let written = match &draft.conversation {
        Some(_) => serde_json::to_vec(&Message { message: draft.sent_text(), common }),
        None => serde_json::to_vec(&Session {
            prompt: draft.sent_text(),
            mode: draft.chat.then_some("chat"),
            style_id: draft.style.as_ref().map(|style| style.id.as_str()),
            brand_kit_id: draft.brand_kit.as_ref().map(|kit| kit.id.as_str()),
            orientation: draft.orientation.map(|orientation| orientation.word()),
            incognito_mode: draft.incognito.then_some(true),
            common,
        }),
    };
    written.map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}
