//! `/v3/users`: who pays.

use axum::extract::State as Shared;
use axum::routing::get;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::sandbox::server::State;
use crate::sandbox::wire::Refusal;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/users/me", get(me))
}

#[derive(Serialize)]
struct Envelope {
    data: Me,
}

#[derive(Serialize)]
struct Me {
    username: &'static str,
    email: Option<&'static str>,
    first_name: &'static str,
    last_name: &'static str,
    billing_type: &'static str,
    wallet: Wallet,
    subscription: Option<()>,
    usage_based: Option<()>,
}

#[derive(Serialize)]
struct Wallet {
    currency: &'static str,
    /// A JSON number with its exact digits.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    remaining_balance: Decimal,
    auto_reload: AutoReload,
}

#[derive(Serialize)]
struct AutoReload {
    enabled: bool,
    threshold_usd: Option<()>,
    amount_usd: Option<()>,
}

async fn me(Shared(state): Shared<State>) -> Result<Json<Envelope>, Refusal> {
    let wallet = state.world(|world| world.wallet()).await?;
    Ok(Json(Envelope {
        data: Me {
            username: "sandbox",
            email: None,
            first_name: "Sandbox",
            last_name: "Wallet",
            billing_type: "wallet",
            wallet: Wallet {
                currency: "usd",
                remaining_balance: wallet.balance.0,
                auto_reload: AutoReload { enabled: false, threshold_usd: None, amount_usd: None },
            },
            subscription: None,
            usage_based: None,
        },
    }))
}
