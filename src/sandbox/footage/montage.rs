//! One film of several scenes, one after another.
//!
//! Each scene is made as a film of its own, beside the one that is wanted, and its pictures are taken over as they are;
//! the sound is joined before it is encoded. A scene lasts a whole number of frames.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::captions::Cue;
use super::error::FootageError;
use super::input::Input;
use super::picture::{self, Size, Stage};
use super::reel::{Reel, milliseconds};
use super::remake::{self, Crop, Remake};
use super::sound::{self, Pcm};
use super::{FilmOrder, Footage, Heard, film, heard, keep, keep_captions, write_whole};

/// Samples a second of the joined sound.
const RATE: u32 = 44_100;
/// Milliseconds of a frame.
const FRAME: u64 = 40;
/// The muxer's ticks in a millisecond.
const TICKS: u64 = 90;

/// What is seen and heard for a while.
#[derive(Clone, Debug)]
pub enum Part {
    /// Somebody, a picture or a card; its size and frame rate are those of the whole film.
    Film(FilmOrder),
    /// Another film, fitted into the picture.
    Video {
        path: PathBuf,
        /// How long it is shown.
        seconds: Decimal,
        /// Of its loudness, in percent: 0 to 100.
        loudness: u8,
    },
}

/// A film of several scenes, and the seconds of each.
#[derive(Clone, Debug)]
pub struct Montage {
    pub footage: Footage,
    pub parts: Vec<Decimal>,
}

/// The seconds a scene lasts that is this long by itself: a whole number of frames, two at least.
#[must_use]
pub fn whole_frames(seconds: Decimal) -> Decimal {
    Decimal::from(whole(milliseconds(seconds))) / Decimal::ONE_THOUSAND
}

fn whole(milliseconds: u64) -> u64 {
    milliseconds.next_multiple_of(FRAME).max(FRAME * 2)
}

/// Makes `name.mp4`, `name.png` and perhaps `name.srt` in `folder`. Each file appears whole or not at all.
///
/// # Errors
/// When there is no scene, a size is out of range, something cannot be read or a file cannot be written.
pub fn make_montage(
    parts: &[Part],
    (width, height): (u32, u32),
    has_captions: bool,
    folder: &Path,
    name: &str,
) -> Result<Montage, FootageError> {
    let size = picture::even_size(width, height)?;
    let mut reels = Scenes { files: Vec::new() };
    let made = join(parts, size, has_captions, folder, name, &mut reels);
    reels.remove();
    made
}

/// Films of single scenes, which nobody needs once they are joined.
struct Scenes {
    files: Vec<PathBuf>,
}

impl Scenes {
    fn remove(&self) {
        for file in &self.files {
            // One that stays behind only takes room.
            let _ = std::fs::remove_file(file);
        }
    }
}

fn join(
    parts: &[Part],
    size: Size,
    has_captions: bool,
    folder: &Path,
    name: &str,
    reels: &mut Scenes,
) -> Result<Montage, FootageError> {
    let (mut pcm, mut cues, mut thumbnail) = (Pcm { rate: RATE, samples: Vec::new() }, Vec::new(), None);
    let mut lengths = Vec::new();
    let mut begins = 0;
    for (place, part) in parts.iter().enumerate() {
        let file = folder.join(format!("{name}.scene-{place}"));
        reels.files.push(file.clone());
        let scene = shoot(part, size, &file)?;
        let length = scene.pcm.milliseconds();
        cues.extend(scene.cues.into_iter().map(|cue| Cue { start: cue.start + begins, end: cue.end + begins, ..cue }));
        begins += length;
        pcm.samples.extend(scene.pcm.resampled(RATE).samples);
        // Every scene begins at its own sample, so that what was rounded off is not lost again and again.
        pcm = pcm.fitted(begins);
        lengths.push(length);
        thumbnail.get_or_insert(scene.thumbnail);
    }
    let nothing = || FootageError::order("There is no scene.", "A film has at least one.");
    let thumbnail = keep(folder.join(format!("{name}.png")), &thumbnail.ok_or_else(nothing)?)?;
    let cues = if has_captions { cues } else { Vec::new() };
    let captions = keep_captions(&cues, folder, name)?;
    let video = folder.join(format!("{name}.mp4"));
    let seconds = write_whole(&video, |file| {
        let mut reel = Reel::new(size, &pcm, begins, file)?;
        let mut begins = 0;
        for (file, length) in reels.files.iter().zip(&lengths) {
            let unreadable = || FootageError::encode("film", "a scene cannot be read");
            Input::open(file).ok_or_else(unreadable)?.copy(|picture| {
                reel.copied(begins + picture.shown, begins + picture.decoded, &picture.bytes, picture.is_key)
            })?;
            begins += length * TICKS;
        }
        reel.finish()
    })?;
    let parts = lengths.iter().map(|length| Decimal::from(*length) / Decimal::ONE_THOUSAND).collect();
    Ok(Montage { footage: Footage { video, thumbnail, captions, seconds }, parts })
}

struct Shot {
    /// As long as the scene.
    pcm: Pcm,
    cues: Vec<Cue>,
    thumbnail: Vec<u8>,
}

/// Makes the film of one scene.
fn shoot(part: &Part, size: Size, file: &Path) -> Result<Shot, FootageError> {
    match part {
        Part::Film(order) => {
            let Heard { pcm, cues } = heard(order)?;
            let length = whole(pcm.milliseconds());
            let pcm = pcm.fitted(length);
            let stage = Stage::new(order, size)?;
            write_whole(file, |out| film::encode(&stage, &pcm, out))?;
            Ok(Shot { pcm, cues, thumbnail: stage.thumbnail_png()? })
        }
        Part::Video { path, seconds, loudness } => {
            let length = whole(milliseconds(*seconds));
            // A film without sound stays silent.
            let mut pcm = sound::decode(path).unwrap_or(Pcm { rate: RATE, samples: Vec::new() }).fitted(length);
            for sample in &mut pcm.samples {
                let quiet = i32::from(*sample) * i32::from(*loudness) / 100;
                *sample = i16::try_from(quiet).unwrap_or(*sample);
            }
            let remake = Remake {
                source: path.clone(),
                from: 0,
                to: length,
                length,
                mark: String::new(),
                title: String::new(),
                crop: Crop::Whole,
                fit: Some((size.width, size.height)),
                size: Some((size.width, size.height)),
                captions: Vec::new(),
            };
            let (_, thumbnail) = write_whole(file, |out| remake::encode(&remake, &pcm, out))?;
            Ok(Shot { pcm, cues: Vec::new(), thumbnail })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reel::FPS;
    use super::*;

    #[test]
    fn a_scene_lasts_whole_frames() {
        for (seconds, expected) in [("1", "1"), ("1.001", "1.04"), ("0.01", "0.08"), ("2.52", "2.52")] {
            let seconds: Decimal = seconds.parse().unwrap();
            assert_eq!(whole_frames(seconds), expected.parse::<Decimal>().unwrap());
        }
        assert_eq!(u64::from(FPS) * FRAME, 1_000);
    }
}
