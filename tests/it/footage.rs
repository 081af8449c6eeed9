//! Films as a player sees them: opened, decoded, measured.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::Path;

use reelmeter::media::frames::first_frame;
use reelmeter::media::probe::{MediaType, probe};
use reelmeter::sandbox::footage::{
    ClipOrder, Crop, FPS, FilmOrder, Footage, FootageErrorKind, Scene, Sound, VideoOrder, bars, loudness, make_clip,
    make_cut_out, make_video, speech_seconds, speech_wav, to_webm,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

const TEXT: &str = "Welcome back. In the next forty seconds we will show you how the new onboarding works, \
                    from the first message to the first invoice. <break time=\"1.5s\"/> Three things changed this spring.";

fn order(sound: Sound) -> VideoOrder {
    VideoOrder { title: "Invoice how-to".to_owned(), width: 320, height: 180, sound, look_seed: 16, captions: true }
}

fn speech(text: &str) -> Sound {
    Sound::Speech {
        text: text.to_owned(),
        language: "English".to_owned(),
        voice_id: "voice_daria_en".to_owned(),
        speed: Decimal::ONE,
    }
}

/// The film's pictures, each as rows of brightness.
fn pictures(path: &Path) -> Vec<Vec<u8>> {
    use openh264::formats::YUVSource;

    let (film, bytes) = re_mp4::Mp4::read_file(path).unwrap();
    let track = film.tracks().values().find(|track| track.kind == Some(re_mp4::TrackKind::Video)).unwrap();
    let avcc = track.raw_codec_config(&film).unwrap();
    let mut decoder = openh264::decoder::Decoder::new().unwrap();
    let parameters = parameter_sets(&avcc);
    let mut pictures = Vec::new();
    for sample in &track.samples {
        let mut stream = if sample.is_sync { parameters.clone() } else { Vec::new() };
        let mut rest = &bytes[sample.byte_range()];
        while rest.len() > 4 {
            let length = usize::try_from(u32::from_be_bytes(rest[..4].try_into().unwrap())).unwrap();
            stream.extend([0, 0, 0, 1]);
            stream.extend(&rest[4..4 + length]);
            rest = &rest[4 + length..];
        }
        if let Some(picture) = decoder.decode(&stream).unwrap() {
            let (width, height) = picture.dimensions();
            let stride = picture.strides().0;
            pictures
                .push((0..height).flat_map(|row| picture.y()[row * stride..row * stride + width].to_vec()).collect());
        }
    }
    assert_eq!(pictures.len(), track.samples.len(), "every sample is a picture");
    pictures
}

/// The parameter sets of an `avcC` box in Annex B form.
fn parameter_sets(avcc: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut at = 5;
    for _kind in 0..2 {
        let count = avcc[at] & 0x1f;
        at += 1;
        for _set in 0..count {
            let length = usize::from(u16::from_be_bytes([avcc[at], avcc[at + 1]]));
            stream.extend([0, 0, 0, 1]);
            stream.extend(&avcc[at + 2..at + 2 + length]);
            at += 2 + length;
        }
    }
    stream
}

/// Samples per second and the decoded sound of the film's track.
fn sound(path: &Path) -> (u32, Vec<i16>) {
    let stream = MediaSourceStream::new(Box::new(std::fs::File::open(path).unwrap()), Default::default());
    let mut film = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let track = film.default_track(TrackType::Audio).unwrap();
    let id = track.id;
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).unwrap();
    let (mut rate, mut samples, mut part) = (0, Vec::new(), Vec::<i16>::new());
    while let Some(packet) = film.next_packet().unwrap() {
        if packet.track_id == id {
            let buffer = decoder.decode(&packet).unwrap();
            rate = buffer.spec().rate();
            buffer.copy_to_vec_interleaved(&mut part);
            samples.extend(&part);
        }
    }
    (rate, samples)
}

fn length(samples: usize, rate: u32) -> Decimal {
    Decimal::from(samples) / Decimal::from(rate)
}

