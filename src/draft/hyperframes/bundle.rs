//! A HyperFrames project as it was read: plain values.

use std::path::PathBuf;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Variable;
use crate::draft::avatar_video::LocalFile;
use crate::draft::{AspectRatio, Length};

/// A folder or zip with a HyperFrames project, read and ready to be sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bundle {
    /// What the person chose: a folder or a zip.
    pub source: PathBuf,
    pub is_folder: bool,
    /// The zip that is sent: the person's own, or one that was made of the source.
    pub zip: LocalFile,
    /// SHA-256 of the zip in lower-case hexadecimal digits.
    pub hash: String,
    /// Changes when names, sizes or dates of the source's files change.
    pub stamp: String,
    /// Files in the zip.
    pub files: u32,
    /// Files of the source that are not in the zip because no render needs them.
    pub left_out: u32,
    /// The pages that can be rendered, `index.html` first.
    pub pages: Vec<Page>,
}

impl Bundle {
    /// The folder's or zip's own name, for labels.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.source.file_name();
        name.map_or_else(|| self.source.display().to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// The page at a path in the project.
    #[must_use]
    pub fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }
}

/// An HTML page of a project with a composition in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Where it is in the project, with forward slashes.
    pub path: String,
    /// `data-composition-id` of its root element.
    pub id: String,
    /// The page's own title; may be empty.
    pub title: String,
    /// `data-duration` of its root element, above 0; `None` where it says none.
    pub seconds: Option<Decimal>,
    /// `data-width` and `data-height` of its root element, in pixels.
    pub size: Option<(u32, u32)>,
    pub variables: Vec<Variable>,
    /// What could not be read of it, one sentence each.
    pub faults: Vec<String>,
}

/// The page that is rendered where none is named.
pub const ENTRY: &str = "index.html";

impl Page {
    /// How long the video will be.
    #[must_use]
    pub fn length(&self) -> Length {
        match self.seconds {
            Some(seconds) => Length::Seconds(seconds),
            None => Length::Unknown(format!(
                "{} does not say how long it is: give its root element a data-duration in seconds.",
                self.path
            )),
        }
    }

    /// The shape of the three HeyGen renders that is the page's own, to one in a hundred.
    #[must_use]
    pub fn shape(&self) -> Option<AspectRatio> {
        let (width, height) = self.size?;
        let (width, height) = (Decimal::from(width), Decimal::from(height));
        SHAPES
            .into_iter()
            .find(|(_, across, up)| {
                let (wide, tall) = (width * Decimal::from(*up), height * Decimal::from(*across));
                (wide - tall).abs() * Decimal::ONE_HUNDRED <= tall
            })
            .map(|(shape, _, _)| shape)
    }

    /// Its shape in the smallest whole numbers, "4:5"; empty where its size is not known.
    #[must_use]
    pub fn shape_words(&self) -> String {
        if let Some(shape) = self.shape() {
            return shape.word().to_owned();
        }
        let Some((width, height)) = self.size else { return String::new() };
        let (mut a, mut b) = (width, height);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let a = a.max(1);
        format!("{}:{}", width / a, height / a)
    }
}

/// The shapes HeyGen renders, with their sides.
const SHAPES: [(AspectRatio, u32, u32); 3] =
    [(AspectRatio::Wide, 16, 9), (AspectRatio::Tall, 9, 16), (AspectRatio::Square, 1, 1)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_the_pages_own() {
        for (size, shape, words) in [
            ((1920, 1080), Some(AspectRatio::Wide), "16:9"),
            ((1366, 768), Some(AspectRatio::Wide), "16:9"),
            ((1080, 1920), Some(AspectRatio::Tall), "9:16"),
            ((800, 800), Some(AspectRatio::Square), "1:1"),
            ((1080, 1350), None, "4:5"),
            ((2560, 1080), None, "64:27"),
        ] {
            let page = Page { size: Some(size), ..Page::default() };
            assert_eq!((page.shape(), page.shape_words().as_str()), (shape, words), "{size:?}");
        }
        assert_eq!(Page::default().shape_words(), "");
    }
}
