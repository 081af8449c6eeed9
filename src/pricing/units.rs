//! What of a text takes time to speak, counted in one pass: letters, characters, numbers, pauses.

use serde::{Deserialize, Serialize};

/// A `<break/>` without a time, in milliseconds.
const PLAIN_BREAK_MS: u64 = 500;
/// The longest pause one `<break/>` can ask for here, in milliseconds: an hour.
const LONGEST_BREAK_MS: u64 = 3_600_000;

/// As many bytes as a byte can count.
const CHUNK: usize = 255;

/// What is spoken in a text, by what it takes: counts, independent of language and voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeechUnits {
    /// Letters of alphabets and syllabaries other than the ones below.
    pub letters: u64,
    /// Chinese characters, kanji included.
    pub han: u64,
    pub kana: u64,
    /// Korean syllable blocks.
    pub hangul: u64,
    pub digits: u64,
    /// Runs of digits: each one number read out.
    pub numbers: u64,
    /// Signs read as a word: %, $, &, @.
    pub symbols: u64,
    /// Capitals that follow a capital, in a text that is not all capitals.
    pub spelled: u64,
    /// Ends of sentences and paragraphs.
    pub sentences: u64,
    /// Commas and their like.
    pub phrases: u64,
    /// Pauses asked for with `<break time="1.2s"/>`, in milliseconds.
    pub break_ms: u64,
}

impl SpeechUnits {
    /// Counts a script. Tags are not spoken.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut count = Counter::default();
        let mut rest = text;
        while let Some((before, tag, after)) = next_tag(rest) {
            count.plain(before);
            count.units.break_ms = count.units.break_ms.saturating_add(break_ms(tag));
            rest = after;
        }
        count.plain(rest);
        count.finish()
    }

    /// Whether nothing in the text is spoken.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.letters + self.han + self.kana + self.hangul + self.digits + self.symbols == 0
    }
}

/// The text before the next tag, the tag without its brackets, and what follows it.
fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('<')?;
        let inside = text.get(open + 1..)?;
        if inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            let (tag, after) = inside.split_once('>')?;
            return Some((text.get(..open)?, tag, after));
        }
        from = open + 1;
    }
}

/// The pause a tag asks for, in milliseconds; 0 for any tag but `break`.
fn break_ms(tag: &str) -> u64 {
    let Some(attributes) = tag.strip_prefix("break") else { return 0 };
    if attributes.starts_with(|c: char| c.is_alphanumeric()) {
        return 0;
    }
    let Some((_, value)) = attributes.split_once("time") else { return PLAIN_BREAK_MS };
    let value = value.trim_start().trim_start_matches('=').trim_start().trim_start_matches(['"', '\'']);
    let number_end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(number_end);
    let Ok(amount) = rust_decimal::Decimal::from_str_exact(number) else {
        // No number at all, or one too long to be meant.
        return if number.is_empty() { PLAIN_BREAK_MS } else { LONGEST_BREAK_MS };
    };
    let thousand = rust_decimal::Decimal::from(1_000);
    let milliseconds = if unit.trim_start().starts_with("ms") { Some(amount) } else { amount.checked_mul(thousand) };
    milliseconds.and_then(|ms| u64::try_from(ms.round()).ok()).map_or(LONGEST_BREAK_MS, |ms| ms.min(LONGEST_BREAK_MS))
}

/// The characters before, as far as they decide what the next one is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    #[default]
    Other,
    Capital,
    Digit,
    /// A full stop, exclamation or question mark that ends a sentence if a space follows.
    Stop,
    /// A comma, colon or dash that is a pause if a space follows.
    Comma,
    /// The same inside a quotation mark or bracket that closed right after.
    ClosedStop,
    ClosedComma,
    /// A full stop that needs no space after it, already counted.
    WideStop,
    LineEnd,
}

#[derive(Default)]
struct Counter {
    units: SpeechUnits,
    capitals: u64,
    before: Before,
}

impl Counter {
    /// Text without tags.
    fn plain(&mut self, text: &str) {
        match text.split_at_checked(2) {
            Some((first, rest)) if text.is_ascii() && !text.contains('\r') && !rest.is_empty() => {
                self.any(first);
                self.ascii(text.as_bytes());
                // What the last characters were: they are looked at again without being counted.
                let mut last = Self::default();
                last.any(text.get(text.len() - 2..).unwrap_or_default());
                self.before = last.before;
            }
            _ => self.any(text),
        }
    }

