use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const PAGE: &str = "<html data-composition-variables='[{\"id\":\"a\",\"type\":\"string\",\"label\":\"A\",\"default\":\"x\"}]'>\
                    <div data-composition-id=main data-duration=6 data-width=1920 data-height=1080></div>";

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with these files.
    fn project(&self, files: &[(&str, &str)]) -> PathBuf {
        let project = self.folder.path().join("project");
        for (name, text) in files {
            let path = project.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        project
    }

    fn zip(&self, files: &[(&str, &str)]) -> PathBuf {
        let path = self.folder.path().join("project.zip");
        let mut writer = ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    fn packed(&self) -> PathBuf {
        self.folder.path().join("packed")
    }

    fn read(&self, source: &Path) -> Result<Bundle, ProjectError> {
        read(source, &self.packed(), &|_, _| {})
    }
}

/// The names in a zip, in its own order.
fn names(path: &Path) -> Vec<String> {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..zip.len()).map(|index| zip.by_index(index).unwrap().name().unwrap().into_owned()).collect()
}

#[track_caller]
fn check_refused(answer: Result<Bundle, ProjectError>, kind: ProjectErrorKind, words: &str) {
    let error = answer.expect_err(words);
    assert!(error.kind == kind && error.message.contains(words), "{error:?}");
}

#[test]
fn a_folder_becomes_the_same_zip_every_time_without_what_no_render_needs() {
    let place = Place::new();
    let project = place.project(&[
        ("index.html", PAGE),
        ("assets/b.css", "b{}"),
        ("assets/a.js", "1"),
        ("assets/a.js.map", "{}"),
        (".git/config", "x"),
        (".DS_Store", "x"),
        ("node_modules/gsap/x.js", "x"),
        ("renders/old.mp4", "x"),
    ]);
    let told = Cell::new((0, 0));
    let bundle = read(&project, &place.packed(), &|done, total| told.set((done, total))).unwrap();
    assert_eq!(names(&bundle.zip.path), ["assets/a.js", "assets/b.css", "index.html"]);
    assert_eq!((bundle.files, bundle.left_out), (3, 5));
    assert_eq!(bundle.zip.path.file_name().unwrap().to_string_lossy(), format!("{}.zip", bundle.hash));
    assert_eq!(fs::metadata(&bundle.zip.path).unwrap().len(), bundle.zip.size);
    let (done, total) = told.get();
    assert!(done == total && total > 0, "the progress ends at the whole");

    // The same files with other dates, elsewhere, are the same bytes.
    let other = Place::new();
    let copy = other.project(&[("assets/a.js", "1"), ("assets/b.css", "b{}"), ("index.html", PAGE)]);
    assert_eq!(other.read(&copy).unwrap().hash, bundle.hash);
    assert_eq!(other.read(&other.project(&[("assets/a.js", "2")])).unwrap().files, 3);
    assert_ne!(other.read(&copy).unwrap().hash, bundle.hash);
}

#[test]
fn renders_that_a_page_shows_are_kept() {
    let place = Place::new();
    let page = format!("{PAGE}<video src='renders/a.mp4'>");
    let bundle = place.read(&place.project(&[("index.html", &page), ("renders/a.mp4", "x")])).unwrap();
    assert_eq!(names(&bundle.zip.path), ["index.html", "renders/a.mp4"]);
}

#[test]
fn the_pages_that_can_be_rendered_are_listed_the_entry_first() {
    let place = Place::new();
    let part = format!("<template>{PAGE}</template>");
    let bundle = place
        .read(&place.project(&[
            ("a.html", PAGE),
            ("index.html", PAGE),
            ("compositions/card.html", PAGE),
            ("compositions/part.html", &part),
            ("about.html", "<p>nothing to render"),
        ]))
        .unwrap();
    let paths: Vec<&str> = bundle.pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(paths, ["index.html", "a.html", "compositions/card.html"]);
    assert_eq!(bundle.pages[0].variables.len(), 1);
    check_refused(
        place.read(&place.folder.path().join("nothing here")),
        ProjectErrorKind::Missing,
        "not there any more",
    );
    let empty = Place::new();
    check_refused(
        empty.read(&empty.project(&[("index.html", "<p>")])),
        ProjectErrorKind::NoComposition,
        "no HyperFrames project",
    );
}

#[cfg(unix)]
#[test]
fn links_are_refused() {
    let place = Place::new();
    let project = place.project(&[("index.html", PAGE)]);
    std::os::unix::fs::symlink("/etc/hostname", project.join("name.txt")).unwrap();
    check_refused(place.read(&project), ProjectErrorKind::Unsafe, "name.txt is a link");
}

#[test]
fn a_zip_is_sent_as_it_is_unless_it_holds_what_is_not_needed() {
    let place = Place::new();
    let zip = place.zip(&[("index.html", PAGE), ("a.js", "1")]);
    let bundle = place.read(&zip).unwrap();
    assert_eq!(bundle.zip.path, zip);
    assert_eq!((bundle.files, bundle.left_out, bundle.is_folder), (2, 0, false));

    let zip = place.zip(&[
        ("card/index.html", PAGE),
        ("card/a.js", "1"),
        ("__MACOSX/card/._a.js", "x"),
        ("card/.DS_Store", "x"),
    ]);
    let bundle = place.read(&zip).unwrap();
    assert_ne!(bundle.zip.path, zip);
    assert_eq!(names(&bundle.zip.path), ["a.js", "index.html"]);
    assert_eq!((bundle.left_out, bundle.pages[0].path.as_str()), (2, "index.html"));
}

