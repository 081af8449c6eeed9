//! Every field of every request, as the listing has it: what it may be, and that a refusal names it. Nothing is made:
//! each request carries one field that is not in the interface, which is refused once all others were taken.

use serde_json::{Map, Value, json};

use crate::contract::request_shape;
use crate::house::{House, TWIN, asset};

const STRANGER: &str = "no_such_field";

/// Requests with every field that makes a difference to how others are read.
fn requests() -> Vec<(&'static str, Value)> {
    let file = || asset("none");
    let script = |body: Value| crate::house::with(body, "script", json!("Hi."));
    let speaker = json!({"type": "avatar", "avatar_id": TWIN, "script": "Hi.", "engine": {"type": "avatar_v"},
                         "background": {"type": "color", "color": "#102030"}, "voice_settings": settings()});
    let watermark = json!({"image": file(), "placement": {}});
    let full = json!({"voice_settings": settings(), "engine": {"type": "avatar_v"}, "watermark": watermark,
                      "background": {"type": "color", "value": "#102030"}, "caption": {}});
    let of = |body: Value| {
        let mut full = full.as_object().unwrap().clone();
        full.extend(body.as_object().unwrap().clone());
        Value::Object(full)
    };
    let mut image = of(script(json!({"type": "image", "image": file()})));
    image.as_object_mut().unwrap().remove("engine");
    vec![
        ("/v3/videos", of(script(json!({"type": "avatar", "avatar_id": TWIN})))),
        ("/v3/videos", image),
        ("/v3/videos", json!({"type": "cinematic_avatar", "avatar_id": [TWIN], "prompt": "x", "references": [file()]})),
        (
            "/v3/videos",
            json!({"type": "studio", "caption": {}, "watermark": watermark,
                   "scenes": [{"type": "avatar_video", "input": speaker}]}),
        ),
        (
            "/v3/videos",
            json!({"type": "studio", "scenes": [{"type": "image", "source": file(), "duration": 2, "script": "Hi.",
                                                 "voice_settings": settings()}]}),
        ),
        ("/v3/videos", json!({"type": "studio", "scenes": [{"type": "video", "source": file(), "playback": {}}]})),
        ("/v3/video-agents", json!({"prompt": "x", "files": [file()]})),
        ("/v3/video-translations", json!({"video": file(), "output_languages": ["English"], "srt": file()})),
        ("/v3/lipsyncs", json!({"video": file(), "audio": file()})),
        ("/v3/ai-clipping", json!({"video": file(), "output_settings": {"duration_types": ["30"]}})),
        ("/v3/hyperframes/renders", json!({"project": file()})),
        ("/v3/avatars", json!({"type": "prompt", "name": "n", "prompt": "p"})),
        ("/v3/avatars", json!({"type": "photo", "name": "n", "file": file()})),
        ("/v3/avatars", json!({"type": "digital_twin", "name": "n", "file": file()})),
        ("/v3/voices/speech", json!({"text": "Hi.", "voice_id": "voice_daria_en"})),
        ("/v3/voices", json!({"prompt": "calm"})),
        ("/v3/voices/clone", json!({"audio": file(), "voice_name": "n"})),
        ("/v3/background-removals", json!({"video": file()})),
        ("/v3/avatar-realtime", json!({"type": "tts", "avatar_id": TWIN, "voice_id": "voice_daria_en", "text": "Hi."})),
        ("/v3/avatar-realtime", json!({"type": "audio", "avatar_id": TWIN, "audio": file()})),
        ("/v3/webhooks/endpoints", json!({"url": "https://example.com/hook"})),
        (
            "/v3/assets/direct-uploads",
            json!({"filename": "a.png", "content_type": "image/png", "size_bytes": 10, "checksum_sha256": "0".repeat(64)}),
        ),
    ]
}

fn settings() -> Value {
    json!({"speed": 1.1, "engine_settings": {"engine_type": "fish", "model": "s1"}})
}

fn takes(shape: &Value, kind: &str) -> bool {
    let is = |word: &Value| word == kind || kind == "number" && word == "integer";
    match (&shape["type"], shape["oneOf"].as_array()) {
        (Value::Array(kinds), _) => kinds.iter().any(is),
        (Value::String(_), _) => is(&shape["type"]),
        (_, Some(shapes)) => shapes.iter().any(|shape| takes(shape, kind)),
        _ => shape.get("const").is_some() && kind == "string" || kind == "object" && shape.get("properties").is_some(),
    }
}

