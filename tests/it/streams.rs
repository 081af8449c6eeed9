//! Live films in every form HLS allows, followed over a real socket: what plays is shown to its end, what is missing is
//! passed over, and what cannot be played is said in words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use reelmeter::app::stream::{Source, follow};
use reelmeter::heygen::{IdempotencyKey, PaidEndpoint};
use reelmeter::media::live::{LivePlayer, Part, Standing, Track};
use reelmeter::media::units::{Kind, Unreadable, units};
use reelmeter::media::volume::Volume;
use reelmeter::sandbox::footage::{LiveOrder, Scene, Tracks, Wrap, live_segment};
use reelmeter::sandbox::{LiveForm, Rule};
use tokio::sync::Notify;

use crate::rig::{PATIENCE, Rig, client};

/// Pictures of one segment of two seconds.
const PICTURES: u64 = 50;

/// A segment of a person who listens.
fn made(number: u32, wrap: Wrap) -> Vec<u8> {
    let order = LiveOrder {
        title: "Live".to_owned(),
        scene: Scene::Person(7),
        voices: Vec::new(),
        number,
        milliseconds: 2_000,
        wrap,
    };
    live_segment(&order).unwrap()
}

/// What a server has: names and what is there.
type Files = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// Serves files, parts of them where asked for, and 404 for the rest; every address carries a query that is needed.
async fn serve(files: Vec<(&str, Vec<u8>)>) -> (String, Files) {
    let files: Files = Arc::new(Mutex::new(files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/film/{name}", get(file)).with_state(Arc::clone(&files));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("{base}/film/index.m3u8?sig=1"), files)
}

async fn file(
    State(files): State<Files>,
    Path(name): Path<String>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    if uri.query() != Some("sig=1") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(bytes) = files.lock().unwrap().get(&name).cloned() else { return StatusCode::NOT_FOUND.into_response() };
    let Some(range) = headers.get(header::RANGE) else { return bytes.into_response() };
    let (first, last) = range.to_str().unwrap().strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    let told = format!("bytes {first}-{last}/{}", bytes.len());
    (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, told)], bytes[first..=last].to_vec()).into_response()
}

/// A list of these lines, of segments of two seconds.
fn list(target: u32, lines: &[&str]) -> Vec<u8> {
    let mut text = format!("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n");
    for line in lines {
        if !line.starts_with('#') {
            text.push_str("#EXTINF:2.0,\n");
        }
        text.push_str(line);
        text.push('\n');
    }
    text.into_bytes()
}

/// What became of a film that was followed to its end, and what was told meanwhile.
struct Seen {
    standing: Standing,
    told: Vec<Option<String>>,
    size: Option<(u32, u32)>,
}

async fn seen(client: &reelmeter::heygen::Client, source: &Source) -> Seen {
    let shown = Arc::new(Notify::new());
    let wake = Arc::clone(&shown);
    let player = LivePlayer::start(Volume::default(), move || wake.notify_one()).unwrap();
    let told = Mutex::new(Vec::new());
    let mut size = None;
    let film = async {
        follow(client, source, &player, |words| told.lock().unwrap().push(words)).await;
        // What was refused is left to whoever shows it.
        player.finish();
    };
    let watch = async {
        while !player.standing().is_over {
            shown.notified().await;
            size = player.take_picture().map(|picture| (picture.width, picture.height)).or(size);
        }
    };
    tokio::time::timeout(PATIENCE * 2, async { tokio::join!(film, watch) }).await.unwrap();
    Seen { standing: player.standing(), told: told.into_inner().unwrap(), size }
}

