//! Cinematic videos of the sandbox over a real socket, and the limit that all kinds of jobs share.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{House, TWIN, asset, painted, usd, wav, with};

pub fn cinematic() -> Value {
    json!({"type": "cinematic_avatar", "avatar_id": [TWIN], "prompt": "She walks along a pier at dawn.", "title": "Pier"})
}

#[tokio::test]
async fn a_cinematic_video_has_one_price_and_the_length_and_shape_that_was_asked_for() {
    let house = House::rich().await;
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
    let house = House::rich().await;
    let picture = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
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

#[tokio::test]
async fn jobs_of_all_kinds_share_one_limit() {
    let house = House::rich().await;
    for _ in 0..5 {
        house.post("/v3/videos", &cinematic()).await.data();
        house.post("/v3/video-agents", &json!({"prompt": "A 5s teaser."})).await.data();
    }
    let photo = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
    let full = house.post("/v3/avatars", &json!({"type": "photo", "name": "A", "file": asset(&photo)})).await;
    full.refused(429, "rate_limit_exceeded", None);
    assert!(full.retry_after.unwrap().parse::<u64>().unwrap() >= 1);
}
