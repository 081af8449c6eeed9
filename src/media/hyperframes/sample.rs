//! A project to try things with: a title card.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::ProjectError;

const PAGE: &str = include_str!("../../../assets/hyperframes/title-card/index.html");
/// What the project's folder is called.
const NAME: &str = "Title card";

/// Writes the sample project into `folder`; its own folder. What a person changed in it stays.
///
/// # Errors
/// When the folder cannot be written.
pub fn sample(folder: &Path) -> Result<PathBuf, ProjectError> {
    let project = folder.join(NAME);
    let page = project.join("index.html");
    if !page.exists() {
        fs::create_dir_all(&project).map_err(ProjectError::unwritable)?;
        fs::write(&page, PAGE).map_err(ProjectError::unwritable)?;
    }
    Ok(project)
}
