//! Batches: many requests of one kind in one. What finds room starts; the rest waits its turn, in order.
//!
//! An item starts under a purchase of its own, so that one found again after a restart is not made twice.

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::events::{Event, told};
use super::routes;
use super::server::{State, stopped};
use super::wire::cinematic::CinematicRequest;
use super::wire::lipsync::LipsyncRequest;
use super::wire::studio::StudioRequest;
use super::wire::translation::TranslationRequest;
use super::wire::video::VideoRequest;
use super::wire::{Query, Refusal};
use super::world::{self, Arrival, Callback, Failure, Kept, Product, Purchase, World, WorldError};

/// The kind of record.
pub(super) const BATCHES: &str = "batch";

/// What a batch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Of {
    Videos,
    Translations,
    Lipsyncs,
    /// Files that are brought in by direct upload.
    Assets,
}

impl Of {
    /// Those whose items are requests that are bought.
    pub const BOUGHT: [Self; 3] = [Self::Videos, Self::Translations, Self::Lipsyncs];

    /// The resource that has these batches.
    pub fn path(self) -> &'static str {
        match self {
            Self::Videos => "/v3/videos",
            Self::Translations => "/v3/video-translations",
            Self::Lipsyncs => "/v3/lipsyncs",
            Self::Assets => "/v3/assets",
        }
    }

    /// The field with the items.
    pub fn field(self) -> &'static str {
        match self {
            Self::Videos => "videos",
            Self::Translations => "video_translations",
            Self::Lipsyncs => "lipsyncs",
            Self::Assets => "files",
        }
    }

    fn products(self) -> &'static [Product] {
        match self {
            Self::Videos => &Product::VIDEOS,
            Self::Translations => &[Product::Translation],
            Self::Lipsyncs => &[Product::Lipsync],
            Self::Assets => &[],
        }
    }

    /// Where the answer to an item's request has the id of what was begun.
    fn id_pointer(self) -> &'static str {
        match self {
            Self::Videos => "/data/video_id",
            Self::Translations => "/data/video_translation_ids/0",
            Self::Lipsyncs => "/data/lipsync_id",
            Self::Assets => "/data/asset_id",
        }
    }

    /// Refuses an item whose shape is wrong, by its full name.
    pub fn check(self, place: usize, item: &Value) -> Result<(), Refusal> {
        let body = item.to_string();
        let read = match self {
            Self::Videos => CinematicRequest::read(body.as_bytes()).and_then(|cinematic| match cinematic {
                Some(_) => Ok(()),
                None => StudioRequest::read(body.as_bytes()).and_then(|studio| match studio {
                    Some(_) => Ok(()),
                    None => VideoRequest::read(body.as_bytes()).map(drop),
                }),
            }),
            Self::Translations => TranslationRequest::read(body.as_bytes()).map(drop),
            Self::Lipsyncs => LipsyncRequest::read(body.as_bytes()).map(drop),
            Self::Assets => Ok(()),
        };
        read.map_err(|refusal| {
            let at = format!("{}[{place}]", self.field());
            let param = match &refusal.param {
                Some(param) => format!("{at}.{param}"),
                None => at,
            };
            refusal.about(param)
        })
    }
}

/// A batch, as it is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Batch {
    pub id: String,
    pub of: Of,
    pub title: Option<String>,
    pub callback_url: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    pub items: Vec<Item>,
    /// Whether it was told that all have ended.
    pub told: bool,
}

/// One request of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Item {
    /// Waits for its turn: its request.
    Queued(Value),
    /// The job or asset it became.
    Begun(String),
    Refused(Failure),
}

/// Where an item stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// The interface's word.
    pub status: &'static str,
    pub id: Option<String>,
    pub error: Option<Failure>,
}

impl Standing {
    fn has_ended(&self) -> bool {
        matches!(self.status, "completed" | "failed")
    }
}

