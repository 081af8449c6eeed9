//! Carries events to the addresses that asked for them: signed, again after a while where nobody was in, and quietly
//! given up in the end. What waits survives a restart.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use tokio::task::JoinSet;

use super::server::{State, stopped};
use super::signing::hex;
use super::wire::Refusal;
use super::world::Kept;

/// The kind of record.
pub(super) const DELIVERIES: &str = "delivery";
/// Milliseconds between one attempt and the next; after the last there is none.
const PAUSES: [i64; 4] = [1_000, 5_000, 30_000, 120_000];
/// How long an address has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// An event on its way to one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Delivery {
    pub id: String,
    pub event_id: String,
    pub url: String,
    /// What it is signed with; `None` for the callback address of a request, which has no secret.
    pub secret: Option<String>,
    /// The event as JSON, the same at every attempt.
    pub body: String,
    /// That failed so far.
    pub attempts: usize,
    /// Unix milliseconds.
    pub due_at: i64,
}

/// Works until the sandbox stops.
pub(super) async fn work(state: State) {
    // Straight to the address: it is this computer's more often than not.
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy().build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            tracing::warn!(%error, "the sandbox cannot deliver events");
            return;
        }
    };
    loop {
        let changed = state.events_changed.notified();
        let waiting: Vec<Delivery> = state.world(|world| world.all_kept(DELIVERIES)).await.unwrap_or_default();
        let now = state.clock.now();
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|delivery| delivery.due_at <= now);
        if due.is_empty() {
            let next = async {
                match later.iter().map(|delivery| delivery.due_at).min() {
                    Some(at) => state.clock.until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = changed => {}
                () = next => {}
                () = stopped(state.stopping.clone()) => return,
            }
            continue;
        }
        tokio::select! {
            noted = deliver(&state, &client, due, now) => {
                if let Err(refusal) = noted {
                    // Trying on would tell everybody the same again and again.
                    tracing::error!(message = refusal.message, "the sandbox stops delivering events");
                    return;
                }
            }
            () = stopped(state.stopping.clone()) => return,
        }
    }
}

async fn deliver(state: &State, client: &reqwest::Client, due: Vec<Delivery>, now: i64) -> Result<(), Refusal> {
    let mut attempts = JoinSet::new();
    for delivery in due {
        let request = request(client, &delivery, now);
        attempts.spawn(async move {
            let arrived = request.send().await.is_ok_and(|answer| answer.status().is_success());
            (delivery, arrived)
        });
    }
    while let Some(attempt) = attempts.join_next().await {
        let Ok((mut delivery, arrived)) = attempt else { continue };
        let pause = PAUSES.get(delivery.attempts).copied().filter(|_| !arrived);
        let noted = state.world(move |world| match pause {
            Some(pause) => {
                delivery.attempts += 1;
                delivery.due_at = now.saturating_add(pause);
                let kept = Kept::new(DELIVERIES, &delivery.id, &delivery)?;
                world.keep(&[kept], None, &Value::Null, now).map(drop)
            }
            None => world.forget(DELIVERIES, &delivery.id),
        });
        noted.await?;
    }
    Ok(())
}

fn request(client: &reqwest::Client, delivery: &Delivery, now: i64) -> reqwest::RequestBuilder {
    let request = client
        .post(&delivery.url)
        .header(CONTENT_TYPE, "application/json")
        .header("Heygen-Event-Id", &delivery.event_id)
        .header("Heygen-Timestamp", now / 1_000)
        .body(delivery.body.clone());
    match delivery.secret.as_deref().and_then(|secret| signature(secret, &delivery.body)) {
        Some(signature) => request.header("Heygen-Signature", signature),
        None => request,
    }
}

/// HMAC-SHA256 of a body, in lower-case hex.
fn signature(secret: &str, body: &str) -> Option<String> {
    // A key of any length is taken.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(body.as_bytes());
    Some(hex(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", "what do ya want for nothing?").as_deref(),
            Some("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        );
    }
}
