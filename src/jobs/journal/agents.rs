//! Jobs that share a video agent's session: whose video is whose, and what an answer goes on with.

use rusqlite::{Transaction, params};

use super::{Ending, end, get};
use crate::draft::{Product, VideoAgentDraft, chat};
use crate::jobs::conversation;
use crate::jobs::types::{Job, JobError, JobId, JobState};
use crate::spend::types::GivenBack;
use crate::store::StoreError;

/// The videos that other jobs of an agent's session were charged for or are bringing home.
///
/// # Errors
/// [`StoreError`].
pub fn videos_of_others(tx: &Transaction<'_>, id: JobId, session: &str) -> Result<Vec<String>, StoreError> {
    let others = others_of_session(tx, id, session)?.into_iter();
    Ok(others.filter_map(|(_, remote_id)| chat::video_of(&remote_id).map(str::to_owned)).collect())
}

/// Ends the jobs of an agent's session that `id`, an answer to the agent, goes on with: they made nothing,
/// and what comes now is the answer's. Returns them.
///
/// # Errors
/// [`StoreError`].
pub fn continue_with(tx: &Transaction<'_>, id: JobId, session: &str, at: i64) -> Result<Vec<JobId>, StoreError> {
    let answer = get(tx, id)?.job;
    let others = readable_of_session(tx, id, session)?;
    let mut continued = Vec::new();
    for question in conversation::questions(&others, session, &conversation::videos_before(&answer)) {
        let error = JobError {
            what: "Continued by your answer.".to_owned(),
            money: "The agent made nothing for this request, so nothing is charged for it.".to_owned(),
            advice: "The job of your answer brings the video home.".to_owned(),
        };
        let ending = Ending { error: Some(error), ..Ending::default() };
        if end(tx, question.id, JobState::Cancelled, &ending, at)? {
            continued.push(question.id);
        }
    }
    Ok(continued)
}

/// What is held for jobs that `id`, an answer written as this draft, would go on with.
///
/// # Errors
/// [`StoreError`].
pub fn held_by_question(tx: &Transaction<'_>, id: JobId, answer: &VideoAgentDraft) -> Result<GivenBack, StoreError> {
    let Some(talk) = &answer.conversation else { return Ok(GivenBack::default()) };
    Ok(conversation::given_back(&readable_of_session(tx, id, &talk.session)?, talk, answer.project.trim()))
}

/// The other jobs of a session, as far as they can be read.
fn readable_of_session(tx: &Transaction<'_>, id: JobId, session: &str) -> Result<Vec<Job>, StoreError> {
    let mut jobs = Vec::new();
    for (other, _) in others_of_session(tx, id, session)? {
        match uuid::Uuid::parse_str(&other).map(|id| get(tx, JobId(id))) {
            Ok(Ok(record)) => jobs.push(record.job),
            // A damaged job keeps its hold, and the conversation goes on without it.
            Err(_) | Ok(Err(StoreError::Corrupt(_))) => {}
            Ok(Err(error)) => return Err(error),
        }
    }
    Ok(jobs)
}

/// The other jobs of a session that HeyGen knows: their ids, and HeyGen's.
fn others_of_session(tx: &Transaction<'_>, id: JobId, session: &str) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT id, remote_id FROM jobs WHERE product = ?1 AND id <> ?2 AND remote_id IS NOT NULL")?;
    let mut rows = statement.query(params![Product::VideoAgent.word(), id.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, remote_id): (String, String) = (row.get(0)?, row.get(1)?);
        if chat::session_of(&remote_id) == session {
            found.push((id, remote_id));
        }
    }
    Ok(found)
}
