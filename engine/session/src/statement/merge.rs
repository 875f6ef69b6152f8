//! MERGE: a table brought into line with a source, in one project commit.

use datafusion::common::{Result as EngineResult, plan_err};
use datafusion::sql::sqlparser::ast::{
    Merge, MergeAction, MergeClauseKind, MergeInsertExpr, MergeInsertKind, MergeUpdateExpr, ObjectName, TableFactor,
};
use outcrop_store::StoreError;

use super::change::{Target, finish, refuse, rewrite};
use super::rewrite::{Action, CLAUSE, Clause, Value, place};
use super::tables::{begin, project};
use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;

/// Column that is true in every row of the source, and null where a row of the table has none.
const PRESENT: &str = "outcrop source row";

/// Which rows a clause is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Matched,
    /// A row of the source without one of the table.
    Source,
    /// A row of the table without one of the source.
    Table,
}

/// A WHEN clause as the query needs it.
struct When {
    side: Side,
    condition: Option<String>,
    action: Action,
    /// Columns of the table with the text of their values.
    set: Vec<(usize, String)>,
}

/// `MERGE INTO name USING source ON … WHEN [NOT] MATCHED [BY SOURCE | BY TARGET] [AND …] THEN …`.
///
/// The first clause whose condition is true decides about a row. A row of the table that clauses would change twice is an
/// error. All clauses see the table as it was.
pub(super) async fn run(session: &Session, merge: Merge) -> Result<Answer, SessionError> {
    let project = project(session, "MERGE")?;
    let text = merge.to_string();
    refuse(&[(merge.output.is_some(), "OUTPUT or RETURNING"), (!merge.optimizer_hints.is_empty(), "hint")], "MERGE")?;
    let transaction = begin(session, project, "merge", &text).await?;
    let target = Target::of_factor(&transaction, &merge.table, "MERGE INTO").await?;
    let (source, bare) = source(&merge.source)?;
    let clauses = merge.clauses.iter().map(|clause| when(&target, clause)).collect::<EngineResult<Vec<_>>>()?;
    if clauses.is_empty() {
        return plan_err!("MERGE needs a clause: WHEN MATCHED THEN UPDATE SET …, WHEN NOT MATCHED THEN INSERT …")
            .map_err(Into::into);
    }
    let source_relation = format!("(SELECT *, true AS \"{PRESENT}\" FROM {bare}) AS {source}");

    // Of what a clause may speak is all that is joined for it here, and units are those of the values themselves.
    let mut kinds = Vec::with_capacity(clauses.len());
    let mut at = CLAUSE + 1;
    for clause in &clauses {
        let from = match clause.side {
            Side::Matched => format!("{}, {source_relation}", target.relation()),
            Side::Source => source_relation.clone(),
            Side::Table => target.relation(),
        };
        let values: String =
            clause.set.iter().enumerate().map(|(i, (_, v))| format!(", {v} AS \"value {i}\"")).collect();
        let filter = clause.condition.as_ref().map(|c| format!(" WHERE {c}")).unwrap_or_default();
        let checked = target.plan(session, &format!("SELECT 1 AS \"one\"{values} FROM {from}{filter}")).await?;
        let mut set = Vec::with_capacity(clause.set.len());
        for ((column, _), field) in clause.set.iter().zip(checked.plan.schema().fields().iter().skip(1)) {
            set.push(Value { column: *column, from: at, field: field.as_ref().clone() });
            at += 1;
        }
        kinds.push(Clause { action: clause.action, values: set });
    }

    let planned =
        target.plan(session, &query(&target, &source, &source_relation, &merge.on.to_string(), &clauses)).await?;
    let decided = match &planned.plan {
        datafusion::logical_expr::LogicalPlan::Sort(sort) => sort.input.expressions(),
        other => other.expressions(),
    };
    if decided.get(CLAUSE).is_none_or(|e| e.is_volatile()) {
        return plan_err!("a condition of WHEN … AND cannot use random() and the like").map_err(Into::into);
    }
    // Types are those of the query, in which a value stands inside CASE; units are those found above.
    for value in kinds.iter_mut().flat_map(|k| &mut k.values) {
        let Some(field) = planned.plan.schema().fields().get(value.from) else { return Err(SessionError::Empty) };
        value.field = value.field.clone().with_data_type(field.data_type().clone());
    }
    let counts = rewrite(session, &transaction, &target, &planned, kinds, false).await?;
    if counts.inserted > 0 {
        // Rows that another writer added meanwhile were not compared with the source.
        let (table, version) = (target.table.name.clone(), target.table.version);
        transaction.on_rebase(move |head| {
            let table = table.clone();
            async move {
                match head.table_if_there(&table).await? {
                    Some(now) if now.version == version => Ok(()),
                    _ => Err(StoreError::Refused(format!(
                        "`{table}` was changed meanwhile; nothing was merged: run the statement again"
                    ))),
                }
            }
        });
    }
    let shown = [("inserted", counts.inserted), ("updated", counts.updated), ("deleted", counts.deleted)];
    finish(transaction, &target, &planned, &text, counts, &shown).await
}

