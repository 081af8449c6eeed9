//! The drafts of an account, kept in a file beside its database, so that no quit and no crash loses what was
//! being composed. Written off the window's thread a moment after the last change, and once more at the end.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::draft::{Draft, Product};
use crate::settings::{self, Account};
use crate::ui;
use crate::ui::KeptDraft;
use crate::ui::model::Tone;

use super::background::Event;
use super::projects::ProjectNews;
use super::{Studio, files};

/// Seconds without a change after which the drafts are written.
const QUIET_SECONDS: f64 = 1.0;
/// Seconds after which they are written although they change on and on.
const MOST_SECONDS: f64 = 5.0;
/// Behind the name of a file that was damaged.
const BROKEN: &str = "broken";

/// The drafts of one account.
#[derive(Debug)]
pub struct Drafts {
    path: PathBuf,
    kept: BTreeMap<Product, Arc<KeptDraft>>,
    /// When the first and the last change was that is not written yet, in seconds of the window's own time.
    changed: Option<(f64, f64)>,
    /// Counts what is written, so that an older state never takes the place of a newer.
    revision: u64,
    written: Arc<Mutex<u64>>,
}

/// What was found in the file of an account.
#[derive(Debug, Default)]
pub struct Found {
    pub drafts: Vec<KeptDraft>,
    /// What could not be read, in words.
    pub fault: Option<String>,
}

/// One draft in the file: the texts are those a journal keeps.
#[derive(Serialize, Deserialize)]
struct Written {
    draft: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    former: Option<String>,
}

/// The drafts' file beside a database.
pub fn path_beside(database: &Path) -> PathBuf {
    database.with_extension("drafts.json")
}

/// Reads the drafts of an account. Never fails: what is damaged is passed over, said and kept beside the file.
pub fn read(path: &Path) -> Found {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::default(),
        Err(error) => {
            let fault = format!("{} could not be read: {error}. The tabs begin empty.", path.display());
            return Found { fault: Some(fault), ..Found::default() };
        }
    };
    let mut found = Found::default();
    let mut damaged = Vec::new();
    match serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&text) {
        Ok(entries) => {
            for (word, entry) in entries {
                // What another version has more is not damaged.
                let Some(product) = Product::from_word(&word) else { continue };
                match decoded(product, entry) {
                    Ok(kept) => found.drafts.push(kept),
                    Err(_) => damaged.push(product.name()),
                }
            }
        }
        Err(_) => damaged.push("every tab"),
    }
    if !damaged.is_empty() {
        let kept = path.with_extension(BROKEN);
        let where_kept = match std::fs::copy(path, &kept) {
            Ok(_) => format!("The file is kept as {}.", kept.display()),
            Err(error) => format!("The file could not be kept as {} ({error}).", kept.display()),
        };
        found.fault = Some(format!("Passed over: {}. {where_kept}", damaged.join(", ")));
    }
    found
}

fn decoded(product: Product, entry: serde_json::Value) -> serde_json::Result<KeptDraft> {
    let Written { draft, former } = serde_json::from_value(entry)?;
    let former = former.map(|former| Draft::from_json(product, &former)).transpose()?;
    Ok(KeptDraft { draft: Draft::from_json(product, &draft)?, former })
}

fn encoded(draft: &Draft) -> serde_json::Result<String> {
    let mut draft = draft.clone();
    draft.without_signatures();
    draft.to_json()
}

/// What is to be written, and where.
struct Page {
    path: PathBuf,
    kept: BTreeMap<Product, Arc<KeptDraft>>,
    revision: u64,
    written: Arc<Mutex<u64>>,
}

impl Page {
    /// Writes it whole or not at all, and not where a newer one was written already.
    fn write(&self) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if *written >= self.revision {
            return Ok(());
        }
        let entry = |kept: &KeptDraft| -> serde_json::Result<Written> {
            let former = kept.former.as_ref().map(encoded).transpose()?;
            Ok(Written { draft: encoded(&kept.draft)?, former })
        };
        let entries: Result<BTreeMap<&str, Written>, _> =
            self.kept.iter().map(|(product, kept)| Ok((product.word(), entry(kept)?))).collect();
        let text = entries.and_then(|entries| serde_json::to_string_pretty(&entries)).map_err(io::Error::other)?;
        settings::write_whole(&self.path, &text)?;
        *written = self.revision;
        Ok(())
    }
}

