//! HyperFrames projects behind the window: read, packed before they are sent, and cleared away after.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::draft::Draft;
use crate::draft::hyperframes::{Bundle, Rows};
use crate::jobs::submit::Order;
use crate::media::hyperframes::{self, Standing};
use crate::settings::Account;
use crate::ui::Message;
use crate::ui::model::ProjectReading;
use crate::ui::places::Place;

use super::Studio;
use super::background::{Event, Outlet};
use super::files::{FASTER_THAN_A_PERSON, probed};

/// Bytes between two reports of progress.
const PROGRESS_STEP: u64 = 2_000_000;

/// What the background tells of projects.
#[derive(Debug)]
pub enum ProjectNews {
    /// Bytes done and bytes in all.
    Reading(PathBuf, u64, u64),
    Read(PathBuf, Result<Box<Bundle>, String>),
    Rows(Result<Rows, String>),
    /// A kept draft's project cannot be found.
    Gone(String),
}

impl Studio {
    /// Reads a project, or the sample where none is named.
    pub(super) fn read_project(&mut self, source: Option<PathBuf>) {
        let (folder, samples) = (self.paths.projects(self.model.account), self.paths.samples());
        let key = source.clone().unwrap_or_else(|| samples.clone());
        self.model.project_reading = Some(ProjectReading { source: key.clone(), done: 0, total: 0 });
        let outlet = self.background.outlet();
        self.background.spawn_blocking(move || {
            let source = match source {
                Some(source) => Ok(source),
                None => hyperframes::sample(&samples),
            };
            let read = source.and_then(|source| {
                let next = AtomicU64::new(0);
                let progress = |done: u64, total: u64| {
                    if done >= next.load(Ordering::Relaxed) {
                        next.store(done.saturating_add(PROGRESS_STEP), Ordering::Relaxed);
                        outlet.send_blocking(Event::Project(ProjectNews::Reading(key.clone(), done, total)));
                    }
                };
                hyperframes::read(&source, &folder, &progress)
            });
            let answer = read.map(Box::new).map_err(|error| {
                tracing::debug!(?error, "a project cannot be read");
                error.words()
            });
            Event::Project(ProjectNews::Read(key, answer))
        });
    }

    pub(super) fn read_rows(&mut self, path: PathBuf) {
        self.background.spawn_blocking(move || {
            Event::Project(ProjectNews::Rows(hyperframes::rows(&path).map_err(|error| error.words())))
        });
    }

    pub(super) fn project_news(&mut self, news: ProjectNews) {
        let is_awaited =
            |reading: &Option<ProjectReading>, key: &PathBuf| reading.as_ref().is_some_and(|now| now.source == *key);
        match news {
            ProjectNews::Reading(key, done, total) => {
                if let Some(reading) = self.model.project_reading.as_mut().filter(|reading| reading.source == key) {
                    (reading.done, reading.total) = (done, total);
                }
            }
            // Another project may have been chosen meanwhile.
            ProjectNews::Read(key, answer) => {
                if is_awaited(&self.model.project_reading, &key) {
                    self.model.project_reading = None;
                    self.state.receive(Message::ProjectRead(answer));
                }
            }
            ProjectNews::Gone(words) => self.state.receive(Message::ProjectRead(Err(words))),
            ProjectNews::Rows(answer) => self.state.receive(Message::RowsRead(answer)),
        }
    }

    pub(super) fn pick_folder(&mut self, place: Place) {
        let outlet = self.background.outlet();
        self.background.run(async move {
            let asked = Instant::now();
            match rfd::AsyncFileDialog::new().pick_folder().await {
                Some(folder) => outlet.send(probed(folder.path().to_path_buf(), Some(place), None).await).await,
                None if asked.elapsed() < FASTER_THAN_A_PERSON => outlet.send(Event::NoFileDialog(place)).await,
                None => {}
            }
        });
    }

    /// Removes the packed projects of an account that no job waits for and no draft holds.
    pub(super) fn clear_projects(&self, account: Account) {
        // A zip that was just made belongs to no job yet.
        if self.submitting_projects > 0 || self.model.project_reading.is_some() {
            return;
        }
        let Some(session) = self.sessions.get(&account) else { return };
        let board = session.board.borrow().clone();
        let state = self.waiting.get(&account).filter(|_| account != self.model.account).unwrap_or(&self.state);
        let on_tab = state.hyperframes.form.draft.bundle.as_ref();
        let on_tab =
            on_tab.and_then(|bundle| bundle.zip.path.file_name()).map(|name| name.to_string_lossy().into_owned());
        let folder = self.paths.projects(account);
        self.background.run_blocking_quietly(move |_| {
            hyperframes::clear(&folder, &|name| {
                on_tab.as_deref() == Some(name)
                    || board.jobs.iter().any(|job| !job.state.is_final() && job.draft.contains(name))
            });
        });
    }
}

/// Makes sure that the projects of these orders are packed and as they were when they were priced.
///
/// # Errors
/// A sentence; a project that changed goes to the tab as it is now.
pub(super) fn make_ready(orders: &mut [Order], folder: &std::path::Path, outlet: &Outlet) -> Result<(), String> {
    let mut ready: Option<(String, Bundle)> = None;
    for order in orders {
        let Draft::HyperFrames(draft) = &mut order.draft else { continue };
        let Some(bundle) = &mut draft.bundle else { continue };
        // The rows of a table share one project.
        if let Some((hash, made)) = &ready
            && *hash == bundle.hash
        {
            bundle.zip = made.zip.clone();
            continue;
        }
        match hyperframes::make_ready(bundle, folder) {
            Ok(Standing::Same(made)) => {
                bundle.zip = made.zip.clone();
                ready = Some((bundle.hash.clone(), *made));
            }
            Ok(Standing::Changed(now)) => {
                let name = now.name();
                outlet.send_blocking(Event::ProjectChanged(now));
                return Err(format!(
                    "{name} was changed since it was read. It is read again now: look at it, then create. Nothing was sent."
                ));
            }
            Err(error) => return Err(format!("{} Nothing was sent.", error.words())),
        }
    }
    Ok(())
}
