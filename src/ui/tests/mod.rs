//! The window as a person uses it, by label and by key: a window to try it in, and the tests by what they try.

mod buying;
mod drafts;
mod files;
mod languages;
mod messages;
mod zoom;
mod window;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rust_decimal::Decimal;

use super::model::{KeyStatus, Loaded, Notice, Tone};
use super::places::{Kind, Place};
use super::*;
use crate::account::{AccountInfo, Billing};
use crate::draft::avatar_video::{Face, LocalFile, Source};
use crate::draft::{AvatarType, Engine, Look, Resolution, Voice};
use crate::jobs::types::{Board, Job, JobId, JobState, Pause};
use crate::money::Usd;
use crate::pricing::RateCard;
use crate::settings::{Account, CapAction, Settings};

fn look(number: usize, name: &str, avatar_type: AvatarType) -> Look {
    let engines = match avatar_type {
        AvatarType::DigitalTwin => Engine::ALL.to_vec(),
        AvatarType::PhotoAvatar | AvatarType::StudioAvatar => vec![Engine::AvatarIii, Engine::AvatarIv],
    };
    Look {
        id: format!("look_{number}"),
        name: name.to_owned(),
        avatar_type,
        group_id: None,
        default_voice_id: Some("voice_0".to_owned()),
        gender: None,
        engines,
        preview_image_url: Some(format!("https://pictures.example/{number}.png")),
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    }
}

fn voice(number: usize, name: &str, language: &str) -> Voice {
    Voice {
        id: format!("voice_{number}"),
        name: name.to_owned(),
        language: language.to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: Some(format!("https://sounds.example/{number}.mp3")),
        supports_pause: true,
        supports_locale: false,
        private: false,
        starfish: true,
    }
}

pub(in crate::ui) fn model() -> Model {
    let looks = vec![
        look(0, "Daria", AvatarType::DigitalTwin),
        look(1, "Ines", AvatarType::StudioAvatar),
        look(2, "Aiko", AvatarType::PhotoAvatar),
    ];
    let voices = vec![voice(0, "Daria", "English"), voice(1, "Jonas", "German")];
    let billing = Billing::Wallet { balance: Some(Usd::from_cents(2147)), auto_reload: None };
    let info = AccountInfo { name: "Ada".to_owned(), email: None, billing, oauth: false };
    Model {
        host: "127.0.0.1".to_owned(),
        info: Loaded { value: Some(info), ..Loaded::default() },
        wallet_read_at: Some(1_795_364_900),
        looks: Loaded { value: Some(Arc::new(looks)), ..Loaded::default() },
        voices: Loaded { value: Some(Arc::new(voices)), ..Loaded::default() },
        board: Arc::new(Board { held: Usd::from_cents(318), in_flight: 3, ..Board::default() }),
        settings: Settings { live_offer_closed: true, ..Settings::default() },
        key: KeyStatus::Missing,
        results_folder: PathBuf::from("/films"),
        config_folder: PathBuf::from("/config"),
        data_folder: PathBuf::from("/data"),
        now: 1_795_365_000,
        ..Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()))
    }
}

pub(in crate::ui) struct Bench {
    pub(in crate::ui) model: Model,
    pub(in crate::ui) state: State,
    pub(in crate::ui) pictures: Pictures,
    pub(in crate::ui) actions: Vec<Action>,
}

pub(in crate::ui) fn bench(model: Model) -> Harness<'static, Bench> {
    let bench = Bench { model, state: State::default(), pictures: Pictures::default(), actions: Vec::new() };
    let mut harness =
        Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_context_setup(theme::install).build_ui_state(
            |ui, bench: &mut Bench| {
                let asked = frame(ui, &bench.model, &mut bench.state, &mut bench.pictures);
                bench.actions.extend(asked);
                for source in bench.pictures.take_wanted() {
                    bench.pictures.fail(source);
                }
            },
            bench,
        );
    harness.run_steps(3);
    harness
}

/// A draft that lacks nothing.
fn ready(model: Model) -> Harness<'static, Bench> {
    let mut harness = bench(model);
    let look = look(0, "Daria", AvatarType::DigitalTwin);
    let draft = &mut harness.state_mut().state.avatar_video.form.draft;
    draft.face = Face::Look(look);
    draft.script = "Three things changed this spring, and every customer gets a named contact.".to_owned();
    harness.run_steps(3);
    harness
}

pub(in crate::ui) fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}

pub(in crate::ui) fn asked(harness: &mut Harness<'_, Bench>) -> Vec<Action> {
    harness.state_mut().actions.drain(..).collect()
}

/// The words on the red button, or on what stands in its place.
pub(in crate::ui) fn button(harness: &Harness<'_, Bench>) -> String {
    let lowest = harness
        .get_all_by_role(Role::Button)
        .filter(|node| node.rect().width() > 250.0 && (node.rect().height() - 44.0).abs() < 0.5)
        .max_by(|a, b| a.rect().bottom().total_cmp(&b.rect().bottom()));
    lowest.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

pub(in crate::ui) fn press_button(harness: &mut Harness<'_, Bench>) {
    let words = button(harness);
    click(harness, Role::Button, &words);
}

/// The text with these words in it as the window shows it, also where it is only painted.
fn painted(harness: &Harness<'_, Bench>, words: &str) -> Option<Arc<egui::Galley>> {
    fn find(shape: &egui::Shape, words: &str) -> Option<Arc<egui::Galley>> {
        match shape {
            egui::Shape::Text(text) => text.galley.text().contains(words).then(|| Arc::clone(&text.galley)),
            egui::Shape::Vec(shapes) => shapes.iter().find_map(|shape| find(shape, words)),
            _ => None,
        }
    }
    harness.output().shapes.iter().find_map(|clipped| find(&clipped.shape, words))
}
