//! RIFF WAVE: the length that the header claims, checked against the bytes that are there.

use std::io;

use rust_decimal::Decimal;

use super::source::{Source, le16, le32, wide};

/// What a WAV file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wav {
    /// Seconds by the bytes that are there.
    pub seconds: Decimal,
    /// Seconds by the header, where that is another length.
    pub claimed: Option<Decimal>,
}

/// Chunks that are looked at before a file is given up.
const MOST_CHUNKS: usize = 1_000;

/// Reads the chunks of a file that begins with `RIFF….WAVE`; `None` when nothing in it says how long it is.
pub fn probe(source: &mut Source<'_>) -> io::Result<Option<Wav>> {
    let mut at = 12;
    let mut bytes_a_second = None;
    let mut rate = None;
    let mut samples = None;
    for _chunk in 0..MOST_CHUNKS {
        let Some(head) = source.exact::<8>(at)? else { break };
        let Some(length) = le32(&head, 4) else { break };
        let body = at + 8;
        if head.starts_with(b"fmt ") {
            let chunk = source.bytes(body, 16)?;
            bytes_a_second = format(chunk);
            rate = le32(chunk, 4).filter(|_rate| !le16(chunk, 0).is_some_and(is_plain));
        } else if head.starts_with(b"fact") {
            samples = le32(source.bytes(body, 4)?, 0).filter(|samples| (1..u32::MAX).contains(samples));
        } else if head.starts_with(b"data") {
            let there = source.size().saturating_sub(body);
            // Compressed sound has no fixed number of bytes a second; the count of samples is the better figure.
            let counted = rate.zip(samples).filter(|_| u64::from(length) <= there);
            let counted = counted.and_then(|(rate, samples)| Decimal::from(samples).checked_div(Decimal::from(rate)));
            let by_count = counted.map(|seconds| Wav { seconds: seconds.round_dp(3), claimed: None });
            return Ok(by_count.or_else(|| bytes_a_second.map(|rate| measured(length, there, rate))));
        }
        at = body + u64::from(length) + u64::from(length % 2);
    }
    Ok(None)
}

/// Bytes per second, from the parts where they can be had: the header's own figure may lie.
fn format(chunk: &[u8]) -> Option<u32> {
    let (code, rate, stated, block) = (le16(chunk, 0)?, le32(chunk, 4)?, le32(chunk, 8)?, le16(chunk, 12)?);
    let counted = rate.checked_mul(u32::from(block))?;
    let bytes = if is_plain(code) { counted } else { stated };
    (bytes > 0).then_some(bytes)
}

/// Formats in which every sample takes the same number of bytes: PCM, floats, both laws, and PCM with more channels.
fn is_plain(code: u16) -> bool {
    matches!(code, 1 | 3 | 6 | 7 | 0xfffe)
}

fn measured(claimed: u32, there: u64, bytes_a_second: u32) -> Wav {
    let seconds = |bytes: u64| (Decimal::from(bytes) / Decimal::from(bytes_a_second)).round_dp(3);
    // Programs that write to a pipe cannot know the length, and put one of these.
    let unknown = claimed == 0 || claimed >= 0x7fff_0000;
    let claimed = u64::from(claimed);
    if unknown || claimed <= there {
        let bytes = if unknown { there } else { claimed };
        return Wav { seconds: seconds(bytes), claimed: None };
    }
    let missing = claimed - there;
    let tolerated = u64::from(bytes_a_second) / 10;
    Wav { seconds: seconds(there), claimed: (missing > tolerated.max(wide(8))).then(|| seconds(claimed)) }
}
