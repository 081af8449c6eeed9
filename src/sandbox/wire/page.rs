//! Lists: `limit` and `token` in, `data`, `has_more` and `next_token` out.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::refusal::Refusal;

/// The query of a request, taken name by name; what is left over is refused.
#[derive(Debug)]
pub struct Query {
    left: BTreeMap<String, String>,
}

impl Query {
    /// The part of the address after the question mark.
    #[must_use]
    pub fn read(raw: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self { left: pairs.into_owned().collect() }
    }

    /// A parameter, or `None` where it is absent or empty.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.left.remove(name).filter(|text| !text.is_empty())
    }

    /// One of the words.
    ///
    /// # Errors
    /// 400 naming the words.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let listed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(Refusal::invalid(name, format!("One of {} is expected here.", listed.join(", "))))
            }
        }
    }

    /// A number within bounds.
    ///
    /// # Errors
    /// 400 when it is no number or out of bounds.
    pub fn number(&mut self, name: &str, low: Decimal, high: Decimal) -> Result<Option<Decimal>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let read = Decimal::from_str_exact(&text).ok().filter(|number| (low..=high).contains(number));
        read.map(Some).ok_or_else(|| Refusal::invalid(name, format!("A number from {low} to {high} is expected here.")))
    }

    /// The page that is asked for.
    ///
    /// # Errors
    /// 400 when `limit` is no whole number from 1 to `most`.
    pub fn page(&mut self, otherwise: usize, most: usize) -> Result<Page, Refusal> {
        let limit = match self.text("limit") {
            None => otherwise,
            Some(text) => text.parse().ok().filter(|limit| (1..=most).contains(limit)).ok_or_else(|| {
                Refusal::invalid("limit", format!("A whole number from 1 to {most} is expected here."))
            })?,
        };
        Ok(Page { limit, token: self.text("token") })
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// 400 naming the first parameter that is not in the interface.
    pub fn finish(self) -> Result<(), Refusal> {
        match self.left.into_keys().next() {
            None => Ok(()),
            Some(name) => {
                let message = format!("There is no parameter “{name}” here.");
                Err(Refusal::invalid(name, message))
            }
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub limit: usize,
    /// As `next_token` of the page before said it.
    pub token: Option<String>,
}

impl Page {
    /// Cuts the page out of a whole list. The token names the last item of the page before, so that
    /// items that arrive at the front do not shift what comes next.
    ///
    /// # Errors
    /// 400 when the token names nothing in the list.
    pub fn cut<T>(
        &self,
        items: &[T],
        id: impl Fn(&T) -> &str,
        show: impl Fn(&T) -> Result<Value, Refusal>,
    ) -> Result<Value, Refusal> {
        let start = match &self.token {
            None => 0,
            Some(token) => {
                let after = token.strip_prefix("after.");
                let place = items.iter().position(|item| Some(id(item)) == after);
                place.ok_or_else(|| Refusal::invalid("token", "This token belongs to no page of this list."))? + 1
            }
        };
        let rest = items.get(start..).unwrap_or_default();
        let shown = rest.get(..self.limit).unwrap_or(rest);
        let data = shown.iter().map(show).collect::<Result<Vec<_>, _>>()?;
        let has_more = rest.len() > shown.len();
        let next_token = shown.last().filter(|_| has_more).map(|last| format!("after.{}", id(last)));
        Ok(json!({"data": data, "has_more": has_more, "next_token": next_token}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(limit: usize) -> Vec<Vec<String>> {
        let items: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let mut pages = Vec::new();
        let mut token = None;
        loop {
            let page = Page { limit, token };
            let shown = page.cut(&items, |item| item, |item| Ok(json!(item))).unwrap();
            pages.push(shown["data"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect());
            token = shown["next_token"].as_str().map(str::to_owned);
            assert_eq!(shown["has_more"], json!(token.is_some()));
            if token.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn pages_cover_a_list_once() {
        assert_eq!(walk(3), [vec!["a", "b", "c"], vec!["d"]]);
        assert_eq!(walk(4), [vec!["a", "b", "c", "d"]]);
        assert_eq!(walk(2), [vec!["a", "b"], vec!["c", "d"]]);
    }

    #[test]
    fn a_strange_token_or_parameter_is_refused() {
        let items = ["a".to_owned()];
        let page = Page { limit: 1, token: Some("after.z".to_owned()) };
        assert_eq!(page.cut(&items, |item| item, |_| Ok(Value::Null)).unwrap_err().param.as_deref(), Some("token"));
        let mut query = Query::read(Some("limit=51&x=1"));
        assert_eq!(query.page(20, 50).unwrap_err().param.as_deref(), Some("limit"));
        assert_eq!(query.finish().unwrap_err().param.as_deref(), Some("x"));
    }
}
