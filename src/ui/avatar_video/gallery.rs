//! The gallery of looks: one row, or all of them, of which only the visible tiles are drawn. One or several
//! of them are chosen.

use std::sync::Arc;

use egui::{
    Align, Align2, Color32, CornerRadius, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::draft::avatar_video::{Face, LocalFile};
use crate::draft::{AvatarType, Field, Look, Product};
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, PictureState, Pictures};
use crate::ui::places::Place;
use crate::ui::theme::{ICONS_FILL, RADIUS_CARD, RADIUS_SMALL, medium, palette, regular};
use crate::ui::widgets::{self, EmptyState, Segment};
use crate::ui::{Action, format, icons};

/// Which looks are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    Twins,
    Studio,
    Photo,
    Favourites,
}

/// What a click on a tile chooses.
pub enum Cast<'a> {
    /// The face of an avatar video, which may be a picture of one's own.
    Face(&'a mut Face),
    /// Up to so many looks; a click on a chosen one lets it go.
    Looks { chosen: &'a mut Vec<Look>, most: usize },
}

impl Cast<'_> {
    fn own_picture(&self) -> Option<&LocalFile> {
        match self {
            Self::Face(Face::Image(file)) => Some(file),
            Self::Face(Face::None | Face::Look(_)) | Self::Looks { .. } => None,
        }
    }

    /// Takes a picture of one's own instead of a look.
    fn takes_picture(&self) -> bool {
        matches!(self, Self::Face(_))
    }

    /// The place of a look among the chosen ones.
    fn place_of(&self, look: &Look) -> Option<usize> {
        match self {
            Self::Face(Face::Look(chosen)) => (chosen.id == look.id).then_some(0),
            Self::Face(Face::None | Face::Image(_)) => None,
            Self::Looks { chosen, .. } => chosen.iter().position(|other| other.id == look.id),
        }
    }

    /// One click is the whole choice.
    fn is_single(&self) -> bool {
        matches!(self, Self::Face(_) | Self::Looks { most: 1, .. })
    }

    /// What stands on the ring of a chosen look; nothing where only one can be chosen.
    fn number_of(&self, look: &Look) -> Option<usize> {
        match self {
            Self::Looks { most, .. } if *most > 1 => self.place_of(look).map(|place| place + 1),
            _ => None,
        }
    }

    /// A click on a look; false where it changes nothing.
    fn click(&mut self, look: &Look) -> bool {
        let place = self.place_of(look);
        match (self, place) {
            (Self::Face(_), Some(_)) => false,
            (Self::Face(face), None) => {
                **face = Face::Look(look.clone());
                true
            }
            (Self::Looks { chosen, .. }, Some(place)) => {
                chosen.remove(place);
                true
            }
            (Self::Looks { chosen, most: 1 }, None) => {
                chosen.clear();
                chosen.push(look.clone());
                true
            }
            (Self::Looks { chosen, most }, None) if chosen.len() < *most => {
                chosen.push(look.clone());
                true
            }
            (Self::Looks { .. }, None) => false,
        }
    }

    /// Why a click on a look that is not chosen would do nothing.
    fn refusal(&self, look: &Look) -> Option<String> {
        match self {
            Self::Looks { chosen, most } if *most > 1 && chosen.len() >= *most && self.place_of(look).is_none() => {
                Some(format!("{most} looks are the most. Click a chosen one to let it go."))
            }
            _ => None,
        }
    }
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

const TILE: egui::Vec2 = vec2(114.0, 142.0);
/// A tile's height where the page is low, so that what follows is seen as well.
const LOW_TILE: f32 = 100.0;
const GAP: f32 = 10.0;
/// Room around the row for the ring of the selected tile.
const RING: f32 = 4.0;

impl Gallery {
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
    let total = model.looks.value.as_ref().map_or(0, |looks| looks.len());
    bar_ui(ui, gallery, total, cast.takes_picture(), actions);
    ui.add_space(2.0);
    let Some(looks) = model.looks.value.clone() else {
        return waiting_ui(ui, model, actions);
    };
    if looks.is_empty() {
        let state = EmptyState {
            icon: icons::USERS_THREE,
            title: "No looks in this account",
            sentence: "Make an avatar on HeyGen's site, or animate a picture of your own.",
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

/// The usual size of a tile on this page.
fn tile(ui: &Ui) -> egui::Vec2 {
    vec2(TILE.x, if is_low(ui) { LOW_TILE } else { TILE.y })
}

fn bounded<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), tile(ui).y + 2.0 * RING);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Center), |ui| {
        ui.set_min_size(size);
        add(ui)
    })
    .inner
}

