//! `/v3/voices`: the voices of the cast, and those that are designed or cloned here.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::files;
use crate::sandbox::footage::speech_wav;
use crate::sandbox::inputs::open;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::people::{self, Change, VOICES, Voice};
use crate::sandbox::server::State;
use crate::sandbox::studio::render_time;
use crate::sandbox::wire::voice::{CloneRequest, DesignRequest};
use crate::sandbox::wire::{Query, Refusal};
use crate::sandbox::world::{Kept, Purchase, WorldError};

/// Voices one design gives.
const DESIGNS: usize = 3;
/// Bytes of a sample (published limit of sounds).
const SAMPLE_BYTES: u64 = 50_000_000;
/// What a made voice says of itself.
const GREETING: &str = "This is how I sound.";
/// Tags of languages and how HeyGen names them.
const LANGUAGES: [(&str, &str); 20] = [
    ("en", "English"),
    ("es", "Spanish"),
    ("de", "German"),
    ("fr", "French"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("sv", "Swedish"),
    ("nb", "Norwegian"),
    ("da", "Danish"),
    ("fi", "Finnish"),
    ("tr", "Turkish"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
    ("ar", "Arabic"),
    ("hi", "Hindi"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("zh", "Chinese"),
];

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/voices", get(list).post(design))
        .route("/v3/voices/clone", post(clone))
        .route("/v3/voices/{voice_id}", get(show).delete(delete))
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let own = query.word("type", &[("public", false), ("private", true)])?.unwrap_or(false);
    // The one speech engine that voices are chosen by.
    let engine = query.text("engine");
    let language = query.text("language");
    let gender = query.text("gender");
    let page = query.page(20, 100)?;
    query.finish()?;
    let is = |asked: &Option<String>, own: &str| asked.as_deref().is_none_or(|asked| asked.eq_ignore_ascii_case(own));
    let now = state.clock.now();
    let mut found = people::voices(&state).await?;
    found.retain(|voice| {
        let is_on_engine = engine.as_deref().is_none_or(|engine| engine == "starfish" && voice.is_on_starfish());
        let fits = is(&language, &voice.language) && is(&gender, &voice.gender);
        voice.own == own && is_on_engine && fits && voice.ready_at <= now
    });
    Ok(Json(page.cut(&found, |voice| &voice.id, |voice| Ok(voice_json(&state, voice)))?))
}

fn voice_json(state: &State, voice: &Voice) -> Value {
    json!({
        "voice_id": voice.id,
        "name": voice.name,
        "language": voice.language,
        "gender": voice.gender,
        "preview_audio_url": preview(state, voice),
        "support_pause": voice.supports_pause,
        "support_locale": voice.supports_locale,
        "type": if voice.own { "private" } else { "public" },
    })
}

fn preview(state: &State, voice: &Voice) -> Option<String> {
    if voice.of_the_cast {
        return Some(state.presign(&files::voice(&voice.id)));
    }
    (voice.ready_at <= state.clock.now()).then(|| state.presign(&files::result(&sample_file(&voice.id))))
}

/// The results file in which a made voice speaks.
fn sample_file(id: &str) -> String {
    format!("{id}.wav")
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let voice = find(&state, &id).await?;
    Ok(Json(json!({"data": {
        "voice_id": voice.id,
        "name": voice.name,
        "language": voice.language,
        "gender": voice.gender,
        "preview_audio_url": preview(&state, &voice),
        "support_pause": voice.supports_pause,
        "support_interactive_avatar": false,
        "status": if voice.ready_at <= state.clock.now() { "complete" } else { "processing" },
        "created_at": voice.created_at.map(|at| at / 1_000),
        "failure_message": null,
    }})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let voice = find(&state, &id).await?;
    if !voice.own {
        let message = "This voice is public: it cannot be deleted.";
        return Err(Refusal::new(403, "resource_access_denied", message));
    }
    let now = state.clock.now();
    let file = state.folders.results.join(sample_file(&id));
    let gone = id.clone();
    state
        .world(move |world| {
            if !voice.of_the_cast {
                return world.forget(VOICES, &gone);
            }
            let change = Kept::new(people::CHANGES, &gone, &Change { name: None, gone: true })?;
            world.keep(&[change], None, &Value::Null, now).map(|_| ())
        })
        .await?;
    // A voice of the cast has no such file, and one that stays behind only takes room.
    let _ = tokio::fs::remove_file(file).await;
    Ok(Json(json!({"data": {"voice_id": id}})))
}

async fn find(state: &State, id: &str) -> Result<Voice, Refusal> {
    people::voice(state, id).await?.ok_or_else(|| Refusal::not_found(format!("There is no voice “{id}”.")))
}

async fn design(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, |state, body, purchase, _| designed(state, body, purchase)).await
}

/// The same words and the same seed give the same voices. Designing is free: no price is published.
async fn designed(state: State, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let request = DesignRequest::read(&body)?;
    let language = match &request.locale {
        None => "English".to_owned(),
        Some(tag) => {
            named(tag).ok_or_else(|| Refusal::invalid("locale", "A language tag like en-US is expected here."))?
        }
    };
    let now = state.clock.now();
    let mut voices = Vec::new();
    for number in 1..=DESIGNS {
        let words = format!("{}\n{}\n{:?}\n{language}\n{number}", request.prompt, request.seed, request.gender);
        let seed = people::seed_of(&words);
        let drawn = if seed.is_multiple_of(2) { "female" } else { "male" };
        voices.push(Voice {
            id: format!("voice_{seed:016x}"),
            name: format!("{} {number}", title(&request.prompt)),
            language: language.clone(),
            gender: request.gender.unwrap_or(drawn).to_owned(),
            supports_pause: true,
            supports_locale: false,
            own: true,
            of_the_cast: false,
            created_at: Some(now),
            ready_at: now,
        });
    }
    for voice in &voices {
        sample(&state, voice).await?;
    }
    let shown: Vec<Value> = voices.iter().map(|voice| voice_json(&state, voice)).collect();
    let answer = json!({"data": {"seed": request.seed, "voices": shown}});
    keep(&state, &voices, purchase, answer).await
}

async fn clone(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, |state, body, purchase, _| cloned(state, body, purchase)).await
}

/// Cloning is free: no price is published.
async fn cloned(state: State, body: Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let request = CloneRequest::read(&body)?;
    let input = open(&state, &request.audio).await?;
    if !input.is_sound() {
        return Err(input.refuse("A WAV or MP3 sound is expected here."));
    }
    if input.size > SAMPLE_BYTES {
        return Err(input.refuse("The sound is larger than 50 MB."));
    }
    if input.seconds().is_none() {
        return Err(input.refuse("The length of this sound cannot be read."));
    }
    let language = request.language.as_deref().map_or("English", |language| language);
    let now = state.clock.now();
    let id = format!("voice_{}", uuid::Uuid::new_v4().simple());
    let voice = Voice {
        gender: if people::seed_of(&id).is_multiple_of(2) { "female" } else { "male" }.to_owned(),
        id: id.clone(),
        name: request.name,
        language: named(language).unwrap_or_else(|| language.to_owned()),
        supports_pause: true,
        supports_locale: false,
        own: true,
        of_the_cast: false,
        created_at: Some(now),
        ready_at: now.saturating_add(render_time(Decimal::from(4), state.speed)),
    };
    sample(&state, &voice).await?;
    keep(&state, &[voice], purchase, json!({"data": {"voice_clone_id": id}})).await
}

async fn keep(state: &State, voices: &[Voice], purchase: Option<Purchase>, answer: Value) -> Result<Value, Refusal> {
    let kept: Result<Vec<Kept>, WorldError> = voices.iter().map(|voice| Kept::new(VOICES, &voice.id, voice)).collect();
    let kept = kept.map_err(|error| Refusal::internal(error.to_string()))?;
    let (first, now) = (answer.clone(), state.clock.now());
    let before = state.world(move |world| world.keep(&kept, purchase.as_ref(), &first, now)).await?;
    Ok(before.unwrap_or(answer))
}

/// Lets a voice speak once, into its file.
async fn sample(state: &State, voice: &Voice) -> Result<(), Refusal> {
    let path = state.folders.results.join(sample_file(&voice.id));
    let (language, id) = (voice.language.clone(), voice.id.clone());
    let spoken = tokio::task::spawn_blocking(move || speech_wav(GREETING, &language, &id, Decimal::ONE)).await;
    let Ok(Ok(wav)) = spoken else { return Err(Refusal::internal("The voice cannot speak.")) };
    super::assets::write(&path, &wav).await
}

/// A language by its tag or name, as HeyGen names it.
fn named(language: &str) -> Option<String> {
    let short = language.split(['-', '_']).next().unwrap_or_default();
    let known =
        LANGUAGES.iter().find(|(tag, name)| tag.eq_ignore_ascii_case(short) || name.eq_ignore_ascii_case(language));
    known.map(|(_, name)| (*name).to_owned())
}

/// The first words of a description.
fn title(prompt: &str) -> String {
    prompt.split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}
