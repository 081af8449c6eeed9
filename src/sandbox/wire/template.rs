//! `POST /v3/templates/{template_id}` as it is sent.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::file::callback;
use super::{Fields, Refusal};
use crate::sandbox::world::Callback;

/// A request for a film of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRequest {
    pub title: Option<String>,
    /// What fills which gap.
    pub variables: BTreeMap<String, String>,
    pub captions: bool,
    /// `None`: all scenes.
    pub scene_ids: Option<Vec<String>>,
    pub callback: Callback,
}

impl TemplateRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let mut variables = BTreeMap::new();
        for (name, value) in fields.required_map("variables")? {
            let text = filling(&value).map(str::to_owned);
            let text = text.ok_or_else(|| fields.refuse(&format!("variables.{name}"), "A text is expected here."))?;
            variables.insert(name, text);
        }
        let request = Self {
            title: fields.text("title")?,
            variables,
            captions: fields.flag_or("caption", false)?,
            scene_ids: fields.optional_texts("scene_ids")?,
            callback: callback(&mut fields)?,
        };
        if let Some(mut size) = fields.object("dimension")? {
            size.required_whole("width", 1, 4_096)?;
            size.required_whole("height", 1, 4_096)?;
            size.finish()?;
        }
        for flag in ["enable_sharing", "include_gif", "keep_text_vertically_centered"] {
            fields.flag_or(flag, false)?;
        }
        fields.flag_or("reorder_music", true)?;
        fields.number_or("fps", Decimal::ONE, Decimal::from(60), Decimal::from(25))?;
        fields.text("brand_voice_id")?;
        fields.map("subtitles")?;
        if fields.text("folder_id")?.is_some() {
            return Err(Refusal::not_found("There are no folders in the sandbox.").about("folder_id"));
        }
        fields.finish()?;
        Ok(request)
    }
}

/// A text, or a variable of the type `text` with its content.
fn filling(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(variable) if variable.get("type").is_none_or(|kind| kind == "text") => {
            variable.get("properties")?.get("content")?.as_str()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<&str, &str>) {
        let read = TemplateRequest::read(body.as_bytes());
        let found = match &read {
            Ok(request) => Ok(request.variables.get("name").map_or("", String::as_str)),
            Err(refusal) => Err(refusal.param.as_deref().unwrap_or_default()),
        };
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn gaps_are_filled_with_texts_and_every_rule_names_its_field() {
        check(r#"{"variables": {}}"#, Ok(""));
        check(r#"{"variables": {"name": "Ada"}}"#, Ok("Ada"));
        check(
            r#"{"variables": {"name": {"name": "name", "type": "text", "properties": {"content": "Ada"}}}}"#,
            Ok("Ada"),
        );
        check(r#"{"variables": {"name": {"type": "image", "properties": {"url": "x"}}}}"#, Err("variables.name"));
        check(r#"{"variables": {"name": 7}}"#, Err("variables.name"));
        check("{}", Err("variables"));
        check(r#"{"variables": {}, "dimension": {"width": 1280}}"#, Err("dimension.height"));
        check(r#"{"variables": {}, "callback_url": "x"}"#, Err("callback_url"));
        check(r#"{"variables": {}, "test": true}"#, Err("test"));
    }
}
