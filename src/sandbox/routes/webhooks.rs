//! `/v3/webhooks`: the addresses that hear of events, and the events there were.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sandbox::events::{ENDPOINTS, EVENTS, Endpoint, Event};
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::server::State;
use crate::sandbox::wire::webhook::{EVENT_TYPES, EndpointChange, EndpointRequest};
use crate::sandbox::wire::{JsonBody, Query, Refusal};
use crate::sandbox::world::{Kept, Purchase};

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/webhooks/endpoints", get(list).post(create))
        .route("/v3/webhooks/endpoints/{endpoint_id}", patch(change).delete(delete))
        .route("/v3/webhooks/endpoints/{endpoint_id}/rotate-secret", post(rotate))
        .route("/v3/webhooks/event-types", get(list_types))
        .route("/v3/webhooks/events", get(list_events))
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, |state, body, purchase, _| register(state, body, purchase)).await
}

async fn register(state: State, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let request = EndpointRequest::read(&body)?;
    let now = state.clock.now();
    let endpoint = Endpoint {
        id: format!("ep_{}", uuid::Uuid::new_v4().simple()),
        url: request.url,
        events: request.events,
        entity_id: request.entity_id,
        secret: new_secret(),
        created_at: now,
    };
    let answer = json!({"data": endpoint_json(&endpoint, true)});
    let first = answer.clone();
    let before = state.world(move |world| {
        let kept = Kept::new(ENDPOINTS, &endpoint.id, &endpoint)?;
        world.keep(&[kept], purchase.as_ref(), &first, now)
    });
    Ok(before.await?.unwrap_or(answer))
}

fn new_secret() -> String {
    format!("whsec_{}", uuid::Uuid::new_v4().simple())
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let endpoints: Vec<Endpoint> = state.world(|world| world.all_kept(ENDPOINTS)).await?;
    Ok(Json(page.cut(&endpoints, |endpoint| &endpoint.id, |endpoint| Ok(endpoint_json(endpoint, false)))?))
}

async fn change(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let change = EndpointChange::read(&body)?;
    let endpoint = find(&state, &id).await?;
    let changed =
        Endpoint { url: change.url.unwrap_or(endpoint.url), events: change.events.or(endpoint.events), ..endpoint };
    let answer = json!({"data": endpoint_json(&changed, false)});
    keep(&state, changed).await?;
    Ok(Json(answer))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let gone = find(&state, &id).await?.id;
    state.world(move |world| world.forget(ENDPOINTS, &gone)).await?;
    Ok(Json(json!({"data": {"endpoint_id": id}})))
}

/// What is on its way keeps the old signature.
async fn rotate(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let endpoint = Endpoint { secret: new_secret(), ..find(&state, &id).await? };
    let answer = json!({"data": {"endpoint_id": endpoint.id, "secret": endpoint.secret}});
    keep(&state, endpoint).await?;
    Ok(Json(answer))
}

async fn find(state: &State, id: &str) -> Result<Endpoint, Refusal> {
    let wanted = id.to_owned();
    let endpoint = state.world(move |world| world.kept(ENDPOINTS, &wanted)).await?;
    endpoint.ok_or_else(|| Refusal::not_found(format!("There is no webhook endpoint “{id}”.")))
}

async fn keep(state: &State, endpoint: Endpoint) -> Result<(), Refusal> {
    let now = state.clock.now();
    let kept = state.world(move |world| {
        let kept = Kept::new(ENDPOINTS, &endpoint.id, &endpoint)?;
        world.keep(&[kept], None, &Value::Null, now)
    });
    kept.await.map(drop)
}

/// The secret is told when it is new, and never again.
fn endpoint_json(endpoint: &Endpoint, with_secret: bool) -> Value {
    json!({
        "endpoint_id": endpoint.id,
        "url": endpoint.url,
        "events": endpoint.events,
        "status": "enabled",
        "created_at": time(endpoint.created_at),
        "secret": with_secret.then_some(&endpoint.secret),
    })
}

async fn list_types(RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    Query::read(raw.as_deref()).finish()?;
    let data: Vec<Value> = EVENT_TYPES
        .iter()
        .map(|(event_type, description)| json!({"event_type": event_type, "description": description}))
        .collect();
    Ok(Json(json!({"data": data, "has_more": false, "next_token": null})))
}

async fn list_events(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let types: Vec<(&str, &str)> = EVENT_TYPES.iter().map(|(event_type, _)| (*event_type, *event_type)).collect();
    let event_type = query.word("event_type", &types)?;
    let entity_id = query.text("entity_id");
    let page = query.page(10, 100)?;
    query.finish()?;
    let mut events: Vec<Event> = state.world(|world| world.all_kept(EVENTS)).await?;
    events.reverse();
    events.retain(|event| {
        event_type.is_none_or(|wanted| event.event_type == wanted)
            && entity_id.as_ref().is_none_or(|wanted| event.entity_id == *wanted)
    });
    let show = |event: &Event| {
        Ok(json!({
            "event_id": event.id,
            "event_type": event.event_type,
            "event_data": event.event_data,
            "created_at": time(event.created_at),
        }))
    };
    Ok(Json(page.cut(&events, |event| &event.id, show)?))
}

/// A moment in Unix milliseconds as the interface writes it here.
fn time(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}
