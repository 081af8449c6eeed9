//! The ledger's page: what is filtered, searched and sorted, and which rows that leaves.

use std::sync::Arc;

use egui::{Align, Color32, Layout, Ui, vec2};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::table::table_ui;
use super::{SpendAnswer, SpendTab, entry, explain};
use crate::draft::Product;
use crate::jobs::types::JobId;
use crate::spend::types::{EntryKind, LedgerFilter, LedgerTable, Period, Snapshot, date_of};
use crate::ui::theme::{medium, palette, product_color, project_color};
use crate::ui::widgets::{self, Button, SelectItem, link, panel, search_field, select};
use crate::ui::{Action, Model, format};

/// From when entries are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum When {
    #[default]
    Ever,
    Reported,
    Today,
    Week,
    FourWeeks,
    /// From a day to the first that is no longer meant.
    Days(Date, Date),
}

/// What the ledger remembers between frames.
#[derive(Debug)]
pub struct LedgerState {
    pub(super) filter: LedgerFilter,
    when: When,
    /// The entry that is explained, by its number in the ledger.
    pub(super) selected: Option<i64>,
    /// What was last asked to be picked out.
    asked: Option<(Arc<LedgerTable>, LedgerFilter)>,
    pub(super) go_to_top: bool,
}

impl Default for LedgerState {
    fn default() -> Self {
        let filter = LedgerFilter { kind: Some(EntryKind::Charge), descending: true, ..LedgerFilter::default() };
        Self { filter, when: When::default(), selected: None, asked: None, go_to_top: false }
    }
}

impl LedgerState {
    /// Lists the charges from a day to the first that is no longer meant.
    pub fn show_days(&mut self, first: Date, next: Date) {
        *self = Self { when: When::Days(first, next), go_to_top: true, ..Self::default() };
    }

    /// Lists every entry of one job.
    pub fn show_job(&mut self, job: JobId) {
        let filter = LedgerFilter { search: job.to_string(), descending: true, ..LedgerFilter::default() };
        *self = Self { filter, go_to_top: true, ..Self::default() };
    }

    /// Lists every entry of jobs that cannot be read.
    pub fn show_unreadable(&mut self) {
        let filter = LedgerFilter { search: "cannot be read".to_owned(), descending: true, ..LedgerFilter::default() };
        *self = Self { filter, go_to_top: true, ..Self::default() };
    }

    /// The filter with the moments that its words mean now.
    pub fn filter_of(&self, snapshot: &Snapshot, zone: &TimeZone) -> LedgerFilter {
        let today = date_of(snapshot.now, zone);
        let days = |first: Date, next: Date| Some(Period::between(first, next, zone));
        let tomorrow = today.saturating_add(1.day());
        let period = match self.when {
            When::Ever => None,
            When::Reported => Some(snapshot.report.period),
            When::Today => days(today, tomorrow),
            When::Week => days(today.saturating_sub(6.days()), tomorrow),
            When::FourWeeks => days(today.saturating_sub(27.days()), tomorrow),
            When::Days(first, next) => days(first, next),
        };
        let (from, to) = (period.map(|period| period.start), period.map(|period| period.end));
        LedgerFilter { from, to, ..self.filter.clone() }
    }

    fn is_default(&self) -> bool {
        let default = Self::default();
        let same =
            LedgerFilter { sort: default.filter.sort, descending: default.filter.descending, ..self.filter.clone() };
        self.when == default.when && same == default.filter
    }

    /// Asks for the rows that the filter leaves, once for each filter and ledger.
    fn ask(&mut self, model: &Model, snapshot: &Snapshot, zone: &TimeZone, actions: &mut Vec<Action>) {
        let filter = self.filter_of(snapshot, zone);
        let table = &snapshot.table;
        let is_here = model.listing.as_ref().is_some_and(|listing| listing.is_of(table, &filter));
        let is_asked = |(asked, of): &(Arc<LedgerTable>, LedgerFilter)| Arc::ptr_eq(asked, table) && *of == filter;
        if !is_here && !self.asked.as_ref().is_some_and(is_asked) {
            actions.push(Action::ListEntries(Arc::clone(table), filter.clone()));
            self.asked = Some((Arc::clone(table), filter));
        }
    }
}

