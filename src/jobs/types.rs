//! Jobs as everybody else sees them: plain values, no behaviour.

use std::path::PathBuf;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::batch::{Row, Table, TextEncoding};
use crate::draft::{Draft, Product, WordTiming, chat};
use crate::money::Usd;
use crate::pricing::Unit;

/// A job's own id: a UUID version 7, so that ids sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId(pub uuid::Uuid);

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A table's own id; every job that a row of it became carries it. Jobs of other kinds that were booked
/// together share one that belongs to no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatchId(pub uuid::Uuid);

impl BatchId {
    /// A new one; ids sort by time.
    #[must_use]
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7())
    }

    /// The id a database text names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        uuid::Uuid::parse_str(text).ok().map(Self)
    }
}

impl std::fmt::Display for BatchId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A table as it is kept: what stands in it, and which job each row became.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptBatch {
    pub id: BatchId,
    /// The file's own name.
    pub name: String,
    /// What all rows share, an avatar video or a speech.
    pub base: Draft,
    pub table: Table,
    /// The newest job of each row, in their order.
    pub jobs: Vec<Option<JobId>>,
    /// Which rows the person let out, in their order; empty where nobody ticked anything yet.
    pub left_out: Vec<bool>,
    /// Counts the changes.
    pub revision: u64,
    /// Cells were changed by the person: they are not those of the file any more.
    pub is_edited: bool,
    /// The file it was read from, where it was one.
    pub file: Option<PathBuf>,
    /// What the file would say in other encodings, where it was read just now and would say something else.
    pub samples: Vec<(TextEncoding, String)>,
}

impl KeptBatch {
    /// A new table, of which nothing was made or changed, and which comes from no file.
    #[must_use]
    pub fn new(name: String, base: Draft, table: Table) -> Self {
        Self {
            id: BatchId::generate(),
            name,
            base,
            jobs: vec![None; table.rows.len()],
            table,
            left_out: Vec::new(),
            revision: 0,
            is_edited: false,
            file: None,
            samples: Vec::new(),
        }
    }
}

/// What the person changed in a table.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchChange {
    pub id: BatchId,
    /// Higher with each change.
    pub revision: u64,
    pub base: Draft,
    pub columns: Vec<String>,
    /// How many of the last columns are none of the file's.
    pub added_columns: usize,
    /// The rows that changed, as they are now.
    pub rows: Vec<Row>,
    /// Rows, by their lines, that are let out from now on, or wanted again.
    pub left_out: Vec<(u64, bool)>,
}

/// Where a job stands. `Done`, `Failed` and `Cancelled` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// The money is set aside; the job waits for its turn.
    Held,
    /// Its files are on their way to HeyGen. Nothing is paid yet.
    Uploading,
    /// The paid request is leaving, or may have left.
    Submitting,
    /// HeyGen renders it.
    Running,
    /// The result is coming home.
    Downloading,
    Done,
    Failed,
    /// By the person, before anything was paid.
    Cancelled,
    /// The paid request left and nobody knows whether it arrived. Asks the person.
    OutcomeUnknown,
}

impl JobState {
    pub const ALL: [Self; 9] = [
        Self::Held,
        Self::Uploading,
        Self::Submitting,
        Self::Running,
        Self::Downloading,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::OutcomeUnknown,
    ];

    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Uploading => "uploading",
            Self::Submitting => "submitting",
            Self::Running => "running",
            Self::Downloading => "downloading",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }

    /// The state a database word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether nothing will happen to the job any more by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Whether it may still be cancelled for nothing: before the paid request.
    #[must_use]
    pub fn is_cancellable(self) -> bool {
        matches!(self, Self::Held | Self::Uploading)
    }

    /// Whether it counts against HeyGen's limit of jobs in progress.
    #[must_use]
    pub fn is_in_flight(self) -> bool {
        matches!(self, Self::Submitting | Self::Running)
    }
}

