//! Faults on demand: what goes wrong, on which requests, how often.
//!
//! A [`Rule`] waits for its requests. The server asks [`Faults::strike`] for every request and does
//! what it says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 429 with `Retry-After`; nothing happened.
    RateLimited { retry_after: u64 },
    /// 402; nothing happened.
    InsufficientCredit,
    /// 401; nothing happened.
    Unauthorized,
    /// 500, 503 and the like; nothing happened.
    ServerError { status: u16 },
    /// The connection is reset before anything happened.
    ResetBefore,
    /// The connection is reset after it happened: a lost answer.
    ResetAfter,
    /// No answer, and nothing happened.
    StallBefore,
    /// No answer, although it happened.
    StallAfter,
    /// A purchase stays in progress until [`Faults::release`]; then it goes on.
    HoldPurchase,
    /// The answer's body ends after so many bytes although more were announced.
    CutBody { after: u64 },
    /// A presigned address answers 403 as if it had expired.
    ExpiredLink,
    /// A job that is created will fail.
    FailRender { code: String, message: String },
    /// An HTML page with this status instead of JSON; nothing happened.
    NotJson { status: u16 },
    /// This look is gone for as long as the rule stands, whatever the method and path.
    LookVanished { look_id: String },
    /// No fault of its own: for as long as the rule stands, live films come in another of the forms HLS allows.
    LiveForm { form: LiveForm },
    /// For as long as the rule stands, clips are finished but not listed yet.
    UnlistedClips,
}

/// The forms in which a live film may come beside a transport stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveForm {
    /// Fragments of an MP4 behind a header.
    Fragments,
    /// Several variants of fragments, whose sound comes by itself; the first that suits cannot be had.
    OwnSound,
    /// A transport stream of which only the last segments are listed.
    Sliding,
    /// A transport stream that says it is encrypted.
    Encrypted,
}

/// When something goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `POST`; any method where absent.
    #[serde(default)]
    pub method: Option<String>,
    /// The start of the path, `/v3/videos`; empty for any.
    #[serde(default)]
    pub path_prefix: String,
    /// Requests that are let through first.
    #[serde(default)]
    pub skip: u32,
    /// Requests that are hit; all further ones where absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// How likely each of them is hit, 0 to 100; always where absent.
    #[serde(default)]
    pub percent: Option<u8>,
    /// The same seed hits the same requests again.
    #[serde(default)]
    pub seed: u64,
    pub kind: Kind,
}

impl Rule {
    /// Hits the next request with this method and start of the path, once.
    #[must_use]
    pub fn once(method: &str, path_prefix: &str, kind: Kind) -> Self {
        Self { times: Some(1), ..Self::always(method, path_prefix, kind) }
    }

    /// Hits every request with this method and start of the path.
    #[must_use]
    pub fn always(method: &str, path_prefix: &str, kind: Kind) -> Self {
        Self {
            method: Some(method.to_owned()),
            path_prefix: path_prefix.to_owned(),
            skip: 0,
            times: None,
            percent: None,
            seed: 0,
            kind,
        }
    }
}

#[derive(Debug)]
struct Armed {
    rule: Rule,
    seen: u32,
    hits: u32,
    dice: fastrand::Rng,
}

impl Armed {
    fn strikes(&mut self, method: &str, path: &str) -> bool {
        let rule = &self.rule;
        let meant = rule.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && path.starts_with(&rule.path_prefix)
            && !matches!(rule.kind, Kind::LookVanished { .. } | Kind::LiveForm { .. } | Kind::UnlistedClips);
        if !meant || rule.times.is_some_and(|times| self.hits >= times) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        if self.seen <= rule.skip || rule.percent.is_some_and(|percent| self.dice.u8(0..100) >= percent) {
            return false;
        }
        self.hits = self.hits.saturating_add(1);
        true
    }
}

/// The faults of one sandbox. Clones are the same faults.
#[derive(Clone, Debug)]
pub struct Faults {
    armed: Arc<Mutex<Vec<Armed>>>,
    released: Arc<watch::Sender<u64>>,
    held: Arc<AtomicU64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { armed: Arc::default(), released: Arc::new(watch::Sender::new(0)), held: Arc::default() }
    }
}

impl Faults {
    /// Adds a rule. Of several that fit a request, the oldest one that still has hits left strikes.
    pub fn push(&self, rule: Rule) {
        let dice = fastrand::Rng::with_seed(rule.seed);
        self.armed().push(Armed { rule, seen: 0, hits: 0, dice });
    }

    /// Takes all rules away and lets held purchases go on.
    pub fn clear(&self) {
        self.armed().clear();
        self.release();
    }

    /// Lets purchases that are held now go on.
    pub fn release(&self) {
        self.released.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// All rules with the number of requests they have hit.
    #[must_use]
    pub fn rules(&self) -> Vec<(Rule, u32)> {
        self.armed().iter().map(|armed| (armed.rule.clone(), armed.hits)).collect()
    }

    /// How many purchases have been held so far.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Acquire)
    }

    pub(super) fn note_held(&self) {
        self.held.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn strike(&self, method: &str, path: &str) -> Option<Kind> {
        self.armed().iter_mut().find_map(|armed| armed.strikes(method, path).then(|| armed.rule.kind.clone()))
    }

    pub(super) fn hides_look(&self, id: &str) -> bool {
        self.armed().iter().any(|armed| matches!(&armed.rule.kind, Kind::LookVanished { look_id } if look_id == id))
    }

    pub(super) fn hides_clips(&self) -> bool {
        self.armed().iter().any(|armed| armed.rule.kind == Kind::UnlistedClips)
    }

    /// The form live films come in, if another than usual.
    pub(super) fn live_form(&self) -> Option<LiveForm> {
        self.armed().iter().find_map(|armed| match armed.rule.kind {
            Kind::LiveForm { form } => Some(form),
            _ => None,
        })
    }

    pub(super) fn releases(&self) -> watch::Receiver<u64> {
        self.released.subscribe()
    }

    fn armed(&self) -> std::sync::MutexGuard<'_, Vec<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: Rule, requests: &[(&str, &str)], hit: &[bool]) {
        let faults = Faults::default();
        faults.push(rule);
        let found: Vec<bool> = requests.iter().map(|(method, path)| faults.strike(method, path).is_some()).collect();
        assert_eq!(found, hit);
    }

    #[test]
    fn a_rule_hits_the_requests_it_names() {
        let video = ("POST", "/v3/videos");
        let poll = ("GET", "/v3/videos/1");
        check(Rule::once("POST", "/v3/videos", Kind::ResetAfter), &[poll, video, video], &[false, true, false]);
        check(Rule::always("GET", "", Kind::ResetAfter), &[poll, video, poll], &[true, false, true]);
        let third = Rule { skip: 2, ..Rule::once("GET", "/v3", Kind::ResetBefore) };
        check(third, &[poll, poll, poll, poll], &[false, false, true, false]);
    }

    #[test]
    fn a_seed_hits_the_same_requests_again() {
        let run = |seed| {
            let faults = Faults::default();
            faults.push(Rule { percent: Some(50), seed, ..Rule::always("GET", "", Kind::StallBefore) });
            (0..64).map(|_| faults.strike("GET", "/").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        assert!(run(7).contains(&true) && run(7).contains(&false));
    }
}
