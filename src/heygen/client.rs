//! The client: three HTTP clients, of which only one path adds the credential.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::endpoint::{Endpoint, is_loopback, is_private_transport};
use super::error::{Error, ErrorKind, redact};

const USER_AGENT: &str = "reelmeter/0.1";
/// A connection kept longer than HeyGen keeps it would break under the next request, which must not
/// be a paid one.
const POOL_IDLE: Duration = Duration::from_secs(20);
/// Redirects of a presigned address that are followed.
const RESULT_REDIRECTS: usize = 5;

/// How long each part of a request may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Without a byte moving, while a file goes up or a result comes down.
    pub idle: Duration,
    /// A whole request for data.
    pub load: Duration,
    /// A whole paid request; longer, because giving up early makes the outcome unknown.
    pub paid: Duration,
    /// The first pause while HeyGen takes in a direct upload; it doubles each time.
    pub settle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            load: Duration::from_secs(60),
            paid: Duration::from_secs(120),
            settle: Duration::from_millis(500),
        }
    }
}

/// A typed client of one account. Clones share connections and cost nothing.
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) endpoint: Endpoint,
    pub(super) timeouts: Timeouts,
    /// Requests to the interface. Follows no redirect; each request carries its own limit.
    pub(super) api: reqwest::Client,
    /// Files going up. Follows no redirect; has no limit of its own on silence, because while a body
    /// goes up there is nothing to read: [`super::send`] watches the bytes instead.
    pub(super) uploads: reqwest::Client,
    /// Presigned addresses of results. Never sees the credential.
    pub(super) results: reqwest::Client,
}

impl Client {
    /// A client for one account.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an address unfit for a key, [`ErrorKind::Unauthorized`] for a key
    /// that cannot be sent, [`ErrorKind::Other`] when TLS cannot be set up.
    pub fn new(endpoint: Endpoint) -> Result<Self, Error> {
        Self::with_timeouts(endpoint, Timeouts::default())
    }

    /// As [`Client::new`], with other limits.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timeouts(endpoint: Endpoint, timeouts: Timeouts) -> Result<Self, Error> {
        Endpoint::parse_base_url(endpoint.base_url.as_str())?;
        endpoint.credential.header()?;
        let local = is_loopback(&endpoint.base_url);
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(timeouts.connect)
                .pool_idle_timeout(POOL_IDLE)
                .referer(false)
                .retry(reqwest::retry::never());
            // What stays on this computer must not take a detour through the system's proxy.
            if local { builder.no_proxy() } else { builder }
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| {
                Error::new(ErrorKind::Other, "The secure connection could not be set up on this computer.")
                    .with_source(error.without_url())
            })
        };
        let shared = Shared {
            api: build(builder().redirect(Policy::none()))?,
            uploads: build(builder().redirect(Policy::none()))?,
            results: build(builder().redirect(result_redirects()).read_timeout(timeouts.idle))?,
            endpoint,
            timeouts,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Whether the web plan is billed instead of the wallet.
    #[must_use]
    pub fn is_oauth(&self) -> bool {
        matches!(self.shared.endpoint.credential, super::endpoint::Credential::Bearer(_))
    }

    /// Tells one credential from another without giving it away: the start of a digest.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.shared.endpoint.credential.secret().as_bytes());
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// HeyGen's words as they may be shown and kept: without the key and without the query of any address.
    #[must_use]
    pub fn redacted(&self, words: &str) -> String {
        redact(words, self.shared.endpoint.credential.secret())
    }

    /// An address of the interface from its path segments, each escaped.
    pub(super) fn address(&self, segments: &[&str]) -> Result<Url, Error> {
        let mut url = self.shared.endpoint.base_url.clone();
        let unfit = segments.iter().any(|segment| matches!(*segment, "" | "." | ".."));
        match url.path_segments_mut() {
            Ok(mut path) if !unfit => {
                path.pop_if_empty().extend(segments);
            }
            _ => return Err(Error::new(ErrorKind::Invalid, "An id is empty or no id at all.")),
        }
        Ok(url)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.shared.endpoint).finish_non_exhaustive()
    }
}

/// A result may move, but not to where somebody could read along.
fn result_redirects() -> Policy {
    Policy::custom(|attempt| {
        if attempt.previous().len() > RESULT_REDIRECTS {
            attempt.error("too many redirects")
        } else if is_private_transport(attempt.url()) {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}
