//! Avatars and voices of one's own over a real socket: consent that is waited for, and the requests that are
//! no jobs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Response;
use egui_kittest::kittest::Queryable as _;
use reelmeter::draft::avatar_creation::{AvatarCreationDraft, Origin};
use reelmeter::draft::avatar_video::LocalFile;
use reelmeter::draft::own_cast::{Consent, Training};
use reelmeter::draft::own_voice::{Gender, VoiceClone, VoiceDesign};
use reelmeter::heygen::{AssetId, IdempotencyKey, VoiceState};
use reelmeter::jobs::types::{JobState, Progress};
use reelmeter::money::Usd;
use reelmeter::spend::Caps;
use serde_json::Value;
use tokio::sync::watch;

use crate::contract::posted_faults;
use crate::loopback::{Loopback, Seen, answer, json};
use crate::rig::{Studio, client};

/// A HeyGen that trains looks: it makes one per key, and says of each what `status` says.
#[derive(Clone, Default)]
struct Trainer {
    /// The look of each key.
    made: Arc<Mutex<HashMap<String, String>>>,
    status: Arc<Mutex<String>>,
    /// Where the pictures of all looks are said to be.
    picture: Arc<Mutex<String>>,
}

impl Trainer {
    fn say(&self, status: &str) {
        *self.status.lock().unwrap() = status.to_owned();
    }

