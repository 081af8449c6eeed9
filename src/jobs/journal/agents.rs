//! Jobs that share a video agent's session: whose video is whose, and what an answer goes on with.

use rusqlite::{Transaction, params};

use super::{Ending, end, get};
use crate::draft::{Draft, Product, chat};
use crate::jobs::types::{Job, JobError, JobId, JobState};
use crate::spend::GivenBack;
use crate::store::StoreError;

/// The videos that other jobs of an agent's session were charged for or are bringing home.
///
/// # Errors
/// [`StoreError`].
pub fn videos_of_others(tx: &Transaction<'_>, id: JobId, session: &str) -> Result<Vec<String>, StoreError> {
    Ok(others_of_session(tx, id, session)?
        .into_iter()
        .filter_map(|(_, _, remote_id)| chat::video_of(&remote_id).map(str::to_owned))
        .collect())
}

/// Ends the jobs of an agent's session that `id`, an answer to the agent, goes on with: they made nothing,
/// and what comes now is the answer's. Returns them.
///
/// # Errors
/// [`StoreError`].
pub fn continue_with(tx: &Transaction<'_>, id: JobId, session: &str, at: i64) -> Result<Vec<JobId>, StoreError> {
    let answer = get(tx, id)?.job;
    let mut continued = Vec::new();
    for question in questions(tx, id, session, &videos_before(&answer))? {
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

/// What is held for jobs that an answer in this session would go on with, in all and for its project.
/// `videos` are those the session had led to when the answer was written.
///
/// # Errors
/// [`StoreError`].
pub fn held_by_question(
    tx: &Transaction<'_>,
    id: JobId,
    session: &str,
    videos: &[String],
    project: &str,
) -> Result<GivenBack, StoreError> {
    let mut held = GivenBack::default();
    for question in questions(tx, id, session, videos)? {
        held.in_all += question.hold;
        if question.project == project {
            held.of_project += question.hold;
        }
    }
    Ok(held)
}

/// The jobs of a session that led to nothing but the answer `id`. One whose video was there when the answer
/// was written is charged, although it was not asked for it since: it is none of them.
fn questions(tx: &Transaction<'_>, id: JobId, session: &str, videos: &[String]) -> Result<Vec<Job>, StoreError> {
    let others = others_of_session(tx, id, session)?;
    let is_claimed = |video: &String| others.iter().any(|(.., remote_id)| chat::video_of(remote_id) == Some(video));
    let unclaimed: Vec<&String> = videos.iter().filter(|video| !is_claimed(video)).collect();
    let mut questions = Vec::new();
    for (other, state, remote_id) in &others {
        if *state != JobState::Running || chat::video_of(remote_id).is_some() {
            continue;
        }
        let question = get(tx, *other)?.job;
        let before = videos_before(&question);
        if unclaimed.iter().all(|video| before.contains(video)) {
            questions.push(question);
        }
    }
    Ok(questions)
}

/// The videos its session had led to when the job's message was written.
fn videos_before(job: &Job) -> Vec<String> {
    match Draft::from_json(job.product, &job.draft) {
        Ok(Draft::VideoAgent(draft)) => draft.conversation.map(|conversation| conversation.videos).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn others_of_session(
    tx: &Transaction<'_>,
    id: JobId,
    session: &str,
) -> Result<Vec<(JobId, JobState, String)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, state, remote_id FROM jobs WHERE product = ?1 AND id <> ?2 AND remote_id IS NOT NULL",
    )?;
    let mut rows = statement.query(params![Product::VideoAgent.word(), id.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, state, remote_id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if chat::session_of(&remote_id) == session {
            let corrupt = || StoreError::Corrupt(format!("agent job “{id}” in “{state}”"));
            let job = uuid::Uuid::parse_str(&id).map_err(|_| corrupt())?;
            found.push((JobId(job), JobState::from_word(&state).ok_or_else(corrupt)?, remote_id));
        }
    }
    Ok(found)
}
