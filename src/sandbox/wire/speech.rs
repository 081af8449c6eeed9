//! `POST /v3/voices/speech` as it is sent: read field by field, with every rule that needs no look-up.

use rust_decimal::Decimal;

use super::{Fields, Refusal};

/// Characters a text may have (published limit).
const TEXT_LIMIT: usize = 5_000;

/// A request for speech.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeechRequest {
    pub text: String,
    pub voice_id: String,
    /// 0.5 to 2.
    pub speed: Decimal,
    pub language: Option<String>,
    pub locale: Option<String>,
}

impl SpeechRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let text = fields.required_text("text")?;
        let characters = text.chars().count();
        if characters > TEXT_LIMIT {
            let message = format!("The text has {characters} characters; {TEXT_LIMIT} is the most.");
            return Err(fields.refuse("text", message));
        }
        let is_ssml = fields.word_or("input_type", &[("text", false), ("ssml", true)], false)?;
        if is_ssml && !marks_close(&text) {
            return Err(fields.refuse("text", "This is no well-formed SSML: a mark is not closed."));
        }
        let request = Self {
            text,
            voice_id: fields.required_text("voice_id")?,
            speed: fields.number_or("speed", Decimal::new(5, 1), Decimal::TWO, Decimal::ONE)?,
            language: fields.text("language")?,
            locale: fields.text("locale")?,
        };
        fields.finish()?;
        Ok(request)
    }
}

/// Whether every mark ends, and those that hold something end in their order.
fn marks_close(text: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((mark, after)) = after.split_once('>') else { return false };
        rest = after;
        let name = mark.trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or_default();
        if mark.starts_with('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !mark.ends_with(['/', '?']) && !mark.starts_with('!') {
            open.push(name);
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, param: Option<&str>) {
        let refused = SpeechRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#"{"text": "Hello.", "voice_id": "v"}"#, None);
        check(r#"{"text": "Hello.", "voice_id": "v", "speed": 2.0, "input_type": "text", "locale": null}"#, None);
        check(r#"{"text": "Hello.", "voice_id": "v", "speed": 2.01}"#, Some("speed"));
        check(r#"{"text": "Hello.", "voice_id": "v", "speed": 0.49}"#, Some("speed"));
        check(r#"{"text": "Hello.", "voice_id": "v", "input_type": "html"}"#, Some("input_type"));
        check(r#"{"text": " ", "voice_id": "v"}"#, Some("text"));
        check(r#"{"text": "Hello."}"#, Some("voice_id"));
        check(r#"{"text": "Hello.", "voice_id": "v", "pitch": 1}"#, Some("pitch"));
        let long = |length| format!(r#"{{"text": "{}", "voice_id": "v"}}"#, "ö".repeat(length));
        check(&long(5_000), None);
        check(&long(5_001), Some("text"));
    }

    #[test]
    fn ssml_has_to_be_whole() {
        for (text, whole) in [
            ("<speak>Hello <break time=\\\"1s\\\"/> you.</speak>", true),
            ("Hello <break time=\\\"1s\\\"/>", true),
            ("<speak>Hello", false),
            ("Hello <break", false),
            ("<p><s>Hello</p></s>", false),
        ] {
            let body = format!(r#"{{"text": "{text}", "voice_id": "v", "input_type": "ssml"}}"#);
            check(&body, (!whole).then_some("text"));
        }
    }
}
