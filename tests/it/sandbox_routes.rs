//! Every endpoint of the interface answers in the sandbox; batches and templates are made.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::time::Duration;

use reelmeter::money::Usd;
use reqwest::Method;
use serde_json::{Value, json};

use crate::contract;
use crate::house::{House, wav};
use crate::loopback::{Loopback, answer};

const TWIN: &str = "look_daria_blazer";

#[tokio::test]
async fn every_listed_endpoint_answers_in_its_own_words() {
    let house = House::new().await;
    let mut checked = 0;
    for (method, path) in contract::endpoints() {
        let path = path.replace('{', "no_").replace('}', "");
        // Words come as a stream and not as JSON; a session that is not there answers like all others.
        let request = house.request(method.parse::<Method>().unwrap(), &path);
        let request = match method.as_str() {
            "POST" | "PUT" | "PATCH" => request.json(&json!({})),
            _ => request,
        };
        // The shape of the answer is held against the listing on the way.
        let answer = house.send(request).await;
        let message = answer.body["error"]["message"].as_str().unwrap_or_default();
        assert!(!message.contains("did not expect"), "{method} {path}: {message}");
        assert!(answer.status < 500, "{method} {path}: {}", answer.body);
        let wants_nothing = method == "GET" && !path.contains("no_") && !path.ends_with("/statuses");
        assert!(!wants_nothing || answer.status == 200, "{method} {path}: {}", answer.body);
        checked += 1;
    }
    assert_eq!(checked, 94);
}

async fn batch(house: &House, path: &str, wanted: &[&str]) -> Value {
    for _ in 0..40_000 {
        let shown = house.get(path).await.data().clone();
        if shown["status"].as_str().is_some_and(|status| wanted.contains(&status)) {
            return shown;
        }
        tokio::task::yield_now().await;
    }
    panic!("{path}: {}", house.get(path).await.body);
}

