//! Sockets, the shared state, and the way in: notes every request, strikes with faults, asks for the key.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::{IncomingStream, Listener};
use futures_util::StreamExt as _;
use rust_decimal::Decimal;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use super::clock::Clock;
use super::faults::{Faults, Kind};
use super::once::InProgress;
use super::requests::{Requests, Seen};
use super::signing::Signer;
use super::wire::Refusal;
use super::world::{World, WorldError};
use super::{Options, Running, StartError, StartErrorKind, batches, delivery, routes, studio};
use crate::money::Usd;

/// What every route can reach.
#[derive(Clone, Debug)]
pub(super) struct State {
    world: Arc<Mutex<World>>,
    pub clock: Clock,
    pub speed: Decimal,
    pub faults: Faults,
    pub requests: Arc<Requests>,
    pub in_progress: InProgress,
    pub signer: Signer,
    pub folders: Arc<Folders>,
    pub previews: Arc<routes::files::Previews>,
    /// Told when a job was started.
    pub jobs_changed: Arc<Notify>,
    /// Told when a batch may go on.
    pub batches_changed: Arc<Notify>,
    /// Told when something happened that others may want to hear of.
    pub events_changed: Arc<Notify>,
    pub stopping: watch::Receiver<bool>,
    /// Held while a session is read and changed.
    pub turns: Arc<tokio::sync::Mutex<()>>,
    /// Held while a file is made that is made on demand.
    pub deriving: Arc<tokio::sync::Mutex<()>>,
    /// Told when a realtime session got more text or an end.
    pub sessions_changed: Arc<watch::Sender<u64>>,
    key: Arc<str>,
}

/// Where files lie.
#[derive(Debug)]
pub(super) struct Folders {
    pub assets: PathBuf,
    pub results: PathBuf,
}

impl State {
    /// Works with the world off the async threads.
    pub async fn world<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut World) -> Result<T, WorldError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let world = Arc::clone(&self.world);
        let worked =
            tokio::task::spawn_blocking(move || work(&mut world.lock().unwrap_or_else(PoisonError::into_inner)));
        match worked.await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(error)) => {
                tracing::error!(%error, "the sandbox's world refused");
                Err(Refusal::internal(format!("The sandbox cannot use its world: {error}.")))
            }
            Err(_) => Err(Refusal::internal("The sandbox is stopping.")),
        }
    }

    /// The address of a file that lasts for a while.
    pub fn presign(&self, path: &str) -> String {
        self.signer.address(path, self.clock.now())
    }

    fn accepts(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        text("x-api-key").or(bearer) == Some(&*self.key)
    }
}

pub(super) async fn start(options: Options, clock: Clock) -> Result<Running, StartError> {
    let Options { data, port, key, speed, balance } = options;
    if speed <= Decimal::ZERO {
        return Err(StartError {
            kind: StartErrorKind::Options,
            message: format!("A speed of {speed} is not above 0."),
            hint: "Use 1 for realistic, 10 for ten times faster.",
            source: None,
        });
    }
    let key = key.unwrap_or_else(|| "sandbox".to_owned());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
    let (port, listener) = listener.map_err(|error| StartError {
        kind: StartErrorKind::Port,
        message: format!("The sandbox cannot listen on port {port}."),
        hint: "Another program may use the port: choose another one, or 0 for any.",
        source: Some(Box::new(error)),
    })?;
    let base_url = format!("http://127.0.0.1:{port}");

    let folders = Folders { assets: data.join("assets"), results: data.join("results") };
    let now = clock.now();
    let new_balance = balance.unwrap_or(Usd::from_cents(2_500));
    let shown = data.display().to_string();
    let opened = tokio::task::spawn_blocking(move || -> Result<_, Box<dyn std::error::Error + Send + Sync>> {
        std::fs::create_dir_all(&folders.assets)?;
        std::fs::create_dir_all(&folders.results)?;
        let world = World::open(&data.join("sandbox.sqlite"), new_balance, now)?;
        let secret = world.signing_secret()?;
        Ok((folders, world, secret))
    });
    let (folders, world, secret) =
        opened.await.unwrap_or_else(|error| Err(Box::new(error))).map_err(|source| StartError {
            kind: StartErrorKind::Data,
            message: format!("The sandbox cannot use the folder {shown}."),
            hint: "Check that it may be written to and that the disk is not full.",
            source: Some(source),
        })?;

    let (stop, stopping) = watch::channel(false);
    let state = State {
        world: Arc::new(Mutex::new(world)),
        clock,
        speed,
        faults: Faults::default(),
        requests: Arc::default(),
        in_progress: InProgress::default(),
        signer: Signer::new(base_url.clone(), secret),
        folders: Arc::new(folders),
        previews: Arc::default(),
        jobs_changed: Arc::default(),
        batches_changed: Arc::default(),
        events_changed: Arc::default(),
        stopping,
        turns: Arc::default(),
        deriving: Arc::default(),
        sessions_changed: Arc::new(watch::Sender::new(0)),
        key: key.as_str().into(),
    };
    let service = routes::router(state.clone()).into_make_service_with_connect_info::<Cut>();
    let stopped = stopped(state.stopping.clone());
    let serving = axum::serve(Wires(listener), service).with_graceful_shutdown(stopped);
    let tasks = vec![
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the sandbox stopped listening");
            }
        }),
        tokio::spawn(studio::work(state.clone())),
        tokio::spawn(delivery::work(state.clone())),
        tokio::spawn(batches::work(state.clone())),
    ];
    Ok(Running { base_url, key, faults: state.faults.clone(), state, stop, tasks })
}

