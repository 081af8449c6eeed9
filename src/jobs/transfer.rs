//! Results on their way into the person's folder: names, resumed downloads, and the step from a
//! temporary name to the real one. Never writes over a file that is there.
//!
//! What survives a crash: the bytes so far lie in a hidden `.part` file beside the target, with the
//! server's tag of them in a second one. The target appears complete or not at all.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt as _;

use crate::heygen::{Client, ErrorKind};

use super::policy::Fault;

/// Longest file name stem, in bytes; leaves room for " (99)", the extension and the hidden name's id.
const STEM_LIMIT: usize = 120;

/// A title as a file name that every common file system takes.
#[must_use]
pub fn file_stem(title: &str) -> String {
    let mut stem = String::new();
    for c in title.chars() {
        let c = if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c };
        if (c == ' ' && stem.ends_with(' ')) || stem.len() + c.len_utf8() > STEM_LIMIT {
            continue;
        }
        stem.push(c);
    }
    let stem = stem.trim_matches([' ', '.']).to_owned();
    let reserved = ["con", "prn", "aux", "nul"].contains(&stem.to_lowercase().as_str())
        || (stem.len() == 4 && ["com", "lpt"].iter().any(|port| stem.to_lowercase().starts_with(port)));
    match (stem.is_empty(), reserved) {
        (true, _) => "Untitled video".to_owned(),
        (false, true) => format!("{stem} video"),
        (false, false) => stem,
    }
}

/// What may come to lie beside a result under its name: captions and sound.
const COMPANIONS: [&str; 5] = ["srt", "vtt", "mp3", "wav", "m4a"];

/// The first free name for `title` in `folder`: neither on disk nor promised to another job. Its
/// companions' names are free too, or they would have nowhere to go.
#[must_use]
pub fn free_target(folder: &Path, title: &str, extension: &str, promised: &Promised) -> PathBuf {
    let stem = file_stem(title);
    let mut number = 1_u32;
    loop {
        let name = if number == 1 { format!("{stem}.{extension}") } else { format!("{stem} ({number}).{extension}") };
        let target = folder.join(name);
        let on_disk =
            || target.exists() || COMPANIONS.iter().any(|companion| target.with_extension(companion).exists());
        if !promised.has(&target) && !on_disk() {
            return target;
        }
        number = number.saturating_add(1);
    }
}

/// The names that jobs were promised, whatever their extensions.
#[derive(Debug, Default)]
pub struct Promised(HashSet<PathBuf>);

impl Promised {
    /// Of these files.
    pub fn of(targets: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(targets.into_iter().map(|target| target.with_extension("")).collect())
    }

    /// Whether `target`, or what would lie beside it, is promised.
    #[must_use]
    pub fn has(&self, target: &Path) -> bool {
        self.0.contains(&target.with_extension(""))
    }
}

/// The hidden name under which a result grows.
#[must_use]
pub fn part_path(target: &Path, job: &str) -> PathBuf {
    let extension = target.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    target.with_file_name(format!(".{job}.{extension}.part"))
}

fn tag_path(part: &Path) -> PathBuf {
    part.with_extension("tag")
}

/// Written before a rename, where there are no hard links: says that the target is the job's own.
fn marker_path(part: &Path) -> PathBuf {
    part.with_extension("placed")
}

/// Whether `target` is this job's own result, placed by an earlier try. A file that merely bears
/// the name is somebody else's.
#[must_use]
pub fn is_placed(part: &Path, target: &Path) -> bool {
    match (std::fs::metadata(part), std::fs::metadata(target)) {
        (Ok(part), Ok(target)) => same_file(&part, &target),
        (Err(_), Ok(target)) => target.len() > 0 && marker_path(part).exists(),
        _ => false,
    }
}

/// Takes away what a download left beside its target. Only once the journal needs it no more.
pub fn clear(part: &Path) {
    for leftover in [part.to_owned(), tag_path(part), marker_path(part)] {
        if let Err(error) = std::fs::remove_file(&leftover)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a temporary file stays behind");
        }
    }
}

/// Takes away what the downloads of jobs that are over left in `folder`: a crash came before [`clear`], or
/// they were given up halfway. `is_over` is asked with a job's id.
pub fn sweep(folder: &Path, is_over: &dyn Fn(&str) -> bool) {
    /// Characters of a job's id.
    const ID: usize = 36;
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((id, rest)) = name.to_str().and_then(|name| name.strip_prefix('.')?.split_at_checked(ID)) else {
            continue;
        };
        let is_ours = [".part", ".tag", ".placed"].iter().any(|ending| rest.ends_with(ending));
        if is_ours
            && is_over(id)
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::debug!(%error, "a temporary file stays behind");
        }
    }
}

#[cfg(unix)]
fn same_file(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.ino() == other.ino() && one.dev() == other.dev()
}

#[cfg(not(unix))]
fn same_file(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    // Not known: the result is then saved under a second name rather than another file taken for it.
    false
}

