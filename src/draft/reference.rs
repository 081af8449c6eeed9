//! Files that are given to a prompt: what is wrong with one, and how many there are of each kind.

use super::file::LocalFile;

/// Bytes a video may have where it is looked at rather than shown (published limit: 100 MB).
pub const VIDEO_BYTES_LIMIT: u64 = 100_000_000;
/// Bytes a picture may have (published limit: 50 MB).
pub const PICTURE_BYTES_LIMIT: u64 = 50_000_000;
/// Bytes any asset may have (published limit: 200 MB).
pub const ASSET_BYTES_LIMIT: u64 = 200_000_000;

/// What a file is to a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    Picture,
    Video,
    Sound,
    Document,
}

impl ReferenceKind {
    /// The kind of a file by what the probe found in its bytes; `None` for a type HeyGen takes nowhere.
    #[must_use]
    pub fn of(file: &LocalFile) -> Option<Self> {
        match file.media_type.as_deref()? {
            "image/png" | "image/jpeg" => Some(Self::Picture),
            "video/mp4" | "video/webm" => Some(Self::Video),
            "audio/mpeg" | "audio/wav" => Some(Self::Sound),
            "application/pdf" => Some(Self::Document),
            _ => None,
        }
    }
}

/// What is wrong with a file in words, where only `kinds` are taken (`types` names them) and each has at
/// most `bytes` of its kind.
#[must_use]
pub(super) fn fault(
    file: &LocalFile,
    kinds: &[ReferenceKind],
    types: &str,
    bytes: impl Fn(ReferenceKind) -> u64,
) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    let Some(kind) = ReferenceKind::of(file).filter(|kind| kinds.contains(kind)) else {
        return Some(format!("{} is none of {types}.", file.name()));
    };
    let most = bytes(kind);
    (file.size > most).then(|| format!("{} is larger than {} MB.", file.name(), most / 1_000_000))
}
