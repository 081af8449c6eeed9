//! `/v3/brand-kits`: the account's colours and logo.

use axum::extract::{RawQuery, State as Shared};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::files;
use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, Refusal};

/// A brand kit.
pub(super) struct BrandKit {
    pub id: &'static str,
    pub name: &'static str,
    pub colors: &'static [&'static str],
}

/// All brand kits.
pub(super) const BRAND_KITS: &[BrandKit] = &[
    BrandKit { id: "brand_harbour", name: "Harbour Coffee", colors: &["#1f3a44", "#c8693a", "#f4ede4"] },
    BrandKit { id: "brand_northlight", name: "Northlight Clinics", colors: &["#0d4f8b", "#7cc6d6", "#ffffff"] },
];

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/brand-kits", get(list))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(20, 100)?;
    query.finish()?;
    let show = |kit: &BrandKit| {
        Ok(json!({
            "brand_kit_id": kit.id,
            "name": kit.name,
            "logo_url": state.presign(&files::card(kit.id)),
            "colors": kit.colors,
        }))
    };
    Ok(Json(page.cut(BRAND_KITS, |kit| kit.id, show)?))
}
