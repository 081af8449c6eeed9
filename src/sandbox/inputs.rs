//! Files that requests bring or point to: found among what was uploaded, made here or sent along, and looked at.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::server::State;
use super::sniff;
use super::wire::Refusal;
use super::wire::file::{InputFile, InputSource};
use super::world::Arrival;
use crate::media::probe::{Probe, probe};

/// Bytes at the start of a file that tell its type.
const START: u64 = 512;

/// Where a file lies, as a job remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// Among the assets, by its name there.
    Asset(String),
    /// Among the results, by its name there.
    Result(String),
}

impl Place {
    /// Where the file is.
    pub fn path(&self, assets: &Path, results: &Path) -> PathBuf {
        match self {
            Self::Asset(name) => assets.join(name),
            Self::Result(name) => results.join(name),
        }
    }
}

/// A file that is here.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// The field that brought it.
    pub param: String,
    /// As it was called when it was brought in.
    pub name: String,
    /// As the bytes have it.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    pub path: PathBuf,
    pub place: Place,
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
/// 404 for an asset or result that is not there, 400 for an address out of reach or bytes of another type than
/// announced.
pub(super) async fn open(state: &State, file: &InputFile) -> Result<Input, Refusal> {
    let (place, name) = match &file.source {
        InputSource::Inline { media_type, bytes } => {
            (Place::Asset(inline(state, file, media_type, bytes).await?), None)
        }
        InputSource::Asset(id) => asset(state, file, id.clone()).await?,
        InputSource::Url(url) => match state.signer.path_of(url, state.clock.now()).as_deref() {
            Some(path) => match (path.strip_prefix("/files/assets/"), path.strip_prefix("/files/results/")) {
                (Some(id), _) => asset(state, file, id.to_owned()).await?,
                (None, Some(name)) => (Place::Result(name.to_owned()), None),
                (None, None) => return Err(Refusal::invalid(file.param.clone(), "There is no file at this address.")),
            },
            None => {
                let message = "The sandbox has no network: only addresses of its own files work here, while they are \
                               good. Upload the file instead.";
                return Err(Refusal::invalid(file.param.clone(), message));
            }
        },
    };
    let path = place.path(&state.folders.assets, &state.folders.results);
    let gone = || Refusal::not_found("This file is not there any more.").about(file.param.clone());
    let looked_at = path.clone();
    let looked = tokio::task::spawn_blocking(move || -> std::io::Result<_> {
        let mut start = Vec::new();
        std::fs::File::open(&looked_at)?.take(START).read_to_end(&mut start)?;
        let size = std::fs::metadata(&looked_at)?.len();
        Ok((sniff::media_type(&start).unwrap_or_default(), size, probe(&looked_at).ok()))
    });
    let (media_type, size, probe) = looked.await.ok().and_then(Result::ok).ok_or_else(gone)?;
    let name = name.unwrap_or_else(|| match &place {
        Place::Asset(name) | Place::Result(name) => name.clone(),
    });
    Ok(Input { param: file.param.clone(), name, media_type: media_type.to_owned(), size, path, place, probe })
}

/// Puts the bytes of a request beside the assets, and says by which name.
async fn inline(state: &State, file: &InputFile, media_type: &str, bytes: &[u8]) -> Result<String, Refusal> {
    let announced = if media_type == "image/jpg" { "image/jpeg" } else { media_type };
    if sniff::media_type(bytes) != Some(announced) {
        return Err(Refusal::invalid(file.param.clone(), format!("These bytes are no {media_type}.")));
    }
    let name = format!("inline-{}", uuid::Uuid::new_v4().simple());
    super::routes::assets::write(&state.folders.assets.join(&name), bytes).await?;
    Ok(name)
}

async fn asset(state: &State, file: &InputFile, id: String) -> Result<(Place, Option<String>), Refusal> {
    let wanted = id.clone();
    let asset = state.world(move |world| world.asset(&wanted)).await?;
    match asset.filter(|asset| asset.arrival == Arrival::Ready) {
        Some(asset) => Ok((Place::Asset(asset.id), Some(asset.name))),
        None => Err(Refusal::not_found(format!("There is no asset “{id}”.")).about(file.param.clone())),
    }
}
