//! How long a text takes to speak: a first guess by language, then what each voice really did.
//!
//! All of it is whole numbers: microseconds, and ratios in parts per million of the first guess.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Span;
use super::languages::Languages;
use super::units::SpeechUnits;
use crate::draft::billable::Speech;

/// One ratio of 1, in parts per million.
const WHOLE: u64 = 1_000_000;
/// A ratio between a real and a guessed length beyond these is no speech of this text (a silent
/// video, a replaced sound) and teaches nothing.
const BELIEVABLE: std::ops::RangeInclusive<u64> = 350_000..=2_800_000;
/// Videos by one voice differ by about this much from the voice's own pace, before more is known.
const USUAL_WOBBLE: u64 = 40_000;
/// How many videos the usual wobble counts for beside the ones seen.
const WOBBLE_WEIGHT: u64 = 4;
/// The most recent videos of a voice count; a voice may be retrained.
const REMEMBERED: usize = 50;
/// Silence before and after the words, the rounding of frames: on each side of the range.
const SLACK_MICROS: u64 = 250_000;
/// The range covers nine of ten: this many standard deviations, times 100 (1.645, and a little for
/// the standard deviation being an estimate itself).
const NINE_IN_TEN_HUNDREDTHS: u64 = 185;

/// What is known of the pace of languages and voices.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    voices: BTreeMap<String, Vec<u64>>,
}

/// What one finished video taught about its voice. Kept with the job, so that a better first guess
/// later makes better use of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub voice_id: String,
    pub language: Option<String>,
    pub units: SpeechUnits,
    /// The voice's speed setting; 1 where none was set.
    pub speed: Decimal,
    /// Seconds of output.
    pub seconds: Decimal,
}

impl Observation {
    /// What a finished speech of `seconds` teaches, or `None` where its voice is not known or
    /// nothing was said.
    #[must_use]
    pub fn of(speech: &Speech, seconds: Decimal) -> Option<Self> {
        let units = SpeechUnits::of(&speech.text);
        if units.is_silent() {
            return None;
        }
        Some(Self {
            voice_id: speech.voice_id.clone()?,
            language: speech.language.clone(),
            units,
            speed: speech.speed.unwrap_or(Decimal::ONE),
            seconds,
        })
    }

    /// The real length of the words over the guessed one, at speed 1, in parts per million.
    fn ratio(&self) -> Option<u64> {
        let table = Languages::first_guesses();
        let language = table.find(self.language.as_deref(), &self.units)?;
        let guessed = table.micros(language, &self.units);
        let total = micros(self.seconds)?;
        let spoken = total.checked_sub(self.units.break_ms.saturating_mul(1_000))?;
        let at_speed_one = u128::from(spoken) * u128::from(parts_per_million(self.speed)?);
        let ratio = at_speed_one.checked_div(u128::from(guessed))?;
        u64::try_from(ratio).ok().filter(|ratio| BELIEVABLE.contains(ratio))
    }
}

/// How long a text is likely to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Seconds, to the tenth; the true length lies inside at least nine times out of ten.
    pub seconds: Span<Decimal>,
    /// What it rests on: "first guess for English: ±21 %".
    pub basis: String,
}

impl Pace {
    /// A pace that has learned from these.
    #[must_use]
    pub fn from_observations(observations: impl IntoIterator<Item = Observation>) -> Self {
        let mut pace = Self::default();
        for observation in observations {
            pace.learn(&observation);
        }
        pace
    }

    /// Learns from one finished video; later ones replace the oldest beyond fifty a voice. Returns
    /// whether it taught anything: a length that cannot be this text's speech does not.
    pub fn learn(&mut self, observation: &Observation) -> bool {
        let Some(ratio) = observation.ratio() else { return false };
        let ratios = self.voices.entry(observation.voice_id.clone()).or_default();
        if ratios.len() >= REMEMBERED {
            ratios.remove(0);
        }
        ratios.push(ratio);
        true
    }

    /// How many videos taught the pace of a voice.
    #[must_use]
    pub fn learned_from(&self, voice_id: &str) -> usize {
        self.voices.get(voice_id).map_or(0, Vec::len)
    }

