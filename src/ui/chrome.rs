//! What is around every tab: the header with account, jobs and wallet, and the rail.

use std::sync::Arc;

use egui::{Align2, Galley, Popup, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::model::{Model, Tone};
use super::notices::{self, Notices};
use super::theme::{RADIUS, medium, palette, regular, semibold};
use super::widgets::{self, Button, Chip};
use super::{Action, Tab, format, icons};
use crate::account::Billing;
use crate::settings::Account;
use crate::spend::types::Warning;

/// Jobs HeyGen works on at the same time, at most (published limit).
const IN_FLIGHT_LIMIT: usize = 10;

/// What the person asked of the header that only the window can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChromeAnswer {
    ShowTab(Tab),
    /// What needs a look about the money.
    ShowWarnings,
    OpenPalette,
}

/// Below this width the header has no room for the program's name.
const ROOM_FOR_NAME: f32 = 560.0;
/// Between things at the right of the header.
const GAP: f32 = 8.0;

/// The header, 48 high.
pub fn header_ui(ui: &mut Ui, model: &Model, notices: &mut Notices, actions: &mut Vec<Action>) -> Option<ChromeAnswer> {
    let palette = palette(ui);
    let mut answer = None;
    let rect = ui.max_rect();
    let dot = pos2(rect.left() + 23.0, rect.center().y);
    ui.painter().circle_filled(dot, 11.0, palette.red.gamma_multiply(0.18));
    ui.painter().circle_filled(dot, 7.0, palette.red);
    let is_wide = rect.width() >= ROOM_FOR_NAME;
    ui.horizontal_centered(|ui| {
        ui.add_space(42.0);
        if is_wide {
            let name = egui::RichText::new("Reelmeter").font(semibold(16.0)).color(palette.text);
            ui.add(egui::Label::new(name).extend());
            let used = ui.min_rect().width();
            ui.add_space((160.0 - used - ui.spacing().item_spacing.x).max(16.0));
        }
        account_ui(ui, model, actions);
        // Measured before it is drawn, so that the Tab key goes from left to right.
        ui.spacing_mut().item_spacing.x = GAP;
        let commands = Chip::new("Ctrl K").icon(icons::MAGNIFYING_GLASS).clickable("Open the command palette");
        let (running, wallet) = (Running::of(ui, model, is_wide), WalletFace::of(ui, model));
        let warnings = if warnings(model).is_empty() { 0.0 } else { WARNINGS_WIDTH + GAP };
        let needed = running.width + GAP + warnings + wallet.width + 10.0;
        let with_commands = commands.width(ui) + 2.0 * GAP + needed;
        let has_commands = ui.available_width() >= with_commands + GAP;
        let room = ui.available_width() - if has_commands { with_commands } else { needed } - GAP;
        if room > 0.0 {
            let (room, _) = ui.allocate_exact_size(vec2(room, 32.0), Sense::hover());
            notices::header_ui(ui, room.shrink2(vec2(GAP, 0.0)), model, notices, actions);
        }
        if has_commands {
            if ui.add(commands).on_hover_text("Commands").clicked() {
                answer = Some(ChromeAnswer::OpenPalette);
            }
            ui.add_space(GAP);
        }
        if running_ui(ui, model, running) {
            answer = Some(ChromeAnswer::ShowTab(Tab::Library));
        }
        if warnings_ui(ui, model) {
            answer = Some(ChromeAnswer::ShowWarnings);
        }
        if wallet_ui(ui, model, wallet, actions) {
            answer = Some(ChromeAnswer::ShowTab(Tab::Spend));
        }
    });
    answer
}

fn account_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let chip = match model.account {
        Account::Sandbox => Chip::new("Sandbox").clickable("Account: Sandbox"),
        Account::Live => Chip::new("Live").icon(icons::BROADCAST).color(palette.red_text).clickable("Account: Live"),
    };
    let response = ui.add(chip);
    let response = response.on_hover_text(format!("Requests go to {}", model.host));
    Popup::menu(&response).gap(4.0).width(320.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let accounts = [
            (Account::Sandbox, "Sandbox", "Play money. Nothing leaves this computer."),
            (Account::Live, "Live", "HeyGen itself, billed to your wallet."),
        ];
        for (account, label, detail) in accounts {
            if choice_ui(ui, label, detail, account == model.account) && account != model.account {
                actions.push(Action::UseAccount(account));
                ui.close();
            }
        }
    });
}

