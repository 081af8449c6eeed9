//! The session that runs: its picture, its meter, its words, and the ways to feed and stop it.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Align2, Color32, CornerRadius, Key, Layout, Rect, Sense, Ui, pos2, vec2};
use rust_decimal::Decimal;

use super::session::{SessionView, TextState, Unopened};
use crate::draft::Draft;
use crate::draft::realtime::{IDLE_SECONDS, Program, TEXT_LIMIT};
use crate::jobs::types::{Job, JobState, Progress, SessionProgress};
use crate::money::Usd;
use crate::ui::model::Model;
use crate::ui::sound::wake_for_word;
use crate::ui::theme::{RADIUS, RADIUS_CARD, medium, palette, regular, semibold};
use crate::ui::volume::{self, Ground};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, format, icons};

/// Characters of the newest words beside the picture, and under it.
const WORDS_BESIDE: usize = 260;
const WORDS_UNDER: usize = 180;

/// What the meter shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    /// Whole seconds it has lasted.
    pub seconds: u32,
    /// Seconds after which it is stopped.
    pub limit: u32,
    /// What that costs so far.
    pub amount: Usd,
    /// What a second costs.
    pub rate: Usd,
}

/// The meter of a session now; `now` is Unix seconds.
#[must_use]
pub fn meter(job: &Job, progress: SessionProgress, now: i64) -> Meter {
    let limit = progress.limit_seconds;
    let passed = progress.began_ms.map_or(0, |began| now.saturating_sub(began.div_euclid(1_000)).max(0));
    let seconds = u32::try_from(passed).unwrap_or(u32::MAX).min(limit);
    // The limit is the high end of every quote, so this is the rate it was quoted at.
    let rate = job.quoted.high.0.checked_div(Decimal::from(limit)).unwrap_or_default();
    Meter { seconds, limit, amount: Usd(rate * Decimal::from(seconds)), rate: Usd(rate) }
}

/// How the session of a job stands, as far as it is told.
#[must_use]
pub fn session_of(job: &Job) -> Option<SessionProgress> {
    match &job.progress {
        Progress::Session(progress) => Some(*progress),
        _ => None,
    }
}

/// What the person types next.
#[derive(Default)]
pub struct Typing {
    text: String,
}

/// Draws the session of a job in the room of a page.
pub fn stage_ui(
    ui: &mut Ui,
    model: &Model,
    job: &Job,
    view: Option<&SessionView>,
    typing: &mut Typing,
    actions: &mut Vec<Action>,
) {
    let draft = match Draft::from_json(job.product, &job.draft) {
        Ok(Draft::Realtime(draft)) => Some(draft),
        _ => None,
    };
    let is_typed = draft.as_ref().is_some_and(|draft| draft.program == Program::Live);
    /// Between the picture and the words beside it.
    const GAP: f32 = 16.0;
    /// Narrower columns are no use for reading.
    const COLUMN: f32 = 170.0;
    let room = ui.clip_rect().height() - 2.0 * 20.0;
    let below = if is_typed { 182.0 } else { 122.0 };
    let width = ui.available_width().min(((room - 46.0 - below).max(150.0) * 16.0 / 9.0).floor());
    let beside = ui.available_width() - width - GAP;
    let row = picture_ui(ui, model, job, view, width, actions);
    if beside >= COLUMN {
        let column = Rect::from_min_max(pos2(row.left() + width + GAP, row.top()), row.max);
        let layout = Layout::top_down(Align::LEFT);
        let mut child = ui.new_child(egui::UiBuilder::new().id_salt("words").max_rect(column).layout(layout));
        child.shrink_clip_rect(column);
        words_ui(&mut child, view, WORDS_BESIDE);
    }
    ui.add_space(4.0);
    meter_ui(ui, model, job, view, is_typed, actions);
    if is_typed && !job.state.is_final() {
        typing_ui(ui, job, view, typing, actions);
    }
    if beside < COLUMN {
        words_ui(ui, view, WORDS_UNDER);
    }
    if !job.state.is_final() {
        // The meter counts seconds.
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(500));
    }
}

