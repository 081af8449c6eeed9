//! From a cinematic draft to the exact bytes of `POST /v3/videos`: only what differs from HeyGen's defaults.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::draft::cinematic::CinematicDraft;
use crate::draft::{AspectRatio, Composition as _, Field, Resolution};
use crate::heygen::assets::AssetId;
use crate::heygen::error::{Error, ErrorKind};
use crate::heygen::input::Input;

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    word: &'static str,
    title: String,
    avatar_id: Vec<&'a str>,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<Input<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_duration: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enhance_prompt: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<&'static str>,
}

/// The exact bytes for this draft. `uploads` holds the asset of each reference that is a file here.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn cinematic_body(draft: &CinematicDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    if draft.looks.is_empty() {
        return Err(Error::new(ErrorKind::Invalid, "The video has no look yet.").with_param("avatar_id"));
    }
    let prompt = draft.prompt.trim();
    if prompt.is_empty() {
        return Err(Error::new(ErrorKind::Invalid, "The video has no prompt yet.").with_param("prompt"));
    }
    let body = Body {
        word: "cinematic_avatar",
        title: draft.effective_title(),
        avatar_id: draft.looks.iter().map(|look| look.id.as_str()).collect(),
        prompt,
        references: Input::list(&draft.references, CinematicDraft::reference_field, "references", uploads)?,
        // Said even where it is HeyGen's own: what is on the form is what is made.
        duration: draft.seconds,
        auto_duration: draft.seconds.is_none().then_some(true),
        enhance_prompt: draft.enhance_prompt.then_some(true),
        resolution: (draft.resolution != Resolution::P720).then(|| draft.resolution.word()),
        aspect_ratio: (draft.aspect_ratio != AspectRatio::Wide).then(|| draft.aspect_ratio.word()),
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}
