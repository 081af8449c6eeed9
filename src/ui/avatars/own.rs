//! The person's own avatars, looks and voices: what the window shows of them and what it asks for.
//! None of it is a job: nothing here has a published price.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::draft::Voice;
use crate::draft::own_cast::OwnCast;
use crate::draft::own_voice::VoiceOrder;
use crate::ui::model::Loaded;

/// What kind of thing of the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnKind {
    Look,
    /// An avatar with all its looks.
    Avatar,
    Voice,
}

/// How the person who is seen comes to the consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentWay {
    /// In the browser of this computer.
    Browser,
    /// Its address is sent to somebody.
    Clipboard,
}

/// One thing the person asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnAction {
    /// Read the own avatars and looks.
    Read,
    /// Ask for the page on which the person who is seen agrees, bring it there, and follow what comes of it.
    AskConsent {
        look_id: String,
        way: ConsentWay,
    },
    RenameLook {
        id: String,
        name: String,
    },
    /// Delete it at HeyGen. The person has been asked twice.
    Delete {
        kind: OwnKind,
        id: String,
    },
    /// Make a voice, or voices. The person said that no price is published.
    MakeVoice(Box<VoiceOrder>),
}

/// How the making of a voice stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceMaking {
    /// What is being done now, in words; `None` while nothing is.
    pub stage: Option<String>,
    /// What came of the last one: the voices, or what went wrong.
    pub answer: Option<Result<Vec<Voice>, String>>,
}

/// What the window shows of them.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Read when the tab is first shown.
    pub cast: Loaded<Arc<OwnCast>>,
    /// Ids of what is being changed or asked for now.
    pub busy: BTreeSet<String>,
    /// What went wrong last: with which id, and a sentence.
    pub fault: Option<(String, String)>,
    pub voice: VoiceMaking,
}
