//! One script across voices and engines: what each would cost, and one click to take it.

mod listed;
mod many;
mod table;

use std::sync::Arc;

use egui::{Align, Key, Layout, Modifiers, Ui, vec2};

use super::alternatives::Switched;
use super::form::Form;
use super::model::{Loaded, Model};
use super::theme::palette;
use super::widgets::{self, Button, Chip, EmptyState, SelectItem};
use super::{Action, format, icons};
use crate::draft::spoken::Spoken;
use crate::draft::{Choice, Composition, Draft, Field, Language, Reading, Voice};
use crate::pricing::{Comparison, Order, Pace, RateCard, compare};
use listed::{Listed, Wanted, languages};
use many::{Many, many_ui};

/// What a tab remembers of its comparison.
pub struct Compare<D> {
    open: bool,
    /// The voice that was chosen when it was opened: it stays first, so that no row moves under the pointer.
    first: Option<Voice>,
    search: String,
    /// Whose voices are listed.
    speaking: Speaking,
    order: Order,
    /// The search is to have the keyboard.
    take_keyboard: bool,
    shown: Option<Shown<D>>,
    many: Many,
    /// How often prices were worked out, for the test that says it is not once per frame.
    pub(super) count: u64,
}

/// What the listed voices are to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Speaking {
    /// The language of the text; where it does not say, that of the chosen voice.
    #[default]
    AsTheText,
    All,
    Only(Language),
}

/// The prices, kept until something they rest on changes.
struct Shown<D> {
    draft: D,
    card: Arc<RateCard>,
    pace: Arc<Pace>,
    voices: Arc<Vec<Voice>>,
    favourites: Vec<String>,
    search: String,
    language: Option<Language>,
    listed: Arc<Listed>,
    comparison: Arc<Comparison>,
}

impl<D> Default for Compare<D> {
    fn default() -> Self {
        Self {
            open: false,
            first: None,
            search: String::new(),
            speaking: Speaking::default(),
            order: Order::Listed,
            take_keyboard: false,
            shown: None,
            many: Many::default(),
            count: 0,
        }
    }
}

/// A cell that was chosen.
struct Taken {
    /// `None` where a sound is used instead of a voice.
    voice: Option<Voice>,
    choice: Option<Choice>,
}

impl<D: Spoken + Composition + Clone + PartialEq + Into<Draft>> Compare<D> {
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Shows it in place of the form.
    pub fn open(&mut self, draft: &D) {
        self.open = true;
        self.first = draft.voice().cloned();
        self.search.clear();
        self.speaking = Speaking::default();
        self.order = Order::Listed;
        self.take_keyboard = true;
        self.many = Many::default();
    }

    /// What the listed voices speak; `None`: anything.
    fn language(&self, draft: &D) -> Option<Language> {
        match self.speaking {
            Speaking::All => None,
            Speaking::Only(language) => Some(language),
            Speaking::AsTheText => {
                let of_text = draft.spoken_text().and_then(|text| Reading::of(&text).sure());
                of_text.or_else(|| Language::named(&self.first.as_ref()?.language))
            }
        }
    }

    /// Listed voices and their prices, worked out when something has changed.
    fn prices(&mut self, model: &Model, voices: &Arc<Vec<Voice>>, draft: &D) -> (Arc<Listed>, Arc<Comparison>) {
        let favourites = &model.settings.favourite_voices;
        let language = self.language(draft);
        if let Some(shown) = &self.shown
            && shown.draft == *draft
            && Arc::ptr_eq(&shown.card, &model.card)
            && Arc::ptr_eq(&shown.pace, &model.pace)
            && Arc::ptr_eq(&shown.voices, voices)
            && shown.favourites == *favourites
            && shown.search == self.search
            && shown.language == language
        {
            return (Arc::clone(&shown.listed), Arc::clone(&shown.comparison));
        }
        self.count += 1;
        let first = self.first.as_ref();
        let wanted = Wanted { voices, first, language, favourites, pace: &model.pace, search: &self.search };
        // A sound brings its own voice.
        let is_sound = draft.spoken_text().is_none();
        let listed = Arc::new(if is_sound { Listed::default() } else { wanted.list() });
        let each: Vec<&Voice> = listed.voices.iter().collect();
        let comparison = Arc::new(compare(&model.card, &model.pace, draft, &each));
        self.shown = Some(Shown {
            draft: draft.clone(),
            card: Arc::clone(&model.card),
            pace: Arc::clone(&model.pace),
            voices: Arc::clone(voices),
            favourites: favourites.clone(),
            search: self.search.clone(),
            language,
            listed: Arc::clone(&listed),
            comparison: Arc::clone(&comparison),
        });
        (listed, comparison)
    }
}

