//! The table of the comparison: voices down, ways across. Only what is on the screen is drawn.

use egui::{
    Align2, Color32, CursorIcon, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::listed::Listed;
use super::many::Many;
use crate::draft::spoken::SpokenWay;
use crate::draft::{Language, Voice};
use crate::money::Usd;
use crate::pricing::{Cell, Comparison, Difference, Order, Row, Span};
use crate::ui::model::Model;
use crate::ui::theme::{RADIUS, RADIUS_SMALL, medium, palette, regular, semibold};
use crate::ui::widgets::{self, paint_elided};
use crate::ui::{Action, format, icons, voices};

/// The height of a row: a figure and its range.
const ROW: f32 = 46.0;
const HEADER: f32 = 30.0;
/// Kept free at the right, so that a scroll bar covers no figure.
const SCROLL_BAR: f32 = 10.0;
/// What the box to tick a voice takes.
const TICK: f32 = 24.0;

/// What the table shows.
pub struct Table<'a> {
    pub model: &'a Model,
    /// All voices of the account, once they are known.
    pub account: Option<&'a [Voice]>,
    /// The language that the script surely is in.
    pub reads: Option<Language>,
    pub listed: &'a Listed,
    pub comparison: &'a Comparison,
    /// The lowest of its prices.
    pub lowest: Option<Usd>,
}

/// Where the columns stand, from the row's left edge.
struct Columns {
    voice: f32,
    length: f32,
    way: f32,
}

impl Columns {
    fn of(width: f32, ways: usize) -> Self {
        let tight = width < 660.0;
        let (length, way) = match (ways, tight) {
            (0 | 1, _) => (126.0, 168.0),
            (_, true) => (106.0, 104.0),
            (_, false) => (126.0, 124.0),
        };
        let ways: f32 = (0..ways).map(|_| way).sum();
        Self { voice: (width - length - ways).max(140.0), length, way }
    }

    fn length_rect(&self, row: Rect) -> Rect {
        Rect::from_min_size(pos2(row.left() + self.voice, row.top()), vec2(self.length, row.height()))
    }

    fn way_rects(&self, row: Rect, ways: usize) -> impl Iterator<Item = Rect> {
        let first =
            Rect::from_min_size(pos2(row.left() + self.voice + self.length, row.top()), vec2(self.way, row.height()));
        let each = self.way;
        std::iter::successors(Some(first), move |rect| Some(rect.translate(vec2(each, 0.0)))).take(ways)
    }
}

