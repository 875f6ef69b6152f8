//! `outcrop diff`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Result, bail};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use outcrop_session::{Session, rows_of};
use outcrop_store::{Project, Snapshot};
use outcrop_types::tables::TableName;

use super::sql::show;
use crate::arguments::{Diff, Global};
use crate::context::{project_session, rows};
use crate::interrupt;
use crate::print::{Standard, aside, say};

pub(crate) async fn run(global: &Global, arguments: Diff) -> Result<ExitCode> {
    let session = project_session(global).await?;
    let Some(project) = session.project().cloned() else { bail!("there is no project") };
    let (old, new) = commits(&project, &arguments).await?;
    say!("commit {} → {}", old.commit().number, new.commit().number)?;
    let mut differs = false;
    for name in names(&old, &new, &arguments)? {
        differs |= table(&session, &old, &new, &name, &arguments).await?;
    }
    if !differs {
        say!("  no difference")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The two commits; the newest where only one is named.
async fn commits(project: &Project, arguments: &Diff) -> Result<(Snapshot, Snapshot)> {
    let old = project.snapshot_at(arguments.commit).await?;
    let new = match arguments.other {
        Some(number) => project.snapshot_at(number).await?,
        None => project.snapshot().await?,
    };
    Ok((old, new))
}

/// Tables and views that may differ; the engine's own lists only where they are asked for.
fn names(old: &Snapshot, new: &Snapshot, arguments: &Diff) -> Result<Vec<TableName>> {
    let of = |s: &Snapshot| s.tables().into_iter().chain(s.views().map(|(name, _)| name)).collect::<Vec<_>>();
    let all: BTreeSet<TableName> = of(old).into_iter().chain(of(new)).collect();
    if arguments.table.is_empty() {
        return Ok(all.into_iter().filter(|t| t.schema != "outcrop").collect());
    }
    let wanted: Vec<TableName> = arguments.table.iter().map(|t| TableName::from_key(t)).collect();
    match wanted.iter().find(|t| !all.contains(t)) {
        Some(missing) => bail!(
            "there is no table or view `{missing}` in commit {} or {}; there are {}",
            old.commit().number,
            new.commit().number,
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ),
        None => Ok(wanted),
    }
}

/// Shows how a table or view differs; false where it does not.
async fn table(session: &Session, old: &Snapshot, new: &Snapshot, name: &TableName, arguments: &Diff) -> Result<bool> {
    let key = name.to_string();
    if old.commit().tables.get(&key) == new.commit().tables.get(&key)
        && old.commit().views.get(&key) == new.commit().views.get(&key)
    {
        return Ok(false);
    }
    match (old.view(name), new.view(name)) {
        (None, Some(_)) => say!("  {key:<28} view added")?,
        (Some(_), None) => say!("  {key:<28} view removed")?,
        (Some(a), Some(b)) if a != b => say!("  {key:<28} view changed")?,
        _ => {}
    }
    let (before, after) = (old.table_if_there(name).await?, new.table_if_there(name).await?);
    match (before, after) {
        (None, Some(table)) => say!("  {key:<28} table added, {}", rows_of(table.rows))?,
        (Some(table), None) => say!("  {key:<28} table removed, {}", rows_of(table.rows))?,
        (Some(before), Some(after)) => {
            let (had, has) = (columns(&before.schema), columns(&after.schema));
            let common: Vec<String> = had.iter().filter(|c| has.contains(c)).cloned().collect();
            let query = Query { old: old.commit().number, new: new.commit().number, name, columns: common };
            let keys = query.keys(&arguments.key)?;
            let same_columns = before.schema == after.schema;
            let [added, removed, changed] = counts(&rows(session, &query.counts(&keys)).await?);
            if same_columns && added + removed + changed == 0 {
                return Ok(false);
            }
            let mut told = vec![format!(
                "{} added, {removed} removed, {changed} changed",
                rows_of(u64::try_from(added).unwrap_or_default())
            )];
            let list = |what: &str, of: &[String], not_in: &[String]| {
                let names: Vec<&str> = of.iter().filter(|c| !not_in.contains(c)).map(String::as_str).collect();
                (!names.is_empty()).then(|| format!("columns {what}: {}", names.join(", ")))
            };
            if !same_columns && had == has {
                told.push("types, units or descriptions of columns changed".to_owned());
            }
            told.extend(list("added", &has, &had));
            told.extend(list("removed", &had, &has));
            say!("  {key:<28} {}", told.join("; "))?;
            if arguments.rows && added + removed + changed > 0 {
                let answer = session.sql(&query.rows(&keys)).await?;
                let mut interrupt = interrupt::begin();
                if !show(answer, arguments.format, arguments.most, &mut interrupt, Standard::new()).await? {
                    aside!("cancelled");
                }
            }
        }
        (None, None) => {}
    }
    Ok(true)
}

fn columns(schema: &arrow::datatypes::SchemaRef) -> Vec<String> {
    schema.fields().iter().map(|f| f.name().clone()).collect()
}

/// What identifies a row of the project's own tables.
const KEYS: &[(&str, &[&str])] = &[
    ("wells", &["well"]),
    ("curves", &["well", "log_set", "mnemonic"]),
    ("logs", &["well", "log_set", "md"]),
    ("tops", &["well", "surface", "interpreter"]),
    ("surveys", &["well", "md"]),
];

/// The queries about one table in two commits.
struct Query<'a> {
    old: u64,
    new: u64,
    name: &'a TableName,
    /// Columns of both.
    columns: Vec<String>,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Query<'_> {
    /// The columns by which rows are the same row; all of them where nothing says so.
    fn keys(&self, given: &[String]) -> Result<Vec<String>> {
        let known = KEYS.iter().find(|(table, _)| TableName::public(*table) == *self.name);
        let keys: Vec<String> = match (given, known) {
            ([], Some((_, keys))) => keys.iter().map(|k| (*k).to_owned()).collect(),
            (given, _) => given.to_vec(),
        };
        match keys.iter().find(|k| !self.columns.contains(k)) {
            Some(missing) if !given.is_empty() => {
                bail!("`{}` has no column `{missing}` in both commits; it has {}", self.name, self.columns.join(", "))
            }
            Some(_) => Ok(self.columns.clone()),
            None if keys.is_empty() => Ok(self.columns.clone()),
            None => Ok(keys),
        }
    }

    /// Every row that one commit has more often than the other, with how much more often the newer one has it.
    fn difference(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|c| quoted(c)).collect();
        let columns = columns.join(", ");
        let table = format!("{}.{}", quoted(&self.name.schema), quoted(&self.name.name));
        format!(
            "SELECT {columns}, sum(\"outcrop one\") AS \"outcrop n\" FROM (\
             SELECT {columns}, 1 AS \"outcrop one\" FROM {table} VERSION AS OF {} UNION ALL \
             SELECT {columns}, -1 AS \"outcrop one\" FROM {table} VERSION AS OF {}) \
             GROUP BY {columns} HAVING sum(\"outcrop one\") <> 0",
            self.new, self.old
        )
    }

    /// Added, removed and changed rows; changed are those of one key that are both.
    fn counts(&self, keys: &[String]) -> String {
        let keys: Vec<String> = keys.iter().map(|c| quoted(c)).collect();
        format!(
            "SELECT coalesce(sum(added - least(added, removed)), 0) AS added, \
             coalesce(sum(removed - least(added, removed)), 0) AS removed, \
             coalesce(sum(least(added, removed)), 0) AS changed FROM (\
             SELECT sum(greatest(\"outcrop n\", 0)) AS added, sum(greatest(-\"outcrop n\", 0)) AS removed \
             FROM ({}) GROUP BY {})",
            self.difference(),
            keys.join(", ")
        )
    }

    /// The rows, those of the older commit with `-`, those of the newer with `+`.
    fn rows(&self, keys: &[String]) -> String {
        let columns: Vec<String> = self.columns.iter().map(|c| quoted(c)).collect();
        let keys: Vec<String> = keys.iter().map(|c| quoted(c)).collect();
        format!(
            "SELECT CASE WHEN \"outcrop n\" > 0 THEN '+' ELSE '-' END AS change, abs(\"outcrop n\") AS times, {} \
             FROM ({}) ORDER BY {}, change DESC",
            columns.join(", "),
            self.difference(),
            keys.join(", ")
        )
    }
}

fn counts(batches: &[RecordBatch]) -> [i64; 3] {
    let mut found = [0; 3];
    for batch in batches.iter().filter(|b| b.num_rows() > 0) {
        for (value, column) in found.iter_mut().zip(batch.columns()) {
            if let Some(column) = column.as_primitive_opt::<Int64Type>().filter(|c| c.is_valid(0)) {
                *value = column.value(0);
            }
        }
    }
    found
}
