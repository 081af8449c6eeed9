//! Messages: good news in the header for some seconds, all else in bars under it until it is closed. Neither
//! covers what can be pressed.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Align, Layout, Rect, Role, Sense, Ui, UiBuilder, vec2};

use super::bars::Bars;
use super::model::{Model, Notice, Tone};
use super::theme::{RADIUS, palette, regular};
use super::widgets::{self, Button, NoticeAnswer};
use super::{Action, format, icons};

/// Seconds that good news stays.
const STAYS: f64 = 6.0;
/// Bars that are shown at once; the newest come first.
const MOST_BARS: usize = 2;
/// Width below which good news does not stand in the header.
const LEAST_WIDTH: f32 = 250.0;
/// Wider than that a line is not read at a glance.
const MOST_WIDTH: f32 = 460.0;
/// What leads to where something was saved.
const OPEN: &str = "Open folder";

/// What the window remembers of messages.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    closed: BTreeSet<u64>,
    /// Seconds that good news still stays.
    left: BTreeMap<u64, f64>,
    /// Seconds of the window's own time at the last frame.
    last: f64,
    /// The pointer or the keyboard is on the good news: it waits.
    is_held: bool,
    /// Good news found room in the header.
    in_header: bool,
}

impl Notices {
    /// Lets good news go that was there long enough. Once a frame, first.
    pub fn pass(&mut self, ui: &Ui, model: &Model, actions: &mut Vec<Action>) {
        let now = ui.input(|input| input.time);
        let passed = if self.is_held { 0.0 } else { now - self.last };
        self.last = now;
        self.is_held = false;
        self.in_header = false;
        self.closed.retain(|id| model.notices.iter().any(|notice| notice.id == *id));
        self.left.retain(|id, _| model.notices.iter().any(|notice| notice.id == *id));
        for notice in model.notices.iter().filter(|notice| notice.tone == Tone::Good) {
            let left = self.left.entry(notice.id).and_modify(|left| *left -= passed).or_insert(STAYS);
            if *left > 0.0 {
                ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left.max(0.05)));
            } else if self.closed.insert(notice.id) {
                actions.push(Action::ForgetNotice(notice.id));
            }
        }
    }

    fn close(&mut self, id: u64, actions: &mut Vec<Action>) {
        if self.closed.insert(id) {
            actions.push(Action::ForgetNotice(id));
        }
    }

    fn close_good(&mut self, model: &Model, actions: &mut Vec<Action>) {
        for notice in model.notices.iter().filter(|notice| notice.tone == Tone::Good) {
            self.close(notice.id, actions);
        }
    }

    /// The newest good news, while it stays.
    fn good<'a>(&self, model: &'a Model) -> Option<&'a Notice> {
        let open = |notice: &&Notice| notice.tone == Tone::Good && !self.closed.contains(&notice.id);
        model.notices.iter().rev().find(open)
    }
}

/// Good news at the right of the room that the header has left over.
pub fn header_ui(ui: &mut Ui, room: Rect, model: &Model, notices: &mut Notices, actions: &mut Vec<Action>) {
    let Some(notice) = notices.good(model) else { return };
    if room.width() < LEAST_WIDTH {
        return;
    }
    notices.in_header = true;
    let palette = palette(ui);
    let buttons = if notice.at.is_some() { 104.0 } else { 0.0 } + 28.0;
    let wide = ui.painter().layout_no_wrap(words(notice), regular(14.0), palette.text).size().x;
    let width = (wide + buttons + 56.0).min(MOST_WIDTH).min(room.width());
    let rect = Rect::from_min_max(egui::pos2(room.right() - width, room.top()), room.max);
    let hovered = ui.interact(rect, ui.scope_id().with("good news"), Sense::hover());
    ui.painter().rect_filled(rect, RADIUS, palette.raised);
    let inside = rect.shrink2(vec2(8.0, 2.0));
    let layout = Layout::right_to_left(Align::Center);
    let mut row = ui.new_child(UiBuilder::new().max_rect(inside).layout(layout).id_salt("good news"));
    row.spacing_mut().item_spacing.x = 6.0;
    let close = widgets::icon_button(&mut row, icons::X, "Close this message", 24.0);
    let mut is_focused = close.has_focus();
    if close.clicked() {
        notices.close_good(model, actions);
    }
    if let Some(at) = &notice.at {
        let open = row.add(Button::secondary(OPEN).small());
        is_focused |= open.has_focus();
        if open.clicked() {
            actions.push(Action::ShowInFolder(at.clone()));
        }
    }
    row.with_layout(Layout::left_to_right(Align::Center), |ui| {
        widgets::icon(ui, icons::CHECK_CIRCLE, 17.0, palette.green);
        let said = widgets::words(ui, words(notice), regular(14.0), palette.text);
        ui.ctx().accesskit_node_builder(said.id, |node| node.set_role(Role::Status));
        said.on_hover_text(words(notice));
    });
    notices.is_held = is_focused || hovered.contains_pointer();
}

