//! `/uploads`: presigned addresses that take the bytes of a direct upload. No key is asked for.

use axum::Router;
use axum::extract::{Path, RawQuery, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::put;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::assets::{DIRECT_LIMIT, write};
use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, whole};
use crate::sandbox::world::{Arrival, Asset};

/// Milliseconds until the store shows what was put, at realistic speed.
const SETTLES_IN: i64 = 600;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/uploads/{asset_id}", put(receive))
}

/// The path of an upload.
pub(super) fn path(asset_id: &str) -> String {
    format!("/uploads/{asset_id}")
}

/// The headers an upload has to carry.
pub(super) fn headers(asset: &Asset) -> Map<String, Value> {
    let mut headers = Map::new();
    headers.insert("content-type".to_owned(), json!(asset.media_type));
    headers.insert("x-upload-asset-id".to_owned(), json!(asset.id));
    if let Some(checksum) = &asset.checksum {
        headers.insert("x-upload-checksum-sha256".to_owned(), json!(checksum));
    }
    headers
}

async fn receive(
    Shared(state): Shared<State>,
    uri: Uri,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    sent: HeaderMap,
    request: Request,
) -> Response {
    let refuse = |status: StatusCode, message: &'static str| (status, message).into_response();
    let mut query = Query::read(raw.as_deref());
    let (expires, signature) = (query.text("expires"), query.text("signature"));
    if !state.signer.admits(uri.path(), expires.as_deref(), signature.as_deref(), state.clock.now()) {
        return refuse(StatusCode::FORBIDDEN, "This address has expired or its signature is wrong.");
    }
    let wanted = id.clone();
    let mut asset = match state.world(move |world| world.asset(&wanted)).await {
        Ok(Some(asset)) if asset.arrival != Arrival::Ready => asset,
        Ok(_) => return refuse(StatusCode::FORBIDDEN, "Nothing is awaited at this address."),
        Err(refusal) => return refusal.into_response(),
    };
    let missing = headers(&asset)
        .iter()
        .any(|(name, value)| sent.get(name).and_then(|value| value.to_str().ok()) != value.as_str());
    if missing {
        return refuse(StatusCode::FORBIDDEN, "The headers are not those that were signed.");
    }
    let bytes = match whole(request, usize::try_from(DIRECT_LIMIT).unwrap_or(usize::MAX)).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal.into_response(),
    };
    if u64::try_from(bytes.len()) != Ok(asset.size) {
        return refuse(StatusCode::BAD_REQUEST, "This is not the number of bytes that was announced.");
    }
    if let Err(refusal) = write(&state.folders.assets.join(&asset.id), &bytes).await {
        return refusal.into_response();
    }
    let settles = Decimal::from(SETTLES_IN).checked_div(state.speed).unwrap_or_default();
    let settles = i64::try_from(settles.trunc()).unwrap_or(SETTLES_IN).max(1);
    asset.arrival = Arrival::Stored { visible_at: state.clock.now().saturating_add(settles) };
    match state.world(move |world| world.update_asset(&asset)).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
