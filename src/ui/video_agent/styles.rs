//! The styles an agent can follow, as a row of their pictures.

use egui::{
    Align, Align2, Color32, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::draft::chat::AgentStyle;
use crate::ui::gallery::picture_ui;
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, Pictures};
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS_CARD, medium, palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, format, icons};

const TILE: egui::Vec2 = vec2(124.0, 92.0);
const GAP: f32 = 8.0;
/// More styles than this are searched.
const SEARCHED_FROM: usize = 6;
/// Room around the row for the ring of the selected tile.
const RING: f32 = 4.0;
/// Room under the names, so that the scroll bar covers none.
const BAR: f32 = 8.0;
const HEIGHT: f32 = TILE.y + 2.0 * RING + BAR;

/// Draws the row; the first tile is no style at all.
pub fn styles_ui(
    ui: &mut Ui,
    model: &Model,
    (chosen, search): (&mut Option<AgentStyle>, &mut String),
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let styles = &model.agent.styles;
    if styles.value.is_none() && !styles.loading && styles.fault.is_none() {
        actions.push(Action::RefreshStyles);
    }
    let several = styles.value.as_ref().is_some_and(|styles| styles.len() > SEARCHED_FROM);
    ui.horizontal(|ui| {
        ui.set_min_height(if several { CONTROL_HEIGHT } else { 18.0 });
        widgets::caption(ui, "Style");
        if let Some(chosen) = chosen.as_ref() {
            widgets::words(ui, chosen.name.as_str(), regular(12.0), palette(ui).text);
        }
        if several {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let hint = format!("Search {} styles", format::count(styles.value.as_ref().map_or(0, |all| all.len())));
                widgets::search_field(ui, "Search styles", &hint, search, 200.0);
            });
        }
    });
    let Some(all) = styles.value.clone() else {
        if let Some(fault) = &styles.fault {
            ui.horizontal(|ui| {
                ui.set_min_height(HEIGHT);
                widgets::icon(ui, icons::WIFI_SLASH, 20.0, palette(ui).dim);
                if ui.add(Button::secondary("Try again").small().named("Read the styles again")).clicked() {
                    actions.push(Action::RefreshStyles);
                }
                widgets::words(ui, format!("The styles could not be read. {fault}"), regular(12.0), palette(ui).dim);
            });
            return;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
        widgets::name(&response, Role::ProgressIndicator, true, "Reading the styles");
        let mut left = rect.left();
        while left + TILE.x <= rect.right() + 1.0 {
            widgets::shimmer(ui, Rect::from_min_size(pos2(left, rect.top() + RING), TILE), RADIUS_CARD);
            left += TILE.x + GAP;
        }
        return;
    };
    let (strip, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let strip = strip.expand2(vec2(RING, 0.0));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(strip).id_salt("styles"));
    ui.style_mut().always_scroll_the_only_direction = true;
    ui.spacing_mut().scroll.floating_allocated_width = BAR;
    ScrollArea::horizontal().id_salt("styles in a row").auto_shrink([false, true]).show(&mut ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            ui.add_space(RING);
            if tile_ui(ui, None, chosen.is_none(), pictures) {
                *chosen = None;
            }
            let wanted = search.trim().to_lowercase();
            let fits = |style: &&AgentStyle| {
                style.name.to_lowercase().contains(&wanted)
                    || style.tags.iter().any(|tag| tag.to_lowercase().contains(&wanted))
            };
            let mut any = false;
            for style in all.iter().filter(fits) {
                any = true;
                let selected = chosen.as_ref().is_some_and(|chosen| chosen.id == style.id);
                if tile_ui(ui, Some(style), selected, pictures) {
                    *chosen = Some(style.clone());
                }
            }
            if !any {
                ui.set_min_height(HEIGHT);
                widgets::dim(ui, "No style fits. Try another word.");
            }
        });
    });
}

fn tile_ui(ui: &mut Ui, style: Option<&AgentStyle>, selected: bool, pictures: &mut Pictures) -> bool {
    let palette = palette(ui);
    let (whole, _) = ui.allocate_exact_size(vec2(TILE.x, TILE.y + 2.0 * RING), Sense::hover());
    let rect = Rect::from_center_size(whole.center(), TILE);
    // One more on either side: the Tab key goes on to it, and the row follows.
    if !ui.is_rect_visible(rect.expand2(vec2(TILE.x + GAP, 0.0))) {
        return false;
    }
    let id = style.map_or("no style", |style| style.id.as_str());
    let response = ui.interact(rect, ui.scope_id().with(("style", id)), Sense::click());
    let name = style.map_or("Any style", |style| style.name.as_str());
    let shape = style.and_then(|style| style.aspect_ratio.as_deref());
    let spoken = shape.map_or_else(|| name.to_owned(), |shape| format!("{name}, {shape}"));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &spoken));
    let picture = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - 24.0));
    match style {
        Some(style) => {
            let source = style.thumbnail_url.clone().map(PictureSource::Url);
            picture_ui(ui, pictures, source.as_ref(), picture, RADIUS_CARD, Color32::WHITE);
        }
        None => {
            ui.painter().rect_filled(picture, RADIUS_CARD, palette.raised);
            ui.painter().text(picture.center(), Align2::CENTER_CENTER, icons::MAGIC_WAND, regular(24.0), palette.dim);
        }
    }
    let stroke = if selected { Stroke::new(2.0, palette.text) } else { Stroke::new(1.0, palette.line) };
    let ring = if selected { picture.expand(2.0) } else { picture };
    ui.painter().rect_stroke(ring, RADIUS_CARD, stroke, StrokeKind::Inside);
    let at = pos2(rect.left() + 2.0, rect.bottom() - 9.0);
    let color = if selected { palette.text } else { palette.dim };
    let used = widgets::paint_elided(ui, at, Align2::LEFT_CENTER, name, medium(12.0), color, TILE.x - 34.0);
    if let Some(shape) = shape {
        let at = pos2(rect.right() - 2.0, used.center().y);
        widgets::paint_elided(ui, at, Align2::RIGHT_CENTER, shape, regular(11.0), palette.dim, 30.0);
    }
    widgets::focus_ring(ui, &response, RADIUS_CARD);
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let tags = style.map(|style| style.tags.join(", ")).unwrap_or_default();
    let hover = if tags.is_empty() { name.to_owned() } else { format!("{name}: {tags}") };
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(hover).clicked()
}
