//! Who speaks the script: a voice of the account, or the look's own.

use egui::Ui;

use crate::draft::avatar_video::{Face, Source};
use crate::draft::{AvatarVideoDraft, Voice};
use crate::ui::Action;
use crate::ui::model::Model;
use crate::ui::voices::{self, Choice, VoiceList};

/// The field, and the list while it is open.
pub fn voice_ui(
    ui: &mut Ui,
    model: &Model,
    list: &mut VoiceList,
    draft: &mut AvatarVideoDraft,
    actions: &mut Vec<Action>,
) {
    let heard = heard_voice(draft, model);
    let has_own = matches!(&draft.face, Face::Look(look) if look.default_voice_id.is_some());
    let instead = match (draft.source, &heard) {
        (Source::Audio, _) => Some("From the audio"),
        (Source::Script, None) if has_own => Some("The look's own voice"),
        (Source::Script, _) => None,
    };
    let choice = Choice {
        voices: &model.voices,
        chosen: draft.voice.as_ref(),
        heard: heard.as_ref(),
        instead,
        none: has_own.then_some("The look's own voice"),
        empty: "There is no voice in this account.",
    };
    if let Some(chosen) = voices::voice_ui(ui, model, list, &choice, actions) {
        draft.voice = chosen;
    }
}

/// The voice that would speak now, where it is in the list.
fn heard_voice(draft: &AvatarVideoDraft, model: &Model) -> Option<Voice> {
    if draft.voice.is_some() {
        return draft.voice.clone();
    }
    let id = draft.voice_id()?;
    model.voices.value.as_ref()?.iter().find(|voice| voice.id == id).cloned()
}
