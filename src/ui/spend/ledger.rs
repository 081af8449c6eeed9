//! The ledger as a table: filtered, searched, sorted, only its visible rows drawn; below it one
//! entry explained.

use std::sync::Arc;

use egui::{Align, Align2, Color32, Label, Layout, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use egui_extras::{Column, TableBuilder};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{SpendAnswer, SpendTab, explain};
use crate::draft::Product;
use crate::jobs::types::JobId;
use crate::money::Usd;
use crate::spend::types::{
    BookedJob, EntryKind, LedgerFilter, LedgerRow, LedgerTable, Period, Snapshot, SortBy, date_of,
};
use crate::ui::action::Export;
use crate::ui::theme::{RADIUS_SMALL, medium, palette, product_color, project_color, regular};
use crate::ui::widgets::{
    self, Button, SelectItem, focus_ring, icon_button, link, panel, paragraph, search_field, select,
};
use crate::ui::{Action, Model, format, icons};

/// From when entries are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum When {
    #[default]
    Ever,
    ShownMonth,
    Today,
    Week,
    FourWeeks,
    Day(Date),
}

/// What the ledger remembers between frames.
#[derive(Debug)]
pub struct LedgerState {
    filter: LedgerFilter,
    when: When,
    /// The entry that is explained, by its number in the ledger.
    selected: Option<i64>,
    shown: Option<Shown>,
    go_to_top: bool,
}

impl Default for LedgerState {
    fn default() -> Self {
        let filter = LedgerFilter { kind: Some(EntryKind::Charge), descending: true, ..LedgerFilter::default() };
        Self { filter, when: When::default(), selected: None, shown: None, go_to_top: false }
    }
}

/// The rows that a filter left, kept until the filter or the ledger changes.
#[derive(Debug)]
struct Shown {
    table: Arc<LedgerTable>,
    filter: LedgerFilter,
    places: Arc<Vec<u32>>,
    charged: Usd,
}

impl LedgerState {
    /// Lists the charges of one day.
    pub fn show_day(&mut self, day: Date) {
        *self = Self { when: When::Day(day), go_to_top: true, ..Self::default() };
    }

    /// Lists every entry of one job.
    pub fn show_job(&mut self, job: JobId) {
        let filter = LedgerFilter { search: job.to_string(), descending: true, ..LedgerFilter::default() };
        *self = Self { filter, go_to_top: true, ..Self::default() };
    }

    /// The filter with the moments that its words mean now.
    pub fn filter_of(&self, snapshot: &Snapshot, zone: &TimeZone) -> LedgerFilter {
        let today = date_of(snapshot.now, zone);
        let days = |first: Date, next: Date| Some(Period::between(first, next, zone));
        let tomorrow = today.saturating_add(1.day());
        let period = match self.when {
            When::Ever => None,
            When::ShownMonth => Some(snapshot.report.period),
            When::Today => days(today, tomorrow),
            When::Week => days(today.saturating_sub(6.days()), tomorrow),
            When::FourWeeks => days(today.saturating_sub(27.days()), tomorrow),
            When::Day(day) => days(day, day.saturating_add(1.day())),
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

    fn refresh(&mut self, snapshot: &Snapshot, zone: &TimeZone) -> (Arc<Vec<u32>>, Usd) {
        let filter = self.filter_of(snapshot, zone);
        if let Some(shown) = &self.shown
            && Arc::ptr_eq(&shown.table, &snapshot.table)
            && shown.filter == filter
        {
            return (Arc::clone(&shown.places), shown.charged);
        }
        let places = Arc::new(snapshot.table.select(&filter));
        let charged = snapshot.table.charged(&places);
        let kept = Arc::clone(&places);
        self.shown = Some(Shown { table: Arc::clone(&snapshot.table), filter, places: kept, charged });
        (places, charged)
    }
}

const ROW: f32 = 34.0;
const HEADER: f32 = 30.0;
/// The room of the explained entry.
const DETAIL: f32 = 168.0;

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
    let (places, charged) = state.ledger.refresh(snapshot, &state.zone);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 22.0), Layout::left_to_right(Align::Center), |ui| {
        let words = format!("{} · {charged} charged", format::counted(places.len(), "entry", "entries"));
        widgets::caption(ui, words).on_hover_text(charged.precise());
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
    let below = if chosen.is_some() { DETAIL + 28.0 } else { 0.0 };
    let room = (ui.available_height() - below - 16.0).max(120.0);
    let size = vec2(ui.available_width(), room);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_size(size);
        ui.set_max_height(room);
        if places.is_empty() {
            ui.add_space(24.0);
            widgets::dim(ui, "No entry fits. Search for other words or clear the filters.");
            return;
        }
        table_ui(ui, snapshot, &places, &mut state.ledger, &state.zone, true);
    });
    if let Some((row, job)) = chosen {
        ui.add_space(4.0);
        detail_ui(ui, model, snapshot, row, job, state, actions, answer);
    }
}

