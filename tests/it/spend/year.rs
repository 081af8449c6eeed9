//! A year of work against the wallet, and jobs that are moved in it.

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::money::Usd;
use reelmeter::spend::export::{COLUMNS, csv};
use reelmeter::spend::types::{CauseKind, EntryKind, LedgerFilter, Period, ReportOn};
use reelmeter::spend::{self, Books};
use reelmeter::store::StoreError;

use super::{START, open, reopen, seen, simulate, usd};

#[test]
fn a_year_of_work_agrees_with_the_wallet_to_the_last_digit() {
    let (folder, store) = open();
    let world = simulate(&store, 50_000, 600);
    let store = reopen(&folder, store);
    let zone = TimeZone::get("America/New_York").unwrap();
    let mut books = Books::load(&store).unwrap();
    let now = books.readings().last().unwrap().at;
    let snapshot = seen(&store, &mut books, &zone, now, ReportOn::ThisMonth);

    let findings = &snapshot.findings;
    for stretch in &findings.reconciliations {
        assert_eq!(stretch.sum(), stretch.closing, "{stretch:#?}");
    }
    let whole = findings.between(i64::MIN, i64::MAX).unwrap();
    assert_eq!((whole.opening, whole.closing), (usd("25"), world.balance));
    assert_eq!(whole.charges, world.charged);
    assert_eq!(whole.topped_up(), world.topped_up);
    assert_eq!(whole.timing, Usd::ZERO, "what HeyGen books at another time evens out");
    assert_eq!(whole.failed, Usd::ZERO, "what was given back was taken before");
    let expected = -(world.other_use + world.taken_above_the_card + world.kept_for_failures);
    assert_eq!(whole.remainder, expected);
    assert!(whole.top_ups.iter().any(|top_up| top_up.auto) && whole.top_ups.iter().any(|top_up| !top_up.auto));
    let kinds: std::collections::BTreeSet<_> = whole.causes.iter().map(|cause| cause.kind).collect();
    for kind in [
        CauseKind::RefundSeen,
        CauseKind::RefundNotSeen,
        CauseKind::TakenEarlier,
        CauseKind::TakenLater,
        CauseKind::OtherUse,
        CauseKind::RateChanged,
    ] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    let drift = findings.drifts.iter().find(|drift| drift.product == Product::VideoAgent).unwrap();
    assert_eq!((drift.inferred_rate, drift.card_rate), (usd("0.0355"), usd("0.0333")));
    assert!(findings.drifts.iter().all(|drift| drift.product == Product::VideoAgent), "{:#?}", findings.drifts);

    // Every total is the sum of the export.
    let all: Vec<u32> = snapshot.table.select(&LedgerFilter::default());
    let text = csv(&snapshot.table, &all, &zone);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
    let (mut by_month, mut by_project, mut total) = (std::collections::BTreeMap::new(), Usd::ZERO, Usd::ZERO);
    let mut lines = 0;
    for record in reader.records() {
        let record = record.unwrap();
        lines += 1;
        if &record[3] != "charge" {
            continue;
        }
        let amount = usd(&record[9]);
        assert_eq!(usd(&record[12]) * usd(&record[10]).0, amount, "quantity × rate");
        total += amount;
        *by_month.entry(record[2][..7].to_owned()).or_insert(Usd::ZERO) += amount;
        if &record[7] == "Harbour" && record[2].starts_with(&snapshot.report.period.first.to_string()[..7]) {
            by_project += amount;
        }
    }
    assert_eq!((lines, total), (snapshot.table.rows().len(), world.charged));
    for month in &snapshot.months {
        let key = month.period.first.to_string()[..7].to_owned();
        assert_eq!(by_month.remove(&key).unwrap_or(Usd::ZERO), month.total, "{key}");
    }
    assert!(by_month.is_empty(), "{by_month:?}");
    let report = &snapshot.report;
    assert_eq!(report.total, snapshot.months[0].total);
    assert_eq!(report.by_project.iter().find(|share| &*share.of == "Harbour").unwrap().amount, by_project);
    assert_eq!(report.by_product.iter().map(|share| share.amount).sum::<Usd>(), report.total);
    assert_eq!(report.by_day.iter().map(|day| day.total).sum::<Usd>(), report.total);
    assert_eq!(findings.quotes.points.iter().map(|point| point.charge).sum::<Usd>(), world.charged);
    assert_eq!(findings.quotes.inside, findings.quotes.points.len());
}

#[test]
fn a_moved_job_is_reported_where_it_is_now_and_its_rows_stay() {
    let (folder, store) = open();
    simulate(&store, 40, 3_600);
    let mut books = Books::load(&store).unwrap();
    let zone = TimeZone::UTC;
    let table = books.table();
    let row = *table.rows().iter().find(|row| row.kind == EntryKind::Charge).unwrap();
    let (id, before) = (table.job(&row).unwrap().id, table.booked_to(&row).to_owned());
    assert!(store.transaction(|tx| spend::move_job(tx, id, "Elsewhere", START + 5)).unwrap());
    assert!(!store.transaction(|tx| spend::move_job(tx, id, "Elsewhere", START + 6)).unwrap());
    assert!(books.refresh(&store).unwrap());
    let store = reopen(&folder, store);
    for books in [books, Books::load(&store).unwrap()] {
        let table = books.table();
        let elsewhere = LedgerFilter { project: Some("Elsewhere".into()), ..LedgerFilter::default() };
        let places = table.select(&elsewhere);
        assert_eq!(places.len(), 3, "hold, charge and release");
        assert_eq!(table.charged(&places), row.amount);
        assert_eq!(table.booked_to(table.row(places[0]).unwrap()), before);
        assert_eq!(
            table.select(&LedgerFilter { search: "ELSEwhere charge".to_owned(), ..LedgerFilter::default() }).len(),
            1
        );
        let report = spend::period_report(&table, Period::month(row.at, &zone, 1), &zone);
        assert_eq!(report.by_project.iter().find(|share| &*share.of == "Elsewhere").unwrap().amount, row.amount);
    }
    let tampered = store.transaction(|tx| Ok::<_, StoreError>(tx.execute("DELETE FROM moves", [])?));
    assert!(tampered.is_err(), "what was moved stays on record");
}
