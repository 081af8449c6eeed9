//! The one error of the client: kind, HeyGen's own words, what to do.
//!
//! Owns the meaning of HTTP statuses and error codes, and the redaction of what is shown.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// What went wrong, as far as the caller has to act on it. Matched exhaustively by the jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No connection came about: name not found, refused, TLS. Nothing was sent.
    NoConnection,
    /// A paid request left, and no readable answer came back. Money may have been spent.
    OutcomeUnknown,
    /// A request that costs nothing timed out or its connection broke. It is safe to ask again.
    Interrupted,
    /// 401: the key is missing or wrong.
    Unauthorized,
    /// 402: the wallet is too small.
    InsufficientCredit,
    /// 403.
    Forbidden,
    /// 404 or 410.
    NotFound,
    /// 409 `request_in_progress`: the first request with this idempotency key is still running.
    InProgress,
    /// 409 for any other reason; 416 for a result that is not the one begun.
    Conflict,
    /// 400, 422 and the like: the request itself is refused.
    Invalid,
    /// 413.
    TooLarge,
    /// 429, with the wait HeyGen asks for.
    RateLimited { retry_after: Option<Duration> },
    /// 5xx: HeyGen's side broke. A paid request may have been carried out.
    Server,
    /// A 2xx answer that is not the data expected, to a request that costs nothing.
    Unreadable,
    /// A presigned address is no longer good: fetch the resource again for a fresh one.
    LinkExpired,
    /// A file on this computer could not be read, or changed while it was read.
    Local,
    /// Anything else, for example a redirect, which is never followed with a key.
    Other,
}

impl ErrorKind {
    /// Whether a paid request that failed like this may have been carried out all the same.
    #[must_use]
    pub fn may_have_happened(self) -> bool {
        match self {
            Self::OutcomeUnknown | Self::Server | Self::InProgress => true,
            Self::NoConnection
            | Self::Interrupted
            | Self::Unauthorized
            | Self::InsufficientCredit
            | Self::Forbidden
            | Self::NotFound
            | Self::Conflict
            | Self::Invalid
            | Self::TooLarge
            | Self::RateLimited { .. }
            | Self::Unreadable
            | Self::LinkExpired
            | Self::Local
            | Self::Other => false,
        }
    }
}

/// What a request that gets lost could cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stakes {
    /// Nothing: it may simply be sent again.
    Free,
    /// Money.
    Paid,
}

