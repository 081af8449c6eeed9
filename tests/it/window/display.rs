//! A display of its own for a test: Xvfb, a window manager, and the mouse and keyboard of xdotool.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use image::RgbaImage;

use crate::rig::PATIENCE;

/// Another process answers, so there is nothing to wait on: asks again every 20 ms until it is so.
pub fn until<T>(mut probe: impl FnMut() -> Option<T>, complaint: impl FnOnce() -> String) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < deadline, "{}", complaint());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Ends with the test, however that ends.
struct Helper(Child);

impl Drop for Helper {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen of 1700×1100 with a German keyboard, whose keys have ö and €.
pub struct Display {
    name: String,
    /// Home and every other folder of the person.
    home: PathBuf,
    // Ended in this order.
    _manager: Helper,
    _server: Helper,
}

impl Display {
    pub fn open(home: &Path) -> Self {
        let mut server = Command::new("Xvfb");
        // A server that resets when the last client leaves takes the one that comes just then with it.
        server.args(["-displayfd", "1", "-screen", "0", "1700x1100x24", "-nolisten", "tcp", "-noreset"]);
        let mut server = Helper(start(server.stdout(Stdio::piped()).stderr(Stdio::null()), "xvfb"));
        let mut number = String::new();
        let told = server.0.stdout.take().unwrap();
        BufReader::new(told).read_line(&mut number).unwrap();
        let number = number.trim();
        assert!(!number.is_empty(), "Xvfb found no free display");
        let name = format!(":{number}");
        let mut manager = Command::new("openbox");
        quiet(&mut manager, &name, home);
        let manager = Helper(start(&mut manager, "openbox"));
        let display = Self { name, home: home.to_owned(), _manager: manager, _server: server };
        until(
            || (!display.try_run("xdotool", &["get_num_desktops"]).trim().is_empty()).then_some(()),
            || "openbox does not manage the display".to_owned(),
        );
        display.run("setxkbmap", "x11-xkb-utils", &["de"]);
        display
    }

    /// The real program with a window, keeping everything under `data`.
    pub fn studio(&self, data: &Path, sandbox_speed: &str) -> Window<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reelmeter"));
        command.args(["--sandbox-speed", sandbox_speed, "--data"]).arg(data);
        quiet(&mut command, &self.name, &self.home);
        let process = Helper(start(&mut command, "nothing: it is the program itself"));
        let mut window = Window { display: self, process, id: String::new() };
        window.id = until(
            || {
                let found = self.try_run("xdotool", &["search", "--onlyvisible", "--name", "^Reelmeter$"]);
                found.lines().last().map(str::to_owned)
            },
            || "the window never appeared".to_owned(),
        );
        // Placed and in focus: from here on keys go to it.
        until(
            || {
                self.try_run("xdotool", &["windowactivate", &window.id]);
                (self.try_run("xdotool", &["getactivewindow"]).trim() == window.id).then_some(())
            },
            || window.complaint("the window never got the focus"),
        );
        window
    }

    /// Another program, whose window offers these files to be dragged.
    pub fn drag_source(&self, files: &[&Path]) -> DragSource<'_> {
        let mut command = Command::new("/usr/bin/python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/window/drag_source.py"));
        for file in files {
            command.arg(url::Url::from_file_path(file).unwrap().as_str());
        }
        quiet(&mut command, &self.name, &self.home);
        let process = Helper(start(&mut command, "python3-gi gir1.2-gtk-3.0"));
        let id = until(
            || {
                let found = self.try_run("xdotool", &["search", "--onlyvisible", "--name", "^drag source$"]);
                found.lines().last().map(str::to_owned)
            },
            || "the drag source never appeared: are python3-gi and gir1.2-gtk-3.0 there?".to_owned(),
        );
        DragSource { display: self, _process: process, id }
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        quiet(&mut command, &self.name, &self.home);
        let package = if program == "import" { "imagemagick" } else { program };
        let answer = start(command.args(arguments).stdout(Stdio::piped()), package).wait_with_output().unwrap();
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }

    fn run(&self, program: &str, package: &str, arguments: &[&str]) {
        let mut command = Command::new(program);
        quiet(&mut command, &self.name, &self.home);
        let status = start(command.args(arguments), package).wait().unwrap();
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }
}

