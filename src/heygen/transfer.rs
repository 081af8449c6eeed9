//! A file as a request body: streamed, counted, hashed where asked, and given up when nothing moves.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::{Body, RequestBuilder, Response};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, watch};

use super::assets::hex;
use super::error::{Error, Stakes};

/// Bytes read from disk at a time.
const PIECE: usize = 512 * 1024;
/// Pieces that are read while an earlier one leaves.
const AHEAD: usize = 4;

/// What the body tells the task that waits for the answer.
struct Report {
    sent: watch::Sender<u64>,
    fault: Arc<Mutex<Option<io::Error>>>,
    digest: Option<Sha256>,
    checksum: Arc<Mutex<Option<String>>>,
}

/// One file on its way up.
pub(super) struct Outgoing {
    name: String,
    size: u64,
    file: Mutex<Option<File>>,
    report: Mutex<Option<Report>>,
    sent: watch::Receiver<u64>,
    fault: Arc<Mutex<Option<io::Error>>>,
    hashed: bool,
    checksum: Arc<Mutex<Option<String>>>,
}

impl Outgoing {
    /// Opens the file. `size` is what was announced; more is not sent, less is a fault.
    pub(super) async fn open(path: &Path, name: &str, size: u64) -> Result<Self, Error> {
        let file = tokio::fs::File::open(path)
            .await
            .map_err(|error| Error::local(format!("{name} could not be read."), error))?
            .into_std()
            .await;
        let (sender, sent) = watch::channel(0);
        let (fault, checksum) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
        let report = Report { sent: sender, fault: Arc::clone(&fault), digest: None, checksum: Arc::clone(&checksum) };
        Ok(Self {
            name: name.to_owned(),
            size,
            file: Mutex::new(Some(file)),
            report: Mutex::new(Some(report)),
            sent,
            fault,
            hashed: false,
            checksum,
        })
    }

    /// Also reckons the checksum of what leaves.
    pub(super) fn hashed(self) -> Self {
        Self { hashed: true, ..self }
    }

    /// The SHA-256 of what left, once everything has and where it was asked for.
    pub(super) fn checksum(&self) -> Option<String> {
        self.checksum.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The file's bytes as a body. Good once: a second call gives an empty body.
    pub(super) fn body(&self) -> Body {
        let take = |slot: &Mutex<Option<File>>| slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Some(file), Some(mut report)) = (take(&self.file), report) else { return Body::default() };
        report.digest = self.hashed.then(Sha256::new);
        let size = self.size;
        let (ahead, pieces) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || read_ahead(file, size, &ahead));
        let pieces = futures_util::stream::unfold(pieces, async |mut pieces| {
            pieces.recv().await.map(|piece: io::Result<Bytes>| (piece, pieces))
        });
        let counted = pieces.map(Some).chain(futures_util::stream::iter([None])).scan(0_u64, move |sent, piece| {
            let piece = match piece {
                Some(Ok(bytes)) => {
                    *sent = sent.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    if let Some(digest) = &mut report.digest {
                        digest.update(&bytes);
                    }
                    // Before the last piece leaves: after it nobody may ask for more.
                    if *sent >= size
                        && let Some(digest) = report.digest.take()
                    {
                        let checksum = Some(hex(&digest.finalize()));
                        *report.checksum.lock().unwrap_or_else(PoisonError::into_inner) = checksum;
                    }
                    report.sent.send_replace(*sent);
                    Some(Ok(bytes))
                }
                Some(Err(error)) => Some(Err(error)),
                None if *sent < size => {
                    Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter")))
                }
                None => None,
            };
            let piece = piece.map(|piece| {
                piece.map_err(|error: io::Error| {
                    let kind = error.kind();
                    *report.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    io::Error::from(kind)
                })
            });
            std::future::ready(piece)
        });
        Body::wrap_stream(counted)
    }

    /// Sends the request that carries [`Outgoing::body`], telling `progress` what has left, and gives
    /// up once nothing has moved for `idle`.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        idle: Duration,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Response, Error> {
        let mut sent = self.sent.clone();
        let answer = request.send();
        tokio::pin!(answer);
        let mut streaming = true;
        loop {
            tokio::select! {
                biased;
                response = &mut answer => {
                    let response = response.map_err(|error| self.failure(error))?;
                    if response.status().is_success() {
                        progress(self.size, self.size);
                    }
                    return Ok(response);
                }
                moved = tokio::time::timeout(idle, sent.changed()), if streaming => match moved {
                    Ok(Ok(())) => progress(*sent.borrow_and_update(), self.size),
                    Ok(Err(_)) => streaming = false,
                    Err(_) => return Err(Error::stalled()),
                },
                () = tokio::time::sleep(idle), if !streaming => return Err(Error::stalled()),
            }
        }
    }

    /// A fault of the file itself counts more than the broken connection it caused.
    fn failure(&self, error: reqwest::Error) -> Error {
        match self.fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(fault) => Error::local(format!("{} could not be read to its end.", self.name), fault),
            None => Error::from_transport(error, Stakes::Free),
        }
    }
}

/// Reads on while earlier pieces leave, so that the disk and the network do not wait for each other.
/// Ends with the file, with its first fault, or when nobody takes the pieces any more.
fn read_ahead(file: File, size: u64, pieces: &mpsc::Sender<io::Result<Bytes>>) {
    let mut file = file.take(size);
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let most = u64::try_from(PIECE).unwrap_or(u64::MAX);
        let read = match (&mut file).take(most).read_to_end(&mut piece) {
            Ok(0) => return,
            Ok(_) => Ok(Bytes::from(piece)),
            Err(error) => Err(error),
        };
        let failed = read.is_err();
        if pieces.blocking_send(read).is_err() || failed {
            return;
        }
    }
}
