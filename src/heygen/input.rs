//! The files of a request: an uploaded asset, or a public address HeyGen fetches itself.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assets::AssetId;
use super::error::{Error, ErrorKind};
use crate::draft::{Field, LocalFile};

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
        Self::either(file.address.as_deref(), uploads.get(&field)).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "A file of this request has not been uploaded yet.").with_param(param)
        })
    }

    /// Files of a list in their order; `field` names the upload of the one at a place.
    ///
    /// # Errors
    /// As [`Input::of`].
    pub(super) fn list(
        files: &'a [LocalFile],
        field: fn(usize) -> Field,
        param: &str,
        uploads: &'a BTreeMap<Field, AssetId>,
    ) -> Result<Vec<Self>, Error> {
        files.iter().enumerate().map(|(place, file)| Self::of(file, field(place), param, uploads)).collect()
    }

    /// A public address goes before an upload; `None` where there is neither.
    pub(super) fn either(address: Option<&'a str>, asset: Option<&'a AssetId>) -> Option<Self> {
        match (address, asset) {
            (Some(url), _) => Some(Self::Url { url }),
            (None, Some(asset)) => Some(Self::AssetId { asset_id: asset.as_str() }),
            (None, None) => None,
        }
    }
}
