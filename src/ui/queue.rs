//! "In the queue": the newest jobs in a strip at the lower edge, each with its state in words.

use std::sync::Arc;

use egui::{Align, Color32, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::avatars::own::{ConsentWay, OwnAction};
use super::batch;
use super::gallery::picture_ui;
use super::library::words::{held_words, progress_thousandths, short_state_words, standing_words, waiting};
use super::theme::PAGE_MARGIN as MARGIN;
use crate::draft::Product;
use crate::jobs::types::{BatchStanding, Board, Decision, Job, JobState, Progress};
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, Pictures};
use crate::ui::theme::{Palette, RADIUS_CARD, RADIUS_SMALL, palette, regular};
use crate::ui::widgets;
use crate::ui::{Action, format, icons};

/// The strip's height.
pub const HEIGHT: f32 = 162.0;
/// The strip's height in a low window: one line a job.
pub const COMPACT_HEIGHT: f32 = 52.0;
/// As many cards as the strip has; the Library has the rest.
const CARDS: usize = 12;
const CARD: egui::Vec2 = vec2(238.0, 92.0);
const GAP: f32 = 12.0;

/// Draws the strip; true when the Library was asked for.
pub fn queue_ui(ui: &mut Ui, model: &Model, compact: bool, pictures: &mut Pictures, actions: &mut Vec<Action>) -> bool {
    let jobs = &model.board.jobs;
    let items = items(model);
    if compact {
        return compact_ui(ui, &items);
    }
    let mut show_all = false;
    ui.add_space(12.0);
    let width = ui.available_width();
    ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(MARGIN);
        widgets::caption(ui, "In the queue");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(MARGIN);
            if jobs.len() > 3 {
                let words = format!("all {} in the Library", format::count(jobs.len()));
                show_all = widgets::link(ui, &words, "Show all jobs in the Library").clicked();
            }
        });
    });
    ui.style_mut().always_scroll_the_only_direction = true;
    ui.add_space(4.0);
    let inside = width - 2.0 * MARGIN;
    let columns = ((inside + GAP) / (CARD.x + GAP)).round().max(1.0);
    let card = vec2((inside - (columns - 1.0) * GAP) / columns, CARD.y);
    let whole = (card.x + GAP) * f32::from(u8::try_from(items.len()).unwrap_or(u8::MAX)) - GAP;
    ScrollArea::horizontal().id_salt("queue").auto_shrink([false, true]).show(ui, |ui| {
        let (strip, _) = ui.allocate_exact_size(vec2(whole + 2.0 * MARGIN, card.y), Sense::hover());
        let mut left = strip.left() + MARGIN;
        for item in &items {
            let rect = Rect::from_min_size(pos2(left, strip.top()), card);
            left += card.x + GAP;
            if ui.is_rect_visible(rect) {
                let card = ui.push_id(item.job.id, |ui| card_ui(ui, rect, item, pictures, actions));
                show_all |= card.inner;
            }
        }
    });
    show_all
}

/// One line a job; true when one was clicked.
fn compact_ui(ui: &mut Ui, items: &[Item<'_>]) -> bool {
    let palette = palette(ui);
    let mut clicked = false;
    ui.style_mut().always_scroll_the_only_direction = true;
    ui.add_space(9.0);
    ScrollArea::horizontal().id_salt("queue").auto_shrink([false, true]).show(ui, |ui| {
        let font = || regular(12.0);
        // As wide as its words: what a job does is never cut, only a long title is.
        let tiles: Vec<_> = items
            .iter()
            .map(|item| {
                let (title, standing) = (item.title(), item.standing(palette));
                let title_width = widgets::elided(ui, &title, font(), palette.text, 96.0).size().x;
                let words_width = ui.painter().layout_no_wrap(standing.words.clone(), font(), palette.dim).size().x;
                (item.job, title, standing, (title_width + words_width + 28.0).ceil().max(160.0))
            })
            .collect();
        let whole: f32 = tiles.iter().map(|(.., width)| width + 8.0).sum();
        let (strip, _) = ui.allocate_exact_size(vec2(whole + 2.0 * MARGIN - 8.0, 34.0), Sense::hover());
        let mut left = strip.left() + MARGIN;
        for (job, title, standing, width) in tiles {
            let rect = Rect::from_min_size(pos2(left, strip.top()), vec2(width, strip.height()));
            left += width + 8.0;
            if !ui.is_rect_visible(rect) {
                continue;
            }
            let response = ui.interact(rect, ui.scope_id().with(("compact", job.id)), Sense::click());
            let spoken = format!("{title}: {}", standing.words);
            widgets::name(&response, Role::Button, true, &spoken);
            let fill = if response.hovered() { palette.hover } else { palette.raised };
            ui.painter().rect_filled(rect, RADIUS_SMALL, fill);
            let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 3.0), rect.max);
            let done = Rect::from_min_size(line.min, vec2(line.width() * standing.share, 3.0));
            ui.painter().rect_filled(done, 1, standing.color);
            let middle = rect.center().y - 1.0;
            let at = pos2(rect.left() + 10.0, middle);
            let left_center = egui::Align2::LEFT_CENTER;
            let title = widgets::paint_elided(ui, at, left_center, &title, font(), palette.text, 96.0);
            let at = pos2(title.right() + 8.0, middle);
            ui.painter().text(at, left_center, &standing.words, font(), palette.dim);
            widgets::focus_ring(ui, &response, RADIUS_SMALL);
            clicked |= response.on_hover_text(spoken).clicked();
        }
    });
    clicked
}

