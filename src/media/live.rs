//! Playing a live film: segments go in, pictures come out in step with their sound.
//!
//! Two named threads: one decodes, one shows each picture when its time has come. The sound is the clock; where none can
//! be heard, the wall clock is. A picture that is late is dropped and counted. What waits is bounded everywhere: the one
//! who brings segments is told to wait, and a decoder that is ahead waits for the clock.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::live_decoder::{Hearing, Seeing};
use super::live_show::{Due, show};
use super::live_sound::{Clock, Sound};
use super::live_timeline::Timeline;
use super::picture::Picture;
use super::units::{self, Kind, TICKS, Unit, Unreadable};
use super::volume::Volume;

/// Segments of each track that wait to be decoded.
const WAITING_SEGMENTS: usize = 3;
/// Pictures that wait to be shown; each of 720 lines has 3.7 MB.
const WAITING_PICTURES: usize = 8;
/// How long the first segment waits for the second, so that the film does not stand still between them.
const SECOND_SEGMENT: Duration = Duration::from_millis(2_500);
/// How long one track waits for the other before it goes on without it.
const OTHER_TRACK: Duration = Duration::from_secs(3);
/// Longer than this the time does not go on by itself.
const ONE_PICTURE: Duration = Duration::from_millis(60);
/// How often a thread that waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// How the playing goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Pictures that were shown.
    pub shown: u64,
    /// Pictures that came too late and were not shown.
    pub dropped: u64,
    /// Segments that could not be read.
    pub damaged: u64,
    /// Why the last of those could not.
    pub unreadable: Option<Unreadable>,
    /// There is sound in the film that this computer cannot play.
    pub is_silent: bool,
    /// Everything that came in was shown, and no more will come.
    pub is_over: bool,
}

/// Which of a film's two tracks a segment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// The pictures, and the sound where it comes with them.
    Film,
    /// Sound that comes by itself: what the film's own segments have of it is not heard.
    Sound,
}

/// A segment as it was brought.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// What its playlist says goes before it.
    pub header: Option<Arc<[u8]>>,
    pub bytes: Vec<u8>,
    /// Counts up wherever the film's times begin anew.
    pub chapter: u64,
    /// Seconds from the film's beginning to its own, where they are known.
    pub starts: Option<Decimal>,
}

impl From<Vec<u8>> for Part {
    /// A transport stream.
    fn from(bytes: Vec<u8>) -> Self {
        Self { header: None, bytes, chapter: 0, starts: None }
    }
}

/// A live film that is being shown. Dropping it ends it.
pub struct LivePlayer {
    ways: Mutex<[Option<SyncSender<Part>>; 2]>,
    shared: Arc<Shared>,
}

/// What the threads of a film share.
pub(super) struct Shared {
    newest: Mutex<Option<Picture>>,
    /// When the time of the newest picture came.
    shown_at: Mutex<Option<Instant>>,
    unreadable: Mutex<Option<Unreadable>>,
    /// Where the film's beginning is on the line of time.
    beginning: Mutex<Option<i64>>,
    /// How far seeing and hearing have come, and when they had.
    reached: Mutex<Option<(i64, Instant)>>,
    pub(super) is_stopped: AtomicBool,
    has_own_sound: AtomicBool,
    is_over: AtomicBool,
    is_silent: AtomicBool,
    shown: AtomicU64,
    dropped: AtomicU64,
    damaged: AtomicU64,
    notify: Box<dyn Fn() + Send + Sync>,
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn newest(&self) -> MutexGuard<'_, Option<Picture>> {
        locked(&self.newest)
    }

    fn unreadable(&self) -> MutexGuard<'_, Option<Unreadable>> {
        locked(&self.unreadable)
    }

    /// The film has come to this time.
    pub(super) fn reach(&self, time: i64, now: Instant) {
        *locked(&self.reached) = Some((time, now));
    }

    /// A picture's time has come.
    pub(super) fn show(&self, picture: Picture) {
        *self.newest() = Some(picture);
        *locked(&self.shown_at) = Some(Instant::now());
        self.shown.fetch_add(1, Relaxed);
        (self.notify)();
    }

    /// A picture came too late.
    pub(super) fn drop_one(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    /// There will be no more pictures.
    pub(super) fn end(&self) {
        self.is_over.store(true, Relaxed);
        (self.notify)();
    }
}

