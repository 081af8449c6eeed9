//! `/v3/avatar-realtime`: sessions in which an avatar speaks while it is watched. Starting one is paid
//! for; following it, feeding it and stopping it are not.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderValue};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::assets::AssetId;
use super::client::Client;
use super::error::{Error, ErrorKind, Stakes};
use super::input::Input;
use super::paid::IdempotencyKey;
use super::remote::{Remote, RemoteStatus};
use super::wire;
use crate::draft::realtime::Program;
use crate::draft::{Field, RealtimeDraft, WordTiming};

/// Bytes one event of the words may have.
const EVENT_LIMIT: usize = 64 * 1024;

/// Where a session stands at HeyGen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamStatus {
    /// Not begun: nothing is charged yet.
    Pending,
    Ready,
    Streaming,
    Completed,
    Failed,
    Cancelled,
    /// A word that is not known here: it still runs.
    Other(String),
}

impl StreamStatus {
    /// The status a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "pending" => Self::Pending,
            "ready" => Self::Ready,
            "streaming" => Self::Streaming,
            "completed" => Self::Completed,
            "error" | "failed" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            other => Self::Other(other.to_owned()),
        }
    }

    /// HeyGen's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Streaming => "streaming",
            Self::Completed => "completed",
            Self::Failed => "error",
            Self::Cancelled => "cancelled",
            Self::Other(word) => word,
        }
    }
}

/// A session at HeyGen.
#[derive(Clone, PartialEq, Eq)]
pub struct Stream {
    pub id: String,
    pub status: StreamStatus,
    /// Where it can be watched, while it plays. Signed: never log it.
    pub hls_url: Option<String>,
    /// HeyGen's words about what went wrong.
    pub failure: Option<String>,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct WireStream {
    #[serde(default)]
    stream_id: Option<String>,
    status: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    hls_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    url: Option<String>,
    #[serde(default)]
    error: Option<Value>,
}

impl WireStream {
    fn read(self, asked: &str) -> Stream {
        let failure = match self.error {
            Some(Value::String(words)) => Some(words),
            Some(Value::Object(fields)) => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
                text("message").or_else(|| text("code")).or_else(|| Some("no reason given".to_owned()))
            }
            _ => None,
        };
        let given = |url: Option<String>| url.filter(|url| !url.is_empty());
        Stream {
            id: self.stream_id.filter(|id| !id.is_empty()).unwrap_or_else(|| asked.to_owned()),
            status: StreamStatus::from_word(&self.status),
            hls_url: given(self.hls_url).or(given(self.url)),
            failure,
        }
    }
}

