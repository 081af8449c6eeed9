//! The sandbox over a real socket: what a client of HeyGen would notice.

use std::time::Duration;

use reelmeter::money::Usd;
use reelmeter::sandbox::{Kind, Rule};
use reqwest::{Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{House, TWIN, png, wav, with};

const STUDIO: &str = "look_ines_red";

fn script(text: &str) -> Value {
    json!({"type": "avatar", "avatar_id": TWIN, "title": "Welcome", "engine": {"type": "avatar_iv"}, "resolution": "720p", "script": text})
}

#[tokio::test]
async fn a_missing_and_a_wrong_key_get_the_same_answer() {
    let house = House::new().await;
    let url = format!("{}/v3/users/me", house.running.base_url);
    let missing = house.send(house.client.get(&url)).await;
    let wrong = house.send(house.client.get(&url).header("x-api-key", "nope")).await;
    missing.refused(401, "unauthorized", None);
    assert_eq!(missing.body, wrong.body);
    assert_eq!(house.send(house.client.get(&url).bearer_auth(&house.running.key)).await.status, 200);
    // Not even the existence of a path is told without the key.
    house.send(house.client.get(format!("{}/v3/nothing", house.running.base_url))).await.refused(
        401,
        "unauthorized",
        None,
    );
}

#[tokio::test]
async fn a_new_wallet_holds_twenty_five_dollars_in_exact_digits() {
    let house = House::with_balance(Usd::parse("25.0000000000000000001").unwrap()).await;
    let me = house.get("/v3/users/me").await;
    assert_eq!(me.data()["billing_type"], "wallet");
    assert_eq!(me.data()["wallet"]["remaining_balance"].to_string(), "25.0000000000000000001");
    assert_eq!(House::new().await.balance().await, Usd::from_cents(2_500));
}

#[tokio::test]
async fn the_cast_is_shown_page_by_page() {
    let house = House::new().await;
    let mut seen = Vec::new();
    let mut path = "/v3/avatars/looks?limit=7".to_owned();
    loop {
        let page = house.get(&path).await;
        seen.extend(page.data().as_array().unwrap().iter().map(|look| look["id"].as_str().unwrap().to_owned()));
        let Some(token) = page.body["next_token"].as_str() else { break };
        path = format!("/v3/avatars/looks?limit=7&token={token}");
    }
    let all = house.get("/v3/avatars/looks?limit=50").await;
    let whole: Vec<&str> = all.data().as_array().unwrap().iter().map(|look| look["id"].as_str().unwrap()).collect();
    assert_eq!(seen, whole);
    assert!(seen.len() > 7);

    for look in all.data().as_array().unwrap() {
        let one = house.get(&format!("/v3/avatars/looks/{}", look["id"].as_str().unwrap())).await;
        assert_eq!(one.data()["supported_api_engines"], look["supported_api_engines"]);
        assert_eq!(house.get(&format!("/v3/avatars/{}", look["group_id"].as_str().unwrap())).await.status, 200);
    }
    let twins = house.get("/v3/avatars/looks?avatar_type=digital_twin").await;
    assert!(twins.data().as_array().unwrap().iter().all(|look| look["avatar_type"] == "digital_twin"));
    let own = house.get("/v3/avatars/looks?ownership=private").await;
    assert!(own.data().as_array().unwrap().iter().all(|look| look["id"].as_str().unwrap().starts_with("look_own")));
    let voices = house.get("/v3/voices?language=german&limit=100").await;
    assert!(voices.data().as_array().unwrap().iter().all(|voice| voice["language"] == "German"));
    assert!(!voices.data().as_array().unwrap().is_empty());

    house.get("/v3/avatars/looks?limit=51").await.refused(400, "invalid_parameter", Some("limit"));
    house.get("/v3/avatars/looks?page=2").await.refused(400, "invalid_parameter", Some("page"));
    house.get("/v3/avatars/looks/nobody").await.refused(404, "not_found", None);
    house.get("/v3/voices/nobody").await.refused(404, "not_found", None);
}

#[tokio::test]
async fn previews_load_without_a_key() {
    let house = House::new().await;
    let look = house.get(&format!("/v3/avatars/looks/{TWIN}")).await;
    let voice = house.get("/v3/voices/voice_daria_en").await;
    for (address, start) in [
        (&look.data()["preview_image_url"], b"\x89PNG".as_slice()),
        (&voice.data()["preview_audio_url"], b"RIFF".as_slice()),
    ] {
        let response = house.client.get(address.as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.bytes().await.unwrap().starts_with(start));
    }
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let house = House::new().await;
    for path in ["/v2/avatars", "/v3/tea", "/v3/templates/template_welcome/cups"] {
        let never = house.get(path).await;
        never.refused(404, "not_found", None);
        assert!(never.body["error"]["message"].as_str().unwrap().contains("did not expect"), "{}", never.body);
    }
    house.send(house.request(Method::PUT, "/v3/videos")).await.refused(404, "not_found", None);
}

#[tokio::test]
async fn every_rule_of_a_video_names_its_field() {
    let house = House::new().await;
    let picture = house.asset("p.png", png(64, 64)).await;
    let large = house.asset("l.png", png(3_000, 16)).await;
    let sound = house.asset("s.wav", wav(500)).await;
    let long = house.asset("l.wav", wav(600_500)).await;
    let base = || script("Hello.");
    let silent = || {
        let mut body = base();
        body.as_object_mut().unwrap().remove("script");
        body
    };
    let engine = |body: Value, word: &str| with(body, "engine", json!({"type": word}));
    let photo = |body: Value| with(body, "avatar_id", json!(photo_look()));
    let studio = |body: Value| with(body, "avatar_id", json!(STUDIO));
    let image = |id: &str| json!({"type": "asset_id", "asset_id": id});
    let raw = |id: &str| json!({"type": "image", "image": image(id), "script": "Hi.", "voice_id": "voice_daria_en"});

    let table = [
        (with(base(), "surprise", json!(1)), 400, "surprise"),
        (with(base(), "avatar_id", json!("nobody")), 404, "avatar_id"),
        (with(base(), "avatar_id", json!("look_own_emil")), 400, "avatar_id"),
        (with(base(), "voice_id", json!("nobody")), 404, "voice_id"),
        (with(base(), "avatar_id", json!("look_wei_hoodie")), 400, "voice_id"),
        (silent(), 400, "script"),
        (with(base(), "audio_asset_id", json!(sound)), 400, "audio_asset_id"),
        (with(base(), "script", json!("x".repeat(5_001))), 400, "script"),
        (with(silent(), "audio_asset_id", json!("nothing")), 404, "audio_asset_id"),
        (with(silent(), "audio_asset_id", json!(picture)), 400, "audio_asset_id"),
        (with(silent(), "audio_asset_id", json!(long)), 400, "audio_asset_id"),
        (with(silent(), "audio_url", json!("https://example.com/a.mp3")), 400, "audio_url"),
        (engine(studio(base()), "avatar_v"), 400, "engine"),
        (engine(photo(with(base(), "voice_id", json!("voice_daria_en"))), "avatar_v"), 400, "engine"),
        (engine(with(base(), "motion_prompt", json!("Wave.")), "avatar_iii"), 400, "motion_prompt"),
        (engine(with(base(), "motion_prompt", json!("Wave.")), "avatar_iv"), 400, "motion_prompt"),
        (with(base(), "expressiveness", json!("high")), 400, "expressiveness"),
        (engine(with(base(), "expressiveness", json!("high")), "avatar_iii"), 400, "expressiveness"),
        (
            with(
                with(base(), "output_format", json!("webm")),
                "background",
                json!({"type": "image", "asset_id": picture}),
            ),
            400,
            "background",
        ),
        (with(base(), "background", json!({"type": "image", "asset_id": sound})), 400, "background.asset_id"),
        (with(base(), "background", json!({"type": "image", "asset_id": "nothing"})), 404, "background.asset_id"),
        (with(base(), "watermark", json!({"image": image(&sound)})), 400, "watermark.image.asset_id"),
        (with(base(), "voice_settings", json!({"speed": 1.51})), 400, "voice_settings.speed"),
        (raw(&sound), 400, "image.asset_id"),
        (raw(&large), 400, "image.asset_id"),
        (with(raw(&picture), "engine", json!({"type": "avatar_iv"})), 400, "engine"),
        (with(raw(&picture), "voice_id", Value::Null), 400, "voice_id"),
    ];
    for (body, status, param) in table {
        let answer = house.post("/v3/videos", &body).await;
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        assert_eq!(answer.body["error"]["param"], param, "{body} → {}", answer.body);
        answer.refused(status, code, Some(param));
    }
    assert_eq!(house.ledger().await["created_videos"], 0);

    for good in [
        with(base(), "background", json!({"type": "image", "asset_id": picture})),
        with(base(), "watermark", json!({"image": image(&picture), "opacity": 0.5})),
        engine(with(base(), "motion_prompt", json!("Wave.")), "avatar_v"),
        with(silent(), "audio_asset_id", json!(sound)),
        raw(&picture),
    ] {
        assert_eq!(house.post("/v3/videos", &good).await.data()["status"], "waiting");
    }
    house.send(house.request(Method::POST, "/v3/videos").body("{}")).await.refused(400, "validation_error", None);
}

fn photo_look() -> &'static str {
    let fits = |look: &&reelmeter::sandbox::cast::CastLook| {
        look.avatar_type.word() == "photo_avatar" && look.status == "completed"
    };
    reelmeter::sandbox::cast::looks().iter().find(fits).unwrap().id
}

