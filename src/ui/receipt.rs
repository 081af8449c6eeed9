//! The receipt: what the draft will cost, line by line, and the one button that spends.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};
use rust_decimal::Decimal;

use super::alternatives::{Switched, alternatives_ui};
use super::caps::WalletAfter;
use super::format;
use super::model::Model;
use super::quoting::Quoted;
use super::table_offer::{TableOffer, offer_ui};
use super::theme::{Palette, medium, palette, project_color, semibold};
use super::widgets::{self, Chip, Primary, SelectItem};
use super::{Action, icons, voices};
use crate::account::Billing;
use crate::draft::{Choice, Composition, Field, Problem, WithoutPrice};
use crate::money::Usd;
use crate::pricing::{Quote, Span, Total, Unit};
use crate::settings::Account;

/// What the person did on the receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptAnswer {
    /// Pressed the button, ready or not.
    pub pressed: bool,
    /// Chose another way of making it in the list.
    pub choice: Option<Choice>,
    /// Took the last switch back.
    pub undo: bool,
}

/// How the button stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Pressed and not answered yet.
    pub submitting: bool,
    /// The last submission went into the queue a moment ago.
    pub just_made: bool,
    /// This very draft has been made already.
    pub made_before: bool,
    /// The button was pressed once and asks for a second press.
    pub confirm: Option<Confirm>,
    /// Why the last submission did not go into the queue.
    pub refusal: Option<String>,
    /// What was switched a moment ago and can be taken back.
    pub switched: Option<Switched>,
    /// The name being typed for a new project.
    pub new_project: Option<NewProject>,
    /// The table that the button opens instead, while several are ticked.
    pub table: Option<TableOffer>,
    /// It was pressed for that.
    pub table_asked: bool,
}

/// The second press that a dear job asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// The most it may come to.
    pub most: Usd,
    /// It costs exactly that.
    pub exact: bool,
    /// Long enough after the first press to be a second one.
    pub ready: bool,
}

impl Confirm {
    /// The button's words for this amount.
    #[must_use]
    pub fn words(self, amount: &str) -> String {
        let up_to = if self.exact { "" } else { "up to " };
        format!("Click again to spend {up_to}{amount}")
    }
}

/// A project that is being named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProject {
    name: String,
    /// The field has been given the keyboard.
    focused: bool,
}

/// Kept free at the right, so that a scroll bar covers no figure.
const SCROLL_BAR: f32 = 12.0;

/// Kept free above the button, so that what is scrolled does not run into it.
const EDGE: f32 = 8.0;

/// Draws the receipt in the room there is.
pub fn receipt_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut dyn Composition,
    quoted: &Quoted,
    standing: &mut Standing,
    actions: &mut Vec<Action>,
) -> ReceiptAnswer {
    let mut answer = ReceiptAnswer::default();
    if let Some(offer) = &standing.table {
        ui.set_max_width(ui.available_width() - SCROLL_BAR);
        answer.pressed = offer_ui(ui, model, offer);
        return answer;
    }
    let refusal = standing.refusal.clone();
    let footer = 44.0 + 8.0 + 40.0 + if refusal.is_some() { 60.0 } else { 0.0 };
    let room = (ui.available_height() - footer).max(80.0);
    let slip = ui.allocate_ui_with_layout(vec2(ui.available_width(), room), Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_height(room);
        ScrollArea::vertical().id_salt("receipt").auto_shrink([false, false]).max_height(room - EDGE).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - SCROLL_BAR);
            slip_ui(ui, model, draft, quoted, standing, actions, &mut answer);
        })
    });
    let scrolled = slip.inner;
    if scrolled.content_size.y > scrolled.inner_rect.height() + 1.0 {
        // More of it lies below: a line says where it is cut.
        let line = egui::Stroke::new(1.0, palette(ui).line);
        let reach = scrolled.inner_rect.x_range();
        ui.painter().hline(reach.min..=reach.max - SCROLL_BAR, scrolled.inner_rect.bottom() + 1.0, line);
    }
    let size = vec2(ui.available_width() - SCROLL_BAR, footer);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
        ui.set_max_width(size.x);
        if let Some(refusal) = &refusal {
            let color = palette(ui).amber;
            ui.allocate_ui_with_layout(vec2(ui.available_width(), 52.0), Layout::bottom_up(Align::LEFT), |ui| {
                widgets::paragraph(ui, format!("{} {refusal}", icons::WARNING), 12.0, color);
            });
        }
        let state = button_state(ui, model, quoted, standing, draft.verb());
        let button = widgets::primary_button(ui, &state);
        if button.clicked() {
            answer.pressed = true;
        }
        ui.add_space(2.0);
        ui.vertical_centered(|ui| {
            let color = palette(ui).dim;
            widgets::paragraph(ui, footnote(model, quoted, standing), 12.0, color);
        });
    });
    answer
}

