//! The prompt.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use outcrop_session::Session;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::sql::show;
use super::{functions, info};
use crate::arguments::Format;
use crate::context::no_project;
use crate::interrupt;
use crate::print::{aside, say};

/// What `\?` shows.
const HELP: &str = "\
\\d            tables and views, with their rows
\\d NAME       columns of a table or view, with their units
\\df           functions and operators of the geosciences
\\df NAME      the page of one
\\?  help      this list
\\q  quit      leave (also exit and Ctrl-D)

A statement ends with `;` and may take several lines; Ctrl-C cancels it.
Files are tables too: SELECT * FROM 'wells/*.las' LIMIT 10;";

/// A line that is no SQL.
#[derive(Debug, PartialEq)]
enum Ask<'a> {
    Tables,
    Table(&'a str),
    Functions,
    Function(&'a str),
    Help,
    Quit,
    Unknown(&'a str),
}

impl<'a> Ask<'a> {
    /// What a line asks for; none where it is SQL.
    fn of(line: &'a str) -> Option<Self> {
        let line = line.trim().trim_end_matches(';').trim_end();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match (word, rest.is_empty()) {
            ("\\d" | "\\dt", true) => Some(Ask::Tables),
            ("\\d" | "\\dt", false) => Some(Ask::Table(rest)),
            ("\\df", true) => Some(Ask::Functions),
            ("\\df", false) => Some(Ask::Function(rest)),
            ("\\?" | "\\h" | "help" | "HELP" | "?", true) => Some(Ask::Help),
            ("\\q" | "quit" | "exit", true) => Some(Ask::Quit),
            _ => word.starts_with('\\').then_some(Ask::Unknown(word)),
        }
    }
}

pub(crate) async fn run(session: Session, format: Format, most: usize) -> Result<ExitCode> {
    match session.project() {
        Some(project) => say!("{} ({})", project.settings().name, project.path())?,
        None => say!("{}\nfiles can be queried by their path in quotes", no_project())?,
    }
    say!("end a statement with `;` · \\? helps · \\q leaves")?;
    let mut editor = DefaultEditor::new()?;
    let history = history();
    if let Some(path) = &history {
        let _ = editor.load_history(path);
    }
    let mut pending = String::new();
    loop {
        let prompt = if pending.is_empty() { "outcrop> " } else { "    ...> " };
        // The editor blocks; statements run between its calls.
        let (line, back) = tokio::task::spawn_blocking(move || {
            let line = editor.readline(prompt);
            (line, editor)
        })
        .await?;
        editor = back;
        match line {
            Ok(line) => {
                let ask = if pending.is_empty() { Ask::of(&line) } else { None };
                if ask == Some(Ask::Quit) {
                    break;
                }
                if ask.is_none() {
                    pending.push_str(&line);
                    pending.push('\n');
                    if !line.trim_end().ends_with(';') {
                        if pending.trim().is_empty() {
                            pending.clear();
                        }
                        continue;
                    }
                }
                let text = std::mem::take(&mut pending);
                let _ = editor.add_history_entry(if ask.is_some() { line.trim() } else { text.trim() });
                if let Some(path) = &history {
                    let _ = editor.save_history(path);
                }
                let done = match ask {
                    Some(ask) => answer(&session, ask, format, most).await,
                    None => run_text(&session, &text, format, most).await,
                };
                // An error is shown and the prompt comes back.
                if let Err(e) = done {
                    aside!("error: {e:#}");
                }
            }
            Err(ReadlineError::Interrupted) => pending.clear(),
            Err(ReadlineError::Eof) => break,
            Err(e) => return Err(e.into()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Answers a line that is no SQL.
async fn answer(session: &Session, ask: Ask<'_>, format: Format, most: usize) -> Result<()> {
    match ask {
        Ask::Tables => match session.project() {
            Some(project) => info::tables(&project.snapshot().await?)?,
            None => bail!(no_project()),
        },
        Ask::Table(name) => run_text(session, &format!("DESCRIBE {name}"), format, most).await?,
        Ask::Functions => {
            say!("{}", functions::list(session.functions().iter().filter(functions::own)))?;
        }
        Ask::Function(name) => say!("{}", functions::page_of(&session.functions(), name)?.trim_end())?,
        Ask::Help | Ask::Quit => say!("{HELP}")?,
        Ask::Unknown(word) => bail!("there is no command `{word}`; \\? lists the commands"),
    }
    Ok(())
}

/// Runs what was typed.
async fn run_text(session: &Session, text: &str, format: Format, most: usize) -> Result<()> {
    for statement in session.parse(text)? {
        let mut interrupt = interrupt::begin();
        let answer = tokio::select! {
            answer = session.execute(statement) => answer?,
            () = interrupt.wait() => {
                aside!("cancelled");
                return Ok(());
            }
        };
        if !show(answer, format, most, &mut interrupt).await? {
            aside!("cancelled");
            return Ok(());
        }
    }
    Ok(())
}

/// Where what was typed is remembered.
fn history() -> Option<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share")))?;
    let folder = data.join("outcrop");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

#[cfg(test)]
mod tests {
    use super::Ask;

    #[test]
    fn lines_that_are_no_sql_are_known() {
        assert_eq!(Ask::of(" \\d "), Some(Ask::Tables));
        assert_eq!(Ask::of("\\d logs;"), Some(Ask::Table("logs")));
        assert_eq!(Ask::of("\\df krige"), Some(Ask::Function("krige")));
        assert_eq!(Ask::of("\\df"), Some(Ask::Functions));
        assert_eq!(Ask::of("help;"), Some(Ask::Help));
        assert_eq!(Ask::of("\\?"), Some(Ask::Help));
        assert_eq!(Ask::of("exit"), Some(Ask::Quit));
        assert_eq!(Ask::of("\\x on"), Some(Ask::Unknown("\\x")));
        assert_eq!(Ask::of("SELECT 1;"), None);
        assert_eq!(Ask::of("quit_rate FROM t"), None);
        assert_eq!(Ask::of(""), None);
    }
}
