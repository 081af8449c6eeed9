//! How far estimated lengths of speech are from real ones: `espeak-ng` speaks texts in twelve
//! languages, and the exact length of what it said is the truth.
//!
//! Each file of tests/pace holds two pools of ten sentences and ten short lines, parted by `===`.
//! A voice is taught with texts made of one pool and asked about texts made of the other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use reelmeter::draft::billable::Speech;
use reelmeter::pricing::{Observation, Pace};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// HeyGen's name, espeak-ng's voice, the sentences.
const LANGUAGES: [(&str, &str, &str); 12] = [
    ("Chinese", "cmn-latn-pinyin", include_str!("../pace/zh.txt")),
    ("Dutch", "nl", include_str!("../pace/nl.txt")),
    ("English", "en-us", include_str!("../pace/en.txt")),
    ("French", "fr-fr", include_str!("../pace/fr.txt")),
    ("German", "de", include_str!("../pace/de.txt")),
    ("Italian", "it", include_str!("../pace/it.txt")),
    ("Korean", "ko", include_str!("../pace/ko.txt")),
    ("Polish", "pl", include_str!("../pace/pl.txt")),
    ("Portuguese", "pt-br", include_str!("../pace/pt.txt")),
    ("Russian", "ru", include_str!("../pace/ru.txt")),
    ("Spanish", "es", include_str!("../pace/es.txt")),
    ("Turkish", "tr", include_str!("../pace/tr.txt")),
];

/// A way of speaking: a variant of espeak-ng's voice, its words a minute, and the pool that teaches it.
const VOICES: [(&str, u32, usize); 4] = [("", 165, 0), ("+m3", 145, 1), ("+f2", 190, 0), ("+f4", 175, 1)];
/// First sentence and number of sentences of the texts that teach and of those that are asked about,
/// with the voice's speed setting in hundredths. Between five and about 400 words each.
const TAUGHT: [(usize, usize, u32); 5] = [(0, 1, 100), (1, 2, 100), (3, 4, 110), (7, 9, 100), (5, 26, 100)];
const ASKED: [(usize, usize, u32); 5] = [(0, 1, 100), (1, 3, 115), (4, 6, 100), (2, 13, 90), (6, 34, 100)];

/// How estimates compared with what was said.
#[derive(Default)]
struct Tally {
    texts: u32,
    inside: u32,
    /// The sum of the errors, each as a share of the real length.
    error: f64,
    /// The same with its sign.
    bias: f64,
}

impl Tally {
    fn add(&mut self, pace: &Pace, speech: &Speech, real: Decimal) {
        let seconds = pace.estimate(speech).unwrap().seconds;
        let off = (seconds.likely / real - Decimal::ONE).to_f64().unwrap();
        self.texts += 1;
        self.inside += u32::from(seconds.low <= real && real <= seconds.high);
        self.error += off.abs();
        self.bias += off;
    }

    fn and(&mut self, other: &Self) {
        self.texts += other.texts;
        self.inside += other.inside;
        self.error += other.error;
        self.bias += other.bias;
    }

    fn error_percent(&self) -> f64 {
        self.error * 100.0 / f64::from(self.texts)
    }

    fn inside_percent(&self) -> f64 {
        f64::from(self.inside) * 100.0 / f64::from(self.texts)
    }

    fn words(&self) -> String {
        let bias = self.bias * 100.0 / f64::from(self.texts);
        format!("{:5.1} % off ({bias:+5.1} %), {:3.0} % inside", self.error_percent(), self.inside_percent())
    }
}

#[derive(Default)]
struct Figures {
    /// Texts of all lengths, by a voice never heard.
    unheard: Tally,
    /// The same texts, after five others.
    taught: Tally,
    /// One short line, by a voice never heard.
    line: Tally,
    /// The same lines, after five texts.
    taught_line: Tally,
}

/// Sentences one after the other, with a paragraph and a pause now and then.
fn text(pool: &[&str], first: usize, sentences: usize) -> String {
    let mut text = String::new();
    for (index, sentence) in pool.iter().cycle().skip(first).take(sentences).enumerate() {
        text += match index {
            0 => "",
            index if index % 5 == 0 => "\n\n",
            index if index % 7 == 3 => " <break time=\"0.8s\"/> ",
            _ => " ",
        };
        text += sentence;
    }
    text
}

