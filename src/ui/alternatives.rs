//! The other ways of making the draft, with their prices: one click takes one, another takes it back.

use egui::{Align, Align2, CursorIcon, Layout, Sense, Ui, pos2, vec2};

use super::format;
use super::quoting::Quoted;
use super::theme::{Palette, RADIUS_SMALL, palette, regular};
use super::widgets;
use crate::draft::Choice;
use crate::money::Usd;
use crate::pricing::{Difference, Lengths, PricedWay, Quote, Span};

/// What was switched a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// What it was before: "Avatar IV".
    pub from: String,
    /// What it became, where that is in the list.
    pub to: Option<Choice>,
}

/// What the person did in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlternativesAnswer {
    /// Chose another way.
    pub choice: Option<Choice>,
    /// Took the last switch back.
    pub undo: bool,
}

/// The height of a row.
const ROW: f32 = 30.0;

/// Draws the ways of each kind under a heading. Nothing while no price is known at all.
pub fn alternatives_ui(ui: &mut Ui, quoted: &Quoted, switched: Option<&Switched>) -> AlternativesAnswer {
    let mut answer = AlternativesAnswer::default();
    let ways: &[PricedWay] = if quoted.alternatives.iter().any(has_price) { &quoted.alternatives } else { &[] };
    let concerned = |ways: &[PricedWay]| {
        let first = ways.first()?.choice;
        switched.filter(|switched| switched.to.is_some_and(|to| to.is_like(first)))
    };
    let groups: Vec<&[PricedWay]> = ways.chunk_by(|one, next| one.choice.is_like(next.choice)).collect();
    // What was switched outside these lists is told above them.
    if let Some(switched) = switched
        && !groups.iter().any(|group| concerned(group).is_some())
    {
        answer.undo |= heading_ui(ui, "", Some(switched));
        widgets::dashed_line(ui);
    }
    let spacing = ui.spacing().item_spacing.y;
    for group in groups {
        let Some(first) = group.first() else { continue };
        answer.undo |= heading_ui(ui, first.choice.heading(), concerned(group));
        ui.spacing_mut().item_spacing.y = 0.0;
        for way in group {
            if row_ui(ui, way, &quoted.quote) {
                answer.choice = Some(way.choice);
            }
        }
        ui.spacing_mut().item_spacing.y = spacing;
        widgets::dashed_line(ui);
    }
    answer
}

fn has_price(way: &PricedWay) -> bool {
    way.quote.as_ref().is_ok_and(|quote| quote.total.span().is_some())
}

/// The heading, or what was switched and the way back; true when that was taken. Both are as high.
fn heading_ui(ui: &mut Ui, words: &str, switched: Option<&Switched>) -> bool {
    let size = vec2(ui.available_width(), 18.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_height(size.y);
        let Some(switched) = switched else {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::caption(ui, words));
            return false;
        };
        let undo = widgets::link(ui, "undo", &format!("Undo, back to {}", switched.from)).clicked();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::caption(ui, format!("Switched from {}", switched.from));
        });
        undo
    })
    .inner
}

/// One way; true when it was chosen.
fn row_ui(ui: &mut Ui, way: &PricedWay, present: &Quote) -> bool {
    let palette = palette(ui);
    let name = way.choice.name();
    // What has no price is not offered, here as anywhere.
    let open = has_price(way) && !way.selected;
    // What cannot be chosen can still be read by keyboard.
    let sense = if open { Sense::click() } else { Sense::focusable_noninteractive() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), sense);
    let said = Said::of(way, present, palette);
    let spoken = match &said.difference {
        Some((words, _)) => format!("{name}: {}, {words}", said.price),
        None => format!("{name}: {}", said.price),
    };
    response
        .widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, open || way.selected, way.selected, &spoken));
    if way.selected || response.hovered() && open {
        ui.painter().rect_filled(rect, RADIUS_SMALL, if way.selected { palette.raised } else { palette.hover });
    }
    let color = if open || way.selected { palette.text } else { palette.faint };
    let middle = rect.center().y;
    let right = pos2(rect.right() - 10.0, middle);
    let used = widgets::paint_elided(ui, right, Align2::RIGHT_CENTER, &said.price, regular(14.0), said.color, 130.0);
    let mut end = used.left();
    let left = pos2(rect.left() + 10.0, middle);
    if let Some((words, tint)) = &said.difference {
        // What it is called comes before what it saves.
        let width = |words: &str| ui.painter().layout_no_wrap(words.to_owned(), regular(14.0), *tint).size().x;
        let room = end - 24.0 - left.x - width(&name);
        if width(words) <= room {
            let at = pos2(end - 12.0, middle);
            end = widgets::paint_elided(ui, at, Align2::RIGHT_CENTER, words, regular(14.0), *tint, room).left();
        }
    }
    widgets::paint_elided(ui, left, Align2::LEFT_CENTER, &name, regular(14.0), color, end - 12.0 - left.x);
    widgets::focus_ring(ui, &response, RADIUS_SMALL);
    let chosen = response.clicked();
    if !said.more.is_empty() {
        widgets::describe(&response, &said.more);
    }
    let response = if open { response.on_hover_cursor(CursorIcon::PointingHand) } else { response };
    if !said.more.is_empty() {
        let _ = response.on_hover_text(said.more);
    }
    chosen
}

/// What a row says of a price.
struct Said {
    price: String,
    color: egui::Color32,
    /// Beside the present price.
    difference: Option<(String, egui::Color32)>,
    /// All of it, for whoever asks.
    more: String,
}

impl Said {
    fn of(way: &PricedWay, present: &Quote, palette: &Palette) -> Self {
        let quote = match &way.quote {
            Ok(quote) => quote,
            Err(reason) => {
                let price = not_for(way.choice).to_owned();
                return Self { price, color: palette.faint, difference: None, more: reason.clone() };
            }
        };
        let Some(span) = quote.total.span() else {
            let more = match &quote.total {
                crate::pricing::Total::Unknown(reason) => reason.clone(),
                _ => String::new(),
            };
            return Self { price: "no price".to_owned(), color: palette.dim, difference: None, more };
        };
        // A limit is about the most that may be spent.
        let at_most = matches!(way.choice, Choice::Limit(_));
        let shown = if at_most { Span::exact(span.high) } else { span };
        let here = present.total.span().map(|here| if at_most { Span::exact(here.high) } else { here });
        let difference = match (here, way.selected) {
            (Some(here), false) => Difference::between(here, shown, Lengths::Shared).map(|difference| {
                let tint = if matches!(difference, Difference::Less(_)) { palette.green } else { palette.dim };
                (format::difference(&difference, here.likely, shown.likely), tint)
            }),
            _ => None,
        };
        let price = shown.likely.to_string();
        Self { price, color: palette.text, difference, more: hover_words(&shown, quote) }
    }
}

/// The whole range to the last digit, and the day of the card.
fn hover_words(span: &Span<Usd>, quote: &Quote) -> String {
    let amount = if span.is_exact() {
        span.likely.precise()
    } else {
        format!("{} to {}, most likely {}", span.low.precise(), span.high.precise(), span.likely.precise())
    };
    format!("{amount}, card of {}", format::day(&quote.card_date))
}

fn not_for(choice: Choice) -> &'static str {
    match choice {
        Choice::Engine(_) => "not for this face",
        Choice::Limit(_) => "too short",
        Choice::Size(_)
        | Choice::Mode { .. }
        | Choice::Render { .. }
        | Choice::Length(_)
        | Choice::DynamicLength(_) => "not for this one",
    }
}
