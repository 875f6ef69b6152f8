//! Statements that change the project: each is one project commit.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result as EngineResult, plan_err};
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, LogicalPlanBuilder, WriteOp, dml::InsertOp};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::helpers::stmt_create_table::CreateTableBuilder;
use datafusion::sql::sqlparser::ast::{
    CreateTable, CreateView, Insert, ObjectName, ObjectType, Statement as SqlStatement,
};
use outcrop_store::{NewFiles, Project, Snapshot, TableWriter, Transaction, View};
use outcrop_types::tables::TableName;

use super::near::near_table;
use super::origin::lineage_row;
use super::{plan, volume};
use crate::answer::{Answer, Rows};
use crate::catalog;
use crate::error::SessionError;
use crate::seismic;
use crate::session::Session;
use crate::workflow::Origin;

/// Who a commit is by.
pub(crate) fn author(session: &Session) -> &str {
    &session.actor().author
}

/// Begins a change: by whom the session acts for, and once only where they say so.
pub(crate) async fn begin(
    session: &Session,
    project: &Project,
    operation: &str,
    text: &str,
) -> Result<Transaction, SessionError> {
    let actor = session.actor();
    let transaction = project.begin(&actor.author, operation, text).await?;
    if let Some(key) = &actor.once {
        let node = session.inner().step.as_ref().and_then(|step| step.origin.as_ref()).map(|o| &o.node);
        transaction.set_key(&node.map_or_else(|| key.clone(), |node| actor.key_of_node(key, node)));
    }
    Ok(transaction)
}

pub(crate) fn project<'a>(session: &'a Session, what: &'static str) -> Result<&'a Project, SessionError> {
    session.project().ok_or(SessionError::NoProject(what))
}

/// The project's table that a name means.
pub(super) fn table_name(name: &ObjectName) -> EngineResult<TableName> {
    let parts: Vec<String> = name
        .0
        .iter()
        .filter_map(|p| p.as_ident())
        .map(|i| if i.quote_style.is_some() { i.value.clone() } else { i.value.to_lowercase() })
        .collect();
    let table = match parts.as_slice() {
        [table] => TableName::public(table),
        [schema, table] | [_, schema, table] => TableName::new(schema, table),
        _ => return plan_err!("`{name}` is not a table name; write name or schema.name"),
    };
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if !plain(&table.schema) || !plain(&table.name) {
        return plan_err!("`{name}`: a table's name has letters, digits, `_` and `-` only");
    }
    Ok(table)
}

/// A table the user may write: not one of the engine's own, not a computed one.
fn writable(name: &ObjectName) -> EngineResult<TableName> {
    let table = table_name(name)?;
    if table.schema == "outcrop" || table.schema == "information_schema" {
        return plan_err!("`{table}` belongs to the engine; use another schema");
    }
    if table.schema == seismic::BRICKS || table.schema == seismic::HEADERS {
        return plan_err!("`{table}` belongs to the volume `seismic.{}`; drop or import that", table.name);
    }
    if catalog::is_virtual(&table) {
        return plan_err!("`{table}` is computed from other tables; use another name");
    }
    Ok(table)
}

/// The same for a name as SQL writes it.
pub(crate) fn writable_table(session: &Session, name: &str) -> Result<TableName, SessionError> {
    match session.one(&format!("DROP TABLE {name}"))? {
        Statement::Statement(sql) => match *sql {
            SqlStatement::Drop { names, .. } => match names.as_slice() {
                [name] => Ok(writable(name)?),
                _ => Err(SessionError::Empty),
            },
            _ => Err(SessionError::Empty),
        },
        _ => Err(SessionError::Empty),
    }
}

/// What a commit says of a statement: of a workflow's, whose it is.
fn said(session: &Session, text: &str) -> String {
    let origin = session.inner().step.as_ref().and_then(|step| step.origin.as_ref());
    origin.map_or_else(|| text.to_owned(), Origin::message)
}

