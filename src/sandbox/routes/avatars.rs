//! `/v3/avatars`: the groups and looks of the cast.

use axum::extract::{Path, RawQuery, State as Shared};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::files;
use crate::draft::AvatarType;
use crate::sandbox::cast::{CastLook, looks};
use crate::sandbox::order::look;
use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, Refusal};

/// Unix seconds since when the cast has been there.
const CAST_SINCE: i64 = 1_780_000_000;
const KINDS: &[(&str, AvatarType)] = &[
    ("studio_avatar", AvatarType::StudioAvatar),
    ("digital_twin", AvatarType::DigitalTwin),
    ("photo_avatar", AvatarType::PhotoAvatar),
];
/// Whether a look is the account's own.
const OWNERSHIP: &[(&str, bool)] = &[("public", false), ("private", true)];

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/avatars", get(list_groups))
        .route("/v3/avatars/looks", get(list_looks))
        .route("/v3/avatars/looks/{look_id}", get(show_look))
        .route("/v3/avatars/{group_id}", get(show_group))
}

async fn list_looks(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let group = query.text("group_id");
    let kind = query.word("avatar_type", KINDS)?;
    let own = query.word("ownership", OWNERSHIP)?;
    let page = query.page(20, 50)?;
    query.finish()?;
    let found: Vec<&CastLook> = visible(&state)
        .filter(|look| group.as_deref().is_none_or(|group| group == look.group_id))
        .filter(|look| kind.is_none_or(|kind| kind == look.avatar_type))
        .filter(|look| own.is_none_or(|own| own == look.own))
        .collect();
    Ok(Json(page.cut(&found, |look| look.id, |look| Ok(look_json(&state, look)))?))
}

async fn show_look(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let look = look(&state, &id).ok_or_else(|| Refusal::not_found(format!("There is no avatar look “{id}”.")))?;
    Ok(Json(json!({"data": look_json(&state, look)})))
}

async fn list_groups(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let own = query.word("ownership", OWNERSHIP)?;
    let page = query.page(20, 50)?;
    query.finish()?;
    let mut groups: Vec<&CastLook> = Vec::new();
    for look in visible(&state).filter(|look| own.is_none_or(|own| own == look.own)) {
        if !groups.iter().any(|first| first.group_id == look.group_id) {
            groups.push(look);
        }
    }
    Ok(Json(page.cut(&groups, |first| first.group_id, |first| Ok(group_json(&state, first)))?))
}

async fn show_group(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let first = visible(&state).find(|look| *look.group_id == *id);
    let first = first.ok_or_else(|| Refusal::not_found(format!("There is no avatar “{id}”.")))?;
    Ok(Json(json!({"data": group_json(&state, first)})))
}

fn visible(state: &State) -> impl Iterator<Item = &'static CastLook> + '_ {
    looks().iter().filter(|look| !state.faults.hides_look(look.id))
}

fn look_json(state: &State, look: &CastLook) -> Value {
    json!({
        "id": look.id,
        "name": look.name,
        "group_id": look.group_id,
        "avatar_type": look.avatar_type.word(),
        "default_voice_id": look.default_voice_id,
        "gender": look.gender,
        "supported_api_engines": look.engines.iter().map(|engine| engine.word()).collect::<Vec<_>>(),
        "preferred_orientation": look.orientation,
        "image_width": look.width,
        "image_height": look.height,
        "preview_image_url": state.presign(&files::portrait(look.id)),
        "preview_video_url": null,
        "tags": look.tags,
        "status": look.status,
        "error": training_error(look),
    })
}

fn training_error(look: &CastLook) -> Value {
    match look.status {
        "failed" => json!({"code": "training_failed", "message": "The training of this look failed."}),
        _ => Value::Null,
    }
}

/// A group is shown by its first look.
fn group_json(state: &State, first: &CastLook) -> Value {
    json!({
        "id": first.group_id,
        "name": group_name(first),
        "created_at": CAST_SINCE,
        "looks_count": visible(state).filter(|look| look.group_id == first.group_id).count(),
        "gender": first.gender,
        "default_voice_id": first.default_voice_id,
        "preview_image_url": state.presign(&files::portrait(first.id)),
        "preview_video_url": null,
        "status": first.status,
        "consent_status": (first.status == "pending_consent").then_some("pending"),
        "error": training_error(first),
    })
}

/// The person's own name: "Daria" of "Daria in the office".
fn group_name(first: &CastLook) -> &str {
    first.name.split([' ', ',', '·']).next().unwrap_or(first.name)
}
