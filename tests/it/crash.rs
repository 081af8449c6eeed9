//! kill -9 in every state of every product, then a restart: everything that was asked for is made once, paid
//! once and comes home, and the figures of both sides agree.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use reelmeter::draft::avatar_creation::AvatarCreationDraft;
use reelmeter::draft::avatar_video::{Face, Source};
use reelmeter::draft::clips::{ClipLength, ClipsDraft};
use reelmeter::draft::realtime::Program;
use reelmeter::draft::{
    CinematicDraft, Draft, HyperFramesDraft, LipsyncDraft, RealtimeDraft, SpeechDraft, TranslationDraft,
    VideoAgentDraft,
};
use reelmeter::heygen::Client;
use reelmeter::media::hyperframes;
use reelmeter::media::probe::local_file;
use reelmeter::sandbox::footage::{self, Sound, VideoOrder, make_video};
use reelmeter::sandbox::{Kind, Rule, Seen};
use rust_decimal::Decimal;
use tokio::task::JoinSet;

use crate::kill::{Scene, anything, asked};
use crate::rig::draft_of;

/// What is made, in the order of the tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    AvatarVideo,
    Cinematic,
    Agent,
    HyperFrames,
    Realtime,
    /// Into two languages: two jobs.
    Translations,
    Lipsync,
    Clips,
    Speech,
    Avatar,
}

impl What {
    /// Where it is bought.
    fn bought_at(self) -> &'static str {
        match self {
            Self::AvatarVideo | Self::Cinematic => "/v3/videos",
            Self::Agent => "/v3/video-agents",
            Self::HyperFrames => "/v3/hyperframes/renders",
            Self::Realtime => "/v3/avatar-realtime",
            Self::Translations => "/v3/video-translations",
            Self::Lipsync => "/v3/lipsyncs",
            Self::Clips => "/v3/ai-clipping",
            Self::Speech => "/v3/voices/speech",
            Self::Avatar => "/v3/avatars",
        }
    }

    /// Jobs that the one click makes.
    fn jobs(self) -> usize {
        if self == Self::Translations { 2 } else { 1 }
    }

    /// All that lies in the results folder afterwards.
    fn files(self) -> &'static [&'static str] {
        match self {
            Self::AvatarVideo => &["Crash.mp4", "Crash.srt"],
            Self::Cinematic | Self::HyperFrames => &["Crash.mp4"],
            Self::Agent | Self::Lipsync => &["Crash.mp4", "Crash.srt"],
            Self::Realtime | Self::Avatar => &[],
            Self::Translations => &[
                "Crash (German).mp4",
                "Crash (German).srt",
                "Crash (German).vtt",
                "Crash (Japanese).mp4",
                "Crash (Japanese).srt",
                "Crash (Japanese).vtt",
            ],
            Self::Clips => &["Crash 01 Crash, highlight 1.mp4"],
            Self::Speech => &["Crash.srt", "Crash.wav"],
        }
    }
}

/// When the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Held,
    Uploading,
    /// The request left and HeyGen has not taken it.
    Sent,
    /// HeyGen has taken it and not said so.
    Taken,
    Running,
    /// A session plays, and costs by the second.
    Playing,
    /// A part of the result is here.
    Downloading,
    /// Whenever the result comes.
    Arriving,
}

fn moments(what: What) -> Vec<Moment> {
    use Moment::{Arriving, Downloading, Held, Playing, Running, Sent, Taken, Uploading};
    match what {
        // Its answer is all there is: nothing is asked for, and nothing goes up.
        What::Speech => vec![Held, Sent, Taken, Downloading],
        What::Realtime => vec![Held, Uploading, Sent, Taken, Running, Playing],
        What::Avatar => vec![Held, Uploading, Sent, Taken, Running, Arriving],
        What::AvatarVideo => vec![Held, Uploading, Sent, Taken, Running, Downloading, Arriving],
        What::Cinematic | What::Agent | What::HyperFrames | What::Translations | What::Lipsync | What::Clips => {
            vec![Held, Uploading, Sent, Taken, Running, Downloading]
        }
    }
}