/// What stands where HeyGen waits for the person.
#[must_use]
pub fn waits_for_person(product: Product) -> &'static str {
    match product {
        Product::VideoAgent => "the agent asks",
        _ => "waits for your answer",
    }
}

/// How a job stands: a share for the bar, its colour, and words.
pub struct StandingWords {
    pub share: f32,
    pub color: Color32,
    pub words: String,
}

/// How a job stands in the strip; the words are those of the Library.
#[must_use]
pub fn standing(job: &Job, board: &Board, palette: &Palette) -> StandingWords {
    let known = progress_thousandths(job).map(|thousandths| f32::from(thousandths) / 1000.0);
    let (share, color) = match job.state {
        JobState::Held => (0.0, palette.faint),
        JobState::Uploading => (known.unwrap_or(0.05), palette.blue),
        JobState::Submitting => (0.08, palette.red),
        JobState::Running => {
            let share = match &job.progress {
                // Where nobody says how far it is, the bar nears its end and never reaches it.
                Progress::Rendering { seconds, percent: None } => rendering_share(*seconds),
                _ => 0.1,
            };
            let waits = job.progress == Progress::NeedsPerson;
            (known.unwrap_or(share), if waits { palette.amber } else { palette.red })
        }
        JobState::Downloading => (known.unwrap_or(0.05), palette.green),
        JobState::Done => (1.0, palette.green),
        JobState::Failed | JobState::OutcomeUnknown => (1.0, palette.amber),
        JobState::Cancelled => (1.0, palette.faint),
    };
    StandingWords { share, color, words: standing_words(job, board) }
}

#[expect(clippy::cast_precision_loss, reason = "a share of a bar")]
fn rendering_share(seconds: u64) -> f32 {
    0.08 + 0.87 * (1.0 - (-(seconds as f32) / 120.0).exp())
}

/// A job, or all that were booked with it as one.
struct Item<'a> {
    /// The name of its table, where it is one.
    table: Option<&'a str>,
    board: &'a Board,
    /// Of several, the newest.
    job: &'a Arc<Job>,
    group: Option<&'a BatchStanding>,
}

impl Item<'_> {
    fn title(&self) -> String {
        match self.group {
            Some(_) if self.table.is_some() => self.table.unwrap_or_default().to_owned(),
            Some(group) => format!("{} and {} more", self.job.title, format::count(group.jobs.saturating_sub(1))),
            None => self.job.title.clone(),
        }
    }

    /// How a group stands, as short as a card needs it.
    fn short_words(&self) -> Option<String> {
        let BatchStanding { jobs, done, failed, cancelled, asking, .. } = *self.group?;
        let of = format!("{} of {}", format::count(done), format::count(jobs));
        Some(match (failed + cancelled, asking) {
            (0, 0) => format!("{of} finished"),
            (_, 1..) => format!("{of}, {} ask you", format::count(asking)),
            (failed, _) => format!("{of}, {} failed", format::count(failed)),
        })
    }

    fn standing(&self, palette: &Palette) -> StandingWords {
        let Some(group) = self.group else { return standing(self.job, self.board, palette) };
        let BatchStanding { jobs, done, failed, cancelled, asking, charged, held, .. } = *group;
        let color = match (group.is_over(), failed + asking) {
            (true, 0) => palette.green,
            (true, _) => palette.amber,
            (false, _) => palette.red,
        };
        let words = batch::progress_words(jobs, done, failed + cancelled, asking, charged, held);
        StandingWords { share: batch::share(done + failed + cancelled, jobs), color, words }
    }
}

/// What the strip shows: the newest jobs, and one thing for many that were booked together.
fn items(model: &Model) -> Vec<Item<'_>> {
    let board = &*model.board;
    /// Fewer stand side by side as jobs of their own.
    const GROUPED_FROM: usize = 4;
    let mut groups: Vec<(&BatchStanding, bool)> =
        board.batches.iter().filter(|group| group.jobs >= GROUPED_FROM).map(|group| (group, false)).collect();
    let mut items = Vec::with_capacity(CARDS);
    for job in &board.jobs {
        if items.len() == CARDS {
            break;
        }
        match groups.iter_mut().find(|(group, _)| Some(group.id) == job.batch) {
            Some((_, true)) => {}
            Some((group, is_there)) => {
                *is_there = true;
                let table = model.tables.get(&group.id).map(String::as_str);
                items.push(Item { table, board, job, group: Some(*group) });
            }
            None => items.push(Item { table: None, board, job, group: None }),
        }
    }
    items
}

