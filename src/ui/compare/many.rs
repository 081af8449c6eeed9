//! Several voices at once: which are ticked, on which engines, and the table they become. Nothing is booked
//! here: the table opens with a price for each row.

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use crate::batch::{Cast, Row, Setting, Table, sum};
use crate::draft::spoken::{Spoken, SpokenWay};
use crate::draft::{Choice, Composition, Draft, Voice};
use crate::money::Usd;
use crate::pricing::{Comparison, Span, compare};
use crate::ui::model::Model;
use crate::ui::table_offer::TableOffer;
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, format};

/// What is ticked.
#[derive(Default)]
pub struct Many {
    /// In the order they were ticked.
    pub voices: Vec<Voice>,
    /// By their choices; empty is the way the draft has now.
    ways: Vec<Choice>,
}

impl Many {
    /// Whether a voice is ticked.
    #[must_use]
    pub fn has(&self, voice: &Voice) -> bool {
        self.voices.iter().any(|ticked| ticked.id == voice.id)
    }

    /// Ticks a voice, or no more.
    pub fn tick(&mut self, voice: &Voice) {
        if self.has(voice) {
            self.voices.retain(|ticked| ticked.id != voice.id);
        } else {
            self.voices.push(voice.clone());
        }
    }

    /// The ways that are wanted, of those the draft can take; without a word, the present one.
    fn wanted<'a>(&self, ways: &'a [SpokenWay]) -> Vec<(usize, &'a SpokenWay)> {
        let open = || ways.iter().enumerate().filter(|(_, way)| way.billable.is_ok());
        let chosen: Vec<_> =
            open().filter(|(_, way)| way.choice.is_some_and(|choice| self.ways.contains(&choice))).collect();
        if !chosen.is_empty() {
            return chosen;
        }
        let present = open().find(|(_, way)| way.selected).or_else(|| open().next());
        present.into_iter().collect()
    }

    fn toggle(&mut self, ways: &[SpokenWay], choice: Choice) {
        if self.ways.is_empty() {
            self.ways = self.wanted(ways).iter().filter_map(|(_, way)| way.choice).collect();
        }
        if self.ways.contains(&choice) {
            self.ways.retain(|other| *other != choice);
        } else {
            self.ways.push(choice);
        }
    }
}

/// What the ticked ones cost together, and how many of them have no price.
fn total(comparison: &Comparison, ways: &[(usize, &SpokenWay)]) -> (Span<Usd>, usize) {
    let cells = comparison.rows.iter().flat_map(|row| ways.iter().map(|(way, _)| row.cells.get(*way)));
    let spans: Vec<Option<Span<Usd>>> = cells.map(|cell| cell.and_then(crate::pricing::Cell::span)).collect();
    (sum(spans.iter().flatten().copied()), spans.iter().filter(|span| span.is_none()).count())
}

/// Draws what is ticked, and says which table the button opens; makes it where that was asked for.
pub fn many_ui<D: Spoken + Composition + Clone + Into<Draft>>(
    ui: &mut Ui,
    model: &Model,
    many: &mut Many,
    draft: &D,
    account: &Arc<Vec<Voice>>,
    is_asked: bool,
    actions: &mut Vec<Action>,
) -> Option<TableOffer> {
    let each: Vec<&Voice> = many.voices.iter().collect();
    let comparison = compare(&model.card, &model.pace, draft, &each);
    let ways = many.wanted(&comparison.ways);
    let (total, unpriced) = total(&comparison, &ways);
    let rows = many.voices.len() * ways.len();
    let is_speech = draft.product() == crate::draft::Product::Speech;
    let things =
        if is_speech { format::counted(rows, "speech", "speeches") } else { format::counted(rows, "video", "videos") };
    let mut toggled = None;
    let mut is_cleared = false;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 34.0), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let about = if total.is_exact() { "" } else { "about " };
        let mut price = format!("{things}, {about}{}", total.likely);
        if unpriced > 0 {
            price = format!("{price}, {} without a price", format::count(unpriced));
        }
        widgets::words(ui, price, regular(12.0), palette(ui).text)
            .on_hover_text("Nothing is booked yet: the table shows each price first.");
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            widgets::caption(ui, format::counted(many.voices.len(), "voice", "voices"));
            is_cleared = widgets::link(ui, "clear", "Tick no voice").clicked();
            let open = comparison.ways.iter().enumerate().filter(|(_, way)| way.billable.is_ok());
            let engines: Vec<_> = open.filter_map(|(place, way)| Some((place, way, way.choice?))).collect();
            for (place, way, choice) in engines.iter().filter(|_| engines.len() > 1) {
                let on = ways.iter().any(|(wanted, _)| wanted == place);
                let short = way.name.rsplit_once(' ').map_or(way.name.as_str(), |(_, numeral)| numeral);
                let called = format!("On {}", way.name);
                if ui.add(Button::quiet(short).small().selected(on).named(&called)).clicked() {
                    toggled = Some(*choice);
                }
            }
        });
    });
    if is_asked {
        let cast = Cast::new(Arc::default(), Arc::clone(account));
        let title = draft.effective_title();
        let table = table(&title, &many.voices, &ways, &cast);
        let name = match many.voices.as_slice() {
            [one] => format!("{title}, {}", one.name),
            several => format!("{title} in {} voices", several.len()),
        };
        actions.push(Action::MakeTable { name, table: Box::new(table), base: Box::new(draft.clone().into()) });
    }
    if is_cleared {
        many.voices.clear();
    }
    if let Some(choice) = toggled {
        many.toggle(&comparison.ways, choice);
    }
    let names: Vec<&str> = ways.iter().map(|(_, way)| way.name.as_str()).collect();
    let voices = format::counted(many.voices.len(), "voice", "voices");
    let of = if is_speech { voices } else { format!("{voices} on {}", names.join(" and ")) };
    (!many.voices.is_empty() && !is_asked).then_some(TableOffer { things, of, price: total, unpriced })
}

/// A row for each voice on each way: what tells it from the others.
fn table(title: &str, voices: &[Voice], ways: &[(usize, &SpokenWay)], cast: &Cast) -> Table {
    let engine = |way: &SpokenWay| match way.choice {
        Some(Choice::Engine(engine)) => Some(engine.numeral()),
        _ => None,
    };
    let has_engines = ways.iter().any(|(_, way)| engine(way).is_some());
    let column = |setting: Setting| setting.columns().first().copied().unwrap_or_default().to_owned();
    let mut columns = vec![column(Setting::Title), column(Setting::Voice)];
    if has_engines {
        columns.push(column(Setting::Engine));
    }
    let rows = voices.iter().flat_map(|voice| ways.iter().map(move |(_, way)| (voice, *way)));
    let rows = rows.zip(2..).map(|((voice, way), line)| {
        let numeral = engine(way).unwrap_or_default();
        let title = match ways.len() {
            1 => format!("{title}, {}", voice.name),
            _ => format!("{title}, {}, {numeral}", voice.name),
        };
        // A name that several have would not be understood.
        let is_plain = cast.voice(&voice.name).is_ok_and(|found| found.id == voice.id);
        let mut cells = vec![title, if is_plain { voice.name.clone() } else { voice.id.clone() }];
        if has_engines {
            cells.push(numeral.to_owned());
        }
        Row { line, cells, surplus: Vec::new() }
    });
    Table { columns, rows: rows.collect(), ..Table::default() }
}