/// The picture; the whole row it stands in.
fn picture_ui(
    ui: &mut Ui,
    model: &Model,
    job: &Job,
    view: Option<&SessionView>,
    width: f32,
    actions: &mut Vec<Action>,
) -> Rect {
    let palette = palette(ui);
    let size = vec2(width, (width * 9.0 / 16.0).floor());
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::hover());
    let rect = Rect::from_min_size(row.min, size);
    let response = ui.interact(rect, ui.scope_id().with("stage"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "The session's picture"));
    ui.painter().rect_filled(rect, RADIUS_CARD, palette.raised);
    if let Some(texture) = view.and_then(|view| view.picture.as_ref()) {
        let shown = texture.size_vec2();
        let scale = (rect.width() / shown.x.max(1.0)).min(rect.height() / shown.y.max(1.0));
        let place = Rect::from_center_size(rect.center(), shown * scale);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let shape = egui::epaint::RectShape::filled(place, CornerRadius::same(RADIUS_CARD), Color32::WHITE);
        ui.painter().add(shape.with_texture(texture.id(), whole));
    } else {
        let words = match (view.and_then(|view| view.fault.as_deref()), job.state) {
            (Some(fault), _) => fault.to_owned(),
            (None, JobState::Held) => "Waits for one of three places".to_owned(),
            (None, JobState::Uploading) => "The audio is on its way".to_owned(),
            (None, JobState::Submitting) => "The session is being asked for".to_owned(),
            (None, JobState::Running) => "The picture is on its way".to_owned(),
            (None, _) => "The session is over".to_owned(),
        };
        ui.painter().text(
            rect.center() - vec2(0.0, 16.0),
            Align2::CENTER_CENTER,
            icons::BROADCAST,
            regular(28.0),
            palette.faint,
        );
        // What is wrong may take two lines.
        let mut job = egui::text::LayoutJob::simple(words, regular(14.0), palette.dim, (rect.width() - 48.0).max(80.0));
        job.halign = Align::Center;
        let galley = ui.painter().layout_job(job);
        ui.painter().galley(rect.center() + vec2(0.0, 10.0), galley, palette.dim);
    }
    let plays = session_of(job).is_some_and(|session| session.began_ms.is_some());
    if plays && job.state == JobState::Running {
        let galley = ui.painter().layout_no_wrap("LIVE".to_owned(), semibold(12.0), palette.on_red);
        let chip = Rect::from_min_size(rect.min + vec2(12.0, 12.0), galley.size() + vec2(28.0, 8.0));
        ui.painter().rect_filled(chip, 6, palette.red_fill);
        ui.painter().circle_filled(pos2(chip.left() + 11.0, chip.center().y), 3.5, palette.on_red);
        ui.painter().galley(pos2(chip.left() + 20.0, chip.center().y - galley.size().y / 2.0), galley, palette.on_red);
    }
    // The film comes later than the session and goes on for a while after it.
    let sounds = |view: &SessionView| job.state == JobState::Running || view.position.is_some();
    if view.is_some_and(|view| view.picture.is_some() && !view.is_silent && sounds(view)) {
        let size = vec2(volume::WIDTH + 12.0, 32.0);
        let pill = Rect::from_min_size(pos2(rect.right() - size.x - 12.0, rect.top() + 12.0), size);
        ui.painter().rect_filled(pill, RADIUS, palette.scrim);
        let room = pill.shrink2(vec2(6.0, 2.0));
        let mut child = ui.new_child(egui::UiBuilder::new().id_salt("volume").max_rect(room));
        volume::volume_ui(&mut child, &model.settings, volume::WIDTH, Ground::Picture, actions);
    }
    row
}

