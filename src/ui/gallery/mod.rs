//! The gallery of looks: one row, or all of them, of which only the visible tiles are drawn. One or several
//! of them are chosen.

mod cast;
mod portrait;
mod tiles;

use std::sync::Arc;

use egui::{Align, Layout, Rect, Role, Sense, Ui, pos2, vec2};

pub use cast::Cast;
pub use portrait::picture_ui;
use tiles::{GAP, RING, Tiles, tile};

use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::theme::RADIUS_CARD;
use super::widgets::{self, EmptyState, Segment};
use super::{Action, format, icons};
use crate::draft::{AvatarType, Field, Look, Product};

/// Which looks are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    Own,
    Twins,
    Studio,
    Photo,
    Favourites,
}

/// What the gallery remembers.
#[derive(Default)]
pub struct Gallery {
    /// The page's title, where it stands before the filter to save a line.
    pub heading: Option<&'static str>,
    /// A button beside that title, by its name.
    pub button: Option<String>,
    /// It was pressed.
    pub pressed: bool,
    filter: Filter,
    search: String,
    expanded: bool,
    /// The grid was just folded: the row shows the look that was chosen in it.
    folded: bool,
    shown: Option<Shown>,
}

/// The looks that pass filter and search, kept until one of the three changes.
struct Shown {
    looks: Arc<Vec<Look>>,
    filter: Filter,
    search: String,
    favourites: Vec<String>,
    places: Vec<usize>,
}

impl Gallery {
    /// The row shows the look that was chosen elsewhere.
    pub fn show_chosen(&mut self) {
        self.expanded = false;
        self.folded = true;
    }

    fn places(&mut self, looks: &Arc<Vec<Look>>, favourites: &[String]) -> &[usize] {
        let fresh = self.shown.as_ref().is_some_and(|shown| {
            Arc::ptr_eq(&shown.looks, looks)
                && shown.filter == self.filter
                && shown.search == self.search
                && shown.favourites == favourites
        });
        if !fresh {
            let wanted = self.search.trim().to_lowercase();
            let fits = |look: &Look| {
                let kind = match self.filter {
                    Filter::All => true,
                    Filter::Own => look.own,
                    Filter::Twins => look.avatar_type == AvatarType::DigitalTwin,
                    Filter::Studio => look.avatar_type == AvatarType::StudioAvatar,
                    Filter::Photo => look.avatar_type == AvatarType::PhotoAvatar,
                    Filter::Favourites => favourites.contains(&look.id),
                };
                kind && (wanted.is_empty()
                    || look.name.to_lowercase().contains(&wanted)
                    || look.tags.iter().any(|tag| tag.to_lowercase().contains(&wanted)))
            };
            let places = looks.iter().enumerate().filter(|(_, look)| fits(look)).map(|(place, _)| place).collect();
            self.shown = Some(Shown {
                looks: Arc::clone(looks),
                filter: self.filter,
                search: self.search.clone(),
                favourites: favourites.to_vec(),
                places,
            });
        }
        self.shown.as_ref().map_or(&[], |shown| &shown.places)
    }
}

/// Draws filter, search and tiles; true when the choice changed.
pub fn gallery_ui(
    ui: &mut Ui,
    model: &Model,
    gallery: &mut Gallery,
    cast: Cast<'_>,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> bool {
    bar_ui(ui, model, gallery, cast.takes_picture(), actions);
    ui.add_space(2.0);
    let Some(looks) = model.looks.value.clone() else {
        return waiting_ui(ui, model, actions);
    };
    if looks.is_empty() {
        let state = EmptyState {
            icon: icons::USERS_THREE,
            title: "No looks in this account",
            sentence: "Make one on the Avatars tab, or animate a picture of your own.",
            button: cast.takes_picture().then_some("Use a picture"),
        };
        return bounded(ui, |ui| {
            if widgets::empty_state(ui, &state) {
                actions.push(Action::PickFile(Place::new(Product::AvatarVideo, Field::Look)));
            }
            false
        });
    }
    let places = gallery.places(&looks, &model.settings.favourite_looks).to_vec();
    if places.is_empty() && cast.own_picture().is_none() {
        let favourites = gallery.filter == Filter::Favourites && gallery.search.is_empty();
        let state = EmptyState {
            icon: if favourites { icons::STAR } else { icons::MAGNIFYING_GLASS },
            title: if favourites { "No favourites yet" } else { "No look fits" },
            sentence: if favourites {
                "The star on a portrait puts it here."
            } else {
                "Try another word, or look among all."
            },
            button: Some("Show all looks"),
        };
        bounded(ui, |ui| {
            if widgets::empty_state(ui, &state) {
                gallery.filter = Filter::All;
                gallery.search.clear();
            }
        });
        return false;
    }
    let tile = tile(ui);
    let mut tiles = Tiles { model, looks: &looks, places: &places, cast, pictures, actions, tile, changed: false };
    if gallery.expanded {
        tiles.grid_ui(ui);
        // The choice is made: the rest of the form is wanted again.
        if tiles.changed && tiles.cast.is_single() {
            gallery.expanded = false;
            gallery.folded = true;
        }
    } else {
        tiles.row_ui(ui, std::mem::take(&mut gallery.folded));
    }
    tiles.changed
}

