//! Files as they come: what the probe says of them, and what a person is told.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use reelmeter::media::picture::{self, PictureErrorKind};
use reelmeter::media::player::{Player, PlayerEvent};
use reelmeter::media::probe::{MediaType, ProbeErrorKind, local_file, probe, probe_bytes};
use reelmeter::media::volume::Volume;
use rust_decimal::Decimal;

pub fn seconds(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A WAV of 8,000 samples a second whose header claims what it is told to.
pub fn wav(there: u32, claimed: u32) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((claimed.wrapping_add(36)).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(claimed.to_le_bytes());
    file.resize(file.len() + usize::try_from(there).unwrap(), 0);
    file
}

/// MPEG 1 layer III at 44,100 Hz, one frame for each bit rate: 128 or 64 kilobits.
pub fn mp3(bitrates: &[u32]) -> Vec<u8> {
    let mut file = Vec::new();
    for bitrate in bitrates {
        let (byte, length) = if *bitrate == 128 { (0x90, 417) } else { (0x50, 208) };
        let end = file.len() + length;
        file.extend([0xff, 0xfb, byte, 0x00]);
        file.resize(end, 0);
    }
    file
}

pub fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    out
}

pub fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A film of one track at 1,000 ticks a second, its samples in the index or in fragments.
pub fn mp4(brand: &[u8; 4], runs: &[(u32, u32)], fragments: &[u32]) -> Vec<u8> {
    let mut tkhd = vec![0; 84];
    tkhd[15] = 1;
    tkhd[76..84].copy_from_slice(&numbers(&[640 << 16, 360 << 16]));
    let stts: Vec<u32> =
        [0, u32::try_from(runs.len()).unwrap()].into_iter().chain(runs.iter().flat_map(|run| [run.0, run.1])).collect();
    let stbl = boxed(b"stbl", &[&boxed(b"stts", &[&numbers(&stts)])]);
    let mdia = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&numbers(&[0, 0, 0, 1_000, 0, 0])]),
            &boxed(b"hdlr", &[&numbers(&[0, 0]), b"vide", &[0; 13]]),
            &boxed(b"minf", &[&stbl]),
        ],
    );
    let trak = boxed(b"trak", &[&boxed(b"tkhd", &[&tkhd]), &mdia]);
    let mvex = boxed(b"mvex", &[&boxed(b"trex", &[&numbers(&[0, 1, 1, 40, 0, 0])])]);
    let mut file = boxed(b"ftyp", &[brand, &[0; 4]]);
    file.extend(boxed(b"moov", &[&trak, &mvex]));
    for samples in fragments {
        let tfhd = boxed(b"tfhd", &[&numbers(&[0, 1])]);
        let trun = boxed(b"trun", &[&numbers(&[0, *samples])]);
        file.extend(boxed(b"moof", &[&boxed(b"traf", &[&tfhd, &trun])]));
        file.extend(boxed(b"mdat", &[&[0; 10]]));
    }
    file
}

