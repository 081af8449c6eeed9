//! `reelmeter quote FILE|-`: prices API requests without a window, an account or a network.
//!
//! Owns reading the file and printing; what a request costs is for `pricing` to say.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use crate::draft::Billable;
use crate::money::Usd;
use crate::pricing::requests::{self, InputError};
use crate::pricing::{Difference, Line, Pace, PricedWay, Quote, RateCard, Span, Total, priced_ways};
use crate::rate_card_file::{self, CardFileError};

/// More bytes of requests than anybody means to price at once.
const LARGEST_INPUT: u64 = 256 * 1024 * 1024;
/// The exit status for input that cannot be priced because it cannot be read.
const BAD_INPUT: u8 = 2;

/// Price API requests: no window, no account, no network.
///
/// Reads one JSON object, a list of them, or one per line:
/// {"method": "POST", "path": "/v3/videos", "body": {…}, "seconds": 61.5, "avatar_type": "digital_twin"}.
/// seconds is the known length of the output, avatar_type the kind of look; both may be left out.
/// Prints JSON, or a table where the output is a terminal.
#[derive(Clone, Debug, clap::Args)]
pub struct QuoteCommand {
    /// The file with the requests; - for standard input.
    file: PathBuf,
    /// A rate card to lie over the built-in one, instead of the one in the config folder.
    #[arg(long, value_name = "FILE")]
    rate_card: Option<PathBuf>,
    /// Also what the other engines, sizes, modes and rates would cost.
    #[arg(long)]
    compare: bool,
    /// What to print; by default a table on a terminal and JSON elsewhere.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Json,
    Table,
}

/// Why there is no quote. Each says what to mend.
#[derive(Debug, thiserror::Error)]
enum QuoteFailure {
    #[error("{name}: {error}")]
    Input { name: String, error: InputError },
    #[error("{name} cannot be read: {error}")]
    Unreadable { name: String, error: io::Error },
    #[error("{name}: line {line}, input: is no text in UTF-8; save it as UTF-8")]
    NotText { name: String, line: usize },
    #[error("{name} is larger than {} MB", LARGEST_INPUT / 1024 / 1024)]
    TooLarge { name: String },
    #[error("rate card {0}")]
    Card(#[from] CardFileError),
}

/// Prints the quote of the requests. `config_folder` is where an own rate card may lie.
#[must_use]
pub fn run(command: &QuoteCommand, config_folder: Option<&Path>) -> ExitCode {
    let quoted = match quote_all(command, config_folder) {
        Ok(quoted) => quoted,
        Err(failure) => {
            // Nothing is left to do where even the error cannot be written.
            let _ = writeln!(io::stderr().lock(), "reelmeter quote: {failure}");
            return ExitCode::from(BAD_INPUT);
        }
    };
    let format = command.format.unwrap_or(if io::stdout().is_terminal() { Format::Table } else { Format::Json });
    let printed = match format {
        Format::Json => serde_json::to_string_pretty(&quoted).map_err(io::Error::from),
        Format::Table => Ok(table(&quoted)),
    };
    let written = printed.and_then(|text| writeln!(io::stdout().lock(), "{}", text.trim_end()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr().lock(), "reelmeter quote: the quote cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn quote_all(command: &QuoteCommand, config_folder: Option<&Path>) -> Result<Quoted, QuoteFailure> {
    let card = match (&command.rate_card, config_folder) {
        (Some(path), _) => rate_card_file::read(path)?,
        (None, Some(folder)) => {
            let loaded = rate_card_file::load(folder);
            match loaded.error {
                // A price on another card than the person's own would be a guess.
                Some(error) => return Err(error.into()),
                None => loaded.card,
            }
        }
        (None, None) => RateCard::built_in(),
    };
    let (name, text) = input(&command.file)?;
    let read = requests::read(&text).map_err(|error| QuoteFailure::Input { name, error })?;
    Ok(Quoted::of(&card, &read, command.compare))
}

fn input(path: &Path) -> Result<(String, String), QuoteFailure> {
    let is_standard = path.as_os_str() == "-";
    let name = if is_standard { "standard input".to_owned() } else { path.display().to_string() };
    let mut bytes = Vec::new();
    let read = if is_standard {
        io::stdin().lock().take(LARGEST_INPUT + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST_INPUT + 1).read_to_end(&mut bytes))
    };
    if let Err(error) = read {
        return Err(QuoteFailure::Unreadable { name, error });
    }
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST_INPUT) {
        return Err(QuoteFailure::TooLarge { name });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count();
            Err(QuoteFailure::NotText { name, line })
        }
    }
}

