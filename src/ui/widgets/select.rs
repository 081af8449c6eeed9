//! A choice of many: a field that opens a list, with a search over it where it is long.

use egui::{
    Align2, Color32, Id, Key, Modifiers, Popup, PopupCloseBehavior, Rect, Response, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::field::search_field;
use super::focus::focus_ring;
use super::text::paint_elided;
use crate::ui::icons;
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS, RADIUS_SMALL, palette, regular};

/// One row of the list.
#[derive(Clone, Debug, Default)]
pub struct SelectItem {
    pub label: String,
    /// Dim, at the right.
    pub detail: String,
    /// A dot before the label.
    pub dot: Option<Color32>,
    pub selected: bool,
}

/// The height of a row.
const ROW: f32 = 32.0;

/// A field that shows `shown` and opens a list of what `items` makes; the place of the chosen item,
/// if one was chosen now. `items` runs only while the list is open.
pub fn select(
    ui: &mut Ui,
    called: &str,
    shown: &str,
    dot: Option<Color32>,
    width: f32,
    items: impl FnOnce() -> Vec<SelectItem>,
) -> Option<usize> {
    let response = select_face(ui, called, shown, dot, width, 12.0);
    list_under(&response, called, width.max(220.0), items)
}

/// A link that shows `shown` and opens a list `width` wide of what `items` makes; the place of the chosen item.
pub fn select_link(
    ui: &mut Ui,
    called: &str,
    shown: &str,
    width: f32,
    items: impl FnOnce() -> Vec<SelectItem>,
) -> Option<usize> {
    let response = super::link(ui, &format!("{shown} {}", icons::CARET_DOWN), called);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(shown.to_owned()),
        ..WidgetInfo::labeled(Role::ComboBox, enabled, called)
    });
    list_under(&response, called, width, items)
}

fn list_under(response: &Response, called: &str, width: f32, items: impl FnOnce() -> Vec<SelectItem>) -> Option<usize> {
    let mut chosen = None;
    popup_under(response, width).show(|ui| {
        let items = items();
        let searchable = items.len() > 8;
        let query = query_ui(ui, response.id, called, searchable);
        let rows: Vec<usize> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| query.is_empty() || item.label.to_lowercase().contains(&query))
            .map(|(place, _)| place)
            .collect();
        let picked = list_ui(ui, response.id, rows.len(), |ui, row, lit| {
            let Some(item) = rows.get(row).and_then(|place| items.get(*place)) else { return false };
            row_ui(ui, item, lit, 0.0)
        });
        if let Some(place) = picked.and_then(|row| rows.get(row)) {
            chosen = Some(*place);
            ui.close();
        }
    });
    chosen
}

/// The field alone: `shown` and a caret, `inset` from the left.
pub fn select_face(ui: &mut Ui, called: &str, shown: &str, dot: Option<Color32>, width: f32, inset: f32) -> Response {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL_HEIGHT), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(shown.to_owned()),
        ..WidgetInfo::labeled(Role::ComboBox, enabled, called)
    });
    if ui.is_rect_visible(rect) {
        let open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
        let lit = response.hovered() || open;
        let stroke = Stroke::new(1.0, if lit { palette.faint } else { palette.line });
        ui.painter().rect(rect, RADIUS, palette.input, stroke, StrokeKind::Inside);
        let mut x = rect.left() + inset;
        if let Some(dot) = dot {
            ui.painter().circle_filled(pos2(x + 5.0, rect.center().y), 5.0, dot);
            x += 19.0;
        }
        let room = rect.right() - 32.0 - x;
        paint_elided(ui, pos2(x, rect.center().y), Align2::LEFT_CENTER, shown, regular(14.0), palette.text, room);
        let caret = pos2(rect.right() - 18.0, rect.center().y);
        ui.painter().text(caret, Align2::CENTER_CENTER, icons::CARET_DOWN, regular(14.0), palette.dim);
    }
    focus_ring(ui, &response, RADIUS);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// The list under a field, closed by a click elsewhere or Escape.
