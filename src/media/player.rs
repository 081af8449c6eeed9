//! Playing sound: previews of voices, and what a job brought home; saying how far it has been heard.
//!
//! One named thread owns the sound card and opens it at the first sound, so that nobody waits for it and a computer
//! without one works as well as any other.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::outgoing::Way;
use super::sound_source::SoundSource;
use super::speaker::Speaker;
use super::volume::Volume;

/// What became of a sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayerEvent {
    /// It is being heard.
    Started,
    /// How far it has been heard, in seconds from its beginning to the millisecond. Told about 30 times a second while
    /// it is heard, and once after it was paused.
    Position(Decimal),
    /// It waits to go on.
    Paused,
    /// It goes on.
    Resumed,
    /// It was heard to its end.
    Finished,
    /// It was stopped, or another took its place.
    Stopped,
    /// It cannot be heard; the sentence says why.
    Failed(String),
}

/// A handle on the thread that plays. Dropping the last one stops the sound.
#[derive(Clone)]
pub struct Player {
    orders: SyncSender<Order>,
    present: Present,
}

/// The sound that is heard or waits, for whoever asks how far it is.
type Present = Arc<Mutex<Option<Place>>>;

/// Where in its sound the ear is.
#[derive(Clone)]
struct Place {
    way: Arc<Way>,
    /// Where in the sound it began.
    from: Duration,
    /// The sound's whole length, where it is known.
    length: Option<Duration>,
}

impl Place {
    fn heard(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.way.heard(Instant::now())).unwrap_or(0))
    }

    fn position(&self) -> Decimal {
        position(self.from, self.heard(), self.length)
    }
}

enum Order {
    Play { bytes: Arc<[u8]>, from: Duration },
    Pause,
    Resume,
    Stop,
}

/// Orders that can wait; a person cannot click faster than they are taken.
const WAITING: usize = 16;
/// How often a sound that is heard is asked how far it is.
const ASKING: Duration = Duration::from_millis(33);

impl Player {
    /// Starts the thread, whose sounds are as loud as `volume` says. `notify` is called on it, once or more for every sound that is played.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(volume: Volume, notify: Box<dyn Fn(PlayerEvent) + Send>) -> std::io::Result<Self> {
        let (orders, taken) = sync_channel(WAITING);
        let present = Present::default();
        let shared = Arc::clone(&present);
        thread::Builder::new().name("player".to_owned()).spawn(move || serve(&taken, &volume, &shared, &notify))?;
        Ok(Self { orders, present })
    }

    /// Plays a WAV, MP3 or M4A instead of what is playing now. Answers at once.
    pub fn play(&self, bytes: Arc<[u8]>) {
        self.order(Order::Play { bytes, from: Duration::ZERO });
    }

    /// As [`Player::play`], beginning `seconds` after the sound's beginning; also the way to another place in the sound
    /// that is playing. Negative seconds are the beginning, and seconds after the end are the end.
    pub fn play_from(&self, bytes: Arc<[u8]>, seconds: Decimal) {
        let milliseconds = seconds.checked_mul(Decimal::ONE_THOUSAND).and_then(|time| time.round().to_u64());
        self.order(Order::Play { bytes, from: Duration::from_millis(milliseconds.unwrap_or(0)) });
    }

    /// Lets what is playing wait. Answers at once; without a sound it does nothing.
    pub fn pause(&self) {
        self.order(Order::Pause);
    }

    /// Lets what waits go on. Answers at once; without a sound it does nothing.
    pub fn resume(&self) {
        self.order(Order::Resume);
    }

    /// Stops what is playing. Answers at once.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    /// Seconds from the beginning of the sound that is heard now to what the ear hears of it; `None` without one.
    #[must_use]
    pub fn position(&self) -> Option<Decimal> {
        let place = self.present.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(place.position())
    }

    fn order(&self, order: Order) {
        if matches!(order, Order::Play { .. } | Order::Stop) {
            // From now on it is another sound's place that is asked for.
            *self.present.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        match self.orders.try_send(order) {
            Ok(()) => {}
            // With so many orders waiting, or the thread gone, one sound more is nothing to fail for.
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => tracing::warn!("the player takes no orders"),
        }
    }
}

