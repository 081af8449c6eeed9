//! What the window knows of the session that is watched: filled by the app, drawn by the stage.

use egui::TextureHandle;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::jobs::types::{JobId, SessionProgress};

/// Spoken words that are kept for reading.
const MOST_WORDS: usize = 200;
/// Seconds for which a word is still the one that is said after it ended, where none follows.
const LINGERS: Decimal = Decimal::from_parts(2, 0, 0, false, 1);
/// Texts that were typed and are still listed.
const MOST_TEXTS: usize = 4;

/// A word and when it is said, in seconds of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenWord {
    pub text: String,
    pub start: Decimal,
    pub end: Decimal,
}

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

/// The stream could not be opened in the person's own player.
#[derive(Clone, PartialEq, Eq)]
pub struct Unopened {
    /// Why not, as a sentence.
    pub why: String,
    /// Where the stream is, for a player that does not announce itself. Signed: never log it.
    pub address: Option<String>,
}

impl std::fmt::Debug for Unopened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unopened").field("why", &self.why).finish_non_exhaustive()
    }
}

/// The session that is watched.
pub struct SessionView {
    pub job: JobId,
    /// The newest picture.
    pub picture: Option<TextureHandle>,
    /// What HeyGen said so far, the newest at the end. The film comes later than its words.
    pub words: Vec<SpokenWord>,
    /// The film can be shown, and nothing of it was shown yet.
    pub film_is_awaited: bool,
    /// Seconds of the session that the film has reached; `None` where that is not known.
    pub position: Option<Decimal>,
    /// Seconds that the film is further when what is drawn now is seen.
    pub ahead: Decimal,
    pub texts: Vec<TypedText>,
    /// Unix seconds when it was last given something to say.
    typed_at: Option<i64>,
    /// Pictures that came too late to be shown.
    pub dropped: u64,
    /// There is sound, but this computer cannot play it.
    pub is_silent: bool,
    /// Why there are no pictures, in words.
    pub fault: Option<String>,
    /// What became of the last wish to see it in the person's own player, where that failed.
    pub unopened: Option<Unopened>,
    next_number: u64,
}

impl SessionView {
    /// Nothing is known of this session yet.
    #[must_use]
    pub fn new(job: JobId) -> Self {
        Self {
            job,
            picture: None,
            words: Vec::new(),
            film_is_awaited: false,
            position: None,
            ahead: Decimal::ZERO,
            texts: Vec::new(),
            typed_at: None,
            dropped: 0,
            is_silent: false,
            fault: None,
            unopened: None,
            next_number: 0,
        }
    }

    /// A word was spoken.
    pub fn hear(&mut self, word: SpokenWord) {
        self.words.push(word);
        if self.words.len() > MOST_WORDS {
            self.words.remove(0);
        }
    }

    /// Unix seconds when it last said something or was given something to say. Words that were spoken before anybody
    /// listened come all at once, and when the session began may be known later than they are.
    #[must_use]
    pub fn active_at(&self, progress: SessionProgress) -> Option<i64> {
        let began = progress.began_ms.map(|began| began.div_euclid(1_000));
        let last = self.words.last().and_then(|word| word.end.to_i64());
        let spoken = began.zip(last).map(|(began, last)| began.saturating_add(last));
        spoken.max(self.typed_at)
    }

    /// The words the film has come to when what is drawn now is seen, and the one that is said then. None before the
    /// film has begun, if it can begin. Where nobody knows how far the film is, the words as they came.
    #[must_use]
    pub fn heard(&self) -> (&[SpokenWord], Option<&SpokenWord>) {
        if self.film_is_awaited && self.fault.is_none() {
            return (&[], None);
        }
        let Some(position) = self.seen_at() else {
            return (&self.words, None);
        };
        let count = self.words.partition_point(|word| word.start <= position);
        let heard = self.words.get(..count).unwrap_or_default();
        (heard, heard.last().filter(|word| position < word.end.saturating_add(LINGERS)))
    }

    /// Seconds until the next word has to be drawn.
    #[must_use]
    pub fn next_word_in(&self) -> Option<Decimal> {
        let position = self.seen_at()?;
        let next = self.words.partition_point(|word| word.start <= position);
        self.words.get(next).map(|word| word.start.saturating_sub(position))
    }

    /// Where the film is when what is drawn now is seen.
    fn seen_at(&self) -> Option<Decimal> {
        self.position.map(|position| position.saturating_add(self.ahead))
    }

    /// A text was typed and is on its way; its number.
    pub fn send(&mut self, text: String, is_final: bool, now: i64) -> u64 {
        self.next_number += 1;
        let number = self.next_number;
        self.texts.push(TypedText { number, text, is_final, state: TextState::Sending });
        if self.texts.len() > MOST_TEXTS {
            self.texts.remove(0);
        }
        self.typed_at = Some(now);
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
        for number in 0..1_000 {
            view.hear(word(number));
        }
        assert_eq!((view.words.len(), view.words.last()), (MOST_WORDS, Some(&word(999))));
        let began = |began_ms| SessionProgress { began_ms, ..SessionProgress::default() };
        assert_eq!(view.active_at(began(Some(5_000))), Some(1_004));
        assert_eq!(view.active_at(began(None)), None);
        view.send("More.".to_owned(), false, 2_000);
        assert_eq!(view.active_at(began(Some(5_000))), Some(2_000));
    }

    /// A word that is said for half a second, a second after the one before.
    fn word(number: i64) -> SpokenWord {
        let start = Decimal::from(number);
        SpokenWord { text: number.to_string(), start, end: start + Decimal::new(5, 1) }
    }

    #[track_caller]
    fn check(position: Option<&str>, ahead: &str, heard: &str, said: Option<&str>) {
        let mut view = SessionView::new(JobId(uuid::Uuid::nil()));
        (1..4).for_each(|number| view.hear(word(number)));
        view.position = position.map(|position| position.parse().unwrap());
        view.ahead = ahead.parse().unwrap();
        let (found, now) = view.heard();
        let found: Vec<&str> = found.iter().map(|word| word.text.as_str()).collect();
        assert_eq!((found.join(" ").as_str(), now.map(|word| word.text.as_str())), (heard, said));
    }

    #[test]
    fn words_wait_for_the_film() {
        check(None, "0", "1 2 3", None);
        let mut awaited = SessionView::new(JobId(uuid::Uuid::nil()));
        awaited.hear(word(1));
        awaited.film_is_awaited = true;
        assert!(awaited.heard().0.is_empty());
        awaited.fault = Some("The stream cannot be reached at the moment.".to_owned());
        assert_eq!(awaited.heard().0.len(), 1);
        check(Some("0.9"), "0", "", None);
        check(Some("1"), "0", "1", Some("1"));
        check(Some("1.95"), "0.04", "1", None);
        check(Some("1.97"), "0.04", "1 2", Some("2"));
        check(Some("60"), "0", "1 2 3", None);
    }

    #[track_caller]
    fn check_next(position: Option<&str>, ahead: &str, expected: Option<&str>) {
        let mut view = SessionView::new(JobId(uuid::Uuid::nil()));
        (1..4).for_each(|number| view.hear(word(number)));
        view.position = position.map(|position| position.parse().unwrap());
        view.ahead = ahead.parse().unwrap();
        assert_eq!(view.next_word_in(), expected.map(|expected| expected.parse().unwrap()));
    }

    #[test]
    fn the_next_word_is_drawn_in_its_own_time() {
        check_next(Some("0.25"), "0.05", Some("0.7"));
        check_next(Some("0.96"), "0.04", Some("1"));
        check_next(Some("3"), "0", None);
        check_next(None, "0.04", None);
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
