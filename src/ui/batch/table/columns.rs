//! Which columns a table of this width shows, and how wide each is.

use crate::batch::Setting;
use crate::draft::Product;
use crate::ui::batch::sheet::Sheet;

pub(super) const GAP: f32 = 8.0;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Check,
    Line,
    Setting(Setting),
    /// The first column of the person's own.
    Own(usize),
    Length,
    Price,
    State,
}

impl Shows {
    pub(super) fn heading(self, sheet: &Sheet) -> &str {
        match self {
            Self::Own(column) => sheet.table.columns.get(column).map_or("", String::as_str),
            Self::Check => "",
            Self::Line => "Line",
            Self::Setting(Setting::Resolution) => "Size",
            Self::Setting(setting) => setting.name_on(sheet.product()),
            Self::Length => "Length",
            Self::Price => "Price",
            Self::State => "State",
        }
    }

    pub(super) fn is_figure(self) -> bool {
        matches!(self, Self::Line | Self::Length | Self::Price)
    }
}

/// The columns with their widths in a table this wide. Where not all of them fit, price and state stand
/// before what scrolls out of sight. Titles that only repeat how the scripts begin wait for room.
pub(super) fn columns(product: Product, room: f32, has_titles: bool, own: Option<usize>) -> Vec<(Shows, f32)> {
    /// From here on the script has room enough beside a title.
    const TITLES_FROM: f32 = 900.0;
    let head = [(Shows::Check, 18.0), (Shows::Line, 40.0)];
    let title = (Shows::Setting(Setting::Title), 78.0);
    let script = (Shows::Setting(Setting::Script), 84.0);
    let own = own.map(|column| (Shows::Own(column), 78.0));
    let texts: Vec<(Shows, f32)> = match own {
        _ if has_titles => vec![title, script],
        // Whose row it is says more than a title that only repeats the script.
        Some(own) => vec![own, script],
        None if room >= TITLES_FROM => vec![title, script],
        None => vec![script],
    };
    let texts = texts.as_slice();
    let cast: &[(Shows, f32)] = match product {
        Product::AvatarVideo => &[
            (Shows::Setting(Setting::Look), 62.0),
            (Shows::Setting(Setting::Voice), 62.0),
            (Shows::Setting(Setting::Engine), 42.0),
            (Shows::Setting(Setting::Resolution), 50.0),
        ],
        _ => &[(Shows::Setting(Setting::Voice), 74.0)],
    };
    let length = [(Shows::Length, 42.0)];
    let end = [(Shows::Price, 52.0), (Shows::State, 118.0)];
    let parts: [&[(Shows, f32)]; 5] = [&head, texts, cast, &length, &end];
    let least = width_of(&parts.concat());
    if least > room {
        return [&head, texts, &end, cast, &length as &[_]].concat();
    }
    let mut columns = parts.concat();
    let share = |shows: Shows| match shows {
        Shows::Setting(Setting::Script) => 0.6,
        Shows::Setting(Setting::Title) | Shows::Own(_) | Shows::State => 0.12,
        Shows::Setting(Setting::Look | Setting::Voice) => 0.08,
        _ => 0.0,
    };
    let shares: f32 = columns.iter().map(|(shows, _)| share(*shows)).sum();
    for (shows, width) in &mut columns {
        *width += (room - least) * share(*shows) / shares;
    }
    columns
}

/// With the gaps between them.
pub(super) fn width_of(columns: &[(Shows, f32)]) -> f32 {
    columns.iter().map(|(_, width)| width + GAP).sum::<f32>() - GAP
}
