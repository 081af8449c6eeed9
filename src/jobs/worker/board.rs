//! The board: made anew as jobs change, and not more often than it can be afforded.
//!
//! A board costs as much as there are jobs. One that is made at each change of each of ten thousand jobs
//! would cost more than the jobs themselves, and nobody can look at them all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::Shared;
use crate::draft::Product;
use crate::jobs::types::{BatchStanding, Board, Job, JobId, JobState};
use crate::money::Usd;

/// The pause after a board, in times of what it took to make: boards take a twentieth of a core at most.
const PAUSE: u32 = 20;

/// Who makes boards, and when the next one may be.
pub(super) struct Publisher {
    board: watch::Sender<Arc<Board>>,
    /// Held while a board is made and sent, so that none overtakes a newer one.
    turn: Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    /// Not before this time; `None`: at once.
    next: Option<Instant>,
    /// One will be made when the time has come.
    is_due: bool,
}

impl Publisher {
    pub(super) fn new() -> (Self, watch::Receiver<Arc<Board>>) {
        let (board, receiver) = watch::channel(Arc::new(Board::default()));
        (Self { board, turn: Mutex::default() }, receiver)
    }
}

impl Shared {
    /// A new board now, for what somebody waits for.
    pub(super) fn publish(&self) {
        let mut turn = self.board.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.send_board(&mut turn);
    }

    /// A new board: now, or when the pause after the last one is over, together with whatever else changes
    /// until then.
    pub(super) fn publish_soon(self: &Arc<Self>) {
        let mut turn = self.board.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if turn.is_due {
            return;
        }
        match turn.next.filter(|next| *next > Instant::now()) {
            None => self.send_board(&mut turn),
            Some(next) => {
                turn.is_due = true;
                let shared = Arc::clone(self);
                tokio::spawn(async move {
                    tokio::time::sleep_until(next).await;
                    shared.publish();
                });
            }
        }
    }

    fn send_board(&self, turn: &mut Turn) {
        let began = std::time::Instant::now();
        // What changes from here on finds the turn taken, and makes a board of its own.
        turn.is_due = false;
        let jobs: Vec<Arc<Job>> = self.lock_jobs().values().rev().cloned().collect();
        let paused = self.pause.borrow().clone();
        let mut board = board_of(jobs, paused);
        board.held += *self.lock_held_unreadable();
        self.board.board.send_replace(Arc::new(board));
        let pause = began.elapsed().saturating_mul(PAUSE);
        turn.next = (pause > SHORTEST_PAUSE).then(|| Instant::now() + pause);
    }
}

/// Timers are no finer: a shorter pause is none.
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);

/// The board of these jobs, newest first.
fn board_of(jobs: Vec<Arc<Job>>, paused: Option<crate::jobs::types::Pause>) -> Board {
    let (mut in_flight, mut sessions, mut held) = (0, 0, Usd::ZERO);
    let mut waiting: Vec<JobId> = Vec::new();
    for job in &jobs {
        if job.state.is_in_flight() {
            match job.product {
                Product::Realtime => sessions += 1,
                _ => in_flight += 1,
            }
        }
        if job.state == JobState::Held {
            waiting.push(job.id);
        }
        if !job.hold.is_zero() {
            held += job.hold;
        }
    }
    waiting.reverse();
    let batches = BatchStanding::of(jobs.iter().map(Arc::as_ref));
    Board { jobs, waiting, in_flight, sessions, held, paused, batches }
}
