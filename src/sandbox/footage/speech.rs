//! Speech: spoken by `espeak-ng` where the machine has it, hummed as a tone per syllable where it does not.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::error::{FootageError, FootageErrorKind};
use super::sound::Pcm;
use super::tongue::Language;
use crate::sandbox::cast;

/// Samples per second of everything that is spoken; espeak-ng's own rate.
pub(super) const RATE: u32 = 22_050;
/// The longest pause one mark can ask for, in seconds.
const LONGEST_BREAK: u32 = 60;

/// A stretch of text between two pauses, and when it is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub text: String,
    /// Milliseconds from the beginning.
    pub start: u64,
    /// Milliseconds from the beginning.
    pub end: u64,
}

/// What was spoken.
#[derive(Clone, Debug)]
pub struct Spoken {
    pub pcm: Pcm,
    pub passages: Vec<Passage>,
}

/// How long a text takes with a voice on this machine, in seconds to the millisecond.
///
/// # Errors
/// When there is nothing to say, or the speech program fails.
pub fn speech_seconds(text: &str, language: &str, voice_id: &str, speed: Decimal) -> Result<Decimal, FootageError> {
    Ok(speak(text, language, voice_id, speed)?.pcm.seconds())
}

/// Whether a language, by its name or tag, is one that can be spoken.
#[must_use]
pub fn is_spoken(language: &str) -> bool {
    Language::find(language).is_some()
}

/// The pitch of hummed syllables in turn, in hundredths of the voice's own.
const MELODY: [u32; 6] = [100, 112, 104, 94, 108, 90];

/// A text as a WAV file: one channel of 16 bits.
///
/// # Errors
/// As [`speech_seconds`].
pub fn speech_wav(text: &str, language: &str, voice_id: &str, speed: Decimal) -> Result<Vec<u8>, FootageError> {
    Ok(speak(text, language, voice_id, speed)?.pcm.wav())
}

/// Speaks with the best voice this machine has.
pub fn speak(text: &str, language: &str, voice_id: &str, speed: Decimal) -> Result<Spoken, FootageError> {
    let speaker = Speaker::new(text, language, voice_id, speed);
    assemble(text, |passage| speaker.say(passage))
}

/// Says one piece of text after another with the same voice.
pub(super) struct Speaker {
    order: Order,
    program: Option<PathBuf>,
}

impl Speaker {
    /// For this text, by a voice of this language.
    pub fn new(text: &str, language: &str, voice_id: &str, speed: Decimal) -> Self {
        let order =
            Order { language: Language::spoken(text, language), timbre: Timbre::of(voice_id), speed: clamped(speed) };
        Self { order, program: espeak() }
    }

    pub fn say(&self, text: &str) -> Result<Pcm, FootageError> {
        match &self.program {
            Some(program) if !self.order.language.espeak.is_empty() => self.order.spoken(program, text),
            _ => Ok(self.order.hummed(text)),
        }
    }
}

/// The parts of a text: what is said, and pauses in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Said(String),
    Pause(u64),
}

/// How something is to be said.
struct Order {
    language: &'static Language,
    timbre: Timbre,
    speed: Decimal,
}

fn clamped(speed: Decimal) -> Decimal {
    speed.clamp(Decimal::new(3, 1), Decimal::from(3))
}

fn assemble(text: &str, say: impl Fn(&str) -> Result<Pcm, FootageError>) -> Result<Spoken, FootageError> {
    let mut pcm = Pcm { rate: RATE, samples: Vec::new() };
    let mut passages = Vec::new();
    for part in parts(text) {
        match part {
            Part::Pause(milliseconds) => {
                let silent = milliseconds * u64::from(RATE) / 1_000;
                let silent = usize::try_from(silent).unwrap_or(0);
                pcm.samples.resize(pcm.samples.len() + silent, 0);
            }
            Part::Said(text) => {
                let start = milliseconds(pcm.samples.len());
                pcm.samples.extend(say(&text)?.samples);
                passages.push(Passage { text, start, end: milliseconds(pcm.samples.len()) });
            }
        }
    }
    if passages.is_empty() || pcm.samples.is_empty() {
        return Err(FootageError::order("There is nothing to say in this text.", "Write at least one word."));
    }
    Ok(Spoken { pcm, passages })
}

fn milliseconds(samples: usize) -> u64 {
    u64::try_from(samples).unwrap_or(0) * 1_000 / u64::from(RATE)
}

