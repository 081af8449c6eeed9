//! HyperFrames projects on this computer: reading a folder or zip, packing what is sent, and clearing
//! away what no job needs any more. No script of a project is ever run.

mod archive;
mod error;
mod html;
mod listing;
mod page;
mod sample;
mod table;

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::draft::avatar_video::LocalFile;
use crate::draft::hyperframes::{Bundle, ENTRY, PROJECT_BYTES_LIMIT, Page};
use crate::media::content::{hash, hex};

pub use archive::{Progress, UNPACKED_LIMIT};
pub use error::{ProjectError, ProjectErrorKind};
use listing::Listing;
pub use sample::sample;
pub use table::rows;

/// Bytes of one page that are read.
const PAGE_BYTES: u64 = 4_000_000;
/// Pages of a project that are read.
const MOST_PAGES: usize = 300;

/// Reads a folder or zip with a project. A folder, and a zip that cannot be sent as it is, is packed into
/// a zip in `folder`; `progress` is told bytes done and bytes in all.
///
/// # Errors
/// [`ProjectError`]: nothing that could be rendered, or not safely.
pub fn read(source: &Path, folder: &Path, progress: Progress) -> Result<Bundle, ProjectError> {
    let name = name_of(source);
    let facts = fs::metadata(source).map_err(|error| ProjectError::unreadable(&name, error))?;
    if facts.is_dir() { read_folder(source, folder, progress) } else { read_zip(source, &name, folder, progress) }
}