/// A row of two lines in a menu; true when it was clicked.
fn choice_ui(ui: &mut Ui, label: &str, detail: &str, selected: bool) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 48.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, true, selected, label));
    widgets::describe(&response, detail);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, RADIUS, palette.hover);
    }
    let left = rect.left() + 12.0;
    let room = rect.width() - 48.0;
    let top = pos2(left, rect.top() + 16.0);
    widgets::paint_elided(ui, top, Align2::LEFT_CENTER, label, medium(14.0), palette.text, room);
    let under = pos2(left, rect.top() + 34.0);
    widgets::paint_elided(ui, under, Align2::LEFT_CENTER, detail, regular(12.0), palette.dim, room);
    if selected {
        let at = pos2(rect.right() - 20.0, rect.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, icons::CHECK, regular(16.0), palette.text);
    }
    response.clicked()
}

/// How many jobs run, as the header says it.
struct Running {
    words: String,
    galley: Arc<Galley>,
    width: f32,
}

impl Running {
    fn of(ui: &Ui, model: &Model, is_wide: bool) -> Self {
        let palette = palette(ui);
        let running = model.board.in_flight;
        let paused = model.board.paused.is_some();
        let words = match (paused, model.board.sessions) {
            (true, _) => "Queue paused".to_owned(),
            (false, 0) => format!("{running} of {IN_FLIGHT_LIMIT} running"),
            // A session costs by the second: it is said even where there is little room.
            (false, sessions) => format!("{running} of {IN_FLIGHT_LIMIT} running · {sessions} live"),
        };
        let short = format!("{running}/{IN_FLIGHT_LIMIT}");
        let shown = if is_wide || paused || model.board.sessions > 0 { &words } else { &short };
        let color = if paused { palette.amber } else { palette.dim };
        let galley = widgets::elided(ui, shown, regular(14.0), color, 180.0);
        let width = galley.size().x + 38.0;
        Self { words, galley, width }
    }
}

/// How many jobs run; true when clicked.
fn running_ui(ui: &mut Ui, model: &Model, running: Running) -> bool {
    let palette = palette(ui);
    let Running { words, galley, width } = running;
    let paused = model.board.paused.is_some();
    let color = if paused { palette.amber } else { palette.dim };
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click());
    widgets::name(&response, Role::Button, true, &words);
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, palette.raised);
    }
    let center = pos2(rect.left() + 16.0, rect.center().y);
    if paused {
        ui.painter().text(center, Align2::CENTER_CENTER, icons::PAUSE, regular(16.0), color);
    } else {
        let share = f32::from(u8::try_from(model.board.in_flight).unwrap_or(u8::MAX)) / 10.0;
        widgets::ring(ui, center, 6.5, share, palette.text);
    }
    ui.painter().galley(pos2(rect.left() + 30.0, rect.center().y - galley.size().y / 2.0), galley, color);
    widgets::focus_ring(ui, &response, RADIUS);
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text("Jobs in progress. Opens the Library.")
        .clicked()
}

/// Width of the sign that something about the money needs a look.
const WARNINGS_WIDTH: f32 = 28.0;

fn warnings(model: &Model) -> &[Warning] {
    model.spend.value.as_ref().map(|snapshot| snapshot.warnings.as_slice()).unwrap_or_default()
}

/// The sign beside the wallet that something about the money needs a look; true when clicked.
fn warnings_ui(ui: &mut Ui, model: &Model) -> bool {
    let warnings = warnings(model);
    if warnings.is_empty() {
        return false;
    }
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(WARNINGS_WIDTH, 32.0), Sense::click());
    let called = format::counted(warnings.len(), "money warning", "money warnings");
    widgets::name(&response, Role::Button, true, &called);
    let titles: Vec<&str> = warnings.iter().map(|warning| warning.title.as_str()).collect();
    widgets::describe(&response, &titles.join(". "));
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, palette.raised);
    }
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::WARNING, regular(17.0), palette.amber);
    widgets::focus_ring(ui, &response, RADIUS);
    let tooltip = format!("{}\nOpens Spend.", titles.join("\n"));
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(tooltip).clicked()
}

