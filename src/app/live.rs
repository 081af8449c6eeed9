//! The realtime session on the stage: its stream, its words and what is typed into it. What a session
//! costs and when it is stopped is the worker's; nothing here can start or end one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::draft::Product;
use crate::heygen::{Client, ErrorKind, IdempotencyKey};
use crate::jobs::types::{Job, JobId};
use crate::media::live::LivePlayer;
use crate::ui::model::Tone;
use crate::ui::realtime::session::{SessionView, SpokenWord, Unopened};

use super::Studio;
use super::background::{Event, ONCE, Outlet};
use super::lead::Lead;
use super::own_player;
use super::stream::{Source, follow, passes};

/// Before something that did not work is tried again.
const AGAIN: Duration = Duration::from_millis(700);
/// Segments that could not be read before any picture came, after which it is said.
const MOST_DAMAGED: u64 = 2;
/// What is said of one session that was found, and of several.
const ONE_FOUND: &str = "A realtime session may still be running.";
const MORE_FOUND: &str = "Realtime sessions may still be running.";
/// How long the list that a player was given stays.
const LIST_STAYS: Duration = Duration::from_secs(60);
/// Sends of one text.
const SENDS: u32 = 4;

/// What is told of a session that is watched.
#[derive(Debug)]
pub enum SessionNews {
    /// A word that was spoken.
    Word(SpokenWord),
    /// What became of the text of this number.
    Text(u64, Result<(), String>),
    /// Why there are no pictures, in words; `None` once there are again.
    Fault(Option<String>),
    /// It could not be opened in the person's own player.
    Unopened(Unopened),
}

