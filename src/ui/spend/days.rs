//! Which days are reported on: months and ready-made stretches to choose, arrows from month to
//! month, and two fields for any other days.

use egui::{Align, Key, Layout, Ui, vec2};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::spend::types::{Period, ReportOn, Snapshot, date_of};
use crate::ui::theme::{CONTROL_HEIGHT, palette, regular};
use crate::ui::widgets::{self, Button, SelectItem, icon_button, select, text_line};
use crate::ui::{Action, icons};

/// The first day and the last, as they are typed.
#[derive(Clone, Debug, Default)]
pub struct TypedDays {
    first: String,
    last: String,
    focused: bool,
}

/// Stretches that are always offered.
fn ready(today: Date) -> [(&'static str, ReportOn); 3] {
    let since = |first: Date| ReportOn::Days { first, last: today };
    [
        ("Last 7 days", since(today.saturating_sub(6.days()))),
        ("Last 28 days", since(today.saturating_sub(27.days()))),
        ("Last 12 months", since(today.saturating_sub(1.year()).saturating_add(1.day()))),
    ]
}

/// The list and the arrows.
pub fn days_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    typed: &mut Option<TypedDays>,
    zone: &TimeZone,
    actions: &mut Vec<Action>,
) {
    let shown = snapshot.report.period;
    let ready = ready(date_of(snapshot.now, zone));
    let name = name_of(snapshot, zone);
    let of_month = |period: Period| match period.contains(snapshot.now) {
        true => ReportOn::ThisMonth,
        false => ReportOn::MonthOf(period.first),
    };
    let items = || {
        let month = |month: &crate::spend::types::MonthTotal| SelectItem {
            label: month.period.name(),
            detail: month.total.to_string(),
            selected: month.period == shown,
            ..SelectItem::default()
        };
        let plain =
            |label: &str| SelectItem { label: label.to_owned(), selected: *label == name, ..SelectItem::default() };
        let stretches = ready.iter().map(|(label, _)| plain(label));
        snapshot.months.iter().map(month).chain(stretches).chain([plain("Other days…")]).collect()
    };
    let months = snapshot.months.len();
    let chosen = match select(ui, "Days reported on", &name, None, 256.0, items) {
        None => None,
        Some(place) if place < months => snapshot.months.get(place).map(|month| of_month(month.period)),
        Some(place) => match ready.get(place - months) {
            Some((_, days)) => Some(*days),
            None => {
                let last = shown.next.saturating_sub(1.day());
                *typed = Some(TypedDays { first: shown.first.to_string(), last: last.to_string(), focused: false });
                None
            }
        },
    };
    let place = snapshot.months.iter().position(|month| month.period == shown);
    let at = |place: Option<usize>| place.and_then(|place| snapshot.months.get(place)).map(|month| month.period);
    let newer = at(place.and_then(|place| place.checked_sub(1)));
    let older = at(place.map(|place| place + 1));
    let mut arrow = |glyph: &str, called: &str, to: Option<Period>| {
        let clicked = ui.add_enabled_ui(to.is_some(), |ui| icon_button(ui, glyph, called, 28.0).clicked()).inner;
        to.filter(|_| clicked).map(of_month)
    };
    let next = arrow(icons::ARROW_RIGHT, "Next month", newer);
    let previous = arrow(icons::ARROW_LEFT, "Previous month", older);
    if let Some(days) = chosen.or(next).or(previous) {
        *typed = None;
        actions.push(Action::ReportOn(days));
    }
}

/// What the days that are shown are called.
fn name_of(snapshot: &Snapshot, zone: &TimeZone) -> String {
    let shown = snapshot.report.period;
    let is_shown = |days: &ReportOn| match days {
        ReportOn::Days { first, last } => (*first, last.saturating_add(1.day())) == (shown.first, shown.next),
        ReportOn::ThisMonth | ReportOn::MonthOf(_) => false,
    };
    let ready = ready(date_of(snapshot.now, zone));
    let month = snapshot.months.iter().any(|month| month.period == shown);
    match ready.iter().find(|(_, days)| !month && is_shown(days)) {
        Some((name, _)) => (*name).to_owned(),
        None => shown.name(),
    }
}

