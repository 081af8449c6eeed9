//! The rates of every card that was in use, each with the moment from which it counted: a job of
//! last year is held beside what last year's card allowed, not today's.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use crate::money::Usd;
use crate::pricing::{RateCard, Service, Unit};
use crate::store::{Store, StoreError};

/// A rate as a card gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) amount: Usd,
    pub(super) unit: Unit,
}

/// Per service: Unix seconds from which a rate was known, and the rate; `None` where a card took it away.
type History = BTreeMap<Service, Vec<(i64, Option<Known>)>>;

/// Every rate since when (unix seconds), oldest first; `None`: from there on without a price.
#[derive(Clone, Debug, Default)]
pub(super) struct RateHistory {
    rates: History,
    read: bool,
}

impl RateHistory {
    /// What a service cost at a moment (unix seconds).
    pub(super) fn at(&self, service: Service, at: i64) -> Option<Known> {
        let rates = self.rates.get(&service)?;
        let newest = rates.partition_point(|(since, _)| *since <= at).checked_sub(1)?;
        rates.get(newest).and_then(|(_, known)| *known)
    }

    /// Writes down what the card says otherwise than the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn note(&mut self, store: &Store, card: &RateCard, now: i64) -> Result<(), StoreError> {
        if !self.read {
            self.rates = store.transaction(read)?;
            self.read = true;
        }
        let newest = |service: Service| self.rates.get(&service).and_then(|rates| rates.last());
        let mut changed: Vec<(Service, Option<Known>, Unit, &str)> = card
            .rates()
            .map(|(service, rate)| (service, Known { amount: rate.amount, unit: rate.unit }, rate))
            .filter(|(service, known, _)| newest(*service).is_none_or(|(_, newest)| *newest != Some(*known)))
            .map(|(service, known, rate)| (service, Some(known), rate.unit, &*rate.date))
            .collect();
        let gone = self.rates.iter().filter(|(service, _)| card.rate(**service).is_none());
        changed.extend(gone.filter_map(|(service, rates)| {
            let unit = rates.last()?.1?.unit;
            Some((*service, None, unit, card.date()))
        }));
        if changed.is_empty() {
            return Ok(());
        }
        // What the first card says is all that is known of the time before it.
        let since = if self.rates.is_empty() { 0 } else { now };
        store.transaction(|tx| {
            let mut statement = tx.prepare_cached(
                "INSERT INTO rates (at, product, variant, rate, unit, card_date) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for (service, known, unit, date) in &changed {
                let (product, variant) = service.words();
                let rate = known.map(|known| known.amount.exact());
                statement.execute(params![since, product, variant.unwrap_or_default(), rate, unit.word(), date])?;
            }
            Ok::<_, StoreError>(())
        })?;
        for (service, known, _, _) in changed {
            self.rates.entry(service).or_default().push((since, known));
        }
        Ok(())
    }
}

fn read(tx: &Transaction<'_>) -> Result<History, StoreError> {
    let mut rates = History::new();
    let mut statement = tx.prepare_cached("SELECT at, product, variant, rate, unit FROM rates ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |column: usize| -> Result<&str, StoreError> {
            Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
        };
        // A service that this version does not know has no other ways here.
        let Some(service) = Service::named(text(1)?, text(2)?) else { continue };
        let unit = Unit::from_word(text(4)?)
            .ok_or_else(|| StoreError::Corrupt(format!("unit “{}”", text(4).unwrap_or_default())))?;
        let amount: Option<String> = row.get(3)?;
        let amount = amount.map(|amount| Usd::parse(&amount).map_err(|error| StoreError::Corrupt(error.to_string())));
        let known = amount.transpose()?.map(|amount| Known { amount, unit });
        rates.entry(service).or_default().push((row.get(0)?, known));
    }
    Ok(rates)
}
