//! SubRip captions: at most two lines of 42 characters at a time, timed in proportion to what is said.

use std::fmt::Write;

use super::speech::Passage;

const LINE: usize = 42;
const LINES: usize = 2;

/// What is shown at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Milliseconds from the beginning.
    pub start: u64,
    /// Milliseconds from the beginning.
    pub end: u64,
    pub lines: Vec<String>,
}

/// Cuts what is said into cues.
pub fn cues(passages: &[Passage]) -> Vec<Cue> {
    passages.iter().flat_map(passage_cues).collect()
}

fn passage_cues(passage: &Passage) -> Vec<Cue> {
    let blocks = blocks(&passage.text);
    let weight =
        |lines: &[String]| u64::try_from(lines.iter().map(|line| line.chars().count()).sum::<usize>()).unwrap_or(0);
    let total = blocks.iter().map(|lines| weight(lines)).sum::<u64>().max(1);
    let span = passage.end.saturating_sub(passage.start);
    let mut passed = 0;
    blocks
        .into_iter()
        .map(|lines| {
            let start = passage.start + span * passed / total;
            passed += weight(&lines);
            Cue { start, end: passage.start + span * passed / total, lines }
        })
        .filter(|cue| cue.end > cue.start)
        .collect()
}

/// Groups words into lines and lines into blocks; a sentence's end closes a block that is more than one line's half.
fn blocks(text: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut block: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace().flat_map(short_pieces) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > LINE {
            block.push(std::mem::take(&mut line));
            if block.len() == LINES {
                blocks.push(std::mem::take(&mut block));
            }
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
        let ends_sentence = word.ends_with(['.', '!', '?', '。', '！', '？', '।', '؟']);
        if ends_sentence && (!block.is_empty() || line.chars().count() > LINE / 2) {
            block.push(std::mem::take(&mut line));
            blocks.push(std::mem::take(&mut block));
        }
    }
    if !line.is_empty() {
        block.push(line);
    }
    if !block.is_empty() {
        blocks.push(block);
    }
    blocks
}

/// A word, or, where it is longer than a line as in scripts without spaces, pieces of it.
fn short_pieces(word: &str) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters.chunks(LINE).map(|piece| piece.iter().collect()).collect()
}

/// The file.
pub fn srt(cues: &[Cue]) -> String {
    let mut srt = String::new();
    for (number, cue) in cues.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ =
            write!(srt, "{}\n{} --> {}\n{}\n\n", number + 1, clock(cue.start), clock(cue.end), cue.lines.join("\n"));
    }
    srt
}

/// The same as WebVTT.
pub fn vtt(cues: &[Cue]) -> String {
    let mut vtt = "WEBVTT\n\n".to_owned();
    for cue in cues {
        let (start, end) = (clock(cue.start).replace(',', "."), clock(cue.end).replace(',', "."));
        // Writing to a string cannot fail.
        let _ = write!(vtt, "{start} --> {end}\n{}\n\n", cue.lines.join("\n"));
    }
    vtt
}

/// The cues of such a file; what is none is passed over.
pub fn read(srt: &str) -> Vec<Cue> {
    let cue = |block: &str| {
        let mut lines = block.lines();
        let (start, end) = lines.nth(1)?.split_once(" --> ")?;
        let (start, end) = (moment(start)?, moment(end)?);
        Some(Cue { start, end, lines: lines.map(str::to_owned).collect() })
    };
    srt.split("\n\n").filter_map(cue).collect()
}

fn moment(clock: &str) -> Option<u64> {
    let (time, milliseconds) = clock.trim().split_once(',')?;
    let seconds = time.split(':').try_fold(0_u64, |sum, part| Some(sum * 60 + part.parse::<u64>().ok()?))?;
    Some(seconds * 1_000 + milliseconds.parse::<u64>().ok()?)
}

fn clock(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    format!("{:02}:{:02}:{:02},{rest:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(text: &str, start: u64, end: u64) -> Passage {
        Passage { text: text.to_owned(), start, end }
    }

    #[test]
    fn long_texts_are_cut_into_two_lines_that_fit_and_follow_each_other() {
        let text = "Welcome back. In the next forty seconds we will show you how the new onboarding works, \
                    from the first message to the first invoice. 你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好";
        let cues = cues(&[passage(text, 1_000, 21_000)]);
        let words: Vec<&str> = cues.iter().flat_map(|cue| &cue.lines).flat_map(|line| line.split(' ')).collect();
        assert_eq!(words.concat(), text.split_whitespace().collect::<String>());
        for cue in &cues {
            assert!(cue.lines.len() <= LINES && cue.lines.iter().all(|line| line.chars().count() <= LINE), "{cue:?}");
            assert!(cue.start < cue.end);
        }
        assert_eq!(cues.first().unwrap().start, 1_000);
        assert_eq!(cues.last().unwrap().end, 21_000);
        assert!(cues.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn a_pause_shows_nothing() {
        let cues = cues(&[passage("One.", 0, 400), passage("Two.", 1_600, 2_000)]);
        assert_eq!(read(&srt(&cues)), cues);
        assert_eq!(srt(&cues), "1\n00:00:00,000 --> 00:00:00,400\nOne.\n\n2\n00:00:01,600 --> 00:00:02,000\nTwo.\n\n");
    }

    #[test]
    fn hours_are_written_out() {
        assert_eq!(clock(3_723_004), "01:02:03,004");
    }
}
