//! Where the interface is and who asks: one value, so that the sandbox is one argument.

use std::fmt;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::error::{Error, ErrorKind};

/// The interface's own address.
pub const LIVE_BASE_URL: &str = "https://api.heygen.com";

/// Who pays. `Debug` hides the secret.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Billed to the prepaid wallet in dollars.
    ApiKey(SecretString),
    /// An OAuth token: billed to the web plan instead.
    Bearer(SecretString),
}

impl Credential {
    /// The one header that carries the credential.
    pub(super) fn header(&self) -> Result<(HeaderName, HeaderValue), Error> {
        let (name, text) = match self {
            Self::ApiKey(key) => (HeaderName::from_static("x-api-key"), key.expose_secret().to_owned()),
            Self::Bearer(token) => (AUTHORIZATION, format!("Bearer {}", token.expose_secret())),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| {
            Error::new(ErrorKind::Unauthorized, "The key holds characters that cannot be sent.")
                .with_hint("Paste the key again, without spaces or line breaks.")
        })?;
        value.set_sensitive(true);
        Ok((name, value))
    }

    /// The secret itself, to be taken out of texts that are shown.
    pub(super) fn secret(&self) -> &str {
        match self {
            Self::ApiKey(secret) | Self::Bearer(secret) => secret.expose_secret(),
        }
    }
}

/// The interface of one account.
#[derive(Clone)]
pub struct Endpoint {
    /// Scheme, host and port; see [`Endpoint::parse_base_url`].
    pub base_url: Url,
    pub credential: Credential,
}

impl Endpoint {
    /// HeyGen itself.
    ///
    /// # Errors
    /// None in practice: the address is a constant.
    pub fn live(credential: Credential) -> Result<Self, Error> {
        Ok(Self { base_url: Self::parse_base_url(LIVE_BASE_URL)?, credential })
    }

    /// Reads a base address: https, or http on loopback only, because the key travels with every
    /// request.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with a sentence for people.
    pub fn parse_base_url(text: &str) -> Result<Url, Error> {
        let refused = |why: &str| Error::new(ErrorKind::Invalid, format!("“{}” {why}", text.trim()));
        let url = Url::parse(text.trim()).map_err(|_| refused("is not an address."))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::new(ErrorKind::Invalid, "An address must not hold a user name or a password."));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Error::new(ErrorKind::Invalid, "A base address has no query and no fragment."));
        }
        if !is_private_transport(&url) {
            return Err(refused("is not safe for a key: use https, or http on this computer only."));
        }
        Ok(url)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

/// Whether nobody on the way can read along: https, or http that stays on this computer.
pub(super) fn is_private_transport(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the address is this computer.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, accepted: bool) {
        assert_eq!(Endpoint::parse_base_url(text).is_ok(), accepted, "{text}");
    }

    #[test]
    fn a_key_travels_over_https_or_stays_on_this_computer() {
        check("https://api.heygen.com", true);
        check(" https://api.heygen.com/ ", true);
        check("http://127.0.0.1:4100", true);
        check("http://[::1]:4100", true);
        check("http://localhost:4100", true);
        check("http://api.heygen.com", false);
        check("http://127.0.0.1.example.com", false);
        check("http://192.168.1.4:4100", false);
        check("ftp://127.0.0.1", false);
        check("https://user:secret@api.heygen.com", false);
        check("https://api.heygen.com?key=1", false);
        check("api.heygen.com", false);
        check("", false);
    }

    #[test]
    fn debug_shows_no_secret() {
        let endpoint = Endpoint::live(Credential::ApiKey(SecretString::from("top-secret-key"))).unwrap();
        let shown = format!("{endpoint:?} {:?} {:?}", endpoint.credential, endpoint.credential.header().unwrap());
        assert!(!shown.contains("top_secret"), "{shown}");
    }
}