/// The newest charges, below the overview.
pub fn latest_ui(ui: &mut Ui, model: &Model, snapshot: &Snapshot, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let _ = (model, &actions);
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
                state.ledger = LedgerState { when: When::ShownMonth, go_to_top: true, ..LedgerState::default() };
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
            state.ledger = LedgerState { when: When::ShownMonth, selected, ..LedgerState::default() };
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

fn plain(label: &str, selected: bool) -> SelectItem {
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

fn projects_of(snapshot: &Snapshot) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = snapshot.table.jobs().iter().map(|job| Arc::clone(&job.project)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn dot_of(project: &str) -> Option<Color32> {
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
        When::ShownMonth => month.clone(),
        When::Today => "Today".to_owned(),
        When::Week => "Last 7 days".to_owned(),
        When::FourWeeks => "Last 28 days".to_owned(),
        When::Day(day) => day.strftime("%-d %b %Y").to_string(),
    };
    let mut choices = vec![When::Ever, When::ShownMonth, When::Today, When::Week, When::FourWeeks];
    if let When::Day(_) = state.when {
        choices.push(state.when);
    }
    let present = state.when;
    let items = || choices.iter().map(|when| plain(&words(*when), *when == present)).collect();
    if let Some(when) = select(ui, "Period", &words(present), None, width, items).and_then(|place| choices.get(place)) {
        state.when = *when;
    }
}

/// Draws the rows. Where `whole`, the table scrolls, and its headings sort it.
fn table_ui(ui: &mut Ui, snapshot: &Snapshot, places: &[u32], state: &mut LedgerState, zone: &TimeZone, whole: bool) {
    let all = ui.available_width();
    ui.spacing_mut().item_spacing = vec2(10.0, 0.0);
    let several_kinds = whole && state.filter.kind.is_none();
    let with_product = all > 900.0;
    let mut columns: Vec<(&str, Option<SortBy>, f32)> = vec![("When", Some(SortBy::Time), 104.0)];
    if several_kinds {
        columns.push(("Kind", Some(SortBy::Kind), 64.0));
    }
    columns.push(("Job", Some(SortBy::Title), 0.0));
    if with_product {
        columns.push(("Product", Some(SortBy::Product), 104.0));
    }
    columns.push(("Project", Some(SortBy::Project), 116.0));
    columns.push(("How it was counted", Some(SortBy::Quantity), if all > 760.0 { 170.0 } else { 130.0 }));
    columns.push(("Quoted", None, 76.0));
    columns.push(("Amount", Some(SortBy::Amount), 84.0));
    if whole {
        // The scroll bar covers no figure.
        columns.push(("", None, 2.0));
    }

    let id = if whole { "ledger" } else { "latest charges" };
    let mut builder = TableBuilder::new(ui)
        .id_salt((id, columns.len()))
        .vscroll(whole)
        .min_scrolled_height(0.0)
        .auto_shrink([false, !whole])
        .animate_scrolling(false)
        .cell_layout(Layout::left_to_right(Align::Center));
    for (_, _, width) in &columns {
        let column = if *width > 0.0 { Column::exact(*width) } else { Column::remainder().at_least(90.0) };
        builder = builder.column(column.clip(true));
    }
    if whole && std::mem::take(&mut state.go_to_top) {
        builder = builder.vertical_scroll_offset(0.0);
    }
    let table = builder.header(HEADER, |mut header| {
        for (called, sort, _) in &columns {
            header.col(|ui| heading_ui(ui, called, sort.filter(|_| whole), state));
        }
    });
    table.body(|body| {
        body.rows(ROW, places.len(), |mut line| {
            let Some(row) = places.get(line.index()).and_then(|place| snapshot.table.row(*place)) else { return };
            let Some(job) = snapshot.table.job(row) else { return };
            let mut first = true;
            for (called, _, _) in &columns {
                line.col(|ui| {
                    if std::mem::take(&mut first) {
                        row_ui(ui, snapshot, row, job, all, state, zone);
                    }
                    cell_ui(ui, called, snapshot, row, job, zone);
                });
            }
        });
    });
}

fn is_figure(called: &str) -> bool {
    matches!(called, "Quoted" | "Amount")
}

/// A column's heading; a click sorts by it, another turns the order round.
fn heading_ui(ui: &mut Ui, called: &str, sort: Option<SortBy>, state: &mut LedgerState) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    let clip = ui.clip_rect();
    // Over the gap to the next column, too.
    ui.set_clip_rect(clip.expand2(vec2(6.0, 0.0)));
    ui.painter().hline(rect.x_range().expand(6.0), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
    ui.set_clip_rect(clip);
    let active = sort.is_some_and(|sort| sort == state.filter.sort);
    let arrow = if state.filter.descending { icons::CARET_DOWN } else { icons::CARET_UP };
    let words = if active { format!("{called} {arrow}") } else { called.to_owned() };
    let color = if active { palette.text } else { palette.dim };
    let galley = widgets::elided(ui, &words, regular(12.0), color, rect.width());
    let anchor = if is_figure(called) { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
    let at = anchor.anchor_size(anchor.pos_in_rect(&rect), galley.size());
    let Some(sort) = sort else {
        ui.painter().galley(at.min, galley, color);
        return;
    };
    let response = ui.interact(rect, ui.scope_id().with(("sort", called)), Sense::click());
    let spoken = format!("Sort by {}", called.to_lowercase());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, active, &spoken));
    let color = if response.hovered() { palette.text } else { color };
    ui.painter().galley_with_override_text_color(at.min, galley, color);
    focus_ring(ui, &response, RADIUS_SMALL);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        if active {
            state.filter.descending = !state.filter.descending;
        } else {
            state.filter.sort = sort;
            // Money and time are looked at from the top, names from A.
            state.filter.descending = matches!(sort, SortBy::Time | SortBy::Amount | SortBy::Quantity);
        }
        state.go_to_top = true;
    }
}

