//! The books for others: plain-text accounting, a statement, a dispute.

use jiff::tz::TimeZone;
use reelmeter::money::Usd;
use reelmeter::pricing::RateCard;
use reelmeter::settings::Settings;
use reelmeter::spend::export::{JournalFormat, dispute, journal, statement};
use reelmeter::spend::types::{Period, ReportOn};
use reelmeter::spend::{Books, View, overview};
use reelmeter::store::StoreError;
use rusqlite::params;

use super::{START, open, seen, simulate, usd};

#[test]
fn hledger_accepts_the_journal_and_every_reading_in_it() {
    let (folder, store) = open();
    let world = simulate(&store, 400, 20_000);
    let zone = TimeZone::get("Pacific/Auckland").unwrap();
    let mut books = Books::load(&store).unwrap();
    let now = books.readings().last().unwrap().at;
    seen(&store, &mut books, &zone, now, ReportOn::ThisMonth);
    let text = journal(&books, &zone, JournalFormat::Hledger);
    assert!(text.matches(" = ").count() > 400, "readings are asserted");
    let hledger = |text: &str, arguments: &[&str]| {
        let path = folder.path().join("books.journal");
        std::fs::write(&path, text).unwrap();
        let output = std::process::Command::new("hledger")
            .env("LC_ALL", "C.UTF-8")
            .arg("-f")
            .arg(&path)
            .args(arguments)
            .output();
        let output = output.unwrap_or_else(|error| {
            panic!("hledger is needed for this test and could not be started ({error}); scripts/test installs it")
        });
        (
            output.status.success(),
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
        )
    };
    let (sound, words) = hledger(&text, &["check", "accounts", "assertions", "ordereddates"]);
    assert!(sound, "{words}");
    let (_, balance) = hledger(&text, &["balance", "-N", "--flat", "Assets:HeyGen:Wallet"]);
    let shown: String = balance.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    assert_eq!(usd(&shown), world.balance, "{balance}");
    // One cent more, and it is refused.
    let closing = format!("= {} USD", world.balance.exact());
    let wrong = format!("= {} USD", (world.balance + usd("0.01")).exact());
    assert!(!hledger(&text.replace(&closing, &wrong), &["check"]).0);
}

#[test]
fn beancount_accepts_the_journal_and_every_days_last_reading_in_it() {
    let (folder, store) = open();
    let world = simulate(&store, 400, 20_000);
    for zone in ["Pacific/Auckland", "America/Los_Angeles"] {
        let zone = TimeZone::get(zone).unwrap();
        let mut books = Books::load(&store).unwrap();
        let now = books.readings().last().unwrap().at;
        seen(&store, &mut books, &zone, now, ReportOn::ThisMonth);
        let text = journal(&books, &zone, JournalFormat::Beancount);
        assert!(text.matches(" balance Assets:HeyGen:Wallet ").count() > 80, "days end with an assertion");
        let closing = format!(" {} USD", world.balance.exact());
        assert!(text.trim_end().ends_with(&closing), "the last reading is asserted");
        let path = folder.path().join("books.beancount");
        let check = |text: &str| {
            std::fs::write(&path, text).unwrap();
            std::process::Command::new("bean-check").env("LC_ALL", "C.UTF-8").arg(&path).output()
        };
        // It is large, so it is not asked for: where it is there, it judges.
        let Ok(output) = check(&text) else { return };
        let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{words}");
        let wrong = text.trim_end().strip_suffix(&closing).unwrap().to_owned() + " 0.01 USD\n";
        assert!(!check(&wrong).unwrap().status.success());
    }
}

#[test]
fn a_statement_is_one_safe_page_and_a_dispute_has_no_signature() {
    let (folder, store) = open();
    simulate(&store, 60, 3_600);
    let zone = TimeZone::UTC;
    let mut books = Books::load(&store).unwrap();
    let (settings, card) = (Settings::default(), RateCard::built_in());
    let view = View {
        now: START,
        zone: &zone,
        settings: &settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
        credential: None,
    };
    let snapshot = overview(&store, &mut books, &view).unwrap();
    let period = Period::month(START, &zone, 1);
    let page = statement(&snapshot.table, "Northwind & Sons", period, &zone);
    let share = snapshot.report.by_project.iter().find(|share| &*share.of == "Northwind & Sons").unwrap();
    assert!(page.contains("Northwind &amp; Sons") && page.contains("&lt;b&gt;Opening"), "{page}");
    assert!(page.contains(&format!("The exact total is ${}", share.amount.exact())) && page.contains("January 2026"));
    let cells = page.split("<td class=n>").skip(1).filter_map(|cell| cell.split_once("</td></tr>"));
    let figures: Vec<Usd> = cells.map(|(figure, _)| usd(&figure.replace(',', ""))).collect();
    let (total, lines) = figures.split_last().unwrap();
    assert!(lines.len() > 5 && figures.iter().all(|figure| *figure == figure.to_cents()), "{figures:?}");
    assert_eq!((lines.iter().copied().sum::<Usd>(), *total), (share.amount.to_cents(), share.amount.to_cents()));
    for outside in ["<script", "http", "<b>", "src=", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }

    let failed = snapshot.table.jobs().iter().find(|job| job.state.word() == "failed").unwrap().id;
    store
        .transaction(|tx| {
            Ok::<_, StoreError>(tx.execute(
                "UPDATE jobs SET answer = ?2, request = ?3, credential = 'fingerprint-of-a-key' WHERE id = ?1",
                params![
                    failed.to_string(),
                    r#"{"data":{"url":"https://files.example/a?Signature=secret"}}"#,
                    br#"{"script":"Hello"}"#
                ],
            )?)
        })
        .unwrap();
    let first = dispute(&store, &books, failed, folder.path(), &zone).unwrap();
    let second = dispute(&store, &books, failed, folder.path(), &zone).unwrap();
    assert_ne!(first, second, "nothing is overwritten");
    let mut all = String::new();
    for file in std::fs::read_dir(&first).unwrap() {
        all.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    for word in [&failed.to_string(), "https://files.example/a\"", "Hello", "Idempotency-Key", "The wallet around it"] {
        assert!(all.contains(word), "{word}: {all}");
    }
    assert!(!all.contains("secret") && !all.contains("fingerprint"), "{all}");
}
