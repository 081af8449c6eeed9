//! The tiles, in a row or a grid: only those that are seen are drawn.

use egui::{Align2, Color32, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::cast::Cast;
use super::is_low;
use super::portrait::{name_band, number_chip, picture_ui, selected_ring, type_chip};
use crate::draft::Look;
use crate::draft::avatar_video::Face;
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, Pictures};
use crate::ui::theme::{ICONS_FILL, RADIUS_CARD, palette, regular};
use crate::ui::{Action, icons, widgets};

const TILE: egui::Vec2 = vec2(114.0, 142.0);
/// A tile's height where the page is low, so that what follows is seen as well.
const LOW_TILE: f32 = 100.0;
pub(super) const GAP: f32 = 10.0;
/// Room around the row for the ring of the selected tile.
pub(super) const RING: f32 = 4.0;

/// The usual size of a tile on this page.
pub(super) fn tile(ui: &Ui) -> egui::Vec2 {
    vec2(TILE.x, if is_low(ui) { LOW_TILE } else { TILE.y })
}

pub(super) struct Tiles<'a> {
    pub(super) model: &'a Model,
    pub(super) looks: &'a [Look],
    pub(super) places: &'a [usize],
    pub(super) cast: Cast<'a>,
    pub(super) pictures: &'a mut Pictures,
    pub(super) actions: &'a mut Vec<Action>,
    /// The usual size of a tile.
    pub(super) tile: egui::Vec2,
    pub(super) changed: bool,
}

