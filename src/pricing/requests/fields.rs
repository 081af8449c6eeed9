//! The fields of the paid requests and their shapes, from HeyGen's v3 interface (published schema,
//! 2026). A field that is not here would be refused there.

use super::json::Shape::{self, Flag, List, Number, Object, Text, Whole};

pub(super) type Fields = &'static [(&'static str, Shape)];

/// One item of the input.
pub(super) const ITEM: Fields =
    &[("method", Text), ("path", Text), ("body", Object), ("seconds", Number), ("avatar_type", Text)];

/// `POST /v3/videos`, type `avatar`.
pub(super) const VIDEO_AVATAR: Fields = &[
    ("aspect_ratio", Text),
    ("audio_asset_id", Text),
    ("audio_url", Text),
    ("avatar_id", Text),
    ("background", Object),
    ("callback_id", Text),
    ("callback_url", Text),
    ("caption", Object),
    ("engine", Object),
    ("expressiveness", Text),
    ("fit", Text),
    ("motion_prompt", Text),
    ("output_format", Text),
    ("remove_background", Flag),
    ("resolution", Text),
    ("script", Text),
    ("title", Text),
    ("type", Text),
    ("voice_id", Text),
    ("voice_settings", Object),
    ("watermark", Object),
];

/// `POST /v3/videos`, type `image`.
pub(super) const VIDEO_IMAGE: Fields = &[
    ("aspect_ratio", Text),
    ("audio_asset_id", Text),
    ("audio_url", Text),
    ("background", Object),
    ("callback_id", Text),
    ("callback_url", Text),
    ("caption", Object),
    ("expressiveness", Text),
    ("fit", Text),
    ("image", Object),
    ("motion_prompt", Text),
    ("output_format", Text),
    ("remove_background", Flag),
    ("resolution", Text),
    ("script", Text),
    ("title", Text),
    ("type", Text),
    ("voice_id", Text),
    ("voice_settings", Object),
    ("watermark", Object),
];

/// `POST /v3/videos`, type `cinematic_avatar`.
pub(super) const VIDEO_CINEMATIC: Fields = &[
    ("aspect_ratio", Text),
    ("auto_duration", Flag),
    ("avatar_id", List),
    ("duration", Whole),
    ("enhance_prompt", Flag),
    ("prompt", Text),
    ("references", List),
    ("resolution", Text),
    ("title", Text),
    ("type", Text),
];

/// `POST /v3/videos`, type `studio`.
pub(super) const VIDEO_STUDIO: Fields = &[
    ("aspect_ratio", Text),
    ("callback_id", Text),
    ("callback_url", Text),
    ("caption", Object),
    ("resolution", Text),
    ("scenes", List),
    ("title", Text),
    ("type", Text),
    ("watermark", Object),
];

/// A studio scene of type `avatar_video`: its `input` of type `avatar`.
pub(super) const SCENE_AVATAR: Fields = &[
    ("audio_asset_id", Text),
    ("audio_url", Text),
    ("avatar_id", Text),
    ("background", Object),
    ("engine", Object),
    ("expressiveness", Text),
    ("motion_prompt", Text),
    ("script", Text),
    ("type", Text),
    ("voice_id", Text),
    ("voice_settings", Object),
];

/// A studio scene of type `avatar_video`: its `input` of type `image`.
pub(super) const SCENE_IMAGE: Fields = &[
    ("audio_asset_id", Text),
    ("audio_url", Text),
    ("expressiveness", Text),
    ("image", Object),
    ("motion_prompt", Text),
    ("script", Text),
    ("type", Text),
    ("voice_id", Text),
    ("voice_settings", Object),
];

/// `POST /v3/videos/batches`.
pub(super) const VIDEO_BATCH: Fields = &[("callback_url", Text), ("title", Text), ("videos", List)];

/// `POST /v3/video-agents`.
pub(super) const VIDEO_AGENT: Fields = &[
    ("avatar_id", Text),
    ("brand_kit_id", Text),
    ("callback_id", Text),
    ("callback_url", Text),
    ("files", List),
    ("incognito_mode", Flag),
    ("mode", Text),
    ("orientation", Text),
    ("prompt", Text),
    ("style_id", Text),
    ("voice_id", Text),
];

