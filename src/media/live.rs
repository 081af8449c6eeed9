//! Playing a live film: segments go in, pictures come out in step with their sound.
//!
//! Two named threads: one decodes, one shows each picture when its time has come. The sound is the clock; where none can
//! be heard, the wall clock is. A picture that is late is dropped and counted. What waits is bounded everywhere: the one
//! who brings segments is told to wait, and a decoder that is ahead waits for the clock.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rodio::{DeviceSinkBuilder, MixerDeviceSink, Source};

use super::live_decoder::{Hearing, Seeing};
use super::picture::Picture;
use super::transport_stream::{self, Kind, TICKS, ticks_between};

/// Segments that wait to be decoded.
const WAITING_SEGMENTS: usize = 3;
/// Pictures that wait to be shown; each of 720 lines has 3.7 MB.
const WAITING_PICTURES: usize = 8;
/// Pieces of sound that wait to be heard, some 40 ms each.
const WAITING_SOUND: usize = 256;
/// How long the first segment waits for the second, so that the film does not stand still between them.
const SECOND_SEGMENT: Duration = Duration::from_millis(2_500);
/// A picture is late when it is shown so many ticks after its time: two pictures of 25 a second.
const LATE: i64 = 7_200;
/// A gap in the times of a film that is a new beginning: a second.
const NEW_BEGINNING: i64 = 90_000;
/// How long the clock of the sound may stand still before the picture goes on without it.
const STUCK: Duration = Duration::from_millis(500);
/// How often a thread that waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(10);

/// How the playing goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Pictures that were shown.
    pub shown: u64,
    /// Pictures that came too late and were not shown.
    pub dropped: u64,
    /// Segments that could not be read.
    pub damaged: u64,
    /// There is sound in the film that this computer cannot play.
    pub is_silent: bool,
    /// Everything that came in was shown, and no more will come.
    pub is_over: bool,
}

/// A live film that is being shown. Dropping it ends it.
pub struct LivePlayer {
    segments: Mutex<Option<SyncSender<Vec<u8>>>>,
    shared: Arc<Shared>,
}

struct Shared {
    newest: Mutex<Option<Picture>>,
    is_stopped: AtomicBool,
    is_over: AtomicBool,
    is_silent: AtomicBool,
    shown: AtomicU64,
    dropped: AtomicU64,
    damaged: AtomicU64,
    notify: Box<dyn Fn() + Send + Sync>,
}

impl Shared {
    fn newest(&self) -> MutexGuard<'_, Option<Picture>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LivePlayer {
    /// Starts the threads. `notify` is called whenever there is a new picture, and at the end.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(notify: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            newest: Mutex::new(None),
            is_stopped: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            is_silent: AtomicBool::new(false),
            shown: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
            notify: Box::new(notify),
        });
        let (segments, taken) = sync_channel(WAITING_SEGMENTS);
        let (pictures, due) = sync_channel(WAITING_PICTURES);
        let clock = Arc::new(Clock::default());
        let (own, own_clock) = (Arc::clone(&shared), Arc::clone(&clock));
        thread::Builder::new()
            .name("live decoder".to_owned())
            .spawn(move || decode(&own, &taken, &pictures, &own_clock))?;
        let own = Arc::clone(&shared);
        thread::Builder::new().name("live pictures".to_owned()).spawn(move || show(&own, &due, &clock))?;
        Ok(Self { segments: Mutex::new(Some(segments)), shared })
    }

    /// Takes the next segment, a transport stream.
    ///
    /// # Errors
    /// Gives the segment back when enough are waiting: bring it again a little later.
    pub fn push(&self, segment: Vec<u8>) -> Result<(), Vec<u8>> {
        match &*self.segments() {
            Some(segments) => match segments.try_send(segment) {
                Ok(()) => Ok(()),
                Err(TrySendError::Full(segment)) => Err(segment),
                // The threads are gone, and the segment is of no use to anybody.
                Err(TrySendError::Disconnected(_)) => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// No more segments will come: what is there is shown to its end.
    pub fn finish(&self) {
        *self.segments() = None;
    }

    fn segments(&self) -> MutexGuard<'_, Option<SyncSender<Vec<u8>>>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest picture, once.
    #[must_use]
    pub fn take_picture(&self) -> Option<Picture> {
        self.shared.newest().take()
    }

    /// How the playing goes.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            shown: self.shared.shown.load(Relaxed),
            dropped: self.shared.dropped.load(Relaxed),
            damaged: self.shared.damaged.load(Relaxed),
            is_silent: self.shared.is_silent.load(Relaxed),
            is_over: self.shared.is_over.load(Relaxed),
        }
    }
}

impl Drop for LivePlayer {
    fn drop(&mut self) {
        self.shared.is_stopped.store(true, Relaxed);
    }
}

