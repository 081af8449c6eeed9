//! Resources that nothing can be made of here: background removals have no published price, and proofreads are for
//! enterprise plans.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, Refusal};

const REMOVALS: &str = "/v3/background-removals";
const PROOFREADS: &str = "/v3/video-translations/proofreads";

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(REMOVALS, get(no_removals).post(unbilled))
        .route(&format!("{REMOVALS}/{{job_id}}"), get(no_removal).delete(no_removal))
        .route(PROOFREADS, post(enterprise))
        .route(&format!("{PROOFREADS}/{{proofread_id}}"), get(no_proofread))
        .route(&format!("{PROOFREADS}/{{proofread_id}}/generate"), post(no_proofread))
        .route(&format!("{PROOFREADS}/{{proofread_id}}/srt"), get(no_proofread).put(no_proofread))
}

async fn no_removals(RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let none: [String; 0] = [];
    Ok(Json(page.cut(&none, |id| id, |id| Ok(json!(id)))?))
}

async fn unbilled(_: Bytes) -> Refusal {
    let message = "Background removal has no published price, so the sandbox cannot bill it.";
    Refusal::new(403, "forbidden", message)
}

async fn no_removal(Path(id): Path<String>) -> Refusal {
    Refusal::not_found(format!("There is no background removal “{id}”."))
}

async fn enterprise(_: Bytes) -> Refusal {
    Refusal::new(403, "forbidden", "Proofreading is for enterprise plans.")
}

async fn no_proofread(Path(id): Path<String>, _: Bytes) -> Refusal {
    Refusal::not_found(format!("There is no proofread “{id}”."))
}
