//! The click: checks, holds, jobs, exact bodies and keys, all in one transaction. Nothing is sent here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::Row;
use crate::draft::Draft;
use crate::heygen::{self, IdempotencyKey};
use crate::spend::types::{GivenBack, WalletSeen};
use crate::spend::{self, Caps, Refusal, Tally};
use crate::store::{Store, StoreError};

use super::batches::{self, Claim};
use super::journal::{self, Record};
use super::types::{BatchId, Job, JobId, JobState, Progress, QuotedPrice, ResultFiles, Tariff};

/// A second attempt in the place of one job would be a second purchase.
const MADE_AGAIN: &str = "It was made again already: look at the newer one in the Library. Nothing was sent.";

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
    /// The credential is an OAuth token: what was quoted for one never leaves with a key of the other kind.
    pub is_oauth: bool,
    pub caps: Caps,
    /// The wallet as last seen; `None` where it is not known or tops itself up.
    pub wallet: Option<WalletSeen>,
    /// Unix seconds.
    pub now: i64,
    /// The table whose rows the orders are; `None` where they are none.
    pub rows: Option<BatchRows>,
    /// The ended job that is made once more, where one is: a row it came from follows the new one.
    pub again: Option<JobId>,
}

/// The rows of a table that become jobs.
#[derive(Clone, Debug)]
pub struct BatchRows {
    pub id: BatchId,
    /// As many as there are orders, in their order.
    pub rows: Vec<Row>,
}

/// What became of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submitted {
    /// The new jobs, in the order of the orders.
    pub jobs: Vec<JobId>,
    /// Ended jobs in whose place new ones stand now.
    pub replaced: Vec<JobId>,
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

impl From<Claim> for SubmitError {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::Store(error) => error.into(),
            refused => Self::Problem(refused.to_string()),
        }
    }
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
pub fn submit(store: &Store, submission: &Submission) -> Result<Submitted, SubmitError> {
    if submission.orders.is_empty() {
        return Err(SubmitError::Problem("There is nothing to make.".to_owned()));
    }
    // A job that is tied to no row would be made once more with the row.
    if submission.rows.as_ref().is_some_and(|rows| rows.rows.len() != submission.orders.len()) {
        return Err(SubmitError::Problem("The table was changed meanwhile. Nothing was sent.".to_owned()));
    }
    let batch = match &submission.rows {
        Some(rows) => Some(rows.id),
        None => (submission.orders.len() > 1).then(BatchId::generate),
    };
    let records: Vec<Record> =
        submission.orders.iter().map(|order| record(order, submission, batch)).collect::<Result<_, SubmitError>>()?;
    store.transaction(|tx| {
        let mut tally = Tally::begin(tx, &submission.caps, submission.wallet.as_ref())?;
        let mut submitted = Submitted::default();
        for (place, (record, order)) in records.iter().zip(&submission.orders).enumerate() {
            let entry = spend::Entry {
                at: submission.now,
                product: record.job.product,
                project: &record.job.project,
                amount: record.job.hold,
                card_date: &record.job.quoted.card_date,
                counted: None,
            };
            // The caps are judged with the holds before it, and before its own is one.
            let again = match &order.draft {
                // An answer goes on with the question's job: one video, so one hold.
                Draft::VideoAgent(answer) => journal::held_by_question(tx, record.job.id, answer)?,
                _ => GivenBack::default(),
            };
            tally.admit(tx, &entry, order.quoted.low, again)?;
            journal::insert(tx, record)?;
            spend::hold(tx, record.job.id, &entry)?;
            if let Some(row) = submission.rows.as_ref().and_then(|rows| Some((rows.id, rows.rows.get(place)?))) {
                submitted.replaced.extend(batches::claim(tx, row.0, row.1, record.job.id)?);
            }
            submitted.jobs.push(record.job.id);
        }
        if let (Some(before), [job]) = (submission.again, submitted.jobs.as_slice()) {
            if !journal::set_again(tx, before, *job)? {
                return Err(SubmitError::Problem(MADE_AGAIN.to_owned()));
            }
            batches::follow(tx, before, *job)?;
            submitted.replaced.push(before);
        }
        Ok::<_, SubmitError>(submitted)
    })
}

fn record(order: &Order, submission: &Submission, batch: Option<BatchId>) -> Result<Record, SubmitError> {
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
    let mut kept = order.draft.clone();
    kept.without_signatures();
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
        due: None,
        duration: None,
        error: None,
        files: ResultFiles::default(),
        remote_id: None,
        created_at: submission.now,
        changed_at: submission.now,
        portrait_url: kept.composition().portrait_url().map(str::to_owned),
        draft: Arc::from(json),
        batch,
        again: None,
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
        is_oauth: submission.is_oauth,
        target: None,
        answer: None,
        made: None,
    })
}
