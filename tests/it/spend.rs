//! The money side over a real store: caps under pressure, a year of work against the wallet, exports.

use std::sync::Barrier;

use jiff::tz::TimeZone;
use reelmeter::account::AutoReload;
use reelmeter::draft::avatar_video::Face;
use reelmeter::draft::billable::Mode;
use reelmeter::draft::{AvatarType, AvatarVideoDraft, Draft, Engine, LipsyncDraft, LocalFile, Look, Product};
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::pricing::{RateCard, Unit};
use reelmeter::settings::{CapAction, ProjectBudget, Settings};
use reelmeter::spend::export::{
    COLUMNS, JournalFormat, READING_COLUMNS, csv, dispute, journal, readings_csv, statement,
};
use reelmeter::spend::types::{CauseKind, EntryKind, LedgerFilter, Period, ReportOn, Snapshot, SortBy};
use reelmeter::spend::{self, Books, Caps, Counted, Entry, Refusal, View, overview};
use reelmeter::store::{Store, StoreError};
use rusqlite::{Transaction, params};
use rust_decimal::Decimal;

const START: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z
const CARD: &str = "2026-11-22";

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

/// A row of the journal, as far as money needs one.
struct Planned<'a> {
    id: JobId,
    product: Product,
    title: &'a str,
    project: &'a str,
    rate: Usd,
    /// Low, likely and high.
    quoted: [Usd; 3],
    at: i64,
}

impl Planned<'_> {
    fn entry(&self, at: i64, amount: Usd) -> Entry<'_> {
        Entry { at, product: self.product, project: self.project, amount, card_date: CARD, counted: None }
    }

    fn insert(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let [low, likely, high] = self.quoted.map(Usd::exact);
        let quoted = format!(r#"{{"low":"{low}","likely":"{likely}","high":"{high}","card_date":"{CARD}","how":""}}"#);
        tx.prepare_cached(
            "INSERT INTO jobs (id, product, title, project, state, draft, quoted, rate, hold, files, endpoint, \
             idempotency_key, web_plan, created_at, changed_at) \
             VALUES (?1, ?2, ?3, ?4, 'held', '{}', ?5, ?6, ?7, '{}', '/v3/videos', ?1, 0, ?8, ?8)",
        )?
        .execute(params![
            self.id.to_string(),
            self.product.word(),
            self.title,
            self.project,
            quoted,
            self.rate.exact(),
            high,
            self.at
        ])?;
        Ok(())
    }

    fn hold(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        self.insert(tx)?;
        spend::hold(tx, self.id, &self.entry(self.at, self.quoted[2]))
    }

    fn send(&self, tx: &Transaction<'_>, at: i64) -> Result<(), StoreError> {
        tx.prepare_cached(
            "UPDATE jobs SET state = 'running', first_sent_at = ?2, changed_at = ?2, remote_id = id WHERE id = ?1",
        )?
        .execute(params![self.id.to_string(), at])?;
        Ok(())
    }

    /// Done with this many seconds, or failed.
    fn end(&self, tx: &Transaction<'_>, at: i64, seconds: Option<Decimal>) -> Result<Usd, StoreError> {
        let amount = seconds.map_or(Usd::ZERO, |seconds| self.rate * seconds);
        if let Some(quantity) = seconds {
            let counted = Some(Counted { quantity, rate: self.rate, unit: Unit::Second });
            spend::charge(tx, self.id, &Entry { counted, ..self.entry(at, amount) })?;
        }
        spend::release(tx, self.id, &self.entry(at, self.quoted[2]))?;
        tx.prepare_cached("UPDATE jobs SET state = ?2, hold = '0', changed_at = ?3 WHERE id = ?1")?
            .execute(params![self.id.to_string(), if seconds.is_some() { "done" } else { "failed" }, at])?;
        Ok(amount)
    }
}

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("studio.db")).unwrap();
    (folder, store)
}

fn reopen(folder: &tempfile::TempDir, store: Store) -> Store {
    drop(store);
    Store::open(&folder.path().join("studio.db")).unwrap()
}

