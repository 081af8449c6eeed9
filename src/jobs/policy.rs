//! What to do next with a job: a pure function of its state and what just happened.
//!
//! No I/O, no clock: times are passed in. Every rule that keeps a video from being paid twice is here.

use crate::heygen::{ErrorKind, ReplayRule, retry};

use super::types::{JobError, JobState, Pause};

/// Seconds a key is trusted. HeyGen forgets it after 24 hours; the last hour is left as a margin
/// for clocks that disagree.
pub const KEY_TRUSTED_SECONDS: i64 = 23 * 3_600;
/// Sends of one body under one key before the person is asked.
pub const MOST_SENDS: u32 = 12;
/// Failed tries to bring the result home before the person is told; they go on all the same.
pub const TRIES_BEFORE_WORDS: u32 = 3;
/// Times in a row HeyGen says that it does not know what it took, before that is believed: some two
/// minutes, because what was made a moment ago may not be found everywhere at once.
pub const TRIES_BEFORE_GONE: u32 = 8;
/// Milliseconds between two looks at what HeyGen calls finished and has not listed, once the first two minutes are over.
const SELDOM_MS: u64 = 5 * 60_000;

/// What the journal knows of a job when a decision is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub state: JobState,
    /// How often the body left under the present key, the send being judged included.
    pub sends: u32,
    /// Unix seconds when the body first left under the present key.
    pub first_sent_at: Option<i64>,
    /// Whether the endpoint answers a repeated key with the first answer.
    pub replay: ReplayRule,
    /// Whether the present credential is the one the body last left with; `true` before the first send.
    pub same_credential: bool,
    /// Failures in a row of the present step.
    pub failures: u32,
    /// Times in a row, just before this one, that HeyGen said it does not know what it took, or listed nothing of it.
    /// Failures of another kind in between say nothing of that, and begin the row anew.
    pub times_gone: u32,
    /// Its body names files at HeyGen that may have gone meanwhile, and can still go up once more.
    pub may_upload_again: bool,
}

/// What just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The job was just made, or found in the journal at start-up.
    Found,
    /// All its files are at HeyGen and its body is written down.
    Ready,
    /// HeyGen took the request.
    Accepted,
    /// HeyGen is still at it.
    StillRunning,
    /// HeyGen made it.
    Completed,
    /// HeyGen calls it finished and lists nothing of what was made: the list may come later than the word.
    Unlisted,
    /// HeyGen gave up on it; code and words as they came.
    RenderFailed { code: Option<String>, message: String },
    /// The result lies in the person's folder.
    Saved,
    /// The step failed.
    Failure(Fault),
}

/// A failed step, as far as the decision needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: ErrorKind,
    /// The words for the person, HeyGen's own where it said any.
    pub message: String,
    /// The field HeyGen named.
    pub param: Option<String>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bring the files up and write the body down.
    Upload,
    /// Wait for a free place, then send the body under its key.
    Send,
    /// Ask HeyGen how far it is.
    Poll,
    /// Bring the result home.
    Download,
    /// Write the charge, release the hold.
    Finish,
    /// Do the present step again after so many milliseconds. The state stays.
    Again { after_ms: u64, why: String },
    /// Nothing was paid: back to `Held` with a new key, and again after so many milliseconds.
    BackToHeld { after_ms: u64, why: String },
    /// Nothing was paid: back to `Held` with a new key, and its files go up anew.
    UploadAnew { why: String },
    /// Nothing was paid: back to `Held` with a new key, and the whole queue stands still.
    PauseHeld(Pause),
    /// The whole queue stands still; the job keeps state and key, because an earlier send may have landed.
    PauseAsIs(Pause),
    /// Release the hold and tell why.
    Fail(JobError),
    /// Nobody can know: keep the hold and ask the person.
    AskPerson(JobError),
    /// Nothing more.
    Rest,
}

impl Step {
    /// The step in a word or two, for logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Send => "send",
            Self::Poll => "poll",
            Self::Download => "download",
            Self::Finish => "finish",
            Self::Again { .. } => "again",
            Self::BackToHeld { .. } => "back to held",
            Self::UploadAnew { .. } => "upload anew",
            Self::PauseHeld(_) => "pause held",
            Self::PauseAsIs(_) => "pause as is",
            Self::Fail(_) => "fail",
            Self::AskPerson(_) => "ask",
            Self::Rest => "rest",
        }
    }
}

