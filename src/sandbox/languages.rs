//! The languages films are translated into, and what a translation does to a film's length.

use rust_decimal::Decimal;

/// Names as the interface has them, in the order of its list.
pub(super) const LANGUAGES: &[&str] = &[
    "English",
    "Spanish",
    "French",
    "Hindi",
    "Italian",
    "German",
    "Polish",
    "Portuguese",
    "Chinese",
    "Japanese",
    "Dutch",
    "Turkish",
    "Korean",
    "Danish",
    "Arabic",
    "Swedish",
    "Finnish",
    "Czech",
    "Greek",
    "Russian",
    "Ukrainian",
    "Norwegian",
    "Hebrew",
    "Indonesian",
    "Vietnamese",
    "English (United States)",
    "English (UK)",
    "Spanish (Spain)",
    "Spanish (Mexico)",
    "French (France)",
    "French (Canada)",
    "German (Germany)",
    "German (Austria)",
    "Portuguese (Brazil)",
    "Portuguese (Portugal)",
    "Chinese (Mandarin, Simplified)",
    "Dutch (Netherlands)",
];

/// Whether films are translated into or from it.
pub(super) fn is_known(language: &str) -> bool {
    LANGUAGES.contains(&language)
}

/// Seconds a film of `seconds` has in another language, where its length may change: languages that
/// take more words make it two hundredths longer, those that take fewer as much shorter.
pub(super) fn stretched(seconds: Decimal, language: &str) -> Decimal {
    let hundredths = match language.split(' ').next().unwrap_or_default() {
        "Spanish" | "French" | "German" | "Italian" | "Portuguese" | "Polish" | "Greek" | "Russian" => 102,
        "Chinese" | "Japanese" | "Korean" => 98,
        _ => 100,
    };
    (seconds * Decimal::new(hundredths, 2)).round_dp(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::footage;

    #[test]
    fn every_language_can_be_spoken() {
        for language in LANGUAGES {
            assert!(footage::is_spoken(language), "{language}");
        }
        assert!(!is_known("Klingon") && !is_known("spanish"));
    }

    #[test]
    fn a_length_changes_by_the_language() {
        let film = Decimal::new(12_345, 3);
        assert_eq!(stretched(film, "German (Austria)"), Decimal::new(12_592, 3));
        assert_eq!(stretched(film, "Japanese"), Decimal::new(12_098, 3));
        assert_eq!(stretched(film, "English"), film);
    }
}
