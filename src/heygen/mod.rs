//! The typed client of HeyGen's v3 interface: one file per resource, one send path, one error.
//!
//! Owns every HTTP field name of the interface and the rules for sending a paid request twice.
//! Knows `money`, `account` and `draft`; must not know jobs, the store, the sandbox or the window.
//! Sandbox and live differ in the [`Endpoint`] only.
//!
//! **Invariants**
//! - The credential goes to the endpoint's own host only: no redirect is followed with it, and
//!   presigned addresses are fetched by HTTP clients that never see it.
//! - A paid request is sent once per call, with the caller's bytes and the caller's key. Sending it
//!   again is the caller's decision, on the ground of [`PaidEndpoint::replay_rule`].
//! - No error, log line or `Debug` text holds the credential or the query of an address.

mod account;
mod agents;
mod assets;
mod avatar_creation;
mod avatars;
mod body;
mod client;
mod clipping;
mod endpoint;
mod error;
mod input;
pub mod lipsyncs;
mod own_cast;
mod own_voice;
pub mod hyperframes;
mod page;
mod paid;
mod public;
mod realtime;
mod remote;
mod results;
pub mod retry;
mod send;
mod speech;
mod statuses;
mod transfer;
pub mod translations;
pub mod videos;
mod voices;
mod wire;

pub use agents::agent_body;
pub use assets::{Asset, AssetId, Uploaded};
pub use avatar_creation::LookTraining;
pub use avatars::AvatarGroup;
pub use body::{body, endpoint};
pub use client::{Client, Timeouts};
pub use endpoint::{Credential, Endpoint, LIVE_BASE_URL};
pub use error::{Error, ErrorKind};
pub use own_voice::VoiceState;
pub use paid::{Created, IdempotencyKey, NotAnIdempotencyKey, PaidEndpoint, ReplayRule};
pub use public::PublicFile;
pub use realtime::{Stream, StreamStatus, WordStream};
pub use remote::{FileRole, Remote, RemoteFile, RemoteStatus, Resource, extension_of};
pub use results::ResultBody;
pub use speech::speech_made;
pub use videos::{Video, VideoStatus};
