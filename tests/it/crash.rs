//! kill -9 in every state, then a restart: exactly one video and one charge, on both sides.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use reelmeter::draft::avatar_video::Source;
use reelmeter::jobs::types::JobState;
use reelmeter::media::probe::local_file;
use reelmeter::money::Usd;
use reelmeter::sandbox::{self, Kind, Rule, Seen};
use reelmeter::spend::Caps;
use reelmeter::store::{Store, StoreError};
use rust_decimal::Decimal;
use tokio::sync::watch;

use crate::rig::{PATIENCE, Studio, client, control, draft_of};

const FOLDER: &str = "REELMETER_CRASH_FOLDER";
const BASE_URL: &str = "REELMETER_CRASH_BASE_URL";

/// The process that is killed: a studio without a window on `FOLDER`. It submits a job where the
/// journal has none, tells each state it sees, and ends with the job. Without its environment it
/// is no test and does nothing.
#[test]
fn studio_process() {
    let (Ok(folder), Ok(base_url)) = (std::env::var(FOLDER), std::env::var(BASE_URL)) else { return };
    let folder = PathBuf::from(folder);
    let mut told = std::io::stdout();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = client(&base_url, "sandbox");
        let keys = watch::Sender::new(Some(client.clone()));
        let studio = Studio::open(&folder, keys.subscribe()).await;
        let mut board = studio.board.clone();
        if board.borrow().jobs.is_empty() {
            let mut draft = draft_of("Crash", &client.looks().await.unwrap(), &client.voices().await.unwrap());
            let sound = folder.join("voice.wav");
            if sound.exists() {
                draft.source = Source::Audio;
                draft.audio = Some(local_file(&sound));
            }
            let id = studio.submit(&draft, Caps::default(), None).unwrap();
            studio.worker.take_up(id).await.unwrap();
        }
        loop {
            let state = board.borrow_and_update().jobs.first().map(|job| job.state);
            if let Some(state) = state {
                writeln!(told, "\nSTATE {}", state.word()).unwrap();
                if state.is_final() || state == JobState::OutcomeUnknown {
                    return;
                }
            }
            board.changed().await.unwrap();
        }
    });
}

struct Scene {
    folder: tempfile::TempDir,
    sandbox: sandbox::Running,
}

impl Scene {
    async fn set(rules: Vec<Rule>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            sandbox::Options { speed: Decimal::from(10_000), ..sandbox::Options::new(folder.path().join("world")) };
        let sandbox = sandbox::start(options).await.unwrap();
        for rule in rules {
            sandbox.faults.push(rule);
        }
        Self { folder, sandbox }
    }

    fn studio(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::studio_process", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(BASE_URL, &self.sandbox.base_url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Starts the studio and kills it once it was in `state` and the sandbox has seen `seen`.
    async fn kill_in(&self, state: JobState, seen: impl Fn(&[Seen]) -> bool) {
        let mut child = self.studio();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let wanted = format!("STATE {}", state.word());
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

    /// The restart: the job is done, and everything adds up.
    async fn comes_to_one_video_and_one_charge(&self) {
        self.sandbox.faults.clear();
        let mut child = self.studio();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let last = tokio::task::spawn_blocking(move || {
            lines.lines().map_while(Result::ok).filter(|line| line.starts_with("STATE ")).last()
        })
        .await
        .unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(last.as_deref(), Some("STATE done"));

        let charges = control(&self.sandbox.base_url, &self.sandbox.key, "/sandbox/ledger").await;
        assert_eq!(charges.len(), 1, "{charges:?}");
        let rows = ledger(self.folder.path());
        let kinds: Vec<&str> = rows.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["hold", "charge", "release"]);
        let charged = Usd::parse(&rows[1].1).unwrap();
        let client = client(&self.sandbox.base_url, &self.sandbox.key);
        let reelmeter::account::Billing::Wallet { balance: Some(balance), .. } =
            client.account().await.unwrap().billing
        else {
            panic!("no wallet")
        };
        assert_eq!(Usd::from_cents(2_500) - balance, charged);
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
    move |seen| seen.iter().any(|seen| seen.method == "POST" && seen.path == path)
}

fn write_sound(path: &Path) {
    let seconds = 2_u32;
    let samples = 16_000 * seconds;
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + samples * 2).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    for part in [16_u32.to_le_bytes(), [1, 0, 1, 0], 16_000_u32.to_le_bytes(), 32_000_u32.to_le_bytes(), [2, 0, 16, 0]]
    {
        bytes.extend_from_slice(&part);
    }
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&(samples * 2).to_le_bytes());
    for sample in 0..samples {
        let tone: i16 = if (sample / 40) % 2 == 0 { 6_000 } else { -6_000 };
        bytes.extend_from_slice(&tone.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_held() {
    let busy = Kind::RateLimited { retry_after: 3_600 };
    let scene = Scene::set(vec![Rule::always("POST", "/v3/videos", busy)]).await;
    scene.kill_in(JobState::Held, posted("/v3/videos")).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_uploading() {
    let scene = Scene::set(vec![Rule::once("POST", "/v3/assets", Kind::StallAfter)]).await;
    write_sound(&scene.folder.path().join("voice.wav"));
    scene.kill_in(JobState::Uploading, posted("/v3/assets")).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_submitting_before_heygen_took_it() {
    let scene = Scene::set(vec![Rule::once("POST", "/v3/videos", Kind::StallBefore)]).await;
    scene.kill_in(JobState::Submitting, posted("/v3/videos")).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_submitting_after_heygen_took_it() {
    let scene = Scene::set(vec![Rule::once("POST", "/v3/videos", Kind::StallAfter)]).await;
    scene.kill_in(JobState::Submitting, posted("/v3/videos")).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_running() {
    let scene = Scene::set(vec![Rule::always("GET", "/v3/videos", Kind::StallBefore)]).await;
    scene.kill_in(JobState::Running, anything).await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_downloading() {
    let cut = Rule::once("GET", "/files/", Kind::CutBody { after: 20_000 });
    let scene = Scene::set(vec![cut, Rule::always("GET", "/files/", Kind::StallBefore)]).await;
    scene
        .kill_in(JobState::Downloading, |seen| seen.iter().filter(|seen| seen.path.starts_with("/files/")).count() > 1)
        .await;
    scene.comes_to_one_video_and_one_charge().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_as_the_result_comes_home() {
    let scene = Scene::set(vec![]).await;
    scene.kill_in(JobState::Downloading, anything).await;
    scene.comes_to_one_video_and_one_charge().await;
}