/// Returns when the sandbox is told to stop.
pub(super) async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that whoever could say it is gone.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Refuses requests without the key.
pub(super) async fn authenticate(
    axum::extract::State(state): axum::extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    if state.accepts(request.headers()) { next.run(request).await } else { Refusal::unauthorized().into_response() }
}

/// A fault that the route itself has to see to.
#[derive(Clone, Debug)]
pub(super) struct Planned(pub Kind);

/// Notes the request and lets a fault strike it.
pub(super) async fn observe(
    axum::extract::State(state): axum::extract::State<State>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let number = state.requests.note(Seen {
        at: state.clock.now(),
        method: request.method().to_string(),
        path: path.clone(),
        header_names: request.headers().keys().map(ToString::to_string).collect(),
        status: None,
    });
    let ours = path.starts_with("/sandbox/");
    let fault = if ours { None } else { state.faults.strike(request.method().as_str(), &path) };
    let response = match fault {
        None => next.run(request).await,
        Some(Kind::RateLimited { retry_after }) => {
            Refusal::too_many("Too many requests. Try again later.", retry_after).into_response()
        }
        Some(Kind::InsufficientCredit) => {
            Refusal::new(402, "insufficient_credit", "The wallet does not hold enough for this request.")
                .into_response()
        }
        Some(Kind::Unauthorized) => Refusal::unauthorized().into_response(),
        Some(Kind::ServerError { status }) => {
            let code = if status == 503 { "service_unavailable" } else { "internal_error" };
            Refusal::new(status, code, "Something went wrong on our side. Try again later.").into_response()
        }
        Some(Kind::NotJson { status }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, axum::response::Html("<html><body><h1>Bad gateway</h1></body></html>")).into_response()
        }
        Some(Kind::ResetBefore) => cut.reset(),
        Some(Kind::ResetAfter) => {
            next.run(request).await;
            cut.reset()
        }
        Some(Kind::StallBefore) => stall(&state, &cut).await,
        Some(Kind::StallAfter) => {
            next.run(request).await;
            stall(&state, &cut).await
        }
        Some(Kind::CutBody { after }) => cut_short(next.run(request).await, after),
        Some(
            planned @ (Kind::HoldPurchase
            | Kind::ExpiredLink
            | Kind::FailRender { .. }
            | Kind::LookVanished { .. }
            | Kind::UnlistedClips
            | Kind::LiveForm { .. }),
        ) => {
            request.extensions_mut().insert(Planned(planned));
            next.run(request).await
        }
    };
    state.requests.answered(number, response.status().as_u16());
    response
}

async fn stall(state: &State, cut: &Cut) -> Response {
    stopped(state.stopping.clone()).await;
    cut.reset()
}

fn cut_short(response: Response, after: u64) -> Response {
    let (mut parts, body) = response.into_parts();
    // Announced in full, delivered in part.
    let announced = axum::body::HttpBody::size_hint(&body).exact();
    if let Some(length) = announced {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    let left = usize::try_from(after).unwrap_or(usize::MAX);
    let pieces = body.into_data_stream().scan(left, |left, piece| {
        let part = piece.map_err(io::Error::other).map(|piece| {
            let part: Bytes = piece.slice(..piece.len().min(*left));
            *left -= part.len();
            part
        });
        std::future::ready(Some(part).filter(|part| !part.as_ref().is_ok_and(Bytes::is_empty)))
    });
    let pieces = pieces.chain(futures_util::stream::once(async {
        // A pause, in which what was delivered so far leaves.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    }));
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// Cuts the connection a request came on.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// From here on nothing more is written; the answer that is returned never leaves.
    fn reset(&self) -> Response {
        self.0.store(true, Ordering::Release);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Accepts connections that can be cut.
#[derive(Debug)]
struct Wires(TcpListener);

impl Listener for Wires {
    type Io = Wire;
    type Addr = Cut;

    async fn accept(&mut self) -> (Wire, Cut) {
        let (stream, _) = Listener::accept(&mut self.0).await;
        // Small answers leave at once; where that cannot be set they leave a little later.
        let _ = stream.set_nodelay(true);
        let cut = Cut::default();
        (Wire { stream, cut: cut.clone() }, cut)
    }

    fn local_addr(&self) -> io::Result<Cut> {
        Ok(Cut::default())
    }
}

/// A connection that can be cut: with a reset, not with an orderly end.
#[derive(Debug)]
struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if !self.cut.0.load(Ordering::Acquire) {
            return Ok(());
        }
        self.stream.set_zero_linger()?;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
