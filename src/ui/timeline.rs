//! The part of a video between two times: a track with two handles, and the times as they are typed.
//! Knows a [`Part`] and how long the video is, and nothing of what is made of it.

use std::path::Path;

use egui::{Align, EventFilter, Id, Key, Layout, Modifiers, Rect, Role, Sense, Stroke, Ui, pos2, vec2};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::pictures::{PictureSource, PictureState, Pictures};
use super::theme::{CONTROL_HEIGHT, RADIUS, RADIUS_SMALL, palette};
use super::{format, widgets};
use crate::draft::avatar_video::LocalFile;
use crate::draft::part::{PART_SECONDS_LEAST, Part, Unread};
use crate::typed;

/// Width of the fields for typed times.
const TIME_WIDTH: f32 = 84.0;
/// Pictures of a film that are read, whatever the track's width.
const PICTURES: u8 = 16;
/// Width of a handle.
const HANDLE: f32 = 10.0;

/// A film whose pictures stand behind the track.
pub struct Film<'a> {
    pub pictures: &'a mut Pictures,
    pub path: &'a Path,
    /// Pixels.
    pub dimensions: Option<(u32, u32)>,
}

impl<'a> Film<'a> {
    /// The film of a file, where it is one on this computer.
    pub fn of(file: &'a LocalFile, pictures: &'a mut Pictures) -> Option<Self> {
        let here = file.address.is_none() && file.fault.is_none();
        here.then(|| Self { pictures, path: &file.path, dimensions: file.dimensions })
    }
}

/// One end of the part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    Finish,
}

impl End {
    fn called(self) -> &'static str {
        match self {
            Self::Start => "Start of the part",
            Self::Finish => "End of the part",
        }
    }

    /// Whether what was typed for it cannot be read.
    fn unread(self, part: &mut Part) -> &mut bool {
        match self {
            Self::Start => &mut part.unread.start,
            Self::Finish => &mut part.unread.end,
        }
    }
}

/// Draws the field `width` wide for a video of `duration` seconds; true when the part changed. Without a
/// known duration the times can be typed, and there is no track.
pub fn timeline(
    ui: &mut Ui,
    part: &mut Part,
    duration: Option<Decimal>,
    problem: Option<&str>,
    film: Option<Film<'_>>,
    width: f32,
) -> bool {
    let before = *part;
    ui.push_id("timeline", |ui| {
        let scope = ui.scope_id();
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(width);
            // A time that is half typed is no mistake yet.
            let typing = [End::Start, End::Finish].into_iter().any(|end| is_edited(ui, scope, end));
            let problem = problem.filter(|_| !typing || part.unread == Unread::default());
            widgets::field_label(ui, "Part of the video", &used_words(part, duration), problem);
            ui.allocate_ui_with_layout(vec2(width, CONTROL_HEIGHT), Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 10.0;
                time_ui(ui, scope, End::Start, part, duration);
                let room = (ui.available_width() - TIME_WIDTH - 10.0).max(60.0);
                match duration.filter(|duration| *duration > Decimal::ZERO) {
                    Some(duration) => track_ui(ui, scope, part, duration, film, room),
                    None => {
                        let words = "The length is not known here: type the times.";
                        ui.allocate_ui(vec2(room, CONTROL_HEIGHT), |ui| {
                            ui.set_width(room);
                            widgets::caption(ui, words);
                        });
                    }
                }
                time_ui(ui, scope, End::Finish, part, duration);
            });
        });
    });
    *part != before
}

fn used_words(part: &Part, duration: Option<Decimal>) -> String {
    if part.unread != Unread::default() {
        return String::new();
    }
    match (part.is_whole(), part.seconds(duration), duration) {
        (true, _, Some(duration)) => format!("all of it, {}", format::duration(duration)),
        (true, ..) => "all of it".to_owned(),
        (false, Some(seconds), Some(duration)) if seconds > Decimal::ZERO => {
            format!("{} of {}", time(seconds), format::duration(duration))
        }
        (false, Some(seconds), None) if seconds > Decimal::ZERO => time(seconds),
        _ => String::new(),
    }
}

/// Where the text of a field is kept while it is typed, and as long as it cannot be read.
fn typed_id(scope: Id, end: End) -> Id {
    scope.with(("typed", end.called()))
}

/// Whether somebody was typing in the field when it was last drawn.
fn is_edited(ui: &Ui, scope: Id, end: End) -> bool {
    ui.data(|data| data.get_temp(typed_id(scope, end).with("editing"))).unwrap_or_default()
}

