//! A public address instead of a file: asked for in one line, taken where HeyGen could fetch from it.

use egui::{Id, Key, Ui};

use super::icons;
use super::widgets::{self, Button};

/// Shows the line from now on.
pub fn ask(ui: &Ui, asking: Id) {
    ui.data_mut(|data| data.insert_temp(asking, String::new()));
}

/// Whether the line is shown.
#[must_use]
pub fn is_asked(ui: &Ui, asking: Id) -> bool {
    ui.data(|data| data.get_temp::<String>(asking)).is_some()
}

/// Draws the line `width` wide; the address once it is entered. `spoken` is the field's accessible name.
pub fn address_ui(ui: &mut Ui, asking: Id, spoken: &str, width: f32) -> Option<String> {
    let mut address: String = ui.data(|data| data.get_temp(asking))?;
    let focused = asking.with("focused");
    let mut done = None;
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let room = width - 34.0 - 4.0 - 54.0;
        let field = widgets::text_line(ui, spoken, "https://…", &mut address, room);
        if !ui.data(|data| data.get_temp(focused).unwrap_or(false)) {
            field.request_focus();
            ui.data_mut(|data| data.insert_temp(focused, true));
        }
        let left_by = |key| field.lost_focus() && ui.input(|input| input.key_pressed(key));
        let (entered, left) = (left_by(Key::Enter), left_by(Key::Escape));
        let fit = fetchable(&address);
        let refusal = match (&fit, address.trim().is_empty()) {
            (Some(_), _) => None,
            (None, true) => Some("Paste an address first.".to_owned()),
            (None, false) => Some("An address begins with https:// and names a host.".to_owned()),
        };
        if ui
            .add(Button::secondary("Use").refused(refusal).named(&format!("Use the {}", spoken.to_lowercase())))
            .clicked()
            || entered
        {
            done = fit;
        }
        closed = widgets::icon_button(ui, icons::X, "No address", 30.0).clicked() || left;
    });
    ui.data_mut(|data| {
        if closed || done.is_some() {
            data.remove::<String>(asking);
            data.remove::<bool>(focused);
        } else {
            data.insert_temp(asking, address);
        }
    });
    done
}

/// The address, where it is one HeyGen could fetch: secure, with a host, without a space.
fn fetchable(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (host.contains('.') && !host.starts_with('.') && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_address(text: &str, fit: bool) {
        assert_eq!(fetchable(text).is_some(), fit, "{text}");
    }

    #[test]
    fn an_address_is_one_that_can_be_fetched_from_outside() {
        check_address(" https://films.example/talk.mp4?sig=1 ", true);
        check_address("https://films.example", true);
        check_address("films.example/talk.mp4", false);
        check_address("file:///home/me/talk.mp4", false);
        check_address("https:///talk.mp4", false);
        check_address("https://films.example/my talk.mp4", false);
        check_address("", false);
    }
}
