//! What a paid request became at HeyGen, the same for every product: where it stands, what came of
//! it, and how much of it is charged for.

use rust_decimal::Decimal;

use super::client::Client;
use super::error::{Error, ErrorKind};
use super::paid::PaidEndpoint;
use super::videos::{Video, VideoStatus};
use crate::draft::WordTiming;

/// The kind of thing a paid request becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    Video,
    /// A video agent's session, and the newest video it made.
    AgentSession,
    Translation,
    Lipsync,
    Clipping,
    HyperFramesRender,
    /// A look that is being trained.
    Look,
    /// A realtime session.
    Stream,
    /// Answered at once: there is nothing to ask for afterwards.
    Speech,
}

/// Where a resource stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteStatus {
    /// In HeyGen's own queue.
    Waiting,
    /// At work; an unknown word counts as this.
    Running,
    /// Waits for the person: an agent's question, a consent.
    NeedsPerson,
    Completed,
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl RemoteStatus {
    /// Whether it will change by itself or by the person's answer.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Waiting | Self::Running | Self::NeedsPerson)
    }
}

/// What a file of a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileRole {
    /// What was bought: the video or the sound. There is one at most.
    Main,
    /// Sound of its own beside the main file.
    Audio,
    /// Subtitles in SRT.
    Captions,
    /// Subtitles in WebVTT.
    WebCaptions,
    /// A picture of the main file.
    Thumbnail,
    /// One of several equal videos.
    Clip,
}

/// One file of a result. The addresses are presigned and expire: download soon, never log them.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteFile {
    pub role: FileRole,
    pub url: String,
    /// Without the dot: "mp4".
    pub extension: String,
    /// HeyGen's id of a clip.
    pub id: Option<String>,
    pub title: Option<String>,
    /// Seconds.
    pub seconds: Option<Decimal>,
    /// How well HeyGen thinks a clip will do, 0 to 100.
    pub score: Option<u8>,
    pub thumbnail_url: Option<String>,
}

impl RemoteFile {
    /// A file that is named by its role alone.
    #[must_use]
    pub fn new(role: FileRole, url: String, extension: &str) -> Self {
        Self {
            role,
            url,
            extension: extension.to_owned(),
            id: None,
            title: None,
            seconds: None,
            score: None,
            thumbnail_url: None,
        }
    }
}

/// A resource at HeyGen as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    pub id: String,
    pub title: Option<String>,
    pub status: RemoteStatus,
    /// HeyGen's own word for the status.
    pub word: String,
    /// Percent, where HeyGen says it.
    pub progress: Option<u8>,
    /// Seconds of output, once completed. It decides most charges.
    pub seconds: Option<Decimal>,
    /// Pieces that are charged one by one: clips that were made.
    pub pieces: u32,
    pub files: Vec<RemoteFile>,
    pub words: Vec<WordTiming>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    /// Unix seconds.
    pub created_at: Option<i64>,
}

impl Remote {
    /// A resource of which nothing is known but where it stands.
    #[must_use]
    pub fn new(id: String, status: RemoteStatus, word: &str) -> Self {
        Self {
            id,
            title: None,
            status,
            word: word.to_owned(),
            progress: None,
            seconds: None,
            pieces: 0,
            files: Vec::new(),
            words: Vec::new(),
            failure_code: None,
            failure_message: None,
            created_at: None,
        }
    }
}

impl PaidEndpoint {
    /// The kind of thing that comes of it.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match self {
            Self::Videos | Self::VideoBatches => Resource::Video,
            Self::VideoAgents | Self::VideoAgentMessage { .. } => Resource::AgentSession,
            Self::VideoTranslations | Self::VideoTranslationBatches => Resource::Translation,
            Self::Lipsyncs | Self::LipsyncBatches => Resource::Lipsync,
            Self::AiClipping => Resource::Clipping,
            Self::HyperFramesRenders => Resource::HyperFramesRender,
            Self::Avatars => Resource::Look,
            Self::AvatarRealtime => Resource::Stream,
            Self::VoicesSpeech => Resource::Speech,
        }
    }
}

