//! `/v3/video-agents`: sessions in which an agent makes a video of a prompt.

mod session;
mod styles;

use std::path::Path as FilePath;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::session::{Attached, Kind, Run, SESSIONS, Session, Stage, stopped};
use self::styles::STYLES;
pub(in crate::sandbox) use self::styles::card;
use super::brand_kits::BRAND_KITS;
use super::{files, videos};
use crate::draft::AspectRatio;
use crate::money::Usd;
use crate::sandbox::cast;
use crate::sandbox::events;
use crate::sandbox::inputs::open;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::order::{made_of, size_of};
use crate::sandbox::people::{Look, usable_look, usable_voice};
use crate::sandbox::server::State;
use crate::sandbox::studio::render_time;
use crate::sandbox::wire::agent::{AgentRequest, MessageRequest, USUAL_SECONDS, asked_seconds};
use crate::sandbox::wire::file::InputFile;
use crate::sandbox::wire::{Fields, Query, Refusal};
use crate::sandbox::world::{self, Failure, Job, Kept, Made, Product, Purchase, World, WorldError};
use crate::sandbox::{footage, price};

/// Seconds of output whose making takes as long as thinking of a question.
const QUESTION: u32 = 4;
/// An agent thinks for one part in so many of its time.
const THINKING_PART: i64 = 4;
/// Words spoken a second; more of the prompt than fits is never spoken.
const WORDS_A_SECOND: u64 = 4;
/// Pixels of the shorter side.
const LINES: u32 = 720;
/// Bytes of a file (published limit of assets).
const FILE_BYTES: u64 = 200_000_000;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/video-agents", get(list).post(create))
        .route("/v3/video-agents/styles", get(list_styles))
        .route("/v3/video-agents/{session_id}", get(show).post(message))
        .route("/v3/video-agents/{session_id}/stop", post(stop))
        .route("/v3/video-agents/{session_id}/videos", get(list_videos))
        .route("/v3/video-agents/{session_id}/resources/{resource_id}", get(resource))
}

/// An agent's video to be made, as the world remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    #[serde(default)]
    session_id: String,
    seconds: u64,
    width: u32,
    height: u32,
    look_seed: u64,
    picture: Option<String>,
    text: String,
    language: String,
    voice_id: String,
    fault: Option<Failure>,
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, begin).await
}

async fn begin(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let request = AgentRequest::read(&body)?;
    check(&state, request.avatar_id.as_deref(), request.voice_id.as_deref(), request.brand_kit_id.as_deref()).await?;
    let style = match &request.style_id {
        None => None,
        Some(id) => Some(
            STYLES
                .iter()
                .find(|style| style.id == *id)
                .ok_or_else(|| Refusal::not_found(format!("There is no style “{id}”.")).about("style_id"))?,
        ),
    };
    let now = state.clock.now();
    let first_line = request.prompt.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let session = Session {
        id: uuid::Uuid::new_v4().simple().to_string(),
        title: first_line.chars().take(60).collect(),
        created_at: now,
        portrait: request.portrait.unwrap_or_else(|| style.is_some_and(|style| style.aspect_ratio == "9:16")),
        seconds: asked_seconds(&request.prompt).unwrap_or(USUAL_SECONDS),
        avatar_id: request.avatar_id,
        voice_id: request.voice_id,
        callback: request.callback,
        runs: Vec::new(),
        stopped: false,
    };
    let kind = if request.chat { Kind::Question } else { Kind::Video };
    let answer = json!({"data": {
        "session_id": session.id,
        "status": "thinking",
        "video_id": null,
        "created_at": now / 1_000,
    }});
    run(&state, session, kind, request.prompt, &request.files, fault, purchase, |_| answer).await
}

