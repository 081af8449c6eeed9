//! Speeches and clips from the draft to their files, on a sandbox over a real socket.

use reelmeter::draft::clips::{ClipLength, ClipsDraft};
use reelmeter::draft::speech::{InputType, SpeechDraft};
use reelmeter::jobs::journal;
use reelmeter::jobs::types::{JobState, Progress};
use reelmeter::media::probe::local_file;
use reelmeter::money::Usd;
use reelmeter::sandbox::footage::{Sound, VideoOrder, make_video};
use reelmeter::sandbox::{Kind, Rule};
use rust_decimal::Decimal;

use crate::rig::Rig;

async fn speech(rig: &Rig, input_type: InputType, text: &str) -> SpeechDraft {
    let voice = rig.client.speech_voices().await.unwrap().into_iter().next();
    SpeechDraft { voice, input_type, text: text.to_owned(), ..SpeechDraft::default() }
}

#[tokio::test]
async fn a_speech_comes_home_with_its_words_and_captions_and_teaches_its_voice() {
    let rig = Rig::start().await;
    let text = "<speak>Good morning. <break time=\"1s\"/> Welcome to the harbour tour &amp; enjoy it.</speak>";
    let draft = speech(&rig, InputType::Ssml, text).await;
    // Somebody's own file has the captions' name already.
    std::fs::create_dir_all(rig.results()).unwrap();
    std::fs::write(rig.results().join("Good morning.srt"), "somebody's").unwrap();
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{job:?}");
    let audio = job.files.audio.clone().unwrap();
    let sound = local_file(&audio);
    assert_eq!((sound.fault.as_deref(), sound.media_type.as_deref()), (None, Some("audio/wav")));
    let seconds = job.duration.unwrap();
    assert!((sound.duration.unwrap() - seconds).abs() < Decimal::new(1, 1), "{seconds}");
    assert_eq!(job.charge, Some(Usd(seconds * Decimal::new(667, 6))));
    assert!(job.files.words.iter().any(|word| word.word.contains("harbour")), "{:?}", job.files.words);
    assert_eq!(std::fs::read_to_string(rig.results().join("Good morning.srt")).unwrap(), "somebody's");

    let learned = rig.studio.store.run(|tx| journal::observations(tx, 10)).await.unwrap();
    let [spoken] = learned.as_slice() else { panic!("{} observations", learned.len()) };
    assert_eq!(Some(&spoken.voice_id), draft.voice.as_ref().map(|voice| &voice.id));
    assert!(spoken.script.contains("tour & enjoy") && spoken.script.contains("<break"), "{}", spoken.script);

    let second = speech(&rig, InputType::Text, "The boat leaves at nine.").await;
    let id = rig.submit(&second).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    let captions = std::fs::read_to_string(job.files.captions.clone().unwrap()).unwrap();
    assert!(captions.starts_with("1\n00:00:0") && captions.contains("boat"), "{captions}");
    assert_eq!(job.files.captions.as_ref().map(|path| path.with_extension("wav")), job.files.audio);
}

#[tokio::test]
async fn a_speech_whose_answer_was_lost_is_paid_once() {
    let rig = Rig::start().await;
    let draft = speech(&rig, InputType::Text, "Good morning.").await;
    rig.sandbox.faults.push(Rule::once("POST", "/v3/voices/speech", Kind::ResetAfter));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{job:?}");
    assert_eq!(rig.charges().await.len(), 1);
}

fn film(folder: &std::path::Path) -> std::path::PathBuf {
    let order = VideoOrder {
        title: "Webinar".to_owned(),
        width: 320,
        height: 180,
        sound: Sound::Speech {
            text: "Seventy seconds. <break time=\"70s\"/> That was it.".to_owned(),
            language: "English".to_owned(),
            voice_id: "v".to_owned(),
            speed: Decimal::ONE,
        },
        look_seed: 3,
        captions: false,
    };
    make_video(&order, folder, "Webinar").unwrap().video
}

