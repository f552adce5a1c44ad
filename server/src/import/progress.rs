//! What whoever waits for an import sees. Silent when standard error is no terminal.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::{Summary, lines::Position};

/// The bar: bytes of a file of known size, a spinner for a stream.
pub(super) struct Progress {
    bar: ProgressBar,
    position: Position,
}

impl Progress {
    pub(super) fn new(size: Option<u64>, position: Position) -> Self {
        let (bar, template) = match size {
            Some(size) => (
                ProgressBar::new(size),
                "{wide_bar} {percent:>3} %  {bytes_per_sec}  {eta} left\n{msg}",
            ),
            None => (
                ProgressBar::new_spinner(),
                "{spinner} {bytes} read  {bytes_per_sec}\n{msg}",
            ),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar, position }
    }

    pub(super) fn show(&mut self, summary: &Summary) {
        self.bar.set_position(self.position.bytes());
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let rate = summary.lines as f64 / seconds;
        self.bar.set_message(format!(
            "{} accepted, {} duplicates, {} rejected  {} events/s",
            HumanCount(summary.accepted),
            HumanCount(summary.duplicate),
            HumanCount(summary.rejected),
            HumanCount(rate as u64),
        ));
    }

    pub(super) fn finish(self, summary: &Summary) {
        let mut this = self;
        this.show(summary);
        this.bar.finish();
    }
}