/// What a job failed of, in the order a person needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    /// What happened, with HeyGen's own words where it said any.
    pub what: String,
    /// What it means for the money.
    pub money: String,
    /// What to do now.
    pub advice: String,
}

/// The quote a job was made on, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedPrice {
    pub low: Usd,
    pub likely: Usd,
    pub high: Usd,
    /// The date of the rate card, `2026-11-22`.
    pub card_date: String,
    /// How it was counted, and what an estimated length rests on: "Digital twin, Avatar IV, 1080p ·
    /// $0.0667 / s × 0:39 to 0:44; first guess for German: ±22 %".
    pub how: String,
}

/// How a job was counted that was made although no price is published.
const UNPUBLISHED: &str = "Price not published: not counted against your caps. Compare the wallet.";

/// How a job was counted that is paid by the web plan or in HeyGen's credits.
const NOT_IN_DOLLARS: &str = "Paid by your HeyGen plan or in its credits: no dollars, not counted against your caps.";

impl QuotedPrice {
    /// For a job that is made although no price is published: nothing is set aside for it.
    #[must_use]
    pub fn unpublished(card_date: String) -> Self {
        let nothing = Usd::ZERO;
        Self { low: nothing, likely: nothing, high: nothing, card_date, how: UNPUBLISHED.to_owned() }
    }

    /// For a job that is not paid in dollars: none are set aside or charged for it.
    #[must_use]
    pub fn not_in_dollars(card_date: String) -> Self {
        Self { how: NOT_IN_DOLLARS.to_owned(), ..Self::unpublished(card_date) }
    }

    /// Whether its zero stands for something else than dollars.
    #[must_use]
    pub fn is_not_in_dollars(&self) -> bool {
        self.how == NOT_IN_DOLLARS
    }

    /// Whether its zero stands for a price that nobody knows.
    #[must_use]
    pub fn is_unpublished(&self) -> bool {
        self.how == UNPUBLISHED
    }

    /// By how much a charge lies above the highest that was quoted; `None` where it does not.
    #[must_use]
    pub fn overshoot(&self, charge: Usd) -> Option<Usd> {
        let is_over = charge.to_cents() > self.high.to_cents() && !self.is_unpublished();
        is_over.then(|| charge - self.high)
    }

    /// Why a charge may lie above it, in a sentence.
    #[must_use]
    pub fn why_over(&self) -> String {
        let basis = self.how.split("; ").find_map(|part| part.rsplit_once(": ±").map(|(basis, _)| basis));
        match basis {
            Some(basis) if basis.starts_with("this voice's pace") => {
                format!("The quote rested on {basis}; this time it took longer.")
            }
            Some(basis) => match basis.strip_prefix("first guess for ") {
                Some(language) => format!(
                    "How fast this voice speaks {language} was not known: the quote was a first guess. The next one \
                     rests on this result."
                ),
                None => "Neither the language nor the voice's pace was known: the quote was a first guess.".to_owned(),
            },
            None => "It lasted longer than was expected when it was quoted.".to_owned(),
        }
    }
}

/// What one unit of a job costs, as it was quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// Dollars per `unit`; zero where somebody else pays or nothing is charged.
    pub rate: Usd,
    pub unit: Unit,
}

/// What HeyGen made of a job, as far as it is charged by that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Seconds of output; `None` where HeyGen did not say.
    pub seconds: Option<Decimal>,
    /// Clips, where those are charged.
    pub pieces: u32,
}

/// The files a job brought home.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultFiles {
    pub video: Option<PathBuf>,
    /// Sound alone: a speech, or the track of a translation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<PathBuf>,
    pub captions: Option<PathBuf>,
    /// In the program's own cache, not in the person's folder.
    pub thumbnail: Option<PathBuf>,
    /// Videos of equal standing, in HeyGen's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clips: Vec<ResultClip>,
    /// When each word of a speech is spoken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<WordTiming>,
}

