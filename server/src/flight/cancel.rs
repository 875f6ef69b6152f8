//! Cancelling: the action CancelFlightInfo of Flight, and CancelQuery that it replaced.

use arrow_flight::sql::{ActionCancelQueryRequest, ActionCancelQueryResult};
use arrow_flight::{CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus, FlightInfo};
use bytes::Bytes;
use outcrop_meta::Role;
use prost::Message;
use tonic::Status;

use super::asking::Flight;
use super::ticket::Handle;
use crate::caller::Caller;
use crate::error::Refusal;

/// What CancelQuery answers.
const CANCELLED: i32 = 1;
const NOT_CANCELLABLE: i32 = 3;

impl Flight {
    /// The query of a FlightInfo, where it runs. Its user's own, or an administrator asks.
    fn cancel(&self, caller: &Caller, info: &FlightInfo) -> bool {
        let user = (caller.role < Role::Admin).then_some(caller.user.as_str());
        let ids = info.endpoint.iter().filter_map(Handle::of_endpoint).map(|handle| handle.id);
        // All of them: no short cut after the first.
        ids.filter(|id| self.app.queries.cancel(user, id)).count() > 0
    }

    /// CancelFlightInfo.
    pub(super) fn cancel_flight_info(&self, caller: &Caller, body: &Bytes) -> Result<Bytes, Status> {
        let request = CancelFlightInfoRequest::decode(body.clone()).map_err(wrong)?;
        let info = request.info.ok_or_else(|| Refusal::Invalid("CancelFlightInfo without a FlightInfo".to_owned()))?;
        let status = if self.cancel(caller, &info) { CancelStatus::Cancelled } else { CancelStatus::NotCancellable };
        Ok(CancelFlightInfoResult { status: status.into() }.encode_to_vec().into())
    }

    /// CancelQuery.
    pub(super) fn cancel_query(
        &self,
        caller: &Caller,
        request: ActionCancelQueryRequest,
    ) -> Result<ActionCancelQueryResult, Status> {
        let info = FlightInfo::decode(request.info).map_err(wrong)?;
        Ok(ActionCancelQueryResult { result: if self.cancel(caller, &info) { CANCELLED } else { NOT_CANCELLABLE } })
    }
}

fn wrong(error: prost::DecodeError) -> Refusal {
    Refusal::Invalid(format!("there is no FlightInfo to cancel: {error}"))
}
