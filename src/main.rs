//! Options, then the window or a subcommand.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use reelmeter::quote_command::{self, QuoteCommand};

/// A desktop studio for making videos with HeyGen's API, with the meter always in view.
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Quote(QuoteCommand),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let folders = directories::ProjectDirs::from("", "", "reelmeter");
    match options.command {
        Some(Command::Quote(quote)) => quote_command::run(&quote, folders.as_ref().map(|folders| folders.config_dir())),
        None => ExitCode::SUCCESS,
    }
}
