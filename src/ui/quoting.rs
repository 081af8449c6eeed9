//! The quote of the draft on the screen, worked out once per change and not once per frame.

use std::sync::Arc;

use crate::draft::video_agent::Conversation;
use crate::draft::{Composition, Foreign, Problem, WithoutPrice};
use crate::jobs::types::QuotedPrice;
use crate::pricing::{Pace, PricedWay, Quote, RateCard, Total, priced_ways, quote};
use crate::ui::format;

/// A draft's quote, problems and alternatives.
#[derive(Clone, Debug)]
pub struct Quoted {
    pub quote: Quote,
    pub problems: Vec<Problem>,
    pub alternatives: Vec<PricedWay>,
    /// What becomes of it where there is no price.
    pub without_price: WithoutPrice,
    /// The jobs it becomes, 1 or more, by the project they are booked to.
    pub bookings: Vec<(String, u32)>,
    /// The conversation it is a message in.
    pub conversation: Option<Conversation>,
    /// The languages of its text and its voice, where they are two.
    pub foreign: Option<Foreign>,
}

#[derive(Clone, Debug)]
struct Kept<D> {
    draft: D,
    card: Arc<RateCard>,
    pace: Arc<Pace>,
    quoted: Arc<Quoted>,
}

/// The last [`Quoted`], kept until draft, card or pace change.
#[derive(Clone, Debug)]
pub struct Quoting<D> {
    last: Option<Kept<D>>,
    /// How often a quote was worked out, for the test that says it is not once per frame.
    pub count: u64,
}

impl<D> Default for Quoting<D> {
    fn default() -> Self {
        Self { last: None, count: 0 }
    }
}

impl<D: Composition + Clone + PartialEq> Quoting<D> {
    /// The draft's quote on this card at this pace.
    pub fn of(&mut self, draft: &D, card: &Arc<RateCard>, pace: &Arc<Pace>) -> Arc<Quoted> {
        if let Some(last) = &self.last
            && Arc::ptr_eq(&last.card, card)
            && Arc::ptr_eq(&last.pace, pace)
            && last.draft == *draft
        {
            return Arc::clone(&last.quoted);
        }
        self.count += 1;
        let quoted = Arc::new(Quoted {
            quote: quote(card, &draft.billable(), pace),
            problems: draft.problems(),
            alternatives: priced_ways(card, draft.alternatives(), pace),
            without_price: draft.without_price(),
            bookings: draft.bookings(),
            conversation: draft.conversation().cloned(),
            foreign: draft.foreign(),
        });
        self.last = Some(Kept {
            draft: draft.clone(),
            card: Arc::clone(card),
            pace: Arc::clone(pace),
            quoted: Arc::clone(&quoted),
        });
        quoted
    }
}

/// The price a job is asked for at: the quote's, or none at all where the person makes it without one.
#[must_use]
pub fn asked_price(quoted: &Quoted) -> Option<QuotedPrice> {
    let accepted = quoted.without_price == WithoutPrice::Accepted;
    quoted_price(&quoted.quote).or_else(|| accepted.then(|| QuotedPrice::unpublished(quoted.quote.card_date.clone())))
}

/// The part of a quote a job keeps; `None` where there is no price.
#[must_use]
pub fn quoted_price(quote: &Quote) -> Option<QuotedPrice> {
    let (low, likely, high) = match &quote.total {
        Total::Exact(amount) => (*amount, *amount, *amount),
        Total::Range(span) => (span.low, span.likely, span.high),
        Total::Unknown(_) => return None,
    };
    let lines = quote.lines.iter().map(|line| format!("{} · {}", line.label, format::rate_and_quantity(line)));
    let how = lines.chain(quote.basis.clone()).collect::<Vec<_>>().join("; ");
    Some(QuotedPrice { low, likely, high, card_date: quote.card_date.clone(), how })
}
