//! Reading the interface's numbers and optional fields.

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

/// A field that only informs: what cannot be read counts as absent.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

/// A number or null, read from its own digits.
pub(super) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    read(&number).map(Some).ok_or_else(|| serde::de::Error::custom(format!("{number} is out of range")))
}

/// A number that only informs: what is none counts as absent.
pub(super) fn lenient_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Number(number) => Ok(read(&number)),
        _ => Ok(None),
    }
}

fn read(number: &Number) -> Option<Decimal> {
    let digits = number.to_string();
    if digits.contains(['e', 'E']) { Decimal::from_scientific(&digits).ok() } else { digits.parse().ok() }
}

/// A decimal as the number HeyGen reads, in its own digits.
pub(super) fn number(decimal: Decimal) -> Option<Number> {
    decimal.normalize().to_string().parse().ok()
}