fn time_ui(ui: &mut Ui, scope: Id, end: End, part: &mut Part, duration: Option<Decimal>) {
    let id = typed_id(scope, end);
    let value = match end {
        End::Start => Some(part.start.unwrap_or_default()),
        End::Finish => part.end.or(duration),
    };
    // A text stays as it is typed, and as long as it cannot be read; otherwise the field shows the part.
    let kept: Option<String> = ui.data(|data| data.get_temp(id));
    *end.unread(part) &= kept.is_some();
    let mut text = kept.unwrap_or_else(|| value.map(time).unwrap_or_default());
    let hint = if end == End::Start { "0:00" } else { "end" };
    let typed = match end {
        End::Start => "Start, typed",
        End::Finish => "End, typed",
    };
    let field = widgets::text_line(ui, typed, hint, &mut text, TIME_WIDTH);
    if field.changed() {
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    let editing = field.has_focus();
    ui.data_mut(|data| data.insert_temp(id.with("editing"), editing));
    // With every letter: what is shown is what would be made, also where a key makes it at once.
    if field.changed() {
        match (parse_time(&text), text.trim().is_empty()) {
            (Some(seconds), _) => set(part, end, seconds, duration, false),
            (None, true) => {
                *end.unread(part) = false;
                match end {
                    End::Start => part.start = None,
                    End::Finish => part.end = None,
                }
            }
            (None, false) => *end.unread(part) = true,
        }
    }
    if !editing && !*end.unread(part) {
        ui.data_mut(|data| data.remove::<String>(id));
    }
}

/// Sets one end. A dragged end keeps its distance from the other; a typed one is taken as it is, and what
/// is wrong with it is said.
fn set(part: &mut Part, end: End, seconds: Decimal, duration: Option<Decimal>, dragged: bool) {
    *end.unread(part) = false;
    match end {
        End::Start => {
            let most = part.end.or(duration).map(|finish| finish - PART_SECONDS_LEAST);
            let seconds = match most {
                Some(most) if dragged => seconds.min(most),
                _ => seconds,
            };
            part.start = (seconds > Decimal::ZERO).then(|| seconds.normalize());
        }
        End::Finish => {
            let least = part.start.unwrap_or_default() + PART_SECONDS_LEAST;
            let seconds = if dragged { seconds.max(least) } else { seconds };
            let whole =
                duration.is_some_and(|duration| if dragged { seconds >= duration } else { seconds == duration });
            part.end = (!whole).then(|| seconds.normalize());
        }
    }
}

fn track_ui(ui: &mut Ui, scope: Id, part: &mut Part, duration: Decimal, film: Option<Film<'_>>, width: f32) {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, CONTROL_HEIGHT), Sense::hover());
    let inner = rect.shrink2(vec2(HANDLE / 2.0, 0.0));
    let place = |seconds: Decimal| inner.left() + share(seconds, duration) * inner.width();
    ui.painter().rect(rect, RADIUS, palette.input, Stroke::new(1.0, palette.line), egui::StrokeKind::Inside);
    let pictured = film.is_some_and(|mut film| strip_ui(ui, inner, &mut film));
    if !pictured {
        ticks_ui(ui, inner, duration);
    }
    for end in [End::Start, End::Finish] {
        handle_ui(ui, scope, inner, end, part, duration);
    }
    let (left, right) = (place(part.start.unwrap_or_default()), place(part.end.unwrap_or(duration)));
    let used = Rect::from_x_y_ranges(left..=right.max(left), rect.y_range());
    let color = palette.blue;
    if pictured {
        for unused in [inner.left()..=left, right..=inner.right()] {
            let rect = Rect::from_x_y_ranges(unused, rect.y_range());
            if rect.width() > 0.5 {
                ui.painter().rect_filled(rect, 0, palette.background.gamma_multiply(0.78));
            }
        }
    } else {
        ui.painter().rect_filled(used, RADIUS_SMALL, color.gamma_multiply(0.22));
    }
    for y in [rect.top() + 0.75, rect.bottom() - 0.75] {
        ui.painter().hline(used.x_range(), y, Stroke::new(1.5, color));
    }
    for x in [left, right] {
        let handle = Rect::from_center_size(pos2(x, rect.center().y), vec2(HANDLE, rect.height()));
        ui.painter().rect_filled(handle, RADIUS_SMALL, color);
        ui.painter().vline(x, (rect.center().y - 6.0)..=(rect.center().y + 6.0), Stroke::new(1.5, palette.on_red));
    }
}

/// The film's pictures along the track; false where there are none (yet).
fn strip_ui(ui: &Ui, rect: Rect, film: &mut Film<'_>) -> bool {
    let shape = film
        .dimensions
        .filter(|(_, height)| *height > 0)
        .map_or(Decimal::new(16, 1), |(width, height)| Decimal::from(width) / Decimal::from(height));
    let shape = shape.to_f32().unwrap_or(1.6).max(0.1);
    let one = rect.height() * shape;
    let source = PictureSource::Strip(film.path.to_owned(), PICTURES);
    let PictureState::Ready(texture) = film.pictures.get(ui.ctx(), &source) else { return false };
    // As many as fit in their own shape; each is the one nearest to its place.
    let count = (rect.width() / one).round().clamp(1.0, f32::from(PICTURES));
    let width = rect.width() / count;
    // What is too much of a picture is cut off, more of it below than above a face.
    let part = (width / rect.height() / shape).max(f32::EPSILON);
    let (across, down) = (part.min(1.0), (1.0 / part).min(1.0));
    let step = 1.0 / f32::from(PICTURES);
    let mut left = rect.left();
    while left + width / 2.0 < rect.right() {
        let place = (left + width / 2.0 - rect.left()) / rect.width();
        let from = (place * f32::from(PICTURES)).floor() * step + step * (1.0 - across) / 2.0;
        let seen = Rect::from_min_size(pos2(from, (1.0 - down) * 0.3), vec2(step * across, down));
        let tile = Rect::from_x_y_ranges(left..=left + width, rect.y_range());
        let shape = egui::epaint::RectShape::filled(tile, 0, egui::Color32::WHITE);
        ui.painter().add(shape.with_texture(texture.id(), seen));
        left += width;
    }
    true
}

/// Marks every second, ten seconds or minute, as many as can be told apart.
fn ticks_ui(ui: &Ui, rect: Rect, duration: Decimal) {
    let steps = [1, 5, 10, 30, 60, 300, 600, 3_600].map(Decimal::from);
    let room = |step: Decimal| share(step, duration) * rect.width() >= 12.0;
    let Some(step) = steps.into_iter().find(|step| room(*step)) else { return };
    let stroke = Stroke::new(1.0, palette(ui).line);
    let mut at = step;
    while at < duration {
        let x = rect.left() + share(at, duration) * rect.width();
        ui.painter().vline(x, (rect.bottom() - 9.0)..=(rect.bottom() - 3.0), stroke);
        at += step;
    }
}

fn handle_ui(ui: &mut Ui, scope: Id, inner: Rect, end: End, part: &mut Part, duration: Decimal) {
    let now = match end {
        End::Start => part.start.unwrap_or_default(),
        End::Finish => part.end.unwrap_or(duration),
    };
    let x = inner.left() + share(now, duration) * inner.width();
    let rect = Rect::from_center_size(pos2(x, inner.center().y), vec2(HANDLE + 6.0, inner.height()));
    let id = scope.with(end.called());
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let response = response.on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
    let mut wanted = None;
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let share = ((pointer.x - inner.left()) / inner.width().max(1.0)).clamp(0.0, 1.0);
        wanted = Decimal::from_f32_retain(share).map(|share| (share * duration).round_dp(1));
    }
    if response.clicked() {
        response.request_focus();
    }
    if response.has_focus() {
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        let moved = ui.input_mut(|input| {
            let mut by = Decimal::ZERO;
            let (second, tenth) = (Decimal::ONE, Decimal::new(1, 1));
            for (key, sign) in [(Key::ArrowRight, 1), (Key::ArrowUp, 1), (Key::ArrowLeft, -1), (Key::ArrowDown, -1)] {
                // Shift first: consuming without it would take both.
                let fine = input.count_and_consume_key(Modifiers::SHIFT, key);
                let coarse = input.count_and_consume_key(Modifiers::NONE, key);
                let sign = Decimal::from(sign);
                by += sign * (Decimal::from(fine) * tenth + Decimal::from(coarse) * second);
            }
            by
        });
        if !moved.is_zero() {
            wanted = Some(now + moved);
        }
        let (home, finish) = ui.input(|input| (input.key_pressed(Key::Home), input.key_pressed(Key::End)));
        if home {
            wanted = Some(Decimal::ZERO);
        } else if finish {
            wanted = Some(duration);
        }
    }
    let (more, less) = ui.input(|input| {
        use egui::accesskit::Action::{Decrement, Increment};
        (input.num_accesskit_action_requests(id, Increment), input.num_accesskit_action_requests(id, Decrement))
    });
    if more != less {
        wanted = Some(now + Decimal::from(more) - Decimal::from(less));
    }
    if let Some(seconds) = wanted {
        set(part, end, seconds.clamp(Decimal::ZERO, duration), Some(duration), true);
        // What was typed before is no longer meant.
        ui.data_mut(|data| data.remove::<String>(typed_id(scope, end)));
    }
    let shown = time(now);
    widgets::name(&response, Role::Slider, true, end.called());
    ui.ctx().accesskit_node_builder(id, |node| {
        use egui::accesskit::Action::{Decrement, Increment};
        node.set_role(Role::Slider);
        node.set_value(shown.clone());
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(duration.to_f64().unwrap_or_default());
        node.set_numeric_value(now.to_f64().unwrap_or_default());
        node.add_action(Increment);
        node.add_action(Decrement);
    });
    widgets::focus_ring(ui, &response, RADIUS_SMALL);
    if !response.dragged() {
        let _ = response.on_hover_text(format!("{} {shown}. Arrow keys: a second; with Shift: a tenth.", end.called()));
    }
}

