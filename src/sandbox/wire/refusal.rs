//! The error envelope: status, code, message and the field at fault.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A request that is not done, in HeyGen's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// The word programs read, `invalid_parameter`.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// The field at fault, `voice_settings.speed`.
    pub param: Option<String>,
    /// Seconds until it is worth trying again.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// Any refusal without a field.
    #[must_use]
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), param: None, retry_after: None }
    }

    /// 400 for one field.
    #[must_use]
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..Self::new(400, "invalid_parameter", message) }
    }

    /// 404 for something a field or the path names.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "not_found", message)
    }

    /// The same for a missing and a wrong key.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(401, "unauthorized", "The API key is missing or not valid.")
    }

    /// 429.
    #[must_use]
    pub fn too_many(message: impl Into<String>, retry_after: u64) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(429, "rate_limit_exceeded", message) }
    }

    /// 500: the sandbox itself is at fault.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "internal_error", message)
    }

    /// The same of a field that lies within another one, unless its name says that already.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.param = self.param.map(|param| match param.starts_with(outer) {
            true => param,
            false => format!("{outer}.{param}"),
        });
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = Body { code: &self.code, message: &self.message, param: self.param.as_deref() };
        let mut response = (status, Json(Envelope { error: body })).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
