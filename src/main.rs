//! `reelmeter`: the window, or one of its subcommands.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use reelmeter::app::{Options, Studio};
use reelmeter::jobs::worker::Timing;
use reelmeter::paths::Paths;
use reelmeter::quote_command::{self, QuoteCommand};
use reelmeter::sandbox;

/// Make videos with HeyGen's API, with the meter always in view.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(flatten)]
    window: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Print what API requests would cost, without a display, an account or the network
    Quote(QuoteCommand),
    /// Run the HeyGen inside on its own, until it is stopped
    Sandbox(sandbox::CommandArgs),
}

fn main() -> ExitCode {
    give_large_blocks_back();
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("REELMETER_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match arguments.command {
        Some(Command::Quote(quote)) => {
            // Without a home folder there is no own rate card either.
            let config = Paths::find(arguments.window.data.as_deref()).ok().map(|paths| paths.config);
            quote_command::run(&quote, config.as_deref())
        }
        Some(Command::Sandbox(arguments)) => match sandbox::command(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&format!("{error} {}", error.hint)),
        },
        None => window(arguments.window),
    }
}

fn window(options: Options) -> ExitCode {
    let paths = match Paths::find(options.data.as_deref()) {
        Ok(paths) => paths,
        Err(error) => return complain(&format!("{error} {}", error.hint)),
    };
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Reelmeter")
            .with_app_id("reelmeter")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([960.0, 600.0])
            .with_icon(icon()),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let started = eframe::run_native(
        "Reelmeter",
        native,
        Box::new(move |creation| Ok(Box::new(Studio::new(&creation.egui_ctx, options, paths, Timing::default())?))),
    );
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!(
            "The window could not be opened: {error}. Reelmeter needs a graphical session (X11 or Wayland) with OpenGL. \
             `reelmeter quote` and `reelmeter sandbox` work without one."
        )),
    }
}

/// Has blocks from 128 KiB on, pictures above all, go back to the system once they are freed. Left to
/// itself, glibc raises that bound to the largest block freed so far, and every thread keeps its own
/// freed ones: 35 MB more, measured with the gallery open.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator has no other door")]
fn give_large_blocks_back() {
    // SAFETY: called first in `main`, before any other thread; takes two numbers and keeps no pointer.
    // A refusal only leaves the bound as it was.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 128 * 1024) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_large_blocks_back() {}

/// The recording lamp.
fn icon() -> egui::IconData {
    const SIDE: u32 = 64;
    let mut rgba = Vec::new();
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (dx, dy) = (f64::from(x) - 31.5, f64::from(y) - 31.5);
            let distance = dx.hypot(dy);
            let (color, cover) = if distance < 20.0 { ([0xe5, 0x48, 0x4d], 1.0) } else { ([0xe5, 0x48, 0x4d], 0.3) };
            let edge = if distance < 20.0 { 1.0 } else { (31.0 - distance).clamp(0.0, 1.0) };
            rgba.extend_from_slice(&color);
            // 0 to 255 by construction.
            rgba.push((255.0 * cover * edge) as u8);
        }
    }
    egui::IconData { rgba, width: SIDE, height: SIDE }
}

#[expect(clippy::print_stderr, reason = "the only word to somebody without a window")]
fn complain(words: &str) -> ExitCode {
    eprintln!("{words}");
    ExitCode::FAILURE
}