struct Due {
    time: u64,
    picture: Picture,
}

/// Decodes segments for as long as there are any.
fn decode(shared: &Shared, segments: &Receiver<Vec<u8>>, pictures: &SyncSender<Due>, clock: &Clock) {
    let mut seeing = match Seeing::new() {
        Ok(seeing) => seeing,
        Err(error) => {
            tracing::warn!(%error, "no pictures can be decoded here");
            return;
        }
    };
    let mut hearing = Hearing::default();
    let mut sound: Option<SoundOut> = None;
    let mut is_mute = false;
    let Ok(first) = segments.recv() else { return };
    let mut waiting = segments.recv_timeout(SECOND_SEGMENT).ok();
    let mut next = Some(first);
    while let Some(segment) = next {
        let units = transport_stream::units(&segment).unwrap_or_else(|_| {
            shared.damaged.fetch_add(1, Relaxed);
            Vec::new()
        });
        drop(segment);
        for unit in units {
            if shared.is_stopped.load(Relaxed) {
                return;
            }
            match unit.kind {
                Kind::Picture => {
                    for (time, picture) in seeing.decode(&unit) {
                        if pictures.send(Due { time, picture }).is_err() {
                            return;
                        }
                    }
                }
                Kind::Sound => {
                    for piece in hearing.decode(&unit) {
                        if sound.is_none() && !is_mute {
                            sound = SoundOut::open(piece.rate, piece.channels, piece.time, clock);
                            is_mute = sound.is_none();
                            shared.is_silent.store(is_mute, Relaxed);
                        }
                        if let Some(sound) = &mut sound {
                            sound.play(piece.time, piece.rate, piece.channels, piece.samples, &shared.is_stopped);
                        }
                    }
                }
            }
        }
        next = match waiting.take() {
            Some(segment) => Some(segment),
            None => loop {
                match segments.recv_timeout(LOOK.saturating_mul(10)) {
                    Ok(segment) => break Some(segment),
                    Err(RecvTimeoutError::Timeout) if !shared.is_stopped.load(Relaxed) => {}
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break None,
                }
            },
        };
    }
    for (time, picture) in seeing.finish() {
        if pictures.send(Due { time, picture }).is_err() {
            return;
        }
    }
    // The last word is heard to its end.
    if let Some(sound) = sound {
        sound.drain(&shared.is_stopped);
    }
}

/// Shows each picture when its time has come.
fn show(shared: &Shared, pictures: &Receiver<Due>, clock: &Clock) {
    let mut wall: Option<(Instant, u64)> = None;
    let mut last: Option<u64> = None;
    let mut waiting: Option<Due> = None;
    loop {
        let due = match waiting.take() {
            Some(due) => due,
            None => match pictures.recv() {
                Ok(due) => due,
                Err(_) => break,
            },
        };
        let jumped = last.is_some_and(|last| ticks_between(last, due.time).abs() > NEW_BEGINNING);
        last = Some(due.time);
        if jumped {
            wall = None;
        }
        let Some(behind) = wait(shared, clock, &mut wall, due.time) else { return };
        waiting = pictures.try_recv().ok();
        if behind > NEW_BEGINNING {
            // The stream stood still, not this computer: go on from here.
            wall = None;
        } else if behind > LATE && waiting.is_some() {
            shared.dropped.fetch_add(1, Relaxed);
            continue;
        }
        *shared.newest() = Some(due.picture);
        shared.shown.fetch_add(1, Relaxed);
        (shared.notify)();
    }
    shared.is_over.store(true, Relaxed);
    (shared.notify)();
}

/// Waits until a picture is due; the ticks it is late by then, or `None` when nobody wants it any more.
fn wait(shared: &Shared, clock: &Clock, wall: &mut Option<(Instant, u64)>, time: u64) -> Option<i64> {
    let mut moved: Option<(i64, Instant)> = None;
    loop {
        if shared.is_stopped.load(Relaxed) {
            return None;
        }
        let ahead = match clock.now() {
            Some(now) => ticks_between(now, time),
            None => {
                let (since, from) = *wall.get_or_insert_with(|| (Instant::now(), time));
                let passed = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX).saturating_mul(9) / 100;
                ticks_between(from.wrapping_add(passed), time)
            }
        };
        if ahead <= 0 {
            return Some(ahead.saturating_neg());
        }
        // A sound that is cut off or was never there must not hold the picture.
        let stood = match moved {
            Some((before, since)) if before == ahead => since.elapsed() >= STUCK,
            _ => {
                moved = Some((ahead, Instant::now()));
                false
            }
        };
        if stood {
            return Some(0);
        }
        let micros = u64::try_from(ahead).unwrap_or(0).saturating_mul(100) / 9;
        thread::sleep(Duration::from_micros(micros).min(LOOK));
    }
}

