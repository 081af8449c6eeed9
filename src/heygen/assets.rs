//! `/v3/assets`: files on their way to HeyGen, streamed from disk.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use reqwest::header::CONTENT_LENGTH;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::client::Client;
use super::endpoint::is_private_transport;
use super::error::{Error, ErrorKind, Stakes};
use super::paid::IdempotencyKey;
use super::send::decode;
use super::transfer::Outgoing;

/// Bytes the multipart upload takes at most: "32 MB", read as the smaller of its two meanings.
pub const MULTIPART_LIMIT: u64 = 32_000_000;
/// Projects of HyperFrames renders. The published types of the multipart upload leave it out, whatever its size.
const ONLY_DIRECT: &str = "application/zip";
/// Bytes any upload takes at most (published limit: 200 MB).
pub const UPLOAD_LIMIT: u64 = 200_000_000;
/// Times a direct upload is declared complete before HeyGen's 409 is believed.
const COMPLETE_ATTEMPTS: u32 = 6;

/// HeyGen's id of an uploaded file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetId(String);

impl AssetId {
    /// An id read back from the journal.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct Arrived {
    asset_id: String,
}

/// A file that is at HeyGen now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    pub id: AssetId,
    /// The SHA-256 of the bytes that went up, in 64 lower-case hexadecimal digits.
    pub checksum: String,
}

/// A file as HeyGen lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub id: AssetId,
    /// The name it was uploaded with.
    pub name: String,
    /// HeyGen's word for its kind: `image`, `video`, `audio`, `document`.
    pub kind: String,
    /// Unix seconds.
    pub uploaded_at: i64,
    /// Whether its bytes are there: an upload that never came has none.
    pub has_bytes: bool,
}

/// [`Asset`] as it is sent.
#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    uploaded_at: i64,
    #[serde(default)]
    url: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct DirectUpload {
    asset_id: String,
    upload_url: String,
    #[serde(default)]
    upload_headers: BTreeMap<String, String>,
    #[serde(default)]
    max_bytes: Option<u64>,
}

