//! Messages that HeyGen does not have yet: what was written, and why it has not left.

use std::sync::Arc;

use crate::draft::{Draft, Product, VideoAgentDraft};
use crate::jobs::types::{Job, JobId, JobState};
use crate::ui::model::Model;

/// A message on its way into a conversation, and its job.
pub struct Outgoing {
    pub message: VideoAgentDraft,
    pub job: Arc<Job>,
}

impl Outgoing {
    /// It may have arrived: nobody answered.
    pub fn is_unknown(&self) -> bool {
        self.job.state == JobState::OutcomeUnknown
    }
}

/// The messages in this session that have not left, oldest first; of those that never will, the ones of `last`.
pub fn messages<'a>(model: &'a Model, session: &'a str, last: &'a [JobId]) -> impl Iterator<Item = Outgoing> + 'a {
    let is_outgoing = move |job: &&Arc<Job>| {
        let stands = match job.state {
            JobState::Held | JobState::Uploading | JobState::Submitting | JobState::OutcomeUnknown => true,
            JobState::Failed | JobState::Cancelled => last.contains(&job.id) && job.again.is_none(),
            JobState::Running | JobState::Downloading | JobState::Done => false,
        };
        job.product == Product::VideoAgent && job.remote_id.is_none() && stands
    };
    let jobs = model.board.jobs.iter().rev().filter(is_outgoing);
    jobs.filter_map(move |job| match Draft::from_json(job.product, &job.draft) {
        Ok(Draft::VideoAgent(message)) => {
            let is_here = message.conversation.as_ref().is_some_and(|conversation| conversation.session == session);
            is_here.then(|| Outgoing { message, job: Arc::clone(job) })
        }
        _ => None,
    })
}
