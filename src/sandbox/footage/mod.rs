//! Real films for the sandbox: H.264 and AAC in an MP4 or VP8 and Opus in a WebM, captions and a thumbnail, of the
//! length that was asked for.
//!
//! Owns drawing, speaking, encoding and muxing. Knows nothing of HTTP, wallets or jobs. Everything here blocks: call it
//! from a thread that may wait.

mod aac;
mod brush;
mod captions;
mod clip;
mod cut_out;
mod derived;
mod dub;
mod error;
mod film;
mod fragments;
mod hair;
mod input;
mod live;
mod matroska;
mod montage;
mod nal;
mod opus;
mod person;
mod picture;
mod portrait;
mod reel;
mod remake;
mod scene;
mod slides;
mod sound;
mod speech;
mod text;
mod tongue;
mod transport;
mod vp8;
mod webm;
mod words;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use crate::media::probe::probe;

pub use clip::{ClipOrder, Cut, loudness, make_clip};
pub use derived::{burn_captions, to_gif};
pub use dub::{DubOrder, Dubbed, NewVoice, make_dub};
pub use error::{FootageError, FootageErrorKind};
pub use fragments::Tracks;
pub use live::{LiveOrder, SEGMENT, Said, Timed, Wrap, play, say, segment as live_segment};
pub use montage::{Montage, Part, make_montage, whole_frames};
pub use portrait::{PORTRAIT_HEIGHT, PORTRAIT_WIDTH, portrait_png};
pub use reel::FPS;
pub use remake::Crop;
pub use scene::{Scene, card_png, first_picture, portrait_of};
pub use sound::{Pcm, bars};
pub use speech::{is_spoken, speech_seconds, speech_wav};
pub use webm::{remove_background, to_webm};
pub use words::{Word, Worded, worded_speech};

/// What film to make.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoOrder {
    /// Shown in the picture.
    pub title: String,
    /// Pixels, 16 to 3,840; odd numbers are rounded up.
    pub width: u32,
    /// Pixels, 16 to 3,840; odd numbers are rounded up.
    pub height: u32,
    pub sound: Sound,
    /// The seed of the look that is seen; see `cast`.
    pub look_seed: u64,
    /// Whether an SRT file is written. For [`Sound::File`] it says when somebody speaks, not what.
    pub captions: bool,
}

/// What is heard; its length is the film's length.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// A text to be spoken; `<break time="1.2s"/>` is a pause.
    Speech {
        text: String,
        /// A language's name or BCP 47 tag.
        language: String,
        voice_id: String,
        /// 0.5 to 2; 1 is the voice's own pace.
        speed: Decimal,
    },
    /// A WAV or MP3 file.
    File(PathBuf),
    /// The same few bars again and again; needs [`FilmOrder::seconds`] to end.
    Music,
    /// Nothing; needs [`FilmOrder::seconds`] to end.
    Silence,
}

/// What film to make, of anything.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmOrder {
    /// Shown in the picture.
    pub title: String,
    /// Pixels, 16 to 3,840; odd numbers are rounded up.
    pub width: u32,
    /// Pixels, 16 to 3,840; odd numbers are rounded up.
    pub height: u32,
    /// Frames a second, 1 to 240. Mouths move at 25 only.
    pub fps: u32,
    pub scene: Scene,
    pub sound: Sound,
    /// The film's length; `None` for that of the sound. A shorter sound is repeated, a longer one cut.
    pub seconds: Option<Decimal>,
    /// Whether an SRT file is written. For [`Sound::File`] it says when somebody speaks, not what.
    pub captions: bool,
}

/// A finished film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footage {
    /// MP4 or WebM, its index before its samples.
    pub video: PathBuf,
    /// PNG, 640 pixels wide.
    pub thumbnail: PathBuf,
    /// SRT.
    pub captions: Option<PathBuf>,
    /// The film's length in seconds as a player reports it, to the millisecond.
    pub seconds: Decimal,
}

/// Makes `name.mp4`, `name.png` and perhaps `name.srt` in `folder`. Each file appears whole or not at all.
///
/// # Errors
/// When the order's size is out of range, its sound cannot be read or is empty, or a file cannot be written.
pub fn make_video(order: &VideoOrder, folder: &Path, name: &str) -> Result<Footage, FootageError> {
    let film = FilmOrder {
        title: order.title.clone(),
        width: order.width,
        height: order.height,
        fps: FPS,
        scene: Scene::Person(order.look_seed),
        sound: order.sound.clone(),
        seconds: None,
        captions: order.captions,
    };
    make_film(&film, folder, name)
}

