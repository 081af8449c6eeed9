//! Colours, type, spacing: the only file with raw colours.

use std::sync::Arc;

use egui::{Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke};

/// The colours of one theme. Red is only for what spends money or is live.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub background: Color32,
    pub panel: Color32,
    pub raised: Color32,
    /// What is selected inside a raised track, and cards on the background.
    pub seat: Color32,
    /// Fields that take text, and cards.
    pub input: Color32,
    /// Under the pointer.
    pub hover: Color32,
    pub line: Color32,
    pub text: Color32,
    pub dim: Color32,
    /// Marks, edges and what cannot be used now; no words that are to be read.
    pub faint: Color32,
    /// Lamps, bars and marks.
    pub red: Color32,
    /// The same in words.
    pub red_text: Color32,
    pub green: Color32,
    pub amber: Color32,
    pub blue: Color32,
    /// Behind words on red.
    pub red_fill: Color32,
    /// The same under the pointer.
    pub red_hover: Color32,
    /// The same while it is pressed.
    pub red_pressed: Color32,
    /// The same while it cannot be pressed.
    pub red_quiet: Color32,
    /// On red buttons.
    pub on_red: Color32,
    /// Behind words that stand on pictures, in both themes.
    pub scrim: Color32,
    /// Words on pictures.
    pub on_scrim: Color32,
    /// Under raised things.
    pub shade: Color32,
}

/// The dark theme.
pub const DARK: Palette = Palette {
    background: Color32::from_rgb(0x14, 0x15, 0x17),
    panel: Color32::from_rgb(0x1a, 0x1c, 0x1f),
    raised: Color32::from_rgb(0x21, 0x23, 0x27),
    seat: Color32::from_rgb(0x14, 0x15, 0x17),
    input: Color32::from_rgb(0x21, 0x23, 0x27),
    hover: Color32::from_rgb(0x2a, 0x2d, 0x32),
    line: Color32::from_rgb(0x2c, 0x2f, 0x34),
    text: Color32::from_rgb(0xe9, 0xea, 0xec),
    dim: Color32::from_rgb(0x9a, 0x9f, 0xa8),
    faint: Color32::from_rgb(0x6c, 0x71, 0x7a),
    red: Color32::from_rgb(0xe5, 0x48, 0x4d),
    red_text: Color32::from_rgb(0xf2, 0x68, 0x6c),
    green: Color32::from_rgb(0x46, 0xa7, 0x58),
    amber: Color32::from_rgb(0xf0, 0xa9, 0x2b),
    blue: Color32::from_rgb(0x5b, 0x9d, 0xff),
    red_fill: Color32::from_rgb(0xd9, 0x3a, 0x40),
    red_hover: Color32::from_rgb(0xc9, 0x33, 0x39),
    red_pressed: Color32::from_rgb(0xb8, 0x30, 0x35),
    red_quiet: Color32::from_rgb(0x3a, 0x25, 0x28),
    on_red: Color32::WHITE,
    scrim: Color32::from_rgba_premultiplied(0x06, 0x07, 0x09, 0xb4),
    on_scrim: Color32::from_rgb(0xf4, 0xf5, 0xf6),
    shade: Color32::from_black_alpha(0x70),
};

/// The light theme.
pub const LIGHT: Palette = Palette {
    background: Color32::from_rgb(0xf6, 0xf6, 0xf7),
    panel: Color32::from_rgb(0xff, 0xff, 0xff),
    raised: Color32::from_rgb(0xf0, 0xf1, 0xf3),
    seat: Color32::from_rgb(0xff, 0xff, 0xff),
    input: Color32::from_rgb(0xff, 0xff, 0xff),
    hover: Color32::from_rgb(0xe8, 0xea, 0xed),
    line: Color32::from_rgb(0xe1, 0xe3, 0xe7),
    text: Color32::from_rgb(0x17, 0x18, 0x1a),
    dim: Color32::from_rgb(0x5c, 0x62, 0x6c),
    faint: Color32::from_rgb(0x7e, 0x84, 0x8e),
    red: Color32::from_rgb(0xd6, 0x30, 0x3a),
    red_text: Color32::from_rgb(0xc4, 0x28, 0x32),
    green: Color32::from_rgb(0x24, 0x78, 0x3a),
    amber: Color32::from_rgb(0x8a, 0x5a, 0x00),
    blue: Color32::from_rgb(0x1b, 0x62, 0xca),
    red_fill: Color32::from_rgb(0xd6, 0x30, 0x3a),
    red_hover: Color32::from_rgb(0xc2, 0x25, 0x2f),
    red_pressed: Color32::from_rgb(0xa8, 0x1d, 0x26),
    red_quiet: Color32::from_rgb(0xf3, 0xdd, 0xde),
    on_red: Color32::WHITE,
    scrim: Color32::from_rgba_premultiplied(0x06, 0x07, 0x09, 0xb4),
    on_scrim: Color32::from_rgb(0xf4, 0xf5, 0xf6),
    shade: Color32::from_black_alpha(0x24),
};