impl Tiles<'_> {
    /// Tiles, with the person's own picture first where it is the face.
    fn count(&self) -> usize {
        self.places.len() + usize::from(self.cast.own_picture().is_some())
    }

    /// The place of the chosen tile among those that are shown.
    fn chosen(&self) -> Option<usize> {
        let own = usize::from(self.cast.own_picture().is_some());
        let is_chosen = |place: &usize| self.looks.get(*place).is_some_and(|look| self.cast.place_of(look).is_some());
        self.places.iter().position(is_chosen).map(|place| place + own)
    }

    pub(super) fn row_ui(&mut self, ui: &mut Ui, to_chosen: bool) {
        // As many whole tiles as fit, a little wider or narrower than their usual size.
        let width = ui.available_width();
        let columns = ((width + GAP) / (self.tile.x + GAP)).round().max(2.0);
        let tile = vec2((width - (columns - 1.0) * GAP) / columns, self.tile.y);
        let count = self.count();
        let height = tile.y + 2.0 * RING;
        let (strip, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        // A little wider than the form, so that the ring of the first tile is whole.
        let strip = strip.expand2(vec2(RING, 0.0));
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(strip).id_salt("row"));
        ui.style_mut().always_scroll_the_only_direction = true;
        ScrollArea::horizontal().id_salt("looks in a row").max_height(height).auto_shrink([false, true]).show_viewport(
            &mut ui,
            |ui, view| {
                let step = tile.x + GAP;
                let whole = to_f32(count) * step - GAP;
                ui.set_min_size(vec2(whole.max(width) + 2.0 * RING, height));
                let origin = ui.min_rect().min + vec2(RING, 0.0);
                if let Some(place) = self.chosen().filter(|_| to_chosen) {
                    let min = origin + vec2(to_f32(place) * step, RING);
                    ui.scroll_to_rect(Rect::from_min_size(min, tile), None);
                }
                let (first, last) = (floor((view.left() - RING) / step), floor(view.right() / step));
                // One more on either side: the Tab key goes on to it, and the row follows.
                for place in first.saturating_sub(1)..=(last + 1).min(count.saturating_sub(1)) {
                    let min = origin + vec2(to_f32(place) * step, RING);
                    self.tile_ui(ui, place, Rect::from_min_size(min, tile));
                }
            },
        );
    }

    pub(super) fn grid_ui(&mut self, ui: &mut Ui) {
        let width = ui.available_width() - 10.0;
        let columns = ((width + GAP) / (self.tile.x + GAP)).floor().max(2.0);
        let tile = vec2((width - (columns - 1.0) * GAP) / columns, self.tile.y);
        let count = self.count();
        let columns = floor(columns).max(1);
        let rows = count.div_ceil(columns);
        let step = tile.y + GAP;
        let height = (to_f32(rows) * step).min(step * 2.6) + RING;
        ScrollArea::vertical().id_salt("looks in a grid").max_height(height).auto_shrink([false, false]).show_viewport(
            ui,
            |ui, view| {
                ui.set_min_size(vec2(width, to_f32(rows) * step + 2.0 * RING - GAP));
                let origin = ui.min_rect().min;
                let (first, last) = (floor(view.top() / step), floor(view.bottom() / step));
                for row in first.saturating_sub(1)..=(last + 1).min(rows.saturating_sub(1)) {
                    for column in 0..columns {
                        let place = row * columns + column;
                        if place < count {
                            let min = origin + vec2(to_f32(column) * (tile.x + GAP), RING + to_f32(row) * step);
                            self.tile_ui(ui, place, Rect::from_min_size(min, tile));
                        }
                    }
                }
            },
        );
    }

    fn tile_ui(&mut self, ui: &mut Ui, place: usize, rect: Rect) {
        let own = usize::from(self.cast.own_picture().is_some());
        match place.checked_sub(own) {
            None => self.own_picture_ui(ui, rect),
            Some(place) => {
                let looks = self.looks;
                if let Some(look) = self.places.get(place).and_then(|place| looks.get(*place)) {
                    self.look_ui(ui, rect, look);
                }
            }
        }
    }

    fn own_picture_ui(&mut self, ui: &mut Ui, rect: Rect) {
        let Some(file) = self.cast.own_picture() else { return };
        let palette = palette(ui);
        let name = file.name();
        let source = PictureSource::File(file.path.clone());
        let response = ui.interact(rect, ui.scope_id().with("own picture"), Sense::click());
        let spoken = format!("Your picture {name}");
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, true, &spoken));
        picture_ui(ui, self.pictures, Some(&source), rect, RADIUS_CARD, Color32::WHITE);
        type_chip(ui, rect, "picture");
        name_band(ui, rect, &name);
        selected_ring(ui, rect);
        widgets::focus_ring(ui, &response, RADIUS_CARD);
        let cross = Rect::from_min_size(rect.min + vec2(5.0, 5.0), vec2(24.0, 24.0));
        let remove = ui.interact(cross, ui.scope_id().with("remove own picture"), Sense::click());
        widgets::name(&remove, Role::Button, true, "Remove your picture");
        ui.painter().circle_filled(cross.center(), 11.0, palette.scrim);
        ui.painter().text(cross.center(), Align2::CENTER_CENTER, icons::X, regular(13.0), palette.on_scrim);
        if remove.on_hover_text("Remove your picture").clicked() {
            if let Cast::Face(face) = &mut self.cast {
                **face = Face::None;
            }
            self.changed = true;
        }
    }

    fn look_ui(&mut self, ui: &mut Ui, rect: Rect, look: &Look) {
        let palette = palette(ui);
        let selected = self.cast.place_of(look).is_some();
        let refusal = self.cast.refusal(look);
        let favourite = self.model.settings.favourite_looks.contains(&look.id);
        let id = ui.scope_id().with(("look", &look.id));
        let response = ui.interact(rect, id, if look.ready { Sense::click() } else { Sense::hover() });
        let spoken = format!("{}, {}", look.name, look.avatar_type.name().to_lowercase());
        response.widget_info(|| WidgetInfo::selected(Role::Button, look.ready, selected, &spoken));
        let source = look.preview_image_url.clone().map(PictureSource::Url);
        let tint = if look.ready { Color32::WHITE } else { Color32::WHITE.gamma_multiply(0.35) };
        let failed = picture_ui(ui, self.pictures, source.as_ref(), rect, RADIUS_CARD, tint);
        let chip = if look.ready { look.avatar_type.short_name() } else { "not ready" };
        type_chip(ui, rect, chip);
        name_band(ui, rect, &look.name);
        if selected {
            selected_ring(ui, rect);
            if let Some(number) = self.cast.number_of(look) {
                number_chip(ui, rect, number);
            }
        } else {
            let line = if response.hovered() && look.ready { palette.dim } else { palette.line };
            ui.painter().rect_stroke(rect, RADIUS_CARD, Stroke::new(1.0, line), StrokeKind::Inside);
        }
        widgets::focus_ring(ui, &response, RADIUS_CARD);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let over = ui.rect_contains_pointer(rect);
        // The keyboard finds it as well, behind the look it belongs to.
        let star = ui.scope_id().with(("star", &look.id));
        // In the frame of the Tab key the tile has lost it already, and the star has to be there to get it.
        let on_tile = response.has_focus() || response.lost_focus();
        let by_key = on_tile || ui.memory(|memory| memory.has_focus(star));
        if over || favourite || by_key {
            self.star_ui(ui, rect, look, favourite);
        }
        if failed && over {
            // Beside the middle: a click on the tile still chooses the look.
            let corner = Rect::from_min_size(rect.right_bottom() - vec2(34.0, 34.0), vec2(28.0, 28.0));
            let mut child = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt(("retry", &look.id)));
            let called = format!("Fetch the portrait of {} again", look.name);
            if widgets::icon_button(&mut child, icons::ARROW_CLOCKWISE, &called, 28.0).clicked()
                && let Some(source) = &source
            {
                self.pictures.retry(source);
            }
        }
        if response.clicked() && self.cast.click(look) {
            self.changed = true;
        }
        if let Some(refusal) = refusal {
            widgets::describe(&response, &refusal);
            let _ = response.on_hover_text(refusal);
        } else if look.ready {
            let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
            // Only where the name on the tile may be cut.
            if look.name.chars().count() > 14 {
                let _ = response.on_hover_text(&look.name);
            }
        } else {
            let why =
                format!("{} is not ready: it is in training, waits for consent, or its training failed.", look.name);
            widgets::describe(&response, &why);
            let _ = response.on_hover_text(why);
        }
    }

    fn star_ui(&mut self, ui: &mut Ui, rect: Rect, look: &Look, favourite: bool) {
        let palette = palette(ui);
        let place = Rect::from_min_size(rect.min + vec2(5.0, 5.0), vec2(24.0, 24.0));
        let star = ui.interact(place, ui.scope_id().with(("star", &look.id)), Sense::click());
        widgets::focus_ring(ui, &star, RADIUS_CARD);
        let called = format!("Favourite {}", look.name);
        star.widget_info(|| WidgetInfo::selected(Role::Button, true, favourite, &called));
        ui.painter().circle_filled(place.center(), 11.0, palette.scrim);
        let (font, color) = if favourite {
            (egui::FontId::new(13.0, egui::FontFamily::Name(ICONS_FILL.into())), palette.amber)
        } else {
            (regular(13.0), palette.on_scrim)
        };
        ui.painter().text(place.center(), Align2::CENTER_CENTER, icons::STAR, font, color);
        let tooltip = if favourite { "No longer a favourite" } else { "Mark as a favourite" };
        if star.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(tooltip).clicked() {
            let mut settings = self.model.settings.clone();
            if favourite {
                settings.favourite_looks.retain(|id| *id != look.id);
            } else {
                settings.favourite_looks.push(look.id.clone());
            }
            self.actions.push(Action::ChangeSettings(Box::new(settings)));
        }
    }
}

/// A number of tiles as a factor of a length on the screen.
#[expect(clippy::cast_precision_loss, reason = "places on the screen")]
fn to_f32(number: usize) -> f32 {
    number as f32
}

/// The tile a length on the screen lies in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places on the screen")]
fn floor(length: f32) -> usize {
    length.max(0.0).floor() as usize
}