fn footnote(model: &Model, quoted: &Quoted, standing: &Standing) -> String {
    if standing.confirm.is_some() {
        return "Ctrl Enter does the same · wait, or change anything, to let it be".to_owned();
    }
    let play = if model.account == Account::Sandbox { "play money: " } else { "" };
    format!("Ctrl Enter · {play}{}", paid_for(&quoted.quote, quoted.without_price))
}

/// What becomes of the money, by what the price is counted in.
fn paid_for(quote: &Quote, without_price: WithoutPrice) -> &'static str {
    let counted_in = |unit: &str| quote.lines.iter().any(|line| line.unit == unit);
    match &quote.total {
        Total::Unknown(_) if without_price == WithoutPrice::Accepted => "HeyGen alone knows the price",
        Total::Unknown(_) => "the price is not known yet",
        _ if counted_in(Unit::Second.word()) || counted_in(Unit::Minute.word()) => {
            "held until it is done, charged for its real length"
        }
        _ if counted_in(Unit::Clip.word()) => "held until it is done, charged for each clip it brings",
        _ if quote.lines.is_empty() => "nothing is held or charged",
        _ => "held until it is done, then charged",
    }
}

fn slip_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut dyn Composition,
    quoted: &Quoted,
    standing: &mut Standing,
    actions: &mut Vec<Action>,
    answer: &mut ReceiptAnswer,
) {
    let palette = palette(ui);
    let quote = &quoted.quote;
    ui.spacing_mut().item_spacing.y = 6.0;
    title_ui(ui, model, quote, palette);
    ui.add_space(2.0);
    if let Some(words) = plan_words(model) {
        widgets::paragraph(ui, words, 12.0, palette.amber);
    }
    for line in &quote.lines {
        widgets::dim(ui, line.label.as_str());
        let precise = span_words(&line.amount, Usd::precise);
        widgets::line_row(
            ui,
            &format::rate_and_quantity(line),
            &span_words(&line.amount, |usd| usd.to_string()),
            palette.text,
        )
        .on_hover_text(precise);
    }
    if !quote.lines.is_empty() {
        widgets::dashed_line(ui);
    }
    total_ui(ui, quote, palette);
    if let Some(foreign) = &quoted.foreign {
        voices::foreign_ui(ui, model, draft, foreign);
    }
    widgets::dashed_line(ui);
    let alternatives = alternatives_ui(ui, quoted, standing.switched.as_ref());
    answer.choice = alternatives.choice;
    answer.undo = alternatives.undo;
    project_ui(ui, model, draft, standing, actions);
    ui.add_space(4.0);
    super::caps::caps_ui(ui, model, quoted);
    if wallet_after_ui(ui, model, quoted, palette) {
        super::play_money::link_ui(ui, model, actions);
    }
}

fn title_ui(ui: &mut Ui, model: &Model, quote: &Quote, palette: &Palette) {
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.add(Label::new(RichText::new("Quote").font(semibold(14.0)).color(palette.text)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("card of {}", format::day(&quote.card_date));
            let mut chip = Chip::new(&words);
            if model.card_is_fallback {
                chip = chip.icon(icons::WARNING).color(palette.amber);
            }
            let response = ui.add(chip);
            let note = model.card_note.as_deref().unwrap_or("The prices that came with the program.");
            response.on_hover_text(note);
        });
    });
}

