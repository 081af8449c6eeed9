//! A table in figures: what is ready and costs what, what is wrong, what is covered, what became of the rest.

use std::collections::HashMap;

use super::Sheet;
use crate::batch::sum;
use crate::jobs::types::{JobState, Progress};
use crate::money::Usd;
use crate::pricing::Span;
use crate::spend::types::{Asked, CapKind, Coverage, Short, cover};

/// The whole table in figures.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Rows that are wanted and can be made.
    pub ready: usize,
    /// What those cost together.
    pub total: Span<Usd>,
    /// Rows with a problem that are not made.
    pub with_problems: usize,
    /// What is wrong with them, the same with several as one.
    pub problems: Vec<ProblemGroup>,
    /// Rows that are wanted and have no price.
    pub unpriced: usize,
    /// Of the rows that are ready; `None` for the others.
    pub coverage: Vec<Option<Coverage>>,
    /// What is not covered: by what, how many rows, and what they need.
    pub short: Vec<(Short, usize, Usd)>,
    /// Caps that only warn, and the rows that overshoot them.
    pub warned: Vec<(CapKind, usize)>,
    /// Rows that are ready although their text and their voice are of two languages: how many, and the first.
    pub foreign: usize,
    pub first_foreign: Option<usize>,
    /// What the rows that are ready are booked to, and how many rows each; empty is no project.
    pub projects: Vec<(String, usize)>,
    /// Rows that could be made now, wanted or not.
    pub can: usize,
    /// Rows that became jobs.
    pub made: usize,
    pub done: usize,
    pub failed: usize,
    /// They wait for the person.
    pub asking: usize,
    /// They can still be cancelled for nothing.
    pub waiting: usize,
    pub charged: Usd,
    pub held: Usd,
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            ready: 0,
            total: Span::exact(Usd::ZERO),
            with_problems: 0,
            problems: Vec::new(),
            unpriced: 0,
            coverage: Vec::new(),
            short: Vec::new(),
            warned: Vec::new(),
            foreign: 0,
            first_foreign: None,
            projects: Vec::new(),
            can: 0,
            made: 0,
            done: 0,
            failed: 0,
            asking: 0,
            waiting: 0,
            charged: Usd::ZERO,
            held: Usd::ZERO,
        }
    }
}

/// The same problem in one row or in several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemGroup {
    /// Which cell it is in: "look"; empty where it is the row's own.
    pub cell: String,
    pub message: String,
    /// The first rows that have it, by their places.
    pub places: Vec<usize>,
    /// All rows that have it.
    pub rows: usize,
}
impl Sheet {
    pub(super) fn sum_up(&mut self) {
        self.is_summed = true;
        let ready = self.ready();
        let spans: Vec<(usize, Asked<'_>)> = ready
            .iter()
            .filter_map(|place| {
                let entry = self.entries.get(*place)?;
                Some((*place, Asked { project: &entry.project, span: entry.span()? }))
            })
            .collect();
        let mut summary = Summary {
            ready: spans.len(),
            total: sum(spans.iter().map(|(_, asked)| asked.span)),
            coverage: vec![None; self.entries.len()],
            ..Summary::default()
        };
        let found = cover(spans.iter().map(|(_, asked)| *asked), &self.limits);
        for ((place, asked), coverage) in spans.iter().zip(found) {
            match &coverage {
                Coverage::Covered => {}
                Coverage::Warned(kind) => match summary.warned.iter_mut().find(|(known, _)| known == kind) {
                    Some((_, rows)) => *rows += 1,
                    None => summary.warned.push((kind.clone(), 1)),
                },
                Coverage::Short(by, _) => {
                    // The wallet has to hold the low end, a cap the high one.
                    let needs = if *by == Short::Wallet { asked.span.low } else { asked.span.high };
                    match summary.short.iter_mut().find(|(known, _, _)| known == by) {
                        Some((_, rows, amount)) => {
                            *rows += 1;
                            *amount += needs;
                        }
                        None => summary.short.push((by.clone(), 1, needs)),
                    }
                }
            }
            if let Some(slot) = summary.coverage.get_mut(*place) {
                *slot = Some(coverage);
            }
        }
        for (place, asked) in &spans {
            match summary.projects.iter_mut().find(|(known, _)| known == asked.project.trim()) {
                Some((_, rows)) => *rows += 1,
                None => summary.projects.push((asked.project.trim().to_owned(), 1)),
            }
            if self.entries.get(*place).is_some_and(|entry| entry.foreign.is_some()) {
                summary.foreign += 1;
                summary.first_foreign.get_or_insert(*place);
            }
        }
        for (place, entry) in self.entries.iter().enumerate() {
            summary.can += usize::from(self.can_be_made(place));
            let is_made = self.is_made(place);
            summary.with_problems += usize::from(!is_made && !entry.problems.is_empty());
            let is_unpriced = entry.priced.as_ref().is_some_and(|priced| priced.total.is_err());
            let is_picked = self.picked.get(place).copied().unwrap_or_default();
            summary.unpriced += usize::from(!is_made && is_picked && is_unpriced);
            summary.made += usize::from(matches!(self.jobs.get(place), Some(Some(_))));
            let Some(job) = self.job(place) else { continue };
            summary.done += usize::from(job.state == JobState::Done);
            summary.failed += usize::from(matches!(job.state, JobState::Failed | JobState::Cancelled));
            let asks = job.state == JobState::OutcomeUnknown || job.progress == Progress::NeedsPerson;
            summary.asking += usize::from(asks);
            summary.waiting += usize::from(job.state.is_cancellable());
            summary.charged += job.charge.unwrap_or(Usd::ZERO);
            summary.held += job.hold;
        }
        summary.problems = self.problem_groups();
        self.summary = summary;
    }

    fn problem_groups(&self) -> Vec<ProblemGroup> {
        /// More are not listed one by one; the table has them.
        const MOST_GROUPS: usize = 40;
        const MOST_PLACES: usize = 3;
        let mut groups: Vec<ProblemGroup> = Vec::new();
        let mut known: HashMap<(&str, &str), usize> = HashMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if entry.problems.is_empty() || self.is_made(place) {
                continue;
            }
            for problem in &entry.problems {
                let column = problem.column.and_then(|column| self.table.columns.get(column)).map(String::as_str);
                let cell =
                    column.or(problem.setting.map(|setting| setting.name_on(self.product()))).unwrap_or_default();
                let index = *known.entry((cell, &problem.message)).or_insert(groups.len());
                if index == groups.len() {
                    let (cell, message) = (cell.to_owned(), problem.message.clone());
                    groups.push(ProblemGroup { cell, message, places: Vec::new(), rows: 0 });
                }
                if let Some(group) = groups.get_mut(index) {
                    group.rows += 1;
                    if group.places.len() < MOST_PLACES {
                        group.places.push(place);
                    }
                }
            }
            if groups.len() > MOST_GROUPS {
                break;
            }
        }
        groups
    }
}
