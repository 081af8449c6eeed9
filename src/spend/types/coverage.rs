//! Which of many jobs that are to be made the money will cover, before any of them is asked for.

use super::{CapKind, CapState};
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

/// Which jobs the wallet and the caps cover, in order. Judges as the submission will: a cap has to have
/// room for a job's high end behind all that is held, the wallet for its low end. A job that is not
/// covered takes nothing from those behind it.
#[must_use]
pub fn cover<'a>(rows: impl IntoIterator<Item = Asked<'a>>, limits: &Limits) -> Vec<Coverage> {
    let mut taken = Taken { whole: Usd::ZERO, caps: limits.caps.iter().map(|cap| (cap, cap.used)).collect() };
    rows.into_iter().map(|row| taken.take(row, limits.free)).collect()
}

/// What the jobs so far would hold.
struct Taken<'a> {
    whole: Usd,
    /// Each cap with what counts against it.
    caps: Vec<(&'a CapState, Usd)>,
}

impl Taken<'_> {
    fn take(&mut self, row: Asked<'_>, free: Option<Usd>) -> Coverage {
        let binds = |cap: &CapState| match &cap.kind {
            CapKind::Job | CapKind::Day | CapKind::Month => true,
            CapKind::Project(project) => project == row.project,
        };
        let mut warned = None;
        for (cap, used) in self.caps.iter().filter(|(cap, _)| binds(cap)) {
            let missing = *used + row.span.high - cap.cap;
            if missing > Usd::ZERO {
                match cap.action {
                    CapAction::Refuse => return Coverage::Short(Short::Cap(cap.kind.clone()), missing),
                    CapAction::Warn => warned = warned.or(Some(cap.kind.clone())),
                }
            }
        }
        if let Some(free) = free {
            let missing = self.whole + row.span.low - free;
            if missing > Usd::ZERO {
                return Coverage::Short(Short::Wallet, missing);
            }
        }
        self.whole += row.span.high;
        for (_, used) in self.caps.iter_mut().filter(|(cap, _)| binds(cap) && cap.kind != CapKind::Job) {
            *used += row.span.high;
        }
        warned.map_or(Coverage::Covered, Coverage::Warned)
    }
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
}
