//! Buttons: the red one that spends, and the quiet ones.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{
    Align, Align2, Color32, CornerRadius, FontId, Galley, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    Widget, vec2,
};

use super::focus::{describe, focus_ring, name};
use super::motion::paint_spinner;
use super::text::elided;
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS, RADIUS_LARGE, medium, palette, regular, semibold};

/// What the primary button says and whether it can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Primary {
    /// Can be pressed: "Create · about $2.74".
    Ready(String),
    /// Has been pressed: "Submitting…".
    Busy(String),
    /// Cannot be pressed, and why: "Choose a face". A click still answers, to show where.
    Missing(String),
    /// Has just been done: "In the queue".
    Done(String),
    /// Can be pressed and spends nothing: "Open 3 videos as a table".
    Opens(String),
}

/// The one red button: full width, 44 high; red only where it spends.
pub fn primary_button(ui: &mut Ui, state: &Primary) -> Response {
    let palette = palette(ui);
    let (words, enabled) = match state {
        Primary::Ready(words) | Primary::Opens(words) => (words, true),
        Primary::Busy(words) | Primary::Missing(words) | Primary::Done(words) => (words, false),
    };
    let pressable = matches!(state, Primary::Ready(_) | Primary::Opens(_) | Primary::Missing(_));
    let sense = if pressable { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), sense);
    name(&response, Role::Button, enabled, words);
    if ui.is_rect_visible(rect) {
        let (fill, color) = match state {
            Primary::Ready(_) if response.is_pointer_button_down_on() => (palette.red_pressed, palette.on_red),
            Primary::Ready(_) if response.hovered() => (palette.red_hover, palette.on_red),
            Primary::Ready(_) => (palette.red_fill, palette.on_red),
            Primary::Opens(_) if response.hovered() => (palette.hover, palette.text),
            Primary::Opens(_) => (palette.raised, palette.text),
            Primary::Busy(_) => (palette.red_quiet, palette.text),
            Primary::Missing(_) => (palette.raised, palette.dim),
            Primary::Done(_) => (palette.raised, palette.green),
        };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_LARGE), fill);
        if !matches!(state, Primary::Ready(_)) {
            let stroke = Stroke::new(1.0, palette.line);
            ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS_LARGE), stroke, StrokeKind::Inside);
        }
        let font = if enabled { semibold(15.0) } else { medium(14.0) };
        let busy = matches!(state, Primary::Busy(_));
        let room = rect.width() - if busy { 56.0 } else { 24.0 };
        let galley = in_two_lines(ui, words, &font, color, room);
        let mut start = rect.center() - galley.rect.center().to_vec2();
        if busy {
            start.x += 12.0;
            let left = start.x + galley.rect.left();
            paint_spinner(ui, egui::pos2(left - 16.0, rect.center().y), 7.0, color);
        }
        ui.painter().galley(start, galley, color);
    }
    focus_ring(ui, &response, RADIUS_LARGE);
    if enabled { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response }
}

/// On one line where there is room, else on two smaller ones: an amount at the end is what it is about.
fn in_two_lines(ui: &Ui, words: &str, font: &FontId, color: Color32, room: f32) -> Arc<Galley> {
    let whole = ui.painter().layout_no_wrap(words.to_owned(), font.clone(), color);
    if whole.size().x <= room {
        return whole;
    }
    let small = FontId::new(13.0, font.family.clone());
    let mut job = LayoutJob::simple(words.to_owned(), small, color, room);
    job.wrap.max_rows = 2;
    job.halign = Align::Center;
    ui.painter().layout_job(job)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Secondary,
    Quiet,
}

/// An ordinary button.
///
/// ```
/// # use reelmeter::ui::{icons, widgets::Button};
/// # fn ui(ui: &mut egui::Ui) {
/// if ui.add(Button::secondary("Open folder").icon(icons::FOLDER_OPEN)).clicked() { /* … */ }
/// # }
/// ```
#[must_use = "add it to the ui"]
pub struct Button<'a> {
    kind: Kind,
    label: &'a str,
    icon: Option<&'a str>,
    name: Option<&'a str>,
    refusal: Option<String>,
    enabled: bool,
    selected: bool,
    small: bool,
    full_width: bool,
    color: Option<Color32>,
}

impl<'a> Button<'a> {
    fn new(kind: Kind, label: &'a str) -> Self {
        Self {
            kind,
            label,
            icon: None,
            name: None,
            refusal: None,
            enabled: true,
            selected: false,
            small: false,
            full_width: false,
            color: None,
        }
    }

    /// With a surface and an edge.
    pub fn secondary(label: &'a str) -> Self {
        Self::new(Kind::Secondary, label)
    }

    /// Words only, until the pointer is over them.
    pub fn quiet(label: &'a str) -> Self {
        Self::new(Kind::Quiet, label)
    }

    /// A glyph before the words.
    pub fn icon(mut self, glyph: &'a str) -> Self {
        self.icon = Some(glyph);
        self
    }

    /// What it is called where that differs from its words ("Play Q4 welcome").
    pub fn named(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Disabled for this reason, which is its tooltip; `None` leaves it enabled.
    pub fn refused(mut self, reason: Option<String>) -> Self {
        self.enabled &= reason.is_none();
        self.refusal = reason;
        self
    }

    /// Shown as switched on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// 28 high with small words, for rows and cards.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    pub fn full_width(mut self) -> Self {
        self.full_width = true;
        self
    }

