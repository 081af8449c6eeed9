//! `/v3/ai-clipping`: the highlights of a film, one clip for each length that was asked for.
//!
//! Deleting one that runs cancels it, and it stays to be seen as cancelled; deleting it again takes it away.

use std::path::Path as FilePath;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::files;
use crate::money::Usd;
use crate::sandbox::events;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::languages::is_known;
use crate::sandbox::server::State;
use crate::sandbox::sources::{self, Found};
use crate::sandbox::wire::clipping::{ClipLength, ClippingRequest, OutputSettings, Shape};
use crate::sandbox::wire::{Query, Refusal, number};
use crate::sandbox::world::{self, Failure, Job, Made, Product, Purchase};
use crate::sandbox::{footage, price};

const NOUN: &str = "clipping job";
/// A failure with this code, ordered as a fault, strikes the last clip only.
const ONE_CLIP: &str = "clip_failed";

/// Clips of a film, as the world remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    video: Found,
    input_language: Option<String>,
    settings: OutputSettings,
    /// Fails on purpose.
    fault: Option<Failure>,
}

/// A clip that was finished, or was not.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Clip {
    id: String,
    title: String,
    /// `None` where it failed.
    cut: Option<Finished>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Finished {
    video: String,
    thumbnail: String,
    seconds: Decimal,
    score: u8,
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/ai-clipping", get(list).post(create))
        .route("/v3/ai-clipping/{job_id}", get(show).delete(delete))
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, order).await
}

async fn order(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let request = ClippingRequest::read(&body)?;
    if let Some(language) = request.input_language.as_ref().filter(|language| !is_known(language)) {
        return Err(Refusal::invalid("input_language", format!("“{language}” is no language films are spoken in.")));
    }
    let video = sources::talking_film(&state, &request.video).await?;
    let clips = u32::try_from(request.settings.duration_types.len()).unwrap_or(u32::MAX);
    let price = price::clips(clips).map_err(|reason| Refusal::invalid("output_settings", reason))?;
    let title = request.title.unwrap_or_else(|| video.name.clone());
    let seconds = video.seconds;
    let order = Order { video, input_language: request.input_language, settings: request.settings, fault };
    let job = intake::job(&state, Product::Clipping, title, seconds, price, &order)?;
    let job = Job { callback: request.callback, ..job };
    // HeyGen's listing of the interface leaves this answer's shape open.
    let answer = json!({"data": {"ai_clipping_id": job.id}});
    intake::start(&state, vec![job], purchase, answer).await
}

/// Cuts clips that are due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, assets: &FilePath, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    let only_one = order.fault.as_ref().is_some_and(|fault| fault.code == ONE_CLIP);
    if let Some(fault) = order.fault.as_ref().filter(|_| !only_one) {
        return Err(fault.clone());
    }
    let video = order.video.path(assets, results);
    let loudness = footage::loudness(&video);
    let lengths = &order.settings.duration_types;
    let mut clips = Vec::new();
    for (place, length) in lengths.iter().enumerate() {
        let (id, title) = named(job, *length, place);
        let clip = footage::ClipOrder {
            video: video.clone(),
            source_seconds: order.video.seconds,
            seconds: Decimal::from(length.seconds()).min(order.video.seconds),
            number: place,
            title: title.clone(),
            crop: match order.settings.aspect_ratio {
                Shape::Landscape => footage::Crop::To(16, 9),
                Shape::Portrait => footage::Crop::To(9, 16),
                Shape::Square => footage::Crop::To(1, 1),
            },
            size: order.video.size,
            captions: order.settings.captions,
        };
        let cut = if only_one && place + 1 == lengths.len() {
            None
        } else {
            let cut = footage::make_clip(&clip, &loudness, results, &id);
            let cut = cut.map_err(|error| files::unmade("clip", &error))?;
            Some(Finished {
                video: files::name(&cut.video),
                thumbnail: files::name(&cut.thumbnail),
                seconds: cut.seconds,
                score: cut.score,
            })
        };
        clips.push(Clip { id, title, cut });
    }
    let finished: Vec<&Finished> = clips.iter().filter_map(|clip| clip.cut.as_ref()).collect();
    let charge = price::clips(u32::try_from(finished.len()).unwrap_or(u32::MAX));
    let charge = charge.map_err(|message| Failure { code: "internal_error".to_owned(), message })?;
    let made = Made {
        seconds: finished.iter().map(|clip| clip.seconds).sum(),
        video: None,
        thumbnail: None,
        captions: None,
        more: serde_json::to_value(&clips).unwrap_or_default(),
    };
    Ok((made, charge))
}