#[test]
fn sixty_four_threads_never_overshoot_a_cap_by_a_cent() {
    let (folder, store) = open();
    let projects = ["Northwind", "Harbour", ""];
    let settings = Settings {
        cap_per_job: Some(usd("3")),
        cap_per_day: Some(usd("45")),
        cap_per_month: Some(usd("60")),
        project_budgets: vec![
            ProjectBudget { project: "Northwind".to_owned(), per_month: usd("20"), action: CapAction::Refuse },
            ProjectBudget { project: "Harbour".to_owned(), per_month: usd("17.5"), action: CapAction::Refuse },
        ],
        ..Settings::default()
    };
    let now = START + 86_400 * 14 + 3_600;
    let caps = Caps::of(&settings, now, &TimeZone::UTC);
    // Yesterday counts for the month and not for the day.
    let spent = Planned {
        id: JobId(uuid::Uuid::from_u128(u128::MAX)),
        product: Product::AvatarVideo,
        title: "Yesterday",
        project: "",
        rate: usd("1"),
        quoted: [usd("12"); 3],
        at: now - 86_400,
    };
    store
        .transaction(|tx| {
            spent.hold(tx)?;
            spent.end(tx, now - 86_400, Some(Decimal::from(12)))
        })
        .unwrap();
    let used = |tx: &Transaction<'_>| -> Result<(), StoreError> {
        let held = spend::held(tx)?;
        assert!(held + spend::charged_since(tx, caps.day_start)? <= usd("45"));
        assert!(held + spend::charged_since(tx, caps.month_start)? <= usd("60"));
        for budget in &settings.project_budgets {
            let of_project = spend::held_for(tx, &budget.project)?
                + spend::charged_since_for(tx, caps.month_start, &budget.project)?;
            assert!(of_project <= budget.per_month, "{of_project} for {}", budget.project);
        }
        Ok(())
    };
    let barrier = Barrier::new(64);
    let (taken, refused) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..64_u64)
            .map(|thread| {
                let (store, caps, barrier, used) = (&store, &caps, &barrier, &used);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(thread);
                    let (mut taken, mut refused) = (0, 0);
                    barrier.wait();
                    for turn in 0..8_u64 {
                        let high = Usd(Decimal::new(random.i64(1..35_000), 4));
                        let planned = Planned {
                            id: JobId(uuid::Uuid::from_u128(u128::from(thread * 100 + turn + 1))),
                            product: Product::VideoAgent,
                            title: "Under pressure",
                            project: projects[random.usize(0..3)],
                            rate: high,
                            quoted: [Usd::ZERO, high, high],
                            at: now,
                        };
                        let answer = store.transaction(|tx| {
                            spend::admit(tx, &planned.entry(now, high), Usd::ZERO, caps, None)?;
                            planned.hold(tx)?;
                            used(tx)?;
                            Ok::<_, Refusal>(())
                        });
                        match answer {
                            Ok(()) => taken += 1,
                            Err(Refusal::Store(error)) => panic!("{error}"),
                            Err(refusal) => {
                                assert!(refusal.to_string().contains('$'), "names the cap: {refusal}");
                                refused += 1;
                                continue;
                            }
                        }
                        // Some come home at once and free what was held too much.
                        if random.bool() {
                            let share = Decimal::new(random.i64(0..=100), 2);
                            store.transaction(|tx| planned.end(tx, now, Some(share)).and_then(|_| used(tx))).unwrap();
                        }
                    }
                    (taken, refused)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    });
    let store = reopen(&folder, store);
    store.transaction(|tx| used(tx)).unwrap();
    assert!(taken > 10 && refused > 64, "{taken} taken, {refused} refused");
    let today = store
        .transaction(|tx| Ok::<_, StoreError>(spend::held(tx)? + spend::charged_since(tx, caps.day_start)?))
        .unwrap();
    assert!(today > usd("42"), "the caps are used up, not missed by far: {today}");
}

