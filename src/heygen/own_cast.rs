//! The account's own avatars and looks: listing, renaming, deleting, and the consent to a digital twin.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::avatar_creation::WireFault;
use super::client::Client;
use super::error::{Error, ErrorKind, Stakes};
use super::send::decode;
use super::wire;
use crate::draft::AvatarType;
use crate::draft::own_cast::{Consent, OwnAvatar, OwnCast, OwnLook, Training};

/// Looks and groups on one page at most.
const PAGE: &str = "50";

#[derive(Deserialize)]
struct WireGroup {
    id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    created_at: Option<i64>,
    #[serde(default, deserialize_with = "wire::lenient")]
    consent_status: Option<String>,
}

#[derive(Deserialize)]
struct WireLook {
    id: String,
    #[serde(default, deserialize_with = "wire::lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    avatar_type: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    group_id: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    preview_image_url: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "wire::lenient")]
    error: Option<WireFault>,
}

#[derive(Serialize)]
struct Rename<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct WireConsent {
    #[serde(default, deserialize_with = "wire::lenient")]
    url: Option<String>,
}

impl Client {
    /// Every avatar and look of the account's own.
    ///
    /// # Errors
    /// What HeyGen answered; each page is tried up to three times.
    pub async fn own_cast(&self) -> Result<OwnCast, Error> {
        let own = |segments: &[&str]| -> Result<url::Url, Error> {
            let mut url = self.address(segments)?;
            url.query_pairs_mut().append_pair("ownership", "private").append_pair("limit", PAGE);
            Ok(url)
        };
        let groups: Vec<WireGroup> = self.all_pages(own(&["v3", "avatars"])?).await?;
        let looks: Vec<WireLook> = self.all_pages(own(&["v3", "avatars", "looks"])?).await?;
        Ok(cast_of(groups, looks))
    }

    /// Gives a look another name.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn rename_look(&self, id: &str, name: &str) -> Result<(), Error> {
        let body = serde_json::to_vec(&Rename { name })
            .map_err(|error| Error::new(ErrorKind::Other, "The request could not be written.").with_source(error))?;
        self.patch(self.address(&["v3", "avatars", "looks", id])?, Bytes::from(body)).await
    }

    /// Deletes a look at HeyGen. What was paid for it stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_look(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "avatars", "looks", id])?).await
    }

    /// Deletes an avatar with all its looks at HeyGen. What was paid for them stays paid.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn delete_group(&self, id: &str) -> Result<(), Error> {
        self.delete(self.address(&["v3", "avatars", id])?).await
    }

    /// Asks for the page on which the person who is seen agrees to a digital twin; `None` where none is
    /// needed any more. Asking twice gives another page and costs nothing.
    ///
    /// # Errors
    /// What HeyGen answered; [`ErrorKind::Conflict`] where consent was given already.
    pub async fn consent_page(&self, group_id: &str) -> Result<Option<String>, Error> {
        let url = self.address(&["v3", "avatars", group_id, "consent"])?;
        let answer = self.post_bytes(url, Bytes::from_static(b"{}"), None, Stakes::Free).await?;
        let consent: Envelope<WireConsent> = decode(&answer, Stakes::Free)?;
        Ok(consent.data.url.filter(|url| !url.is_empty()))
    }

    /// What became of the question to the person who is seen. Asked once.
    ///
    /// # Errors
    /// What HeyGen answered.
    pub async fn consent(&self, group_id: &str) -> Result<Consent, Error> {
        let group: WireGroup = self.get(self.address(&["v3", "avatars", group_id])?).await?;
        Ok(Consent::of(group.consent_status.as_deref()))
    }
}

fn cast_of(groups: Vec<WireGroup>, looks: Vec<WireLook>) -> OwnCast {
    let unnamed = |name: Option<String>, otherwise: &str| {
        name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| otherwise.to_owned())
    };
    let mut avatars: Vec<OwnAvatar> = groups
        .into_iter()
        .map(|group| OwnAvatar {
            id: Some(group.id),
            name: unnamed(group.name, "Unnamed avatar"),
            consent: Consent::of(group.consent_status.as_deref()),
            created_at: group.created_at,
            looks: Vec::new(),
        })
        .collect();
    avatars.sort_by_key(|avatar| std::cmp::Reverse(avatar.created_at));
    let mut others = Vec::new();
    for look in looks {
        let fault = look.error.map(|fault| fault.message.unwrap_or_default());
        let own = OwnLook {
            id: look.id,
            name: unnamed(look.name, "Unnamed look"),
            avatar_type: [AvatarType::PhotoAvatar, AvatarType::DigitalTwin, AvatarType::StudioAvatar]
                .into_iter()
                .find(|kind| look.avatar_type.as_deref() == Some(kind.word())),
            training: Training::of(look.status.as_deref(), fault),
            preview_image_url: look.preview_image_url.filter(|url| !url.is_empty()),
        };
        match avatars.iter_mut().find(|avatar| avatar.id.is_some() && avatar.id == look.group_id) {
            Some(avatar) => avatar.looks.push(own),
            None => others.push(own),
        }
    }
    if !others.is_empty() {
        avatars.push(OwnAvatar {
            id: None,
            name: "Other looks".to_owned(),
            consent: Consent::Open,
            created_at: None,
            looks: others,
        });
    }
    OwnCast { avatars }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_stand_under_their_avatar_and_none_is_lost() {
        let groups = r#"[{"id":"g1","name":"Old","created_at":1},{"id":"g2","name":" ","created_at":2,"new":0}]"#;
        let looks = r#"[{"id":"a","name":"A","group_id":"g1","avatar_type":"digital_twin","status":"completed"},
            {"id":"b","name":null,"group_id":"gone","avatar_type":"hologram","status":"processing"}]"#;
        let cast = cast_of(serde_json::from_str(groups).unwrap(), serde_json::from_str(looks).unwrap());
        let told: Vec<(Option<&str>, &str, Vec<&str>)> = cast
            .avatars
            .iter()
            .map(|avatar| {
                let looks = avatar.looks.iter().map(|look| look.name.as_str()).collect();
                (avatar.id.as_deref(), avatar.name.as_str(), looks)
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some("g2"), "Unnamed avatar", vec![]),
                (Some("g1"), "Old", vec!["A"]),
                (None, "Other looks", vec!["Unnamed look"])
            ]
        );
    }
}