/// A sound that is heard, or waits. Dropping it stops it.
struct Playing {
    place: Place,
    present: Present,
    bytes: Arc<[u8]>,
    /// How far it has been heard, as was told last.
    at: Duration,
    /// What was told last.
    told: Option<Decimal>,
}

impl Playing {
    fn tell(&mut self, notify: &dyn Fn(PlayerEvent)) {
        self.at = self.place.from.saturating_add(self.place.heard());
        let now = self.place.position();
        if self.told != Some(now) {
            self.told = Some(now);
            notify(PlayerEvent::Position(now));
        }
    }

    /// It waits, and nothing of it is on its way to the ear any more.
    fn is_still(&self) -> bool {
        self.place.way.is_paused() && self.place.way.is_settled(Instant::now())
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.place.way.stop();
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Seconds into a sound of which some was passed over and some was heard since.
fn position(from: Duration, heard: Duration, length: Option<Duration>) -> Decimal {
    let now = from.saturating_add(heard);
    let now = length.map_or(now, |length| now.min(length));
    Decimal::from(now.as_millis()).checked_div(Decimal::ONE_THOUSAND).unwrap_or_default()
}

fn serve(orders: &Receiver<Order>, volume: &Volume, present: &Present, notify: &dyn Fn(PlayerEvent)) {
    let mut speaker: Option<Speaker> = None;
    let mut playing: Option<Playing> = None;
    loop {
        let order = if playing.as_ref().is_some_and(|playing| !playing.is_still()) {
            match orders.recv_timeout(ASKING) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        } else {
            match orders.recv() {
                Ok(order) => Some(order),
                Err(_) => return,
            }
        };
        match order {
            None if speaker.as_ref().is_some_and(Speaker::is_gone) => {
                if let Some(lost) = playing.take() {
                    match again(&mut speaker, volume, lost) {
                        // A headset was pulled out: the sound goes on elsewhere.
                        Ok(started) => playing = Some(started),
                        Err(_) => {
                            const GONE: &str = "The sound output is gone. Play it again when there is one.";
                            notify(PlayerEvent::Failed(GONE.to_owned()));
                        }
                    }
                }
            }
            None => {
                if playing.as_ref().is_some_and(|playing| playing.place.way.is_over(Instant::now())) {
                    playing = None;
                    notify(PlayerEvent::Finished);
                } else if let Some(playing) = &mut playing {
                    playing.tell(notify);
                }
            }
            Some(Order::Pause) => {
                if let Some(playing) = playing.as_mut().filter(|playing| !playing.place.way.is_paused()) {
                    playing.place.way.pause(true);
                    playing.tell(notify);
                    notify(PlayerEvent::Paused);
                }
            }
            Some(Order::Resume) => {
                if let Some(playing) = playing.as_ref().filter(|playing| playing.place.way.is_paused()) {
                    playing.place.way.pause(false);
                    notify(PlayerEvent::Resumed);
                }
            }
            Some(Order::Stop) => stop(&mut playing, notify),
            Some(Order::Play { bytes, from }) => {
                stop(&mut playing, notify);
                match start(&mut speaker, volume, present, bytes, from) {
                    Ok(started) => {
                        playing = Some(started);
                        notify(PlayerEvent::Started);
                    }
                    Err(message) => notify(PlayerEvent::Failed(message.to_owned())),
                }
            }
        }
    }
}

fn stop(playing: &mut Option<Playing>, notify: &dyn Fn(PlayerEvent)) {
    if playing.take().is_some() {
        notify(PlayerEvent::Stopped);
    }
}

/// The same sound from where it was heard last, on whatever output there is now.
fn again(speaker: &mut Option<Speaker>, volume: &Volume, lost: Playing) -> Result<Playing, &'static str> {
    let (bytes, present, at) = (Arc::clone(&lost.bytes), Arc::clone(&lost.present), lost.at);
    let is_paused = lost.place.way.is_paused();
    drop(lost);
    let again = start(speaker, volume, &present, bytes, at)?;
    again.place.way.pause(is_paused);
    Ok(again)
}

fn start(
    speaker: &mut Option<Speaker>,
    volume: &Volume,
    present: &Present,
    bytes: Arc<[u8]>,
    from: Duration,
) -> Result<Playing, &'static str> {
    let (decoder, from) = decoder(Arc::clone(&bytes), from)?;
    // One that is gone may have come back.
    if speaker.as_ref().is_none_or(Speaker::is_gone) {
        *speaker = None;
        *speaker = Speaker::open(volume);
    }
    let speaker = speaker.as_ref().ok_or("No sound can be heard: this computer has no sound output that works.")?;
    let (length, rate, channels) = (decoder.length(), decoder.rate(), decoder.channels());
    let way = speaker.play(decoder.map(Some), rate, channels);
    let place = Place { way, from, length };
    *present.lock().unwrap_or_else(PoisonError::into_inner) = Some(place.clone());
    Ok(Playing { place, present: Arc::clone(present), bytes, at: from, told: None })
}

