//! `POST /v3/videos` as it is sent: read field by field, with every rule that needs no look-up.

use rust_decimal::Decimal;

use super::file::{InputFile, callback, read};
use super::{Fields, Refusal};
use crate::draft::{AspectRatio, Engine, Resolution};
use crate::sandbox::world::Callback;

/// Characters a script may have (published limit).
const SCRIPT_LIMIT: usize = 5_000;

/// A request for an avatar video, types `avatar` and `image`.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoRequest {
    pub title: Option<String>,
    pub face: Face,
    pub sound: Sound,
    pub speed: Decimal,
    pub locale: Option<String>,
    /// `None` where it is left out: Avatar IV.
    pub engine: Option<Engine>,
    pub reference_look_id: Option<String>,
    pub resolution: Option<Resolution>,
    pub aspect_ratio: AspectRatio,
    pub output_format: &'static str,
    pub captions: bool,
    pub motion_prompt: bool,
    pub expressiveness: bool,
    /// A background picture.
    pub background: Option<InputFile>,
    pub watermark: Option<InputFile>,
    pub callback: Callback,
}

/// Whose face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    Look(String),
    Image(InputFile),
}

/// What is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sound {
    Script { text: String, voice_id: Option<String> },
    Audio(InputFile),
}

#[derive(Clone, Copy)]
enum Kind {
    Avatar,
    Image,
    /// Read elsewhere.
    Other,
}

const KINDS: &[(&str, Kind)] =
    &[("avatar", Kind::Avatar), ("image", Kind::Image), ("cinematic_avatar", Kind::Other), ("studio", Kind::Other)];
pub(super) const RESOLUTIONS: &[(&str, Resolution)] =
    &[("720p", Resolution::P720), ("1080p", Resolution::P1080), ("4k", Resolution::K4)];
pub(super) const SHAPES: &[(&str, AspectRatio)] = &[
    ("16:9", AspectRatio::Wide),
    ("9:16", AspectRatio::Tall),
    ("4:5", AspectRatio::Portrait),
    ("5:4", AspectRatio::Landscape),
    ("1:1", AspectRatio::Square),
    ("auto", AspectRatio::Auto),
];
pub(super) const EXPRESSIVENESS: &[(&str, ())] = &[("high", ()), ("medium", ()), ("low", ())];
const ENGINES: &[(&str, Engine)] =
    &[("avatar_iii", Engine::AvatarIii), ("avatar_iv", Engine::AvatarIv), ("avatar_v", Engine::AvatarV)];

impl VideoRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let kind = fields.required_word("type", KINDS)?;
        let face = match kind {
            Kind::Avatar => Face::Look(fields.required_text("avatar_id")?),
            Kind::Image => Face::Image(read(fields.required_object("image")?)?),
            Kind::Other => return Err(fields.refuse("type", "avatar or image is expected here.")),
        };
        let (engine, reference_look_id) =
            if matches!(kind, Kind::Avatar) { engine(&mut fields)? } else { (None, None) };
        let title = fields.text("title")?;
        let sound = sound(&mut fields)?;
        let voice_settings = fields.object("voice_settings")?;
        let (speed, locale) = voice_settings.map_or(Ok((Decimal::ONE, None)), voice_settings_of)?;
        let resolution = fields.word("resolution", RESOLUTIONS)?;
        let aspect_ratio = fields.word("aspect_ratio", SHAPES)?.unwrap_or(AspectRatio::Wide);
        let output_format = fields.word_or("output_format", &[("mp4", "mp4"), ("webm", "webm")], "mp4")?;
        let captions = fields.object("caption")?.map(captions).transpose()?.is_some();
        let motion_prompt = fields.text("motion_prompt")?.is_some_and(|text| !text.trim().is_empty());
        let expressiveness = fields.word("expressiveness", EXPRESSIVENESS)?.is_some();
        let background = fields.object("background")?;
        if output_format == "webm" && background.is_some() {
            return Err(fields.refuse("background", "A webm is transparent: it takes no background."));
        }
        let background = background.map(background_of).transpose()?.flatten();
        let watermark = fields.object("watermark")?.map(watermark_of).transpose()?;
        fields.word("fit", &[("contain", ()), ("cover", ())])?;
        fields.flag("remove_background")?;
        let callback = callback(&mut fields)?;
        fields.finish()?;
        Ok(Self {
            title,
            face,
            sound,
            speed,
            locale,
            engine,
            reference_look_id,
            resolution,
            aspect_ratio,
            output_format,
            captions,
            motion_prompt,
            expressiveness,
            background,
            watermark,
            callback,
        })
    }
}

pub(super) fn engine(fields: &mut Fields) -> Result<(Option<Engine>, Option<String>), Refusal> {
    let Some(mut inner) = fields.object("engine")? else { return Ok((None, None)) };
    let engine = inner.required_word("type", ENGINES)?;
    let reference = if engine == Engine::AvatarV { inner.text("reference_look_id")? } else { None };
    inner.finish()?;
    Ok((Some(engine), reference))
}

