//! The integration tests: one binary, the real program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails; clippy sees tests only inside #[test] functions"
)]

mod agent;
mod contract;
mod contract_agent;
mod avatars;
mod breaks;
mod batch;
mod contract_avatars;
mod contract_clips;
mod contract_lipsync;
mod contract_speech;
mod contract_translation;
mod contract_hyperframes;
mod footage;
mod heygen;
mod house;
mod crash;
mod job_ends;
mod jobs;
mod journey;
mod journey_agent;
mod journey_compare;
mod journey_drafts;
mod journey_batch;
mod journey_speech;
mod journey_voices;
mod journey_files;
mod journey_hyperframes;
mod journey_keys;
mod keyring;
mod kill;
mod layers;
mod loopback;
mod media;
mod old_journal;
mod pace;
mod pace_sandbox;
mod media_films;
mod media_mutations;
mod memory;
mod quote;
mod realtime;
mod recount;
mod rig;
mod sandbox;
mod uploads;
mod translate_and_lipsync;
mod sandbox_events;
mod sandbox_routes;
mod sandbox_sources;
mod spend;
mod sandbox_agents;
mod sandbox_avatars;
mod sandbox_cinematic;
mod sandbox_files;
mod sandbox_hyperframes;
mod sandbox_realtime;
mod sandbox_strictness;
mod sandbox_studio;
mod speech_and_clips;
mod streams;
mod window;
