//! The ledger as CSV (RFC 4180): one line per entry, columns that stay as they are.

use jiff::tz::TimeZone;

use crate::spend::types::{LedgerTable, date_of, moment};

/// The header, in this order for good; new columns come behind.
pub const COLUMNS: [&str; 14] = [
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
];

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
        ]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A spreadsheet runs what begins with these signs as a formula.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
