//! `/v3/templates`: films with gaps in their words, which a request fills.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::{files, videos};
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::order::estimate;
use crate::sandbox::server::State;
use crate::sandbox::wire::template::TemplateRequest;
use crate::sandbox::wire::video::VideoRequest;
use crate::sandbox::wire::{Query, Refusal};
use crate::sandbox::world::{Failure, Job, Product, Purchase};

/// A template of one scene.
struct Template {
    id: &'static str,
    name: &'static str,
    look_id: &'static str,
    voice_id: &'static str,
    aspect_ratio: &'static str,
    /// Gaps are `{{name}}`.
    script: &'static str,
    /// Each gap and what fills it where nobody says otherwise.
    gaps: &'static [(&'static str, &'static str)],
}

const TEMPLATES: &[Template] = &[
    Template {
        id: "template_welcome",
        name: "Welcome to the team",
        look_id: "look_daria_blazer",
        voice_id: "voice_daria_en",
        aspect_ratio: "16:9",
        script: "Hello {{name}}, and welcome to {{company}}. We are glad that you are here.",
        gaps: &[("name", "there"), ("company", "our company")],
    },
    Template {
        id: "template_offer",
        name: "This week's offer",
        look_id: "look_daria_blazer",
        voice_id: "voice_daria_en",
        aspect_ratio: "9:16",
        script: "This week only: {{product}} for {{price}}.",
        gaps: &[("product", "our best seller"), ("price", "half the price")],
    },
];
/// The one scene of a template.
const SCENE: &str = "scene_1";
/// Unix seconds.
const SINCE: i64 = 1_780_000_000;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/templates", get(list)).route("/v3/templates/{template_id}", get(show).post(generate))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    Ok(Json(page.cut(TEMPLATES, |one| one.id, |one| Ok(Value::Object(summary(&state, one))))?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let template = find(&id)?;
    let variables = template.gaps.iter().map(|(name, usual)| {
        let variable = json!({"name": name, "type": "text", "properties": {"content": usual}});
        ((*name).to_owned(), variable)
    });
    let named: Vec<Value> =
        template.gaps.iter().map(|(name, _)| json!({"name": name, "variable_type": "text"})).collect();
    let mut shown = summary(&state, template);
    shown.insert("variables".to_owned(), Value::Object(variables.collect()));
    shown.insert("scene_ids".to_owned(), json!([SCENE]));
    shown.insert("scenes".to_owned(), json!([{"scene_id": SCENE, "script": template.script, "variables": named}]));
    Ok(Json(json!({"data": shown})))
}

fn summary(state: &State, template: &Template) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("id".to_owned(), json!(template.id));
    shown.insert("name".to_owned(), json!(template.name));
    shown.insert("aspect_ratio".to_owned(), json!(template.aspect_ratio));
    shown.insert("thumbnail_url".to_owned(), json!(state.presign(&files::portrait(template.look_id))));
    shown.insert("created_at".to_owned(), json!(SINCE));
    shown.insert("updated_at".to_owned(), json!(SINCE));
    shown
}

fn find(id: &str) -> Result<&'static Template, Refusal> {
    let found = TEMPLATES.iter().find(|template| template.id == id);
    found.ok_or_else(|| Refusal::not_found(format!("There is no template “{id}”.")))
}

async fn generate(Path(id): Path<String>, asked: Asked) -> Response {
    let make = |state, body, purchase, fault| order(state, id, body, purchase, fault);
    intake::buy(asked, StatusCode::OK, make).await
}

/// The film is an avatar video of the words, and is billed as one.
async fn order(
    state: State,
    id: String,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let template = find(&id)?;
    let request = TemplateRequest::read(&body)?;
    if let Some(scene) = request.scene_ids.iter().flatten().find(|scene| *scene != SCENE) {
        return Err(Refusal::not_found(format!("There is no scene “{scene}”.")).about("scene_ids"));
    }
    let mut script = template.script.to_owned();
    for (name, usual) in template.gaps {
        let filled = request.variables.get(*name).map_or(*usual, String::as_str);
        script = script.replace(&format!("{{{{{name}}}}}"), filled);
    }
    if let Some(name) = request.variables.keys().find(|name| !template.gaps.iter().any(|(gap, _)| gap == name)) {
        return Err(Refusal::invalid(format!("variables.{name}"), "The template has no such variable."));
    }
    let mut video = json!({
        "type": "avatar",
        "avatar_id": template.look_id,
        "voice_id": template.voice_id,
        "engine": {"type": "avatar_iv"},
        "script": script,
        "aspect_ratio": template.aspect_ratio,
    });
    if let (true, Some(fields)) = (request.captions, video.as_object_mut()) {
        fields.insert("caption".to_owned(), json!({"file_format": "srt"}));
    }
    let video = VideoRequest::read(video.to_string().as_bytes())?;
    let title = request.title.unwrap_or_else(|| template.name.to_owned());
    let estimate = estimate(&state, video, fault).await?;
    let job = intake::job(&state, Product::Video, title, estimate.seconds, estimate.price, &estimate.order)?;
    let job = Job { callback: request.callback, ..job };
    let answer = json!({"data": videos::video(&state, &job)?});
    intake::start(&state, vec![job], purchase, answer).await
}