/// Where a field is, and what it is given.
type Change = (Vec<String>, Option<Value>);

/// Everything that the shape of an object does not allow, and `null` where it does.
fn changes(shape: &Value, value: &Value, path: &[String], wrong: &mut Vec<Change>, fine: &mut Vec<Change>) {
    if let Some(shapes) = shape["oneOf"].as_array() {
        let fits = |shape: &&Value| {
            shape["properties"].as_object().is_some_and(|fields| {
                fields.iter().all(|(name, field)| field.get("const").is_none_or(|word| *word == value[name]))
            })
        };
        if let Some(shape) = shapes.iter().find(fits) {
            changes(shape, value, path, wrong, fine);
        }
        return;
    }
    if let (Some(items), Some(item)) = (shape.get("items"), value.get(0)) {
        changes(items, item, &[path, &["0".to_owned()]].concat(), wrong, fine);
        return;
    }
    let (Some(fields), Some(given)) = (shape["properties"].as_object(), value.as_object()) else { return };
    if !path.is_empty() {
        wrong.push(([path, &[STRANGER.to_owned()]].concat(), Some(json!(1))));
    }
    let required = shape["required"].as_array().cloned().unwrap_or_default();
    for (name, field) in fields {
        let at = [path, std::slice::from_ref(name)].concat();
        for (kind, other) in [
            ("string", json!("text")),
            ("object", json!({})),
            ("array", json!([])),
            ("number", json!(7)),
            ("boolean", json!(true)),
        ] {
            let is_told_apart = kind != "array" || !takes(field, "object");
            if is_told_apart && !takes(field, kind) {
                wrong.push((at.clone(), Some(other)));
            }
        }
        if required.contains(&json!(name)) {
            wrong.push((at.clone(), None));
        } else if takes(field, "null") {
            // A file or a sound of which there is no other is needed all the same.
            if !given.contains_key(name) {
                fine.push((at.clone(), Some(Value::Null)));
            }
        } else {
            wrong.push((at.clone(), Some(Value::Null)));
        }
        if let Some(value) = given.get(name) {
            changes(field, value, &at, wrong, fine);
        }
    }
}

/// The body with one field changed, and the field's name as a refusal has it.
fn changed(body: &Value, (path, value): &Change) -> (Value, String) {
    let mut body = body.clone();
    let (last, before) = path.split_last().unwrap();
    let mut at = &mut body;
    let mut name = String::new();
    for step in before {
        name.push_str(&if step.parse::<usize>().is_ok() { format!("[{step}]") } else { format!(".{step}") });
        at = match step.parse::<usize>() {
            Ok(place) => &mut at[place],
            Err(_) => &mut at[step],
        };
    }
    let fields: &mut Map<String, Value> = at.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(last.clone(), value.clone()),
        None => fields.remove(last),
    };
    (body, format!("{name}.{last}").trim_start_matches('.').to_owned())
}

#[tokio::test]
async fn every_field_is_taken_as_it_is_listed_and_a_refusal_names_it() {
    let house = House::new().await;
    let (mut tried, mut off) = (0, Vec::new());
    for (path, body) in requests() {
        let body = crate::house::with(body, STRANGER, json!(1));
        let (mut wrong, mut fine) = (Vec::new(), Vec::new());
        changes(request_shape("POST", path, &body), &body, &[], &mut wrong, &mut fine);
        let wrong = wrong.iter().map(|change| changed(&body, change));
        let fine = fine.iter().map(|change| (changed(&body, change).0, STRANGER.to_owned()));
        for (body, name) in wrong.chain(fine) {
            tried += 1;
            let answer = house.post(path, &body).await;
            let param = answer.body["error"]["param"].as_str().unwrap_or_default();
            // A field of a wrong kind may be refused by what is missing in it.
            let names_it = param == name || param.strip_prefix(&name).is_some_and(|rest| rest.starts_with(['.', '[']));
            if answer.status != 400 || !names_it {
                off.push(format!("{path} {name}: {} {param}\n  {body}", answer.status));
            }
        }
    }
    assert!(off.is_empty(), "{} of {tried} are off:\n{}", off.len(), off.join("\n"));
    assert!(tried > 900, "{tried} were tried");
    assert_eq!(house.ledger().await["charges"], json!([]));
}