#[test]
fn a_cap_that_warns_takes_the_job_and_says_so() {
    let (_folder, store) = open();
    let settings = Settings {
        cap_per_day: Some(usd("1")),
        cap_per_day_action: CapAction::Warn,
        cap_per_job: Some(usd("2")),
        ..Settings::default()
    };
    let caps = Caps::of(&settings, START, &TimeZone::UTC);
    let entry = |amount: &str| Entry {
        at: START,
        product: Product::Clips,
        project: "",
        amount: usd(amount),
        card_date: CARD,
        counted: None,
    };
    let admit = |amount: &str| store.transaction(|tx| spend::admit(tx, &entry(amount), Usd::ZERO, &caps, None));
    assert!(admit("1").unwrap().is_empty());
    let overshot = admit("1.01").unwrap();
    assert_eq!(overshot.iter().map(|cap| cap.name()).collect::<Vec<_>>(), ["Cap per day"]);
    let refusal = admit("2.01").unwrap_err().to_string();
    assert!(refusal.contains("$2.01") && refusal.contains("cap for one job is $2.00"), "{refusal}");
}

/// HeyGen's side of the simulation, counted for itself.
#[derive(Default)]
struct World {
    balance: Usd,
    topped_up: Usd,
    other_use: Usd,
    kept_for_failures: Usd,
    taken_above_the_card: Usd,
    charged: Usd,
}

const TITLES: [&str; 5] =
    ["Welcome; or not", "=SUM(A1)", "Größe \"x\", y", "* (star) | pipe", "<b>Opening</b> & hours"];
const PROJECTS: [&str; 4] = ["Northwind & Sons", "Harbour", "", "Ärzte : Haus"];

