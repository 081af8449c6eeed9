//! The tags of an HTML page and their attributes, as tolerant as a browser and no script ever run.

/// An opening tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    /// Names in lower case, values with their entities resolved, in the order of the page.
    pub attributes: Vec<(String, String)>,
    /// It stands inside a `<template>`, which is not shown by itself.
    pub in_template: bool,
}

impl Tag {
    /// The value of an attribute; of two, the first counts.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// A page as far as it is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html {
    pub tags: Vec<Tag>,
    /// What `<title>` says, without spaces around it.
    pub title: String,
}

/// Elements whose content is text, not tags.
const RAW: [&str; 6] = ["script", "style", "title", "textarea", "noscript", "iframe"];

/// Reads a page. Whatever is written there, it takes no longer than the page is long.
#[must_use]
pub fn read(page: &str) -> Html {
    let mut html = Html::default();
    let mut rest = page;
    let mut templates = 0_u32;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with(['!', '?']) {
            rest = rest.split_once('>').map_or("", |(_, after)| after);
        } else if let Some(closing) = rest.strip_prefix('/') {
            if starts_with(closing, "template") {
                templates = templates.saturating_sub(1);
            }
            rest = closing.split_once('>').map_or("", |(_, after)| after);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (mut tag, closes_itself, after) = tag(rest);
            rest = after;
            tag.in_template = templates > 0;
            if tag.name == "template" {
                templates = templates.saturating_add(1);
            }
            if RAW.contains(&tag.name.as_str()) && !closes_itself {
                let (text, after) = raw_text(rest, &tag.name);
                rest = after;
                if tag.name == "title" && html.title.is_empty() {
                    html.title = decoded(text).split_whitespace().collect::<Vec<_>>().join(" ");
                }
            }
            html.tags.push(tag);
        }
    }
    html
}

/// A tag from its name on: the tag, whether it ends in `/>`, and what follows it.
fn tag(text: &str) -> (Tag, bool, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut tag = Tag { name: name.to_ascii_lowercase(), ..Tag::default() };
    let mut closes_itself = false;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, closes_itself, after);
        }
        if let Some(after) = rest.strip_prefix('/') {
            closes_itself = after.starts_with('>');
            rest = after;
            continue;
        }
        if rest.is_empty() {
            return (tag, closes_itself, rest);
        }
        // A stray "=" begins a name, as in browsers: nothing stands still.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let behind = rest.get(first..).unwrap_or_default();
        let end = behind.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(behind.len());
        let (name, after) = rest.split_at(first + end);
        rest = after;
        let mut value = String::new();
        if let Some(after) = rest.trim_start().strip_prefix('=') {
            let after = after.trim_start();
            let (text, left) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = after.get(1..).unwrap_or_default();
                    inner.split_once(quote).unwrap_or((inner, ""))
                }
                _ => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
            };
            value = decoded(text);
            rest = left;
        }
        tag.attributes.push((name.to_ascii_lowercase(), value));
    }
}

/// Text up to the closing tag of `name`, and what follows it.
fn raw_text<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("</")) {
        let at = from + found;
        let behind = text.get(at + 2..).unwrap_or_default();
        if starts_with(behind, name) {
            let after = behind.split_once('>').map_or("", |(_, after)| after);
            return (text.get(..at).unwrap_or_default(), after);
        }
        from = at + 2;
    }
    (text, "")
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Text with its entities resolved; what is none stays as it is.
fn decoded(text: &str) -> String {
    /// Longer than any entity that is known here.
    const LONGEST: usize = 10;
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let end = after.bytes().take(LONGEST).position(|byte| byte == b';');
        let entity = end.and_then(|end| Some((entity(after.get(..end)?)?, after.get(end + 1..)?)));
        match entity {
            Some((character, behind)) => {
                decoded.push(character);
                rest = behind;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|character| *character != '\0');
    }
    Some(match name {
        "quot" => '"',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "copy" => '©',
        "euro" => '€',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: &[(&str, &[(&str, &str)])]) {
        let found: Vec<(String, Vec<(String, String)>)> =
            read(page).tags.into_iter().map(|tag| (tag.name, tag.attributes)).collect();
        let expected: Vec<(String, Vec<(String, String)>)> = expected
            .iter()
            .map(|(name, attributes)| {
                let own = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                ((*name).to_owned(), own.collect())
            })
            .collect();
        assert_eq!(found, expected, "{page}");
    }

    #[test]
    fn attributes_are_read_as_browsers_do() {
        check(
            r#"<DIV Data-Width="1920" data-x='a "b"' hidden>"#,
            &[("div", &[("data-width", "1920"), ("data-x", "a \"b\""), ("hidden", "")])],
        );
        check("<p a=1 b = '2'\n c= three/>", &[("p", &[("a", "1"), ("b", "2"), ("c", "three/")])]);
        check(
            r#"<i t="[{&quot;id&quot;:&#39;a&#x27;}]&unknown; &amp &amp;">"#,
            &[("i", &[("t", "[{\"id\":'a'}]&unknown; &amp &")])],
        );
        check("<a =b=c><b", &[("a", &[("=b", "c")]), ("b", &[])]);
        check("a < b <!-- <i> --> <!doctype html> </i> <br/>", &[("br", &[])]);
        check("<p title=\"never closed", &[("p", &[("title", "never closed")])]);
        check("", &[]);
    }

    #[test]
    fn what_is_text_holds_no_tags() {
        check("<script>if (a<b) document.write('<div id=x>')</SCRIPT ><p>", &[("script", &[]), ("p", &[])]);
        check("<style>a>b{}</style><title>a</title", &[("style", &[]), ("title", &[])]);
        check("<script>never closed <p>", &[("script", &[])]);
        assert_eq!(read("<title>\n Two  &amp; a\n half </title>").title, "Two & a half");
    }

    #[test]
    fn a_template_is_known() {
        let tags = read("<a></a><template><b></b></template><c>").tags;
        let inside: Vec<(&str, bool)> = tags.iter().map(|tag| (tag.name.as_str(), tag.in_template)).collect();
        assert_eq!(inside, [("a", false), ("template", false), ("b", true), ("c", false)]);
    }
}