/// The whole page.
pub fn ledger_ui(
    ui: &mut Ui,
    model: &Model,
    snapshot: &Snapshot,
    state: &mut SpendTab,
    actions: &mut Vec<Action>,
    answer: &mut SpendAnswer,
) {
    filters_ui(ui, snapshot, &mut state.ledger);
    state.ledger.ask(model, snapshot, &state.zone, actions);
    // Until the rows that were asked for are here, those before them stay.
    let listing = model.listing.clone();
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 22.0), Layout::left_to_right(Align::Center), |ui| {
        if let Some(listing) = &listing {
            let (count, charged) = (listing.places.len(), listing.charged);
            let words = format!("{} · {charged} charged", format::counted(count, "entry", "entries"));
            widgets::caption(ui, words).on_hover_text(charged.precise());
        }
        if !state.ledger.is_default() && link(ui, "clear filters", "Clear the filters").clicked() {
            state.ledger = LedgerState { go_to_top: true, ..LedgerState::default() };
        }
    });
    let chosen = state.ledger.selected.and_then(|seq| {
        let rows = snapshot.table.rows();
        let place = rows.binary_search_by_key(&seq, |row| row.seq).ok()?;
        let row = rows.get(place)?;
        Some((row, snapshot.table.job(row)?))
    });
    let below = if chosen.is_some() { entry::HEIGHT + 28.0 } else { 0.0 };
    let room = (ui.available_height() - below - 16.0).max(120.0);
    let size = vec2(ui.available_width(), room);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_size(size);
        ui.set_max_height(room);
        let Some(listing) = &listing else { return };
        if listing.places.is_empty() {
            ui.add_space(24.0);
            widgets::dim(ui, "No entry fits. Search for other words or clear the filters.");
            return;
        }
        table_ui(ui, snapshot, &listing.places, &mut state.ledger, &state.zone, true);
    });
    if let Some((row, job)) = chosen {
        ui.add_space(4.0);
        entry::entry_ui(ui, model, snapshot, row, job, state, actions, answer);
    }
}

/// The newest charges, below the overview.
pub fn latest_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut SpendTab) {
    let newest: Vec<u32> = {
        let filter = LedgerFilter {
            kind: Some(EntryKind::Charge),
            from: Some(snapshot.report.period.start),
            to: Some(snapshot.report.period.end),
            descending: true,
            ..LedgerFilter::default()
        };
        latest(snapshot, &filter)
    };
    if newest.is_empty() {
        return;
    }
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::quiet("Open the ledger").small()).clicked() {
                state.ledger = LedgerState { when: When::Reported, go_to_top: true, ..LedgerState::default() };
                state.page = super::Page::Ledger;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                widgets::words(ui, "Latest charges", medium(14.0), palette(ui).text);
            });
        });
        let before = state.ledger.selected;
        table_ui(ui, snapshot, &newest, &mut state.ledger, &state.zone, false);
        if state.ledger.selected != before && state.ledger.selected.is_some() {
            let selected = state.ledger.selected;
            state.ledger = LedgerState { when: When::Reported, selected, ..LedgerState::default() };
            state.page = super::Page::Ledger;
        }
    });
}

/// The first few rows from the end of the ledger that fit.
fn latest(snapshot: &Snapshot, filter: &LedgerFilter) -> Vec<u32> {
    let rows = snapshot.table.rows().iter().enumerate().rev();
    let fitting = rows.filter(|(_, row)| {
        filter.kind.is_none_or(|kind| kind == row.kind)
            && filter.from.is_none_or(|from| row.at >= from)
            && filter.to.is_none_or(|to| row.at < to)
    });
    fitting.take(6).filter_map(|(place, _)| u32::try_from(place).ok()).collect()
}

