//! `/v3/video-translations`: films in other languages, one job for each language.

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

use super::{files, glossaries};
use crate::draft::billable::Mode;
use crate::money::Usd;
use crate::sandbox::batches::Of;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::languages::{LANGUAGES, is_known, stretched};
use crate::sandbox::server::State;
use crate::sandbox::sources::{self, Found};
use crate::sandbox::wire::dub::new_title;
use crate::sandbox::wire::translation::TranslationRequest;
use crate::sandbox::wire::{JsonBody, Query, Refusal, number};
use crate::sandbox::world::{self, Failure, Job, Made, Product, Purchase, World};
use crate::sandbox::{footage, people, price};

const NOUN: &str = "translation";

/// A film in one language, as the world remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    video: Found,
    /// Translated instead of the film's own sound.
    audio: Option<Found>,
    from: Decimal,
    to: Decimal,
    /// Seconds of the result.
    seconds: Decimal,
    input_language: Option<String>,
    output_language: String,
    precision: bool,
    audio_only: bool,
    captions: bool,
    without_music: bool,
    watermark: bool,
    /// Fails on purpose.
    fault: Option<Failure>,
}

/// What a translation shows beside its film.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct More {
    audio: Option<String>,
    vtt: Option<String>,
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/video-translations", get(list).post(create))
        .route("/v3/video-translations/languages", get(languages))
        .route("/v3/video-translations/statuses", get(statuses))
        .route("/v3/video-translations/{id}", get(show).patch(rename).delete(delete))
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
    let request = TranslationRequest::read(&body)?;
    for (place, language) in request.output_languages.iter().enumerate() {
        let refuse = |message: String| Refusal::invalid(format!("output_languages[{place}]"), message);
        if !is_known(language) {
            return Err(refuse(format!("“{language}” is no language of GET /v3/video-translations/languages.")));
        }
        if request.output_languages.iter().take(place).any(|before| before == language) {
            return Err(refuse(format!("“{language}” is named twice.")));
        }
    }
    if let Some(language) = request.input_language.as_ref().filter(|language| !is_known(language)) {
        let message = format!("“{language}” is no language of GET /v3/video-translations/languages.");
        return Err(Refusal::invalid("input_language", message));
    }
    if let Some(id) = request.brand_glossary_id.as_ref().filter(|id| !glossaries::exists(id)) {
        let message = format!("There is no brand glossary “{id}”.");
        return Err(Refusal::not_found(message).about("brand_glossary_id"));
    }
    for (place, id) in request.stock_voice_ids.iter().enumerate() {
        let field = format!("stock_voice_config.preferred_stock_voice_ids[{place}]");
        people::usable_voice(&state, id, &field).await?;
    }
    let dub = request.dub;
    let video = match &request.audio {
        Some(_) => sources::film(&state, &dub.video).await?,
        None => sources::talking_film(&state, &dub.video).await?,
    };
    let audio = match &request.audio {
        Some(file) => Some(sources::sound(&state, file).await?),
        None => None,
    };
    if let Some(file) = &request.srt {
        sources::captions(&state, file).await?;
    }
    let (from, to) = sources::part(&video, dub.start, dub.end)?;
    let title = dub.title.unwrap_or_else(|| video.name.clone());
    let mut jobs = Vec::new();
    for language in request.output_languages {
        // A sound of its own keeps its length; pictures can be held a little or shown a little faster.
        let is_dynamic = dub.dynamic_duration && !request.audio_only;
        let seconds = if is_dynamic { stretched(to - from, &language) } else { to - from };
        let price = price::translation(dub.mode, request.audio_only, seconds);
        let price = price.map_err(|reason| Refusal::invalid("mode", reason))?;
        let order = Order {
            video: video.clone(),
            audio: audio.clone(),
            from,
            to,
            seconds,
            input_language: request.input_language.clone(),
            output_language: language,
            precision: dub.mode == Mode::Precision,
            audio_only: request.audio_only,
            captions: dub.captions,
            without_music: dub.without_music,
            watermark: dub.watermark,
            fault: fault.clone(),
        };
        let job = intake::job(&state, Product::Translation, title.clone(), seconds, price, &order)?;
        jobs.push(Job { callback: dub.callback.clone(), ..job });
    }
    let ids: Vec<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let answer = json!({"data": {"video_translation_ids": ids}});
    intake::start(&state, jobs, purchase, answer).await
}

