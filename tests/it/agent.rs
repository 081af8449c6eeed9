//! Video agents on the sandbox: a conversation killed in every state comes to one video and one charge, and
//! what a question, an answer, a change and a stop cost.

use reelmeter::draft::chat::Stage;
use reelmeter::draft::{Draft, VideoAgentDraft};
use reelmeter::heygen::RemoteStatus;
use reelmeter::jobs::types::{Board, Decision, Job, JobId, JobState, Progress};
use reelmeter::money::Usd;
use reelmeter::sandbox::{Kind, Rule, Seen};
use reelmeter::settings::{CapAction, ProjectBudget};
use reelmeter::spend::Caps;
use tokio::task::JoinSet;

use crate::kill::{Scene, anything, asked, message};
use crate::loopback::{Loopback, answer, json};
use crate::rig::{PATIENCE, Rig, find};

/// The state it is killed in, what keeps it there, and what HeyGen has seen by then.
type Kill = (&'static str, Vec<Rule>, fn(&[Seen]) -> bool);

fn agent(chat: bool) -> VideoAgentDraft {
    VideoAgentDraft {
        title: "Crash".to_owned(),
        prompt: "Tea for beginners, calm and warm.".to_owned(),
        seconds: 15,
        chat,
        ..VideoAgentDraft::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_killed_in_any_state_is_paid_once() {
    const MESSAGES: &str = "/v3/video-agents/";
    let busy = Kind::RateLimited { retry_after: 3_600 };
    let sent: fn(&[Seen]) -> bool = |seen| asked("POST", MESSAGES)(seen);
    let kills: [Kill; 6] = [
        ("2 held", vec![Rule::always("POST", MESSAGES, busy)], sent),
        // A message is never sent twice by the program: HeyGen's own conversation says whether it came.
        ("2 submitting", vec![Rule::once("POST", MESSAGES, Kind::StallBefore)], sent),
        ("2 submitting", vec![Rule::once("POST", MESSAGES, Kind::StallAfter)], sent),
        ("1 running asks", vec![], anything),
        ("2 running", vec![], anything),
        ("2 downloading", vec![Rule::always("GET", "/files/", Kind::StallBefore)], anything),
    ];
    let mut scenes = JoinSet::new();
    for (state, rules, seen) in kills {
        scenes.spawn(async move {
            let scene = Scene::set(rules, async |_, _| Draft::from(agent(true))).await;
            scene.kill_in(state, seen).await;
            scene.comes_home(1, &["Crash.mp4", "Crash.srt"]).await;
        });
    }
    while let Some(survived) = scenes.join_next().await {
        survived.unwrap();
    }
}

async fn asks(rig: &Rig, id: reelmeter::jobs::types::JobId) -> String {
    let asked = |job: &Job| job.progress == Progress::NeedsPerson;
    let board: std::sync::Arc<Board> =
        rig.until("the agent asks", |board| find(board, id).is_some_and(|job| asked(&job))).await;
    find(&board, id).unwrap().agent_session().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_on_with_the_question_and_a_change_is_a_video_of_its_own() {
    let rig = Rig::start().await;
    let first = rig.submit(&agent(true)).unwrap();
    rig.take_up(first).await;
    let session = asks(&rig, first).await;
    assert!(rig.charges().await.is_empty(), "a question costs nothing");
    let chat = rig.client.chat(&session, &[]).await.unwrap();
    assert_eq!(chat.stage, Stage::WaitingForInput);
    assert!(chat.messages.last().unwrap().text.contains('?'), "{chat:?}");

    // The question's hold counts once: a cap that has room for one of the two is enough.
    let answer = message(&rig.client, &agent(true), &session, "For new customers.").await;
    let hold = find(&rig.studio.board.borrow(), first).unwrap().hold;
    let caps = Caps { per_month: Some(hold), ..Caps::default() };
    // Only where it is counted: another project's budget has no hold to give back.
    let elsewhere = VideoAgentDraft { project: "B".to_owned(), ..answer.clone() };
    let budget = ProjectBudget { project: "B".to_owned(), per_month: Usd::from_cents(1), action: CapAction::Refuse };
    let budgets = Caps { budgets: vec![budget], ..Caps::default() };
    assert!(rig.studio.submit(&elsewhere, budgets, None).is_err());
    let second = rig.studio.submit(&answer, caps, Some(hold)).unwrap();
    rig.take_up(second).await;
    let done = rig.ended(second).await;
    assert_eq!((done.state, done.duration.is_some()), (JobState::Done, true), "{done:?}");
    let question = rig.ended(first).await;
    assert_eq!((question.state, question.charge, question.hold), (JobState::Cancelled, None, Usd::ZERO));
    assert_eq!(question.error.as_ref().unwrap().what, "Continued by your answer.");

    let change = message(&rig.client, &agent(true), &session, "Shorter, please.").await;
    let third = rig.submit(&change).unwrap();
    rig.take_up(third).await;
    let changed = rig.ended(third).await;
    assert_eq!(changed.state, JobState::Done, "{changed:?}");
    assert_ne!(changed.remote_id, done.remote_id);
    assert_eq!(rig.charges().await.len(), 2);
    let charged = done.charge.unwrap() + changed.charge.unwrap();
    assert_eq!(rig.wallet().await, Usd::from_cents(2_500) - charged);
    let chat = rig.client.chat(&session, &[]).await.unwrap();
    let shown = chat.messages.iter().flat_map(|message| &message.resources).filter(|made| made.picture_url.is_some());
    assert_eq!((chat.videos.len(), shown.count()), (2, 2), "{chat:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_agent_costs_nothing() {
    let rig = Rig::start().await;
    let id = rig.submit(&agent(true)).unwrap();
    rig.take_up(id).await;
    let session = asks(&rig, id).await;
    rig.client.stop_agent(&session).await.unwrap();
    rig.studio.worker.wake(Some(id));
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.charge, job.hold), (JobState::Failed, None, Usd::ZERO), "{job:?}");
    assert!(rig.charges().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn styles_come_with_their_pictures_and_brand_kits_with_their_names() {
    let rig = Rig::start().await;
    let styles = rig.client.agent_styles().await.unwrap();
    assert!(styles.len() > 3 && styles.iter().all(|style| style.thumbnail_url.is_some()), "{styles:?}");
    let kits = rig.client.brand_kits().await.unwrap();
    assert!(kits.iter().any(|kit| kit.name == "Harbour Coffee"), "{kits:?}");
}

/// A question, its answer whose video was made while nobody asked for it, and what the person says next.
async fn unseen_answer(rig: &Rig) -> (JobId, VideoAgentDraft) {
    let first = rig.submit(&agent(true)).unwrap();
    rig.take_up(first).await;
    let session = asks(rig, first).await;
    let answer = message(&rig.client, &agent(true), &session, "For new customers.").await;
    let silent = Rule::always("GET", "/v3/video-agents", Kind::ServerError { status: 503 });
    rig.sandbox.faults.push(silent.clone());
    let second = rig.submit(&answer).unwrap();
    rig.take_up(second).await;
    rig.until("it is taken", |board| find(board, second).is_some_and(|job| job.remote_id.is_some())).await;
    rig.keys.send_replace(None);
    rig.until("nobody asks", |board| board.paused.is_some()).await;
    rig.sandbox.faults.clear();
    let made = async {
        loop {
            let chat = rig.client.chat(&session, &[]).await.unwrap();
            if !chat.videos.is_empty() && !chat.stage.is_busy() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, made).await.unwrap();
    let change = message(&rig.client, &agent(true), &session, "Shorter, please.").await;
    rig.sandbox.faults.push(silent);
    (second, change)
}

/// Sends the message, which HeyGen takes, and asks for nothing yet.
async fn say(rig: &Rig, message: &VideoAgentDraft) -> JobId {
    let id = rig.submit(message).unwrap();
    rig.take_up(id).await;
    rig.keys.send_replace(Some(rig.client.clone()));
    rig.studio.worker.wake(None);
    rig.until("it is taken", |board| find(board, id).is_some_and(|job| job.remote_id.is_some())).await;
    id
}

/// Two videos were made and are booked, and nothing else is.
async fn two_are_charged(rig: &Rig, ids: [JobId; 2]) {
    rig.sandbox.faults.clear();
    let mut charged = Usd::ZERO;
    for id in ids {
        let job = rig.ended(id).await;
        assert_eq!(job.state, JobState::Done, "{job:?}");
        charged += job.charge.unwrap();
    }
    assert_eq!(rig.charges().await.len(), 2);
    assert_eq!(rig.wallet().await, Usd::from_cents(2_500) - charged);
    assert_eq!(rig.studio.board.borrow().held, Usd::ZERO);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_after_a_video_that_was_not_fetched_yet_gives_up_no_charge() {
    let rig = Rig::start().await;
    let (second, change) = unseen_answer(&rig).await;
    // It is charged, so its hold makes no room for the next.
    let hold = find(&rig.studio.board.borrow(), second).unwrap().hold;
    let caps = Caps { per_month: Some(hold), ..Caps::default() };
    assert!(rig.studio.submit(&change, caps, None).is_err());
    let third = say(&rig, &change).await;
    two_are_charged(&rig, [second, third]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_followed_again_ends_no_later_message() {
    let rig = Rig::start().await;
    let (second, change) = unseen_answer(&rig).await;
    assert!(rig.studio.worker.stop_following(second).await.unwrap());
    let third = say(&rig, &change).await;
    let made = find(&rig.studio.board.borrow(), second).unwrap().remote_id.clone().unwrap();
    assert!(rig.studio.worker.decide(second, Decision::ThisIsIt(made)).await.unwrap());
    two_are_charged(&rig, [second, third]).await;
}

/// A session with two videos on two pages, made by two requests; `oldest_first` is the order they are listed in.
async fn listed(oldest_first: bool) -> Loopback {
    let video = |id: &str, at: i64| serde_json::json!({"id": id, "status": "completed", "created_at": at});
    let mut pages = [video("v1", 1_800_000_000), video("v2", 1_800_000_100)];
    if !oldest_first {
        pages.reverse();
    }
    Loopback::start(move |seen| match seen.path.as_str() {
        "/v3/video-agents/s" => json(
            r#"{"data":{"session_id":"s","status":"completed","progress":100,"created_at":1,"video_id":"v2","messages":[]}}"#,
        ),
        "/v3/video-agents/s/videos" => {
            let (page, more) = match seen.query("token") {
                None => (&pages[0], true),
                Some(_) => (&pages[1], false),
            };
            let next = more.then_some("two");
            json(&serde_json::json!({"data": [page], "has_more": more, "next_token": next}).to_string())
        }
        _ => answer(404, &[], "{}"),
    })
    .await
}

#[tokio::test]
async fn each_request_finds_its_own_video_however_they_are_listed() {
    for oldest_first in [true, false] {
        let client = listed(oldest_first).await.client();
        let known = ["v1".to_owned()];
        for (id, known, expected) in [("s", &known[..0], "s@v1"), ("s#r", &known[..], "s@v2")] {
            let remote = client.agent_run(id, known).await.unwrap();
            assert_eq!((remote.status, remote.id.as_str()), (RemoteStatus::Completed, expected), "{oldest_first}");
        }
        assert_eq!(client.chat("s", &[]).await.unwrap().videos, ["v2", "v1"], "{oldest_first}");
    }
}

#[tokio::test]
async fn a_video_that_a_session_names_and_does_not_list_is_asked_for_by_itself() {
    let server = Loopback::start(|seen| match seen.path.as_str() {
        "/v3/video-agents/s" => {
            json(r#"{"data":{"session_id":"s","status":"completed","created_at":1,"video_id":"v1","messages":[]}}"#)
        }
        "/v3/video-agents/s/videos" => json(r#"{"data":[],"has_more":false}"#),
        "/v3/videos/v1" => json(r#"{"data":{"id":"v1","status":"completed","duration":12.5}}"#),
        _ => answer(404, &[], "{}"),
    })
    .await;
    let remote = server.client().agent_run("s", &[]).await.unwrap();
    assert_eq!((remote.status, remote.id.as_str()), (RemoteStatus::Completed, "s@v1"));
}
