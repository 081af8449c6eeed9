//! The questions to HeyGen: how far a job is, and one request for all jobs that ask at the same time.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::run::{Run, failure};
use super::{Question, Shared};
use crate::draft::{Draft, chat};
use crate::heygen::{self, Client, ErrorKind, Remote, RemoteStatus, Resource};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Fault, Outcome};
use crate::jobs::types::Progress;
use crate::store::StoreError;

impl Run {
    pub(super) async fn poll(&mut self, record: &Record, resource: Resource) -> Result<Outcome, StoreError> {
        if resource == Resource::Speech {
            // Answered at once: everything there is stands in the journal.
            let answer = record.answer.as_deref().unwrap_or_default();
            return Ok(match heygen::speech_made(answer) {
                Ok(made) => {
                    self.made = Some(made);
                    Outcome::Completed
                }
                Err(error) => Outcome::RenderFailed { code: None, message: error.to_string() },
            });
        }
        let Some(remote_id) = record.job.remote_id.clone() else {
            return Ok(failure(ErrorKind::Other, "The journal has no id to ask for".to_owned()));
        };
        if self.place.is_none() {
            self.place = self.shared.places_of(record.job.product).try_acquire_owned().ok();
        }
        if resource == Resource::Stream {
            return self.watch(record, &remote_id).await;
        }
        Ok(self.poll_result(record, resource, remote_id).await)
    }

    /// One question about a resource that is made while nobody watches.
    async fn poll_result(&mut self, record: &Record, resource: Resource, remote_id: String) -> Outcome {
        let seconds = u64::try_from((self.shared.now)() - record.job.changed_at).unwrap_or(0);
        if !self.told {
            self.shared.progress(self.id, Progress::Rendering { seconds, percent: None });
        }
        // A tenth of the age, so that a short video comes home at once and a long one asks seldom.
        let wait =
            (Duration::from_secs(seconds) / 10).clamp(self.shared.timing.first_poll, self.shared.timing.longest_poll);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.handle.wake.notified() => {}
        }
        let (answer, receive) = tokio::sync::oneshot::channel();
        self.shared.questions.lock().unwrap_or_else(PoisonError::into_inner).push(Question {
            resource,
            remote_id: remote_id.clone(),
            answer,
        });
        self.shared.asked.notify_one();
        match receive.await {
            Ok(Ok(Some(status))) if status.is_running() => {
                self.say(seconds, status, None);
                return Outcome::StillRunning;
            }
            Ok(Err(fault)) if is_about_all(fault.kind) => return Outcome::Failure(fault),
            Err(_) => return Outcome::StillRunning,
            // Finished, failed, not in the list, or in a list that is refused or cannot be read because
            // of another job's row: the resource itself says which.
            Ok(Ok(_) | Err(_)) => {}
        }
        let remote = match self.shared.client() {
            Ok(client) => self.remote(&client, record, resource).await,
            Err(fault) => Err(fault),
        };
        let remote = match remote {
            Ok(remote) => remote,
            Err(fault) => return Outcome::Failure(fault),
        };
        match remote.status {
            RemoteStatus::Waiting | RemoteStatus::Running | RemoteStatus::NeedsPerson => {
                if remote.status == RemoteStatus::NeedsPerson {
                    // Who waits for an answer must not keep the answer from being sent.
                    self.place = None;
                }
                self.say(seconds, remote.status, remote.progress);
                Outcome::StillRunning
            }
            RemoteStatus::Completed => {
                self.made = Some(remote);
                Outcome::Completed
            }
            RemoteStatus::Failed | RemoteStatus::Cancelled => {
                let message = remote.failure_message.unwrap_or_else(|| match remote.status {
                    RemoteStatus::Cancelled => "it was cancelled there".to_owned(),
                    _ => "no reason given".to_owned(),
                });
                Outcome::RenderFailed { code: remote.failure_code, message }
            }
        }
    }

    /// The job's resource as HeyGen has it now. A session's videos are told apart by those that were there
    /// before this request, and those that other requests of it are charged for.
    pub(super) async fn remote(&self, client: &Client, record: &Record, resource: Resource) -> Result<Remote, Fault> {
        let mut remote = self.fresh(client, record, resource).await?;
        // It is kept and shown: what failed may name an address somebody could open.
        remote.failure_message = remote.failure_message.map(|words| client.redacted(&words));
        remote.failure_code = remote.failure_code.map(|code| client.redacted(&code));
        Ok(remote)
    }

    async fn fresh(&self, client: &Client, record: &Record, resource: Resource) -> Result<Remote, Fault> {
        let remote_id = record.job.remote_id.as_deref().unwrap_or_default();
        if resource != Resource::AgentSession {
            return Ok(client.remote(resource, remote_id).await?);
        }
        let (id, session) = (self.id, chat::session_of(remote_id).to_owned());
        let mut known = self.shared.store.run(move |tx| journal::videos_of_others(tx, id, &session)).await?;
        if let Ok(Draft::VideoAgent(draft)) = Draft::from_json(record.job.product, &record.job.draft) {
            known.extend(draft.conversation.into_iter().flat_map(|conversation| conversation.videos));
        }
        Ok(client.agent_run(remote_id, &known).await?)
    }

    /// Shows how far HeyGen is; between two answers the last one stays.
    fn say(&mut self, seconds: u64, status: RemoteStatus, percent: Option<u8>) {
        self.told = true;
        self.shared.progress(
            self.id,
            match status {
                RemoteStatus::NeedsPerson => Progress::NeedsPerson,
                _ => Progress::Rendering { seconds, percent },
            },
        );
    }
}

/// Answers the polls of all jobs with one question to HeyGen.
pub(super) async fn answer_questions(shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.asked.notified() => {}
        }
        // Jobs that ask at about the same time share one request.
        tokio::time::sleep(Duration::from_millis(100) / shared.timing.hurry.max(1)).await;
        let questions = std::mem::take(&mut *shared.questions.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_resource: BTreeMap<Resource, Vec<Question>> = BTreeMap::new();
        for question in questions {
            by_resource.entry(question.resource).or_default().push(question);
        }
        for (resource, questions) in by_resource {
            let ids: Vec<String> = questions.iter().map(|question| question.remote_id.clone()).collect();
            let answer = match shared.client() {
                Ok(client) => client.remote_statuses(resource, &ids).await.map_err(Fault::from),
                Err(fault) => Err(fault),
            };
            for question in questions {
                let own = answer.clone().map(|statuses| {
                    let statuses = statuses.unwrap_or_default();
                    statuses.into_iter().find(|(id, _)| *id == question.remote_id).map(|(_, status)| status)
                });
                // A job that was dropped meanwhile needs no answer.
                let _ = question.answer.send(own);
            }
        }
    }
}

/// Whether a failed question for many says something about each of them.
fn is_about_all(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::NoConnection
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Interrupted
        | ErrorKind::Unauthorized
        | ErrorKind::InsufficientCredit
        | ErrorKind::InProgress
        | ErrorKind::RateLimited { .. }
        | ErrorKind::Server
        | ErrorKind::Local => true,
        ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Invalid
        | ErrorKind::TooLarge
        | ErrorKind::Unreadable
        | ErrorKind::LinkExpired
        | ErrorKind::Other => false,
    }
}
