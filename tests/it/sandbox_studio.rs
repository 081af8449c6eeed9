//! What HeyGen takes and publishes no price for, and films of several scenes: the sandbox over a real socket.

use reelmeter::media::frames::strip;
use reelmeter::sandbox::{Kind, Rule};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{House, TWIN, asset, painted, usd, wav, with};

fn speaker(avatar: &str, engine: &str, script: &str) -> Value {
    json!({
        "type": "avatar_video",
        "input": {"type": "avatar", "avatar_id": avatar, "engine": {"type": engine}, "script": script},
    })
}

fn studio(scenes: &[Value]) -> Value {
    json!({"type": "studio", "title": "Three scenes", "resolution": "720p", "scenes": scenes, "caption": {}})
}

fn seconds(video: &Value) -> Decimal {
    Decimal::from_str_exact(&video["duration"].to_string()).unwrap()
}

/// A film that the sandbox made and took back as a file.
async fn film(house: &House) -> (String, Decimal) {
    let body = json!({"type": "avatar", "avatar_id": TWIN, "script": "Hello there.", "resolution": "720p"});
    let video = house.finished(&house.post("/v3/videos", &body).await.text("video_id")).await;
    let id = house.asset("film.mp4", house.fetch(&video["video_url"]).await).await;
    (id, seconds(&video))
}

#[tokio::test]
async fn a_studio_video_is_one_film_of_its_scenes_and_each_is_billed_as_what_it_is() {
    let house = House::rich().await;
    let (clip, clip_seconds) = film(&house).await;
    let red = house.asset("red.png", painted(320, 180, [220, 20, 20])).await;
    let sound = house.asset("s.wav", wav(1_500)).await;
    let before = house.balance().await;
    let body = studio(&[
        speaker(TWIN, "avatar_iii", "One two three."),
        json!({"type": "image", "source": asset(&red), "duration": 2}),
        json!({"type": "image", "source": asset(&red), "audio_asset_id": sound}),
        json!({"type": "video", "source": asset(&clip), "playback": {"mute": true}}),
        speaker(TWIN, "avatar_v", "And goodbye."),
    ]);
    let created = house.create(&with(body, "callback_id", json!("c")), "one").await;
    assert_eq!((created.text("status").as_str(), created.text("output_format").as_str()), ("waiting", "mp4"));
    let path = format!("/v3/videos/{}", created.text("video_id"));
    assert_eq!(house.get(&path).await.data()["status"], "pending");
    let video = house.finished(&created.text("video_id")).await;
    assert_eq!((video["status"].as_str(), video["title"].as_str()), (Some("completed"), Some("Three scenes")));
    let all = seconds(&video);
    assert_eq!(house.film(&video["video_url"]).await, ((1_280, 720), all));

    // Alone, each scene is as long and costs as much, to the frame.
    let whole = |seconds: Decimal| (seconds * Decimal::from(25)).ceil() / Decimal::from(25);
    let mut spoken = Vec::new();
    for script in ["One two three.", "And goodbye."] {
        let alone = json!({"type": "avatar", "avatar_id": TWIN, "script": script, "resolution": "720p"});
        let alone = house.post("/v3/videos", &alone).await.text("video_id");
        spoken.push(whole(seconds(&house.finished(&alone).await)));
    }
    let plain = Decimal::TWO + whole(Decimal::new(15, 1)) + whole(clip_seconds);
    assert_eq!(all, spoken[0] + spoken[1] + plain);
    let ledger = house.ledger().await;
    let expected = usd("0.0167") * spoken[0] + usd("0.0667") * spoken[1] + usd("0.01") * plain;
    assert_eq!(ledger["charges"][1]["amount"], expected.exact(), "{ledger}");
    assert!(before > house.balance().await);

    // The scenes come one after another, and what is said is where it is said.
    let path = house.path().join("fetched.bin");
    let shown = strip(&path, 40, 90).unwrap();
    let is_red = |seconds: Decimal| {
        let frame = shown.iter().min_by_key(|frame| (frame.seconds - seconds).abs()).unwrap();
        let middle = (45 * usize::try_from(frame.picture.width).unwrap() + 80) * 4;
        let pixel = &frame.picture.rgba[middle..middle + 3];
        pixel[0] > 150 && pixel[1] < 90 && pixel[2] < 90
    };
    assert!(is_red(spoken[0] + Decimal::ONE) && !is_red(spoken[0] / Decimal::TWO) && !is_red(all - Decimal::ONE));
    let srt = String::from_utf8(house.fetch(&video["subtitle_url"]).await).unwrap();
    let goodbye = srt.split("\n\n").find(|cue| cue.contains("goodbye")).unwrap();
    let from = goodbye.lines().nth(1).unwrap();
    let at: Decimal = from[6..12].replace(',', ".").parse().unwrap();
    assert!((at - (all - spoken[1])).abs() < Decimal::ONE, "{from}, the scene begins at {}", all - spoken[1]);
    assert!(
        std::fs::read_dir(house.path().join("results"))
            .unwrap()
            .all(|file| { !file.unwrap().file_name().to_string_lossy().contains("scene") })
    );
}

