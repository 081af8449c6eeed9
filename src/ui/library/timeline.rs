//! A job's way so far: steps that are past, the one it is at, and those ahead.

use std::borrow::Cow;

use egui::{Align2, Color32, Sense, Stroke, Ui, pos2, vec2};
use jiff::tz::TimeZone;

use super::words::when_words;
use crate::jobs::types::{Job, JobState};
use crate::ui::format;
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::{name, paint_elided};

/// Where a step lies from where the job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Past,
    Now,
    Ahead,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    words: Cow<'static, str>,
    stage: Stage,
    /// Unix seconds, where it is known.
    at: Option<i64>,
}

/// The states in the order a job goes through them, with the step's words.
const WAY: [(JobState, &str); 6] = [
    (JobState::Held, "In the queue"),
    (JobState::Uploading, "Files to HeyGen"),
    (JobState::Submitting, "Paid request"),
    (JobState::Running, "Rendering"),
    (JobState::Downloading, "Coming home"),
    (JobState::Done, "Done"),
];

fn steps(job: &Job) -> Vec<Step> {
    let last = |words: &'static str| Step { words: words.into(), stage: Stage::Now, at: Some(job.changed_at) };
    let made = Step { words: "Made".into(), stage: Stage::Past, at: Some(job.created_at) };
    match job.state {
        JobState::Done => {
            let took = format::duration(job.changed_at.saturating_sub(job.created_at).into());
            vec![made, Step { words: format!("Done, after {took}").into(), ..last("Done") }]
        }
        JobState::Failed => vec![made, last("Failed")],
        JobState::Cancelled => vec![made, last("Cancelled")],
        JobState::OutcomeUnknown if job.is_let_go() => vec![made, last("No longer followed")],
        JobState::OutcomeUnknown => vec![made, last("Paid request sent, no answer")],
        now => WAY
            .into_iter()
            .map(|(state, words)| match state.cmp(&now) {
                std::cmp::Ordering::Less => Step {
                    words: words.into(),
                    stage: Stage::Past,
                    at: (state == JobState::Held).then_some(job.created_at),
                },
                std::cmp::Ordering::Equal => last(words),
                std::cmp::Ordering::Greater => Step { words: words.into(), stage: Stage::Ahead, at: None },
            })
            .collect(),
    }
}

/// Draws the steps, one line each.
pub fn timeline_ui(ui: &mut Ui, job: &Job, now: i64, zone: &TimeZone) {
    let palette = palette(ui);
    let steps = steps(job);
    let rows = steps.len();
    for (row, step) in steps.into_iter().enumerate() {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        let when = step.at.map(|at| when_words(at, now, zone)).unwrap_or_default();
        name(&response, egui::Role::Label, true, &format!("{} {when}", step.words));
        let dot = pos2(rect.left() + 6.0, rect.center().y);
        if row + 1 < rows {
            ui.painter().vline(dot.x, (dot.y + 6.0)..=(dot.y + 16.0), Stroke::new(1.0, palette.line));
        }
        let (_, color) = super::mark_of(palette, job.state);
        match step.stage {
            Stage::Past => ui.painter().circle_filled(dot, 3.5, palette.faint),
            Stage::Now => ui.painter().circle_filled(dot, 4.5, color),
            Stage::Ahead => ui.painter().circle_stroke(dot, 3.5, Stroke::new(1.0, palette.faint)),
        };
        let words: Color32 = match step.stage {
            Stage::Past => palette.dim,
            Stage::Now => palette.text,
            Stage::Ahead => palette.dim,
        };
        let used =
            paint_elided(ui, rect.right_center(), Align2::RIGHT_CENTER, &when, regular(12.0), palette.dim, 160.0);
        let room = used.left() - rect.left() - 32.0;
        paint_elided(
            ui,
            rect.left_center() + vec2(22.0, 0.0),
            Align2::LEFT_CENTER,
            &step.words,
            regular(13.0),
            words,
            room,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::job;
    use super::*;

    #[track_caller]
    fn check(state: JobState, expected: &[(&str, Stage)]) {
        let steps = steps(&Job { state, ..job(1) });
        let shown: Vec<(&str, Stage)> = steps.iter().map(|step| (step.words.as_ref(), step.stage)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_way_ahead_is_shown_while_there_is_one() {
        use Stage::{Ahead, Now, Past};
        check(
            JobState::Submitting,
            &[
                ("In the queue", Past),
                ("Files to HeyGen", Past),
                ("Paid request", Now),
                ("Rendering", Ahead),
                ("Coming home", Ahead),
                ("Done", Ahead),
            ],
        );
        check(JobState::Done, &[("Made", Past), ("Done, after 9:00", Now)]);
        check(JobState::OutcomeUnknown, &[("Made", Past), ("Paid request sent, no answer", Now)]);
    }
}
