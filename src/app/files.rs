//! Files on their way into a tab, and out to other programs: chosen, dropped, named by an address.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::draft::avatar_video::LocalFile;
use crate::draft::{Draft, Product};
use crate::media;
use crate::ui::Tab;
use crate::ui::model::Tone;
use crate::ui::places::{Kind, Place};

use super::Studio;
use super::background::Event;

/// A file dialog that says "cancelled" sooner than a person can was never there. A busy computer needs some
/// time to find out that it has none, and without the field for a path nothing at all would happen.
pub(super) const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(800);

/// As long as a launcher is given to say that no program takes what it should open.
pub(super) const LAUNCHER_PATIENCE: Duration = Duration::from_secs(3);

impl Studio {
    pub(super) fn pick_file(&mut self, place: Place) {
        let outlet = self.background.outlet();
        self.background.run(async move {
            let mut dialog = rfd::AsyncFileDialog::new();
            // First all that fit, or a person would have to say the kind before the file is seen.
            let all: Vec<&str> = place.takes().iter().flat_map(|kind| kind.endings()).copied().collect();
            if place.takes().len() > 1 {
                dialog = dialog.add_filter(place.types(), &all);
            }
            for kind in place.takes() {
                dialog = dialog.add_filter(kind.words(), kind.endings());
            }
            let asked = Instant::now();
            let picked = match place.takes_several() {
                true => dialog.pick_files().await,
                false => dialog.pick_file().await.map(|file| vec![file]),
            };
            match picked {
                Some(files) => {
                    for (number, file) in files.into_iter().enumerate() {
                        let place = Some(place.behind(number));
                        outlet.send(probed(file.path().to_path_buf(), place, None).await).await;
                    }
                }
                None if asked.elapsed() < FASTER_THAN_A_PERSON => outlet.send(Event::NoFileDialog(place)).await,
                None => {}
            }
        });
    }

    pub(super) fn take_files(&mut self, paths: Vec<PathBuf>, place: Option<Place>, shown: Option<Product>) {
        for path in paths {
            let path = self.typed_path(path);
            self.background.spawn(probed(path, place, shown));
        }
    }

    /// Takes files that were dropped together, in their order. What the shown tab has no place for is refused:
    /// among several nobody is sent to another tab.
    pub(super) fn take_several(&mut self, files: Vec<(PathBuf, Option<Place>)>, shown: Option<Product>) {
        let outlet = self.background.outlet();
        self.background.run(async move {
            let reading: Vec<_> =
                files.into_iter().map(|(path, place)| tokio::spawn(probed(path, place, shown))).collect();
            for read in reading {
                let Ok(event) = read.await else { return };
                outlet.send(kept_here(event, shown)).await;
            }
        });
    }

    /// Looks at a public address as at a file of one's own: what it is, how long, how large.
    pub(super) fn take_address(&mut self, address: String, place: Place) {
        let client = self.shown().and_then(|session| session.client.borrow().clone());
        self.background.spawn(async move {
            let address = address.trim().to_owned();
            let unread = |fault: String| LocalFile {
                address: Some(address.clone()),
                fault: Some(fault),
                ..LocalFile::default()
            };
            let Some(client) = client else {
                return Event::FileReady(place, unread("There is no API key yet. Enter it in Settings.".to_owned()));
            };
            let file = match client.open_public(&address).await {
                Ok(mut file) => {
                    let asked = address.clone();
                    tokio::task::spawn_blocking(move || media::probe::public_file(&asked, file.size(), &mut file))
                        .await
                        .unwrap_or_else(|_| unread("The program is closing.".to_owned()))
                }
                Err(error) => unread(match &error.hint {
                    Some(hint) => format!("{error} {hint}"),
                    None => error.to_string(),
                }),
            };
            Event::FileReady(place, file)
        });
    }

    pub(super) fn choose_folder(&mut self) {
        let outlet = self.background.outlet();
        let present = self.model.results_folder.clone();
        self.background.run(async move {
            let asked = Instant::now();
            let event = match rfd::AsyncFileDialog::new().set_directory(present).pick_folder().await {
                Some(folder) => Event::FolderChosen(folder.path().to_path_buf()),
                None if asked.elapsed() < FASTER_THAN_A_PERSON => Event::Notice(
                    Tone::Warning,
                    "The system has no folder dialog.".to_owned(),
                    "Type the folder into the field in Settings instead.".to_owned(),
                ),
                None => return,
            };
            outlet.send(event).await;
        });
    }