#[track_caller]
fn check_seen(name: &str, seen: &Seen, segments: u64) {
    let standing = seen.standing;
    assert_eq!((standing.shown + standing.dropped, standing.damaged), (segments * PICTURES, 0), "{name}: {standing:?}");
    assert_eq!(seen.size, Some((1_280, 720)), "{name}");
    assert_eq!(seen.told, [], "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_plays_from_beginning_to_end() {
    let (both, pictures, sound) = (Tracks::Both, Tracks::Pictures, Tracks::Sound);
    let head = made(0, Wrap::Header(both));
    let (first, second) = (made(0, Wrap::Fragment(both)), made(1, Wrap::Fragment(both)));
    let transport = [made(0, Wrap::Transport), made(1, Wrap::Transport)];
    let [ts_0, ts_1] = transport.clone();
    let plain = serve(vec![
        ("index.m3u8", list(1, &["0.ts?sig=1", "/film/1.ts?sig=1", "#EXT-X-ENDLIST"])),
        ("0.ts", ts_0.clone()),
        ("1.ts", ts_1.clone()),
    ]);
    let fragments = serve(vec![
        ("index.m3u8", list(1, &["#EXT-X-MAP:URI=\"i.mp4?sig=1\"", "0.m4s?sig=1", "1.m4s?sig=1", "#EXT-X-ENDLIST"])),
        ("i.mp4", head.clone()),
        ("0.m4s", first.clone()),
        ("1.m4s", second.clone()),
    ]);
    let map = format!("#EXT-X-MAP:URI=\"all.mp4?sig=1\",BYTERANGE=\"{}@0\"", head.len());
    let range = format!("#EXT-X-BYTERANGE:{}@{}", first.len(), head.len());
    let follows = format!("#EXT-X-BYTERANGE:{}", second.len());
    let ranges = serve(vec![
        ("index.m3u8", list(1, &[&map, &range, "all.mp4?sig=1", &follows, "all.mp4?sig=1", "#EXT-X-ENDLIST"])),
        ("all.mp4", [head, first, second].concat()),
    ]);
    let audio = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"s\",NAME=\"v\",DEFAULT=YES,URI=\"sound.m3u8?sig=1\"";
    let missing = "#EXT-X-STREAM-INF:BANDWIDTH=9,RESOLUTION=1280x720,AUDIO=\"s\"\nnowhere.m3u8?sig=1";
    let present = "#EXT-X-STREAM-INF:BANDWIDTH=5,RESOLUTION=1280x720,AUDIO=\"s\"\nv.m3u8?sig=1";
    let apart = serve(vec![
        ("index.m3u8", format!("#EXTM3U\n{audio}\n{missing}\n{present}\n").into_bytes()),
        ("v.m3u8", list(1, &["#EXT-X-MAP:URI=\"v.mp4?sig=1\"", "v0.m4s?sig=1", "v1.m4s?sig=1", "#EXT-X-ENDLIST"])),
        ("sound.m3u8", list(1, &["#EXT-X-MAP:URI=\"s.mp4?sig=1\"", "s0.m4s?sig=1", "s1.m4s?sig=1", "#EXT-X-ENDLIST"])),
        ("v.mp4", made(0, Wrap::Header(pictures))),
        ("s.mp4", made(0, Wrap::Header(sound))),
        ("v0.m4s", made(0, Wrap::Fragment(pictures))),
        ("v1.m4s", made(1, Wrap::Fragment(pictures))),
        ("s0.m4s", made(0, Wrap::Fragment(sound))),
        ("s1.m4s", made(1, Wrap::Fragment(sound))),
    ]);
    // The times begin anew in the middle.
    let lines = ["1.ts?sig=1", "#EXT-X-DISCONTINUITY", "0.ts?sig=1", "#EXT-X-ENDLIST"];
    let chapters = serve(vec![("index.m3u8", list(1, &lines)), ("0.ts", ts_0), ("1.ts", ts_1)]);

    let films = tokio::join!(plain, fragments, ranges, apart, chapters);
    let client = client("http://127.0.0.1:9", "unused");
    let sources = [films.0, films.1, films.2, films.3, films.4].map(|(address, _)| Source::Address(address));
    let [a, b, c, d, e] = &sources;
    let all = tokio::join!(seen(&client, a), seen(&client, b), seen(&client, c), seen(&client, d), seen(&client, e));
    check_seen("transport stream", &all.0, 2);
    check_seen("fragments", &all.1, 2);
    check_seen("parts of one file", &all.2, 2);
    check_seen("sound of its own", &all.3, 2);
    check_seen("chapters", &all.4, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_passed_over_and_what_cannot_be_played_is_said() {
    let transport = made(0, Wrap::Transport);
    let lines = ["0.ts?sig=1", "gone.ts?sig=1", "#EXT-X-ENDLIST"];
    let gone = serve(vec![("index.m3u8", list(1, &lines)), ("0.ts", transport.clone())]);
    let broken = serve(vec![
        ("index.m3u8", list(1, &["a.ts?sig=1", "b.ts?sig=1", "#EXT-X-ENDLIST"])),
        ("a.ts", b"<html>".to_vec()),
        ("b.ts", transport[188..].iter().map(|byte| byte ^ 0x55).collect()),
    ]);
    let key = "#EXT-X-KEY:METHOD=AES-128,URI=\"key\"";
    let encrypted = serve(vec![("index.m3u8", list(1, &[key, "0.ts?sig=1"])), ("0.ts", transport.clone())]);
    let page = serve(vec![("index.m3u8", b"<html>no film</html>".to_vec())]);
    let still = serve(vec![("index.m3u8", list(1, &["0.ts?sig=1"])), ("0.ts", transport)]);
    let nowhere = serve(Vec::new());
    let films = tokio::join!(gone, broken, encrypted, page, still, nowhere);
    let client = client("http://127.0.0.1:9", "unused");
    let at = |(address, _): &(String, Files)| Source::Address(address.clone());
    let sources = [at(&films.0), at(&films.1), at(&films.2), at(&films.3), at(&films.4), at(&films.5)];
    let [gone, broken, encrypted, page, still, nowhere] = &sources;
    let all = tokio::join!(
        seen(&client, gone),
        seen(&client, broken),
        seen(&client, encrypted),
        seen(&client, page),
        seen(&client, still),
        seen(&client, nowhere)
    );
    check_seen("one is missing", &all.0, 1);
    let broken = all.1.standing;
    assert_eq!((broken.shown, broken.damaged, broken.unreadable), (0, 2, Some(Unreadable::NoFilm)));
    let words = |seen: &Seen| seen.told.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let said = "The stream cannot be played here: it is encrypted. Open it in your own player.";
    assert_eq!(words(&all.2), said);
    assert!(words(&all.3).contains("leads to something else"), "{}", words(&all.3));
    assert!(words(&all.4).contains("The stream stands still."), "{}", words(&all.4));
    assert_eq!(all.4.standing.shown + all.4.standing.dropped, PICTURES, "what came was shown");
    assert!(words(&all.5).contains("cannot be reached at the moment"), "{}", words(&all.5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_whose_sound_comes_by_itself_plays_to_its_end() {
    let rig = Rig::start().await;
    let form = reelmeter::sandbox::Kind::LiveForm { form: LiveForm::OwnSound };
    rig.sandbox.faults.push(Rule::always("GET", "", form));
    let look = rig.client.looks().await.unwrap().into_iter().find(|look| look.default_voice_id.is_some()).unwrap();
    let voice = look.default_voice_id;
    let body = serde_json::json!({"type": "tts", "avatar_id": look.id, "voice_id": voice, "text": "Good morning."});
    let (endpoint, key) = (PaidEndpoint::AvatarRealtime, IdempotencyKey::generate());
    let made = rig.client.send_paid(endpoint, body.to_string().into(), &key).await.unwrap();
    let source = Source::Session(made.remote_id);
    let seen = seen(&rig.client, &source).await;
    assert!(seen.standing.shown > 0 && seen.standing.damaged == 0, "{:?}", seen.standing);
    assert_eq!((seen.size, seen.told), (Some((1_280, 720)), Vec::new()));
}

#[test]
fn a_player_that_has_enough_says_so() {
    let player = LivePlayer::start(Volume::default(), || {}).unwrap();
    let segment = Part::from(made(0, Wrap::Transport));
    let taken = (0..50).filter(|_| player.push(Track::Film, segment.clone()).is_ok()).count();
    assert!(taken < 10, "{taken} segments were taken at once");
}

#[test]
fn damage_anywhere_in_a_fragment_is_survived() {
    let (header, segment) = (made(0, Wrap::Header(Tracks::Both)), made(0, Wrap::Fragment(Tracks::Both)));
    let found = units(Some(&header), &segment).unwrap();
    let count = |kind: Kind| found.iter().filter(|unit| unit.kind == kind).count();
    assert_eq!(count(Kind::Picture), 50);
    assert!((42..=44).contains(&count(Kind::Sound)), "{}", count(Kind::Sound));
    assert!(found.is_sorted_by_key(|unit| unit.due));
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..2_000 {
        let (mut header, mut segment) = (header.clone(), segment.clone());
        // Where the boxes are, rather than in the pictures.
        let boxes = segment.len().min(3_000);
        for _ in 0..random.usize(1..8) {
            let at = random.usize(..header.len());
            header[at] = if round % 2 == 0 { random.u8(..) } else { header[at] };
            segment[random.usize(..boxes)] = random.u8(..);
        }
        segment.truncate(random.usize(..=segment.len()));
        let bytes: usize = units(Some(&header), &segment).unwrap_or_default().iter().map(|unit| unit.bytes.len()).sum();
        assert!(bytes <= segment.len() * 2 + header.len(), "more came out than is allowed");
    }
}
