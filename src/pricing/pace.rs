//! How long a text takes to speak: a first guess by language, then what each voice really did in that
//! language.
//!
//! All of it is whole numbers: microseconds, and ratios in parts per million of the first guess.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Span;
use super::languages::{Guess, Language, Languages};
use super::units::SpeechUnits;
use super::voice::{Lesson, Parts, VoicePace, WHOLE};
use crate::draft::Reading;
use crate::draft::billable::Speech;

/// A ratio between a real and a guessed length beyond these, in parts per million, is no speech of
/// this text (a silent video, a replaced sound) and teaches nothing.
const BELIEVABLE: std::ops::RangeInclusive<i128> = 350_000..=2_800_000;
/// The most recent videos of a voice count; a voice may be retrained.
const REMEMBERED: usize = 50;
/// The rounding of frames and of tenths, on each side of the range, in microseconds.
const SLACK_MICROS: i128 = 50_000;

/// What is known of the pace of languages and voices.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// By the voice's id, then by the language it spoke: how fast a voice speaks one says nothing of another.
    voices: BTreeMap<String, BTreeMap<&'static str, Voice>>,
}

/// A voice in one language.
#[derive(Clone, Debug)]
struct Voice {
    lessons: Vec<Lesson>,
    /// Of the language.
    spread_percent: u64,
    pace: VoicePace,
}

/// What one finished video taught about its voice. Kept with the job, so that a better first guess
/// later makes better use of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub voice_id: String,
    /// The language that was spoken: the text's where it says which, else the voice's.
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
        let spoken = Reading::of(&speech.text).spoken(speech.language.as_deref());
        Some(Self {
            voice_id: speech.voice_id.clone()?,
            language: spoken.map(|language| language.name().to_owned()).or_else(|| speech.language.clone()),
            units,
            speed: speech.speed.unwrap_or(Decimal::ONE),
            seconds,
        })
    }

    /// What it says of its voice in a language; `None` where the length cannot be this text's speech.
    fn lesson(&self) -> Option<(Lesson, &'static Language)> {
        let table = Languages::first_guesses();
        let language = table.find(Reading::default(), self.language.as_deref(), &self.units)?;
        let parts = parts(table.guess(language, &self.units));
        let words = micros(self.seconds)?.checked_sub(breaks(&self.units)).filter(|words| *words > 0)?;
        let micros = words.checked_mul(micros(self.speed)?)? / WHOLE;
        let ratio = micros.checked_mul(WHOLE)?.checked_div(parts.sum())?;
        BELIEVABLE.contains(&ratio).then_some((Lesson { parts, micros }, language))
    }
}

/// How long a text is likely to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Seconds, to the tenth; the true length lies inside at least nine times out of ten.
    pub seconds: Span<Decimal>,
    /// How far the high end lies above the likely length, in percent.
    pub percent: u64,
    /// How many results of this voice in this language taught it; 0 is a first guess.
    pub learned_from: usize,
    /// What it rests on: "first guess for English: ±21 %".
    pub basis: String,
}

impl Pace {
    /// A pace that has learned from these.
    #[must_use]
    pub fn from_observations(observations: impl IntoIterator<Item = Observation>) -> Self {
        let mut pace = Self::default();
        for observation in observations {
            pace.remember(&observation);
        }
        pace.voices.values_mut().flat_map(BTreeMap::values_mut).for_each(Voice::fit);
        pace
    }

    /// Learns from one finished video; later ones replace the oldest beyond fifty a
    /// voice and language. Returns
    /// whether it taught anything: a length that cannot be this text's speech does not.
    pub fn learn(&mut self, observation: &Observation) -> bool {
        self.remember(observation).map(Voice::fit).is_some()
    }

    fn remember(&mut self, observation: &Observation) -> Option<&mut Voice> {
        let (lesson, language) = observation.lesson()?;
        let spread_percent = language.spread_percent;
        let languages = self.voices.entry(observation.voice_id.clone()).or_default();
        let voice = languages.entry(language.name.as_str()).or_insert_with(|| Voice {
            lessons: Vec::new(),
            spread_percent,
            pace: VoicePace::unheard(spread_percent),
        });
        if voice.lessons.len() >= REMEMBERED {
            voice.lessons.remove(0);
        }
        voice.lessons.push(lesson);
        Some(voice)
    }

