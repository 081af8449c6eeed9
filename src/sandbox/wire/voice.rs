//! Requests that make voices.

use super::file::{InputFile, read};
use super::{Fields, Refusal};

/// Characters a prompt may have.
const PROMPT_LIMIT: usize = 1_000;
/// Characters a name may have.
const NAME_LIMIT: usize = 200;

/// A request for voices that fit a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesignRequest {
    pub prompt: String,
    pub gender: Option<&'static str>,
    /// BCP 47, "de-DE".
    pub locale: Option<String>,
    /// Another seed gives other voices.
    pub seed: u64,
}

/// A request for a copy of a voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloneRequest {
    pub name: String,
    pub audio: InputFile,
    pub language: Option<String>,
}

impl DesignRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let request = Self {
            prompt: fields.bounded_text("prompt", PROMPT_LIMIT)?,
            gender: fields.word("gender", &[("male", "male"), ("female", "female")])?,
            locale: fields.short_text("locale", 35)?,
            seed: fields.whole_or("seed", 0, u64::from(u32::MAX), 0)?,
        };
        fields.finish()?;
        Ok(request)
    }
}

impl CloneRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let request = Self {
            name: fields.bounded_text("voice_name", NAME_LIMIT)?,
            audio: read(fields.required_object("audio")?)?,
            language: fields.short_text("language", 100)?,
        };
        fields.flag_or("remove_background_noise", true)?;
        fields.finish()?;
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(more: &str, param: Option<&str>) {
        let body = format!(r#"{{"prompt": "calm"{more}}}"#);
        let refused = DesignRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn what_may_be_null_and_what_may_not_is_told_apart() {
        check("", None);
        check(r#", "seed": 7, "gender": null, "locale": null"#, None);
        check(r#", "seed": null"#, Some("seed"));
        check(r#", "seed": 1.5"#, Some("seed"));
        check(r#", "seed": -1"#, Some("seed"));
    }
}
