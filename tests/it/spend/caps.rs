//! Caps under pressure, and those that only warn.

use std::sync::{Arc, Barrier};

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::jobs::journal;
use reelmeter::jobs::types::{Board, JobId};
use reelmeter::money::Usd;
use reelmeter::pricing::RateCard;
use reelmeter::settings::{Account, CapAction, ProjectBudget, Settings};
use reelmeter::spend::types::{ReportOn, WalletSeen};
use reelmeter::spend::{self, Books, Caps, Entry, Refusal};
use reelmeter::store::{Store, StoreError};
use reelmeter::ui::Model;
use reelmeter::ui::model::Loaded;
use rusqlite::Transaction;
use rust_decimal::Decimal;

use super::{CARD, Planned, START, open, reopen, seen, usd};

/// A hold for clips without a project.
fn entry(amount: &str) -> Entry<'static> {
    Entry { at: START, product: Product::Clips, project: "", amount: usd(amount), card_date: CARD, counted: None }
}

#[test]
fn sixty_four_threads_never_overshoot_a_cap_by_a_cent() {
    let (folder, store) = open();
    let projects = ["Northwind", "Harbour", ""];
    let settings = Settings {
        cap_per_job: Some(usd("3")),
        cap_per_day: Some(usd("45")),
        cap_per_month: Some(usd("60")),
        project_budgets: vec![
            ProjectBudget { project: "Northwind".to_owned(), per_month: usd("20"), action: CapAction::Refuse },
            ProjectBudget { project: "Harbour".to_owned(), per_month: usd("17.5"), action: CapAction::Refuse },
        ],
        ..Settings::default()
    };
    let now = START + 86_400 * 14 + 3_600;
    let caps = Caps::of(&settings, now, &TimeZone::UTC);
    // Yesterday counts for the month and not for the day.
    let spent = Planned {
        id: JobId(uuid::Uuid::from_u128(u128::MAX)),
        product: Product::AvatarVideo,
        title: "Yesterday",
        project: "",
        rate: usd("1"),
        quoted: [usd("12"); 3],
        at: now - 86_400,
    };
    store
        .transaction(|tx| {
            spent.hold(tx)?;
            spent.end(tx, now - 86_400, Some(Decimal::from(12)))
        })
        .unwrap();
    let used = |tx: &Transaction<'_>| -> Result<(), StoreError> {
        let held = spend::held(tx)?;
        assert!(held + spend::charged_since(tx, caps.day_start)? <= usd("45"));
        assert!(held + spend::charged_since(tx, caps.month_start)? <= usd("60"));
        for budget in &settings.project_budgets {
            let of_project = spend::held_for(tx, &budget.project)?
                + spend::charged_since_for(tx, caps.month_start, &budget.project)?;
            assert!(of_project <= budget.per_month, "{of_project} for {}", budget.project);
        }
        Ok(())
    };
    let barrier = Barrier::new(64);
    let (taken, refused) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..64_u64)
            .map(|thread| {
                let (store, caps, barrier, used) = (&store, &caps, &barrier, &used);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(thread);
                    let (mut taken, mut refused) = (0, 0);
                    barrier.wait();
                    for turn in 0..8_u64 {
                        let high = Usd(Decimal::new(random.i64(1..35_000), 4));
                        let planned = Planned {
                            id: JobId(uuid::Uuid::from_u128(u128::from(thread * 100 + turn + 1))),
                            product: Product::VideoAgent,
                            title: "Under pressure",
                            project: projects[random.usize(0..3)],
                            rate: high,
                            quoted: [Usd::ZERO, high, high],
                            at: now,
                        };
                        let answer = store.transaction(|tx| {
                            spend::admit(tx, &planned.entry(now, high), Usd::ZERO, caps, None)?;
                            planned.hold(tx)?;
                            used(tx)?;
                            Ok::<_, Refusal>(())
                        });
                        match answer {
                            Ok(()) => taken += 1,
                            Err(Refusal::Store(error)) => panic!("{error}"),
                            Err(refusal) => {
                                assert!(refusal.to_string().contains('$'), "names the cap: {refusal}");
                                refused += 1;
                                continue;
                            }
                        }
                        // Some come home at once and free what was held too much.
                        if random.bool() {
                            let share = Decimal::new(random.i64(0..=100), 2);
                            store.transaction(|tx| planned.end(tx, now, Some(share)).and_then(|_| used(tx))).unwrap();
                        }
                    }
                    (taken, refused)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    });
    let store = reopen(&folder, store);
    store.transaction(|tx| used(tx)).unwrap();
    assert!(taken > 10 && refused > 64, "{taken} taken, {refused} refused");
    let today = store
        .transaction(|tx| Ok::<_, StoreError>(spend::held(tx)? + spend::charged_since(tx, caps.day_start)?))
        .unwrap();
    assert!(today > usd("42"), "the caps are used up, not missed by far: {today}");
}

