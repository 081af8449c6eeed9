//! What a row costs and how it stands, in the few words its cells have room for.

use egui::Color32;

use crate::draft::Foreign;
use crate::jobs::types::{Job, JobState};
use crate::money::Usd;
use crate::pricing::Span;
use crate::spend::types::{CapKind, Coverage, Short};
use crate::ui::batch::sheet::{Entry, Sheet};
use crate::ui::format;
use crate::ui::library::words::short_state_words;
use crate::ui::theme::Palette;

/// What a job was quoted, or what it was charged once that is known.
pub(super) fn quoted(job: &Job) -> Span<Usd> {
    match job.charge {
        Some(charge) => Span::exact(charge),
        None => Span { low: job.quoted.low, likely: job.quoted.likely, high: job.quoted.high },
    }
}

/// What a row costs, in few signs; one that is made keeps its own price.
pub(super) fn price_words(sheet: &Sheet, place: usize, entry: &Entry) -> String {
    if let Some(job) = sheet.job(place).filter(|_| sheet.is_made(place)) {
        return quoted(job).likely.to_string();
    }
    match &entry.priced {
        Some(priced) => match &priced.total {
            Ok(span) => span.likely.to_string(),
            Err(_) => "unknown".to_owned(),
        },
        None => "–".to_owned(),
    }
}

/// How a row stands, in few words.
pub(super) fn state_of(sheet: &Sheet, place: usize, entry: &Entry, palette: &Palette) -> (String, Color32) {
    if let Some(job) = sheet.job(place) {
        let color = match job.state {
            JobState::Done => palette.green,
            JobState::Failed | JobState::Cancelled | JobState::OutcomeUnknown => palette.amber,
            _ => palette.dim,
        };
        // A failed row that was mended says so: it is ready once more.
        if sheet.is_made(place) || !entry.problems.is_empty() {
            return (short_state_words(job, sheet.board()), color);
        }
        return (format!("{}, can go again", short_state_words(job, sheet.board())), color);
    }
    if sheet.is_made(place) {
        return ("in the queue".to_owned(), palette.dim);
    }
    match (entry.problems.len(), &entry.priced) {
        (0, Some(priced)) if priced.total.is_err() => return ("no price".to_owned(), palette.amber),
        (0, None) => return ("…".to_owned(), palette.faint),
        (0, Some(_)) => {}
        (problems, _) => return (format::counted(problems, "problem", "problems"), palette.amber),
    }
    match sheet.summary.coverage.get(place) {
        Some(Some(Coverage::Short(Short::Wallet, _))) => ("wallet too small".to_owned(), palette.amber),
        Some(Some(Coverage::Short(Short::Cap(kind), _))) => (format!("above the {}", cap_words(kind)), palette.amber),
        Some(Some(Coverage::Warned(kind))) => (format!("over the {}", cap_words(kind)), palette.amber),
        Some(Some(Coverage::Covered)) => match &entry.foreign {
            Some(foreign) => (format!("reads like {}", foreign.reads.name()), palette.amber),
            None => ("ready".to_owned(), palette.dim),
        },
        Some(None) | None => ("left out".to_owned(), palette.faint),
    }
}

/// The whole of what the state cuts short.
pub(super) fn state_more(sheet: &Sheet, place: usize, entry: &Entry) -> Option<String> {
    if let Some(error) = sheet.job(place).and_then(|job| job.error.as_ref()) {
        return Some(format!("{}\n{}\n{}", error.what, error.money, error.advice));
    }
    if !entry.problems.is_empty() {
        let words: Vec<&str> = entry.problems.iter().map(|problem| problem.message.as_str()).collect();
        return Some(words.join("\n"));
    }
    if let Some(Err(reason)) = entry.priced.as_ref().map(|priced| &priced.total) {
        return Some(reason.clone());
    }
    match sheet.summary.coverage.get(place) {
        Some(Some(Coverage::Short(_, missing))) => Some(format!("{missing} more would be needed for this row.")),
        _ => entry.foreign.as_ref().map(Foreign::words),
    }
}

/// A cap in the middle of a sentence.
pub fn cap_words(kind: &CapKind) -> String {
    match kind {
        CapKind::Job => "cap per job".to_owned(),
        CapKind::Day => "day's cap".to_owned(),
        CapKind::Month => "month's cap".to_owned(),
        CapKind::Project(project) => format!("budget of {project}"),
    }
}
