//! Translations, held against the published interface: every choice of the form, its body, and its price.

use std::collections::BTreeMap;

use reelmeter::draft::avatar_video::LocalFile;
use reelmeter::draft::billable::Mode;
use reelmeter::draft::part::Part;
use reelmeter::draft::translation::{FrameTiming, Glossary, SubtitlesRole, TranslationDraft};
use reelmeter::draft::{Billable, Composition as _, Draft, Field, Length};
use reelmeter::heygen::{self, AssetId};
use reelmeter::pricing::requests;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::contract::posted_faults;

const PATH: &str = "/v3/video-translations";

pub fn file(name: &str, media_type: &str, seconds: Option<&str>, address: bool) -> LocalFile {
    LocalFile {
        path: name.into(),
        size: 1_000,
        media_type: Some(media_type.to_owned()),
        duration: seconds.map(|seconds| seconds.parse().unwrap()),
        address: address.then(|| format!("https://films.example/{name}?sig=1")),
        ..LocalFile::default()
    }
}

pub fn parts() -> [Part; 4] {
    let (start, end) = (Some("2.5".parse().unwrap()), Some("61.25".parse().unwrap()));
    [(None, None), (start, None), (None, end), (start, end)].map(|(start, end)| Part { start, end, ..Part::default() })
}

/// What decides price and files combined in every way; the rest goes through all its values on the way.
fn drafts() -> Vec<TranslationDraft> {
    let ways = [(Mode::Speed, false), (Mode::Speed, true), (Mode::Precision, false)];
    let languages = [vec!["German".to_owned()], vec!["German".to_owned(), "Spanish (Spain)".to_owned()]];
    let words = [None, Some(SubtitlesRole::Input), Some(SubtitlesRole::Output)];
    let mut drafts = Vec::new();
    let mut turn = 0_usize;
    for (mode, audio_only) in ways {
        for languages in &languages {
            for part in parts() {
                for (dynamic_duration, address, sound) in (0..8).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0))
                {
                    for subtitles in words {
                        for round in 0..8 {
                            // Steps that share no factor with the counts meet every pair of values.
                            turn += 7;
                            let on = |bit: usize| (turn / 3 + round) >> bit & 1 > 0;
                            drafts.push(TranslationDraft {
                                title: if on(0) { "A title".to_owned() } else { String::new() },
                                video: Some(file("Talk.mp4", "video/mp4", Some("75.5"), address)),
                                languages: languages.clone(),
                                mode,
                                audio_only,
                                source_language: on(1).then(|| "English".to_owned()),
                                speakers: [None, Some(1), Some(10)][turn % 3],
                                captions: on(2),
                                part,
                                keep_music: on(3),
                                enhance_speech: on(4),
                                dynamic_duration,
                                keep_format: on(5),
                                frame_timing: [
                                    None,
                                    FrameTiming::ALL[0].into(),
                                    FrameTiming::ALL[1].into(),
                                    FrameTiming::ALL[2].into(),
                                ][turn % 4],
                                glossary: on(6).then(|| Glossary { id: "g1".to_owned(), name: "Names".to_owned() }),
                                stock_voice: on(7),
                                audio: sound.then(|| file("voice.mp3", "audio/mpeg", Some("60"), false)),
                                subtitles: subtitles.map(|_| file("talk.srt", "application/x-subrip", None, address)),
                                subtitles_role: subtitles.unwrap_or_default(),
                                watermark: on(8),
                                project: "A client".to_owned(),
                            });
                        }
                    }
                }
            }
        }
    }
    drafts.retain(|draft| draft.problems().is_empty());
    drafts
}

fn body(draft: &TranslationDraft) -> Value {
    let uploads = [(Field::Video, "asset_video"), (Field::Audio, "asset_sound"), (Field::Subtitles, "asset_words")];
    let uploads = uploads.map(|(field, id)| (field, AssetId::new(id))).into();
    serde_json::from_slice(&heygen::body(&Draft::Translation(draft.clone()), &uploads).unwrap()).unwrap()
}

/// The seconds a length most likely comes to.
pub fn likely(length: &Length) -> Decimal {
    match length {
        Length::Seconds(seconds) => *seconds,
        Length::Assumed { low, likely, high, why } => {
            assert!(low <= likely && likely <= high && !why.is_empty());
            *likely
        }
        other => panic!("{other:?}"),
    }
}

/// What the body alone is read as, with the output's seconds given.
pub fn read(path: &str, body: &Value, seconds: Decimal) -> Billable {
    let request = json!({"method": "POST", "path": path, "body": body, "seconds": seconds.to_string().parse::<serde_json::Number>().unwrap()});
    let read = requests::read(&request.to_string()).unwrap();
    read.first().unwrap().billable.clone()
}

#[test]
fn every_translation_the_form_lets_through_is_one_heygen_takes_at_the_price_shown() {
    let drafts = drafts();
    assert!(drafts.len() > 2_000, "{} drafts only", drafts.len());
    for draft in &drafts {
        let body = body(draft);
        assert_eq!(posted_faults(PATH, &body), Vec::<String>::new(), "{body}");
        check_rules(draft, &body);
        let Billable::Translation { mode, audio_only, languages, length } = draft.billable() else {
            panic!("{draft:?}")
        };
        let seconds = likely(&length);
        let priced = Billable::Translation { mode, audio_only, languages, length: Length::Seconds(seconds) };
        assert_eq!(read(PATH, &body, seconds), priced, "{body}");
    }
}

/// What the schema cannot say.
#[track_caller]
fn check_rules(draft: &TranslationDraft, body: &Value) {
    let has = |field: &str| body.get(field).is_some();
    assert!(!body.to_string().contains("null"), "{body}");
    // What decides the price is never left to a default.
    for field in ["mode", "translate_audio_only", "enable_dynamic_duration", "output_languages"] {
        assert!(has(field), "{field}: {body}");
    }
    assert!(!(body["mode"] == "precision" && body["translate_audio_only"] == true), "no published price: {body}");
    assert_eq!(has("srt"), has("srt_role"), "{body}");
    assert_eq!(body["video"]["type"] == "url", draft.video.as_ref().is_some_and(|video| video.address.is_some()));
    if has("audio") || body["srt_role"] == "output" {
        assert_eq!(body["output_languages"].as_array().map(Vec::len), Some(1), "{body}");
    }
}

#[test]
fn the_body_of_a_translation_is_this() {
    let video = Some(file("Talk.mp4", "video/mp4", Some("75.5"), false));
    let plain = TranslationDraft {
        video,
        languages: vec!["German".to_owned()],
        captions: false,
        ..TranslationDraft::default()
    };
    assert_eq!(
        body(&plain),
        json!({
            "video": {"type": "asset_id", "asset_id": "asset_video"},
            "title": "Talk (German)",
            "output_languages": ["German"],
            "mode": "speed",
            "translate_audio_only": false,
            "enable_dynamic_duration": true,
        })
    );
    let cut = TranslationDraft { part: parts()[3], keep_music: false, ..plain.clone() };
    let cut = body(&cut);
    assert_eq!((&cut["start_time"], &cut["end_time"]), (&json!(2.5), &json!(61.25)));
    assert_eq!(cut["disable_music_track"], true);

    let refused = |draft: TranslationDraft| {
        heygen::body(&Draft::Translation(draft), &BTreeMap::new()).unwrap_err().param.unwrap_or_default()
    };
    assert_eq!(refused(plain.clone()), "video");
    assert_eq!(refused(TranslationDraft { languages: Vec::new(), ..plain }), "output_languages");
}
