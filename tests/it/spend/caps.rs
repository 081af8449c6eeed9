//! Caps under pressure, and those that only warn.

use std::sync::Barrier;

use jiff::tz::TimeZone;
use reelmeter::draft::Product;
use reelmeter::jobs::types::JobId;
use reelmeter::money::Usd;
use reelmeter::settings::{CapAction, ProjectBudget, Settings};
use reelmeter::spend::{self, Caps, Entry, Refusal};
use reelmeter::store::StoreError;
use rusqlite::Transaction;
use rust_decimal::Decimal;

use super::{CARD, Planned, START, open, reopen, usd};

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
        let asked = entry("1.4721");
        store.transaction(|tx| spend::admit(tx, &asked, usd(low), &caps, wallet.map(usd))).unwrap_err().to_string()
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
