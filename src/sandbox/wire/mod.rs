//! The shapes of requests and responses, as the published interface has them. The sandbox's own:
//! nothing here is shared with the client.

pub mod background_removal;
pub mod agent;
pub mod avatar;
mod body;
pub mod cinematic;
pub mod clipping;
pub mod dub;
mod fields;
pub mod file;
pub mod hyperframes;
pub mod lipsync;
mod lists;
mod page;
pub mod realtime;
mod refusal;
pub mod speech;
pub mod studio;
pub mod template;
pub mod translation;
pub mod video;
pub mod voice;
pub mod webhook;

use rust_decimal::Decimal;
use serde_json::Value;

pub use body::{JsonBody, whole};
pub use fields::Fields;
pub use page::Query;
pub use refusal::Refusal;

/// A number with its own digits.
#[must_use]
pub fn number(decimal: Decimal) -> Value {
    serde_json::from_str(&decimal.normalize().to_string()).unwrap_or_default()
}