/// Splits a text at its `<break time="…"/>` marks; other marks are left out.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut said = String::new();
    let mut rest = text;
    let flush = |said: &mut String, parts: &mut Vec<Part>| {
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.chars().any(char::is_alphanumeric) {
            parts.push(Part::Said(words));
        }
        said.clear();
    };
    while let Some((before, after)) = rest.split_once('<') {
        said.push_str(before);
        let is_mark = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match after.split_once('>') {
            Some((mark, after)) if is_mark => {
                if let Some(pause) = pause(mark) {
                    flush(&mut said, &mut parts);
                    parts.push(Part::Pause(pause));
                } else {
                    said.push(' ');
                }
                rest = after;
            }
            _ => {
                said.push(' ');
                rest = after;
            }
        }
    }
    said.push_str(rest);
    flush(&mut said, &mut parts);
    parts
}

/// The milliseconds of `break time="1.2s"/`; `None` for other marks.
fn pause(mark: &str) -> Option<u64> {
    let attributes = mark.strip_prefix("break")?;
    let (_, value) = attributes.split_once("time")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_matches(|c: char| c == '"' || c == '\'' || c == '/' || c.is_whitespace());
    let (number, scale) = match value.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (value.strip_suffix('s').unwrap_or(value), 1_000),
    };
    let number: Decimal = number.trim().parse().ok()?;
    let longest = Decimal::from(LONGEST_BREAK * 1_000);
    (number * Decimal::from(scale)).clamp(Decimal::ZERO, longest).to_u64()
}

/// What distinguishes one voice from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Timbre {
    low: bool,
    /// 0 to 99, from the voice's id.
    character: u32,
}

impl Timbre {
    fn of(voice_id: &str) -> Self {
        // FNV-1a, so that a voice sounds the same for ever.
        let hash =
            voice_id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let low = cast::voice(voice_id).map_or(hash >> 16 & 1 == 1, |voice| voice.gender == "male");
        Self { low, character: hash % 100 }
    }

    /// 93 to 107: this voice's pace in hundredths of its language's.
    fn pace(self) -> Decimal {
        Decimal::from(93 + self.character % 15)
    }
}

/// The speech program, if this machine has it.
fn espeak() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    find_espeak(&path)
}

