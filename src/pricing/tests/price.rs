//! Prices on the built-in card.

use rust_decimal::Decimal;

use crate::draft::billable::{Creation, Face, Mode, Speech};
use crate::draft::{AvatarType, Billable, Engine, Length, Resolution};
use crate::pricing::{Difference, Pace, Quote, RateCard, Total, priced_ways, quote};

fn seconds(text: &str) -> Length {
    Length::Seconds(Decimal::from_str_exact(text).unwrap())
}

fn avatar(face: Face, engine: Engine, resolution: Option<Resolution>, length: Length) -> Billable {
    Billable::AvatarVideo { face, engine, engine_assumed: false, resolution, length }
}

fn look(look: AvatarType, engine: Engine, length: &str) -> Billable {
    avatar(Face::Look(look), engine, Some(Resolution::P1080), seconds(length))
}

fn priced(billable: &Billable) -> Quote {
    quote(&RateCard::built_in(), billable, &Pace::default())
}

#[track_caller]
fn check(billable: &Billable, exact: &str) {
    let quote = priced(billable);
    match &quote.total {
        Total::Exact(amount) => assert_eq!(amount.exact(), exact),
        other => panic!("{other:?}"),
    }
    let of_lines: crate::money::Usd = quote.lines.iter().map(|line| line.amount.likely).sum();
    assert_eq!(of_lines.exact(), exact, "the lines add up to the total");
    assert_eq!(quote.card_date, "2026-11-22");
}

#[track_caller]
fn check_unknown(billable: &Billable, reason: &str) {
    match priced(billable).total {
        Total::Unknown(said) => assert_eq!(said, reason),
        other => panic!("{other:?}"),
    }
}

use AvatarType::{DigitalTwin, PhotoAvatar, StudioAvatar};
use Engine::{AvatarIii, AvatarIv, AvatarV};

#[test]
fn avatar_video_by_engine_and_kind_of_look() {
    check(&look(DigitalTwin, AvatarIv, "90"), "6.003");
    check(&look(PhotoAvatar, AvatarIii, "61.5"), "2.66295");
    check(&look(DigitalTwin, AvatarV, "600"), "40.02");
    check(&look(PhotoAvatar, AvatarIv, "60"), "3");
    check(&look(StudioAvatar, AvatarIv, "60"), "4.002");
    check(&look(DigitalTwin, AvatarIii, "60"), "1.002");
    check(&look(StudioAvatar, AvatarIii, "60"), "1.002");
    check(&look(DigitalTwin, AvatarIv, "0"), "0");
}

#[test]
fn every_other_product() {
    let translation = |mode, audio_only, languages, length| Billable::Translation {
        mode,
        audio_only,
        languages,
        length: seconds(length),
    };
    check(&translation(Mode::Precision, false, 3, "125.4"), "25.09254");
    check(&translation(Mode::Speed, true, 1, "10"), "0.333");
    check(&translation(Mode::Speed, false, 2, "10"), "0.666");
    check(&Billable::Lipsync { mode: Mode::Speed, length: seconds("10.08") }, "0.335664");
    check(&Billable::Lipsync { mode: Mode::Precision, length: seconds("10") }, "0.667");
    let render = |resolution, fps, length| Billable::HyperFrames { resolution, fps, length: seconds(length) };
    check(&render(Resolution::K4, 60, "45"), "0.225");
    check(&render(Resolution::P1080, 30, "60"), "0.1");
    check(&render(Resolution::P1080, 60, "1"), "0.0033333333");
    check(&render(Resolution::K4, 30, "0.5"), "0.00125");
    check(&Billable::Clips { clips: 3 }, "0.45");
    check(&Billable::Speech { length: seconds("37.2") }, "0.0248124");
    check(&Billable::Realtime { length: seconds("3600") }, "180");
    check(&Billable::VideoAgent { length: seconds("30") }, "0.999");
    check(&Billable::Cinematic, "7");
    check(&Billable::AvatarCreation(Creation::DigitalTwin), "1");
    check(&Billable::AvatarCreation(Creation::Photo), "1");
    check(&Billable::Free { why: "Reading costs nothing.".to_owned() }, "0");
}

