//! A world that is closed and opened again.

use super::*;

fn world(folder: &Path) -> World {
    World::open(&folder.join("sandbox.sqlite"), Usd::from_cents(500), 0).unwrap()
}

fn job(id: &str, cents: i64) -> Job {
    Job {
        id: id.to_owned(),
        product: Product::Video,
        title: "Title".to_owned(),
        created_at: 0,
        starts_at: 1,
        due_at: 2,
        reserved: Usd::from_cents(cents),
        order: Value::Null,
        callback: Callback::default(),
        state: State::Running,
    }
}

fn made() -> State {
    let made = Made {
        seconds: Decimal::new(2_000, 3),
        video: Some("v.mp4".to_owned()),
        thumbnail: None,
        captions: None,
        more: Value::Null,
    };
    State::Completed { at: 3, made }
}

fn purchase(key: &str) -> Purchase {
    Purchase { endpoint: "POST /v3/videos".to_owned(), key: key.to_owned() }
}

#[test]
fn a_job_is_charged_once_however_often_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = world(folder.path());
    before.start_jobs(&[job("a", 300)], &[], Some(&purchase("k")), &Value::Null, 0).unwrap();
    assert!(before.finish_job("a", &made(), Usd::from_cents(250), &[], 3).unwrap());
    drop(before);
    let mut after = world(folder.path());
    assert!(!after.finish_job("a", &made(), Usd::from_cents(250), &[], 4).unwrap());
    let wallet = after.wallet().unwrap();
    assert_eq!((wallet.balance, wallet.reserved), (Usd::from_cents(250), Usd::ZERO));
    assert_eq!(after.charges().unwrap().len(), 1);
}

#[test]
fn a_failed_job_gives_its_reserve_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(folder.path());
    world.start_jobs(&[job("a", 300)], &[], None, &Value::Null, 0).unwrap();
    assert_eq!(world.wallet().unwrap().reserved, Usd::from_cents(300));
    let failure = Failure { code: "x".to_owned(), message: "y".to_owned() };
    world.finish_job("a", &State::Failed { at: 3, failure }, Usd::from_cents(1), &[], 3).unwrap();
    let wallet = world.wallet().unwrap();
    assert_eq!((wallet.balance, wallet.reserved, wallet.running), (Usd::from_cents(500), Usd::ZERO, 0));
}

#[test]
fn what_runs_already_counts_against_the_wallet() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(folder.path());
    assert_eq!(world.start_jobs(&[job("a", 300)], &[], None, &Value::Null, 0).unwrap(), Admission::Started);
    let second = world.start_jobs(&[job("b", 201)], &[], None, &Value::Null, 0).unwrap();
    assert_eq!(second, Admission::Short { free: Usd::from_cents(200) });
    assert_eq!(world.start_jobs(&[job("c", 200)], &[], None, &Value::Null, 0).unwrap(), Admission::Started);
    assert_eq!(world.jobs_ever().unwrap(), 2);
}

#[test]
fn jobs_of_one_request_start_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(folder.path());
    let jobs = |from: u32, to: u32| (from..to).map(|n| job(&n.to_string(), 1)).collect::<Vec<_>>();
    assert_eq!(world.start_jobs(&jobs(0, 8), &[], None, &Value::Null, 0).unwrap(), Admission::Started);
    assert_eq!(world.start_jobs(&jobs(8, 11), &[], None, &Value::Null, 0).unwrap(), Admission::Full { next_due_at: 2 });
    assert_eq!(world.wallet().unwrap().running, 8);
    assert_eq!(world.start_jobs(&jobs(8, 10), &[], None, &Value::Null, 0).unwrap(), Admission::Started);
    let mut sold = job("sold", 0);
    sold.state = made();
    let sale = world.sell(&sold, Usd::from_cents(3), Decimal::TWO, Some(&purchase("k")), &Value::from(1)).unwrap();
    assert_eq!(sale, Admission::Started);
    let again = world.sell(&sold, Usd::from_cents(3), Decimal::TWO, Some(&purchase("k")), &Value::Null).unwrap();
    assert_eq!(again, Admission::Replayed(Value::from(1)));
    assert_eq!(world.wallet().unwrap().balance, Usd::from_cents(497));
}

#[test]
fn a_purchase_is_replayed_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(folder.path());
    let answer = serde_json::json!({"data": {"video_id": "a"}});
    world.start_jobs(&[job("a", 1)], &[], Some(&purchase("k")), &answer, 0).unwrap();
    let again = world.start_jobs(&[job("b", 1)], &[], Some(&purchase("k")), &Value::Null, REPLAY_WINDOW - 1).unwrap();
    assert_eq!(again, Admission::Replayed(answer));
    let later = world.start_jobs(&[job("b", 1)], &[], Some(&purchase("k")), &Value::Null, REPLAY_WINDOW).unwrap();
    assert_eq!(later, Admission::Started);
}

#[test]
fn the_first_balance_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    drop(world(folder.path()));
    assert_eq!(world(folder.path()).wallet().unwrap().balance, Usd::from_cents(500));
}
