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
/// before what scrolls out of sight, and so they do before what is the same in all rows where the script
/// would have no room. Titles that only repeat how the scripts begin wait for room.
pub(super) fn columns(sheet: &Sheet, room: f32) -> Vec<(Shows, f32)> {
    let shared = |setting: Setting| !sheet.sets(setting);
    arranged(sheet.product(), room, sheet.has_titles(), sheet.own_column(), shared)
}

/// What columns show, with their widths.
type Columns = Vec<(Shows, f32)>;

fn arranged(
    product: Product,
    room: f32,
    has_titles: bool,
    own: Option<usize>,
    is_shared: impl Fn(Setting) -> bool,
) -> Vec<(Shows, f32)> {
    /// From here on the script has room enough beside a title.
    const TITLES_FROM: f32 = 900.0;
    /// From here on it has room enough beside everything.
    const ALL_FROM: f32 = 1_000.0;
    /// What is put aside begins beyond the page's margin, or its first letters would look cut off.
    const MARGIN: f32 = 24.0;
    let head = [(Shows::Check, 18.0), (Shows::Line, 40.0)];
    let title = (Shows::Setting(Setting::Title), 74.0);
    let script = (Shows::Setting(Setting::Script), 92.0);
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
    let is_last = |shows: &Shows| {
        let apart = matches!(shows, Shows::Setting(Setting::Look | Setting::Engine | Setting::Resolution));
        apart && room < ALL_FROM && matches!(shows, Shows::Setting(setting) if is_shared(*setting))
    };
    let (last, cast): (Columns, Columns) = cast.iter().partition(|(shows, _)| is_last(shows));
    let length = [(Shows::Length, 42.0)];
    let end = [(Shows::Price, 52.0), (Shows::State, 96.0)];
    let parts: [&[(Shows, f32)]; 5] = [&head, texts, &cast, &length, &end];
    let least = width_of(&parts.concat());
    if least > room {
        return [&head, texts, &end, &cast, &length as &[_], &last].concat();
    }
    let mut columns = parts.concat();
    let share = |shows: Shows| match shows {
        Shows::Setting(Setting::Script) => 0.8,
        Shows::Setting(Setting::Title) | Shows::Own(_) | Shows::State => 0.12,
        Shows::Setting(Setting::Look | Setting::Voice) => 0.08,
        _ => 0.0,
    };
    let shares: f32 = columns.iter().map(|(shows, _)| share(*shows)).sum();
    for (shows, width) in &mut columns {
        *width += (room - least) * share(*shows) / shares;
    }
    if let (Some((_, state)), false) = (columns.last_mut(), last.is_empty()) {
        *state += MARGIN;
    }
    columns.extend(last);
    columns
}

/// With the gaps between them.
pub(super) fn width_of(columns: &[(Shows, f32)]) -> f32 {
    columns.iter().map(|(_, width)| width + GAP).sum::<f32>() - GAP
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(room: f32, shared: &[Setting]) -> Vec<(Shows, f32)> {
        arranged(Product::AvatarVideo, room, true, None, |setting| shared.contains(&setting))
    }

    fn script(columns: &[(Shows, f32)]) -> f32 {
        columns.iter().find(|(shows, _)| *shows == Shows::Setting(Setting::Script)).unwrap().1
    }

    #[test]
    fn the_script_has_room_in_a_window_1280_wide() {
        const ROOM: f32 = 732.0;
        let all_shared = [Setting::Look, Setting::Engine, Setting::Resolution];
        // A letter of this size takes about seven points.
        assert!(script(&shown(ROOM, &all_shared)) > 30.0 * 7.0);
        assert!(script(&shown(ROOM, &[Setting::Look])) > 22.0 * 7.0);
        let columns = shown(ROOM, &all_shared);
        let before = columns.iter().position(|(shows, _)| *shows == Shows::State).unwrap();
        assert!(width_of(&columns[..=before]) <= ROOM + 25.0, "price and state are in sight");
        assert_eq!(columns.len(), 11, "what is shared is still there, behind them");
    }

    #[test]
    fn nothing_is_put_aside_where_there_is_room() {
        let shared = [Setting::Look, Setting::Engine, Setting::Resolution];
        let columns = shown(1_200.0, &shared);
        assert_eq!(columns.last().unwrap().0, Shows::State);
        assert!((width_of(&columns) - 1_200.0).abs() < 1.0);
    }
}