/// A request that did not work out. `Display` is the message alone: HeyGen's own words where it
/// said any, without keys and without the query of any address.
#[derive(Debug)]
pub struct Error {
    pub kind: ErrorKind,
    /// One sentence: what happened.
    pub message: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
    /// The field HeyGen refused, or the one that could not be read.
    pub param: Option<String>,
    /// HeyGen's error code as it came, known or not.
    pub code: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, param: None, code: None, source: None }
    }

    pub(super) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(super) fn with_param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(super) fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// For a cause that quotes HeyGen's answer, which may hold presigned addresses.
    pub(super) fn with_redacted_source(self, source: &dyn std::error::Error) -> Self {
        self.with_source(Redacted(redact(&source.to_string(), "")))
    }

    /// A file of the person's that could not be read.
    pub(super) fn local(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Local, what)
            .with_hint("Check that the file is still there and may be read.")
            .with_source(source)
    }

    /// An answer with an error status.
    pub(super) fn from_answer(status: u16, retry_after: Option<Duration>, body: &[u8], secret: &str) -> Self {
        let said = serde_json::from_slice::<ErrorEnvelope>(body).ok().map(|envelope| envelope.error);
        let code = said.as_ref().and_then(|said| said.code.clone());
        let kind = kind_of(status, code.as_deref(), retry_after);
        let message = match said.as_ref().and_then(Said::words) {
            Some(words) => words,
            None => match code.as_deref() {
                Some(code) => format!("HeyGen answered “{code}” (HTTP {status})."),
                None => format!("HeyGen answered with HTTP {status} and no explanation."),
            },
        };
        Self {
            kind,
            message: redact(&message, secret),
            hint: hint_for(kind),
            param: said.and_then(|said| said.param),
            code,
            source: None,
        }
    }

    /// A request that failed below HTTP.
    pub(super) fn from_transport(error: reqwest::Error, stakes: Stakes) -> Self {
        let timed_out = error.is_timeout();
        let (kind, message) = if error.is_builder() {
            (ErrorKind::Other, "The request could not be built.")
        } else if error.is_connect() {
            let message = if error.is_dns() {
                "HeyGen's address was not found."
            } else if timed_out {
                "HeyGen could not be reached in time."
            } else {
                "HeyGen could not be reached."
            };
            (ErrorKind::NoConnection, message)
        } else if stakes == Stakes::Paid {
            let message = if timed_out {
                "HeyGen did not answer in time; the request may have arrived."
            } else {
                "The connection broke before an answer came; the request may have arrived."
            };
            (ErrorKind::OutcomeUnknown, message)
        } else if timed_out {
            (ErrorKind::Interrupted, "HeyGen did not answer in time.")
        } else {
            (ErrorKind::Interrupted, "The connection broke before the answer was complete.")
        };
        let mut failed = Self::new(kind, message).with_source(error.without_url());
        failed.hint = hint_for(kind);
        failed
    }

    /// Nothing moved for the whole idle limit, on a way that costs nothing.
    pub(super) fn stalled() -> Self {
        let mut failed = Self::new(ErrorKind::Interrupted, "The connection stood still for too long and was given up.");
        failed.hint = hint_for(ErrorKind::Interrupted);
        failed
    }

    /// A 2xx answer that is not the data expected.
    pub(super) fn unreadable(stakes: Stakes, message: impl Into<String>) -> Self {
        let kind = if stakes == Stakes::Paid { ErrorKind::OutcomeUnknown } else { ErrorKind::Unreadable };
        let mut failed = Self::new(kind, message);
        failed.hint = hint_for(kind);
        failed
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The words of a cause without the query of any address.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Redacted(String);

#[derive(Deserialize)]
struct ErrorEnvelope {
    error: Said,
}

/// HeyGen's own words. Every field is optional: a half-formed error is still shown.
#[derive(Deserialize)]
struct Said {
    #[serde(default, deserialize_with = "super::wire::lenient")]
    code: Option<String>,
    #[serde(default, deserialize_with = "super::wire::lenient")]
    message: Option<String>,
    #[serde(default, deserialize_with = "super::wire::lenient")]
    param: Option<String>,
    #[serde(default, deserialize_with = "super::wire::lenient")]
    errors: Option<Vec<serde_json::Value>>,
}

impl Said {
    /// The message, followed by the single complaints where there are any.
    fn words(&self) -> Option<String> {
        let message = self.message.as_deref().map(str::trim).filter(|message| !message.is_empty());
        let single: Vec<&str> = self
            .errors
            .iter()
            .flatten()
            .filter_map(|error| error.as_str().or_else(|| error.get("message").and_then(serde_json::Value::as_str)))
            .filter(|single| message.is_none_or(|message| !message.contains(single)))
            .take(5)
            .collect();
        match (message, single.is_empty()) {
            (Some(message), true) => Some(message.to_owned()),
            (Some(message), false) => Some(format!("{message} {}", single.join("; "))),
            (None, false) => Some(single.join("; ")),
            (None, true) => None,
        }
    }
}

/// The kind a status and a code mean. The status leads; two codes are sharper than their status.
fn kind_of(status: u16, code: Option<&str>, retry_after: Option<Duration>) -> ErrorKind {
    match (status, code) {
        (400..=499, Some("insufficient_credit")) => ErrorKind::InsufficientCredit,
        (409, Some("request_in_progress")) => ErrorKind::InProgress,
        (401, _) => ErrorKind::Unauthorized,
        (402, _) => ErrorKind::InsufficientCredit,
        (403, _) => ErrorKind::Forbidden,
        (404 | 410, _) => ErrorKind::NotFound,
        (408, _) => ErrorKind::Server,
        (409 | 416, _) => ErrorKind::Conflict,
        (413, _) => ErrorKind::TooLarge,
        (429, _) => ErrorKind::RateLimited { retry_after },
        (400..=499, _) => ErrorKind::Invalid,
        (500..=599, _) => ErrorKind::Server,
        _ => ErrorKind::Other,
    }
}

fn hint_for(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::NoConnection => Some("Nothing was sent. Check the internet connection and try again."),
        ErrorKind::OutcomeUnknown => Some("Look for it at HeyGen before paying again."),
        ErrorKind::Interrupted => Some("Nothing was paid by this. Try again."),
        ErrorKind::Unauthorized => {
            Some("Check the API key in Settings: HeyGen says the same for a missing and for a wrong key.")
        }
        ErrorKind::InsufficientCredit => Some("Add money to the wallet at HeyGen, then continue."),
        ErrorKind::Forbidden => Some("This account may not do that. Check the plan and the key's rights at HeyGen."),
        ErrorKind::NotFound => Some("It may have been deleted at HeyGen. Load the list again."),
        ErrorKind::InProgress => Some("The same request is still being carried out. Wait for its answer."),
        ErrorKind::Conflict => None,
        ErrorKind::Invalid => Some("Change what HeyGen names and try again."),
        ErrorKind::TooLarge => Some("Choose a smaller file."),
        ErrorKind::RateLimited { .. } => Some("HeyGen takes no more for the moment. It will be tried again."),
        ErrorKind::Server => Some("HeyGen has a fault of its own. It will be tried again."),
        ErrorKind::Unreadable => Some("Try again; if it stays, HeyGen may have changed its interface."),
        ErrorKind::LinkExpired => Some("A fresh address is needed."),
        ErrorKind::Local => Some("Check that the file is still there and may be read."),
        ErrorKind::Other => None,
    }
}

