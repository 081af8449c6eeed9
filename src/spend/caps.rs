//! Caps: per job, day, month and project, each of which refuses or warns. A cap counts what is
//! charged and what is held, so that ten jobs at once cannot overshoot it.

use jiff::tz::TimeZone;
use rusqlite::Transaction;

use super::entry::{Entry, charged_since, charged_since_for, held, held_for, unpaid};
use super::types::{Asked, CapKind, CapState, Denied, GivenBack, Limits, Period, WalletSeen};
use crate::money::Usd;
use crate::pricing::Span;
use crate::settings::{CapAction, ProjectBudget, Settings};
use crate::store::StoreError;

/// The limits a job is judged by. Days and months begin at the moments given, in the person's
/// time zone; holds count whenever they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// For one job's hold.
    pub per_job: Option<Usd>,
    /// For a month's charges and all holds.
    pub per_month: Option<Usd>,
    /// The month's first second, unix time, in the person's time zone.
    pub month_start: i64,
    /// For a day's charges and all holds.
    pub per_day: Option<Usd>,
    /// The day's first second, unix time, in the person's time zone.
    pub day_start: i64,
    pub job_action: CapAction,
    pub day_action: CapAction,
    pub month_action: CapAction,
    /// For the month's charges and the holds of a project's own jobs.
    pub budgets: Vec<ProjectBudget>,
}

impl Caps {
    /// The person's caps at this moment (unix seconds).
    #[must_use]
    pub fn of(settings: &Settings, now: i64, zone: &TimeZone) -> Self {
        Self {
            per_job: settings.cap_per_job,
            per_month: settings.cap_per_month,
            month_start: Period::month(now, zone, settings.month_start_day).start,
            per_day: settings.cap_per_day,
            day_start: Period::day(now, zone).start,
            job_action: settings.cap_per_job_action,
            day_action: settings.cap_per_day_action,
            month_action: settings.cap_per_month_action,
            budgets: settings.project_budgets.clone(),
        }
    }
}

/// Why a job was not taken. Nothing was paid and nothing is held.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Above the cap for one job.
    #[error(
        "This job may cost up to {}, and your cap for one job is {}. Raise the cap in Settings or shorten the video.", asked.beside(*cap), cap.beside(*asked)
    )]
    JobCap { asked: Usd, cap: Usd },
    /// Above the cap for the day.
    #[error(
        "Today {used} of your {cap} cap is charged or held, so {} is left, and this job may cost up to {}. Raise the cap in Settings or make it tomorrow.", left.beside(*asked), asked.beside(*left)
    )]
    DayCap { asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// Above the cap for the month.
    #[error(
        "This month {used} of your {cap} cap is charged or held, so {} is left, and this job may cost up to {}. Raise the cap in Settings or wait for jobs to finish.", left.beside(*asked), asked.beside(*left)
    )]
    MonthCap { asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// Above what its project may cost this month.
    #[error(
        "This month {used} of {project}'s budget of {cap} is charged or held, so {} is left, and this job may cost up to {}. Raise the budget in Settings or book the job to another project.", left.beside(*asked), asked.beside(*left)
    )]
    ProjectCap { project: String, asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// The wallet cannot cover it.
    #[error(
        "The wallet has {} free and this job costs at least {}. Add {} to the wallet first. Nothing was charged.", free.beside(*asked), asked.beside(*free), missing.up_to_cents()
    )]
    WalletTooSmall { asked: Usd, free: Usd, missing: Usd },
    /// The journal cannot be written, so nothing may be sent.
    #[error("The job could not be saved, so it was not sent and nothing was charged: {0}")]
    Store(#[from] StoreError),
}

