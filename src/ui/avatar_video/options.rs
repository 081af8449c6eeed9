//! The row of options under the script: each is a button that says how it stands and opens what it
//! sets, so that the form keeps its height.

use egui::{Color32, Popup, PopupCloseBehavior, Response, RichText, Ui};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::AvatarVideoTab;
use crate::draft::avatar_video::{Background, Expressiveness, OutputFormat, Source};
use crate::draft::{Composition as _, Field, Product};
use crate::ui::model::Model;
use crate::ui::places::Place;
use crate::ui::quoting::Quoted;
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::{self, Button, Segment};
use crate::ui::{Action, icons};

/// Draws the row.
pub fn options_ui(ui: &mut Ui, model: &Model, tab: &mut AvatarVideoTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    ui.add_space(-2.0);
    // Shorter words where the row would not hold them all.
    let narrow = ui.available_width() < 600.0;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = if narrow { 0.0 } else { 2.0 };
        source_ui(ui, tab, narrow, actions);
        background_ui(ui, tab, quoted, actions);
        captions_ui(ui, tab, narrow);
        voice_settings_ui(ui, model, tab, quoted);
        motion_ui(ui, tab);
        output_ui(ui, tab, narrow, quoted);
    });
}

/// What an option of a row sets, under its button.
pub fn popup(response: &Response, width: f32, add: impl FnOnce(&mut Ui)) {
    Popup::from_toggle_button_response(response)
        .width(width)
        .gap(4.0)
        .frame(egui::Frame::popup(&response.ctx.global_style()).inner_margin(14))
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 8.0;
            add(ui);
        });
}

/// A button of the row: amber with its problem, lit while it is set.
pub fn option_button(ui: &mut Ui, label: &str, glyph: &str, set: bool, problem: Option<&str>) -> Response {
    let mut button = Button::quiet(label).icon(if problem.is_some() { icons::WARNING_CIRCLE } else { glyph });
    if set {
        button = button.color(palette(ui).text);
    }
    if problem.is_some() {
        button = button.color(palette(ui).amber);
    }
    let response = ui.add(button);
    match problem {
        Some(problem) => {
            widgets::describe(&response, problem);
            response.on_hover_text(problem)
        }
        None => response,
    }
}

/// The label of the button behind which the title is: the person's own one, so that none names the next video
/// unseen, else `plain`.
pub fn own_title_label(own: &str, plain: &str) -> String {
    const MOST: usize = 18;
    let own = own.trim();
    if own.is_empty() {
        return plain.to_owned();
    }
    let short: String = own.chars().take(MOST).collect();
    let cut = if short.len() < own.len() { "…" } else { "" };
    format!("Title: {}{cut}", short.trim_end())
}

fn source_ui(ui: &mut Ui, tab: &mut AvatarVideoTab, narrow: bool, actions: &mut Vec<Action>) {
    match tab.form.draft.source {
        Source::Script => {
            let words = if narrow { "Use audio" } else { "Use audio instead" };
            if option_button(ui, words, icons::WAVEFORM, false, None).clicked() {
                tab.form.draft.source = Source::Audio;
                if tab.form.draft.audio.is_none() {
                    actions.push(Action::PickFile(Place::new(Product::AvatarVideo, Field::Audio)));
                }
            }
        }
        Source::Audio => {
            if option_button(ui, "Use a script instead", icons::TEXT_AA, false, None).clicked() {
                tab.form.draft.source = Source::Script;
            }
        }
    }
}