    /// The same as [`any`](Self::any) for all but the first two bytes of plain ASCII, several times as
    /// fast: it counts in bytes, a chunk at a time and without a branch, so that the compiler takes
    /// sixteen at once. The price is shown while a person types, and for each row of a table.
    fn ascii(&mut self, bytes: &[u8]) {
        let (Some(before), Some(these)) = (bytes.get(1..), bytes.get(2..)) else { return };
        let chunks = bytes.chunks(CHUNK).zip(before.chunks(CHUNK)).zip(these.chunks(CHUNK));
        for ((two_before, before), chunk) in chunks {
            let (mut letters, mut capitals, mut digits, mut symbols) = (0_u8, 0_u8, 0_u8, 0_u8);
            let (mut numbers, mut spelled, mut sentences, mut phrases) = (0_u8, 0_u8, 0_u8, 0_u8);
            for ((&two, &a), &b) in two_before.iter().zip(before).zip(chunk) {
                let is_capital = b.is_ascii_uppercase();
                let is_blank = (b == b' ') | (b == b'\t');
                let is_symbol = (b == b'%') | (b == b'$') | (b == b'&') | (b == b'@') | (b == b'#');
                let is_sign = (b == b'+') | (b == b'=') | (b == b'*') | (b == b'<') | (b == b'>');
                let is_closing = (a == b'"') | (a == b'\'') | (a == b')');
                // The mark itself, or the one that a quotation mark closes.
                let mark = if is_closing { two } else { a };
                let after_stop = (mark == b'.') | (mark == b'!') | (mark == b'?');
                let after_comma = (mark == b',') | (mark == b';') | (mark == b':') | (mark == b'-');
                letters += u8::from((b | 0x20).wrapping_sub(b'a') < 26);
                capitals += u8::from(is_capital);
                digits += u8::from(b.is_ascii_digit());
                numbers += u8::from(b.is_ascii_digit() & !a.is_ascii_digit());
                symbols += u8::from(is_symbol | is_sign);
                spelled += u8::from(a.is_ascii_uppercase() & is_capital);
                sentences += u8::from((after_stop & is_blank) | ((b == b'\n') & (a != b'\n')));
                phrases += u8::from(after_comma & is_blank);
            }
            let units = &mut self.units;
            units.letters += u64::from(letters);
            units.digits += u64::from(digits);
            units.numbers += u64::from(numbers);
            units.symbols += u64::from(symbols);
            units.spelled += u64::from(spelled);
            units.sentences += u64::from(sentences);
            units.phrases += u64::from(phrases);
            self.capitals += u64::from(capitals);
        }
    }

    fn any(&mut self, text: &str) {
        let mut before = self.before;
        let units = &mut self.units;
        for character in text.chars() {
            before = match character {
                'a'..='z' => {
                    units.letters += 1;
                    Before::Other
                }
                // Windows ends its lines in two characters; one is enough.
                '\r' => continue,
                ' ' | '\t' => {
                    match before {
                        Before::Stop | Before::ClosedStop => units.sentences += 1,
                        Before::Comma | Before::ClosedComma => units.phrases += 1,
                        Before::Other | Before::Capital | Before::Digit | Before::WideStop | Before::LineEnd => {}
                    }
                    Before::Other
                }
                'A'..='Z' => {
                    units.letters += 1;
                    self.capitals += 1;
                    units.spelled += u64::from(before == Before::Capital);
                    Before::Capital
                }
                '0'..='9' => {
                    units.digits += 1;
                    units.numbers += u64::from(before != Before::Digit);
                    Before::Digit
                }
                '"' | '\'' | ')' | '”' | '“' | '’' | '»' | '«' | '」' | '』' | '）' => match before {
                    Before::WideStop => Before::WideStop,
                    Before::Stop => Before::ClosedStop,
                    Before::Comma => Before::ClosedComma,
                    _ => Before::Other,
                },
                '.' | '!' | '?' | '…' => Before::Stop,
                ',' | ';' | ':' | '-' => Before::Comma,
                '\n' => {
                    units.sentences += u64::from(!matches!(before, Before::LineEnd | Before::WideStop));
                    Before::LineEnd
                }
                '%' | '$' | '&' | '@' | '+' | '=' | '#' | '*' | '<' | '>' | '€' | '£' | '¥' | '°' | '₹' => {
                    units.symbols += 1;
                    Before::Other
                }
                // Full stops and commas of scripts that need no space after them.
                '。' | '！' | '？' | '．' | '।' | '؟' => {
                    units.sentences += u64::from(before != Before::WideStop);
                    Before::WideStop
                }
                '、' | '，' | '；' | '：' | '،' | '؛' | '—' | '–' => {
                    units.phrases += 1;
                    Before::Other
                }
                '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}' | '々' => {
                    units.han += 1;
                    Before::Other
                }
                '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => {
                    units.kana += 1;
                    Before::Other
                }
                '\u{ac00}'..='\u{d7a3}' => {
                    units.hangul += 1;
                    Before::Other
                }
                '０'..='９' | '٠'..='٩' | '۰'..='۹' | '०'..='९' => {
                    units.digits += 1;
                    units.numbers += u64::from(before != Before::Digit);
                    Before::Digit
                }
                other if other.is_ascii() => Before::Other,
                other if other.is_alphabetic() => {
                    units.letters += 1;
                    Before::Other
                }
                _ => Before::Other,
            };
        }
        self.before = before;
    }

    fn finish(mut self) -> SpeechUnits {
        // A text all in capitals is shouted, not spelled.
        if self.capitals * 2 > self.units.letters {
            self.units.spelled = 0;
        }
        // The silence after the last word is no pause; one before a final mark was not counted either.
        if matches!(self.before, Before::LineEnd | Before::WideStop) {
            self.units.sentences = self.units.sentences.saturating_sub(1);
        }
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_count_of_plain_text_is_the_count() {
        let mut random = fastrand::Rng::with_seed(3);
        let alphabet: Vec<char> = "aabbzAZ09 .,;:-!?\n\t%$&@<>/\"')".chars().collect();
        for length in (0..80).chain([254, 255, 256, 257, 600]) {
            for _ in 0..20 {
                let text: String = (0..length).map(|_| alphabet[random.usize(..alphabet.len())]).collect();
                let (mut fast, mut slow) = (Counter::default(), Counter::default());
                for part in ["End.", &text, "Then"] {
                    fast.plain(part);
                    slow.any(part);
                }
                assert_eq!(fast.finish(), slow.finish(), "{text:?}");
            }
        }
    }
}
