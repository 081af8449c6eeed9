//! From the draft to the button: price, caps, the other ways to make it.

use super::*;

#[test]
fn an_empty_draft_says_what_is_missing_and_shows_problems_only_when_asked() {
    let mut harness = bench(model());
    assert_eq!(button(&harness), "Choose a face");
    assert!(harness.query_by_label_contains("Write the script, or use audio instead.").is_none());

    press_button(&mut harness);
    assert!(asked(&mut harness).is_empty());
    assert!(harness.query_by_label_contains("Write the script, or use audio instead.").is_some());
}

#[test]
fn the_button_carries_the_price_and_follows_the_script() {
    let mut harness = bench(model());
    click(&mut harness, Role::Button, "Daria, digital twin");
    assert_eq!(button(&harness), "Write the script");

    click(&mut harness, Role::MultilineTextInput, "Script");
    harness
        .get_by_role_and_label(Role::MultilineTextInput, "Script")
        .type_text("Welcome back to the second lesson of ours.");
    harness.run_steps(3);
    let short = button(&harness);
    assert!(short.starts_with("Create · about $0."), "{short}");

    let longer = "Every customer gets a named contact from day one. ".repeat(8);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Script").type_text(&longer);
    harness.run_steps(3);
    let long = button(&harness);
    assert!(long.starts_with("Create · about $"), "{long}");
    assert_ne!(short, long);
}

#[test]
fn an_audio_file_has_an_exact_price() {
    let mut harness = ready(model());
    let file = LocalFile {
        path: PathBuf::from("/sounds/talk.mp3"),
        size: 1_400_000,
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(90)),
        dimensions: None,
        has_audio: None,
        fault: None,
        ..LocalFile::default()
    };
    harness
        .state_mut()
        .state
        .receive(Message::FileReady { place: Place::new(Product::AvatarVideo, Field::Audio), file });
    harness.run_steps(3);
    assert_eq!(harness.state().state.avatar_video.form.draft.source, Source::Audio);
    // 90 s × $0.0667, from the rate card's own worked examples.
    assert_eq!(button(&harness), "Create · $6.00");
    assert!(harness.query_by_label("talk.mp3").is_some());

    click(&mut harness, Role::Button, "Remove the audio");
    assert_eq!(harness.state().state.avatar_video.form.draft.source, Source::Script);
}

#[test]
fn one_press_buys_once_and_a_double_click_buys_once() {
    let mut harness = ready(model());
    press_button(&mut harness);
    assert_eq!(button(&harness), "Submitting…");
    press_button(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    let submits = asked(&mut harness);
    let [Action::Submit(asked_for)] = submits.as_slice() else { panic!("{submits:?}") };
    let action::Asked { draft: Draft::AvatarVideo(draft), quoted } = &**asked_for else { panic!("{asked_for:?}") };
    assert_eq!(draft.voice_id(), Some("voice_0"));
    assert!(quoted.low <= quoted.likely && quoted.likely <= quoted.high && quoted.low > Usd::ZERO);

    // The answer comes between the two halves of a double click.
    harness.state_mut().state.receive(Message::Submitted(Product::AvatarVideo, Ok(vec![JobId(uuid::Uuid::nil())])));
    harness.run_steps(1);
    assert_eq!(button(&harness), "In the queue");
    press_button(&mut harness);
    assert!(asked(&mut harness).is_empty());

    // Later the same draft can be bought again, and the button says that it would be again.
    harness.run_steps(20);
    assert!(button(&harness).starts_with("Create again · about $"), "{}", button(&harness));
}

#[test]
fn a_refused_submission_says_why_and_can_be_tried_again() {
    let mut harness = ready(model());
    press_button(&mut harness);
    let why = "The month's cap leaves $0.40.";
    harness.state_mut().state.receive(Message::Submitted(Product::AvatarVideo, Err(why.to_owned())));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains(why).is_some());
    assert!(button(&harness).starts_with("Create · about"));
}

