//! A bar for queries that take longer than a moment.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use outcrop_session::{QueryProgress, Rows};

use crate::context::interactive;

/// The bar of a query; gone when dropped.
pub(crate) struct Progress {
    shown: Option<(ProgressBar, tokio::task::JoinHandle<()>)>,
}

impl Progress {
    /// Shows how far the operator at work is, where people watch.
    pub(crate) fn of(rows: &Rows) -> Self {
        Progress { shown: interactive().then(|| watch(rows.progress())) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((bar, task)) = self.shown.take() {
            task.abort();
            bar.finish_and_clear();
        }
    }
}

fn watch(progress: QueryProgress) -> (ProgressBar, tokio::task::JoinHandle<()>) {
    let bar = ProgressBar::hidden();
    let shown = bar.clone();
    let task = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        loop {
            if let Some((operator, done, total)) = progress.operator() {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {percent}%  {eta} left") {
                    shown.set_style(style);
                }
                shown.set_message(operator);
                shown.set_length(total);
                shown.set_position(done);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    (bar, task)
}