/// Whether caps, the project's budget and the wallet allow the hold that `entry` asks for, of which
/// at least `low` will be charged. Returns the caps that only warn and would be overshot, as they
/// stand without this job.
///
/// # Errors
/// [`Refusal`] when a cap, a budget or the wallet does not allow it.
pub fn admit(
    tx: &Transaction<'_>,
    entry: &Entry<'_>,
    low: Usd,
    caps: &Caps,
    wallet: Option<&WalletSeen>,
) -> Result<Vec<CapState>, Refusal> {
    Tally::begin(tx, caps, wallet)?.admit(tx, entry, low, GivenBack::default())
}

/// What counts against the caps while one transaction books many jobs: read from the ledger once, then
/// counted on with each job that is let in.
#[derive(Debug)]
pub struct Tally<'a> {
    caps: &'a Caps,
    /// The budgets that were asked for are among them.
    limits: Limits,
}

impl<'a> Tally<'a> {
    /// As the ledger has it now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin(tx: &Transaction<'_>, caps: &'a Caps, wallet: Option<&WalletSeen>) -> Result<Self, StoreError> {
        let held = held(tx)?;
        let mut states = Vec::new();
        if let Some(cap) = caps.per_job {
            states.push(CapState { kind: CapKind::Job, cap, used: Usd::ZERO, action: caps.job_action });
        }
        if let Some(cap) = caps.per_day {
            let used = charged_since(tx, caps.day_start)? + held;
            states.push(CapState { kind: CapKind::Day, cap, used, action: caps.day_action });
        }
        if let Some(cap) = caps.per_month {
            let used = charged_since(tx, caps.month_start)? + held;
            states.push(CapState { kind: CapKind::Month, cap, used, action: caps.month_action });
        }
        let free = match wallet {
            Some(seen) => Some(seen.balance - unpaid(tx, seen.mark.as_deref())?),
            None => None,
        };
        Ok(Self { caps, limits: Limits { free, caps: states } })
    }

    /// Judges as [`admit`] does, and counts the job where it is let in: the caller books its hold in this
    /// transaction. `again` of what is held is about to be given back for it.
    ///
    /// # Errors
    /// [`Refusal`]: nothing was counted.
    pub fn admit(
        &mut self,
        tx: &Transaction<'_>,
        entry: &Entry<'_>,
        low: Usd,
        again: GivenBack,
    ) -> Result<Vec<CapState>, Refusal> {
        self.know_budget(tx, entry.project)?;
        let asked = Asked { project: entry.project, span: Span { low, likely: entry.amount, high: entry.amount } };
        let overshot = self.limits.judge(&asked, again).map_err(|denied| refusal(denied, &asked))?;
        self.limits.take(&asked);
        Ok(overshot)
    }

    /// Reads how a project's budget stands, the first time a job of it is asked for.
    fn know_budget(&mut self, tx: &Transaction<'_>, project: &str) -> Result<(), StoreError> {
        let Some(budget) = self.caps.budgets.iter().find(|budget| budget.project == project) else { return Ok(()) };
        let kind = CapKind::Project(budget.project.clone());
        if self.limits.caps.iter().any(|cap| cap.kind == kind) {
            return Ok(());
        }
        let used = charged_since_for(tx, self.caps.month_start, project)? + held_for(tx, project)?;
        self.limits.caps.push(CapState { kind, cap: budget.per_month, used, action: budget.action });
        Ok(())
    }
}

fn refusal(denied: Denied, asked: &Asked<'_>) -> Refusal {
    let Span { low, high, .. } = asked.span;
    let state = match denied {
        Denied::Cap(state) => state,
        Denied::Wallet { free } => {
            return Refusal::WalletTooSmall { asked: low, free: free.max(Usd::ZERO), missing: low - free };
        }
    };
    let (asked, cap, used, left) = (high, state.cap, state.used, state.left());
    match state.kind {
        CapKind::Job => Refusal::JobCap { asked, cap },
        CapKind::Day => Refusal::DayCap { asked, cap, used, left },
        CapKind::Month => Refusal::MonthCap { asked, cap, used, left },
        CapKind::Project(project) => Refusal::ProjectCap { project, asked, cap, used, left },
    }
}
