//! What the library says about a job: state, price, times. Pure text; draws nothing, reads no clock.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::draft::Product;
use crate::jobs::types::{Board, Job, JobState, Progress, QuotedPrice, SessionProgress};
use crate::ui::format;
use crate::ui::queue::waits_for_person;

/// Instead of a figure, for a job that was made although no price is published.
const UNPUBLISHED: &str = "price not published";
/// Of a job that the web plan or credits pay for.
const NO_DOLLARS: &str = "not paid in dollars";

/// Where a job stands without the reason of a wait, which stands beside it or in a tooltip: half of a
/// reason misleads.
#[must_use]
pub fn brief_state_words(job: &Job, board: &Board) -> String {
    match waiting(job) {
        Some((seconds, _)) => format!("waiting {}", wait_words(seconds)),
        None => state_words(job, board),
    }
}

/// For how long a job waits before it goes on, and why.
#[must_use]
pub fn waiting(job: &Job) -> Option<(u64, &str)> {
    match &job.progress {
        Progress::Waiting { seconds, why } if !job.state.is_final() && job.state != JobState::OutcomeUnknown => {
            Some((*seconds, why))
        }
        _ => None,
    }
}

/// Where a job stands, in a few words: "place 3 in the queue", "uploading 31 of 98 MB".
#[must_use]
pub fn state_words(job: &Job, board: &Board) -> String {
    if let Some((seconds, why)) = waiting(job) {
        return format!("waiting {}: {why}", wait_words(seconds));
    }
    if job.is_stopped() {
        return "stopped by a fault of this program".to_owned();
    }
    // An avatar is trained, not rendered.
    let trains = job.product == Product::AvatarCreation;
    match (job.state, &job.progress) {
        (JobState::Held, _) => match board.place(job.id) {
            Some(1) => "next in the queue".to_owned(),
            Some(place) => format!("place {} in the queue", format::count(place)),
            None => "in the queue".to_owned(),
        },
        (JobState::Uploading, Progress::Bytes { done, total, per_second }) => {
            format!("uploading {}{}", bytes_words(*done, *total), speed_words(*per_second))
        }
        (JobState::Uploading, _) => "uploading".to_owned(),
        (JobState::Submitting, _) => "sending the request".to_owned(),
        (JobState::Running, Progress::NeedsPerson) if trains => "waits for consent".to_owned(),
        (JobState::Running, Progress::Rendering { seconds, .. }) if trains => {
            format!("in training for {}", format::duration(Decimal::from(*seconds)))
        }
        (JobState::Running, _) if trains => "in training".to_owned(),
        (JobState::Running, Progress::Rendering { percent: Some(percent), .. }) => format!("rendering, {percent} %"),
        (JobState::Running, Progress::Rendering { seconds, percent: None }) => {
            format!("rendering for {}", format::duration(Decimal::from(*seconds)))
        }
        (JobState::Running, Progress::NeedsPerson) => waits_for_person(job.product).to_owned(),
        (JobState::Running, Progress::Session(session)) => session_words(*session),
        (JobState::Running, _) => "rendering".to_owned(),
        (JobState::Downloading, Progress::Bytes { done, total, per_second }) => {
            format!("downloading {}{}", bytes_words(*done, *total), speed_words(*per_second))
        }
        (JobState::Downloading, _) => "downloading".to_owned(),
        (JobState::Done, _) => "done".to_owned(),
        (JobState::Failed, _) => "failed".to_owned(),
        (JobState::Cancelled, _) if job.error.is_some() => "continued by your answer".to_owned(),
        (JobState::Cancelled, _) => "cancelled".to_owned(),
        (JobState::OutcomeUnknown, _) if job.is_let_go() => "not followed".to_owned(),
        (JobState::OutcomeUnknown, _) => "was it paid?".to_owned(),
    }
}

