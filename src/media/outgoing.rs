//! A sound on its way to an output: how much of it was taken, and how much of that has been heard. An output takes sound
//! long before it is heard, a network's sound server half a second and more; whatever follows a sound follows the ear.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::time::{Duration, Instant};

use rodio::Source;

/// Looks at a clock that is being set before what is there is taken as it is.
const LOOKS: usize = 1_000;

/// When the sound that an output took is heard. Written by the output's thread alone, whenever it has taken some.
pub(super) struct OutputClock {
    epoch: Instant,
    /// Odd while the output takes sound.
    turn: AtomicU64,
    /// Microseconds after the epoch at which all is heard that was taken so far.
    until: AtomicI64,
}

impl Default for OutputClock {
    fn default() -> Self {
        Self { epoch: Instant::now(), turn: AtomicU64::new(0), until: AtomicI64::new(0) }
    }
}

impl OutputClock {
    /// The output begins to take sound.
    pub(super) fn begin(&self) {
        self.turn.fetch_add(1, Acquire);
    }

    /// The output has taken sound, all of which is heard `ahead` from now.
    pub(super) fn end(&self, now: Instant, ahead: Duration) {
        self.until.store(micros(now.saturating_duration_since(self.epoch).saturating_add(ahead)), Relaxed);
        self.turn.fetch_add(1, Release);
    }

    /// What `read` sees of a sound, and how many microseconds from `now` all is heard that was taken by then.
    fn with<T>(&self, now: Instant, read: impl Fn() -> T) -> (T, i64) {
        let seen = || {
            let before = self.turn.load(Acquire);
            let seen = (read(), self.until.load(Acquire));
            (before.is_multiple_of(2) && before == self.turn.load(Acquire), seen)
        };
        let mut found = seen();
        for _ in 0..LOOKS {
            if found.0 {
                break;
            }
            std::thread::yield_now();
            found = seen();
        }
        let (read, until) = found.1;
        (read, until.saturating_sub(micros(now.saturating_duration_since(self.epoch))))
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// What the one who plays a sound and the output's thread share.
pub(super) struct Way {
    clock: Arc<OutputClock>,
    /// Samples a second, all channels together.
    per_second: u64,
    /// Samples that were taken.
    taken: AtomicU64,
    /// Samples of silence that were taken since the last of them.
    silence: AtomicU64,
    /// The last silence before that: after how many samples it came, and how many it had.
    gap_after: AtomicU64,
    gap: AtomicU64,
    is_paused: AtomicBool,
    is_stopped: AtomicBool,
    /// There are no more samples.
    is_whole: AtomicBool,
}

impl Way {
    pub(super) fn new(clock: Arc<OutputClock>, rate: NonZero<u32>, channels: NonZero<u16>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            per_second: u64::from(rate.get()).saturating_mul(u64::from(channels.get())),
            taken: AtomicU64::new(0),
            silence: AtomicU64::new(0),
            gap_after: AtomicU64::new(0),
            gap: AtomicU64::new(0),
            is_paused: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
            is_whole: AtomicBool::new(false),
        })
    }

    /// Samples that were taken, all channels together.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Relaxed)
    }

    /// Microseconds of the sound that have been heard at `now`; below zero while its first sample is on its way.
    pub(super) fn heard(&self, now: Instant) -> i64 {
        let Standing { taken, behind, gap_after, gap } = self.standing(now);
        let behind = behind.max(0);
        let before_gap = behind.saturating_sub(taken - gap_after);
        match before_gap {
            ..=0 => taken - behind,
            // What is heard is the silence, or what came before it.
            _ => gap_after - before_gap.saturating_sub(gap).max(0),
        }
    }

    /// All of it was taken and heard.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.is_whole.load(Relaxed) && self.is_settled(now)
    }

    /// What was taken has been heard.
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        self.standing(now).behind <= 0
    }

    fn standing(&self, now: Instant) -> Standing {
        let long = |samples: &AtomicU64| {
            let micros = samples.load(Relaxed).saturating_mul(1_000_000) / self.per_second.max(1);
            i64::try_from(micros).unwrap_or(i64::MAX)
        };
        let read = || (long(&self.taken), long(&self.silence), long(&self.gap_after), long(&self.gap));
        let ((taken, silence, gap_after, gap), until) = self.clock.with(now, read);
        Standing { taken, behind: until.saturating_sub(silence), gap_after, gap }
    }

    /// Lets it wait, or go on.
    pub(super) fn pause(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Relaxed);
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is_paused.load(Relaxed)
    }

    /// Nothing more of it is taken.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Relaxed);
    }
}

/// How a sound stands, in microseconds.
struct Standing {
    taken: i64,
    /// From now until all is heard that was taken.
    behind: i64,
    /// Where in the sound the last silence came that sound came after, and how long it was.
    gap_after: i64,
    gap: i64,
}