impl ResultFiles {
    /// The file to open first: the video, else the sound, else the first clip.
    #[must_use]
    pub fn main(&self) -> Option<&PathBuf> {
        self.video.as_ref().or(self.audio.as_ref()).or_else(|| self.clips.first().map(|clip| &clip.path))
    }
}

/// One clip that was cut out of a longer video.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultClip {
    pub path: PathBuf,
    pub title: String,
    /// Seconds.
    pub seconds: Option<Decimal>,
    /// How well HeyGen thinks it will do, 0 to 100.
    pub score: Option<u8>,
    /// In the program's own cache.
    pub thumbnail: Option<PathBuf>,
}

/// How far the present step has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Progress {
    /// Nothing to say beyond the state.
    #[default]
    None,
    /// Bytes of an upload or a download.
    Bytes {
        done: u64,
        total: Option<u64>,
        /// How fast, once it can be told.
        per_second: Option<u64>,
    },
    /// Rendering since so many seconds, with HeyGen's own percentage where it says one.
    Rendering { seconds: u64, percent: Option<u8> },
    /// HeyGen waits for the person: an agent's question, a consent.
    NeedsPerson,
    /// A realtime session, which is charged for by the second.
    Session(SessionProgress),
    /// Waits before the next try, in seconds, and why.
    Waiting { seconds: u64, why: String },
    /// A fault of this program ended its task. It goes on when the person says so, or at the next start.
    Stopped,
}

/// How a realtime session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionProgress {
    /// Unix milliseconds when it was first seen to play; `None`: it has not begun, and nothing is charged.
    pub began_ms: Option<i64>,
    /// Seconds after which it is stopped.
    pub limit_seconds: u32,
    /// There is a stream to look at.
    pub can_be_watched: bool,
    /// It is being stopped.
    pub is_stopping: bool,
    /// HeyGen does not answer at the moment.
    pub is_silent: bool,
}

/// One paid request and its life, as it is at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub product: Product,
    pub title: String,
    pub project: String,
    pub state: JobState,
    pub progress: Progress,
    pub quoted: QuotedPrice,
    /// Set aside now; zero once charged or released.
    pub hold: Usd,
    /// What it turned out to cost, once done.
    pub charge: Option<Usd>,
    /// What it will cost in any case, while it is under way: HeyGen said that it was made.
    pub due: Option<Usd>,
    /// Seconds of output, once done.
    pub duration: Option<Decimal>,
    pub error: Option<JobError>,
    pub files: ResultFiles,
    /// HeyGen's id of the resource.
    pub remote_id: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds of the last change of state.
    pub changed_at: i64,
    /// The look's portrait for the time before there is a thumbnail.
    pub portrait_url: Option<String>,
    /// The draft it was made from, as JSON, for "edit and try again".
    pub draft: Arc<str>,
    /// Jobs that were booked together share it.
    pub batch: Option<BatchId>,
    /// The job that was made in its place after it ended: it is made again once at most.
    pub again: Option<JobId>,
}

impl Job {
    /// Whether the person may stop following it: paid, and not known to end by itself. A session is
    /// stopped instead, because it costs by the second.
    #[must_use]
    pub fn can_be_let_go(&self) -> bool {
        matches!(self.state, JobState::Running | JobState::Downloading)
            && self.product != Product::Realtime
            && self.remote_id.is_some()
    }

    /// Whether a fault of this program ended its task, so that it waits for the person.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.progress == Progress::Stopped && !self.state.is_final() && self.state != JobState::OutcomeUnknown
    }

    /// Whether the person stopped following it: HeyGen knows it, and nobody asks after it.
    #[must_use]
    pub fn is_let_go(&self) -> bool {
        self.state == JobState::OutcomeUnknown && self.remote_id.is_some()
    }

    /// The session of the video agent it belongs to, once HeyGen has named it.
    #[must_use]
    pub fn agent_session(&self) -> Option<&str> {
        match self.product {
            Product::VideoAgent => self.remote_id.as_deref().map(chat::session_of),
            _ => None,
        }
    }
}

