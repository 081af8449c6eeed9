//! All routes: one file per resource, and a catch-all that says what it did not expect.

mod account;
pub(super) mod agents;
pub(super) mod assets;
mod asset_batches;
pub(super) mod avatars;
pub(super) mod background_removals;
mod batches;
mod brand_kits;
pub(super) mod cinematic;
pub(super) mod clippings;
mod consent;
mod control;
mod derived;
pub(super) mod files;
mod glossaries;
mod hls;
pub(super) mod hyperframes;
pub(super) mod lipsyncs;
mod proofreads;
pub(super) mod realtime;
mod sounds;
mod speech;
pub(super) mod studio_videos;
mod templates;
pub(super) mod translations;
mod uploads;
pub(super) mod videos;
mod voices;
mod webhooks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};

use super::server::{State, authenticate, observe};
use super::wire::Refusal;

pub(super) fn router(state: State) -> Router {
    let with_key = Router::new()
        .merge(account::routes())
        .merge(avatars::routes())
        .merge(agents::routes())
        .merge(brand_kits::routes())
        .merge(hyperframes::routes())
        .merge(realtime::routes())
        .merge(voices::routes())
        .merge(assets::routes())
        .merge(videos::routes())
        .merge(translations::routes())
        .merge(lipsyncs::routes())
        .merge(clippings::routes())
        .merge(speech::routes())
        .merge(glossaries::routes())
        .merge(webhooks::routes())
        .merge(templates::routes())
        .merge(sounds::routes())
        .merge(background_removals::routes())
        .merge(proofreads::routes())
        .merge(batches::routes())
        .merge(asset_batches::routes())
        .merge(control::routes())
        .fallback(unexpected)
        .method_not_allowed_fallback(unexpected)
        .layer(from_fn_with_state(state.clone(), authenticate));
    Router::new()
        .merge(files::routes())
        .merge(consent::routes())
        .merge(hls::routes())
        .merge(uploads::routes())
        .fallback_service(with_key.with_state(state.clone()))
        // Every route has its own limit, and answers it in the interface's words.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), observe))
        .with_state(state)
}

async fn unexpected(method: Method, uri: Uri) -> Response {
    let path = uri.path();
    let message = format!("{method} {path} is not in HeyGen's v3 interface: the sandbox did not expect it.");
    Refusal::not_found(message).into_response()
}