/// Kills it at each of its moments, side by side.
async fn check(what: What) {
    let mut scenes = JoinSet::new();
    for moment in moments(what) {
        scenes.spawn(async move {
            let scene =
                Scene::set(rules(what, moment), async |client, folder| draft(what, &client, &folder).await).await;
            let jobs = what.jobs();
            let state = match moment {
                Moment::Held => "held",
                Moment::Uploading => "uploading",
                Moment::Sent | Moment::Taken => "submitting",
                Moment::Running => "running",
                Moment::Playing => "running plays",
                Moment::Downloading | Moment::Arriving => "downloading",
            };
            scene.kill_in(&format!("{jobs} {state}"), has_come(what, moment)).await;
            scene.comes_home(jobs, what.files()).await;
        });
    }
    let mut lost = Vec::new();
    while let Some(ended) = scenes.join_next().await {
        lost.extend(ended.err().map(|error| error.to_string()));
    }
    assert!(lost.is_empty(), "{what:?}: {lost:#?}");
}

fn rules(what: What, moment: Moment) -> Vec<Rule> {
    let bought_at = what.bought_at();
    match moment {
        Moment::Held => vec![Rule::always("POST", bought_at, Kind::RateLimited { retry_after: 3_600 })],
        Moment::Uploading => vec![Rule::once("POST", "/v3/assets", Kind::StallAfter)],
        Moment::Sent => vec![Rule::once("POST", bought_at, Kind::StallBefore)],
        Moment::Taken => vec![Rule::once("POST", bought_at, Kind::StallAfter)],
        Moment::Running => vec![Rule::always("GET", bought_at, Kind::StallBefore)],
        Moment::Downloading => vec![
            Rule::once("GET", "/files/", Kind::CutBody { after: 5_000 }),
            Rule::always("GET", "/files/", Kind::StallBefore),
        ],
        Moment::Playing | Moment::Arriving => Vec::new(),
    }
}

fn has_come(what: What, moment: Moment) -> Sees {
    match moment {
        Moment::Held | Moment::Sent | Moment::Taken => Box::new(asked("POST", what.bought_at())),
        Moment::Uploading => Box::new(asked("POST", "/v3/assets")),
        Moment::Running => Box::new(asked("GET", what.bought_at())),
        // The first breaks off, the second asks for the rest.
        Moment::Downloading => Box::new(|seen| seen.iter().filter(|seen| seen.path.starts_with("/files/")).count() > 1),
        Moment::Playing | Moment::Arriving => Box::new(anything),
    }
}

/// Whether HeyGen has seen enough.
type Sees = Box<dyn Fn(&[Seen]) -> bool + Send>;

/// Films, sounds and a picture that all scenes share.
struct Sources {
    _folder: tempfile::TempDir,
    film: PathBuf,
    long_film: PathBuf,
    sound: PathBuf,
    picture: PathBuf,
}

fn sources() -> &'static Sources {
    static SOURCES: OnceLock<Sources> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let film = |name: &str, text: &str| {
            let sound = Sound::Speech {
                text: text.to_owned(),
                language: "English".to_owned(),
                voice_id: "v".to_owned(),
                speed: Decimal::ONE,
            };
            let order =
                VideoOrder { title: name.to_owned(), width: 320, height: 180, sound, look_seed: 3, captions: false };
            make_video(&order, folder.path(), name).unwrap().video
        };
        let sound = folder.path().join("sound.wav");
        let speech = footage::speech_wav("Welcome to the studio.", "English", "v", Decimal::ONE).unwrap();
        std::fs::write(&sound, speech).unwrap();
        let picture = folder.path().join("picture.png");
        image::RgbImage::from_pixel(256, 256, image::Rgb([200, 40, 40])).save(&picture).unwrap();
        Sources {
            film: film("film", "Welcome to the harbour. <break time=\"5s\"/>"),
            long_film: film("long", "Half a minute and more. <break time=\"33s\"/> That was it."),
            sound,
            picture,
            _folder: folder,
        }
    })
}

