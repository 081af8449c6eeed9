//! `/v3/voices`: the voices of the cast.

use axum::extract::{Path, RawQuery, State as Shared};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::files;
use crate::sandbox::cast::{CastVoice, voices};
use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, Refusal};

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/voices", get(list)).route("/v3/voices/{voice_id}", get(show))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let own = query.word("type", &[("public", false), ("private", true)])?.unwrap_or(false);
    // The one speech engine that voices are chosen by; nobody of the cast is on another.
    let engine = query.text("engine");
    let is_on_engine =
        |voice: &CastVoice| engine.as_deref().is_none_or(|engine| engine == "starfish" && voice.is_on_starfish());
    let language = query.text("language");
    let gender = query.text("gender");
    let page = query.page(20, 100)?;
    query.finish()?;
    let is = |asked: &Option<String>, own: &str| asked.as_deref().is_none_or(|asked| asked.eq_ignore_ascii_case(own));
    let found: Vec<&CastVoice> = voices()
        .iter()
        .filter(|voice| {
            voice.own == own && is_on_engine(voice) && is(&language, voice.language) && is(&gender, voice.gender)
        })
        .collect();
    let show = |voice: &&CastVoice| {
        Ok(json!({
            "voice_id": voice.id,
            "name": voice.name,
            "language": voice.language,
            "gender": voice.gender,
            "preview_audio_url": state.presign(&files::voice(voice.id)),
            "support_pause": voice.supports_pause,
            "support_locale": voice.supports_locale,
            "type": if voice.own { "private" } else { "public" },
        }))
    };
    Ok(Json(page.cut(&found, |voice| voice.id, show)?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let voice = voices().iter().find(|voice| *voice.id == *id);
    let voice = voice.ok_or_else(|| Refusal::not_found(format!("There is no voice “{id}”.")))?;
    Ok(Json(json!({"data": {
        "voice_id": voice.id,
        "name": voice.name,
        "language": voice.language,
        "gender": voice.gender,
        "preview_audio_url": state.presign(&files::voice(voice.id)),
        "support_pause": voice.supports_pause,
        "support_interactive_avatar": false,
        "status": "complete",
        "created_at": null,
        "failure_message": null,
    }})))
}