fn start(command: &mut Command, package: &str) -> Child {
    match command.spawn() {
        Ok(child) => child,
        Err(error) => panic!(
            "{} could not be started ({error}). The package {package} is needed; scripts/test installs it.",
            command.get_program().display()
        ),
    }
}

/// On `display`, with nothing of the person's: not their folders, their desktop or their keyring.
fn quiet(command: &mut Command, display: &str, home: &Path) {
    for gone in ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DBUS_SESSION_BUS_ADDRESS", "SESSION_MANAGER", "REELMETER_LOG"] {
        command.env_remove(gone);
    }
    for folder in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(folder, home);
    }
    // Letters beyond ASCII are typed in a locale that has them.
    command.env("LC_ALL", "C.UTF-8");
    command.env("DISPLAY", display).env("LIBGL_ALWAYS_SOFTWARE", "1").stdout(Stdio::null()).stderr(Stdio::null());
}

/// Another program that offers files.
pub struct DragSource<'a> {
    display: &'a Display,
    _process: Helper,
    id: String,
}

impl DragSource<'_> {
    /// Takes the files with the mouse and carries them over `window`, without letting go.
    pub fn carry_over(&self, window: &Window<'_>, (x, y): (u32, u32)) {
        let run = |arguments: &[&str]| self.display.run("xdotool", "xdotool", arguments);
        run(&["mousemove", "--window", &self.id, "80", "45", "mousedown", "1"]);
        for _ in 0..8 {
            run(&["mousemove_relative", "--", "-8", "-6"]);
        }
        for near in [x - 20, x - 10, x] {
            run(&["mousemove", "--window", &window.id, &near.to_string(), &y.to_string()]);
        }
    }

    /// Lets go of them.
    pub fn drop_them(&self) {
        self.display.run("xdotool", "xdotool", &["mouseup", "1"]);
    }
}

/// The program and its window.
pub struct Window<'a> {
    display: &'a Display,
    process: Helper,
    id: String,
}

impl Window<'_> {
    /// At a place in points from the window's upper left corner.
    pub fn click(&self, x: u32, y: u32) {
        let (x, y) = (x.to_string(), y.to_string());
        self.display.run("xdotool", "xdotool", &["mousemove", "--window", &self.id, &x, &y, "click", "1"]);
    }

    pub fn press(&self, key: &str) {
        self.display.run("xdotool", "xdotool", &["key", "--clearmodifiers", key]);
    }

    pub fn write(&self, text: &str) {
        self.display.run("xdotool", "xdotool", &["type", "--clearmodifiers", "--delay", "15", text]);
    }

    pub fn resize(&self, width: u32, height: u32) {
        let (wide, high) = (width.to_string(), height.to_string());
        self.display.run("xdotool", "xdotool", &["windowsize", &self.id, &wide, &high]);
    }

    /// What the window shows now; `None` where it cannot be photographed just now.
    pub fn picture(&self) -> Option<RgbaImage> {
        let mut command = Command::new("import");
        quiet(&mut command, &self.display.name, &self.display.home);
        command.args(["-silent", "-window", &self.id, "png:-"]).stdout(Stdio::piped());
        let answer = start(&mut command, "imagemagick").wait_with_output().unwrap();
        Some(image::load_from_memory(&answer.stdout).ok()?.into_rgba8())
    }

    /// Waits until the window's picture answers the question.
    pub fn shows<T>(&mut self, what: &str, question: impl Fn(&RgbaImage) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.still_runs();
            if let Some(answer) = self.picture().as_ref().and_then(&question) {
                return answer;
            }
            assert!(Instant::now() < deadline, "{}", self.complaint(&format!("the window never showed {what}")));
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    fn still_runs(&mut self) {
        let ended = self.process.0.try_wait().unwrap();
        assert!(ended.is_none(), "the program ended by itself: {ended:?}");
    }

    /// The words, and where a picture of the window was put.
    pub fn complaint(&self, words: &str) -> String {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("window-{}.png", std::process::id()));
        match self.picture().map(|picture| picture.save(&path)) {
            Some(Ok(())) => format!("{words}; its picture is {}", path.display()),
            _ => format!("{words}, and it cannot be photographed"),
        }
    }

    /// Closes the window by the keyboard and says how the program ended.
    pub fn close(mut self) -> ExitStatus {
        self.press("ctrl+q");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "{}", self.complaint("the window does not close"));
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
    }
}
