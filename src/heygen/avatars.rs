//! `GET /v3/avatars` and `GET /v3/avatars/looks`: the cast.

use std::collections::HashSet;

use serde::Deserialize;

use super::client::Client;
use super::error::{Error, ErrorKind};
use super::retry::with_retry;
use super::wire;
use crate::draft::{AvatarType, Engine, Look};

/// Looks and groups on one page at most.
const PAGE: &str = "50";

/// An avatar: a person or character with one or more looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarGroup {
    pub id: String,
    pub name: String,
    pub looks_count: Option<u64>,
    pub preview_image_url: Option<String>,
    pub default_voice_id: Option<String>,
    /// HeyGen's word: processing, pending_consent, failed, completed.
    pub status: Option<String>,
    pub consent_status: Option<String>,
}

#[derive(Deserialize)]
struct WireLook {
    id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    name: Option<String>,
    avatar_type: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    group_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    default_voice_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    gender: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    supported_api_engines: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_image_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_video_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    error: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct WireGroup {
    id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    looks_count: Option<u64>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_image_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    default_voice_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    consent_status: Option<String>,
}

impl Client {
    /// Every look this account may use: its own that are ready, HeyGen's, and what is being made. A look of a kind, or for engines, that this program does
    /// not know is left out: it could not be priced.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn looks(&self) -> Result<Vec<Look>, Error> {
        let mut url = self.address(&["v3", "avatars", "looks"])?;
        url.query_pairs_mut().append_pair("limit", PAGE);
        let mut private = url.clone();
        private.query_pairs_mut().append_pair("ownership", "private");
        let own: Vec<WireLook> = self.all_pages(private).await?;
        let all: Vec<WireLook> = self.all_pages(url).await?;
        let ids: HashSet<String> = own.iter().map(|look| look.id.clone()).collect();
        let own = own.into_iter().filter_map(WireLook::into_look).map(|look| Look { own: true, ..look });
        let (ready, unready): (Vec<Look>, Vec<Look>) = own.partition(|look| look.ready);
        let others = all.into_iter().filter(|look| !ids.contains(&look.id)).filter_map(WireLook::into_look);
        Ok(ready.into_iter().chain(others).chain(unready).collect())
    }

    /// One look.
    ///
    /// # Errors
    /// What HeyGen answered, or [`ErrorKind::Unreadable`] for a kind of look that is not known here.
    pub async fn look(&self, id: &str) -> Result<Look, Error> {
        let url = self.address(&["v3", "avatars", "looks", id])?;
        let look: WireLook = with_retry(|| self.get(url.clone())).await?;
        let kind = look.avatar_type.clone();
        look.into_look().ok_or_else(|| {
            Error::new(
                ErrorKind::Unreadable,
                format!("This look is a “{kind}”, or runs on engines, that this version does not know."),
            )
        })
    }

    /// Every avatar of the account's own and of HeyGen's.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn groups(&self) -> Result<Vec<AvatarGroup>, Error> {
        let mut url = self.address(&["v3", "avatars"])?;
        url.query_pairs_mut().append_pair("limit", PAGE);
        let groups: Vec<WireGroup> = self.all_pages(url).await?;
        Ok(groups.into_iter().map(WireGroup::into_group).collect())
    }
}

impl WireLook {
    fn into_look(self) -> Option<Look> {
        let avatar_type = [AvatarType::PhotoAvatar, AvatarType::DigitalTwin, AvatarType::StudioAvatar]
            .into_iter()
            .find(|kind| kind.word() == self.avatar_type)?;
        let words = self.supported_api_engines.unwrap_or_default();
        let engines: Vec<Engine> =
            Engine::ALL.into_iter().filter(|engine| words.iter().any(|word| word == engine.word())).collect();
        // An empty list means that nothing is said; a list without a known engine means none of ours.
        if engines.is_empty() && !words.is_empty() {
            return None;
        }
        let ready = self.error.is_none() && self.status.as_deref().is_none_or(|status| status == "completed");
        Some(Look {
            name: self.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Unnamed look".to_owned()),
            id: self.id,
            avatar_type,
            group_id: self.group_id,
            default_voice_id: self.default_voice_id.filter(|id| !id.is_empty()),
            gender: self.gender,
            engines,
            preview_image_url: self.preview_image_url,
            preview_video_url: self.preview_video_url,
            tags: self.tags.unwrap_or_default(),
            ready,
            own: false,
            gone: false,
        })
    }
}

impl WireGroup {
    fn into_group(self) -> AvatarGroup {
        AvatarGroup {
            name: self.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Unnamed avatar".to_owned()),
            id: self.id,
            looks_count: self.looks_count,
            preview_image_url: self.preview_image_url,
            default_voice_id: self.default_voice_id,
            status: self.status,
            consent_status: self.consent_status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: Option<(AvatarType, &[Engine], bool)>) {
        let look = serde_json::from_str::<WireLook>(json).unwrap().into_look();
        assert_eq!(
            look.as_ref().map(|look| (look.avatar_type, look.engines.as_slice(), look.ready)),
            expected,
            "{json}"
        );
    }

    #[test]
    fn looks_are_read_leniently_and_unknown_kinds_left_out() {
        use AvatarType::{DigitalTwin, PhotoAvatar};
        use Engine::{AvatarIii, AvatarV};
        check(
            r#"{"id":"l","name":"n","avatar_type":"digital_twin","supported_api_engines":["avatar_v","avatar_iii","avatar_ix"],"status":"completed","new":1}"#,
            Some((DigitalTwin, &[AvatarIii, AvatarV], true)),
        );
        check(
            r#"{"id":"l","name":"n","avatar_type":"photo_avatar","status":null,"tags":null}"#,
            Some((PhotoAvatar, &[], true)),
        );
        check(
            r#"{"id":"l","name":"n","avatar_type":"photo_avatar","status":"processing"}"#,
            Some((PhotoAvatar, &[], false)),
        );
        check(
            r#"{"id":"l","name":"n","avatar_type":"photo_avatar","status":"dreaming"}"#,
            Some((PhotoAvatar, &[], false)),
        );
        check(
            r#"{"id":"l","name":"n","avatar_type":"photo_avatar","error":{"code":"x","message":"y"}}"#,
            Some((PhotoAvatar, &[], false)),
        );
        check(r#"{"id":"l","name":"n","avatar_type":"hologram"}"#, None);
        check(r#"{"id":"l","name":"n","avatar_type":"photo_avatar","supported_api_engines":["avatar_ix"]}"#, None);
    }
}