#[test]
fn what_has_no_price_is_unknown_and_cannot_be_bought() {
    let mut harness = ready(model());
    harness.state_mut().state.avatar_video.form.draft.resolution = Resolution::K4;
    harness.run_steps(2);
    assert_eq!(button(&harness), "No price, so not offered");
    assert!(harness.query_by_label("Unknown").is_some());
    assert!(harness.query_by_label_contains("$0.00").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert!(asked(&mut harness).is_empty());
}

#[test]
fn a_cap_stands_before_the_button() {
    let capped = |settings: Settings| Model { settings: Settings { live_offer_closed: true, ..settings }, ..model() };
    let harness = ready(capped(Settings { cap_per_job: Some(Usd::from_cents(5)), ..Settings::default() }));
    assert_eq!(button(&harness), "Above the cap of $0.05 per job");

    // The month's charges are $11.84 by the books, and the wallet pays for what the cap allows.
    let settings = Settings { cap_per_month: Some(Usd::from_cents(1_190)), ..Settings::default() };
    let books = crate::ui::spend::tests::snapshot(&settings);
    let nearly_spent = Model { spend: Loaded { value: Some(books), ..Loaded::default() }, ..capped(settings) };
    let harness = ready(nearly_spent.clone());
    assert_eq!(button(&harness), "Above this month's cap of $11.90");
    let enough = Settings { cap_per_month: Some(Usd::from_cents(2_000)), ..nearly_spent.settings.clone() };
    let harness = ready(Model { settings: enough, ..nearly_spent });
    assert!(button(&harness).starts_with("Create"), "{}", button(&harness));

    // $21.47 less what is held.
    let mut poor = model();
    poor.board = Arc::new(Board { held: Usd::from_cents(2_145), ..Board::default() });
    let harness = ready(poor);
    let words = button(&harness);
    assert!(words.starts_with("The wallet lacks at least $0."), "{words}");
    let said = format!("{words}: HeyGen would refuse until it is topped up.");
    assert!(harness.query_by_label(&said).is_some(), "the receipt names the same amount as the button");
    assert!(harness.query_by_label_contains("more than the wallet holds").is_none(), "one shortfall, one figure");
}

#[test]
fn the_wallet_after_is_the_difference_of_the_figures_beside_it() {
    let mut fractions = model();
    let billing = Billing::Wallet { balance: Usd::parse("21.4749").ok(), auto_reload: None };
    fractions.info =
        Loaded { value: fractions.info.value.map(|info| AccountInfo { billing, ..info }), ..Loaded::default() };
    let mut harness = ready(fractions);
    for words in 5..25 {
        harness.state_mut().state.avatar_video.form.draft.script = "Spring brings news. ".repeat(words);
        harness.run_steps(2);
        let Bench { model, state, .. } = harness.state_mut();
        let total = state.avatar_video.form.quoted(model).quote.total.span().unwrap().likely.to_cents();
        let after = Usd::from_cents(2_147) - Usd::from_cents(318) - total;
        assert!(harness.query_by_label(&after.to_string()).is_some(), "$21.47 − $3.18 − {total} = {after}");
    }
}

#[test]
fn a_cap_that_only_warns_leaves_the_button_and_says_so() {
    let settings = Settings {
        cap_per_job: Some(Usd::from_cents(5)),
        cap_per_job_action: CapAction::Warn,
        live_offer_closed: true,
        ..Settings::default()
    };
    let harness = ready(Model { settings, ..model() });
    assert!(button(&harness).starts_with("Create"), "{}", button(&harness));
    assert!(harness.query_by_label_contains("Cap per job would be passed. It only warns.").is_some());
}

#[test]
fn an_engine_that_does_not_fit_says_why_and_cannot_be_chosen() {
    let mut harness = ready(model());
    click(&mut harness, Role::RadioButton, "Avatar V");
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarV);

    // A studio avatar cannot be rendered on V: the draft goes on with the default engine.
    click(&mut harness, Role::Button, "Ines, studio avatar");
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIv);
    let fifth = harness.get_by_role_and_label(Role::RadioButton, "Avatar V");
    assert!(fifth.accesskit_node().is_disabled());
    assert_eq!(fifth.accesskit_node().description().as_deref(), Some("Avatar V takes digital twins only."));
    fifth.click();
    harness.run_steps(2);
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIv);
}

#[test]
fn another_engine_is_taken_from_the_receipt() {
    let mut harness = ready(model());
    let third = harness.get_by_label_contains("Avatar III: $").accesskit_node().label().unwrap();
    assert!(third.contains(", saves $"), "{third}");
    assert!(
        harness
            .query_by_label_contains("Avatar V: $")
            .unwrap()
            .accesskit_node()
            .label()
            .unwrap()
            .ends_with(", same price")
    );
    click(&mut harness, Role::Button, &third);
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIii);
}

#[test]
fn a_switch_is_taken_back_with_all_it_let_go_until_something_else_is_changed() {
    let mut harness = ready(model());
    harness.state_mut().state.avatar_video.form.draft.engine = Engine::AvatarV;
    harness.state_mut().state.avatar_video.form.draft.motion_prompt = "She waves.".to_owned();
    harness.run_steps(3);
    let before = harness.state().state.avatar_video.form.draft.clone();
    let to_third = |harness: &mut Harness<'_, Bench>| {
        let third = harness.get_by_label_contains("Avatar III: $").accesskit_node().label().unwrap();
        click(harness, Role::Button, &third);
    };
    to_third(&mut harness);
    assert_eq!(harness.state().state.avatar_video.form.draft.motion_prompt, "", "Avatar III takes none");
    assert!(harness.query_by_label("Switched from Avatar V").is_some());
    click(&mut harness, Role::Link, "Undo, back to Avatar V");
    assert_eq!(harness.state().state.avatar_video.form.draft, before);
    assert!(harness.query_by_label_contains("Switched from").is_none());

    to_third(&mut harness);
    harness.state_mut().state.avatar_video.form.draft.captions = false;
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Switched from").is_none(), "it would take back more than was switched");
}

