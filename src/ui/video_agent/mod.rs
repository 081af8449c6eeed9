//! The Video agent tab: a prompt from which an agent makes a video, and the conversation with it.

mod chat;
mod compose;
mod conversations;
mod outgoing;
mod styles;

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Ui, vec2};

use super::form::{Form, FormTab};
use super::gallery::Gallery;
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::{Action, references};
use crate::draft::avatar_video::LocalFile;
use crate::draft::{Field, VideoAgentDraft};
use crate::jobs::types::JobId;

/// What the tab remembers.
#[derive(Default)]
pub struct VideoAgentTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<VideoAgentDraft>,
    gallery: Gallery,
    /// A conversation that begins once HeyGen has named its session: its job, and what it began with.
    begun: Option<(JobId, Box<VideoAgentDraft>)>,
    /// What was being written when something else was shown: by the session, or none for a new video.
    aside: BTreeMap<Option<String>, VideoAgentDraft>,
    /// What the styles are searched for.
    style_search: String,
    /// Files were added: they are brought into sight.
    show_files: bool,
}

impl VideoAgentTab {
    /// Puts a probed file where it belongs: the next of the attachments.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        if matches!(field, Field::Reference(_)) {
            references::take(&mut self.form.draft.files, file);
            self.show_files = true;
        }
    }

    /// Takes a draft from elsewhere. A conversation that is only opened shows what was being written in it.
    pub fn load(&mut self, draft: VideoAgentDraft) {
        let session = session_of(&draft);
        if session == session_of(&self.form.draft) {
            self.form.replace(draft);
            return;
        }
        self.put_aside();
        let is_opened = session.is_some() && draft.prompt.is_empty() && draft.files.is_empty();
        let kept = self.aside.remove(&session).filter(|_| is_opened);
        self.form.load(kept.unwrap_or(draft));
    }

    /// Leaves the conversation for the new video that was being written, or an empty one.
    fn leave(&mut self) {
        self.put_aside();
        let kept = self.aside.remove(&None);
        let (seconds, project) = (self.form.draft.seconds, self.form.draft.project.clone());
        self.form.load(kept.unwrap_or_else(|| VideoAgentDraft { seconds, project, ..VideoAgentDraft::default() }));
    }

    /// Keeps what is being written, where anything is.
    fn put_aside(&mut self) {
        let draft = &self.form.draft;
        if !draft.prompt.trim().is_empty() || !draft.files.is_empty() {
            self.aside.insert(session_of(draft), draft.clone());
        }
    }

    /// The submission was answered. A message that went leaves an empty field for the next.
    pub fn submitted(&mut self, answer: Result<Vec<JobId>, String>) {
        if let Ok(jobs) = &answer
            && self.form.draft.conversation.is_none()
            && self.form.draft.chat
        {
            self.begun = jobs.first().map(|job| (*job, Box::new(self.form.draft.clone())));
        }
        let went = answer.is_ok();
        self.form.submitted(answer);
        if went && let Some(conversation) = &mut self.form.draft.conversation {
            conversation.busy = true;
            conversation.seconds = self.form.draft.seconds;
            self.form.draft.prompt.clear();
            self.form.draft.files.clear();
            self.form.forget_touches();
        }
    }

    /// Turns to the conversation once it has a session, and keeps what the draft says of it.
    fn follow(&mut self, model: &Model, actions: &mut Vec<Action>) {
        if let Some((id, begun)) = &self.begun
            && let Some(job) = model.board.jobs.iter().find(|job| job.id == *id)
        {
            if let Some(session) = job.agent_session() {
                // Who writes the next one meanwhile goes on with it: the queue leads to the conversation.
                if self.form.draft == **begun {
                    let message = begun.message_in(session);
                    self.form.load(message);
                }
                self.begun = None;
            } else if job.state.is_final() {
                self.begun = None;
            }
        }
        let Some(conversation) = &mut self.form.draft.conversation else { return };
        let sending = outgoing::messages(model, &conversation.session, &[]).any(|outgoing| !outgoing.is_unknown());
        if model.agent.session.as_ref() != Some(&conversation.session) {
            actions.push(Action::FollowChat(conversation.session.clone()));
            conversation.busy = true;
            return;
        }
        if let Some(chat) = &model.agent.chat.value {
            conversation.busy = chat.stage.is_busy();
            conversation.waits = sending;
            if conversation.videos != chat.videos {
                conversation.videos.clone_from(&chat.videos);
            }
        }
    }
}

fn session_of(draft: &VideoAgentDraft) -> Option<String> {
    draft.conversation.as_ref().map(|conversation| conversation.session.clone())
}

impl FormTab for VideoAgentTab {
    type Draft = VideoAgentDraft;

    fn form(&mut self) -> &mut Form<VideoAgentDraft> {
        &mut self.form
    }

    fn page_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        quoted: &Arc<Quoted>,
        pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    ) {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        self.follow(model, actions);
        if self.form.draft.conversation.is_some() {
            chat::chat_ui(ui, model, self, quoted, pictures, actions);
        } else {
            compose::compose_ui(ui, model, self, quoted, pictures, actions);
        }
    }
}

#[cfg(test)]
mod tests;
