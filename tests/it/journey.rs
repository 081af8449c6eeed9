//! The main job as a person does it: the whole program behind the window, found by label, on the
//! sandbox over a real socket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use reelmeter::account::Billing;
use reelmeter::app::{Options, Studio};
use reelmeter::jobs::types::JobState;
use reelmeter::money::Usd;
use reelmeter::paths::Paths;
use reelmeter::sandbox::{Kind, Rule};
use reelmeter::settings::Account;
use reelmeter::spend::Books;
use reelmeter::spend::export::csv;
use reelmeter::spend::types::LedgerFilter;
use reelmeter::store::Store;
use rust_decimal::Decimal;

use crate::rig::{PATIENCE, hurried};

/// A file as the desktop hands it over.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

pub struct Window {
    pub harness: Harness<'static, Studio>,
    repaints: Receiver<()>,
}

pub fn open(folder: &Path) -> Window {
    let sandbox = Some(Account::Sandbox);
    open_with(folder, Options { account: sandbox, sandbox_speed: Decimal::from(10_000), ..Options::default() })
}

/// The live account on a server of this computer, its key entered for the session.
pub fn open_live(folder: &Path, base_url: &str, key: &str) -> Window {
    let base_url = Some(base_url.to_owned());
    let mut window = open_with(folder, Options { account: Some(Account::Live), base_url, ..Options::default() });
    window.use_key(key);
    window
}

fn open_with(folder: &Path, options: Options) -> Window {
    let (repaint, repaints) = channel();
    let options = Options { data: Some(folder.to_owned()), ..options };
    let paths = Paths::under(folder);
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(64).build_eframe(move |creation| {
        creation.egui_ctx.set_request_repaint_callback(move |_| {
            // The window may be gone already.
            let _ = repaint.send(());
        });
        Studio::new(&creation.egui_ctx, options, paths, hurried()).unwrap()
    });
    harness.step();
    Window { harness, repaints }
}

impl Window {
    /// Draws a frame for each thing that happens, until the condition holds.
    pub fn until(&mut self, what: &str, condition: impl Fn(&Harness<'static, Studio>) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.harness.step();
            if condition(&self.harness) {
                // Clicks need the layout of a frame that shows this.
                self.harness.step();
                return;
            }
            assert!(Instant::now() < deadline, "never happened: {what}\n{:#?}", self.harness.state().model().notices);
            // Whatever the background brings wakes the window.
            let _ = self.repaints.recv_timeout(Duration::from_millis(200));
        }
    }

    pub fn drop_file(&mut self, path: PathBuf) {
        self.harness.input_mut().dropped_files = vec![Arc::new(Dropped(path))];
    }

    /// Enters a key for this session, and waits until it was tried and is in use.
    pub fn use_key(&mut self, key: &str) {
        self.click(Role::Tab, "Settings");
        if self.harness.query_by_role_and_label(Role::PasswordInput, "API key").is_none() {
            self.click(Role::Button, "Replace the key");
        }
        self.harness.get_by_role_and_label(Role::PasswordInput, "API key").focus();
        self.harness.step();
        self.harness.get_by_role_and_label(Role::PasswordInput, "API key").type_text(key);
        self.harness.step();
        self.click(Role::Button, "Use for this session only");
        self.until("the key is tried", |harness| {
            let model = harness.state().model();
            !model.key_busy && model.key_answer.as_ref().is_some_and(Result::is_ok)
        });
    }

    pub fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.harness.step();
        self.harness.step();
    }

    fn wallet(&self) -> Option<Usd> {
        match self.harness.state().model().info.value.as_ref()?.billing {
            Billing::Wallet { balance, .. } => balance,
            _ => None,
        }
    }

    pub fn has(&self, part: &str) -> bool {
        self.harness.query_all_by_label_contains(part).next().is_some()
    }
}

