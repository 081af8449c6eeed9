//! Realtime sessions of the sandbox over a real socket: their films, their words, their limits.

use reelmeter::money::Usd;
use reelmeter::sandbox::{Kind, Rule};
use reqwest::{Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{House, TWIN, asset, usd, wav, with};

fn speech(text: &str) -> Value {
    json!({"type": "tts", "avatar_id": TWIN, "voice_id": "voice_daria_en", "text": text})
}

fn text_stream(text: &str) -> Value {
    with(speech(text), "type", json!("text_stream"))
}

/// The lengths and addresses of a playlist's segments, and whether it has ended.
async fn playlist(house: &House, address: &Value) -> (Vec<(Decimal, String)>, bool) {
    let text = String::from_utf8(house.fetch(address).await).unwrap();
    assert!(text.starts_with("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n"), "{text}");
    let mut segments = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(length) = line.strip_prefix("#EXTINF:") {
            let length = length.trim_end_matches(',').parse().unwrap();
            segments.push((length, lines.next().unwrap().to_owned()));
        }
    }
    (segments, text.ends_with("#EXT-X-ENDLIST\n"))
}

/// The pictures and the sound of a transport stream: units with their time stamps.
fn units(stream: &[u8]) -> [Vec<(u64, Vec<u8>)>; 2] {
    let mut found: [Vec<(u64, Vec<u8>)>; 2] = [Vec::new(), Vec::new()];
    for packet in stream.chunks(188) {
        assert_eq!((packet.len(), packet[0]), (188, 0x47));
        let pid = u16::from_be_bytes([packet[1] & 0x1f, packet[2]]);
        let Some(units) = found.get_mut(usize::from(pid.wrapping_sub(0x100))) else { continue };
        let field = if packet[3] & 0x20 == 0 { 0 } else { 1 + usize::from(packet[4]) };
        let payload = &packet[4 + field..];
        if packet[1] & 0x40 == 0 {
            units.last_mut().unwrap().1.extend(payload);
            continue;
        }
        assert!(payload.starts_with(&[0, 0, 1]));
        let stamp = &payload[9..14];
        let part = |at: usize| u64::from(stamp[at]);
        let time = (part(0) >> 1 & 7) << 30 | part(1) << 22 | (part(2) >> 1) << 15 | part(3) << 7 | part(4) >> 1;
        units.push((time, payload[9 + usize::from(payload[8])..].to_vec()));
    }
    found
}

/// How many samples a stream of AAC has.
fn samples(stream: Vec<u8>) -> usize {
    use symphonia::core::codecs::audio::AudioDecoderOptions;
    use symphonia::core::formats::probe::Hint;
    use symphonia::core::formats::{FormatOptions, TrackType};
    use symphonia::core::io::MediaSourceStream;
    use symphonia::core::meta::MetadataOptions;

    let source = MediaSourceStream::new(Box::new(std::io::Cursor::new(stream)), Default::default());
    let mut hint = Hint::new();
    hint.with_extension("aac");
    let mut format = symphonia::default::get_probe()
        .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).unwrap();
    let (mut count, mut part) = (0, Vec::<i16>::new());
    while let Some(packet) = format.next_packet().unwrap() {
        let buffer = decoder.decode(&packet).unwrap();
        assert_eq!(buffer.spec().rate(), 22_050);
        buffer.copy_to_vec_interleaved(&mut part);
        count += part.len();
    }
    count
}

