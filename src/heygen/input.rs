//! The files of a request: an uploaded asset, or a public address HeyGen fetches itself.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assets::AssetId;
use super::error::{Error, ErrorKind};
use crate::draft::Field;
use crate::draft::avatar_video::LocalFile;

/// A file as requests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Input<'a> {
    AssetId { asset_id: &'a str },
    Url { url: &'a str },
}

impl<'a> Input<'a> {
    /// The file of a field; `param` is its name in the interface.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a file that is neither uploaded nor an address.
    pub(super) fn of(
        file: &'a LocalFile,
        field: Field,
        param: &str,
        uploads: &'a BTreeMap<Field, AssetId>,
    ) -> Result<Self, Error> {
        match (&file.address, uploads.get(&field)) {
            (Some(url), _) => Ok(Self::Url { url }),
            (None, Some(asset)) => Ok(Self::AssetId { asset_id: asset.as_str() }),
            (None, None) => {
                Err(Error::new(ErrorKind::Invalid, "A file of this request has not been uploaded yet.")
                    .with_param(param))
            }
        }
    }
}
