//! What the Video agent tab asks for: styles, brand kits, and a conversation that is read again while it is shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Studio;
use super::background::{Event, Outlet};
use crate::draft::Draft;
use crate::draft::chat::{Chat, ChatResource, Stage};
use crate::heygen::{Client, retry};
use crate::jobs::types::JobId;
use crate::settings::Account;
use crate::ui::Message;
use crate::ui::model::{AgentData, Loaded, Tone};

/// How many times longer it takes between two readings while the agent waits for the person.
const IDLE: u32 = 10;

/// Addresses of pictures and videos are read again after this long: HeyGen's expire.
const LINKS_LAST: Duration = Duration::from_mins(20);

/// A conversation that is being followed; the reading ends with this value.
pub(super) struct Conversation {
    now: Arc<Notify>,
    _stop: DropGuard,
}

impl Conversation {
    /// Reads it again without waiting.
    pub(super) fn read_now(&self) {
        self.now.notify_one();
    }
}

impl Studio {
    pub(super) fn read_styles(&mut self) {
        let account = self.model.account;
        let Some(session) = self.sessions.get(&account) else { return };
        let agent = &mut self.model.agent;
        let Some(client) = session.client.borrow().clone() else {
            agent.styles.fault = Some("There is no API key yet. Enter it in Settings.".to_owned());
            return;
        };
        agent.styles.loading = true;
        agent.brand_kits.loading = true;
        let for_kits = client.clone();
        self.background.spawn(async move {
            Event::BrandKits(account, for_kits.brand_kits().await.map_err(|error| error.to_string()))
        });
        self.background.spawn(async move {
            Event::Styles(account, client.agent_styles().await.map_err(|error| error.to_string()))
        });
    }

    pub(super) fn follow_chat(&mut self, session: String) {
        let agent = &mut self.model.agent;
        if agent.session.as_ref() == Some(&session)
            && let Some(conversation) = &self.conversation
        {
            conversation.read_now();
            return;
        }
        let account = self.model.account;
        let Some(open) = self.sessions.get(&account) else { return };
        agent.session = Some(session.clone());
        agent.chat = Loaded { loading: true, ..Loaded::default() };
        let (now, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let reading = Reading {
            account,
            session,
            client: open.client.subscribe(),
            wait: self.timing.first_poll * 2,
            now: Arc::clone(&now),
            outlet: self.background.outlet(),
        };
        let stopped = stop.clone();
        self.background.run(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = reading.go_on() => {}
            }
        });
        self.conversation = Some(Conversation { now, _stop: stop.drop_guard() });
    }

    pub(super) fn open_chat(&mut self, id: JobId) {
        let Some(job) = self.model.board.jobs.iter().find(|job| job.id == id) else { return };
        let (Some(session), Ok(Draft::VideoAgent(draft))) =
            (job.agent_session(), Draft::from_json(job.product, &job.draft))
        else {
            return;
        };
        let message = draft.message_in(session);
        self.state.receive(Message::LoadDraft(Box::new(message.into())));
    }

    pub(super) fn stop_agent(&mut self, session: String) {
        let Some(open) = self.sessions.get(&self.model.account) else { return };
        let client = open.client.borrow().clone();
        let outlet = self.background.outlet();
        let now = self.conversation.as_ref().map(|conversation| Arc::clone(&conversation.now));
        let worker = open.worker.clone();
        let board = open.board.borrow().clone();
        let of_session = board.jobs.iter().filter(|job| job.agent_session() == Some(session.as_str()));
        let followed: Vec<JobId> = of_session.filter(|job| !job.state.is_final()).map(|job| job.id).collect();
        self.background.run(async move {
            let stopped = match client {
                Some(client) => client.stop_agent(&session).await.map_err(|error| error.to_string()),
                None => Err("There is no API key.".to_owned()),
            };
            match stopped {
                // What is held for it comes back as soon as the job has seen it.
                Ok(()) => followed.into_iter().for_each(|job| worker.wake(Some(job))),
                Err(words) => {
                    outlet.send(Event::Notice(Tone::Warning, "The agent was not stopped.".to_owned(), words)).await;
                }
            }
            if let Some(now) = now {
                now.notify_one();
            }
        });
    }

    /// Another account has other conversations.
    pub(super) fn forget_conversations(&mut self) {
        self.model.agent = AgentData::default();
        self.conversation = None;
    }
}

struct Reading {
    account: Account,
    session: String,
    client: watch::Receiver<Option<Client>>,
    /// Between two readings while the agent works.
    wait: Duration,
    now: Arc<Notify>,
    outlet: Outlet,
}

impl Reading {
    /// Tells the window of each change until somebody stops it.
    async fn go_on(self) {
        let mut last: Option<Result<Chat, String>> = None;
        let mut links_read = Instant::now();
        loop {
            let client = self.client.borrow().clone();
            let seen = match &last {
                Some(Ok(chat)) if links_read.elapsed() < LINKS_LAST => seen_in(chat),
                _ => {
                    links_read = Instant::now();
                    Vec::new()
                }
            };
            let answer = match client {
                Some(client) => {
                    retry::with_retry(|| client.chat(&self.session, &seen)).await.map_err(|error| error.to_string())
                }
                None => Err("There is no API key yet. Enter it in Settings.".to_owned()),
            };
            let works = answer.as_ref().is_ok_and(|chat| chat.stage.is_busy() || chat.stage == Stage::Reviewing);
            if last.as_ref() != Some(&answer) {
                self.outlet.send(Event::Chat(self.account, self.session.clone(), answer.clone())).await;
                last = Some(answer);
            }
            let wait = if works { self.wait } else { self.wait * IDLE };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.now.notified() => {}
            }
        }
    }
}

fn seen_in(chat: &Chat) -> Vec<ChatResource> {
    // One that could not be read is asked for again.
    let resources = chat.messages.iter().flat_map(|message| &message.resources);
    resources.filter(|resource| resource.url.is_some()).cloned().collect()
}
