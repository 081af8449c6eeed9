//! Files a request brings: an address, an asset, or the bytes themselves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Fields, Refusal};
use crate::sandbox::world::Callback;

/// A file the request points to, and the field that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    pub param: String,
    pub source: InputSource,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputSource {
    Asset(String),
    Url(String),
    /// In the request itself.
    Inline {
        /// As announced.
        media_type: String,
        bytes: Vec<u8>,
    },
}

#[derive(Clone, Copy)]
enum By {
    Url,
    Asset,
    Inline,
}

const WAYS: &[(&str, By)] = &[("url", By::Url), ("asset_id", By::Asset), ("base64", By::Inline)];

impl InputFile {
    /// An asset that a field of its own names.
    #[must_use]
    pub fn asset(fields: &Fields, field: &str, id: String) -> Self {
        Self { param: fields.name(field), source: InputSource::Asset(id) }
    }

    /// An address that a field of its own names.
    ///
    /// # Errors
    /// 400 for what is no http or https address.
    pub fn address(fields: &Fields, field: &str, url: String) -> Result<Self, Refusal> {
        web_address(fields, field, &url)?;
        Ok(Self { param: fields.name(field), source: InputSource::Url(url) })
    }
}

/// A file union: `url`, `asset_id` or `base64`.
///
/// # Errors
/// 400 naming the field.
pub fn read(fields: Fields) -> Result<InputFile, Refusal> {
    among(fields, WAYS)
}

/// A file union without `base64`.
///
/// # Errors
/// 400 naming the field.
pub fn read_remote(fields: Fields) -> Result<InputFile, Refusal> {
    among(fields, WAYS.get(..2).unwrap_or_default())
}

/// A list of file unions of at most so many.
///
/// # Errors
/// 400 naming the field.
pub fn read_list(fields: &mut Fields, field: &str, most: usize) -> Result<Vec<InputFile>, Refusal> {
    let files = fields.objects(field)?;
    if files.len() > most {
        return Err(fields.refuse(field, format!("At most {most} files are taken here.")));
    }
    files.into_iter().map(read).collect()
}

fn among(mut fields: Fields, ways: &[(&str, By)]) -> Result<InputFile, Refusal> {
    let file = match fields.required_word("type", ways)? {
        By::Url => {
            let url = fields.required_text("url")?;
            InputFile::address(&fields, "url", url)?
        }
        By::Asset => {
            let id = fields.required_text("asset_id")?;
            InputFile::asset(&fields, "asset_id", id)
        }
        By::Inline => {
            let media_type = fields.required_text("media_type")?;
            let data = fields.required_text("data")?;
            let bytes = STANDARD.decode(data.trim()).map_err(|_| fields.refuse("data", "This is no base64."))?;
            InputFile { param: fields.name("data"), source: InputSource::Inline { media_type, bytes } }
        }
    };
    fields.finish()?;
    Ok(file)
}

/// Refuses what is no http or https address.
///
/// # Errors
/// 400 naming the field.
pub fn web_address(fields: &Fields, field: &str, text: &str) -> Result<(), Refusal> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err(fields.refuse(field, "An http or https address is expected here.")),
    }
}

/// Takes `callback_id` and `callback_url`.
///
/// # Errors
/// 400 naming the field.
pub fn callback(fields: &mut Fields) -> Result<Callback, Refusal> {
    let callback = Callback { id: fields.text("callback_id")?, url: fields.text("callback_url")? };
    if let Some(url) = &callback.url {
        web_address(fields, "callback_url", url)?;
    }
    Ok(callback)
}
