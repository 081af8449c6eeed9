//! The shape all tabs have: a form, the strip of the queue under it, the receipt beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Stroke, Ui, vec2};

use super::action::Asked;
use super::alternatives::Switched;
use super::model::{Model, Tone};
use super::pictures::Pictures;
use super::queue;
use super::quoting::{Quoted, Quoting, asked_price};
use super::receipt::{self, Confirm, Standing};
use super::theme::palette;
use super::widgets::{self, NoticeAnswer};
use super::{Action, Tab};
use crate::draft::{Choice, Composition, Draft, Field};
use crate::jobs::types::JobId;

/// What a tab remembers of the draft on it.
#[derive(Default)]
pub struct Form<D> {
    /// What is being composed.
    pub draft: D,
    /// How the button stands.
    pub standing: Standing,
    /// The quote of the draft.
    pub quoting: Quoting<D>,
    /// The jobs of the last submission.
    pub last: Vec<JobId>,
    /// Fields the person has changed: their problems are shown.
    touched: BTreeSet<Field>,
    /// The button was pressed while something was missing: all problems are shown.
    pressed: bool,
    /// The draft of the last job that was made.
    made: Option<Box<D>>,
    /// Seconds of the window's own time until which the button says that the job is in the queue.
    made_until: Option<f64>,
    /// The draft whose button waits for its second press.
    confirming: Option<Box<D>>,
    /// Seconds of the window's own time when it was pressed first; `None` until the next frame notes it.
    confirming_since: Option<f64>,
    /// An answer came and the time of it is to be noted in the next frame.
    made_now: bool,
    /// The draft before the last switch and after it.
    switch: Option<Box<Switch<D>>>,
    /// The draft that was brought here from elsewhere, as it came.
    brought: Option<Box<D>>,
    /// The draft that another one took the place of, until it is put back or let go.
    pub(super) former: Option<Box<D>>,
    /// The draft and the former one when they were last told of.
    pub(super) told: Option<Box<Told<D>>>,
}

/// What a form last told of its drafts.
#[derive(PartialEq)]
pub(super) struct Told<D> {
    pub draft: D,
    pub former: Option<Box<D>>,
}

/// A way of making it that was exchanged for another.
struct Switch<D> {
    before: D,
    after: D,
}

impl<D: Composition + Clone + PartialEq + Into<Draft>> Form<D> {
    /// Changes how the draft is made, in a way that can be taken back until something else is changed.
    pub fn switch(&mut self, switched: Switched, change: impl FnOnce(&mut D)) {
        let before = self.draft.clone();
        change(&mut self.draft);
        if self.draft != before {
            self.standing.switched = Some(switched);
            self.switch = Some(Box::new(Switch { before, after: self.draft.clone() }));
        }
    }

    /// Takes the last switch back, whole.
    fn undo_switch(&mut self) {
        if let Some(switch) = self.switch.take() {
            self.draft = switch.before;
        }
        self.standing.switched = None;
    }

    /// A switch is taken back as long as the draft is what it became.
    fn note_switch(&mut self) {
        if self.switch.as_ref().is_some_and(|switch| switch.after != self.draft) {
            self.switch = None;
            self.standing.switched = None;
        }
    }

    /// Takes a draft from elsewhere (a job that is edited again) in the place of the present one, which can be
    /// put back.
    pub fn replace(&mut self, draft: D)
    where
        D: Default,
    {
        let before = std::mem::take(&mut self.draft);
        let is_own = !is_untouched(&before) && self.brought.as_deref() != Some(&before) && before != draft;
        self.load(draft.clone());
        if is_own {
            self.former = Some(Box::new(before));
        }
        self.brought = Some(Box::new(draft));
    }

    /// Puts the former draft back. What stood in its place is the former one now, where the person worked on it.
    fn put_back(&mut self)
    where
        D: Default,
    {
        let Some(former) = self.former.take() else { return };
        let brought = self.brought.take();
        let before = std::mem::replace(&mut self.draft, *former);
        let draft = std::mem::take(&mut self.draft);
        self.load(draft);
        if !is_untouched(&before) && brought.as_deref() != Some(&before) {
            self.former = Some(Box::new(before));
        }
    }

    /// Takes a draft that nothing has to be kept of the present one for.
    pub fn load(&mut self, draft: D) {
        self.draft = draft;
        self.standing = Standing::default();
        self.touched.clear();
        self.pressed = false;
        self.made = None;
        self.calm();
    }

    /// Nothing on it has been changed or asked for yet: no problem is shown.
    pub fn forget_touches(&mut self) {
        self.touched.clear();
        self.pressed = false;
    }

    /// Lets go of a first press.
    fn calm(&mut self) {
        self.confirming = None;
        self.confirming_since = None;
        self.standing.confirm = None;
    }

