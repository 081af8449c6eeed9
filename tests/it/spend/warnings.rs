//! What a person is told, once.

use jiff::tz::TimeZone;
use reelmeter::pricing::RateCard;
use reelmeter::settings::Settings;
use reelmeter::spend::types::ReportOn;
use reelmeter::spend::{self, Books, View, overview};
use reelmeter::store::Store;

use super::{START, open, reopen, usd};

#[test]
fn each_warning_is_shown_once_even_after_a_restart() {
    let (folder, store) = open();
    store.transaction(|tx| spend::note_wallet(tx, START, usd("4.99"), "0a1b")).unwrap();
    let settings = Settings { low_balance: Some(usd("5")), ..Settings::default() };
    let (zone, card) = (TimeZone::UTC, RateCard::built_in());
    let view = View {
        now: START,
        zone: &zone,
        settings: &settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
        credential: None,
    };
    let shown = |store: &Store| {
        let mut books = Books::load(store).unwrap();
        let warnings = overview(store, &mut books, &view).unwrap().warnings;
        assert_eq!(warnings.len(), 1, "it stays in view");
        store.transaction(|tx| spend::not_yet_shown(tx, &warnings, START)).unwrap().len()
    };
    assert_eq!(shown(&store), 1);
    let store = reopen(&folder, store);
    assert_eq!(shown(&store), 0);
    // Topped up, and low again: a new thing.
    for (at, balance) in [(START + 10, "54.99"), (START + 20, "3")] {
        store.transaction(|tx| spend::note_wallet(tx, at, usd(balance), "0a1b")).unwrap();
    }
    assert_eq!(shown(&store), 1);
}
