//! The ledger as CSV (RFC 4180): one line per entry, columns that stay as they are.

use jiff::tz::TimeZone;

use crate::money::Usd;
use crate::spend::types::{EntryKind, LedgerTable, Reading, Reconciliation, date_of, moment};

/// The header, in this order for good; new columns come behind.
pub const COLUMNS: [&str; 16] = [
    "entry",
    "time",
    "date",
    "kind",
    "job",
    "product",
    "title",
    "project",
    "booked_to",
    "amount_usd",
    "quantity",
    "unit",
    "rate_usd",
    "rate_card",
    "other_way",
    "other_way_usd",
];

/// The header of the wallet's readings, in this order for good; new columns come behind.
pub const READING_COLUMNS: [&str; 10] = [
    "time",
    "seen_until",
    "wallet_usd",
    "charges_usd",
    "timing_usd",
    "top_ups_usd",
    "failed_usd",
    "remainder_usd",
    "causes",
    "other_key_usd",
];

/// Every figure that HeyGen showed for the wallet, oldest first, with what happened since the one
/// before: wallet = wallet before − charges + timing + top-ups + failed + other key + remainder. The first has
/// nothing before it.
#[must_use]
pub fn readings_csv(readings: &[Reading], stretches: &[Reconciliation], zone: &TimeZone) -> String {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    let _ = writer.write_record(READING_COLUMNS);
    let before = std::iter::once(None).chain(stretches.iter().map(Some));
    for (reading, stretch) in readings.iter().zip(before) {
        let figure = |of: fn(&Reconciliation) -> Usd| stretch.map(|stretch| of(stretch).exact()).unwrap_or_default();
        let causes = stretch.map(|stretch| stretch.causes.iter().map(|cause| cause.words.as_str()).collect::<Vec<_>>());
        let _ = writer.write_record([
            moment(reading.at, zone),
            moment(reading.seen_until, zone),
            reading.balance.exact(),
            figure(|stretch| stretch.charges),
            figure(|stretch| stretch.timing),
            figure(Reconciliation::topped_up),
            figure(|stretch| stretch.failed),
            figure(|stretch| stretch.remainder),
            inert(&causes.unwrap_or_default().join(" ")),
            figure(|stretch| stretch.other_key),
        ]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// These rows of the ledger, in this order, as CSV with CRLF line ends. Amounts are exact and
/// without signs of currency; `project` is where the job is booked now, `booked_to` where it was.
#[must_use]
pub fn csv(table: &LedgerTable, places: &[u32], zone: &TimeZone) -> String {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    // Into memory nothing can fail.
    let _ = writer.write_record(COLUMNS);
    for row in places.iter().filter_map(|place| table.row(*place)) {
        let Some(job) = table.job(row) else { continue };
        let counted = row.counted;
        let way = job.other_way.filter(|_| row.kind == EntryKind::Charge);
        let text = |value: Option<String>| value.unwrap_or_default();
        let _ = writer.write_record([
            row.seq.to_string(),
            moment(row.at, zone),
            date_of(row.at, zone).to_string(),
            row.kind.word().to_owned(),
            job.id.to_string(),
            job.product.word().to_owned(),
            inert(&job.title),
            inert(&job.project),
            inert(table.booked_to(row)),
            row.amount.exact(),
            text(counted.map(|counted| counted.quantity.normalize().to_string())),
            text(counted.map(|counted| counted.unit.word().to_owned())),
            text(counted.map(|counted| counted.rate.exact())),
            table.card_date(row).to_owned(),
            // Beside the charge, so that a column sums up to what the tab shows.
            text(way.map(|way| way.instead.name())),
            text(way.map(|way| way.amount.exact())),
        ]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A spreadsheet runs what begins with these signs as a formula.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
