//! `/v3/webhooks` as it is sent, and the types of events there are.

use super::file::web_address;
use super::{Fields, Refusal};

/// Every type and what it means.
pub const EVENT_TYPES: &[(&str, &str)] = &[
    ("avatar_video.success", "An avatar video was completed."),
    ("avatar_video.fail", "An avatar video failed."),
    ("avatar_video_gif.success", "The GIF of an avatar video was completed."),
    ("avatar_video_gif.fail", "The GIF of an avatar video failed."),
    ("video_translate.success", "A translation was completed."),
    ("video_translate.fail", "A translation failed."),
    ("video_translate.preflight.validation_failed", "The source of a translation was refused."),
    ("video_translate.preflight.download_failed", "The source of a translation could not be fetched."),
    ("personalized_video", "A personalised video changed."),
    ("instant_avatar.success", "A digital twin was made."),
    ("instant_avatar.fail", "A digital twin failed."),
    ("photo_avatar_generation.success", "A photo avatar was generated."),
    ("photo_avatar_generation.fail", "A photo avatar could not be generated."),
    ("photo_avatar_train.success", "A photo avatar was trained."),
    ("photo_avatar_train.fail", "The training of a photo avatar failed."),
    ("photo_avatar_add_motion.success", "Motion was added to a photo avatar."),
    ("photo_avatar_add_motion.fail", "Motion could not be added to a photo avatar."),
    ("proofread_creation.success", "A proofread is ready."),
    ("proofread_creation.fail", "A proofread failed."),
    ("live_avatar.success", "A realtime session ended."),
    ("live_avatar.fail", "A realtime session failed."),
    ("avatar_video_caption.success", "The captions of an avatar video were completed."),
    ("avatar_video_caption.fail", "The captions of an avatar video failed."),
    ("video_agent.success", "A video agent's video was completed."),
    ("video_agent.fail", "A video agent's video failed."),
    ("hyperframes_video.success", "A HyperFrames render was completed."),
    ("hyperframes_video.fail", "A HyperFrames render failed."),
    ("ai_clipping.success", "Clips were completed."),
    ("ai_clipping.fail", "Clips failed."),
    ("batch.finished", "Every item of a batch has ended."),
];

/// A request for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointRequest {
    pub url: String,
    /// `None`: all of them.
    pub events: Option<Vec<String>>,
    pub entity_id: Option<String>,
}

/// A request for a change; `None` leaves things as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointChange {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
}

impl EndpointRequest {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let url = fields.required_text("url")?;
        web_address(&fields, "url", &url)?;
        let request = Self { url, events: events(&mut fields)?, entity_id: fields.text("entity_id")? };
        fields.finish()?;
        Ok(request)
    }
}

impl EndpointChange {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// 400 naming the field that breaks the interface's shape or rules.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::body(body)?;
        let change = Self { url: fields.text("url")?, events: events(&mut fields)? };
        if let Some(url) = &change.url {
            web_address(&fields, "url", url)?;
        }
        fields.finish()?;
        Ok(change)
    }
}

fn events(fields: &mut Fields) -> Result<Option<Vec<String>>, Refusal> {
    let Some(events) = fields.optional_texts("events")? else { return Ok(None) };
    for (place, event) in events.iter().enumerate() {
        if !EVENT_TYPES.iter().any(|(known, _)| known == event) {
            let message = format!("“{event}” is no type of GET /v3/webhooks/event-types.");
            return Err(fields.refuse(&format!("events[{place}]"), message));
        }
    }
    Ok(Some(events))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, param: Option<&str>) {
        let refused = EndpointRequest::read(body.as_bytes()).err();
        assert_eq!(refused.as_ref().and_then(|refusal| refusal.param.as_deref()), param, "{body}: {refused:?}");
    }

    #[test]
    fn every_rule_names_its_field() {
        check(r#"{"url": "https://example.com/hook"}"#, None);
        check(r#"{"url": "https://example.com/hook", "events": null, "entity_id": null}"#, None);
        check(r#"{"url": "https://example.com/hook", "events": ["batch.finished"]}"#, None);
        check("{}", Some("url"));
        check(r#"{"url": "example.com"}"#, Some("url"));
        check(r#"{"url": "file:///etc/passwd"}"#, Some("url"));
        check(r#"{"url": "https://example.com", "events": ["batch.finished", "tea.ready"]}"#, Some("events[1]"));
        check(r#"{"url": "https://example.com", "secret": "x"}"#, Some("secret"));
    }
}