/// Whether something is to be heard.
pub(super) fn has_sound(fields: &Fields) -> bool {
    ["script", "audio_url", "audio_asset_id"].into_iter().any(|field| fields.has(field))
}

pub(super) fn sound(fields: &mut Fields) -> Result<Sound, Refusal> {
    let script = fields.text("script")?;
    let asset = fields.text("audio_asset_id")?;
    let url = fields.text("audio_url")?;
    let voice_id = fields.text("voice_id")?;
    match (script, asset, url) {
        (Some(text), None, None) => {
            let characters = text.chars().count();
            if text.trim().is_empty() {
                Err(fields.refuse("script", "The script is empty."))
            } else if characters > SCRIPT_LIMIT {
                let message = format!("The script has {characters} characters; {SCRIPT_LIMIT} is the most.");
                Err(fields.refuse("script", message))
            } else {
                Ok(Sound::Script { text, voice_id })
            }
        }
        (None, Some(id), None) => Ok(Sound::Audio(InputFile::asset(fields, "audio_asset_id", id))),
        (None, None, Some(url)) => InputFile::address(fields, "audio_url", url).map(Sound::Audio),
        (None, None, None) => Err(fields.refuse("script", "A script, an audio_url or an audio_asset_id is required.")),
        (Some(_), Some(_), _) => Err(fields.refuse("audio_asset_id", "Audio and a script exclude each other.")),
        (Some(_), None, Some(_)) => Err(fields.refuse("audio_url", "Audio and a script exclude each other.")),
        (None, Some(_), Some(_)) => Err(fields.refuse("audio_url", "audio_url and audio_asset_id exclude each other.")),
    }
}

pub(super) fn voice_settings_of(mut fields: Fields) -> Result<(Decimal, Option<String>), Refusal> {
    let speed = fields.number_or("speed", Decimal::new(5, 1), Decimal::new(15, 1), Decimal::ONE)?;
    fields.number_or("pitch", Decimal::from(-50), Decimal::from(50), Decimal::ZERO)?;
    fields.number_or("volume", Decimal::ZERO, Decimal::ONE, Decimal::ONE)?;
    let locale = fields.text("locale")?;
    if let Some(mut inner) = fields.object("engine_settings")? {
        #[derive(Clone, Copy)]
        enum Family {
            ElevenLabs,
            Fish,
            Starfish,
        }
        let families = [("elevenlabs", Family::ElevenLabs), ("fish", Family::Fish), ("starfish", Family::Starfish)];
        let numbers: &[&str] = match inner.required_word("engine_type", &families)? {
            Family::ElevenLabs => {
                let models = ["eleven_multilingual_v2", "eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3"];
                inner.word("model", &models.map(|model| (model, ())))?;
                inner.flag("use_speaker_boost")?;
                &["similarity_boost", "stability", "style"]
            }
            Family::Fish => {
                inner.word("model", &[("s1", ()), ("s2-pro", ())])?;
                &["similarity", "stability"]
            }
            Family::Starfish => &[],
        };
        for name in numbers {
            inner.number(name, Decimal::ZERO, Decimal::ONE)?;
        }
        inner.finish()?;
    }
    fields.finish()?;
    Ok((speed, locale))
}

pub(super) fn captions(mut fields: Fields) -> Result<(), Refusal> {
    fields.word_or("file_format", &[("srt", ())], ())?;
    fields.word("style", &[("default", ())])?;
    fields.finish()
}

fn background_of(mut fields: Fields) -> Result<Option<InputFile>, Refusal> {
    let is_image = fields.required_word("type", &[("color", false), ("image", true)])?;
    let value = fields.text("value")?;
    let asset = fields.text("asset_id")?;
    let url = fields.text("url")?;
    let background = if is_image {
        if value.is_some() {
            return Err(fields.refuse("value", "A background image has no colour."));
        }
        match (asset, url) {
            (Some(id), None) => Some(InputFile::asset(&fields, "asset_id", id)),
            (None, Some(url)) => Some(InputFile::address(&fields, "url", url)?),
            (None, None) => return Err(fields.refuse("asset_id", "A background image needs an asset_id or a url.")),
            (Some(_), Some(_)) => return Err(fields.refuse("url", "asset_id and url exclude each other.")),
        }
    } else {
        if asset.is_some() || url.is_some() {
            let field = if asset.is_some() { "asset_id" } else { "url" };
            return Err(fields.refuse(field, "A background colour has no image."));
        }
        let digits = value.as_deref().and_then(|value| value.strip_prefix('#')).unwrap_or_default();
        if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(fields.refuse("value", "A colour looks like #1a2b3c."));
        }
        None
    };
    fields.finish()?;
    Ok(background)
}

