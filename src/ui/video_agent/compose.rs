//! What the agent is asked for at first: words, length, shape, voice, style, look and files.

use egui::{Align, Layout, Ui};

use super::{VideoAgentTab, conversations, styles};
use crate::draft::video_agent::{FILES_LIMIT, Orientation, PROMPT_LIMIT};
use crate::draft::{Composition as _, Field, Product, VideoAgentDraft};
use crate::ui::avatar_video::options::{option_button, popup};
use crate::ui::gallery::{self, Cast};
use crate::ui::model::Model;
use crate::ui::pictures::Pictures;
use crate::ui::places::Place;
use crate::ui::prompt::{Prompt, prompt_ui};
use crate::ui::quoting::Quoted;
use crate::ui::references::References;
use crate::ui::theme::CONTROL_HEIGHT;
use crate::ui::widgets::{self, Segment, SelectItem};
use crate::ui::{Action, format, icons, references};

/// A prompt to try things with.
const SAMPLE: &str = "A friendly explainer for new customers of a bicycle workshop: what a yearly inspection covers, \
how long it takes, and how to book one. Calm music, close-ups of hands at work, one sentence on the screen at a time.";

/// Lengths that are offered, in seconds.
pub const LENGTHS: [u32; 11] = [15, 20, 30, 45, 60, 90, 120, 180, 300, 420, 600];

/// Draws the form.
pub fn compose_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut VideoAgentTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    widgets::page_heading(ui, "Video agent", |ui| {
        let segments = [
            Segment::new(false, "Make it").called("Make it at once"),
            Segment::new(true, "Talk first").called("Talk with the agent first"),
        ];
        widgets::segmented(ui, "How the agent works", &segments, &mut tab.form.draft.chat, Some(180.0));
        if conversations::are_there(model) {
            let response = ui.add(widgets::Button::quiet("Conversations").icon(icons::CHAT_CIRCLE_DOTS));
            conversations::list_ui(&response, model, None, actions);
        }
    });
    let prompt = Prompt {
        label: "What the video is about",
        spoken: "Prompt",
        hint: "Who it is for, what they should know afterwards, and what it should look like. Drop files to use.",
        sample: (SAMPLE, "Try a sample prompt"),
        product: Product::VideoAgent,
        limit: PROMPT_LIMIT,
        problem: tab.form.problem(quoted, Field::Prompt),
    };
    if prompt_ui(ui, model, &prompt, &mut tab.form.draft.prompt) {
        tab.form.touch(Field::Prompt);
    }
    choices_ui(ui, model, &mut tab.form.draft);
    ui.add_space(4.0);
    styles::styles_ui(ui, model, (&mut tab.form.draft.style, &mut tab.style_search), pictures, actions);
    ui.add_space(4.0);
    let note = format!("{} of {FILES_LIMIT}", tab.form.draft.files.len());
    let place = Place::new(Product::VideoAgent, Field::Reference(0));
    let show = std::mem::take(&mut tab.show_files);
    let about = References { label: "Files for the agent", note: &note, place, show };
    references::references_ui(ui, &about, &mut tab.form.draft.files, quoted, pictures, actions);
    ui.add_space(4.0);
    let problem = quoted.problems.iter().find(|problem| problem.field == Field::Look);
    let chosen = tab.form.draft.look.as_ref().map_or("The agent chooses who is seen", |look| look.name.as_str());
    widgets::field_label(ui, "Look", chosen, problem.map(|problem| problem.message.as_str()));
    let mut looks: Vec<_> = tab.form.draft.look.take().into_iter().collect();
    let cast = Cast::Looks { chosen: &mut looks, most: 1 };
    gallery::gallery_ui(ui, model, &mut tab.gallery, cast, pictures, actions);
    tab.form.draft.look = looks.into_iter().next();
}