/// The id and title of a clip.
fn named(job: &Job, length: ClipLength, place: usize) -> (String, String) {
    (format!("{}-{}", job.id, length.word()), format!("{}, highlight {}", job.title, place + 1))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let jobs = state.world(|world| world.jobs(Product::Clipping)).await?;
    Ok(Json(page.cut(&jobs, |job| &job.id, |job| clipping(&state, job))?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::Clipping, NOUN, &id).await?;
    Ok(Json(json!({"data": clipping(&state, &job)?})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::Clipping, NOUN, &id).await?;
    if job.state == world::State::Running {
        let at = state.clock.now();
        if events::finish(&state, &job, world::State::Cancelled { at }, Usd::ZERO, at).await? {
            state.jobs_changed.notify_one();
            return Ok(Json(json!({"data": {"id": id}})));
        }
    }
    Ok(Json(intake::delete(&state, &job, NOUN).await?))
}

fn clipping(state: &State, job: &Job) -> Result<Value, Refusal> {
    let order: Order = intake::order(job).map_err(|failure| Refusal::internal(failure.message))?;
    let now = state.clock.now();
    let shape = order.settings.aspect_ratio;
    let address = |name: &str| state.presign(&files::result(name));
    let clips: Vec<Value> = match &job.state {
        world::State::Completed { .. } if state.faults.hides_clips() => Vec::new(),
        world::State::Completed { made, .. } => {
            let clips: Vec<Clip> = serde_json::from_value(made.more.clone()).unwrap_or_default();
            let shown = |clip: &Clip| {
                let cut = clip.cut.as_ref();
                json!({
                    "id": clip.id,
                    "title": clip.title,
                    "status": if cut.is_some() { "completed" } else { "failed" },
                    "aspect_ratio": shape,
                    "duration_seconds": cut.map(|cut| number(cut.seconds)),
                    "virality_score": cut.map(|cut| cut.score),
                    "video_url": cut.map(|cut| address(&cut.video)),
                    "thumbnail_url": cut.map(|cut| address(&cut.thumbnail)),
                    "failure_message": cut.is_none().then_some("This clip could not be cut."),
                })
            };
            clips.iter().map(shown).collect()
        }
        world::State::Running if now >= job.starts_at => {
            let pending = |(place, length): (usize, &ClipLength)| {
                let (id, title) = named(job, *length, place);
                json!({"id": id, "title": title, "status": "pending", "aspect_ratio": shape})
            };
            order.settings.duration_types.iter().enumerate().map(pending).collect()
        }
        world::State::Running | world::State::Failed { .. } | world::State::Cancelled { .. } => Vec::new(),
    };
    let failure = if let world::State::Failed { failure, .. } = &job.state { Some(failure) } else { None };
    Ok(json!({
        "id": job.id,
        "title": job.title,
        "status": intake::status(job, now),
        "progress": progress(job, now),
        "created_at": job.created_at / 1_000,
        "callback_id": job.callback.id,
        "input_language": order.input_language,
        "output_settings": order.settings,
        "source_duration": number(order.video.seconds),
        "clips": clips,
        "failure_message": failure.map(|failure| &failure.message),
    }))
}

/// 0 to 100; it stays below 100 until the clips are there.
fn progress(job: &Job, now: i64) -> i64 {
    match &job.state {
        world::State::Completed { .. } => 100,
        world::State::Running => {
            let whole = job.due_at.saturating_sub(job.starts_at).max(1);
            (now.saturating_sub(job.starts_at).max(0) * 100 / whole).clamp(0, 99)
        }
        world::State::Failed { .. } | world::State::Cancelled { .. } => 0,
    }
}
