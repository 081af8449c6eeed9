//! Rates inferred from the wallet: what it paid for jobs that were alone under way. Pure.

use rust_decimal::Decimal;

use super::reconcile::is_measuring_error;
use super::types::{Drift, Evidence, LedgerRow, Rounding, RoundingFound};
use crate::draft::Product;
use crate::money::Usd;
use crate::pricing::{RateCard, Service, Unit};

/// Jobs that have to say the same.
const ENOUGH: usize = 3;
/// Jobs that are looked at: what was before may have been another rate.
const NEWEST: usize = 12;
/// Decimals a rate is looked for with.
const MOST_DECIMALS: u32 = 6;

/// One job that was alone under way between two readings.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    pub(super) product: Product,
    pub(super) service: Option<Service>,
    pub(super) unit: Unit,
    pub(super) card_rate: Usd,
    pub(super) evidence: Evidence,
}

impl Observed {
    pub(super) fn new(row: &LedgerRow, product: Product, service: Option<Service>, evidence: Evidence) -> Option<Self> {
        let counted = row.counted?;
        // How long a session lasted is measured here: a small difference says nothing about its rate.
        if product == Product::Realtime && is_measuring_error(evidence.taken - evidence.booked, counted.rate) {
            return None;
        }
        (counted.rate > Usd::ZERO && counted.quantity > Decimal::ZERO).then_some(Self {
            product,
            service,
            unit: counted.unit,
            card_rate: counted.rate,
            evidence,
        })
    }

    /// The quantity as a rule counts it, in units.
    fn counted(&self, rounding: Rounding) -> Decimal {
        let per_unit = match self.unit {
            Unit::Second => Decimal::ONE,
            Unit::Minute => Decimal::from(60),
            Unit::Video | Unit::Clip | Unit::Call => return self.evidence.quantity,
        };
        let seconds = self.evidence.quantity * per_unit;
        let whole = match rounding {
            Rounding::Fraction => return self.evidence.quantity,
            Rounding::Second => seconds.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero),
            Rounding::StartedSecond => seconds.ceil(),
        };
        whole / per_unit
    }

    /// Rates at which a rule gives what was taken.
    fn rates(&self, rounding: Rounding, slack: Decimal) -> Option<(Decimal, Decimal)> {
        let quantity = self.counted(rounding);
        let taken = self.evidence.taken.0;
        (quantity > Decimal::ZERO)
            .then(|| Some(((taken - slack).checked_div(quantity)?, (taken + slack).checked_div(quantity)?)))?
    }

    /// Above (1) or below (-1) everything that the card's rate gives, however lengths are counted.
    fn direction(&self, slack: Decimal) -> i8 {
        let booked = Rounding::ALL.map(|rounding| self.counted(rounding) * self.card_rate.0);
        let taken = self.evidence.taken.0;
        if booked.iter().all(|booked| taken > booked + slack) {
            1
        } else if booked.iter().all(|booked| taken < booked - slack) {
            -1
        } else {
            0
        }
    }
}

/// Rates that the wallet contradicts, and how lengths turned out to be counted. `observed` is oldest
/// first; `slack` is how far a movement of the wallet may be off by its own rounding.
pub(super) fn infer(observed: &[Observed], slack: Usd, card: &RateCard) -> (Vec<Drift>, Vec<RoundingFound>) {
    let mut groups: Vec<Vec<&Observed>> = Vec::new();
    for one in observed.iter().rev() {
        let same = |other: &&Observed| {
            (other.product, other.service, other.unit, other.card_rate)
                == (one.product, one.service, one.unit, one.card_rate)
        };
        match groups.iter_mut().find(|group| group.first().is_some_and(same)) {
            Some(group) if group.len() < NEWEST => group.push(one),
            Some(_) => {}
            None => groups.push(vec![one]),
        }
    }
    let drifts = groups.iter().filter_map(|group| drift(group, slack.0, card)).collect();
    let roundings = groups.iter().filter_map(|group| rounding(group, slack.0)).collect();
    (drifts, roundings)
}

/// Newest first: the jobs since the rate changed are those that are off in the same direction.
fn drift(group: &[&Observed], slack: Decimal, card: &RateCard) -> Option<Drift> {
    let first = group.first()?;
    let direction = first.direction(slack);
    let off: Vec<&Observed> =
        group.iter().copied().take_while(|one| direction != 0 && one.direction(slack) == direction).collect();
    if off.len() < ENOUGH {
        return None;
    }
    let fitting = Rounding::ALL.into_iter().filter_map(|rounding| {
        let (low, high) = common(&off, rounding, slack)?;
        Some((rounding, plainest(low, high)?))
    });
    let found = fitting.min_by_key(|(_, rate)| rate.scale());
    let inferred_rate = match found {
        Some((_, rate)) => Usd(rate),
        None => Usd(median(&off)?.round_dp(MOST_DECIMALS).normalize()),
    };
    let known = first.service.and_then(|service| card.rate(service));
    // The person's card says so already.
    if known.is_some_and(|rate| rate.amount == inferred_rate) {
        return None;
    }
    let counts_time = matches!(first.unit, Unit::Second | Unit::Minute);
    Some(Drift {
        product: first.product,
        service: first.service,
        unit: first.unit,
        card_rate: first.card_rate,
        inferred_rate,
        rounding: found.map(|(rounding, _)| rounding).filter(|_| counts_time),
        evidence: off.iter().map(|one| one.evidence.clone()).collect(),
    })
}