    pub(super) fn open_outside(&mut self, path: PathBuf) {
        self.background.run_blocking_quietly(move |outlet| {
            if let Err(error) = open_with_system(&path) {
                tracing::debug!(%error, "no program opens a file");
                let what = "It could not be opened.".to_owned();
                outlet.send_blocking(Event::Notice(Tone::Warning, what, not_opened(&path)));
            }
        });
    }

    /// Opens an address in the browser. Where there is none, the window shows the address to copy.
    pub(super) fn open_web(&mut self, address: String) {
        if !is_safe(&address) {
            self.notice(Tone::Warning, "The page was not opened.", "Its address is not a safe one.");
            return;
        }
        self.background.run_blocking_quietly(move |outlet| {
            if let Err(error) = open_with_system(&address) {
                tracing::debug!(%error, "no program opens an address");
                outlet.send_blocking(Event::NotOpened(address));
            }
        });
    }

    /// A path as a person types it: from the home folder, or else from the results folder.
    pub(super) fn typed_path(&self, path: PathBuf) -> PathBuf {
        let home = directories::UserDirs::new().map(|folders| folders.home_dir().to_path_buf());
        match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => self.model.results_folder.join(path),
        }
    }
}

/// Opens a file or an address with the program that the system has for it, on a thread that may block: a launcher
/// that finds none says so only after it has looked.
pub(super) fn open_with_system(target: impl AsRef<OsStr>) -> io::Result<()> {
    open::that_detached_with_timeout(target, LAUNCHER_PATIENCE)
}

/// Why a file or folder did not open, as far as it can be told: a launcher says no more than that it failed.
fn not_opened(path: &Path) -> String {
    match path.try_exists() {
        Ok(false) => format!("{} is not there any more.", path.display()),
        _ if path.is_dir() => format!("No program on this computer shows folders. It is {}.", path.display()),
        _ => format!("No program on this computer takes such a file. It lies here: {}", path.display()),
    }
}

/// Whether an address leads to a page: a launcher would open a file or run a program just as well.
fn is_safe(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://127.0.0.1:")
}

/// Probes a file and says where it belongs: in the named place, or where its kind fits.
pub(super) async fn probed(path: PathBuf, place: Option<Place>, shown: Option<Product>) -> Event {
    if matches!(tokio::fs::metadata(&path).await, Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Event::FileRefused(format!("There is no file {}. Check how its path is written.", path.display()));
    }
    let takes_folders = place.is_none_or(|place| place.takes().contains(&Kind::Project));
    let found = tokio::task::spawn_blocking(move || look_at(path, takes_folders)).await;
    let Ok(file) = found else { return Event::FileRefused("The program is closing.".to_owned()) };
    if let Some(place) = place {
        return Event::FileReady(place, file);
    }
    let kind = file.media_type.as_deref().and_then(Kind::of_media_type).or_else(|| Kind::promised_by(&file.path));
    let places = kind.map(|kind| Place::of_kind(kind, shown)).unwrap_or_default();
    match (places.first(), kind) {
        (Some(place), _) if Some(place.product) == shown || places.len() == 1 => Event::FileReady(*place, file),
        (Some(_), _) => Event::FileElsewhere(file, places),
        (None, Some(kind)) => Event::FileRefused(format!("{} is {}: no tab takes one.", file.name(), kind.name())),
        (None, None) => Event::FileRefused(match &file.fault {
            Some(fault) => fault.clone(),
            None => format!(
                "{} has no place here. Videos (MP4, WebM), sounds (WAV, MP3) and pictures (PNG, JPEG) have one.",
                file.name()
            ),
        }),
    }
}

