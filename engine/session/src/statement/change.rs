//! UPDATE, DELETE and TRUNCATE: each is one project commit that rewrites the files it touches.

use std::fmt::Display;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::common::{Result as EngineResult, plan_err};
use datafusion::sql::sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, FromTable, Ident, ObjectName, TableFactor, TableWithJoins, Truncate, Update,
    UpdateTableFromKind,
};
use outcrop_store::{Snapshot, TableSnapshot, Transaction};
use outcrop_types::near::did_you_mean;
use outcrop_types::tables::TableName;

use super::near::near_table;
use super::origin::lineage_row;
use super::rewrite::{Action, CLAUSE, Clause, Counts, Rewrite, Value, place};
use super::tables::{begin, project, rows_of, table_name};
use super::{Planned, pass, plan_on};
use crate::answer::Answer;
use crate::catalog;
use crate::error::SessionError;
use crate::seismic;
use crate::session::Session;

/// The table that a statement changes.
pub(super) struct Target {
    pub(super) snapshot: Snapshot,
    pub(super) table: Arc<TableSnapshot>,
    /// What its columns are qualified with in the statement.
    pub(super) alias: String,
}

impl Target {
    /// A stored table that the user may change.
    pub(super) async fn open(
        transaction: &Transaction,
        name: &ObjectName,
        alias: Option<&Ident>,
        what: &str,
    ) -> Result<Self, SessionError> {
        let snapshot = transaction.base().clone();
        let table = changeable(&snapshot, name, what)?;
        let last = name.0.last().map(ToString::to_string).unwrap_or_default();
        let alias = alias.map_or(last, ToString::to_string);
        Ok(Target { table: snapshot.table(&table).await?, snapshot, alias })
    }

    /// As [`Target::open`], from the place of a table in a statement: `name [AS alias]` and nothing else.
    pub(super) async fn of_factor(
        transaction: &Transaction,
        factor: &TableFactor,
        what: &str,
    ) -> Result<Self, SessionError> {
        let TableFactor::Table { name, alias, .. } = factor else {
            return plan_err!("{what} takes a table of the project, found `{factor}`").map_err(Into::into);
        };
        let plain = match alias {
            Some(alias) => [format!("{name} AS {}", alias.name), format!("{name} {}", alias.name)],
            None => [name.to_string(), name.to_string()],
        };
        if !plain.contains(&factor.to_string()) || pass::quoted_path(name).is_some() {
            return plan_err!("{what} takes a table of the project, `name [AS alias]`; found `{factor}`")
                .map_err(Into::into);
        }
        Self::open(transaction, name, alias.as_ref().map(|a| &a.name), what).await
    }

    /// How a query names it in FROM.
    pub(super) fn relation(&self) -> String {
        format!("{} AS {}", pass::TARGET, self.alias)
    }

    /// Plans a query that names it so.
    pub(super) async fn plan(&self, session: &Session, sql: &str) -> Result<Planned, SessionError> {
        let Some(statement) = session.parse(sql)?.pop() else { return Err(SessionError::Empty) };
        let provider = catalog::target(session, &self.snapshot, &self.table)?;
        plan_on(session, statement, self.snapshot.clone(), provider).await
    }

    /// The place of a column that a statement names, as `name` or `table.name`.
    pub(super) fn column(&self, name: &ObjectName) -> EngineResult<usize> {
        let normal = |i: &Ident| if i.quote_style.is_some() { i.value.clone() } else { i.value.to_lowercase() };
        let parts: Vec<String> = name.0.iter().filter_map(|p| p.as_ident()).map(normal).collect();
        let alias = self.alias.trim_matches(['"', '`']);
        let column = match parts.as_slice() {
            [column] => column,
            [table, column] if table.eq_ignore_ascii_case(alias) => column,
            _ => return plan_err!("`{name}` is not a column of `{}`", self.table.name),
        };
        match self.table.schema.fields().iter().position(|f| f.name() == column) {
            Some(place) => Ok(place),
            None => no_column(&self.table.name, name, &self.table.schema),
        }
    }

    /// The columns that assignments set, with the text of their values.
    pub(super) fn assigned(&self, assignments: &[Assignment]) -> EngineResult<Vec<(usize, String)>> {
        let mut set: Vec<(usize, String)> = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let name = match &assignment.target {
                AssignmentTarget::ColumnName(name) => name,
                AssignmentTarget::Tuple(_) => {
                    return plan_err!("SET (a, b) = … is not supported; write SET a = …, b = … (at `{assignment}`)");
                }
            };
            let column = self.column(name)?;
            if set.iter().any(|(c, _)| *c == column) {
                return plan_err!("SET gives `{name}` two values; give it one");
            }
            set.push((column, assignment.value.to_string()));
        }
        Ok(set)
    }
}

