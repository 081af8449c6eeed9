//! The tab as a person uses it: by label.
