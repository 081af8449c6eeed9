//! Reads request objects strictly: every field by name, type and range, and nothing left over.
//!
//! Written over [`serde_json::Value`] rather than derived: a refusal has to name the exact field,
//! also inside unions, and numbers keep their own digits.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A request object of which the fields are taken one by one.
#[derive(Debug)]
pub struct Fields {
    path: String,
    left: Map<String, Value>,
}

impl Fields {
    /// The request body.
    ///
    /// # Errors
    /// 400 when it is no JSON object.
    pub fn body(bytes: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(left)) => Ok(Self { path: String::new(), left }),
            Ok(_) => Err(Refusal::new(400, "validation_error", "The request body is no JSON object.")),
            Err(error) => {
                Err(Refusal::new(400, "validation_error", format!("The request body is no valid JSON: {error}.")))
            }
        }
    }

    pub(super) fn of(path: String, value: Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(left) => Ok(Self { path, left }),
            _ => Err(Refusal::invalid(path, "An object is expected here.")),
        }
    }

    /// The full name of a field, as `param` shows it.
    #[must_use]
    pub fn name(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    /// A refusal of this field.
    #[must_use]
    pub fn refuse(&self, field: &str, message: impl Into<String>) -> Refusal {
        Refusal::invalid(self.name(field), message)
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// 400 naming the first field that is not in the interface.
    pub fn finish(self) -> Result<(), Refusal> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(field) => Err(self.refuse(field, format!("There is no field “{field}” here."))),
        }
    }

    /// Whether a field is there and not null.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.left.get(field).is_some_and(|value| !value.is_null())
    }

    /// A field that may be absent or null.
    pub(super) fn optional(&mut self, field: &str) -> Option<Value> {
        self.left.remove(field).filter(|value| !value.is_null())
    }

    /// A field that may be absent but not null.
    pub(super) fn defaulted(&mut self, field: &str) -> Result<Option<Value>, Refusal> {
        match self.left.remove(field) {
            Some(Value::Null) => Err(self.refuse(field, "This field may be left out, but it may not be null.")),
            other => Ok(other),
        }
    }

    /// A text, absent or null.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn text(&mut self, field: &str) -> Result<Option<String>, Refusal> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(field, "A text is expected here.")),
        }
    }

    /// A text that must be there and say something.
    ///
    /// # Errors
    /// 400 when it is absent, null, blank or no text.
    pub fn required_text(&mut self, field: &str) -> Result<String, Refusal> {
        match self.text(field)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.refuse(field, "This field is required.")),
        }
    }

    /// One of the words, absent or null.
    ///
    /// # Errors
    /// 400 naming the words.
    pub fn word<T: Copy>(&mut self, field: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
        let value = self.optional(field);
        self.among(field, value, words)
    }

    /// One of the words, or absent; null is refused.
    ///
    /// # Errors
    /// 400 naming the words.
    pub fn word_or<T: Copy>(&mut self, field: &str, words: &[(&str, T)], otherwise: T) -> Result<T, Refusal> {
        let value = self.defaulted(field)?;
        Ok(self.among(field, value, words)?.unwrap_or(otherwise))
    }

    /// One of the words, which must be there.
    ///
    /// # Errors
    /// 400 naming the words.
    pub fn required_word<T: Copy>(&mut self, field: &str, words: &[(&str, T)]) -> Result<T, Refusal> {
        let value = self.optional(field);
        self.among(field, value, words)?.ok_or_else(|| self.refuse(field, "This field is required."))
    }

    fn among<T: Copy>(&self, field: &str, value: Option<Value>, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
        let Some(value) = value else { return Ok(None) };
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        match found {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let listed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(self.refuse(field, format!("One of {} is expected here.", listed.join(", "))))
            }
        }
    }

    /// Yes or no, absent or null.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn flag(&mut self, field: &str) -> Result<Option<bool>, Refusal> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.refuse(field, "true or false is expected here.")),
        }
    }

    /// Yes or no, or absent; null is refused.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn flag_or(&mut self, field: &str, otherwise: bool) -> Result<bool, Refusal> {
        match self.defaulted(field)? {
            None => Ok(otherwise),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(self.refuse(field, "true or false is expected here.")),
        }
    }

    /// A list of texts, or absent; null is refused.
    ///
    /// # Errors
    /// 400 when it is something else; the refusal names the item.
    pub fn texts(&mut self, field: &str) -> Result<Option<Vec<String>>, Refusal> {
        let items = match self.defaulted(field)? {
            None => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.refuse(field, "A list is expected here.")),
        };
        let read = |(place, item): (usize, Value)| match item {
            Value::String(text) => Ok(text),
            _ => Err(self.refuse(&format!("{field}[{place}]"), "A text is expected here.")),
        };
        items.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// A number within bounds, absent or null, by its own digits.
    ///
    /// # Errors
    /// 400 when it is no number or out of bounds.
    pub fn number(&mut self, field: &str, low: Decimal, high: Decimal) -> Result<Option<Decimal>, Refusal> {
        let value = self.optional(field);
        self.bounded(field, value, low, high)
    }

    /// A number within bounds, or absent; null is refused.
    ///
    /// # Errors
    /// 400 when it is no number or out of bounds.
    pub fn number_or(
        &mut self,
        field: &str,
        low: Decimal,
        high: Decimal,
        otherwise: Decimal,
    ) -> Result<Decimal, Refusal> {
        let value = self.defaulted(field)?;
        Ok(self.bounded(field, value, low, high)?.unwrap_or(otherwise))
    }

    fn bounded(
        &self,
        field: &str,
        value: Option<Value>,
        low: Decimal,
        high: Decimal,
    ) -> Result<Option<Decimal>, Refusal> {
        let Some(value) = value else { return Ok(None) };
        let Value::Number(number) = value else { return Err(self.refuse(field, "A number is expected here.")) };
        let digits = number.to_string();
        let read = Decimal::from_str_exact(&digits).or_else(|_| Decimal::from_scientific(&digits));
        match read {
            Ok(number) if number >= low && number <= high => Ok(Some(number)),
            _ => Err(self.refuse(field, format!("A number from {low} to {high} is expected here."))),
        }
    }

    /// A whole number within bounds, absent or null.
    ///
    /// # Errors
    /// 400 when it is no whole number or out of bounds.
    pub fn whole(&mut self, field: &str, low: u64, high: u64) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.optional(field) else { return Ok(None) };
        let whole = if let Value::Number(number) = &value { number.as_u64() } else { None };
        whole
            .filter(|whole| (low..=high).contains(whole))
            .map(Some)
            .ok_or_else(|| self.refuse(field, format!("A whole number from {low} to {high} is expected here.")))
    }

    /// A whole number within bounds, or absent; null is refused.
    ///
    /// # Errors
    /// 400 when it is no whole number or out of bounds.
    pub fn whole_or(&mut self, field: &str, low: u64, high: u64, otherwise: u64) -> Result<u64, Refusal> {
        let value = self.defaulted(field)?;
        self.left.extend(value.map(|value| (field.to_owned(), value)));
        Ok(self.whole(field, low, high)?.unwrap_or(otherwise))
    }

    /// A whole number within bounds, which must be there.
    ///
    /// # Errors
    /// 400 when it is absent, no whole number or out of bounds.
    pub fn required_whole(&mut self, field: &str, low: u64, high: u64) -> Result<u64, Refusal> {
        self.whole(field, low, high)?.ok_or_else(|| self.refuse(field, "This field is required."))
    }

    /// An object, absent or null.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn object(&mut self, field: &str) -> Result<Option<Self>, Refusal> {
        let path = self.name(field);
        self.optional(field).map(|value| Self::of(path, value)).transpose()
    }

    /// An object, or absent; null is refused.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn object_or(&mut self, field: &str) -> Result<Option<Self>, Refusal> {
        let path = self.name(field);
        self.defaulted(field)?.map(|value| Self::of(path, value)).transpose()
    }

    /// An object that must be there.
    ///
    /// # Errors
    /// 400 when it is absent, null or something else.
    pub fn required_object(&mut self, field: &str) -> Result<Self, Refusal> {
        self.object(field)?.ok_or_else(|| self.refuse(field, "This field is required."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<(), &str>) {
        let read = || -> Result<(), Refusal> {
            let mut fields = Fields::body(body.as_bytes())?;
            fields.text("title")?;
            if let Some(mut inner) = fields.object("inner")? {
                inner.number_or("speed", Decimal::new(5, 1), Decimal::new(15, 1), Decimal::ONE)?;
                inner.word("mood", &[("calm", ()), ("loud", ())])?;
                inner.finish()?;
            }
            fields.finish()
        };
        let found = read().map_err(|refusal| refusal.param.unwrap_or_default());
        assert_eq!(found, expected.map_err(str::to_owned), "{body}");
    }

    #[test]
    fn a_refusal_names_the_very_field() {
        check("{}", Ok(()));
        check(r#"{"title": null, "inner": null}"#, Ok(()));
        check(r#"{"title": 3}"#, Err("title"));
        check(r#"{"titel": "x"}"#, Err("titel"));
        check(r#"{"inner": {"speed": 1.5, "mood": "calm"}}"#, Ok(()));
        check(r#"{"inner": {"speed": 1.50000001}}"#, Err("inner.speed"));
        check(r#"{"inner": {"speed": null}}"#, Err("inner.speed"));
        check(r#"{"inner": {"speed": "1"}}"#, Err("inner.speed"));
        check(r#"{"inner": {"mood": "sad"}}"#, Err("inner.mood"));
        check(r#"{"inner": {"more": 1}}"#, Err("inner.more"));
        check(r#"{"inner": 1}"#, Err("inner"));
        check("[]", Err(""));
        check("{", Err(""));
    }
}
