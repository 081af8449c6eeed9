//! Batches of direct uploads: announced together, put one by one, completed together.

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{assets, batches};
use crate::sandbox::batches::{Item, Of, find};
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::server::State;
use crate::sandbox::wire::{Fields, JsonBody, Query, Refusal};
use crate::sandbox::world::{Failure, Purchase};

pub(super) fn routes() -> Router<State> {
    let show = move |state, path, raw| batches::show(Of::Assets, state, path, raw);
    Router::new()
        .route("/v3/assets/direct-uploads/batches", post(begin))
        .route("/v3/assets/complete/batches", post(complete))
        .route("/v3/assets/batches/{batch_id}", get(show))
}

async fn begin(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, |state, body, purchase, _| announce(state, body, purchase)).await
}

async fn announce(state: State, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let mut fields = Fields::body(&body)?;
    let (title, callback_url) = batches::about(&mut fields)?;
    let files = fields.objects("files")?;
    if files.is_empty() || files.len() > batches::MOST {
        return Err(fields.refuse("files", format!("1 to {} files are expected here.", batches::MOST)));
    }
    fields.finish()?;
    let mut awaited = Vec::new();
    for file in files {
        awaited.push(assets::announced(&state, file)?);
    }
    let mut items = Vec::new();
    let mut shown = Vec::new();
    for asset in awaited {
        shown.push(assets::upload_json(&state, &asset));
        items.push(Item::Begun(asset.id.clone()));
        let now = state.clock.now();
        state.world(move |world| world.add_asset(&asset, None, &Value::Null, now)).await?;
    }
    let batch = batches::new(&state, Of::Assets, title, callback_url, items);
    let answer = json!({"data": {"batch_id": batch.id, "items": shown}});
    batches::keep(&state, batch, purchase, answer).await
}

/// Completes what has arrived; what has not goes on waiting.
async fn complete(Shared(state): Shared<State>, JsonBody(body): JsonBody) -> Result<Json<Value>, Refusal> {
    let mut fields = Fields::body(&body)?;
    let id = fields.required_text("batch_id")?;
    fields.finish()?;
    let about = |refusal: Refusal| refusal.about("batch_id");
    let (mut batch, _) = find(&state, Of::Assets, &id).await.map_err(about)?;
    for item in &mut batch.items {
        let Item::Begun(id) = item else { continue };
        match assets::settle(&state, id, None).await {
            // Not there yet, or not there any more.
            Ok(_) | Err(Refusal { status: 404 | 409, .. }) => {}
            Err(refusal) if refusal.status == 400 => {
                *item = Item::Refused(Failure { code: refusal.code, message: refusal.message });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    batches::keep(&state, batch, None, Value::Null).await?;
    let (batch, standings) = find(&state, Of::Assets, &id).await?;
    Ok(Json(batch.shown(&standings, Query::read(None))?))
}