fn bar_ui(ui: &mut Ui, gallery: &mut Gallery, total: usize, takes_picture: bool, actions: &mut Vec<Action>) {
    let narrow = ui.available_width() < 660.0;
    let segments = [
        Segment::new(Filter::All, "All"),
        Segment::new(Filter::Twins, if narrow { "Twins" } else { "Digital twins" }).called("Digital twins"),
        Segment::new(Filter::Studio, "Studio"),
        Segment::new(Filter::Photo, "Photo"),
        Segment::new(Filter::Favourites, if narrow { icons::STAR } else { "Favourites" }).called("Favourites"),
    ];
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
                format!("Search {}", format::counted(total, "look", "looks"))
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

struct Tiles<'a> {
    model: &'a Model,
    looks: &'a [Look],
    places: &'a [usize],
    cast: Cast<'a>,
    pictures: &'a mut Pictures,
    actions: &'a mut Vec<Action>,
    /// The usual size of a tile.
    tile: egui::Vec2,
    changed: bool,
}

impl Tiles<'_> {
    /// Tiles, with the person's own picture first where it is the face.
    fn count(&self) -> usize {
        self.places.len() + usize::from(self.cast.own_picture().is_some())
    }

    /// The place of the chosen tile among those that are shown.
    fn chosen(&self) -> Option<usize> {
        let own = usize::from(self.cast.own_picture().is_some());
        let is_chosen = |place: &usize| self.looks.get(*place).is_some_and(|look| self.cast.place_of(look).is_some());
        self.places.iter().position(is_chosen).map(|place| place + own)
    }

    fn row_ui(&mut self, ui: &mut Ui, to_chosen: bool) {
        // As many whole tiles as fit, a little wider or narrower than their usual size.
        let width = ui.available_width();
        let columns = ((width + GAP) / (self.tile.x + GAP)).round().max(2.0);
        let tile = vec2((width - (columns - 1.0) * GAP) / columns, self.tile.y);
        let count = self.count();
        let height = tile.y + 2.0 * RING;
        let (strip, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        // A little wider than the form, so that the ring of the first tile is whole.
        let strip = strip.expand2(vec2(RING, 0.0));
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(strip).id_salt("row"));
        ui.style_mut().always_scroll_the_only_direction = true;
        ScrollArea::horizontal().id_salt("looks in a row").max_height(height).auto_shrink([false, true]).show_viewport(
            &mut ui,
            |ui, view| {
                let step = tile.x + GAP;
                let whole = to_f32(count) * step - GAP;
                ui.set_min_size(vec2(whole.max(width) + 2.0 * RING, height));
                let origin = ui.min_rect().min + vec2(RING, 0.0);
                if let Some(place) = self.chosen().filter(|_| to_chosen) {
                    let min = origin + vec2(to_f32(place) * step, RING);
                    ui.scroll_to_rect(Rect::from_min_size(min, tile), None);
                }
                let (first, last) = (floor((view.left() - RING) / step), floor(view.right() / step));
                // One more on either side: the Tab key goes on to it, and the row follows.
                for place in first.saturating_sub(1)..=(last + 1).min(count.saturating_sub(1)) {
                    let min = origin + vec2(to_f32(place) * step, RING);
                    self.tile_ui(ui, place, Rect::from_min_size(min, tile));
                }
            },
        );
    }

    fn grid_ui(&mut self, ui: &mut Ui) {
        let width = ui.available_width() - 10.0;
        let columns = ((width + GAP) / (self.tile.x + GAP)).floor().max(2.0);
        let tile = vec2((width - (columns - 1.0) * GAP) / columns, self.tile.y);
        let count = self.count();
        let columns = floor(columns).max(1);
        let rows = count.div_ceil(columns);
        let step = tile.y + GAP;
        let height = (to_f32(rows) * step).min(step * 2.6) + RING;
        ScrollArea::vertical().id_salt("looks in a grid").max_height(height).auto_shrink([false, false]).show_viewport(
            ui,
            |ui, view| {
                ui.set_min_size(vec2(width, to_f32(rows) * step + 2.0 * RING - GAP));
                let origin = ui.min_rect().min;
                let (first, last) = (floor(view.top() / step), floor(view.bottom() / step));
                for row in first.saturating_sub(1)..=(last + 1).min(rows.saturating_sub(1)) {
                    for column in 0..columns {
                        let place = row * columns + column;
                        if place < count {
                            let min = origin + vec2(to_f32(column) * (tile.x + GAP), RING + to_f32(row) * step);
                            self.tile_ui(ui, place, Rect::from_min_size(min, tile));
                        }
                    }
                }
            },
        );
    }

    fn tile_ui(&mut self, ui: &mut Ui, place: usize, rect: Rect) {
        let own = usize::from(self.cast.own_picture().is_some());
        match place.checked_sub(own) {
            None => self.own_picture_ui(ui, rect),
            Some(place) => {
                let looks = self.looks;
                if let Some(look) = self.places.get(place).and_then(|place| looks.get(*place)) {
                    self.look_ui(ui, rect, look);
                }
            }
        }
    }

    fn own_picture_ui(&mut self, ui: &mut Ui, rect: Rect) {
        let Some(file) = self.cast.own_picture() else { return };
        let palette = palette(ui);
        let name = file.name();
        let source = PictureSource::File(file.path.clone());
        let response = ui.interact(rect, ui.scope_id().with("own picture"), Sense::click());
        let spoken = format!("Your picture {name}");
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, true, &spoken));
        picture_ui(ui, self.pictures, Some(&source), rect, RADIUS_CARD, Color32::WHITE);
        type_chip(ui, rect, "picture");
        name_band(ui, rect, &name);
        selected_ring(ui, rect);
        widgets::focus_ring(ui, &response, RADIUS_CARD);
        let cross = Rect::from_min_size(rect.min + vec2(5.0, 5.0), vec2(24.0, 24.0));
        let remove = ui.interact(cross, ui.scope_id().with("remove own picture"), Sense::click());
        widgets::name(&remove, Role::Button, true, "Remove your picture");
        ui.painter().circle_filled(cross.center(), 11.0, palette.scrim);
        ui.painter().text(cross.center(), Align2::CENTER_CENTER, icons::X, regular(13.0), palette.on_scrim);
        if remove.on_hover_text("Remove your picture").clicked() {
            if let Cast::Face(face) = &mut self.cast {
                **face = Face::None;
            }
            self.changed = true;
        }
    }

    fn look_ui(&mut self, ui: &mut Ui, rect: Rect, look: &Look) {
        let palette = palette(ui);
        let selected = self.cast.place_of(look).is_some();
        let refusal = self.cast.refusal(look);
        let favourite = self.model.settings.favourite_looks.contains(&look.id);
        let id = ui.scope_id().with(("look", &look.id));
        let response = ui.interact(rect, id, if look.ready { Sense::click() } else { Sense::hover() });
        let spoken = format!("{}, {}", look.name, look.avatar_type.name().to_lowercase());
        response.widget_info(|| WidgetInfo::selected(Role::Button, look.ready, selected, &spoken));
        let source = look.preview_image_url.clone().map(PictureSource::Url);
        let tint = if look.ready { Color32::WHITE } else { Color32::WHITE.gamma_multiply(0.35) };
        let failed = picture_ui(ui, self.pictures, source.as_ref(), rect, RADIUS_CARD, tint);
        let chip = if look.ready { look.avatar_type.short_name() } else { "not ready" };
        type_chip(ui, rect, chip);
        name_band(ui, rect, &look.name);
        if selected {
            selected_ring(ui, rect);
            if let Some(number) = self.cast.number_of(look) {
                number_chip(ui, rect, number);
            }
        } else {
            let line = if response.hovered() && look.ready { palette.dim } else { palette.line };
            ui.painter().rect_stroke(rect, RADIUS_CARD, Stroke::new(1.0, line), StrokeKind::Inside);
        }
        widgets::focus_ring(ui, &response, RADIUS_CARD);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let over = ui.rect_contains_pointer(rect);
        // The keyboard finds it as well, behind the look it belongs to.
        let star = ui.scope_id().with(("star", &look.id));
        // In the frame of the Tab key the tile has lost it already, and the star has to be there to get it.
        let on_tile = response.has_focus() || response.lost_focus();
        let by_key = on_tile || ui.memory(|memory| memory.has_focus(star));
        if over || favourite || by_key {
            self.star_ui(ui, rect, look, favourite);
        }
        if failed && over {
            // Beside the middle: a click on the tile still chooses the look.
            let corner = Rect::from_min_size(rect.right_bottom() - vec2(34.0, 34.0), vec2(28.0, 28.0));
            let mut child = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt(("retry", &look.id)));
            let called = format!("Fetch the portrait of {} again", look.name);
            if widgets::icon_button(&mut child, icons::ARROW_CLOCKWISE, &called, 28.0).clicked()
                && let Some(source) = &source
            {
                self.pictures.retry(source);
            }
        }
        if response.clicked() && self.cast.click(look) {
            self.changed = true;
        }
        if let Some(refusal) = refusal {
            widgets::describe(&response, &refusal);
            let _ = response.on_hover_text(refusal);
        } else if look.ready {
            let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
            // Only where the name on the tile may be cut.
            if look.name.chars().count() > 14 {
                let _ = response.on_hover_text(&look.name);
            }
        } else {
            let why =
                format!("{} is not ready: it is in training, waits for consent, or its training failed.", look.name);
            widgets::describe(&response, &why);
            let _ = response.on_hover_text(why);
        }
    }

    fn star_ui(&mut self, ui: &mut Ui, rect: Rect, look: &Look, favourite: bool) {
        let palette = palette(ui);
        let place = Rect::from_min_size(rect.min + vec2(5.0, 5.0), vec2(24.0, 24.0));
        let star = ui.interact(place, ui.scope_id().with(("star", &look.id)), Sense::click());
        widgets::focus_ring(ui, &star, RADIUS_CARD);
        let called = format!("Favourite {}", look.name);
        star.widget_info(|| WidgetInfo::selected(Role::Button, true, favourite, &called));
        ui.painter().circle_filled(place.center(), 11.0, palette.scrim);
        let (font, color) = if favourite {
            (egui::FontId::new(13.0, egui::FontFamily::Name(ICONS_FILL.into())), palette.amber)
        } else {
            (regular(13.0), palette.on_scrim)
        };
        ui.painter().text(place.center(), Align2::CENTER_CENTER, icons::STAR, font, color);
        let tooltip = if favourite { "No longer a favourite" } else { "Mark as a favourite" };
        if star.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(tooltip).clicked() {
            let mut settings = self.model.settings.clone();
            if favourite {
                settings.favourite_looks.retain(|id| *id != look.id);
            } else {
                settings.favourite_looks.push(look.id.clone());
            }
            self.actions.push(Action::ChangeSettings(Box::new(settings)));
        }
    }
}