/// Draws the table `height` high; the cell that was taken, as row and way of the comparison.
pub fn table_ui(
    ui: &mut Ui,
    table: &Table<'_>,
    order: &mut Order,
    many: &mut Many,
    height: f32,
    actions: &mut Vec<Action>,
) -> Option<(usize, usize)> {
    let ways = table.comparison.ways.len();
    let width = ui.available_width() - SCROLL_BAR;
    let columns = Columns::of(width, ways);
    let spacing = ui.spacing().item_spacing;
    ui.spacing_mut().item_spacing.y = 0.0;
    header_ui(ui, table, &columns, width, order);
    let places = table.comparison.order(*order);
    let mut taken = None;
    let area = ScrollArea::vertical().id_salt("voices compared").auto_shrink([false, true]);
    area.max_height((height - HEADER).max(ROW)).show_rows(ui, ROW, places.len(), |ui, shown| {
        for place in places.get(shown).unwrap_or_default() {
            let (rect, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
            if let Some(way) = row_ui(ui, table, &columns, rect, *place, many, actions) {
                taken = Some((*place, way));
            }
        }
    });
    ui.spacing_mut().item_spacing = spacing;
    taken
}

fn header_ui(ui: &mut Ui, table: &Table<'_>, columns: &Columns, width: f32, order: &mut Order) {
    let palette = palette(ui);
    let (rect, whole) = ui.allocate_exact_size(vec2(width, HEADER), Sense::hover());
    let left = pos2(rect.left() + 10.0, rect.center().y);
    let said = if table.listed.voices.is_empty() { "Sound" } else { "Voice" };
    paint_elided(ui, left, Align2::LEFT_CENTER, said, regular(12.0), palette.dim, columns.voice - 20.0);
    let mut by = |ui: &mut Ui, rect: Rect, name: &str, refusal: Option<&str>, this: Order| {
        let sense = if refusal.is_some() { Sense::focusable_noninteractive() } else { Sense::click() };
        let response = ui.interact(rect, whole.id.with(name), sense);
        let selected = *order == this;
        let spoken = format!("Order by {name}");
        response.widget_info(|| WidgetInfo::selected(Role::ColumnHeader, refusal.is_none(), selected, &spoken));
        let color = match refusal {
            Some(_) => palette.faint,
            None if selected || response.hovered() => palette.text,
            None => palette.dim,
        };
        let words = if selected { format!("{name} {}", icons::CARET_UP) } else { name.to_owned() };
        let right = pos2(rect.right() - 10.0, rect.center().y);
        let used = paint_elided(ui, right, Align2::RIGHT_CENTER, &words, regular(12.0), color, rect.width() - 12.0);
        widgets::focus_ring(ui, &response, RADIUS_SMALL);
        match refusal {
            Some(reason) => {
                let (from, to) = (used.left_bottom() + vec2(-2.0, -3.0), used.right_top() + vec2(2.0, 3.0));
                ui.painter().line_segment([from, to], Stroke::new(1.0, color));
                widgets::describe(&response, reason);
                let _ = response.on_hover_text(reason);
            }
            None => {
                if response.clicked() {
                    *order = if selected { Order::Listed } else { this };
                }
                let _ = response.on_hover_cursor(CursorIcon::PointingHand);
            }
        }
    };
    by(ui, columns.length_rect(rect), "Length", None, Order::Length);
    for (place, (way, rect)) in table.comparison.ways.iter().zip(columns.way_rects(rect, usize::MAX)).enumerate() {
        by(ui, rect, &way.name, way.billable.as_ref().err().map(String::as_str), Order::Price(place));
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
}

/// One voice; the way whose cell was clicked.
fn row_ui(
    ui: &mut Ui,
    table: &Table<'_>,
    columns: &Columns,
    rect: Rect,
    place: usize,
    many: &mut Many,
    actions: &mut Vec<Action>,
) -> Option<usize> {
    let palette = palette(ui);
    let row = table.comparison.rows.get(place)?;
    let voice = table.listed.voices.get(place);
    let present = table.comparison.present;
    let name = voice.map_or("Your sound", |voice| voice.name.as_str());
    let salt = voice.map_or("sound", |voice| voice.id.as_str());
    let head = Rect::from_min_size(rect.min, vec2(columns.voice, ROW));
    let is_present = present.is_some_and(|(row, _)| row == place);
    voice_ui(ui, table, head, voice, is_present, many, actions);
    length_ui(ui, columns.length_rect(rect), name, row, salt);
    let mut taken = None;
    for (at, (way, cell_rect)) in table.comparison.ways.iter().zip(columns.way_rects(rect, usize::MAX)).enumerate() {
        let Some(cell) = row.cells.get(at) else { break };
        let looks = Looks {
            way,
            is_present: present == Some((place, at)),
            is_lowest: cell.span().is_some_and(|span| Some(span.likely) == table.lowest),
            beside: table
                .comparison
                .beside(place, at)
                .zip(present.and_then(|(row, way)| table.comparison.price(row, way)).map(|span| span.likely)),
        };
        let id = ui.scope_id().with(("compared", salt, at));
        if cell_ui(ui, cell_rect.shrink(2.0), id, name, cell, &looks) {
            taken = Some(at);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line.gamma_multiply(0.6)));
    taken
}

/// Who speaks: an ear, the name, and a star.
fn voice_ui(
    ui: &mut Ui,
    table: &Table<'_>,
    rect: Rect,
    voice: Option<&Voice>,
    is_present: bool,
    many: &mut Many,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let middle = rect.center().y;
    let ticks = if voice.is_some() { TICK } else { 0.0 };
    let icon = Rect::from_center_size(pos2(rect.left() + ticks + 16.0, middle), vec2(28.0, 28.0));
    let Some(voice) = voice else {
        ui.painter().text(icon.center(), Align2::CENTER_CENTER, icons::WAVEFORM, regular(16.0), palette.dim);
        let at = pos2(icon.right() + 8.0, middle);
        paint_elided(ui, at, Align2::LEFT_CENTER, "Your sound", medium(14.0), palette.text, rect.width() - 48.0);
        return;
    };
    let box_rect = Rect::from_min_max(rect.left_top(), pos2(rect.left() + TICK, rect.bottom())).shrink2(vec2(0.0, 9.0));
    let id = ui.scope_id().with(("tick", &voice.id));
    let called = format!("Make it with {}", voice.name);
    let ticked = widgets::tick(ui, box_rect, id, &called, many.has(voice));
    if ticked.on_hover_text("Make it in several voices: tick them").clicked() {
        many.tick(voice);
    }
    if voice.preview_audio_url.is_some() {
        voices::listen_ui(ui, table.model, voice, icon, actions);
    }
    let star = Rect::from_center_size(pos2(rect.right() - 18.0, middle), vec2(26.0, 26.0));
    star_ui(ui, table.model, voice, star, actions);
    // Only the chosen voice can be missing: all others come from the list itself.
    let gone = is_present && table.account.is_some_and(|all| all.iter().all(|other| other.id != voice.id));
    let own = if voice.private { "yours · " } else { "" };
    let detail = match (gone, is_present) {
        (true, _) => "not in this account any more".to_owned(),
        (_, true) => format!("chosen · {own}{}", voice.language),
        (_, false) if rect.width() < 180.0 => format!("{own}{}", voice.language),
        (_, false) => format!("{own}{} · {}", voice.language, voice.gender),
    };
    let left = icon.right() + 8.0;
    let room = star.left() - 4.0 - left;
    let foreign = table.reads.filter(|reads| !voice.speaks(*reads));
    let color = if gone || foreign.is_some() { palette.amber } else { palette.dim };
    let font = if is_present { semibold(14.0) } else { medium(14.0) };
    paint_elided(ui, pos2(left, middle - 9.0), Align2::LEFT_CENTER, &voice.name, font, palette.text, room);
    paint_elided(ui, pos2(left, middle + 9.0), Align2::LEFT_CENTER, &detail, regular(12.0), color, room);
    let words = Rect::from_min_max(pos2(left, rect.top() + 4.0), pos2(star.left() - 4.0, rect.bottom() - 4.0));
    let response = ui.interact(words, ui.scope_id().with(("voice compared", &voice.id)), Sense::hover());
    let aside = foreign.map(|reads| format!(": the text reads like {}", reads.name())).unwrap_or_default();
    let spoken = format!("{}, {detail}{aside}", voice.name);
    widgets::name(&response, Role::Label, true, &spoken);
    let _ = response.on_hover_text(spoken);
}

fn star_ui(ui: &mut Ui, model: &Model, voice: &Voice, rect: Rect, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let favourite = model.settings.favourite_voices.contains(&voice.id);
    let response = ui.interact(rect, ui.scope_id().with(("favourite voice", &voice.id)), Sense::click());
    let called = format!("Favourite voice {}", voice.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, favourite, &called));
    let (font, color) = match (favourite, response.hovered()) {
        (true, _) => {
            (egui::FontId::new(15.0, egui::FontFamily::Name(crate::ui::theme::ICONS_FILL.into())), palette.amber)
        }
        (false, true) => (regular(15.0), palette.text),
        (false, false) => (regular(15.0), palette.faint),
    };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::STAR, font, color);
    widgets::focus_ring(ui, &response, RADIUS_SMALL);
    if response.clicked() {
        let mut settings = model.settings.clone();
        if favourite {
            settings.favourite_voices.retain(|id| *id != voice.id);
        } else {
            settings.favourite_voices.push(voice.id.clone());
        }
        actions.push(Action::ChangeSettings(Box::new(settings)));
    }
    let tooltip = if favourite { "No longer a favourite" } else { "A favourite: always listed, for every script" };
    let _ = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tooltip);
}

