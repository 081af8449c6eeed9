//! A sandbox over a real socket on a clock that stands still, and what a client says to it. Every answer is held against
//! the published interface.

use std::time::Duration;

use reelmeter::media::probe::probe;
use reelmeter::money::Usd;
use reelmeter::sandbox::{Clock, ManualClock, Options, Running, start_at};
use reqwest::{Client, Method, StatusCode};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::contract::check_response;

pub const TWIN: &str = "look_daria_blazer";

/// A day in November 2026.
const START: i64 = 1_795_000_000_000;

/// A sandbox on a clock that stands still.
pub struct House {
    folder: TempDir,
    pub clock: ManualClock,
    pub running: Running,
    pub client: Client,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<String>,
}

impl Answer {
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str, param: Option<&str>) {
        let error = &self.body["error"];
        assert_eq!(
            (self.status, error["code"].as_str(), error["param"].as_str()),
            (status, Some(code), param),
            "{error}"
        );
    }

    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!((200..300).contains(&self.status), "{}", self.body);
        &self.body["data"]
    }

    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        self.data()[field].as_str().unwrap_or_else(|| panic!("no {field} in {}", self.body)).to_owned()
    }
}

impl House {
    pub async fn new() -> Self {
        Self::with_balance(Usd::from_cents(2_500)).await
    }

    /// With $100.00.
    pub async fn rich() -> Self {
        Self::with_balance(Usd::from_cents(10_000)).await
    }

    pub async fn with_balance(balance: Usd) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(START);
        let running = Self::run(&folder, &clock, Some(balance)).await;
        let redirect = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(redirect).timeout(Duration::from_secs(60)).build().unwrap();
        Self { folder, clock, running, client }
    }

    async fn run(folder: &TempDir, clock: &ManualClock, balance: Option<Usd>) -> Running {
        let options = Options { balance, ..Options::new(folder.path()) };
        start_at(options, Clock::Manual(clock.clone())).await.unwrap()
    }

    pub async fn restarted(self) -> Self {
        let Self { folder, clock, running, client } = self;
        running.shutdown().await;
        let running = Self::run(&folder, &clock, None).await;
        Self { folder, clock, running, client }
    }

    /// Where the sandbox keeps its files.
    pub fn path(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.base_url)).header("x-api-key", &self.running.key)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await.unwrap();
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let retry_after = header("retry-after");
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        // The sandbox's own controls are in nobody's contract; how they refuse is.
        if !path.starts_with("/sandbox/") || status >= 400 {
            check_response(method.as_str(), &path, status, &body);
        }
        Answer { status, body, retry_after }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn create(&self, body: &Value, key: &str) -> Answer {
        self.send(self.request(Method::POST, "/v3/videos").header("idempotency-key", key).json(body)).await
    }

    /// Moves the clock until the video is final; bounded by the answers, not by time.
    pub async fn finished(&self, id: &str) -> Value {
        self.clock.advance(Duration::from_secs(120));
        for _ in 0..20_000 {
            let video = self.get(&format!("/v3/videos/{id}")).await.data().clone();
            if matches!(video["status"].as_str(), Some("completed" | "failed")) {
                return video;
            }
            tokio::task::yield_now().await;
        }
        panic!("the video was never finished");
    }

    pub async fn balance(&self) -> Usd {
        Usd::parse(&self.get("/v3/users/me").await.data()["wallet"]["remaining_balance"].to_string()).unwrap()
    }

    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        self.send(self.request(Method::POST, "/v3/assets").multipart(form)).await
    }

    pub async fn asset(&self, name: &str, bytes: Vec<u8>) -> String {
        self.upload(name, bytes).await.data()["asset_id"].as_str().unwrap().to_owned()
    }

    /// A project of a render, in the two steps that zips take.
    pub async fn project(&self, bytes: Vec<u8>) -> String {
        let announced = json!({"filename": "p.zip", "content_type": "application/zip", "size_bytes": bytes.len()});
        let begun = self.post("/v3/assets/direct-uploads", &announced).await;
        let begun = begun.data();
        let mut put = self.client.put(begun["upload_url"].as_str().unwrap()).body(bytes);
        for (name, value) in begun["upload_headers"].as_object().unwrap() {
            put = put.header(name, value.as_str().unwrap());
        }
        assert_eq!(put.send().await.unwrap().status(), 200);
        self.clock.advance(Duration::from_secs(1));
        let complete = format!("/v3/assets/{}/complete", begun["asset_id"].as_str().unwrap());
        self.post(&complete, &json!({})).await.data()["asset_id"].as_str().unwrap().to_owned()
    }

    pub async fn ledger(&self) -> Value {
        self.get("/sandbox/ledger").await.data().clone()
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// Asks until the status is one of these; bounded by the answers, not by time.
    pub async fn until(&self, path: &str, wanted: &[&str]) -> Value {
        for _ in 0..40_000 {
            let shown = self.get(path).await.data().clone();
            if shown["status"].as_str().is_some_and(|status| wanted.contains(&status)) {
                return shown;
            }
            tokio::task::yield_now().await;
        }
        panic!("{path} never came to {wanted:?}: {}", self.get(path).await.body);
    }

    pub fn wait(&self, milliseconds: u64) {
        self.clock.advance(Duration::from_millis(milliseconds));
    }

    /// The bytes behind a presigned address; no key is sent.
    pub async fn fetch(&self, address: &Value) -> Vec<u8> {
        let response = self.client.get(address.as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.bytes().await.unwrap().to_vec()
    }

    /// Shape and length of a film behind a presigned address.
    pub async fn film(&self, address: &Value) -> ((u32, u32), Decimal) {
        let path = self.folder.path().join("fetched.bin");
        std::fs::write(&path, self.fetch(address).await).unwrap();
        let found = probe(&path).unwrap();
        assert!(found.has_video && found.has_audio);
        (found.dimensions.unwrap(), found.seconds.unwrap())
    }
}

pub fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

pub fn asset(id: &str) -> Value {
    json!({"type": "asset_id", "asset_id": id})
}

pub fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

/// PCM silence: 16 bits, one channel, 16 kHz.
pub fn wav(milliseconds: u32) -> Vec<u8> {
    let data = milliseconds * 32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data");
    bytes.extend(data.to_le_bytes());
    bytes.resize(44 + usize::try_from(data).unwrap(), 0);
    bytes
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    painted(width, height, [0, 0, 0])
}

/// One colour.
pub fn painted(width: u32, height: u32, color: [u8; 3]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(color));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