#[tokio::test]
async fn clips_come_home_each_as_its_own_file_and_those_that_failed_are_named() {
    let rig = Rig::start().await;
    let video = film(rig.folder.path());
    let lengths = vec![ClipLength::HalfMinute, ClipLength::Minute];
    let draft = ClipsDraft {
        video: Some(local_file(&video)),
        lengths,
        input_language: Some("English".to_owned()),
        ..ClipsDraft::default()
    };
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::from_cents(30))), "{job:?}");
    let [short, long] = job.files.clips.as_slice() else { panic!("{:?}", job.files.clips) };
    for (clip, most) in [(short, 30), (long, 60)] {
        let file = local_file(&clip.path);
        assert_eq!(file.fault, None);
        assert!(file.duration.unwrap() <= Decimal::from(most), "{clip:?}");
        assert!(clip.path.starts_with(rig.results()) && clip.score.is_some() && !clip.title.is_empty());
        assert!(clip.thumbnail.as_ref().is_some_and(|picture| picture.exists()));
    }
    assert_ne!(short.path, long.path);

    let kind = Kind::FailRender { code: "clip_failed".to_owned(), message: "No speech.".to_owned() };
    rig.sandbox.faults.push(Rule::once("POST", "/v3/ai-clipping", kind));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.charge), (JobState::Done, Some(Usd::from_cents(15))), "{job:?}");
    assert_eq!(job.files.clips.len(), 1);
    let error = job.error.clone().unwrap();
    assert!(error.what.contains("was not made"), "{error:?}");
    let recent = rig.client.recent_clippings(5).await.unwrap();
    assert_eq!(recent.len(), 2);
}

#[tokio::test]
async fn clips_that_are_listed_late_keep_their_hold_and_settle_when_they_come() {
    let rig = Rig::start().await;
    let video = film(rig.folder.path());
    let lengths = vec![ClipLength::HalfMinute];
    let draft = ClipsDraft {
        video: Some(local_file(&video)),
        lengths,
        input_language: Some("English".to_owned()),
        ..ClipsDraft::default()
    };
    rig.sandbox.faults.push(Rule::always("GET", "", Kind::UnlistedClips));
    let id = rig.submit(&draft).unwrap();
    rig.take_up(id).await;
    // Longer than it was once waited for: it is only asked seldom by then.
    let waits_long = |job: &reelmeter::jobs::types::Job| {
        let Progress::Waiting { seconds, why } = &job.progress else { return false };
        *seconds >= 300 && why == "HeyGen says it is done but has not listed the clips yet"
    };
    rig.until("it is looked for seldom", |board| {
        board.jobs.iter().find(|job| job.id == id).is_some_and(|job| waits_long(job))
    })
    .await;
    let job = rig.studio.board.borrow().jobs.iter().find(|job| job.id == id).cloned().unwrap();
    assert_eq!((job.state, job.hold, job.charge), (JobState::Downloading, Usd::from_cents(15), None));
    assert!(job.can_be_let_go());

    // Also after the program was away.
    let rig = rig.restart().await;
    rig.sandbox.faults.clear();
    rig.studio.worker.wake(Some(id));
    let job = rig.ended(id).await;
    assert_eq!((job.state, job.hold, job.charge), (JobState::Done, Usd::ZERO, Some(Usd::from_cents(15))), "{job:?}");
    assert_eq!(job.files.clips.len(), 1);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn what_heygen_answered_stays_without_signatures_however_a_job_ends() {
    let rig = Rig::start().await;
    let draft = speech(&rig, InputType::Text, "Good morning.").await;
    let id = rig.submit(&draft).unwrap();
    let answer = rig
        .studio
        .store
        .run(move |tx| {
            let now = crate::rig::now();
            journal::set_answer(tx, id, r#"{"data":{"audio_url":"https://files.example/a.mp3?signature=open"}}"#)?;
            journal::end(tx, id, JobState::Failed, &journal::Ending::default(), now)?;
            Ok::<_, reelmeter::store::StoreError>(journal::get(tx, id)?.answer)
        })
        .await
        .unwrap();
    assert_eq!(answer.as_deref(), Some(r#"{"data":{"audio_url":"https://files.example/a.mp3"}}"#));
}
