//! The ledger's table against a plain search.

use reelmeter::draft::Product;
use reelmeter::jobs::types::JobId;
use reelmeter::spend::Books;
use reelmeter::spend::types::{EntryKind, LedgerFilter, SortBy};

use super::{Planned, START, open, simulate, usd};

#[test]
fn the_table_filters_sorts_and_searches() {
    let (_folder, store) = open();
    simulate(&store, 300, 3_600);
    let mut books = Books::load(&store).unwrap();
    let table = books.table();
    let plain = |filter: &LedgerFilter| {
        let mut rows: Vec<_> = table
            .rows()
            .iter()
            .filter(|row| {
                let job = table.job(row).unwrap();
                let text =
                    format!("{} {} {} {}", job.title, job.project, job.product.name(), row.kind.word()).to_lowercase();
                filter.kind.is_none_or(|kind| row.kind == kind)
                    && filter.product.is_none_or(|product| job.product == product)
                    && filter.search.to_lowercase().split_whitespace().all(|word| text.contains(word))
            })
            .map(|row| row.seq)
            .collect();
        rows.sort_unstable();
        rows
    };
    for (search, kind, product) in [
        ("", None, None),
        ("GRÖSSE", None, None),
        ("größe harbour", Some(EntryKind::Charge), None),
        ("agent", None, Some(Product::VideoAgent)),
        ("nothing like it", None, None),
    ] {
        let filter = LedgerFilter { search: search.to_owned(), kind, product, ..LedgerFilter::default() };
        let mut found: Vec<_> = table.select(&filter).iter().map(|place| table.row(*place).unwrap().seq).collect();
        found.sort_unstable();
        assert_eq!(found, plain(&filter), "{search}");
    }
    for sort in SortBy::ALL {
        let up = table.select(&LedgerFilter { sort, ..LedgerFilter::default() });
        let down = table.select(&LedgerFilter { sort, descending: true, ..LedgerFilter::default() });
        assert_eq!((up.len(), down.len()), (table.rows().len(), table.rows().len()));
        assert!(up.iter().eq(down.iter().rev()), "{sort:?}");
    }
    let amounts = table.select(&LedgerFilter { sort: SortBy::Amount, ..LedgerFilter::default() });
    assert!(amounts.is_sorted_by_key(|place| table.row(*place).unwrap().amount));
    // What is added later finds its place.
    let planned = Planned {
        id: JobId(uuid::Uuid::from_u128(9_999)),
        product: Product::Clips,
        title: "Aardvark",
        project: "",
        rate: usd("0.15"),
        quoted: [usd("0.15"); 3],
        at: START - 10,
    };
    store.transaction(|tx| planned.hold(tx)).unwrap();
    assert!(books.refresh(&store).unwrap() && !books.refresh(&store).unwrap());
    let table = books.table();
    let first = |sort| table.select(&LedgerFilter { sort, ..LedgerFilter::default() })[0];
    assert_eq!(table.row(first(SortBy::Time)).unwrap().at, START - 10);
    assert_eq!(
        &*table
            .job(
                table
                    .row(table.select(&LedgerFilter { search: "aardv".into(), ..LedgerFilter::default() })[0])
                    .unwrap()
            )
            .unwrap()
            .title,
        "Aardvark"
    );
}
