//! The key against a real keyring: each test starts a D-Bus session and a GNOME Keyring of its own
//! and runs this binary again inside, once per step, as so many runs of the program.

#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output};

use reelmeter::credentials::{Credentials, KeyringFault, Origin, VARIABLE};
use secrecy::ExposeSecret;
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;

/// Tells the inner run what to do.
const STEP: &str = "REELMETER_KEYRING_STEP";
const FIRST: &str = "the-first-key-of-a-test";
const SECOND: &str = "the-second-key-of-a-test";

/// One step inside a session, in a process of its own. Prints what the program would know.
#[test]
fn inside() {
    let Ok(step) = std::env::var(STEP) else { return };
    let credentials = Credentials::from_environment();
    let said = match step.split_once('=') {
        Some(("save", key)) => credentials.save(key.into()).map(|()| "saved".to_owned()),
        _ if step == "remove" => credentials.remove().map(|()| "removed".to_owned()),
        Some(("load-before-and-after", meanwhile)) => {
            let before = shown(&credentials);
            assert!(Command::new("bash").args(["-c", meanwhile]).status().unwrap().success());
            Ok(format!("{before}, then {}", shown(&credentials)))
        }
        _ if step == "load-as-others-do" => Ok(held_in_the_keyring()),
        _ => Ok(shown(&credentials)),
    };
    let said = said.unwrap_or_else(|fault| format!("{fault:?}"));
    // The harness captures what is printed in the ordinary way.
    std::fs::write(std::env::var("REELMETER_KEYRING_ANSWER").unwrap(), said).unwrap();
}

fn shown(credentials: &Credentials) -> String {
    match credentials.load() {
        Ok(Some(key)) => format!("{:?} {}", key.origin, key.secret.expose_secret()),
        Ok(None) => "none".to_owned(),
        Err(fault) => format!("{fault:?}"),
    }
}

/// What any program of the desktop finds under the attributes that the `keyring` crate documents.
fn held_in_the_keyring() -> String {
    let keyring = SecretService::connect(EncryptionType::Plain).unwrap();
    let attributes = HashMap::from([("service", "reelmeter"), ("username", "heygen-api-key")]);
    let found = keyring.search_items(attributes).unwrap();
    let items = found.unlocked.iter().map(|item| {
        format!("{}: {}", item.get_label().unwrap(), String::from_utf8(item.get_secret().unwrap()).unwrap())
    });
    items.collect::<Vec<_>>().join(", ")
}

fn needs(program: &str, package: &str) {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    assert!(found, "{program} is missing: install the package {package} (scripts/test does)");
}

/// A home of its own, with the shell function `step` that runs one step and appends its answer.
struct Desktop {
    home: tempfile::TempDir,
}

impl Desktop {
    fn new() -> Self {
        needs("dbus-run-session", "dbus");
        needs("gnome-keyring-daemon", "gnome-keyring");
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join(".local/share/keyrings")).unwrap();
        std::fs::create_dir_all(home.path().join("run")).unwrap();
        Self { home }
    }

    fn command(&self, program: &str) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        command
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("REELMETER_KEYRING_ANSWER", home.join("answer"))
            .env("TEST_BINARY", std::env::current_exe().unwrap())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove(VARIABLE);
        command
    }

    /// Runs a script in a session of its own and returns what each `step` answered.
    fn session(&self, script: &str) -> Vec<String> {
        let script = format!(
            r#"set -e
            step() {{ rm -f "$REELMETER_KEYRING_ANSWER"; {STEP}="$1" "$TEST_BINARY" --exact keyring::inside >&2
                      cat "$REELMETER_KEYRING_ANSWER"; echo; }}
            {script}"#
        );
        answers(&self.command("dbus-run-session").args(["--", "bash", "-c", &script]).output().unwrap())
    }

    /// Whether any file below the home holds the text.
    fn holds(&self, text: &str) -> bool {
        fn search(folder: &Path, text: &[u8]) -> bool {
            std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
                let path = entry.path();
                if path.is_dir() {
                    search(&path, text)
                } else {
                    path.is_file()
                        && std::fs::read(&path)
                            .is_ok_and(|content| content.windows(text.len()).any(|window| window == text))
                }
            })
        }
        std::fs::remove_file(self.home.path().join("answer")).ok();
        search(self.home.path(), text.as_bytes())
    }
}

fn answers(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A daemon that is replaced tells its settings a second time, past the redirection of its start.
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().filter(|line| !line.starts_with("GNOME_KEYRING_CONTROL=")).map(str::to_owned).collect()
}

/// Starts a keyring whose password is known; what it prints is settings for a shell.
const UNLOCKED: &str = r#"printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null"#;
/// Starts a keyring that has been given no password.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null";

