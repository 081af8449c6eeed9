//! The names jobs can be booked to.

use egui::{Align, Layout, Ui, vec2};

use super::note;
use crate::settings::ProjectBudget;
use crate::ui::icons;
use crate::ui::theme::{CONTROL_HEIGHT, palette, project_color, regular};
use crate::ui::widgets::{Button, icon_button, problem_line, text_line, words};

/// Characters a project's name may have: it stands in narrow columns.
const NAME_LIMIT: usize = 60;

/// What is half typed.
#[derive(Debug, Default)]
pub struct ProjectFields {
    adding: String,
    renaming: Option<Renaming>,
}

#[derive(Debug)]
struct Renaming {
    /// The name as it is.
    from: String,
    text: String,
    /// Not drawn yet: the keyboard goes into the field.
    fresh: bool,
}

/// What to do with a name after drawing it.
enum Act {
    Rename(usize, String),
    Remove(usize),
}

pub fn projects_ui(
    ui: &mut Ui,
    state: &mut ProjectFields,
    projects: &mut Vec<String>,
    budgets: &mut Vec<ProjectBudget>,
) {
    let mut act = None;
    for (place, name) in projects.iter().enumerate() {
        let size = vec2(ui.available_width(), CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            let being_renamed = state.renaming.as_ref().is_some_and(|renaming| renaming.from == *name);
            let done =
                if being_renamed { renaming_ui(ui, state, projects, place) } else { name_ui(ui, state, name, place) };
            act = act.take().or(done);
        });
    }
    match act {
        Some(Act::Rename(place, name)) => rename(projects, budgets, place, name),
        Some(Act::Remove(place)) => {
            projects.remove(place);
        }
        None => {}
    }
    adding_ui(ui, state, projects);
    note(ui, "Jobs keep the project they were booked to, whatever happens to its name here.");
}

/// Calls a project otherwise. Its budget binds what is booked under the new name, too: it would be lost on
/// the jobs to come, without a word.
fn rename(projects: &mut [String], budgets: &mut Vec<ProjectBudget>, place: usize, name: String) {
    let Some(project) = projects.get_mut(place) else { return };
    let old = std::mem::replace(project, name.clone());
    if budgets.iter().all(|budget| budget.project != name)
        && let Some(budget) = budgets.iter().find(|budget| budget.project == old).cloned()
    {
        budgets.push(ProjectBudget { project: name, ..budget });
    }
}

fn name_ui(ui: &mut Ui, state: &mut ProjectFields, name: &str, place: usize) -> Option<Act> {
    let palette = palette(ui);
    let mut act = None;
    if icon_button(ui, icons::TRASH, &format!("Remove {name}"), 28.0).clicked() {
        act = Some(Act::Remove(place));
    }
    if icon_button(ui, icons::PENCIL_SIMPLE, &format!("Rename {name}"), 28.0).clicked() {
        state.renaming = Some(Renaming { from: name.to_owned(), text: name.to_owned(), fresh: true });
    }
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(14.0, 14.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.5, project_color(name));
        words(ui, name, regular(14.0), palette.text);
    });
    act
}

fn renaming_ui(ui: &mut Ui, state: &mut ProjectFields, projects: &[String], place: usize) -> Option<Act> {
    let renaming = state.renaming.as_mut()?;
    let others = projects.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, name)| name.as_str());
    let problem = problem(&renaming.text, others);
    let (mut keep, mut drop_it) = (false, false);
    drop_it |= ui.add(Button::quiet("Back").small()).clicked();
    keep |= ui.add(Button::secondary("Rename").small().refused(problem.map(str::to_owned))).clicked();
    let width = (ui.available_width() - 8.0).min(320.0);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let field = text_line(ui, &format!("New name of {}", renaming.from), "", &mut renaming.text, width);
        if std::mem::take(&mut renaming.fresh) {
            field.request_focus();
        }
        let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
        keep |= field.lost_focus() && enter && problem.is_none();
        drop_it |= ui.input(|input| input.key_pressed(egui::Key::Escape));
    });
    let name = renaming.text.trim().to_owned();
    if keep || drop_it {
        state.renaming = None;
    }
    keep.then_some(Act::Rename(place, name))
}

fn adding_ui(ui: &mut Ui, state: &mut ProjectFields, projects: &mut Vec<String>) {
    let typed = !state.adding.trim().is_empty();
    let problem = problem(&state.adding, projects.iter().map(String::as_str)).filter(|_| typed);
    ui.horizontal(|ui| {
        let field = text_line(ui, "New project", "New project, a client or a purpose", &mut state.adding, 320.0);
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let ready = typed && problem.is_none();
        let add = ui.add(Button::secondary("Add").icon(icons::PLUS).named("Add the project").enabled(ready));
        if ready && (add.clicked() || enter) {
            projects.push(std::mem::take(&mut state.adding).trim().to_owned());
        }
    });
    if problem.is_some() {
        problem_line(ui, problem);
    }
}

/// Why this cannot be a project's name beside the `others`.
fn problem<'a>(name: &str, mut others: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let name = name.trim();
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    if name.is_empty() {
        Some("A project needs a name")
    } else if name.chars().count() > NAME_LIMIT {
        Some("At most 60 characters")
    } else if others.any(same) {
        Some("There is such a project already")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_goes_along_with_a_new_name() {
        let budget = |project: &str| ProjectBudget {
            project: project.to_owned(),
            per_month: crate::money::Usd::from_cents(500),
            action: crate::settings::CapAction::Refuse,
        };
        let mut projects = vec!["Northwind".to_owned(), "Harbour".to_owned()];
        let mut budgets = vec![budget("Northwind")];
        rename(&mut projects, &mut budgets, 0, "Northwind & Sons".to_owned());
        rename(&mut projects, &mut budgets, 1, "Port".to_owned());
        assert_eq!(projects, ["Northwind & Sons", "Port"]);
        assert_eq!(budgets, [budget("Northwind"), budget("Northwind & Sons")], "old jobs count on under the old one");
    }

    #[test]
    fn names_are_short_and_their_own() {
        let others = ["Northwind", "Größe"];
        for (name, sound) in [("Harbour", true), ("", false), (" ", false), ("northwind ", false), ("GRÖßE", false)] {
            assert_eq!(problem(name, others.into_iter()).is_none(), sound, "{name}");
        }
        assert!(problem(&"x".repeat(61), others.into_iter()).is_some());
    }
}
