//! `/v3/avatar-realtime`: sessions in which an avatar speaks while it is watched.
//!
//! A session is a job that is due when it ends. What is said when, and so every segment of the film,
//! follows from the record of the job and the sandbox's clock, whoever looks and whenever.

use axum::Json;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::money::Usd;
use crate::sandbox::events;
use crate::sandbox::footage::{SEGMENT, Said, play, say};
use crate::sandbox::inputs::open;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::people::{usable_look, usable_voice};
use crate::sandbox::price;
use crate::sandbox::server::State;
use crate::sandbox::studio::render_time;
use crate::sandbox::wire::Refusal;
use crate::sandbox::wire::realtime::{Program, RealtimeRequest, more_text};
use crate::sandbox::world::{self, Callback, Failure, Job, Made, Product, Purchase};

/// Milliseconds after which a stream that says nothing ends (published limit).
const IDLE: u64 = 30_000;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/avatar-realtime", post(create))
        .route("/v3/avatar-realtime/{stream_id}", get(show))
        .route("/v3/avatar-realtime/{stream_id}/cancel", post(cancel))
        .route("/v3/avatar-realtime/{stream_id}/text", post(add_text))
        .route("/v3/avatar-realtime/{stream_id}/words", get(words))
}

/// A session, as the world remembers it. Milliseconds count from `Job::starts_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) look_name: String,
    pub(super) look_seed: u64,
    pub(super) picture: Option<String>,
    /// Takes more text.
    pub(super) is_stream: bool,
    /// Took its last text.
    pub(super) is_final: bool,
    is_cancelled: bool,
    language: String,
    voice_id: String,
    /// Milliseconds it may last.
    longest: u64,
    /// Milliseconds it lasts, as far as is known.
    lasts: u64,
    pub(super) utterances: Vec<Utterance>,
    fault: Option<Failure>,
}

/// Something that is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Utterance {
    pub(super) start: u64,
    end: u64,
    /// The results file with the sound.
    pub(super) file: String,
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Word {
    text: String,
    start: u64,
    end: u64,
}

impl Session {
    fn speech_end(&self) -> u64 {
        self.utterances.last().map_or(0, |utterance| utterance.end)
    }

    /// How long it lasts by its own rules.
    fn own_end(&self, published: u64) -> u64 {
        let end = match (self.is_stream, self.is_final) {
            (false, _) => self.speech_end(),
            // What was shown already was shown.
            (true, true) => self.speech_end().max(published),
            (true, false) => self.speech_end().saturating_add(IDLE),
        };
        end.min(self.longest)
    }

    /// Milliseconds of film there will be. While a stream may go on, segments are whole.
    pub(super) fn film(&self) -> u64 {
        if self.is_cancelled || (self.is_stream && !self.is_final) {
            self.lasts.next_multiple_of(SEGMENT)
        } else {
            self.lasts
        }
    }

    /// Adds something that is said next.
    fn add(&mut self, said: Said, published: u64, file: String) {
        let start = self.speech_end().max(published);
        let word = |word: crate::sandbox::footage::Timed| Word {
            text: word.text,
            start: start + word.start,
            end: start + word.end,
        };
        self.utterances.push(Utterance {
            start,
            end: start + said.milliseconds,
            file,
            words: said.words.into_iter().map(word).collect(),
        });
    }
}

/// Milliseconds of film that are out: one segment more than has been played.
pub(super) fn published(job: &Job, session: &Session, now: i64) -> u64 {
    let Ok(played) = u64::try_from(now.saturating_sub(job.starts_at)) else { return 0 };
    ((played / SEGMENT + 1) * SEGMENT).min(session.film())
}

fn due_at(job: &Job, session: &Session) -> i64 {
    job.starts_at.saturating_add(i64::try_from(session.lasts).unwrap_or(i64::MAX))
}

fn seconds(milliseconds: u64) -> Decimal {
    Decimal::from(milliseconds) / Decimal::ONE_THOUSAND
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::CREATED, begin).await
}