impl LivePlayer {
    /// Starts the threads; the sound is as loud as `volume` says. `notify` is called whenever there is a new picture,
    /// and at the end.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(volume: Volume, notify: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            newest: Mutex::new(None),
            shown_at: Mutex::new(None),
            unreadable: Mutex::new(None),
            beginning: Mutex::new(None),
            reached: Mutex::new(None),
            is_stopped: AtomicBool::new(false),
            has_own_sound: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            is_silent: AtomicBool::new(false),
            shown: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
            notify: Box::new(notify),
        });
        let (film, film_taken) = sync_channel(WAITING_SEGMENTS);
        let (sound, sound_taken) = sync_channel(WAITING_SEGMENTS);
        let (pictures, due) = sync_channel(WAITING_PICTURES);
        let clock = Arc::new(Clock::default());
        let (own, own_clock) = (Arc::clone(&shared), Arc::clone(&clock));
        thread::Builder::new().name("live decoder".to_owned()).spawn(move || {
            let lanes = [Lane::of(Track::Film, film_taken), Lane::of(Track::Sound, sound_taken)];
            decode(&own, lanes, &pictures, &own_clock, volume);
        })?;
        let own = Arc::clone(&shared);
        thread::Builder::new().name("live pictures".to_owned()).spawn(move || show(&own, &due, &clock))?;
        Ok(Self { ways: Mutex::new([Some(film), Some(sound)]), shared })
    }

    /// Says before the first segment comes that the sound comes by itself.
    pub fn expect_sound(&self) {
        self.shared.has_own_sound.store(true, Relaxed);
    }

    /// Takes the next segment of a track.
    ///
    /// # Errors
    /// Gives the segment back when enough are waiting: bring it again a little later.
    pub fn push(&self, track: Track, segment: Part) -> Result<(), Part> {
        let ways = self.ways();
        let [film, sound] = &*ways;
        let way = match track {
            Track::Film => film,
            Track::Sound => sound,
        };
        match way.as_ref().map(|way| way.try_send(segment)) {
            Some(Err(TrySendError::Full(segment))) => Err(segment),
            // Where the threads are gone the segment is of no use to anybody.
            Some(Ok(()) | Err(TrySendError::Disconnected(_))) | None => Ok(()),
        }
    }

    /// No more segments will come: what is there is shown to its end.
    pub fn finish(&self) {
        *self.ways() = [None, None];
    }

    fn ways(&self) -> MutexGuard<'_, [Option<SyncSender<Part>>; 2]> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest picture, once.
    #[must_use]
    pub fn take_picture(&self) -> Option<Picture> {
        self.shared.newest().take()
    }

    /// When the time of the newest picture came, whether it was taken since or not.
    #[must_use]
    pub fn shown_at(&self) -> Option<Instant> {
        *locked(&self.shared.shown_at)
    }

    /// Seconds from the film's beginning to what is seen and heard now; `None` where that is not known.
    #[must_use]
    pub fn position(&self) -> Option<Decimal> {
        let (time, since) = (*locked(&self.shared.reached))?;
        let beginning = (*locked(&self.shared.beginning))?;
        let passed = i64::try_from(since.elapsed().min(ONE_PICTURE).as_micros()).unwrap_or(0).saturating_mul(9) / 100;
        let ticks = Decimal::from(time.saturating_sub(beginning).saturating_add(passed));
        ticks.checked_div(Decimal::from(TICKS)).map(|seconds| seconds.round_dp(3))
    }

    /// How the playing goes.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            shown: self.shared.shown.load(Relaxed),
            dropped: self.shared.dropped.load(Relaxed),
            damaged: self.shared.damaged.load(Relaxed),
            unreadable: *self.shared.unreadable(),
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

/// A unit and its places on the film's line of time: when it is due, and when it is seen or heard.
struct Placed {
    due: i64,
    time: i64,
    unit: Unit,
}

/// The way of one track into the decoder.
struct Lane {
    track: Track,
    parts: Receiver<Part>,
    units: VecDeque<Placed>,
    is_over: bool,
    /// Since when the other track waits for this one.
    missed: Option<Instant>,
}

impl Lane {
    fn of(track: Track, parts: Receiver<Part>) -> Self {
        Self { track, parts, units: VecDeque::new(), is_over: false, missed: None }
    }

