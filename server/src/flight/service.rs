//! Which call goes where.

use std::pin::Pin;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::metadata::SqlInfoDataBuilder;
use arrow_flight::sql::server::{FlightSqlService, PeekableFlightDataStream};
use arrow_flight::sql::{
    ActionBeginSavepointRequest, ActionBeginSavepointResult, ActionBeginTransactionRequest,
    ActionBeginTransactionResult, ActionCancelQueryRequest, ActionCancelQueryResult,
    ActionClosePreparedStatementRequest, ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult,
    ActionEndTransactionRequest, CommandGetCatalogs, CommandGetCrossReference, CommandGetDbSchemas,
    CommandGetExportedKeys, CommandGetImportedKeys, CommandGetPrimaryKeys, CommandGetSqlInfo, CommandGetTableTypes,
    CommandGetTables, CommandGetXdbcTypeInfo, CommandPreparedStatementQuery, CommandPreparedStatementUpdate,
    CommandStatementIngest, CommandStatementQuery, CommandStatementUpdate, DoPutPreparedStatementResult, SqlInfo,
    TicketStatementQuery,
};
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest, HandshakeResponse,
    PollInfo, PutResult, SchemaResult, Ticket,
};
use futures::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::asking::{Flight, NO_TRANSACTIONS, caller, no_transaction};
use super::catalog::TABLE_TYPES;
use super::edge::{FlightStream, ready};
use super::ticket::list;
use super::{keys, sql_info, types};
use crate::app::App;

/// A stream of messages of one kind.
pub(super) type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

type Info = Result<Response<FlightInfo>, Status>;
type Rows = Result<Response<FlightStream>, Status>;

/// A list of the catalogue: what a client is told before it fetches it. Its columns do not depend on what is there.
fn told<M: arrow_flight::sql::ProstMessageExt>(
    question: &M,
    empty: &RecordBatch,
    request: Request<FlightDescriptor>,
) -> Info {
    Ok(Response::new(list(question, &empty.schema(), request.into_inner())?))
}

#[tonic::async_trait]
impl FlightSqlService for Flight {
    type FlightService = Flight;

    async fn do_handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Messages<HandshakeResponse>>, Status> {
        self.login(request).await
    }

