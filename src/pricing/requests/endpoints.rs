//! Each paid endpoint: which of its fields decide the price.

use rust_decimal::Decimal;

use super::json::{InputError, Object, Value};
use super::{Given, fields};
use crate::draft::billable::{Creation, Face, Mode, Speech};
use crate::draft::{Billable, Engine, Length, Resolution, ssml};

type Notes = Vec<String>;
type Read<T> = Result<T, InputError>;

const ANY_RESOLUTION: [(&str, Resolution); 3] =
    [("4k", Resolution::K4), ("1080p", Resolution::P1080), ("720p", Resolution::P720)];
const MODES: [(&str, Mode); 2] = [("speed", Mode::Speed), ("precision", Mode::Precision)];
const ENGINES: [(&str, Engine); 3] =
    [("avatar_v", Engine::AvatarV), ("avatar_iv", Engine::AvatarIv), ("avatar_iii", Engine::AvatarIii)];

/// A POST to `path`, with the body of `item`.
pub(super) fn posted(path: &str, item: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    let segments = segments(path);
    let body = || item.needed("body").and_then(Value::object);
    Ok(match segments.as_slice() {
        ["v3", "videos"] => video(&body()?, given, notes)?,
        ["v3", "videos", "batches"] => {
            batch(&body()?, fields::VIDEO_BATCH, "videos", given, notes, |video_body, given, notes| {
                video(video_body, given, notes)
            })?
        }
        ["v3", "video-agents"] => video_agent(&body()?, given, notes)?,
        ["v3", "video-agents", _] => {
            let body = body()?;
            known(&body, fields::VIDEO_AGENT_MESSAGE, notes)?;
            notes.push("Charged only where the message leads to a video.".to_owned());
            Billable::VideoAgent { length: agent_length(given) }
        }
        ["v3", "video-translations"] => translation(&body()?, given, notes)?,
        ["v3", "video-translations", "batches"] => {
            batch(&body()?, fields::TRANSLATION_BATCH, "video_translations", given, notes, translation)?
        }
        ["v3", "video-translations", "proofreads", ..] => Billable::Unpriced {
            reason: "Proofreading is for enterprise plans only and has no published rate.".to_owned(),
        },
        ["v3", "lipsyncs"] => lipsync(&body()?, given, notes)?,
        ["v3", "lipsyncs", "batches"] => batch(&body()?, fields::LIPSYNC_BATCH, "lipsyncs", given, notes, lipsync)?,
        ["v3", "ai-clipping"] => clipping(&body()?, notes)?,
        ["v3", "hyperframes", "renders"] => hyperframes(&body()?, given, notes)?,
        ["v3", "avatar-realtime"] => realtime(&body()?, given, notes)?,
        ["v3", "avatars"] => avatar_creation(&body()?, notes)?,
        ["v3", "voices", "speech"] => speech(&body()?, given, notes)?,
        ["v1" | "v2", ..] => {
            Billable::Unpriced { reason: "HeyGen switched off its interface before v3 on 31 October 2026.".to_owned() }
        }
        _ => without_rate("POST", path),
    })
}

/// A request that no published rate speaks of.
pub(super) fn without_rate(method: &str, path: &str) -> Billable {
    let path: String = segments(path).join("/").chars().take(80).collect();
    Billable::Unpriced { reason: format!("There is no published rate for {method} /{path}.") }
}