/// The palette of the theme `ui` is drawn in.
#[must_use]
pub fn palette(ui: &egui::Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The colour a project always has, whatever the order of projects: one of eight, from its name.
#[must_use]
pub fn project_color(name: &str) -> Color32 {
    const COLORS: [Color32; 8] = [
        Color32::from_rgb(0x5b, 0x9d, 0xff),
        Color32::from_rgb(0xe0, 0x9f, 0x2f),
        Color32::from_rgb(0xb0, 0x6b, 0xdb),
        Color32::from_rgb(0x2d, 0xb5, 0xa0),
        Color32::from_rgb(0xe2, 0x77, 0xa5),
        Color32::from_rgb(0x8b, 0xb1, 0x3f),
        Color32::from_rgb(0x6f, 0x7d, 0xf0),
        Color32::from_rgb(0xc9, 0x8a, 0x63),
    ];
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    COLORS.into_iter().cycle().nth((sum % 8) as usize).unwrap_or(Color32::GRAY)
}

/// The colour a product always has in plots.
#[must_use]
pub fn product_color(product: crate::draft::Product) -> Color32 {
    use crate::draft::Product;
    match product {
        Product::AvatarVideo => Color32::from_rgb(0x5b, 0x80, 0xf6),
        Product::Translation => Color32::from_rgb(0x2d, 0xb5, 0xa0),
        Product::Cinematic => Color32::from_rgb(0xe0, 0x9f, 0x2f),
        Product::Clips => Color32::from_rgb(0xb0, 0x6b, 0xdb),
        Product::Speech => Color32::from_rgb(0xe2, 0x77, 0xa5),
        Product::Lipsync => Color32::from_rgb(0x8b, 0xb1, 0x3f),
        Product::VideoAgent => Color32::from_rgb(0x4a, 0xae, 0xdf),
        Product::HyperFrames => Color32::from_rgb(0xc9, 0x8a, 0x63),
        Product::Realtime => Color32::from_rgb(0x9a, 0x92, 0xc9),
        Product::AvatarCreation => Color32::from_rgb(0x8b, 0x91, 0x9b),
    }
}

/// Corner radii: 6 small, 8 controls, 10 cards, 12 windows and the primary button.
pub const RADIUS_SMALL: u8 = 6;
pub const RADIUS: u8 = 8;
pub const RADIUS_CARD: u8 = 10;
pub const RADIUS_LARGE: u8 = 12;

/// The height of ordinary controls.
pub const CONTROL_HEIGHT: f32 = 34.0;
/// The header's height, its lower line included.
pub const HEADER_HEIGHT: f32 = 48.0;
/// The rail's width with names.
pub const RAIL_WIDTH: f32 = 176.0;
/// The space around a tab's contents.
pub const PAGE_MARGIN: f32 = 24.0;

/// The medium weight of the text face.
pub const MEDIUM: &str = "inter-medium";
/// The semibold weight of the text face.
pub const SEMIBOLD: &str = "inter-semibold";
/// The filled icons; the regular ones are a fallback of every text family.
pub const ICONS_FILL: &str = "phosphor-fill";

/// Type sizes: 12 captions, 14 text, 16 strong, 20 headings, 28 totals.
#[must_use]
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Semibold at a size.
#[must_use]
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Regular at a size.
#[must_use]
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Installs fonts and both themes' styles. Once, before the first frame.
pub fn install(ctx: &egui::Context) {
    // The zoom is a setting: one that nobody keeps beside it would only contradict it.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8]| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    };
    add("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf"));
    add(MEDIUM, include_bytes!("../../assets/fonts/Inter-Medium.otf"));
    add(SEMIBOLD, include_bytes!("../../assets/fonts/Inter-SemiBold.otf"));
    add("phosphor", include_bytes!("../../assets/fonts/Phosphor.ttf"));
    add(ICONS_FILL, include_bytes!("../../assets/fonts/Phosphor-Fill.ttf"));
    let fallbacks = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, face) in [
        (FontFamily::Proportional, "inter"),
        (FontFamily::Name(MEDIUM.into()), MEDIUM),
        (FontFamily::Name(SEMIBOLD.into()), SEMIBOLD),
        (FontFamily::Name(ICONS_FILL.into()), ICONS_FILL),
    ] {
        let mut faces = vec![face.to_owned(), "phosphor".to_owned()];
        faces.extend(fallbacks.iter().cloned());
        fonts.families.insert(family, faces);
    }
    ctx.set_fonts(fonts);
    for (theme, palette) in [(egui::Theme::Dark, &DARK), (egui::Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| style_with(style, palette));
    }
}

