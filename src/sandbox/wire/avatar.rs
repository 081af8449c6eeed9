//! Requests that make, rename and consent to avatars.

use super::file::{InputFile, read, read_list, web_address};
use super::{Fields, Refusal};
use crate::draft::billable::Creation;

/// Characters a name may have.
const NAME_LIMIT: usize = 200;
/// Characters a prompt may have.
const PROMPT_LIMIT: usize = 1_000;
/// Pictures a prompt may rest on.
const REFERENCES: usize = 3;

/// A request for a new look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarRequest {
    pub name: String,
    pub creation: Creation,
    /// The group it joins; `None` for a new one.
    pub group_id: Option<String>,
    /// What a photo or a digital twin is made from.
    pub file: Option<InputFile>,
    pub prompt: Option<String>,
    /// A look that a prompt starts from.
    pub avatar_id: Option<String>,
    pub references: Vec<InputFile>,
}

/// A request for a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRequest {
    /// A film of the person agreeing.
    pub video: Option<InputFile>,
    /// Where the consent page leads afterwards.
    pub reroute_url: Option<String>,
}

const KINDS: &[(&str, Creation)] =
    &[("prompt", Creation::Prompt), ("digital_twin", Creation::DigitalTwin), ("photo", Creation::Photo)];

impl AvatarRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let creation = fields.required_word("type", KINDS)?;
        let name = fields.bounded_text("name", NAME_LIMIT)?;
        let group_id = fields.text("avatar_group_id")?;
        let (mut file, mut prompt, mut avatar_id, mut references) = (None, None, None, Vec::new());
        if creation == Creation::Prompt {
            prompt = Some(fields.bounded_text("prompt", PROMPT_LIMIT)?);
            avatar_id = fields.text("avatar_id")?;
            references = read_list(&mut fields, "reference_images", REFERENCES)?;
        } else {
            file = Some(read(fields.required_object("file")?)?);
        }
        fields.finish()?;
        Ok(Self { name, creation, group_id, file, prompt, avatar_id, references })
    }
}

/// Reads the new name of a look; `None` where nothing is to change.
///
/// # Errors
/// 400 naming the field.
pub fn new_name(body: &[u8]) -> Result<Option<String>, Refusal> {
    let mut fields = Fields::body(body)?;
    let name = fields.short_text("name", NAME_LIMIT)?;
    if name.as_deref().is_some_and(|name| name.trim().is_empty()) {
        return Err(fields.refuse("name", "A name says something."));
    }
    fields.finish()?;
    Ok(name)
}

impl ConsentRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        fields.text("consent_text")?;
        let video = fields.object("consent_video")?.map(read).transpose()?;
        let reroute_url = fields.text("reroute_url")?;
        if let Some(url) = &reroute_url {
            web_address(&fields, "reroute_url", url)?;
        }
        fields.finish()?;
        Ok(Self { video, reroute_url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, param: Option<&str>) {
        let refused = AvatarRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#"{"type": "photo", "name": "A", "file": {"type": "asset_id", "asset_id": "x"}}"#, None);
        check(r#"{"type": "prompt", "name": "A", "prompt": "A judge", "reference_images": null}"#, None);
        check(r#"{"name": "A"}"#, Some("type"));
        check(r#"{"type": "studio", "name": "A"}"#, Some("type"));
        check(r#"{"type": "photo", "file": {"type": "asset_id", "asset_id": "x"}}"#, Some("name"));
        check(r#"{"type": "photo", "name": "A"}"#, Some("file"));
        check(r#"{"type": "photo", "name": "A", "file": {"type": "path"}}"#, Some("file.type"));
        check(r#"{"type": "prompt", "name": "A"}"#, Some("prompt"));
        check(
            r#"{"type": "digital_twin", "name": "A", "prompt": "x", "file": {"type": "asset_id", "asset_id": "x"}}"#,
            Some("prompt"),
        );
    }
}
