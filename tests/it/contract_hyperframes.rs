//! HyperFrames renders, held against the published interface: every choice of the form, its body, and
//! its price.

use std::collections::{BTreeMap, BTreeSet};

use reelmeter::draft::avatar_video::LocalFile;
use reelmeter::draft::hyperframes::{
    Bundle, ChoiceOption, Container, ENTRY, HyperFramesDraft, Page, Quality, Row, Rows, Variable, VariableKind,
};
use reelmeter::draft::{AspectRatio, Composition as _, Draft, Field, Resolution};
use reelmeter::heygen::{self, AssetId};
use reelmeter::pricing::requests;
use serde_json::{Value, json};

use crate::contract::{check_response, posted_faults};
use crate::loopback::{Loopback, Seen, json as answer};

const PATH: &str = "/v3/hyperframes/renders";

fn bundle(size: (u32, u32)) -> Bundle {
    let variable = |id: &str, kind, default: &str| Variable {
        id: id.to_owned(),
        label: id.to_owned(),
        description: String::new(),
        kind,
        default: default.to_owned(),
    };
    let options = ["dark", "light"].map(|word| ChoiceOption { value: word.to_owned(), label: word.to_owned() });
    let page = Page {
        path: ENTRY.to_owned(),
        id: "main".to_owned(),
        seconds: Some("12.5".parse().unwrap()),
        size: Some(size),
        variables: vec![
            variable("title", VariableKind::Text { most: None }, "Hello"),
            variable("price", VariableKind::Number { least: None, most: None, unit: String::new() }, "9.50"),
            variable("dated", VariableKind::Switch, "true"),
            variable("tone", VariableKind::Choice(options.to_vec()), "dark"),
        ],
        ..Page::default()
    };
    let inner = Page { path: "compositions/end.html".to_owned(), ..page.clone() };
    let zip = LocalFile { path: "p.zip".into(), size: 1_000, ..LocalFile::default() };
    Bundle { source: "/projects/Spring".into(), is_folder: true, zip, pages: vec![page, inner], ..Bundle::default() }
}

fn uploads() -> BTreeMap<Field, AssetId> {
    [(Field::Composition, AssetId::new("asset_zip"))].into()
}

fn body(draft: &HyperFramesDraft) -> Value {
    serde_json::from_slice(&heygen::body(&draft.clone().into(), &uploads()).unwrap()).unwrap()
}

