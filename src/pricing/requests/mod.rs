//! Raw API requests as billables: what `reelmeter quote` reads.
//!
//! Owns the reading of the input and what of a request's fields decides its price. Knows the
//! interface's field names for that reason only; it sends nothing.

mod endpoints;
mod fields;
mod json;

use rust_decimal::Decimal;

use crate::draft::{AvatarType, Billable};
pub use json::InputError;

/// One request of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub billable: Billable,
    /// What was assumed while reading it, one sentence each.
    pub assumptions: Vec<String>,
}

/// What the input says beside the request itself.
#[derive(Clone, Copy, Debug, Default)]
struct Given {
    /// Seconds of output, where they are known.
    seconds: Option<Decimal>,
    /// The kind of the look, which the request itself only names by id.
    avatar_type: Option<AvatarType>,
}

const AVATAR_TYPES: [(&str, AvatarType); 3] = [
    ("photo_avatar", AvatarType::PhotoAvatar),
    ("digital_twin", AvatarType::DigitalTwin),
    ("studio_avatar", AvatarType::StudioAvatar),
];

const METHODS: [(&str, Method); 7] = [
    ("POST", Method::Post),
    ("GET", Method::Get),
    ("HEAD", Method::Get),
    ("OPTIONS", Method::Get),
    ("DELETE", Method::Delete),
    ("PATCH", Method::Change),
    ("PUT", Method::Change),
];

#[derive(Clone, Copy)]
enum Method {
    Post,
    Get,
    Delete,
    Change,
}

/// Reads one JSON object, a list of them, or JSON lines, each
/// `{"method", "path", "body", "seconds"?, "avatar_type"?}`.
///
/// # Errors
/// [`InputError`] with line and field where the text is no JSON, or a field that decides the price
/// has the wrong type or a word the interface does not know.
pub fn read(input: &str) -> Result<Vec<Request>, InputError> {
    let input = input.strip_prefix('\u{feff}').unwrap_or(input);
    if input.trim().is_empty() {
        let message = "there is nothing in it; a request looks like {\"method\": \"POST\", \"path\": \"/v3/videos\", \"body\": {…}}";
        return Err(InputError { line: 1, field: "input".to_owned(), message: message.to_owned() });
    }
    json::items(input)?.iter().map(request).collect()
}

fn request(value: &json::Value<'_>) -> Result<Request, InputError> {
    let item = value.object()?;
    let mut assumptions = Vec::new();
    for unknown in item.check(fields::ITEM)? {
        assumptions.push(format!("The field “{unknown}” of the item is not read."));
    }
    let method = item.needed("method")?;
    let method_word = method.text()?.to_ascii_uppercase();
    let Some((_, method)) = METHODS.iter().find(|(word, _)| *word == method_word) else {
        return Err(method.error("is none of POST, GET, DELETE, PATCH, PUT"));
    };
    let path_value = item.needed("path")?;
    let path = path_value.text()?;
    if path.trim().is_empty() {
        return Err(path_value.error("is empty"));
    }
    let mut given = Given::default();
    if let Some(seconds) = item.get("seconds") {
        let known = seconds.number()?;
        if known < Decimal::ZERO {
            return Err(seconds.error(format!("{known} is below zero")));
        }
        given.seconds = Some(known);
    }
    if let Some(avatar_type) = item.get("avatar_type") {
        given.avatar_type = Some(avatar_type.word(&AVATAR_TYPES)?);
    }
    let billable = match method {
        Method::Get => Billable::Free { why: "Reading costs nothing.".to_owned() },
        Method::Delete => Billable::Free { why: "Deleting costs nothing.".to_owned() },
        Method::Change => endpoints::without_rate(&method_word, &path),
        Method::Post => endpoints::posted(&path, &item, given, &mut assumptions)?,
    };
    Ok(Request { billable, assumptions })
}
