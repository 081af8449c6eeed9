//! `POST /v3/lipsyncs` as it is sent: read field by field, with every rule that needs no look-up.

use super::dub::DubRequest;
use super::file::{InputFile, read_remote};
use super::{Fields, Refusal};

/// A request for a lipsync.
#[derive(Clone, Debug, PartialEq)]
pub struct LipsyncRequest {
    pub dub: DubRequest,
    pub audio: InputFile,
}

impl LipsyncRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let dub = DubRequest::take(&mut fields)?;
        let audio = read_remote(fields.required_object("audio")?)?;
        fields.text("fps_mode")?;
        fields.finish()?;
        Ok(Self { dub, audio })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, param: Option<&str>) {
        let refused = LipsyncRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn a_film_and_a_sound_are_asked_for() {
        let file = r#"{"type": "asset_id", "asset_id": "a"}"#;
        check(&format!(r#"{{"video": {file}, "audio": {file}, "fps_mode": "any"}}"#), None);
        check(&format!(r#"{{"video": {file}}}"#), Some("audio"));
        check(&format!(r#"{{"video": {file}, "audio": null}}"#), Some("audio"));
        check(&format!(r#"{{"audio": {file}}}"#), Some("video"));
        check(&format!(r#"{{"video": {{"asset_id": "a"}}, "audio": {file}}}"#), Some("video.type"));
        check(&format!(r#"{{"video": {file}, "audio": {file}, "output_languages": []}}"#), Some("output_languages"));
    }
}
