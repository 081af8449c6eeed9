//! Whether the money there is covers what is to be made: the one rule by which a job is booked, and by
//! which the window says beforehand whether it would be. Pure.

use rust_decimal::prelude::ToPrimitive as _;

use super::{CapKind, CapState, GivenBack};
use crate::money::Usd;
use crate::pricing::Span;
use crate::settings::CapAction;

/// What jobs are paid from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// The wallet without its holds; `None` where it limits nothing: not known, or it fills itself up.
    pub free: Option<Usd>,
    /// Every cap that is set, as it stands.
    pub caps: Vec<CapState>,
}

/// What would not cover a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Short {
    Wallet,
    Cap(CapKind),
}

/// Whether a job can be paid behind those before it that can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    Covered,
    /// It would be made, but a cap that only warns is overshot.
    Warned(CapKind),
    /// It would be refused, and this much more would be needed.
    Short(Short, Usd),
}

/// A job that is to be made: what it is booked to and what it costs.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub project: &'a str,
    pub span: Span<Usd>,
}

/// Why a job cannot be paid: as it stands when it is its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// A cap that refuses.
    Cap(CapState),
    /// The wallet has only this free, which is less than the low end.
    Wallet { free: Usd },
}

impl Limits {
    /// Whether a job can be paid. A cap has to have room for its high end behind all that is charged and held,
    /// the wallet for its low end; `again` of what is held is given back for it. What sets nothing aside is
    /// never refused. Returns the caps that only warn and would be overshot, as they stand without it.
    ///
    /// # Errors
    /// [`Denied`]: the first that does not cover it.
    pub fn judge(&self, asked: &Asked<'_>, again: GivenBack) -> Result<Vec<CapState>, Denied> {
        let Span { low, high, .. } = asked.span;
        let mut overshot = Vec::new();
        if high <= Usd::ZERO {
            return Ok(overshot);
        }
        for cap in self.caps.iter().filter(|cap| cap.binds(asked.project)) {
            let stands = cap.without(again);
            if stands.used + high <= stands.cap {
                continue;
            }
            match stands.action {
                CapAction::Refuse => return Err(Denied::Cap(stands)),
                CapAction::Warn => overshot.push(stands),
            }
        }
        match self.free.map(|free| free + again.in_all) {
            Some(free) if free < low => Err(Denied::Wallet { free }),
            _ => Ok(overshot),
        }
    }

    /// Judges jobs that are booked together, so many of each: the first that is refused refuses all, with the
    /// others before it counted.
    ///
    /// # Errors
    /// As [`Limits::judge`].
    pub fn judge_all<'a>(
        &self,
        jobs: impl IntoIterator<Item = (Asked<'a>, u32)>,
        again: GivenBack,
    ) -> Result<Vec<CapState>, Denied> {
        let mut before = self.clone();
        let mut warned: Vec<CapState> = Vec::new();
        for (asked, jobs) in jobs {
            // Those that surely fit need no judging one by one: there may be hundreds. Whatever is overshot once
            // stays so: the last of them says it for all.
            let sure = before.surely(&asked).min(jobs.saturating_sub(1));
            before.count(&asked, sure);
            let mut overshot = Vec::new();
            for _ in sure..jobs {
                overshot = before.judge(&asked, again)?;
                before.count(&asked, 1);
            }
            warned.retain(|known| overshot.iter().all(|cap| cap.kind != known.kind));
            warned.extend(overshot);
        }
        Ok(warned)
    }

    /// Counts a job that is let in.
    pub fn take(&mut self, asked: &Asked<'_>) {
        self.count(asked, 1);
    }

    fn count(&mut self, asked: &Asked<'_>, jobs: u32) {
        let whole = asked.span.high * jobs.into();
        self.free = self.free.map(|free| free - whole);
        for cap in self.caps.iter_mut().filter(|cap| cap.kind != CapKind::Job && cap.binds(asked.project)) {
            cap.used += whole;
        }
    }

    /// How many such jobs have room at least, before anything refuses one.
    fn surely(&self, asked: &Asked<'_>) -> u32 {
        let high = asked.span.high;
        let room = |room: Usd| room.0.checked_div(high.0).and_then(|jobs| jobs.floor().to_u32()).unwrap_or(0);
        let binding = self.caps.iter().filter(|cap| cap.action == CapAction::Refuse && cap.binds(asked.project));
        let caps = binding.map(|cap| match cap.kind {
            CapKind::Job if high <= cap.cap => u32::MAX,
            CapKind::Job => 0,
            CapKind::Day | CapKind::Month | CapKind::Project(_) => room(cap.left()),
        });
        let wallet = self.free.map(|free| room(free.max(Usd::ZERO)));
        caps.chain(wallet).min().unwrap_or(u32::MAX)
    }
}

