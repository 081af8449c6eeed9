//! Films and sounds as cameras, recorders and broken copies leave them: lengths, faults, pictures and shapes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use reelmeter::media::content::content_hash;
use reelmeter::media::frames::{FramesErrorKind, first_frame, strip};
use reelmeter::media::probe::{MediaType, ProbeErrorKind, local_file, probe, probe_bytes};
use reelmeter::media::waveform::{WaveformErrorKind, waveform};
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::media::{boxed, mp3, mp4, numbers, picture_bytes, seconds, wav, webm, written};

/// Twelve seconds with a clock in the picture: two groups of pictures. Silent for six seconds, then loud.
fn film(folder: &Path) -> PathBuf {
    let mut sound = wav(12 * 16_000, 12 * 16_000);
    let data = sound.len() - 12 * 16_000;
    for (n, sample) in sound[data..].chunks_exact_mut(2).enumerate().skip(6 * 8_000) {
        sample.copy_from_slice(&(if n / 10 % 2 == 0 { 12_000_i16 } else { -12_000 }).to_le_bytes());
    }
    let order = VideoOrder {
        title: "Clock".to_owned(),
        width: 320,
        height: 180,
        sound: Sound::File(written(folder, "clock.wav", &sound)),
        look_seed: 16,
        captions: false,
    };
    make_video(&order, folder, "clock").unwrap().video
}

#[track_caller]
fn check_fault(folder: &Path, name: &str, bytes: &[u8], kind: ProbeErrorKind, words: &str) {
    let path = written(folder, name, bytes);
    assert_eq!(probe(&path).unwrap_err().kind, kind);
    let file = local_file(&path);
    assert_eq!(file.fault.as_deref(), Some(words));
    assert_eq!((file.duration, file.size), (None, u64::try_from(bytes.len()).unwrap()), "no quote may rest on it");
}

#[test]
fn a_film_that_was_cut_off_says_how_far_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let whole = std::fs::read(film(folder)).unwrap();
    let cut_at = whole.len() - whole.len() / 4;
    let words = local_file(&written(folder, "talk.mp4", &whole[..cut_at])).fault.unwrap();
    let advice = "are there. It was cut off while it was saved or copied. Save or copy it again.";
    assert!(words.starts_with("talk.mp4 is cut off: of 0:12 only the first 0:"), "{words}");
    assert!(words.ends_with(advice), "{words}");
    // All of a fragment but the pictures of the last one.
    let fragments = mp4(b"iso6", &[], &[25, 50]);
    check_fault(
        folder,
        "live.mp4",
        &fragments[..fragments.len() - 4],
        ProbeErrorKind::CutShort,
        "live.mp4 is cut off after 0:01. It was cut off while it was saved or copied. Save or copy it again.",
    );
    let words = local_file(&written(folder, "meeting.webm", &webm()[..webm().len() - 20])).fault.unwrap();
    assert!(words.starts_with("meeting.webm is cut off: its end is missing."), "{words}");
}

#[test]
fn a_film_without_its_index_says_that_nobody_can_play_it() {
    let folder = tempfile::tempdir().unwrap();
    let recording = [boxed(b"ftyp", &[b"isom", &[0; 4]]), boxed(b"mdat", &[&[7; 5_000]])].concat();
    check_fault(
        folder.path(),
        "camera.mp4",
        &recording,
        ProbeErrorKind::Unfinished,
        "camera.mp4 is unfinished: its index, without which nobody can play it, is missing. Its recording or copying \
         was broken off. Copy it again, or repair it in the program that made it.",
    );
}

#[test]
fn a_header_of_three_hours_on_a_film_of_two_seconds_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let honest = mp4(b"isom", &[(50, 40)], &[]);
    assert_eq!(probe_bytes(&honest).unwrap().seconds, Some(seconds("2")));
    // The media header's length is the fifth number of its box.
    let mut lie = honest;
    let header = lie.windows(4).position(|name| name == b"mdhd").unwrap() + 4;
    lie[header + 16..header + 20].copy_from_slice(&numbers(&[3 * 3_600 * 1_000]));
    let said = "says it is 3:00:00 long but holds 0:02. It was cut off while it was saved or copied. Save or copy it \
                again.";
    check_fault(folder, "talk.mp4", &lie, ProbeErrorKind::LengthLies, &format!("talk.mp4 {said}"));
    check_fault(
        folder,
        "talk.wav",
        &wav(32_000, 3 * 3_600 * 16_000),
        ProbeErrorKind::LengthLies,
        &format!("talk.wav {said}"),
    );
    // A Xing header of three hours before two seconds of frames.
    let mut song = mp3(&[128; 78]);
    song[36..48].copy_from_slice(&[&b"Xing"[..], &numbers(&[1, 413_438])].concat());
    check_fault(folder, "talk.mp3", &song, ProbeErrorKind::LengthLies, &format!("talk.mp3 {said}"));
    song[44..48].copy_from_slice(&numbers(&[77]));
    assert_eq!(probe_bytes(&song).unwrap().seconds, Some(seconds("2.011")));
}

