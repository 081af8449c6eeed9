//! The click: checks, holds, jobs, exact bodies and keys, all in one transaction. Nothing is sent here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::draft::Draft;
use crate::heygen::{self, IdempotencyKey, PaidEndpoint};
use crate::money::Usd;
use crate::spend::{self, Caps, Refusal};
use crate::store::{Store, StoreError};

use super::journal::{self, Record};
use super::types::{Job, JobId, JobState, Progress, QuotedPrice, ResultFiles, Tariff};

/// One job to be made, and the money it may cost.
#[derive(Clone, Debug)]
pub struct Order {
    pub draft: Draft,
    pub quoted: QuotedPrice,
    /// What one unit costs on the quote's rate card.
    pub tariff: Tariff,
}

/// What is to be made by one click: all of it, or nothing.
#[derive(Clone, Debug)]
pub struct Submission {
    pub orders: Vec<Order>,
    /// The credential is an OAuth token: the web plan pays.
    pub web_plan: bool,
    pub caps: Caps,
    /// The wallet as last seen; `None` where it is not known or tops itself up.
    pub wallet: Option<Usd>,
    /// Unix seconds.
    pub now: i64,
}

/// Why there is no job.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The draft cannot be made; the first problem's words.
    #[error("{0}")]
    Problem(String),
    /// A cap, the wallet or the journal.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> Self {
        Self::Refused(Refusal::Store(error))
    }
}

/// Makes the jobs: on disk, with their holds, when this returns. One refused order refuses all.
///
/// # Errors
/// [`SubmitError`]: nothing is held and nothing will be sent.
pub fn submit(store: &Store, submission: &Submission) -> Result<Vec<JobId>, SubmitError> {
    if submission.orders.is_empty() {
        return Err(SubmitError::Problem("There is nothing to make.".to_owned()));
    }
    let batch = (submission.orders.len() > 1).then(|| uuid::Uuid::now_v7().to_string());
    let records: Vec<Record> = submission
        .orders
        .iter()
        .map(|order| record(order, submission, batch.clone()))
        .collect::<Result<_, SubmitError>>()?;
    store.transaction(|tx| {
        for (record, order) in records.iter().zip(&submission.orders) {
            let entry = spend::Entry {
                at: submission.now,
                product: record.job.product,
                project: &record.job.project,
                amount: record.job.hold,
                card_date: &record.job.quoted.card_date,
                counted: None,
            };
            // The caps are judged with the holds before it in the table, and before its own is.
            let again = match heygen::endpoint(&order.draft) {
                // An answer goes on with the question's job: one video, so one hold.
                PaidEndpoint::VideoAgentMessage { session_id } => {
                    journal::held_by_question(tx, record.job.id, &session_id)?
                }
                _ => Usd::ZERO,
            };
            let wallet = submission.wallet.map(|wallet| wallet + again);
            spend::admit(tx, &entry, order.quoted.low, &with_room(&submission.caps, again), wallet)?;
            journal::insert(tx, record)?;
            spend::hold(tx, record.job.id, &entry)?;
        }
        Ok::<_, SubmitError>(records.iter().map(|record| record.job.id).collect())
    })
}

/// The caps where `again` of what is held is about to be given back.
fn with_room(caps: &Caps, again: Usd) -> Caps {
    let mut caps = caps.clone();
    let whole = [&mut caps.per_day, &mut caps.per_month].into_iter().flatten();
    for cap in whole.chain(caps.budgets.iter_mut().map(|budget| &mut budget.per_month)) {
        *cap += again;
    }
    caps
}

fn record(order: &Order, submission: &Submission, batch: Option<String>) -> Result<Record, SubmitError> {
    let draft = order.draft.composition();
    if let Some(problem) = draft.problems().into_iter().next() {
        return Err(SubmitError::Problem(problem.message));
    }
    let request = if draft.uploads().is_empty() {
        let body =
            heygen::body(&order.draft, &BTreeMap::new()).map_err(|error| SubmitError::Problem(error.to_string()))?;
        Some(body)
    } else {
        None
    };
    let kept = without_signatures(&order.draft);
    let json = kept.to_json().map_err(|error| SubmitError::Problem(format!("The draft cannot be saved: {error}")))?;
    let job = Job {
        id: JobId(uuid::Uuid::now_v7()),
        product: draft.product(),
        title: draft.effective_title(),
        project: draft.project().trim().to_owned(),
        state: JobState::Held,
        progress: Progress::None,
        quoted: order.quoted.clone(),
        hold: order.quoted.high,
        charge: None,
        duration: None,
        error: None,
        files: ResultFiles::default(),
        remote_id: None,
        created_at: submission.now,
        changed_at: submission.now,
        portrait_url: kept.composition().portrait_url().map(str::to_owned),
        draft: Arc::from(json),
    };
    Ok(Record {
        job,
        tariff: order.tariff,
        endpoint: heygen::endpoint(&order.draft).path(),
        request,
        idempotency_key: IdempotencyKey::generate().as_str().to_owned(),
        sends: 0,
        first_sent_at: None,
        credential: None,
        web_plan: submission.web_plan,
        target: None,
        answer: None,
        batch,
    })
}

/// Presigned addresses are not kept: what they point at is cached by the address alone.
fn without_signatures(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    for address in draft.composition_mut().addresses_mut() {
        if let Some(end) = address.find(['?', '#']) {
            address.truncate(end);
        }
    }
    draft
}
