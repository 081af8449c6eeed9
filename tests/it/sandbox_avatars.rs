//! Avatars and voices that are made in the sandbox, over a real socket: training, consent, use.

use reelmeter::money::Usd;
use reelmeter::sandbox::{Kind, Rule};
use reqwest::{Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{Answer, House, TWIN, asset, painted, usd, wav, with};
use crate::sandbox_cinematic::cinematic;

#[tokio::test]
async fn a_photo_becomes_a_look_that_can_be_used() {
    let house = House::rich().await;
    let photo = house.asset("p.png", painted(300, 400, [200, 40, 40])).await;
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
    let photo = house.asset("q.png", painted(400, 300, [40, 40, 200])).await;
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
    let house = House::rich().await;
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
    let answered = house.client.post(&page).body("answer=no").send().await.unwrap();
    assert_eq!(answered.status(), StatusCode::OK);
    assert_eq!(house.get(&group).await.data()["consent_status"], "rejected");
    house.post(&format!("{group}/consent"), &json!({"reroute_url": "https://example.com/thanks"})).await.data();
    assert_eq!(house.get(&group).await.data()["consent_status"], "pending", "asked once more");
    assert_eq!(house.get(&look).await.data()["status"], "pending_consent", "looking is not agreeing");
    assert_eq!(house.client.post(format!("{page}0")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let agreed = house.client.post(&page).send().await.unwrap();
    assert_eq!(agreed.status(), StatusCode::SEE_OTHER);
    assert_eq!(agreed.headers()["location"], "https://example.com/thanks");
    assert_eq!(house.get(&look).await.data()["status"], "completed");
    assert_eq!(house.get(&group).await.data()["consent_status"], "approved");
    house.post(&format!("{group}/consent"), &json!({})).await.refused(409, "conflict", None);
    let late = house.post("/v3/avatars/group_own_emil/consent", &json!({})).await.text("url");
    house.wait(2 * 3_600_000);
    assert_eq!(house.get("/v3/avatars/group_own_emil").await.data()["consent_status"], "expired");
    assert_eq!(house.client.post(&late).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let body = json!({"type": "avatar", "avatar_id": made.data()["avatar_item"]["id"], "voice_id": "voice_daria_en",
        "script": "Hello.", "engine": {"type": "avatar_v"}});
    house.post("/v3/videos", &body).await.data();
    house.post("/v3/avatars/group_daria/consent", &json!({})).await.refused(403, "resource_access_denied", None);
}

#[tokio::test]
async fn an_avatar_from_words_has_a_play_price_and_a_failed_one_says_why() {
    let house = House::rich().await;
    let body = json!({"type": "prompt", "name": "Judge", "prompt": "An old judge with a kind face"});
    let made = house.post("/v3/avatars", &body).await;
    let fail = Kind::FailRender { code: "no_face".to_owned(), message: "There is no face.".to_owned() };
    house.running.faults.push(Rule::once("POST", "/v3/avatars", fail));
    let photo = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
    let failing = house.post("/v3/avatars", &json!({"type": "photo", "name": "A", "file": asset(&photo)})).await;
    house.wait(120_000);
    let path = |made: &Answer| format!("/v3/avatars/looks/{}", made.data()["avatar_item"]["id"].as_str().unwrap());
    let shown = house.until(&path(&made), &["completed", "failed"]).await;
    assert_eq!(shown["avatar_type"], "photo_avatar");
    assert!(house.fetch(&shown["preview_image_url"]).await.starts_with(b"\x89PNG"));
    let failed = house.until(&path(&failing), &["completed", "failed"]).await;
    assert_eq!(failed["error"]["code"], "no_face");
    assert_eq!(house.balance().await, usd("99"), "nothing is published: the sandbox bills a price of its own");

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
    let house = House::rich().await;
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
    let photo = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
    let wrong = json!({"voice_name": "Me", "audio": asset(&photo)});
    house.post("/v3/voices/clone", &wrong).await.refused(400, "invalid_parameter", Some("audio.asset_id"));
}