    async fn get_flight_info_statement(
        &self,
        query: CommandStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Info {
        no_transaction(query.transaction_id.as_deref())?;
        let asking = self.asking(&request)?;
        Ok(Response::new(self.query(asking, &query.query, request.into_inner()).await?))
    }

    async fn get_flight_info_prepared_statement(
        &self,
        query: CommandPreparedStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Info {
        let asking = self.asking(&request)?;
        let info = self.prepared_query(asking, &query.prepared_statement_handle, request.into_inner()).await?;
        Ok(Response::new(info))
    }

    async fn get_flight_info_catalogs(&self, query: CommandGetCatalogs, request: Request<FlightDescriptor>) -> Info {
        let columns = query.into_builder().schema();
        told(&query, &RecordBatch::new_empty(columns), request)
    }

    async fn get_flight_info_schemas(&self, query: CommandGetDbSchemas, request: Request<FlightDescriptor>) -> Info {
        let columns = query.clone().into_builder().schema();
        told(&query, &RecordBatch::new_empty(columns), request)
    }

    async fn get_flight_info_tables(&self, query: CommandGetTables, request: Request<FlightDescriptor>) -> Info {
        let columns = query.clone().into_builder().schema();
        told(&query, &RecordBatch::new_empty(columns), request)
    }

    async fn get_flight_info_table_types(
        &self,
        query: CommandGetTableTypes,
        request: Request<FlightDescriptor>,
    ) -> Info {
        let columns = query.into_builder().schema();
        told(&query, &RecordBatch::new_empty(columns), request)
    }

    async fn get_flight_info_sql_info(&self, query: CommandGetSqlInfo, request: Request<FlightDescriptor>) -> Info {
        Ok(Response::new(list(&query, SqlInfoDataBuilder::schema(), request.into_inner())?))
    }

    async fn get_flight_info_primary_keys(
        &self,
        query: CommandGetPrimaryKeys,
        request: Request<FlightDescriptor>,
    ) -> Info {
        told(&query, &keys::primary(), request)
    }

    async fn get_flight_info_exported_keys(
        &self,
        query: CommandGetExportedKeys,
        request: Request<FlightDescriptor>,
    ) -> Info {
        told(&query, &keys::foreign(), request)
    }

    async fn get_flight_info_imported_keys(
        &self,
        query: CommandGetImportedKeys,
        request: Request<FlightDescriptor>,
    ) -> Info {
        told(&query, &keys::foreign(), request)
    }

    async fn get_flight_info_cross_reference(
        &self,
        query: CommandGetCrossReference,
        request: Request<FlightDescriptor>,
    ) -> Info {
        told(&query, &keys::foreign(), request)
    }

    async fn get_flight_info_xdbc_type_info(
        &self,
        query: CommandGetXdbcTypeInfo,
        request: Request<FlightDescriptor>,
    ) -> Info {
        told(&query, &types::list(&query)?, request)
    }

    async fn do_get_statement(&self, ticket: TicketStatementQuery, request: Request<Ticket>) -> Rows {
        self.redeem(self.asking(&request)?, &ticket).await
    }

    async fn do_get_prepared_statement(&self, query: CommandPreparedStatementQuery, request: Request<Ticket>) -> Rows {
        self.prepared_rows(self.asking(&request)?, &query.prepared_statement_handle).await
    }

    async fn do_get_catalogs(&self, _: CommandGetCatalogs, request: Request<Ticket>) -> Rows {
        Ok(ready(self.catalogs(&caller(&request)?).await?))
    }

    async fn do_get_schemas(&self, query: CommandGetDbSchemas, request: Request<Ticket>) -> Rows {
        Ok(ready(self.schemas(&caller(&request)?, query).await?))
    }

    async fn do_get_tables(&self, query: CommandGetTables, request: Request<Ticket>) -> Rows {
        Ok(ready(self.tables(&caller(&request)?, query).await?))
    }

    async fn do_get_table_types(&self, query: CommandGetTableTypes, _: Request<Ticket>) -> Rows {
        let mut builder = query.into_builder();
        TABLE_TYPES.into_iter().for_each(|kind| builder.append(kind));
        Ok(ready(builder.build()?))
    }

    async fn do_get_sql_info(&self, query: CommandGetSqlInfo, _: Request<Ticket>) -> Rows {
        Ok(ready(sql_info::list(&self.app, query)?))
    }

    async fn do_get_primary_keys(&self, _: CommandGetPrimaryKeys, _: Request<Ticket>) -> Rows {
        Ok(ready(keys::primary()))
    }

    async fn do_get_exported_keys(&self, _: CommandGetExportedKeys, _: Request<Ticket>) -> Rows {
        Ok(ready(keys::foreign()))
    }

    async fn do_get_imported_keys(&self, _: CommandGetImportedKeys, _: Request<Ticket>) -> Rows {
        Ok(ready(keys::foreign()))
    }

    async fn do_get_cross_reference(&self, _: CommandGetCrossReference, _: Request<Ticket>) -> Rows {
        Ok(ready(keys::foreign()))
    }

    async fn do_get_xdbc_type_info(&self, query: CommandGetXdbcTypeInfo, _: Request<Ticket>) -> Rows {
        Ok(ready(types::list(&query)?))
    }

    async fn do_put_statement_update(
        &self,
        query: CommandStatementUpdate,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        no_transaction(query.transaction_id.as_deref())?;
        let (asking, _) = self.session_of(self.asking(&request)?, &query.query).await?;
        Ok(self.update(&asking, &query.query, None).await?)
    }

    async fn do_put_statement_ingest(
        &self,
        command: CommandStatementIngest,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        self.ingest(self.asking(&request)?, command, request.into_inner()).await
    }

    async fn do_put_prepared_statement_query(
        &self,
        query: CommandPreparedStatementQuery,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<DoPutPreparedStatementResult, Status> {
        let (asking, handle) = (self.asking(&request)?, query.prepared_statement_handle);
        self.bind(&asking, &handle, request.into_inner()).await?;
        Ok(DoPutPreparedStatementResult { prepared_statement_handle: Some(handle) })
    }

    async fn do_put_prepared_statement_update(
        &self,
        query: CommandPreparedStatementUpdate,
        request: Request<PeekableFlightDataStream>,
    ) -> Result<i64, Status> {
        let asking = self.asking(&request)?;
        self.prepared_update(asking, &query.prepared_statement_handle, request.into_inner()).await
    }

    async fn do_action_create_prepared_statement(
        &self,
        query: ActionCreatePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        no_transaction(query.transaction_id.as_deref())?;
        self.prepare(self.asking(&request)?, query.query).await
    }

    async fn do_action_close_prepared_statement(
        &self,
        query: ActionClosePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<(), Status> {
        self.statements.close(&caller(&request)?.user, &query.prepared_statement_handle);
        Ok(())
    }

    async fn do_action_begin_transaction(
        &self,
        _: ActionBeginTransactionRequest,
        _: Request<Action>,
    ) -> Result<ActionBeginTransactionResult, Status> {
        Err(Status::unimplemented(NO_TRANSACTIONS))
    }

    async fn do_action_end_transaction(
        &self,
        _: ActionEndTransactionRequest,
        _: Request<Action>,
    ) -> Result<(), Status> {
        Err(Status::unimplemented(NO_TRANSACTIONS))
    }

    async fn do_action_begin_savepoint(
        &self,
        _: ActionBeginSavepointRequest,
        _: Request<Action>,
    ) -> Result<ActionBeginSavepointResult, Status> {
        Err(Status::unimplemented(NO_TRANSACTIONS))
    }

    async fn do_action_cancel_query(
        &self,
        query: ActionCancelQueryRequest,
        request: Request<Action>,
    ) -> Result<ActionCancelQueryResult, Status> {
        self.cancel_query(&caller(&request)?, query)
    }

    async fn do_action_fallback(
        &self,
        request: Request<Action>,
    ) -> Result<Response<Messages<arrow_flight::Result>>, Status> {
        let (body, cookie) = match request.get_ref().r#type.as_str() {
            "CancelFlightInfo" => (self.cancel_flight_info(&caller(&request)?, &request.get_ref().body)?, None),
            "SetSessionOptions" => self.set_options(&request).await?,
            "GetSessionOptions" => self.get_options(&request)?,
            "CloseSession" => self.close_session(&request)?,
            other => return Err(Status::unimplemented(format!("this server has no action `{other}`"))),
        };
        let mut response: Response<Messages<arrow_flight::Result>> =
            Response::new(Box::pin(futures::stream::iter([Ok(arrow_flight::Result { body })])));
        if let Some(cookie) = cookie {
            response.metadata_mut().insert("set-cookie", cookie);
        }
        Ok(response)
    }

    async fn list_custom_actions(&self) -> Option<Vec<Result<ActionType, Status>>> {
        let actions = [
            (
                "CancelFlightInfo",
                "Cancels the query of a FlightInfo.\nCancelFlightInfoRequest → CancelFlightInfoResult",
            ),
            ("SetSessionOptions", "Sets the project: `catalog`.\nSetSessionOptionsRequest → SetSessionOptionsResult"),
            ("GetSessionOptions", "The options that are set.\nGetSessionOptionsRequest → GetSessionOptionsResult"),
            ("CloseSession", "Forgets the options.\nCloseSessionRequest → CloseSessionResult"),
        ];
        let action =
            |(name, text): (&str, &str)| Ok(ActionType { r#type: name.to_owned(), description: text.to_owned() });
        Some(actions.into_iter().map(action).collect())
    }

    async fn register_sql_info(&self, _: i32, _: &SqlInfo) {}
}

/// The service as it is called: the library's, with GetSchema and PollFlightInfo, which it leaves out.
#[derive(Debug)]
pub(crate) struct Door(Flight);

impl Door {
    /// The door of an app.
    pub(super) fn new(app: &Arc<App>) -> Self {
        Door(Flight { app: Arc::clone(app), statements: Default::default(), options: Default::default() })
    }
}

#[tonic::async_trait]
impl FlightService for Door {
    type HandshakeStream = Messages<HandshakeResponse>;
    type ListFlightsStream = Messages<FlightInfo>;
    type DoGetStream = FlightStream;
    type DoPutStream = Messages<PutResult>;
    type DoActionStream = Messages<arrow_flight::Result>;
    type ListActionsStream = Messages<ActionType>;
    type DoExchangeStream = FlightStream;

    async fn handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Self::HandshakeStream>, Status> {
        self.0.handshake(request).await
    }

    async fn list_flights(&self, _: Request<Criteria>) -> Result<Response<Self::ListFlightsStream>, Status> {
        Err(Status::unimplemented("this server has no list of flights; ask it by Flight SQL, such as GetTables"))
    }

    async fn get_flight_info(&self, request: Request<FlightDescriptor>) -> Info {
        self.0.get_flight_info(request).await
    }

    /// What GetFlightInfo says, complete at once: rows come as they are made.
    async fn poll_flight_info(&self, request: Request<FlightDescriptor>) -> Result<Response<PollInfo>, Status> {
        let info = self.0.get_flight_info(request).await?.into_inner();
        Ok(Response::new(PollInfo { info: Some(info), progress: Some(1.0), ..PollInfo::default() }))
    }

    /// The columns that GetFlightInfo says; never of a statement that changes something, which it would run.
    async fn get_schema(&self, request: Request<FlightDescriptor>) -> Result<Response<SchemaResult>, Status> {
        let schema = match self.0.columns_of_change(&request).await? {
            Some(columns) => columns,
            None => self.0.get_flight_info(request).await?.into_inner().schema,
        };
        Ok(Response::new(SchemaResult { schema }))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Rows {
        self.0.do_get(request).await
    }

    async fn do_put(&self, request: Request<Streaming<FlightData>>) -> Result<Response<Self::DoPutStream>, Status> {
        self.0.do_put(request).await
    }

    async fn do_action(&self, request: Request<Action>) -> Result<Response<Self::DoActionStream>, Status> {
        self.0.do_action(request).await
    }

    async fn list_actions(&self, request: Request<Empty>) -> Result<Response<Self::ListActionsStream>, Status> {
        self.0.list_actions(request).await
    }

    async fn do_exchange(
        &self,
        request: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoExchangeStream>, Status> {
        self.0.do_exchange(request).await
    }
}
