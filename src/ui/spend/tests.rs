//! The tab as a person uses it: by label.

use egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jiff::tz::TimeZone;
use rusqlite::params;
use rust_decimal::Decimal;

use super::*;
use crate::draft::{Choice, Engine, Product};
use crate::money::Usd;
use crate::pricing::{RateCard, Service, Unit};
use crate::settings::Settings;
use crate::spend::export::csv;
use crate::spend::types::{
    Drift, EntryKind, Findings, LedgerFilter, Listing, OtherWay, ReportOn, Rounding, Warning, WarningKind,
};
use crate::spend::{self, Books, Counted, Entry, View, overview};
use crate::store::{Store, StoreError};
use crate::ui::library::fixtures::{NOW, model};
use crate::ui::pictures::Pictures;
use crate::ui::{State, frame};

const DAY: i64 = 86_400;

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

/// A job that was charged: its number, product, project, seconds and what it was quoted.
struct Made<'a> {
    number: u128,
    product: Product,
    title: &'a str,
    project: &'a str,
    seconds: &'a str,
    at: i64,
}

const MADE: [Made<'static>; 4] = [
    Made {
        number: 1,
        product: Product::AvatarVideo,
        title: "Q4 welcome",
        project: "Northwind",
        seconds: "42.1",
        at: NOW - DAY,
    },
    Made {
        number: 2,
        product: Product::Translation,
        title: "Safety briefing",
        project: "Harbour",
        seconds: "125.4",
        at: NOW - 3 * DAY,
    },
    Made {
        number: 3,
        product: Product::AvatarVideo,
        title: "Launch teaser",
        project: "",
        seconds: "10",
        at: NOW - 3 * DAY,
    },
    Made {
        number: 4,
        product: Product::Speech,
        title: "Last month",
        project: "Northwind",
        seconds: "61.05",
        at: NOW - 40 * DAY,
    },
];

const RATE: &str = "0.0667";

fn book(store: &Store, made: &Made<'_>) -> Result<Usd, StoreError> {
    store.transaction(|tx| {
        hold(tx, made)?;
        charge(tx, made)
    })
}

/// The charge to be, and what an entry of the job says.
fn entry<'a>(made: &Made<'a>) -> (Counted, Entry<'a>) {
    let counted =
        Counted { quantity: Decimal::from_str_exact(made.seconds).unwrap(), rate: usd(RATE), unit: Unit::Second };
    let entry = Entry {
        at: made.at,
        product: made.product,
        project: made.project,
        amount: usd("9"),
        card_date: "2026-11-22",
        counted: None,
    };
    (counted, entry)
}

fn hold(tx: &rusqlite::Transaction<'_>, made: &Made<'_>) -> Result<(), StoreError> {
    let id = JobId(uuid::Uuid::from_u128(made.number));
    let (counted, entry) = entry(made);
    let likely = counted.rate * counted.quantity;
    let quoted =
        format!(r#"{{"low":"0.5","likely":"{}","high":"9","card_date":"2026-11-22","how":""}}"#, likely.exact());
    tx.execute(
        "INSERT INTO jobs (id, product, title, project, state, draft, quoted, rate, hold, files, remote_id, \
             endpoint, idempotency_key, first_sent_at, web_plan, created_at, changed_at) \
             VALUES (?1, ?2, ?3, ?4, 'done', '{}', ?5, ?6, '0', '{}', ?1, '/v3/videos', ?1, ?7, 0, ?7, ?7)",
        params![id.to_string(), made.product.word(), made.title, made.project, quoted, RATE, made.at],
    )?;
    spend::hold(tx, id, &entry)
}

fn charge(tx: &rusqlite::Transaction<'_>, made: &Made<'_>) -> Result<Usd, StoreError> {
    let id = JobId(uuid::Uuid::from_u128(made.number));
    let (counted, entry) = entry(made);
    let amount = counted.rate * counted.quantity;
    spend::charge(tx, id, &Entry { amount, counted: Some(counted), ..entry })?;
    spend::release(tx, id, &entry)?;
    Ok(amount)
}

struct Bench {
    model: Model,
    state: SpendTab,
    actions: Vec<Action>,
    answer: SpendAnswer,
}

/// The books of the jobs above: the wallet begins with $100.00 and shows $1.25 less at the end than
/// the charges explain.
pub(in crate::ui) fn snapshot(settings: &Settings) -> Arc<Snapshot> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("studio.db")).unwrap();
    let mut balance = usd("100");
    store.transaction(|tx| spend::note_wallet(tx, NOW - 50 * DAY, balance, "0a1b")).unwrap();
    let mut made: Vec<_> = MADE.iter().collect();
    made.sort_by_key(|made| made.at);
    for made in made {
        balance -= book(&store, made).unwrap();
        store.transaction(|tx| spend::note_wallet(tx, made.at + 5, balance, "0a1b")).unwrap();
    }
    store.transaction(|tx| spend::note_wallet(tx, NOW - 60, balance - usd("1.25"), "0a1b")).unwrap();
    Arc::new(this_month(&store, settings))
}

