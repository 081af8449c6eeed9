//! A table's rows and a draft become many drafts: placeholders filled, columns with known names put in
//! the place of the draft's fields, and every cell that cannot be used named.

use rust_decimal::Decimal;

use super::cast::Cast;
use super::placeholders::{self, Unfilled, fill};
use super::table::is_same_word;
use super::{Row, Table};
use crate::draft::avatar_video::{Face, Source};
use crate::draft::{
    AvatarVideoDraft, Choice, Composition as _, Draft, Engine, Field, Product, Resolution, SpeechDraft,
};
use crate::typed;

/// A field that a column can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Setting {
    Title,
    /// The script of a video, the text of a speech.
    Script,
    Look,
    Voice,
    Engine,
    Resolution,
    Project,
    Speed,
}

impl Setting {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Title,
        Self::Script,
        Self::Look,
        Self::Voice,
        Self::Engine,
        Self::Resolution,
        Self::Project,
        Self::Speed,
    ];

    /// The names its column may have, the usual one first.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Title => &["title"],
            Self::Script => &["script", "text"],
            Self::Look => &["look", "avatar"],
            Self::Voice => &["voice"],
            Self::Engine => &["engine"],
            Self::Resolution => &["resolution"],
            Self::Project => &["project"],
            Self::Speed => &["speed"],
        }
    }

    /// Its name over a column: "Look".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Script => "Script",
            Self::Look => "Look",
            Self::Voice => "Voice",
            Self::Engine => "Engine",
            Self::Resolution => "Resolution",
            Self::Project => "Project",
            Self::Speed => "Speed",
        }
    }

    /// Its name as the form of a product has it: a speech has a text.
    #[must_use]
    pub fn name_on(self, product: Product) -> &'static str {
        match (self, product) {
            (Self::Script, Product::Speech) => "Text",
            _ => self.name(),
        }
    }

    /// Whether jobs of this product have it.
    #[must_use]
    pub fn is_of(self, product: Product) -> bool {
        match product {
            Product::AvatarVideo => true,
            Product::Speech => !matches!(self, Self::Look | Self::Engine | Self::Resolution),
            _ => false,
        }
    }

    /// The position of its column in a table.
    #[must_use]
    pub fn column(self, table: &Table) -> Option<usize> {
        self.columns().iter().find_map(|name| table.column(name))
    }

    /// The setting whose cell a problem of a draft points at.
    fn of(field: Field) -> Option<Self> {
        match field {
            Field::Title => Some(Self::Title),
            Field::Script | Field::Text => Some(Self::Script),
            Field::Look => Some(Self::Look),
            Field::Voice => Some(Self::Voice),
            Field::Engine => Some(Self::Engine),
            Field::Resolution => Some(Self::Resolution),
            Field::VoiceSettings | Field::Speed => Some(Self::Speed),
            _ => None,
        }
    }
}

/// Why a row cannot be made, tied to the cell that can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellProblem {
    /// The field it is about; `None` where that is a column of the person's own, or what all rows share.
    pub setting: Option<Setting>,
    /// The position of the column; `None` where the table has none for it.
    pub column: Option<usize>,
    /// One sentence: what is wrong and what would work.
    pub message: String,
}

/// One row as a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRow {
    /// The row as far as it could be read.
    pub draft: Draft,
    /// Why it cannot be made; empty where it can.
    pub problems: Vec<CellProblem>,
}

/// The columns that change nothing: they set no field, and no placeholder of the draft or of a script
/// column names them.
#[must_use]
pub fn unused_columns<'a>(table: &'a Table, base: &Draft) -> Vec<&'a str> {
    let set = |column: usize| {
        Setting::ALL.into_iter().any(|setting| setting.is_of(base.product()) && setting.column(table) == Some(column))
    };
    let (title, script) = texts(base);
    let cells = [Setting::Title, Setting::Script].into_iter().filter_map(|setting| setting.column(table));
    let cells = cells.flat_map(|column| table.rows.iter().filter_map(move |row| row.cells.get(column)));
    let mut named: Vec<bool> = vec![false; table.columns.len()];
    for name in [title, script].into_iter().chain(cells.map(String::as_str)).flat_map(placeholders::names) {
        if let Some(slot) = table.column(name).and_then(|column| named.get_mut(column)) {
            *slot = true;
        }
    }
    let unused = |(column, _): &(usize, &String)| !named.get(*column).copied().unwrap_or_default() && !set(*column);
    table.columns.iter().enumerate().filter(unused).map(|(_, name)| name.as_str()).collect()
}

