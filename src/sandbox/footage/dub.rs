//! A film with another voice: translated, or lip-synced to a sound that was brought in.

use std::io::Write;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::captions::{self, Cue};
use super::error::FootageError;
use super::reel::milliseconds;
use super::remake::{self, Crop, Remake};
use super::sound::{self, Pcm};
use super::speech::{self, Passage};
use super::write_whole;
use crate::sandbox::cast;

/// Milliseconds between two things that are said.
const PAUSE: u64 = 900;
/// The old sound is heard under the new one, at this part of its loudness.
const UNDER: i16 = 6;
/// A stretch of sound is speech where a tenth of a second is louder than this on average.
const LOUD: u64 = 150;
/// Milliseconds in which loudness is measured.
const STEP: u64 = 100;
/// Quiet steps that end a stretch of speech.
const QUIET_STEPS: u64 = 4;

/// What film is to be given another voice.
#[derive(Clone, Debug)]
pub struct DubOrder {
    pub video: PathBuf,
    /// Seconds of the source that are used.
    pub from: Decimal,
    /// Seconds of the source that are used.
    pub to: Decimal,
    /// Seconds of the result.
    pub seconds: Decimal,
    pub voice: NewVoice,
    /// The old sound is heard quietly under the new one; the file it is in.
    pub under: Option<PathBuf>,
    /// Shown in the picture.
    pub mark: String,
    /// Shown where the source's pictures cannot be read.
    pub title: String,
    /// Leave the source's pictures as they are, and write the sound to a WAV file too.
    pub audio_only: bool,
    pub captions: bool,
    /// The source's pixels, as far as known.
    pub size: Option<(u32, u32)>,
}

/// What is heard.
#[derive(Clone, Debug)]
pub enum NewVoice {
    /// A few sentences of this language again and again.
    Language(String),
    /// A file.
    Sound(PathBuf),
}

/// What was made. The length is exact to the millisecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dubbed {
    pub video: PathBuf,
    pub thumbnail: PathBuf,
    /// WAV.
    pub audio: Option<PathBuf>,
    pub srt: Option<PathBuf>,
    pub vtt: Option<PathBuf>,
    pub seconds: Decimal,
}

/// Makes `name.mp4` and what belongs to it in `folder`. Each file appears whole or not at all. Blocks.
///
/// # Errors
/// When a source cannot be read, or a file cannot be written.
pub fn make_dub(order: &DubOrder, folder: &Path, name: &str) -> Result<Dubbed, FootageError> {
    // A card stands in for pictures that cannot be read, but not for a film that is gone.
    std::fs::metadata(&order.video).map_err(|source| FootageError::disk(&order.video, source))?;
    let length = milliseconds(order.seconds);
    let (mut pcm, passages) = match &order.voice {
        NewVoice::Language(language) => narration(language, length)?,
        NewVoice::Sound(path) => {
            let pcm = sound::decode(path)?.fitted(length);
            let passages = loud_passages(&pcm);
            (pcm, passages)
        }
    };
    let (from, to) = (milliseconds(order.from), milliseconds(order.to));
    if let Some(under) = &order.under
        && let Ok(old) = sound::decode_part(under, from, to)
    {
        pcm.mix(&old, UNDER);
    }
    let remake = Remake {
        source: order.video.clone(),
        from,
        to,
        length,
        mark: if order.audio_only { String::new() } else { order.mark.clone() },
        title: order.title.clone(),
        crop: Crop::Whole,
        fit: None,
        size: order.size,
        captions: Vec::new(),
    };
    let file = |ending: &str| folder.join(format!("{name}.{ending}"));
    let video = file("mp4");
    // The whole film can be copied; a part of it would begin between two pictures that stand alone.
    let whole = order.audio_only && from == 0 && length >= to;
    let copied = match order.size {
        Some(size) if whole => write_whole(&video, |file| remake::copy(&order.video, size, length, &pcm, file)),
        _ => Ok(false),
    };
    let thumbnail = file("png");
    if matches!(copied, Ok(true)) {
        keep(&thumbnail, &remake::first_picture(&remake)?)?;
    } else {
        let (_, png) = write_whole(&video, |file| remake::encode(&remake, &pcm, file))?;
        keep(&thumbnail, &png)?;
    }
    let audio = order.audio_only.then(|| file("wav"));
    if let Some(path) = &audio {
        keep(path, &pcm.wav())?;
    }
    let cues: Vec<Cue> = if order.captions { captions::cues(&passages) } else { Vec::new() };
    let (srt, vtt) = if cues.is_empty() { (None, None) } else { (Some(file("srt")), Some(file("vtt"))) };
    if let Some(path) = &srt {
        keep(path, captions::srt(&cues).as_bytes())?;
    }
    if let Some(path) = &vtt {
        keep(path, captions::vtt(&cues).as_bytes())?;
    }
    let seconds = Decimal::from(length) / Decimal::ONE_THOUSAND;
    Ok(Dubbed { video, thumbnail, audio, srt, vtt, seconds })
}

