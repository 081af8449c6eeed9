//! The conversations that can be gone on with: a list, one row each, newest first.

use egui::{Response, Ui};

use crate::draft::chat;
use crate::jobs::types::{Job, JobState, Progress};
use crate::ui::avatar_video::options::popup;
use crate::ui::model::Model;
use crate::ui::theme::CONTROL_HEIGHT;
use crate::ui::widgets::{self, SelectItem};
use crate::ui::{Action, format};

/// Whether there is any.
pub fn are_there(model: &Model) -> bool {
    model.board.jobs.iter().any(|job| job.agent_session().is_some())
}

/// The list under the button `response`; `shown` is the session that is open. True when a new video was chosen.
pub fn list_ui(response: &Response, model: &Model, shown: Option<&str>, actions: &mut Vec<Action>) -> bool {
    let mut is_new = false;
    popup(response, 380.0, |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if shown.is_some() {
            let item = SelectItem { label: "A new video".to_owned(), ..SelectItem::default() };
            if widgets::row_ui(ui, &item, false, 0.0) {
                is_new = true;
                ui.close();
            }
        }
        egui::ScrollArea::vertical().max_height(6.0 * CONTROL_HEIGHT).show(ui, |ui| {
            for (session, newest) in sessions(model) {
                let detail = format!("{} · {}", standing(model, session), format::ago(model.now, newest.changed_at));
                let selected = shown == Some(session);
                let item = SelectItem { label: newest.title.clone(), detail, selected, ..SelectItem::default() };
                if widgets::row_ui(ui, &item, false, 0.0) {
                    actions.push(Action::OpenChat(newest.id));
                    ui.close();
                }
            }
        });
    });
    is_new
}

/// Each session with the newest of its jobs.
fn sessions(model: &Model) -> Vec<(&str, &Job)> {
    let mut sessions: Vec<(&str, &Job)> = Vec::new();
    for job in &model.board.jobs {
        if let Some(session) = job.agent_session()
            && !sessions.iter().any(|(other, _)| *other == session)
        {
            sessions.push((session, job));
        }
    }
    sessions
}

fn standing(model: &Model, session: &str) -> String {
    let of_session = || model.board.jobs.iter().filter(|job| job.agent_session() == Some(session));
    let at_work = of_session().any(|job| !job.state.is_final() && job.state != JobState::OutcomeUnknown);
    if of_session().any(|job| job.state == JobState::Running && job.progress == Progress::NeedsPerson) {
        return "asks you".to_owned();
    }
    if at_work {
        return "at work".to_owned();
    }
    let has_video = |job: &&std::sync::Arc<Job>| {
        job.state == JobState::Done && job.remote_id.as_deref().and_then(chat::video_of).is_some()
    };
    match of_session().filter(has_video).count() {
        0 => "no video".to_owned(),
        videos => format::counted(videos, "video", "videos"),
    }
}
