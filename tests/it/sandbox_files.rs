//! Files of the sandbox over a real socket: up in one or two steps, down in parts.

use std::time::Duration;

use reelmeter::sandbox::{Kind, Rule};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::{House, TWIN, wav};

#[tokio::test]
async fn results_are_fetched_in_parts_until_the_address_expires() {
    let house = House::new().await;
    let sound = wav(500);
    let id = house.asset("s.wav", sound.clone()).await;
    let address = house.get(&format!("/v3/assets/{id}")).await.data()["url"].as_str().unwrap().to_owned();
    let fetch = |range: &'static str| house.client.get(&address).header("range", range).send();

    let whole = house.client.get(&address).header("x-api-key", "leaked").send().await.unwrap();
    let tag = whole.headers()["etag"].clone();
    assert_eq!(whole.bytes().await.unwrap(), sound);
    let part = fetch("bytes=100-").await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 100-{}/{}", sound.len() - 1, sound.len()).as_str());
    assert_eq!(part.bytes().await.unwrap(), sound[100..]);
    assert_eq!(fetch("bytes=99999999-").await.unwrap().status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let other =
        house.client.get(&address).header("range", "bytes=5-").header("if-range", "\"old\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
    let same = house.client.get(&address).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);

    let leaks =
        house.running.requests().into_iter().filter(|seen| {
            seen.path.starts_with("/files/") && seen.header_names.iter().any(|name| name == "x-api-key")
        });
    assert_eq!(leaks.count(), 1);

    let forged = address.replace("signature=", "signature=0");
    assert_eq!(house.client.get(forged).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    house.clock.advance(Duration::from_secs(2 * 3_600));
    assert_eq!(house.client.get(&address).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let fresh = house.get(&format!("/v3/assets/{id}")).await.data()["url"].as_str().unwrap().to_owned();
    assert_eq!(house.client.get(fresh).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_large_file_goes_up_in_two_steps() {
    let house = House::new().await;
    let bytes = wav(500);
    let announced = json!({"filename": "s.wav", "content_type": "audio/wav", "size_bytes": bytes.len()});
    let begun = house.post("/v3/assets/direct-uploads", &announced).await;
    let begun = begun.data();
    let id = begun["asset_id"].as_str().unwrap();
    let complete = format!("/v3/assets/{id}/complete");
    house.post(&complete, &json!({})).await.refused(409, "conflict", None);

    let put = |with_headers: bool, body: Vec<u8>| {
        let mut request = house.client.put(begun["upload_url"].as_str().unwrap()).body(body);
        for (name, value) in begun["upload_headers"].as_object().unwrap().iter().filter(|_| with_headers) {
            request = request.header(name, value.as_str().unwrap());
        }
        request.send()
    };
    assert_eq!(put(false, bytes.clone()).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(put(true, bytes[..100].to_vec()).await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(put(true, bytes.clone()).await.unwrap().status(), StatusCode::OK);
    house.post(&complete, &json!({})).await.refused(409, "conflict", None);
    let early = json!({"type": "avatar", "avatar_id": TWIN, "audio_asset_id": id});
    house.post("/v3/videos", &early).await.refused(404, "not_found", Some("audio_asset_id"));
    house.clock.advance(Duration::from_secs(1));
    let wrong = json!({"checksum_sha256": "0".repeat(64)});
    house.post(&complete, &wrong).await.refused(400, "invalid_parameter", Some("checksum_sha256"));
    let done = house.post(&complete, &json!({})).await;
    assert_eq!((&done.data()["mime_type"], &done.data()["size_bytes"]), (&json!("audio/wav"), &json!(bytes.len())));
    assert_eq!(house.post(&complete, &json!({})).await.data()["asset_id"], id);
    // None of its fields is required, so that a body is not either.
    assert_eq!(house.send(house.request(Method::POST, &complete)).await.data()["asset_id"], id);
    assert_eq!(house.get(&format!("/v3/assets/statuses?asset_ids={id}")).await.data()[0]["status"], "completed");
    assert_eq!(house.get("/v3/assets").await.data()[0]["id"], id);
    assert_eq!(house.send(house.request(Method::DELETE, &format!("/v3/assets/{id}"))).await.data()["id"], id);
    house.get(&format!("/v3/assets/{id}")).await.refused(404, "not_found", None);
}

#[tokio::test]
async fn a_file_is_taken_for_what_its_bytes_say() {
    let house = House::new().await;
    assert_eq!(house.upload("film.mp4", wav(10)).await.data()["mime_type"], "audio/wav");
    house.upload("film.mp4", b"no film at all".to_vec()).await.refused(400, "invalid_parameter", Some("file"));
    house.upload("large.wav", wav(1_000_100)).await.refused(413, "payload_too_large", Some("file"));
}

#[tokio::test]
async fn downloads_break_on_demand() {
    let house = House::new().await;
    let bytes = wav(2_000);
    let id = house.asset("s.wav", bytes.clone()).await;
    let address = house.get(&format!("/v3/assets/{id}")).await.data()["url"].as_str().unwrap().to_owned();
    house.running.faults.push(Rule::once("GET", "/files/", Kind::CutBody { after: 1_000 }));
    let mut cut = house.client.get(&address).send().await.unwrap();
    assert_eq!(cut.content_length(), u64::try_from(bytes.len()).ok());
    let mut arrived = Vec::new();
    let broken = loop {
        match cut.chunk().await {
            Ok(Some(piece)) => arrived.extend_from_slice(&piece),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && arrived.len() <= 1_000 && bytes.starts_with(&arrived), "{} bytes", arrived.len());
    house.running.faults.push(Rule::once("GET", "/files/", Kind::ExpiredLink));
    assert_eq!(house.client.get(&address).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(house.client.get(&address).send().await.unwrap().bytes().await.unwrap(), bytes);
}
