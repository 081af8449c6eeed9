//! kill -9 and what comes after: a studio in a process of its own on a sandbox in this one.
//!
//! A scene is set with faults that keep a job in one state; the process is killed there, started again
//! without them, and everything is read back: what HeyGen made and charged, what the journal says of it,
//! and the files that came home.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use reelmeter::account::Billing;
use reelmeter::draft::{Draft, Product, VideoAgentDraft};
use reelmeter::heygen::Client;
use reelmeter::jobs::journal;
use reelmeter::jobs::submit::submit;
use reelmeter::jobs::types::{Decision, Job, JobState, Progress};
use reelmeter::money::Usd;
use reelmeter::sandbox::{self, Rule, Seen};
use reelmeter::spend::Caps;
use reelmeter::store::StoreError;
use rust_decimal::Decimal;
use tokio::sync::watch;

use crate::rig::{PATIENCE, Studio, client, control, open_once_free, submission};

const FOLDER: &str = "REELMETER_KILL_FOLDER";
const BASE_URL: &str = "REELMETER_KILL_BASE_URL";
/// The draft the studio submits where its journal is empty: the product's word, a line break, JSON.
const DRAFT: &str = "draft.txt";
/// What a new sandbox has in its wallet.
const WALLET: i64 = 2_500;

/// The process that is killed: a studio without a window, and a person who answers an agent and decides
/// about an outcome that nobody knows. It tells each state of the newest job and ends when every job has.
/// Without its environment it is no test and does nothing.
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
            for id in submit(&studio.store, &submission(&draft_in(&folder), Caps::default(), None)).unwrap().jobs {
                studio.worker.take_up(id).await.unwrap();
            }
        }
        loop {
            let jobs = board.borrow_and_update().jobs.clone();
            if let Some(job) = jobs.first() {
                writeln!(told, "\nSTATE {} {}{}", jobs.len(), job.state.word(), more(job)).unwrap();
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
                [job] if job.product == Product::VideoAgent && job.progress == Progress::NeedsPerson => {
                    let answer = answer(&client, &draft_in(&folder), job.agent_session().unwrap()).await;
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

fn more(job: &Job) -> &'static str {
    match &job.progress {
        Progress::NeedsPerson => " asks",
        Progress::Session(session) if session.began_ms.is_some() => " plays",
        _ => "",
    }
}

fn draft_in(folder: &Path) -> Draft {
    let text = std::fs::read_to_string(folder.join(DRAFT)).unwrap();
    let (product, json) = text.split_once('\n').unwrap();
    Draft::from_json(Product::from_word(product).unwrap(), json).unwrap()
}

/// The answer to the agent's question, as the window would send it.
async fn answer(client: &Client, question: &Draft, session: &str) -> VideoAgentDraft {
    let Draft::VideoAgent(question) = question else { panic!("only an agent asks") };
    message(client, question, session, "New customers. They should book.").await
}

/// A message in an agent's session, as the window would send it.
pub async fn message(client: &Client, first: &VideoAgentDraft, session: &str, words: &str) -> VideoAgentDraft {
    let chat = client.chat(session, &[]).await.unwrap();
    let mut draft = VideoAgentDraft { prompt: words.to_owned(), ..first.message_in(session) };
    let conversation = draft.conversation.as_mut().unwrap();
    conversation.busy = chat.stage.is_busy();
    conversation.videos = chat.videos;
    draft
}

/// A sandbox, and the folder of the studio that is killed.
pub struct Scene {
    pub folder: tempfile::TempDir,
    pub sandbox: sandbox::Running,
}

impl Scene {
    /// `draft` is what the studio will make; it may put files into the folder.
    pub async fn set(rules: Vec<Rule>, draft: impl AsyncFnOnce(Client, PathBuf) -> Draft) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            sandbox::Options { speed: Decimal::from(10_000), ..sandbox::Options::new(folder.path().join("world")) };
        let sandbox = sandbox::start(options).await.unwrap();
        let draft = draft(client(&sandbox.base_url, &sandbox.key), folder.path().to_owned()).await;
        let text = format!("{}\n{}", draft.product().word(), draft.to_json().unwrap());
        std::fs::write(folder.path().join(DRAFT), text).unwrap();
        for rule in rules {
            sandbox.faults.push(rule);
        }
        Self { folder, sandbox }
    }

    fn studio(&self) -> (Child, BufReader<ChildStdout>) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::studio_process", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(BASE_URL, &self.sandbox.base_url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        (child, told)
    }

    /// Starts the studio and kills it once it told `state` ("1 running") and the sandbox has seen `seen`.
    pub async fn kill_in(&self, state: &str, seen: impl Fn(&[Seen]) -> bool) {
        let (mut child, told) = self.studio();
        let wanted = format!("STATE {state}");
        let (found, reached) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("reads the studio".to_owned())
            .spawn(move || {
                let mut found = Some(found);
                // To its end, so that it can go on telling.
                for line in told.lines().map_while(Result::ok) {
                    if line == wanted
                        && let Some(found) = found.take()
                    {
                        let _ = found.send(());
                    }
                }
            })
            .unwrap();
        tokio::time::timeout(PATIENCE, reached)
            .await
            .unwrap_or_else(|_| panic!("“{state}” never came"))
            .unwrap_or_else(|_| panic!("the studio ended before “{state}”"));
        let deadline = Instant::now() + PATIENCE;
        while !seen(&self.sandbox.requests()) {
            assert!(Instant::now() < deadline, "the sandbox never saw what “{state}” waits for");
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The restart without faults: every job ends, `paid` things were made and paid, and these files are in
    /// the results folder and no others.
    pub async fn comes_home(&self, paid: usize, files: &[&str]) {
        self.sandbox.faults.clear();
        let (mut child, told) = self.studio();
        let read = tokio::task::spawn_blocking(move || told.lines().map_while(Result::ok).for_each(drop));
        tokio::time::timeout(PATIENCE, read).await.expect("the studio never ended").unwrap();
        assert!(child.wait().unwrap().success());

        let made = control(&self.sandbox.base_url, &self.sandbox.key, "/sandbox/ledger").await;
        assert_eq!(made.len(), paid, "{made:?}");
        let store = open_once_free(&self.folder.path().join("studio.db")).await;
        let jobs = store.transaction(journal::all).unwrap();
        let rows: Vec<(String, Usd)> = store
            .transaction::<_, StoreError>(|tx| {
                let mut statement = tx.prepare("SELECT kind, amount FROM ledger ORDER BY seq")?;
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
                let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
                Ok(rows.into_iter().map(|(kind, amount)| (kind, Usd::parse(&amount).unwrap())).collect())
            })
            .unwrap();
        let sum = |wanted: &str| rows.iter().filter(|(kind, _)| kind == wanted).map(|(_, sum)| *sum).sum::<Usd>();
        let count = |wanted: &str| rows.iter().filter(|(kind, _)| kind == wanted).count();
        assert_eq!(count("charge"), paid, "{rows:?}");
        assert_eq!((count("hold"), sum("hold")), (count("release"), sum("release")), "{rows:?}");
        assert_eq!(count("hold"), jobs.len(), "{rows:?}");
        for record in &jobs {
            let job = &record.job;
            assert!(job.state.is_final() && job.hold.is_zero(), "{job:?}");
            assert_eq!(job.charge.is_some(), job.state == JobState::Done, "{job:?}");
            if let Some(charge) = job.charge {
                assert!(charge <= job.quoted.high, "{charge} of {:?}", job.quoted);
            }
        }
        let charged: Usd = jobs.iter().filter_map(|record| record.job.charge).sum();
        assert_eq!(charged, sum("charge"));
        let client = client(&self.sandbox.base_url, &self.sandbox.key);
        let Billing::Wallet { balance: Some(balance), .. } = client.account().await.unwrap().billing else {
            panic!("no wallet")
        };
        let fell = Usd::from_cents(WALLET) - balance;
        // HeyGen does not say how long a session lasted: the studio measures it, and is a moment off.
        let exact = jobs.iter().all(|record| record.job.product != Product::Realtime);
        let allowed = if exact { Decimal::ZERO } else { Decimal::new(20, 2) };
        assert!((fell - charged).0.abs() <= allowed, "the wallet fell by {fell}, the journal says {charged}");

        let mut there: Vec<String> = std::fs::read_dir(self.folder.path().join("Results"))
            .map(|entries| entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        there.sort();
        assert_eq!(there, files);
    }
}

pub fn anything(_: &[Seen]) -> bool {
    true
}

/// A request to this path or below it has come.
pub fn asked(method: &'static str, path: &'static str) -> impl Fn(&[Seen]) -> bool + Clone {
    move |seen| seen.iter().any(|seen| seen.method == method && seen.path.starts_with(path))
}
