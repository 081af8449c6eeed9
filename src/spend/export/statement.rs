//! A statement for one project and month: one page of HTML that needs nothing else and prints.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use crate::money::{Usd, shown_parts};
use crate::spend::report::charges_in;
use crate::spend::types::{LedgerTable, Period, date_of};

/// White paper in the browser and from the printer, whatever the system's theme.
const STYLE: &str = "\
:root{color-scheme:light}\
body{font:14px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1.5rem}\
h1{font-size:20px;margin:0}p{margin:.25rem 0;color:#555}\
table{width:100%;border-collapse:collapse;margin:1.5rem 0}\
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #ddd;vertical-align:top}\
td{overflow-wrap:anywhere}\
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\
tfoot td{border-bottom:0;border-top:2px solid #1a1a1a;font-weight:600}\
thead{display:table-header-group}tr{break-inside:avoid}\
@page{margin:18mm}@media print{body{margin:0;padding:0;max-width:none}}";

/// What a project's jobs were charged in a period, line by line. The empty name is the jobs without
/// a project.
///
/// For people, so in cents: the total is the exact sum of the charges rounded once, as the Spend tab shows it,
/// and the lines share its cents, so that they add up to it. A note says the exact sum where it has more digits.
/// Every digit of each charge is in the ledger's CSV and the plain-text journals.
#[must_use]
pub fn statement(table: &LedgerTable, project: &str, period: Period, zone: &TimeZone) -> String {
    let name = if project.is_empty() { "No project" } else { project };
    let charges: Vec<_> =
        charges_in(table, period.start, period.end).filter(|(_, job)| *job.project == *project).collect();
    let amounts: Vec<Usd> = charges.iter().map(|(row, _)| row.amount).collect();
    let (total, count) = (amounts.iter().copied().sum::<Usd>(), charges.len());
    let mut lines = String::new();
    for ((row, job), cents) in charges.iter().zip(shown_parts(total, &amounts)) {
        let counted = row.counted.map_or(String::new(), |counted| {
            format!("{} {} × {}", counted.short_quantity(), counted.unit.word(), counted.rate.precise())
        });
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "<tr><td class=n>{}</td><td>{}</td><td>{}</td><td class=n>{}</td><td class=n>{}</td></tr>",
            date_of(row.at, zone),
            escaped(&job.title),
            escaped(job.product.name()),
            escaped(&counted),
            cents,
        );
    }
    let jobs = if count == 1 { "1 job".to_owned() } else { format!("{count} jobs") };
    let note = if total == total.to_cents() {
        String::new()
    } else {
        format!("<p>Lines are rounded to the cent so that they add up. The exact total is ${}.</p>\n", total.exact())
    };
    let (name, month) = (escaped(name), escaped(&period.name()));
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width\">\n\
         <title>{name}, {month}</title>\n<style>{STYLE}</style>\n\
         <h1>{name}</h1>\n<p>Videos made with HeyGen, {month}. {jobs}. US dollars.</p>\n\
         <table>\n<thead><tr><th class=n>Date</th><th>Title</th><th>Product</th><th class=n>Quantity × rate</th>\
         <th class=n>Charged</th></tr></thead>\n<tbody>\n{lines}</tbody>\n\
         <tfoot><tr><td></td><td>Total</td><td></td><td></td><td class=n>{}</td></tr></tfoot>\n</table>\n{note}</html>\n",
        total.to_cents(),
    )
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
