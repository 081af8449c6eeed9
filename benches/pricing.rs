//! How fast a quote is: one, and a hundred thousand, beside the plainest work on the same text.
//! `cargo bench --bench pricing`. Prints; judges nothing.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use reelmeter::draft::billable::{Face, Speech};
use reelmeter::draft::{AvatarType, Billable, Engine, Length, Resolution};
use reelmeter::pricing::{Observation, Pace, RateCard, alternatives, quote};
use rust_decimal::Decimal;

const SENTENCES: &str = "Welcome back. In the next forty seconds we will show you how the new onboarding works, \
    from the first message to the first invoice.\n\nThree things changed this spring. <break time=\"0.8s\"/> First, \
    every customer gets a named contact from day one. Second, the setup call is now 15 minutes instead of 60, because \
    most of it happens before you join. ";
/// Quotes in a row: every row of a very large table, once.
const MANY: u32 = 100_000;
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

/// The median time of one run of `work`, from rounds of a thousand runs each.
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..1_000 {
                work();
            }
            start.elapsed() / 1_000
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
    let engines = median(|| {
        black_box(alternatives(&card, black_box(&billable), &pace));
    });
    println!("on every engine                  {:>8} ns", engines.as_nanos());
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
