//! `GET /v3/users/me`: who pays, and what is left.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::client::Client;
use super::error::Error;
use super::retry::with_retry;
use super::wire;
use crate::account::{AccountInfo, AutoReload, Billing};
use crate::money::Usd;

#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    billing_type: Option<String>,
    #[serde(default)]
    wallet: Option<Wallet>,
    #[serde(default)]
    subscription: Option<Subscription>,
    #[serde(default)]
    usage_based: Option<UsageBased>,
}

#[derive(Deserialize)]
struct Wallet {
    #[serde(default)]
    currency: Option<String>,
    #[serde(default, deserialize_with = "wire::decimal")]
    remaining_balance: Option<Decimal>,
    #[serde(default)]
    auto_reload: Option<Reload>,
}

#[derive(Deserialize)]
struct Reload {
    enabled: bool,
    #[serde(default, deserialize_with = "wire::decimal")]
    threshold_usd: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::decimal")]
    amount_usd: Option<Decimal>,
}

#[derive(Deserialize)]
struct Subscription {
    #[serde(default)]
    plan: Option<String>,
    #[serde(default)]
    credits: Option<Credits>,
}

#[derive(Deserialize)]
struct Credits {
    #[serde(default)]
    premium_credits: Option<CreditPot>,
    #[serde(default)]
    add_on_credits: Option<CreditPot>,
}

#[derive(Deserialize)]
struct CreditPot {
    #[serde(default)]
    remaining: Option<i64>,
    #[serde(default)]
    resets_at: Option<String>,
}

#[derive(Deserialize)]
struct UsageBased {
    #[serde(default, deserialize_with = "wire::decimal")]
    spending_current_usd: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::decimal")]
    spending_cap_usd: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::decimal")]
    included_credits: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::decimal")]
    remaining_credits: Option<Decimal>,
}

impl Client {
    /// Who pays and what is left, read from the digits HeyGen sent.
    ///
    /// # Errors
    /// What HeyGen answered, after up to three attempts.
    pub async fn account(&self) -> Result<AccountInfo, Error> {
        let url = self.address(&["v3", "users", "me"])?;
        let me: Me = with_retry(|| self.get(url.clone())).await?;
        Ok(me.into_account(self.is_oauth()))
    }
}

impl Me {
    fn into_account(self, oauth: bool) -> AccountInfo {
        let own = |name: Option<String>| name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let names: Vec<String> = [own(self.first_name), own(self.last_name)].into_iter().flatten().collect();
        let email = own(self.email);
        let name = if names.is_empty() {
            own(self.username).or_else(|| email.clone()).unwrap_or_default()
        } else {
            names.join(" ")
        };
        let billing = match (self.billing_type.as_deref(), self.wallet, self.subscription, self.usage_based) {
            (Some("wallet"), wallet, _, _) => {
                wallet.map_or(Billing::Wallet { balance: None, auto_reload: None }, Wallet::into_billing)
            }
            (Some("subscription"), _, subscription, _) => subscription.map_or_else(
                || Billing::Subscription { plan: String::new(), premium: None, add_on: None, resets_at: None },
                Subscription::into_billing,
            ),
            (Some("usage_based"), _, _, usage) => usage.map_or(
                Billing::UsageBased { spent: None, cap: None, included: None, remaining: None },
                UsageBased::into_billing,
            ),
            (Some(word), ..) => Billing::Unknown(word.to_owned()),
            (None, ..) => Billing::Unknown(String::new()),
        };
        AccountInfo { name, email, billing, oauth }
    }
}

impl Wallet {
    fn into_billing(self) -> Billing {
        match self.currency.as_deref() {
            Some("usd") | None => Billing::Wallet {
                balance: self.remaining_balance.map(Usd),
                auto_reload: self.auto_reload.map(|reload| AutoReload {
                    enabled: reload.enabled,
                    threshold: reload.threshold_usd.map(Usd),
                    amount: reload.amount_usd.map(Usd),
                }),
            },
            Some("credits") => Billing::Credits { remaining: self.remaining_balance },
            Some(currency) => Billing::Unknown(format!("wallet in {currency}")),
        }
    }
}

impl Subscription {
    fn into_billing(self) -> Billing {
        let credits = self.credits.unwrap_or(Credits { premium_credits: None, add_on_credits: None });
        let resets_at = |pot: &Option<CreditPot>| pot.as_ref().and_then(|pot| pot.resets_at.clone());
        Billing::Subscription {
            plan: self.plan.unwrap_or_default(),
            resets_at: resets_at(&credits.premium_credits).or_else(|| resets_at(&credits.add_on_credits)),
            premium: credits.premium_credits.and_then(|pot| pot.remaining),
            add_on: credits.add_on_credits.and_then(|pot| pot.remaining),
        }
    }
}

impl UsageBased {
    fn into_billing(self) -> Billing {
        Billing::UsageBased {
            spent: self.spending_current_usd.map(Usd),
            cap: self.spending_cap_usd.map(Usd),
            included: self.included_credits,
            remaining: self.remaining_credits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, name: &str, billing: Billing) {
        let me: Me = serde_json::from_str(json).unwrap();
        let account = me.into_account(false);
        assert_eq!((account.name.as_str(), account.billing), (name, billing));
    }

    #[test]
    fn every_way_to_pay_is_read() {
        let usd = |text| Some(Usd::parse(text).unwrap());
        check(
            r#"{"username":"u","email":"a@b.c","first_name":"Ada","last_name":"Byron","billing_type":"wallet",
                "wallet":{"currency":"usd","remaining_balance":21.470000000000000001,"auto_reload":{"enabled":true,"threshold_usd":5,"amount_usd":1e1}}}"#,
            "Ada Byron",
            Billing::Wallet {
                balance: usd("21.470000000000000001"),
                auto_reload: Some(AutoReload { enabled: true, threshold: usd("5"), amount: usd("10") }),
            },
        );
        check(
            r#"{"username":"u","email":null,"first_name":null,"last_name":"","billing_type":"wallet","wallet":{"currency":"credits","remaining_balance":12.5}}"#,
            "u",
            Billing::Credits { remaining: Some(Decimal::new(125, 1)) },
        );
        check(
            r#"{"username":"u","billing_type":"subscription","subscription":{"plan":"pro","credits":{"premium_credits":{"remaining":40,"resets_at":"2026-12-01"},"add_on_credits":null}}}"#,
            "u",
            Billing::Subscription {
                plan: "pro".to_owned(),
                premium: Some(40),
                add_on: None,
                resets_at: Some("2026-12-01".to_owned()),
            },
        );
        check(
            r#"{"username":"u","billing_type":"usage_based","usage_based":{"spending_current_usd":3.5,"spending_cap_usd":null,"included_credits":100}}"#,
            "u",
            Billing::UsageBased { spent: usd("3.5"), cap: None, included: Some(Decimal::from(100)), remaining: None },
        );
        check(r#"{"username":"u","billing_type":"barter"}"#, "u", Billing::Unknown("barter".to_owned()));
        check(r#"{"username":"u","billing_type":null}"#, "u", Billing::Unknown(String::new()));
    }
}
