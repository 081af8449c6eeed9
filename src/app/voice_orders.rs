//! Voices being made: ordered, followed until they can be heard, taken up again by the next start. An order
//! stands in the journal before it leaves; no price is published for it, so it is no job and holds nothing.

use std::time::Duration;

use crate::draft::Voice;
use crate::draft::own_voice::{VoiceClone, VoiceOrder};
use crate::heygen::retry::with_retry;
use crate::heygen::{AssetId, Client, Error, ErrorKind, IdempotencyKey, VoiceState};
use crate::jobs::policy::KEY_TRUSTED_SECONDS;
use crate::jobs::voice_orders::{self, KeptOrder};
use crate::settings::Account;
use crate::store::{Store, StoreError};
use crate::ui::Tab;
use crate::ui::model::Tone;

use super::background::{Event, Outlet};
use super::own::{BETWEEN_LOOKS, MOST_LOOKS, NO_KEY, OwnNews, in_words};
use super::{Studio, now};

/// What the background tells of an order.
#[derive(Debug)]
pub enum VoiceNews {
    /// An order of which nobody knows yet what became.
    Found(Box<KeptOrder>),
    /// What is being done for the order with this key, in words.
    Stage(IdempotencyKey, String),
    Made(IdempotencyKey, Result<Vec<Voice>, VoiceFault>),
}

/// Why there is no voice.
#[derive(Debug)]
pub struct VoiceFault {
    words: String,
    /// The same order leaves with the same key, should the person ask again.
    keep_key: bool,
    /// It may have been made: the next start asks.
    is_unsettled: bool,
}

/// An order of voices and the key it left with: the same order again is the same request again.
pub(super) struct VoiceAttempt {
    account: Account,
    kept: KeptOrder,
    is_running: bool,
}

impl Studio {
    /// One order at a time. A repeated one keeps its key, so that nothing is made twice.
    pub(super) fn make_voice(&mut self, account: Account, order: VoiceOrder) {
        let Some(client) = self.sessions.get(&account).and_then(|session| session.client.borrow().clone()) else {
            self.model.own.voice.answer = Some(Err(NO_KEY.to_owned()));
            return;
        };
        if self.model.own.voice.stage.is_some() {
            return;
        }
        let credential = client.fingerprint();
        let same = self.voice_attempt.take().map(|last| (last.account, last.kept)).filter(|(of, kept)| {
            let is_trusted = now() - kept.began_at < KEY_TRUSTED_SECONDS;
            *of == account && kept.order == order && kept.credential == credential && is_trusted
        });
        let kept = same.map(|(_, kept)| kept).unwrap_or_else(|| KeptOrder {
            key: IdempotencyKey::generate(),
            order,
            credential,
            voice_id: None,
            began_at: now(),
        });
        self.follow_voice(account, client, kept);
    }

    fn follow_voice(&mut self, account: Account, client: Client, kept: KeptOrder) {
        let Some(store) = self.sessions.get(&account).map(|session| session.store.clone()) else { return };
        self.voice_attempt = Some(VoiceAttempt { account, kept: kept.clone(), is_running: true });
        self.show_voice_attempt();
        let (outlet, every) = (self.background.outlet(), BETWEEN_LOOKS / self.timing.hurry.max(1));
        self.background.spawn(async move {
            let key = kept.key.clone();
            let made = Making { client, store: store.clone(), outlet, account, every, kept }.run().await;
            if !matches!(&made, Err(fault) if fault.is_unsettled) {
                // Where this fails, the next start asks once more, with the same key.
                let key = key.clone();
                let _ = store.run(move |tx| voice_orders::forget(tx, &key)).await;
            }
            Event::Own(account, OwnNews::Voice(VoiceNews::Made(key, made)))
        });
    }