/// A picture that fills `rect`, cut at the edges; true where it could not be had.
pub fn picture_ui(
    ui: &Ui,
    pictures: &mut Pictures,
    source: Option<&PictureSource>,
    rect: Rect,
    radius: u8,
    tint: Color32,
) -> bool {
    let palette = palette(ui);
    if !ui.is_rect_visible(rect) {
        return false;
    }
    match source.map(|source| pictures.get(ui.ctx(), source)) {
        Some(PictureState::Ready(texture)) => {
            let size = texture.size_vec2();
            let scale = (rect.width() / size.x).max(rect.height() / size.y).max(f32::EPSILON);
            let seen = rect.size() / scale / size;
            // Faces stand in the upper half: what is cut, is cut at the sides and below.
            let spare = vec2(1.0, 1.0) - seen;
            let min = pos2(spare.x / 2.0, spare.y * 0.2);
            let uv = Rect::from_min_size(min, seen);
            ui.painter().rect_filled(rect, CornerRadius::same(radius), palette.raised);
            let shape = egui::epaint::RectShape::filled(rect, CornerRadius::same(radius), tint);
            ui.painter().add(shape.with_texture(texture.id(), uv));
            false
        }
        Some(PictureState::Loading) => {
            widgets::shimmer(ui, rect, radius);
            false
        }
        Some(PictureState::Failed) | None => {
            ui.painter().rect_filled(rect, CornerRadius::same(radius), palette.raised);
            let glyph = if source.is_some() { icons::IMAGE } else { icons::USER };
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular(28.0), palette.faint);
            source.is_some()
        }
    }
}

