//! Tables behind the window: read, kept, changed, and their rows made.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::batch::{Composer, MOST_BYTES, ReadAs, Row, Table, TextEncoding, samples};
use crate::draft::{Draft, Product};
use crate::jobs::batches;
use crate::jobs::submit::{BatchRows, Order, Submission, submit};
use crate::jobs::transfer;
use crate::jobs::types::{BatchChange, BatchId, JobId, KeptBatch};
use crate::money::Usd;
use crate::pricing::{Pace, RateCard, Span};
use crate::settings::Account;
use crate::store::{Store, StoreError};
use crate::ui::action::BatchAsked;
use crate::ui::batch::Showing;
use crate::ui::model::Tone;
use crate::ui::{Message, format};

use super::Studio;
use super::background::{Event, Outlet};
use super::files::FASTER_THAN_A_PERSON;
use super::orders::{order, take_up};

/// What the background tells of tables.
#[derive(Debug)]
pub enum BatchNews {
    /// A file was read as a table, or its name and why not.
    Read(Product, Result<Box<KeptBatch>, (String, String)>),
    /// A table's file was read once more in another way, or why not.
    Reread(BatchId, Result<Box<KeptBatch>, String>),
    /// Tables that were open on their tabs when the account was last used, and the names of all that are kept.
    Found(Vec<KeptBatch>, Vec<(BatchId, String)>),
    /// A table that was closed, with the jobs its rows became, and the job whose row is meant.
    Opened(Box<KeptBatch>, Option<JobId>),
    /// Rows became jobs, by their lines, or why none did.
    Made(BatchId, Result<Vec<(u64, JobId)>, String>),
}

impl Studio {
    /// Reads a file as a table and keeps it.
    pub(super) fn read_table(&mut self, path: PathBuf, base: Draft) {
        let (account, product, now) = (self.model.account, base.product(), self.model.now);
        if !self.has_room_for_a_table(product) {
            self.state.receive(Message::TableNotRead(product));
            return;
        }
        let store = self.shown().map(|session| session.store.clone());
        self.background.spawn_blocking(move || {
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
            let answer = read(&path, ReadAs::default()).and_then(|(table, samples)| {
                let store = store.ok_or(NOT_OPEN)?;
                let kept = KeptBatch { file: Some(path), samples, ..KeptBatch::new(name.clone(), base, table) };
                keep(&store, kept, now)
            });
            Event::Batch(account, BatchNews::Read(product, answer.map_err(|words| (name, words))))
        });
    }

    /// Keeps a table that was put together in the window, and opens it.
    pub(super) fn make_table(&mut self, name: String, table: Table, base: Draft) {
        let (account, product, now) = (self.model.account, base.product(), self.model.now);
        if !self.has_room_for_a_table(product) {
            return;
        }
        let store = self.shown().map(|session| session.store.clone());
        self.background.spawn_blocking(move || {
            let shown = name.clone();
            let kept = KeptBatch::new(name, base, table);
            let answer = store.ok_or_else(|| NOT_OPEN.to_owned()).and_then(|store| keep(&store, kept, now));
            Event::Batch(account, BatchNews::Read(product, answer.map_err(|words| (shown, words))))
        });
    }

    /// Whether another table may take the tab; says so where it may not.
    fn has_room_for_a_table(&mut self, product: Product) -> bool {
        let Showing::Taken(name) = self.state.room_for_table(product) else { return true };
        let words = format!("None of the rows of {name} is made: opening another would forget your changes.");
        self.notice(Tone::Warning, "Close the open table first.", &words);
        false
    }

    /// Reads a table's file once more in another way. Nothing is lost: it is as the file has it, or it stays.
    pub(super) fn read_table_as(&mut self, id: BatchId, name: String, file: PathBuf, base: Draft, read_as: ReadAs) {
        let account = self.model.account;
        let store = self.shown().map(|session| session.store.clone());
        self.background.spawn_blocking(move || {
            let again = read(&file, read_as).map_err(|words| format!("Not read so; it stays as it is. {words}"));
            let answer = again.and_then(|(table, samples)| {
                let store = store.ok_or(NOT_OPEN)?;
                let kept = KeptBatch { id, file: Some(file), samples, ..KeptBatch::new(name, base, table) };
                match store.transaction::<_, StoreError>(|tx| batches::replace(tx, &kept)) {
                    Ok(true) => Ok(Box::new(kept)),
                    Ok(false) => Err("Rows were changed or made meanwhile: it stays as it is.".to_owned()),
                    Err(error) => Err(format!("The table cannot be kept: {error}. It stays as it is.")),
                }
            });
            Event::Batch(account, BatchNews::Reread(id, answer))
        });
    }