#[tokio::test]
async fn a_realtime_session_plays_as_long_as_it_speaks_and_bills_its_time() {
    let house = House::rich().await;
    let text = "Good morning. This is a session that can be watched while it is being made, second by second.";
    let begun = house.post_once("/v3/avatar-realtime", &speech(text), "one").await;
    assert_eq!(begun.status, 201);
    assert_eq!(house.post_once("/v3/avatar-realtime", &speech("Other."), "one").await.body, begun.body);
    let path = format!("/v3/avatar-realtime/{}", begun.text("stream_id"));
    let pending = house.get(&path).await;
    assert_eq!((pending.data()["status"].as_str(), pending.data()["hls_url"].is_null()), (Some("pending"), true));
    house.wait(1_500);
    let ready = house.get(&path).await;
    assert_eq!(ready.data()["status"], "ready");
    let (first, over) = playlist(&house, &ready.data()["hls_url"]).await;
    assert_eq!((first.len(), over), (1, false));
    house.wait(2_000);
    let address = house.get(&path).await.data().clone();
    assert_eq!(address["status"], "streaming");
    let (second, _) = playlist(&house, &address["hls_url"]).await;
    assert_eq!((second.len(), &second[0]), (2, &first[0]), "the playlist grows at its end");
    let ahead = second[1].1.replace("/1.ts", "/2.ts");
    assert_eq!(house.client.get(ahead).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(house.balance().await, usd("100"));

    house.wait(60_000);
    let done = house.until(&path, &["completed", "error"]).await;
    assert!(done["hls_url"].is_null());
    let (segments, over) = playlist(&house, &address["hls_url"]).await;
    assert!(over);
    let total: Decimal = segments.iter().map(|(length, _)| *length).sum();
    assert!(total > Decimal::from(4) && total < Decimal::from(12), "{total}");
    assert_eq!(usd("100") - house.balance().await, Usd(total * Decimal::new(5, 2)));

    let mut pictures = 0;
    let mut sound = Vec::new();
    let mut decoder = openh264::decoder::Decoder::new().unwrap();
    for (number, (_, address)) in segments.iter().enumerate() {
        let [video, audio] = units(&house.fetch(&Value::from(address.as_str())).await);
        let starts = 90_000 + 180_000 * u64::try_from(number).unwrap();
        assert_eq!(video[0].0, starts);
        assert!(audio[0].0 >= starts && audio[0].0 < starts + 4_200, "sound and picture begin together");
        for (at, (time, unit)) in video.iter().enumerate() {
            assert_eq!(*time, starts + 3_600 * u64::try_from(at).unwrap());
            pictures += usize::from(decoder.decode(unit).unwrap().is_some());
        }
        sound.extend(audio.into_iter().flat_map(|(_, bytes)| bytes));
    }
    pictures += decoder.flush_remaining().unwrap().len();
    assert_eq!(Decimal::from(pictures), (total * Decimal::from(25)).ceil());
    let heard = Decimal::from(samples(sound)) / Decimal::from(22_050);
    assert!((heard - total).abs() < Decimal::new(6, 2), "{heard} s of sound, {total} s of picture");
}

#[tokio::test]
async fn a_stream_of_text_goes_on_until_it_is_final_or_silent() {
    let house = House::rich().await;
    let id = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let path = format!("/v3/avatar-realtime/{id}");
    house.wait(1_500 + 20_000);
    let more = house.post(&format!("{path}/text"), &json!({"text": "Are you still there?"})).await;
    assert_eq!(more.status, 202);
    let house = house.restarted().await;
    // 20 seconds were played and 22 are out: the second text begins there, and 30 seconds of silence follow it.
    house.wait(30_000);
    assert_eq!(house.get(&path).await.data()["status"], "streaming");
    house.wait(60_000);
    house.until(&path, &["completed"]).await;
    let spent = (usd("100") - house.balance().await).0 / Decimal::new(5, 2);
    assert!(spent > Decimal::from(52) && spent < Decimal::from(56), "{spent} seconds");
    house.post(&format!("{path}/text"), &json!({"text": "Hello?"})).await.refused(410, "gone", None);

    let id = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let path = format!("/v3/avatar-realtime/{id}");
    house.post(&format!("{path}/text"), &json!({"text": "Bye.", "final": true})).await.data();
    house.post(&format!("{path}/text"), &json!({"text": "Oh."})).await.refused(410, "gone", None);
    house.post(&format!("{path}/text"), &json!({"text": 1})).await.refused(400, "invalid_parameter", Some("text"));
    house.wait(10_000);
    house.until(&path, &["completed"]).await;

    let whole = house.post("/v3/avatar-realtime", &speech("Hello.")).await.text("stream_id");
    let text = house.post(&format!("/v3/avatar-realtime/{whole}/text"), &json!({"text": "x"})).await;
    text.refused(400, "invalid_parameter", None);
}

#[tokio::test]
async fn sessions_are_limited_cancelled_and_cut_to_what_was_asked_for() {
    let house = House::rich().await;
    let sound = house.asset("s.wav", wav(20_000)).await;
    let audio = json!({"type": "audio", "avatar_id": TWIN, "audio": asset(&sound), "max_duration_seconds": 7});
    let cut = house.post("/v3/avatar-realtime", &audio).await.text("stream_id");
    let cancelled = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let early = house.post("/v3/avatar-realtime", &text_stream("Hello.")).await.text("stream_id");
    let full = house.post("/v3/avatar-realtime", &speech("Hello.")).await;
    full.refused(429, "rate_limit_exceeded", None);
    assert!(full.retry_after.is_some());
    let path = |id: &str| format!("/v3/avatar-realtime/{id}");
    let cancel = |id: &str| house.send(house.request(Method::POST, &format!("{}/cancel", path(id))));
    cancel(&early).await.data();
    assert_eq!(house.get(&path(&early)).await.data()["status"], "cancelled");
    house.wait(1_500 + 3_250);
    cancel(&cancelled).await.data();
    cancel(&cancelled).await.data();
    assert_eq!(house.get(&path(&cancelled)).await.data()["status"], "cancelled");
    assert_eq!(usd("100") - house.balance().await, usd("0.1625"), "3.25 seconds, and nothing before it began");
    house.wait(60_000);
    house.until(&path(&cut), &["completed"]).await;
    assert_eq!(usd("100") - house.balance().await, usd("0.5125"), "and 7 seconds");

    let fail = Kind::FailRender { code: "engine".to_owned(), message: "It broke.".to_owned() };
    house.running.faults.push(Rule::once("POST", "/v3/avatar-realtime", fail));
    let failing = house.post("/v3/avatar-realtime", &speech("Hello.")).await.text("stream_id");
    house.wait(2_000);
    assert_eq!(house.until(&path(&failing), &["error", "completed"]).await["error"]["message"], "It broke.");
    for (body, status, param) in [
        (with(speech("x"), "avatar_id", json!("none")), 404, "avatar_id"),
        (with(speech("x"), "voice_id", json!("none")), 404, "voice_id"),
        (with(speech("x"), "max_duration_seconds", json!(0)), 400, "max_duration_seconds"),
        (with(speech("x"), "text", json!("")), 400, "text"),
        (with(speech("x"), "resolution", json!("1080p")), 400, "resolution"),
        (with(audio.clone(), "audio", asset("none")), 404, "audio.asset_id"),
    ] {
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        house.post("/v3/avatar-realtime", &body).await.refused(status, code, Some(param));
    }
    house.get("/v3/avatar-realtime/none").await.refused(404, "not_found", None);
    let poor = House::with_balance(usd("0.01")).await;
    poor.post("/v3/avatar-realtime", &speech("Hello there.")).await.refused(402, "insufficient_credit", None);
}

#[tokio::test]
async fn words_come_when_they_are_heard() {
    let house = House::rich().await;
    let id = house.post("/v3/avatar-realtime", &text_stream("One two.")).await.text("stream_id");
    let path = format!("/v3/avatar-realtime/{id}");
    let mut events = house.request(Method::GET, &format!("{path}/words")).send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    house.wait(1_500);
    let first = String::from_utf8(events.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.starts_with("id: 0\nevent: word\ndata: {"), "{first}");
    assert!(first.contains(r#""word":"One""#) && first.contains(r#""start":0"#), "{first}");
    house.post(&format!("{path}/text"), &json!({"text": "three", "final": true})).await.data();
    house.wait(60_000);
    let mut rest = first;
    while let Some(chunk) = events.chunk().await.unwrap() {
        rest.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let words: Vec<&str> = rest.lines().filter(|line| line.starts_with("data: {\"")).collect();
    assert_eq!(words.len(), 3, "{rest}");
    assert!(rest.ends_with("event: end\ndata: {}\n\n"), "{rest}");
}
