//! Presigned addresses of results: fetched without the credential, in pieces that can be resumed.

use std::fmt;

use bytes::Bytes;
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, RANGE};
use reqwest::{Response, StatusCode};
use url::Url;

use super::client::Client;
use super::endpoint::is_private_transport;
use super::error::{Error, ErrorKind, Stakes};

/// The body of a result on its way. Dropping it breaks the download off.
pub struct ResultBody {
    /// The answer starts at the byte that was asked for; `false` means from the very first byte, so
    /// that what is there already must be thrown away.
    pub partial: bool,
    /// Bytes of the whole file, where the server says so.
    pub total: Option<u64>,
    /// The version of the file, to be given back when resuming.
    pub etag: Option<String>,
    response: Response,
    /// Bytes of the file that are known to be missing still.
    missing: Option<u64>,
}

impl ResultBody {
    /// The next piece; `None` once the file is complete.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when the connection breaks, stands still, or ends too early.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.response.chunk().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        match (&chunk, &mut self.missing) {
            (Some(chunk), Some(missing)) => {
                *missing = missing.saturating_sub(u64::try_from(chunk.len()).unwrap_or(u64::MAX))
            }
            (None, Some(missing)) if *missing > 0 => {
                return Err(Error::new(ErrorKind::Interrupted, "The download ended before the file was complete."));
            }
            _ => {}
        }
        Ok(chunk)
    }
}

impl fmt::Debug for ResultBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultBody")
            .field("partial", &self.partial)
            .field("total", &self.total)
            .field("etag", &self.etag)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Opens a presigned address, from `from_byte` on where that is not 0. `etag` is the version the
    /// bytes at hand belong to: if the file is another by now, the answer starts from the first byte.
    ///
    /// # Errors
    /// [`ErrorKind::LinkExpired`] when a fresh address is needed, [`ErrorKind::Conflict`] when the
    /// file is shorter than `from_byte` (start again from 0), otherwise what kept it from coming.
    pub async fn open_result(&self, url: &str, from_byte: u64, etag: Option<&str>) -> Result<ResultBody, Error> {
        let range = (from_byte > 0).then(|| format!("bytes={from_byte}-"));
        self.open_at(url, from_byte, range, etag).await
    }

    /// As [`Client::open_result`], but the answer ends after so many bytes, at least one.
    pub(super) async fn open_range(&self, url: &str, first: u64, length: u64) -> Result<ResultBody, Error> {
        let last = first.saturating_add(length.max(1)).saturating_sub(1);
        let mut body = self.open_at(url, first, Some(format!("bytes={first}-{last}")), None).await?;
        // What is missing is known to the caller only.
        body.missing = None;
        Ok(body)
    }

    async fn open_at(
        &self,
        url: &str,
        from_byte: u64,
        range: Option<String>,
        etag: Option<&str>,
    ) -> Result<ResultBody, Error> {
        let url = Url::parse(url).ok().filter(is_private_transport).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "HeyGen gave an address for the result that cannot be used.")
        })?;
        let mut request = self.shared.results.get(url);
        if let Some(range) = range {
            request = request.header(RANGE, range);
            // A weak version may not be used here: the server would have to ignore the range.
            if let Some(etag) = etag.filter(|etag| etag.starts_with('"')) {
                request = request.header(IF_RANGE, etag);
            }
        }
        let response = request.send().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        let status = response.status();
        match status {
            StatusCode::OK => {
                let total = response.content_length();
                Ok(ResultBody { partial: false, total, etag: etag_of(response.headers()), missing: total, response })
            }
            StatusCode::PARTIAL_CONTENT => match content_range(response.headers()) {
                // Without If-Range nobody but us compares the versions.
                _ if is_another(etag, etag_of(response.headers()).as_deref()) => {
                    Err(Error::new(ErrorKind::Conflict, "The file at HeyGen is another than the one begun here."))
                }
                Some((start, total)) if start == from_byte => {
                    let missing = total.map(|total| total.saturating_sub(from_byte));
                    Ok(ResultBody { partial: true, total, etag: etag_of(response.headers()), missing, response })
                }
                _ => Err(Error::new(
                    ErrorKind::Conflict,
                    "The server sent another part of the file than the one asked for.",
                )),
            },
            StatusCode::RANGE_NOT_SATISFIABLE => {
                Err(Error::new(ErrorKind::Conflict, "The file at HeyGen is shorter than what is here already."))
            }
            // Stores of files answer an expired signature with any of these.
            StatusCode::BAD_REQUEST
            | StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::GONE => Err(Error::new(ErrorKind::LinkExpired, "The address of the result has expired.")),
            status => {
                // The body is a file store's, not HeyGen's: its words would help nobody.
                let retry_after = super::send::retry_after(response.headers(), std::time::SystemTime::now());
                let mut error = Error::from_answer(status.as_u16(), retry_after, b"", "");
                error.message = format!("The file store answered with HTTP {}.", status.as_u16());
                Err(error)
            }
        }
    }
}

/// Whether two versions are known and differ. Weak ones compare by what they name.
fn is_another(one: Option<&str>, other: Option<&str>) -> bool {
    let name = |etag: &str| etag.trim_start_matches("W/").to_owned();
    matches!((one, other), (Some(one), Some(other)) if name(one) != name(other))
}

fn etag_of(headers: &HeaderMap) -> Option<String> {
    headers.get(ETAG).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// First byte and whole length of `Content-Range: bytes 5-9/10` or `bytes 5-9/*`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = text.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}
