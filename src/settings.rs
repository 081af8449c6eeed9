//! What the person set, kept as TOML in the config folder. Holds no secret.
//!
//! Owns the file's form, reading what of it is sound, and writing it whole. Knows `money` only.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::money::Usd;

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

/// What a cap does with a job that would go above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapAction {
    /// The job is not taken.
    #[default]
    Refuse,
    /// The job is taken, and the person is told.
    Warn,
}

/// What a project may cost in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectBudget {
    pub project: String,
    /// Dollars, charges and holds together.
    pub per_month: Usd,
    #[serde(default)]
    pub action: CapAction,
}

/// Everything the Settings tab shows. A new field does not compile until the tab decides where it appears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub account: Account,
    pub theme: ThemeChoice,
    /// Percent of the normal size, 70 to 200.
    pub zoom_percent: u16,
    /// How loud everything is that the program plays, 0 to 100.
    pub volume_percent: u8,
    /// Nothing is heard; the volume is kept for later.
    pub muted: bool,
    /// Where results are saved; `None` for the Videos folder.
    pub results_folder: Option<PathBuf>,
    /// Looks marked as favourites, by id.
    pub favourite_looks: Vec<String>,
    /// Voices marked as favourites, by id.
    pub favourite_voices: Vec<String>,
    /// Projects a job can be booked to, in the order they were made.
    pub projects: Vec<String>,
    /// The bar that offers the live account has been closed.
    pub live_offer_closed: bool,
    /// Refuse a single job above this amount, in dollars; `None` for no cap.
    pub cap_per_job: Option<Usd>,
    /// Ask for a second press above this amount, in dollars; `None` for never.
    #[serde(with = "amount_or_never")]
    pub confirm_above: Option<Usd>,
    /// Refuse jobs once a month's charges and holds reach this amount; `None` for no cap.
    pub cap_per_month: Option<Usd>,
    /// Refuse jobs once a day's charges and all holds reach this amount; `None` for no cap.
    pub cap_per_day: Option<Usd>,
    /// What each of the three caps does.
    pub cap_per_job_action: CapAction,
    pub cap_per_day_action: CapAction,
    pub cap_per_month_action: CapAction,
    /// The day on which the person's month begins, 1 to 28.
    pub month_start_day: u8,
    /// Warn when the wallet without its holds is below this amount; `None` for never.
    pub low_balance: Option<Usd>,
    /// Warn when the wallet lasts no longer than so many days at the present pace; `None` for never.
    pub low_balance_days: Option<u16>,
    /// What projects may cost in a month; at most one for each.
    pub project_budgets: Vec<ProjectBudget>,
    /// New warnings about money are also shown by the desktop.
    pub desktop_notifications: bool,
    /// The project that was last chosen for each product, by the product's word.
    pub chosen_projects: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: Account::Sandbox,
            theme: ThemeChoice::System,
            zoom_percent: 100,
            volume_percent: 100,
            muted: false,
            results_folder: None,
            favourite_looks: Vec::new(),
            favourite_voices: Vec::new(),
            projects: Vec::new(),
            live_offer_closed: false,
            cap_per_job: None,
            confirm_above: Some(Usd::from_cents(CONFIRM_ABOVE_CENTS)),
            cap_per_month: None,
            cap_per_day: None,
            cap_per_job_action: CapAction::Refuse,
            cap_per_day_action: CapAction::Refuse,
            cap_per_month_action: CapAction::Refuse,
            month_start_day: 1,
            low_balance: None,
            low_balance_days: None,
            project_budgets: Vec::new(),
            desktop_notifications: true,
            chosen_projects: BTreeMap::new(),
        }
    }
}

/// What a job may cost without a second press where the person has set nothing.
const CONFIRM_ABOVE_CENTS: i64 = 500;
/// The file's name in the config folder.
const FILE_NAME: &str = "settings.toml";
/// Where a file that could not be read as settings is kept.
const BROKEN_NAME: &str = "settings.toml.broken";
/// The window's zoom, in percent: smaller cannot be read, larger does not fit.
pub const ZOOM_PERCENT: std::ops::RangeInclusive<u16> = 70..=200;
/// Percent of one step of the zoom.
const ZOOM_STEP: u16 = 10;
/// Days a month can begin on: every month has a 28th.
pub const MONTH_START_DAY: std::ops::RangeInclusive<u8> = 1..=28;

