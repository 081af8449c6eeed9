//! Playing sound: previews of voices, and what a job brought home.
//!
//! One named thread owns the sound card and opens it at the first sound, so that nobody waits for it and a computer
//! without one works as well as any other.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use rodio::{Decoder, DeviceSinkBuilder, MixerDeviceSink};

/// What became of a sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayerEvent {
    /// It is being heard.
    Started,
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
}

enum Order {
    Play(Arc<[u8]>),
    Stop,
}

/// Orders that can wait; a person cannot click faster than they are taken.
const WAITING: usize = 16;
/// How often a sound that is heard is asked whether it has ended.
const ASKING: Duration = Duration::from_millis(50);

impl Player {
    /// Starts the thread. `notify` is called on it, once or more for every sound that is played.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(notify: Box<dyn Fn(PlayerEvent) + Send>) -> std::io::Result<Self> {
        let (orders, taken) = sync_channel(WAITING);
        thread::Builder::new().name("player".to_owned()).spawn(move || serve(&taken, &notify))?;
        Ok(Self { orders })
    }

    /// Plays a WAV, MP3 or M4A instead of what is playing now. Answers at once.
    pub fn play(&self, bytes: Arc<[u8]>) {
        self.order(Order::Play(bytes));
    }

    /// Stops what is playing. Answers at once.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    fn order(&self, order: Order) {
        match self.orders.try_send(order) {
            Ok(()) => {}
            // With so many orders waiting, or the thread gone, one sound more is nothing to fail for.
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => tracing::warn!("the player takes no orders"),
        }
    }
}

fn serve(orders: &Receiver<Order>, notify: &dyn Fn(PlayerEvent)) {
    let mut card: Option<MixerDeviceSink> = None;
    let mut playing: Option<rodio::Player> = None;
    loop {
        let order = if playing.is_some() {
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
        let Some(order) = order else {
            if playing.as_ref().is_some_and(rodio::Player::empty) {
                playing = None;
                notify(PlayerEvent::Finished);
            }
            continue;
        };
        if let Some(heard) = playing.take() {
            heard.stop();
            notify(PlayerEvent::Stopped);
        }
        if let Order::Play(bytes) = order {
            match start(&mut card, bytes) {
                Ok(player) => {
                    playing = Some(player);
                    notify(PlayerEvent::Started);
                }
                Err(message) => notify(PlayerEvent::Failed(message.to_owned())),
            }
        }
    }
}

fn start(card: &mut Option<MixerDeviceSink>, bytes: Arc<[u8]>) -> Result<rodio::Player, &'static str> {
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    let decoder = Decoder::builder()
        .with_data(Cursor::new(bytes))
        .with_byte_len(length)
        .build()
        .map_err(|_unreadable| "This sound cannot be played: it is no WAV, MP3 or M4A.")?;
    if card.is_none() {
        const SILENT: &str = "No sound can be heard: this computer has no sound output that works.";
        if !has_output() {
            return Err(SILENT);
        }
        let mut opened = DeviceSinkBuilder::open_default_sink().map_err(|_missing| SILENT)?;
        opened.log_on_drop(false);
        *card = Some(opened);
    }
    let sink = card.as_ref().ok_or("No sound can be heard: the sound output is gone.")?;
    let player = rodio::Player::connect_new(sink.mixer());
    player.append(decoder);
    Ok(player)
}

/// Whether it is worth asking for a sound output: where there is none, ALSA fills the terminal with complaints.
#[cfg(target_os = "linux")]
fn has_output() -> bool {
    use std::path::PathBuf;

    let card = std::fs::read_dir("/dev/snd")
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("pcm")));
    let server = || {
        let run = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        run.is_some_and(|run| run.join("pulse/native").exists() || run.join("pipewire-0").exists())
    };
    card || std::env::var_os("PULSE_SERVER").is_some() || server()
}

#[cfg(not(target_os = "linux"))]
fn has_output() -> bool {
    true
}
