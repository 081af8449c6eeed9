//! The books for hledger and beancount, with the wallet's readings as balance assertions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::money::Usd;
use crate::spend::books::Books;
use crate::spend::types::{EntryKind, LedgerRow, Reconciliation, date_of};

/// Whose journal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JournalFormat {
    Hledger,
    Beancount,
}

const WALLET: &str = "Assets:HeyGen:Wallet";
const IN_TRANSIT: &str = "Assets:HeyGen:In-transit";
const OPENING: &str = "Equity:HeyGen:Opening";
const TOP_UPS: &str = "Equity:HeyGen:Top-ups";
const FAILED: &str = "Expenses:HeyGen:Failed-jobs";
const UNEXPLAINED: &str = "Expenses:HeyGen:Unexplained";

/// The account's whole journal: opening, charges, top-ups, what is in transit or unexplained, and
/// after each reading what the wallet then held. Needs findings: see [`overview`](crate::spend::overview).
#[must_use]
pub fn journal(books: &Books, zone: &TimeZone, format: JournalFormat) -> String {
    let mut writer = Writer { format, zone, body: String::new(), today: Date::MIN, accounts: BTreeSet::new() };
    let accounts = Accounts::of(books);
    let rows = books.table.rows();
    let readings = &books.readings;
    let findings = &books.findings;
    let (first, last) = match (findings.rows.first(), findings.rows.last()) {
        (Some(first), Some(last)) => (first.start, last.end),
        _ => readings.first().map_or((0, 0), |reading| {
            let cut = rows.partition_point(|row| match reading.ledger_seq {
                Some(seq) => row.seq <= seq,
                None => row.at <= reading.at,
            });
            (cut, cut)
        }),
    };
    let before = rows.get(..first).unwrap_or_default();
    if let Some(reading) = readings.first() {
        let charged: Usd = before.iter().filter(|row| row.kind == EntryKind::Charge).map(|row| row.amount).sum();
        let at = before.iter().map(|row| row.at).min().unwrap_or(reading.at).min(reading.at);
        writer.day(at);
        writer.transaction(
            "Opening balance",
            "",
            &[(WALLET, reading.balance + charged), (OPENING, -(reading.balance + charged))],
        );
    }
    writer.charges(books, &accounts, before);
    if let Some(reading) = readings.first() {
        writer.day(reading.at);
        let next = findings.reconciliations.first().zip(findings.rows.first());
        writer.assert(reading.balance, writer.last_of_day(rows, next, last));
    }
    let stretches = findings.reconciliations.iter().zip(&findings.rows);
    let following = stretches.clone().skip(1).map(Some).chain([None]);
    for ((stretch, range), next) in stretches.zip(following) {
        writer.charges(books, &accounts, rows.get(range.clone()).unwrap_or_default());
        writer.day(stretch.to);
        writer.rest(stretch);
        writer.assert(stretch.closing, writer.last_of_day(rows, next, last));
    }
    writer.charges(books, &accounts, rows.get(last..).unwrap_or_default());
    writer.finish(books)
}

/// The account of each project and product.
struct Accounts {
    projects: BTreeMap<String, String>,
}

impl Accounts {
    fn of(books: &Books) -> Self {
        let names: BTreeSet<&str> = books.table.jobs().iter().map(|job| &*job.project).collect();
        let mut used = BTreeSet::from(["Failed-jobs".to_owned(), "Unexplained".to_owned()]);
        let mut projects = BTreeMap::new();
        for name in names {
            let plain = if name.is_empty() { "No-project".to_owned() } else { component(name) };
            // Two names may come to the same plain one.
            let own = (1..)
                .map(|count| if count == 1 { plain.clone() } else { format!("{plain}-{count}") })
                .find(|name| !used.contains(&name.to_lowercase()));
            let own = own.unwrap_or(plain);
            used.insert(own.to_lowercase());
            projects.insert(name.to_owned(), own);
        }
        Self { projects }
    }
}

