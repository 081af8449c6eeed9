//! Pictures into pixels, never more than asked for.

use std::io::Cursor;

use std::path::Path;

use image::imageops::FilterType;
use image::{ImageReader, Limits};

/// The longest side that is decoded at all.
const LARGEST_SIDE: u32 = 16_384;
/// Memory a decoder may take.
const MOST_BYTES: u64 = 256 * 1_024 * 1_024;

/// Pixels in rows, four bytes each: red, green, blue, alpha, not premultiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Why a picture cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct PictureError {
    pub kind: PictureErrorKind,
    pub message: &'static str,
    #[source]
    pub source: Option<image::ImageError>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureErrorKind {
    /// Neither PNG nor JPEG nor WebP.
    UnknownType,
    /// Larger than the limits on sides and memory.
    TooLarge,
    Damaged,
}

/// Decodes a PNG, JPEG or WebP and makes its longer side at most `longest` pixels. Smaller pictures stay as they are.
///
/// # Errors
/// When the bytes are no such picture, are damaged, or would take too much memory.
pub fn decode(bytes: &[u8], longest: u32) -> Result<Picture, PictureError> {
    let unknown = PictureError {
        kind: PictureErrorKind::UnknownType,
        message: "This is no PNG, JPEG or WebP picture.",
        source: None,
    };
    let mut reader = match ImageReader::new(Cursor::new(bytes)).with_guessed_format() {
        Ok(reader) if reader.format().is_some() => reader,
        _ => return Err(unknown),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let picture = reader.decode().map_err(refused)?;
    let longest = longest.max(1);
    let smaller = if picture.width().max(picture.height()) > longest {
        picture.resize(longest, longest, FilterType::CatmullRom)
    } else {
        picture
    };
    let pixels = smaller.into_rgba8();
    Ok(Picture { width: pixels.width(), height: pixels.height(), rgba: pixels.into_raw() })
}

fn refused(source: image::ImageError) -> PictureError {
    let (kind, message) = match &source {
        image::ImageError::Limits(_) => (PictureErrorKind::TooLarge, "This picture is too large to show."),
        image::ImageError::Unsupported(_) => (PictureErrorKind::UnknownType, "This kind of picture cannot be shown."),
        _ => (PictureErrorKind::Damaged, "This picture is damaged."),
    };
    PictureError { kind, message, source: Some(source) }
}
/// Writes a picture as a PNG; the folder is made where there is none. Blocks.
///
/// # Errors
/// The system's own, and sides that do not fit the bytes.
pub fn save_png(picture: &Picture, path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let color = image::ExtendedColorType::Rgba8;
    image::save_buffer_with_format(path, &picture.rgba, picture.width, picture.height, color, image::ImageFormat::Png)
        .map_err(std::io::Error::other)
}