#[test]
fn many_renders_that_are_alike_are_one_line_and_cost_what_each_costs() {
    let one = Billable::HyperFrames { resolution: Resolution::P1080, fps: 60, length: seconds("1") };
    let card = RateCard::built_in();
    let single = quote(&card, &one, &Pace::default());
    let many = quote(&card, &Billable::Several { what: "video", parts: vec![one; 3] }, &Pace::default());
    let (Total::Exact(each), Total::Exact(all)) = (&single.total, &many.total) else { panic!("{many:?}") };
    assert_eq!(*all, *each + *each + *each, "the holds of the jobs add up to the price on the button");
    let [line] = many.lines.as_slice() else { panic!("{many:?}") };
    assert_eq!((line.times, line.label.as_str()), (3, "3 × HyperFrames, 1080p, 60 fps"));
}

#[test]
fn what_has_no_published_rate_is_unknown_and_says_why() {
    let in_4k = avatar(Face::Look(DigitalTwin), AvatarIv, Some(Resolution::K4), seconds("10"));
    check_unknown(&in_4k, "There is no published rate for avatar video in 4K.");
    check_unknown(&look(PhotoAvatar, AvatarV, "10"), "Avatar V takes digital twins only.");
    check_unknown(
        &avatar(Face::UnknownLook, AvatarIv, None, seconds("10")),
        "What Avatar IV costs depends on the kind of the look, which is not known.",
    );
    check_unknown(
        &avatar(Face::Image, AvatarIii, None, seconds("10")),
        "A raw image cannot be animated on Avatar III; Avatar IV can.",
    );
    check_unknown(
        &Billable::HyperFrames { resolution: Resolution::P1080, fps: 25, length: seconds("10") },
        "There is no published rate for HyperFrames at 25 frames a second, only at 30 and 60.",
    );
    check_unknown(
        &Billable::Translation { mode: Mode::Precision, audio_only: true, languages: 1, length: seconds("10") },
        "There is no published rate for precision without lip sync.",
    );
    check_unknown(
        &Billable::AvatarCreation(Creation::Prompt),
        "There is no published rate for avatars made from a prompt.",
    );
    check_unknown(
        &Billable::VideoAgent { length: Length::Unknown("The agent decides the length.".to_owned()) },
        "The agent decides the length.",
    );
    check_unknown(&look(DigitalTwin, AvatarIv, "79228162514264337593543950335"), super::super::price::TOO_LARGE);
    check_unknown(&look(DigitalTwin, AvatarIv, "0.0000000000000000000000000001"), super::super::price::TOO_LARGE);
}

#[test]
fn assumptions_are_said() {
    let said = |billable: &Billable| priced(billable).assumptions;
    assert!(said(&look(DigitalTwin, AvatarIv, "10")).is_empty());
    let image = avatar(Face::Image, AvatarIv, Some(Resolution::P720), seconds("10"));
    check(&image, "0.5");
    assert_eq!(said(&image), ["An animated image is taken as a photo avatar on Avatar IV."]);
    let bare = Billable::AvatarVideo {
        face: Face::Look(DigitalTwin),
        engine: AvatarIv,
        engine_assumed: true,
        resolution: None,
        length: seconds("10"),
    };
    check(&bare, "0.667");
    assert_eq!(
        said(&bare),
        [
            "No engine is named: HeyGen then uses Avatar IV.",
            "No resolution is named: taken as 720p or 1080p, which cost the same.",
        ]
    );
    let twin = avatar(Face::UnknownLook, AvatarV, Some(Resolution::P720), seconds("10"));
    check(&twin, "0.667");
    assert_eq!(said(&twin), ["Avatar V takes digital twins only, so the look is taken as one."]);
}

#[test]
fn a_script_costs_a_range() {
    let script = Length::Speech(Speech {
        text: "Welcome back. Three things changed this spring.".to_owned(),
        language: Some("English".to_owned()),
        ..Speech::default()
    });
    let quote = priced(&avatar(Face::Look(DigitalTwin), AvatarIv, Some(Resolution::P1080), script));
    let Total::Range(total) = quote.total else { panic!("{:?}", quote.total) };
    assert!(total.low < total.likely && total.likely < total.high, "{total:?}");
    let seconds = quote.seconds.unwrap();
    assert_eq!(total.likely.0, seconds.likely * Decimal::new(667, 4));
    assert!(quote.basis.unwrap().starts_with("first guess for English: ±"));
}