fn name_of(source: &Path) -> String {
    source.file_name().map_or_else(|| source.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn read_folder(source: &Path, folder: &Path, progress: Progress) -> Result<Bundle, ProjectError> {
    let mut listing = listing::of_folder(source)?;
    if listing.size() > UNPACKED_LIMIT {
        return Err(too_large());
    }
    let stamp = stamp_of(&listing);
    let (pages, mentions_renders) = pages(&listing, None)?;
    if pages.is_empty() {
        return Err(no_composition(&name_of(source)));
    }
    if !mentions_renders {
        // Where HyperFrames puts its own renders.
        let before = listing.entries.len();
        listing.entries.retain(|entry| !entry.name.starts_with("renders/"));
        let gone = u32::try_from(before - listing.entries.len()).unwrap_or(u32::MAX);
        listing.left_out = listing.left_out.saturating_add(gone);
    }
    let packed = archive::pack(&listing, None, folder, progress)?;
    Ok(bundle(source, true, &listing, stamp, pages, packed))
}

fn read_zip(source: &Path, name: &str, folder: &Path, progress: Progress) -> Result<Bundle, ProjectError> {
    let facts = fs::metadata(source).map_err(|error| ProjectError::unreadable(name, error))?;
    let (mut zip, mut listing, mut as_it_is) = archive::open(source, name)?;
    let stamp = stamp_of_zip(&facts);
    // A zip of the folder instead of what is in it: the usual mistake.
    if let Some(top) = only_folder(&listing) {
        for entry in &mut listing.entries {
            entry.name = entry.name.split_off(top.len() + 1);
        }
        as_it_is = false;
    }
    let (pages, _) = pages(&listing, Some(&mut zip))?;
    if pages.is_empty() {
        return Err(no_composition(name));
    }
    let packed = if as_it_is {
        if facts.len() > PROJECT_BYTES_LIMIT {
            return Err(too_large());
        }
        // Every byte is looked at once: a render of a damaged zip would only fail later.
        let whole = listing.size();
        let mut done = 0_u64;
        for entry in &listing.entries {
            let left = UNPACKED_LIMIT.saturating_sub(done);
            done = done.saturating_add(archive::copy(entry, Some(&mut zip), left, &mut |_| Ok(()))?);
            progress(done.min(whole), whole);
        }
        let content = hash(source, &|_, _| {}).map_err(|error| ProjectError::unreadable(name, error))?;
        archive::Packed { path: source.to_owned(), content }
    } else {
        archive::pack(&listing, Some(&mut zip), folder, progress)?
    };
    Ok(bundle(source, false, &listing, stamp, pages, packed))
}

fn too_large() -> ProjectError {
    ProjectError::new(
        ProjectErrorKind::TooLarge,
        "The project is larger than HeyGen takes: 200 MB as a zip.",
        "Leave out what the video does not show.",
    )
}

fn no_composition(name: &str) -> ProjectError {
    ProjectError::new(
        ProjectErrorKind::NoComposition,
        format!("{name} is no HyperFrames project: none of its pages has a data-composition-id."),
        "Choose the folder or zip in which index.html is.",
    )
}

fn bundle(
    source: &Path,
    is_folder: bool,
    listing: &Listing,
    stamp: String,
    pages: Vec<Page>,
    packed: archive::Packed,
) -> Bundle {
    Bundle {
        source: source.to_owned(),
        is_folder,
        zip: LocalFile {
            path: packed.path,
            size: packed.content.size(),
            media_type: Some("application/zip".to_owned()),
            ..LocalFile::default()
        },
        hash: packed.content.hex(),
        stamp,
        files: u32::try_from(listing.entries.len()).unwrap_or(u32::MAX),
        left_out: listing.left_out,
        pages,
    }
}

/// The folder that everything in a zip lies in, where no page lies beside it.
fn only_folder(listing: &Listing) -> Option<String> {
    let (top, _) = listing.entries.first()?.name.split_once('/')?;
    let all = listing.entries.iter().all(|entry| entry.name.split_once('/').is_some_and(|(folder, _)| folder == top));
    let has_entry = listing.entries.iter().any(|entry| entry.name == format!("{top}/{ENTRY}"));
    (all && has_entry).then(|| top.to_owned())
}

/// The pages with a composition, the entry first, and whether any page mentions the folder of renders.
fn pages(listing: &Listing, mut zip: Option<&mut archive::Zip>) -> Result<(Vec<Page>, bool), ProjectError> {
    let is_page = |name: &str| {
        let lower = name.to_lowercase();
        lower.ends_with(".html") || lower.ends_with(".htm")
    };
    let mut whole = Vec::new();
    let mut parts = Vec::new();
    let mut mentions_renders = false;
    let entries = listing.entries.iter().filter(|entry| is_page(&entry.name) && entry.size <= PAGE_BYTES);
    for entry in entries.take(MOST_PAGES) {
        let bytes = archive::bytes(entry, zip.as_deref_mut(), PAGE_BYTES)?;
        let text = String::from_utf8_lossy(&bytes);
        mentions_renders |= text.contains("renders/");
        match page::read(&entry.name, &text) {
            Some(page::Read { page, is_part: true }) => parts.push(page),
            Some(page::Read { page, is_part: false }) => whole.push(page),
            None => {}
        }
    }
    // A page that is a part of another shows nothing by itself, but is better than nothing.
    let mut pages = if whole.is_empty() { parts } else { whole };
    pages.sort_by_key(|page| (page.path != ENTRY, page.path.matches('/').count(), page.path.clone()));
    Ok((pages, mentions_renders))
}

fn stamp_of(listing: &Listing) -> String {
    let mut hasher = Sha256::new();
    for entry in &listing.entries {
        hasher.update(format!("{}\0{}\0{}\n", entry.name, entry.size, entry.changed));
    }
    hex(&hasher.finalize())
}

fn stamp_of_zip(facts: &fs::Metadata) -> String {
    let changed = facts.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{} {}", facts.len(), changed.map_or(0, |age| age.as_nanos()))
}

/// What became of a project since it was read.
#[derive(Debug)]
pub enum Standing {
    /// It can be sent as it was read.
    Same(Box<Bundle>),
    /// It was changed: this is how it is now.
    Changed(Box<Bundle>),
}

/// Makes sure that the zip of a project is there, in `folder` where it is not the person's own, and holds
/// what was read. Cheap where nothing changed.
///
/// # Errors
/// As [`read`].
pub fn make_ready(bundle: &Bundle, folder: &Path) -> Result<Standing, ProjectError> {
    let is_own = bundle.zip.path == bundle.source;
    let is_there = fs::metadata(&bundle.zip.path).is_ok_and(|facts| facts.len() == bundle.zip.size)
        && (is_own || bundle.zip.path.parent() == Some(folder));
    if is_there && stamp(bundle).is_ok_and(|stamp| stamp == bundle.stamp) {
        return Ok(Standing::Same(Box::new(bundle.clone())));
    }
    let now = read(&bundle.source, folder, &|_, _| {})?;
    if now.hash == bundle.hash {
        let zip = LocalFile { path: now.zip.path, ..bundle.zip.clone() };
        Ok(Standing::Same(Box::new(Bundle { zip, stamp: now.stamp, ..bundle.clone() })))
    } else {
        Ok(Standing::Changed(Box::new(now)))
    }
}

fn stamp(bundle: &Bundle) -> Result<String, ProjectError> {
    if bundle.is_folder {
        return listing::of_folder(&bundle.source).map(|listing| stamp_of(&listing));
    }
    let facts = fs::metadata(&bundle.source).map_err(|error| ProjectError::unreadable(&bundle.name(), error))?;
    Ok(stamp_of_zip(&facts))
}

/// Removes the zips of `folder` that nothing needs any more, and what a broken-off packing left behind.
pub fn clear(folder: &Path, is_needed: &dyn Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = name.ends_with(".zip") || name.ends_with(".part");
        if is_ours
            && !is_needed(&name)
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!(%error, "a packed project stays behind");
        }
    }
}

#[cfg(test)]
mod tests;