/// Says which columns there are.
pub(super) fn no_column<T>(table: &TableName, name: impl Display, schema: &SchemaRef) -> EngineResult<T> {
    let known: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    let near = did_you_mean(&name.to_string(), known.iter().copied());
    plan_err!("`{table}` has no column `{name}`{near}; it has {}", known.join(", "))
}

/// The table of a name, where it may be changed.
pub(super) fn changeable(snapshot: &Snapshot, name: &ObjectName, what: &str) -> EngineResult<TableName> {
    let table = table_name(name)?;
    if table.schema == "outcrop" || table.schema == "information_schema" {
        return plan_err!("`{table}` belongs to the engine and cannot be changed by {what}");
    }
    if seismic::is_part(snapshot, &table) {
        return plan_err!(
            "`{table}` belongs to a volume, whose traces are not changed in place; {what} a copy: CREATE TABLE … AS SELECT … FROM seismic.{}",
            table.name
        );
    }
    if snapshot.has_table(&table) {
        return Ok(table);
    }
    if snapshot.view(&table).is_some() || catalog::is_virtual(&table) {
        return plan_err!(
            "`{table}` is computed from other tables; {what} those, or keep a copy: CREATE TABLE … AS SELECT * FROM {table}"
        );
    }
    plan_err!("there is no table `{table}`{}; SHOW TABLES lists those there are", near_table(snapshot, &table))
}

/// Refuses the first part of a statement that is there and not understood.
pub(super) fn refuse(parts: &[(bool, &str)], what: &str) -> EngineResult<()> {
    match parts.iter().find(|(there, _)| *there) {
        Some((_, part)) => plan_err!("{what} … {part} is not supported; leave it out"),
        None => Ok(()),
    }
}

/// What a statement reads besides the table it changes, with a comma before.
fn others(tables: &[TableWithJoins]) -> String {
    tables.iter().map(|t| format!(", {t}")).collect()
}

/// `UPDATE name [AS alias] SET column = value, … [FROM …] [WHERE …]`.
pub(super) async fn update(session: &Session, update: Update) -> Result<Answer, SessionError> {
    let project = project(session, "UPDATE")?;
    let text = update.to_string();
    refuse(
        &[
            (update.returning.is_some(), "RETURNING"),
            (update.output.is_some(), "OUTPUT"),
            (update.or.is_some(), "OR"),
            (!update.order_by.is_empty(), "ORDER BY"),
            (update.limit.is_some(), "LIMIT"),
            (!update.optimizer_hints.is_empty(), "hint"),
            (!update.table.joins.is_empty(), "JOIN before SET (write UPDATE … SET … FROM … WHERE …)"),
            (matches!(update.from, Some(UpdateTableFromKind::BeforeSet(_))), "FROM before SET"),
        ],
        "UPDATE",
    )?;
    let transaction = begin(session, project, "update", &text).await?;
    let target = Target::of_factor(&transaction, &update.table.relation, "UPDATE").await?;
    let set = target.assigned(&update.assignments)?;
    let from = match &update.from {
        Some(UpdateTableFromKind::AfterSet(tables)) => others(tables),
        _ => String::new(),
    };
    let values: String = set.iter().enumerate().map(|(i, (_, value))| format!(", {value} AS \"value {i}\"")).collect();
    let filter = update.selection.map(|s| format!(" WHERE {s}")).unwrap_or_default();
    let sql = format!(
        "SELECT {}, CAST(0 AS BIGINT) AS \"clause\"{values} FROM {}{from}{filter} ORDER BY 1, 2",
        place(&target.alias),
        target.relation()
    );
    let planned = target.plan(session, &sql).await?;
    let mut clause = Clause { action: Action::Update, values: Vec::with_capacity(set.len()) };
    for (i, (column, _)) in set.iter().enumerate() {
        let from = CLAUSE + 1 + i;
        let Some(field) = planned.plan.schema().fields().get(from) else { return Err(SessionError::Empty) };
        clause.values.push(Value { column: *column, from, field: field.as_ref().clone() });
    }
    let counts = rewrite(session, &transaction, &target, &planned, vec![clause], false).await?;
    finish(transaction, &target, &planned, &text, counts, &[("updated", counts.updated)]).await
}

