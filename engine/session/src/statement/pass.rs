//! The one async pass over a parsed statement: files in quotes, `read_*`, versions of tables.
//!
//! What it resolves is found again by the relation planner under the text of the relation.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, plan_err};
use datafusion::sql::parser::{CopyToSource, Statement};
use datafusion::sql::sqlparser::ast::{
    Expr, Ident, ObjectName, Statement as SqlStatement, TableFactor, TableVersion, Value, Visit, Visitor,
};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;

use crate::catalog;
use crate::error::SessionError;
use crate::files;
use crate::session::Session;

/// How a query that a changing statement is turned into names the table that is changed.
pub(crate) const TARGET: &str = "'the table that is changed'";

/// Relations by their text without alias.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    relations: HashMap<String, Arc<dyn TableProvider>>,
}

impl Resolved {
    /// What a relation resolved to.
    pub(crate) fn get(&self, factor: &TableFactor) -> Option<&Arc<dyn TableProvider>> {
        self.relations.get(&key(factor)?)
    }
}

/// The path of a relation that is a file in single quotes.
pub(crate) fn quoted_path(name: &ObjectName) -> Option<&str> {
    match name.0.as_slice() {
        [part] => part.as_ident().filter(|i| i.quote_style == Some('\'')).map(|i| i.value.as_str()),
        _ => None,
    }
}

/// The name of a relation that reads files: `read_las(…)`, `inspect_las(…)` …
pub(crate) fn reader_name(name: &ObjectName) -> Option<String> {
    match name.0.as_slice() {
        [part] => {
            let name = part.as_ident()?.value.to_lowercase();
            files::READERS.iter().any(|r| r.name == name).then_some(name)
        }
        _ => None,
    }
}

fn key(factor: &TableFactor) -> Option<String> {
    match factor {
        TableFactor::Table { name, args: None, version: None, .. } if quoted_path(name).is_some() => {
            Some(name.to_string())
        }
        TableFactor::Table { name, args: None, version: Some(version), .. } => Some(format!("{name} {version}")),
        TableFactor::Table { name, args: Some(args), .. } if reader_name(name).is_some() => {
            let shown: Vec<String> = args.args.iter().map(ToString::to_string).collect();
            Some(format!("{name}({})", shown.join(", ")))
        }
        _ => None,
    }
}

/// Applies a rewrite to the queries of a statement, whatever kind it is.
pub(crate) fn each_query(statement: &mut Statement, rewrite: &mut dyn FnMut(&mut SqlStatement)) {
    match statement {
        Statement::Statement(sql) => rewrite(sql),
        Statement::Explain(explain) => each_query(&mut explain.statement, rewrite),
        Statement::CopyTo(copy) => {
            if let CopyToSource::Query(query) = &mut copy.source {
                let mut sql = SqlStatement::Query(query.clone());
                rewrite(&mut sql);
                if let SqlStatement::Query(rewritten) = sql {
                    *query = rewritten;
                }
            }
        }
        _ => {}
    }
}

#[derive(Default)]
struct Found {
    factors: Vec<(String, TableFactor)>,
}

impl Visitor for Found {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let Some(key) = key(factor)
            && !self.factors.iter().any(|(k, _)| *k == key)
        {
            self.factors.push((key, factor.clone()));
        }
        ControlFlow::Continue(())
    }
}

/// Resolves every relation that needs files or history; [`TARGET`] is what was given for it.
pub(crate) async fn resolve(
    session: &Session,
    statement: &Statement,
    snapshot: Option<&Snapshot>,
    given: Option<Arc<dyn TableProvider>>,
) -> Result<Resolved, SessionError> {
    let mut found = Found::default();
    let mut copy = statement.clone();
    each_query(&mut copy, &mut |sql| {
        let _ = sql.visit(&mut found);
    });
    let mut resolved = Resolved::default();
    for (key, factor) in found.factors {
        if let (Some(given), TARGET) = (&given, key.as_str()) {
            resolved.relations.insert(key, Arc::clone(given));
            continue;
        }
        if let Some(kept) = session.inner().step.as_ref().and_then(|step| step.kept.get(&key)) {
            resolved.relations.insert(key, Arc::clone(kept));
            continue;
        }
        let TableFactor::Table { name, args, version, .. } = &factor else { continue };
        let provider = match (args, version) {
            (Some(args), _) => files::read_call(session, &reader_name(name).unwrap_or_default(), &args.args).await?,
            (None, Some(version)) => versioned(session, name, version, snapshot).await?,
            (None, None) => {
                files::open(session, quoted_path(name).unwrap_or_default(), &files::Options::default()).await?
            }
        };
        resolved.relations.insert(key, provider);
    }
    Ok(resolved)
}

/// A table of the project as an earlier commit had it.
async fn versioned(
    session: &Session,
    name: &ObjectName,
    version: &TableVersion,
    snapshot: Option<&Snapshot>,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    if quoted_path(name).is_some() {
        return plan_err!("a file has no versions: `{name} {version}`; only tables of the project do")
            .map_err(Into::into);
    }
    let Some(project) = snapshot.map(Snapshot::project) else {
        return Err(SessionError::NoProject("a version of a table"));
    };
    let wrong = || {
        DataFusionError::Plan(format!(
            "`{version}`: expected VERSION AS OF 3 (a commit number) or TIMESTAMP AS OF '2026-01-31T12:00:00Z'; see `outcrop history`"
        ))
    };
    let then = match version {
        TableVersion::VersionAsOf(expr) => {
            let number = literal(expr).and_then(|t| t.parse::<u64>().ok()).ok_or_else(wrong)?;
            project.snapshot_at(number).await?
        }
        TableVersion::TimestampAsOf(expr) | TableVersion::ForSystemTimeAsOf(expr) => {
            let text = literal(expr).ok_or_else(wrong)?;
            project.snapshot_at_time(catalog::parse_time(&text).ok_or_else(wrong)?).await?
        }
        _ => return Err(wrong().into()),
    };
    let table = match name.0.iter().filter_map(|p| p.as_ident()).map(normal).collect::<Vec<_>>().as_slice() {
        [table] => TableName::public(table),
        [schema, table] | [_, schema, table] => TableName::new(schema, table),
        _ => return Err(wrong().into()),
    };
    if !then.has_table(&table) && catalog::is_virtual(&table) {
        return plan_err!("`{table}` is computed, not stored, so it has no versions; use the tables it is made from")
            .map_err(Into::into);
    }
    catalog::table(session, &then, &table).await
}

/// An identifier as it is meant: in quotes as it stands, else in lower case.
fn normal(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(v) => match &v.value {
            Value::Number(text, _) => Some(text.clone()),
            Value::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        Expr::TypedString(typed) => match &typed.value.value {
            Value::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}
