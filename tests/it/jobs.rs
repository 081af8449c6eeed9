//! Jobs from the click to the file, with everything that can go wrong in between: one video, one
//! charge, and figures that add up with HeyGen's own.

use reelmeter::jobs::types::{Decision, JobState, Pause};
use reelmeter::money::Usd;
use reelmeter::sandbox::{Kind, Rule};
use reelmeter::spend::{self, Caps};
use reelmeter::store::StoreError;
use rusqlite::params;

use crate::rig::{Rig, entries, find};

/// One job goes wrong as `rules` say and is done all the same: exactly one video and one charge on
/// both sides, and the wallet fell by just that.
async fn check(rules: Vec<Rule>) -> Rig {
    let rig = Rig::start().await;
    let before = rig.wallet().await;
    for rule in rules {
        rig.sandbox.faults.push(rule);
    }
    let id = rig.create("Welcome").await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let video = job.files.video.clone().unwrap();
    assert_eq!(video, rig.results().join("Welcome.mp4"));
    rig.sandbox.faults.clear();
    let rig = rig.restart().await;

    let job = find(&rig.studio.board.borrow(), id).unwrap();
    let charge = job.charge.unwrap();
    let charges = rig.charges().await;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!(before - rig.wallet().await, charge, "the wallet fell by what the journal says");
    assert_eq!((job.hold, rig.studio.board.borrow().held), (Usd::ZERO, Usd::ZERO));
    assert_eq!(entries(&rig), [("charge".to_owned(), 1), ("hold".to_owned(), 1), ("release".to_owned(), 1)]);
    let probe = reelmeter::media::probe::local_file(&video);
    assert_eq!(probe.fault, None);
    assert_eq!(probe.media_type.as_deref(), Some("video/mp4"));
    let leftovers: Vec<_> = std::fs::read_dir(rig.results())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
    rig
}

#[tokio::test]
async fn a_click_becomes_a_file_with_its_captions_and_a_charge() {
    let rig = check(vec![]).await;
    let captions = std::fs::read_to_string(rig.results().join("Welcome.srt")).unwrap();
    assert!(captions.contains("-->") && captions.contains("Welcome"), "{captions}");
    let board = rig.studio.board.borrow().clone();
    let job = &board.jobs[0];
    assert!(job.quoted.low <= job.charge.unwrap() && job.charge.unwrap() <= job.quoted.high, "{job:?}");
    assert!(job.files.thumbnail.as_ref().unwrap().exists());
}

#[tokio::test]
async fn a_lost_answer_does_not_pay_twice() {
    check(vec![Rule::once("POST", "/v3/videos", Kind::ResetAfter)]).await;
}

#[tokio::test]
async fn broken_connections_errors_and_pages_that_are_no_json_do_not_pay_twice() {
    let post = |kind| Rule::once("POST", "/v3/videos", kind);
    check(vec![
        post(Kind::ResetBefore),
        post(Kind::ServerError { status: 500 }),
        post(Kind::NotJson { status: 502 }),
        post(Kind::ResetAfter),
        post(Kind::CutBody { after: 5 }),
    ])
    .await;
}

#[tokio::test]
async fn a_busy_heygen_is_waited_for() {
    let limit = Kind::RateLimited { retry_after: 2 };
    check(vec![Rule::once("POST", "/v3/videos", limit.clone()), Rule::once("GET", "/v3/videos", limit)]).await;
}

#[tokio::test]
async fn polling_has_a_bad_hour() {
    let poll = |kind, times| Rule { times: Some(times), ..Rule::always("GET", "/v3/videos", kind) };
    check(vec![
        poll(Kind::ServerError { status: 503 }, 3),
        poll(Kind::ResetBefore, 2),
        poll(Kind::NotJson { status: 200 }, 2),
    ])
    .await;
}

