//! One place of a form that takes a file: empty it says what to drop, filled what is in it. Asks for
//! dialogs and addresses by actions; what a file is worth is said by whoever knows the form.

use egui::{Align, Align2, Frame, Layout, Rect, Sense, Stroke, StrokeKind, TextureHandle, Ui, vec2};

use super::pictures::{PictureSource, PictureState, Pictures};
use super::places::{Kind, Place};
use super::theme::{RADIUS, RADIUS_CARD, RADIUS_SMALL, medium, palette, regular};
use super::widgets::{self, Button};
use super::{Action, address, format, icons};
use crate::draft::Field;
use crate::draft::avatar_video::LocalFile;

/// The inner margin of the card.
const MARGIN: f32 = 12.0;
/// The least height, so that nothing under it moves when it is filled.
pub const HEIGHT: f32 = 112.0;
/// Below this width what the file is for takes two lines.
const TIGHT: f32 = 310.0;
/// What stands under a film of which no picture can be shown.
const UNSEEN: &str = "Its pictures are coded in a way that cannot be shown here (only H.264 in MP4 can). It can be \
used all the same.";
/// What the second line adds to the height.
const SECOND_LINE: f32 = 16.0;

/// Draws the field of a picture or a video `width` wide, with what is seen first in it; true when its file is
/// to be removed.
pub fn seen_field(
    ui: &mut Ui,
    pictures: &mut Pictures,
    (label, place): (&str, Place),
    file: Option<&LocalFile>,
    problem: Option<&str>,
    width: f32,
    actions: &mut Vec<Action>,
) -> bool {
    let here = file.filter(|file| file.address.is_none() && file.fault.is_none());
    let source = here.and_then(|file| match file.media_type.as_deref()?.split_once('/')?.0 {
        "image" => Some(PictureSource::File(file.path.clone())),
        "video" if file.duration.is_some() => Some(PictureSource::FirstFrame(file.path.clone())),
        _ => None,
    });
    let is_film = matches!(source, Some(PictureSource::FirstFrame(_)));
    let seen = source.map(|source| pictures.get(ui.ctx(), &source));
    let is_unseen = is_film && matches!(seen, Some(PictureState::Failed));
    let texture = match seen {
        Some(PictureState::Ready(texture)) => Some(texture),
        Some(PictureState::Loading | PictureState::Failed) | None => None,
    };
    field_ui(ui, label, place, Shown { file, texture, is_unseen }, problem, width, actions)
}

/// Draws the field `width` wide; true when its file is to be removed.
pub fn file_field(
    ui: &mut Ui,
    label: &str,
    place: Place,
    file: Option<&LocalFile>,
    problem: Option<&str>,
    width: f32,
    actions: &mut Vec<Action>,
) -> bool {
    field_ui(ui, label, place, Shown { file, texture: None, is_unseen: false }, problem, width, actions)
}

/// A file and what of it can be seen.
struct Shown<'a> {
    file: Option<&'a LocalFile>,
    texture: Option<TextureHandle>,
    /// Its pictures are coded in a way that is not read here.
    is_unseen: bool,
}

fn field_ui(
    ui: &mut Ui,
    label: &str,
    place: Place,
    shown: Shown<'_>,
    problem: Option<&str>,
    width: f32,
    actions: &mut Vec<Action>,
) -> bool {
    let Shown { file, texture, is_unseen } = shown;
    ui.push_id(("file field", place), |ui| {
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(width);
            // What is wrong with a file stands beside the file, in all its words.
            widgets::field_label(ui, label, "", problem.filter(|_| file.is_none()));
            let palette = palette(ui);
            let amber = problem.is_some();
            let line = Stroke::new(1.0, if amber { palette.amber } else { palette.line });
            let frame = Frame::new().fill(palette.panel).stroke(line).corner_radius(RADIUS_CARD).inner_margin(MARGIN);
            frame
                .show(ui, |ui| {
                    ui.set_width(width - 2.0 * MARGIN - 2.0);
                    let tight = width < TIGHT;
                    ui.set_min_height(HEIGHT - 2.0 * MARGIN + if tight { SECOND_LINE } else { 0.0 });
                    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                    match file {
                        Some(file) => {
                            let note = (is_unseen && problem.is_none()).then_some(UNSEEN);
                            filled_ui(ui, label, place, file, texture.as_ref(), (problem, note), actions)
                        }
                        None => {
                            empty_ui(ui, label, place, actions);
                            false
                        }
                    }
                })
                .inner
        })
        .inner
    })
    .inner
}

