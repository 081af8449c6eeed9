//! The sound output of this computer: opened where there is one, and watched, because it may be pulled out.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rodio::cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use rodio::cpal::{
    self, BufferSize, Error, ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig,
    SupportedStreamConfig,
};
use rodio::mixer::{Mixer, MixerSource, mixer};
use rodio::stream::supported_output_configs;

use super::outgoing::{Outgoing, OutputClock, Way};
use super::volume::Volume;

/// Silence that a speaker takes before it is given a sound: some swallow what comes first.
const WARM_UP: Duration = Duration::from_millis(100);
/// How long that may last.
const COLD: Duration = Duration::from_millis(700);
/// How often a speaker that warms up is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// How long a speaker may say nothing but errors of no known meaning before it is taken for gone. A sound server does
/// until it knows its own latency, also in mid-play after it stuttered.
const TROUBLED: Duration = Duration::from_millis(1_500);
/// After such an error, so that it is not asked thousands of times a second.
const BREATH: Duration = Duration::from_millis(5);
/// Samples a second of each channel that a speaker may take.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=768_000;
/// Parts of a second that a speaker takes at once: short enough to answer, long enough for a busy computer.
const PERIODS: u32 = 10;
/// The part of the way to another volume that each sample goes: a step would be heard as a click.
const EASE: f32 = 0.002;

/// A sound output that works, or did when it was opened. Dropping it ends its sounds.
pub(super) struct Speaker {
    mixer: Mixer,
    state: Arc<State>,
    _stream: cpal::Stream,
}

/// What an output's thread tells.
#[derive(Default)]
struct State {
    is_gone: AtomicBool,
    /// Since when there were errors alone.
    troubled: Mutex<Option<Instant>>,
    clock: Arc<OutputClock>,
}

impl Speaker {
    /// Opens the system's own choice, or else any other that works; `None` where there is none. Blocks, some 150 ms.
    pub(super) fn open(volume: &Volume) -> Option<Self> {
        if !has_output() {
            return None;
        }
        let host = cpal::default_host();
        let on = |device: cpal::Device| Self::on(&device, volume);
        // One that stumbles when it is opened often works when it is opened again.
        let device = host.default_output_device();
        let again = device.clone();
        let others = || host.output_devices().into_iter().flatten().filter(is_real);
        device.and_then(on).or_else(|| again.and_then(on)).or_else(|| others().find_map(on))
    }

    fn on(device: &cpal::Device, volume: &Volume) -> Option<Self> {
        let usual = device.default_output_config().ok()?;
        let period = (usual.sample_rate() / PERIODS).max(2).next_power_of_two() / 2;
        let usual_config = StreamConfig { buffer_size: BufferSize::Fixed(period), ..usual.config() };
        let speaker = Self::with(device, usual.sample_format(), usual_config, volume).or_else(|| {
            // Some offer rates at which nobody would know a voice.
            let is_fit = |other: &SupportedStreamConfig| RATES.contains(&other.sample_rate());
            let mut others = supported_output_configs(device).into_iter().flatten().filter(is_fit);
            others.find_map(|other| Self::with(device, other.sample_format(), other.config(), volume))
        })?;
        speaker.warm_up(NonZero::new(usual.sample_rate())?, NonZero::new(usual.channels())?);
        (!speaker.is_gone()).then_some(speaker)
    }

    fn with(device: &cpal::Device, format: SampleFormat, config: StreamConfig, volume: &Volume) -> Option<Self> {
        let rate = NonZero::new(config.sample_rate)?;
        let channels = NonZero::new(config.channels)?;
        let (mixer, samples) = mixer(channels, rate);
        let state = Arc::new(State::default());
        let output = Output { samples, clock: Arc::clone(&state.clock), volume: volume.clone(), rate, channels };
        let stream = match format {
            SampleFormat::F32 => output.stream::<f32>(device, config, &state),
            SampleFormat::F64 => output.stream::<f64>(device, config, &state),
            SampleFormat::I8 => output.stream::<i8>(device, config, &state),
            SampleFormat::I16 => output.stream::<i16>(device, config, &state),
            SampleFormat::I24 => output.stream::<cpal::I24>(device, config, &state),
            SampleFormat::I32 => output.stream::<i32>(device, config, &state),
            SampleFormat::I64 => output.stream::<i64>(device, config, &state),
            SampleFormat::U8 => output.stream::<u8>(device, config, &state),
            SampleFormat::U16 => output.stream::<u16>(device, config, &state),
            SampleFormat::U24 => output.stream::<cpal::U24>(device, config, &state),
            SampleFormat::U32 => output.stream::<u32>(device, config, &state),
            SampleFormat::U64 => output.stream::<u64>(device, config, &state),
            _ => return None,
        };
        let stream = stream.ok()?;
        stream.play().ok()?;
        Some(Self { mixer, state, _stream: stream })
    }

