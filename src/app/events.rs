//! The one place that takes in what the background did.

use std::sync::Arc;

use crate::draft::Product;
use crate::jobs::types::{Board, JobId, Progress};
use crate::jobs::worker::JobEvent;
use crate::media::picture::Picture;
use crate::settings::Account;
use crate::ui::Message;
use crate::ui::model::{Notice, Tone};

use super::background::Event;
use super::{Studio, books, notify, settle};

impl Studio {
    pub(super) fn take_in(&mut self, context: &egui::Context, event: Event) {
        match event {
            Event::Opened(account, opened) => self.opened(account, opened),
            Event::Board(account) => {
                if account == self.model.account
                    && let Some(session) = self.sessions.get_mut(&account)
                {
                    let board = Arc::clone(&session.board.borrow_and_update());
                    let moved = money_moved(&self.model.board, &board);
                    let trained = looks_ended(&self.model.board, &board);
                    let moved_on = looks_moved_on(&self.model.board, &board);
                    self.model.board = board;
                    self.forget_found_sessions();
                    if moved {
                        self.refresh_books();
                    }
                    if trained {
                        self.cast_changed(account);
                    } else if moved_on && self.model.own.cast.value.is_some() {
                        self.read_own_cast(account);
                    }
                }
            }
            Event::Job(account, JobEvent::WalletMoved) => {
                self.read_wallet(account);
                self.clear_projects(account);
                if let Some(conversation) = &self.conversation {
                    conversation.read_now();
                }
            }
            Event::Job(account, JobEvent::Learned) => self.read_pace(account),
            Event::Job(_, JobEvent::Unreadable(words)) => {
                let more = format!(
                    "What is wrong: {words}. It was left as it is and its hold stays, until you give it back on Spend; the \
                     other jobs go on. HeyGen's own list says what became of it."
                );
                self.notice(Tone::Bad, "A job in the journal cannot be read.", &more);
            }
            Event::Job(_, JobEvent::StoreFault(words)) => {
                self.notice(
                    Tone::Bad,
                    "The journal cannot be written.",
                    &format!("{words}. Nothing is sent until it can be."),
                );
            }
            Event::Job(_, JobEvent::Stopped(title)) => {
                let what = format!("A fault of this program stopped the work on “{title}”.");
                let more = "What was paid and what is held is in the journal, and nothing is sent twice. Press “try \
                            again” on its card, or start Reelmeter again.";
                self.notice(Tone::Bad, &what, more);
            }
            Event::Info(account, credential, answer, mark) => {
                // A slow answer to a key that is not in use any more is about somebody else's wallet.
                let is_present = self.shown().is_some_and(|session| session.credential() == credential);
                if account == self.model.account && is_present {
                    if answer.is_ok() {
                        self.model.wallet_read_at = Some(self.model.now);
                        self.model.wallet_mark = mark;
                    }
                    settle(&mut self.model.info, answer);
                    self.refresh_books();
                }
            }
            Event::Spend(account, answer) => self.take_books(account, answer),
            Event::Listed(account, listing) => {
                if account == self.model.account {
                    self.model.listing = Some(listing);
                }
            }
            Event::CardRead(card) => self.use_card(*card),
            Event::CardWritten(card) => {
                self.use_card(*card);
                let where_it_is =
                    format!("New quotes rest on it. {}", self.model.card_note.clone().unwrap_or_default());
                self.notice(Tone::Good, "The rate is in your own card.", &where_it_is);
            }
            Event::Moved(account) => {
                if account == self.model.account {
                    self.refresh_books();
                }
            }
            Event::GivenBack(account, amount) => {
                let more = "Nothing is charged for it here. If HeyGen charges for it all the same, that is the wallet's \
                            remainder.";
                self.notice(Tone::Good, &format!("The hold of {amount} is given back."), more);
                self.reread_books(account);
            }
            Event::NoSaveDialog(export) => self.state.receive(Message::NoSaveDialog(export)),
            Event::Looks(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.looks, answer.map(Arc::new));
                    if let Some(looks) = &self.model.looks.value {
                        self.state.receive(Message::LooksRead(Arc::clone(looks)));
                    }
                }
            }
            Event::Voices(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.voices, answer.map(Arc::new));
                }
            }
            Event::Styles(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.agent.styles, answer.map(Arc::new));
                }
            }
            Event::BrandKits(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.agent.brand_kits, answer.map(Arc::new));
                }
            }
            Event::Chat(account, session, answer) => {
                if account == self.model.account && self.model.agent.session.as_ref() == Some(&session) {
                    settle(&mut self.model.agent.chat, answer.map(Arc::new));
                }
            }
            Event::SpeechVoices(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.speech_voices, answer.map(Arc::new));
                }
            }
            Event::Languages(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.languages, answer.map(Arc::new));
                }
            }
            Event::Glossaries(account, answer) => {
                if account == self.model.account {
                    settle(&mut self.model.glossaries, answer.map(Arc::new));
                }
            }
            Event::Own(account, news) => self.own_news(context, account, news),
            Event::Pace(account, pace) => {
                if let Some(session) = self.sessions.get_mut(&account) {
                    session.pace = Arc::clone(&pace);
                }
                if account == self.model.account {
                    self.model.pace = pace;
                }
            }
            Event::Session(id, news) => self.session_news(id, news),
            Event::Submitted(account, product, again, answer) => {
                if product == Product::HyperFrames {
                    self.submitting_projects = self.submitting_projects.saturating_sub(1);
                }
                if let (Some(before), Ok([job])) = (again, answer.as_deref()) {
                    self.state_of(account).receive(Message::MadeAgain(before, *job));
                }
                if let (Some(job), Err(words)) = (again, &answer) {
                    // There is no newer job: the person may ask again.
                    self.retried.remove(&job);
                    // Whoever asked from the Library does not see the tab.
                    let words = words.clone();
                    self.notice(Tone::Warning, "It was not made again.", &words);
                }
                self.state_of(account).receive(Message::Submitted(product, answer));
            }
            Event::LookedAgain(before, after) => self.state.receive(Message::LookedAgain(before, after)),
            Event::BroughtBack(draft) => self.load_draft(*draft),
            Event::Candidates(id, answer) => {
                if let Some((asked, candidates)) = &mut self.model.candidates
                    && *asked == id
                {
                    settle(candidates, answer);
                }
            }
            Event::FileReady(place, file) => self.state.receive(Message::FileReady { place, file }),
            Event::FileElsewhere(file, places) => self.state.receive(Message::FileElsewhere { file, places }),
            Event::Project(news) => self.project_news(news),
            Event::Batch(account, news) => self.batch_news(account, news),
            Event::ProjectChanged(bundle) => self.state.receive(Message::ProjectRead(Ok(bundle))),
            Event::FileRefused(words) => self.state.receive(Message::FileRefused(words)),
            Event::NotOpened(address) => self.state.receive(Message::NotOpened(address)),
            Event::NoFileDialog(place) => self.state.receive(Message::NoFileDialog(place)),
            Event::FolderChosen(folder) => {
                let mut settings = self.model.settings.clone();
                settings.results_folder = Some(folder);
                self.change_settings(context, settings);
            }
            Event::Picture(source, Some(picture)) => {
                let Picture { width, height, rgba } = picture;
                let size = [usize::try_from(width).unwrap_or(0), usize::try_from(height).unwrap_or(0)];
                let image = egui::ColorImage::from_rgba_unmultiplied(size, &rgba);
                self.pictures.insert(context, source, image);
            }
            Event::Picture(source, None) => self.pictures.fail(source),
            Event::PlayingEnded(fault) => {
                self.model.playing = None;
                if let Some(fault) = fault {
                    self.notice(Tone::Warning, "The voice cannot be heard.", &fault);
                }
            }
            Event::Player(event) => self.player_event(event),
            Event::SoundRead(path, from, read) => self.sound_read(path, from, read),
            Event::Shape(path, shape) => self.shape_drawn(path, shape),
            Event::Key(news) => self.key_news(news),
            Event::Saved(what, path) => {
                let more = path.display().to_string();
                self.tell(Notice { id: 0, tone: Tone::Good, what, more, at: Some(path) });
            }
            Event::Notice(tone, what, more) => self.notice(tone, &what, &more),
        }
    }

    pub(super) fn take_books(&mut self, account: Account, answer: Result<books::Kept, String>) {
        if let Ok(kept) = &answer
            && self.model.settings.desktop_notifications
        {
            notify::show(account, &kept.fresh, &self.background);
        }
        if account == self.model.account {
            settle(&mut self.model.spend, answer.map(|kept| kept.snapshot));
        }
    }
}