impl Batch {
    /// Where its items stand, in their order.
    pub fn standings(&self, world: &World, now: i64) -> Result<Vec<Standing>, WorldError> {
        self.items.iter().map(|item| self.standing(item, world, now)).collect()
    }

    fn standing(&self, item: &Item, world: &World, now: i64) -> Result<Standing, WorldError> {
        let failed =
            |id: Option<String>, failure: &Failure| Standing { status: "failed", id, error: Some(failure.clone()) };
        let gone = || Failure { code: "not_found".to_owned(), message: "It was deleted.".to_owned() };
        let id = match item {
            Item::Queued(_) => return Ok(Standing { status: "queued", id: None, error: None }),
            Item::Refused(failure) => return Ok(failed(None, failure)),
            Item::Begun(id) => id,
        };
        if self.of == Of::Assets {
            let status = match world.asset(id)?.map(|asset| asset.arrival) {
                None => return Ok(failed(Some(id.clone()), &gone())),
                Some(Arrival::Awaited) => "queued",
                Some(Arrival::Stored { .. }) => "processing",
                Some(Arrival::Ready) => "completed",
            };
            return Ok(Standing { status, id: Some(id.clone()), error: None });
        }
        let mut job = None;
        for product in self.of.products() {
            job = job.or(world.job(*product, id)?);
        }
        let status = match job.as_ref().map(|job| (&job.state, job.starts_at)) {
            None => return Ok(failed(Some(id.clone()), &gone())),
            Some((world::State::Failed { failure, .. }, _)) => return Ok(failed(Some(id.clone()), failure)),
            Some((world::State::Running, starts_at)) if now < starts_at => "queued",
            Some((world::State::Running, _)) => "processing",
            Some((world::State::Completed { .. } | world::State::Cancelled { .. }, _)) => "completed",
        };
        Ok(Standing { status, id: Some(id.clone()), error: None })
    }

    /// The batch as the interface shows it, with one page of its items.
    pub fn shown(&self, standings: &[Standing], mut query: Query) -> Result<Value, Refusal> {
        let page = query.page(100, 100)?;
        query.finish()?;
        let rows: Vec<(String, &Standing)> =
            standings.iter().enumerate().map(|(place, standing)| (place.to_string(), standing)).collect();
        let row = |(place, standing): &(String, &Standing)| {
            let index: usize = place.parse().unwrap_or_default();
            Ok(json!({
                "item_index": index, "status": standing.status, "video_id": standing.id, "error": standing.error,
            }))
        };
        let mut shown = page.cut(&rows, |(place, _)| place, row)?;
        let mut data = self.summary(standings);
        for (to, from) in [("items", "data"), ("has_more", "has_more"), ("next_token", "next_token")] {
            data.insert(to.to_owned(), shown.get_mut(from).map(Value::take).unwrap_or_default());
        }
        Ok(json!({"data": data}))
    }

    /// What there is to say of the whole.
    pub fn summary(&self, standings: &[Standing]) -> Map<String, Value> {
        let count = |status: &str| standings.iter().filter(|standing| standing.status == status).count();
        let status = match (standings.iter().all(Standing::has_ended), count("completed")) {
            (false, _) => "processing",
            (true, 0) => "failed",
            (true, _) => "completed",
        };
        let mut counts = Map::new();
        for status in ["queued", "processing", "completed", "failed"] {
            counts.insert(status.to_owned(), json!(count(status)));
        }
        let mut data = Map::new();
        data.insert("batch_id".to_owned(), json!(self.id));
        data.insert("title".to_owned(), json!(self.title));
        data.insert("status".to_owned(), json!(status));
        data.insert("total_items".to_owned(), json!(self.items.len()));
        data.insert("counts_by_status".to_owned(), Value::Object(counts));
        data.insert("created_at".to_owned(), json!(self.created_at / 1_000));
        data
    }
}

