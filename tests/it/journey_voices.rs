//! Voices of one's own as a person makes them: the whole program behind the window, on the sandbox.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use reelmeter::sandbox::{Kind, Rule};

use crate::journey::{Window, open, open_live};
use crate::loopback::{KEY, Loopback, Seen, answer, json};

/// The names of the account's own voices.
fn own_voices(window: &Window) -> Vec<String> {
    let voices = window.harness.state().model().voices.value.clone().unwrap_or_default();
    voices.iter().filter(|voice| voice.private).map(|voice| voice.name.clone()).collect()
}

#[test]
fn an_order_of_voices_that_the_program_was_closed_over_is_taken_up_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    window.until("the voices are there", |harness| harness.state().model().voices.value.is_some());
    let before = own_voices(&window).len();
    let faults = window.harness.state().sandbox().unwrap().faults.clone();
    faults.push(Rule::once("POST", "/v3/voices", Kind::StallAfter));
    design(&mut window);
    // The voices are made; the answer never comes.
    window.until("the order has left", |_| faults.rules().iter().all(|(_, hits)| *hits == 1));
    drop(window);

    let mut window = open(folder.path());
    window.until("it is told", |harness| {
        harness.state().model().notices.iter().any(|notice| notice.what.ends_with("voices are made."))
    });
    window.until("they are read again", |harness| !harness.state().model().voices.loading);
    let made: Vec<String> = own_voices(&window).into_iter().filter(|name| name.contains("harbour")).collect();
    let after = own_voices(&window).len();
    assert!(!made.is_empty() && after == before + made.len(), "{made:?}, {after} after {before}");
    drop(window);

    // Once it is known what became of it, no start speaks of it again.
    let mut window = open(folder.path());
    window.until("the voices are there", |harness| harness.state().model().voices.value.is_some());
    window.until("the wallet is there", |harness| harness.state().model().info.value.is_some());
    assert!(window.harness.state().model().notices.is_empty(), "{:?}", window.harness.state().model().notices);
    assert_eq!(own_voices(&window).len(), after);
}

/// Asks for voices from a description on the Avatars tab.
fn design(window: &mut Window) {
    window.click(Role::Tab, "Avatars");
    window.click(Role::RadioButton, "Your voices");
    window.click(Role::MultilineTextInput, "Description of the voice");
    let field = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Description of the voice");
    field.type_text("A calm harbour pilot");
    window.harness.step();
    window.click(Role::Switch, "Go on with designing: no price is published for it");
    window.click(Role::Button, "Design voices");
}

#[test]
fn an_order_whose_answer_got_lost_keeps_its_key_whatever_is_answered_later() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let busy =
        || answer(429, &[("retry-after", "60")], r#"{"error":{"code":"rate_limit_exceeded","message":"Busy."}}"#);
    // It may have been made; then two refusals, the second after a restart, that say nothing of the first.
    let answers = std::sync::Mutex::new(vec![
        json(r#"{"data":{"voices":[{"voice_id":"v1","name":"Harbour","language":"English"}]}}"#),
        busy(),
        busy(),
        answer(503, &[], "{}"),
    ]);
    let server = runtime.block_on(Loopback::start(move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/v3/voices") => answers.lock().unwrap().pop().unwrap(),
        ("GET", "/v3/users/me") => json(
            r#"{"data":{"username":"u","billing_type":"wallet","wallet":{"currency":"usd","remaining_balance":25}}}"#,
        ),
        _ => json(r#"{"data":[],"has_more":false}"#),
    }));
    let orders = || -> Vec<Seen> {
        let seen = server.seen().into_iter();
        seen.filter(|seen| seen.method == "POST" && seen.path == "/v3/voices").collect()
    };

    let mut window = open_live(folder.path(), &server.base, KEY);
    design(&mut window);
    window.until("it was refused", |harness| harness.state().model().own.voice.answer.is_some());
    let words = window.harness.state().model().own.voice.answer.clone().unwrap().unwrap_err();
    assert!(words.contains("It may have been made all the same"), "{words}");
    assert_eq!(orders().len(), 2);
    drop(window);

    let mut window = open_live(folder.path(), &server.base, KEY);
    window.until("it is told that nobody knows", |harness| {
        harness.state().model().notices.iter().any(|notice| notice.what == "It is not known whether a voice was made.")
    });
    // Who asks for the same once more asks with the same key.
    design(&mut window);
    window.until("it is made", |harness| matches!(&harness.state().model().own.voice.answer, Some(Ok(_))));
    let keys: Vec<_> = orders().iter().map(|seen| seen.header("idempotency-key").unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(keys.iter().all(|key| key == &keys[0]), "{keys:?}");
    drop(window);

    let mut window = open_live(folder.path(), &server.base, KEY);
    window.until("the wallet is there", |harness| harness.state().model().info.value.is_some());
    assert!(window.harness.state().model().notices.is_empty(), "{:?}", window.harness.state().model().notices);
    assert_eq!(orders().len(), 4, "it is settled");
}
