//! `/v3/video-translations/proofreads`: for enterprise plans, which the sandbox's account is not on.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::routing::{get, post};

use crate::sandbox::server::State;
use crate::sandbox::wire::Refusal;

const PROOFREADS: &str = "/v3/video-translations/proofreads";

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(PROOFREADS, post(enterprise))
        .route(&format!("{PROOFREADS}/{{proofread_id}}"), get(no_proofread))
        .route(&format!("{PROOFREADS}/{{proofread_id}}/generate"), post(no_proofread))
        .route(&format!("{PROOFREADS}/{{proofread_id}}/srt"), get(no_proofread).put(no_proofread))
}

async fn enterprise(_: Bytes) -> Refusal {
    Refusal::new(403, "forbidden", "Proofreading is for enterprise plans.")
}

async fn no_proofread(Path(id): Path<String>, _: Bytes) -> Refusal {
    Refusal::not_found(format!("There is no proofread “{id}”."))
}
