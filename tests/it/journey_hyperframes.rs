//! A HyperFrames project as a person renders it: the whole program behind the window on the sandbox, and
//! a table of many.

use std::time::Instant;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use reelmeter::draft::HyperFramesDraft;
use reelmeter::draft::hyperframes::{Row, Rows};
use reelmeter::jobs::submit::submit;
use reelmeter::jobs::types::JobState;
use reelmeter::media::hyperframes;
use reelmeter::money::Usd;
use reelmeter::spend::Caps;

use crate::journey::open;
use crate::rig::{PATIENCE, Rig, submission};

fn names(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn from_the_sample_to_the_file_and_nothing_stays_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    window.until("the wallet is known", |harness| harness.state().model().info.value.is_some());
    window.click(Role::Tab, "HyperFrames");
    window.click(Role::Button, "Try the sample");
    window.until("the project is read", |harness| harness.query_all_by_label_contains("as a zip").next().is_some());
    let packed = folder.path().join("data/projects-sandbox");
    assert_eq!(names(&packed).len(), 1, "{:?}", names(&packed));
    assert!(window.has("Create · $0.01"));

    // Whoever edits the page after it was priced is asked to look again: ten times as long is ten times as much.
    let page = folder.path().join("data/samples/Title card/index.html");
    let text = std::fs::read_to_string(&page).unwrap().replace("data-duration=\"6\"", "data-duration=\"60\"");
    std::fs::write(&page, text).unwrap();
    window.harness.get_all_by_label_contains("Create · ").next().unwrap().click();
    window.until("the change is noticed", |harness| {
        harness.query_all_by_label_contains("was changed since it was read").next().is_some()
    });
    assert!(window.harness.state().model().board.jobs.is_empty());
    window.until("the new price is shown", |harness| {
        harness.query_all_by_label_contains("Create · $0.10").next().is_some()
    });

    window.click(Role::Switch, "Show the date");
    window.harness.get_all_by_label_contains("Create · $0.10").next().unwrap().click();
    window.until("the render is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    let job = window.harness.state().model().board.jobs[0].clone();
    assert_eq!((job.charge, job.title.as_str()), (Some(Usd::from_cents(10)), "Title card"));
    let video = job.files.video.clone().unwrap();
    let probe = reelmeter::media::probe::probe(&video).unwrap();
    assert_eq!(probe.dimensions, Some((1920, 1080)));

    // Gone from the tab, and the next job to end takes its zip away.
    window.click(Role::Button, "Remove the project");
    assert!(window.has("Drop a folder or a zip"));
    window.click(Role::Button, "Try the sample");
    window
        .until("the project is read again", |harness| harness.query_all_by_label_contains("as a zip").next().is_some());
    window.click(Role::RadioButton, "60");
    window.harness.get_all_by_label_contains("Create · $0.20").next().unwrap().click();
    window.click(Role::Button, "Remove the project");
    let deadline = Instant::now() + PATIENCE;
    loop {
        window.harness.step();
        let done = window.harness.state().model().board.jobs.iter().filter(|job| job.state == JobState::Done).count();
        if done == 2 && names(&packed).is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "{:?}", names(&packed));
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn a_table_is_booked_together_and_every_row_is_a_film() {
    let rig = Rig::start().await;
    let project = hyperframes::sample(&rig.folder.path().join("samples")).unwrap();
    let bundle = hyperframes::read(&project, &rig.folder.path().join("packed"), &|_, _| {}).unwrap();
    let mut draft = HyperFramesDraft::default();
    draft.take_bundle(bundle);
    let row = |line, title: &str| Row { line, cells: vec![title.to_owned()], left_out: false };
    draft.rows = Some(Rows {
        name: "rows.csv".to_owned(),
        columns: vec!["title".to_owned()],
        rows: vec![row(2, "One"), row(3, "Two"), row(4, "Three")],
    });
    let before = rig.wallet().await;
    let ids = submit(&rig.studio.store, &submission(&draft, Caps::default(), None)).unwrap().jobs;
    assert_eq!(ids.len(), 3);
    for id in &ids {
        rig.studio.worker.take_up(*id).await.unwrap();
    }
    for id in &ids {
        let job = rig.studio.ended(*id).await;
        assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::from_cents(1))), "{job:?}");
    }
    assert_eq!(names(&rig.results()), ["One.mp4", "Three.mp4", "Two.mp4"]);
    assert_eq!(before - rig.wallet().await, Usd::from_cents(3));
}
