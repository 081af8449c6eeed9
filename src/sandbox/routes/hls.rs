//! The films of realtime sessions as HLS: their lists and their segments, in whichever form is asked of the sandbox.
//!
//! No key is asked for: the addresses are signed.

use std::path::PathBuf;

use axum::Router;
use axum::extract::{Extension, Path, RawQuery, State as Shared};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::realtime::{Session, find, published};
use crate::sandbox::faults::{Kind as Fault, LiveForm};
use crate::sandbox::footage::{LiveOrder, SEGMENT, Scene, Tracks, Wrap, live_segment};
use crate::sandbox::server::{Planned, State};
use crate::sandbox::wire::{Query, Refusal};
use crate::sandbox::world::{self, Job};

/// Segments that a sliding list names.
const WINDOW: u64 = 4;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/hls/{stream_id}/{name}", get(file))
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    /// Variants.
    Master,
    /// Segments of this kind.
    List(Form),
    Header(Tracks),
    Segment(u32, Wrap),
}

/// How the segments of a list are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Transport,
    Fragments(Tracks),
}

impl File {
    fn of(name: &str, form: Option<LiveForm>) -> Option<Self> {
        let number = |number: &str| number.parse::<u32>().ok();
        let found = match (name.split_once('.')?, form) {
            (("index", "m3u8"), Some(LiveForm::OwnSound)) => Self::Master,
            (("index", "m3u8"), Some(LiveForm::Fragments)) => Self::List(Form::Fragments(Tracks::Both)),
            (("index", "m3u8"), _) => Self::List(Form::Transport),
            (("pictures", "m3u8"), _) => Self::List(Form::Fragments(Tracks::Pictures)),
            (("sound", "m3u8"), _) => Self::List(Form::Fragments(Tracks::Sound)),
            (("both", "mp4"), _) => Self::Header(Tracks::Both),
            (("pictures", "mp4"), _) => Self::Header(Tracks::Pictures),
            (("sound", "mp4"), _) => Self::Header(Tracks::Sound),
            ((place, "ts"), _) => Self::Segment(number(place)?, Wrap::Transport),
            ((place, "both.m4s"), _) => Self::Segment(number(place)?, Wrap::Fragment(Tracks::Both)),
            ((place, "pictures.m4s"), _) => Self::Segment(number(place)?, Wrap::Fragment(Tracks::Pictures)),
            ((place, "sound.m4s"), _) => Self::Segment(number(place)?, Wrap::Fragment(Tracks::Sound)),
            _ => return None,
        };
        Some(found)
    }
}

impl Form {
    /// The name of its header, and what its segments' names end in.
    fn names(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::Transport => (None, "ts"),
            Self::Fragments(Tracks::Both) => (Some("both.mp4"), "both.m4s"),
            Self::Fragments(Tracks::Pictures) => (Some("pictures.mp4"), "pictures.m4s"),
            Self::Fragments(Tracks::Sound) => (Some("sound.mp4"), "sound.m4s"),
        }
    }
}

async fn file(
    Shared(state): Shared<State>,
    planned: Option<Extension<Planned>>,
    uri: Uri,
    Path((id, name)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    let mut query = Query::read(raw.as_deref());
    let (expires, signature) = (query.text("expires"), query.text("signature"));
    let admitted = state.signer.admits(uri.path(), expires.as_deref(), signature.as_deref(), state.clock.now());
    if !admitted || matches!(planned, Some(Extension(Planned(Fault::ExpiredLink)))) {
        return (StatusCode::FORBIDDEN, "This address has expired or its signature is wrong.").into_response();
    }
    let nothing = || (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    let Ok((job, session)) = find(&state, &id).await else { return nothing() };
    let out = published(&job, &session, state.clock.now());
    let list = |text: String| {
        let types = [(header::CONTENT_TYPE, "application/vnd.apple.mpegurl"), (header::CACHE_CONTROL, "no-cache")];
        (types, text).into_response()
    };
    let (number, wrap) = match File::of(&name, state.faults.live_form()) {
        None => return nothing(),
        Some(File::Master) => return list(master(&state, &job)),
        Some(File::List(form)) => return list(playlist(&state, &job, &session, out, form)),
        Some(File::Header(tracks)) => (0, Wrap::Header(tracks)),
        Some(File::Segment(number, wrap)) => (number, wrap),
    };
    if u64::from(number) * SEGMENT >= out {
        return nothing();
    }
    let content = if wrap == Wrap::Transport { "video/mp2t" } else { "video/mp4" };
    match segment(&state, &id, &session, &name, number, wrap).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, content)], bytes).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Sound of its own, and two variants: the richer of those that fit is nowhere.
