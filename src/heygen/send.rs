//! The one path every request to the interface takes: credential on, answer bounded, error read.

use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::client::Client;
use super::error::{Error, ErrorKind, Stakes, redact};
use super::paid::IdempotencyKey;

/// The largest JSON answer that is read, in bytes.
pub(super) const ANSWER_LIMIT: usize = 32 * 1024 * 1024;

/// One resource: `{"data": …}`.
#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

impl Client {
    /// `GET` of one resource.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Error> {
        let answer = self.get_answer(url).await?;
        decode::<Envelope<T>>(&answer, Stakes::Free).map(|envelope| envelope.data)
    }

    /// `GET` of a list, whose cursor stands beside `data`.
    pub(super) async fn get_list<T: DeserializeOwned>(&self, url: Url) -> Result<super::page::Page<T>, Error> {
        let answer = self.get_answer(url).await?;
        decode(&answer, Stakes::Free)
    }

    /// `POST` of a JSON body, exactly these bytes. Returns the body of a 2xx answer.
    pub(super) async fn post_bytes(
        &self,
        url: Url,
        body: bytes::Bytes,
        key: Option<&IdempotencyKey>,
        stakes: Stakes,
    ) -> Result<Vec<u8>, Error> {
        let limit = match stakes {
            Stakes::Free => self.shared.timeouts.load,
            Stakes::Paid => self.shared.timeouts.paid,
        };
        let mut request = self
            .shared
            .api
            .request(Method::POST, url)
            .timeout(limit)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key.as_str());
        }
        let response = self.authorised(request)?.send().await.map_err(|error| Error::from_transport(error, stakes))?;
        self.answer(response, stakes).await
    }

    /// `PATCH` of one resource with a JSON body.
    pub(super) async fn patch(&self, url: Url, body: bytes::Bytes) -> Result<(), Error> {
        let request = self.shared.api.request(Method::PATCH, url).timeout(self.shared.timeouts.load);
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body);
        let response =
            self.authorised(request)?.send().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        self.answer(response, Stakes::Free).await.map(drop)
    }

    /// `DELETE` of one resource.
    pub(super) async fn delete(&self, url: Url) -> Result<(), Error> {
        let request = self.shared.api.request(Method::DELETE, url).timeout(self.shared.timeouts.load);
        let response =
            self.authorised(request)?.send().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        self.answer(response, Stakes::Free).await.map(drop)
    }

    async fn get_answer(&self, url: Url) -> Result<Vec<u8>, Error> {
        let request = self.shared.api.request(Method::GET, url).timeout(self.shared.timeouts.load);
        let response =
            self.authorised(request)?.send().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        self.answer(response, Stakes::Free).await
    }

    /// The only place where the credential meets a request.
    pub(super) fn authorised(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let (name, value) = self.shared.endpoint.credential.header()?;
        Ok(request.header(name, value).header(ACCEPT, HeaderValue::from_static("application/json")))
    }

    /// The body of a 2xx answer, or the error the answer is.
    pub(super) async fn answer(&self, response: Response, stakes: Stakes) -> Result<Vec<u8>, Error> {
        let status = response.status();
        let secret = self.shared.endpoint.credential.secret();
        if status.is_success() {
            return read_bounded(response, stakes).await;
        }
        if status.is_redirection() {
            let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("nowhere");
            let message = format!("HeyGen's address redirects to {}, which was not followed.", redact(target, secret));
            return Err(Error::new(ErrorKind::Other, message)
                .with_hint("The key is sent to HeyGen's own address only. Check the network."));
        }
        let retry_after = retry_after(response.headers(), SystemTime::now());
        // The status alone says what happened; a body that breaks off only costs the words.
        let body = read_bounded(response, stakes).await.unwrap_or_default();
        Err(Error::from_answer(status.as_u16(), retry_after, &body, secret))
    }
}

async fn read_bounded(mut response: Response, stakes: Stakes) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Error::from_transport(error, stakes))? {
        if body.len().saturating_add(chunk.len()) > ANSWER_LIMIT {
            return Err(Error::unreadable(stakes, "HeyGen's answer is larger than any it should give."));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads JSON; an error names the field.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8], stakes: Stakes) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_syntax() || error.is_eof() {
            return Error::unreadable(
                stakes,
                "HeyGen's answer is not the data expected: it is no JSON, or it breaks off.",
            )
            .with_redacted_source(&error);
        }
        Error::unreadable(stakes, format!("HeyGen's answer could not be read at “{path}”."))
            .with_param(path)
            .with_redacted_source(&error)
    })
}

/// The wait a server asks for: seconds, or a date, which is measured against the server's own clock
/// where it says what that is.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse::<u64>() {
        return Some(Duration::from_secs(seconds.min(24 * 60 * 60)));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let now = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Option<u64>) {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap()))
            .collect();
        assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        check(&[], None);
        check(&[("retry-after", "7")], Some(7));
        check(&[("retry-after", " 0 ")], Some(0));
        check(&[("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT")], Some(90));
        check(&[("retry-after", "Sun, 22 Nov 2026 11:00:00 GMT")], Some(0));
        check(&[("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT"), ("date", "Sun, 22 Nov 2026 12:01:00 GMT")], Some(30));
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "99999999999")], Some(86_400));
    }
}
