//! Ten thousand damaged media files: whatever the bytes, the probe and the decoders end, in little memory.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::io::{Cursor, Read, Seek, SeekFrom};

use reelmeter::media::frames::first_frame;
use reelmeter::media::picture;
use reelmeter::media::probe::{MediaType, Probe, local_file, probe_reader};
use reelmeter::media::waveform::waveform;
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video, speech_wav};
use rust_decimal::Decimal;

use crate::media::{mp3, mp4, picture_bytes, wav, webm};
use crate::memory::peak_of;

const FILES: usize = 10_000;
const SEED: u64 = 20_261_122;
/// Bytes that work on one file may hold at one time.
const MEMORY: usize = 64 * 1_024 * 1_024;

/// A file in memory that counts how often it is asked.
struct Counted<'a> {
    inner: Cursor<&'a [u8]>,
    reads: usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.reads += 1;
        self.inner.read(buffer)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.reads += 1;
        self.inner.seek(to)
    }
}

fn film() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let sound = Sound::Speech {
        text: "Welcome back.".to_owned(),
        language: "English".to_owned(),
        voice_id: "voice_daria_en".to_owned(),
        speed: Decimal::ONE,
    };
    let order = VideoOrder { title: "Short".to_owned(), width: 64, height: 48, sound, look_seed: 3, captions: false };
    std::fs::read(make_video(&order, folder.path(), "film").unwrap().video).unwrap()
}

/// Small files that are all as they should be.
fn originals() -> Vec<(MediaType, Vec<u8>)> {
    let named = |media_type, bytes: &[u8]| (media_type, bytes.to_vec());
    vec![
        (MediaType::Mp4, film()),
        (MediaType::Mp4, mp4(b"iso6", &[], &[25, 50])),
        (MediaType::Mov, mp4(b"qt  ", &[(10, 40), (5, 20)], &[])),
        (MediaType::Webm, webm()),
        (MediaType::Wav, wav(400, 400)),
        (MediaType::Wav, speech_wav("Yes.", "English", "voice_daria_en", Decimal::ONE).unwrap()),
        (MediaType::Mp3, mp3(&[128, 64, 128, 128])),
        (MediaType::Png, picture_bytes(image::ImageFormat::Png, 9, 9)),
        (MediaType::Jpeg, picture_bytes(image::ImageFormat::Jpeg, 9, 9)),
        (MediaType::Webp, picture_bytes(image::ImageFormat::WebP, 9, 9)),
        named(MediaType::Pdf, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"),
        named(MediaType::Srt, b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"),
        named(MediaType::Zip, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    ]
}

/// The file with a few bytes changed, parts cut out, repeated, or moved from another file, or its end missing.
fn mutated(original: &[u8], other: &[u8], dice: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _change in 0..dice.usize(1..8) {
        if bytes.is_empty() {
            break;
        }
        // Heads and indexes are where lies do harm.
        let reach = if dice.bool() { bytes.len().min(2_048) } else { bytes.len() };
        let at = dice.usize(..reach);
        let end = (at + dice.usize(1..64)).min(bytes.len());
        match dice.u8(..8) {
            0 => bytes.truncate(dice.usize(..=at)),
            1 => {
                bytes.drain(at..end);
            }
            2 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => {
                let from = dice.usize(..other.len());
                let part = &other[from..(from + 64).min(other.len())];
                bytes.splice(at..end, part.iter().copied());
            }
            // Counts and lengths of four bytes.
            4 => {
                let number = dice.choice([0, 1, 7, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0x00ff_ffff]).unwrap();
                bytes.splice(at..(at + 4).min(end), number.to_be_bytes());
            }
            5 => bytes[at] = dice.choice([0, 0xff, 0x7f, 0x80, 1]).unwrap(),
            _ => bytes[at] = dice.u8(..),
        }
    }
    bytes
}

fn look(bytes: &[u8]) -> (Option<Probe>, usize) {
    let mut counted = Counted { inner: Cursor::new(bytes), reads: 0 };
    let found = probe_reader(&mut counted).unwrap();
    (found, counted.reads)
}

#[test]
fn no_damage_makes_the_probe_fail_wait_or_fill_the_memory() {
    let originals = originals();
    for (media_type, bytes) in &originals {
        assert_eq!(look(bytes).0.map(|found| found.media_type), Some(*media_type));
    }
    let mut dice = fastrand::Rng::with_seed(SEED);
    let (mut still_known, mut refused) = (0, 0);
    for number in 0..FILES {
        let (_, original) = &originals[number % originals.len()];
        let other = &originals[dice.usize(..originals.len())].1;
        let bytes = mutated(original, other, &mut dice);
        let ((found, reads), held) = peak_of(|| look(&bytes));
        // A window of 64 KB at a time: a file this small is never asked more often than its tables have entries.
        assert!(reads <= 64 + bytes.len() / 64, "file {number} of {} bytes was read {reads} times", bytes.len());
        assert!(held <= MEMORY, "file {number} took {held} bytes");
        match found {
            Some(found) => {
                still_known += usize::from(found.media_type != MediaType::Other);
                assert!(found.seconds.is_none_or(|length| length > Decimal::ZERO), "file {number}: {found:?}");
                assert_eq!(found.size, u64::try_from(bytes.len()).unwrap());
            }
            None => refused += 1,
        }
    }
    assert!(still_known > FILES / 10 && refused > FILES / 10, "{still_known} known, {refused} refused: too tame");
}

#[test]
fn no_damage_makes_a_decoder_fill_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    let originals = originals();
    let mut dice = fastrand::Rng::with_seed(SEED + 1);
    for number in 0..600 {
        let (_, original) = &originals[number % originals.len()];
        let bytes = mutated(original, original, &mut dice);
        std::fs::write(&path, &bytes).unwrap();
        let ((), held) = peak_of(|| {
            let _ = picture::decode(&bytes, 64);
            let _ = first_frame(&path, 64);
            let _ = waveform(&path, 16, |_seconds| true);
            let _ = local_file(&path);
        });
        assert!(held <= MEMORY, "file {number} took {held} bytes");
    }
}