struct Wallet {
    big: String,
    small: String,
    tooltip: String,
    tone: Tone,
}

/// The wallet's words, for every kind of billing there is.
fn wallet_words(model: &Model) -> Wallet {
    let held = model.unpaid();
    let small = if held.is_zero() { String::new() } else { format!("{held} held") };
    let read = model.wallet_read_at.map_or_else(String::new, |at| format!("Read {}. ", format::ago(model.now, at)));
    let again = "Click for more.";
    let Some(info) = &model.info.value else {
        return match &model.info.fault {
            Some(fault) => Wallet {
                big: "Wallet unknown".to_owned(),
                small,
                tooltip: format!("{fault} {again}"),
                tone: Tone::Warning,
            },
            None if model.info.loading => Wallet {
                big: "Reading…".to_owned(),
                small,
                tooltip: "Reading the wallet.".to_owned(),
                tone: Tone::Info,
            },
            None => Wallet { big: "Wallet".to_owned(), small, tooltip: again.to_owned(), tone: Tone::Info },
        };
    };
    let (big, small, detail) = match &info.billing {
        Billing::Wallet { balance: Some(balance), .. } => (
            balance.to_string(),
            small,
            format!("{} in the wallet, {} free.", balance.precise(), (*balance - held).precise()),
        ),
        Billing::Wallet { balance: None, .. } => ("No balance".to_owned(), small, "HeyGen sent no balance.".to_owned()),
        Billing::Credits { remaining } => {
            let figure = remaining.map_or_else(|| "Credits".to_owned(), |credits| credits.normalize().to_string());
            (figure, "credits".to_owned(), "This wallet is kept in HeyGen's credits, not in dollars.".to_owned())
        }
        Billing::Subscription { plan, premium, add_on, resets_at } => {
            let credits = premium.unwrap_or_default() + add_on.unwrap_or_default();
            let reset = resets_at.as_ref().map_or_else(String::new, |at| format!(" They reset on {at}."));
            (plan.clone(), format!("{credits} credits"), format!("The web plan is billed, not a wallet.{reset}"))
        }
        Billing::UsageBased { spent, cap, .. } => {
            let big = spent.map_or_else(|| "Usage".to_owned(), |spent| spent.to_string());
            let small = cap.map_or_else(|| "used".to_owned(), |cap| format!("of {cap} used"));
            (big, small, "Billed afterwards by usage.".to_owned())
        }
        Billing::Unknown(word) => {
            let named = if word.is_empty() { "none".to_owned() } else { word.clone() };
            ("Billing unknown".to_owned(), small, format!("HeyGen's billing type: {named}."))
        }
    };
    match &model.info.fault {
        Some(fault) => Wallet { big, small, tooltip: format!("{fault} {read}{detail} {again}"), tone: Tone::Warning },
        None => Wallet { big, small, tooltip: format!("{detail} {read}{again}"), tone: Tone::Good },
    }
}

/// The wallet as the header shows it.
struct WalletFace {
    wallet: Wallet,
    big: Arc<Galley>,
    small: Arc<Galley>,
    lead: f32,
    gap: f32,
    width: f32,
}

impl WalletFace {
    fn of(ui: &Ui, model: &Model) -> Self {
        let palette = palette(ui);
        let wallet = wallet_words(model);
        let font = if wallet.tone == Tone::Info { regular(14.0) } else { semibold(16.0) };
        let big = widgets::elided(ui, &wallet.big, font, palette.text, 200.0);
        let small = widgets::elided(ui, &wallet.small, regular(12.0), palette.dim, 120.0);
        let gap = if wallet.small.is_empty() { 0.0 } else { 8.0 };
        // Kept free also where neither a sign nor a spinner stands: what is left of it must not jump at each reading.
        let lead = 22.0;
        let width = lead + big.size().x + gap + small.size().x + 12.0;
        Self { wallet, big, small, lead, gap, width }
    }
}

