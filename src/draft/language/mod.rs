//! Which language a text is written in, as far as that is sure. Pure.
//!
//! Two things say it: the writing system, and the small words that every sentence of a language is full of
//! ("the", "und", "que"). A text of names and numbers, or of two languages, says nothing, and then nothing
//! is claimed. Counting small words takes some microseconds, where a detector by letter groups took half a
//! millisecond for the same length: too long for a price that follows each key and for each row of a table.
//! Knows no voices and no prices.

mod words;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Only so many bytes of a text are looked at: some eighty words.
const LOOKED_AT: usize = 700;
/// Letters below which nothing is sure. A character of a syllabary or of Chinese stands for about three.
const FEWEST_LETTERS: u32 = 20;
const LETTERS_A_CHARACTER: u32 = 3;
/// The share of the letters that one writing system has to have, in percent.
const MOSTLY: u32 = 65;
/// What a small word counts; one that several languages share is divided among them.
const WORD_WEIGHT: u32 = 60;

/// A writing system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Thai,
    Lao,
    Burmese,
    Khmer,
    Kana,
    Han,
    Hangul,
}

/// One of the languages that can be told apart.
#[derive(Clone, Copy)]
pub struct Language(&'static words::Entry);

impl Language {
    /// Its English name, as HeyGen has it: "German".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The language of a voice or a setting: "English (UK)", "pt_BR", "Mandarin". `None` where it is several
    /// ("Multilingual") or none that is known.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let word = name.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())?;
        let is_called = |entry: &words::Entry| {
            entry.name.eq_ignore_ascii_case(word)
                || entry.tags.iter().chain(entry.also).any(|called| called.eq_ignore_ascii_case(word))
        };
        words::ENTRIES.iter().find(|entry| is_called(entry)).map(Self)
    }

    /// Whether a text cannot be trusted to say which of the two it is, and whoever speaks the one can read
    /// the other: Danish and Norwegian, Croatian and Serbian.
    #[must_use]
    pub fn is_near(self, other: Self) -> bool {
        self == other || self.0.near.is_some() && self.0.near == other.0.near
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        words::ENTRIES.iter().map(Self)
    }

    fn is_written_in(self, script: Script) -> bool {
        self.0.scripts.contains(&script)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Language {}

impl std::fmt::Debug for Language {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a text says of its language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The likeliest language; `None` where only a few letters of an alphabet of many languages are there.
    language: Option<Language>,
    script: Option<Script>,
    /// The small words or the writing system leave no other language.
    is_sure: bool,
    /// There are letters enough to know the writing system.
    is_enough: bool,
}

impl Reading {
    /// Reads the beginning of a text. Marks like `<break/>` and placeholders in braces are no words. The
    /// last text of a thread is remembered, so that a long script is not read again for each key.
    #[must_use]
    pub fn of(text: &str) -> Self {
        thread_local! {
            static LAST: RefCell<(String, Reading)> = RefCell::default();
        }
        let start = text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or_default();
        LAST.with_borrow_mut(|(last, reading)| {
            if last != start {
                *reading = Self::read(start);
                start.clone_into(last);
            }
            *reading
        })
    }

    /// The language a voice of this one (a name or tag) has to speak to say the text: the text's where it
    /// says it, else the voice's own.
    #[must_use]
    pub fn spoken(self, named: Option<&str>) -> Option<Language> {
        let named = named.and_then(Language::named);
        match (self.language, named) {
            (None, named) => named,
            (Some(read), Some(named)) if read.is_near(named) => Some(named),
            // Too little to tell languages of one alphabet apart.
            (Some(_), Some(named))
                if !self.is_sure && self.script.is_some_and(|script| named.is_written_in(script)) =>
            {
                Some(named)
            }
            (read, _) => read,
        }
    }

    /// The language it surely is.
    #[must_use]
    pub fn sure(self) -> Option<Language> {
        self.language.filter(|_| self.is_sure)
    }

    /// The language of the text and that of a voice (a name or tag), where they surely are two.
    #[must_use]
    pub fn differs_from(self, named: &str) -> Option<(Language, Language)> {
        let (read, named) = (self.language?, Language::named(named)?);
        // Whoever reads English does not read Arabic letters, whatever language they are.
        let is_foreign = self.is_enough && self.script.is_some_and(|script| !named.is_written_in(script));
        (!read.is_near(named) && (self.is_sure || is_foreign)).then_some((read, named))
    }

    fn read(text: &str) -> Self {
        let mut counts = Counts::default();
        counts.text(text);
        counts.reading()
    }
}

/// Which languages have a small word: one bit for each of [`words::ENTRIES`].
static SMALL_WORDS: LazyLock<HashMap<&'static str, u64>> = LazyLock::new(|| {
    let mut known: HashMap<&str, u64> = HashMap::new();
    for (place, entry) in words::ENTRIES.iter().enumerate() {
        for word in entry.words.split(' ').filter(|word| !word.is_empty()) {
            *known.entry(word).or_default() |= 1 << place;
        }
    }
    known
});