/// The whole row as one thing: its name, its light, its click.
fn row_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    row: &LedgerRow,
    job: &BookedJob,
    width: f32,
    state: &mut LedgerState,
    zone: &TimeZone,
) {
    let palette = palette(ui);
    let cell = ui.max_rect();
    let rect = Rect::from_min_size(cell.min, vec2(width, cell.height()));
    let outer = ui.clip_rect();
    // The cell clips; the row does not end with its first cell.
    let clip = Rect::from_x_y_ranges(rect.x_range().expand(6.0), outer.y_range());
    ui.set_clip_rect(clip);
    let selected = state.selected == Some(row.seq);
    let response = ui.interact(rect, egui::Id::unique(("ledger row", row.seq)), Sense::click());
    let spoken = format!(
        "{} {}, {}, {}, {}",
        explain::kind(row.kind),
        explain::when(row.at, snapshot.now, zone),
        job.title,
        explain::project(&job.project),
        row.amount.precise()
    );
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, &spoken));
    widgets::describe(&response, &explain::sentence(&snapshot.table, row, job));
    if selected || response.hovered() {
        let fill = if selected { palette.raised } else { palette.hover.gamma_multiply(0.6) };
        ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), RADIUS_SMALL, fill);
    }
    ui.painter().hline(rect.x_range().expand(6.0), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
    focus_ring(ui, &response, RADIUS_SMALL);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        state.selected = if selected { None } else { Some(row.seq) };
    }
    ui.set_clip_rect(outer);
}

