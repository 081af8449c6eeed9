//! Reconciliation: every movement of the wallet against the ledger, reading by reading. Pure.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::types::{BookedJob, Cause, CauseKind, EntryKind, LedgerRow, LedgerTable, Reading, Reconciliation, TopUp};
use crate::account::AutoReload;
use crate::draft::Product;
use crate::jobs::types::JobState;
use crate::money::Usd;

/// Less than this is no top-up.
const LEAST_TOP_UP: Usd = Usd(Decimal::from_parts(5, 0, 0, false, 0));
/// Round amounts that people top up by, tried in this order where something else moved as well.
const ROUND: [Decimal; 3] =
    [Decimal::ONE, Decimal::from_parts(5, 0, 0, false, 0), Decimal::from_parts(10, 0, 0, false, 0)];
/// Seconds that a session's length is known to.
const MEASURING_ERROR: Decimal = Decimal::TWO;
/// Jobs among which a movement is searched: HeyGen runs no more than ten at once.
const MOST_AT_ONCE: usize = 12;

/// The stretch between two neighbouring readings.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) money: Reconciliation,
    /// The only job that was under way in it, where HeyGen can have taken nothing for another.
    pub(super) alone: Option<Alone>,
    /// Places of the ledger's rows in it.
    pub(super) rows: std::ops::Range<usize>,
}

/// What the wallet paid for one job.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alone {
    /// The charge's place among the ledger's rows.
    pub(super) charge: usize,
    pub(super) taken: Usd,
}

/// Every stretch between two readings, oldest first.
pub(super) fn stretches(table: &LedgerTable, readings: &[Reading], auto_reload: Option<&AutoReload>) -> Vec<Stretch> {
    let mut walk = Walk::new(table, readings, auto_reload);
    let mut done = Vec::with_capacity(readings.len().saturating_sub(1));
    for place in 1..readings.len() {
        let Some(stretch) = walk.step(place, &mut done) else { break };
        done.push(stretch);
    }
    done
}

/// A failed job that money is missing for.
struct Pending {
    job: u32,
    amount: Usd,
    /// The stretch in which it went.
    stretch: usize,
}

struct Walk<'a> {
    table: &'a LedgerTable,
    readings: &'a [Reading],
    reload: Option<Usd>,
    /// For each reading, how many rows of the ledger lie before it.
    cuts: Vec<usize>,
    /// Where each job's charge stands.
    charge_of: HashMap<u32, usize>,
    /// Jobs that left, with the place of their first row and the second they left in, by that place;
    /// and how many of them are taken up. Rows have an order that no clock can upset.
    sent: Vec<(usize, i64, u32)>,
    taken_up: usize,
    /// Jobs that are booked and have not left yet.
    waiting: Vec<(i64, u32)>,
    /// Jobs that may be under way at HeyGen.
    active: Vec<u32>,
    /// Charges that HeyGen took before the ledger did.
    early: HashSet<u32>,
    /// Charges that HeyGen has still to take.
    late: Usd,
    pending: Vec<Pending>,
}

impl<'a> Walk<'a> {
    fn new(table: &'a LedgerTable, readings: &'a [Reading], auto_reload: Option<&AutoReload>) -> Self {
        let rows = table.rows();
        let mut newest = 0;
        let cuts = readings
            .iter()
            .map(|reading| {
                newest = newest.max(match reading.ledger_seq {
                    Some(seq) => rows.partition_point(|row| row.seq <= seq),
                    None => rows.partition_point(|row| row.at <= reading.at),
                });
                newest
            })
            .collect();
        let charges = rows.iter().enumerate().filter(|(_, row)| row.kind == EntryKind::Charge);
        let mut sent: Vec<(usize, i64, u32)> = Vec::new();
        let mut is_listed = vec![false; table.jobs().len()];
        for (place, row) in rows.iter().enumerate() {
            let Some(listed) = is_listed.get_mut(row.job as usize).filter(|listed| !**listed) else { continue };
            *listed = true;
            sent.extend(table.job(row).and_then(|job| Some((place, job.sent_at?, row.job))));
        }
        Self {
            table,
            readings,
            reload: auto_reload
                .filter(|reload| reload.enabled)
                .and_then(|reload| reload.amount)
                .filter(|amount| *amount > Usd::ZERO),
            cuts,
            charge_of: charges.map(|(place, row)| (row.job, place)).collect(),
            sent,
            taken_up: 0,
            waiting: Vec::new(),
            active: Vec::new(),
            early: HashSet::new(),
            late: Usd::ZERO,
            pending: Vec::new(),
        }
    }

