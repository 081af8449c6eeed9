//! Jobs and models for this tab's tests.

use std::sync::Arc;

use crate::draft::Product;
use crate::jobs::types::{Board, Job, JobId, JobState, Progress, QuotedPrice, ResultFiles};
use crate::money::Usd;
use crate::pricing::RateCard;
use crate::settings::Account;
use crate::ui::Model;
use crate::ui::model::KeyStatus;

/// 22 Nov 2026, 16:30 UTC.
pub const NOW: i64 = 1_795_365_000;

/// A finished job; the number is its id and makes its title.
pub fn job(number: u128) -> Job {
    Job {
        id: JobId(uuid::Uuid::from_u128(number)),
        product: Product::AvatarVideo,
        title: format!("Video {number}"),
        project: "Northwind".to_owned(),
        state: JobState::Done,
        progress: Progress::None,
        quoted: QuotedPrice {
            low: Usd::from_cents(260),
            likely: Usd::from_cents(274),
            high: Usd::from_cents(293),
            card_date: "2026-11-22".to_owned(),
            how: "Digital twin, Avatar IV, 1080p · $0.0667 / s × 0:39 to 0:44".to_owned(),
        },
        hold: Usd::ZERO,
        charge: None,
        due: None,
        duration: None,
        error: None,
        files: ResultFiles::default(),
        remote_id: None,
        created_at: NOW - 600,
        changed_at: NOW - 60,
        portrait_url: None,
        draft: Arc::from("{}"),
        batch: None,
        again: None,
    }
}

/// A board of these jobs, newest first.
pub fn board(jobs: Vec<Job>) -> Arc<Board> {
    Arc::new(Board { jobs: jobs.into_iter().map(Arc::new).collect(), ..Board::default() })
}

/// A model of the sandbox with these jobs.
pub fn model(jobs: Vec<Job>) -> Model {
    Model {
        host: "127.0.0.1".to_owned(),
        board: board(jobs),
        key: KeyStatus::Missing,
        results_folder: "/films".into(),
        config_folder: "/config".into(),
        data_folder: "/data".into(),
        now: NOW,
        ..Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()))
    }
}