pub(super) fn watermark_of(mut fields: Fields) -> Result<InputFile, Refusal> {
    let image = read(fields.required_object("image")?)?;
    fields.number_or("opacity", Decimal::ZERO, Decimal::ONE, Decimal::ONE)?;
    fields.number_or("scale", Decimal::ZERO, Decimal::TEN, Decimal::ONE)?;
    if let Some(mut placement) = fields.object("placement")? {
        let corners = ["top_left", "top_right", "bottom_left", "bottom_right"];
        placement.word_or("position", &corners.map(|corner| (corner, ())), ())?;
        placement.number("offset_x", Decimal::MIN, Decimal::MAX)?;
        placement.number("offset_y", Decimal::MIN, Decimal::MAX)?;
        placement.finish()?;
    }
    fields.finish()?;
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, param: Option<&str>) {
        let refused = VideoRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
        assert_eq!(refused.is_some(), param.is_some(), "{body}");
    }

    fn with(more: &str) -> String {
        format!(r#"{{"type": "avatar", "avatar_id": "a", "script": "Hello."{more}}}"#)
    }

    #[test]
    fn what_the_interface_allows_is_read() {
        check(&with(""), None);
        check(&with(r#", "resolution": "4k""#), None);
        check(&with(r#", "engine": {"type": "avatar_v", "reference_look_id": "b"}, "fit": "cover""#), None);
        check(
            &with(r##", "background": {"type": "color", "value": "#00ff00"}, "caption": {"file_format": "srt"}"##),
            None,
        );
        check(
            &with(
                r#", "voice_settings": {"speed": 0.5, "pitch": -50, "volume": 0, "engine_settings": {"engine_type": "fish", "model": "s1"}}"#,
            ),
            None,
        );
        check(
            &with(
                r#", "watermark": {"image": {"type": "asset_id", "asset_id": "x"}, "opacity": 0.5, "placement": {"position": "top_left", "offset_x": -3}}"#,
            ),
            None,
        );
        check(r#"{"type": "image", "image": {"type": "asset_id", "asset_id": "x"}, "audio_asset_id": "y"}"#, None);
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#"{"avatar_id": "a", "script": "x"}"#, Some("type"));
        check(r#"{"type": "studio"}"#, Some("type"));
        check(r#"{"type": "avatar", "script": "x"}"#, Some("avatar_id"));
        check(r#"{"type": "image", "script": "x"}"#, Some("image"));
        check(r#"{"type": "avatar", "avatar_id": "a"}"#, Some("script"));
        check(r#"{"type": "avatar", "avatar_id": "a", "script": " "}"#, Some("script"));
        check(&with(r#", "audio_asset_id": "x""#), Some("audio_asset_id"));
        check(&with(r#", "audio_url": "https://a.b/c""#), Some("audio_url"));
        check(r#"{"type": "avatar", "avatar_id": "a", "audio_url": "file:///c"}"#, Some("audio_url"));
        check(&with(r#", "resolution": "480p""#), Some("resolution"));
        check(&with(r#", "aspect_ratio": "3:2""#), Some("aspect_ratio"));
        check(&with(r#", "output_format": null"#), Some("output_format"));
        check(&with(r#", "engine": "avatar_iv""#), Some("engine"));
        check(&with(r#", "engine": {"type": "avatar_vi"}"#), Some("engine.type"));
        check(
            &with(r#", "engine": {"type": "avatar_iv", "reference_look_id": "b"}"#),
            Some("engine.reference_look_id"),
        );
        check(&with(r#", "voice_settings": {"speed": 0.49}"#), Some("voice_settings.speed"));
        check(&with(r#", "voice_settings": {"pitch": 51}"#), Some("voice_settings.pitch"));
        check(&with(r#", "voice_settings": {"volume": 1.1}"#), Some("voice_settings.volume"));
        check(&with(r#", "background": {"type": "color", "value": "green"}"#), Some("background.value"));
        check(&with(r#", "background": {"type": "image"}"#), Some("background.asset_id"));
        check(
            &with(r##", "output_format": "webm", "background": {"type": "color", "value": "#000000"}"##),
            Some("background"),
        );
        check(&with(r#", "caption": {"style": "loud"}"#), Some("caption.style"));
        check(&with(r#", "expressiveness": "wild""#), Some("expressiveness"));
        check(&with(r#", "watermark": {}"#), Some("watermark.image"));
        check(&with(r#", "callback_url": "nowhere""#), Some("callback_url"));
        check(&with(r#", "avatar": "b""#), Some("avatar"));
    }

    #[test]
    fn a_script_is_counted_in_characters() {
        let body = |length| format!(r#"{{"type": "avatar", "avatar_id": "a", "script": "{}"}}"#, "ö".repeat(length));
        check(&body(5_000), None);
        check(&body(5_001), Some("script"));
    }
}