    /// The submission was answered.
    pub fn submitted(&mut self, answer: Result<Vec<JobId>, String>) {
        self.standing.submitting = false;
        match answer {
            Ok(jobs) => {
                self.last = jobs;
                self.made = Some(Box::new(self.draft.clone()));
                self.made_now = true;
                self.standing.refusal = None;
                self.pressed = false;
            }
            Err(words) => self.standing.refusal = Some(words),
        }
    }

    /// The person changed this field: from now on its problem is shown.
    pub fn touch(&mut self, field: Field) {
        self.touched.insert(field);
    }

    /// The problem of a field, where it is time to show it.
    #[must_use]
    pub fn problem<'a>(&self, quoted: &'a Quoted, field: Field) -> Option<&'a str> {
        if !self.pressed && !self.touched.contains(&field) {
            return None;
        }
        quoted.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// The problem of a field: at once where something is in it, otherwise when it is time to show it.
    #[must_use]
    pub fn problem_of<'a>(&self, quoted: &'a Quoted, field: Field, filled: bool) -> Option<&'a str> {
        if !filled {
            return self.problem(quoted, field);
        }
        quoted.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// The draft's quote now.
    pub fn quoted(&mut self, model: &Model) -> Arc<Quoted> {
        self.quoting.of(&self.draft, &model.card, &model.pace)
    }

    /// Presses the button: submits once, or shows what is missing.
    pub fn create(&mut self, model: &Model, actions: &mut Vec<Action>) {
        if self.standing.table.is_some() {
            self.standing.table_asked = true;
            return;
        }
        if self.standing.submitting || self.standing.just_made {
            return;
        }
        let quoted = self.quoted(model);
        if receipt::missing(model, &quoted).is_some() {
            self.pressed = true;
            return;
        }
        if let Some(price) = asked_price(&quoted) {
            let asks = model.settings.confirm_above.is_some_and(|above| price.high > above);
            let waits = self.confirming.as_deref() == Some(&self.draft);
            if asks && !waits {
                self.confirming = Some(Box::new(self.draft.clone()));
                self.confirming_since = None;
                self.standing.confirm =
                    Some(Confirm { most: price.high, exact: price.low == price.high, ready: false });
                return;
            }
            // The second half of a double click is no second thought.
            if asks && !self.standing.confirm.is_some_and(|confirm| confirm.ready) {
                return;
            }
            self.calm();
            self.standing.submitting = true;
            self.standing.refusal = None;
            let asked = Asked { draft: self.draft.clone().into(), quoted: price };
            actions.push(Action::Submit(Box::new(asked)));
        }
    }

    /// The first press holds for some seconds, and for the draft it was meant for.
    fn note_confirming(&mut self, ui: &Ui, now: f64) {
        /// Longer than the second half of a double click takes.
        const SECOND_THOUGHT_SECONDS: f64 = 0.6;
        const HOLDS_SECONDS: f64 = 8.0;
        let Some(meant) = self.confirming.as_deref() else { return };
        let since = *self.confirming_since.get_or_insert(now);
        if *meant != self.draft || now - since > HOLDS_SECONDS {
            self.calm();
            return;
        }
        let ready = now - since >= SECOND_THOUGHT_SECONDS;
        if let Some(confirm) = &mut self.standing.confirm {
            confirm.ready = ready;
        }
        let next = if ready { HOLDS_SECONDS - (now - since) + 0.05 } else { SECOND_THOUGHT_SECONDS };
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(next.max(0.05)));
    }

    /// Once per frame, before the button is drawn.
    fn note_time(&mut self, ui: &Ui) {
        /// Long enough that the second half of a double click cannot buy again.
        const SHOWN_SECONDS: f64 = 1.6;
        let now = ui.input(|input| input.time);
        if std::mem::take(&mut self.made_now) {
            self.made_until = Some(now + SHOWN_SECONDS);
        }
        self.note_confirming(ui, now);
        self.note_switch();
        self.standing.just_made = self.made_until.is_some_and(|until| now < until);
        if self.standing.just_made {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(400));
        } else {
            self.made_until = None;
        }
        self.standing.made_before = self.made.as_deref() == Some(&self.draft);
        if self.standing.made_before && !self.standing.just_made {
            return;
        }
        if !self.standing.just_made {
            self.made = None;
        }
    }
}

/// What the person did on a tab that concerns more than the tab.
#[derive(Clone, Debug, Default)]
pub struct FormAnswer {
    /// The tab to show instead.
    pub show: Option<Tab>,
    /// Another way of making it was chosen on the receipt; the draft has taken it.
    pub choice: Option<Choice>,
    /// The last switch was taken back.
    pub undone: bool,
}

/// A tab with a form, as [`form_ui`] needs it.
pub trait FormTab {
    type Draft: Composition + Clone + Default + PartialEq + Into<Draft>;

    fn form(&mut self) -> &mut Form<Self::Draft>;