#[tokio::test]
async fn a_transparent_video_costs_the_same_and_shows_only_the_person() {
    let house = House::new().await;
    let body = with(with(script("Welcome to the team."), "caption", json!({})), "output_format", json!("webm"));
    let created = house.create(&body, "one").await;
    assert_eq!(created.data()["output_format"], "webm");
    let video = house.finished(&created.text("video_id")).await;
    assert_eq!(video["status"], "completed", "{video}");
    let (size, seconds) = house.film(&video["video_url"]).await;
    assert_eq!((size, seconds.to_string()), ((1_280, 720), video["duration"].to_string()));
    assert!(video["video_url"].as_str().unwrap().contains(".webm?"), "{video}");
    let film = house.fetch(&video["video_url"]).await;
    assert!(film.windows(4).any(|bytes| bytes == [0x53, 0xc0, 0x88, 0]), "it says that it is transparent");
    assert!(String::from_utf8(house.fetch(&video["subtitle_url"]).await).unwrap().contains("Welcome"));
    assert!(house.fetch(&video["thumbnail_url"]).await.starts_with(b"\x89PNG"));
    assert_eq!((&video["captioned_video_url"], &video["gif_url"]), (&Value::Null, &Value::Null));
    let paid = Usd::from_cents(2_500) - house.balance().await;
    assert_eq!(paid, Usd(Decimal::from_str_exact("0.0667").unwrap() * seconds));
}