/// The commit that a statement reads: that of the workflow's run it belongs to, else the one it changes.
fn read(session: &Session, changed: Snapshot) -> Snapshot {
    session.inner().step.as_ref().and_then(|step| step.snapshot.clone()).unwrap_or(changed)
}

/// `CREATE TABLE name AS SELECT …`, `CREATE TABLE name (column type, …)`.
pub(super) async fn create(session: &Session, create: CreateTable) -> Result<Answer, SessionError> {
    let project = project(session, "CREATE TABLE")?;
    let text = create.to_string();
    let table = writable(&create.name)?;
    if create.external
        || create.temporary
        || create.partition_by.is_some()
        || create.like.is_some()
        || create.clone.is_some()
        || create.location.is_some()
    {
        return plan_err!(
            "CREATE TABLE takes `name AS SELECT …` or `name (column type, …)`, and OR REPLACE or IF NOT EXISTS"
        )
        .map_err(Into::into);
    }
    let options = create.columns.iter().any(|c| !c.options.is_empty()) || !create.constraints.is_empty();
    if options || (create.query.is_some() && !create.columns.is_empty()) {
        return plan_err!(
            "CREATE TABLE {table}: NOT NULL, DEFAULT, keys, checks and a list of columns before AS are not supported; name and cast columns in the query"
        )
        .map_err(Into::into);
    }
    let claimed = CreateTableBuilder::new(create.name.clone())
        .or_replace(create.or_replace)
        .if_not_exists(create.if_not_exists)
        .columns(create.columns.clone())
        .query(create.query.clone())
        .build()
        .to_string();
    if claimed != text {
        return plan_err!("CREATE TABLE {table}: only `{claimed}` is understood; leave out the rest")
            .map_err(Into::into);
    }
    // What is read and what is written belong to one commit: a change by another program in between is then noticed.
    let mut transaction = begin(session, project, "create table", &said(session, &text)).await?;
    let snapshot = transaction.base().clone();
    let exists = snapshot.has_table(&table) || snapshot.view(&table).is_some();
    if exists && create.if_not_exists {
        return Ok(Answer::Done { message: format!("`{table}` is there already"), rows: 0, commit: None });
    }
    if exists && !create.or_replace {
        return plan_err!("there is a table `{table}` already; CREATE OR REPLACE TABLE replaces it")
            .map_err(Into::into);
    }
    let statement = match &create.query {
        Some(query) => Statement::Statement(Box::new(SqlStatement::Query(query.clone()))),
        None => {
            let Some(statement) = session.parse(&empty_select(&create))?.pop() else { return Err(SessionError::Empty) };
            statement
        }
    };
    let planned = plan(session, statement, Some(read(session, snapshot))).await?;
    let optimised = planned.state.optimize(&planned.plan)?;
    let rows = session.start(&planned.state, &optimised, Arc::clone(&planned.notices)).await?;
    let schema = storable(rows.schema());
    let (files, count);
    if volume::is_volume(&table, &schema) {
        (transaction, files, count) = volume::store(session, transaction, &table, schema, rows).await?;
    } else {
        let writer = transaction.write_new(&table, Arc::clone(&schema))?;
        let written = drain(rows, writer, &schema, |_| Ok(())).await?;
        (count, files) = (written.rows(), vec![written]);
    }
    if exists && create.or_replace {
        if transaction.base().view(&table).is_some() {
            transaction.drop_view(&table);
        }
        for part in seismic::parts(transaction.base(), &table) {
            if files.iter().all(|f| *f.table() != part) {
                transaction.drop_table(&part).await?;
            }
        }
    }
    files.into_iter().for_each(|files| transaction.replace(files));
    transaction
        .append_rows(&TableName::outcrop("lineage"), lineage_row(&table, &text, &planned)?, Some("commit"))
        .await?;
    let commit = transaction.commit().await?;
    let notes: String = planned.notices.take().iter().map(|note| format!("\nnote: {note}")).collect();
    Ok(Answer::Done {
        message: format!("{} into `{table}` (commit {}){notes}", rows_of(count), commit.number),
        rows: count,
        commit: Some(commit.number),
    })
}

