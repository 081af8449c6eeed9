//! The variables of the composition as a form.

use egui::{Align, Layout, Ui, vec2};

use super::HyperFramesTab;
use crate::draft::hyperframes::{Value, Variable, VariableKind};
use crate::draft::{Field, HyperFramesDraft};
use crate::ui::theme::palette;
use crate::ui::widgets::{self, Segment, SelectItem};

const GAP: f32 = 14.0;
/// Options that stand side by side; more are a list.
const SIDE_BY_SIDE: usize = 4;

/// Draws the form, two fields side by side where there is room.
pub fn values_ui(ui: &mut Ui, tab: &mut HyperFramesTab) {
    let Some(page) = tab.form.draft.page() else { return };
    let variables = page.variables.clone();
    ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        widgets::strong(ui, "Values");
        if variables.is_empty() {
            widgets::caption(ui, "This composition declares no variables: it is rendered as it is.");
        } else if !tab.form.draft.values.is_empty()
            && widgets::link(ui, "as declared", "Set all values back to what the composition declares").clicked()
        {
            tab.form.draft.values.clear();
        }
    });
    let whole = ui.available_width();
    let columns = if whole >= 520.0 { 2 } else { 1 };
    let width = if columns == 2 { (whole - GAP) / 2.0 } else { whole };
    for row in rows_of(&variables, columns) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for variable in row {
                let width = if is_long(variable) { whole } else { width };
                if value_ui(ui, &mut tab.form.draft, variable, width) {
                    tab.form.touch(Field::Variable);
                }
            }
        });
        ui.add_space(2.0);
    }
}

/// A text that needs a line of its own.
fn is_long(variable: &Variable) -> bool {
    matches!(variable.kind, VariableKind::Text { .. })
        && (variable.default.contains('\n') || variable.default.chars().count() > 70)
}

fn rows_of(variables: &[Variable], columns: usize) -> Vec<Vec<&Variable>> {
    let mut rows: Vec<Vec<&Variable>> = Vec::new();
    for variable in variables {
        match rows.last_mut() {
            Some(row) if row.len() < columns && !is_long(variable) && !row.iter().any(|other| is_long(other)) => {
                row.push(variable);
            }
            _ => rows.push(vec![variable]),
        }
    }
    rows
}

/// One variable; whether it was changed.
fn value_ui(ui: &mut Ui, draft: &mut HyperFramesDraft, variable: &Variable, width: f32) -> bool {
    let problem = draft.variable_problem(variable);
    let before = draft.typed(variable).to_owned();
    let mut typed = before.clone();
    ui.push_id(&variable.id, |ui| {
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(width);
            let label = variable.label.as_str();
            if matches!(variable.kind, VariableKind::Switch) {
                widgets::field_label(ui, "", &variable.description, problem.as_deref());
                let mut on = matches!(variable.read(&typed), Ok(Value::Switch(true)));
                if widgets::toggle(ui, label, &mut on).changed() {
                    typed = on.to_string();
                }
                return;
            }
            widgets::field_label(ui, label, &note(variable), problem.as_deref());
            match &variable.kind {
                VariableKind::Color => color_ui(ui, label, &mut typed, width),
                VariableKind::Choice(options) => {
                    let now = options.iter().position(|option| option.value == typed);
                    if options.len() <= SIDE_BY_SIDE {
                        let mut place = now.unwrap_or(usize::MAX);
                        let segments: Vec<Segment<'_, usize>> =
                            options.iter().enumerate().map(|(at, option)| Segment::new(at, &option.label)).collect();
                        widgets::segmented(ui, label, &segments, &mut place, Some(width));
                        if let Some(option) = options.get(place) {
                            typed.clone_from(&option.value);
                        }
                    } else {
                        let shown =
                            now.and_then(|place| options.get(place)).map_or("Choose…", |option| &option.label);
                        let items = || {
                            let item = |(at, option): (usize, &crate::draft::hyperframes::ChoiceOption)| SelectItem {
                                label: option.label.clone(),
                                selected: Some(at) == now,
                                ..SelectItem::default()
                            };
                            options.iter().enumerate().map(item).collect()
                        };
                        let chosen = widgets::select(ui, label, shown, None, width, items);
                        if let Some(option) = chosen.and_then(|place| options.get(place)) {
                            typed.clone_from(&option.value);
                        }
                    }
                }
                VariableKind::Text { .. } if is_long(variable) => {
                    widgets::text_area(ui, label, "", &mut typed, 88.0, problem.as_deref(), |_| Vec::new());
                }
                VariableKind::Text { .. }
                | VariableKind::Number { .. }
                | VariableKind::Font
                | VariableKind::Image
                | VariableKind::Switch => {
                    widgets::text_line(ui, label, hint(variable), &mut typed, width);
                }
            }
        });
    });
    if typed == before {
        return false;
    }
    if typed == variable.default {
        draft.values.remove(&variable.id);
    } else {
        draft.values.insert(variable.id.clone(), typed);
    }
    true
}

/// What stands at the right of the label.
fn note(variable: &Variable) -> String {
    match &variable.kind {
        _ if !variable.description.is_empty() => variable.description.clone(),
        VariableKind::Number { least, most, unit } => {
            let bounds = match (least, most) {
                (Some(least), Some(most)) => format!("{least} to {most}"),
                (Some(least), None) => format!("at least {least}"),
                (None, Some(most)) => format!("at most {most}"),
                (None, None) => String::new(),
            };
            format!("{bounds} {unit}").trim().to_owned()
        }
        VariableKind::Text { most: Some(most) } => format!("at most {most} characters"),
        _ => String::new(),
    }
}

fn hint(variable: &Variable) -> &'static str {
    match variable.kind {
        VariableKind::Font => "A font family",
        VariableKind::Image => "A path in the project, or an address",
        VariableKind::Number { .. } => "A number",
        _ => "",
    }
}

/// A button that opens the picker, and the colour as text.
fn color_ui(ui: &mut Ui, label: &str, typed: &mut String, width: f32) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.spacing_mut().interact_size = vec2(40.0, crate::ui::theme::CONTROL_HEIGHT);
        let mut color = parsed(typed).unwrap_or([128, 128, 128]);
        let picker = ui.color_edit_button_srgb(&mut color).accessible_name(format!("Pick {label}"));
        if picker.changed() {
            let [red, green, blue] = color;
            *typed = format!("#{red:02x}{green:02x}{blue:02x}");
        }
        if parsed(typed).is_none() {
            let at = picker.rect.center();
            let glyph = crate::ui::icons::QUESTION;
            let font = crate::ui::theme::regular(14.0);
            ui.painter().text(at, egui::Align2::CENTER_CENTER, glyph, font, palette(ui).text);
        }
        widgets::text_line(ui, label, "#1a2b3c", typed, width - 48.0);
    });
}

/// `#rgb` or `#rrggbb`.
fn parsed(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#')?;
    let byte = |from: usize, length: usize| {
        let part = digits.get(from..from + length)?;
        let value = u8::from_str_radix(part, 16).ok()?;
        Some(if length == 1 { value * 17 } else { value })
    };
    match digits.len() {
        3 => Some([byte(0, 1)?, byte(1, 1)?, byte(2, 1)?]),
        6 => Some([byte(0, 2)?, byte(2, 2)?, byte(4, 2)?]),
        _ => None,
    }
}
