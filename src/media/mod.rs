//! Type, length and size of files from their bytes.

pub mod probe;