#[test]
fn zips_that_are_not_what_they_say_are_refused_in_words() {
    let place = Place::new();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let path = place.zip(&[("index.html", PAGE), ("a.js", "11111111111111111111")]);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        place.read(&path)
    };
    assert!(with(&|_| {}).is_ok());
    for escape in ["../evil.html", "/etc/evil.html", "a/../../evil.html", "C:\\evil.html"] {
        let zip = place.zip(&[("index.html", PAGE), (escape, "x")]);
        check_refused(place.read(&zip), ProjectErrorKind::Unsafe, "leads out of the project");
    }
    check_refused(with(&|bytes| bytes.truncate(bytes.len() - 10)), ProjectErrorKind::Broken, "no zip that can be read");
    check_refused(with(&|bytes| bytes.clear()), ProjectErrorKind::Broken, "no zip that can be read");
    let header = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0";
    let wav = |bytes: &mut Vec<u8>| *bytes = [header.as_slice(), &[0x80; 8]].concat();
    check_refused(with(&wav), ProjectErrorKind::Broken, "is a WAV sound, no zip with a project");
    // The first byte of the first file's packed content.
    let damaged = with(&|bytes| {
        let at = 30 + usize::from(bytes[26]) + usize::from(bytes[28]) + 6;
        bytes[at] ^= 0x55;
    });
    check_refused(damaged, ProjectErrorKind::Broken, "index.html in the zip is damaged");

    let central = |bytes: &[u8]| bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let encrypted = with(&|bytes| {
        let at = central(bytes);
        bytes[6] |= 1;
        bytes[at + 8] |= 1;
    });
    check_refused(encrypted, ProjectErrorKind::Encrypted, "protected by a password");
    let bomb = with(&|bytes| {
        let at = central(bytes);
        bytes[at + 24..at + 28].copy_from_slice(&2_000_000_000_u32.to_le_bytes());
    });
    check_refused(bomb, ProjectErrorKind::TooLarge, "unpacked");
}

#[test]
fn a_project_that_changed_since_it_was_priced_is_noticed() {
    let place = Place::new();
    let project = place.project(&[("index.html", PAGE)]);
    let bundle = place.read(&project).unwrap();
    let standing = |bundle: &Bundle| make_ready(bundle, &place.packed()).unwrap();

    assert!(matches!(standing(&bundle), Standing::Same(now) if *now == bundle));
    fs::remove_file(&bundle.zip.path).unwrap();
    assert!(matches!(standing(&bundle), Standing::Same(now) if now.zip.path.exists()), "it is packed again");

    // For the other account it is packed into that one's folder.
    let elsewhere = place.folder.path().join("elsewhere");
    let Standing::Same(there) = make_ready(&bundle, &elsewhere).unwrap() else { panic!("it did not change") };
    assert!(there.zip.path.starts_with(&elsewhere) && there.zip.path.exists());

    place.project(&[("index.html", &PAGE.replace("data-duration=6", "data-duration=60"))]);
    let Standing::Changed(now) = standing(&bundle) else { panic!("ten times the price") };
    assert_eq!(now.pages[0].seconds, Some(60.into()));
    fs::remove_dir_all(&project).unwrap();
    assert_eq!(make_ready(&bundle, &place.packed()).unwrap_err().kind, ProjectErrorKind::Missing);
}

#[test]
fn what_nothing_needs_any_more_is_cleared_away() {
    let place = Place::new();
    let bundle = place.read(&place.project(&[("index.html", PAGE)])).unwrap();
    let name = bundle.zip.path.file_name().unwrap().to_string_lossy().into_owned();
    fs::write(place.packed().join("other.zip"), "x").unwrap();
    fs::write(place.packed().join("mine.txt"), "x").unwrap();
    clear(&place.packed(), &|other| other == name);
    assert!(bundle.zip.path.exists());
    assert!(!place.packed().join("other.zip").exists());
    assert!(place.packed().join("mine.txt").exists(), "only what was put there is taken away");
}

#[test]
fn the_sample_can_be_rendered_and_keeps_what_a_person_changed() {
    let place = Place::new();
    let project = sample(&place.folder.path().join("samples")).unwrap();
    let bundle = place.read(&project).unwrap();
    let [page] = bundle.pages.as_slice() else { panic!("{:?}", bundle.pages) };
    assert!(page.faults.is_empty(), "{:?}", page.faults);
    assert_eq!((page.seconds, page.size), (Some(6.into()), Some((1920, 1080))));
    let ids: Vec<&str> = page.variables.iter().map(|variable| variable.id.as_str()).collect();
    assert_eq!(ids, ["title", "accent", "show_date", "date"]);
    for variable in &page.variables {
        assert!(variable.read(&variable.default).is_ok(), "{}", variable.id);
    }
    fs::write(project.join("index.html"), PAGE).unwrap();
    sample(&place.folder.path().join("samples")).unwrap();
    assert_eq!(fs::read_to_string(project.join("index.html")).unwrap(), PAGE);
}
