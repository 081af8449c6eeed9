//! How fast the Spend tab opens on 200,000 ledger entries, and how fast its table answers.
//! `cargo bench --bench spend`. Prints; judges nothing.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::pricing::{RateCard, Unit};
use reelmeter::settings::Settings;
use reelmeter::spend::types::{EntryKind, LedgerFilter, SortBy};
use reelmeter::spend::{self, Books, Counted, Entry, View, overview, snapshot};
use reelmeter::store::{Store, StoreError};
use rusqlite::params;
use rust_decimal::Decimal;

/// Hold, charge and release of each job.
const JOBS: u32 = 66_667;
const ROUNDS: usize = 31;
const CARD: &str = "2026-11-22";

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

fn fill(store: &Store, start: i64) -> Result<i64, StoreError> {
    let mut random = fastrand::Rng::with_seed(5);
    let rate = Usd(Decimal::new(667, 4));
    let quoted = r#"{"low":"0.1","likely":"2","high":"4","card_date":"2026-11-22","how":""}"#;
    store.transaction(|tx| {
        let mut at = start;
        let mut balance = Usd(Decimal::from(500_000));
        let mut insert = tx.prepare(
            "INSERT INTO jobs (id, product, title, project, state, draft, quoted, rate, hold, files, remote_id, \
             endpoint, idempotency_key, first_sent_at, web_plan, created_at, changed_at) \
             VALUES (?1, ?2, ?3, ?4, 'done', ?5, ?6, ?7, '0', '{}', ?1, '/v3/videos', ?1, ?8, 0, ?8, ?9)",
        )?;
        let draft = "x".repeat(1_500);
        for number in 0..JOBS {
            at += random.i64(200..1_200);
            let id = JobId(uuid::Uuid::from_u128(u128::from(number) + 1));
            let product = *random.choice(&Product::ALL).unwrap_or(&Product::AvatarVideo);
            let project = format!("Project {}", random.u8(0..40));
            let title = format!("Episode {number}, part {} of the winter series", random.u8(1..9));
            let quantity = Decimal::new(random.i64(3_000..60_000), 3);
            insert.execute(params![
                id.to_string(),
                product.word(),
                title,
                project,
                draft,
                quoted,
                rate.exact(),
                at,
                at + 90
            ])?;
            let amount = rate * quantity;
            let entry =
                Entry { at, product, project: &project, amount: Usd::from_cents(400), card_date: CARD, counted: None };
            spend::hold(tx, id, &entry)?;
            let counted = Some(Counted { quantity, rate, unit: Unit::Second });
            spend::charge(tx, id, &Entry { at: at + 90, amount, counted, ..entry })?;
            spend::release(tx, id, &Entry { at: at + 90, ..entry })?;
            balance -= amount;
            spend::note_wallet(tx, at + 91, balance)?;
        }
        Ok(at + 100)
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("studio.db");
    let store = Store::open(&path)?;
    let now = fill(&store, 1_735_689_600)?;
    let zone = TimeZone::get("Europe/Berlin")?;
    let (settings, card) = (Settings::default(), RateCard::built_in());
    let view = View { now, zone: &zone, settings: &settings, auto_reload: None, card: &card, month: None };

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
