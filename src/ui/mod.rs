//! The window: draws a [`Model`] and its own [`State`], returns [`Action`]s. Cannot spend, fetch,
//! save, or name the libraries that do.

pub mod action;
pub mod icons;
pub mod model;
pub mod pictures;
pub mod theme;
pub mod widgets;

pub use action::Action;
pub use model::{Message, Model};

/// The tabs there are, in the order of the rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    #[default]
    AvatarVideo,
    Library,
    Settings,
}
