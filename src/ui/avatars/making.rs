//! The form of a new avatar: what it is made from, its name, and the avatar it joins.

use egui::{Align, Frame, Layout, Margin, Stroke, Ui, vec2};

use super::own::{ConsentWay, OwnAction};
use crate::draft::avatar_creation::{AvatarCreationDraft, Chosen, Origin, PROMPT_LIMIT, REFERENCE_LIMIT};
use crate::draft::own_cast::{Consent, OwnCast, Training};
use crate::draft::{Field, Product};
use crate::jobs::types::{Job, JobState, Progress};
use crate::ui::file_field::{facts, seen_field};
use crate::ui::form::Form;
use crate::ui::model::Model;
use crate::ui::pictures::Pictures;
use crate::ui::places::Place;
use crate::ui::quoting::Quoted;
use crate::ui::theme::{RADIUS_CARD, palette};
use crate::ui::widgets::{self, Button, Segment, SelectItem};
use crate::ui::{Action, format, icons};

const PHOTO: Place = Place::new(Product::AvatarCreation, Field::Look);
const FOOTAGE: Place = Place::new(Product::AvatarCreation, Field::Video);
/// Between fields side by side.
const GAP: f32 = 14.0;

/// Draws the form.
pub fn making_ui(
    ui: &mut Ui,
    model: &Model,
    form: &mut Form<AvatarCreationDraft>,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    consents_ui(ui, model, actions);
    origin_ui(ui, &mut form.draft);
    ui.add_space(4.0);
    // First of all, so that nobody describes somebody for nothing.
    if form.draft.origin == Origin::Prompt && quoted.quote.total.span().is_none() {
        unpriced_ui(ui, &mut form.draft);
        ui.add_space(4.0);
    }
    match form.draft.origin {
        Origin::Photo => {
            let problem = file_problem(form, quoted, Field::Look, form.draft.photo.is_some());
            let width = ui.available_width();
            if seen_field(ui, pictures, ("Photo", PHOTO), form.draft.photo.as_ref(), problem.as_deref(), width, actions)
            {
                form.draft.photo = None;
            }
        }
        Origin::Footage => {
            let problem = file_problem(form, quoted, Field::Video, form.draft.footage.is_some());
            let width = ui.available_width();
            if seen_field(
                ui,
                pictures,
                ("Footage", FOOTAGE),
                form.draft.footage.as_ref(),
                problem.as_deref(),
                width,
                actions,
            ) {
                form.draft.footage = None;
            }
        }
        Origin::Prompt => prompt_ui(ui, model, form, quoted, actions),
    }
    ui.add_space(4.0);
    names_ui(ui, model, form, quoted);
}

/// What is wrong with a file is said at once; that there is none, when it is time.
fn file_problem(form: &Form<AvatarCreationDraft>, quoted: &Quoted, field: Field, filled: bool) -> Option<String> {
    if !filled {
        return form.problem(quoted, field).map(str::to_owned);
    }
    quoted.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.clone())
}

/// The digital twins that wait for the person who is seen.
fn consents_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let waits = |job: &&std::sync::Arc<Job>| {
        job.product == Product::AvatarCreation
            && job.state == JobState::Running
            && job.progress == Progress::NeedsPerson
    };
    for job in model.board.jobs.iter().filter(waits) {
        let Some(look_id) = job.remote_id.clone() else { continue };
        let own = model.own.cast.value.as_deref();
        let consent = own.and_then(|cast| cast.looks().find(|(_, look)| look.id == look_id));
        let consent = consent.map(|(avatar, _)| avatar.consent).unwrap_or_default();
        let palette = palette(ui);
        let line = Stroke::new(1.0, palette.amber);
        let frame = Frame::new().fill(palette.panel).stroke(line).corner_radius(RADIUS_CARD);
        frame.inner_margin(Margin::symmetric(12, 10)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            consent_button_ui(ui, model, &job.title, look_id, actions, |ui| {
                widgets::icon(ui, icons::IDENTIFICATION_CARD, 20.0, palette.amber);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    let (what, more) = consent_words(&job.title, consent);
                    widgets::strong(ui, what);
                    widgets::caption(ui, more);
                });
            });
        });
    }
}

/// What happened, and what is to be done.
fn consent_words(name: &str, consent: Consent) -> (String, &'static str) {
    match consent {
        Consent::Open => {
            (format!("{name} waits for consent"), "The person who is seen agrees on a page in the browser.")
        }
        Consent::Refused => {
            (format!("Consent to {name} was refused"), "Ask once more, or delete the look under Yours.")
        }
        Consent::Expired => {
            (format!("Nobody agreed to {name} in time"), "Open a new page, or delete the look under Yours.")
        }
    }
}

