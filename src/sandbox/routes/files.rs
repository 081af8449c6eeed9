//! `/files`: presigned results, assets and previews, with ranges and entity tags. No key is asked for.

use std::collections::HashMap;
use std::io::{self, SeekFrom};
use std::path::Path as FilePath;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::sandbox::cast::{portrait_png, voice_preview_wav};
use crate::sandbox::faults::Kind;
use crate::sandbox::footage::FootageError;
use crate::sandbox::server::{Planned, State};
use crate::sandbox::signing::hex;
use crate::sandbox::wire::{Query, Refusal};
use crate::sandbox::world::Failure;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/files/{kind}/{name}", get(download))
}

/// The path of a job's result.
pub(in crate::sandbox) fn result(name: &str) -> String {
    format!("/files/results/{name}")
}

/// A file's name within the results folder.
pub(super) fn name(path: &FilePath) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Why something could not be made, as the resource will show it.
pub(super) fn unmade(what: &str, error: &FootageError) -> Failure {
    let message = format!("The {what} could not be made: {error}");
    Failure { code: "render_failed".to_owned(), message }
}

/// The path of an asset's bytes.
pub(super) fn asset(id: &str) -> String {
    format!("/files/assets/{id}")
}

/// The path of a look's portrait.
pub(super) fn portrait(look_id: &str) -> String {
    format!("/files/portraits/{look_id}.png")
}

/// The path of a voice's sample.
pub(super) fn voice(voice_id: &str) -> String {
    format!("/files/voices/{voice_id}.wav")
}

/// The path of the picture of a style or a brand kit.
pub(super) fn card(id: &str) -> String {
    format!("/files/cards/{id}.png")
}

/// The path of a piece of music.
pub(super) fn sound(id: &str) -> String {
    format!("/files/sounds/{id}.wav")
}

async fn download(
    Shared(state): Shared<State>,
    planned: Option<Extension<Planned>>,
    uri: Uri,
    Path((kind, name)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mut query = Query::read(raw.as_deref());
    let (expires, signature) = (query.text("expires"), query.text("signature"));
    let admitted = state.signer.admits(uri.path(), expires.as_deref(), signature.as_deref(), state.clock.now());
    let struck = matches!(planned, Some(Extension(Planned(Kind::ExpiredLink))));
    if !admitted || struck {
        return (StatusCode::FORBIDDEN, "This address has expired or its signature is wrong.").into_response();
    }
    let sent = match kind.as_str() {
        "results" => match super::derived::make(&state, &name).await {
            Ok(()) => from_disk(&state.folders.results.join(&name), content_type_of(&name), &headers).await,
            Err(error) => Err(error),
        },
        "assets" => {
            let id = name.clone();
            let media_type = match state.world(move |world| world.asset(&id)).await {
                Ok(asset) => asset.map_or_else(String::new, |asset| asset.media_type),
                Err(refusal) => return refusal.into_response(),
            };
            from_disk(&state.folders.assets.join(&name), &media_type, &headers).await
        }
        "portraits" => preview(&state, &name, ".png", portrait_png, &headers).await,
        "cards" => preview(&state, &name, ".png", super::agents::card, &headers).await,
        "sounds" => preview(&state, &name, ".wav", super::sounds::piece, &headers).await,
        "voices" => preview(&state, &name, ".wav", voice_preview_wav, &headers).await,
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    sent.unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
        _ => Refusal::internal("The file cannot be read.").into_response(),
    })
}

fn content_type_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("mp4") => "video/mp4",
        Some("webm") => "video/webm",
        Some("mov") => "video/quicktime",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("srt") => "application/x-subrip",
        Some("vtt") => "text/vtt",
        Some("wav") => "audio/wav",
        _ => "application/octet-stream",
    }
}

async fn from_disk(path: &FilePath, content_type: &str, asked: &HeaderMap) -> io::Result<Response> {
    let mut file = tokio::fs::File::open(path).await?;
    let about = file.metadata().await?;
    let changed = about.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let tag = format!("\"{:x}-{:x}\"", changed.as_millis(), about.len());
    let (status, span) = match answer(asked, &tag, about.len()) {
        Answer::Part(span) => (StatusCode::PARTIAL_CONTENT, span),
        Answer::Whole => (StatusCode::OK, Span { start: 0, length: about.len() }),
        Answer::Nothing(status) => return Ok(without_body(status, &tag, about.len())),
    };
    file.seek(SeekFrom::Start(span.start)).await?;
    let body = Body::from_stream(ReaderStream::new(file.take(span.length)));
    Ok(with_body(status, &tag, content_type, span, about.len(), body))
}

