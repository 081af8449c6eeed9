//! Jobs that do not simply end: let go, turned away, failed in words, found among hundreds, finished without
//! a list.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use reelmeter::draft::clips::{ClipLength, ClipsDraft};
use reelmeter::jobs::types::{Decision, JobId, JobState};
use reelmeter::money::Usd;
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video};
use reelmeter::sandbox::{Kind, Rule};
use reelmeter::spend::Caps;

use crate::loopback::{Loopback, answer, json};
use crate::rig::{Rig, Studio, entries, find};

#[tokio::test]
async fn a_job_that_is_no_longer_followed_keeps_its_hold_and_is_followed_again() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::always("GET", "/v3/videos", Kind::ServerError { status: 503 }));
    let id = rig.create("Welcome").await;
    rig.until("it runs", |board| find(board, id).is_some_and(|job| job.state == JobState::Running)).await;
    assert!(rig.studio.worker.stop_following(id).await.unwrap());
    let hold = find(&rig.studio.board.borrow(), id).unwrap().hold;
    let rig = rig.restart().await;
    let job = find(&rig.studio.board.borrow(), id).unwrap();
    assert_eq!((job.state, job.hold, job.is_let_go()), (JobState::OutcomeUnknown, hold, true));
    assert!(!hold.is_zero() && !rig.studio.worker.stop_following(id).await.unwrap());

    rig.sandbox.faults.clear();
    let made = job.remote_id.clone().unwrap();
    assert!(rig.studio.worker.decide(id, Decision::ThisIsIt(made)).await.unwrap());
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.error.clone()), (JobState::Done, None));
    let charged = job.charge.unwrap();
    assert_eq!(entries(&rig), [("charge".to_owned(), 1), ("hold".to_owned(), 1), ("release".to_owned(), 1)]);

    rig.sandbox.faults.push(Rule::always("GET", "/files/", Kind::ServerError { status: 503 }));
    let id = rig.create("Second").await;
    rig.until("it comes home", |board| find(board, id).is_some_and(|job| job.state == JobState::Downloading)).await;
    assert!(rig.studio.worker.stop_following(id).await.unwrap());
    // HeyGen said that it was made: giving up on the file does not give up its charge.
    let rig = rig.restart().await;
    let due = find(&rig.studio.board.borrow(), id).unwrap().due.unwrap();
    assert!(rig.studio.worker.decide(id, Decision::NeverHappened).await.unwrap());
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.hold, job.charge, job.due), (JobState::Failed, Usd::ZERO, Some(due), None));
    let error = job.error.as_ref().unwrap();
    assert_eq!(error.what, "You gave up on it.");
    assert!(error.money.contains(&format!("{due} is charged")), "{error:?}");
    assert_eq!(rig.wallet().await, Usd::from_cents(2_500) - charged - due, "as HeyGen counts it");
    assert_eq!(entries(&rig), [("charge".to_owned(), 2), ("hold".to_owned(), 2), ("release".to_owned(), 2)]);

    // What HeyGen never said to be made costs nothing.
    rig.sandbox.faults.clear();
    rig.sandbox.faults.push(Rule::always("GET", "/v3/videos", Kind::ServerError { status: 503 }));
    let id = rig.create("Third").await;
    rig.until("it runs", |board| find(board, id).is_some_and(|job| job.state == JobState::Running)).await;
    assert!(rig.studio.worker.stop_following(id).await.unwrap());
    assert!(rig.studio.worker.decide(id, Decision::NeverHappened).await.unwrap());
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.hold, job.charge), (JobState::Failed, Usd::ZERO, None));
}

#[tokio::test]
async fn who_was_turned_away_first_is_sent_first() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", Kind::RateLimited { retry_after: 3_600 }));
    let first = rig.create("First").await;
    let waits = |job: &reelmeter::jobs::types::Job| {
        job.state == JobState::Held && matches!(job.progress, reelmeter::jobs::types::Progress::Waiting { .. })
    };
    rig.until("it waits", |board| find(board, first).is_some_and(|job| waits(&job))).await;
    let mut later = Vec::new();
    for title in ["Second", "Third", "Fourth"] {
        later.push(rig.create(title).await);
    }
    rig.studio.worker.wake(None);
    for id in later.into_iter().chain([first]) {
        assert_eq!(rig.ended(id).await.state, JobState::Done);
    }
    let made = rig.client.recent(reelmeter::heygen::Resource::Video, 10).await.unwrap();
    assert_eq!(made.last().unwrap().title.as_deref(), Some("First"), "{made:?}");
}

