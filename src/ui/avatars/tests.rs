//! The Avatars tab as a person uses it: by label.

use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use rust_decimal::Decimal;

use super::View;
use super::own::{ConsentWay, OwnAction, OwnKind};
use crate::draft::avatar_creation::Origin;
use crate::draft::avatar_video::{Face, LocalFile};
use crate::draft::own_cast::{Consent, OwnAvatar, OwnCast, OwnLook, Training};
use crate::draft::own_voice::VoiceOrder;
use crate::draft::{AvatarType, Draft, Field, Look, Product};
use crate::jobs::types::{JobState, Progress};
use crate::money::Usd;
use crate::ui::library::fixtures;
use crate::ui::model::Loaded;
use crate::ui::places::Place;
use crate::ui::tests::{Bench, asked, bench, button, click, model, press_button};
use crate::ui::{Action, Message, Model, Tab};

fn own_look(id: &str, name: &str, training: Training) -> OwnLook {
    OwnLook {
        id: id.to_owned(),
        name: name.to_owned(),
        avatar_type: Some(AvatarType::DigitalTwin),
        training,
        preview_image_url: None,
    }
}

fn with_cast() -> Model {
    let avatar = OwnAvatar {
        id: Some("group_1".to_owned()),
        name: "Marta".to_owned(),
        consent: Consent::Open,
        created_at: Some(1),
        looks: vec![
            own_look("look_a", "In the office", Training::Ready),
            own_look("look_b", "On the stage", Training::PendingConsent),
        ],
    };
    let mut model = model();
    model.own.cast = Loaded { value: Some(Arc::new(OwnCast { avatars: vec![avatar] })), ..Loaded::default() };
    model
}

fn shown(model: Model, view: View) -> Harness<'static, Bench> {
    let mut harness = bench(model);
    harness.state_mut().state.tab = Tab::Avatars;
    harness.state_mut().state.avatars.view = view;
    harness.run_steps(3);
    asked(&mut harness);
    harness
}

fn give(harness: &mut Harness<'_, Bench>, field: Field, media_type: &str) {
    let file = LocalFile {
        path: "/files/in.bin".into(),
        size: 1_000,
        media_type: Some(media_type.to_owned()),
        duration: (!media_type.starts_with("image")).then_some(Decimal::TEN),
        ..LocalFile::default()
    };
    let place = Place::new(Product::AvatarCreation, field);
    harness.state_mut().state.receive(Message::FileReady { place, file });
    harness.run_steps(3);
}

fn write(harness: &mut Harness<'_, Bench>, label: &str, text: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
    harness.get_by_label(label).type_text(text);
    harness.run_steps(3);
}

#[test]
fn a_photo_and_a_name_make_an_avatar_for_a_dollar() {
    let mut harness = shown(with_cast(), View::New);
    assert_eq!(button(&harness), "Choose a photo of the face");
    give(&mut harness, Field::Look, "image/png");
    assert_eq!(button(&harness), "Name the avatar");
    write(&mut harness, "Name of the avatar", "Daria");
    assert_eq!(button(&harness), "Create · $1.00");
    click(&mut harness, Role::ComboBox, "Avatar it belongs to");
    click(&mut harness, Role::ListBoxOption, "Marta");
    press_button(&mut harness);
    let asked = asked(&mut harness);
    let [Action::Submit(asked)] = asked.as_slice() else { panic!("{asked:?}") };
    let Draft::AvatarCreation(draft) = &asked.draft else { panic!("{:?}", asked.draft) };
    assert_eq!(draft.group.as_ref().map(|group| group.id.as_str()), Some("group_1"));
    assert_eq!(asked.quoted.high, Usd::from_cents(100));
}

#[test]
fn footage_makes_a_twin_for_a_dollar_and_a_wrong_file_says_so_at_once() {
    let mut harness = shown(with_cast(), View::New);
    give(&mut harness, Field::Video, "video/quicktime");
    assert_eq!(harness.state().state.avatars.form.draft.origin, Origin::Footage);
    assert!(harness.query_all_by_label_contains("is no MP4 or WebM video").next().is_some());
    give(&mut harness, Field::Video, "video/mp4");
    write(&mut harness, "Name of the avatar", "Daria");
    assert_eq!(button(&harness), "Create · $1.00");
}

