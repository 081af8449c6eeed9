//! Lists, maps and texts of limited length in request objects.

use serde_json::{Map, Value};

use super::{Fields, Refusal};

impl Fields {
    /// A list, absent or null.
    fn list(&mut self, field: &str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.refuse(field, "A list is expected here.")),
        }
    }

    /// A list of 1 to `most` of anything, which must be there.
    ///
    /// # Errors
    /// 400 when it is absent, null, empty, too long or something else.
    pub fn values(&mut self, field: &str, most: usize) -> Result<Vec<Value>, Refusal> {
        let items = self.list(field)?.ok_or_else(|| self.refuse(field, "This field is required."))?;
        if items.is_empty() || items.len() > most {
            return Err(self.refuse(field, format!("1 to {most} items are expected here.")));
        }
        Ok(items)
    }

    /// A list of objects; empty where it is absent or null.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn objects(&mut self, field: &str) -> Result<Vec<Self>, Refusal> {
        let path = self.name(field);
        let items = self.list(field)?.unwrap_or_default();
        items.into_iter().enumerate().map(|(place, item)| Self::of(format!("{path}[{place}]"), item)).collect()
    }

    /// A list of texts that say something, which must be there.
    ///
    /// # Errors
    /// 400 when it is absent, null or something else.
    pub fn required_texts(&mut self, field: &str) -> Result<Vec<String>, Refusal> {
        self.optional_texts(field)?.ok_or_else(|| self.refuse(field, "This field is required."))
    }

    /// A list of texts that say something, absent or null.
    ///
    /// # Errors
    /// 400 when it is something else; the refusal names the item.
    pub fn optional_texts(&mut self, field: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(items) = self.list(field)? else { return Ok(None) };
        let text = |(place, item): (usize, Value)| match item {
            Value::String(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.refuse(&format!("{field}[{place}]"), "A text is expected here.")),
        };
        items.into_iter().enumerate().map(text).collect::<Result<_, _>>().map(Some)
    }

    /// An object of anything; empty where it is absent or null.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn map(&mut self, field: &str) -> Result<Map<String, Value>, Refusal> {
        match self.optional(field) {
            None => Ok(Map::new()),
            Some(Value::Object(map)) => Ok(map),
            Some(_) => Err(self.refuse(field, "An object is expected here.")),
        }
    }

    /// An object of anything, which must be there.
    ///
    /// # Errors
    /// 400 when it is absent, null or something else.
    pub fn required_map(&mut self, field: &str) -> Result<Map<String, Value>, Refusal> {
        match self.optional(field) {
            Some(Value::Object(map)) => Ok(map),
            _ => Err(self.refuse(field, "An object is expected here.")),
        }
    }

    /// A required text of at most so many characters.
    ///
    /// # Errors
    /// 400 when it is absent, null, blank, no text or too long.
    pub fn bounded_text(&mut self, field: &str, most: usize) -> Result<String, Refusal> {
        let text = self.required_text(field)?;
        self.within(field, &text, most)?;
        Ok(text)
    }

    /// A text of at most so many characters, absent or null.
    ///
    /// # Errors
    /// 400 when it is no text or too long.
    pub fn short_text(&mut self, field: &str, most: usize) -> Result<Option<String>, Refusal> {
        let text = self.text(field)?;
        if let Some(text) = &text {
            self.within(field, text, most)?;
        }
        Ok(text)
    }

    fn within(&self, field: &str, text: &str, most: usize) -> Result<(), Refusal> {
        let characters = text.chars().count();
        if characters > most {
            return Err(self.refuse(field, format!("This has {characters} characters; {most} is the most.")));
        }
        Ok(())
    }
}
