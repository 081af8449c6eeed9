//! The API key: where it stands and how it gets in. The typed text is wiped once it has left, and
//! is kept out of undo, debug output and the accessible tree.

use std::fmt;

use egui::{Align, Align2, Id, Layout, Margin, TextEdit, Ui, text_edit::TextEditState, vec2};
use secrecy::SecretString;
use secrecy::zeroize::Zeroize;

use super::{note, row};
use crate::ui::model::KeyStatus;
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS, palette, regular};
use crate::ui::widgets::{Button, focus_ring, icon_button, paint_elided, paragraph, problem_line, spinner, words};
use crate::ui::{Action, Model, icons};

/// Where a person makes a key.
const KEY_PAGE: &str = "https://app.heygen.com/settings?nav=API";
/// Longer than any key, so that typing never moves the text and leaves a copy behind.
const ROOM: usize = 512;

/// The field's own state.
#[derive(Debug, Default)]
pub struct KeyEntry {
    text: Typed,
    visible: bool,
    /// The field is open although there is a key.
    replacing: bool,
    /// "Remove" was pressed once.
    removing: bool,
}

/// A secret being typed.
struct Typed(String);

impl Default for Typed {
    fn default() -> Self {
        Self(String::with_capacity(ROOM))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Typed {
    /// The key as a secret; the field is empty and wiped afterwards.
    fn take(&mut self) -> SecretString {
        let secret = SecretString::from(self.0.trim());
        self.0.zeroize();
        secret
    }
}

pub fn key_ui(ui: &mut Ui, model: &Model, state: &mut KeyEntry, actions: &mut Vec<Action>) {
    status_ui(ui, model, state, actions);
    let wanted = matches!(model.key, KeyStatus::Missing | KeyStatus::KeyringFault(_));
    if wanted || state.replacing {
        entry_ui(ui, model, state, actions);
    }
    if model.key_busy {
        ui.horizontal(|ui| {
            spinner(ui, 16.0, "Testing the key");
            note(ui, "Asking HeyGen who this key belongs to.");
        });
        return;
    }
    let palette = palette(ui);
    match &model.key_answer {
        Some(Ok(answer)) => paragraph(ui, format!("{} {answer}", icons::CHECK_CIRCLE), 13.0, palette.green),
        Some(Err(answer)) => paragraph(ui, format!("{} {answer}", icons::WARNING_CIRCLE), 13.0, palette.amber),
        None => return,
    };
}

fn status_ui(ui: &mut Ui, model: &Model, state: &mut KeyEntry, actions: &mut Vec<Action>) {
    match &model.key {
        KeyStatus::Asking => row(ui, "API key", "asking the keyring", |ui| {
            spinner(ui, 16.0, "Asking the keyring");
        }),
        KeyStatus::Missing => row(ui, "API key", "none yet", |ui| {
            let make = Button::quiet("Make one at HeyGen").icon(icons::ARROW_SQUARE_OUT).small();
            if ui.add(make).clicked() {
                actions.push(Action::OpenWeb(KEY_PAGE.to_owned()));
            }
        }),
        KeyStatus::InKeyring { ending } => {
            let value = kept_words(ending, "in the system's keyring");
            kept_ui(ui, &value, "Remove", state, actions);
        }
        KeyStatus::ThisSession { ending } => {
            let value = kept_words(ending, "for this session only");
            kept_ui(ui, &value, "Forget", state, actions);
        }
        KeyStatus::FromEnvironment { ending } => {
            row(ui, "API key", &kept_words(ending, "from the environment"), |_| {});
            note(ui, "HEYGEN_API_KEY is set and wins for this run. Start without it to use a key saved here.");
        }
        KeyStatus::KeyringFault(fault) => {
            row(ui, "API key", "the keyring does not answer", |ui| {
                if ui.add(Button::secondary("Try the keyring again").small()).clicked() {
                    actions.push(Action::RetryKeyring);
                }
            });
            paragraph(ui, format!("{} {fault}", icons::WARNING_CIRCLE), 13.0, palette(ui).amber);
            note(ui, "A key can be used for this session only: it stays in memory and is forgotten at the end.");
        }
    }
}

/// Which key it is and where it is kept. A key too short to show its end has none.
fn kept_words(ending: &str, place: &str) -> String {
    if ending.is_empty() { place.to_owned() } else { format!("ends in {ending}, {place}") }
}

/// A key that is there: replace it, or remove it in two steps.
fn kept_ui(ui: &mut Ui, value: &str, remove: &str, state: &mut KeyEntry, actions: &mut Vec<Action>) {
    let mut remove_now = false;
    if state.removing {
        row(ui, "API key", value, |_| {});
        let palette = palette(ui);
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 34.0), Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::quiet("Keep it").small()).clicked() {
                state.removing = false;
            }
            let yes = format!("{remove} the key");
            remove_now = ui.add(Button::secondary(&yes).small().color(palette.amber)).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let sentence = "Without a key nothing can be made, followed or fetched at HeyGen.";
                words(ui, sentence, regular(13.0), palette.text);
            });
        });
    } else {
        row(ui, "API key", value, |ui| {
            if ui.add(Button::secondary(remove).small().named(&format!("{remove} the key, ask first"))).clicked() {
                state.removing = true;
            }
            let replace = Button::secondary("Replace").small().named("Replace the key").selected(state.replacing);
            if ui.add(replace).clicked() {
                state.replacing = !state.replacing;
            }
        });
    }
    if remove_now {
        state.removing = false;
        actions.push(Action::RemoveKey);
    }
}

