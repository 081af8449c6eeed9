//! The sound of a live film on its way to the speaker, and how far it has been heard: the clock its pictures follow.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::live_decoder::Piece;
use super::outgoing::Way;
use super::speaker::Speaker;
use super::units::TICKS;
use super::volume::Volume;

/// Pieces of sound that wait to be heard, some 40 ms each.
const WAITING: usize = 256;
/// Ticks of silence that are put where sound is missing; shorter gaps are rounding.
const SMALLEST_GAP: i64 = 4_500;
/// How often a thread that waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(10);
/// How long a speaker that takes nothing is waited for.
const STUCK: Duration = Duration::from_millis(500);
/// How long a sound that was taken may need to be heard.
const LONGEST_WAY: Duration = Duration::from_secs(3);
/// Before a speaker that is gone is looked for again.
const AGAIN: Duration = Duration::from_secs(3);

/// What has been heard so far, shared with the speaker's thread.
#[derive(Default)]
pub(super) struct Clock {
    heard: Mutex<Option<Heard>>,
}

#[derive(Clone)]
struct Heard {
    way: Arc<Way>,
    /// The time of the first sample.
    from: i64,
}

impl Clock {
    /// The time that is heard now; `None` where nothing is heard.
    pub(super) fn now(&self) -> Option<i64> {
        let Heard { way, from } = self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let ticks = way.heard(Instant::now()).saturating_mul(9) / 100;
        Some(from.saturating_add(ticks))
    }

    fn set(&self, heard: Option<Heard>) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = heard;
    }
}

/// The sound of a film: to a speaker where there is one.
pub(super) struct Sound {
    volume: Volume,
    out: Option<Out>,
    /// When a speaker was looked for last.
    tried: Option<Instant>,
}

impl Sound {
    pub(super) fn new(volume: Volume) -> Self {
        Self { volume, out: None, tried: None }
    }

    /// Hands a piece over, waiting while enough is on its way; whether it will be heard.
    pub(super) fn play(&mut self, piece: Piece, clock: &Clock, is_stopped: &AtomicBool) -> bool {
        if self.out.as_ref().is_some_and(|out| out.speaker.is_gone()) {
            // Another may be there at once: a headset was pulled out.
            if self.tried.is_some_and(|tried| tried.elapsed() >= AGAIN) {
                self.tried = None;
            }
            self.out = None;
            clock.set(None);
        }
        if self.out.is_none() && self.tried.is_none_or(|tried| tried.elapsed() >= AGAIN) {
            self.out = Out::open(&piece, clock, &self.volume);
            self.tried = Some(Instant::now());
        }
        match &mut self.out {
            Some(out) => {
                out.play(piece, is_stopped);
                true
            }
            None => false,
        }
    }

    /// Waits until everything was heard, or the speaker stands still.
    pub(super) fn drain(&self, is_stopped: &AtomicBool) {
        let Some(out) = &self.out else { return };
        let mut before = (out.way.taken(), Instant::now());
        while !is_stopped.load(Relaxed) && !out.speaker.is_gone() {
            // What was taken is still on its way to the ear.
            let is_taken = before.0 >= out.sent;
            if before.1.elapsed() >= if is_taken { LONGEST_WAY } else { STUCK }
                || is_taken && out.way.is_settled(Instant::now())
            {
                break;
            }
            thread::sleep(LOOK);
            let now = out.way.taken();
            if now != before.0 {
                before = (now, Instant::now());
            }
        }
    }
}

struct Out {
    speaker: Speaker,
    pieces: SyncSender<Vec<f32>>,
    way: Arc<Way>,
    sent: u64,
    from: i64,
    rate: u32,
    channels: u8,
}

impl Out {
    /// Opens the speaker for sound like this piece; `None` where there is none that works.
    fn open(first: &Piece, clock: &Clock, volume: &Volume) -> Option<Self> {
        let (rate, channels) = (NonZero::new(first.rate)?, NonZero::new(u16::from(first.channels))?);
        let speaker = Speaker::open(volume)?;
        let (pieces, taken) = sync_channel(WAITING);
        let way = speaker.play(Pieces { taken, present: Vec::new().into_iter() }, rate, channels);
        clock.set(Some(Heard { way: Arc::clone(&way), from: first.time }));
        let Piece { time: from, rate, channels, .. } = *first;
        Some(Self { speaker, pieces, way, sent: 0, from, rate, channels })
    }

    fn play(&mut self, piece: Piece, is_stopped: &AtomicBool) {
        // A film whose sound changes its kind half-way goes on in silence, at the same pace.
        let fits = piece.rate == self.rate && piece.channels == self.channels;
        let per_second = u64::from(self.rate).saturating_mul(u64::from(self.channels));
        let until = self.from.saturating_add_unsigned(self.sent.saturating_mul(TICKS) / per_second.max(1));
        let gap = piece.time.saturating_sub(until);
        let lasts = u64::try_from(piece.samples.len()).unwrap_or(0).saturating_mul(TICKS);
        let lasts = lasts / u64::from(piece.rate).saturating_mul(u64::from(piece.channels)).max(1);
        // What was covered already is not heard a second time.
        if gap.saturating_add_unsigned(lasts) <= 0 && gap <= -SMALLEST_GAP {
            return;
        }
        // What is missing in between is silence, so that what follows is heard in its time.
        if gap >= SMALLEST_GAP {
            self.silence(gap.unsigned_abs(), is_stopped);
        }
        if fits {
            self.send(piece.samples, is_stopped);
        } else {
            self.silence(lasts, is_stopped);
        }
    }

    /// So many ticks of nothing, in pieces, so that a long silence takes no memory.
    fn silence(&mut self, ticks: u64, is_stopped: &AtomicBool) {
        let channels = u64::from(self.channels).max(1);
        let mut frames = ticks.saturating_mul(u64::from(self.rate)) / TICKS;
        while frames > 0 && !is_stopped.load(Relaxed) && !self.speaker.is_gone() {
            let some = frames.min(u64::from(self.rate) / 20 + 1);
            frames -= some;
            self.send(vec![0.0; usize::try_from(some * channels).unwrap_or(0)], is_stopped);
        }
    }

    fn send(&mut self, samples: Vec<f32>, is_stopped: &AtomicBool) {
        self.sent = self.sent.saturating_add(u64::try_from(samples.len()).unwrap_or(0));
        let mut piece = samples;
        let mut before = (self.way.taken(), Instant::now());
        while let Err(TrySendError::Full(back)) = self.pieces.try_send(piece) {
            let now = self.way.taken();
            if now != before.0 {
                before = (now, Instant::now());
            }
            // A speaker that takes nothing more must not hold the film.
            if is_stopped.load(Relaxed) || self.speaker.is_gone() || before.1.elapsed() >= STUCK {
                return;
            }
            piece = back;
            thread::sleep(LOOK);
        }
    }
}

/// The samples of pieces; nothing where none has come yet.
struct Pieces {
    taken: Receiver<Vec<f32>>,
    present: std::vec::IntoIter<f32>,
}

impl Iterator for Pieces {
    type Item = Option<f32>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(sample) = self.present.next() {
                return Some(Some(sample));
            }
            match self.taken.try_recv() {
                Ok(piece) => self.present = piece.into_iter(),
                Err(TryRecvError::Empty) => return Some(None),
                Err(TryRecvError::Disconnected) => return None,
            }
        }
    }
}
