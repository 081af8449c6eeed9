use rust_decimal::Decimal;

use super::*;
use crate::draft::Draft;

fn variable(id: &str, kind: VariableKind, default: &str) -> Variable {
    Variable {
        id: id.to_owned(),
        label: id.to_uppercase(),
        description: String::new(),
        kind,
        default: default.to_owned(),
    }
}

fn page(path: &str, seconds: Option<&str>, size: (u32, u32)) -> Page {
    Page {
        path: path.to_owned(),
        id: "main".to_owned(),
        seconds: seconds.map(|seconds| Decimal::from_str_exact(seconds).unwrap()),
        size: Some(size),
        variables: vec![
            variable("headline", VariableKind::Text { most: Some(10) }, "Hello"),
            variable("accent", VariableKind::Color, "#fff"),
            variable("price", VariableKind::Number { least: None, most: None, unit: String::new() }, "9.5"),
            variable("dated", VariableKind::Switch, "true"),
        ],
        ..Page::default()
    }
}

fn bundle(pages: Vec<Page>) -> Bundle {
    let zip = LocalFile { path: "p.zip".into(), size: 1_000, ..LocalFile::default() };
    Bundle { source: "/projects/Spring card".into(), is_folder: true, zip, pages, ..Bundle::default() }
}

fn draft(pages: Vec<Page>) -> HyperFramesDraft {
    let mut draft = HyperFramesDraft::default();
    draft.take_bundle(bundle(pages));
    draft
}

fn ready() -> HyperFramesDraft {
    draft(vec![page("index.html", Some("45"), (1920, 1080))])
}

#[track_caller]
fn check(draft: &HyperFramesDraft, expected: &[(Field, &str)]) {
    let found: Vec<(Field, String)> =
        draft.problems().into_iter().map(|problem| (problem.field, problem.message)).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((field, message), (wanted, words)) in found.iter().zip(expected) {
        assert!(field == wanted && message.contains(words), "{found:?} should be {expected:?}");
    }
}

#[test]
fn what_is_missing_is_said_in_the_order_of_the_form() {
    check(&HyperFramesDraft::default(), &[(Field::Composition, "Choose a HyperFrames project")]);
    check(&ready(), &[]);
    check(&draft(Vec::new()), &[(Field::Composition, "it is no HyperFrames project")]);
    let two = || vec![page("a.html", Some("1"), (16, 9)), page("b.html", Some("2"), (16, 9))];
    check(&draft(two()), &[(Field::Composition, "Choose the composition")]);
    check(&draft(vec![two().remove(1)]), &[]);
    check(&draft(vec![page("index.html", None, (16, 9))]), &[(Field::Composition, "how long")]);

    let mut too_large = ready();
    too_large.bundle.as_mut().unwrap().zip.size = PROJECT_BYTES_LIMIT + 1;
    check(&too_large, &[(Field::Composition, "200 MB")]);

    let mut wrong = ready();
    wrong.values.insert("headline".to_owned(), "Hello, everyone".to_owned());
    wrong.values.insert("price".to_owned(), "a lot".to_owned());
    wrong.fps = 241;
    check(
        &wrong,
        &[
            (Field::Variable, "HEADLINE: 10 characters at most"),
            (Field::Variable, "PRICE: Write a number"),
            (Field::FrameRate, "1 to 240"),
        ],
    );

    let mut odd = draft(vec![page("index.html", Some("8"), (1080, 1350))]);
    check(&odd, &[(Field::Shape, "none of 4:5")]);
    odd.shape = Some(AspectRatio::Square);
    check(&odd, &[]);
}

#[test]
fn the_price_is_that_of_the_compositions_own_length() {
    let draft = HyperFramesDraft { resolution: Resolution::K4, fps: 60, ..ready() };
    let seconds = Length::Seconds(Decimal::from(45));
    assert_eq!(
        draft.billable(),
        Billable::HyperFrames { resolution: Resolution::K4, fps: 60, length: seconds.clone() }
    );

    let others = draft.alternatives();
    assert_eq!(others.iter().filter(|other| other.selected).count(), 1);
    let mut cheaper = draft;
    cheaper.choose(others[0].choice);
    assert_eq!(cheaper.billable(), Billable::HyperFrames { resolution: Resolution::P1080, fps: 30, length: seconds });
    assert!(HyperFramesDraft::default().alternatives().is_empty());
}

#[test]
fn only_what_differs_from_the_declaration_is_sent() {
    let mut draft = ready();
    assert!(draft.sent_values().is_empty());
    for (id, typed) in [("headline", ""), ("accent", "#fff"), ("price", "9.50"), ("dated", "no")] {
        draft.values.insert(id.to_owned(), typed.to_owned());
    }
    // 9.50 is 9.5.
    assert_eq!(draft.sent_values(), [("headline", Value::Text(String::new())), ("dated", Value::Switch(false))]);
}

