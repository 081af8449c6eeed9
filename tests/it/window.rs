//! The program in a real window: a display, a mouse and a keyboard, and nothing from the inside.

mod display;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::RgbaImage;
use reelmeter::media::probe::local_file;
use reelmeter::money::Usd;
use rusqlite::{Connection, OpenFlags};

use display::{Display, Window, until};

/// Where things are at 1280×800 while the bar of the first run is open.
const FIRST_FACE: (u32, u32) = (258, 270);
const BAR_CLOSE: (u32, u32) = (1247, 68);
const SCRIPT: (u32, u32) = (560, 560);

struct Scene {
    folder: tempfile::TempDir,
    display: Display,
}

impl Scene {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let display = Display::open(&home);
        Self { folder, display }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("studio")
    }

    fn results(&self, ending: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.data().join("Results")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
    }

    /// The states of all jobs, read beside the running program.
    fn states(&self) -> Vec<String> {
        read(&self.data().join("data/sandbox.db"), "SELECT state FROM jobs").unwrap_or_default()
    }

    /// One video was made and paid once, on both sides.
    fn is_paid_once(&self) {
        let journal = self.data().join("data/sandbox.db");
        assert_eq!(self.states(), ["done"]);
        let kinds = read(&journal, "SELECT kind FROM ledger ORDER BY seq").unwrap();
        assert_eq!(kinds, ["hold", "charge", "release"]);
        let charge = read(&journal, "SELECT amount FROM ledger WHERE kind = 'charge'").unwrap();
        let billed = read(
            &self.data().join("data/sandbox/sandbox.sqlite"),
            "SELECT amount FROM ledger WHERE job_id IS NOT NULL",
        )
        .unwrap();
        let sums = |texts: &[String]| texts.iter().map(|text| Usd::parse(text).unwrap()).collect::<Vec<_>>();
        assert_eq!(sums(&charge), sums(&billed), "the journal and the sandbox agree");
        assert_eq!(self.results("mp4").len(), 1);
    }
}

/// The first column; `None` where the database is not there yet or is being written.
fn read(database: &Path, query: &str) -> Option<Vec<String>> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let mut statement = connection.prepare(query).ok()?;
    let rows = statement.query_map([], |row| row.get(0)).ok()?;
    rows.collect::<Result<_, _>>().ok()
}

/// The middle of the red button; `None` while it cannot be pressed.
fn create_button(picture: &RgbaImage) -> Option<(u32, u32)> {
    let is_red = |pixel: &image::Rgba<u8>| pixel[0] > 180 && pixel[1] < 110 && pixel[2] < 110;
    let red: Vec<(u32, u32)> =
        picture.enumerate_pixels().filter(|(_, _, pixel)| is_red(pixel)).map(|(x, y, _)| (x, y)).collect();
    // The lamp in the header is red too, and much smaller.
    let button: Vec<_> = red.into_iter().filter(|(_, y)| *y > 100).collect();
    if button.len() < 5_000 {
        return None;
    }
    let middle = |mut values: Vec<u32>| {
        values.sort_unstable();
        values[values.len() / 2]
    };
    Some((middle(button.iter().map(|at| at.0).collect()), middle(button.iter().map(|at| at.1).collect())))
}

/// Whether there is a portrait at this place, or a flat surface.
fn portrait((x, y): (u32, u32), picture: &RgbaImage) -> Option<()> {
    let mut shades: Vec<_> = (0..40).map(|step| *picture.get_pixel(x - 20 + step, y)).collect();
    shades.sort_unstable_by_key(|pixel| pixel.0);
    shades.dedup();
    (shades.len() > 6).then_some(())
}

/// Chooses the first face and writes the script; the button is then red.
fn compose(window: &mut Window, script: &str) -> (u32, u32) {
    window.shows("the portraits", |picture| portrait(FIRST_FACE, picture));
    window.click(FIRST_FACE.0, FIRST_FACE.1);
    window.click(SCRIPT.0, SCRIPT.1);
    // What is typed before the field listens is lost.
    window.shows("the script's field that listens", listening_script);
    window.write(script);
    window.shows("a price on the button", create_button)
}