#[tokio::test]
async fn a_cut_download_goes_on_where_it_stopped() {
    let rig =
        check(vec![Rule { times: Some(2), ..Rule::always("GET", "/files/", Kind::CutBody { after: 20_000 }) }]).await;
    let resumed = rig.sandbox.requests().iter().any(|seen| seen.header_names.iter().any(|name| name == "range"));
    assert!(resumed, "no request asked for the rest only");
    let leaked = rig
        .sandbox
        .requests()
        .iter()
        .filter(|seen| seen.path.starts_with("/files/"))
        .any(|seen| seen.header_names.iter().any(|name| name == "x-api-key" || name == "authorization"));
    assert!(!leaked, "the key went to a presigned address");
}

#[tokio::test]
async fn an_expired_link_is_fetched_anew() {
    check(vec![Rule::once("GET", "/files/", Kind::ExpiredLink)]).await;
}

#[tokio::test]
async fn a_failed_render_costs_nothing_and_says_why() {
    let rig = Rig::start().await;
    let kind = Kind::FailRender { code: "rendering_failed".to_owned(), message: "The face was lost.".to_owned() };
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", kind));
    let id = rig.create("Welcome").await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.error.as_ref().unwrap().what.contains("The face was lost."), "{:?}", job.error);
    let rig = rig.restart().await;
    assert_eq!(rig.studio.board.borrow().held, Usd::ZERO);
    assert_eq!(entries(&rig), [("hold".to_owned(), 1), ("release".to_owned(), 1)]);
    assert!(rig.charges().await.is_empty());
}

#[tokio::test]
async fn a_look_that_vanished_fails_the_job_for_nothing() {
    let rig = Rig::start().await;
    let draft = rig.draft("Welcome").await;
    let reelmeter::draft::avatar_video::Face::Look(look) = &draft.face else { panic!("no look") };
    rig.sandbox.faults.push(Rule::always("POST", "", Kind::LookVanished { look_id: look.id.clone() }));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Failed);
    assert_eq!(job.error.as_ref().unwrap().money, "Nothing was charged. The hold is released.");
    assert_eq!(rig.studio.board.borrow().held, Usd::ZERO);
}

#[tokio::test]
async fn an_empty_wallet_stops_the_queue_until_it_is_filled() {
    let rig = Rig::with_balance(Some(Usd::from_cents(1))).await;
    let id = rig.create("Welcome").await;
    let board = rig.until("the queue stands still", |board| board.paused.is_some()).await;
    assert_eq!(board.paused, Some(Pause::WalletTooSmall));
    assert_eq!(find(&board, id).unwrap().state, JobState::Held);
    let answer = reqwest::Client::new()
        .post(format!("{}/sandbox/wallet", rig.sandbox.base_url))
        .header("x-api-key", &rig.sandbox.key)
        .json(&serde_json::json!({"add": 10}))
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    rig.studio.worker.wake(None);
    assert_eq!(rig.ended(id).await.state, JobState::Done);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_refused_key_stops_the_queue_until_there_is_a_good_one() {
    let rig = Rig::start().await;
    let draft = rig.draft("Welcome").await;
    rig.keys.send_replace(Some(crate::rig::client(&rig.sandbox.base_url, "not-the-key")));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let board = rig.until("the queue stands still", |board| board.paused.is_some()).await;
    assert_eq!(board.paused, Some(Pause::KeyRefused));
    rig.keys.send_replace(Some(rig.client.clone()));
    rig.studio.worker.wake(None);
    assert_eq!(rig.ended(id).await.state, JobState::Done);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_for_nothing_and_a_running_one_is_not() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::always("POST", "/v3/videos", Kind::RateLimited { retry_after: 3_600 }));
    let id = rig.create("Welcome").await;
    rig.until("it waits", |board| find(board, id).is_some_and(|job| job.state == JobState::Held)).await;
    // The first request may be on its way for a moment yet.
    let mut cancelled = rig.studio.worker.cancel(id).await.unwrap();
    while !cancelled {
        rig.until("it waits again", |board| find(board, id).is_some_and(|job| job.state.is_cancellable())).await;
        cancelled = rig.studio.worker.cancel(id).await.unwrap();
    }
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.hold), (JobState::Cancelled, Usd::ZERO));
    assert!(rig.charges().await.is_empty());

    rig.sandbox.faults.clear();
    rig.studio.worker.wake(None);
    let id = rig.create("Second").await;
    assert_eq!(rig.ended(id).await.state, JobState::Done);
    assert!(!rig.studio.worker.cancel(id).await.unwrap());
}

