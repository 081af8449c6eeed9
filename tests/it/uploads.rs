//! Files on their way up: once per content, again without asking, never more than once paid.

use reelmeter::draft::AvatarVideoDraft;
use reelmeter::draft::avatar_video::Source;
use reelmeter::jobs::types::JobState;
use reelmeter::media::probe::local_file;
use reelmeter::sandbox::{Kind, Rule, footage};
use rust_decimal::Decimal;

use crate::rig::Rig;

async fn spoken_by_file(rig: &Rig, name: &str) -> AvatarVideoDraft {
    let path = rig.folder.path().join(name);
    let sound = footage::speech_wav("Welcome back to the studio.", "English", "voice", Decimal::ONE).unwrap();
    std::fs::write(&path, sound).unwrap();
    let file = local_file(&path);
    assert_eq!(file.fault, None);
    AvatarVideoDraft { source: Source::Audio, audio: Some(file), ..rig.draft(name).await }
}

async fn made(rig: &Rig, draft: &AvatarVideoDraft) {
    let id = rig.submit(draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
}

fn uploads(rig: &Rig) -> usize {
    let is_upload = |seen: &&reelmeter::sandbox::Seen| seen.method == "POST" && seen.path == "/v3/assets";
    rig.sandbox.requests().iter().filter(is_upload).count()
}

#[tokio::test]
async fn the_same_bytes_go_up_once_while_their_asset_lives() {
    let rig = Rig::start().await;
    let first = spoken_by_file(&rig, "one.wav").await;
    made(&rig, &first).await;
    // Another name, the same bytes.
    let second = spoken_by_file(&rig, "two.wav").await;
    made(&rig, &second).await;
    assert_eq!(uploads(&rig), 1);

    let listed: serde_json::Value = reqwest::Client::new()
        .get(format!("{}/v3/assets", rig.sandbox.base_url))
        .header("x-api-key", &rig.sandbox.key)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let asset = listed["data"][0]["id"].as_str().unwrap();
    let deleted = reqwest::Client::new()
        .delete(format!("{}/v3/assets/{asset}", rig.sandbox.base_url))
        .header("x-api-key", &rig.sandbox.key)
        .send()
        .await
        .unwrap();
    assert!(deleted.status().is_success());
    let rig = rig.restart().await;
    made(&rig, &second).await;
    assert_eq!(uploads(&rig), 2, "an asset that is gone is brought up again");
    assert_eq!(rig.charges().await.len(), 3);
}

#[tokio::test]
async fn an_interrupted_upload_starts_again_by_itself() {
    let rig = Rig::start().await;
    let draft = spoken_by_file(&rig, "talk.wav").await;
    rig.sandbox.faults.push(Rule::once("POST", "/v3/assets", Kind::ResetBefore));
    rig.sandbox.faults.push(Rule::once("POST", "/v3/assets", Kind::ServerError { status: 500 }));
    made(&rig, &draft).await;
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_public_address_is_measured_without_being_fetched_whole() {
    let rig = Rig::start().await;
    let id = rig.create("Welcome").await;
    let job = rig.ended(id).await;
    let video = rig.client.video(job.remote_id.as_deref().unwrap()).await.unwrap();
    let address = video.video_url.unwrap();
    let mut file = rig.client.open_public(&address).await.unwrap();
    let asked = address.clone();
    let found =
        tokio::task::spawn_blocking(move || reelmeter::media::probe::public_file(&asked, file.size(), &mut file))
            .await
            .unwrap();
    let saved = local_file(job.files.video.as_deref().unwrap());
    assert_eq!((found.fault, found.duration, found.dimensions), (None, saved.duration, saved.dimensions));
    assert_eq!((found.size, found.media_type, found.address), (saved.size, saved.media_type, Some(address)));

    for (address, words) in [
        ("ftp://example.org/a.mp4", "has to begin with https://"),
        ("just words", "has to begin with https://"),
        (&format!("{}/nothing-here.mp4", rig.sandbox.base_url), "HTTP 401"),
    ] {
        let error = rig.client.open_public(address).await.err().unwrap().to_string();
        assert!(error.contains(words), "{address}: {error}");
    }
}

#[tokio::test]
async fn a_key_of_another_account_brings_the_files_up_once_more() {
    let rig = Rig::start().await;
    let folder = tempfile::tempdir().unwrap();
    let options = reelmeter::sandbox::Options {
        key: Some("somebody-else".to_owned()),
        speed: Decimal::from(10_000),
        ..reelmeter::sandbox::Options::new(folder.path())
    };
    let other = reelmeter::sandbox::start(options).await.unwrap();
    let draft = spoken_by_file(&rig, "talk.wav").await;
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", Kind::RateLimited { retry_after: 3_600 }));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let waits = |job: &reelmeter::jobs::types::Job| {
        job.state == JobState::Held && matches!(job.progress, reelmeter::jobs::types::Progress::Waiting { .. })
    };
    rig.until("it waits", |board| crate::rig::find(board, id).is_some_and(|job| waits(&job))).await;
    rig.keys.send_replace(Some(crate::rig::client(&other.base_url, &other.key)));
    rig.studio.worker.wake(None);
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    assert_eq!((uploads(&rig), rig.charges().await.len()), (1, 0));
    assert_eq!(crate::rig::control(&other.base_url, &other.key, "/sandbox/ledger").await.len(), 1);
}

#[tokio::test]
async fn a_file_that_is_refused_where_it_is_used_goes_up_once_more_and_is_paid_once() {
    let rig = Rig::start().await;
    let draft = spoken_by_file(&rig, "talk.wav").await;
    let gone = |status| Rule::once("POST", "/v3/videos", Kind::NotJson { status });
    rig.sandbox.faults.push(gone(404));
    made(&rig, &draft).await;
    assert_eq!((uploads(&rig), rig.charges().await.len()), (2, 1));

    // Refused again: it is not the file.
    rig.sandbox.faults.push(gone(403));
    rig.sandbox.faults.push(gone(403));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Failed, None));
    assert_eq!(job.error.as_ref().unwrap().money, "Nothing was charged. The hold is released.");
    assert_eq!((uploads(&rig), rig.charges().await.len()), (3, 1));
}
