//! Realtime sessions, whose length only this program measures: a second more or less is no new rate.

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::spend::types::{CauseKind, ReportOn, Snapshot};
use reelmeter::spend::{self, Books};
use reelmeter::store::StoreError;
use rust_decimal::Decimal;

use super::{Planned, START, open, seen, usd};

/// What is made of three sessions of 20 s, for each of which HeyGen took so much more than was booked.
fn found(more: &str) -> Snapshot {
    let (_folder, store) = open();
    store
        .transaction(|tx| {
            let mut balance = usd("25");
            spend::note_wallet(tx, START, balance, "0a1b")?;
            for number in 1..=3_u8 {
                let at = START + 100 * i64::from(number);
                let job = Planned {
                    id: JobId(uuid::Uuid::from_u128(number.into())),
                    product: Product::Realtime,
                    title: "Session",
                    project: "",
                    rate: usd("0.05"),
                    quoted: [usd("0.5"), usd("1"), usd("3")],
                    at,
                };
                job.hold(tx)?;
                job.send(tx, at + 1)?;
                balance = balance - job.end(tx, at + 22, Some(Decimal::from(20)))? - usd(more);
                spend::note_wallet(tx, at + 30, balance, "0a1b")?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let mut books = Books::load(&store).unwrap();
    seen(&store, &mut books, &TimeZone::UTC, START + 1_000, ReportOn::ThisMonth)
}

#[track_caller]
fn check(more: &str, kind: CauseKind, words: &str, drifts: usize) {
    let snapshot = found(more);
    let causes: Vec<_> = snapshot.findings.reconciliations.iter().flat_map(|stretch| &stretch.causes).collect();
    assert_eq!(causes.len(), 3, "{causes:?}");
    for cause in causes {
        assert_eq!((cause.kind, cause.amount), (kind, -usd(more)), "{}", cause.words);
        assert!(cause.words.contains(words), "{}", cause.words);
    }
    assert_eq!(snapshot.findings.drifts.len(), drifts, "{:?}", snapshot.findings.drifts);
    let remainder: Usd = snapshot.findings.reconciliations.iter().map(|stretch| stretch.remainder).sum();
    assert_eq!(remainder, -(usd(more) + usd(more) + usd(more)), "what no charge explains is shown");
}

#[test]
fn a_session_that_heygen_counted_longer_is_no_new_rate() {
    check("0.035", CauseKind::Measured, "which is 20.7 s", 0);
    check("-0.06", CauseKind::Measured, "which is 18.8 s", 0);
    check("0.2", CauseKind::RateChanged, "about $0.06", 1);
}
