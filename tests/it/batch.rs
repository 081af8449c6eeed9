//! Tables of rows: kept, changed, booked with caps, killed half way, and made again row by row.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use reelmeter::batch::{Cast, Composer, ReadAs, Row, Table, TextEncoding};
use reelmeter::draft::{Draft, SpeechDraft};
use reelmeter::jobs::batches;
use reelmeter::jobs::submit::{BatchRows, Order, Submission, SubmitError, submit};
use reelmeter::jobs::types::{BatchChange, BatchId, BatchStanding, JobId, JobState, KeptBatch};
use reelmeter::money::Usd;
use reelmeter::pricing::Span;
use reelmeter::sandbox::{self, Kind, Rule};
use reelmeter::settings::{CapAction, ProjectBudget};
use reelmeter::spend::Caps;
use reelmeter::spend::types::{Asked, CapKind, CapState, Coverage, Limits, cover};
use reelmeter::store::{Store, StoreError};
use rust_decimal::Decimal;
use tokio::sync::watch;

use crate::rig::{PATIENCE, Rig, Studio, client, control, draft_of, now, order};

const FOLDER: &str = "REELMETER_BATCH_FOLDER";
const BASE_URL: &str = "REELMETER_BATCH_BASE_URL";
const ROWS: usize = 12;

fn table(rows: usize) -> Table {
    let csv: String = (1..=rows).map(|row| format!("Row {row},Guest {row}\n")).collect();
    Table::read(format!("title,name\n{csv}").as_bytes()).unwrap()
}

pub fn batch(base: Draft, rows: usize) -> KeptBatch {
    KeptBatch::new("guests.csv".to_owned(), base, table(rows))
}

/// The rows at these places, as the window asks for them.
pub fn asked(kept: &KeptBatch, places: &[usize]) -> Submission {
    let cast = Cast::default();
    let composer = Composer::new(&kept.table, &kept.base, &cast);
    let rows: Vec<Row> = places.iter().map(|place| kept.table.rows[*place].clone()).collect();
    let orders = rows
        .iter()
        .map(|row| {
            let made = composer.compose(row);
            assert!(made.problems.is_empty(), "{:?}", made.problems);
            order(made.draft)
        })
        .collect();
    Submission {
        orders,
        is_oauth: false,
        caps: Caps::default(),
        wallet: None,
        now: now(),
        rows: Some(BatchRows { id: kept.id, rows }),
        again: None,
    }
}

pub fn read(store: &Store, id: BatchId) -> KeptBatch {
    store.transaction::<_, StoreError>(|tx| batches::get(tx, id)).unwrap().unwrap()
}