/// A number of rows in words: `1 row`, `2 rows`.
pub fn rows_of(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// A query without rows that has the columns of a table definition: types are then the engine's own.
fn empty_select(create: &CreateTable) -> String {
    let columns: Vec<String> =
        create.columns.iter().map(|c| format!("CAST(NULL AS {}) AS {}", c.data_type, c.name)).collect();
    format!("SELECT {} WHERE false", columns.join(", "))
}

/// `INSERT INTO name SELECT … | VALUES …`.
pub(super) async fn insert(session: &Session, insert: Insert) -> Result<Answer, SessionError> {
    let project = project(session, "INSERT")?;
    let text = insert.to_string();
    if insert.overwrite
        || insert.on.is_some()
        || insert.returning.is_some()
        || insert.replace_into
        || insert.partitioned.is_some()
        || insert.or.is_some()
        || insert.ignore
        || insert.table_alias.is_some()
        || insert.output.is_some()
        || insert.priority.is_some()
        || insert.insert_alias.is_some()
        || insert.settings.is_some()
        || insert.format_clause.is_some()
        || !(insert.assignments.is_empty()
            && insert.after_columns.is_empty()
            && insert.multi_table_into_clauses.is_empty())
    {
        return plan_err!("INSERT takes `INTO name [(columns)] SELECT …` or `VALUES …`; OVERWRITE, ON CONFLICT, RETURNING and the like are not supported")
            .map_err(Into::into);
    }
    let name = match &insert.table {
        datafusion::sql::sqlparser::ast::TableObject::TableName(name) => name.clone(),
        other => return plan_err!("`{other}` is not a table of the project").map_err(Into::into),
    };
    let table = writable(&name)?;
    let transaction = begin(session, project, "insert", &said(session, &text)).await?;
    let snapshot = transaction.base().clone();
    if snapshot.view(&table).is_some() {
        return plan_err!("`{table}` is computed from other tables; INSERT INTO those").map_err(Into::into);
    }
    if !snapshot.has_table(&table) {
        return plan_err!(
            "there is no table `{table}`{}; CREATE TABLE {table} AS SELECT … makes one",
            near_table(&snapshot, &table)
        )
        .map_err(Into::into);
    }
    if seismic::is_part(&snapshot, &table) {
        return plan_err!("`{table}` is a volume, whose traces are not changed in place; import the traces, or CREATE TABLE … AS SELECT …")
            .map_err(Into::into);
    }
    let statement = Statement::Statement(Box::new(SqlStatement::Insert(insert)));
    let mut wells = match table == TableName::public("wells") {
        true => Some(well_names(session, snapshot.clone()).await?),
        false => None,
    };
    let planned = plan(session, statement, Some(read(session, snapshot))).await?;
    let LogicalPlan::Dml(DmlStatement { op: WriteOp::Insert(InsertOp::Append), input, .. }) = &planned.plan else {
        return plan_err!("only INSERT INTO is supported").map_err(Into::into);
    };
    let optimised = planned.state.optimize(&uncast(input)?)?;
    let rows = session.start(&planned.state, &optimised, Arc::clone(&planned.notices)).await?;
    let schema = storable(rows.schema());
    let writer = transaction.write(&table, Arc::clone(&schema)).await?;
    let files = drain(rows, writer, &schema, |batch| match &mut wells {
        Some(wells) => each_well_once(wells, batch),
        None => Ok(()),
    })
    .await?;
    let count = files.rows();
    if count == 0 {
        return Ok(Answer::Done { message: format!("0 rows into `{table}`; nothing changed"), rows: 0, commit: None });
    }
    transaction.append(files);
    let row = lineage_row(&table, &text, &planned)?;
    transaction.append_rows(&TableName::outcrop("lineage"), row, Some("commit")).await?;
    let commit = transaction.commit().await?;
    Ok(Answer::Done {
        message: format!("{} into `{table}` (commit {})", rows_of(count), commit.number),
        rows: count,
        commit: Some(commit.number),
    })
}

/// The wells that a project has.
async fn well_names(session: &Session, snapshot: Snapshot) -> Result<HashSet<String>, SessionError> {
    let Some(statement) = session.parse("SELECT well FROM wells")?.pop() else { return Err(SessionError::Empty) };
    let planned = plan(session, statement, Some(snapshot)).await?;
    let optimised = planned.state.optimize(&planned.plan)?;
    let rows = session.start(&planned.state, &optimised, planned.notices).await?;
    let mut names = HashSet::new();
    for batch in rows.collect().await? {
        names.extend(texts(&batch, "well")?.iter().flatten().map(str::to_owned));
    }
    Ok(names)
}

/// Refuses a second row of a well: everything that is joined to it would be there twice.
fn each_well_once(known: &mut HashSet<String>, batch: &RecordBatch) -> EngineResult<()> {
    for well in texts(batch, "well")?.iter().flatten() {
        if !known.insert(well.to_owned()) {
            return plan_err!(
                "INSERT INTO wells: a wellbore has one row, and `{well}` has one already; \
                 UPDATE wells SET … WHERE well = '{}' changes it, MERGE INTO wells does the one or the other",
                well.replace('\'', "''")
            );
        }
    }
    Ok(())
}

/// A column as text; empty where there is none of that name.
fn texts(batch: &RecordBatch, name: &str) -> EngineResult<StringArray> {
    match batch.column_by_name(name) {
        Some(column) => Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone()),
        None => Ok(StringArray::new_null(0)),
    }
}

