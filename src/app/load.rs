//! Pictures and previews: fetched once, kept on disk by the address without its signature.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::heygen::Client;
use crate::media::content::hex;
use crate::media::frames;
use crate::media::picture::{self, Picture};
use crate::ui::pictures::PictureSource;

/// The longest side of a portrait, in pixels: a tile of the gallery at twice its size. Many are kept at once.
const PORTRAIT_SIDE: u32 = 284;
/// The longest side of any other picture on the screen.
const LONGEST_SIDE: u32 = 360;
/// The height of a film's pictures: a strip's at twice its size.
const FRAME_HEIGHT: u32 = 88;
/// Bytes of one picture or preview that are taken at most.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// One picture, decoded and made small; `None` where it cannot be had.
pub async fn picture(client: Option<Client>, source: PictureSource, cache: PathBuf) -> Option<Picture> {
    let longest = if matches!(source, PictureSource::Url(_)) { PORTRAIT_SIDE } else { LONGEST_SIDE };
    let bytes = match source {
        PictureSource::File(path) => tokio::fs::read(path).await.ok()?,
        PictureSource::FirstFrame(path) => {
            return blocking(move || frames::first_frame(&path, FRAME_HEIGHT).ok()).await;
        }
        PictureSource::Strip(path, count) => {
            return blocking(move || {
                let film = frames::strip(&path, usize::from(count), FRAME_HEIGHT).ok()?;
                side_by_side(&film.into_iter().map(|frame| frame.picture).collect::<Vec<_>>())
            })
            .await;
        }
        PictureSource::Url(url) => {
            let kept = cache.join(cache_name(&url));
            match tokio::fs::read(&kept).await {
                Ok(bytes) => bytes,
                Err(_) => {
                    let bytes = fetch(&client?, &url).await.ok()?;
                    keep(&kept, &bytes).await;
                    bytes.to_vec()
                }
            }
        }
    };
    blocking(move || picture::decode(&bytes, longest).ok()).await
}

async fn blocking(work: impl FnOnce() -> Option<Picture> + Send + 'static) -> Option<Picture> {
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

/// Pictures of one size as one; `None` where there is none, or their sizes differ.
fn side_by_side(pictures: &[Picture]) -> Option<Picture> {
    let first = pictures.first()?;
    if pictures.iter().any(|picture| (picture.width, picture.height) != (first.width, first.height)) {
        return None;
    }
    let row = usize::try_from(first.width).ok()?.checked_mul(4)?;
    let mut rgba = Vec::with_capacity(pictures.iter().map(|picture| picture.rgba.len()).sum());
    for line in 0..usize::try_from(first.height).ok()? {
        for picture in pictures {
            rgba.extend_from_slice(picture.rgba.get(line * row..(line + 1) * row)?);
        }
    }
    let width = first.width.checked_mul(u32::try_from(pictures.len()).ok()?)?;
    Some(Picture { width, height: first.height, rgba })
}

/// All bytes behind a presigned address.
///
/// # Errors
/// A sentence.
pub async fn fetch(client: &Client, url: &str) -> Result<Arc<[u8]>, String> {
    let mut body = client.open_result(url, 0, None).await.map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    while let Some(chunk) = body.chunk().await.map_err(|error| error.to_string())? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err("It is larger than a preview can be.".to_owned());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Arc::from(bytes))
}

/// The query of a presigned address changes each time; the picture does not.
fn cache_name(url: &str) -> String {
    let address = url.split(['?', '#']).next().unwrap_or(url);
    let mut name = hex(&Sha256::digest(address.as_bytes()));
    name.truncate(32);
    name
}

/// A cache that cannot be written only costs time.
async fn keep(path: &Path, bytes: &[u8]) {
    let write = async {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let part = path.with_extension("part");
        tokio::fs::write(&part, bytes).await?;
        tokio::fs::rename(&part, path).await
    };
    if let Err(error) = write.await {
        tracing::debug!(%error, "a picture is not kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_one_size_stand_side_by_side() {
        let filled = |width: u32, value: u8| {
            let pixels = usize::try_from(width * 2).unwrap();
            Picture { width, height: 2, rgba: vec![value; pixels * 4] }
        };
        let both = side_by_side(&[filled(1, 1), filled(1, 2)]).unwrap();
        assert_eq!((both.width, both.height), (2, 2));
        assert_eq!(both.rgba, [1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]);
        assert!(side_by_side(&[filled(1, 1), filled(2, 2)]).is_none());
        assert!(side_by_side(&[]).is_none());
    }

    #[test]
    fn a_new_signature_finds_the_same_picture() {
        let first = cache_name("https://files.example/look/1.png?expires=1&signature=a");
        assert_eq!(first, cache_name("https://files.example/look/1.png?expires=2&signature=b"));
        assert_ne!(first, cache_name("https://files.example/look/2.png?expires=1&signature=a"));
    }
}