/// Title and script as the draft has them.
#[must_use]
pub fn texts(draft: &Draft) -> (&str, &str) {
    match draft {
        Draft::AvatarVideo(draft) => (&draft.title, &draft.script),
        Draft::Speech(draft) => (&draft.title, &draft.text),
        _ => ("", ""),
    }
}

/// Makes drafts of a table's rows.
#[derive(Clone, Debug)]
pub struct Composer<'a> {
    table: &'a Table,
    base: &'a Draft,
    cast: &'a Cast,
    /// The column of each setting that jobs of this product have.
    columns: Vec<(Setting, Option<usize>)>,
}

impl<'a> Composer<'a> {
    /// For rows of `table` on the ground of `base`, an avatar video or a speech.
    #[must_use]
    pub fn new(table: &'a Table, base: &'a Draft, cast: &'a Cast) -> Self {
        let settings = Setting::ALL.into_iter().filter(|setting| setting.is_of(base.product()));
        Self { table, base, cast, columns: settings.map(|setting| (setting, setting.column(table))).collect() }
    }

    /// A row as a draft: the base, with the row's cells in it. An empty cell leaves the base's own value.
    #[must_use]
    pub fn compose(&self, row: &Row) -> BatchRow {
        let mut draft = self.base.clone();
        let mut problems = Vec::new();
        if !row.surplus.is_empty() {
            problems.push(CellProblem {
                setting: None,
                column: None,
                message: format!(
                    "This row has {} cells, but there are {} columns. A text that contains the separator needs \
                     quotation marks around it. Check the cells: editing one keeps the first {}.",
                    self.table.columns.len() + row.surplus.len(),
                    self.table.columns.len(),
                    self.table.columns.len()
                ),
            });
        }
        for (setting, column) in &self.columns {
            let cell = column.and_then(|column| row.cells.get(column)).map_or("", |cell| cell.trim());
            if cell.is_empty() {
                if let Some(message) = self.missing_script(*setting, *column) {
                    without_script(&mut draft);
                    problems.push(CellProblem { setting: Some(*setting), column: *column, message });
                }
                continue;
            }
            let set = match &mut draft {
                Draft::AvatarVideo(draft) => self.set_video(draft, *setting, cell),
                Draft::Speech(draft) => self.set_speech(draft, *setting, cell),
                _ => Ok(()),
            };
            if let Err(message) = set {
                problems.push(CellProblem { setting: Some(*setting), column: *column, message });
            }
        }
        self.fill_texts(&mut draft, row, &mut problems);
        if let Draft::AvatarVideo(draft) = &mut draft {
            // What this row's look cannot do is let go, as on the tab.
            draft.choose(Choice::Engine(draft.engine));
        }
        for problem in draft.composition().problems() {
            let setting = Setting::of(problem.field);
            // A cell that cannot be used is the reason, not what its absence leads to.
            if setting.is_none() || !problems.iter().any(|known| known.setting == setting) {
                let column = setting.and_then(|setting| self.column(setting));
                problems.push(CellProblem { setting, column, message: problem.message });
            }
        }
        BatchRow { draft, problems }
    }

    /// Why a row with an empty script cannot be made: in a table with a script for each row it is most likely
    /// forgotten, unless the tab's script says what stands for an empty one.
    fn missing_script(&self, setting: Setting, column: Option<usize>) -> Option<String> {
        let column = column.filter(|column| setting == Setting::Script && self.table.is_of_file(*column))?;
        let (_, script) = texts(self.base);
        if placeholders::names(script).any(|name| self.table.column(name) == Some(column)) {
            return None;
        }
        let name = self.table.columns.get(column).map_or("script", String::as_str);
        let what = setting.name_on(self.base.product()).to_lowercase();
        Some(format!(
            "There is no {what} in this row. Write one, or put {{{{{name}|…}}}} on the tab for what is said instead."
        ))
    }

    fn column(&self, setting: Setting) -> Option<usize> {
        self.columns.iter().find(|(other, _)| *other == setting).and_then(|(_, column)| *column)
    }

