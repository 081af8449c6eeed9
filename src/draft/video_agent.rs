//! The draft of a video agent's session (`POST /v3/video-agents`), and of a further message in one
//! (`POST /v3/video-agents/{session_id}`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::{Billable, Length};
use super::cast::{Look, Voice};
use super::chat::{AgentStyle, BrandKit};
use super::composition::Composition;
use super::reference::{self, ASSET_BYTES_LIMIT, ReferenceKind};
use super::too_long;
use super::ways::{self, Alternative, Choice};
use super::{Field, Problem, Product, title};

/// Characters a prompt or a message may have (published limit).
pub const PROMPT_LIMIT: usize = 10_000;
/// Files one request may bring (published limit).
pub const FILES_LIMIT: usize = 20;
/// Seconds that can be asked for. HeyGen publishes no limit: this is what the form offers.
pub const SECONDS: std::ops::RangeInclusive<u32> = 15..=600;
/// Lengths whose prices stand beside the chosen one's, in seconds.
const COMPARED_SECONDS: [u32; 5] = [15, 30, 60, 120, 300];

/// The shape an agent is asked for; HeyGen chooses where none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    Landscape,
    Portrait,
}

impl Orientation {
    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Landscape => "landscape",
            Self::Portrait => "portrait",
        }
    }
}

/// The conversation a message belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// HeyGen's id of the session.
    pub session: String,
    /// The videos it had led to when the message was written: what it leads to is none of them.
    pub videos: Vec<String>,
    /// Seconds the session was asked for so far: another length is said in the message.
    pub seconds: u32,
    /// The agent is at work and takes no message.
    #[serde(skip)]
    pub busy: bool,
    /// The last message has not left yet.
    #[serde(skip)]
    pub waits: bool,
}

/// What the person is composing on the Video agent tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoAgentDraft {
    pub title: String,
    /// The prompt, or the message where there is a conversation.
    pub prompt: String,
    /// `None`: the agent chooses.
    pub look: Option<Look>,
    /// `None`: the agent chooses.
    pub voice: Option<Voice>,
    /// `None`: the agent, or the style, chooses.
    pub orientation: Option<Orientation>,
    pub style: Option<AgentStyle>,
    /// `None`: no brand is kept to.
    pub brand_kit: Option<BrandKit>,
    pub files: Vec<LocalFile>,
    /// The agent asks before it makes anything.
    pub chat: bool,
    /// HeyGen keeps nothing of it for later sessions.
    pub incognito: bool,
    /// Seconds the person asks for. The interface has no such field: it is said in the prompt.
    pub seconds: u32,
    /// The conversation this is a message in; `None` for a new session.
    pub conversation: Option<Conversation>,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for VideoAgentDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            prompt: String::new(),
            look: None,
            voice: None,
            orientation: None,
            style: None,
            brand_kit: None,
            files: Vec::new(),
            chat: false,
            incognito: false,
            seconds: 30,
            conversation: None,
            project: String::new(),
        }
    }
}

impl VideoAgentDraft {
    /// A message in a conversation that was begun with this draft, still to be written.
    #[must_use]
    pub fn message_in(&self, session: &str) -> Self {
        Self {
            title: self.effective_title(),
            seconds: self.seconds,
            chat: true,
            conversation: Some(Conversation {
                session: session.to_owned(),
                videos: Vec::new(),
                seconds: self.seconds,
                busy: true,
                waits: false,
            }),
            project: self.project.clone(),
            ..Self::default()
        }
    }

    /// What the agent is sent: the words with the length that is asked for under them. In a conversation
    /// the length is said where it is another than before.
    #[must_use]
    pub fn sent_text(&self) -> String {
        let words = self.prompt.trim();
        if self.conversation.as_ref().is_some_and(|conversation| conversation.seconds == self.seconds) {
            return words.to_owned();
        }
        format!("{words}\n\nLength of the video: about {} seconds.", self.seconds)
    }

    /// The field of the file at this place.
    #[must_use]
    pub fn file_field(place: usize) -> Field {
        Field::Reference(u8::try_from(place).unwrap_or(u8::MAX))
    }
}

impl Composition for VideoAgentDraft {
    fn product(&self) -> Product {
        Product::VideoAgent
    }

    fn effective_title(&self) -> String {
        title::own_or(&self.title, || title::first_words(&self.prompt), "Untitled video")
    }

