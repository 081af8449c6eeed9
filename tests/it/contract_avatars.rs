//! New avatars, held against the published interface: every choice of the form, its body, and its price.

use std::collections::BTreeMap;

use reelmeter::draft::avatar_creation::{AvatarCreationDraft, Chosen, Origin};
use reelmeter::draft::avatar_video::LocalFile;
use reelmeter::draft::{Composition as _, Draft, Field};
use reelmeter::heygen::{self, AssetId};
use reelmeter::pricing::requests;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::contract::posted_faults;

const PATH: &str = "/v3/avatars";

/// The same file on this computer and at a public address.
fn files(media_type: &str) -> [LocalFile; 2] {
    let file = LocalFile {
        path: "in.bin".into(),
        size: 1_000,
        media_type: Some(media_type.to_owned()),
        duration: media_type.starts_with("video").then_some(Decimal::TEN),
        ..LocalFile::default()
    };
    let address = Some("https://files.example/in.bin?sig=1".to_owned());
    [file.clone(), LocalFile { address, ..file }]
}

fn chosen(id: &str) -> Option<Chosen> {
    Some(Chosen { id: id.to_owned(), name: "Somebody".to_owned() })
}

/// Every choice of the form combined with every other.
fn drafts() -> Vec<AvatarCreationDraft> {
    let mut drafts = Vec::new();
    let pictures = files("image/png");
    let references = [vec![], pictures.to_vec(), [&pictures[..], &pictures[..1]].concat()];
    for group in [None, chosen("group_1")] {
        for name in ["Daria", " Grüße \n"] {
            let draft = AvatarCreationDraft { name: name.to_owned(), group: group.clone(), ..Default::default() };
            for media_type in ["image/png", "image/jpeg"] {
                for photo in files(media_type) {
                    drafts.push(AvatarCreationDraft { origin: Origin::Photo, photo: Some(photo), ..draft.clone() });
                }
            }
            for media_type in ["video/mp4", "video/webm"] {
                for footage in files(media_type) {
                    let footage = Some(footage);
                    drafts.push(AvatarCreationDraft { origin: Origin::Footage, footage, ..draft.clone() });
                }
            }
            for references in &references {
                for based_on in [None, chosen("look_1")] {
                    drafts.push(AvatarCreationDraft {
                        origin: Origin::Prompt,
                        prompt: " A friendly judge ".to_owned(),
                        references: references.clone(),
                        based_on,
                        ..draft.clone()
                    });
                }
            }
        }
    }
    drafts
}

fn body(draft: &AvatarCreationDraft) -> Value {
    // What does not go up must not be needed.
    let uploads: BTreeMap<Field, AssetId> =
        draft.uploads().iter().map(|(field, _)| (*field, AssetId::new(format!("asset_{field:?}")))).collect();
    serde_json::from_slice(&heygen::body(&Draft::AvatarCreation(draft.clone()), &uploads).unwrap()).unwrap()
}

#[test]
fn every_avatar_the_form_lets_through_is_one_heygen_takes_at_the_price_shown() {
    let drafts = drafts();
    assert_eq!(drafts.len(), 2 * 2 * (4 + 4 + 3 * 2));
    for draft in &drafts {
        assert_eq!(draft.problems(), [], "{draft:?}");
        let body = body(draft);
        assert_eq!(posted_faults(PATH, &body), Vec::<String>::new(), "{body}");
        assert!(!body.to_string().contains("null"), "{body}");
        assert_eq!(body.get("avatar_group_id").is_some(), draft.group.is_some(), "{body}");
        assert_eq!(body["name"], draft.name.trim(), "{body}");
        let request = json!({"method": "POST", "path": PATH, "body": body}).to_string();
        let read = requests::read(&request).unwrap();
        assert_eq!(read.first().map(|request| &request.billable), Some(&draft.billable()), "{body}");
    }
}

#[test]
fn files_are_assets_or_addresses_and_nothing_incomplete_is_written() {
    let [file, fetched] = files("image/png");
    let photo = AvatarCreationDraft { name: "Daria".to_owned(), photo: Some(file), ..Default::default() };
    assert_eq!(
        body(&photo),
        json!({"type": "photo", "file": {"type": "asset_id", "asset_id": "asset_Look"}, "name": "Daria"})
    );
    let at_address = AvatarCreationDraft { photo: Some(fetched), ..photo.clone() };
    assert_eq!(body(&at_address)["file"], json!({"type": "url", "url": "https://files.example/in.bin?sig=1"}));
    let prompt = AvatarCreationDraft { origin: Origin::Prompt, ..photo.clone() };
    let nameless = AvatarCreationDraft { name: " ".to_owned(), ..at_address };
    for (draft, param) in [(photo, "file"), (prompt, "prompt"), (nameless, "name")] {
        let refused = heygen::body(&Draft::AvatarCreation(draft), &BTreeMap::new()).unwrap_err();
        assert_eq!(refused.param.as_deref(), Some(param));
    }
}