fn type_chip(ui: &Ui, rect: Rect, word: &str) {
    let palette = palette(ui);
    let galley = widgets::elided(ui, word, medium(10.0), palette.on_scrim, rect.width() - 50.0);
    let size = galley.size() + vec2(12.0, 4.0);
    let chip = Rect::from_min_size(pos2(rect.right() - 8.0 - size.x, rect.top() + 8.0), size);
    ui.painter().rect_filled(chip, RADIUS_SMALL, palette.scrim);
    ui.painter().galley(chip.center() - galley.size() / 2.0, galley, palette.on_scrim);
}

/// The name on a shade that rises from the lower edge, readable on any picture.
fn name_band(ui: &Ui, rect: Rect, name: &str) {
    let palette = palette(ui);
    let band = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 48.0), rect.max);
    let mut mesh = egui::Mesh::default();
    let (clear, dark) = (Color32::TRANSPARENT, Color32::from_black_alpha(0xb0));
    // Twice the radius: a lower foot would cut its own corners short.
    let low = band.bottom() - 2.0 * f32::from(RADIUS_CARD);
    for (y, color) in [(band.top(), clear), (low, dark)] {
        mesh.colored_vertex(pos2(band.left(), y), color);
        mesh.colored_vertex(pos2(band.right(), y), color);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(1, 2, 3);
    ui.painter().add(mesh);
    let foot = Rect::from_min_max(pos2(band.left(), low), band.max);
    let corners = CornerRadius { nw: 0, ne: 0, sw: RADIUS_CARD, se: RADIUS_CARD };
    ui.painter().rect_filled(foot, corners, dark);
    let at = pos2(rect.left() + 9.0, rect.bottom() - 16.0);
    widgets::paint_elided(ui, at, Align2::LEFT_CENTER, name, medium(12.0), palette.on_scrim, rect.width() - 18.0);
}

/// The place of a look among several chosen ones, on its lower right corner.
fn number_chip(ui: &Ui, rect: Rect, number: usize) {
    let palette = palette(ui);
    let center = rect.right_bottom() - vec2(18.0, 18.0);
    ui.painter().circle_filled(center, 11.0, palette.text);
    ui.painter().text(center, Align2::CENTER_CENTER, number.to_string(), medium(12.0), palette.background);
}

fn selected_ring(ui: &Ui, rect: Rect) {
    let stroke = Stroke::new(2.0, palette(ui).text);
    ui.painter().rect_stroke(rect.expand(3.0), RADIUS_CARD + 2, stroke, StrokeKind::Inside);
}

/// A number of tiles as a factor of a length on the screen.
#[expect(clippy::cast_precision_loss, reason = "places on the screen")]
fn to_f32(number: usize) -> f32 {
    number as f32
}

/// The tile a length on the screen lies in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places on the screen")]
fn floor(length: f32) -> usize {
    length.max(0.0).floor() as usize
}