    /// Waits a moment for the next segment, unless one is being decoded.
    fn fill(&mut self, shared: &Shared, timeline: &mut Timeline, wait: Duration) {
        if !self.units.is_empty() || self.is_over {
            return;
        }
        match self.parts.recv_timeout(wait) {
            Ok(part) => self.take(&part, shared, timeline),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.is_over = true,
        }
    }

    fn take(&mut self, part: &Part, shared: &Shared, timeline: &mut Timeline) {
        let has_own_sound = shared.has_own_sound.load(Relaxed);
        let found = units::units(part.header.as_deref(), &part.bytes).unwrap_or_else(|error| {
            shared.damaged.fetch_add(1, Relaxed);
            *shared.unreadable() = Some(error);
            Vec::new()
        });
        let number = usize::from(self.track == Track::Sound);
        let mut first: Option<i64> = None;
        for unit in found {
            let is_wanted = match (self.track, unit.kind) {
                (Track::Film, Kind::Sound) => !has_own_sound,
                (Track::Sound, Kind::Picture) => false,
                _ => true,
            };
            if is_wanted {
                let due = timeline.place(number, part.chapter, unit.due);
                let time = due.saturating_add(units::ticks_between(unit.due, unit.time));
                first = Some(first.map_or(time, |first| first.min(time)));
                self.units.push_back(Placed { due, time, unit });
            }
        }
        if let (Track::Film, Some(first), Some(starts)) = (self.track, first, part.starts) {
            let before = starts.checked_mul(Decimal::from(TICKS)).and_then(|ticks| ticks.to_i64());
            *locked(&shared.beginning) = before.map(|before| first.saturating_sub(before));
        }
        self.missed = None;
    }

    /// Whether the other track still waits for this one.
    fn is_waited_for(&mut self) -> bool {
        let is_late = |since: Instant| since.elapsed() >= OTHER_TRACK;
        self.units.is_empty() && !self.is_over && !is_late(*self.missed.get_or_insert_with(Instant::now))
    }
}

/// Decodes segments for as long as there are any.
fn decode(shared: &Shared, lanes: [Lane; 2], pictures: &SyncSender<Due>, clock: &Clock, volume: Volume) {
    let mut seeing = match Seeing::new() {
        Ok(seeing) => seeing,
        Err(error) => {
            tracing::warn!(%error, "no pictures can be decoded here");
            return;
        }
    };
    let [mut film, mut sound] = lanes;
    let mut timeline = Timeline::default();
    let mut hearing = Hearing::default();
    let mut speaker = Sound::new(volume);
    let Ok(first) = film.parts.recv() else { return };
    let second = film.parts.recv_timeout(SECOND_SEGMENT).ok();
    for part in [Some(first), second].into_iter().flatten() {
        film.take(&part, shared, &mut timeline);
    }
    while !shared.is_stopped.load(Relaxed) {
        film.fill(shared, &mut timeline, if sound.units.is_empty() { LOOK } else { Duration::ZERO });
        if shared.has_own_sound.load(Relaxed) {
            sound.fill(shared, &mut timeline, if film.units.is_empty() { LOOK } else { Duration::ZERO });
        } else {
            sound.is_over = true;
        }
        let front = |lane: &Lane| lane.units.front().map(|placed| placed.due);
        let next = match (front(&film), front(&sound)) {
            (Some(picture), Some(piece)) if piece < picture => sound.units.pop_front(),
            (Some(_), Some(_)) => film.units.pop_front(),
            (Some(_), None) if !sound.is_waited_for() => film.units.pop_front(),
            (None, Some(_)) if !film.is_waited_for() => sound.units.pop_front(),
            (None, None) if film.is_over && sound.is_over => break,
            _ => None,
        };
        let Some(Placed { time, unit, .. }) = next else { continue };
        match unit.kind {
            Kind::Picture => {
                for (time, picture) in seeing.decode(time, &unit.bytes) {
                    if pictures.send(Due { time, picture }).is_err() {
                        return;
                    }
                }
            }
            Kind::Sound => {
                for piece in hearing.decode(time, &unit.bytes) {
                    let is_heard = speaker.play(piece, clock, &shared.is_stopped);
                    shared.is_silent.store(!is_heard, Relaxed);
                }
            }
        }
    }
    for (time, picture) in seeing.finish() {
        if pictures.send(Due { time, picture }).is_err() {
            return;
        }
    }
    // The last word is heard to its end.
    speaker.drain(&shared.is_stopped);
}
