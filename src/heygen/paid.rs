//! Requests that cost money: every one with its replay rule, sent with the caller's bytes and key.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use super::client::Client;
use super::error::{Error, Stakes};
use super::send::decode;

/// Hours HeyGen remembers an idempotency key.
pub const KEY_HOURS: u32 = 24;

/// Whether a paid request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayRule {
    /// The same key replays the first answer for so many hours; after that it would pay again.
    KeyHonoured { for_hours: u32 },
    /// Sending again may pay again: look instead.
    NotHonoured,
}

/// Every request that costs money by the rate card. One that is added does not compile without a
/// replay rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaidEndpoint {
    Videos,
    VideoBatches,
    VideoAgents,
    /// A further message to an agent's session, which may render again.
    VideoAgentMessage {
        session_id: String,
    },
    VideoTranslations,
    VideoTranslationBatches,
    Lipsyncs,
    LipsyncBatches,
    AiClipping,
    HyperFramesRenders,
    Avatars,
    AvatarRealtime,
    VoicesSpeech,
}

impl PaidEndpoint {
    /// The path's segments, not yet escaped.
    fn segments(&self) -> Vec<&str> {
        match self {
            Self::Videos => vec!["v3", "videos"],
            Self::VideoBatches => vec!["v3", "videos", "batches"],
            Self::VideoAgents => vec!["v3", "video-agents"],
            Self::VideoAgentMessage { session_id } => vec!["v3", "video-agents", session_id],
            Self::VideoTranslations => vec!["v3", "video-translations"],
            Self::VideoTranslationBatches => vec!["v3", "video-translations", "batches"],
            Self::Lipsyncs => vec!["v3", "lipsyncs"],
            Self::LipsyncBatches => vec!["v3", "lipsyncs", "batches"],
            Self::AiClipping => vec!["v3", "ai-clipping"],
            Self::HyperFramesRenders => vec!["v3", "hyperframes", "renders"],
            Self::Avatars => vec!["v3", "avatars"],
            Self::AvatarRealtime => vec!["v3", "avatar-realtime"],
            Self::VoicesSpeech => vec!["v3", "voices", "speech"],
        }
    }

    /// `/v3/videos` and so on, for journals and messages.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}", self.segments().join("/"))
    }

    /// The endpoint a journalled path names.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        let known = [
            Self::Videos,
            Self::VideoBatches,
            Self::VideoAgents,
            Self::VideoTranslations,
            Self::VideoTranslationBatches,
            Self::Lipsyncs,
            Self::LipsyncBatches,
            Self::AiClipping,
            Self::HyperFramesRenders,
            Self::Avatars,
            Self::AvatarRealtime,
            Self::VoicesSpeech,
        ];
        known.into_iter().find(|endpoint| endpoint.path() == path).or_else(|| {
            let session_id = path.strip_prefix("/v3/video-agents/")?.to_owned();
            Some(Self::VideoAgentMessage { session_id })
        })
    }

    /// Whether this request may be sent again with its key.
    ///
    /// HeyGen: "every POST that creates something takes `Idempotency-Key`", for 24 hours. A message
    /// to a session that exists creates nothing of its own, so no promise covers it.
    #[must_use]
    pub fn replay_rule(&self) -> ReplayRule {
        match self {
            Self::Videos
            | Self::VideoBatches
            | Self::VideoAgents
            | Self::VideoTranslations
            | Self::VideoTranslationBatches
            | Self::Lipsyncs
            | Self::LipsyncBatches
            | Self::AiClipping
            | Self::HyperFramesRenders
            | Self::Avatars
            | Self::AvatarRealtime
            | Self::VoicesSpeech => ReplayRule::KeyHonoured { for_hours: KEY_HOURS },
            Self::VideoAgentMessage { .. } => ReplayRule::NotHonoured,
        }
    }

    /// Where `data` holds the id of what was created, as a JSON pointer; `None` where the answer is
    /// already the result.
    fn id_pointer(&self) -> Option<&'static str> {
        match self {
            Self::Videos => Some("/video_id"),
            Self::VideoBatches | Self::VideoTranslationBatches | Self::LipsyncBatches => Some("/batch_id"),
            Self::VideoAgents | Self::VideoAgentMessage { .. } => Some("/session_id"),
            Self::VideoTranslations => Some("/video_translation_ids"),
            Self::Lipsyncs => Some("/lipsync_id"),
            Self::AiClipping => Some("/ai_clipping_id"),
            Self::HyperFramesRenders => Some("/render_id"),
            Self::Avatars => Some("/avatar_item/id"),
            Self::AvatarRealtime => Some("/stream_id"),
            Self::VoicesSpeech => None,
        }
    }
}

/// The key of one purchase: 1 to 255 characters of `A-Za-z0-9_:.-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// A text that cannot be the key of a purchase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 characters of A-Z a-z 0-9 _ : . -")]
pub struct NotAnIdempotencyKey;

impl IdempotencyKey {
    /// A key read back from the journal.
    ///
    /// # Errors
    /// [`NotAnIdempotencyKey`] for a text HeyGen would refuse.
    pub fn new(text: impl Into<String>) -> Result<Self, NotAnIdempotencyKey> {
        let text = text.into();
        let fits = (1..=255).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'));
        if fits { Ok(Self(text)) } else { Err(NotAnIdempotencyKey) }
    }