/// Every way of making it: its price, or `-` where it is refused and `?` where it has none.
#[track_caller]
fn check_ways(billable: &Billable, expected: &[(&str, &str)]) {
    let ways = priced_ways(&RateCard::built_in(), billable.ways(), &Pace::default());
    let said: Vec<(String, String)> = ways
        .into_iter()
        .map(|way| {
            let price = match way.quote {
                Ok(quote) => quote.total.span().map_or("?".to_owned(), |span| span.likely.exact()),
                Err(_) => "-".to_owned(),
            };
            (way.choice.name(), price)
        })
        .collect();
    let said: Vec<(&str, &str)> = said.iter().map(|(name, price)| (name.as_str(), price.as_str())).collect();
    assert_eq!(said, expected);
}

#[test]
fn every_other_way_of_making_it_has_its_price() {
    let ten = || seconds("10");
    let hd = Some(Resolution::P1080);
    check_ways(
        &avatar(Face::Look(DigitalTwin), AvatarIv, hd, ten()),
        &[
            ("Avatar III", "0.167"),
            ("Avatar IV", "0.667"),
            ("Avatar V", "0.667"),
            ("720p", "0.667"),
            ("1080p", "0.667"),
            ("4K", "?"),
        ],
    );
    check_ways(
        &avatar(Face::Look(PhotoAvatar), AvatarIii, hd, ten()),
        &[
            ("Avatar III", "0.433"),
            ("Avatar IV", "0.5"),
            ("Avatar V", "-"),
            ("720p", "0.433"),
            ("1080p", "0.433"),
            ("4K", "?"),
        ],
    );
    check_ways(
        &avatar(Face::Image, AvatarIv, hd, ten()),
        &[("Avatar III", "-"), ("Avatar IV", "0.5"), ("Avatar V", "-"), ("720p", "0.5"), ("1080p", "0.5"), ("4K", "?")],
    );
    check_ways(
        &Billable::Translation { mode: Mode::Speed, audio_only: false, languages: 3, length: ten() },
        &[("Audio only", "0.999"), ("Speed", "0.999"), ("Precision, audio only", "?"), ("Precision", "2.001")],
    );
    check_ways(&Billable::Lipsync { mode: Mode::Speed, length: ten() }, &[("Speed", "0.333"), ("Precision", "0.667")]);
    // A rate without a price, beside those with one.
    check_ways(
        &Billable::HyperFrames { resolution: Resolution::P1080, fps: 24, length: seconds("60") },
        &[
            ("1080p, 24 fps", "?"),
            ("1080p, 30 fps", "0.1"),
            ("1080p, 60 fps", "0.2"),
            ("4K, 30 fps", "0.15"),
            ("4K, 60 fps", "0.3"),
        ],
    );
}

#[test]
fn the_same_script_on_a_cheaper_engine_is_cheaper_although_the_ranges_overlap() {
    let script = Length::Speech(Speech {
        text: "Welcome back. Three things changed this spring.".to_owned(),
        language: Some("English".to_owned()),
        ..Speech::default()
    });
    let on = |engine| priced(&avatar(Face::Look(PhotoAvatar), engine, Some(Resolution::P1080), script.clone()));
    let (iii, iv) = (on(AvatarIii), on(AvatarIv));
    let (cheap, dear) = (iii.total.span().unwrap(), iv.total.span().unwrap());
    assert!(cheap.high > dear.low, "the ranges overlap");
    let Some(Difference::Less(saved)) = iii.beside(&iv) else { panic!("{:?}", iii.beside(&iv)) };
    assert_eq!(saved.likely, dear.likely - cheap.likely);
    assert_eq!(iv.beside(&iv), Some(Difference::Same));
}

#[test]
fn several_parts_add_up_or_say_which_has_no_price() {
    let several = |parts| Billable::Several { what: "scene", parts };
    let good = several(vec![look(DigitalTwin, AvatarIv, "90"), look(PhotoAvatar, AvatarIii, "61.5")]);
    check(&good, "8.66595");
    let quote = priced(&good);
    assert_eq!(quote.lines[1].label, "Scene 2: Photo avatar, Avatar III, 1080p");
    assert_eq!(quote.seconds.unwrap().likely, Decimal::new(1515, 1));
    check_unknown(
        &several(vec![look(DigitalTwin, AvatarIv, "90"), look(PhotoAvatar, AvatarV, "1")]),
        "One scene of 2 has no price, scene 2: Avatar V takes digital twins only.",
    );
    check_unknown(&several(Vec::new()), "There is no scene in it.");
    check(&Billable::Several { what: "video", parts: vec![good, Billable::Cinematic] }, "15.66595");
}
