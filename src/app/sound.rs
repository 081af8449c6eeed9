//! Sounds of this computer: playing them from any place in them, their shape for drawing, copies of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rust_decimal::Decimal;

use crate::media::player::{Player, PlayerEvent};
use crate::media::waveform::waveform;
use crate::ui::model::{Playback, Shape, Tone};

use super::Studio;
use super::background::Event;
use super::files::FASTER_THAN_A_PERSON;

/// Peaks of a shape: as many as a wide window has points.
const PEAKS: usize = 480;
/// Bytes of a sound that is played from memory at most: an hour of speech.
const MOST_BYTES: u64 = 300_000_000;
/// Shapes that are kept.
const MOST_SHAPES: usize = 64;

/// The sound that was read last: another place in it is found without reading it again.
#[derive(Default)]
pub(super) struct LastSound(Option<(PathBuf, Arc<[u8]>)>);

impl Studio {
    /// Plays a sound of this computer from `from` seconds on; in the sound that plays, goes there.
    pub(super) fn play_file(&mut self, path: PathBuf, from: Decimal) {
        self.model.playing = None;
        self.model.playback =
            Some(Playback { path: path.clone(), playing: true, at: from.max(Decimal::ZERO), fault: None });
        if let Some((last, bytes)) = &self.last_sound.0
            && *last == path
        {
            let bytes = Arc::clone(bytes);
            self.play_bytes(bytes, from);
            return;
        }
        self.background.spawn(async move {
            let read = read(&path).await;
            Event::SoundRead(path, from, read)
        });
    }

    /// The bytes of a sound are there: plays them, unless the person has gone on to something else.
    pub(super) fn sound_read(&mut self, path: PathBuf, from: Decimal, read: Result<Arc<[u8]>, String>) {
        let wanted = self.model.playback.as_ref().is_some_and(|playback| playback.path == path && playback.playing);
        match read {
            Ok(bytes) => {
                self.last_sound = LastSound(Some((path, Arc::clone(&bytes))));
                if wanted {
                    self.play_bytes(bytes, from);
                }
            }
            Err(words) if wanted => self.playback_failed(words),
            Err(_) => {}
        }
    }

    fn play_bytes(&mut self, bytes: Arc<[u8]>, from: Decimal) {
        match self.player() {
            Ok(player) => player.play_from(bytes, from),
            Err(words) => self.playback_failed(words),
        }
    }

    /// Lets the sound that plays wait.
    pub(super) fn pause_playing(&mut self) {
        if let Some(player) = &self.player {
            player.pause();
        }
        if let Some(playback) = &mut self.model.playback {
            playback.playing = false;
        }
    }

    /// Plays everything so loud from now on.
    pub(super) fn set_volume(&mut self, percent: u8, muted: bool, keep: bool) {
        self.model.settings.volume_percent = percent;
        self.model.settings.muted = muted;
        self.apply_volume();
        if keep {
            self.keep_settings();
        }
    }

    pub(super) fn apply_volume(&self) {
        let settings = &self.model.settings;
        self.volume.set(if settings.muted { 0 } else { settings.volume_percent });
    }

    /// What the player tells of the sound that is heard.
    pub(super) fn player_event(&mut self, event: PlayerEvent) {
        match (event, &mut self.model.playback) {
            // A preview of a voice is heard.
            (PlayerEvent::Finished, _) if self.model.playing.is_some() => self.model.playing = None,
            (PlayerEvent::Failed(words), _) if self.model.playing.is_some() => {
                self.model.playing = None;
                self.notice(Tone::Warning, "The voice cannot be heard.", &words);
            }
            (_, _) if self.model.playing.is_some() => {}
            // What ended may be the sound before: the next beginning says that this one plays.
            (PlayerEvent::Started | PlayerEvent::Resumed, Some(playback)) => playback.playing = true,
            (PlayerEvent::Position(at), Some(playback)) => playback.at = at,
            (PlayerEvent::Paused, Some(playback)) => playback.playing = false,
            (PlayerEvent::Finished, Some(playback)) => {
                playback.playing = false;
                playback.at = Decimal::ZERO;
            }
            (PlayerEvent::Failed(words), Some(_)) => self.playback_failed(words),
            // The window asked for it.
            (PlayerEvent::Stopped, _) | (_, None) => {}
        }
    }

    /// Before a frame: how far the ear is by now, which is further than what was told last.
    pub(super) fn show_playback_place(&mut self) {
        let Some(playback) = self.model.playback.as_mut().filter(|playback| playback.playing) else { return };
        // What plays may be a voice's preview.
        if self.model.playing.is_none()
            && let Some(at) = self.player.as_ref().and_then(Player::position)
        {
            playback.at = playback.at.max(at);
        }
    }

    fn playback_failed(&mut self, words: String) {
        if let Some(playback) = &mut self.model.playback {
            playback.playing = false;
            playback.fault = Some(words);
        }
    }

    /// Draws the shape of a sound, once.
    pub(super) fn draw_shape(&mut self, path: PathBuf) {
        if self.model.shapes.contains_key(&path) {
            return;
        }
        let shapes = Arc::make_mut(&mut self.model.shapes);
        if shapes.len() >= MOST_SHAPES {
            // Whichever goes is drawn again when it is looked at.
            let first = shapes.keys().next().cloned();
            first.and_then(|first| shapes.remove(&first));
        }
        shapes.insert(path.clone(), Shape::Drawing);
        self.background.spawn_blocking(move || {
            let shape = match waveform(&path, PEAKS, |_| true) {
                Ok(drawn) => Shape::Drawn { peaks: Arc::from(drawn.peaks), seconds: drawn.seconds },
                Err(error) => Shape::Failed(error.to_string()),
            };
            Event::Shape(path, shape)
        });
    }

    /// The shape of a sound is there.
    pub(super) fn shape_drawn(&mut self, path: PathBuf, shape: Shape) {
        Arc::make_mut(&mut self.model.shapes).insert(path, shape);
    }

    /// Asks where a copy of a result goes, and makes it.
    pub(super) fn save_copy(&mut self, path: PathBuf) {
        let outlet = self.background.outlet();
        self.background.run(async move {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let asked = Instant::now();
            let event = match rfd::AsyncFileDialog::new().set_file_name(&name).save_file().await {
                Some(target) => match copy(&path, target.path()).await {
                    Ok(()) => Event::Saved(format!("{name} was saved."), target.path().to_path_buf()),
                    Err(error) => {
                        let words = format!("{}: {error}", target.path().display());
                        Event::Notice(Tone::Warning, format!("{name} could not be saved there."), words)
                    }
                },
                None if asked.elapsed() < FASTER_THAN_A_PERSON => Event::Notice(
                    Tone::Warning,
                    "The system has no dialog for files.".to_owned(),
                    "“Show in folder” leads to the file itself.".to_owned(),
                ),
                None => return,
            };
            outlet.send(event).await;
        });
    }
}

async fn read(path: &Path) -> Result<Arc<[u8]>, String> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let gone = |error: std::io::Error| format!("{name} cannot be read: {error}.");
    let size = tokio::fs::metadata(path).await.map_err(gone)?.len();
    if size > MOST_BYTES {
        return Err(format!("{name} is too large to be played here: open it instead."));
    }
    tokio::fs::read(path).await.map(Arc::from).map_err(gone)
}

/// Onto itself a copy would empty the file.
async fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let same = match (tokio::fs::canonicalize(from).await, tokio::fs::canonicalize(to).await) {
        (Ok(from), Ok(to)) => from == to,
        _ => false,
    };
    if same { Ok(()) } else { tokio::fs::copy(from, to).await.map(drop) }
}
