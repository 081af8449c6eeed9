//! Files that requests bring, found and looked at.

use std::path::PathBuf;

use rust_decimal::Decimal;

use super::server::State;
use super::sniff;
use super::wire::Refusal;
use super::wire::file::{InputFile, InputSource};
use super::world::Arrival;
use crate::media::probe::{Probe, probe};

/// A file that is here.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The field that brought it.
    pub param: String,
    /// As the bytes have it.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    pub path: PathBuf,
    /// `None` where the probe can make nothing of it.
    pub probe: Option<Probe>,
}

impl Input {
    /// A PNG or JPEG picture.
    pub fn is_picture(&self) -> bool {
        matches!(self.media_type.as_str(), "image/png" | "image/jpeg")
    }

    /// An MP4 or WebM film.
    pub fn is_film(&self) -> bool {
        matches!(self.media_type.as_str(), "video/mp4" | "video/webm")
    }

    /// A WAV or MP3 sound.
    pub fn is_sound(&self) -> bool {
        matches!(self.media_type.as_str(), "audio/wav" | "audio/mpeg")
    }

    /// Seconds, where it has a length.
    pub fn seconds(&self) -> Option<Decimal> {
        self.probe.as_ref()?.seconds.filter(|seconds| *seconds > Decimal::ZERO)
    }

    /// Pixels of the longer side, where it has any.
    pub fn longest_side(&self) -> Option<u32> {
        self.probe.as_ref()?.dimensions.map(|(width, height)| width.max(height))
    }

    /// A refusal of this file.
    pub fn refuse(&self, message: impl Into<String>) -> Refusal {
        Refusal::invalid(self.param.clone(), message)
    }
}

/// Finds a file and looks at its bytes. Bytes inside a request are put beside the assets first.
///
/// # Errors
/// 404 for an asset that is not there, 400 for an address out of reach or bytes of another type than announced.
pub(super) async fn open(state: &State, file: &InputFile) -> Result<Input, Refusal> {
    let (media_type, size, path) = match &file.source {
        InputSource::Inline { media_type, bytes } => {
            let found = sniff::media_type(bytes).unwrap_or_default();
            let announced = if media_type == "image/jpg" { "image/jpeg" } else { media_type.as_str() };
            if found != announced {
                let message = format!("These bytes are no {media_type}.");
                return Err(Refusal::invalid(file.param.clone(), message));
            }
            let path = state.folders.assets.join(format!("inline-{}", uuid::Uuid::new_v4().simple()));
            super::routes::assets::write(&path, bytes).await?;
            (found.to_owned(), u64::try_from(bytes.len()).unwrap_or(u64::MAX), path)
        }
        InputSource::Asset(id) => asset(state, file, id.clone()).await?,
        InputSource::Url(url) => {
            let id = state.signer.asset_of(url, state.clock.now()).ok_or_else(|| {
                let message = "The sandbox has no network: only addresses of its own assets work here. \
                               Upload the file instead.";
                Refusal::invalid(file.param.clone(), message)
            })?;
            asset(state, file, id).await?
        }
    };
    let looked_at = path.clone();
    let probe = tokio::task::spawn_blocking(move || probe(&looked_at).ok()).await.ok().flatten();
    Ok(Input { param: file.param.clone(), media_type, size, path, probe })
}

async fn asset(state: &State, file: &InputFile, id: String) -> Result<(String, u64, PathBuf), Refusal> {
    let wanted = id.clone();
    let asset = state.world(move |world| world.asset(&wanted)).await?;
    let asset = asset
        .filter(|asset| asset.arrival == Arrival::Ready)
        .ok_or_else(|| Refusal::not_found(format!("There is no asset “{id}”.")).about(file.param.clone()))?;
    Ok((asset.media_type, asset.size, state.folders.assets.join(&asset.id)))
}