/// The rows of an INSERT before the engine's casts, which turn a number that is too large into infinity and cut decimals
/// off: the store casts too, and refuses what does not fit.
fn uncast(input: &LogicalPlan) -> EngineResult<LogicalPlan> {
    let LogicalPlan::Projection(projection) = input else { return Ok(input.clone()) };
    let expressions = projection.expr.iter().map(|e| match e {
        Expr::Alias(alias) => match alias.expr.as_ref() {
            // A column that is left out is a NULL, which has no type of its own.
            Expr::Cast(cast) if !matches!(cast.expr.as_ref(), Expr::Literal(v, _) if v.is_null()) => {
                cast.expr.as_ref().clone().alias(alias.name.clone())
            }
            _ => e.clone(),
        },
        other => other.clone(),
    });
    LogicalPlanBuilder::from(projection.input.as_ref().clone()).project(expressions)?.build()
}

/// `CREATE VIEW name AS SELECT …`: kept in the project.
pub(super) async fn create_view(session: &Session, create: CreateView) -> Result<Answer, SessionError> {
    let project = project(session, "CREATE VIEW")?;
    let text = create.to_string();
    let view = writable(&create.name)?;
    if create.materialized || create.temporary || !create.columns.is_empty() {
        return plan_err!("CREATE VIEW takes `name AS SELECT …`; name the columns in the query").map_err(Into::into);
    }
    let claimed = format!(
        "CREATE {}VIEW {}{} AS {}",
        if create.or_replace { "OR REPLACE " } else { "" },
        if create.if_not_exists { "IF NOT EXISTS " } else { "" },
        create.name,
        create.query
    );
    if claimed != text {
        return plan_err!("CREATE VIEW {view}: only `{claimed}` is understood; leave out the rest").map_err(Into::into);
    }
    let transaction = begin(session, project, "create view", &text).await?;
    let snapshot = transaction.base().clone();
    if snapshot.has_table(&view) {
        return plan_err!("there is a table `{view}`; DROP it first or use another name").map_err(Into::into);
    }
    if snapshot.view(&view).is_some() && create.if_not_exists {
        return Ok(Answer::Done { message: format!("`{view}` is there already"), rows: 0, commit: None });
    }
    // A view that cannot be planned is refused now, not when it is used.
    let statement = Statement::Statement(Box::new(SqlStatement::Query(create.query.clone())));
    super::plan_within(session, statement, Some(snapshot), vec![view.clone()]).await?;
    transaction.put_view(&view, View { sql: create.query.to_string(), description: None }, create.or_replace)?;
    let commit = transaction.commit().await?;
    Ok(Answer::Done {
        message: format!("view `{view}` (commit {})", commit.number),
        rows: 0,
        commit: Some(commit.number),
    })
}

