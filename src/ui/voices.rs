//! The choice of a voice, on every tab that has one: a search, a language, and an ear.

use std::sync::Arc;

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::model::{Loaded, Model};
use super::theme::{CONTROL_HEIGHT, palette, regular};
use super::volume::{self, Ground};
use super::widgets::{self, SelectItem};
use super::{Action, icons};
use crate::draft::{Composition, Foreign, Language, Product, Voice};

/// What the list of voices remembers.
#[derive(Default)]
pub struct VoiceList {
    language: Option<String>,
    /// The voices' languages, for the list they were read from.
    languages: Option<(Arc<Vec<Voice>>, Vec<String>)>,
}

impl VoiceList {
    fn languages(&mut self, voices: &Arc<Vec<Voice>>) -> &[String] {
        let known = self.languages.as_ref().is_some_and(|(of, _)| Arc::ptr_eq(of, voices));
        if !known {
            let mut languages: Vec<String> = voices.iter().map(|voice| voice.language.clone()).collect();
            languages.sort_unstable();
            languages.dedup();
            self.languages = Some((Arc::clone(voices), languages));
        }
        self.languages.as_ref().map_or(&[], |(_, languages)| languages)
    }
}

/// What there is to choose from and what is chosen now.
pub struct Choice<'a> {
    pub voices: &'a Loaded<Arc<Vec<Voice>>>,
    /// The person's own choice.
    pub chosen: Option<&'a Voice>,
    /// The voice that would speak now, chosen or not.
    pub heard: Option<&'a Voice>,
    /// What the field says instead of a voice's name.
    pub instead: Option<&'a str>,
    /// The first row, which chooses none: "The look's own voice".
    pub none: Option<&'a str>,
    /// What an empty list says.
    pub empty: &'a str,
}

/// The field, and the list while it is open. `Some(None)`: the row that chooses none.
pub fn voice_ui(
    ui: &mut Ui,
    model: &Model,
    list: &mut VoiceList,
    choice: &Choice<'_>,
    actions: &mut Vec<Action>,
) -> Option<Option<Voice>> {
    let voices = choice.voices.value.clone().unwrap_or_default();
    let shown = match (choice.instead, choice.heard) {
        (Some(instead), _) => instead.to_owned(),
        (None, Some(voice)) => format!("{} · {}", voice.name, voice.language),
        (None, None) if choice.voices.value.is_none() && choice.voices.loading => "Reading the voices…".to_owned(),
        (None, None) => "Choose a voice".to_owned(),
    };
    let width = ui.available_width();
    let response = widgets::select_face(ui, "Voice", &shown, None, width, 38.0);
    listen_over_ui(ui, model, &response, choice.heard, actions);
    let mut picked = None;
    widgets::popup_under(&response, width.max(380.0)).show(|ui| {
        ui.set_min_width(width.max(380.0) - 16.0);
        ui.spacing_mut().combo_height = 256.0;
        if voices.is_empty() {
            let words = match &choice.voices.fault {
                Some(fault) => fault.as_str(),
                None if choice.voices.loading => "Reading the voices…",
                None => choice.empty,
            };
            widgets::paragraph(ui, words, 14.0, palette(ui).dim);
            if choice.voices.fault.is_some() && ui.add(widgets::Button::secondary("Try again").small()).clicked() {
                actions.push(Action::RefreshCast);
            }
            return;
        }
        picked = list_ui(ui, model, list, choice, &voices, response.id, actions);
        if picked.is_some() {
            ui.close();
        }
    });
    picked
}

/// Says that text and voice are of two languages, with the voices that speak the text's beside it.
pub fn foreign_ui(ui: &mut Ui, model: &Model, draft: &mut dyn Composition, foreign: &Foreign) {
    let voices = match draft.product() {
        Product::Speech => &model.speech_voices,
        _ => &model.voices,
    };
    foreign_words_ui(ui, foreign);
    if let Some(voice) = speakers_ui(ui, voices.value.as_deref().map(Vec::as_slice), foreign.reads) {
        draft.take_voice(&voice);
    }
}

/// That text and voice are of two languages, in a sentence.
pub fn foreign_words_ui(ui: &mut Ui, foreign: &Foreign) {
    let words = foreign.words();
    let said = widgets::paragraph(ui, format!("{} {words}", icons::WARNING), 12.0, palette(ui).amber);
    widgets::name(&said, egui::Role::Label, true, &words);
}

/// A link that lists the voices of a language, then those of several; the one that was chosen now.
pub fn speakers_ui(ui: &mut Ui, voices: Option<&[Voice]>, language: Language) -> Option<Voice> {
    let all = voices.unwrap_or_default();
    let is_own = |voice: &&Voice| !voice.speaks_several();
    let speakers: Vec<&Voice> = all.iter().filter(|voice| voice.speaks(language)).collect();
    let (own, several): (Vec<&Voice>, Vec<&Voice>) = speakers.into_iter().partition(is_own);
    let listed: Vec<&Voice> = own.into_iter().chain(several).collect();
    if listed.is_empty() {
        widgets::paragraph(ui, format!("No voice here speaks {}.", language.name()), 12.0, palette(ui).dim);
        return None;
    }
    let shown = format!("choose a voice for {}", language.name());
    let called = format!("Choose a voice for {}", language.name());
    let items = || {
        let item = |voice: &&Voice| SelectItem {
            label: voice.name.clone(),
            detail: format!("{} · {}", voice.language, voice.gender),
            ..SelectItem::default()
        };
        listed.iter().map(item).collect()
    };
    let chosen = widgets::select_link(ui, &called, &shown, 300.0, items);
    chosen.and_then(|place| listed.get(place)).map(|voice| (*voice).clone())
}

