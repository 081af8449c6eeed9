//! `reelmeter sandbox`: the sandbox alone, for other programs and for tests of the real binary.

use std::io::Write as _;
use std::path::PathBuf;

use rust_decimal::Decimal;
use serde_json::json;

use super::{Options, StartError, StartErrorKind, start};
use crate::money::Usd;

/// The options of `reelmeter sandbox`.
#[derive(Clone, Debug, clap::Args)]
pub struct CommandArgs {
    /// Port on 127.0.0.1; 0 for any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Folder of the sandbox's world
    #[arg(long)]
    data: PathBuf,
    /// Key to accept instead of "sandbox"
    #[arg(long)]
    key: Option<String>,
    /// How much faster than realistic videos are made
    #[arg(long, default_value = "1")]
    speed: Decimal,
    /// Dollars in the wallet of a new world
    #[arg(long, value_parser = Usd::parse)]
    balance: Option<Usd>,
}

/// Runs a sandbox until Ctrl+C or a request to end. Once it listens, one line of JSON with
/// `base_url` and `key` goes to standard output.
///
/// # Errors
/// [`StartError`] when it cannot start.
pub fn command(args: CommandArgs) -> Result<(), StartError> {
    let system = |message: &str, error: std::io::Error| StartError {
        kind: StartErrorKind::System,
        message: message.to_owned(),
        hint: "Close other programs and try again.",
        source: Some(Box::new(error)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("sandbox")
        .enable_all()
        .build()
        .map_err(|error| system("The sandbox got no threads.", error))?;
    runtime.block_on(async {
        let CommandArgs { port, data, key, speed, balance } = args;
        let running = start(Options { data, port, key, speed, balance }).await?;
        let line = json!({"base_url": running.base_url, "key": running.key});
        let mut output = std::io::stdout().lock();
        writeln!(output, "{line}")
            .and_then(|()| output.flush())
            .map_err(|error| system("The sandbox could not say where it listens.", error))?;
        drop(output);
        asked_to_end().await.map_err(|error| system("The sandbox cannot hear signals.", error))?;
        running.shutdown().await;
        Ok(())
    })
}

#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
