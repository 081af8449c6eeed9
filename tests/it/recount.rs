//! Whatever is done in whatever order: what the ledger charged is what HeyGen charged, the wallet fell by
//! just that, and nothing is held for a job that has ended.

use std::collections::HashSet;

use fastrand::Rng;
use reelmeter::draft::{Draft, TranslationDraft};
use reelmeter::jobs::batches;
use reelmeter::jobs::submit::submit;
use reelmeter::jobs::types::{Board, Decision, Job, JobId, JobState, KeptBatch};
use reelmeter::money::Usd;
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video};
use reelmeter::sandbox::{Kind, Rule};
use reelmeter::spend::{self, Caps};
use reelmeter::store::StoreError;
use rust_decimal::Decimal;

use crate::batch::{asked, batch, read};
use crate::rig::{Rig, find, now, submission};

/// A person at a studio on a HeyGen that has bad days.
struct Life {
    rig: Rig,
    rng: Rng,
    film: TranslationDraft,
    tables: Vec<KeptBatch>,
    /// Jobs that were made again.
    again: HashSet<JobId>,
    /// What was done, for the message of a failure.
    done: Vec<String>,
}

impl Life {
    async fn begin(seed: u64) -> Self {
        let rig = Rig::with_balance(Some(Usd::from_cents(100_000))).await;
        let order = VideoOrder {
            title: "Film".to_owned(),
            width: 320,
            height: 180,
            sound: Sound::Speech {
                text: "A film of some words.".to_owned(),
                language: "English".to_owned(),
                voice_id: "v".to_owned(),
                speed: Decimal::ONE,
            },
            look_seed: 1,
            captions: false,
        };
        let film = make_video(&order, rig.folder.path(), "Film").unwrap().video;
        let film = TranslationDraft {
            video: Some(reelmeter::media::probe::local_file(&film)),
            languages: vec!["German".to_owned(), "French".to_owned()],
            ..TranslationDraft::default()
        };
        Self {
            rig,
            rng: Rng::with_seed(seed),
            film,
            tables: Vec::new(),
            again: HashSet::new(),
            done: vec![format!("seed {seed}")],
        }
    }

    fn board(&self) -> std::sync::Arc<Board> {
        self.rig.studio.board.borrow().clone()
    }

    fn one_of(&mut self, fits: fn(&Job) -> bool) -> Option<JobId> {
        let ids: Vec<JobId> = self.board().jobs.iter().filter(|job| fits(job)).map(|job| job.id).collect();
        self.rng.choice(ids)
    }

    async fn book(&mut self, drafts: &Draft, again: Option<JobId>) {
        let mut submission = submission(drafts, Caps::default(), None);
        submission.again = again;
        let made = submit(&self.rig.studio.store, &submission);
        let was_made_again = again.is_some_and(|id| !self.again.insert(id));
        assert_eq!(made.is_err(), was_made_again, "a job is made again once: {made:?}");
        if let Ok(made) = made {
            self.rig.studio.worker.take_up_all(made.jobs).await;
        }
    }

