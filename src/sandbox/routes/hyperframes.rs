//! `/v3/hyperframes/renders`: films of HTML projects.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path as FilePath;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::files;
use crate::draft::{AspectRatio, Resolution};
use crate::money::Usd;
use crate::sandbox::archive;
use crate::sandbox::composition::Composition;
use crate::sandbox::inputs::open;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::order::{made_of, size_of};
use crate::sandbox::people::seed_of;
use crate::sandbox::server::State;
use crate::sandbox::studio::render_time;
use crate::sandbox::wire::hyperframes::RenderRequest;
use crate::sandbox::wire::{Query, Refusal, number};
use crate::sandbox::world::{self, Failure, Job, Made, Product, Purchase};
use crate::sandbox::{footage, price};

/// Bytes of a project (published limit of uploads).
const PROJECT_BYTES: u64 = 200_000_000;
/// A render waits for its turn for one part in so many of its time.
const WAITING_PART: i64 = 4;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/hyperframes/renders", get(list).post(create))
        .route("/v3/hyperframes/renders/{render_id}", get(show).delete(delete))
}

/// A render to be made, as the world remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    seconds: Decimal,
    width: u32,
    height: u32,
    fps: u32,
    resolution: Resolution,
    quality: String,
    format: String,
    aspect_ratio: Option<AspectRatio>,
    composition: Option<String>,
    title: Option<String>,
    /// Names and values that are drawn.
    lines: Vec<String>,
    seed: u64,
    /// Fails, on purpose or because the project is broken.
    fault: Option<Failure>,
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::ACCEPTED, order).await
}

async fn order(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let request = RenderRequest::read(&body)?;
    let input = open(&state, &request.project).await?;
    if input.media_type != "application/zip" {
        return Err(input.refuse("A ZIP file of the project is expected here."));
    }
    if input.size > PROJECT_BYTES {
        return Err(input.refuse("The project is larger than 200 MB."));
    }
    let entry = request.composition.clone().unwrap_or_else(|| "index.html".to_owned());
    let path = input.path.clone();
    let composed = tokio::task::spawn_blocking(move || {
        let html = archive::read(&path, &entry)?;
        Composition::read(&String::from_utf8_lossy(&html))
    });
    let composed = composed.await.map_err(|_| Refusal::internal("The project could not be read."))?;
    let broken =
        composed.as_ref().err().map(|message| Failure { code: "invalid_project".to_owned(), message: message.clone() });
    let short = if request.resolution == Resolution::K4 { 2_160 } else { 1_080 };
    let composition = composed.ok();
    let (width, height) = match (&composition, request.aspect_ratio) {
        (_, Some(shape)) => size_of(short, shape, None),
        (Some(own), None) => scaled(own.width, own.height, short),
        (None, None) => size_of(short, AspectRatio::Wide, None),
    };
    let seconds = composition.as_ref().map_or(Decimal::ZERO, |own| own.seconds);
    let order = Order {
        seconds,
        width,
        height,
        fps: request.fps,
        resolution: request.resolution,
        quality: request.quality.to_owned(),
        format: request.format.to_owned(),
        aspect_ratio: request.aspect_ratio.or_else(|| shape_of(width, height)),
        composition: request.composition,
        lines: composition.as_ref().map_or_else(Vec::new, |own| lines(own, &request.variables)),
        seed: seed_of(composition.as_ref().map_or("", |own| &own.id)),
        title: request.title.clone(),
        fault: fault.or(broken),
    };
    let reserved = match &composition {
        None => Usd::ZERO,
        Some(_) => price::hyperframes(order.resolution, order.fps, seconds).map_err(Refusal::internal)?,
    };
    let now = state.clock.now();
    let takes = render_time(seconds, state.speed);
    let id = uuid::Uuid::new_v4().simple().to_string();
    let job = Job {
        id: id.clone(),
        product: Product::HyperFrames,
        title: request.title.or_else(|| composition.map(|own| own.id)).unwrap_or_default(),
        created_at: now,
        starts_at: now.saturating_add(takes / WAITING_PART),
        due_at: now.saturating_add(takes),
        reserved,
        order: serde_json::to_value(&order).map_err(|error| Refusal::internal(error.to_string()))?,
        callback: request.callback,
        state: world::State::Running,
    };
    let answer = json!({"data": {"render_id": id, "status": "queued"}});
    intake::start(&state, vec![job], purchase, answer).await
}

/// A composition's own shape with this shorter side, within what can be encoded.
fn scaled(width: u32, height: u32, short: u32) -> (u32, u32) {
    let (low, high) = (width.min(height).max(1), width.max(height).max(1));
    let long = (u64::from(high) * u64::from(short) / u64::from(low)).min(3_840);
    let long = u32::try_from(long).unwrap_or(3_840);
    if width >= height { (long, short) } else { (short, long) }
}

fn shape_of(width: u32, height: u32) -> Option<AspectRatio> {
    let is = |w: u32, h: u32| u64::from(width) * u64::from(h) == u64::from(height) * u64::from(w);
    match (is(16, 9), is(9, 16), is(1, 1)) {
        (true, ..) => Some(AspectRatio::Wide),
        (_, true, _) => Some(AspectRatio::Tall),
        (_, _, true) => Some(AspectRatio::Square),
        _ => None,
    }
}