/// Small words have at most so many bytes.
const LONGEST_WORD: usize = 24;

#[derive(Default)]
struct Counts {
    /// Letters by writing system, a Chinese character or a syllable as three.
    letters: Vec<(Script, u32)>,
    words: u32,
    /// For each language: what its small words weigh, how many there were, and the first of them.
    small: Vec<Small>,
    /// It has characters that Japanese does not use.
    is_chinese: bool,
}

#[derive(Clone, Copy, Default)]
struct Small {
    weight: u32,
    words: u32,
    first: Option<&'static str>,
    are_several: bool,
}

impl Counts {
    fn text(&mut self, text: &str) {
        let known = &*SMALL_WORDS;
        self.small = vec![Small::default(); words::ENTRIES.len()];
        let mut word = [0_u8; LONGEST_WORD];
        let mut length = 0;
        let mut within = None;
        let mut last = (Script::Latin, 0);
        for character in text.chars().chain([' ']) {
            if let Some(end) = within {
                within = Some(end).filter(|end| *end != character);
                continue;
            }
            if let Some(script) = script_of(character) {
                let is_whole = matches!(script, Script::Kana | Script::Han | Script::Hangul);
                let letters = if is_whole { LETTERS_A_CHARACTER } else { 1 };
                if last.0 == script {
                    last.1 += letters;
                } else {
                    self.add(last);
                    last = (script, letters);
                }
                self.is_chinese |=
                    matches!(character, '们' | '們' | '这' | '這' | '说' | '为' | '个' | '吗' | '嗎' | '你');
                if is_whole {
                    continue;
                }
                for lower in character.to_lowercase() {
                    let end = length + lower.len_utf8();
                    if let Some(place) = word.get_mut(length..end) {
                        lower.encode_utf8(place);
                    }
                    length = end;
                }
                continue;
            }
            // A vowel sign belongs to its letter.
            if character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character) {
                length = LONGEST_WORD + 1;
            }
            if length > 0 {
                self.words += 1;
                let found = word.get(..length).and_then(|word| std::str::from_utf8(word).ok());
                if let Some((word, languages)) = found.and_then(|word| known.get_key_value(word)) {
                    self.small_word(word, *languages);
                }
                length = 0;
            }
            within = match character {
                '<' => Some('>'),
                '{' => Some('}'),
                _ => None,
            };
        }
        self.add(last);
    }

    fn add(&mut self, (script, letters): (Script, u32)) {
        match self.letters.iter_mut().find(|(known, _)| *known == script) {
            Some((_, sum)) => *sum += letters,
            None => self.letters.push((script, letters)),
        }
    }

    fn small_word(&mut self, word: &'static str, languages: u64) {
        let weight = WORD_WEIGHT / languages.count_ones().max(1);
        for (place, small) in self.small.iter_mut().enumerate() {
            if languages >> place & 1 == 1 {
                small.weight += weight;
                small.words += 1;
                small.are_several |= small.first.is_some_and(|first| first != word);
                small.first.get_or_insert(word);
            }
        }
    }

    fn letters_of(&self, script: Script) -> u32 {
        self.letters.iter().find(|(known, _)| *known == script).map_or(0, |(_, letters)| *letters)
    }

    fn reading(&self) -> Reading {
        let all: u32 = self.letters.iter().map(|(_, letters)| letters).sum();
        let (kana, han) = (self.letters_of(Script::Kana), self.letters_of(Script::Han));
        // Japanese is kana and Chinese characters mixed.
        let (script, letters) = match self.letters.iter().max_by_key(|(_, letters)| *letters) {
            None => return Reading::default(),
            Some((Script::Han | Script::Kana, _)) if kana * 10 > han => (Script::Kana, kana + han),
            Some(most) => *most,
        };
        if letters * 100 < all * MOSTLY {
            return Reading::default();
        }
        let is_enough = letters >= FEWEST_LETTERS;
        if script == Script::Han {
            // A heading in Japanese may do without kana.
            let is_sure = is_enough && (self.is_chinese || letters >= 4 * FEWEST_LETTERS);
            return Reading { language: Language::named("Chinese"), script: Some(script), is_sure, is_enough };
        }
        let of_script = || Language::all().filter(|language| language.is_written_in(script));
        let mut alone = of_script();
        if let (Some(only), None) = (alone.next(), alone.next()) {
            return Reading { language: Some(only), script: Some(script), is_sure: is_enough, is_enough };
        }
        let (language, is_sure) = match self.by_small_words(script) {
            Some(language) => (Some(language), is_enough),
            // The language most often written so, until the words say another. Latin letters say nothing.
            None => (of_script().next().filter(|_| script != Script::Latin), false),
        };
        Reading { language, script: Some(script), is_sure, is_enough }
    }

    /// The language whose small words stand out, where those of none come near.
    fn by_small_words(&self, script: Script) -> Option<Language> {
        let of_script = || {
            let each = Language::all().zip(&self.small);
            each.filter(|(language, _)| language.is_written_in(script))
        };
        let (best, most) = of_script().max_by_key(|(_, small)| small.weight)?;
        let second =
            of_script().filter(|(other, _)| !other.is_near(best)).map(|(_, small)| small.weight).max().unwrap_or(0);
        let stands_out = most.weight >= WORD_WEIGHT * 3 / 2 && most.weight >= second * 2;
        // A sentence has one small word in four or five; a list of names has one by chance.
        let is_full = most.are_several && most.words >= 2 && most.words * 7 >= self.words;
        (stands_out && is_full).then_some(best)
    }
}