/// `POST /v3/video-agents/{session_id}`.
pub(super) const VIDEO_AGENT_MESSAGE: Fields =
    &[("avatar_id", Text), ("brand_kit_id", Text), ("files", List), ("message", Text), ("voice_id", Text)];

/// `POST /v3/video-translations`.
pub(super) const TRANSLATION: Fields = &[
    ("audio", Object),
    ("brand_glossary_id", Text),
    ("brand_voice_id", Text),
    ("callback_id", Text),
    ("callback_url", Text),
    ("disable_music_track", Flag),
    ("enable_caption", Flag),
    ("enable_dynamic_duration", Flag),
    ("enable_speech_enhancement", Flag),
    ("enable_watermark", Flag),
    ("end_time", Number),
    ("folder_id", Text),
    ("fps_mode", Text),
    ("input_language", Text),
    ("keep_the_same_format", Flag),
    ("mode", Text),
    ("output_languages", List),
    ("speaker_num", Whole),
    ("srt", Object),
    ("srt_role", Text),
    ("start_time", Number),
    ("stock_voice_config", Object),
    ("title", Text),
    ("translate_audio_only", Flag),
    ("video", Object),
];

/// `POST /v3/video-translations/batches`.
pub(super) const TRANSLATION_BATCH: Fields = &[("callback_url", Text), ("title", Text), ("video_translations", List)];

/// `POST /v3/lipsyncs`.
pub(super) const LIPSYNC: Fields = &[
    ("audio", Object),
    ("callback_id", Text),
    ("callback_url", Text),
    ("disable_music_track", Flag),
    ("enable_caption", Flag),
    ("enable_dynamic_duration", Flag),
    ("enable_speech_enhancement", Flag),
    ("enable_watermark", Flag),
    ("end_time", Number),
    ("folder_id", Text),
    ("fps_mode", Text),
    ("keep_the_same_format", Flag),
    ("mode", Text),
    ("start_time", Number),
    ("title", Text),
    ("video", Object),
];

/// `POST /v3/lipsyncs/batches`.
pub(super) const LIPSYNC_BATCH: Fields = &[("callback_url", Text), ("lipsyncs", List), ("title", Text)];

/// `POST /v3/ai-clipping`.
pub(super) const CLIPPING: Fields = &[
    ("callback_id", Text),
    ("callback_url", Text),
    ("input_language", Text),
    ("output_settings", Object),
    ("title", Text),
    ("video", Object),
];

/// `POST /v3/hyperframes/renders`.
pub(super) const HYPERFRAMES: Fields = &[
    ("project", Object),
    ("fps", Whole),
    ("quality", Text),
    ("format", Text),
    ("resolution", Text),
    ("aspect_ratio", Text),
    ("composition", Text),
    ("variables", Object),
    ("title", Text),
    ("callback_id", Text),
    ("callback_url", Text),
];

/// `POST /v3/avatar-realtime`, types `tts` and `text_stream`.
pub(super) const REALTIME_SPOKEN: Fields =
    &[("type", Text), ("avatar_id", Text), ("voice_id", Text), ("text", Text), ("max_duration_seconds", Whole)];

/// `POST /v3/avatar-realtime`, type `audio`.
pub(super) const REALTIME_AUDIO: Fields =
    &[("type", Text), ("avatar_id", Text), ("audio", Object), ("max_duration_seconds", Whole)];

/// `POST /v3/avatars`, type `prompt`.
pub(super) const AVATAR_PROMPT: Fields = &[
    ("avatar_group_id", Text),
    ("avatar_id", Text),
    ("name", Text),
    ("prompt", Text),
    ("reference_images", List),
    ("type", Text),
];

/// `POST /v3/avatars`, types `photo` and `digital_twin`.
pub(super) const AVATAR_FILE: Fields = &[("avatar_group_id", Text), ("file", Object), ("name", Text), ("type", Text)];

/// `POST /v3/voices/speech`.
pub(super) const SPEECH: Fields = &[
    ("input_type", Text),
    ("language", Text),
    ("locale", Text),
    ("speed", Number),
    ("text", Text),
    ("voice_id", Text),
];
