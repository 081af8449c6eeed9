//! From any draft to its paid endpoint and the exact bytes it sends.

use std::collections::BTreeMap;

use super::assets::AssetId;
use super::error::{Error, ErrorKind};
use super::paid::PaidEndpoint;
use super::{clipping, lipsyncs, realtime, speech, translations, videos};
use crate::draft::{Draft, Field};

/// Where a draft is sent.
#[must_use]
pub fn endpoint(draft: &Draft) -> PaidEndpoint {
    match draft {
        Draft::AvatarVideo(_) | Draft::Cinematic(_) => PaidEndpoint::Videos,
        Draft::VideoAgent(_) => PaidEndpoint::VideoAgents,
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
        Draft::Realtime(draft) => realtime::body(draft, uploads),
        Draft::Clips(draft) => clipping::body(draft, uploads),
        Draft::Speech(draft) => speech::body(draft),
        Draft::Translation(draft) => translations::body(draft, uploads),
        Draft::Lipsync(draft) => lipsyncs::body(draft, uploads),
        Draft::Cinematic(_) | Draft::VideoAgent(_) | Draft::HyperFrames(_) | Draft::AvatarCreation(_) => {
            Err(Error::new(ErrorKind::Invalid, "This product cannot be made yet."))
        }
    }
}
