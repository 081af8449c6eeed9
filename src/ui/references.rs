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
use crate::draft::{Field, LocalFile, Problem};

/// About this wide.
const TILE: egui::Vec2 = vec2(178.0, 50.0);
const GAP: f32 = 8.0;

/// Takes a file into a list: another reading of the same file takes the place of the first.
pub fn take(files: &mut Vec<LocalFile>, file: LocalFile) {
    let same = |other: &&mut LocalFile| other.path == file.path && other.address == file.address;
    match files.iter_mut().find(same) {
        Some(present) => *present = file,
        None => files.push(file),
    }
}

/// A list of files and where it stands.
pub struct References<'a> {
    pub label: &'a str,
    /// Beside the label while nothing is wrong.
    pub note: &'a str,
    pub place: Place,
    /// Files were added in this frame: they are brought into sight.
    pub show: bool,
}

/// Draws label, tiles and the button that adds more.
pub fn references_ui(
    ui: &mut Ui,
    about: &References<'_>,
    files: &mut Vec<LocalFile>,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let top = ui.cursor().min;
    widgets::field_label(ui, about.label, about.note, problem_words(quoted).as_deref());
    let mut removed = None;
    let width = tile_width(ui.available_width());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for (number, file) in files.iter().enumerate() {
            let own =
                |problem: &&Problem| matches!(problem.field, Field::Reference(field) if usize::from(field) == number);
            let problem = quoted.problems.iter().find(own).map(|problem| problem.message.as_str());
            if tile_ui(ui, number, width, file, problem, pictures) {
                removed = Some(number);
            }
        }
        add_ui(ui, about, files, actions);
    });
    if files.is_empty() {
        ui.add_space(TILE.y - CONTROL_HEIGHT);
    }
    if let Some(number) = removed {
        files.remove(number);
    }
    if about.show {
        let whole = Rect::from_min_max(top, pos2(ui.max_rect().right(), ui.cursor().top()));
        ui.scroll_to_rect(whole, None);
    }
}

/// What is wrong with the files, said at once: the first of it, and how much more there is.
fn problem_words(quoted: &Quoted) -> Option<String> {
    let mut messages: Vec<&str> = Vec::new();
    for problem in &quoted.problems {
        if matches!(problem.field, Field::Reference(_)) && !messages.contains(&problem.message.as_str()) {
            messages.push(&problem.message);
        }
    }
    match messages.as_slice() {
        [] => None,
        [only] => Some((*only).to_owned()),
        [first, rest @ ..] => {
            Some(format!("{first} {}.", format::counted(rest.len(), "more thing is wrong", "more things are wrong")))
        }
    }
}

/// As many as fit side by side, each a little wider or narrower than usual, so that they fill the row.
fn tile_width(room: f32) -> f32 {
    let columns = ((room + GAP) / (TILE.x + GAP)).round().max(1.0);
    ((room + GAP) / columns - GAP).floor()
}

/// The way to add more, and to remove all.
fn add_ui(ui: &mut Ui, about: &References<'_>, files: &mut Vec<LocalFile>, actions: &mut Vec<Action>) {
    // As high as a tile, so that the first file moves nothing.
    let asking = ui.scope_id().with("address");
    let asked = address::is_asked(ui, asking);
    let thrown_away = ui.scope_id().with("thrown away");
    let several = files.len() > 1;
    let back: Option<Vec<LocalFile>> = ui.data(|data| data.get_temp(thrown_away)).filter(|_| files.is_empty());
    let width = match (asked, files.is_empty()) {
        (true, _) => 420.0,
        (false, true) => 360.0,
        (false, false) => 268.0,
    };
    let width = if several || back.is_some() { width + 100.0 } else { width };
    let width = ui.max_rect().width().min(width);
    // Alone it stands level with what is beside the list, such as a length.
    let height = if files.is_empty() { CONTROL_HEIGHT } else { TILE.y };
    let label = about.label.to_lowercase();
    ui.allocate_ui_with_layout(vec2(width, height), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(vec2(width, height));
        if asked {
            let spoken = format!("Address for {label}");
            if let Some(address) = address::address_ui(ui, asking, &spoken, width) {
                actions.push(Action::TakeAddress { address, place: about.place });
            }
            return;
        }
        let words = if files.is_empty() { "Add files, or drop some" } else { "Add files" };
        if ui.add(Button::secondary(words).icon(icons::PAPERCLIP).named("Add files")).clicked() {
            actions.push(Action::PickFile(about.place));
        }
        ui.add_space(4.0);
        let spoken = format!("Paste a public address for {label}");
        if widgets::link(ui, "or a public address", &spoken).clicked() {
            address::ask(ui, asking);
        }
        ui.add_space(4.0);
        if several && widgets::link(ui, "remove all", &format!("Remove all {label}")).clicked() {
            let gone = std::mem::take(files);
            ui.data_mut(|data| data.insert_temp(thrown_away, gone));
        } else if let Some(gone) = back
            && widgets::link(ui, "put back", &format!("Put back {}", format::counted(gone.len(), "file", "files")))
                .clicked()
        {
            *files = gone;
            ui.data_mut(|data| data.remove::<Vec<LocalFile>>(thrown_away));
        }
    });
}

/// One file; true when it is to be removed.
fn tile_ui(
    ui: &mut Ui,
    number: usize,
    width: f32,
    file: &LocalFile,
    problem: Option<&str>,
    pictures: &mut Pictures,
) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, TILE.y), Sense::hover());
    let name = file.name();
    let kind = ReferenceKind::of(file);
    let detail = match file.duration {
        Some(seconds) => format!("{} · {}", format::duration(seconds), format::bytes(file.size)),
        None if file.address.is_some() => "from its address".to_owned(),
        None => format::bytes(file.size),
    };
    widgets::name(&response, Role::Label, true, &format!("{name}, {detail}"));
    if let Some(problem) = problem {
        widgets::describe(&response, problem);
    }
    let fill = if ui.visuals().dark_mode { palette.raised } else { palette.panel };
    let line = if problem.is_some() { palette.amber } else { palette.line };
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
    let place = file.address.clone().unwrap_or_else(|| file.path.display().to_string());
    let _ = response.on_hover_text(problem.map_or(place.clone(), |problem| format!("{problem}\n{place}")));
    let corner = Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), vec2(26.0, 26.0));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt(("remove", number)));
    widgets::icon_button(&mut child, icons::X, &format!("Remove {name}"), 26.0).clicked()
}
