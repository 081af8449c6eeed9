//! The books of an open account beside the window: a snapshot after every change, never more than
//! one at a time, and what is taken out of them into files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::account::AutoReload;
use crate::pricing::RateCard;
use crate::settings::{Account, Settings};
use crate::spend::export::{JournalFormat, csv, dispute, journal, readings_csv, statement};
use crate::spend::types::{LedgerFilter, LedgerTable, Listing, ReportOn, Snapshot, WalletMark, Warning, date_of};
use crate::spend::{self, Books, View, overview};
use crate::store::{Store, StoreError};
use crate::ui::action::Export;
use crate::ui::model::Tone;

use super::background::{Background, Event, Outlet};
use super::files::FASTER_THAN_A_PERSON;

/// Between two snapshots: progress comes many times a second, figures need not.
const LEAST_PAUSE: Duration = Duration::from_millis(250);

/// What a snapshot is made for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub settings: Settings,
    pub card: Arc<RateCard>,
    pub auto_reload: Option<AutoReload>,
    /// The days to report on.
    pub report_on: ReportOn,
    /// The fingerprint of the key in use.
    pub credential: Option<String>,
    /// Where the journal stood when the wallet as last seen was asked for.
    pub mark: Option<Arc<WalletMark>>,
}

/// A snapshot, and those of its warnings that were never shown before.
#[derive(Clone, Debug)]
pub struct Kept {
    pub snapshot: Arc<Snapshot>,
    pub fresh: Vec<Warning>,
}

/// Keeps the books of one account. The task ends when this is dropped.
pub struct Bookkeeper {
    store: Store,
    books: Arc<Mutex<Books>>,
    wanted: watch::Sender<Wanted>,
    listed: watch::Sender<Option<(Arc<LedgerTable>, LedgerFilter)>>,
    now: fn() -> i64,
}

impl Bookkeeper {
    /// Begins with a first snapshot.
    pub fn start(account: Account, store: Store, wanted: Wanted, now: fn() -> i64, background: &Background) -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let (wanted, mut asked) = watch::channel(wanted);
        asked.mark_changed();
        background.run(keep(account, store.clone(), Arc::clone(&books), asked, now, background.outlet()));
        let (listed, asked) = watch::channel(None);
        background.run(list(account, asked, background.outlet()));
        Self { store, books, wanted, listed, now }
    }

    /// Something changed: a new snapshot, soon.
    pub fn refresh(&self, wanted: Wanted) {
        self.wanted.send_replace(wanted);
    }

    /// As [`Bookkeeper::refresh`], and everything is read anew.
    pub fn reread(&self, wanted: Wanted, background: &Background) {
        let (books, asked) = (Arc::clone(&self.books), self.wanted.clone());
        // A snapshot may be in the making, and holds the books meanwhile.
        background.run_blocking_quietly(move |_| {
            books.lock().unwrap_or_else(PoisonError::into_inner).forget();
            asked.send_replace(wanted);
        });
    }

    /// Picks entries out of the ledger. Of what is asked for meanwhile only the last is done.
    pub fn list(&self, table: Arc<LedgerTable>, filter: LedgerFilter) {
        self.listed.send_replace(Some((table, filter)));
    }

    /// Asks where to save `export`, and saves it there.
    pub fn export(&self, export: Export, folder: PathBuf, background: &Background) {
        let (writer, outlet) = (self.writer(), background.outlet());
        background.run(async move {
            let asked = Instant::now();
            let mut dialog = rfd::AsyncFileDialog::new();
            // Of a folder that is not there some dialogs make an error, others none.
            if folder.is_dir() {
                dialog = dialog.set_directory(&folder);
            }
            let chosen = match export.file_name(date_of((writer.now)(), &writer.zone)) {
                Some(name) => dialog.set_file_name(name).save_file().await,
                None => dialog.pick_folder().await,
            };
            match chosen {
                Some(file) => outlet.send(writer.save(export, file.path().to_path_buf(), true).await).await,
                None if asked.elapsed() < FASTER_THAN_A_PERSON => {
                    outlet.send(Event::NoSaveDialog(Box::new(export))).await;
                }
                None => {}
            }
        });
    }

    /// Saves `export` at a path that was typed.
    pub fn export_to(&self, export: Export, path: PathBuf, background: &Background) {
        let writer = self.writer();
        background.spawn(async move { writer.save(export, path, false).await });
    }

    fn writer(&self) -> Writer {
        Writer {
            store: self.store.clone(),
            books: Arc::clone(&self.books),
            wanted: self.wanted.borrow().clone(),
            zone: TimeZone::system(),
            now: self.now,
        }
    }
}

