//! What the sandbox's voices really take to say a text, held against the quote: in twelve languages and
//! Japanese, by voices of that language and by those of another.

use std::fmt::Write as _;

use reelmeter::draft::billable::Speech;
use reelmeter::pricing::{Observation, Pace};
use reelmeter::sandbox::footage::speech_seconds;
use rust_decimal::Decimal;

/// HeyGen's name, the sentences.
const LANGUAGES: [(&str, &str); 13] = [
    ("Chinese", include_str!("../pace/zh.txt")),
    ("Dutch", include_str!("../pace/nl.txt")),
    ("English", include_str!("../pace/en.txt")),
    ("French", include_str!("../pace/fr.txt")),
    ("German", include_str!("../pace/de.txt")),
    ("Italian", include_str!("../pace/it.txt")),
    ("Japanese", include_str!("../pace/ja.txt")),
    ("Korean", include_str!("../pace/ko.txt")),
    ("Polish", include_str!("../pace/pl.txt")),
    ("Portuguese", include_str!("../pace/pt.txt")),
    ("Russian", include_str!("../pace/ru.txt")),
    ("Spanish", include_str!("../pace/es.txt")),
    ("Turkish", include_str!("../pace/tr.txt")),
];

/// Who speaks: a voice of the text's language, an English one, and one of several languages.
const SPEAKERS: [(&str, Option<&str>); 3] =
    [("voice_own", None), ("voice_daria_en", Some("English")), ("voice_robin_multi", Some("Multilingual"))];

#[derive(Default)]
struct Tally {
    texts: u32,
    inside: u32,
    /// How long they were beside the likely length, added up.
    shares: Decimal,
}

impl Tally {
    fn add(&mut self, pace: &Pace, speech: &Speech, real: Decimal) {
        let quoted = pace.estimate(speech).unwrap().seconds;
        self.texts += 1;
        self.inside += u32::from(quoted.low <= real && real <= quoted.high);
        self.shares += real / quoted.likely;
    }

    fn holds(&self) -> bool {
        self.inside * 10 >= self.texts * 9
    }

    fn words(&self) -> String {
        let share = (self.shares * Decimal::ONE_HUNDRED / Decimal::from(self.texts)).round();
        format!("{} of {} inside, {share} % of the likely length", self.inside, self.texts)
    }
}

/// The first guesses of a language, and those after three texts of it and five English ones.
fn measure(language: &str, sentences: &str) -> [Tally; 2] {
    let lines: Vec<&str> = sentences.lines().filter(|line| *line != "===").collect();
    let texts: Vec<String> = lines.chunks(3).map(|few| few.join(" ")).collect();
    let english: Vec<&str> = include_str!("../pace/en.txt").lines().filter(|line| *line != "===").collect();
    let (mut unheard, mut taught) = (Tally::default(), Tally::default());
    for (voice, own) in SPEAKERS {
        let named = own.unwrap_or(language);
        let say = |text: &str| {
            let speech = Speech {
                text: text.to_owned(),
                language: Some(named.to_owned()),
                voice_id: Some(voice.to_owned()),
                speed: None,
            };
            let real = speech_seconds(text, named, voice, Decimal::ONE).unwrap();
            (speech, real)
        };
        let said: Vec<(Speech, Decimal)> = texts.iter().map(|text| say(text)).collect();
        let (teaching, asked) = said.split_at(3);
        let before = english.chunks(6).take(5).map(|few| say(&few.join(" ")));
        let learned = before.chain(teaching.iter().cloned());
        let learned = learned.map(|(speech, real)| Observation::of(&speech, real).unwrap());
        let pace = Pace::from_observations(learned);
        for (speech, real) in &said {
            unheard.add(&Pace::default(), speech, *real);
        }
        for (speech, real) in asked {
            taught.add(&pace, speech, *real);
        }
    }
    [unheard, taught]
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the README; cargo shows them with --nocapture")]
fn what_the_sandbox_says_lasts_as_long_as_the_quote_says_whoever_says_it() {
    let measured: Vec<(&str, [Tally; 2])> = std::thread::scope(|scope| {
        let threads = LANGUAGES.map(|(language, text)| (language, scope.spawn(move || measure(language, text))));
        threads.into_iter().map(|(language, thread)| (language, thread.join().unwrap())).collect()
    });
    let mut report = String::new();
    for (language, [unheard, taught]) in &measured {
        writeln!(report, "{language:10}  first guess: {}; learned: {}", unheard.words(), taught.words()).unwrap();
    }
    println!("{report}");
    for (language, tallies) in &measured {
        assert!(tallies.iter().all(Tally::holds), "{language} is outside too often\n{report}");
    }
}
