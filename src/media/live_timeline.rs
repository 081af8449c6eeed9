//! One line of time for a film whose own times jump: where a chapter begins, where a server began anew, where 33 bits
//! are full.

use super::units::ticks_between;

/// Where the line begins: room for what is due before it is seen.
const START: i64 = 10 * 90_000;
/// What is assumed between the last of one chapter and the first of the next: a picture of 25 a second.
const STEP: i64 = 3_600;
/// A step in a film's times that nobody would wait for: ten seconds.
const JUMP: i64 = 10 * 90_000;
/// Chapters that are known at once: tracks that come by themselves reach a new one one after the other.
const KNOWN: usize = 3;

/// The line and what is on it so far.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// The newest at the end: its number, one of its own times and where that is on the line.
    chapters: Vec<(u64, u64, i64)>,
    /// How far each track has come.
    ends: [Option<i64>; 2],
}

impl Timeline {
    /// Where on the line a time of this chapter is; times of one track (0 or 1) come nearly in order.
    pub(super) fn place(&mut self, track: usize, chapter: u64, time: u64) -> i64 {
        let end = self.ends.iter().flatten().max().map(|end| end.saturating_add(STEP));
        let own_end = self.ends.get(track).copied().flatten();
        let known = self.chapters.iter_mut().find(|(number, ..)| *number == chapter);
        let line = match known {
            Some((_, known_time, line)) => {
                let mut place = line.saturating_add(ticks_between(*known_time, time));
                if let Some(own_end) = own_end.filter(|own_end| (place - own_end).abs() > JUMP) {
                    place = own_end.saturating_add(STEP);
                }
                (*known_time, *line) = (time, place);
                place
            }
            None => {
                let place = end.unwrap_or(START);
                self.chapters.push((chapter, time, place));
                if self.chapters.len() > KNOWN {
                    self.chapters.remove(0);
                }
                place
            }
        };
        if let Some(own_end) = self.ends.get_mut(track) {
            *own_end = Some(own_end.unwrap_or(line).max(line));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Track, chapter, time and where it is expected after the line's beginning.
    #[track_caller]
    fn check(steps: &[(usize, u64, u64, i64)]) {
        let mut line = Timeline::default();
        let found: Vec<i64> =
            steps.iter().map(|(track, chapter, time, _)| line.place(*track, *chapter, *time) - START).collect();
        assert_eq!(found, steps.iter().map(|step| step.3).collect::<Vec<_>>(), "{steps:?}");
    }

    #[test]
    fn the_line_goes_on_wherever_a_films_own_times_do_not() {
        // A picture that is due before the first, and a gap of a missing segment.
        check(&[(0, 0, 500_000, 0), (0, 0, 496_400, -3_600), (0, 0, 680_000, 180_000)]);
        // The times are full and begin anew.
        check(&[(0, 0, (1 << 33) - 3_600, 0), (0, 0, 0, 3_600)]);
        // A chapter begins at 0 again; the sound comes to it later and stays in step.
        check(&[(0, 4, 900_000, 0), (1, 4, 901_000, 1_000), (0, 5, 0, 4_600), (1, 5, 1_000, 5_600)]);
        // A server that began anew says nothing of it.
        check(&[(0, 0, 9_000_000, 0), (0, 0, 90_000, 3_600), (0, 0, 93_600, 7_200)]);
        // A track that is far behind is behind, not elsewhere.
        check(&[(0, 0, 0, 0), (0, 0, 850_000, 850_000), (1, 0, 0, 0), (1, 0, 900, 900)]);
    }
}