    /// Waits until it takes sound at all.
    fn warm_up(&self, rate: NonZero<u32>, channels: NonZero<u16>) {
        let samples = WARM_UP.as_millis() * u128::from(rate.get()) * u128::from(channels.get()) / 1_000;
        let samples = u64::try_from(samples).unwrap_or(0);
        let way = self.play(std::iter::repeat(Some(0.0)), rate, channels);
        let begun = Instant::now();
        while way.taken() < samples && begun.elapsed() < COLD && !self.is_gone() {
            thread::sleep(LOOK);
        }
        way.stop();
    }

    /// Plays samples, interleaved, so many a second of each channel; `Some(None)` is one that has not come yet.
    pub(super) fn play<I>(&self, samples: I, rate: NonZero<u32>, channels: NonZero<u16>) -> Arc<Way>
    where
        I: Iterator<Item = Option<f32>> + Send + 'static,
    {
        let way = Way::new(Arc::clone(&self.state.clock), rate, channels);
        self.mixer.add(Outgoing::new(samples, Arc::clone(&way), rate, channels));
        way
    }

    /// It was pulled out or its server ended: nothing more is heard of it.
    pub(super) fn is_gone(&self) -> bool {
        self.state.is_gone.load(Relaxed)
    }
}

impl State {
    fn troubled(&self) -> MutexGuard<'_, Option<Instant>> {
        self.troubled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, error: &Error) {
        let is_over = match error.kind() {
            // It stuttered or was led elsewhere: it goes on.
            ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => false,
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => true,
            _ => {
                let since = *self.troubled().get_or_insert_with(Instant::now);
                thread::sleep(BREATH);
                since.elapsed() >= TROUBLED
            }
        };
        if is_over && !self.is_gone.swap(true, Relaxed) {
            tracing::warn!(%error, "the sound output is gone");
        }
    }
}

/// What feeds an output, on its own thread.
struct Output {
    samples: MixerSource,
    clock: Arc<OutputClock>,
    volume: Volume,
    rate: NonZero<u32>,
    channels: NonZero<u16>,
}

impl Output {
    fn stream<T: SizedSample + FromSample<f32>>(
        mut self,
        device: &cpal::Device,
        config: StreamConfig,
        state: &Arc<State>,
    ) -> Result<cpal::Stream, Error> {
        let (state, well) = (Arc::clone(state), Arc::clone(state));
        let mut gain = self.volume.gain();
        let fill = move |slots: &mut [T], info: &OutputCallbackInfo| {
            let now = Instant::now();
            *well.troubled() = None;
            self.clock.begin();
            let wanted = self.volume.gain();
            for slot in slots.iter_mut() {
                gain += (wanted - gain) * EASE;
                *slot = self.samples.next().map_or(T::EQUILIBRIUM, |sample| T::from_sample(sample * gain));
            }
            let timestamp = info.timestamp();
            // When the first of these samples is heard, and how long they last.
            let delay = timestamp.playback.duration_since(timestamp.callback);
            let lasts = self.lasts(slots.len());
            tracing::trace!(?delay, ?lasts, "the output took sound");
            self.clock.end(now, delay.saturating_add(lasts));
        };
        device.build_output_stream(config, fill, move |error| state.fail(&error), None)
    }

    fn lasts(&self, samples: usize) -> Duration {
        let frames = u64::try_from(samples).unwrap_or(0) / u64::from(self.channels.get());
        Duration::from_micros(frames.saturating_mul(1_000_000) / u64::from(self.rate.get()))
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
