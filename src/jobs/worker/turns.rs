//! Who is sent next after HeyGen was full: whoever it turned away first.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::draft::Product;
use crate::jobs::types::JobId;

/// The jobs that HeyGen turned away and that were not sent again yet.
#[derive(Default)]
pub(super) struct Turns {
    /// Sessions are counted by themselves, as HeyGen counts them.
    kept: Mutex<BTreeSet<(bool, JobId)>>,
    changed: Notify,
}

/// Holds a job's turn until it is dropped.
pub(super) struct Turn {
    shared: Arc<Turns>,
    key: (bool, JobId),
}

impl Turns {
    /// Keeps the turn of a job that HeyGen has no room for.
    pub(super) fn keep(self: &Arc<Self>, product: Product, id: JobId) -> Turn {
        let key = (product == Product::Realtime, id);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        Turn { shared: Arc::clone(self), key }
    }

    /// Whether an older job waits to be sent again. Ids sort by time.
    pub(super) fn is_kept_by_an_older(&self, product: Product, id: JobId) -> bool {
        let own = product == Product::Realtime;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().any(|(session, other)| *session == own && *other < id)
    }

    /// Waits until no older job waits.
    pub(super) async fn wait_for_an_older(&self, product: Product, id: JobId) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Listens before it looks, so that nothing is missed in between.
            changed.as_mut().enable();
            if !self.is_kept_by_an_older(product, id) {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        self.shared.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> JobId {
        JobId(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn who_came_later_waits_and_sessions_do_not_mind_videos() {
        let turns = Arc::new(Turns::default());
        let turn = turns.keep(Product::Lipsync, id(2));
        for (product, number, expected) in [
            (Product::AvatarVideo, 3, true),
            (Product::AvatarVideo, 1, false),
            (Product::Lipsync, 2, false),
            (Product::Realtime, 3, false),
        ] {
            assert_eq!(turns.is_kept_by_an_older(product, id(number)), expected, "{product:?} {number}");
        }
        drop(turn);
        assert!(!turns.is_kept_by_an_older(Product::AvatarVideo, id(3)));
    }
}