/// How long it takes, and what that rests on.
fn length_ui(ui: &Ui, rect: Rect, name: &str, row: &Row, salt: &str) {
    let palette = palette(ui);
    let right = |down: f32| pos2(rect.right() - 10.0, rect.center().y + down);
    let room = rect.width() - 12.0;
    let response = ui.interact(rect, ui.scope_id().with(("length compared", salt)), Sense::hover());
    let seconds = match &row.seconds {
        Ok(seconds) => seconds,
        Err(reason) => {
            paint_elided(ui, right(0.0), Align2::RIGHT_CENTER, "not known", regular(14.0), palette.dim, room);
            widgets::name(&response, Role::Label, true, &format!("{name}: {reason}"));
            let _ = response.on_hover_text(reason);
            return;
        }
    };
    let about = if seconds.is_exact() { "" } else { "about " };
    let likely = format::duration(seconds.likely);
    let within = row.percent.map(|percent| format!("±{percent} %")).unwrap_or_default();
    let basis = match row.learned_from {
        _ if seconds.is_exact() => "its own length".to_owned(),
        // Narrow, the figure matters more than the word.
        0 if rect.width() < 120.0 => format!("guess {within}"),
        0 => format!("first guess {within}"),
        1 => format!("1 result {within}"),
        many => format!("{many} results {within}"),
    };
    paint_elided(ui, right(-9.0), Align2::RIGHT_CENTER, &likely, regular(14.0), palette.text, room);
    paint_elided(ui, right(9.0), Align2::RIGHT_CENTER, &basis, regular(12.0), palette.dim, room);
    let range = format!("{} to {}", format::duration(seconds.low), format::duration(seconds.high));
    let range = if seconds.is_exact() { String::new() } else { format!(", {range}") };
    let basis = if basis.starts_with("guess") { format!("first {basis}") } else { basis };
    let more = format!("{about}{likely}{range}, {basis}");
    widgets::name(&response, Role::Label, true, &format!("{name}: {more}"));
    let _ = response.on_hover_text(more);
}

