//! From a video request to an order: checks it against the cast and the files, and prices it.

use std::path::Path;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::inputs::{Input, Place, open};
use super::people::{self, Look};
use super::server::State;
use super::wire::Refusal;
use super::wire::file::InputFile;
use super::wire::video::{Face, Sound, VideoRequest};
use super::world::{Failure, Job, Made};
use super::{footage, price};
use crate::draft::{AspectRatio, AvatarType, Engine, Resolution, billable};
use crate::money::Usd;

/// Bytes an image or sound that goes into a video may have (published limit: 50 MB).
const INPUT_LIMIT: u64 = 50_000_000;
/// Pixels of an image's longer side ("under 2K").
const PIXEL_LIMIT: u32 = 2_048;
/// Seconds of driving audio (published limit).
const AUDIO_LIMIT: u32 = 600;

/// A video to be made, as the world remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Order {
    /// `None` for a raw image.
    pub avatar_type: Option<AvatarType>,
    pub engine: Engine,
    pub resolution: Option<Resolution>,
    pub width: u32,
    pub height: u32,
    pub track: Track,
    pub look_seed: u64,
    /// What is seen instead of a drawn person.
    #[serde(default)]
    pub picture: Option<Place>,
    pub captions: bool,
    /// Nothing is seen but the person: a WebM.
    #[serde(default)]
    pub is_cut_out: bool,
    pub language: Option<String>,
    /// Fails on purpose.
    pub fault: Option<Failure>,
}

/// What is heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Track {
    Speech { text: String, language: String, voice_id: String, speed: Decimal },
    Audio(Place),
}

/// An order and what it is expected to come to.
#[derive(Clone, Debug)]
pub(super) struct Estimate {
    pub order: Order,
    /// Seconds of output.
    pub seconds: Decimal,
    pub price: Usd,
}

/// Checks a request against what exists and says what it will come to.
pub(super) async fn estimate(
    state: &State,
    request: VideoRequest,
    fault: Option<Failure>,
) -> Result<Estimate, Refusal> {
    let engine = request.engine.unwrap_or(Engine::AvatarIv);
    let (look, image) = match &request.face {
        Face::Look(id) => {
            let look = people::look(state, id).await?;
            let missing = || Refusal::not_found(format!("There is no avatar look “{id}”.")).about("avatar_id");
            (Some(look.ok_or_else(missing)?), None)
        }
        Face::Image(image) => (None, Some(picture(state, image).await?.place)),
    };
    if let Some(look) = &look {
        engine_fits(state, look, engine, request.reference_look_id.as_deref()).await?;
    }
    let avatar_type = look.as_ref().map_or(AvatarType::PhotoAvatar, |look| look.avatar_type);
    motion_fits(&request, avatar_type, engine)?;
    let is_cut_out = request.output_format == "webm";
    if is_cut_out && look.as_ref().is_some_and(|look| !look.can_be_cut_out()) {
        let message = "This look was not trained with matting: it cannot be cut out of its background.";
        return Err(Refusal::invalid("output_format", message));
    }
    for image in [&request.background, &request.watermark].into_iter().flatten() {
        picture(state, image).await?;
    }

    let own = look.as_ref().and_then(|look| look.default_voice_id.as_deref());
    let Heard { track, seconds, language } = track(state, request.sound, own, request.speed, request.locale).await?;
    let (width, height) = size(request.resolution, request.aspect_ratio, look.as_ref());
    let order = Order {
        avatar_type: look.as_ref().map(|look| look.avatar_type),
        engine,
        resolution: request.resolution,
        width,
        height,
        track,
        look_seed: look.as_ref().map_or(0, |look| look.seed),
        picture: look.and_then(|look| look.picture).map(Place::Result).or(image),
        captions: request.captions,
        is_cut_out,
        language,
        fault,
    };
    let price = order.price(seconds).map_err(|reason| Refusal::invalid("engine", reason))?;
    Ok(Estimate { order, seconds, price })
}

/// What will be heard.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub track: Track,
    pub seconds: Decimal,
    pub language: Option<String>,
}

