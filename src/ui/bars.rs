//! What the window has to say of how things stand, in bars under the header, and the question for
//! a path where the system has no file dialog.

use std::path::PathBuf;

use egui::Ui;

use super::model::{KeyStatus, Model, Tone};
use super::notices::Notices;
use super::places::Place;
use super::theme::{RADIUS_LARGE, palette, regular, semibold};
use super::widgets::{self, Button, NoticeAnswer};
use super::{Action, Tab, play_money};
use crate::account::Billing;
use crate::draft::avatar_video::LocalFile;
use crate::jobs::types::Pause;
use crate::money::Usd;
use crate::settings::Account;

/// What the window remembers of its own messages.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    pub(super) notices: Notices,
    /// Dropped files that suit no place, and why, as of the last drop.
    pub refused_files: Vec<String>,
    /// An address that no browser took, and whether it was copied.
    pub not_opened: Option<(String, bool)>,
    /// A path is asked for, because there is no file dialog.
    pub path_question: Option<(Place, String)>,
    /// A file that the shown tab has no place for, and where else it would fit.
    pub file_elsewhere: Option<(LocalFile, Vec<Place>)>,
}

/// The bars under the header. The tab to show, if one was asked for.
pub fn bars_ui(ui: &mut Ui, model: &Model, shown: Tab, actions: &mut Vec<Action>) -> Option<Tab> {
    let mut tab = None;
    // Who is in Settings already is not sent there.
    let in_settings = shown == Tab::Settings;
    match &model.board.paused {
        Some(Pause::WalletTooSmall) => {
            let words =
                format!("The queue is paused: {} Nothing was charged. Top it up, then resume.", wallet_short(model));
            let add = play_money::words();
            let buttons: &[&str] =
                if model.account == Account::Sandbox { &[add.as_str(), "Resume"] } else { &["Resume"] };
            match widgets::bar(ui, Tone::Warning, &words, buttons, false) {
                Some(NoticeAnswer::Button(0)) if model.account == Account::Sandbox => {
                    actions.push(Action::AddPlayMoney)
                }
                Some(NoticeAnswer::Button(_)) => actions.push(Action::ResumeQueue),
                Some(NoticeAnswer::Closed) | None => {}
            }
        }
        Some(Pause::KeyRefused) => {
            let words = "The queue is paused: HeyGen refused the API key. Nothing was charged. Enter a working key, then resume.";
            let buttons: &[&str] = if in_settings { &["Resume"] } else { &["Open Settings", "Resume"] };
            match widgets::bar(ui, Tone::Warning, words, buttons, false) {
                Some(NoticeAnswer::Button(0)) if !in_settings => tab = Some(Tab::Settings),
                Some(NoticeAnswer::Button(_)) => actions.push(Action::ResumeQueue),
                Some(NoticeAnswer::Closed) | None => {}
            }
        }
        None => {}
    }
    if let (Account::Live, KeyStatus::Missing | KeyStatus::KeyringFault(_)) = (model.account, &model.key) {
        let words = match &model.key {
            KeyStatus::KeyringFault(fault) => format!("There is no API key to work with: {fault}"),
            _ => "There is no API key yet, so nothing can be made on the live account.".to_owned(),
        };
        let buttons: &[&str] =
            if in_settings { &["Back to the sandbox"] } else { &["Open Settings", "Back to the sandbox"] };
        match widgets::bar(ui, Tone::Warning, &words, buttons, false) {
            Some(NoticeAnswer::Button(0)) if !in_settings => tab = Some(Tab::Settings),
            Some(NoticeAnswer::Button(_)) => actions.push(Action::UseAccount(Account::Sandbox)),
            Some(NoticeAnswer::Closed) | None => {}
        }
    }
    if model.account == Account::Sandbox && !model.settings.live_offer_closed {
        let words = "You are in the sandbox: nothing here costs money.";
        match widgets::bar(ui, Tone::Info, words, &["Use your HeyGen account"], true) {
            Some(NoticeAnswer::Button(_)) => {
                actions.push(Action::UseAccount(Account::Live));
                tab = Some(Tab::Settings);
            }
            Some(NoticeAnswer::Closed) => {
                let mut settings = model.settings.clone();
                settings.live_offer_closed = true;
                actions.push(Action::ChangeSettings(Box::new(settings)));
            }
            None => {}
        }
    }
    tab
}

