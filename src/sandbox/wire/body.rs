//! The body of a JSON request, read whole and with a limit.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;

use super::Refusal;

/// Bytes a JSON body may have: enough for a picture in it.
const LIMIT: usize = 72_000_000;

/// The bytes of a request that says it is JSON; without any, those of an object without fields: some endpoints need none.
#[derive(Clone, Debug)]
pub struct JsonBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let announced = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = announced.and_then(|value| value.split(';').next()).unwrap_or_default();
        let is_json = media_type.trim().eq_ignore_ascii_case("application/json");
        let is_announced = announced.is_some();
        let body = whole(request, LIMIT).await?;
        if body.is_empty() && (is_json || !is_announced) {
            return Ok(Self(Bytes::from_static(b"{}")));
        }
        if !is_json {
            return Err(Refusal::new(400, "validation_error", "The Content-Type has to be application/json."));
        }
        Ok(Self(body))
    }
}

/// The whole body of a request.
///
/// # Errors
/// 413 when it is larger than `limit` bytes, 400 when it ends early.
pub async fn whole(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let too_large = || Refusal::new(413, "payload_too_large", format!("At most {limit} bytes are taken here."));
    if announced.and_then(|text| text.parse().ok()).is_some_and(|length: usize| length > limit) {
        return Err(too_large());
    }
    axum::body::to_bytes(request.into_body(), limit).await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(one) = cause {
            if one.to_string().contains("length limit") {
                return too_large();
            }
            cause = one.source();
        }
        Refusal::new(400, "validation_error", "The request body ended early.")
    })
}