#[test]
fn the_same_project_read_again_keeps_what_was_filled_in() {
    let mut draft = ready();
    draft.values.insert("headline".to_owned(), "Mine".to_owned());
    draft.values.insert("accent".to_owned(), "red".to_owned());
    let mut again = bundle(vec![page("index.html", Some("50"), (1920, 1080))]);
    again.pages[0].variables.retain(|variable| variable.id != "accent");
    draft.take_bundle(again);
    assert_eq!(draft.values.into_iter().collect::<Vec<_>>(), [("headline".to_owned(), "Mine".to_owned())]);

    let mut draft = ready();
    draft.values.insert("headline".to_owned(), "Mine".to_owned());
    let other = Bundle { source: "/projects/other".into(), ..bundle(vec![page("index.html", Some("50"), (9, 16))]) };
    draft.take_bundle(other);
    assert!(draft.values.is_empty(), "another project has values of its own");
}

fn table(columns: &[&str], rows: &[&[&str]]) -> Rows {
    let words = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    Rows {
        name: "rows.csv".to_owned(),
        columns: words(columns),
        rows: (2..).zip(rows).map(|(line, cells)| Row { line, cells: words(cells), left_out: false }).collect(),
    }
}

#[test]
fn a_table_is_one_job_per_row() {
    let mut draft = ready();
    draft.values.insert("accent".to_owned(), "red".to_owned());
    draft.rows = Some(table(
        &["Headline", "ACCENT", "title", "project", "notes"],
        &[&["One", "", "First film", "Acme", "x"], &["Two", "#00f", "", "", ""], &["", "", "", "", ""]],
    ));
    check(&draft, &[]);
    let Billable::Several { parts, .. } = draft.billable() else { panic!("{:?}", draft.billable()) };
    assert_eq!(parts.len(), 3);

    let jobs: Vec<HyperFramesDraft> = Draft::from(draft)
        .jobs()
        .into_iter()
        .map(|job| match job {
            Draft::HyperFrames(draft) => draft,
            other => panic!("{other:?}"),
        })
        .collect();
    let titles: Vec<String> = jobs.iter().map(Composition::effective_title).collect();
    assert_eq!(titles, ["First film", "Two", "Spring card 3"]);
    assert_eq!((jobs[0].project(), jobs[1].project()), ("Acme", ""));
    assert_eq!(
        jobs[0].sent_values(),
        [
            ("headline", Value::Text("One".to_owned())),
            // An empty cell leaves the form's own value.
            ("accent", Value::Text("red".to_owned())),
        ]
    );
    assert_eq!(jobs[1].sent_values()[1], ("accent", Value::Text("#00f".to_owned())));
    assert!(jobs.iter().all(|job| job.rows.is_none() && job.problems().is_empty()));
    assert_eq!(parts[0], jobs[2].billable(), "each row costs what its part of the price says");
}

#[test]
fn a_table_that_cannot_be_used_says_which_cell() {
    let mut draft = ready();
    draft.rows = Some(table(&["headline", "price"], &[&["ok", "1"], &["far too long a text", "x"]]));
    check(&draft, &[]);
    assert_eq!(draft.billable(), Billable::Several { what: "video", parts: vec![draft.row_billable()] });
    assert_eq!(draft.bookings(), [(String::new(), 1)]);
    let made = draft.clone().by_row();
    assert_eq!(made.iter().map(Composition::effective_title).collect::<Vec<_>>(), ["ok"], "the bad row stays behind");
    let mut none = draft.clone();
    none.rows.as_mut().unwrap().rows[0].left_out = true;
    check(&none, &[(Field::Reference(0), "Select the rows to make.")]);
    assert!(none.by_row().is_empty());
    let mut bad = draft.clone();
    bad.rows.as_mut().unwrap().rows.remove(0);
    check(&bad, &[(Field::Reference(0), "Mend a row of the table. Line 3: 10 characters at most")]);
    bad.rows.as_mut().unwrap().rows[0].cells = vec!["short".to_owned(), "2".to_owned()];
    check(&bad, &[]);
    let videos = draft.row_videos();
    assert_eq!(videos[0].problems, []);
    assert_eq!(videos[1].problems.iter().map(|(column, _)| *column).collect::<Vec<_>>(), [0, 1]);

    draft.rows = Some(table(&["colour"], &[&["red"]]));
    check(&draft, &[(Field::Reference(0), "No column names a variable")]);
    draft.rows = Some(table(&["headline"], &[]));
    check(&draft, &[(Field::Reference(0), "no rows")]);
}