/// Two fields for the first and the last day, while they are asked for.
pub fn typed_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    typed: &mut Option<TypedDays>,
    zone: &TimeZone,
    actions: &mut Vec<Action>,
) {
    let Some(days) = typed else { return };
    let palette = palette(ui);
    let today = date_of(snapshot.now, zone);
    let mut close = false;
    let mut show = None;
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), CONTROL_HEIGHT),
        Layout::left_to_right(Align::Center),
        |ui| {
            widgets::words(ui, "From", regular(14.0), palette.dim);
            let first = text_line(ui, "First day", "2026-11-01", &mut days.first, 120.0);
            widgets::words(ui, "to", regular(14.0), palette.dim);
            let last = text_line(ui, "Last day", "2026-11-30", &mut days.last, 120.0);
            if !std::mem::replace(&mut days.focused, true) {
                first.request_focus();
            }
            let entered = (first.lost_focus() || last.lost_focus()) && ui.input(|input| input.key_pressed(Key::Enter));
            let read = stretch(&days.first, &days.last, today);
            let button = Button::secondary("Show").named("Show these days").refused(read.clone().err());
            if ui.add(button).clicked() || entered {
                show = read.clone().ok();
            }
            close = icon_button(ui, icons::X, "Close the choice of days", 28.0).clicked();
            if let Err(problem) = read {
                widgets::words(ui, problem, regular(12.0), palette.amber);
            }
        },
    );
    if let Some(days) = show {
        actions.push(Action::ReportOn(days));
        close = true;
    }
    if close {
        *typed = None;
    }
}

/// The days that two texts mean, or what is wrong with them.
fn stretch(first: &str, last: &str, today: Date) -> Result<ReportOn, String> {
    let read = |text: &str, which: &str| match days(text).as_slice() {
        [day] => Ok(*day),
        [] => Err(format!("The {which} day is no day like 2026-11-22 or 22 Nov 2026.")),
        [day, other, ..] => Err(format!("The {which} day could be {day} or {other}: write it like one of these.")),
    };
    let (first, last) = (read(first, "first")?, read(last, "last")?);
    if last < first {
        return Err("The last day lies before the first.".to_owned());
    }
    if first > today {
        return Err("The first day is still to come.".to_owned());
    }
    if first.year() < 2020 {
        return Err("There was nothing to pay for before 2020.".to_owned());
    }
    // What is to come has no charges: the plot ends with the month of today.
    Ok(ReportOn::Days { first, last: last.min(today.last_of_month()) })
}

/// What a day as people write it can mean: `2026-11-22`, `2026/11/22`, `22.11.2026`, `22 Nov 2026`,
/// `November 22, 2026`; `11/22/2026` and `22/11/2026` too, where only one of the two is a day.
fn days(text: &str) -> Vec<Date> {
    const PLAIN: [&str; 9] = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%d.%m.%Y",
        "%d. %m. %Y",
        "%d %b %Y",
        "%d %B %Y",
        "%B %d, %Y",
        "%b %d, %Y",
    ];
    /// In some countries the month comes first, in others the day.
    const SLASHED: [&str; 2] = ["%m/%d/%Y", "%d/%m/%Y"];
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let read = |format: &str| Date::strptime(format, &text).ok();
    if let Some(day) = PLAIN.into_iter().find_map(read) {
        return vec![day];
    }
    let mut days: Vec<Date> = SLASHED.into_iter().filter_map(read).collect();
    days.dedup();
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &str, last: &str, expected: Result<(&str, &str), &str>) {
        let found = stretch(first, last, "2026-11-22".parse().unwrap());
        match expected {
            Ok((first, last)) => {
                let days = ReportOn::Days { first: first.parse().unwrap(), last: last.parse().unwrap() };
                assert_eq!(found, Ok(days));
            }
            Err(part) => assert!(found.clone().is_err_and(|words| words.contains(part)), "{found:?}"),
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        check("2026-11-01", "2026-11-22", Ok(("2026-11-01", "2026-11-22")));
        check(" 1.11.2026 ", "22  Nov 2026", Ok(("2026-11-01", "2026-11-22")));
        check("2026/11/1", "2026.11.22", Ok(("2026-11-01", "2026-11-22")));
        check("22 november 2026", "Nov 22, 2026", Ok(("2026-11-22", "2026-11-22")));
        check("2025-12-31", "2031-01-01", Ok(("2025-12-31", "2026-11-30")));
        check("2026-11-31", "2026-12-01", Err("The first day is no day"));
        check("11/1/2026", "11/22/2026", Err("The first day could be 2026-11-01 or 2026-01-11"));
        check("22/10/2026", "11/22/2026", Ok(("2026-10-22", "2026-11-22")));
        check("11/11/2026", "22/11/2026", Ok(("2026-11-11", "2026-11-22")));
        check("2026-11-01", "22/22/2026", Err("The last day is no day"));
        check("2026-11-02", "2026-11-01", Err("before the first"));
        check("2026-11-23", "2026-11-24", Err("still to come"));
        check("0001-01-01", "2026-11-24", Err("before 2020"));
    }
}