impl From<Stream> for Remote {
    fn from(stream: Stream) -> Self {
        let status = match stream.status {
            StreamStatus::Pending => RemoteStatus::Waiting,
            StreamStatus::Ready | StreamStatus::Streaming | StreamStatus::Other(_) => RemoteStatus::Running,
            StreamStatus::Completed => RemoteStatus::Completed,
            StreamStatus::Failed => RemoteStatus::Failed,
            StreamStatus::Cancelled => RemoteStatus::Cancelled,
        };
        Self { failure_message: stream.failure, ..Self::new(stream.id, status, stream.status.word()) }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Body<'a> {
    Tts { avatar_id: &'a str, voice_id: &'a str, text: &'a str, max_duration_seconds: u32 },
    Audio { avatar_id: &'a str, audio: Input<'a>, max_duration_seconds: u32 },
    TextStream { avatar_id: &'a str, voice_id: &'a str, text: &'a str, max_duration_seconds: u32 },
}

#[derive(Serialize)]
struct MoreText<'a> {
    text: &'a str,
    #[serde(rename = "final")]
    is_final: bool,
}

/// The exact bytes of `POST /v3/avatar-realtime` for this draft. The same draft and uploads always give
/// the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems or a file that
/// was not uploaded.
pub(super) fn body(draft: &RealtimeDraft, uploads: &BTreeMap<Field, AssetId>) -> Result<Vec<u8>, Error> {
    let missing = |param: &str, message: &str| Error::new(ErrorKind::Invalid, message).with_param(param);
    let look = draft.look.as_ref().ok_or_else(|| missing("avatar_id", "The session has no face yet."))?;
    let (avatar_id, max_duration_seconds) = (look.id.as_str(), draft.limit_seconds);
    let spoken = || {
        let text = Some(draft.script.trim()).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| missing("text", "The session has no text yet."))?;
        let voice_id = draft.voice_id().ok_or_else(|| missing("voice_id", "The session has no voice yet."))?;
        Ok::<_, Error>((voice_id, text))
    };
    let body = match draft.program {
        Program::Script => {
            let (voice_id, text) = spoken()?;
            Body::Tts { avatar_id, voice_id, text, max_duration_seconds }
        }
        Program::Live => {
            let (voice_id, text) = spoken()?;
            Body::TextStream { avatar_id, voice_id, text, max_duration_seconds }
        }
        Program::Audio => {
            let audio = draft.audio.as_ref().ok_or_else(|| missing("audio", "The session has no sound yet."))?;
            Body::Audio { avatar_id, audio: Input::of(audio, Field::Audio, "audio", uploads)?, max_duration_seconds }
        }
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

impl Client {
    /// A session, with a fresh address to watch it. Asked once: jobs have a schedule of their own.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn stream(&self, id: &str) -> Result<Stream, Error> {
        let wire: WireStream = self.get(self.address(&["v3", "avatar-realtime", id])?).await?;
        Ok(wire.read(id))
    }

    /// Stops a session. One that has ended stays as it ended.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn cancel_stream(&self, id: &str) -> Result<(), Error> {
        let url = self.address(&["v3", "avatar-realtime", id, "cancel"])?;
        self.post_bytes(url, Bytes::from_static(b"{}"), None, Stakes::Free).await.map(drop)
    }

    /// Gives a session that is typed live more to say; `is_final` says that nothing more will come. With
    /// the same key the same text is said once, however often it is sent.
    ///
    /// # Errors
    /// What HeyGen answered: 410 once the session takes no more.
    pub async fn add_stream_text(
        &self,
        id: &str,
        text: &str,
        is_final: bool,
        key: &IdempotencyKey,
    ) -> Result<(), Error> {
        let url = self.address(&["v3", "avatar-realtime", id, "text"])?;
        let body = serde_json::to_vec(&MoreText { text, is_final })
            .map_err(|error| Error::new(ErrorKind::Other, "The text could not be written.").with_source(error))?;
        self.post_bytes(url, Bytes::from(body), Some(key), Stakes::Free).await.map(drop)
    }

    /// A list or a piece of a film from a signed address, whole and of at most `limit` bytes. The key is
    /// never sent there.
    ///
    /// # Errors
    /// [`ErrorKind::LinkExpired`] when a fresh address is needed, [`ErrorKind::TooLarge`], otherwise what
    /// kept it from coming.
    pub async fn stream_part(&self, address: &str, limit: usize) -> Result<Vec<u8>, Error> {
        let mut body = self.open_result(address, 0, None).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = body.chunk().await? {
            if bytes.len().saturating_add(chunk.len()) > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// As [`Client::stream_part`], but only so many bytes from the byte `first` on.
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Interrupted`] when the file ends before.
    pub async fn stream_range(&self, address: &str, first: u64, length: u64, limit: usize) -> Result<Vec<u8>, Error> {
        let wanted = usize::try_from(length).ok().filter(|wanted| *wanted <= limit).ok_or_else(too_large)?;
        let mut body = self.open_range(address, first, length).await?;
        // A server that sends the whole file all the same sends what is before it first.
        let mut before = if body.partial { 0 } else { usize::try_from(first).unwrap_or(usize::MAX) };
        let mut bytes = Vec::new();
        while bytes.len() < wanted
            && let Some(chunk) = body.chunk().await?
        {
            let skipped = before.min(chunk.len());
            before -= skipped;
            let rest = chunk.get(skipped..).unwrap_or_default();
            bytes.extend_from_slice(rest.get(..wanted - bytes.len()).unwrap_or(rest));
        }
        if bytes.len() < wanted {
            return Err(Error::new(ErrorKind::Interrupted, "A piece of the stream ended before it was whole."));
        }
        Ok(bytes)
    }

    /// Opens the words of a session: each comes when it is spoken.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn stream_words(&self, id: &str) -> Result<WordStream, Error> {
        let url = self.address(&["v3", "avatar-realtime", id, "words"])?;
        // No time limit: a session may be silent for as long as it lasts.
        let request = self.authorised(self.shared.api.get(url))?;
        let request = request.header(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let response = request.send().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
        if !response.status().is_success() {
            self.answer(response, Stakes::Free).await?;
            return Err(Error::new(ErrorKind::Unreadable, "HeyGen sent no words."));
        }
        Ok(WordStream { response, events: Events::default() })
    }
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, "A piece of the stream is larger than any should be.")
}

/// The words of a session on their way. Dropping it hangs up.
pub struct WordStream {
    response: reqwest::Response,
    events: Events,
}

impl std::fmt::Debug for WordStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WordStream")
    }
}

impl WordStream {
    /// The next word; `None` once there will be no more.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<WordTiming>, Error> {
        loop {
            match self.events.take() {
                Some(Event::Word(word)) => return Ok(Some(word)),
                Some(Event::End) => return Ok(None),
                None => {}
            }
            let chunk = self.response.chunk().await.map_err(|error| Error::from_transport(error, Stakes::Free))?;
            match chunk {
                Some(bytes) => self.events.feed(&bytes)?,
                None => return Ok(None),
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Word(WordTiming),
    End,
}

/// Server-sent events, as far as words need them.
#[derive(Default)]
struct Events {
    /// The line that is not whole yet.
    line: Vec<u8>,
    name: String,
    data: String,
    ready: VecDeque<Event>,
}

impl Events {
    fn take(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for byte in bytes {
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                let line = String::from_utf8_lossy(&line).into_owned();
                self.take_line(line.trim_end_matches('\r'));
            } else {
                self.line.push(*byte);
            }
            if self.line.len().saturating_add(self.data.len()) > EVENT_LIMIT {
                return Err(Error::new(ErrorKind::Unreadable, "HeyGen's words are longer than any can be."));
            }
        }
        Ok(())
    }

    fn take_line(&mut self, line: &str) {
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            if matches!(name.as_str(), "end" | "done" | "close") || data == "[DONE]" {
                self.ready.push_back(Event::End);
            } else {
                self.ready.extend(words(&data).into_iter().map(Event::Word));
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            // Comments, ids and waits say nothing about words.
            _ => {}
        }
    }
}

/// The words in one event: an object with a word, or a list of such.
fn words(data: &str) -> Vec<WordTiming> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(alias = "text")]
        word: String,
        #[serde(alias = "start_time")]
        start: Number,
        #[serde(alias = "end_time")]
        end: Number,
    }
    let decimal = |number: &Number| number.to_string().parse::<Decimal>().ok();
    let word = |value: Value| {
        let wire: Wire = serde_json::from_value(value).ok()?;
        Some(WordTiming { start: decimal(&wire.start)?, end: decimal(&wire.end)?, word: wire.word })
    };
    match serde_json::from_str::<Value>(data) {
        Ok(Value::Array(list)) => list.into_iter().filter_map(word).collect(),
        Ok(Value::Object(mut fields)) => match fields.remove("words") {
            Some(Value::Array(list)) => list.into_iter().filter_map(word).collect(),
            _ => word(Value::Object(fields)).into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        // In pieces of every length, as a socket may cut them.
        for piece in 1..=text.len().max(1) {
            let mut events = Events::default();
            let mut found = Vec::new();
            for bytes in text.as_bytes().chunks(piece) {
                events.feed(bytes).unwrap();
                while let Some(event) = events.take() {
                    found.push(match event {
                        Event::Word(word) => format!("{} {}-{}", word.word, word.start, word.end),
                        Event::End => "end".to_owned(),
                    });
                }
            }
            assert_eq!(found, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn words_come_out_of_events_however_they_are_cut() {
        let word = "id: 0\nevent: word\ndata: {\"word\": \"Grüße\", \"start\": 0.25, \"end\": 0.5}\n\n";
        check(word, &["Grüße 0.25-0.5"]);
        check(&word.replace('\n', "\r\n"), &["Grüße 0.25-0.5"]);
        check(&format!(": waiting\n\n{word}event: end\ndata: {{}}\n\n"), &["Grüße 0.25-0.5", "end"]);
        check(
            "data: [{\"word\":\"a\",\"start\":0,\"end\":1},{\"word\":\"b\",\"start\":1,\"end\":2}]\n\n",
            &["a 0-1", "b 1-2"],
        );
        check("data: {\"words\":\ndata: [{\"text\":\"a\",\"start_time\":0,\"end_time\":1}]}\n\n", &["a 0-1"]);
        check("data: {\"word\": 7}\n\ndata: no json\n\ndata: {\"word\":\"a\"", &[]);
        check("", &[]);
    }

    #[test]
    fn an_event_without_an_end_is_given_up() {
        let mut events = Events::default();
        assert!((0..80).any(|_| events.feed(&[b'x'; 1_024]).is_err()));
    }

    #[test]
    fn an_unknown_status_still_runs_and_either_address_is_taken() {
        let read = |json: &str| serde_json::from_str::<WireStream>(json).unwrap().read("asked");
        let stream = read(r#"{"status": "warming_up", "url": "https://x/y.m3u8", "hls_url": null}"#);
        assert_eq!((stream.id.as_str(), stream.hls_url.as_deref()), ("asked", Some("https://x/y.m3u8")));
        assert!(Remote::from(stream).status.is_running());
        let failed = read(r#"{"stream_id": "s", "status": "error", "error": {"code": "x", "message": "No face."}}"#);
        assert_eq!(failed.failure.as_deref(), Some("No face."));
        assert_eq!(Remote::from(failed).status, RemoteStatus::Failed);
    }
}
