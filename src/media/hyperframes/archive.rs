//! Zips: reading one that somebody made, and writing the one that is sent.
//!
//! What a zip says of itself decides nothing about memory or time: sizes are counted while reading.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::error::{ProjectError, ProjectErrorKind};
use super::listing::{Entry, Listing, MOST_FILES, Origin, is_left_out, safe_name, too_many};
use crate::draft::hyperframes::PROJECT_BYTES_LIMIT;
use crate::media::content::{ContentHash, hash};
use crate::media::probe::{MediaType, probe, with_article};

/// Bytes all files of a project may have unpacked.
pub const UNPACKED_LIMIT: u64 = 1_000_000_000;
const PIECE: usize = 128 * 1_024;

/// Told of bytes done and bytes in all.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// A zip that is open.
pub type Zip = ZipArchive<BufReader<File>>;

/// Opens a zip and lists its files: what is sent of them, and whether it can be sent as it is.
///
/// # Errors
/// A zip that is broken, protected, unsafe or too large.
pub fn open(path: &Path, name: &str) -> Result<(Zip, Listing, bool), ProjectError> {
    let file = File::open(path).map_err(|error| ProjectError::unreadable(name, error))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| no_zip(path, name, error))?;
    if zip.len() > MOST_FILES {
        return Err(too_many());
    }
    let mut listing = Listing::default();
    let mut as_it_is = true;
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|error| broken(name, error))?;
        let named = entry.name().map_err(|error| broken(name, error))?;
        let inner = safe_name(&named)?;
        if entry.encrypted() {
            let message = format!("{name} is protected by a password.");
            return Err(ProjectError::new(ProjectErrorKind::Encrypted, message, "Pack it again without one."));
        }
        if entry.is_symlink() {
            let message = format!("The zip holds {inner}, which is a link to another place.");
            return Err(ProjectError::new(ProjectErrorKind::Unsafe, message, "Put the file itself there."));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            let message = format!("{inner} is packed in a way that is not read here.");
            let hint = "Pack the project again as an ordinary zip, or choose its folder.";
            return Err(ProjectError::new(ProjectErrorKind::Broken, message, hint));
        }
        if entry.is_dir() {
            continue;
        }
        as_it_is &= inner == *named;
        if inner.is_empty() || inner.split('/').any(is_left_out) {
            listing.left_out = listing.left_out.saturating_add(1);
            as_it_is = false;
            continue;
        }
        let changed = u128::from(entry.crc32());
        listing.entries.push(Entry { name: inner, from: Origin::Zip(index), size: entry.size(), changed });
    }
    if listing.size() > UNPACKED_LIMIT {
        return Err(too_large_unpacked());
    }
    Ok((zip, listing.sorted(), as_it_is))
}

fn too_large_unpacked() -> ProjectError {
    let message = format!("The project has more than {} GB unpacked.", UNPACKED_LIMIT / 1_000_000_000);
    ProjectError::new(ProjectErrorKind::TooLarge, message, "Leave out what the video does not show.")
}

/// A file that is something else altogether is called what it is.
fn no_zip(path: &Path, name: &str, error: ZipError) -> ProjectError {
    match probe(path).map(|found| found.media_type) {
        Ok(MediaType::Zip | MediaType::Other) | Err(_) => broken(name, error),
        Ok(other) => {
            let message = format!("{name} is {}, no zip with a project.", with_article(other.name()));
            ProjectError::new(ProjectErrorKind::Broken, message, "Choose the folder or zip in which index.html is.")
        }
    }
}

fn broken(name: &str, error: ZipError) -> ProjectError {
    let source = match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    };
    let message = format!("{name} is no zip that can be read: it is broken or was cut off.");
    ProjectError {
        source: Some(source),
        ..ProjectError::new(ProjectErrorKind::Broken, message, "Pack the project again, or choose its folder.")
    }
}

