//! Realtime sessions: the request held against the published interface, and sessions on the sandbox from
//! the script to the charge.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Response;
use reelmeter::draft::avatar_video::{Face, LocalFile};
use reelmeter::draft::realtime::Program;
use reelmeter::draft::{Billable, Composition as _, Draft, Field, Length, RealtimeDraft};
use reelmeter::heygen::{self, AssetId, Client, ErrorKind, IdempotencyKey};
use reelmeter::jobs::types::{Job, JobId, JobState, Progress, SessionProgress};
use reelmeter::jobs::{journal, sessions};
use reelmeter::media::hls::{self, Read};
use reelmeter::media::live::{LivePlayer, Track};
use reelmeter::media::volume::Volume;
use reelmeter::money::Usd;
use reelmeter::pricing::requests;
use reelmeter::spend::Caps;
use reelmeter::store::{Store, StoreError};
use rusqlite::params;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::contract::posted_faults;
use crate::kill::{Scene, anything};
use crate::loopback::{self, Cable, Loopback, Seen};
use crate::rig::{PATIENCE, Rig, Studio, client, control, draft_of, find, open_once_free};

const PATH: &str = "/v3/avatar-realtime";

/// A session of this face with its own voice.
async fn draft(client: &Client, program: Program, script: &str, limit_seconds: u32) -> RealtimeDraft {
    let film = draft_of("Session", &client.looks().await.unwrap(), &client.voices().await.unwrap());
    let Face::Look(look) = film.face else { panic!("no look") };
    RealtimeDraft {
        look: Some(look),
        voice: film.voice,
        program,
        script: script.to_owned(),
        limit_seconds,
        ..RealtimeDraft::default()
    }
}

fn session(job: &Job) -> Option<SessionProgress> {
    match &job.progress {
        Progress::Session(session) => Some(*session),
        _ => None,
    }
}

