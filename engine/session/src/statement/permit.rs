//! What a statement may do, by who asks.

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;

use crate::error::SessionError;
use crate::session::Session;

/// Refuses a statement that changes something to somebody who may only read.
pub(super) fn statement(session: &Session, statement: &Statement) -> Result<(), SessionError> {
    match keyword(statement) {
        Some(what) => writing(session, what),
        None => Ok(()),
    }
}

/// Refuses a change to somebody who may only read.
pub(crate) fn writing(session: &Session, what: &'static str) -> Result<(), SessionError> {
    let actor = session.actor();
    if actor.writes { Ok(()) } else { Err(SessionError::Forbidden { user: actor.author.clone(), what }) }
}

/// The keyword of a statement that changes something; none for one that only reads. What is not known to only read
/// counts as a change.
pub(crate) fn keyword(statement: &Statement) -> Option<&'static str> {
    match statement {
        Statement::Explain(explain) => keyword(&explain.statement),
        Statement::CopyTo(_) => Some("COPY"),
        Statement::Statement(sql) => match &**sql {
            SqlStatement::Query(_)
            | SqlStatement::ExplainTable { .. }
            | SqlStatement::ShowTables { .. }
            | SqlStatement::ShowColumns { .. }
            | SqlStatement::ShowFunctions { .. }
            | SqlStatement::ShowVariable { .. }
            | SqlStatement::ShowCreate { .. } => None,
            SqlStatement::Explain { statement, .. } => keyword(&Statement::Statement(statement.clone())),
            SqlStatement::Insert(_) => Some("INSERT"),
            SqlStatement::Update(_) => Some("UPDATE"),
            SqlStatement::Delete(_) => Some("DELETE"),
            SqlStatement::Merge(_) => Some("MERGE"),
            SqlStatement::Truncate(_) => Some("TRUNCATE"),
            SqlStatement::CreateTable(_) => Some("CREATE TABLE"),
            SqlStatement::CreateView(_) => Some("CREATE VIEW"),
            SqlStatement::Drop { .. } => Some("DROP"),
            SqlStatement::Comment { .. } => Some("COMMENT"),
            _ => Some("this statement"),
        },
        _ => Some("this statement"),
    }
}