#[test]
fn a_cap_that_warns_takes_the_job_and_says_so() {
    let (_folder, store) = open();
    let settings = Settings {
        cap_per_day: Some(usd("1")),
        cap_per_day_action: CapAction::Warn,
        cap_per_job: Some(usd("2")),
        ..Settings::default()
    };
    let caps = Caps::of(&settings, START, &TimeZone::UTC);
    let admit = |amount: &str| store.transaction(|tx| spend::admit(tx, &entry(amount), Usd::ZERO, &caps, None));
    assert!(admit("1").unwrap().is_empty());
    let overshot = admit("1.01").unwrap();
    assert_eq!(overshot.iter().map(|cap| cap.name()).collect::<Vec<_>>(), ["Cap per day"]);
    let refusal = admit("2.01").unwrap_err().to_string();
    assert!(refusal.contains("$2.01") && refusal.contains("cap for one job is $2.00"), "{refusal}");
}

#[test]
fn a_refusal_by_a_part_of_a_cent_does_not_look_like_none() {
    let (_folder, store) = open();
    let refused = |settings: &Settings, low: &str, wallet: Option<&str>| {
        let caps = Caps::of(settings, START, &TimeZone::UTC);
        let (asked, wallet) = (entry("1.4721"), wallet.map(|text| WalletSeen::from(usd(text))));
        store.transaction(|tx| spend::admit(tx, &asked, usd(low), &caps, wallet.as_ref())).unwrap_err().to_string()
    };
    let day = Settings { cap_per_day: Some(usd("1.472")), ..Settings::default() };
    let words = refused(&day, "0", None);
    assert!(words.contains("so $1.472 is left, and this job may cost up to $1.4721."), "{words}");
    let job = Settings { cap_per_job: Some(usd("1.472")), ..Settings::default() };
    let words = refused(&job, "0", None);
    assert!(words.contains("up to $1.4721, and your cap for one job is $1.472."), "{words}");
    // What has to be added is enough when it is added.
    let words = refused(&Settings::default(), "1.4", Some("1.3969"));
    assert!(words.contains("has $1.3969 free") && words.contains("Add $0.01 to the wallet"), "{words}");
}

/// How far a job is when the wallet is asked for, and how far it is afterwards.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Far {
    NotMade,
    /// HeyGen works on it, as far as is known.
    Running,
    /// HeyGen called it completed, and took the money.
    Completed,
    /// Booked: $2 of the $3 that were held.
    Done,
    Failed,
}

