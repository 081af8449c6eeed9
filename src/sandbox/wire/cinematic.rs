//! `POST /v3/videos` of the type `cinematic_avatar` as it is sent.

use super::file::{InputFile, read_list};
use super::{Fields, Refusal};
use crate::draft::AspectRatio;

/// Looks one video takes (published limit).
const LOOKS: usize = 3;
/// Seconds a video lasts where it is not said (published).
const USUAL_SECONDS: u64 = 10;
/// Characters a prompt may have.
const PROMPT_LIMIT: usize = 10_000;
/// References are at most 3 videos and 9 images (published limit).
const REFERENCES: usize = 12;

/// A request for a cinematic video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CinematicRequest {
    pub title: Option<String>,
    /// 1 to 3.
    pub looks: Vec<String>,
    pub prompt: String,
    pub references: Vec<InputFile>,
    /// 4 to 15; `None` where HeyGen decides.
    pub seconds: Option<u64>,
    /// The shorter side: 720 or 1,080.
    pub lines: u32,
    pub aspect_ratio: AspectRatio,
}

const SHAPES: &[(&str, Option<AspectRatio>)] = &[
    ("16:9", Some(AspectRatio::Wide)),
    ("9:16", Some(AspectRatio::Tall)),
    ("1:1", Some(AspectRatio::Square)),
    ("4:5", None),
    ("5:4", None),
    ("auto", None),
];

impl CinematicRequest {
    /// Reads the body of the request; whatever has another `type` is none.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Option<Self>, Refusal> {
        let mut fields = Fields::body(body)?;
        if fields.text("type").ok().flatten().as_deref() != Some("cinematic_avatar") {
            return Ok(None);
        }
        let looks = fields.required_texts("avatar_id")?;
        if !(1..=LOOKS).contains(&looks.len()) {
            return Err(fields.refuse("avatar_id", format!("1 to {LOOKS} looks are expected here.")));
        }
        let prompt = fields.bounded_text("prompt", PROMPT_LIMIT)?;
        let title = fields.text("title")?;
        let references = read_list(&mut fields, "references", REFERENCES)?;
        let auto = fields.flag_or("auto_duration", false)?;
        let duration = fields.whole("duration", 4, 15)?;
        if auto && duration.is_some() {
            return Err(fields.refuse("duration", "duration and auto_duration exclude each other."));
        }
        let seconds = if auto { None } else { Some(duration.unwrap_or(USUAL_SECONDS)) };
        fields.flag_or("enhance_prompt", false)?;
        let lines = fields.word_or("resolution", &[("720p", 720), ("1080p", 1_080)], 720)?;
        let shape = fields.word_or("aspect_ratio", SHAPES, Some(AspectRatio::Wide))?;
        let aspect_ratio =
            shape.ok_or_else(|| fields.refuse("aspect_ratio", "A cinematic video is 16:9, 9:16 or 1:1."))?;
        fields.finish()?;
        Ok(Some(Self { title, looks, prompt, references, seconds, lines, aspect_ratio }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(more: &str, param: Option<&str>) {
        let body = format!(r#"{{"type": "cinematic_avatar", "avatar_id": ["a"], "prompt": "x"{more}}}"#);
        let refused = CinematicRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check("", None);
        check(r#", "duration": 4, "resolution": "1080p", "aspect_ratio": "9:16", "enhance_prompt": true"#, None);
        check(r#", "duration": 3"#, Some("duration"));
        check(r#", "duration": 16"#, Some("duration"));
        check(r#", "duration": 4.5"#, Some("duration"));
        check(r#", "duration": 5, "auto_duration": true"#, Some("duration"));
        check(r#", "auto_duration": null"#, Some("auto_duration"));
        check(r#", "resolution": "4k""#, Some("resolution"));
        check(r#", "aspect_ratio": "4:5""#, Some("aspect_ratio"));
        check(r#", "references": [{"type": "asset_id"}]"#, Some("references[0].asset_id"));
        check(
            r#", "references": [{"type": "base64", "media_type": "image/png", "data": "?"}]"#,
            Some("references[0].data"),
        );
        check(r#", "callback_id": "x""#, Some("callback_id"));
        check(r#", "script": "x""#, Some("script"));
    }
}
