//! Files that go with a prompt: a row of tiles, each with its picture or its kind, and the way to add more.

use egui::{Align, Align2, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::gallery::picture_ui;
use super::pictures::{PictureSource, Pictures};
use super::places::Place;
use super::quoting::Quoted;
use super::theme::{CONTROL_HEIGHT, RADIUS_CARD, RADIUS_SMALL, medium, palette, regular};
use super::widgets::{self, Button};
use super::{Action, address, format, icons};
use crate::draft::reference::ReferenceKind;
use crate::draft::{Field, LocalFile};

const TILE: egui::Vec2 = vec2(188.0, 50.0);

/// Takes a file into a list: another reading of the same file takes the place of the first.
pub fn take(files: &mut Vec<LocalFile>, file: LocalFile) {
    let same = |other: &&mut LocalFile| other.path == file.path && other.address == file.address;
    match files.iter_mut().find(same) {
        Some(present) => *present = file,
        None => files.push(file),
    }
}

/// Draws label, tiles and the button that adds one; true when one was removed.
pub fn references_ui(
    ui: &mut Ui,
    (label, note): (&str, &str),
    files: &mut Vec<LocalFile>,
    place: Place,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> bool {
    // What is wrong with a chosen file is said at once.
    let problem = quoted.problems.iter().find(|problem| matches!(problem.field, Field::Reference(_)));
    widgets::field_label(ui, label, note, problem.map(|problem| problem.message.as_str()));
    let mut removed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        for (number, file) in files.iter().enumerate() {
            let at_fault = quoted
                .problems
                .iter()
                .any(|problem| matches!(problem.field, Field::Reference(field) if usize::from(field) == number));
            if tile_ui(ui, number, file, at_fault, pictures) {
                removed = Some(number);
            }
        }
        // As high as a tile, so that the first file moves nothing.
        let asking = ui.scope_id().with("address");
        let asked = address::is_asked(ui, asking);
        let width = match (asked, files.is_empty()) {
            (true, _) => ui.max_rect().width().min(420.0),
            (false, true) => 360.0,
            (false, false) => 268.0,
        };
        // Alone it stands level with what is beside the list, such as a length.
        let height = if files.is_empty() { CONTROL_HEIGHT } else { TILE.y };
        ui.allocate_ui_with_layout(vec2(width, height), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(vec2(width, height));
            if asked {
                let spoken = format!("Address for {}", label.to_lowercase());
                if let Some(address) = address::address_ui(ui, asking, &spoken, width) {
                    actions.push(Action::TakeAddress { address, place });
                }
                return;
            }
            let words = if files.is_empty() { "Add files, or drop some" } else { "Add files" };
            if ui.add(Button::secondary(words).icon(icons::PAPERCLIP).named("Add files")).clicked() {
                actions.push(Action::PickFile(place));
            }
            ui.add_space(4.0);
            let spoken = format!("Paste a public address for {}", label.to_lowercase());
            if widgets::link(ui, "or a public address", &spoken).clicked() {
                address::ask(ui, asking);
            }
        });
    });
    if files.is_empty() {
        ui.add_space(TILE.y - CONTROL_HEIGHT);
    }
    if let Some(number) = removed {
        files.remove(number);
    }
    removed.is_some()
}

/// One file; true when it is to be removed.
fn tile_ui(ui: &mut Ui, number: usize, file: &LocalFile, at_fault: bool, pictures: &mut Pictures) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(TILE, Sense::hover());
    let name = file.name();
    let kind = ReferenceKind::of(file);
    let detail = match file.duration {
        Some(seconds) => format!("{} · {}", format::duration(seconds), format::bytes(file.size)),
        None if file.address.is_some() => "from its address".to_owned(),
        None => format::bytes(file.size),
    };
    widgets::name(&response, Role::Label, true, &format!("{name}, {detail}"));
    let fill = if ui.visuals().dark_mode { palette.raised } else { palette.panel };
    let line = if at_fault { palette.amber } else { palette.line };
    ui.painter().rect(rect, RADIUS_CARD, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    let picture = Rect::from_min_size(rect.min + vec2(5.0, 5.0), vec2(40.0, 40.0));
    let source = (kind == Some(ReferenceKind::Picture) && file.address.is_none())
        .then(|| PictureSource::File(file.path.clone()));
    match source {
        Some(source) => {
            picture_ui(ui, pictures, Some(&source), picture, RADIUS_SMALL, egui::Color32::WHITE);
        }
        None => {
            let glyph = match kind {
                Some(ReferenceKind::Picture) => icons::IMAGE,
                Some(ReferenceKind::Video) => icons::FILE_VIDEO,
                Some(ReferenceKind::Sound) => icons::FILE_AUDIO,
                Some(ReferenceKind::Document) => icons::NOTE_PENCIL,
                None => icons::WARNING_CIRCLE,
            };
            ui.painter().rect_filled(picture, RADIUS_SMALL, palette.hover);
            ui.painter().text(picture.center(), Align2::CENTER_CENTER, glyph, regular(20.0), palette.text);
        }
    }
    let left = picture.right() + 8.0;
    let room = rect.right() - 34.0 - left;
    let at = |y: f32| pos2(left, rect.top() + y);
    widgets::paint_elided(ui, at(18.0), Align2::LEFT_CENTER, &name, medium(12.0), palette.text, room);
    widgets::paint_elided(ui, at(34.0), Align2::LEFT_CENTER, &detail, regular(12.0), palette.dim, room);
    let _ = response.on_hover_text(file.address.clone().unwrap_or_else(|| file.path.display().to_string()));
    let corner = Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), vec2(26.0, 26.0));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt(("remove", number)));
    widgets::icon_button(&mut child, icons::X, &format!("Remove {name}"), 26.0).clicked()
}
