//! Captions from the times of spoken words: short lines, broken where a sentence ends or the speaker pauses.
//!
//! Pure: words in, cues or the text of a file out.

use std::fmt::Write;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::draft::WordTiming;

/// Characters a line has at most.
pub const LINE: usize = 42;
/// Milliseconds a cue is shown at most.
const LONGEST: u64 = 7_000;
/// Milliseconds a cue is shown at least, where the next one leaves it the time.
const SHORTEST: u64 = 1_000;
/// Milliseconds of silence that end a cue.
const PAUSE: u64 = 700;
/// What ends a sentence, also before closing quotes and brackets.
const SENTENCE_ENDS: [char; 8] = ['.', '!', '?', '…', '。', '！', '？', '।'];
const CLOSING: [char; 8] = ['"', '\'', ')', ']', '»', '”', '’', '」'];

/// What is shown at one time: one or two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Milliseconds from the beginning.
    pub start: u64,
    /// Milliseconds from the beginning; after `start`.
    pub end: u64,
    pub lines: Vec<String>,
}

/// A word in order, and no longer than a line.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    start: u64,
    end: u64,
}

/// Groups words into cues that never overlap. Every word appears once and in order; one that is longer than a line goes
/// on in the next. Times that run backwards are taken as they would have been said.
#[must_use]
pub fn cues(words: &[WordTiming]) -> Vec<Cue> {
    let words = in_order(words);
    let mut cues: Vec<Cue> = Vec::new();
    let mut group: &[Word] = &[];
    let mut first = 0;
    for (index, word) in words.iter().enumerate() {
        let grown = words.get(first..=index).unwrap_or_default();
        if !group.is_empty() && (ends_before(group, word) || lines(grown).is_none()) {
            cues.extend(cue(group));
            first = index;
        }
        group = words.get(first..=index).unwrap_or_default();
    }
    cues.extend(cue(group));
    let starts: Vec<Option<u64>> = cues.iter().skip(1).map(|next| Some(next.start)).chain([None]).collect();
    for (cue, next) in cues.iter_mut().zip(starts) {
        let room = next.unwrap_or(u64::MAX);
        cue.end = cue.end.max(cue.start.saturating_add(SHORTEST)).min(room).min(cue.start.saturating_add(LONGEST));
    }
    cues
}

/// A SubRip file.
#[must_use]
pub fn srt(cues: &[Cue]) -> String {
    let mut file = String::new();
    for (number, cue) in (1..).zip(cues) {
        let (start, end) = (time(cue.start, ','), time(cue.end, ','));
        // Writing to a string cannot fail.
        let _ = write!(file, "{number}\n{start} --> {end}\n{}\n\n", cue.lines.join("\n"));
    }
    file
}

/// A WebVTT file.
#[must_use]
pub fn vtt(cues: &[Cue]) -> String {
    let mut file = "WEBVTT\n\n".to_owned();
    for cue in cues {
        let (start, end) = (time(cue.start, '.'), time(cue.end, '.'));
        let text = cue.lines.join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(file, "{start} --> {end}\n{text}\n\n");
    }
    file
}

/// 01:02:03,456.
fn time(milliseconds: u64, point: char) -> String {
    let seconds = milliseconds / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}{point}{:03}", seconds % 60, milliseconds % 1_000)
}

fn milliseconds(seconds: Decimal) -> u64 {
    seconds.checked_mul(Decimal::ONE_THOUSAND).and_then(|time| time.round().to_u64()).unwrap_or(0)
}

/// Words without spaces in them, none longer than a line, each beginning after the one before has ended.
fn in_order(words: &[WordTiming]) -> Vec<Word> {
    let mut ordered = Vec::new();
    let mut now = 0;
    for word in words {
        let start = milliseconds(word.start).max(now);
        let end = milliseconds(word.end).max(start + 1);
        let pieces: Vec<String> = word.word.split_whitespace().flat_map(pieces).collect();
        let count = u64::try_from(pieces.len()).unwrap_or(1).max(1);
        for (place, text) in (0_u64..).zip(pieces) {
            let at = |place: u64| start + (end - start).saturating_mul(place) / count;
            // In a time too short for its pieces, each still gets a millisecond.
            let start = at(place).max(now);
            now = at(place + 1).max(start + 1);
            ordered.push(Word { text, start, end: now });
        }
    }
    ordered
}

/// A word in parts that fit on a line.
fn pieces(word: &str) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters.chunks(LINE).map(|piece| piece.iter().collect()).collect()
}

/// Whether a cue of these words must not go on with that one.
fn ends_before(group: &[Word], next: &Word) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
    let sentence_ended = last.text.trim_end_matches(CLOSING).ends_with(SENTENCE_ENDS);
    sentence_ended || next.start.saturating_sub(last.end) >= PAUSE || next.end.saturating_sub(first.start) > LONGEST
}

fn cue(group: &[Word]) -> Option<Cue> {
    let (first, last) = (group.first()?, group.last()?);
    Some(Cue { start: first.start, end: last.end, lines: lines(group)? })
}