async fn begin(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let request = RealtimeRequest::read(&body)?;
    let look = usable_look(&state, &request.avatar_id, "avatar_id").await?;
    let id = uuid::Uuid::new_v4().simple().to_string();
    let mut session = Session {
        look_name: look.name,
        look_seed: look.seed,
        picture: look.picture,
        is_stream: matches!(request.program, Program::Stream { .. }),
        is_final: false,
        is_cancelled: false,
        language: String::new(),
        voice_id: String::new(),
        longest: request.longest.saturating_mul(1_000),
        lasts: 0,
        utterances: Vec::new(),
        fault,
    };
    let said = match request.program {
        Program::Audio(file) => {
            let input = open(&state, &file).await?;
            if !input.is_sound() || input.seconds().is_none() {
                return Err(input.refuse("A WAV or MP3 sound is expected here."));
            }
            let path = input.path.clone();
            let played = tokio::task::spawn_blocking(move || play(&path)).await;
            match played {
                Ok(Ok(said)) => said,
                Ok(Err(_)) => return Err(input.refuse("This sound cannot be read.")),
                Err(_) => return Err(Refusal::internal("The sound could not be read.")),
            }
        }
        Program::Speech { text, voice_id } | Program::Stream { text, voice_id } => {
            let voice = usable_voice(&state, &voice_id, "voice_id").await?;
            session.language = voice.language;
            session.voice_id = voice.id;
            spoken(&session, text).await?
        }
    };
    let file = keep(&state, &id, 0, &said).await?;
    session.add(said, 0, file);
    session.lasts = if session.fault.is_some() { 0 } else { session.own_end(0) };
    let now = state.clock.now();
    let starts_at = now.saturating_add(render_time(Decimal::ZERO, state.speed) / 2);
    let mut job = Job {
        id: id.clone(),
        product: Product::Realtime,
        title: session.look_name.clone(),
        created_at: now,
        starts_at,
        due_at: starts_at,
        reserved: price::realtime(seconds(session.lasts)).map_err(Refusal::internal)?,
        order: Value::Null,
        callback: Callback::default(),
        state: world::State::Running,
    };
    amend(&mut job, &session)?;
    intake::start(&state, vec![job], purchase, json!({"data": {"stream_id": id}})).await
}

/// Brings a job into step with its session.
fn amend(job: &mut Job, session: &Session) -> Result<(), Refusal> {
    job.due_at = due_at(job, session);
    job.reserved = price::realtime(seconds(session.lasts)).map_err(Refusal::internal)?;
    job.order = serde_json::to_value(session).map_err(|error| Refusal::internal(error.to_string()))?;
    Ok(())
}

async fn spoken(session: &Session, text: String) -> Result<Said, Refusal> {
    let (language, voice_id) = (session.language.clone(), session.voice_id.clone());
    match tokio::task::spawn_blocking(move || say(&text, &language, &voice_id)).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(error)) => Err(Refusal::invalid("text", format!("The text cannot be spoken: {error}."))),
        Err(_) => Err(Refusal::internal("The sandbox could not speak the text.")),
    }
}

/// Writes a sound among the results and gives its name.
async fn keep(state: &State, id: &str, number: usize, said: &Said) -> Result<String, Refusal> {
    let name = format!("live-{id}-{number}.wav");
    super::assets::write(&state.folders.results.join(&name), &said.wav).await?;
    Ok(name)
}

async fn add_text(Path(id): Path<String>, asked: Asked) -> Response {
    let make = |state, body, purchase, _| take_text(state, id, body, purchase);
    intake::buy(asked, StatusCode::ACCEPTED, make).await
}

async fn take_text(state: State, id: String, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let (text, is_final) = more_text(&body)?;
    // Texts are said in the order in which they come.
    let _turn = state.turns.lock().await;
    let (mut job, mut session) = find(&state, &id).await?;
    if !session.is_stream {
        return Err(Refusal::new(400, "invalid_parameter", "This session takes no more text: it is no text_stream."));
    }
    let gone = || Refusal::new(410, "gone", "This session takes no more text.");
    if session.is_final || !is_running(&state, &job) {
        return Err(gone());
    }
    let said = if text.trim().is_empty() { None } else { Some(spoken(&session, text).await?) };
    let now = state.clock.now();
    let out = published(&job, &session, now);
    if let Some(said) = said {
        let file = keep(&state, &id, session.utterances.len(), &said).await?;
        session.add(said, out, file);
    }
    session.is_final = is_final;
    session.lasts = session.own_end(out);
    amend(&mut job, &session)?;
    let answer = json!({"data": {"stream_id": id}});
    let first = answer.clone();
    let taken = state
        .world(move |world| {
            let taken = world.amend_job(&job)?;
            if taken {
                world.keep(&[], purchase.as_ref(), &first, now)?;
            }
            Ok(taken)
        })
        .await?;
    if !taken {
        return Err(gone());
    }
    state.jobs_changed.notify_one();
    state.sessions_changed.send_modify(|count| *count = count.wrapping_add(1));
    Ok(answer)
}

fn is_running(state: &State, job: &Job) -> bool {
    job.state == world::State::Running && state.clock.now() < job.due_at
}