#[tokio::test]
async fn what_heygen_says_of_a_failure_is_kept_without_signatures() {
    let rig = Rig::start().await;
    let message = format!("Cannot read https://files.example/a.mp4?X-Signature=abc with {}.", rig.sandbox.key);
    let kind = Kind::FailRender { code: "unreadable".to_owned(), message };
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", kind));
    let id = rig.create("Welcome").await;
    let job = rig.ended(id).await;
    let what = &job.error.as_ref().unwrap().what;
    assert!(what.contains("https://files.example/a.mp4?…") && !what.contains("abc"), "{what}");
    assert!(!what.contains(&rig.sandbox.key), "{what}");
}

#[tokio::test]
async fn a_signed_address_is_not_kept_once_its_job_has_ended() {
    use reelmeter::draft::avatar_video::LocalFile;
    use reelmeter::jobs::journal;
    let rig = Rig::start().await;
    let film = LocalFile {
        address: Some("https://files.example/talk.mp4?X-Amz-Signature=open-sesame".to_owned()),
        size: 1_000,
        media_type: Some("video/mp4".to_owned()),
        duration: Some(rust_decimal::Decimal::from(300)),
        has_audio: Some(true),
        ..LocalFile::default()
    };
    let draft = ClipsDraft { video: Some(film), lengths: vec![ClipLength::HalfMinute], ..ClipsDraft::default() };
    let id = rig.submit(&draft).unwrap();
    let kept = |rig: &Rig| {
        let record = rig.studio.store.transaction(|tx| journal::get(tx, id)).unwrap();
        format!("{} {}", record.job.draft, String::from_utf8(record.request.unwrap()).unwrap())
    };
    assert!(kept(&rig).contains("open-sesame"), "it could not be sent");
    let ending = journal::Ending::default();
    rig.studio.store.transaction(|tx| journal::end(tx, id, JobState::Failed, &ending, crate::rig::now())).unwrap();
    assert!(!kept(&rig).contains("open-sesame"), "{}", kept(&rig));
    let record = rig.studio.store.transaction(|tx| journal::get(tx, id)).unwrap();
    let again = reelmeter::draft::Draft::from_json(record.job.product, &record.job.draft).unwrap();
    let problems = again.composition().problems();
    assert!(problems.iter().any(|problem| problem.message.contains("enter the address again")), "{problems:?}");
}

#[tokio::test]
async fn candidates_are_looked_for_beyond_the_first_page() {
    let pages = 4_u32;
    let server = crate::loopback::Loopback::start(move |seen| {
        let page: u32 = seen.query("token").map_or(0, |token| token.parse().unwrap());
        let videos: Vec<_> = (0..50)
            .map(|place| serde_json::json!({"id": format!("v{page}-{place}"), "title": "x", "status": "completed", "created_at": 1_800_000_000 - i64::from(page * 50 + place)}))
            .collect();
        let more = page + 1 < pages;
        let body = serde_json::json!({"data": videos, "has_more": more, "next_token": more.then(|| (page + 1).to_string())});
        crate::loopback::json(&body.to_string())
    })
    .await;
    let found = |limit| {
        let client = server.client();
        async move { client.recent(reelmeter::heygen::Resource::Video, limit).await.unwrap() }
    };
    assert_eq!(found(50).await.len(), 50);
    assert_eq!(server.seen().len(), 1, "one page is enough");
    assert_eq!(found(120).await.last().unwrap().id, "v2-19");
    assert_eq!(found(1_000).await.len(), 200, "all there are");
}

