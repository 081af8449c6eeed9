//! The command palette: everything the window can do, found by a few letters.

use egui::{Align2, Area, Frame, Id, Key, Order, Ui, vec2};

use super::model::Model;
use super::places::Place;
use super::theme::RADIUS_LARGE;
use super::widgets::{self, SelectItem};
use super::{Action, Tab, play_money, volume};
use crate::draft::{Engine, Field, Product};
use crate::settings::{Account, Settings, ThemeChoice};

/// What a command does.
#[derive(Clone, Debug)]
pub enum Command {
    ShowTab(Tab),
    /// Press the button of the tab.
    Create,
    UseEngine(Engine),
    NewDraft,
    /// Compare voices and engines for the script of the tab.
    Compare,
    Ask(Action),
}

/// Whether the palette is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct CommandPalette {
    open: bool,
    /// Opened in this frame: the click that opened it does not close it.
    fresh: bool,
}

impl CommandPalette {
    /// Opens it, or closes it where it is open.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.fresh = self.open;
    }
}

struct Entry {
    label: String,
    detail: &'static str,
    command: Command,
}

fn entries(model: &Model) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |label: &str, detail: &'static str, command| {
        entries.push(Entry { label: label.to_owned(), detail, command });
    };
    for tab in Tab::SHOWN {
        let shortcut = tab.shortcut().map_or("", |(_, written)| written);
        add(&format!("Show {}", tab.name()), shortcut, Command::ShowTab(*tab));
    }
    // Never first: the first entry is a mere Enter away.
    add("Create the video", "Ctrl Enter", Command::Create);
    add("Start an empty draft", "", Command::NewDraft);
    add("Compare voices and engines", "", Command::Compare);
    add(
        "Choose an audio file",
        "Ctrl O",
        Command::Ask(Action::PickFile(Place::new(Product::AvatarVideo, Field::Audio))),
    );
    add("Animate a picture", "", Command::Ask(Action::PickFile(Place::new(Product::AvatarVideo, Field::Look))));
    add(
        "Choose a background picture",
        "",
        Command::Ask(Action::PickFile(Place::new(Product::AvatarVideo, Field::Background))),
    );
    for engine in Engine::ALL {
        add(&format!("Use {}", engine.name()), "", Command::UseEngine(engine));
    }
    if model.account == Account::Sandbox {
        add(&play_money::words(), "", Command::Ask(Action::AddPlayMoney));
    }
    add("Read the wallet again", "", Command::Ask(Action::RefreshWallet));
    add("Read looks and voices again", "", Command::Ask(Action::RefreshCast));
    add("Read the rate card again", "", Command::Ask(Action::ReloadRateCard));
    if model.board.paused.is_some() {
        add("Resume the queue", "", Command::Ask(Action::ResumeQueue));
    }
    add("Open the results folder", "", Command::Ask(Action::OpenFile(model.results_folder.clone())));
    add("Open the config folder", "", Command::Ask(Action::OpenConfigFolder));
    for (theme, label) in [
        (ThemeChoice::Dark, "Dark theme"),
        (ThemeChoice::Light, "Light theme"),
        (ThemeChoice::System, "Theme of the system"),
    ] {
        let mut settings = model.settings.clone();
        settings.theme = theme;
        add(label, "", Command::Ask(Action::ChangeSettings(Box::new(settings))));
    }
    for (label, keys, percent) in [
        ("Zoom: larger", "Ctrl +", model.settings.next_zoom(true)),
        ("Zoom: smaller", "Ctrl −", model.settings.next_zoom(false)),
        ("Zoom: normal size", "", 100),
    ] {
        add(label, keys, Command::Ask(zoomed(&model.settings, percent)));
    }
    let is_silent = model.settings.muted || model.settings.volume_percent == 0;
    let mute = if is_silent { "Unmute the sound" } else { "Mute the sound" };
    add(mute, "", Command::Ask(volume::muted(&model.settings)));
    add("Sound louder", "", Command::Ask(volume::stepped(&model.settings, true)));
    add("Sound quieter", "", Command::Ask(volume::stepped(&model.settings, false)));
    match model.account {
        Account::Sandbox => add("Use the live account", "", Command::Ask(Action::UseAccount(Account::Live))),
        Account::Live => add("Use the sandbox", "", Command::Ask(Action::UseAccount(Account::Sandbox))),
    }
    add("Quit", "Ctrl Q", Command::Ask(Action::Quit));
    entries
}

