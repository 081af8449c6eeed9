//! A sound that a job brought home, played in its place: its shape, where it is, its words as they are
//! said. Draws and asks only: playing and drawing the shape is the app's.

use std::path::Path;

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Align, EventFilter, Key, Layout, Modifiers, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive as _};

use super::model::{Model, Shape};
use super::theme::{Palette, RADIUS, palette, regular};
use super::volume::{self, Ground};
use super::{Action, format, icons, widgets};
use crate::draft::WordTiming;

/// The height of the shape and its button.
const HEIGHT: f32 = 52.0;
/// The height of the words; more of them scroll.
const WORDS_HEIGHT: f32 = 70.0;
/// Points of a row with room for the bar of the volume beside its button.
const FULL_ROW: f32 = 420.0;
/// Seconds an arrow key goes on or back.
const STEP: Decimal = Decimal::TWO;

/// What is played.
pub struct Sound<'a> {
    pub path: &'a Path,
    pub title: &'a str,
    /// Seconds, as far as they are known before the shape is drawn.
    pub seconds: Option<Decimal>,
    pub words: &'a [WordTiming],
}

/// How the sound stands now.
struct Now {
    playing: bool,
    /// Seconds from the beginning.
    at: Decimal,
    /// Seconds in all; zero where nobody knows.
    whole: Decimal,
}

/// Seconds that the word that is said is sought ahead at most.
const MOST_AHEAD: f32 = 0.1;

/// Draws the sound in all the width there is.
pub fn sound_ui(ui: &mut Ui, model: &Model, sound: &Sound<'_>, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let shape = model.shapes.get(sound.path);
    if shape.is_none() {
        actions.push(Action::DrawShape(sound.path.to_path_buf()));
    }
    let drawn = match shape {
        Some(Shape::Drawn { seconds, .. }) => Some(*seconds),
        _ => None,
    };
    let playback = model.playback.as_ref().filter(|playback| playback.path == sound.path);
    let now = Now {
        playing: playback.is_some_and(|playback| playback.playing),
        at: playback.map_or(Decimal::ZERO, |playback| playback.at),
        whole: drawn.or(sound.seconds).unwrap_or_default(),
    };
    let row = vec2(ui.available_width(), HEIGHT);
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        let (glyph, verb) = if now.playing { (icons::PAUSE, "Pause") } else { (icons::PLAY, "Play") };
        if widgets::icon_button(ui, glyph, &format!("{verb} {}", sound.title), 40.0).clicked() {
            actions.push(toggled(sound, &now));
        }
        const TIME: f32 = 84.0;
        let room = ui.available_width();
        let volume = if room >= FULL_ROW { volume::WIDTH } else { 28.0 };
        let width = (room - TIME - volume - 14.0).max(80.0);
        shape_ui(ui, shape, sound, &now, width, actions);
        let time = format!("{} / {}", format::duration(now.at), format::duration(now.whole));
        widgets::words(ui, time, regular(12.0), palette.dim);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            volume::volume_ui(ui, &model.settings, volume, Ground::Page, actions);
        });
    });
    if let Some(fault) = playback.and_then(|playback| playback.fault.as_deref()) {
        widgets::paragraph(ui, format!("{} {fault}", icons::SPEAKER_SLASH), 12.0, palette.amber);
    }
    if !sound.words.is_empty() {
        words_ui(ui, sound, &now, actions);
    }
}

/// What the button does: waits, goes on, or begins anew after the end.
fn toggled(sound: &Sound<'_>, now: &Now) -> Action {
    if now.playing {
        return Action::PausePlaying;
    }
    let from = if now.at < now.whole { now.at } else { Decimal::ZERO };
    Action::PlayFile { path: sound.path.to_path_buf(), from }
}

fn shape_ui(ui: &mut Ui, shape: Option<&Shape>, sound: &Sound<'_>, now: &Now, width: f32, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, format!("Place in {}", sound.title)));
    let spoken = format!("{} of {}", format::duration(now.at), format::duration(now.whole));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(spoken));
    let heard = share(now.at, now.whole);
    ui.painter().rect_filled(rect, RADIUS, palette.panel);
    match shape {
        Some(Shape::Drawn { peaks, .. }) => bars(ui, rect.shrink2(vec2(8.0, 4.0)), peaks, heard, palette),
        Some(Shape::Failed(why)) => {
            let at = rect.left_center() + vec2(12.0, 0.0);
            let room = rect.width() - 24.0;
            widgets::paint_elided(ui, at, egui::Align2::LEFT_CENTER, why, regular(12.0), palette.dim, room);
        }
        Some(Shape::Drawing) | None => widgets::shimmer(ui, rect, RADIUS),
    }
    let inside = rect.shrink2(vec2(8.0, 0.0));
    if heard > 0.0 || now.playing {
        let x = egui::lerp(inside.x_range(), heard);
        ui.painter().vline(x, rect.shrink(3.0).y_range(), egui::Stroke::new(2.0, palette.text));
    }
    widgets::focus_ring(ui, &response, RADIUS);
    let place_of = |x: f32| {
        let share = Decimal::from_f32(((x - inside.left()) / inside.width().max(1.0)).clamp(0.0, 1.0));
        (now.whole * share.unwrap_or_default()).round_dp(3)
    };
    let go = |from: Decimal| Action::PlayFile { path: sound.path.to_path_buf(), from };
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.ctx().memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowLeft) {
            actions.push(go((now.at - STEP).max(Decimal::ZERO)));
        } else if pressed(Key::ArrowRight) && now.at + STEP < now.whole {
            actions.push(go(now.at + STEP));
        }
    }
    if response.clicked() && !now.whole.is_zero() {
        match response.interact_pointer_pos() {
            Some(pointer) => actions.push(go(place_of(pointer.x))),
            // Pressed with a key.
            None => actions.push(toggled(sound, now)),
        }
    }
    let hint = response.hover_pos().map(|pointer| format::duration(place_of(pointer.x)));
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if let Some(hint) = hint {
        let _ = response.on_hover_text_at_pointer(format!("Play from {hint}"));
    }
}

