//! `/v3/voices/speech`: answered at once.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::error::{Error, ErrorKind};
use super::remote::{FileRole, Remote, RemoteFile, RemoteStatus, extension_of};
use super::wire;
use crate::draft::speech::InputType;
use crate::draft::{SpeechDraft, WordTiming};

#[derive(Serialize)]
struct Body<'a> {
    text: &'a str,
    voice_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
}

/// The exact bytes of `POST /v3/voices/speech` for this draft; the same draft always gives the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`] with the field's name, for a draft that still has problems.
pub fn body(draft: &SpeechDraft) -> Result<Vec<u8>, Error> {
    let text = Some(draft.text.trim())
        .filter(|text| !text.is_empty())
        .ok_or_else(|| missing("text", "The speech has no text yet."))?;
    let voice = draft.voice.as_ref().ok_or_else(|| missing("voice_id", "The speech has no voice yet."))?;
    let locale = draft.locale();
    let body = Body {
        text,
        voice_id: &voice.id,
        input_type: (draft.input_type != InputType::default()).then(|| draft.input_type.word()),
        speed: (draft.speed != Decimal::ONE).then(|| wire::number(draft.speed)).flatten(),
        // An accent names its language itself.
        language: draft.language.as_deref().filter(|_| locale.is_none()),
        locale,
    };
    serde_json::to_vec(&body)
        .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))
}

fn missing(param: &str, message: &str) -> Error {
    Error::new(ErrorKind::Invalid, message).with_param(param)
}

#[derive(Deserialize)]
struct WireAnswer {
    data: WireSpeech,
}

#[derive(Deserialize)]
struct WireSpeech {
    audio_url: String,
    #[serde(default, deserialize_with = "wire::lenient_decimal")]
    duration: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::lenient")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    word_timestamps: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct WireWord {
    word: String,
    #[serde(deserialize_with = "wire::decimal")]
    start: Option<Decimal>,
    #[serde(deserialize_with = "wire::decimal")]
    end: Option<Decimal>,
}

/// What the answer to a speech holds: the sound, its length and when each word is spoken. Words that
/// cannot be read are left out; a length that cannot be read is unknown.
///
/// # Errors
/// [`ErrorKind::Unreadable`] for an answer that names no sound.
pub fn speech_made(answer: &str) -> Result<Remote, Error> {
    let unnamed = || Error::new(ErrorKind::Unreadable, "The answer names no sound.");
    let wire: WireAnswer = serde_json::from_str(answer).map_err(|error| unnamed().with_source(error))?;
    let speech = wire.data;
    if speech.audio_url.is_empty() {
        return Err(unnamed());
    }
    // An address without an ending of its own is that of the format HeyGen makes.
    let extension = match extension_of(&speech.audio_url) {
        known @ ("mp3" | "wav" | "m4a") => known.to_owned(),
        _ => "mp3".to_owned(),
    };
    let words = speech.word_timestamps.unwrap_or_default().into_iter().filter_map(timing).collect();
    Ok(Remote {
        seconds: speech.duration.filter(|seconds| *seconds > Decimal::ZERO),
        files: vec![RemoteFile::new(FileRole::Main, speech.audio_url, &extension)],
        words,
        ..Remote::new(speech.request_id.unwrap_or_default(), RemoteStatus::Completed, "completed")
    })
}

/// HeyGen marks the beginning and the end with words of no sound, such as `<start>`: they are none.
fn timing(value: Value) -> Option<WordTiming> {
    let wire: WireWord = serde_json::from_value(value).ok()?;
    let (word, start, end) = (wire.word.trim(), wire.start?, wire.end?);
    let is_mark = word.starts_with('<') && word.ends_with('>');
    let in_order = start >= Decimal::ZERO && end >= start;
    (!word.is_empty() && !is_mark && in_order).then(|| WordTiming { word: word.to_owned(), start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, expected: Option<(&str, Option<&str>, usize)>) {
        let made = speech_made(answer).ok();
        let found = made.as_ref().map(|made| {
            (made.files[0].extension.as_str(), made.seconds.map(|seconds| seconds.to_string()), made.words.len())
        });
        let expected = expected.map(|(extension, seconds, words)| (extension, seconds.map(str::to_owned), words));
        assert_eq!(found, expected, "{answer}");
    }

    #[test]
    fn the_sound_is_what_counts_and_the_rest_is_read_leniently() {
        check(
            r#"{"data":{"audio_url":"https://files.example/a.wav?sig=1","duration":2.50,"request_id":"r","word_timestamps":[{"word":"Hello","start":0.1,"end":0.42}]}}"#,
            Some(("wav", Some("2.50"), 1)),
        );
        check(r#"{"data":{"audio_url":"https://files.example/a.mp3"}}"#, Some(("mp3", None, 0)));
        check(
            r#"{"data":{"audio_url":"https://files.example/a","duration":null,"word_timestamps":null,"new":1}}"#,
            Some(("mp3", None, 0)),
        );
        check(
            r#"{"data":{"audio_url":"https://files.example/a","duration":"long","word_timestamps":[{"word":"<start>","start":0,"end":0},{"word":"you","start":1,"end":0.5},{"word":7},{"word":"Hi","start":0,"end":1e0}]}}"#,
            Some(("mp3", None, 1)),
        );
        check(r#"{"data":{"audio_url":"https://files.example/a","duration":0}}"#, Some(("mp3", None, 0)));
        check(r#"{"data":{"duration":2}}"#, None);
        check(r#"{"data":{"audio_url":""}}"#, None);
        check("", None);
        check("<html>", None);
    }
}
