//! `POST /v3/videos` with type `studio` as it is sent: scenes, one after another.

use rust_decimal::Decimal;

use super::file::{InputFile, callback, read};
use super::video::{
    EXPRESSIVENESS, Face, RESOLUTIONS, SHAPES, Sound, VideoRequest, captions, engine, has_sound, sound,
    voice_settings_of, watermark_of,
};
use super::{Fields, Refusal};
use crate::draft::{AspectRatio, Resolution};
use crate::sandbox::world::Callback;

/// Scenes one film takes.
const MOST_SCENES: usize = 50;
/// Seconds an image is shown at the most: as long as a sound may be.
const LONGEST_IMAGE: u32 = 600;

/// A request for a film of several scenes.
#[derive(Clone, Debug, PartialEq)]
pub struct StudioRequest {
    pub title: Option<String>,
    pub resolution: Option<Resolution>,
    pub aspect_ratio: AspectRatio,
    /// At least one.
    pub scenes: Vec<Scene>,
    pub captions: bool,
    pub watermark: Option<InputFile>,
    pub callback: Callback,
}

/// One scene.
#[derive(Clone, Debug, PartialEq)]
pub enum Scene {
    /// Somebody speaks: a video of its own, in the size of the film.
    Avatar(Box<VideoRequest>),
    Image {
        source: InputFile,
        said: Option<Said>,
        /// Seconds; `None` for those of what is said.
        duration: Option<Decimal>,
    },
    Video {
        source: InputFile,
        /// Of its loudness: 0 to 1.
        volume: Decimal,
    },
}

/// What is heard while an image is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub sound: Sound,
    pub speed: Decimal,
    pub locale: Option<String>,
}

#[derive(Clone, Copy)]
enum Kind {
    Avatar,
    Image,
    Video,
}

impl StudioRequest {
    /// Reads the body of the request; whatever has another `type` is none.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Option<Self>, Refusal> {
        let mut fields = Fields::body(body)?;
        if fields.text("type").ok().flatten().as_deref() != Some("studio") {
            return Ok(None);
        }
        let title = fields.text("title")?;
        let resolution = fields.word("resolution", RESOLUTIONS)?;
        let aspect_ratio = fields.word("aspect_ratio", SHAPES)?.unwrap_or(AspectRatio::Wide);
        let captions = fields.object("caption")?.map(captions).transpose()?.is_some();
        let watermark = fields.object("watermark")?.map(watermark_of).transpose()?;
        let callback = callback(&mut fields)?;
        let listed = fields.objects("scenes")?;
        if !(1..=MOST_SCENES).contains(&listed.len()) {
            return Err(fields.refuse("scenes", format!("1 to {MOST_SCENES} scenes are expected here.")));
        }
        let scenes = listed.into_iter().map(|scene| scene_of(scene, resolution, aspect_ratio));
        let scenes = scenes.collect::<Result<_, _>>()?;
        fields.finish()?;
        Ok(Some(Self { title, resolution, aspect_ratio, scenes, captions, watermark, callback }))
    }
}

fn scene_of(mut fields: Fields, resolution: Option<Resolution>, shape: AspectRatio) -> Result<Scene, Refusal> {
    let kinds = [("avatar_video", Kind::Avatar), ("image", Kind::Image), ("video", Kind::Video)];
    let scene = match fields.required_word("type", &kinds)? {
        Kind::Avatar => {
            let input = fields.required_object("input")?;
            Scene::Avatar(Box::new(speaker(input, resolution, shape)?))
        }
        Kind::Image => {
            let source = read(fields.required_object("source")?)?;
            let longest = Decimal::from(LONGEST_IMAGE);
            let duration = fields.number("duration", Decimal::new(1, 1), longest)?;
            let said = if has_sound(&fields) || duration.is_none() { Some(said(&mut fields)?) } else { None };
            if said.is_none() {
                // They say how something would be spoken, and nothing is.
                fields.text("voice_id")?;
                fields.object("voice_settings")?.map(voice_settings_of).transpose()?;
            }
            Scene::Image { source, said, duration }
        }
        Kind::Video => {
            let source = read(fields.required_object("source")?)?;
            let mut volume = Decimal::ONE;
            if let Some(mut playback) = fields.object("playback")? {
                volume = playback.number_or("volume", Decimal::ZERO, Decimal::ONE, Decimal::ONE)?;
                if playback.flag_or("mute", false)? {
                    volume = Decimal::ZERO;
                }
                playback.finish()?;
            }
            Scene::Video { source, volume }
        }
    };
    fields.finish()?;
    Ok(scene)
}

fn said(fields: &mut Fields) -> Result<Said, Refusal> {
    let sound = sound(fields)?;
    let voice_settings = fields.object("voice_settings")?;
    let (speed, locale) = voice_settings.map_or(Ok((Decimal::ONE, None)), voice_settings_of)?;
    Ok(Said { sound, speed, locale })
}

