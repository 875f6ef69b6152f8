//! The prompt, and scripts of what can be typed there.
//!
//! | file | what |
//! |---|---|
//! | `ask` | lines that are no SQL |
//! | `complete` | what may stand at the cursor |
//! | `editor` | the line editor's view of both |
//! | `pager` | long results |

mod ask;
mod complete;
mod editor;
mod pager;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use outcrop_session::Session;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};

use self::ask::{Ask, HELP, Part, Switch, is_whole, parts};
use self::complete::{Function, Names, Table};
use self::editor::Help;
use super::plot::texts;
use super::sql::show;
use super::{functions, info};
use crate::arguments::{Format, Global};
use crate::context::{hint, no_project, rows};
use crate::interrupt;
use crate::print::{Standard, aside, say};

/// How answers are shown.
struct Settings {
    format: Format,
    most: usize,
    timing: bool,
    pager: bool,
}

pub(crate) async fn run(global: &Global, session: Session, format: Format, most: usize) -> Result<ExitCode> {
    match session.project() {
        Some(project) => say!("{} ({})", project.settings().name, project.path())?,
        None => say!("{}\nfiles can be queried by their path in quotes", no_project())?,
    }
    say!("end a statement with `;` · Tab completes · \\? helps · \\q leaves")?;
    let mut settings = Settings { format, most, timing: false, pager: std::io::stdout().is_terminal() };
    let names = Arc::new(RwLock::new(names(&session).await));
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
    let mut editor: Editor<Help, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Help { names: Arc::clone(&names), base: session.base().to_owned() }));
    let history = history();
    if let Some(path) = &history {
        let _ = editor.load_history(path);
    }
    loop {
        // The editor blocks; statements run between its calls.
        let (line, back) = tokio::task::spawn_blocking(move || {
            let line = editor.readline("outcrop> ");
            (line, editor)
        })
        .await?;
        editor = back;
        let text = match line {
            Ok(text) => text,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(e) => return Err(e.into()),
        };
        if text.trim().is_empty() {
            continue;
        }
        let _ = editor.add_history_entry(text.trim());
        if let Some(path) = &history {
            let _ = editor.save_history(path);
        }
        let done = match Ask::of(&text) {
            Some(Ask::Quit) => break,
            Some(ask) => answer(&session, ask, &mut settings).await,
            None => run_text(&session, &text, &settings).await.map(drop),
        };
        // An error is shown and the prompt comes back.
        if let Err(e) = done {
            aside!("error: {e:#}");
            if let Some(hint) = hint(global, &e) {
                aside!("{hint}");
            }
        }
        // Statements that change the project change what may be typed.
        if !text.trim_start().get(..6).is_some_and(|w| w.eq_ignore_ascii_case("select")) {
            let now = self::names(&session).await;
            *names.write().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a text has lines that are no SQL.
pub(super) fn is_script(text: &str) -> bool {
    text.contains('\\') && parts(text).iter().any(|p| matches!(p, Part::Ask(_)))
}

/// Runs statements and what stands between them, to the first error; false where it was cancelled.
pub(super) async fn script(session: &Session, text: &str, format: Format, most: usize) -> Result<bool> {
    let mut settings = Settings { format, most, timing: false, pager: false };
    run_parts(session, text, &mut settings).await
}

async fn run_parts(session: &Session, text: &str, settings: &mut Settings) -> Result<bool> {
    for part in parts(text) {
        match part {
            Part::Ask(Ask::Quit) => break,
            Part::Ask(ask) => Box::pin(answer(session, ask, settings)).await?,
            Part::Sql(sql) => {
                if !run_text(session, &sql, settings).await? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Answers a line that is no SQL.
async fn answer(session: &Session, ask: Ask<'_>, settings: &mut Settings) -> Result<()> {
    match ask {
        Ask::Tables => match session.project() {
            Some(project) => {
                info::tables(&project.snapshot().await?)?;
                let own = project.snapshot().await?;
                let own: Vec<String> = own.commit().views.keys().map(|v| v.to_string()).collect();
                let views = rows(
                    session,
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type LIKE '%VIEW%' ORDER BY table_name",
                )
                .await?;
                for batch in &views {
                    for name in texts(batch, "table_name")?.unwrap_or_default().into_iter().flatten() {
                        if !own.contains(&name) && !own.contains(&format!("public.{name}")) {
                            say!("  {name:<28} {:>12}", "view")?;
                        }
                    }
                }
            }
            None => bail!(no_project()),
        },
        Ask::Table(name) => {
            run_text(session, &format!("DESCRIBE {name}"), settings).await?;
        }
        Ask::Functions => {
            say!("{}", functions::list(session.functions().iter().filter(functions::own)))?;
        }
        Ask::Function(name) => say!("{}", functions::page_of(&session.functions(), name)?.trim_end())?,
        Ask::Project => match session.project() {
            Some(project) => say!("{} ({})", project.settings().name, project.path())?,
            None => say!("{}", no_project())?,
        },
        Ask::File(path) => {
            let location = session.roots().resolve(path, session.base())?;
            let text = String::from_utf8(session.roots().read(&location).await?.to_vec())
                .with_context(|| format!("{path}: not UTF-8 text"))?;
            Box::pin(run_parts(session, &text, settings)).await?;
        }
        Ask::Switch(which, to) => {
            let (name, now) = match which {
                Switch::Expanded => ("a line for each column", settings.format == Format::Expanded),
                Switch::Timing => ("timing", settings.timing),
                Switch::Pager => ("paging", settings.pager),
            };
            let on = to.unwrap_or(!now);
            match which {
                Switch::Expanded => settings.format = if on { Format::Expanded } else { Format::Table },
                Switch::Timing => settings.timing = on,
                Switch::Pager => settings.pager = on,
            }
            aside!("{name} is {}", if on { "on" } else { "off" });
        }
        Ask::Help | Ask::Quit => say!("{HELP}")?,
        Ask::Unknown(word) => bail!("there is no command `{word}`; \\? lists the commands"),
    }
    Ok(())
}

/// Runs what was typed; false where it was cancelled.
async fn run_text(session: &Session, text: &str, settings: &Settings) -> Result<bool> {
    debug_assert!(is_whole(text) || !text.trim().is_empty());
    for statement in session.parse(text)? {
        let begun = Instant::now();
        let mut interrupt = interrupt::begin();
        let answer = tokio::select! {
            answer = session.execute(statement) => answer?,
            () = interrupt.wait() => {
                aside!("cancelled");
                return Ok(false);
            }
        };
        let paged = settings.pager && matches!(settings.format, Format::Table | Format::Expanded);
        let done = if paged {
            let mut text = Vec::new();
            let done = show(answer, settings.format, settings.most, &mut interrupt, &mut text).await?;
            let lines = text.iter().filter(|b| **b == b'\n').count();
            // A few lines need no pager, and less would clear the screen of some terminals.
            if lines <= 20 || !pager::page(&text) {
                std::io::Write::write_all(&mut Standard::new(), &text)?;
            }
            done
        } else {
            let out = std::io::BufWriter::with_capacity(1 << 16, Standard::new());
            show(answer, settings.format, settings.most, &mut interrupt, out).await?
        };
        if !done {
            aside!("cancelled");
            return Ok(false);
        }
        if settings.timing {
            aside!("{:.3} s", begun.elapsed().as_secs_f64());
        }
    }
    Ok(true)
}

/// The names that can be completed; none where they cannot be had.
async fn names(session: &Session) -> Names {
    let functions = session.functions().into_iter().map(|f| {
        let named = f.definition.as_ref().map(|d| {
            let inputs = d.inputs.iter().map(|i| i.name);
            inputs.chain(d.parameters.iter().map(|p| p.name)).chain(["by"]).map(str::to_owned).collect()
        });
        let relation = f.definition.is_some() || f.kind == outcrop_session::FunctionKind::Table;
        Function { name: f.name, relation, parameters: named.unwrap_or_default() }
    });
    Names { functions: functions.collect(), tables: tables(session).await.unwrap_or_default() }
}

async fn tables(session: &Session) -> Result<Vec<Table>> {
    let sql = "SELECT table_schema, table_name, column_name FROM information_schema.columns \
               WHERE table_schema <> 'information_schema' ORDER BY 1, 2, ordinal_position";
    let mut tables: Vec<Table> = Vec::new();
    for batch in rows(session, sql).await? {
        let column = |name: &str| Ok::<_, anyhow::Error>(texts(&batch, name)?.unwrap_or_default().into_iter());
        let columns = column("table_schema")?.zip(column("table_name")?).zip(column("column_name")?);
        for ((schema, name), column) in columns {
            let (Some(schema), Some(name), Some(column)) = (schema, name, column) else { continue };
            match tables.last_mut() {
                Some(last) if last.schema == schema && last.name == name => last.columns.push(column),
                _ => tables.push(Table { schema, name, columns: vec![column] }),
            }
        }
    }
    Ok(tables)
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
