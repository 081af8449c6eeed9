//! Everything the Spend tab shows, as one immutable value.

use std::sync::Arc;

use jiff::tz::TimeZone;
use rusqlite::{OptionalExtension as _, params};
use rust_decimal::Decimal;

use super::books::Books;
use super::drift::{self, Observed};
use super::reconcile::{self, Stretch};
use super::types::{BookedJob, CapKind, CapState, Evidence, Findings, LedgerTable, Period, ReportOn, Snapshot};
use super::{ForecastInput, WarningInput, forecast, month_totals, period_report, quote_check, warnings};
use crate::account::AutoReload;
use crate::draft::{Draft, Product};
use crate::money::Usd;
use crate::pricing::{RateCard, Service};
use crate::settings::Settings;
use crate::store::{Store, StoreError};

/// Jobs that were alone under way and are looked at for drifted rates.
const OBSERVED: usize = 400;
/// Seconds of the longest look back of a forecast, and a day more.
const LOOK_BACK: i64 = 29 * 24 * 60 * 60;
/// Seconds for which a refund that was not seen is worth a warning.
const STILL_NEW: i64 = 60 * 24 * 60 * 60;

/// What an overview is made for.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Unix seconds.
    pub now: i64,
    pub zone: &'a TimeZone,
    pub settings: &'a Settings,
    pub auto_reload: Option<&'a AutoReload>,
    pub card: &'a RateCard,
    /// The days to report on.
    pub report_on: ReportOn,
    /// The fingerprint of the key in use: what another one showed is not the present wallet. `None`: whichever
    /// was seen last.
    pub credential: Option<&'a str>,
}

/// Reads what is new and makes a snapshot. The first time takes some hundred milliseconds for years
/// of work, later ones a few: not for the window's thread.
///
/// # Errors
/// [`StoreError`].
pub fn overview(store: &Store, books: &mut Books, view: &View<'_>) -> Result<Snapshot, StoreError> {
    books.refresh(store)?;
    books.find(store, view)?;
    Ok(snapshot(books, view))
}

/// The snapshot of the books as they are: no reading, no waiting.
#[must_use]
pub fn snapshot(books: &Books, view: &View<'_>) -> Snapshot {
    let View { now, zone, settings, .. } = *view;
    let table = &books.table;
    let findings = Arc::clone(&books.findings);
    let day = Period::day(now, zone);
    let present = Period::month(now, zone, settings.month_start_day);
    let period = view.report_on.period(now, zone, settings.month_start_day);
    let report = period_report(table, period, zone);
    let held = table.jobs().iter().map(|job| job.hold).sum();
    let is_present = |of: &String| view.credential.is_none_or(|present| present == of);
    let wallet = books.readings.last().copied().filter(|_| books.wallet_of.as_ref().is_none_or(is_present));
    let (unpaid, unpaid_jobs) = unpaid(books);
    let look_back = present.start.min(now.saturating_sub(LOOK_BACK));
    let recent: Vec<(i64, Usd)> =
        super::report::charges_in(table, look_back, i64::MAX).map(|(row, _)| (row.at, row.amount)).collect();
    let since = |start: i64| recent.iter().filter(|(at, _)| *at >= start).map(|(_, amount)| *amount).sum();
    let (charged_today, charged_this_month) = (since(day.start), since(present.start));
    let forecast = forecast(&ForecastInput {
        now,
        zone,
        month: present,
        charges: &recent,
        first_charge: super::report::charges_in(table, i64::MIN, i64::MAX).next().map(|(row, _)| row.at),
        balance: wallet.map(|reading| reading.balance),
        held: unpaid,
        auto_reload: view.auto_reload,
    });
    let caps = cap_states(table, settings, present, held, charged_today, charged_this_month);
    let recent =
        findings.reconciliations.iter().rev().take_while(|stretch| stretch.to >= now.saturating_sub(STILL_NEW));
    let causes: Vec<_> = recent.flat_map(|stretch| stretch.causes.iter().cloned()).collect();
    let unreadable: Vec<_> = table.jobs().iter().filter(|job| !job.readable).collect();
    let warnings = warnings(&WarningInput {
        settings,
        caps: &caps,
        day,
        month: present,
        forecast: &forecast,
        free: wallet.map(|reading| reading.balance - unpaid),
        last_top_up: findings.top_ups().next_back().copied(),
        causes: &causes,
        drifts: &findings.drifts,
        unreadable: &unreadable,
    });
    Snapshot {
        now,
        today: day,
        wallet,
        held,
        held_unreadable: unreadable.iter().map(|job| job.hold).sum(),
        unpaid,
        unpaid_jobs,
        charged_today,
        charged_this_month,
        caps,
        months: month_totals(table, present, zone),
        reconciliation: findings.between(period.start, period.end),
        report,
        forecast,
        warnings,
        findings,
        table: Arc::clone(table),
    }
}

