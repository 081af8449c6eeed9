//! From a draft to the exact bytes of `POST /v3/videos`: only fields of the interface, no nulls.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Number;

use crate::draft::avatar_video::{AvatarVideoDraft, Background, Face, OutputFormat, Source, VoiceSettings};
use crate::draft::{Composition as _, Field};
use crate::heygen::assets::AssetId;
use crate::heygen::error::{Error, ErrorKind};
use crate::heygen::input::Input;
use crate::heygen::wire::number;

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    face: BodyFace<'a>,
    title: String,
    #[serde(flatten)]
    source: BodySource<'a>,
    resolution: &'static str,
    aspect_ratio: &'static str,
    output_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<BodyBackground<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<Caption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    motion_prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expressiveness: Option<&'static str>,
}

/// A raw image has no engine field: HeyGen animates it on Avatar IV.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BodyFace<'a> {
    Avatar { avatar_id: &'a str, engine: BodyEngine },
    Image { image: Input<'a> },
}

#[derive(Serialize)]
struct BodyEngine {
    #[serde(rename = "type")]
    word: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BodySource<'a> {
    Script {
        script: &'a str,
        voice_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        voice_settings: Option<BodyVoiceSettings<'a>>,
    },
    Audio {
        audio_asset_id: &'a str,
    },
}

#[derive(Serialize)]
struct BodyVoiceSettings<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pitch: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BodyBackground<'a> {
    Color { value: &'a str },
    Image { asset_id: &'a str },
}

#[derive(Serialize)]
struct Caption {
    file_format: &'static str,
}

/// The exact bytes of `POST /v3/videos` for this draft. `uploads` holds the asset of each field that
/// has a file; the same draft and uploads always give the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn body(draft: &AvatarVideoDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let asset = |field: Field, param: &str| {
        uploads
            .get(&field)
            .map(AssetId::as_str)
            .ok_or_else(|| missing(param, "A file of this video has not been uploaded yet."))
    };
    let face = match &draft.face {
        Face::None => return Err(missing("avatar_id", "The video has no face yet.")),
        Face::Look(look) => BodyFace::Avatar { avatar_id: &look.id, engine: BodyEngine { word: draft.engine.word() } },
        Face::Image(_) => BodyFace::Image { image: Input::AssetId { asset_id: asset(Field::Look, "image")? } },
    };
    let source = match draft.source {
        Source::Script => BodySource::Script {
            script: Some(draft.script.trim())
                .filter(|script| !script.is_empty())
                .ok_or_else(|| missing("script", "The video has no script yet."))?,
            voice_id: draft.voice_id().ok_or_else(|| missing("voice_id", "The video has no voice yet."))?,
            voice_settings: voice_settings(&draft.voice_settings),
        },
        Source::Audio => BodySource::Audio { audio_asset_id: asset(Field::Audio, "audio_asset_id")? },
    };
    let background = match &draft.background {
        // Transparency refuses a background; the draft's problems say so before anything is sent.
        _ if draft.output_format == OutputFormat::Webm => None,
        Background::Unchanged => None,
        Background::Color(value) => Some(BodyBackground::Color { value }),
        Background::Image(_) => Some(BodyBackground::Image { asset_id: asset(Field::Background, "background")? }),
    };
    let motion_prompt =
        Some(draft.motion_prompt.trim()).filter(|prompt| !prompt.is_empty() && draft.takes_motion_prompt());
    let body = Body {
        face,
        title: draft.effective_title(),
        source,
        resolution: draft.resolution.word(),
        aspect_ratio: draft.aspect_ratio.word(),
        output_format: draft.output_format.word(),
        background,
        caption: draft.captions.then_some(Caption { file_format: "srt" }),
        motion_prompt,
        expressiveness: draft
            .expressiveness
            .filter(|_| draft.takes_expressiveness())
            .map(|expressiveness| expressiveness.word()),
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

/// Only what differs from HeyGen's defaults; `None` when nothing does.
fn voice_settings(settings: &VoiceSettings) -> Option<BodyVoiceSettings<'_>> {
    let defaults = VoiceSettings::default();
    let changed = BodyVoiceSettings {
        speed: (settings.speed != defaults.speed).then(|| number(settings.speed)).flatten(),
        pitch: (settings.pitch != defaults.pitch).then_some(settings.pitch),
        volume: (settings.volume != defaults.volume).then(|| number(settings.volume)).flatten(),
        locale: settings.locale.as_deref().map(str::trim).filter(|locale| !locale.is_empty()),
    };
    let nothing =
        changed.speed.is_none() && changed.pitch.is_none() && changed.volume.is_none() && changed.locale.is_none();
    (!nothing).then_some(changed)
}

fn missing(param: &str, message: &str) -> Error {
    Error::new(ErrorKind::Invalid, message).with_param(param)
}
