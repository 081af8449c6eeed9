//! A live stream in the person's own player.

#[cfg(any(target_os = "macos", windows))]
use std::io;
use std::path::{Path, PathBuf};

/// The list that is left in a folder once a stream was opened.
pub(super) fn list_in(folder: &Path) -> PathBuf {
    folder.join("session.m3u")
}

/// Opens the stream with the program that the system has for streams; blocks some seconds at the most.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] where no program plays streams; the system's own.
#[cfg(any(target_os = "macos", windows))]
pub(super) fn open(address: &str, _title: &str, _folder: &Path) -> io::Result<()> {
    super::files::open_with_system(address)
}

#[cfg(not(any(target_os = "macos", windows)))]
pub(super) use desktop::open;

/// Where programs announce by the kind of file what they open. The address itself would be given to a browser, most of
/// which cannot play it, and be seen among the system's processes: players take lists, so it is handed over in one that
/// only this person can read.
#[cfg(not(any(target_os = "macos", windows)))]
mod desktop {
    use std::io;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::list_in;
    use crate::app::files::{LAUNCHER_PATIENCE, open_with_system};

    /// The kinds under which players announce that they play lists of streams, the commonest first.
    const KINDS: [&str; 3] = ["audio/x-mpegurl", "audio/mpegurl", "application/vnd.apple.mpegurl"];
    /// How often a player that begins is looked at.
    const LOOK: Duration = Duration::from_millis(50);

    /// Opens the stream with the program that the system has for streams; blocks some seconds at the most. `folder` holds
    /// the list that names it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where no program plays streams; the system's own.
    pub(in crate::app) fn open(address: &str, title: &str, folder: &Path) -> io::Result<()> {
        let player = player()?;
        std::fs::create_dir_all(folder)?;
        let path = list_in(folder);
        write_list(&path, title, address)?;
        // By the system's own way a list that it does not know by its name would be opened as a text.
        match player.as_deref().and_then(|entry| command(entry, &path)) {
            Some(command) => start(command),
            None => open_with_system(path),
        }
    }

    /// What the desktop entry of the person's player says; `None` where nobody can be asked, or it is not found.
    fn player() -> io::Result<Option<String>> {
        let mut was_asked = false;
        for kind in KINDS {
            let Ok(answer) = Command::new("xdg-mime").args(["query", "default", kind]).output() else { continue };
            was_asked = true;
            let name = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
            if !name.is_empty() {
                return Ok(entry(&name));
            }
        }
        if was_asked { Err(io::Error::from(io::ErrorKind::NotFound)) } else { Ok(None) }
    }

    fn entry(name: &str) -> Option<String> {
        let own = directories::BaseDirs::new().map(|folders| folders.data_dir().to_path_buf());
        let shared = std::env::var("XDG_DATA_DIRS").ok().filter(|folders| !folders.is_empty());
        let shared = shared.unwrap_or_else(|| "/usr/local/share:/usr/share".to_owned());
        let folders = own.into_iter().chain(shared.split(':').map(PathBuf::from));
        // A name stands for a folder too: kde4-player.desktop may be kde4/player.desktop.
        let names = [name.to_owned(), name.replacen('-', "/", 1)];
        folders
            .flat_map(|folder| names.clone().map(|name| folder.join("applications").join(name)))
            .find_map(|path| std::fs::read_to_string(path).ok())
    }

    /// What a desktop entry says is started for a file; `None` for what needs a terminal.
    fn command(entry: &str, path: &Path) -> Option<Command> {
        let mut is_own = false;
        let mut exec = None;
        for line in entry.lines().map(str::trim) {
            match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                _ if line.starts_with('[') => is_own = line == "[Desktop Entry]",
                Some(("Exec", value)) if is_own => exec = Some(value),
                Some(("Terminal", "true")) if is_own => return None,
                _ => {}
            }
        }
        let mut words = words(exec?)?.into_iter();
        let mut command = Command::new(words.next()?);
        let mut is_named = false;
        for word in words {
            match word.as_str() {
                "%f" | "%F" | "%u" | "%U" => {
                    command.arg(path);
                    is_named = true;
                }
                // An icon, a title, the entry itself: of no use here.
                "%i" | "%c" | "%k" => {}
                _ => {
                    command.arg(word.replace("%%", "%"));
                }
            }
        }
        if !is_named {
            command.arg(path);
        }
        Some(command)
    }

    /// The words of a command as desktop entries quote them; `None` where a quote is not closed.
    fn words(line: &str) -> Option<Vec<String>> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut is_quoted = false;
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => {
                    is_quoted = !is_quoted;
                    word.get_or_insert_default();
                }
                '\\' => word.get_or_insert_default().push(letters.next()?),
                ' ' if !is_quoted => words.extend(word.take()),
                _ => word.get_or_insert_default().push(letter),
            }
        }
        words.extend(word);
        (!is_quoted).then_some(words)
    }

    /// Starts a player and waits whether it stays.
    fn start(mut command: Command) -> io::Result<()> {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // It is not ended with this program.
        let mut player = quiet.process_group(0).spawn()?;
        let begun = Instant::now();
        while begun.elapsed() < LAUNCHER_PATIENCE {
            match player.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(io::Error::other(format!("the player ended with {status}"))),
                None => thread::sleep(LOOK),
            }
        }
        thread::Builder::new().name("own player".to_owned()).spawn(move || player.wait()).map(drop)
    }

    fn write_list(path: &Path, title: &str, address: &str) -> io::Result<()> {
        use std::io::Write as _;

        // One of another session would keep its rights.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(list(title, address).as_bytes())
    }

    fn list(title: &str, address: &str) -> String {
        let title: String = title.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        format!("#EXTM3U\n#EXTINF:-1,{title}\n{address}\n")
    }

    #[cfg(test)]
    mod tests {
        use std::os::unix::fs::PermissionsExt as _;

        use super::*;

        #[test]
        fn a_list_names_one_stream_and_is_for_this_person_alone() {
            let folder = tempfile::tempdir().unwrap();
            let path = list_in(folder.path());
            std::fs::write(&path, "of another session, for everybody").unwrap();
            write_list(&path, "Good\nmorning", "https://live.example/1.m3u8?signature=s").unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(text, "#EXTM3U\n#EXTINF:-1,Good morning\nhttps://live.example/1.m3u8?signature=s\n");
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }

        #[track_caller]
        fn check(entry: &str, expected: Option<&str>) {
            let found = command(entry, Path::new("/c/a b.m3u")).map(|command| {
                let words = [command.get_program()].into_iter().chain(command.get_args());
                words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join("|")
            });
            assert_eq!(found.as_deref(), expected, "{entry}");
        }

        #[test]
        fn a_player_is_started_as_its_entry_says() {
            let entry =
                |exec: &str| format!("[Desktop Entry]\nName=Player\nExec={exec}\n[Desktop Action x]\nExec=no\n");
            check(&entry("player --gui -- %U"), Some("player|--gui|--|/c/a b.m3u"));
            check(&entry("/opt/p --title %c --at=50%% %f"), Some("/opt/p|--title|--at=50%|/c/a b.m3u"));
            check(&entry(r#""/opt/my player" "a\"b" %u"#), Some("/opt/my player|a\"b|/c/a b.m3u"));
            check(&entry("run --forward org.player @@u %U @@"), Some("run|--forward|org.player|@@u|/c/a b.m3u|@@"));
            check(&entry("player"), Some("player|/c/a b.m3u"));
            check(&entry("\"player"), None);
            check("[Desktop Entry]\nTerminal=true\nExec=player %f\n", None);
            check("Exec=player %f\n", None);
        }
    }
}
