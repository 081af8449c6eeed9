//! Clips, held against the published interface: every choice of the form, its body, and its price.

use std::collections::BTreeMap;

use reelmeter::draft::avatar_video::LocalFile;
use reelmeter::draft::clips::{ClipLength, ClipShape, ClipsDraft};
use reelmeter::draft::{Composition as _, Draft, Field};
use reelmeter::heygen::{self, AssetId};
use reelmeter::pricing::requests;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::contract::posted_faults;

const PATH: &str = "/v3/ai-clipping";

fn videos() -> [LocalFile; 2] {
    let file = LocalFile {
        path: "Talk.mp4".into(),
        size: 1_000,
        media_type: Some("video/mp4".to_owned()),
        duration: Some(Decimal::from(900)),
        ..LocalFile::default()
    };
    let address = Some("https://films.example/talk.mp4?sig=1".to_owned());
    [file, LocalFile { address, ..LocalFile::default() }]
}

/// Every choice of the form combined with every other.
fn drafts() -> Vec<ClipsDraft> {
    let mut drafts = Vec::new();
    for video in videos() {
        for chosen in 1..16_u8 {
            let wanted = |place: &usize| chosen & (1 << *place) != 0;
            let lengths: Vec<ClipLength> = (0..4_usize).filter(wanted).map(|place| ClipLength::ALL[place]).collect();
            for shape in ClipShape::ALL {
                for (captions, caption_style) in [(true, ""), (true, " bold "), (false, ""), (false, "bold")] {
                    for (prompt, language) in [("", None), (" the jokes ", None), ("", Some("German"))] {
                        drafts.push(ClipsDraft {
                            title: String::new(),
                            video: Some(video.clone()),
                            lengths: lengths.clone(),
                            shape,
                            captions,
                            caption_style: caption_style.to_owned(),
                            prompt: prompt.to_owned(),
                            input_language: language.map(str::to_owned),
                            project: "A client".to_owned(),
                        });
                    }
                }
            }
        }
    }
    drafts
}

fn body(draft: &ClipsDraft) -> Value {
    let uploads = BTreeMap::from([(Field::Video, AssetId::new("asset_video"))]);
    serde_json::from_slice(&heygen::body(&Draft::Clips(draft.clone()), &uploads).unwrap()).unwrap()
}

#[test]
fn every_request_the_form_lets_through_is_one_heygen_takes_at_the_price_shown() {
    let drafts = drafts();
    assert_eq!(drafts.len(), 2 * 15 * 3 * 4 * 3);
    for draft in &drafts {
        assert_eq!(draft.problems(), [], "{draft:?}");
        let body = body(draft);
        assert_eq!(posted_faults(PATH, &body), Vec::<String>::new(), "{body}");
        assert!(!body.to_string().contains("null"), "{body}");
        let styled = body.pointer("/output_settings/caption_style").is_some();
        assert_eq!(styled, draft.captions && !draft.caption_style.is_empty(), "a style without captions: {body}");
        let request = json!({"method": "POST", "path": PATH, "body": body}).to_string();
        let read = requests::read(&request).unwrap();
        assert_eq!(read.first().map(|request| &request.billable), Some(&draft.billable()), "{body}");
    }
}

#[test]
fn the_video_is_an_asset_or_an_address() {
    let [file, address] = videos();
    let draft = ClipsDraft { video: Some(file), ..ClipsDraft::default() };
    assert_eq!(
        body(&draft),
        json!({
            "title": "Talk",
            "video": {"type": "asset_id", "asset_id": "asset_video"},
            "output_settings": {"duration_types": ["30"], "aspect_ratio": "portrait", "captions": true},
        })
    );
    let fetched = ClipsDraft { video: Some(address), ..draft.clone() };
    assert_eq!(body(&fetched)["video"], json!({"type": "url", "url": "https://films.example/talk.mp4?sig=1"}));
    for (draft, param) in
        [(draft.clone(), "video"), (ClipsDraft { lengths: Vec::new(), ..fetched }, "output_settings.duration_types")]
    {
        let refused = heygen::body(&Draft::Clips(draft), &BTreeMap::new()).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some(param));
    }
}