    fn job(&self, place: u32) -> Option<&'a BookedJob> {
        self.table.jobs().get(place as usize)
    }

    fn row(&self, place: usize) -> Option<&'a LedgerRow> {
        self.table.rows().get(place)
    }

    fn step(&mut self, place: usize, done: &mut [Stretch]) -> Option<Stretch> {
        let (opening, closing) = (self.readings.get(place - 1)?, self.readings.get(place)?);
        let rows = *self.cuts.get(place - 1)?..*self.cuts.get(place)?;
        let (from, to) = (opening.seen_until.min(closing.at), closing.at);
        while let Some((_, at, job)) = self.sent.get(self.taken_up).filter(|(first, ..)| *first < rows.end) {
            self.waiting.push((*at, *job));
            self.taken_up += 1;
        }
        self.active.extend(self.waiting.extract_if(.., |(at, _)| *at <= to).map(|(_, job)| job));
        let (table, charge_of) = (self.table, &self.charge_of);
        self.active.retain(|job| {
            let ended = table.jobs().get(*job as usize).and_then(|job| job.ended_at);
            // A charge that is booked behind the opening reading keeps its job, whatever the seconds say.
            ended.is_none_or(|ended| ended >= from) || charge_of.get(job).is_some_and(|charge| *charge >= rows.start)
        });
        let charged: Vec<usize> =
            rows.clone().filter(|row| self.row(*row).is_some_and(|row| row.kind == EntryKind::Charge)).collect();
        let amount = |row: &usize| self.row(*row).map_or(Usd::ZERO, |row| row.amount);
        let charges = charged.iter().map(amount).sum();
        let is_early = |row: &&usize| self.row(**row).is_some_and(|row| self.early.contains(&row.job));
        let before: Usd = charged.iter().filter(is_early).map(amount).sum();
        let carried = self.early.is_empty() && self.late.is_zero();
        let due = std::mem::take(&mut self.late);
        let mut money = Reconciliation {
            from,
            to,
            opening: opening.balance,
            closing: closing.balance,
            charges,
            timing: before - due,
            ..Reconciliation::default()
        };
        let rest = money.closing - money.sum();
        if closing.is_of_another_key {
            // Two wallets: what one has more than the other came and went nowhere.
            money.other_key = rest;
            self.pending.clear();
        } else {
            money.remainder = rest;
            self.explain(&mut money, &charged, rows.end, place, done);
        }
        for row in &charged {
            if let Some(row) = self.row(*row) {
                self.early.remove(&row.job);
            }
        }
        let alone = match (self.active.as_slice(), charged.as_slice()) {
            ([job], [charge])
                if carried
                    && !closing.is_of_another_key
                    && money.timing.is_zero()
                    && self.row(*charge).is_some_and(|row| row.job == *job) =>
            {
                let taken = money.opening + money.topped_up() + money.failed - money.closing;
                money.top_ups.iter().all(|top_up| top_up.certain).then_some(Alone { charge: *charge, taken })
            }
            _ => None,
        };
        Some(Stretch { money, alone, rows })
    }

    /// Finds what is behind a remainder, and takes out of it what is certain.
    fn explain(
        &mut self,
        money: &mut Reconciliation,
        charged: &[usize],
        end: usize,
        place: usize,
        done: &mut [Stretch],
    ) {
        if money.remainder > Usd::ZERO {
            self.explain_credit(money, charged, end, place, done);
        }
        if money.remainder.is_negative() {
            self.explain_missing(money, charged, end, place);
        }
    }

    fn explain_credit(
        &mut self,
        money: &mut Reconciliation,
        charged: &[usize],
        end: usize,
        place: usize,
        done: &mut [Stretch],
    ) {
        let credit = money.remainder;
        let newest = charged.iter().rev().take(MOST_AT_ONCE);
        let here: Vec<(u32, Usd)> = newest.filter_map(|row| self.row(*row)).map(|row| (row.job, row.amount)).collect();
        if let Some(found) = subset(&here, credit).filter(|_| self.is_taken_next(place, credit)) {
            self.late = credit;
            money.timing += credit;
            money.remainder = Usd::ZERO;
            for (job, amount) in found {
                let job = self.job(job);
                let title = job.map_or("", |job| &job.title);
                let words = format!("HeyGen took the {amount} for “{title}” after this reading.");
                money.causes.push(cause(CauseKind::TakenLater, amount, job, words));
            }
            return;
        }
        if let Some(found) = self.measured(charged, -credit) {
            return money.causes.push(found);
        }
        let round = ROUND.iter().filter(|_| credit >= LEAST_TOP_UP).map(|step| (*step, false));
        if let Some(found) = self.pending.iter().position(|pending| pending.amount == credit) {
            let Pending { job, amount, stretch } = self.pending.swap_remove(found);
            (money.failed, money.remainder) = (money.failed + amount, Usd::ZERO);
            let job = self.job(job);
            if let Some(earlier) = done.get_mut(stretch).map(|stretch| &mut stretch.money) {
                earlier.failed -= amount;
                earlier.remainder += amount;
                earlier
                    .causes
                    .retain(|cause| cause.kind != CauseKind::RefundNotSeen || cause.job != job.map(|job| job.id));
            }
            let title = job.map_or("", |job| &job.title);
            let words = format!("“{title}” failed, and the {amount} it took came back.");
            money.causes.push(cause(CauseKind::RefundSeen, amount, job, words));
            return;
        }
        if let Some(reload) = self.reload
            && (credit.0 % reload.0).is_zero()
        {
            top_up(money, credit, true, true);
            return;
        }
        if credit >= LEAST_TOP_UP && credit.0.fract().is_zero() {
            top_up(money, credit, false, true);
            return;
        }
        // A few dollars beside a reload of a hundred are no reload.
        let amounts: Vec<(Usd, bool)> = self
            .reload
            .filter(|reload| credit + credit >= *reload)
            .map(|reload| (reload.0, true))
            .into_iter()
            .chain(round)
            .map(|(step, auto)| (Usd((credit.0 / step).ceil() * step), auto))
            .collect();
        let ahead = self.ahead(end);
        let explained = amounts.iter().find(|(amount, _)| subset(&ahead, *amount - credit).is_some());
        // With nothing to tell them apart, five dollars is the step that people top up by.
        let likely = amounts.iter().find(|(_, auto)| *auto).or_else(|| amounts.get(1));
        if let Some((amount, auto)) = explained.or(likely) {
            top_up(money, *amount, *auto, explained.is_some());
            return;
        }
        let words = match self.rate_words(charged, -credit) {
            Some(words) => return money.causes.push(cause(CauseKind::RateChanged, credit, None, words)),
            None => format!(
                "{credit} came into the wallet. It is too little for a top-up and belongs to no failed job here."
            ),
        };
        money.causes.push(cause(CauseKind::UnexplainedCredit, credit, None, words));
    }

    fn explain_missing(&mut self, money: &mut Reconciliation, charged: &[usize], end: usize, place: usize) {
        let missing = -money.remainder;
        if let Some(found) = subset(&self.ahead(end), missing) {
            money.timing -= missing;
            money.remainder = Usd::ZERO;
            for (job, amount) in found {
                self.early.insert(job);
                let job = self.job(job);
                let title = job.map_or("", |job| &job.title);
                let words = format!("HeyGen took the {amount} for “{title}” before the video was home.");
                money.causes.push(cause(CauseKind::TakenEarlier, -amount, job, words));
            }
            return;
        }
        if let Some(found) = self.measured(charged, missing) {
            return money.causes.push(found);
        }
        let fits = |job: &BookedJob| (job.quoted.low..=job.quoted.high).contains(&missing);
        let active = || self.active.iter().filter_map(|place| Some((*place, self.job(*place)?)));
        if let Some((at, job)) = active().find(|(at, job)| {
            job.state == JobState::Failed && fits(job) && !self.pending.iter().any(|pending| pending.job == *at)
        }) {
            let words = format!(
                "“{}” failed, about its price is gone from the wallet, and it was not seen to come back. HeyGen does not promise refunds: ask for it.",
                job.title
            );
            money.causes.push(cause(CauseKind::RefundNotSeen, -missing, Some(job), words));
            self.pending.push(Pending { job: at, amount: missing, stretch: place - 1 });
            return;
        }
        if let Some((_, job)) = active().find(|(_, job)| !job.state.is_final() && fits(job)) {
            let words = format!(
                "“{}” is under way, and this fits its price: HeyGen has probably charged it already. It will be booked when the video is home.",
                job.title
            );
            money.causes.push(cause(CauseKind::UnderWay, -missing, Some(job), words));
            return;
        }
        if let Some(words) = self.rate_words(charged, missing) {
            money.causes.push(cause(CauseKind::RateChanged, -missing, None, words));
            return;
        }
        let words = format!(
            "{missing} left the wallet for nothing that was made here: another program or person on the same key, or HeyGen's own website."
        );
        money.causes.push(cause(CauseKind::OtherUse, -missing, None, words));
    }

    /// Jobs that have left and whose charge is booked behind this point, with that charge.
    fn ahead(&self, end: usize) -> Vec<(u32, Usd)> {
        let charge =
            |job: &u32| self.charge_of.get(job).filter(|charge| **charge >= end).and_then(|place| self.row(*place));
        let waiting = self.active.iter().filter(|job| !self.early.contains(job));
        waiting.filter_map(|job| Some((*job, charge(job)?.amount))).take(MOST_AT_ONCE).collect()
    }

    /// Whether the stretch after this reading lacks exactly this much, or is not there yet.
    fn is_taken_next(&self, place: usize, amount: Usd) -> bool {
        let (Some(next), Some(present)) = (self.readings.get(place + 1), self.readings.get(place)) else {
            return true;
        };
        let (Some(start), Some(end)) = (self.cuts.get(place), self.cuts.get(place + 1)) else { return true };
        let rows = self.table.rows().get(*start..*end).unwrap_or_default();
        let charges: Usd = rows.iter().filter(|row| row.kind == EntryKind::Charge).map(|row| row.amount).sum();
        next.balance == present.balance - charges - amount
    }

    /// What is left over from one session of which only this program knows how long it lasted.
    fn measured(&self, charged: &[usize], more: Usd) -> Option<Cause> {
        let [charge] = charged else { return None };
        let row = self.row(*charge)?;
        let job = self.job(row.job).filter(|job| job.product == Product::Realtime)?;
        let counted = row.counted.filter(|counted| is_measuring_error(more, counted.rate))?;
        let seconds = (counted.quantity + more.0.checked_div(counted.rate.0)?).round_dp(1).normalize();
        let words = format!(
            "HeyGen took {} for “{}”, which is {seconds} s. It does not say how long a session lasts: this program measured {} s.",
            (row.amount + more).precise(),
            job.title,
            counted.quantity.round_dp(1).normalize(),
        );
        Some(cause(CauseKind::Measured, -more, Some(job), words))
    }

    /// Words for a movement that a changed rate would explain: one charge, off by less than half.
    fn rate_words(&self, charged: &[usize], more: Usd) -> Option<String> {
        let [charge] = charged else { return None };
        let row = self.row(*charge)?;
        let counted = row.counted.filter(|counted| counted.quantity > Decimal::ZERO)?;
        let off = if more.is_negative() { -more } else { more };
        if off + off >= row.amount {
            return None;
        }
        let taken = row.amount + more;
        let rate = Usd((taken.0.checked_div(counted.quantity)?).round_dp(6));
        let (card, unit) = (counted.rate.precise(), counted.unit.word());
        let title = &self.job(row.job)?.title;
        Some(format!(
            "HeyGen took {} for “{title}”, which is about {} / {unit}; the rate card says {card} / {unit}. The rate or its rounding may have changed.",
            taken.precise(),
            rate.precise(),
        ))
    }
}