/// The wallet, and what is behind it in a small panel; true when Spend was asked for.
fn wallet_ui(ui: &mut Ui, model: &Model, face: WalletFace, actions: &mut Vec<Action>) -> bool {
    let palette = palette(ui);
    let WalletFace { wallet, big, small, lead, gap, width } = face;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click());
    let spoken = format!("Wallet: {} {}", wallet.big, wallet.small);
    widgets::name(&response, Role::Button, true, spoken.trim_end());
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, palette.raised);
    }
    let middle = rect.center().y;
    if model.info.loading {
        widgets::paint_spinner(ui, pos2(rect.left() + 14.0, middle), 6.5, palette.dim);
    } else if wallet.tone == Tone::Warning {
        let at = pos2(rect.left() + 14.0, middle);
        ui.painter().text(at, Align2::CENTER_CENTER, icons::WARNING, regular(16.0), palette.amber);
    }
    let mut x = rect.left() + 6.0 + lead;
    let width = big.size().x;
    ui.painter().galley(pos2(x, middle - big.size().y / 2.0), big, palette.text);
    x += width + gap;
    ui.painter().galley(pos2(x, middle - small.size().y / 2.0 + 1.0), small, palette.dim);
    widgets::focus_ring(ui, &response, RADIUS);
    let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    let response = if is_open { response } else { response.on_hover_text(wallet.tooltip) };
    let mut wants_spend = false;
    let panel = Popup::from_toggle_button_response(&response).gap(4.0).width(320.0);
    panel.close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        wants_spend = panel_ui(ui, model, actions);
        if wants_spend {
            ui.close();
        }
    });
    wants_spend
}

/// What the wallet has, what is held of it and what is free; true when Spend was asked for.
fn panel_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) -> bool {
    let palette = palette(ui);
    ui.spacing_mut().item_spacing.y = 8.0;
    let held = model.unpaid();
    match model.info.value.as_ref().map(|info| &info.billing) {
        Some(Billing::Wallet { balance: Some(balance), .. }) => {
            widgets::amount_row(ui, "In the wallet", *balance, palette.text);
            widgets::amount_row(ui, "Held for jobs", held, palette.text);
            widgets::amount_row(ui, "Free", *balance - held, palette.text);
        }
        _ => {
            widgets::paragraph(ui, wallet_words(model).tooltip, 12.0, palette.dim);
        }
    }
    if let Some(fault) = &model.info.fault {
        widgets::paragraph(ui, format!("{} {fault}", icons::WARNING_CIRCLE), 12.0, palette.amber);
    }
    let read = match (model.info.loading, model.wallet_read_at) {
        (true, _) => "Reading…".to_owned(),
        (false, Some(at)) => format!("Read {}", format::ago(model.now, at)),
        (false, None) => "Not read yet".to_owned(),
    };
    widgets::caption(ui, read);
    let mut wants_spend = false;
    ui.horizontal(|ui| {
        let again = Button::secondary("Read again").icon(icons::ARROW_CLOCKWISE).named("Read the wallet again");
        if ui.add(again.enabled(!model.info.loading)).clicked() {
            actions.push(Action::RefreshWallet);
        }
        wants_spend = ui.add(Button::secondary("Open Spend").icon(icons::WALLET)).clicked();
    });
    super::play_money::link_ui(ui, model, actions);
    wants_spend
}

/// The tabs in their groups, with their icons.
const GROUPS: [&[(Tab, &str)]; 5] = [
    &[
        (Tab::AvatarVideo, icons::VIDEO_CAMERA),
        (Tab::Cinematic, icons::FILM_SLATE),
        (Tab::VideoAgent, icons::ROBOT),
        (Tab::HyperFrames, icons::CODE),
        (Tab::Realtime, icons::BROADCAST),
    ],
    &[(Tab::Translate, icons::TRANSLATE), (Tab::Lipsync, icons::SMILEY), (Tab::Clips, icons::SCISSORS)],
    &[(Tab::Speech, icons::WAVEFORM)],
    &[(Tab::Avatars, icons::USERS_THREE)],
    &[(Tab::Library, icons::FILM_STRIP), (Tab::Spend, icons::WALLET), (Tab::Settings, icons::GEAR_SIX)],
];

