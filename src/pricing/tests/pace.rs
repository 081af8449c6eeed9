//! How long texts are estimated to take, and how the estimate learns.

use rust_decimal::Decimal;

use crate::draft::billable::Speech;
use crate::pricing::{Observation, Pace, SpeechUnits};

fn speech(text: &str, language: &str) -> Speech {
    Speech {
        text: text.to_owned(),
        language: Some(language.to_owned()),
        voice_id: Some("daria".to_owned()),
        speed: None,
    }
}

fn likely(speech: &Speech) -> Decimal {
    Pace::default().estimate(speech).unwrap().seconds.likely
}

#[track_caller]
fn check_between(speech: &Speech, low: u32, high: u32) {
    let seconds = likely(speech);
    assert!(Decimal::from(low) <= seconds && seconds <= Decimal::from(high), "{seconds} s: {}", speech.text);
}

/// The universal declaration of human rights, article 1.
const ARTICLES: [(&str, &str); 8] = [
    (
        "English",
        "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.",
    ),
    (
        "German",
        "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.",
    ),
    (
        "French",
        "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    ),
    (
        "Spanish",
        "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.",
    ),
    (
        "Russian",
        "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
    ),
    ("Chinese", "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"),
    (
        "Japanese",
        "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
    ),
    (
        "Korean",
        "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    ),
];

#[test]
fn the_same_sentences_take_about_as_long_in_every_language() {
    for (language, text) in ARTICLES {
        check_between(&speech(text, language), 8, 16);
    }
}

#[test]
fn pauses_numbers_speed_and_spelled_words_count() {
    let plain = likely(&speech("Welcome back to the studio.", "English"));
    let paused = |mark: &str| likely(&speech(&format!("Welcome back {mark} to the studio."), "English"));
    let second = Decimal::ONE;
    for mark in [
        "<break time=\"1s\"/>",
        "<break time='1000ms' />",
        "<break time=\"1.0s\"></break>",
        "<break strength=\"x\" time = \"1s\"/>",
    ] {
        assert_eq!(paused(mark), plain + second, "{mark}");
    }
    assert_eq!(paused("<emphasis>"), plain);
    assert_eq!(paused("<break/>"), plain + Decimal::new(5, 1));
    let digits = likely(&speech("Call us before 2026 or 15 of them.", "English"));
    let letters = likely(&speech("Call us before aaaa or bb of them.", "English"));
    assert!(digits > letters + second);
    let spelled = likely(&speech("The HTML file.", "English"));
    assert!(spelled > likely(&speech("The Html file.", "English")));
    let slow = Speech { speed: Some(Decimal::new(5, 1)), ..speech(ARTICLES[0].1, "English") };
    let fast = Speech { speed: Some(Decimal::new(15, 1)), ..speech(ARTICLES[0].1, "English") };
    let ratio = likely(&slow) / likely(&fast);
    assert!((ratio - Decimal::from(3)).abs() < Decimal::new(5, 2), "{ratio}");
}

#[test]
fn a_text_without_words_or_a_speed_that_is_none_has_no_length() {
    let refused = |speech: &Speech| Pace::default().estimate(speech).unwrap_err();
    assert_eq!(refused(&speech(" \n", "English")), "The script has no words yet.");
    let stopped = Speech { speed: Some(Decimal::ZERO), ..speech("Hello.", "English") };
    assert_eq!(refused(&stopped), "A voice does not speak at speed 0.");
}

#[test]
fn an_absurd_pause_or_an_enormous_text_does_no_harm() {
    let pause =
        speech("Hello <break time=\"99999999999999999999999999999s\"/> again <break time=\"\"/><break", "English");
    assert!(likely(&pause) >= Decimal::from(3_600));
    assert!(likely(&speech(&"word, ".repeat(200_000), "English")) > Decimal::from(10_000));
    assert_eq!(SpeechUnits::of("a < b and c > d").symbols, 2);
}

/// A voice whose real pace is `pace` per mille of the first guess, with a wobble.
fn real_seconds(speech: &Speech, per_mille: i64, wobble_per_mille: i64) -> Decimal {
    likely(speech) * Decimal::new(per_mille, 3) * Decimal::new(1_000 + wobble_per_mille, 3)
}

#[test]
fn a_voice_teaches_its_pace_and_the_range_narrows_around_it() {
    let script = speech(&ARTICLES[0].1.repeat(3), "English");
    let mut pace = Pace::default();
    let width = |pace: &Pace| {
        let seconds = pace.estimate(&script).unwrap().seconds;
        seconds.high - seconds.low
    };
    let mut widths = vec![width(&pace)];
    for wobble in [-30, 20, 0, 35, -20, 10] {
        let real = real_seconds(&script, 870, wobble);
        assert!(pace.learn(&Observation::of(&script, real).unwrap()));
        widths.push(width(&pace));
    }
    assert!(widths[1] < widths[0] && widths[6] < widths[1], "{widths:?}");
    assert!(widths[6] * Decimal::from(2) < widths[0], "{widths:?}");
    let learned = pace.estimate(&script).unwrap();
    let off = learned.seconds.likely / real_seconds(&script, 870, 0);
    assert!((off - Decimal::ONE).abs() < Decimal::new(2, 2), "{off}");
    assert!(learned.basis.starts_with("this voice's pace in English, learned from 6 results: ±"), "{}", learned.basis);
    let other = Speech { voice_id: Some("marcus".to_owned()), ..script.clone() };
    assert!(pace.estimate(&other).unwrap().basis.starts_with("first guess for English"));
}

#[test]
fn the_true_length_lies_inside_at_least_nine_times_in_ten() {
    let mut random = fastrand::Rng::with_seed(7);
    // The sum of twelve uniform draws is close to a normal one; per mille.
    let mut normal = |deviation: i64| {
        let sum: i64 = (0..12).map(|_| random.i64(-500..=500)).sum();
        sum * deviation / 1_000
    };
    let (mut inside, mut total) = (vec![0; 12], 0);
    for round in 0..300 {
        let (language, text) = ARTICLES[round % ARTICLES.len()];
        let script = speech(&text.repeat(2 + round % 3), language);
        let voice = 1_000 + normal(100);
        let mut pace = Pace::default();
        for hits in &mut inside {
            let real = real_seconds(&script, voice, normal(45));
            let seconds = pace.estimate(&script).unwrap().seconds;
            *hits += i32::from(seconds.low <= real && real <= seconds.high);
            pace.learn(&Observation::of(&script, real).unwrap());
        }
        total += 1;
    }
    for (videos, hits) in inside.iter().enumerate() {
        assert!(hits * 10 >= total * 9, "after {videos} videos: {hits} of {total}");
    }
}

#[test]
fn a_length_that_is_no_speech_of_the_text_teaches_nothing() {
    let script = speech(ARTICLES[0].1, "English");
    let mut pace = Pace::default();
    for seconds in ["0", "-3", "0.2", "600", "79228162514264337593543950335"] {
        let observation = Observation::of(&script, Decimal::from_str_exact(seconds).unwrap()).unwrap();
        assert!(!pace.learn(&observation), "{seconds}");
    }
    assert_eq!(pace.learned_from("daria"), 0);
    assert_eq!(Observation::of(&Speech { voice_id: None, ..script.clone() }, Decimal::TEN), None);
    assert_eq!(Observation::of(&speech("", "English"), Decimal::TEN), None);
}

#[test]
fn observations_survive_being_kept() {
    let script = speech(ARTICLES[0].1, "English");
    let observation = Observation::of(&script, Decimal::new(1_234, 2)).unwrap();
    let kept = serde_json::to_string(&observation).unwrap();
    let read: Observation = serde_json::from_str(&kept).unwrap();
    assert_eq!(read, observation);
    assert_eq!(Pace::from_observations([read]).learned_from("daria"), 1);
}

#[test]
fn a_pause_counts_where_one_is_heard() {
    #[track_caller]
    fn check(text: &str, sentences: u64, phrases: u64) {
        let units = SpeechUnits::of(text);
        assert_eq!((units.sentences, units.phrases), (sentences, phrases), "{text}");
    }
    check("One. Two.", 1, 0);
    check("\"Wait!\" he said. \"Why,\" she asked, \"now?\"", 2, 2);
    check("„Warte!“ rief er.", 1, 0);
    check("好。", 0, 0);
    check("“等一下！”他喊道。\n好，走吧。", 2, 1);
    let numbers = SpeechUnits::of("From 480 to 7.5 in 2026, über १२");
    assert_eq!((numbers.numbers, numbers.digits), (5, 11));
}

#[test]
fn one_odd_video_moves_a_voice_little_and_the_next_ones_are_believed() {
    let script = speech(&ARTICLES[1].1.repeat(3), "German");
    let teach = |per_mille: &[i64]| {
        let lessons = per_mille.iter().map(|ratio| Observation::of(&script, real_seconds(&script, *ratio, 0)).unwrap());
        Pace::from_observations(lessons).estimate(&script).unwrap().seconds
    };
    let steady = teach(&[900, 910, 890, 900, 905]);
    for odd in [teach(&[2_200, 900, 910, 890, 900, 905]), teach(&[900, 910, 890, 900, 905, 2_200])] {
        assert!((odd.likely / steady.likely - Decimal::ONE).abs() < Decimal::new(4, 2), "{odd:?} {steady:?}");
        assert!(odd.low <= steady.likely && steady.likely <= odd.high, "{odd:?} {steady:?}");
        assert!(odd.high - odd.low > steady.high - steady.low, "{odd:?} {steady:?}");
    }
}

#[test]
fn a_short_text_is_less_certain_than_a_long_one() {
    let share = |text: &str| {
        let seconds = Pace::default().estimate(&speech(text, "Spanish")).unwrap().seconds;
        (seconds.high - seconds.low) / seconds.likely
    };
    assert!(share("Muchas gracias.") > share(ARTICLES[3].1) * Decimal::new(15, 1));
}

#[test]
fn a_voice_learned_one_video_at_a_time_is_the_voice_learned_at_once() {
    let lessons: Vec<_> = (0..60)
        .map(|index| {
            let script = speech(&ARTICLES[0].1.repeat(1 + index % 4), "English");
            let real = real_seconds(&script, 900, i64::try_from(index % 7).unwrap() * 12 - 36);
            Observation::of(&script, real).unwrap()
        })
        .collect();
    let mut pace = Pace::default();
    for lesson in &lessons {
        pace.learn(lesson);
    }
    let script = speech(ARTICLES[0].1, "English");
    assert_eq!(pace.learned_from("daria"), 50);
    assert_eq!(pace.estimate(&script), Pace::from_observations(lessons).estimate(&script));
}

const JAPANESE: &str = "こんにちは、私たちの新しいサービスへようこそ。この春、三つのことが変わりました。まず、すべてのお客様に担当者が付きます。";

#[test]
fn what_a_voice_did_in_one_language_says_nothing_of_another() {
    let english = speech(&ARTICLES[0].1.repeat(3), "English");
    let mut pace = Pace::default();
    for wobble in [-30, 20, 0, 35, -20] {
        pace.learn(&Observation::of(&english, real_seconds(&english, 870, wobble)).unwrap());
    }
    for (text, name) in [(JAPANESE, "Japanese"), (ARTICLES[1].1, "German"), (ARTICLES[4].1, "Russian")] {
        // The voice is an English one; only the text says what it is.
        let other = speech(text, "English");
        let estimate = pace.estimate(&other).unwrap();
        assert_eq!(estimate, Pace::default().estimate(&other).unwrap());
        assert!(estimate.basis.starts_with(&format!("first guess for {name}: ±")), "{}", estimate.basis);
        assert_eq!(estimate.learned_from, 0);
        // By a voice of that language nothing else is guessed.
        assert_eq!(estimate.seconds, pace.estimate(&speech(text, name)).unwrap().seconds, "{name}");
        // What it does in the other language narrows that one, and leaves English as it was.
        let before = pace.estimate(&english).unwrap();
        for per_mille in [1_150, 1_190, 1_170] {
            pace.learn(&Observation::of(&other, real_seconds(&other, per_mille, 0)).unwrap());
        }
        let learned = pace.estimate(&other).unwrap();
        assert!(learned.seconds.likely > estimate.seconds.likely && learned.percent < estimate.percent);
        let basis = format!("this voice's pace in {name}, learned from 3 results: ±");
        assert!(learned.basis.starts_with(&basis), "{}", learned.basis);
        assert_eq!(pace.estimate(&english).unwrap(), before);
    }
    assert_eq!(pace.learned_from("daria"), 14);
}

#[test]
fn a_text_too_short_to_say_its_language_is_the_voice_s() {
    let mut pace = Pace::default();
    let german = speech(ARTICLES[1].1, "German");
    pace.learn(&Observation::of(&german, real_seconds(&german, 900, 0)).unwrap());
    let short = pace.estimate(&speech("Anna Schmidt, Berlin", "German")).unwrap();
    assert_eq!(short.learned_from, 1);
    assert!(
        pace.estimate(&speech("Anna Schmidt, Berlin", "English")).unwrap().basis.starts_with("first guess for English")
    );
}
