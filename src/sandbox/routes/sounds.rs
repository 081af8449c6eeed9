//! `/v3/audio/sounds`: music to choose from. There are no effects.

use axum::extract::{RawQuery, State as Shared};
use axum::routing::get;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::files;
use crate::sandbox::footage;
use crate::sandbox::server::State;
use crate::sandbox::wire::{Query, Refusal, number};

/// A piece of music.
struct Piece {
    id: &'static str,
    name: &'static str,
    description: &'static str,
}

const PIECES: &[Piece] = &[Piece {
    id: "sound_four_chords",
    name: "Four chords",
    description: "Eight calm seconds of plucked chords that can be repeated without a seam.",
}];

pub(super) fn routes() -> Router<State> {
    Router::new().route("/v3/audio/sounds", get(list))
}

/// The sound of a piece: WAV.
pub(super) fn piece(id: &str) -> Option<Vec<u8>> {
    PIECES.iter().any(|piece| piece.id == id).then(|| footage::bars().wav())
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let words = query.text("query").unwrap_or_default().to_lowercase();
    let is_music = query.word("type", &[("music", true), ("sound_effects", false)])?.unwrap_or(true);
    let least = query.number("min_score", Decimal::ZERO, Decimal::ONE)?.unwrap_or(Decimal::new(7, 1));
    let page = query.page(10, 50)?;
    query.finish()?;
    let scored: Vec<(&Piece, Decimal)> = PIECES
        .iter()
        .filter(|_| is_music)
        .map(|piece| (piece, score(piece, &words)))
        .filter(|(_, score)| *score >= least)
        .collect();
    let seconds = footage::bars().seconds();
    let show = |(piece, score): &(&Piece, Decimal)| {
        Ok(json!({
            "id": piece.id,
            "name": piece.name,
            "description": piece.description,
            "type": "music",
            "audio_url": state.presign(&files::sound(piece.id)),
            "duration": number(seconds),
            "score": number(*score),
            "placement": null,
            "peak_offset": null,
        }))
    };
    Ok(Json(page.cut(&scored, |(piece, _)| piece.id, show)?))
}

/// The part of the words that the description has, 0 to 1.
fn score(piece: &Piece, words: &str) -> Decimal {
    let about = format!("{} {}", piece.name, piece.description).to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    let found = words.iter().filter(|word| about.contains(**word)).count();
    Decimal::from(found).checked_div(Decimal::from(words.len())).map_or(Decimal::ONE, |part| part.round_dp(3))
}
