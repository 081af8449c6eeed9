//! The last requests the sandbox saw, for tests and curious people. Header names only, no values.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

const KEPT: usize = 1_000;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Unix milliseconds.
    pub at: i64,
    pub method: String,
    /// Without the query: it may carry a signature.
    pub path: String,
    /// Lower case, in the order they came.
    pub header_names: Vec<String>,
    /// `None` while there is no answer.
    pub status: Option<u16>,
}

#[derive(Debug, Default)]
pub(super) struct Requests {
    seen: Mutex<(u64, VecDeque<Seen>)>,
}

impl Requests {
    /// Notes a request; the number names it for [`Requests::answered`].
    pub fn note(&self, seen: Seen) -> u64 {
        let mut kept = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.1.len() == KEPT {
            kept.1.pop_front();
        }
        kept.1.push_back(seen);
        kept.0 += 1;
        kept.0
    }

    pub fn answered(&self, number: u64, status: u16) {
        let mut kept = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let back = usize::try_from(kept.0.saturating_sub(number)).unwrap_or(usize::MAX);
        let place = kept.1.len().checked_sub(back.saturating_add(1));
        if let Some(seen) = place.and_then(|place| kept.1.get_mut(place)) {
            seen.status = Some(status);
        }
    }

    /// Oldest first.
    pub fn all(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).1.iter().cloned().collect()
    }
}
