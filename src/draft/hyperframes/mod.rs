//! The draft of a HyperFrames render (`POST /v3/hyperframes/renders`): a project, its values, and how
//! it is rendered.

mod bundle;
mod rows;
mod variable;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::{Billable, Length};
use super::cast::{AspectRatio, Resolution};
use super::composition::Composition;
use super::title::{self, TITLE_LIMIT};
use super::ways::{Alternative, Choice};
use super::{Field, Problem, Product};

pub use bundle::{Bundle, ENTRY, Page};
pub use rows::{Meaning, ROWS_LIMIT, Row, RowVideo, Rows};
pub use variable::{ChoiceOption, Value, Variable, VariableKind};

/// Bytes a project may have as a zip (published limit of uploads: 200 MB).
pub const PROJECT_BYTES_LIMIT: u64 = 200_000_000;
/// Frames a second at most (published limit).
pub const FPS_LIMIT: u32 = 240;
/// Characters the path of a page may have (published limit).
pub const PATH_LIMIT: usize = 512;
/// The frame rates there is a published price for.
pub const PRICED_RATES: [u32; 2] = [30, 60];

/// How carefully it is rendered. The price is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    Draft,
    #[default]
    Standard,
    High,
}

impl Quality {
    pub const ALL: [Self; 3] = [Self::Draft, Self::Standard, Self::High];

    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Standard => "standard",
            Self::High => "high",
        }
    }
}

/// The container of the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    #[default]
    Mp4,
    Webm,
    Mov,
}

impl Container {
    pub const ALL: [Self; 3] = [Self::Mp4, Self::Webm, Self::Mov];

    /// The interface's word, also the file's extension.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mov => "mov",
        }
    }
}

/// What the person is composing on the HyperFrames tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HyperFramesDraft {
    pub title: String,
    /// The folder or zip, as it was read.
    pub bundle: Option<Bundle>,
    /// The page that is rendered, by its path in the project; empty while none is chosen.
    pub page: String,
    /// What was filled in, by the variable's id, as it was typed. What is missing is as declared.
    pub values: BTreeMap<String, String>,
    /// A table that makes one video per row.
    pub rows: Option<Rows>,
    /// 1080p or 4K.
    pub resolution: Resolution,
    /// Frames a second, 1 to 240.
    pub fps: u32,
    pub quality: Quality,
    pub container: Container,
    /// The shape; `None`: the page's own.
    pub shape: Option<AspectRatio>,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for HyperFramesDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            bundle: None,
            page: String::new(),
            values: BTreeMap::new(),
            rows: None,
            resolution: Resolution::P1080,
            fps: 30,
            quality: Quality::Standard,
            container: Container::Mp4,
            shape: None,
            project: String::new(),
        }
    }
}

impl HyperFramesDraft {
    /// The page that is rendered.
    #[must_use]
    pub fn page(&self) -> Option<&Page> {
        self.bundle.as_ref()?.page(&self.page)
    }

    /// Takes a project that was read. What was filled in stays as far as the project has it.
    pub fn take_bundle(&mut self, bundle: Bundle) {
        if self.bundle.as_ref().is_none_or(|before| before.source != bundle.source) {
            self.values.clear();
            self.rows = None;
            self.shape = None;
            self.page.clear();
        }
        let path = match bundle.pages.as_slice() {
            _ if bundle.page(&self.page).is_some() => self.page.clone(),
            _ if bundle.page(ENTRY).is_some() => ENTRY.to_owned(),
            [only] => only.path.clone(),
            _ => String::new(),
        };
        self.bundle = Some(bundle);
        self.choose_page(path);
    }

    /// Renders another page from now on.
    pub fn choose_page(&mut self, path: String) {
        self.page = path;
        let ids: Vec<String> = self
            .page()
            .map(|page| page.variables.iter().map(|variable| variable.id.clone()).collect())
            .unwrap_or_default();
        self.values.retain(|id, _| ids.contains(id));
    }

