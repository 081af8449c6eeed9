//! Where the program keeps its files. Owns the folders' names; reads and writes nothing.

use std::path::{Path, PathBuf};

use crate::settings::{Account, Settings};

/// The program's folders, all absolute. None of them need exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Settings and the person's own rate card.
    pub config: PathBuf,
    /// Databases and the sandbox's world.
    pub data: PathBuf,
    /// What can be fetched again: portraits and thumbnails.
    pub cache: PathBuf,
    /// Where results go unless the person chose another folder.
    pub default_results: PathBuf,
}

/// The person's folders are not known.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct PathsError {
    pub kind: PathsErrorKind,
    /// What happened, without the source's text.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
    pub source: Option<std::io::Error>,
}

/// Why there are no folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathsErrorKind {
    /// The system names no home folder.
    NoHome,
    /// The folder given with `--data` cannot be made absolute.
    BadFolder,
}

impl Paths {
    /// The system's folders for this person, or, with `--data DIR`, folders under `DIR` alone.
    ///
    /// # Errors
    /// [`PathsError`] without a home folder, or when `DIR` is empty.
    pub fn find(data_option: Option<&Path>) -> Result<Self, PathsError> {
        match data_option {
            Some(folder) => {
                std::path::absolute(folder).map(|folder| Self::under(&folder)).map_err(|source| PathsError {
                    kind: PathsErrorKind::BadFolder,
                    message: format!("“{}” is not a folder.", folder.display()),
                    hint: "Give a folder with --data, for example --data ~/reelmeter.",
                    source: Some(source),
                })
            }
            None => Self::of_this_person(),
        }
    }

    /// Everything under one folder, which must be absolute.
    #[must_use]
    pub fn under(folder: &Path) -> Self {
        Self {
            config: folder.join("config"),
            data: folder.join("data"),
            cache: folder.join("cache"),
            default_results: folder.join("Results"),
        }
    }

    fn of_this_person() -> Result<Self, PathsError> {
        let no_home = || PathsError {
            kind: PathsErrorKind::NoHome,
            message: "There is no home folder to keep settings and jobs in.".to_owned(),
            hint: "Set HOME, or give a folder with --data DIR.",
            source: None,
        };
        let project = directories::ProjectDirs::from("", "", "Reelmeter").ok_or_else(no_home)?;
        let user = directories::UserDirs::new().ok_or_else(no_home)?;
        // Not every desktop names a Videos folder.
        let videos = user.video_dir().map_or_else(|| user.home_dir().join("Videos"), Path::to_path_buf);
        Ok(Self {
            config: project.config_dir().to_path_buf(),
            data: project.data_local_dir().to_path_buf(),
            cache: project.cache_dir().to_path_buf(),
            default_results: videos.join("Reelmeter"),
        })
    }

    /// The database of an account. The two never share one.
    #[must_use]
    pub fn database(&self, account: Account) -> PathBuf {
        self.data.join(match account {
            Account::Sandbox => "sandbox.db",
            Account::Live => "live.db",
        })
    }

    /// Where the sandbox keeps its world between runs.
    #[must_use]
    pub fn sandbox_world(&self) -> PathBuf {
        self.data.join("sandbox")
    }

    /// HyperFrames projects of an account, packed and waiting to be sent.
    #[must_use]
    pub fn projects(&self, account: Account) -> PathBuf {
        self.data.join(match account {
            Account::Sandbox => "projects-sandbox",
            Account::Live => "projects-live",
        })
    }

    /// Projects to try things with.
    #[must_use]
    pub fn samples(&self) -> PathBuf {
        self.data.join("samples")
    }

    /// Fetched portraits and thumbnails.
    #[must_use]
    pub fn pictures(&self) -> PathBuf {
        self.cache.join("pictures")
    }

    /// Where results are saved: the person's choice, else the default.
    #[must_use]
    pub fn results<'a>(&'a self, settings: &'a Settings) -> &'a Path {
        settings.results_folder.as_deref().unwrap_or(&self.default_results)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_a_data_folder_nothing_is_written_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::find(Some(folder.path())).unwrap();
        let settings = Settings::default();
        let all = [
            paths.config.clone(),
            paths.data.clone(),
            paths.cache.clone(),
            paths.default_results.clone(),
            paths.database(Account::Sandbox),
            paths.database(Account::Live),
            paths.sandbox_world(),
            paths.pictures(),
            paths.results(&settings).to_path_buf(),
        ];
        for path in all {
            assert!(path.starts_with(folder.path()), "{}", path.display());
        }
        assert_eq!(paths.results(&settings), folder.path().join("Results"));
    }

    #[test]
    fn the_accounts_never_share_a_database() {
        let paths = Paths::under(Path::new("/p"));
        assert_ne!(paths.database(Account::Sandbox), paths.database(Account::Live));
    }

    #[test]
    fn a_chosen_folder_wins_over_the_default() {
        let paths = Paths::under(Path::new("/p"));
        let settings = Settings { results_folder: Some(PathBuf::from("/films")), ..Settings::default() };
        assert_eq!(paths.results(&settings), Path::new("/films"));
    }

    #[test]
    fn a_relative_data_folder_does_not_move_with_the_working_folder() {
        assert!(Paths::find(Some(Path::new("studio"))).unwrap().config.is_absolute());
        assert_eq!(Paths::find(Some(Path::new(""))).unwrap_err().kind, PathsErrorKind::BadFolder);
    }
}
