//! A small rounded label, sometimes clickable.

use egui::{Color32, CornerRadius, Response, Role, Sense, Ui, Widget, vec2};

use super::focus::{focus_ring, name};
use super::text::elided;
use crate::ui::theme::{palette, regular};

/// A chip. Without [`Chip::clickable`] it is only read.
#[must_use = "add it to the ui"]
pub struct Chip<'a> {
    label: &'a str,
    icon: Option<&'a str>,
    color: Option<Color32>,
    fill: Option<Color32>,
    clickable: Option<&'a str>,
}

impl<'a> Chip<'a> {
    pub fn new(label: &'a str) -> Self {
        Self { label, icon: None, color: None, fill: None, clickable: None }
    }

    pub fn icon(mut self, glyph: &'a str) -> Self {
        self.icon = Some(glyph);
        self
    }

    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    pub fn fill(mut self, fill: Color32) -> Self {
        self.fill = Some(fill);
        self
    }

    /// A button of this name.
    pub fn clickable(mut self, called: &'a str) -> Self {
        self.clickable = Some(called);
        self
    }

    /// How wide it is where there is room for all of it.
    pub fn width(&self, ui: &Ui) -> f32 {
        let wide = |words: &str, size: f32| {
            ui.painter().layout_no_wrap(words.to_owned(), regular(size), Color32::PLACEHOLDER).size().x
        };
        wide(self.label, 12.0) + self.icon.map_or(0.0, |glyph| wide(glyph, 15.0) + 5.0) + 20.0
    }
}

impl Widget for Chip<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        let color = self.color.unwrap_or(palette.dim);
        let glyph = self.icon.map(|glyph| ui.painter().layout_no_wrap(glyph.to_owned(), regular(15.0), color));
        let glyph_width = glyph.as_ref().map_or(0.0, |glyph| glyph.size().x + 5.0);
        let galley = elided(ui, self.label, regular(12.0), color, ui.available_width() - glyph_width - 20.0);
        let size = vec2(galley.size().x + glyph_width + 20.0, 24.0);
        let sense = if self.clickable.is_some() { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(size, sense);
        match self.clickable {
            Some(called) => name(&response, Role::Button, true, called),
            None => name(&response, Role::Label, true, self.label),
        }
        if ui.is_rect_visible(rect) {
            let lit = self.clickable.is_some() && response.hovered();
            let fill = if lit { palette.hover } else { self.fill.unwrap_or(palette.raised) };
            ui.painter().rect_filled(rect, CornerRadius::same(12), fill);
            let mut x = rect.left() + 10.0;
            if let Some(glyph) = glyph {
                ui.painter().galley(egui::pos2(x, rect.center().y - glyph.size().y / 2.0), glyph, color);
                x += glyph_width;
            }
            ui.painter().galley(egui::pos2(x, rect.center().y - galley.size().y / 2.0), galley, color);
        }
        focus_ring(ui, &response, 12);
        if self.clickable.is_some() { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response }
    }
}

/// A chip that is only read.
pub fn chip(ui: &mut Ui, label: &str) -> Response {
    ui.add(Chip::new(label))
}