/// Takes the secret and the query of every address out of a text that will be shown.
pub(super) fn redact(text: &str, secret: &str) -> String {
    let text = if secret.is_empty() { text.to_owned() } else { text.replace(secret, "…") };
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("http://").into_iter().chain(rest.find("https://")).min() {
        let (before, address) = rest.split_at(start);
        let end = address
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '”'))
            .unwrap_or(address.len());
        let (address, after) = address.split_at(end);
        shown.push_str(before);
        match address.split_once(['?', '#']) {
            Some((bare, _)) => {
                shown.push_str(bare);
                shown.push_str("?…");
            }
            None => shown.push_str(address),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, kind: ErrorKind, message: &str) {
        let error = Error::from_answer(status, None, body.as_bytes(), "key-of-a-test");
        assert_eq!((error.kind, error.to_string().as_str()), (kind, message));
    }

    #[test]
    fn statuses_become_kinds_with_heygens_own_words() {
        let said = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"Their words."}}}}"#);
        check(400, &said("invalid_parameter"), ErrorKind::Invalid, "Their words.");
        check(401, &said("unauthorized"), ErrorKind::Unauthorized, "Their words.");
        check(402, &said("insufficient_credit"), ErrorKind::InsufficientCredit, "Their words.");
        check(400, &said("insufficient_credit"), ErrorKind::InsufficientCredit, "Their words.");
        check(403, &said("resource_access_denied"), ErrorKind::Forbidden, "Their words.");
        check(404, &said("not_found"), ErrorKind::NotFound, "Their words.");
        check(409, &said("request_in_progress"), ErrorKind::InProgress, "Their words.");
        check(409, &said("conflict"), ErrorKind::Conflict, "Their words.");
        check(413, &said("payload_too_large"), ErrorKind::TooLarge, "Their words.");
        check(429, &said("rate_limit_exceeded"), ErrorKind::RateLimited { retry_after: None }, "Their words.");
        check(503, &said("internal_error"), ErrorKind::Server, "Their words.");
        check(307, "", ErrorKind::Other, "HeyGen answered with HTTP 307 and no explanation.");
        check(502, "<html>Bad gateway</html>", ErrorKind::Server, "HeyGen answered with HTTP 502 and no explanation.");
        check(
            400,
            r#"{"error":{"code":"moon_phase"}}"#,
            ErrorKind::Invalid,
            "HeyGen answered “moon_phase” (HTTP 400).",
        );
        check(
            400,
            r#"{"error":{"code":"validation_error","message":"Two faults.","errors":[{"message":"script is empty"},"voice_id is missing"]}}"#,
            ErrorKind::Invalid,
            "Two faults. script is empty; voice_id is missing",
        );
    }

    #[test]
    fn an_unknown_code_and_the_field_are_kept_as_they_came() {
        let error =
            Error::from_answer(400, None, br#"{"error":{"code":"new_in_2027","message":"No.","param":"script"}}"#, "");
        assert_eq!((error.code.as_deref(), error.param.as_deref()), (Some("new_in_2027"), Some("script")));
    }

    #[test]
    fn nothing_secret_is_shown() {
        check(
            400,
            r#"{"error":{"code":"x","message":"Key key-of-a-test cannot read https://files.example/a.mp4?X-Signature=abc&Expires=1 and \"http://b/c?d\"."}}"#,
            ErrorKind::Invalid,
            "Key … cannot read https://files.example/a.mp4?… and \"http://b/c?…\".",
        );
    }
}
