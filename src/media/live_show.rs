//! Showing each picture of a live film when its time has come.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use super::live::Shared;
use super::live_sound::Clock;
use super::picture::Picture;

/// A picture is late when it is shown so many ticks after its time: two pictures of 25 a second.
const LATE: i64 = 7_200;
/// How long the sound may stand still before the picture goes on without it.
const STUCK: Duration = Duration::from_millis(250);
/// Ticks that the picture may be away from the sound before it jumps to it instead of drawing near: 120 ms.
const ASTRAY: i64 = 10_800;
/// How often a thread that waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(10);

/// A picture and when it is seen.
pub(super) struct Due {
    pub(super) time: i64,
    pub(super) picture: Picture,
}

/// Shows pictures for as long as any come.
pub(super) fn show(shared: &Shared, pictures: &Receiver<Due>, clock: &Clock) {
    let mut pace = Pace::default();
    let mut waiting: Option<Due> = None;
    loop {
        let due = match waiting.take().map_or_else(|| pictures.try_recv(), Ok) {
            Ok(due) => due,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => match next(shared, pictures, clock, &mut pace) {
                Some(due) => due,
                None => break,
            },
        };
        let behind = loop {
            if shared.is_stopped.load(Relaxed) {
                return;
            }
            let now = Instant::now();
            let present = pace.now(due.time, clock.now(), now);
            shared.reach(present, now);
            let ahead = due.time.saturating_sub(present);
            if ahead <= 0 {
                break ahead.saturating_neg();
            }
            let micros = ahead.unsigned_abs().saturating_mul(100) / 9;
            thread::sleep(Duration::from_micros(micros).min(LOOK));
        };
        waiting = pictures.try_recv().ok();
        if behind > LATE && waiting.is_some() {
            shared.drop_one();
        } else {
            shared.show(due.picture);
        }
    }
    shared.end();
}

/// Waits for the next picture; `None` when there will be none. What is heard meanwhile goes on.
fn next(shared: &Shared, pictures: &Receiver<Due>, clock: &Clock, pace: &mut Pace) -> Option<Due> {
    while !shared.is_stopped.load(Relaxed) {
        match pictures.recv_timeout(LOOK) {
            Ok(due) => {
                // It was waited for: the stream stood still, or this computer is slow.
                pace.resume_at(due.time, clock.now(), Instant::now());
                return Some(due);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let now = Instant::now();
                if let Some(present) = pace.follow(clock.now(), now) {
                    shared.reach(present, now);
                }
            }
        }
    }
    None
}

/// The film's own time: the wall clock, held to the sound while any is heard.
#[derive(Default)]
struct Pace {
    /// A moment and the time that was shown then.
    anchor: Option<(Instant, i64)>,
    /// What was heard last, and since when it is that.
    heard: Option<(i64, Instant)>,
}

impl Pace {
    /// The time that is shown now. `first` is where a film begins of which nothing was shown yet.
    fn now(&mut self, first: i64, heard: Option<i64>, now: Instant) -> i64 {
        let (since, shown) = *self.anchor.get_or_insert((now, heard.unwrap_or(first)));
        let passed = i64::try_from(now.saturating_duration_since(since).as_micros()).unwrap_or(i64::MAX);
        let mut present = shown.saturating_add(passed.saturating_mul(9) / 100);
        let is_new = heard.is_some_and(|heard| self.heard.is_none_or(|(before, _)| before != heard));
        if let Some(heard) = heard.filter(|_| is_new) {
            // The sound counts in steps of what the speaker takes at once: between them the wall clock goes on.
            let astray = heard.saturating_sub(present);
            present = if astray.abs() > ASTRAY { heard } else { present.saturating_add(astray / 8) };
            self.anchor = Some((now, present));
            self.heard = Some((heard, now));
        }
        present
    }

    /// The time while no picture is there: it goes on with the sound alone, and `None` where that stands still.
    fn follow(&mut self, heard: Option<i64>, now: Instant) -> Option<i64> {
        let (before, _) = self.heard?;
        heard.filter(|heard| *heard != before).map(|heard| self.now(heard, Some(heard), now))
    }

    /// Nothing came for a while: where no sound went on meanwhile, the film goes on from here.
    fn resume_at(&mut self, time: i64, heard: Option<i64>, now: Instant) {
        let is_lately = |since: Instant| now.saturating_duration_since(since) < STUCK;
        let goes_on = heard.is_some() && self.heard.is_some_and(|(_, since)| is_lately(since));
        let is_behind = |(since, shown): (Instant, i64)| {
            let passed = now.saturating_duration_since(since).as_micros();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX).saturating_mul(9) / 100;
            shown.saturating_add(passed) > time
        };
        if !goes_on && self.anchor.is_some_and(is_behind) {
            self.anchor = Some((now, time));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds that passed, what is heard by then, and what is shown.
    #[track_caller]
    fn check(steps: &[(u64, Option<i64>, i64)]) {
        let (mut pace, begin) = (Pace::default(), Instant::now());
        let found: Vec<i64> =
            steps.iter().map(|(at, heard, _)| pace.now(90_000, *heard, begin + Duration::from_millis(*at))).collect();
        assert_eq!(found, steps.iter().map(|step| step.2).collect::<Vec<_>>());
    }

    #[test]
    fn pictures_follow_the_sound_and_where_there_is_none_the_wall() {
        check(&[(0, None, 90_000), (40, None, 93_600), (1_000, None, 180_000)]);
        // Between two steps of the sound the time goes on; a small difference is made up little by little.
        check(&[(0, Some(50_000), 50_000), (20, Some(50_000), 51_800), (40, Some(54_400), 53_700)]);
        // A sound that began anew or was waited for is jumped to.
        check(&[(0, Some(50_000), 50_000), (1_000, Some(50_000), 140_000), (1_010, Some(52_000), 52_000)]);
    }

    #[test]
    fn without_a_picture_the_time_goes_on_as_long_as_the_sound_does() {
        let begin = Instant::now();
        let at = |milliseconds: u64| begin + Duration::from_millis(milliseconds);
        let mut pace = Pace::default();
        assert_eq!(pace.follow(Some(90_000), at(0)), None, "nothing was shown yet");
        pace.now(90_000, Some(90_000), at(0));
        assert_eq!(pace.follow(Some(99_000), at(100)), Some(99_000), "the words follow the ear");
        assert_eq!(pace.follow(Some(99_000), at(200)), None, "the stream stands still");
        assert_eq!(pace.follow(None, at(200)), None);
        // A picture that comes late after all is late; one that comes after both stood still is not.
        pace.resume_at(91_000, Some(99_000), at(200));
        assert_eq!(pace.now(91_000, Some(99_000), at(200)), 108_000);
        pace.resume_at(99_000, Some(99_000), at(900));
        assert_eq!(pace.now(99_000, Some(99_000), at(900)), 99_000);
    }
}