/// What the wallet as last seen has still to pay, and for how many jobs.
fn unpaid(books: &Books) -> (Usd, usize) {
    let table = &books.table;
    let mark = books.mark.as_deref();
    let is_taken = |job: &&BookedJob| mark.is_some_and(|mark| mark.includes(job.id));
    let holds = table.jobs().iter().filter(|job| !job.hold.is_zero() && !is_taken(job)).map(|job| job.hold);
    let since = mark.into_iter().flat_map(|mark| mark.charged_since(table));
    holds.chain(since).fold((Usd::ZERO, 0), |(sum, jobs), amount| (sum + amount, jobs + 1))
}

fn cap_states(
    table: &LedgerTable,
    settings: &Settings,
    month: Period,
    held: Usd,
    today: Usd,
    this_month: Usd,
) -> Vec<CapState> {
    let mut states = Vec::new();
    let whole = [
        (CapKind::Job, settings.cap_per_job, Usd::ZERO, settings.cap_per_job_action),
        (CapKind::Day, settings.cap_per_day, today + held, settings.cap_per_day_action),
        (CapKind::Month, settings.cap_per_month, this_month + held, settings.cap_per_month_action),
    ];
    for (kind, cap, used, action) in whole {
        states.extend(cap.map(|cap| CapState { kind, cap, used, action }));
    }
    for budget in &settings.project_budgets {
        let holds = table.jobs().iter().filter(|job| *job.project == *budget.project).map(|job| job.hold);
        let charges = super::report::charges_in(table, month.start, i64::MAX)
            .filter(|(_, job)| *job.project == *budget.project)
            .map(|(row, _)| row.amount);
        states.push(CapState {
            kind: CapKind::Project(budget.project.clone()),
            cap: budget.per_month,
            used: holds.chain(charges).sum(),
            action: budget.action,
        });
    }
    states
}

impl Books {
    /// Brings what follows from the whole ledger up to date.
    fn find(&mut self, store: &Store, view: &View<'_>) -> Result<(), StoreError> {
        if let Some((version, auto_reload, card)) = &self.found_for
            && (*version, auto_reload.as_ref(), card) == (self.version, view.auto_reload, view.card)
        {
            return Ok(());
        }
        self.rates.note(store, view.card, view.now)?;
        self.compare(store)?;
        let stretches = reconcile::stretches(&self.table, &self.readings, view.auto_reload);
        let observed = self.observed(store, &stretches)?;
        // A wallet that never showed more than cents may have rounded each of its figures.
        let cents_only = self.readings.iter().all(|reading| reading.balance == reading.balance.to_cents());
        let slack = Usd(if cents_only { Decimal::new(1, 2) } else { Decimal::new(1, 6) });
        let (drifts, roundings) = drift::infer(&observed, slack, view.card);
        self.findings = Arc::new(Findings {
            rows: stretches.iter().map(|stretch| stretch.rows.clone()).collect(),
            reconciliations: stretches.into_iter().map(|stretch| stretch.money).collect(),
            quotes: quote_check(&self.table),
            drifts,
            roundings,
        });
        self.found_for = Some((self.version, view.auto_reload.cloned(), view.card.clone()));
        Ok(())
    }

    fn observed(&self, store: &Store, stretches: &[Stretch]) -> Result<Vec<Observed>, StoreError> {
        let newest: Vec<_> = stretches.iter().rev().filter_map(|stretch| stretch.alone).take(OBSERVED).collect();
        let table = &self.table;
        store.transaction(|tx| {
            let mut statement = tx.prepare_cached("SELECT draft FROM jobs WHERE id = ?1")?;
            let mut observed = Vec::new();
            for alone in newest.iter().rev() {
                let Some(row) = table.rows().get(alone.charge) else { continue };
                let (Some(job), Some(counted)) = (table.job(row), row.counted) else { continue };
                let draft: Option<String> =
                    statement.query_row(params![job.id.to_string()], |row| row.get(0)).optional()?;
                let evidence = Evidence {
                    job: job.id,
                    title: Arc::clone(&job.title),
                    at: row.at,
                    quantity: counted.quantity,
                    booked: row.amount,
                    taken: alone.taken,
                };
                let service = service_of(job.product, draft.as_deref().unwrap_or_default());
                observed.extend(Observed::new(row, job.product, service, evidence));
            }
            Ok(observed)
        })
    }
}

/// The service of the rate card that a job was, as its draft tells.
pub(super) fn service_of(product: Product, draft: &str) -> Option<Service> {
    Service::of(&Draft::from_json(product, draft).ok()?.composition().billable())
}