/// Whether the page is so low that a form under a gallery would not be seen. A narrow form is longer.
pub fn is_low(ui: &Ui) -> bool {
    let narrow = ui.available_width() < 600.0;
    ui.clip_rect().height() < if narrow { 560.0 } else { 540.0 }
}

fn bounded<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), tile(ui).y + 2.0 * RING);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Center), |ui| {
        ui.set_min_size(size);
        add(ui)
    })
    .inner
}

fn bar_ui(ui: &mut Ui, model: &Model, gallery: &mut Gallery, takes_picture: bool, actions: &mut Vec<Action>) {
    let looks = model.looks.value.as_ref();
    let total = looks.map(|looks| looks.len());
    let has_own = looks.is_some_and(|looks| looks.iter().any(|look| look.own));
    if !has_own && gallery.filter == Filter::Own {
        gallery.filter = Filter::All;
    }
    let narrow = ui.available_width() < if has_own { 700.0 } else { 660.0 };
    let short = narrow || has_own;
    let mut segments = vec![
        Segment::new(Filter::All, "All"),
        Segment::new(Filter::Twins, if short { "Twins" } else { "Digital twins" }).called("Digital twins"),
        Segment::new(Filter::Studio, "Studio"),
        Segment::new(Filter::Photo, "Photo"),
        Segment::new(Filter::Favourites, if short { icons::STAR } else { "Favourites" }).called("Favourites"),
    ];
    if has_own {
        segments.insert(1, Segment::new(Filter::Own, "Yours").called("Your own looks"));
    }
    ui.horizontal(|ui| {
        if let Some(heading) = gallery.heading {
            widgets::heading(ui, heading);
            if let Some(called) = &gallery.button {
                gallery.pressed = widgets::icon_button(ui, icons::FILE_CSV, called, 28.0).clicked();
            }
            ui.add_space(4.0);
        }
        widgets::segmented(ui, "Looks to show", &segments, &mut gallery.filter, None);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let width = (ui.available_width() - 84.0).clamp(40.0, 220.0);
            let hint = if width < 90.0 {
                // The glass says it, and half a word would not.
                String::new()
            } else if narrow {
                "Search".to_owned()
            } else {
                let looks = total.map_or_else(|| "looks".to_owned(), |total| format::counted(total, "look", "looks"));
                format!("Search {looks}")
            };
            widgets::search_field(ui, "Search looks", &hint, &mut gallery.search, width);
            ui.add_space(2.0);
            let (glyph, called) = if gallery.expanded {
                (icons::ROWS, "Show one row")
            } else {
                (icons::SQUARES_FOUR, "Show all in a grid")
            };
            if widgets::icon_button(ui, glyph, called, 32.0).clicked() {
                gallery.expanded = !gallery.expanded;
            }
            if takes_picture && widgets::icon_button(ui, icons::IMAGE, "Animate a picture of your own", 32.0).clicked()
            {
                actions.push(Action::PickFile(Place::new(Product::AvatarVideo, Field::Look)));
            }
        });
    });
}

/// Placeholders while the looks are on their way, or why they are not here.
fn waiting_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) -> bool {
    if let Some(fault) = &model.looks.fault {
        let state = EmptyState {
            icon: icons::WIFI_SLASH,
            title: "The looks could not be read",
            sentence: fault,
            button: Some("Try again"),
        };
        bounded(ui, |ui| {
            if widgets::empty_state(ui, &state) {
                actions.push(Action::RefreshCast);
            }
        });
        return false;
    }
    let tile = tile(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), tile.y + 2.0 * RING), Sense::hover());
    widgets::name(&response, Role::ProgressIndicator, true, "Reading the looks");
    let mut left = rect.left();
    while left + tile.x <= rect.right() + 1.0 {
        widgets::shimmer(ui, Rect::from_min_size(pos2(left, rect.top() + RING), tile), RADIUS_CARD);
        left += tile.x + GAP;
    }
    false
}
