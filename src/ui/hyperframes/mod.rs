//! The HyperFrames tab: a project, its values, a table of many videos, and how they are rendered.

mod options;
mod project;
mod table;
mod values;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Ui, vec2};

use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::{Action, widgets};
use crate::draft::avatar_video::LocalFile;
use crate::draft::hyperframes::{Bundle, Rows};
use crate::draft::{Field, HyperFramesDraft};

/// What the tab remembers.
#[derive(Default)]
pub struct HyperFramesTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<HyperFramesDraft>,
    /// A folder, zip or table that came and is to be read.
    wanted: Option<Action>,
    /// Why the last project could not be read.
    project_fault: Option<String>,
    /// Why the last table could not be read.
    rows_fault: Option<String>,
    /// The cell of the table that is being mended: row and column.
    mending: Option<(usize, usize)>,
    /// The frame rate as it is typed, where it is none of the usual ones.
    typed_rate: Option<String>,
}

impl HyperFramesTab {
    /// Has a file read that was dropped or picked for a place of this tab.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        self.wanted = Some(match field {
            Field::Reference(_) => Action::ReadRows(file.path),
            _ => Action::ReadProject(file.path),
        });
    }

    /// Takes a project that was read.
    pub fn take_project(&mut self, answer: Result<Box<Bundle>, String>) {
        match answer {
            Ok(bundle) => {
                self.project_fault = None;
                self.rows_fault = None;
                self.form.draft.take_bundle(*bundle);
                self.form.touch(Field::Composition);
                self.form.touch(Field::Shape);
            }
            Err(words) => self.project_fault = Some(words),
        }
    }

    /// Takes a table that was read.
    pub fn take_rows(&mut self, answer: Result<Rows, String>) {
        match answer {
            Ok(rows) if self.form.draft.bundle.is_none() => {
                let words =
                    format!("Choose the project first, then drop {} again: its columns name variables.", rows.name);
                self.project_fault = Some(words);
            }
            Ok(rows) => {
                self.rows_fault = None;
                self.form.draft.rows = Some(rows);
                self.form.touch(Field::Reference(0));
            }
            Err(words) if self.form.draft.bundle.is_none() => self.project_fault = Some(words),
            Err(words) => self.rows_fault = Some(words),
        }
    }

    /// Reads the present project once more.
    fn read_again(&self) -> Option<PathBuf> {
        self.form.draft.bundle.as_ref().map(|bundle| bundle.source.clone())
    }
}

impl FormTab for HyperFramesTab {
    type Draft = HyperFramesDraft;

    fn form(&mut self) -> &mut Form<HyperFramesDraft> {
        &mut self.form
    }

    fn page_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        quoted: &Arc<Quoted>,
        _pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    ) {
        actions.extend(self.wanted.take());
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        widgets::page_heading(ui, "HyperFrames", |_| {});
        if self.form.draft.bundle.is_none() {
            project::empty_ui(ui, model, self, quoted, actions);
            return;
        }
        project::project_ui(ui, model, self, quoted, actions);
        if self.form.draft.page().is_none() {
            return;
        }
        ui.add_space(8.0);
        // A table is the work itself; how its videos are rendered and what they share comes after it.
        let has_table = self.form.draft.rows.is_some();
        if has_table {
            table::table_ui(ui, model, self, actions);
            ui.add_space(8.0);
        }
        options::options_ui(ui, self, quoted);
        ui.add_space(8.0);
        values::values_ui(ui, self);
        if !has_table {
            ui.add_space(8.0);
            table::table_ui(ui, model, self, actions);
        }
    }
}

#[cfg(test)]
mod tests;