/// A HeyGen that cuts a film into the clips that `listed` names: it is given how often was asked before, and
/// says the clips by number, and whether their address is alive.
async fn clipper(film: &Path, listed: impl Fn(usize) -> Vec<(u32, bool)> + Send + Sync + 'static) -> Loopback {
    let bytes = std::fs::read(film).unwrap();
    let asked = AtomicUsize::new(0);
    let base = Arc::new(OnceLock::<String>::new());
    let own = Arc::clone(&base);
    let server = Loopback::start(move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/v3/assets") => json(r#"{"data":{"asset_id":"a"}}"#),
        ("POST", "/v3/ai-clipping") => json(r#"{"data":{"ai_clipping_id":"c"}}"#),
        ("GET", "/v3/ai-clipping/c") => {
            let base = own.get().unwrap();
            let clip = |(number, is_alive): (u32, bool)| {
                let file = if is_alive { "one" } else { "dead" };
                serde_json::json!({
                    "id": number.to_string(), "status": "completed", "title": format!("Clip {number}"),
                    "duration_seconds": 30, "video_url": format!("{base}/files/{file}.mp4"),
                })
            };
            let clips: Vec<_> = listed(asked.fetch_add(1, Ordering::Relaxed)).into_iter().map(clip).collect();
            json(&serde_json::json!({"data": {"id": "c", "status": "completed", "clips": clips}}).to_string())
        }
        ("GET", "/files/one.mp4") => axum::http::Response::new(axum::body::Body::from(bytes.clone())),
        ("GET", "/files/dead.mp4") => answer(403, &[], "<Error/>"),
        _ => answer(404, &[], "{}"),
    })
    .await;
    base.set(server.base.clone()).unwrap();
    server
}

/// A film of 36 seconds.
fn webinar(folder: &Path) -> PathBuf {
    let order = VideoOrder {
        title: "Webinar".to_owned(),
        width: 320,
        height: 180,
        sound: Sound::Speech {
            text: "Half a minute. <break time=\"36s\"/> That was it.".to_owned(),
            language: "English".to_owned(),
            voice_id: "v".to_owned(),
            speed: rust_decimal::Decimal::ONE,
        },
        look_seed: 3,
        captions: false,
    };
    make_video(&order, folder, "Webinar").unwrap().video
}

/// A studio on this server, at work on a clipping of the film.
async fn clipping(folder: &Path, film: &Path, server: &Loopback) -> (Studio, JobId) {
    let keys = tokio::sync::watch::Sender::new(Some(server.client()));
    let studio = Studio::open(folder, keys.subscribe()).await;
    let lengths = vec![ClipLength::HalfMinute, ClipLength::Minute, ClipLength::ThreeMinutes];
    let video = Some(reelmeter::media::probe::local_file(film));
    let draft = ClipsDraft { video, lengths, ..ClipsDraft::default() };
    let id = studio.submit(&draft, Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    (studio, id)
}

#[tokio::test]
async fn clips_that_are_listed_a_little_late_come_home() {
    /// Answers that say "completed" and list none.
    const SILENT: usize = 3;
    let folder = tempfile::tempdir().unwrap();
    let film = webinar(folder.path());
    let server = clipper(&film, |asked| if asked < SILENT { vec![] } else { vec![(1, true)] }).await;
    let (studio, id) = clipping(folder.path(), &film, &server).await;
    let job = studio.ended(id).await;
    assert_eq!(
        (job.state, job.charge, job.files.clips.len()),
        (JobState::Done, Some(Usd::from_cents(15)), 1),
        "{job:?}"
    );
}

#[tokio::test]
async fn one_clip_that_cannot_be_fetched_keeps_neither_the_others_nor_the_charge() {
    let folder = tempfile::tempdir().unwrap();
    let film = webinar(folder.path());
    let server = clipper(&film, |_| vec![(1, true), (2, false), (3, true)]).await;
    let (studio, id) = clipping(folder.path(), &film, &server).await;
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge, job.hold), (JobState::Done, Some(Usd::from_cents(45)), Usd::ZERO), "{job:?}");
    let titles: Vec<_> = job.files.clips.iter().map(|clip| clip.title.as_str()).collect();
    assert_eq!(titles, ["Clip 1", "Clip 3"]);
    let error = job.error.clone().unwrap();
    assert!(error.what.contains("“Clip 2”") && error.money.starts_with("3 of them"), "{error:?}");
    let count = |path: &str| server.seen().iter().filter(|seen| seen.path == path).count();
    assert_eq!(count("/files/one.mp4"), 2, "the others come once each");
    assert!(count("/files/dead.mp4") > 3, "a fresh address is asked for more than once");
}
