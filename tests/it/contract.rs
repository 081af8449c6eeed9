//! The published interface, held against what the client sends: `tests/contract/heygen-v3.json` lists
//! every endpoint with its parameters and the shapes of request and answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex};

use bytes::Bytes;
use jsonschema::Validator;
use reelmeter::draft::avatar_video::{
    AvatarVideoDraft, Background, Expressiveness, Face, LocalFile, OutputFormat, Source, VoiceSettings,
};
use reelmeter::draft::{AspectRatio, AvatarType, Composition as _, Engine, Field, Look, Resolution, Voice};
use reelmeter::heygen::{AssetId, IdempotencyKey, PaidEndpoint, videos};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::loopback::{Loopback, Seen, answer, json};

static LISTING: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../contract/heygen-v3.json")).unwrap());

/// The listed endpoint a request belongs to; a literal segment counts more than a placeholder.
fn endpoint(method: &str, path: &str) -> Option<&'static Value> {
    let wanted: Vec<&str> = path.split('/').collect();
    let placeholder = |segment: &str| segment.starts_with('{');
    let candidates = LISTING["endpoints"].as_array().unwrap().iter().filter_map(|endpoint| {
        let listed: Vec<&str> = endpoint["path"].as_str().unwrap().split('/').collect();
        let fits = endpoint["method"] == method
            && listed.len() == wanted.len()
            && listed
                .iter()
                .zip(&wanted)
                .all(|(listed, wanted)| listed == wanted || (placeholder(listed) && !wanted.is_empty()));
        fits.then(|| (listed.iter().filter(|segment| placeholder(segment)).count(), endpoint))
    });
    candidates.min_by_key(|(placeholders, _)| *placeholders).map(|(_, endpoint)| endpoint)
}

/// Method and path of every listed endpoint.
pub fn endpoints() -> Vec<(String, String)> {
    let text = |endpoint: &Value, field: &str| endpoint[field].as_str().unwrap().to_owned();
    let listed = LISTING["endpoints"].as_array().unwrap();
    listed.iter().map(|endpoint| (text(endpoint, "method"), text(endpoint, "path"))).collect()
}

/// Path and parameters of every listed `GET` that takes any.
pub fn queries() -> Vec<(String, Vec<Value>)> {
    let listed = LISTING["endpoints"].as_array().unwrap();
    let asked = listed.iter().filter(|endpoint| endpoint["method"] == "GET");
    asked
        .filter_map(|endpoint| {
            Some((endpoint["path"].as_str().unwrap().to_owned(), endpoint["query"].as_array()?.clone()))
        })
        .collect()
}

/// The shape of a request, of which the one alternative is taken that a body of this `type` has.
pub fn request_shape(method: &str, path: &str, body: &Value) -> &'static Value {
    let request = &endpoint(method, path).unwrap()["request"];
    let is_meant = |shape: &&Value| shape["properties"]["type"]["const"] == body["type"];
    request["oneOf"].as_array().map_or(request, |shapes| shapes.iter().find(is_meant).unwrap())
}

/// What a value breaks of a schema, in words. Validators are built once per endpoint and role.
fn faults(method: &str, path: &str, role: &'static str, schema: &Value, value: &Value) -> Vec<String> {
    static BUILT: LazyLock<Mutex<HashMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);
    let name = format!("{role} {method} {path}");
    let validator = *BUILT
        .lock()
        .unwrap()
        .entry(name)
        .or_insert_with(|| Box::leak(Box::new(jsonschema::validator_for(schema).unwrap())));
    // The listing gives some alternatives of answers, pictures and icons for two, one and the same shape.
    let is_alike = |error: &jsonschema::ValidationError<'_>| {
        role == "response" && error.to_string().contains("under more than one of")
    };
    validator
        .iter_errors(value)
        .filter(|error| !is_alike(error))
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// What the body of a request breaks of the listed shape.
pub fn request_faults_of(method: &str, path: &str, body: &Value) -> Vec<String> {
    match endpoint(method, path) {
        Some(listed) => faults(method, listed["path"].as_str().unwrap(), "request", &listed["request"], body),
        None => vec![format!("{method} {path} is not listed")],
    }
}

