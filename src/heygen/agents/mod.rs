//! `/v3/video-agents`: sessions in which an agent makes videos, their conversations, and its styles.
//!
//! A session may lead to several videos, each paid for. What follows one request is therefore named by
//! more than the session: `session` (its first request), `session#run` (a further message) and
//! `session@video` once the video is known. `draft::chat` takes these apart.

mod request;

use serde::Deserialize;

use super::client::Client;
use super::error::{Error, ErrorKind, Stakes};
use super::remote::{Remote, RemoteStatus};
use super::retry::with_retry;
use super::videos::{Video, VideoStatus};
use super::wire;
use crate::draft::chat::{AgentStyle, BrandKit, Chat, ChatMessage, ChatResource, Speaker, Stage, session_of, video_of};

pub use request::agent_body;

/// Styles and brand kits on one page at most.
const PAGE: &str = "100";

#[derive(Deserialize)]
struct WireSession {
    session_id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    progress: Option<u8>,
    #[serde(default, deserialize_with = "wire::lenient")]
    video_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    messages: Option<Vec<WireMessage>>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
}

#[derive(Deserialize)]
struct WireMessage {
    role: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    content: Option<String>,
    #[serde(rename = "type", default, deserialize_with = "wire::lenient")]
    word: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
    #[serde(default, deserialize_with = "wire::lenient")]
    resource_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WireListed {
    session_id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
}

impl From<WireListed> for Remote {
    fn from(wire: WireListed) -> Self {
        Self {
            title: wire.title,
            created_at: wire.created_at,
            ..Self::new(wire.session_id, RemoteStatus::Running, "session")
        }
    }
}

#[derive(Deserialize)]
struct WireResource {
    resource_id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    resource_type: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    thumbnail_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_url: Option<String>,
}

#[derive(Deserialize)]
struct WireStyle {
    style_id: String,
    name: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::lenient")]
    aspect_ratio: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    thumbnail_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_video_url: Option<String>,
}

#[derive(Deserialize)]
struct WireKit {
    brand_kit_id: String,
    name: String,
}

impl Client {
    /// What became of one request to an agent: the oldest video of its session that is none of `known`,
    /// the videos of the requests before it.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn agent_run(&self, id: &str, known: &[String]) -> Result<Remote, Error> {
        if let Some(video) = video_of(id) {
            let video = self.video(video).await?;
            return Ok(Remote { id: id.to_owned(), ..video.into() });
        }
        let session = self.agent_session(session_of(id)).await?;
        // After the session: a video that belongs to a finished one is in the list by now.
        let mut videos = self.agent_videos(&session.session_id).await?;
        if let Some(named) = &session.video_id
            && !known.contains(named)
            && !videos.iter().any(|video| video.id == *named)
        {
            match self.video(named).await {
                Ok(video) => videos.push(video),
                // Not there yet: the session is ahead of its videos.
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(run_of(id, session, newest_first(videos), known))
    }

    async fn agent_session(&self, session: &str) -> Result<WireSession, Error> {
        self.get(self.address(&["v3", "video-agents", session])?).await
    }

    /// All videos of a session, newest first.
    async fn agent_videos(&self, session: &str) -> Result<Vec<Video>, Error> {
        Ok(newest_first(self.videos_at(self.address(&["v3", "video-agents", session, "videos"])?).await?))
    }

    /// A conversation as it is now. `seen` holds the resources of an earlier reading, which are not asked
    /// for again.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn chat(&self, session: &str, seen: &[ChatResource]) -> Result<Chat, Error> {
        let wire = self.agent_session(session).await?;
        let videos = self.agent_videos(session).await?;
        let mut messages = Vec::new();
        for message in wire.messages.unwrap_or_default() {
            let mut resources = Vec::new();
            for id in message.resource_ids.unwrap_or_default() {
                resources.push(match seen.iter().find(|resource| resource.id == id) {
                    Some(resource) => resource.clone(),
                    None => self.agent_resource(session, &id).await,
                });
            }
            messages.push(ChatMessage {
                speaker: if message.role == "user" { Speaker::Person } else { Speaker::Agent },
                text: message.content.unwrap_or_default(),
                error: message.word.as_deref() == Some("error"),
                at: message.created_at,
                resources,
            });
        }
        Ok(Chat {
            session: wire.session_id,
            title: wire.title,
            stage: Stage::from_word(&wire.status),
            progress: wire.progress.unwrap_or(0).min(100),
            messages,
            videos: videos.into_iter().map(|video| video.id).collect(),
        })
    }

