//! Reelmeter: a desktop studio for HeyGen's pay-as-you-go API, with the meter always in view.
//!
//! Modules in reading order.

#![forbid(unsafe_code)]

pub mod money; // exact dollars
pub mod typed; // numbers and amounts as people type them (pure)
pub mod account; // who pays: plain values (pure)
pub mod draft; // what a person composes, its limits and problems (pure)
pub mod pricing; // rate card, quote, pace of speech (pure)
pub mod batch; // many videos from one table: rows, placeholders, prices, coverage (pure)
pub mod rate_card_file; // the person's own rate card
pub mod heygen; // the typed client of HeyGen's v3 interface
pub mod store; // SQLite: open, migrate, transaction
pub mod spend; // holds, charges, releases, caps
pub mod jobs; // policy (pure), submit, journal, worker, transfer
pub mod sandbox; // the HeyGen inside
pub mod media; // type, length and size of files from their bytes
pub mod credentials; // the API key and where it is kept
pub mod settings; // what the person set
pub mod paths; // where the program keeps its files
pub mod ui; // the window's drawing
pub mod quote_command; // `reelmeter quote`: prices without a window
pub mod app; // the shell: actions, background, events
