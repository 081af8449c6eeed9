//! The sandbox's products that begin with a file, and its speech: over a real socket, down to the films' own lengths.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::time::Duration;

use reelmeter::media::probe::{Probe, probe_bytes};
use reelmeter::money::Usd;
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video};
use reelmeter::sandbox::{Kind, Rule};
use reqwest::{Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::house::{Answer, House, png, wav};

const TRANSLATIONS: &str = "/v3/video-translations";
const LIPSYNCS: &str = "/v3/lipsyncs";
const CLIPPINGS: &str = "/v3/ai-clipping";
const SPEECH: &str = "/v3/voices/speech";

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

/// A film of this length in milliseconds, with a hum in it.
pub fn film(milliseconds: u32, width: u32, height: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("s.wav");
    let mut bytes = wav(milliseconds);
    for (index, sample) in bytes[44..].chunks_exact_mut(2).enumerate() {
        // Loud and quiet by turns, a second each.
        let loud = if index / 16_000 % 2 == 0 { 6_000 } else { 0 };
        let wave: i16 = if index / 40 % 2 == 0 { loud } else { -loud };
        sample.copy_from_slice(&wave.to_le_bytes());
    }
    std::fs::write(&sound, bytes).unwrap();
    let order = VideoOrder {
        title: "Source".to_owned(),
        width,
        height,
        sound: Sound::File(sound),
        look_seed: 3,
        captions: false,
    };
    let made = make_video(&order, folder.path(), "film").unwrap();
    std::fs::read(made.video).unwrap()
}

fn file(id: &str) -> Value {
    json!({"type": "asset_id", "asset_id": id})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

async fn keyed(house: &House, path: &str, body: &Value, key: &str) -> Answer {
    house.send(house.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

async fn ids(house: &House, body: &Value) -> Vec<String> {
    let created = house.post(TRANSLATIONS, body).await;
    let list = created.data()["video_translation_ids"].as_array().unwrap();
    list.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// Moves the clock until the resource is final; bounded by the answers, not by time.
async fn finished(house: &House, path: &str) -> Value {
    house.clock.advance(Duration::from_secs(120));
    for _ in 0..60_000 {
        let resource = house.get(path).await.data().clone();
        if matches!(resource["status"].as_str(), Some("completed" | "failed" | "cancelled")) {
            return resource;
        }
        tokio::task::yield_now().await;
    }
    panic!("{path} was never finished");
}

async fn download(house: &House, address: &Value) -> Vec<u8> {
    let response = house.client.get(address.as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.bytes().await.unwrap().to_vec()
}

async fn probed(house: &House, address: &Value) -> Probe {
    probe_bytes(&download(house, address).await).unwrap()
}

fn seconds(resource: &Value) -> Decimal {
    decimal(&resource["duration"].to_string())
}

/// The brightness of a film's first picture, row by row, and how long a row is.
fn first_picture(film: &[u8]) -> (Vec<u8>, usize) {
    use openh264::formats::YUVSource;
    let read = re_mp4::Mp4::read_bytes(film).unwrap();
    let track = read.tracks().values().find(|track| track.kind == Some(re_mp4::TrackKind::Video)).unwrap();
    let avcc = track.raw_codec_config(&read).unwrap();
    let mut stream = Vec::new();
    let mut at = 6;
    for kind in 0..2 {
        let length = usize::from(u16::from_be_bytes([avcc[at], avcc[at + 1]]));
        stream.extend([0, 0, 0, 1]);
        stream.extend(&avcc[at + 2..at + 2 + length]);
        at += 2 + length + usize::from(kind == 0);
    }
    let mut rest = &film[track.samples[0].byte_range()];
    while rest.len() > 4 {
        let length = usize::try_from(u32::from_be_bytes(rest[..4].try_into().unwrap())).unwrap();
        stream.extend([0, 0, 0, 1]);
        stream.extend(&rest[4..4 + length]);
        rest = &rest[4 + length..];
    }
    let mut decoder = openh264::decoder::Decoder::new().unwrap();
    let picture = decoder.decode(&stream).unwrap().unwrap();
    let ((width, height), stride) = (picture.dimensions(), picture.strides().0);
    let rows = (0..height).flat_map(|row| picture.y()[row * stride..row * stride + width].to_vec());
    (rows.collect(), width)
}

/// How much two pictures differ on average in a corner: the upper left or the lower right quarter.
fn difference((a, width): &(Vec<u8>, usize), (b, other): &(Vec<u8>, usize), lower: bool) -> u64 {
    assert_eq!((a.len(), width), (b.len(), other), "the pictures have the same size");
    let height = a.len() / width;
    let (left, top) = if lower { (width / 2, height / 2) } else { (0, 0) };
    let (across, down) = if lower { (width / 2, height / 4) } else { (width / 6, height / 18) };
    let mut sum = 0;
    for row in top..top + down {
        for column in left..left + across {
            sum += u64::from(a[row * width + column].abs_diff(b[row * width + column]));
        }
    }
    sum / u64::try_from(across * down).unwrap()
}

#[tokio::test]
async fn a_film_is_translated_into_several_languages_and_costs_what_was_made() {
    let house = House::new().await;
    let source = film(2_643, 320, 180);
    let id = house.asset("Launch film.mp4", source.clone()).await;
    let body = json!({"video": file(&id), "output_languages": ["Swedish", "Spanish (Spain)"], "enable_caption": true,
                      "callback_id": "c-7", "input_language": "English", "mode": "precision"});
    let ids = ids(&house, &body).await;
    let paths: Vec<String> = ids.iter().map(|id| format!("{TRANSLATIONS}/{id}")).collect();
    assert_eq!(house.get(&paths[0]).await.data()["status"], "pending");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(house.get(&paths[0]).await.data()["status"], "running");
    let all = house.get(&format!("{TRANSLATIONS}/statuses?video_translation_ids={},{},x", ids[0], ids[1])).await;
    let words: Vec<&str> = all.data().as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["running", "running", "not_found"]);

    let swedish = finished(&house, &paths[0]).await;
    let spanish = finished(&house, &paths[1]).await;
    assert_eq!((&swedish["output_language"], &swedish["status"]), (&json!("Swedish"), &json!("completed")));
    assert_eq!((&spanish["callback_id"], &spanish["title"]), (&json!("c-7"), &json!("Launch film.mp4")));
    // The length may change, and does for languages that take more words.
    assert_eq!((seconds(&swedish), seconds(&spanish)), (decimal("2.643"), decimal("2.696")));
    for translation in [&swedish, &spanish] {
        let bytes = download(&house, &translation["video_url"]).await;
        let found = probe_bytes(&bytes).unwrap();
        assert_eq!((found.seconds, found.dimensions), (Some(seconds(translation)), Some((320, 180))));
        assert!(found.has_audio && found.has_video);
        let (before, after) = (first_picture(&source), first_picture(&bytes));
        assert!(difference(&before, &after, false) > 20, "the mark is not to be seen");
        assert!(difference(&before, &after, true) < 8, "the rest of the picture is another one");
        let srt = String::from_utf8(download(&house, &translation["srt_caption_url"]).await).unwrap();
        let vtt = String::from_utf8(download(&house, &translation["vtt_caption_url"]).await).unwrap();
        assert!(
            srt.starts_with("1\n00:00:00,000 --> ") && vtt.starts_with("WEBVTT\n\n00:00:00.000 --> "),
            "{srt}{vtt}"
        );
        assert_eq!(translation["audio_url"], Value::Null);
    }
    // 0.0667 × 2.643 and 0.0667 × 2.696.
    assert_eq!(house.balance().await, usd("25") - usd("0.1762881") - usd("0.1798232"));
    let ledger = house.ledger().await;
    assert_eq!(ledger["charges"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_translation_without_lip_sync_leaves_the_picture_alone() {
    let house = House::new().await;
    let source = film(2_000, 320, 180);
    let id = house.asset("f.mp4", source.clone()).await;
    let body = json!({"video": file(&id), "output_languages": ["German"], "translate_audio_only": true});
    let id = ids(&house, &body).await.remove(0);
    let made = finished(&house, &format!("{TRANSLATIONS}/{id}")).await;
    assert_eq!(seconds(&made), decimal("2"));
    let bytes = download(&house, &made["video_url"]).await;
    assert_eq!(probe_bytes(&bytes).unwrap().seconds, Some(decimal("2")));
    assert_eq!(first_picture(&source), first_picture(&bytes));
    let audio = probed(&house, &made["audio_url"]).await;
    assert_eq!((audio.seconds, audio.has_video), (Some(decimal("2")), false));
    assert_eq!(house.balance().await, usd("25") - usd("0.0666"));
    assert_ne!(bytes, source, "the sound is a new one");
}

#[tokio::test]
async fn a_part_of_a_large_film_is_translated_cheaply() {
    let house = House::new().await;
    let id = house.asset("f.mp4", film(14_000, 1_280, 720)).await;
    let body = json!({"video": file(&id), "output_languages": ["English"], "start_time": 0.5, "end_time": 13.125});
    let id = ids(&house, &body).await.remove(0);
    let made = finished(&house, &format!("{TRANSLATIONS}/{id}")).await;
    let found = probed(&house, &made["video_url"]).await;
    assert_eq!((found.seconds, found.dimensions), (Some(decimal("12.625")), Some((1_280, 720))));
    assert_eq!(house.ledger().await["charges"][0]["amount"], "0.4204125");
}

#[tokio::test]
async fn lips_follow_a_sound_and_the_length_follows_the_rule() {
    let house = House::new().await;
    let video = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let sound = house.asset("s.wav", wav(3_456)).await;
    let body = json!({"video": file(&video), "audio": file(&sound), "title": "Dub", "mode": "speed"});
    for (body, length, charge) in [
        (body.clone(), "3.456", "0.1150848"),
        (with(body.clone(), "enable_dynamic_duration", json!(false)), "2", "0.0666"),
        (with(with(body.clone(), "enable_dynamic_duration", json!(false)), "end_time", json!(1.5)), "1.5", "0.04995"),
        (with(body.clone(), "mode", json!("precision")), "3.456", "0.2305152"),
    ] {
        let before = house.balance().await;
        let id = house.post(LIPSYNCS, &body).await.data()["lipsync_id"].as_str().unwrap().to_owned();
        let made = finished(&house, &format!("{LIPSYNCS}/{id}")).await;
        assert_eq!((&made["status"], seconds(&made)), (&json!("completed"), decimal(length)));
        assert_eq!(probed(&house, &made["video_url"]).await.seconds, Some(decimal(length)));
        assert_eq!(before - house.balance().await, usd(charge), "{body}");
    }
    let captioned = with(body, "audio", file(&video));
    let captioned = with(captioned, "enable_caption", json!(true));
    let id = house.post(LIPSYNCS, &captioned).await.data()["lipsync_id"].as_str().unwrap().to_owned();
    let made = finished(&house, &format!("{LIPSYNCS}/{id}")).await;
    let srt = String::from_utf8(download(&house, &made["caption_url"]).await).unwrap();
    assert!(srt.starts_with("1\n00:00:00,0") && srt.contains("Speech 1"), "{srt}");
}

#[tokio::test]
async fn every_finished_clip_is_charged_and_no_other() {
    let house = House::new().await;
    let id = house.asset("f.mp4", film(33_400, 320, 180)).await;
    let settings = json!({"duration_types": ["30", "60", "long"], "aspect_ratio": "square", "prompt": "The jokes."});
    let body = json!({"video": file(&id), "title": "Talk", "output_settings": settings, "callback_id": "c"});
    let job = house.post(CLIPPINGS, &body).await;
    let path = format!("{CLIPPINGS}/{}", job.data()["ai_clipping_id"].as_str().unwrap());
    let early = house.get(&path).await;
    assert_eq!((&early.data()["status"], &early.data()["progress"]), (&json!("pending"), &json!(0)));
    assert_eq!(early.data()["source_duration"].to_string(), "33.4");
    let mut progress = vec![0];
    for _ in 0..3 {
        house.clock.advance(Duration::from_secs(6));
        let running = house.get(&path).await;
        assert_eq!(
            (&running.data()["status"], &running.data()["clips"][2]["status"]),
            (&json!("running"), &json!("pending"))
        );
        progress.push(running.data()["progress"].as_i64().unwrap());
    }
    assert!(progress.is_sorted() && progress[3] > progress[1] && progress[3] < 100, "{progress:?}");

    let made = finished(&house, &path).await;
    assert_eq!((&made["progress"], &made["callback_id"]), (&json!(100), &json!("c")));
    assert_eq!(made["output_settings"]["duration_types"], json!(["30", "60", "long"]));
    for (clip, length) in made["clips"].as_array().unwrap().iter().zip(["30", "33.4", "33.4"]) {
        assert_eq!((&clip["status"], &clip["aspect_ratio"]), (&json!("completed"), &json!("square")));
        assert_eq!(clip["duration_seconds"].to_string(), length);
        assert!((0..=100).contains(&clip["virality_score"].as_i64().unwrap()));
        let found = probed(&house, &clip["video_url"]).await;
        assert_eq!((found.seconds, found.dimensions), (Some(decimal(length)), Some((180, 180))));
        let thumbnail = probed(&house, &clip["thumbnail_url"]).await;
        assert_eq!(thumbnail.dimensions, Some((180, 180)));
    }
    assert_eq!(house.balance().await, usd("24.55"));

    let (code, message) = ("clip_failed".to_owned(), "x".to_owned());
    house.running.faults.push(Rule::once("POST", CLIPPINGS, Kind::FailRender { code, message }));
    let job = house.post(CLIPPINGS, &body).await;
    let made = finished(&house, &format!("{CLIPPINGS}/{}", job.data()["ai_clipping_id"].as_str().unwrap())).await;
    let states: Vec<&str> =
        made["clips"].as_array().unwrap().iter().map(|clip| clip["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["completed", "completed", "failed"]);
    assert_eq!(house.balance().await, usd("24.25"));
}

#[tokio::test]
async fn clips_that_are_cancelled_cost_nothing() {
    let house = House::new().await;
    let id = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let job = house.post(CLIPPINGS, &json!({"video": file(&id)})).await;
    let path = format!("{CLIPPINGS}/{}", job.data()["ai_clipping_id"].as_str().unwrap());
    let delete = || house.send(house.request(Method::DELETE, &path));
    delete().await.data();
    assert_eq!(finished(&house, &path).await["status"], "cancelled");
    assert_eq!(house.balance().await, usd("25"));
    delete().await.data();
    house.get(&path).await.refused(404, "not_found", None);
}

#[tokio::test]
async fn speech_says_when_each_word_is_heard() {
    let house = House::new().await;
    let text = "Welcome back. <break time=\"1.2s\"/> Three things changed this spring, and all are good.";
    let body = json!({"text": text, "voice_id": "voice_daria_en", "input_type": "ssml", "speed": 1.25});
    let spoken = house.post(SPEECH, &body).await;
    let length = seconds(spoken.data());
    assert_eq!(probed(&house, &spoken.data()["audio_url"]).await.seconds, Some(length));
    let words: Vec<(&str, Decimal, Decimal)> = spoken.data()["word_timestamps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| {
            let time = |field: &str| decimal(&word[field].to_string());
            (word["word"].as_str().unwrap(), time("start"), time("end"))
        })
        .collect();
    let said: Vec<&str> = words.iter().map(|word| word.0).collect();
    assert_eq!(
        said,
        ["Welcome", "back.", "Three", "things", "changed", "this", "spring,", "and", "all", "are", "good."]
    );
    assert!(words.iter().all(|word| word.1 < word.2 && word.2 <= length), "{words:?}");
    assert!(words.windows(2).all(|pair| pair[0].2 <= pair[1].1), "{words:?}");
    assert!(words[2].1 - words[1].2 >= decimal("1.2"), "the pause is not there: {words:?}");
    assert_eq!(words[0].2, words[1].1, "there is no pause within a clause");
    assert_eq!(house.balance().await, usd("25") - Usd(decimal("0.000667") * length));

    let slow = house.post(SPEECH, &with(body.clone(), "speed", json!(0.5))).await;
    assert!(seconds(slow.data()) > length);
    let bad = async |field: &str, value: Value| house.post(SPEECH, &with(body.clone(), field, value)).await;
    bad("voice_id", json!("nobody")).await.refused(404, "not_found", Some("voice_id"));
    bad("voice_id", json!("voice_amara_fr")).await.refused(400, "invalid_parameter", Some("voice_id"));
    bad("locale", json!("tlh")).await.refused(400, "invalid_parameter", Some("locale"));
    bad("text", json!("…")).await.refused(400, "invalid_parameter", Some("text"));
    let starfish = house.get("/v3/voices?engine=starfish&limit=100").await;
    let names = starfish.data().as_array().unwrap();
    assert!(names.len() > 10 && names.iter().all(|voice| voice["voice_id"] != "voice_amara_fr"));
    assert!(house.get("/v3/voices?engine=other").await.data().as_array().unwrap().is_empty());
}

#[tokio::test]
async fn speech_is_sold_once_and_only_to_who_can_pay() {
    let house = House::with_balance(usd("0.0001")).await;
    let body = json!({"text": "Hello there, everybody.", "voice_id": "voice_daria_en"});
    keyed(&house, SPEECH, &body, "k").await.refused(402, "insufficient_credit", None);
    house.post("/sandbox/wallet", &json!({"add": 1})).await.data();
    let first = keyed(&house, SPEECH, &body, "k").await;
    let balance = house.balance().await;
    assert_eq!(keyed(&house, SPEECH, &body, "k").await.body, first.body);
    assert_eq!(house.balance().await, balance);
    house.clock.advance(Duration::from_secs(2 * 3_600));
    let address = first.data()["audio_url"].as_str().unwrap();
    assert_eq!(house.client.get(address).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn files_that_do_not_fit_are_refused_by_their_field() {
    let house = House::new().await;
    let bytes = film(2_000, 320, 180);
    let mut mute = bytes.clone();
    let place = mute.windows(4).position(|four| four == b"soun").unwrap();
    mute[place..place + 4].copy_from_slice(b"hint");
    let film = house.asset("f.mp4", bytes.clone()).await;
    let mute = house.asset("m.mp4", mute).await;
    let broken = house.asset("b.mp4", bytes[..200].to_vec()).await;
    let sound = house.asset("s.wav", wav(1_000)).await;
    let picture = house.asset("p.png", png(64, 64)).await;
    let srt = house.asset("c.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n".to_vec()).await;

    let translation = json!({"video": file(&film), "output_languages": ["German"]});
    let lipsync = json!({"video": file(&film), "audio": file(&sound)});
    let clipping = json!({"video": file(&film)});
    let url = |address: &str| json!({"type": "url", "url": address});
    let table = [
        (TRANSLATIONS, with(translation.clone(), "video", file("x")), 404, "video.asset_id"),
        (TRANSLATIONS, with(translation.clone(), "video", file(&sound)), 400, "video.asset_id"),
        (TRANSLATIONS, with(translation.clone(), "video", file(&picture)), 400, "video.asset_id"),
        (TRANSLATIONS, with(translation.clone(), "video", file(&broken)), 400, "video.asset_id"),
        (TRANSLATIONS, with(translation.clone(), "video", file(&mute)), 400, "video.asset_id"),
        (TRANSLATIONS, with(translation.clone(), "video", url("https://example.com/f.mp4")), 400, "video.url"),
        (TRANSLATIONS, with(translation.clone(), "audio", file(&picture)), 400, "audio.asset_id"),
        (TRANSLATIONS, with(translation.clone(), "srt", file(&sound)), 400, "srt.asset_id"),
        (
            TRANSLATIONS,
            with(translation.clone(), "output_languages", json!(["German", "Klingon"])),
            400,
            "output_languages[1]",
        ),
        (
            TRANSLATIONS,
            with(translation.clone(), "output_languages", json!(["German", "German"])),
            400,
            "output_languages[1]",
        ),
        (TRANSLATIONS, with(translation.clone(), "input_language", json!("Klingon")), 400, "input_language"),
        (TRANSLATIONS, with(translation.clone(), "start_time", json!(2)), 400, "start_time"),
        (TRANSLATIONS, with(translation.clone(), "end_time", json!(2.001)), 400, "end_time"),
        (TRANSLATIONS, with(translation.clone(), "start_time", json!(1.95)), 400, "end_time"),
        (TRANSLATIONS, with(translation.clone(), "brand_glossary_id", json!("x")), 404, "brand_glossary_id"),
        (LIPSYNCS, with(lipsync.clone(), "audio", file(&picture)), 400, "audio.asset_id"),
        (LIPSYNCS, with(lipsync.clone(), "audio", file(&mute)), 400, "audio.asset_id"),
        (LIPSYNCS, with(lipsync.clone(), "video", file(&sound)), 400, "video.asset_id"),
        (LIPSYNCS, with(lipsync.clone(), "end_time", json!(3)), 400, "end_time"),
        (CLIPPINGS, with(clipping.clone(), "video", file(&mute)), 400, "video.asset_id"),
        (CLIPPINGS, with(clipping.clone(), "input_language", json!("Klingon")), 400, "input_language"),
    ];
    for (path, body, status, param) in table {
        let answer = house.post(path, &body).await;
        assert_eq!(
            (answer.status, &answer.body["error"]["param"]),
            (status, &json!(param)),
            "{body} → {}",
            answer.body
        );
    }
    assert_eq!(house.ledger().await["created_videos"], 0);

    // What is allowed goes through: a film without sound for a lipsync or with a sound of its own, own addresses.
    let own = house.get(&format!("/v3/assets/{film}")).await.data()["url"].clone();
    let glossary = house.get("/v3/brand-glossaries").await.data()[0]["brand_glossary_id"].clone();
    house.post(LIPSYNCS, &with(lipsync, "video", file(&mute))).await.data();
    house.post(CLIPPINGS, &with(clipping, "video", url(own.as_str().unwrap()))).await.data();
    let spoken = with(with(translation.clone(), "video", file(&mute)), "audio", file(&sound));
    ids(&house, &with(spoken, "brand_glossary_id", glossary)).await;
    let known = house.get("/v3/video-translations/languages").await;
    assert!(known.data()["languages"].as_array().unwrap().contains(&json!("German")));
    let id = ids(&house, &with(with(translation, "srt", file(&srt)), "srt_role", json!("input"))).await.remove(0);

    // A result is a film too.
    let made = finished(&house, &format!("{TRANSLATIONS}/{id}")).await;
    let again = json!({"video": url(made["video_url"].as_str().unwrap()), "output_languages": ["French"]});
    let id = ids(&house, &again).await.remove(0);
    assert_eq!(finished(&house, &format!("{TRANSLATIONS}/{id}")).await["status"], "completed");
}

#[tokio::test]
async fn all_kinds_of_jobs_share_ten_places() {
    let house = House::new().await;
    let video = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let sound = house.asset("s.wav", wav(1_000)).await;
    let languages = |many: usize| {
        let named = ["German", "French", "Polish", "Dutch", "Danish", "Czech", "Greek", "Hindi"];
        json!({"video": file(&video), "output_languages": &named[..many]})
    };
    ids(&house, &languages(7)).await;
    house.post(LIPSYNCS, &json!({"video": file(&video), "audio": file(&sound)})).await.data();
    house.post(CLIPPINGS, &json!({"video": file(&video)})).await.data();
    // All languages of a request start, or none does.
    house.post(TRANSLATIONS, &languages(2)).await.refused(429, "rate_limit_exceeded", None);
    assert_eq!(house.get("/sandbox/wallet").await.data()["jobs_in_progress"], 9);
    ids(&house, &languages(1)).await;
    house.post(CLIPPINGS, &json!({"video": file(&video)})).await.refused(429, "rate_limit_exceeded", None);
    // Speech is no job that waits.
    house.post(SPEECH, &json!({"text": "Hello.", "voice_id": "voice_daria_en"})).await.data();
}

#[tokio::test]
async fn a_wallet_has_to_cover_all_languages_together() {
    let house = House::with_balance(usd("0.1")).await;
    let video = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let body = |languages: &[&str]| json!({"video": file(&video), "output_languages": languages});
    house.post(TRANSLATIONS, &body(&["Swedish", "Danish"])).await.refused(402, "insufficient_credit", None);
    ids(&house, &body(&["Swedish"])).await;
    house.post(CLIPPINGS, &json!({"video": file(&video)})).await.refused(402, "insufficient_credit", None);
}

#[tokio::test]
async fn a_purchase_survives_a_restart_and_lost_answers() {
    let house = House::new().await;
    let video = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let body = json!({"video": file(&video), "output_languages": ["Swedish", "Danish"]});
    house.running.faults.push(Rule::once("POST", TRANSLATIONS, Kind::ResetAfter));
    let lost = house.request(Method::POST, TRANSLATIONS).header("idempotency-key", "k").json(&body).send().await;
    assert!(lost.is_err());
    let first = keyed(&house, TRANSLATIONS, &body, "k").await;
    let ids = first.data()["video_translation_ids"].clone();
    let house = house.restarted().await;
    assert_eq!(keyed(&house, TRANSLATIONS, &body, "k").await.body, first.body);
    for id in ids.as_array().unwrap() {
        let path = format!("{TRANSLATIONS}/{}", id.as_str().unwrap());
        assert_eq!(finished(&house, &path).await["status"], "completed");
    }
    let house = house.restarted().await;
    assert_eq!(house.balance().await, usd("24.8668"));
    assert_eq!(house.ledger().await["created_videos"], 2);
    let made = house.get(&format!("{TRANSLATIONS}/{}", ids[0].as_str().unwrap())).await.data().clone();
    assert_eq!(probed(&house, &made["video_url"]).await.seconds, Some(decimal("2")));
    house.running.faults.push(Rule::once("GET", "/files/", Kind::ExpiredLink));
    let expired = house.client.get(made["video_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(expired.status(), StatusCode::FORBIDDEN);

    house.clock.advance(Duration::from_secs(24 * 3_600));
    assert_ne!(keyed(&house, TRANSLATIONS, &body, "k").await.body, first.body);
}

#[tokio::test]
async fn what_fails_costs_nothing_and_says_why() {
    let house = House::new().await;
    let video = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let sound = house.asset("s.wav", wav(1_000)).await;
    let fail = |path: &str| {
        let (code, message) = ("moderation_failed".to_owned(), "This is not allowed.".to_owned());
        house.running.faults.push(Rule::once("POST", path, Kind::FailRender { code, message }));
    };
    fail(TRANSLATIONS);
    let id = ids(&house, &json!({"video": file(&video), "output_languages": ["Czech"]})).await.remove(0);
    fail(LIPSYNCS);
    let lipsync = house.post(LIPSYNCS, &json!({"video": file(&video), "audio": file(&sound)})).await;
    fail(CLIPPINGS);
    let clipping = house.post(CLIPPINGS, &json!({"video": file(&video)})).await;
    for path in [
        format!("{TRANSLATIONS}/{id}"),
        format!("{LIPSYNCS}/{}", lipsync.data()["lipsync_id"].as_str().unwrap()),
        format!("{CLIPPINGS}/{}", clipping.data()["ai_clipping_id"].as_str().unwrap()),
    ] {
        let made = finished(&house, &path).await;
        assert_eq!((&made["status"], &made["failure_message"]), (&json!("failed"), &json!("This is not allowed.")));
    }
    // A source that is gone when its turn comes.
    let id = ids(&house, &json!({"video": file(&video), "output_languages": ["Czech"], "disable_music_track": true}))
        .await
        .remove(0);
    std::fs::remove_file(house.path().join("assets").join(&video)).unwrap();
    assert_eq!(finished(&house, &format!("{TRANSLATIONS}/{id}")).await["status"], "failed");
    assert_eq!(house.balance().await, usd("25"));
}

#[tokio::test]
async fn resources_are_listed_renamed_and_taken_away() {
    let house = House::new().await;
    let video = house.asset("f.mp4", film(2_000, 320, 180)).await;
    let body = json!({"video": file(&video), "output_languages": ["German", "French", "Polish"], "title": "Tour"});
    let made = ids(&house, &body).await;
    let page = house.get("/v3/video-translations?limit=2").await;
    assert_eq!((page.data().as_array().unwrap().len(), &page.body["has_more"]), (2, &json!(true)));
    let token = page.body["next_token"].as_str().unwrap();
    let rest = house.get(&format!("/v3/video-translations?limit=2&token={token}")).await;
    assert_eq!((rest.data().as_array().unwrap().len(), &rest.body["has_more"]), (1, &json!(false)));
    assert_eq!(rest.data()[0]["id"], made[0].as_str());
    house.get("/v3/video-translations?limit=101").await.refused(400, "invalid_parameter", Some("limit"));

    let path = format!("{TRANSLATIONS}/{}", made[0]);
    let rename = |title: Value| house.send(house.request(Method::PATCH, &path).json(&json!({"title": title})));
    assert_eq!(rename(json!("New")).await.data()["title"], "New");
    rename(json!(" ")).await.refused(400, "invalid_parameter", Some("title"));
    let delete = || house.send(house.request(Method::DELETE, &path));
    delete().await.refused(409, "conflict", None);
    let done = finished(&house, &path).await;
    assert_eq!((&done["title"], &done["status"]), (&json!("New"), &json!("completed")));
    delete().await.data();
    house.get(&path).await.refused(404, "not_found", None);
    assert_eq!(
        house.client.get(done["video_url"].as_str().unwrap()).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    // Another product does not know it.
    house.get(&format!("{LIPSYNCS}/{}", made[1])).await.refused(404, "not_found", None);
}