/// Where a time stands between beginning and end, 0 to 1; only ever drawn.
fn share(seconds: Decimal, duration: Decimal) -> f32 {
    seconds.checked_div(duration).and_then(|share| share.to_f32()).unwrap_or_default().clamp(0.0, 1.0)
}

/// `1:05.5`, `0:10`, `1:02:03`.
#[must_use]
pub fn time(seconds: Decimal) -> String {
    let tenths = seconds.round_dp(1).max(Decimal::ZERO);
    let whole = format::duration(tenths.trunc());
    let rest = tenths.fract().normalize();
    match rest.to_string().strip_prefix("0.") {
        Some(digits) => format!("{whole}.{digits}"),
        None => whole,
    }
}

/// Seconds of a typed time: `65.5`, `1:05.5`, `1:02:03`. A comma is as good as a point, but for what may mean
/// thousands of seconds.
#[must_use]
pub fn parse_time(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if !text.contains(':') {
        return typed::number(text).ok().filter(|seconds| text.len() <= 9 && *seconds >= Decimal::ZERO);
    }
    let text = text.replace(',', ".");
    let mut parts = text.rsplit(':');
    let last = parts.next()?;
    let plain = |part: &str| {
        let digits = part.chars().all(|c| c.is_ascii_digit() || c == '.');
        (digits && !part.is_empty() && part.len() <= 9).then(|| part.parse::<Decimal>().ok()).flatten()
    };
    let mut seconds = plain(last)?;
    if seconds >= Decimal::from(60) {
        return None;
    }
    let mut unit = Decimal::from(60);
    for (place, part) in parts.enumerate() {
        let value = plain(part).filter(|value| value.fract().is_zero())?;
        if place > 1 {
            return None;
        }
        seconds += value * unit;
        unit *= Decimal::from(60);
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(parse_time(text), expected.map(|seconds| seconds.parse().unwrap()), "{text}");
    }

    #[test]
    fn a_time_is_typed_as_people_write_it() {
        check("65.5", Some("65.5"));
        check(" 1:05.5 ", Some("65.5"));
        check("1:05,5", Some("65.5"));
        check("65,5", Some("65.5"));
        check("1,000", None);
        check("0:00", Some("0"));
        check("90", Some("90"));
        check("1:02:03", Some("3723"));
        check("1:75", None);
        check("1:02:03:04", None);
        check("1.5:00", None);
        check("-5", None);
        check("1:", None);
        check("soon", None);
        check("", None);
        check("99999999999999999999", None);
    }

    #[test]
    fn a_time_reads_as_it_is_typed() {
        for text in ["0:00", "0:10", "1:05.5", "1:02:03", "59:59.9"] {
            assert_eq!(time(parse_time(text).unwrap()), text);
        }
        assert_eq!(time("59.96".parse().unwrap()), "1:00");
    }

    #[test]
    fn a_dragged_end_never_passes_the_other() {
        let duration = Some(Decimal::from(60));
        let mut part = Part { start: None, end: Some(Decimal::from(20)), ..Part::default() };
        set(&mut part, End::Start, Decimal::from(30), duration, true);
        assert_eq!(part.start, Some(Decimal::from(19)));
        set(&mut part, End::Finish, Decimal::from(5), duration, true);
        assert_eq!(part.end, Some(Decimal::from(20)));
        set(&mut part, End::Finish, Decimal::from(60), duration, true);
        set(&mut part, End::Start, Decimal::ZERO, duration, true);
        assert!(part.is_whole());
    }
}
