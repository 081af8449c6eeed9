//! An eframe window with nothing in it, opened as Reelmeter's is: what no start can be faster than.
//! `scripts/measure` runs it. Says on stderr when its first frame is shown, as Reelmeter does, and closes.

fn main() -> eframe::Result {
    tracing_subscriber::fmt().with_env_filter("empty_window=info").with_writer(std::io::stderr).init();
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_title("Empty").with_inner_size([1280.0, 800.0]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    eframe::run_native("Empty", native, Box::new(|_| Ok(Box::new(Empty))))
}

struct Empty;

impl eframe::App for Empty {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        // The second frame begins once the first is on the screen.
        if ui.ctx().cumulative_frame_nr() == 1 {
            tracing::info!("the first frame is shown");
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }
}
