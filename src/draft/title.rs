//! Titles made from what is spoken, for those who give none.

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
