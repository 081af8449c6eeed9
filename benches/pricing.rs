//! How fast a quote is: one, and a hundred thousand, beside the plainest work on the same text.
//! `cargo bench --bench pricing`. Prints; judges nothing.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use reelmeter::draft::avatar_video::Face as ChosenFace;
use reelmeter::draft::billable::{Face, Speech};
use reelmeter::draft::{AvatarType, AvatarVideoDraft, Billable, Engine, Length, Look, Resolution, Voice};
use reelmeter::pricing::{Observation, Pace, RateCard, compare, priced_ways, quote};
use rust_decimal::Decimal;

const SENTENCES: &str = "Welcome back. In the next forty seconds we will show you how the new onboarding works, \
    from the first message to the first invoice.\n\nThree things changed this spring. <break time=\"0.8s\"/> First, \
    every customer gets a named contact from day one. Second, the setup call is now 15 minutes instead of 60, because \
    most of it happens before you join. ";
/// Quotes in a row: every row of a very large table, once.
const MANY: u32 = 100_000;
/// Voices in the largest comparison.
const VOICES: usize = 300;
/// How many medians are taken.
const ROUNDS: usize = 101;

fn script(characters: usize, language: &str, sentences: &str) -> Billable {
    let text = sentences.chars().cycle().take(characters).collect();
    let speech = Speech { text, language: Some(language.to_owned()), voice_id: Some("daria".to_owned()), speed: None };
    Billable::AvatarVideo {
        face: Face::Look(AvatarType::DigitalTwin),
        engine: Engine::AvatarIv,
        engine_assumed: false,
        resolution: Some(Resolution::P1080),
        length: Length::Speech(speech),
    }
}

/// Voices of the largest comparison there is.
fn voices() -> Vec<Voice> {
    (0..VOICES)
        .map(|number| Voice {
            id: if number == 0 { "daria".to_owned() } else { format!("voice {number}") },
            name: format!("Voice {number}"),
            language: "English".to_owned(),
            gender: "female".to_owned(),
            preview_audio_url: None,
            supports_pause: true,
            supports_locale: false,
            private: false,
            starfish: true,
        })
        .collect()
}

/// A script as long as HeyGen takes, for a face that every engine renders.
fn longest() -> AvatarVideoDraft {
    let look = Look {
        id: "look".to_owned(),
        name: "Daria".to_owned(),
        avatar_type: AvatarType::DigitalTwin,
        group_id: None,
        default_voice_id: Some("daria".to_owned()),
        gender: None,
        engines: Engine::ALL.to_vec(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    };
    let script = SENTENCES.chars().cycle().take(5_000).collect();
    AvatarVideoDraft { face: ChosenFace::Look(look), script, ..AvatarVideoDraft::default() }
}

/// The median time of one run of `work`, from rounds of a thousand runs each.
fn median(work: impl FnMut()) -> Duration {
    median_of(1_000, work)
}

/// The same, from rounds of `runs` each.
fn median_of(runs: u32, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..runs {
                work();
            }
            start.elapsed() / runs
        })
        .collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn main() {
    let card = RateCard::built_in();
    let mut pace = Pace::default();
    let billable = script(600, "English", SENTENCES);
    let Billable::AvatarVideo { length: Length::Speech(speech), .. } = &billable else { return };

    // What nobody can do without: counting the words.
    let baseline = median(|| {
        black_box(black_box(&speech.text).split_whitespace().count());
    });
    let one = median(|| {
        black_box(quote(&card, black_box(&billable), &pace));
    });
    println!("one quote, 600 characters        {:>8} ns", one.as_nanos());
    println!("counting the words of the same   {:>8} ns", baseline.as_nanos());
    println!("ratio                            {:>8.2}", one.as_secs_f64() / baseline.as_secs_f64());

    for seconds in 38..44 {
        if let Some(observation) = Observation::of(speech, Decimal::from(seconds)) {
            pace.learn(&observation);
        }
    }
    let learned = median(|| {
        black_box(quote(&card, black_box(&billable), &pace));
    });
    println!("with a learned voice             {:>8} ns", learned.as_nanos());
    let ways = median(|| {
        black_box(priced_ways(&card, black_box(&billable).ways(), &pace));
    });
    println!("on every engine, at every size   {:>8} ns", ways.as_nanos());
    let voices = voices();
    let each: Vec<&Voice> = voices.iter().collect();
    let draft = longest();
    let compared = median_of(1, || {
        black_box(compare(&card, &pace, black_box(&draft), &each));
    });
    println!("5,000 characters, {VOICES} voices, 3 engines {:>8} ns", compared.as_nanos());
    let chinese =
        script(300, "Chinese", "欢迎回来。接下来的四十秒,我们将向您展示新的入职流程,从第一条消息到第一张发票。");
    let chinese = median(|| {
        black_box(quote(&card, black_box(&chinese), &pace));
    });
    println!("300 Chinese characters           {:>8} ns", chinese.as_nanos());
    let known = Billable::VideoAgent { length: Length::Seconds(Decimal::new(615, 1)) };
    let known = median(|| {
        black_box(quote(&card, black_box(&known), &pace));
    });
    println!("a known length                   {:>8} ns", known.as_nanos());

    let start = Instant::now();
    for _ in 0..MANY {
        black_box(quote(&card, black_box(&billable), &pace));
    }
    println!("{MANY} quotes                   {:>8} ms", start.elapsed().as_millis());
}