fn find_espeak(path: &OsStr) -> Option<PathBuf> {
    let name = if cfg!(windows) { "espeak-ng.exe" } else { "espeak-ng" };
    std::env::split_paths(path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

impl Order {
    fn spoken(&self, program: &std::path::Path, text: &str) -> Result<Pcm, FootageError> {
        let failed = || FootageError {
            kind: FootageErrorKind::Sound,
            message: "espeak-ng could not speak this text.".to_owned(),
            hint: Some("Run espeak-ng in a terminal to see why, or uninstall it: the sandbox hums then.".to_owned()),
            source: None,
        };
        let character = self.timbre.character;
        let variant =
            if self.timbre.low { format!("m{}", character % 7 + 1) } else { format!("f{}", character % 5 + 1) };
        let words_a_minute = Decimal::new(165, 2) * self.timbre.pace() * self.speed;
        let words_a_minute = words_a_minute.round().to_u32().unwrap_or(165).clamp(80, 450);
        let mut child = Command::new(program)
            .arg("-v")
            .arg(format!("{}+{variant}", self.language.espeak))
            .arg("-s")
            .arg(words_a_minute.to_string())
            .arg("-p")
            .arg((40 + character % 25).to_string())
            .args(["--stdin", "--stdout", "-b", "1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed().because(error))?;
        // espeak-ng reads all of it before it says a word, so writing first cannot block both ends.
        if let Some(mut input) = child.stdin.take() {
            input.write_all(self.language.readable(text).as_bytes()).map_err(|error| failed().because(error))?;
        }
        let output = child.wait_with_output().map_err(|error| failed().because(error))?;
        streamed_wav(&output.stdout).ok_or_else(failed)
    }

    /// A tone per syllable, shorter and higher in some places than in others, so that it resembles a melody of speech.
    fn hummed(&self, text: &str) -> Pcm {
        let per_second =
            Decimal::new(i64::from(self.language.pace), 1) * self.timbre.pace() / Decimal::ONE_HUNDRED * self.speed;
        let syllable = (Decimal::from(RATE) / per_second).to_u32().unwrap_or(RATE / 5).max(100);
        let pitch = if self.timbre.low { 100 + self.timbre.character % 40 } else { 180 + self.timbre.character % 60 };
        let mut samples = Vec::new();
        let text = self.language.readable(text);
        // Where words are not parted, their full stops and commas part them.
        let ends = |c: char| c.is_whitespace() || matches!(c, '。' | '！' | '？' | '、' | '，' | '；' | '：');
        let words = text.split_inclusive(ends).map(str::trim).filter(|word| !word.is_empty());
        for (index, word) in words.enumerate() {
            for position in 0..syllables(word) {
                let melody = MELODY.get((index + position) % MELODY.len()).copied().unwrap_or(100);
                hum(&mut samples, syllable, pitch * melody / 100);
            }
            let breath = match word.chars().last() {
                Some('.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟') => syllable * 2,
                Some(',' | ';' | ':' | '、' | '，' | '،') => syllable,
                _ => 0,
            };
            samples.resize(samples.len() + usize::try_from(breath).unwrap_or(0), 0);
        }
        Pcm { rate: RATE, samples }
    }
}

/// How many syllables a word has, roughly: groups of vowels, ideographs one each, digits as they are read.
fn syllables(word: &str) -> usize {
    let mut count = 0;
    let mut letters = 0;
    let mut in_vowel = false;
    for c in word.to_lowercase().chars() {
        let vowel = "aeiouyäöüáéíóúàèìòùâêîôûãõåæøœąęıőűаеёиоуыэюяіїєαεηιουωάέήίόύώ".contains(c);
        match c {
            '0'..='9' => count += 2,
            '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => count += 1,
            _ if vowel && !in_vowel => count += 1,
            _ if c.is_alphabetic() => letters += 1,
            _ => {}
        }
        in_vowel = vowel;
    }
    // Scripts that leave their vowels out: two letters to a syllable.
    if count == 0 { usize::div_ceil(letters, 2) } else { count }
}

/// Adds one syllable: three harmonics under an envelope, with a short gap at its end.
fn hum(samples: &mut Vec<i16>, length: u32, pitch: u32) {
    let step = std::f32::consts::TAU * f32::from(u16::try_from(pitch).unwrap_or(150)) / 22_050.0;
    let sounding = length * 8 / 10;
    let edge = (sounding / 5).max(1);
    for n in 0..length {
        let envelope = if n >= sounding { 0 } else { n.min(sounding - n).min(edge) };
        let loudness = f32::from(u16::try_from(envelope * 1_000 / edge).unwrap_or(0)) / 1_000.0;
        let phase = step * f32::from(u16::try_from(n).unwrap_or(u16::MAX));
        let wave = phase.sin() * 0.6 + (phase * 2.0).sin() * 0.28 + (phase * 3.0).sin() * 0.12;
        #[expect(clippy::cast_possible_truncation, reason = "a sample of sound, and `as` saturates")]
        samples.push((wave * loudness * 9_000.0) as i16);
    }
}

/// The samples of a WAV that was written to a pipe: its lengths are made up, so the data goes to the end.
fn streamed_wav(bytes: &[u8]) -> Option<Pcm> {
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    loop {
        let name = bytes.get(at..at + 4)?;
        let length: [u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        at += 8;
        if name == b"data" {
            let data = bytes.get(at..)?;
            let samples =
                data.chunks_exact(2).filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?))).collect();
            return Some(Pcm { rate: RATE, samples });
        }
        at = at.checked_add(usize::try_from(u32::from_le_bytes(length)).ok()?)?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tongue::{BRITISH, LANGUAGES};
    use super::*;
    use crate::draft::billable::Speech;
    use crate::draft::language::tests::TEXTS;
    use crate::pricing::Pace;

    fn order(language: &str, voice: &str, speed: Decimal) -> Order {
        Order { language: Language::of(language), timbre: Timbre::of(voice), speed }
    }

    fn hummed_seconds(text: &str, language: &str, speed: Decimal) -> Decimal {
        let order = order(language, "v", speed);
        assemble(text, |passage| Ok(order.hummed(passage))).unwrap().pcm.seconds()
    }

    #[track_caller]
    fn check_parts(text: &str, expected: &[Part]) {
        assert_eq!(parts(text), expected, "{text}");
    }

    #[test]
    fn breaks_are_pauses_and_other_marks_are_not_read_out() {
        let said = |text: &str| Part::Said(text.to_owned());
        check_parts("One two", &[said("One two")]);
        check_parts("One<break time=\"1.2s\"/>two", &[said("One"), Part::Pause(1_200), said("two")]);
        check_parts("a <break time='350ms' /> b", &[said("a"), Part::Pause(350), said("b")]);
        check_parts("<break time=\"9999s\"/>a", &[Part::Pause(60_000), said("a")]);
        check_parts("<break time=\"-3s\"/>a", &[Part::Pause(0), said("a")]);
        check_parts("a <emphasis>b</emphasis> c", &[said("a b c")]);
        check_parts("2 < 3 and 4 > 1", &[said("2 3 and 4 > 1")]);
        check_parts("<break time=\"1s\"", &[said("break time=\"1s\"")]);
        check_parts(" … ", &[]);
    }

    #[track_caller]
    fn check_syllables(word: &str, expected: usize) {
        assert_eq!(syllables(word), expected, "{word}");
    }

    #[test]
    fn syllables_are_counted_in_many_scripts() {
        check_syllables("banana", 3);
        check_syllables("through", 1);
        check_syllables("Überraschung", 4);
        check_syllables("2026", 8);
        check_syllables("你好", 2);
        check_syllables("안녕하세요", 5);
        check_syllables("привет", 2);
        check_syllables("مرحبا", 3);
        check_syllables("—", 0);
    }

    #[test]
    fn humming_takes_as_long_as_speech_would() {
        let text = "Welcome back. In the next forty seconds we will show you how the new onboarding works.";
        let seconds = hummed_seconds(text, "English", Decimal::ONE);
        assert!(seconds > Decimal::from(4) && seconds < Decimal::from(8), "{seconds}");
        assert_eq!(seconds, hummed_seconds(text, "en-US", Decimal::ONE));
        assert!(hummed_seconds(text, "English", Decimal::new(5, 1)) > seconds * Decimal::new(19, 1));
        let paused = hummed_seconds(&format!("{text}<break time=\"2.5s\"/>"), "English", Decimal::ONE);
        assert_eq!(paused - seconds, Decimal::new(25, 1));
    }

    #[test]
    fn what_is_hummed_lasts_as_long_as_the_quote_says_whoever_hums_it() {
        let mut shares = Vec::new();
        for (language, sentences) in TEXTS {
            let sentences: Vec<&str> = sentences.lines().filter(|line| *line != "===").collect();
            let texts: Vec<String> = sentences.chunks(3).map(|few| few.join(" ")).collect();
            let (mut inside, mut all, mut off) = (0, 0, Decimal::ZERO);
            for own in [language, "English", "Multilingual"] {
                for voice in ["voice_daria_en", "voice_emre_tr", "voice_wei_zh"] {
                    for text in &texts {
                        let order = Order {
                            language: Language::spoken(text, own),
                            timbre: Timbre::of(voice),
                            speed: Decimal::ONE,
                        };
                        let real = assemble(text, |passage| Ok(order.hummed(passage))).unwrap().pcm.seconds();
                        let speech = Speech {
                            text: text.clone(),
                            language: Some(own.to_owned()),
                            voice_id: Some(voice.to_owned()),
                            speed: None,
                        };
                        let quoted = Pace::default().estimate(&speech).unwrap().seconds;
                        inside += u32::from(quoted.low <= real && real <= quoted.high);
                        off += real / quoted.likely;
                        all += 1;
                    }
                }
            }
            shares.push((language, inside * 100 / all, (off / Decimal::from(all)).round_dp(2)));
        }
        // A language, how many of a hundred were inside, and their length by the likely one.
        assert!(shares.iter().all(|(_, inside, _)| *inside >= 90), "{shares:?}");
    }

    #[test]
    fn a_voice_says_a_text_in_the_text_s_language() {
        let spoken = |text: &str, named: &str| Language::spoken(text, named).espeak;
        assert_eq!(spoken("すべての人間は自由である。", "English"), "ja");
        assert_eq!(spoken("Guten Tag und herzlich willkommen bei uns.", "English"), "de");
        assert_eq!(spoken("Good morning, and welcome to the studio.", "English (UK)"), "en-gb");
        assert_eq!(spoken("Good morning, and welcome to the studio.", "German"), "en-us");
        assert_eq!(spoken("Anna", "German"), "de");
        assert_eq!(Language::of("ja").readable("春と夏"), "しんとひと");
        assert_eq!(Language::of("zh").readable("春"), "春");
    }

    #[test]
    fn a_text_without_words_is_refused() {
        for text in ["", "   ", "…", "<break time=\"3s\"/>"] {
            assert_eq!(
                speak(text, "English", "v", Decimal::ONE).unwrap_err().kind,
                FootageErrorKind::Order,
                "{text:?}"
            );
        }
    }

    #[test]
    fn every_language_is_spoken_where_the_machine_can_speak() {
        let Some(program) = espeak() else { return };
        for language in LANGUAGES.iter().chain([&BRITISH]).filter(|language| !language.espeak.is_empty()) {
            let order = order(language.names[1], "v", Decimal::ONE);
            let pcm = order.spoken(&program, "Video 1234").unwrap();
            assert!(pcm.seconds() > Decimal::new(5, 1), "{}", language.espeak);
            assert!(pcm.samples.iter().any(|sample| sample.abs() > 1_000), "{} is silent", language.espeak);
        }
    }

    #[test]
    fn a_missing_program_is_not_found() {
        assert_eq!(find_espeak(OsStr::new("/nonexistent")), None);
        assert_eq!(find_espeak(OsStr::new("")), None);
    }
}