/// What the source's columns are qualified with, and the source as it stands in FROM.
fn source(factor: &TableFactor) -> EngineResult<(String, String)> {
    let (TableFactor::Table { alias, .. } | TableFactor::Derived { alias, .. }) = factor else {
        return plan_err!("MERGE … USING takes a table, a file or a query in brackets; found `{factor}`");
    };
    match (alias, factor) {
        (Some(alias), _) if alias.columns.is_empty() => Ok((alias.name.to_string(), factor.to_string())),
        (Some(alias), _) => plan_err!("`{alias}`: name the columns in the query"),
        (None, TableFactor::Table { name, args: None, .. }) if super::pass::quoted_path(name).is_none() => {
            let last = name.0.last().map(ToString::to_string).unwrap_or_default();
            Ok((last, factor.to_string()))
        }
        _ => plan_err!("give the source a name: USING {factor} AS s"),
    }
}

fn when(target: &Target, clause: &datafusion::sql::sqlparser::ast::MergeClause) -> EngineResult<When> {
    let side = match clause.clause_kind {
        MergeClauseKind::Matched => Side::Matched,
        MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => Side::Source,
        MergeClauseKind::NotMatchedBySource => Side::Table,
    };
    let condition = clause.predicate.as_ref().map(ToString::to_string);
    let (action, set) = match (&clause.action, side) {
        (MergeAction::Insert(insert), Side::Source) => (Action::Insert, inserted(target, insert)?),
        (MergeAction::Update(update), Side::Matched | Side::Table) => {
            let MergeUpdateExpr { update_predicate, delete_predicate, .. } = update;
            if update_predicate.is_some() || delete_predicate.is_some() {
                return plan_err!("`{clause}`: put the condition behind WHEN … AND");
            }
            (Action::Update, target.assigned(&update.assignments)?)
        }
        (MergeAction::Delete { .. }, Side::Matched | Side::Table) => (Action::Delete, Vec::new()),
        (_, Side::Source) => return plan_err!("`{clause}`: a row that is not in the table can only be inserted"),
        _ => return plan_err!("`{clause}`: a row that is in the table can be updated or deleted"),
    };
    Ok(When { side, condition, action, set })
}

/// The columns of INSERT with the text of their values.
fn inserted(target: &Target, insert: &MergeInsertExpr) -> EngineResult<Vec<(usize, String)>> {
    let MergeInsertKind::Values(values) = &insert.kind else {
        return plan_err!("MERGE … INSERT ROW is not supported; write INSERT (columns) VALUES (…)");
    };
    let [row] = values.rows.as_slice() else {
        return plan_err!("MERGE … INSERT takes one row of values");
    };
    if insert.insert_predicate.is_some() {
        return plan_err!("MERGE … INSERT … WHERE is not supported; put the condition behind WHEN NOT MATCHED AND");
    }
    let columns: Vec<usize> = match insert.columns.as_slice() {
        [] => (0..target.table.schema.fields().len()).collect(),
        names => names.iter().map(|n: &ObjectName| target.column(n)).collect::<EngineResult<_>>()?,
    };
    let values: Vec<String> = row.iter().map(ToString::to_string).collect();
    if columns.len() != values.len() {
        return plan_err!("MERGE … INSERT names {} columns and gives {} values", columns.len(), values.len());
    }
    if let Some((i, _)) = columns.iter().enumerate().find(|(i, c)| columns.iter().take(*i).any(|d| d == *c)) {
        let name = insert.columns.get(i).map(ToString::to_string).unwrap_or_default();
        return plan_err!("MERGE … INSERT names `{name}` twice");
    }
    Ok(columns.into_iter().zip(values).collect())
}

/// One query for all clauses: the table joined with the source, the number of the clause a row is for, and the values of
/// each clause, which are worked out for the rows of that clause only.
fn query(target: &Target, source: &str, source_relation: &str, on: &str, clauses: &[When]) -> String {
    let (row, present) = (format!("{}.\"{}\"", target.alias, crate::catalog::ROW), format!("{source}.\"{PRESENT}\""));
    let guards: Vec<String> = clauses
        .iter()
        .map(|c| {
            let side = match c.side {
                Side::Matched => format!("{row} IS NOT NULL AND {present} IS NOT NULL"),
                Side::Source => format!("{row} IS NULL"),
                Side::Table => format!("{present} IS NULL"),
            };
            c.condition.as_ref().map_or(side.clone(), |c| format!("{side} AND ({c})"))
        })
        .collect();
    let numbered: String =
        guards.iter().enumerate().map(|(i, g)| format!(" WHEN {g} THEN CAST({i} AS BIGINT)")).collect();
    let mut columns = format!("{}, CASE{numbered} END AS \"clause\"", place(&target.alias));
    for (i, clause) in clauses.iter().enumerate() {
        let earlier: String = guards.iter().take(i).map(|g| format!(" WHEN {g} THEN NULL")).collect();
        let guard = guards.get(i).map_or("", String::as_str);
        for (n, (_, value)) in clause.set.iter().enumerate() {
            columns.push_str(&format!(", CASE{earlier} WHEN {guard} THEN {value} END AS \"value {i} {n}\""));
        }
    }
    let has = |side: Side| clauses.iter().any(|c| c.side == side);
    let join = match (has(Side::Table), has(Side::Source)) {
        (true, true) => "FULL JOIN",
        (true, false) => "LEFT JOIN",
        (false, true) => "RIGHT JOIN",
        (false, false) => "JOIN",
    };
    format!("SELECT {columns} FROM {} {join} {source_relation} ON {on} ORDER BY 1 NULLS LAST, 2", target.relation())
}
