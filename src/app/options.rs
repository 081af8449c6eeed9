//! The window's command line.

use std::path::PathBuf;

use rust_decimal::Decimal;

use crate::settings::Account;

/// Options of the window. What they set holds for this run only.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The account to open: the sandbox inside the program, or HeyGen itself
    #[arg(long, value_enum)]
    pub account: Option<Account>,

    /// Keep everything the program writes under this folder
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Another address for the live account: https, or http on this computer
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,

    /// How much faster than in earnest the sandbox renders
    #[arg(long, value_name = "X", default_value = "1")]
    pub sandbox_speed: Decimal,
}

impl Default for Options {
    fn default() -> Self {
        Self { account: None, data: None, base_url: None, sandbox_speed: Decimal::ONE }
    }
}