fn background_ui(ui: &mut Ui, tab: &mut AvatarVideoTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    let set = tab.form.draft.background != Background::Unchanged;
    // A background is always chosen on purpose, so what is wrong with it is said at once.
    let problem = quoted.problems.iter().find(|problem| problem.field == Field::Background);
    let problem = problem.map(|problem| problem.message.as_str());
    let response = option_button(ui, "Background", icons::IMAGE, set, problem);
    popup(&response, 300.0, |ui| {
        #[derive(Clone, Copy, PartialEq)]
        enum Kind {
            Unchanged,
            Color,
            Picture,
        }
        let mut kind = match tab.form.draft.background {
            Background::Unchanged => Kind::Unchanged,
            Background::Color(_) => Kind::Color,
            Background::Image(_) => Kind::Picture,
        };
        let segments = [
            Segment::new(Kind::Unchanged, "As it is"),
            Segment::new(Kind::Color, "Colour"),
            Segment::new(Kind::Picture, "Picture"),
        ];
        if widgets::segmented(ui, "Background", &segments, &mut kind, Some(300.0)).changed() {
            match kind {
                Kind::Unchanged => tab.form.draft.background = Background::Unchanged,
                Kind::Color => tab.form.draft.background = Background::Color("#1f2a44".to_owned()),
                Kind::Picture => actions.push(Action::PickFile(Place::new(Product::AvatarVideo, Field::Background))),
            }
        }
        match &mut tab.form.draft.background {
            Background::Unchanged => {
                widgets::paragraph(ui, "The background the face came with.", 12.0, palette(ui).dim);
            }
            Background::Color(code) => color_ui(ui, code),
            Background::Image(file) => {
                widgets::words(ui, file.name(), regular(14.0), palette(ui).text);
                if ui.add(Button::secondary("Choose another picture").small()).clicked() {
                    actions.push(Action::PickFile(Place::new(Product::AvatarVideo, Field::Background)));
                }
            }
        }
        widgets::problem_line(ui, problem);
    });
}

fn color_ui(ui: &mut Ui, code: &mut String) {
    ui.horizontal(|ui| {
        let mut color = parse_color(code).unwrap_or([31, 42, 68]);
        let picker = ui.color_edit_button_srgb(&mut color).accessible_name("Background colour");
        if picker.changed() {
            let [red, green, blue] = color;
            *code = format!("#{red:02x}{green:02x}{blue:02x}");
        }
        widgets::text_line(ui, "Colour code", "#1f2a44", code, 120.0);
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for (name, offered) in [
            ("White", "#ffffff"),
            ("Grey", "#d9dce1"),
            ("Black", "#101114"),
            ("Navy", "#1f2a44"),
            ("Green screen", "#00b140"),
            ("Sand", "#e8dfd0"),
        ] {
            let [red, green, blue] = parse_color(offered).unwrap_or_default();
            let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(24.0), egui::Sense::click());
            widgets::name(&response, egui::Role::Button, true, name);
            ui.painter().circle_filled(rect.center(), 10.0, Color32::from_rgb(red, green, blue));
            ui.painter().circle_stroke(rect.center(), 10.0, egui::Stroke::new(1.0, palette(ui).faint));
            widgets::focus_ring(ui, &response, 12);
            if response.on_hover_text(name).clicked() {
                *code = offered.to_owned();
            }
        }
    });
}

fn parse_color(code: &str) -> Option<[u8; 3]> {
    let digits = code.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let byte = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
    Some([byte(0)?, byte(2)?, byte(4)?])
}

fn captions_ui(ui: &mut Ui, tab: &mut AvatarVideoTab, narrow: bool) {
    let on = tab.form.draft.captions;
    let glyph = if on { icons::CLOSED_CAPTIONING } else { icons::PROHIBIT };
    let label = match (narrow, on) {
        (true, _) => "Captions",
        (false, true) => "Captions on",
        (false, false) => "Captions off",
    };
    let color = if on { palette(ui).text } else { palette(ui).dim };
    let response = ui.add(Button::quiet(label).icon(glyph).color(color).named("Captions"));
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Switch, true, on, "Captions"));
    if response.on_hover_text("Also brings an SRT file with what is said and when.").clicked() {
        tab.form.draft.captions = !on;
    }
}

