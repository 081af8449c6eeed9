//! The sandbox's other products over a real socket: cinematic videos, agents, avatars, voices, renders
//! and realtime sessions, as a client of HeyGen would notice them.

use std::time::Duration;

use reelmeter::media::probe::{probe, probe_bytes};
use reelmeter::money::Usd;
use reelmeter::sandbox::{Clock, Kind, ManualClock, Options, Rule, Running, start_at};
use reqwest::{Client, Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::contract::check_response;

const TWIN: &str = "look_daria_blazer";
/// A day in November 2026.
const START: i64 = 1_795_000_000_000;

/// A sandbox on a clock that stands still.
struct House {
    folder: TempDir,
    clock: ManualClock,
    running: Running,
    client: Client,
}

struct Answer {
    status: u16,
    body: Value,
    retry_after: Option<String>,
}

impl Answer {
    #[track_caller]
    fn refused(&self, status: u16, code: &str, param: Option<&str>) {
        let error = &self.body["error"];
        assert_eq!(
            (self.status, error["code"].as_str(), error["param"].as_str()),
            (status, Some(code), param),
            "{error}"
        );
    }

    #[track_caller]
    fn data(&self) -> &Value {
        assert!((200..300).contains(&self.status), "{}", self.body);
        &self.body["data"]
    }

    #[track_caller]
    fn text(&self, field: &str) -> String {
        self.data()[field].as_str().unwrap_or_else(|| panic!("no {field} in {}", self.body)).to_owned()
    }
}

impl House {
    async fn new() -> Self {
        Self::with_balance(Usd::from_cents(10_000)).await
    }

    async fn with_balance(balance: Usd) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(START);
        let running = Self::run(&folder, &clock, Some(balance)).await;
        let redirect = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(redirect).timeout(Duration::from_secs(60)).build().unwrap();
        Self { folder, clock, running, client }
    }

    async fn run(folder: &TempDir, clock: &ManualClock, balance: Option<Usd>) -> Running {
        let options = Options { balance, ..Options::new(folder.path()) };
        start_at(options, Clock::Manual(clock.clone())).await.unwrap()
    }

    async fn restarted(self) -> Self {
        let Self { folder, clock, running, client } = self;
        running.shutdown().await;
        let running = Self::run(&folder, &clock, None).await;
        Self { folder, clock, running, client }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.base_url)).header("x-api-key", &self.running.key)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await.unwrap();
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let retry_after = header("retry-after");
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        if !path.starts_with("/sandbox/") || status >= 400 {
            check_response(method.as_str(), &path, status, &body);
        }
        Answer { status, body, retry_after }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// Asks until the status is one of these; bounded by the answers, not by time.
    async fn until(&self, path: &str, wanted: &[&str]) -> Value {
        for _ in 0..40_000 {
            let shown = self.get(path).await.data().clone();
            if shown["status"].as_str().is_some_and(|status| wanted.contains(&status)) {
                return shown;
            }
            tokio::task::yield_now().await;
        }
        panic!("{path} never came to {wanted:?}: {}", self.get(path).await.body);
    }

    fn wait(&self, milliseconds: u64) {
        self.clock.advance(Duration::from_millis(milliseconds));
    }

    async fn balance(&self) -> Usd {
        Usd::parse(&self.get("/v3/users/me").await.data()["wallet"]["remaining_balance"].to_string()).unwrap()
    }

    async fn asset(&self, name: &str, bytes: Vec<u8>) -> String {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        self.send(self.request(Method::POST, "/v3/assets").multipart(form)).await.text("asset_id")
    }

    /// The bytes behind a presigned address; no key is sent.
    async fn fetch(&self, address: &Value) -> Vec<u8> {
        let response = self.client.get(address.as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.bytes().await.unwrap().to_vec()
    }

    /// Shape and length of a film behind a presigned address.
    async fn film(&self, address: &Value) -> ((u32, u32), Decimal) {
        let path = self.folder.path().join("fetched.bin");
        std::fs::write(&path, self.fetch(address).await).unwrap();
        let found = probe(&path).unwrap();
        assert!(found.has_video && found.has_audio);
        (found.dimensions.unwrap(), found.seconds.unwrap())
    }
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

/// PCM silence: 16 bits, one channel, 16 kHz.
fn wav(milliseconds: u32) -> Vec<u8> {
    let data = milliseconds * 32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data");
    bytes.extend(data.to_le_bytes());
    bytes.resize(44 + usize::try_from(data).unwrap(), 0);
    bytes
}

/// One colour.
fn png(width: u32, height: u32, color: [u8; 3]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(color));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn asset(id: &str) -> Value {
    json!({"type": "asset_id", "asset_id": id})
}

fn cinematic() -> Value {
    json!({"type": "cinematic_avatar", "avatar_id": [TWIN], "prompt": "She walks along a pier at dawn.", "title": "Pier"})
}

#[tokio::test]
async fn a_cinematic_video_has_one_price_and_the_length_and_shape_that_was_asked_for() {
    let house = House::new().await;
    for (body, size, seconds) in [
        (with(with(cinematic(), "duration", json!(4)), "aspect_ratio", json!("9:16")), (720, 1_280), 4),
        (with(with(cinematic(), "resolution", json!("1080p")), "aspect_ratio", json!("1:1")), (1_080, 1_080), 10),
    ] {
        let before = house.balance().await;
        let id = house.post("/v3/videos", &body).await.text("video_id");
        let path = format!("/v3/videos/{id}");
        assert_eq!(house.get(&path).await.data()["status"], "pending");
        house.wait(4_000);
        assert_eq!(house.get(&path).await.data()["status"], "processing");
        assert_eq!(house.balance().await, before, "nothing is charged before it is there");
        house.wait(120_000);
        let video = house.until(&path, &["completed", "failed"]).await;
        assert_eq!(house.film(&video["video_url"]).await, (size, Decimal::from(seconds)));
        assert_eq!(video["duration"].to_string(), Decimal::from(seconds).to_string());
        assert_eq!(before - house.balance().await, usd("7"));
    }
    let listed = house.get("/v3/videos?title=pier").await;
    assert_eq!(listed.data().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_rule_of_a_cinematic_video_names_its_field() {
    let house = House::new().await;
    let picture = house.asset("p.png", png(64, 64, [1, 2, 3])).await;
    let sound = house.asset("s.wav", wav(500)).await;
    let references = |count: usize| json!(vec![asset(&picture); count]);
    for (body, status, param) in [
        (with(cinematic(), "avatar_id", json!([])), 400, "avatar_id"),
        (with(cinematic(), "avatar_id", json!(TWIN)), 400, "avatar_id"),
        (with(cinematic(), "avatar_id", json!([TWIN, TWIN, TWIN, TWIN])), 400, "avatar_id"),
        (with(cinematic(), "avatar_id", json!([TWIN, "nobody"])), 404, "avatar_id[1]"),
        (with(cinematic(), "avatar_id", json!(["look_own_emil"])), 400, "avatar_id[0]"),
        (with(cinematic(), "prompt", json!(" ")), 400, "prompt"),
        (with(cinematic(), "duration", json!(16)), 400, "duration"),
        (with(cinematic(), "references", references(9)), 400, "references"),
        (with(cinematic(), "references", json!([asset(&sound)])), 400, "references[0].asset_id"),
        (with(cinematic(), "references", json!([asset("none")])), 404, "references[0].asset_id"),
        (with(cinematic(), "engine", json!({"type": "avatar_iv"})), 400, "engine"),
    ] {
        let answer = house.post("/v3/videos", &body).await;
        answer.refused(status, if status == 404 { "not_found" } else { "invalid_parameter" }, Some(param));
    }
    house.post("/v3/videos", &with(cinematic(), "references", references(8))).await.data();
    // What was made here before is a file like any other, for as long as its address is good.
    let made = house.post("/v3/videos", &cinematic()).await.text("video_id");
    house.wait(120_000);
    let made = house.until(&format!("/v3/videos/{made}"), &["completed", "failed"]).await;
    let own = |field: &str| json!([{"type": "url", "url": made[field]}]);
    house.post("/v3/videos", &with(cinematic(), "references", own("video_url"))).await.data();
    house.post("/v3/videos", &with(cinematic(), "references", own("thumbnail_url"))).await.data();
    let photo = json!({"type": "photo", "name": "From a film", "file": {"type": "url", "url": made["thumbnail_url"]}});
    house.post("/v3/avatars", &photo).await.data();
    house.wait(3 * 3_600_000);
    let old = house.post("/v3/videos", &with(cinematic(), "references", own("video_url"))).await;
    old.refused(400, "invalid_parameter", Some("references[0].url"));
    house.post("/v3/videos", &with(cinematic(), "auto_duration", json!(true))).await.data();
    let poor = House::with_balance(usd("6.99")).await;
    poor.post("/v3/videos", &cinematic()).await.refused(402, "insufficient_credit", None);
}

fn statuses(messages: &Value) -> Vec<(String, String)> {
    let word = |message: &Value, field: &str| message[field].as_str().unwrap().to_owned();
    messages.as_array().unwrap().iter().map(|message| (word(message, "role"), word(message, "type"))).collect()
}

#[tokio::test]
async fn an_agent_thinks_reviews_generates_and_bills_the_length_of_its_video() {
    let house = House::new().await;
    let picture = house.asset("p.png", png(64, 64, [1, 2, 3])).await;
    let body =
        json!({"prompt": "A 6 second hello to the new team.", "orientation": "portrait", "files": [asset(&picture)]});
    let begun = house.post_once("/v3/video-agents", &body, "one").await;
    assert_eq!((begun.data()["status"].as_str(), begun.data()["video_id"].is_null()), (Some("thinking"), true));
    let again = house.post_once("/v3/video-agents", &json!({"prompt": "Something else."}), "one").await;
    assert_eq!(again.body, begun.body);
    let id = begun.text("session_id");
    let path = format!("/v3/video-agents/{id}");

    // 6 seconds take 6 to render, and as long to think of: 12.
    let mut seen = Vec::new();
    let mut progress = -1;
    for _ in 0..11 {
        let shown = house.get(&path).await.data().clone();
        let status = shown["status"].as_str().unwrap().to_owned();
        let now = shown["progress"].as_i64().unwrap();
        assert!(now >= progress, "progress went back from {progress} to {now}");
        progress = now;
        assert_eq!(shown["video_id"].is_null(), status != "generating");
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        house.wait(1_000);
    }
    assert_eq!(seen, ["thinking", "reviewing", "generating"]);
    assert_eq!(house.balance().await, usd("100"));
    house.wait(5_000);
    let done = house.until(&path, &["completed", "failed"]).await;
    assert_eq!(done["progress"], 100);
    assert_eq!(
        statuses(&done["messages"]),
        [("user", "text"), ("model", "text"), ("model", "resource")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let video = house.get(&format!("/v3/videos/{}", done["video_id"].as_str().unwrap())).await.data().clone();
    assert_eq!(house.film(&video["video_url"]).await, ((720, 1_280), Decimal::from(6)));
    assert_eq!(usd("100") - house.balance().await, usd("0.1998"));

    let messages = done["messages"].as_array().unwrap().clone();
    let upload = messages[0]["resource_ids"][0].as_str().unwrap();
    let shown = house.get(&format!("{path}/resources/{upload}")).await;
    assert_eq!(shown.data()["resource_type"], "image");
    assert!(house.fetch(&shown.data()["url"]).await.starts_with(b"\x89PNG"));
    let result = messages[2]["resource_ids"][0].as_str().unwrap();
    assert_eq!(house.get(&format!("{path}/resources/{result}")).await.data()["resource_type"], "video");
    house.get(&format!("{path}/resources/none")).await.refused(404, "not_found", None);

    // A wish for a change is another video, billed anew; a restart changes nothing.
    house.post(&path, &json!({"message": "Make it 5 seconds."})).await.text("run_id");
    house.post(&path, &json!({"message": "And red."})).await.refused(409, "conflict", None);
    let house = house.restarted().await;
    assert_eq!(house.get(&path).await.data()["status"], "thinking");
    house.wait(60_000);
    let revised = house.until(&path, &["completed", "failed"]).await;
    assert_ne!(revised["video_id"], done["video_id"]);
    assert_eq!(usd("100") - house.balance().await, usd("0.3663"));
    let videos = house.get(&format!("{path}/videos")).await;
    let ids: Vec<&Value> = videos.data().as_array().unwrap().iter().map(|video| &video["id"]).collect();
    assert_eq!(ids, [&revised["video_id"], &done["video_id"]]);
    assert_eq!(house.get("/v3/video-agents").await.data()[0]["session_id"], id.as_str());
}

#[tokio::test]
async fn an_agent_in_chat_asks_first_and_waits_as_long_as_it_takes() {
    let house = House::new().await;
    let begun = house.post("/v3/video-agents", &json!({"prompt": "A 5s teaser.", "mode": "chat"})).await;
    let path = format!("/v3/video-agents/{}", begun.text("session_id"));
    assert_eq!(house.get(&path).await.data()["status"], "thinking");
    house.wait(3_600_000);
    let asks = house.until(&path, &["waiting_for_input", "failed"]).await;
    assert_eq!(asks["messages"][1]["role"], "model");
    assert!(asks["messages"][1]["content"].as_str().unwrap().ends_with('?'));
    assert_eq!(house.get("/v3/videos").await.data().as_array().unwrap().len(), 0);
    assert_eq!(house.balance().await, usd("100"), "a question is free");
    let house = house.restarted().await;
    house.post(&path, &json!({"message": "For customers."})).await.data();
    assert_eq!(house.get(&path).await.data()["status"], "reviewing");
    house.wait(60_000);
    let done = house.until(&path, &["completed", "failed"]).await;
    assert_eq!(done["messages"].as_array().unwrap().len(), 5);
    assert_eq!(usd("100") - house.balance().await, usd("0.1665"));
}

#[tokio::test]
async fn a_stopped_agent_makes_and_bills_nothing() {
    let house = House::new().await;
    let begun = house.post("/v3/video-agents", &json!({"prompt": "A 5s teaser."})).await;
    let path = format!("/v3/video-agents/{}", begun.text("session_id"));
    house.post(&format!("{path}/stop"), &json!({"why": 1})).await.refused(400, "invalid_parameter", Some("why"));
    house.post(&format!("{path}/stop"), &json!({})).await.data();
    house.wait(120_000);
    let stopped = house.get(&path).await;
    assert_eq!(stopped.data()["status"], "failed");
    assert_eq!(stopped.data()["messages"][1]["type"], "error");
    assert_eq!(house.balance().await, usd("100"));
    // It takes the next message all the same.
    house.post(&path, &json!({"message": "Go on."})).await.data();
    house.wait(60_000);
    house.until(&path, &["completed"]).await;
}

#[tokio::test]
async fn an_agent_that_fails_says_why_and_bills_nothing() {
    let house = House::new().await;
    let fail = Kind::FailRender { code: "moderation".to_owned(), message: "Not this prompt.".to_owned() };
    house.running.faults.push(Rule::once("POST", "/v3/video-agents", fail));
    let begun = house.post("/v3/video-agents", &json!({"prompt": "A 5s teaser."})).await;
    house.wait(60_000);
    let path = format!("/v3/video-agents/{}", begun.text("session_id"));
    let failed = house.until(&path, &["completed", "failed"]).await;
    assert_eq!(failed["status"], "failed");
    let last = failed["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["type"].as_str(), last["content"].as_str()), (Some("error"), Some("Not this prompt.")));
    assert_eq!(house.balance().await, usd("100"));
    for (body, status, param) in [
        (json!({}), 400, "prompt"),
        (json!({"prompt": "x".repeat(10_001)}), 400, "prompt"),
        (json!({"prompt": "x", "style_id": "none"}), 404, "style_id"),
        (json!({"prompt": "x", "avatar_id": "none"}), 404, "avatar_id"),
        (json!({"prompt": "x", "voice_id": "none"}), 404, "voice_id"),
        (json!({"prompt": "x", "brand_kit_id": "none"}), 404, "brand_kit_id"),
        (json!({"prompt": "x", "files": [asset("none")]}), 404, "files[0].asset_id"),
        (json!({"prompt": "x", "length": 30}), 400, "length"),
    ] {
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        house.post("/v3/video-agents", &body).await.refused(status, code, Some(param));
    }
}

#[tokio::test]
async fn styles_and_brand_kits_have_pictures() {
    let house = House::new().await;
    let styles = house.get("/v3/video-agents/styles?tag=social&limit=2").await;
    assert_eq!(styles.data().as_array().unwrap().len(), 2);
    assert_eq!(styles.body["has_more"], true);
    let style = &styles.data()[0];
    assert!(house.fetch(&style["thumbnail_url"]).await.starts_with(b"\x89PNG"));
    let kits = house.get("/v3/brand-kits").await;
    assert!(house.fetch(&kits.data()[0]["logo_url"]).await.starts_with(b"\x89PNG"));
    let body = json!({"prompt": "x", "style_id": style["style_id"], "brand_kit_id": kits.data()[0]["brand_kit_id"]});
    house.post("/v3/video-agents", &body).await.data();
}

#[tokio::test]
async fn jobs_of_all_kinds_share_one_limit() {
    let house = House::new().await;
    for _ in 0..5 {
        house.post("/v3/videos", &cinematic()).await.data();
        house.post("/v3/video-agents", &json!({"prompt": "A 5s teaser."})).await.data();
    }
    let photo = house.asset("p.png", png(64, 64, [1, 2, 3])).await;
    let full = house.post("/v3/avatars", &json!({"type": "photo", "name": "A", "file": asset(&photo)})).await;
    full.refused(429, "rate_limit_exceeded", None);
    assert!(full.retry_after.unwrap().parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn a_photo_becomes_a_look_that_can_be_used() {
    let house = House::new().await;
    let photo = house.asset("p.png", png(300, 400, [200, 40, 40])).await;
    let body = json!({"type": "photo", "name": "Nina", "file": asset(&photo)});
    let made = house.post_once("/v3/avatars", &body, "nina").await;
    assert_eq!(house.post_once("/v3/avatars", &body, "nina").await.body, made.body);
    let (look, group) = (made.data()["avatar_item"]["id"].clone(), made.data()["avatar_group"]["id"].clone());
    let (look_path, group_path) =
        (format!("/v3/avatars/looks/{}", look.as_str().unwrap()), format!("/v3/avatars/{}", group.as_str().unwrap()));
    assert_eq!(made.data()["avatar_item"]["status"], "processing");
    assert_eq!(house.get(&group_path).await.data()["status"], "processing");
    let script = json!({"type": "avatar", "avatar_id": look, "voice_id": "voice_daria_en", "script": "Hello.", "resolution": "720p"});
    house.post("/v3/videos", &script).await.refused(400, "invalid_parameter", Some("avatar_id"));
    assert_eq!(house.delete(&look_path).await.status, 409);
    assert_eq!(house.balance().await, usd("100"));

    let house = house.restarted().await;
    house.wait(120_000);
    let shown = house.until(&look_path, &["completed", "failed"]).await;
    assert_eq!((shown["image_width"].as_i64(), shown["preferred_orientation"].as_str()), (Some(300), Some("portrait")));
    assert_eq!(house.balance().await, usd("99"));
    let portrait = image::load_from_memory(&house.fetch(&shown["preview_image_url"]).await).unwrap().into_rgb8();
    assert_eq!(portrait.dimensions(), (480, 600));
    assert_eq!(portrait.get_pixel(240, 300).0, [200, 40, 40], "the portrait is the photo");

    // The photo is what the film shows, even when the asset is gone.
    house.delete(&format!("/v3/assets/{photo}")).await.data();
    let video = house.post("/v3/videos", &script).await.text("video_id");
    house.wait(120_000);
    let video = house.until(&format!("/v3/videos/{video}"), &["completed", "failed"]).await;
    let thumbnail = image::load_from_memory(&house.fetch(&video["thumbnail_url"]).await).unwrap().into_rgb8();
    assert_eq!(thumbnail.get_pixel(320, 40).0, [200, 40, 40]);

    let renamed = house.send(house.request(Method::PATCH, &look_path).json(&json!({"name": "Nina at work"}))).await;
    assert_eq!(renamed.data()["name"], "Nina at work");
    assert_eq!(house.get(&look_path).await.data()["name"], "Nina at work");
    let own = house.get("/v3/avatars/looks?ownership=private&limit=50").await;
    assert!(own.data().as_array().unwrap().iter().any(|one| one["id"] == look));
    let groups = house.get("/v3/avatars?ownership=private&limit=50").await;
    assert!(groups.data().as_array().unwrap().iter().any(|one| one["id"] == group && one["name"] == "Nina"));

    // A second look joins the group; the group goes with the last look.
    let photo = house.asset("q.png", png(400, 300, [40, 40, 200])).await;
    let second = json!({"type": "photo", "name": "Nina outdoors", "file": asset(&photo), "avatar_group_id": group});
    let second = house.post("/v3/avatars", &second).await;
    assert_eq!(second.data()["avatar_group"]["looks_count"], 2);
    house.wait(120_000);
    let second = format!("/v3/avatars/looks/{}", second.data()["avatar_item"]["id"].as_str().unwrap());
    house.until(&second, &["completed", "failed"]).await;
    assert_eq!(house.balance().await, usd("98") - charge_of(&video));
    house.delete(&look_path).await.data();
    house.get(&look_path).await.refused(404, "not_found", None);
    assert_eq!(house.get(&group_path).await.data()["looks_count"], 1);
    house.delete(&group_path).await.data();
    house.get(&group_path).await.refused(404, "not_found", None);
}

/// What a video with a photo avatar on Avatar IV costs.
fn charge_of(video: &Value) -> Usd {
    Usd(video["duration"].to_string().parse::<Decimal>().unwrap() * Decimal::new(5, 2))
}

#[tokio::test]
async fn a_digital_twin_waits_for_a_persons_consent() {
    let house = House::new().await;
    // A film to learn from: the sandbox's own.
    let source = house.post("/v3/videos", &with(cinematic(), "duration", json!(4))).await.text("video_id");
    house.wait(120_000);
    let source = house.until(&format!("/v3/videos/{source}"), &["completed"]).await;
    let film = house.asset("me.mp4", house.fetch(&source["video_url"]).await).await;
    assert_eq!(house.balance().await, usd("93"));

    let made = house.post("/v3/avatars", &json!({"type": "digital_twin", "name": "Tom", "file": asset(&film)})).await;
    let group = format!("/v3/avatars/{}", made.data()["avatar_group"]["id"].as_str().unwrap());
    assert_eq!(made.data()["avatar_group"]["consent_status"], "pending");
    house.wait(120_000);
    house.until(&group, &["pending_consent", "failed"]).await;
    assert_eq!(house.balance().await, usd("92"));
    let look = format!("/v3/avatars/looks/{}", made.data()["avatar_item"]["id"].as_str().unwrap());
    let shown = house.get(&look).await;
    assert_eq!(shown.data()["status"], "pending_consent");
    assert_eq!(shown.data()["image_width"], 1_280);

    let asked = house.post(&format!("{group}/consent"), &json!({"reroute_url": "https://example.com/thanks"})).await;
    let page = asked.text("url");
    let house = house.restarted().await;
    // The same world on another port: the address of the page moves with it.
    let page = page.replace(&page[..page.find("/consent").unwrap()], &house.running.base_url);
    let opened = house.client.get(&page).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::OK);
    assert!(opened.text().await.unwrap().contains("<button type=\"submit\">I agree</button>"));
    assert_eq!(house.get(&look).await.data()["status"], "pending_consent", "looking is not agreeing");
    assert_eq!(house.client.post(format!("{page}0")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let agreed = house.client.post(&page).send().await.unwrap();
    assert_eq!(agreed.status(), StatusCode::SEE_OTHER);
    assert_eq!(agreed.headers()["location"], "https://example.com/thanks");
    assert_eq!(house.get(&look).await.data()["status"], "completed");
    assert_eq!(house.get(&group).await.data()["consent_status"], "approved");
    house.post(&format!("{group}/consent"), &json!({})).await.refused(409, "conflict", None);
    let body = json!({"type": "avatar", "avatar_id": made.data()["avatar_item"]["id"], "voice_id": "voice_daria_en",
        "script": "Hello.", "engine": {"type": "avatar_v"}});
    house.post("/v3/videos", &body).await.data();
    house.post("/v3/avatars/group_daria/consent", &json!({})).await.refused(403, "resource_access_denied", None);
}

#[tokio::test]
async fn an_avatar_from_words_is_free_and_a_failed_one_says_why() {
    let house = House::new().await;
    let body = json!({"type": "prompt", "name": "Judge", "prompt": "An old judge with a kind face"});
    let made = house.post("/v3/avatars", &body).await;
    let fail = Kind::FailRender { code: "no_face".to_owned(), message: "There is no face.".to_owned() };
    house.running.faults.push(Rule::once("POST", "/v3/avatars", fail));
    let photo = house.asset("p.png", png(64, 64, [1, 2, 3])).await;
    let failing = house.post("/v3/avatars", &json!({"type": "photo", "name": "A", "file": asset(&photo)})).await;
    house.wait(120_000);
    let path = |made: &Answer| format!("/v3/avatars/looks/{}", made.data()["avatar_item"]["id"].as_str().unwrap());
    let shown = house.until(&path(&made), &["completed", "failed"]).await;
    assert_eq!(shown["avatar_type"], "photo_avatar");
    assert!(house.fetch(&shown["preview_image_url"]).await.starts_with(b"\x89PNG"));
    let failed = house.until(&path(&failing), &["completed", "failed"]).await;
    assert_eq!(failed["error"]["code"], "no_face");
    assert_eq!(house.balance().await, usd("100"), "nothing published, nothing billed");

    let sound = house.asset("s.wav", wav(500)).await;
    for (body, status, param) in [
        (json!({"type": "photo", "name": "A", "file": asset(&sound)}), 400, "file.asset_id"),
        (json!({"type": "digital_twin", "name": "A", "file": asset(&photo)}), 400, "file.asset_id"),
        (json!({"type": "photo", "name": "A", "file": asset("none")}), 404, "file.asset_id"),
        (json!({"type": "prompt", "name": "A", "prompt": "x", "avatar_group_id": "none"}), 404, "avatar_group_id"),
    ] {
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        house.post("/v3/avatars", &body).await.refused(status, code, Some(param));
    }
    let public = json!({"type": "prompt", "name": "A", "prompt": "x", "avatar_group_id": "group_daria"});
    house.post("/v3/avatars", &public).await.refused(403, "resource_access_denied", Some("avatar_group_id"));
    house.delete("/v3/avatars/looks/look_daria_blazer").await.refused(403, "resource_access_denied", None);
    // The account's own of the cast can go, and stays away.
    house.delete("/v3/avatars/looks/look_own_emil").await.data();
    let house = house.restarted().await;
    house.get("/v3/avatars/looks/look_own_emil").await.refused(404, "not_found", None);
}

#[tokio::test]
async fn voices_are_designed_and_cloned_and_speak() {
    let house = House::new().await;
    let body = json!({"prompt": "A calm narrator", "gender": "female", "locale": "de-DE", "seed": 7});
    let designed = house.post("/v3/voices", &body).await;
    let voices = designed.data()["voices"].as_array().unwrap().clone();
    assert_eq!((voices.len(), voices[0]["language"].as_str()), (3, Some("German")));
    assert_eq!(house.post("/v3/voices", &body).await.data()["voices"][0]["voice_id"], voices[0]["voice_id"]);
    let other = house.post("/v3/voices", &with(body, "seed", json!(8))).await;
    assert_ne!(other.data()["voices"][0]["voice_id"], voices[0]["voice_id"]);
    assert!(house.fetch(&voices[0]["preview_audio_url"]).await.starts_with(b"RIFF"));

    let sample = house.asset("me.wav", wav(3_000)).await;
    let cloned =
        house.post("/v3/voices/clone", &json!({"voice_name": "Me", "audio": asset(&sample), "language": "en"})).await;
    let id = cloned.text("voice_clone_id");
    let path = format!("/v3/voices/{id}");
    assert_eq!(house.get(&path).await.data()["status"], "processing");
    let script = json!({"type": "avatar", "avatar_id": TWIN, "voice_id": id, "script": "Hello."});
    house.post("/v3/videos", &script).await.refused(400, "invalid_parameter", Some("voice_id"));
    let speech = json!({"text": "Hello.", "voice_id": id});
    house.post("/v3/voices/speech", &speech).await.refused(400, "invalid_parameter", Some("voice_id"));
    house.wait(10_000);
    let house = house.restarted().await;
    assert_eq!(house.get(&path).await.data()["status"], "complete");
    house.post("/v3/videos", &script).await.data();
    let own = house.get("/v3/voices?type=private&limit=100").await;
    assert!(own.data().as_array().unwrap().iter().any(|voice| voice["voice_id"] == id.as_str()));
    let starfish = house.get("/v3/voices?type=private&engine=starfish&limit=100").await;
    assert!(starfish.data().as_array().unwrap().iter().any(|voice| voice["voice_id"] == id.as_str()));
    assert_eq!(house.balance().await, usd("100"));
    house.post("/v3/voices/speech", &speech).await.data();
    assert!(house.balance().await < usd("100"), "a made voice speaks for money like any other");
    house.delete(&path).await.data();
    house.get(&path).await.refused(404, "not_found", None);
    house.post("/v3/voices/speech", &speech).await.refused(404, "not_found", Some("voice_id"));
    house.delete("/v3/voices/voice_daria_en").await.refused(403, "resource_access_denied", None);
    house.post("/v3/voices", &json!({"prompt": "x", "locale": "tlh"})).await.refused(
        400,
        "invalid_parameter",
        Some("locale"),
    );
    let photo = house.asset("p.png", png(64, 64, [1, 2, 3])).await;
    let wrong = json!({"voice_name": "Me", "audio": asset(&photo)});
    house.post("/v3/voices/clone", &wrong).await.refused(400, "invalid_parameter", Some("audio.asset_id"));
}

/// A zip with one file in it, stored or deflated.
fn zip(name: &str, content: &str, deflated: bool) -> Vec<u8> {
    use std::io::Write as _;

    let packed = if deflated {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content.as_bytes()).unwrap();
        encoder.finish().unwrap()
    } else {
        content.as_bytes().to_vec()
    };
    let method: u16 = if deflated { 8 } else { 0 };
    let mut checksum = flate2::Crc::new();
    checksum.update(content.as_bytes());
    let small = |length: usize| u16::try_from(length).unwrap().to_le_bytes();
    let large = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    // From the version on, both headers agree.
    let mut common = vec![20, 0, 0, 0];
    common.extend(method.to_le_bytes());
    common.extend([0; 4]);
    common.extend(checksum.sum().to_le_bytes());
    common.extend(large(packed.len()));
    common.extend(large(content.len()));
    common.extend(small(name.len()));
    common.extend([0; 2]);
    let mut file = [b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &packed].concat();
    let directory = file.len();
    file.extend([b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 14], name.as_bytes()].concat());
    let length = file.len() - directory;
    file.extend([b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &large(length), &large(directory), &[0; 2]].concat());
    file
}

const PROJECT: &str = r#"<!doctype html><html data-composition-variables='[{"id": "name", "default": "Ada"}]'><body>
    <div data-composition-id="intro" data-duration="4.5" data-width="1080" data-height="1920"></div></body></html>"#;

#[tokio::test]
async fn a_project_becomes_a_film_of_its_own_length_at_its_rate() {
    let house = House::new().await;
    let project = house.asset("intro.zip", zip("index.html", PROJECT, true)).await;
    let body = json!({"project": asset(&project), "title": "Intro", "callback_id": "c-1", "variables": {"name": "Bo"}});
    let begun = house.post_once("/v3/hyperframes/renders", &body, "one").await;
    assert_eq!((begun.status, begun.data()["status"].as_str()), (202, Some("queued")));
    let again = house.post_once("/v3/hyperframes/renders", &body, "one").await;
    assert_eq!((again.status, again.body), (202, begun.body.clone()));
    let path = format!("/v3/hyperframes/renders/{}", begun.text("render_id"));
    assert_eq!(house.get(&path).await.data()["status"], "queued");
    house.wait(3_000);
    let shown = house.get(&path).await;
    assert_eq!(
        (shown.data()["status"].as_str(), shown.data()["callback_id"].as_str()),
        (Some("rendering"), Some("c-1"))
    );
    assert_eq!(house.delete(&path).await.status, 409);
    let house = house.restarted().await;
    house.wait(60_000);
    let done = house.until(&path, &["completed", "failed"]).await;
    assert_eq!((done["duration"].to_string().as_str(), done["aspect_ratio"].as_str()), ("4.5", Some("9:16")));
    assert_eq!(house.film(&done["video_url"]).await, ((1_080, 1_920), usd("4.5").0));
    // 4.5 s at $0.10 a minute.
    assert_eq!(usd("100") - house.balance().await, usd("0.0075"));

    // The values are in the picture: others look different.
    let plain = house.fetch(&done["thumbnail_url"]).await;
    let other = house.post("/v3/hyperframes/renders", &with(body, "variables", json!({}))).await.text("render_id");
    let other = format!("/v3/hyperframes/renders/{other}");
    house.wait(60_000);
    let other = house.until(&other, &["completed"]).await;
    assert_ne!(house.fetch(&other["thumbnail_url"]).await, plain);
    assert_eq!(house.get("/v3/hyperframes/renders?limit=1").await.body["has_more"], true);
    house.delete(&path).await.data();
    house.get(&path).await.refused(404, "not_found", None);
}

#[tokio::test]
async fn resolution_rate_and_format_are_real() {
    let house = House::new().await;
    // At 60 frames a second no frame ends there.
    let short = PROJECT.replace("4.5", "2.005").replace("intro", "short");
    let project = house.asset("intro.zip", zip("scenes/a.html", &short, false)).await;
    let base = json!({"project": asset(&project), "composition": "scenes/a.html", "fps": 60, "aspect_ratio": "16:9"});
    for (format, resolution, size, start, price) in [
        ("webm", "1080p", (1_920, 1_080), b"\x1a\x45\xdf\xa3".as_slice(), "0.0066833333"),
        ("mov", "4k", (3_840, 2_160), b"\0\0\0".as_slice(), "0.010025"),
    ] {
        let before = house.balance().await;
        let body = with(with(base.clone(), "format", json!(format)), "resolution", json!(resolution));
        let id = house.post("/v3/hyperframes/renders", &body).await.text("render_id");
        house.wait(60_000);
        let done = house.until(&format!("/v3/hyperframes/renders/{id}"), &["completed", "failed"]).await;
        let bytes = house.fetch(&done["video_url"]).await;
        assert!(bytes.starts_with(start), "{format}");
        assert!(format != "mov" || &bytes[4..12] == b"ftypqt  ");
        let found = probe_bytes(&bytes).unwrap();
        let seconds = found.seconds.unwrap();
        assert!((seconds - Decimal::new(2_005, 3)).abs() < Decimal::new(2, 3), "{format} lasts {seconds}");
        assert_eq!((found.dimensions, found.has_audio), (Some(size), format == "mov"), "{format}");
        if format == "mov" {
            let film = re_mp4::Mp4::read_bytes(&bytes).unwrap();
            let track = film.tracks().values().find(|track| track.kind == Some(re_mp4::TrackKind::Video)).unwrap();
            assert_eq!((seconds, track.samples.len()), (Decimal::new(2_005, 3), 121));
        }
        assert_eq!(before - house.balance().await, usd(price));
    }
}

#[tokio::test]
async fn a_broken_project_fails_with_its_reason_and_costs_nothing() {
    let house = House::new().await;
    for (html, name, reason) in [
        (PROJECT.to_owned(), "start.html", "There is no index.html"),
        ("<p>Hello.</p>".to_owned(), "index.html", "data-composition-id"),
        (PROJECT.replace("data-duration", "data-length"), "index.html", "data-duration"),
        (PROJECT.replace(r#"[{"id""#, "nonsense"), "index.html", "data-composition-variables"),
    ] {
        let project = house.asset("p.zip", zip(name, &html, true)).await;
        let id = house.post("/v3/hyperframes/renders", &json!({"project": asset(&project)})).await.text("render_id");
        house.wait(60_000);
        let failed = house.until(&format!("/v3/hyperframes/renders/{id}"), &["completed", "failed"]).await;
        assert!(failed["failure_message"].as_str().unwrap().contains(reason), "{failed}");
    }
    assert_eq!(house.balance().await, usd("100"));
    let project = house.asset("p.zip", zip("index.html", PROJECT, true)).await;
    let photo = house.asset("p.png", png(64, 64, [1, 2, 3])).await;
    let base = json!({"project": asset(&project)});
    for (body, status, param) in [
        (json!({"project": asset("none")}), 404, "project.asset_id"),
        (json!({"project": asset(&photo)}), 400, "project.asset_id"),
        (with(base.clone(), "fps", json!(24)), 400, "fps"),
        (with(base.clone(), "fps", json!(241)), 400, "fps"),
        (with(base.clone(), "format", json!("gif")), 400, "format"),
        (with(base.clone(), "seed", json!(1)), 400, "seed"),
    ] {
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        house.post("/v3/hyperframes/renders", &body).await.refused(status, code, Some(param));
    }
}

fn speech(text: &str) -> Value {
    json!({"type": "tts", "avatar_id": TWIN, "voice_id": "voice_daria_en", "text": text})
}

fn text_stream(text: &str) -> Value {
    with(speech(text), "type", json!("text_stream"))
}

/// The lengths and addresses of a playlist's segments, and whether it has ended.
async fn playlist(house: &House, address: &Value) -> (Vec<(Decimal, String)>, bool) {
    let text = String::from_utf8(house.fetch(address).await).unwrap();
    assert!(text.starts_with("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n"), "{text}");
    let mut segments = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(length) = line.strip_prefix("#EXTINF:") {
            let length = length.trim_end_matches(',').parse().unwrap();
            segments.push((length, lines.next().unwrap().to_owned()));
        }
    }
    (segments, text.ends_with("#EXT-X-ENDLIST\n"))
}

/// The pictures and the sound of a transport stream: units with their time stamps.
fn units(stream: &[u8]) -> [Vec<(u64, Vec<u8>)>; 2] {
    let mut found: [Vec<(u64, Vec<u8>)>; 2] = [Vec::new(), Vec::new()];
    for packet in stream.chunks(188) {
        assert_eq!((packet.len(), packet[0]), (188, 0x47));
        let pid = u16::from_be_bytes([packet[1] & 0x1f, packet[2]]);
        let Some(units) = found.get_mut(usize::from(pid.wrapping_sub(0x100))) else { continue };
        let field = if packet[3] & 0x20 == 0 { 0 } else { 1 + usize::from(packet[4]) };
        let payload = &packet[4 + field..];
        if packet[1] & 0x40 == 0 {
            units.last_mut().unwrap().1.extend(payload);
            continue;
        }
        assert!(payload.starts_with(&[0, 0, 1]));
        let stamp = &payload[9..14];
        let part = |at: usize| u64::from(stamp[at]);
        let time = (part(0) >> 1 & 7) << 30 | part(1) << 22 | (part(2) >> 1) << 15 | part(3) << 7 | part(4) >> 1;
        units.push((time, payload[9 + usize::from(payload[8])..].to_vec()));
    }
    found
}

/// How many samples a stream of AAC has.
fn samples(stream: Vec<u8>) -> usize {
    use symphonia::core::codecs::audio::AudioDecoderOptions;
    use symphonia::core::formats::probe::Hint;
    use symphonia::core::formats::{FormatOptions, TrackType};
    use symphonia::core::io::MediaSourceStream;
    use symphonia::core::meta::MetadataOptions;

    let source = MediaSourceStream::new(Box::new(std::io::Cursor::new(stream)), Default::default());
    let mut hint = Hint::new();
    hint.with_extension("aac");
    let mut format = symphonia::default::get_probe()
        .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).unwrap();
    let (mut count, mut part) = (0, Vec::<i16>::new());
    while let Some(packet) = format.next_packet().unwrap() {
        let buffer = decoder.decode(&packet).unwrap();
        assert_eq!(buffer.spec().rate(), 22_050);
        buffer.copy_to_vec_interleaved(&mut part);
        count += part.len();
    }
    count
}

#[tokio::test]
async fn a_realtime_session_plays_as_long_as_it_speaks_and_bills_its_time() {
    let house = House::new().await;
    let text = "Good morning. This is a session that can be watched while it is being made, second by second.";
    let begun = house.post_once("/v3/avatar-realtime", &speech(text), "one").await;
    assert_eq!(begun.status, 201);
    assert_eq!(house.post_once("/v3/avatar-realtime", &speech("Other."), "one").await.body, begun.body);
    let path = format!("/v3/avatar-realtime/{}", begun.text("stream_id"));
    let pending = house.get(&path).await;
    assert_eq!((pending.data()["status"].as_str(), pending.data()["hls_url"].is_null()), (Some("pending"), true));
    house.wait(1_500);
    let ready = house.get(&path).await;
    assert_eq!(ready.data()["status"], "ready");
    let (first, over) = playlist(&house, &ready.data()["hls_url"]).await;
    assert_eq!((first.len(), over), (1, false));
    house.wait(2_000);
    let address = house.get(&path).await.data().clone();
    assert_eq!(address["status"], "streaming");
    let (second, _) = playlist(&house, &address["hls_url"]).await;
    assert_eq!((second.len(), &second[0]), (2, &first[0]), "the playlist grows at its end");
    let ahead = second[1].1.replace("/1.ts", "/2.ts");
    assert_eq!(house.client.get(ahead).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(house.balance().await, usd("100"));

    house.wait(60_000);
    let done = house.until(&path, &["completed", "error"]).await;
    assert!(done["hls_url"].is_null());
    let (segments, over) = playlist(&house, &address["hls_url"]).await;
    assert!(over);
    let total: Decimal = segments.iter().map(|(length, _)| *length).sum();
    assert!(total > Decimal::from(4) && total < Decimal::from(12), "{total}");
    assert_eq!(usd("100") - house.balance().await, Usd(total * Decimal::new(5, 2)));

    let mut pictures = 0;
    let mut sound = Vec::new();
    let mut decoder = openh264::decoder::Decoder::new().unwrap();
    for (number, (_, address)) in segments.iter().enumerate() {
        let [video, audio] = units(&house.fetch(&Value::from(address.as_str())).await);
        let starts = 90_000 + 180_000 * u64::try_from(number).unwrap();
        assert_eq!(video[0].0, starts);
        assert!(audio[0].0 >= starts && audio[0].0 < starts + 4_200, "sound and picture begin together");
        for (at, (time, unit)) in video.iter().enumerate() {
            assert_eq!(*time, starts + 3_600 * u64::try_from(at).unwrap());
            pictures += usize::from(decoder.decode(unit).unwrap().is_some());
        }
        sound.extend(audio.into_iter().flat_map(|(_, bytes)| bytes));
    }
    pictures += decoder.flush_remaining().unwrap().len();
    assert_eq!(Decimal::from(pictures), (total * Decimal::from(25)).ceil());
    let heard = Decimal::from(samples(sound)) / Decimal::from(22_050);
    assert!((heard - total).abs() < Decimal::new(6, 2), "{heard} s of sound, {total} s of picture");
}

#[tokio::test]
async fn a_stream_of_text_goes_on_until_it_is_final_or_silent() {
    let house = House::new().await;
    let id = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let path = format!("/v3/avatar-realtime/{id}");
    house.wait(1_500 + 20_000);
    let more = house.post(&format!("{path}/text"), &json!({"text": "Are you still there?"})).await;
    assert_eq!(more.status, 202);
    let house = house.restarted().await;
    // 20 seconds were played and 22 are out: the second text begins there, and 30 seconds of silence follow it.
    house.wait(30_000);
    assert_eq!(house.get(&path).await.data()["status"], "streaming");
    house.wait(60_000);
    house.until(&path, &["completed"]).await;
    let spent = (usd("100") - house.balance().await).0 / Decimal::new(5, 2);
    assert!(spent > Decimal::from(52) && spent < Decimal::from(56), "{spent} seconds");
    house.post(&format!("{path}/text"), &json!({"text": "Hello?"})).await.refused(410, "gone", None);

    let id = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let path = format!("/v3/avatar-realtime/{id}");
    house.post(&format!("{path}/text"), &json!({"text": "Bye.", "final": true})).await.data();
    house.post(&format!("{path}/text"), &json!({"text": "Oh."})).await.refused(410, "gone", None);
    house.post(&format!("{path}/text"), &json!({"text": 1})).await.refused(400, "invalid_parameter", Some("text"));
    house.wait(10_000);
    house.until(&path, &["completed"]).await;

    let whole = house.post("/v3/avatar-realtime", &speech("Hello.")).await.text("stream_id");
    let text = house.post(&format!("/v3/avatar-realtime/{whole}/text"), &json!({"text": "x"})).await;
    text.refused(400, "invalid_parameter", None);
}

#[tokio::test]
async fn sessions_are_limited_cancelled_and_cut_to_what_was_asked_for() {
    let house = House::new().await;
    let sound = house.asset("s.wav", wav(20_000)).await;
    let audio = json!({"type": "audio", "avatar_id": TWIN, "audio": asset(&sound), "max_duration_seconds": 7});
    let cut = house.post("/v3/avatar-realtime", &audio).await.text("stream_id");
    let cancelled = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let early = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let full = house.post("/v3/avatar-realtime", &speech("Hello.")).await;
    full.refused(429, "rate_limit_exceeded", None);
    assert!(full.retry_after.is_some());
    let path = |id: &str| format!("/v3/avatar-realtime/{id}");
    let cancel = |id: &str| house.send(house.request(Method::POST, &format!("{}/cancel", path(id))));
    cancel(&early).await.data();
    assert_eq!(house.get(&path(&early)).await.data()["status"], "cancelled");
    house.wait(1_500 + 3_250);
    cancel(&cancelled).await.data();
    cancel(&cancelled).await.data();
    assert_eq!(house.get(&path(&cancelled)).await.data()["status"], "cancelled");
    assert_eq!(usd("100") - house.balance().await, usd("0.1625"), "3.25 seconds, and nothing before it began");
    house.wait(60_000);
    house.until(&path(&cut), &["completed"]).await;
    assert_eq!(usd("100") - house.balance().await, usd("0.5125"), "and 7 seconds");

    let fail = Kind::FailRender { code: "engine".to_owned(), message: "It broke.".to_owned() };
    house.running.faults.push(Rule::once("POST", "/v3/avatar-realtime", fail));
    let failing = house.post("/v3/avatar-realtime", &speech("Hello.")).await.text("stream_id");
    house.wait(2_000);
    assert_eq!(house.until(&path(&failing), &["error", "completed"]).await["error"]["message"], "It broke.");
    for (body, status, param) in [
        (with(speech("x"), "avatar_id", json!("none")), 404, "avatar_id"),
        (with(speech("x"), "voice_id", json!("none")), 404, "voice_id"),
        (with(speech("x"), "max_duration_seconds", json!(0)), 400, "max_duration_seconds"),
        (with(speech("x"), "text", json!("")), 400, "text"),
        (with(speech("x"), "resolution", json!("1080p")), 400, "resolution"),
        (with(audio.clone(), "audio", asset("none")), 404, "audio.asset_id"),
    ] {
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        house.post("/v3/avatar-realtime", &body).await.refused(status, code, Some(param));
    }
    house.get("/v3/avatar-realtime/none").await.refused(404, "not_found", None);
    let poor = House::with_balance(usd("0.01")).await;
    poor.post("/v3/avatar-realtime", &speech("Hello there.")).await.refused(402, "insufficient_credit", None);
}

#[tokio::test]
async fn words_come_when_they_are_heard() {
    let house = House::new().await;
    let id = house.post("/v3/avatar-realtime", &text_stream("One two.")).await.text("stream_id");
    let path = format!("/v3/avatar-realtime/{id}");
    let mut events = house.request(Method::GET, &format!("{path}/words")).send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    house.wait(1_500);
    let first = String::from_utf8(events.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.starts_with("id: 0\nevent: word\ndata: {"), "{first}");
    assert!(first.contains(r#""word":"One""#) && first.contains(r#""start":0"#), "{first}");
    house.post(&format!("{path}/text"), &json!({"text": "three", "final": true})).await.data();
    house.wait(60_000);
    let mut rest = first;
    while let Some(chunk) = events.chunk().await.unwrap() {
        rest.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let words: Vec<&str> = rest.lines().filter(|line| line.starts_with("data: {\"")).collect();
    assert_eq!(words.len(), 3, "{rest}");
    assert!(rest.ends_with("event: end\ndata: {}\n\n"), "{rest}");
}
