//! The looks and voices that a cell may name, by id or by name.

use std::collections::HashMap;
use std::sync::Arc;

use crate::draft::{Look, Voice};

/// The looks and voices that a cell may name. Made once per list, not per row.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    looks: Arc<Vec<Look>>,
    voices: Arc<Vec<Voice>>,
    look_names: Named,
    voice_names: Named,
}

/// Positions in a list by id, and by a name that only one of them has, whatever its case.
#[derive(Clone, Debug, Default)]
struct Named {
    by_id: HashMap<String, usize>,
    /// `None` where several have the name.
    by_name: HashMap<String, Option<usize>>,
}

impl Named {
    fn of<'a>(words: impl Iterator<Item = (&'a String, &'a String)>) -> Self {
        let mut named = Self::default();
        for (place, (id, name)) in words.enumerate() {
            named.by_id.insert(id.clone(), place);
            named.by_name.entry(name.trim().to_lowercase()).and_modify(|one| *one = None).or_insert(Some(place));
        }
        named
    }

    fn find(&self, what: &str, cell: &str) -> Result<usize, String> {
        if let Some(place) = self.by_id.get(cell) {
            return Ok(*place);
        }
        match self.by_name.get(&cell.to_lowercase()) {
            Some(Some(place)) => Ok(*place),
            Some(None) => Err(format!("Several {what}s are called {cell}: write the id instead.")),
            None => Err(format!("There is no {what} with the name or id {cell}.")),
        }
    }
}

impl Cast {
    /// The cast of an account.
    #[must_use]
    pub fn new(looks: Arc<Vec<Look>>, voices: Arc<Vec<Voice>>) -> Self {
        let look_names = Named::of(looks.iter().map(|look| (&look.id, &look.name)));
        let voice_names = Named::of(voices.iter().map(|voice| (&voice.id, &voice.name)));
        Self { looks, voices, look_names, voice_names }
    }

    /// Whether it was made of these very lists.
    #[must_use]
    pub fn is_of(&self, looks: &Arc<Vec<Look>>, voices: &Arc<Vec<Voice>>) -> bool {
        Arc::ptr_eq(&self.looks, looks) && Arc::ptr_eq(&self.voices, voices)
    }

    /// The looks it was made of.
    #[must_use]
    pub fn looks(&self) -> Arc<Vec<Look>> {
        Arc::clone(&self.looks)
    }

    /// The voices it was made of.
    #[must_use]
    pub fn voices(&self) -> Arc<Vec<Voice>> {
        Arc::clone(&self.voices)
    }

    /// The look with this name or id.
    ///
    /// # Errors
    /// A sentence: there is none, or several have the name.
    pub fn look(&self, cell: &str) -> Result<&Look, String> {
        let place = self.look_names.find("look", cell)?;
        self.looks.get(place).ok_or_else(String::new)
    }

    /// The voice with this name or id.
    ///
    /// # Errors
    /// A sentence: there is none, or several have the name.
    pub fn voice(&self, cell: &str) -> Result<&Voice, String> {
        let place = self.voice_names.find("voice", cell)?;
        self.voices.get(place).ok_or_else(String::new)
    }

    /// The voice with this id.
    #[must_use]
    pub fn voice_of_id(&self, id: &str) -> Option<&Voice> {
        self.voice_names.by_id.get(id).and_then(|place| self.voices.get(*place))
    }
}
