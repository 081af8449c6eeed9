//! `/v3/brand-glossaries`: the words a brand has translated in its own way.

use axum::extract::RawQuery;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, Refusal};

/// Id and name of all there are.
const GLOSSARIES: &[(&str, &str)] = &[("glossary_product_names", "Product names"), ("glossary_legal", "Legal terms")];
const SINCE: &str = "2026-06-01T09:00:00Z";

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/brand-glossaries", get(list))
}

/// Whether there is a glossary with this id.
pub(super) fn exists(id: &str) -> bool {
    GLOSSARIES.iter().any(|(known, _)| *known == id)
}

async fn list(RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let show = |(id, name): &(&str, &str)| {
        Ok(json!({"brand_glossary_id": id, "name": name, "created_at": SINCE, "updated_at": SINCE}))
    };
    Ok(Json(page.cut(GLOSSARIES, |(id, _)| id, show)?))
}