fn go(store: &Store, from: Far, to: Far) {
    let planned = Planned {
        id: JobId(uuid::Uuid::from_u128(7)),
        product: Product::AvatarVideo,
        title: "On its way",
        project: "",
        rate: usd("2"),
        quoted: [usd("1"), usd("2"), usd("3")],
        at: START,
    };
    let completed = "UPDATE jobs SET state = 'downloading' WHERE id = ?1";
    store
        .transaction(|tx| {
            if from < Far::Running && to >= Far::Running {
                planned.hold(tx)?;
                planned.send(tx, START)?;
            }
            match to {
                Far::Completed => drop(tx.execute(completed, [planned.id.to_string()])?),
                Far::Done => drop(planned.end(tx, START + 9, Some(Decimal::ONE))?),
                Far::Failed => drop(planned.end(tx, START + 9, None)?),
                Far::NotMade | Far::Running => {}
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// What a wallet of $5 has still to pay, wherever it is counted.
#[track_caller]
fn check_unpaid(then: Far, now: Far, unpaid: &str) {
    let place = format!("{then:?}, then {now:?}");
    let (_folder, store) = open();
    go(&store, Far::NotMade, then);
    let mark = Arc::new(store.transaction(spend::wallet_mark).unwrap());
    store.transaction(|tx| spend::note_wallet(tx, START + 1, usd("5"), "0a1b")).unwrap();
    if now != then {
        go(&store, then, now);
    }
    let unpaid = usd(unpaid);
    assert_eq!(store.transaction(|tx| spend::unpaid(tx, Some(&mark))).unwrap(), unpaid, "{place}");

    let mut books = Books::default();
    books.set_mark(Some(Arc::clone(&mark)));
    let snapshot = seen(&store, &mut books, &TimeZone::UTC, START + 60, ReportOn::ThisMonth);
    assert_eq!((snapshot.unpaid, snapshot.unpaid_jobs), (unpaid, usize::from(!unpaid.is_zero())), "{place}: Spend");
    let jobs: Vec<_> = store.transaction(journal::readable).unwrap().0.into_iter().map(|it| Arc::new(it.job)).collect();
    let held = jobs.iter().map(|job| job.hold).sum();
    let mut model = Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()));
    model.board = Arc::new(Board { jobs, held, ..Board::default() });
    model.spend = Loaded { value: Some(Arc::new(snapshot)), ..Loaded::default() };
    model.wallet_mark = Some(Arc::clone(&mark));
    assert_eq!(model.unpaid(), unpaid, "{place}: the header and the receipt");

    let caps = Caps::of(&Settings::default(), START + 60, &TimeZone::UTC);
    let wallet = WalletSeen { balance: usd("5"), mark: Some(mark) };
    let admit = |low: Usd| {
        let high = low + usd("1");
        store.transaction(|tx| spend::admit(tx, &entry(&high.exact()), low, &caps, Some(&wallet))).is_ok()
    };
    let free = usd("5") - unpaid;
    assert!(admit(free) && !admit(free + usd("0.01")), "{place}: the booking");
}

#[test]
fn a_job_is_counted_once_between_its_completion_and_its_booking() {
    check_unpaid(Far::NotMade, Far::NotMade, "0");
    check_unpaid(Far::NotMade, Far::Running, "3");
    check_unpaid(Far::NotMade, Far::Completed, "3");
    check_unpaid(Far::NotMade, Far::Done, "2");
    check_unpaid(Far::Running, Far::Running, "3");
    // Completed since the wallet was asked: whether the figure holds it is not known, so it counts.
    check_unpaid(Far::Running, Far::Completed, "3");
    check_unpaid(Far::Running, Far::Done, "2");
    check_unpaid(Far::Running, Far::Failed, "0");
    check_unpaid(Far::Completed, Far::Completed, "0");
    check_unpaid(Far::Completed, Far::Done, "0");
    check_unpaid(Far::Done, Far::Done, "0");
}

#[test]
fn a_wallet_of_which_nobody_knows_when_it_was_asked_counts_every_hold() {
    let (_folder, store) = open();
    go(&store, Far::NotMade, Far::Completed);
    assert_eq!(store.transaction(|tx| spend::unpaid(tx, None)).unwrap(), usd("3"));
}