    /// Cancels what waits of jobs that were booked together.
    pub(super) fn cancel_batch(&mut self, id: BatchId) {
        let Some(session) = self.shown() else { return };
        let worker = session.worker.clone();
        let jobs = self.model.board.jobs.iter();
        let waiting =
            jobs.filter(|job| job.batch == Some(id) && job.state.is_cancellable()).map(|job| job.id).collect();
        let outlet = self.background.outlet();
        self.background.run(async move {
            let event = match worker.cancel_all(waiting).await {
                Ok(0) => {
                    let more = "Their requests have left. What was made comes home when it is done.".to_owned();
                    Event::Notice(Tone::Info, "None of them waits any more.".to_owned(), more)
                }
                Ok(cancelled) => {
                    let jobs = format::counted(cancelled, "job is", "jobs are");
                    let more = "Nothing was paid for them, and their holds are released.".to_owned();
                    Event::Notice(Tone::Info, format!("{jobs} cancelled."), more)
                }
                Err(error) => {
                    let more = format!("{error}. They still wait.");
                    Event::Notice(Tone::Bad, "The jobs could not be cancelled.".to_owned(), more)
                }
            };
            outlet.send(event).await;
        });
    }

    /// Shows the tables of an account that were open when it was last used.
    pub(super) fn find_batches(&self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let store = session.store.clone();
        self.background.spawn(async move {
            match store.run(|tx| Ok::<_, StoreError>((batches::open(tx)?, batches::names(tx)?))).await {
                Ok((found, kept)) => Event::Batch(account, BatchNews::Found(found, kept)),
                Err(error) => {
                    let words = format!("{error}. Jobs that were made of them go on all the same.");
                    Event::Notice(Tone::Warning, "The open tables cannot be read.".to_owned(), words)
                }
            }
        });
    }

    /// Shows a table again whose rows became jobs, with the row of a job where one is meant.
    pub(super) fn open_batch(&mut self, product: Product, id: BatchId, row: Option<JobId>) {
        if self.state.show_batch(product, id, row) == Showing::Shown || !self.has_room_for_a_table(product) {
            return;
        }
        let (account, Some(session)) = (self.model.account, self.shown()) else { return };
        let store = session.store.clone();
        self.background.spawn(async move {
            let opened = store.run(move |tx| {
                let kept = batches::get(tx, id)?;
                if kept.is_some() {
                    batches::set_open(tx, id, true)?;
                }
                Ok::<_, StoreError>(kept)
            });
            let why = match opened.await {
                Ok(Some(kept)) => return Event::Batch(account, BatchNews::Opened(Box::new(kept), row)),
                Ok(None) => "It is not kept any more. Its jobs are in the Library.".to_owned(),
                Err(error) => error.to_string(),
            };
            Event::Notice(Tone::Warning, "The table cannot be opened.".to_owned(), why)
        });
    }

    /// Keeps what the person changed in a table.
    pub(super) fn change_batch(&self, change: BatchChange) {
        let Some(session) = self.shown() else { return };
        let (store, outlet) = (session.store.clone(), self.background.outlet());
        self.background.run(async move {
            let kept = store.run(move |tx| batches::change(tx, &change)).await;
            told(&outlet, kept).await;
        });
    }

    /// Shows a table no more.
    pub(super) fn close_batch(&self, id: BatchId) {
        let Some(session) = self.shown() else { return };
        let (store, outlet) = (session.store.clone(), self.background.outlet());
        self.background.run(async move {
            let kept = store.run(move |tx| batches::set_open(tx, id, false)).await;
            told(&outlet, kept).await;
        });
    }

    /// Makes the rows at the prices the person saw, all or none.
    pub(super) fn submit_batch(&mut self, asked: BatchAsked) {
        let id = asked.id;
        let (account, is_oauth, in_dollars) = (self.model.account, self.is_oauth(), self.pays_in_dollars());
        let Some(session) = self.sessions.get(&account) else {
            let words = "The account is not open yet.".to_owned();
            self.state.receive(Message::BatchMade(id, Err(words)));
            return;
        };
        let (store, worker) = (session.store.clone(), session.worker.clone());
        let (card, pace) = (Arc::clone(&self.model.card), Arc::clone(&self.model.pace));
        let (caps, wallet, now) = (self.caps(), self.model.binding_wallet(), self.model.now);
        let folder = self.model.results_folder.clone();
        self.background.spawn(async move {
            let made = tokio::task::spawn_blocking(move || {
                transfer::check_folder(&folder).map_err(|words| {
                    format!(
                        "{words}. The results would have nowhere to go, so nothing was sent and nothing is charged."
                    )
                })?;
                let (rows, orders) = orders(&asked, &card, &pace, in_dollars)?;
                let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
                let rows = Some(BatchRows { id, rows });
                let submission = Submission { orders, is_oauth, caps, wallet, now, rows, again: None };
                let made = submit(&store, &submission).map_err(|error| error.to_string())?;
                Ok((lines, made))
            })
            .await
            .unwrap_or_else(|_| Err("The program is closing.".to_owned()));
            let answer = match made {
                Ok((lines, made)) => {
                    take_up(&worker, &made).await;
                    Ok(lines.into_iter().zip(made.jobs).collect())
                }
                Err(words) => Err(words),
            };
            Event::Batch(account, BatchNews::Made(id, answer))
        });
    }

