//! Reads single files out of a zip: the central directory, then stored or deflated bytes.

use std::io::Read as _;
use std::path::Path;

/// The largest file that is taken out, in bytes.
const LARGEST: u64 = 20_000_000;

/// A zip in memory.
#[derive(Debug)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    method: u16,
    encrypted: bool,
    packed: usize,
    header: usize,
}

impl Archive {
    /// Opens a zip.
    ///
    /// # Errors
    /// One sentence for the person who made it.
    pub fn open(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|_| "The project is not there any more.".to_owned())?;
        let entries = listed(&bytes).ok_or_else(|| "The project is no zip that can be read.".to_owned())?;
        Ok(Self { bytes, entries })
    }

    /// A file by its path inside the zip.
    ///
    /// # Errors
    /// One sentence when it is not there or cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let wanted = name.trim_start_matches("./");
        let entry = self.entries.iter().find(|entry| entry.name.trim_start_matches("./") == wanted);
        let entry = entry.ok_or_else(|| format!("There is no {wanted} in the project."))?;
        let damaged = || format!("{wanted} in the project is damaged.");
        if entry.encrypted {
            return Err(format!("{wanted} in the project is encrypted."));
        }
        let packed = self.packed(entry).ok_or_else(damaged)?;
        match entry.method {
            0 => Ok(packed.to_vec()),
            8 => {
                let mut plain = Vec::new();
                let inflated = flate2::read::DeflateDecoder::new(packed).take(LARGEST + 1).read_to_end(&mut plain);
                match inflated.map(|length| u64::try_from(length).is_ok_and(|length| length <= LARGEST)) {
                    Ok(true) => Ok(plain),
                    Ok(false) => Err(format!("{wanted} in the project is larger than 20 MB.")),
                    Err(_) => Err(damaged()),
                }
            }
            _ => Err(format!("{wanted} in the project is packed in a way that cannot be read.")),
        }
    }

    fn packed(&self, entry: &Entry) -> Option<&[u8]> {
        let local = self.bytes.get(entry.header..)?;
        if !local.starts_with(b"PK\x03\x04") {
            return None;
        }
        let start = 30 + usize::from(short(local, 26)?) + usize::from(short(local, 28)?);
        local.get(start..start.checked_add(entry.packed)?)
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(part.try_into().ok()?)).ok()
}

/// The entries of the central directory; the end record is looked for behind a comment of any length.
fn listed(bytes: &[u8]) -> Option<Vec<Entry>> {
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(65_535);
    let end = (first..=last).rev().find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06")))?;
    let end = bytes.get(end..)?;
    let (count, mut at) = (short(end, 10)?, long(end, 16)?);
    let mut entries = Vec::new();
    for _ in 0..count {
        let record = bytes.get(at..)?;
        if !record.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_length = usize::from(short(record, 28)?);
        entries.push(Entry {
            name: String::from_utf8_lossy(record.get(46..46 + name_length)?).into_owned(),
            method: short(record, 10)?,
            encrypted: short(record, 8)? & 1 == 1,
            packed: long(record, 20)?,
            header: long(record, 42)?,
        });
        at += 46 + name_length + usize::from(short(record, 30)?) + usize::from(short(record, 32)?);
    }
    Some(entries)
}