async fn keep(
    account: Account,
    store: Store,
    books: Arc<Mutex<Books>>,
    mut wanted: watch::Receiver<Wanted>,
    now: fn() -> i64,
    outlet: Outlet,
) {
    while wanted.changed().await.is_ok() {
        let asked = wanted.borrow_and_update().clone();
        let (store, books) = (store.clone(), Arc::clone(&books));
        let made = tokio::task::spawn_blocking(move || read(&store, &books, &asked, now())).await;
        let Ok(made) = made else { return };
        outlet.send(Event::Spend(account, made.map_err(|error| format!("The books cannot be read: {error}.")))).await;
        tokio::time::sleep(LEAST_PAUSE).await;
    }
}

async fn list(account: Account, mut asked: watch::Receiver<Option<(Arc<LedgerTable>, LedgerFilter)>>, outlet: Outlet) {
    while asked.changed().await.is_ok() {
        let Some((table, filter)) = asked.borrow_and_update().clone() else { continue };
        let Ok(listing) = tokio::task::spawn_blocking(move || Listing::of(table, filter)).await else { return };
        outlet.send(Event::Listed(account, Arc::new(listing))).await;
    }
}

fn read(store: &Store, books: &Mutex<Books>, wanted: &Wanted, now: i64) -> Result<Kept, StoreError> {
    let zone = TimeZone::system();
    let snapshot = {
        let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
        books.set_mark(wanted.mark.clone());
        overview(store, &mut books, &wanted.view(now, &zone))?
    };
    let fresh = match snapshot.warnings.as_slice() {
        [] => Vec::new(),
        warnings => store.transaction(|tx| spend::not_yet_shown(tx, warnings, now))?,
    };
    Ok(Kept { snapshot: Arc::new(snapshot), fresh })
}

impl Wanted {
    fn view<'a>(&'a self, now: i64, zone: &'a TimeZone) -> View<'a> {
        View {
            now,
            zone,
            settings: &self.settings,
            auto_reload: self.auto_reload.as_ref(),
            card: &self.card,
            report_on: self.report_on,
            credential: self.credential.as_deref(),
        }
    }
}

/// Takes the books out into files.
struct Writer {
    store: Store,
    books: Arc<Mutex<Books>>,
    wanted: Wanted,
    zone: TimeZone,
    now: fn() -> i64,
}

impl Writer {
    /// `agreed`: the person was asked already whether a file of that name may be replaced.
    async fn save(self, export: Export, path: PathBuf, agreed: bool) -> Event {
        let what = export.name();
        let saved = tokio::task::spawn_blocking(move || self.write(&export, &path, agreed)).await;
        match saved {
            Ok(Ok(path)) => Event::Saved(format!("{what} is saved."), path),
            Ok(Err(words)) => Event::Notice(Tone::Bad, format!("{what} was not saved."), words),
            Err(_) => Event::Notice(Tone::Bad, format!("{what} was not saved."), "The program is closing.".to_owned()),
        }
    }