/// Draws one card; true when the Library was asked for.
fn card_ui(ui: &mut Ui, rect: Rect, item: &Item<'_>, pictures: &mut Pictures, actions: &mut Vec<Action>) -> bool {
    let job = item.job;
    let palette = palette(ui);
    let stroke = Stroke::new(1.0, palette.line);
    let fill = if ui.visuals().dark_mode { palette.raised } else { palette.panel };
    ui.painter().rect(rect, RADIUS_CARD, fill, stroke, StrokeKind::Inside);
    let picture = Rect::from_min_size(rect.min + vec2(9.0, 9.0), vec2(76.0, 44.0));
    let source = job
        .files
        .thumbnail
        .clone()
        .map(PictureSource::File)
        .or_else(|| job.portrait_url.clone().map(PictureSource::Url));
    match &source {
        Some(_) => {
            picture_ui(ui, pictures, source.as_ref(), picture, RADIUS_SMALL, Color32::WHITE);
            product_badge(ui, job.product, picture);
        }
        None => {
            ui.painter().rect_filled(picture, RADIUS_SMALL, palette.hover);
            let glyph = glyph_of(job.product);
            ui.painter().text(picture.center(), egui::Align2::CENTER_CENTER, glyph, regular(22.0), palette.faint);
        }
    }
    let (title, standing) = (item.title(), item.standing(palette));
    let texts = Rect::from_min_max(pos2(picture.right() + 12.0, rect.top() + 9.0), rect.max - vec2(10.0, 6.0));
    let mut ui =
        ui.new_child(egui::UiBuilder::new().max_rect(texts).layout(Layout::top_down(Align::LEFT)).id_salt("card"));
    let ui = &mut ui;
    ui.spacing_mut().item_spacing.y = 4.0;
    let spoken = format!("{title}: {}", standing.words);
    let more = if item.group.is_some() { &standing.words } else { &job.quoted.how };
    let shown = widgets::keeping_brackets(ui, &title, &regular(14.0), texts.width());
    let heading = widgets::words(ui, shown, regular(14.0), palette.text);
    widgets::name(&heading, Role::Label, true, &title);
    let _ = heading.on_hover_text(format!("{title}\n{} · {more}", job.product.name()));
    let is_waiting = item.group.is_none() && waiting(job).is_some();
    match item.group {
        Some(group) => {
            let ended = group.failed + group.cancelled + group.asking;
            let done = (batch::share(group.done, group.jobs), palette.green);
            let parts = [done, (batch::share(ended, group.jobs), palette.amber)];
            widgets::split_bar(ui, &spoken, texts.width(), &parts);
        }
        None if is_waiting => {}
        None => {
            widgets::progress_bar(ui, &spoken, texts.width(), standing.share, standing.color);
        }
    }
    let held = held_words(job).filter(|_| item.group.is_none());
    let told = match &held {
        // Nothing moves, so the reason has the room of the bar.
        _ if is_waiting => {
            let most = if has_no_links(job) { 3 } else { 2 };
            widgets::lines(ui, &short_state_words(job, item.board), 12.0, palette.dim, most)
        }
        // Without links under it there is room for three lines.
        _ if item.group.is_none() && has_no_links(job) => widgets::lines(ui, &standing.words, 12.0, palette.dim, 3),
        // The money goes to the line of the links: both are whole there.
        Some(_) => widgets::words(ui, short_state_words(job, item.board), regular(12.0), palette.dim),
        None => {
            let short = item.short_words().unwrap_or_else(|| standing.words.clone());
            let short = fitting(ui, &short, texts.width());
            widgets::words(ui, short, regular(12.0), palette.dim)
        }
    };
    widgets::name(&told, Role::Label, true, &standing.words);
    match (&job.error, item.group) {
        _ if is_waiting => {
            let _ = told.on_hover_text(&standing.words);
        }
        (_, Some(_)) => {
            let _ = told.on_hover_text(&standing.words);
        }
        (Some(error), None) => {
            let _ = told.on_hover_text(format!("{}\n{}\n{}", error.what, error.money, error.advice));
        }
        (None, None) => {}
    }
    let row = ui.allocate_ui_with_layout(vec2(texts.width(), 18.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        if let Some(group) = item.group {
            let (amount, what) = match group.charged.is_zero() {
                true => (group.held, "held"),
                false => (group.charged, "charged"),
            };
            below_ui(ui, picture, &amount.to_string()).on_hover_text(format!("{amount} {what}"));
            if let Some(id) = job.batch.filter(|_| item.table.is_some())
                && widgets::link(ui, "table", "Open the table they were made from").clicked()
            {
                actions.push(Action::OpenBatch(job.product, id));
            }
            return widgets::link(ui, "Library", "Show them in the Library").clicked();
        }
        if let Some(held) = held {
            below_ui(ui, picture, &held);
        }
        links_ui(ui, job, actions);
        false
    });
    row.inner
}

