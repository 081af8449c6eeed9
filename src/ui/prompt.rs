//! The field for a prompt: what is asked for in words, with its count, a sample and its problem.

use egui::{Align, Layout, Ui, vec2};

use super::format;
use super::model::Model;
use super::widgets::{self, SelectItem};
use crate::draft::{Draft, Product};

/// Earlier prompts that are offered at most.
const EARLIER: usize = 12;
/// Jobs whose drafts are read for them: it is done in each frame that shows the list.
const LOOKED_AT: usize = 200;

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
    /// Whose jobs have prompts to use again.
    pub product: Product,
    /// Characters it may have at most.
    pub limit: usize,
    pub problem: Option<&'a str>,
}

/// Draws label, count and field; true when the text has changed.
pub fn prompt_ui(ui: &mut Ui, model: &Model, prompt: &Prompt<'_>, text: &mut String) -> bool {
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
        // While the field is empty nothing is lost by it.
        if characters == 0
            && has_earlier(model, prompt.product)
            && let Some(earlier) = earlier_ui(ui, model, prompt)
        {
            *text = earlier;
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

fn has_earlier(model: &Model, product: Product) -> bool {
    model.board.jobs.iter().any(|job| job.product == product)
}

/// The prompts of earlier jobs, newest first; the one that was chosen now.
fn earlier_ui(ui: &mut Ui, model: &Model, prompt: &Prompt<'_>) -> Option<String> {
    let mut prompts = Vec::new();
    let called = format!("Use an earlier {}", prompt.spoken.to_lowercase());
    let chosen = widgets::select_link(ui, &called, "use an earlier one", 420.0, || {
        prompts = earlier(model, prompt.product);
        let row = |(text, at): &(String, i64)| SelectItem {
            label: text.split_whitespace().collect::<Vec<_>>().join(" "),
            detail: format::ago(model.now, *at),
            ..SelectItem::default()
        };
        prompts.iter().map(row).collect()
    });
    prompts.into_iter().nth(chosen?).map(|(text, _)| text)
}

fn earlier(model: &Model, product: Product) -> Vec<(String, i64)> {
    let mut found: Vec<(String, i64)> = Vec::new();
    for job in model.board.jobs.iter().filter(|job| job.product == product).take(LOOKED_AT) {
        let text = match Draft::from_json(job.product, &job.draft) {
            Ok(Draft::Cinematic(draft)) => draft.prompt,
            // A message in a conversation says nothing without it.
            Ok(Draft::VideoAgent(draft)) if draft.conversation.is_none() => draft.prompt,
            _ => continue,
        };
        if !text.trim().is_empty() && found.iter().all(|(other, _)| *other != text) {
            found.push((text, job.created_at));
        }
        if found.len() == EARLIER {
            break;
        }
    }
    found
}
