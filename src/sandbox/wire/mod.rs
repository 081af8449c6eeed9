//! The shapes of requests and responses, as the published interface has them. The sandbox's own:
//! nothing here is shared with the client.

pub mod agent;
pub mod avatar;
mod body;
pub mod cinematic;
mod fields;
pub mod file;
pub mod hyperframes;
mod lists;
mod page;
pub mod realtime;
mod refusal;
pub mod video;
pub mod voice;

pub use body::{JsonBody, whole};
pub use fields::Fields;
pub use page::Query;
pub use refusal::Refusal;