/// The window in another size.
pub fn zoomed(settings: &Settings, percent: u16) -> Action {
    Action::ChangeSettings(Box::new(Settings { zoom_percent: percent, ..settings.clone() }))
}

/// How well `query` fits `label`: `None` where its letters do not appear in order; higher is better.
/// Letters at the start of words and letters in a row count more.
fn fit(query: &str, label: &str) -> Option<i32> {
    let label: Vec<char> = label.to_lowercase().chars().collect();
    let mut from = 0;
    let mut score = 0;
    let mut last = None;
    for wanted in query.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let place = label.iter().skip(from).position(|c| *c == wanted)? + from;
        let starts_word = place == 0 || label.get(place - 1).is_some_and(|before| !before.is_alphanumeric());
        let in_a_row = last.is_some_and(|last| place == last + 1);
        score += 1 + if starts_word { 4 } else { 0 } + if in_a_row { 3 } else { 0 };
        last = Some(place);
        from = place + 1;
    }
    Some(score * 100 - i32::try_from(label.len()).unwrap_or(i32::MAX / 2))
}

/// Draws the palette while it is open; the command that was chosen.
pub fn palette_ui(ui: &Ui, model: &Model, palette: &mut CommandPalette) -> Option<Command> {
    if !palette.open {
        return None;
    }
    let id = Id::unique("command palette");
    let width = (ui.ctx().content_rect().width() - 64.0).min(560.0);
    let mut chosen = None;
    let area = Area::new(id).order(Order::Foreground).anchor(Align2::CENTER_TOP, vec2(0.0, 96.0));
    let shown = area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(10).corner_radius(RADIUS_LARGE).show(ui, |ui| {
            ui.set_width(width);
            let query = widgets::query_ui(ui, id, "Commands", true);
            let all = entries(model);
            let mut found: Vec<(i32, &Entry)> =
                all.iter().filter_map(|entry| fit(&query, &entry.label).map(|score| (score, entry))).collect();
            if !query.is_empty() {
                found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            }
            let picked = widgets::list_ui(ui, id, found.len(), |ui, row, lit| {
                let Some((_, entry)) = found.get(row) else { return false };
                let item =
                    SelectItem { label: entry.label.clone(), detail: entry.detail.to_owned(), ..SelectItem::default() };
                widgets::row_ui(ui, &item, lit, 0.0)
            });
            chosen = picked.and_then(|row| found.get(row)).map(|(_, entry)| entry.command.clone());
        });
    });
    let elsewhere = !std::mem::take(&mut palette.fresh) && shown.response.clicked_elsewhere();
    if chosen.is_some() || elsewhere || ui.input(|input| input.key_pressed(Key::Escape)) {
        palette.open = false;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_a_command() {
        let best = |query: &str| {
            ["Show Library", "Show Settings", "Light theme", "Open the results folder", "Use Avatar IV"]
                .into_iter()
                .filter_map(|label| fit(query, label).map(|score| (score, label)))
                .max()
                .map(|(_, label)| label)
        };
        assert_eq!(best("lib"), Some("Show Library"));
        assert_eq!(best("set"), Some("Show Settings"));
        assert_eq!(best("lt"), Some("Light theme"));
        assert_eq!(best("results"), Some("Open the results folder"));
        assert_eq!(best("avatar iv"), Some("Use Avatar IV"));
        assert_eq!(best("zz"), None);
    }
}
