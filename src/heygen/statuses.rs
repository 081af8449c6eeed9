//! Bulk look-ups: where many resources of one kind stand, by one question per hundred ids.

use serde::Deserialize;

use super::client::Client;
use super::error::Error;
use super::wire;

/// Ids one question takes.
const IDS: usize = 100;

/// A row; the id is called `video_id` for every kind of resource.
#[derive(Deserialize)]
struct WireStatus {
    #[serde(default, deserialize_with = "wire::lenient")]
    video_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
}

impl Client {
    /// The status of each id as `read` understands HeyGen's word for it; ids HeyGen does not know, and
    /// rows without a word, are missing from the answer. `parameter` carries the ids.
    pub(super) async fn statuses<T>(
        &self,
        resource: &str,
        parameter: &str,
        ids: &[String],
        read: fn(&str) -> T,
    ) -> Result<Vec<(String, T)>, Error> {
        let mut statuses = Vec::with_capacity(ids.len());
        for ids in ids.chunks(IDS) {
            let mut url = self.address(&["v3", resource, "statuses"])?;
            url.query_pairs_mut().append_pair(parameter, &ids.join(","));
            let page = self.get_list::<WireStatus>(url).await?;
            statuses.extend(page.data.into_iter().filter_map(|row| Some((row.video_id?, read(&row.status?)))));
        }
        Ok(statuses)
    }
}