/// A resource at HeyGen that may be the answer to a request whose outcome is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub remote_id: String,
    pub title: String,
    /// Unix seconds.
    pub created_at: Option<i64>,
    pub status: String,
}

/// What the person decides about a job whose outcome is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This resource is the job's: follow it.
    ThisIsIt(String),
    /// The request never arrived: release the hold.
    NeverHappened,
    /// Pay again: a new job with a new key.
    PayAgain,
}

/// Why the whole queue stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// HeyGen answered 402: the wallet is too small for the next job.
    WalletTooSmall,
    /// HeyGen answered 401.
    KeyRefused,
}

/// All jobs, newest first, and what the header shows of them. Immutable: a change makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Board {
    pub jobs: Vec<Arc<Job>>,
    /// Those that wait for their turn, the next one first.
    pub waiting: Vec<JobId>,
    /// In progress at HeyGen, at most 10.
    pub in_flight: usize,
    /// Realtime sessions at HeyGen, at most 3; they take none of the ten places.
    pub sessions: usize,
    /// All holds together, also of jobs that cannot be read and are not among these.
    pub held: Usd,
    pub paused: Option<Pause>,
    /// Jobs that were booked together and are several, as one; the newest first.
    pub batches: Vec<BatchStanding>,
}

impl Board {
    /// The job of this id.
    #[must_use]
    pub fn job(&self, id: JobId) -> Option<&Arc<Job>> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// The place of a job that waits for its turn: 1 is next.
    #[must_use]
    pub fn place(&self, id: JobId) -> Option<usize> {
        // Ids sort by time, and jobs wait in the order they were made.
        self.waiting.binary_search(&id).ok().map(|place| place + 1)
    }
}

/// How jobs that were booked together stand as one.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchStanding {
    pub id: BatchId,
    pub jobs: usize,
    pub done: usize,
    pub failed: usize,
    pub cancelled: usize,
    /// Their outcome is not known, or HeyGen waits for the person.
    pub asking: usize,
    /// They wait for their turn.
    pub waiting: usize,
    /// What the finished ones cost.
    pub charged: Usd,
    /// What is set aside for the others.
    pub held: Usd,
}

impl BatchStanding {
    /// The groups among these jobs, in the order their first member comes.
    #[must_use]
    pub fn of<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Vec<Self> {
        let mut places: std::collections::HashMap<BatchId, usize> = std::collections::HashMap::new();
        let mut groups: Vec<Self> = Vec::new();
        for job in jobs {
            let Some(id) = job.batch else { continue };
            let place = *places.entry(id).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Self {
                    id,
                    jobs: 0,
                    done: 0,
                    failed: 0,
                    cancelled: 0,
                    asking: 0,
                    waiting: 0,
                    charged: Usd::ZERO,
                    held: Usd::ZERO,
                });
            }
            if let Some(group) = groups.get_mut(place) {
                group.count(job);
            }
        }
        groups.retain(|group| group.jobs > 1);
        groups
    }

    fn count(&mut self, job: &Job) {
        self.jobs += 1;
        self.charged += job.charge.unwrap_or(Usd::ZERO);
        self.held += job.hold;
        match job.state {
            JobState::Done => self.done += 1,
            JobState::Failed => self.failed += 1,
            JobState::Cancelled => self.cancelled += 1,
            JobState::OutcomeUnknown => self.asking += 1,
            JobState::Held => self.waiting += 1,
            JobState::Uploading | JobState::Submitting | JobState::Running | JobState::Downloading => {
                self.asking += usize::from(job.progress == Progress::NeedsPerson);
            }
        }
    }

    /// Nothing of it will move any more by itself.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.done + self.failed + self.cancelled == self.jobs
    }
}