    /// Draws the form itself, in a page with margins that scrolls where it is too long.
    fn page_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        quoted: &Arc<Quoted>,
        pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    );
}

/// Draws a tab: form, queue and receipt.
pub fn form_ui<T: FormTab>(
    ui: &mut Ui,
    model: &Model,
    tab: &mut T,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> FormAnswer {
    let palette = palette(ui);
    let mut answer = FormAnswer::default();
    tab.form().note_time(ui);
    // Places first, then the form, the queue and the receipt in the order of the Tab key.
    let whole = ui.available_rect_before_wrap();
    let (rest, slip) = whole.split_left_right_at_x(whole.right() - receipt_width(ui));
    let has_queue = !model.board.jobs.is_empty() && rest.height() > 300.0;
    let compact = rest.height() < 680.0;
    let queue_height = match (has_queue, compact) {
        (false, _) => 0.0,
        (true, true) => queue::COMPACT_HEIGHT,
        (true, false) => queue::HEIGHT,
    };
    let (page, strip) = rest.split_top_bottom_at_y(rest.bottom() - queue_height);
    let page = former_ui(ui, tab.form(), page);
    let line = Stroke::new(1.0, palette.line);
    let quoted = tab.form().quoted(model);
    // Each tab scrolls for itself.
    let product = tab.form().draft.product();
    // Whoever has ticks says so anew in each frame.
    tab.form().standing.table = None;
    part_ui(ui, "page", page, |ui| {
        ScrollArea::vertical().id_salt(("form", product)).auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(24, 20)).show(ui, |ui| {
                tab.page_ui(ui, model, &quoted, pictures, actions);
            });
        });
    });
    let standing = &mut tab.form().standing;
    standing.table_asked &= standing.table.is_some();
    if has_queue {
        ui.painter().hline(strip.x_range(), strip.top() + 0.5, line);
        part_ui(ui, "queue", strip, |ui| {
            if queue::queue_ui(ui, model, compact, pictures, actions) {
                answer.show = Some(Tab::Library);
            }
        });
    }
    ui.painter().rect_filled(slip, 0, palette.panel);
    ui.painter().vline(slip.left() + 0.5, slip.y_range(), line);
    // The form may have changed the draft in this very frame.
    let quoted = tab.form().quoted(model);
    let inner = Rect::from_min_max(slip.min + vec2(21.0, 18.0), slip.max - vec2(8.0, 18.0));
    let on_receipt = part_ui(ui, "receipt", inner, |ui| {
        let Form { draft, standing, .. } = tab.form();
        receipt::receipt_ui(ui, model, draft, &quoted, standing, actions)
    });
    if on_receipt.pressed {
        tab.form().create(model, actions);
    }
    if let Some(choice) = on_receipt.choice {
        let present = quoted.alternatives.iter().find(|way| way.selected && way.choice.is_like(choice));
        let from = present.map_or_else(|| "another way".to_owned(), |way| way.choice.name());
        tab.form().switch(Switched { from, to: Some(choice) }, |draft| draft.choose(choice));
        answer.choice = Some(choice);
    }
    if on_receipt.undo {
        tab.form().undo_switch();
        answer.undone = true;
    }
    ui.advance_cursor_after_rect(whole);
    answer
}

/// Offers the draft back that another took the place of, above the page; the room that is left for the page.
fn former_ui<D>(ui: &mut Ui, form: &mut Form<D>, page: Rect) -> Rect
where
    D: Composition + Clone + Default + PartialEq + Into<Draft>,
{
    if form.former.is_none() {
        return page;
    }
    let sentence = "What you were composing here before is kept.";
    let (answer, below) = part_ui(ui, "former", page, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let answer = widgets::bar(ui, Tone::Info, sentence, &["Put it back"], true);
        (answer, ui.min_rect().bottom())
    });
    match answer {
        Some(NoticeAnswer::Button(_)) => form.put_back(),
        Some(NoticeAnswer::Closed) => form.former = None,
        None => {}
    }
    Rect::from_min_max(egui::pos2(page.left(), below), page.max)
}

/// Nothing was composed in it yet; a project may be remembered.
pub(super) fn is_untouched<D: Composition + Default + PartialEq>(draft: &D) -> bool {
    let mut fresh = D::default();
    fresh.set_project(draft.project().to_owned());
    *draft == fresh
}

/// A part of the tab, in its place and clipped to it.
fn part_ui<R>(ui: &mut Ui, name: &'static str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Layout::top_down(Align::LEFT);
    let mut part = ui.new_child(egui::UiBuilder::new().id_salt(name).max_rect(rect).layout(layout));
    part.shrink_clip_rect(rect.expand2(vec2(4.0, 0.0)));
    add(&mut part)
}

/// 320 wide, less where the window is small.
#[must_use]
pub fn receipt_width(ui: &Ui) -> f32 {
    if ui.ctx().content_rect().width() < 1000.0 { 272.0 } else { 320.0 }
}