/// What Spend shows of this month.
fn this_month(store: &Store, settings: &Settings) -> Snapshot {
    let view = View {
        now: NOW,
        zone: &TimeZone::UTC,
        settings,
        auto_reload: None,
        card: &RateCard::built_in(),
        report_on: ReportOn::ThisMonth,
        credential: None,
    };
    overview(store, &mut Books::load(store).unwrap(), &view).unwrap()
}

fn bench_of(size: egui::Vec2, settings: Settings, with_books: bool) -> Harness<'static, Bench> {
    let mut model = model(Vec::new());
    model.spend.value = with_books.then(|| snapshot(&settings));
    model.settings = settings;
    let state = SpendTab { zone: TimeZone::UTC, ..SpendTab::default() };
    let bench = Bench { model, state, actions: Vec::new(), answer: SpendAnswer::default() };
    let mut harness = Harness::builder().with_size(size).with_context_setup(theme::install).build_ui_state(
        |ui, bench: &mut Bench| {
            let answer = spend_ui(ui, &bench.model, &mut bench.state, &mut bench.actions);
            // The app does it in the background.
            bench.actions.retain(|action| match action {
                Action::ListEntries(table, filter) => {
                    bench.model.listing = Some(Arc::new(Listing::of(Arc::clone(table), filter.clone())));
                    false
                }
                _ => true,
            });
            save_question_ui(ui, &mut bench.state, &mut bench.actions);
            if answer != SpendAnswer::default() {
                bench.answer = answer;
            }
        },
        bench,
    );
    harness.run_steps(3);
    harness
}

fn bench() -> Harness<'static, Bench> {
    bench_of(vec2(1080.0, 1500.0), Settings::default(), true)
}

fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(4);
}

fn page(harness: &mut Harness<'_, Bench>, name: &str) {
    click(harness, Role::RadioButton, name);
}

fn has(harness: &Harness<'_, Bench>, part: &str) -> bool {
    harness.query_all_by_label_contains(part).next().is_some()
}

fn rows(harness: &Harness<'_, Bench>) -> Vec<String> {
    harness.get_all_by_role(Role::Row).filter_map(|node| node.accesskit_node().label()).collect()
}

/// The sum of the amounts of a kind in a CSV of the ledger, and of those rows a word is in.
fn sum_of(text: &str, kind: &str, word: &str) -> Usd {
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let column = |name: &str, reader: &mut ::csv::Reader<&[u8]>| {
        reader.headers().unwrap().iter().position(|header| header == name).unwrap()
    };
    let (kinds, amounts) = (column("kind", &mut reader), column("amount_usd", &mut reader));
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let fitting =
        records.iter().filter(|record| &record[kinds] == kind && record.iter().any(|cell| cell.contains(word)));
    fitting.map(|record| usd(&record[amounts])).sum()
}