/// How the wallet stands to the job that HeyGen refused for it, as far as both are known.
fn wallet_short(model: &Model) -> String {
    let refused = model.board.waiting.first().and_then(|id| model.board.job(*id));
    let balance = match model.info.value.as_ref().map(|info| &info.billing) {
        Some(Billing::Wallet { balance, .. }) => *balance,
        _ => None,
    };
    let (Some(job), Some(balance)) = (refused, balance) else {
        return "the wallet is too small for the next job.".to_owned();
    };
    // What waits behind it takes nothing from it.
    let waiting: Usd = model.board.waiting.iter().filter_map(|id| model.board.job(*id)).map(|job| job.hold).sum();
    let free = balance - (model.unpaid() - waiting);
    let (low, high) = (job.quoted.low, job.quoted.high);
    let costs = if low == high { format!("costs {low}") } else { format!("costs {low} to {high}") };
    if free < low {
        let least = if low == high { "" } else { "at least " };
        let missing = (low - free).up_to_cents();
        return format!("the wallet has {free} free and the next job {costs}, so {least}{missing} is missing.");
    }
    format!("HeyGen calls the wallet too small for the next job, which {costs}, although it showed {free} free.")
}

/// Asks for a path in a small window over everything.
pub fn path_question_ui(ui: &Ui, bars: &mut Bars, actions: &mut Vec<Action>) {
    let Some((place, path)) = &mut bars.path_question else { return };
    let palette = palette(ui);
    let place = *place;
    let what = format!("{} ({})", place.purpose(), place.types());
    let mut answer = None;
    let frame = egui::Frame::popup(ui.style()).inner_margin(20).corner_radius(RADIUS_LARGE);
    let modal = egui::Modal::new(egui::Id::unique("path question")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        widgets::words(ui, format!("Where is {what}?"), semibold(16.0), palette.text);
        let words = "This system has no file dialog. Type or paste the path, or drop the file on the window.";
        widgets::paragraph(ui, words, 12.0, palette.dim);
        ui.add_space(4.0);
        let field = widgets::text_line(ui, "Path of the file", "/home/…", path, 460.0);
        if path.is_empty() && !field.has_focus() && ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let given = !path.trim().is_empty();
            if ui.add(Button::secondary("Use this file").enabled(given)).clicked() || entered && given {
                answer = Some(true);
            }
            if ui.add(Button::quiet("Cancel")).clicked() {
                answer = Some(false);
            }
        });
    });
    if modal.should_close() && answer.is_none() {
        answer = Some(false);
    }
    match answer {
        Some(true) => {
            let path = PathBuf::from(path.trim().trim_matches(['"', '\'']));
            actions.push(Action::TakeFiles { paths: vec![path], place: Some(place), shown: None });
            bars.path_question = None;
        }
        Some(false) => bars.path_question = None,
        None => {}
    }
}

/// Offers the places of other tabs for a file the shown one cannot take; the one that was chosen.
pub fn file_elsewhere_ui(ui: &Ui, bars: &mut Bars) -> Option<(Place, LocalFile)> {
    let (file, places) = bars.file_elsewhere.as_ref()?;
    let palette = palette(ui);
    let mut chosen = None;
    let mut close = false;
    let frame = egui::Frame::popup(ui.style()).inner_margin(20).corner_radius(RADIUS_LARGE);
    let modal = egui::Modal::new(egui::Id::unique("file elsewhere")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        widgets::words(ui, "This tab has no place for it", semibold(16.0), palette.text);
        let words = format!("{} would fit elsewhere:", file.name());
        widgets::words(ui, words, regular(12.0), palette.dim);
        ui.add_space(8.0);
        for place in places {
            let label = format!("{}: {}", super::Tab::of(place.product).name(), place.purpose());
            if ui.add(Button::secondary(&label)).clicked() {
                chosen = Some(*place);
            }
            ui.add_space(4.0);
        }
        ui.add_space(4.0);
        close = ui.add(Button::quiet("Leave it")).clicked();
    });
    if let Some(place) = chosen {
        return bars.file_elsewhere.take().map(|(file, _)| (place, file));
    }
    if close || modal.should_close() {
        bars.file_elsewhere = None;
    }
    None
}
