//! Raw API requests as billables.
