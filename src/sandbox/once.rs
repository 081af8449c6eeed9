//! Paying once: the idempotency key of a POST that creates something.
//!
//! Only answers of requests that took effect are remembered: a refused request made nothing, so the
//! same key may try again. The record itself is written by `world`, in the transaction that makes
//! the resource.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::faults::Kind;
use super::server::State;
use super::wire::Refusal;
use super::world::Purchase;

/// Purchases that are being made at this moment.
#[derive(Clone, Debug, Default)]
pub(super) struct InProgress(Arc<Mutex<HashSet<Purchase>>>);

struct Place {
    purchase: Purchase,
    among: InProgress,
}

impl InProgress {
    fn enter(&self, purchase: &Purchase) -> Option<Place> {
        let mut purchases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        purchases.insert(purchase.clone()).then(|| Place { purchase: purchase.clone(), among: self.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.among.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.purchase);
    }
}

/// What this request's idempotency key names, if it has one.
fn purchase(endpoint: &str, headers: &HeaderMap) -> Result<Option<Purchase>, Refusal> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-');
    match key.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) && key.chars().all(allowed) => {
            Ok(Some(Purchase { endpoint: endpoint.to_owned(), key: key.to_owned() }))
        }
        _ => Err(Refusal::invalid(
            "Idempotency-Key",
            "An idempotency key is 1 to 255 characters of A-Z, a-z, 0-9, _, :, . and -.",
        )),
    }
}

/// Makes something at most once for its key, and answers with this status. The work goes on when the
/// caller hangs up: a real service does not stop either, and that is what the key is for.
pub(super) async fn once<Making>(
    state: &State,
    status: StatusCode,
    endpoint: &str,
    headers: &HeaderMap,
    planned: Option<Kind>,
    make: impl FnOnce(Option<Purchase>) -> Making,
) -> Response
where
    Making: Future<Output = Result<Value, Refusal>> + Send + 'static,
{
    let purchase = match purchase(endpoint, headers) {
        Ok(purchase) => purchase,
        Err(refusal) => return refusal.into_response(),
    };
    // Listens from here on: a release may come as soon as the purchase is known to be in progress.
    let mut releases = state.faults.releases();
    let place = match &purchase {
        None => None,
        Some(purchase) => match state.in_progress.enter(purchase) {
            Some(place) => Some(place),
            None => {
                let message = "The first request with this idempotency key is still in progress.";
                return Refusal::new(409, "request_in_progress", message).into_response();
            }
        },
    };
    if let Some(purchase) = purchase.clone() {
        let now = state.clock.now();
        match state.world(move |world| world.replay(&purchase, now)).await {
            Ok(Some(answer)) => return (status, Json(answer)).into_response(),
            Ok(None) => {}
            Err(refusal) => return refusal.into_response(),
        }
    }
    let making = make(purchase);
    let faults = state.faults.clone();
    let work = tokio::spawn(async move {
        let _place = place;
        if planned == Some(Kind::HoldPurchase) {
            faults.note_held();
            // Fails only when the sandbox is gone, and then nobody waits for the outcome.
            let _ = releases.changed().await;
        }
        making.await
    });
    match work.await {
        Ok(Ok(answer)) => (status, Json(answer)).into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => Refusal::internal("The sandbox dropped this request.").into_response(),
    }
}
