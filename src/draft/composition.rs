//! What every draft can say of itself, and the draft of any product.

use super::avatar_video::LocalFile;
use super::billable::Billable;
use super::video_agent::Conversation;
use super::ways::{Alternative, Choice};
use super::{
    AvatarCreationDraft, AvatarVideoDraft, CinematicDraft, ClipsDraft, Field, Foreign, HyperFramesDraft, LipsyncDraft,
    Look, Problem, Product, RealtimeDraft, SpeechDraft, TranslationDraft, VideoAgentDraft, Voice,
};

/// What becomes of a draft that no rate card has a price for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutPrice {
    /// It cannot be made.
    NotOffered,
    /// The person has to say first that it is to be made all the same.
    Asks,
    /// The person said so: nothing is held for it, and no cap counts it.
    Accepted,
}

/// What every draft can say of itself. Pure.
pub trait Composition {
    /// The product of the rate card it is.
    fn product(&self) -> Product;

    /// The title the job gets: the person's own, or one made from what is composed. Names the files.
    fn effective_title(&self) -> String;

    /// The field of the person's own title, where it has one.
    fn title_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// The client or purpose it is booked to; empty for none.
    fn project(&self) -> &str;

    fn set_project(&mut self, project: String);

    /// Everything that has to be mended before the button works, in the order of the form.
    fn problems(&self) -> Vec<Problem>;

    /// What of it decides its price.
    fn billable(&self) -> Billable;

    /// The files that must be uploaded before the request can be sent, each under a field of its own.
    /// A file that stands for a public address is none of them.
    fn uploads(&self) -> Vec<(Field, &LocalFile)>;

    /// The files of the person's own in it, whether they are sent or not: any of them may be gone or changed when
    /// the draft is brought back.
    fn files_mut(&mut self) -> Vec<&mut LocalFile>;

    /// The looks that are chosen in it.
    fn looks_mut(&mut self) -> Vec<&mut Look> {
        Vec::new()
    }

    /// Addresses that may be presigned, of pictures and previews: their signatures are not kept.
    fn addresses_mut(&mut self) -> Vec<&mut String>;

    /// The picture that stands for it before there is a thumbnail.
    fn portrait_url(&self) -> Option<&str> {
        None
    }

    /// The conversation it is a message in.
    fn conversation(&self) -> Option<&Conversation> {
        None
    }

    /// What becomes of it where no card has a price for it.
    fn without_price(&self) -> WithoutPrice {
        WithoutPrice::NotOffered
    }

    /// The ways of making the same thing that have prices of their own, the present one among them.
    fn alternatives(&self) -> Vec<Alternative> {
        Vec::new()
    }

    /// How many jobs it becomes: one for each language or row, 1 or more.
    fn job_count(&self) -> u32 {
        1
    }

    /// Its jobs by the project each is booked to, in their order, neighbours of one project together.
    fn bookings(&self) -> Vec<(String, u32)> {
        vec![(self.project().trim().to_owned(), self.job_count())]
    }

    /// What its button does: "Create".
    fn verb(&self) -> &'static str {
        "Create"
    }

    /// Makes it this way from now on.
    fn choose(&mut self, _choice: Choice) {}

    /// The languages of text and voice, where they surely are two.
    fn foreign(&self) -> Option<Foreign> {
        None
    }

    /// From now on this voice speaks it, where a voice does.
    fn take_voice(&mut self, _voice: &Voice) {}
}