    fn answer(&self, seen: &Seen) -> Response<Body> {
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "/v3/assets") => json(r#"{"data":{"asset_id":"asset_1"}}"#),
            ("POST", "/v3/avatars") => {
                let mut made = self.made.lock().unwrap();
                let number = made.len();
                let key = seen.header("idempotency-key").unwrap().to_owned();
                let look = made.entry(key).or_insert_with(|| format!("look_{number}")).clone();
                json(&format!(r#"{{"data":{{"avatar_group":{{"id":"group_1"}},"avatar_item":{{"id":"{look}"}}}}}}"#))
            }
            ("GET", path) if path.starts_with("/v3/avatars/looks/") => {
                let (id, status) = (path.rsplit('/').next().unwrap(), self.status.lock().unwrap().clone());
                let picture = self.picture.lock().unwrap().clone();
                let look = serde_json::json!({"id": id, "name": "Daria", "status": status, "group_id": "group_1", "preview_image_url": picture});
                json(&serde_json::json!({ "data": look }).to_string())
            }
            ("GET", "/v3/assets/asset_1") => {
                json(r#"{"data":{"id":"asset_1","name":"a","type":"image","uploaded_at":1,"url":"https://x/y"}}"#)
            }
            _ => answer(404, &[], r#"{"error":{"code":"not_found","message":"gone"}}"#),
        }
    }
}

async fn trainer() -> (Trainer, Loopback) {
    let trainer = Trainer::default();
    trainer.say("processing");
    let answering = trainer.clone();
    let server = Loopback::start(move |seen: &Seen| answering.answer(seen)).await;
    (trainer, server)
}

fn photo(folder: &Path) -> AvatarCreationDraft {
    let path = folder.join("face.png");
    std::fs::write(&path, [7_u8; 64]).unwrap();
    let file = LocalFile { path, size: 64, media_type: Some("image/png".to_owned()), ..LocalFile::default() };
    AvatarCreationDraft { name: "Daria".to_owned(), photo: Some(file), ..AvatarCreationDraft::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digital_twin_waits_for_the_person_and_then_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (trainer, server) = trainer().await;
    trainer.say("pending_consent");
    let keys = watch::Sender::new(Some(server.client()));
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let mut draft = photo(folder.path());
    draft.origin = Origin::Footage;
    draft.footage = draft.photo.take().map(|file| LocalFile {
        media_type: Some("video/mp4".to_owned()),
        duration: Some(10.into()),
        ..file
    });
    let id = studio.submit(&draft, Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    studio.until("it asks for consent", |board| board.jobs[0].progress == Progress::NeedsPerson).await;
    assert_eq!(server.client().look_training("look_0").await.unwrap().training, Training::PendingConsent);
    trainer.say("completed");
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::from_cents(100))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_training_that_fails_says_why_and_charges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (trainer, server) = trainer().await;
    trainer.say("failed");
    let keys = watch::Sender::new(Some(server.client()));
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let id = studio.submit(&photo(folder.path()), Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge, job.hold), (JobState::Failed, None, Usd::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_trained_and_charged_although_its_picture_cannot_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let (trainer, server) = trainer().await;
    *trainer.picture.lock().unwrap() = format!("{}/gone.png", server.base);
    trainer.say("completed");
    let keys = watch::Sender::new(Some(server.client()));
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let id = studio.submit(&photo(folder.path()), Caps::default(), None).unwrap();
    studio.worker.take_up(id).await.unwrap();
    let job = studio.ended(id).await;
    assert_eq!((job.state, job.charge, job.hold), (JobState::Done, Some(Usd::from_cents(100)), Usd::ZERO));
    assert_eq!(job.files.thumbnail, None);
    assert!(server.seen().iter().filter(|seen| seen.path == "/gone.png").count() > 1, "some tries are worth it");
}

#[tokio::test]
async fn what_is_no_job_is_asked_for_as_the_interface_lists_it() {
    let server = Loopback::start(|seen: &Seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/v3/voices") => json(r#"{"data":{"seed":1,"voices":[{"voice_id":"v1"},{"voice_id":"v2"}]}}"#),
        ("POST", "/v3/voices/clone") => json(r#"{"data":{"voice_clone_id":"v3"}}"#),
        ("POST", _) => json(r#"{"data":{"url":"https://consent.example/1","avatar_group":{"id":"g"}}}"#),
        ("GET", "/v3/voices/v3") => json(r#"{"data":{"voice_id":"v3","status":"failed","failure_message":"Noise."}}"#),
        ("GET", _) => json(r#"{"data":[],"has_more":false}"#),
        _ => json(r#"{"data":{"id":"l"}}"#),
    })
    .await;
    let (client, key) = (server.client(), IdempotencyKey::generate());
    assert!(client.own_cast().await.unwrap().avatars.is_empty());
    client.rename_look("l", "Ada").await.unwrap();
    client.delete_look("l").await.unwrap();
    client.delete_group("g").await.unwrap();
    client.delete_voice("v1").await.unwrap();
    assert_eq!(client.consent_page("g").await.unwrap().as_deref(), Some("https://consent.example/1"));
    let design =
        VoiceDesign { prompt: " warm ".to_owned(), gender: Some(Gender::Male), locale: "de-DE".to_owned(), seed: 3 };
    assert_eq!(client.design_voices(&design, &key).await.unwrap().len(), 2);
    let plain = VoiceDesign { prompt: "warm".to_owned(), ..VoiceDesign::default() };
    client.design_voices(&plain, &key).await.unwrap();
    let asset = AssetId::new("a");
    let clone = VoiceClone { name: "Mine".to_owned(), remove_noise: false, ..VoiceClone::default() };
    assert_eq!(client.clone_voice(&clone, Some(&asset), &key).await.unwrap(), "v3");
    let address = Some("https://files.example/voice.wav".to_owned());
    let fetched = VoiceClone {
        sound: Some(LocalFile { address, ..LocalFile::default() }),
        language: "German".to_owned(),
        ..clone
    };
    client.clone_voice(&fetched, None, &key).await.unwrap();
    assert_eq!(client.voice_state("v3").await.unwrap(), VoiceState::Failed(Some("Noise.".to_owned())));

    let seen = server.seen();
    for posted in seen.iter().filter(|seen| seen.method == "POST") {
        let listed = posted.path.replace("/g/", "/{group_id}/");
        let body: Value = serde_json::from_slice(&posted.body).unwrap();
        assert_eq!(posted_faults(&listed, &body), Vec::<String>::new(), "{body}");
        // Whatever makes something carries a key, so that a retry makes nothing twice.
        let keyed = posted.header("idempotency-key") == Some(key.as_str());
        assert_eq!(keyed, posted.path.starts_with("/v3/voices"), "{}", posted.path);
    }
    let told: Vec<String> = seen
        .iter()
        .filter(|seen| seen.method != "POST")
        .map(|seen| format!("{} {} {}", seen.method, seen.path, String::from_utf8_lossy(&seen.body)))
        .collect();
    assert_eq!(
        told.iter().map(|line| line.trim()).collect::<Vec<_>>(),
        [
            "GET /v3/avatars",
            "GET /v3/avatars/looks",
            r#"PATCH /v3/avatars/looks/l {"name":"Ada"}"#,
            "DELETE /v3/avatars/looks/l",
            "DELETE /v3/avatars/g",
            "DELETE /v3/voices/v1",
            "GET /v3/voices/v3",
        ]
    );
    assert!(seen[..2].iter().all(|seen| seen.query("ownership").as_deref() == Some("private")));
}

/// A portrait of the sandbox's own cast, as a file.
async fn portrait(client: &reelmeter::heygen::Client, path: &Path) {
    let looks = client.looks().await.unwrap();
    let url = looks.iter().find_map(|look| look.preview_image_url.clone()).unwrap();
    let mut body = client.open_result(&url, 0, None).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await.unwrap() {
        bytes.extend_from_slice(&chunk);
    }
    std::fs::write(path, bytes).unwrap();
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no file".to_owned())
    }
}

/// The whole program on the sandbox: from a dropped photo to a look in the gallery.
#[test]
fn from_the_photo_to_the_gallery() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = crate::journey::open(folder.path());
    window.until("the faces are there", |harness| harness.state().model().looks.value.is_some());
    window.until("the wallet is known", |harness| harness.state().model().info.value.is_some());
    let face = folder.path().join("face.png");
    {
        let sandbox = window.harness.state().sandbox().unwrap();
        let client = client(&sandbox.base_url, &sandbox.key);
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(portrait(&client, &face));
    }
    let (key, _) = reelmeter::ui::Tab::Avatars.shortcut().unwrap();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, key);
    window.harness.step();
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(face)));
    window.until("the photo is in its place", |harness| harness.query_by_label("face.png").is_some());
    window.harness.get_by_label("Name of the avatar").focus();
    window.harness.step();
    window.harness.get_by_label("Name of the avatar").type_text("Marlene");
    window.until("the button carries a price", |harness| harness.query_by_label("Create · $1.00").is_some());
    window.harness.get_by_label("Create · $1.00").click();
    window.harness.step();
    window.until("the look is trained", |harness| {
        harness.state().model().board.jobs.first().is_some_and(|job| job.state == JobState::Done)
    });
    let job = Arc::clone(window.harness.state().model().board.jobs.first().unwrap());
    assert_eq!(job.charge, Some(Usd::from_cents(100)));
    assert!(job.files.thumbnail.as_ref().is_some_and(|picture| picture.exists()), "{:?}", job.files);
    window.until("the gallery has it", |harness| {
        let looks = harness.state().model().looks.value.as_ref();
        looks.is_some_and(|looks| looks.iter().any(|look| look.name == "Marlene" && look.ready))
    });
}

/// A digital twin on the sandbox: the page is asked for, somebody agrees, the job ends.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_agrees_on_the_page() {
    let rig = crate::rig::Rig::start().await;
    let own = rig.client.own_cast().await.unwrap();
    let (_, look) = own
        .looks()
        .find(|(_, look)| look.training == Training::PendingConsent)
        .expect("the sandbox's cast has a look that waits");
    let id = look.id.clone();
    let group = rig.client.look_training(&id).await.unwrap().group_id.unwrap();
    let page = rig.client.consent_page(&group).await.unwrap().unwrap();
    let refused = reqwest::Client::new().post(&page).body("answer=no").send().await.unwrap();
    assert!(refused.status().is_success());
    assert_eq!(rig.client.consent(&group).await.unwrap(), Consent::Refused);
    let own = rig.client.own_cast().await.unwrap();
    assert!(own.looks().any(|(avatar, look)| look.id == id && avatar.consent == Consent::Refused));
    let page = rig.client.consent_page(&group).await.unwrap().unwrap();
    assert_eq!(rig.client.consent(&group).await.unwrap(), Consent::Open);
    assert!(reqwest::Client::new().post(&page).send().await.unwrap().status().is_success());
    assert_eq!(rig.client.look_training(&id).await.unwrap().training, Training::Ready);
    rig.client.rename_look(&id, "Renamed").await.unwrap();
    let own = rig.client.own_cast().await.unwrap();
    assert!(own.looks().any(|(_, look)| look.id == id && look.name == "Renamed"));
    rig.client.delete_look(&id).await.unwrap();
    let own = rig.client.own_cast().await.unwrap();
    assert!(own.looks().all(|(_, look)| look.id != id));
}
