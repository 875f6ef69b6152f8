//! SQL: statements, their rows as Arrow IPC.

use std::pin::Pin;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::ipc::writer::StreamWriter;
use datafusion::common::{ParamValues, ScalarValue};
use futures::{Stream, StreamExt, TryStreamExt};
use outcrop_proto::v1::query_response::Part;
use outcrop_proto::v1::query_service_server::QueryService;
use outcrop_proto::v1::{
    CancelQueryRequest, CancelQueryResponse, DescribeQueryRequest, DescribeQueryResponse, QueryBegin, QueryEnd,
    QueryRequest, QueryResponse, Value, value,
};
use tonic::{Request, Response, Status};

use outcrop_meta::Role;

use super::{Service, caller, given};
use crate::error::Refusal;
use crate::queries::{Asked, Guarded, Reply};

/// Answers of a query.
pub(super) type Parts = Pin<Box<dyn Stream<Item = Result<QueryResponse, Status>> + Send>>;

/// Rows of one message; larger batches are cut.
const ROWS: usize = 65_536;

#[tonic::async_trait]
impl QueryService for Service {
    type QueryStream = Parts;

    async fn query(&self, request: Request<QueryRequest>) -> Result<Response<Parts>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let values = (!asked.parameters.is_empty()).then(|| parameters(asked.parameters));
        let project = given(&asked.project).map(str::to_owned);
        let id = given(&asked.query_id).map(str::to_owned);
        let reply = self.app.run(&caller, &asked.sql, Asked { id, project, values }).await?;
        Ok(Response::new(match reply {
            Reply::Rows(rows) => parts(rows, asked.row_limit, asked.byte_limit)?,
            Reply::Done { message, rows, commit } => {
                let begin = part(Part::Begin(QueryBegin { query_id: asked.query_id, schema_ipc: Default::default() }));
                let end = QueryEnd { rows, truncated: false, message, commit, notices: Vec::new() };
                Box::pin(futures::stream::iter([Ok(begin), Ok(part(Part::End(end)))]))
            }
        }))
    }

    async fn cancel_query(
        &self,
        request: Request<CancelQueryRequest>,
    ) -> Result<Response<CancelQueryResponse>, Status> {
        let caller = caller(&request)?;
        let of = (caller.role < Role::Admin).then_some(caller.user.as_str());
        let cancelled = self.app.queries.cancel(of, &request.get_ref().query_id);
        Ok(Response::new(CancelQueryResponse { cancelled }))
    }

    async fn describe_query(
        &self,
        request: Request<DescribeQueryRequest>,
    ) -> Result<Response<DescribeQueryResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let prepared = session.prepare(&asked.sql).await.map_err(Refusal::from)?;
        let schema_ipc = match &prepared.columns {
            Some(schema) => ipc(schema, None)?.into(),
            None => Default::default(),
        };
        let parameter_types = prepared.parameters.iter().map(ToString::to_string).collect();
        Ok(Response::new(DescribeQueryResponse { writes: prepared.writes, schema_ipc, parameter_types }))
    }
}

fn part(part: Part) -> QueryResponse {
    QueryResponse { part: Some(part) }
}

/// Values as a list of parameters.
fn parameters(values: Vec<Value>) -> ParamValues {
    let scalar = |value: Value| match value.value {
        None | Some(value::Value::NullValue(_)) => ScalarValue::Null,
        Some(value::Value::BoolValue(v)) => ScalarValue::Boolean(Some(v)),
        Some(value::Value::IntValue(v)) => ScalarValue::Int64(Some(v)),
        Some(value::Value::DoubleValue(v)) => ScalarValue::Float64(Some(v)),
        Some(value::Value::StringValue(v)) => ScalarValue::Utf8(Some(v)),
        Some(value::Value::BytesValue(v)) => ScalarValue::Binary(Some(v.to_vec())),
    };
    ParamValues::from(values.into_iter().map(scalar).collect::<Vec<_>>())
}

/// The schema, and a batch where there is one, as a stream of Arrow IPC that can be read by itself.
pub(super) fn ipc(schema: &Arc<Schema>, batch: Option<&RecordBatch>) -> Result<Vec<u8>, Refusal> {
    let fault = |e: arrow::error::ArrowError| Refusal::Fault(format!("rows could not be sent: {e}"));
    let mut writer = StreamWriter::try_new(Vec::new(), schema).map_err(fault)?;
    if let Some(batch) = batch {
        writer.write(batch).map_err(fault)?;
    }
    writer.into_inner().map_err(fault)
}

/// Rows as messages, up to the limits; a limit of 0 is none.
pub(super) fn parts(rows: Guarded, row_limit: u64, byte_limit: u64) -> Result<Parts, Refusal> {
    let schema = rows.schema();
    let begin = QueryBegin { query_id: rows.id().to_owned(), schema_ipc: ipc(&schema, None)?.into() };
    let state = Sending { rows, waiting: None, sent: 0, bytes: 0, row_limit, byte_limit, over: false };
    let rest = futures::stream::try_unfold(state, |mut state| async move {
        let next = state.next().await?;
        Ok::<_, Refusal>(next.map(|message| (message, state)))
    });
    let first = futures::stream::once(async move { Ok(part(Part::Begin(begin))) });
    Ok(Box::pin(first.chain(rest).map_err(Status::from)))
}

struct Sending {
    rows: Guarded,
    waiting: Option<RecordBatch>,
    sent: u64,
    bytes: u64,
    row_limit: u64,
    byte_limit: u64,
    over: bool,
}

impl Sending {
    async fn next(&mut self) -> Result<Option<QueryResponse>, Refusal> {
        if self.over {
            return Ok(None);
        }
        loop {
            let full = (self.row_limit > 0 && self.sent >= self.row_limit)
                || (self.byte_limit > 0 && self.bytes >= self.byte_limit);
            let batch = match self.waiting.take() {
                Some(batch) => Some(batch),
                None => self.rows.next().await.transpose()?,
            };
            let Some(batch) = batch else { return Ok(Some(self.end(false))) };
            if batch.num_rows() == 0 {
                continue;
            }
            if full {
                return Ok(Some(self.end(true)));
            }
            let left = if self.row_limit > 0 { self.row_limit - self.sent } else { u64::MAX };
            let take = batch.num_rows().min(ROWS).min(usize::try_from(left).unwrap_or(usize::MAX));
            if take < batch.num_rows() {
                self.waiting = Some(batch.slice(take, batch.num_rows() - take));
            }
            let bytes = ipc(&self.rows.schema(), Some(&batch.slice(0, take)))?;
            self.sent += take as u64;
            self.bytes += bytes.len() as u64;
            return Ok(Some(part(Part::ArrowIpc(bytes.into()))));
        }
    }

    fn end(&mut self, truncated: bool) -> QueryResponse {
        self.over = true;
        let notices = self.rows.rows().notices().take();
        part(Part::End(QueryEnd { rows: self.sent, truncated, message: String::new(), commit: None, notices }))
    }
}
