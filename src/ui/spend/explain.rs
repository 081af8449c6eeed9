//! Each figure of the ledger in words: down to the quantity, the rate and the card's date. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::money::Usd;
use crate::pricing::Unit;
use crate::spend::types::{BookedJob, Counted, EntryKind, LedgerRow, LedgerTable, WalletAfter, date_of};
use crate::ui::format;

/// `42.1 s × $0.0667`, for a column: the quantity to three decimals, the rate whole.
pub fn counted(counted: &Counted) -> String {
    let shown = Counted { quantity: counted.short_quantity(), ..*counted };
    format!("{} × {}", quantity(&shown), counted.rate.precise())
}

/// `42.1 s`, `1 video`, `3 clips`.
pub fn quantity(counted: &Counted) -> String {
    let figure = counted.quantity.normalize();
    let plural = figure != rust_decimal::Decimal::ONE;
    let unit = match counted.unit {
        Unit::Second | Unit::Minute => counted.unit.word().to_owned(),
        Unit::Video | Unit::Clip | Unit::Call if plural => format!("{}s", counted.unit.word()),
        Unit::Video | Unit::Clip | Unit::Call => counted.unit.word().to_owned(),
    };
    format!("{figure} {unit}")
}

/// How a row came about, in the few words of a column.
pub fn how(row: &LedgerRow) -> String {
    match (row.kind, &row.counted) {
        (EntryKind::Charge, Some(figures)) => counted(figures),
        (EntryKind::Charge, None) => "as HeyGen told".to_owned(),
        (EntryKind::Hold, _) => "the most it may cost".to_owned(),
        (EntryKind::Release, _) => "the hold, given back".to_owned(),
    }
}

/// How a row came about, in whole sentences.
pub fn sentence(table: &LedgerTable, row: &LedgerRow, job: &BookedJob) -> String {
    let card = format::day(table.card_date(row));
    match (row.kind, &row.counted) {
        (EntryKind::Charge, Some(figures)) => {
            let product = figures.rate * figures.quantity;
            let result = if product == row.amount {
                format!("= {}", row.amount.precise())
            } else {
                format!("= {}, charged {}", product.precise(), row.amount.precise())
            };
            format!(
                "{} × {} per {} {result}, on the rate card of {card}.",
                quantity(figures),
                figures.rate.precise(),
                figures.unit.word()
            )
        }
        (EntryKind::Charge, None) => {
            format!("{} as HeyGen told it; the rate card of {card} has no part in it.", row.amount.precise())
        }
        (EntryKind::Hold, _) if !job.readable => {
            format!("{} set aside before the request left, on the rate card of {card}.", row.amount.precise())
        }
        (EntryKind::Hold, _) => format!(
            "{} set aside before the request left: the most that the quote of {} to {} allowed, on the rate card of {card}.",
            row.amount.precise(),
            job.quoted.low,
            job.quoted.high
        ),
        (EntryKind::Release, _) => {
            format!("The hold of {} given back: the job came to its end.", row.amount.precise())
        }
    }
}

/// Where the wallet beside an entry comes from.
pub fn wallet_after(wallet: &WalletAfter, now: i64, zone: &TimeZone) -> String {
    let at = when(wallet.at, now, zone);
    match wallet.seen {
        true => format!("{} as HeyGen showed it on {at}.", wallet.amount.precise()),
        false => format!("{}: worked out from the reading of {at} and the charges since.", wallet.amount.precise()),
    }
}

/// The cheapest other way a job could have been made, in a sentence.
pub fn other_way(job: &BookedJob) -> Option<String> {
    let (way, charge) = (job.other_way?, job.charge?);
    let less = charge - way.amount;
    Some(match less > Usd::ZERO {
        true => format!(
            "{} would have cost {}, {} less: {}.",
            way.name(),
            way.amount.precise(),
            less.precise(),
            way.differs()
        ),
        false => {
            format!("No other way would have been cheaper: {} costs {}.", way.instead.name(), way.amount.precise())
        }
    })
}

/// What the job was quoted and how far off that was.
pub fn against_quote(job: &BookedJob) -> String {
    if !job.readable {
        let charge =
            job.charge.map_or_else(|| "not charged".to_owned(), |charge| format!("charged {}", charge.precise()));
        return format!("Damaged in the journal, so nobody knows what it was quoted; {charge}, {} held.", job.hold);
    }
    let quoted = match job.quoted.low.to_cents() == job.quoted.high.to_cents() {
        true => job.quoted.likely.precise(),
        false => format!("{} to {}, likely {}", job.quoted.low, job.quoted.high, job.quoted.likely),
    };
    let Some(charge) = job.charge else { return format!("Quoted {quoted}; not charged.") };
    let off = charge - job.quoted.likely;
    let words = if off.to_cents().is_zero() { "to the cent".to_owned() } else { off.signed() };
    format!("Quoted {quoted}; charged {} ({words}).", charge.precise())
}

/// `22 Nov 16:02`; with the year where it is another one.
pub fn when(at: i64, now: i64, zone: &TimeZone) -> String {
    let (time, today) =
        (jiff::Timestamp::from_second(at).unwrap_or_default().to_zoned(zone.clone()), date_of(now, zone));
    let format = if time.year() == today.year() { "%-d %b %H:%M" } else { "%-d %b %Y %H:%M" };
    time.strftime(format).to_string()
}

/// `2 Dec`; with the year where it is another one.
pub fn day(day: Date, today: Date) -> String {
    day.strftime(if day.year() == today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// The name of a project as people see it.
pub fn project(name: &str) -> &str {
    if name.is_empty() { "No project" } else { name }
}

/// An amount as a row shows it: charges as they are, releases as money back.
pub fn amount(row: &LedgerRow) -> String {
    match row.kind {
        EntryKind::Release => Usd::ZERO.max(row.amount).signed(),
        EntryKind::Charge | EntryKind::Hold => row.amount.to_string(),
    }
}

/// The kind of an entry as people see it.
pub fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Hold => "Hold",
        EntryKind::Charge => "Charge",
        EntryKind::Release => "Release",
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[track_caller]
    fn check(quantity: &str, unit: Unit, rate: &str, expected: &str) {
        let figures =
            Counted { quantity: Decimal::from_str_exact(quantity).unwrap(), rate: Usd::parse(rate).unwrap(), unit };
        assert_eq!(counted(&figures), expected);
    }

    #[test]
    fn a_charge_is_a_quantity_at_a_rate() {
        check("42.100", Unit::Second, "0.0667", "42.1 s × $0.0667");
        check("1", Unit::Video, "7", "1 video × $7.00");
        check("3", Unit::Clip, "0.15", "3 clips × $0.15");
        check("1.5", Unit::Minute, "1", "1.5 min × $1.00");
        check("1", Unit::Call, "4", "1 call × $4.00");
        // The column has room for three decimals and never cuts the rate.
        check("0.2083333333", Unit::Minute, "0.1", "0.208 min × $0.10");
        check("0.000166667", Unit::Minute, "0.000667", "0.0002 min × $0.000667");
    }
}
