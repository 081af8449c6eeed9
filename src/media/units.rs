//! Pictures and pieces of sound of a live film, whatever they came wrapped in, and their times.

use super::{fragments, transport_stream};

/// Ticks in a second of every time here.
pub const TICKS: u64 = 90_000;
/// Times count to here and begin anew.
pub(super) const WRAP: u64 = 1 << 33;

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// H.264 behind start codes: one picture.
    Picture,
    /// One or more AAC frames, each behind its ADTS header.
    Sound,
}

/// A picture or a piece of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub kind: Kind,
    /// When it is seen or heard, in 90,000ths of a second.
    pub time: u64,
    /// When its decoder must have it: before `time` where pictures are built from later ones.
    pub due: u64,
    pub bytes: Vec<u8>,
}

/// A piece of a film cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Neither a transport stream nor fragments of an MP4, or damaged beyond use.
    #[error("its pieces are no film that can be read")]
    NoFilm,
    /// A film, but its pictures are not H.264 and its sound is not AAC.
    #[error("it is neither H.264 nor AAC")]
    OtherCodec,
}

/// Every unit of a segment, in the order in which decoders take them. `header` is what its playlist says goes before
/// it; a segment of fragmented MP4 means nothing without.
///
/// # Errors
/// [`Unreadable`] when there is neither picture nor sound in it.
pub fn units(header: Option<&[u8]>, segment: &[u8]) -> Result<Vec<Unit>, Unreadable> {
    let mut units = match header {
        Some(header) => fragments::units(header, segment)?,
        // A fragment may carry its header itself.
        None if fragments::begins(segment) => fragments::units(segment, segment)?,
        None => transport_stream::units(segment)?,
    };
    if let Some(first) = units.first().map(|unit| unit.due) {
        // By distance, so that times that begin anew in the middle do not come first.
        units.sort_by_key(|unit| (ticks_between(first, unit.due), unit.kind));
    }
    Ok(units)
}

/// How long after `from` a time is, across the place where times begin anew; negative for before.
#[must_use]
pub fn ticks_between(from: u64, to: u64) -> i64 {
    let ahead = to.wrapping_sub(from) & (WRAP - 1);
    let signed = |ticks: u64| i64::try_from(ticks).unwrap_or(i64::MAX);
    if ahead < WRAP / 2 { signed(ahead) } else { signed(ahead).saturating_sub(signed(WRAP)) }
}

/// A time so many ticks away from another; the way there begins anew where times do.
#[must_use]
pub fn moved(time: u64, ticks: i64) -> u64 {
    time.wrapping_add_signed(ticks) & (WRAP - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_and_moved_across_their_new_beginning() {
        for (from, to, expected) in
            [(0, 90_000, 90_000), (90_000, 0, -90_000), (WRAP - 10, 20, 30), (20, WRAP - 10, -30)]
        {
            assert_eq!(ticks_between(from, to), expected, "{from} to {to}");
            assert_eq!(moved(from, expected), to, "{from} to {to}");
        }
    }

    #[test]
    fn what_is_no_film_has_no_units() {
        for bytes in [&b""[..], b"<html>not found</html>", b"\0\0\0\x08free"] {
            assert_eq!(units(None, bytes), Err(Unreadable::NoFilm));
            assert_eq!(units(Some(bytes), bytes), Err(Unreadable::NoFilm));
        }
    }
}
