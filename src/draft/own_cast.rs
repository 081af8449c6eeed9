//! The person's own avatars and looks, as HeyGen tells them: plain values.

use super::AvatarType;

/// Where a look or an avatar stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Training {
    /// At work; a word that is not known here counts as this.
    Running,
    /// The person who is seen has to agree first.
    PendingConsent,
    /// With HeyGen's words, where it said any.
    Failed(Option<String>),
    Ready,
}

impl Training {
    /// What HeyGen's word means. Nothing said means ready, as for looks that are older than the word.
    #[must_use]
    pub fn of(word: Option<&str>, fault: Option<String>) -> Self {
        match word {
            Some("pending_consent") => Self::PendingConsent,
            Some("failed") => Self::Failed(fault),
            None if fault.is_some() => Self::Failed(fault),
            Some("completed") | None => Self::Ready,
            Some(_) => Self::Running,
        }
    }

    /// On the chip of a portrait.
    #[must_use]
    pub fn short_name(&self) -> &'static str {
        match self {
            Self::Running => "in training",
            Self::PendingConsent => "needs consent",
            Self::Failed(_) => "failed",
            Self::Ready => "ready",
        }
    }
}

/// What became of the question to the person who is seen, while a twin waits for the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// Nobody has answered yet; a word that is not known here counts as this.
    #[default]
    Open,
    /// The person said no.
    Refused,
    /// The page was open for too long.
    Expired,
}

impl Consent {
    /// What HeyGen's word means. It publishes no list of them.
    #[must_use]
    pub fn of(word: Option<&str>) -> Self {
        match word {
            Some("rejected" | "refused" | "declined" | "denied") => Self::Refused,
            Some("expired" | "timed_out" | "timeout") => Self::Expired,
            _ => Self::Open,
        }
    }

    /// Under a portrait that waits.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "needs consent",
            Self::Refused => "consent was refused",
            Self::Expired => "the page has expired",
        }
    }
}

/// One of the person's own looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnLook {
    pub id: String,
    pub name: String,
    /// `None` for a kind that is not known here.
    pub avatar_type: Option<AvatarType>,
    pub training: Training,
    /// Presigned.
    pub preview_image_url: Option<String>,
}

/// One of the person's own avatars, with its looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAvatar {
    /// HeyGen's id of the group; `None` for looks whose avatar HeyGen does not list.
    pub id: Option<String>,
    pub name: String,
    pub consent: Consent,
    /// Unix seconds.
    pub created_at: Option<i64>,
    pub looks: Vec<OwnLook>,
}

/// All of them, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnCast {
    pub avatars: Vec<OwnAvatar>,
}

impl OwnCast {
    /// Every look with the avatar it belongs to.
    pub fn looks(&self) -> impl Iterator<Item = (&OwnAvatar, &OwnLook)> {
        self.avatars.iter().flat_map(|avatar| avatar.looks.iter().map(move |look| (avatar, look)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: Option<&str>, fault: Option<&str>, expected: &Training) {
        assert_eq!(Training::of(word, fault.map(str::to_owned)), *expected);
    }

    #[test]
    fn only_a_word_that_says_so_ends_the_question() {
        let check = |word, expected| assert_eq!(Consent::of(word), expected, "{word:?}");
        check(None, Consent::Open);
        check(Some("pending"), Consent::Open);
        check(Some("pondering"), Consent::Open);
        check(Some("rejected"), Consent::Refused);
        check(Some("expired"), Consent::Expired);
    }

    #[test]
    fn a_word_that_is_not_known_still_runs() {
        check(Some("completed"), None, &Training::Ready);
        check(None, None, &Training::Ready);
        check(Some("processing"), None, &Training::Running);
        check(Some("dreaming"), None, &Training::Running);
        check(Some("pending_consent"), None, &Training::PendingConsent);
        check(Some("failed"), Some("No face."), &Training::Failed(Some("No face.".to_owned())));
        check(None, Some("No face."), &Training::Failed(Some("No face.".to_owned())));
    }
}
