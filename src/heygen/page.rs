//! Lists: their newest entries, or all of them, following the cursor a bounded number of pages far.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::client::Client;
use super::error::Error;
use super::retry::with_retry;

/// Pages of one list that are followed at most: 10,000 looks or 20,000 voices.
pub const PAGE_LIMIT: usize = 200;

/// One page: the cursor stands beside `data`, not in it.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    next_token: Option<String>,
}

impl Client {
    /// The newest entries of a list, at most `limit`, page by page; `most` is what the interface allows of one.
    pub(super) async fn newest<T: DeserializeOwned, U: From<T>>(
        &self,
        mut list: Url,
        limit: u32,
        most: u32,
    ) -> Result<Vec<U>, Error> {
        list.query_pairs_mut().append_pair("limit", &limit.clamp(1, most).to_string());
        let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        let mut entries: Vec<U> = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGE_LIMIT {
            let mut url = list.clone();
            if let Some(token) = &token {
                url.query_pairs_mut().append_pair("token", token);
            }
            let page: Page<T> = self.get_list(url).await?;
            let came = page.data.len();
            entries.extend(page.data.into_iter().map(U::from));
            let next = page.next_token.filter(|next| page.has_more && !next.is_empty() && token.as_ref() != Some(next));
            if entries.len() >= limit || came == 0 || next.is_none() {
                break;
            }
            token = next;
        }
        entries.truncate(limit);
        Ok(entries)
    }

    /// All entries of a list. Stops where the cursor ends, comes back, or [`PAGE_LIMIT`] is reached.
    pub(super) async fn all_pages<T: DeserializeOwned>(&self, first: Url) -> Result<Vec<T>, Error> {
        let mut entries = Vec::new();
        let mut seen = Vec::new();
        let mut url = first.clone();
        for _ in 0..PAGE_LIMIT {
            let page: Page<T> = with_retry(|| self.get_list(url.clone())).await?;
            entries.extend(page.data);
            let Some(token) = page.next_token.filter(|token| page.has_more && !token.is_empty()) else {
                return Ok(entries);
            };
            if seen.contains(&token) {
                tracing::warn!(path = first.path(), "the cursor of a list came back; the list ends here");
                return Ok(entries);
            }
            url = first.clone();
            url.query_pairs_mut().append_pair("token", &token);
            seen.push(token);
        }
        tracing::warn!(path = first.path(), pages = PAGE_LIMIT, "a list has more pages than are followed");
        Ok(entries)
    }
}
