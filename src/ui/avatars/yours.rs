//! The person's own avatars and looks: how their training stands, renaming, deleting.

use std::sync::Arc;

use egui::{Align, Color32, Key, Layout, Rect, Ui, pos2, vec2};

use super::making::copy_consent_ui;
use super::own::{ConsentWay, OwnAction, OwnKind};
use crate::draft::Look;
use crate::draft::own_cast::{Consent, OwnAvatar, OwnCast, OwnLook, Training};
use crate::jobs::types::Job;
use crate::ui::gallery::picture_ui;
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, Pictures};
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS_CARD, RADIUS_LARGE, medium, palette, regular, semibold};
use crate::ui::widgets::{self, Button, EmptyState};
use crate::ui::{Action, format, icons};

/// A portrait with what stands under it.
const TILE: egui::Vec2 = vec2(156.0, 262.0);
const PORTRAIT: f32 = 168.0;
const GAP: f32 = 14.0;
/// Between two avatars side by side.
const BETWEEN: f32 = 28.0;

/// What this part remembers.
#[derive(Default)]
pub struct Yours {
    /// The look that was chosen for a video just now.
    pub to_use: Option<Look>,
    search: String,
    renaming: Option<Renaming>,
    asking: Option<Asking>,
}

/// A look that is being named anew.
struct Renaming {
    id: String,
    name: String,
    /// The field has been given the keyboard.
    focused: bool,
}

/// What is to be deleted once the person says so again.
pub struct Asking {
    pub kind: OwnKind,
    pub id: String,
    pub name: String,
    /// What is lost with it.
    pub lost: String,
}

/// Draws avatars with their looks, newest first.
pub fn yours_ui(ui: &mut Ui, model: &Model, yours: &mut Yours, pictures: &mut Pictures, actions: &mut Vec<Action>) {
    let cast = &model.own.cast;
    bar_ui(ui, model, yours, actions);
    if let Some(fault) = &cast.fault {
        widgets::paragraph(ui, format!("{} {fault}", icons::WARNING_CIRCLE), 12.0, palette(ui).amber);
    }
    match &cast.value {
        Some(cast) if cast.avatars.is_empty() => {
            let state = EmptyState {
                icon: icons::USERS_THREE,
                title: "No avatar of your own yet",
                sentence: "Make one from a photo, from footage or from a description: New avatar, above.",
                button: None,
            };
            widgets::empty_state(ui, &state);
        }
        Some(cast) => cast_ui(ui, model, yours, cast, pictures, actions),
        None if cast.fault.is_none() => {
            widgets::caption(ui, "Reading your avatars…");
        }
        None => {}
    }
    if let Some(asking) = &yours.asking
        && let Some(confirmed) = ask_ui(ui, asking)
    {
        if confirmed {
            actions.push(Action::Own(OwnAction::Delete { kind: asking.kind, id: asking.id.clone() }));
        }
        yours.asking = None;
    }
}

fn bar_ui(ui: &mut Ui, model: &Model, yours: &mut Yours, actions: &mut Vec<Action>) {
    let cast = &model.own.cast;
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL_HEIGHT);
        let color = palette(ui).dim;
        if ui.add(Button::quiet("Refresh").icon(icons::ARROW_CLOCKWISE).enabled(!cast.loading)).clicked() {
            actions.push(Action::Own(OwnAction::Read));
        }
        if cast.loading {
            widgets::spinner(ui, 16.0, "Reading your avatars");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let looks = cast.value.as_ref().map_or(0, |cast| cast.looks().count());
            let hint = format!("Search {}", format::counted(looks, "look", "looks"));
            widgets::search_field(ui, "Search your avatars", &hint, &mut yours.search, 220.0);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = "Looks that are ready stand first in every gallery.";
                widgets::words(ui, words, regular(12.0), color);
            });
        });
    });
}

/// The avatars that the search finds, as many side by side as fit.
fn cast_ui(
    ui: &mut Ui,
    model: &Model,
    yours: &mut Yours,
    cast: &OwnCast,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let wanted = yours.search.trim().to_lowercase();
    let found: Vec<Found<'_>> = cast.avatars.iter().filter_map(|avatar| Found::in_avatar(avatar, &wanted)).collect();
    if found.is_empty() {
        widgets::dim(ui, "No avatar and no look fits. Try another word.");
        return;
    }
    let room = ui.available_width();
    let mut left = found.as_slice();
    while let Some(row) = first_row(left, room) {
        let (now, later) = left.split_at(row);
        left = later;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = BETWEEN;
            for found in now {
                let size = vec2(found.width(room), 0.0);
                ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
                    ui.set_width(size.x);
                    let id = found.avatar.id.as_deref().unwrap_or("others");
                    ui.push_id(("avatar", id), |ui| avatar_ui(ui, model, yours, found, pictures, actions));
                });
            }
        });
        ui.add_space(8.0);
    }
}

/// An avatar with those of its looks that are to be shown.
struct Found<'a> {
    avatar: &'a OwnAvatar,
    looks: Vec<&'a OwnLook>,
}

