//! Films and sounds that are worked on: looked into, and refused where they are not what is needed.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::inputs::{Place, open};
use super::server::State;
use super::wire::Refusal;
use super::wire::file::InputFile;
use crate::media::probe::{MediaType, Probe};

/// Seconds of a film that is worked on.
const LONGEST: u32 = 7_200;
/// Milliseconds a part of a film has at least.
const SHORTEST_MILLISECONDS: i64 = 200;

/// A file that was found, as a job remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Found {
    /// Where it lies.
    place: Place,
    /// As it was called when it was brought in.
    pub name: String,
    /// Seconds.
    pub seconds: Decimal,
    pub size: Option<(u32, u32)>,
    pub has_audio: bool,
}

impl Found {
    /// Where the file is.
    pub fn path(&self, assets: &Path, results: &Path) -> PathBuf {
        self.place.path(assets, results)
    }
}

/// A film with pictures and a length that can be read.
pub(super) async fn film(state: &State, file: &InputFile) -> Result<Found, Refusal> {
    let (found, probed) = look(state, file).await?;
    let is_film = matches!(probed.media_type, MediaType::Mp4 | MediaType::Mov | MediaType::Webm) && probed.has_video;
    if !is_film {
        let message = format!("An MP4 or WebM film is expected here; this is a {}.", probed.media_type.name());
        return Err(Refusal::invalid(file.param.clone(), message));
    }
    timed(file, found)
}

/// As [`film`], and somebody can be heard in it.
pub(super) async fn talking_film(state: &State, file: &InputFile) -> Result<Found, Refusal> {
    let found = film(state, file).await?;
    if !found.has_audio {
        return Err(Refusal::invalid(file.param.clone(), "This film has no sound, so there is nothing said in it."));
    }
    Ok(found)
}

/// A sound file, or a film with sound.
pub(super) async fn sound(state: &State, file: &InputFile) -> Result<Found, Refusal> {
    let (found, probed) = look(state, file).await?;
    if !probed.has_audio {
        let message = format!("A WAV or MP3 sound is expected here; this is a {}.", probed.media_type.name());
        return Err(Refusal::invalid(file.param.clone(), message));
    }
    timed(file, found)
}

/// A file with captions.
pub(super) async fn captions(state: &State, file: &InputFile) -> Result<(), Refusal> {
    let (_, probed) = look(state, file).await?;
    if probed.media_type != MediaType::Srt {
        let message = format!("An SRT caption file is expected here; this is a {}.", probed.media_type.name());
        return Err(Refusal::invalid(file.param.clone(), message));
    }
    Ok(())
}

/// The part of a film between two moments, in seconds.
pub(super) fn part(film: &Found, start: Option<Decimal>, end: Option<Decimal>) -> Result<(Decimal, Decimal), Refusal> {
    let seconds = film.seconds;
    let outside =
        |field: &str| Refusal::invalid(field, format!("This lies outside the film, which lasts {seconds} seconds."));
    let from = start.unwrap_or_default().round_dp(3);
    let to = end.unwrap_or(seconds).round_dp(3);
    if from >= seconds {
        Err(outside("start_time"))
    } else if to > seconds {
        Err(outside("end_time"))
    } else if to - from < Decimal::new(SHORTEST_MILLISECONDS, 3) {
        Err(Refusal::invalid("end_time", "This part of the film is too short."))
    } else {
        Ok((from, to))
    }
}

fn timed(file: &InputFile, found: Found) -> Result<Found, Refusal> {
    if found.seconds < Decimal::new(SHORTEST_MILLISECONDS, 3) {
        return Err(Refusal::invalid(
            file.param.clone(),
            "The length of this file cannot be read, or it is too short.",
        ));
    }
    if found.seconds > Decimal::from(LONGEST) {
        return Err(Refusal::invalid(file.param.clone(), "The sandbox works on files of up to two hours."));
    }
    Ok(found)
}

async fn look(state: &State, file: &InputFile) -> Result<(Found, Probe), Refusal> {
    let input = open(state, file).await?;
    let Some(probed) = input.probe else {
        return Err(Refusal::invalid(file.param.clone(), "This file is broken: it cannot be read."));
    };
    let found = Found {
        place: input.place,
        name: input.name,
        seconds: probed.seconds.unwrap_or_default(),
        size: probed.dimensions,
        has_audio: probed.has_audio,
    };
    Ok((found, probed))
}
