//! `/batches` of videos, translations and lipsyncs: many requests in one.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::sandbox::batches::{BATCHES, Batch, Item, Of, find};
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::server::State;
use crate::sandbox::wire::file::web_address;
use crate::sandbox::wire::{Fields, Query, Refusal};
use crate::sandbox::world::{Kept, Purchase};

/// Items of one batch.
pub(super) const MOST: usize = 100;

pub(super) fn routes() -> Router<State> {
    Of::BOUGHT.into_iter().fold(Router::new(), |router, of| {
        let create = move |asked: Asked| create(of, asked);
        let show = move |state, path, raw| show(of, state, path, raw);
        let all = format!("{}/batches", of.path());
        router.route(&all, post(create)).route(&format!("{all}/{{batch_id}}"), get(show))
    })
}

async fn create(of: Of, asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, move |state, body, purchase, _| queue(of, state, body, purchase)).await
}

async fn queue(of: Of, state: State, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let mut fields = Fields::body(&body)?;
    let (title, callback_url) = about(&mut fields)?;
    let items = fields.values(of.field(), MOST)?;
    fields.finish()?;
    for (place, item) in items.iter().enumerate() {
        of.check(place, item)?;
    }
    let items = items.into_iter().map(Item::Queued).collect();
    let batch = new(&state, of, title, callback_url, items);
    let total = batch.items.len();
    let answer = json!({"data": {"batch_id": batch.id, "status": "processing", "total_items": total}});
    keep(&state, batch, purchase, answer).await
}

/// Title and callback address of a batch.
pub(super) fn about(fields: &mut Fields) -> Result<(Option<String>, Option<String>), Refusal> {
    let title = fields.text("title")?;
    let callback_url = fields.text("callback_url")?;
    if let Some(url) = &callback_url {
        web_address(fields, "callback_url", url)?;
    }
    Ok((title, callback_url))
}

/// A batch that begins now.
pub(super) fn new(
    state: &State,
    of: Of,
    title: Option<String>,
    callback_url: Option<String>,
    items: Vec<Item>,
) -> Batch {
    let id = uuid::Uuid::new_v4().simple().to_string();
    Batch { id, of, title, callback_url, created_at: state.clock.now(), items, told: false }
}

/// Keeps a batch with the purchase it came by.
pub(super) async fn keep(
    state: &State,
    batch: Batch,
    purchase: Option<Purchase>,
    answer: Value,
) -> Result<Value, Refusal> {
    let (first, now) = (answer.clone(), state.clock.now());
    let before = state.world(move |world| {
        let kept = Kept::new(BATCHES, &batch.id, &batch)?;
        world.keep(&[kept], purchase.as_ref(), &first, now)
    });
    let before = before.await?;
    state.batches_changed.notify_one();
    Ok(before.unwrap_or(answer))
}

pub(super) async fn show(
    of: Of,
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let (batch, standings) = find(&state, of, &id).await?;
    Ok(Json(batch.shown(&standings, Query::read(raw.as_deref()))?))
}
