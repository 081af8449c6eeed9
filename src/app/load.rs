//! Pictures and previews: fetched once, kept on disk by the address without its signature.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::heygen::Client;
use crate::media::picture::{self, Picture};
use crate::ui::pictures::PictureSource;

/// The longest side of a picture on the screen, in pixels: a portrait at twice its size.
const LONGEST_SIDE: u32 = 360;
/// Bytes of one picture or preview that are taken at most.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// One picture, decoded and made small; `None` where it cannot be had.
pub async fn picture(client: Option<Client>, source: PictureSource, cache: PathBuf) -> Option<Picture> {
    let bytes = match source {
        PictureSource::File(path) => tokio::fs::read(path).await.ok()?,
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
    tokio::task::spawn_blocking(move || picture::decode(&bytes, LONGEST_SIDE).ok()).await.ok().flatten()
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
    Sha256::digest(address.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
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
    fn a_new_signature_finds_the_same_picture() {
        let first = cache_name("https://files.example/look/1.png?expires=1&signature=a");
        assert_eq!(first, cache_name("https://files.example/look/1.png?expires=2&signature=b"));
        assert_ne!(first, cache_name("https://files.example/look/2.png?expires=1&signature=a"));
    }
}