/// Brings `url` into `part`, going on where an earlier try stopped if the server still has the same
/// bytes, and syncs it. `progress` gets bytes so far and in all.
///
/// # Errors
/// A [`Fault`]: the link expired, the connection broke, the disk is full. The bytes so far stay.
pub async fn download(
    client: &Client,
    url: &str,
    part: &Path,
    progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
) -> Result<(), Fault> {
    if let Some(folder) = part.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(|error| disk_fault(&error, folder))?;
    }
    let have = tokio::fs::metadata(part).await.map(|data| data.len()).unwrap_or(0);
    let tag = tokio::fs::read_to_string(tag_path(part)).await.ok();
    let from = if tag.is_some() { have } else { 0 };
    let mut body = client.open_result(url, from, tag.as_deref()).await?;
    let from = if body.partial { from } else { 0 };

    let mut options = tokio::fs::OpenOptions::new();
    if from == 0 {
        // A new file: the old one may be a result that was placed already, under another name.
        if let Err(error) = tokio::fs::remove_file(part).await
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(disk_fault(&error, part));
        }
        options.create_new(true).write(true);
    } else {
        options.append(true);
    }
    let mut file = options.open(part).await.map_err(|error| disk_fault(&error, part))?;
    if let Some(tag) = &body.etag {
        tokio::fs::write(tag_path(part), tag).await.map_err(|error| disk_fault(&error, part))?;
    }
    let total = body.total;
    let mut done = from;
    progress(done, total);
    while let Some(chunk) = body.chunk().await? {
        file.write_all(&chunk).await.map_err(|error| disk_fault(&error, part))?;
        done = done.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        progress(done, total);
    }
    file.flush().await.map_err(|error| disk_fault(&error, part))?;
    file.sync_all().await.map_err(|error| disk_fault(&error, part))?;
    if done == 0 {
        return Err(Fault {
            kind: ErrorKind::Unreadable,
            message: "The file came without a single byte".to_owned(),
            param: None,
        });
    }
    if total.is_some_and(|total| total != done) {
        return Err(Fault {
            kind: ErrorKind::OutcomeUnknown,
            message: "The connection broke before the whole file was here".to_owned(),
            param: None,
        });
    }
    Ok(())
}

/// Gives a complete `part` its real name, never writing over another file. `Ok(false)`: the name is
/// taken. Where the disk has hard links the part stays, as the proof that the target is the job's
/// own, until [`clear`].
///
/// # Errors
/// The system's own.
pub fn place(part: &Path, target: &Path) -> io::Result<bool> {
    match std::fs::hard_link(part, target) {
        Ok(()) => {}
        // An earlier try made the name its own and was stopped before the rename.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_claimed(part, target) => {
            std::fs::rename(part, target)?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(is_placed(part, target)),
        // A file system without hard links.
        Err(_) if part.exists() => {
            if !is_claimed(part, target) && !claim(part, target)? {
                return Ok(false);
            }
            std::fs::rename(part, target)?;
        }
        Err(error) => return Err(error),
    }
    sync_folder(target);
    Ok(true)
}

/// Makes the name ours with an empty file, after a note of that; `Ok(false)`: somebody has it.
fn claim(part: &Path, target: &Path) -> io::Result<bool> {
    std::fs::File::create(marker_path(part))?.sync_all()?;
    match std::fs::OpenOptions::new().write(true).create_new(true).open(target) {
        Ok(_) => Ok(true),
        Err(error) => {
            std::fs::remove_file(marker_path(part))?;
            if error.kind() == io::ErrorKind::AlreadyExists { Ok(false) } else { Err(error) }
        }
    }
}

/// Whether `target` is the empty file with which an earlier try made the name its own.
fn is_claimed(part: &Path, target: &Path) -> bool {
    marker_path(part).exists() && part.exists() && std::fs::metadata(target).is_ok_and(|target| target.len() == 0)
}

fn sync_folder(target: &Path) {
    let synced = target.parent().map(|folder| std::fs::File::open(folder).and_then(|folder| folder.sync_all()));
    if let Some(Err(error)) = synced {
        tracing::debug!(%error, "the folder could not be synced");
    }
}

/// Whether files can be made in `folder`, by making one. The folder is made when it is not there.
///
/// # Errors
/// A sentence for the person.
pub fn check_folder(folder: &Path) -> Result<(), String> {
    let attempt = || -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let probe = folder.join(format!(".reelmeter-{}.tmp", uuid::Uuid::new_v4()));
        std::fs::write(&probe, b"x")?;
        std::fs::remove_file(&probe)
    };
    attempt().map_err(|error| disk_fault(&error, folder).message)
}

