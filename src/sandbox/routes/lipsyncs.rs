//! `/v3/lipsyncs`: films whose lips follow another sound.

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
use crate::draft::billable::Mode;
use crate::money::Usd;
use crate::sandbox::batches::Of;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::server::State;
use crate::sandbox::sources::{self, Found};
use crate::sandbox::wire::dub::new_title;
use crate::sandbox::wire::lipsync::LipsyncRequest;
use crate::sandbox::wire::{JsonBody, Query, Refusal, number};
use crate::sandbox::world::{self, Failure, Job, Made, Product, Purchase, World};
use crate::sandbox::{footage, price};

const NOUN: &str = "lipsync";

/// A lipsync, as the world remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    video: Found,
    audio: Found,
    from: Decimal,
    to: Decimal,
    /// Seconds of the result.
    seconds: Decimal,
    precision: bool,
    captions: bool,
    watermark: bool,
    /// Fails on purpose.
    fault: Option<Failure>,
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/lipsyncs", get(list).post(create))
        .route("/v3/lipsyncs/statuses", get(statuses))
        .route("/v3/lipsyncs/{id}", get(show).patch(rename).delete(delete))
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
    let LipsyncRequest { dub, audio } = LipsyncRequest::read(&body)?;
    let video = sources::film(&state, &dub.video).await?;
    let audio = sources::sound(&state, &audio).await?;
    let (from, to) = sources::part(&video, dub.start, dub.end)?;
    // Where the length may change the film lasts as long as what is said: its pictures are cut, or come again.
    let seconds = if dub.dynamic_duration { audio.seconds } else { to - from };
    let price = price::lipsync(dub.mode, seconds).map_err(|reason| Refusal::invalid("mode", reason))?;
    let title = dub.title.unwrap_or_else(|| video.name.clone());
    let order = Order {
        video,
        audio,
        from,
        to,
        seconds,
        precision: dub.mode == Mode::Precision,
        captions: dub.captions,
        watermark: dub.watermark,
        fault,
    };
    let job = intake::job(&state, Product::Lipsync, title, seconds, price, &order)?;
    let job = Job { callback: dub.callback, ..job };
    let answer = json!({"data": {"lipsync_id": job.id}});
    intake::start(&state, vec![job], purchase, answer).await
}

/// Makes a lipsync that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, assets: &FilePath, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let stamp = if order.watermark { " · Sandbox" } else { "" };
    let mode = if order.precision { Mode::Precision } else { Mode::Speed };
    let word = if order.precision { "precision" } else { "speed" };
    let dub = footage::DubOrder {
        video: order.video.path(assets, results),
        from: order.from,
        to: order.to,
        seconds: order.seconds,
        voice: footage::NewVoice::Sound(order.audio.path(assets, results)),
        under: None,
        mark: format!("Lip-synced: {word}{stamp}"),
        title: job.title.clone(),
        audio_only: false,
        captions: order.captions,
        size: order.video.size,
    };
    let made = footage::make_dub(&dub, results, &job.id).map_err(|error| files::unmade("lipsync", &error))?;
    let charge = price::lipsync(mode, made.seconds);
    let charge = charge.map_err(|message| Failure { code: "internal_error".to_owned(), message })?;
    let made = Made {
        seconds: made.seconds,
        video: Some(files::name(&made.video)),
        thumbnail: Some(files::name(&made.thumbnail)),
        captions: made.srt.as_deref().map(files::name),
        more: Value::Null,
    };
    Ok((made, charge))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let jobs = state.world(|world| world.jobs(Product::Lipsync)).await?;
    Ok(Json(page.cut(&jobs, |job| &job.id, |job| lipsync(&state, job))?))
}

async fn statuses(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let find = |world: &World, id: &str, _| world.job(Product::Lipsync, id);
    Ok(Json(intake::statuses(&state, Of::Lipsyncs, raw.as_deref(), "lipsync_ids", find, intake::status).await?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::Lipsync, NOUN, &id).await?;
    Ok(Json(json!({"data": lipsync(&state, &job)?})))
}

async fn rename(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let title = new_title(&body)?;
    let job = intake::find(&state, Product::Lipsync, NOUN, &id).await?;
    let job = intake::retitle(&state, job, title).await?;
    Ok(Json(json!({"data": lipsync(&state, &job)?})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::Lipsync, NOUN, &id).await?;
    Ok(Json(intake::delete(&state, &job, NOUN).await?))
}

fn lipsync(state: &State, job: &Job) -> Result<Value, Refusal> {
    let address = |name: &String| state.presign(&files::result(name));
    let made = if let world::State::Completed { made, .. } = &job.state { Some(made) } else { None };
    let failure = if let world::State::Failed { failure, .. } = &job.state { Some(failure) } else { None };
    Ok(json!({
        "id": job.id,
        "title": job.title,
        "status": intake::status(job, state.clock.now()),
        "created_at": job.created_at / 1_000,
        "callback_id": job.callback.id,
        "duration": made.map(|made| number(made.seconds)),
        "video_url": made.and_then(|made| made.video.as_ref()).map(address),
        "caption_url": made.and_then(|made| made.captions.as_ref()).map(address),
        "failure_message": failure.map(|failure| &failure.message),
    }))
}