/// What is wrong with a typed key, if anything can be told by looking at it.
fn problem(text: &str) -> Option<&'static str> {
    let text = text.trim();
    // An OAuth token is entered as `Bearer TOKEN`.
    let bare = text.strip_prefix("Bearer ").map_or(text, str::trim_start);
    if bare.chars().any(char::is_whitespace) {
        Some("A key has no spaces in it. Was more than the key copied?")
    } else if !bare.chars().all(|c| c.is_ascii_graphic()) {
        Some("A key has only plain letters, digits and signs.")
    } else {
        None
    }
}

fn entry_ui(ui: &mut Ui, model: &Model, state: &mut KeyEntry, actions: &mut Vec<Action>) {
    let id = Id::unique("settings api key");
    let mut entered = false;
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 116.0).max(120.0);
        let edit = TextEdit::singleline(&mut state.text.0)
            .id(id)
            .password(!state.visible)
            .hint_text("API key")
            .font(regular(14.0))
            .align(Align2::LEFT_CENTER)
            .margin(Margin::symmetric(12, 7))
            .min_size(vec2(width, CONTROL_HEIGHT))
            .desired_width(width);
        let field = ui.add(edit).accessible_name("API key");
        focus_ring(ui, &field, RADIUS);
        entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let (glyph, called) =
            if state.visible { (icons::EYE_SLASH, "Hide the key") } else { (icons::EYE, "Show the key") };
        if icon_button(ui, glyph, called, 34.0).clicked() {
            state.visible = !state.visible;
        }
        if ui.add(Button::secondary("Paste").named("Paste the key")).clicked() {
            field.request_focus();
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::RequestPaste);
        }
    });
    forget_edits(ui, id);
    let problem = problem(&state.text.0);
    if problem.is_some() {
        problem_line(ui, problem);
    } else {
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), egui::Sense::hover());
        let kept = match &model.key {
            KeyStatus::KeyringFault(_) => "Kept in memory only, never in a file.",
            _ => "Kept in the system's keyring, never in a file.",
        };
        paint_elided(ui, line.left_center(), Align2::LEFT_CENTER, kept, regular(12.0), palette(ui).dim, line.width());
    }
    let ready = !model.key_busy && problem.is_none() && !state.text.0.trim().is_empty();
    ui.horizontal(|ui| {
        let save = ui.add(Button::secondary("Test and save").icon(icons::KEY).enabled(ready));
        if ready && (save.clicked() || entered) {
            actions.push(Action::SaveKey(state.text.take()));
            state.close();
        }
        let once = Button::quiet("Use for this session only").enabled(ready && !state.text.0.is_empty());
        if ui.add(once).clicked() {
            actions.push(Action::UseKeyThisSession(state.text.take()));
            state.close();
        }
    });
}

impl KeyEntry {
    fn close(&mut self) {
        self.visible = false;
        self.replacing = false;
    }
}

/// Undo keeps copies of the text: none of this field.
fn forget_edits(ui: &Ui, id: Id) {
    if let Some(mut edits) = TextEditState::load(ui.ctx(), id) {
        edits.clear_undoer();
        edits.store(ui.ctx(), id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_cannot_be_one_is_told_before_it_is_sent() {
        for (text, sound) in [
            ("key-for-tests==", true),
            (" key\n", true),
            ("", true),
            ("a key", false),
            ("Bearer token", true),
            ("Bearer a token", false),
            ("key-ä", false),
        ] {
            assert_eq!(problem(text).is_none(), sound, "{text}");
        }
    }

    #[test]
    fn the_text_is_gone_once_it_is_taken_and_never_shown_in_debug_output() {
        use secrecy::ExposeSecret as _;
        let mut entry = KeyEntry::default();
        entry.text.0.push_str(" key-of-a-test ");
        assert!(!format!("{entry:?}").contains("key-of-a-test"));
        assert_eq!(entry.text.take().expose_secret(), "key-of-a-test");
        assert!(entry.text.0.is_empty());
    }
}