/// Checks what is to be heard; `own` is the voice that speaks where none is named.
pub(super) async fn track(
    state: &State,
    asked: Sound,
    own: Option<&str>,
    speed: Decimal,
    locale: Option<String>,
) -> Result<Heard, Refusal> {
    let (text, voice_id) = match asked {
        Sound::Audio(file) => {
            let (place, seconds) = sound(state, &file).await?;
            return Ok(Heard { track: Track::Audio(place), seconds, language: None });
        }
        Sound::Script { text, voice_id } => (text, voice_id),
    };
    let voice_id = voice_id
        .as_deref()
        .or(own)
        .ok_or_else(|| Refusal::invalid("voice_id", "A voice_id is required: this face has no default voice."))?;
    let voice = people::usable_voice(state, voice_id, "voice_id").await?;
    if locale.is_some() && !voice.supports_locale {
        let message = format!("The voice {} has no locales.", voice.name);
        return Err(Refusal::invalid("voice_settings.locale", message));
    }
    let language = locale.unwrap_or(voice.language);
    let track = Track::Speech { text, language: language.clone(), voice_id: voice_id.to_owned(), speed };
    let seconds = speech_seconds(track.clone()).await?;
    Ok(Heard { track, seconds, language: Some(language) })
}

impl Track {
    /// As a film has it.
    pub fn sound(&self, assets: &Path, results: &Path) -> footage::Sound {
        match self.clone() {
            Self::Speech { text, language, voice_id, speed } => {
                footage::Sound::Speech { text, language, voice_id, speed }
            }
            Self::Audio(place) => footage::Sound::File(place.path(assets, results)),
        }
    }
}

impl Order {
    /// What so many seconds of it cost, or why that is not known.
    pub fn price(&self, seconds: Decimal) -> Result<Usd, String> {
        let face = self.avatar_type.map_or(billable::Face::Image, billable::Face::Look);
        price::avatar_video(face, self.engine, self.resolution, seconds)
    }

    /// The film with this title, and captions.
    pub fn film(&self, title: &str, assets: &Path, results: &Path) -> footage::FilmOrder {
        footage::FilmOrder {
            title: title.to_owned(),
            width: self.width,
            height: self.height,
            fps: footage::FPS,
            scene: match &self.picture {
                Some(place) => footage::Scene::Picture(place.path(assets, results)),
                None => footage::Scene::Person(self.look_seed),
            },
            sound: self.track.sound(assets, results),
            seconds: None,
            captions: true,
        }
    }

    /// Makes the video. Blocks.
    ///
    /// # Errors
    /// [`Failure`], as the resource will show it.
    pub fn make(&self, job: &Job, assets: &Path, results: &Path) -> Result<(Made, Usd), Failure> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let failed = |code: &str, message: String| Failure { code: code.to_owned(), message };
        let order = footage::FilmOrder { captions: self.captions, ..self.film(&job.title, assets, results) };
        let footage = if self.is_cut_out { footage::make_cut_out } else { footage::make_film };
        let footage = footage(&order, results, &job.id)
            .map_err(|error| failed("render_failed", format!("The video could not be made: {error}.")))?;
        let charge = self.price(footage.seconds).map_err(|reason| failed("internal_error", reason))?;
        Ok((made_of(&footage), charge))
    }
}

/// A film as a job's result.
pub(super) fn made_of(footage: &footage::Footage) -> Made {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Made {
        seconds: footage.seconds,
        video: Some(name(&footage.video)),
        thumbnail: Some(name(&footage.thumbnail)),
        captions: footage.captions.as_deref().map(name),
        more: serde_json::Value::Null,
    }
}

async fn engine_fits(state: &State, asked: &Look, engine: Engine, reference: Option<&str>) -> Result<(), Refusal> {
    if asked.status != "completed" {
        let message = format!("The look “{}” is not ready: {}.", asked.id, asked.status);
        return Err(Refusal::invalid("avatar_id", message));
    }
    if engine == Engine::AvatarV && asked.avatar_type != AvatarType::DigitalTwin {
        return Err(Refusal::invalid("engine", "Avatar V takes digital twins only."));
    }
    if !asked.engines.contains(&engine) {
        let message = format!("The look “{}” does not support {}.", asked.id, engine.word());
        return Err(Refusal::invalid("engine", message));
    }
    match reference {
        Some(id) if people::look(state, id).await?.is_none() => {
            let message = format!("There is no avatar look “{id}”.");
            Err(Refusal::not_found(message).about("engine.reference_look_id"))
        }
        _ => Ok(()),
    }
}

