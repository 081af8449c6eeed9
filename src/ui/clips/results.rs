//! The clips that were cut: a grid, each with its picture, its title, its score and its length.

use egui::{Align, Align2, Color32, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use rust_decimal::prelude::ToPrimitive as _;

use crate::draft::Product;
use crate::jobs::types::{Job, JobId, JobState, ResultClip};
use crate::ui::library::words::{progress_thousandths, standing_words};
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, PictureState, Pictures};
use crate::ui::theme::{RADIUS_CARD, RADIUS_SMALL, medium, palette, regular};
use crate::ui::widgets;
use crate::ui::{Action, format, icons};

/// Width and height of a clip's card, at the least.
const CARD: egui::Vec2 = vec2(196.0, 200.0);
const PICTURE: f32 = 132.0;
const GAP: f32 = 12.0;

/// Draws what became of the last request for clips: the one made here, else the newest.
pub(super) fn results_ui(
    ui: &mut Ui,
    model: &Model,
    last: &[JobId],
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let jobs = &model.board.jobs;
    let made_here = last.first().and_then(|id| jobs.iter().find(|job| job.id == *id));
    let Some(job) = made_here.or_else(|| jobs.iter().find(|job| job.product == Product::Clips)) else { return };
    let palette = palette(ui);
    ui.add_space(8.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::right_to_left(Align::Center), |ui| {
        widgets::words(ui, standing_words(job, &model.board), regular(12.0), palette.dim);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::words(ui, job.title.as_str(), medium(14.0), palette.text);
        });
    });
    if !job.state.is_final() && job.state != JobState::OutcomeUnknown {
        let share = progress_thousandths(job).unwrap_or_default();
        let width = ui.available_width();
        widgets::progress_bar(ui, &standing_words(job, &model.board), width, f32::from(share) / 1000.0, palette.red);
    }
    if let Some(error) = &job.error {
        widgets::paragraph(ui, format!("{} {}", icons::WARNING_CIRCLE, error.what), 13.0, palette.amber);
        widgets::paragraph(ui, format!("{} {}", error.money, error.advice), 13.0, palette.dim);
    }
    clips_ui(ui, job, pictures, actions);
}

/// The clips of a job in as many columns as there is room for; nothing where it has none.
pub fn clips_ui(ui: &mut Ui, job: &Job, pictures: &mut Pictures, actions: &mut Vec<Action>) {
    let clips = &job.files.clips;
    if clips.is_empty() {
        return;
    }
    let whole = ui.available_width();
    let columns = ((whole + GAP) / (CARD.x + GAP)).floor().max(1.0);
    let card = vec2((whole - (columns - 1.0) * GAP) / columns, CARD.y);
    let columns = columns.to_usize().unwrap_or(1).max(1);
    let rows = points(clips.len().div_ceil(columns));
    let (grid, _) = ui.allocate_exact_size(vec2(whole, rows * (card.y + GAP) - GAP), Sense::hover());
    for (place, clip) in clips.iter().enumerate() {
        let step = vec2(points(place % columns), points(place / columns)) * (card + vec2(GAP, GAP));
        let rect = Rect::from_min_size(grid.min + step, card);
        if ui.is_rect_visible(rect) {
            ui.push_id(("clip", job.id, place), |ui| clip_ui(ui, rect, clip, pictures, actions));
        }
    }
}

fn points(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// The whole picture in the middle of `rect`, whatever its shape.
fn whole_picture_ui(ui: &Ui, pictures: &mut Pictures, source: Option<&PictureSource>, rect: Rect) {
    let palette = palette(ui);
    match source.map(|source| pictures.get(ui.ctx(), source)) {
        Some(PictureState::Ready(texture)) => {
            ui.painter().rect_filled(rect, RADIUS_SMALL, palette.hover);
            let size = texture.size_vec2();
            let scale = (rect.width() / size.x).min(rect.height() / size.y);
            let inside = Rect::from_center_size(rect.center(), size * scale);
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), inside, uv, Color32::WHITE);
        }
        Some(PictureState::Loading) => widgets::shimmer(ui, rect, RADIUS_SMALL),
        Some(PictureState::Failed) | None => {
            ui.painter().rect_filled(rect, RADIUS_SMALL, palette.hover);
            let film = icons::FILM_STRIP;
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, film, regular(28.0), palette.faint);
        }
    }
}

fn clip_ui(ui: &mut Ui, rect: Rect, clip: &ResultClip, pictures: &mut Pictures, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let fill = if ui.visuals().dark_mode { palette.raised } else { palette.panel };
    ui.painter().rect(rect, RADIUS_CARD, fill, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let picture = Rect::from_min_size(rect.min + vec2(8.0, 8.0), vec2(rect.width() - 16.0, PICTURE));
    let play = ui.interact(picture, ui.scope_id().with("play"), Sense::click());
    widgets::name(&play, Role::Button, true, &format!("Play {}", clip.title));
    let source = clip.thumbnail.clone().map(PictureSource::File);
    whole_picture_ui(ui, pictures, source.as_ref(), picture);
    if play.hovered() || play.has_focus() {
        ui.painter().circle_filled(picture.center(), 20.0, palette.scrim);
        let glyph = icons::PLAY;
        ui.painter().text(picture.center(), Align2::CENTER_CENTER, glyph, regular(20.0), palette.on_scrim);
    }
    widgets::focus_ring(ui, &play, RADIUS_SMALL);
    if let Some(seconds) = clip.seconds {
        badge(ui, picture.right_bottom() - vec2(6.0, 6.0), Align2::RIGHT_BOTTOM, &format::duration(seconds));
    }
    if let Some(score) = clip.score {
        let words = format!("{} {score}", icons::LIGHTNING);
        let place = badge(ui, picture.left_bottom() + vec2(6.0, -6.0), Align2::LEFT_BOTTOM, &words);
        let told = ui.interact(place, ui.scope_id().with("score"), Sense::hover());
        widgets::name(&told, Role::Label, true, &format!("Virality {score} of 100"));
        let _ = told.on_hover_text(format!("HeyGen gives it {score} of 100 for how far it may spread."));
    }
    if play.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        actions.push(Action::OpenFile(clip.path.clone()));
    }
    let text = Rect::from_min_max(pos2(rect.left() + 10.0, picture.bottom() + 6.0), rect.max - vec2(10.0, 6.0));
    let layout = Layout::top_down(Align::LEFT);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(text).layout(layout).id_salt("text"));
    ui.spacing_mut().item_spacing.y = 4.0;
    widgets::words(&mut ui, clip.title.as_str(), medium(13.0), palette.text)
        .on_hover_text(clip.path.display().to_string());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        if widgets::link(ui, "play", &format!("play: {}", clip.title)).clicked() {
            actions.push(Action::OpenFile(clip.path.clone()));
        }
        if widgets::link(ui, "show in folder", &format!("show in folder: {}", clip.title)).clicked() {
            actions.push(Action::ShowInFolder(clip.path.clone()));
        }
    });
}

/// Words on a picture; where they went.
fn badge(ui: &Ui, at: egui::Pos2, anchor: Align2, words: &str) -> Rect {
    let palette = palette(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), regular(12.0), palette.on_scrim);
    let place = anchor.anchor_size(at, galley.size() + vec2(10.0, 4.0));
    ui.painter().rect_filled(place, 5, palette.scrim);
    ui.painter().galley(place.min + vec2(5.0, 2.0), galley, palette.on_scrim);
    place
}