/// Every choice of the form combined with every other.
fn drafts() -> Vec<HyperFramesDraft> {
    let mut drafts = Vec::new();
    let shapes = [None, Some(AspectRatio::Wide), Some(AspectRatio::Tall), Some(AspectRatio::Square)];
    let sets: [&[(&str, &str)]; 3] = [
        &[],
        &[("title", "Grüße \"an\" alle")],
        &[("price", "1e2"), ("dated", "no"), ("tone", "light"), ("title", "")],
    ];
    for resolution in [Resolution::P1080, Resolution::K4] {
        for fps in [1, 24, 30, 60, 240] {
            for quality in Quality::ALL {
                for container in Container::ALL {
                    for shape in shapes {
                        for page in [ENTRY, "compositions/end.html"] {
                            for values in sets {
                                let own = |(id, typed): &(&str, &str)| ((*id).to_owned(), (*typed).to_owned());
                                drafts.push(HyperFramesDraft {
                                    title: if drafts.len() % 2 == 0 { "A title".to_owned() } else { String::new() },
                                    bundle: Some(bundle((1080, 1920))),
                                    page: page.to_owned(),
                                    values: values.iter().map(own).collect(),
                                    rows: None,
                                    resolution,
                                    fps,
                                    quality,
                                    container,
                                    shape,
                                    project: "A client".to_owned(),
                                });
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
fn every_render_the_form_lets_through_is_one_heygen_takes() {
    let mut fields = BTreeSet::new();
    for draft in drafts() {
        assert_eq!(draft.problems(), []);
        let body = body(&draft);
        let found = posted_faults(PATH, &body);
        assert!(found.is_empty(), "{body}\n{}", found.join("\n"));
        assert!(!body.to_string().contains("null"), "{body}");
        assert_eq!(body.get("composition").is_some(), draft.page != ENTRY, "{body}");
        assert_eq!(body["aspect_ratio"], draft.shape.unwrap_or(AspectRatio::Tall).word(), "{body}");
        assert_eq!(body.get("variables").is_some(), !draft.values.is_empty(), "{body}");
        let changed = draft.values.len();
        assert_eq!(body.get("variables").map_or(0, |sent| sent.as_object().unwrap().len()), changed, "{body}");
        fields.extend(body.as_object().unwrap().keys().cloned());
        check_price(&draft, &body);
    }
    let all =
        ["aspect_ratio", "composition", "format", "fps", "project", "quality", "resolution", "title", "variables"];
    assert_eq!(fields.into_iter().collect::<Vec<_>>(), all);
}

/// The body is priced as the draft is: what is sent is what was quoted.
#[track_caller]
fn check_price(draft: &HyperFramesDraft, body: &Value) {
    let asked = json!({ "method": "POST", "path": PATH, "body": body, "seconds": 12.5 }).to_string();
    let read = requests::read(&asked).unwrap();
    assert_eq!(read[0].billable, draft.billable(), "{body}");
    assert_eq!(read[0].assumptions, Vec::<String>::new(), "nothing about the price is left to HeyGen: {body}");
}

#[test]
fn the_bytes_of_a_render_are_these() {
    let draft = HyperFramesDraft {
        title: "Launch".to_owned(),
        bundle: Some(bundle((1920, 1080))),
        page: "compositions/end.html".to_owned(),
        values: [("title", "Grüß Gott"), ("price", "12.50"), ("dated", "0"), ("tone", "dark")]
            .map(|(id, typed)| (id.to_owned(), typed.to_owned()))
            .into(),
        container: Container::Webm,
        ..HyperFramesDraft::default()
    };
    let expected = concat!(
        r#"{"project":{"type":"asset_id","asset_id":"asset_zip"},"fps":30,"quality":"standard","format":"webm","#,
        r#""resolution":"1080p","aspect_ratio":"16:9","composition":"compositions/end.html","#,
        r#""variables":{"dated":false,"price":12.5,"title":"Grüß Gott"},"title":"Launch"}"#
    );
    let bytes = heygen::body(&draft.clone().into(), &uploads()).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);

    let no_upload = heygen::body(&draft.clone().into(), &BTreeMap::new()).unwrap_err();
    assert_eq!(no_upload.param.as_deref(), Some("project"));
    assert!(heygen::body(&HyperFramesDraft { fps: 0, ..draft }.into(), &uploads()).is_err());
}

#[test]
fn each_row_of_a_table_is_a_body_of_its_own() {
    let row = |line, title: &str| Row { line, cells: vec![title.to_owned()], left_out: false };
    let draft = HyperFramesDraft {
        bundle: Some(bundle((1920, 1080))),
        page: ENTRY.to_owned(),
        rows: Some(Rows {
            name: "rows.csv".to_owned(),
            columns: vec!["title".to_owned()],
            rows: vec![row(2, "One"), row(3, "Two")],
        }),
        ..HyperFramesDraft::default()
    };
    assert!(heygen::body(&draft.clone().into(), &uploads()).is_err(), "the table itself is no request");
    let bodies: Vec<Value> = Draft::from(draft)
        .jobs()
        .iter()
        .map(|job| serde_json::from_slice(&heygen::body(job, &uploads()).unwrap()).unwrap())
        .collect();
    assert_eq!(bodies[0]["variables"], json!({ "title": "One" }));
    assert_eq!((&bodies[1]["variables"], &bodies[1]["title"]), (&json!({ "title": "Two" }), &json!("Two")));
    assert!(bodies.iter().all(|body| posted_faults(PATH, body).is_empty()));
}

#[tokio::test]
async fn renders_are_followed_listed_and_deleted() {
    let render = |status: &str| {
        json!({ "render_id": "r1", "status": status, "title": "T", "format": "mov", "duration": 12.5,
                "video_url": "https://files.example/r1.mov?s=1", "thumbnail_url": "https://files.example/r1.png?s=1" })
    };
    for (status, expected) in [
        ("queued", heygen::RemoteStatus::Waiting),
        ("rendering", heygen::RemoteStatus::Running),
        ("completed", heygen::RemoteStatus::Completed),
        ("failed", heygen::RemoteStatus::Failed),
        ("polishing", heygen::RemoteStatus::Running),
    ] {
        let one = json!({ "data": render(status) });
        let list = json!({ "data": [render(status)], "has_more": false });
        if status != "polishing" {
            check_response("GET", "/v3/hyperframes/renders/r1", 200, &one);
            check_response("GET", PATH, 200, &list);
        }
        let server = Loopback::start(move |seen: &Seen| match (seen.method.as_str(), seen.path.as_str()) {
            ("GET", "/v3/hyperframes/renders") => answer(&list.to_string()),
            ("GET" | "DELETE", "/v3/hyperframes/renders/r1") => answer(&one.to_string()),
            _ => answer("{}"),
        })
        .await;
        let client = server.client();
        let remote = client.remote(heygen::Resource::HyperFramesRender, "r1").await.unwrap();
        assert_eq!((remote.id.as_str(), remote.status), ("r1", expected));
        assert_eq!((remote.files[0].extension.as_str(), remote.files.len()), ("mov", 2));
        assert_eq!(remote.seconds, Some("12.5".parse().unwrap()));
        let recent = client.recent(heygen::Resource::HyperFramesRender, 5).await.unwrap();
        assert_eq!(recent, [remote]);
        client.delete_hyperframes_render("r1").await.unwrap();
        assert_eq!(server.seen().last().unwrap().method, "DELETE");
    }
}
