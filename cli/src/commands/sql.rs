//! `outcrop sql`.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_session::{Answer, Rows};

use super::repl;
use crate::arguments::{Format, Global, Sql};
use crate::context::session;
use crate::interrupt::{self, Interrupt};
use crate::output;
use crate::print::{Standard, aside};
use crate::progress::Progress;

pub(crate) async fn run(global: &Global, arguments: Sql) -> Result<ExitCode> {
    let binary = matches!(arguments.format, Format::Arrow | Format::Parquet);
    if binary && std::io::stdout().is_terminal() {
        bail!("--format arrow and parquet write binary data; send it into a file: outcrop sql … > file");
    }
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
            return repl::run(global, session, arguments.format, arguments.rows).await;
        }
        (None, None) => {
            std::io::read_to_string(std::io::stdin()).context("the statements on standard input cannot be read")?
        }
    };
    if repl::is_script(&text) && !binary {
        let done = repl::script(&session, &text, arguments.format, arguments.rows).await?;
        return Ok(if done { ExitCode::SUCCESS } else { ExitCode::from(interrupt::EXIT_CODE) });
    }
    let statements = session.parse(&text)?;
    if statements.is_empty() {
        bail!("there is no statement to run");
    }
    let results = statements.iter().filter(|s| gives_rows(&s.to_string())).count();
    if binary && results > 1 {
        bail!(
            "--format arrow and parquet write one result, and the text has {results} statements that give one; nothing was run. \
             Run them one by one, or write files from SQL: COPY (SELECT …) TO 'a.parquet'"
        );
    }
    for statement in statements {
        let mut interrupt = interrupt::begin();
        let answer = tokio::select! {
            answer = session.execute(statement) => answer?,
            () = interrupt.wait() => return Ok(cancelled()),
        };
        let out = std::io::BufWriter::with_capacity(1 << 16, Standard::new());
        if !show(answer, arguments.format, arguments.rows, &mut interrupt, out).await? {
            return Ok(cancelled());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a statement, as the parser writes it, gives rows; the others say in a line what they did.
fn gives_rows(statement: &str) -> bool {
    let first = statement.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    !matches!(
        first.as_str(),
        "CREATE" | "DROP" | "INSERT" | "COPY" | "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE" | "COMMENT"
    )
}

fn cancelled() -> ExitCode {
    aside!("cancelled");
    ExitCode::from(interrupt::EXIT_CODE)
}

/// Writes an answer; false when it was cancelled.
pub(super) async fn show(
    answer: Answer,
    format: Format,
    most: usize,
    interrupt: &mut Interrupt,
    out: impl std::io::Write + Send,
) -> Result<bool> {
    match answer {
        Answer::Done { message, .. } => {
            aside!("{message}");
            Ok(true)
        }
        Answer::Rows(rows) => show_rows(rows, format, most, interrupt, out).await,
    }
}

async fn show_rows(
    rows: Rows,
    format: Format,
    most: usize,
    interrupt: &mut Interrupt,
    out: impl std::io::Write + Send,
) -> Result<bool> {
    let notices = rows.notices();
    let progress = Progress::of(&rows);
    let done = tokio::select! {
        count = output::write(rows, format, most, out) => Some(count),
        () = interrupt.wait() => None,
    };
    drop(progress);
    notices.take().into_iter().for_each(|n| aside!("note: {n}"));
    Ok(match done {
        Some(count) => {
            count?;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::gives_rows;

    #[test]
    fn statements_that_write_give_no_rows() {
        for text in
            ["SELECT 1", "WITH a AS (SELECT 1) SELECT * FROM a", "SHOW TABLES", "EXPLAIN SELECT 1", "VALUES (1)"]
        {
            assert!(gives_rows(text), "{text}");
        }
        for text in [
            "CREATE VIEW v AS SELECT 1",
            "COPY (SELECT 1) TO 'a.csv'",
            "drop table t",
            "INSERT INTO t SELECT 1",
            "UPDATE t SET a = 1",
        ] {
            assert!(!gives_rows(text), "{text}");
        }
    }
}
