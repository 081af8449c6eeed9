//! Consent to a digital twin: the request for it, and the page on which a person gives it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::avatars::{find_group, group_json, own_group};
use crate::draft::AvatarType;
use crate::sandbox::inputs::open;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::people::{CONSENTS, Group, QUESTIONS, Question};
use crate::sandbox::server::State;
use crate::sandbox::wire::avatar::ConsentRequest;
use crate::sandbox::wire::{Query, Refusal};
use crate::sandbox::world::{Kept, Purchase};

/// Where the page leads afterwards, by group.
const REROUTES: &str = "consent_reroute";

pub(super) fn keyed_routes() -> Router<State> {
    Router::new().route("/v3/avatars/{group_id}/consent", post(request))
}

/// The page: no key is asked for, its address is signed.
pub(super) fn routes() -> Router<State> {
    Router::new().route("/consent/{group_id}", get(page).post(answer))
}

async fn request(Path(id): Path<String>, asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, |state, body, purchase, _| ask(state, id, body, purchase)).await
}

async fn ask(state: State, id: String, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let request = ConsentRequest::read(&body)?;
    let mut group = own_group(&state, &id).await?;
    if !group.looks.iter().any(|look| look.avatar_type == AvatarType::DigitalTwin) {
        return Err(Refusal::new(400, "invalid_parameter", "Only a digital twin needs consent."));
    }
    if group.consent {
        return Err(Refusal::new(409, "conflict", "Consent was given already."));
    }
    let now = state.clock.now();
    let internal = |error: crate::sandbox::world::WorldError| Refusal::internal(error.to_string());
    let (kept, url) = match &request.video {
        Some(file) => {
            let input = open(&state, file).await?;
            if !input.is_film() {
                return Err(input.refuse("An MP4 or WebM film of the person agreeing is expected here."));
            }
            group.consent = true;
            for look in &mut group.looks {
                look.status = if look.status == "pending_consent" { "completed" } else { look.status };
            }
            (vec![Kept::new(CONSENTS, &id, &now).map_err(internal)?], None)
        }
        None => {
            let question = Question { asked_at: now, refused: false };
            group.question = Some(question);
            let kept = vec![
                Kept::new(REROUTES, &id, &request.reroute_url).map_err(internal)?,
                Kept::new(QUESTIONS, &id, &question).map_err(internal)?,
            ];
            (kept, Some(state.presign(&format!("/consent/{id}"))))
        }
    };
    let answer = json!({"data": {"avatar_group": group_json(&state, &group), "url": url}});
    let first = answer.clone();
    let before = state.world(move |world| world.keep(&kept, purchase.as_ref(), &first, now)).await?;
    Ok(before.unwrap_or(answer))
}

async fn page(Shared(state): Shared<State>, uri: Uri, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Response {
    let group = match admitted(&state, &uri, &id, raw.as_deref()).await {
        Ok(group) => group,
        Err(response) => return response,
    };
    let name = escaped(&group.name);
    if group.consent {
        return written(&format!("<p>Consent for {name} was given. This page can be closed.</p>"));
    }
    if group.question.is_some_and(|question| question.refused) {
        return written(&format!("<p>Consent for {name} was refused. This page can be closed.</p>"));
    }
    written(&format!(
        "<p>Somebody wants to make a digital twin of you: <strong>{name}</strong>. It will look and speak like \
         you in videos of this account.</p><form method=\"post\"><button type=\"submit\">I agree</button> \
         <button type=\"submit\" name=\"answer\" value=\"no\">I do not agree</button></form>"
    ))
}

async fn answer(
    Shared(state): Shared<State>,
    uri: Uri,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    body: Bytes,
) -> Response {
    let group = match admitted(&state, &uri, &id, raw.as_deref()).await {
        Ok(group) => group,
        Err(response) => return response,
    };
    let now = state.clock.now();
    if body.as_ref() == b"answer=no" && !group.consent {
        let refused = state.world(move |world| {
            let question = Question { asked_at: now, refused: true };
            world.keep(&[Kept::new(QUESTIONS, &id, &question)?], None, &Value::Null, now)
        });
        let name = escaped(&group.name);
        return match refused.await {
            Ok(_) => written(&format!("<p>Consent for {name} was refused; this page can be closed.</p>")),
            Err(refusal) => refusal.into_response(),
        };
    }
    let given = state.world(move |world| {
        let consent = Kept::new(CONSENTS, &id, &now)?;
        world.keep(&[consent], None, &Value::Null, now)?;
        world.kept::<Option<String>>(REROUTES, &id)
    });
    match given.await {
        Ok(Some(Some(reroute))) => (StatusCode::SEE_OTHER, [(header::LOCATION, reroute)]).into_response(),
        Ok(_) => {
            let name = escaped(&group.name);
            written(&format!("<p>Thank you. Consent for {name} was given; this page can be closed.</p>"))
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn admitted(state: &State, uri: &Uri, id: &str, raw: Option<&str>) -> Result<Group, Response> {
    let mut query = Query::read(raw);
    let (expires, signature) = (query.text("expires"), query.text("signature"));
    if !state.signer.admits(uri.path(), expires.as_deref(), signature.as_deref(), state.clock.now()) {
        return Err((StatusCode::FORBIDDEN, "This address has expired or its signature is wrong.").into_response());
    }
    find_group(state, id).await.map_err(|_| (StatusCode::NOT_FOUND, "There is no such avatar.").into_response())
}

fn written(body: &str) -> Response {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Consent</title>\
         <style>body{{font:16px/1.5 sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.5rem 1.5rem}}</style></head><body><h1>Consent</h1>{body}</body></html>"
    ))
    .into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
