//! Drafts that take the place of others.

use super::*;
use crate::draft::AvatarVideoDraft;

fn script<'a>(harness: &'a Harness<'_, Bench>) -> &'a str {
    &harness.state().state.avatar_video.form.draft.script
}

fn bring(harness: &mut Harness<'_, Bench>, words: &str) {
    let draft = AvatarVideoDraft { script: words.to_owned(), ..AvatarVideoDraft::default() };
    harness.state_mut().state.receive(Message::LoadDraft(Box::new(draft.into())));
    harness.run_steps(3);
}

const KEPT: &str = "What you were composing here before is kept.";

#[test]
fn a_job_that_is_edited_again_takes_the_place_of_a_draft_that_can_be_put_back() {
    let mut harness = bench(model());
    bring(&mut harness, "An old video.");
    assert!(harness.query_by_label(KEPT).is_none(), "there was nothing to keep");

    let mut harness = ready(model());
    let own = script(&harness).to_owned();
    bring(&mut harness, "An old video.");
    // Looking at another one before anything is changed does not push the person's own out.
    bring(&mut harness, "Another old video.");
    assert_eq!(script(&harness), "Another old video.");
    assert!(harness.query_by_label(KEPT).is_some());
    harness.state_mut().state.avatar_video.form.draft.script.push_str(" And more.");
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Put it back");
    assert_eq!(script(&harness), own);
    // What was worked on meanwhile is not lost either.
    click(&mut harness, Role::Button, "Put it back");
    assert_eq!(script(&harness), "Another old video. And more.");
    click(&mut harness, Role::Button, "Close this message");
    assert!(harness.query_by_label(KEPT).is_none());
}

#[test]
fn what_changed_is_told_once_and_comes_back_only_where_nothing_is_composed() {
    let mut harness = ready(model());
    let state = &mut harness.state_mut().state;
    let told = state.changed_drafts();
    let [kept] = told.as_slice() else { panic!("{told:?}") };
    assert!(matches!(&kept.draft, Draft::AvatarVideo(draft) if !draft.script.is_empty()));
    assert_eq!(state.changed_drafts(), []);

    let other = AvatarVideoDraft { script: "Older".to_owned(), ..AvatarVideoDraft::default() };
    let older = KeptDraft { draft: other.into(), former: None };
    state.restore(older.clone(), &Settings::default());
    assert_ne!(state.avatar_video.form.draft.script, "Older", "it was typed over already");
    let mut fresh = State::default();
    fresh.restore(older, &Settings::default());
    assert_eq!(fresh.avatar_video.form.draft.script, "Older");
    assert_eq!(fresh.changed_drafts(), [], "it is kept as it is");
}

#[test]
fn a_title_of_ones_own_stands_on_the_button_behind_which_it_is() {
    let mut harness = ready(model());
    assert!(harness.query_by_role_and_label(Role::Button, "Title and file").is_some());
    harness.state_mut().state.avatar_video.form.draft.title = "Sakura".to_owned();
    harness.run_steps(2);
    assert!(harness.query_by_role_and_label(Role::Button, "Title: Sakura").is_some());
}