    fn fill_texts(&self, draft: &mut Draft, row: &Row, problems: &mut Vec<CellProblem>) {
        let (title, script) = match draft {
            Draft::AvatarVideo(draft) => {
                let script = (draft.source == Source::Script).then_some(&mut draft.script);
                (&mut draft.title, script)
            }
            Draft::Speech(draft) => (&mut draft.title, Some(&mut draft.text)),
            _ => return,
        };
        for (setting, text) in [(Setting::Title, Some(title)), (Setting::Script, script)] {
            let Some(text) = text else { continue };
            match fill(text, self.table, row) {
                // A title is one line, also as the name of a file.
                Ok(filled) if setting == Setting::Title => {
                    *text = filled.split_whitespace().collect::<Vec<_>>().join(" ");
                }
                Ok(filled) => *text = filled,
                Err(unfilled) => problems.extend(unfilled.into_iter().map(|found| self.unfilled(setting, found))),
            }
        }
    }

    fn unfilled(&self, setting: Setting, found: Unfilled) -> CellProblem {
        let place = match setting {
            Setting::Title => "title",
            _ => "script",
        };
        match found {
            Unfilled::Unknown(name) => CellProblem {
                setting: Some(setting),
                column: self.column(setting),
                message: format!("The {place} says {{{{{name}}}}}, but no column is called so."),
            },
            Unfilled::Empty(column) => {
                let name = self.table.columns.get(column).map_or("", String::as_str);
                let message = format!(
                    "{name} is empty here, but the {place} says {{{{{name}}}}}. Fill it in, or write \
                     {{{{{name}|something else}}}}."
                );
                CellProblem { setting: None, column: Some(column), message }
            }
        }
    }

    fn set_video(&self, draft: &mut AvatarVideoDraft, setting: Setting, cell: &str) -> Result<(), String> {
        match setting {
            Setting::Title => cell.clone_into(&mut draft.title),
            Setting::Script => {
                cell.clone_into(&mut draft.script);
                draft.source = Source::Script;
            }
            Setting::Project => cell.clone_into(&mut draft.project),
            Setting::Look => {
                let look = self.cast.look(cell)?;
                // The base's voice came with the base's look and goes with it.
                let came_with_look = match (&draft.face, &draft.voice) {
                    (Face::Look(before), Some(voice)) => before.default_voice_id.as_deref() == Some(&voice.id),
                    _ => false,
                };
                if came_with_look {
                    let own = look.default_voice_id.as_deref().and_then(|id| self.cast.voice_of_id(id));
                    draft.voice = own.cloned();
                }
                draft.face = Face::Look(look.clone());
            }
            Setting::Voice => draft.voice = Some(self.cast.voice(cell)?.clone()),
            Setting::Engine => draft.choose(Choice::Engine(engine(cell)?)),
            Setting::Resolution => draft.resolution = resolution(cell)?,
            Setting::Speed => draft.voice_settings.speed = speed(cell, "1.5")?,
        }
        Ok(())
    }

    fn set_speech(&self, draft: &mut SpeechDraft, setting: Setting, cell: &str) -> Result<(), String> {
        match setting {
            Setting::Title => cell.clone_into(&mut draft.title),
            Setting::Script => cell.clone_into(&mut draft.text),
            Setting::Project => cell.clone_into(&mut draft.project),
            Setting::Voice => draft.voice = Some(self.cast.voice(cell)?.clone()),
            Setting::Speed => draft.speed = speed(cell, "2")?,
            Setting::Look | Setting::Engine | Setting::Resolution => {}
        }
        Ok(())
    }
}

fn without_script(draft: &mut Draft) {
    match draft {
        Draft::AvatarVideo(draft) => draft.script.clear(),
        Draft::Speech(draft) => draft.text.clear(),
        _ => {}
    }
}

fn engine(cell: &str) -> Result<Engine, String> {
    let fits =
        |engine: &Engine| [engine.name(), engine.numeral(), engine.word()].iter().any(|name| is_same_word(name, cell));
    Engine::ALL.into_iter().find(fits).ok_or_else(|| format!("There is no engine {cell}: write III, IV or V."))
}

/// 4K has no published price and is not offered on the tab either: its row says so by having no price.
fn resolution(cell: &str) -> Result<Resolution, String> {
    let fits = |size: &Resolution| {
        is_same_word(size.word(), cell) || size.word().strip_suffix('p').is_some_and(|lines| lines == cell)
    };
    let found = Resolution::ALL.into_iter().find(fits);
    found.ok_or_else(|| format!("There is no resolution {cell}: write 720p or 1080p."))
}

fn speed(cell: &str, most: &str) -> Result<Decimal, String> {
    typed::number(cell).map_err(|_| format!("{cell} is no speed: write a number from 0.5 to {most}."))
}