#[test]
fn what_has_no_published_price_is_made_only_by_the_persons_own_word() {
    let mut harness = shown(with_cast(), View::New);
    click(&mut harness, Role::RadioButton, "A description");
    write(&mut harness, "Description of the person", "A friendly judge");
    write(&mut harness, "Name of the avatar", "Judge");
    assert_eq!(button(&harness), "Confirm that no price is published");
    assert!(harness.query_by_label("Unknown").is_some());
    press_button(&mut harness);
    assert!(asked(&mut harness).is_empty());

    click(&mut harness, Role::Switch, "Make it although nobody publishes what it costs");
    assert_eq!(button(&harness), "Create · price not published");
    assert!(harness.query_by_label_contains("$0.00").is_none(), "unknown is not zero");
    press_button(&mut harness);
    let asked = asked(&mut harness);
    let [Action::Submit(asked)] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(asked.quoted.is_unpublished() && asked.quoted.high.is_zero());
}

/// A twin that waits for the person who is seen.
fn waiting(consent: Consent) -> Harness<'static, Bench> {
    let mut job = fixtures::job(1);
    job.product = Product::AvatarCreation;
    job.title = "Marta".to_owned();
    job.state = JobState::Running;
    job.progress = Progress::NeedsPerson;
    job.remote_id = Some("look_b".to_owned());
    let mut model = with_cast();
    let mut cast = OwnCast::clone(model.own.cast.value.as_ref().unwrap());
    cast.avatars[0].consent = consent;
    model.own.cast.value = Some(Arc::new(cast));
    shown(Model { board: fixtures::board(vec![job]), ..model }, View::New)
}

#[test]
fn a_twin_that_waits_for_consent_opens_its_page_or_copies_its_address() {
    let mut harness = waiting(Consent::Open);
    for (button, meant) in [
        ("Open the consent page of Marta", ConsentWay::Browser),
        ("Copy the address of the consent page of Marta", ConsentWay::Clipboard),
    ] {
        click(&mut harness, Role::Button, button);
        let asked = asked(&mut harness);
        let [Action::Own(OwnAction::AskConsent { look_id, way })] = asked.as_slice() else { panic!("{asked:?}") };
        assert_eq!((look_id.as_str(), *way), ("look_b", meant));
    }
}

#[test]
fn that_consent_was_refused_or_came_too_late_is_said_where_it_is_asked_for() {
    assert!(waiting(Consent::Open).query_by_label("Marta waits for consent").is_some());
    let mut harness = waiting(Consent::Refused);
    assert!(harness.query_by_label("Consent to Marta was refused").is_some());
    harness.state_mut().state.avatars.view = View::Yours;
    harness.run_steps(3);
    assert!(harness.query_by_label("consent was refused").is_some());
    assert!(waiting(Consent::Expired).query_by_label("Nobody agreed to Marta in time").is_some());
}

#[test]
fn a_look_is_renamed_and_deleted_only_after_a_second_question() {
    let mut harness = shown(with_cast(), View::Yours);
    click(&mut harness, Role::Button, "Rename In the office");
    write(&mut harness, "New name of the look", " at noon");
    click(&mut harness, Role::Button, "Save the new name");
    let renamed = asked(&mut harness);
    let [Action::Own(OwnAction::RenameLook { id, name })] = renamed.as_slice() else { panic!("{renamed:?}") };
    assert!(id == "look_a" && name.contains("at noon"), "{name}");

    click(&mut harness, Role::Button, "Delete the look On the stage");
    assert!(asked(&mut harness).is_empty());
    click(&mut harness, Role::Button, "Keep it");
    assert!(asked(&mut harness).is_empty());
    click(&mut harness, Role::Button, "Delete the avatar Marta");
    assert!(harness.query_by_label_contains("On the stage. Videos that were made").is_some());
    click(&mut harness, Role::Button, "Delete the avatar for good");
    let deleted = asked(&mut harness);
    assert!(
        matches!(deleted.as_slice(), [Action::Own(OwnAction::Delete { kind: OwnKind::Avatar, id })] if id == "group_1"),
        "{deleted:?}"
    );
}