#[test]
fn sound_without_a_sample_is_no_sound() {
    let folder = tempfile::tempdir().unwrap();
    check_fault(
        folder.path(),
        "mute.wav",
        &wav(0, 0),
        ProbeErrorKind::Unfinished,
        "mute.wav is empty but for its head. Save or copy it again.",
    );
}

#[test]
fn only_what_an_edit_lets_through_counts() {
    let mut trimmed = mp4(b"qt  ", &[(50, 40)], &[]);
    let film = boxed(b"mvhd", &[&numbers(&[0, 0, 0, 600, 750])]);
    // 1.25 of the 2 seconds, after a pause that does not count.
    let edits = boxed(b"edts", &[&boxed(b"elst", &[&numbers(&[0, 2, 300, u32::MAX, 1 << 16, 750, 200, 1 << 16])])]);
    let track = trimmed.windows(4).position(|name| name == b"trak").unwrap();
    let media = trimmed.windows(4).position(|name| name == b"mdia").unwrap() - 4;
    let longer = |bytes: &mut Vec<u8>, at: usize, by: usize| {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) + u32::try_from(by).unwrap();
        bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
    };
    longer(&mut trimmed, track - 4, edits.len());
    longer(&mut trimmed, track - 12, edits.len() + film.len());
    trimmed.splice(media..media, edits);
    trimmed.splice(track - 4..track - 4, film);
    assert_eq!(probe_bytes(&trimmed).unwrap().seconds, Some(seconds("1.25")));
}

#[test]
fn a_film_recorded_live_is_as_long_as_its_last_block() {
    let mut live = webm();
    // The length becomes a void element.
    let at = live.windows(2).position(|id| id == [0x44, 0x89]).unwrap();
    live.splice(at..at + 3, [0xec, 0x80 + 9, 0]);
    let found = probe_bytes(&live).unwrap();
    assert_eq!((found.media_type, found.seconds), (MediaType::Webm, Some(seconds("12.1"))));
}

#[test]
fn a_kind_heygen_does_not_take_says_which_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let fault = |name: &str, bytes: &[u8]| local_file(&written(folder.path(), name, bytes)).fault.unwrap_or_default();
    assert_eq!(
        fault("talk.flac", b"fLaC\0\0\0\x22"),
        "talk.flac is a FLAC sound. HeyGen takes MP3 and WAV sound. Save it as one of them."
    );
    assert_eq!(
        fault("talk.ogg", b"OggS\0\x02"),
        "talk.ogg is an Ogg sound. HeyGen takes MP3 and WAV sound. Save it as one of them."
    );
    assert_eq!(
        fault("face.webp", &picture_bytes(image::ImageFormat::WebP, 9, 9)),
        "face.webp is a WebP picture. HeyGen takes PNG and JPEG pictures. Save it as one of them."
    );
    assert_eq!(
        fault("face.heic", &boxed(b"ftyp", &[b"heic", &[0; 4]])),
        "face.heic is a HEIC picture. HeyGen takes PNG and JPEG pictures. Save it as one of them."
    );
    assert_eq!(
        fault("talk.mov", &mp4(b"qt  ", &[(25, 40)], &[])),
        "talk.mov is a QuickTime film. HeyGen takes MP4 and WebM films. Save it as MP4."
    );
    assert_eq!(
        fault("notes", b"Just some text of no kind."),
        "notes is a file of no known kind. HeyGen takes MP4, WebM, MP3, WAV, PNG, JPEG, PDF and SRT."
    );
    assert_eq!(
        fault("film.mp4", &picture_bytes(image::ImageFormat::Png, 9, 9)),
        "film.mp4 is named as an MP4 film but holds a PNG picture. Choose another file or rename it."
    );
    let png = picture_bytes(image::ImageFormat::Png, 90, 90);
    assert_eq!(
        fault("face.png", &png[..png.len() - 9]),
        "face.png is cut off: its end is missing. It was cut off while it was saved or copied. Save or copy it again."
    );
}

#[test]
fn a_draft_knows_whether_there_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let heard = |path: &Path| local_file(path).has_audio;
    assert_eq!(heard(&film(folder)), Some(true));
    assert_eq!(heard(&written(folder, "mute.mp4", &mp4(b"isom", &[(25, 40)], &[]))), Some(false));
    assert_eq!(heard(&written(folder, "talk.wav", &wav(800, 800))), Some(true));
    assert_eq!(heard(&written(folder, "face.png", &picture_bytes(image::ImageFormat::Png, 9, 9))), None);
}