    fn title_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.title)
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::from_iter(title::fault(&self.title));
        let mut add = |field, message: String| problems.push(Problem { field, message });
        let characters = self.sent_text().chars().count();
        if self.conversation.as_ref().is_some_and(|conversation| conversation.waits) {
            add(Field::Prompt, "Your last message has not left yet.".to_owned());
        } else if self.conversation.as_ref().is_some_and(|conversation| conversation.busy) {
            add(Field::Prompt, "The agent is at work: it takes a message when it has answered.".to_owned());
        } else if self.prompt.trim().is_empty() {
            let words = match &self.conversation {
                Some(_) => "Write a message.",
                None => "Write a prompt: what the video is about.",
            };
            add(Field::Prompt, words.to_owned());
        } else if let Some(fault) = too_long::fault("text", characters, PROMPT_LIMIT) {
            add(Field::Prompt, fault);
        }
        if let Some(fault) = self.look.as_ref().and_then(Look::fault) {
            add(Field::Look, fault);
        }
        let over = self.files.len().saturating_sub(FILES_LIMIT);
        let message = format!("{} files are given; {FILES_LIMIT} is the most. Remove {over}.", self.files.len());
        for place in FILES_LIMIT..self.files.len() {
            add(Self::file_field(place), message.clone());
        }
        for (place, file) in self.files.iter().enumerate() {
            use ReferenceKind::{Document, Picture, Sound, Video};
            let types = "PNG, JPEG, MP4, WebM, MP3, WAV and PDF";
            if let Some(message) =
                reference::fault(file, &[Picture, Video, Sound, Document], types, |_| ASSET_BYTES_LIMIT)
            {
                add(Self::file_field(place), message);
            }
        }
        if !SECONDS.contains(&self.seconds) {
            add(Field::Duration, "Ask for 15 seconds to 10 minutes.".to_owned());
        }
        problems
    }

    /// The agent decides the length, so the price is a range around the length that is asked for: nobody
    /// has published how near it comes. Six tenths to one and a half times is what a speaker is off by who
    /// is told a length and no script.
    fn billable(&self) -> Billable {
        lasting(self.seconds)
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        let files = self.files.iter().enumerate().filter(|(_, file)| file.address.is_none());
        files.map(|(place, file)| (Self::file_field(place), file)).collect()
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.files.iter_mut().collect()
    }

    fn looks_mut(&mut self) -> Vec<&mut Look> {
        self.look.iter_mut().collect()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        let look = self.look.as_mut().map(|look| [&mut look.preview_image_url, &mut look.preview_video_url]);
        let style = self.style.as_mut().map(|style| [&mut style.thumbnail_url, &mut style.preview_video_url]);
        let voice = self.voice.as_mut().map(|voice| &mut voice.preview_audio_url);
        look.into_iter().flatten().chain(style.into_iter().flatten()).chain(voice).flatten().collect()
    }

    fn portrait_url(&self) -> Option<&str> {
        let look = self.look.as_ref().and_then(|look| look.preview_image_url.as_deref());
        look.or_else(|| self.style.as_ref()?.thumbnail_url.as_deref())
    }

    fn conversation(&self) -> Option<&Conversation> {
        self.conversation.as_ref()
    }

    fn alternatives(&self) -> Vec<Alternative> {
        ways::with_present(&COMPARED_SECONDS, Some(self.seconds))
            .into_iter()
            .map(|seconds| Alternative {
                choice: Choice::Length(Some(seconds)),
                billable: Ok(lasting(seconds)),
                selected: seconds == self.seconds,
            })
            .collect()
    }

    fn choose(&mut self, choice: Choice) {
        if let Choice::Length(Some(seconds)) = choice {
            self.seconds = seconds;
        }
    }

    fn verb(&self) -> &'static str {
        if self.conversation.is_some() { "Send" } else { "Create" }
    }
}

/// A video that is asked to last so long: the agent decides in the end.
fn lasting(seconds: u32) -> Billable {
    let asked = Decimal::from(seconds);
    let low = asked * Decimal::new(6, 1);
    let high = asked * Decimal::new(15, 1);
    Billable::VideoAgent { length: Length::Between(low, asked, high) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(media_type: &str) -> LocalFile {
        LocalFile { path: "in.bin".into(), size: 10, media_type: Some(media_type.to_owned()), ..LocalFile::default() }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut VideoAgentDraft), expected: &[Field]) {
        let mut draft = VideoAgentDraft { prompt: "Tea.".to_owned(), ..VideoAgentDraft::default() };
        change(&mut draft);
        let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", draft.problems());
    }

    #[test]
    fn every_limit_is_told_beside_its_field() {
        check(|_| {}, &[]);
        check(|draft| draft.prompt = "\n".to_owned(), &[Field::Prompt]);
        // The length stands under the prompt and counts.
        check(|draft| draft.prompt = "ä".repeat(PROMPT_LIMIT), &[Field::Prompt]);
        check(|draft| draft.prompt = "ä".repeat(PROMPT_LIMIT - 50), &[]);
        check(|draft| draft.seconds = 14, &[Field::Duration]);
        check(|draft| draft.seconds = 601, &[Field::Duration]);
        check(|draft| draft.files = vec![file("application/pdf"); 20], &[]);
        check(|draft| draft.files = vec![file("application/pdf"); 22], &[Field::Reference(20), Field::Reference(21)]);
        check(|draft| draft.files = vec![file("image/png"), file("application/zip")], &[Field::Reference(1)]);
        let busy = Conversation { busy: true, ..Conversation::default() };
        check(|draft| draft.conversation = Some(busy), &[Field::Prompt]);
        let waits = Conversation { waits: true, ..Conversation::default() };
        check(|draft| draft.conversation = Some(waits), &[Field::Prompt]);
    }

    #[test]
    fn the_length_is_said_once_and_again_where_it_changes() {
        let begun = VideoAgentDraft { prompt: " Tea. ".to_owned(), seconds: 45, ..VideoAgentDraft::default() };
        assert_eq!(begun.sent_text(), "Tea.\n\nLength of the video: about 45 seconds.");
        let mut message = VideoAgentDraft { prompt: "Shorter.".to_owned(), ..begun.message_in("s") };
        assert_eq!(message.sent_text(), "Shorter.");
        message.seconds = 20;
        assert_eq!(message.sent_text(), "Shorter.\n\nLength of the video: about 20 seconds.");
    }

    #[test]
    fn the_price_is_a_range_around_the_length_that_is_asked_for() {
        let draft = VideoAgentDraft { seconds: 60, ..VideoAgentDraft::default() };
        let length = Length::Between(Decimal::from(36), Decimal::from(60), Decimal::from(90));
        assert_eq!(draft.billable(), Billable::VideoAgent { length });
    }
}