fn style_with(style: &mut egui::Style, palette: &Palette) {
    use egui::TextStyle;
    style.text_styles = [
        (TextStyle::Small, regular(12.0)),
        (TextStyle::Body, regular(14.0)),
        (TextStyle::Button, regular(14.0)),
        (TextStyle::Heading, semibold(20.0)),
        (TextStyle::Monospace, FontId::monospace(13.0)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = egui::vec2(8.0, 8.0);
    spacing.button_padding = egui::vec2(12.0, 6.0);
    spacing.interact_size = egui::vec2(40.0, 32.0);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(8);
    spacing.text_edit_width = 200.0;
    spacing.combo_height = 320.0;
    spacing.tooltip_width = 320.0;
    spacing.icon_width = 18.0;
    spacing.slider_width = 140.0;
    spacing.slider_rail_height = 4.0;
    spacing.scroll =
        egui::style::ScrollStyle { floating_width: 4.0, bar_width: 8.0, ..egui::style::ScrollStyle::floating() };
    spacing.scroll.foreground_color = false;
    spacing.scroll.dormant_handle_opacity = 0.0;
    spacing.scroll.active_handle_opacity = 0.5;
    spacing.scroll.fade.strength = 0.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.35;

    let visuals = &mut style.visuals;
    visuals.override_text_color = Some(palette.text);
    visuals.weak_text_color = Some(palette.dim);
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(12);
    visuals.menu_corner_radius = CornerRadius::same(10);
    visuals.text_edit_bg_color = Some(palette.input);
    visuals.disabled_alpha = 0.5;
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.text_cursor.blink = false;
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.text);
    let shadow = egui::Shadow { offset: [0, 6], blur: 20, spread: 0, color: palette.shade };
    visuals.popup_shadow = shadow;
    visuals.window_shadow = shadow;
    visuals.extreme_bg_color = palette.raised;
    visuals.faint_bg_color = palette.raised;
    visuals.hyperlink_color = palette.blue;
    visuals.warn_fg_color = palette.amber;
    visuals.error_fg_color = palette.red_text;
    visuals.selection.bg_fill = palette.blue.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, palette.blue);
    let widgets = &mut visuals.widgets;
    for (state, fill, line) in [
        (&mut widgets.noninteractive, palette.panel, palette.line),
        (&mut widgets.inactive, palette.raised, palette.line),
        (&mut widgets.hovered, palette.hover, palette.faint),
        (&mut widgets.active, palette.hover, palette.blue),
        (&mut widgets.open, palette.raised, palette.faint),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, line);
        state.fg_stroke = Stroke::new(1.0, palette.text);
        state.corner_radius = CornerRadius::same(8);
        state.expansion = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far apart two colours are in brightness, 1 to 21, as WCAG 2 counts it.
    fn contrast(one: Color32, other: Color32) -> f64 {
        let luminance = |color: Color32| {
            let [red, green, blue] = [color.r(), color.g(), color.b()].map(|part| {
                let share = f64::from(part) / 255.0;
                if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What shows through a colour over white, the brightest that a picture can be.
    fn over_white(color: Color32) -> Color32 {
        let [red, green, blue, alpha] = color.to_array();
        let through = |part: u8| part.saturating_add(255 - alpha);
        Color32::from_rgb(through(red), through(green), through(blue))
    }

    #[test]
    fn all_words_stand_out_from_all_they_are_written_on() {
        for (theme, palette) in [("dark", &DARK), ("light", &LIGHT)] {
            let surfaces = [palette.background, palette.panel, palette.raised, palette.seat, palette.input];
            let words = [palette.text, palette.dim, palette.green, palette.amber, palette.blue, palette.red_text];
            let mut pairs: Vec<(Color32, Color32)> =
                surfaces.iter().flat_map(|surface| words.map(|word| (word, *surface))).collect();
            pairs.extend([palette.text, palette.dim, palette.green].map(|word| (word, palette.hover)));
            pairs.extend([palette.red_fill, palette.red_hover, palette.red_pressed].map(|red| (palette.on_red, red)));
            pairs.push((palette.text, palette.red_quiet));
            pairs.push((palette.on_scrim, over_white(palette.scrim)));
            for (word, surface) in pairs {
                let contrast = contrast(word, surface);
                assert!(contrast >= 4.5, "{theme}: {word:?} on {surface:?} is {contrast:.2}");
            }
            // Marks and edges of what can be used.
            for surface in surfaces {
                for mark in [palette.faint, palette.red] {
                    let contrast = contrast(mark, surface);
                    assert!(contrast >= 3.0, "{theme}: {mark:?} on {surface:?} is {contrast:.2}");
                }
            }
        }
    }
}