/// Opens the studio, picks the first face and writes a script; the button then carries a price.
pub fn composed(folder: &Path) -> Window {
    let mut window = open(folder);
    window.until("the faces are there", |harness| harness.query_all_by_label_contains("Daria").next().is_some());
    window.until("the voices are there", |harness| harness.state().model().voices.value.is_some());
    window.until("the wallet is known", |harness| harness.state().model().info.value.is_some());
    assert!(window.has("Choose a face"), "the button says what is missing");
    window.harness.get_all_by_label_contains("Daria").next().unwrap().click();
    window.harness.step();
    window.harness.step();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Script").focus();
    window.harness.step();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Script").type_text("Welcome to the studio, Ümit.");
    window.until("the button carries a price", |harness| {
        harness.query_all_by_label_contains("Create · ").next().is_some()
    });
    window
}

fn create(window: &mut Window) {
    window.harness.get_all_by_label_contains("Create · ").next().unwrap().click();
    window.harness.step();
}

#[test]
fn from_the_click_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    let before = window.wallet().unwrap();
    assert_eq!(before, Usd::from_cents(2_500));

    let price = |window: &Window| {
        window
            .harness
            .get_all_by_label_contains("Create · ")
            .next()
            .unwrap()
            .accesskit_node()
            .label()
            .unwrap_or_default()
    };
    let short = price(&window);
    window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "Script")
        .type_text(" And now a second sentence that takes its time.");
    window.harness.step();
    window.harness.step();
    assert_ne!(price(&window), short, "the price follows the script as it is typed");

    create(&mut window);
    window.until("the video is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    let job = window.harness.state().model().board.jobs[0].clone();
    let charge = job.charge.unwrap();
    let after = before - charge;
    window.until("the wallet fell by the charge", |harness| match &harness.state().model().info.value {
        Some(info) => matches!(info.billing, Billing::Wallet { balance: Some(balance), .. } if balance == after),
        None => false,
    });
    assert!(window.has(&after.to_string()), "the header shows the wallet");
    let video = job.files.video.clone().unwrap();
    assert!(video.starts_with(folder.path().join("Results")) && video.exists());
    assert_eq!(video.file_name().unwrap().to_string_lossy(), "Welcome to the studio, Ümit.mp4");
    assert!(video.with_extension("srt").exists());

    window.click(Role::Tab, "Library");
    assert!(window.has(&job.title));
    assert!(window.has(&charge.to_string()), "the library shows what it cost");
}

#[test]
fn a_second_click_makes_no_second_job() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    create(&mut window);
    for _ in 0..5 {
        if let Some(button) = window.harness.query_all_by_label_contains("Submitting").next() {
            button.click();
        }
        window.harness.step();
    }
    window.until("the video is done", |harness| {
        let jobs = &harness.state().model().board.jobs;
        !jobs.is_empty() && jobs.iter().all(|job| job.state == JobState::Done)
    });
    assert_eq!(window.harness.state().model().board.jobs.len(), 1);
}

#[test]
fn a_failed_render_is_told_in_words_and_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    let kind = Kind::FailRender { code: "rendering_failed".to_owned(), message: "The face was lost.".to_owned() };
    window.harness.state().sandbox().unwrap().faults.push(Rule::once("POST", "/v3/videos", kind));
    create(&mut window);
    window.until("it failed", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Failed)
    });
    window.click(Role::Tab, "Library");
    assert!(window.has("The face was lost."));
    assert!(window.has("The hold is released"));
    assert_eq!(window.wallet(), Some(Usd::from_cents(2_500)));
}

#[test]
fn a_results_folder_that_cannot_be_written_refuses_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    std::fs::write(folder.path().join("Results"), "a file in its place").unwrap();
    create(&mut window);
    window.until("it says so", |harness| harness.query_all_by_label_contains("nothing is charged").next().is_some());
    assert!(window.harness.state().model().board.jobs.is_empty());
    let posted = window.harness.state().sandbox().unwrap().requests().iter().any(|seen| seen.method == "POST");
    assert!(!posted, "something was sent");
}