/// Length, shape, voice and the rest, side by side where there is room.
fn choices_ui(ui: &mut Ui, model: &Model, draft: &mut VideoAgentDraft) {
    const GAP: f32 = 14.0;
    let tight = ui.available_width() < 600.0;
    let (length_width, shape_width) = if tight { (104.0, 222.0) } else { (124.0, 250.0) };
    let more_width = 90.0;
    let rest = ui.available_width() - length_width - shape_width - more_width - 3.0 * GAP;
    let voice_width = if rest >= 120.0 { rest } else { ui.available_width() };
    ui.spacing_mut().item_spacing.x = GAP;
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        widgets::field(ui, "Length", None, length_width, |ui| length_ui(ui, draft, length_width));
        widgets::field(ui, "Shape", None, shape_width, |ui| {
            let segments = [
                Segment::new(None, "Any"),
                Segment::new(Some(Orientation::Landscape), "Landscape"),
                Segment::new(Some(Orientation::Portrait), "Portrait"),
            ];
            widgets::segmented(ui, "Shape", &segments, &mut draft.orientation, Some(shape_width));
        });
        widgets::field(ui, "Voice", None, voice_width, |ui| voice_ui(ui, model, draft, voice_width));
        widgets::field(ui, "", None, more_width, |ui| {
            let set = draft.incognito || !draft.title.is_empty() || draft.brand_kit.is_some();
            let response = option_button(ui, "More", icons::SLIDERS_HORIZONTAL, set, None);
            popup(&response, 300.0, |ui| {
                widgets::field_label(ui, "Title", "", None);
                let hint = draft.effective_title();
                widgets::text_line(ui, "Title", &hint, &mut draft.title, 300.0);
                brand_kit_ui(ui, model, draft);
                widgets::toggle(ui, "Keep nothing for later sessions", &mut draft.incognito);
            });
        });
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

/// The brand that is kept to, where the account has any.
fn brand_kit_ui(ui: &mut Ui, model: &Model, draft: &mut VideoAgentDraft) {
    let Some(kits) = model.agent.brand_kits.value.as_ref().filter(|kits| !kits.is_empty()) else { return };
    widgets::field_label(ui, "Brand kit", "", None);
    egui::ScrollArea::vertical().id_salt("brand kits").max_height(5.0 * CONTROL_HEIGHT).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let none = draft.brand_kit.is_none();
        let item = SelectItem { label: "No brand kit".to_owned(), selected: none, ..SelectItem::default() };
        if widgets::row_ui(ui, &item, false, 0.0) {
            draft.brand_kit = None;
        }
        for kit in kits.iter() {
            let selected = draft.brand_kit.as_ref().is_some_and(|chosen| chosen.id == kit.id);
            let item = SelectItem { label: kit.name.clone(), selected, ..SelectItem::default() };
            if widgets::row_ui(ui, &item, false, 0.0) {
                draft.brand_kit = Some(kit.clone());
            }
        }
    });
}

/// The length that is asked for.
pub fn length_ui(ui: &mut Ui, draft: &mut VideoAgentDraft, width: f32) {
    let words = |seconds: u32| match seconds {
        seconds if seconds < 60 => format!("{seconds} s"),
        seconds if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format::duration(rust_decimal::Decimal::from(seconds)),
    };
    let current = draft.seconds;
    let shown = if width < 120.0 { words(current) } else { format!("about {}", words(current)) };
    let chosen = widgets::select(ui, "Length", &shown, None, width, || {
        LENGTHS
            .into_iter()
            .map(|seconds| SelectItem { label: words(seconds), selected: seconds == current, ..SelectItem::default() })
            .collect()
    });
    if let Some(seconds) = chosen.and_then(|place| LENGTHS.get(place)) {
        draft.seconds = *seconds;
    }
}

fn voice_ui(ui: &mut Ui, model: &Model, draft: &mut VideoAgentDraft, width: f32) {
    let voices = model.voices.value.clone().unwrap_or_default();
    let shown = draft.voice.as_ref().map_or_else(|| "Automatic".to_owned(), |voice| voice.name.clone());
    let current = draft.voice.as_ref().map(|voice| voice.id.clone());
    let chosen = widgets::select(ui, "Voice", &shown, None, width, || {
        let any = SelectItem {
            label: "Automatic, the agent chooses".to_owned(),
            selected: current.is_none(),
            ..Default::default()
        };
        let each = voices.iter().map(|voice| SelectItem {
            label: voice.name.clone(),
            detail: voice.language.clone(),
            selected: Some(&voice.id) == current.as_ref(),
            dot: None,
        });
        std::iter::once(any).chain(each).collect()
    });
    if let Some(place) = chosen {
        draft.voice = place.checked_sub(1).and_then(|place| voices.get(place).cloned());
    }
}