    /// Words in another colour than usual.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        let size = if self.small { 12.0 } else { 14.0 };
        let height = if self.small { 28.0 } else { CONTROL_HEIGHT };
        let padding = match (self.kind, self.small) {
            (Kind::Secondary, false) => 14.0,
            (Kind::Secondary, true) => 10.0,
            (Kind::Quiet, _) => 8.0,
        };
        let color = match (self.enabled, self.color, self.kind, self.selected) {
            (false, ..) => palette.faint,
            (_, Some(color), ..) => color,
            (_, None, Kind::Secondary, _) | (_, None, _, true) => palette.text,
            (_, None, Kind::Quiet, false) => palette.dim,
        };
        let glyph = self.icon.map(|glyph| ui.painter().layout_no_wrap(glyph.to_owned(), regular(size + 3.0), color));
        let glyph_width =
            glyph.as_ref().map_or(0.0, |glyph| glyph.size().x + if self.label.is_empty() { 0.0 } else { 6.0 });
        let room = (ui.available_width() - glyph_width - 2.0 * padding).max(24.0);
        let galley = elided(ui, self.label, regular(size), color, room);
        let content = vec2(glyph_width + galley.size().x, height);
        let width = if self.full_width { ui.available_width() } else { content.x + 2.0 * padding };
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
        let called = self.name.unwrap_or(self.label);
        if self.selected {
            response.widget_info(|| egui::WidgetInfo::selected(Role::Button, self.enabled, true, called));
        } else {
            name(&response, Role::Button, self.enabled, called);
        }
        if ui.is_rect_visible(rect) {
            let lit = self.enabled && (response.hovered() || response.is_pointer_button_down_on());
            let fill = match (self.kind, lit, self.selected) {
                (_, true, _) => palette.hover,
                (_, false, true) | (Kind::Secondary, false, false) => palette.raised,
                (Kind::Quiet, false, false) => Color32::TRANSPARENT,
            };
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), fill);
            if self.kind == Kind::Secondary {
                let stroke = Stroke::new(1.0, palette.line);
                ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS), stroke, StrokeKind::Inside);
            }
            let mut x = rect.center().x - content.x / 2.0;
            if let Some(glyph) = glyph {
                let at = egui::pos2(x, rect.center().y - glyph.size().y / 2.0);
                ui.painter().galley(at, glyph, color);
            }
            x += glyph_width;
            ui.painter().galley(egui::pos2(x, rect.center().y - galley.size().y / 2.0), galley, color);
        }
        focus_ring(ui, &response, RADIUS);
        match self.refusal {
            Some(reason) => {
                describe(&response, &reason);
                response.on_hover_text(reason)
            }
            None if self.enabled => response.on_hover_cursor(egui::CursorIcon::PointingHand),
            None => response,
        }
    }
}

/// A square button of one glyph; its name is its tooltip.
pub fn icon_button(ui: &mut Ui, glyph: &str, called: &str, side: f32) -> Response {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    name(&response, Role::Button, ui.is_enabled(), called);
    if ui.is_rect_visible(rect) {
        let lit = response.hovered() || response.has_focus();
        if lit {
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), palette.hover);
        }
        let color = if lit { palette.text } else { palette.dim };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular((side * 0.56).round()), color);
    }
    focus_ring(ui, &response, RADIUS);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(called)
}

/// Underlined words in a caption's size: "open folder".
pub fn link(ui: &mut Ui, words: &str, called: &str) -> Response {
    let palette = palette(ui);
    let galley = elided(ui, words, regular(12.0), palette.dim, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, galley.size().y.max(18.0)), Sense::click());
    name(&response, Role::Link, ui.is_enabled(), called);
    if ui.is_rect_visible(rect) {
        let color = if response.hovered() { palette.text } else { palette.dim };
        let text = Rect::from_center_size(rect.center(), galley.size());
        ui.painter().galley_with_override_text_color(text.min, galley, color);
        ui.painter().hline(text.x_range(), text.bottom() - 1.0, Stroke::new(1.0, color));
    }
    focus_ring(ui, &response, 2);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As wide as the button is on the receipt of a window 960 wide.
    const NARROW: f32 = 231.0 - 24.0;

    #[test]
    fn a_reason_is_whole_on_a_narrow_button() {
        let words = [
            "Above the project's budget of $1,000.00",
            "Above this month's cap of $20,000.00",
            "Confirm that no price is published",
            "Create again · price not published",
        ];
        let window = egui_kittest::Harness::builder().with_context_setup(crate::ui::theme::install);
        let mut harness = window.build_ui(move |ui| {
            for words in words {
                let galley = in_two_lines(ui, words, &medium(14.0), Color32::WHITE, NARROW);
                assert!(!galley.elided, "{words}");
                assert!(galley.size().x <= NARROW && galley.size().y <= 40.0, "{words}: {:?}", galley.size());
            }
            let short = in_two_lines(ui, "Create · $3.20", &semibold(15.0), Color32::WHITE, NARROW);
            assert_eq!(short.rows.len(), 1);
        });
        harness.run_steps(2);
    }
}
