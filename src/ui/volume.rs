//! How loud the program plays: a glyph that mutes and a bar, the same beside everything that sounds.

use egui::{Align, Layout, Role, Ui, vec2};

use super::theme::{palette, regular};
use super::{Action, icons, widgets};
use crate::settings::Settings;

/// Percent of one step with a key or from the palette.
pub const STEP: u8 = 10;
/// The bar's width, and how far its glyph is from it.
const BAR: f32 = 72.0;
const GAP: f32 = 6.0;
const GLYPH: f32 = 28.0;
/// What the whole control needs.
pub const WIDTH: f32 = GLYPH + GAP + BAR + 4.0;

/// What stands behind the control.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Page,
    /// A picture, under a shade that is dark in every theme.
    Picture,
}

/// How loud it is now and in what words.
#[must_use]
pub fn words(settings: &Settings) -> String {
    if settings.muted { "muted".to_owned() } else { format!("{} %", settings.volume_percent) }
}

/// Louder or quieter by a step; louder is heard again where it was muted.
#[must_use]
pub fn stepped(settings: &Settings, louder: bool) -> Action {
    let percent = if louder {
        settings.volume_percent.saturating_add(STEP).min(100)
    } else {
        settings.volume_percent.saturating_sub(STEP)
    };
    Action::SetVolume { percent, muted: settings.muted && !louder, keep: true }
}

/// Mutes, or lets be heard again: what was turned down to nothing comes back at half.
#[must_use]
pub fn muted(settings: &Settings) -> Action {
    let is_silent = settings.muted || settings.volume_percent == 0;
    let percent = if is_silent && settings.volume_percent == 0 { 50 } else { settings.volume_percent };
    Action::SetVolume { percent, muted: !is_silent, keep: true }
}

/// Draws the control in [`WIDTH`] points; in fewer only its glyph.
pub fn volume_ui(ui: &mut Ui, settings: &Settings, room: f32, ground: Ground, actions: &mut Vec<Action>) {
    let height = ui.available_height().min(GLYPH);
    let wide = if room >= WIDTH { WIDTH } else { GLYPH };
    ui.allocate_ui_with_layout(vec2(wide, height), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let is_silent = settings.muted || settings.volume_percent == 0;
        let glyph = if is_silent { icons::SPEAKER_SLASH } else { icons::SPEAKER_HIGH };
        let called = if is_silent { "Unmute the sound" } else { "Mute the sound" };
        if glyph_ui(ui, glyph, called, ground) {
            actions.push(muted(settings));
        }
        if wide == WIDTH {
            bar_ui(ui, settings, ground, actions);
        }
    });
}

fn glyph_ui(ui: &mut Ui, glyph: &str, called: &str, ground: Ground) -> bool {
    if ground == Ground::Page {
        return widgets::icon_button(ui, glyph, called, GLYPH).clicked();
    }
    let (rect, response) = ui.allocate_exact_size(vec2(GLYPH, GLYPH), egui::Sense::click());
    widgets::name(&response, Role::Button, ui.is_enabled(), called);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, glyph, regular(16.0), palette(ui).on_scrim);
    widgets::focus_ring(ui, &response, super::theme::RADIUS);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(called).clicked()
}

fn bar_ui(ui: &mut Ui, settings: &Settings, ground: Ground, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = BAR;
        ui.spacing_mut().interact_size.y = 18.0;
        if ground == Ground::Picture {
            let visuals = ui.visuals_mut();
            visuals.selection.bg_fill = palette.on_scrim;
            for state in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
                state.bg_fill = if visuals.dark_mode { palette.faint } else { palette.line };
                state.fg_stroke.color = palette.on_scrim;
            }
        }
        let mut percent = if settings.muted { 0 } else { settings.volume_percent };
        let response = widgets::rail(ui, "Volume", &mut percent, 0..=100);
        let told = words(settings);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(told.as_str()));
        // While it is dragged it is heard at once and written down in the end.
        if response.changed() || response.drag_stopped() {
            actions.push(Action::SetVolume { percent, muted: false, keep: !response.dragged() });
        }
        let _ = response.on_hover_text(format!("Volume: {told}"));
    });
}

#[cfg(test)]
mod tests {
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    /// Presses and releases at this part of the bar within one frame.
    #[track_caller]
    fn check_click(part: f32, expected: std::ops::RangeInclusive<u8>) {
        let settings = Settings::default();
        let mut harness =
            egui_kittest::Harness::builder().with_context_setup(crate::ui::theme::install).build_ui_state(
                move |ui, actions: &mut Vec<Action>| volume_ui(ui, &settings, WIDTH, Ground::Page, actions),
                Vec::new(),
            );
        harness.run();
        let rect = harness.get_by_label("Volume").rect();
        let pos = egui::pos2(egui::lerp(rect.x_range(), part), rect.center().y);
        let button = |pressed| egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        harness.event(egui::Event::PointerMoved(pos));
        harness.run_steps(1);
        let events = [button(true), button(false)];
        harness.input_mut().events.extend(events);
        harness.run_steps(3);
        let found = harness.state().iter().find_map(|action| match action {
            Action::SetVolume { percent, muted: false, keep: true } => Some(*percent),
            _ => None,
        });
        assert!(found.is_some_and(|percent| expected.contains(&percent)), "at {part}: {found:?}");
    }

    #[test]
    fn a_click_shorter_than_a_frame_is_taken() {
        check_click(0.5, 49..=51);
        check_click(0.0, 0..=0);
        check_click(0.25, 18..=25);
    }

    #[track_caller]
    fn check(settings: &Settings, act: impl Fn(&Settings) -> Action, expected: (u8, bool)) {
        let Action::SetVolume { percent, muted, keep: true } = act(settings) else { panic!("it is kept") };
        assert_eq!((percent, muted), expected, "{} {}", settings.volume_percent, settings.muted);
    }

    #[test]
    fn a_step_up_is_heard_and_muting_keeps_how_loud_it_was() {
        let set = |volume_percent, muted| Settings { volume_percent, muted, ..Settings::default() };
        check(&set(100, false), |settings| stepped(settings, true), (100, false));
        check(&set(35, true), |settings| stepped(settings, true), (45, false));
        check(&set(35, true), |settings| stepped(settings, false), (25, true));
        check(&set(5, false), |settings| stepped(settings, false), (0, false));
        check(&set(35, false), muted, (35, true));
        check(&set(35, true), muted, (35, false));
        check(&set(0, false), muted, (50, false));
    }
}