/// The ear at the left edge of the field.
fn listen_over_ui(
    ui: &mut Ui,
    model: &Model,
    field: &egui::Response,
    voice: Option<&Voice>,
    actions: &mut Vec<Action>,
) {
    let side = CONTROL_HEIGHT - 6.0;
    let rect = Rect::from_min_size(field.rect.min + vec2(4.0, 3.0), vec2(side, side));
    match voice {
        Some(voice) if voice.preview_audio_url.is_some() => listen_ui(ui, model, voice, rect, actions),
        _ => {
            let color = palette(ui).faint;
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::SPEAKER_HIGH, regular(16.0), color);
        }
    }
}

/// A button that plays a voice's preview or stops it.
pub(super) fn listen_ui(ui: &mut Ui, model: &Model, voice: &Voice, rect: Rect, actions: &mut Vec<Action>) {
    let playing = model.playing.as_deref() == Some(&voice.id);
    let (glyph, verb) = if playing { (icons::STOP, "Stop") } else { (icons::PLAY, "Listen to") };
    let called = format!("{verb} {}", voice.name);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect).id_salt(("listen", &voice.id)));
    if widgets::icon_button(&mut child, glyph, &called, rect.width()).clicked()
        && let Some(url) = &voice.preview_audio_url
    {
        actions.push(if playing {
            Action::StopPlaying
        } else {
            Action::PlayVoice { voice_id: voice.id.clone(), url: url.clone() }
        });
    }
}

/// The list under the field.
fn list_ui(
    ui: &mut Ui,
    model: &Model,
    list: &mut VoiceList,
    choice: &Choice<'_>,
    voices: &Arc<Vec<Voice>>,
    id: egui::Id,
    actions: &mut Vec<Action>,
) -> Option<Option<Voice>> {
    let query = widgets::query_ui(ui, id, "Voices", true);
    let loudness = ui.available_width() - volume::WIDTH - 8.0;
    let languages = list.languages(voices).to_vec();
    if languages.len() > 1 {
        let shown = list.language.clone().unwrap_or_else(|| "All languages".to_owned());
        let current = list.language.clone();
        let items = || {
            let all =
                SelectItem { label: "All languages".to_owned(), selected: current.is_none(), ..SelectItem::default() };
            let each = languages.iter().map(|language| SelectItem {
                label: language.clone(),
                selected: current.as_ref() == Some(language),
                ..SelectItem::default()
            });
            std::iter::once(all).chain(each).collect()
        };
        let chosen = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let chosen = widgets::select(ui, "Language", &shown, None, loudness, items);
            volume::volume_ui(ui, &model.settings, volume::WIDTH, Ground::Page, actions);
            chosen
        });
        let chosen = chosen.inner;
        if let Some(place) = chosen {
            list.language = place.checked_sub(1).and_then(|place| languages.get(place).cloned());
        }
    }
    let mut rows: Vec<Option<&Voice>> = Vec::with_capacity(voices.len() + 1);
    if choice.none.is_some() && query.is_empty() && list.language.is_none() {
        rows.push(None);
    }
    let fits = |voice: &&Voice| {
        list.language.as_ref().is_none_or(|language| voice.language == *language)
            && (query.is_empty()
                || voice.name.to_lowercase().contains(&query)
                || voice.language.to_lowercase().contains(&query)
                || voice.gender.to_lowercase().starts_with(&query))
    };
    rows.extend(voices.iter().filter(fits).map(Some));
    let picked = widgets::list_ui(ui, id, rows.len(), |ui, row, lit| match rows.get(row) {
        Some(Some(voice)) => voice_row_ui(ui, model, choice, voice, lit, actions),
        Some(None) => {
            let item = SelectItem {
                label: choice.none.unwrap_or_default().to_owned(),
                selected: choice.chosen.is_none(),
                ..SelectItem::default()
            };
            widgets::row_ui(ui, &item, lit, 36.0)
        }
        None => false,
    });
    picked.and_then(|row| rows.get(row)).map(|voice| voice.cloned())
}

fn voice_row_ui(
    ui: &mut Ui,
    model: &Model,
    choice: &Choice<'_>,
    voice: &Voice,
    lit: bool,
    actions: &mut Vec<Action>,
) -> bool {
    let own = if voice.private { "yours · " } else { "" };
    let item = SelectItem {
        label: voice.name.clone(),
        detail: format!("{own}{} · {}", voice.language, voice.gender),
        selected: choice.chosen.is_some_and(|chosen| chosen.id == voice.id),
        dot: None,
    };
    let kept = 36.0;
    let clicked = widgets::row_ui(ui, &item, lit, kept);
    if voice.preview_audio_url.is_some() {
        let row = ui.min_rect();
        let rect = Rect::from_min_size(pos2(row.right() - kept + 4.0, row.bottom() - 30.0), vec2(28.0, 28.0));
        listen_ui(ui, model, voice, rect, actions);
    }
    clicked
}