#[test]
fn every_total_is_the_sum_of_the_csv() {
    let snapshot = snapshot(&Settings::default());
    let table = &snapshot.table;
    let all = csv(table, &table.select(&LedgerFilter::default()), &TimeZone::UTC);
    let every = table.select(&LedgerFilter::default());
    assert_eq!(table.charged(&every), sum_of(&all, "charge", ""));
    assert_eq!(snapshot.months.iter().map(|month| month.total).sum::<Usd>(), sum_of(&all, "charge", ""));
    let points: Usd = snapshot.findings.quotes.points.iter().map(|point| point.charge).sum();
    assert_eq!(points, sum_of(&all, "charge", ""));
    let explained: Usd = snapshot.findings.reconciliations.iter().map(|stretch| stretch.charges).sum();
    assert_eq!(explained, sum_of(&all, "charge", ""));

    let report = &snapshot.report;
    let filter =
        LedgerFilter { from: Some(report.period.start), to: Some(report.period.end), ..LedgerFilter::default() };
    let month = csv(table, &table.select(&filter), &TimeZone::UTC);
    let total = sum_of(&month, "charge", "");
    assert!(total > Usd::ZERO && total < sum_of(&all, "charge", ""));
    assert_eq!((report.total, snapshot.charged_this_month, snapshot.forecast.so_far), (total, total, total));
    for share in &report.by_product {
        assert_eq!(share.amount, sum_of(&month, "charge", share.of.word()), "{:?}", share.of);
    }
    for share in report.by_project.iter().filter(|share| !share.of.is_empty()) {
        assert_eq!(share.amount, sum_of(&month, "charge", &share.of), "{}", share.of);
    }
    assert_eq!(report.by_project.iter().map(|share| share.amount).sum::<Usd>(), total);
    for day in &report.by_day {
        assert_eq!(day.total, sum_of(&month, "charge", &format!("{}T", day.day)), "{}", day.day);
    }
    assert_eq!(snapshot.held, sum_of(&all, "hold", "") - sum_of(&all, "release", ""));
}

#[test]
fn a_new_account_is_told_what_will_be_here() {
    let mut harness = bench_of(vec2(900.0, 560.0), Settings::default(), false);
    assert!(has(&harness, "Reading the books"));
    harness.state_mut().model.spend.fault = Some("The books cannot be read: the disk is gone.".to_owned());
    harness.run_steps(2);
    assert!(has(&harness, "the disk is gone"));
    let mut empty = (*snapshot(&Settings::default())).clone();
    empty.table = Arc::default();
    harness.state_mut().model.spend.value = Some(Arc::new(empty));
    harness.run_steps(2);
    assert!(has(&harness, "Every hold, charge and release will be here"));
    click(&mut harness, Role::Button, "Make an avatar video");
    assert_eq!(harness.state().answer.show, Some(Tab::AvatarVideo));
}

#[test]
fn a_charge_is_explained_down_to_quantity_rate_and_card() {
    let mut harness = bench();
    page(&mut harness, "Ledger");
    assert_eq!(rows(&harness).len(), 4, "charges only, at first");
    let row = rows(&harness).into_iter().find(|row| row.contains("Q4 welcome")).unwrap();
    assert!(row.contains("$2.80807") && row.contains("Northwind"), "{row}");
    click(&mut harness, Role::Row, &row);
    assert!(has(&harness, "42.1 s × $0.0667 per s = $2.80807, on the rate card of 22 Nov 2026."));
    assert!(has(&harness, "charged $2.80807 (to the cent)"));
}

#[test]
fn the_ledger_is_filtered_searched_and_sorted() {
    let mut harness = bench();
    page(&mut harness, "Ledger");
    click(&mut harness, Role::Button, "Sort by amount");
    let amounts = rows(&harness);
    assert!(amounts[0].contains("Safety briefing"), "dearest first: {amounts:?}");
    click(&mut harness, Role::Button, "Sort by amount");
    assert!(rows(&harness)[0].contains("Launch teaser"), "cheapest first");
    click(&mut harness, Role::ComboBox, "Project");
    click(&mut harness, Role::ListBoxOption, "Harbour");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(rows(&harness).len(), 1);
    assert!(has(&harness, "1 entry · $8.36 charged"));
    click(&mut harness, Role::Link, "Clear the filters");
    assert_eq!(rows(&harness).len(), 4);
    let search = harness.get_by_label("Search the ledger");
    search.focus();
    harness.run_steps(2);
    harness.get_by_label("Search the ledger").type_text("teaser");
    harness.run_steps(3);
    assert_eq!(rows(&harness).len(), 1);
    click(&mut harness, Role::Button, "Export the books");
    click(&mut harness, Role::MenuItem, "Ledger as CSV");
    let exported = harness.state().actions.iter().find_map(|action| match action {
        Action::Export(export) => Some((**export).clone()),
        _ => None,
    });
    let Some(Export::Csv(filter)) = exported else { panic!("{exported:?}") };
    assert_eq!((filter.search.as_str(), filter.kind), ("teaser", Some(EntryKind::Charge)), "what is shown goes out");
}

