//! The rate card: dated prices, as data. Reads its text and finds rates; where the text comes from
//! is not its business.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::service::{Service, Unit, UnknownWord};
use crate::money::Usd;

/// Dated prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    date: Arc<str>,
    source: Option<String>,
    rates: BTreeMap<Service, Rate>,
}

/// One price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Dollars per `unit`, above zero.
    pub amount: Usd,
    pub unit: Unit,
    /// The date of the card that states it, `2026-11-22`.
    pub date: Arc<str>,
}

/// Why a rate card cannot be used, with the place in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {field}: {message}")]
pub struct CardError {
    /// 1-based.
    pub line: usize,
    /// The field, for example `rates[3].rate`, counted from 0; `file` where it is none in particular.
    pub field: String,
    pub message: String,
}

/// More dollars per unit than any rate: a missing decimal point, most likely.
const HIGHEST_RATE: Decimal = Decimal::from_parts(1_000, 0, 0, false, 0);
/// Decimals a rate may have, so that a rate times a length stays exact.
const RATE_DECIMALS: u32 = 10;

static BUILT_IN: LazyLock<RateCard> = LazyLock::new(|| {
    // A test reads the built-in card; should it ever be broken, everything is unpriced rather than wrong.
    RateCard::parse(include_str!("../../assets/rate_card.toml")).unwrap_or_else(|_| RateCard {
        date: Arc::from("unreadable"),
        source: None,
        rates: BTreeMap::new(),
    })
});

impl RateCard {
    /// The card that came with the program.
    #[must_use]
    pub fn built_in() -> Self {
        BUILT_IN.clone()
    }

    /// Reads a card as it stands: what it does not list has no price. A card of the person's own is
    /// meant to lie [`over`](Self::over) the built-in one.
    ///
    /// # Errors
    /// [`CardError`] with line and field.
    pub fn parse(text: &str) -> Result<Self, CardError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let reader = Reader { text };
        let root = DeTable::parse(text).map_err(|error| {
            reader.error(error.span().unwrap_or_default(), "file", error.message().lines().next().unwrap_or_default())
        })?;
        reader.card(root.get_ref())
    }

    /// This card laid over another: rates listed here win, the others stay and keep their date.
    #[must_use]
    pub fn over(mut self, base: &Self) -> Self {
        for (service, rate) in &base.rates {
            self.rates.entry(*service).or_insert_with(|| rate.clone());
        }
        self
    }

    /// The day the rates were read, `2026-11-22`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Where the rates were read, if the card says so.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The rate of a service, or `None` where the card has none.
    #[must_use]
    pub fn rate(&self, service: Service) -> Option<&Rate> {
        self.rates.get(&service)
    }

    /// Every rate of the card.
    pub fn rates(&self) -> impl Iterator<Item = (Service, &Rate)> {
        self.rates.iter().map(|(service, rate)| (*service, rate))
    }

    /// How many rates the card has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rates.len()
    }

    /// Whether the card has no rate at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }
}