fn filters_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut LedgerState) {
    let before = (state.filter.clone(), state.when);
    let gap = 8.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        let all = ui.available_width();
        let search = (all * 0.26).clamp(150.0, 260.0);
        search_field(ui, "Search the ledger", "Search", &mut state.filter.search, search);
        let width = ((all - search - 4.0 * gap) / 4.0).min(190.0);
        kind_ui(ui, state, width);
        product_ui(ui, snapshot, state, width);
        project_ui(ui, snapshot, state, width);
        when_ui(ui, snapshot, state, width);
    });
    if before != (state.filter.clone(), state.when) {
        state.go_to_top = true;
    }
}

pub fn plain(label: &str, selected: bool) -> SelectItem {
    SelectItem { label: label.to_owned(), selected, ..SelectItem::default() }
}

fn kind_ui(ui: &mut Ui, state: &mut LedgerState, width: f32) {
    let kinds: Vec<Option<EntryKind>> = std::iter::once(None).chain(EntryKind::ALL.map(Some)).collect();
    let words = |kind: Option<EntryKind>| match kind {
        None => "All entries",
        Some(EntryKind::Hold) => "Holds",
        Some(EntryKind::Charge) => "Charges",
        Some(EntryKind::Release) => "Releases",
    };
    let present = state.filter.kind;
    let items = || kinds.iter().map(|kind| plain(words(*kind), *kind == present)).collect();
    if let Some(kind) = select(ui, "Kind", words(present), None, width, items).and_then(|place| kinds.get(place)) {
        state.filter.kind = *kind;
    }
}

fn product_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut LedgerState, width: f32) {
    let present = state.filter.product;
    let shown = present.map_or("All products", Product::name);
    let used = || -> Vec<Product> {
        let jobs = snapshot.table.jobs();
        Product::ALL.into_iter().filter(|product| jobs.iter().any(|job| job.product == *product)).collect()
    };
    let items = || {
        let dot = |product: Product| SelectItem {
            dot: Some(product_color(product)),
            ..plain(product.name(), present == Some(product))
        };
        std::iter::once(plain("All products", present.is_none())).chain(used().into_iter().map(dot)).collect()
    };
    match select(ui, "Product", shown, present.map(product_color), width, items) {
        Some(0) => state.filter.product = None,
        Some(place) => state.filter.product = used().get(place - 1).copied(),
        None => {}
    }
}

pub fn projects_of(snapshot: &Snapshot) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = snapshot.table.jobs().iter().map(|job| Arc::clone(&job.project)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

pub fn dot_of(project: &str) -> Option<Color32> {
    (!project.is_empty()).then(|| project_color(project))
}

fn project_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut LedgerState, width: f32) {
    let present = state.filter.project.clone();
    let shown = present.as_deref().map_or("All projects", explain::project).to_owned();
    let dot = present.as_deref().and_then(dot_of);
    let items = || {
        let item = |name: &Arc<str>| SelectItem {
            dot: dot_of(name),
            ..plain(explain::project(name), present.as_ref() == Some(name))
        };
        std::iter::once(plain("All projects", present.is_none()))
            .chain(projects_of(snapshot).iter().map(item))
            .collect()
    };
    match select(ui, "Project", &shown, dot, width, items) {
        Some(0) => state.filter.project = None,
        Some(place) => state.filter.project = projects_of(snapshot).get(place - 1).cloned(),
        None => {}
    }
}

fn when_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut LedgerState, width: f32) {
    let month = snapshot.report.period.name();
    let words = |when: When| match when {
        When::Ever => "Any time".to_owned(),
        When::Reported => month.clone(),
        When::Today => "Today".to_owned(),
        When::Week => "Last 7 days".to_owned(),
        When::FourWeeks => "Last 28 days".to_owned(),
        When::Days(first, next) => Period::between(first, next, &TimeZone::UTC).name(),
    };
    let mut choices = vec![When::Ever, When::Reported, When::Today, When::Week, When::FourWeeks];
    if let When::Days(..) = state.when {
        choices.push(state.when);
    }
    let present = state.when;
    let items = || choices.iter().map(|when| plain(&words(*when), *when == present)).collect();
    if let Some(when) = select(ui, "Period", &words(present), None, width, items).and_then(|place| choices.get(place)) {
        state.when = *when;
    }
}