    /// What stands in a variable's field.
    #[must_use]
    pub fn typed<'a>(&'a self, variable: &'a Variable) -> &'a str {
        self.values.get(&variable.id).unwrap_or(&variable.default)
    }

    /// What is wrong with what was filled in for a variable.
    #[must_use]
    pub fn variable_problem(&self, variable: &Variable) -> Option<String> {
        // What the page itself declares is its own affair.
        variable.read(self.values.get(&variable.id)?).err()
    }

    /// What is sent for the variables: only what differs from what the page declares.
    #[must_use]
    pub fn sent_values(&self) -> Vec<(&str, Value)> {
        let Some(page) = self.page() else { return Vec::new() };
        let changed = page.variables.iter().filter_map(|variable| {
            let value = variable.read(self.values.get(&variable.id)?).ok()?;
            (variable.read(&variable.default).ok().as_ref() != Some(&value)).then_some((variable.id.as_str(), value))
        });
        changed.collect()
    }

    /// The shape that is sent; `None` while it is not decided.
    #[must_use]
    pub fn sent_shape(&self) -> Option<AspectRatio> {
        self.shape.or_else(|| self.page()?.shape())
    }

    /// The title without a table.
    fn own_title(&self) -> String {
        let own = self.title.trim();
        if !own.is_empty() {
            return own.to_owned();
        }
        let page = self.page();
        let of_page = page.map(|page| page.title.trim()).filter(|title| !title.is_empty());
        let of_source = self.bundle.as_ref().and_then(|bundle| {
            let stem = if bundle.is_folder { bundle.source.file_name() } else { bundle.source.file_stem() };
            stem.map(|stem| stem.to_string_lossy().into_owned())
        });
        match (of_page, of_source) {
            (Some(title), _) => title.chars().take(TITLE_LIMIT).collect(),
            (None, Some(name)) => name,
            (None, None) => "Untitled video".to_owned(),
        }
    }

    fn one(&self, resolution: Resolution, fps: u32) -> Billable {
        let length = match (self.bundle.is_some(), self.page()) {
            (false, _) => Length::Unknown("Choose a HyperFrames project: its length decides the price.".to_owned()),
            (true, None) => Length::Unknown("Choose a composition: its length decides the price.".to_owned()),
            (true, Some(page)) => page.length(),
        };
        Billable::HyperFrames { resolution, fps, length }
    }

    /// What one row of the table costs.
    #[must_use]
    pub fn row_billable(&self) -> Billable {
        self.one(self.resolution, self.fps)
    }

    /// What it costs made this way, with one video per row that is wanted.
    fn made(&self, resolution: Resolution, fps: u32) -> Billable {
        let one = self.one(resolution, fps);
        match &self.rows {
            Some(rows) if !rows.rows.is_empty() => {
                let wanted = self.row_videos().iter().filter(|video| video.is_wanted()).count();
                // Where none is wanted, what one costs says more than nothing.
                let count = wanted.clamp(1, ROWS_LIMIT);
                Billable::Several { what: "video", parts: std::iter::repeat_n(one, count).collect() }
            }
            _ => one,
        }
    }
}

impl Composition for HyperFramesDraft {
    fn product(&self) -> Product {
        Product::HyperFrames
    }

    fn effective_title(&self) -> String {
        self.own_title()
    }