/// Jobs one after the other, some side by side, with everything that happens in a year.
fn simulate(store: &Store, jobs: u32, spacing: i64) -> World {
    let mut random = fastrand::Rng::with_seed(11);
    let mut world = World { balance: usd("25"), ..World::default() };
    let mut at = START;
    let mut to_refund: Vec<Usd> = Vec::new();
    store
        .transaction(|tx| {
            spend::note_wallet(tx, at, world.balance)?;
            for number in 0..jobs {
                at += random.i64(spacing / 2..spacing * 3 / 2);
                if world.balance < usd("20") {
                    let by_hand = random.u8(0..4) == 0;
                    let amount = if by_hand { usd("45") } else { usd("100") };
                    world.balance += amount;
                    world.topped_up += amount;
                    spend::note_wallet(tx, at - 100, world.balance)?;
                }
                let agent = number % 7 == 0;
                let (product, rate) =
                    if agent { (Product::VideoAgent, usd("0.0333")) } else { (Product::AvatarVideo, usd("0.0667")) };
                let seconds = Decimal::new(random.i64(4_000..60_000), 3);
                let likely = rate * seconds;
                let planned = Planned {
                    id: JobId(uuid::Uuid::from_u128(u128::from(number) + 1)),
                    product,
                    title: TITLES[random.usize(0..TITLES.len())],
                    project: PROJECTS[random.usize(0..PROJECTS.len())],
                    rate,
                    quoted: [likely * Decimal::new(9, 1), likely * Decimal::new(98, 2), likely * Decimal::new(12, 1)],
                    at,
                };
                planned.hold(tx)?;
                planned.send(tx, at + 1)?;
                let wild = random.u8(0..100);
                if wild < 5 {
                    // Failed after HeyGen had taken its price; some of it comes back later.
                    world.balance -= likely;
                    planned.end(tx, at + 30, None)?;
                    spend::note_wallet(tx, at + 31, world.balance)?;
                    if random.bool() {
                        to_refund.push(likely);
                    } else {
                        world.kept_for_failures += likely;
                    }
                    continue;
                }
                // The video agent is dearer than the card says from the middle of the year on.
                let taken = if agent && number > jobs / 2 { usd("0.0355") * seconds } else { likely };
                world.taken_above_the_card += taken - likely;
                if wild < 15 && taken == likely {
                    // HeyGen takes it before the video is home.
                    world.balance -= taken;
                    spend::note_wallet(tx, at + 20, world.balance)?;
                    world.charged += planned.end(tx, at + 40, Some(seconds))?;
                } else if wild < 18 && taken == likely {
                    // HeyGen takes it after the reading.
                    world.charged += planned.end(tx, at + 40, Some(seconds))?;
                    spend::note_wallet(tx, at + 41, world.balance)?;
                    world.balance -= taken;
                } else {
                    world.balance -= taken;
                    world.charged += planned.end(tx, at + 40, Some(seconds))?;
                }
                spend::note_wallet(tx, at + 42, world.balance)?;
                if wild > 97 {
                    let other = Usd(Decimal::new(random.i64(1..20_000_000) * 10 + 7, 8));
                    world.balance -= other;
                    world.other_use += other;
                    spend::note_wallet(tx, at + 60, world.balance)?;
                }
                if wild == 50
                    && let Some(amount) = to_refund.pop()
                {
                    world.balance += amount;
                    spend::note_wallet(tx, at + 70, world.balance)?;
                }
            }
            for amount in std::mem::take(&mut to_refund) {
                at += 100;
                world.balance += amount;
                spend::note_wallet(tx, at, world.balance)?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    world
}

fn reload() -> AutoReload {
    AutoReload { enabled: true, threshold: Some(usd("20")), amount: Some(usd("100")) }
}

/// What the tab shows of the books then, on the built-in card and settings nobody changed, with auto-reload.
fn seen(store: &Store, books: &mut Books, zone: &TimeZone, now: i64, report_on: ReportOn) -> Snapshot {
    let (settings, card, reload) = (Settings::default(), RateCard::built_in(), reload());
    let view = View { now, zone, settings: &settings, auto_reload: Some(&reload), card: &card, report_on };
    overview(store, books, &view).unwrap()
}

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

#[test]
fn the_table_filters_sorts_and_searches() {
    let (_folder, store) = open();
    simulate(&store, 300, 3_600);
    let mut books = Books::load(&store).unwrap();
    let table = books.table();
    let plain = |filter: &LedgerFilter| {
        let mut rows: Vec<_> = table
            .rows()
            .iter()
            .filter(|row| {
                let job = table.job(row).unwrap();
                let text =
                    format!("{} {} {} {}", job.title, job.project, job.product.name(), row.kind.word()).to_lowercase();
                filter.kind.is_none_or(|kind| row.kind == kind)
                    && filter.product.is_none_or(|product| job.product == product)
                    && filter.search.to_lowercase().split_whitespace().all(|word| text.contains(word))
            })
            .map(|row| row.seq)
            .collect();
        rows.sort_unstable();
        rows
    };
    for (search, kind, product) in [
        ("", None, None),
        ("GRÖSSE", None, None),
        ("größe harbour", Some(EntryKind::Charge), None),
        ("agent", None, Some(Product::VideoAgent)),
        ("nothing like it", None, None),
    ] {
        let filter = LedgerFilter { search: search.to_owned(), kind, product, ..LedgerFilter::default() };
        let mut found: Vec<_> = table.select(&filter).iter().map(|place| table.row(*place).unwrap().seq).collect();
        found.sort_unstable();
        assert_eq!(found, plain(&filter), "{search}");
    }
    for sort in SortBy::ALL {
        let up = table.select(&LedgerFilter { sort, ..LedgerFilter::default() });
        let down = table.select(&LedgerFilter { sort, descending: true, ..LedgerFilter::default() });
        assert_eq!((up.len(), down.len()), (table.rows().len(), table.rows().len()));
        assert!(up.iter().eq(down.iter().rev()), "{sort:?}");
    }
    let amounts = table.select(&LedgerFilter { sort: SortBy::Amount, ..LedgerFilter::default() });
    assert!(amounts.is_sorted_by_key(|place| table.row(*place).unwrap().amount));
    // What is added later finds its place.
    let planned = Planned {
        id: JobId(uuid::Uuid::from_u128(9_999)),
        product: Product::Clips,
        title: "Aardvark",
        project: "",
        rate: usd("0.15"),
        quoted: [usd("0.15"); 3],
        at: START - 10,
    };
    store.transaction(|tx| planned.hold(tx)).unwrap();
    assert!(books.refresh(&store).unwrap() && !books.refresh(&store).unwrap());
    let table = books.table();
    let first = |sort| table.select(&LedgerFilter { sort, ..LedgerFilter::default() })[0];
    assert_eq!(table.row(first(SortBy::Time)).unwrap().at, START - 10);
    assert_eq!(
        &*table
            .job(
                table
                    .row(table.select(&LedgerFilter { search: "aardv".into(), ..LedgerFilter::default() })[0])
                    .unwrap()
            )
            .unwrap()
            .title,
        "Aardvark"
    );
}

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
        let output = std::process::Command::new("hledger").arg("-f").arg(&path).args(arguments).output();
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
            std::process::Command::new("bean-check").arg(&path).output()
        };
        // It is large, so it is not asked for: where it is there, it judges.
        let Ok(output) = check(&text) else { return };
        let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{words}");
        let wrong = text.trim_end().strip_suffix(&closing).unwrap().to_owned() + " 0.01 USD\n";
        assert!(!check(&wrong).unwrap().status.success());
    }
}