#[test]
fn every_size_is_there_and_the_one_without_a_price_says_so() {
    let mut harness = ready(model());
    let size = harness.get_by_label_contains("720p: $").accesskit_node().label().unwrap();
    assert!(size.ends_with(", same price"), "{size}");
    click(&mut harness, Role::Button, "4K: no price");
    assert_eq!(harness.state().state.avatar_video.form.draft.resolution, Resolution::P1080, "it is not offered");
    click(&mut harness, Role::Button, &size);
    assert_eq!(harness.state().state.avatar_video.form.draft.resolution, Resolution::P720);
    assert!(harness.query_by_label("Switched from 1080p").is_some());
    // What has no price still shows the way to what has one.
    harness.state_mut().state.avatar_video.form.draft.resolution = Resolution::K4;
    harness.run_steps(3);
    assert_eq!(button(&harness), "No price, so not offered");
    let back = harness.get_by_label_contains("1080p: $").accesskit_node().label().unwrap();
    click(&mut harness, Role::Button, &back);
    assert!(button(&harness).starts_with("Create · about $"), "{}", button(&harness));
}

#[test]
fn the_other_ways_are_reached_and_taken_by_keyboard() {
    let mut harness = ready(model());
    let third = harness.get_by_label_contains("Avatar III: $").accesskit_node().label().unwrap();
    harness.get_by_role_and_label(Role::Button, &third).focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIii);
}

#[test]
fn a_frame_without_a_change_quotes_nothing_and_asks_for_no_other() {
    let mut harness = ready(model());
    harness.run_steps(5);
    let before = harness.state().state.avatar_video.form.quoting.count;
    harness.run_steps(20);
    assert_eq!(harness.state().state.avatar_video.form.quoting.count, before);
    assert!(!harness.ctx.has_requested_repaint());
}

#[test]
fn live_without_a_key_cannot_buy() {
    let harness = ready(Model { account: Account::Live, ..model() });
    assert_eq!(button(&harness), "Add your API key in Settings");
}

#[test]
fn a_new_project_is_named_on_the_receipt_and_kept() {
    let mut harness = ready(model());
    click(&mut harness, Role::ComboBox, "Project");
    click(&mut harness, Role::ListBoxOption, "New project…");
    harness.get_by_label("Name of the new project").type_text("Northwind");
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Add");
    assert_eq!(harness.state().state.avatar_video.form.draft.project, "Northwind");
    let kept = asked(&mut harness);
    let [Action::ChangeSettings(settings)] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(settings.projects, ["Northwind"]);
}

#[test]
fn opening_the_palette_and_pressing_enter_spends_nothing() {
    let mut harness = ready(model());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(asked(&mut harness).is_empty());
}

#[test]
fn another_engine_at_the_same_price_says_so() {
    let harness = ready(model());
    // IV and V cost a digital twin the same.
    assert!(
        harness
            .query_by_label_contains("Avatar V: ")
            .is_some_and(|node| { node.accesskit_node().label().is_some_and(|label| label.ends_with(", same price")) })
    );
    let third = harness.get_by_label_contains("Avatar III: ").accesskit_node().label().unwrap_or_default();
    assert!(!third.contains("same"), "{third}");
}

#[test]
fn each_tab_remembers_the_project_that_was_chosen_on_it() {
    let settings = Settings {
        projects: vec!["Northwind".to_owned(), "Harbour".to_owned()],
        live_offer_closed: true,
        ..Settings::default()
    };
    let mut harness = ready(Model { settings, ..model() });
    click(&mut harness, Role::ComboBox, "Project");
    click(&mut harness, Role::ListBoxOption, "Harbour");
    let Some(Action::ChangeSettings(kept)) = asked(&mut harness).pop() else { panic!("nothing is remembered") };
    assert_eq!(kept.chosen_projects.get("avatar_video").map(String::as_str), Some("Harbour"));

    // The next start: one that was removed meanwhile is not brought back.
    let mut next = State::default();
    let mut settings = *kept;
    settings.chosen_projects.insert("speech".to_owned(), "Gone".to_owned());
    next.remember_projects(&settings);
    assert_eq!((&*next.avatar_video.form.draft.project, &*next.speech.form.draft.project), ("Harbour", ""));

    // Renamed in the settings, then removed there.
    let change = |projects: &[&str], before: &Settings, state: &mut State| {
        let projects = projects.iter().map(|name| (*name).to_owned()).collect();
        let mut settings = Settings { projects, ..before.clone() };
        settings.follow_projects(before);
        state.follow_projects(before, &settings);
        settings
    };
    let settings = change(&["Northwind", "Port"], &settings, &mut next);
    assert_eq!(next.avatar_video.form.draft.project, "Port");
    assert_eq!(settings.chosen_projects.get("avatar_video").map(String::as_str), Some("Port"));
    let settings = change(&["Northwind"], &settings, &mut next);
    assert_eq!(next.avatar_video.form.draft.project, "");
    assert_eq!(settings.chosen_projects.get("avatar_video"), None);
}