/// The decision. `now` is unix seconds; `jitter` lies in 0..1 and spreads the waits.
#[must_use]
pub fn next_step(facts: &Facts, outcome: &Outcome, now: i64, jitter: f64) -> Step {
    match outcome {
        Outcome::Found => found(facts, now),
        Outcome::Ready => Step::Send,
        Outcome::Accepted | Outcome::StillRunning => Step::Poll,
        Outcome::Completed => Step::Download,
        // What was made is charged, so neither it nor its hold is given up: the person may stop following it.
        Outcome::Unlisted => Step::Again {
            after_ms: if facts.times_gone < TRIES_BEFORE_GONE { backoff(facts.times_gone, jitter) } else { SELDOM_MS },
            why: "HeyGen says it is done but has not listed the clips yet".to_owned(),
        },
        Outcome::Saved => Step::Finish,
        Outcome::RenderFailed { code, message } => Step::Fail(JobError {
            what: match code {
                Some(code) => format!("HeyGen could not render it: {message} ({code})"),
                None => format!("HeyGen could not render it: {message}"),
            },
            money: "The hold is released. HeyGen does not promise refunds in writing, so watch the wallet.".to_owned(),
            advice: "Change the draft and try again, or try another engine.".to_owned(),
        }),
        Outcome::Failure(fault) => match facts.state {
            JobState::Held | JobState::Uploading => upload_failed(facts, fault, jitter),
            JobState::Submitting => send_failed(facts, fault, now, jitter),
            JobState::Running => {
                let gone = (
                    "HeyGen does not know it any more: it was deleted there.",
                    "It may have been charged. The hold is released; compare the wallet.",
                );
                following_failed(facts, fault, jitter, gone)
            }
            JobState::Downloading => {
                let gone = (
                    "HeyGen no longer has this video: it was deleted there before it could be saved.",
                    "It was rendered, so it was most likely charged. The hold is released; compare the wallet.",
                );
                following_failed(facts, fault, jitter, gone)
            }
            JobState::Done | JobState::Failed | JobState::Cancelled | JobState::OutcomeUnknown => Step::Rest,
        },
    }
}

fn found(facts: &Facts, now: i64) -> Step {
    match facts.state {
        JobState::Held | JobState::Uploading => Step::Upload,
        JobState::Submitting => match facts.replay {
            ReplayRule::NotHonoured if facts.sends > 0 => Step::AskPerson(nobody_knows()),
            // Another account does not know the key: it would pay there once more.
            _ if facts.sends > 0 && !facts.same_credential => Step::AskPerson(nobody_knows()),
            ReplayRule::KeyHonoured { .. } | ReplayRule::NotHonoured => {
                if key_is_trusted(facts, now) {
                    Step::Send
                } else {
                    Step::AskPerson(nobody_knows())
                }
            }
        },
        JobState::Running => Step::Poll,
        JobState::Downloading => Step::Download,
        JobState::Done | JobState::Failed | JobState::Cancelled | JobState::OutcomeUnknown => Step::Rest,
    }
}

fn key_is_trusted(facts: &Facts, now: i64) -> bool {
    // A clock that was set back makes the age negative: then it is not known.
    facts.first_sent_at.is_none_or(|sent| (0..KEY_TRUSTED_SECONDS).contains(&(now - sent)))
}

fn upload_failed(facts: &Facts, fault: &Fault, jitter: f64) -> Step {
    match fault.kind {
        ErrorKind::Unauthorized => Step::PauseHeld(Pause::KeyRefused),
        ErrorKind::InsufficientCredit => Step::PauseHeld(Pause::WalletTooSmall),
        ErrorKind::RateLimited { retry_after } => {
            Step::Again { after_ms: server_wait(retry_after, facts.failures, jitter), why: "HeyGen is busy".to_owned() }
        }
        kind if passes(kind) => again(facts, fault, jitter),
        _ => Step::Fail(refused(fault)),
    }
}

