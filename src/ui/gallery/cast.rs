//! What a click on a tile chooses: one face, or several looks.

use crate::draft::Look;
use crate::draft::avatar_video::{Face, LocalFile};

/// What a click on a tile chooses.
pub enum Cast<'a> {
    /// The face of an avatar video, which may be a picture of one's own.
    Face(&'a mut Face),
    /// Up to so many looks; a click on a chosen one lets it go.
    Looks { chosen: &'a mut Vec<Look>, most: usize },
}

impl Cast<'_> {
    pub(super) fn own_picture(&self) -> Option<&LocalFile> {
        match self {
            Self::Face(Face::Image(file)) => Some(file),
            Self::Face(Face::None | Face::Look(_)) | Self::Looks { .. } => None,
        }
    }

    /// Takes a picture of one's own instead of a look.
    pub(super) fn takes_picture(&self) -> bool {
        matches!(self, Self::Face(_))
    }

    /// The place of a look among the chosen ones.
    pub(super) fn place_of(&self, look: &Look) -> Option<usize> {
        match self {
            Self::Face(Face::Look(chosen)) => (chosen.id == look.id).then_some(0),
            Self::Face(Face::None | Face::Image(_)) => None,
            Self::Looks { chosen, .. } => chosen.iter().position(|other| other.id == look.id),
        }
    }

    /// One click is the whole choice.
    pub(super) fn is_single(&self) -> bool {
        matches!(self, Self::Face(_) | Self::Looks { most: 1, .. })
    }

    /// What stands on the ring of a chosen look; nothing where only one can be chosen.
    pub(super) fn number_of(&self, look: &Look) -> Option<usize> {
        match self {
            Self::Looks { most, .. } if *most > 1 => self.place_of(look).map(|place| place + 1),
            _ => None,
        }
    }

    /// A click on a look; false where it changes nothing.
    pub(super) fn click(&mut self, look: &Look) -> bool {
        let place = self.place_of(look);
        match (self, place) {
            (Self::Face(_), Some(_)) => false,
            (Self::Face(face), None) => {
                **face = Face::Look(look.clone());
                true
            }
            (Self::Looks { chosen, .. }, Some(place)) => {
                chosen.remove(place);
                true
            }
            (Self::Looks { chosen, most: 1 }, None) => {
                chosen.clear();
                chosen.push(look.clone());
                true
            }
            (Self::Looks { chosen, most }, None) if chosen.len() < *most => {
                chosen.push(look.clone());
                true
            }
            (Self::Looks { .. }, None) => false,
        }
    }

    /// Why a click on a look that is not chosen would do nothing.
    pub(super) fn refusal(&self, look: &Look) -> Option<String> {
        match self {
            Self::Looks { chosen, most } if *most > 1 && chosen.len() >= *most && self.place_of(look).is_none() => {
                Some(format!("{most} looks are the most. Click a chosen one to let it go."))
            }
            _ => None,
        }
    }
}
