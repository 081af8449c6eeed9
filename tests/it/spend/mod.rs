//! The money side over a real store: jobs as far as money needs them, and a simulated year of work.

mod caps;
mod keys;
mod damage;
mod days;
mod measured;
mod out;
mod products;
mod table;
pub mod twin;
mod warnings;
mod ways;
mod year;

use jiff::tz::TimeZone;
use reelmeter::account::AutoReload;
use reelmeter::draft::Product;
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::pricing::{RateCard, Unit};
use reelmeter::settings::Settings;
use reelmeter::spend::types::{ReportOn, Snapshot};
use reelmeter::spend::{self, Books, Counted, Entry, View, overview};
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
            spend::note_wallet(tx, at, world.balance, "0a1b")?;
            for number in 0..jobs {
                at += random.i64(spacing / 2..spacing * 3 / 2);
                if world.balance < usd("20") {
                    let by_hand = random.u8(0..4) == 0;
                    let amount = if by_hand { usd("45") } else { usd("100") };
                    world.balance += amount;
                    world.topped_up += amount;
                    spend::note_wallet(tx, at - 100, world.balance, "0a1b")?;
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
                    spend::note_wallet(tx, at + 31, world.balance, "0a1b")?;
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
                    spend::note_wallet(tx, at + 20, world.balance, "0a1b")?;
                    world.charged += planned.end(tx, at + 40, Some(seconds))?;
                } else if wild < 18 && taken == likely {
                    // HeyGen takes it after the reading.
                    world.charged += planned.end(tx, at + 40, Some(seconds))?;
                    spend::note_wallet(tx, at + 41, world.balance, "0a1b")?;
                    world.balance -= taken;
                } else {
                    world.balance -= taken;
                    world.charged += planned.end(tx, at + 40, Some(seconds))?;
                }
                spend::note_wallet(tx, at + 42, world.balance, "0a1b")?;
                if wild > 97 {
                    let other = Usd(Decimal::new(random.i64(1..20_000_000) * 10 + 7, 8));
                    world.balance -= other;
                    world.other_use += other;
                    spend::note_wallet(tx, at + 60, world.balance, "0a1b")?;
                }
                if wild == 50
                    && let Some(amount) = to_refund.pop()
                {
                    world.balance += amount;
                    spend::note_wallet(tx, at + 70, world.balance, "0a1b")?;
                }
            }
            for amount in std::mem::take(&mut to_refund) {
                at += 100;
                world.balance += amount;
                spend::note_wallet(tx, at, world.balance, "0a1b")?;
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
    let view =
        View { now, zone, settings: &settings, auto_reload: Some(&reload), card: &card, report_on, credential: None };
    overview(store, books, &view).unwrap()
}