#[tokio::test]
async fn a_batch_starts_what_finds_room_and_the_rest_in_turn() {
    let house = House::new().await;
    let there = Loopback::start(|_| answer(200, &[], "")).await;
    let video = |avatar: &str| json!({"type": "avatar", "avatar_id": avatar, "script": "Hi.", "resolution": "720p"});
    let mut videos = vec![video(TWIN); 12];
    videos[1] = video("look_that_is_not_there");
    let body = json!({"title": "Twelve", "videos": videos, "callback_url": there.base});
    let post = || house.request(Method::POST, "/v3/videos/batches").header("idempotency-key", "twelve").json(&body);
    let made = house.send(post()).await;
    assert_eq!(house.send(post()).await.body, made.body);
    let id = made.data()["batch_id"].as_str().unwrap().to_owned();
    let path = format!("/v3/videos/batches/{id}");

    // Ten run; one was refused, and one waits.
    let begun = loop {
        let shown = house.get(&path).await.data().clone();
        if shown["items"].as_array().unwrap().iter().filter(|item| item["video_id"].is_string()).count() == 10 {
            break shown;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((&begun["status"], &begun["total_items"]), (&json!("processing"), &json!(12)));
    assert_eq!(begun["items"][1]["error"]["code"], "not_found");
    assert_eq!((&begun["items"][11]["status"], &begun["items"][11]["video_id"]), (&json!("queued"), &Value::Null));
    house.post("/v3/videos", &video(TWIN)).await.refused(429, "rate_limit_exceeded", None);

    let house = house.restarted().await;
    for _ in 0..3 {
        house.clock.advance(Duration::from_secs(120));
        for _ in 0..200 {
            house.get(&path).await;
        }
    }
    let mut shown = house.get(&path).await.data().clone();
    for _ in 0..100 {
        if shown["status"] == "completed" {
            break;
        }
        house.clock.advance(Duration::from_secs(60));
        for _ in 0..200 {
            house.get(&path).await;
        }
        shown = house.get(&path).await.data().clone();
    }
    assert_eq!(shown["counts_by_status"], json!({"queued": 0, "processing": 0, "completed": 11, "failed": 1}));
    let charges = house.ledger().await["charges"].as_array().unwrap().len();
    assert_eq!(charges, 11, "each is paid once, the restart notwithstanding");

    let rows = house.get(&format!("/v3/videos/statuses?batch_ids={id}")).await;
    assert_eq!(rows.data().as_array().unwrap().len(), 12);
    assert_eq!((&rows.data()[11]["batch_id"], &rows.data()[11]["item_index"]), (&json!(id), &json!(11)));
    let page = house.get(&format!("{path}?limit=5")).await;
    assert_eq!((page.data()["items"].as_array().unwrap().len(), &page.data()["has_more"]), (5, &json!(true)));
    let next = page.data()["next_token"].as_str().unwrap();
    let page = house.get(&format!("{path}?limit=5&token={next}")).await;
    assert_eq!(page.data()["items"][0]["item_index"], 5);
    house.get(&format!("/v3/lipsyncs/batches/{id}")).await.refused(404, "not_found", None);

    for _ in 0..40_000 {
        if !there.seen().is_empty() {
            break;
        }
        house.get("/v3/users/me").await;
    }
    let told: Value = serde_json::from_slice(&there.seen()[0].body).unwrap();
    assert_eq!((&told["event_type"], &told["event_data"]["batch_id"]), (&json!("batch.finished"), &json!(id)));
}

#[tokio::test]
async fn a_batch_names_the_item_and_field_at_fault() {
    let house = House::new().await;
    let good = json!({"type": "avatar", "avatar_id": TWIN, "script": "Hi."});
    for (path, body, param) in [
        ("/v3/videos/batches", json!({}), "videos"),
        ("/v3/videos/batches", json!({"videos": []}), "videos"),
        ("/v3/videos/batches", json!({"videos": [good, {"type": "avatar"}]}), "videos[1].avatar_id"),
        ("/v3/videos/batches", json!({"videos": [good], "callback_url": "x"}), "callback_url"),
        ("/v3/lipsyncs/batches", json!({"lipsyncs": [{}]}), "lipsyncs[0].video"),
        ("/v3/video-translations/batches", json!({"video_translations": [{}]}), "video_translations[0].video"),
        ("/v3/assets/direct-uploads/batches", json!({"files": [{}]}), "files[0].filename"),
    ] {
        house.post(path, &body).await.refused(400, "invalid_parameter", Some(param));
    }
}

#[tokio::test]
async fn files_are_announced_together_and_completed_together() {
    let house = House::new().await;
    let bytes = wav(200);
    let file = json!({"filename": "s.wav", "content_type": "audio/wav", "size_bytes": bytes.len()});
    let begun = house.post("/v3/assets/direct-uploads/batches", &json!({"files": [file, file]})).await;
    let id = begun.data()["batch_id"].as_str().unwrap();
    let first = &begun.data()["items"][0];
    let mut put = house.client.put(first["upload_url"].as_str().unwrap()).body(bytes);
    for (name, value) in first["upload_headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    put.send().await.unwrap().error_for_status().unwrap();
    house.clock.advance(Duration::from_secs(1));
    let done = house.post("/v3/assets/complete/batches", &json!({"batch_id": id})).await;
    assert_eq!(done.data()["counts_by_status"], json!({"queued": 1, "processing": 0, "completed": 1, "failed": 0}));
    let shown = batch(&house, &format!("/v3/assets/batches/{id}"), &["processing"]).await;
    assert_eq!(shown["items"][0]["video_id"], first["asset_id"]);
    assert_eq!(house.get(&format!("/v3/assets/{}", first["asset_id"].as_str().unwrap())).await.status, 200);
    let rows = house.get(&format!("/v3/assets/statuses?batch_ids={id}")).await;
    assert_eq!((&rows.data()[0]["status"], &rows.data()[1]["status"]), (&json!("completed"), &json!("queued")));
    house.post("/v3/assets/complete/batches", &json!({"batch_id": "x"})).await.refused(
        404,
        "not_found",
        Some("batch_id"),
    );
}

#[tokio::test]
async fn a_template_is_filled_and_billed_as_the_video_it_becomes() {
    let house = House::new().await;
    let listed = house.get("/v3/templates").await;
    let id = listed.data()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v3/templates/{id}");
    let name = house.get(&path).await.data()["variables"]["name"].clone();
    assert_eq!(name["type"], "text");
    let body = json!({"title": "For Ada", "caption": true, "variables": {"name": {"type": "text", "properties": {"content": "Ada"}}}});
    let made = house.post(&path, &body).await;
    assert_eq!((&made.data()["status"], &made.data()["title"]), (&json!("pending"), &json!("For Ada")));
    let video = house.finished(made.data()["id"].as_str().unwrap()).await;
    let words = house.client.get(video["subtitle_url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert!(words.contains("Ada"), "{words}");
    assert!(house.balance().await < Usd::from_cents(2_500));
    house.post(&path, &json!({"variables": {"nobody": "x"}})).await.refused(
        400,
        "invalid_parameter",
        Some("variables.nobody"),
    );
}

#[tokio::test]
async fn music_can_be_heard_and_own_pictures_be_found() {
    let house = House::new().await;
    let sounds = house.get("/v3/audio/sounds?query=chords").await;
    let sound = house.client.get(sounds.data()[0]["audio_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(&sound.bytes().await.unwrap()[..4], b"RIFF");
    assert!(house.get("/v3/audio/sounds?query=thunder").await.data().as_array().unwrap().is_empty());
    let picture = house.asset("Harbour at dawn.png", crate::house::png(8, 8)).await;
    let found = house.get("/v3/assets/search?scope=personal&query=harbour").await;
    assert_eq!(found.data()[0]["id"], json!(picture));
    assert!(house.get("/v3/assets/search?query=harbour").await.data().as_array().unwrap().is_empty());
}

#[tokio::test]
async fn every_list_keeps_its_limits_and_words() {
    let house = House::new().await;
    let mut checked = 0;
    for (path, parameters) in contract::queries() {
        let has = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        if path.contains('{') || !has("token") {
            continue;
        }
        checked += 1;
        let refused = async |query: &str, param: &str| {
            let answer = house.get(&format!("{path}?{query}")).await;
            let found = (answer.status, answer.body["error"]["param"].as_str());
            assert_eq!(found, (400, Some(param)), "{path}?{query}: {}", answer.body);
        };
        for parameter in &parameters {
            let name = parameter["name"].as_str().unwrap();
            if let (Some(least), Some(most), "limit") = (parameter["min"].as_i64(), parameter["max"].as_i64(), name) {
                for limit in [least, most] {
                    assert_eq!(house.get(&format!("{path}?limit={limit}")).await.status, 200, "{path} {limit}");
                }
                for limit in [least - 1, most + 1] {
                    refused(&format!("limit={limit}"), "limit").await;
                }
                refused("limit=ten", "limit").await;
            }
            for word in parameter["enum"].as_array().into_iter().flatten() {
                let word = word.as_str().unwrap();
                assert_eq!(house.get(&format!("{path}?{name}={word}")).await.status, 200, "{path} {word}");
            }
            if parameter["enum"].is_array() {
                refused(&format!("{name}=tea"), name).await;
            }
        }
        refused("token=after.nothing", "token").await;
        refused("surprise=1", "surprise").await;
    }
    assert!(checked > 15, "{checked}");
}
