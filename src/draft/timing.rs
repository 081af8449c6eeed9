//! When words are spoken: plain values that the client reads, captions are made of and the window shows.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// When a word is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordTiming {
    pub word: String,
    /// Seconds from the beginning.
    pub start: Decimal,
    /// Seconds from the beginning.
    pub end: Decimal,
}
