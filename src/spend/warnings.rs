//! What the person should be told, in words, each once. Pure but for remembering what was told.

use rusqlite::{Transaction, params};
use rust_decimal::Decimal;

use super::types::{
    BookedJob, CapKind, CapState, Cause, CauseKind, Drift, Forecast, Period, Runway, TopUp, Warning, WarningKind,
};
use crate::money::Usd;
use crate::settings::{CapAction, Settings};
use crate::store::StoreError;

/// Hundredths of a cap from which it is nearly reached.
const NEAR: Decimal = Decimal::from_parts(80, 0, 0, false, 0);

/// What warnings rest on.
#[derive(Clone, Copy, Debug)]
pub struct WarningInput<'a> {
    pub settings: &'a Settings,
    pub caps: &'a [CapState],
    pub day: Period,
    pub month: Period,
    pub forecast: &'a Forecast,
    /// The wallet without its holds.
    pub free: Option<Usd>,
    /// The last time money came in: what is low after that is a new thing.
    pub last_top_up: Option<TopUp>,
    pub causes: &'a [Cause],
    pub drifts: &'a [Drift],
    /// Jobs that cannot be read, oldest first.
    pub unreadable: &'a [&'a BookedJob],
}

/// Everything that is worth a warning now, the most pressing first.
#[must_use]
pub fn warnings(input: &WarningInput<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> = low_balance(input).into_iter().collect();
    found.extend(input.caps.iter().filter_map(|cap| near_cap(cap, input)));
    found.extend(input.causes.iter().filter(|cause| cause.kind == CauseKind::RefundNotSeen).map(|cause| Warning {
        id: format!("refund:{}", cause.job.map(|job| job.to_string()).unwrap_or_default()),
        kind: WarningKind::RefundNotSeen,
        title: format!("{} not seen to come back", -cause.amount),
        words: cause.words.clone(),
    }));
    found.extend(input.drifts.iter().map(drifted));
    found.extend(cannot_be_read(input.unreadable));
    found
}

fn low_balance(input: &WarningInput<'_>) -> Option<Warning> {
    let since = input.last_top_up.map_or(0, |top_up| top_up.at);
    let free = input.free?;
    let days = match input.forecast.wallet {
        Runway::Until { days, .. } => Some(days),
        Runway::Empty => Some(0),
        Runway::Unknown | Runway::NoSpending | Runway::TooEarly | Runway::ReloadsItself { .. } => None,
    };
    let lasts = match days {
        Some(0) => " At the present pace it is empty today.".to_owned(),
        Some(1) => " At the present pace it lasts one more day.".to_owned(),
        Some(days) => format!(" At the present pace it lasts {days} more days."),
        None => String::new(),
    };
    let reload = match input.forecast.wallet {
        Runway::ReloadsItself { .. } => " It tops itself up.",
        _ => " Add money at HeyGen before jobs have to wait.",
    };
    let below = input.settings.low_balance.filter(|limit| free < *limit);
    let (which, title) = match (below, input.settings.low_balance_days) {
        (Some(limit), _) => (limit.exact(), format!("The wallet is below {limit}")),
        (None, Some(limit)) if days.is_some_and(|days| days <= u32::from(limit)) => {
            (format!("{limit}d"), "The wallet will soon be empty".to_owned())
        }
        (None, _) => return None,
    };
    Some(Warning {
        id: format!("balance:{since}:{which}"),
        kind: WarningKind::LowBalance,
        title,
        words: format!("{free} is free once everything held is charged.{lasts}{reload}"),
    })
}

fn near_cap(cap: &CapState, input: &WarningInput<'_>) -> Option<Warning> {
    let percent = cap.percent();
    let (word, since) = match &cap.kind {
        CapKind::Job => return None,
        CapKind::Day => ("day".to_owned(), input.day.first),
        CapKind::Month => ("month".to_owned(), input.month.first),
        CapKind::Project(project) => (format!("project:{project}"), input.month.first),
    };
    let reached = cap.used >= cap.cap;
    if !reached && percent < NEAR {
        return None;
    }
    let what = if reached { "is reached" } else { "is nearly reached" };
    let then = match cap.action {
        CapAction::Refuse => "Jobs that would go above it are refused.",
        CapAction::Warn => "It only warns: jobs are taken all the same.",
    };
    Some(Warning {
        // What it is measured against is part of it: a raised cap is a new one.
        id: format!("cap:{word}:{since}:{}:{}", cap.cap.exact(), if reached { "reached" } else { "near" }),
        kind: if reached { WarningKind::CapReached } else { WarningKind::CapNear },
        title: format!("{} {what}", cap.name()),
        words: format!("{} of {} is charged or held, {} is left. {then}", cap.used, cap.cap, cap.left()),
    })
}

