//! A figure between two bounds, in whole steps.

use std::ops::RangeInclusive;

use egui::emath::Numeric;
use egui::{Align, Layout, Response, Sense, Slider, Ui, vec2};

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
        let response = rail(ui, called, value, range);
        let described = shown(*value);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(described));
        response
    })
    .inner
}

/// The rail and its handle alone, as wide as the spacing says.
pub fn rail<N: Numeric>(ui: &mut Ui, called: &str, value: &mut N, range: RangeInclusive<N>) -> Response {
    let bounds = range.start().to_f64()..=range.end().to_f64();
    let slider = Slider::new(value, range).show_value(false).step_by(1.0);
    let mut response = ui.add(slider).accessible_name(called);
    // The toolkit's own takes a pointer that is still down when it looks: a click shorter than a frame never is.
    let click = ui.interact(response.rect, response.id.with("click"), Sense::CLICK);
    if click.clicked()
        && let Some(pointer) = click.interact_pointer_pos()
    {
        // The handle's middle goes so far.
        let room = response.rect.x_range().shrink(response.rect.height() / 2.5);
        let wanted = egui::remap_clamp(f64::from(pointer.x), f64::from(room.min)..=f64::from(room.max), bounds);
        let wanted = N::from_f64(wanted.round());
        if wanted != *value {
            *value = wanted;
            response.mark_changed();
        }
    }
    response
}
