//! Speech that says when each word is heard.
//!
//! A text is said clause by clause, so that where a clause begins and ends is known from the sound itself. Within a
//! clause a word ends where the sound is quietest near the place its letters would put it.

use rust_decimal::Decimal;

use super::error::FootageError;
use super::sound::Pcm;
use super::speech::{Part, RATE, Speaker, parts};

/// Samples in which loudness is measured: five milliseconds.
const STEP: usize = 110;
/// Quieter than this on average is a pause.
const QUIET: u64 = 60;
/// Samples of a fiftieth of a second. A sound of whole such pieces lasts a whole number of milliseconds.
const PIECE: usize = 441;

/// One word and when it is heard, in milliseconds from the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub start: u64,
    pub end: u64,
}

/// Speech and its words.
#[derive(Clone, Debug)]
pub struct Worded {
    /// One channel of 16 bits.
    pub wav: Vec<u8>,
    /// Exactly as long as the sound.
    pub seconds: Decimal,
    pub words: Vec<Word>,
}

/// Says a text; `<break time="1.2s"/>` is a pause. Blocks.
///
/// # Errors
/// When there is nothing to say, or the speech program fails.
pub fn worded_speech(text: &str, language: &str, voice_id: &str, speed: Decimal) -> Result<Worded, FootageError> {
    let speaker = Speaker::new(text, language, voice_id, speed);
    worded(text, |clause| speaker.say(clause))
}

fn worded(text: &str, say: impl Fn(&str) -> Result<Pcm, FootageError>) -> Result<Worded, FootageError> {
    let mut samples: Vec<i16> = Vec::new();
    let mut words = Vec::new();
    for part in parts(text) {
        match part {
            Part::Pause(milliseconds) => {
                let silent = usize::try_from(milliseconds * u64::from(RATE) / 1_000).unwrap_or(0);
                samples.resize(samples.len() + silent, 0);
            }
            Part::Said(text) => {
                for clause in clauses(&text) {
                    let said = say(&clause)?;
                    let begins = samples.len();
                    words.extend(placed(&clause, &said.samples).into_iter().map(|(text, start, end)| Word {
                        text,
                        start: milliseconds(begins + start),
                        end: milliseconds(begins + end),
                    }));
                    samples.extend(said.samples);
                }
            }
        }
    }
    if words.is_empty() {
        return Err(FootageError::order("There is nothing to say in this text.", "Write at least one word."));
    }
    samples.resize(samples.len().next_multiple_of(PIECE), 0);
    let pcm = Pcm { rate: RATE, samples };
    Ok(Worded { wav: pcm.wav(), seconds: pcm.seconds(), words })
}

fn milliseconds(samples: usize) -> u64 {
    u64::try_from(samples).unwrap_or(0) * 1_000 / u64::from(RATE)
}

/// Cuts a text after its punctuation; every piece has something to say.
fn clauses(text: &str) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    let mut clause = String::new();
    for word in text.split_whitespace() {
        if !clause.is_empty() {
            clause.push(' ');
        }
        clause.push_str(word);
        let ends = word.ends_with(['.', '!', '?', ',', ';', ':', '。', '！', '？', '，', '、', '।', '؟', '،']);
        if ends && clause.chars().any(char::is_alphanumeric) {
            clauses.push(std::mem::take(&mut clause));
        }
    }
    if clause.chars().any(char::is_alphanumeric) {
        clauses.push(clause);
    } else if let Some(last) = clauses.last_mut()
        && !clause.is_empty()
    {
        last.push(' ');
        last.push_str(&clause);
    }
    clauses
}

/// The words of a clause with their first sample and the one after their last.
fn placed(clause: &str, samples: &[i16]) -> Vec<(String, usize, usize)> {
    let loudness: Vec<u64> = samples
        .chunks(STEP)
        .map(|step| {
            let sum: u64 = step.iter().map(|sample| u64::from(sample.unsigned_abs())).sum();
            sum / u64::try_from(step.len()).unwrap_or(1).max(1)
        })
        .collect();
    let first = loudness.iter().position(|loud| *loud > QUIET).unwrap_or(0);
    let last = loudness.iter().rposition(|loud| *loud > QUIET).map_or(loudness.len(), |last| last + 1);
    let words: Vec<&str> = clause.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect();
    let weight = |word: &&str| word.chars().filter(|c| c.is_alphanumeric()).count();
    let total = words.iter().map(weight).sum::<usize>().max(1);
    let span = last.saturating_sub(first);
    // Half of a short word: a boundary cannot move past the word's middle.
    let reach = (span / total).max(1);
    let mut placed = Vec::new();
    let (mut start, mut passed) = (first, 0);
    for (index, word) in words.iter().enumerate() {
        passed += weight(word);
        let near = first + span * passed / total;
        let end = if index + 1 == words.len() {
            last
        } else {
            let from = near.saturating_sub(reach).max(start + 1);
            let to = (near + reach).min(last);
            (from..=to)
                .min_by_key(|step| (loudness.get(*step).copied().unwrap_or(0), step.abs_diff(near)))
                .unwrap_or(near)
        };
        let sample = |step: usize| (step * STEP).min(samples.len());
        placed.push(((*word).to_owned(), sample(start), sample(end.max(start))));
        start = end.max(start);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loud word of 200 ms for each letter, silence of 100 ms between words and of 500 ms after a clause.
    fn said(clause: &str) -> Result<Pcm, FootageError> {
        let mut samples = Vec::new();
        for word in clause.split_whitespace() {
            let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
            samples.resize(samples.len() + letters * 4_410, 5_000_i16);
            samples.resize(samples.len() + 2_205, 0);
        }
        samples.resize(samples.len() + 8_820, 0);
        Ok(Pcm { rate: RATE, samples })
    }

    #[test]
    fn words_are_where_they_are_heard() {
        let worded = worded("Ab cde. <break time=\"1s\"/> Fg", said).unwrap();
        let texts: Vec<&str> = worded.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Ab", "cde.", "Fg"]);
        for (word, (start, end)) in worded.words.iter().zip([(0, 400), (500, 1_100), (2_600, 3_000)]) {
            assert!(word.start.abs_diff(start) <= 101 && word.end.abs_diff(end) <= 101, "{word:?}");
        }
        assert!(worded.words.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert_eq!(worded.seconds, Decimal::new(35, 1));
        assert_eq!(worded.wav.len(), 44 + 2 * 22_050 * 35 / 10);
    }

    #[test]
    fn a_text_is_cut_after_its_punctuation() {
        assert_eq!(clauses("One, two. Three"), ["One,", "two.", "Three"]);
        assert_eq!(clauses("One . . ."), ["One . . ."]);
        assert_eq!(clauses("… –"), Vec::<String>::new());
    }

    #[test]
    fn nothing_to_say_is_refused() {
        assert!(worded("…", said).is_err());
    }
}