    /// A key nobody else has.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("reelmeter-{}", uuid::Uuid::new_v4()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// HeyGen's answer to a paid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The id to follow. Several translations are joined by commas; speech, which is answered at
    /// once, has an empty one.
    pub remote_id: String,
    /// HeyGen's first word on it, for example `waiting`.
    pub status: Option<String>,
    /// The whole answer as it came, for the journal. May hold presigned addresses: never log it.
    pub raw: String,
}

impl Client {
    /// Sends a paid request once: exactly these bytes, with this key.
    ///
    /// # Errors
    /// [`ErrorKind::NoConnection`](super::ErrorKind::NoConnection) when nothing was sent,
    /// [`ErrorKind::OutcomeUnknown`](super::ErrorKind::OutcomeUnknown) when nobody knows, otherwise
    /// what HeyGen answered; see [`ErrorKind::may_have_happened`](super::ErrorKind::may_have_happened).
    pub async fn send_paid(&self, endpoint: PaidEndpoint, body: Bytes, key: &IdempotencyKey) -> Result<Created, Error> {
        let url = self.address(&endpoint.segments())?;
        let answer = self.post_bytes(url, body, Some(key), Stakes::Paid).await?;
        created(&endpoint, answer)
    }
}

fn created(endpoint: &PaidEndpoint, answer: Vec<u8>) -> Result<Created, Error> {
    let json: Value = decode(&answer, Stakes::Paid)?;
    let data = json.get("data");
    let remote_id = match endpoint.id_pointer() {
        None => Some(String::new()),
        Some(pointer) => data.and_then(|data| data.pointer(pointer)).and_then(id_text),
    };
    // A session takes many messages: what follows one is told from the others by its run.
    let remote_id = match (endpoint, remote_id) {
        (PaidEndpoint::VideoAgentMessage { .. }, Some(session)) => {
            data.and_then(|data| data.get("run_id")).and_then(id_text).map(|run| format!("{session}#{run}"))
        }
        (_, remote_id) => remote_id,
    };
    let Some(remote_id) = remote_id.filter(|_| data.is_some()) else {
        return Err(Error::unreadable(
            Stakes::Paid,
            "HeyGen accepted the request, but its answer names nothing that could be followed.",
        ));
    };
    let status = data.and_then(|data| data.get("status")).and_then(Value::as_str).map(str::to_owned);
    let raw = String::from_utf8(answer).unwrap_or_else(|_| json.to_string());
    Ok(Created { remote_id, status, raw })
}

/// An id, or all ids of a list joined by commas.
fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Array(ids) => {
            let ids: Option<Vec<&str>> = ids.iter().map(Value::as_str).collect();
            ids.filter(|ids| !ids.is_empty() && ids.iter().all(|id| !id.is_empty())).map(|ids| ids.join(","))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heygen::ErrorKind;

    #[track_caller]
    fn check(endpoint: &PaidEndpoint, answer: &str, expected: Option<(&str, Option<&str>)>) {
        match (created(endpoint, answer.as_bytes().to_vec()), expected) {
            (Ok(created), Some((id, status))) => {
                assert_eq!(
                    (created.remote_id.as_str(), created.status.as_deref(), created.raw.as_str()),
                    (id, status, answer)
                );
            }
            (Err(error), None) => assert_eq!(error.kind, ErrorKind::OutcomeUnknown),
            (result, _) => panic!("{result:?}"),
        }
    }

    #[test]
    fn the_answer_to_a_purchase_names_what_to_follow_or_leaves_the_outcome_unknown() {
        check(&PaidEndpoint::Videos, r#"{"data":{"video_id":"v1","status":"waiting"}}"#, Some(("v1", Some("waiting"))));
        check(&PaidEndpoint::VideoTranslations, r#"{"data":{"video_translation_ids":["a","b"]}}"#, Some(("a,b", None)));
        check(
            &PaidEndpoint::Avatars,
            r#"{"data":{"avatar_group":{"id":"g"},"avatar_item":{"id":"i"}}}"#,
            Some(("i", None)),
        );
        check(&PaidEndpoint::VoicesSpeech, r#"{"data":{"audio_url":"https://x/y","duration":1.5}}"#, Some(("", None)));
        check(&PaidEndpoint::Videos, r#"{"data":{"status":"waiting"}}"#, None);
        check(&PaidEndpoint::Videos, r#"{"data":{"video_id":""}}"#, None);
        check(&PaidEndpoint::VideoTranslations, r#"{"data":{"video_translation_ids":[]}}"#, None);
        let message = PaidEndpoint::VideoAgentMessage { session_id: "s".to_owned() };
        check(&message, r#"{"data":{"session_id":"s","run_id":"r"}}"#, Some(("s#r", None)));
        check(&message, r#"{"data":{"session_id":"s"}}"#, None);
        check(&PaidEndpoint::VoicesSpeech, r#"{}"#, None);
        check(&PaidEndpoint::Videos, "<html>", None);
        check(&PaidEndpoint::Videos, "", None);
    }

    #[test]
    fn keys_are_those_heygen_takes() {
        for (text, fits) in
            [("a", true), ("A-z_0:9.x", true), ("", false), ("a b", false), ("ä", false), ("a\n", false)]
        {
            assert_eq!(IdempotencyKey::new(text).is_ok(), fits, "{text:?}");
        }
        assert!(IdempotencyKey::new("k".repeat(255)).is_ok() && IdempotencyKey::new("k".repeat(256)).is_err());
        let generated = IdempotencyKey::generate();
        assert_eq!(IdempotencyKey::new(generated.as_str()), Ok(generated.clone()));
        assert_ne!(generated, IdempotencyKey::generate());
    }
}