    /// How long a speech will take.
    ///
    /// # Errors
    /// Why it cannot be estimated, in one sentence.
    pub fn estimate(&self, speech: &Speech) -> Result<Estimate, String> {
        let units = SpeechUnits::of(&speech.text);
        if units.is_silent() && units.break_ms == 0 {
            return Err("The script has no words yet.".to_owned());
        }
        let speed = match speech.speed {
            None => WHOLE,
            Some(speed) => parts_per_million(speed)
                .filter(|speed| (100_000..=10_000_000).contains(speed))
                .ok_or_else(|| format!("A voice does not speak at speed {}.", speed.normalize()))?,
        };
        let table = Languages::first_guesses();
        let Some(language) = table.find(speech.language.as_deref(), &units) else {
            return Err("The table of speaking paces cannot be read.".to_owned());
        };
        let guessed = u128::from(table.micros(language, &units)) * u128::from(WHOLE) / u128::from(speed);
        let ratios = speech.voice_id.as_ref().and_then(|voice| self.voices.get(voice)).map_or(&[][..], Vec::as_slice);
        let voice = VoicePace::of(ratios, language.spread_percent);

        let likely = scaled(guessed, voice.mean);
        let low = u128::from(likely) * u128::from(WHOLE) / u128::from(WHOLE + voice.reach);
        let high = scaled(u128::from(likely), WHOLE + voice.reach);
        let breaks = units.break_ms.saturating_mul(1_000);
        let low = u64::try_from(low).unwrap_or(u64::MAX).saturating_sub(SLACK_MICROS).saturating_add(breaks);
        let likely = likely.saturating_add(breaks);
        let high = high.saturating_add(SLACK_MICROS).saturating_add(breaks);

        let percent = (high - likely).saturating_mul(100).saturating_add(likely / 2).checked_div(likely).unwrap_or(0);
        let basis = match (ratios.len(), language.name.as_str()) {
            (0, "Multilingual") => format!("first guess, language not known: ±{percent} %"),
            (0, name) => format!("first guess for {name}: ±{percent} %"),
            (1, _) => format!("this voice's pace, learned from 1 video: ±{percent} %"),
            (count, _) => format!("this voice's pace, learned from {count} videos: ±{percent} %"),
        };
        Ok(Estimate {
            seconds: Span {
                low: Decimal::new(tenths(low / 100_000), 1),
                likely: Decimal::new(tenths(likely.saturating_add(50_000) / 100_000), 1),
                high: Decimal::new(tenths(high.div_ceil(100_000)), 1),
            },
            basis,
        })
    }
}

/// A voice's pace as a ratio to the first guess, in parts per million.
struct VoicePace {
    mean: u64,
    /// How far nine videos out of ten stay from the mean.
    reach: u64,
}

impl VoicePace {
    /// The mean of the ratios seen, drawn towards the first guess while they are few, and the spread
    /// of the next video around it: the voice's own wobble and what is still not known of its mean.
    fn of(ratios: &[u64], language_spread_percent: u64) -> Self {
        let first_reach = language_spread_percent.saturating_mul(WHOLE / 100);
        let count = u64::try_from(ratios.len()).unwrap_or(u64::MAX);
        if count == 0 {
            return Self { mean: WHOLE, reach: first_reach };
        }
        let average = ratios.iter().sum::<u64>() / count;
        let squares: u64 = ratios.iter().map(|ratio| square(ratio.abs_diff(average))).sum();
        let wobble = (WOBBLE_WEIGHT * square(USUAL_WOBBLE) + squares) / (WOBBLE_WEIGHT + count - 1);
        let between_voices = square(first_reach * 100 / NINE_IN_TEN_HUNDREDTHS).max(1);
        // Of the mean: how much what was seen weighs against the first guess.
        let of_seen = wobble / count;
        let weight = u128::from(between_voices) * u128::from(WHOLE) / u128::from(between_voices + of_seen);
        let weight = u64::try_from(weight).unwrap_or(WHOLE).min(WHOLE);
        let mean = (average.saturating_mul(weight) + WHOLE * (WHOLE - weight)) / WHOLE;
        let unknown_mean = u128::from(between_voices) * u128::from(of_seen) / u128::from(between_voices + of_seen);
        let deviation = (wobble + u64::try_from(unknown_mean).unwrap_or(of_seen)).isqrt();
        Self { mean, reach: (deviation * NINE_IN_TEN_HUNDREDTHS / 100).min(first_reach) }
    }
}

fn square(ppm: u64) -> u64 {
    ppm.saturating_mul(ppm)
}

fn scaled(micros: u128, ppm: u64) -> u64 {
    u64::try_from(micros.saturating_mul(u128::from(ppm)) / u128::from(WHOLE)).unwrap_or(u64::MAX)
}

fn tenths(tenths: u64) -> i64 {
    i64::try_from(tenths).unwrap_or(i64::MAX)
}

fn micros(seconds: Decimal) -> Option<u64> {
    u64::try_from(seconds.checked_mul(Decimal::from(WHOLE))?.trunc()).ok()
}

fn parts_per_million(ratio: Decimal) -> Option<u64> {
    micros(ratio).filter(|ratio| *ratio > 0)
}
