//! The person's own avatars and looks: how their training stands, renaming, deleting.

use egui::{Color32, Key, Layout, Rect, Ui, pos2, vec2};

use super::own::{ConsentWay, OwnAction, OwnKind};
use crate::draft::own_cast::{Consent, OwnAvatar, OwnLook, Training};
use crate::ui::gallery::picture_ui;
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, Pictures};
use crate::ui::theme::{RADIUS_CARD, RADIUS_LARGE, medium, palette, regular, semibold};
use crate::ui::widgets::{self, Button, EmptyState};
use crate::ui::{Action, format, icons};

/// A portrait with what stands under it.
const TILE: egui::Vec2 = vec2(156.0, 262.0);
const PORTRAIT: f32 = 168.0;
const GAP: f32 = 14.0;

/// What this part remembers.
#[derive(Default)]
pub struct Yours {
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
    ui.horizontal(|ui| {
        let color = palette(ui).dim;
        let words = "Looks that are ready stand in the gallery of Avatar video.";
        if ui.add(Button::quiet("Refresh").icon(icons::ARROW_CLOCKWISE).enabled(!cast.loading)).clicked() {
            actions.push(Action::Own(OwnAction::Read));
        }
        if cast.loading {
            widgets::spinner(ui, 16.0, "Reading your avatars");
        }
        widgets::words(ui, words, regular(12.0), color);
    });
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
        Some(cast) => {
            for (place, avatar) in cast.avatars.iter().enumerate() {
                ui.push_id(("avatar", place), |ui| avatar_ui(ui, model, yours, avatar, pictures, actions));
                ui.add_space(8.0);
            }
        }
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

fn avatar_ui(
    ui: &mut Ui,
    model: &Model,
    yours: &mut Yours,
    avatar: &OwnAvatar,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    ui.horizontal(|ui| {
        ui.set_min_height(30.0);
        widgets::strong(ui, avatar.name.as_str());
        widgets::caption(ui, format::counted(avatar.looks.len(), "look", "looks"));
        if let Some(id) = &avatar.id {
            let busy = model.own.busy.contains(id);
            let called = format!("Delete the avatar {}", avatar.name);
            let button = Button::quiet(if busy { "Deleting…" } else { "Delete" }).icon(icons::TRASH).small();
            if ui.add(button.named(&called).enabled(!busy)).clicked() {
                let names: Vec<&str> = avatar.looks.iter().map(|look| look.name.as_str()).collect();
                let with = if names.is_empty() { String::new() } else { format!(" with its looks {}", names.join(", ")) };
                yours.asking = Some(Asking {
                    kind: OwnKind::Avatar,
                    id: id.clone(),
                    name: avatar.name.clone(),
                    lost: format!(
                        "HeyGen deletes {}{with}. Videos that were made with it stay; new ones cannot be made. What was \
                         paid for it is not given back, and it cannot be undone.",
                        avatar.name
                    ),
                });
            }
            fault_ui(ui, model, id);
        }
    });
    ui.with_layout(Layout::left_to_right(egui::Align::TOP).with_main_wrap(true), |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for look in &avatar.looks {
            ui.push_id(&look.id, |ui| look_ui(ui, model, yours, (look, avatar.consent), pictures, actions));
        }
    });
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
    let layout = Layout::top_down(egui::Align::LEFT);
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
                     paid for it is not given back, and it cannot be undone. With its last look an avatar goes too.",
                    look.name
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
