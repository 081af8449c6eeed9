//! What finished jobs would have cost the cheapest other way their drafts allowed. Reads the drafts
//! of newly charged jobs, in small helpings so that nobody waits long for the journal.

use rusqlite::{OptionalExtension as _, params};
use rust_decimal::Decimal;

use super::books::Books;
use super::rates::{Known, RateHistory};
use super::types::{BookedJob, Counted, EntryKind, OtherWay};
use crate::draft::{Choice, Draft, Product};
use crate::money::Usd;
use crate::pricing::{Service, Unit, charge};
use crate::store::{Store, StoreError};

/// Drafts read in one transaction: the worker waits for no more than that.
const HELPING: usize = 500;

impl Books {
    /// Holds every job that was charged since the last time beside its other ways.
    pub(super) fn compare(&mut self, store: &Store) -> Result<(), StoreError> {
        let table = &self.table;
        let rows = table.rows().get(self.compared..).unwrap_or_default();
        let charged: Vec<(u32, Counted)> = rows
            .iter()
            .filter(|row| row.kind == EntryKind::Charge && !row.amount.is_zero())
            .filter_map(|row| Some((row.job, row.counted?)))
            .filter(|(job, _)| table.jobs().get(*job as usize).is_some_and(|job| has_ways(job.product)))
            .collect();
        let mut found = Vec::new();
        for helping in charged.chunks(HELPING) {
            let drafts = store.transaction(|tx| {
                let mut statement = tx.prepare_cached("SELECT draft FROM jobs WHERE id = ?1")?;
                let mut drafts = Vec::with_capacity(helping.len());
                for (place, counted) in helping {
                    let Some(job) = table.jobs().get(*place as usize) else { continue };
                    let draft: Option<String> =
                        statement.query_row(params![job.id.to_string()], |row| row.get(0)).optional()?;
                    drafts.extend(draft.map(|draft| (*place, job, counted, draft)));
                }
                Ok::<_, StoreError>(drafts)
            })?;
            found.extend(drafts.into_iter().filter_map(|(place, job, counted, draft)| {
                let draft = Draft::from_json(job.product, &draft).ok()?;
                Some((place, cheapest(&self.rates, &draft, job, counted)?))
            }));
        }
        self.compared = table.rows().len();
        if !found.is_empty() {
            let table = std::sync::Arc::make_mut(&mut self.table);
            for (place, way) in found {
                if let Some(job) = table.job_mut(place) {
                    job.other_way = Some(way);
                }
            }
        }
        Ok(())
    }
}

/// Products that can be made in several ways at prices of their own.
fn has_ways(product: Product) -> bool {
    match product {
        Product::AvatarVideo | Product::HyperFrames | Product::Translation | Product::Lipsync => true,
        Product::Cinematic
        | Product::VideoAgent
        | Product::Realtime
        | Product::Clips
        | Product::Speech
        | Product::AvatarCreation => false,
    }
}

/// The cheapest way the draft allowed besides its own, for the quantity that was charged.
fn cheapest(rates: &RateHistory, draft: &Draft, job: &BookedJob, counted: &Counted) -> Option<OtherWay> {
    let draft = draft.composition();
    // Where the card of its day is not known for certain, nothing is said.
    let own = rates.at(Service::of(&draft.billable())?, job.made_at)?;
    if (own.amount, own.unit) != (counted.rate, counted.unit) {
        return None;
    }
    let ways = draft.alternatives();
    let (instead, amount) = ways
        .iter()
        .filter(|way| !way.selected && is_same_quantity(way.choice))
        .filter_map(|way| {
            let known = rates.at(Service::of(way.billable.as_ref().ok()?)?, job.made_at)?;
            Some((way.choice, cost(known, counted)?))
        })
        .min_by_key(|(choice, amount): &(Choice, Usd)| (*amount, *choice))?;
    let made = ways.iter().find(|way| way.selected && way.choice.is_like(instead))?.choice;
    Some(OtherWay { made, instead, amount })
}

/// Whether the way delivers as many seconds as the present one, at a rate of its own.
fn is_same_quantity(choice: Choice) -> bool {
    match choice {
        Choice::Engine(_) | Choice::Size(_) | Choice::Mode { .. } | Choice::Render { .. } => true,
        Choice::Length(_) | Choice::DynamicLength(_) | Choice::Limit(_) => false,
    }
}

/// What the same quantity costs at another rate.
fn cost(known: Known, counted: &Counted) -> Option<Usd> {
    let seconds = match counted.unit {
        Unit::Second => Some(counted.quantity),
        // Minutes were cut off after ten decimals; no length has as many.
        Unit::Minute => counted.quantity.checked_mul(Decimal::from(60)).map(|seconds| seconds.round_dp(6)),
        Unit::Video | Unit::Clip | Unit::Call => None,
    };
    charge(known.amount, known.unit, seconds, 1).map(|(_, amount)| amount)
}
