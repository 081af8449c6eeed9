//! `/v3/videos`: makes videos and shows them.

use std::path::Path as FilePath;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::{cinematic, derived, files, studio_videos};
use crate::money::Usd;
use crate::sandbox::batches::Of;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::order::{Order, estimate};
use crate::sandbox::server::State;
use crate::sandbox::wire::cinematic::CinematicRequest;
use crate::sandbox::wire::studio::StudioRequest;
use crate::sandbox::wire::video::VideoRequest;
use crate::sandbox::wire::{Query, Refusal};
use crate::sandbox::world::{self, Failure, Job, Made, Product, Purchase, World, WorldError};

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/videos", get(list).post(create))
        .route("/v3/videos/statuses", get(statuses))
        .route("/v3/videos/{video_id}", get(show).delete(delete))
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, order).await
}

pub(in crate::sandbox) async fn order(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    if let Some(request) = CinematicRequest::read(&body)? {
        return cinematic::order(state, request, purchase, fault).await;
    }
    if let Some(request) = StudioRequest::read(&body)? {
        return studio_videos::order(state, request, purchase, fault).await;
    }
    let request = VideoRequest::read(&body)?;
    let title = request.title.clone().unwrap_or_else(|| "Untitled video".to_owned());
    let (output_format, callback) = (request.output_format, request.callback.clone());
    let estimate = estimate(&state, request, fault).await?;
    let job = intake::job(&state, Product::Video, title, estimate.seconds, estimate.price, &estimate.order)?;
    let job = Job { callback, ..job };
    let answer = json!({"data": {"video_id": job.id, "status": "waiting", "output_format": output_format}});
    intake::start(&state, vec![job], purchase, answer).await
}

/// Makes a video that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, assets: &FilePath, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    order.make(job, assets, results)
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let title = query.text("title").map(|title| title.to_lowercase());
    // There are no folders here, so that nothing is in one.
    let in_folder = query.text("folder_id").is_some();
    let page = query.page(10, 100)?;
    query.finish()?;
    let mut jobs = state.world(|world| world.jobs_among(&Product::VIDEOS)).await?;
    let now = state.clock.now();
    jobs.retain(|job| is_shown(job, now));
    jobs.retain(|job| !in_folder && title.as_deref().is_none_or(|title| job.title.to_lowercase().contains(title)));
    Ok(Json(page.cut(&jobs, |job| &job.id, |job| video(&state, job))?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = find(&state, &id).await?;
    Ok(Json(json!({"data": video(&state, &job)?})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = find(&state, &id).await?;
    if job.state == world::State::Running {
        return Err(Refusal::new(409, "conflict", "This video is still being made."));
    }
    let gone = id.clone();
    state.world(move |world| world.delete_job(&gone)).await?;
    if let world::State::Completed { made, .. } = &job.state {
        let files = [made.video.clone(), made.thumbnail.clone(), made.captions.clone()];
        let derived = [derived::captioned(made), derived::gif(made)];
        for name in files.into_iter().chain(derived).flatten() {
            // Nothing points to the file any more; one that stays behind only takes room.
            let _ = tokio::fs::remove_file(state.folders.results.join(name)).await;
        }
    }
    Ok(Json(json!({"data": {"id": id, "deleted": true}})))
}

async fn statuses(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    Ok(Json(intake::statuses(&state, Of::Videos, raw.as_deref(), "video_ids", any, status).await?))
}

async fn find(state: &State, id: &str) -> Result<Job, Refusal> {
    let wanted = id.to_owned();
    let now = state.clock.now();
    let job = state.world(move |world| any(world, &wanted, now)).await?;
    job.ok_or_else(|| Refusal::not_found(format!("There is no video “{id}”.")))
}

/// A video of whatever product.
fn any(world: &World, id: &str, now: i64) -> Result<Option<Job>, WorldError> {
    for product in Product::VIDEOS {
        if let Some(job) = world.job(product, id)? {
            return Ok(Some(job).filter(|job| is_shown(job, now)));
        }
    }
    Ok(None)
}

/// An agent's video is there from the moment the agent has finished thinking about it.
pub(super) fn is_shown(job: &Job, now: i64) -> bool {
    job.product != Product::AgentVideo || job.state != world::State::Running || now >= job.starts_at
}

fn status(job: &Job, now: i64) -> &'static str {
    match &job.state {
        world::State::Running if now < job.starts_at => "pending",
        world::State::Running => "processing",
        world::State::Completed { .. } => "completed",
        // Nothing cancels a video.
        world::State::Failed { .. } | world::State::Cancelled { .. } => "failed",
    }
}

/// A video as the interface shows it.
#[derive(Serialize)]
struct Video<'a> {
    id: &'a str,
    title: &'a str,
    status: &'static str,
    created_at: i64,
    completed_at: Option<i64>,
    /// Seconds.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    duration: Option<Decimal>,
    video_url: Option<String>,
    thumbnail_url: Option<String>,
    subtitle_url: Option<String>,
    captioned_video_url: Option<String>,
    gif_url: Option<String>,
    video_page_url: Option<String>,
    failure_code: Option<&'a str>,
    failure_message: Option<&'a str>,
    folder_id: Option<&'a str>,
    output_language: Option<&'a str>,
}

pub(super) fn video(state: &State, job: &Job) -> Result<Value, Refusal> {
    let mut video = Video {
        id: &job.id,
        title: &job.title,
        status: status(job, state.clock.now()),
        created_at: job.created_at / 1_000,
        completed_at: None,
        duration: None,
        video_url: None,
        thumbnail_url: None,
        subtitle_url: None,
        captioned_video_url: None,
        gif_url: None,
        video_page_url: None,
        failure_code: None,
        failure_message: None,
        folder_id: None,
        output_language: job.order.get("language").and_then(Value::as_str),
    };
    match &job.state {
        world::State::Running | world::State::Cancelled { .. } => {}
        world::State::Completed { at, made } => {
            let address = |name: &str| Some(state.presign(&files::result(name)));
            video.completed_at = Some(at / 1_000);
            video.duration = Some(made.seconds);
            video.video_url = made.video.as_deref().and_then(address);
            video.thumbnail_url = made.thumbnail.as_deref().and_then(address);
            video.subtitle_url = made.captions.as_deref().and_then(address);
            video.captioned_video_url = derived::captioned(made).as_deref().and_then(address);
            video.gif_url = derived::gif(made).as_deref().and_then(address);
        }
        world::State::Failed { at, failure } => {
            video.completed_at = Some(at / 1_000);
            video.failure_code = Some(&failure.code);
            video.failure_message = Some(&failure.message);
        }
    }
    serde_json::to_value(video).map_err(|error| Refusal::internal(error.to_string()))
}
