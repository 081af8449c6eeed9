//! A HyperFrames composition: what the entry HTML of a project says of itself.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// Seconds a composition may last.
const LONGEST: u32 = 3_600;

/// What the root element declares.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Composition {
    pub id: String,
    /// Above 0.
    pub seconds: Decimal,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Variables and their defaults.
    pub variables: Map<String, Value>,
}

impl Composition {
    /// Reads the entry HTML.
    ///
    /// # Errors
    /// One sentence for the person who wrote it.
    pub fn read(html: &str) -> Result<Self, String> {
        let tags = tags(html);
        let root = tags
            .iter()
            .find(|tag| tag.value("data-composition-id").is_some_and(|id| !id.trim().is_empty()))
            .ok_or("No element of the entry HTML has a data-composition-id.")?;
        let number = |name: &str| -> Result<Decimal, String> {
            let text = root.value(name).ok_or_else(|| format!("The root element has no {name}."))?;
            let number: Option<Decimal> = text.trim().parse().ok();
            number
                .filter(|number| *number > Decimal::ZERO)
                .ok_or_else(|| format!("{name} is no number above 0: {text}."))
        };
        let seconds = number("data-duration")?;
        if seconds > Decimal::from(LONGEST) {
            return Err(format!("data-duration is {seconds}; {LONGEST} seconds is the most."));
        }
        let side = |name: &str| -> Result<u32, String> {
            let number = number(name)?;
            u32::try_from(number)
                .ok()
                .filter(|side| number.fract().is_zero() && *side <= 7_680)
                .ok_or_else(|| format!("{name} is no whole number of pixels up to 7,680: {number}."))
        };
        let variables = match tags.iter().find_map(|tag| tag.value("data-composition-variables")) {
            None => Map::new(),
            Some(text) => declared(text).ok_or("data-composition-variables is no JSON list or object of variables.")?,
        };
        Ok(Self {
            id: root.value("data-composition-id").unwrap_or_default().trim().to_owned(),
            seconds,
            width: side("data-width")?,
            height: side("data-height")?,
            variables,
        })
    }
}

/// A list of `{"id", "default"}`, or an object of defaults by name.
fn declared(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text).ok()? {
        Value::Object(defaults) => Some(defaults),
        Value::Array(listed) => listed
            .into_iter()
            .map(|one| {
                let id = one.get("id").or_else(|| one.get("name"))?.as_str()?.to_owned();
                Some((id, one.get("default").cloned().unwrap_or(Value::Null)))
            })
            .collect(),
        _ => None,
    }
}

/// The attributes of an opening tag.
struct Tag {
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// All opening tags outside comments, scripts and styles.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = after;
            continue;
        }
        let name_end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(after.len());
        let (name, inside) = after.split_at(name_end);
        let (attributes, behind) = attributes(inside);
        tags.push(Tag { attributes });
        rest = behind;
        if name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style") {
            let end = format!("</{}", name.to_ascii_lowercase());
            let at = rest.to_ascii_lowercase().find(&end).unwrap_or(rest.len());
            rest = rest.get(at..).unwrap_or_default();
        }
    }
    tags
}

/// The attributes up to the end of a tag, and what comes behind it.
fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(behind) = rest.strip_prefix('>') {
            return (attributes, behind);
        }
        if rest.is_empty() {
            return (attributes, rest);
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        // A stray sign is skipped, or this would never end.
        let end = if end == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { end };
        let (name, after) = rest.split_at(end);
        let after_name = after.trim_start();
        let Some(value) = after_name.strip_prefix('=') else {
            attributes.push((name.to_ascii_lowercase(), String::new()));
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (text, behind) = match quote {
            Some(quote) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => value.split_at(value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len())),
        };
        attributes.push((name.to_ascii_lowercase(), unescaped(text)));
        rest = behind;
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: Result<(&str, u32, u32), &str>) {
        let found = Composition::read(html);
        match (found, expected) {
            (Ok(found), Ok((seconds, width, height))) => {
                assert_eq!((found.seconds, found.width, found.height), (seconds.parse().unwrap(), width, height));
            }
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (found, expected) => panic!("{html}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn a_root_element_says_length_and_shape() {
        let root = |more: &str| format!(r#"<!doctype html><html><body><div id=stage {more}></div></body></html>"#);
        check(
            &root(r#"data-composition-id="a" data-duration="12.5" data-width='1920' data-height=1080"#),
            Ok(("12.5", 1_920, 1_080)),
        );
        check(&root(r#"data-composition-id="a" data-width="1" data-height="1""#), Err("no data-duration"));
        check(
            &root(r#"data-composition-id="a" data-duration="0" data-width="1" data-height="1""#),
            Err("data-duration is no number above 0"),
        );
        check(
            &root(r#"data-composition-id="a" data-duration="1" data-width="1.5" data-height="1""#),
            Err("data-width is no whole number"),
        );
        check(&root(""), Err("data-composition-id"));
        check(
            r#"<!-- <div data-composition-id="x"> --><script>"<div data-composition-id='y'>"</script>"#,
            Err("data-composition-id"),
        );
        check("< <p <<", Err("data-composition-id"));
    }

    #[test]
    fn variables_are_declared_as_a_list_or_as_an_object() {
        let html = |text: &str| {
            let text = text.replace('"', "&quot;");
            let root = r#"<p data-composition-id="a" data-duration="1" data-width="2" data-height="2">"#;
            Composition::read(&format!("<html data-composition-variables=\"{text}\">{root}</html>"))
        };
        let listed = html(r#"[{"id": "title", "type": "string", "default": "Hi"}]"#).unwrap();
        assert_eq!(listed.variables.get("title"), Some(&Value::from("Hi")));
        assert_eq!(html(r#"{"title": "Hi"}"#).unwrap().variables, listed.variables);
        assert!(html("title").is_err());
    }
}
