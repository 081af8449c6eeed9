//! Messages: how long they stay and that they are in nobody's way.

use super::*;

fn told(notices: Vec<Notice>) -> Harness<'static, Bench> {
    bench(Model { notices, ..model() })
}

fn notice(id: u64, tone: Tone, what: &str) -> Notice {
    let at = (tone == Tone::Good).then(|| PathBuf::from("/films/ledger.csv"));
    Notice { id, tone, what: what.to_owned(), more: String::new(), at }
}

/// Whether it is said anywhere, also in a tooltip.
fn shows(harness: &Harness<'_, Bench>, words: &str) -> bool {
    harness.query_all_by_label(words).next().is_some()
}

/// Lets so many seconds of the window's time pass.
fn pass(harness: &mut Harness<'_, Bench>, seconds: f64) {
    let until = harness.ctx.input(|input| input.time) + seconds;
    while harness.ctx.input(|input| input.time) < until {
        harness.step();
    }
}

#[test]
fn good_news_leaves_by_itself_and_bad_news_stays() {
    let bad = notice(2, Tone::Bad, "The journal was not saved.");
    let mut harness = told(vec![notice(1, Tone::Good, "The ledger is saved."), bad]);
    pass(&mut harness, 4.0);
    assert!(shows(&harness, "The ledger is saved."));
    pass(&mut harness, 4.0);
    assert!(!shows(&harness, "The ledger is saved."));
    assert!(matches!(asked(&mut harness).as_slice(), [Action::ForgetNotice(1)]));
    pass(&mut harness, 100.0);
    assert!(shows(&harness, "The journal was not saved."));
    click(&mut harness, Role::Button, "Close this message");
    assert!(!shows(&harness, "The journal was not saved."));
    assert!(matches!(asked(&mut harness).as_slice(), [Action::ForgetNotice(2)]));
}

#[test]
fn good_news_waits_while_the_pointer_or_the_keyboard_is_on_it() {
    let mut harness = told(vec![notice(1, Tone::Good, "The ledger is saved.")]);
    let at = harness.get_by_label("The ledger is saved.").rect().center();
    harness.hover_at(at);
    pass(&mut harness, 20.0);
    assert!(shows(&harness, "The ledger is saved."));
    harness.hover_at(egui::pos2(500.0, 400.0));
    harness.get_by_label("Open folder").focus();
    pass(&mut harness, 20.0);
    harness.get_by_label("Open folder").click();
    harness.run_steps(2);
    let asked_for = asked(&mut harness);
    assert!(matches!(asked_for.as_slice(), [Action::ShowInFolder(_)]), "{asked_for:?}");
    harness.hover_at(egui::pos2(500.0, 400.0));
    harness.get_by_label("Search looks").focus();
    pass(&mut harness, 8.0);
    assert!(!shows(&harness, "The ledger is saved."));
}

#[test]
fn closing_good_news_brings_no_older_one_up() {
    let several = (1..=5).map(|id| notice(id, Tone::Good, &format!("Copy {id} is saved."))).collect();
    let mut harness = told(several);
    assert!(shows(&harness, "Copy 5 is saved."));
    click(&mut harness, Role::Button, "Close this message");
    assert!(harness.query_by_label_contains("is saved.").is_none());
}

#[test]
fn messages_cover_nothing_that_can_be_pressed() {
    for size in [egui::vec2(1280.0, 800.0), egui::vec2(960.0, 600.0), egui::vec2(640.0, 400.0)] {
        let bad = notice(2, Tone::Bad, "The journal was not saved.");
        let mut harness = told(vec![notice(1, Tone::Good, "The ledger is saved."), bad]);
        harness.set_size(size);
        harness.run_steps(4);
        let rects: Vec<(String, egui::Rect)> = harness
            .root()
            .children_recursive()
            .filter(|node| matches!(node.accesskit_node().role(), Role::Button | Role::Tab | Role::ComboBox))
            .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()))
            .filter(|(_, rect)| rect.right() <= size.x)
            .collect();
        let words: Vec<egui::Rect> = ["The ledger is saved.", "The journal was not saved."]
            .map(|words| harness.get_by_label(words).rect())
            .to_vec();
        for (label, rect) in rects {
            for words in &words {
                assert!(!words.shrink(1.0).intersects(rect), "{label} under a message at {size}: {rect} {words}");
            }
        }
    }
}