/// The process that is killed: keeps a table where there is none, books every row without a job, and tells
/// how far it is. Without its environment it is no test and does nothing.
#[test]
fn batch_process() {
    let (Ok(folder), Ok(base_url)) = (std::env::var(FOLDER), std::env::var(BASE_URL)) else { return };
    let folder = PathBuf::from(folder);
    let mut told = std::io::stdout();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = client(&base_url, "sandbox");
        let keys = watch::Sender::new(Some(client.clone()));
        let studio = Studio::open(&folder, keys.subscribe()).await;
        let found = studio.store.transaction::<_, StoreError>(batches::open).unwrap();
        let kept = match found.into_iter().next() {
            Some(kept) => kept,
            None => {
                let mut base = draft_of("", &client.looks().await.unwrap(), &client.voices().await.unwrap());
                base.script = "Welcome, {{name}}.".to_owned();
                let kept = batch(base.into(), ROWS);
                studio.store.transaction::<_, StoreError>(|tx| batches::keep(tx, &kept, now())).unwrap();
                kept
            }
        };
        writeln!(told, "\nKEPT").unwrap();
        let missing: Vec<usize> = (0..ROWS).filter(|place| kept.jobs[*place].is_none()).collect();
        if !missing.is_empty() {
            let made = submit(&studio.store, &asked(&kept, &missing)).unwrap();
            writeln!(told, "\nBOOKED").unwrap();
            studio.worker.take_up_all(made.jobs).await;
        } else {
            // The kill before came a moment late: they were booked already.
            writeln!(told, "\nBOOKED").unwrap();
        }
        let mut board = studio.board.clone();
        let mut before = 0;
        loop {
            let done = board.borrow_and_update().jobs.iter().filter(|job| job.state == JobState::Done).count();
            for done in before + 1..=done {
                writeln!(told, "\nDONE {done}").unwrap();
            }
            before = done;
            if done == ROWS {
                return;
            }
            board.changed().await.unwrap();
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_a_batch_neither_doubles_nor_loses_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        sandbox::Options { speed: Decimal::from(10_000), ..sandbox::Options::new(folder.path().join("world")) };
    let sandbox = sandbox::start(options).await.unwrap();
    let run = |until: &'static str| {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "batch::batch_process", "--nocapture"])
            .env(FOLDER, folder.path())
            .env(BASE_URL, &sandbox.base_url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        tokio::task::spawn_blocking(move || {
            let mut seen = Vec::new();
            for line in lines {
                let reached = line == until;
                seen.push(line);
                if reached {
                    child.kill().unwrap();
                    break;
                }
            }
            let ended = child.wait().unwrap().success();
            (ended, seen.join(" "))
        })
    };
    // As it books, right after, and with some home, some on their way, some waiting.
    for until in ["KEPT", "BOOKED", "DONE 2", "DONE 7"] {
        let (ended, seen) = tokio::time::timeout(PATIENCE, run(until)).await.unwrap().unwrap();
        assert!(!ended, "it should have been killed at {until}: {seen}");
    }
    let (ended, seen) = tokio::time::timeout(PATIENCE, run("never")).await.unwrap().unwrap();
    assert!(ended, "{seen}");

    let store = Store::open(&folder.path().join("studio.db")).unwrap();
    let kept = store.transaction::<_, StoreError>(batches::open).unwrap().remove(0);
    assert_eq!(kept.jobs.iter().flatten().collect::<std::collections::BTreeSet<_>>().len(), ROWS, "a job for each row");
    let rows: Vec<(String, i64)> = store
        .transaction::<_, StoreError>(|tx| {
            let mut statement = tx.prepare("SELECT kind, count(*) FROM ledger GROUP BY kind ORDER BY kind")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let twelve = i64::try_from(ROWS).unwrap();
    assert_eq!(rows, [("charge".to_owned(), twelve), ("hold".to_owned(), twelve), ("release".to_owned(), twelve)]);
    let charges = control(&sandbox.base_url, &sandbox.key, "/sandbox/ledger").await;
    assert_eq!(charges.len(), ROWS, "and HeyGen charged each once: {charges:?}");
    let films = std::fs::read_dir(folder.path().join("Results")).unwrap().filter_map(Result::ok);
    let films = films.filter(|file| file.path().extension().is_some_and(|ending| ending == "mp4")).count();
    assert_eq!(films, ROWS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_row_is_made_again_alone_and_a_made_one_never() {
    let rig = Rig::start().await;
    let mut base = rig.draft("").await;
    base.script = "Welcome, {{name}}.".to_owned();
    let kept = batch(base.into(), 3);
    let store = rig.studio.store.clone();
    store.transaction::<_, StoreError>(|tx| batches::keep(tx, &kept, now())).unwrap();
    let fails = Kind::FailRender { code: "rendering_failed".to_owned(), message: "The face was lost.".to_owned() };
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", fails));
    let made = submit(&store, &asked(&kept, &[0, 1, 2])).unwrap();
    rig.studio.worker.take_up_all(made.jobs.clone()).await;
    let board = rig.until("all ended", |board| board.batches.iter().any(BatchStanding::is_over)).await;
    let standing = board.batches[0].clone();
    assert_eq!((standing.id, standing.jobs, standing.done, standing.failed), (kept.id, 3, 2, 1));
    assert_eq!(standing.held, Usd::ZERO, "the failed one's hold is given back");

    let failed = board.jobs.iter().find(|job| job.state == JobState::Failed).unwrap().id;
    let place = made.jobs.iter().position(|job| *job == failed).unwrap();
    let refused = submit(&store, &asked(&kept, &[0, 1, 2])).unwrap_err();
    assert!(refused.to_string().contains("is being made already. Nothing was sent."), "{refused}");
    assert_eq!(read(&store, kept.id).jobs, made.jobs.iter().copied().map(Some).collect::<Vec<_>>());

    // The person mends the cell; the row goes again, alone.
    let mut mended = kept.clone();
    mended.table.rows[place].set(1, "somebody else");
    let again = submit(&store, &asked(&mended, &[place])).unwrap();
    assert_eq!(again.replaced, [failed]);
    rig.studio.worker.take_up_all(again.jobs.clone()).await;
    rig.studio.worker.reread(failed).await.unwrap();
    let board = rig.until("the row is home", |board| board.batches.iter().any(|batch| batch.done == 3)).await;
    let standing = &board.batches[0];
    assert_eq!((standing.jobs, standing.failed), (3, 0), "the failed job is no longer one of them");
    assert_eq!(board.jobs.len(), 4);
    assert_eq!(rig.charges().await.len(), 3);
    let kept = read(&store, kept.id);
    assert_eq!(kept.jobs[place], Some(again.jobs[0]));
    assert_eq!(kept.table.rows[place].cells[1], "somebody else");
    let charged: Usd = board.jobs.iter().filter_map(|job| job.charge).sum();
    assert_eq!(standing.charged, charged);
    assert_eq!(Usd::from_cents(2_500) - rig.wallet().await, charged);
}

/// An ended job as it would be made once more from the Library.
fn again(kept: &KeptBatch, place: usize, before: JobId) -> Submission {
    Submission { rows: None, again: Some(before), ..asked(kept, &[place]) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_row_is_made_again_once_whichever_way_it_is_asked_for() {
    let rig = Rig::start().await;
    let mut base = rig.draft("").await;
    base.script = "Welcome, {{name}}.".to_owned();
    let kept = batch(base.into(), 2);
    let store = rig.studio.store.clone();
    store.transaction::<_, StoreError>(|tx| batches::keep(tx, &kept, now())).unwrap();
    let fails = || Kind::FailRender { code: "rendering_failed".to_owned(), message: "The face was lost.".to_owned() };
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", fails()));
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", fails()));
    let first = submit(&store, &asked(&kept, &[0, 1])).unwrap().jobs;
    rig.studio.worker.take_up_all(first.clone()).await;
    rig.until("both failed", |board| board.batches.iter().any(|batch| batch.failed == 2)).await;

    // The first row from its table, the second from the Library.
    let from_table = submit(&store, &asked(&kept, &[0])).unwrap();
    let from_library = submit(&store, &again(&kept, 1, first[1])).unwrap();
    assert_eq!((&from_table.replaced[..], &from_library.replaced[..]), (&first[..1], &first[1..]));
    drop(store);
    let rig = rig.restart().await;
    let store = rig.studio.store.clone();
    for (place, before) in first.iter().enumerate() {
        let refused = submit(&store, &again(&kept, place, *before)).unwrap_err();
        assert!(refused.to_string().contains("made again already"), "{refused}");
        let refused = submit(&store, &asked(&kept, &[place])).unwrap_err();
        assert!(refused.to_string().contains("is being made already"), "{refused}");
    }
    rig.until("both are home", |board| board.batches.iter().any(|batch| batch.done == 2)).await;
    assert_eq!(rig.charges().await.len(), 2, "each row is paid once");
    let board = rig.studio.board.borrow().clone();
    let made_again: Vec<_> = first.iter().map(|before| board.job(*before).unwrap().again.unwrap()).collect();
    assert_eq!(made_again, [from_table.jobs[0], from_library.jobs[0]]);
    assert_eq!(read(&store, kept.id).jobs, [Some(from_table.jobs[0]), Some(from_library.jobs[0])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_cancelled_together_and_what_has_left_is_not() {
    let rig = Rig::start().await;
    let mut base = rig.draft("").await;
    base.script = "Welcome, {{name}}.".to_owned();
    // So many that a new board for each change would be more work than the jobs.
    const MANY: usize = 1_000;
    let kept = batch(base.into(), MANY);
    let store = rig.studio.store.clone();
    store.transaction::<_, StoreError>(|tx| batches::keep(tx, &kept, now())).unwrap();
    // Ten are at HeyGen and stay there until they are let go.
    rig.sandbox.faults.push(Rule { times: Some(10), ..Rule::once("POST", "/v3/videos", Kind::HoldPurchase) });
    let jobs = submit(&store, &asked(&kept, &(0..MANY).collect::<Vec<_>>())).unwrap().jobs;
    rig.studio.worker.take_up_all(jobs.clone()).await;
    let board = rig.until("ten have left", |board| board.in_flight == 10).await;
    assert_eq!(board.waiting, jobs[10..], "the others wait, in the order of their rows");
    assert_eq!(
        (board.place(jobs[10]), board.place(jobs[MANY - 1]), board.place(jobs[0])),
        (Some(1), Some(MANY - 10), None)
    );
    assert_eq!(rig.studio.worker.cancel_all(jobs).await.unwrap(), MANY - 10);
    let board = rig.studio.board.borrow().clone();
    assert_eq!((board.batches[0].cancelled, board.waiting.len()), (MANY - 10, 0), "seen as soon as it is said");
    rig.sandbox.faults.release();
    let board = rig.until("the ten are home", |board| board.batches.iter().any(BatchStanding::is_over)).await;
    assert_eq!((board.batches[0].done, board.held), (10, Usd::ZERO));
    assert_eq!(rig.charges().await.len(), 10);
}

#[test]
fn a_table_is_read_in_another_way_only_while_it_is_as_its_file_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    let store = Store::open(&path).unwrap();
    let bytes = encoding_rs::WINDOWS_1251.encode("имя;город\nИван;Омск\n").0.into_owned();
    let base: Draft = SpeechDraft { text: "Hello".to_owned(), ..SpeechDraft::default() }.into();
    let file = Some(PathBuf::from("/tables/guests.csv"));
    let read_as = |label: &str| {
        let read_as = ReadAs { encoding: TextEncoding::of_label(label), separator: None };
        KeptBatch { table: Table::read_as(&bytes, read_as).unwrap(), file: file.clone(), ..batch(base.clone(), 1) }
    };
    let western = read_as("windows-1252");
    store
        .transaction::<_, StoreError>(|tx| {
            batches::keep(tx, &western, now())?;
            batches::set_open(tx, western.id, true)
        })
        .unwrap();
    assert_ne!(western.table.rows[0].cells[0], "Иван");
    let cyrillic = KeptBatch { id: western.id, ..read_as("windows-1251") };
    assert!(store.transaction::<_, StoreError>(|tx| batches::replace(tx, &cyrillic)).unwrap());
    drop(store);
    let store = Store::open(&path).unwrap();
    let found = read(&store, western.id);
    assert_eq!(
        (&found.table.columns[..], &found.table.rows[0].cells[..]),
        (&["имя".to_owned(), "город".to_owned()][..], &["Иван".to_owned(), "Омск".to_owned()][..])
    );
    assert_eq!((&found.file, found.is_edited), (&file, false));
    assert_eq!(found.table.source.encoding, TextEncoding::of_label("windows-1251"), "and how it was read is kept");

    let row = Row { cells: vec!["Igor".to_owned(), "Omsk".to_owned()], ..found.table.rows[0].clone() };
    let columns = found.table.columns.clone();
    let change = BatchChange {
        id: found.id,
        revision: 1,
        base,
        columns,
        added_columns: 0,
        rows: vec![row],
        left_out: Vec::new(),
    };
    store.transaction::<_, StoreError>(|tx| batches::change(tx, &change)).unwrap();
    assert!(!store.transaction::<_, StoreError>(|tx| batches::replace(tx, &western)).unwrap());
    let found = read(&store, found.id);
    assert_eq!((found.table.rows[0].cells[0].as_str(), found.is_edited), ("Igor", true), "the change stays");
}

#[test]
fn changes_are_kept_whatever_their_order_and_a_closed_table_that_was_never_made_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    let store = Store::open(&path).unwrap();
    let kept = batch(SpeechDraft { text: "Hello {{name}}".to_owned(), ..SpeechDraft::default() }.into(), 2);
    let change = |revision: u64, cells: &[&str]| BatchChange {
        id: kept.id,
        revision,
        base: SpeechDraft { text: format!("Version {revision}"), ..SpeechDraft::default() }.into(),
        columns: vec!["title".to_owned(), "name".to_owned(), "speed".to_owned()],
        added_columns: 1,
        left_out: Vec::new(),
        rows: vec![Row { cells: cells.iter().map(|cell| (*cell).to_owned()).collect(), ..kept.table.rows[1].clone() }],
    };
    store
        .transaction::<_, StoreError>(|tx| {
            batches::keep(tx, &kept, now())?;
            batches::set_open(tx, kept.id, true)?;
            batches::change(tx, &change(2, &["Row 2", "second", "1.2"]))?;
            batches::change(tx, &change(1, &["Row 2", "first", ""]))
        })
        .unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    let found = store.transaction::<_, StoreError>(batches::open).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].table.columns.len(), 3);
    let cells: Vec<&[String]> = found[0].table.rows.iter().map(|row| row.cells.as_slice()).collect();
    assert_eq!(cells, [["Row 1", "Guest 1", ""], ["Row 2", "second", "1.2"]]);
    assert_eq!((found[0].revision, &found[0].base), (2, &change(2, &[]).base));

    store.transaction::<_, StoreError>(|tx| batches::set_open(tx, kept.id, false)).unwrap();
    assert_eq!(store.transaction::<_, StoreError>(|tx| batches::get(tx, kept.id)).unwrap(), None);
}

#[test]
fn ticks_are_kept_with_the_table_and_an_older_one_replaces_no_newer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    let store = Store::open(&path).unwrap();
    let kept = batch(SpeechDraft { text: "Hello {{name}}".to_owned(), ..SpeechDraft::default() }.into(), 3);
    let lines: Vec<u64> = kept.table.rows.iter().map(|row| row.line).collect();
    let ticks = |revision: u64, left_out: &[(usize, bool)]| BatchChange {
        id: kept.id,
        revision,
        base: kept.base.clone(),
        columns: kept.table.columns.clone(),
        added_columns: 0,
        rows: Vec::new(),
        left_out: left_out.iter().map(|(row, out)| (lines[*row], *out)).collect(),
    };
    store
        .transaction::<_, StoreError>(|tx| {
            batches::keep(tx, &kept, now())?;
            batches::set_open(tx, kept.id, true)
        })
        .unwrap();
    assert!(read(&store, kept.id).left_out.is_empty(), "nobody ticked anything yet");
    store
        .transaction::<_, StoreError>(|tx| {
            batches::change(tx, &ticks(3, &[(0, false), (2, true)]))?;
            batches::change(tx, &ticks(2, &[(0, true), (1, true)]))
        })
        .unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    let found = store.transaction::<_, StoreError>(batches::open).unwrap().remove(0);
    assert_eq!(found.left_out, [false, true, true]);
    assert_eq!((found.revision, found.is_edited), (3, false), "a tick changes no cell");
}

fn caps(limits: &[i64; 4], action: CapAction) -> Caps {
    let [job, day, month, project] = limits.map(Usd::from_cents);
    Caps {
        per_job: Some(job),
        per_day: Some(day),
        per_month: Some(month),
        job_action: CapAction::Refuse,
        day_action: action,
        month_action: CapAction::Refuse,
        budgets: vec![ProjectBudget { project: "a".to_owned(), per_month: project, action: CapAction::Refuse }],
        ..Caps::default()
    }
}

fn states(caps: &Caps) -> Vec<CapState> {
    let used = Usd::ZERO;
    let budgets = caps.budgets.iter().map(|budget| CapState {
        kind: CapKind::Project(budget.project.clone()),
        cap: budget.per_month,
        used,
        action: budget.action,
    });
    [
        (CapKind::Job, caps.per_job, caps.job_action),
        (CapKind::Day, caps.per_day, caps.day_action),
        (CapKind::Month, caps.per_month, caps.month_action),
    ]
    .into_iter()
    .filter_map(|(kind, cap, action)| Some(CapState { kind, cap: cap?, used, action }))
    .chain(budgets)
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_said_to_be_covered_is_what_a_submission_takes(
        prices in proptest::collection::vec((1..200_i64, 0..100_i64, any::<bool>()), 1..12),
        limits in [50..400_i64, 100..900_i64, 100..900_i64, 50..500_i64],
        wallet in 0..900_i64,
        warns in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("studio.db")).unwrap();
        let caps = caps(&limits, if warns { CapAction::Warn } else { CapAction::Refuse });
        let wallet = Usd::from_cents(wallet);
        let voice = serde_json::json!({
            "id": "v", "name": "V", "language": "English", "gender": "", "preview_audio_url": null,
            "supports_pause": true, "supports_locale": false, "private": false, "starfish": true
        });
        let base = SpeechDraft {
            text: "Hello.".to_owned(),
            voice: serde_json::from_value(voice).unwrap(),
            ..SpeechDraft::default()
        };
        let orders: Vec<Order> = prices
            .iter()
            .map(|(low, more, in_project)| {
                let project = if *in_project { "a" } else { "" }.to_owned();
                let mut order = order(Draft::Speech(SpeechDraft { project, ..base.clone() }));
                order.quoted.low = Usd::from_cents(*low);
                order.quoted.high = Usd::from_cents(low + more);
                order
            })
            .collect();
        let rows = orders.iter().map(|order| Asked {
            project: order.draft.composition().project(),
            span: Span { low: order.quoted.low, likely: order.quoted.low, high: order.quoted.high },
        });
        let coverage = cover(rows, &Limits { free: Some(wallet), caps: states(&caps) });
        let ask = |orders: Vec<Order>| {
            let submission = Submission {
                orders,
                is_oauth: false,
                caps: caps.clone(),
                wallet: Some(wallet.into()),
                now: 0,
                rows: None,
                again: None,
            };
            submit(&store, &submission)
        };
        let fits = |place: &usize| !matches!(coverage[*place], Coverage::Short(..));
        if let Some(first) = (0..orders.len()).find(|place| !fits(place)) {
            let refused = ask(orders[..=first].to_vec());
            prop_assert!(matches!(refused, Err(SubmitError::Refused(_))), "{coverage:?}");
        }
        let covered: Vec<Order> = (0..orders.len()).filter(fits).map(|place| orders[place].clone()).collect();
        if !covered.is_empty() {
            prop_assert!(ask(covered).is_ok(), "{coverage:?}");
        }
    }
}