#[test]
fn a_job_is_moved_to_another_project() {
    let mut harness = bench();
    harness.state_mut().model.settings.projects = vec!["Own channel".to_owned()];
    page(&mut harness, "Ledger");
    let row = rows(&harness).into_iter().find(|row| row.contains("Launch teaser")).unwrap();
    click(&mut harness, Role::Row, &row);
    click(&mut harness, Role::ComboBox, "Project of this job");
    click(&mut harness, Role::ListBoxOption, "Own channel");
    let moved = harness.state().actions.iter().any(
        |action| matches!(action, Action::MoveJob { job, project } if job.0.as_u128() == 3 && project == "Own channel"),
    );
    assert!(moved, "{:?}", harness.state().actions);
    click(&mut harness, Role::Button, "Save a dispute folder of this job");
    let saved = |action: &Action| matches!(action, Action::Export(export) if matches!(**export, Export::Dispute(_)));
    assert!(harness.state().actions.iter().any(saved));
}

#[test]
fn the_plot_says_its_days_and_opens_them() {
    let mut harness = bench();
    let plot = |harness: &Harness<'_, Bench>| {
        let node = harness.get_by_role_and_label(Role::GraphicsDocument, "Spend per day, by product");
        node.accesskit_node().value().unwrap_or_default()
    };
    let month = plot(&harness);
    assert!(month.starts_with("November 2026: $11.84 in 3 jobs"), "{month}");
    assert!(month.contains("most on 19 November: $9.03, of that Translate $8.36, Avatar video $0.67"), "{month}");
    harness.get_by_role_and_label(Role::GraphicsDocument, "Spend per day, by product").focus();
    harness.run_steps(2);
    for _ in 0..18 {
        harness.key_press(Key::ArrowRight);
        harness.run_steps(1);
    }
    assert!(plot(&harness).starts_with("19 November: $9.03"), "{}", plot(&harness));
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    assert_eq!(harness.state().state.page, Page::Ledger);
    assert_eq!(rows(&harness).len(), 2, "the entries of that day");
}

#[test]
fn what_does_not_add_up_is_shown_with_its_candidates() {
    let mut harness = bench();
    assert!(has(&harness, "−$1.25"), "the card shows the remainder");
    page(&mut harness, "Wallet");
    assert!(has(&harness, "Remainder that nothing explains"));
    assert!(has(&harness, "Another use of the key"));
    assert!(has(&harness, "does not add up"));
}

#[test]
fn warnings_and_caps_are_in_words() {
    let settings = Settings { cap_per_month: Some(usd("12")), low_balance: Some(usd("95")), ..Settings::default() };
    let mut harness = bench_of(vec2(1080.0, 1500.0), settings, true);
    let kinds: Vec<_> = harness
        .state()
        .model
        .spend
        .value
        .as_ref()
        .map(|snapshot| snapshot.warnings.iter().map(|warning| warning.kind).collect())
        .unwrap_or_default();
    assert_eq!(kinds, [WarningKind::LowBalance, WarningKind::CapNear]);
    assert!(has(&harness, "The wallet is below $95.00"));
    assert!(has(&harness, "Cap per month is nearly reached"));
    assert!(has(&harness, "$11.84 of $12.00"));
    click(&mut harness, Role::Button, "Change the caps in Settings");
    assert_eq!(harness.state().answer.show, Some(Tab::Settings));
}

