//! The sound output of this computer: opened where there is one, and watched, because it may be pulled out.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use rodio::cpal::traits::{DeviceTrait as _, HostTrait as _};
use rodio::cpal::{self, BufferSize, ErrorKind};
use rodio::mixer::Mixer;
use rodio::{DeviceSinkBuilder, MixerDeviceSink, Source};

/// Silence that a speaker takes before it is given a sound: some swallow what comes first.
const WARM_UP: Duration = Duration::from_millis(100);
/// How long that may last.
const COLD: Duration = Duration::from_millis(700);
/// How often a speaker that warms up is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// Errors of no known meaning after which a speaker is taken for gone.
const MOST_ERRORS: u64 = 100;

/// A sound output that works, or did when it was opened. Dropping it ends its sounds.
pub(super) struct Speaker {
    sink: MixerDeviceSink,
    is_gone: Arc<AtomicBool>,
    latency: Duration,
}

impl Speaker {
    /// Opens the system's own choice, or else any other that works; `None` where there is none. Blocks, some 150 ms.
    pub(super) fn open() -> Option<Self> {
        if !has_output() {
            return None;
        }
        let host = cpal::default_host();
        // One that stumbles when it is opened often works when it is opened again.
        let device = host.default_output_device();
        let again = device.clone();
        let others = || host.output_devices().into_iter().flatten().filter(is_real);
        device.and_then(Self::on).or_else(|| again.and_then(Self::on)).or_else(|| others().find_map(Self::on))
    }

    fn on(device: cpal::Device) -> Option<Self> {
        let (is_gone, errors) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let told = Arc::clone(&is_gone);
        let builder = DeviceSinkBuilder::from_device(device).ok()?.with_error_callback(move |error| {
            let is_over = match error.kind() {
                // It stuttered or was led elsewhere: it goes on.
                ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => false,
                ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => true,
                _ => errors.fetch_add(1, Relaxed) >= MOST_ERRORS,
            };
            if is_over && !told.swap(true, Relaxed) {
                tracing::warn!(%error, "the sound output is gone");
            }
        });
        let mut sink = builder.open_sink_or_fallback().ok()?;
        sink.log_on_drop(false);
        let config = sink.config();
        let (rate, channels) = (config.sample_rate(), config.channel_count());
        let period = match config.buffer_size() {
            BufferSize::Fixed(frames) => u64::from(*frames),
            BufferSize::Default => 0,
        };
        // Two periods are under way when a third is asked for.
        let latency = Duration::from_micros(period.saturating_mul(2_000_000) / u64::from(rate.get()));
        let speaker = Self { sink, is_gone, latency };
        speaker.warm_up(rate, channels);
        (!speaker.is_gone()).then_some(speaker)
    }

    /// Waits until it takes sound at all.
    fn warm_up(&self, rate: NonZero<u32>, channels: NonZero<u16>) {
        let samples = WARM_UP.as_millis() * u128::from(rate.get()) * u128::from(channels.get()) / 1_000;
        let left = Arc::new(AtomicU64::new(u64::try_from(samples).unwrap_or(0)));
        self.mixer().add(Silence { left: Arc::clone(&left), rate, channels });
        let begun = Instant::now();
        while left.load(Relaxed) > 0 && begun.elapsed() < COLD && !self.is_gone() {
            thread::sleep(LOOK);
        }
    }

    pub(super) fn mixer(&self) -> &Mixer {
        self.sink.mixer()
    }

    /// It was pulled out or its server ended: nothing more is heard of it.
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.load(Relaxed)
    }

    /// How long after it was handed over a sound is heard, as far as is known.
    pub(super) fn latency(&self) -> Duration {
        self.latency
    }
}

/// So many samples of nothing.
struct Silence {
    left: Arc<AtomicU64>,
    rate: NonZero<u32>,
    channels: NonZero<u16>,
}

impl Iterator for Silence {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        let before = self.left.load(Relaxed);
        self.left.store(before.saturating_sub(1), Relaxed);
        (before > 0).then_some(0.0)
    }
}

impl Source for Silence {
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

/// Whether sound that goes there goes anywhere.
fn is_real(device: &cpal::Device) -> bool {
    device.description().is_ok_and(|description| description.driver().is_some_and(|driver| driver != "null"))
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
