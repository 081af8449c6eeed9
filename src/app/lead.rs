//! How far ahead of what is heard a frame of a live film is drawn, so that its words are seen when they are heard.
//! Pure: the moments are told to it.

use std::time::{Duration, Instant};

/// A frame that begins so soon after its picture's time came was not kept waiting by the one before.
const PROMPT: Duration = Duration::from_millis(4);
/// From its beginning to the eye a frame takes about so long on a computer that keeps up: a refresh of the screen.
const AT_EASE: Duration = Duration::from_millis(18);
/// More than this is not made up for: a word would be lit during the one before.
const MOST: Duration = Duration::from_millis(120);
/// Each frame counts for one in so many.
const SLOWNESS: u32 = 4;

/// Learns from the frames how long they take. A computer that keeps up draws when it is asked to; on one that does not
/// a frame takes as long as lies between two of them, and a word comes in the middle of one on the average.
#[derive(Debug)]
pub(super) struct Lead {
    /// When the frame before began.
    before: Option<Instant>,
    present: Duration,
}

impl Default for Lead {
    fn default() -> Self {
        Self { before: None, present: AT_EASE }
    }
}

impl Lead {
    /// A frame begins; `due` is when the time of the newest picture came. How far ahead it is drawn.
    pub(super) fn frame(&mut self, now: Instant, due: Option<Instant>) -> Duration {
        let before = self.before.replace(now);
        // A frame that was not asked for by a picture says nothing.
        if let (Some(before), Some(due)) = (before, due)
            && due >= before
        {
            let between = now.saturating_duration_since(before);
            let sample =
                if now.saturating_duration_since(due) <= PROMPT { between.min(AT_EASE) } else { between * 3 / 2 };
            self.present = (self.present * (SLOWNESS - 1) + sample.min(MOST)) / SLOWNESS;
        }
        self.present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames so many milliseconds apart, each so many after its picture's time; how far ahead the last is drawn.
    #[track_caller]
    fn check(frames: u64, apart: u64, waited: u64, expected: u128) {
        let begin = Instant::now();
        let mut lead = Lead::default();
        let mut last = Duration::ZERO;
        for frame in 1..=frames {
            let now = begin + Duration::from_millis(1_000 + frame * apart);
            last = lead.frame(now, Some(now - Duration::from_millis(waited)));
        }
        assert_eq!(last.as_millis(), expected, "{frames} frames {apart} ms apart");
    }

    #[test]
    fn a_slow_computer_draws_its_words_as_much_earlier_as_its_frames_take() {
        check(1, 40, 30, 18);
        check(40, 40, 1, 18);
        check(40, 10, 1, 10);
        check(40, 60, 30, 89);
        check(40, 300, 200, 119);
        // The picture was drawn already: the frame is for something else.
        check(40, 40, 41, 18);
    }
}
