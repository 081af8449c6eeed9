//! The limit of a session: typed in minutes or in dollars, kept in seconds.

use egui::{Align, Layout, Ui, vec2};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::draft::realtime::LONGEST_SECONDS;
use crate::money::Usd;
use crate::typed;
use crate::ui::format;
use crate::ui::widgets::{self, Segment};

/// What the limit is typed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitIn {
    #[default]
    Minutes,
    Dollars,
}

/// What the field remembers.
#[derive(Default)]
pub struct LimitField {
    unit: LimitIn,
    typed: String,
    /// The seconds that `typed` stands for; others came from elsewhere and are written anew.
    stands_for: Option<u32>,
}

/// Draws the field; true when the limit was changed. `rate` is dollars a second, where there is one.
pub fn limit_ui(
    ui: &mut Ui,
    field: &mut LimitField,
    seconds: &mut u32,
    rate: Option<Usd>,
    problem: Option<&str>,
    width: f32,
) -> bool {
    let before = *seconds;
    if field.stands_for != Some(*seconds) {
        field.typed = written(*seconds, field.unit, rate);
        field.stands_for = Some(*seconds);
    }
    let unread = read(&field.typed, field.unit, rate).err();
    widgets::field(ui, "Stop after", unread.as_deref().or(problem), width, |ui| {
        ui.allocate_ui_with_layout(vec2(width, 32.0), Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let unit = field.unit;
            let refusal = rate.is_none().then(|| "The rate card has no rate for sessions.".to_owned());
            let segments =
                [Segment::new(LimitIn::Minutes, "Minutes"), Segment::new(LimitIn::Dollars, "Dollars").refused(refusal)];
            let called = match unit {
                LimitIn::Minutes => "Stop after minutes",
                LimitIn::Dollars => "Stop after dollars",
            };
            if widgets::text_line(ui, called, "2", &mut field.typed, 76.0).changed() {
                // What cannot be read is no limit, and a session without one is not started.
                *seconds = read(&field.typed, unit, rate).unwrap_or_default();
                field.stands_for = Some(*seconds);
            }
            widgets::segmented(ui, "Limit in", &segments, &mut field.unit, Some(150.0));
            if unit != field.unit {
                field.typed = if *seconds == 0 { String::new() } else { written(*seconds, field.unit, rate) };
            }
            let most = rate.map(|rate| Usd(rate.0 * Decimal::from(*seconds)));
            let words = match (field.unit, most) {
                _ if *seconds == 0 => String::new(),
                (LimitIn::Minutes, Some(most)) => format!("at most {most}"),
                (LimitIn::Minutes, None) => String::new(),
                (LimitIn::Dollars, _) => format!("{} long", format::duration(Decimal::from(*seconds))),
            };
            widgets::dim(ui, words);
        });
    });
    *seconds != before
}

/// Whole seconds out of what was typed, never more than is paid for; or what to write instead.
fn read(typed: &str, unit: LimitIn, rate: Option<Usd>) -> Result<u32, String> {
    let typed = typed.trim();
    let seconds = match (unit, typed.split_once(':')) {
        (LimitIn::Minutes, Some((minutes, seconds))) => clock(minutes, seconds),
        (LimitIn::Minutes, None) => match typed::number(typed) {
            Ok(minutes) => minutes.checked_mul(Decimal::from(60)),
            Err(doubt @ typed::Mistyped::TwoMeanings { .. }) => return Err(doubt.to_string()),
            Err(_) => None,
        },
        (LimitIn::Dollars, _) => {
            let dollars = typed::dollars(typed).map_err(|mistyped| mistyped.to_string())?;
            rate.and_then(|rate| dollars.0.checked_div(rate.0))
        }
    };
    // More than HeyGen allows stays more, so that the form says so.
    let whole = seconds.and_then(|seconds| seconds.floor().min(Decimal::from(LONGEST_SECONDS + 1)).to_u32());
    whole.ok_or_else(|| match unit {
        LimitIn::Minutes => "Write minutes like 2, 1.5 or 1:30".to_owned(),
        LimitIn::Dollars => "Write an amount like 3 or $1.50".to_owned(),
    })
}

/// `1:05`.
fn clock(minutes: &str, seconds: &str) -> Option<Decimal> {
    let seconds = Some(seconds).filter(|seconds| seconds.len() == 2)?.parse::<u32>().ok()?;
    let minutes = minutes.parse::<u32>().ok()?.checked_mul(60)?;
    (seconds < 60).then(|| minutes.checked_add(seconds).map(Decimal::from)).flatten()
}

fn written(seconds: u32, unit: LimitIn, rate: Option<Usd>) -> String {
    match (unit, rate) {
        (LimitIn::Dollars, Some(rate)) => (rate.0 * Decimal::from(seconds)).round_dp(2).to_string(),
        _ if seconds.is_multiple_of(60) => (seconds / 60).to_string(),
        _ => format!("{}:{:02}", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, unit: LimitIn, expected: Option<u32>) {
        let rate = Usd::parse("0.05").unwrap();
        assert_eq!(read(typed, unit, Some(rate)).ok(), expected, "{typed}");
    }

    #[test]
    fn a_limit_is_read_as_people_write_it_and_never_costs_more() {
        check("2", LimitIn::Minutes, Some(120));
        check(" 1.5 ", LimitIn::Minutes, Some(90));
        check("1:05", LimitIn::Minutes, Some(65));
        check("1:5", LimitIn::Minutes, None);
        check("1:75", LimitIn::Minutes, None);
        check("61", LimitIn::Minutes, Some(3_601));
        check("99999999999999999999", LimitIn::Minutes, Some(3_601));
        check("-1", LimitIn::Minutes, None);
        check("", LimitIn::Minutes, None);
        check("soon", LimitIn::Minutes, None);
        check("6", LimitIn::Dollars, Some(120));
        check("$1.99", LimitIn::Dollars, Some(39));
        check("-3", LimitIn::Dollars, None);
        check("1,50", LimitIn::Dollars, Some(30));
        check("1,000", LimitIn::Dollars, None);
        check("1.000", LimitIn::Dollars, None);
        check("1,5", LimitIn::Minutes, Some(90));
        check("1,000", LimitIn::Minutes, None);
        assert!(read("5", LimitIn::Dollars, Some(Usd::ZERO)).is_err());
        assert!(read("5", LimitIn::Dollars, None).is_err());
        assert!(read("1,000", LimitIn::Minutes, None).unwrap_err().starts_with("Write 1000 or 1.00"));
    }

    #[test]
    fn a_limit_is_written_so_that_it_reads_the_same() {
        let rate = Usd::parse("0.05").ok();
        for seconds in [10, 39, 60, 61, 120, 3_600] {
            for unit in [LimitIn::Minutes, LimitIn::Dollars] {
                assert_eq!(read(&written(seconds, unit, rate), unit, rate), Ok(seconds), "{seconds} in {unit:?}");
            }
        }
    }
}
