//! `outcrop functions`: the list, a page, the reference folder.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_session::{FunctionEntry, Session, SessionBuilder};
use outcrop_types::near::nearest;

use crate::arguments::{Functions, Global};
use crate::context::{base, roots};
use crate::output;
use crate::print::say;

/// Functions that have a picture, with what `outcrop plot` draws it from; `./dev doc` does.
const PICTURES: &str = include_str!("../../../docs/images/pictures.tsv");

pub(crate) async fn run(global: &Global, arguments: Functions) -> Result<ExitCode> {
    let session: Session = SessionBuilder::new(roots(global)?, base()?).build()?;
    let all = session.functions();
    if let Some(folder) = &arguments.markdown {
        write_pages(&session, folder, &all.iter().filter(own).collect::<Vec<_>>()).await?;
        return Ok(ExitCode::SUCCESS);
    }
    match &arguments.name {
        Some(name) => say!("{}", page_of(&all, name)?.trim_end())?,
        None => {
            let more = if arguments.all { "" } else { "; --all lists the engine's general functions too" };
            say!(
                "{}\noutcrop functions NAME shows its page{more}",
                list(all.iter().filter(|f| arguments.all || own(f)))
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Those that the engine does not have of its own.
pub(super) fn own(f: &&FunctionEntry) -> bool {
    !f.parameters.is_empty() || f.group == "Files"
}

/// A line each, in groups.
pub(super) fn list<'a>(functions: impl Iterator<Item = &'a FunctionEntry>) -> String {
    let (mut text, mut group) = (String::new(), "");
    for f in functions {
        if f.group != group {
            let _ = writeln!(text, "\n{}", f.group);
            group = &f.group;
        }
        let _ = writeln!(text, "  {:<20} {:<9} {}", f.name, f.kind.as_str(), f.summary);
    }
    text
}

/// The page of the function of that name.
pub(super) fn page_of(all: &[FunctionEntry], name: &str) -> Result<String> {
    if let Some(entry) = all.iter().find(|f| f.name.eq_ignore_ascii_case(name)) {
        return Ok(page(entry));
    }
    let mut near: Vec<&str> =
        all.iter().filter(|f| f.name.contains(&name.to_lowercase())).map(|f| f.name.as_str()).collect();
    if near.is_empty() {
        near.extend(nearest(name, all.iter().map(|f| f.name.as_str())));
    }
    if near.is_empty() {
        bail!("there is no function `{name}`; `outcrop functions --all` lists all");
    }
    bail!("there is no function `{name}`; did you mean {}?", near.join(", "))
}

/// The page of a function, from its definition.
fn page(f: &FunctionEntry) -> String {
    let mut page = format!("# {}\n\n{}\n\n```sql\n{}\n```\n", f.name, f.summary, f.signature);
    if let Some(d) = &f.definition {
        for input in &d.inputs {
            let optional = if input.required { "" } else { " (optional)" };
            let _ = write!(
                page,
                "\n## Input `{}`{optional}\n\n{}\n\n| column | | |\n|---|---|---|\n",
                input.name, input.doc
            );
            for c in &input.columns {
                let _ = writeln!(page, "| `{}` | {} | {} |", c.name, if c.required { "" } else { "optional" }, c.doc);
            }
        }
        page.push_str("\n## Parameters\n\n| name | expects | unit | default | |\n|---|---|---|---|---|\n");
        for p in &d.parameters {
            let default = match (&p.default, p.required) {
                (Some(v), _) => format!("`{v}`"),
                (None, true) => "required".to_owned(),
                (None, false) => String::new(),
            };
            let _ = writeln!(page, "| `{}` | {} | {} | {default} | {} |", p.name, p.expects(), p.unit, p.doc);
        }
        page.push_str("| `by` | column names | | | Runs once for each group of equal values of these columns |\n");
        page.push_str("\n## Result\n\n| column | unit | |\n|---|---|---|\n");
        for c in &d.output {
            let _ = writeln!(page, "| `{}` | {} | {} |", c.name, c.unit, c.doc);
        }
    }
    if let Some(function) = &f.function {
        page.push_str("\n## Arguments\n\n| name | unit | default | |\n|---|---|---|---|\n");
        for a in &function.arguments {
            let default = a.default.as_ref().map(|v| format!("`{v}`")).unwrap_or_default();
            let _ = writeln!(page, "| `{}` | {} | {default} | {} |", a.name, a.unit, a.doc);
        }
        let _ = write!(page, "\nResult: {}\n", function.result);
    }
    if !f.doc.is_empty() {
        let _ = write!(page, "\n## Notes\n\n{}\n", f.doc);
    }
    if !f.example.is_empty() {
        let _ = write!(page, "\n## Example\n\n```sql\n{};\n```\n", f.example);
    }
    page
}

async fn write_pages(session: &Session, folder: &Path, functions: &[&FunctionEntry]) -> Result<()> {
    output::check_folder(&session.base().join(folder))?;
    let folder = folder.to_str().context("the path is not valid text")?;
    let put = async |name: &str, text: String| -> Result<()> {
        let location = session.roots().resolve_for_writing(&format!("{folder}/{name}"), session.base())?;
        Ok(session.roots().write(&location, text.into()).await?)
    };
    let mut groups: BTreeMap<&str, Vec<&FunctionEntry>> = BTreeMap::new();
    for f in functions {
        groups.entry(&f.group).or_default().push(f);
    }
    let mut index = "# SQL functions\n\nMade by `./dev doc` from the functions' own definitions.\n".to_owned();
    for (group, members) in groups {
        let _ = write!(index, "\n## {group}\n\n| | | |\n|---|---|---|\n");
        for f in members {
            let _ = writeln!(index, "| [`{0}`]({0}.md) | {1} | {2} |", f.name, f.kind.as_str(), f.summary);
            let picture = match PICTURES.lines().any(|l| l.split('\t').next() == Some(&f.name)) {
                true => format!("\n![{0}](../images/{0}.svg)\n", f.name),
                false => String::new(),
            };
            put(&format!("{}.md", f.name), page(f) + &picture).await?;
        }
    }
    put("README.md", index).await?;
    say!("{} pages in {folder}", functions.len() + 1)?;
    Ok(())
}