#[track_caller]
fn check_near(a: Decimal, b: Decimal, tolerance: &str) {
    assert!((a - b).abs() <= tolerance.parse().unwrap(), "{a} and {b} are more than {tolerance} apart");
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_script_becomes_a_film_of_the_length_it_takes_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let film = make_video(&order(speech(TEXT)), folder.path(), "film").unwrap();
    let said = speech_seconds(TEXT, "English", "voice_daria_en", Decimal::ONE).unwrap();
    assert_eq!(film.seconds, said);

    let found = probe(&film.video).unwrap();
    assert_eq!((found.media_type, found.dimensions), (MediaType::Mp4, Some((320, 180))));
    assert_eq!(found.seconds, Some(film.seconds));
    assert!(found.has_audio && found.has_video);

    let (rate, samples) = sound(&film.video);
    check_near(length(samples.len(), rate), film.seconds, "0.05");
    assert!(samples.iter().any(|sample| sample.abs() > 2_000), "nobody speaks");

    assert_eq!(files(folder.path()), ["film.mp4", "film.png", "film.srt"]);
    let thumbnail = image::open(&film.thumbnail).unwrap();
    assert_eq!((thumbnail.width(), thumbnail.height()), (640, 360));
    let captions = std::fs::read_to_string(film.captions.unwrap()).unwrap();
    assert!(captions.starts_with("1\n00:00:00,000 --> ") && captions.contains("Three things changed this spring."));
    assert!(captions.lines().all(|line| line.chars().count() <= 42), "{captions}");
}

/// The part of the picture where the clock is.
fn clock(picture: &[u8]) -> Vec<u8> {
    picture.chunks_exact(320).skip(150).flat_map(|row| row[260..].to_vec()).collect()
}

/// The largest change of brightness of a pixel.
fn change(a: &[u8], b: &[u8]) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// The mean change of brightness, in hundredths.
fn difference(a: &[u8], b: &[u8]) -> u64 {
    a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>() * 100 / u64::try_from(a.len()).unwrap()
}

#[test]
fn the_clock_in_the_picture_shows_every_second_once() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("tone.wav");
    // 23 seconds: three groups of pictures, the last one cut short.
    std::fs::write(&wav, tone(23 * 16_000)).unwrap();
    let film = make_video(&order(Sound::File(wav)), folder.path(), "film").unwrap();
    assert_eq!(film.seconds, Decimal::from(23));
    // Nobody knows the words of a file; when they are said can be heard.
    let captions = std::fs::read_to_string(film.captions.unwrap()).unwrap();
    assert_eq!(captions, "1\n00:00:00,000 --> 00:00:23,000\n(Speech 1)\n\n");
    let pictures = pictures(&film.video);
    assert_eq!(pictures.len(), 23 * 25);
    let clocks: Vec<_> = pictures.iter().map(|picture| clock(picture)).collect();
    for second in 0..23 {
        let at = second * 25;
        let moved = change(&clocks[at + 1], &clocks[at + 24]);
        assert!(moved < 40, "the clock moved by {moved} during second {second}");
        if second > 0 {
            assert!(change(&clocks[at], &clocks[at - 1]) > 60, "the clock stood still at second {second}");
        }
    }
    // What is used again must look as if it had been encoded anew.
    assert!(difference(&pictures[1], &pictures[200]) < 200);
    assert!(change(&clocks[3 * 25], &clocks[13 * 25]) > 60, "0:03 and 0:13 look the same");
}

/// A WAV of a loud tone, 16,000 samples a second.
fn tone(samples: u32) -> Vec<u8> {
    let mut file = b"RIFF".to_vec();
    file.extend((samples * 2 + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    for number in [16, 0x0001_0001, 16_000, 32_000, 0x0010_0002] {
        file.extend(u32::to_le_bytes(number));
    }
    file.extend(b"data");
    file.extend((samples * 2).to_le_bytes());
    for n in 0..samples {
        file.extend(if n / 20 % 2 == 0 { 6_000_i16 } else { -6_000 }.to_le_bytes());
    }
    file
}

#[test]
fn a_film_may_be_of_any_shape_and_very_short() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("blip.wav");
    std::fs::write(&wav, tone(1_000)).unwrap();
    for (width, height) in [(90, 160), (128, 128), (161, 91)] {
        let order = VideoOrder { width, height, ..order(Sound::File(wav.clone())) };
        let Footage { video, seconds, .. } = make_video(&order, folder.path(), &format!("{width}")).unwrap();
        let found = probe(&video).unwrap();
        assert_eq!(found.dimensions, Some((width.next_multiple_of(2), height.next_multiple_of(2))));
        assert_eq!(found.seconds, Some(seconds));
        assert_eq!(pictures(&video).len(), 4);
        // Two blocks of sound are the least.
        assert_eq!(seconds, Decimal::new(128, 3));
    }
}

#[test]
fn an_order_that_cannot_be_met_leaves_no_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |order: VideoOrder| make_video(&order, folder.path(), "film").unwrap_err().kind;
    assert_eq!(refused(VideoOrder { width: 0, ..order(speech(TEXT)) }), FootageErrorKind::Order);
    assert_eq!(refused(VideoOrder { height: 9_000, ..order(speech(TEXT)) }), FootageErrorKind::Order);
    assert_eq!(refused(order(speech("<break time=\"3s\"/>"))), FootageErrorKind::Order);
    assert_eq!(refused(order(Sound::File(folder.path().join("gone.wav")))), FootageErrorKind::Disk);
    assert_eq!(files(folder.path()), Vec::<String>::new());
    let nowhere = make_video(&order(speech("Hello.")), &folder.path().join("gone"), "film").unwrap_err();
    assert_eq!(nowhere.kind, FootageErrorKind::Disk);
}

