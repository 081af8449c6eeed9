//! SSML, the marks of spoken text: whether they are whole, and the text that is spoken. Pure.

use std::ops::Range;

/// One piece of a text with marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    /// What stands in `<![CDATA[…]]>`: spoken as it is.
    Raw(&'a str),
    /// `<name …>`, without its brackets.
    Open(&'a str),
    /// `</name>`: the name.
    Close(&'a str),
    /// `<name …/>`, without its brackets.
    Empty(&'a str),
    /// A comment or a declaration: nothing of it is spoken.
    Aside,
    /// What no mark can begin or end with, in words.
    Broken(&'static str),
}

/// What is not well formed in a text with SSML marks, in plain words; `None` where all is.
#[must_use]
pub fn fault(text: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for (piece, _) in pieces(text) {
        match piece {
            Piece::Text(words) => {
                if let Some(fault) = text_fault(words) {
                    return Some(fault);
                }
            }
            Piece::Open(tag) => {
                if let Some(fault) = attribute_fault(tag) {
                    return Some(fault);
                }
                open.push(name(tag));
            }
            Piece::Empty(tag) => {
                if let Some(fault) = attribute_fault(tag) {
                    return Some(fault);
                }
            }
            Piece::Close(closed) => match open.pop() {
                Some(opened) if opened == closed => {}
                Some(opened) => {
                    return Some(format!("</{closed}> stands where </{opened}> should: marks close in reverse order."));
                }
                None => return Some(format!("</{closed}> closes a mark that was never opened.")),
            },
            Piece::Raw(_) | Piece::Aside => {}
            Piece::Broken(why) => return Some(why.to_owned()),
        }
    }
    open.last().map(|opened| format!("<{opened}> is never closed: </{opened}> is missing."))
}

/// The text that is spoken: pauses stay as `<break …/>`, other marks go, and what stands for a sign
/// (`&amp;`) becomes the sign.
#[must_use]
pub fn spoken(text: &str) -> String {
    let mut spoken = String::with_capacity(text.len());
    // Inside a substitution its alias is said and its words are not.
    let mut unsaid = 0_usize;
    for (piece, range) in pieces(text) {
        match piece {
            Piece::Text(words) if unsaid == 0 => decode(words, &mut spoken),
            Piece::Raw(words) if unsaid == 0 => spoken.push_str(words),
            Piece::Open(tag) if name(tag) == "sub" => {
                if unsaid == 0 {
                    decode(attribute(tag, "alias").unwrap_or_default(), &mut spoken);
                }
                unsaid += 1;
            }
            Piece::Close("sub") => unsaid = unsaid.saturating_sub(1),
            Piece::Open(tag) | Piece::Empty(tag) if name(tag) == "break" => {
                spoken.push_str(text.get(range).unwrap_or_default());
            }
            // The end of a sentence or paragraph parts words as a space does.
            Piece::Close("s" | "p") => spoken.push('\n'),
            Piece::Text(_)
            | Piece::Raw(_)
            | Piece::Open(_)
            | Piece::Close(_)
            | Piece::Empty(_)
            | Piece::Aside
            | Piece::Broken(_) => {}
        }
    }
    spoken
}

/// Plain text as SSML: the signs that marks are made of are written so that they are spoken.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The first mark in a text that is meant as SSML, as it is written: `<break time="1s"/>`. A "<" of
/// other use is none.
#[must_use]
pub fn first_mark(text: &str) -> Option<&str> {
    const MARKS: [&str; 12] =
        ["speak", "break", "prosody", "emphasis", "say-as", "sub", "phoneme", "p", "s", "voice", "lang", "audio"];
    pieces(text).find_map(|(piece, range)| match piece {
        Piece::Open(tag) | Piece::Empty(tag) if MARKS.contains(&name(tag)) => text.get(range),
        Piece::Close(closed) if MARKS.contains(&closed) => text.get(range),
        _ => None,
    })
}

/// The byte ranges of all marks, for drawing them apart from the words.
#[must_use]
pub fn marks(text: &str) -> Vec<Range<usize>> {
    pieces(text)
        .filter(|(piece, _)| !matches!(piece, Piece::Text(_) | Piece::Raw(_) | Piece::Broken(_)))
        .map(|(_, range)| range)
        .collect()
}

/// The pieces of a text in order, with their byte ranges. Ends after a broken one.
fn pieces(text: &str) -> impl Iterator<Item = (Piece<'_>, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (piece, length) = next_piece(rest);
        let range = at..at + length;
        at = if matches!(piece, Piece::Broken(_)) { text.len() } else { range.end };
        Some((piece, range))
    })
}

fn next_piece(rest: &str) -> (Piece<'_>, usize) {
    if !rest.starts_with('<') {
        let length = rest.find('<').unwrap_or(rest.len());
        return (Piece::Text(rest.get(..length).unwrap_or_default()), length);
    }
    for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")] {
        if rest.starts_with(start) {
            let inside = rest.get(start.len()..).unwrap_or_default();
            return match inside.find(end) {
                Some(length) if start == "<![CDATA[" => {
                    (Piece::Raw(inside.get(..length).unwrap_or_default()), start.len() + length + end.len())
                }
                Some(length) => (Piece::Aside, start.len() + length + end.len()),
                None => (Piece::Broken("A comment is never closed."), rest.len()),
            };
        }
    }
    let inside = rest.get(1..).unwrap_or_default();
    let closes = inside.starts_with('/');
    let named = inside.trim_start_matches('/');
    if !named.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return (Piece::Broken("A “<” begins no mark: write &lt; where the sign itself is meant."), 1);
    }
    let Some(length) = tag_length(inside) else {
        return (Piece::Broken("A mark is never closed: its “>” is missing."), rest.len());
    };
    let tag = inside.get(..length).unwrap_or_default();
    let piece = if closes {
        Piece::Close(name(tag.trim_start_matches('/')))
    } else if let Some(tag) = tag.strip_suffix('/') {
        Piece::Empty(tag)
    } else {
        Piece::Open(tag)
    };
    (piece, length + 2)
}

