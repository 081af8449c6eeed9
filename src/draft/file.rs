//! A file of the person's own, as drafts hold it: plain values that a probe filled in.

use std::path::PathBuf;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A file on this computer as the probe found it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LocalFile {
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// The type found in the bytes, for example `audio/mpeg`; `None` when it is none HeyGen takes.
    pub media_type: Option<String>,
    /// Seconds, for sound and video.
    pub duration: Option<Decimal>,
    /// Pixels, for pictures and video.
    pub dimensions: Option<(u32, u32)>,
    /// Whether there is sound in it; `None` where that is not known or makes no sense, as for a picture.
    #[serde(default)]
    pub has_audio: Option<bool>,
    /// What the probe found wrong with it, in words.
    pub fault: Option<String>,
    /// The public address this stands for: then there is no path, and HeyGen fetches it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl LocalFile {
    /// The file's own name, for labels.
    #[must_use]
    pub fn name(&self) -> String {
        if let Some(address) = &self.address {
            let path = address.split(['?', '#']).next().unwrap_or(address);
            return path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path).to_owned();
        }
        self.path
            .file_name()
            .map_or_else(|| self.path.display().to_string(), |name| name.to_string_lossy().into_owned())
    }
}
