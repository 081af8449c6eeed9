//! What stands in the place of the receipt while several voices are ticked: the table they become, and its
//! price. Its button opens the table and spends nothing.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::model::Model;
use super::theme::{palette, semibold};
use super::widgets::{self, Primary};
use super::{format, icons};
use crate::account::Billing;
use crate::money::Usd;
use crate::pricing::Span;

/// A table that ticked voices become.
#[derive(Clone, Debug, PartialEq)]
pub struct TableOffer {
    /// "3 videos".
    pub things: String,
    /// "3 voices on Avatar IV".
    pub of: String,
    /// All rows together that have a price.
    pub price: Span<Usd>,
    /// Rows without one.
    pub unpriced: usize,
}

impl TableOffer {
    /// The button's words.
    #[must_use]
    pub fn words(&self) -> String {
        format!("Open {} as a table", self.things)
    }
}

/// Draws it in the room there is; true when the table was asked for.
pub fn offer_ui(ui: &mut Ui, model: &Model, offer: &TableOffer) -> bool {
    let palette = palette(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    // The button stands where the receipt's does.
    let room = (ui.available_height() - 44.0 - 8.0 - 40.0).max(80.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), room), Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_height(room);
        ui.horizontal(|ui| {
            ui.set_min_height(28.0);
            ui.add(Label::new(RichText::new("Quote for a table").font(semibold(14.0)).color(palette.text)));
        });
        widgets::paragraph(ui, offer.of.as_str(), 14.0, palette.dim);
        widgets::dashed_line(ui);
        let Span { low, likely, high } = offer.price;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 36.0), Layout::right_to_left(Align::Center), |ui| {
            let figures = RichText::new(likely.to_string()).font(semibold(28.0)).color(palette.text);
            ui.add(Label::new(figures).extend()).on_hover_text(likely.precise());
            let lead = if offer.price.is_exact() { "" } else { "About" };
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::dim(ui, lead));
        });
        let right = |ui: &mut Ui, words: String, color| {
            ui.with_layout(Layout::top_down(Align::RIGHT), |ui| widgets::paragraph(ui, words, 12.0, color));
        };
        if !offer.price.is_exact() {
            right(ui, format!("{low} to {high} if all were shortest or longest"), palette.dim);
        }
        if offer.unpriced > 0 {
            let rows = format::counted(offer.unpriced, "row has", "rows have");
            right(ui, format!("{} {rows} no price", icons::WARNING_CIRCLE), palette.amber);
        }
        widgets::dashed_line(ui);
        let words = "Nothing is booked yet: the table opens with a price for each row, and is made from there. Tick no \
                     voice to quote the one draft again.";
        widgets::paragraph(ui, words, 12.0, palette.dim);
        if let Some(Billing::Wallet { balance: Some(balance), .. }) =
            model.info.value.as_ref().map(|info| &info.billing)
        {
            let unpaid = model.unpaid();
            let after = *balance - unpaid - likely;
            let shown = balance.shown_less(unpaid) - likely.to_cents();
            let color = if after.is_negative() { palette.amber } else { palette.text };
            widgets::line_row(ui, "Wallet after all", &after.shown_as(shown), color).on_hover_text(after.precise());
        }
    });
    let asked = widgets::primary_button(ui, &Primary::Opens(offer.words())).clicked();
    ui.vertical_centered(|ui| widgets::paragraph(ui, "Ctrl Enter · spends nothing", 12.0, palette.dim));
    asked
}
