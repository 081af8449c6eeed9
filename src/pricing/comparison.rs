//! One script across voices and ways of making it: how long each voice takes, and what each way then
//! costs. Pure; a few hundred voices take less than a frame's share of time, since the text is counted
//! once.

use rust_decimal::Decimal;

use super::pace::Estimate;
use super::price::quote;
use super::units::SpeechUnits;
use super::{Difference, Lengths, Pace, RateCard, Span};
use crate::draft::spoken::{Spoken, SpokenWay};
use crate::draft::{Billable, Length, Reading, Voice};
use crate::money::Usd;

/// What a way costs with a voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Priced(Span<Usd>),
    /// No price, and why.
    Unknown(String),
    /// The way is not open to this draft; its column says why.
    Refused,
}

impl Cell {
    /// Its price, where it has one.
    #[must_use]
    pub fn span(&self) -> Option<Span<Usd>> {
        match self {
            Self::Priced(span) => Some(*span),
            Self::Unknown(_) | Self::Refused => None,
        }
    }
}

/// A voice, or the sound that is used instead of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Seconds of output, or why they are not known.
    pub seconds: Result<Span<Decimal>, String>,
    /// How many results taught the voice's pace in this language; 0 is a first guess.
    pub learned_from: usize,
    /// How far the length may be off, in percent of the likely one.
    pub percent: Option<u64>,
    /// One for each way.
    pub cells: Vec<Cell>,
}

/// A script held against voices and ways of making it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub ways: Vec<SpokenWay>,
    /// The day of the rate behind each way, `2026-11-22`; the card's own where it has none.
    pub card_dates: Vec<String>,
    /// In the order of the voices; a single row where a sound is used instead.
    pub rows: Vec<Row>,
    /// Row and way of the draft as it is now.
    pub present: Option<(usize, usize)>,
}

/// What rows are ordered by, cheapest and shortest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they were given.
    #[default]
    Listed,
    Length,
    /// By the price of this way.
    Price(usize),
}

/// What `draft` would cost with each of `voices`, in every way it can be made.
#[must_use]
pub fn compare(card: &RateCard, pace: &Pace, draft: &dyn Spoken, voices: &[&Voice]) -> Comparison {
    let ways = draft.spoken_ways();
    let chosen = ways.iter().position(|way| way.selected);
    let mut dates = vec![None; ways.len()];
    let mut cells = |length: Option<&Length>| -> (Vec<Cell>, Option<Span<Decimal>>) {
        let mut seconds = None;
        let each = ways.iter().zip(&mut dates).map(|(way, date)| {
            let Ok(own) = &way.billable else { return Cell::Refused };
            let of_way = match length {
                Some(length) => quote(card, &lasting(own, length), pace),
                None => quote(card, own, pace),
            };
            date.get_or_insert(of_way.card_date);
            seconds = seconds.or(of_way.seconds);
            match of_way.total {
                super::Total::Exact(amount) => Cell::Priced(Span::exact(amount)),
                super::Total::Range(span) => Cell::Priced(span),
                super::Total::Unknown(reason) => Cell::Unknown(reason),
            }
        });
        (each.collect(), seconds)
    };
    let (rows, speaking) = match draft.spoken_text() {
        Some(text) => {
            let (units, reading) = (SpeechUnits::of(&text), Reading::of(&text));
            let row = |voice: &&Voice| {
                let estimate = pace.estimate_units(&units, reading, &draft.spoken_by(voice));
                let length = match &estimate {
                    Ok(Estimate { seconds: Span { low, likely, high }, .. }) => Length::Between(*low, *likely, *high),
                    Err(reason) => Length::Unknown(reason.clone()),
                };
                let (cells, _) = cells(Some(&length));
                let percent = estimate.as_ref().ok().map(|estimate| estimate.percent);
                let learned_from = estimate.as_ref().map_or(0, |estimate| estimate.learned_from);
                let seconds = estimate.map(|estimate| estimate.seconds);
                Row { seconds, learned_from, percent, cells }
            };
            let rows: Vec<Row> = voices.iter().map(row).collect();
            let speaker = draft.speaker();
            (rows, voices.iter().position(|voice| Some(voice.id.as_str()) == speaker))
        }
        None => {
            let (cells, seconds) = cells(None);
            let seconds = seconds.ok_or_else(|| "The length of the sound is not known.".to_owned());
            (vec![Row { seconds, learned_from: 0, percent: None, cells }], Some(0))
        }
    };
    let card_dates = dates.into_iter().map(|date| date.unwrap_or_else(|| card.date().to_owned())).collect();
    Comparison { ways, card_dates, rows, present: speaking.zip(chosen) }
}

/// The same with another length.
fn lasting(billable: &Billable, length: &Length) -> Billable {
    match billable {
        Billable::AvatarVideo { face, engine, engine_assumed, resolution, .. } => Billable::AvatarVideo {
            face: *face,
            engine: *engine,
            engine_assumed: *engine_assumed,
            resolution: *resolution,
            length: length.clone(),
        },
        Billable::Speech { .. } => Billable::Speech { length: length.clone() },
        other => other.clone(),
    }
}

impl Comparison {
    /// What a cell costs, where it has a price.
    #[must_use]
    pub fn price(&self, row: usize, way: usize) -> Option<Span<Usd>> {
        self.rows.get(row)?.cells.get(way)?.span()
    }

    /// What a cell costs beside the draft as it is now; `None` where one of them has no price.
    #[must_use]
    pub fn beside(&self, row: usize, way: usize) -> Option<Difference> {
        let (present_row, present_way) = self.present?;
        let lengths = if row == present_row { Lengths::Shared } else { Lengths::Apart };
        Difference::between(self.price(present_row, present_way)?, self.price(row, way)?, lengths)
    }

    /// The lowest likely price there is.
    #[must_use]
    pub fn lowest(&self) -> Option<Usd> {
        let prices = self.rows.iter().flat_map(|row| &row.cells).filter_map(Cell::span);
        prices.map(|span| span.likely).min()
    }

    /// The cells with the lowest likely price, row by row. There are several where nobody knows better.
    #[must_use]
    pub fn cheapest(&self) -> Vec<(usize, usize)> {
        let Some(lowest) = self.lowest() else { return Vec::new() };
        let rows = self.rows.iter().enumerate();
        rows.flat_map(|(row, of)| of.cells.iter().enumerate().map(move |(way, cell)| (row, way, cell)))
            .filter(|(_, _, cell)| cell.span().is_some_and(|span| span.likely == lowest))
            .map(|(row, way, _)| (row, way))
            .collect()
    }

    /// The rows in this order; what is not known comes last, and equals stay as they were given.
    #[must_use]
    pub fn order(&self, by: Order) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.rows.len()).collect();
        let length = |row: usize| self.rows.get(row).and_then(|row| row.seconds.as_ref().ok()).map(|span| span.likely);
        match by {
            Order::Listed => {}
            Order::Length => places.sort_by_key(|row| (length(*row).is_none(), length(*row))),
            Order::Price(way) => {
                let price = |row: usize| self.price(row, way).map(|span| span.likely);
                places.sort_by_key(|row| (price(*row).is_none(), price(*row)));
            }
        }
        places
    }
}
