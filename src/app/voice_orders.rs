//! Voices being made: ordered, followed until they can be heard, taken up again by the next start. An order
//! stands in the journal before it leaves; no price is published for it, so it is no job and holds nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::draft::Voice;
use crate::draft::own_voice::{VoiceClone, VoiceOrder};
use crate::heygen::retry::with_retry;
use crate::heygen::{AssetId, Client, Error, ErrorKind, IdempotencyKey, VoiceState};
use crate::jobs::policy::TRIES_BEFORE_GONE;
use crate::jobs::voice_orders::{self, Kept, KeptOrder};
use crate::settings::Account;
use crate::store::{Store, StoreError};
use crate::ui::Tab;
use crate::ui::model::Tone;

use super::background::{Event, Outlet};
use super::own::{BETWEEN_LOOKS, MOST_LOOKS, NO_KEY, OwnNews, in_words};
use super::{Studio, now};

/// What is said of an order that left so long ago that its key means nothing any more.
const NOT_KNOWN: &str = "It is not known whether a voice was made.";

/// What the background tells of an order. Each names its attempt by the key it was begun with.
#[derive(Debug)]
pub enum VoiceNews {
    /// An order of which nobody knows yet what became.
    Found(Box<KeptOrder>),
    /// What is being done for it, in words.
    Stage(IdempotencyKey, String),
    Made(IdempotencyKey, Result<Vec<Voice>, VoiceFault>),
}

/// Why there is no voice.
#[derive(Debug)]
pub struct VoiceFault {
    words: String,
    /// It may have been made: the same order leaves with the same key, and the next start asks.
    is_unsettled: bool,
}

