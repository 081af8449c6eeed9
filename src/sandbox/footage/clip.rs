//! Highlights of a film: the loudest stretches, each cut out and cropped to a shape.

use std::io::Write;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::captions;
use super::dub;
use super::error::FootageError;
use super::reel::milliseconds;
use super::remake::{self, Crop, Remake};
use super::sound;
use super::write_whole;

/// What clips are to be cut from.
#[derive(Clone, Debug)]
pub struct ClipOrder {
    pub video: PathBuf,
    /// Seconds of the source.
    pub source_seconds: Decimal,
    /// Seconds of the clip, no more than the source's.
    pub seconds: Decimal,
    /// Clips with another number begin elsewhere.
    pub number: usize,
    /// Shown in the picture.
    pub title: String,
    pub crop: Crop,
    /// The source's pixels, as far as known.
    pub size: Option<(u32, u32)>,
    /// Whether what is said is to be read in the picture: when it is said, since nobody here knows the words.
    pub captions: bool,
}

/// A clip that was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub video: PathBuf,
    pub thumbnail: PathBuf,
    pub seconds: Decimal,
    /// Seconds into the source.
    pub starts_at: u64,
    /// 0 to 100: how loud the clip is beside the loudest part of the film.
    pub score: u8,
}

/// How loud each second of a film is; empty where it has no sound.
pub fn loudness(video: &Path) -> Vec<u64> {
    sound::loudness(video).unwrap_or_default()
}

/// Makes `name.mp4` and `name.png` in `folder`. Blocks.
///
/// # Errors
/// When the source cannot be read, or a file cannot be written.
pub fn make_clip(order: &ClipOrder, loudness: &[u64], folder: &Path, name: &str) -> Result<Cut, FootageError> {
    let length = milliseconds(order.seconds);
    let (starts_at, score) = highlight(loudness, milliseconds(order.source_seconds), length, order.number);
    let from = starts_at * 1_000;
    let to = from + length;
    let pcm = sound::decode_part(&order.video, from, to)?.fitted(length);
    let remake = Remake {
        source: order.video.clone(),
        from,
        to,
        length,
        mark: order.title.clone(),
        title: order.title.clone(),
        crop: order.crop,
        fit: None,
        size: order.size,
        captions: if order.captions { captions::cues(&dub::loud_passages(&pcm)) } else { Vec::new() },
    };
    let video = folder.join(format!("{name}.mp4"));
    let thumbnail = folder.join(format!("{name}.png"));
    let (seconds, png) = write_whole(&video, |file| remake::encode(&remake, &pcm, file))?;
    write_whole(&thumbnail, |file| file.write_all(&png).map_err(|source| FootageError::disk(&thumbnail, source)))?;
    Ok(Cut { video, thumbnail, seconds, starts_at, score })
}

/// The second at which a clip of this length begins, and its score: the loudest window of the film, or, for further
/// clips, the loudest of those that begin in another part of it.
fn highlight(loudness: &[u64], source: u64, length: u64, number: usize) -> (u64, u8) {
    let latest = source.saturating_sub(length) / 1_000;
    let window = usize::try_from(length / 1_000).unwrap_or(1).max(1);
    let at = |start: u64| usize::try_from(start).unwrap_or(usize::MAX);
    let sum = |start: u64| -> u64 { loudness.iter().skip(at(start)).take(window).sum() };
    // Every further clip begins in the next third of what there is to choose from.
    let third = (latest + 1).div_ceil(3).max(1);
    let part = u64::try_from(number % 3).unwrap_or(0);
    let (first, last) = ((part * third).min(latest), ((part + 1) * third - 1).min(latest));
    let best = (first..=last).max_by_key(|start| (sum(*start), u64::MAX - start)).unwrap_or(0);
    let loudest = loudness.iter().max().copied().unwrap_or(0).max(1);
    let seconds = u64::try_from(window.min(loudness.len().max(1))).unwrap_or(1);
    (best, u8::try_from((sum(best) * 100 / (loudest * seconds)).min(100)).unwrap_or(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(loudness: &[u64], seconds: u64, length: u64, number: usize, expected: (u64, u8)) {
        assert_eq!(highlight(loudness, seconds * 1_000, length * 1_000, number), expected);
    }

    #[test]
    fn a_highlight_is_where_most_is_said() {
        let loud = [0, 0, 10, 20, 20, 0, 0, 0, 5, 5];
        check(&loud, 10, 10, 0, (0, 30));
        check(&loud, 10, 2, 0, (2, 75));
        check(&loud, 10, 2, 1, (3, 100));
        check(&loud, 10, 2, 2, (8, 25));
        check(&[], 10, 5, 0, (0, 0));
        check(&loud, 4, 4, 2, (0, 37));
    }
}
