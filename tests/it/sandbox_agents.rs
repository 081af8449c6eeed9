//! Video agents of the sandbox over a real socket: thinking, asking, finishing, and what they cost.

use reelmeter::sandbox::{Kind, Rule};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{House, asset, painted, usd};

fn statuses(messages: &Value) -> Vec<(String, String)> {
    let word = |message: &Value, field: &str| message[field].as_str().unwrap().to_owned();
    messages.as_array().unwrap().iter().map(|message| (word(message, "role"), word(message, "type"))).collect()
}

#[tokio::test]
async fn an_agent_thinks_reviews_generates_and_bills_the_length_of_its_video() {
    let house = House::rich().await;
    let picture = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
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
    let house = House::rich().await;
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
    let house = House::rich().await;
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
    let house = House::rich().await;
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
    let house = House::rich().await;
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