/// A name as part of an account: letters, digits and hyphens, beginning with a capital or a digit.
fn component(name: &str) -> String {
    let mut plain = String::new();
    for character in name.chars() {
        if character.is_alphanumeric() {
            plain.push(character);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let plain = plain.trim_end_matches('-');
    let mut characters = plain.chars();
    match characters.next() {
        Some(first) if first.is_ascii_digit() => plain.to_owned(),
        Some(first) => {
            let capital: String = first.to_uppercase().collect();
            // Scripts without capitals.
            let prefix = if capital.chars().all(char::is_uppercase) { "" } else { "X-" };
            format!("{prefix}{capital}{}", characters.as_str())
        }
        None => "Project".to_owned(),
    }
}

struct Writer<'a> {
    format: JournalFormat,
    zone: &'a TimeZone,
    body: String,
    /// Dates never go back: assertions hold in the order of dates.
    today: Date,
    accounts: BTreeSet<String>,
}

impl Writer<'_> {
    fn day(&mut self, at: i64) {
        self.today = self.today.max(date_of(at, self.zone));
    }

    fn charges(&mut self, books: &Books, accounts: &Accounts, rows: &[LedgerRow]) {
        for row in rows.iter().filter(|row| row.kind == EntryKind::Charge) {
            let Some(job) = books.table.job(row) else { continue };
            self.day(row.at);
            let project = accounts.projects.get(&*job.project).map_or("No-project", String::as_str);
            let account = format!("Expenses:HeyGen:{project}:{}", component(job.product.name()));
            let how = row.counted.map_or(String::new(), |counted| {
                let quantity = counted.quantity.normalize();
                format!(", {quantity} {} at {} USD", counted.unit.word(), counted.rate.exact())
            });
            let comment = format!("job {}{how}, rate card of {}", job.id, books.table.card_date(row));
            self.transaction(&job.title, &comment, &[(&account, row.amount), (WALLET, -row.amount)]);
        }
    }

    /// What of a stretch is no charge.
    fn rest(&mut self, stretch: &Reconciliation) {
        for top_up in &stretch.top_ups {
            let title = if top_up.auto { "Automatic top-up" } else { "Top-up" };
            let comment = if top_up.certain { "" } else { "the amount is inferred: something else moved as well" };
            self.transaction(title, comment, &[(WALLET, top_up.amount), (TOP_UPS, -top_up.amount)]);
        }
        for (title, account, amount) in [
            ("Booked by HeyGen at another time", IN_TRANSIT, stretch.timing),
            ("Failed jobs", FAILED, stretch.failed),
            ("Another key's wallet from here on", OPENING, stretch.other_key),
            ("Unexplained", UNEXPLAINED, stretch.remainder),
        ] {
            if !amount.is_zero() {
                self.transaction(title, "", &[(WALLET, amount), (account, -amount)]);
            }
        }
    }

    fn transaction(&mut self, title: &str, comment: &str, postings: &[(&str, Usd)]) {
        let today = self.today;
        // Writing to a string cannot fail.
        let _ = match self.format {
            JournalFormat::Hledger => writeln!(self.body, "{today} * {}", plain(title)),
            JournalFormat::Beancount => writeln!(self.body, "{today} * \"HeyGen\" \"{}\"", quoted(title)),
        };
        if !comment.is_empty() {
            let _ = writeln!(self.body, "    ; {}", plain(comment));
        }
        for (account, amount) in postings {
            self.accounts.insert((*account).to_owned());
            let _ = writeln!(self.body, "    {account}    {} USD", amount.exact());
        }
        self.body.push('\n');
    }

    /// Whether nothing is booked after this on the same day: beancount's assertions are about
    /// mornings. `last` is the place of the first row behind every reading.
    fn last_of_day(
        &self,
        rows: &[LedgerRow],
        next: Option<(&Reconciliation, &std::ops::Range<usize>)>,
        last: usize,
    ) -> bool {
        let range = next.map_or(last..rows.len(), |(_, range)| range.clone());
        let charged = rows.get(range).unwrap_or_default().iter().find(|row| row.kind == EntryKind::Charge);
        let moments = [charged.map(|row| row.at), next.map(|(next, _)| next.to)];
        moments.into_iter().flatten().min().is_none_or(|soonest| date_of(soonest, self.zone) > self.today)
    }

    fn assert(&mut self, balance: Usd, last_of_day: bool) {
        let balance = balance.exact();
        let _ = match self.format {
            JournalFormat::Hledger => {
                let today = self.today;
                writeln!(self.body, "{today} * Wallet as HeyGen showed it\n    {WALLET}    0 USD = {balance} USD\n")
            }
            JournalFormat::Beancount if last_of_day => {
                let morning = self.today.saturating_add(1.day());
                writeln!(self.body, "{morning} balance {WALLET}    {balance} USD\n")
            }
            JournalFormat::Beancount => Ok(()),
        };
    }

    fn finish(self, books: &Books) -> String {
        let mut head =
            "; What HeyGen was paid, from Reelmeter's ledger; each wallet reading is an assertion.\n".to_owned();
        let first =
            books.table.rows().iter().map(|row| row.at).chain(books.readings.iter().map(|reading| reading.at)).min();
        let first = date_of(first.unwrap_or(0), self.zone);
        for account in &self.accounts {
            let _ = match self.format {
                JournalFormat::Hledger => writeln!(head, "account {account}"),
                JournalFormat::Beancount => writeln!(head, "{first} open {account} USD"),
            };
        }
        format!("{head}\n{}", self.body)
    }
}

/// One line without what begins a comment or a note.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.replace(';', ",").replace('|', "/");
    let text = text.trim();
    // A status mark or a code at the beginning is no title.
    let text = text.trim_start_matches(['*', '!', '(', '=', ' ']);
    if text.is_empty() { "Untitled".to_owned() } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