fn motion_fits(request: &VideoRequest, avatar_type: AvatarType, engine: Engine) -> Result<(), Refusal> {
    let photo = avatar_type == AvatarType::PhotoAvatar;
    if request.motion_prompt && !(engine == Engine::AvatarV || photo && engine == Engine::AvatarIv) {
        let message =
            "A motion_prompt is for photo avatars on avatar_iv or avatar_v and for video avatars on avatar_v.";
        return Err(Refusal::invalid("motion_prompt", message));
    }
    if request.expressiveness && !(photo && engine == Engine::AvatarIv) {
        return Err(Refusal::invalid("expressiveness", "Expressiveness is for photo avatars on avatar_iv only."));
    }
    Ok(())
}

/// Pixels of a film.
pub(super) fn size(resolution: Option<Resolution>, shape: AspectRatio, look: Option<&Look>) -> (u32, u32) {
    let short = match resolution {
        Some(Resolution::P720) => 720,
        Some(Resolution::P1080) | None => 1_080,
        Some(Resolution::K4) => 2_160,
    };
    size_of(short, shape, look)
}

/// Pixels of a film with this shorter side.
pub(super) fn size_of(short: u32, shape: AspectRatio, look: Option<&Look>) -> (u32, u32) {
    let long = short / 9 * 16;
    let (wide, tall) = ((long, short), (short, long));
    match shape {
        AspectRatio::Wide => wide,
        AspectRatio::Tall => tall,
        AspectRatio::Square => (short, short),
        AspectRatio::Portrait => (short, short / 4 * 5),
        AspectRatio::Landscape => (short / 4 * 5, short),
        AspectRatio::Auto => match look.map(|look| look.width.cmp(&look.height)) {
            Some(std::cmp::Ordering::Less) => tall,
            Some(std::cmp::Ordering::Equal) => (short, short),
            Some(std::cmp::Ordering::Greater) | None => wide,
        },
    }
}

/// A picture that fits.
pub(super) async fn picture(state: &State, file: &InputFile) -> Result<Input, Refusal> {
    let input = open(state, file).await?;
    if !input.is_picture() {
        return Err(input.refuse("A PNG or JPEG picture is expected here."));
    }
    fits(&input)?;
    match input.longest_side() {
        None => Err(input.refuse("This picture cannot be read.")),
        Some(side) if side > PIXEL_LIMIT => {
            Err(input.refuse(format!("A picture has at most {PIXEL_LIMIT} pixels on its longer side.")))
        }
        Some(_) => Ok(input),
    }
}

/// A sound and its length in seconds.
async fn sound(state: &State, file: &InputFile) -> Result<(Place, Decimal), Refusal> {
    let input = open(state, file).await?;
    if !input.is_sound() {
        return Err(input.refuse("A WAV or MP3 sound is expected here."));
    }
    fits(&input)?;
    match input.seconds() {
        None => Err(input.refuse("The length of this sound cannot be read.")),
        Some(seconds) if seconds > Decimal::from(AUDIO_LIMIT) => {
            Err(input.refuse(format!("Audio may last {AUDIO_LIMIT} seconds; this is {seconds}.")))
        }
        Some(seconds) => Ok((input.place, seconds)),
    }
}

fn fits(input: &Input) -> Result<(), Refusal> {
    if input.size > INPUT_LIMIT { Err(input.refuse("The file is larger than 50 MB.")) } else { Ok(()) }
}

async fn speech_seconds(track: Track) -> Result<Decimal, Refusal> {
    let spoken = tokio::task::spawn_blocking(move || match track {
        Track::Speech { text, language, voice_id, speed } => {
            footage::speech_seconds(&text, &language, &voice_id, speed).map_err(|error| error.to_string())
        }
        Track::Audio(_) => Err("no speech".to_owned()),
    });
    match spoken.await {
        Ok(Ok(seconds)) => Ok(seconds),
        Ok(Err(reason)) => Err(Refusal::invalid("script", format!("The script cannot be spoken: {reason}."))),
        Err(_) => Err(Refusal::internal("The sandbox could not speak the script.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_have_whole_even_sizes() {
        for shape in AspectRatio::ALL {
            for resolution in [Resolution::P720, Resolution::P1080, Resolution::K4] {
                let (width, height) = size(Some(resolution), shape, None);
                assert!(width % 2 == 0 && height % 2 == 0, "{shape:?}: {width} × {height}");
            }
        }
        assert_eq!(size(Some(Resolution::P1080), AspectRatio::Wide, None), (1_920, 1_080));
        assert_eq!(size(Some(Resolution::P720), AspectRatio::Portrait, None), (720, 900));
        assert_eq!(size(Some(Resolution::K4), AspectRatio::Wide, None), (3_840, 2_160));
    }
}