/// An amount, or the word "never": a value that is left out would come back as its default.
mod amount_or_never {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::money::Usd;

    const NEVER: &str = "never";

    pub fn serialize<S: Serializer>(amount: &Option<Usd>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&amount.map_or_else(|| NEVER.to_owned(), Usd::exact))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Usd>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == NEVER { Ok(None) } else { Usd::parse(&text).map(Some).map_err(D::Error::custom) }
    }
}

/// Settings as they were found, with what was wrong with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedSettings {
    pub settings: Settings,
    /// What was wrong with the file, what is lost and where the file is kept; `None` when all is well.
    pub fault: Option<String>,
}

/// Settings could not be saved; the ones on disk are unchanged.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SaveError {
    pub kind: SaveErrorKind,
    /// What happened, without the source's text.
    pub message: String,
    /// What to do.
    pub hint: String,
    pub source: Option<std::io::Error>,
}

/// Why settings could not be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveErrorKind {
    /// The folder or the file could not be written.
    Disk,
    /// A value has no text form, such as a folder whose name is not Unicode.
    NotText,
}

impl Settings {
    /// The projects that `now` does not have any more, each with its new name where it was only renamed.
    pub fn projects_gone<'a>(&'a self, now: &'a Self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        self.projects.iter().enumerate().filter(|(_, name)| !now.projects.contains(name)).map(|(place, name)| {
            let same_many = self.projects.len() == now.projects.len();
            let new = now.projects.get(place).filter(|new| same_many && !self.projects.contains(new));
            (name.as_str(), new.map(String::as_str))
        })
    }

    /// Takes what each tab was last booked to along when a project was renamed or removed since `before`.
    pub fn follow_projects(&mut self, before: &Self) {
        let mut chosen = self.chosen_projects.clone();
        for (name, renamed) in before.projects_gone(self) {
            for project in chosen.values_mut().filter(|project| *project == name) {
                *project = renamed.unwrap_or_default().to_owned();
            }
        }
        chosen.retain(|_, project| !project.is_empty());
        self.chosen_projects = chosen;
    }

    /// Reads the settings in `folder`. Never fails: a missing file means the defaults; of a damaged
    /// one everything sound is taken, the file is kept beside it and the fault says so.
    /// Fields this version does not know are passed over.
    #[must_use]
    pub fn load(folder: &Path) -> LoadedSettings {
        let path = folder.join(FILE_NAME);
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return LoadedSettings { settings: Self::default(), fault: None };
            }
            Err(error) => {
                let fault = format!(
                    "The settings in {} could not be read ({error}). Defaults are used: no cap is set.",
                    path.display()
                );
                return LoadedSettings { settings: Self::default(), fault: Some(fault) };
            }
        };
        let (settings, damage) = read(&text);
        let fault = damage.map(|damage| {
            let kept = folder.join(BROKEN_NAME);
            // A copy, so that the sound part is still there if the program ends before it saves.
            let where_kept = match std::fs::copy(&path, &kept) {
                Ok(_) => format!("The file is kept as {}.", kept.display()),
                Err(error) => format!("It could not be kept as {} ({error}).", kept.display()),
            };
            format!("{damage} {where_kept}")
        });
        LoadedSettings { settings: settings.clamped(), fault }
    }

    /// Writes the settings into `folder`, which is made if need be. After a crash the file is
    /// either the old one or the new one, whole.
    ///
    /// # Errors
    /// [`SaveError`]; the settings on disk are then unchanged.
    pub fn save(&self, folder: &Path) -> Result<(), SaveError> {
        let text = toml::to_string_pretty(&self.clone().clamped()).map_err(|error| SaveError {
            kind: SaveErrorKind::NotText,
            message: format!("The settings could not be written down: {error}."),
            hint: "Choose a results folder whose name is plain text.".to_owned(),
            source: None,
        })?;
        write_whole(&folder.join(FILE_NAME), &text).map_err(|source| SaveError {
            kind: SaveErrorKind::Disk,
            message: format!("The settings could not be saved in {}.", folder.display()),
            hint: "They hold until the program ends. Make room or allow writing there, then change one again."
                .to_owned(),
            source: Some(source),
        })
    }

    /// The next zoom that is `larger`, or smaller, as far as there is one.
    #[must_use]
    pub fn next_zoom(&self, larger: bool) -> u16 {
        let next = match larger {
            true => (self.zoom_percent / ZOOM_STEP).saturating_add(1).saturating_mul(ZOOM_STEP),
            false => (self.zoom_percent.saturating_sub(1) / ZOOM_STEP).saturating_mul(ZOOM_STEP),
        };
        next.clamp(*ZOOM_PERCENT.start(), *ZOOM_PERCENT.end())
    }

    /// The same settings with every value in its range.
    #[must_use]
    fn clamped(mut self) -> Self {
        self.volume_percent = self.volume_percent.min(100);
        self.zoom_percent = self.zoom_percent.clamp(*ZOOM_PERCENT.start(), *ZOOM_PERCENT.end());
        // A cap below nothing can only be a slip; nothing at all is the safe reading of it.
        let caps = [&mut self.cap_per_job, &mut self.cap_per_day, &mut self.cap_per_month, &mut self.confirm_above];
        let caps = caps.into_iter().flatten();
        for cap in caps.chain(self.project_budgets.iter_mut().map(|budget| &mut budget.per_month)) {
            *cap = (*cap).max(Usd::ZERO);
        }
        self.month_start_day = self.month_start_day.clamp(*MONTH_START_DAY.start(), *MONTH_START_DAY.end());
        let mut seen = std::collections::BTreeSet::new();
        self.project_budgets.retain(|budget| seen.insert(budget.project.clone()));
        self
    }
}