fn send_failed(facts: &Facts, fault: &Fault, now: i64, jitter: f64) -> Step {
    // After the first send a refusal says that nothing happened. After a later one it may be about
    // the repetition only, and the first may have landed.
    let nothing_happened = facts.sends <= 1;
    match fault.kind {
        ErrorKind::NoConnection if nothing_happened => {
            Step::BackToHeld { after_ms: backoff(facts.failures, jitter), why: fault.message.clone() }
        }
        ErrorKind::Unauthorized if nothing_happened => Step::PauseHeld(Pause::KeyRefused),
        ErrorKind::Unauthorized => Step::PauseAsIs(Pause::KeyRefused),
        ErrorKind::InsufficientCredit if nothing_happened => Step::PauseHeld(Pause::WalletTooSmall),
        ErrorKind::InsufficientCredit => Step::PauseAsIs(Pause::WalletTooSmall),
        ErrorKind::RateLimited { retry_after } => {
            let after_ms = server_wait(retry_after, facts.failures, jitter);
            let why = "HeyGen has as many jobs as it takes at once".to_owned();
            if nothing_happened { Step::BackToHeld { after_ms, why } } else { resend(facts, now, after_ms, why) }
        }
        kind if nothing_happened && facts.may_upload_again && may_be_about_a_file(kind, fault) => {
            Step::UploadAnew { why: fault.message.clone() }
        }
        // An answer that cannot be read may be a yes.
        ErrorKind::NoConnection
        | ErrorKind::InProgress
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Interrupted
        | ErrorKind::Server
        | ErrorKind::Unreadable => resend(facts, now, backoff(facts.failures, jitter), fault.message.clone()),
        ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Invalid
        | ErrorKind::TooLarge
        | ErrorKind::LinkExpired
        | ErrorKind::Local
        | ErrorKind::Other => {
            if nothing_happened {
                Step::Fail(refused(fault))
            } else {
                Step::AskPerson(nobody_knows())
            }
        }
    }
}

/// Whether a refusal may mean that a file is no longer at HeyGen, or no longer this account's.
fn may_be_about_a_file(kind: ErrorKind, fault: &Fault) -> bool {
    match kind {
        ErrorKind::Forbidden | ErrorKind::NotFound => true,
        ErrorKind::Invalid => fault.param.as_deref().is_some_and(|param| param.contains("asset")),
        _ => false,
    }
}

fn resend(facts: &Facts, now: i64, after_ms: u64, why: String) -> Step {
    let honoured = matches!(facts.replay, ReplayRule::KeyHonoured { .. });
    if honoured && facts.same_credential && key_is_trusted(facts, now) && facts.sends < MOST_SENDS {
        Step::Again { after_ms, why }
    } else {
        Step::AskPerson(nobody_knows())
    }
}

/// The video is HeyGen's by now: it is asked for until it comes, and a job never fails because polling
/// or downloading had a bad hour. Only a video that is gone there ends it, with `gone` saying what and
/// what of the money.
fn following_failed(facts: &Facts, fault: &Fault, jitter: f64, gone: (&str, &str)) -> Step {
    match fault.kind {
        ErrorKind::Unauthorized => Step::PauseAsIs(Pause::KeyRefused),
        ErrorKind::RateLimited { retry_after } => {
            Step::Again { after_ms: server_wait(retry_after, facts.failures, jitter), why: "HeyGen is busy".to_owned() }
        }
        ErrorKind::NotFound if !facts.same_credential => other_credential(facts, jitter),
        ErrorKind::NotFound if facts.times_gone >= TRIES_BEFORE_GONE => Step::Fail(JobError {
            what: gone.0.to_owned(),
            money: gone.1.to_owned(),
            advice: "Look at HeyGen's own list before you make it again.".to_owned(),
        }),
        _ => again(facts, fault, jitter),
    }
}

/// The account of this key has no such video: the one that made it may.
fn other_credential(facts: &Facts, jitter: f64) -> Step {
    Step::Again {
        after_ms: backoff(facts.failures, jitter),
        why: "this key's account does not have it: enter the key that made it".to_owned(),
    }
}

fn again(facts: &Facts, fault: &Fault, jitter: f64) -> Step {
    Step::Again { after_ms: backoff(facts.failures, jitter), why: fault.message.clone() }
}

