//! Any days that are asked for, and the wallet beside each entry.

use jiff::tz::TimeZone;
use reelmeter::money::Usd;
use reelmeter::spend::Books;
use reelmeter::spend::export::{READING_COLUMNS, csv, readings_csv};
use reelmeter::spend::types::{LedgerFilter, ReportOn};

use super::{open, seen, simulate, usd};

#[test]
fn any_days_add_up_and_the_wallet_stands_beside_each_entry() {
    let (_folder, store) = open();
    simulate(&store, 3_000, 9_000);
    let mut books = Books::load(&store).unwrap();
    let now = books.readings().last().unwrap().at;
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    for (first, last, bars) in [
        ("2026-03-29", "2026-03-29", 1),
        ("2026-03-01", "2026-05-01", 62),
        ("2026-02-03", "2026-06-02", 18),
        ("2026-01-31", "2026-12-01", 12),
        ("2020-01-01", "2026-12-31", 84),
    ] {
        let report_on = ReportOn::Days { first: day(first), last: day(last) };
        let snapshot = seen(&store, &mut books, &zone, now, report_on);
        let report = &snapshot.report;
        assert_eq!((report.by_day.len(), report.by_day[0].day), (bars, day(first)));
        assert!(report.by_day.windows(2).all(|two| two[0].next == two[1].day), "the bars touch");
        assert_eq!(report.by_day.last().unwrap().next, report.period.next);
        let filter =
            LedgerFilter { from: Some(report.period.start), to: Some(report.period.end), ..Default::default() };
        let text = csv(&snapshot.table, &snapshot.table.select(&filter), &zone);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).filter(|record| &record[3] == "charge").collect();
        assert_eq!(
            (records.len(), records.iter().map(|record| usd(&record[9])).sum::<Usd>()),
            (report.jobs, report.total)
        );
        assert_eq!(report.by_day.iter().map(|bar| bar.total).sum::<Usd>(), report.total);
        assert!(report.jobs > 0);
    }

    let snapshot = seen(&store, &mut books, &zone, now, ReportOn::ThisMonth);
    let (mut seen, mut counted) = (0, 0);
    for (place, row) in (0..).zip(snapshot.table.rows()) {
        let wallet = snapshot.wallet_after(place).unwrap();
        let next = books.readings().iter().find(|reading| reading.ledger_seq.unwrap() >= row.seq);
        if wallet.seen {
            seen += 1;
            assert_eq!(
                Some(wallet.amount),
                next.map(|reading| reading.balance).or(snapshot.wallet.map(|last| last.balance))
            );
        } else {
            counted += 1;
        }
    }
    assert!(seen > 1_000, "{seen} read, {counted} worked out");

    // The readings as a table: each line is the one before and what happened since.
    let text = readings_csv(books.readings(), &snapshot.findings.reconciliations, &zone);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), READING_COLUMNS);
    let mut before = None;
    let mut charges = Usd::ZERO;
    for record in reader.records().map(Result::unwrap) {
        let wallet = usd(&record[2]);
        if let Some(before) = before {
            let moved = usd(&record[4]) + usd(&record[5]) + usd(&record[6]) + usd(&record[7]) - usd(&record[3]);
            assert_eq!(before + moved, wallet);
            charges += usd(&record[3]);
        }
        before = Some(wallet);
    }
    assert_eq!(before, snapshot.wallet.map(|last| last.balance));
    assert_eq!(charges, snapshot.table.charged(&snapshot.table.select(&LedgerFilter::default())));
}
