//! Which account is in use, and what HeyGen says about it.

use egui::{Align, Layout, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{note, row};
use crate::account::{AccountInfo, AutoReload, Billing};
use crate::settings::Account;
use crate::ui::theme::{RADIUS_CARD, medium, palette, regular};
use crate::ui::widgets::{Button, amount_ui, focus_ring, icon_button, paragraph, spinner, words};
use crate::ui::{Action, Model, format, icons, play_money};

pub fn account_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let gap = ui.spacing().item_spacing.x;
    let width = (ui.available_width() - gap) / 2.0;
    ui.horizontal(|ui| {
        for (account, name, sentence) in [
            (
                Account::Sandbox,
                "Sandbox",
                "A HeyGen inside the program: play money at the real rates, no key, no network.",
            ),
            (Account::Live, "Live", "HeyGen itself with your key. What you make is paid from your wallet."),
        ] {
            if choice_ui(ui, account, name, sentence, model.account == account, width) {
                actions.push(Action::UseAccount(account));
            }
        }
    });
    info_ui(ui, model, actions);
}

/// A choice as a card with its explanation; true when it was chosen now.
fn choice_ui(ui: &mut Ui, account: Account, name: &str, sentence: &str, selected: bool, width: f32) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 84.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, format!("{name}. {sentence}")));
    let fill = if selected || response.hovered() { palette.raised } else { palette.panel };
    let stroke = if selected { Stroke::new(2.0, palette.text) } else { Stroke::new(1.0, palette.line) };
    ui.painter().rect(rect, RADIUS_CARD, fill, stroke, StrokeKind::Inside);
    focus_ring(ui, &response, RADIUS_CARD);
    let lamp = if account == Account::Live { palette.red } else { palette.faint };
    ui.painter().circle_filled(pos2(rect.left() + 20.0, rect.top() + 22.0), 4.5, lamp);
    let inside = egui::Rect::from_min_max(rect.min + vec2(32.0, 11.0), rect.max - vec2(14.0, 8.0));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(inside).layout(Layout::top_down(Align::Min)));
    child.spacing_mut().item_spacing.y = 4.0;
    words(&mut child, name, medium(14.0), palette.text);
    paragraph(&mut child, sentence, 12.0, palette.dim);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() && !selected
}

/// Who is signed in and who is billed, as users/me says it.
fn info_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    if let Some(info) = &model.info.value {
        signed_in_ui(ui, info, model, actions);
    } else if model.info.loading {
        row(ui, "Signed in as", "asking HeyGen", |ui| {
            spinner(ui, 16.0, "Asking HeyGen who is signed in");
        });
    } else if model.info.fault.is_none() {
        row(ui, "Signed in as", "nobody yet", |_| {});
    }
    if let Some(fault) = &model.info.fault {
        ui.horizontal(|ui| {
            let again = Button::secondary("Try again").icon(icons::ARROW_CLOCKWISE).small().named("Ask HeyGen again");
            if !model.info.loading && ui.add(again).clicked() {
                actions.push(Action::RefreshWallet);
            }
            paragraph(ui, format!("{} {fault}", icons::WARNING_CIRCLE), 13.0, palette.amber);
        });
    }
}

