//! What requests for translations and lipsyncs have in common: a film, a part of it, and how it is made.

use rust_decimal::Decimal;

use super::file::{InputFile, callback, read_remote};
use super::{Fields, Refusal};
use crate::draft::billable::Mode;
use crate::sandbox::world::Callback;

const MODES: &[(&str, Mode)] = &[("speed", Mode::Speed), ("precision", Mode::Precision)];

/// The common part of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct DubRequest {
    pub video: InputFile,
    pub title: Option<String>,
    pub callback: Callback,
    pub mode: Mode,
    /// Seconds into the film.
    pub start: Option<Decimal>,
    /// Seconds into the film.
    pub end: Option<Decimal>,
    pub captions: bool,
    /// The length may change with what is said.
    pub dynamic_duration: bool,
    /// The old music is left out.
    pub without_music: bool,
    pub watermark: bool,
}

impl DubRequest {
    /// Takes the common fields out of a request body.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn take(fields: &mut Fields) -> Result<Self, Refusal> {
        let video = read_remote(fields.required_object("video")?)?;
        let title = title(fields)?;
        let mode = fields.word_or("mode", MODES, Mode::Speed)?;
        let most = Decimal::from(1_000_000);
        let start = fields.number("start_time", Decimal::ZERO, most)?;
        let end = fields.number("end_time", Decimal::ZERO, most)?;
        if end.is_some_and(|end| end <= start.unwrap_or_default()) {
            return Err(fields.refuse("end_time", "end_time has to come after start_time."));
        }
        let request = Self {
            video,
            title,
            callback: callback(fields)?,
            mode,
            start,
            end,
            captions: fields.flag_or("enable_caption", false)?,
            dynamic_duration: fields.flag_or("enable_dynamic_duration", true)?,
            without_music: fields.flag_or("disable_music_track", false)?,
            watermark: fields.flag_or("enable_watermark", false)?,
        };
        fields.flag_or("enable_speech_enhancement", false)?;
        fields.flag("keep_the_same_format")?;
        if fields.text("folder_id")?.is_some() {
            return Err(Refusal::not_found("There are no folders in the sandbox.").about("folder_id"));
        }
        Ok(request)
    }
}

/// The title, or `None` where it is absent or blank.
pub fn title(fields: &mut Fields) -> Result<Option<String>, Refusal> {
    Ok(fields.text("title")?.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty()))
}

/// `PATCH` of a resource: a new title.
///
/// # Errors
/// 400 when it is absent, blank or not alone.
pub fn new_title(body: &[u8]) -> Result<String, Refusal> {
    let mut fields = Fields::body(body)?;
    let title = fields.required_text("title")?;
    fields.finish()?;
    Ok(title.trim().to_owned())
}
