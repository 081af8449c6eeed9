//! `POST /v3/background-removals` as it is sent.

use super::file::{InputFile, read};
use super::{Fields, Refusal};

/// Layers one request takes.
const MOST_LAYERS: usize = 10;
/// Characters of a layer's name.
const LAYER_NAME: usize = 64;

/// A request for a film without its background.
#[derive(Clone, Debug, PartialEq)]
pub struct RemovalRequest {
    pub video: InputFile,
    pub title: Option<String>,
    /// At least one.
    pub layers: Vec<String>,
}

impl RemovalRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let video = read(fields.required_object("video")?)?;
        let title = fields.text("title")?;
        fields.text("request_id")?;
        let mut layers = fields.texts("layers")?.unwrap_or_default();
        if layers.len() > MOST_LAYERS {
            return Err(fields.refuse("layers", format!("At most {MOST_LAYERS} layers at once.")));
        }
        for (place, layer) in layers.iter().enumerate() {
            let refuse = |message: &str| Err(fields.refuse(&format!("layers[{place}]"), message));
            if layer.trim().is_empty() || layer.chars().count() > LAYER_NAME {
                return refuse("The name of a layer is expected here.");
            }
            if layers.iter().take(place).any(|before| before == layer) {
                return refuse("This layer is named twice.");
            }
        }
        if layers.is_empty() {
            layers.push("foreground".to_owned());
        }
        fields.finish()?;
        Ok(Self { video, title, layers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(more: &str, expected: Result<&[&str], &str>) {
        let body = format!(r#"{{"video": {{"type": "asset_id", "asset_id": "a"}}{more}}}"#);
        let found = RemovalRequest::read(body.as_bytes());
        let found = found.map(|request| request.layers).map_err(|refusal| refusal.param.unwrap_or_default());
        let expected = expected.map(|layers| layers.iter().map(|layer| (*layer).to_owned()).collect());
        assert_eq!(found, expected.map_err(str::to_owned), "{body}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check("", Ok(&["foreground"]));
        check(r#", "layers": ["mask", "foreground"], "request_id": "r", "title": null"#, Ok(&["mask", "foreground"]));
        check(r#", "layers": null"#, Err("layers"));
        check(r#", "layers": ["a", "a"]"#, Err("layers[1]"));
        check(r#", "layers": [""]"#, Err("layers[0]"));
        check(r#", "layers": [1]"#, Err("layers[0]"));
        check(r#", "callback_url": "https://a.b""#, Err("callback_url"));
        assert_eq!(RemovalRequest::read(b"{}").unwrap_err().param.as_deref(), Some("video"));
    }
}
