//! Lipsyncs, held against the published interface: every choice of the form, its body, and its price.

use reelmeter::draft::billable::Mode;
use reelmeter::draft::lipsync::LipsyncDraft;
use reelmeter::draft::translation::FrameTiming;
use reelmeter::draft::{Billable, Composition as _, Draft, Field, Length};
use reelmeter::heygen::{self, AssetId};
use serde_json::{Value, json};

use crate::contract::posted_faults;
use crate::contract_translation::{file, likely, parts, read};

const PATH: &str = "/v3/lipsyncs";

fn drafts() -> Vec<LipsyncDraft> {
    let timings = std::iter::once(None).chain(FrameTiming::ALL.map(Some));
    let mut drafts = Vec::new();
    for frame_timing in timings {
        for part in parts() {
            for bits in 0..512_u32 {
                let on = |bit: u32| bits >> bit & 1 > 0;
                drafts.push(LipsyncDraft {
                    title: if on(0) { "A title".to_owned() } else { String::new() },
                    video: Some(file("Talk.webm", "video/webm", Some("75.5"), on(1))),
                    audio: Some(file("voice.wav", "audio/wav", Some("12.25"), on(2))),
                    mode: if on(3) { Mode::Precision } else { Mode::Speed },
                    part,
                    captions: on(4),
                    keep_music: on(5),
                    enhance_speech: on(6),
                    dynamic_duration: on(7),
                    keep_format: on(8),
                    frame_timing,
                    watermark: on(0) != on(8),
                    project: "A client".to_owned(),
                });
            }
        }
    }
    drafts
}

fn body(draft: &LipsyncDraft) -> Value {
    let uploads = [(Field::Video, "asset_video"), (Field::Audio, "asset_sound")];
    let uploads = uploads.map(|(field, id)| (field, AssetId::new(id))).into();
    serde_json::from_slice(&heygen::body(&Draft::Lipsync(draft.clone()), &uploads).unwrap()).unwrap()
}

#[test]
fn every_lipsync_the_form_lets_through_is_one_heygen_takes_at_the_price_shown() {
    for draft in &drafts() {
        assert_eq!(draft.problems(), []);
        let body = body(draft);
        assert_eq!(posted_faults(PATH, &body), Vec::<String>::new(), "{body}");
        assert!(!body.to_string().contains("null"), "{body}");
        assert!(body.get("mode").is_some() && body.get("enable_dynamic_duration").is_some(), "{body}");
        let Billable::Lipsync { mode, length } = draft.billable() else { panic!("{draft:?}") };
        let seconds = likely(&length);
        let priced = Billable::Lipsync { mode, length: Length::Seconds(seconds) };
        assert_eq!(read(PATH, &body, seconds), priced, "{body}");
    }
}

#[test]
fn the_body_of_a_lipsync_is_this() {
    let draft = LipsyncDraft {
        video: Some(file("Talk.mp4", "video/mp4", Some("75.5"), true)),
        audio: Some(file("voice.wav", "audio/wav", Some("12.25"), false)),
        captions: false,
        dynamic_duration: false,
        ..LipsyncDraft::default()
    };
    assert_eq!(
        body(&draft),
        json!({
            "video": {"type": "url", "url": "https://films.example/Talk.mp4?sig=1"},
            "audio": {"type": "asset_id", "asset_id": "asset_sound"},
            "title": "Talk",
            "mode": "speed",
            "enable_dynamic_duration": false,
        })
    );
}