impl<'a> Found<'a> {
    /// All looks where the avatar's name has the words, otherwise those that have them.
    fn in_avatar(avatar: &'a OwnAvatar, wanted: &str) -> Option<Self> {
        let all = avatar.name.to_lowercase().contains(wanted);
        let fits = |look: &&OwnLook| {
            let kind = look.avatar_type.map_or("", |kind| kind.name());
            let words = format!("{} {kind} {}", look.name, look.training.short_name()).to_lowercase();
            all || words.contains(wanted)
        };
        let looks: Vec<&OwnLook> = avatar.looks.iter().filter(fits).collect();
        (all || !looks.is_empty()).then_some(Self { avatar, looks })
    }

    /// As wide as its looks side by side, or as the page.
    fn width(&self, room: f32) -> f32 {
        let mut width = TILE.x;
        for _ in 1..self.looks.len() {
            if width + GAP + TILE.x > room {
                return room;
            }
            width += GAP + TILE.x;
        }
        width
    }
}

/// How many avatars stand in the next row; `None` once there are none left.
fn first_row(found: &[Found<'_>], room: f32) -> Option<usize> {
    let mut used = found.first()?.width(room);
    let mut row = 1;
    for next in found.iter().skip(1) {
        used += BETWEEN + next.width(room);
        if used > room {
            break;
        }
        row += 1;
    }
    Some(row)
}

fn avatar_ui(
    ui: &mut Ui,
    model: &Model,
    yours: &mut Yours,
    found: &Found<'_>,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let avatar = found.avatar;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 30.0), Layout::right_to_left(Align::Center), |ui| {
        if let Some(id) = &avatar.id {
            if model.own.busy.contains(id) {
                widgets::spinner(ui, 16.0, &format!("Deleting {}", avatar.name));
            } else if widgets::icon_button(ui, icons::TRASH, &format!("Delete the avatar {}", avatar.name), 28.0)
                .clicked()
            {
                yours.asking = Some(asking_for_avatar(model, avatar, id));
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::strong(ui, avatar.name.as_str());
            if avatar.looks.len() != 1 {
                widgets::caption(ui, format::counted(avatar.looks.len(), "look", "looks"));
            }
        });
    });
    if let Some(id) = &avatar.id {
        fault_ui(ui, model, id);
    }
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for look in &found.looks {
            ui.push_id(&look.id, |ui| look_ui(ui, model, yours, (look, avatar.consent), pictures, actions));
        }
    });
}

fn asking_for_avatar(model: &Model, avatar: &OwnAvatar, id: &str) -> Asking {
    let names: Vec<&str> = avatar.looks.iter().map(|look| look.name.as_str()).collect();
    let with = if names.is_empty() { String::new() } else { format!(" with its looks {}", names.join(", ")) };
    let used = used_words(model, &avatar.looks);
    Asking {
        kind: OwnKind::Avatar,
        id: id.to_owned(),
        name: avatar.name.clone(),
        lost: format!(
            "HeyGen deletes {}{with}. Videos that were made with it stay; new ones cannot be made. What was paid for it \
             is not given back, and it cannot be undone.{used}",
            avatar.name
        ),
    }
}

/// Jobs that are not done with these looks yet; empty where there are none.
fn used_words(model: &Model, looks: &[OwnLook]) -> String {
    let uses = |job: &&Arc<Job>| {
        !job.state.is_final() && looks.iter().any(|look| job.draft.contains(&format!("\"{}\"", look.id)))
    };
    match model.board.jobs.iter().filter(uses).count() {
        0 => String::new(),
        1 => " A job at work uses it and may fail.".to_owned(),
        jobs => format!(" {} jobs at work use it and may fail.", format::count(jobs)),
    }
}

fn fault_ui(ui: &mut Ui, model: &Model, id: &str) {
    if let Some((of, words)) = &model.own.fault
        && of == id
    {
        let color = palette(ui).amber;
        let words = format!("{} {words}", icons::WARNING_CIRCLE);
        widgets::words(ui, words.as_str(), regular(12.0), color).on_hover_text(words);
    }
}

