//! `POST /v3/hyperframes/renders` as it is sent.

use serde_json::{Map, Value};

use super::file::{InputFile, callback, read};
use super::{Fields, Refusal};
use crate::draft::{AspectRatio, Resolution};
use crate::sandbox::world::Callback;

/// A request for a render.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderRequest {
    pub project: InputFile,
    pub title: Option<String>,
    /// 1 to 240.
    pub fps: u32,
    pub quality: &'static str,
    /// "mp4", "webm" or "mov".
    pub format: &'static str,
    pub resolution: Resolution,
    /// `None` where it is left out: the composition's own.
    pub aspect_ratio: Option<AspectRatio>,
    /// The entry HTML; `index.html` where it is left out.
    pub composition: Option<String>,
    pub variables: Map<String, Value>,
    pub callback: Callback,
}

/// Characters of a `callback_id` (published limit).
const CALLBACK_ID: usize = 256;
const SHAPES: &[(&str, Option<AspectRatio>)] =
    &[("16:9", Some(AspectRatio::Wide)), ("9:16", Some(AspectRatio::Tall)), ("1:1", Some(AspectRatio::Square))];

impl RenderRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let project = read(fields.required_object("project")?)?;
        let fps = fields.whole("fps", 1, 240)?.and_then(|fps| u32::try_from(fps).ok()).unwrap_or(30);
        let qualities = [("draft", "draft"), ("standard", "standard"), ("high", "high")];
        let quality = fields.word_or("quality", &qualities, "standard")?;
        let format = fields.word_or("format", &[("mp4", "mp4"), ("webm", "webm"), ("mov", "mov")], "mp4")?;
        let sizes = [("1080p", Resolution::P1080), ("4k", Resolution::K4)];
        let resolution = fields.word_or("resolution", &sizes, Resolution::P1080)?;
        let aspect_ratio = fields.word_or("aspect_ratio", SHAPES, None)?;
        let composition = fields.short_text("composition", 512)?.filter(|path| !path.trim().is_empty());
        let variables = fields.map("variables")?;
        let title = fields.short_text("title", 500)?;
        let callback = callback(&mut fields)?;
        if callback.id.as_ref().is_some_and(|id| id.chars().count() > CALLBACK_ID) {
            return Err(fields.refuse("callback_id", format!("At most {CALLBACK_ID} characters are taken here.")));
        }
        fields.finish()?;
        Ok(Self { project, title, fps, quality, format, resolution, aspect_ratio, composition, variables, callback })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(more: &str, param: Option<&str>) {
        let body = format!(r#"{{"project": {{"type": "asset_id", "asset_id": "a"}}{more}}}"#);
        let refused = RenderRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check("", None);
        check(r#", "fps": null, "composition": null, "variables": {"a": [1]}, "title": null"#, None);
        check(r#", "fps": 0"#, Some("fps"));
        check(r#", "fps": 241"#, Some("fps"));
        check(r#", "fps": 29.97"#, Some("fps"));
        check(r#", "quality": "best""#, Some("quality"));
        check(r#", "quality": null"#, Some("quality"));
        check(r#", "format": "gif""#, Some("format"));
        check(r#", "resolution": "720p""#, Some("resolution"));
        check(r#", "aspect_ratio": "4:5""#, Some("aspect_ratio"));
        check(r#", "variables": []"#, Some("variables"));
        check(&format!(r#", "composition": "{}""#, "x".repeat(513)), Some("composition"));
        check(&format!(r#", "callback_id": "{}""#, "x".repeat(257)), Some("callback_id"));
        check(r#", "duration": 3"#, Some("duration"));
    }
}