pub fn popup_under<'a>(response: &Response, width: f32) -> Popup<'a> {
    Popup::from_toggle_button_response(response)
        .width(width)
        .gap(4.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
}

/// The search over a list, in lower case; empty where there is none. It has the keyboard at once.
pub fn query_ui(ui: &mut Ui, id: Id, called: &str, searchable: bool) -> String {
    let query_id = id.with("query");
    let open_id = id.with("opened");
    let opened_at = ui.ctx().cumulative_pass_nr();
    let last = ui.ctx().data(|data| data.get_temp::<u64>(open_id)).unwrap_or_default();
    let fresh = opened_at > last + 1;
    ui.ctx().data_mut(|data| data.insert_temp(open_id, opened_at));
    if fresh {
        ui.ctx().data_mut(|data| {
            data.insert_temp(query_id, String::new());
            data.insert_temp(id.with("lit"), 0_usize);
        });
    }
    if !searchable {
        return String::new();
    }
    let mut query = ui.ctx().data(|data| data.get_temp::<String>(query_id)).unwrap_or_default();
    let width = ui.available_width();
    let field = search_field(ui, &format!("Search {}", called.to_lowercase()), "Search", &mut query, width);
    if fresh {
        field.request_focus();
    }
    if field.changed() {
        ui.ctx().data_mut(|data| data.insert_temp(id.with("lit"), 0_usize));
    }
    ui.ctx().data_mut(|data| data.insert_temp(query_id, query.clone()));
    query.trim().to_lowercase()
}

/// A list of which only the visible rows are drawn. Arrow keys move, Enter takes. `row` draws one
/// and says whether it was clicked.
pub fn list_ui(ui: &mut Ui, id: Id, count: usize, mut row: impl FnMut(&mut Ui, usize, bool) -> bool) -> Option<usize> {
    let lit_id = id.with("lit");
    let mut lit = ui.ctx().data(|data| data.get_temp::<usize>(lit_id)).unwrap_or_default();
    let (up, down, enter) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            input.key_pressed(Key::Enter),
        )
    });
    if down {
        lit += 1;
    }
    if up {
        lit = lit.saturating_sub(1);
    }
    lit = lit.min(count.saturating_sub(1));
    ui.ctx().data_mut(|data| data.insert_temp(lit_id, lit));
    if count == 0 {
        super::text::dim(ui, "Nothing found");
        return None;
    }
    let mut picked = enter.then_some(lit);
    ui.spacing_mut().item_spacing.y = 0.0;
    // As high as its rows need again, however few there were a moment ago: a popup offers its content no more
    // room than it took last.
    let low = (ui.ctx().content_rect().height() - 200.0).max(3.0 * ROW);
    let height = ui.spacing().combo_height.min(low);
    let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    area.show_rows(ui, ROW, count, |ui, rows| {
        if up || down {
            let above = i32::try_from(lit).unwrap_or(i32::MAX) - i32::try_from(rows.start).unwrap_or(i32::MAX);
            let top = ui.max_rect().top() + ROW * distance(above);
            let rect = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=top + ROW);
            ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
        }
        for place in rows {
            if row(ui, place, place == lit) {
                picked = Some(place);
            }
        }
    });
    if up || down {
        ui.ctx().request_repaint();
    }
    picked
}

/// So many rows as a factor.
#[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
fn distance(rows: i32) -> f32 {
    rows as f32
}

/// One row; true when it was clicked. `kept` points at the right stay free for a button.
pub fn row_ui(ui: &mut Ui, item: &SelectItem, lit: bool, kept: f32) -> bool {
    let palette = palette(ui);
    let (whole, place) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let rect = Rect::from_min_max(whole.min, pos2(whole.right() - kept, whole.bottom()));
    let response = ui.interact(rect, place.id.with("row"), Sense::click());
    let spoken = if item.detail.is_empty() { item.label.clone() } else { format!("{}, {}", item.label, item.detail) };
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, item.selected, &spoken));
    if response.hovered() || lit {
        ui.painter().rect_filled(whole, RADIUS_SMALL, palette.hover);
    }
    let mut x = rect.left() + 10.0;
    if let Some(dot) = item.dot {
        ui.painter().circle_filled(pos2(x + 5.0, rect.center().y), 5.0, dot);
        x += 19.0;
    }
    let mut right = rect.right() - 10.0;
    if item.selected {
        let at = pos2(right, rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, icons::CHECK, regular(15.0), palette.text);
        right -= 24.0;
    }
    let detail_room = (right - x) * 0.5;
    let used = paint_elided(
        ui,
        pos2(right, rect.center().y),
        Align2::RIGHT_CENTER,
        &item.detail,
        regular(12.0),
        palette.dim,
        detail_room,
    );
    let room = right - used.width() - 12.0 - x;
    paint_elided(ui, pos2(x, rect.center().y), Align2::LEFT_CENTER, &item.label, regular(14.0), palette.text, room);
    focus_ring(ui, &response, RADIUS_SMALL);
    response.clicked()
}
