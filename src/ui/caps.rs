//! How a draft stands to the caps before it is made: what the receipt shows, and what the button
//! says where one refuses. The transaction that books a job judges again.

use egui::Ui;

use super::quoting::{Quoted, dearest};
use super::theme::palette;
use super::{Model, widgets};
use crate::money::Usd;
use crate::settings::CapAction;
use crate::spend::types::{CapKind, CapState};

/// The caps that bind a job of this project, with what is charged and held now.
fn caps_of(model: &Model, project: &str) -> Vec<CapState> {
    let settings = &model.settings;
    let counted = |kind: &CapKind| {
        let books = model.spend.value.as_ref()?;
        books.caps.iter().find(|cap| cap.kind == *kind).map(|cap| cap.used)
    };
    let mut caps = Vec::new();
    let mut add = |kind: CapKind, cap: Option<Usd>, used: Option<Usd>, action: CapAction| {
        if let (Some(cap), Some(used)) = (cap, used) {
            caps.push(CapState { kind, cap, used, action });
        }
    };
    add(CapKind::Job, settings.cap_per_job, Some(Usd::ZERO), settings.cap_per_job_action);
    add(CapKind::Day, settings.cap_per_day, counted(&CapKind::Day), settings.cap_per_day_action);
    let month = model.month_spent.or_else(|| counted(&CapKind::Month));
    add(CapKind::Month, settings.cap_per_month, month, settings.cap_per_month_action);
    if let Some(budget) = settings.project_budgets.iter().find(|budget| budget.project == project) {
        let kind = CapKind::Project(budget.project.clone());
        let used = counted(&kind);
        add(kind, Some(budget.per_month), used, budget.action);
    }
    caps
}

/// What would stand against a cap once this is made.
fn planned(cap: &CapState, quoted: &Quoted) -> Option<Usd> {
    let dearest = dearest(&quoted.quote)?;
    Some(match cap.kind {
        // Each language and each row is a job.
        CapKind::Job => Usd(dearest.0.checked_div(quoted.jobs.max(1).into())?),
        CapKind::Day | CapKind::Month | CapKind::Project(_) => cap.used + dearest,
    })
}

/// How the caps stand with this draft; above one that only warns, it says so.
pub fn caps_ui(ui: &mut Ui, model: &Model, quoted: &Quoted) {
    let palette = palette(ui);
    for cap in caps_of(model, &quoted.project) {
        let over = planned(&cap, quoted).is_some_and(|planned| planned > cap.cap);
        let color = if over { palette.amber } else { palette.text };
        let label = match &cap.kind {
            CapKind::Job => "Cap per job",
            CapKind::Day => "Today",
            CapKind::Month => "This month",
            CapKind::Project(_) => "This project",
        };
        if cap.kind == CapKind::Job {
            widgets::line_row(ui, label, &cap.cap.to_string(), color);
        } else {
            widgets::line_row(ui, label, &format!("{} of {}", cap.used, cap.cap), color).on_hover_text(format!(
                "{}: {} is left.",
                cap.name(),
                cap.left()
            ));
        }
        if cap.kind == CapKind::Month {
            let share = |amount: Usd| super::spend::share(amount, cap.cap);
            let dearest = dearest(&quoted.quote).unwrap_or(Usd::ZERO);
            let bar = [(share(cap.used), palette.green), (share(dearest), palette.amber)];
            widgets::split_bar(ui, "Share of this month's cap, with this job", ui.available_width(), &bar);
        }
        if over && cap.action == CapAction::Warn {
            widgets::paragraph(ui, format!("{} would be passed. It only warns.", cap.name()), 12.0, palette.amber);
        }
    }
}

/// The first cap that would refuse this, as the button's words.
#[must_use]
pub fn cap_refusal(model: &Model, quoted: &Quoted) -> Option<String> {
    let caps = caps_of(model, &quoted.project);
    let refusing = |cap: &&CapState| {
        cap.action == CapAction::Refuse && planned(cap, quoted).is_some_and(|planned| planned > cap.cap)
    };
    let cap = caps.iter().find(refusing)?;
    let amount = cap.cap;
    Some(match &cap.kind {
        CapKind::Job => format!("Above the cap of {amount} per job"),
        CapKind::Day => format!("Above today's cap of {amount}"),
        CapKind::Month => format!("Above this month's cap of {amount}"),
        CapKind::Project(_) => format!("Above the project's budget of {amount}"),
    })
}