/// Makes the draft of any product out of the list of products: one line here is all that it takes.
macro_rules! drafts {
    ($($product:ident($draft:ty)),+ $(,)?) => {
        /// The draft of any product.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "drafts are few and move once per click")]
        pub enum Draft {
            $($product($draft)),+
        }

        $(
            impl From<$draft> for Draft {
                fn from(draft: $draft) -> Self {
                    Self::$product(draft)
                }
            }

            impl TryFrom<Draft> for $draft {
                type Error = Draft;

                /// The draft of this product; the whole draft again where it is another's.
                fn try_from(draft: Draft) -> Result<Self, Draft> {
                    match draft {
                        Draft::$product(draft) => Ok(draft),
                        other => Err(other),
                    }
                }
            }
        )+

        impl Draft {
            /// The draft a journal keeps for a job of this product.
            ///
            /// # Errors
            /// The decoder's own.
            pub fn from_json(product: Product, json: &str) -> serde_json::Result<Self> {
                Ok(match product {
                    $(Product::$product => Self::$product(serde_json::from_str(json)?)),+
                })
            }

            /// The text a journal keeps; the product is kept beside it.
            ///
            /// # Errors
            /// The encoder's own.
            pub fn to_json(&self) -> serde_json::Result<String> {
                match self {
                    $(Self::$product(draft) => serde_json::to_string(draft)),+
                }
            }

            /// The draft as what all have in common.
            #[must_use]
            pub fn composition(&self) -> &dyn Composition {
                match self {
                    $(Self::$product(draft) => draft),+
                }
            }

            /// The draft as what all have in common, to be changed.
            pub fn composition_mut(&mut self) -> &mut dyn Composition {
                match self {
                    $(Self::$product(draft) => draft),+
                }
            }
        }
    };
}

drafts! {
    AvatarVideo(AvatarVideoDraft),
    Cinematic(CinematicDraft),
    VideoAgent(VideoAgentDraft),
    HyperFrames(HyperFramesDraft),
    Realtime(RealtimeDraft),
    Translation(TranslationDraft),
    Lipsync(LipsyncDraft),
    Clips(ClipsDraft),
    Speech(SpeechDraft),
    AvatarCreation(AvatarCreationDraft),
}

/// Takes what is known now of the looks that are chosen in a draft: names, portraits, whether they are ready, and
/// whether the account still has them.
pub fn refresh_looks(draft: &mut dyn Composition, present: &[Look]) {
    for look in draft.looks_mut() {
        match present.iter().find(|other| other.id == look.id) {
            Some(now) if now != look => *look = now.clone(),
            Some(_) => {}
            None => look.gone = true,
        }
    }
}

impl Draft {
    /// The product of the rate card it is.
    #[must_use]
    pub fn product(&self) -> Product {
        self.composition().product()
    }

    /// Lets go of what presigned addresses are signed with: what they point at is cached by the address
    /// alone, and a signature is not kept.
    pub fn without_signatures(&mut self) {
        for address in self.composition_mut().addresses_mut() {
            if let Some(end) = address.find(['?', '#']) {
                address.truncate(end);
            }
        }
    }

    /// Lets go of a title that is made from what is composed anyway: carried along, it would be taken for the
    /// person's own and name the next one too.
    pub fn without_made_title(&mut self) {
        let Some(title) = self.composition_mut().title_mut() else { return };
        let own = std::mem::take(title);
        if self.composition().effective_title() != own.trim()
            && let Some(title) = self.composition_mut().title_mut()
        {
            *title = own;
        }
    }

    /// The jobs this draft becomes when its button is pressed: a translation is one job per
    /// language, a table of values one per row.
    #[must_use]
    pub fn jobs(self) -> Vec<Self> {
        match self {
            Self::Translation(draft) => draft.by_language().into_iter().map(Self::Translation).collect(),
            Self::HyperFrames(draft) => draft.by_row().into_iter().map(Self::HyperFrames).collect(),
            one => vec![one],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_made_anyway_is_not_carried_along_and_one_of_the_persons_own_is() {
        for (title, carried) in [("Good morning", ""), ("Keynote", "Keynote"), ("", "")] {
            let (title, text) = (title.to_owned(), "Good morning. Welcome.".to_owned());
            let mut draft = Draft::from(SpeechDraft { title, text, ..SpeechDraft::default() });
            draft.without_made_title();
            assert_eq!(draft.composition_mut().title_mut().map(|title| title.as_str()), Some(carried));
        }
    }
}