/// Draws the comparison in place of the form; true when a cell was taken into the draft.
pub fn compare_ui<D: Spoken + Composition + Clone + PartialEq + Into<Draft>>(
    ui: &mut Ui,
    model: &Model,
    state: &mut Compare<D>,
    form: &mut Form<D>,
    voices: &Loaded<Arc<Vec<Voice>>>,
    actions: &mut Vec<Action>,
) -> bool {
    let room = ui.clip_rect().height() - 2.0 * 20.0;
    let top = ui.cursor().top();
    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
    let account = voices.value.clone().unwrap_or_default();
    let (listed, comparison) = state.prices(model, &account, &form.draft);
    let text = form.draft.spoken_text();
    let reads = text.as_deref().and_then(|text| Reading::of(text).sure());
    let (is_sound, is_blank) = (text.is_none(), text.is_some_and(|text| text.trim().is_empty()));
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        state.open = false;
    }
    head_ui(ui, state, &comparison);
    if is_blank {
        let empty = EmptyState {
            icon: icons::TEXT_AA,
            title: "There is no script yet",
            sentence: "How long it takes to speak decides the price. Write it first, then compare.",
            button: Some("Back to the form"),
        };
        state.open &= !widgets::empty_state(ui, &empty);
        return false;
    }
    if is_sound {
        let words = "A sound brings its own voice: only the engine can differ.";
        widgets::paragraph(ui, words, 14.0, palette(ui).dim);
    } else {
        let language = state.language(&form.draft);
        tools_ui(ui, state, language, reads.is_some(), &account);
    }
    widgets::caption(ui, table::summary(&comparison, &listed));
    if listed.voices.is_empty() && !is_sound {
        no_voices_ui(ui, voices, actions);
        return false;
    }
    let foot = match (is_sound, state.many.voices.is_empty()) {
        (true, _) => 0.0,
        (false, true) => 26.0,
        (false, false) => 42.0,
    };
    let height = (room - (ui.cursor().top() - top) - foot).max(180.0);
    let all = voices.value.as_deref().map(Vec::as_slice);
    let shown = table::Table {
        model,
        account: all,
        reads,
        listed: &listed,
        comparison: &comparison,
        lowest: comparison.lowest(),
    };
    let taken = table::table_ui(ui, &shown, &mut state.order, &mut state.many, height, actions);
    if !is_sound {
        ui.add_space(2.0);
        if state.many.voices.is_empty() {
            widgets::caption(ui, foot_words(&listed));
        } else {
            let is_asked = std::mem::take(&mut form.standing.table_asked);
            form.standing.table = many_ui(ui, model, &mut state.many, &form.draft, &account, is_asked, actions);
            state.open &= !is_asked;
        }
    }
    let Some((row, way)) = taken else { return false };
    let taken =
        Taken { voice: listed.voices.get(row).cloned(), choice: comparison.ways.get(way).and_then(|way| way.choice) };
    let from = table::present_name(&comparison, &listed).unwrap_or_else(|| "no voice".to_owned());
    form.switch(Switched { from, to: taken.choice }, |draft| draft.take(taken.voice.as_ref(), taken.choice));
    form.touch(Field::Voice);
    form.touch(Field::Engine);
    true
}