impl Drafts {
    fn new(path: PathBuf, found: &[KeptDraft]) -> Self {
        let kept = found.iter().map(|kept| (kept.draft.product(), Arc::new(kept.clone()))).collect();
        Self { path, kept, changed: None, revision: 0, written: Arc::default() }
    }

    fn note(&mut self, changed: Vec<KeptDraft>, now: f64) {
        if changed.is_empty() {
            return;
        }
        let first = self.changed.map_or(now, |(first, _)| first);
        self.changed = Some((first, now));
        self.kept.extend(changed.into_iter().map(|kept| (kept.draft.product(), Arc::new(kept))));
    }

    /// Seconds from `now` on until it is time to write; `None` where nothing changed.
    fn due_in(&self, now: f64) -> Option<f64> {
        let (first, last) = self.changed?;
        Some((last + QUIET_SECONDS).min(first + MOST_SECONDS) - now)
    }

    /// What is to be written now, if there is anything.
    fn page(&mut self) -> Option<Page> {
        self.changed.take()?;
        self.revision += 1;
        Some(Page {
            path: self.path.clone(),
            kept: self.kept.clone(),
            revision: self.revision,
            written: Arc::clone(&self.written),
        })
    }
}

impl Studio {
    /// Puts the drafts of an account back that was just opened, and keeps them from now on.
    pub(super) fn take_drafts(&mut self, account: Account, database: &Path, found: Found) {
        self.drafts.insert(account, Drafts::new(path_beside(database), &found.drafts));
        if let Some(fault) = found.fault {
            self.notice(Tone::Warning, "A draft could not be read.", &fault);
        }
        let settings = self.model.settings.clone();
        for kept in found.drafts {
            let draft = kept.draft.clone();
            self.state_of(account).restore(kept, &settings);
            self.look_again(draft);
        }
    }

    /// Looks at the files of a draft that was kept: any may be gone or another by now.
    fn look_again(&self, before: Draft) {
        if let Draft::HyperFrames(draft) = &before
            && let Some(bundle) = &draft.bundle
        {
            let (source, name) = (bundle.source.clone(), bundle.name());
            self.background.run_blocking_quietly(move |outlet| {
                if matches!(source.try_exists(), Ok(false)) {
                    let words = format!("{name} is not there any more. Choose it again where it is now.");
                    outlet.send_blocking(Event::Project(ProjectNews::Gone(words)));
                }
            });
        }
        let mut after = before.clone();
        if !after.composition_mut().files_mut().is_empty() {
            self.background.spawn_blocking(move || {
                files::look_again(&mut after);
                Event::LookedAgain(Box::new(before), Box::new(after))
            });
        }
    }

    /// Takes in what changed on the tabs, and has it written once it is time. Every frame.
    pub(super) fn keep_drafts(&mut self, context: &egui::Context) {
        let now = context.input(|input| input.time);
        let Some(drafts) = self.drafts.get_mut(&self.model.account) else { return };
        drafts.note(self.state.changed_drafts(), now);
        match drafts.due_in(now) {
            Some(seconds) if seconds > 0.0 => {
                context.request_repaint_after(std::time::Duration::from_secs_f64(seconds + 0.02));
            }
            Some(_) => self.write_drafts(),
            None => {}
        }
    }

    /// Has what changed written now, in the background.
    fn write_drafts(&mut self) {
        let Some(page) = self.drafts.get_mut(&self.model.account).and_then(Drafts::page) else { return };
        self.background.run_blocking_quietly(move |outlet| {
            if let Err(error) = page.write() {
                let words = format!("{}: {error}. They last until the program ends.", page.path.display());
                let what = "Your drafts are not being kept.".to_owned();
                outlet.send_blocking(Event::Notice(Tone::Warning, what, words));
            }
        });
    }

    /// Writes what is not written yet before the program ends, and waits for it.
    pub(super) fn keep_last_drafts(&mut self) {
        let Some(drafts) = self.drafts.get_mut(&self.model.account) else { return };
        drafts.note(self.state.changed_drafts(), 0.0);
        if let Some(Err(error)) = drafts.page().map(|page| page.write()) {
            tracing::warn!(%error, "the last drafts are not kept");
        }
    }

    /// The window's state for an account: the shown one's, or the one that waits for it to be shown again.
    pub(super) fn state_of(&mut self, account: Account) -> &mut ui::State {
        if account == self.model.account {
            return &mut self.state;
        }
        let settings = &self.model.settings;
        self.waiting.entry(account).or_insert_with(|| fresh_state(settings))
    }