/// A twin's video on Avatar IV, or a lipsync in precision, each of which has a cheaper way.
fn draft_of(product: Product) -> String {
    let file = |name: &str, media_type: &str| LocalFile {
        path: name.into(),
        size: 1_000,
        media_type: Some(media_type.to_owned()),
        duration: Some(Decimal::from(60)),
        ..LocalFile::default()
    };
    let draft = match product {
        Product::AvatarVideo => Draft::AvatarVideo(AvatarVideoDraft {
            face: Face::Look(Look {
                id: "look".to_owned(),
                name: "Daria".to_owned(),
                avatar_type: AvatarType::DigitalTwin,
                group_id: None,
                default_voice_id: None,
                gender: None,
                engines: Engine::ALL.to_vec(),
                preview_image_url: None,
                preview_video_url: None,
                tags: Vec::new(),
                ready: true,
            }),
            engine: Engine::AvatarIv,
            script: "Welcome back.".to_owned(),
            ..AvatarVideoDraft::default()
        }),
        Product::Lipsync => Draft::Lipsync(LipsyncDraft {
            video: Some(file("a.mp4", "video/mp4")),
            audio: Some(file("a.mp3", "audio/mpeg")),
            mode: Mode::Precision,
            ..LipsyncDraft::default()
        }),
        other => panic!("{other:?}"),
    };
    draft.to_json().unwrap()
}

