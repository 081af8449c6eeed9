//! What finished jobs would have cost another way.

use jiff::tz::TimeZone;
use reelmeter::draft::billable::Mode;
use reelmeter::draft::{Draft, LipsyncDraft, LocalFile, Product};
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::pricing::RateCard;
use reelmeter::settings::Settings;
use reelmeter::spend::export::csv;
use reelmeter::spend::types::{LedgerFilter, ReportOn};
use reelmeter::spend::{Books, View, overview};
use reelmeter::store::Store;
use rusqlite::params;
use rust_decimal::Decimal;

use super::{Planned, START, open, reopen, twin, usd};

/// A twin's video on Avatar IV, or a lipsync in precision, each of which has a cheaper way.
fn draft_of(product: Product) -> String {
    let file = |name: &str, media_type: &str| LocalFile {
        path: name.into(),
        size: 1_000,
        media_type: Some(media_type.to_owned()),
        duration: Some(Decimal::from(60)),
        ..LocalFile::default()
    };
    let draft = match product {
        Product::AvatarVideo => twin::twin("Welcome back.").into(),
        Product::Lipsync => Draft::Lipsync(LipsyncDraft {
            video: Some(file("a.mp4", "video/mp4")),
            audio: Some(file("a.mp3", "audio/mpeg")),
            mode: Mode::Precision,
            ..LipsyncDraft::default()
        }),
        other => panic!("{other:?}"),
    };
    draft.to_json().unwrap()
}

#[test]
fn the_cheapest_other_way_is_priced_on_the_rates_of_its_day() {
    let (folder, store) = open();
    let made = |store: &Store, number: u128, product: Product, rate: &str, at: i64| {
        let planned = Planned {
            id: JobId(uuid::Uuid::from_u128(number)),
            product,
            title: "Either way",
            project: "",
            rate: usd(rate),
            quoted: [usd("4"); 3],
            at,
        };
        store
            .transaction(|tx| {
                planned.hold(tx)?;
                tx.execute(
                    "UPDATE jobs SET draft = ?2 WHERE id = ?1",
                    params![planned.id.to_string(), draft_of(product)],
                )?;
                planned.end(tx, at + 40, Some(Decimal::new(421, 1)))
            })
            .unwrap();
    };
    let (settings, zone) = (Settings::default(), TimeZone::UTC);
    let seen = |store: &Store, books: &mut Books, card: &RateCard, now: i64| {
        let view = View {
            now,
            zone: &zone,
            settings: &settings,
            auto_reload: None,
            card,
            report_on: ReportOn::MonthOf("2026-01-01".parse().unwrap()),
            credential: None,
        };
        overview(store, books, &view).unwrap()
    };
    made(&store, 1, Product::AvatarVideo, "0.0667", START + 100);
    made(&store, 2, Product::Lipsync, "0.0667", START + 200);
    // On a card of their own that nobody kept: nothing is claimed about it.
    made(&store, 3, Product::AvatarVideo, "0.09", START + 300);
    let mut books = Books::load(&store).unwrap();
    let first = seen(&store, &mut books, &RateCard::built_in(), START + 1_000);
    let third = usd("0.0167") * Decimal::new(421, 1);
    let speed = usd("0.0333") * Decimal::new(421, 1);
    let charge = usd("0.0667") * Decimal::new(421, 1);
    let untaken = &first.report.untaken;
    assert_eq!((untaken.jobs, untaken.cheaper), (2, 2));
    assert_eq!((untaken.charged, untaken.instead), (charge + charge, third + speed));
    let names: Vec<_> = untaken.by_way.iter().map(|way| (way.as_way().name(), way.less)).collect();
    assert_eq!(
        names,
        [
            ("Avatar III instead of Avatar IV".to_owned(), charge - third),
            ("Speed instead of Precision".to_owned(), charge - speed)
        ]
    );

    // Avatar III becomes dearer: what was made before keeps its day's rate, also after a restart.
    let dearer = "date = \"2026-01-02\"\n[[rates]]\nproduct = \"avatar_iii\"\nvariant = \"digital_twin\"\nunit = \"s\"\nrate = \"0.05\"\n";
    let dearer = RateCard::parse(dearer).unwrap().over(&RateCard::built_in());
    seen(&store, &mut books, &dearer, START + 2_000);
    made(&store, 4, Product::AvatarVideo, "0.0667", START + 3_000);
    let store = reopen(&folder, store);
    for mut books in [books, Books::load(&store).unwrap()] {
        let both = seen(&store, &mut books, &dearer, START + 4_000);
        let ways: Vec<_> = both.table.jobs().iter().map(|job| job.other_way.map(|way| way.amount)).collect();
        let later = usd("0.05") * Decimal::new(421, 1);
        assert_eq!(ways, [Some(third), Some(speed), None, Some(later)]);
        let text = csv(&both.table, &both.table.select(&LedgerFilter::default()), &zone);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let instead: Usd = records.iter().filter(|record| !record[15].is_empty()).map(|record| usd(&record[15])).sum();
        assert_eq!(instead, both.report.untaken.instead, "the column adds up to the tab's figure");
    }
}