fn meter_ui(
    ui: &mut Ui,
    model: &Model,
    job: &Job,
    view: Option<&SessionView>,
    is_typed: bool,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let progress = session_of(job).unwrap_or_default();
    let meter = meter(job, progress, model.now);
    let is_live = progress.began_ms.is_some() && !job.state.is_final();
    let (amount, color) = match job.charge {
        Some(charge) => (charge, palette.text),
        None if is_live => (meter.amount, palette.red_text),
        None => (Usd::ZERO, palette.dim),
    };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 44.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let response = widgets::amount_ui(ui, amount, semibold(28.0), color);
        widgets::describe(&response, "What the session costs so far");
        if job.state.is_final() {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                widgets::body(ui, ended_words(job));
                if let Some(error) = &job.error {
                    widgets::caption(ui, format!("{} {}", error.money, error.advice));
                }
            });
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = if progress.is_stopping { "Stopping…" } else { "Stop" };
            let stop = Button::secondary(label).icon(icons::STOP).named("Stop the session").color(palette.red_text);
            if ui.add(stop.enabled(!progress.is_stopping)).clicked() {
                actions.push(Action::StopSession(job.id));
            }
            let open = Button::quiet("Open in player").icon(icons::ARROW_SQUARE_OUT).named("Open in your own player");
            if progress.can_be_watched && ui.add(open).clicked() {
                actions.push(Action::OpenSession(job.id));
            }
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                widgets::body(ui, time_words(job, progress, meter));
                let (words, is_urgent) = end_words(progress, meter, view, is_typed, model.now);
                widgets::words(ui, words, regular(12.0), if is_urgent { palette.amber } else { palette.dim });
            });
        });
    });
    let share = share(meter.seconds, meter.limit.max(1));
    let width = ui.available_width();
    widgets::progress_bar(
        ui,
        "Time of the session until its limit",
        width,
        if is_live { share } else { 0.0 },
        palette.red,
    );
    if progress.is_silent && !job.state.is_final() {
        let words = "HeyGen does not answer. The session goes on, and stops at its limit all the same.";
        widgets::words(ui, words, regular(12.0), palette.amber);
    }
    if let Some(view) = view {
        let mut remarks = Vec::new();
        // Without a picture it stands in its place.
        if let Some(fault) = view.fault.as_ref().filter(|_| view.picture.is_some() && !job.state.is_final()) {
            remarks.push(fault.clone());
        }
        if view.is_silent {
            remarks.push("No sound can be played on this computer.".to_owned());
        }
        if view.dropped > 0 {
            remarks.push(format!(
                "{} came too late to be shown.",
                format::counted(usize::try_from(view.dropped).unwrap_or(0), "picture", "pictures")
            ));
        }
        if !remarks.is_empty() {
            widgets::caption(ui, remarks.join(" "));
        }
        if let Some(unopened) = view.unopened.as_ref().filter(|_| !job.state.is_final()) {
            unopened_ui(ui, unopened, actions);
        }
    }
}

/// Why the person's own player does not show it, and the way to have it do so by hand.
fn unopened_ui(ui: &mut Ui, unopened: &Unopened, actions: &mut Vec<Action>) {
    let color = palette(ui).amber;
    let row = vec2(ui.available_width(), 28.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let copy = Button::quiet("Copy its address").icon(icons::COPY).named("Copy the stream's address").small();
        if let Some(address) = &unopened.address
            && ui.add(copy).on_hover_text("Paste it into a player: “Open network stream” or the like.").clicked()
        {
            actions.push(Action::CopyText(address.clone()));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::words(ui, &unopened.why, regular(12.0), color)
        });
    });
}

/// "0:07 of 2:00 · $0.05 a second".
fn time_words(job: &Job, progress: SessionProgress, meter: Meter) -> String {
    let limit = format::duration(Decimal::from(meter.limit));
    match (progress.began_ms, job.state) {
        (Some(_), _) => {
            let rate = meter.rate.precise();
            format!("{} of {limit} · {rate} a second", format::duration(Decimal::from(meter.seconds)))
        }
        (None, JobState::Running) => "It begins in a moment. Nothing is charged yet.".to_owned(),
        (None, _) => "It has not begun. Nothing is charged yet.".to_owned(),
    }
}

/// When it ends by itself, and whether that is soon.
fn end_words(
    progress: SessionProgress,
    meter: Meter,
    view: Option<&SessionView>,
    is_typed: bool,
    now: i64,
) -> (String, bool) {
    let left = meter.limit.saturating_sub(meter.seconds);
    if progress.is_stopping {
        return ("It is being stopped.".to_owned(), false);
    }
    let idle = view.filter(|view| is_typed && !view.is_final()).and_then(|view| view.active_at(progress)).map(|at| {
        let silent = u32::try_from(now.saturating_sub(at)).unwrap_or(0);
        IDLE_SECONDS.saturating_sub(silent)
    });
    let limit = format!("Stops by itself in {}", format::duration(Decimal::from(left)));
    match idle {
        _ if progress.began_ms.is_none() => (String::new(), false),
        // A word was just heard: nothing to count down yet. Where it is stopped before, typing does not help.
        Some(idle) if idle <= 25 && idle < left => (
            format!("Ends in {idle} s unless you type · stops in {}", format::duration(Decimal::from(left))),
            idle <= 10,
        ),
        _ => (limit, left <= 10),
    }
}

fn ended_words(job: &Job) -> String {
    match (job.charge, job.duration, job.state) {
        (Some(charge), Some(seconds), _) => {
            let seconds = seconds.round_dp(1).normalize();
            format!("Charged {charge} for {seconds} s, as measured by this program")
        }
        (_, _, JobState::Cancelled) => "Cancelled. Nothing was charged.".to_owned(),
        _ => job.error.as_ref().map_or_else(|| "The session is over.".to_owned(), |error| error.what.clone()),
    }
}