/// `DELETE FROM name [AS alias] [USING …] [WHERE …]`.
pub(super) async fn delete(session: &Session, delete: Delete) -> Result<Answer, SessionError> {
    let project = project(session, "DELETE")?;
    let text = delete.to_string();
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    refuse(
        &[
            (delete.returning.is_some(), "RETURNING"),
            (delete.output.is_some(), "OUTPUT"),
            (!delete.order_by.is_empty(), "ORDER BY"),
            (delete.limit.is_some(), "LIMIT"),
            (!delete.optimizer_hints.is_empty(), "hint"),
            (!delete.tables.is_empty(), "from a list of tables"),
            (from.iter().any(|t| !t.joins.is_empty()), "JOIN (write DELETE FROM … USING … WHERE …)"),
        ],
        "DELETE",
    )?;
    let [TableWithJoins { relation, .. }] = from.as_slice() else {
        return plan_err!("DELETE takes one table; write DELETE FROM … USING … WHERE …").map_err(Into::into);
    };
    let transaction = begin(session, project, "delete", &text).await?;
    let target = Target::of_factor(&transaction, relation, "DELETE FROM").await?;
    let using = delete.using.as_deref().map(others).unwrap_or_default();
    let filter = delete.selection.map(|s| format!(" WHERE {s}")).unwrap_or_default();
    let sql = format!(
        "SELECT {}, CAST(0 AS BIGINT) AS \"clause\" FROM {}{using}{filter} ORDER BY 1, 2",
        place(&target.alias),
        target.relation()
    );
    let planned = target.plan(session, &sql).await?;
    let clause = Clause { action: Action::Delete, values: Vec::new() };
    let counts = rewrite(session, &transaction, &target, &planned, vec![clause], true).await?;
    finish(transaction, &target, &planned, &text, counts, &[("deleted", counts.deleted)]).await
}

/// Runs the query and plans the change in the transaction.
pub(super) async fn rewrite(
    session: &Session,
    transaction: &Transaction,
    target: &Target,
    planned: &Planned,
    clauses: Vec<Clause>,
    repeats: bool,
) -> Result<Counts, SessionError> {
    let optimised = planned.state.optimize(&planned.plan)?;
    let rows = session.start(&planned.state, &optimised, Arc::clone(&planned.notices)).await?;
    let table = target.table.as_ref();
    Rewrite { session, state: &planned.state, transaction, table, clauses, repeats }.run(rows).await
}

/// Commits what was changed and says how many rows it were.
pub(super) async fn finish(
    transaction: Transaction,
    target: &Target,
    planned: &Planned,
    text: &str,
    counts: Counts,
    shown: &[(&str, u64)],
) -> Result<Answer, SessionError> {
    let table = &target.table.name;
    let done: Vec<String> = shown.iter().map(|(what, n)| format!("{} {what}", rows_of(*n))).collect();
    let done = done.join(", ");
    if counts.inserted + counts.updated + counts.deleted == 0 {
        return Ok(Answer::Done { message: format!("{done} in `{table}`; nothing changed"), rows: 0, commit: None });
    }
    let row = lineage_row(table, text, planned)?;
    transaction.append_rows(&TableName::outcrop("lineage"), row, Some("commit")).await?;
    let commit = transaction.commit().await?;
    Ok(Answer::Done {
        message: format!("{done} in `{table}` (commit {})", commit.number),
        rows: counts.inserted + counts.updated + counts.deleted,
        commit: Some(commit.number),
    })
}

/// `TRUNCATE [TABLE] name, …`: every row goes, the columns stay.
pub(super) async fn truncate(session: &Session, truncate: Truncate) -> Result<Answer, SessionError> {
    let project = project(session, "TRUNCATE")?;
    let text = truncate.to_string();
    refuse(
        &[
            (truncate.partitions.is_some(), "PARTITION"),
            (truncate.identity.is_some(), "RESTART IDENTITY or CONTINUE IDENTITY"),
            (truncate.cascade.is_some(), "CASCADE or RESTRICT"),
            (truncate.on_cluster.is_some(), "ON CLUSTER"),
            (truncate.table_names.iter().any(|t| t.only || t.has_asterisk), "ONLY or *"),
        ],
        "TRUNCATE",
    )?;
    let transaction = begin(session, project, "truncate", &text).await?;
    let mut deleted = 0;
    for name in &truncate.table_names {
        let there = table_name(&name.name).is_ok_and(|t| {
            transaction.base().has_table(&t) || transaction.base().view(&t).is_some() || catalog::is_virtual(&t)
        });
        if truncate.if_exists && !there {
            continue;
        }
        let target = Target::open(&transaction, &name.name, None, "TRUNCATE").await?;
        let table = &target.table;
        if table.files.is_empty() {
            continue;
        }
        deleted += table.rows;
        let none = transaction.write(&table.name, Arc::clone(&table.schema)).await?.finish()?;
        transaction.rewrite(table.files.iter().map(|f| f.name.clone()).collect(), none);
    }
    if deleted == 0 {
        return Ok(Answer::Done { message: "0 rows deleted; nothing changed".to_owned(), rows: 0, commit: None });
    }
    let commit = transaction.commit().await?;
    Ok(Answer::Done {
        message: format!("{} deleted (commit {})", rows_of(deleted), commit.number),
        rows: deleted,
        commit: Some(commit.number),
    })
}