pub fn webm() -> Vec<u8> {
    let mut file = vec![0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84];
    file.extend(b"webm");
    let duration = [&[0x44, 0x89, 0x88][..], &12_300.0_f64.to_be_bytes()].concat();
    let video = [0xe0, 0x88, 0xb0, 0x82, 0x02, 0x80, 0xba, 0x82, 0x01, 0x68];
    let track = [&[0xae, 0x8d, 0x83, 0x81, 0x01][..], &video].concat();
    let info = [&[0x15, 0x49, 0xa9, 0x66, 0x8b][..], &duration].concat();
    let tracks = [&[0x16, 0x54, 0xae, 0x6b, 0x8f][..], &track].concat();
    // A segment of unknown length, as programs that record live write it.
    file.extend([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    file.extend([info, tracks].concat());
    // Two clusters, in each a picture at its beginning; the second one begins 200 ticks before the film's end.
    for time in [0_u16, 12_100] {
        file.extend([0x1f, 0x43, 0xb6, 0x75, 0x8c, 0xe7, 0x82]);
        file.extend(time.to_be_bytes());
        file.extend([0xa3, 0x86, 0x81, 0, 0, 0x80, 7, 7]);
    }
    file
}

#[track_caller]
fn check(bytes: &[u8], media_type: MediaType, length: Option<&str>, dimensions: Option<(u32, u32)>) {
    let found = probe_bytes(bytes).unwrap();
    assert_eq!((found.media_type, found.seconds, found.dimensions), (media_type, length.map(seconds), dimensions));
}

pub fn picture_bytes(format: image::ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([200, 40, 40])).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn pictures_are_known_by_their_bytes() {
    check(&picture_bytes(image::ImageFormat::Png, 31, 17), MediaType::Png, None, Some((31, 17)));
    check(&picture_bytes(image::ImageFormat::Jpeg, 320, 200), MediaType::Jpeg, None, Some((320, 200)));
    check(&picture_bytes(image::ImageFormat::WebP, 300, 5), MediaType::Webp, None, Some((300, 5)));
}

#[test]
fn papers_and_captions_are_known_by_their_bytes() {
    check(b"%PDF-1.7 and so on", MediaType::Pdf, None, None);
    check(b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", MediaType::Srt, None, None);
    check("\u{feff}WEBVTT\n\n".as_bytes(), MediaType::Vtt, None, None);
    check(b"PK\x03\x04rest", MediaType::Zip, None, None);
    check(b"Just some text of no kind.", MediaType::Other, None, None);
}

#[test]
fn the_length_of_sound_is_the_length_that_is_heard() {
    check(&wav(32_000, 32_000), MediaType::Wav, Some("2"), None);
    // Written to a pipe: the header cannot know.
    check(&wav(32_000, u32::MAX), MediaType::Wav, Some("2"), None);
    check(&wav(32_000, 0), MediaType::Wav, Some("2"), None);
    check(&mp3(&[128; 100]), MediaType::Mp3, Some("2.612"), None);
    // The rate varies and no header says how many frames there are.
    let varying: Vec<u32> = (0..100).map(|frame| if frame % 3 == 0 { 64 } else { 128 }).collect();
    check(&mp3(&varying), MediaType::Mp3, Some("2.612"), None);
    let mut tagged = b"ID3\x04\x00\x00\x00\x00\x02\x00".to_vec();
    tagged.resize(10 + 256, 0xff);
    tagged.extend(mp3(&[128; 100]));
    tagged.extend(b"TAG");
    tagged.resize(tagged.len() + 125, 0x20);
    check(&tagged, MediaType::Mp3, Some("2.612"), None);
}

#[test]
fn the_length_of_films_is_the_length_of_their_samples() {
    check(&mp4(b"isom", &[(10, 40), (1, 23)], &[]), MediaType::Mp4, Some("0.423"), Some((640, 360)));
    check(&mp4(b"iso6", &[], &[25, 50]), MediaType::Mp4, Some("3"), Some((640, 360)));
    check(&mp4(b"qt  ", &[(25, 40)], &[]), MediaType::Mov, Some("1"), Some((640, 360)));
    check(&webm(), MediaType::Webm, Some("12.3"), Some((640, 360)));
}

#[test]
fn a_header_that_lies_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("interview.wav");
    std::fs::write(&path, wav(32_000, 3 * 3_600 * 16_000)).unwrap();
    let error = probe(&path).unwrap_err();
    assert_eq!(error.kind, ProbeErrorKind::LengthLies);
    assert_eq!(error.message, "interview.wav says it is 3:00:00 long but holds 0:02.");
    assert_eq!(local_file(&path).duration, None, "a quote must not rest on it");
}

pub fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn what_is_wrong_with_a_file_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let fault = |path: &Path| local_file(path).fault.unwrap_or_default();
    let png = picture_bytes(image::ImageFormat::Png, 8, 8);
    assert_eq!(
        fault(&written(folder, "song.mp3", &png)),
        "song.mp3 is named as an MP3 sound but holds a PNG picture. Choose another file or rename it."
    );
    assert_eq!(fault(&written(folder, "face.jpg", &png)), "", "a PNG is as good as a JPEG");
    assert_eq!(fault(&written(folder, "voice.wav", &[])), "voice.wav is empty. Save or copy it again.");
    assert_eq!(fault(&folder.join("gone.wav")), "gone.wav is not there any more. Choose it again where it is now.");
    std::fs::create_dir(folder.join("takes")).unwrap();
    assert_eq!(fault(&folder.join("takes")), "takes is a folder. Choose a file in it.");
    let sound = local_file(&written(folder, "größe ß.wav", &wav(16_000, 16_000)));
    assert_eq!(
        (sound.fault, sound.media_type.as_deref(), sound.duration),
        (None, Some("audio/wav"), Some(Decimal::ONE))
    );
}

#[test]
fn large_pictures_are_made_small_and_keep_their_shape() {
    let small = picture::decode(&picture_bytes(image::ImageFormat::Jpeg, 1_200, 600), 256).unwrap();
    assert_eq!((small.width, small.height, small.rgba.len()), (256, 128, 256 * 128 * 4));
    assert!(small.rgba[0] > 180 && small.rgba[1] < 70 && small.rgba[3] == 255, "{:?}", &small.rgba[..4]);
    let kept = picture::decode(&picture_bytes(image::ImageFormat::WebP, 20, 10), 256).unwrap();
    assert_eq!((kept.width, kept.height), (20, 10));
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused() {
    let mut bomb = picture_bytes(image::ImageFormat::Png, 8, 8);
    bomb[16..24].copy_from_slice(&numbers(&[60_000, 60_000]));
    assert!(picture::decode(&bomb, 256).is_err());
    assert_eq!(picture::decode(b"no picture", 256).unwrap_err().kind, PictureErrorKind::UnknownType);
}

#[test]
fn a_sound_that_cannot_be_played_says_why() {
    let (told, heard) = std::sync::mpsc::channel();
    let player = Player::new(Volume::default(), Box::new(move |event| told.send(event).unwrap())).unwrap();
    player.play(b"no sound at all".as_slice().into());
    let event = heard.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
    let PlayerEvent::Failed(reason) = event else { panic!("{event:?}") };
    assert!(reason.contains("cannot be played"), "{reason}");
    // With a sound card it starts, without one it says so: never silence without a word.
    player.play(wav(1_600, 1_600).into());
    let event = heard.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(matches!(event, PlayerEvent::Started | PlayerEvent::Failed(_)), "{event:?}");
}