/// Where a job stands, as short as a card needs it.
#[must_use]
pub fn short_state_words(job: &Job, board: &Board) -> String {
    match (job.state, &job.progress) {
        // The bar shows the time; the card has room for the money.
        (JobState::Running, Progress::Rendering { percent: None, .. }) if job.product == Product::AvatarCreation => {
            "in training".to_owned()
        }
        (JobState::Running, Progress::Rendering { percent: None, .. }) => "rendering".to_owned(),
        // A card has no room for the speed as well.
        (JobState::Uploading, Progress::Bytes { done, total, .. }) => {
            format!("uploading {}", bytes_words(*done, *total))
        }
        _ => state_words(job, board),
    }
}

/// What is held for a job that is on its way: "$2.74 held".
#[must_use]
pub fn held_words(job: &Job) -> Option<String> {
    let holds = matches!(job.state, JobState::Held | JobState::Submitting | JobState::Running) && !job.hold.is_zero();
    holds.then(|| format!("{} held", job.hold))
}

/// Where a job stands and what its money does, in a line: "rendering, 42 % · $2.74 held",
/// "done · 1:05 · $4.34".
#[must_use]
pub fn standing_words(job: &Job, board: &Board) -> String {
    let mut words = short_state_words(job, board);
    let mut add = |more: &str| {
        words.push_str(" · ");
        words.push_str(more);
    };
    match job.state {
        JobState::Held | JobState::Submitting | JobState::Running => {
            held_words(job).iter().for_each(|held| add(held));
        }
        JobState::Done => {
            match job.files.clips.len() {
                0 => job.duration.into_iter().for_each(|seconds| add(&format::duration(seconds))),
                clips => add(&format::counted(clips, "clip", "clips")),
            }
            match job.charge {
                Some(_) if job.quoted.is_unpublished() => add(UNPUBLISHED),
                Some(_) if job.quoted.is_not_in_dollars() => add(NO_DOLLARS),
                charge => charge.into_iter().for_each(|charge| add(&charge.to_string())),
            }
        }
        // Why is in the tooltip and in the Library: a card has no room for a reason, and half of one misleads.
        JobState::Failed => match job.charge {
            Some(charge) => add(&format!("{charge} charged")),
            None if job.hold.is_zero() => add("hold released"),
            None => add(&format!("{} held", job.hold)),
        },
        JobState::Cancelled => add("nothing charged"),
        _ => {}
    }
    words
}

fn session_words(session: SessionProgress) -> String {
    let words = match session {
        SessionProgress { is_stopping: true, .. } => "stopping",
        SessionProgress { began_ms: None, .. } => "about to begin",
        _ => "live",
    };
    words.to_owned()
}

/// How full the bar under a job is, in thousandths; `None` where no end is known.
#[must_use]
pub fn progress_thousandths(job: &Job) -> Option<u16> {
    match (&job.progress, job.state) {
        (Progress::Bytes { done, total: Some(total), .. }, JobState::Uploading | JobState::Downloading)
            if *total > 0 =>
        {
            u16::try_from(u128::from(*done) * 1000 / u128::from(*total)).ok().map(|share| share.min(1000))
        }
        (Progress::Rendering { percent: Some(percent), .. }, JobState::Running) => {
            Some(u16::from((*percent).min(100)) * 10)
        }
        _ => None,
    }
}

/// What a job costs as far as it is known, for the end of a row.
#[must_use]
pub fn price_words(job: &Job) -> String {
    match (job.charge, job.state) {
        (Some(_), _) if job.quoted.is_unpublished() => "not published".to_owned(),
        (Some(_), _) if job.quoted.is_not_in_dollars() => NO_DOLLARS.to_owned(),
        (Some(charge), _) => charge.to_string(),
        (None, JobState::Done) => "charge not seen".to_owned(),
        (None, JobState::Cancelled) => "not charged".to_owned(),
        (None, _) if !job.hold.is_zero() => format!("{} held", job.hold),
        (None, JobState::Failed) => "hold released".to_owned(),
        (None, _) => about_words(&job.quoted),
    }
}