/// Bytes up to the ">" that ends a mark; one inside quotes does not.
fn tag_length(inside: &str) -> Option<usize> {
    let mut quote = None;
    for (place, character) in inside.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(place),
            // Another mark begins: this one was never ended.
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

/// The name a mark begins with.
fn name(tag: &str) -> &str {
    tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default()
}

/// The value of an attribute, as it is written.
fn attribute<'a>(tag: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = tag.get(name(tag).len()..)?.trim_start();
    while !rest.is_empty() {
        let (called, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, next) = after.get(1..)?.split_once(quote)?;
        if called.trim() == wanted {
            return Some(value);
        }
        rest = next.trim_start();
    }
    None
}

fn attribute_fault(tag: &str) -> Option<String> {
    let called = name(tag);
    let mut rest = tag.get(called.len()..).unwrap_or_default().trim();
    while !rest.is_empty() {
        let Some((attribute, after)) = rest.split_once('=') else {
            return Some(format!("In <{called}>, “{rest}” has no value: write it as {rest}=\"…\"."));
        };
        let (attribute, after) = (attribute.trim(), after.trim_start());
        let Some(quote) = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else {
            return Some(format!("In <{called}>, the value of {attribute} needs quotes: {attribute}=\"…\"."));
        };
        let Some((value, next)) = after.get(1..).and_then(|after| after.split_once(quote)) else {
            return Some(format!("In <{called}>, the quotes around the value of {attribute} are never closed."));
        };
        if attribute.contains(char::is_whitespace) {
            return Some(format!("In <{called}>, “{attribute}” is no name of an attribute."));
        }
        if let Some(fault) = text_fault(value) {
            return Some(fault);
        }
        rest = next.trim();
    }
    None
}