/// Drawn or spoken at the first request, then kept: a gallery asks for all of them again and again.
async fn preview(
    state: &State,
    name: &str,
    suffix: &str,
    make: fn(&str) -> Option<Vec<u8>>,
    asked: &HeaderMap,
) -> io::Result<Response> {
    let nothing = || io::Error::from(io::ErrorKind::NotFound);
    let bytes = match state.previews.get(name) {
        Some(bytes) => bytes,
        None => {
            let id = name.strip_suffix(suffix).ok_or_else(nothing)?.to_owned();
            let made = tokio::task::spawn_blocking(move || make(&id)).await;
            let bytes = Bytes::from(made.ok().flatten().ok_or_else(nothing)?);
            state.previews.keep(name, &bytes);
            bytes
        }
    };
    let length = u64::try_from(bytes.len()).map_err(io::Error::other)?;
    let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)));
    let (status, span) = match answer(asked, &tag, length) {
        Answer::Part(span) => (StatusCode::PARTIAL_CONTENT, span),
        Answer::Whole => (StatusCode::OK, Span { start: 0, length }),
        Answer::Nothing(status) => return Ok(without_body(status, &tag, length)),
    };
    let start = usize::try_from(span.start).map_err(io::Error::other)?;
    let end = usize::try_from(span.start + span.length).map_err(io::Error::other)?;
    Ok(with_body(status, &tag, content_type_of(name), span, length, Body::from(bytes.slice(start..end))))
}

/// Previews that were made.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Previews(Mutex<HashMap<String, Bytes>>);

impl Previews {
    fn get(&self, name: &str) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn keep(&self, name: &str, bytes: &Bytes) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bytes.clone());
    }
}

/// Bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: u64,
    length: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Whole,
    Part(Span),
    /// 304 or 416.
    Nothing(StatusCode),
}

fn answer(asked: &HeaderMap, tag: &str, length: u64) -> Answer {
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag)) {
        return Answer::Nothing(StatusCode::NOT_MODIFIED);
    }
    // A range of another version of the file would be garbage at the end of this one.
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Answer::Whole;
    }
    text(header::RANGE).map_or(Answer::Whole, |range| part(range, length))
}

fn part(range: &str, length: u64) -> Answer {
    let asked = range.strip_prefix("bytes=").filter(|asked| !asked.contains(','));
    let Some((from, to)) = asked.and_then(|asked| asked.split_once('-')) else { return Answer::Whole };
    let (from, to): (Option<u64>, Option<u64>) = match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if to >= from => (Some(from), Some(to)),
        (Ok(from), Err(_)) if to.is_empty() => (Some(from), None),
        (Err(_), Ok(last)) if from.is_empty() => (None, Some(last)),
        _ => return Answer::Whole,
    };
    let start = match (from, to) {
        (Some(from), _) => from,
        (None, last) => length.saturating_sub(last.unwrap_or_default()),
    };
    let end = match (from, to) {
        (Some(_), Some(to)) => to.saturating_add(1).min(length),
        _ => length,
    };
    if start >= end {
        return Answer::Nothing(StatusCode::RANGE_NOT_SATISFIABLE);
    }
    Answer::Part(Span { start, length: end - start })
}

fn with_body(status: StatusCode, tag: &str, content_type: &str, span: Span, length: u64, body: Body) -> Response {
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, span.length)
        .header(header::ETAG, tag)
        .header(header::ACCEPT_RANGES, "bytes");
    if status == StatusCode::PARTIAL_CONTENT {
        let last = span.start + span.length - 1;
        response = response.header(header::CONTENT_RANGE, format!("bytes {}-{last}/{length}", span.start));
    }
    response.body(body).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn without_body(status: StatusCode, tag: &str, length: u64) -> Response {
    let mut response = Response::builder().status(status).header(header::ETAG, tag);
    if status == StatusCode::RANGE_NOT_SATISFIABLE {
        response = response.header(header::CONTENT_RANGE, format!("bytes */{length}"));
    }
    response.body(Body::empty()).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &str, expected: Answer) {
        assert_eq!(part(range, 100), expected, "{range}");
    }

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let span = |start, length| Answer::Part(Span { start, length });
        check("bytes=0-9", span(0, 10));
        check("bytes=90-", span(90, 10));
        check("bytes=90-200", span(90, 10));
        check("bytes=-5", span(95, 5));
        check("bytes=-500", span(0, 100));
        check("bytes=100-", Answer::Nothing(StatusCode::RANGE_NOT_SATISFIABLE));
        check("bytes=-0", Answer::Nothing(StatusCode::RANGE_NOT_SATISFIABLE));
        check("bytes=9-0", Answer::Whole);
        check("bytes=0-1,5-6", Answer::Whole);
        check("lines=0-1", Answer::Whole);
    }
}
