//! How it is rendered: size, frame rate, shape, quality, file, title.

use egui::{Align, Layout, Ui};
use rust_decimal::prelude::ToPrimitive as _;

use super::HyperFramesTab;
use crate::draft::hyperframes::{Container, FPS_LIMIT, PRICED_RATES, Quality};
use crate::draft::{AspectRatio, Composition as _, Field, Resolution};
use crate::typed;
use crate::ui::quoting::Quoted;
use crate::ui::widgets::{self, Segment};

/// Draws the fields, side by side as far as there is room.
pub fn options_ui(ui: &mut Ui, tab: &mut HyperFramesTab, quoted: &Quoted) {
    const GAP: f32 = 14.0;
    let problem = |tab: &HyperFramesTab, field| tab.form.problem(quoted, field).map(str::to_owned);
    ui.spacing_mut().item_spacing.x = GAP;
    let whole = ui.available_width();
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        widgets::field(ui, "Resolution", None, 124.0, |ui| {
            let segments = [Resolution::P1080, Resolution::K4].map(|size| Segment::new(size, size.name()));
            widgets::segmented(ui, "Resolution", &segments, &mut tab.form.draft.resolution, Some(124.0));
        });
        let rate_problem = problem(tab, Field::FrameRate);
        widgets::field(ui, "Frame rate", rate_problem.as_deref(), 216.0, |ui| rate_ui(ui, tab));
        let shape_problem = problem(tab, Field::Shape);
        widgets::field(ui, "Shape", shape_problem.as_deref(), 170.0, |ui| {
            let segments = [AspectRatio::Wide, AspectRatio::Tall, AspectRatio::Square]
                .map(|shape| Segment::new(Some(shape), shape.word()));
            let mut shape = tab.form.draft.sent_shape();
            if widgets::segmented(ui, "Shape", &segments, &mut shape, Some(170.0)).changed() {
                let own = tab.form.draft.page().and_then(crate::draft::hyperframes::Page::shape);
                tab.form.draft.shape = shape.filter(|_| shape != own);
                tab.form.touch(Field::Shape);
            }
        });
        widgets::field(ui, "Quality", None, 226.0, |ui| {
            let segments = Quality::ALL.map(|quality| {
                let (label, called) = match quality {
                    Quality::Draft => ("Draft", "Draft: fast, for a look at it"),
                    Quality::Standard => ("Standard", "Standard"),
                    Quality::High => ("High", "High: for the final film"),
                };
                Segment::new(quality, label).called(called)
            });
            widgets::segmented(ui, "Quality", &segments, &mut tab.form.draft.quality, Some(226.0));
        });
        widgets::field(ui, "File", None, 190.0, |ui| {
            let segments = Container::ALL.map(|container| {
                let label = match container {
                    Container::Mp4 => "MP4",
                    Container::Webm => "WebM",
                    Container::Mov => "MOV",
                };
                Segment::new(container, label)
            });
            widgets::segmented(ui, "File", &segments, &mut tab.form.draft.container, Some(190.0));
        });
        let title_problem = problem(tab, Field::Title);
        // Beside the two before it, or on a line of its own.
        let rest = whole - 190.0 - 226.0 - 2.0 * GAP - 1.0;
        let width = if rest >= 130.0 { rest } else { whole };
        widgets::field(ui, "Video title", title_problem.as_deref(), width, |ui| {
            let hint = tab.form.draft.effective_title();
            if widgets::text_line(ui, "Video title", &hint, &mut tab.form.draft.title, width).changed() {
                tab.form.touch(Field::Title);
            }
        });
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

/// The two usual rates, and a field for any other.
fn rate_ui(ui: &mut Ui, tab: &mut HyperFramesTab) {
    const OTHER: u32 = 0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let fps = tab.form.draft.fps;
        let is_usual = PRICED_RATES.contains(&fps);
        if tab.typed_rate.as_ref().is_some_and(|typed| whole(typed) != fps) {
            // It was chosen elsewhere: on the receipt, or with another draft.
            tab.typed_rate = None;
        }
        let mut shown = if is_usual && tab.typed_rate.is_none() { fps } else { OTHER };
        let segments =
            [Segment::new(30, "30"), Segment::new(60, "60"), Segment::new(OTHER, "Other").called("Another frame rate")];
        if widgets::segmented(ui, "Frame rate", &segments, &mut shown, Some(146.0)).changed() {
            if shown == OTHER {
                tab.typed_rate = Some(fps.to_string());
            } else {
                tab.typed_rate = None;
                tab.form.draft.fps = shown;
            }
            tab.form.touch(Field::FrameRate);
        }
        if shown == OTHER {
            let mut typed = tab.typed_rate.clone().unwrap_or_else(|| fps.to_string());
            let field = widgets::text_line(ui, "Frames a second", "25", &mut typed, 64.0);
            if field.changed() {
                tab.form.draft.fps = whole(&typed);
                tab.form.touch(Field::FrameRate);
                tab.typed_rate = Some(typed);
            }
            let _ = field.on_hover_text(format!("1 to {FPS_LIMIT}. Only 30 and 60 have a published price."));
        }
    });
}

/// The frames a second that were typed; none where they are no whole number, and those are no frame rate.
fn whole(typed: &str) -> u32 {
    let read = typed::number(typed).ok().filter(|number| number.fract().is_zero());
    read.and_then(|number| number.to_u32()).unwrap_or(0)
}
