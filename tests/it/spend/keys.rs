//! The wallets of two keys: what one has more than the other is no movement.

use jiff::tz::TimeZone;
use reelmeter::pricing::RateCard;
use reelmeter::settings::Settings;
use reelmeter::spend::export::{JournalFormat, journal, readings_csv};
use reelmeter::spend::types::{ReportOn, Snapshot};
use reelmeter::spend::{self, Books, View, overview};
use reelmeter::store::Store;

use super::{START, open, reopen, usd};

fn seen(store: &Store, books: &mut Books, credential: Option<&str>) -> Snapshot {
    let (zone, card, settings) = (TimeZone::UTC, RateCard::built_in(), Settings::default());
    let view = View {
        now: START + 100,
        zone: &zone,
        settings: &settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
        credential,
    };
    overview(store, books, &view).unwrap()
}

#[test]
fn another_key_is_no_top_up_and_leaves_no_remainder() {
    let (folder, store) = open();
    for (at, balance, key) in
        [(0, "100", "0a"), (10, "20", "0b"), (20, "20", "0b"), (30, "100", "0a"), (40, "99.5", "0a")]
    {
        store.transaction(|tx| spend::note_wallet(tx, START + at, usd(balance), key)).unwrap();
    }
    let store = reopen(&folder, store);
    let mut books = Books::load(&store).unwrap();
    let snapshot = seen(&store, &mut books, Some("0a"));
    let stretches = &snapshot.findings.reconciliations;
    let found: Vec<_> = stretches.iter().map(|stretch| (stretch.other_key, stretch.remainder)).collect();
    // What left the wallet under one key is still asked about.
    assert_eq!(found, [("-80", "0"), ("80", "0"), ("0", "-0.5")].map(|(other, rest)| (usd(other), usd(rest))));
    assert!(stretches.iter().all(|stretch| stretch.sum() == stretch.closing && stretch.top_ups.is_empty()));
    assert_eq!(books.readings().len(), 4, "the same figure of the same key is kept once");
    let csv = readings_csv(books.readings(), stretches, &TimeZone::UTC);
    assert!(csv.lines().nth(2).unwrap().ends_with(",-80"), "{csv}");
    let journal = journal(&books, &TimeZone::UTC, JournalFormat::Hledger);
    assert_eq!(journal.matches("Another key").count(), 2, "{journal}");

    // A reading that comes in later knows its neighbours too.
    store.transaction(|tx| spend::note_wallet(tx, START + 50, usd("20"), "0b")).unwrap();
    let snapshot = seen(&store, &mut books, Some("0b"));
    assert_eq!(snapshot.findings.reconciliations.last().unwrap().other_key, usd("-79.5"));
    assert_eq!(snapshot.wallet.unwrap().balance, usd("20"));
    assert_eq!(seen(&store, &mut books, Some("0a")).wallet, None, "the wallet of the key in use was not seen yet");
}
