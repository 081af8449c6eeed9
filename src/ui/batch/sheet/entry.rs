//! What a row of a table comes to, as far as it is shown.

use crate::batch::{Cast, CellProblem, Priced, texts};
use crate::draft::avatar_video::{Face, Source};
use crate::draft::{Draft, Foreign, Voice};
use crate::money::Usd;
use crate::pricing::Span;

/// Characters of a script that a table shows.
const SCRIPT_START: usize = 90;

/// What a row comes to, as far as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub title: String,
    /// The beginning of what is said, on one line.
    pub script: String,
    pub look: String,
    pub voice: String,
    pub engine: &'static str,
    pub resolution: &'static str,
    pub project: String,
    pub problems: Vec<CellProblem>,
    /// The languages of its text and its voice, where they are two.
    pub foreign: Option<Foreign>,
    /// `None` where there are problems.
    pub priced: Option<Priced>,
}

impl Entry {
    /// What it costs; `None` where it cannot be made or nobody says.
    #[must_use]
    pub fn span(&self) -> Option<Span<Usd>> {
        self.priced.as_ref()?.total.as_ref().ok().copied()
    }

    pub(super) fn of(draft: &Draft, problems: Vec<CellProblem>, priced: Option<Priced>, cast: &Cast) -> Self {
        let title = draft.composition().effective_title();
        let project = draft.composition().project().to_owned();
        let (_, script) = texts(draft);
        let script: String =
            script.chars().take(SCRIPT_START).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let named = |voice: Option<&Voice>| voice.map_or_else(|| "–".to_owned(), |voice| voice.name.clone());
        let foreign = draft.composition().foreign();
        let plain = Self { title, script, project, problems, foreign, priced, ..Self::default() };
        match draft {
            Draft::AvatarVideo(draft) => {
                let (look, own) = match &draft.face {
                    Face::None => ("–".to_owned(), None),
                    Face::Look(look) => (look.name.clone(), look.default_voice_id.as_deref()),
                    Face::Image(file) => (file.name(), None),
                };
                let voice = draft.voice.as_ref().or_else(|| own.and_then(|id| cast.voice_of_id(id)));
                // A look's own voice is not written into the draft.
                let heard = voice.filter(|_| draft.source == Source::Script);
                let locale = draft.voice_settings.locale.as_deref();
                let foreign = heard.and_then(|voice| Foreign::of(&draft.script, voice, locale));
                Self {
                    look,
                    foreign,
                    voice: named(voice),
                    engine: draft.engine.numeral(),
                    resolution: draft.resolution.name(),
                    ..plain
                }
            }
            Draft::Speech(draft) => Self { voice: named(draft.voice.as_ref()), ..plain },
            _ => plain,
        }
    }
}
