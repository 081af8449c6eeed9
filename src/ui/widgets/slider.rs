//! A figure between two bounds, in whole steps.

use std::ops::RangeInclusive;

use egui::{Align, Layout, Response, Slider, Ui, vec2};

/// A slider with its words above it and its value, as `shown`, at the right.
pub fn slider(
    ui: &mut Ui,
    called: &str,
    value: &mut i32,
    range: RangeInclusive<i32>,
    width: f32,
    shown: impl Fn(i32) -> String,
) -> Response {
    ui.allocate_ui_with_layout(vec2(width, 44.0), Layout::top_down(Align::LEFT), |ui| {
        ui.set_width(width);
        let figures = shown(*value);
        super::field::field_label(ui, called, &figures, None);
        ui.spacing_mut().slider_width = width;
        ui.spacing_mut().interact_size.y = 22.0;
        let response = ui.add(Slider::new(value, range).show_value(false)).accessible_name(called);
        let described = shown(*value);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(described));
        response
    })
    .inner
}
