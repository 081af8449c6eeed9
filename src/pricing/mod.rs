//! What a request will cost: `quote(card, billable, pace) -> Quote`. Pure: no I/O, no clock.
//!
//! Owns the rate card's shape, the quote and the pace of speech. Knows `draft` and `money` only.

mod card;
mod comparison;
mod difference;
mod exact;
mod languages;
mod pace;
mod price;
mod quote;
pub mod requests;
mod service;
mod units;
mod voice;

pub use card::{CardError, Rate, RateCard};
pub use comparison::{Cell, Comparison, Order, Row, compare};
pub use difference::{Difference, Lengths};
pub use pace::{Estimate, Observation, Pace};
pub use price::{PricedWay, charge, priced_ways, quote};
pub use quote::{Line, Quote, Span, Total};
pub use service::{Service, Unit};
pub use units::SpeechUnits;

#[cfg(test)]
mod tests;