    /// Writes a table where the person says; beside the results where there is no dialog to ask with.
    pub(super) fn save_table(&mut self, name: String, csv: Vec<u8>) {
        let outlet = self.background.outlet();
        let results = self.model.results_folder.clone();
        self.background.run(async move {
            let asked = Instant::now();
            let dialog = rfd::AsyncFileDialog::new().set_file_name(&name).add_filter("CSV", &["csv"]);
            let path = match dialog.save_file().await {
                Some(file) => file.path().to_path_buf(),
                None if asked.elapsed() < FASTER_THAN_A_PERSON => {
                    // Whatever is there already stays.
                    let free = (1..).map(|number| match number {
                        1 => results.join(&name),
                        number => results.join(format!("{} ({number}).csv", name.trim_end_matches(".csv"))),
                    });
                    let _ = tokio::fs::create_dir_all(&results).await;
                    match free.take(1_000).find(|path| !path.exists()) {
                        Some(path) => path,
                        None => return,
                    }
                }
                None => return,
            };
            let event = match tokio::fs::write(&path, csv).await {
                Ok(()) => Event::Saved("The table is saved.".to_owned(), path),
                Err(error) => {
                    let words = format!("{}: {error}", path.display());
                    Event::Notice(Tone::Bad, "The table was not saved.".to_owned(), words)
                }
            };
            outlet.send(event).await;
        });
    }

    pub(super) fn batch_news(&mut self, account: Account, news: BatchNews) {
        if account != self.model.account {
            return;
        }
        match news {
            BatchNews::Read(product, answer) => {
                if let Ok(kept) = &answer {
                    self.model.tables.insert(kept.id, kept.name.clone());
                }
                self.state.receive(Message::TableRead(product, answer));
            }
            BatchNews::Reread(id, answer) => self.state.receive(Message::TableReread(id, answer)),
            BatchNews::Opened(kept, row) => self.state.receive(Message::BatchOpened(kept, row)),
            BatchNews::Found(found, kept) => {
                self.model.tables = kept.into_iter().collect();
                for kept in found {
                    self.state.receive(Message::BatchFound(Box::new(kept)));
                }
            }
            BatchNews::Made(id, answer) => {
                self.state.receive(Message::BatchMade(id, answer));
            }
        }
    }
}

/// Says it where a change could not be kept.
async fn told(outlet: &Outlet, kept: Result<(), StoreError>) {
    if let Err(error) = kept {
        let words = format!("{error}. After the next start the table is as it was before.");
        outlet.send(Event::Notice(Tone::Warning, "A change of the table was not saved.".to_owned(), words)).await;
    }
}

const NOT_OPEN: &str = "The account is not open yet. Try again in a moment.";

/// Keeps a table that is new and shows it on its tab from now on.
fn keep(store: &Store, kept: KeptBatch, now: i64) -> Result<Box<KeptBatch>, String> {
    store
        .transaction::<_, StoreError>(|tx| {
            batches::keep(tx, &kept, now)?;
            batches::set_open(tx, kept.id, true)
        })
        .map_err(|error| format!("The table cannot be kept: {error}. Nothing was sent."))?;
    Ok(Box::new(kept))
}

/// A file as a table, and what it would say in other encodings.
fn read(path: &Path, read_as: ReadAs) -> Result<(Table, Vec<(TextEncoding, String)>), String> {
    use std::io::Read as _;
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| format!("It could not be read: {error}. Choose it again where it is now."))?;
    let table = Table::read_as(&bytes, read_as).map_err(|error| format!("{error} {}", error.hint))?;
    if table.rows.is_empty() {
        return Err("There are no rows under the names of the columns. Write one row for each.".to_owned());
    }
    Ok((table, samples(&bytes)))
}

/// The rows that were asked for and their orders, where they cost what the person saw.
fn orders(
    asked: &BatchAsked,
    card: &RateCard,
    pace: &Pace,
    in_dollars: bool,
) -> Result<(Vec<Row>, Vec<Order>), String> {
    let composer = Composer::new(&asked.table, &asked.base, &asked.cast);
    let mut total = Span::exact(Usd::ZERO);
    let mut rows = Vec::with_capacity(asked.places.len());
    let mut orders = Vec::with_capacity(asked.places.len());
    for row in asked.places.iter().filter_map(|place| asked.table.rows.get(*place)) {
        let made = composer.compose(row);
        if let Some(problem) = made.problems.first() {
            return Err(format!("Line {}: {} Nothing was sent.", row.line, problem.message));
        }
        let (order, span) = order(card, pace, made.draft, None, in_dollars)
            .map_err(|words| format!("Line {}: {words} Nothing was sent.", row.line))?;
        total = crate::batch::sum([total, span]);
        orders.push(order);
        rows.push(row.clone());
    }
    if total != asked.total {
        return Err(
            "The price changed while you clicked. Look at it again, then make them. Nothing was sent.".to_owned()
        );
    }
    Ok((rows, orders))
}
