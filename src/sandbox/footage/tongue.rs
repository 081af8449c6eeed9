//! The languages the sandbox speaks: how each is called, what says it, and how fast it is hummed.

use std::borrow::Cow;

use crate::draft::{Language as Written, Reading};

/// A language as far as speaking goes.
pub(super) struct Language {
    /// Lower case: the English name, then the two-letter tag.
    pub(super) names: [&'static str; 2],
    /// espeak-ng's name of it; empty where it is hummed.
    pub(super) espeak: &'static str,
    /// Syllables a second at ordinary pace, in tenths.
    pub(super) pace: u32,
}

pub(super) const LANGUAGES: [Language; 48] = [
    language("english", "en", "en-us", 50),
    language("spanish", "es", "es", 60),
    language("german", "de", "de", 49),
    language("french", "fr", "fr-fr", 62),
    language("italian", "it", "it", 62),
    language("portuguese", "pt", "pt-br", 60),
    language("dutch", "nl", "nl", 49),
    language("polish", "pl", "pl", 53),
    language("swedish", "sv", "sv", 55),
    language("norwegian", "nb", "nb", 55),
    language("danish", "da", "da", 56),
    language("finnish", "fi", "fi", 63),
    language("czech", "cs", "cs", 58),
    language("greek", "el", "el", 62),
    language("turkish", "tr", "tr", 56),
    language("russian", "ru", "ru", 58),
    language("ukrainian", "uk", "uk", 58),
    language("arabic", "ar", "ar", 46),
    language("hebrew", "he", "he", 48),
    language("hindi", "hi", "hi", 60),
    // The other Chinese voice spells characters out.
    language("chinese", "zh", "cmn-latn-pinyin", 46),
    language("mandarin", "cmn", "cmn-latn-pinyin", 46),
    language("japanese", "ja", "ja", 72),
    language("korean", "ko", "ko", 56),
    language("indonesian", "id", "id", 62),
    language("vietnamese", "vi", "vi", 50),
    language("hungarian", "hu", "hu", 60),
    language("romanian", "ro", "ro", 60),
    language("slovak", "sk", "sk", 58),
    language("bulgarian", "bg", "bg", 58),
    language("croatian", "hr", "hr", 58),
    language("catalan", "ca", "ca", 60),
    language("persian", "fa", "fa", 48),
    language("bengali", "bn", "bn", 60),
    language("tamil", "ta", "ta", 60),
    language("telugu", "te", "te", 60),
    language("kannada", "kn", "kn", 60),
    language("malayalam", "ml", "ml", 60),
    language("marathi", "mr", "mr", 60),
    language("gujarati", "gu", "gu", 60),
    language("punjabi", "pa", "pa", 60),
    language("nepali", "ne", "ne", 60),
    language("swahili", "sw", "sw", 60),
    language("filipino", "fil", "", 60),
    language("thai", "th", "", 58),
    language("lao", "lo", "", 58),
    language("burmese", "my", "", 58),
    language("khmer", "km", "", 58),
];

pub(super) const BRITISH: Language = language("english (uk)", "en-gb", "en-gb", 49);

const fn language(name: &'static str, tag: &'static str, espeak: &'static str, pace: u32) -> Language {
    Language { names: [name, tag], espeak, pace }
}

impl Language {
    /// What a voice of the language `named` speaks when it says a text: the text's own language, as HeyGen's
    /// voices do, where the text says which that is.
    pub(super) fn spoken(text: &str, named: &str) -> &'static Self {
        let own = Written::named(named);
        let spoken = Reading::of(text).spoken(Some(named)).filter(|spoken| own != Some(*spoken));
        spoken.and_then(|spoken| Self::find(spoken.name())).unwrap_or_else(|| Self::of(named))
    }

    /// By name ("Spanish (Mexico)") or tag ("es-MX"); English where it is neither.
    pub(super) fn of(wanted: &str) -> &'static Self {
        Self::find(wanted).or(LANGUAGES.first()).unwrap_or(&BRITISH)
    }

    pub(super) fn find(wanted: &str) -> Option<&'static Self> {
        let wanted = wanted.trim().to_lowercase().replace('_', "-");
        if BRITISH.names.iter().any(|name| wanted.starts_with(name)) || wanted.contains("brit") {
            return Some(&BRITISH);
        }
        LANGUAGES.iter().find(|language| {
            let [name, tag] = language.names;
            wanted.starts_with(name) || wanted.split('-').next() == Some(tag)
        })
    }
}

/// Readings that stand for Chinese characters in Japanese.
const READINGS: [&str; 8] = ["かん", "せい", "こう", "み", "とう", "しん", "りょく", "ひと"];

impl Language {
    /// A text as espeak-ng can say it: of a Chinese character in Japanese it says, in English, that it is one.
    /// Any reading instead lasts about as long as the right one.
    pub(super) fn readable<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '々');
        if self.espeak != "ja" || !text.contains(is_han) {
            return Cow::Borrowed(text);
        }
        let mut readable = String::with_capacity(text.len() * 2);
        for character in text.chars() {
            match READINGS.get(usize::try_from(u32::from(character)).unwrap_or(0) % READINGS.len()) {
                Some(reading) if is_han(character) => readable.push_str(reading),
                _ => readable.push(character),
            }
        }
        Cow::Owned(readable)
    }
}
