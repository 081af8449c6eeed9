//! How fast a large file goes up through the client, beside `curl -T` to the same server, and what memory it takes.
//! `cargo bench --bench upload`. Prints; judges nothing. The server is a process of its own on loopback, so that its
//! memory is not counted.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::http::Request;
use axum::routing::{post, put};
use futures_util::StreamExt;
use reelmeter::heygen::{Client, Credential, Endpoint};
use reelmeter::media::content::content_hash;

const MEGABYTES: u32 = 150;
/// Uploads of each kind, in turn; the first of each fills the caches and is thrown away.
const ROUNDS: usize = 7;
/// The argument that makes this program the server.
const SERVE: &str = "serve-uploads";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if std::env::args().any(|argument| argument == SERVE) {
        return runtime.block_on(serve());
    }
    let folder = std::env::temp_dir().join(format!("reelmeter-upload-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = runtime.block_on(measure(&folder.join("film.mp4")));
    std::fs::remove_dir_all(&folder)?;
    measured
}

/// Takes uploads and forgets them. Says its address in its first line.
async fn serve() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    println!("{base}");
    std::io::stdout().flush()?;
    let begun = serde_json::json!({"data": {
        "asset_id": "a1", "upload_url": format!("{base}/store"), "upload_headers": {}, "max_bytes": 200_000_000,
    }});
    let done = serde_json::json!({"data": {"asset_id": "a1"}});
    let store = |request: Request<Body>| async {
        let mut pieces = request.into_body().into_data_stream();
        while let Some(Ok(piece)) = pieces.next().await {
            drop(piece);
        }
    };
    let app = axum::Router::new()
        .route("/v3/assets/direct-uploads", post(|| async { Json(begun) }))
        .route("/v3/assets/a1/complete", post(|| async { Json(done) }))
        .route("/store", put(store));
    Ok(axum::serve(listener, app).await?)
}

async fn measure(file: &Path) -> Result<()> {
    let bytes = write_file(file)?;
    let mut server = Command::new(std::env::current_exe()?).arg(SERVE).stdout(Stdio::piped()).spawn()?;
    let measured = compare(file, bytes, &mut server).await;
    server.kill()?;
    server.wait()?;
    measured
}

async fn compare(file: &Path, bytes: u64, server: &mut Child) -> Result<()> {
    let mut base = String::new();
    BufReader::new(server.stdout.take().ok_or("the server says nothing")?).read_line(&mut base)?;
    let base = base.trim();
    let credential = Credential::ApiKey("key-for-tests".to_owned().into());
    let client = Client::new(Endpoint { base_url: base.parse()?, credential })?;

    let begun = Instant::now();
    let hash = content_hash(file, |_done, _total| {}).await?.hex();
    let hashing = begun.elapsed();

    let (mut ours, mut curls) = (Vec::new(), Vec::new());
    let before = resident("VmRSS")?;
    // From here on the peak is counted anew.
    std::fs::write("/proc/self/clear_refs", "5")?;
    for _round in 0..ROUNDS {
        let begun = Instant::now();
        client.upload_with_checksum(file, "film.mp4", "video/mp4", Some(&hash), &|_done, _total| {}).await?;
        ours.push(begun.elapsed());
        curls.push(curl(file, base)?);
    }
    let peak = resident("VmHWM")?.saturating_sub(before);
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    let (ours, curls) = (rate(median(&ours)), rate(median(&curls)));
    println!(
        "{MEGABYTES} MB: {ours:.0} MB/s, curl {curls:.0} MB/s ({:.2} of it); {:.1} MB more memory; \
         checksum {:.0} MB/s",
        ours / curls,
        peak as f64 / 1024.0,
        rate(hashing)
    );
    Ok(())
}

/// Bytes that no file store could squeeze.
fn write_file(path: &Path) -> Result<u64> {
    let mut file = std::fs::File::create(path)?;
    let mut dice = fastrand::Rng::with_seed(1);
    let mut megabyte = vec![0; 1_000_000];
    for _megabyte in 0..MEGABYTES {
        dice.fill(&mut megabyte);
        file.write_all(&megabyte)?;
    }
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// The time curl says it took, without the start of its process.
fn curl(file: &Path, base: &str) -> Result<Duration> {
    let output = Command::new("curl")
        .args(["--silent", "--fail", "--output", "/dev/null", "--write-out", "%{time_total}", "--upload-file"])
        .arg(file)
        .arg(format!("{base}/store"))
        .output()?;
    Ok(Duration::from_secs_f64(String::from_utf8(output.stdout)?.trim().parse()?))
}

/// The middle one of all but the first.
fn median(times: &[Duration]) -> Duration {
    let mut times = times.get(1..).unwrap_or_default().to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A figure of this process in kilobytes.
fn resident(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).ok_or("no such figure")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
