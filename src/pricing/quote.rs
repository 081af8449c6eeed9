//! The quote: plain values that say what a request costs on a rate card, and what that rests on.

use rust_decimal::Decimal;

use crate::money::Usd;

/// A figure that is known, or lies between bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    pub low: T,
    pub likely: T,
    pub high: T,
}

impl<T: Copy + PartialEq> Span<T> {
    /// A known figure.
    #[must_use]
    pub fn exact(value: T) -> Self {
        Self { low: value, likely: value, high: value }
    }

    /// Whether low and high are the same.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.low == self.high
    }
}

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Total {
    /// To the last digit.
    Exact(Usd),
    /// The true price falls inside at least nine times out of ten.
    Range(Span<Usd>),
    /// No price, and why, in one sentence. Never zero, never guessed.
    Unknown(String),
}

impl Total {
    /// Low, likely and high, all the same where the total is exact; `None` where it is unknown.
    #[must_use]
    pub fn span(&self) -> Option<Span<Usd>> {
        match self {
            Self::Exact(amount) => Some(Span::exact(*amount)),
            Self::Range(span) => Some(*span),
            Self::Unknown(_) => None,
        }
    }
}

/// One line of a quote: a rate times a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is counted: "Digital twin, Avatar IV, 1080p".
    pub label: String,
    /// The rate as published, in dollars per `unit`.
    pub rate: Usd,
    /// What one of the quantity is: "s", "min", "video", "clip", "call".
    pub unit: &'static str,
    /// How many units: seconds, minutes, videos.
    pub quantity: Span<Decimal>,
    /// Further factor, for example 3 languages; 1 where there is none.
    pub times: u32,
    /// Rate × quantity × times.
    pub amount: Span<Usd>,
}

/// What a request costs on a rate card, and what that rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub total: Total,
    pub lines: Vec<Line>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// How sure the length is, for the caption under the total: "this voice's pace in German, learned from 6 results: ±6 %".
    pub basis: Option<String>,
    /// Seconds of output, where it has a length that is known or estimated.
    pub seconds: Option<Span<Decimal>>,
    /// The date of the rate card that the rates stand on, `2026-11-22`.
    pub card_date: String,
}
