//! JSON that remembers where it stands, so that a complaint can name line and field. Numbers keep
//! their own digits; a key given twice is an error, because nobody can say which one counts.

use std::fmt;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Why an input cannot be read as requests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {field}: {message}")]
pub struct InputError {
    /// 1-based.
    pub line: usize,
    /// The field, for example `item 3, body.mode`.
    pub field: String,
    pub message: String,
}

/// What kind of value a field has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    /// A number without a fraction.
    Whole,
    Flag,
    List,
    Object,
}

/// One value and its place.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    raw: &'a RawValue,
    /// The whole input, for the line.
    input: &'a str,
    /// From the input's item: `item 3, body.mode`.
    path: String,
}

/// The values of an input: one, a list of them, or one after another (JSON lines).
///
/// # Errors
/// The text is no JSON.
pub(super) fn items(input: &str) -> Result<Vec<Value<'_>>, InputError> {
    let mut items = Vec::new();
    let mut documents = serde_json::Deserializer::from_str(input).into_iter::<&RawValue>();
    for document in documents.by_ref() {
        let item = items.len() + 1;
        let raw = document.map_err(|error| InputError {
            line: error.line().max(1),
            field: format!("item {item}"),
            message: format!("is no JSON: {}", without_place(&error)),
        })?;
        let value = Value { raw, input, path: format!("item {item}") };
        if value.is(Shape::List) {
            for (at, listed) in value.elements()?.into_iter().enumerate() {
                items.push(Value { path: format!("item {}", item + at), ..listed });
            }
        } else {
            items.push(value);
        }
    }
    Ok(items)
}

/// serde_json's own words without its "at line 1 column 2", which counts from another start.
fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.split(" at line ").next().unwrap_or_default().to_owned()
}

impl<'a> Value<'a> {
    /// A complaint about this value.
    pub(super) fn error(&self, message: impl Into<String>) -> InputError {
        let offset = self.raw.get().as_ptr().addr().saturating_sub(self.input.as_ptr().addr());
        let line = 1 + self.input.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        InputError { line, field: self.path.clone(), message: message.into() }
    }

    fn is(&self, shape: Shape) -> bool {
        let first = self.raw.get().bytes().next().unwrap_or_default();
        match shape {
            Shape::Text => first == b'"',
            Shape::Number | Shape::Whole => first == b'-' || first.is_ascii_digit(),
            Shape::Flag => matches!(first, b't' | b'f'),
            Shape::List => first == b'[',
            Shape::Object => first == b'{',
        }
    }

    fn is_null(&self) -> bool {
        self.raw.get() == "null"
    }

    /// Nothing where the value has this shape.
    pub(super) fn expect_shape(&self, shape: Shape) -> Result<(), InputError> {
        let wanted = match shape {
            Shape::Text => "a text",
            Shape::Number => "a number",
            Shape::Whole => return self.whole().map(drop),
            Shape::Flag => "true or false",
            Shape::List => "a list",
            Shape::Object => "an object",
        };
        if self.is(shape) { Ok(()) } else { Err(self.error(format!("has to be {wanted}, not {}", self.kind()))) }
    }

