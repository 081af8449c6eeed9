//! How long a text takes to speak.

/// What is known of the pace of languages and voices.
#[derive(Clone, Debug, Default)]
pub struct Pace {}