/// The exact length of what espeak-ng says.
fn spoken(voice: &str, words_a_minute: u32, text: &str) -> Decimal {
    let mut program = Command::new("espeak-ng")
        .args(["-b", "1", "-m", "-v", voice, "-s", &words_a_minute.to_string(), "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("espeak-ng does not start: this test needs it, install the package espeak-ng (scripts/test does)");
    program.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let wav = program.wait_with_output().unwrap().stdout;
    assert_eq!(wav.get(36..40), Some(&b"data"[..]), "espeak-ng has no voice {voice}");
    let rate = u32::from_le_bytes(wav[24..28].try_into().unwrap());
    // The header of a stream does not know its length; the samples are of two bytes.
    Decimal::from(wav.len() - 44) / Decimal::from(rate * 2)
}

fn measure(language: &str, espeak: &str, file: &str) -> Figures {
    let parts: Vec<Vec<&str>> = file.split("===\n").map(|part| part.lines().collect()).collect();
    let [first, second, lines] = parts.as_slice() else { panic!("{language} has {} parts", parts.len()) };
    assert_eq!([first.len(), second.len(), lines.len()], [10; 3], "{language}");
    let mut figures = Figures::default();
    for (variant, words_a_minute, teaching) in VOICES {
        let (taught, asked) = if teaching == 0 { (first, second) } else { (second, first) };
        let voice = format!("{espeak}{variant}");
        let say = |text: String, hundredths: u32| {
            let real = spoken(&voice, words_a_minute * hundredths / 100, &text);
            let speech = Speech {
                text,
                language: Some(language.to_owned()),
                voice_id: Some(voice.clone()),
                speed: Some(Decimal::new(hundredths.into(), 2)),
            };
            (speech, real)
        };
        let observations = TAUGHT.map(|(first, sentences, speed)| {
            let (speech, real) = say(text(taught, first, sentences), speed);
            Observation::of(&speech, real).unwrap()
        });
        let unheard = Pace::default();
        let pace = Pace::from_observations(observations);
        assert_eq!(pace.learned_from(&voice), TAUGHT.len(), "{language}");
        for (first, sentences, speed) in ASKED {
            let (speech, real) = say(text(asked, first, sentences), speed);
            figures.unheard.add(&unheard, &speech, real);
            figures.taught.add(&pace, &speech, real);
        }
        for line in lines {
            let (speech, real) = say((*line).to_owned(), 100);
            figures.line.add(&unheard, &speech, real);
            figures.taught_line.add(&pace, &speech, real);
        }
    }
    figures
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the README; cargo shows them with --nocapture")]
fn estimates_meet_real_speech_in_twelve_languages() {
    let measured: BTreeMap<&str, Figures> = std::thread::scope(|scope| {
        let threads =
            LANGUAGES.map(|(language, espeak, file)| (language, scope.spawn(move || measure(language, espeak, file))));
        threads.into_iter().map(|(language, thread)| (language, thread.join().unwrap())).collect()
    });

    let mut report = String::new();
    let mut all = Figures::default();
    let mut line = |language: &str, figures: &Figures| {
        let Figures { unheard, taught, line, taught_line } = figures;
        writeln!(
            report,
            "{language:10}  texts, first guess  {}   after five texts  {}",
            unheard.words(),
            taught.words()
        )
        .unwrap();
        writeln!(report, "{:10}  lines, first guess  {}   after five texts  {}", "", line.words(), taught_line.words())
            .unwrap();
    };
    for (language, figures) in &measured {
        line(language, figures);
        all.unheard.and(&figures.unheard);
        all.taught.and(&figures.taught);
        all.line.and(&figures.line);
        all.taught_line.and(&figures.taught_line);
    }
    line("all", &all);
    println!("{report}");

    for (language, Figures { taught, line, taught_line, .. }) in &measured {
        assert!(taught.error_percent() <= 6.0, "{language} is further off than 6 % after five texts\n{report}");
        assert!(taught.inside_percent() >= 90.0, "{language} is outside too often after five texts\n{report}");
        assert!(line.inside_percent() >= 90.0, "{language}: first guesses of short lines fail\n{report}");
        assert!(taught_line.inside_percent() >= 90.0, "{language}: learned guesses of short lines fail\n{report}");
    }
}
