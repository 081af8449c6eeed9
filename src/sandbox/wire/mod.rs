//! The shapes of requests and responses, as the published interface has them. The sandbox's own:
//! nothing here is shared with the client.

mod body;
mod fields;
mod page;
mod refusal;
pub mod video;

pub use body::{JsonBody, whole};
pub use fields::Fields;
pub use page::Query;
pub use refusal::Refusal;