#[test]
fn any_days_are_chosen_or_typed() {
    let mut harness = bench();
    let asked = |harness: &Harness<'_, Bench>| {
        harness.state().actions.iter().rev().find_map(|action| match action {
            Action::ReportOn(days) => Some(*days),
            _ => None,
        })
    };
    let date = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    click(&mut harness, Role::ComboBox, "Days reported on");
    click(&mut harness, Role::ListBoxOption, "Last 7 days");
    let week = ReportOn::Days { first: date("2026-11-16"), last: date("2026-11-22") };
    assert_eq!(asked(&harness), Some(week));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Previous month");
    assert_eq!(asked(&harness), Some(ReportOn::MonthOf(date("2026-10-01"))));
    click(&mut harness, Role::ComboBox, "Days reported on");
    click(&mut harness, Role::ListBoxOption, "Other days…");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    for (field, text) in [("First day", "15.10.2026"), ("Last day", "3 Nov 2026")] {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run_steps(2);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        harness.run_steps(3);
    }
    click(&mut harness, Role::Button, "Show these days");
    assert_eq!(asked(&harness), Some(ReportOn::Days { first: date("2026-10-15"), last: date("2026-11-03") }));
    assert!(harness.query_by_role_and_label(Role::TextInput, "First day").is_none());
}

#[test]
fn cheaper_ways_not_taken_are_in_dollars_and_lead_to_the_job() {
    let mut harness = bench();
    page(&mut harness, "Quotes");
    assert!(has(&harness, "No job of these days could have been made another way"));
    let mut books = (*snapshot(&Settings::default())).clone();
    let place = books.table.rows().iter().position(|row| row.amount == usd("2.80807")).unwrap();
    let way = OtherWay {
        made: Choice::Engine(Engine::AvatarIv),
        instead: Choice::Engine(Engine::AvatarIii),
        amount: usd("0.70307"),
    };
    let job = books.table.rows()[place].job;
    Arc::make_mut(&mut books.table).job_mut(job).unwrap().other_way = Some(way);
    books.report = spend::period_report(&books.table, books.report.period, &TimeZone::UTC);
    harness.state_mut().model.spend.value = Some(Arc::new(books));
    harness.run_steps(3);
    assert!(has(&harness, "1 of 1 job had a cheaper way: $0.70 instead of $2.81"));
    assert!(has(&harness, "Avatar video: Avatar III instead of Avatar IV"));
    let row = "Q4 welcome, Avatar III instead of Avatar IV, $0.70 instead of $2.81, $2.11 less";
    click(&mut harness, Role::ListBoxOption, row);
    assert_eq!(harness.state().state.page, Page::Ledger);
    let row = rows(&harness).into_iter().find(|row| row.contains("Charge")).unwrap();
    click(&mut harness, Role::Row, &row);
    assert!(has(&harness, "Avatar III instead of Avatar IV would have cost $0.70307, $2.105 less"));
}

#[test]
fn without_a_file_dialog_a_path_is_typed() {
    let mut harness = bench();
    harness.state_mut().state.ask_path(Export::Hledger);
    harness.run_steps(3);
    harness.get_by_label("Where to save it").type_text("/books");
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Save");
    let saved = harness.state().actions.iter().any(|action| {
        matches!(action, Action::ExportTo { export, path } if **export == Export::Hledger && path.as_os_str() == "/books")
    });
    assert!(saved, "{:?}", harness.state().actions);
    assert!(!has(&harness, "Where should it be saved"));
}

#[test]
fn nothing_is_cut_in_a_small_window() {
    for name in ["Overview", "Ledger", "Wallet", "Quotes"] {
        let mut harness = bench_of(vec2(904.0, 552.0), Settings::default(), true);
        page(&mut harness, name);
        let buttons = harness.get_all_by_role(Role::Button).chain(harness.get_all_by_role(Role::ComboBox));
        let widest = buttons.map(|node| node.rect().right()).fold(0.0, f32::max);
        assert!(widest <= 904.0 - 20.0, "{name} reaches {widest}");
    }
}