/// Walks the parsed file by hand, because every complaint has to name its line and field.
struct Reader<'a> {
    text: &'a str,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn error(&self, span: Range<usize>, field: impl Into<String>, message: impl Into<String>) -> CardError {
        let line = 1 + self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        CardError { line, field: field.into(), message: message.into() }
    }

    fn card(&self, root: &DeTable<'_>) -> Result<RateCard, CardError> {
        for (key, _) in root {
            if !matches!(key.get_ref().as_ref(), "date" | "source" | "rates") {
                let message = "is not a field of a rate card: date, source, rates";
                return Err(self.error(key.span(), key.get_ref().as_ref(), message));
            }
        }
        let date = self.date(root)?;
        let source = match root.get("source") {
            None => None,
            Some(value) => Some(self.text_of(value, "source")?.to_owned()),
        };
        let Some(listed) = root.get("rates") else {
            return Err(self.error(0..0, "rates", "is missing: a card lists its rates as [[rates]]"));
        };
        let Some(listed_rates) = listed.get_ref().as_array() else {
            return Err(self.error(listed.span(), "rates", "has to be a list, each entry headed [[rates]]"));
        };
        let mut rates = BTreeMap::new();
        let mut lines = BTreeMap::new();
        for (at, entry) in listed_rates.iter().enumerate() {
            let (service, rate) = self.entry(entry, &format!("rates[{at}]"), &date)?;
            let line = self.error(entry.span(), "", "").line;
            if let Some(first) = lines.insert(service, line) {
                let message = format!("is priced twice: first in line {first}");
                return Err(self.error(entry.span(), format!("rates[{at}]"), message));
            }
            rates.insert(service, rate);
        }
        if rates.is_empty() {
            return Err(self.error(listed.span(), "rates", "is empty"));
        }
        Ok(RateCard { date, source, rates })
    }

    fn date(&self, root: &DeTable<'_>) -> Result<Arc<str>, CardError> {
        const SHAPE: &str = "has to be the day the rates were read, like \"2026-11-22\"";
        let Some(value) = root.get("date") else {
            return Err(self.error(0..0, "date", "is missing: the day the rates were read, like \"2026-11-22\""));
        };
        let written = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            _ => return Err(self.error(value.span(), "date", SHAPE)),
        };
        match (written.len(), written.parse::<jiff::civil::Date>()) {
            (10, Ok(date)) if date.year() >= 2020 => Ok(Arc::from(written)),
            _ => Err(self.error(value.span(), "date", SHAPE)),
        }
    }

    fn entry(&self, entry: &Value<'_>, path: &str, date: &Arc<str>) -> Result<(Service, Rate), CardError> {
        let Some(table) = entry.get_ref().as_table() else {
            return Err(self.error(entry.span(), path, "has to have product, variant, unit and rate"));
        };
        for (key, _) in table {
            if !matches!(key.get_ref().as_ref(), "product" | "variant" | "unit" | "rate" | "note") {
                let field = format!("{path}.{}", key.get_ref());
                let message = "is not a field of a rate: product, variant, unit, rate, note";
                return Err(self.error(key.span(), field, message));
            }
        }
        let field = |name: &str| format!("{path}.{name}");
        let needed = |name: &str| table.get(name).ok_or_else(|| self.error(entry.span(), field(name), "is missing"));
        let product = needed("product")?;
        let variant = table.get("variant");
        let product_word = self.text_of(product, &field("product"))?;
        let variant_word = variant.map(|value| self.text_of(value, &field("variant"))).transpose()?;
        let service = Service::from_words(product_word, variant_word).map_err(|unknown| match unknown {
            UnknownWord::Product(message) => self.error(product.span(), field("product"), message),
            UnknownWord::Variant(message) => self.error(variant.unwrap_or(product).span(), field("variant"), message),
        })?;
        let unit_value = needed("unit")?;
        let unit_word = self.text_of(unit_value, &field("unit"))?;
        let unit = Unit::from_word(unit_word).filter(|unit| service.takes(*unit)).ok_or_else(|| {
            let message = format!("“{unit_word}” is not a unit {product_word} can be charged by");
            self.error(unit_value.span(), field("unit"), message)
        })?;
        let rate_value = needed("rate")?;
        let amount =
            read_rate(rate_value.get_ref()).map_err(|message| self.error(rate_value.span(), field("rate"), message))?;
        Ok((service, Rate { amount, unit, date: Arc::clone(date) }))
    }

    fn text_of<'v>(&self, value: &'v Value<'_>, field: &str) -> Result<&'v str, CardError> {
        value.get_ref().as_str().ok_or_else(|| self.error(value.span(), field, "has to be a text in quotes"))
    }
}

/// Reads a rate by its own digits, never through a float. A text is preferred; a bare TOML number is
/// taken by its digits too.
fn read_rate(value: &DeValue<'_>) -> Result<Usd, String> {
    let digits = match value {
        DeValue::String(text) => text.as_ref(),
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        _ => return Err("has to be dollars, like \"0.0667\"".to_owned()),
    };
    if digits.contains(',') {
        return Err(format!("“{digits}”: write the decimals after a point, like \"0.0667\""));
    }
    let amount = Decimal::from_str_exact(digits)
        .map_err(|_| format!("“{digits}” is not an amount of dollars, like \"0.0667\""))?
        .normalize();
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(format!("“{digits}” is below zero"));
    }
    if amount.is_zero() {
        return Err("is zero, which would show this as free; leave the entry out where there is no price".to_owned());
    }
    if amount > HIGHEST_RATE {
        return Err(format!("“{digits}” is more than {HIGHEST_RATE} dollars; is the decimal point missing?"));
    }
    if amount.scale() > RATE_DECIMALS {
        return Err(format!("“{digits}” has more than {RATE_DECIMALS} decimals"));
    }
    Ok(Usd(amount))
}