async fn cancel(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let _turn = state.turns.lock().await;
    let (mut job, mut session) = find(&state, &id).await?;
    let answer = json!({"data": {"stream_id": id}});
    // What has ended stays as it ended.
    if is_running(&state, &job) {
        let now = state.clock.now();
        session.is_cancelled = true;
        session.lasts = u64::try_from(now.saturating_sub(job.starts_at)).unwrap_or(0).min(session.lasts);
        amend(&mut job, &session)?;
        let (made, charge) = ended(&session).map_err(|failure| Refusal::internal(failure.message))?;
        let ended = world::State::Completed { at: now, made };
        let amended = job.clone();
        state.world(move |world| world.amend_job(&amended)).await?;
        events::finish(&state, &job, ended, charge, now).await?;
        state.jobs_changed.notify_one();
        state.sessions_changed.send_modify(|count| *count = count.wrapping_add(1));
    }
    Ok(Json(answer))
}

/// Ends a session that is due.
pub(in crate::sandbox) fn end(job: &Job) -> Result<(Made, Usd), Failure> {
    let session = read(job).map_err(|message| Failure { code: "internal_error".to_owned(), message })?;
    match session.fault {
        Some(fault) => Err(fault),
        None => ended(&session),
    }
}

/// The time it lasted, and what that costs.
fn ended(session: &Session) -> Result<(Made, Usd), Failure> {
    let lasted = seconds(session.lasts);
    let charge = price::realtime(lasted).map_err(|message| Failure { code: "internal_error".to_owned(), message })?;
    Ok((Made::without_files(lasted), charge))
}

fn read(job: &Job) -> Result<Session, String> {
    serde_json::from_value(job.order.clone()).map_err(|error| error.to_string())
}

pub(super) async fn find(state: &State, id: &str) -> Result<(Job, Session), Refusal> {
    let wanted = id.to_owned();
    let job = state.world(move |world| world.job(Product::Realtime, &wanted)).await?;
    let job = job.ok_or_else(|| Refusal::not_found(format!("There is no session “{id}”.")))?;
    let session = read(&job).map_err(Refusal::internal)?;
    Ok((job, session))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let (job, session) = find(&state, &id).await?;
    let now = state.clock.now();
    let half = i64::try_from(SEGMENT).unwrap_or(0);
    let (status, error) = match &job.state {
        world::State::Running if now < job.starts_at => ("pending", Value::Null),
        world::State::Running if now < job.starts_at.saturating_add(half) => ("ready", Value::Null),
        world::State::Running => ("streaming", Value::Null),
        world::State::Completed { .. } if session.is_cancelled => ("cancelled", Value::Null),
        world::State::Completed { .. } => ("completed", Value::Null),
        world::State::Cancelled { .. } => ("cancelled", Value::Null),
        world::State::Failed { failure, .. } => ("error", json!(failure)),
    };
    let plays = matches!(status, "ready" | "streaming");
    let url = plays.then(|| state.presign(&format!("/hls/{id}/index.m3u8")));
    Ok(Json(json!({"data": {"stream_id": id, "status": status, "hls_url": url, "error": error}})))
}

async fn words(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Response, Refusal> {
    find(&state, &id).await?;
    let events = futures_util::stream::unfold(Some((state, id, 0_usize)), |place| async move {
        let (state, id, told) = place?;
        let (event, next) = next_event(&state, &id, told).await;
        let place = next.map(|told| (state, id, told));
        Some((Ok::<_, std::convert::Infallible>(event), place))
    });
    let types = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
    Ok((types, Body::from_stream(events)).into_response())
}

/// Waits for the next word, or the end. `None` behind the last event.
async fn next_event(state: &State, id: &str, told: usize) -> (String, Option<usize>) {
    let mut changes = state.sessions_changed.subscribe();
    let mut stopping = state.stopping.clone();
    let ended = || ("event: end\ndata: {}\n\n".to_owned(), None);
    loop {
        changes.mark_unchanged();
        let Ok((job, session)) = find(state, id).await else { return ended() };
        let word = session.utterances.iter().flat_map(|utterance| &utterance.words).nth(told);
        let word = word.filter(|word| word.start < session.lasts);
        let at = |milliseconds: u64| job.starts_at.saturating_add(i64::try_from(milliseconds).unwrap_or(i64::MAX));
        let wakes_at = match word {
            Some(word) if state.clock.now() >= at(word.start) => {
                let data = json!({"word": word.text, "start": seconds_json(word.start), "end": seconds_json(word.end)});
                return (format!("id: {told}\nevent: word\ndata: {data}\n\n"), Some(told + 1));
            }
            Some(word) => at(word.start),
            None if job.state != world::State::Running || state.clock.now() >= job.due_at => return ended(),
            None => job.due_at,
        };
        tokio::select! {
            () = state.clock.until(wakes_at) => {}
            // An error means that the sandbox is gone, and then the socket is too.
            _ = changes.changed() => {}
            _ = stopping.wait_for(|stop| *stop) => return ended(),
        }
    }
}

fn seconds_json(milliseconds: u64) -> Value {
    serde_json::from_str(&seconds(milliseconds).normalize().to_string()).unwrap_or_default()
}