#[test]
fn a_slower_voice_takes_longer_and_a_preview_can_be_played() {
    let seconds = |speed: &str| speech_seconds(TEXT, "en-GB", "voice_oliver_gb", speed.parse().unwrap()).unwrap();
    assert!(seconds("0.7") > seconds("1") && seconds("1") > seconds("1.4"));
    assert_eq!(seconds("1"), seconds("1"), "the same text takes as long every time");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("preview.wav");
    std::fs::write(&path, speech_wav(TEXT, "en-GB", "voice_oliver_gb", Decimal::ONE).unwrap()).unwrap();
    assert_eq!(probe(&path).unwrap().seconds, Some(seconds("1")));
}

#[test]
fn a_webm_holds_pictures_that_webm_allows() {
    let folder = tempfile::tempdir().unwrap();
    let footage = make_video(&order(speech("One. Two.")), folder.path(), "film").unwrap();
    let path = folder.path().join("film.webm");
    let milliseconds = (footage.seconds * Decimal::ONE_THOUSAND).to_u64().unwrap();
    to_webm(&footage.video, &bars(), milliseconds, &path).unwrap();
    let probed = probe(&path).unwrap();
    assert_eq!((probed.media_type, probed.dimensions), (MediaType::Webm, Some((320, 180))));
    assert_eq!(probed.seconds, Some(footage.seconds));
    assert!(probed.has_audio);
    let film_bytes = std::fs::read(&path).unwrap();
    for codec in [b"V_VP8".as_slice(), b"A_OPUS"] {
        assert!(film_bytes.windows(codec.len()).any(|bytes| bytes == codec));
    }
    let (webm, film) = (first_frame(&path, 180).unwrap(), first_frame(&footage.video, 180).unwrap());
    assert_eq!((webm.width, webm.height), (320, 180));
    let apart: u64 = webm.rgba.iter().zip(&film.rgba).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(apart / u64::try_from(film.rgba.len()).unwrap() < 4, "the same picture as in the film: {apart}");
}

/// The contents of all elements with this id, in a file of elements.
fn elements(bytes: &[u8], wanted: u64) -> Vec<&[u8]> {
    const HOLDERS: [u64; 6] = [0x1853_8067, 0x1f43_b675, 0xa0, 0x75a1, 0xa6, 0x1c53_bb6b];
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let (mut found, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let wide = usize::try_from(rest[0].leading_zeros()).unwrap() + 1;
        let (id, after) = rest.split_at(wide);
        let wide = usize::try_from(after[0].leading_zeros()).unwrap() + 1;
        let length = number(&after[..wide]) & (u64::MAX >> (64 - 7 * wide));
        let content = &after[wide..wide + usize::try_from(length).unwrap()];
        rest = &after[wide + content.len()..];
        if number(id) == wanted {
            found.push(content);
        } else if HOLDERS.contains(&number(id)) {
            found.extend(elements(content, wanted));
        }
    }
    found
}

fn cut_out(scene: Scene) -> FilmOrder {
    FilmOrder {
        title: "Cut out".to_owned(),
        width: 320,
        height: 180,
        fps: FPS,
        scene,
        sound: speech("One. Two. Three, and four."),
        seconds: None,
        captions: true,
    }
}

/// How opaque a film's first picture is: at its upper left corner, in its middle, and how much of it altogether.
fn opacity(film: &[u8]) -> (u8, u8, usize) {
    let mut decoder = oxideav_vp8::Vp8DecoderState::new();
    let decoded = decoder.decode_frame(elements(film, 0xa5)[0]).unwrap();
    let covered = decoded.y.iter().filter(|opacity| **opacity > 128).count();
    assert!(decoded.y[320 * 179 + 150] > 251 || decoded.y[320 * 90 + 160] < 4, "somebody ends above the lower edge");
    (decoded.y[0], decoded.y[320 * 90 + 160], covered * 100 / decoded.y.len())
}