/// The batch with this id, made of this.
pub(super) async fn find(state: &State, of: Of, id: &str) -> Result<(Batch, Vec<Standing>), Refusal> {
    let (wanted, now) = (id.to_owned(), state.clock.now());
    let found = state.world(move |world| {
        let batch = world.kept::<Batch>(BATCHES, &wanted)?.filter(|batch| batch.of == of);
        batch.map(|batch| Ok((batch.standings(world, now)?, batch))).transpose()
    });
    let (standings, batch) =
        found.await?.ok_or_else(|| Refusal::not_found(format!("There is no batch “{id}” of {}.", of.field())))?;
    Ok((batch, standings))
}

/// Works until the sandbox stops.
pub(super) async fn work(state: State) {
    loop {
        let changed = state.batches_changed.notified();
        if let Err(refusal) = go_on(&state).await {
            tracing::error!(message = refusal.message, "the sandbox cannot go on with its batches");
        }
        tokio::select! {
            () = changed => {}
            () = stopped(state.stopping.clone()) => return,
        }
    }
}

/// Starts what finds room, and tells of what has ended.
async fn go_on(state: &State) -> Result<(), Refusal> {
    let mut open: Vec<Batch> = state.world(|world| world.all_kept(BATCHES)).await?;
    open.retain(|batch| !batch.told);
    let mut has_room = true;
    for mut batch in open {
        for place in 0..batch.items.len() {
            let Some(Item::Queued(body)) = batch.items.get(place) else { continue };
            if !has_room {
                break;
            }
            let next = match begin(state, &batch, place, body).await {
                Ok(id) => Item::Begun(id),
                Err(refusal) if refusal.status == 429 => {
                    has_room = false;
                    break;
                }
                Err(refusal) => Item::Refused(Failure { code: refusal.code, message: refusal.message }),
            };
            if let Some(item) = batch.items.get_mut(place) {
                *item = next;
            }
            keep(state, &batch).await?;
        }
        end(state, batch).await?;
    }
    Ok(())
}

/// Sends an item's request; the id of what was begun.
async fn begin(state: &State, batch: &Batch, place: usize, body: &Value) -> Result<String, Refusal> {
    let body = Bytes::from(body.to_string());
    let endpoint = format!("POST {}/batches", batch.of.path());
    let purchase = Some(Purchase { endpoint, key: format!("{}:{place}", batch.id) });
    let answer = match batch.of {
        Of::Videos => routes::videos::order(state.clone(), body, purchase, None).await?,
        Of::Translations => routes::translations::order(state.clone(), body, purchase, None).await?,
        Of::Lipsyncs => routes::lipsyncs::order(state.clone(), body, purchase, None).await?,
        // They are begun when they are announced.
        Of::Assets => return Err(Refusal::internal("A file does not wait for its turn.")),
    };
    let id = answer.pointer(batch.of.id_pointer()).and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| Refusal::internal("What was begun has no id."))
}

async fn keep(state: &State, batch: &Batch) -> Result<(), Refusal> {
    let (batch, now) = (batch.clone(), state.clock.now());
    let kept = state.world(move |world| {
        let kept = Kept::new(BATCHES, &batch.id, &batch)?;
        world.keep(&[kept], None, &Value::Null, now)
    });
    kept.await.map(drop)
}

/// Tells once of a batch whose items have all ended.
async fn end(state: &State, mut batch: Batch) -> Result<(), Refusal> {
    let now = state.clock.now();
    let told = state.world(move |world| {
        let standings = batch.standings(world, now)?;
        if !standings.iter().all(Standing::has_ended) {
            return Ok(false);
        }
        let summary = Value::Object(batch.summary(&standings));
        let event = Event::new("batch.finished".to_owned(), &batch.id, summary, now);
        let callback = Callback { id: None, url: batch.callback_url.clone() };
        let mut kept = told(world, &event, &callback)?;
        batch.told = true;
        kept.push(Kept::new(BATCHES, &batch.id, &batch)?);
        world.keep(&kept, None, &Value::Null, now).map(|_| true)
    });
    if told.await? {
        state.events_changed.notify_one();
    }
    Ok(())
}
