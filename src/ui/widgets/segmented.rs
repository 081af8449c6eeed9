//! A choice of few: a rounded track in which the selected segment is raised.

use egui::{
    Align2, Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::focus::{describe, focus_ring};
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS, RADIUS_SMALL, medium, palette, regular};

/// One choice.
#[derive(Clone, Debug)]
pub struct Segment<'a, T> {
    pub value: T,
    pub label: &'a str,
    /// What it is called where that differs from its words ("Avatar IV" for "IV").
    pub called: Option<&'a str>,
    /// Why it cannot be chosen: it is struck through, and this is its tooltip.
    pub refusal: Option<String>,
}

impl<'a, T> Segment<'a, T> {
    #[must_use]
    pub fn new(value: T, label: &'a str) -> Self {
        Self { value, label, called: None, refusal: None }
    }

    #[must_use]
    pub fn called(mut self, called: &'a str) -> Self {
        self.called = Some(called);
        self
    }

    #[must_use]
    pub fn refused(mut self, reason: Option<String>) -> Self {
        self.refusal = reason;
        self
    }
}

/// Draws the track, as wide as its words or `width`; changes `value` on a click. The response is
/// changed when the value is.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    called: &str,
    segments: &[Segment<'_, T>],
    value: &mut T,
    width: Option<f32>,
) -> Response {
    let palette = palette(ui);
    let widths: Vec<f32> = segments
        .iter()
        .map(|segment| {
            ui.painter().layout_no_wrap(segment.label.to_owned(), medium(14.0), Color32::WHITE).size().x.ceil() + 24.0
        })
        .collect();
    let natural: f32 = widths.iter().sum::<f32>() + 4.0;
    let total = width.unwrap_or(natural).max(40.0);
    let stretch = (total - 4.0) / (natural - 4.0).max(1.0);
    let (track, mut whole) = ui.allocate_exact_size(vec2(total, CONTROL_HEIGHT), Sense::hover());
    ui.ctx().accesskit_node_builder(whole.id, |node| {
        node.set_role(Role::RadioGroup);
        node.set_label(called);
    });
    ui.painter().rect_filled(track, CornerRadius::same(RADIUS), palette.raised);

    let mut left = track.left() + 2.0;
    let mut chosen = None;
    for (position, (segment, width)) in segments.iter().zip(&widths).enumerate() {
        let wide = width * stretch;
        let rect = Rect::from_min_max(pos2(left, track.top() + 2.0), pos2(left + wide, track.bottom() - 2.0));
        left += wide;
        let selected = segment.value == *value;
        let enabled = segment.refusal.is_none() && ui.is_enabled();
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, whole.id.with(position), sense);
        response.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, enabled, selected, segment.called.unwrap_or(segment.label))
        });
        let color = match (enabled, selected) {
            (false, _) => palette.faint,
            (true, true) => palette.text,
            (true, false) if response.hovered() => palette.text,
            (true, false) => palette.dim,
        };
        if selected {
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_SMALL), palette.seat);
            let stroke = Stroke::new(1.0, palette.line);
            ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS_SMALL), stroke, StrokeKind::Inside);
        }
        let font = if selected { medium(14.0) } else { regular(14.0) };
        let galley = super::text::elided(ui, segment.label, font, color, wide - 8.0);
        let text = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
        ui.painter().galley(text.min, galley, color);
        if segment.refusal.is_some() {
            // Aslant: a level line through "III" reads as other letters.
            let (from, to) = (text.left_bottom() + vec2(-2.0, -3.0), text.right_top() + vec2(2.0, 3.0));
            ui.painter().line_segment([from, to], Stroke::new(1.0, color));
        }
        focus_ring(ui, &response, RADIUS_SMALL);
        if response.clicked() && !selected {
            chosen = Some(segment.value);
        }
        match &segment.refusal {
            Some(reason) => {
                describe(&response, reason);
                let _ = response.on_hover_text(reason);
            }
            None => {
                let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
                if let Some(called) = segment.called {
                    let _ = response.on_hover_text(called);
                }
            }
        }
    }
    if let Some(chosen) = chosen {
        *value = chosen;
        whole.mark_changed();
    }
    whole
}