/// The mean brightness of where the clock stands.
fn clock(picture: &reelmeter::media::picture::Picture) -> Vec<u8> {
    let row = usize::try_from(picture.width).unwrap() * 4;
    let rows = picture.rgba.chunks_exact(row).skip(usize::try_from(picture.height * 5 / 6).unwrap());
    rows.flat_map(|pixels| pixels[row * 8 / 10..].to_vec()).collect()
}

#[test]
fn a_strip_shows_the_film_from_its_beginning_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path());
    let frames = strip(&path, 12, 180).unwrap();
    let times: Vec<String> = frames.iter().map(|frame| frame.seconds.normalize().to_string()).collect();
    assert_eq!(times[..3], ["0.5", "1.5", "2.5"]);
    assert_eq!((frames.len(), times[11].as_str()), (12, "11.5"));
    assert!(frames.iter().all(|frame| (frame.picture.width, frame.picture.height) == (320, 180)));
    // The clock in the picture shows another second in each of them, although there are only two key frames.
    for pair in frames.windows(2) {
        let (one, next) = (clock(&pair[0].picture), clock(&pair[1].picture));
        let moved = one.iter().zip(&next).map(|(one, next)| one.abs_diff(*next)).max().unwrap();
        assert!(moved > 30, "{} and {} look the same", pair[0].seconds, pair[1].seconds);
    }
    let first = first_frame(&path, 1_000).unwrap();
    assert_eq!((first.width, first.height, first.rgba.len()), (320, 180, 320 * 180 * 4));
    assert_eq!(strip(&path, 0, 0).unwrap().len(), 1);
}

#[test]
fn a_film_whose_pictures_cannot_be_shown_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let fault = |name: &str, bytes: &[u8]| {
        let error = first_frame(&written(folder.path(), name, bytes), 90).unwrap_err();
        (error.kind, error.message)
    };
    assert_eq!(
        fault("talk.webm", &webm()),
        (
            FramesErrorKind::NotDecodable,
            "talk.webm cannot be shown here: only films in MP4 with H.264 pictures can.".to_owned()
        )
    );
    assert_eq!(
        fault("talk.wav", &wav(800, 800)),
        (FramesErrorKind::NotDecodable, "talk.wav has no pictures that can be shown.".to_owned())
    );
    let (kind, words) = fault("talk.mp4", &boxed(b"ftyp", &[b"isom"]));
    assert_eq!(kind, FramesErrorKind::Unreadable);
    assert!(words.starts_with("talk.mp4 is unfinished"), "{words}");
}

#[test]
fn a_waveform_is_quiet_and_loud_where_the_sound_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path());
    let told = Mutex::new(Vec::new());
    let drawn = waveform(&path, 12, |seconds| {
        told.lock().unwrap().push(seconds);
        true
    })
    .unwrap();
    assert_eq!(drawn.peaks.len(), 12);
    assert!(drawn.peaks[..5].iter().all(|peak| *peak < 0.02), "{:?}", drawn.peaks);
    assert!(drawn.peaks[7..].iter().all(|peak| (0.3..0.6).contains(peak)), "{:?}", drawn.peaks);
    assert!((drawn.seconds - Decimal::from(12)).abs() < seconds("0.1"), "{}", drawn.seconds);
    assert_eq!(told.into_inner().unwrap().len(), 11);
    let wav = waveform(&folder.path().join("clock.wav"), 2, |_seconds| true).unwrap();
    assert_eq!((wav.peaks[0], wav.seconds), (0.0, Decimal::from(12)));

    let stopped = waveform(&path, 12, |_seconds| false).unwrap_err();
    assert_eq!(stopped.kind, WaveformErrorKind::Stopped);
    let error = waveform(&written(folder.path(), "face.png", b"\x89PNG"), 12, |_seconds| true).unwrap_err();
    assert_eq!(
        (error.kind, error.to_string().as_str()),
        (WaveformErrorKind::NoSound, "face.png has no sound that can be drawn.")
    );
}

#[tokio::test]
async fn a_files_content_is_hashed_in_one_pass() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..2_500_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let path = written(folder.path(), "talk.mp4", &bytes);
    let told = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&told);
    let hash = content_hash(&path, move |done, total| hearing.lock().unwrap().push((done, total))).await.unwrap();
    let expected: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((hash.hex(), hash.size()), (expected, 2_500_000));
    assert_eq!(told.lock().unwrap().last(), Some(&(2_500_000, 2_500_000)));
    assert_eq!(content_hash(&written(folder.path(), "again", &bytes), |_, _| {}).await.unwrap(), hash);
    assert!(content_hash(&folder.path().join("gone"), |_, _| {}).await.is_err());
}
