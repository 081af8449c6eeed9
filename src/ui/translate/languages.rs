//! The languages a video is translated into: a search over what HeyGen offers, a chip for each chosen one.

use std::sync::Arc;

use egui::{Ui, vec2};

use crate::draft::TranslationDraft;
use crate::ui::model::Model;
use crate::ui::theme::palette;
use crate::ui::widgets::{self, Chip, SelectItem};
use crate::ui::{Action, format, icons};

/// Width of the field that opens the list.
const FIELD: f32 = 236.0;

/// Draws the field and the chips; true when the choice changed.
pub fn languages_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut TranslationDraft,
    problem: Option<&str>,
    actions: &mut Vec<Action>,
) -> bool {
    let before = draft.languages.len();
    let note = match draft.languages.len() {
        0 | 1 => String::new(),
        many => format!("{}, one job each", format::counted(many, "language", "languages")),
    };
    widgets::field_label(ui, "Languages", &note, problem);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        choice_ui(ui, model, draft, actions);
        let mut removed = None;
        for (place, language) in draft.languages.iter().enumerate() {
            let called = format!("Remove {language}");
            let chip = Chip::new(language).icon(icons::X).color(palette(ui).text).clickable(&called);
            if ui.add(chip).on_hover_text(&called).clicked() {
                removed = Some(place);
            }
        }
        if let Some(place) = removed {
            draft.languages.remove(place);
        }
    });
    draft.languages.len() != before
}

fn choice_ui(ui: &mut Ui, model: &Model, draft: &mut TranslationDraft, actions: &mut Vec<Action>) {
    let shown = match (&model.languages.value, &model.languages.fault) {
        (None, None) => "Reading the languages…",
        (None, Some(_)) => "Languages not read",
        (Some(_), _) if draft.languages.is_empty() => "Choose languages",
        (Some(_), _) => "Add a language",
    };
    let response = widgets::select_face(ui, "Languages", shown, None, FIELD, 12.0);
    widgets::popup_under(&response, FIELD.max(280.0)).show(|ui| {
        let Some(languages) = &model.languages.value else {
            let words = model.languages.fault.as_deref().unwrap_or("Reading the languages…");
            widgets::paragraph(ui, words, 14.0, palette(ui).dim);
            if model.languages.fault.is_some() && ui.add(widgets::Button::secondary("Try again").small()).clicked() {
                actions.push(Action::ReadLanguages);
            }
            return;
        };
        ui.spacing_mut().combo_height = 224.0;
        let query = widgets::query_ui(ui, response.id, "Languages", true);
        // Those that begin with what is typed stand before those that only hold it.
        let mut rows: Vec<&String> =
            languages.iter().filter(|language| language.to_lowercase().contains(&query)).collect();
        rows.sort_by_key(|language| !language.to_lowercase().starts_with(&query));
        let picked = widgets::list_ui(ui, response.id, rows.len(), |ui, row, lit| {
            let Some(language) = rows.get(row) else { return false };
            let selected = draft.languages.contains(language);
            let item = SelectItem { label: (*language).clone(), selected, ..SelectItem::default() };
            widgets::row_ui(ui, &item, lit, 0.0)
        });
        // The list stays open and is ready to search: another language is often the next thing.
        if let Some(language) = picked.and_then(|row| rows.get(row)) {
            toggle(draft, language);
            search_again(ui, response.id);
        }
    });
}

/// Empties the search over the list and gives it the keyboard, which Enter took away.
fn search_again(ui: &Ui, list: egui::Id) {
    ui.data_mut(|data| {
        data.insert_temp(list.with("query"), String::new());
        data.insert_temp(list.with("lit"), 0_usize);
    });
    let field = ui.scope_id().with(("search", "Search languages"));
    ui.memory_mut(|memory| memory.request_focus(field));
}

fn toggle(draft: &mut TranslationDraft, language: &str) {
    match draft.languages.iter().position(|chosen| chosen == language) {
        Some(place) => {
            draft.languages.remove(place);
        }
        None => draft.languages.push(language.to_owned()),
    }
}

/// The language that is spoken in the video.
pub fn source_ui(ui: &mut Ui, languages: Option<&Arc<Vec<String>>>, draft: &mut TranslationDraft, width: f32) -> bool {
    let shown = draft.source_language.clone().unwrap_or_else(|| "Automatic".to_owned());
    let current = draft.source_language.clone();
    let chosen = widgets::select(ui, "Language of the video", &shown, None, width, || {
        let found = SelectItem { label: "Automatic".to_owned(), selected: current.is_none(), ..SelectItem::default() };
        let each = languages.into_iter().flat_map(|languages| languages.iter()).map(|language| SelectItem {
            label: language.clone(),
            selected: current.as_ref() == Some(language),
            ..SelectItem::default()
        });
        std::iter::once(found).chain(each).collect()
    });
    let Some(place) = chosen else { return false };
    draft.source_language =
        place.checked_sub(1).and_then(|place| languages.and_then(|languages| languages.get(place).cloned()));
    true
}
