//! New warnings about money on the desktop, each once. Where there is no desktop to ask, only the
//! log hears of it: the same words stand in the window.

use crate::settings::Account;
use crate::spend::types::Warning;

use super::background::Background;

/// Asks the desktop to show these.
pub fn show(account: Account, warnings: &[Warning], background: &Background) {
    for warning in warnings {
        let title = match account {
            Account::Live => warning.title.clone(),
            Account::Sandbox => format!("Sandbox: {}", warning.title),
        };
        let words = warning.words.clone();
        background.run_blocking_quietly(move |_| {
            let mut notification = notify_rust::Notification::new();
            notification.appname("Reelmeter").summary(&title).body(&words).icon("dialog-warning");
            if let Err(error) = notification.show() {
                tracing::info!(%error, title, "the desktop shows no notifications");
            }
        });
    }
}