/// How a cell stands among the others.
struct Looks<'a> {
    way: &'a SpokenWay,
    is_present: bool,
    is_lowest: bool,
    /// Beside the present price, and that.
    beside: Option<(Difference, Usd)>,
}

/// A price; true when it was taken.
fn cell_ui(ui: &Ui, rect: Rect, id: egui::Id, voice: &str, cell: &Cell, looks: &Looks<'_>) -> bool {
    let palette = palette(ui);
    let span = match cell {
        Cell::Priced(span) => span,
        Cell::Unknown(reason) => {
            without_price_ui(ui, rect, id, "no price", &format!("{voice}, {}: {reason}", looks.way.name), palette.dim);
            return false;
        }
        Cell::Refused => {
            let reason = looks.way.billable.as_ref().err().map(String::as_str).unwrap_or_default();
            without_price_ui(ui, rect, id, "–", &format!("{voice}, {}: {reason}", looks.way.name), palette.faint);
            return false;
        }
    };
    let sense = if looks.is_present { Sense::focusable_noninteractive() } else { Sense::click() };
    let response = ui.interact(rect, id, sense);
    let spoken = spoken(voice, span, looks);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, looks.is_present, &spoken));
    if looks.is_present {
        let stroke = Stroke::new(1.0, palette.line);
        ui.painter().rect(rect, RADIUS, palette.raised, stroke, StrokeKind::Inside);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, palette.hover);
    }
    let color = if looks.is_lowest { palette.green } else { palette.text };
    let font = if looks.is_present || looks.is_lowest { semibold(14.0) } else { regular(14.0) };
    let right = |down: f32| pos2(rect.right() - 8.0, rect.center().y + down);
    let room = rect.width() - 12.0;
    let shown = Shown::of(span, rect.width());
    let likely = shown.amount(span.likely);
    if span.is_exact() {
        paint_elided(ui, right(0.0), Align2::RIGHT_CENTER, &likely, font, color, room);
    } else {
        paint_elided(ui, right(-9.0), Align2::RIGHT_CENTER, &likely, font, color, room);
        let range = shown.range(span);
        paint_elided(ui, right(9.0), Align2::RIGHT_CENTER, &range, regular(12.0), palette.dim, room);
    }
    widgets::focus_ring(ui, &response, RADIUS);
    let clicked = response.clicked();
    hover_ui(response, span, looks);
    clicked
}

/// How fine amounts are shown in a cell.
#[derive(Clone, Copy)]
enum Shown {
    Cents,
    /// A few seconds of speech: the cents would all be the same.
    Fine,
    /// Cents in the figure, whole dollars in its range, because there is no room for more.
    Coarse,
}

impl Shown {
    fn of(span: &Span<Usd>, width: f32) -> Self {
        if span.high < Usd::from_cents(10) && width > 140.0 {
            Self::Fine
        } else if span.high >= Usd::from_cents(1_000) && width < 110.0 {
            Self::Coarse
        } else {
            Self::Cents
        }
    }

    fn amount(self, amount: Usd) -> String {
        match self {
            Self::Fine => Usd(amount.0.round_dp(4)).precise(),
            Self::Cents | Self::Coarse => amount.to_string(),
        }
    }

    fn range(self, span: &Span<Usd>) -> String {
        match self {
            Self::Coarse => format!("${} to ${}", span.low.0.floor().normalize(), span.high.0.ceil().normalize()),
            Self::Cents | Self::Fine => format!("{} to {}", self.amount(span.low), self.amount(span.high)),
        }
    }
}