    /// How many results taught the pace of a voice, whatever language it spoke.
    #[must_use]
    pub fn learned_from(&self, voice_id: &str) -> usize {
        let languages = self.voices.get(voice_id);
        languages.map_or(0, |languages| languages.values().map(|voice| voice.lessons.len()).sum())
    }

    /// How long a speech will take.
    ///
    /// # Errors
    /// Why it cannot be estimated, in one sentence.
    pub fn estimate(&self, speech: &Speech) -> Result<Estimate, String> {
        self.estimate_units(&SpeechUnits::of(&speech.text), Reading::of(&speech.text), speech)
    }

    /// How long a text takes that is counted already; `speech` says who speaks it, its own text is not read.
    pub(super) fn estimate_units(
        &self,
        units: &SpeechUnits,
        reading: Reading,
        speech: &Speech,
    ) -> Result<Estimate, String> {
        if units.is_silent() && units.break_ms == 0 {
            return Err("The script has no words yet.".to_owned());
        }
        let speed = match speech.speed {
            None => WHOLE,
            Some(speed) => micros(speed)
                .filter(|speed| (100_000..=10_000_000).contains(speed))
                .ok_or_else(|| format!("A voice does not speak at speed {}.", speed.normalize()))?,
        };
        let table = Languages::first_guesses();
        let Some(language) = table.find(reading, speech.language.as_deref(), units) else {
            return Err("The table of speaking paces cannot be read.".to_owned());
        };
        let parts = parts(table.guess(language, units));
        let languages = speech.voice_id.as_ref().and_then(|voice| self.voices.get(voice));
        let learned = languages.and_then(|languages| languages.get(language.name.as_str()));
        let (pace, learned_from) = match learned {
            Some(voice) => (voice.pace, voice.lessons.len()),
            None => (VoicePace::unheard(language.spread_percent), 0),
        };
        let likely = pace.likely(&parts) * WHOLE / speed;
        let reach = pace.reach(&parts) * WHOLE / speed;
        let breaks = breaks(units);
        let low = (likely - reach - SLACK_MICROS).max(0) + breaks;
        let high = likely + reach + SLACK_MICROS + breaks;
        let likely = likely + breaks;

        let percent = ((high - likely) * 100 + likely / 2).checked_div(likely).unwrap_or(0);
        let within = format!("±{percent} %");
        let basis = match (learned_from, language.name.as_str()) {
            (0, "Multilingual") => format!("first guess, language not known: {within}"),
            (0, name) => format!("first guess for {name}: {within}"),
            (1, "Multilingual") => format!("this voice's pace, learned from 1 result: {within}"),
            (1, name) => format!("this voice's pace in {name}, learned from 1 result: {within}"),
            (count, "Multilingual") => format!("this voice's pace, learned from {count} results: {within}"),
            (count, name) => format!("this voice's pace in {name}, learned from {count} results: {within}"),
        };
        Ok(Estimate {
            seconds: Span {
                low: tenths(low / 100_000),
                likely: tenths((likely + 50_000) / 100_000),
                high: tenths((high + 99_999) / 100_000),
            },
            percent: u64::try_from(percent).unwrap_or(u64::MAX),
            learned_from,
            basis,
        })
    }
}

impl Voice {
    fn fit(&mut self) {
        self.pace = VoicePace::fitted(self.spread_percent, &self.lessons);
    }
}

fn parts(guess: Guess) -> Parts {
    Parts::new(guess.spoken, guess.paused, guess.edge)
}

/// The pauses a text asks for, in microseconds.
fn breaks(units: &SpeechUnits) -> i128 {
    i128::from(units.break_ms) * 1_000
}

fn tenths(tenths: i128) -> Decimal {
    Decimal::new(i64::try_from(tenths).unwrap_or(i64::MAX), 1)
}

/// A millionth part of it, whole: microseconds of seconds, parts per million of a ratio.
fn micros(decimal: Decimal) -> Option<i128> {
    let micros = decimal.checked_mul(Decimal::ONE_THOUSAND)?.checked_mul(Decimal::ONE_THOUSAND)?.trunc().mantissa();
    Some(micros).filter(|micros| *micros > 0)
}
