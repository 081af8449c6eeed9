//! `/sandbox`: what HeyGen does not have: faults, the ledger, seen requests, pocket money.

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::routing::{get, post};
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::money::Usd;
use crate::sandbox::faults::Rule;
use crate::sandbox::server::State;
use crate::sandbox::wire::{Fields, Refusal};

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/sandbox/faults/release", post(release))
        .route("/sandbox/ledger", get(ledger))
        .route("/sandbox/requests", get(requests))
        .route("/sandbox/wallet", get(wallet).post(top_up))
}

async fn faults(Shared(state): Shared<State>) -> Json<Value> {
    let rules: Vec<Value> =
        state.faults.rules().into_iter().map(|(rule, hits)| json!({"rule": rule, "hits": hits})).collect();
    Json(json!({"data": rules}))
}

async fn add_fault(Shared(state): Shared<State>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let sent: Value = serde_json::from_slice(&body)
        .map_err(|error| Refusal::new(400, "validation_error", format!("The body is no valid JSON: {error}.")))?;
    let listed = if sent.is_array() { sent } else { Value::Array(vec![sent]) };
    let rules: Vec<Rule> = serde_path_to_error::deserialize(listed)
        .map_err(|error| Refusal::invalid(error.path().to_string(), error.inner().to_string()))?;
    for rule in rules {
        state.faults.push(rule);
    }
    Ok(faults(Shared(state)).await)
}

async fn clear_faults(Shared(state): Shared<State>) -> Json<Value> {
    state.faults.clear();
    faults(Shared(state)).await
}

async fn release(Shared(state): Shared<State>) -> Json<Value> {
    state.faults.release();
    faults(Shared(state)).await
}

async fn ledger(Shared(state): Shared<State>) -> Result<Json<Value>, Refusal> {
    let (charges, created) = state.world(|world| Ok((world.charges()?, world.jobs_ever()?))).await?;
    Ok(Json(json!({"data": {"charges": charges, "created_videos": created}})))
}

async fn requests(Shared(state): Shared<State>) -> Json<Value> {
    Json(json!({"data": state.requests.all()}))
}

async fn wallet(Shared(state): Shared<State>) -> Result<Json<Value>, Refusal> {
    let wallet = state.world(|world| world.wallet()).await?;
    Ok(Json(json!({"data": {
        "balance": wallet.balance,
        "reserved": wallet.reserved,
        "jobs_in_progress": wallet.running,
    }})))
}

async fn top_up(Shared(state): Shared<State>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let mut fields = Fields::body(&body)?;
    let most = Decimal::from(1_000_000);
    let add = fields.number_or("add", -most, most, Decimal::ZERO)?;
    fields.finish()?;
    let now = state.clock.now();
    state.world(move |world| world.top_up(Usd(add), now)).await?;
    wallet(Shared(state)).await
}
