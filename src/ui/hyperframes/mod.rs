//! The HyperFrames tab.

use std::sync::Arc;

use egui::Ui;

use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::{Action, widgets};
use crate::draft::avatar_video::LocalFile;
use crate::draft::{Field, HyperFramesDraft};

/// What the tab remembers.
#[derive(Default)]
pub struct HyperFramesTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<HyperFramesDraft>,
}

impl HyperFramesTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, _field: Field, _file: LocalFile) {}
}

impl FormTab for HyperFramesTab {
    type Draft = HyperFramesDraft;

    fn form(&mut self) -> &mut Form<HyperFramesDraft> {
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
        widgets::heading(ui, "HyperFrames");
    }
}