/// A row of what `add` draws and, at its right, the buttons that open the consent page and copy its address.
pub fn consent_button_ui(
    ui: &mut Ui,
    model: &Model,
    name: &str,
    look_id: String,
    actions: &mut Vec<Action>,
    add: impl FnOnce(&mut Ui),
) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 36.0), Layout::right_to_left(Align::Center), |ui| {
        let busy = model.own.busy.contains(&look_id);
        let label = if busy { "Opening…" } else { "Open the consent page" };
        let called = format!("Open the consent page of {name}");
        let button = Button::secondary(label).icon(icons::ARROW_SQUARE_OUT).named(&called).enabled(!busy);
        let way = match (ui.add(button).clicked(), copy_consent_ui(ui, name, busy)) {
            (true, _) => Some(ConsentWay::Browser),
            (false, true) => Some(ConsentWay::Clipboard),
            (false, false) => None,
        };
        if let Some(way) = way {
            actions.push(Action::Own(OwnAction::AskConsent { look_id, way }));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), add);
    });
}

/// The person who is seen often sits somewhere else.
pub fn copy_consent_ui(ui: &mut Ui, name: &str, busy: bool) -> bool {
    let called = format!("Copy the address of the consent page of {name}");
    ui.add_enabled_ui(!busy, |ui| widgets::icon_button(ui, icons::COPY, &called, 28.0).clicked()).inner
}

fn origin_ui(ui: &mut Ui, draft: &mut AvatarCreationDraft) {
    let width = ui.available_width().min(420.0);
    widgets::field(ui, "Made from", None, width, |ui| {
        let segments = [
            Segment::new(Origin::Photo, "A photo"),
            Segment::new(Origin::Footage, "Footage"),
            Segment::new(Origin::Prompt, "A description"),
        ];
        widgets::segmented(ui, "Made from", &segments, &mut draft.origin, Some(width));
    });
    let words = match draft.origin {
        Origin::Photo => "One clear picture of a face that looks at the camera. It becomes a photo avatar.",
        Origin::Footage => {
            "A video of one person who speaks to the camera. It becomes a digital twin, once that person has \
             agreed on a page that opens in the browser."
        }
        Origin::Prompt => "HeyGen draws somebody who does not exist. It becomes a photo avatar.",
    };
    widgets::paragraph(ui, words, 12.0, palette(ui).dim);
}

fn prompt_ui(
    ui: &mut Ui,
    model: &Model,
    form: &mut Form<AvatarCreationDraft>,
    quoted: &Quoted,
    actions: &mut Vec<Action>,
) {
    let problem = form.problem(quoted, Field::Prompt).map(str::to_owned);
    let characters = form.draft.prompt.chars().count();
    let note = format!("{} of {} characters", format::count(characters), format::count(PROMPT_LIMIT));
    widgets::field_label(ui, "Description", &note, problem.as_deref());
    let hint = "A friendly judge in her fifties, grey hair, dark robe, in a bright library";
    let text = &mut form.draft.prompt;
    if widgets::text_area(ui, "Description of the person", hint, text, 96.0, problem.as_deref(), |_| Vec::new())
        .changed()
    {
        form.touch(Field::Prompt);
    }
    references_ui(ui, &mut form.draft, quoted, actions);
    let width = ui.available_width().min(320.0);
    let own: Vec<Chosen> = model.own.cast.value.as_deref().map(ready_looks).unwrap_or_default();
    if own.is_empty() && form.draft.based_on.is_none() {
        return;
    }
    widgets::field(ui, "Starting from a look of yours", None, width, |ui| {
        choice_ui(ui, "Starting from a look of yours", "No look", &own, &mut form.draft.based_on, width);
    });
}

fn ready_looks(cast: &OwnCast) -> Vec<Chosen> {
    let ready = cast.looks().filter(|(_, look)| look.training == Training::Ready);
    ready.map(|(_, look)| Chosen { id: look.id.clone(), name: look.name.clone() }).collect()
}

