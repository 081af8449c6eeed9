//! What was made lately, offered for an empty place that takes a file: a short list with pictures, newest first.

use std::path::PathBuf;

use egui::{Align2, Color32, Rect, Role, Sense, Ui, pos2, vec2};
use rust_decimal::Decimal;

use super::gallery::picture_ui;
use super::model::Model;
use super::pictures::{PictureSource, Pictures};
use super::places::{Kind, Place};
use super::theme::{RADIUS_SMALL, palette, regular};
use super::widgets::{self, SelectItem};
use super::{Action, Tab, format, icons};
use crate::jobs::types::JobState;

/// Results that are offered at most, those behind the link counted.
const MOST: usize = 40;
/// Width of one result, at least.
const LEAST: f32 = 228.0;
const HEIGHT: f32 = 46.0;
const GAP: f32 = 8.0;
/// Rows of results that are shown at once, in one column and in several.
const ROWS_OF_ONE: usize = 3;
const ROWS: usize = 2;

/// Something that was made and can be taken further.
struct Recent {
    title: String,
    /// Of which tab, and how long it is.
    detail: String,
    path: PathBuf,
    thumbnail: Option<PathBuf>,
}

/// The results that suit a place, newest first.
fn recent(model: &Model, place: Place) -> Vec<Recent> {
    let takes_sound = place.takes().contains(&Kind::Sound);
    let mut found = Vec::new();
    for job in model.board.jobs.iter().filter(|job| job.state == JobState::Done) {
        let detail = |seconds: Option<Decimal>| {
            let length = seconds.map(|seconds| format!("{} · ", format::duration(seconds))).unwrap_or_default();
            format!("{length}{}", Tab::of(job.product).name())
        };
        let file = if takes_sound { &job.files.audio } else { &job.files.video };
        if let Some(path) = file.clone() {
            let (title, thumbnail) = (job.title.clone(), job.files.thumbnail.clone());
            found.push(Recent { title, detail: detail(job.duration), path, thumbnail });
        } else if !takes_sound {
            found.extend(job.files.clips.iter().map(|clip| Recent {
                title: if clip.title.is_empty() { job.title.clone() } else { clip.title.clone() },
                detail: detail(clip.seconds),
                path: clip.path.clone(),
                thumbnail: clip.thumbnail.clone(),
            }));
        }
        if found.len() >= MOST {
            found.truncate(MOST);
            break;
        }
    }
    found
}

/// Offers them in the width there is.
pub fn recent_ui(ui: &mut Ui, model: &Model, place: Place, pictures: &mut Pictures, actions: &mut Vec<Action>) {
    let found = recent(model, place);
    if found.is_empty() {
        return;
    }
    let width = ui.available_width();
    let mut columns = 1_u8;
    while f32::from(columns + 1) * (LEAST + GAP) - GAP <= width && columns < 4 {
        columns += 1;
    }
    let each = ((width + GAP) / f32::from(columns) - GAP).floor();
    let columns = usize::from(columns);
    let shown = if columns == 1 { ROWS_OF_ONE } else { columns * ROWS };
    let mut taken = None;
    ui.horizontal(|ui| {
        widgets::caption(ui, "Or take one that was made here");
        if found.len() > shown {
            let items = || {
                let item = |recent: &Recent| SelectItem {
                    label: recent.title.clone(),
                    detail: recent.detail.clone(),
                    ..SelectItem::default()
                };
                found.iter().map(item).collect()
            };
            let called = format!("All {} that can be taken", found.len());
            let chosen = widgets::select_link(ui, &called, &format!("all {}", found.len()), 380.0, items);
            taken = chosen.and_then(|place| found.get(place));
        }
    });
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, 4.0);
        for row in found.get(..shown.min(found.len())).unwrap_or_default().chunks(columns) {
            ui.horizontal(|ui| {
                for recent in row {
                    if one_ui(ui, recent, place, pictures, each) {
                        taken = Some(recent);
                    }
                }
            });
        }
    });
    if let Some(recent) = taken {
        actions.push(Action::TakeFiles { paths: vec![recent.path.clone()], place: Some(place), shown: None });
    }
}

/// One of them; true when it was taken.
fn one_ui(ui: &mut Ui, recent: &Recent, place: Place, pictures: &mut Pictures, width: f32) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    widgets::name(&response, Role::Button, true, &format!("Take {}, {}", recent.title, recent.detail));
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let fill = if response.hovered() { palette.hover } else { palette.raised };
    ui.painter().rect_filled(rect, RADIUS_SMALL, fill);
    let picture = Rect::from_min_size(rect.min + vec2(5.0, 5.0), vec2(64.0, 36.0));
    let source = match &recent.thumbnail {
        Some(thumbnail) => Some(PictureSource::File(thumbnail.clone())),
        None if place.takes().contains(&Kind::Video) => Some(PictureSource::FirstFrame(recent.path.clone())),
        None => None,
    };
    match &source {
        Some(_) => {
            picture_ui(ui, pictures, source.as_ref(), picture, RADIUS_SMALL, Color32::WHITE);
        }
        None => {
            ui.painter().text(picture.center(), Align2::CENTER_CENTER, icons::WAVEFORM, regular(22.0), palette.dim);
        }
    }
    let left = picture.right() + 10.0;
    let room = rect.right() - 10.0 - left;
    let top = pos2(left, rect.top() + 15.0);
    widgets::paint_elided(ui, top, Align2::LEFT_CENTER, &recent.title, regular(14.0), palette.text, room);
    let under = pos2(left, rect.top() + 33.0);
    widgets::paint_elided(ui, under, Align2::LEFT_CENTER, &recent.detail, regular(12.0), palette.dim, room);
    widgets::focus_ring(ui, &response, RADIUS_SMALL);
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    let clicked = response.clicked();
    let _ = response.on_hover_text(format!("{}\n{}", recent.title, recent.path.display()));
    clicked
}
