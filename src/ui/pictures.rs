//! The pictures on the screen: textures by where they come from, fetched only once they are seen,
//! given back when many others were seen since. Fetches and decodes nothing itself.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

/// Where a picture comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PictureSource {
    /// A look's portrait, or another picture of the API.
    Url(String),
    /// A thumbnail or a picture on this computer.
    File(PathBuf),
    /// The first picture of a film on this computer.
    FirstFrame(PathBuf),
    /// So many pictures of a film on this computer, evenly along its length and side by side.
    Strip(PathBuf, u8),
}

/// What there is of a picture now.
#[derive(Clone)]
pub enum PictureState {
    Ready(TextureHandle),
    Loading,
    /// It could not be fetched or read; [`Pictures::retry`] asks again.
    Failed,
}

/// Bytes of pixels that are kept: 96 MiB hold some 600 portraits of 200 × 200.
const LIMIT: usize = 96 * 1024 * 1024;

enum Entry {
    Ready { texture: TextureHandle, bytes: usize, seen: u64 },
    Loading,
    Failed,
}

/// All pictures of the window.
#[derive(Default)]
pub struct Pictures {
    entries: HashMap<PictureSource, Entry>,
    wanted: Vec<PictureSource>,
    /// Sources that were asked for and not answered yet.
    underway: HashSet<PictureSource>,
    bytes: usize,
    /// Bytes that may be kept; the constant unless a test says otherwise.
    limit: Option<usize>,
}

impl Pictures {
    /// The picture now. The first call for a source makes it wanted.
    pub fn get(&mut self, ctx: &Context, source: &PictureSource) -> PictureState {
        let now = ctx.cumulative_pass_nr();
        match self.entries.get_mut(source) {
            Some(Entry::Ready { texture, seen, .. }) => {
                *seen = now;
                PictureState::Ready(texture.clone())
            }
            Some(Entry::Loading) => PictureState::Loading,
            Some(Entry::Failed) => PictureState::Failed,
            None => {
                self.entries.insert(source.clone(), Entry::Loading);
                if self.underway.insert(source.clone()) {
                    self.wanted.push(source.clone());
                }
                PictureState::Loading
            }
        }
    }

    /// What has become wanted since the last call, in the order it was seen. Each is given out once.
    pub fn take_wanted(&mut self) -> Vec<PictureSource> {
        std::mem::take(&mut self.wanted)
    }

    /// The picture has come.
    pub fn insert(&mut self, ctx: &Context, source: PictureSource, image: ColorImage) {
        self.underway.remove(&source);
        let bytes = image.pixels.len() * 4;
        let texture = ctx.load_texture("picture", image, TextureOptions::LINEAR);
        let entry = Entry::Ready { texture, bytes, seen: ctx.cumulative_pass_nr() };
        if let Some(Entry::Ready { bytes: before, .. }) = self.entries.insert(source, entry) {
            self.bytes -= before;
        }
        self.bytes += bytes;
        self.make_room();
        ctx.request_repaint();
    }

    /// The picture cannot be had.
    pub fn fail(&mut self, source: PictureSource) {
        self.underway.remove(&source);
        self.entries.insert(source, Entry::Failed);
    }

    /// Asks again for a picture that failed.
    pub fn retry(&mut self, source: &PictureSource) {
        if matches!(self.entries.get(source), Some(Entry::Failed)) {
            self.entries.remove(source);
        }
    }

    /// Bytes of pixels that are kept now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lets go of what was not seen for longest until the rest fits.
    fn make_room(&mut self) {
        let limit = self.limit.unwrap_or(LIMIT);
        if self.bytes <= limit {
            return;
        }
        let mut by_age: Vec<(u64, usize, PictureSource)> = self
            .entries
            .iter()
            .filter_map(|(source, entry)| match entry {
                Entry::Ready { bytes, seen, .. } => Some((*seen, *bytes, source.clone())),
                Entry::Loading | Entry::Failed => None,
            })
            .collect();
        by_age.sort_by_key(|(seen, ..)| *seen);
        for (_, bytes, source) in by_age {
            if self.bytes <= limit {
                break;
            }
            self.entries.remove(&source);
            self.bytes -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(name: &str) -> PictureSource {
        PictureSource::Url(name.to_owned())
    }

    fn square(side: usize) -> ColorImage {
        ColorImage::filled([side, side], egui::Color32::GRAY)
    }

    #[test]
    fn a_picture_is_asked_for_once_and_again_only_after_a_retry() {
        let (ctx, mut pictures) = (Context::default(), Pictures::default());
        for _ in 0..3 {
            assert!(matches!(pictures.get(&ctx, &url("a")), PictureState::Loading));
        }
        assert_eq!(pictures.take_wanted(), [url("a")]);
        assert!(pictures.take_wanted().is_empty());

        pictures.fail(url("a"));
        assert!(matches!(pictures.get(&ctx, &url("a")), PictureState::Failed));
        assert!(pictures.take_wanted().is_empty());

        pictures.retry(&url("a"));
        assert!(matches!(pictures.get(&ctx, &url("a")), PictureState::Loading));
        assert_eq!(pictures.take_wanted(), [url("a")]);
    }

    #[test]
    fn old_pictures_give_way_and_can_be_fetched_again() {
        let ctx = Context::default();
        let mut pictures = Pictures { limit: Some(3 * 16 * 16 * 4), ..Pictures::default() };
        for name in ["a", "b", "c", "d", "e"] {
            ctx.run_ui(egui::RawInput::default(), |_| {}).drop_without_applying_deltas();
            pictures.insert(&ctx, url(name), square(16));
        }
        assert_eq!(pictures.bytes(), 3 * 16 * 16 * 4);
        assert!(matches!(pictures.get(&ctx, &url("e")), PictureState::Ready(_)));
        assert!(matches!(pictures.get(&ctx, &url("a")), PictureState::Loading));
        assert_eq!(pictures.take_wanted(), [url("a")]);
    }
}