#[test]
fn a_person_makes_a_video_with_mouse_and_keyboard() {
    let scene = Scene::set();
    let mut window = scene.display.studio(&scene.data(), "100");
    compose(&mut window, "Schöne Grüße. Das kostet 5 €.");
    window.press("ctrl+Return");
    until(
        || (!scene.results("mp4").is_empty() && !scene.results("srt").is_empty()).then_some(()),
        || window.complaint("no video came home"),
    );

    for (width, height) in [(960, 600), (1600, 1000), (1280, 800)] {
        window.resize(width, height);
        window.shows(&format!("the button at {width}×{height}"), |picture| {
            (picture.dimensions() == (width, height)).then(|| create_button(picture)).flatten()
        });
    }
    // The bar of the first run gives its place back.
    window.click(BAR_CLOSE.0, BAR_CLOSE.1);
    window.shows("the portraits where the bar's room was", |picture| portrait((FIRST_FACE.0, 195), picture));

    until(|| (scene.states() == ["done"]).then_some(()), || window.complaint("the job never ended"));
    assert!(window.close().success());

    scene.is_paid_once();
    let video = scene.results("mp4").remove(0);
    assert!(video.file_name().unwrap().to_string_lossy().contains("Schöne Grüße"), "{}", video.display());
    let film = local_file(&video);
    assert!(film.duration.is_some_and(|seconds| seconds > rust_decimal::Decimal::ONE), "{film:?}");
    assert_eq!((film.media_type.as_deref(), &film.fault), (Some("video/mp4"), &None));
    let captions = std::fs::read_to_string(scene.results("srt").remove(0)).unwrap();
    assert!(captions.contains("5 €"), "{captions}");
    let home: Vec<_> = std::fs::read_dir(scene.folder.path().join("home")).unwrap().map(Result::unwrap).collect();
    assert!(home.iter().all(|entry| !entry.file_name().to_string_lossy().contains("eelmeter")), "{home:?}");
}

#[test]
fn a_window_killed_while_heygen_renders_comes_back_to_one_video_and_one_charge() {
    let scene = Scene::set();
    let mut window = scene.display.studio(&scene.data(), "1");
    let (x, y) = compose(&mut window, "Killed in the middle of it.");
    window.click(x, y);
    until(
        || (scene.states() == ["running"]).then_some(()),
        || window.complaint(&format!("the job never ran: {:?}", scene.states())),
    );
    window.kill();
    assert_eq!(scene.states(), ["running"], "the kill came in time");

    let window = scene.display.studio(&scene.data(), "100");
    until(|| (scene.states() == ["done"]).then_some(()), || window.complaint("the job never ended"));
    assert!(window.close().success());
    scene.is_paid_once();
}

/// The line around the script's field while it takes what is typed.
fn listening_script(picture: &RgbaImage) -> Option<()> {
    let is_blue = |pixel: &image::Rgba<u8>| pixel[2] > 150 && pixel[2] > pixel[0].saturating_add(60);
    let is_line = |y: u32| (0..picture.width()).filter(|&x| is_blue(picture.get_pixel(x, y))).count() > 300;
    (SCRIPT.1 - 150..SCRIPT.1).any(is_line).then_some(())
}

/// The frame around the place where dragged files would land.
fn landing_frame(picture: &RgbaImage) -> Option<()> {
    let is_blue = |pixel: &image::Rgba<u8>| pixel[2] > 200 && pixel[0] < 130 && pixel[1] > 90 && pixel[1] < 190;
    (picture.pixels().filter(|pixel| is_blue(pixel)).count() > 1_500).then_some(())
}

#[test]
fn a_film_dragged_out_of_another_program_is_priced_and_cut_into_a_clip() {
    let scene = Scene::set();
    let film = scene.folder.path().join("ein langer Film – ä.mp4");
    std::fs::write(&film, crate::sandbox_sources::film(40_000, 320, 180)).unwrap();
    let mut window = scene.display.studio(&scene.data(), "100");
    window.shows("the portraits", |picture| portrait(FIRST_FACE, picture));
    window.press("ctrl+8");
    let source = scene.display.drag_source(&[&film]);
    // A program that has only just opened may miss the hand that takes: then it takes again.
    until(
        || {
            source.carry_over(&window, (500, 300));
            let lands = (0..40).find_map(|_| window.picture().as_ref().and_then(landing_frame));
            source.drop_them();
            lands
        },
        || window.complaint("the window never showed where the film would land"),
    );
    // The other program is still needed until what it let go of has arrived.
    window.shows("a price on the button", create_button);
    drop(source);
    window.press("ctrl+Return");
    until(|| (scene.states() == ["done"]).then_some(()), || window.complaint("no clip came home"));
    assert!(window.close().success());
    scene.is_paid_once();
    let charge =
        read(&scene.data().join("data/sandbox.db"), "SELECT amount FROM ledger WHERE kind = 'charge'").unwrap();
    assert_eq!(Usd::parse(&charge[0]).unwrap(), Usd::from_cents(15));
}

#[test]
fn without_a_display_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelmeter"));
    command.arg("--data").arg(folder.path()).env("XDG_RUNTIME_DIR", folder.path());
    for gone in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(gone);
    }
    let answer = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&answer.stderr);
    assert!(words.contains("needs a graphical session"), "{words}");
    assert!(!words.contains("panicked"), "{words}");
    assert_eq!(answer.status.code(), Some(1));
}
