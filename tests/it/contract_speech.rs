//! Speeches, held against the published interface: every choice of the form, its body, and its price.

use std::collections::BTreeMap;

use reelmeter::draft::speech::{InputType, SpeechDraft};
use reelmeter::draft::{Billable, Composition as _, Draft, Length, Voice};
use reelmeter::heygen;
use reelmeter::pricing::requests;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::contract::posted_faults;

const PATH: &str = "/v3/voices/speech";

fn voice(supports_locale: bool) -> Voice {
    Voice {
        id: "voice_chosen".to_owned(),
        name: "Ben".to_owned(),
        language: "English".to_owned(),
        gender: "male".to_owned(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale,
        private: false,
        starfish: true,
    }
}

/// Every choice of the form combined with every other.
fn drafts() -> Vec<SpeechDraft> {
    let texts = [
        (InputType::Text, "  Grüß Gott, 3 < 4 & more.\n"),
        (InputType::Ssml, "<speak>Hello <break time=\"1.2s\"/> <emphasis>you</emphasis> &amp; me.</speak>"),
        (InputType::Ssml, "Plain words in between."),
    ];
    let speeds = ["0.5", "1", "1.15", "2.00"].map(|speed| speed.parse::<Decimal>().unwrap());
    let mut drafts = Vec::new();
    for (input_type, text) in texts {
        for speed in speeds {
            for language in [None, Some("de"), Some("da")] {
                for (locale, supports_locale) in [(None, true), (Some(" pt-BR "), true), (Some("pt-BR"), false)] {
                    drafts.push(SpeechDraft {
                        title: "Never sent".to_owned(),
                        input_type,
                        text: text.to_owned(),
                        voice: Some(voice(supports_locale)),
                        speed,
                        language: language.map(str::to_owned),
                        locale: locale.map(str::to_owned),
                        project: "A client".to_owned(),
                    });
                }
            }
        }
    }
    drafts
}

fn body(draft: &SpeechDraft) -> Value {
    let bytes = heygen::body(&Draft::Speech(draft.clone()), &BTreeMap::new()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn every_speech_the_form_lets_through_is_one_heygen_takes_at_the_price_shown() {
    let drafts = drafts();
    assert_eq!(drafts.len(), 108);
    for draft in &drafts {
        assert_eq!(draft.problems(), [], "{draft:?}");
        let body = body(draft);
        assert_eq!(posted_faults(PATH, &body), Vec::<String>::new(), "{body}");
        assert!(!body.to_string().contains("null"), "{body}");
        let request = json!({"method": "POST", "path": PATH, "body": body}).to_string();
        let read = requests::read(&request).unwrap();
        // The request itself does not say which language its voice speaks.
        let mut expected = draft.billable();
        if let Billable::Speech { length: Length::Speech(speech) } = &mut expected
            && draft.language.is_none()
            && draft.locale().is_none()
        {
            speech.language = None;
        }
        assert_eq!(read.first().map(|request| &request.billable), Some(&expected), "{body}");
    }
}

#[test]
fn only_what_differs_from_the_defaults_is_sent() {
    let plain = SpeechDraft { text: " Hello. ".to_owned(), voice: Some(voice(true)), ..SpeechDraft::default() };
    assert_eq!(body(&plain), json!({"text": "Hello.", "voice_id": "voice_chosen"}));
    // An accent names its language itself, and a voice without accents gets none.
    let accent = |supports_locale| SpeechDraft {
        language: Some("pt".to_owned()),
        locale: Some("pt-BR".to_owned()),
        voice: Some(voice(supports_locale)),
        ..plain.clone()
    };
    assert_eq!(body(&accent(true)), json!({"text": "Hello.", "voice_id": "voice_chosen", "locale": "pt-BR"}));
    assert_eq!(body(&accent(false)), json!({"text": "Hello.", "voice_id": "voice_chosen", "language": "pt"}));
    let ssml = SpeechDraft { input_type: InputType::Ssml, speed: Decimal::new(150, 2), ..plain };
    assert_eq!(body(&ssml), json!({"text": "Hello.", "voice_id": "voice_chosen", "input_type": "ssml", "speed": 1.5}));
}

#[test]
fn a_speech_that_is_not_complete_is_not_written() {
    let complete = SpeechDraft { text: "Hello.".to_owned(), voice: Some(voice(true)), ..SpeechDraft::default() };
    for (draft, param) in [
        (SpeechDraft { text: " ".to_owned(), ..complete.clone() }, "text"),
        (SpeechDraft { voice: None, ..complete }, "voice_id"),
    ] {
        let refused = heygen::body(&Draft::Speech(draft), &BTreeMap::new()).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some(param));
    }
}