/// A list of things of the person's own, with none first.
fn choice_ui(ui: &mut Ui, called: &str, none: &str, own: &[Chosen], chosen: &mut Option<Chosen>, width: f32) {
    let shown = chosen.as_ref().map_or(none, |chosen| chosen.name.as_str()).to_owned();
    let current = chosen.as_ref().map(|chosen| chosen.id.clone());
    let picked = widgets::select(ui, called, &shown, None, width, || {
        let first = SelectItem { label: none.to_owned(), selected: current.is_none(), ..SelectItem::default() };
        let each = own.iter().map(|thing| SelectItem {
            label: thing.name.clone(),
            selected: current.as_ref() == Some(&thing.id),
            ..SelectItem::default()
        });
        std::iter::once(first).chain(each).collect()
    });
    if let Some(place) = picked {
        *chosen = place.checked_sub(1).and_then(|place| own.get(place).cloned());
    }
}

fn references_ui(ui: &mut Ui, draft: &mut AvatarCreationDraft, quoted: &Quoted, actions: &mut Vec<Action>) {
    let mut removed = None;
    for (place, file) in draft.references.iter().enumerate() {
        let field = AvatarCreationDraft::reference_field(place);
        let problem = quoted.problems.iter().find(|problem| problem.field == field);
        ui.push_id(("reference", place), |ui| {
            ui.horizontal(|ui| {
                widgets::icon(ui, icons::IMAGE, 18.0, palette(ui).dim);
                let called = format!("Remove the picture {}", file.name());
                if widgets::icon_button(ui, icons::X, &called, 28.0).clicked() {
                    removed = Some(place);
                }
                widgets::body(ui, file.name());
                match problem {
                    Some(problem) => {
                        let words = format!("{} {}", icons::WARNING_CIRCLE, problem.message);
                        let font = crate::ui::theme::regular(12.0);
                        widgets::words(ui, words, font, palette(ui).amber);
                    }
                    None => {
                        widgets::caption(ui, facts(file));
                    }
                }
            });
        });
    }
    if let Some(place) = removed {
        draft.references.remove(place);
    }
    let next = draft.references.len();
    let refusal = (next >= REFERENCE_LIMIT).then(|| format!("{REFERENCE_LIMIT} pictures are the most."));
    let button = Button::secondary("Add a picture").icon(icons::PLUS).small().refused(refusal);
    ui.horizontal(|ui| {
        if ui.add(button.named("Add a picture to the description")).clicked() {
            let field = AvatarCreationDraft::reference_field(next);
            actions.push(Action::PickFile(Place::new(Product::AvatarCreation, field)));
        }
        widgets::caption(ui, "Optional: up to 3 pictures to go by, PNG or JPEG.");
    });
}

fn names_ui(ui: &mut Ui, model: &Model, form: &mut Form<AvatarCreationDraft>, quoted: &Quoted) {
    let width = ((ui.available_width() - GAP) / 2.0).floor();
    let problem = form.problem(quoted, Field::Name).map(str::to_owned);
    let groups: Vec<Chosen> = model.own.cast.value.as_deref().map(groups).unwrap_or_default();
    // One that was deleted meanwhile takes no look.
    let is_known = model.own.cast.value.is_some() && !model.own.cast.loading;
    if is_known && form.draft.group.as_ref().is_some_and(|chosen| groups.iter().all(|group| group.id != chosen.id)) {
        form.draft.group = None;
    }
    ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        widgets::field(ui, "Name", problem.as_deref(), width, |ui| {
            if widgets::text_line(ui, "Name of the avatar", "Daria, in the office", &mut form.draft.name, width)
                .changed()
            {
                form.touch(Field::Name);
            }
        });
        widgets::field(ui, "Belongs to", None, width, |ui| {
            choice_ui(ui, "Avatar it belongs to", "A new avatar", &groups, &mut form.draft.group, width);
        });
    });
}

fn groups(cast: &OwnCast) -> Vec<Chosen> {
    let listed = cast.avatars.iter().filter_map(|avatar| {
        let id = avatar.id.clone()?;
        Some(Chosen { id, name: avatar.name.clone() })
    });
    listed.collect()
}

/// No price is published: said in words, and made only by the person's own word.
fn unpriced_ui(ui: &mut Ui, draft: &mut AvatarCreationDraft) {
    widgets::panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        widgets::toggle(ui, "Make it although nobody publishes what it costs", &mut draft.unpriced_accepted);
        let words = "HeyGen publishes no price for avatars made from a description, so there is no quote. Nothing is \
                     held for it and no cap counts it: what it costs shows only when the wallet is read afterwards.";
        widgets::paragraph(ui, words, 12.0, palette(ui).dim);
    });
}
