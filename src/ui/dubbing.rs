//! What the Translate and the Lipsync tab have in common: options of the result.

use egui::{Role, Ui, WidgetInfo};

use super::avatar_video::{option_button, own_title_label, popup};
use super::icons;
use super::theme::palette;
use super::widgets::{self, Button, Segment};
use crate::draft::translation::FrameTiming;

/// Width of what an option opens.
const WIDTH: f32 = 300.0;

/// The options of either draft.
pub struct Options<'a> {
    pub title: &'a mut String,
    /// The title it would get without one.
    pub title_hint: String,
    pub title_problem: Option<&'a str>,
    pub captions: &'a mut bool,
    pub keep_music: &'a mut bool,
    pub enhance_speech: &'a mut bool,
    /// Only translations speak with a voice of their own.
    pub stock_voice: Option<&'a mut bool>,
    pub dynamic_duration: &'a mut bool,
    /// What a dynamic length means here.
    pub dynamic_words: &'a str,
    pub keep_format: &'a mut bool,
    pub frame_timing: &'a mut Option<FrameTiming>,
    pub watermark: &'a mut bool,
}

/// Draws them as buttons of a row.
pub fn options_ui(ui: &mut Ui, mut options: Options<'_>) {
    captions_ui(ui, options.captions);
    sound_ui(ui, &mut options);
    length_ui(ui, &mut options);
    title_ui(ui, &mut options);
}

fn captions_ui(ui: &mut Ui, on: &mut bool) {
    let glyph = if *on { icons::CLOSED_CAPTIONING } else { icons::PROHIBIT };
    let label = if *on { "Captions on" } else { "Captions off" };
    let color = if *on { palette(ui).text } else { palette(ui).dim };
    let response = ui.add(Button::quiet(label).icon(glyph).color(color).named("Captions"));
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, *on, "Captions"));
    if response.on_hover_text("Also brings subtitle files with what is said and when.").clicked() {
        *on = !*on;
    }
}

fn sound_ui(ui: &mut Ui, options: &mut Options<'_>) {
    let stock = options.stock_voice.as_deref().copied().unwrap_or_default();
    let set = !*options.keep_music || *options.enhance_speech || stock;
    let response = option_button(ui, "Sound", icons::MUSIC_NOTES, set, None);
    popup(&response, WIDTH, |ui| {
        widgets::toggle(ui, "Keep the music", options.keep_music);
        widgets::toggle(ui, "Make the speech clearer", options.enhance_speech);
        if let Some(stock_voice) = options.stock_voice.as_deref_mut() {
            widgets::toggle(ui, "A stock voice, not the speaker's", stock_voice);
        }
    });
}

fn length_ui(ui: &mut Ui, options: &mut Options<'_>) {
    let set = !*options.dynamic_duration || *options.keep_format || options.frame_timing.is_some();
    let response = option_button(ui, "Length and format", icons::FILM_STRIP, set, None);
    popup(&response, WIDTH, |ui| {
        widgets::toggle(ui, "Dynamic length", options.dynamic_duration);
        widgets::paragraph(ui, options.dynamic_words, 12.0, palette(ui).dim);
        widgets::toggle(ui, "Keep the source's format", options.keep_format);
        widgets::field_label(ui, "Frame rate", "", None);
        let mut segments = vec![Segment::new(None, "Usual")];
        segments.extend(FrameTiming::ALL.map(|timing| {
            let label = if timing == FrameTiming::Passthrough { "Source" } else { timing.name() };
            Segment::new(Some(timing), label).called(timing.name())
        }));
        widgets::segmented(ui, "Frame rate", &segments, options.frame_timing, Some(WIDTH));
    });
}

fn title_ui(ui: &mut Ui, options: &mut Options<'_>) {
    let set = !options.title.is_empty() || *options.watermark;
    let label = own_title_label(options.title, "Title");
    let response = option_button(ui, &label, icons::NOTE_PENCIL, set, options.title_problem);
    popup(&response, WIDTH, |ui| {
        widgets::field_label(ui, "Title", "", options.title_problem);
        widgets::text_line(ui, "Title", &options.title_hint, options.title, WIDTH);
        widgets::toggle(ui, "HeyGen's watermark in the picture", options.watermark);
    });
}