fn keep(path: &Path, bytes: &[u8]) -> Result<(), FootageError> {
    write_whole(path, |file| file.write_all(bytes).map_err(|source| FootageError::disk(path, source)))
}

/// Speech of a language that lasts so many milliseconds, and when what is said.
fn narration(language: &str, length: u64) -> Result<(Pcm, Vec<Passage>), FootageError> {
    let (text, voice_id) = cast::sentence_in(language);
    let spoken = speech::speak(&text, language, voice_id, Decimal::ONE)?;
    let rate = u64::from(spoken.pcm.rate.max(1));
    let said = u64::try_from(spoken.pcm.samples.len()).unwrap_or(0) * 1_000 / rate;
    let mut pcm = Pcm { rate: spoken.pcm.rate, samples: Vec::new() };
    let mut passages = Vec::new();
    let mut at = 0;
    while at < length {
        pcm = pcm.fitted(at);
        pcm.samples.extend(&spoken.pcm.samples);
        passages.push(Passage { text: text.clone(), start: at, end: (at + said).min(length) });
        at += said.max(1) + PAUSE;
    }
    Ok((pcm.fitted(length), passages))
}

/// Where somebody speaks in a sound, as far as loudness can tell.
pub fn loud_passages(pcm: &Pcm) -> Vec<Passage> {
    let step = usize::try_from(u64::from(pcm.rate) * STEP / 1_000).unwrap_or(1).max(1);
    let mut passages: Vec<Passage> = Vec::new();
    for (index, samples) in pcm.samples.chunks(step).enumerate() {
        let sum: u64 = samples.iter().map(|sample| u64::from(sample.unsigned_abs())).sum();
        if sum <= LOUD * u64::try_from(samples.len()).unwrap_or(1) {
            continue;
        }
        let start = u64::try_from(index).unwrap_or(0) * STEP;
        let length = u64::try_from(samples.len()).unwrap_or(0) * 1_000 / u64::from(pcm.rate.max(1));
        let text = format!("(Speech {})", passages.len() + 1);
        match passages.last_mut() {
            Some(last) if start <= last.end + QUIET_STEPS * STEP => last.end = start + length,
            _ => passages.push(Passage { text, start, end: start + length }),
        }
    }
    passages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narration_fills_its_time_and_says_when() {
        let (pcm, passages) = narration("Spanish (Mexico)", 12_345).unwrap();
        assert_eq!(pcm.seconds(), Decimal::new(12_345, 3));
        assert!(passages.len() >= 2, "{passages:?}");
        assert!(passages.iter().all(|passage| passage.text.contains("Hola") && passage.end <= 12_345));
        assert!(passages.windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn speech_is_found_between_two_silences() {
        let mut samples = vec![0; 8_000];
        samples.extend(vec![3_000; 8_000]);
        samples.extend(vec![0; 8_000]);
        samples.extend(vec![-3_000; 4_000]);
        let found = loud_passages(&Pcm { rate: 8_000, samples });
        let times: Vec<(u64, u64)> = found.iter().map(|passage| (passage.start, passage.end)).collect();
        assert_eq!(times, [(1_000, 2_000), (3_000, 3_500)]);
        assert_eq!(loud_passages(&Pcm { rate: 8_000, samples: vec![0; 9_000] }), []);
    }
}
