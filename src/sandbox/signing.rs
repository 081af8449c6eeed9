//! Presigned addresses: a path, when it expires, and a signature over both.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Seconds an address lasts at least; at most twice as long.
pub(super) const LASTS: i64 = 3_600;

/// Signs addresses of one world.
#[derive(Clone)]
pub(super) struct Signer {
    base_url: String,
    secret: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Signer {
    pub fn new(base_url: String, secret: String) -> Self {
        Self { base_url, secret }
    }

    /// The full address of a path. It stays the same within an hour, so that caches by address work.
    pub fn address(&self, path: &str, now: i64) -> String {
        let expires = (now / 1_000 / LASTS + 2) * LASTS;
        format!("{}{path}?expires={expires}&signature={}", self.base_url, self.signature(path, expires))
    }

    /// Whether a signature is genuine and has not expired.
    pub fn admits(&self, path: &str, expires: Option<&str>, signature: Option<&str>, now: i64) -> bool {
        let Some(expires) = expires.and_then(|text| text.parse().ok()) else { return false };
        signature == Some(self.signature(path, expires).as_str()) && now / 1_000 < expires
    }

    /// The path that one of these addresses shows, while it is good.
    pub fn path_of(&self, address: &str, now: i64) -> Option<String> {
        let path_and_query = address.strip_prefix(&self.base_url)?;
        let (path, query) = path_and_query.split_once('?')?;
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let genuine = self.admits(path, value("expires"), value("signature"), now);
        genuine.then(|| path.to_owned())
    }

    // Hashed twice, with the secret first each time, so that nothing can be appended.
    fn signature(&self, path: &str, expires: i64) -> String {
        let inner = Sha256::digest(format!("{}\n{path}\n{expires}", self.secret));
        hex(&Sha256::new().chain_update(&self.secret).chain_update(inner).finalize())
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_good_for_its_own_path_until_it_expires() {
        let signer = Signer::new("http://h".to_owned(), "secret".to_owned());
        let address = url::Url::parse(&signer.address("/files/a", 5_000)).unwrap();
        let query: std::collections::HashMap<_, _> = address.query_pairs().into_owned().collect();
        let admits = |path: &str, now: i64| {
            signer.admits(
                path,
                query.get("expires").map(String::as_str),
                query.get("signature").map(String::as_str),
                now,
            )
        };
        assert!(admits("/files/a", 5_000));
        assert!(admits("/files/a", LASTS * 1_000));
        assert!(!admits("/files/b", 5_000));
        assert!(!admits("/files/a", 2 * LASTS * 1_000));
        assert!(!signer.admits("/files/a", Some("99999999"), Some("00"), 0));
    }
}
