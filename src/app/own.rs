//! The person's own avatars, looks and voices at HeyGen: read, renamed, deleted; consent asked for and
//! followed; voices made. Each is free or without a published price, so none of it is a job.

use std::sync::Arc;
use std::time::Duration;

use crate::draft::Voice;
use crate::draft::own_cast::{OwnCast, Training};
use crate::draft::own_voice::{VoiceClone, VoiceOrder};
use crate::heygen::retry::with_retry;
use crate::heygen::{AssetId, Client, Error, ErrorKind, IdempotencyKey, VoiceState};
use crate::settings::Account;
use crate::ui::avatars::own::{OwnAction, OwnKind};
use crate::ui::model::{Loaded, Tone};

use super::background::{Event, Outlet};
use super::{Studio, settle};

/// Between two looks at a consent that is being given, or a voice that is being copied.
const BETWEEN_LOOKS: Duration = Duration::from_secs(3);
/// Looks at a consent page that was opened: half an hour. The journal follows a job for longer.
const MOST_LOOKS: u32 = 600;

const NO_KEY: &str = "There is no API key yet. Enter it in Settings.";

/// What the background tells of them.
#[derive(Debug)]
pub enum OwnNews {
    Cast(Result<OwnCast, String>),
    /// The change of the thing with this id ended.
    Changed(String, Result<(), String>),
    /// The page for the look with this id; `None`: no consent is needed any more.
    ConsentPage(String, Result<Option<String>, String>),
    /// The look with this id waits for consent no longer.
    MovedOn(String),
    VoiceStage(String),
    VoiceMade(Result<Vec<Voice>, VoiceFault>),
}

/// Why there is no voice.
#[derive(Debug)]
pub struct VoiceFault {
    words: String,
    /// It may have been made: the same order is repeated with the same key.
    keep_key: bool,
}

/// An order of voices and the key it left with: the same order again is the same request again.
pub(super) struct VoiceAttempt {
    account: Account,
    order: VoiceOrder,
    key: IdempotencyKey,
}

impl Studio {
    pub(super) fn own(&mut self, asked: OwnAction) {
        let account = self.model.account;
        let Some(client) = self.shown().and_then(|session| session.client.borrow().clone()) else {
            if self.sessions.contains_key(&account) {
                self.model.own.cast.fault = Some(NO_KEY.to_owned());
            }
            return;
        };
        let every = BETWEEN_LOOKS / self.timing.hurry.max(1);
        match asked {
            OwnAction::Read => self.read_own_cast(account),
            OwnAction::OpenConsent { look_id } => {
                if self.model.own.busy.insert(look_id.clone()) {
                    self.background.spawn(async move {
                        let page = consent_page(&client, &look_id).await;
                        Event::Own(account, OwnNews::ConsentPage(look_id, page))
                    });
                }
            }
            OwnAction::RenameLook { id, name } => {
                if self.model.own.busy.insert(id.clone()) {
                    self.background.spawn(async move {
                        let answer = with_retry(|| client.rename_look(&id, &name)).await;
                        Event::Own(account, OwnNews::Changed(id, answer.map_err(|error| in_words(&error))))
                    });
                }
            }
            OwnAction::Delete { kind, id } => {
                if self.model.own.busy.insert(id.clone()) {
                    self.background.spawn(async move {
                        let answer = with_retry(|| delete(&client, kind, &id)).await;
                        Event::Own(account, OwnNews::Changed(id, answer.map_err(|error| in_words(&error))))
                    });
                }
            }
            OwnAction::MakeVoice(order) => self.make_voice(account, client, *order, every),
        }
    }

    pub(super) fn read_own_cast(&mut self, account: Account) {
        let Some(client) = self.sessions.get(&account).and_then(|session| session.client.borrow().clone()) else {
            return;
        };
        if account == self.model.account {
            self.model.own.cast.loading = true;
        }
        self.background.spawn(async move {
            Event::Own(account, OwnNews::Cast(client.own_cast().await.map_err(|error| in_words(&error))))
        });
    }

