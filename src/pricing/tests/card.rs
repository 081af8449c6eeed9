//! Reading rate cards.

use crate::draft::billable::Mode;
use crate::draft::{AvatarType, Engine};
use crate::pricing::{RateCard, Service, Unit};

#[test]
fn the_built_in_card_has_every_published_rate() {
    let card = RateCard::parse(include_str!("../../../assets/rate_card.toml")).unwrap();
    assert_eq!((card.date(), card.len()), ("2026-11-22", 23));
    assert!(card.source().is_some());
    assert_eq!(RateCard::built_in().len(), 23);
}

const HEAD: &str = "date = \"2026-12-01\"\n";
const GOOD: &str = "[[rates]]\nproduct = \"lipsync\"\nvariant = \"speed\"\nunit = \"s\"\nrate = \"0.04\"\n";

#[track_caller]
fn check_broken(text: &str, line: usize, field: &str, message: &str) {
    let error = RateCard::parse(text).unwrap_err();
    assert_eq!((error.line, error.field.as_str()), (line, field), "{error}");
    assert!(error.message.contains(message), "{error}");
}

/// A good entry in which one line is another.
fn with(line: &str) -> String {
    let (key, _) = line.split_once(' ').unwrap();
    let entry: Vec<&str> = GOOD.lines().map(|good| if good.starts_with(key) { line } else { good }).collect();
    format!("{HEAD}{}\n", entry.join("\n"))
}

#[test]
fn a_broken_card_is_named_by_line_and_field() {
    check_broken(&with("rate = \"-0.04\""), 6, "rates[0].rate", "below zero");
    check_broken(&with("rate = -1"), 6, "rates[0].rate", "below zero");
    check_broken(&with("rate = \"0\""), 6, "rates[0].rate", "is zero");
    check_broken(&with("rate = \"0,04\""), 6, "rates[0].rate", "after a point");
    check_broken(&with("rate = \"cheap\""), 6, "rates[0].rate", "not an amount");
    check_broken(&with("rate = \"400000\""), 6, "rates[0].rate", "more than 1000 dollars");
    check_broken(&with("rate = \"0.12345678901\""), 6, "rates[0].rate", "more than 10 decimals");
    check_broken(&with("rate = nan"), 6, "rates[0].rate", "not an amount");
    check_broken(&with("rate = true"), 6, "rates[0].rate", "has to be dollars");
    check_broken(&with("unit = \"call\""), 5, "rates[0].unit", "not a unit lipsync can be charged by");
    check_broken(&with("unit = 1"), 5, "rates[0].unit", "a text in quotes");
    check_broken(&with("variant = \"quick\""), 4, "rates[0].variant", "speed or precision");
    check_broken(&with("product = \"lipsnyc\""), 3, "rates[0].product", "not a product");
    check_broken(&format!("{HEAD}{GOOD}{GOOD}"), 7, "rates[1]", "priced twice: first in line 2");
    check_broken(&format!("{HEAD}{GOOD}price = \"1\"\n"), 7, "rates[0].price", "not a field");
    check_broken(&format!("{HEAD}[[rates]]\nproduct = \"lipsync\"\n"), 3, "rates[0].variant", "needs a variant");
    check_broken(
        &format!("{HEAD}[[rates]]\nproduct = \"video_agent\"\nunit = \"s\"\n"),
        2,
        "rates[0].rate",
        "is missing",
    );
    check_broken(GOOD, 1, "date", "is missing");
    check_broken(&format!("date = \"yesterday\"\n{GOOD}"), 1, "date", "like \"2026-11-22\"");
    check_broken(&format!("date = \"2026-02-30\"\n{GOOD}"), 1, "date", "like \"2026-11-22\"");
    check_broken(HEAD, 1, "rates", "is missing");
    check_broken("date = \"2026-12-01\"\nrates = []\n", 2, "rates", "is empty");
    check_broken("date = \"2026-12-01\"\nrates = 3\n", 2, "rates", "has to be a list");
    check_broken(&format!("{HEAD}currency = \"EUR\"\n{GOOD}"), 2, "currency", "not a field of a rate card");
    check_broken(&format!("{HEAD}[[rates]\n"), 2, "file", "");
    check_broken("", 1, "date", "is missing");
}

#[test]
fn a_card_may_write_numbers_bare_and_dates_as_dates_and_end_lines_either_way() {
    let card = RateCard::parse("\u{feff}date = 2026-12-01\r\n[[rates]]\r\nproduct = \"lipsync\"\r\nvariant = \"speed\"\r\nunit = \"min\"\r\nrate = 0.1\r\n").unwrap();
    let rate = card.rate(Service::Lipsync(Mode::Speed)).unwrap();
    assert_eq!((card.date(), rate.amount.exact().as_str(), rate.unit), ("2026-12-01", "0.1", Unit::Minute));
}

#[test]
fn a_card_can_price_what_had_no_rate_before() {
    let entry = |product: &str, variant: &str| {
        format!("{HEAD}[[rates]]\nproduct = \"{product}\"\nvariant = \"{variant}\"\nunit = \"s\"\nrate = \"0.1\"\n")
    };
    let in_4k = Service::AvatarVideo { engine: Engine::AvatarIv, look: AvatarType::DigitalTwin, uhd: true };
    assert!(RateCard::parse(&entry("avatar_iv", "digital_twin 4k")).unwrap().rate(in_4k).is_some());
    let at_25 = Service::HyperFrames { uhd: true, fps: 25 };
    assert!(RateCard::parse(&entry("hyperframes", "4k 25fps")).unwrap().rate(at_25).is_some());
    let sound = Service::Translation { mode: Mode::Precision, audio_only: true };
    assert!(RateCard::parse(&entry("video_translation", "precision audio_only")).unwrap().rate(sound).is_some());
    check_broken(&entry("avatar_v", "photo_avatar"), 4, "rates[0].variant", "takes nothing else");
    check_broken(&entry("hyperframes", "4k 999fps"), 4, "rates[0].variant", "for example");
}

#[test]
fn one_card_over_another_keeps_what_it_does_not_list() {
    let own = RateCard::parse(&format!("{HEAD}{GOOD}")).unwrap();
    assert_eq!(own.len(), 1);
    let both = own.over(&RateCard::built_in());
    assert_eq!((both.date(), both.len()), ("2026-12-01", 23));
    let lipsync = both.rate(Service::Lipsync(Mode::Speed)).unwrap();
    assert_eq!((lipsync.amount.exact().as_str(), lipsync.date.as_ref()), ("0.04", "2026-12-01"));
    assert_eq!(both.rate(Service::Cinematic).unwrap().date.as_ref(), "2026-11-22");
}
