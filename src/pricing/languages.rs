//! The first guess of how fast each language is spoken, from `assets/pace.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::units::SpeechUnits;
use crate::draft::Reading;

/// Times in microseconds, so that all of it is whole numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Languages {
    common: Common,
    languages: Vec<Language>,
}

/// What is the same for every language, in microseconds each.
#[derive(Clone, Copy, Debug, Default)]
struct Common {
    han: u64,
    kanji: u64,
    kana: u64,
    hangul: u64,
    first_digit: u64,
    digit: u64,
    symbol: u64,
    spelled: u64,
    sentence: u64,
    phrase: u64,
    edge: u64,
}

/// The first guess for one language.
#[derive(Clone, Debug)]
pub(super) struct Language {
    pub(super) name: String,
    also: Vec<String>,
    tags: Vec<String>,
    /// Microseconds.
    letter: u64,
    /// A number's first digit, and each one after it; microseconds.
    first_digit: u64,
    digit: u64,
    /// How far nine voices out of ten stay from the guess, in percent.
    pub(super) spread_percent: u64,
}

/// What a text takes at speed 1 by the first guess, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    /// The words themselves.
    pub(super) spoken: u64,
    /// At the ends of sentences and phrases.
    pub(super) paused: u64,
    /// Before the first word and after the last.
    pub(super) edge: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    common: FileCommon,
    languages: Vec<FileLanguage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCommon {
    han_per_second: rust_decimal::Decimal,
    kanji_per_second: rust_decimal::Decimal,
    kana_per_second: rust_decimal::Decimal,
    hangul_per_second: rust_decimal::Decimal,
    first_digit_seconds: rust_decimal::Decimal,
    digit_seconds: rust_decimal::Decimal,
    symbol_seconds: rust_decimal::Decimal,
    spelled_seconds: rust_decimal::Decimal,
    sentence_pause_seconds: rust_decimal::Decimal,
    phrase_pause_seconds: rust_decimal::Decimal,
    edge_seconds: rust_decimal::Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLanguage {
    name: String,
    #[serde(default)]
    also: Vec<String>,
    tags: Vec<String>,
    letters_per_second: rust_decimal::Decimal,
    /// Where the numbers of a language are longer or shorter than the common ones.
    first_digit_seconds: Option<rust_decimal::Decimal>,
    digit_seconds: Option<rust_decimal::Decimal>,
    spread_percent: u64,
}

static FIRST_GUESSES: LazyLock<Languages> =
    LazyLock::new(|| Languages::parse(include_str!("../../assets/pace.toml")).unwrap_or_default());

impl Languages {
    /// The table that came with the program.
    pub(super) fn first_guesses() -> &'static Self {
        &FIRST_GUESSES
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let micros = |seconds: rust_decimal::Decimal| {
            let micros = seconds.checked_mul(rust_decimal::Decimal::from(1_000_000));
            micros.and_then(|micros| u64::try_from(micros.round()).ok()).ok_or_else(|| format!("{seconds} s"))
        };
        let each = |per_second: rust_decimal::Decimal| {
            let seconds = rust_decimal::Decimal::ONE.checked_div(per_second);
            seconds.ok_or_else(|| format!("{per_second} a second")).and_then(micros)
        };
        let common = Common {
            han: each(file.common.han_per_second)?,
            kanji: each(file.common.kanji_per_second)?,
            kana: each(file.common.kana_per_second)?,
            hangul: each(file.common.hangul_per_second)?,
            first_digit: micros(file.common.first_digit_seconds)?,
            digit: micros(file.common.digit_seconds)?,
            edge: micros(file.common.edge_seconds)?,
            symbol: micros(file.common.symbol_seconds)?,
            spelled: micros(file.common.spelled_seconds)?,
            sentence: micros(file.common.sentence_pause_seconds)?,
            phrase: micros(file.common.phrase_pause_seconds)?,
        };
        let languages = file.languages.into_iter().map(|language| {
            Ok(Language {
                letter: each(language.letters_per_second)?,
                first_digit: language.first_digit_seconds.map_or(Ok(common.first_digit), micros)?,
                digit: language.digit_seconds.map_or(Ok(common.digit), micros)?,
                name: language.name,
                also: language.also,
                tags: language.tags,
                spread_percent: language.spread_percent,
            })
        });
        Ok(Self { common, languages: languages.collect::<Result<_, String>>()? })
    }

    /// The language that is spoken where a voice of the language `named` says a text: the text's own where
    /// it says which, else the voice's by HeyGen's name ("English (UK)") or tag ("de-DE"), else what the
    /// characters say.
    pub(super) fn find(&self, reading: Reading, named: Option<&str>, units: &SpeechUnits) -> Option<&Language> {
        let spoken = reading.spoken(named).map(|language| language.name());
        let called = |word: &str| self.languages.iter().find(|language| language.is_called(word));
        let named = || named.and_then(|named| called(first_word(named)));
        match spoken.and_then(called).or_else(named) {
            Some(language) if language.name != "Multilingual" => Some(language),
            general => self.by_script(units).or(general).or_else(|| self.languages.first()),
        }
    }

    fn by_script(&self, units: &SpeechUnits) -> Option<&Language> {
        let name = if units.kana * 10 > units.han && units.kana > units.letters {
            "Japanese"
        } else if units.hangul > units.letters {
            "Korean"
        } else if units.han > units.letters {
            "Chinese"
        } else {
            return None;
        };
        self.languages.iter().find(|language| language.name == name)
    }

    /// How long the units take at speed 1 by the first guess, without the pauses asked for.
    pub(super) fn guess(&self, language: &Language, units: &SpeechUnits) -> Guess {
        let common = &self.common;
        let han = if units.kana > 0 || language.name == "Japanese" { common.kanji } else { common.han };
        let sum = |parts: &[(u64, u64)]| {
            parts.iter().fold(0, |sum: u64, (count, each)| sum.saturating_add(count.saturating_mul(*each)))
        };
        Guess {
            spoken: sum(&[
                (units.letters, language.letter),
                (units.han, han),
                (units.kana, common.kana),
                (units.hangul, common.hangul),
                (units.numbers, language.first_digit),
                (units.digits.saturating_sub(units.numbers), language.digit),
                (units.symbols, common.symbol),
                (units.spelled, common.spelled),
            ]),
            paused: sum(&[(units.sentences, common.sentence), (units.phrases, common.phrase)]),
            edge: common.edge,
        }
    }
}