#[tokio::test]
async fn more_than_ten_jobs_wait_in_order_and_ten_at_most_are_at_heygen() {
    let rig = Rig::start().await;
    let draft = rig.draft("Batch").await;
    let ids: Vec<_> = (0..12).map(|_| rig.submit(&draft).unwrap()).collect();
    for id in &ids {
        rig.take_up(*id).await;
    }
    let mut most = 0;
    let board = rig
        .until("all are done", |board| {
            most = most.max(board.in_flight);
            board.jobs.len() == ids.len() && board.jobs.iter().all(|job| job.state == JobState::Done)
        })
        .await;
    assert!(most <= 10, "{most} in flight");
    let mut names: Vec<_> = board.jobs.iter().map(|job| job.files.video.clone().unwrap()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), ids.len(), "two jobs share a file");
    let charges = rig.charges().await;
    assert_eq!(charges.len(), ids.len());
    let sum: Usd = board.jobs.iter().map(|job| job.charge.unwrap()).sum();
    assert_eq!(Usd::from_cents(2_500) - rig.wallet().await, sum);
}

#[tokio::test]
async fn an_outcome_nobody_knows_asks_and_the_found_video_is_taken() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::once("POST", "/v3/videos", Kind::ResetAfter));
    let draft = rig.draft("Welcome").await;
    let id = rig.submit(&draft).unwrap();
    // The key was first used two days ago: HeyGen has forgotten it, so repeating would pay again.
    let long_ago = crate::rig::now() - 2 * 86_400;
    rig.studio
        .store
        .transaction::<_, StoreError>(|tx| {
            tx.execute("UPDATE jobs SET first_sent_at = ?2 WHERE id = ?1", params![id.to_string(), long_ago])?;
            Ok(())
        })
        .unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::OutcomeUnknown);
    assert!(!job.hold.is_zero(), "the money stays on hold until the person decides");

    let rig = rig.restart().await;
    assert_eq!(find(&rig.studio.board.borrow(), id).unwrap().state, JobState::OutcomeUnknown);
    let candidates = rig.studio.worker.candidates(id).await.unwrap();
    assert_eq!(candidates.len(), 1, "{candidates:?}");
    assert_eq!(candidates[0].title, "Welcome");
    let decided = rig.studio.worker.decide(id, Decision::ThisIsIt(candidates[0].remote_id.clone())).await.unwrap();
    assert!(decided);
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_request_that_never_happened_gives_the_money_back() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::always("POST", "/v3/videos", Kind::ServerError { status: 500 }));
    let id = rig.create("Welcome").await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::OutcomeUnknown);
    assert!(rig.studio.worker.decide(id, Decision::NeverHappened).await.unwrap());
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.hold), (JobState::Failed, Usd::ZERO));
    assert!(!rig.studio.worker.decide(id, Decision::NeverHappened).await.unwrap(), "decided twice");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_waited_for() {
    let rig = Rig::start().await;
    std::fs::write(rig.results(), "a file where the folder should be").unwrap();
    let id = rig.create("Welcome").await;
    rig.until("it says so", |board| {
        find(board, id).is_some_and(|job| {
            job.state == JobState::Downloading
                && matches!(&job.progress, reelmeter::jobs::types::Progress::Waiting { why, .. } if why.contains("Results"))
        })
    })
    .await;
    std::fs::remove_file(rig.results()).unwrap();
    rig.studio.worker.wake(Some(id));
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_is_never_overshot_by_jobs_that_come_at_once() {
    let rig = Rig::start().await;
    let draft = rig.draft("Batch").await;
    let one = crate::rig::submission(&draft, Caps::default(), None).orders[0].quoted.high;
    let cap = one * rust_decimal::Decimal::from(5);
    let caps = Caps { per_month: Some(cap), ..Caps::default() };
    let taken = std::thread::scope(|scope| {
        let clicks: Vec<_> =
            (0..32).map(|_| scope.spawn(|| rig.studio.submit(&draft, caps.clone(), None).is_ok())).collect();
        clicks.into_iter().filter(|_| true).map(|click| click.join().unwrap()).filter(|taken| *taken).count()
    });
    assert_eq!(taken, 5);
    let held = rig.studio.store.transaction::<_, StoreError>(spend::held).unwrap();
    assert_eq!(held, cap);
    let refused = rig.studio.submit(&draft, caps, None).unwrap_err().to_string();
    assert!(refused.contains("cap") && refused.contains(&cap.to_string()), "{refused}");
    let too_small = rig.studio.submit(&draft, Caps::default(), Some(Usd::ZERO)).unwrap_err().to_string();
    assert!(too_small.contains("Add"), "{too_small}");
}

#[tokio::test]
async fn another_accounts_key_never_repeats_a_request_that_may_have_landed() {
    let rig = Rig::start().await;
    let folder = tempfile::tempdir().unwrap();
    let other = reelmeter::sandbox::start(reelmeter::sandbox::Options {
        key: Some("somebody-else".to_owned()),
        ..reelmeter::sandbox::Options::new(folder.path())
    })
    .await
    .unwrap();
    rig.sandbox.faults.push(Rule::always("POST", "/v3/videos", Kind::ResetAfter));
    let id = rig.create("Welcome").await;
    rig.until("the answer was lost", |board| {
        find(board, id).is_some_and(|job| matches!(&job.progress, reelmeter::jobs::types::Progress::Waiting { .. }))
    })
    .await;
    rig.keys.send_replace(Some(crate::rig::client(&other.base_url, &other.key)));
    rig.studio.worker.wake(Some(id));
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::OutcomeUnknown);
    let elsewhere = crate::rig::control(&other.base_url, &other.key, "/sandbox/ledger").await;
    let asked = other.requests().iter().any(|seen| seen.method == "POST" && seen.path == "/v3/videos");
    assert!(elsewhere.is_empty() && !asked, "the other account was asked to make it too");
    assert_eq!(rig.client.recent_videos(10, None).await.unwrap().len(), 1, "the first account makes it once");
}