    /// Lays the window's state aside with its drafts, and goes on with that of another account: nothing that was
    /// composed for one, with looks and voices of its own, is shown for the other.
    pub(super) fn change_state(&mut self, account: Account) {
        if let Some(drafts) = self.drafts.get_mut(&self.model.account) {
            drafts.note(self.state.changed_drafts(), 0.0);
            self.write_drafts();
        }
        self.state.forget_tables();
        let settings = &self.model.settings;
        let mut next = self.waiting.remove(&account).unwrap_or_else(|| fresh_state(settings));
        next.follow_on(&mut self.state);
        let before = std::mem::replace(&mut self.state, next);
        self.waiting.insert(self.model.account, before);
    }
}

fn fresh_state(settings: &settings::Settings) -> ui::State {
    let mut state = ui::State::default();
    state.remember_projects(settings);
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{CinematicDraft, SpeechDraft};

    fn speech(text: &str) -> Draft {
        SpeechDraft { text: text.to_owned(), ..SpeechDraft::default() }.into()
    }

    fn kept(draft: Draft) -> KeptDraft {
        KeptDraft { draft, former: None }
    }

    #[test]
    fn what_is_written_comes_back_with_what_it_took_the_place_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = path_beside(&folder.path().join("sandbox.db"));
        assert_eq!((read(&path).drafts, read(&path).fault), (Vec::new(), None));
        let mut drafts = Drafts::new(path.clone(), &[]);
        let both = KeptDraft { draft: speech("Guten Tag"), former: Some(speech("Before")) };
        let scene = CinematicDraft { prompt: "A harbour at dawn".to_owned(), ..CinematicDraft::default() };
        drafts.note(vec![both.clone(), kept(scene.clone().into())], 0.0);
        drafts.page().unwrap().write().unwrap();
        assert!(drafts.page().is_none(), "nothing changed since");
        let found = read(&path);
        assert_eq!(found.drafts, [kept(scene.into()), both]);
        assert_eq!(found.fault, None);
    }

    #[test]
    fn one_damaged_draft_does_not_take_the_others_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.drafts.json");
        let text =
            r#"{"cinematic": {"draft": "{\"prompt\": 7}"}, "speech": {"draft": "{\"text\": \"Hello\"}"}, "later": 1}"#;
        std::fs::write(&path, text).unwrap();
        let found = read(&path);
        assert_eq!(found.drafts, [kept(speech("Hello"))]);
        let fault = found.fault.unwrap();
        assert!(fault.contains("Cinematic") && !fault.contains("Speech"), "{fault}");
        assert_eq!(std::fs::read_to_string(path.with_extension(BROKEN)).unwrap(), text);

        std::fs::write(&path, "{ \"speech\": ").unwrap();
        let found = read(&path);
        assert!(found.drafts.is_empty() && found.fault.unwrap().contains("every tab"));
    }

    #[test]
    fn an_older_page_never_takes_the_place_of_a_newer() {
        let folder = tempfile::tempdir().unwrap();
        let mut drafts = Drafts::new(folder.path().join("sandbox.drafts.json"), &[]);
        drafts.note(vec![kept(speech("one"))], 0.0);
        let older = drafts.page().unwrap();
        drafts.note(vec![kept(speech("two"))], 0.5);
        drafts.page().unwrap().write().unwrap();
        older.write().unwrap();
        assert_eq!(read(&drafts.path).drafts, [kept(speech("two"))]);
    }

    #[test]
    fn they_are_written_when_the_hands_rest_and_now_and_then_while_they_do_not() {
        let mut drafts = Drafts::new(PathBuf::from("unwritten"), &[]);
        assert_eq!(drafts.due_in(3.0), None);
        for step in 0..12_u8 {
            let now = f64::from(step) / 2.0;
            drafts.note(vec![kept(speech("typed"))], now);
            assert_eq!(drafts.due_in(now).unwrap() <= 0.0, now >= MOST_SECONDS, "{now}");
        }
        let mut drafts = Drafts::new(PathBuf::from("unwritten"), &[]);
        drafts.note(vec![kept(speech("typed"))], 10.0);
        drafts.note(Vec::new(), 10.9);
        assert!(drafts.due_in(10.9).unwrap() > 0.0);
        assert!(drafts.due_in(11.0).unwrap() <= 0.0);
    }
}