fn request_faults(seen: &Seen) -> Vec<String> {
    let Some(endpoint) = endpoint(&seen.method, &seen.path) else {
        return vec![format!("{} {} is not listed", seen.method, seen.path)];
    };
    let listed = endpoint["query"].as_array().cloned().unwrap_or_default();
    let mut faults_found = Vec::new();
    for (name, value) in seen.query_pairs() {
        match listed.iter().find(|parameter| parameter["name"] == name.as_str()) {
            None => faults_found.push(format!("{} takes no parameter {name}", seen.path)),
            Some(parameter) => {
                let number: Option<i64> = value.parse().ok();
                let too_small = parameter["min"].as_i64().is_some_and(|min| number.is_none_or(|number| number < min));
                let too_large = parameter["max"].as_i64().is_some_and(|max| number.is_none_or(|number| number > max));
                let unknown =
                    parameter["enum"].as_array().is_some_and(|words| !words.contains(&Value::from(value.as_str())));
                if too_small || too_large || unknown {
                    faults_found.push(format!("{} takes no {name}={value}", seen.path));
                }
            }
        }
    }
    if endpoint["encoding"] == "json" {
        match serde_json::from_slice::<Value>(&seen.body) {
            Ok(body) => faults_found.extend(faults(
                &seen.method,
                endpoint["path"].as_str().unwrap(),
                "request",
                &endpoint["request"],
                &body,
            )),
            Err(error) => faults_found.push(format!("{} {}: {error}", seen.method, seen.path)),
        }
    }
    faults_found
}

/// What an answer breaks of the listed shape: for a 2xx that of the endpoint, otherwise that of errors.
pub fn response_faults(method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
    if !(200..300).contains(&status) {
        return faults(method, "any", "error", &LISTING["error"], body);
    }
    let Some(endpoint) = endpoint(method, path) else {
        return vec![format!("{method} {path} is not listed")];
    };
    let mut found = match &endpoint["response"] {
        Value::Null => Vec::new(),
        schema => faults(method, endpoint["path"].as_str().unwrap(), "response", schema, body),
    };
    if body.get("data").is_none() {
        found.push(format!("{method} {path}: the envelope has no data"));
    }
    found
}

/// Panics when an answer is not of the listed shape.
#[track_caller]
pub fn check_response(method: &str, path: &str, status: u16, body: &Value) {
    let found = response_faults(method, path, status, body);
    assert!(found.is_empty(), "{method} {path} answered {body}\n{}", found.join("\n"));
}

fn file(media_type: &str, duration: Option<Decimal>) -> LocalFile {
    LocalFile {
        path: "in.bin".into(),
        size: 1_000,
        media_type: Some(media_type.to_owned()),
        duration,
        dimensions: None,
        has_audio: None,
        fault: None,
        ..LocalFile::default()
    }
}

