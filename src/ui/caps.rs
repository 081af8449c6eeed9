//! How a draft stands to the caps and the wallet before it is made: what the receipt shows, and what the
//! button says where one refuses. Judges by the rule that the transaction which books a job goes by.

use egui::Ui;

use super::quoting::Quoted;
use super::theme::palette;
use super::{Model, widgets};
use crate::jobs::conversation;
use crate::money::Usd;
use crate::pricing::Span;
use crate::spend::types::{Asked, CapKind, CapState, Denied, GivenBack, Limits};

/// What jobs are paid from, as far as the window knows it: nothing limits what is not paid in dollars, and no cap
/// binds before the books are read.
#[must_use]
pub fn limits(model: &Model) -> Limits {
    if !model.pays_in_dollars() {
        return Limits::default();
    }
    let free = model.binding_wallet().map(|seen| seen.balance - model.unpaid());
    Limits { free, caps: caps(model) }
}

/// Every cap that is set, with what is charged and held now.
fn caps(model: &Model) -> Vec<CapState> {
    let settings = &model.settings;
    let mut caps = Vec::new();
    if let Some(cap) = settings.cap_per_job {
        caps.push(CapState { kind: CapKind::Job, cap, used: Usd::ZERO, action: settings.cap_per_job_action });
    }
    let Some(books) = &model.spend.value else { return caps };
    let whole = [
        (CapKind::Day, settings.cap_per_day, books.charged_today, settings.cap_per_day_action),
        (CapKind::Month, settings.cap_per_month, books.charged_this_month, settings.cap_per_month_action),
    ];
    for (kind, cap, charged, action) in whole {
        caps.extend(cap.map(|cap| CapState { kind, cap, used: charged + books.held, action }));
    }
    caps.extend(settings.project_budgets.iter().filter_map(|budget| {
        let kind = CapKind::Project(budget.project.clone());
        let used = books.caps.iter().find(|cap| cap.kind == kind)?.used;
        Some(CapState { kind, cap: budget.per_month, used, action: budget.action })
    }));
    caps
}

/// A draft beside what it is paid from.
struct Judged<'a> {
    limits: Limits,
    /// What each of its jobs may cost; `None` where there is no price.
    each: Option<Span<Usd>>,
    bookings: &'a [(String, u32)],
    /// Of the holds, where it goes on with a question of the agent's.
    again: GivenBack,
}

impl<'a> Judged<'a> {
    fn of(model: &Model, quoted: &'a Quoted) -> Self {
        let bookings = quoted.bookings.as_slice();
        let jobs: u32 = bookings.iter().map(|(_, jobs)| *jobs).sum();
        // Each language and each row is a job, and costs the same.
        let share = |amount: Usd| amount.0.checked_div(jobs.into()).map(Usd);
        let each = quoted.quote.total.span().and_then(|whole| {
            Some(Span { low: share(whole.low)?, likely: share(whole.likely)?, high: share(whole.high)? })
        });
        let again = quoted
            .conversation
            .as_ref()
            .zip(bookings.first())
            .map(|(talk, (project, _))| conversation::given_back(&model.board.jobs, talk, project));
        Self { limits: limits(model), each, bookings, again: again.unwrap_or_default() }
    }

    /// What the wallet lacks for the least that all of it may cost, with as much set aside for each as it may cost.
    fn lacking(&self) -> Option<Usd> {
        let (free, each) = (self.limits.free? + self.again.in_all, self.each?);
        let jobs: u32 = self.bookings.iter().map(|(_, jobs)| *jobs).sum();
        let needed = each.high * jobs.saturating_sub(1).into() + each.low;
        (needed > free && each.high > Usd::ZERO).then(|| (needed - free).up_to_cents())
    }

    fn verdict(&self) -> Result<Vec<CapState>, Denied> {
        let Some(span) = self.each else { return Ok(Vec::new()) };
        let asked = self.bookings.iter().map(|(project, jobs)| (Asked { project, span }, *jobs));
        self.limits.judge_all(asked, self.again)
    }

    /// Whether a cap counts any of it.
    fn binds(&self, cap: &CapState) -> bool {
        self.bookings.iter().any(|(project, _)| cap.binds(project))
    }

    /// The dearest that a cap may have to count.
    fn dearest(&self, cap: &CapState) -> Usd {
        let jobs: u32 = match cap.kind {
            CapKind::Job => 1,
            _ => self.bookings.iter().filter(|(project, _)| cap.binds(project)).map(|(_, jobs)| *jobs).sum(),
        };
        self.each.map_or(Usd::ZERO, |each| each.high * jobs.into())
    }
}

