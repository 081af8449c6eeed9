//! Cinematic videos and agents: every request the forms let through is one HeyGen takes, and is priced
//! alike from its draft and from its bytes.

use std::collections::BTreeMap;

use reelmeter::draft::avatar_video::LocalFile;
use reelmeter::draft::chat::{AgentStyle, BrandKit};
use reelmeter::draft::cinematic::SHAPES;
use reelmeter::draft::video_agent::{Conversation, Orientation};
use reelmeter::draft::{AvatarType, Billable, CinematicDraft, Draft, Field, Look, Resolution, VideoAgentDraft, Voice};
use reelmeter::heygen::{AssetId, body, endpoint};
use reelmeter::pricing::{Pace, RateCard, Total, quote};
use serde_json::Value;

use crate::contract::request_faults_of;

fn look(id: &str) -> Look {
    Look {
        id: id.to_owned(),
        name: id.to_owned(),
        avatar_type: AvatarType::StudioAvatar,
        group_id: None,
        default_voice_id: None,
        gender: None,
        engines: Vec::new(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    }
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
        starfish: false,
    }
}

fn file(media_type: &str) -> LocalFile {
    LocalFile { path: "in.bin".into(), size: 10, media_type: Some(media_type.to_owned()), ..LocalFile::default() }
}

fn address() -> LocalFile {
    LocalFile { address: Some("https://files.example/a.png".to_owned()), ..file("image/png") }
}

fn uploads(draft: &Draft) -> BTreeMap<Field, AssetId> {
    let fields = draft.composition().uploads().into_iter().map(|(field, _)| field);
    fields.map(|field| (field, AssetId::new(format!("asset_{field:?}")))).collect()
}

