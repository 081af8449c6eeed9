//! Dangerous acts, asked twice: the question with its amount, and only then the act.

use egui::{Role, Ui};

use super::words::quoted_words;
use crate::jobs::types::{Decision, Job, JobState};
use crate::ui::Action;
use crate::ui::theme::{medium, palette};
use crate::ui::widgets::{Button, Primary, name, paragraph, primary_button};

/// An act that waits for a second word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Cancel before anything is paid.
    Cancel,
    /// Stop asking after a job that HeyGen does not finish.
    StopFollowing,
    /// The request never arrived, or nobody waits for it any more: release the hold.
    NeverHappened,
    /// Pay again, with a new key.
    PayAgain,
}

/// What the person said to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
}

impl Question {
    /// Whether it still makes sense to ask it of this job.
    #[must_use]
    pub fn fits(self, job: &Job) -> bool {
        let state = job.state;
        match self {
            Self::Cancel => state.is_cancellable(),
            Self::StopFollowing => job.can_be_let_go(),
            Self::NeverHappened | Self::PayAgain => state == JobState::OutcomeUnknown,
        }
    }

    /// What the confirmed act is.
    #[must_use]
    pub fn action(self, job: &Job) -> Action {
        match self {
            Self::Cancel => Action::Cancel(job.id),
            Self::StopFollowing => Action::StopFollowing(job.id),
            Self::NeverHappened => Action::Decide(job.id, Decision::NeverHappened),
            Self::PayAgain => Action::Decide(job.id, Decision::PayAgain),
        }
    }

    /// The question, what it means for the money, and the words of its two buttons.
    fn words(self, job: &Job) -> Words {
        let hold = job.hold;
        match self {
            Self::Cancel => Words {
                title: "Cancel this job?",
                money: format!("Nothing has been paid. The {hold} held for it is released."),
                yes: "Cancel the job".to_owned(),
                no: "Keep it",
            },
            Self::StopFollowing => Words {
                title: "Stop following it?",
                money: match job.due {
                    Some(due) => format!(
                        "HeyGen made it and charges {due}. The {hold} stays held, and nobody fetches it until you \
                         follow it again or give the hold back."
                    ),
                    None => format!(
                        "HeyGen may still make it and charge {}. The {hold} stays held, and nobody asks after it \
                         until you follow it again or give the hold back.",
                        quoted_words(&job.quoted)
                    ),
                },
                yes: "Stop following".to_owned(),
                no: "Keep following",
            },
            Self::NeverHappened if job.is_let_go() => Words {
                title: "Give the hold back?",
                money: match job.due {
                    Some(due) => format!(
                        "HeyGen made it and charges {due}: that is booked, and the rest of the {hold} held for it is \
                         released. It is not followed any more, so it does not come home."
                    ),
                    None => format!(
                        "The {hold} held for it is released, and it is not followed any more. If HeyGen makes it all \
                         the same, it still charges {}, and the wallet shows that without a job.",
                        quoted_words(&job.quoted)
                    ),
                },
                yes: match job.due {
                    Some(due) => format!("Book {due}, release the rest"),
                    None => format!("Release {hold}"),
                },
                no: "Back",
            },
            Self::NeverHappened => Words {
                title: "Did it never happen?",
                money: format!(
                    "The {hold} held for it is released. If HeyGen did get the request, it still charges {} and \
                     the video stays there without a job here.",
                    quoted_words(&job.quoted)
                ),
                yes: "Yes, it never happened".to_owned(),
                no: "Back",
            },
            Self::PayAgain => Words {
                title: "Pay again?",
                money: format!(
                    "A second request leaves with a key of its own and costs {}. If the first one did arrive, you \
                     pay twice: up to {} together.",
                    quoted_words(&job.quoted),
                    job.quoted.high + job.quoted.high
                ),
                yes: format!("Pay again · up to {}", job.quoted.high),
                no: "Back",
            },
        }
    }
}

struct Words {
    title: &'static str,
    money: String,
    yes: String,
    no: &'static str,
}

/// Draws the question with its two buttons. `take_keyboard` gives the first one the keyboard: a held
/// Delete key does nothing to it, so that it cannot confirm its own question.
pub fn question_ui(ui: &mut Ui, question: Question, job: &Job, take_keyboard: bool) -> Option<Answer> {
    let palette = palette(ui);
    let words = question.words(job);
    let mut answer = None;
    let shown = ui.vertical(|ui| {
        crate::ui::widgets::words(ui, words.title, medium(14.0), palette.text);
        paragraph(ui, &words.money, 12.0, palette.dim);
        ui.add_space(4.0);
        let yes = match question {
            Question::PayAgain => primary_button(ui, &Primary::Ready(words.yes.clone())),
            Question::Cancel | Question::StopFollowing | Question::NeverHappened => {
                ui.add(Button::secondary(&words.yes).full_width().color(palette.amber))
            }
        };
        if take_keyboard {
            yes.request_focus();
        }
        // It may stand where the button that asked stood: a double click on that is no answer.
        if yes.clicked() && !yes.double_clicked() {
            answer = Some(Answer::Yes);
        }
        if ui.add(Button::quiet(words.no).full_width()).clicked() {
            answer = Some(Answer::No);
        }
    });
    name(&shown.response, Role::Group, true, words.title);
    if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        answer = Some(Answer::No);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Usd;
    use crate::ui::library::fixtures;

    #[test]
    fn giving_up_on_what_heygen_made_says_that_it_is_charged() {
        let remote_id = Some("v1".to_owned());
        let hold = Usd::from_cents(293);
        let lost = Job { state: JobState::OutcomeUnknown, remote_id, hold, ..fixtures::job(1) };
        let words = Question::NeverHappened.words(&lost);
        assert_eq!(words.yes, "Release $2.93");
        assert!(words.money.contains("If HeyGen makes it all the same"), "{}", words.money);
        let made = Job { due: Some(Usd::from_cents(45)), ..lost };
        let words = Question::NeverHappened.words(&made);
        assert_eq!(words.yes, "Book $0.45, release the rest");
        assert!(words.money.starts_with("HeyGen made it and charges $0.45: that is booked"), "{}", words.money);
    }
}