/// The session that is watched now. Dropping it ends the watching, not the session.
pub(super) struct Watching {
    pub(super) job: JobId,
    player: Arc<LivePlayer>,
    lead: Lead,
    stop: CancellationToken,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Studio {
    pub(super) fn watch_session(&mut self, context: &egui::Context, id: JobId) {
        if self.watching.as_ref().is_some_and(|watching| watching.job == id) {
            return;
        }
        let Some((client, remote_id)) = self.session_at_heygen(id) else { return };
        let mut view = SessionView::new(id);
        let wake = context.clone();
        match LivePlayer::start(self.volume.clone(), move || wake.request_repaint_after(ONCE)) {
            Ok(player) => {
                let (player, stop) = (Arc::new(player), CancellationToken::new());
                let outlet = self.background.outlet();
                self.background.run(until(
                    stop.clone(),
                    bring_film(client.clone(), remote_id.clone(), id, Arc::clone(&player), outlet.clone()),
                ));
                self.background.run(until(stop.clone(), bring_words(client, remote_id, id, outlet)));
                self.watching = Some(Watching { job: id, player, lead: Lead::default(), stop });
            }
            Err(error) => {
                self.watching = None;
                view.fault = Some(format!("The film cannot be played: {error}"));
            }
        }
        self.state.realtime.session = Some(view);
    }

    pub(super) fn leave_session(&mut self) {
        self.watching = None;
        self.state.realtime.session = None;
    }

    /// Before a frame: the newest picture onto the screen.
    pub(super) fn show_session_picture(&mut self, context: &egui::Context) {
        let Some(watching) = &mut self.watching else { return };
        let Some(view) = self.state.realtime.session.as_mut().filter(|view| view.job == watching.job) else { return };
        let lead = watching.lead.frame(Instant::now(), watching.player.shown_at());
        view.ahead = Decimal::new(i64::try_from(lead.as_millis()).unwrap_or(0), 3);
        let standing = watching.player.standing();
        view.dropped = standing.dropped;
        view.is_silent = standing.is_silent;
        view.film_is_awaited = standing.shown == 0 && !standing.is_over;
        view.position = watching.player.position().filter(|_| !standing.is_over);
        if let Some(reason) = standing.unreadable.filter(|_| standing.shown == 0 && standing.damaged >= MOST_DAMAGED) {
            view.fault = Some(format!("The stream cannot be played here: {reason}. Open it in your own player."));
        }
        let Some(picture) = watching.player.take_picture() else { return };
        let size = [usize::try_from(picture.width).unwrap_or(0), usize::try_from(picture.height).unwrap_or(0)];
        // A film lets nothing through, so there is nothing to multiply.
        let image = egui::ColorImage::from_rgba_premultiplied(size, &picture.rgba);
        match &mut view.picture {
            Some(texture) => texture.set(image, egui::TextureOptions::LINEAR),
            None => view.picture = Some(context.load_texture("session", image, egui::TextureOptions::LINEAR)),
        }
    }

    pub(super) fn session_news(&mut self, id: JobId, news: SessionNews) {
        let Some(view) = self.state.realtime.session.as_mut().filter(|view| view.job == id) else { return };
        match news {
            SessionNews::Word(word) => view.hear(word),
            SessionNews::Text(number, answer) => view.answered(number, answer),
            SessionNews::Fault(words) => view.fault = words,
            SessionNews::Unopened(unopened) => view.unopened = Some(unopened),
        }
    }

    pub(super) fn say_in_session(&mut self, id: JobId, text: String, is_final: bool) {
        let Some((client, remote_id)) = self.session_at_heygen(id) else { return };
        let now = self.model.now;
        let Some(view) = self.state.realtime.session.as_mut().filter(|view| view.job == id) else { return };
        let number = view.send(text.clone(), is_final, now);
        let turn = Arc::clone(&self.session_turn);
        self.background.spawn(async move {
            // Texts are said in the order in which they were typed.
            let _turn = turn.lock().await;
            let answer = say(&client, &remote_id, &text, is_final).await;
            Event::Session(id, SessionNews::Text(number, answer))
        });
    }

    pub(super) fn stop_session(&mut self, id: JobId) {
        let Some(session) = self.sessions.get(&self.model.account) else { return };
        let worker = session.worker.clone();
        let outlet = self.background.outlet();
        self.background.run(async move {
            if let Err(error) = worker.stop_session(id).await {
                let words = format!("{error}. HeyGen stops it at its limit all the same.");
                outlet.send(Event::Notice(Tone::Bad, "The session could not be stopped.".to_owned(), words)).await;
            }
        });
    }

    /// Opens a stream where the person is used to watching.
    pub(super) fn open_session(&mut self, id: JobId) {
        let Some((client, remote_id)) = self.session_at_heygen(id) else { return };
        let job = self.model.board.jobs.iter().find(|job| job.id == id);
        let title = job.map(|job| job.title.clone()).unwrap_or_default();
        if let Some(view) = self.state.realtime.session.as_mut().filter(|view| view.job == id) {
            view.unopened = None;
        }
        let folder = self.paths.cache.clone();
        let outlet = self.background.outlet();
        self.background.run(async move {
            let address = match client.stream(&remote_id).await {
                Ok(stream) => stream.hls_url.ok_or_else(|| "The stream does not play at the moment.".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            let unopened = match address {
                Ok(address) => {
                    let (opened, list) = (address.clone(), own_player::list_in(&folder));
                    let opened = tokio::task::spawn_blocking(move || own_player::open(&opened, &title, &folder)).await;
                    match opened {
                        Ok(Ok(())) => {
                            // The player has read it by then.
                            tokio::time::sleep(LIST_STAYS).await;
                            let _ = tokio::fs::remove_file(list).await;
                            return;
                        }
                        Ok(Err(error)) => Unopened { why: unopened_words(&error), address: Some(address) },
                        Err(_) => return,
                    }
                }
                Err(why) => Unopened { why, address: None },
            };
            outlet.send(Event::Session(id, SessionNews::Unopened(unopened))).await;
        });
    }

    /// Sessions that run when an account is opened cost money already: they are shown at once.
    pub(super) fn show_found_sessions(&mut self) {
        let found = self.model.board.jobs.iter().filter(|job| is_in_flight(job)).count();
        if found == 0 {
            return;
        }
        self.state.receive(crate::ui::Message::ShowTab(crate::ui::Tab::Realtime));
        let (what, more) = match found {
            1 => (ONE_FOUND, "It is charged for by the second. Stop it, or let it go on."),
            _ => (MORE_FOUND, "They are charged for by the second. Stop them, or let them go on."),
        };
        self.notice(Tone::Warning, what, more);
    }

    /// What was said of sessions that were found is over with the last of them.
    pub(super) fn forget_found_sessions(&mut self) {
        if !self.model.board.jobs.iter().any(is_in_flight) {
            self.model.notices.retain(|notice| ![ONE_FOUND, MORE_FOUND].contains(&notice.what.as_str()));
        }
    }

    /// The client and HeyGen's id of a job that has one.
    fn session_at_heygen(&self, id: JobId) -> Option<(Client, String)> {
        let client = self.sessions.get(&self.model.account)?.client.borrow().clone()?;
        let job = self.model.board.jobs.iter().find(|job| job.id == id)?;
        Some((client, job.remote_id.clone()?))
    }
}

fn unopened_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "No program on this computer says that it plays live streams.".to_owned(),
        _ => "No program on this computer opened the stream.".to_owned(),
    }
}

/// Whether a session may cost money now.
fn is_in_flight(job: &Arc<Job>) -> bool {
    job.product == Product::Realtime && job.state.is_in_flight()
}

async fn until(stop: CancellationToken, task: impl Future<Output = ()>) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = task => {}
    }
}

