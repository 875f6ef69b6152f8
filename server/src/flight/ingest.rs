//! Rows that a client sends, into a table.

use std::sync::Arc;

use arrow_flight::decode::DecodedPayload;
use arrow_flight::error::FlightError;
use arrow_flight::sql::server::PeekableFlightDataStream;
use arrow_flight::sql::{CommandStatementIngest, TableDefinitionOptions, TableExistsOption, TableNotExistOption};
use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use outcrop_session::IngestMode;
use tonic::Status;

use super::asking::{Asking, Flight, no_transaction};
use super::binding::decoder;
use super::statement::count;
use crate::app::App;
use crate::compute;
use crate::error::Refusal;
use crate::queries::within;

impl Flight {
    /// Puts the rows into the table; gives their number.
    pub(super) async fn ingest(
        &self,
        asking: Asking,
        wanted: CommandStatementIngest,
        messages: PeekableFlightDataStream,
    ) -> Result<i64, Status> {
        no_transaction(wanted.transaction_id.as_deref())?;
        if wanted.temporary {
            return Err(Refusal::Unsupported(
                "there are no temporary tables here; name one of a schema of your own".to_owned(),
            )
            .into());
        }
        let mode = mode(wanted.table_definition_options.as_ref())?;
        let asking = asking.of(wanted.catalog.as_deref());
        let session = self.session(&asking).await?;
        let schema = wanted.schema.filter(|s| !s.is_empty()).unwrap_or_else(|| "public".to_owned());
        let rows = rows(messages).await?;
        let what = format!("ingest into {schema}.{} ({mode:?})", wanted.table);
        let work = compute::run(async move { Ok(session.ingest((&schema, &wanted.table), mode, rows).await?) });
        let done = worked(&self.app, &asking, work).await;
        written_down(&self.app, &asking, &what, &done).await;
        Ok(count(done?))
    }
}

/// Does some work as a statement of its own: in its place and within the limits.
pub(super) async fn worked<T>(
    app: &Arc<App>,
    asking: &Asking,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let place = app.queries.enter(app, &asking.caller, None)?;
    within(&place, &app.limits, work).await
}

/// Writes into the audit log what became of it.
pub(super) async fn written_down<T>(app: &App, asking: &Asking, what: &str, done: &Result<T, Refusal>) {
    let outcome = done.as_ref().err().map_or_else(|| "ok".to_owned(), ToString::to_string);
    let project = asking.project.as_deref().or(Some(&app.first));
    app.audit(&asking.caller, project, "statement", what, &outcome).await;
}

/// What becomes of a table that is there, or is not.
fn mode(options: Option<&TableDefinitionOptions>) -> Result<IngestMode, Refusal> {
    let Some(options) = options else { return Ok(IngestMode::Append) };
    let missing = TableNotExistOption::try_from(options.if_not_exist).unwrap_or(TableNotExistOption::Unspecified);
    let there = TableExistsOption::try_from(options.if_exists).unwrap_or(TableExistsOption::Unspecified);
    match (missing, there) {
        (TableNotExistOption::Create, TableExistsOption::Fail) => Ok(IngestMode::Create),
        (TableNotExistOption::Create, TableExistsOption::Replace) => Ok(IngestMode::Replace),
        (TableNotExistOption::Create, _) => Ok(IngestMode::CreateOrAppend),
        (_, TableExistsOption::Append | TableExistsOption::Unspecified) => Ok(IngestMode::Append),
        (_, TableExistsOption::Replace) => Err(Refusal::Unsupported(
            "rows cannot replace a table only if it is there; let it be made where it is not".to_owned(),
        )),
        (_, TableExistsOption::Fail) => {
            Err(Refusal::Invalid("rows for a table that may neither be there nor be made".to_owned()))
        }
    }
}

/// The rows as the engine takes them.
async fn rows(messages: PeekableFlightDataStream) -> Result<SendableRecordBatchStream, Refusal> {
    let mut decoder = decoder(messages);
    let wrong = |e: FlightError| Refusal::Invalid(format!("the rows that were sent: {e}"));
    let schema = loop {
        match decoder.next().await.transpose().map_err(wrong)?.map(|message| message.payload) {
            Some(DecodedPayload::Schema(schema)) => break schema,
            Some(DecodedPayload::None) => {}
            Some(DecodedPayload::RecordBatch(_)) | None => {
                return Err(Refusal::Invalid("no rows were sent: the stream has no columns".to_owned()));
            }
        }
    };
    let batches = decoder.filter_map(|message| async {
        match message.map(|m| m.payload) {
            Ok(DecodedPayload::RecordBatch(batch)) => Some(Ok(batch)),
            Ok(_) => None,
            Err(e) => Some(Err(DataFusionError::Execution(format!("the rows that were sent: {e}")))),
        }
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches.boxed())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn modes() {
        let of = |missing: TableNotExistOption, there: TableExistsOption| {
            mode(Some(&TableDefinitionOptions { if_not_exist: missing.into(), if_exists: there.into() }))
        };
        use {TableExistsOption as There, TableNotExistOption as Missing};
        assert_eq!(of(Missing::Create, There::Fail).unwrap(), IngestMode::Create);
        assert_eq!(of(Missing::Fail, There::Append).unwrap(), IngestMode::Append);
        assert_eq!(of(Missing::Create, There::Append).unwrap(), IngestMode::CreateOrAppend);
        assert_eq!(of(Missing::Create, There::Replace).unwrap(), IngestMode::Replace);
        assert_eq!(mode(None).unwrap(), IngestMode::Append);
        assert!(of(Missing::Fail, There::Fail).is_err());
        assert!(of(Missing::Fail, There::Replace).is_err());
    }
}