/// All else, as bars under the header, and good news where the header has no room for it.
pub fn bars_ui(ui: &mut Ui, model: &Model, bars: &mut Bars, actions: &mut Vec<Action>) {
    if let Some((what, more)) = refused_words(&bars.refused_files)
        && widgets::message_bar(ui, Tone::Warning, &what, &more, &[]).is_some()
    {
        bars.refused_files.clear();
    }
    if let Some((address, copied)) = &mut bars.not_opened {
        let label = if *copied { "Copied" } else { "Copy the address" };
        match widgets::message_bar(ui, Tone::Warning, "No browser opened this page.", address, &[label]) {
            Some(NoticeAnswer::Button(_)) => {
                *copied = true;
                actions.push(Action::CopyText(address.clone()));
            }
            Some(NoticeAnswer::Closed) => bars.not_opened = None,
            None => {}
        }
    }
    let notices = &mut bars.notices;
    if let Some(notice) = notices.good(model).filter(|_| !notices.in_header) {
        let (answer, is_pointed) = bar_ui(ui, notice, 0);
        notices.is_held = is_pointed;
        match answer {
            Some(NoticeAnswer::Button(_)) => actions.extend(notice.at.clone().map(Action::ShowInFolder)),
            Some(NoticeAnswer::Closed) => notices.close_good(model, actions),
            None => {}
        }
    }
    let open = |notice: &&Notice| notice.tone != Tone::Good && !notices.closed.contains(&notice.id);
    let open: Vec<&Notice> = model.notices.iter().rev().filter(open).collect();
    let hidden = open.len().saturating_sub(MOST_BARS);
    for (place, notice) in open.into_iter().take(MOST_BARS).enumerate() {
        let behind = if place + 1 == MOST_BARS { hidden } else { 0 };
        match bar_ui(ui, notice, behind).0 {
            Some(NoticeAnswer::Button(_)) => actions.extend(notice.at.clone().map(Action::ShowInFolder)),
            Some(NoticeAnswer::Closed) => notices.close(notice.id, actions),
            None => {}
        }
    }
}

/// A message as a bar, with how many wait `behind` it: what was done with it, and whether the pointer is on it.
fn bar_ui(ui: &mut Ui, notice: &Notice, behind: usize) -> (Option<NoticeAnswer>, bool) {
    let buttons: &[&str] = if notice.at.is_some() { &[OPEN] } else { &[] };
    let more = match behind {
        0 => notice.more.clone(),
        behind => {
            let waiting = format::counted(behind, "older message", "older messages");
            format!("{} ({waiting} behind this one.)", notice.more).trim_start().to_owned()
        }
    };
    let bar = |ui: &mut Ui| widgets::message_bar(ui, notice.tone, &notice.what, &more, buttons);
    let shown = ui.push_id(("notice", notice.id), bar);
    (shown.inner, ui.rect_contains_pointer(shown.response.rect))
}

/// What is said of the files that were not taken.
fn refused_words(refused: &[String]) -> Option<(String, String)> {
    /// Each is a line or two of a bar.
    const SHOWN: usize = 4;
    match refused {
        [] => None,
        [only] => Some(("This file was not taken.".to_owned(), only.clone())),
        several => {
            let mut more: Vec<String> = several.iter().take(SHOWN).cloned().collect();
            if several.len() > SHOWN {
                more.push(format!("And {} more.", several.len() - SHOWN));
            }
            Some((format!("{} files were not taken.", several.len()), more.join("\n")))
        }
    }
}

fn words(notice: &Notice) -> String {
    if notice.more.is_empty() { notice.what.clone() } else { format!("{} {}", notice.what, notice.more) }
}
