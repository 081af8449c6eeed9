//! What at HeyGen may be the answer to a request whose outcome nobody knows.

use super::Worker;
use crate::draft::chat::Speaker;
use crate::draft::{Draft, chat};
use crate::heygen::{Client, PaidEndpoint, Remote, Resource};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::Fault;
use crate::jobs::types::{Candidate, JobId};

/// Resources that are looked through first, and at most.
const PAGE: u32 = 50;
const MOST: u32 = 3_200;

impl Worker {
    /// Resources at HeyGen that may be the answer to a request whose outcome is unknown, newest first.
    ///
    /// # Errors
    /// A [`Fault`] from the network or the journal.
    pub async fn candidates(&self, id: JobId) -> Result<Vec<Candidate>, Fault> {
        let (records, _) = self.shared.store.run(journal::readable).await?;
        let Some(record) = records.iter().find(|record| record.job.id == id) else { return Ok(Vec::new()) };
        let client = self.shared.client()?;
        // Written by a version that knows more: this one cannot say what such a request made.
        let Some(endpoint) = PaidEndpoint::from_path(&record.endpoint) else { return Ok(Vec::new()) };
        if let PaidEndpoint::VideoAgentMessage { session_id } = &endpoint {
            return answered(&client, record, session_id).await;
        }
        let resource = endpoint.resource();
        // An hour before, for clocks that disagree; resources that other jobs follow are out.
        let earliest = record.first_sent_at.unwrap_or(record.job.created_at) - 3_600;
        let made = back_to(&client, resource, earliest).await?;
        let taken = |remote: &Remote| {
            records.iter().any(|other| {
                other.job.id != id
                    && other.endpoint == record.endpoint
                    && other.job.remote_id.as_deref().is_some_and(|id| same_resource(resource, id, &remote.id))
            })
        };
        Ok(made
            .into_iter()
            .filter(|remote| remote.created_at.is_none_or(|at| at >= earliest) && !taken(remote))
            .map(|remote| Candidate {
                title: remote.title.unwrap_or_default(),
                created_at: remote.created_at,
                status: remote.word,
                remote_id: remote.id,
            })
            .collect())
    }
}

/// The newest resources, as far back as `earliest` and as far as anybody looks.
async fn back_to(client: &Client, resource: Resource, earliest: i64) -> Result<Vec<Remote>, Fault> {
    let mut most = PAGE;
    loop {
        let made = client.recent(resource, most).await?;
        let is_all = made.len() < usize::try_from(most).unwrap_or(usize::MAX);
        let is_far_enough = made.iter().filter_map(|remote| remote.created_at).any(|at| at < earliest);
        if is_all || is_far_enough || most >= MOST {
            return Ok(made);
        }
        most = most.saturating_mul(4);
    }
}

/// Whether two ids name the same thing at HeyGen: an agent's session is one through all its runs.
fn same_resource(resource: Resource, id: &str, other: &str) -> bool {
    match resource {
        Resource::AgentSession => chat::session_of(id) == chat::session_of(other),
        _ => id == other,
    }
}

/// Whether a message reached its agent: the conversation says it.
async fn answered(client: &Client, record: &Record, session: &str) -> Result<Vec<Candidate>, Fault> {
    let Ok(Draft::VideoAgent(draft)) = Draft::from_json(record.job.product, &record.job.draft) else {
        return Ok(Vec::new());
    };
    let chat = client.chat(session, &[]).await?;
    let sent = draft.sent_text();
    let earliest = record.first_sent_at.unwrap_or(record.job.created_at) - 3_600;
    let there = chat.messages.iter().rev().find(|message| {
        message.speaker == Speaker::Person && message.text.trim() == sent && message.at.is_none_or(|at| at >= earliest)
    });
    Ok(there
        .map(|message| Candidate {
            // Nobody knows the run: what made it leave tells it from other messages.
            remote_id: format!("{session}#{}", record.idempotency_key),
            title: format!("Your message in “{}”", chat.title.unwrap_or_else(|| "the conversation".to_owned())),
            created_at: message.at,
            status: chat.stage.word().to_owned(),
        })
        .into_iter()
        .collect())
}