/// The sound part of `text`, and what was wrong with the rest.
fn read(text: &str) -> (Settings, Option<String>) {
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
            let damage = format!(
                "The settings file is damaged at line {line} ({}). Defaults are used: no cap is set.",
                error.message()
            );
            return (Settings::default(), Some(damage));
        }
    };
    if let Ok(settings) = table.clone().try_into() {
        return (settings, None);
    }
    // One bad value must not take the caps with it: each field is judged by itself.
    let mut bad = Vec::new();
    let sound: toml::Table = table
        .into_iter()
        .filter(|(key, value)| {
            let alone = toml::Table::from_iter([(key.clone(), value.clone())]);
            let is_sound = alone.try_into::<Settings>().is_ok();
            if !is_sound {
                bad.push(key.clone());
            }
            is_sound
        })
        .collect();
    let settings = sound.try_into().unwrap_or_default();
    (settings, Some(format!("Settings that could not be read are back at their defaults: {}.", bad.join(", "))))
}

/// Writes a file under another name, syncs it and renames it over the old one: the rename is what a crash cannot
/// split.
///
/// # Errors
/// The system's own; what was there is unchanged then.
pub(crate) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // The process id keeps two running programs out of each other's file.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!("{name}.{}.new", std::process::id()));
    let written = std::fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| std::fs::rename(&temporary, path));
    if renamed.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    renamed?;
    // The new name itself is on disk only once the folder is. The file is whole all the same where a file
    // system or another system has no such call.
    #[cfg(unix)]
    if let Ok(directory) = std::fs::File::open(folder) {
        let _ = directory.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        folder
    }

    fn changed() -> Settings {
        Settings {
            account: Account::Live,
            theme: ThemeChoice::Light,
            zoom_percent: 125,
            volume_percent: 40,
            muted: true,
            results_folder: Some(PathBuf::from("/films/Ergebnisse ö")),
            favourite_looks: vec!["look_1".to_owned()],
            favourite_voices: vec!["voice_1".to_owned()],
            projects: vec!["Northwind".to_owned(), "Harbour".to_owned()],
            live_offer_closed: true,
            cap_per_job: Some(Usd::from_cents(1250)),
            confirm_above: None,
            cap_per_month: Some(Usd::parse("60.000001").unwrap()),
            cap_per_day: Some(Usd::from_cents(900)),
            cap_per_job_action: CapAction::Warn,
            cap_per_day_action: CapAction::Refuse,
            cap_per_month_action: CapAction::Warn,
            month_start_day: 15,
            low_balance: Some(Usd::from_cents(500)),
            low_balance_days: Some(7),
            desktop_notifications: false,
            project_budgets: vec![ProjectBudget {
                project: "Northwind".to_owned(),
                per_month: Usd::from_cents(4_000),
                action: CapAction::Warn,
            }],
            chosen_projects: BTreeMap::from([("speech".to_owned(), "Northwind".to_owned())]),
        }
    }

    #[test]
    fn what_is_saved_comes_back_to_the_last_digit() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("not/there/yet");
        changed().save(&deep).unwrap();
        assert_eq!(Settings::load(&deep), LoadedSettings { settings: changed(), fault: None });
    }

    #[test]
    fn a_first_start_has_the_defaults_and_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::load(folder.path()), LoadedSettings { settings: Settings::default(), fault: None });
    }

    #[test]
    fn a_file_that_is_no_toml_is_kept_and_reported_with_its_line() {
        let folder = write("theme = \"dark\"\nzoom_percent = = 4\n");
        let loaded = Settings::load(folder.path());
        assert_eq!(loaded.settings, Settings::default());
        let fault = loaded.fault.unwrap();
        assert!(fault.contains("line 2") && fault.contains("no cap is set"), "{fault}");
        changed().save(folder.path()).unwrap();
        let kept = std::fs::read_to_string(folder.path().join(BROKEN_NAME)).unwrap();
        assert!(kept.contains("= = 4"), "the broken file survives the next save");
    }

    #[test]
    fn one_bad_value_does_not_take_the_caps_with_it() {
        let folder = write("theme = \"purple\"\ncap_per_month = \"60\"\nprojects = 7\n");
        let loaded = Settings::load(folder.path());
        assert_eq!(loaded.settings.cap_per_month, Some(Usd::from_cents(6000)));
        assert_eq!(loaded.settings.theme, ThemeChoice::System);
        let fault = loaded.fault.unwrap();
        assert!(fault.contains("theme") && fault.contains("projects") && fault.contains(BROKEN_NAME), "{fault}");
    }

    #[test]
    fn fields_of_a_newer_version_are_no_fault() {
        let folder = write("hologram = true\nzoom_percent = 110\n[later]\nx = 1\n");
        let loaded = Settings::load(folder.path());
        assert_eq!((loaded.settings.zoom_percent, loaded.fault), (110, None));
    }

    #[test]
    fn values_are_brought_into_range() {
        for (written, read) in [(10, 70), (70, 70), (150, 150), (999, 200)] {
            let folder = write(&format!("zoom_percent = {written}\ncap_per_job = \"-5\"\n"));
            let settings = Settings::load(folder.path()).settings;
            assert_eq!(settings.zoom_percent, read);
            assert_eq!(settings.cap_per_job, Some(Usd::ZERO), "a slip must not lift the cap");
        }
    }

    #[test]
    fn budgets_are_one_for_each_project_and_months_begin_on_a_day_every_month_has() {
        let folder = write(
            "month_start_day = 31\n[[project_budgets]]\nproject = \"A\"\nper_month = \"-1\"\n\
             [[project_budgets]]\nproject = \"A\"\nper_month = \"9\"\n",
        );
        let loaded = Settings::load(folder.path());
        assert_eq!((loaded.settings.month_start_day, loaded.fault), (28, None));
        let budget = ProjectBudget { project: "A".to_owned(), per_month: Usd::ZERO, action: CapAction::Refuse };
        assert_eq!(loaded.settings.project_budgets, [budget]);
    }

    #[test]
    fn a_failed_save_leaves_the_old_settings_and_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        // A folder where the file should be: the rename fails after the new file was written.
        std::fs::create_dir(folder.path().join(FILE_NAME)).unwrap();
        let error = changed().save(folder.path()).unwrap_err();
        assert_eq!(error.kind, SaveErrorKind::Disk);
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [FILE_NAME]);
    }
}
