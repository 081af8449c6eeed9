//! Which program this is, and whose work it carries.

use egui::{CollapsingHeader, RichText, Ui};

use super::row;
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::words;

/// The works that come inside the program, with their licences.
const CARRIED: [(&str, &str, &str); 3] = [
    ("Reelmeter", "MIT", include_str!("../../../LICENSE")),
    ("Inter, the text face", "SIL Open Font License 1.1", include_str!("../../../assets/fonts/INTER-LICENSE.txt")),
    ("Phosphor, the icons", "MIT", include_str!("../../../assets/fonts/PHOSPHOR-LICENSE.txt")),
];

pub fn about_ui(ui: &mut Ui) {
    let palette = palette(ui);
    row(ui, "Version", "", |ui| {
        words(ui, env!("CARGO_PKG_VERSION"), regular(14.0), palette.text);
    });
    for (work, licence, text) in CARRIED {
        CollapsingHeader::new(format!("{work} · {licence}")).id_salt(work).show(ui, |ui| {
            ui.add(egui::Label::new(RichText::new(text).font(regular(12.0)).color(palette.dim)).wrap());
        });
    }
}
