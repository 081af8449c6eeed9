//! The draft of an avatar video (`POST /v3/videos`, types `avatar` and `image`).

mod options;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::billable::{Billable, Face as BillableFace, Length, Speech};
use super::cast::{AspectRatio, AvatarType, Engine, Look, Resolution, Voice};
use super::composition::Composition;
pub use super::file::LocalFile;
pub use super::title::TITLE_LIMIT;
use super::title::{self, first_words};
use super::too_long;
use super::ways::{self, Alternative, Choice};
use super::{Field, Foreign, Problem, Product};

pub use options::{Background, Expressiveness, OutputFormat, VoiceSettings};

/// Characters a script may have at most (published limit).
pub const SCRIPT_LIMIT: usize = 5_000;
/// Seconds a driving audio file may have at most (published limit).
pub const AUDIO_SECONDS_LIMIT: u32 = 600;
/// Bytes a driving audio file or a raw image may have at most (published limit: 50 MB).
pub const INPUT_BYTES_LIMIT: u64 = 50_000_000;

/// Whose face is seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Face {
    /// Nobody is chosen yet.
    #[default]
    None,
    /// A look of an avatar.
    Look(Look),
    /// A picture of the person's own, animated as it is.
    Image(LocalFile),
}

/// What is heard: a script spoken by a voice, or an audio file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    #[default]
    Script,
    Audio,
}

/// What the person is composing on the Avatar video tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AvatarVideoDraft {
    pub title: String,
    pub face: Face,
    pub voice: Option<Voice>,
    pub source: Source,
    pub script: String,
    pub audio: Option<LocalFile>,
    pub engine: Engine,
    pub resolution: Resolution,
    pub aspect_ratio: AspectRatio,
    pub voice_settings: VoiceSettings,
    pub background: Background,
    pub captions: bool,
    pub motion_prompt: String,
    pub expressiveness: Option<Expressiveness>,
    pub output_format: OutputFormat,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for AvatarVideoDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            face: Face::None,
            voice: None,
            source: Source::Script,
            script: String::new(),
            audio: None,
            engine: Engine::AvatarIv,
            resolution: Resolution::P1080,
            aspect_ratio: AspectRatio::Wide,
            voice_settings: VoiceSettings::default(),
            background: Background::Unchanged,
            captions: true,
            motion_prompt: String::new(),
            expressiveness: None,
            output_format: OutputFormat::Mp4,
            project: String::new(),
        }
    }
}

impl AvatarVideoDraft {
    /// The kind of look that is rendered; a raw image counts as a photo avatar.
    #[must_use]
    pub fn avatar_type(&self) -> Option<AvatarType> {
        match &self.face {
            Face::None => None,
            Face::Look(look) => Some(look.avatar_type),
            Face::Image(_) => Some(AvatarType::PhotoAvatar),
        }
    }

    /// Why this engine cannot render this face, or `None` where it can.
    #[must_use]
    pub fn engine_refusal(&self, engine: Engine) -> Option<String> {
        match &self.face {
            Face::None => None,
            Face::Image(_) => ways::engine_refusal(engine, BillableFace::Image),
            Face::Look(look) => ways::engine_refusal(engine, BillableFace::Look(look.avatar_type)).or_else(|| {
                (!look.engines.is_empty() && !look.engines.contains(&engine))
                    .then(|| format!("{} does not support {}.", look.name, engine.name()))
            }),
        }
    }

    /// Whether the fields for motion apply: photo avatars on IV or V, video avatars on V only.
    #[must_use]
    pub fn takes_motion_prompt(&self) -> bool {
        match self.avatar_type() {
            Some(AvatarType::PhotoAvatar) => self.engine != Engine::AvatarIii,
            Some(_) => self.engine == Engine::AvatarV,
            None => false,
        }
    }

    /// Whether expressiveness applies: photo avatars on Avatar IV only.
    #[must_use]
    pub fn takes_expressiveness(&self) -> bool {
        self.engine == Engine::AvatarIv && self.avatar_type() == Some(AvatarType::PhotoAvatar)
    }

    /// The voice the request will carry: the chosen one, or the look's own.
    #[must_use]
    pub fn voice_id(&self) -> Option<&str> {
        match (&self.voice, &self.face) {
            (Some(voice), _) => Some(&voice.id),
            (None, Face::Look(look)) => look.default_voice_id.as_deref(),
            (None, _) => None,
        }
    }