async fn say(client: &Client, remote_id: &str, text: &str, is_final: bool) -> Result<(), String> {
    let key = IdempotencyKey::generate();
    let mut sends = 0;
    loop {
        sends += 1;
        match client.add_stream_text(remote_id, text, is_final, &key).await {
            Ok(()) => return Ok(()),
            Err(error) if passes(&error) && sends < SENDS => tokio::time::sleep(AGAIN).await,
            Err(error) if error.kind == ErrorKind::NotFound => {
                return Err("the session takes no more text.".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Follows the film and tells what is wrong with it.
async fn bring_film(client: Client, remote_id: String, id: JobId, player: Arc<LivePlayer>, outlet: Outlet) {
    let (latest, mut changes) = watch::channel(None);
    let source = Source::Session(remote_id);
    let film = follow(&client, &source, &player, |words| {
        latest.send_replace(words);
    });
    let telling = async {
        while changes.changed().await.is_ok() {
            let words = changes.borrow_and_update().clone();
            outlet.send(Event::Session(id, SessionNews::Fault(words))).await;
        }
    };
    tokio::pin!(film);
    tokio::select! {
        () = &mut film => {}
        () = telling => film.await,
    }
    let last = latest.borrow().clone();
    outlet.send(Event::Session(id, SessionNews::Fault(last))).await;
}

/// Each word when it is spoken; after a broken connection those that were heard already are passed over.
async fn bring_words(client: Client, remote_id: String, id: JobId, outlet: Outlet) {
    let mut heard: Option<Decimal> = None;
    loop {
        match client.stream_words(&remote_id).await {
            Ok(mut words) => loop {
                match words.next().await {
                    Ok(Some(word)) => {
                        if heard.is_none_or(|heard| word.start > heard) {
                            heard = Some(word.start);
                            outlet
                                .send(Event::Session(
                                    id,
                                    SessionNews::Word(SpokenWord { text: word.word, start: word.start, end: word.end }),
                                ))
                                .await;
                        }
                    }
                    Ok(None) => return,
                    Err(_) => break,
                }
            },
            Err(error) if passes(&error) => {}
            // Without words the session goes on all the same.
            Err(_) => return,
        }
        tokio::time::sleep(AGAIN).await;
    }
}