/// The field for what is said next. Enter says it.
fn typing_ui(ui: &mut Ui, job: &Job, view: Option<&SessionView>, typing: &mut Typing, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let is_over = view.is_some_and(SessionView::is_final);
    ui.add_enabled_ui(!is_over, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let width = (ui.available_width() - 196.0).max(120.0);
            let hint = if is_over { "The last words were sent" } else { "Say this next" };
            let field = widgets::text_line(ui, "Say this next", hint, &mut typing.text, width);
            let text = typing.text.trim().to_owned();
            let fits = !text.is_empty() && text.chars().count() <= TEXT_LIMIT;
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let say = ui.add(Button::secondary("Say").named("Say it").enabled(fits)).clicked();
            let finish = ui.add(Button::quiet("Say and end").named("Say it and end the session")).clicked();
            if (fits && (say || entered)) || finish && text.chars().count() <= TEXT_LIMIT {
                actions.push(Action::SayInSession { job: job.id, text, is_final: finish });
                typing.text.clear();
                field.request_focus();
            }
        });
    });
    let last = view.and_then(|view| view.texts.last());
    let (words, color) = match last.map(|text| (&text.state, text)) {
        Some((TextState::Sending, text)) => (format!("Sending “{}”", text.text), palette.dim),
        Some((TextState::Taken, text)) if text.is_final => {
            ("The session ends with the last words.".to_owned(), palette.dim)
        }
        Some((TextState::Taken, text)) => (format!("Next: “{}”", text.text), palette.dim),
        Some((TextState::Refused(why), text)) => (format!("“{}” was not said: {why}", text.text), palette.amber),
        None => ("Each text is said after the one before.".to_owned(), palette.dim),
    };
    widgets::words(ui, words, regular(12.0), color);
}

fn words_ui(ui: &mut Ui, view: Option<&SessionView>, most: usize) {
    let palette = palette(ui);
    let Some(view) = view else { return };
    let (heard, said) = view.heard();
    wake_for_word(ui, view.next_word_in());
    // The last lines of it: the newest word stays in sight.
    let mut room = most;
    let fitting = heard.iter().rev().take_while(|word| {
        let length = word.text.chars().count() + 1;
        room = room.saturating_sub(length);
        room > 0
    });
    let tail = heard.get(heard.len() - fitting.count()..).unwrap_or(heard);
    if tail.is_empty() {
        return;
    }
    let plain = TextFormat::simple(medium(14.0), palette.text);
    let mut text = LayoutJob::default();
    if tail.len() < heard.len() {
        text.append("…", 0.0, plain.clone());
    }
    for (place, word) in tail.iter().enumerate() {
        if place > 0 {
            text.append(" ", 0.0, plain.clone());
        }
        let is_said = place + 1 == tail.len() && said.is_some();
        let lit = TextFormat { background: palette.blue.gamma_multiply(0.35), ..plain.clone() };
        text.append(&word.text, 0.0, if is_said { lit } else { plain.clone() });
    }
    let response = ui.add(egui::Label::new(text).wrap());
    widgets::describe(&response, "What is being said");
}

#[expect(clippy::cast_precision_loss, reason = "a share of a bar")]
fn share(part: u32, whole: u32) -> f32 {
    (part as f32 / whole as f32).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(began_ms: Option<i64>, now: i64, seconds: u32, amount: &str) {
        let mut job = crate::ui::library::fixtures::job(1);
        job.quoted.high = Usd::parse("6").unwrap();
        let progress = SessionProgress { began_ms, limit_seconds: 120, ..SessionProgress::default() };
        let found = meter(&job, progress, now);
        assert_eq!((found.seconds, found.amount), (seconds, Usd::parse(amount).unwrap()));
        assert_eq!(found.rate, Usd::parse("0.05").unwrap());
    }

    #[test]
    fn the_meter_runs_from_the_first_second_to_the_limit() {
        check(None, 1_000, 0, "0");
        check(Some(1_000_000), 1_000, 0, "0");
        check(Some(1_000_000), 1_001, 1, "0.05");
        check(Some(1_000_999), 1_061, 61, "3.05");
        check(Some(1_000_000), 9_999, 120, "6");
        // The clock was set back.
        check(Some(1_000_000), 900, 0, "0");
    }
}
