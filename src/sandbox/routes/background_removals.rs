//! `/v3/background-removals`: films without what is behind the people in them.
//!
//! HeyGen's listing of the interface leaves open which layers there are. Here "mask", "matte" and "alpha" give a film
//! that is white where somebody is; any other word gives the film itself with everything around transparent.

use std::path::Path as FilePath;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::files;
use crate::money::Usd;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::server::State;
use crate::sandbox::sources::{self, Found};
use crate::sandbox::wire::background_removal::RemovalRequest;
use crate::sandbox::wire::{Query, Refusal, number};
use crate::sandbox::world::{self, Failure, Job, Made, Product, Purchase};
use crate::sandbox::{footage, price};

const NOUN: &str = "background removal";
/// Layers that are a mask.
const MASKS: [&str; 3] = ["mask", "matte", "alpha"];

/// A removal, as the world remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    video: Found,
    layers: Vec<String>,
    /// Fails on purpose.
    fault: Option<Failure>,
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/background-removals", get(list).post(create))
        .route("/v3/background-removals/{job_id}", get(show).delete(delete))
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
    let request = RemovalRequest::read(&body)?;
    let video = sources::film(&state, &request.video).await?;
    let seconds = video.seconds;
    let title = request.title.unwrap_or_else(|| video.name.clone());
    let order = Order { video, layers: request.layers, fault };
    let price = price::background_removal(seconds);
    let job = intake::job(&state, Product::BackgroundRemoval, title, seconds, price, &order)?;
    let answer = json!({"data": removal(&state, &job)?});
    intake::start(&state, vec![job], purchase, answer).await
}

/// Makes a removal that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, assets: &FilePath, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let film = order.video.path(assets, results);
    let mut made = Map::new();
    for (place, layer) in order.layers.iter().enumerate() {
        let name = format!("{}-{place}.webm", job.id);
        let is_mask = MASKS.contains(&layer.as_str());
        let target = results.join(&name);
        footage::remove_background(&film, order.video.seconds, is_mask, &target)
            .map_err(|error| files::unmade("layer", &error))?;
        made.insert(layer.clone(), json!(name));
    }
    let seconds = order.video.seconds;
    let made = Made { more: Value::Object(made), ..Made::without_files(seconds) };
    Ok((made, price::background_removal(seconds)))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let jobs = state.world(|world| world.jobs(Product::BackgroundRemoval)).await?;
    Ok(Json(page.cut(&jobs, |job| &job.id, |job| removal(&state, job))?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::BackgroundRemoval, NOUN, &id).await?;
    Ok(Json(json!({"data": removal(&state, &job)?})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::BackgroundRemoval, NOUN, &id).await?;
    intake::delete(&state, &job, NOUN).await?;
    Ok(Json(json!({"data": {"id": id, "deleted": true}})))
}

fn removal(state: &State, job: &Job) -> Result<Value, Refusal> {
    let order: Order = intake::order(job).map_err(|failure| Refusal::internal(failure.message))?;
    let (mut layers, mut completed_at, mut error) = (Map::new(), None, None);
    let status = match &job.state {
        world::State::Running if state.clock.now() < job.starts_at => "pending",
        world::State::Running => "processing",
        world::State::Completed { at, made } => {
            completed_at = Some(at / 1_000);
            for (layer, name) in made.more.as_object().into_iter().flatten() {
                let address = name.as_str().map(|name| state.presign(&files::result(name)));
                layers.insert(layer.clone(), json!(address));
            }
            "completed"
        }
        world::State::Failed { at, failure } => {
            completed_at = Some(at / 1_000);
            error = Some(failure.message.clone());
            "failed"
        }
        // Nothing cancels a removal.
        world::State::Cancelled { .. } => "failed",
    };
    Ok(json!({
        "id": job.id,
        "status": status,
        "layers": layers,
        "duration": number(order.video.seconds),
        "created_at": job.created_at / 1_000,
        "completed_at": completed_at,
        "error": error,
    }))
}
