//! Titles: the person's own, or one made from what is spoken, asked for or dropped.

use super::file::LocalFile;
use super::{Field, Problem};

/// Characters a title may have here: it names a file.
pub const TITLE_LIMIT: usize = 200;
/// Characters of a title that is made from a file's name: the language or a number still goes behind it.
const OF_FILE_LIMIT: usize = 100;

/// The title as it is used: the person's own, else what `make` makes, else `untitled`.
#[must_use]
pub(super) fn own_or(own: &str, make: impl FnOnce() -> String, untitled: &str) -> String {
    let own = own.trim();
    if !own.is_empty() {
        return own.to_owned();
    }
    let made = make();
    if made.is_empty() { untitled.to_owned() } else { made }
}

/// What is wrong with the person's own title.
#[must_use]
pub(super) fn fault(own: &str) -> Option<Problem> {
    (own.chars().count() > TITLE_LIMIT)
        .then(|| Problem { field: Field::Title, message: format!("The title has more than {TITLE_LIMIT} characters.") })
}

/// The name of a file without its ending, cut where it is very long; empty where there is no file.
#[must_use]
pub(super) fn of_file(file: Option<&LocalFile>) -> String {
    let Some(file) = file else { return String::new() };
    let name = file.name();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let title: String = stem.trim().chars().take(OF_FILE_LIMIT).collect();
    title.trim_end().to_owned()
}

/// The first sentence of a text or its first six words, whichever is shorter; tags are left out.
/// Empty where the text has no words.
#[must_use]
pub(super) fn first_words(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains(['<', '>', '=']));
    let mut title = String::new();
    for word in words.take(6) {
        title.push_str(word);
        if word.ends_with(['.', '!', '?', '。', '！', '？']) {
            break;
        }
        title.push(' ');
    }
    let title: String = title.chars().take(60).collect();
    title.trim_end_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_file(name: &str, expected: &str) {
        let file = LocalFile { path: format!("films/{name}").into(), ..LocalFile::default() };
        assert_eq!(of_file(Some(&file)), expected);
    }

    #[test]
    fn a_file_gives_its_name_without_its_ending_and_never_more_than_fits() {
        check_file("Launch day.mp4", "Launch day");
        check_file("v1.2 final.mov", "v1.2 final");
        check_file("no ending", "no ending");
        check_file(&format!("{}.mp4", "ü".repeat(180)), &"ü".repeat(OF_FILE_LIMIT));
        assert_eq!(of_file(None), "");
    }

    #[test]
    fn the_persons_own_title_wins() {
        assert_eq!(own_or(" Mine ", || "made".to_owned(), "Untitled"), "Mine");
        assert_eq!(own_or("  ", || "made".to_owned(), "Untitled"), "made");
        assert_eq!(own_or("", String::new, "Untitled"), "Untitled");
    }
}