/// The loudness as bars, what was heard in blue.
fn bars(ui: &Ui, rect: Rect, peaks: &[f32], heard: f32, palette: &Palette) {
    const WIDE: f32 = 2.0;
    const EACH: f32 = 3.0;
    let count = (rect.width() / EACH).floor().to_usize().unwrap_or(0).min(peaks.len().max(1));
    let mut left = rect.left();
    for bar in 0..count {
        let range = bar * peaks.len() / count..((bar + 1) * peaks.len()).div_ceil(count);
        let peak = peaks.get(range).unwrap_or_default().iter().copied().fold(0.0_f32, f32::max);
        // Speech is mostly quiet: the root shows its shape.
        let half = (peak.sqrt() * rect.height() / 2.0).max(1.0);
        let middle = rect.center().y;
        let column = Rect::from_min_max(pos2(left, middle - half), pos2(left + WIDE, middle + half));
        let told = (left - rect.left()) / rect.width().max(1.0) < heard;
        ui.painter().rect_filled(column, 1, if told { palette.blue } else { palette.faint });
        left += rect.width() / f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    }
}

/// The words, the one that is said lit; a click on a word plays from there.
fn words_ui(ui: &mut Ui, sound: &Sound<'_>, now: &Now, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let begun = now.playing || now.at > Decimal::ZERO;
    let seen = if now.playing { now.at + frame_seconds(ui) } else { now.at };
    let said = sound.words.iter().rposition(|word| word.start <= seen).filter(|_| begun);
    if now.playing {
        wake_for_word(ui, sound.words.iter().find(|word| word.start > seen).map(|word| word.start - seen));
    }
    let plain = TextFormat { line_height: Some(20.0), ..TextFormat::simple(regular(13.0), palette.text) };
    let mut job = LayoutJob::default();
    let mut text = String::new();
    let mut places = Vec::with_capacity(sound.words.len());
    for (place, word) in sound.words.iter().enumerate() {
        if place > 0 {
            job.append(" ", 0.0, plain.clone());
            text.push(' ');
        }
        let from = text.chars().count();
        let format = match said {
            Some(current) if place == current => {
                TextFormat { background: palette.blue.gamma_multiply(0.35), ..plain.clone() }
            }
            Some(current) if place > current => TextFormat { color: palette.dim, ..plain.clone() },
            _ => plain.clone(),
        };
        job.append(&word.word, 0.0, format);
        text.push_str(&word.word);
        places.push(from);
    }
    job.wrap.max_width = ui.available_width() - 12.0;
    let galley = ui.painter().layout_job(job);
    let mut area = ScrollArea::vertical().id_salt(("words", sound.path)).max_height(WORDS_HEIGHT);
    if let Some(place) = said.filter(|_| now.playing).and_then(|said| places.get(said)) {
        // The word that is said stays in sight, a line under the edge.
        let line = galley.pos_from_cursor(CCursor::new(*place));
        area = area.vertical_scroll_offset((line.top() - 22.0).max(0.0));
    }
    area.show(ui, |ui| {
        let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
        widgets::name(&response, Role::Label, true, &text);
        ui.painter().galley(rect.min, galley.clone(), palette.text);
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.clicked()
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let character = galley.cursor_from_pos(pointer - rect.min).index.0;
            let place = places.partition_point(|from| *from <= character).saturating_sub(1);
            if let Some(word) = sound.words.get(place) {
                actions.push(Action::PlayFile { path: sound.path.to_path_buf(), from: word.start });
            }
        }
    });
}

/// What is drawn now is seen about a frame later, so many seconds; on a slow computer that is a short word.
fn frame_seconds(ui: &Ui) -> Decimal {
    let frame = ui.input(|input| input.unstable_dt).min(MOST_AHEAD);
    Decimal::from_f32(frame).unwrap_or_default().round_dp(3)
}

/// Has the next frame drawn when the next word is said, so many seconds from the one that is drawn now.
pub(super) fn wake_for_word(ui: &Ui, seconds: Option<Decimal>) {
    if let Some(seconds) = seconds.and_then(|seconds| seconds.to_f32()) {
        ui.ctx().request_repaint_after_secs(seconds.max(f32::EPSILON));
    }
}

/// A share for drawing; seconds are never counted with it.
fn share(at: Decimal, whole: Decimal) -> f32 {
    at.checked_div(whole).and_then(|share| share.to_f32()).unwrap_or(0.0).clamp(0.0, 1.0)
}
