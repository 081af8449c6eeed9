//! The draft of highlight clips (`POST /v3/ai-clipping`).

use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::Billable;
use super::composition::Composition;
use super::{Field, Problem, Product};

/// What the person is composing on the Clips tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClipsDraft {
    pub title: String,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Composition for ClipsDraft {
    fn product(&self) -> Product {
        Product::Clips
    }

    fn effective_title(&self) -> String {
        let own = self.title.trim();
        if own.is_empty() { "Untitled clips".to_owned() } else { own.to_owned() }
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        vec![Problem { field: Field::Title, message: "Choose a video.".to_owned() }]
    }

    fn billable(&self) -> Billable {
        Billable::Unpriced { reason: "Choose a video.".to_owned() }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        Vec::new()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }
}
