//! To come.

pub mod cast;
pub mod footage;
