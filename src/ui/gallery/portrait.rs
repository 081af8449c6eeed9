//! A picture cut to its tile, and what is written on it.

use egui::{Align2, Color32, CornerRadius, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::ui::pictures::{PictureSource, PictureState, Pictures};
use crate::ui::theme::{RADIUS_CARD, RADIUS_SMALL, medium, palette, regular};
use crate::ui::{icons, widgets};

/// A picture that fills `rect`, cut at the edges; true where it could not be had.
pub fn picture_ui(
    ui: &Ui,
    pictures: &mut Pictures,
    source: Option<&PictureSource>,
    rect: Rect,
    radius: u8,
    tint: Color32,
) -> bool {
    let palette = palette(ui);
    if !ui.is_rect_visible(rect) {
        return false;
    }
    match source.map(|source| pictures.get(ui.ctx(), source)) {
        Some(PictureState::Ready(texture)) => {
            let size = texture.size_vec2();
            let scale = (rect.width() / size.x).max(rect.height() / size.y).max(f32::EPSILON);
            let seen = rect.size() / scale / size;
            // Faces stand in the upper half: what is cut, is cut at the sides and below.
            let spare = vec2(1.0, 1.0) - seen;
            let min = pos2(spare.x / 2.0, spare.y * 0.2);
            let uv = Rect::from_min_size(min, seen);
            ui.painter().rect_filled(rect, CornerRadius::same(radius), palette.raised);
            let shape = egui::epaint::RectShape::filled(rect, CornerRadius::same(radius), tint);
            ui.painter().add(shape.with_texture(texture.id(), uv));
            false
        }
        Some(PictureState::Loading) => {
            widgets::shimmer(ui, rect, radius);
            false
        }
        Some(PictureState::Failed) | None => {
            ui.painter().rect_filled(rect, CornerRadius::same(radius), palette.raised);
            let glyph = if source.is_some() { icons::IMAGE } else { icons::USER };
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular(28.0), palette.faint);
            source.is_some()
        }
    }
}

pub(super) fn type_chip(ui: &Ui, rect: Rect, word: &str) {
    let palette = palette(ui);
    let galley = widgets::elided(ui, word, medium(10.0), palette.on_scrim, rect.width() - 50.0);
    let size = galley.size() + vec2(12.0, 4.0);
    let chip = Rect::from_min_size(pos2(rect.right() - 8.0 - size.x, rect.top() + 8.0), size);
    ui.painter().rect_filled(chip, RADIUS_SMALL, palette.scrim);
    ui.painter().galley(chip.center() - galley.size() / 2.0, galley, palette.on_scrim);
}

/// The name on a shade that rises from the lower edge, readable on any picture.
pub(super) fn name_band(ui: &Ui, rect: Rect, name: &str) {
    let palette = palette(ui);
    let band = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 48.0), rect.max);
    let mut mesh = egui::Mesh::default();
    let (clear, dark) = (Color32::TRANSPARENT, Color32::from_black_alpha(0xb0));
    // Twice the radius: a lower foot would cut its own corners short.
    let low = band.bottom() - 2.0 * f32::from(RADIUS_CARD);
    for (y, color) in [(band.top(), clear), (low, dark)] {
        mesh.colored_vertex(pos2(band.left(), y), color);
        mesh.colored_vertex(pos2(band.right(), y), color);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(1, 2, 3);
    ui.painter().add(mesh);
    let foot = Rect::from_min_max(pos2(band.left(), low), band.max);
    let corners = CornerRadius { nw: 0, ne: 0, sw: RADIUS_CARD, se: RADIUS_CARD };
    ui.painter().rect_filled(foot, corners, dark);
    let at = pos2(rect.left() + 9.0, rect.bottom() - 16.0);
    widgets::paint_elided(ui, at, Align2::LEFT_CENTER, name, medium(12.0), palette.on_scrim, rect.width() - 18.0);
}

/// The place of a look among several chosen ones, on its lower right corner.
pub(super) fn number_chip(ui: &Ui, rect: Rect, number: usize) {
    let palette = palette(ui);
    let center = rect.right_bottom() - vec2(18.0, 18.0);
    ui.painter().circle_filled(center, 11.0, palette.text);
    ui.painter().text(center, Align2::CENTER_CENTER, number.to_string(), medium(12.0), palette.background);
}

pub(super) fn selected_ring(ui: &Ui, rect: Rect) {
    let stroke = Stroke::new(2.0, palette(ui).text);
    ui.painter().rect_stroke(rect.expand(3.0), RADIUS_CARD + 2, stroke, StrokeKind::Inside);
}
