//! The person's own avatars, looks and voices at HeyGen: read, renamed, deleted; consent asked for and
//! followed. Each is free or without a published price, so none of it is a job.

use std::sync::Arc;
use std::time::Duration;

use crate::draft::own_cast::{Consent, OwnCast, Training};
use crate::heygen::retry::with_retry;
use crate::heygen::{Client, Error, ErrorKind};
use crate::settings::Account;
use crate::ui::avatars::own::{ConsentWay, OwnAction, OwnKind};
use crate::ui::model::Tone;

use super::background::Event;
use super::voice_orders::VoiceNews;
use super::{Studio, settle};

/// Between two looks at a consent that is being given, or a voice that is being copied.
pub(super) const BETWEEN_LOOKS: Duration = Duration::from_secs(3);
/// Looks at a consent page that was opened: half an hour. The journal follows a job for longer.
pub(super) const MOST_LOOKS: u32 = 600;

pub(super) const NO_KEY: &str = "There is no API key yet. Enter it in Settings.";

/// What the background tells of them.
#[derive(Debug)]
pub enum OwnNews {
    Cast(Result<OwnCast, String>),
    /// The change of the thing with this id ended.
    Changed(String, Result<(), String>),
    /// The page for the look with this id; `None`: no consent is needed any more.
    ConsentPage(String, ConsentWay, Result<Option<ConsentPage>, String>),
    /// The person who is seen in the look with this id has answered no, or not in time.
    NotAgreed(String, Consent),
    /// The look with this id waits for consent no longer.
    MovedOn(String),
    Voice(VoiceNews),
}

/// Where the person who is seen agrees.
#[derive(Debug)]
pub struct ConsentPage {
    address: String,
    /// HeyGen's id of the avatar.
    group: String,
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
        match asked {
            OwnAction::Read => self.read_own_cast(account),
            OwnAction::AskConsent { look_id, way } => {
                if self.model.own.busy.insert(look_id.clone()) {
                    self.background.spawn(async move {
                        let page = consent_page(&client, &look_id).await;
                        Event::Own(account, OwnNews::ConsentPage(look_id, way, page))
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
            OwnAction::MakeVoice(order) => self.make_voice(account, *order),
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
            OwnNews::ConsentPage(id, way, answer) if shown => {
                self.model.own.busy.remove(&id);
                self.model.own.fault = None;
                match answer {
                    Ok(Some(page)) => {
                        match way {
                            ConsentWay::Browser => self.open_web(page.address),
                            ConsentWay::Clipboard => self.copy_consent(context, page.address),
                        }
                        self.follow_consent(account, id, page.group);
                    }
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
            OwnNews::NotAgreed(id, consent) => self.not_agreed(account, &id, consent),
            OwnNews::MovedOn(id) => self.moved_on(account, &id),
            OwnNews::Voice(news) => self.voice_news(account, news),
            OwnNews::Cast(_) | OwnNews::Changed(..) | OwnNews::ConsentPage(..) => {}
        }
    }

    fn copy_consent(&mut self, context: &egui::Context, address: String) {
        context.copy_text(address);
        let more = "Send it to the person who is seen. It does not last for ever: copy another whenever one is needed.";
        self.notice(Tone::Good, "The address of the consent page is copied.", more);
    }

    /// Looks from time to time whether the person has agreed.
    fn follow_consent(&mut self, account: Account, look_id: String, group: String) {
        let Some(client) = self.shown().and_then(|session| session.client.borrow().clone()) else { return };
        let every = BETWEEN_LOOKS / self.timing.hurry.max(1);
        let outlet = self.background.outlet();
        self.background.run(async move {
            for _ in 0..MOST_LOOKS {
                tokio::time::sleep(every).await;
                let news = match client.look_training(&look_id).await {
                    Ok(look) if look.training != Training::PendingConsent => OwnNews::MovedOn(look_id.clone()),
                    _ => match client.consent(&group).await {
                        Ok(consent @ (Consent::Refused | Consent::Expired)) => {
                            OwnNews::NotAgreed(look_id.clone(), consent)
                        }
                        Ok(Consent::Open) | Err(_) => continue,
                    },
                };
                outlet.send(Event::Own(account, news)).await;
                return;
            }
        });
    }

    fn not_agreed(&mut self, account: Account, look_id: &str, consent: Consent) {
        let cast = self.model.own.cast.value.as_ref();
        let look = cast.and_then(|cast| cast.looks().find(|(_, look)| look.id == look_id));
        let name = look.map_or("the look", |(_, look)| look.name.as_str());
        let what = match consent {
            Consent::Refused => format!("Consent to {name} was refused."),
            Consent::Expired | Consent::Open => format!("Nobody agreed to {name} in time."),
        };
        let more = "It cannot be used. Ask once more, or delete it under Avatars, Yours.";
        self.notice(Tone::Warning, &what, more);
        self.cast_changed(account);
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
        self.model.own = crate::ui::avatars::own::Own::default();
        self.show_voice_attempt();
    }
}

pub(super) fn in_words(error: &Error) -> String {
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

async fn consent_page(client: &Client, look_id: &str) -> Result<Option<ConsentPage>, String> {
    let look = with_retry(|| client.look_training(look_id)).await.map_err(|error| in_words(&error))?;
    let Some(group) = look.group_id else {
        return Err("HeyGen does not say which avatar this look belongs to.".to_owned());
    };
    match with_retry(|| client.consent_page(&group)).await {
        Err(error) if error.kind == ErrorKind::Conflict => Ok(None),
        Ok(address) => Ok(address.map(|address| ConsentPage { address, group })),
        Err(error) => Err(in_words(&error)),
    }
}