fn plays(job: &Job) -> bool {
    session(job).is_some_and(|session| session.began_ms.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_session_the_form_lets_through_is_one_heygen_takes_at_the_price_shown() {
    let rig = Rig::start().await;
    let base = draft(&rig.client, Program::Script, "Good morning.", 60).await;
    let sound = LocalFile {
        path: "Words.mp3".into(),
        size: 1_000,
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(30)),
        ..LocalFile::default()
    };
    let address = LocalFile { address: Some("https://sounds.example/words.mp3".to_owned()), ..sound.clone() };
    let uploads = BTreeMap::from([(Field::Audio, AssetId::new("asset_sound"))]);
    for program in [Program::Script, Program::Audio, Program::Live] {
        for audio in [&sound, &address] {
            for limit_seconds in [10, 60, 3_600] {
                for own_voice in [true, false] {
                    let voice = base.voice.clone().filter(|_| own_voice);
                    let audio = Some(audio.clone());
                    let draft = RealtimeDraft { program, audio, limit_seconds, voice, ..base.clone() };
                    assert_eq!(draft.problems(), [], "{draft:?}");
                    let body = heygen::body(&Draft::Realtime(draft.clone()), &uploads).unwrap();
                    let body: Value = serde_json::from_slice(&body).unwrap();
                    assert_eq!(posted_faults(PATH, &body), Vec::<String>::new(), "{body}");
                    assert_eq!(body["max_duration_seconds"], json!(limit_seconds));
                    let request = json!({"method": "POST", "path": PATH, "body": body}).to_string();
                    let read = requests::read(&request).unwrap();
                    // A request names neither the language of its voice nor the length of its file.
                    let known = match (program, own_voice) {
                        (Program::Audio, _) => {
                            let own = Box::new(Length::Seconds(Decimal::from(30)));
                            let length = Length::UpTo(own, limit_seconds.into());
                            assert_eq!(draft.billable(), Billable::Realtime { length });
                            continue;
                        }
                        (Program::Script, true) => continue,
                        _ => draft.billable(),
                    };
                    assert_eq!(read.first().map(|request| &request.billable), Some(&known), "{body}");
                }
            }
        }
    }
    let bare = heygen::body(&Draft::Realtime(RealtimeDraft { look: None, ..base.clone() }), &uploads).unwrap_err();
    assert_eq!(bare.param.as_deref(), Some("avatar_id"));
    let audio = RealtimeDraft { program: Program::Audio, audio: Some(sound), ..base };
    let missing = heygen::body(&Draft::Realtime(audio), &BTreeMap::new()).unwrap_err();
    assert_eq!(missing.param.as_deref(), Some("audio"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_is_spoken_in_pictures_and_words_and_charged_for_the_time_it_took() {
    let rig = Rig::start().await;
    let before = rig.wallet().await;
    let draft = draft(&rig.client, Program::Script, "Good morning, and welcome to the studio.", 60).await;
    let id = rig.submit(&draft).unwrap();
    let held = rig.studio.store.transaction(|tx| journal::get(tx, id)).unwrap().job.hold;
    assert_eq!(held, Usd::parse("3").unwrap(), "the limit is what is held");
    rig.take_up(id).await;
    let board = rig.until("it plays", |board| find(board, id).is_some_and(|job| plays(&job))).await;
    assert_eq!((board.in_flight, board.sessions), (0, 1), "a session takes none of the ten places");
    let remote_id = find(&board, id).unwrap().remote_id.clone().unwrap();

    let mut words = rig.client.stream_words(&remote_id).await.unwrap();
    let mut heard = Vec::new();
    while let Some(word) = words.next().await.unwrap() {
        heard.push(word.word);
    }
    assert_eq!(heard.join(" "), "Good morning, and welcome to the studio.");

    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let (charge, seconds) = (job.charge.unwrap(), job.duration.unwrap());
    assert_eq!(charge.0, seconds * Decimal::new(5, 2));
    assert!(seconds > Decimal::ONE && seconds < Decimal::from(20), "{seconds}");
    assert_eq!(before - rig.wallet().await, charge, "what was charged is what the wallet paid");
    let charges = rig.charges().await;
    assert_eq!(charges.len(), 1, "{charges:?}");
    let rig = rig.restart().await;
    let kept = rig.studio.store.transaction(|tx| journal::get(tx, id)).unwrap().job;
    assert_eq!((kept.charge, kept.hold), (Some(charge), Usd::ZERO));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_comes_out_as_pictures() {
    let rig = Rig::start().await;
    let draft = draft(&rig.client, Program::Script, "Good morning, and welcome to the studio.", 60).await;
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let watched = |job: &Job| session(job).is_some_and(|session| session.can_be_watched);
    let board = rig.until("it can be watched", |board| find(board, id).is_some_and(|job| watched(&job))).await;
    let remote_id = find(&board, id).unwrap().remote_id.clone().unwrap();
    let address = rig.client.stream(&remote_id).await.unwrap().hls_url.unwrap();
    let base = url::Url::parse(&address).unwrap();
    let shown = std::sync::Arc::new(tokio::sync::Notify::new());
    let wake = std::sync::Arc::clone(&shown);
    let player = LivePlayer::start(Volume::default(), move || wake.notify_one()).unwrap();
    let text = rig.client.stream_part(&address, hls::LARGEST_PLAYLIST).await.unwrap();
    let Ok(Read::Media(playlist)) = hls::read(&text, &base) else { panic!("no playlist") };
    let segment = playlist.segments.first().unwrap();
    let bytes = rig.client.stream_part(&segment.place.address, 1 << 24).await.unwrap();
    player.push(Track::Film, bytes.into()).unwrap();
    player.finish();
    let picture = tokio::time::timeout(PATIENCE, async {
        loop {
            shown.notified().await;
            if let Some(picture) = player.take_picture() {
                break picture;
            }
            assert!(!player.standing().is_over, "no picture came");
        }
    });
    let picture = picture.await.unwrap();
    assert_eq!((picture.width, picture.height), (1_280, 720));
    let colours: std::collections::HashSet<&[u8]> = picture.rgba.chunks_exact(4).collect();
    assert!(colours.len() > 20, "the picture is of one colour");
    while !player.standing().is_over {
        tokio::time::timeout(PATIENCE, shown.notified()).await.unwrap();
    }
    let standing = player.standing();
    assert_eq!((standing.shown + standing.dropped, standing.damaged), (50, 0), "{standing:?}");
    rig.studio.worker.stop_session(id).await.unwrap();
    assert_eq!(rig.ended(id).await.state, JobState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_fed_by_hand_and_ends_with_its_last_text() {
    let rig = Rig::start().await;
    let draft = draft(&rig.client, Program::Live, "Hello.", 60).await;
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let board = rig.until("it plays", |board| find(board, id).is_some_and(|job| plays(&job))).await;
    let remote_id = find(&board, id).unwrap().remote_id.clone().unwrap();
    let key = IdempotencyKey::generate();
    for _ in 0..2 {
        // Sent twice, said once.
        rig.client.add_stream_text(&remote_id, "More.", false, &key).await.unwrap();
    }
    rig.client.add_stream_text(&remote_id, "Goodbye.", true, &IdempotencyKey::generate()).await.unwrap();
    let late = rig.client.add_stream_text(&remote_id, "Late.", false, &IdempotencyKey::generate()).await.unwrap_err();
    assert_eq!(late.kind, ErrorKind::NotFound);
    let mut words = rig.client.stream_words(&remote_id).await.unwrap();
    let mut heard = Vec::new();
    while let Some(word) = words.next().await.unwrap() {
        heard.push(word.word);
    }
    assert_eq!(heard, ["Hello.", "More.", "Goodbye."]);
    assert_eq!(rig.ended(id).await.state, JobState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_ends_the_session_and_is_the_most_that_is_charged() {
    let rig = Rig::start().await;
    // Nobody types: without its limit it would last half a minute longer than its first words.
    let draft = draft(&rig.client, Program::Live, "Hello.", 10).await;
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let seconds = job.duration.unwrap();
    assert!(seconds > Decimal::from(9) && seconds <= Decimal::TEN, "{seconds}");
    assert!(job.charge.unwrap() <= job.quoted.high);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_to_be_stopped_is_stopped_after_a_restart_and_three_play_at_once() {
    let rig = Rig::start().await;
    let draft = draft(&rig.client, Program::Live, "Hello.", 60).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let id = rig.submit(&draft).unwrap();
        rig.take_up(id).await;
        ids.push(id);
    }
    let playing = |board: &reelmeter::jobs::types::Board| board.jobs.iter().filter(|job| plays(job)).count();
    let board = rig.until("three play", |board| playing(board) == 3).await;
    assert_eq!(board.jobs.iter().filter(|job| job.state == JobState::Held).count(), 1, "the fourth waits");
    // The wish is written down and the program ends before it was heard.
    rig.studio.worker.stop();
    for id in &ids {
        rig.studio.store.transaction(|tx| sessions::ask_stop(tx, *id, sessions::Stop::Person)).unwrap();
    }
    let rig = rig.restart().await;
    for id in ids {
        let job = rig.ended(id).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.error);
        assert!(job.charge.unwrap() < Usd::parse("1").unwrap(), "{:?}", job.charge);
    }
}

/// A HeyGen whose sessions play until they are stopped, or until it says otherwise. Its own limit is never
/// reached: what stops a session here is the request of this program.
#[derive(Clone, Default)]
struct Stage {
    status: Arc<Mutex<String>>,
    begun: Arc<Mutex<u32>>,
    stops: Arc<Mutex<u32>>,
}

impl Stage {
    async fn open() -> (Self, Loopback) {
        let stage = Self::default();
        stage.say(r#"{"status": "streaming", "hls_url": "https://live.example/1.m3u8"}"#);
        let answering = stage.clone();
        let server = Loopback::start(move |seen| answering.answer(seen)).await;
        (stage, server)
    }

    fn say(&self, status: &str) {
        *self.status.lock().unwrap() = status.to_owned();
    }

    fn stops(&self) -> u32 {
        *self.stops.lock().unwrap()
    }

    fn answer(&self, seen: &Seen) -> Response<Body> {
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", PATH) => {
                let mut begun = self.begun.lock().unwrap();
                *begun += 1;
                loopback::json(&format!(r#"{{"data": {{"stream_id": "s{begun}", "status": "pending"}}}}"#))
            }
            ("POST", path) if path.ends_with("/cancel") => {
                *self.stops.lock().unwrap() += 1;
                self.say(r#"{"status": "cancelled"}"#);
                loopback::json(r#"{"data": {}}"#)
            }
            ("GET", path) if path.starts_with(PATH) => {
                loopback::json(&format!(r#"{{"data": {}}}"#, self.status.lock().unwrap()))
            }
            _ => loopback::answer(404, &[], "{}"),
        }
    }
}

/// A session on a stage that plays, with a limit of a minute.
async fn playing(folder: &Path, keys: &watch::Sender<Option<Client>>) -> (Studio, JobId) {
    let rig = Rig::start().await;
    let draft = draft(&rig.client, Program::Live, "Hello.", 60).await;
    let studio = Studio::open(folder, keys.subscribe()).await;
    let id = studio.submit(&draft, Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    studio.until("it plays", |board| find(board, id).is_some_and(|job| plays(&job))).await;
    (studio, id)
}

/// Makes a session so much older than it is.
fn age(store: &Store, id: JobId, seconds: i64) {
    let aged = store.transaction::<_, StoreError>(|tx| {
        Ok(tx.execute(
            "UPDATE sessions SET began_ms = began_ms - ?2, seen_ms = seen_ms WHERE job_id = ?1",
            params![id.to_string(), seconds * 1_000],
        )?)
    });
    assert_eq!(aged.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_breaks_off_after_it_played_is_charged_for_what_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, server) = Stage::open().await;
    let keys = watch::Sender::new(Some(server.client()));
    let (studio, id) = playing(folder.path(), &keys).await;
    age(&studio.store, id, 20);
    stage.say(r#"{"status": "error", "error": {"message": "No more of https://live.example/1?token=abc"}}"#);
    let job = studio.ended(id).await;
    let seconds = job.duration.unwrap();
    assert!(job.state == JobState::Done && seconds >= Decimal::from(20) && seconds < Decimal::from(50), "{job:?}");
    assert_eq!(job.charge.unwrap().0, seconds * Decimal::new(5, 2));
    let error = job.error.clone().unwrap();
    assert!(error.what.contains("broke off: No more of") && !error.what.contains("abc"), "{error:?}");

    // One that never played costs nothing.
    let rig = Rig::start().await;
    let draft = draft(&rig.client, Program::Live, "Hello.", 60).await;
    let id = studio.submit(&draft, Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge, job.hold), (JobState::Failed, None, Usd::ZERO));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_stopped_by_request_when_its_limit_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, server) = Stage::open().await;
    let keys = watch::Sender::new(Some(server.client()));
    let (studio, id) = playing(folder.path(), &keys).await;
    assert_eq!(stage.stops(), 0);
    age(&studio.store, id, 60);
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::parse("3").unwrap())), "{job:?}");
    assert_eq!(stage.stops(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_is_reached_while_the_network_is_gone_stops_the_session_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, server) = Stage::open().await;
    let cable = Cable::to(&server.base).await;
    let keys = watch::Sender::new(Some(loopback::client(&cable.base)));
    let (studio, id) = playing(folder.path(), &keys).await;
    cable.cut();
    let silent = |job: &Job| session(job).is_some_and(|session| session.is_silent);
    studio.until("nobody answers", |board| find(board, id).is_some_and(|job| silent(&job))).await;
    age(&studio.store, id, 60);
    let stopping = |job: &Job| session(job).is_some_and(|session| session.is_silent && session.is_stopping);
    studio.until("it is to be stopped", |board| find(board, id).is_some_and(|job| stopping(&job))).await;
    let wish = studio.store.transaction(|tx| sessions::get(tx, id)).unwrap().stop;
    assert_eq!((wish, stage.stops()), (Some(sessions::Stop::Limit), 0));

    // The window is gone too, and only then is the network back.
    studio.close().await;
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    cable.join();
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::parse("3").unwrap())), "{job:?}");
    assert_eq!(stage.stops(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_nobody_looked_at_counts_from_when_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, server) = Stage::open().await;
    stage.say(r#"{"status": "pending"}"#);
    let keys = watch::Sender::new(Some(server.client()));
    let rig = Rig::start().await;
    let draft = draft(&rig.client, Program::Live, "Hello.", 60).await;
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let id = studio.submit(&draft, Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    let runs = |job: &Job| job.state == JobState::Running;
    studio.until("it is taken", |board| find(board, id).is_some_and(|job| runs(&job))).await;
    studio.close().await;
    // The program is away for a minute, and the session plays.
    let store = open_once_free(&folder.path().join("studio.db")).await;
    let aged = store.transaction::<_, StoreError>(|tx| {
        let query = "UPDATE jobs SET changed_at = changed_at - 60, first_sent_at = first_sent_at - 60 WHERE id = ?1";
        Ok(tx.execute(query, params![id.to_string()])?)
    });
    assert_eq!(aged.unwrap(), 1);
    drop(store);
    stage.say(r#"{"status": "streaming", "hls_url": "https://live.example/1.m3u8"}"#);
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::parse("3").unwrap())), "{job:?}");
    assert_eq!(stage.stops(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_reached_after_the_program_was_killed_stops_the_session_at_the_next_start() {
    let scene = Scene::set(vec![], async |client, _| draft(&client, Program::Live, "Hello.", 60).await.into()).await;
    scene.kill_in("1 running plays", anything).await;
    let path = scene.folder.path().join("studio.db");
    let store = open_once_free(&path).await;
    let id = store.transaction(journal::all).unwrap()[0].job.id;
    age(&store, id, 60);
    drop(store);
    let keys = watch::Sender::new(Some(client(&scene.sandbox.base_url, &scene.sandbox.key)));
    let studio = Studio::open(scene.folder.path(), keys.subscribe()).await;
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::parse("3").unwrap())), "{job:?}");
    let stops = scene.sandbox.requests().into_iter().filter(|seen| seen.path.ends_with("/cancel")).count();
    let charges = control(&scene.sandbox.base_url, &scene.sandbox.key, "/sandbox/ledger").await;
    assert_eq!((stops, charges.len()), (1, 1));
}