/// The same, or a refusal where a file would go to another tab than the shown one.
fn kept_here(event: Event, shown: Option<Product>) -> Event {
    let elsewhere = |name: String, places: &[Place]| {
        let mut tabs: Vec<&str> = places.iter().map(|place| Tab::of(place.product).name()).collect();
        tabs.dedup();
        let verb = if tabs.len() == 1 { "takes" } else { "take" };
        Event::FileRefused(format!("{name} has no place on this tab: {} {verb} it.", tabs.join(", ")))
    };
    match event {
        Event::FileReady(place, file) if shown.is_some_and(|shown| shown != place.product) => {
            elsewhere(file.name(), &[place])
        }
        Event::FileElsewhere(file, places) if shown.is_some() => elsewhere(file.name(), &places),
        event => event,
    }
}

/// Looks at the files of a draft as they are now, those behind public addresses excepted.
pub(super) fn look_again(draft: &mut Draft) {
    for file in draft.composition_mut().files_mut() {
        if file.address.is_none() {
            *file = media::probe::local_file(&file.path);
        }
    }
}

/// Checks that the files to be sent are still the ones that the price rests on.
///
/// # Errors
/// A sentence for the person.
pub(super) fn are_unchanged(draft: &Draft) -> Result<(), String> {
    for (_, file) in draft.composition().uploads() {
        let what = match std::fs::metadata(&file.path) {
            Ok(facts) if facts.len() == file.size => continue,
            Ok(_) => "was changed since it was chosen",
            Err(_) => "is not there any more",
        };
        let name = file.name();
        return Err(format!("{name} {what}, so nothing was sent and nothing is charged. Choose it again."));
    }
    Ok(())
}

/// A file as the probe finds it; a folder, where one is taken, as it is.
fn look_at(path: PathBuf, takes_folders: bool) -> LocalFile {
    if takes_folders && path.is_dir() {
        let media_type = Some("inode/directory".to_owned());
        return LocalFile { path, media_type, ..LocalFile::default() };
    }
    media::probe::local_file(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_safe(address: &str, safe: bool) {
        assert_eq!(is_safe(address), safe, "{address}");
    }

    #[test]
    fn among_several_files_none_changes_the_tab() {
        let file = || LocalFile { path: "/in/site.zip".into(), ..LocalFile::default() };
        let place = |product| Place::first_of(product).unwrap();
        let project = Event::FileReady(place(Product::HyperFrames), file());
        let Event::FileRefused(words) = kept_here(project, Some(Product::VideoAgent)) else { panic!("it was taken") };
        assert_eq!(words, "site.zip has no place on this tab: HyperFrames takes it.");
        let places = vec![place(Product::Translation), place(Product::Lipsync)];
        let film = Event::FileElsewhere(file(), places);
        let Event::FileRefused(words) = kept_here(film, Some(Product::VideoAgent)) else { panic!("it was taken") };
        assert_eq!(words, "site.zip has no place on this tab: Translate, Lipsync take it.");
        let own = Event::FileReady(place(Product::VideoAgent), file());
        assert!(matches!(kept_here(own, Some(Product::VideoAgent)), Event::FileReady(..)));
    }

    #[test]
    fn what_did_not_open_is_said_without_a_launchers_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk.mp4");
        assert!(not_opened(&file).ends_with("talk.mp4 is not there any more."));
        std::fs::write(&file, "film").unwrap();
        assert!(not_opened(&file).starts_with("No program on this computer takes such a file."));
        assert!(not_opened(folder.path()).starts_with("No program on this computer shows folders."));
    }

    #[tokio::test]
    async fn a_path_that_leads_nowhere_is_refused_and_never_a_file_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::first_of(Product::HyperFrames);
        let event = probed(folder.path().join("nope"), place, None).await;
        let Event::FileRefused(words) = event else { panic!("{event:?}") };
        assert!(words.starts_with("There is no file ") && words.contains("nope."), "{words}");
    }

    #[test]
    fn only_pages_are_opened_in_the_browser() {
        check_safe("https://app.heygen.com/consent?id=1", true);
        check_safe("http://127.0.0.1:4000/consent/1", true);
        check_safe("http://app.heygen.com/", false);
        check_safe("http://127.0.0.1.example/", false);
        check_safe("file:///etc/passwd", false);
        check_safe("/usr/bin/xterm", false);
        check_safe("--version", false);
    }
}