/// The bytes of one file, `limit` at most.
///
/// # Errors
/// What keeps it from being read.
pub fn bytes(entry: &Entry, zip: Option<&mut Zip>, limit: u64) -> Result<Vec<u8>, ProjectError> {
    let mut bytes = Vec::new();
    copy(entry, zip, limit, &mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(bytes)
}

/// Hands the bytes of one file on, piece by piece, `limit` at most; how many there were.
///
/// # Errors
/// What keeps it from being read, or what `take` says.
pub fn copy(
    entry: &Entry,
    zip: Option<&mut Zip>,
    limit: u64,
    take: &mut dyn FnMut(&[u8]) -> Result<(), ProjectError>,
) -> Result<u64, ProjectError> {
    let name = &entry.name;
    match (&entry.from, zip) {
        (Origin::File(path), _) => {
            let mut file = File::open(path).map_err(|error| ProjectError::unreadable(name, error))?;
            pieces(&mut file, limit, take, &|error| ProjectError::unreadable(name, error))
        }
        (Origin::Zip(index), Some(zip)) => {
            let damaged = |error: io::Error| {
                let message = format!("{name} in the zip is damaged.");
                let hint = "Pack the project again, or choose its folder.";
                ProjectError { source: Some(error), ..ProjectError::new(ProjectErrorKind::Broken, message, hint) }
            };
            let mut file = zip.by_index(*index).map_err(|error| damaged(io::Error::other(error)))?;
            pieces(&mut file, limit, take, &damaged)
        }
        (Origin::Zip(_), None) => Ok(0),
    }
}

fn pieces(
    from: &mut dyn Read,
    limit: u64,
    take: &mut dyn FnMut(&[u8]) -> Result<(), ProjectError>,
    failed: &dyn Fn(io::Error) -> ProjectError,
) -> Result<u64, ProjectError> {
    let mut piece = vec![0; PIECE];
    let mut count = 0_u64;
    loop {
        let read = match from.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(failed)?,
        };
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { return Ok(count) };
        count = count.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if count > limit {
            return Err(too_large_unpacked());
        }
        take(bytes)?;
    }
}

/// A zip that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    pub path: PathBuf,
    pub content: ContentHash,
}

/// Packs the files into a zip in `folder`, named by its own hash. The same files always give the same
/// bytes: names in order, no dates, no rights.
///
/// # Errors
/// What cannot be read or written, or more than HeyGen takes.
pub fn pack(
    listing: &Listing,
    zip: Option<&mut Zip>,
    folder: &Path,
    progress: Progress,
) -> Result<Packed, ProjectError> {
    std::fs::create_dir_all(folder).map_err(ProjectError::unwritable)?;
    let part = tempfile_in(folder);
    let packed = write(listing, zip, &part, progress).and_then(|content| {
        let path = folder.join(format!("{content}.zip"));
        std::fs::rename(&part, &path).map_err(ProjectError::unwritable)?;
        Ok(Packed { path, content })
    });
    if packed.is_err() {
        // What is left of a failed try is of no use to anybody.
        let _ = std::fs::remove_file(&part);
    }
    packed
}

fn tempfile_in(folder: &Path) -> PathBuf {
    folder.join(format!(".{}.part", uuid::Uuid::new_v4()))
}

fn write(
    listing: &Listing,
    mut zip: Option<&mut Zip>,
    part: &Path,
    progress: Progress,
) -> Result<ContentHash, ProjectError> {
    let file = File::create(part).map_err(ProjectError::unwritable)?;
    let mut writer = ZipWriter::new(BufWriter::new(file));
    let whole = listing.size();
    let mut done = 0_u64;
    progress(0, whole);
    for entry in &listing.entries {
        let method =
            if is_packed_already(&entry.name) { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(entry.size > u64::from(u32::MAX) / 2);
        writer.start_file(entry.name.as_str(), options).map_err(unwritten)?;
        let left = UNPACKED_LIMIT.saturating_sub(done);
        copy(entry, zip.as_deref_mut(), left, &mut |piece| {
            writer.write_all(piece).map_err(ProjectError::unwritable)?;
            done = done.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            progress(done.min(whole), whole);
            Ok(())
        })?;
        let written = std::fs::metadata(part).map_or(0, |facts| facts.len());
        if written > PROJECT_BYTES_LIMIT {
            return Err(too_large_packed(listing));
        }
    }
    let file = writer
        .finish()
        .map_err(unwritten)?
        .into_inner()
        .map_err(|error| ProjectError::unwritable(error.into_error()))?;
    file.sync_all().map_err(ProjectError::unwritable)?;
    drop(file);
    let content = hash(part, &|_, _| {}).map_err(ProjectError::unwritable)?;
    if content.size() > PROJECT_BYTES_LIMIT { Err(too_large_packed(listing)) } else { Ok(content) }
}

fn unwritten(error: ZipError) -> ProjectError {
    ProjectError::unwritable(match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    })
}

/// More than HeyGen takes, and what takes most of it.
fn too_large_packed(listing: &Listing) -> ProjectError {
    let largest = listing.entries.iter().max_by_key(|entry| entry.size);
    let largest = largest.map_or_else(String::new, |entry| {
        format!(" The largest file is {} with {} MB.", entry.name, entry.size / 1_000_000)
    });
    let message = format!("The project has more than 200 MB as a zip, the most HeyGen takes.{largest}");
    ProjectError::new(ProjectErrorKind::TooLarge, message, "Leave out what the video does not show.")
}

/// Files that compressing again would only cost time.
fn is_packed_already(name: &str) -> bool {
    const PACKED: [&str; 16] = [
        "png", "jpg", "jpeg", "webp", "avif", "gif", "mp4", "webm", "mov", "m4a", "mp3", "ogg", "aac", "woff", "woff2",
        "zip",
    ];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| PACKED.contains(&ending.as_str()))
}
