//! The quote of the draft on the screen, worked out once per change and not once per frame.

use std::sync::Arc;

use crate::draft::{AvatarVideoDraft, Billable, Engine, Problem};
use crate::jobs::types::QuotedPrice;
use crate::pricing::{Pace, Quote, RateCard, Total, quote};
use crate::ui::format;

/// What another engine would cost, or why it cannot render this face.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub engine: Engine,
    pub quote: Result<Quote, String>,
}

/// A draft's quote, problems and alternatives.
#[derive(Clone, Debug)]
pub struct Quoted {
    draft: AvatarVideoDraft,
    card: Arc<RateCard>,
    pace: Arc<Pace>,
    pub quote: Quote,
    pub problems: Vec<Problem>,
    pub alternatives: Vec<Alternative>,
}

/// The last [`Quoted`], kept until draft, card or pace change.
#[derive(Clone, Debug, Default)]
pub struct Quoting {
    last: Option<Arc<Quoted>>,
    /// How often a quote was worked out, for the test that says it is not once per frame.
    pub count: u64,
}

impl Quoting {
    /// The draft's quote on this card at this pace.
    pub fn of(&mut self, draft: &AvatarVideoDraft, card: &Arc<RateCard>, pace: &Arc<Pace>) -> Arc<Quoted> {
        if let Some(last) = &self.last
            && Arc::ptr_eq(&last.card, card)
            && Arc::ptr_eq(&last.pace, pace)
            && last.draft == *draft
        {
            return Arc::clone(last);
        }
        self.count += 1;
        let billable = draft.billable();
        let alternatives = match &billable {
            Billable::AvatarVideo { .. } => Engine::ALL
                .into_iter()
                .map(|engine| Alternative {
                    engine,
                    quote: match draft.engine_refusal(engine) {
                        Some(reason) => Err(reason),
                        None => Ok(quote(card, &with_engine(billable.clone(), engine), pace)),
                    },
                })
                .collect(),
            _ => Vec::new(),
        };
        let quoted = Arc::new(Quoted {
            draft: draft.clone(),
            card: Arc::clone(card),
            pace: Arc::clone(pace),
            quote: quote(card, &billable, pace),
            problems: draft.problems(),
            alternatives,
        });
        self.last = Some(Arc::clone(&quoted));
        quoted
    }
}

fn with_engine(billable: Billable, engine: Engine) -> Billable {
    match billable {
        Billable::AvatarVideo { face, resolution, length, .. } => {
            Billable::AvatarVideo { face, engine, engine_assumed: false, resolution, length }
        }
        other => other,
    }
}

/// The part of a quote a job keeps; `None` where there is no price.
#[must_use]
pub fn quoted_price(quote: &Quote) -> Option<QuotedPrice> {
    let (low, likely, high) = match &quote.total {
        Total::Exact(amount) => (*amount, *amount, *amount),
        Total::Range(span) => (span.low, span.likely, span.high),
        Total::Unknown(_) => return None,
    };
    let how = quote
        .lines
        .iter()
        .map(|line| format!("{} · {}", line.label, format::rate_and_quantity(line)))
        .collect::<Vec<_>>()
        .join("; ");
    Some(QuotedPrice { low, likely, high, card_date: quote.card_date.clone(), how })
}
