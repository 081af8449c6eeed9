//! What a file holds, as one number: two files with the same hash are the same upload.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Bytes read at a time.
const PIECE: usize = 1_024 * 1_024;

/// The SHA-256 of a file's bytes, and how many they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentHash {
    digest: [u8; 32],
    size: u64,
}

impl ContentHash {
    /// 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.to_string()
    }

    /// Bytes of the file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.digest))
    }
}

/// Lower-case hexadecimal digits, two a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file once from beginning to end, on a thread that may block. `progress` is told, on that thread, the bytes
/// read so far and the bytes in all after each megabyte. Memory stays flat whatever the size.
///
/// # Errors
/// When the file cannot be opened or read, is a folder, or becomes shorter meanwhile.
pub async fn content_hash(path: &Path, progress: impl Fn(u64, u64) + Send + Sync + 'static) -> io::Result<ContentHash> {
    let path = path.to_owned();
    let hashed = tokio::task::spawn_blocking(move || hash(&path, &progress)).await;
    hashed.unwrap_or_else(|_ended| Err(io::Error::other("the program is closing")))
}

/// The same on this thread.
///
/// # Errors
/// As [`content_hash`].
pub fn hash(path: &Path, progress: &dyn Fn(u64, u64)) -> io::Result<ContentHash> {
    let mut file = File::open(path)?;
    let total = file.metadata()?.len();
    let mut hasher = Sha256::new();
    let mut size = 0_u64;
    let mut buffer = vec![0; PIECE];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        size = size.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        progress(size, total.max(size));
    }
    if size < total {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
    }
    Ok(ContentHash { digest: hasher.finalize().into(), size })
}
