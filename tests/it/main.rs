//! The integration tests: one binary, the real program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails; clippy sees tests only inside #[test] functions"
)]

mod contract;
mod contract_hyperframes;
mod footage;
mod heygen;
mod crash;
mod jobs;
mod journey;
mod journey_hyperframes;
mod keyring;
mod layers;
mod loopback;
mod media;
mod quote;
mod rig;
mod sandbox;
mod sandbox_studio;
mod window;