/// What has to be said of dollars where the wallet is not kept in them.
#[must_use]
pub fn plan_words(model: &Model) -> Option<&'static str> {
    let info = model.info.value.as_ref()?;
    match (&info.billing, info.oauth) {
        (_, true) | (Billing::Subscription { .. }, _) => Some(
            "Your web plan is billed, not a wallet: these dollar prices do not apply to it. Nothing is held or counted \
             against your caps.",
        ),
        (Billing::Credits { .. }, _) => Some(
            "Your wallet is kept in HeyGen's credits: the dollar prices are for comparison. Nothing is held or counted \
             against your caps.",
        ),
        (Billing::UsageBased { remaining: Some(left), .. }, _) if *left > Decimal::ZERO => {
            Some("Billed afterwards. What your included credits pay for costs no dollars: this is the most.")
        }
        (Billing::Wallet { .. } | Billing::UsageBased { .. } | Billing::Unknown(_), _) => None,
    }
}

fn span_words(span: &Span<Usd>, shown: impl Fn(Usd) -> String) -> String {
    let (low, high) = (shown(span.low), shown(span.high));
    if low == high { low } else { format!("{low} to {high}") }
}

fn total_ui(ui: &mut Ui, quote: &Quote, palette: &Palette) {
    let (lead, figures, hover) = match &quote.total {
        Total::Exact(amount) => ("", amount.to_string(), amount.precise()),
        Total::Range(span) => {
            let hover = format!("{}, most likely {}", span_words(span, Usd::precise), span.likely.precise());
            ("About", span.likely.to_string(), hover)
        }
        Total::Unknown(reason) => ("", "Unknown".to_owned(), reason.clone()),
    };
    let color = if matches!(quote.total, Total::Unknown(_)) { palette.dim } else { palette.text };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 36.0), Layout::right_to_left(Align::Center), |ui| {
        ui.add(Label::new(RichText::new(figures).font(semibold(28.0)).color(color)).extend()).on_hover_text(hover);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::dim(ui, lead));
    });
    let right = |ui: &mut Ui, text: &str| {
        ui.with_layout(Layout::top_down(Align::RIGHT), |ui| {
            widgets::paragraph(ui, text, 12.0, palette.dim);
        });
    };
    match (&quote.total, &quote.basis) {
        (Total::Unknown(reason), _) => right(ui, reason),
        (_, Some(basis)) => right(ui, basis),
        (_, None) => {}
    }
    for assumption in &quote.assumptions {
        right(ui, assumption);
    }
}

fn project_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut dyn Composition,
    standing: &mut Standing,
    actions: &mut Vec<Action>,
) {
    widgets::field_label(ui, "Project", "", None);
    let width = ui.available_width();
    if let Some(new) = &mut standing.new_project {
        let mut done = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let hint = "Name, for example a client";
            let field = widgets::text_line(ui, "Name of the new project", hint, &mut new.name, width - 66.0);
            if !std::mem::replace(&mut new.focused, true) {
                field.request_focus();
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if ui.add(widgets::Button::secondary("Add")).clicked() || entered {
                done = Some(true);
            } else if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                done = Some(false);
            }
        });
        if let Some(keep) = done {
            let name = new.name.trim().to_owned();
            standing.new_project = None;
            if keep && !name.is_empty() {
                choose_project(model, draft, name, actions);
            }
        }
        return;
    }
    let current = draft.project().to_owned();
    let shown = if current.is_empty() { "No project" } else { &current };
    let dot = (!current.is_empty()).then(|| project_color(&current));
    let projects = &model.settings.projects;
    let chosen = widgets::select(ui, "Project", shown, dot, width, || {
        let none = SelectItem { label: "No project".to_owned(), selected: current.is_empty(), ..SelectItem::default() };
        let own = projects.iter().map(|project| SelectItem {
            label: project.clone(),
            dot: Some(project_color(project)),
            selected: *project == current,
            ..SelectItem::default()
        });
        let new = SelectItem { label: "New project…".to_owned(), ..SelectItem::default() };
        std::iter::once(none).chain(own).chain(std::iter::once(new)).collect()
    });
    match chosen {
        Some(0) => choose_project(model, draft, String::new(), actions),
        Some(place) if place > projects.len() => standing.new_project = Some(NewProject::default()),
        Some(place) => {
            choose_project(model, draft, projects.get(place - 1).cloned().unwrap_or_default(), actions);
        }
        None => {}
    }
}

