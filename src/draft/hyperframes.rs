//! The draft of a HyperFrames render (`POST /v3/hyperframes/renders`).

use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::Billable;
use super::composition::Composition;
use super::{Field, Problem, Product};

/// What the person is composing on the HyperFrames tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HyperFramesDraft {
    pub title: String,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Composition for HyperFramesDraft {
    fn product(&self) -> Product {
        Product::HyperFrames
    }

    fn effective_title(&self) -> String {
        let own = self.title.trim();
        if own.is_empty() { "Untitled video".to_owned() } else { own.to_owned() }
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        vec![Problem { field: Field::Title, message: "Choose a project.".to_owned() }]
    }

    fn billable(&self) -> Billable {
        Billable::Unpriced { reason: "Choose a project.".to_owned() }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        Vec::new()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }
}
