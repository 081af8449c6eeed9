//! From a draft to what is booked for it: its share of the price, its tariff, and whether it is paid in dollars.

use crate::draft::{Draft, WithoutPrice};
use crate::jobs::submit::{Order, Submitted};
use crate::jobs::types::{QuotedPrice, Tariff};
use crate::jobs::worker::Worker;
use crate::money::Usd;
use crate::pricing::{Pace, Quote, RateCard, Span, Unit, quote};
use crate::ui;

/// One job of what was asked for, at its share of the price that was `shown`, and that share.
///
/// # Errors
/// A sentence: there is no price, or none that could be checked afterwards.
pub(super) fn order(
    card: &RateCard,
    pace: &Pace,
    draft: Draft,
    shown: Option<&QuotedPrice>,
    in_dollars: bool,
) -> Result<(Order, Span<Usd>), String> {
    let own = quote(card, &draft.composition().billable(), pace);
    let Some(span) = span_of(&own, &draft) else {
        return Err("There is no price for a part of this, so it cannot be made.".to_owned());
    };
    let tariff = match own.lines.as_slice() {
        [line] => Unit::from_word(line.unit).map(|unit| Tariff { rate: line.rate, unit }),
        // Made without a published price, by the person's own word: what it costs shows in the wallet only.
        [] if own.total.span().is_none() => Some(Tariff { rate: Usd::ZERO, unit: Unit::Call }),
        _ => None,
    };
    let kept = ui::quoted_price(&own).or_else(|| shown.cloned());
    let (Some(tariff), Some(kept)) = (tariff, kept) else {
        return Err("This quote has no single rate, so it could not be checked afterwards.".to_owned());
    };
    if !in_dollars {
        // The web plan or credits pay: no dollars are held or charged.
        let quoted = QuotedPrice::not_in_dollars(kept.card_date);
        return Ok((Order { draft, quoted, tariff: Tariff { rate: Usd::ZERO, ..tariff } }, span));
    }
    let quoted = QuotedPrice { low: span.low, likely: span.likely, high: span.high, ..kept };
    Ok((Order { draft, quoted, tariff }, span))
}

/// Takes up what is in the journal now. Whatever happens here, it was made: a second click would buy it again.
pub(super) async fn take_up(worker: &Worker, made: &Submitted) {
    worker.take_up_all(made.jobs.clone()).await;
    for id in &made.replaced {
        if let Err(error) = worker.reread(*id).await {
            tracing::warn!(%error, "an ended job is shown as it was");
        }
    }
}

/// What is set aside for a draft: its quote, or nothing where the person makes it although nobody publishes
/// what it costs.
pub(super) fn span_of(quote: &Quote, draft: &Draft) -> Option<Span<Usd>> {
    let accepted = draft.composition().without_price() == WithoutPrice::Accepted;
    quote.total.span().or_else(|| accepted.then(|| Span::exact(Usd::ZERO)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::SpeechDraft;

    #[test]
    fn what_is_not_paid_in_dollars_holds_and_charges_none() {
        let draft = SpeechDraft { text: "Welcome back.".to_owned(), ..SpeechDraft::default() };
        let ordered = |in_dollars| {
            let (card, pace) = (RateCard::built_in(), Pace::default());
            order(&card, &pace, Draft::Speech(draft.clone()), None, in_dollars).unwrap()
        };
        let (paid, span) = ordered(true);
        assert!(paid.quoted.high > Usd::ZERO && paid.tariff.rate > Usd::ZERO);
        let (other, seen) = ordered(false);
        assert_eq!((other.quoted.high, other.tariff.rate), (Usd::ZERO, Usd::ZERO));
        assert!(other.quoted.is_not_in_dollars() && !other.quoted.is_unpublished());
        assert_eq!(seen, span, "what was on the button stays what it was");
    }
}