/// A sound as the output asks for it. `samples` gives `Some(None)` where nothing has come yet.
pub(super) struct Outgoing<I> {
    samples: I,
    way: Arc<Way>,
    rate: NonZero<u32>,
    channels: NonZero<u16>,
}

impl<I: Iterator<Item = Option<f32>>> Outgoing<I> {
    pub(super) fn new(samples: I, way: Arc<Way>, rate: NonZero<u32>, channels: NonZero<u16>) -> Self {
        Self { samples, way, rate, channels }
    }
}

impl<I: Iterator<Item = Option<f32>>> Iterator for Outgoing<I> {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.way.is_stopped.load(Relaxed) {
            return None;
        }
        let sample = if self.way.is_paused() { None } else { self.samples.next() };
        match sample {
            Some(Some(sample)) => {
                let silence = self.way.silence.swap(0, Relaxed);
                let taken = self.way.taken.fetch_add(1, Relaxed);
                if silence > 0 {
                    self.way.gap_after.store(taken, Relaxed);
                    self.way.gap.store(silence, Relaxed);
                }
                return Some(sample);
            }
            Some(None) => {}
            None if self.way.is_paused() => {}
            None => self.way.is_whole.store(true, Relaxed),
        }
        // Counted, because it comes after what is still to be heard.
        self.way.silence.fetch_add(1, Relaxed);
        Some(0.0)
    }
}

impl<I: Iterator<Item = Option<f32>>> Source for Outgoing<I> {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> NonZero<u16> {
        self.channels
    }

    fn sample_rate(&self) -> NonZero<u32> {
        self.rate
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sound of 1,000 samples a second on an output that takes 100 at a time, 300 ms before they are heard.
    struct Rig {
        begun: Instant,
        passed: u64,
        clock: Arc<OutputClock>,
        way: Arc<Way>,
        sound: Outgoing<Box<dyn Iterator<Item = Option<f32>>>>,
    }

    impl Rig {
        fn of(samples: impl Iterator<Item = Option<f32>> + 'static) -> Self {
            let (rate, channels) = (NonZero::new(1_000).unwrap(), NonZero::<u16>::MIN);
            let clock = Arc::new(OutputClock::default());
            let way = Way::new(Arc::clone(&clock), rate, channels);
            let sound: Box<dyn Iterator<Item = Option<f32>>> = Box::new(samples);
            let sound = Outgoing::new(sound, Arc::clone(&way), rate, channels);
            Self { begun: clock.epoch, passed: 0, clock, way, sound }
        }

        fn now(&self) -> Instant {
            self.begun + Duration::from_millis(self.passed)
        }

        /// The output takes what it takes at once, now; milliseconds that pass then.
        fn take(&mut self, passes: u64) {
            self.clock.begin();
            for _ in 0..100 {
                let _ = self.sound.next();
            }
            self.clock.end(self.now(), Duration::from_millis(300));
            self.passed += passes;
        }

        #[track_caller]
        fn check(&self, milliseconds: i64) {
            assert_eq!(self.way.heard(self.now()), milliseconds * 1_000, "after {} ms", self.passed);
        }
    }

    #[test]
    fn what_was_taken_is_heard_later() {
        let mut rig = Rig::of(std::iter::repeat(Some(0.5)));
        rig.take(0);
        rig.check(-200);
        rig.passed += 100;
        rig.take(50);
        // Also between two takes the time goes on.
        rig.check(-50);
        rig.passed += 50;
        rig.take(100);
        rig.check(100);
        // An output that takes nothing more has nothing more to be heard.
        rig.passed += 10_000;
        rig.check(300);
    }

    #[test]
    fn silence_in_between_is_not_heard_of_the_sound() {
        let mut rig = Rig::of(std::iter::repeat_n(Some(0.5), 100).chain(std::iter::repeat_n(None, 400)));
        rig.take(100);
        rig.take(100);
        // 100 ms of sound and of silence were taken; the sound begins at 200 ms.
        rig.check(0);
        rig.take(100);
        rig.check(100);
        rig.take(100);
        rig.check(100);
        assert!(rig.way.is_settled(rig.now()) && !rig.way.is_over(rig.now()));
    }

    #[test]
    fn a_pause_lets_what_was_taken_be_heard_and_goes_on_behind_it() {
        let mut rig = Rig::of(std::iter::repeat(Some(0.5)));
        rig.take(100);
        rig.way.pause(true);
        for _ in 0..5 {
            rig.take(100);
        }
        rig.check(100);
        rig.way.pause(false);
        rig.take(100);
        rig.check(100);
        rig.take(150);
        rig.check(150);
        rig.way.stop();
        assert_eq!(rig.sound.next(), None);
    }

    #[test]
    fn it_is_over_when_its_last_sample_was_heard() {
        let mut rig = Rig::of(std::iter::repeat_n(Some(0.5), 50));
        let mut over = Vec::new();
        for _ in 0..5 {
            rig.take(100);
            over.push(rig.way.is_over(rig.now()));
        }
        assert_eq!(over, [false, false, true, true, true]);
        rig.check(50);
    }
}