fn signed_in_ui(ui: &mut Ui, info: &AccountInfo, model: &Model, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let who = info.email.as_ref().map_or_else(|| info.name.clone(), |email| format!("{} · {email}", info.name));
    row(ui, "Signed in as", &who, |ui| {
        if model.info.loading {
            spinner(ui, 28.0, "Asking HeyGen again");
        } else if model.info.fault.is_none()
            && icon_button(ui, icons::ARROW_CLOCKWISE, "Ask HeyGen again", 28.0).clicked()
        {
            actions.push(Action::RefreshWallet);
        }
    });
    let value = |ui: &mut Ui, text: &str| words(ui, text, regular(14.0), palette.text);
    match &info.billing {
        Billing::Wallet { balance, auto_reload } => {
            let read =
                model.wallet_read_at.map(|at| format!("read {}", format::ago(model.now, at))).unwrap_or_default();
            row(ui, "Wallet", &read, |ui| {
                if model.account == Account::Sandbox {
                    let words = play_money::words();
                    if ui.add(Button::secondary(&words).small()).clicked() {
                        actions.push(Action::AddPlayMoney);
                    }
                }
                match balance {
                    Some(balance) => amount_ui(ui, *balance, medium(14.0), palette.text),
                    None => value(ui, "not told"),
                };
            });
            row(ui, "Auto-reload", "", |ui| {
                value(ui, &reload_words(auto_reload.as_ref()));
            });
        }
        Billing::Credits { remaining } => row(ui, "Wallet in HeyGen's credits", "", |ui| {
            value(ui, &remaining.map_or_else(|| "not told".to_owned(), |credits| credits.normalize().to_string()));
        }),
        Billing::Subscription { plan, premium, add_on, resets_at } => {
            row(ui, "Web plan", "", |ui| {
                value(ui, plan);
            });
            row(
                ui,
                "Credits",
                &resets_at.as_ref().map(|at| format!("reset {}", day_of(at))).unwrap_or_default(),
                |ui| {
                    value(ui, &credit_words(*premium, *add_on));
                },
            );
        }
        Billing::UsageBased { spent, cap, included, remaining } => {
            row(ui, "Billed afterwards, spent so far", "", |ui| {
                let figures = match (spent, cap) {
                    (Some(spent), Some(cap)) => format!("{spent} of {cap}"),
                    (Some(spent), None) => spent.to_string(),
                    (None, _) => "not told".to_owned(),
                };
                value(ui, &figures);
            });
            if let (Some(remaining), Some(included)) = (remaining, included) {
                row(ui, "Included credits left", "", |ui| {
                    value(ui, &format!("{} of {}", remaining.normalize(), included.normalize()));
                });
            }
        }
        Billing::Unknown(word) => {
            let word = if word.is_empty() { "not told" } else { word };
            row(ui, "Billing", "", |ui| {
                value(ui, word);
            });
        }
    }
    if !info.pays_in_dollars() {
        let words = "This account is not billed in dollars, so the quotes here do not apply to it: nothing is held, and \
                     your caps do not bind.";
        note(ui, words);
    }
}

fn reload_words(auto_reload: Option<&AutoReload>) -> String {
    match auto_reload {
        None => "not told".to_owned(),
        Some(AutoReload { enabled: false, .. }) => "off".to_owned(),
        Some(AutoReload { threshold: Some(threshold), amount: Some(amount), .. }) => {
            format!("adds {amount} below {threshold}")
        }
        Some(AutoReload { amount: Some(amount), .. }) => format!("adds {amount}"),
        Some(_) => "on".to_owned(),
    }
}

fn credit_words(premium: Option<i64>, add_on: Option<i64>) -> String {
    match (premium, add_on) {
        (Some(premium), Some(add_on)) => format!("{premium} premium · {add_on} add-on"),
        (Some(premium), None) => format!("{premium} premium"),
        (None, Some(add_on)) => format!("{add_on} add-on"),
        (None, None) => "not told".to_owned(),
    }
}

/// The day of an ISO moment, as people write it.
fn day_of(moment: &str) -> String {
    format::day(moment.split('T').next().unwrap_or(moment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Usd;

    #[test]
    fn auto_reload_is_said_in_dollars_or_not_at_all() {
        let reload = |enabled, threshold, amount| {
            reload_words(Some(&AutoReload {
                enabled,
                threshold: Option::map(threshold, Usd::from_cents),
                amount: Option::map(amount, Usd::from_cents),
            }))
        };
        assert_eq!(reload(true, Some(500), Some(2500)), "adds $25.00 below $5.00");
        assert_eq!(reload(true, None, Some(2500)), "adds $25.00");
        assert_eq!(reload(true, None, None), "on");
        assert_eq!(reload(false, Some(500), Some(2500)), "off");
        assert_eq!(reload_words(None), "not told");
    }

    #[test]
    fn credits_that_were_not_told_are_not_zero() {
        assert_eq!(credit_words(Some(120), Some(0)), "120 premium · 0 add-on");
        assert_eq!(credit_words(None, None), "not told");
    }
}
