//! `COPY table | (query) TO 'file'`: one file, whole or not at all, only where the session may write.

use datafusion::common::plan_err;
use datafusion::sql::parser::{CopyToSource, CopyToStatement, Statement};
use datafusion::sql::sqlparser::ast::{SetExpr, Statement as SqlStatement};

use super::plan;
use super::sink::{Format, Sink};
use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;

/// Runs it.
pub(super) async fn run(session: &Session, copy: CopyToStatement) -> Result<Answer, SessionError> {
    let format = Format::choose(copy.stored_as.as_deref(), &copy.target)?;
    if !copy.partitioned_by.is_empty() {
        return plan_err!("COPY … PARTITIONED BY is not supported; COPY each part with its own WHERE")
            .map_err(Into::into);
    }
    if let Some((name, _)) = copy.options.first() {
        return plan_err!("COPY has no option `{name}` here").map_err(Into::into);
    }
    let query = match copy.source {
        CopyToSource::Query(query) if matches!(*query.body, SetExpr::Insert(_) | SetExpr::Update(_)) => {
            return plan_err!("COPY takes a query that reads").map_err(Into::into);
        }
        CopyToSource::Query(query) => query,
        CopyToSource::Relation(name) => match session.parse(&format!("SELECT * FROM {name}"))?.pop() {
            Some(Statement::Statement(sql)) => match *sql {
                SqlStatement::Query(query) => query,
                _ => return Err(SessionError::Empty),
            },
            _ => return Err(SessionError::Empty),
        },
    };
    // Where it may be written is decided before anything is read.
    let location = session.roots().resolve_for_writing(&copy.target, session.base())?;
    let inside = |folder: &std::path::Path| folder.join("project.toml").is_file() && folder.join("commits").is_dir();
    if let Some(folder) = location.local.as_deref().and_then(|p| p.ancestors().skip(1).find(|a| inside(a))) {
        return plan_err!(
            "{} lies inside the project {}, whose files are its own; write beside it",
            location.display,
            folder.display()
        )
        .map_err(Into::into);
    }
    let planned = plan(session, Statement::Statement(Box::new(SqlStatement::Query(query))), None).await?;
    let optimised = planned.state.optimize(&planned.plan)?;
    let mut rows = session.start(&planned.state, &optimised, planned.notices).await?;
    let mut sink = Sink::new(format, session.roots().writer(&location)?, rows.schema())?;
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        count += batch.num_rows();
        sink = tokio::task::spawn_blocking(move || sink.write(&batch).map(|()| sink))
            .await
            .map_err(|e| datafusion::error::DataFusionError::Execution(format!("writing stopped: {e}")))??;
    }
    sink.finish()?;
    Ok(Answer::Done { message: format!("{count} rows into {}", location.display), commit: None })
}