/// The rail at the left: 176 wide with names, or icons alone where `narrow`.
pub fn rail_ui(ui: &mut Ui, model: &Model, current: Tab, narrow: bool) -> Option<Tab> {
    /// Height of a row, and room above and below a line between groups.
    const ROOMY: (f32, f32) = (34.0, 7.0);
    const LOW: (f32, f32) = (30.0, 3.0);
    let rows = f32::from(u8::try_from(Tab::SHOWN.len()).unwrap_or(u8::MAX));
    let lines = f32::from(u8::try_from(GROUPS.len()).unwrap_or(u8::MAX)) - 1.0;
    ui.spacing_mut().item_spacing.y = 2.0;
    let needed = rows * (ROOMY.0 + 2.0) + lines * (2.0 * ROOMY.1 + 1.0 + 2.0);
    let size = if needed <= ui.available_height() { ROOMY } else { LOW };
    // In a window lower than that the last tabs are scrolled to.
    let area = egui::ScrollArea::vertical().id_salt("rail").auto_shrink([false, false]);
    area.show(ui, |ui| rows_ui(ui, model, current, narrow, size)).inner
}

fn rows_ui(ui: &mut Ui, model: &Model, current: Tab, narrow: bool, (height, space): (f32, f32)) -> Option<Tab> {
    let palette = palette(ui);
    let mut chosen = None;
    let running = model.board.jobs.iter().filter(|job| !job.state.is_final()).count();
    let mut place = 0;
    for tabs in GROUPS {
        let tabs = tabs.iter().filter(|(tab, _)| Tab::SHOWN.contains(tab));
        if place > 0 && tabs.clone().next().is_some() {
            widgets::divider(ui, space);
        }
        for (tab, glyph) in tabs {
            let label = tab.name();
            place += 1;
            let selected = *tab == current;
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, label));
            if selected || response.hovered() {
                ui.painter().rect_filled(rect, RADIUS, palette.raised);
            }
            let color = if selected || response.hovered() { palette.text } else { palette.dim };
            let x = if narrow { rect.center().x } else { rect.left() + 20.0 };
            let middle = rect.center().y;
            ui.painter().text(pos2(x, middle), Align2::CENTER_CENTER, glyph, regular(18.0), color);
            let badge = (*tab == Tab::Library && running > 0).then(|| running.to_string());
            if !narrow {
                let font = if selected { medium(14.0) } else { regular(14.0) };
                let room = rect.width() - if badge.is_some() { 76.0 } else { 44.0 };
                widgets::paint_elided(
                    ui,
                    pos2(rect.left() + 38.0, middle),
                    Align2::LEFT_CENTER,
                    label,
                    font,
                    color,
                    room,
                );
            }
            if let Some(badge) = badge {
                let side = if narrow { 15.0 } else { 20.0 };
                let at = if narrow { rect.right_top() + vec2(-10.0, 9.0) } else { pos2(rect.right() - 20.0, middle) };
                let galley = widgets::elided(ui, &badge, regular(if narrow { 10.0 } else { 12.0 }), palette.dim, 40.0);
                let pill = Rect::from_center_size(at, vec2((galley.size().x + 12.0).max(side), side));
                let fill = if selected { palette.line } else { palette.raised };
                ui.painter().rect_filled(pill, side / 2.0, fill);
                ui.painter().galley(pill.center() - galley.size() / 2.0, galley, palette.dim);
                widgets::describe(&response, &format::counted(running, "unfinished job", "unfinished jobs"));
            }
            widgets::focus_ring(ui, &response, RADIUS);
            if response.gained_focus() {
                response.scroll_to_me(None);
            }
            let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
            let response = response.on_hover_text(match tab.shortcut() {
                Some((_, written)) => format!("{label} · {written}"),
                None => label.to_owned(),
            });
            if response.clicked() {
                chosen = Some(*tab);
            }
        }
    }
    chosen
}