/// A "&" that stands for no sign.
fn text_fault(text: &str) -> Option<String> {
    text.match_indices('&').find_map(|(place, _)| {
        let after = text.get(place + 1..).unwrap_or_default();
        let entity = after.split_once(';').map_or("", |(entity, _)| entity);
        character(entity).is_none().then(|| "A “&” has to be written as &amp; in SSML.".to_owned())
    })
}

/// The character that `&entity;` stands for.
fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = entity.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

fn decode(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        into.push_str(before);
        match after.split_once(';').and_then(|(entity, next)| Some((character(entity)?, next))) {
            Some((character, next)) => {
                into.push(character);
                rest = next;
            }
            None => {
                into.push('&');
                rest = after;
            }
        }
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = fault(text);
        match expected {
            None => assert_eq!(found, None, "{text}"),
            Some(part) => assert!(found.as_ref().is_some_and(|found| found.contains(part)), "{text}: {found:?}"),
        }
    }

    #[test]
    fn what_is_not_well_formed_is_said_in_words() {
        check("", None);
        check("Just words, 3 > 2.", None);
        check("<speak>Hello <break time=\"1s\"/> you.</speak>", None);
        check("<speak><prosody rate='slow'>Grüß &amp; Gott</prosody></speak>", None);
        check("<?xml version=\"1.0\"?><!-- <b> --><speak>a</speak>", None);
        check("<speak><![CDATA[a < b & c]]></speak>", None);
        check("<sub alias=\"a > b\">x</sub>", None);
        check("&#228; &#xE4;", None);
        check("<speak>Hello", Some("</speak> is missing"));
        check("Hello</speak>", Some("never opened"));
        check("<p><s>Hello</p></s>", Some("</p> stands where </s> should"));
        check("Hello <break", Some("“>” is missing"));
        check("<speak <p>a</p></speak>", Some("“>” is missing"));
        check("3 < 4", Some("&lt;"));
        check("Salt & pepper", Some("&amp;"));
        check("&nonsense;", Some("&amp;"));
        check("<break time=1s/>", Some("needs quotes"));
        check("<break strong/>", Some("has no value"));
        check("<break time=\"1s/>", Some("“>” is missing"));
        check("<!-- never", Some("comment"));
    }

    #[track_caller]
    fn check_spoken(text: &str, expected: &str) {
        assert_eq!(spoken(text), expected, "{text}");
    }

    #[test]
    fn pauses_stay_and_other_marks_go() {
        check_spoken("<speak>Hello <break time=\"1s\"/> you.</speak>", "Hello <break time=\"1s\"/> you.");
        check_spoken("<prosody rate=\"slow\">Salt &amp; pepper</prosody>", "Salt & pepper");
        check_spoken("<p>One.</p><p>Two.</p>", "One.\nTwo.\n");
        check_spoken("The <sub alias=\"World Wide Web\">WWW</sub> is old.", "The World Wide Web is old.");
        check_spoken("<!-- not this --><![CDATA[this & that]]>", "this & that");
        check_spoken("plain & simple", "plain & simple");
        check_spoken("half <break", "half ");
    }

    #[test]
    fn plain_text_becomes_ssml_that_is_spoken_the_same() {
        let plain = "Salt & pepper, 3 < 4 > 2, <b>";
        assert_eq!(fault(&escaped(plain)), None);
        assert_eq!(spoken(&escaped(plain)), plain);
    }

    #[test]
    fn marks_in_plain_text_are_noticed_and_signs_are_not() {
        assert_eq!(first_mark("a <break time=\"1s\"/> b"), Some("<break time=\"1s\"/>"));
        assert_eq!(first_mark("a</speak>"), Some("</speak>"));
        assert_eq!(first_mark("I <3 you, a<b and c>d"), None);
        assert_eq!(marks("a <b>c</b>"), [2..5, 6..10]);
    }
}