    /// Takes up an order that the program was closed over, or that another key had left behind.
    pub(super) fn find_voice_order(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let Some(client) = session.client.borrow().clone() else { return };
        let (store, outlet) = (session.store.clone(), self.background.outlet());
        self.background.run(async move {
            let credential = client.fingerprint();
            if let Ok(Some(kept)) = store.run(move |tx| voice_orders::unsettled(tx, &credential)).await {
                outlet.send(Event::Own(account, OwnNews::Voice(VoiceNews::Found(Box::new(kept))))).await;
            }
        });
    }

    pub(super) fn voice_news(&mut self, account: Account, news: VoiceNews) {
        match news {
            VoiceNews::Found(kept) => self.voice_order_found(account, *kept),
            VoiceNews::Stage(key, words) => {
                let is_it = self.voice_attempt.as_ref().is_some_and(|attempt| attempt.kept.key == key);
                if is_it && account == self.model.account && self.model.own.voice.stage.is_some() {
                    self.model.own.voice.stage = Some(words);
                }
            }
            VoiceNews::Made(key, answer) => self.voice_made(account, &key, answer),
        }
    }

    fn voice_order_found(&mut self, account: Account, kept: KeptOrder) {
        if self.voice_attempt.as_ref().is_some_and(|attempt| attempt.is_running) {
            return;
        }
        let Some(session) = self.sessions.get(&account) else { return };
        let age = now() - kept.began_at;
        if kept.voice_id.is_none() && !(0..KEY_TRUSTED_SECONDS).contains(&age) {
            // Asking again could make it a second time.
            let store = session.store.clone();
            self.background.run(async move {
                let _ = store.run(move |tx| voice_orders::forget(tx, &kept.key)).await;
            });
            let more = "The program ended before HeyGen answered, too long ago to ask again without making it \
                        twice. If it was made, it stands among your voices.";
            self.notice(Tone::Warning, "It is not known whether a voice was made.", more);
            return;
        }
        let Some(client) = session.client.borrow().clone() else { return };
        if client.fingerprint() == kept.credential {
            self.follow_voice(account, client, kept);
        }
    }

    fn voice_made(&mut self, account: Account, key: &IdempotencyKey, answer: Result<Vec<Voice>, VoiceFault>) {
        let keep_key = matches!(&answer, Err(fault) if fault.keep_key);
        match self.voice_attempt.as_mut().filter(|attempt| attempt.kept.key == *key) {
            Some(attempt) if keep_key => attempt.is_running = false,
            Some(_) => self.voice_attempt = None,
            None => {}
        }
        let is_shown = account == self.model.account;
        if !is_shown || self.state.tab != Tab::Avatars {
            match &answer {
                Ok(made) => {
                    let what = made_words(made);
                    self.notice(Tone::Good, &what, "It stands under Avatars, Voices, and in every list of voices.");
                }
                Err(fault) => self.notice(Tone::Warning, "There is no new voice.", &fault.words),
            }
        }
        if is_shown {
            self.model.own.voice.stage = None;
            self.model.own.voice.answer = Some(answer.map_err(|fault| fault.words));
            self.read_cast(account);
        }
    }

    /// What is being made stands on the tab also after another account was shown.
    pub(super) fn show_voice_attempt(&mut self) {
        let running = self.voice_attempt.as_ref().filter(|attempt| attempt.is_running);
        if let Some(attempt) = running.filter(|attempt| attempt.account == self.model.account) {
            self.model.own.voice.answer = None;
            self.model.own.voice.stage = Some(stage_words(&attempt.kept.order));
        }
    }
}

fn stage_words(order: &VoiceOrder) -> String {
    match order {
        VoiceOrder::Clone(clone) => format!("Copying the voice {}", clone.name.trim()),
        VoiceOrder::Design(_) => "Designing voices".to_owned(),
    }
}

fn made_words(made: &[Voice]) -> String {
    match made {
        [] => "The voice is made.".to_owned(),
        [one] => format!("The voice {} is made.", one.name),
        many => format!("{} voices are made.", many.len()),
    }
}

/// One order at work.
struct Making {
    client: Client,
    store: Store,
    outlet: Outlet,
    account: Account,
    /// Between two looks at a voice that is being copied.
    every: Duration,
    kept: KeptOrder,
}