    /// Has the face in it now be rendered: the engine stays where it goes with the face, otherwise the first
    /// that does is taken, and what no longer goes with it is let go.
    pub fn fit_to_face(&mut self) {
        if self.engine_refusal(self.engine).is_some() {
            let order = [Engine::AvatarIv, Engine::AvatarV, Engine::AvatarIii];
            if let Some(engine) = order.into_iter().find(|engine| self.engine_refusal(*engine).is_none()) {
                self.engine = engine;
            }
        }
        self.let_go();
    }

    /// Lets go of what the engine and the face take no longer.
    fn let_go(&mut self) {
        if !self.takes_expressiveness() {
            self.expressiveness = None;
        }
        if !self.takes_motion_prompt() {
            self.motion_prompt.clear();
        }
    }

    /// The length of the output as far as it is known.
    #[must_use]
    pub fn length(&self) -> Length {
        match self.source {
            Source::Audio => match &self.audio {
                Some(LocalFile { duration: Some(seconds), fault: None, .. }) => Length::Seconds(*seconds),
                Some(_) => Length::Unknown("The length of the audio file could not be read.".to_owned()),
                None => Length::Unknown("Choose an audio file: its length decides the price.".to_owned()),
            },
            Source::Script if self.script.trim().is_empty() => {
                Length::Unknown("Write a script: its spoken length decides the price.".to_owned())
            }
            Source::Script => Length::Speech(Speech {
                text: self.script.clone(),
                language: self
                    .voice_settings
                    .locale
                    .clone()
                    .or_else(|| self.voice.as_ref().map(|voice| voice.language.clone())),
                voice_id: self.voice_id().map(str::to_owned),
                speed: Some(self.voice_settings.speed),
            }),
        }
    }
}

impl Composition for AvatarVideoDraft {
    fn product(&self) -> Product {
        Product::AvatarVideo
    }

    fn effective_title(&self) -> String {
        let spoken = || match self.source {
            Source::Audio => title::of_file(self.audio.as_ref()),
            Source::Script => first_words(&self.script),
        };
        title::own_or(&self.title, spoken, "Untitled video")
    }

