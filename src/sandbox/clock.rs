//! The sandbox's time: the system's, or one that a test moves by hand.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// Where the sandbox reads the time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The computer's clock.
    #[default]
    System,
    /// Stands still until somebody moves it.
    Manual(ManualClock),
}

impl Clock {
    /// Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_millis()).ok())
                .unwrap_or_default(),
            Self::Manual(manual) => manual.now(),
        }
    }

    /// Returns once `at` (Unix milliseconds) has come.
    pub async fn until(&self, at: i64) {
        match self {
            Self::System => {
                let left = u64::try_from(at.saturating_sub(self.now())).unwrap_or_default();
                tokio::time::sleep(Duration::from_millis(left)).await;
            }
            Self::Manual(manual) => {
                let mut time = manual.time.subscribe();
                // The sender lives in `manual`, so the wait cannot end early.
                let _ = time.wait_for(|now| *now >= at).await;
            }
        }
    }
}

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    time: Arc<watch::Sender<i64>>,
}

impl ManualClock {
    /// A clock that shows `now`, in Unix milliseconds.
    #[must_use]
    pub fn at(now: i64) -> Self {
        Self { time: Arc::new(watch::Sender::new(now)) }
    }

    /// Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        *self.time.borrow()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.time.send_modify(|now| *now = now.saturating_add(by));
    }
}
