//! The Avatars tab as a person uses it.
