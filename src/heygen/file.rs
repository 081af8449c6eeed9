//! A list of files in a request: assets, or public addresses that HeyGen fetches itself.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assets::AssetId;
use super::error::{Error, ErrorKind};
use crate::draft::{Field, LocalFile};

/// One file of a request.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum BodyFile<'a> {
    AssetId { asset_id: &'a str },
    Url { url: &'a str },
}

/// The files in their order; `field` names the upload of the one at a place.
///
/// # Errors
/// [`ErrorKind::Invalid`] naming `param`, for a file that was not uploaded.
pub(super) fn files<'a>(
    files: &'a [LocalFile],
    field: fn(usize) -> Field,
    uploads: &'a BTreeMap<Field, AssetId>,
    param: &str,
) -> Result<Vec<BodyFile<'a>>, Error> {
    let each = files.iter().enumerate().map(|(place, file)| match &file.address {
        Some(url) => Ok(BodyFile::Url { url }),
        None => {
            uploads.get(&field(place)).map(|asset| BodyFile::AssetId { asset_id: asset.as_str() }).ok_or_else(|| {
                Error::new(ErrorKind::Invalid, "A file of this request has not been uploaded yet.").with_param(param)
            })
        }
    });
    each.collect()
}