    /// One order at a time. A repeated one keeps its key, so that nothing is made twice.
    fn make_voice(&mut self, account: Account, client: Client, order: VoiceOrder, every: Duration) {
        if self.model.own.voice.stage.is_some() {
            return;
        }
        let same = self.voice_attempt.take().filter(|last| last.account == account && last.order == order);
        let attempt = same.unwrap_or_else(|| VoiceAttempt { account, order, key: IdempotencyKey::generate() });
        let (order, key) = (attempt.order.clone(), attempt.key.clone());
        self.voice_attempt = Some(attempt);
        self.model.own.voice.answer = None;
        self.model.own.voice.stage = Some("Asking HeyGen".to_owned());
        let outlet = self.background.outlet();
        self.background.spawn(async move {
            let made = match &order {
                VoiceOrder::Design(design) => {
                    with_retry(|| client.design_voices(design, &key)).await.map_err(|error| VoiceFault::of(&error))
                }
                VoiceOrder::Clone(clone) => copy_voice(&client, clone, &key, account, &outlet, every).await,
            };
            Event::Own(account, OwnNews::VoiceMade(made))
        });
    }

    pub(super) fn own_news(&mut self, context: &egui::Context, account: Account, news: OwnNews) {
        let shown = account == self.model.account;
        match news {
            OwnNews::Cast(answer) if shown => settle(&mut self.model.own.cast, answer.map(Arc::new)),
            OwnNews::Changed(id, answer) if shown => {
                self.model.own.busy.remove(&id);
                self.model.own.fault = answer.err().map(|words| (id, words));
                self.read_own_cast(account);
                self.read_cast(account);
            }
            OwnNews::ConsentPage(id, answer) if shown => {
                self.model.own.busy.remove(&id);
                self.model.own.fault = None;
                match answer {
                    Ok(Some(page)) => self.open_consent(context, account, id, page),
                    Ok(None) => {
                        self.notice(Tone::Info, "Consent was given already.", "The training goes on by itself.");
                        self.moved_on(account, &id);
                    }
                    Err(words) => {
                        self.notice(Tone::Warning, "The consent page could not be had.", &words);
                        self.model.own.fault = Some((id, words));
                    }
                }
            }
            OwnNews::MovedOn(id) => self.moved_on(account, &id),
            OwnNews::VoiceStage(words) if shown => {
                if self.model.own.voice.stage.is_some() {
                    self.model.own.voice.stage = Some(words);
                }
            }
            OwnNews::VoiceMade(answer) => {
                if !matches!(&answer, Err(fault) if fault.keep_key) {
                    self.voice_attempt = None;
                }
                if shown {
                    self.model.own.voice.stage = None;
                    self.model.own.voice.answer = Some(answer.map_err(|fault| fault.words));
                    self.read_cast(account);
                }
            }
            OwnNews::Cast(_) | OwnNews::Changed(..) | OwnNews::ConsentPage(..) | OwnNews::VoiceStage(_) => {}
        }
    }

    /// Opens the page in the browser and looks from time to time whether the person has agreed.
    fn open_consent(&mut self, context: &egui::Context, account: Account, look_id: String, page: String) {
        if !page.starts_with("https://") && !page.starts_with("http://127.0.0.1:") {
            self.notice(Tone::Warning, "The consent page could not be opened.", "Its address is not a safe one.");
            return;
        }
        context.open_url(egui::OpenUrl::new_tab(page));
        let Some(client) = self.shown().and_then(|session| session.client.borrow().clone()) else { return };
        let every = BETWEEN_LOOKS / self.timing.hurry.max(1);
        let outlet = self.background.outlet();
        self.background.run(async move {
            for _ in 0..MOST_LOOKS {
                tokio::time::sleep(every).await;
                if matches!(client.look_training(&look_id).await, Ok(look) if look.training != Training::PendingConsent)
                {
                    outlet.send(Event::Own(account, OwnNews::MovedOn(look_id))).await;
                    return;
                }
            }
        });
    }