impl Client {
    /// Looks whether an asset is still at HeyGen; `None` when it is not, or was deleted.
    ///
    /// # Errors
    /// What HeyGen answered otherwise; a failure says nothing about the asset.
    pub async fn asset(&self, id: &AssetId) -> Result<Option<Asset>, Error> {
        match self.get::<Listed>(self.address(&["v3", "assets", id.as_str()])?).await {
            Ok(listed) => Ok(Some(Asset {
                id: AssetId(listed.id),
                name: listed.name,
                kind: listed.kind,
                uploaded_at: listed.uploaded_at,
                has_bytes: listed.url.is_some(),
            })),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// As [`Client::upload_with_checksum`], for a file whose checksum is of no interest.
    ///
    /// # Errors
    /// As there.
    pub async fn upload(
        &self,
        file: &Path,
        name: &str,
        media_type: &str,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<AssetId, Error> {
        self.upload_with_checksum(file, name, media_type, None, progress).await.map(|uploaded| uploaded.id)
    }

    /// Uploads a file: `name` is what HeyGen shows, `media_type` for example `audio/mpeg`.
    /// `checksum` is its SHA-256 where that is known already; a large file is read once more without it.
    /// `progress` is told bytes sent and bytes in all, on the calling task. Memory stays flat whatever the size.
    ///
    /// # Errors
    /// [`ErrorKind::Local`] for a file that cannot be read, changes meanwhile or has another checksum,
    /// [`ErrorKind::TooLarge`] above 200 MB, otherwise what HeyGen answered. An upload costs
    /// nothing: it may simply be done again.
    pub async fn upload_with_checksum(
        &self,
        file: &Path,
        name: &str,
        media_type: &str,
        checksum: Option<&str>,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Uploaded, Error> {
        let size = tokio::fs::metadata(file).await.map_err(|error| unreadable_file(name, error))?.len();
        if size == 0 {
            return Err(Error::new(ErrorKind::Local, format!("{name} is empty.")));
        }
        if size > UPLOAD_LIMIT {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("{name} is larger than 200 MB, the most HeyGen takes."),
            )
            .with_hint("Choose a smaller file."));
        }
        progress(0, size);
        if size <= MULTIPART_LIMIT && media_type != ONLY_DIRECT {
            let uploaded = self.upload_multipart(file, name, media_type, size, progress).await?;
            // HeyGen compares the bytes of a direct upload itself.
            if checksum.is_some_and(|checksum| !checksum.eq_ignore_ascii_case(&uploaded.checksum)) {
                let message = format!("{name} was changed since it was chosen.");
                return Err(Error::new(ErrorKind::Local, message).with_hint("Choose it again."));
            }
            Ok(uploaded)
        } else {
            let checksum = match checksum {
                Some(checksum) => checksum.to_ascii_lowercase(),
                None => sha256(file).await.map_err(|error| unreadable_file(name, error))?,
            };
            let id = self.upload_direct(file, name, media_type, (size, &checksum), progress).await?;
            Ok(Uploaded { id, checksum })
        }
    }

    async fn upload_multipart(
        &self,
        file: &Path,
        name: &str,
        media_type: &str,
        size: u64,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Uploaded, Error> {
        let outgoing = Outgoing::open(file, name, size).await?.hashed();
        let part = Part::stream_with_length(outgoing.body(), size)
            .file_name(name.to_owned())
            .mime_str(media_type)
            .map_err(|error| {
                Error::new(ErrorKind::Invalid, format!("“{media_type}” is no type of file.")).with_source(error)
            })?;
        let request = self
            .shared
            .uploads
            .request(Method::POST, self.address(&["v3", "assets"])?)
            .header("Idempotency-Key", IdempotencyKey::generate().as_str())
            .multipart(Form::new().part("file", part));
        let response = outgoing.send(self.authorised(request)?, self.shared.timeouts.idle, progress).await?;
        let answer = self.answer(response, Stakes::Free).await?;
        let arrived = decode::<Envelope<Arrived>>(&answer, Stakes::Free)?.data;
        Ok(Uploaded { id: AssetId(arrived.asset_id), checksum: outgoing.checksum().unwrap_or_default() })
    }

    async fn upload_direct(
        &self,
        file: &Path,
        name: &str,
        media_type: &str,
        (size, checksum): (u64, &str),
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<AssetId, Error> {
        let asked = serde_json::json!({ "filename": name, "content_type": media_type, "size_bytes": size, "checksum_sha256": checksum });
        let url = self.address(&["v3", "assets", "direct-uploads"])?;
        let key = IdempotencyKey::generate();
        let answer = self.post_bytes(url, Bytes::from(asked.to_string()), Some(&key), Stakes::Free).await?;
        let direct = decode::<Envelope<DirectUpload>>(&answer, Stakes::Free)?.data;
        if direct.max_bytes.is_some_and(|most| size > most) {
            return Err(Error::new(ErrorKind::TooLarge, format!("{name} is larger than HeyGen takes."))
                .with_hint("Choose a smaller file."));
        }
        let outgoing = Outgoing::open(file, name, size).await?;
        let request = self.direct_put(&direct, size)?.body(outgoing.body());
        let response = outgoing.send(request, self.shared.timeouts.idle, progress).await?;
        let status = response.status();
        if !status.is_success() {
            let mut error = Error::from_answer(status.as_u16(), None, b"", "");
            if status.is_client_error() {
                error.kind = ErrorKind::LinkExpired;
            }
            error.message = format!("The file store refused {name} with HTTP {}.", status.as_u16());
            error.hint = Some("Nothing was paid. Try again.");
            return Err(error);
        }
        self.complete(&direct.asset_id, checksum).await
    }

    /// The PUT to a presigned address: HeyGen's headers, the length, and nothing of the credential.
    fn direct_put(&self, direct: &DirectUpload, size: u64) -> Result<RequestBuilder, Error> {
        let url = Url::parse(&direct.upload_url).ok().filter(is_private_transport).ok_or_else(|| {
            Error::new(ErrorKind::Unreadable, "HeyGen gave an address for the upload that cannot be used.")
        })?;
        let mut request = self.shared.uploads.request(Method::PUT, url);
        for (header, value) in &direct.upload_headers {
            // The length is that of the body, whatever was announced.
            if !header.eq_ignore_ascii_case("content-length") {
                request = request.header(header, value);
            }
        }
        // A stream would go in chunks otherwise, which file stores refuse.
        Ok(request.header(CONTENT_LENGTH, size))
    }

    /// Declares a direct upload complete. HeyGen may answer 409 for a moment after the PUT. No
    /// idempotency key goes along: it would replay that 409.
    async fn complete(&self, asset_id: &str, checksum: &str) -> Result<AssetId, Error> {
        let url = self.address(&["v3", "assets", asset_id, "complete"])?;
        let body = Bytes::from(serde_json::json!({ "checksum_sha256": checksum }).to_string());
        let mut attempt = 1;
        loop {
            match self.post_bytes(url.clone(), body.clone(), None, Stakes::Free).await {
                Ok(answer) => {
                    return decode::<Envelope<Arrived>>(&answer, Stakes::Free)
                        .map(|envelope| AssetId(envelope.data.asset_id));
                }
                Err(error)
                    if matches!(error.kind, ErrorKind::Conflict | ErrorKind::InProgress)
                        && attempt < COMPLETE_ATTEMPTS =>
                {
                    tokio::time::sleep(self.shared.timeouts.settle.saturating_mul(2_u32.saturating_pow(attempt - 1)))
                        .await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn unreadable_file(name: &str, error: std::io::Error) -> Error {
    Error::local(format!("{name} could not be read."), error)
}

/// Lower-case hexadecimal digits of the file's SHA-256, in one pass on a thread that may block.
async fn sha256(file: &Path) -> std::io::Result<String> {
    let file = file.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(file)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hasher.update(bytes);
        }
        Ok(hex(&hasher.finalize()))
    });
    read.await.unwrap_or_else(|_ended| Err(std::io::Error::other("the program is closing")))
}

/// A digest in lower-case hexadecimal digits.
pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
