//! Which files of a project are sent: names that stay inside it, without what no render needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::error::{ProjectError, ProjectErrorKind};

/// Files one project may have.
pub const MOST_FILES: usize = 20_000;
/// Folders in each other.
const DEEPEST: usize = 40;

/// A file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the project, with forward slashes.
    pub name: String,
    pub from: Origin,
    /// Bytes.
    pub size: u64,
    /// When it was changed, as the source writes it; only ever compared.
    pub changed: u128,
}

/// Where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    /// The place in the zip.
    Zip(usize),
}

/// The files of a project in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub entries: Vec<Entry>,
    /// Files that are not sent.
    pub left_out: u32,
}

impl Listing {
    pub fn sorted(mut self) -> Self {
        self.entries.sort_by(|a, b| a.name.cmp(&b.name));
        self
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size))
    }
}

/// Whether a part of a path is of no use to a render.
pub fn is_left_out(part: &str) -> bool {
    let lower = part.to_lowercase();
    let is_source_map =
        [".js.map", ".mjs.map", ".cjs.map", ".css.map", ".ts.map"].iter().any(|end| lower.ends_with(end));
    part.starts_with('.')
        || is_source_map
        || matches!(lower.as_str(), "node_modules" | "__macosx" | "thumbs.db" | "desktop.ini")
        || lower.ends_with('~')
}

/// Everything in a folder that is sent.
///
/// # Errors
/// Links, names no other computer could read, too many files, or what the system says.
pub fn of_folder(folder: &Path) -> Result<Listing, ProjectError> {
    let mut listing = Listing::default();
    walk(folder, "", 0, &mut listing)?;
    Ok(listing.sorted())
}

fn walk(folder: &Path, prefix: &str, depth: usize, listing: &mut Listing) -> Result<(), ProjectError> {
    let shown = if prefix.is_empty() { "The folder" } else { prefix };
    if depth > DEEPEST {
        let message = format!("{shown} lies more than {DEEPEST} folders deep.");
        return Err(ProjectError::new(ProjectErrorKind::TooLarge, message, "Choose the project's own folder."));
    }
    let entries = fs::read_dir(folder).map_err(|error| ProjectError::unreadable(shown, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| ProjectError::unreadable(shown, error))?;
        let path = entry.path();
        let Some(part) = entry.file_name().to_str().map(str::to_owned) else {
            let message = format!("{} has a name that is not in Unicode.", path.display());
            return Err(ProjectError::new(ProjectErrorKind::Unsafe, message, "Rename it."));
        };
        let kind = entry.file_type().map_err(|error| ProjectError::unreadable(&part, error))?;
        if is_left_out(&part) {
            // A folder counts as one: nobody wants to know how many files node_modules has.
            listing.left_out = listing.left_out.saturating_add(1);
            continue;
        }
        let name = format!("{prefix}{part}");
        if kind.is_symlink() {
            let message = format!("{name} is a link to another place.");
            let hint = "Put the file itself there: what lies outside of the project is not sent.";
            return Err(ProjectError::new(ProjectErrorKind::Unsafe, message, hint));
        }
        if kind.is_dir() {
            walk(&path, &format!("{name}/"), depth + 1, listing)?;
        } else if kind.is_file() {
            if listing.entries.len() == MOST_FILES {
                return Err(too_many());
            }
            if part.contains('\\') {
                let message = format!("{name} has a backslash in its name.");
                return Err(ProjectError::new(ProjectErrorKind::Unsafe, message, "Rename it."));
            }
            let facts = entry.metadata().map_err(|error| ProjectError::unreadable(&name, error))?;
            let changed = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let changed = changed.map_or(0, |age| age.as_nanos());
            listing.entries.push(Entry { name, from: Origin::File(path), size: facts.len(), changed });
        }
    }
    Ok(())
}

pub fn too_many() -> ProjectError {
    let message = format!("The project has more than {MOST_FILES} files.");
    ProjectError::new(ProjectErrorKind::TooLarge, message, "Choose the project's own folder, not one above it.")
}

/// A name inside a zip as a path in the project.
///
/// # Errors
/// A path that begins at the root of a disk or leads out of the project.
pub fn safe_name(name: &str) -> Result<String, ProjectError> {
    let name = name.replace('\\', "/");
    let drive = name.as_bytes().get(1) == Some(&b':');
    let bad = name.starts_with('/') || drive || name.contains('\0') || name.split('/').any(|part| part == "..");
    if bad {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let message = format!("The zip holds “{shown}”, a path that leads out of the project.");
        return Err(ProjectError::new(
            ProjectErrorKind::Unsafe,
            message,
            "Pack the project again from its own folder.",
        ));
    }
    Ok(name.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_project() {
        for (name, safe) in [
            ("index.html", Some("index.html")),
            ("./a//b.png", Some("a/b.png")),
            ("a\\b.png", Some("a/b.png")),
            ("a..b/c", Some("a..b/c")),
            ("../a", None),
            ("a/../../b", None),
            ("a\\..\\b", None),
            ("/etc/passwd", None),
            ("C:\\a", None),
        ] {
            assert_eq!(safe_name(name).ok().as_deref(), safe, "{name}");
        }
    }

    #[test]
    fn what_no_render_needs_is_left_out() {
        for (part, out) in [
            (".git", true),
            (".DS_Store", true),
            ("node_modules", true),
            ("__MACOSX", true),
            ("app.js.map", true),
            ("index.html", false),
            ("world.map", false),
            ("package.json", false),
        ] {
            assert_eq!(is_left_out(part), out, "{part}");
        }
    }
}