impl Client {
    /// A resource with fresh addresses. Asked once: jobs have a schedule of their own.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn remote(&self, resource: Resource, id: &str) -> Result<Remote, Error> {
        match resource {
            Resource::Video => Ok(self.video(id).await?.into()),
            Resource::AgentSession => self.agent_run(id, &[]).await,
            Resource::Clipping => self.clipping(id).await,
            Resource::Translation => self.translation(id).await,
            Resource::Lipsync => self.lipsync(id).await,
            Resource::Look => self.trained_look(id).await,
            Resource::HyperFramesRender => self.hyperframes_render(id).await,
            Resource::Stream => Ok(self.stream(id).await?.into()),
            Resource::Speech => Err(Error::new(ErrorKind::NotFound, "A speech is answered at once and kept nowhere.")),
        }
    }

    /// Where many resources of one kind stand, by one question per hundred; ids HeyGen does not know are
    /// missing from the answer. `None`: this kind has no bulk look-up, ask for each.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn remote_statuses(
        &self,
        resource: Resource,
        ids: &[String],
    ) -> Result<Option<Vec<(String, RemoteStatus)>>, Error> {
        match resource {
            Resource::Video => {
                let statuses = self.video_statuses(ids).await?;
                Ok(Some(statuses.into_iter().map(|(id, status)| (id, (&status).into())).collect()))
            }
            Resource::Translation => Ok(Some(self.translation_statuses(ids).await?)),
            Resource::Lipsync => Ok(Some(self.lipsync_statuses(ids).await?)),
            Resource::AgentSession
            | Resource::Clipping
            | Resource::HyperFramesRender
            | Resource::Look
            | Resource::Stream
            | Resource::Speech => Ok(None),
        }
    }

    /// The newest resources of a kind, at most `limit`, newest first; more than a page is asked for page by page. Empty for a kind that
    /// cannot be listed.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn recent(&self, resource: Resource, limit: u32) -> Result<Vec<Remote>, Error> {
        match resource {
            Resource::Video => Ok(self.recent_videos(limit, None).await?.into_iter().map(Remote::from).collect()),
            Resource::AgentSession => self.recent_sessions(limit).await,
            Resource::Clipping => self.recent_clippings(limit).await,
            Resource::Translation => self.recent_translations(limit).await,
            Resource::Lipsync => self.recent_lipsyncs(limit).await,
            Resource::Look => self.recent_looks(limit).await,
            Resource::HyperFramesRender => self.recent_hyperframes_renders(limit).await,
            Resource::Stream | Resource::Speech => Ok(Vec::new()),
        }
    }
}

impl From<&VideoStatus> for RemoteStatus {
    fn from(status: &VideoStatus) -> Self {
        match status {
            VideoStatus::Waiting => Self::Waiting,
            VideoStatus::Processing | VideoStatus::Other(_) => Self::Running,
            VideoStatus::Completed => Self::Completed,
            VideoStatus::Failed => Self::Failed,
        }
    }
}

impl From<Video> for Remote {
    fn from(video: Video) -> Self {
        let mut files = Vec::new();
        let extension = video.video_url.as_deref().map_or("mp4", extension_of);
        let mut add = |role, url: Option<String>, extension: &str| {
            files.extend(url.map(|url| RemoteFile::new(role, url, extension)));
        };
        add(FileRole::Main, video.video_url.clone(), extension);
        add(FileRole::Captions, video.subtitle_url, "srt");
        add(FileRole::Thumbnail, video.thumbnail_url, "png");
        Self {
            title: video.title,
            seconds: video.duration,
            files,
            failure_code: video.failure_code,
            failure_message: video.failure_message,
            created_at: video.created_at,
            ..Self::new(video.id, (&video.status).into(), video.status.word())
        }
    }
}

/// The extension of the file a presigned address names, as far as it is one of a result's; "mp4" otherwise.
#[must_use]
pub fn extension_of(address: &str) -> &str {
    const KNOWN: [&str; 11] = ["mp4", "webm", "mov", "mp3", "wav", "m4a", "srt", "vtt", "png", "jpg", "jpeg"];
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.filter(|extension| KNOWN.contains(extension)).unwrap_or("mp4")
}
