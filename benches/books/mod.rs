//! The books of years of work: 200,000 entries with drafts as the journal keeps them.

use reelmeter::draft::{Draft, Product};
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::pricing::Unit;
use reelmeter::spend::{self, Counted, Entry};
use reelmeter::store::{Store, StoreError};
use rusqlite::params;
use rust_decimal::Decimal;

#[path = "../../tests/it/spend/twin.rs"]
mod twin;

/// Hold, charge and release of each job.
pub const JOBS: u32 = 66_667;
const CARD: &str = "2026-11-22";

/// Fills an empty store; the last moment in it.
pub fn fill(store: &Store, start: i64) -> Result<i64, StoreError> {
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
        let script = "Three things changed this spring. First, every customer gets a named contact. ".repeat(15);
        let twin = Draft::from(twin::twin(&script)).to_json().unwrap_or_default();
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
                if product == Product::AvatarVideo { &twin } else { "{}" },
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
            spend::note_wallet(tx, at + 91, balance, "0a1b")?;
        }
        Ok(at + 100)
    })
}