/// "$2.74", or "about $2.74" where the quote was a range.
#[must_use]
pub fn about_words(quoted: &QuotedPrice) -> String {
    if quoted.is_unpublished() {
        return UNPUBLISHED.to_owned();
    }
    if quoted.is_not_in_dollars() {
        return NO_DOLLARS.to_owned();
    }
    if quoted.low == quoted.high { quoted.likely.to_string() } else { format!("about {}", quoted.likely) }
}

/// "$2.74", or "$2.60 to $2.93".
#[must_use]
pub fn quoted_words(quoted: &QuotedPrice) -> String {
    if quoted.is_unpublished() {
        return "not published".to_owned();
    }
    if quoted.is_not_in_dollars() {
        return NO_DOLLARS.to_owned();
    }
    let (low, high) = (quoted.low.to_string(), quoted.high.to_string());
    match (quoted.low == quoted.high, low == high) {
        (true, _) => quoted.likely.to_string(),
        // Both ends read the same in cents.
        (false, true) => format!("about {}", quoted.likely),
        (false, false) => format!("{low} to {high}"),
    }
}

/// "quoted $2.60 to $2.93, charged $2.81, +$0.07 against likely".
#[must_use]
pub fn money_sentence(job: &Job) -> String {
    if job.quoted.is_unpublished() {
        return format!("{UNPUBLISHED}, nothing held");
    }
    if job.quoted.is_not_in_dollars() {
        return format!("{NO_DOLLARS}, nothing held");
    }
    let quoted = format!("quoted {}", quoted_words(&job.quoted));
    match job.charge {
        // HeyGen does not say how long a session lasted.
        Some(charge) if job.product == Product::Realtime => {
            format!("{quoted}, charged {charge} by this program's own measure of the time")
        }
        Some(charge) if charge == job.quoted.likely => format!("{quoted}, charged {charge}, as quoted"),
        Some(charge) if job.quoted.low == job.quoted.high => {
            format!("{quoted}, charged {charge}, {} against the quote", (charge - job.quoted.likely).signed())
        }
        Some(charge) => format!("{quoted}, charged {charge}, {} against likely", (charge - job.quoted.likely).signed()),
        None if job.hold.is_zero() => format!("{quoted}, nothing charged"),
        None => format!("{quoted}, {} held", job.hold),
    }
}

/// "12 s" below two minutes, then 2:05.
fn wait_words(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format::duration(Decimal::from(seconds)) }
}

fn speed_words(per_second: Option<u64>) -> String {
    per_second.map(|bytes| format!(" · {}/s", format::bytes(bytes))).unwrap_or_default()
}

fn bytes_words(done: u64, total: Option<u64>) -> String {
    // A server that miscounts must not show more than all of it.
    total.map_or_else(|| format::bytes(done), |total| format::bytes_of(done.min(total), total))
}

