//! HyperFrames renders of the sandbox over a real socket.

use reelmeter::media::probe::probe_bytes;
use rust_decimal::Decimal;
use serde_json::json;

use crate::house::{House, asset, painted, usd, with};

/// A zip with one file in it, stored or deflated.
fn zip(name: &str, content: &str, deflated: bool) -> Vec<u8> {
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    let method = if deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

const PROJECT: &str = r#"<!doctype html><html data-composition-variables='[{"id": "name", "default": "Ada"}]'><body>
    <div data-composition-id="intro" data-duration="4.5" data-width="1080" data-height="1920"></div></body></html>"#;

#[tokio::test]
async fn a_project_becomes_a_film_of_its_own_length_at_its_rate() {
    let house = House::rich().await;
    let project = house.project(zip("index.html", PROJECT, true)).await;
    let body = json!({"project": asset(&project), "title": "Intro", "callback_id": "c-1", "variables": {"name": "Bo"}});
    let begun = house.post_once("/v3/hyperframes/renders", &body, "one").await;
    assert_eq!((begun.status, begun.data()["status"].as_str()), (202, Some("queued")));
    let again = house.post_once("/v3/hyperframes/renders", &body, "one").await;
    assert_eq!((again.status, again.body), (202, begun.body.clone()));
    let path = format!("/v3/hyperframes/renders/{}", begun.text("render_id"));
    assert_eq!(house.get(&path).await.data()["status"], "queued");
    house.wait(3_000);
    let shown = house.get(&path).await;
    assert_eq!(
        (shown.data()["status"].as_str(), shown.data()["callback_id"].as_str()),
        (Some("rendering"), Some("c-1"))
    );
    assert_eq!(house.delete(&path).await.status, 409);
    let house = house.restarted().await;
    house.wait(60_000);
    let done = house.until(&path, &["completed", "failed"]).await;
    assert_eq!((done["duration"].to_string().as_str(), done["aspect_ratio"].as_str()), ("4.5", Some("9:16")));
    assert_eq!(house.film(&done["video_url"]).await, ((1_080, 1_920), usd("4.5").0));
    // 4.5 s at $0.10 a minute.
    assert_eq!(usd("100") - house.balance().await, usd("0.0075"));

    // The values are in the picture: others look different.
    let plain = house.fetch(&done["thumbnail_url"]).await;
    let other = house.post("/v3/hyperframes/renders", &with(body, "variables", json!({}))).await.text("render_id");
    let other = format!("/v3/hyperframes/renders/{other}");
    house.wait(60_000);
    let other = house.until(&other, &["completed"]).await;
    assert_ne!(house.fetch(&other["thumbnail_url"]).await, plain);
    assert_eq!(house.get("/v3/hyperframes/renders?limit=1").await.body["has_more"], true);
    house.delete(&path).await.data();
    house.get(&path).await.refused(404, "not_found", None);
}

#[tokio::test]
async fn resolution_rate_and_format_are_real() {
    let house = House::rich().await;
    // At 60 frames a second no frame ends there.
    let short = PROJECT.replace("4.5", "2.005").replace("intro", "short");
    let project = house.project(zip("scenes/a.html", &short, false)).await;
    let base = json!({"project": asset(&project), "composition": "scenes/a.html", "fps": 60, "aspect_ratio": "16:9"});
    for (format, resolution, fps, size, start, price) in [
        ("webm", "1080p", 60, (1_920, 1_080), b"\x1a\x45\xdf\xa3".as_slice(), "0.0066833333"),
        ("mov", "4k", 60, (3_840, 2_160), b"\0\0\0".as_slice(), "0.010025"),
        // Without a published price, at the sandbox's own.
        ("mp4", "1080p", 24, (1_920, 1_080), b"\0\0\0".as_slice(), "0.0033416667"),
        ("mp4", "1080p", 120, (1_920, 1_080), b"\0\0\0".as_slice(), "0.0133666666"),
    ] {
        let before = house.balance().await;
        let body = with(with(base.clone(), "format", json!(format)), "resolution", json!(resolution));
        let body = with(body, "fps", json!(fps));
        let id = house.post("/v3/hyperframes/renders", &body).await.text("render_id");
        house.wait(60_000);
        let done = house.until(&format!("/v3/hyperframes/renders/{id}"), &["completed", "failed"]).await;
        let bytes = house.fetch(&done["video_url"]).await;
        assert!(bytes.starts_with(start), "{format}");
        assert!(format != "mov" || &bytes[4..12] == b"ftypqt  ");
        let found = probe_bytes(&bytes).unwrap();
        let seconds = found.seconds.unwrap();
        assert!((seconds - Decimal::new(2_005, 3)).abs() < Decimal::new(2, 3), "{format} lasts {seconds}");
        assert_eq!((found.dimensions, found.has_audio), (Some(size), true), "{format}");
        if format == "mov" {
            let film = re_mp4::Mp4::read_bytes(&bytes).unwrap();
            let track = film.tracks().values().find(|track| track.kind == Some(re_mp4::TrackKind::Video)).unwrap();
            assert_eq!((seconds, track.samples.len()), (Decimal::new(2_005, 3), 121));
        }
        assert_eq!(before - house.balance().await, usd(price));
    }
}

#[tokio::test]
async fn a_broken_project_fails_with_its_reason_and_costs_nothing() {
    let house = House::rich().await;
    for (html, name, reason) in [
        (PROJECT.to_owned(), "start.html", "There is no index.html"),
        ("<p>Hello.</p>".to_owned(), "index.html", "data-composition-id"),
        (PROJECT.replace("data-duration", "data-length"), "index.html", "data-duration"),
        (PROJECT.replace(r#"[{"id""#, "nonsense"), "index.html", "data-composition-variables"),
    ] {
        let project = house.project(zip(name, &html, true)).await;
        let id = house.post("/v3/hyperframes/renders", &json!({"project": asset(&project)})).await.text("render_id");
        house.wait(60_000);
        let failed = house.until(&format!("/v3/hyperframes/renders/{id}"), &["completed", "failed"]).await;
        assert!(failed["failure_message"].as_str().unwrap().contains(reason), "{failed}");
    }
    assert_eq!(house.balance().await, usd("100"));
    let project = house.project(zip("index.html", PROJECT, true)).await;
    // Zips come by direct upload only.
    let at_once = house.upload("p.zip", zip("index.html", PROJECT, true)).await;
    at_once.refused(400, "invalid_parameter", Some("file"));
    let photo = house.asset("p.png", painted(64, 64, [1, 2, 3])).await;
    let base = json!({"project": asset(&project)});
    for (body, status, param) in [
        (json!({"project": asset("none")}), 404, "project.asset_id"),
        (json!({"project": asset(&photo)}), 400, "project.asset_id"),
        (with(base.clone(), "fps", json!(241)), 400, "fps"),
        (with(base.clone(), "format", json!("gif")), 400, "format"),
        (with(base.clone(), "seed", json!(1)), 400, "seed"),
    ] {
        let code = if status == 404 { "not_found" } else { "invalid_parameter" };
        house.post("/v3/hyperframes/renders", &body).await.refused(status, code, Some(param));
    }
}
