//! Cinematic videos and agents on the sandbox: killed in every state and started again, with a
//! conversation on the way, each comes to one video and one charge, on both sides.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use reelmeter::draft::chat::Stage;
use reelmeter::draft::{CinematicDraft, Draft, VideoAgentDraft};
use reelmeter::heygen::Client;
use reelmeter::jobs::types::{Board, Decision, Job, JobState, Progress};
use reelmeter::media::probe::local_file;
use reelmeter::money::Usd;
use reelmeter::sandbox::{self, Kind, Rule, Seen};
use reelmeter::spend::Caps;
use reelmeter::store::{Store, StoreError};
use rust_decimal::Decimal;
use tokio::sync::watch;

use crate::rig::{PATIENCE, Rig, Studio, client, control, find};

const FOLDER: &str = "REELMETER_AGENT_FOLDER";
const BASE_URL: &str = "REELMETER_AGENT_BASE_URL";
const WHAT: &str = "REELMETER_AGENT_WHAT";

fn agent(chat: bool) -> VideoAgentDraft {
    VideoAgentDraft {
        title: "Crash".to_owned(),
        prompt: "Tea for beginners, calm and warm.".to_owned(),
        seconds: 15,
        chat,
        ..VideoAgentDraft::default()
    }
}

async fn cinematic(client: &Client, folder: &Path) -> CinematicDraft {
    let looks = client.looks().await.unwrap();
    let picture = folder.join("reference.png");
    let references = if picture.exists() { vec![local_file(&picture)] } else { Vec::new() };
    CinematicDraft {
        title: "Crash".to_owned(),
        looks: looks.into_iter().filter(|look| look.ready).take(2).collect(),
        prompt: "Snow falls on a lit window.".to_owned(),
        references,
        seconds: Some(4),
        ..CinematicDraft::default()
    }
}

/// The answer to the agent's question, as the window would send it.
async fn message(client: &Client, session: &str, words: &str) -> VideoAgentDraft {
    let chat = client.chat(session, &[]).await.unwrap();
    let mut draft = VideoAgentDraft { prompt: words.to_owned(), ..agent(true).message_in(session) };
    let conversation = draft.conversation.as_mut().unwrap();
    conversation.busy = chat.stage.is_busy();
    conversation.videos = chat.videos;
    draft
}

/// The process that is killed: a studio without a window, and the person who answers the agent. It
/// tells each state of the newest job it sees, and ends when every job has. Without its environment it
/// is no test and does nothing.
#[test]
fn studio_process() {
    let (Ok(folder), Ok(base_url), Ok(what)) = (std::env::var(FOLDER), std::env::var(BASE_URL), std::env::var(WHAT))
    else {
        return;
    };
    let folder = PathBuf::from(folder);
    let mut told = std::io::stdout();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = client(&base_url, "sandbox");
        let keys = watch::Sender::new(Some(client.clone()));
        let studio = Studio::open(&folder, keys.subscribe()).await;
        let mut board = studio.board.clone();
        if board.borrow().jobs.is_empty() {
            let draft: Draft = match what.as_str() {
                "cinematic" => cinematic(&client, &folder).await.into(),
                "agent" => agent(false).into(),
                _ => agent(true).into(),
            };
            let id = studio.submit(&draft, Caps::default(), None).unwrap();
            studio.worker.take_up(id).await.unwrap();
        }
        loop {
            let jobs = board.borrow_and_update().jobs.clone();
            if let Some(job) = jobs.first() {
                let asks = if job.progress == Progress::NeedsPerson { " asks" } else { "" };
                writeln!(told, "\nSTATE {} {}{asks}", jobs.len(), job.state.word()).unwrap();
            }
            if let Some(unknown) = jobs.iter().find(|job| job.state == JobState::OutcomeUnknown) {
                let found = studio.worker.candidates(unknown.id).await.unwrap();
                let decision = match found.first() {
                    Some(candidate) => Decision::ThisIsIt(candidate.remote_id.clone()),
                    None => Decision::NeverHappened,
                };
                studio.worker.decide(unknown.id, decision).await.unwrap();
                continue;
            }
            let live: Vec<_> = jobs.iter().filter(|job| !job.state.is_final()).collect();
            match live.as_slice() {
                [] => return,
                [job] if job.progress == Progress::NeedsPerson => {
                    let session = job.agent_session().unwrap();
                    let answer = message(&client, session, "New customers. They should book.").await;
                    let id = studio.submit(&answer, Caps::default(), None).unwrap();
                    studio.worker.take_up(id).await.unwrap();
                    continue;
                }
                _ => {}
            }
            board.changed().await.unwrap();
        }
    });
}

