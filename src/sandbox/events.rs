//! What is told when something is finished: events, in the interface's words, and who hears of them.
//!
//! An event and its deliveries are kept together with the end of the job they tell of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::delivery::{DELIVERIES, Delivery};
use super::routes::files;
use super::server::State;
use super::wire::Refusal;
use super::world::{self, Callback, Job, Kept, Product, World, WorldError};
use crate::money::Usd;

/// Kinds of records.
pub(super) const EVENTS: &str = "event";
pub(super) const ENDPOINTS: &str = "webhook_endpoint";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Event {
    pub id: String,
    /// `avatar_video.success`.
    pub event_type: String,
    /// The resource it happened to.
    pub entity_id: String,
    pub event_data: Value,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// An address that hears of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub id: String,
    /// http or https.
    pub url: String,
    /// `None`: all of them.
    pub events: Option<Vec<String>>,
    /// `None`: of all resources.
    pub entity_id: Option<String>,
    /// What deliveries are signed with.
    pub secret: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl Endpoint {
    fn wants(&self, event: &Event) -> bool {
        self.events.as_ref().is_none_or(|events| events.contains(&event.event_type))
            && self.entity_id.as_ref().is_none_or(|entity| *entity == event.entity_id)
    }
}

/// Ends a running job: its new state, its charge and what is told of it, together. `false` when it did
/// not run any more.
pub(super) async fn finish(
    state: &State,
    job: &Job,
    outcome: world::State,
    charge: Usd,
    now: i64,
) -> Result<bool, Refusal> {
    let event = of(state, job, &outcome, now);
    let (id, callback) = (job.id.clone(), job.callback.clone());
    let finished = state.world(move |world| {
        let kept = match event {
            Some(event) => told(world, &event, &callback)?,
            None => Vec::new(),
        };
        world.finish_job(&id, &outcome, charge, &kept, now)
    });
    let finished = finished.await?;
    state.events_changed.notify_one();
    state.batches_changed.notify_one();
    Ok(finished)
}

/// The records that tell of an event: itself, and a delivery to each address that wants to hear of it.
pub(super) fn told(world: &World, event: &Event, callback: &Callback) -> Result<Vec<Kept>, WorldError> {
    let body = json!({"event_id": event.id, "event_type": event.event_type, "event_data": event.event_data});
    let body = body.to_string();
    let delivery = |url: &str, secret: Option<&str>| Delivery {
        id: uuid::Uuid::new_v4().simple().to_string(),
        event_id: event.id.clone(),
        url: url.to_owned(),
        secret: secret.map(str::to_owned),
        body: body.clone(),
        attempts: 0,
        due_at: event.created_at,
    };
    let mut deliveries: Vec<Delivery> = callback.url.iter().map(|url| delivery(url, None)).collect();
    let endpoints: Vec<Endpoint> = world.all_kept(ENDPOINTS)?;
    let listening = endpoints.iter().filter(|endpoint| endpoint.wants(event));
    deliveries.extend(listening.map(|endpoint| delivery(&endpoint.url, Some(&endpoint.secret))));
    let mut kept = vec![Kept::new(EVENTS, &event.id, event)?];
    for delivery in deliveries {
        kept.push(Kept::new(DELIVERIES, &delivery.id, &delivery)?);
    }
    Ok(kept)
}

impl Event {
    /// Something that happened now.
    pub fn new(event_type: String, entity_id: &str, event_data: Value, now: i64) -> Self {
        Self {
            id: format!("evt_{}", uuid::Uuid::new_v4().simple()),
            event_type,
            entity_id: entity_id.to_owned(),
            event_data,
            created_at: now,
        }
    }
}

/// What happens when a job ends this way; `None` where nothing is told of it.
fn of(state: &State, job: &Job, outcome: &world::State, now: i64) -> Option<Event> {
    let subject = subject(job)?;
    let told_as = |field: &str| job.order.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut data = Map::new();
    let id_field = match job.product {
        Product::Video | Product::Cinematic | Product::StudioVideo | Product::AgentVideo => "video_id",
        Product::Translation => "video_translate_id",
        Product::Lipsync => "lipsync_id",
        Product::Clipping => "ai_clipping_id",
        Product::Avatar => "avatar_id",
        Product::HyperFrames => "render_id",
        Product::Realtime => "stream_id",
        Product::Speech | Product::AgentQuestion | Product::BackgroundRemoval => return None,
    };
    data.insert(id_field.to_owned(), json!(job.id));
    if job.product == Product::AgentVideo {
        data.insert("session_id".to_owned(), json!(told_as("session_id")));
    }
    data.insert("callback_id".to_owned(), json!(job.callback.id));
    let ending = match outcome {
        world::State::Completed { made, .. } => {
            let address = |name: &Option<String>| name.as_ref().map(|name| state.presign(&files::result(name)));
            if let Some(url) = address(&made.video) {
                data.insert("url".to_owned(), json!(url));
                data.insert("video_url".to_owned(), json!(url));
                data.insert("thumbnail_url".to_owned(), json!(address(&made.thumbnail)));
                data.insert("folder_id".to_owned(), Value::Null);
            }
            "success"
        }
        world::State::Failed { failure, .. } => {
            data.insert("msg".to_owned(), json!(failure.message));
            data.insert("failure_code".to_owned(), json!(failure.code));
            data.insert("failure_message".to_owned(), json!(failure.message));
            "fail"
        }
        world::State::Running | world::State::Cancelled { .. } => return None,
    };
    Some(Event::new(format!("{subject}.{ending}"), &job.id, Value::Object(data), now))
}

/// What an event is about, in the interface's word. Lipsyncs have none of their own and go as translations.
fn subject(job: &Job) -> Option<&'static str> {
    match job.product {
        Product::Video | Product::Cinematic | Product::StudioVideo => Some("avatar_video"),
        Product::Translation | Product::Lipsync => Some("video_translate"),
        Product::Clipping => Some("ai_clipping"),
        Product::AgentVideo => Some("video_agent"),
        Product::HyperFrames => Some("hyperframes_video"),
        Product::Realtime => Some("live_avatar"),
        Product::Avatar => Some(match job.order.get("creation").and_then(Value::as_str) {
            Some("digital_twin") => "instant_avatar",
            Some("photo") => "photo_avatar_train",
            _ => "photo_avatar_generation",
        }),
        Product::Speech | Product::AgentQuestion | Product::BackgroundRemoval => None,
    }
}
