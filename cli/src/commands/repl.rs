//! The prompt.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use outcrop_session::Session;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::sql::show;
use crate::arguments::Format;

pub(crate) async fn run(session: Session, format: Format, most: usize) -> Result<ExitCode> {
    match session.project() {
        Some(project) => println!("{} ({})", project.settings().name, project.path()),
        None => println!("no project; files can be queried by their path in quotes"),
    }
    println!("end a statement with `;` · \\q leaves · SHOW TABLES · SELECT name, summary FROM outcrop.functions");
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
                if pending.is_empty() && matches!(line.trim(), "\\q" | "quit" | "exit") {
                    break;
                }
                pending.push_str(&line);
                pending.push('\n');
                if !line.trim_end().ends_with(';') {
                    if pending.trim().is_empty() {
                        pending.clear();
                    }
                    continue;
                }
                let text = std::mem::take(&mut pending);
                let _ = editor.add_history_entry(text.trim());
                if let Some(path) = &history {
                    let _ = editor.save_history(path);
                }
                run_text(&session, &text, format, most).await;
            }
            Err(ReadlineError::Interrupted) => pending.clear(),
            Err(ReadlineError::Eof) => break,
            Err(e) => return Err(e.into()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs what was typed; an error is shown and the prompt comes back.
async fn run_text(session: &Session, text: &str, format: Format, most: usize) {
    let statements = match session.parse(text) {
        Ok(statements) => statements,
        Err(e) => return eprintln!("error: {e}"),
    };
    for statement in statements {
        let answer = tokio::select! {
            answer = session.execute(statement) => answer,
            _ = tokio::signal::ctrl_c() => return eprintln!("cancelled"),
        };
        let shown = match answer {
            Ok(answer) => show(session, answer, format, most).await,
            Err(e) => Err(e.into()),
        };
        match shown {
            Ok(true) => {}
            Ok(false) => return eprintln!("cancelled"),
            Err(e) => return eprintln!("error: {e:#}"),
        }
    }
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