#[tokio::test]
async fn a_video_deleted_at_heygen_ends_the_job_in_words() {
    let rig = Rig::start().await;
    let slow = Rule { times: Some(1), ..Rule::always("GET", "/files/", Kind::StallBefore) };
    rig.sandbox.faults.push(slow);
    let id = rig.create("Welcome").await;
    rig.until("the result comes home", |board| find(board, id).is_some_and(|job| job.state == JobState::Downloading))
        .await;
    let remote_id = find(&rig.studio.board.borrow(), id).unwrap().remote_id.clone().unwrap();
    let rig = {
        // The window closes in the middle, and the person deletes the video at HeyGen.
        let client = rig.client.clone();
        client.delete_video(&remote_id).await.unwrap();
        rig.restart().await
    };
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.hold), (JobState::Failed, Usd::ZERO));
    assert!(job.error.as_ref().unwrap().what.contains("deleted"), "{:?}", job.error);
}

#[tokio::test]
async fn a_file_that_bears_the_promised_name_is_neither_taken_nor_overwritten() {
    let rig = Rig::start().await;
    rig.sandbox.faults.push(Rule::always("GET", "/files/", Kind::StallBefore));
    let id = rig.create("Welcome").await;
    let asked = || rig.sandbox.requests().iter().any(|seen| seen.path.starts_with("/files/"));
    // The name is promised before anything is fetched under it.
    tokio::time::timeout(crate::rig::PATIENCE, async {
        while !asked() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    let theirs = rig.results().join("Welcome.mp4");
    std::fs::write(&theirs, "somebody's own film").unwrap();
    rig.sandbox.faults.clear();
    let rig = rig.restart().await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    assert_eq!(job.files.video, Some(rig.results().join("Welcome (2).mp4")));
    assert_eq!(local_file_type(job.files.video.as_ref().unwrap()).as_deref(), Some("video/mp4"));
    assert_eq!(std::fs::read(&theirs).unwrap(), b"somebody's own film");
    assert_eq!(rig.charges().await.len(), 1);
}

fn local_file_type(path: &std::path::Path) -> Option<String> {
    reelmeter::media::probe::local_file(path).media_type
}

#[tokio::test]
async fn a_result_that_was_moved_away_before_all_was_here_is_not_written_into() {
    use reelmeter::jobs::transfer;
    let server =
        crate::loopback::Loopback::start(|_| axum::http::Response::new(axum::body::Body::from("the second film")))
            .await;
    let client = crate::rig::client(&server.base, "key-for-tests");
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("Intro.mp4");
    let part = transfer::part_path(&target, "job");
    std::fs::write(&part, "the first film").unwrap();
    assert!(transfer::place(&part, &target).unwrap());
    let moved = folder.path().join("Elsewhere.mp4");
    std::fs::rename(&target, &moved).unwrap();
    transfer::download(&client, &format!("{}/film.mp4", server.base), &part, &|_, _| {}).await.unwrap();
    assert_eq!(std::fs::read_to_string(&part).unwrap(), "the second film");
    assert_eq!(std::fs::read_to_string(&moved).unwrap(), "the first film");
}

#[tokio::test]
async fn a_result_without_a_byte_is_none() {
    use reelmeter::jobs::transfer;
    let server = crate::loopback::Loopback::start(|_| axum::http::Response::new(axum::body::Body::empty())).await;
    let client = crate::rig::client(&server.base, "key-for-tests");
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join(".job.mp4.part");
    transfer::download(&client, &format!("{}/film.mp4", server.base), &part, &|_, _| {}).await.unwrap_err();
}

#[tokio::test]
async fn a_video_that_is_not_found_everywhere_yet_is_waited_for() {
    // Each time both the list and the video itself are asked for.
    let unknown = Rule { times: Some(12), ..Rule::always("GET", "/v3/videos", Kind::NotJson { status: 404 }) };
    check(vec![unknown]).await;
}

#[tokio::test]
async fn a_video_that_is_not_found_just_after_an_outage_is_still_waited_for() {
    let outage = Rule { times: Some(12), ..Rule::always("GET", "/v3/videos", Kind::ServerError { status: 503 }) };
    let unknown = Rule { times: Some(2), ..Rule::always("GET", "/v3/videos", Kind::NotJson { status: 404 }) };
    check(vec![outage, unknown]).await;
}

#[tokio::test]
async fn a_bulk_question_that_is_refused_stops_no_job() {
    let refused = Kind::NotJson { status: 400 };
    check(vec![Rule::always("GET", "/v3/videos/statuses", refused)]).await;
    check(vec![Rule::always("GET", "/v3/videos/statuses", Kind::NotJson { status: 200 })]).await;
}

#[tokio::test]
async fn captions_that_break_off_are_fetched_again() {
    // The video comes first, whole; then its captions do not.
    let broken = Rule { skip: 1, times: Some(1), ..Rule::always("GET", "/files/", Kind::ServerError { status: 500 }) };
    let rig = check(vec![broken]).await;
    let captions = rig.studio.board.borrow().jobs[0].files.captions.clone();
    assert_eq!(captions, Some(rig.results().join("Welcome.srt")));
}

#[tokio::test]
async fn a_job_that_is_moved_is_booked_elsewhere_on_the_board_and_after_a_restart() {
    let rig = Rig::start().await;
    let id = rig.create("Welcome").await;
    let before = rig.ended(id).await;
    assert_eq!(before.project, "");
    let moved = rig.studio.store.run(move |tx| spend::move_job(tx, id, "Northwind", crate::rig::now())).await;
    assert!(moved.unwrap());
    assert_eq!(find(&rig.studio.board.borrow(), id).unwrap().project, "", "the board does not know yet");
    rig.studio.worker.reread(id).await.unwrap();
    let after = find(&rig.studio.board.borrow(), id).unwrap();
    assert_eq!((after.project.as_str(), after.charge, after.state), ("Northwind", before.charge, before.state));
    let rig = rig.restart().await;
    assert_eq!(find(&rig.studio.board.borrow(), id).unwrap().project, "Northwind");
}
