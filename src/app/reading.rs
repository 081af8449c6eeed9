//! What is read from HeyGen and the journal for the window: the wallet, the cast, languages, the pace.

use std::sync::Arc;

use crate::account::Billing;
use crate::heygen;
use crate::jobs::worker::JobEvent;
use crate::settings::Account;
use crate::spend;
use crate::ui::model::{Loaded, Tone};
use crate::ui::play_money;

use super::background::Event;
use super::{Studio, session};

impl Studio {
    pub(super) fn read_wallet(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        if account == self.model.account {
            self.model.info.loading = true;
        }
        let (client, present) = (session.client.borrow().clone(), session.client.subscribe());
        let (store, now, credential) = (session.store.clone(), self.model.now, session.credential());
        let outlet = self.background.outlet();
        self.background.run(async move {
            // Before the question leaves: what HeyGen completes from here on may or may not be in the answer.
            let mark = store.run(spend::wallet_mark).await;
            let mark = mark.inspect_err(|error| tracing::warn!(%error, "the journal's place is not known")).ok();
            let answer = match client {
                Some(client) => heygen::retry::with_retry(|| client.account()).await.map_err(|error| error.to_string()),
                None => Err("There is no API key yet. Enter it in Settings.".to_owned()),
            };
            let is_present = present.borrow().as_ref().map(heygen::Client::fingerprint) == credential;
            if let (Ok(info), Some(credential), true) = (&answer, credential.clone(), is_present)
                && let Billing::Wallet { balance: Some(balance), .. } = info.billing
                && let Err(error) = store.run(move |tx| spend::note_wallet(tx, now, balance, &credential)).await
            {
                tracing::warn!(%error, "the wallet's reading is not kept");
            }
            outlet.send(Event::Info(account, credential, answer, mark.map(Arc::new))).await;
        });
    }

    /// Fills the sandbox's wallet; what waited for that goes on.
    pub(super) fn add_play_money(&mut self) {
        let Some(session) = self.sessions.get(&Account::Sandbox) else { return };
        let Some(sandbox) = &session.sandbox else { return };
        let adding = sandbox.top_up(play_money::amount());
        let worker = session.worker.clone();
        self.background.spawn(async move {
            match adding.await {
                Ok(()) => {
                    worker.wake(None);
                    Event::Job(Account::Sandbox, JobEvent::WalletMoved)
                }
                Err(words) => Event::Notice(Tone::Bad, "The play money was not added.".to_owned(), words),
            }
        });
    }

    pub(super) fn read_cast(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let Some(client) = session.client.borrow().clone() else {
            self.model.looks.fault = Some("There is no API key yet. Enter it in Settings.".to_owned());
            self.model.voices.fault = self.model.looks.fault.clone();
            self.model.speech_voices.fault = self.model.looks.fault.clone();
            return;
        };
        self.model.looks.loading = true;
        self.model.voices.loading = true;
        self.model.speech_voices.loading = true;
        // Another key may see other ones; they are read again when they are next shown.
        self.model.languages = Loaded::default();
        self.model.glossaries = Loaded::default();
        let (for_voices, for_speech) = (client.clone(), client.clone());
        self.background
            .spawn(async move { Event::Looks(account, client.looks().await.map_err(|error| error.to_string())) });
        self.background
            .spawn(async move { Event::Voices(account, for_voices.voices().await.map_err(|error| error.to_string())) });
        self.background.spawn(async move {
            Event::SpeechVoices(account, for_speech.speech_voices().await.map_err(|error| error.to_string()))
        });
    }

    pub(super) fn read_languages(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let Some(client) = session.client.borrow().clone() else {
            self.model.languages.fault = Some("There is no API key yet. Enter it in Settings.".to_owned());
            return;
        };
        self.model.languages.loading = true;
        self.model.glossaries.loading = true;
        let for_glossaries = client.clone();
        self.background.spawn(async move {
            let languages = heygen::retry::with_retry(|| client.translation_languages()).await;
            Event::Languages(account, languages.map_err(|error| error.to_string()))
        });
        self.background.spawn(async move {
            let glossaries = for_glossaries.glossaries().await;
            Event::Glossaries(account, glossaries.map_err(|error| error.to_string()))
        });
    }

    pub(super) fn read_pace(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let (store, present) = (session.store.clone(), session.pace.clone());
        self.background.spawn(async move {
            Event::Pace(account, session::read_pace(&store).await.map_or(present, std::sync::Arc::new))
        });
    }
}