fn hover_ui(response: Response, span: &Span<Usd>, looks: &Looks<'_>) {
    let response = if looks.is_present { response } else { response.on_hover_cursor(CursorIcon::PointingHand) };
    let _ = response.on_hover_ui(|ui| {
        if span.is_exact() {
            widgets::body(ui, span.likely.precise());
        } else {
            widgets::body(ui, format!("Most likely {}", span.likely.precise()));
            widgets::dim(ui, format!("{} to {}", span.low.precise(), span.high.precise()));
        }
        if looks.is_present {
            widgets::dim(ui, "As it is now");
        } else if let Some((difference, here)) = &looks.beside {
            let beside = format::difference(difference, *here, span.likely);
            widgets::dim(ui, format!("Beside the present one: {beside}"));
        }
    });
}

fn without_price_ui(ui: &Ui, rect: Rect, id: egui::Id, words: &str, spoken: &str, color: Color32) {
    let response = ui.interact(rect, id, Sense::hover());
    widgets::name(&response, Role::Label, false, spoken);
    let right = pos2(rect.right() - 8.0, rect.center().y);
    paint_elided(ui, right, Align2::RIGHT_CENTER, words, regular(14.0), color, rect.width() - 12.0);
    let _ = response.on_hover_text(spoken);
}

/// "Jonas, Avatar III: about $0.69, $0.65 to $0.73, saves $2.05, cheapest".
fn spoken(voice: &str, span: &Span<Usd>, looks: &Looks<'_>) -> String {
    let mut words = format!("{voice}, {}: {}", looks.way.name, amount(span));
    if !span.is_exact() {
        words.push_str(&format!(", {} to {}", span.low, span.high));
    }
    if let Some((difference, here)) = looks.beside.filter(|_| !looks.is_present) {
        words.push_str(&format!(", {}", format::difference(&difference, here, span.likely)));
    }
    if looks.is_lowest {
        words.push_str(", cheapest");
    }
    words
}

fn amount(span: &Span<Usd>) -> String {
    if span.is_exact() { span.likely.to_string() } else { format!("about {}", span.likely) }
}

/// What a cell is called: "Daria on Avatar IV".
fn cell_name(comparison: &Comparison, listed: &Listed, (row, way): (usize, usize)) -> Option<String> {
    let way = comparison.ways.get(way)?;
    Some(match (listed.voices.get(row), &way.choice) {
        (Some(voice), Some(_)) => format!("{} on {}", voice.name, way.name),
        (Some(voice), None) => voice.name.clone(),
        (None, _) => way.name.clone(),
    })
}

/// What the draft is now.
pub fn present_name(comparison: &Comparison, listed: &Listed) -> Option<String> {
    cell_name(comparison, listed, comparison.present?)
}

/// The cheapest in one sentence; empty where nothing has a price.
pub fn summary(comparison: &Comparison, listed: &Listed) -> String {
    let cheapest = comparison.cheapest();
    let Some(&(row, way)) = cheapest.first() else { return String::new() };
    let Some(span) = comparison.price(row, way) else { return String::new() };
    if let Some(present) = comparison.present.filter(|present| cheapest.contains(present)) {
        let name = cell_name(comparison, listed, present).unwrap_or_default();
        return format!("Nothing here is known to be cheaper than {name}, {}.", amount(&span));
    }
    let name = match cheapest.as_slice() {
        [only] => cell_name(comparison, listed, *only).unwrap_or_default(),
        many if many.iter().all(|(_, other)| *other == way) => {
            let way = comparison.ways.get(way).map(|way| way.name.as_str()).unwrap_or_default();
            format!("{way} with any of {} voices", many.len())
        }
        many => format!("any of {} equals", many.len()),
    };
    let here = comparison.present.and_then(|(row, way)| comparison.price(row, way));
    let amount = amount(&span);
    match comparison.beside(row, way).zip(here) {
        None => format!("Cheapest: {name}, {amount}."),
        Some((Difference::AboutTheSame, _)) => {
            format!("Likely lowest: {name}, {amount}. Its range and the present one's overlap: it may save nothing.")
        }
        Some((difference, here)) => {
            let saved = format::difference(&difference, here.likely, span.likely);
            format!("Cheapest: {name}, {amount}, {saved}.")
        }
    }
}