/// A moment in the person's time zone: "today 14:02", "yesterday 18:30", "22 Nov 16:02",
/// "22 Nov 2025". Both moments are Unix seconds.
#[must_use]
pub fn when_words(at: i64, now: i64, zone: &TimeZone) -> String {
    let (Ok(at), Ok(now)) = (jiff::Timestamp::from_second(at), jiff::Timestamp::from_second(now)) else {
        return "at an unknown time".to_owned();
    };
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let pattern = if at.date() == now.date() {
        "today %H:%M"
    } else if now.date().yesterday().is_ok_and(|yesterday| yesterday == at.date()) {
        "yesterday %H:%M"
    } else if at.year() == now.year() {
        "%-d %b %H:%M"
    } else {
        "%-d %b %Y"
    };
    at.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{NOW, job};
    use super::*;
    use crate::jobs::types::{ResultClip, ResultFiles};
    use crate::money::Usd;

    #[track_caller]
    fn check_state(state: JobState, progress: Progress, words: &str) {
        assert_eq!(state_words(&Job { state, progress, ..job(1) }, &Board::default()), words);
    }

    #[test]
    fn every_state_says_how_far_it_is() {
        let waiting: Vec<Job> = (1..=3).map(|number| Job { state: JobState::Held, ..job(number) }).collect();
        let board = Board { waiting: waiting.iter().map(|job| job.id).collect(), ..Board::default() };
        let placed: Vec<String> = waiting.iter().map(|job| state_words(job, &board)).collect();
        assert_eq!(placed, ["next in the queue", "place 2 in the queue", "place 3 in the queue"]);
        check_state(JobState::Held, Progress::None, "in the queue");
        let bytes = Progress::Bytes { done: 31_400_000, total: Some(98_000_000), per_second: None };
        check_state(JobState::Uploading, bytes, "uploading 31 of 98 MB");
        check_state(JobState::Submitting, Progress::None, "sending the request");
        check_state(JobState::Running, Progress::Rendering { seconds: 65, percent: None }, "rendering for 1:05");
        let told = Progress::Rendering { seconds: 65, percent: Some(42) };
        check_state(JobState::Running, told, "rendering, 42 %");
        check_state(JobState::Running, Progress::NeedsPerson, "waits for your answer");
        let waiting = || Progress::Waiting { seconds: 12, why: "HeyGen asked for a pause".to_owned() };
        check_state(JobState::Submitting, waiting(), "waiting 12 s: HeyGen asked for a pause");
        check_state(
            JobState::Downloading,
            Progress::Bytes { done: 5_200_000, total: None, per_second: None },
            "downloading 5.2 MB",
        );
        let fast = Progress::Bytes { done: 31_400_000, total: Some(98_000_000), per_second: Some(12_000_000) };
        check_state(JobState::Uploading, fast, "uploading 31 of 98 MB · 12 MB/s");
        let miscounted = Progress::Bytes { done: 99_000_000, total: Some(98_000_000), per_second: None };
        check_state(JobState::Downloading, miscounted, "downloading 98 of 98 MB");
        // What was waited for no longer matters once it is over.
        let sentence = Progress::Waiting { seconds: 6, why: "Something went wrong on our side.".to_owned() };
        check_state(JobState::Running, sentence, "waiting 6 s: Something went wrong on our side.");
        check_state(JobState::Done, waiting(), "done");
        check_state(JobState::OutcomeUnknown, waiting(), "was it paid?");
    }

    #[test]
    fn a_bar_is_drawn_only_where_an_end_is_known() {
        let bar = |state, progress| progress_thousandths(&Job { state, progress, ..job(1) });
        assert_eq!(bar(JobState::Uploading, Progress::Bytes { done: 1, total: Some(4), per_second: None }), Some(250));
        assert_eq!(bar(JobState::Uploading, Progress::Bytes { done: 9, total: Some(4), per_second: None }), Some(1000));
        assert_eq!(bar(JobState::Uploading, Progress::Bytes { done: 0, total: Some(0), per_second: None }), None);
        assert_eq!(bar(JobState::Downloading, Progress::Bytes { done: 1, total: None, per_second: None }), None);
        assert_eq!(bar(JobState::Running, Progress::Rendering { seconds: 9, percent: Some(42) }), Some(420));
        assert_eq!(bar(JobState::Running, Progress::Rendering { seconds: 9, percent: None }), None);
    }

    #[test]
    fn a_line_says_where_it_stands_and_what_the_money_does() {
        let board = Board { waiting: vec![job(0).id, job(1).id], ..Board::default() };
        let check = |job: Job, words: &str| assert_eq!(standing_words(&job, &board), words);
        let hold = Usd::from_cents(293);
        let running = Progress::Rendering { seconds: 9, percent: Some(42) };
        let job = || job(1);
        check(Job { state: JobState::Running, progress: running, hold, ..job() }, "rendering, 42 % · $2.93 held");
        check(Job { state: JobState::Held, hold, ..job() }, "place 2 in the queue · $2.93 held");
        let charge = Some(Usd::from_cents(434));
        let training = Progress::Rendering { seconds: 9, percent: None };
        let product = Product::AvatarCreation;
        check(Job { state: JobState::Running, progress: training, product, ..job() }, "in training");
        check(Job { charge, duration: Some(Decimal::from(65)), ..job() }, "done · 1:05 · $4.34");
        let clips = ["a", "b"].map(|title| ResultClip { title: title.to_owned(), ..ResultClip::default() });
        let files = ResultFiles { clips: clips.to_vec(), ..ResultFiles::default() };
        check(Job { charge, files, ..job() }, "done · 2 clips · $4.34");
        check(Job { state: JobState::Cancelled, ..job() }, "cancelled · nothing charged");
        check(Job { state: JobState::Failed, ..job() }, "failed · hold released");
        check(Job { state: JobState::Failed, hold, ..job() }, "failed · $2.93 held");
        let waiting = Progress::Waiting { seconds: 12, why: "HeyGen asked for a pause".to_owned() };
        check(
            Job { state: JobState::Downloading, progress: waiting, ..job() },
            "waiting 12 s: HeyGen asked for a pause",
        );
    }

    #[test]
    fn the_charge_stands_beside_the_quote() {
        let cents = Usd::from_cents;
        let quoted = |low, likely, high| QuotedPrice {
            low: cents(low),
            likely: cents(likely),
            high: cents(high),
            ..job(1).quoted
        };
        let sentence =
            |quoted, charge, hold| money_sentence(&Job { quoted, charge, hold, state: JobState::Done, ..job(1) });
        assert_eq!(
            sentence(quoted(260, 274, 293), Some(cents(281)), Usd::ZERO),
            "quoted $2.60 to $2.93, charged $2.81, +$0.07 against likely"
        );
        assert_eq!(
            sentence(quoted(700, 700, 700), Some(cents(700)), Usd::ZERO),
            "quoted $7.00, charged $7.00, as quoted"
        );
        assert_eq!(
            sentence(quoted(700, 700, 700), Some(cents(650)), Usd::ZERO),
            "quoted $7.00, charged $6.50, −$0.50 against the quote"
        );
        assert_eq!(sentence(quoted(260, 274, 293), None, cents(293)), "quoted $2.60 to $2.93, $2.93 held");
        assert_eq!(sentence(quoted(260, 274, 293), None, Usd::ZERO), "quoted $2.60 to $2.93, nothing charged");
    }

    #[test]
    fn the_price_says_what_the_money_is_doing() {
        let hold = Usd::from_cents(293);
        let price = |state, charge, hold| price_words(&Job { state, charge, hold, ..job(1) });
        assert_eq!(price(JobState::Done, Some(Usd::from_cents(281)), Usd::ZERO), "$2.81");
        assert_eq!(price(JobState::Running, None, hold), "$2.93 held");
        assert_eq!(price(JobState::Failed, None, hold), "$2.93 held");
        assert_eq!(price(JobState::Failed, None, Usd::ZERO), "hold released");
        assert_eq!(price(JobState::Cancelled, None, Usd::ZERO), "not charged");
        assert_eq!(price(JobState::Done, None, Usd::ZERO), "charge not seen");
    }

    #[test]
    fn times_are_in_the_persons_zone() {
        let berlin = TimeZone::fixed(jiff::tz::offset(1));
        let now = NOW; // 17:30 in the zone
        for (at, words) in [
            (now - 3 * 3600, "today 14:30"),
            (now - 18 * 3600, "yesterday 23:30"),
            (now - 3 * 86_400, "19 Nov 17:30"),
            (now - 400 * 86_400, "18 Oct 2025"),
            (i64::MAX, "at an unknown time"),
        ] {
            assert_eq!(when_words(at, now, &berlin), words);
        }
    }
}
