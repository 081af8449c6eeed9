//! What a request will cost: `quote(card, billable, pace) -> Quote`. Pure: no I/O, no clock.
//!
//! Owns the rate card's shape, the quote and the pace of speech. Knows `draft` and `money` only.

mod card;
pub mod from_request;
mod pace;
mod quote;

pub use card::{CardError, RateCard};
pub use pace::Pace;
pub use quote::{Line, Quote, Span, Total, quote};