/// The parts of a path, without host, query and closing slash.
fn segments(path: &str) -> Vec<&str> {
    let path = path.trim();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// Checks the shapes of a body and says which of its fields the interface does not have.
fn known(body: &Object<'_>, fields: fields::Fields, notes: &mut Notes) -> Read<()> {
    for unknown in body.check(fields)? {
        note(notes, format!("HeyGen's interface has no field “{unknown}” here and would refuse the request."));
    }
    Ok(())
}

fn note(notes: &mut Notes, sentence: impl Into<String>) {
    let sentence = sentence.into();
    if !notes.contains(&sentence) {
        notes.push(sentence);
    }
}

fn unpriced(reason: &str) -> Billable {
    Billable::Unpriced { reason: reason.to_owned() }
}

fn unknown(reason: &str) -> Length {
    Length::Unknown(reason.to_owned())
}

#[derive(Clone, Copy)]
enum VideoType {
    Avatar,
    Image,
    Cinematic,
    Studio,
}

fn video(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    let kind = body.needed("type")?.word(&[
        ("avatar", VideoType::Avatar),
        ("image", VideoType::Image),
        ("cinematic_avatar", VideoType::Cinematic),
        ("studio", VideoType::Studio),
    ])?;
    let resolution = body.get("resolution").map(|value| value.word(&ANY_RESOLUTION)).transpose()?;
    match kind {
        VideoType::Avatar => {
            known(body, fields::VIDEO_AVATAR, notes)?;
            avatar_video(body, resolution, given)
        }
        VideoType::Image => {
            known(body, fields::VIDEO_IMAGE, notes)?;
            image_video(body, resolution, given)
        }
        VideoType::Cinematic => {
            known(body, fields::VIDEO_CINEMATIC, notes)?;
            cinematic(body)
        }
        VideoType::Studio => {
            known(body, fields::VIDEO_STUDIO, notes)?;
            let scenes = body.needed("scenes")?.elements()?;
            let mut parts = Vec::with_capacity(scenes.len());
            for scene in scenes {
                parts.push(studio_scene(&scene.object()?, resolution, given, notes)?);
            }
            Ok(whole("scene", parts, given, notes))
        }
    }
}

fn avatar_video(body: &Object<'_>, resolution: Option<Resolution>, given: Given) -> Read<Billable> {
    let engine = match body.get("engine") {
        None => None,
        Some(engine) => Some(engine.object()?.needed("type")?.word(&ENGINES)?),
    };
    Ok(Billable::AvatarVideo {
        face: given.avatar_type.map_or(Face::UnknownLook, Face::Look),
        engine: engine.unwrap_or(Engine::AvatarIv),
        engine_assumed: engine.is_none(),
        resolution,
        length: spoken(body, given)?,
    })
}

fn image_video(body: &Object<'_>, resolution: Option<Resolution>, given: Given) -> Read<Billable> {
    Ok(Billable::AvatarVideo {
        face: Face::Image,
        engine: Engine::AvatarIv,
        engine_assumed: false,
        resolution,
        length: spoken(body, given)?,
    })
}

fn cinematic(body: &Object<'_>) -> Read<Billable> {
    if let Some(resolution) = body.get("resolution") {
        resolution.word(&[("720p", ()), ("1080p", ())])?;
    }
    if let Some(duration) = body.get("duration") {
        let seconds = duration.whole()?;
        let automatic = body.get("auto_duration").map(Value::flag).transpose()?.unwrap_or(false);
        if !automatic && !(4..=15).contains(&seconds) {
            return Ok(unpriced("Cinematic videos have 4 to 15 seconds."));
        }
    }
    Ok(Billable::Cinematic)
}

fn studio_scene(scene: &Object<'_>, resolution: Option<Resolution>, given: Given, notes: &mut Notes) -> Read<Billable> {
    let rate_less = scene.needed("type")?.word(&[
        ("avatar_video", None),
        ("image", Some("There is no published rate for scenes that show an image.")),
        ("video", Some("There is no published rate for scenes that show a video.")),
    ])?;
    if let Some(reason) = rate_less {
        return Ok(unpriced(reason));
    }
    let input = scene.needed("input")?.object()?;
    // The seconds given are for the whole video; a scene has its own length.
    let of_scene = Given { seconds: None, ..given };
    if input.needed("type")?.word(&[("avatar", true), ("image", false)])? {
        known(&input, fields::SCENE_AVATAR, notes)?;
        avatar_video(&input, resolution, of_scene)
    } else {
        known(&input, fields::SCENE_IMAGE, notes)?;
        image_video(&input, resolution, of_scene)
    }
}

/// The length of a video that speaks a script or plays a sound.
fn spoken(body: &Object<'_>, given: Given) -> Read<Length> {
    let script = body.get("script").map(Value::text).transpose()?.filter(|script| !script.trim().is_empty());
    let has_audio = body.get("audio_url").is_some() || body.get("audio_asset_id").is_some();
    let (speed, locale) = match body.get("voice_settings") {
        None => (None, None),
        Some(settings) => {
            let settings = settings.object()?;
            let speed = settings.get("speed").map(Value::number).transpose()?;
            (speed, settings.get("locale").map(Value::text).transpose()?)
        }
    };
    if let Some(seconds) = given.seconds {
        return Ok(Length::Seconds(seconds));
    }
    Ok(match (script, has_audio) {
        (Some(_), true) => unknown("Script and audio cannot both be given, so the length is not known."),
        (None, true) => unknown("The length of the audio is not known here; give its seconds."),
        (None, false) => unknown("There is neither script nor audio, so the length is not known."),
        (Some(text), false) => {
            let voice_id = body.get("voice_id").map(Value::text).transpose()?;
            Length::Speech(Speech { text, language: locale, voice_id, speed })
        }
    })
}

/// The parts of one request. Seconds given for the whole are shared where all parts have one rate.
fn whole(what: &'static str, parts: Vec<Billable>, given: Given, notes: &mut Notes) -> Billable {
    let several = |parts| Billable::Several { what, parts };
    let Some(seconds) = given.seconds else { return several(parts) };
    let of_length = |part: &Billable| with_length(part, Length::Seconds(seconds));
    let Some(together) = parts.first().and_then(of_length) else { return several(parts) };
    if parts.iter().all(|part| of_length(part).as_ref() == Some(&together)) {
        if parts.len() > 1 {
            note(notes, format!("The seconds given are taken as the length of all {} {what}s together.", parts.len()));
        }
        return together;
    }
    note(
        notes,
        format!("The seconds given are for all {what}s together; their rates differ, so each is taken by itself."),
    );
    several(parts)
}

/// The same request with another length; `None` where length does not decide its price.
fn with_length(billable: &Billable, new: Length) -> Option<Billable> {
    let mut billable = billable.clone();
    match &mut billable {
        Billable::AvatarVideo { length, .. }
        | Billable::VideoAgent { length }
        | Billable::HyperFrames { length, .. }
        | Billable::Realtime { length }
        | Billable::Translation { length, .. }
        | Billable::Lipsync { length, .. }
        | Billable::Speech { length } => *length = new,
        Billable::Cinematic
        | Billable::Clips { .. }
        | Billable::AvatarCreation(_)
        | Billable::Several { .. }
        | Billable::Free { .. }
        | Billable::Unpriced { .. } => return None,
    }
    Some(billable)
}

fn batch(
    body: &Object<'_>,
    fields: fields::Fields,
    list: &str,
    given: Given,
    notes: &mut Notes,
    read: impl Fn(&Object<'_>, Given, &mut Notes) -> Read<Billable>,
) -> Read<Billable> {
    known(body, fields, notes)?;
    let mut parts = Vec::new();
    for part in body.needed(list)?.elements()? {
        parts.push(read(&part.object()?, Given { seconds: None, ..given }, notes)?);
    }
    Ok(whole("video", parts, given, notes))
}

fn video_agent(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    known(body, fields::VIDEO_AGENT, notes)?;
    let mode = body.get("mode").map(|mode| mode.word(&[("generate", false), ("chat", true)])).transpose()?;
    if mode == Some(true) {
        notes.push("A chat is charged only where it leads to a video.".to_owned());
    }
    Ok(Billable::VideoAgent { length: agent_length(given) })
}

fn agent_length(given: Given) -> Length {
    let reason = "The agent decides how long the video gets; give its seconds to see a price.";
    given.seconds.map_or_else(|| unknown(reason), Length::Seconds)
}

fn mode(body: &Object<'_>, notes: &mut Notes) -> Read<Mode> {
    match body.get("mode") {
        Some(mode) => mode.word(&MODES),
        None => {
            note(notes, "No mode is named: HeyGen then uses speed.");
            Ok(Mode::Speed)
        }
    }
}

fn translation(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    known(body, fields::TRANSLATION, notes)?;
    let mode = mode(body, notes)?;
    let audio_only = match body.get("translate_audio_only") {
        Some(flag) => flag.flag()?,
        None => {
            note(notes, "Nothing is said of translating the audio only: taken with lip sync.");
            false
        }
    };
    let named = body.needed("output_languages")?;
    let languages = named.elements()?;
    let mut words = Vec::with_capacity(languages.len());
    for language in &languages {
        words.push(language.text()?);
    }
    if words.is_empty() {
        return Ok(unpriced("No output language is named."));
    }
    let listed = words.len();
    words.sort_unstable();
    words.dedup();
    if words.len() < listed {
        note(notes, "A language is named twice and counted twice.");
    }
    let languages = u32::try_from(listed).map_err(|_| named.error("names too many languages"))?;
    let length = cut_length(body, given, notes)?;
    Ok(Billable::Translation { mode, audio_only, languages, length })
}

fn lipsync(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    known(body, fields::LIPSYNC, notes)?;
    Ok(Billable::Lipsync { mode: mode(body, notes)?, length: cut_length(body, given, notes)? })
}

/// The length of what is made from a video, or from the part between `start_time` and `end_time`.
fn cut_length(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Length> {
    let start = body.get("start_time").map(Value::number).transpose()?;
    let end = body.get("end_time").map(Value::number).transpose()?;
    let part = end.map(|end| end - start.unwrap_or(Decimal::ZERO));
    if start.is_some_and(|start| start < Decimal::ZERO) || part.is_some_and(|part| part <= Decimal::ZERO) {
        return Ok(unknown("The part of the video ends before it starts."));
    }
    Ok(match (given.seconds, part) {
        (Some(seconds), part) => {
            if let Some(part) = part.filter(|part| *part != seconds) {
                note(
                    notes,
                    format!(
                        "The part asked for has {} s; the {} s given are taken as the output.",
                        part.normalize(),
                        seconds.normalize()
                    ),
                );
            }
            Length::Seconds(seconds)
        }
        (None, Some(part)) => {
            note(notes, "The output is taken to be as long as the part between start_time and end_time.");
            Length::Seconds(part)
        }
        (None, None) => unknown("The length of the video is not known here; give its seconds."),
    })
}

fn clipping(body: &Object<'_>, notes: &mut Notes) -> Read<Billable> {
    known(body, fields::CLIPPING, notes)?;
    let settings = body.get("output_settings").map(Value::object).transpose()?;
    let types = match settings.as_ref().and_then(|settings| settings.get("duration_types")) {
        Some(types) => types.elements()?,
        None => Vec::new(),
    };
    for duration in &types {
        duration.word(&[("30", ()), ("60", ()), ("180", ()), ("long", ())])?;
    }
    match u32::try_from(types.len()) {
        Ok(clips) if clips > 0 => Ok(Billable::Clips { clips }),
        _ => Ok(unpriced("No duration_types are named, so the number of clips is not known.")),
    }
}

fn hyperframes(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    known(body, fields::HYPERFRAMES, notes)?;
    let resolution = match body.get("resolution") {
        Some(resolution) => resolution.word(&[("1080p", Resolution::P1080), ("4k", Resolution::K4)])?,
        None => {
            note(notes, "No resolution is named: HeyGen then renders 1080p.");
            Resolution::P1080
        }
    };
    let fps = match body.get("fps") {
        Some(fps) => {
            let rate = fps.whole()?;
            match u32::try_from(rate) {
                Ok(rate @ 1..=240) => rate,
                _ => return Ok(unpriced("HyperFrames renders 1 to 240 frames a second.")),
            }
        }
        None => {
            note(notes, "No frame rate is named: HeyGen then renders 30 frames a second.");
            30
        }
    };
    let reason = "The length stands in the project's own page, which is not read here; give its seconds.";
    let length = given.seconds.map_or_else(|| unknown(reason), Length::Seconds);
    Ok(Billable::HyperFrames { resolution, fps, length })
}

#[derive(Clone, Copy)]
enum RealtimeType {
    Text,
    Stream,
    Audio,
}

fn realtime(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    let kind = body.needed("type")?.word(&[
        ("tts", RealtimeType::Text),
        ("text_stream", RealtimeType::Stream),
        ("audio", RealtimeType::Audio),
    ])?;
    known(
        body,
        if matches!(kind, RealtimeType::Audio) { fields::REALTIME_AUDIO } else { fields::REALTIME_SPOKEN },
        notes,
    )?;
    if let Some(seconds) = given.seconds {
        return Ok(Billable::Realtime { length: Length::Seconds(seconds) });
    }
    let length = match kind {
        RealtimeType::Audio => unknown("The length of the audio is not known here; give the seconds of the session."),
        RealtimeType::Stream => unknown("A session that is fed as it runs has no length yet; give its seconds."),
        RealtimeType::Text => {
            notes.push("The session is taken to last as long as its speech.".to_owned());
            Length::Speech(Speech {
                text: body.needed("text")?.text()?,
                voice_id: body.get("voice_id").map(Value::text).transpose()?,
                ..Speech::default()
            })
        }
    };
    Ok(Billable::Realtime { length })
}

fn avatar_creation(body: &Object<'_>, notes: &mut Notes) -> Read<Billable> {
    let creation = body.needed("type")?.word(&[
        ("photo", Creation::Photo),
        ("digital_twin", Creation::DigitalTwin),
        ("prompt", Creation::Prompt),
    ])?;
    let fields = match creation {
        Creation::Prompt => fields::AVATAR_PROMPT,
        Creation::Photo | Creation::DigitalTwin => fields::AVATAR_FILE,
    };
    known(body, fields, notes)?;
    Ok(Billable::AvatarCreation(creation))
}

fn speech(body: &Object<'_>, given: Given, notes: &mut Notes) -> Read<Billable> {
    known(body, fields::SPEECH, notes)?;
    let text = body.needed("text")?.text()?;
    let ssml = body.get("input_type").map(|kind| kind.word(&[("text", false), ("ssml", true)])).transpose()?;
    let text = if ssml == Some(true) { ssml::spoken(&text) } else { text };
    let speed = body.get("speed").map(Value::number).transpose()?;
    if let Some(seconds) = given.seconds {
        return Ok(Billable::Speech { length: Length::Seconds(seconds) });
    }
    let language = body.get("locale").or_else(|| body.get("language")).map(Value::text).transpose()?;
    let voice_id = body.get("voice_id").map(Value::text).transpose()?;
    Ok(Billable::Speech { length: Length::Speech(Speech { text, language, voice_id, speed }) })
}
