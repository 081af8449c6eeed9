//! The styles of video agents, and the cards they are shown by.

use super::super::brand_kits::BRAND_KITS;
use crate::sandbox::footage::card_png;
use crate::sandbox::people::seed_of;

/// A style.
pub struct Style {
    pub id: &'static str,
    pub name: &'static str,
    pub tags: &'static [&'static str],
    pub aspect_ratio: &'static str,
}

/// All styles.
pub const STYLES: &[Style] = &[
    Style { id: "style_newsroom", name: "Newsroom", tags: &["news", "business"], aspect_ratio: "16:9" },
    Style { id: "style_whiteboard", name: "Whiteboard", tags: &["education"], aspect_ratio: "16:9" },
    Style { id: "style_product_launch", name: "Product launch", tags: &["marketing"], aspect_ratio: "16:9" },
    Style { id: "style_documentary", name: "Documentary", tags: &["culture"], aspect_ratio: "16:9" },
    Style { id: "style_street_report", name: "Street report", tags: &["news", "social"], aspect_ratio: "9:16" },
    Style { id: "style_daily_tip", name: "Daily tip", tags: &["social", "education"], aspect_ratio: "9:16" },
    Style { id: "style_minimal", name: "Minimal", tags: &["business"], aspect_ratio: "16:9" },
    Style { id: "style_bold_type", name: "Bold type", tags: &["marketing", "social"], aspect_ratio: "1:1" },
];

/// The card of a style or a brand kit: PNG.
#[must_use]
pub fn card(id: &str) -> Option<Vec<u8>> {
    if let Some(style) = STYLES.iter().find(|style| style.id == id) {
        let (width, height) = match style.aspect_ratio {
            "9:16" => (360, 640),
            "1:1" => (480, 480),
            _ => (640, 360),
        };
        return card_png(&[style.name.to_owned()], seed_of(id), width, height);
    }
    let kit = BRAND_KITS.iter().find(|kit| kit.id == id)?;
    card_png(&[kit.name.to_owned()], seed_of(id), 480, 240)
}