/// What went wrong with a file of ours, in words.
#[must_use]
pub fn disk_fault(error: &io::Error, path: &Path) -> Fault {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let message = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("the disk with {} is full. Make room; it goes on by itself", folder.display())
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            format!("{} cannot be written. Allow it, or choose another folder in Settings", folder.display())
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            format!(
                "{} is in the way: it is a file, not a folder. Move it, or choose another folder in Settings",
                path.display()
            )
        }
        _ => format!("{}: {error}", path.display()),
    };
    Fault { kind: ErrorKind::Local, message, param: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names_that_every_disk_takes() {
        for (title, name) in [
            ("Q4 welcome", "Q4 welcome"),
            ("a/b\\c: d?", "a b c d"),
            ("..", "Untitled video"),
            ("  ", "Untitled video"),
            ("CON", "CON video"),
            ("Lpt1", "Lpt1 video"),
            ("Überblick – 概要", "Überblick – 概要"),
            ("line\nbreak", "line break"),
        ] {
            assert_eq!(file_stem(title), name, "{title:?}");
        }
        let long = file_stem(&"ä".repeat(400));
        assert!(long.len() <= STEM_LIMIT && long.chars().all(|c| c == 'ä'));
    }

    #[test]
    fn a_name_that_is_taken_or_promised_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = free_target(folder.path(), "Intro", "mp4", &Promised::default());
        assert_eq!(first, folder.path().join("Intro.mp4"));
        std::fs::write(&first, "somebody's").unwrap();
        let second = free_target(folder.path(), "Intro", "mp4", &Promised::default());
        assert_eq!(second, folder.path().join("Intro (2).mp4"));
        assert_eq!(
            free_target(folder.path(), "Intro", "mp4", &Promised::of([second])),
            folder.path().join("Intro (3).mp4")
        );
    }

    #[test]
    fn a_name_is_free_only_where_its_companions_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for companion in COMPANIONS {
            let taken = at("Intro").with_extension(companion);
            std::fs::write(&taken, "somebody's").unwrap();
            assert_eq!(
                free_target(folder.path(), "Intro", "mp4", &Promised::default()),
                at("Intro (2).mp4"),
                "{companion}"
            );
            std::fs::remove_file(&taken).unwrap();
        }
        // Two jobs whose captions would both be Intro.srt.
        assert_eq!(free_target(folder.path(), "Intro", "mp4", &Promised::of([at("Intro.webm")])), at("Intro (2).mp4"));
        assert_eq!(free_target(folder.path(), "v1.2", "mp4", &Promised::of([at("v1.mp4")])), at("v1.2.mp4"));
    }

    #[test]
    fn a_result_never_replaces_a_file_and_a_crash_after_placing_is_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("Intro.mp4");
        let part = part_path(&target, "job");
        std::fs::write(&part, "new").unwrap();
        std::fs::write(&target, "somebody's").unwrap();
        assert!(!place(&part, &target).unwrap());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "somebody's");

        std::fs::remove_file(&target).unwrap();
        assert!(!is_placed(&part, &target));
        assert!(place(&part, &target).unwrap());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        assert!(is_placed(&part, &target) && place(&part, &target).unwrap(), "placing again changes nothing");
        clear(&part);
        assert!(target.exists() && !part.exists());
        assert!(!is_placed(&part, &target), "without its proof a file of that name is somebody else's");
    }

    #[test]
    fn a_name_made_ours_before_a_crash_is_filled_and_no_other_is() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("Intro.mp4");
        let part = part_path(&target, "job");
        std::fs::write(&part, "new").unwrap();
        // Stopped between the empty file and the rename, on a disk without hard links.
        assert!(claim(&part, &target).unwrap());
        assert!(place(&part, &target).unwrap());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        assert!(is_placed(&part, &target), "nothing of it is left but the mark");

        // Somebody's file is not made ours, nor is an empty one of theirs.
        for theirs in ["somebody's", ""] {
            let target = folder.path().join(format!("Theirs{}.mp4", theirs.len()));
            let part = part_path(&target, "other");
            std::fs::write(&part, "new").unwrap();
            std::fs::write(&target, theirs).unwrap();
            assert!(!claim(&part, &target).unwrap() && !place(&part, &target).unwrap());
            assert_eq!(std::fs::read_to_string(&target).unwrap(), theirs);
        }
    }

    #[test]
    fn leftovers_go_only_where_their_job_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let [over, running] = [uuid::Uuid::new_v4().to_string(), uuid::Uuid::new_v4().to_string()];
        let part = |id: &str| part_path(&folder.path().join("Intro.mp4"), id);
        let other = folder.path().join(format!(".{over}.txt"));
        for path in [&part(&over), &tag_path(&part(&over)), &part(&format!("{over}-2")), &part(&running), &other] {
            std::fs::write(path, "half").unwrap();
        }
        sweep(folder.path(), &|id| id == over);
        let left: Vec<_> =
            [&part(&over), &tag_path(&part(&over)), &part(&format!("{over}-2")), &part(&running), &other]
                .map(|path| path.exists())
                .into();
        assert_eq!(left, [false, false, false, true, true]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_says_which() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        std::fs::write(&file, "").unwrap();
        let words = check_folder(&file.join("below")).unwrap_err();
        assert!(words.contains("a file"), "{words}");
        check_folder(&folder.path().join("new/deep")).unwrap();
    }
}