    fn title_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.title)
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::from_iter(title::fault(&self.title));
        let mut add = |field, message: String| problems.push(Problem { field, message });

        match &self.face {
            Face::None => add(Field::Look, "Choose a face, or drop a picture.".to_owned()),
            Face::Look(look) => {
                if let Some(fault) = look.fault() {
                    add(Field::Look, fault);
                }
            }
            Face::Image(file) => {
                if let Some(message) = image_fault(file) {
                    add(Field::Look, message);
                }
            }
        }
        if let Some(refusal) = self.engine_refusal(self.engine) {
            add(Field::Engine, refusal);
        }
        match self.source {
            Source::Script => {
                if self.voice_id().is_none() && self.face != Face::None {
                    add(Field::Voice, "Choose a voice: this face has none of its own.".to_owned());
                }
                let characters = self.script.chars().count();
                if self.script.trim().is_empty() {
                    add(Field::Script, "Write the script, or use audio instead.".to_owned());
                } else if let Some(fault) = too_long::fault("script", characters, SCRIPT_LIMIT) {
                    add(Field::Script, fault);
                }
                let settings = &self.voice_settings;
                if settings.speed < Decimal::new(5, 1) || settings.speed > Decimal::new(15, 1) {
                    add(Field::VoiceSettings, "Speed goes from 0.5 to 1.5.".to_owned());
                }
                if !(-50..=50).contains(&settings.pitch) {
                    add(Field::VoiceSettings, "Pitch goes from -50 to 50.".to_owned());
                }
                if settings.volume < Decimal::ZERO || settings.volume > Decimal::ONE {
                    add(Field::VoiceSettings, "Volume goes from 0 to 1.".to_owned());
                }
            }
            Source::Audio => match &self.audio {
                None => add(Field::Audio, "Choose a WAV or MP3 file, or write a script.".to_owned()),
                Some(file) => {
                    if let Some(message) = audio_fault(file) {
                        add(Field::Audio, message);
                    }
                }
            },
        }
        match &self.background {
            Background::Unchanged => {}
            _ if self.output_format == OutputFormat::Webm => {
                add(
                    Field::Background,
                    "A transparent WebM has no background. Remove the background or choose MP4.".to_owned(),
                );
            }
            Background::Color(color) => {
                let digits = color.strip_prefix('#').unwrap_or_default();
                if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
                    add(Field::Background, "A colour looks like #1a2b3c.".to_owned());
                }
            }
            Background::Image(file) => {
                if let Some(message) = image_fault(file) {
                    add(Field::Background, message);
                }
            }
        }
        problems
    }

    fn foreign(&self) -> Option<Foreign> {
        let voice = self.voice.as_ref().filter(|_| self.source == Source::Script)?;
        Foreign::of(&self.script, voice, self.voice_settings.locale.as_deref())
    }

    fn take_voice(&mut self, voice: &Voice) {
        self.voice = Some(voice.clone());
    }

    fn billable(&self) -> Billable {
        let face = match &self.face {
            Face::None => {
                return Billable::Unpriced { reason: "Choose a face: its kind decides the rate.".to_owned() };
            }
            Face::Look(look) => BillableFace::Look(look.avatar_type),
            Face::Image(_) => BillableFace::Image,
        };
        Billable::AvatarVideo {
            face,
            engine: self.engine,
            engine_assumed: false,
            resolution: Some(self.resolution),
            length: self.length(),
        }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        let mut files = Vec::new();
        if let Face::Image(file) = &self.face {
            files.push((Field::Look, file));
        }
        if let (Source::Audio, Some(file)) = (self.source, &self.audio) {
            files.push((Field::Audio, file));
        }
        if let Background::Image(file) = &self.background {
            files.push((Field::Background, file));
        }
        files
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        let mut files: Vec<&mut LocalFile> = self.audio.iter_mut().collect();
        if let Face::Image(file) = &mut self.face {
            files.push(file);
        }
        if let Background::Image(file) = &mut self.background {
            files.push(file);
        }
        files
    }

    fn looks_mut(&mut self) -> Vec<&mut Look> {
        match &mut self.face {
            Face::Look(look) => vec![look],
            Face::None | Face::Image(_) => Vec::new(),
        }
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        let mut addresses = Vec::new();
        if let Face::Look(look) = &mut self.face {
            addresses.extend([&mut look.preview_image_url, &mut look.preview_video_url].into_iter().flatten());
        }
        if let Some(voice) = &mut self.voice {
            addresses.extend(&mut voice.preview_audio_url);
        }
        addresses
    }

    fn portrait_url(&self) -> Option<&str> {
        match &self.face {
            Face::Look(look) => look.preview_image_url.as_deref(),
            Face::None | Face::Image(_) => None,
        }
    }

    fn alternatives(&self) -> Vec<Alternative> {
        let mut ways = self.billable().ways();
        for way in &mut ways {
            if let Choice::Engine(engine) = way.choice
                && let Some(reason) = self.engine_refusal(engine)
            {
                way.billable = Err(reason);
            }
        }
        ways
    }

    /// The engine, and what no longer goes with it is let go.
    fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Engine(engine) => {
                self.engine = engine;
                self.let_go();
            }
            Choice::Size(resolution) => self.resolution = resolution,
            _ => {}
        }
    }
}

fn image_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    if !matches!(file.media_type.as_deref(), Some("image/png" | "image/jpeg")) {
        return Some(format!("{} is no PNG or JPEG picture.", file.name()));
    }
    if file.size > INPUT_BYTES_LIMIT {
        return Some(format!("{} is larger than 50 MB.", file.name()));
    }
    if file.dimensions.is_some_and(|(width, height)| width.max(height) > 2_048) {
        return Some(format!("{} is larger than 2K (2,048 pixels on the longer side). Make it smaller.", file.name()));
    }
    None
}

fn audio_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    if !matches!(file.media_type.as_deref(), Some("audio/wav" | "audio/mpeg")) {
        return Some(format!("{} is no WAV or MP3 sound, whatever its name says.", file.name()));
    }
    if file.size > INPUT_BYTES_LIMIT {
        return Some(format!("{} is larger than 50 MB.", file.name()));
    }
    match file.duration {
        None => Some(format!("The length of {} could not be read.", file.name())),
        Some(seconds) if seconds > Decimal::from(AUDIO_SECONDS_LIMIT) => {
            Some(format!("{} is longer than 10 minutes, the most that is allowed.", file.name()))
        }
        Some(seconds) if seconds <= Decimal::ZERO => Some(format!("{} has no sound in it.", file.name())),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
