//! `POST /v3/voices/speech`: a text as a sound, made and charged at once.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{assets, files};
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::server::State;
use crate::sandbox::wire::speech::SpeechRequest;
use crate::sandbox::wire::{Refusal, number};
use crate::sandbox::world::{self, Callback, Failure, Job, Made, Product, Purchase};
use crate::sandbox::{footage, people, price};

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/voices/speech", post(create))
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, speak).await
}

async fn speak(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    if let Some(failure) = fault {
        // There is no job that could fail later.
        return Err(Refusal::new(500, &failure.code, failure.message));
    }
    let request = SpeechRequest::read(&body)?;
    let voice = people::usable_voice(&state, &request.voice_id, "voice_id").await?;
    if !voice.is_on_starfish() {
        let message = format!(
            "The voice {} is not on the Starfish engine: choose one of GET /v3/voices?engine=starfish.",
            voice.name
        );
        return Err(Refusal::invalid("voice_id", message));
    }
    for (field, language) in [("language", &request.language), ("locale", &request.locale)] {
        if let Some(language) = language.as_ref().filter(|language| !footage::is_spoken(language)) {
            return Err(Refusal::invalid(field, format!("“{language}” is no language this engine speaks.")));
        }
    }
    if request.locale.is_some() && !voice.supports_locale {
        return Err(Refusal::invalid("locale", format!("The voice {} has no locales.", voice.name)));
    }
    let language = request.locale.or(request.language).unwrap_or(voice.language);
    let (text, speed) = (request.text, request.speed);
    let title: String = text.chars().take(40).collect();
    let spoken = tokio::task::spawn_blocking(move || footage::worded_speech(&text, &language, &voice.id, speed)).await;
    let spoken = match spoken {
        Ok(Ok(spoken)) => spoken,
        Ok(Err(error)) => return Err(Refusal::invalid("text", format!("The text cannot be spoken: {error}"))),
        Err(_) => return Err(Refusal::internal("The sandbox could not speak the text.")),
    };
    let charge = price::speech(spoken.seconds).map_err(Refusal::internal)?;
    let id = uuid::Uuid::new_v4().simple().to_string();
    let file = format!("{id}.wav");
    let path = state.folders.results.join(&file);
    assets::write(&path, &spoken.wav).await?;
    let seconds = |milliseconds: u64| number(Decimal::from(milliseconds) / Decimal::ONE_THOUSAND);
    let words: Vec<Value> = spoken
        .words
        .iter()
        .map(|word| json!({"word": word.text, "start": seconds(word.start), "end": seconds(word.end)}))
        .collect();
    let answer = json!({"data": {
        "audio_url": state.presign(&files::result(&file)),
        "duration": number(spoken.seconds),
        "request_id": id,
        "word_timestamps": words,
    }});
    let now = state.clock.now();
    let made =
        Made { seconds: spoken.seconds, video: None, thumbnail: None, captions: None, more: json!({"audio": file}) };
    let job = Job {
        id,
        product: Product::Speech,
        title,
        created_at: now,
        starts_at: now,
        due_at: now,
        reserved: charge,
        order: Value::Null,
        callback: Callback::default(),
        state: world::State::Completed { at: now, made },
    };
    let (first, length) = (answer.clone(), spoken.seconds);
    let sold = state.world(move |world| world.sell(&job, charge, length, purchase.as_ref(), &first)).await?;
    if sold != world::Admission::Started {
        // Nothing points to the file.
        let _ = tokio::fs::remove_file(path).await;
    }
    intake::admitted(sold, answer, charge, now)
}
