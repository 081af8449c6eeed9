//! From any draft to its paid endpoint and the exact bytes it sends.

use std::collections::BTreeMap;

use super::assets::AssetId;
use super::avatar_creation;
use super::error::{Error, ErrorKind};
use super::paid::PaidEndpoint;
use super::{agents, clipping, hyperframes, lipsyncs, speech, translations, videos};
use crate::draft::{Draft, Field};

/// Where a draft is sent.
#[must_use]
pub fn endpoint(draft: &Draft) -> PaidEndpoint {
    match draft {
        Draft::AvatarVideo(_) | Draft::Cinematic(_) => PaidEndpoint::Videos,
        Draft::VideoAgent(draft) => match &draft.conversation {
            Some(conversation) => PaidEndpoint::VideoAgentMessage { session_id: conversation.session.clone() },
            None => PaidEndpoint::VideoAgents,
        },
        Draft::HyperFrames(_) => PaidEndpoint::HyperFramesRenders,
        Draft::Realtime(_) => PaidEndpoint::AvatarRealtime,
        Draft::Translation(_) => PaidEndpoint::VideoTranslations,
        Draft::Lipsync(_) => PaidEndpoint::Lipsyncs,
        Draft::Clips(_) => PaidEndpoint::AiClipping,
        Draft::Speech(_) => PaidEndpoint::VoicesSpeech,
        Draft::AvatarCreation(_) => PaidEndpoint::Avatars,
    }
}

/// The exact bytes for this draft. `uploads` holds the asset of each field that has a file; the same
/// draft and uploads always give the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub fn body(draft: &Draft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    match draft {
        Draft::AvatarVideo(draft) => videos::body(draft, uploads),
        Draft::Cinematic(draft) => videos::cinematic_body(draft, uploads),
        Draft::VideoAgent(draft) => agents::agent_body(draft, uploads),
        Draft::Clips(draft) => clipping::body(draft, uploads),
        Draft::Speech(draft) => speech::body(draft),
        Draft::Translation(draft) => translations::body(draft, uploads),
        Draft::Lipsync(draft) => lipsyncs::body(draft, uploads),
        Draft::AvatarCreation(draft) => avatar_creation::body(draft, uploads),
        Draft::HyperFrames(draft) => hyperframes::body(draft, uploads),
        Draft::Realtime(_) => Err(Error::new(ErrorKind::Invalid, "This product cannot be made yet.")),
    }
}