#[test]
fn a_drifted_rate_is_written_into_the_card_by_a_button() {
    let drift = |service| Drift {
        product: Product::VideoAgent,
        service,
        unit: Unit::Second,
        card_rate: usd("0.0333"),
        inferred_rate: usd("0.04"),
        rounding: Some(Rounding::StartedSecond),
        evidence: Vec::new(),
    };
    let with = |service| {
        let mut harness = bench();
        let mut books = (*snapshot(&Settings::default())).clone();
        books.findings = Arc::new(Findings { drifts: vec![drift(service)], ..(*books.findings).clone() });
        harness.state_mut().model.spend.value = Some(Arc::new(books));
        page(&mut harness, "Wallet");
        assert!(has(&harness, "HeyGen seems to charge $0.04 per s instead of $0.0333 for Video agent"));
        assert!(has(&harness, "counted per started second"));
        click(&mut harness, Role::Button, "Write it into my own rate card");
        harness
            .state()
            .actions
            .iter()
            .any(|action| matches!(action, Action::WriteRate(asked) if **asked == drift(service)))
    };
    assert!(with(Some(Service::VideoAgent)));
    assert!(!with(None), "a line of the card that is not known is not written");
}

#[test]
fn the_header_warns_and_leads_here() {
    let shown = |settings: Settings| {
        let mut model = model(Vec::new());
        model.spend.value = Some(snapshot(&settings));
        let state = (model, State::default(), Pictures::default());
        let mut harness = Harness::builder()
            .with_size(vec2(960.0, 600.0))
            .with_context_setup(theme::install)
            .build_ui_state(|ui, (model, state, pictures)| drop(frame(ui, model, state, pictures)), state);
        harness.run_steps(3);
        harness
    };
    let quiet = shown(Settings::default());
    assert!(quiet.query_all_by_label_contains("money warning").next().is_none());
    let mut harness = shown(Settings { low_balance: Some(usd("95")), ..Settings::default() });
    // They stand on the first page, whichever was open.
    harness.state_mut().1.spend.page = Page::Ledger;
    harness.get_by_role_and_label(Role::Button, "1 money warning").click();
    harness.run_steps(4);
    assert_eq!(harness.state().1.tab, Tab::Spend);
    assert!(harness.query_all_by_label_contains("The wallet is below $95.00").next().is_some());
}

#[test]
fn a_low_wallet_is_told_before_anything_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("studio.db")).unwrap();
    store.transaction(|tx| spend::note_wallet(tx, NOW, usd("4.99"), "0a1b")).unwrap();
    let settings = Settings { low_balance: Some(usd("5")), ..Settings::default() };
    let empty = this_month(&store, &settings);
    let mut harness = bench_of(vec2(1080.0, 800.0), settings, false);
    harness.state_mut().model.spend.value = Some(Arc::new(empty));
    harness.run_steps(3);
    assert!(has(&harness, "Nothing spent yet") && has(&harness, "The wallet is below $5.00"));
}

#[test]
fn what_is_held_for_a_job_that_cannot_be_read_is_given_back_at_the_second_word() {
    let mut harness = bench();
    let mut damaged = Snapshot::clone(harness.state().model.spend.value.as_ref().unwrap());
    damaged.held_unreadable = usd("2.93");
    damaged.warnings = vec![Warning {
        id: "unreadable:1".to_owned(),
        kind: WarningKind::Unreadable,
        title: "A job cannot be read".to_owned(),
        words: "Its entries in the ledger count all the same.".to_owned(),
    }];
    harness.state_mut().model.spend.value = Some(Arc::new(damaged.clone()));
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Give the hold back");
    assert!(harness.state().actions.is_empty(), "it asks first");
    click(&mut harness, Role::Button, "Keep it");
    assert!(!has(&harness, "Release $2.93") && harness.state().actions.is_empty());
    click(&mut harness, Role::Button, "Give the hold back");
    click(&mut harness, Role::Button, "Release $2.93");
    assert!(matches!(harness.state().actions.as_slice(), [Action::GiveBackUnreadable]));
    assert!(!has(&harness, "Release $2.93"));

    damaged.held_unreadable = Usd::ZERO;
    harness.state_mut().model.spend.value = Some(Arc::new(damaged));
    harness.run_steps(3);
    assert!(has(&harness, "A job cannot be read") && !has(&harness, "Give the hold back"), "nothing is held");
}

