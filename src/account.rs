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

impl AccountInfo {
    /// Whether what is made is paid in dollars, so that quotes, holds, charges and caps mean something. HeyGen's
    /// credits and the web plan have no published price in dollars. What is not known counts as dollars: caps
    /// had better bind for nothing than not at all.
    #[must_use]
    pub fn pays_in_dollars(&self) -> bool {
        match self.billing {
            Billing::Wallet { .. } | Billing::UsageBased { .. } | Billing::Unknown(_) => !self.oauth,
            Billing::Credits { .. } | Billing::Subscription { .. } => false,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_paid_otherwise_is_not_paid_in_dollars() {
        #[track_caller]
        fn check(billing: Billing, oauth: bool, expected: bool) {
            let info = AccountInfo { name: String::new(), email: None, billing, oauth };
            assert_eq!(info.pays_in_dollars(), expected, "{info:?}");
        }
        let wallet = || Billing::Wallet { balance: None, auto_reload: None };
        let usage = || Billing::UsageBased { spent: None, cap: None, included: None, remaining: None };
        let plan = Billing::Subscription { plan: "pro".to_owned(), premium: None, add_on: None, resets_at: None };
        check(wallet(), false, true);
        check(usage(), false, true);
        check(Billing::Unknown(String::new()), false, true);
        check(Billing::Credits { remaining: None }, false, false);
        check(plan, false, false);
        // An OAuth token is billed to the web plan, whatever wallet there is beside it.
        check(wallet(), true, false);
        check(usage(), true, false);
    }
}
