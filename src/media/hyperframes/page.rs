//! What a page says of its composition: length, size and variables.

use rust_decimal::Decimal;
use serde_json::Value;

use super::html::{self, Tag};
use crate::draft::hyperframes::{ChoiceOption, Page, Variable, VariableKind};

/// Variables of a page that are shown at most.
const MOST_VARIABLES: usize = 200;

/// A page and whether it is only a part of another one.
pub struct Read {
    pub page: Page,
    pub is_part: bool,
}

/// Reads a page; `None` where there is no composition in it.
pub fn read(path: &str, text: &str) -> Option<Read> {
    let html = html::read(text);
    let is_root = |tag: &&Tag| tag.value("data-composition-id").is_some_and(|id| !id.trim().is_empty());
    let root = html.tags.iter().find(is_root)?;
    let mut faults = Vec::new();
    let seconds = root.value("data-duration").and_then(|text| {
        let seconds = positive(text.trim().trim_end_matches('s'));
        if seconds.is_none() {
            faults.push(format!("data-duration is no number of seconds above 0: {}", shortened(text)));
        }
        seconds
    });
    let side = |name: &str| root.value(name).and_then(|text| text.trim().trim_end_matches("px").parse::<u32>().ok());
    let size = match (side("data-width"), side("data-height")) {
        (Some(width), Some(height)) if width > 0 && height > 0 => Some((width, height)),
        _ => None,
    };
    if size.is_none() {
        faults.push("Its root element has no data-width and data-height in pixels.".to_owned());
    }
    let declared = html.tags.iter().find_map(|tag| tag.value("data-composition-variables"));
    let variables = declared.map(|text| variables(text, &mut faults)).unwrap_or_default();
    let page = Page {
        path: path.to_owned(),
        id: root.value("data-composition-id").unwrap_or_default().trim().to_owned(),
        title: html.title,
        seconds,
        size,
        variables,
        faults,
    };
    Some(Read { page, is_part: root.in_template })
}

fn positive(text: &str) -> Option<Decimal> {
    text.trim().parse::<Decimal>().ok().filter(|number| *number > Decimal::ZERO)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}

/// The declared variables: a list of declarations, or an object of names with defaults or declarations.
fn variables(text: &str, faults: &mut Vec<String>) -> Vec<Variable> {
    let entries: Vec<(Option<String>, Value)> = match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list.into_iter().map(|entry| (None, entry)).collect(),
        Ok(Value::Object(named)) => named.into_iter().map(|(id, entry)| (Some(id), entry)).collect(),
        _ if text.trim().is_empty() => Vec::new(),
        _ => {
            faults.push("Its data-composition-variables cannot be read: they are no JSON list.".to_owned());
            Vec::new()
        }
    };
    let mut variables: Vec<Variable> = Vec::new();
    for (place, (id, entry)) in entries.into_iter().enumerate() {
        match variable(id, &entry) {
            Some(variable) if variables.iter().any(|other| other.id == variable.id) => {
                faults.push(format!("Two variables are called {}; the first one counts.", shortened(&variable.id)));
            }
            Some(_) if variables.len() == MOST_VARIABLES => {
                faults.push(format!("It declares more than {MOST_VARIABLES} variables; the rest stay as declared."));
                break;
            }
            Some(variable) => variables.push(variable),
            None => faults.push(format!("Variable {} cannot be read: it has no id or no simple default.", place + 1)),
        }
    }
    variables
}