/// How the caps stand with this draft; above one that only warns, it says so.
pub fn caps_ui(ui: &mut Ui, model: &Model, quoted: &Quoted) {
    let palette = palette(ui);
    let judged = Judged::of(model, quoted);
    let warned = judged.verdict().unwrap_or_default();
    let several = judged.bookings.iter().any(|(project, _)| Some(project) != judged.bookings.first().map(|of| &of.0));
    for cap in judged.limits.caps.iter().filter(|cap| judged.binds(cap)) {
        let (stands, dearest) = (cap.without(judged.again), judged.dearest(cap));
        // What is passed already stays so, whatever is composed.
        let over =
            cap.kind != CapKind::Job && stands.used > cap.cap || !dearest.is_zero() && stands.used + dearest > cap.cap;
        let color = if over { palette.amber } else { palette.text };
        let label = match &cap.kind {
            CapKind::Job => "Cap per job",
            CapKind::Day => "Today",
            CapKind::Month => "This month",
            CapKind::Project(name) if several => name,
            CapKind::Project(_) => "This project",
        };
        if cap.kind == CapKind::Job {
            widgets::line_row(ui, label, &cap.cap.to_string(), color);
        } else {
            let mut hover = format!("{}: {} is left.", cap.name(), stands.left());
            let back = cap.used - stands.used;
            if !back.is_zero() {
                hover = format!("{hover} {back} of the holds comes back for this answer.");
            }
            widgets::line_row(ui, label, &format!("{} of {}", cap.used, cap.cap), color).on_hover_text(hover);
        }
        if cap.kind == CapKind::Month {
            let share = |amount: Usd| super::spend::share(amount, cap.cap);
            let charged = if stands.used > cap.cap { palette.amber } else { palette.green };
            let bar = [(share(stands.used), charged), (share(dearest), palette.amber)];
            widgets::split_bar(ui, "Share of this month's cap, with this job", ui.available_width(), &bar);
        }
        if warned.iter().any(|warned| warned.kind == cap.kind) {
            widgets::paragraph(ui, format!("{} would be passed. It only warns.", cap.name()), 12.0, palette.amber);
        }
    }
}

/// The first that would refuse this, as the button's words.
#[must_use]
pub fn refusal(model: &Model, quoted: &Quoted) -> Option<String> {
    let judged = Judged::of(model, quoted);
    Some(match judged.verdict().err()? {
        Denied::Cap(CapState { kind, cap, .. }) => match kind {
            CapKind::Job => format!("Above the cap of {cap} per job"),
            CapKind::Day => format!("Above today's cap of {cap}"),
            CapKind::Month => format!("Above this month's cap of {cap}"),
            CapKind::Project(name) if judged.bookings.iter().any(|(project, _)| *project != name) => {
                format!("Above {name}'s budget of {cap}")
            }
            CapKind::Project(_) => format!("Above the project's budget of {cap}"),
        },
        Denied::Wallet { .. } => format!("The wallet lacks {}", lacking_words(&judged, judged.lacking()?)),
    })
}

/// How a draft leaves the wallet.
pub struct WalletAfter {
    /// Where it costs what is likely, to the last digit.
    pub likely: Usd,
    /// The same as the difference of the figures that the window shows.
    pub shown: Usd,
    /// What has to be added before it can be made at all, in words: `$0.80`, `at least $0.80`.
    pub lacking: Option<String>,
}

/// The wallet's `balance` after this draft and everything that it has still to pay. What an answer to the agent
/// gets back of the holds is not paid twice.
#[must_use]
pub fn wallet_after(model: &Model, quoted: &Quoted, balance: Usd) -> Option<WalletAfter> {
    let price = quoted.quote.total.span()?.likely;
    let judged = Judged::of(model, quoted);
    let unpaid = model.unpaid() - judged.again.in_all;
    let likely = balance - unpaid - price;
    let shown = balance.shown_less(unpaid) - price.to_cents();
    Some(WalletAfter { likely, shown, lacking: judged.lacking().map(|missing| lacking_words(&judged, missing)) })
}

fn lacking_words(judged: &Judged<'_>, missing: Usd) -> String {
    let least = judged.each.is_some_and(|each| each.low < each.high);
    if least { format!("at least {missing}") } else { missing.to_string() }
}
