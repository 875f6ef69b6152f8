//! `outcrop run`.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget};
use outcrop_session::{Answer, Picture, RunEvent, RunOptions, RunReport, RunWatch, Session};
use outcrop_types::field;
use outcrop_workflow::{Compilation, Document, State, Value, Values};

use crate::arguments::{Arguments, Command, Format, Global, Run};
use crate::context::{interactive, session};
use crate::interrupt;
use crate::print::{Standard, aside, say};

pub(crate) async fn run(global: &Global, arguments: Run) -> Result<ExitCode> {
    let session = session(global).await?;
    let document = document(&session, &arguments).await?;
    if arguments.save {
        let revision = session.save_workflow(&document).await?;
        say!("workflow {} revision {revision}", document.id)?;
        return Ok(ExitCode::SUCCESS);
    }
    let values = values(&document, &arguments.param)?;
    let looks = arguments.check || arguments.sql || arguments.explain || arguments.node.is_some();
    if looks {
        let compilation = session.compile_workflow(&document, &values).await;
        return look(&session, &arguments, &compilation).await;
    }
    let bar = Bar::new();
    let options = RunOptions { sinks: arguments.sink.clone(), draws: true, watch: &bar };
    let mut interrupt = interrupt::begin();
    let report = tokio::select! {
        report = session.run_workflow(&document, &values, &options) => Some(report),
        () = interrupt.wait() => None,
    };
    bar.end();
    let Some(report) = report else {
        aside!("cancelled; what was committed before stays");
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    };
    let report = report?;
    report.notices.iter().for_each(|n| aside!("note: {n}"));
    for node in &report.nodes {
        if let Some(picture) = &node.picture {
            draw(global, picture).await.with_context(|| format!("node `{}`", node.node))?;
        }
    }
    if arguments.json {
        say!("{:#}", report.to_json())?;
    } else {
        tell(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The document, from a file or the project.
async fn document(session: &Session, arguments: &Run) -> Result<Document> {
    let Some(file) = arguments.file() else {
        return Ok(session.stored_workflow(&arguments.workflow, arguments.revision).await?.document);
    };
    let path = file.to_str().context("the path is not valid text")?;
    if arguments.revision.is_some() {
        bail!("--revision is for workflows of the project; {path} is a file");
    }
    let location = session.roots().resolve(path, session.base())?;
    let text = String::from_utf8(session.roots().read(&location).await?.to_vec())
        .with_context(|| format!("{path}: not UTF-8 text"))?;
    Document::read(&text).with_context(|| path.to_owned())
}

/// The values that are given, as the parameters want them.
fn values(document: &Document, given: &[(String, String)]) -> Result<Values> {
    let mut values = Values::new();
    for (name, text) in given {
        let value = match document.parameters.iter().find(|p| p.name == *name) {
            Some(parameter) => match parameter.value_of_text(text) {
                Ok(value) => value,
                Err(message) => bail!("parameter `{name}` {message}"),
            },
            // Compiling says which there are.
            None => Value::Text(text.clone()),
        };
        if values.insert(name.clone(), value).is_some() {
            bail!("parameter `{name}` is given twice");
        }
    }
    Ok(values)
}

/// Shows what a workflow is, without running its sinks.
async fn look(session: &Session, arguments: &Run, compilation: &Compilation) -> Result<ExitCode> {
    if arguments.check {
        if arguments.json {
            say!("{:#}", compilation.to_json())?;
        } else {
            check(compilation)?;
        }
        return Ok(if compilation.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let asked: Vec<&str> = match &arguments.node {
        Some(node) => vec![node.as_str()],
        None => compilation.sinks(),
    };
    if arguments.sql || arguments.explain {
        let none = std::collections::BTreeSet::new();
        if asked.is_empty() {
            bail!("the workflow has no sink that is ready; name a node with --node, or see --check");
        }
        for node in asked {
            let text = match (arguments.sql, compilation.sql(node, &none)) {
                (true, Some(sql)) => format!("{sql};"),
                // What is wrong with a node, explaining says too.
                _ => session.explain_node(compilation, node).await?,
            };
            say!("{}", text.trim_end())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let node = arguments.node.as_deref().unwrap_or_default();
    let mut interrupt = interrupt::begin();
    // A file of rows is whole; what people read is not.
    let shown = matches!(arguments.format, Format::Table | Format::Markdown | Format::Expanded);
    let most = if shown { arguments.rows.saturating_add(1) } else { arguments.rows };
    let rows = tokio::select! {
        rows = session.node_rows(compilation, node, Some(most)) => rows?,
        () = interrupt.wait() => return Ok(ExitCode::from(interrupt::EXIT_CODE)),
    };
    let out = std::io::BufWriter::with_capacity(1 << 16, Standard::new());
    let done = super::sql::show(Answer::Rows(rows), arguments.format, arguments.rows, &mut interrupt, out).await?;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::from(interrupt::EXIT_CODE) })
}

/// Columns and problems, for people.
fn check(compilation: &Compilation) -> Result<()> {
    say!("workflow {} ({})", compilation.id, compilation.hash.get(..12).unwrap_or_default())?;
    for node in compilation.nodes() {
        let state = match &node.state {
            State::Ready => {
                let column = |f: &arrow::datatypes::FieldRef| match field::unit(f) {
                    Some(unit) => format!("{} [{unit}]", f.name()),
                    None => f.name().clone(),
                };
                node.fields.iter().map(column).collect::<Vec<_>>().join(", ")
            }
            State::Wrong => "has problems".to_owned(),
            State::Waiting(on) => format!("waits for {}", on.join(", ")),
        };
        say!("  {:<16} {:<16} {state}", node.id, node.kind)?;
    }
    for problem in &compilation.problems {
        say!("  ! {problem}")?;
    }
    if compilation.problems.is_empty() {
        say!("no problems")?;
    }
    Ok(())
}

/// What a run did, for people.
fn tell(report: &RunReport) -> Result<()> {
    let revision = report.revision.map_or_else(String::new, |n| format!(" revision {n}"));
    say!("workflow {}{revision} ({})", report.workflow, report.hash.get(..12).unwrap_or_default())?;
    for node in &report.nodes {
        say!("  {:<16} {:<16} {} ({:.1} s)", node.node, node.kind, node.message, node.time.as_secs_f64())?;
    }
    Ok(())
}

/// Draws a picture as `outcrop plot` does.
async fn draw(global: &Global, picture: &Picture) -> Result<()> {
    let rows = if picture.kind == "map" { "--grid" } else { "--sql" };
    let mut words: Vec<String> = ["outcrop", "plot", &picture.kind, "-o", &picture.path].map(str::to_owned).to_vec();
    words.push(format!("{rows}={}", picture.sql));
    for (name, value) in &picture.options {
        match value {
            serde_json::Value::Bool(true) => words.push(format!("--{name}")),
            serde_json::Value::Bool(false) | serde_json::Value::Null => {}
            serde_json::Value::String(text) => words.push(format!("--{name}={text}")),
            other => words.push(format!("--{name}={other}")),
        }
    }
    match Arguments::try_parse_from(words) {
        Ok(Arguments { command: Command::Plot(plot), .. }) => super::plot::run(global, plot).await.map(drop),
        Ok(_) => bail!("`{}` is no kind of picture", picture.kind),
        // The first line says what is wrong; what follows is about the command line.
        Err(error) => bail!("{}", error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ")),
    }
}

/// Shows the node at work, where people watch.
struct Bar {
    bar: Mutex<Option<ProgressBar>>,
}

impl Bar {
    fn new() -> Self {
        Bar {
            bar: Mutex::new(interactive().then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()))),
        }
    }

    fn end(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

impl RunWatch for Bar {
    fn event(&self, event: &RunEvent<'_>) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bar) = bar.as_ref() else { return };
        let text = match event {
            RunEvent::Started { node } => (*node).to_owned(),
            RunEvent::Progress { node, operator: Some((operator, done, total)), .. } => {
                format!("{node}: {operator} {} %", done * 100 / (*total).max(1))
            }
            RunEvent::Progress { node, rows, operator: None } => format!("{node}: {rows} rows"),
            RunEvent::Finished(done) => format!("{}: {}", done.node, done.message),
        };
        bar.set_message(text);
        bar.tick();
    }
}
