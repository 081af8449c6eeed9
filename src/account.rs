//! Who pays: the plain values behind `GET /v3/users/me`. Knows `money` only.

use rust_decimal::Decimal;

use crate::money::Usd;

/// Who pays, from `GET /v3/users/me`.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountInfo {
    /// First and last name, or the username where there is none.
    pub name: String,
    pub email: Option<String>,
    pub billing: Billing,
    /// The credential is an OAuth token: the web plan is billed and the dollar quotes do not apply.
    pub oauth: bool,
}

/// The one billing block that users/me fills.
#[derive(Clone, Debug, PartialEq)]
pub enum Billing {
    /// Prepaid dollars: the wallet.
    Wallet { balance: Option<Usd>, auto_reload: Option<AutoReload> },
    /// A wallet in HeyGen's credits, not dollars.
    Credits { remaining: Option<Decimal> },
    /// The web plan.
    Subscription { plan: String, premium: Option<i64>, add_on: Option<i64>, resets_at: Option<String> },
    /// Billed afterwards, with a cap.
    UsageBased { spent: Option<Usd>, cap: Option<Usd>, included: Option<Decimal>, remaining: Option<Decimal> },
    /// No billing type, or one this program does not know; HeyGen's word.
    Unknown(String),
}

/// The wallet's automatic top-up.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoReload {
    pub enabled: bool,
    pub threshold: Option<Usd>,
    pub amount: Option<Usd>,
}