/// Whether a board differs from the one before in anything the books count; progress does not.
fn money_moved(before: &Board, after: &Board) -> bool {
    let finished = |board: &Board| board.jobs.iter().filter(|job| job.state.is_final()).count();
    (before.jobs.len(), before.held, before.in_flight, before.sessions)
        != (after.jobs.len(), after.held, after.in_flight, after.sessions)
        || finished(before) != finished(after)
}

/// Whether a look that is being made was begun, or waits for somebody, since.
fn looks_moved_on(before: &Board, after: &Board) -> bool {
    let standing = |board: &Board| -> Vec<(JobId, bool)> {
        let made = board.jobs.iter().filter(|job| job.product == Product::AvatarCreation && job.remote_id.is_some());
        made.map(|job| (job.id, job.progress == Progress::NeedsPerson)).collect()
    };
    standing(before) != standing(after)
}

/// Whether a look that was in training before is so no longer.
fn looks_ended(before: &Board, after: &Board) -> bool {
    let trained: Vec<JobId> = before
        .jobs
        .iter()
        .filter(|job| job.product == Product::AvatarCreation && !job.state.is_final())
        .map(|job| job.id)
        .collect();
    !trained.is_empty() && after.jobs.iter().any(|job| job.state.is_final() && trained.contains(&job.id))
}