/// The one rule that fits all of these jobs at the card's rate.
fn rounding(group: &[&Observed], slack: Decimal) -> Option<RoundingFound> {
    let first = group.first()?;
    if group.len() < ENOUGH || !matches!(first.unit, Unit::Second | Unit::Minute) {
        return None;
    }
    let fits = |rounding: &Rounding| {
        common(group, *rounding, slack).is_some_and(|(low, high)| (low..=high).contains(&first.card_rate.0))
    };
    let mut fitting = Rounding::ALL.into_iter().filter(fits);
    let only = fitting.next()?;
    fitting.next().is_none().then_some(RoundingFound {
        product: first.product,
        service: first.service,
        rounding: only,
        jobs: group.len(),
    })
}

/// Rates at which a rule gives what was taken for every one of them.
fn common(group: &[&Observed], rounding: Rounding, slack: Decimal) -> Option<(Decimal, Decimal)> {
    let (mut low, mut high) = (Decimal::ZERO, Decimal::MAX);
    for one in group {
        let (least, most) = one.rates(rounding, slack)?;
        (low, high) = (low.max(least), high.min(most));
    }
    (low <= high && high > Decimal::ZERO).then_some((low, high))
}

/// The number with the fewest decimals between two.
fn plainest(low: Decimal, high: Decimal) -> Option<Decimal> {
    (0..=MOST_DECIMALS).find_map(|decimals| {
        let rate = low.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::ToPositiveInfinity);
        (rate <= high && rate > Decimal::ZERO).then(|| rate.normalize())
    })
}

fn median(group: &[&Observed]) -> Option<Decimal> {
    let mut rates: Vec<Decimal> =
        group.iter().filter_map(|one| one.evidence.taken.0.checked_div(one.evidence.quantity)).collect();
    rates.sort_unstable();
    rates.get(rates.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::types::JobId;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    /// Jobs as (seconds, dollars taken), oldest first, at a card rate of 0.05 a second.
    fn of(jobs: &[(&str, &str)]) -> Vec<Observed> {
        let card_rate = Usd::parse("0.05").unwrap();
        let observed = |(at, (seconds, taken)): (i64, &(&str, &str))| Observed {
            product: Product::VideoAgent,
            service: Some(Service::VideoAgent),
            unit: Unit::Second,
            card_rate,
            evidence: Evidence {
                job: JobId(uuid::Uuid::nil()),
                title: "Welcome".into(),
                at,
                quantity: decimal(seconds),
                booked: card_rate * decimal(seconds),
                taken: Usd(decimal(taken)),
            },
        };
        (0..).zip(jobs).map(observed).collect()
    }

    #[track_caller]
    fn check(
        jobs: &[(&str, &str)],
        slack: &str,
        drift: Option<(&str, Option<Rounding>, usize)>,
        rule: Option<Rounding>,
    ) {
        let (drifts, rules) = infer(&of(jobs), Usd(decimal(slack)), &RateCard::built_in());
        let found = drifts.first().map(|drift| (drift.inferred_rate.exact(), drift.rounding, drift.evidence.len()));
        assert_eq!(found, drift.map(|(rate, rule, jobs)| (rate.to_owned(), rule, jobs)));
        assert_eq!(rules.first().map(|found| found.rounding), rule);
    }

    #[test]
    fn three_jobs_in_the_same_direction_are_a_new_rate() {
        let risen = [("10.4", "0.624"), ("20.2", "1.212"), ("30.9", "1.854")];
        check(&risen, "0", Some(("0.06", Some(Rounding::Fraction), 3)), None);
        check(&risen[..2], "0", None, None);
        // To whole cents only: still the plainest rate.
        check(
            &[("10.4", "0.62"), ("20.2", "1.21"), ("30.9", "1.85")],
            "0.01",
            Some(("0.06", Some(Rounding::Fraction), 3)),
            None,
        );
        check(
            &[("10.4", "0.416"), ("20.2", "0.808"), ("30.9", "1.236")],
            "0",
            Some(("0.04", Some(Rounding::Fraction), 3)),
            None,
        );
        // Other numbers of seconds on the way: nothing fits all, the middle rate is taken.
        check(&[("10", "0.7"), ("10", "0.8"), ("10", "0.9")], "0", Some(("0.08", None, 3)), None);
    }

    #[test]
    fn jobs_in_both_directions_or_before_the_change_say_nothing() {
        check(&[("10", "0.6"), ("10", "0.4"), ("10", "0.6")], "0", None, None);
        let changed = [("10.5", "0.525"), ("10.5", "0.63"), ("20.5", "1.23"), ("30.5", "1.83")];
        check(&changed, "0", Some(("0.06", Some(Rounding::Fraction), 3)), None);
    }

    #[test]
    fn counting_whole_seconds_is_no_new_rate() {
        check(&[("10.4", "0.55"), ("20.2", "1.05"), ("30.9", "1.55")], "0", None, Some(Rounding::StartedSecond));
        check(&[("10.4", "0.5"), ("20.6", "1.05"), ("30.9", "1.55")], "0", None, Some(Rounding::Second));
        check(&[("10.4", "0.52"), ("20.6", "1.03"), ("30.9", "1.545")], "0", None, Some(Rounding::Fraction));
        // Whole seconds cannot tell the rules apart.
        check(&[("10", "0.5"), ("20", "1"), ("30", "1.5")], "0", None, None);
        // A new rate and started seconds at once.
        check(
            &[("10.4", "0.66"), ("20.2", "1.26"), ("30.9", "1.86")],
            "0",
            Some(("0.06", Some(Rounding::StartedSecond), 3)),
            None,
        );
    }
}