/// Books the draft to a project, and whatever is made on this tab from now on.
fn choose_project(model: &Model, draft: &mut dyn Composition, name: String, actions: &mut Vec<Action>) {
    let mut settings = model.settings.clone();
    if !name.is_empty() && !settings.projects.contains(&name) {
        settings.projects.push(name.clone());
    }
    settings.chosen_projects.insert(draft.product().word().to_owned(), name.clone());
    if settings != model.settings {
        actions.push(Action::ChangeSettings(Box::new(settings)));
    }
    draft.set_project(name);
}

/// What would be left; true where that is less than nothing.
fn wallet_after_ui(ui: &mut Ui, model: &Model, quoted: &Quoted, palette: &Palette) -> bool {
    let Some(Billing::Wallet { balance: Some(balance), auto_reload }) =
        model.info.value.as_ref().map(|info| &info.billing)
    else {
        return false;
    };
    if !model.pays_in_dollars() {
        return false;
    }
    let Some(WalletAfter { likely, shown, lacking }) = super::caps::wallet_after(model, quoted, *balance) else {
        return false;
    };
    let color = if likely.is_negative() || lacking.is_some() { palette.amber } else { palette.text };
    widgets::line_row(ui, "Wallet after", &likely.shown_as(shown), color).on_hover_text(likely.precise());
    let reload = auto_reload.as_ref().is_some_and(|reload| reload.enabled);
    let words = match (lacking, shown.is_negative()) {
        (Some(lacking), _) => format!("The wallet lacks {lacking}: HeyGen would refuse until it is topped up."),
        (None, true) if reload => format!("{} more than the wallet holds: automatic top-up has to come first.", -shown),
        (None, true) => format!("{} more than the wallet holds, if it costs what is likely.", -shown),
        (None, false) => return false,
    };
    widgets::paragraph(ui, words, 12.0, palette.amber);
    true
}

/// What of the key stands between any draft and the button.
#[must_use]
pub fn missing_key(model: &Model) -> Option<String> {
    use super::model::KeyStatus;
    if model.account != Account::Live {
        return None;
    }
    match &model.key {
        KeyStatus::Asking => Some("Waiting for the keyring".to_owned()),
        KeyStatus::Missing | KeyStatus::KeyringFault(_) => Some("Add your API key in Settings".to_owned()),
        KeyStatus::InKeyring { .. } | KeyStatus::FromEnvironment { .. } | KeyStatus::ThisSession { .. } => None,
    }
}

/// What stands between this draft and the button, in words short enough for the button.
#[must_use]
pub fn missing(model: &Model, quoted: &Quoted) -> Option<String> {
    if let Some(words) = missing_key(model) {
        return Some(words);
    }
    if let Some(problem) = quoted.problems.first() {
        return Some(short_problem(problem));
    }
    match &quoted.quote.total {
        Total::Unknown(_) => match quoted.without_price {
            WithoutPrice::NotOffered => Some("No price, so not offered".to_owned()),
            WithoutPrice::Asks => Some("Confirm that no price is published".to_owned()),
            WithoutPrice::Accepted => None,
        },
        Total::Exact(_) | Total::Range(_) => super::caps::refusal(model, quoted),
    }
}

fn short_problem(problem: &Problem) -> String {
    /// Above this many characters the button would cut it.
    const ROOM: usize = 36;
    let first = first_clause(&problem.message);
    // The name of a file may be as long as it likes and says nothing of what to do.
    let instead = match problem.field {
        Field::Video => "Choose another video",
        Field::Audio => "Choose another sound",
        Field::Subtitles => "Choose other subtitles",
        Field::Reference(_) => "Look at the files",
        // By how much stands beside the field.
        _ => first.split(" by ").next().unwrap_or(first),
    };
    if first.chars().count() > ROOM { instead.to_owned() } else { first.to_owned() }
}