/// `DROP TABLE name`, `DROP VIEW name`.
pub(super) async fn drop(
    session: &Session,
    kind: ObjectType,
    if_exists: bool,
    names: Vec<ObjectName>,
) -> Result<Answer, SessionError> {
    let project = project(session, "DROP")?;
    let views = match kind {
        ObjectType::Table => false,
        ObjectType::View => true,
        other => return plan_err!("DROP {other} is not supported; DROP TABLE and DROP VIEW are").map_err(Into::into),
    };
    let (word, operation) = if views { ("view", "drop view") } else { ("table", "drop table") };
    let shown: Vec<String> = names.iter().map(ToString::to_string).collect();
    let transaction =
        begin(session, project, operation, &format!("DROP {} {}", word.to_uppercase(), shown.join(", "))).await?;
    let mut dropped = 0;
    for name in &names {
        let table = writable(name)?;
        let there =
            if views { transaction.base().view(&table).is_some() } else { transaction.base().has_table(&table) };
        match (there, if_exists) {
            (true, _) if views => {
                transaction.drop_view(&table);
                dropped += 1;
            }
            (true, _) => {
                for part in seismic::parts(transaction.base(), &table) {
                    transaction.drop_table(&part).await?;
                }
                dropped += 1;
            }
            (false, true) => {}
            (false, false) => {
                let near = near_table(transaction.base(), &table);
                return plan_err!("there is no {word} `{table}`{near}").map_err(Into::into);
            }
        }
    }
    if dropped == 0 {
        return Ok(Answer::Done { message: "nothing to drop".to_owned(), rows: 0, commit: None });
    }
    let commit = transaction.commit().await?;
    Ok(Answer::Done {
        message: format!("dropped {} (commit {})", shown.join(", "), commit.number),
        rows: 0,
        commit: Some(commit.number),
    })
}

/// The schema as it is stored: result columns may all be null, and a type of no values becomes text.
fn storable(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|f| {
            // Metadata without text says that there is none.
            let metadata = f.metadata().iter().filter(|(_, text)| !text.is_empty());
            let metadata = metadata.map(|(key, text)| (key.clone(), text.clone())).collect();
            let f = f.as_ref().clone().with_nullable(true).with_metadata(metadata);
            if f.data_type().is_null() { f.with_data_type(arrow::datatypes::DataType::Utf8) } else { f }
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// Writes a stream into a table's new files, off the async threads; each batch is shown before, and may be refused.
async fn drain(
    mut rows: Rows,
    writer: TableWriter,
    schema: &SchemaRef,
    mut check: impl FnMut(&RecordBatch) -> EngineResult<()>,
) -> Result<NewFiles, SessionError> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<RecordBatch>(2);
    let writing = tokio::task::spawn_blocking(move || {
        let mut writer = writer;
        while let Some(batch) = receiver.blocking_recv() {
            writer.write(&batch)?;
        }
        Ok::<_, outcrop_store::StoreError>(writer)
    });
    while let Some(batch) = rows.next().await? {
        let columns = batch
            .columns()
            .iter()
            .zip(schema.fields())
            .map(|(c, f)| {
                if c.data_type() == f.data_type() { Ok(Arc::clone(c)) } else { arrow::compute::cast(c, f.data_type()) }
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(DataFusionError::from)?;
        let batch = RecordBatch::try_new(Arc::clone(schema), columns).map_err(DataFusionError::from)?;
        check(&batch)?;
        if sender.send(batch).await.is_err() {
            break;
        }
    }
    std::mem::drop(sender);
    let writer = writing.await.map_err(|e| DataFusionError::Execution(format!("writing stopped: {e}")))??;
    let finishing = tokio::task::spawn_blocking(move || writer.finish()).await;
    Ok(finishing.map_err(|e| DataFusionError::Execution(format!("writing stopped: {e}")))??)
}