fn empty_ui(ui: &mut Ui, label: &str, place: Place, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let kinds = place.takes();
    let called = kinds.first().map_or("a file", |kind| kind.name());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let (rect, _) = ui.allocate_exact_size(vec2(44.0, 44.0), Sense::hover());
        ui.painter().rect_stroke(rect, RADIUS, Stroke::new(1.0, palette.line), StrokeKind::Inside);
        let glyph = glyph_of(kinds.first().copied());
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular(24.0), palette.dim);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(3.0);
            let tight = ui.available_width() < TIGHT - 2.0 * MARGIN - 44.0 - 12.0;
            widgets::body(
                ui,
                if tight { format!("Drop {called} here") } else { format!("Drop {called} here or choose one") },
            );
            let words = format!("{}. {}", place.types(), capitalised(place.purpose()));
            match tight {
                true => {
                    // As high with one line as with two: what is side by side stays level.
                    ui.set_min_height(44.0 + SECOND_LINE);
                    widgets::paragraph(ui, words, 12.0, palette.dim)
                }
                false => widgets::caption(ui, words),
            };
        });
    });
    let asking = ui.scope_id().with("address");
    let called = label.to_lowercase();
    if !address::is_asked(ui, asking) {
        ui.horizontal(|ui| {
            let choose = format!("Choose {called}");
            if ui.add(Button::secondary("Choose").icon(icons::FOLDER_OPEN).named(&choose)).clicked() {
                actions.push(Action::PickFile(place));
            }
            ui.add_space(4.0);
            let spoken = format!("Paste a public address for {called}");
            if widgets::link(ui, "Paste a public address", &spoken).clicked() {
                address::ask(ui, asking);
            }
        });
        return;
    }
    let width = ui.available_width();
    if let Some(address) = address::address_ui(ui, asking, &format!("Address of {called}"), width) {
        actions.push(Action::TakeAddress { address, place });
    }
}

fn filled_ui(
    ui: &mut Ui,
    label: &str,
    place: Place,
    file: &LocalFile,
    texture: Option<&TextureHandle>,
    (problem, note): (Option<&str>, Option<&str>),
    actions: &mut Vec<Action>,
) -> bool {
    let palette = palette(ui);
    let kind = file.media_type.as_deref().and_then(Kind::of_media_type).or(place.takes().first().copied());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        // A film keeps its place for its picture, which comes later.
        let width = if kind == Some(Kind::Video) && place.field == Field::Video { 78.0 } else { 44.0 };
        let (rect, _) = ui.allocate_exact_size(vec2(width, 44.0), Sense::hover());
        badge_ui(ui, rect, kind, file, texture);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(3.0);
            let whole = match &file.address {
                Some(address) => without_query(address).to_owned(),
                None => file.path.display().to_string(),
            };
            widgets::words(ui, file.name(), medium(14.0), palette.text).on_hover_text(whole);
            widgets::caption(ui, facts(file));
        });
    });
    if let Some(problem) = problem {
        widgets::paragraph(ui, format!("{} {problem}", icons::WARNING_CIRCLE), 12.0, palette.amber);
    }
    if let Some(note) = note {
        widgets::paragraph(ui, note, 12.0, palette.dim);
    }
    let mut removed = false;
    ui.horizontal(|ui| {
        let called = label.to_lowercase();
        let replace = format!("Replace {called}");
        if ui.add(Button::secondary("Replace").icon(icons::FOLDER_OPEN).named(&replace)).clicked() {
            actions.push(Action::PickFile(place));
        }
        let remove = format!("Remove {called}");
        if ui.add(Button::quiet("Remove").icon(icons::X).named(&remove)).clicked() {
            removed = true;
        }
    });
    removed
}