#[tokio::test]
async fn a_video_goes_its_way_and_costs_its_seconds() {
    let house = House::new().await;
    let id = house.create(&with(script("Welcome to the team."), "caption", json!({})), "one").await;
    let id = id.data()["video_id"].as_str().unwrap().to_owned();
    let path = format!("/v3/videos/{id}");
    assert_eq!(house.get(&path).await.data()["status"], "pending");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(house.get(&path).await.data()["status"], "processing");
    assert_eq!(house.get(&format!("/v3/videos/statuses?video_ids={id},x")).await.data()[0]["status"], "processing");

    let video = house.finished(&id).await;
    assert_eq!(video["status"], "completed", "{video}");
    let seconds = Decimal::from_str_exact(&video["duration"].to_string()).unwrap();
    let expected = Usd(Decimal::from_str_exact("0.0667").unwrap() * seconds);
    let ledger = house.ledger().await;
    assert_eq!(ledger["charges"].as_array().unwrap().len(), 1);
    assert_eq!(ledger["charges"][0]["amount"], expected.exact());
    assert_eq!(house.balance().await, Usd::from_cents(2_500) - expected);

    let list = house.get("/v3/videos?title=welc").await;
    assert_eq!(list.data()[0]["id"], id.as_str());
    assert!(house.get("/v3/videos?title=other").await.data().as_array().unwrap().is_empty());
    for field in ["video_url", "thumbnail_url", "subtitle_url"] {
        let response = house.client.get(video[field].as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{field}");
    }
    // What is made on demand: the captions in the picture, and a GIF.
    let captioned = house.film(&video["captioned_video_url"]).await;
    let plain = house.film(&video["video_url"]).await;
    assert_eq!(captioned.0, plain.0);
    assert!((captioned.1 - plain.1).abs() <= Decimal::new(1, 1), "{captioned:?} {plain:?}");
    assert_ne!(house.fetch(&video["captioned_video_url"]).await, house.fetch(&video["video_url"]).await);
    let gif = house.fetch(&video["gif_url"]).await;
    let gif = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(gif)).unwrap();
    let frames = image::AnimationDecoder::into_frames(gif).collect_frames().unwrap();
    assert_eq!(frames.first().map(|frame| frame.buffer().dimensions()), Some((320, 180)));
    assert!(frames.len() >= 5, "{} pictures", frames.len());
    assert_eq!(house.send(house.request(Method::DELETE, &path)).await.data()["deleted"], true);
    for field in ["captioned_video_url", "gif_url"] {
        let response = house.client.get(video[field].as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{field}");
    }
    house.get(&path).await.refused(404, "not_found", None);
    assert_eq!(
        house.client.get(video["video_url"].as_str().unwrap()).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(house.ledger().await["charges"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn audio_costs_the_length_of_the_film_made_of_it() {
    let house = House::new().await;
    let sound = house.asset("s.wav", wav(2_000)).await;
    let body = json!({"type": "avatar", "avatar_id": TWIN, "audio_asset_id": sound, "engine": {"type": "avatar_iii"}});
    let id = house.post("/v3/videos", &body).await.data()["video_id"].as_str().unwrap().to_owned();
    let seconds = Decimal::from_str_exact(&house.finished(&id).await["duration"].to_string()).unwrap();
    assert!((seconds - Decimal::TWO).abs() <= Decimal::new(1, 1), "{seconds}");
    let expected = Usd(Decimal::from_str_exact("0.0167").unwrap() * seconds);
    assert_eq!(house.ledger().await["charges"][0]["amount"], expected.exact());
}

#[tokio::test]
async fn a_key_pays_once_for_a_day() {
    let house = House::new().await;
    let first = house.create(&script("One."), "key-1").await;
    let again = house.create(&script("A different body."), "key-1").await;
    assert_eq!(again.body, first.body);
    assert_ne!(house.create(&script("One."), "key-2").await.body, first.body);

    house.clock.advance(Duration::from_secs(24 * 3_600 - 1));
    assert_eq!(house.create(&script("One."), "key-1").await.body, first.body);
    house.clock.advance(Duration::from_secs(1));
    assert_ne!(house.create(&script("One."), "key-1").await.body, first.body);
    assert_eq!(house.ledger().await["created_videos"], 3);

    for bad in ["", "with space", "ä", &"x".repeat(256)] {
        let key = reqwest::header::HeaderValue::from_bytes(bad.as_bytes()).unwrap();
        let request = house.request(Method::POST, "/v3/videos").header("idempotency-key", key).json(&script("One."));
        house.send(request).await.refused(400, "invalid_parameter", Some("Idempotency-Key"));
    }
}

#[tokio::test]
async fn a_key_is_bound_to_its_endpoint() {
    let house = House::new().await;
    let video = house.create(&script("One."), "shared").await;
    let announced = json!({"filename": "a.wav", "content_type": "audio/wav", "size_bytes": 44});
    let request = house.request(Method::POST, "/v3/assets/direct-uploads").header("idempotency-key", "shared");
    let upload = house.send(request.json(&announced)).await;
    assert!(upload.data()["upload_url"].is_string());
    assert_ne!(upload.body, video.body);
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_key_up() {
    let house = House::with_balance(Usd::ZERO).await;
    house.create(&script("One."), "key").await.refused(402, "insufficient_credit", None);
    house.post("/sandbox/wallet", &json!({"add": 5})).await.data();
    assert_eq!(house.create(&script("One."), "key").await.data()["status"], "waiting");
}

#[tokio::test]
async fn a_purchase_in_flight_is_not_made_twice() {
    let house = House::new().await;
    house.running.faults.push(Rule::once("POST", "/v3/videos", Kind::HoldPurchase));
    let body = script("One.");
    let first = house.create(&body, "key");
    let others = async {
        while house.running.faults.held() == 0 {
            tokio::task::yield_now().await;
        }
        house.create(&body, "key").await.refused(409, "request_in_progress", None);
        house.running.faults.release();
    };
    let (first, ()) = tokio::join!(first, others);
    assert_eq!(house.create(&body, "key").await.body, first.body);
    assert_eq!(house.ledger().await["created_videos"], 1);
}

#[tokio::test]
async fn the_eleventh_job_has_to_wait() {
    let house = House::new().await;
    for place in 0..10 {
        house.create(&script("One."), &format!("key-{place}")).await.data();
    }
    let eleventh = house.create(&script("One."), "key-10").await;
    eleventh.refused(429, "rate_limit_exceeded", None);
    assert!(eleventh.retry_after.unwrap().parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn what_is_reserved_cannot_be_spent_again() {
    let house = House::with_balance(Usd::from_cents(40)).await;
    let sound = house.asset("s.wav", wav(4_000)).await;
    let body = json!({"type": "avatar", "avatar_id": TWIN, "audio_asset_id": sound, "engine": {"type": "avatar_iv"}});
    house.create(&body, "a").await.data();
    house.create(&body, "b").await.refused(402, "insufficient_credit", None);
    assert_eq!(house.balance().await, Usd::from_cents(40));
}

#[tokio::test]
async fn a_restart_forgets_nothing_and_charges_once() {
    let house = House::new().await;
    let first = house.create(&script("One."), "key").await;
    let id = first.data()["video_id"].as_str().unwrap().to_owned();
    let house = house.restarted().await;
    assert_eq!(house.create(&script("One."), "key").await.body, first.body);
    let video = house.finished(&id).await;
    assert_eq!(video["status"], "completed");
    let balance = house.balance().await;
    assert!(balance < Usd::from_cents(2_500));
    let house = house.restarted().await;
    assert_eq!(house.finished(&id).await["duration"], video["duration"]);
    let ledger = house.ledger().await;
    assert_eq!((ledger["charges"].as_array().unwrap().len(), &ledger["created_videos"]), (1, &json!(1)));
    assert_eq!(house.balance().await, balance);
}

#[tokio::test]
async fn faults_strike_as_they_were_ordered() {
    let house = House::new().await;
    let faults = &house.running.faults;
    let answers = [
        (Kind::RateLimited { retry_after: 7 }, 429, "rate_limit_exceeded"),
        (Kind::InsufficientCredit, 402, "insufficient_credit"),
        (Kind::Unauthorized, 401, "unauthorized"),
        (Kind::ServerError { status: 500 }, 500, "internal_error"),
        (Kind::ServerError { status: 503 }, 503, "service_unavailable"),
    ];
    for (kind, status, code) in answers {
        faults.push(Rule::once("POST", "/v3/videos", kind));
        let struck = house.create(&script("One."), "key").await;
        struck.refused(status, code, None);
        assert_eq!(struck.retry_after.as_deref(), (status == 429).then_some("7"));
    }
    faults.push(Rule::once("GET", "/v3/users/me", Kind::NotJson { status: 502 }));
    let page = house.request(Method::GET, "/v3/users/me").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::BAD_GATEWAY);
    assert!(page.text().await.unwrap().starts_with("<html>"));

    faults.push(Rule::once("POST", "/v3/videos", Kind::ResetBefore));
    let post = || house.request(Method::POST, "/v3/videos").header("idempotency-key", "key").json(&script("One."));
    assert!(post().send().await.is_err());
    assert_eq!(house.ledger().await["created_videos"], 0);
    faults.push(Rule::once("POST", "/v3/videos", Kind::ResetAfter));
    assert!(post().send().await.is_err());
    assert_eq!(house.ledger().await["created_videos"], 1);
    faults.push(Rule::once("POST", "/v3/videos", Kind::StallAfter));
    assert!(post().timeout(Duration::from_millis(300)).send().await.unwrap_err().is_timeout());
    assert_eq!(house.send(post()).await.data()["status"], "waiting");
    assert_eq!(house.ledger().await["created_videos"], 1);

    faults.push(Rule::always("GET", "", Kind::LookVanished { look_id: TWIN.to_owned() }));
    house.get(&format!("/v3/avatars/looks/{TWIN}")).await.refused(404, "not_found", None);
    house.create(&script("One."), "other").await.refused(404, "not_found", Some("avatar_id"));
    faults.clear();
    assert_eq!(house.get(&format!("/v3/avatars/looks/{TWIN}")).await.status, 200);
}

#[tokio::test]
async fn a_failed_render_costs_nothing() {
    let house = House::new().await;
    let (code, message) = ("moderation_failed".to_owned(), "The script was refused.".to_owned());
    house.running.faults.push(Rule::once("POST", "/v3/videos", Kind::FailRender { code, message }));
    let id = house.create(&script("One."), "key").await.data()["video_id"].as_str().unwrap().to_owned();
    let video = house.finished(&id).await;
    assert_eq!((&video["status"], &video["failure_code"]), (&json!("failed"), &json!("moderation_failed")));
    assert_eq!(house.balance().await, Usd::from_cents(2_500));
    assert!(house.ledger().await["charges"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn faults_are_ordered_over_http_too() {
    let house = House::new().await;
    let rule =
        json!({"method": "GET", "path_prefix": "/v3/users", "times": 1, "kind": {"rate_limited": {"retry_after": 3}}});
    house.post("/sandbox/faults", &rule).await.data();
    let struck = house.get("/v3/users/me").await;
    assert_eq!((struck.status, struck.retry_after.as_deref()), (429, Some("3")));
    assert_eq!(house.get("/sandbox/faults").await.data()[0]["hits"], 1);
    house.post("/sandbox/faults", &json!({"kind": "sadness"})).await.refused(
        400,
        "invalid_parameter",
        Some("[0].kind"),
    );
    assert!(house.send(house.request(Method::DELETE, "/sandbox/faults")).await.data().as_array().unwrap().is_empty());
    let without_key = house.client.get(format!("{}/sandbox/faults", house.running.base_url));
    house.send(without_key).await.refused(401, "unauthorized", None);
    let seen = house.get("/sandbox/requests").await;
    let names = seen.data()[0]["header_names"].as_array().unwrap();
    assert!(names.contains(&json!("x-api-key")) && !seen.body.to_string().contains(&house.running.key.repeat(2)));
}