/// What has been heard so far, shared with the sound card's thread.
#[derive(Default)]
struct Clock {
    heard: Mutex<Option<Heard>>,
}

#[derive(Clone)]
struct Heard {
    /// Samples, all channels together.
    samples: Arc<AtomicU64>,
    /// Samples a second, all channels together.
    per_second: u64,
    from: u64,
}

impl Clock {
    /// The time that is heard now; `None` where nothing is heard.
    fn now(&self) -> Option<u64> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let ticks = heard.samples.load(Relaxed).saturating_mul(TICKS) / heard.per_second.max(1);
        Some(heard.from.wrapping_add(ticks))
    }

    fn set(&self, heard: Heard) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
    }
}

/// The way of a live film's sound to the sound card.
struct SoundOut {
    // Held: the sound ends with it.
    _card: MixerDeviceSink,
    pieces: SyncSender<Vec<f32>>,
    heard: Arc<AtomicU64>,
    sent: u64,
    from: u64,
    rate: u32,
    channels: u8,
}

impl SoundOut {
    /// Opens the sound card; `None` where there is none that works.
    fn open(rate: u32, channels: u8, from: u64, clock: &Clock) -> Option<Self> {
        if !super::player::has_output() {
            return None;
        }
        let (rate_number, channel_number) = (NonZero::new(rate)?, NonZero::new(u16::from(channels))?);
        let mut card = DeviceSinkBuilder::open_default_sink().ok()?;
        card.log_on_drop(false);
        let (pieces, taken) = sync_channel(WAITING_SOUND);
        let heard = Arc::new(AtomicU64::new(0));
        card.mixer().add(LiveSound {
            pieces: taken,
            present: Vec::new().into_iter(),
            heard: Arc::clone(&heard),
            rate: rate_number,
            channels: channel_number,
        });
        let per_second = u64::from(rate).saturating_mul(u64::from(channels));
        clock.set(Heard { samples: Arc::clone(&heard), per_second, from });
        Some(Self { _card: card, pieces, heard, sent: 0, from, rate, channels })
    }

    fn play(&mut self, time: u64, rate: u32, channels: u8, samples: Vec<f32>, is_stopped: &AtomicBool) {
        // A film whose sound changes its kind half-way goes on in silence, at the same pace.
        let fits = rate == self.rate && channels == self.channels;
        let per_second = u64::from(self.rate).saturating_mul(u64::from(self.channels));
        let until = self.from.wrapping_add(self.sent.saturating_mul(TICKS) / per_second.max(1));
        let gap = ticks_between(until, time);
        // What is missing in between is silence, so that what follows is heard in its time.
        if (4_500..NEW_BEGINNING.saturating_mul(10)).contains(&gap) {
            let missing = u64::try_from(gap).unwrap_or(0).saturating_mul(per_second) / TICKS;
            let whole = missing - missing % u64::from(self.channels).max(1);
            self.send(vec![0.0; usize::try_from(whole).unwrap_or(0)], is_stopped);
        }
        let samples = if fits { samples } else { vec![0.0; samples.len()] };
        self.send(samples, is_stopped);
    }

    fn send(&mut self, samples: Vec<f32>, is_stopped: &AtomicBool) {
        self.sent = self.sent.saturating_add(u64::try_from(samples.len()).unwrap_or(0));
        let mut piece = samples;
        while let Err(TrySendError::Full(back)) = self.pieces.try_send(piece) {
            if is_stopped.load(Relaxed) {
                return;
            }
            piece = back;
            thread::sleep(LOOK);
        }
    }

    /// Waits until everything was heard, or the card stands still.
    fn drain(&self, is_stopped: &AtomicBool) {
        let mut before = (self.heard.load(Relaxed), Instant::now());
        while before.0 < self.sent && before.1.elapsed() < STUCK && !is_stopped.load(Relaxed) {
            thread::sleep(LOOK);
            let now = self.heard.load(Relaxed);
            if now != before.0 {
                before = (now, Instant::now());
            }
        }
    }
}

/// The sound as the card asks for it: silence where nothing has come yet, which is not counted as heard.
struct LiveSound {
    pieces: Receiver<Vec<f32>>,
    present: std::vec::IntoIter<f32>,
    heard: Arc<AtomicU64>,
    rate: NonZero<u32>,
    channels: NonZero<u16>,
}

impl Iterator for LiveSound {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        loop {
            if let Some(sample) = self.present.next() {
                self.heard.fetch_add(1, Relaxed);
                return Some(sample);
            }
            match self.pieces.try_recv() {
                Ok(piece) => self.present = piece.into_iter(),
                Err(TryRecvError::Empty) => return Some(0.0),
                Err(TryRecvError::Disconnected) => return None,
            }
        }
    }
}

impl Source for LiveSound {
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
