//! A job that somebody or something damaged in the journal: the books stand, and its money counts.

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::jobs::journal;
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::pricing::RateCard;
use reelmeter::settings::{CapAction, ProjectBudget, Settings};
use reelmeter::spend::export::csv;
use reelmeter::spend::types::{CapKind, LedgerFilter, ReportOn, WarningKind};
use reelmeter::spend::{self, Books, Caps, View, overview};
use reelmeter::store::{Store, StoreError};
use rusqlite::params;
use rust_decimal::Decimal;

use super::{Planned, START, open, reopen, usd};

fn planned(number: u128, title: &str) -> Planned<'_> {
    Planned {
        id: JobId(uuid::Uuid::from_u128(number)),
        product: Product::Lipsync,
        title,
        project: "Northwind",
        rate: usd("0.0333"),
        quoted: [usd("1"), usd("2"), usd("3.21")],
        at: START + 60,
    }
}

/// Damages a job that waits and one that was charged in the same way, and holds all books beside each other.
#[track_caller]
fn check(damage: &str) {
    let (folder, store) = open();
    let jobs = [planned(1, "Waits"), planned(2, "Done"), planned(3, "Damaged, waits"), planned(4, "Damaged, done")];
    let charged = store
        .transaction(|tx| {
            spend::note_wallet(tx, START, usd("25"), "0a1b")?;
            for job in &jobs {
                job.hold(tx)?;
            }
            let mut charged = Usd::ZERO;
            for job in [&jobs[1], &jobs[3]] {
                job.send(tx, START + 70)?;
                charged += job.end(tx, START + 90, Some(Decimal::new(201, 1)))?;
            }
            tx.execute_batch("PRAGMA defer_foreign_keys = ON")?;
            for job in &jobs[2..] {
                tx.execute(&format!("UPDATE jobs SET {damage} WHERE id = ?1"), params![job.id.to_string()])?;
            }
            Ok::<_, StoreError>(charged)
        })
        .unwrap();
    let store = reopen(&folder, store);
    let zone = TimeZone::UTC;
    let budget = ProjectBudget { project: "Northwind".to_owned(), per_month: usd("10"), action: CapAction::Refuse };
    let settings = Settings { cap_per_month: Some(usd("20")), project_budgets: vec![budget], ..Settings::default() };
    let card = RateCard::built_in();
    let view = View {
        now: START + 100,
        zone: &zone,
        settings: &settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
        credential: None,
    };
    let mut books = Books::load(&store).unwrap();
    let snapshot = overview(&store, &mut books, &view).unwrap();

    // The same is held for the booking, for the board and in the books.
    let held = usd("6.42");
    let (booked, of_project, since) = store
        .transaction(|tx| {
            let since = spend::charged_since_for(tx, START, "Northwind")?;
            Ok::<_, StoreError>((spend::held(tx)?, spend::held_for(tx, "Northwind")?, since))
        })
        .unwrap();
    let (readable, unreadable) = store.transaction(journal::readable).unwrap();
    let on_board: Usd =
        readable.iter().map(|record| record.job.hold).chain(unreadable.iter().map(|job| job.hold)).sum();
    assert_eq!((booked, of_project, on_board, snapshot.held), (held, held, held, held), "{damage}");

    // The total is the sum of the export, and the damaged jobs are in it by a name of their own.
    let all = snapshot.table.select(&LedgerFilter::default());
    let text = csv(&snapshot.table, &all, &zone);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 8, "four holds, two charges, two releases");
    let sum: Usd = records.iter().filter(|record| &record[3] == "charge").map(|record| usd(&record[9])).sum();
    assert_eq!((sum, snapshot.report.total, snapshot.charged_this_month, since), (charged, charged, charged, charged));
    let search = LedgerFilter { search: "a job that cannot be read".to_owned(), ..LedgerFilter::default() };
    assert_eq!(snapshot.table.select(&search).len(), 4, "{text}");
    assert!(records.iter().filter(|record| record[6].contains("cannot be read")).all(|record| &record[5] == "lipsync"));
    let used = |kind: &CapKind| snapshot.caps.iter().find(|cap| cap.kind == *kind).unwrap().used;
    assert_eq!(used(&CapKind::Month), charged + held);
    assert_eq!(used(&CapKind::Project("Northwind".to_owned())), charged + held);
    let told = snapshot.warnings.iter().find(|warning| warning.kind == WarningKind::Unreadable).unwrap();
    assert!(told.title.starts_with("2 jobs") && told.words.contains("$3.21 held"), "{told:?}");
    let stretch = snapshot.findings.reconciliations.last();
    assert!(stretch.is_none_or(|stretch| stretch.sum() == stretch.closing));

    // Others are booked against the same figures, and what is added is read on.
    let next = planned(5, "Next");
    let caps = |month: &str| Caps { per_month: Some(usd(month)), month_start: START, ..Caps::default() };
    let admit = |caps: &Caps| {
        store.transaction(|tx| spend::admit(tx, &next.entry(START + 99, usd("3.21")), usd("1"), caps, None))
    };
    let room = charged + held + usd("3.21");
    assert!(admit(&caps(&room.exact())).is_ok());
    let refusal = admit(&caps(&(room - usd("0.01")).exact())).unwrap_err().to_string();
    assert!(refusal.contains("is charged or held, so $3.20 is left"), "{refusal}");
    store.transaction(|tx| next.hold(tx)).unwrap();
    assert!(books.refresh(&store).unwrap() && !books.refresh(&store).unwrap());
    assert_eq!(spend::snapshot(&books, &view).held, held + usd("3.21"));
}

#[test]
fn a_damaged_job_counts_and_the_books_stand_for_the_rest() {
    check("state = 'somewhere'");
    check("quoted = '{'");
    check("quoted = 'null', state = '', unit = 'furlong'");
    check("product = 'hologram', rate = 'dear'");
    // The ledger knows what is held.
    check("hold = 'a lot'");
    check("hold = '-1', title = CAST(x'ff00fe' AS TEXT)");
    check("state = CAST(x'ff' AS TEXT)");
}

#[test]
fn entries_of_a_job_that_is_gone_count_all_the_same() {
    let (folder, store) = open();
    let job = planned(7, "Gone");
    let charged = store
        .transaction(|tx| {
            job.hold(tx)?;
            job.end(tx, START + 90, Some(Decimal::from(10)))
        })
        .unwrap();
    drop(store);
    let connection = rusqlite::Connection::open(folder.path().join("studio.db")).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; UPDATE jobs SET id = 'no id'").unwrap();
    drop(connection);
    let store = Store::open(&folder.path().join("studio.db")).unwrap();
    let books = Books::load(&store).unwrap();
    let table = books.table();
    assert_eq!(table.charged(&table.select(&LedgerFilter::default())), charged);
    let of_project = LedgerFilter { project: Some("Northwind".into()), ..LedgerFilter::default() };
    assert_eq!(table.select(&of_project).len(), 3);
    let by_booking = store.transaction(|tx| spend::charged_since_for(tx, START, "Northwind")).unwrap();
    assert_eq!(by_booking, charged);
}
