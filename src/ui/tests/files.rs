//! Files that are dropped on the window.

use super::*;

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no file".to_owned())
    }
}

#[track_caller]
fn check_drop(path: &str, at: egui::Pos2, expected: Option<Place>) {
    let mut harness = ready(model());
    harness.hover_at(at);
    harness.run_steps(2);
    harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from(path))));
    harness.step();
    let taken = asked(&mut harness);
    let [Action::TakeFiles { paths, place, shown }] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((paths.as_slice(), *place), ([PathBuf::from(path)].as_slice(), expected));
    assert_eq!(*shown, Some(Product::AvatarVideo));
}

#[test]
fn a_dropped_file_lands_where_it_fits() {
    let (upper, lower) = (egui::pos2(500.0, 200.0), egui::pos2(500.0, 700.0));
    // Where there is only one place for it, or the upper one is meant, the bytes decide.
    check_drop("/tmp/a talk.MP3", lower, None);
    check_drop("/tmp/me.jpeg", upper, None);
    check_drop("/tmp/beach.png", lower, Some(Place::new(Product::AvatarVideo, Field::Background)));
    check_drop("/tmp/notes.pdf", upper, None);
}

#[test]
fn several_dropped_files_find_a_place_each() {
    let mut harness = ready(model());
    for path in ["/tmp/me.png", "/tmp/talk.mp3", "/tmp/beach.jpg"] {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from(path))));
    }
    harness.step();
    let fields: Vec<Option<Field>> = asked(&mut harness)
        .into_iter()
        .flat_map(|action| match action {
            Action::TakeSeveral { files, .. } => files,
            other => panic!("{other:?}"),
        })
        .map(|(_, place)| place.map(|place| place.field))
        .collect();
    assert_eq!(fields, [Some(Field::Look), Some(Field::Audio), Some(Field::Background)]);
}

#[test]
fn a_video_dropped_where_it_has_no_place_is_offered_one_on_another_tab() {
    let mut harness = ready(model());
    let file = LocalFile {
        path: PathBuf::from("/films/talk.mp4"),
        size: 24_000_000,
        media_type: Some("video/mp4".to_owned()),
        duration: Some(Decimal::from(65)),
        ..LocalFile::default()
    };
    let places = Place::of_kind(Kind::Video, Some(Product::AvatarVideo));
    harness.state_mut().state.receive(Message::FileElsewhere { file, places });
    harness.run_steps(3);
    assert!(harness.query_by_label("talk.mp4 would fit elsewhere:").is_some());
    assert!(harness.query_by_label("Translate: the video to translate").is_some());
    click(&mut harness, Role::Button, "Lipsync: the video whose lips move");
    assert_eq!(harness.state().state.tab, Tab::Lipsync);
    assert!(harness.query_by_label("talk.mp4").is_some());
    assert!(harness.state().state.lipsync.form.draft.video.is_some());
}

#[test]
fn a_drag_whose_program_is_gone_is_over_once_the_pointer_is_back() {
    const OVERLAY: &str = "Drop the sound";
    let mut harness = ready(model());
    let file = || egui::HoveredFile { path: Some(PathBuf::from("/tmp/talk.mp3")), ..egui::HoveredFile::default() };
    harness.hover_at(egui::pos2(500.0, 300.0));
    harness.input_mut().hovered_files.push(file());
    harness.run_steps(2);
    assert!(painted(&harness, OVERLAY).is_some(), "a drag that lasts");
    // Nobody says that the drag ended: the file hovers on.
    harness.hover_at(egui::pos2(510.0, 300.0));
    harness.run_steps(2);
    assert!(painted(&harness, OVERLAY).is_none());
    // The next drag is told of beside the one that was left behind.
    harness.input_mut().hovered_files.push(file());
    harness.run_steps(2);
    assert!(painted(&harness, OVERLAY).is_some(), "a new drag");
    harness.input_mut().hovered_files.clear();
    harness.run_steps(2);
    harness.input_mut().hovered_files.push(file());
    harness.run_steps(2);
    assert!(painted(&harness, OVERLAY).is_some(), "a drag after one that ended");
}

#[test]
fn every_file_of_a_drop_that_was_not_taken_is_named_until_the_next_drop() {
    let mut harness = ready(model());
    for name in ["notes.txt", "site.zip"] {
        harness.state_mut().state.receive(Message::FileRefused(format!("{name} has no place here.")));
    }
    let place = Place::new(Product::AvatarVideo, Field::Audio);
    let sound = LocalFile {
        path: PathBuf::from("/tmp/talk.mp3"),
        size: 1_400_000,
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(90)),
        ..LocalFile::default()
    };
    harness.state_mut().state.receive(Message::FileReady { place, file: sound });
    harness.run_steps(3);
    assert!(harness.query_by_label("2 files were not taken.").is_some());
    assert!(harness.query_by_label_contains("notes.txt has no place here.").is_some());
    harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from("/tmp/me.png"))));
    harness.run_steps(3);
    assert!(harness.query_by_label("2 files were not taken.").is_none());
}

#[test]
fn a_file_that_cannot_be_used_takes_nothing_from_the_script_or_the_face() {
    let mut harness = ready(model());
    let before = harness.state().state.avatar_video.form.draft.clone();
    let broken = LocalFile {
        path: PathBuf::from("/tmp/notes.wav"),
        fault: Some("notes.wav could not be read.".to_owned()),
        ..LocalFile::default()
    };
    for field in [Field::Audio, Field::Look, Field::Background] {
        let place = Place::new(Product::AvatarVideo, field);
        harness.state_mut().state.receive(Message::FileReady { place, file: broken.clone() });
        harness.run_steps(3);
        assert_eq!(harness.state().state.avatar_video.form.draft, before, "{field:?}");
        assert!(harness.query_by_label_contains("notes.wav could not be read. Nothing was changed.").is_some());
    }
}
