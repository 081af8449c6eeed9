//! `/v3/video-agents` as it is sent, and the length that a prompt asks for.

use super::file::{InputFile, callback, read_list};
use super::{Fields, Refusal};
use crate::sandbox::world::Callback;

/// Characters a prompt may have (published limit).
const PROMPT_LIMIT: usize = 10_000;
/// Files a request may bring (published limit).
const FILES: usize = 20;
/// Seconds of a video that nobody named a length for.
pub const USUAL_SECONDS: u64 = 30;
/// What an agent makes at the least and at the most, in seconds.
const SECONDS: (u64, u64) = (5, 300);

/// A request for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRequest {
    pub prompt: String,
    /// The agent asks before it makes anything.
    pub chat: bool,
    pub avatar_id: Option<String>,
    pub voice_id: Option<String>,
    pub style_id: Option<String>,
    pub brand_kit_id: Option<String>,
    pub portrait: Option<bool>,
    pub files: Vec<InputFile>,
    pub callback: Callback,
}

/// A further message in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRequest {
    pub message: String,
    pub avatar_id: Option<String>,
    pub voice_id: Option<String>,
    pub brand_kit_id: Option<String>,
    pub files: Vec<InputFile>,
}

impl AgentRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let request = Self {
            prompt: fields.bounded_text("prompt", PROMPT_LIMIT)?,
            chat: fields.word_or("mode", &[("generate", false), ("chat", true)], false)?,
            avatar_id: fields.text("avatar_id")?,
            voice_id: fields.text("voice_id")?,
            style_id: fields.text("style_id")?,
            brand_kit_id: fields.text("brand_kit_id")?,
            portrait: fields.word("orientation", &[("landscape", false), ("portrait", true)])?,
            files: read_list(&mut fields, "files", FILES)?,
            callback: callback(&mut fields)?,
        };
        fields.flag_or("incognito_mode", false)?;
        fields.finish()?;
        Ok(request)
    }
}

impl MessageRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let request = Self {
            message: fields.bounded_text("message", PROMPT_LIMIT)?,
            avatar_id: fields.text("avatar_id")?,
            voice_id: fields.text("voice_id")?,
            brand_kit_id: fields.text("brand_kit_id")?,
            files: read_list(&mut fields, "files", FILES)?,
        };
        fields.finish()?;
        Ok(request)
    }
}

/// The length a text asks for, in seconds and within reason; `None` where it names none.
#[must_use]
pub fn asked_seconds(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    let spaced: String = lower
        .chars()
        .flat_map(|c| if c == '-' || c == ',' || c == '(' || c == ')' { [' ', ' '] } else { [c, '\0'] })
        .filter(|c| *c != '\0')
        .collect();
    let words: Vec<&str> =
        spaced.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let mut at = 0;
    while at < words.len() {
        if let Some((milliseconds, taken)) = length_at(words.get(at..).unwrap_or_default()) {
            // "1 minute and 30 seconds"
            let rest = words.get(at + taken..).unwrap_or_default();
            let rest = rest.strip_prefix(&["and"]).unwrap_or(rest);
            let more = length_at(rest).filter(|(more, _)| *more < 60_000 && milliseconds >= 60_000);
            let whole = milliseconds + more.map_or(0, |(more, _)| more);
            return Some(whole.div_ceil(1_000).clamp(SECONDS.0, SECONDS.1));
        }
        at += 1;
    }
    None
}

/// A length at the beginning of some words: milliseconds, and how many words say it.
fn length_at(words: &[&str]) -> Option<(u64, usize)> {
    let first = words.first()?;
    if let Some((minutes, seconds)) = first.split_once(':') {
        let (minutes, seconds): (u64, u64) = (minutes.parse().ok()?, seconds.parse().ok()?);
        return (seconds < 60 && minutes < 60).then_some(((minutes * 60 + seconds) * 1_000, 1));
    }
    if words.starts_with(&["half", "a", "minute"]) {
        return Some((30_000, 3));
    }
    // "30s", "2min"
    let digits = first.find(|c: char| c.is_alphabetic()).unwrap_or(first.len());
    let (number, unit) = first.split_at(digits);
    if !number.is_empty() && !unit.is_empty() {
        return Some((thousandths(number)? * unit_seconds(unit)?, 1));
    }
    let number = thousandths(first)?;
    Some((number * unit_seconds(words.get(1)?)?, 2))
}

fn thousandths(word: &str) -> Option<u64> {
    const WORDS: [(&str, u64); 18] = [
        ("a", 1),
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("fifteen", 15),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("ninety", 90),
    ];
    if let Some((_, number)) = WORDS.iter().find(|(name, _)| *name == word) {
        return Some(number * 1_000);
    }
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    let whole: u64 = whole.parse().ok().filter(|number| *number < 10_000)?;
    let part = format!("{part:0<3}");
    let part: u64 = part.get(..3)?.parse().ok()?;
    Some(whole * 1_000 + part)
}

fn unit_seconds(word: &str) -> Option<u64> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_length(text: &str, seconds: Option<u64>) {
        assert_eq!(asked_seconds(text), seconds, "{text}");
    }

    #[test]
    fn a_prompt_says_how_long() {
        check_length("A 30 seconds product video", Some(30));
        check_length("A 45-second explainer, please.", Some(45));
        check_length("Make it 1 minute long", Some(60));
        check_length("one minute and 30 seconds about tea", Some(90));
        check_length("1.5 minutes", Some(90));
        check_length("half a minute on taxes", Some(30));
        check_length("a 20s teaser (vertical)", Some(20));
        check_length("length 1:15", Some(75));
        check_length("2 hours, 40 minutes", Some(300));
        check_length("1 second", Some(5));
        check_length("Explain our 3 plans in a nutshell", None);
        check_length("", None);
    }

    #[track_caller]
    fn check(more: &str, param: Option<&str>) {
        let body = format!(r#"{{"prompt": "x"{more}}}"#);
        let refused = AgentRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#", "mode": "chat", "orientation": null, "incognito_mode": true, "callback_id": "c""#, None);
        check(r#", "mode": "talk""#, Some("mode"));
        check(r#", "mode": null"#, Some("mode"));
        check(r#", "orientation": "square""#, Some("orientation"));
        check(r#", "incognito_mode": 1"#, Some("incognito_mode"));
        check(r#", "callback_url": "x""#, Some("callback_url"));
        check(r#", "duration": 30"#, Some("duration"));
        let files = vec![r#"{"type": "asset_id", "asset_id": "a"}"#; 21].join(",");
        check(&format!(r#", "files": [{files}]"#), Some("files"));
        let long = format!(r#"{{"prompt": "{}"}}"#, "x".repeat(10_001));
        assert_eq!(AgentRequest::read(long.as_bytes()).unwrap_err().param.as_deref(), Some("prompt"));
    }
}
