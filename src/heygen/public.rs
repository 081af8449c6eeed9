//! A public address as something that can be read anywhere: by parts, so that a film is looked at
//! without being fetched whole. No credential is ever sent there.

use std::io::{self, Read, Seek, SeekFrom};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, RANGE};
use tokio::runtime::Handle;
use url::Url;

use super::client::Client;
use super::endpoint::is_private_transport;
use super::error::{Error, ErrorKind, Stakes};

/// Bytes asked for at a time.
const PIECE: u64 = 256 * 1024;
/// Pieces that may be asked for in all: an address that leads nowhere ends.
const MOST_PIECES: u32 = 256;

/// The file behind a public address. Reading blocks: only on a thread that may.
pub struct PublicFile {
    client: reqwest::Client,
    url: Url,
    size: u64,
    at: u64,
    piece_at: u64,
    piece: Vec<u8>,
    pieces: u32,
    runtime: Handle,
}

impl PublicFile {
    /// Bytes of the whole file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    fn fetch(&mut self, from: u64) -> io::Result<()> {
        if self.pieces >= MOST_PIECES {
            return Err(io::Error::other("the file is scattered over more parts than are worth fetching"));
        }
        self.pieces += 1;
        let to = from.saturating_add(PIECE).min(self.size).saturating_sub(1);
        let request = self.client.get(self.url.clone()).header(RANGE, format!("bytes={from}-{to}"));
        let (status, bytes) = self.runtime.block_on(async {
            let response = request.send().await.map_err(|error| io::Error::other(error.without_url()))?;
            let status = response.status();
            let bytes = if status == StatusCode::PARTIAL_CONTENT {
                response.bytes().await.map_err(|error| io::Error::other(error.without_url()))?
            } else {
                bytes::Bytes::new()
            };
            Ok::<_, io::Error>((status, bytes))
        })?;
        if status != StatusCode::PARTIAL_CONTENT || u64::try_from(bytes.len()).unwrap_or(u64::MAX) > to - from + 1 {
            return Err(io::Error::other("the server stopped giving parts of the file"));
        }
        self.piece_at = from;
        self.piece = bytes.to_vec();
        Ok(())
    }
}

impl Read for PublicFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        let end = self.piece_at.saturating_add(u64::try_from(self.piece.len()).unwrap_or(0));
        if self.at < self.piece_at || self.at >= end {
            self.fetch(self.at)?;
        }
        let from = usize::try_from(self.at - self.piece_at).unwrap_or(usize::MAX);
        let there = self.piece.get(from..).unwrap_or_default();
        let length = there.len().min(buffer.len());
        match (buffer.get_mut(..length), there.get(..length)) {
            (Some(to), Some(bytes)) if length > 0 => to.copy_from_slice(bytes),
            _ => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server sent less than it said")),
        }
        self.at = self.at.saturating_add(u64::try_from(length).unwrap_or(0));
        Ok(length)
    }
}

impl Seek for PublicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the beginning"))?;
        Ok(self.at)
    }
}

impl Client {
    /// Opens a public address (`https`, or this computer). It must give parts of the file, because its
    /// length has to be read from its own bytes before it is paid for.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an address that cannot be used, otherwise why it did not answer.
    pub async fn open_public(&self, address: &str) -> Result<PublicFile, Error> {
        let url = Url::parse(address.trim()).ok().filter(is_private_transport).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "This is no public address: it has to begin with https://.")
        })?;
        let client = self.shared.results.clone();
        let request = client.get(url.clone()).header(RANGE, "bytes=0-0");
        let response = request.send().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        let size = match response.status() {
            StatusCode::PARTIAL_CONTENT => response
                .headers()
                .get(CONTENT_RANGE)
                .and_then(|value| value.to_str().ok())
                .and_then(|text| text.rsplit_once('/'))
                .and_then(|(_, total)| total.trim().parse().ok()),
            status if status.is_success() => None,
            status => {
                let words = format!("The address answered with HTTP {}.", status.as_u16());
                return Err(
                    Error::new(ErrorKind::Invalid, words).with_hint("Open it in a browser to see what is there.")
                );
            }
        };
        let Some(size) = size else {
            let words = "The server of this address gives no parts of its files, so the length cannot be read.";
            return Err(Error::new(ErrorKind::Invalid, words).with_hint("Download the file and drop it here."));
        };
        Ok(PublicFile {
            client,
            url,
            size,
            at: 0,
            piece_at: 0,
            piece: Vec::new(),
            pieces: 0,
            runtime: Handle::current(),
        })
    }
}