    fn title_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.title)
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |field, message: String| problems.push(Problem { field, message });
        match (&self.bundle, self.page()) {
            (None, _) => add(Field::Composition, "Choose a HyperFrames project, or drop a folder or a zip.".to_owned()),
            (Some(bundle), _) if bundle.pages.is_empty() => add(
                Field::Composition,
                format!("{} has no page with a data-composition-id: it is no HyperFrames project.", bundle.name()),
            ),
            (Some(bundle), _) if bundle.zip.size > PROJECT_BYTES_LIMIT => {
                add(Field::Composition, "The project has more than 200 MB, the most HeyGen takes.".to_owned());
            }
            (Some(_), None) => add(Field::Composition, "Choose the composition to render.".to_owned()),
            (Some(_), Some(page)) => {
                if page.path.chars().count() > PATH_LIMIT {
                    add(Field::Composition, format!("The path of {} is too long for HeyGen.", page.path));
                }
                if page.seconds.is_none() {
                    let message = "The composition does not say how long it is. Give its root element a data-duration \
                                   in seconds, then read the project again.";
                    add(Field::Composition, message.to_owned());
                }
            }
        }
        if let Some(page) = self.page() {
            for variable in &page.variables {
                if let Some(message) = self.variable_problem(variable) {
                    add(Field::Variable, format!("{}: {message}", variable.label));
                }
            }
            if let Some(rows) = &self.rows {
                if let Some(message) = rows.problem(page) {
                    add(Field::Reference(0), message);
                } else {
                    // A row that cannot be made is left out; the others are made without it.
                    let videos = self.row_videos();
                    let is_wrong = |video: &&RowVideo| !video.problems.is_empty();
                    let first =
                        videos.iter().filter(is_wrong).find_map(|video| Some((video, &video.problems.first()?.1)));
                    let message = match first {
                        _ if videos.iter().any(RowVideo::is_wanted) => None,
                        Some((first, message)) if videos.iter().all(|video| is_wrong(&video)) => {
                            Some(format!("Mend a row of the table. Line {}: {message}", first.line))
                        }
                        _ => Some("Select the rows to make.".to_owned()),
                    };
                    if let Some(message) = message {
                        add(Field::Reference(0), message);
                    }
                }
            }
        }
        if self.resolution == Resolution::P720 {
            add(Field::Resolution, "HyperFrames renders 1080p and 4K.".to_owned());
        }
        if self.fps == 0 || self.fps > FPS_LIMIT {
            add(Field::FrameRate, format!("The frame rate goes from 1 to {FPS_LIMIT}."));
        }
        match self.sent_shape() {
            Some(AspectRatio::Wide | AspectRatio::Tall | AspectRatio::Square) => {}
            Some(_) => add(Field::Shape, "HyperFrames renders 16:9, 9:16 and 1:1.".to_owned()),
            None => {
                if let Some(page) = self.page() {
                    add(
                        Field::Shape,
                        match page.size {
                            Some(_) => format!("Choose a shape: HeyGen renders none of {}.", page.shape_words()),
                            None => "Choose a shape: the composition does not say its own.".to_owned(),
                        },
                    );
                }
            }
        }
        problems.extend(title::fault(&self.title));
        problems
    }

    fn billable(&self) -> Billable {
        if self.fps == 0 {
            return Billable::Unpriced { reason: "Write how many frames a second there are.".to_owned() };
        }
        self.made(self.resolution, self.fps)
    }

    fn bookings(&self) -> Vec<(String, u32)> {
        match self.row_bookings() {
            none if none.is_empty() => vec![(self.project.trim().to_owned(), 1)],
            rows => rows,
        }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        self.bundle
            .iter()
            .filter(|bundle| bundle.zip.address.is_none())
            .map(|bundle| (Field::Composition, &bundle.zip))
            .collect()
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        // A folder is read anew by the project itself.
        Vec::new()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn alternatives(&self) -> Vec<Alternative> {
        if self.page().is_none() {
            return Vec::new();
        }
        let mut ways = self.one(self.resolution, self.fps).ways();
        for way in &mut ways {
            if let Choice::Render { resolution, fps } = way.choice {
                way.billable = Ok(self.made(resolution, fps));
            }
        }
        ways
    }

    fn choose(&mut self, choice: Choice) {
        if let Choice::Render { resolution, fps } = choice {
            self.resolution = resolution;
            self.fps = fps;
        }
    }
}

#[cfg(test)]
mod tests;
