//! Files over the window and files dropped on it.

use std::path::PathBuf;

use egui::{Event, Rect, Ui};

use super::places::{Kind, Place};
use super::{Action, State, Tab, widgets};

/// Files that hover over the window, and those of a drag that nobody ends: the program they came from is gone.
#[derive(Default)]
pub(super) struct Drag {
    /// Files that hovered in the last frame.
    hovering: usize,
    /// As many of them, from the first, were left behind.
    left_behind: usize,
}

impl Drag {
    /// Takes the files out of `hovered` that were left behind. While a drag lasts, the pointer is with the
    /// program that drags: once it is back, there is no drag any more.
    fn follow(&mut self, hovered: &mut Vec<Option<PathBuf>>, is_pointed: bool) {
        let count = hovered.len();
        if count < self.hovering {
            self.left_behind = 0;
        } else if is_pointed && count == self.hovering {
            self.left_behind = count;
        }
        self.hovering = count;
        hovered.drain(..self.left_behind.min(count));
    }
}

/// Shows where files that hover would land, and asks for those that were dropped.
pub(super) fn files(ui: &Ui, state: &mut State, middle: Rect, actions: &mut Vec<Action>) {
    let (mut hovered, dropped, pointer, is_pointed) = ui.input(|input| {
        let hovered: Vec<Option<PathBuf>> = input.raw.hovered_files.iter().map(|file| file.path.clone()).collect();
        let dropped: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect();
        let is_pointed = input.events.iter().any(|event| {
            matches!(event, Event::PointerMoved(_) | Event::PointerButton { .. } | Event::MouseWheel { .. })
        });
        (hovered, dropped, input.pointer.latest_pos(), is_pointed)
    });
    state.drag.follow(&mut hovered, is_pointed);
    let shown = state.tab.product();
    // Where one tab has two places for a kind, the upper part of the page is the first.
    let (upper, lower) = middle.split_top_bottom_at_fraction(0.6);
    let places_of = |path: &PathBuf| -> Vec<Place> {
        let Some(kind) = Kind::promised_by(path) else { return Vec::new() };
        Place::of_kind(kind, shown).into_iter().filter(|place| Some(place.product) == shown).collect()
    };
    if let Some(first) = hovered.first() {
        let kind = first.as_deref().and_then(Kind::promised_by);
        let places = first.as_ref().map(places_of).unwrap_or_default();
        match (places.as_slice(), kind) {
            ([first, second, ..], _) => {
                widgets::drop_overlay(ui, upper, &format!("Drop it here as {}", first.purpose()), &first.types());
                widgets::drop_overlay(ui, lower, &format!("Or here as {}", second.purpose()), &second.types());
            }
            ([only], _) => widgets::drop_overlay(ui, middle, &format!("Drop {}", only.purpose()), &only.types()),
            ([], Some(kind)) => {
                let tabs = tabs_for(kind);
                let words = match tabs.as_str() {
                    "" => "It has no place on this tab.".to_owned(),
                    tabs => format!("This tab takes none, but {tabs} would."),
                };
                widgets::drop_overlay(ui, middle, &format!("Drop {}", kind.name()), &words);
            }
            ([], None) => {
                widgets::drop_overlay(ui, middle, "Drop the file", "What it is will be read from its bytes.");
            }
        }
    }
    // Several files find a place each; one that fits nowhere else is judged by its bytes.
    let mut taken: Vec<Place> = Vec::new();
    let alone = dropped.len() == 1;
    if !dropped.is_empty() {
        state.bars.refused_files.clear();
    }
    let mut together = Vec::new();
    for path in dropped {
        let places = places_of(&path);
        let behind = alone && pointer.is_some_and(|pointer| lower.contains(pointer));
        let place = match places.as_slice() {
            [_, second, ..] if behind => Some(*second),
            several => {
                several.iter().find(|place| place.takes_several() || !taken.contains(place)).copied().filter(|_| !alone)
            }
        };
        taken.extend(place);
        match alone {
            true => actions.push(Action::TakeFiles { paths: vec![path], place, shown }),
            false => together.push((path, place)),
        }
    }
    if !together.is_empty() {
        actions.push(Action::TakeSeveral { files: together, shown });
    }
}

/// The tabs that take a kind, in words.
fn tabs_for(kind: Kind) -> String {
    let mut names: Vec<&str> = Place::of_kind(kind, None).iter().map(|place| Tab::of(place.product).name()).collect();
    names.dedup();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
