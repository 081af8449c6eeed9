//! The shapes of requests and responses, as the published interface has them. The sandbox's own:
//! nothing here is shared with the client.

mod body;
pub mod clipping;
pub mod dub;
mod fields;
pub mod lipsync;
mod page;
mod refusal;
pub mod speech;
pub mod translation;
pub mod video;

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
