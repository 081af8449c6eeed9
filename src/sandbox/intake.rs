//! What all paid requests have in common: how they are bought, and how their jobs are admitted, looked up, renamed
//! and taken away.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::batches::{self, Of};
use super::faults::Kind;
use super::once::once;
use super::server::{Planned, State};
use super::studio::render_time;
use super::wire::{JsonBody, Query, Refusal};
use super::world::{self, Admission, Callback, Failure, Job, Kept, Product, Purchase, World, WorldError};
use crate::money::Usd;

/// Ids one look-up takes (published limit).
const STATUSES_AT_ONCE: usize = 100;
/// A job waits for its turn for one part in so many of its time.
const WAITING_PART: i64 = 6;

/// A JSON request that makes something, as it came.
pub(super) struct Asked {
    state: State,
    /// Method and path.
    endpoint: String,
    planned: Option<Kind>,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<State> for Asked {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Self, Refusal> {
        let endpoint = format!("{} {}", request.method(), request.uri().path());
        let planned = request.extensions().get().map(|Planned(kind)| kind.clone());
        let headers = request.headers().clone();
        let JsonBody(body) = JsonBody::from_request(request, state).await?;
        Ok(Self { state: state.clone(), endpoint, planned, headers, body })
    }
}

/// Makes what was asked for, at most once for its key, and answers with this status. `make` gets the
/// body, the purchase it belongs to, and how its jobs will fail where that was ordered.
pub(super) async fn buy<Making>(
    asked: Asked,
    status: StatusCode,
    make: impl FnOnce(State, Bytes, Option<Purchase>, Option<Failure>) -> Making,
) -> Response
where
    Making: Future<Output = Result<Value, Refusal>> + Send + 'static,
{
    let Asked { state, endpoint, planned, headers, body } = asked;
    let fault = match &planned {
        Some(Kind::FailRender { code, message }) => Some(Failure { code: code.clone(), message: message.clone() }),
        _ => None,
    };
    let making = state.clone();
    once(&state, status, &endpoint, &headers, planned, |purchase| make(making, body, purchase, fault)).await
}

/// A job that starts now and takes as long as so many seconds of output do.
pub(super) fn job(
    state: &State,
    product: Product,
    title: String,
    seconds: rust_decimal::Decimal,
    price: Usd,
    order: &impl Serialize,
) -> Result<Job, Refusal> {
    job_of(state, product, title, render_time(seconds, state.speed), price, order)
}

/// A job that starts now and takes so many milliseconds.
pub(super) fn job_of(
    state: &State,
    product: Product,
    title: String,
    takes: i64,
    price: Usd,
    order: &impl Serialize,
) -> Result<Job, Refusal> {
    let now = state.clock.now();
    Ok(Job {
        id: uuid::Uuid::new_v4().simple().to_string(),
        product,
        title,
        created_at: now,
        starts_at: now.saturating_add(takes / WAITING_PART),
        due_at: now.saturating_add(takes),
        reserved: price,
        order: serde_json::to_value(order).map_err(|error| Refusal::internal(error.to_string()))?,
        callback: Callback::default(),
        state: world::State::Running,
    })
}

/// The order of a job, as it was remembered.
pub(super) fn order<T: DeserializeOwned>(job: &Job) -> Result<T, Failure> {
    serde_json::from_value(job.order.clone())
        .map_err(|error| Failure { code: "internal_error".to_owned(), message: error.to_string() })
}

/// Starts jobs with the purchase they belong to, all or none of them, and returns the answer.
///
/// # Errors
/// 429 with `Retry-After` when too much is in progress, 402 when the wallet is too small.
pub(super) async fn start(
    state: &State,
    jobs: Vec<Job>,
    purchase: Option<Purchase>,
    answer: Value,
) -> Result<Value, Refusal> {
    start_with(state, jobs, Vec::new(), purchase, answer).await
}

/// As [`start`], and keeps the records that belong to the jobs.
///
/// # Errors
/// As [`start`].
pub(super) async fn start_with(
    state: &State,
    jobs: Vec<Job>,
    kept: Vec<Kept>,
    purchase: Option<Purchase>,
    answer: Value,
) -> Result<Value, Refusal> {
    let now = state.clock.now();
    let price: Usd = jobs.iter().map(|job| job.reserved).sum();
    let first = answer.clone();
    let started = state.world(move |world| world.start_jobs(&jobs, &kept, purchase.as_ref(), &first, now)).await?;
    if started == Admission::Started {
        state.jobs_changed.notify_one();
    }
    admitted(started, answer, price, now)
}

/// What an admission comes to.
pub(super) fn admitted(admission: Admission, answer: Value, price: Usd, now: i64) -> Result<Value, Refusal> {
    let wait = |next_due_at: i64| {
        u64::try_from(next_due_at.saturating_sub(now).max(0) / 1_000).unwrap_or_default().clamp(1, 60)
    };
    match admission {
        Admission::Started => Ok(answer),
        Admission::Replayed(before) => Ok(before),
        Admission::Full { next_due_at } => {
            Err(Refusal::too_many("10 jobs may be in progress; more have to wait.", wait(next_due_at)))
        }
        Admission::FullOfSessions { next_due_at } => {
            Err(Refusal::too_many("3 realtime sessions may run; more have to wait.", wait(next_due_at)))
        }
        Admission::Short { free } => Err(Refusal::new(
            402,
            "insufficient_credit",
            format!("This takes {}, and {} of the wallet is free.", price.precise(), free.precise()),
        )),
    }
}

/// The job of a product, or 404 in the product's word.
pub(super) async fn find(state: &State, product: Product, noun: &str, id: &str) -> Result<Job, Refusal> {
    let wanted = id.to_owned();
    let job = state.world(move |world| world.job(product, &wanted)).await?;
    job.ok_or_else(|| Refusal::not_found(format!("There is no {noun} “{id}”.")))
}

/// Gives a job another title and returns it.
pub(super) async fn retitle(state: &State, mut job: Job, title: String) -> Result<Job, Refusal> {
    job.title.clone_from(&title);
    let id = job.id.clone();
    state.world(move |world| world.retitle_job(&id, &title)).await?;
    Ok(job)
}

/// Forgets a job that does not run, and takes its files away.
pub(super) async fn delete(state: &State, job: &Job, noun: &str) -> Result<Value, Refusal> {
    let gone = job.id.clone();
    if !state.world(move |world| world.delete_job(&gone)).await? {
        return Err(Refusal::new(409, "conflict", format!("This {noun} is still being made.")));
    }
    // Every file of a job begins with its id. One that stays behind only takes room.
    if let Ok(mut files) = tokio::fs::read_dir(&state.folders.results).await {
        while let Ok(Some(file)) = files.next_entry().await {
            if file.file_name().to_string_lossy().starts_with(&job.id) {
                let _ = tokio::fs::remove_file(file.path()).await;
            }
        }
    }
    Ok(json!({"data": {"id": job.id}}))
}

/// The word of a state that most products share.
pub(super) fn status(job: &Job, now: i64) -> &'static str {
    match &job.state {
        world::State::Running if now < job.starts_at => "pending",
        world::State::Running => "running",
        world::State::Completed { .. } => "completed",
        world::State::Failed { .. } => "failed",
        world::State::Cancelled { .. } => "cancelled",
    }
}

