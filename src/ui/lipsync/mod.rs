//! The Lipsync tab.

use std::sync::Arc;

use egui::Ui;

use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::{Action, widgets};
use crate::draft::avatar_video::LocalFile;
use crate::draft::{Field, LipsyncDraft};

/// What the tab remembers.
#[derive(Default)]
pub struct LipsyncTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<LipsyncDraft>,
}

impl LipsyncTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, _field: Field, _file: LocalFile) {}
}

impl FormTab for LipsyncTab {
    type Draft = LipsyncDraft;

    fn form(&mut self) -> &mut Form<LipsyncDraft> {
        &mut self.form
    }

    fn page_ui(
        &mut self,
        ui: &mut Ui,
        _model: &Model,
        _quoted: &Arc<Quoted>,
        _pictures: &mut Pictures,
        _actions: &mut Vec<Action>,
    ) {
        widgets::heading(ui, "Lipsync");
    }
}