#[test]
fn a_film_that_is_cut_out_is_opaque_only_where_somebody_is() {
    let folder = tempfile::tempdir().unwrap();
    let footage = make_cut_out(&cut_out(Scene::Person(16)), folder.path(), "film").unwrap();
    let probed = probe(&footage.video).unwrap();
    assert_eq!((probed.media_type, probed.dimensions), (MediaType::Webm, Some((320, 180))));
    assert_eq!((probed.seconds, probed.has_audio), (Some(footage.seconds), true));
    assert!(footage.captions.is_some_and(|srt| std::fs::read_to_string(srt).unwrap().contains("One.")));

    let first = first_frame(&footage.video, 180).unwrap();
    assert_eq!((first.width, first.height), (320, 180), "the program can show it");
    let film = std::fs::read(&footage.video).unwrap();
    let (corner, middle, covered) = opacity(&film);
    assert!(corner < 4 && middle > 251 && (15..60).contains(&covered), "{corner}, {middle}, {covered} %");
    // What is said is heard in it, second by second, as in the same film with a background.
    let plain = make_video(&order(speech("One. Two. Three, and four.")), folder.path(), "plain").unwrap();
    let (cut, plain) = (loudness(&footage.video), loudness(&plain.video));
    assert!(cut.len() >= plain.len() && plain[0] > 500);
    for (cut, plain) in cut.iter().zip(&plain) {
        assert!(cut.abs_diff(*plain) < 200 + plain / 2, "{cut} is not as loud as {plain}");
    }
    // All pictures have an opacity, and the mouth moves.
    let count = (footage.seconds * Decimal::from(FPS)).ceil().to_usize().unwrap();
    let blocks = elements(&film, 0xa1);
    let pictures: Vec<&[u8]> = blocks.iter().filter(|block| block[0] == 0x81).map(|block| &block[4..]).collect();
    assert_eq!((pictures.len(), elements(&film, 0xa5).len()), (count, count));
    let mut decoder = oxideav_vp8::Vp8DecoderState::new();
    let mut mouths: Vec<Vec<u8>> = pictures.iter().map(|frame| decoder.decode_frame(frame).unwrap().y).collect();
    mouths.sort();
    mouths.dedup();
    assert_eq!(mouths.len(), 4);
    // The index leads to a cluster.
    let segment = elements(&film, 0x1853_8067)[0];
    let at = elements(elements(elements(segment, 0x1c53_bb6b)[0], 0xbb)[0], 0xb7)[0];
    let place = u64::from_be_bytes(elements(at, 0xf1)[0].try_into().unwrap());
    assert_eq!(segment[usize::try_from(place).unwrap()..][..4], [0x1f, 0x43, 0xb6, 0x75]);
}

#[test]
fn a_picture_is_cut_out_by_its_own_transparency_or_as_portraits_are() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = |name: &str, around: u8| {
        let picture = image::RgbaImage::from_fn(320, 180, |x, y| {
            let inside = x < 100 && y > 60;
            image::Rgba([200, 40, 40, if inside { 255 } else { around }])
        });
        let path = folder.path().join(format!("{name}.png"));
        picture.save(&path).unwrap();
        let film = make_cut_out(&cut_out(Scene::Picture(path)), folder.path(), name).unwrap().video;
        opacity(&std::fs::read(film).unwrap())
    };
    let (corner, middle, covered) = drawn("own", 0);
    assert!(corner < 4 && middle < 4 && (15..27).contains(&covered), "{corner}, {middle}, {covered} %");
    let (corner, middle, covered) = drawn("opaque", 255);
    assert!(corner < 4 && middle > 251 && (15..60).contains(&covered), "{corner}, {middle}, {covered} %");
}

#[test]
fn captions_are_seen_in_a_clip_while_somebody_speaks() {
    let folder = tempfile::tempdir().unwrap();
    let footage = make_video(&order(speech(TEXT)), folder.path(), "film").unwrap();
    let loud = loudness(&footage.video);
    let clip = |captions: bool, name: &str| {
        let order = ClipOrder {
            video: footage.video.clone(),
            source_seconds: footage.seconds,
            seconds: Decimal::from(3),
            number: 0,
            title: "Clip".to_owned(),
            crop: Crop::Whole,
            size: Some((320, 180)),
            captions,
        };
        pictures(&make_clip(&order, &loud, folder.path(), name).unwrap().video)
    };
    let (plain, captioned) = (clip(false, "plain"), clip(true, "captioned"));
    assert_eq!(plain.len(), captioned.len());
    // Rows of the lower third, and those above it.
    let (above, below) = (320 * 120, 320 * 180);
    let differ = |range: std::ops::Range<usize>| {
        let apart = |(a, b): (&Vec<u8>, &Vec<u8>)| {
            a[range.clone()].iter().zip(&b[range.clone()]).filter(|(a, b)| a.abs_diff(**b) > 60).count()
        };
        plain.iter().zip(&captioned).map(apart).max().unwrap()
    };
    let (read, spoiled) = (differ(above..below), differ(0..above));
    assert!(read > 60, "nothing to read below: {read} pixels differ");
    assert!(spoiled < 20, "something was drawn over the picture above: {spoiled} pixels differ");
}
