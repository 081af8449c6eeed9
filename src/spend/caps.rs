//! Caps: per job, day, month and project, each of which refuses or warns. A cap counts what is
//! charged and what is held, so that ten jobs at once cannot overshoot it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rusqlite::Transaction;

use super::entry::{Entry, charged_since, charged_since_for, held, held_for};
use super::types::{CapKind, CapState, Period};
use crate::money::Usd;
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

    fn budget(&self, project: &str) -> Option<&ProjectBudget> {
        self.budgets.iter().find(|budget| budget.project == project)
    }
}

/// What of the holds is given back for a job that is let in: they are not counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenBack {
    /// Dollars.
    pub in_all: Usd,
    /// Those that are held for jobs of its own project.
    pub of_project: Usd,
}

/// Why a job was not taken. Nothing was paid and nothing is held.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Above the cap for one job.
    #[error(
        "This job may cost up to {asked}, and your cap for one job is {cap}. Raise the cap in Settings or shorten the video."
    )]
    JobCap { asked: Usd, cap: Usd },
    /// Above the cap for the day.
    #[error(
        "Today {used} of your {cap} cap is charged or held, so {left} is left, and this job may cost up to {asked}. Raise the cap in Settings or make it tomorrow."
    )]
    DayCap { asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// Above the cap for the month.
    #[error(
        "This month {used} of your {cap} cap is charged or held, so {left} is left, and this job may cost up to {asked}. Raise the cap in Settings or wait for jobs to finish."
    )]
    MonthCap { asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// Above what its project may cost this month.
    #[error(
        "This month {used} of {project}'s budget of {cap} is charged or held, so {left} is left, and this job may cost up to {asked}. Raise the budget in Settings or book the job to another project."
    )]
    ProjectCap { project: String, asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// The wallet cannot cover it.
    #[error(
        "The wallet has {free} free and this job costs at least {asked}. Add {missing} to the wallet first. Nothing was charged."
    )]
    WalletTooSmall { asked: Usd, free: Usd, missing: Usd },
    /// The journal cannot be written, so nothing may be sent.
    #[error("The job could not be saved, so it was not sent and nothing was charged: {0}")]
    Store(#[from] StoreError),
}

/// Whether caps and wallet allow to set `asked` aside, of which at least `low` will be charged.
/// Judges everything but the budgets of projects: see [`admit`].
///
/// # Errors
/// [`Refusal`] when a cap or the wallet does not allow it.
pub fn check(tx: &Transaction<'_>, asked: Usd, low: Usd, caps: &Caps, wallet: Option<Usd>) -> Result<(), Refusal> {
    Tally::begin(tx, caps, wallet)?.judge(tx, asked, low, None, GivenBack::default()).map(drop)
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
    wallet: Option<Usd>,
) -> Result<Vec<CapState>, Refusal> {
    Tally::begin(tx, caps, wallet)?.admit(tx, entry, low, GivenBack::default())
}

/// What counts against the caps while one transaction books many jobs: read from the ledger once, then
/// counted on with each job that is let in.
#[derive(Debug)]
pub struct Tally<'a> {
    caps: &'a Caps,
    wallet: Option<Usd>,
    held: Usd,
    /// Charges of the day and of the month; nothing where no cap asks for them.
    charged_today: Usd,
    charged_this_month: Usd,
    /// What counts against the budgets that were asked for.
    projects: BTreeMap<String, Usd>,
}

impl<'a> Tally<'a> {
    /// As the ledger has it now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin(tx: &Transaction<'_>, caps: &'a Caps, wallet: Option<Usd>) -> Result<Self, StoreError> {
        let since = |cap: Option<Usd>, start| match cap {
            Some(_) => charged_since(tx, start),
            None => Ok(Usd::ZERO),
        };
        Ok(Self {
            caps,
            wallet,
            held: held(tx)?,
            charged_today: since(caps.per_day, caps.day_start)?,
            charged_this_month: since(caps.per_month, caps.month_start)?,
            projects: BTreeMap::new(),
        })
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
        let overshot = self.judge(tx, entry.amount, low, Some(entry.project), again)?;
        self.held += entry.amount;
        if let Some(used) = self.projects.get_mut(entry.project) {
            *used += entry.amount;
        }
        Ok(overshot)
    }

    fn judge(
        &mut self,
        tx: &Transaction<'_>,
        asked: Usd,
        low: Usd,
        project: Option<&str>,
        again: GivenBack,
    ) -> Result<Vec<CapState>, Refusal> {
        let mut overshot = Vec::new();
        for mut state in self.states(tx, project)? {
            state.used -= match state.kind {
                CapKind::Job => Usd::ZERO,
                CapKind::Day | CapKind::Month => again.in_all,
                CapKind::Project(_) => again.of_project,
            };
            if state.used + asked <= state.cap {
                continue;
            }
            match state.action {
                CapAction::Refuse => return Err(refusal(&state, asked)),
                CapAction::Warn => overshot.push(state),
            }
        }
        if let Some(balance) = self.wallet {
            let free = balance + again.in_all - self.held;
            if free < low {
                return Err(Refusal::WalletTooSmall { asked: low, free: free.max(Usd::ZERO), missing: low - free });
            }
        }
        Ok(overshot)
    }

    /// How the caps stand that bind a job of this project.
    fn states(&mut self, tx: &Transaction<'_>, project: Option<&str>) -> Result<Vec<CapState>, StoreError> {
        let caps = self.caps;
        let mut states = Vec::new();
        if let Some(cap) = caps.per_job {
            states.push(CapState { kind: CapKind::Job, cap, used: Usd::ZERO, action: caps.job_action });
        }
        if let Some(cap) = caps.per_day {
            let used = self.charged_today + self.held;
            states.push(CapState { kind: CapKind::Day, cap, used, action: caps.day_action });
        }
        if let Some(cap) = caps.per_month {
            let used = self.charged_this_month + self.held;
            states.push(CapState { kind: CapKind::Month, cap, used, action: caps.month_action });
        }
        if let Some(budget) = project.and_then(|project| caps.budget(project)) {
            let used = match self.projects.get(&budget.project) {
                Some(used) => *used,
                None => {
                    let charged = charged_since_for(tx, caps.month_start, &budget.project)?;
                    let used = charged + held_for(tx, &budget.project)?;
                    self.projects.insert(budget.project.clone(), used);
                    used
                }
            };
            let kind = CapKind::Project(budget.project.clone());
            states.push(CapState { kind, cap: budget.per_month, used, action: budget.action });
        }
        Ok(states)
    }
}

fn refusal(state: &CapState, asked: Usd) -> Refusal {
    let (cap, used, left) = (state.cap, state.used, state.left());
    match &state.kind {
        CapKind::Job => Refusal::JobCap { asked, cap },
        CapKind::Day => Refusal::DayCap { asked, cap, used, left },
        CapKind::Month => Refusal::MonthCap { asked, cap, used, left },
        CapKind::Project(project) => Refusal::ProjectCap { project: project.clone(), asked, cap, used, left },
    }
}