/// One line, or two that are about as long; `None` where two do not hold the words.
fn lines(words: &[Word]) -> Option<Vec<String>> {
    let joined = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let length = |line: &str| line.chars().count();
    let whole = joined(words);
    if length(&whole) <= LINE {
        return Some(vec![whole]);
    }
    let splits = (1..words.len()).filter_map(|at| {
        let (above, below) = words.split_at_checked(at)?;
        let (above, below) = (joined(above), joined(below));
        let longer = length(&above).max(length(&below));
        (longer <= LINE).then_some((longer, vec![above, below]))
    });
    splits.min_by_key(|(longer, _)| *longer).map(|(_, lines)| lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(word: &str, start: &str, end: &str) -> WordTiming {
        WordTiming { word: word.to_owned(), start: start.parse().unwrap(), end: end.parse().unwrap() }
    }

    /// Words of half a second each, one after the other.
    fn spoken(text: &str) -> Vec<WordTiming> {
        let time = |half: usize| Decimal::from(half) / Decimal::TWO;
        let words = text.split(' ').enumerate();
        words.map(|(n, text)| WordTiming { word: text.to_owned(), start: time(n), end: time(n + 1) }).collect()
    }

    #[track_caller]
    fn check(words: &[WordTiming], expected: &str) {
        assert_eq!(srt(&cues(words)), expected);
    }

    #[test]
    fn a_cue_ends_with_the_sentence() {
        check(
            &spoken("Welcome back. Three things changed."),
            "1\n00:00:00,000 --> 00:00:01,000\nWelcome back.\n\n\
             2\n00:00:01,000 --> 00:00:02,500\nThree things changed.\n\n",
        );
    }

    #[test]
    fn a_cue_ends_where_the_speaker_pauses() {
        check(
            &[word("Wait", "0", "0.4"), word("for", "0.4", "0.9"), word("it", "3661.25", "3661.5")],
            "1\n00:00:00,000 --> 00:00:01,000\nWait for\n\n2\n01:01:01,250 --> 01:01:02,250\nit\n\n",
        );
    }

    #[test]
    fn two_lines_are_about_as_long() {
        check(
            &[word("every customer gets", "0", "1"), word("a named contact from", "1", "2"), word("day one", "2", "3")],
            "1\n00:00:00,000 --> 00:00:03,000\nevery customer gets a\nnamed contact from day one\n\n",
        );
    }

    #[test]
    fn nothing_is_shown_for_longer_than_seven_seconds() {
        let cues = cues(&[word("Om", "1", "60")]);
        assert_eq!((cues[0].start, cues[0].end), (1_000, 8_000));
        assert_eq!(super::cues(&spoken(&"la ".repeat(40))).iter().map(|cue| cue.end - cue.start).max(), Some(7_000));
    }

    #[test]
    fn a_word_longer_than_a_line_goes_on_in_the_next() {
        let cues = cues(&[word(&"x".repeat(100), "0", "3")]);
        let lengths: Vec<Vec<usize>> = cues.iter().map(|cue| cue.lines.iter().map(String::len).collect()).collect();
        assert_eq!(lengths, [vec![42, 42], vec![16]]);
    }

    #[test]
    fn vtt_has_its_own_head_point_and_escapes() {
        assert_eq!(
            vtt(&cues(&[word("R&D <b>", "0", "1.5")])),
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nR&amp;D &lt;b&gt;\n\n"
        );
        assert_eq!(srt(&cues(&[])), "");
    }

    fn any_words() -> impl Strategy<Value = Vec<WordTiming>> {
        // Also words that overlap, run backwards, are empty or have spaces in them.
        let word = ("[a-zé。 .?-]{0,60}", 0_i64..90_000, -500_i64..9_000).prop_map(|(word, start, lasts)| WordTiming {
            word,
            start: Decimal::new(start, 3),
            end: Decimal::new(start + lasts, 3),
        });
        prop::collection::vec(word, 0..60).prop_flat_map(|words| {
            let mut sorted = words.clone();
            sorted.sort_by_key(|word| word.start);
            prop_oneof![Just(words), Just(sorted)]
        })
    }

    proptest! {
        #[test]
        fn cues_follow_each_other_and_keep_every_word(words in any_words()) {
            let cues = cues(&words);
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            let said: String = words.iter().map(|word| bare(&word.word)).collect();
            let shown: String = cues.iter().flat_map(|cue| &cue.lines).map(|line| bare(line)).collect();
            prop_assert_eq!(shown, said);
            for cue in &cues {
                prop_assert!(cue.start < cue.end && cue.end - cue.start <= LONGEST, "{:?}", cue);
                prop_assert!((1..=2).contains(&cue.lines.len()), "{:?}", cue);
                prop_assert!(cue.lines.iter().all(|line| (1..=LINE).contains(&line.chars().count())), "{:?}", cue);
            }
            for pair in cues.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start, "{:?}", pair);
            }
        }
    }
}
