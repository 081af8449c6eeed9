//! The tabs, their names and their keys.

use egui::Key;

use crate::draft::Product;

/// The tabs there are, in the order of the rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    #[default]
    AvatarVideo,
    Cinematic,
    VideoAgent,
    HyperFrames,
    Realtime,
    Translate,
    Lipsync,
    Clips,
    Speech,
    Avatars,
    Library,
    Spend,
    Settings,
}

impl Tab {
    /// The tabs a person can go to, in the order of the rail and of their shortcuts.
    pub const SHOWN: &'static [Self] = &[
        Self::AvatarVideo,
        Self::Cinematic,
        Self::VideoAgent,
        Self::HyperFrames,
        Self::Realtime,
        Self::Translate,
        Self::Lipsync,
        Self::Clips,
        Self::Speech,
        Self::Avatars,
        Self::Library,
        Self::Spend,
        Self::Settings,
    ];

    /// The tab on which a product is composed.
    #[must_use]
    pub fn of(product: Product) -> Self {
        match product {
            Product::AvatarVideo => Self::AvatarVideo,
            Product::Cinematic => Self::Cinematic,
            Product::VideoAgent => Self::VideoAgent,
            Product::HyperFrames => Self::HyperFrames,
            Product::Realtime => Self::Realtime,
            Product::Translation => Self::Translate,
            Product::Lipsync => Self::Lipsync,
            Product::Clips => Self::Clips,
            Product::Speech => Self::Speech,
            Product::AvatarCreation => Self::Avatars,
        }
    }

    /// The product that is composed on it; `None` for tabs without a form.
    #[must_use]
    pub fn product(self) -> Option<Product> {
        Product::ALL.into_iter().find(|product| Self::of(*product) == self)
    }

    /// The key that shows it, with Ctrl, and how that is written: numbers for what is made, letters for
    /// what is kept.
    #[must_use]
    pub fn shortcut(self) -> Option<(Key, &'static str)> {
        const NUMBERS: [(Key, &str); 10] = [
            (Key::Num1, "Ctrl 1"),
            (Key::Num2, "Ctrl 2"),
            (Key::Num3, "Ctrl 3"),
            (Key::Num4, "Ctrl 4"),
            (Key::Num5, "Ctrl 5"),
            (Key::Num6, "Ctrl 6"),
            (Key::Num7, "Ctrl 7"),
            (Key::Num8, "Ctrl 8"),
            (Key::Num9, "Ctrl 9"),
            (Key::Num0, "Ctrl 0"),
        ];
        match self {
            Self::Library => Some((Key::L, "Ctrl L")),
            Self::Spend => Some((Key::M, "Ctrl M")),
            Self::Settings => Some((Key::Comma, "Ctrl ,")),
            made => {
                let place = Self::SHOWN.iter().position(|tab| *tab == made)?;
                NUMBERS.get(place).copied()
            }
        }
    }

    /// Its name on the rail.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self, self.product()) {
            (_, Some(product)) => product.name(),
            (Self::Spend, None) => "Spend",
            (Self::Settings, None) => "Settings",
            (_, None) => "Library",
        }
    }
}
