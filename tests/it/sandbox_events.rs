//! What the sandbox tells others: callbacks of requests, and webhooks.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reelmeter::sandbox::{Kind, Rule};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;
use crate::loopback::{Loopback, Seen, answer};

const ENDPOINTS: &str = "/v3/webhooks/endpoints";

fn script(more: &Value) -> Value {
    let mut body = json!({"type": "avatar", "avatar_id": "look_daria_blazer", "title": "Told", "resolution": "720p", "script": "Hi."});
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

async fn listener() -> Loopback {
    Loopback::start(|_| answer(200, &[], "")).await
}

/// What arrived, once there is so much of it; bounded by the answers, not by time.
async fn heard(house: &House, at: &Loopback, count: usize) -> Vec<Seen> {
    for _ in 0..40_000 {
        let seen = at.seen();
        if seen.len() >= count {
            return seen;
        }
        house.get("/v3/users/me").await;
    }
    panic!("{} of {count} arrived", at.seen().len());
}

fn event(seen: &Seen) -> Value {
    serde_json::from_slice(&seen.body).unwrap()
}

async fn made(house: &House, body: &Value) -> String {
    let id = house.post("/v3/videos", body).await.data()["video_id"].as_str().unwrap().to_owned();
    house.finished(&id).await;
    id
}

#[tokio::test]
async fn the_address_of_a_request_hears_once_how_it_ended() {
    let (house, there) = (House::new().await, listener().await);
    let callback = json!({"callback_url": format!("{}/hook?of=mine", there.base), "callback_id": "order 7"});
    let id = made(&house, &script(&callback)).await;
    let (code, message) = ("moderation_failed".to_owned(), "The script was refused.".to_owned());
    house.running.faults.push(Rule::once("POST", "/v3/videos", Kind::FailRender { code, message }));
    let failed = made(&house, &script(&callback)).await;

    let seen = heard(&house, &there, 2).await;
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str(), seen[0].query.as_str()), ("POST", "/hook", "of=mine"));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert!(seen[0].header("x-api-key").is_none() && seen[0].header("heygen-signature").is_none());
    let told = event(&seen[0]);
    assert_eq!(told["event_type"], "avatar_video.success");
    assert_eq!((&told["event_data"]["video_id"], &told["event_data"]["callback_id"]), (&json!(id), &json!("order 7")));
    let film = house.client.get(told["event_data"]["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(film.status(), StatusCode::OK, "the address is good without a key");
    let told = event(&seen[1]);
    assert_eq!(told["event_type"], "avatar_video.fail");
    assert_eq!(told["event_data"]["video_id"], json!(failed));
    assert_eq!(told["event_data"]["msg"], "The script was refused.");

    // Nobody asked to hear of this one.
    made(&house, &script(&json!({}))).await;
    assert_eq!(house.get("/v3/webhooks/events").await.data().as_array().unwrap().len(), 3);
    let house = house.restarted().await;
    house.clock.advance(Duration::from_secs(600));
    house.get("/v3/users/me").await;
    assert_eq!(there.seen().len(), 2, "what arrived is not sent again");
}

#[tokio::test]
async fn an_endpoint_hears_what_it_asked_for_and_can_check_who_speaks() {
    let (house, all, fails) = (House::new().await, listener().await, listener().await);
    let both = house.post(ENDPOINTS, &json!({"url": all.base})).await;
    let only = house.post(ENDPOINTS, &json!({"url": fails.base, "events": ["avatar_video.fail"]})).await;
    assert_eq!((&both.data()["status"], &both.data()["events"]), (&json!("enabled"), &Value::Null));
    let secret = both.data()["secret"].as_str().unwrap();
    let listed = house.get(ENDPOINTS).await;
    assert!(listed.data().as_array().unwrap().iter().all(|one| one["secret"].is_null()), "a secret is told once");

    let id = made(&house, &script(&json!({}))).await;
    let seen = heard(&house, &all, 1).await.remove(0);
    let signature = |secret: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(&seen.body);
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(seen.header("heygen-signature"), Some(signature(secret).as_str()));
    assert_ne!(seen.header("heygen-signature"), Some(signature(only.data()["secret"].as_str().unwrap()).as_str()));
    assert_eq!(seen.header("heygen-event-id"), event(&seen)["event_id"].as_str());
    let seconds: i64 = seen.header("heygen-timestamp").unwrap().parse().unwrap();
    assert!(seconds > 1_700_000_000, "{seconds}");

    let rotate = format!("{ENDPOINTS}/{}/rotate-secret", both.data()["endpoint_id"].as_str().unwrap());
    let rotated = house.send(house.request(Method::POST, &rotate)).await;
    assert_ne!(rotated.data()["secret"].as_str(), Some(secret));

    let path = format!("{ENDPOINTS}/{}", both.data()["endpoint_id"].as_str().unwrap());
    let change = json!({"events": ["video_agent.success"]});
    let changed = house.send(house.request(Method::PATCH, &path).json(&change)).await;
    assert_eq!((&changed.data()["events"], &changed.data()["url"]), (&change["events"], &json!(all.base)));
    let (code, message) = ("x".to_owned(), "No.".to_owned());
    house.running.faults.push(Rule::once("POST", "/v3/videos", Kind::FailRender { code, message }));
    let failed = made(&house, &script(&json!({}))).await;
    assert_eq!(event(&heard(&house, &fails, 1).await[0])["event_data"]["video_id"], json!(failed));
    assert_eq!(all.seen().len(), 1, "it does not ask for these any more");

    house.send(house.request(Method::DELETE, &path)).await.data();
    house.send(house.request(Method::DELETE, &path)).await.refused(404, "not_found", None);
    let events = house.get("/v3/webhooks/events?event_type=avatar_video.success").await;
    assert_eq!(events.data()[0]["event_data"]["video_id"], json!(id));
    let page = house.get(&format!("/v3/webhooks/events?limit=1&entity_id={failed}")).await;
    assert_eq!((page.data().as_array().unwrap().len(), &page.body["has_more"]), (1, &json!(false)));
    house.get("/v3/webhooks/events?event_type=tea").await.refused(400, "invalid_parameter", Some("event_type"));
    let types = house.get("/v3/webhooks/event-types").await;
    assert!(types.data().as_array().unwrap().iter().any(|one| one["event_type"] == "batch.finished"));
}

#[tokio::test]
async fn what_nobody_took_comes_again_and_is_given_up_in_the_end() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let there = Loopback::start(move |_| {
        let status = if counted.fetch_add(1, Ordering::Relaxed) < 2 { 503 } else { 200 };
        answer(status, &[], "")
    });
    let (house, there) = (House::new().await, there.await);
    let callback = json!({"callback_url": there.base});
    made(&house, &script(&callback)).await;
    heard(&house, &there, 1).await;
    let house = house.restarted().await;
    house.clock.advance(Duration::from_secs(1));
    heard(&house, &there, 2).await;
    // The attempt is noted after it arrived: the clock must not run ahead of that.
    for _ in 0..20 {
        house.clock.advance(Duration::from_secs(5));
        house.get("/v3/users/me").await;
    }
    let seen = heard(&house, &there, 3).await;
    assert!(seen.iter().all(|one| one.body == seen[0].body), "every attempt tells the same");
    house.clock.advance(Duration::from_secs(3_600));
    house.get("/v3/users/me").await;
    assert_eq!(there.seen().len(), 3);

    // Nobody at all: that costs nothing but the message.
    let nobody = json!({"callback_url": "http://127.0.0.1:9/"});
    made(&house, &script(&nobody)).await;
    for _ in 0..20 {
        house.clock.advance(Duration::from_secs(600));
        house.get("/v3/users/me").await;
    }
    assert_eq!(house.get("/v3/videos").await.data().as_array().unwrap().len(), 2);
}