/// What a look-up of many asks about.
pub(super) struct Ids {
    pub ids: Vec<String>,
    pub batches: Vec<String>,
}

impl Ids {
    /// Takes the ids, which `parameter` carries, and those of batches.
    ///
    /// # Errors
    /// 400 where there are none of either, or too many.
    pub fn read(query: &mut Query, parameter: &str) -> Result<Self, Refusal> {
        let mut list = |parameter: &str| -> Vec<String> {
            let text = query.text(parameter).unwrap_or_default();
            text.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
        };
        let asked = Self { ids: list(parameter), batches: list("batch_ids") };
        if asked.ids.is_empty() && asked.batches.is_empty() {
            return Err(Refusal::invalid(parameter, "This parameter is required, or batch_ids."));
        }
        for (parameter, ids) in [(parameter, &asked.ids), ("batch_ids", &asked.batches)] {
            if ids.len() > STATUSES_AT_ONCE {
                return Err(Refusal::invalid(parameter, format!("At most {STATUSES_AT_ONCE} ids at once.")));
            }
        }
        Ok(asked)
    }
}

/// The rows of batches in a look-up; all kinds of resources are asked for in one shape, so that the
/// field is called `video_id` for each of them.
pub(super) async fn batch_rows(state: &State, of: Of, ids: &[String]) -> Result<Vec<Value>, Refusal> {
    let mut rows = Vec::new();
    for id in ids {
        let (batch, standings) = batches::find(state, of, id).await.map_err(|refusal| refusal.about("batch_ids"))?;
        rows.extend(standings.iter().enumerate().map(|(place, standing)| {
            json!({
                "video_id": standing.id,
                "status": standing.status,
                "error": standing.error,
                "batch_id": batch.id,
                "item_index": place,
            })
        }));
    }
    Ok(rows)
}

/// The states of many jobs at once; `parameter` names the ids.
pub(super) async fn statuses(
    state: &State,
    of: Of,
    raw: Option<&str>,
    parameter: &str,
    find: fn(&World, &str, i64) -> Result<Option<Job>, WorldError>,
    word: fn(&Job, i64) -> &'static str,
) -> Result<Value, Refusal> {
    let mut query = Query::read(raw);
    let Ids { ids, batches } = Ids::read(&mut query, parameter)?;
    query.finish()?;
    let mut data = batch_rows(state, of, &batches).await?;
    let now = state.clock.now();
    let found = state
        .world(move |world| ids.into_iter().map(|id| Ok((find(world, &id, now)?, id))).collect::<Result<Vec<_>, _>>());
    data.extend(found.await?.iter().map(|(job, id)| {
        let error = match job.as_ref().map(|job| &job.state) {
            None => json!({"code": "not_found", "message": "There is nothing with this id."}),
            Some(world::State::Failed { failure, .. }) => json!(failure),
            Some(_) => Value::Null,
        };
        let status = job.as_ref().map_or("not_found", |job| word(job, now));
        json!({"video_id": id, "status": status, "error": error, "batch_id": null, "item_index": null})
    }));
    Ok(json!({"data": data, "has_more": false, "next_token": null}))
}
