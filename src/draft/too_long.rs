//! What is said of a text with more characters than HeyGen takes.

/// How much has to go, where a text has more than `most` characters.
#[must_use]
pub(super) fn fault(what: &str, characters: usize, most: usize) -> Option<String> {
    let over = characters.checked_sub(most).filter(|over| *over > 0)?;
    let noun = if over == 1 { "character" } else { "characters" };
    Some(format!("Shorten the {what} by {} {noun}: {} are the most.", grouped(over), grouped(most)))
}

/// 12,000: thousands apart, as everywhere in the window.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_by_how_much_and_what_is_allowed() {
        let check = |characters, expected: Option<&str>| {
            assert_eq!(fault("script", characters, 5_000).as_deref(), expected, "{characters}");
        };
        check(5_000, None);
        check(5_001, Some("Shorten the script by 1 character: 5,000 are the most."));
        check(100_000, Some("Shorten the script by 95,000 characters: 5,000 are the most."));
        check(1_234_567, Some("Shorten the script by 1,229,567 characters: 5,000 are the most."));
    }
}
