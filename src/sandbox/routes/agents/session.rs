//! A session with a video agent: what is remembered of it, and what follows from that and the time.
//!
//! A session is a list of runs, each with a job. Status, progress and messages are read off the runs
//! and their jobs, so that none of them can disagree with what was made and charged.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::world::{self, Callback, Failure, Job};

/// The kind of record.
pub const SESSIONS: &str = "agent_session";
/// The code of a run that was stopped.
pub const STOPPED: &str = "stopped";
const QUESTION: &str = "Before I start: who is going to watch this, and what should they do afterwards?";

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub title: String,
    pub created_at: i64,
    pub portrait: bool,
    /// Seconds of the next video.
    pub seconds: u64,
    pub avatar_id: Option<String>,
    pub voice_id: Option<String>,
    #[serde(default)]
    pub callback: Callback,
    /// At least one.
    pub runs: Vec<Run>,
    /// Stopped while it waited for an answer.
    pub stopped: bool,
}

/// What one message set off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: String,
    /// What the person wrote.
    pub message: String,
    pub at: i64,
    pub job_id: String,
    pub kind: Kind,
    pub files: Vec<Attached>,
}

/// What a run leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A question to the person.
    Question,
    /// A video.
    Video,
    /// A video, right after the person answered.
    Answered,
}

/// A file that came with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub resource_id: String,
    pub media_type: String,
    /// The asset, or the file among the assets.
    pub file: String,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Thinking,
    WaitingForInput,
    Reviewing,
    Generating,
    Completed,
    Failed,
}

impl Stage {
    /// The interface's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Thinking => "thinking",
            Self::WaitingForInput => "waiting_for_input",
            Self::Reviewing => "reviewing",
            Self::Generating => "generating",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Whether the agent works, so that no message can be taken.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Thinking | Self::Reviewing | Self::Generating)
    }
}

impl Run {
    fn stage(&self, job: Option<&Job>, now: i64) -> Stage {
        let Some(job) = job else { return Stage::Completed };
        match &job.state {
            // Stopping one fails it.
            world::State::Failed { .. } | world::State::Cancelled { .. } => Stage::Failed,
            world::State::Completed { .. } if self.kind == Kind::Question => Stage::WaitingForInput,
            world::State::Completed { .. } => Stage::Completed,
            world::State::Running if self.kind == Kind::Question => Stage::Thinking,
            world::State::Running if now >= job.starts_at => Stage::Generating,
            world::State::Running if self.kind == Kind::Answered || now >= self.reviews_at(job) => Stage::Reviewing,
            world::State::Running => Stage::Thinking,
        }
    }

    /// From here on it looks over what it thought of.
    fn reviews_at(&self, job: &Job) -> i64 {
        self.at.saturating_add(job.starts_at.saturating_sub(self.at) / 2)
    }

    /// The id of the video as a resource.
    pub fn video_resource(&self) -> String {
        format!("res_video_{}", self.job_id)
    }
}

impl Session {
    /// Where it stands, by the jobs of its runs in their order.
    pub fn stage(&self, jobs: &[Option<Job>], now: i64) -> Stage {
        let last = self.runs.last().map(|run| run.stage(jobs.last().and_then(Option::as_ref), now));
        match last {
            Some(Stage::WaitingForInput) if self.stopped => Stage::Failed,
            Some(stage) => stage,
            None => Stage::Failed,
        }
    }

    /// 0 to 100.
    pub fn progress(&self, jobs: &[Option<Job>], now: i64) -> i64 {
        let part = |from: i64, to: i64| {
            let span = to.saturating_sub(from).max(1);
            now.saturating_sub(from).clamp(0, span).saturating_mul(100) / span
        };
        let job = jobs.last().and_then(Option::as_ref);
        let run = self.runs.last();
        match (self.stage(jobs, now), run, job) {
            (Stage::Completed, ..) => 100,
            (Stage::WaitingForInput, ..) => 10,
            (Stage::Thinking, Some(run), Some(job)) => part(run.at, job.starts_at.max(job.due_at)) / 10,
            (Stage::Reviewing, Some(run), Some(job)) => 10 + part(run.at, job.starts_at) * 15 / 100,
            (Stage::Generating, _, Some(job)) => 25 + part(job.starts_at, job.due_at) * 74 / 100,
            _ => 0,
        }
    }

    /// The id of the newest video that is being generated or done.
    pub fn video_id(&self, jobs: &[Option<Job>], now: i64) -> Option<&str> {
        let runs = self.runs.iter().zip(jobs).rev();
        runs.into_iter()
            .find(|(run, job)| {
                let stage = run.stage(job.as_ref(), now);
                run.kind != Kind::Question && job.is_some() && matches!(stage, Stage::Generating | Stage::Completed)
            })
            .map(|(run, _)| run.job_id.as_str())
    }

    /// What was said, oldest first.
    pub fn messages(&self, jobs: &[Option<Job>], now: i64) -> Vec<Value> {
        let mut messages = Vec::new();
        let mut say = |role: &str, kind: &str, content: &str, at: i64, resources: Vec<String>| {
            let resource_ids = if resources.is_empty() { Value::Null } else { json!(resources) };
            messages.push(json!({
                "role": role, "type": kind, "content": content, "created_at": at / 1_000, "resource_ids": resource_ids,
            }));
        };
        for (run, job) in self.runs.iter().zip(jobs) {
            let files = run.files.iter().map(|file| file.resource_id.clone()).collect();
            say("user", "text", &run.message, run.at, files);
            let Some(job) = job else { continue };
            let reviewed_at = if run.kind == Kind::Answered { run.at } else { run.reviews_at(job) };
            let thought = match &job.state {
                world::State::Failed { at, .. } | world::State::Cancelled { at } => *at >= reviewed_at,
                world::State::Running | world::State::Completed { .. } => now >= reviewed_at,
            };
            if run.kind != Kind::Question && thought {
                let plan = "Here is my plan: an opening, three points, and a closing line. I am going through it now.";
                say("model", "text", plan, reviewed_at, Vec::new());
            }
            match &job.state {
                world::State::Completed { at, .. } if run.kind == Kind::Question => {
                    say("model", "text", QUESTION, *at, Vec::new());
                }
                world::State::Completed { at, .. } => {
                    say("model", "resource", "Your video is ready.", *at, vec![run.video_resource()]);
                }
                world::State::Failed { at, failure } => say("model", "error", &failure.message, *at, Vec::new()),
                world::State::Running | world::State::Cancelled { .. } => {}
            }
        }
        messages
    }
}

/// The failure of a run that was stopped.
pub fn stopped() -> Failure {
    Failure { code: STOPPED.to_owned(), message: "The session was stopped.".to_owned() }
}