fn look_ui(
    ui: &mut Ui,
    model: &Model,
    yours: &mut Yours,
    (look, consent): (&OwnLook, Consent),
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let (tile, _) = ui.allocate_exact_size(TILE, egui::Sense::hover());
    let portrait = Rect::from_min_size(tile.min, vec2(TILE.x, PORTRAIT));
    let source = look.preview_image_url.clone().map(PictureSource::Url);
    let tint = if look.training == Training::Ready { Color32::WHITE } else { Color32::WHITE.gamma_multiply(0.5) };
    picture_ui(ui, pictures, source.as_ref(), portrait, RADIUS_CARD, tint);
    let rest = Rect::from_min_max(pos2(tile.left(), portrait.bottom() + 6.0), tile.max);
    let layout = Layout::top_down(Align::LEFT);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rest).layout(layout).id_salt("under"));
    let ui = &mut child;
    ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
    let busy = model.own.busy.contains(&look.id);
    if yours.renaming.as_ref().is_some_and(|renaming| renaming.id == look.id) {
        rename_ui(ui, yours, actions);
        return;
    }
    widgets::words(ui, look.name.as_str(), medium(14.0), palette.text).on_hover_text(&look.name);
    let kind = look.avatar_type.map_or("look", |kind| kind.name());
    let (words, color) = match &look.training {
        Training::Ready => (kind.to_owned(), palette.dim),
        Training::Running => (format!("{kind} · in training"), palette.blue),
        Training::PendingConsent => (consent.words().to_owned(), palette.amber),
        Training::Failed(why) => match why.as_deref().filter(|why| !why.is_empty()) {
            Some(why) => (format!("failed: {why}"), palette.amber),
            None => ("training failed".to_owned(), palette.amber),
        },
    };
    widgets::words(ui, words.as_str(), regular(12.0), color).on_hover_text(&words);
    if look.training == Training::PendingConsent && !busy {
        let called = format!("Open the consent page of {}", look.name);
        if widgets::link(ui, "Open the consent page", &called).clicked() {
            actions.push(Action::Own(OwnAction::AskConsent { look_id: look.id.clone(), way: ConsentWay::Browser }));
        }
    }
    ui.horizontal(|ui| {
        if busy {
            widgets::spinner(ui, 16.0, &format!("Changing {}", look.name));
            return;
        }
        if look.training == Training::PendingConsent && copy_consent_ui(ui, &look.name, busy) {
            let look_id = look.id.clone();
            actions.push(Action::Own(OwnAction::AskConsent { look_id, way: ConsentWay::Clipboard }));
        }
        if look.training == Training::Ready
            && widgets::icon_button(ui, icons::VIDEO_CAMERA, &format!("Make a video with {}", look.name), 28.0)
                .clicked()
        {
            let looks = model.looks.value.iter().flat_map(|looks| looks.iter());
            yours.to_use = looks.into_iter().find(|other| other.id == look.id).cloned();
        }
        if widgets::icon_button(ui, icons::PENCIL_SIMPLE, &format!("Rename {}", look.name), 28.0).clicked() {
            yours.renaming = Some(Renaming { id: look.id.clone(), name: look.name.clone(), focused: false });
        }
        if widgets::icon_button(ui, icons::TRASH, &format!("Delete the look {}", look.name), 28.0).clicked() {
            yours.asking = Some(Asking {
                kind: OwnKind::Look,
                id: look.id.clone(),
                name: look.name.clone(),
                lost: format!(
                    "HeyGen deletes the look {}. Videos that were made with it stay; new ones cannot be made. What was \
                     paid for it is not given back, and it cannot be undone. With its last look an avatar goes too.{}",
                    look.name,
                    used_words(model, std::slice::from_ref(look))
                ),
            });
        }
    });
    fault_ui(ui, model, &look.id);
}

fn rename_ui(ui: &mut Ui, yours: &mut Yours, actions: &mut Vec<Action>) {
    let Some(renaming) = &mut yours.renaming else { return };
    let mut done = None;
    let field = widgets::text_line(ui, "New name of the look", "Name", &mut renaming.name, TILE.x);
    if !std::mem::replace(&mut renaming.focused, true) {
        field.request_focus();
    }
    let named = !renaming.name.trim().is_empty();
    if field.lost_focus() && named && ui.input(|input| input.key_pressed(Key::Enter)) {
        done = Some(true);
    }
    ui.horizontal(|ui| {
        let refusal = (!named).then(|| "A name says something.".to_owned());
        if ui.add(Button::secondary("Save").small().named("Save the new name").refused(refusal)).clicked() {
            done = Some(true);
        }
        if ui.add(Button::quiet("Cancel").small()).clicked() || ui.input(|input| input.key_pressed(Key::Escape)) {
            done = Some(false);
        }
    });
    if let Some(keep) = done
        && let Some(renaming) = yours.renaming.take()
        && keep
    {
        let name = renaming.name.trim().to_owned();
        actions.push(Action::Own(OwnAction::RenameLook { id: renaming.id, name }));
    }
}

/// The second question before something is deleted; true when it was answered with yes.
pub fn ask_ui(ui: &Ui, asking: &Asking) -> Option<bool> {
    let palette = palette(ui);
    let mut answer = None;
    let frame = egui::Frame::popup(ui.style()).inner_margin(20).corner_radius(RADIUS_LARGE);
    let modal = egui::Modal::new(egui::Id::unique("delete own")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        widgets::words(ui, format!("Delete {}?", asking.name), semibold(16.0), palette.text);
        widgets::paragraph(ui, asking.lost.as_str(), 14.0, palette.dim);
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let what = match asking.kind {
                OwnKind::Look => "Delete the look",
                OwnKind::Avatar => "Delete the avatar",
                OwnKind::Voice => "Delete the voice",
            };
            let called = format!("{what} for good");
            if ui.add(Button::secondary(what).icon(icons::TRASH).named(&called).color(palette.amber)).clicked() {
                answer = Some(true);
            }
            if ui.add(Button::quiet("Keep it")).clicked() {
                answer = Some(false);
            }
        });
    });
    if modal.should_close() && answer.is_none() {
        answer = Some(false);
    }
    answer
}