#[test]
fn a_key_is_kept_from_run_to_run_replaced_and_removed() {
    let desktop = Desktop::new();
    let said =
        desktop.session(&format!("{UNLOCKED}; step load; step save={FIRST}; step load; step save={SECOND}; step load"));
    let from_keyring = |key| format!("{:?} {key}", Origin::Keyring);
    assert_eq!(said, ["none", "saved", &from_keyring(FIRST), "saved", &from_keyring(SECOND)]);
    let said = desktop.session(&format!("{UNLOCKED}; step load; step remove; step load; step remove"));
    assert_eq!(said, [&from_keyring(SECOND), "removed", "none", "removed"], "a key outlives the session");
}

#[test]
fn a_kept_key_is_in_no_file_that_could_be_read() {
    let desktop = Desktop::new();
    assert_eq!(desktop.session(&format!("{UNLOCKED}; step save={FIRST}")), ["saved"]);
    let keyring = desktop.home.path().join(".local/share/keyrings/login.keyring");
    assert!(keyring.is_file(), "the key must have been written somewhere");
    assert!(!desktop.holds(FIRST), "the key lies on the disk as it is");
    std::fs::write(desktop.home.path().join("proof"), FIRST).unwrap();
    assert!(desktop.holds(FIRST), "the search finds nothing");
}

#[test]
fn a_locked_keyring_is_not_taken_for_one_without_a_key() {
    let desktop = Desktop::new();
    assert_eq!(desktop.session(&format!("{UNLOCKED}; step save={FIRST}")), ["saved"]);
    let said = desktop.session(&format!("{LOCKED}; step load; step save={SECOND}; step remove"));
    let refused =
        |said: &str| [KeyringFault::Locked, KeyringFault::NoAnswer].iter().any(|fault| format!("{fault:?}") == said);
    assert_eq!(said[0], format!("{:?}", KeyringFault::Locked));
    assert!(refused(&said[1]) && refused(&said[2]), "nobody is there to type the password: {said:?}");
    assert_eq!(
        desktop.session(&format!("{UNLOCKED}; step load")),
        [format!("{:?} {FIRST}", Origin::Keyring)],
        "the key is as it was"
    );
}

#[test]
fn a_keyring_that_appears_later_is_found_without_a_new_start() {
    let desktop = Desktop::new();
    let said = desktop.session(&format!(
        r#"{UNLOCKED}; step save={FIRST}
        REAL_BUS="${{DBUS_SESSION_BUS_ADDRESS#unix:path=}}"; REAL_BUS="${{REAL_BUS%%,*}}"
        DBUS_SESSION_BUS_ADDRESS="unix:path=$HOME/later" \
            step "load-before-and-after=ln -s '$REAL_BUS' '$HOME/later'""#
    ));
    assert_eq!(said, ["saved", &format!("{:?}, then {:?} {FIRST}", KeyringFault::NoKeyring, Origin::Keyring)]);
}

#[test]
fn a_keyring_that_was_started_again_is_found_without_a_new_start() {
    let desktop = Desktop::new();
    let again = "printf 'test\\n' | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null";
    let said = desktop.session(&format!(r#"{UNLOCKED}; step save={FIRST}; step "load-before-and-after={again}""#));
    let key = format!("{:?} {FIRST}", Origin::Keyring);
    assert_eq!(said, ["saved", &format!("{key}, then {key}")]);
}

#[test]
fn a_kept_key_is_one_entry_that_the_desktop_shows_by_name() {
    let desktop = Desktop::new();
    let said = desktop.session(&format!("{UNLOCKED}; step save={FIRST}; step save={SECOND}; step load-as-others-do"));
    assert_eq!(said, ["saved", "saved", &format!("Reelmeter: HeyGen API key: {SECOND}")]);
}

#[test]
fn the_environment_wins_for_one_run() {
    let desktop = Desktop::new();
    let said = desktop.session(&format!("{UNLOCKED}; step save={FIRST}; {VARIABLE}={SECOND} step load; step load"));
    assert_eq!(
        said,
        ["saved", &format!("{:?} {SECOND}", Origin::Environment), &format!("{:?} {FIRST}", Origin::Keyring)]
    );
}

#[test]
fn a_computer_without_a_keyring_says_so_and_what_to_do() {
    let desktop = Desktop::new();
    let mut alone = desktop.command(&std::env::current_exe().unwrap().display().to_string());
    alone
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .env(STEP, "load")
        .args(["--exact", "keyring::inside"]);
    assert!(alone.output().unwrap().status.success());
    let said = std::fs::read_to_string(desktop.home.path().join("answer")).unwrap();
    assert_eq!(said, format!("{:?}", KeyringFault::NoKeyring));
    let sentence = KeyringFault::NoKeyring.to_string();
    assert!(sentence.contains("try again") && sentence.contains("this session only"));
}
