//! `reelmeter quote`, run as a person or a script runs it: no display, no account, no network.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// The program without a display and with an empty home.
fn reelmeter(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelmeter"));
    command.env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home.join("config"));
    command
}

fn run_with(arguments: &[&str], input: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = reelmeter(home.path())
        .arg("quote")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::Builder::new().name("input".to_owned()).spawn(move || {
        // A program that refuses early closes its end; that is its right.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.unwrap().join().unwrap();
    output
}

fn run(input: &str) -> Output {
    run_with(&["-"], input.as_bytes())
}

#[track_caller]
fn quoted(input: &str) -> Value {
    let output = run(input);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn post(path: &str, body: impl Into<Value>) -> Value {
    json!({"method": "POST", "path": path, "body": body.into()})
}

/// With `seconds` by its own digits.
fn lasting(request: Value, seconds: &str) -> Value {
    let mut request = request;
    request["seconds"] = serde_json::from_str(seconds).unwrap();
    request
}

fn of_look(request: Value, avatar_type: &str) -> Value {
    let mut request = request;
    request["avatar_type"] = json!(avatar_type);
    request
}

#[track_caller]
fn check(request: &Value, exact: &str) {
    let answer = quoted(&request.to_string());
    let item = &answer["items"][0];
    assert_eq!((&item["low"], &item["likely"], &item["high"]), (&json!(exact), &json!(exact), &json!(exact)), "{item}");
    assert_eq!(answer["total"], json!({"low": exact, "likely": exact, "high": exact, "unknown": 0}));
    assert_eq!(answer["rate_card"], "2026-11-22");
}

#[track_caller]
fn check_unknown(request: &Value, reason: &str) {
    let answer = quoted(&request.to_string());
    assert_eq!(answer["items"][0]["unknown"], reason);
    assert_eq!(answer["total"], json!({"low": "0", "likely": "0", "high": "0", "unknown": 1}));
}

#[track_caller]
fn check_refused(input: &str, message: &str) {
    let output = run(input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.trim_end(), format!("reelmeter quote: standard input: {message}"));
    assert!(output.stdout.is_empty());
}

fn avatar(engine: &str) -> Value {
    post(
        "/v3/videos",
        json!({"type": "avatar", "avatar_id": "a", "engine": {"type": engine}, "resolution": "1080p", "audio_asset_id": "s"}),
    )
}

#[test]
fn every_paid_endpoint_has_its_price() {
    check(&lasting(of_look(avatar("avatar_iv"), "digital_twin"), "90"), "6.003");
    check(&lasting(of_look(avatar("avatar_iii"), "photo_avatar"), "61.5"), "2.66295");
    check(&lasting(of_look(avatar("avatar_v"), "digital_twin"), "600"), "40.02");
    check(&lasting(of_look(avatar("avatar_iii"), "studio_avatar"), "10"), "0.167");
    check(&lasting(post("/v3/videos", json!({"type": "image", "image": {"type": "url", "url": "u"}})), "10"), "0.5");
    check(
        &post("/v3/videos", json!({"type": "cinematic_avatar", "avatar_id": ["a"], "prompt": "p", "duration": 4})),
        "7",
    );
    let translation = |mode: &str, audio_only: bool, languages: &[&str]| {
        post(
            "/v3/video-translations",
            json!({"video": {"type": "url", "url": "u"}, "mode": mode, "translate_audio_only": audio_only, "output_languages": languages}),
        )
    };
    check(&lasting(translation("precision", false, &["German", "French", "Polish"]), "125.4"), "25.09254");
    check(&lasting(translation("speed", true, &["German"]), "10"), "0.333");
    let lipsync = post("/v3/lipsyncs", json!({"video": {}, "audio": {}, "mode": "speed"}));
    check(&lasting(lipsync, "10.08"), "0.335664");
    let render = |body: Value| post("/v3/hyperframes/renders", body);
    check(&lasting(render(json!({"project": {}, "resolution": "4k", "fps": 60})), "45"), "0.225");
    check(&lasting(render(json!({"project": {}, "fps": null})), "1"), "0.0016666667");
    check(&lasting(render(json!({"project": {}, "fps": 30.0})), "1"), "0.0016666667");
    check(
        &post("/v3/ai-clipping", json!({"video": {}, "output_settings": {"duration_types": ["30", "60", "long"]}})),
        "0.45",
    );
    check(&lasting(post("/v3/voices/speech", json!({"text": "hello", "voice_id": "v"})), "37.2"), "0.0248124");
    check(
        &lasting(post("/v3/avatar-realtime", json!({"type": "audio", "avatar_id": "a", "audio": {}})), "3600"),
        "180",
    );
    check(&lasting(post("/v3/video-agents", json!({"prompt": "a film"})), "30"), "0.999");
    check(&lasting(post("/v3/video-agents/abc", json!({"message": "shorter"})), "30"), "0.999");
    check(&post("/v3/avatars", json!({"type": "digital_twin", "name": "n", "file": {}})), "1");
    check(&post("/v3/avatars", json!({"type": "photo", "name": "n", "file": {}})), "1");
    check(&json!({"method": "GET", "path": "/v3/videos/abc"}), "0");
    check(&json!({"method": "delete", "path": "/v3/videos/abc"}), "0");
}

#[test]
fn what_has_no_price_says_why_in_words() {
    check_unknown(
        &lasting(avatar("avatar_iv"), "10"),
        "What Avatar IV costs depends on the kind of the look, which is not known.",
    );
    check_unknown(&lasting(of_look(avatar("avatar_v"), "photo_avatar"), "10"), "Avatar V takes digital twins only.");
    check_unknown(
        &of_look(avatar("avatar_iv"), "digital_twin"),
        "The length of the audio is not known here; give its seconds.",
    );
    let mut in_4k = of_look(avatar("avatar_iv"), "digital_twin");
    in_4k["body"]["resolution"] = json!("4k");
    check_unknown(&lasting(in_4k, "10"), "There is no published rate for avatar video in 4K.");
    check_unknown(
        &lasting(
            post(
                "/v3/video-translations",
                json!({"mode": "precision", "translate_audio_only": true, "output_languages": ["de"]}),
            ),
            "5",
        ),
        "There is no published rate for precision without lip sync.",
    );
    check_unknown(
        &lasting(post("/v3/hyperframes/renders", json!({"fps": 24})), "5"),
        "There is no published rate for HyperFrames at 24 frames a second, only at 30 and 60.",
    );
    check_unknown(
        &post("/v3/avatars", json!({"type": "prompt", "prompt": "p"})),
        "There is no published rate for avatars made from a prompt.",
    );
    check_unknown(
        &post("/v3/video-agents", json!({"prompt": "p"})),
        "The agent decides how long the video gets; give its seconds to see a price.",
    );
    check_unknown(
        &post("/v3/ai-clipping", json!({"video": {}})),
        "No duration_types are named, so the number of clips is not known.",
    );
    check_unknown(
        &post("/v3/background-removals", json!({"video": {}})),
        "There is no published rate for POST /v3/background-removals.",
    );
    check_unknown(
        &post("/v3/video-translations/proofreads", json!({})),
        "Proofreading is for enterprise plans only and has no published rate.",
    );
    check_unknown(
        &post("/v2/video/generate", json!({})),
        "HeyGen switched off its interface before v3 on 31 October 2026.",
    );
    check_unknown(
        &json!({"method": "PATCH", "path": "/v3/lipsyncs/x", "body": {}}),
        "There is no published rate for PATCH /v3/lipsyncs/x.",
    );
}

#[test]
fn what_is_left_out_is_assumed_and_said() {
    let said = |request: &Value| quoted(&request.to_string())["items"][0]["assumptions"].clone();
    let bare = json!({"method": "POST", "path": "https://api.heygen.com/v3/videos/?x=1", "body": {"type": "avatar", "avatar_id": "a", "audio_url": "u", "resolutoin": "4k"}, "seconds": 10, "avatar_type": "studio_avatar", "note": 1});
    check(&bare, "0.667");
    assert_eq!(
        said(&bare),
        json!([
            "The field “note” of the item is not read.",
            "HeyGen's interface has no field “resolutoin” here and would refuse the request.",
            "No engine is named: HeyGen then uses Avatar IV.",
            "No resolution is named: taken as 720p or 1080p, which cost the same.",
        ])
    );
    let part = post("/v3/video-translations", json!({"output_languages": ["de"], "start_time": 2.5, "end_time": 12.5}));
    check(&part, "0.333");
    assert_eq!(
        said(&part),
        json!([
            "No mode is named: HeyGen then uses speed.",
            "Nothing is said of translating the audio only: taken with lip sync.",
            "The output is taken to be as long as the part between start_time and end_time.",
        ])
    );
    check(&lasting(part, "11"), "0.3663");
}

#[test]
fn a_script_has_a_range_and_known_seconds_win_over_it() {
    let body = json!({"type": "avatar", "avatar_id": "a", "voice_id": "v", "script": "Welcome back. <break time=\"1.5s\"/> Three things changed this spring.", "engine": {"type": "avatar_iv"}, "resolution": "720p", "voice_settings": {"speed": 1.1, "locale": "en-GB"}});
    let request = of_look(post("/v3/videos", body), "digital_twin");
    let answer = quoted(&request.to_string());
    let item = &answer["items"][0];
    let amount = |name: &str| reelmeter::money::Usd::parse(item[name].as_str().unwrap()).unwrap();
    assert!(amount("low") < amount("likely") && amount("likely") < amount("high"), "{item}");
    assert!(item["basis"].as_str().unwrap().starts_with("first guess for English: ±"), "{item}");
    check(&lasting(request, "0"), "0");
}

#[test]
fn scenes_and_batches_are_added_up() {
    let scene = |engine: &str, script: &str| json!({"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "a", "script": script, "engine": {"type": engine}}});
    let studio = |scenes: Value| {
        of_look(post("/v3/videos", json!({"type": "studio", "resolution": "1080p", "scenes": scenes})), "digital_twin")
    };
    let two = studio(json!([scene("avatar_iv", "One."), scene("avatar_iii", "Two.")]));
    let answer = quoted(&two.to_string());
    assert_eq!(answer["items"][0]["lines"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(answer["items"][0]["lines"][1]["label"], "Scene 2: Digital twin, Avatar III, 1080p");
    check(&lasting(studio(json!([scene("avatar_iv", "One."), scene("avatar_iv", "Two.")])), "90"), "6.003");
    let with_film = studio(json!([scene("avatar_iv", "One."), {"type": "video", "source": {}}]));
    check_unknown(
        &with_film,
        "One scene of 2 has no price, scene 2: There is no published rate for scenes that show a video.",
    );
    let cinematic = json!({"type": "cinematic_avatar", "avatar_id": ["a"], "prompt": "p"});
    check(&post("/v3/videos/batches", json!({"videos": [cinematic, cinematic]})), "14");
    let translations = json!({"video_translations": [
        {"output_languages": ["de", "fr"], "mode": "precision", "end_time": 10},
        {"output_languages": ["de"], "mode": "speed", "start_time": 5, "end_time": 10},
    ]});
    check(&post("/v3/video-translations/batches", translations), "1.5005");
    let lipsyncs = json!({"lipsyncs": [{"mode": "speed"}, {"mode": "speed"}]});
    check(&lasting(post("/v3/lipsyncs/batches", lipsyncs), "10"), "0.333");
}

#[test]
fn a_list_json_lines_and_pretty_printed_objects_read_alike() {
    let clip = post("/v3/ai-clipping", json!({"output_settings": {"duration_types": ["30"]}}));
    let agent = post("/v3/video-agents", json!({"prompt": "p"}));
    let requests = json!([clip, agent, clip]);
    let list = quoted(&requests.to_string());
    assert_eq!(list["total"], json!({"low": "0.3", "likely": "0.3", "high": "0.3", "unknown": 1}));
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let lines = format!("\u{feff}{clip}\r\n\r\n{agent}\r\n{clip}");
    assert_eq!(quoted(&lines), list);
    let pretty = [&clip, &agent, &clip].map(|request| serde_json::to_string_pretty(request).unwrap()).join("\n");
    assert_eq!(quoted(&pretty), list);
    assert_eq!(
        quoted("[]"),
        json!({"rate_card": "2026-11-22", "items": [], "total": {"low": "0", "likely": "0", "high": "0", "unknown": 0}})
    );
}

#[test]
fn money_keeps_every_digit_of_the_seconds() {
    check(&lasting(of_look(avatar("avatar_iv"), "digital_twin"), "0.1000000000000000055"), "0.00667000000000000036685");
    check(&lasting(of_look(avatar("avatar_iv"), "digital_twin"), "1.5e1"), "1.0005");
    check(&lasting(of_look(avatar("avatar_iv"), "digital_twin"), "1000000000.1"), "66700000.00667");
    check_unknown(
        &lasting(of_look(avatar("avatar_iv"), "digital_twin"), "79228162514264337593543950335"),
        "The figures are too large to be priced exactly.",
    );
}

#[test]
fn bad_input_is_named_by_line_and_field() {
    check_refused(
        "",
        "line 1, input: there is nothing in it; a request looks like {\"method\": \"POST\", \"path\": \"/v3/videos\", \"body\": {…}}",
    );
    check_refused(
        "[\n {\"method\": \"GET\", \"path\": \"/v3/videos\"},\n {\"method\": \"POST\",\n  \"path\": 3}\n]",
        "line 4, item 2, path: has to be a text, not a number",
    );
    let seconds = |seconds: &str| {
        format!(
            "{{\"method\": \"POST\", \"path\": \"/v3/video-agents\", \"body\": {{\"prompt\": \"p\"}},\n\"seconds\": {seconds}}}"
        )
    };
    check_refused(&seconds("-1"), "line 2, item 1, seconds: -1 is below zero");
    check_refused(&seconds("\"30\""), "line 2, item 1, seconds: has to be a number, not a text");
    check_refused(&seconds("true"), "line 2, item 1, seconds: has to be a number, not true or false");
    check_refused(
        &seconds("1e400"),
        "line 2, item 1, seconds: 1e400 is too large, or has more digits than can be counted exactly",
    );
    check_refused(&seconds("NaN"), "line 2, item 1: is no JSON: expected value");
    check_refused(&seconds("1, \"seconds\": 2"), "line 2, item 1, seconds: is given twice");
    check_refused(
        &seconds("1, \"avatar_type\": \"robot\""),
        "line 2, item 1, avatar_type: “robot” is none of photo_avatar, digital_twin, studio_avatar",
    );
    check_refused("3", "line 1, item 1: has to be an object, not a number");
    check_refused("{\"path\": \"/v3/videos\"}", "line 1, item 1, method: is missing");
    check_refused(
        "{\"method\": \"BUY\", \"path\": \"/v3/videos\"}",
        "line 1, item 1, method: is none of POST, GET, DELETE, PATCH, PUT",
    );
    check_refused("{\"method\": \"POST\", \"path\": \"/v3/videos\"}", "line 1, item 1, body: is missing");
    let body = |body: Value| post("/v3/videos", body).to_string();
    check_refused(
        &body(json!({"type": "film"})),
        "line 1, item 1, body.type: “film” is none of avatar, image, cinematic_avatar, studio",
    );
    check_refused(
        &body(json!({"type": "avatar", "title": 5})),
        "line 1, item 1, body.title: has to be a text, not a number",
    );
    check_refused(
        &body(json!({"type": "avatar", "engine": {"type": "avatar_vi"}})),
        "line 1, item 1, body.engine.type: “avatar_vi” is none of avatar_v, avatar_iv, avatar_iii",
    );
    check_refused(
        &body(json!({"type": "studio", "scenes": [{"type": "image"}, {"type": "avatar_video"}]})),
        "line 1, item 1, body.scenes[1].input: is missing",
    );
    check_refused(
        &body(json!({"type": "cinematic_avatar", "duration": 7.5})),
        "line 1, item 1, body.duration: has to be a whole number, not 7.5",
    );
    check_refused(
        &post("/v3/video-translations", json!({"mode": "turbo", "output_languages": []})).to_string(),
        "line 1, item 1, body.mode: “turbo” is none of speed, precision",
    );
    check_refused(
        "{\"method\": \"GET\", \"path\": \"/\"}\n\n{\"method\": ",
        "line 3, item 2: is no JSON: EOF while parsing a value",
    );
    let deep = "[".repeat(200_000);
    let output = run(&deep);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn bytes_that_are_no_text_and_files_that_are_not_there_are_refused() {
    let output = run_with(&["-"], b"{}\n\xff\xfe");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 2, input: is no text in UTF-8"));
    let output = run_with(&["/nowhere/requests.json"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nowhere/requests.json cannot be read"));
    assert_eq!(run_with(&[], b"").status.code(), Some(2));
}

const OWN_CARD: &str =
    "date = \"2027-01-01\"\n[[rates]]\nproduct = \"ai_clipping\"\nunit = \"clip\"\nrate = \"0.25\"\n";

#[test]
fn an_own_rate_card_lies_over_the_built_in_one() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config/reelmeter");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("rate_card.toml"), OWN_CARD).unwrap();
    let requests = home.path().join("requests.json");
    let clip = post("/v3/ai-clipping", json!({"output_settings": {"duration_types": ["30"]}}));
    let cinematic = post("/v3/videos", json!({"type": "cinematic_avatar"}));
    std::fs::write(&requests, json!([clip, cinematic]).to_string()).unwrap();
    let output = reelmeter(home.path()).arg("quote").arg(&requests).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["rate_card"], &answer["total"]["likely"]), (&json!("2027-01-01"), &json!("7.25")));

    std::fs::write(config.join("rate_card.toml"), OWN_CARD.replace("0.25", "free")).unwrap();
    let output = reelmeter(home.path()).arg("quote").arg(&requests).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr).unwrap().contains("line 5, rates[0].rate: “free” is not an amount of dollars")
    );

    let card = home.path().join("other.toml");
    std::fs::write(&card, OWN_CARD).unwrap();
    let output = reelmeter(home.path()).arg("quote").arg(&requests).arg("--rate-card").arg(&card).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["total"]["likely"], "7.25");
}

#[test]
fn the_table_shows_the_same_for_people() {
    let clip = post("/v3/ai-clipping", json!({"output_settings": {"duration_types": ["30", "60"]}}));
    let agent = post("/v3/video-agents", json!({"prompt": "p"}));
    let output = run_with(&["-", "--format", "table"], json!([clip, agent]).to_string().as_bytes());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "Rate card of 2026-11-22\n   $0.30  1\n             Highlight clips: $0.15 / clip × 2\nno price  2\n             The agent decides how long the video gets; give its seconds to see a price.\n   $0.30  Total, 1 item without a price left out\n"
    );
}

#[test]
fn the_other_ways_are_priced_where_they_are_asked_for() {
    let video = lasting(of_look(avatar("avatar_iv"), "photo_avatar"), "90");
    let output = run_with(&["-", "--compare"], video.to_string().as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ways = &answer["items"][0]["ways"];
    let exact = |amount: &str| json!({"low": amount, "likely": amount, "high": amount});
    let priced = |kind: &str, name: &str, amount: &str, beside: Value| {
        let mut way = exact(amount);
        way["kind"] = json!(kind);
        way["name"] = json!(name);
        way["asked"] = json!(beside.is_null());
        if !beside.is_null() {
            way["beside"] = beside;
        }
        way
    };
    let no_rate = "There is no published rate for avatar video in 4K.";
    let expected = json!([
        priced("engine", "Avatar III", "3.897", json!({"saves": exact("0.603")})),
        priced("engine", "Avatar IV", "4.5", Value::Null),
        {"kind": "engine", "name": "Avatar V", "asked": false, "refused": "Avatar V takes digital twins only."},
        priced("size", "720p", "4.5", json!("same")),
        priced("size", "1080p", "4.5", Value::Null),
        {"kind": "size", "name": "4K", "asked": false, "unknown": no_rate},
    ]);
    assert_eq!(*ways, expected);
    // The item itself and the sum are what they are without it.
    let plain = quoted(&video.to_string());
    assert_eq!(plain["total"], answer["total"]);
    assert!(plain["items"][0].get("ways").is_none());

    let render =
        lasting(post("/v3/hyperframes/renders", json!({"project": {}, "resolution": "1080p", "fps": 24})), "60");
    let cinematic = post("/v3/videos", json!({"type": "cinematic_avatar"}));
    let input = json!([render, cinematic]).to_string();
    let output = run_with(&["-", "--compare", "--format", "table"], input.as_bytes());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "Rate card of 2026-11-22\n\
         no price  1\n             \
         There is no published rate for HyperFrames at 24 frames a second, only at 30 and 60.\n             \
         The same at another size or rate\n                \
         1080p, 24 fps: no price. There is no published rate for HyperFrames at 24 frames a second, only at 30 and 60.\n                \
         1080p, 30 fps: $0.10\n                \
         1080p, 60 fps: $0.20\n                \
         4K, 30 fps: $0.15\n                \
         4K, 60 fps: $0.30\n   \
         $7.00  2\n             \
         Cinematic avatar: $7.00 / video × 1\n   \
         $7.00  Total, 1 item without a price left out\n"
    );
}
