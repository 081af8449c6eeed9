//! The click: checks, hold, job, exact body and key, all in one transaction. Nothing is sent here.

use std::sync::Arc;

use crate::draft::avatar_video::Face;
use crate::draft::{AvatarVideoDraft, Product};
use crate::heygen::{self, IdempotencyKey, PaidEndpoint};
use crate::money::Usd;
use crate::spend::{self, Caps, Refusal};
use crate::store::{Store, StoreError};

use super::journal::{self, Record};
use super::types::{Job, JobId, JobState, Progress, QuotedPrice, ResultFiles};

/// What is to be made, and the money it may cost.
#[derive(Clone, Debug)]
pub struct Submission {
    pub draft: AvatarVideoDraft,
    pub quoted: QuotedPrice,
    /// Dollars per second of output on the quote's rate card.
    pub rate: Usd,
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

/// Makes the job: on disk, with its hold, when this returns.
///
/// # Errors
/// [`SubmitError`]: nothing is held and nothing will be sent.
pub fn submit(store: &Store, submission: &Submission) -> Result<JobId, SubmitError> {
    let draft = &submission.draft;
    if let Some(problem) = draft.problems().into_iter().next() {
        return Err(SubmitError::Problem(problem.message));
    }
    let request = if draft.uploads().is_empty() {
        let body = heygen::videos::body(draft, &std::collections::BTreeMap::new())
            .map_err(|error| SubmitError::Problem(error.to_string()))?;
        Some(body)
    } else {
        None
    };
    let draft_json = serde_json::to_string(&without_signatures(draft))
        .map_err(|error| SubmitError::Problem(format!("The draft cannot be saved: {error}")))?;
    let id = JobId(uuid::Uuid::now_v7());
    let job = Job {
        id,
        product: Product::AvatarVideo,
        title: draft.effective_title(),
        project: draft.project.trim().to_owned(),
        state: JobState::Held,
        progress: Progress::None,
        quoted: submission.quoted.clone(),
        hold: submission.quoted.high,
        charge: None,
        duration: None,
        error: None,
        files: ResultFiles::default(),
        remote_id: None,
        created_at: submission.now,
        changed_at: submission.now,
        portrait_url: match &draft.face {
            Face::Look(look) => look.preview_image_url.as_deref().map(without_signature),
            Face::None | Face::Image(_) => None,
        },
        draft: Arc::from(draft_json),
    };
    let record = Record {
        job,
        rate: submission.rate,
        endpoint: PaidEndpoint::Videos.path(),
        request,
        idempotency_key: IdempotencyKey::generate().as_str().to_owned(),
        sends: 0,
        first_sent_at: None,
        credential: None,
        web_plan: submission.web_plan,
        target: None,
    };
    store.transaction(|tx| {
        let entry = spend::Entry {
            at: submission.now,
            product: record.job.product,
            project: &record.job.project,
            amount: record.job.hold,
            card_date: &record.job.quoted.card_date,
            counted: None,
        };
        // The caps are judged before the job's own hold is in the table.
        spend::check(tx, record.job.hold, submission.quoted.low, &submission.caps, submission.wallet)?;
        journal::insert(tx, &record)?;
        spend::hold(tx, id, &entry)?;
        Ok::<_, SubmitError>(id)
    })
}

/// Presigned addresses are not kept: what they point at is cached by the address alone.
fn without_signatures(draft: &AvatarVideoDraft) -> AvatarVideoDraft {
    let mut draft = draft.clone();
    let mut addresses = Vec::new();
    if let Face::Look(look) = &mut draft.face {
        addresses.extend([&mut look.preview_image_url, &mut look.preview_video_url]);
    }
    if let Some(voice) = &mut draft.voice {
        addresses.push(&mut voice.preview_audio_url);
    }
    for address in addresses.into_iter().flatten() {
        *address = without_signature(address);
    }
    draft
}

fn without_signature(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or(address).to_owned()
}