/// An order of voices that is under way.
pub(super) struct VoiceAttempt {
    account: Account,
    kept: KeptOrder,
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
        let (key, credential) = (IdempotencyKey::generate(), client.fingerprint());
        self.follow_voice(account, client, KeptOrder { key, order, credential, voice_id: None, began_at: now() });
    }

    fn follow_voice(&mut self, account: Account, client: Client, kept: KeptOrder) {
        let Some(store) = self.sessions.get(&account).map(|session| session.store.clone()) else { return };
        self.voice_attempt = Some(VoiceAttempt { account, kept: kept.clone() });
        self.show_voice_attempt();
        let (outlet, every) = (self.background.outlet(), BETWEEN_LOOKS / self.timing.hurry.max(1));
        self.background.spawn(async move {
            let attempt = kept.key.clone();
            let made = Making { client, store, outlet, account, every, attempt: attempt.clone(), kept }.run().await;
            Event::Own(account, OwnNews::Voice(VoiceNews::Made(attempt, made)))
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
        if self.voice_attempt.is_some() {
            return;
        }
        let Some(session) = self.sessions.get(&account) else { return };
        if !kept.can_be_asked_again(now()) {
            let store = session.store.clone();
            self.background.run(async move {
                let _ = store.run(move |tx| voice_orders::forget(tx, &kept.key)).await;
            });
            let more = "The program ended before HeyGen answered, too long ago to ask again without making it \
                        twice. If it was made, it stands among your voices.";
            self.notice(Tone::Warning, NOT_KNOWN, more);
            return;
        }
        let Some(client) = session.client.borrow().clone() else { return };
        if client.fingerprint() == kept.credential {
            self.follow_voice(account, client, kept);
        }
    }

    fn voice_made(&mut self, account: Account, key: &IdempotencyKey, answer: Result<Vec<Voice>, VoiceFault>) {
        if self.voice_attempt.as_ref().is_some_and(|attempt| attempt.kept.key == *key) {
            self.voice_attempt = None;
        }
        let is_shown = account == self.model.account;
        if !is_shown || self.state.tab != Tab::Avatars {
            match &answer {
                Ok(made) => {
                    let what = made_words(made);
                    self.notice(Tone::Good, &what, "It stands under Avatars, Voices, and in every list of voices.");
                }
                Err(fault) if fault.is_unsettled => self.notice(Tone::Warning, NOT_KNOWN, &fault.words),
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
        let running = self.voice_attempt.as_ref();
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
    /// What the window calls it.
    attempt: IdempotencyKey,
    kept: KeptOrder,
}

impl Making {
    async fn run(mut self) -> Result<Vec<Voice>, VoiceFault> {
        let (asked, now) = (self.kept.clone(), now());
        let kept = self.store.run(move |tx| voice_orders::keep(tx, asked, now)).await;
        let was_kept = match kept {
            Ok(Kept::Anew(_)) => false,
            Ok(Kept::Before(kept)) => {
                self.kept = kept;
                true
            }
            Ok(Kept::TooOld) => {
                let words = "The same was asked for before, too long ago to ask again without making it twice. If it \
                             was made, it stands among your voices. Ask once more to have it made anew.";
                return Err(VoiceFault::said(words.to_owned()));
            }
            Err::<_, StoreError>(error) => {
                let words = format!("The journal cannot be written, so nothing was sent: {error}.");
                return Err(VoiceFault::said(words));
            }
        };
        let made = match &self.kept.order {
            VoiceOrder::Design(design) => {
                self.asked(was_kept, || self.client.design_voices(design, &self.kept.key)).await
            }
            VoiceOrder::Clone(clone) => self.copy(was_kept, clone).await,
        };
        if !matches!(&made, Err(fault) if fault.is_unsettled) {
            let key = self.kept.key.clone();
            // Where this fails, the next start asks once more, with the same key.
            let _ = self.store.run(move |tx| voice_orders::forget(tx, &key)).await;
        }
        made
    }

    /// Asks up to three times. Once an answer got lost, now or before, no later refusal says that nothing was made.
    async fn asked<T, F: Future<Output = Result<T, Error>>>(
        &self,
        was_kept: bool,
        ask: impl Fn() -> F,
    ) -> Result<T, VoiceFault> {
        let may_be_made = AtomicBool::new(was_kept);
        let answer = with_retry(|| async {
            let answer = ask().await;
            let is_lost = matches!(&answer, Err(error) if error.kind.may_have_happened());
            may_be_made.fetch_or(is_lost, Ordering::Relaxed);
            answer
        });
        answer.await.map_err(|error| VoiceFault::of(&error, may_be_made.load(Ordering::Relaxed)))
    }

    /// Uploads the recording, asks for the copy and follows it until it can be heard.
    async fn copy(&self, was_kept: bool, order: &VoiceClone) -> Result<Vec<Voice>, VoiceFault> {
        let id = match self.kept.voice_id.clone() {
            Some(id) => id,
            None => {
                let id = self.order_copy(was_kept, order).await?;
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

    async fn order_copy(&self, was_kept: bool, order: &VoiceClone) -> Result<String, VoiceFault> {
        let uploaded: Option<AssetId> = match &order.sound {
            Some(sound) if sound.address.is_none() => {
                self.stage("Uploading the recording".to_owned()).await;
                let media_type = sound.media_type.clone().unwrap_or_default();
                let name = sound.name();
                let upload = with_retry(|| self.client.upload(&sound.path, &name, &media_type, &|_, _| {})).await;
                Some(upload.map_err(|error| VoiceFault::of(&error, was_kept))?)
            }
            _ => None,
        };
        self.stage(stage_words(&self.kept.order)).await;
        self.asked(was_kept, || self.client.clone_voice(order, uploaded.as_ref(), &self.kept.key)).await
    }

    async fn follow(&self, id: &str) -> Result<(), VoiceFault> {
        let mut times_gone = 0;
        for _ in 0..MOST_LOOKS {
            let state = with_retry(|| self.client.voice_state(id)).await;
            let is_gone = matches!(&state, Err(error) if error.kind == ErrorKind::NotFound);
            times_gone = if is_gone { times_gone + 1 } else { 0 };
            match state {
                Ok(VoiceState::Ready) => return Ok(()),
                Ok(VoiceState::Failed(words)) => {
                    let why = words.unwrap_or_else(|| "It gave no reason.".to_owned());
                    return Err(VoiceFault::said(format!("HeyGen could not copy the voice: {why}")));
                }
                // What was made a moment ago may not be found everywhere at once.
                Err(_) if times_gone >= TRIES_BEFORE_GONE => {
                    return Err(VoiceFault::said("HeyGen does not have the voice any more.".to_owned()));
                }
                // A bad hour of the network does not end what HeyGen is doing.
                Ok(VoiceState::Running) | Err(_) => {}
            }
            tokio::time::sleep(self.every).await;
        }
        let words = "HeyGen is still copying the voice after half an hour. The next start looks again.".to_owned();
        Err(VoiceFault { words, is_unsettled: true })
    }

    async fn stage(&self, words: String) {
        let news = VoiceNews::Stage(self.attempt.clone(), words);
        self.outlet.send(Event::Own(self.account, OwnNews::Voice(news))).await;
    }
}

impl VoiceFault {
    fn of(error: &Error, is_unsettled: bool) -> Self {
        let mut words = in_words(error);
        if is_unsettled {
            words.push_str(" It may have been made all the same. Try again: the same request makes nothing twice.");
        }
        Self { words, is_unsettled }
    }

    fn said(words: String) -> Self {
        Self { words, is_unsettled: false }
    }
}