/// Whether this much is not more than measuring a session from outside goes wrong.
pub(super) fn is_measuring_error(amount: Usd, rate: Usd) -> bool {
    amount.0.abs() <= rate.0 * MEASURING_ERROR
}

fn top_up(money: &mut Reconciliation, amount: Usd, auto: bool, certain: bool) {
    money.top_ups.push(TopUp { at: money.to, amount, auto, certain });
    money.remainder -= amount;
}

fn cause(kind: CauseKind, amount: Usd, job: Option<&BookedJob>, words: String) -> Cause {
    Cause { kind, amount, job: job.map(|job| job.id), words }
}

/// Some of these that come to exactly this amount, the fewest first.
fn subset(parts: &[(u32, Usd)], amount: Usd) -> Option<Vec<(u32, Usd)>> {
    fn search(parts: &[(u32, Usd)], amount: Usd, most: usize) -> Option<Vec<(u32, Usd)>> {
        if amount.is_zero() {
            return Some(Vec::new());
        }
        let (first, rest) = parts.split_first()?;
        if amount.is_negative() || most == 0 {
            return None;
        }
        if let Some(mut found) = search(rest, amount - first.1, most - 1) {
            found.push(*first);
            return Some(found);
        }
        search(rest, amount, most)
    }
    (1..=parts.len()).find_map(|most| search(parts, amount, most)).filter(|found| !found.is_empty())
}