    fn kind(&self) -> &'static str {
        [
            (Shape::Text, "a text"),
            (Shape::Number, "a number"),
            (Shape::Flag, "true or false"),
            (Shape::List, "a list"),
            (Shape::Object, "an object"),
        ]
        .into_iter()
        .find_map(|(shape, name)| self.is(shape).then_some(name))
        .unwrap_or("null")
    }

    pub(super) fn text(&self) -> Result<String, InputError> {
        self.expect_shape(Shape::Text)?;
        serde_json::from_str(self.raw.get())
            .map_err(|error| self.error(format!("is no text: {}", without_place(&error))))
    }

    pub(super) fn flag(&self) -> Result<bool, InputError> {
        self.expect_shape(Shape::Flag)?;
        Ok(self.raw.get() == "true")
    }

    /// A number by its own digits.
    pub(super) fn number(&self) -> Result<Decimal, InputError> {
        self.expect_shape(Shape::Number)?;
        let digits = self.raw.get();
        decimal(digits).ok_or_else(|| {
            let shown: String = digits.chars().take(40).collect();
            self.error(format!("{shown} is too large, or has more digits than can be counted exactly"))
        })
    }

    /// A number without a fraction that fits.
    pub(super) fn whole(&self) -> Result<i64, InputError> {
        let number = self.number()?;
        if !number.is_integer() {
            return Err(self.error(format!("has to be a whole number, not {}", self.raw.get())));
        }
        i64::try_from(number).map_err(|_| self.error(format!("{number} is too large")))
    }

    pub(super) fn elements(&self) -> Result<Vec<Value<'a>>, InputError> {
        self.expect_shape(Shape::List)?;
        let Elements(raws) = serde_json::from_str(self.raw.get()).map_err(|error| self.error(without_place(&error)))?;
        let value = |(at, raw)| Value { raw, input: self.input, path: format!("{}[{at}]", self.path) };
        Ok(raws.into_iter().enumerate().map(value).collect())
    }

    pub(super) fn object(&self) -> Result<Object<'a>, InputError> {
        self.expect_shape(Shape::Object)?;
        let Members(raws) = serde_json::from_str(self.raw.get()).map_err(|error| self.error(without_place(&error)))?;
        let mut members: Vec<(String, Value<'a>)> = Vec::with_capacity(raws.len());
        for (name, raw) in raws {
            // Fields of an item need no full path: "item 3, body".
            let joint = if self.path.contains(", ") { '.' } else { ',' };
            let space = if joint == ',' { " " } else { "" };
            let value = Value { raw, input: self.input, path: format!("{}{joint}{space}{name}", self.path) };
            if members.iter().any(|(given, _)| *given == name) {
                return Err(value.error("is given twice"));
            }
            members.push((name, value));
        }
        Ok(Object { whole: self.clone(), members })
    }

    /// The text as one of `words`.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, InputError> {
        let text = self.text()?;
        words.iter().find_map(|(word, meaning)| (*word == text).then_some(*meaning)).ok_or_else(|| {
            let choices: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let shown: String = text.chars().take(40).collect();
            self.error(format!("“{shown}” is none of {}", choices.join(", ")))
        })
    }
}

/// The members of a JSON object. `null` counts as left out.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    whole: Value<'a>,
    members: Vec<(String, Value<'a>)>,
}

impl<'a> Object<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(given, _)| given == name).map(|(_, value)| value).filter(|value| !value.is_null())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&Value<'a>, InputError> {
        self.get(name).ok_or_else(|| {
            let mut error = self.whole.error("is missing");
            error.field.push_str(if error.field.contains(", ") { "." } else { ", " });
            error.field.push_str(name);
            error
        })
    }

    /// Checks the shape of every known field; returns the names of the others.
    pub(super) fn check(&self, fields: &[(&str, Shape)]) -> Result<Vec<&str>, InputError> {
        let mut unknown = Vec::new();
        for (name, value) in &self.members {
            match fields.iter().find(|(known, _)| known == name) {
                Some(_) if value.is_null() => {}
                Some((_, shape)) => value.expect_shape(*shape)?,
                None => unknown.push(name.as_str()),
            }
        }
        Ok(unknown)
    }
}

/// A decimal from the digits of a JSON number, exact or not at all.
fn decimal(digits: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        None => (digits, 0),
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
    };
    let mantissa = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let scale = i32::try_from(mantissa.scale()).ok()?.checked_sub(exponent)?;
    if mantissa.is_zero() {
        return Some(Decimal::ZERO);
    }
    match u32::try_from(scale) {
        Ok(scale) => Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale).ok(),
        Err(_) => {
            let power = 10_i128.checked_pow(scale.unsigned_abs())?;
            Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(power)?, 0).ok()
        }
    }
}

struct Elements<'a>(Vec<&'a RawValue>);
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Elements<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(All)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}
