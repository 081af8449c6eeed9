//! The sample tables of one MP4 track: how long its samples last together, how many bytes they take, and how many of
//! them are still there in a file that was cut off.
//!
//! Keeps no table in memory: each is read in order, as often as it is needed.

use std::io;

use super::source::{Source, be32, be64, wide};

/// Entries of one table that are looked at.
const MOST_ENTRIES: u64 = 4_000_000;

/// Where the entries of a table lie.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table {
    first: u64,
    entries: u64,
}

impl Table {
    /// Entries of `width` bytes from `first` on, no more than fit before `end`.
    fn new(source: &Source<'_>, first: u64, entries: u64, width: u64, end: u64) -> Self {
        let room = end.min(source.size()).saturating_sub(first) / width;
        Self { first, entries: entries.min(room).min(MOST_ENTRIES) }
    }
}

/// The tables of one track, as far as they were found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Samples {
    times: Table,
    chunks: Table,
    /// Bytes of one chunk offset: 4 or 8.
    offset_width: usize,
    runs: Table,
    sizes: Table,
    /// Bytes of every sample where they are all alike.
    each: u32,
    /// Samples by the table of sizes.
    pub count: Option<u64>,
}

impl Samples {
    /// Notes a box of a sample table; other boxes are ignored.
    pub fn note(&mut self, source: &mut Source<'_>, kind: [u8; 4], body: u64, end: u64) -> io::Result<()> {
        let head = source.bytes(body, 12)?;
        let (second, third) = (be32(head, 4).map_or(0, u64::from), be32(head, 8).map_or(0, u64::from));
        match &kind {
            b"stts" => self.times = Table::new(source, body + 8, second, 8, end),
            b"stsc" => self.runs = Table::new(source, body + 8, second, 12, end),
            b"stco" | b"co64" => {
                self.offset_width = if &kind == b"stco" { 4 } else { 8 };
                self.chunks = Table::new(source, body + 8, second, wide(self.offset_width), end);
            }
            b"stsz" => {
                self.each = u32::try_from(second).unwrap_or(0);
                self.sizes = Table::new(source, body + 12, if second == 0 { third } else { 0 }, 4, end);
                self.count = Some(third);
            }
            _ => {}
        }
        Ok(())
    }

    /// Ticks and number of the first `most` samples.
    pub fn ticks(&self, source: &mut Source<'_>, most: u64) -> io::Result<(u64, u64)> {
        let (mut ticks, mut samples) = (0_u64, 0_u64);
        source.records(self.times.first, 8, self.times.entries, |run| {
            let (count, each) = (be32(run, 0).map_or(0, u64::from), be32(run, 4).map_or(0, u64::from));
            let count = count.min(most - samples);
            ticks = ticks.saturating_add(count.saturating_mul(each));
            samples += count;
            samples < most
        })?;
        Ok((ticks, samples))
    }

    /// Bytes of all samples together.
    pub fn bytes(&self, source: &mut Source<'_>) -> io::Result<u64> {
        if self.each > 0 {
            return Ok(self.count.unwrap_or(0).saturating_mul(u64::from(self.each)));
        }
        let mut bytes = 0_u64;
        source.records(self.sizes.first, 4, self.sizes.entries, |size| {
            bytes = bytes.saturating_add(be32(size, 0).map_or(0, u64::from));
            true
        })?;
        Ok(bytes)
    }

    /// Whether the last chunk begins within the file, as far as chunks are known.
    pub fn last_chunk_is_there(&self, source: &mut Source<'_>) -> io::Result<bool> {
        let Some(last) = self.chunks.entries.checked_sub(1) else { return Ok(true) };
        let at = self.chunks.first + last * wide(self.offset_width);
        let offset = offset(source.bytes(at, self.offset_width)?);
        Ok(offset < source.size())
    }

    /// How many samples from the first on lie within the file.
    pub fn whole(&self, source: &mut Source<'_>) -> io::Result<u64> {
        let size = source.size();
        // The chunks that begin within the file, and where the last of them begins.
        let (mut there, mut begins) = (0_u64, 0_u64);
        source.records(self.chunks.first, self.offset_width.max(4), self.chunks.entries, |entry| {
            let at = offset(entry);
            if at < size {
                there += 1;
                begins = at;
            }
            at < size
        })?;
        let Some(last) = there.checked_sub(1) else { return Ok(0) };
        let (before, in_last) = self.samples_before(source, last)?;
        let (mut at, mut whole) = (begins, 0);
        if self.each > 0 {
            whole = ((size - begins) / u64::from(self.each)).min(in_last);
        } else {
            let first = self.sizes.first + before.saturating_mul(4);
            let entries = self.sizes.entries.saturating_sub(before).min(in_last);
            source.records(first, 4, entries, |entry| {
                at = at.saturating_add(be32(entry, 0).map_or(0, u64::from));
                whole += u64::from(at <= size);
                at <= size
            })?;
        }
        Ok(before.saturating_add(whole))
    }

    /// Samples in the chunks before number `chunk`, counted from 0, and in that chunk.
    fn samples_before(&self, source: &mut Source<'_>, chunk: u64) -> io::Result<(u64, u64)> {
        let (mut from, mut each, mut before) = (0_u64, 0_u64, 0_u64);
        source.records(self.runs.first, 12, self.runs.entries, |run| {
            let next = be32(run, 0).map_or(0, u64::from).saturating_sub(1);
            if next > chunk {
                return false;
            }
            before = before.saturating_add(next.saturating_sub(from).saturating_mul(each));
            (from, each) = (next, be32(run, 4).map_or(0, u64::from));
            true
        })?;
        Ok((before.saturating_add((chunk - from.min(chunk)).saturating_mul(each)), each))
    }
}

fn offset(entry: &[u8]) -> u64 {
    be64(entry, 0).or_else(|| be32(entry, 0).map(u64::from)).unwrap_or(0)
}