fn variable(id: Option<String>, entry: &Value) -> Option<Variable> {
    let Value::Object(fields) = entry else {
        // A name with its default alone.
        let kind = kind_of_default(entry)?;
        let id = id?;
        return Some(Variable { label: id.clone(), id, description: String::new(), kind, default: plain(entry)? });
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let id = id.or_else(|| text("id").or_else(|| text("name")).map(str::to_owned))?;
    let default = fields.get("default").or_else(|| fields.get("value"));
    let decimal = |name: &str| fields.get(name).and_then(number);
    let kind = match text("type").map(str::to_lowercase).as_deref() {
        Some("string" | "text" | "textarea" | "url") => VariableKind::Text { most: most(fields.get("maxLength")) },
        Some("number" | "integer" | "int" | "float" | "range" | "slider") => VariableKind::Number {
            least: decimal("min"),
            most: decimal("max"),
            unit: text("unit").unwrap_or_default().to_owned(),
        },
        Some("color" | "colour") => VariableKind::Color,
        Some("boolean" | "bool" | "switch" | "checkbox" | "toggle") => VariableKind::Switch,
        Some("enum" | "select" | "choice") => VariableKind::Choice(options(fields.get("options"))?),
        Some("font") => VariableKind::Font,
        Some("image") => VariableKind::Image,
        // A type of a later day: its default tells how it is written.
        _ => kind_of_default(default?)?,
    };
    let default = match (default.and_then(plain), &kind) {
        (Some(default), _) => default,
        (None, VariableKind::Switch) => "false".to_owned(),
        // A font or picture may be declared by an object, which nobody fills in here by hand.
        (None, _) => String::new(),
    };
    Some(Variable {
        label: text("label").unwrap_or(&id).to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        id,
        kind,
        default,
    })
}

fn kind_of_default(default: &Value) -> Option<VariableKind> {
    match default {
        Value::Bool(_) => Some(VariableKind::Switch),
        Value::Number(_) => Some(VariableKind::Number { least: None, most: None, unit: String::new() }),
        Value::String(text) if text.starts_with('#') && matches!(text.len(), 4 | 7) => Some(VariableKind::Color),
        Value::String(_) => Some(VariableKind::Text { most: None }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A default as a person would type it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(on) => Some(on.to_string()),
        Value::Number(_) => Some(number(value)?.normalize().to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number(value: &Value) -> Option<Decimal> {
    let digits = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if digits.contains(['e', 'E']) { Decimal::from_scientific(&digits).ok() } else { digits.parse().ok() }
}

fn most(value: Option<&Value>) -> Option<usize> {
    value?.as_u64().and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0)
}

/// The options of a choice; `None` where there are none to choose from.
fn options(value: Option<&Value>) -> Option<Vec<ChoiceOption>> {
    let options: Vec<ChoiceOption> = value?
        .as_array()?
        .iter()
        .filter_map(|option| match option {
            Value::Object(fields) => {
                let value = plain(fields.get("value")?)?;
                let label = fields.get("label").and_then(Value::as_str).unwrap_or(&value).to_owned();
                Some(ChoiceOption { value, label })
            }
            other => plain(other).map(|value| ChoiceOption { label: value.clone(), value }),
        })
        .collect();
    Some(options).filter(|options| !options.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        read("index.html", text).unwrap().page
    }

    #[test]
    fn the_root_tells_length_and_size() {
        let read = page(
            "<!doctype html><html><head><title>Card</title></head><body><div id=root data-composition-id='main' \
             data-start=0 data-duration=\"12.5\" data-width=1080 data-height=\"1920\">\
             <div data-composition-id='inner' data-duration='3'></div></div></body></html>",
        );
        assert_eq!((read.id.as_str(), read.title.as_str()), ("main", "Card"));
        assert_eq!((read.seconds, read.size), (Some(Decimal::new(125, 1)), Some((1080, 1920))));
        assert!(read.faults.is_empty(), "{:?}", read.faults);

        for (duration, seconds) in
            [("8s", Some(8)), ("0", None), ("-2", None), ("auto", None), ("NaN", None), (" 60 ", Some(60))]
        {
            let read =
                page(&format!("<div data-composition-id=a data-duration='{duration}' data-width=1 data-height=1>"));
            assert_eq!(read.seconds, seconds.map(Decimal::from), "{duration}");
            assert_eq!(read.faults.is_empty(), seconds.is_some(), "{duration}: {:?}", read.faults);
        }
        assert!(super::read("a.html", "<div data-duration=3>").is_none());
        assert!(super::read("a.html", "<template><div data-composition-id=a></template>").unwrap().is_part);
    }

    #[track_caller]
    fn check(declared: &str, expected: &[(&str, &str, VariableKind, &str)], faults: usize) {
        let escaped = declared.replace('&', "&amp;").replace('\'', "&#39;");
        let read = page(&format!(
            "<html data-composition-variables='{escaped}'><div data-composition-id=a data-width=1 data-height=1>"
        ));
        let found: Vec<(&str, &str, VariableKind, &str)> = read
            .variables
            .iter()
            .map(|variable| {
                (variable.id.as_str(), variable.label.as_str(), variable.kind.clone(), variable.default.as_str())
            })
            .collect();
        assert_eq!(found, expected, "{declared}");
        assert_eq!(read.faults.len(), faults, "{declared}: {:?}", read.faults);
    }

    #[test]
    fn variables_are_read_as_they_are_published_and_leniently() {
        let text = VariableKind::Text { most: None };
        let number = VariableKind::Number { least: None, most: None, unit: String::new() };
        check(
            r##"[{"id":"title","type":"string","label":"Title","default":"It's on","maxLength":20},
                 {"id":"accent","type":"color","label":"Accent","default":"#66d9ef"},
                 {"id":"price","type":"number","label":"Price","default":9.50,"min":0,"max":1e3,"unit":"$"},
                 {"id":"featured","type":"boolean","label":"Featured","default":true},
                 {"id":"plan","type":"enum","label":"Plan","default":"pro","options":[{"value":"pro","label":"Pro"},"free"]},
                 {"id":"face","type":"font","label":"Face","default":"Inter"},
                 {"id":"logo","type":"image","label":"Logo","default":{"src":"a.png"}}]"##,
            &[
                ("title", "Title", VariableKind::Text { most: Some(20) }, "It's on"),
                ("accent", "Accent", VariableKind::Color, "#66d9ef"),
                (
                    "price",
                    "Price",
                    VariableKind::Number {
                        least: Some(Decimal::ZERO),
                        most: Some(Decimal::ONE_THOUSAND),
                        unit: "$".to_owned(),
                    },
                    "9.5",
                ),
                ("featured", "Featured", VariableKind::Switch, "true"),
                (
                    "plan",
                    "Plan",
                    VariableKind::Choice(vec![
                        ChoiceOption { value: "pro".to_owned(), label: "Pro".to_owned() },
                        ChoiceOption { value: "free".to_owned(), label: "free".to_owned() },
                    ]),
                    "pro",
                ),
                ("face", "Face", VariableKind::Font, "Inter"),
                ("logo", "Logo", VariableKind::Image, ""),
            ],
            0,
        );
        check(
            r##"{"a":"x","b":3,"c":true,"d":"#fff","e":{"type":"string","default":"y"},"f":null}"##,
            &[
                ("a", "a", text.clone(), "x"),
                ("b", "b", number.clone(), "3"),
                ("c", "c", VariableKind::Switch, "true"),
                ("d", "d", VariableKind::Color, "#fff"),
                ("e", "e", text.clone(), "y"),
            ],
            1,
        );
        check(
            r#"[{"id":"a","type":"gradient","default":"x"},{"id":"a","default":1},{"label":"no id"},7]"#,
            &[("a", "a", text, "x")],
            3,
        );
        check(r#"[{"id":"a","type":"enum","default":"x"}]"#, &[], 1);
        check("not json", &[], 1);
        check("", &[], 0);
    }
}