#[test]
fn the_cheapest_other_way_is_priced_on_the_rates_of_its_day() {
    let (folder, store) = open();
    let made = |store: &Store, number: u128, product: Product, rate: &str, at: i64| {
        let planned = Planned {
            id: JobId(uuid::Uuid::from_u128(number)),
            product,
            title: "Either way",
            project: "",
            rate: usd(rate),
            quoted: [usd("4"); 3],
            at,
        };
        store
            .transaction(|tx| {
                planned.hold(tx)?;
                tx.execute(
                    "UPDATE jobs SET draft = ?2 WHERE id = ?1",
                    params![planned.id.to_string(), draft_of(product)],
                )?;
                planned.end(tx, at + 40, Some(Decimal::new(421, 1)))
            })
            .unwrap();
    };
    let (settings, zone) = (Settings::default(), TimeZone::UTC);
    let seen = |store: &Store, books: &mut Books, card: &RateCard, now: i64| {
        let view = View {
            now,
            zone: &zone,
            settings: &settings,
            auto_reload: None,
            card,
            report_on: ReportOn::MonthOf("2026-01-01".parse().unwrap()),
        };
        overview(store, books, &view).unwrap()
    };
    made(&store, 1, Product::AvatarVideo, "0.0667", START + 100);
    made(&store, 2, Product::Lipsync, "0.0667", START + 200);
    // On a card of their own that nobody kept: nothing is claimed about it.
    made(&store, 3, Product::AvatarVideo, "0.09", START + 300);
    let mut books = Books::load(&store).unwrap();
    let first = seen(&store, &mut books, &RateCard::built_in(), START + 1_000);
    let third = usd("0.0167") * Decimal::new(421, 1);
    let speed = usd("0.0333") * Decimal::new(421, 1);
    let charge = usd("0.0667") * Decimal::new(421, 1);
    let untaken = &first.report.untaken;
    assert_eq!((untaken.jobs, untaken.cheaper), (2, 2));
    assert_eq!((untaken.charged, untaken.instead), (charge + charge, third + speed));
    let names: Vec<_> = untaken.by_way.iter().map(|way| (way.as_way().name(), way.less)).collect();
    assert_eq!(
        names,
        [
            ("Avatar III instead of Avatar IV".to_owned(), charge - third),
            ("Speed instead of Precision".to_owned(), charge - speed)
        ]
    );

    // Avatar III becomes dearer: what was made before keeps its day's rate, also after a restart.
    let dearer = "date = \"2026-01-02\"\n[[rates]]\nproduct = \"avatar_iii\"\nvariant = \"digital_twin\"\nunit = \"s\"\nrate = \"0.05\"\n";
    let dearer = RateCard::parse(dearer).unwrap().over(&RateCard::built_in());
    seen(&store, &mut books, &dearer, START + 2_000);
    made(&store, 4, Product::AvatarVideo, "0.0667", START + 3_000);
    let store = reopen(&folder, store);
    for mut books in [books, Books::load(&store).unwrap()] {
        let both = seen(&store, &mut books, &dearer, START + 4_000);
        let ways: Vec<_> = both.table.jobs().iter().map(|job| job.other_way.map(|way| way.amount)).collect();
        let later = usd("0.05") * Decimal::new(421, 1);
        assert_eq!(ways, [Some(third), Some(speed), None, Some(later)]);
        let text = csv(&both.table, &both.table.select(&LedgerFilter::default()), &zone);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let instead: Usd = records.iter().filter(|record| !record[15].is_empty()).map(|record| usd(&record[15])).sum();
        assert_eq!(instead, both.report.untaken.instead, "the column adds up to the tab's figure");
    }
}

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
    };
    let snapshot = overview(&store, &mut books, &view).unwrap();
    let period = Period::month(START, &zone, 1);
    let page = statement(&snapshot.table, "Northwind & Sons", period, &zone);
    let share = snapshot.report.by_project.iter().find(|share| &*share.of == "Northwind & Sons").unwrap();
    assert!(page.contains("Northwind &amp; Sons") && page.contains("&lt;b&gt;Opening"), "{page}");
    assert!(page.contains(&share.amount.precise()) && page.contains("January 2026"));
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

#[test]
fn each_warning_is_shown_once_even_after_a_restart() {
    let (folder, store) = open();
    store.transaction(|tx| spend::note_wallet(tx, START, usd("4.99"))).unwrap();
    let settings = Settings { low_balance: Some(usd("5")), ..Settings::default() };
    let (zone, card) = (TimeZone::UTC, RateCard::built_in());
    let view = View {
        now: START,
        zone: &zone,
        settings: &settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
    };
    let shown = |store: &Store| {
        let mut books = Books::load(store).unwrap();
        let warnings = overview(store, &mut books, &view).unwrap().warnings;
        assert_eq!(warnings.len(), 1, "it stays in view");
        store.transaction(|tx| spend::not_yet_shown(tx, &warnings, START)).unwrap().len()
    };
    assert_eq!(shown(&store), 1);
    let store = reopen(&folder, store);
    assert_eq!(shown(&store), 0);
    // Topped up, and low again: a new thing.
    for (at, balance) in [(START + 10, "54.99"), (START + 20, "3")] {
        store.transaction(|tx| spend::note_wallet(tx, at, usd(balance))).unwrap();
    }
    assert_eq!(shown(&store), 1);
}