fn cell_ui(ui: &mut Ui, called: &str, snapshot: &Snapshot, row: &LedgerRow, job: &BookedJob, zone: &TimeZone) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    let left = |ui: &Ui, text: &str, color: Color32| {
        widgets::paint_elided(ui, rect.left_center(), Align2::LEFT_CENTER, text, regular(13.0), color, rect.width());
    };
    let right = |ui: &Ui, text: &str, color: Color32| {
        ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, text, regular(13.0), color);
    };
    let explained = |ui: &Ui, words: String| {
        let _ = ui.interact(rect, ui.scope_id().with("explained"), Sense::hover()).on_hover_text(words);
    };
    match called {
        "When" => left(ui, &explain::when(row.at, snapshot.now, zone), palette.dim),
        "Kind" => left(ui, explain::kind(row.kind), palette.dim),
        "Job" => left(ui, if job.title.is_empty() { "Untitled" } else { &job.title }, palette.text),
        "Product" => left(ui, job.product.name(), palette.dim),
        "Project" => {
            let mut x = rect.left();
            if let Some(dot) = dot_of(&job.project) {
                ui.painter().circle_filled(pos2(x + 4.5, rect.center().y), 4.5, dot);
                x += 16.0;
            }
            let color = if job.project.is_empty() { palette.faint } else { palette.text };
            let at = pos2(x, rect.center().y);
            let words = explain::project(&job.project);
            widgets::paint_elided(ui, at, Align2::LEFT_CENTER, words, regular(13.0), color, rect.right() - x);
        }
        "How it was counted" => {
            left(ui, &explain::how(row), palette.dim);
            explained(ui, explain::sentence(&snapshot.table, row, job));
        }
        "Quoted" => {
            right(ui, &job.quoted.likely.to_string(), palette.dim);
            explained(ui, explain::against_quote(job));
        }
        "" => {}
        _ => {
            let color = if row.kind == EntryKind::Release { palette.green } else { palette.text };
            right(ui, &explain::amount(row), color);
            explained(ui, explain::sentence(&snapshot.table, row, job));
        }
    }
}

/// One entry down to its last figure, and what can be done about its job.
#[expect(clippy::too_many_arguments, reason = "one row of the page with everything it acts on")]
fn detail_ui(
    ui: &mut Ui,
    model: &Model,
    snapshot: &Snapshot,
    row: &LedgerRow,
    job: &BookedJob,
    state: &mut SpendTab,
    actions: &mut Vec<Action>,
    answer: &mut SpendAnswer,
) {
    let palette = palette(ui);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_height(DETAIL - 34.0);
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 26.0), Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::X, "Close the explanation", 26.0).clicked() {
                state.ledger.selected = None;
            }
            ui.add(Label::new(RichText::new(row.amount.precise()).font(medium(16.0)).color(palette.text)).extend());
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = if job.title.is_empty() { "Untitled" } else { &job.title };
                let words = format!("{}: {title}", explain::kind(row.kind));
                widgets::words(ui, words, medium(14.0), palette.text);
            });
        });
        paragraph(ui, explain::sentence(&snapshot.table, row, job), 13.0, palette.text);
        let booked = snapshot.table.booked_to(row);
        let moved = if *booked == *job.project {
            String::new()
        } else {
            format!(" Written for {}, moved to {} since.", explain::project(booked), explain::project(&job.project))
        };
        paragraph(ui, format!("{}{moved}", explain::against_quote(job)), 13.0, palette.dim);
        ui.with_layout(Layout::bottom_up(Align::LEFT), |ui| {
            ui.horizontal(|ui| {
                move_ui(ui, model, snapshot, job, actions);
                if ui.add(Button::quiet("All entries of it").small().named("Show all entries of this job")).clicked() {
                    state.show_ledger_of(job.id);
                }
                if ui.add(Button::quiet("In the Library").small().named("Show this job in the Library")).clicked() {
                    answer.show_job = Some(job.id);
                }
                let dispute = Button::quiet("Dispute folder").small().named("Save a dispute folder of this job");
                let why = "A folder with what can be shown to HeyGen about this job: its figures, the request as it \
                           left, the answers. No key.";
                if ui.add(dispute).on_hover_text(why).clicked() {
                    actions.push(Action::Export(Box::new(Export::Dispute(job.id))));
                }
            });
        });
    });
}

/// Books the job to another project.
fn move_ui(ui: &mut Ui, model: &Model, snapshot: &Snapshot, job: &BookedJob, actions: &mut Vec<Action>) {
    // Only while the list is open: there may be many jobs to gather names from.
    let names = || {
        let mut names: Vec<Arc<str>> = vec![Arc::from("")];
        names.extend(model.settings.projects.iter().map(|name| Arc::from(name.as_str())));
        for name in projects_of(snapshot) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let items = || {
        let item =
            |name: &Arc<str>| SelectItem { dot: dot_of(name), ..plain(explain::project(name), *name == job.project) };
        names().iter().map(item).collect()
    };
    let shown = explain::project(&job.project);
    let chosen = select(ui, "Project of this job", shown, dot_of(&job.project), 190.0, items);
    if let Some(name) = chosen.and_then(|place| names().get(place).cloned())
        && name != job.project
    {
        actions.push(Action::MoveJob { job: job.id, project: name.to_string() });
    }
}
