//! Jobs: the life of a paid request, from the click to the file.
//!
//! **Invariants**
//! - No byte that can cost money leaves before its row, exact body, key and hold are on disk.
//! - A key is renewed only when it is known that nothing was paid under it.
//! - A hold ends exactly once: with a charge and a release, or with a release, in one transaction.

pub mod batches;
pub mod conversation;
pub mod journal;
pub mod policy;
pub mod sessions;
pub mod submit;
pub mod transfer;
pub mod types;
pub mod voice_orders;
pub mod worker;
