//! The client against servers on loopback: what leaves, what is understood, what is never shown.

use std::error::Error as _;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use bytes::Bytes;
use reelmeter::account::Billing;
use reelmeter::heygen::{
    Client, Credential, Endpoint, Error, ErrorKind, IdempotencyKey, PaidEndpoint, Timeouts, VideoStatus,
};
use sha2::{Digest, Sha256};

use crate::loopback::{KEY, Loopback, Seen, answer, client, client_with, json, says_and_hangs_up};

const CREATED: &str = r#"{"data":{"video_id":"v1","status":"waiting"}}"#;

async fn pay(client: &Client) -> Result<reelmeter::heygen::Created, Error> {
    client
        .send_paid(
            PaidEndpoint::Videos,
            Bytes::from_static(b"{\"type\": \"avatar\"}"),
            &IdempotencyKey::new("k-1").unwrap(),
        )
        .await
}

/// Everything a person or a log could be shown of an error.
fn everything(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {:?}", error.hint);
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    shown
}

#[tokio::test]
async fn a_paid_request_carries_exactly_the_bytes_the_key_and_the_credential() {
    let server = Loopback::start(|_| json(CREATED)).await;
    let created = pay(&server.client()).await.unwrap();
    assert_eq!(
        (created.remote_id.as_str(), created.status.as_deref(), created.raw.as_str()),
        ("v1", Some("waiting"), CREATED)
    );
    let [seen] = server.seen().try_into().unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str(), &seen.body[..]),
        ("POST", "/v3/videos", &b"{\"type\": \"avatar\"}"[..])
    );
    assert_eq!(
        [
            seen.header("x-api-key"),
            seen.header("idempotency-key"),
            seen.header("content-type"),
            seen.header("authorization")
        ],
        [Some(KEY), Some("k-1"), Some("application/json"), None]
    );
}