fn look(avatar_type: AvatarType, voice: bool) -> Face {
    Face::Look(Look {
        id: format!("look_{}", avatar_type.word()),
        name: "Ada".to_owned(),
        avatar_type,
        group_id: None,
        default_voice_id: voice.then(|| "voice_of_the_look".to_owned()),
        gender: None,
        engines: Vec::new(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    })
}

fn voice() -> Voice {
    Voice {
        id: "voice_chosen".to_owned(),
        name: "Ben".to_owned(),
        language: "English".to_owned(),
        gender: "male".to_owned(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale: true,
        private: false,
        starfish: true,
    }
}

fn uploads() -> BTreeMap<Field, AssetId> {
    [(Field::Look, "asset_face"), (Field::Audio, "asset_sound"), (Field::Background, "asset_back")]
        .map(|(field, id)| (field, AssetId::new(id)))
        .into()
}

/// Every choice of the form combined with every other, as far as the form lets it through.
fn drafts() -> Vec<AvatarVideoDraft> {
    let faces = [
        look(AvatarType::PhotoAvatar, true),
        look(AvatarType::DigitalTwin, true),
        look(AvatarType::StudioAvatar, true),
        Face::Image(file("image/png", None)),
    ];
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let voices = [
        VoiceSettings::default(),
        VoiceSettings { speed: decimal("1.15"), ..VoiceSettings::default() },
        VoiceSettings { pitch: -50, ..VoiceSettings::default() },
        VoiceSettings { volume: decimal("0.30"), ..VoiceSettings::default() },
        VoiceSettings { locale: Some("de-AT".to_owned()), ..VoiceSettings::default() },
        VoiceSettings { speed: decimal("0.5"), pitch: 50, volume: Decimal::ZERO, locale: Some("pt-BR".to_owned()) },
    ];
    let backgrounds =
        [Background::Unchanged, Background::Color("#1a2B3c".to_owned()), Background::Image(file("image/jpeg", None))];
    let mut drafts = Vec::new();
    let mut turn = 0;
    for face in &faces {
        for engine in Engine::ALL {
            for (source, chosen) in [(Source::Script, true), (Source::Script, false), (Source::Audio, false)] {
                for voice_settings in &voices {
                    for background in &backgrounds {
                        for output_format in [OutputFormat::Mp4, OutputFormat::Webm] {
                            for (motion, expressiveness) in
                                [("", None), (" waves ", None), ("", Some(turn)), ("nods", Some(turn))]
                            {
                                turn += 1;
                                let draft = AvatarVideoDraft {
                                    title: if turn % 2 == 0 { "A title".to_owned() } else { String::new() },
                                    face: face.clone(),
                                    voice: chosen.then(voice),
                                    source,
                                    script: "Hello there.".to_owned(),
                                    audio: Some(file("audio/wav", Some(Decimal::TEN))),
                                    engine,
                                    resolution: Resolution::ALL[turn % 3],
                                    aspect_ratio: AspectRatio::ALL[turn % 6],
                                    voice_settings: voice_settings.clone(),
                                    background: background.clone(),
                                    captions: turn % 5 < 3,
                                    motion_prompt: motion.to_owned(),
                                    expressiveness: expressiveness.map(|turn| Expressiveness::ALL[turn % 3]),
                                    output_format,
                                    project: "A client".to_owned(),
                                };
                                if draft.problems().is_empty() {
                                    drafts.push(draft);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    drafts
}

#[test]
fn every_video_the_form_lets_through_is_one_heygen_takes() {
    let schema = &endpoint("POST", "/v3/videos").unwrap()["request"];
    let drafts = drafts();
    assert!(drafts.len() > 1_000, "{} drafts only", drafts.len());
    for draft in &drafts {
        let bytes = videos::body(draft, &uploads()).unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let found = faults("POST", "/v3/videos", "request", schema, &body);
        assert!(found.is_empty(), "{body}\n{}", found.join("\n"));
        check_rules(draft, &body);
    }
}

/// What the schema cannot say, from the published rules on engines and avatars.
#[track_caller]
fn check_rules(draft: &AvatarVideoDraft, body: &Value) {
    let has = |field: &str| body.get(field).is_some();
    let word = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    assert!(!body.to_string().contains("null"), "{body}");
    assert_eq!(
        word("/engine/type"),
        (word("/type") == Some("avatar")).then(|| draft.engine.word()),
        "the price shown is this engine's: {body}"
    );
    assert!(has("script") != has("audio_asset_id"), "one source of speech: {body}");
    assert_eq!(has("voice_id"), has("script"), "{body}");
    assert_eq!(has("voice_settings"), has("script") && draft.voice_settings != VoiceSettings::default(), "{body}");
    assert!(
        !(has("background") && word("/output_format") == Some("webm")),
        "transparency refuses a background: {body}"
    );
    assert_eq!(has("caption"), draft.captions, "{body}");
    let photo = matches!(draft.avatar_type(), Some(AvatarType::PhotoAvatar));
    if has("expressiveness") {
        assert!(photo && draft.engine == Engine::AvatarIv, "{body}");
    }
    if has("motion_prompt") {
        assert!(draft.engine == Engine::AvatarV || (photo && draft.engine == Engine::AvatarIv), "{body}");
    }
}

#[test]
fn the_bytes_of_a_video_are_these() {
    let draft = AvatarVideoDraft {
        title: "Launch".to_owned(),
        face: look(AvatarType::PhotoAvatar, false),
        voice: Some(voice()),
        script: "  Grüß Gott.\n".to_owned(),
        voice_settings: VoiceSettings { speed: "1.10".parse().unwrap(), ..VoiceSettings::default() },
        background: Background::Image(file("image/png", None)),
        motion_prompt: "waves".to_owned(),
        expressiveness: Some(Expressiveness::High),
        ..AvatarVideoDraft::default()
    };
    let expected = concat!(
        r#"{"type":"avatar","avatar_id":"look_photo_avatar","engine":{"type":"avatar_iv"},"title":"Launch","#,
        r#""script":"Grüß Gott.","voice_id":"voice_chosen","voice_settings":{"speed":1.1},"resolution":"1080p","#,
        r#""aspect_ratio":"16:9","output_format":"mp4","background":{"type":"image","asset_id":"asset_back"},"#,
        r#""caption":{"file_format":"srt"},"motion_prompt":"waves","expressiveness":"high"}"#
    );
    assert_eq!(String::from_utf8(videos::body(&draft, &uploads()).unwrap()).unwrap(), expected);
}

#[test]
fn a_video_that_is_not_complete_is_not_written() {
    let complete = AvatarVideoDraft {
        face: look(AvatarType::DigitalTwin, true),
        script: "Hello.".to_owned(),
        ..AvatarVideoDraft::default()
    };
    assert!(videos::body(&complete, &BTreeMap::new()).is_ok());
    let audio = AvatarVideoDraft { source: Source::Audio, audio: Some(file("audio/wav", None)), ..complete.clone() };
    for (draft, param) in [
        (AvatarVideoDraft { face: Face::None, ..complete.clone() }, "avatar_id"),
        (AvatarVideoDraft { face: look(AvatarType::DigitalTwin, false), ..complete.clone() }, "voice_id"),
        (AvatarVideoDraft { script: " \n".to_owned(), ..complete.clone() }, "script"),
        (audio, "audio_asset_id"),
        (AvatarVideoDraft { background: Background::Image(file("image/png", None)), ..complete.clone() }, "background"),
        (AvatarVideoDraft { face: Face::Image(file("image/png", None)), voice: Some(voice()), ..complete }, "image"),
    ] {
        assert_eq!(videos::body(&draft, &BTreeMap::new()).unwrap_err().param.as_deref(), Some(param));
    }
}

/// Answers that are just enough for the client to go on.
fn plausible(seen: &Seen, base: &str) -> axum::http::Response<axum::body::Body> {
    match (seen.method.as_str(), seen.path.as_str()) {
        ("PUT", _) => answer(200, &[], ""),
        ("POST", "/v3/assets/direct-uploads") => {
            json(&format!(r#"{{"data":{{"asset_id":"a","upload_url":"{base}/store","upload_headers":{{}}}}}}"#))
        }
        ("POST", path) if path.starts_with("/v3/assets") => json(r#"{"data":{"asset_id":"a"}}"#),
        ("POST", _) => json(r#"{"data":{"video_id":"v"}}"#),
        ("GET", "/v3/users/me") => json(r#"{"data":{"username":"u"}}"#),
        ("GET", "/v3/avatars/looks/l") => json(r#"{"data":{"id":"l","avatar_type":"photo_avatar"}}"#),
        ("GET", "/v3/videos/v") => json(r#"{"data":{"id":"v","status":"completed"}}"#),
        ("GET", _) if seen.query("token").is_none() => json(r#"{"data":[],"has_more":true,"next_token":"t"}"#),
        _ => json(r#"{"data":[],"has_more":false}"#),
    }
}

#[tokio::test]
async fn every_request_of_the_client_is_listed() {
    let base = std::sync::Arc::new(Mutex::new(String::new()));
    let known = std::sync::Arc::clone(&base);
    let server = Loopback::start(move |seen: &Seen| plausible(seen, &known.lock().unwrap())).await;
    base.lock().unwrap().clone_from(&server.base);
    let client = server.client();

    client.account().await.unwrap();
    client.looks().await.unwrap();
    client.look("l").await.unwrap();
    client.groups().await.unwrap();
    client.voices().await.unwrap();
    client.video("v").await.unwrap();
    client.video_statuses(&["v".to_owned(), "w".to_owned()]).await.unwrap();
    client.recent_videos(0, None).await.unwrap();
    client.recent_videos(1_000, Some("t")).await.unwrap();
    client.brand_kits().await.unwrap();
    client.delete_video("v").await.unwrap();
    let small = tempfile::NamedTempFile::new().unwrap();
    small.as_file().set_len(10).unwrap();
    client.upload(small.path(), "a.png", "image/png", &|_, _| {}).await.unwrap();
    small.as_file().set_len(32_000_001).unwrap();
    client.upload(small.path(), "a.mp4", "video/mp4", &|_, _| {}).await.unwrap();
    let body = videos::body(&drafts()[0], &uploads()).unwrap();
    client.send_paid(PaidEndpoint::Videos, Bytes::from(body), &IdempotencyKey::generate()).await.unwrap();

    let seen: Vec<Seen> = server.seen().into_iter().filter(|seen| seen.method != "PUT").collect();
    assert_eq!(seen.iter().filter(|seen| endpoint(&seen.method, &seen.path).is_some()).count(), 23, "{seen:?}");
    let found: Vec<String> = seen.iter().flat_map(request_faults).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_paid_endpoint_is_listed() {
    let session_id = "s".to_owned();
    for paid in [
        PaidEndpoint::Videos,
        PaidEndpoint::VideoBatches,
        PaidEndpoint::VideoAgents,
        PaidEndpoint::VideoAgentMessage { session_id },
        PaidEndpoint::VideoTranslations,
        PaidEndpoint::VideoTranslationBatches,
        PaidEndpoint::Lipsyncs,
        PaidEndpoint::LipsyncBatches,
        PaidEndpoint::AiClipping,
        PaidEndpoint::HyperFramesRenders,
        PaidEndpoint::Avatars,
        PaidEndpoint::AvatarRealtime,
        PaidEndpoint::VoicesSpeech,
    ] {
        assert!(endpoint("POST", &paid.path()).is_some(), "{}", paid.path());
    }
}

#[test]
fn the_contract_notices_what_does_not_fit() {
    let created = |body: &str| response_faults("POST", "/v3/videos", 200, &serde_json::from_str(body).unwrap());
    assert_eq!(created(r#"{"data":{"video_id":"v","status":"waiting","new":1}}"#), Vec::<String>::new());
    assert!(!created(r#"{"data":{"id":"v","status":"waiting"}}"#).is_empty());
    assert!(!created(r#"{"video_id":"v","status":"waiting"}"#).is_empty());
    assert!(!response_faults("GET", "/v2/videos", 200, &Value::Null).is_empty());
    assert!(!response_faults("GET", "/v3/videos", 404, &serde_json::json!({"message": "gone"})).is_empty());
    check_response("GET", "/v3/videos", 404, &serde_json::json!({"error": {"code": "not_found", "message": "gone"}}));
    check_response(
        "GET",
        "/v3/videos/v1",
        200,
        &serde_json::json!({"data": {"id": "v1", "status": "pending", "duration": null}}),
    );

    let schema = &endpoint("POST", "/v3/videos").unwrap()["request"];
    for body in [
        serde_json::json!({"type": "avatar"}),
        serde_json::json!({"type": "avatar", "avatar_id": "l", "surprise": 1}),
        serde_json::json!({"type": "image", "image": {"type": "asset_id", "asset_id": "a"}, "engine": {"type": "avatar_iv"}}),
    ] {
        assert!(!faults("POST", "/v3/videos", "request", schema, &body).is_empty(), "{body}");
    }
}

/// What a body breaks of the request an endpoint of this listed path takes, in words.
pub fn posted_faults(path: &str, body: &Value) -> Vec<String> {
    let Some(listed) = endpoint("POST", path) else { return vec![format!("POST {path} is not listed")] };
    faults("POST", path, "request", &listed["request"], body)
}
