//! How the rows that became jobs are doing, as one; and the acts on all of them that wait for a second word.

use egui::{Align, Layout, Ui, vec2};

use super::sheet::{Sheet, Summary};
use super::{BatchTab, Question, View};
use crate::money::Usd;
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, format};

/// The question that waits for its answer; true when the table is closed now.
pub(super) fn question_ui(ui: &mut Ui, tab: &mut BatchTab, actions: &mut Vec<Action>) -> bool {
    let (Some(question), Some(sheet)) = (tab.view.asking, &tab.sheet) else { return false };
    let waiting = sheet.summary.waiting;
    let (words, yes, no) = match question {
        Question::Close => (
            format!("Close {}? No row of it is made, so what you changed in it is forgotten.", sheet.name),
            "Close and forget".to_owned(),
            "Keep it open",
        ),
        Question::Cancel if waiting == 0 => {
            tab.view.asking = None;
            return false;
        }
        Question::Cancel => (
            format!(
                "Cancel {}? Nothing was paid for {}, and what is held for {0} is released.",
                if waiting == 1 {
                    "the row that waits".to_owned()
                } else {
                    format!("the {} rows that wait", format::count(waiting))
                },
                if waiting == 1 { "it" } else { "them" },
            ),
            format!("Cancel {}", format::counted(waiting, "row", "rows")),
            "Let them go on",
        ),
    };
    let mut answer = None;
    widgets::panel(ui, |ui| {
        ui.set_min_width(ui.available_width());
        widgets::paragraph(ui, words, 13.0, palette(ui).text);
        ui.horizontal(|ui| {
            if ui.add(Button::secondary(&yes).small().color(palette(ui).amber)).clicked() {
                answer = Some(true);
            }
            if ui.add(Button::quiet(no).small()).clicked() {
                answer = Some(false);
            }
        });
    });
    if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        answer = Some(false);
    }
    if answer.is_some() {
        tab.view.asking = None;
    }
    match (answer, question) {
        (Some(true), Question::Close) => {
            actions.push(Action::CloseBatch(sheet.id));
            tab.forget();
            tab.is_shown = false;
            true
        }
        (Some(true), Question::Cancel) => {
            actions.push(Action::CancelBatch(sheet.id));
            false
        }
        _ => false,
    }
}

/// The rows that became jobs, as one.
pub fn progress_words(made: usize, done: usize, failed: usize, asking: usize, charged: Usd, held: Usd) -> String {
    let mut words = format!("{} of {} finished", format::count(done), format::count(made));
    if failed > 0 {
        words.push_str(&format!(", {} failed", format::count(failed)));
    }
    if asking > 0 {
        words.push_str(&format!(", {} waiting for you", format::count(asking)));
    }
    words.push_str(&format!(" · {charged} charged"));
    if held > Usd::ZERO {
        words.push_str(&format!(", {held} held"));
    }
    words
}

/// Shares of a bar; only ever drawn.
#[expect(clippy::cast_precision_loss, reason = "a share of a bar")]
pub fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

pub(super) fn progress_ui(ui: &mut Ui, sheet: &Sheet, view: &mut View) {
    let summary = &sheet.summary;
    if summary.made == 0 {
        return;
    }
    let palette = palette(ui);
    let Summary { made, done, failed, asking, waiting, charged, held, .. } = *summary;
    let words = progress_words(made, done, failed, asking, charged, held);
    let bar = [(share(done, made), palette.green), (share(failed + asking, made), palette.amber)];
    widgets::split_bar(ui, &words, ui.available_width(), &bar);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::right_to_left(Align::Center), |ui| {
        let called = format!("Cancel {}", format::counted(waiting, "row that waits", "rows that wait"));
        if waiting > 0 && widgets::link(ui, "cancel those that wait", &called).clicked() {
            view.asking = Some(Question::Cancel);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let said = widgets::words(ui, words.as_str(), regular(12.0), palette.text);
            widgets::name(&said, egui::Role::Label, true, &words);
        });
    });
}