/// `English` of `English (UK)`.
fn first_word(named: &str) -> &str {
    named.trim().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default()
}

impl Language {
    fn is_called(&self, word: &str) -> bool {
        self.name.eq_ignore_ascii_case(word)
            || self.tags.iter().any(|tag| tag.eq_ignore_ascii_case(word))
            || self.also.iter().any(|name| name.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_has_the_languages_people_ask_for() {
        let table = Languages::parse(include_str!("../../assets/pace.toml")).unwrap();
        assert!(table.languages.len() >= 30, "{}", table.languages.len());
        for language in &table.languages {
            assert!((10..=60).contains(&language.spread_percent), "{}", language.name);
            assert!((50_000..200_000).contains(&language.letter), "{}", language.name);
        }
    }

    #[track_caller]
    fn check(named: Option<&str>, text: &str, name: &str) {
        let found = Languages::first_guesses().find(Reading::of(text), named, &SpeechUnits::of(text)).unwrap();
        assert_eq!(found.name, name);
    }

    #[test]
    fn a_language_is_known_by_name_by_tag_or_by_its_script() {
        check(Some("English"), "x", "English");
        check(Some("English (UK)"), "x", "English");
        check(Some("English - Newscast"), "x", "English");
        check(Some("de-DE"), "x", "German");
        check(Some("pt_BR"), "x", "Portuguese");
        check(Some("Mandarin"), "x", "Chinese");
        check(Some("Multilingual"), "hello", "Multilingual");
        check(Some("Multilingual"), "こんにちは世界", "Japanese");
        check(None, "안녕하세요 여러분", "Korean");
        check(None, "欢迎来到我们的公司", "Chinese");
        check(Some("Klingon"), "nuqneH", "Multilingual");
    }

    #[test]
    fn a_text_in_another_language_than_the_voice_s_is_guessed_as_what_it_is() {
        check(Some("English"), "すべての人間は、生まれながらにして自由である。", "Japanese");
        check(Some("English"), "Guten Tag und herzlich willkommen bei uns im Studio.", "German");
        check(Some("German"), "Good morning, and welcome to the studio. This is what we do.", "English");
        check(Some("Multilingual"), "Bonjour, et bienvenue dans notre studio avec nous.", "French");
        check(Some("English"), "Привет", "Russian");
        check(Some("Ukrainian"), "Привіт", "Ukrainian");
        check(Some("Spanish"), "Ana Schmidt, Berlin", "Spanish");
        check(Some("English"), "สวัสดีครับ", "Thai");
        check(Some("English"), "నమస్కారం అందరికీ స్వాగతం", "Tamil");
    }

    #[test]
    fn every_language_of_a_text_has_a_first_guess() {
        let table = Languages::first_guesses();
        for language in crate::draft::Language::all() {
            let units = SpeechUnits::default();
            let found = table.find(Reading::default(), Some(language.name()), &units).unwrap();
            assert_ne!(found.name, "Multilingual", "{language:?}");
        }
    }
}