/// Adds a run to a session and starts its job.
#[expect(clippy::too_many_arguments, reason = "a run is all of this, and nothing else takes it")]
async fn run(
    state: &State,
    mut session: Session,
    kind: Kind,
    text: String,
    files: &[InputFile],
    fault: Option<Failure>,
    purchase: Option<Purchase>,
    answer: impl FnOnce(&str) -> Value,
) -> Result<Value, Refusal> {
    let mut attached = Vec::new();
    for file in files {
        let input = open(state, file).await?;
        if input.size > FILE_BYTES {
            return Err(input.refuse("The file is larger than 200 MB."));
        }
        let name = input.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let resource_id = format!("res_file_{}_{}", session.runs.len(), attached.len());
        attached.push(Attached { resource_id, media_type: input.media_type, file: name });
    }
    let order = order(state, &session, &text, fault).await?;
    let seconds = Decimal::from(session.seconds);
    let takes = match kind {
        Kind::Question => render_time(Decimal::from(QUESTION), state.speed),
        // Writing and searching come before the making.
        Kind::Video | Kind::Answered => render_time(seconds, state.speed).saturating_mul(2),
    };
    let now = state.clock.now();
    let job_id = uuid::Uuid::new_v4().simple().to_string();
    let run_id = uuid::Uuid::new_v4().simple().to_string();
    let job = Job {
        id: job_id.clone(),
        product: if kind == Kind::Question { Product::AgentQuestion } else { Product::AgentVideo },
        title: session.title.clone(),
        created_at: now,
        starts_at: now.saturating_add(takes / THINKING_PART),
        due_at: now.saturating_add(takes),
        reserved: price::video_agent(seconds).map_err(Refusal::internal)?,
        order: serde_json::to_value(&order).map_err(|error| Refusal::internal(error.to_string()))?,
        callback: session.callback.clone(),
        state: world::State::Running,
    };
    session.runs.push(Run { id: run_id.clone(), message: text, at: now, job_id, kind, files: attached });
    let kept = Kept::new(SESSIONS, &session.id, &session).map_err(|error| Refusal::internal(error.to_string()))?;
    intake::start_with(state, vec![job], vec![kept], purchase, answer(&run_id)).await
}

async fn order(state: &State, session: &Session, text: &str, fault: Option<Failure>) -> Result<Order, Refusal> {
    let orientation = if session.portrait { "portrait" } else { "landscape" };
    let chosen = match &session.avatar_id {
        Some(id) => Some(usable_look(state, id, "avatar_id").await?),
        None => None,
    };
    let seed = |look: &Look| look.seed;
    let usual = cast::looks().iter().find(|look| look.orientation == orientation && look.status == "completed");
    let usual_voice = usual.and_then(|look| look.default_voice_id);
    let own_voice = chosen.as_ref().and_then(|look| look.default_voice_id.clone());
    let voice_id = session.voice_id.clone().or(own_voice).or_else(|| usual_voice.map(str::to_owned));
    let voice = usable_voice(state, voice_id.as_deref().unwrap_or("voice_daria_en"), "voice_id").await?;
    let shape = if session.portrait { AspectRatio::Tall } else { AspectRatio::Wide };
    let (width, height) = size_of(LINES, shape, None);
    let spoken = usize::try_from(session.seconds.saturating_mul(WORDS_A_SECOND)).unwrap_or(usize::MAX);
    let mut text: String = text.split_whitespace().take(spoken).collect::<Vec<_>>().join(" ");
    if !text.chars().any(char::is_alphanumeric) {
        "Hello.".clone_into(&mut text);
    }
    Ok(Order {
        session_id: session.id.clone(),
        seconds: session.seconds,
        width,
        height,
        look_seed: chosen.as_ref().map(seed).or(usual.map(|look| look.seed)).unwrap_or_default(),
        picture: chosen.and_then(|look| look.picture),
        text,
        language: voice.language,
        voice_id: voice.id,
        fault,
    })
}

async fn check(
    state: &State,
    avatar_id: Option<&str>,
    voice_id: Option<&str>,
    brand_kit_id: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(id) = avatar_id {
        usable_look(state, id, "avatar_id").await?;
    }
    if let Some(id) = voice_id {
        usable_voice(state, id, "voice_id").await?;
    }
    match brand_kit_id {
        Some(id) if !BRAND_KITS.iter().any(|kit| kit.id == id) => {
            Err(Refusal::not_found(format!("There is no brand kit “{id}”.")).about("brand_kit_id"))
        }
        _ => Ok(()),
    }
}

