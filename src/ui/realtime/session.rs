//! What the window knows of the session that is watched: filled by the app, drawn by the stage.

use egui::TextureHandle;

use crate::jobs::types::JobId;

/// Characters of spoken words that are kept for reading.
const MOST_WORDS: usize = 1_200;
/// Texts that were typed and are still listed.
const MOST_TEXTS: usize = 4;

/// What became of a text that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextState {
    Sending,
    /// HeyGen has it.
    Taken,
    /// It was not taken; the sentence says why.
    Refused(String),
}

/// A text that was typed while the session ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedText {
    /// Counts up, so that an answer finds its text.
    pub number: u64,
    pub text: String,
    pub is_final: bool,
    pub state: TextState,
}

/// The session that is watched.
pub struct SessionView {
    pub job: JobId,
    /// The newest picture.
    pub picture: Option<TextureHandle>,
    /// What was said so far, the newest at the end.
    pub words: String,
    pub texts: Vec<TypedText>,
    /// Unix seconds when it last said something or was given something to say.
    pub active_at: Option<i64>,
    /// Pictures that came too late to be shown.
    pub dropped: u64,
    /// There is sound, but this computer cannot play it.
    pub is_silent: bool,
    /// Why there are no pictures, in words.
    pub fault: Option<String>,
    next_number: u64,
}

impl SessionView {
    /// Nothing is known of this session yet.
    #[must_use]
    pub fn new(job: JobId) -> Self {
        Self {
            job,
            picture: None,
            words: String::new(),
            texts: Vec::new(),
            active_at: None,
            dropped: 0,
            is_silent: false,
            fault: None,
            next_number: 0,
        }
    }

    /// A word was spoken.
    pub fn hear(&mut self, word: &str, now: i64) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words.push_str(word);
        let length = self.words.chars().count();
        if length > MOST_WORDS {
            let spare = length - MOST_WORDS;
            let cut = self.words.char_indices().nth(spare).map_or(0, |(at, _)| at);
            self.words.drain(..cut);
        }
        self.active_at = Some(now);
    }

    /// A text was typed and is on its way; its number.
    pub fn send(&mut self, text: String, is_final: bool, now: i64) -> u64 {
        self.next_number += 1;
        let number = self.next_number;
        self.texts.push(TypedText { number, text, is_final, state: TextState::Sending });
        if self.texts.len() > MOST_TEXTS {
            self.texts.remove(0);
        }
        self.active_at = Some(now);
        number
    }

    /// What became of a text.
    pub fn answered(&mut self, number: u64, answer: Result<(), String>) {
        if let Some(text) = self.texts.iter_mut().find(|text| text.number == number) {
            text.state = match answer {
                Ok(()) => TextState::Taken,
                Err(words) => TextState::Refused(words),
            };
        }
    }

    /// Nothing more can be said: the last text is on its way or was taken.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.texts.iter().any(|text| text.is_final && !matches!(text.state, TextState::Refused(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_words_are_kept() {
        let mut view = SessionView::new(JobId(uuid::Uuid::nil()));
        for _ in 0..1_000 {
            view.hear("größer", 7);
        }
        assert!(view.words.chars().count() <= MOST_WORDS && view.words.ends_with("größer"));
        assert_eq!(view.active_at, Some(7));
    }

    #[test]
    fn a_last_text_that_was_refused_was_not_the_last() {
        let mut view = SessionView::new(JobId(uuid::Uuid::nil()));
        view.send("One.".to_owned(), false, 1);
        assert!(!view.is_final());
        let last = view.send("Two.".to_owned(), true, 2);
        assert!(view.is_final());
        view.answered(last, Err("No connection.".to_owned()));
        assert!(!view.is_final());
    }
}