#[tokio::test]
async fn every_rule_of_a_scene_names_its_field_and_a_failure_costs_nothing() {
    let house = House::rich().await;
    let picture = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
    let good = || speaker(TWIN, "avatar_iv", "Hello.");
    let input = |field: &str, value: Value| {
        let mut scene = good();
        scene["input"][field] = value;
        scene
    };
    for (scene, status, param) in [
        (input("avatar_id", json!("nobody")), 404, "scenes[1].input.avatar_id"),
        (input("voice_id", json!("nobody")), 404, "scenes[1].input.voice_id"),
        (input("expressiveness", json!("high")), 400, "scenes[1].input.expressiveness"),
        (input("surprise", json!(1)), 400, "scenes[1].input.surprise"),
        (json!({"type": "image", "source": asset("none"), "duration": 2}), 404, "scenes[1].source.asset_id"),
        (json!({"type": "image", "source": asset(&picture), "script": "Hi."}), 400, "scenes[1].voice_id"),
        (json!({"type": "video", "source": asset(&picture)}), 400, "scenes[1].source.asset_id"),
    ] {
        let answer = house.post("/v3/videos", &studio(&[good(), scene])).await;
        answer.refused(status, if status == 404 { "not_found" } else { "invalid_parameter" }, Some(param));
    }
    house.running.faults.push(Rule::once(
        "POST",
        "/v3/videos",
        Kind::FailRender { code: "moderation".to_owned(), message: "Not this.".to_owned() },
    ));
    let failed = house.post("/v3/videos", &studio(&[good()])).await.text("video_id");
    let failed = house.finished(&failed).await;
    assert_eq!((failed["status"].as_str(), failed["failure_code"].as_str()), (Some("failed"), Some("moderation")));
    assert_eq!(house.balance().await, usd("100"));
}

#[tokio::test]
async fn what_has_no_published_price_is_made_for_a_play_price() {
    let house = House::rich().await;
    let (clip, clip_seconds) = film(&house).await;
    let spent = |before, after| before - after;

    let before = house.balance().await;
    let body = json!({"type": "avatar", "avatar_id": TWIN, "script": "Large.", "resolution": "4k"});
    let large = house.finished(&house.post("/v3/videos", &body).await.text("video_id")).await;
    let (size, lasts) = house.film(&large["video_url"]).await;
    assert_eq!(size, (3_840, 2_160));
    assert_eq!(spent(before, house.balance().await), usd("0.0667") * lasts * Decimal::new(15, 1));

    let before = house.balance().await;
    let body = json!({"video": asset(&clip), "output_languages": ["German"], "mode": "precision",
                      "translate_audio_only": true});
    let id = house.post("/v3/video-translations", &body).await.data()["video_translation_ids"][0].clone();
    house.wait(120_000);
    house.until(&format!("/v3/video-translations/{}", id.as_str().unwrap()), &["completed"]).await;
    assert_eq!(spent(before, house.balance().await), usd("0.0333") * clip_seconds);

    let before = house.balance().await;
    let body = json!({"video": asset(&clip), "layers": ["foreground", "mask"], "request_id": "r"});
    let begun = house.post("/v3/background-removals", &body).await;
    assert_eq!((begun.text("status").as_str(), &begun.data()["layers"]), ("pending", &json!({})));
    let path = format!("/v3/background-removals/{}", begun.text("id"));
    assert_eq!(house.delete(&path).await.status, 409);
    house.wait(120_000);
    let removed = house.until(&path, &["completed", "failed"]).await;
    for layer in ["foreground", "mask"] {
        assert_eq!(house.film(&removed["layers"][layer]).await, ((1_280, 720), clip_seconds), "{removed}");
        let bytes = house.fetch(&removed["layers"][layer]).await;
        let says_alpha = bytes.windows(3).any(|bytes| bytes == [0x53, 0xc0, 0x88]);
        assert_eq!(says_alpha, layer == "foreground");
    }
    assert_eq!(spent(before, house.balance().await), usd("0.0333") * clip_seconds);
    assert_eq!(house.get("/v3/background-removals?limit=1").await.data()[0]["id"], removed["id"]);
    assert_eq!(house.delete(&path).await.data()["deleted"], true);
    house.get(&path).await.refused(404, "not_found", None);
    house.post("/v3/background-removals", &json!({"video": asset("none")})).await.refused(
        404,
        "not_found",
        Some("video.asset_id"),
    );
}
