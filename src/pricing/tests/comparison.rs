//! One script across voices and engines: every cell is what the draft would be quoted at.

use rust_decimal::Decimal;

use crate::draft::avatar_video::{Face, Source};
use crate::draft::billable::Speech;
use crate::draft::spoken::Spoken;
use crate::draft::{AvatarType, AvatarVideoDraft, Composition, Engine, LocalFile, Look, SpeechDraft, Voice};
use crate::pricing::{Cell, Difference, Observation, Order, Pace, RateCard, Total, compare, quote};

const SCRIPT: &str = "Welcome back. Three things changed this spring, and every customer gets a named contact.";

fn voice(id: &str, language: &str) -> Voice {
    Voice {
        id: id.to_owned(),
        name: id.to_owned(),
        language: language.to_owned(),
        gender: String::new(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale: false,
        private: false,
        starfish: true,
    }
}

fn draft(avatar_type: AvatarType) -> AvatarVideoDraft {
    let look = Look {
        id: "look".to_owned(),
        name: "Ines".to_owned(),
        avatar_type,
        group_id: None,
        default_voice_id: None,
        gender: None,
        engines: Vec::new(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    };
    let voice = Some(voice("slow", "English"));
    AvatarVideoDraft { face: Face::Look(look), voice, script: SCRIPT.to_owned(), ..AvatarVideoDraft::default() }
}

/// "quick" took five seconds for the script, six times; "slow" took eight.
fn pace() -> Pace {
    let seen = [("quick", 5), ("slow", 8)].into_iter().flat_map(|(id, seconds)| {
        let speech = Speech {
            text: SCRIPT.to_owned(),
            language: Some("English".to_owned()),
            voice_id: Some(id.to_owned()),
            speed: None,
        };
        std::iter::repeat_n(Observation::of(&speech, Decimal::from(seconds)).unwrap(), 6)
    });
    Pace::from_observations(seen)
}

fn voices() -> Vec<Voice> {
    [("slow", "English"), ("quick", "English"), ("new", "English"), ("other", "German")]
        .map(|(id, language)| voice(id, language))
        .to_vec()
}

/// Each cell is the quote of the draft once it has taken the cell.
#[track_caller]
fn check<D: Spoken + Composition + Clone>(draft: &D) {
    let (card, pace, voices) = (RateCard::built_in(), pace(), voices());
    let each: Vec<&Voice> = voices.iter().collect();
    let comparison = compare(&card, &pace, draft, &each);
    assert_eq!(comparison.rows.len(), voices.len());
    for (row, voice) in comparison.rows.iter().zip(&voices) {
        for (cell, way) in row.cells.iter().zip(&comparison.ways) {
            if way.billable.is_err() {
                assert_eq!(*cell, Cell::Refused);
                continue;
            }
            let mut taken = draft.clone();
            taken.take(Some(voice), way.choice);
            let quote = quote(&card, &taken.billable(), &pace);
            assert_eq!(cell.span(), quote.total.span(), "{} on {}", voice.name, way.name);
            assert_eq!(row.seconds.as_ref().ok().copied(), quote.seconds);
        }
    }
}

#[test]
fn every_cell_is_the_quote_of_the_draft_that_takes_it() {
    check(&draft(AvatarType::DigitalTwin));
    check(&draft(AvatarType::PhotoAvatar));
    check(&AvatarVideoDraft { script: "x ".repeat(2_500), ..draft(AvatarType::StudioAvatar) });
    check(&SpeechDraft { text: SCRIPT.to_owned(), speed: Decimal::TWO, ..SpeechDraft::default() });
}

#[test]
fn a_voice_that_was_never_heard_is_a_first_guess_and_a_known_one_is_narrower() {
    let (pace, voices) = (pace(), voices());
    let each: Vec<&Voice> = voices.iter().collect();
    let rows = compare(&RateCard::built_in(), &pace, &draft(AvatarType::DigitalTwin), &each).rows;
    let videos: Vec<usize> = rows.iter().map(|row| row.learned_from).collect();
    assert_eq!(videos, [6, 6, 0, 0]);
    let percent: Vec<u64> = rows.iter().map(|row| row.percent.unwrap()).collect();
    assert!(percent[0] < percent[2] && percent[1] < percent[2], "{percent:?}");
}

#[test]
fn the_cheapest_is_the_quick_voice_on_the_cheap_engine() {
    let voices = voices();
    let each: Vec<&Voice> = voices.iter().collect();
    let comparison = compare(&RateCard::built_in(), &pace(), &draft(AvatarType::DigitalTwin), &each);
    // Slow on Avatar IV.
    assert_eq!(comparison.present, Some((0, 1)));
    assert_eq!(comparison.cheapest(), [(1, 0)]);
    assert_eq!(comparison.lowest(), comparison.price(1, 0).map(|span| span.likely));
    assert_eq!(comparison.beside(0, 1), Some(Difference::Same));
    // Avatar V costs what IV costs, and the same voice takes the same time.
    assert_eq!(comparison.beside(0, 2), Some(Difference::Same));
    assert!(matches!(comparison.beside(1, 0), Some(Difference::Less(_))));
    // Five seconds against eight: beyond doubt. A first guess may be anything between.
    assert!(matches!(comparison.beside(1, 1), Some(Difference::Less(_))), "{:?}", comparison.beside(1, 1));
    assert_eq!(comparison.beside(2, 1), Some(Difference::AboutTheSame));

    assert_eq!(comparison.order(Order::Listed), [0, 1, 2, 3]);
    let by_length = comparison.order(Order::Length);
    assert_eq!((by_length.first(), by_length.len()), (Some(&1), 4));
    assert_eq!(comparison.order(Order::Price(1)), by_length, "on one engine the shortest is the cheapest");
}

#[test]
fn without_a_face_there_are_lengths_and_without_words_there_is_nothing() {
    let voices = voices();
    let each: Vec<&Voice> = voices.iter().collect();
    let of = |draft: &AvatarVideoDraft| compare(&RateCard::built_in(), &pace(), draft, &each);
    let faceless = of(&AvatarVideoDraft { face: Face::None, ..draft(AvatarType::DigitalTwin) });
    assert!(faceless.rows.iter().all(|row| row.seconds.is_ok() && row.cells.iter().all(|cell| *cell == Cell::Refused)));
    assert_eq!((faceless.lowest(), faceless.cheapest()), (None, Vec::new()));
    assert_eq!(faceless.order(Order::Price(0)), [0, 1, 2, 3]);

    let silent = of(&AvatarVideoDraft { script: String::new(), ..draft(AvatarType::DigitalTwin) });
    assert!(silent.rows.iter().all(|row| row.seconds.is_err()));
    assert!(silent.rows.iter().flat_map(|row| &row.cells).all(|cell| matches!(cell, Cell::Unknown(_))));
}

#[test]
fn a_sound_is_one_row_with_exact_prices() {
    let sound = LocalFile {
        path: "talk.mp3".into(),
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(90)),
        ..LocalFile::default()
    };
    let draft = AvatarVideoDraft { source: Source::Audio, audio: Some(sound), ..draft(AvatarType::DigitalTwin) };
    let comparison = compare(&RateCard::built_in(), &Pace::default(), &draft, &[]);
    assert_eq!(comparison.rows.len(), 1);
    let prices: Vec<String> = (0..3)
        .map(|way| comparison.price(0, way).unwrap())
        .inspect(|span| assert!(span.is_exact()))
        .map(|span| span.likely.exact())
        .collect();
    assert_eq!(prices, ["1.503", "6.003", "6.003"]);
    assert_eq!(comparison.present, Some((0, 1)));
}

#[test]
fn a_card_without_the_rate_says_so_in_the_cell() {
    let mut draft = draft(AvatarType::DigitalTwin);
    draft.resolution = crate::draft::Resolution::K4;
    let voices = voices();
    let each: Vec<&Voice> = voices.iter().collect();
    let comparison = compare(&RateCard::built_in(), &pace(), &draft, &each);
    let Cell::Unknown(reason) = &comparison.rows[0].cells[0] else { panic!("{:?}", comparison.rows[0].cells) };
    assert_eq!(reason, "There is no published rate for avatar video in 4K.");
    draft.engine = Engine::AvatarIii;
    assert!(matches!(quote(&RateCard::built_in(), &draft.billable(), &pace()).total, Total::Unknown(_)));
}
