//! How long it takes to find out what a film of two hours and two gigabytes is: index in front, and at the end.
//! `cargo bench --bench probe`. Prints; judges nothing. The films have a real index; their pictures are holes on disk.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use reelmeter::media::probe::probe;

const SECONDS: u32 = 7_200;
const MEDIA_BYTES: u32 = 2_000_000_000;
const ROUNDS: usize = 21;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("reelmeter-probe-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path) -> Result<()> {
    for in_front in [true, false] {
        let path = folder.join("film.mp4");
        write_film(&path, in_front)?;
        let mut times = Vec::new();
        for _round in 0..ROUNDS {
            let begun = Instant::now();
            let found = probe(&path)?;
            times.push(begun.elapsed());
            if found.seconds != Some(SECONDS.into()) || !found.has_audio {
                return Err(format!("the probe found {found:?}").into());
            }
        }
        times.sort_unstable();
        let at = |place: usize| times.get(place).map_or(0.0, |time: &Duration| time.as_secs_f64() * 1_000.0);
        let place = if in_front { "in front" } else { "at the end" };
        println!("2 GB film, index {place:<10} {:.1} ms (most {:.1})", at(ROUNDS / 2), at(ROUNDS - 1));
    }
    Ok(())
}

/// A film whose chunks of one second alternate between pictures and sound.
fn write_film(path: &Path, in_front: bool) -> Result<()> {
    let ftyp = boxed(b"ftyp", &[b"isom", &[0; 4]]);
    let mdat = [(MEDIA_BYTES + 8).to_be_bytes().as_slice(), b"mdat"].concat();
    let length = u32::try_from(index(0)?.len())?;
    let media = u32::try_from(ftyp.len() + mdat.len())? + if in_front { length } else { 0 };
    let index = index(media)?;
    let mut file = File::create(path)?;
    file.write_all(&ftyp)?;
    if in_front {
        file.write_all(&index)?;
    }
    file.write_all(&mdat)?;
    file.seek(SeekFrom::Start(u64::from(media) + u64::from(MEDIA_BYTES)))?;
    if in_front {
        file.set_len(u64::from(media) + u64::from(MEDIA_BYTES))?;
    } else {
        file.write_all(&index)?;
    }
    Ok(())
}

fn index(media: u32) -> Result<Vec<u8>> {
    let second = MEDIA_BYTES / SECONDS;
    let mvhd = boxed(b"mvhd", &[&numbers(&[0, 0, 0, 1_000, SECONDS * 1_000])]);
    let pictures = track(1, b"vide", 25, (media, second), second / 30);
    // AAC at 43 blocks a second; their sizes differ, as the pictures' do.
    let sound = track(2, b"soun", 43, (media + second * 9 / 10, second), second / 600);
    Ok(boxed(b"moov", &[&mvhd, &pictures, &sound]))
}

/// A track of `rate` samples a second, a chunk for every second.
fn track(id: u32, kind: &[u8; 4], rate: u32, (first, step): (u32, u32), each: u32) -> Vec<u8> {
    let samples = SECONDS * rate;
    let sizes: Vec<u32> = (0..samples).map(|sample| each - sample % 7).collect();
    let offsets: Vec<u32> = (0..SECONDS).map(|chunk| first + chunk * step).collect();
    // One run for each sample, as a camera with an uneven clock writes it.
    let times: Vec<u32> = (0..samples).flat_map(|_sample| [1, 1]).collect();
    let mut tkhd = vec![0; 84];
    if let Some(place) = tkhd.get_mut(12..16) {
        place.copy_from_slice(&id.to_be_bytes());
    }
    if let Some(place) = tkhd.get_mut(76..84) {
        place.copy_from_slice(&numbers(&[1_920 << 16, 1_080 << 16]));
    }
    let stbl = boxed(
        b"stbl",
        &[
            &boxed(b"stts", &[&numbers(&[0, samples]), &numbers(&times)]),
            &boxed(b"stsc", &[&numbers(&[0, 1, 1, rate, 1])]),
            &boxed(b"stsz", &[&numbers(&[0, 0, samples]), &numbers(&sizes)]),
            &boxed(b"stco", &[&numbers(&[0, SECONDS]), &numbers(&offsets)]),
        ],
    );
    let mdia = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&numbers(&[0, 0, 0, rate, samples, 0])]),
            &boxed(b"hdlr", &[&numbers(&[0, 0]), kind, &[0; 13]]),
            &boxed(b"minf", &[&stbl]),
        ],
    );
    boxed(b"trak", &[&boxed(b"tkhd", &[&tkhd]), &mdia])
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut out = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    out.extend(kind);
    parts.iter().for_each(|part| out.extend(*part));
    out
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