    async fn step(mut self) -> Self {
        match self.rng.u8(0..10) {
            0 => {
                self.done.push("one".to_owned());
                let draft = self.rig.draft("One").await;
                self.book(&draft.into(), None).await;
            }
            1 => {
                self.done.push("two languages".to_owned());
                let film = self.film.clone().into();
                self.book(&film, None).await;
            }
            2 => {
                self.done.push("a table".to_owned());
                let mut base = self.rig.draft("").await;
                base.script = "Welcome, {{name}}.".to_owned();
                let kept = batch(base.into(), 3);
                let store = &self.rig.studio.store;
                store.transaction::<_, StoreError>(|tx| batches::keep(tx, &kept, now())).unwrap();
                self.tables.push(kept);
            }
            3 | 4 => {
                let Some(kept) = self.rng.choice(&self.tables).cloned() else { return self };
                let places: Vec<usize> = (0..3).filter(|_| self.rng.bool()).collect();
                let made = submit(&self.rig.studio.store, &asked(&kept, &places));
                self.done.push(format!("rows {places:?}: {}", made.is_ok()));
                if let Ok(made) = made {
                    self.rig.studio.worker.take_up_all(made.jobs).await;
                }
            }
            5 => {
                self.done.push("restart".to_owned());
                self.rig = self.rig.restart().await;
            }
            6 | 7 => {
                let kind = match self.rng.u8(0..8) {
                    0 => Kind::ResetAfter,
                    1 => Kind::ResetBefore,
                    2 => Kind::ServerError { status: 500 },
                    3 => Kind::RateLimited { retry_after: 1 },
                    4 => Kind::NotJson { status: 200 },
                    5 => Kind::FailRender { code: "lost".to_owned(), message: "It was lost.".to_owned() },
                    6 => Kind::NotJson { status: 404 },
                    _ => Kind::CutBody { after: 40 },
                };
                let (method, path) = *self
                    .rng
                    .choice(&[
                        ("POST", "/v3/videos"),
                        ("POST", "/v3/video-translations"),
                        ("POST", "/v3/assets"),
                        ("GET", "/v3/videos"),
                        ("GET", "/v3/video-translations"),
                        ("GET", "/files/"),
                    ])
                    .unwrap();
                self.done.push(format!("{method} {path}: {kind:?}"));
                self.rig
                    .sandbox
                    .faults
                    .push(Rule { times: Some(self.rng.u32(1..3)), ..Rule::always(method, path, kind) });
            }
            8 => {
                let Some(id) = self.one_of(|job| !job.state.is_final()) else { return self };
                let is_gone = self.rig.studio.worker.cancel(id).await.unwrap();
                let is_let_go = !is_gone && self.rig.studio.worker.stop_following(id).await.unwrap();
                self.done.push(format!("cancel: {is_gone}, let go: {is_let_go}"));
            }
            _ => {
                let Some(id) = self.one_of(|job| matches!(job.state, JobState::Failed | JobState::Cancelled)) else {
                    return self;
                };
                self.done.push("again".to_owned());
                let job = find(&self.board(), id).unwrap();
                self.book(&Draft::from_json(job.product, &job.draft).unwrap(), Some(id)).await;
            }
        }
        self
    }

    /// A good day: everything ends, and the person finds what nobody knew of.
    async fn settle(&mut self) {
        self.rig.sandbox.faults.clear();
        self.rig.studio.worker.wake(None);
        let ids: Vec<JobId> = self.board().jobs.iter().map(|job| job.id).collect();
        for id in ids {
            loop {
                let job = self.rig.ended(id).await;
                if job.state.is_final() {
                    break;
                }
                let found = match &job.remote_id {
                    Some(own) => Some(own.clone()),
                    None => {
                        let found = self.rig.studio.worker.candidates(id).await.unwrap();
                        found.into_iter().find(|found| found.title == job.title).map(|found| found.remote_id)
                    }
                };
                let decision = found.map_or(Decision::NeverHappened, Decision::ThisIsIt);
                self.done.push(format!("{decision:?}"));
                assert!(self.rig.studio.worker.decide(id, decision).await.unwrap());
            }
        }
    }

    async fn adds_up(&self) {
        let done = self.done.join("\n");
        let ledger = |kind: &'static str| -> Usd {
            let amounts: Vec<String> = self
                .rig
                .studio
                .store
                .transaction::<_, StoreError>(|tx| {
                    let mut statement = tx.prepare("SELECT amount FROM ledger WHERE kind = ?1")?;
                    let rows = statement.query_map([kind], |row| row.get(0))?;
                    Ok(rows.collect::<Result<_, _>>()?)
                })
                .unwrap();
            amounts.iter().map(|amount| Usd::parse(amount).unwrap()).sum()
        };
        let board = self.board();
        let charged = ledger("charge");
        let on_the_board: Usd = board.jobs.iter().filter_map(|job| job.charge).sum();
        assert_eq!(charged, on_the_board, "{done}");
        assert_eq!(Usd::from_cents(100_000) - self.rig.wallet().await, charged, "{done}\n{board:#?}");
        let made = board.jobs.iter().filter(|job| job.state == JobState::Done).count();
        assert_eq!(self.rig.charges().await.len(), made, "{done}");
        assert_eq!(ledger("hold"), ledger("release"), "{done}");
        let held = self.rig.studio.store.transaction::<_, StoreError>(spend::held).unwrap();
        assert_eq!((held, board.held), (Usd::ZERO, Usd::ZERO), "{done}");
        for table in &self.tables {
            for job in read(&self.rig.studio.store, table.id).jobs.into_iter().flatten() {
                assert!(find(&board, job).is_some(), "{done}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_life_adds_up() {
    let seeds = std::env::var("REELMETER_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(3);
    for seed in 0..seeds {
        let mut life = Life::begin(seed).await;
        for _ in 0..3 {
            for _ in 0..8 {
                life = life.step().await;
            }
            life.settle().await;
            life.adds_up().await;
        }
    }
}