async fn message(Path(id): Path<String>, asked: Asked) -> Response {
    let make = |state, body, purchase, fault| go_on(state, id, body, purchase, fault);
    intake::buy(asked, StatusCode::OK, make).await
}

async fn go_on(
    state: State,
    id: String,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let request = MessageRequest::read(&body)?;
    check(&state, request.avatar_id.as_deref(), request.voice_id.as_deref(), request.brand_kit_id.as_deref()).await?;
    // Of two messages at once the second one finds the agent at work.
    let _turn = state.turns.lock().await;
    let (mut session, jobs) = find(&state, &id).await?;
    let stage = session.stage(&jobs, state.clock.now());
    if stage.is_busy() {
        return Err(Refusal::new(409, "conflict", "The agent is still at work on the last message."));
    }
    session.avatar_id = request.avatar_id.or(session.avatar_id);
    session.voice_id = request.voice_id.or(session.voice_id);
    session.seconds = asked_seconds(&request.message).unwrap_or(session.seconds);
    session.stopped = false;
    let kind = if stage == Stage::WaitingForInput { Kind::Answered } else { Kind::Video };
    let (session_id, title) = (session.id.clone(), session.title.clone());
    let answer = move |run_id: &str| json!({"data": {"session_id": session_id, "run_id": run_id, "title": title}});
    run(&state, session, kind, request.message, &request.files, fault, purchase, answer).await
}

async fn stop(Shared(state): Shared<State>, Path(id): Path<String>, body: Bytes) -> Result<Json<Value>, Refusal> {
    if !body.is_empty() {
        Fields::body(&body)?.finish()?;
    }
    let _turn = state.turns.lock().await;
    let (mut session, jobs) = find(&state, &id).await?;
    let now = state.clock.now();
    let stage = session.stage(&jobs, now);
    let answer = json!({"data": {"session_id": session.id}});
    match jobs.last().and_then(Option::as_ref) {
        Some(job) if stage.is_busy() => {
            let failed = world::State::Failed { at: now, failure: stopped() };
            events::finish(&state, job, failed, Usd::ZERO, now).await?;
            state.jobs_changed.notify_one();
        }
        _ if stage == Stage::WaitingForInput => {
            session.stopped = true;
            state
                .world(move |world| {
                    let kept = Kept::new(SESSIONS, &session.id, &session)?;
                    world.keep(&[kept], None, &Value::Null, now)
                })
                .await?;
        }
        // What has ended stays as it ended.
        _ => {}
    }
    Ok(Json(answer))
}

/// Thinks of a question. Free, and made at once when it is due.
pub(in crate::sandbox) fn ask(job: &Job) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    order.fault.map_or_else(|| Ok((Made::without_files(Decimal::ZERO), Usd::ZERO)), Err)
}

/// Makes an agent's video that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let failed = |code: &str, message: String| Failure { code: code.to_owned(), message };
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let scene = match &order.picture {
        Some(name) => footage::Scene::Picture(results.join(name)),
        None => footage::Scene::Person(order.look_seed),
    };
    let sound = footage::Sound::Speech {
        text: order.text,
        language: order.language,
        voice_id: order.voice_id,
        speed: Decimal::ONE,
    };
    let film = footage::FilmOrder {
        title: job.title.clone(),
        width: order.width,
        height: order.height,
        fps: footage::FPS,
        scene,
        sound,
        seconds: Some(Decimal::from(order.seconds)),
        captions: true,
    };
    let footage = footage::make_film(&film, results, &job.id)
        .map_err(|error| failed("render_failed", format!("The video could not be made: {error}.")))?;
    let charge = price::video_agent(footage.seconds).map_err(|reason| failed("internal_error", reason))?;
    Ok((made_of(&footage), charge))
}

