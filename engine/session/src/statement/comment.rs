//! `COMMENT ON TABLE name IS 'text'`, `COMMENT ON COLUMN table.column IS 'text'` and `COMMENT ON VIEW name IS 'text'`; NULL
//! takes the text away.

use datafusion::common::plan_err;
use datafusion::sql::sqlparser::ast::{CommentObject, Ident, ObjectName};
use outcrop_store::View;

use super::change::{changeable, no_column};
use super::tables::{begin, project, table_name};
use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;

/// Keeps the text in the project: descriptions of columns are in the schema of the table, those of tables and views in
/// the commit.
pub(super) async fn run(
    session: &Session,
    kind: CommentObject,
    name: ObjectName,
    text: Option<String>,
    if_exists: bool,
) -> Result<Answer, SessionError> {
    let project = project(session, "COMMENT")?;
    let shown = text.as_ref().map_or("NULL".to_owned(), |t| format!("'{}'", t.replace('\'', "''")));
    let message = format!("COMMENT ON {kind} {name} IS {shown}");
    let transaction = begin(session, project, "comment", &message).await?;
    let snapshot = transaction.base().clone();
    let changed = match kind {
        _ if if_exists => return plan_err!("COMMENT IF EXISTS is not supported; leave it out").map_err(Into::into),
        CommentObject::Column => {
            let mut parts = name.0.clone();
            let Some(column) = parts.pop().and_then(|p| p.as_ident().cloned()).filter(|_| !parts.is_empty()) else {
                return plan_err!("`{name}` is not a column; write COMMENT ON COLUMN table.column IS '…'")
                    .map_err(Into::into);
            };
            let table = changeable(&snapshot, &ObjectName(parts), "COMMENT ON COLUMN")?;
            let normal = |i: &Ident| if i.quote_style.is_some() { i.value.clone() } else { i.value.to_lowercase() };
            let column = normal(&column);
            let schema = &snapshot.table(&table).await?.schema;
            if schema.field_with_name(&column).is_err() {
                return no_column(&table, &column, schema).map_err(Into::into);
            }
            transaction.describe_column(&table, &column, text.as_deref().unwrap_or_default()).await?
        }
        CommentObject::Table => {
            let table = changeable(&snapshot, &name, "COMMENT ON TABLE")?;
            transaction.describe_table(&table, text.as_deref().unwrap_or_default()).await?
        }
        CommentObject::View => {
            let view = table_name(&name)?;
            let Some(now) = snapshot.view(&view) else {
                return plan_err!("there is no view `{view}` that CREATE VIEW made").map_err(Into::into);
            };
            let described = View { sql: now.sql.clone(), description: text.filter(|t| !t.is_empty()) };
            let changed = described != *now;
            if changed {
                transaction.put_view(&view, described, true)?;
            }
            changed
        }
        _ => {
            return plan_err!(
                "COMMENT ON {kind} is not supported; COMMENT ON TABLE, COMMENT ON COLUMN and COMMENT ON VIEW are"
            )
            .map_err(Into::into);
        }
    };
    if !changed {
        return Ok(Answer::Done { message: format!("`{name}` is described so already"), rows: 0, commit: None });
    }
    let commit = transaction.commit().await?;
    Ok(Answer::Done {
        message: format!("`{name}` described (commit {})", commit.number),
        rows: 0,
        commit: Some(commit.number),
    })
}