struct Scene {
    folder: tempfile::TempDir,
    sandbox: sandbox::Running,
    what: &'static str,
}

impl Scene {
    async fn set(what: &'static str, rules: Vec<Rule>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            sandbox::Options { speed: Decimal::from(10_000), ..sandbox::Options::new(folder.path().join("world")) };
        let sandbox = sandbox::start(options).await.unwrap();
        for rule in rules {
            sandbox.faults.push(rule);
        }
        Self { folder, sandbox, what }
    }

    fn studio(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "agent::studio_process", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(BASE_URL, &self.sandbox.base_url)
            .env(WHAT, self.what)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Starts the studio and kills it once it told `state` and the sandbox has seen `seen`.
    async fn kill_in(&self, state: &str, seen: impl Fn(&[Seen]) -> bool) {
        let mut child = self.studio();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let wanted = format!("STATE {state}");
        let (found, reached) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("reads the studio".to_owned())
            .spawn(move || {
                let mut found = Some(found);
                for line in lines.lines().map_while(Result::ok) {
                    if line == wanted
                        && let Some(found) = found.take()
                    {
                        let _ = found.send(());
                    }
                }
            })
            .unwrap();
        tokio::time::timeout(PATIENCE, reached).await.expect("the state never came").expect("the studio ended before");
        let deadline = Instant::now() + PATIENCE;
        while !seen(&self.sandbox.requests()) {
            assert!(Instant::now() < deadline, "the sandbox never saw it");
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The restart: everything ends, and it comes to one video and one charge.
    async fn comes_to_one_video_and_one_charge(&self) {
        self.sandbox.faults.clear();
        let mut child = self.studio();
        let lines = BufReader::new(child.stdout.take().unwrap());
        tokio::task::spawn_blocking(move || lines.lines().map_while(Result::ok).for_each(drop)).await.unwrap();
        assert!(child.wait().unwrap().success());

        let charges = control(&self.sandbox.base_url, &self.sandbox.key, "/sandbox/ledger").await;
        assert_eq!(charges.len(), 1, "{charges:?}");
        let rows = ledger(self.folder.path());
        let of = |wanted: &str| rows.iter().filter(|(kind, _)| kind == wanted).count();
        assert_eq!(of("charge"), 1, "{rows:?}");
        assert_eq!(of("hold"), of("release"), "{rows:?}");
        let charged = rows.iter().find(|(kind, _)| kind == "charge").map(|(_, amount)| Usd::parse(amount).unwrap());
        let client = client(&self.sandbox.base_url, &self.sandbox.key);
        let reelmeter::account::Billing::Wallet { balance: Some(balance), .. } =
            client.account().await.unwrap().billing
        else {
            panic!("no wallet")
        };
        assert_eq!(Some(Usd::from_cents(2_500) - balance), charged);
        let files: Vec<String> = std::fs::read_dir(self.folder.path().join("Results"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".mp4") || name.ends_with(".part"))
            .collect();
        assert_eq!(files, ["Crash.mp4"]);
    }
}

fn ledger(folder: &Path) -> Vec<(String, String)> {
    Store::open(&folder.join("studio.db"))
        .unwrap()
        .transaction::<_, StoreError>(|tx| {
            let mut statement = tx.prepare("SELECT kind, amount FROM ledger ORDER BY seq")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

fn anything(_: &[Seen]) -> bool {
    true
}

fn posted(path: &'static str) -> impl Fn(&[Seen]) -> bool {
    move |seen| seen.iter().any(|seen| seen.method == "POST" && seen.path.starts_with(path))
}

/// A product that is one request, killed in each of its states.
async fn one_request(what: &'static str, path: &'static str, watched: &'static str) {
    let busy = Kind::RateLimited { retry_after: 3_600 };
    let scene = Scene::set(what, vec![Rule::always("POST", path, busy)]).await;
    scene.kill_in("1 held", posted(path)).await;
    scene.comes_to_one_video_and_one_charge().await;

    for stall in [Kind::StallBefore, Kind::StallAfter] {
        let scene = Scene::set(what, vec![Rule::once("POST", path, stall)]).await;
        scene.kill_in("1 submitting", posted(path)).await;
        scene.comes_to_one_video_and_one_charge().await;
    }

    let scene = Scene::set(what, vec![Rule::always("GET", watched, Kind::StallBefore)]).await;
    scene.kill_in("1 running", anything).await;
    scene.comes_to_one_video_and_one_charge().await;

    let scene = Scene::set(what, vec![Rule::always("GET", "/files/", Kind::StallBefore)]).await;
    scene.kill_in("1 downloading", anything).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cinematic_video_killed_in_any_state_is_paid_once() {
    one_request("cinematic", "/v3/videos", "/v3/videos").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cinematic_video_killed_while_its_reference_goes_up_is_paid_once() {
    let scene = Scene::set("cinematic", vec![Rule::once("POST", "/v3/assets", Kind::StallAfter)]).await;
    let picture = image::RgbImage::from_pixel(64, 64, image::Rgb([200, 40, 40]));
    picture.save(scene.folder.path().join("reference.png")).unwrap();
    scene.kill_in("1 uploading", posted("/v3/assets")).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_video_killed_in_any_state_is_paid_once() {
    one_request("agent", "/v3/video-agents", "/v3/video-agents").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_killed_in_any_state_is_paid_once() {
    const MESSAGES: &str = "/v3/video-agents/";
    let busy = Kind::RateLimited { retry_after: 3_600 };
    let scene = Scene::set("chat", vec![Rule::always("POST", MESSAGES, busy)]).await;
    scene.kill_in("2 held", posted(MESSAGES)).await;
    scene.comes_to_one_video_and_one_charge().await;

    // A message is never sent twice by the program: HeyGen's own conversation says whether it came.
    for stall in [Kind::StallBefore, Kind::StallAfter] {
        let scene = Scene::set("chat", vec![Rule::once("POST", MESSAGES, stall)]).await;
        scene.kill_in("2 submitting", posted(MESSAGES)).await;
        scene.comes_to_one_video_and_one_charge().await;
    }

    let scene = Scene::set("chat", vec![]).await;
    scene.kill_in("1 running asks", anything).await;
    scene.comes_to_one_video_and_one_charge().await;

    let scene = Scene::set("chat", vec![]).await;
    scene.kill_in("2 running", anything).await;
    scene.comes_to_one_video_and_one_charge().await;

    let scene = Scene::set("chat", vec![Rule::always("GET", "/files/", Kind::StallBefore)]).await;
    scene.kill_in("2 downloading", anything).await;
    scene.comes_to_one_video_and_one_charge().await;
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
    let answer = message(&rig.client, &session, "For new customers.").await;
    let hold = find(&rig.studio.board.borrow(), first).unwrap().hold;
    let caps = Caps { per_month: Some(hold), ..Caps::default() };
    let second = rig.studio.submit(&answer, caps, Some(hold)).unwrap();
    rig.take_up(second).await;
    let done = rig.ended(second).await;
    assert_eq!((done.state, done.duration.is_some()), (JobState::Done, true), "{done:?}");
    let question = rig.ended(first).await;
    assert_eq!((question.state, question.charge, question.hold), (JobState::Cancelled, None, Usd::ZERO));
    assert_eq!(question.error.as_ref().unwrap().what, "Continued by your answer.");

    let change = message(&rig.client, &session, "Shorter, please.").await;
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
async fn styles_come_with_their_pictures() {
    let rig = Rig::start().await;
    let styles = rig.client.agent_styles().await.unwrap();
    assert!(styles.len() > 3 && styles.iter().all(|style| style.thumbnail_url.is_some()), "{styles:?}");
}