fn master(state: &State, job: &Job) -> String {
    let sound = state.presign(&format!("/hls/{}/sound.m3u8", job.id));
    let pictures = state.presign(&format!("/hls/{}/pictures.m3u8", job.id));
    format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Voice\",DEFAULT=YES,AUTOSELECT=YES,URI=\"{sound}\"\n\
         #EXT-X-STREAM-INF:BANDWIDTH=4000000,RESOLUTION=1280x720,CODECS=\"avc1.42c01f,mp4a.40.2\",AUDIO=\"sound\"\n\
         nowhere.m3u8\n\
         #EXT-X-STREAM-INF:BANDWIDTH=1500000,RESOLUTION=1280x720,CODECS=\"avc1.42c01f,mp4a.40.2\",AUDIO=\"sound\"\n\
         {pictures}\n"
    )
}

fn playlist(state: &State, job: &Job, session: &Session, out: u64, form: Form) -> String {
    let wanted = state.faults.live_form();
    let count = out.div_ceil(SEGMENT);
    let (first, kind) = match wanted {
        Some(LiveForm::Sliding) => (count.saturating_sub(WINDOW), ""),
        _ => (0, "#EXT-X-PLAYLIST-TYPE:EVENT\n"),
    };
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:{first}\n{kind}\
         #EXT-X-INDEPENDENT-SEGMENTS\n",
        SEGMENT / 1_000
    );
    let (header, ending) = form.names();
    if wanted == Some(LiveForm::Encrypted) {
        text.push_str("#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n");
    }
    if let Some(header) = header {
        let address = state.presign(&format!("/hls/{}/{header}", job.id));
        text.push_str(&format!("#EXT-X-MAP:URI=\"{address}\"\n"));
    }
    for number in first..count {
        let length = (out - number * SEGMENT).min(SEGMENT);
        let address = state.presign(&format!("/hls/{}/{number}.{ending}", job.id));
        text.push_str(&format!("#EXTINF:{}.{:03},\n{address}\n", length / 1_000, length % 1_000));
    }
    if job.state != world::State::Running || (out == session.film() && (session.is_final || !session.is_stream)) {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    text
}

/// Made at the first request, then kept: a segment never changes.
async fn segment(
    state: &State,
    id: &str,
    session: &Session,
    name: &str,
    number: u32,
    wrap: Wrap,
) -> Result<Vec<u8>, Refusal> {
    let path = state.folders.results.join(format!("live-{id}-{name}"));
    if let Ok(bytes) = tokio::fs::read(&path).await {
        return Ok(bytes);
    }
    let results = state.folders.results.clone();
    let scene = match &session.picture {
        Some(name) => Scene::Picture(results.join(name)),
        None => Scene::Person(session.look_seed),
    };
    let voices: Vec<(u64, PathBuf)> =
        session.utterances.iter().map(|one| (one.start, results.join(&one.file))).collect();
    let left = session.film().saturating_sub(u64::from(number) * SEGMENT);
    let title = session.look_name.clone();
    let order = LiveOrder { title, scene, voices, number, milliseconds: left.min(SEGMENT), wrap };
    let bytes = match tokio::task::spawn_blocking(move || live_segment(&order)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(Refusal::internal(format!("The segment could not be made: {error}."))),
        Err(_) => return Err(Refusal::internal("The segment could not be made.")),
    };
    super::assets::write(&path, &bytes).await?;
    Ok(bytes)
}
