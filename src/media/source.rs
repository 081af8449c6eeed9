//! Reading anywhere in a file, a little at a time: nothing a file says about itself decides how much memory is taken.

use std::io::{self, Read, Seek, SeekFrom};

/// What can be probed.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

const WINDOW: usize = 64 * 1_024;

/// A file with a window on a part of it.
pub struct Source<'a> {
    inner: &'a mut dyn ReadSeek,
    size: u64,
    window_at: u64,
    window: Vec<u8>,
}

impl<'a> Source<'a> {
    /// Finds out the size.
    pub fn new(inner: &'a mut dyn ReadSeek) -> io::Result<Self> {
        let size = inner.seek(SeekFrom::End(0))?;
        Ok(Self { inner, size, window_at: 0, window: Vec::new() })
    }

    /// Bytes in the file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Up to `length` bytes, at most 64 KB, fewer at the end of the file.
    pub fn bytes(&mut self, at: u64, length: usize) -> io::Result<&[u8]> {
        let length = length.min(WINDOW);
        let end = at.saturating_add(wide(length)).min(self.size);
        let window_end = self.window_at + wide(self.window.len());
        if at < self.window_at || end > window_end {
            self.window.clear();
            self.window_at = at.min(self.size);
            self.inner.seek(SeekFrom::Start(self.window_at))?;
            (&mut *self.inner).take(wide(WINDOW)).read_to_end(&mut self.window)?;
        }
        let start = narrow(at.saturating_sub(self.window_at)).min(self.window.len());
        let end = start.saturating_add(length).min(self.window.len());
        Ok(self.window.get(start..end).unwrap_or_default())
    }

    /// Shows `seen` up to `count` records of `width` bytes each, in order, until it says that it has seen enough or
    /// the file ends.
    pub fn records(
        &mut self,
        mut at: u64,
        width: usize,
        mut count: u64,
        mut seen: impl FnMut(&[u8]) -> bool,
    ) -> io::Result<()> {
        let width = width.clamp(1, WINDOW);
        while count > 0 {
            let some = WINDOW / width * width;
            let bytes = self.bytes(at, some.min(narrow(count.saturating_mul(wide(width)))))?;
            let mut shown = 0;
            for record in bytes.chunks_exact(width) {
                shown += 1;
                if !seen(record) {
                    return Ok(());
                }
            }
            if shown == 0 {
                return Ok(());
            }
            at = at.saturating_add(wide(shown * width));
            count -= wide(shown);
        }
        Ok(())
    }

    /// Exactly `N` bytes, or `None` where the file ends before.
    pub fn exact<const N: usize>(&mut self, at: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.bytes(at, N)?.try_into().ok())
    }
}

/// A length in memory as a length in a file.
pub fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A length in a file as a length in memory.
pub fn narrow(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Two bytes, the larger first.
pub fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

/// Four bytes, the largest first.
pub fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// Eight bytes, the largest first.
pub fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}

/// Two bytes, the smaller first.
pub fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

/// Four bytes, the smallest first.
pub fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
