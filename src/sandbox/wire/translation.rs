//! `POST /v3/video-translations` as it is sent: read field by field, with every rule that needs no look-up.

use super::dub::DubRequest;
use super::file::{InputFile, read_remote};
use super::{Fields, Refusal};

/// Languages one request takes: each is a job, and that many may be in progress (published limit).
const LANGUAGES_AT_ONCE: usize = 10;
/// People one film can have.
const MOST_SPEAKERS: u64 = 100;

/// A request for translations.
#[derive(Clone, Debug, PartialEq)]
pub struct TranslationRequest {
    pub dub: DubRequest,
    pub input_language: Option<String>,
    pub output_languages: Vec<String>,
    pub audio_only: bool,
    /// Translated instead of the film's own sound.
    pub audio: Option<InputFile>,
    pub srt: Option<InputFile>,
    pub srt_role: Option<SrtRole>,
    pub brand_glossary_id: Option<String>,
    pub stock_voice_ids: Vec<String>,
}

/// What captions that come along are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtRole {
    Input,
    Output,
}

impl TranslationRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let dub = DubRequest::take(&mut fields)?;
        let output_languages = fields
            .texts("output_languages")?
            .filter(|languages| !languages.is_empty())
            .ok_or_else(|| fields.refuse("output_languages", "At least one language is required."))?;
        if output_languages.len() > LANGUAGES_AT_ONCE {
            let message = format!("At most {LANGUAGES_AT_ONCE} languages at once: that many jobs may be in progress.");
            return Err(fields.refuse("output_languages", message));
        }
        let audio_only = fields.flag_or("translate_audio_only", false)?;
        let audio = fields.object("audio")?.map(read_remote).transpose()?;
        let srt = fields.object("srt")?.map(read_remote).transpose()?;
        let srt_role = fields.word("srt_role", &[("input", SrtRole::Input), ("output", SrtRole::Output)])?;
        if srt_role.is_some() && srt.is_none() {
            return Err(
                fields.refuse("srt", "srt_role says what the captions in srt are: without srt it means nothing.")
            );
        }
        fields.word("fps_mode", &[("vfr", ()), ("cfr", ()), ("passthrough", ())])?;
        fields.whole("speaker_num", 1, MOST_SPEAKERS)?;
        if fields.text("brand_voice_id")?.is_some() {
            return Err(Refusal::not_found("There are no brand voices in the sandbox.").about("brand_voice_id"));
        }
        let stock_voice_ids = fields.object("stock_voice_config")?.map(stock_voices).transpose()?.unwrap_or_default();
        let request = Self {
            dub,
            input_language: fields.text("input_language")?,
            output_languages,
            audio_only,
            audio,
            srt,
            srt_role,
            brand_glossary_id: fields.text("brand_glossary_id")?,
            stock_voice_ids,
        };
        fields.finish()?;
        Ok(request)
    }
}

fn stock_voices(mut fields: Fields) -> Result<Vec<String>, Refusal> {
    fields.flag_or("use_stock_voice", false)?;
    let ids = fields.texts("preferred_stock_voice_ids")?;
    fields.finish()?;
    Ok(ids.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(more: &str, param: Option<&str>) {
        let film = r#""video": {"type": "asset_id", "asset_id": "a"}, "output_languages": ["Spanish"]"#;
        let body = format!("{{{film}{more}}}");
        let refused = TranslationRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
        assert_eq!(refused.is_some(), param.is_some(), "{body}");
    }

    #[test]
    fn what_the_interface_allows_is_read() {
        check("", None);
        check(r#", "audio": null, "srt": null, "fps_mode": null, "srt_role": null, "stock_voice_config": null"#, None);
        check(r#", "start_time": 0, "end_time": 1.5, "mode": "precision", "speaker_num": 2, "callback_id": "c""#, None);
        check(r#", "srt": {"type": "url", "url": "http://a/b"}, "srt_role": "output""#, None);
        check(r#", "stock_voice_config": {"use_stock_voice": true, "preferred_stock_voice_ids": ["v"]}"#, None);
        check(r#", "keep_the_same_format": null, "translate_audio_only": true, "mode": "speed""#, None);
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#", "mode": null"#, Some("mode"));
        check(r#", "mode": "slow""#, Some("mode"));
        check(r#", "mode": "precision", "translate_audio_only": true"#, None);
        check(r#", "enable_caption": null"#, Some("enable_caption"));
        check(r#", "enable_dynamic_duration": "yes""#, Some("enable_dynamic_duration"));
        check(r#", "start_time": 2, "end_time": 2"#, Some("end_time"));
        check(r#", "start_time": -1"#, Some("start_time"));
        check(r#", "end_time": 0"#, Some("end_time"));
        check(r#", "audio": {"type": "base64", "data": ""}"#, Some("audio.type"));
        check(r#", "audio": {"type": "url", "url": "b"}"#, Some("audio.url"));
        check(r#", "audio": {"type": "url", "url": "http://b", "asset_id": "c"}"#, Some("audio.asset_id"));
        check(r#", "srt_role": "input""#, Some("srt"));
        check(r#", "fps_mode": "fast""#, Some("fps_mode"));
        check(r#", "speaker_num": 0"#, Some("speaker_num"));
        check(r#", "speaker_num": 1.5"#, Some("speaker_num"));
        check(r#", "stock_voice_config": {"voices": []}"#, Some("stock_voice_config.voices"));
        check(
            r#", "stock_voice_config": {"preferred_stock_voice_ids": [1]}"#,
            Some("stock_voice_config.preferred_stock_voice_ids[0]"),
        );
        check(r#", "callback_url": "x""#, Some("callback_url"));
        check(r#", "brand_voice_id": "x""#, Some("brand_voice_id"));
        check(r#", "folder_id": "x""#, Some("folder_id"));
        check(r#", "language": "x""#, Some("language"));
        let languages = |list: &str| {
            let body = format!(r#"{{"video": {{"type": "asset_id", "asset_id": "a"}}, "output_languages": {list}}}"#);
            TranslationRequest::read(body.as_bytes()).unwrap_err().param
        };
        for list in ["[]", "null", r#""Spanish""#, r#"["a","b","c","d","e","f","g","h","i","j","k"]"#] {
            assert_eq!(languages(list).as_deref(), Some("output_languages"), "{list}");
        }
        assert_eq!(languages("[\"a\", 1]").as_deref(), Some("output_languages[1]"));
    }
}
