//! The controls everything is drawn with, one idea per file. Owns how a control looks, answers to
//! the keyboard and is announced; knows nothing of drafts, jobs or actions.

mod amount;
mod button;
mod chip;
mod empty;
mod field;
mod focus;
mod frame;
mod motion;
mod notice;
mod progress;
mod segmented;
mod select;
mod slider;
mod text;
mod tick;
mod toggle;

pub use amount::{amount_row, amount_ui, line_row};
pub use button::{Button, Primary, icon_button, link, primary_button};
pub use chip::{Chip, chip};
pub use empty::{EmptyState, empty_state};
pub use field::{field, field_label, problem_line, search_field, text_area, text_line};
pub use focus::{describe, focus_ring, inner_focus_ring, name};
pub use frame::{card, dashed_line, divider, drop_overlay, panel, section_line};
pub use motion::{paint_spinner, shimmer, spinner};
pub use notice::{NoticeAnswer, bar, message_bar};
pub use progress::{progress_bar, ring, split_bar};
pub use segmented::{Segment, segmented};
pub use select::{SelectItem, list_ui, popup_under, query_ui, row_ui, select, select_face, select_link};
pub use slider::{rail, slider};
pub use text::{
    PAGE_HEADING, body, caption, dim, elided, heading, icon, keeping_brackets, lines, page_heading, paint_elided,
    paragraph, problem, strong, words,
};
pub use tick::tick;
pub use toggle::toggle;