fn cannot_be_read(jobs: &[&BookedJob]) -> Option<Warning> {
    let newest = jobs.last()?;
    let (held, charged): (Usd, Usd) =
        (jobs.iter().map(|job| job.hold).sum(), jobs.iter().filter_map(|job| job.charge).sum());
    let (title, they) = match jobs.len() {
        1 => ("A job cannot be read".to_owned(), "It is left as it is; its"),
        count => (format!("{count} jobs cannot be read"), "They are left as they are; their"),
    };
    Some(Warning {
        id: format!("unreadable:{}:{}", jobs.len(), newest.id),
        kind: WarningKind::Unreadable,
        title,
        words: format!(
            "{they} entries in the ledger count all the same: {charged} charged, {held} held. HeyGen's own list says \
             what became of it."
        ),
    })
}

fn drifted(drift: &Drift) -> Warning {
    let (card, inferred, unit) = (drift.card_rate.precise(), drift.inferred_rate.precise(), drift.unit.word());
    let name = drift.product.name();
    Warning {
        id: format!("drift:{}:{}:{}", drift.product.word(), drift.card_rate.exact(), drift.inferred_rate.exact()),
        kind: WarningKind::RateDrift,
        title: format!("{name} seems to cost {inferred} / {unit} now"),
        words: format!(
            "The rate card says {card} / {unit}, but the wallet paid otherwise for {} jobs that were alone under way. Check HeyGen's price list; the rate can be written into your own card.",
            drift.evidence.len()
        ),
    }
}

/// Those of the warnings that were never shown before, which from now on count as shown.
///
/// # Errors
/// [`StoreError`].
pub fn not_yet_shown(tx: &Transaction<'_>, warnings: &[Warning], now: i64) -> Result<Vec<Warning>, StoreError> {
    let mut statement = tx.prepare_cached("INSERT OR IGNORE INTO notified (id, at) VALUES (?1, ?2)")?;
    let mut fresh = Vec::new();
    for warning in warnings {
        if statement.execute(params![warning.id, now])? > 0 {
            fresh.push(warning.clone());
        }
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(wallet: Runway) -> Forecast {
        Forecast {
            per_day: Usd::ZERO,
            days_seen: 28,
            too_early: false,
            so_far: Usd::ZERO,
            month_end: Usd::ZERO,
            wallet,
        }
    }

    #[track_caller]
    fn check(caps: &[CapState], settings: &Settings, wallet: Runway, free: i64, expected: &[(&str, &str)]) {
        let zone = jiff::tz::TimeZone::UTC;
        let now = 1_795_000_000;
        let forecast = quiet(wallet);
        let found = warnings(&WarningInput {
            settings,
            caps,
            day: Period::day(now, &zone),
            month: Period::month(now, &zone, 1),
            forecast: &forecast,
            free: Some(Usd::from_cents(free)),
            last_top_up: None,
            causes: &[],
            drifts: &[],
            unreadable: &[],
        });
        let found: Vec<_> = found.iter().map(|warning| (warning.id.as_str(), warning.title.as_str())).collect();
        assert_eq!(found, expected);
    }

    fn cap(kind: CapKind, used: i64) -> CapState {
        CapState { kind, cap: Usd::from_cents(1_000), used: Usd::from_cents(used), action: CapAction::Refuse }
    }

    #[test]
    fn caps_warn_from_four_fifths_on() {
        let settings = Settings::default();
        check(&[cap(CapKind::Month, 799)], &settings, Runway::Unknown, 0, &[]);
        check(
            &[cap(CapKind::Month, 800), cap(CapKind::Job, 999)],
            &settings,
            Runway::Unknown,
            0,
            &[("cap:month:2026-11-01:10:near", "Cap per month is nearly reached")],
        );
        check(
            &[cap(CapKind::Day, 1_000), cap(CapKind::Project("Northwind".to_owned()), 900)],
            &settings,
            Runway::Unknown,
            0,
            &[
                ("cap:day:2026-11-18:10:reached", "Cap per day is reached"),
                ("cap:project:Northwind:2026-11-01:10:near", "Budget of Northwind is nearly reached"),
            ],
        );
    }

    #[test]
    fn a_wallet_is_low_by_amount_or_by_days() {
        let by_amount = Settings { low_balance: Some(Usd::from_cents(500)), ..Settings::default() };
        let by_days = Settings { low_balance_days: Some(7), ..Settings::default() };
        let until = |days| Runway::Until { day: "2026-12-01".parse().unwrap(), days };
        check(&[], &by_amount, until(30), 500, &[]);
        check(&[], &by_amount, until(30), 499, &[("balance:0:5", "The wallet is below $5.00")]);
        check(&[], &by_days, until(8), 100, &[]);
        check(&[], &by_days, until(7), 100, &[("balance:0:7d", "The wallet will soon be empty")]);
        check(&[], &by_days, Runway::ReloadsItself { every_days: Some(1) }, 100, &[]);
    }
}