/// Makes a translation that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, assets: &FilePath, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let path = |found: &Found| found.path(assets, results);
    let under = order.audio.as_ref().or(order.video.has_audio.then_some(&order.video));
    let stamp = if order.watermark { " · Sandbox" } else { "" };
    let dub = footage::DubOrder {
        video: path(&order.video),
        from: order.from,
        to: order.to,
        seconds: order.seconds,
        voice: footage::NewVoice::Language(order.output_language.clone()),
        under: under.filter(|_| !order.without_music).map(path),
        mark: format!("Translated: {}{stamp}", order.output_language),
        title: job.title.clone(),
        audio_only: order.audio_only,
        captions: order.captions,
        size: order.video.size,
    };
    let made = footage::make_dub(&dub, results, &job.id).map_err(|error| files::unmade("translation", &error))?;
    let mode = if order.precision { Mode::Precision } else { Mode::Speed };
    let charge = price::translation(mode, order.audio_only, made.seconds);
    let charge = charge.map_err(|message| Failure { code: "internal_error".to_owned(), message })?;
    let more = More { audio: made.audio.as_deref().map(files::name), vtt: made.vtt.as_deref().map(files::name) };
    let made = Made {
        seconds: made.seconds,
        video: Some(files::name(&made.video)),
        thumbnail: Some(files::name(&made.thumbnail)),
        captions: made.srt.as_deref().map(files::name),
        more: serde_json::to_value(more).unwrap_or_default(),
    };
    Ok((made, charge))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(10, 100)?;
    query.finish()?;
    let jobs = state.world(|world| world.jobs(Product::Translation)).await?;
    Ok(Json(page.cut(&jobs, |job| &job.id, |job| translation(&state, job))?))
}

async fn languages() -> Json<Value> {
    Json(json!({"data": {"languages": LANGUAGES}}))
}

async fn statuses(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let find = |world: &World, id: &str, _| world.job(Product::Translation, id);
    Ok(Json(
        intake::statuses(&state, Of::Translations, raw.as_deref(), "video_translation_ids", find, intake::status)
            .await?,
    ))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::Translation, NOUN, &id).await?;
    Ok(Json(json!({"data": translation(&state, &job)?})))
}

async fn rename(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let title = new_title(&body)?;
    let job = intake::find(&state, Product::Translation, NOUN, &id).await?;
    let job = intake::retitle(&state, job, title).await?;
    Ok(Json(json!({"data": translation(&state, &job)?})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let job = intake::find(&state, Product::Translation, NOUN, &id).await?;
    Ok(Json(intake::delete(&state, &job, NOUN).await?))
}

fn translation(state: &State, job: &Job) -> Result<Value, Refusal> {
    let order: Order = intake::order(job).map_err(|failure| Refusal::internal(failure.message))?;
    let address = |name: &str| state.presign(&files::result(name));
    let mut shown = json!({
        "id": job.id,
        "title": job.title,
        "status": intake::status(job, state.clock.now()),
        "created_at": job.created_at / 1_000,
        "callback_id": job.callback.id,
        "input_language": order.input_language,
        "output_language": order.output_language,
        "translate_audio_only": order.audio_only,
        "duration": null,
        "video_url": null,
        "audio_url": null,
        "srt_caption_url": null,
        "vtt_caption_url": null,
        "failure_message": null,
    });
    let Some(fields) = shown.as_object_mut() else { return Ok(shown) };
    match &job.state {
        world::State::Running | world::State::Cancelled { .. } => {}
        world::State::Failed { failure, .. } => {
            fields.insert("failure_message".to_owned(), json!(failure.message));
        }
        world::State::Completed { made, .. } => {
            let more: More = serde_json::from_value(made.more.clone()).unwrap_or_default();
            fields.insert("duration".to_owned(), number(made.seconds));
            for (field, name) in [
                ("video_url", &made.video),
                ("audio_url", &more.audio),
                ("srt_caption_url", &made.captions),
                ("vtt_caption_url", &more.vtt),
            ] {
                fields.insert(field.to_owned(), json!(name.as_deref().map(address)));
            }
        }
    }
    Ok(shown)
}