fn badge_ui(ui: &Ui, rect: Rect, kind: Option<Kind>, file: &LocalFile, texture: Option<&TextureHandle>) {
    let palette = palette(ui);
    ui.painter().rect_filled(rect, RADIUS, palette.raised);
    if let Some(texture) = texture {
        let size = texture.size_vec2();
        // All of it, with bars where its shape is another.
        let scale = (rect.width() / size.x).min(rect.height() / size.y);
        let seen = Rect::from_center_size(rect.center(), size * scale);
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        let shape = egui::epaint::RectShape::filled(seen, RADIUS_SMALL, egui::Color32::WHITE);
        ui.painter().add(shape.with_texture(texture.id(), whole));
        return;
    }
    let glyph = if file.address.is_some() { icons::GLOBE } else { glyph_of(kind) };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular(24.0), palette.text);
}

fn glyph_of(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Sound) => icons::WAVEFORM,
        Some(Kind::Picture) => icons::IMAGE,
        Some(Kind::Video) => icons::FILM_STRIP,
        Some(Kind::Subtitles) => icons::CLOSED_CAPTIONING,
        Some(Kind::Project) => icons::CODE,
        Some(Kind::Table) => icons::ROWS,
        Some(Kind::Pdf) | None => icons::PAPERCLIP,
    }
}

/// What is known of a file in one line: `MP4 · 1:05 · 1920 × 1080 · 24 MB · no sound`.
#[must_use]
pub fn facts(file: &LocalFile) -> String {
    let mut facts = Vec::new();
    facts.extend(file.media_type.as_deref().map(type_name));
    facts.extend(file.duration.map(format::duration));
    facts.extend(file.dimensions.map(|(width, height)| format!("{width} × {height}")));
    if file.size > 0 {
        facts.push(format::bytes(file.size));
    }
    if file.has_audio == Some(false) {
        facts.push("no sound".to_owned());
    }
    if file.address.is_some() {
        facts.push("fetched by HeyGen from its address".to_owned());
    }
    if facts.is_empty() {
        facts.push("nothing could be read from it".to_owned());
    }
    facts.join(" · ")
}

fn type_name(media_type: &str) -> String {
    match media_type {
        "video/mp4" => "MP4",
        "video/webm" => "WebM",
        "video/quicktime" => "MOV",
        "audio/mpeg" => "MP3",
        "audio/wav" => "WAV",
        "image/png" => "PNG",
        "image/jpeg" => "JPEG",
        "application/x-subrip" | "text/srt" => "SRT",
        "application/pdf" => "PDF",
        "application/zip" => "zip",
        "inode/directory" => "folder",
        other => other,
    }
    .to_owned()
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[track_caller]
    fn check_facts(file: &LocalFile, expected: &str) {
        assert_eq!(facts(file), expected);
    }

    #[test]
    fn a_file_is_told_in_one_line() {
        let video = LocalFile {
            size: 24_000_000,
            media_type: Some("video/mp4".to_owned()),
            duration: Some(Decimal::from(65)),
            dimensions: Some((1920, 1080)),
            has_audio: Some(false),
            ..LocalFile::default()
        };
        check_facts(&video, "MP4 · 1:05 · 1920 × 1080 · 24 MB · no sound");
        check_facts(&LocalFile { has_audio: Some(true), dimensions: None, ..video }, "MP4 · 1:05 · 24 MB");
        check_facts(&LocalFile::default(), "nothing could be read from it");
        let fetched = LocalFile { address: Some("https://films.example/a.mp4".to_owned()), ..LocalFile::default() };
        check_facts(&fetched, "fetched by HeyGen from its address");
    }
}