#[test]
fn the_words_of_a_card_end_inside_it_in_a_small_window() {
    let mut harness = bench_of(vec2(904.0, 1500.0), Settings::default(), true);
    let mut held = Snapshot::clone(harness.state().model.spend.value.as_ref().unwrap());
    (held.unpaid, held.unpaid_jobs) = (usd("12.34"), 3);
    harness.state_mut().model.spend.value = Some(Arc::new(held));
    harness.run_steps(3);
    let words = harness.get_by_label_contains("at this pace").rect();
    let next = harness.get_by_role_and_label(Role::RadioButton, "By product").rect();
    assert!(words.top() < next.top());
    // The edges of two cards and what is between them.
    let between = next.top() - words.bottom();
    assert!(between >= 36.0, "{between} between {words:?} and {next:?}");
}

/// Books of one job whose charge HeyGen took before it was booked, read at the end or before the booking.
fn taken_early(is_booked: bool) -> Harness<'static, Bench> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("studio.db")).unwrap();
    let (made, settings) = (&MADE[0], Settings::default());
    let after = usd("100") - usd(RATE) * Decimal::from_str_exact(made.seconds).unwrap();
    store.transaction(|tx| spend::note_wallet(tx, made.at - 10, usd("100"), "0a1b")).unwrap();
    store.transaction(|tx| hold(tx, made).and_then(|()| spend::note_wallet(tx, made.at, after, "0a1b"))).unwrap();
    if is_booked {
        store
            .transaction(|tx| charge(tx, made).and_then(|_| spend::note_wallet(tx, made.at + 5, after, "0a1b")))
            .unwrap();
    }
    let books = this_month(&store, &settings);
    let mut harness = bench_of(vec2(1080.0, 1500.0), settings, false);
    harness.state_mut().model.spend.value = Some(Arc::new(books));
    harness.run_steps(3);
    page(&mut harness, "Wallet");
    harness
}

#[test]
fn what_a_charge_explains_a_moment_later_is_no_suspect() {
    let harness = taken_early(true);
    assert!(has(&harness, "All is explained") && !has(&harness, "What may be behind it"));
    assert!(!has(&harness, "Taken before it was booked"));
    let open = taken_early(false);
    assert!(!has(&open, "All is explained"), "a movement that nothing explains yet is shown");
}

#[test]
fn a_first_afternoon_is_no_pace() {
    let harness = taken_early(true);
    let mut early = Snapshot::clone(harness.state().model.spend.value.as_ref().unwrap());
    early.forecast.too_early = true;
    early.forecast.wallet = crate::spend::types::Runway::TooEarly;
    let mut harness = bench();
    harness.state_mut().model.spend.value = Some(Arc::new(early));
    harness.run_steps(3);
    assert!(has(&harness, "Too early to tell how long it lasts") && has(&harness, "too early to tell its end"));
    assert!(!has(&harness, "at this pace") && !has(&harness, "by its end"));
}

#[test]
fn another_account_has_other_entries() {
    let mut harness = bench();
    page(&mut harness, "Ledger");
    let row = rows(&harness).into_iter().find(|row| row.contains("Q4 welcome")).unwrap();
    click(&mut harness, Role::Row, &row);
    assert!(has(&harness, "Close the explanation"));
    harness.state_mut().model.account = Account::Live;
    harness.run_steps(3);
    assert!(!has(&harness, "Close the explanation"));
}

#[test]
fn a_charge_above_all_that_was_quoted_is_marked_and_leads_to_its_entry() {
    let mut harness = bench();
    page(&mut harness, "Quotes");
    assert!(!has(&harness, "above all that was quoted"));
    let mut snapshot = (**harness.state().model.spend.value.as_ref().unwrap()).clone();
    let mut findings = (*snapshot.findings).clone();
    let point = findings.quotes.points.iter_mut().find(|point| point.product == Product::Translation).unwrap();
    point.high = point.charge - usd("0.69");
    snapshot.findings = Arc::new(findings);
    harness.state_mut().model.spend.value = Some(Arc::new(snapshot));
    harness.run_steps(3);
    assert!(has(&harness, "1 charge lies above all that was quoted, by $0.69."));
    assert!(has(&harness, "$0.69 above $"));
    click(&mut harness, Role::Link, "Show Safety briefing in the ledger");
    assert!(rows(&harness).iter().any(|row| row.contains("Safety briefing")), "{:?}", rows(&harness));
}