fn voice_settings_ui(ui: &mut Ui, model: &Model, tab: &mut AvatarVideoTab, quoted: &Quoted) {
    let set = tab.form.draft.voice_settings != Default::default();
    let problem = quoted.problems.iter().find(|problem| problem.field == Field::VoiceSettings);
    let response =
        option_button(ui, "Voice", icons::SLIDERS_HORIZONTAL, set, problem.map(|problem| problem.message.as_str()));
    if tab.form.draft.source == Source::Audio {
        let _ = response.on_hover_text("Only for a script: the audio is used as it is.");
        return;
    }
    let id = tab.form.draft.voice_id().map(str::to_owned);
    let voices = model.voices.value.as_ref();
    let voice = tab.form.draft.voice.as_ref().or_else(|| voices?.iter().find(|voice| Some(&voice.id) == id.as_ref()));
    let takes_locale = voice.is_some_and(|voice| voice.supports_locale);
    popup(&response, 280.0, |ui| {
        let settings = &mut tab.form.draft.voice_settings;
        let mut speed = hundredths(settings.speed);
        let mut volume = hundredths(settings.volume);
        let factor = |value: i32| format!("{}×", Decimal::new(i64::from(value), 2).normalize());
        if widgets::slider(ui, "Speed", &mut speed, 50..=150, 280.0, factor).changed() {
            // Steps of 0.05, so that the figure is one a person would say.
            settings.speed = Decimal::new(i64::from((speed + 2) / 5 * 5), 2).normalize();
        }
        widgets::slider(ui, "Pitch", &mut settings.pitch, -50..=50, 280.0, |value| format!("{value:+}"));
        if widgets::slider(ui, "Volume", &mut volume, 0..=100, 280.0, |value| format!("{value} %")).changed() {
            settings.volume = Decimal::new(i64::from(volume), 2).normalize();
        }
        if takes_locale {
            widgets::field_label(ui, "Accent", "", None);
            let mut locale = settings.locale.clone().unwrap_or_default();
            if widgets::text_line(ui, "Accent", "for example en-GB; empty for the voice's own", &mut locale, 280.0)
                .changed()
            {
                settings.locale = (!locale.trim().is_empty()).then(|| locale.trim().to_owned());
            }
        }
        if ui.add(Button::secondary("Reset").small().enabled(set).icon(icons::ARROW_COUNTER_CLOCKWISE)).clicked() {
            *settings = Default::default();
        }
    });
}

fn hundredths(value: Decimal) -> i32 {
    (value * Decimal::ONE_HUNDRED).round().to_i32().unwrap_or(100)
}

fn motion_ui(ui: &mut Ui, tab: &mut AvatarVideoTab) {
    let (motion, expression) = (tab.form.draft.takes_motion_prompt(), tab.form.draft.takes_expressiveness());
    let set = !tab.form.draft.motion_prompt.is_empty() || tab.form.draft.expressiveness.is_some();
    if !motion && !expression {
        let reason =
            "Photo avatars on Avatar IV or V, and video avatars on Avatar V, take a description of the motion.";
        ui.add(Button::quiet("Motion").icon(icons::PERSON_SIMPLE_WALK).refused(Some(reason.to_owned())));
        return;
    }
    let response = option_button(ui, "Motion", icons::PERSON_SIMPLE_WALK, set, None);
    popup(&response, 300.0, |ui| {
        if motion {
            widgets::field_label(ui, "How it moves", "", None);
            let hint = "Nods, and points to the left";
            widgets::text_line(ui, "How it moves", hint, &mut tab.form.draft.motion_prompt, 300.0);
        }
        if expression {
            widgets::field_label(ui, "Expressiveness", "", None);
            let segments = [
                Segment::new(None, "Usual"),
                Segment::new(Some(Expressiveness::Low), "Low"),
                Segment::new(Some(Expressiveness::Medium), "Medium"),
                Segment::new(Some(Expressiveness::High), "High"),
            ];
            widgets::segmented(ui, "Expressiveness", &segments, &mut tab.form.draft.expressiveness, Some(300.0));
        }
    });
}

fn output_ui(ui: &mut Ui, tab: &mut AvatarVideoTab, narrow: bool, quoted: &Quoted) {
    let set = !tab.form.draft.title.is_empty() || tab.form.draft.output_format != OutputFormat::Mp4;
    let problem = quoted.problems.iter().find(|problem| matches!(problem.field, Field::Title | Field::OutputFormat));
    let problem = problem.map(|problem| problem.message.as_str());
    let label = own_title_label(&tab.form.draft.title, if narrow { "Title" } else { "Title and file" });
    let response = option_button(ui, &label, icons::NOTE_PENCIL, set, problem);
    popup(&response, 300.0, |ui| {
        widgets::field_label(ui, "Title", "", problem);
        let hint = tab.form.draft.effective_title();
        widgets::text_line(ui, "Title", &hint, &mut tab.form.draft.title, 300.0);
        widgets::field_label(ui, "File", "", None);
        let segments = [
            Segment::new(OutputFormat::Mp4, "MP4"),
            Segment::new(OutputFormat::Webm, "WebM, transparent").called("WebM, transparent"),
        ];
        widgets::segmented(ui, "File format", &segments, &mut tab.form.draft.output_format, Some(300.0));
        let words = RichText::new("WebM needs a face that can be cut out, and takes no background.");
        ui.label(words.font(regular(12.0)).color(palette(ui).dim));
    });
}