async fn find(state: &State, id: &str) -> Result<(Session, Vec<Option<Job>>), Refusal> {
    let wanted = id.to_owned();
    let found = state.world(move |world| {
        let Some(session) = world.kept::<Session>(SESSIONS, &wanted)? else { return Ok(None) };
        let jobs = session.runs.iter().map(|run| job_of(world, run)).collect::<Result<Vec<_>, _>>()?;
        Ok(Some((session, jobs)))
    });
    found.await?.ok_or_else(|| Refusal::not_found(format!("There is no session “{id}”.")))
}

fn job_of(world: &World, run: &Run) -> Result<Option<Job>, WorldError> {
    let product = if run.kind == Kind::Question { Product::AgentQuestion } else { Product::AgentVideo };
    world.job(product, &run.job_id)
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let (session, jobs) = find(&state, &id).await?;
    let now = state.clock.now();
    Ok(Json(json!({"data": {
        "session_id": session.id,
        "title": session.title,
        "status": session.stage(&jobs, now).word(),
        "progress": session.progress(&jobs, now),
        "video_id": session.video_id(&jobs, now),
        "messages": session.messages(&jobs, now),
        "created_at": session.created_at / 1_000,
    }})))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let page = query.page(20, 100)?;
    query.finish()?;
    let mut sessions = state.world(|world| world.all_kept::<Session>(SESSIONS)).await?;
    sessions.reverse();
    let show = |session: &Session| {
        Ok(json!({
            "session_id": session.id,
            "title": session.title,
            "created_at": session.created_at / 1_000,
        }))
    };
    Ok(Json(page.cut(&sessions, |session| &session.id, show)?))
}

async fn list_videos(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let (session, jobs) = find(&state, &id).await?;
    let now = state.clock.now();
    let mut data = Vec::new();
    for (run, job) in session.runs.iter().zip(&jobs).rev() {
        let shown = job.as_ref().filter(|job| run.kind != Kind::Question && videos::is_shown(job, now));
        if let Some(job) = shown {
            data.push(videos::video(&state, job)?);
        }
    }
    Ok(Json(json!({"data": data, "has_more": false, "next_token": null})))
}

async fn resource(
    Shared(state): Shared<State>,
    Path((id, resource_id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let (session, jobs) = find(&state, &id).await?;
    for (run, job) in session.runs.iter().zip(&jobs) {
        if let Some(file) = run.files.iter().find(|file| file.resource_id == resource_id) {
            let kind = file.media_type.split('/').next().filter(|kind| matches!(*kind, "image" | "video" | "audio"));
            let url = state.presign(&files::asset(&file.file));
            return Ok(Json(json!({"data": {
                "resource_id": resource_id,
                "resource_type": kind.unwrap_or("document"),
                "source_type": "uploaded",
                "url": url,
                "thumbnail_url": null,
                "preview_url": null,
                "metadata": {"mime_type": file.media_type},
                "created_at": run.at / 1_000,
            }})));
        }
        if run.video_resource() == resource_id
            && let Some(Job { state: world::State::Completed { at, made }, .. }) = job
        {
            let address = |name: &String| state.presign(&files::result(name));
            let thumbnail = made.thumbnail.as_ref().map(address);
            return Ok(Json(json!({"data": {
                "resource_id": resource_id,
                "resource_type": "video",
                "source_type": "generated",
                "url": made.video.as_ref().map(address),
                "thumbnail_url": thumbnail,
                "preview_url": thumbnail,
                "metadata": {"video_id": run.job_id},
                "created_at": at / 1_000,
            }})));
        }
    }
    Err(Refusal::not_found(format!("There is no resource “{resource_id}” in this session.")))
}

async fn list_styles(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let tag = query.text("tag");
    let page = query.page(20, 100)?;
    query.finish()?;
    let found: Vec<_> =
        STYLES.iter().filter(|style| tag.as_deref().is_none_or(|tag| style.tags.contains(&tag))).collect();
    let show = |style: &&styles::Style| {
        Ok(json!({
            "style_id": style.id,
            "name": style.name,
            "tags": style.tags,
            "aspect_ratio": style.aspect_ratio,
            "thumbnail_url": state.presign(&files::card(style.id)),
            "preview_video_url": null,
        }))
    };
    Ok(Json(page.cut(&found, |style| style.id, show)?))
}