fn script_of(character: char) -> Option<Script> {
    Some(match character {
        'a'..='z' | 'A'..='Z' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' | 'Ḁ'..='ỿ' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' if character.is_alphabetic() => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{5d0}'..='\u{5ea}' => Script::Hebrew,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            if character.is_alphabetic() =>
        {
            Script::Arabic
        }
        '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}' => Script::Devanagari,
        '\u{980}'..='\u{9e5}' => Script::Bengali,
        '\u{a00}'..='\u{a65}' | '\u{a70}'..='\u{a7f}' => Script::Gurmukhi,
        '\u{a80}'..='\u{ae5}' => Script::Gujarati,
        '\u{b80}'..='\u{be5}' => Script::Tamil,
        '\u{c00}'..='\u{c65}' => Script::Telugu,
        '\u{c80}'..='\u{ce5}' => Script::Kannada,
        '\u{d00}'..='\u{d65}' => Script::Malayalam,
        '\u{e01}'..='\u{e4e}' => Script::Thai,
        '\u{e81}'..='\u{ecd}' => Script::Lao,
        '\u{1000}'..='\u{103f}' => Script::Burmese,
        '\u{1780}'..='\u{17d3}' => Script::Khmer,
        '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Script::Kana,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}' | '々' => Script::Han,
        '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' => Script::Hangul,
        _ => return None,
    })
}

#[cfg(test)]
pub(crate) mod tests;
