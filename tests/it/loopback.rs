//! A server of a few lines on loopback: it answers as a test tells it and remembers what it saw.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use reelmeter::heygen::{Client, Credential, Endpoint, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The key every test uses; it must turn up nowhere it does not belong.
pub const KEY: &str = "key-of-the-loopback-tests";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// A query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_pairs().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn query_pairs(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }
}

/// A server and what it saw, oldest first.
#[derive(Clone)]
pub struct Loopback {
    pub base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Loopback {
    /// Answers every request with what `answer` makes of it.
    pub async fn start(answer: impl Fn(&Seen) -> Response<Body> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (memory, answer) = (Arc::clone(&seen), Arc::new(answer));
        let app = axum::Router::new().fallback(move |request: Request<Body>| {
            let (memory, answer) = (Arc::clone(&memory), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let seen = Seen {
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers,
                    body: to_bytes(body, usize::MAX).await.unwrap_or_default(),
                };
                memory.lock().unwrap().push(seen.clone());
                answer(&seen)
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        client(&self.base)
    }
}

/// A client with a key, for a server on loopback.
pub fn client(base: &str) -> Client {
    client_with(base, Credential::ApiKey(KEY.into()))
}

pub fn client_with(base: &str, credential: Credential) -> Client {
    let base_url = Endpoint::parse_base_url(base).unwrap();
    let settle = std::time::Duration::from_millis(1);
    Client::with_timeouts(Endpoint { base_url, credential }, Timeouts { settle, ..Timeouts::default() }).unwrap()
}

/// An answer with a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// A 200 with JSON.
pub fn json(body: &str) -> Response<Body> {
    answer(200, &[("content-type", "application/json")], body.to_owned())
}

/// A server that reads one request, says exactly these bytes and hangs up.
pub async fn says_and_hangs_up(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 16 * 1024];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
    });
    base
}

/// A way to a server on loopback that can be cut: what is under way breaks, and what comes finds nobody.
#[derive(Clone)]
pub struct Cable {
    pub base: String,
    is_cut: watch::Sender<bool>,
}

impl Cable {
    /// A way to the server at `base`.
    pub async fn to(base: &str) -> Self {
        let there = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let is_cut = watch::Sender::new(false);
        let cuts = is_cut.subscribe();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut cut, there) = (cuts.clone(), there.clone());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(there).await else { return };
                    tokio::select! {
                        // First: not a byte gets through once it is cut.
                        biased;
                        _ = cut.wait_for(|is_cut| *is_cut) => {}
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    }
                });
            }
        });
        Self { base, is_cut }
    }

    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    pub fn join(&self) {
        self.is_cut.send_replace(false);
    }
}