impl Making {
    async fn run(self) -> Result<Vec<Voice>, VoiceFault> {
        let kept = self.kept.clone();
        self.store.run(move |tx| voice_orders::keep(tx, &kept)).await.map_err(|error: StoreError| {
            VoiceFault::said(format!("The journal cannot be written, so nothing was sent: {error}."))
        })?;
        match &self.kept.order {
            VoiceOrder::Design(design) => with_retry(|| self.client.design_voices(design, &self.kept.key))
                .await
                .map_err(|error| VoiceFault::of(&error)),
            VoiceOrder::Clone(clone) => self.copy(clone).await,
        }
    }

    /// Uploads the recording, asks for the copy and follows it until it can be heard.
    async fn copy(&self, order: &VoiceClone) -> Result<Vec<Voice>, VoiceFault> {
        let id = match self.kept.voice_id.clone() {
            Some(id) => id,
            None => {
                let id = self.order_copy(order).await?;
                let (key, named) = (self.kept.key.clone(), id.clone());
                // Where this fails, the next start asks with the same key and gets the same name.
                let _ = self.store.run(move |tx| voice_orders::name(tx, &key, &named)).await;
                id
            }
        };
        self.follow(&id).await?;
        let voices = self.client.voices().await.unwrap_or_default();
        Ok(voices.into_iter().filter(|voice| voice.id == id).collect())
    }

    async fn order_copy(&self, order: &VoiceClone) -> Result<String, VoiceFault> {
        let uploaded: Option<AssetId> = match &order.sound {
            Some(sound) if sound.address.is_none() => {
                self.stage("Uploading the recording".to_owned()).await;
                let media_type = sound.media_type.clone().unwrap_or_default();
                let name = sound.name();
                let upload = with_retry(|| self.client.upload(&sound.path, &name, &media_type, &|_, _| {})).await;
                Some(upload.map_err(|error| VoiceFault::said(in_words(&error)))?)
            }
            _ => None,
        };
        self.stage(stage_words(&self.kept.order)).await;
        with_retry(|| self.client.clone_voice(order, uploaded.as_ref(), &self.kept.key))
            .await
            .map_err(|error| VoiceFault::of(&error))
    }

    async fn follow(&self, id: &str) -> Result<(), VoiceFault> {
        for _ in 0..MOST_LOOKS {
            match with_retry(|| self.client.voice_state(id)).await {
                Ok(VoiceState::Ready) => return Ok(()),
                Ok(VoiceState::Failed(words)) => {
                    let why = words.unwrap_or_else(|| "It gave no reason.".to_owned());
                    return Err(VoiceFault::said(format!("HeyGen could not copy the voice: {why}")));
                }
                Err(error) if error.kind == ErrorKind::NotFound => {
                    return Err(VoiceFault::said("HeyGen does not have the voice any more.".to_owned()));
                }
                // A bad hour of the network does not end what HeyGen is doing.
                Ok(VoiceState::Running) | Err(_) => {}
            }
            tokio::time::sleep(self.every).await;
        }
        let words = "HeyGen is still copying the voice after half an hour. The next start looks again.".to_owned();
        Err(VoiceFault { words, keep_key: false, is_unsettled: true })
    }

    async fn stage(&self, words: String) {
        let news = VoiceNews::Stage(self.kept.key.clone(), words);
        self.outlet.send(Event::Own(self.account, OwnNews::Voice(news))).await;
    }
}

impl VoiceFault {
    fn of(error: &Error) -> Self {
        let is_unsettled = error.kind.may_have_happened();
        let keep_key = is_unsettled
            || matches!(error.kind, ErrorKind::NoConnection | ErrorKind::Interrupted | ErrorKind::RateLimited { .. });
        let mut words = in_words(error);
        if is_unsettled {
            words.push_str(" It may have been made all the same. Try again: the same request makes nothing twice.");
        }
        Self { words, keep_key, is_unsettled }
    }

    fn said(words: String) -> Self {
        Self { words, keep_key: false, is_unsettled: false }
    }
}
