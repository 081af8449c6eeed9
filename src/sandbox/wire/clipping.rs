//! `POST /v3/ai-clipping` as it is sent: read field by field, with every rule that needs no look-up.

use serde::{Deserialize, Serialize};

use super::dub::title;
use super::file::{InputFile, callback, read_remote};
use super::{Fields, Refusal};
use crate::sandbox::world::Callback;

/// Characters a prompt may have (published limit).
const PROMPT_LIMIT: usize = 500;

/// A request for clips.
#[derive(Clone, Debug, PartialEq)]
pub struct ClippingRequest {
    pub video: InputFile,
    pub title: Option<String>,
    pub callback: Callback,
    pub input_language: Option<String>,
    pub settings: OutputSettings,
}

/// How clips are to be, as the resource shows it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputSettings {
    pub aspect_ratio: Shape,
    pub caption_style: Option<String>,
    pub captions: bool,
    /// One clip each.
    pub duration_types: Vec<ClipLength>,
    pub prompt: Option<String>,
}

/// The shape of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Landscape,
    Portrait,
    Square,
}

/// How long a clip may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClipLength {
    #[serde(rename = "30")]
    HalfMinute,
    #[serde(rename = "60")]
    Minute,
    #[serde(rename = "180")]
    ThreeMinutes,
    #[serde(rename = "long")]
    Long,
}

impl ClipLength {
    const ALL: &[(&str, Self)] =
        &[("30", Self::HalfMinute), ("60", Self::Minute), ("180", Self::ThreeMinutes), ("long", Self::Long)];

    /// Seconds at the most. "long" has no published length; here it is five minutes.
    #[must_use]
    pub fn seconds(self) -> u32 {
        match self {
            Self::HalfMinute => 30,
            Self::Minute => 60,
            Self::ThreeMinutes => 180,
            Self::Long => 300,
        }
    }

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, length)| *length == self).map_or("", |(word, _)| word)
    }
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self {
            aspect_ratio: Shape::Portrait,
            caption_style: None,
            captions: true,
            // No default is published.
            duration_types: vec![ClipLength::HalfMinute],
            prompt: None,
        }
    }
}

impl ClippingRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let request = Self {
            video: read_remote(fields.required_object("video")?)?,
            title: title(&mut fields)?,
            callback: callback(&mut fields)?,
            input_language: fields.text("input_language")?,
            settings: fields.object_or("output_settings")?.map(settings).transpose()?.unwrap_or_default(),
        };
        fields.finish()?;
        Ok(request)
    }
}

fn settings(mut fields: Fields) -> Result<OutputSettings, Refusal> {
    let standard = OutputSettings::default();
    let shapes = [("landscape", Shape::Landscape), ("portrait", Shape::Portrait), ("square", Shape::Square)];
    let aspect_ratio = fields.word_or("aspect_ratio", &shapes, standard.aspect_ratio)?;
    let mut duration_types = Vec::new();
    for (place, word) in fields.texts("duration_types")?.unwrap_or_default().into_iter().enumerate() {
        let field = format!("duration_types[{place}]");
        let known = ClipLength::ALL.iter().find(|(known, _)| *known == word);
        let (_, length) = known.ok_or_else(|| fields.refuse(&field, "One of 30, 60, 180, long is expected here."))?;
        if duration_types.contains(length) {
            return Err(fields.refuse(&field, "Every length makes one clip: name it once."));
        }
        duration_types.push(*length);
    }
    if duration_types.is_empty() {
        duration_types = standard.duration_types;
    }
    let prompt = fields.text("prompt")?;
    if prompt.as_ref().is_some_and(|prompt| prompt.chars().count() > PROMPT_LIMIT) {
        return Err(fields.refuse("prompt", format!("A prompt has at most {PROMPT_LIMIT} characters.")));
    }
    let settings = OutputSettings {
        aspect_ratio,
        caption_style: fields.text("caption_style")?,
        captions: fields.flag_or("captions", true)?,
        duration_types,
        prompt,
    };
    fields.finish()?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(more: &str, param: Option<&str>) {
        let body = format!(r#"{{"video": {{"type": "asset_id", "asset_id": "a"}}{more}}}"#);
        let refused = ClippingRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check("", None);
        check(
            r#", "output_settings": {"duration_types": ["30", "long"], "aspect_ratio": "square", "prompt": null}"#,
            None,
        );
        check(r#", "output_settings": null"#, Some("output_settings"));
        check(r#", "output_settings": {"duration_types": ["90"]}"#, Some("output_settings.duration_types[0]"));
        check(r#", "output_settings": {"duration_types": ["30", "30"]}"#, Some("output_settings.duration_types[1]"));
        check(r#", "output_settings": {"duration_types": [30]}"#, Some("output_settings.duration_types[0]"));
        check(r#", "output_settings": {"aspect_ratio": "16:9"}"#, Some("output_settings.aspect_ratio"));
        check(r#", "output_settings": {"captions": null}"#, Some("output_settings.captions"));
        check(r#", "output_settings": {"style": "x"}"#, Some("output_settings.style"));
        check(&format!(r#", "output_settings": {{"prompt": "{}"}}"#, "ö".repeat(501)), Some("output_settings.prompt"));
        check(&format!(r#", "output_settings": {{"prompt": "{}"}}"#, "ö".repeat(500)), None);
        check(r#", "mode": "speed""#, Some("mode"));
    }
}