/// The body of a draft that lacks nothing, held against the published schema and the rate card.
#[track_caller]
fn check(draft: impl Into<Draft>) -> Value {
    let draft = draft.into();
    assert_eq!(draft.composition().problems(), [], "{draft:?}");
    let path = endpoint(&draft).path();
    let bytes = body(&draft, &uploads(&draft)).unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let found = request_faults_of("POST", &path, &body);
    assert!(found.is_empty(), "{body}\n{}", found.join("\n"));
    assert!(!body.to_string().contains("null"), "{body}");

    let seconds = match draft.composition().billable() {
        Billable::VideoAgent { .. } => r#","seconds":30"#,
        _ => "",
    };
    let request = format!(r#"{{"method":"POST","path":"{path}","body":{body}{seconds}}}"#);
    let mut read = reelmeter::pricing::requests::read(&request).unwrap_or_else(|error| panic!("{request}: {error:?}"));
    let from_body = read.remove(0).billable;
    let card = RateCard::built_in();
    let likely = |billable: &Billable| match quote(&card, billable, &Pace::default()).total {
        Total::Exact(amount) => amount,
        Total::Range(span) => span.likely,
        Total::Unknown(reason) => panic!("{reason}"),
    };
    assert_eq!(likely(&from_body), likely(&draft.composition().billable()), "{body}");
    body
}

#[test]
fn every_cinematic_video_the_form_lets_through_is_one_heygen_takes() {
    let looks = [vec![look("a")], vec![look("a"), look("b")], vec![look("a"), look("b"), look("c")]];
    let references =
        [vec![], vec![file("image/png"), file("video/mp4")], vec![address(), file("video/webm"), file("image/jpeg")]];
    for looks in &looks {
        for references in &references {
            for seconds in [None, Some(4), Some(10), Some(15)] {
                for (turn, aspect_ratio) in SHAPES.into_iter().enumerate() {
                    let resolution = if turn % 2 == 0 { Resolution::P720 } else { Resolution::P1080 };
                    let draft = CinematicDraft {
                        title: if turn == 0 { String::new() } else { "A title".to_owned() },
                        looks: looks.clone(),
                        prompt: " Snow falls. ".to_owned(),
                        references: references.clone(),
                        seconds,
                        resolution,
                        aspect_ratio,
                        enhance_prompt: turn == 1,
                        project: "A client".to_owned(),
                    };
                    let body = check(draft);
                    assert_eq!(body["prompt"], "Snow falls.");
                    assert_eq!(body["avatar_id"].as_array().unwrap().len(), looks.len());
                    // HeyGen takes one or the other.
                    assert_eq!(body.get("duration").is_some(), body.get("auto_duration").is_none(), "{body}");
                    let given = body.get("references").map_or(0, |files| files.as_array().unwrap().len());
                    assert_eq!(given, references.len(), "{body}");
                }
            }
        }
    }
}

#[test]
fn every_agent_request_the_form_lets_through_is_one_heygen_takes() {
    let style = AgentStyle { id: "style".to_owned(), name: "Style".to_owned(), ..AgentStyle::default() };
    let kit = BrandKit { id: "kit".to_owned(), name: "Harbour".to_owned() };
    let files = [vec![], vec![file("application/pdf"), address(), file("audio/mpeg"), file("video/mp4")]];
    let mut turn = 0;
    for files in &files {
        for look in [None, Some(look("a"))] {
            for voice in [None, Some(voice())] {
                for style in [None, Some(style.clone())] {
                    for orientation in [None, Some(Orientation::Landscape), Some(Orientation::Portrait)] {
                        for chat in [false, true] {
                            turn += 1;
                            let draft = VideoAgentDraft {
                                prompt: "Tea for beginners.".to_owned(),
                                look: look.clone(),
                                voice: voice.clone(),
                                orientation,
                                style: style.clone(),
                                brand_kit: (turn % 3 == 0).then(|| kit.clone()),
                                files: files.clone(),
                                chat,
                                incognito: turn % 2 == 0,
                                project: "A client".to_owned(),
                                ..VideoAgentDraft::default()
                            };
                            let body = check(draft);
                            assert_eq!(body.get("mode").is_some(), chat, "{body}");
                            assert_eq!(body.get("brand_kit_id").is_some(), turn % 3 == 0, "{body}");
                            assert!(body["prompt"].as_str().unwrap().contains("about 30 seconds"), "{body}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_message_is_sent_to_its_session_with_what_it_may_carry() {
    for files in [vec![], vec![file("image/png"), address()]] {
        for changed in [false, true] {
            let draft = VideoAgentDraft {
                prompt: "Shorter, please.".to_owned(),
                files: files.clone(),
                look: changed.then(|| look("b")),
                voice: changed.then(voice),
                conversation: Some(Conversation {
                    session: "s1".to_owned(),
                    seconds: if changed { 45 } else { 30 },
                    ..Conversation::default()
                }),
                ..VideoAgentDraft::default()
            };
            assert_eq!(endpoint(&draft.clone().into()).path(), "/v3/video-agents/s1");
            let body = check(draft);
            assert_eq!(body["message"].as_str().unwrap().contains("about 30 seconds"), changed, "{body}");
        }
    }
}

#[test]
fn the_bytes_of_a_cinematic_video_are_these() {
    let draft = CinematicDraft {
        looks: vec![look("a")],
        prompt: "Rain on a roof.".to_owned(),
        references: vec![file("image/png"), address()],
        ..CinematicDraft::default()
    };
    let draft = Draft::from(draft);
    let uploads = [(Field::Reference(0), AssetId::new("asset_one"))].into();
    let expected = concat!(
        r#"{"type":"cinematic_avatar","title":"Rain on a roof","avatar_id":["a"],"prompt":"Rain on a roof.","#,
        r#""references":[{"type":"asset_id","asset_id":"asset_one"},"#,
        r#"{"type":"url","url":"https://files.example/a.png"}],"duration":10,"resolution":"1080p"}"#
    );
    assert_eq!(String::from_utf8(body(&draft, &uploads).unwrap()).unwrap(), expected);
    assert_eq!(body(&draft, &BTreeMap::new()).unwrap_err().param.as_deref(), Some("references"));
}
