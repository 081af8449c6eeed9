//! How fast the Spend tab opens on 200,000 ledger entries, and how fast its table answers.
//! `cargo bench --bench spend`. Prints; judges nothing.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::pricing::RateCard;
use reelmeter::settings::Settings;
use reelmeter::spend::types::{EntryKind, LedgerFilter, ReportOn, SortBy};
use reelmeter::spend::{Books, View, overview, snapshot};
use reelmeter::store::Store;

mod books;

const ROUNDS: usize = 31;

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("studio.db");
    let store = Store::open(&path)?;
    let now = books::fill(&store, 1_735_689_600)?;
    let zone = TimeZone::get("Europe/Berlin")?;
    let (settings, card) = (Settings::default(), RateCard::built_in());
    let view = View {
        now,
        zone: &zone,
        settings: &settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
        credential: None,
    };

    let start = Instant::now();
    let mut books = Books::load(&store)?;
    println!("{} entries loaded                    {:>7.1} ms", books.table().rows().len(), ms(start.elapsed()));
    let start = Instant::now();
    overview(&store, &mut books, &view)?;
    println!("reconciled for the first time             {:>7.1} ms", ms(start.elapsed()));
    let again = median(|| drop(black_box(overview(&store, &mut books, &view))));
    println!("the tab opens (overview, nothing new)     {:>7.1} ms", ms(again));
    let only = median(|| drop(black_box(snapshot(&books, &view))));
    println!("of that the snapshot                      {:>7.1} ms", ms(only));

    let table = books.table();
    for (what, filter) in [
        ("all rows", LedgerFilter::default()),
        (
            "by amount, dearest first",
            LedgerFilter { sort: SortBy::Amount, descending: true, ..LedgerFilter::default() },
        ),
        (
            "one kind and product",
            LedgerFilter { kind: Some(EntryKind::Charge), product: Some(Product::Clips), ..LedgerFilter::default() },
        ),
        ("one letter", LedgerFilter { search: "e".to_owned(), ..LedgerFilter::default() }),
        (
            "three words, by title",
            LedgerFilter { search: "winter 66 charge".to_owned(), sort: SortBy::Title, ..LedgerFilter::default() },
        ),
        ("nothing found", LedgerFilter { search: "zebra".to_owned(), ..LedgerFilter::default() }),
    ] {
        let time = median(|| drop(black_box(table.select(black_box(&filter)))));
        println!("{what:<41} {:>7.2} ms, {} rows", ms(time), table.select(&filter).len());
    }
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