    fn write(&self, export: &Export, path: &Path, agreed: bool) -> Result<PathBuf, String> {
        let now = (self.now)();
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        // Its table is shared with the window: the lock is not what the window waits for.
        overview(&self.store, &mut books, &self.wanted.view(now, &self.zone))
            .map_err(|error| format!("The books cannot be read: {error}."))?;
        let text = match export {
            Export::Csv(filter) => csv(&books.table(), &books.table().select(filter), &self.zone),
            Export::Readings => readings_csv(books.readings(), &books.findings().reconciliations, &self.zone),
            Export::Hledger => journal(&books, &self.zone, JournalFormat::Hledger),
            Export::Beancount => journal(&books, &self.zone, JournalFormat::Beancount),
            Export::Statement { project, period } => statement(&books.table(), project, *period, &self.zone),
            Export::Dispute(job) => {
                return dispute(&self.store, &books, *job, path, &self.zone)
                    .map_err(|error| format!("{error} {}", error.hint));
            }
        };
        drop(books);
        let path = match export.file_name(date_of(now, &self.zone)) {
            Some(name) if path.is_dir() => free_name(&path.join(name)),
            _ if agreed => path.to_path_buf(),
            _ => free_name(path),
        };
        write_whole(&path, text.as_bytes())
            .map_err(|error| format!("{}: {error}. Make room or choose another folder.", path.display()))?;
        Ok(path)
    }
}

/// This path, or with a number where something has the name already.
fn free_name(path: &Path) -> PathBuf {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let numbered = (2..1_000).map(|number| path.with_file_name(format!("{stem} {number}{ending}")));
    let mut names = std::iter::once(path.to_path_buf()).chain(numbered);
    names.find(|name| !name.exists()).unwrap_or_else(|| path.to_path_buf())
}

/// Whole or not at all: what was there stays until everything is written.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = folder.join(name);
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| std::fs::rename(&part, path));
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_name_already_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("ledger.csv");
        assert_eq!(free_name(&path), path);
        write_whole(&path, b"first").unwrap();
        let second = free_name(&path);
        assert_eq!(second, path.with_file_name("ledger 2.csv"));
        write_whole(&second, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        let names: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 2, "nothing half written is left");
    }

    #[test]
    fn exports_land_in_the_folder_under_their_usual_names() {
        let folder = tempfile::tempdir().unwrap();
        let writer = || Writer {
            store: Store::open(&folder.path().join("studio.db")).unwrap(),
            books: Arc::default(),
            wanted: Wanted {
                settings: Settings::default(),
                card: Arc::new(RateCard::built_in()),
                auto_reload: None,
                report_on: ReportOn::ThisMonth,
                credential: None,
                mark: None,
            },
            zone: TimeZone::UTC,
            now: || 1_795_365_000,
        };
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        let csv = Export::Csv(crate::spend::types::LedgerFilter::default());
        let first = writer().write(&csv, &out, false).unwrap();
        assert_eq!(first, out.join("Reelmeter ledger 2026-11-22.csv"));
        assert!(std::fs::read_to_string(&first).unwrap().starts_with("entry,time,date,kind"));
        assert_eq!(writer().write(&csv, &out, false).unwrap(), out.join("Reelmeter ledger 2026-11-22 2.csv"));
        assert_eq!(writer().write(&csv, &first, true).unwrap(), first, "the dialog has asked already");
        let journal = writer().write(&Export::Hledger, &out.join("books"), false).unwrap();
        assert_eq!(journal, out.join("books"), "a name that was typed is kept");
        let month = crate::spend::types::Period::month(1_795_365_000, &TimeZone::UTC, 1);
        let statement = Export::Statement { project: Arc::from("A/B: C"), period: month };
        assert_eq!(writer().write(&statement, &out, false).unwrap(), out.join("A_B_ C November 2026.html"));
        let dispute = Export::Dispute(crate::jobs::types::JobId(uuid::Uuid::nil()));
        assert!(writer().write(&dispute, &out, false).unwrap_err().contains("no such job"));
    }

    #[test]
    fn a_place_that_cannot_be_written_keeps_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.csv");
        std::fs::create_dir(&path).unwrap();
        assert!(write_whole(&path, b"text").is_err());
        assert!(path.is_dir() && std::fs::read_dir(folder.path()).unwrap().count() == 1);
    }
}
