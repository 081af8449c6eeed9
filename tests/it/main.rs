//! The integration tests: one binary, the real program.

mod quote;
