//! `/v3/videos`: following, listing and deleting what was made.

mod cinematic;
mod request;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::client::Client;
use super::error::Error;
use super::wire;

pub use cinematic::cinematic_body;
pub use request::body;

/// Where a video stands at HeyGen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoStatus {
    /// `waiting` or `pending`.
    Waiting,
    Processing,
    Completed,
    Failed,
    /// A word that is not known here: it still runs.
    Other(String),
}

impl VideoStatus {
    /// The status a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "waiting" | "pending" => Self::Waiting,
            "processing" => Self::Processing,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }

    /// HeyGen's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Waiting => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }

    /// Whether it will change by itself.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match self {
            Self::Waiting | Self::Processing | Self::Other(_) => true,
            Self::Completed | Self::Failed => false,
        }
    }
}

/// A video at HeyGen. The addresses are presigned and expire: download soon, never log them.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    pub id: String,
    pub title: Option<String>,
    pub status: VideoStatus,
    /// Seconds of output, once completed. It decides the charge.
    pub duration: Option<Decimal>,
    pub video_url: Option<String>,
    pub captioned_video_url: Option<String>,
    pub subtitle_url: Option<String>,
    pub thumbnail_url: Option<String>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Unix seconds.
    pub completed_at: Option<i64>,
}

#[derive(Deserialize)]
struct WireVideo {
    id: String,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    duration: Option<Decimal>,
    #[serde(default)]
    video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    captioned_video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    subtitle_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    thumbnail_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_code: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    failure_message: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
    #[serde(default, deserialize_with = "wire::lenient")]
    completed_at: Option<i64>,
}

impl From<WireVideo> for Video {
    fn from(wire: WireVideo) -> Self {
        let address = |url: Option<String>| url.filter(|url| !url.is_empty());
        Self {
            id: wire.id,
            title: wire.title,
            status: VideoStatus::from_word(&wire.status),
            duration: wire.duration,
            video_url: address(wire.video_url),
            captioned_video_url: address(wire.captioned_video_url),
            subtitle_url: address(wire.subtitle_url),
            thumbnail_url: address(wire.thumbnail_url),
            failure_code: wire.failure_code,
            failure_message: wire.failure_message,
            created_at: wire.created_at,
            completed_at: wire.completed_at,
        }
    }
}

impl Client {
    /// One video, with fresh addresses. Asked once: jobs have a schedule of their own.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn video(&self, id: &str) -> Result<Video, Error> {
        let wire: WireVideo = self.get(self.address(&["v3", "videos", id])?).await?;
        Ok(wire.into())
    }

    /// Where many videos stand; ids HeyGen does not know are missing from the answer. Asked once per
    /// hundred ids.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn video_statuses(&self, ids: &[String]) -> Result<Vec<(String, VideoStatus)>, Error> {
        self.statuses("videos", "video_ids", ids, VideoStatus::from_word).await
    }

    /// The newest videos, at most `limit` (1 to 100), with this title where one is given. Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn recent_videos(&self, limit: u32, title: Option<&str>) -> Result<Vec<Video>, Error> {
        let mut url = self.address(&["v3", "videos"])?;
        if let Some(title) = title {
            url.query_pairs_mut().append_pair("title", title);
        }
        self.newest::<WireVideo, _>(url, limit, 100).await
    }

    /// All videos of a list, in its order.
    pub(super) async fn videos_at(&self, url: url::Url) -> Result<Vec<Video>, Error> {
        let listed: Vec<WireVideo> = self.all_pages(url).await?;
        Ok(listed.into_iter().map(Video::from).collect())
    }

    /// Deletes a video at HeyGen. What was paid for it stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_video(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "videos", id])?).await
    }
}
