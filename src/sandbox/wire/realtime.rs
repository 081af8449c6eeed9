//! `/v3/avatar-realtime` as it is sent.

use super::file::{InputFile, read_remote};
use super::{Fields, Refusal};

/// Characters a text may have (published limit of speech).
const TEXT_LIMIT: usize = 5_000;
/// Seconds a session lasts at the most (published limit).
pub const LONGEST: u64 = 3_600;

/// A request for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealtimeRequest {
    pub avatar_id: String,
    pub program: Program,
    /// Seconds.
    pub longest: u64,
}

/// What is performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A text that is whole.
    Speech { text: String, voice_id: String },
    /// A sound file.
    Audio(InputFile),
    /// A text that goes on with further requests.
    Stream { text: String, voice_id: String },
}

#[derive(Clone, Copy)]
enum Kind {
    Speech,
    Audio,
    Stream,
}

const KINDS: &[(&str, Kind)] = &[("tts", Kind::Speech), ("audio", Kind::Audio), ("text_stream", Kind::Stream)];

impl RealtimeRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let kind = fields.required_word("type", KINDS)?;
        let avatar_id = fields.required_text("avatar_id")?;
        let program = match kind {
            Kind::Audio => Program::Audio(read_remote(fields.required_object("audio")?)?),
            Kind::Speech | Kind::Stream => {
                let voice_id = fields.required_text("voice_id")?;
                let text = fields.bounded_text("text", TEXT_LIMIT)?;
                if matches!(kind, Kind::Speech) {
                    Program::Speech { text, voice_id }
                } else {
                    Program::Stream { text, voice_id }
                }
            }
        };
        let longest = fields.whole("max_duration_seconds", 1, LONGEST)?.unwrap_or(LONGEST);
        fields.finish()?;
        Ok(Self { avatar_id, program, longest })
    }
}

/// Reads more text of a stream, and whether it is the last.
///
/// # Errors
/// 400 naming the field.
pub fn more_text(body: &[u8]) -> Result<(String, bool), Refusal> {
    let mut fields = Fields::body(body)?;
    let is_final = fields.flag_or("final", false)?;
    let text =
        fields.short_text("text", TEXT_LIMIT)?.ok_or_else(|| fields.refuse("text", "This field is required."))?;
    // The last piece may be empty: it only says that there is no more.
    if text.trim().is_empty() && !is_final {
        return Err(fields.refuse("text", "The text is empty."));
    }
    fields.finish()?;
    Ok((text, is_final))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, param: Option<&str>) {
        let refused = RealtimeRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#"{"type": "tts", "avatar_id": "a", "voice_id": "v", "text": "x", "max_duration_seconds": null}"#, None);
        check(r#"{"type": "audio", "avatar_id": "a", "audio": {"type": "asset_id", "asset_id": "s"}}"#, None);
        check(r#"{"type": "tts", "avatar_id": "a", "text": "x"}"#, Some("voice_id"));
        check(r#"{"type": "tts", "avatar_id": "a", "voice_id": "v"}"#, Some("text"));
        check(r#"{"type": "tts", "voice_id": "v", "text": "x"}"#, Some("avatar_id"));
        check(r#"{"type": "chat", "avatar_id": "a"}"#, Some("type"));
        check(
            r#"{"type": "audio", "avatar_id": "a", "text": "x", "audio": {"type": "url", "url": "http://a.b"}}"#,
            Some("text"),
        );
        check(
            r#"{"type": "audio", "avatar_id": "a", "audio": {"type": "base64", "media_type": "audio/wav", "data": ""}}"#,
            Some("audio.type"),
        );
        check(
            r#"{"type": "tts", "avatar_id": "a", "voice_id": "v", "text": "x", "max_duration_seconds": 3601}"#,
            Some("max_duration_seconds"),
        );
        let param = |body: &str| more_text(body.as_bytes()).err().and_then(|refusal| refusal.param);
        assert_eq!(param(r#"{"text": "", "final": true}"#), None);
        assert_eq!(param(r#"{"text": " "}"#).as_deref(), Some("text"));
        assert_eq!(param(r#"{"final": true}"#).as_deref(), Some("text"));
        assert_eq!(param(r#"{"text": "x", "end": true}"#).as_deref(), Some("end"));
    }
}