#[test]
fn an_empty_wallet_is_said_and_the_queue_goes_on_when_it_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    let sandbox = window.harness.state().sandbox().unwrap().faults.clone();
    sandbox.push(Rule::once("POST", "/v3/videos", Kind::InsufficientCredit));
    create(&mut window);
    window.until("the queue stands still", |harness| harness.state().model().board.paused.is_some());
    let fill = "Add $25.00 of play money";
    window.until("there is a way on", |harness| harness.query_by_label(fill).is_some());
    window.click(Role::Button, fill);
    window.until("the video is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    let left = Usd::from_cents(5_000) - window.harness.state().model().board.jobs[0].charge.unwrap();
    window.until("the wallet holds what was added", |harness| match &harness.state().model().info.value {
        Some(info) => matches!(info.billing, Billing::Wallet { balance: Some(balance), .. } if balance == left),
        None => false,
    });
}

#[test]
fn a_job_that_could_not_be_made_again_can_be_asked_for_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    let kind = Kind::FailRender { code: "rendering_failed".to_owned(), message: "The face was lost.".to_owned() };
    window.harness.state().sandbox().unwrap().faults.push(Rule::once("POST", "/v3/videos", kind));
    create(&mut window);
    window.until("it failed", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Failed)
    });
    window.click(Role::Tab, "Library");
    let results = folder.path().join("Results");
    std::fs::remove_dir_all(&results).unwrap();
    std::fs::write(&results, "a file in its place").unwrap();
    let again = |window: &mut Window| {
        window.until("it can be made again", |harness| {
            harness.query_all_by_label_contains("Make again").next().is_some()
        });
        window.harness.get_all_by_label_contains("Make again").next().unwrap().click();
        window.harness.step();
    };
    again(&mut window);
    window.until("the button is free again", |harness| {
        harness.query_all_by_label_contains("Make again").next().is_some()
    });
    assert_eq!(window.harness.state().model().board.jobs.len(), 1, "nothing was made");
    std::fs::remove_file(&results).unwrap();
    again(&mut window);
    window.until("the second is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    assert_eq!(window.harness.state().model().board.jobs.len(), 2);
}

#[test]
fn a_charge_is_found_in_the_ledger_explained_and_in_the_csv() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    create(&mut window);
    window.until("the video is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    let job = window.harness.state().model().board.jobs[0].clone();
    let charge = job.charge.unwrap();
    window.click(Role::Tab, "Spend");
    window.until("the books have the charge", |harness| {
        let books = &harness.state().model().spend.value;
        books.as_ref().is_some_and(|books| books.charged_this_month == charge)
    });
    window.click(Role::RadioButton, "Ledger");
    let listed = format!("1 entry · {charge} charged");
    window.until("the entry is listed", |harness| harness.query_all_by_label_contains(&listed).next().is_some());
    window.harness.get_by_role(Role::Row).click();
    window.harness.step();
    window.harness.step();
    let duration = job.duration.unwrap().normalize();
    assert!(window.has(&format!("{duration} s × ")), "down to the seconds of the film");
    assert!(window.has(&format!("= {}, on the rate card of ", charge.precise())));
    drop(window);

    let path = Paths::under(folder.path()).database(Account::Sandbox);
    // The window's background lets go of it in its own time.
    let begun = std::time::Instant::now();
    let store = loop {
        match Store::open(&path) {
            Ok(store) => break store,
            Err(error) => assert!(begun.elapsed() < crate::rig::PATIENCE, "{error}"),
        }
        std::thread::yield_now();
    };
    let books = Books::load(&store).unwrap();
    let table = books.table();
    let text = csv(&table, &table.select(&LedgerFilter::default()), &jiff::tz::TimeZone::UTC);
    let charges: Vec<&str> = text.lines().filter(|line| line.contains(",charge,")).collect();
    assert_eq!(charges.len(), 1);
    assert!(charges[0].split(',').any(|cell| cell == charge.exact()), "{}", charges[0]);
}