/// A sentence up to its first mark; the dot in a file's name and the comma in a number are none.
fn first_clause(sentence: &str) -> &str {
    let ends = |(at, mark): &(usize, char)| {
        let next = sentence.get(at + mark.len_utf8()..).and_then(|rest| rest.chars().next());
        matches!(mark, '.' | ':' | ';' | ',') && next.is_none_or(char::is_whitespace)
    };
    let end = sentence.char_indices().find(ends).map_or(sentence.len(), |(at, _)| at);
    sentence.get(..end).unwrap_or(sentence).trim()
}

fn button_state(ui: &Ui, model: &Model, quoted: &Quoted, standing: &Standing, does: &str) -> Primary {
    if standing.submitting {
        return Primary::Busy("Submitting…".to_owned());
    }
    if standing.just_made {
        return Primary::Done("In the queue".to_owned());
    }
    if let Some(missing) = missing(model, quoted) {
        return Primary::Missing(missing);
    }
    let fits = |words: &str| {
        let galley = ui.painter().layout_no_wrap(words.to_owned(), semibold(15.0), egui::Color32::WHITE);
        galley.size().x <= ui.available_width() - 28.0
    };
    if let Some(confirm) = standing.confirm {
        let in_words = confirm.words(&confirm.most.in_words());
        return Primary::Ready(if fits(&in_words) { in_words } else { confirm.words(&confirm.most.to_string()) });
    }
    let verb = if standing.made_before { format!("{does} again") } else { does.to_owned() };
    Primary::Ready(match &quoted.quote.total {
        Total::Exact(amount) => format!("{verb} · {amount}"),
        Total::Range(span) => {
            let whole = format!("{verb} · about {} to {}", span.low, span.high);
            let galley = ui.painter().layout_no_wrap(whole.clone(), medium(15.0), egui::Color32::WHITE);
            if span.low.to_string() == span.high.to_string() || galley.size().x > ui.available_width() - 28.0 {
                format!("{verb} · about {}", span.likely)
            } else {
                whole
            }
        }
        Total::Unknown(_) => format!("{verb} · price not published"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Field;

    #[test]
    fn the_footnote_tells_what_is_counted() {
        use crate::draft::billable::{Creation, Mode};
        use crate::draft::{Billable, Length};
        let check = |billable: Billable, words: &str| {
            let quote = crate::pricing::quote(&crate::pricing::RateCard::built_in(), &billable, &Default::default());
            let said = paid_for(&quote, WithoutPrice::Asks);
            assert!(said.contains(words), "{billable:?}: {said}");
        };
        let length = || Length::Seconds(rust_decimal::Decimal::TEN);
        check(Billable::Lipsync { mode: Mode::Speed, length: length() }, "real length");
        check(
            Billable::HyperFrames { resolution: crate::draft::Resolution::K4, fps: 30, length: length() },
            "real length",
        );
        check(Billable::Realtime { length: Length::live(rust_decimal::Decimal::ONE_HUNDRED) }, "real length");
        check(Billable::Cinematic, "then charged");
        check(Billable::AvatarCreation(Creation::Photo), "then charged");
        check(Billable::Clips { clips: 3 }, "each clip");
        check(Billable::AvatarCreation(Creation::Prompt), "not known yet");
    }

    #[test]
    fn the_button_says_the_first_clause_of_what_is_wrong() {
        let check = |field, message: &str, words: &str| {
            assert_eq!(short_problem(&Problem { field, message: message.to_owned() }), words);
        };
        check(Field::Video, "zero.mp4 is empty. Save or copy it again.", "zero.mp4 is empty");
        check(Field::Video, "a film with quite a long name of its own.mp4 is empty.", "Choose another video");
        check(Field::Voice, "Choose a voice: this face has none of its own.", "Choose a voice");
        check(Field::Look, "4 looks are chosen; 3 is the most.", "4 looks are chosen");
        let over = |by: &str| format!("Shorten the script by {by} characters: 5,000 are the most.");
        check(Field::Script, &over("120"), "Shorten the script by 120 characters");
        check(Field::Script, &over("95,000"), "Shorten the script");
    }
}
