//! The field for a prompt: what is asked for in words, with its count, a sample and its problem.

use egui::{Align, Layout, Ui, vec2};

use super::{format, widgets};

/// What there is to know of a prompt besides its text.
pub struct Prompt<'a> {
    /// What stands over the field.
    pub label: &'a str,
    /// The field's accessible name.
    pub spoken: &'a str,
    /// What stands in it while it is empty.
    pub hint: &'a str,
    /// A text to try things with, and the accessible name of the link that puts it in.
    pub sample: (&'a str, &'a str),
    /// Characters it may have at most.
    pub limit: usize,
    pub problem: Option<&'a str>,
}

/// Draws label, count and field; true when the text has changed.
pub fn prompt_ui(ui: &mut Ui, prompt: &Prompt<'_>, text: &mut String) -> bool {
    let mut changed = false;
    let characters = text.chars().count();
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::caption(ui, prompt.label);
        let (sample, called) = prompt.sample;
        if characters == 0 && widgets::link(ui, "try a sample", called).clicked() {
            sample.clone_into(text);
            changed = true;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| match prompt.problem {
            Some(problem) => widgets::problem(ui, problem),
            None => {
                let words = format!("{} of {} characters", format::count(characters), format::count(prompt.limit));
                widgets::caption(ui, words)
            }
        });
    });
    ui.add_space(-2.0);
    widgets::text_area(ui, prompt.spoken, prompt.hint, text, 118.0, prompt.problem, |_| Vec::new()).changed() || changed
}