/// Whether the same thing may well work later without anybody changing anything.
fn passes(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NoConnection
            | ErrorKind::OutcomeUnknown
            | ErrorKind::Interrupted
            | ErrorKind::Server
            | ErrorKind::InProgress
            | ErrorKind::Conflict
            | ErrorKind::Unreadable
            | ErrorKind::LinkExpired
    )
}

fn backoff(failures: u32, jitter: f64) -> u64 {
    ms(retry::backoff(failures.saturating_add(1), jitter))
}

fn ms(wait: std::time::Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// What the server asked for and a little more, so that ten jobs do not come back in one instant.
fn server_wait(asked: Option<std::time::Duration>, failures: u32, jitter: f64) -> u64 {
    match asked {
        Some(asked) => ms(asked).min(3_600_000) + 250 + ms(retry::backoff(1, jitter)) / 4,
        None => backoff(failures.max(1), jitter),
    }
}

fn refused(fault: &Fault) -> JobError {
    JobError {
        what: match &fault.param {
            Some(param) => format!("{} (field: {param})", fault.message),
            None => fault.message.clone(),
        },
        money: "Nothing was charged. The hold is released.".to_owned(),
        advice: "Edit the draft and try again.".to_owned(),
    }
}

fn nobody_knows() -> JobError {
    JobError {
        what: "The request left, and no answer came back that says whether HeyGen took it.".to_owned(),
        money: "It may have been charged. The money stays on hold until you decide.".to_owned(),
        advice: "Look at HeyGen for the video, then say whether this is it or it never happened.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const NOW: i64 = 1_800_000_000;

    fn facts(state: JobState, sends: u32, sent_seconds_ago: i64) -> Facts {
        Facts {
            state,
            sends,
            first_sent_at: (sends > 0).then_some(NOW - sent_seconds_ago),
            replay: ReplayRule::KeyHonoured { for_hours: 24 },
            same_credential: true,
            failures: 0,
            times_gone: 0,
            may_upload_again: false,
        }
    }

    fn failure(kind: ErrorKind) -> Outcome {
        Outcome::Failure(Fault { kind, message: "words".to_owned(), param: None })
    }

    #[track_caller]
    fn check(facts: Facts, outcome: &Outcome, expected: &str) {
        assert_eq!(next_step(&facts, outcome, NOW, 0.5).name(), expected);
    }

    #[test]
    fn a_restart_takes_each_state_up_where_it_was() {
        use JobState::*;
        for (state, expected) in [
            (Held, "upload"),
            (Uploading, "upload"),
            (Running, "poll"),
            (Downloading, "download"),
            (Done, "rest"),
            (Failed, "rest"),
            (Cancelled, "rest"),
            (OutcomeUnknown, "rest"),
        ] {
            check(facts(state, 0, 0), &Outcome::Found, expected);
        }
    }

    #[test]
    fn a_request_that_may_have_left_is_repeated_only_while_its_key_is_trusted() {
        check(facts(JobState::Submitting, 0, 0), &Outcome::Found, "send");
        check(facts(JobState::Submitting, 1, 60), &Outcome::Found, "send");
        check(facts(JobState::Submitting, 1, KEY_TRUSTED_SECONDS - 1), &Outcome::Found, "send");
        check(facts(JobState::Submitting, 1, KEY_TRUSTED_SECONDS), &Outcome::Found, "ask");
        // The computer's clock was set back.
        check(facts(JobState::Submitting, 1, -60), &Outcome::Found, "ask");
        let unkeyed = Facts { replay: ReplayRule::NotHonoured, ..facts(JobState::Submitting, 1, 60) };
        check(unkeyed, &Outcome::Found, "ask");
        check(Facts { sends: 0, first_sent_at: None, ..unkeyed }, &Outcome::Found, "send");
        check(unkeyed, &failure(ErrorKind::OutcomeUnknown), "ask");
    }

    #[test]
    fn another_account_is_never_asked_to_make_what_the_first_may_have_made() {
        let other = Facts { same_credential: false, ..facts(JobState::Submitting, 1, 60) };
        check(other, &Outcome::Found, "ask");
        check(other, &failure(ErrorKind::Server), "ask");
        check(Facts { sends: 0, first_sent_at: None, ..other }, &Outcome::Found, "send");
        for state in [JobState::Running, JobState::Downloading] {
            let gone = Facts { state, failures: 50, times_gone: 50, ..other };
            check(gone, &failure(ErrorKind::NotFound), "again");
        }
    }

    #[test]
    fn a_refusal_of_the_first_send_costs_nothing_and_of_a_later_one_proves_nothing() {
        let wait = ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(7)) };
        let first = facts(JobState::Submitting, 1, 1);
        let second = facts(JobState::Submitting, 2, 60);
        check(first, &failure(wait), "back to held");
        check(second, &failure(wait), "again");
        check(first, &failure(ErrorKind::Invalid), "fail");
        check(second, &failure(ErrorKind::Invalid), "ask");
        check(first, &failure(ErrorKind::NotFound), "fail");
        check(first, &failure(ErrorKind::InsufficientCredit), "pause held");
        check(second, &failure(ErrorKind::InsufficientCredit), "pause as is");
        check(first, &failure(ErrorKind::Unauthorized), "pause held");
        check(second, &failure(ErrorKind::Unauthorized), "pause as is");
        check(first, &failure(ErrorKind::NoConnection), "back to held");
        check(second, &failure(ErrorKind::NoConnection), "again");
    }

    #[test]
    fn an_unknown_outcome_is_repeated_with_the_same_key_and_in_the_end_asks() {
        for kind in [ErrorKind::OutcomeUnknown, ErrorKind::Server, ErrorKind::Unreadable, ErrorKind::InProgress] {
            check(facts(JobState::Submitting, 1, 1), &failure(kind), "again");
            check(facts(JobState::Submitting, MOST_SENDS, 600), &failure(kind), "ask");
        }
    }

    #[test]
    fn polling_and_downloading_never_fail_of_a_bad_hour() {
        for state in [JobState::Running, JobState::Downloading] {
            for kind in [
                ErrorKind::Server,
                ErrorKind::NoConnection,
                ErrorKind::Unreadable,
                ErrorKind::Forbidden,
                ErrorKind::Local,
            ] {
                check(Facts { failures: 500, ..facts(state, 1, 9_000) }, &failure(kind), "again");
            }
            check(facts(state, 1, 60), &failure(ErrorKind::NotFound), "again");
            // Made a moment ago, and not yet found everywhere.
            check(Facts { times_gone: 7, ..facts(state, 1, 60) }, &failure(ErrorKind::NotFound), "again");
            // The first of its kind after an hour without a network.
            check(Facts { failures: 500, ..facts(state, 1, 60) }, &failure(ErrorKind::NotFound), "again");
            let gone = Facts { times_gone: TRIES_BEFORE_GONE, ..facts(state, 1, 60) };
            check(gone, &failure(ErrorKind::NotFound), "fail");
            check(facts(state, 1, 60), &failure(ErrorKind::Unauthorized), "pause as is");
        }
    }

    #[test]
    fn what_is_finished_and_not_listed_is_looked_for_seldom_but_for_ever() {
        for (times, least, most) in
            [(0, 500, 1_000), (7, 30_000, 60_000), (8, SELDOM_MS, SELDOM_MS), (900, SELDOM_MS, SELDOM_MS)]
        {
            let facts = Facts { times_gone: times, failures: times, ..facts(JobState::Downloading, 1, 900_000) };
            let Step::Again { after_ms, .. } = next_step(&facts, &Outcome::Unlisted, NOW, 0.5) else {
                panic!("{times}")
            };
            assert!((least..=most).contains(&after_ms), "{times}: {after_ms}");
        }
    }

    #[test]
    fn the_server_says_how_long_to_wait_and_otherwise_the_waits_grow_to_a_minute() {
        let asked = failure(ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(7)) });
        let Step::BackToHeld { after_ms, .. } = next_step(&facts(JobState::Submitting, 1, 1), &asked, NOW, 0.0) else {
            panic!("not back to held");
        };
        assert!((7_000..8_000).contains(&after_ms), "{after_ms}");
        let waits: Vec<u64> = (0..9).map(|failures| backoff(failures, 0.5)).collect();
        assert!(waits.is_sorted() && waits.iter().all(|wait| (500..=60_000).contains(wait)), "{waits:?}");
    }
}
