//! Takes a file out of a project's zip.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

/// The largest file that is taken out, in bytes.
const LARGEST: u64 = 20_000_000;

/// The file of this name inside the zip.
///
/// # Errors
/// One sentence for the person who made the zip.
pub(super) fn read(zip: &Path, name: &str) -> Result<Vec<u8>, String> {
    let file = File::open(zip).map_err(|_| "The project is not there any more.".to_owned())?;
    let mut zip =
        ZipArchive::new(BufReader::new(file)).map_err(|_| "The project is no zip that can be read.".to_owned())?;
    let wanted = name.trim_start_matches("./");
    let place = zip.file_names().position(|name| name.is_ok_and(|name| name.trim_start_matches("./") == wanted));
    let place = place.ok_or_else(|| format!("There is no {wanted} in the project."))?;
    let entry = zip.by_index(place).map_err(|error| match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => format!("{wanted} in the project is encrypted."),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            format!("{wanted} in the project is packed in a way that cannot be read.")
        }
        _ => format!("{wanted} in the project is damaged."),
    })?;
    let mut plain = Vec::new();
    match entry.take(LARGEST + 1).read_to_end(&mut plain) {
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= LARGEST) => Ok(plain),
        Ok(_) => Err(format!("{wanted} in the project is larger than 20 MB.")),
        Err(_) => Err(format!("{wanted} in the project is damaged.")),
    }
}
