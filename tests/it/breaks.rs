//! The world breaks at the worst moment: the network, the disk, the journal. Nothing is paid twice, nothing is
//! lost, and what goes on goes on by itself.

use std::sync::atomic::{AtomicBool, Ordering};

use reelmeter::draft::VideoAgentDraft;
use reelmeter::draft::avatar_video::Source;
use reelmeter::jobs::types::{Job, JobState, Progress};
use reelmeter::jobs::worker::{Folders, JobEvent, Worker};
use reelmeter::media::probe::local_file;
use reelmeter::money::Usd;
use reelmeter::sandbox::{Kind, Rule, Seen, footage};
use reelmeter::spend::Books;
use reelmeter::store::StoreError;
use rusqlite::{Connection, params};
use rust_decimal::Decimal;

use crate::kill::message;
use crate::loopback::Cable;
use crate::rig::{PATIENCE, Rig, Studio, client, entries, find, hurried};

fn waits(job: &Job) -> bool {
    matches!(job.progress, Progress::Waiting { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_goes_and_comes_at_every_step_costs_nothing_but_time() {
    let rig = Rig::start().await;
    let mut draft = rig.draft("Welcome").await;
    let path = rig.folder.path().join("talk.wav");
    std::fs::write(&path, footage::speech_wav("Welcome back.", "English", "voice", Decimal::ONE).unwrap()).unwrap();
    draft.source = Source::Audio;
    draft.audio = Some(local_file(&path));

    let cable = Cable::to(&rig.sandbox.base_url).await;
    rig.keys.send_replace(Some(client(&cable.base, &rig.sandbox.key)));
    cable.cut();
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let reached = async |state: JobState| {
        let stands = |job: &Job| job.state == state && waits(job);
        rig.until("it waits for the network", |board| find(board, id).is_some_and(|job| stands(&job))).await;
    };
    reached(JobState::Uploading).await;

    // HeyGen takes the request, and the answer never comes.
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", Kind::HoldPurchase));
    cable.join();
    let seen = |method: &'static str, path: &'static str| {
        rig.sandbox.requests().iter().filter(|seen| seen.method == method && seen.path.starts_with(path)).count()
    };
    tokio::time::timeout(PATIENCE, async {
        while seen("POST", "/v3/videos") == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    cable.cut();
    reached(JobState::Submitting).await;
    rig.sandbox.faults.release();
    rig.sandbox.faults.push(Rule::always("GET", "/v3/videos", Kind::StallBefore));
    cable.join();
    rig.until("it runs", |board| find(board, id).is_some_and(|job| job.state == JobState::Running)).await;
    cable.cut();
    reached(JobState::Running).await;
    rig.sandbox.faults.clear();
    cable.join();
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let charges = rig.charges().await;
    assert_eq!((charges.len(), seen("POST", "/v3/assets")), (1, 1), "{charges:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_written_down_is_asked_for_again_and_paid_once() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", Kind::HoldPurchase));
    let id = rig.create("Welcome").await;
    rig.until("it leaves", |board| find(board, id).is_some_and(|job| job.state == JobState::Submitting)).await;
    tokio::time::timeout(PATIENCE, async {
        while !rig.sandbox.requests().iter().any(|seen| seen.method == "POST" && seen.path == "/v3/videos") {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    answered_while_the_journal_is_held(&rig).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    assert_eq!(rig.charges().await.len(), 1);
    let rig = rig.restart().await;
    assert_eq!(find(&rig.studio.board.borrow(), id).unwrap().charge, job.charge);
}

/// Lets a held purchase be answered while somebody holds the journal longer than it is waited for, as a full disk would.
async fn answered_while_the_journal_is_held(rig: &Rig) {
    let other = Connection::open(rig.folder.path().join("studio.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    rig.sandbox.faults.release();
    let mut faults = rig.studio.faults.clone();
    tokio::time::timeout(PATIENCE, faults.wait_for(|faults| !faults.is_empty())).await.unwrap().unwrap();
    other.execute_batch("ROLLBACK").unwrap();
}

/// Nobody can ask HeyGen once more what it said to a message.
#[tokio::test(flavor = "multi_thread")]
async fn a_yes_to_a_message_that_cannot_be_written_down_is_kept_until_it_can() {
    let rig = Rig::start().await;
    let draft = VideoAgentDraft {
        title: "Tea".to_owned(),
        prompt: "Tea for beginners, calm and warm.".to_owned(),
        seconds: 15,
        ..VideoAgentDraft::default()
    };
    let first = rig.submit(&draft).unwrap();
    rig.take_up(first).await;
    let first = rig.ended(first).await;
    let session = first.agent_session().unwrap().to_owned();

    rig.sandbox.faults.push(Rule::once("POST", "/v3/video-agents/", Kind::HoldPurchase));
    let change = message(&rig.client, &draft, &session, "Shorter, please.").await;
    let id = rig.submit(&change).unwrap();
    rig.take_up(id).await;
    rig.until("it leaves", |board| find(board, id).is_some_and(|job| job.state == JobState::Submitting)).await;
    tokio::time::timeout(PATIENCE, async {
        let sent = |seen: &Seen| seen.method == "POST" && seen.path.starts_with("/v3/video-agents/");
        while !rig.sandbox.requests().iter().any(sent) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    answered_while_the_journal_is_held(&rig).await;
    let job = rig.ended(id).await;
    assert_eq!((first.state, job.state), (JobState::Done, JobState::Done), "{:?}", job.error);
    assert_eq!(rig.charges().await.len(), 2);
    let rig = rig.restart().await;
    assert_eq!(find(&rig.studio.board.borrow(), id).unwrap().charge, job.charge);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_damaged_row_is_told_and_left_and_the_other_jobs_go_on() {
    let rig = Rig::start().await;
    let damaged = rig.submit(&rig.draft("Damaged").await).unwrap();
    let sound = rig.submit(&rig.draft("Sound").await).unwrap();
    let before: String = rig
        .studio
        .store
        .transaction::<_, StoreError>(|tx| {
            tx.execute("UPDATE jobs SET quoted = '{' WHERE id = ?1", params![damaged.to_string()])?;
            Ok(tx.query_row("SELECT draft FROM jobs WHERE id = ?1", params![damaged.to_string()], |row| row.get(0))?)
        })
        .unwrap();
    let rig = rig.restart().await;
    let mut faults = rig.studio.faults.clone();
    tokio::time::timeout(PATIENCE, faults.wait_for(|faults| faults.len() == 1)).await.unwrap().unwrap();
    let job = rig.ended(sound).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let board = rig.studio.board.borrow().clone();
    assert!(find(&board, damaged).is_none());
    let counted = rig.studio.store.transaction(reelmeter::spend::held).unwrap();
    assert!(board.held == counted && counted > Usd::ZERO, "{} on the board, {counted} for the booking", board.held);
    let (draft, held): (String, String) = rig
        .studio
        .store
        .transaction::<_, StoreError>(|tx| {
            let id = damaged.to_string();
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(tx.query_row("SELECT draft, hold FROM jobs WHERE id = ?1", params![id], row)?)
        })
        .unwrap();
    assert!(draft == before && Usd::parse(&held).unwrap() > Usd::ZERO);
    assert_eq!(rig.charges().await.len(), 1);

    // Nobody can ask after it, so the person may give its hold back: in the books, on the board and for the caps.
    let kinds = |expected: [u32; 3]| {
        let words = ["charge", "hold", "release"].map(str::to_owned);
        words.into_iter().zip(expected).collect::<Vec<_>>()
    };
    assert_eq!(entries(&rig), kinds([1, 2, 1]));
    let mut books = Books::load(&rig.studio.store).unwrap();
    let of_books = |books: &Books| books.table().jobs().iter().map(|job| job.hold).sum::<Usd>();
    assert_eq!(of_books(&books), counted);
    assert_eq!(rig.studio.worker.give_back_unreadable().await.unwrap(), counted);
    books.forget();
    books.refresh(&rig.studio.store).unwrap();
    assert_eq!((of_books(&books), rig.studio.board.borrow().held), (Usd::ZERO, Usd::ZERO));
    assert_eq!(rig.studio.worker.give_back_unreadable().await.unwrap(), Usd::ZERO, "once");
    let rig = rig.restart().await;
    assert_eq!(rig.studio.store.transaction(reelmeter::spend::held).unwrap(), Usd::ZERO);
    assert_eq!(rig.studio.board.borrow().held, Usd::ZERO);
    assert_eq!(entries(&rig), kinds([1, 2, 2]));
}

/// The clock of the studio below; it strikes the task that looks at it once.
fn treacherous_clock() -> i64 {
    assert!(!STRIKES.swap(false, Ordering::Relaxed), "on purpose");
    crate::rig::now()
}
static STRIKES: AtomicBool = AtomicBool::new(false);

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_the_program_stops_one_job_says_so_and_lets_it_go_on() {
    let rig = Rig::start().await;
    rig.studio.worker.stop();
    let folders = tokio::sync::watch::Sender::new(Folders {
        results: rig.results(),
        thumbnails: rig.folder.path().join("thumbnails"),
    });
    let (store, keys) = (rig.studio.store.clone(), rig.keys.subscribe());
    let (worker, mut board, mut events) =
        Worker::start(store, keys, folders.subscribe(), hurried(), treacherous_clock).await.unwrap();
    let id = rig.submit(&rig.draft("Welcome").await).unwrap();
    STRIKES.store(true, Ordering::Relaxed);
    worker.take_up_all(vec![id]).await;
    let stopped = board.wait_for(|board| find(board, id).is_some_and(|job| job.is_stopped()));
    tokio::time::timeout(PATIENCE, stopped).await.unwrap().unwrap();
    let told = tokio::time::timeout(PATIENCE, events.recv()).await.unwrap();
    assert!(matches!(&told, Some(JobEvent::Stopped(title)) if title == "Welcome"), "{told:?}");

    worker.wake(Some(id));
    let ended = board.wait_for(|board| find(board, id).is_some_and(|job| job.state.is_final()));
    let ended = find(&tokio::time::timeout(PATIENCE, ended).await.unwrap().unwrap(), id).unwrap();
    assert_eq!(ended.state, JobState::Done, "{:?}", ended.error);
    assert_eq!(rig.charges().await.len(), 1);
    worker.stop();
}

/// A disk that takes nothing is hard to have in a test; a folder that takes nothing is the same to the worker.
#[tokio::test(flavor = "multi_thread")]
async fn a_studio_that_is_closed_while_the_folder_takes_nothing_brings_the_file_home_later() {
    let rig = Rig::start().await;
    std::fs::write(rig.results(), "a file where the folder should be").unwrap();
    let id = rig.create("Welcome").await;
    rig.until("it cannot be saved", |board| {
        find(board, id).is_some_and(|job| job.state == JobState::Downloading && waits(&job))
    })
    .await;
    let Rig { folder, sandbox, client, keys, studio } = rig;
    studio.close().await;
    std::fs::remove_file(folder.path().join("Results")).unwrap();
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let rig = Rig { folder, sandbox, client, keys, studio };
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.files.video.clone()), (JobState::Done, Some(rig.results().join("Welcome.mp4"))));
    assert_eq!(rig.charges().await.len(), 1);
}