/// Which jobs the wallet and the caps cover, in order. Judges as the submission will. A job that is not
/// covered takes nothing from those behind it.
#[must_use]
pub fn cover<'a>(rows: impl IntoIterator<Item = Asked<'a>>, limits: &Limits) -> Vec<Coverage> {
    let mut left = limits.clone();
    let cover = |asked: Asked<'_>| match left.judge(&asked, GivenBack::default()) {
        Ok(overshot) => {
            left.take(&asked);
            overshot.into_iter().next().map_or(Coverage::Covered, |cap| Coverage::Warned(cap.kind))
        }
        Err(Denied::Cap(cap)) => {
            let missing = cap.used + asked.span.high - cap.cap;
            Coverage::Short(Short::Cap(cap.kind), missing)
        }
        Err(Denied::Wallet { free }) => Coverage::Short(Short::Wallet, asked.span.low - free),
    };
    rows.into_iter().map(cover).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_covered_in_order_as_a_submission_would_take_them() {
        let cents = Usd::from_cents;
        let row = |low, high, project| Asked {
            project,
            span: Span { low: cents(low), likely: cents(low), high: cents(high) },
        };
        let rows = [row(80, 100, "a"), row(80, 100, "b"), row(300, 400, ""), row(10, 20, "a")];
        let limits = |free: Option<i64>, caps: &[(CapKind, i64, i64, CapAction)]| Limits {
            free: free.map(cents),
            caps: caps
                .iter()
                .map(|(kind, cap, used, action)| CapState {
                    kind: kind.clone(),
                    cap: cents(*cap),
                    used: cents(*used),
                    action: *action,
                })
                .collect(),
        };
        use Coverage::{Covered, Warned};
        let wallet = |missing| Coverage::Short(Short::Wallet, cents(missing));
        let cap = |kind: &CapKind, missing| Coverage::Short(Short::Cap(kind.clone()), cents(missing));
        let covered = |limits: Limits| cover(rows, &limits);
        assert_eq!(covered(Limits::default()), [Covered, Covered, Covered, Covered]);
        // The wallet has to cover the low end behind what is held; a later, cheaper row may still fit.
        assert_eq!(covered(limits(Some(180), &[])), [Covered, Covered, wallet(320), wallet(30)]);
        assert_eq!(covered(limits(Some(210), &[])), [Covered, Covered, wallet(290), Covered]);
        assert_eq!(covered(limits(Some(0), &[]))[0], wallet(80));
        let (month, job) = (CapKind::Month, CapKind::Job);
        let refuse = CapAction::Refuse;
        assert_eq!(
            covered(limits(None, &[(month.clone(), 300, 50, refuse)])),
            [Covered, Covered, cap(&month, 350), Covered]
        );
        assert_eq!(
            covered(limits(None, &[(job.clone(), 100, 0, refuse)])),
            [Covered, Covered, cap(&job, 300), Covered]
        );
        let budget = CapKind::Project("a".to_owned());
        assert_eq!(
            covered(limits(None, &[(budget.clone(), 110, 0, refuse)])),
            [Covered, Covered, Covered, cap(&budget, 10)]
        );
        assert_eq!(
            covered(limits(None, &[(month.clone(), 150, 0, CapAction::Warn)])),
            [Covered, Warned(month.clone()), Warned(month.clone()), Warned(month)]
        );
    }
    #[test]
    fn several_jobs_alike_are_judged_as_one_after_the_other() {
        let cents = Usd::from_cents;
        let asked = Asked { project: "a", span: Span { low: cents(80), likely: cents(90), high: cents(100) } };
        let cap =
            |kind: CapKind, cap: i64, used: i64, action| CapState { kind, cap: cents(cap), used: cents(used), action };
        let caps = |day: i64, month: i64, budget: i64, action: CapAction| {
            vec![
                cap(CapKind::Job, 100, 0, CapAction::Refuse),
                cap(CapKind::Day, day, 35, action),
                cap(CapKind::Month, month, 60, CapAction::Refuse),
                cap(CapKind::Project("a".to_owned()), budget, 0, action),
                cap(CapKind::Project("b".to_owned()), 1, 0, CapAction::Refuse),
            ]
        };
        let again = GivenBack { in_all: cents(20), of_project: cents(10) };
        for jobs in [1, 2, 3, 7, 40] {
            for (day, month, budget) in
                [(500, 500, 500), (135, 900, 900), (334, 360, 299), (335, 340, 300), (9_999, 760, 699)]
            {
                for free in [None, Some(280), Some(279), Some(700), Some(-5)] {
                    for action in [CapAction::Refuse, CapAction::Warn] {
                        let limits = Limits { free: free.map(cents), caps: caps(day, month, budget, action) };
                        let mut one_by_one = limits.clone();
                        let mut last = Ok(Vec::new());
                        for _ in 0..jobs {
                            last = one_by_one.judge(&asked, again);
                            if last.is_err() {
                                break;
                            }
                            one_by_one.take(&asked);
                        }
                        let together = limits.judge_all([(asked, jobs)], again);
                        let kinds = |caps: Vec<CapState>| caps.into_iter().map(|cap| cap.kind).collect::<Vec<_>>();
                        assert_eq!(
                            together.clone().map(kinds),
                            last.clone().map(kinds),
                            "{jobs} {day} {month} {budget} {free:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_sets_nothing_aside_is_not_refused_by_what_is_used_up() {
        let zero = Span { low: Usd::ZERO, likely: Usd::ZERO, high: Usd::ZERO };
        let passed = CapState {
            kind: CapKind::Day,
            cap: Usd::from_cents(100),
            used: Usd::from_cents(101),
            action: CapAction::Refuse,
        };
        let limits = Limits { free: Some(Usd::from_cents(-1)), caps: vec![passed] };
        assert_eq!(cover([Asked { project: "", span: zero }], &limits), [Coverage::Covered]);
    }
}