#[test]
fn a_voice_is_copied_only_after_the_person_accepts_that_no_price_is_published() {
    let mut harness = shown(with_cast(), View::Voices);
    give(&mut harness, Field::Voice, "audio/wav");
    assert_eq!(harness.state().state.avatars.view, View::Voices);
    write(&mut harness, "Name of the voice", "Mine");
    click(&mut harness, Role::Button, "Copy the voice");
    assert!(asked(&mut harness).is_empty());
    click(&mut harness, Role::Switch, "Go on with copying: no price is published for it");
    click(&mut harness, Role::Button, "Copy the voice");
    let made = asked(&mut harness);
    let [Action::Own(OwnAction::MakeVoice(order))] = made.as_slice() else { panic!("{made:?}") };
    assert!(matches!(&**order, VoiceOrder::Clone(clone) if clone.name == "Mine"), "{order:?}");
    // Every order is asked for anew.
    click(&mut harness, Role::Button, "Copy the voice");
    assert!(asked(&mut harness).is_empty());
}

#[test]
fn the_own_cast_is_read_when_the_tab_is_first_shown() {
    let mut harness = bench(model());
    harness.state_mut().state.tab = Tab::Avatars;
    harness.run_steps(1);
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::Own(OwnAction::Read))));
}

fn with_second() -> Model {
    let mut model = with_cast();
    let mut cast = OwnCast::clone(model.own.cast.value.as_ref().unwrap());
    cast.avatars.push(OwnAvatar {
        id: Some("group_2".to_owned()),
        name: "Emil".to_owned(),
        consent: Consent::Open,
        created_at: Some(2),
        looks: vec![own_look("look_c", "By the sea", Training::Ready)],
    });
    model.own.cast.value = Some(Arc::new(cast));
    model
}

#[test]
fn own_avatars_are_found_by_their_name_and_by_the_names_of_their_looks() {
    let mut harness = shown(with_second(), View::Yours);
    let shows = |harness: &Harness<'_, Bench>, label: &str| harness.query_by_label(label).is_some();
    assert!(shows(&harness, "In the office") && shows(&harness, "By the sea"));
    write(&mut harness, "Search your avatars", "sea");
    assert!(!shows(&harness, "In the office") && shows(&harness, "By the sea") && shows(&harness, "Emil"));
    harness.get_by_label("Search your avatars").type_text("gull");
    harness.run_steps(3);
    assert!(shows(&harness, "No avatar and no look fits. Try another word."));
}

#[test]
fn avatars_stand_side_by_side_where_there_is_room() {
    let harness = shown(with_second(), View::Yours);
    let top = |label: &str| harness.get_by_label(label).rect().top();
    assert!((top("Marta") - top("Emil")).abs() < 1.0);
}

#[test]
fn a_look_of_ones_own_is_used_for_a_video_at_once() {
    let mut model = with_cast();
    let mut looks = model.looks.value.as_ref().unwrap().to_vec();
    looks[0] = Look { id: "look_a".to_owned(), name: "In the office".to_owned(), ..looks[0].clone() };
    model.looks.value = Some(Arc::new(looks));
    let mut harness = shown(model, View::Yours);
    assert!(harness.query_by_label("Make a video with On the stage").is_none(), "it is not ready");
    click(&mut harness, Role::Button, "Make a video with In the office");
    assert_eq!(harness.state().state.tab, Tab::AvatarVideo);
    let face = &harness.state().state.avatar_video.form.draft.face;
    assert!(matches!(face, Face::Look(look) if look.id == "look_a"), "{face:?}");
}

#[test]
fn who_deletes_a_look_is_told_of_the_jobs_at_work_with_it() {
    let mut job = fixtures::job(1);
    job.state = JobState::Running;
    job.draft = Arc::from(r#"{"face":{"Look":{"id":"look_a"}}}"#);
    let mut harness = shown(Model { board: fixtures::board(vec![job]), ..with_cast() }, View::Yours);
    click(&mut harness, Role::Button, "Delete the look On the stage");
    assert!(harness.query_by_label_contains("at work").is_none());
    click(&mut harness, Role::Button, "Keep it");
    click(&mut harness, Role::Button, "Delete the look In the office");
    assert!(harness.query_by_label_contains("A job at work uses it and may fail.").is_some());
}

#[test]
fn the_own_cast_is_read_again_whenever_it_is_shown() {
    let mut harness = shown(with_cast(), View::New);
    click(&mut harness, Role::RadioButton, "Your avatars");
    let read = |actions: Vec<Action>| actions.iter().any(|action| matches!(action, Action::Own(OwnAction::Read)));
    assert!(read(asked(&mut harness)));
    harness.run_steps(3);
    assert!(!read(asked(&mut harness)), "once is enough");
}
