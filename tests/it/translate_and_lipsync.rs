//! Translations and lipsyncs from the file to the result, on a sandbox over a real socket.

use std::path::{Path, PathBuf};

use reelmeter::draft::billable::Mode;
use reelmeter::draft::part::Part;
use reelmeter::draft::{LipsyncDraft, TranslationDraft};
use reelmeter::heygen::Resource;
use reelmeter::jobs::submit::submit;
use reelmeter::jobs::types::JobState;
use reelmeter::media::probe::local_file;
use reelmeter::money::Usd;
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video};
use reelmeter::sandbox::{Kind, Rule};
use reelmeter::spend::Caps;
use rust_decimal::Decimal;

use crate::rig::{Rig, submission};

/// A short film in which somebody speaks.
fn film(folder: &Path) -> PathBuf {
    let order = VideoOrder {
        title: "Launch".to_owned(),
        width: 320,
        height: 180,
        sound: Sound::Speech {
            text: "Welcome to the harbour. <break time=\"6s\"/> Enjoy the tour.".to_owned(),
            language: "English".to_owned(),
            voice_id: "v".to_owned(),
            speed: Decimal::ONE,
        },
        look_seed: 3,
        captions: false,
    };
    make_video(&order, folder, "Launch").unwrap().video
}

/// A WAV of so many seconds: 16 bits, 8,000 samples a second.
fn sound(folder: &Path, seconds: u32) -> PathBuf {
    let bytes = seconds * 16_000;
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    for half in [1_u16, 1, 8_000, 0, 16_000, 0, 2, 16] {
        wav.extend(half.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav.extend((0..bytes).map(|byte| u8::try_from(byte % 61).unwrap()));
    let path = folder.join("voice.wav");
    std::fs::write(&path, wav).unwrap();
    path
}

#[tokio::test]
async fn each_language_comes_home_as_a_job_of_its_own_charged_within_its_quote() {
    let rig = Rig::start().await;
    let known = rig.client.translation_languages().await.unwrap();
    let languages = vec!["German".to_owned(), "Spanish (Spain)".to_owned()];
    assert!(languages.iter().all(|language| known.contains(language)), "{known:?}");
    let draft = TranslationDraft {
        video: Some(local_file(&film(rig.folder.path()))),
        languages,
        ..TranslationDraft::default()
    };
    let ids = submit(&rig.studio.store, &submission(&draft, Caps::default(), None)).unwrap().jobs;
    assert_eq!(ids.len(), 2);
    for id in &ids {
        rig.take_up(*id).await;
    }
    let mut titles = Vec::new();
    for id in ids {
        let job = rig.ended(id).await;
        assert_eq!(job.state, JobState::Done, "{job:?}");
        let video = job.files.video.clone().unwrap();
        let found = local_file(&video);
        assert_eq!(found.fault, None);
        let seconds = job.duration.unwrap();
        assert!((found.duration.unwrap() - seconds).abs() < Decimal::new(1, 1), "{seconds}: {found:?}");
        let charge = job.charge.unwrap();
        assert_eq!(charge, Usd(seconds * Decimal::new(333, 4)));
        assert!(job.quoted.low <= charge && charge <= job.quoted.high, "{charge} of {:?}", job.quoted);
        let captions = std::fs::read_to_string(video.with_extension("srt")).unwrap();
        assert!(captions.starts_with("1\n00:00:0"), "{captions}");
        assert!(std::fs::read_to_string(video.with_extension("vtt")).unwrap().starts_with("WEBVTT"));
        titles.push(job.title.clone());
    }
    titles.sort_unstable();
    assert_eq!(titles, ["Launch (German)", "Launch (Spanish, Spain)"]);
    assert_eq!(rig.charges().await.len(), 2);
}

#[tokio::test]
async fn a_fixed_length_is_charged_to_the_digit_that_was_quoted() {
    let rig = Rig::start().await;
    let draft = TranslationDraft {
        video: Some(local_file(&film(rig.folder.path()))),
        languages: vec!["Japanese".to_owned()],
        part: Part { start: Some(Decimal::ONE), end: Some(Decimal::from(6)), ..Part::default() },
        mode: Mode::Precision,
        dynamic_duration: false,
        ..TranslationDraft::default()
    };
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{job:?}");
    assert_eq!((job.quoted.low, job.quoted.high), (job.quoted.likely, job.quoted.likely));
    let difference = job.charge.unwrap() - job.quoted.likely;
    // The film's frames end where they end: at most one of them.
    assert!(difference.0.abs() <= Decimal::new(4, 3), "{:?} for {:?}", job.charge, job.quoted.likely);
}

#[tokio::test]
async fn a_lipsync_is_as_long_as_its_sound_and_one_whose_answer_was_lost_is_paid_once() {
    let rig = Rig::start().await;
    let draft = LipsyncDraft {
        video: Some(local_file(&film(rig.folder.path()))),
        audio: Some(local_file(&sound(rig.folder.path(), 4))),
        ..LipsyncDraft::default()
    };
    rig.sandbox.faults.push(Rule::once("POST", "/v3/lipsyncs", Kind::ResetAfter));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{job:?}");
    let seconds = local_file(job.files.video.as_ref().unwrap()).duration.unwrap();
    assert!((seconds - Decimal::from(4)).abs() < Decimal::new(2, 1), "{seconds}");
    assert_eq!(rig.charges().await.len(), 1);

    let recent = rig.client.recent(Resource::Lipsync, 5).await.unwrap();
    assert_eq!(recent.len(), 1);
    assert_eq!(recent[0].title.as_deref(), Some("Launch"));
    let ids = [job.remote_id.clone().unwrap()];
    let statuses = rig.client.remote_statuses(Resource::Lipsync, &ids).await.unwrap().unwrap();
    assert_eq!(statuses, [(ids[0].clone(), reelmeter::heygen::RemoteStatus::Completed)]);
}

#[tokio::test]
async fn a_translation_without_lip_sync_brings_its_sound_too() {
    let rig = Rig::start().await;
    let draft = TranslationDraft {
        video: Some(local_file(&film(rig.folder.path()))),
        languages: vec!["French".to_owned()],
        audio_only: true,
        captions: false,
        ..TranslationDraft::default()
    };
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{job:?}");
    let audio = local_file(job.files.audio.as_ref().unwrap_or_else(|| panic!("{:?}", job.files)));
    assert_eq!(audio.fault, None);
    assert!(audio.media_type.is_some_and(|kind| kind.starts_with("audio/")));
}