/// As much of the words as there is room for: what the bar says already goes first, the money at the end never.
fn fitting<'a>(ui: &Ui, words: &'a str, width: f32) -> &'a str {
    let fits =
        |words: &str| ui.painter().layout_no_wrap(words.to_owned(), regular(12.0), Color32::WHITE).size().x <= width;
    let mut shown = words;
    while !fits(shown) {
        let Some((_, rest)) = shown.split_once(" · ") else { break };
        shown = rest;
    }
    shown
}

/// Money under the picture, on the line of the links, which so have their room for themselves.
fn below_ui(ui: &mut Ui, picture: Rect, money: &str) -> egui::Response {
    let row = ui.max_rect();
    let rect = Rect::from_min_max(pos2(picture.left(), row.top()), pos2(picture.right() + 10.0, row.top() + 18.0));
    let mut below = ui
        .new_child(egui::UiBuilder::new().id_salt("money").max_rect(rect).layout(Layout::left_to_right(Align::Center)));
    widgets::caption(&mut below, money)
}

/// Whether nothing can be done about a job from its card.
fn has_no_links(job: &Job) -> bool {
    match job.state {
        JobState::Downloading => !job.is_stopped(),
        JobState::Cancelled => job.error.is_some(),
        _ => false,
    }
}

/// What made it, at the upper left: results of one video look alike.
pub fn product_badge(ui: &Ui, product: Product, rect: Rect) {
    let palette = palette(ui);
    let badge = Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(18.0, 18.0));
    ui.painter().rect_filled(badge, egui::CornerRadius::same(5), palette.scrim);
    let glyph = glyph_of(product);
    ui.painter().text(badge.center(), egui::Align2::CENTER_CENTER, glyph, regular(12.0), palette.on_scrim);
}

/// What stands for a product: the icon of its tab.
pub fn glyph_of(product: Product) -> &'static str {
    match product {
        Product::AvatarVideo => icons::VIDEO_CAMERA,
        Product::Cinematic => icons::FILM_SLATE,
        Product::VideoAgent => icons::ROBOT,
        Product::HyperFrames => icons::CODE,
        Product::Realtime => icons::BROADCAST,
        Product::Translation => icons::TRANSLATE,
        Product::Lipsync => icons::SMILEY,
        Product::Clips => icons::SCISSORS,
        Product::Speech => icons::WAVEFORM,
        Product::AvatarCreation => icons::USERS_THREE,
    }
}

fn links_ui(ui: &mut Ui, job: &Job, actions: &mut Vec<Action>) {
    let mut link = |words: &str, action: Action| {
        if widgets::link(ui, words, &format!("{words}: {}", job.title)).clicked() {
            actions.push(action);
        }
    };
    if job.is_stopped() {
        link("try again", Action::Retry(job.id));
    }
    match (job.state, job.files.main()) {
        (JobState::Done, Some(file)) => {
            link("play", Action::OpenFile(file.clone()));
            link("open folder", Action::ShowInFolder(file.clone()));
        }
        (JobState::Cancelled, _) if job.error.is_some() => {}
        (JobState::Running, _) if job.progress == Progress::NeedsPerson && job.product == Product::VideoAgent => {
            link("answer", Action::OpenChat(job.id));
        }
        // The newer one has a card of its own.
        (JobState::Failed | JobState::Cancelled, _) if job.again.is_some() => {
            link("edit", Action::EditAgain(job.id));
        }
        (JobState::Failed | JobState::Cancelled, _) => {
            link("edit", Action::EditAgain(job.id));
            link("make again", Action::Retry(job.id));
        }
        (JobState::OutcomeUnknown, _) if job.is_let_go() => {
            if let Some(id) = job.remote_id.clone() {
                link("follow again", Action::Decide(job.id, Decision::ThisIsIt(id)));
            }
        }
        (JobState::OutcomeUnknown, _) => link("find out", Action::FindCandidates(job.id)),
        (JobState::Running, _) if job.product == Product::AvatarCreation && job.progress == Progress::NeedsPerson => {
            if let Some(look_id) = job.remote_id.clone() {
                link("consent", Action::Own(OwnAction::AskConsent { look_id, way: ConsentWay::Browser }));
            }
        }
        (state, _) if state.is_cancellable() => link("cancel", Action::Cancel(job.id)),
        _ => {}
    }
}