/// The way back, the title, and the day of the card.
fn head_ui<D>(ui: &mut Ui, state: &mut Compare<D>, comparison: &Comparison) {
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        if widgets::icon_button(ui, icons::ARROW_LEFT, "Back to the form", 28.0).clicked() {
            state.open = false;
        }
        let several = comparison.ways.len() > 1;
        widgets::heading(ui, if several { "Voices and engines compared" } else { "Voices compared" });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // The oldest card is the one to doubt.
            if let Some(date) = comparison.card_dates.iter().min() {
                ui.add(Chip::new(&format!("card of {}", format::day(date))));
            }
        });
    });
}

/// What is looked for, and how the rows are ordered again as they were.
fn tools_ui<D>(ui: &mut Ui, state: &mut Compare<D>, language: Option<Language>, is_read: bool, account: &[Voice]) {
    ui.horizontal(|ui| {
        const LANGUAGE: f32 = 190.0;
        let width = (ui.available_width() - LANGUAGE - 8.0).clamp(120.0, 300.0);
        let hint = "Any voice of the account";
        let field = widgets::search_field(ui, "Search voices to compare", hint, &mut state.search, width);
        if std::mem::take(&mut state.take_keyboard) {
            field.request_focus();
        }
        // A search finds voices of every language.
        ui.add_enabled_ui(state.search.trim().is_empty(), |ui| {
            let shown = match (state.speaking, language) {
                (Speaking::AsTheText, Some(language)) if is_read => format!("{}, as the text", language.name()),
                (Speaking::AsTheText, Some(language)) => format!("{}, as the voice", language.name()),
                (Speaking::Only(_), Some(language)) => language.name().to_owned(),
                (_, _) => "All languages".to_owned(),
            };
            language_ui(ui, state, &shown, account, LANGUAGE);
        });
        if state.order != Order::Listed
            && ui.add(Button::quiet("Order as listed").icon(icons::ARROW_COUNTER_CLOCKWISE)).clicked()
        {
            state.order = Order::Listed;
        }
    });
}

/// Whose voices are listed: those that speak as the text reads, those of another language, or all.
fn language_ui<D>(ui: &mut Ui, state: &mut Compare<D>, shown: &str, account: &[Voice], width: f32) {
    let choices = || {
        let each = languages(account).into_iter().map(Speaking::Only);
        [Speaking::AsTheText, Speaking::All].into_iter().chain(each).collect::<Vec<_>>()
    };
    let items = || {
        let item = |choice: &Speaking| SelectItem {
            label: match choice {
                Speaking::AsTheText => "As the text reads".to_owned(),
                Speaking::All => "All languages".to_owned(),
                Speaking::Only(language) => language.name().to_owned(),
            },
            selected: *choice == state.speaking,
            ..SelectItem::default()
        };
        choices().iter().map(item).collect()
    };
    if let Some(place) = widgets::select(ui, "Language of the voices", shown, None, width, items) {
        state.speaking = choices().get(place).copied().unwrap_or_default();
    }
}

fn no_voices_ui(ui: &mut Ui, voices: &Loaded<Arc<Vec<Voice>>>, actions: &mut Vec<Action>) {
    let words = match (&voices.fault, &voices.value) {
        (Some(fault), _) => fault.as_str(),
        (None, None) if voices.loading => "Reading the voices…",
        (None, Some(all)) if !all.is_empty() => "No voice fits.",
        (None, _) => "There is no voice in this account.",
    };
    widgets::paragraph(ui, words, 14.0, palette(ui).dim);
    if voices.fault.is_some() && ui.add(Button::secondary("Try again").small()).clicked() {
        actions.push(Action::RefreshCast);
    }
}

fn foot_words(listed: &Listed) -> String {
    let rests =
        "Each length rests on the voice's own pace in this language, learned from results; until then on a guess.";
    match listed.left_out {
        0 => rests.to_owned(),
        more => {
            let shown = listed.voices.len();
            format!("{shown} of {} voices: search for the others. {rests}", format::count(shown + more))
        }
    }
}

#[cfg(test)]
mod tests;
