//! Jobs: the life of a paid request.

pub mod types;
