//! Limits and names of an avatar video's draft.

use super::*;

#[track_caller]
fn check_title(script: &str, expected: &str) {
    let draft = AvatarVideoDraft { script: script.to_owned(), ..AvatarVideoDraft::default() };
    assert_eq!(draft.effective_title(), expected);
}

#[test]
fn a_video_without_a_title_is_named_after_its_first_sentence_or_six_words() {
    check_title("Welcome back. In the next forty seconds", "Welcome back");
    check_title("In the next forty seconds we will show", "In the next forty seconds we");
    check_title("Spring <break time=\"0.8s\"/> is here, at last!", "Spring is here, at last");
    check_title("  ", "Untitled video");
    check_title("...", "Untitled video");
}

fn twin() -> Look {
    Look {
        id: "look".to_owned(),
        name: "Daria".to_owned(),
        avatar_type: AvatarType::DigitalTwin,
        group_id: None,
        default_voice_id: None,
        gender: None,
        engines: vec![Engine::AvatarIii, Engine::AvatarIv],
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut AvatarVideoDraft), expected: &[Field]) {
    let mut draft = AvatarVideoDraft {
        face: Face::Look(Look { default_voice_id: Some("voice".to_owned()), ..twin() }),
        script: "Hello.".to_owned(),
        ..AvatarVideoDraft::default()
    };
    change(&mut draft);
    let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
    assert_eq!(fields, expected, "{:?}", draft.problems());
}

fn sound(seconds: i64) -> LocalFile {
    LocalFile {
        path: "voice.mp3".into(),
        size: 1_000,
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(seconds)),
        dimensions: None,
        has_audio: None,
        fault: None,
        ..LocalFile::default()
    }
}

#[test]
fn every_limit_is_told_beside_its_field() {
    check(|_| {}, &[]);
    check(|draft| draft.face = Face::None, &[Field::Look]);
    check(|draft| draft.face = Face::Look(twin()), &[Field::Voice]);
    check(|draft| draft.face = Face::Look(Look { ready: false, ..twin() }), &[Field::Look, Field::Voice]);
    check(|draft| draft.engine = Engine::AvatarV, &[Field::Engine]);
    check(|draft| draft.script = " \n".to_owned(), &[Field::Script]);
    check(|draft| draft.script = "ä".repeat(SCRIPT_LIMIT), &[]);
    check(|draft| draft.script = "ä".repeat(SCRIPT_LIMIT + 1), &[Field::Script]);
    check(|draft| draft.title = "t".repeat(TITLE_LIMIT + 1), &[Field::Title]);
    check(|draft| draft.voice_settings.speed = Decimal::new(16, 1), &[Field::VoiceSettings]);
    check(|draft| draft.voice_settings.pitch = 51, &[Field::VoiceSettings]);
    check(|draft| draft.background = Background::Color("red".to_owned()), &[Field::Background]);
    check(|draft| draft.background = Background::Color("#1a2b3c".to_owned()), &[]);
    check(
        |draft| {
            draft.background = Background::Color("#1a2b3c".to_owned());
            draft.output_format = OutputFormat::Webm;
        },
        &[Field::Background],
    );
    for (seconds, expected) in [(600, &[][..]), (601, &[Field::Audio]), (0, &[Field::Audio])] {
        check(
            |draft| {
                draft.source = Source::Audio;
                draft.audio = Some(sound(seconds));
            },
            expected,
        );
    }
    check(
        |draft| {
            draft.source = Source::Audio;
            draft.audio = Some(LocalFile { media_type: Some("image/png".to_owned()), ..sound(3) });
        },
        &[Field::Audio],
    );
    check(|draft| draft.source = Source::Audio, &[Field::Audio]);
}

#[test]
fn an_audio_file_gives_the_length_and_a_broken_one_gives_none() {
    let mut draft = AvatarVideoDraft { source: Source::Audio, audio: Some(sound(61)), ..AvatarVideoDraft::default() };
    assert_eq!(draft.length(), Length::Seconds(Decimal::from(61)));
    draft.audio = Some(LocalFile { fault: Some("It lies.".to_owned()), ..sound(61) });
    assert!(matches!(draft.length(), Length::Unknown(_)));
}