    /// A resource of a message. One that cannot be read is named all the same.
    async fn agent_resource(&self, session: &str, id: &str) -> ChatResource {
        let nothing = ChatResource { id: id.to_owned(), kind: "file".to_owned(), picture_url: None, url: None };
        let Ok(url) = self.address(&["v3", "video-agents", session, "resources", id]) else { return nothing };
        match self.get::<WireResource>(url).await {
            Ok(wire) => {
                let kind = wire.resource_type.unwrap_or(nothing.kind);
                let own = wire.url.clone().filter(|_| kind == "image");
                ChatResource {
                    id: wire.resource_id,
                    picture_url: wire.thumbnail_url.or(wire.preview_url).or(own),
                    url: wire.url,
                    kind,
                }
            }
            Err(_) => nothing,
        }
    }

    /// Ends what an agent is at. What it has made stays, and stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn stop_agent(&self, session: &str) -> Result<(), Error> {
        let url = self.address(&["v3", "video-agents", session, "stop"])?;
        self.post_bytes(url, bytes::Bytes::from_static(b"{}"), None, Stakes::Free).await.map(drop)
    }

    /// Every style an agent can follow.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn agent_styles(&self) -> Result<Vec<AgentStyle>, Error> {
        let mut url = self.address(&["v3", "video-agents", "styles"])?;
        url.query_pairs_mut().append_pair("limit", PAGE);
        let styles: Vec<WireStyle> = self.all_pages(url).await?;
        let address = |url: Option<String>| url.filter(|url| !url.is_empty());
        Ok(styles
            .into_iter()
            .map(|wire| AgentStyle {
                id: wire.style_id,
                name: wire.name,
                tags: wire.tags.unwrap_or_default(),
                aspect_ratio: wire.aspect_ratio,
                thumbnail_url: address(wire.thumbnail_url),
                preview_video_url: address(wire.preview_video_url),
            })
            .collect())
    }

    /// Every brand kit of the account.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn brand_kits(&self) -> Result<Vec<BrandKit>, Error> {
        let mut url = self.address(&["v3", "brand-kits"])?;
        url.query_pairs_mut().append_pair("limit", PAGE);
        let kits: Vec<WireKit> = self.all_pages(url).await?;
        Ok(kits.into_iter().map(|wire| BrandKit { id: wire.brand_kit_id, name: wire.name }).collect())
    }

    /// The newest sessions, at most `limit` (1 to 100).
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn recent_sessions(&self, limit: u32) -> Result<Vec<Remote>, Error> {
        let list = self.address(&["v3", "video-agents"])?;
        with_retry(|| self.newest::<WireListed, _>(list.clone(), limit, 100)).await
    }
}

/// Nobody promises the order in which HeyGen lists videos: by when they were made, and among those of one
/// second, or without a time, as the list goes.
fn newest_first(mut videos: Vec<Video>) -> Vec<Video> {
    let mut times = videos.iter().filter_map(|video| video.created_at);
    let is_oldest_first = times.next().zip(times.next_back()).is_some_and(|(first, last)| first < last);
    if is_oldest_first {
        videos.reverse();
    }
    videos.sort_by_key(|video| std::cmp::Reverse(video.created_at));
    videos
}

