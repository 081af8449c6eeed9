//! What is heard: the script with its pauses, or an audio file.

use std::ops::Range;

use egui::text::{CCursor, CCursorRange};
use egui::{Align, Align2, Layout, Sense, TextEdit, Ui, vec2};

use super::AvatarVideoTab;
use crate::draft::avatar_video::{LocalFile, SCRIPT_LIMIT, Source};
use crate::draft::{Field, Product};
use crate::ui::model::Model;
use crate::ui::places::Place;
use crate::ui::quoting::Quoted;
use crate::ui::theme::{medium, palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, batch, format, icons};

/// A script to try things with.
const SAMPLE: &str = "Welcome back. In the next forty seconds we will show you how the new onboarding works, from the \
first message to the first invoice.\n\nThree things changed this spring. <break time=\"0.8s\"/> First, every customer \
gets a named contact from day one. Second, the setup call is now fifteen minutes instead of sixty, because most of it \
happens before you join.";

/// The pause that the link puts in.
const PAUSE: &str = "<break time=\"0.8s\"/>";

/// The byte ranges of `<break …/>` marks.
fn pauses(text: &str) -> Vec<Range<usize>> {
    text.match_indices("<break")
        .filter_map(|(start, _)| {
            let rest = text.get(start..)?;
            let end = rest.find('>')?;
            Some(start..start + end + 1)
        })
        .collect()
}

/// The script: label, counter, text, and the links that write for you.
pub fn script_ui(ui: &mut Ui, model: &Model, tab: &mut AvatarVideoTab, quoted: &Quoted, height: f32) {
    let palette = palette(ui);
    let problem = tab.problem(quoted, Field::Script).map(str::to_owned);
    let characters = tab.form.draft.script.chars().count();
    let mut insert = None;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::caption(ui, "Script");
        let takes_pauses = tab.form.draft.voice.as_ref().is_none_or(|voice| voice.supports_pause);
        if takes_pauses
            && characters > 0
            && widgets::link(ui, "insert a pause", "Insert a pause of 0.8 seconds").clicked()
        {
            insert = Some(PAUSE);
        }
        if characters > 0 && widgets::link(ui, "compare voices and engines", "Compare voices and engines").clicked() {
            tab.compare.open(&tab.form.draft);
        }
        if characters == 0 && widgets::link(ui, "try a sample", "Try a sample script").clicked() {
            insert = Some(SAMPLE);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut counter = format!("{} of {} characters", format::count(characters), format::count(SCRIPT_LIMIT));
            if let Some(seconds) = &quoted.quote.seconds {
                let about = if seconds.is_exact() { "" } else { "about " };
                counter.push_str(&format!(" · {about}{}", format::duration(seconds.likely)));
            }
            let color = if characters > SCRIPT_LIMIT { palette.amber } else { palette.dim };
            match &problem {
                Some(problem) => {
                    let words = format!("{} {problem}", icons::WARNING_CIRCLE);
                    widgets::words(ui, words, regular(12.0), palette.amber).on_hover_text(&counter);
                }
                None if batch::placeholder_ui(ui, &tab.form.draft.script, &counter) => {}
                None => {
                    widgets::words(ui, counter, regular(12.0), color);
                }
            }
        });
    });
    ui.add_space(-2.0);
    let hint = "What should be said? Type or paste it here, or drop a WAV or MP3 on the window.";
    let _ = model;
    let response =
        widgets::text_area(ui, "Script", hint, &mut tab.form.draft.script, height, problem.as_deref(), pauses);
    if let Some(words) = insert {
        insert_at_cursor(ui, response.id, &mut tab.form.draft.script, words);
        response.request_focus();
        tab.form.touch(Field::Script);
    }
    if response.changed() {
        tab.form.touch(Field::Script);
    }
}

/// Puts `words` where the text cursor is, or at the end, and the cursor behind them.
pub fn insert_at_cursor(ui: &Ui, id: egui::Id, script: &mut String, words: &str) {
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let length = script.chars().count();
    let at = state.cursor.char_range().map_or(length, |range| range.primary.index.0.min(length));
    let place = script.char_indices().nth(at).map_or(script.len(), |(place, _)| place);
    let before_is_word = script.get(..place).is_some_and(|before| before.ends_with(|c: char| !c.is_whitespace()));
    let after_is_word = script.get(place..).is_some_and(|after| after.starts_with(|c: char| !c.is_whitespace()));
    let mut inserted = String::new();
    if before_is_word {
        inserted.push(' ');
    }
    inserted.push_str(words);
    if after_is_word || place == script.len() && words == PAUSE {
        inserted.push(' ');
    }
    let end = at + inserted.chars().count();
    script.insert_str(place, &inserted);
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(end))));
    TextEdit::store_state(ui.ctx(), id, state);
}

/// The sound that is used instead of a script.
pub fn audio_ui(ui: &mut Ui, tab: &mut AvatarVideoTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    let problem = match &tab.form.draft.audio {
        // What is wrong with a chosen file is said at once.
        Some(_) => {
            quoted.problems.iter().find(|problem| problem.field == Field::Audio).map(|problem| problem.message.clone())
        }
        None => tab.problem(quoted, Field::Audio).map(str::to_owned),
    };
    widgets::field_label(ui, "Audio", "", problem.as_deref());
    let mut removed = false;
    widgets::card(ui, |ui| {
        ui.set_width(ui.available_width());
        match &tab.form.draft.audio {
            Some(file) => removed = file_ui(ui, file, actions),
            None => {
                ui.horizontal(|ui| {
                    widgets::icon(ui, icons::WAVEFORM, 22.0, palette(ui).dim);
                    if ui.add(Button::secondary("Choose a WAV or MP3").icon(icons::FOLDER_OPEN)).clicked() {
                        actions.push(Action::PickFile(Place::new(Product::AvatarVideo, Field::Audio)));
                    }
                    widgets::dim(ui, "or drop it anywhere on the window. At most 10 minutes, 50 MB.");
                });
            }
        }
    });
    if removed {
        tab.form.draft.audio = None;
        tab.form.draft.source = Source::Script;
    }
}

/// Name, length and size of a file; true when it is to be removed.
fn file_ui(ui: &mut Ui, file: &LocalFile, actions: &mut Vec<Action>) -> bool {
    let palette = palette(ui);
    let mut removed = false;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(44.0, 44.0), Sense::hover());
        ui.painter().rect_filled(rect, 8, palette.hover);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::WAVEFORM, regular(24.0), palette.text);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, icons::X, "Remove the audio", 32.0).clicked() {
                removed = true;
            }
            if ui.add(Button::quiet("Listen").icon(icons::PLAY).named("Listen to the audio")).clicked() {
                actions.push(Action::OpenFile(file.path.clone()));
            }
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                widgets::words(ui, file.name(), medium(14.0), palette.text)
                    .on_hover_text(file.path.display().to_string());
                let length = file.duration.map_or_else(|| "length unknown".to_owned(), format::duration);
                widgets::caption(ui, format!("{length} · {}", format::bytes(file.size)));
            });
        });
    });
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_found_where_they_are_whole() {
        let found = |text: &str| pauses(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found("a <break time=\"1s\"/> b <break time='0.8s' />"),
            ["<break time=\"1s\"/>", "<break time='0.8s' />"]
        );
        assert!(found("a <break time=\"1s\"").is_empty());
        assert!(found("no pause, ü").is_empty());
    }
}
