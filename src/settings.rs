//! What the person set, kept as TOML in the config folder. Holds no secret.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which of the two accounts is in use. They never share a database file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The HeyGen inside the program: a play wallet, no key, no network.
    #[default]
    Sandbox,
    /// HeyGen itself, with the person's key.
    Live,
}

/// Dark, light, or as the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    #[default]
    System,
    Dark,
    Light,
}

/// Everything the Settings tab shows. A new field does not compile until the tab decides where it appears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub account: Account,
    pub theme: ThemeChoice,
    /// Percent of the normal size, 75 to 200.
    pub zoom_percent: u16,
    /// Where results are saved; `None` for the Videos folder.
    pub results_folder: Option<PathBuf>,
    /// Looks marked as favourites, by id.
    pub favourite_looks: Vec<String>,
    /// Projects a job can be booked to, in the order they were made.
    pub projects: Vec<String>,
    /// The bar that offers the live account has been closed.
    pub live_offer_closed: bool,
    /// Refuse a single job above this amount, in dollars; `None` for no cap.
    pub cap_per_job: Option<crate::money::Usd>,
    /// Refuse jobs once a month's charges and holds reach this amount; `None` for no cap.
    pub cap_per_month: Option<crate::money::Usd>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: Account::Sandbox,
            theme: ThemeChoice::System,
            zoom_percent: 100,
            results_folder: None,
            favourite_looks: Vec::new(),
            projects: Vec::new(),
            live_offer_closed: false,
            cap_per_job: None,
            cap_per_month: None,
        }
    }
}