#[tokio::test]
async fn an_oauth_token_goes_as_bearer_and_marks_the_account() {
    let server = Loopback::start(|_| json(r#"{"data":{"username":"u","billing_type":null}}"#)).await;
    let client = client_with(&server.base, Credential::Bearer("token-1".into()));
    assert!(client.account().await.unwrap().oauth);
    let [seen] = server.seen().try_into().unwrap();
    assert_eq!([seen.header("authorization"), seen.header("x-api-key")], [Some("Bearer token-1"), None]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = Loopback::start(|_| json(CREATED)).await;
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/v3/videos?signature=abc", elsewhere.base);
        let server = Loopback::start(move |_| answer(status, &[("location", &target)], "")).await;
        for error in [pay(&server.client()).await.unwrap_err(), server.client().video("v1").await.unwrap_err()] {
            assert_eq!(error.kind, ErrorKind::Other);
            assert!(
                error.message.contains(&elsewhere.base) && !everything(&error).contains("signature=abc"),
                "{error}"
            );
        }
    }
    assert!(elsewhere.seen().is_empty(), "the key must stay with HeyGen: {:?}", elsewhere.seen());
}

#[tokio::test]
async fn money_keeps_its_digits() {
    let body = r#"{"data":{"username":"u","billing_type":"wallet","wallet":{"currency":"usd","remaining_balance":0.10000000000000000555}}}"#;
    let server = Loopback::start(move |_| json(body)).await;
    let Billing::Wallet { balance: Some(balance), .. } = server.client().account().await.unwrap().billing else {
        panic!("no wallet")
    };
    assert_eq!(balance.exact(), "0.10000000000000000555");
}

#[tokio::test]
async fn duration_keeps_its_digits_and_unknown_words_mean_still_running() {
    let body = r#"{"data":{"id":"v1","status":"polishing","duration":61.500000000000000001,"created_at":"soon","new_field":{"a":[1]}}}"#;
    let server = Loopback::start(move |_| json(body)).await;
    let video = server.client().video("v1").await.unwrap();
    assert_eq!((video.status.clone(), video.status.is_running()), (VideoStatus::Other("polishing".to_owned()), true));
    assert_eq!(video.duration.unwrap().to_string(), "61.500000000000000001");
    assert_eq!(video.created_at, None, "a date that cannot be read is no reason to lose the video");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_names_its_field() {
    let server = Loopback::start(|_| json(r#"{"data":{"id":"v1","status":7,"duration":"long"}}"#)).await;
    let error = server.client().video("v1").await.unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Unreadable, Some("data.status")));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_quoted_with_its_signatures() {
    let body = r#"{"data":"https://f.example/v.mp4?Signature=hidden"}"#;
    let server = Loopback::start(move |_| json(body)).await;
    let shown = everything(&server.client().video("v1").await.unwrap_err());
    assert!(shown.contains("f.example/v.mp4") && !shown.contains("hidden"), "{shown}");
}

#[tokio::test]
async fn what_heygen_says_is_shown_in_its_words() {
    let body = format!(
        r#"{{"error":{{"code":"quantum_flux","message":"{KEY} met https://f.example/x?sig=1.","param":"script"}}}}"#
    );
    let server = Loopback::start(move |_| answer(418, &[("content-type", "application/json")], body.clone())).await;
    let error = pay(&server.client()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref(), error.param.as_deref()),
        (ErrorKind::Invalid, Some("quantum_flux"), Some("script"))
    );
    assert_eq!(error.to_string(), "… met https://f.example/x?…");
    assert!(!everything(&error).contains(KEY));
}

#[tokio::test]
async fn a_full_queue_says_how_long_to_wait() {
    let server = Loopback::start(|_| {
        answer(429, &[("retry-after", "17")], r#"{"error":{"code":"rate_limit_exceeded","message":"Slow down."}}"#)
    })
    .await;
    let error = pay(&server.client()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(17)) });
    assert!(!error.kind.may_have_happened());
    // A load gives up rather than keep the person waiting so long.
    assert_eq!(server.client().account().await.unwrap_err().kind, error.kind);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_load_survives_a_fault_that_passes() {
    let times = AtomicUsize::new(0);
    let server = Loopback::start(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => answer(429, &[("retry-after", "0")], ""),
        _ => json(r#"{"data":{"username":"u"}}"#),
    })
    .await;
    assert_eq!(server.client().account().await.unwrap().name, "u");
    assert_eq!(server.seen().len(), 2);
}

/// What a paid request and a load make of the same answer.
#[track_caller]
fn check_kinds(paid: &Error, load: &Error, expected: (ErrorKind, ErrorKind), may_have_happened: bool) {
    assert_eq!((paid.kind, load.kind), expected);
    assert_eq!(paid.kind.may_have_happened(), may_have_happened);
}

#[tokio::test]
async fn a_page_instead_of_data_leaves_a_purchase_unknown() {
    for (status, expected, may) in [
        (200, (ErrorKind::OutcomeUnknown, ErrorKind::Unreadable), true),
        (502, (ErrorKind::Server, ErrorKind::Server), true),
        (403, (ErrorKind::Forbidden, ErrorKind::Forbidden), false),
    ] {
        let server =
            Loopback::start(move |_| answer(status, &[("content-type", "text/html")], "<html>Gateway</html>")).await;
        let (paid, load) = (pay(&server.client()).await.unwrap_err(), server.client().video("v").await.unwrap_err());
        check_kinds(&paid, &load, expected, may);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_leaves_a_purchase_unknown() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{\"data\":{\"video_id\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"data\":",
        b"not http at all\r\n\r\n",
    ] {
        let base = says_and_hangs_up(bytes).await;
        let (paid, load) = (pay(&client(&base)).await.unwrap_err(), client(&base).video("v").await.unwrap_err());
        check_kinds(&paid, &load, (ErrorKind::OutcomeUnknown, ErrorKind::Interrupted), true);
        assert!(!everything(&paid).contains(KEY));
    }
}

#[tokio::test]
async fn silence_after_the_request_leaves_a_purchase_unknown() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = Endpoint::parse_base_url(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let endpoint = Endpoint { base_url, credential: Credential::ApiKey(KEY.into()) };
    let short = Duration::from_millis(50);
    let client =
        Client::with_timeouts(endpoint, Timeouts { idle: short, load: short, paid: short, ..Timeouts::default() })
            .unwrap();
    let (paid, load) = (pay(&client).await.unwrap_err(), client.video("v").await.unwrap_err());
    check_kinds(&paid, &load, (ErrorKind::OutcomeUnknown, ErrorKind::Interrupted), true);
    let file = file_of(1_000);
    let upload = client.upload(file.path(), "a.wav", "audio/wav", &|_, _| {}).await.unwrap_err();
    assert_eq!(upload.kind, ErrorKind::Interrupted, "an upload costs nothing");
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (paid, load) = (pay(&client(&base)).await.unwrap_err(), client(&base).video("v").await.unwrap_err());
    check_kinds(&paid, &load, (ErrorKind::NoConnection, ErrorKind::NoConnection), false);
}

fn look(id: usize, kind: &str) -> String {
    format!(r#"{{"id":"look-{id}","name":"Look {id}","avatar_type":"{kind}","supported_api_engines":["avatar_iv"]}}"#)
}

#[tokio::test]
async fn pages_are_followed_to_their_end() {
    let server = Loopback::start(|seen: &Seen| match seen.query("token").as_deref() {
        None => json(&format!(r#"{{"data":[{}],"has_more":true,"next_token":"a b&c"}}"#, look(1, "digital_twin"))),
        Some("a b&c") => json(&format!(
            r#"{{"data":[{},{}],"has_more":false,"next_token":"ignored"}}"#,
            look(2, "hologram"),
            look(3, "photo_avatar")
        )),
        Some(other) => panic!("unexpected token {other}"),
    })
    .await;
    let looks = server.client().looks().await.unwrap();
    assert!(looks.iter().all(|look| look.own), "the list of the person's own says the same");
    assert_eq!(looks.iter().map(|look| look.id.as_str()).collect::<Vec<_>>(), ["look-1", "look-3"]);
    assert!(server.seen().iter().all(|seen| seen.query("limit").as_deref() == Some("50")));
}

#[tokio::test]
async fn an_endless_list_ends() {
    let pages = AtomicUsize::new(0);
    let server = Loopback::start(move |_| {
        let page = pages.fetch_add(1, Ordering::SeqCst);
        json(&format!(r#"{{"data":[{}],"has_more":true,"next_token":"t{page}"}}"#, look(page, "photo_avatar")))
    })
    .await;
    assert_eq!(server.client().looks().await.unwrap().len(), 2 * 200, "the own ones, and all");

    let circle = Loopback::start(|_| json(r#"{"data":[],"has_more":true,"next_token":"again"}"#)).await;
    assert_eq!(circle.client().groups().await.unwrap().len(), 0);
    assert_eq!(circle.seen().len(), 2);
}

#[tokio::test]
async fn voices_are_the_persons_own_first() {
    let server = Loopback::start(|seen: &Seen| {
        let kind = seen.query("type").unwrap();
        json(&format!(
            r#"{{"data":[{{"voice_id":"{kind}-1","name":" Ana ","language":"English","gender":"female","support_pause":true,"support_locale":false,"type":"{kind}"}}],"has_more":false,"next_token":null}}"#
        ))
    })
    .await;
    let voices = server.client().voices().await.unwrap();
    assert_eq!(
        voices
            .iter()
            .map(|voice| (voice.id.as_str(), voice.name.as_str(), voice.private, voice.supports_pause))
            .collect::<Vec<_>>(),
        [("private-1", "Ana", true, true), ("public-1", "Ana", false, true)]
    );
}

#[tokio::test]
async fn many_videos_are_asked_for_a_hundred_at_a_time() {
    let server = Loopback::start(|seen: &Seen| {
        let ids = seen.query("video_ids").unwrap();
        let rows: Vec<String> =
            ids.split(',').map(|id| format!(r#"{{"video_id":"{id}","status":"completed"}}"#)).collect();
        json(&format!(r#"{{"data":[{}],"has_more":false}}"#, rows.join(",")))
    })
    .await;
    let ids: Vec<String> = (0..150).map(|n| format!("v{n}")).collect();
    let statuses = server.client().video_statuses(&ids).await.unwrap();
    assert_eq!(statuses.len(), 150);
    assert_eq!(statuses.last(), Some(&("v149".to_owned(), VideoStatus::Completed)));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn an_id_cannot_leave_its_place_in_the_path() {
    let server = Loopback::start(|_| json(r#"{"data":{"id":"x","deleted":true}}"#)).await;
    server.client().delete_video("../users/me?x#y").await.unwrap();
    assert_eq!(server.seen()[0].path, "/v3/videos/..%2Fusers%2Fme%3Fx%23y");
    for id in ["", ".", ".."] {
        assert_eq!(server.client().delete_video(id).await.unwrap_err().kind, ErrorKind::Invalid);
    }
    assert_eq!(server.seen().len(), 1);
}

fn file_of(bytes: usize) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let content: Vec<u8> = (0..bytes).map(|n| u8::try_from(n % 251).unwrap()).collect();
    file.write_all(&content).unwrap();
    file
}

#[tokio::test]
async fn a_small_file_goes_up_as_multipart_with_a_key_of_its_own() {
    let server =
        Loopback::start(|_| json(r#"{"data":{"asset_id":"a1","url":"u","mime_type":"audio/wav","size_bytes":1}}"#))
            .await;
    let file = file_of(300_000);
    let told = Mutex::new(Vec::new());
    let progress = |done, total| told.lock().unwrap().push((done, total));
    let asset = server.client().upload(file.path(), "Größe \"1\".wav", "audio/wav", &progress).await.unwrap();
    assert_eq!(asset.as_str(), "a1");
    let [seen] = server.seen().try_into().unwrap();
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.header("x-api-key")), ("POST", "/v3/assets", Some(KEY)));
    assert!(IdempotencyKey::new(seen.header("idempotency-key").unwrap()).is_ok());
    assert_eq!(seen.header("content-length"), Some(seen.body.len().to_string().as_str()), "a length must be announced");
    let content = std::fs::read(file.path()).unwrap();
    assert!(seen.body.windows(content.len()).any(|window| window == content), "the bytes must arrive whole");
    let text = String::from_utf8_lossy(&seen.body);
    assert!(
        text.contains("name=\"file\"") && text.to_lowercase().contains("content-type: audio/wav"),
        "{}",
        &text[..300]
    );
    let told = told.into_inner().unwrap();
    assert_eq!((told.first(), told.last()), (Some(&(0, 300_000)), Some(&(300_000, 300_000))));
    assert!(told.is_sorted() && told.iter().all(|(done, total)| done <= total), "{told:?}");
}

#[tokio::test]
async fn a_large_file_goes_directly_to_the_store_without_the_key() {
    let store = Loopback::start(|_| answer(200, &[], "")).await;
    let completions = AtomicUsize::new(0);
    let put = format!("{}/bucket/a2?X-Signature=s1", store.base);
    let server = Loopback::start(move |seen: &Seen| match seen.path.as_str() {
        "/v3/assets/direct-uploads" => json(&format!(
            r#"{{"data":{{"asset_id":"a2","upload_url":"{put}","upload_headers":{{"Content-Type":"video/mp4","x-amz-meta-owner":"u1"}},"expires_in_seconds":60,"max_bytes":200000000,"status":"pending"}}}}"#
        )),
        "/v3/assets/a2/complete" if completions.fetch_add(1, Ordering::SeqCst) < 2 => {
            answer(409, &[], r#"{"error":{"code":"conflict","message":"Not there yet."}}"#)
        }
        "/v3/assets/a2/complete" => json(r#"{"data":{"asset_id":"a2","url":"u","mime_type":"video/mp4","size_bytes":1,"status":"ready"}}"#),
        other => panic!("unexpected {other}"),
    })
    .await;
    let file = file_of(32_000_001);
    let last = Mutex::new((0, 0));
    let asset = server
        .client()
        .upload(file.path(), "a.mp4", "video/mp4", &|done, total| *last.lock().unwrap() = (done, total))
        .await
        .unwrap();
    assert_eq!(asset.as_str(), "a2");
    assert_eq!(last.into_inner().unwrap().1, 32_000_001);

    let [put] = store.seen().try_into().unwrap();
    let content = std::fs::read(file.path()).unwrap();
    assert!(put.body == content, "the bytes must arrive whole");
    assert_eq!((put.method.as_str(), put.query.as_str()), ("PUT", "X-Signature=s1"));
    assert_eq!(
        [put.header("content-type"), put.header("x-amz-meta-owner"), put.header("content-length")],
        [Some("video/mp4"), Some("u1"), Some("32000001")]
    );
    assert_eq!(
        [
            put.header("transfer-encoding"),
            put.header("x-api-key"),
            put.header("authorization"),
            put.header("idempotency-key")
        ],
        [None; 4]
    );
    assert!(!format!("{:?}", put.headers).contains(KEY));

    let checksum: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    let asked: serde_json::Value = serde_json::from_slice(&server.seen()[0].body).unwrap();
    assert_eq!(
        asked,
        serde_json::json!({"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": 32_000_001, "checksum_sha256": checksum})
    );
    assert!(server.seen()[0].header("idempotency-key").is_some());
    let completions: Vec<Seen> = server.seen().into_iter().skip(1).collect();
    assert_eq!(completions.len(), 3);
    assert!(completions.iter().all(|seen| seen.header("idempotency-key").is_none()), "a key would replay the 409");
}

#[tokio::test]
async fn a_project_goes_directly_however_small() {
    let store = Loopback::start(|_| answer(200, &[], "")).await;
    let put = format!("{}/bucket/a3?X-Signature=s1", store.base);
    let server = Loopback::start(move |seen: &Seen| match seen.path.as_str() {
        "/v3/assets/direct-uploads" => json(&format!(
            r#"{{"data":{{"asset_id":"a3","upload_url":"{put}","upload_headers":{{}},"expires_in_seconds":60,"max_bytes":200000000,"status":"pending"}}}}"#
        )),
        "/v3/assets/a3/complete" => json(r#"{"data":{"asset_id":"a3","url":"u","mime_type":"application/zip","size_bytes":1,"status":"ready"}}"#),
        other => panic!("unexpected {other}"),
    })
    .await;
    let asset = server.client().upload(file_of(900).path(), "p.zip", "application/zip", &|_, _| {}).await.unwrap();
    assert_eq!((asset.as_str(), store.seen().len()), ("a3", 1));
}

#[tokio::test]
async fn a_direct_upload_that_never_settles_is_given_up() {
    let store = Loopback::start(|_| answer(200, &[], "")).await;
    let put = store.base.clone();
    let server = Loopback::start(move |seen: &Seen| match seen.path.as_str() {
        "/v3/assets/direct-uploads" => {
            json(&format!(r#"{{"data":{{"asset_id":"a2","upload_url":"{put}/x","upload_headers":{{}}}}}}"#))
        }
        _ => answer(409, &[], r#"{"error":{"code":"conflict","message":"Not there yet."}}"#),
    })
    .await;
    let error = server.client().upload(file_of(32_000_001).path(), "a.mp4", "video/mp4", &|_, _| {}).await.unwrap_err();
    assert_eq!((error.kind, error.to_string().as_str()), (ErrorKind::Conflict, "Not there yet."));
    assert_eq!(server.seen().len(), 7);
}

#[tokio::test]
async fn files_that_cannot_go_up_say_why_before_anything_leaves() {
    let server = Loopback::start(|_| json("{}")).await;
    let missing = std::path::Path::new("no/such/file.wav");
    assert_eq!(
        server.client().upload(missing, "file.wav", "audio/wav", &|_, _| {}).await.unwrap_err().kind,
        ErrorKind::Local
    );
    let empty = file_of(0);
    assert_eq!(
        server.client().upload(empty.path(), "file.wav", "audio/wav", &|_, _| {}).await.unwrap_err().kind,
        ErrorKind::Local
    );
    let huge = file_of(1);
    huge.as_file().set_len(200_000_001).unwrap();
    assert_eq!(
        server.client().upload(huge.path(), "file.mp4", "video/mp4", &|_, _| {}).await.unwrap_err().kind,
        ErrorKind::TooLarge
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_file_that_shrinks_on_the_way_up_is_the_files_fault() {
    let server = Loopback::start(|_| json(r#"{"data":{"asset_id":"a1"}}"#)).await;
    let file = file_of(300_000);
    let shrink = |done, _| {
        if done == 0 {
            file.as_file().set_len(100).unwrap();
        }
    };
    let error = server.client().upload(file.path(), "talk.wav", "audio/wav", &shrink).await.unwrap_err();
    assert_eq!((error.kind, error.to_string().as_str()), (ErrorKind::Local, "talk.wav could not be read to its end."));
}

/// A file store with one file of ten digits that understands ranges.
fn store(seen: &Seen) -> Response<Body> {
    let content = "0123456789";
    match (seen.header("range"), seen.header("if-range")) {
        (Some(range), None | Some("\"v2\"")) => {
            let start: usize = range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap();
            if start >= content.len() {
                return answer(416, &[], "");
            }
            answer(
                206,
                &[("content-range", &format!("bytes {start}-9/10")), ("etag", "\"v2\"")],
                content[start..].to_owned(),
            )
        }
        _ => answer(200, &[("etag", "\"v2\"")], content),
    }
}

async fn download(
    client: &Client,
    url: &str,
    from: u64,
    etag: Option<&str>,
) -> Result<(bool, Option<u64>, Option<String>, String), Error> {
    let mut body = client.open_result(url, from, etag).await?;
    let mut text = Vec::new();
    while let Some(chunk) = body.chunk().await? {
        text.extend_from_slice(&chunk);
    }
    Ok((body.partial, body.total, body.etag.clone(), String::from_utf8(text).unwrap()))
}

#[tokio::test]
async fn a_result_is_fetched_without_the_key_and_can_be_resumed() {
    let server = Loopback::start(store).await;
    let (client, url) = (server.client(), format!("{}/video.mp4?Signature=s", server.base));
    let v2 = || Some("\"v2\"".to_owned());
    assert_eq!(download(&client, &url, 0, None).await.unwrap(), (false, Some(10), v2(), "0123456789".to_owned()));
    assert_eq!(download(&client, &url, 4, Some("\"v2\"")).await.unwrap(), (true, Some(10), v2(), "456789".to_owned()));
    assert_eq!(
        download(&client, &url, 4, Some("\"v1\"")).await.unwrap(),
        (false, Some(10), v2(), "0123456789".to_owned()),
        "another version starts anew"
    );
    assert_eq!(download(&client, &url, 10, None).await.unwrap_err().kind, ErrorKind::Conflict);
    for seen in server.seen() {
        assert_eq!(
            (seen.query.as_str(), seen.header("x-api-key"), seen.header("authorization")),
            ("Signature=s", None, None)
        );
        assert!(!format!("{seen:?}").contains(KEY));
    }
}

#[tokio::test]
async fn the_rest_of_another_version_is_not_joined_to_what_is_here() {
    // A weak version cannot be asked for, so that the server sends the rest of whatever it has.
    let weak = |seen: &Seen| match seen.header("range") {
        Some(_) => answer(206, &[("content-range", "bytes 4-9/10"), ("etag", "W/\"v2\"")], "456789"),
        None => answer(200, &[("etag", "W/\"v2\"")], "0123456789"),
    };
    let server = Loopback::start(weak).await;
    let (client, url) = (server.client(), server.base.clone());
    assert_eq!(download(&client, &url, 4, Some("W/\"v2\"")).await.unwrap().3, "456789");
    assert_eq!(download(&client, &url, 4, Some("W/\"v1\"")).await.unwrap_err().kind, ErrorKind::Conflict);
}

#[tokio::test]
async fn a_result_may_move_but_the_key_does_not_go_along() {
    let server = Loopback::start(store).await;
    let target = format!("{}/moved", server.base);
    let front = Loopback::start(move |_| answer(302, &[("location", &target)], "")).await;
    assert_eq!(download(&front.client(), &front.base, 0, None).await.unwrap().3, "0123456789");
    assert!(!format!("{:?}", server.seen()).contains(KEY));
}

#[tokio::test]
async fn an_expired_address_says_so_without_showing_it() {
    for status in [400, 401, 403, 404, 410] {
        let server = Loopback::start(move |_| answer(status, &[], "<Error>AccessDenied</Error>")).await;
        let error =
            server.client().open_result(&format!("{}/v?Signature=hidden", server.base), 0, None).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LinkExpired, "{status}");
        assert!(!everything(&error).contains("hidden"));
    }
    let server = Loopback::start(|_| answer(503, &[], "")).await;
    assert_eq!(server.client().open_result(&server.base, 0, None).await.unwrap_err().kind, ErrorKind::Server);
    for url in ["http://files.example/v.mp4", "file:///etc/passwd", "nonsense"] {
        assert_eq!(server.client().open_result(url, 0, None).await.unwrap_err().kind, ErrorKind::Invalid, "{url}");
    }
}

#[tokio::test]
async fn a_download_that_ends_early_is_not_taken_for_complete() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123"[..],
        b"HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 2-9/10\r\ntransfer-encoding: chunked\r\n\r\n2\r\n23\r\n0\r\n\r\n",
    ] {
        let base = says_and_hangs_up(bytes).await;
        let from = if bytes.starts_with(b"HTTP/1.1 206") { 2 } else { 0 };
        let error = download(&client(&base), &format!("{base}/v?Signature=hidden"), from, None).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Interrupted);
        assert!(!everything(&error).contains("hidden"));
    }
    let base = says_and_hangs_up(
        b"HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-9/10\r\ncontent-length: 10\r\n\r\n0123456789",
    )
    .await;
    let error = client(&base).open_result(&base, 4, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "bytes that start elsewhere must not be appended");
}

#[tokio::test]
async fn a_title_narrows_the_list_of_recent_videos() {
    let server = Loopback::start(|seen| match seen.query("token").as_deref() {
        Some("t") => json(r#"{"data":[{"id":"v2","status":"completed","title":"A & B"}],"has_more":false}"#),
        _ => json(r#"{"data":[{"id":"v1","status":"processing","title":"A & B"}],"has_more":true,"next_token":"t"}"#),
    })
    .await;
    let videos = server.client().recent_videos(500, Some("A & B")).await.unwrap();
    let found: Vec<(&str, &VideoStatus)> = videos.iter().map(|video| (video.id.as_str(), &video.status)).collect();
    assert_eq!(found, [("v1", &VideoStatus::Processing), ("v2", &VideoStatus::Completed)]);
    for seen in server.seen() {
        assert_eq!((seen.query("limit").as_deref(), seen.query("title").as_deref()), (Some("100"), Some("A & B")));
    }
}