/// A decoder that begins `from` after the sound's beginning, and where it really begins.
fn decoder(bytes: Arc<[u8]>, from: Duration) -> Result<(SoundSource, Duration), &'static str> {
    const UNREADABLE: &str = "This sound cannot be played: it is no WAV, MP3 or M4A.";
    let mut decoder = SoundSource::open(Arc::clone(&bytes)).ok_or(UNREADABLE)?;
    // Before it is given to the sound card's thread, so that nobody waits for that one.
    let from = decoder.length().map_or(from, |length| from.min(length));
    if from.is_zero() || decoder.seek(from) {
        return Ok((decoder, from));
    }
    // It may be anywhere by now.
    Ok((SoundSource::open(bytes).ok_or(UNREADABLE)?, Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: u64, heard: u64, length: Option<u64>, expected: &str) {
        let found =
            position(Duration::from_millis(from), Duration::from_millis(heard), length.map(Duration::from_millis));
        assert_eq!(found, expected.parse::<Decimal>().unwrap());
    }

    #[test]
    fn the_position_counts_from_the_sounds_beginning_and_never_passes_its_end() {
        check(0, 0, None, "0");
        check(0, 1_234, Some(5_000), "1.234");
        check(3_000, 1_234, Some(5_000), "4.234");
        check(3_000, 2_500, Some(5_000), "5");
        check(3_000, 2_500, None, "5.5");
    }

    /// A WAV of 8,000 samples a second whose samples count up.
    fn rising(samples: i16) -> Arc<[u8]> {
        let bytes = u32::try_from(samples).unwrap() * 2;
        let mut file = b"RIFF".to_vec();
        file.extend((bytes + 36).to_le_bytes());
        file.extend(b"WAVEfmt ");
        for number in [16, 0x0001_0001, 8_000, 16_000, 0x0010_0002] {
            file.extend(u32::to_le_bytes(number));
        }
        file.extend(b"data");
        file.extend(bytes.to_le_bytes());
        file.extend((0..samples).flat_map(i16::to_le_bytes));
        file.into()
    }

    #[track_caller]
    fn check_start(from: u64, begins: u64, first: Option<i16>) {
        let (mut decoder, found) = decoder(rising(16_000), Duration::from_millis(from)).unwrap();
        assert_eq!(found, Duration::from_millis(begins));
        let heard = decoder.next().map(|sample| (sample * 32_768.0).round());
        assert_eq!(heard, first.map(f32::from), "the first sample that is heard");
    }

    #[test]
    fn a_sound_begins_where_it_was_asked_to() {
        check_start(0, 0, Some(0));
        check_start(1_500, 1_500, Some(12_000));
        check_start(90_000, 2_000, None);
    }
}
