//! Which jobs an answer to a video agent goes on with, and what of their holds comes back for it. Pure: the
//! booking asks it of the journal, the receipt of the board, so that both say the same.

use std::borrow::Borrow;

use super::types::{Job, JobState};
use crate::draft::video_agent::Conversation;
use crate::draft::{Draft, chat};
use crate::spend::types::GivenBack;

/// Those of `jobs` that led to nothing but an answer in this session. `videos` are those the session had led
/// to when the answer was written. A job whose video was there by then is charged, although nobody asked
/// after it since: it is none of them.
pub fn questions<'a, J: Borrow<Job>>(jobs: &'a [J], session: &str, videos: &[String]) -> Vec<&'a Job> {
    let of_session = || jobs.iter().map(Borrow::borrow).filter(|job| job.agent_session() == Some(session));
    let video_of = |job: &'a Job| job.remote_id.as_deref().and_then(chat::video_of);
    let is_claimed = |video: &str| of_session().any(|job| video_of(job) == Some(video));
    let unclaimed: Vec<&String> = videos.iter().filter(|video| !is_claimed(video)).collect();
    let led_to_nothing = |job: &&Job| {
        let before = || videos_before(job);
        job.state == JobState::Running
            && video_of_none(job)
            && (unclaimed.is_empty() || unclaimed.iter().all(|video| before().contains(video)))
    };
    of_session().filter(led_to_nothing).collect()
}

/// What is held for the jobs that an answer in this conversation, booked to `project`, would go on with.
#[must_use]
pub fn given_back<J: Borrow<Job>>(jobs: &[J], talk: &Conversation, project: &str) -> GivenBack {
    let mut back = GivenBack::default();
    for question in questions(jobs, &talk.session, &talk.videos) {
        back.in_all += question.hold;
        if question.project == project {
            back.of_project += question.hold;
        }
    }
    back
}

fn video_of_none(job: &Job) -> bool {
    job.remote_id.as_deref().is_none_or(|id| chat::video_of(id).is_none())
}

/// The videos its session had led to when the job's message was written.
#[must_use]
pub fn videos_before(job: &Job) -> Vec<String> {
    match Draft::from_json(job.product, &job.draft) {
        Ok(Draft::VideoAgent(draft)) => draft.conversation.map(|conversation| conversation.videos).unwrap_or_default(),
        _ => Vec::new(),
    }
}