/// What a session and its videos say about one request. `videos` come newest first.
fn run_of(id: &str, session: WireSession, videos: Vec<Video>, known: &[String]) -> Remote {
    let stage = Stage::from_word(&session.status);
    let newer: Vec<Video> = videos.into_iter().rev().filter(|video| !known.contains(&video.id)).collect();
    let remote = Remote {
        title: session.title,
        created_at: session.created_at,
        progress: session.progress.map(|progress| progress.min(100)),
        ..Remote::new(id.to_owned(), RemoteStatus::Running, &session.status)
    };
    // One that failed may be made again while the agent is at it.
    let working = matches!(stage, Stage::Thinking | Stage::Reviewing | Stage::Generating);
    let own =
        newer.iter().find(|video| video.status != VideoStatus::Failed).or(newer.last().filter(|_| !working)).cloned();
    if let Some(video) = own {
        if video.status.is_running() {
            return remote;
        }
        let pinned = format!("{}@{}", session.session_id, video.id);
        return Remote { title: remote.title, ..Remote { id: pinned, ..video.into() } };
    }
    match stage {
        Stage::Thinking | Stage::Reviewing | Stage::Generating => remote,
        Stage::WaitingForInput => Remote { status: RemoteStatus::NeedsPerson, ..remote },
        // The session names a video that is nowhere yet.
        Stage::Completed if session.video_id.is_some_and(|video| !known.contains(&video)) => remote,
        Stage::Completed | Stage::Failed => {
            let said = session.messages.unwrap_or_default();
            let error = said.iter().rev().find(|message| message.word.as_deref() == Some("error"));
            let words = error.and_then(|message| message.content.clone());
            let usual = "The agent ended without a video.".to_owned();
            Remote { status: RemoteStatus::Failed, failure_message: Some(words.unwrap_or(usual)), ..remote }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `videos` as HeyGen lists them, newest first; what the request became as status and id.
    #[track_caller]
    fn check(status: &str, videos: &[(&str, &str)], known: &[&str], expected: (RemoteStatus, &str)) {
        let session = format!(r#"{{"session_id":"s","status":"{status}","messages":[],"new":1}}"#);
        let session: WireSession = serde_json::from_str(&session).unwrap();
        let videos = videos
            .iter()
            .map(|(id, status)| Video {
                id: (*id).to_owned(),
                title: None,
                status: VideoStatus::from_word(status),
                duration: None,
                video_url: None,
                captioned_video_url: None,
                subtitle_url: None,
                thumbnail_url: None,
                failure_code: None,
                failure_message: None,
                created_at: None,
                completed_at: None,
            })
            .collect();
        let known: Vec<String> = known.iter().map(|id| (*id).to_owned()).collect();
        let remote = run_of("s#r", session, videos, &known);
        assert_eq!((remote.status, remote.id.as_str()), expected, "{status} {known:?}");
    }

    #[test]
    fn a_request_follows_the_first_video_that_none_before_it_made() {
        use RemoteStatus::{Completed, Failed, NeedsPerson, Running};
        check("thinking", &[], &[], (Running, "s#r"));
        check("daydreaming", &[], &[], (Running, "s#r"));
        check("waiting_for_input", &[], &[], (NeedsPerson, "s#r"));
        check("generating", &[("v1", "processing")], &[], (Running, "s#r"));
        check("completed", &[("v1", "completed")], &[], (Completed, "s@v1"));
        check("completed", &[("v1", "processing")], &[], (Running, "s#r"));
        check("thinking", &[("v1", "completed")], &["v1"], (Running, "s#r"));
        check("waiting_for_input", &[("v1", "completed")], &["v1"], (NeedsPerson, "s#r"));
        check("completed", &[("v2", "completed"), ("v1", "completed")], &["v1"], (Completed, "s@v2"));
        // A later request made one too: this one's is the older.
        check("completed", &[("v2", "completed"), ("v1", "completed")], &[], (Completed, "s@v1"));
        check("generating", &[("v1", "failed")], &[], (Running, "s#r"));
        check("generating", &[("v2", "processing"), ("v1", "failed")], &[], (Running, "s#r"));
        check("failed", &[("v1", "failed")], &[], (Failed, "s@v1"));
        check("failed", &[], &[], (Failed, "s#r"));
        check("completed", &[("v1", "completed")], &["v1"], (Failed, "s#r"));
    }
}