async fn draft(what: What, client: &Client, folder: &Path) -> Draft {
    let sources = tokio::task::spawn_blocking(sources).await.unwrap();
    let title = "Crash".to_owned();
    match what {
        What::AvatarVideo => {
            let mut draft = draft_of(&title, &client.looks().await.unwrap(), &client.voices().await.unwrap());
            draft.source = Source::Audio;
            draft.audio = Some(local_file(&sources.sound));
            draft.into()
        }
        What::Cinematic => CinematicDraft {
            title,
            looks: client.looks().await.unwrap().into_iter().filter(|look| look.ready).take(2).collect(),
            prompt: "Snow falls on a lit window.".to_owned(),
            references: vec![local_file(&sources.picture)],
            seconds: Some(4),
            ..CinematicDraft::default()
        }
        .into(),
        What::Agent => VideoAgentDraft {
            title,
            prompt: "Tea for beginners, calm and warm.".to_owned(),
            seconds: 15,
            files: vec![local_file(&sources.picture)],
            ..VideoAgentDraft::default()
        }
        .into(),
        What::HyperFrames => {
            let project = hyperframes::sample(&folder.join("samples")).unwrap();
            let bundle = hyperframes::read(&project, &folder.join("packed"), &|_, _| {}).unwrap();
            let mut draft = HyperFramesDraft { title, ..HyperFramesDraft::default() };
            draft.take_bundle(bundle);
            draft.into()
        }
        What::Realtime => {
            let film = draft_of(&title, &client.looks().await.unwrap(), &client.voices().await.unwrap());
            let Face::Look(look) = film.face else { panic!("no look") };
            RealtimeDraft {
                look: Some(look),
                voice: film.voice,
                program: Program::Audio,
                audio: Some(local_file(&sources.sound)),
                limit_seconds: 60,
                ..RealtimeDraft::default()
            }
            .into()
        }
        What::Translations => TranslationDraft {
            title,
            video: Some(local_file(&sources.film)),
            languages: vec!["German".to_owned(), "Japanese".to_owned()],
            ..TranslationDraft::default()
        }
        .into(),
        What::Lipsync => LipsyncDraft {
            title,
            video: Some(local_file(&sources.film)),
            audio: Some(local_file(&sources.sound)),
            ..LipsyncDraft::default()
        }
        .into(),
        What::Clips => ClipsDraft {
            title,
            video: Some(local_file(&sources.long_film)),
            lengths: vec![ClipLength::HalfMinute],
            input_language: Some("English".to_owned()),
            ..ClipsDraft::default()
        }
        .into(),
        What::Speech => SpeechDraft {
            title,
            voice: client.speech_voices().await.unwrap().into_iter().next(),
            text: "Good morning.".to_owned(),
            ..SpeechDraft::default()
        }
        .into(),
        What::Avatar => AvatarCreationDraft {
            name: title,
            photo: Some(local_file(&sources.picture)),
            ..AvatarCreationDraft::default()
        }
        .into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_avatar_video_killed_in_any_state_is_paid_once() {
    check(What::AvatarVideo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cinematic_video_killed_in_any_state_is_paid_once() {
    check(What::Cinematic).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_video_killed_in_any_state_is_paid_once() {
    check(What::Agent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hyperframes_render_killed_in_any_state_is_paid_once() {
    check(What::HyperFrames).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realtime_session_killed_in_any_state_is_paid_once() {
    check(What::Realtime).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn translations_killed_in_any_state_are_paid_once() {
    check(What::Translations).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lipsync_killed_in_any_state_is_paid_once() {
    check(What::Lipsync).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_killed_in_any_state_are_paid_once() {
    check(What::Clips).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speech_killed_in_any_state_is_paid_once() {
    check(What::Speech).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_avatar_killed_in_any_state_is_paid_once() {
    check(What::Avatar).await;
}