/// The variables with the values of the request over their defaults.
fn lines(composition: &Composition, values: &Map<String, Value>) -> Vec<String> {
    let mut shown = composition.variables.clone();
    shown.extend(values.clone());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let variables = shown.iter().map(|(name, value)| format!("{name}: {}", text(value)));
    [composition.id.clone()].into_iter().chain(variables).collect()
}

/// Makes a render that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let failed = |code: &str, message: String| Failure { code: code.to_owned(), message };
    let order = read(job).map_err(|error| failed("internal_error", error))?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let film = footage::FilmOrder {
        title: job.title.clone(),
        width: order.width,
        height: order.height,
        fps: order.fps,
        scene: footage::Scene::Card { lines: order.lines, seed: order.seed },
        sound: footage::Sound::Music,
        seconds: Some(order.seconds),
        captions: false,
    };
    let footage = footage::make_film(&film, results, &job.id)
        .map_err(|error| failed("render_failed", format!("The project could not be rendered: {error}.")))?;
    let mut made = made_of(&footage);
    made.seconds = order.seconds;
    let written = in_format(&footage.video, footage.seconds, &order.format)
        .map_err(|error| failed("render_failed", format!("The film could not be written: {error}.")))?;
    made.video = Some(written);
    let charge = price::hyperframes(order.resolution, order.fps, order.seconds)
        .map_err(|reason| failed("internal_error", reason))?;
    Ok((made, charge))
}

/// Brings a finished MP4 into a format and gives the file's name.
fn in_format(film: &FilePath, seconds: Decimal, format: &str) -> std::io::Result<String> {
    let target = film.with_extension(format);
    match format {
        "mov" => {
            // QuickTime differs from MP4 in the brand that the file begins with.
            let mut file = std::fs::OpenOptions::new().write(true).open(film)?;
            file.seek(SeekFrom::Start(8))?;
            file.write_all(b"qt  ")?;
            file.sync_all()?;
            std::fs::rename(film, &target)?;
        }
        "webm" => {
            let milliseconds = (seconds * Decimal::ONE_THOUSAND).to_u64().unwrap_or(0);
            footage::to_webm(film, &footage::bars(), milliseconds, &target).map_err(std::io::Error::other)?;
            std::fs::remove_file(film)?;
        }
        _ => {}
    }
    Ok(target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
}

fn read(job: &Job) -> Result<Order, String> {
    serde_json::from_value(job.order.clone()).map_err(|error| error.to_string())
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(20, 100)?;
    query.finish()?;
    let jobs = state.world(|world| world.jobs(Product::HyperFrames)).await?;
    Ok(Json(page.cut(&jobs, |job| &job.id, |job| render(&state, job))?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = find(&state, &id).await?;
    Ok(Json(json!({"data": render(&state, &job)?})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = find(&state, &id).await?;
    if job.state == world::State::Running {
        return Err(Refusal::new(409, "conflict", "This render is still being made."));
    }
    let gone = id.clone();
    state.world(move |world| world.delete_job(&gone)).await?;
    if let world::State::Completed { made, .. } = &job.state {
        for name in [&made.video, &made.thumbnail].into_iter().flatten() {
            // Nothing points to the file any more; one that stays behind only takes room.
            let _ = tokio::fs::remove_file(state.folders.results.join(name)).await;
        }
    }
    Ok(Json(json!({"data": {"render_id": id}})))
}

async fn find(state: &State, id: &str) -> Result<Job, Refusal> {
    let wanted = id.to_owned();
    let job = state.world(move |world| world.job(Product::HyperFrames, &wanted)).await?;
    job.ok_or_else(|| Refusal::not_found(format!("There is no render “{id}”.")))
}

fn render(state: &State, job: &Job) -> Result<Value, Refusal> {
    let order = read(job).map_err(Refusal::internal)?;
    let mut shown = json!({
        "render_id": job.id,
        "status": "queued",
        "title": order.title,
        "callback_id": job.callback.id,
        "video_url": null,
        "thumbnail_url": null,
        "duration": null,
        "fps": order.fps,
        "quality": order.quality,
        "format": order.format,
        "resolution": if order.resolution == Resolution::K4 { "4k" } else { "1080p" },
        "aspect_ratio": order.aspect_ratio.map(AspectRatio::word),
        "composition": order.composition,
        "created_at": job.created_at / 1_000,
        "completed_at": null,
        "failure_message": null,
    });
    let mut set = |field: &str, value: Value| {
        if let Some(place) = shown.get_mut(field) {
            *place = value;
        }
    };
    match &job.state {
        world::State::Running if state.clock.now() < job.starts_at => {}
        world::State::Running => set("status", json!("rendering")),
        world::State::Completed { at, made } => {
            let address = |name: &String| state.presign(&files::result(name));
            set("status", json!("completed"));
            set("video_url", json!(made.video.as_ref().map(address)));
            set("thumbnail_url", json!(made.thumbnail.as_ref().map(address)));
            set("duration", number(made.seconds));
            set("completed_at", json!(at / 1_000));
        }
        // Nothing cancels a render.
        world::State::Cancelled { .. } => {}
        world::State::Failed { at, failure } => {
            set("status", json!("failed"));
            set("completed_at", json!(at / 1_000));
            set("failure_message", json!(failure.message));
        }
    }
    Ok(shown)
}