/// Makes `name.mp4`, `name.png` and perhaps `name.srt` in `folder`. Each file appears whole or not at all.
///
/// # Errors
/// When the order's size or frame rate is out of range, its sound or picture cannot be read or is empty, or a file
/// cannot be written.
pub fn make_film(order: &FilmOrder, folder: &Path, name: &str) -> Result<Footage, FootageError> {
    let size = picture::even_size(order.width, order.height)?;
    if !(1..=240).contains(&order.fps) {
        let message = format!("A film of {} frames a second cannot be made.", order.fps);
        return Err(FootageError::order(message, "Use 1 to 240 frames a second."));
    }
    let Heard { pcm, cues } = heard(order)?;
    let stage = picture::Stage::new(order, size)?;
    let thumbnail = keep(folder.join(format!("{name}.png")), &stage.thumbnail_png()?)?;
    let captions = keep_captions(&cues, folder, name)?;
    let video = folder.join(format!("{name}.mp4"));
    let seconds = write_whole(&video, |file| match order.fps {
        FPS => film::encode(&stage, &pcm, file),
        fps => slides::encode(&stage, &pcm, fps, file),
    })?;
    Ok(Footage { video, thumbnail, captions, seconds })
}

/// Makes `name.webm`, `name.png` and perhaps `name.srt` in `folder`: only the person is seen, at 25 frames a second, and
/// all around is transparent; neither title nor time stand in the picture. Each file appears whole or not at all.
///
/// # Errors
/// As [`make_film`].
pub fn make_cut_out(order: &FilmOrder, folder: &Path, name: &str) -> Result<Footage, FootageError> {
    let size = picture::even_size(order.width, order.height)?;
    let Heard { pcm, cues } = heard(order)?;
    let figure = cut_out::Figure::of(&order.scene, size)?;
    let thumbnail = keep(folder.join(format!("{name}.png")), &figure.thumbnail_png()?)?;
    let captions = keep_captions(&cues, folder, name)?;
    let video = folder.join(format!("{name}.webm"));
    let seconds = cut_out::write(&figure, &pcm, &video)?;
    Ok(Footage { video, thumbnail, captions, seconds })
}

/// What is heard, and what of it can be read.
struct Heard {
    pcm: sound::Pcm,
    cues: Vec<captions::Cue>,
}

fn heard(order: &FilmOrder) -> Result<Heard, FootageError> {
    let (pcm, mut passages) = match &order.sound {
        Sound::Speech { text, language, voice_id, speed } => {
            let spoken = speech::speak(text, language, voice_id, *speed)?;
            (spoken.pcm, spoken.passages)
        }
        Sound::File(path) => {
            let pcm = sound::decode(path)?;
            // What a file says of its length is what was quoted; a decoder may hear a little more or less of it.
            let stated = probe(path).ok().and_then(|probed| probed.seconds);
            let pcm = match stated {
                Some(seconds) => pcm.fitted(reel::milliseconds(seconds)),
                None => pcm,
            };
            let passages = if order.captions { dub::loud_passages(&pcm) } else { Vec::new() };
            (pcm, passages)
        }
        Sound::Music => (sound::bars(), Vec::new()),
        Sound::Silence => (sound::Pcm { rate: 22_050, samples: vec![0; 22_050] }, Vec::new()),
    };
    let pcm = match order.seconds {
        None => pcm,
        Some(seconds) => {
            let lasting = pcm.lasting(seconds);
            let end = lasting.milliseconds();
            passages.retain(|passage| passage.start < end);
            passages.iter_mut().for_each(|passage| passage.end = passage.end.min(end));
            lasting
        }
    };
    let cues = if order.captions { captions::cues(&passages) } else { Vec::new() };
    Ok(Heard { pcm, cues })
}

fn keep_captions(cues: &[captions::Cue], folder: &Path, name: &str) -> Result<Option<PathBuf>, FootageError> {
    if cues.is_empty() {
        return Ok(None);
    }
    keep(folder.join(format!("{name}.srt")), captions::srt(cues).as_bytes()).map(Some)
}

fn keep(path: PathBuf, bytes: &[u8]) -> Result<PathBuf, FootageError> {
    write_whole(&path, |file| file.write_all(bytes).map_err(|source| FootageError::disk(&path, source)))?;
    Ok(path)
}

/// Writes beside the target and renames, so that a reader never sees half a file.
fn write_whole<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, FootageError>,
) -> Result<T, FootageError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let disk = |source| FootageError::disk(path, source);
    let mut file = BufWriter::new(File::create(&unfinished).map_err(disk)?);
    let written = write(&mut file).and_then(|written| {
        file.flush().and_then(|()| std::fs::rename(&unfinished, path)).map_err(disk)?;
        Ok(written)
    });
    if written.is_err() {
        // The first error is the one to tell; what is left behind is only a spare file.
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}
