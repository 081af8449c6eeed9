//! How much of one core a live film costs in the window, and how many of its pictures come too late:
//! 720 lines at 25 pictures a second for a minute. `cargo bench --bench hls`, with a display; Linux only,
//! because it reads its own share of the processor. A session of the sandbox is recorded first, then shown
//! from memory, so that making it costs nothing while it is measured.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is all a benchmark does")]

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reelmeter::heygen::{Client, Credential, Endpoint, IdempotencyKey, PaidEndpoint};
use reelmeter::media::hls::{self, Read};
use reelmeter::media::live::{LivePlayer, Part, Standing, Track};
use reelmeter::media::volume::Volume;
use reelmeter::sandbox::{self, Clock, ManualClock};
use secrecy::SecretString;
use serde_json::json;
use url::Url;

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// How long it is measured.
const MEASURED: Duration = Duration::from_secs(60);
/// Before it is measured: the window opens, the first segments are there.
const WARM_UP: Duration = Duration::from_secs(5);
/// Segments of two seconds: the warm-up, the minute, and some to spare.
const SEGMENTS: usize = 35;
/// The share of one core that is promised.
const PROMISED: f64 = 0.6;

fn main() -> Result<(), Problem> {
    eprintln!("recording {} s of a session of the sandbox", SEGMENTS * 2);
    let segments = tokio::runtime::Runtime::new()?.block_on(record())?;
    let measured: Arc<Mutex<Option<Measured>>> = Arc::default();
    let own = Arc::clone(&measured);
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_title("Live film").with_inner_size([1280.0, 800.0]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    eframe::run_native(
        "Live film",
        native,
        Box::new(move |creation| Ok(Box::new(Window::open(&creation.egui_ctx, segments, own)?))),
    )
    .map_err(|error| error.to_string())?;
    let measured = measured.lock().map_err(|_| "the window fell over")?.take();
    let Measured { share, standing } = measured.ok_or("the window was closed before the minute was over")?;
    println!("share of one core: {:.1} % (promised: under {:.0} %)", share * 100.0, PROMISED * 100.0);
    println!("pictures shown: {}, dropped: {} (promised: none)", standing.shown, standing.dropped);
    Ok(())
}

/// The first segments of a session, at a clock that is moved by hand.
async fn record() -> Result<Vec<Vec<u8>>, Problem> {
    let folder = tempfile::tempdir()?;
    let clock = ManualClock::at(1_795_365_000_000);
    let sandbox = sandbox::start_at(sandbox::Options::new(folder.path()), Clock::Manual(clock.clone())).await?;
    let base_url = Endpoint::parse_base_url(&sandbox.base_url)?;
    let credential = Credential::ApiKey(SecretString::from(sandbox.key.clone()));
    let client = Client::new(Endpoint { base_url, credential })?;
    let looks = client.looks().await?;
    let look = looks.iter().find(|look| look.ready && look.default_voice_id.is_some()).ok_or("no look")?;
    let text = "Three things changed this spring, and every customer gets a named contact from day one. ".repeat(20);
    let body = json!({"type": "tts", "avatar_id": look.id, "voice_id": look.default_voice_id, "text": text});
    let body = Bytes::from(body.to_string());
    let made = client.send_paid(PaidEndpoint::AvatarRealtime, body, &IdempotencyKey::generate()).await?;
    // Its first pending seconds, and all that is wanted of it.
    clock.advance(Duration::from_secs(u64::try_from(SEGMENTS)? * 2 + 4));
    let address = client.stream(&made.remote_id).await?.hls_url.ok_or("the session does not play")?;
    let list = client.stream_part(&address, hls::LARGEST_PLAYLIST).await?;
    let Read::Media(playlist) = hls::read(&list, &Url::parse(&address)?)? else {
        return Err("no list of segments".into());
    };
    let mut segments = Vec::new();
    for segment in playlist.segments.iter().take(SEGMENTS) {
        segments.push(client.stream_part(&segment.place.address, 1 << 24).await?);
    }
    sandbox.shutdown().await;
    Ok(segments)
}

struct Measured {
    share: f64,
    standing: Standing,
}

struct Window {
    player: Arc<LivePlayer>,
    texture: Option<egui::TextureHandle>,
    opened: Instant,
    /// When measuring began, the processor time and the standing by then.
    from: Option<(Instant, Duration, Standing)>,
    measured: Arc<Mutex<Option<Measured>>>,
}

impl Window {
    fn open(
        context: &egui::Context,
        segments: Vec<Vec<u8>>,
        measured: Arc<Mutex<Option<Measured>>>,
    ) -> Result<Self, Problem> {
        let wake = context.clone();
        let player = Arc::new(LivePlayer::start(Volume::default(), move || wake.request_repaint())?);
        let own = Arc::clone(&player);
        thread::Builder::new().name("segments".to_owned()).spawn(move || {
            for segment in segments {
                let mut segment = Part::from(segment);
                while let Err(back) = own.push(Track::Film, segment) {
                    segment = back;
                    thread::sleep(Duration::from_millis(100));
                }
            }
            own.finish();
        })?;
        Ok(Self { player, texture: None, opened: Instant::now(), from: None, measured })
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        if let Some(picture) = self.player.take_picture() {
            let size = [usize::try_from(picture.width).unwrap_or(0), usize::try_from(picture.height).unwrap_or(0)];
            let image = egui::ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
            match &mut self.texture {
                Some(texture) => texture.set(image, egui::TextureOptions::LINEAR),
                None => self.texture = Some(ui.ctx().load_texture("film", image, egui::TextureOptions::LINEAR)),
            }
        }
        if let Some(texture) = &self.texture {
            // As wide as on the tab.
            ui.image((texture.id(), egui::vec2(704.0, 396.0)));
        }
        let (now, spent, standing) = (Instant::now(), processor_time(), self.player.standing());
        match self.from {
            None if self.opened.elapsed() >= WARM_UP => self.from = Some((now, spent, standing)),
            Some((since, before, earlier)) if since.elapsed() >= MEASURED || standing.is_over => {
                let share = spent.saturating_sub(before).as_secs_f64() / since.elapsed().as_secs_f64();
                let standing = Standing {
                    shown: standing.shown.saturating_sub(earlier.shown),
                    dropped: standing.dropped.saturating_sub(earlier.dropped),
                    ..standing
                };
                if let Ok(mut measured) = self.measured.lock() {
                    *measured = Some(Measured { share, standing });
                }
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
            }
            _ => {}
        }
    }
}

/// Processor time of this process so far, all its threads together.
fn processor_time() -> Duration {
    let read = || {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        // Behind the name, which may hold anything, come numbers; the 12th and 13th are user and system.
        let (_, numbers) = stat.rsplit_once(')')?;
        let mut numbers = numbers.split_whitespace().skip(11).map(str::parse::<u64>);
        let (user, system) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        // Linux counts hundredths of a second here.
        Some(Duration::from_millis((user + system) * 10))
    };
    read().unwrap_or_default()
}
