//! One binary for all tests that use the program from outside.

mod footage;
mod media;
