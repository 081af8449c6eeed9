//! The integration tests: one binary, the real program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails; clippy sees tests only inside #[test] functions"
)]

mod layers;
mod quote;