/// All that is printed.
#[derive(Serialize)]
struct Quoted {
    rate_card: String,
    items: Vec<Item>,
    total: Sum,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Item {
    Priced {
        low: Usd,
        likely: Usd,
        high: Usd,
        lines: Vec<PrintedLine>,
        assumptions: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        basis: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ways: Option<Vec<PrintedWay>>,
    },
    Unknown {
        unknown: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        assumptions: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ways: Option<Vec<PrintedWay>>,
    },
}

/// One way of making the same thing, the one that is asked for among them.
#[derive(Serialize)]
struct PrintedWay {
    /// "engine", "size", "mode", "render".
    kind: &'static str,
    #[serde(skip)]
    heading: &'static str,
    name: String,
    /// It is what is asked for.
    asked: bool,
    #[serde(flatten)]
    price: WayPrice,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WayPrice {
    Priced {
        low: Usd,
        likely: Usd,
        high: Usd,
        /// Beside what is asked for, where that has a price.
        #[serde(skip_serializing_if = "Option::is_none")]
        beside: Option<Beside>,
    },
    Unknown {
        unknown: String,
    },
    Refused {
        refused: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Beside {
    Same,
    AboutTheSame,
    Saves(PrintedSpan),
    CostsMore(PrintedSpan),
}

#[derive(Serialize)]
struct PrintedLine {
    label: String,
    rate: Usd,
    unit: &'static str,
    quantity: PrintedSpan,
    times: u32,
    amount: PrintedSpan,
}

#[derive(Serialize)]
struct PrintedSpan {
    low: Usd,
    likely: Usd,
    high: Usd,
}

/// The items that have a price, added up, and how many have none.
#[derive(Serialize)]
struct Sum {
    low: Usd,
    likely: Usd,
    high: Usd,
    unknown: usize,
}

impl From<Span<Usd>> for PrintedSpan {
    fn from(span: Span<Usd>) -> Self {
        Self { low: span.low, likely: span.likely, high: span.high }
    }
}

impl From<Line> for PrintedLine {
    fn from(line: Line) -> Self {
        let Span { low, likely, high } = line.quantity;
        // Digits are printed alike, whether they count dollars or seconds.
        let quantity = PrintedSpan { low: Usd(low), likely: Usd(likely), high: Usd(high) };
        let Line { label, rate, unit, times, amount, .. } = line;
        Self { label, rate, unit, quantity, times, amount: amount.into() }
    }
}

impl Quoted {
    fn of(card: &RateCard, requests: &[requests::Request], compare: bool) -> Self {
        let pace = Pace::default();
        let mut total = Sum { low: Usd::ZERO, likely: Usd::ZERO, high: Usd::ZERO, unknown: 0 };
        let mut items = Vec::with_capacity(requests.len());
        for request in requests {
            let quote = crate::pricing::quote(card, &request.billable, &pace);
            let ways = compare.then(|| ways(card, &request.billable, &quote, &pace));
            let Quote { total: of_item, lines, assumptions: assumed, basis, .. } = quote;
            let mut assumptions = request.assumptions.clone();
            assumptions.extend(assumed);
            let span = of_item.span().and_then(|span| total.plus(span).map(|sum| (span, sum)));
            match (span, of_item) {
                (Some((Span { low, likely, high }, sum)), _) => {
                    total = sum;
                    let lines = lines.into_iter().map(PrintedLine::from).collect();
                    items.push(Item::Priced { low, likely, high, lines, assumptions, basis, ways });
                }
                (None, of_item) => {
                    total.unknown += 1;
                    let unknown = match of_item {
                        Total::Unknown(reason) => reason,
                        Total::Exact(_) | Total::Range(_) => {
                            "The sum of all items is too large to be exact.".to_owned()
                        }
                    };
                    items.push(Item::Unknown { unknown, assumptions, ways });
                }
            }
        }
        Self { rate_card: card.date().to_owned(), items, total }
    }
}

/// What the other ways of making it cost beside `asked`.
fn ways(card: &RateCard, billable: &Billable, asked: &Quote, pace: &Pace) -> Vec<PrintedWay> {
    let printed = |way: PricedWay| PrintedWay {
        kind: way.choice.word(),
        heading: way.choice.heading(),
        name: way.choice.name(),
        asked: way.selected,
        price: match way.quote {
            Err(refused) => WayPrice::Refused { refused },
            Ok(quote) => match (quote.total.span(), quote.beside(asked), quote.total) {
                (Some(Span { low, likely, high }), beside, _) => {
                    let beside = beside.filter(|_| !way.selected).map(Beside::from);
                    WayPrice::Priced { low, likely, high, beside }
                }
                (None, _, Total::Unknown(unknown)) => WayPrice::Unknown { unknown },
                (None, _, Total::Exact(_) | Total::Range(_)) => WayPrice::Unknown { unknown: String::new() },
            },
        },
    };
    priced_ways(card, billable.ways(), pace).into_iter().map(printed).collect()
}

impl From<Difference> for Beside {
    fn from(difference: Difference) -> Self {
        match difference {
            Difference::Same => Self::Same,
            Difference::AboutTheSame => Self::AboutTheSame,
            Difference::Less(span) => Self::Saves(span.into()),
            Difference::More(span) => Self::CostsMore(span.into()),
        }
    }
}

impl Sum {
    /// The sum with one more item, or `None` where it does not fit.
    fn plus(&self, item: Span<Usd>) -> Option<Self> {
        let add = |a: Usd, b: Usd| a.0.checked_add(b.0).map(Usd);
        Some(Self {
            low: add(self.low, item.low)?,
            likely: add(self.likely, item.likely)?,
            high: add(self.high, item.high)?,
            unknown: self.unknown,
        })
    }
}

/// For people: one row per line, to the cent, with what was assumed beneath.
fn table(quoted: &Quoted) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    for (number, item) in (1..).zip(&quoted.items) {
        match item {
            Item::Priced { low, likely, high, lines, assumptions, basis, ways } => {
                rows.push((format!("{number}"), money(*low, *likely, *high)));
                for line in lines {
                    rows.push((format!("   {}", how(line)), String::new()));
                }
                for sentence in assumptions.iter().chain(basis) {
                    rows.push((format!("   {sentence}"), String::new()));
                }
                rows.extend(way_rows(ways.as_deref().unwrap_or_default()));
            }
            Item::Unknown { unknown, assumptions, ways } => {
                rows.push((format!("{number}"), "no price".to_owned()));
                for sentence in std::iter::once(unknown).chain(assumptions) {
                    rows.push((format!("   {sentence}"), String::new()));
                }
                rows.extend(way_rows(ways.as_deref().unwrap_or_default()));
            }
        }
    }
    let total = &quoted.total;
    let left_out = match total.unknown {
        0 => String::new(),
        1 => ", 1 item without a price left out".to_owned(),
        many => format!(", {many} items without a price left out"),
    };
    rows.push((format!("Total{left_out}"), money(total.low, total.likely, total.high)));
    let width = rows.iter().map(|(_, amount)| amount.chars().count()).max().unwrap_or_default();
    let mut text = format!("Rate card of {}\n", quoted.rate_card);
    for (said, amount) in rows {
        text.push_str(format!("{amount:>width$}  {said}").trim_end());
        text.push('\n');
    }
    text
}

/// The ways of each kind under their heading.
fn way_rows(ways: &[PrintedWay]) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut heading = "";
    for way in ways {
        if way.heading != heading {
            heading = way.heading;
            rows.push((format!("   {heading}"), String::new()));
        }
        let name = &way.name;
        let said = match &way.price {
            WayPrice::Priced { low, likely, high, beside } => {
                let beside = match beside {
                    _ if way.asked => ", as asked".to_owned(),
                    None => String::new(),
                    Some(Beside::Same) => ", same price".to_owned(),
                    Some(Beside::AboutTheSame) => ", about the same".to_owned(),
                    Some(Beside::Saves(saved)) => format!(", saves {}", money(saved.low, saved.likely, saved.high)),
                    Some(Beside::CostsMore(more)) => format!(", +{}", money(more.low, more.likely, more.high)),
                };
                format!("{name}: {}{beside}", money(*low, *likely, *high))
            }
            WayPrice::Unknown { unknown: reason } | WayPrice::Refused { refused: reason } => {
                format!("{name}: no price. {reason}")
            }
        };
        rows.push((format!("      {said}"), String::new()));
    }
    rows
}

fn money(low: Usd, likely: Usd, high: Usd) -> String {
    if low == high { likely.precise() } else { format!("about {likely} ({low} to {high})") }
}

fn how(line: &PrintedLine) -> String {
    let PrintedSpan { low, high, .. } = &line.quantity;
    let quantity = if low == high { low.exact() } else { format!("{} to {}", low.exact(), high.exact()) };
    let times = if line.times == 1 { String::new() } else { format!(" × {}", line.times) };
    format!("{}: {} / {} × {quantity}{times}", line.label, line.rate.precise(), line.unit)
}