/// Somebody who speaks, as a video of its own would be asked for.
fn speaker(
    mut fields: Fields,
    resolution: Option<Resolution>,
    aspect_ratio: AspectRatio,
) -> Result<VideoRequest, Refusal> {
    let is_avatar = fields.required_word("type", &[("avatar", true), ("image", false)])?;
    let face = if is_avatar {
        Face::Look(fields.required_text("avatar_id")?)
    } else {
        Face::Image(read(fields.required_object("image")?)?)
    };
    let (mut engine_word, mut reference_look_id) = (None, None);
    if is_avatar {
        (engine_word, reference_look_id) = engine(&mut fields)?;
        if let Some(mut background) = fields.object("background")? {
            background.required_word("type", &[("color", ())])?;
            background.required_text("color")?;
            background.finish()?;
        }
    }
    let Said { sound, speed, locale } = said(&mut fields)?;
    let motion_prompt = fields.text("motion_prompt")?.is_some_and(|text| !text.trim().is_empty());
    let expressiveness = fields.word("expressiveness", EXPRESSIVENESS)?.is_some();
    fields.finish()?;
    Ok(VideoRequest {
        title: None,
        face,
        sound,
        speed,
        locale,
        engine: engine_word,
        reference_look_id,
        resolution,
        aspect_ratio,
        output_format: "mp4",
        captions: false,
        motion_prompt,
        expressiveness,
        background: None,
        watermark: None,
        callback: Callback::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEAKER: &str = r#"{"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "a", "script": "Hi."}}"#;
    const FILE: &str = r#"{"type": "asset_id", "asset_id": "x"}"#;

    #[track_caller]
    fn check(scene: &str, param: Option<&str>) {
        check_body(&format!(r#"{{"type": "studio", "scenes": [{SPEAKER}, {scene}]}}"#), param);
    }

    #[track_caller]
    fn check_body(body: &str, param: Option<&str>) {
        let found = StudioRequest::read(body.as_bytes());
        let refused = found.as_ref().err();
        assert_eq!(refused.and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
        assert!(refused.is_some() || found.unwrap().is_some());
    }

    #[test]
    fn what_the_interface_allows_is_read() {
        check(SPEAKER, None);
        check(&format!(r#"{{"type": "image", "source": {FILE}, "duration": 2.5}}"#), None);
        check(&format!(r#"{{"type": "image", "source": {FILE}, "script": "Look.", "voice_id": "v"}}"#), None);
        check(&format!(r#"{{"type": "image", "source": {FILE}, "duration": 3, "audio_asset_id": "y"}}"#), None);
        check(&format!(r#"{{"type": "video", "source": {FILE}, "playback": {{"mute": true, "volume": 0.5}}}}"#), None);
        check(
            &format!(r#"{{"type": "avatar_video", "input": {{"type": "image", "image": {FILE}, "script": "Hi."}}}}"#),
            None,
        );
        check_body(
            &format!(
                r#"{{"type": "studio", "scenes": [{SPEAKER}], "title": "T", "resolution": "4k", "aspect_ratio": "9:16",
                "caption": {{}}, "watermark": {{"image": {FILE}}}, "callback_id": "c", "callback_url": "https://a.b"}}"#
            ),
            None,
        );
        assert_eq!(StudioRequest::read(br#"{"type": "avatar"}"#).unwrap(), None);
    }

    #[test]
    fn every_rule_names_its_field() {
        check_body(r#"{"type": "studio"}"#, Some("scenes"));
        check_body(r#"{"type": "studio", "scenes": []}"#, Some("scenes"));
        check_body(&format!(r#"{{"type": "studio", "scenes": [{SPEAKER}], "script": "x"}}"#), Some("script"));
        check(r#"{"type": "text"}"#, Some("scenes[1].type"));
        check(r#"{"type": "avatar_video"}"#, Some("scenes[1].input"));
        check(
            r#"{"type": "avatar_video", "input": {"type": "avatar", "script": "x"}}"#,
            Some("scenes[1].input.avatar_id"),
        );
        check(
            r#"{"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "a"}}"#,
            Some("scenes[1].input.script"),
        );
        check(
            r#"{"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "a", "script": "x", "title": "t"}}"#,
            Some("scenes[1].input.title"),
        );
        check(r#"{"type": "image", "duration": 2}"#, Some("scenes[1].source"));
        check(&format!(r#"{{"type": "image", "source": {FILE}}}"#), Some("scenes[1].script"));
        check(&format!(r#"{{"type": "image", "source": {FILE}, "duration": 0}}"#), Some("scenes[1].duration"));
        check(
            &format!(r#"{{"type": "video", "source": {FILE}, "playback": {{"volume": 2}}}}"#),
            Some("scenes[1].playback.volume"),
        );
        check(&format!(r#"{{"type": "video", "source": {FILE}, "duration": 2}}"#), Some("scenes[1].duration"));
    }
}
