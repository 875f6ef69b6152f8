//! `outcrop sql`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use outcrop_session::{Answer, QueryProgress, Rows, Session};

use super::repl;
use crate::arguments::{Format, Global, Sql};
use crate::context::{interactive, session};
use crate::output;

pub(crate) async fn run(global: &Global, arguments: Sql) -> Result<ExitCode> {
    let session = session(global).await?;
    let text = match (&arguments.command, &arguments.file) {
        (Some(command), _) => command.clone(),
        (None, Some(file)) => {
            let path = file.to_str().context("the path is not valid text")?;
            let location = session.roots().resolve(path, session.base())?;
            String::from_utf8(session.roots().read(&location).await?.to_vec())
                .with_context(|| format!("{path}: not UTF-8 text"))?
        }
        (None, None) if std::io::stdin().is_terminal() => {
            return repl::run(session, arguments.format, arguments.rows).await;
        }
        (None, None) => {
            std::io::read_to_string(std::io::stdin()).context("the statements on standard input cannot be read")?
        }
    };
    let statements = session.parse(&text)?;
    if statements.is_empty() {
        bail!("there is no statement to run");
    }
    for statement in statements {
        let answer = tokio::select! {
            answer = session.execute(statement) => answer?,
            _ = tokio::signal::ctrl_c() => return Ok(cancelled()),
        };
        match show(&session, answer, arguments.format, arguments.rows).await {
            Ok(true) => {}
            Ok(false) => return Ok(cancelled()),
            Err(e) if output::closed_pipe(&e) => return Ok(ExitCode::SUCCESS),
            Err(e) => return Err(e),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn cancelled() -> ExitCode {
    eprintln!("cancelled");
    ExitCode::from(130)
}

/// Writes an answer; false when it was cancelled.
pub(super) async fn show(_session: &Session, answer: Answer, format: Format, most: usize) -> Result<bool> {
    match answer {
        Answer::Done { message, .. } => {
            eprintln!("{message}");
            Ok(true)
        }
        Answer::Rows(rows) => show_rows(rows, format, most).await,
    }
}

async fn show_rows(rows: Rows, format: Format, most: usize) -> Result<bool> {
    if matches!(format, Format::Arrow | Format::Parquet) && std::io::stdout().is_terminal() {
        bail!("--format arrow and parquet write binary data; send it into a file: outcrop sql … > file");
    }
    let notices = rows.notices();
    let bar = interactive().then(|| watch(rows.progress()));
    let out = std::io::BufWriter::with_capacity(1 << 16, Flushed(std::io::stdout()));
    let done = tokio::select! {
        count = output::write(rows, format, most, out) => Some(count),
        _ = tokio::signal::ctrl_c() => None,
    };
    if let Some((bar, task)) = bar {
        task.abort();
        bar.finish_and_clear();
    }
    notices.take().into_iter().for_each(|n| eprintln!("note: {n}"));
    Ok(match done {
        Some(count) => {
            count?;
            true
        }
        None => false,
    })
}

/// Standard output, flushed when the writer around it lets it go.
struct Flushed(std::io::Stdout);

impl Write for Flushed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// A bar for operators that take longer than a moment.
fn watch(progress: QueryProgress) -> (ProgressBar, tokio::task::JoinHandle<()>) {
    let bar = ProgressBar::hidden();
    let shown = bar.clone();
    let task = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        loop {
            if let Some((operator, done, total)) = progress.operator() {
                shown.set_draw_target(indicatif::ProgressDrawTarget::stderr());
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