    fn moved_on(&mut self, account: Account, look_id: &str) {
        if let Some(session) = self.sessions.get(&account) {
            let board = session.board.borrow();
            let job = board.jobs.iter().find(|job| job.remote_id.as_deref() == Some(look_id));
            if let Some(job) = job {
                session.worker.wake(Some(job.id));
            }
        }
        self.cast_changed(account);
    }

    /// Looks were made or changed: the galleries show them as they are now.
    pub(super) fn cast_changed(&mut self, account: Account) {
        if account == self.model.account {
            self.read_cast(account);
            self.read_own_cast(account);
        }
    }

    pub(super) fn forget_own(&mut self) {
        self.model.own = crate::ui::avatars::own::Own { cast: Loaded::default(), ..Default::default() };
    }
}

impl VoiceFault {
    fn of(error: &Error) -> Self {
        let keep_key = error.kind.may_have_happened()
            || matches!(error.kind, ErrorKind::NoConnection | ErrorKind::Interrupted | ErrorKind::RateLimited { .. });
        let mut words = in_words(error);
        if error.kind.may_have_happened() {
            words.push_str(" It may have been made all the same. Try again: the same request makes nothing twice.");
        }
        Self { words, keep_key }
    }

    fn said(words: String) -> Self {
        Self { words, keep_key: false }
    }
}

fn in_words(error: &Error) -> String {
    match &error.hint {
        Some(hint) => format!("{error} {hint}"),
        None => error.to_string(),
    }
}

async fn delete(client: &Client, kind: OwnKind, id: &str) -> Result<(), Error> {
    let answer = match kind {
        OwnKind::Look => client.delete_look(id).await,
        OwnKind::Avatar => client.delete_group(id).await,
        OwnKind::Voice => client.delete_voice(id).await,
    };
    match answer {
        // A repeated request finds nothing any more: that is what was wanted.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
        answer => answer,
    }
}

async fn consent_page(client: &Client, look_id: &str) -> Result<Option<String>, String> {
    let look = with_retry(|| client.look_training(look_id)).await.map_err(|error| in_words(&error))?;
    let Some(group) = look.group_id else {
        return Err("HeyGen does not say which avatar this look belongs to.".to_owned());
    };
    match with_retry(|| client.consent_page(&group)).await {
        Err(error) if error.kind == ErrorKind::Conflict => Ok(None),
        answer => answer.map_err(|error| in_words(&error)),
    }
}

/// Uploads the recording, asks for the copy and follows it until it can be heard.
async fn copy_voice(
    client: &Client,
    order: &VoiceClone,
    key: &IdempotencyKey,
    account: Account,
    outlet: &Outlet,
    every: Duration,
) -> Result<Vec<Voice>, VoiceFault> {
    let stage = |words: &str| Event::Own(account, OwnNews::VoiceStage(words.to_owned()));
    let uploaded: Option<AssetId> = match &order.sound {
        Some(sound) if sound.address.is_none() => {
            outlet.send(stage("Uploading the recording")).await;
            let media_type = sound.media_type.clone().unwrap_or_default();
            let name = sound.name();
            let upload = with_retry(|| client.upload(&sound.path, &name, &media_type, &|_, _| {})).await;
            Some(upload.map_err(|error| VoiceFault::said(in_words(&error)))?)
        }
        _ => None,
    };
    outlet.send(stage("Copying the voice")).await;
    let id = with_retry(|| client.clone_voice(order, uploaded.as_ref(), key)).await.map_err(|error| VoiceFault::of(&error))?;
    for _ in 0..MOST_LOOKS {
        match with_retry(|| client.voice_state(&id)).await {
            Ok(VoiceState::Ready) => break,
            Ok(VoiceState::Failed(words)) => {
                let why = words.unwrap_or_else(|| "It gave no reason.".to_owned());
                return Err(VoiceFault::said(format!("HeyGen could not copy the voice: {why}")));
            }
            Ok(VoiceState::Running) => {}
            Err(error) => return Err(VoiceFault::of(&error)),
        }
        tokio::time::sleep(every).await;
    }
    let voices = client.voices().await.map_err(|error| VoiceFault::said(in_words(&error)))?;
    Ok(voices.into_iter().filter(|voice| voice.id == id).collect())
}
