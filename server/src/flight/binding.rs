//! Values of parameters: read from a client's messages, kept in tickets.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, TimeUnit};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use arrow_flight::decode::{DecodedPayload, FlightDataDecoder};
use arrow_flight::error::FlightError;
use arrow_flight::sql::server::PeekableFlightDataStream;
use bytes::Bytes;
use datafusion::common::{ParamValues, ScalarValue};
use futures::{StreamExt, TryStreamExt};

use super::edge;
use crate::error::Refusal;

/// Bytes of values that one statement takes. More rows are what the bulk ingest is for.
const MOST: usize = 64 << 20;

/// The rows of a client's messages. Those that only say what they are for have none.
pub(super) fn decoder(messages: PeekableFlightDataStream) -> FlightDataDecoder {
    let rows = messages.try_filter(|message| std::future::ready(!message.data_header.is_empty()));
    FlightDataDecoder::new(rows.map_err(FlightError::from))
}

/// The rows of values that a client sends; none where it sends none.
pub(super) async fn received(messages: PeekableFlightDataStream) -> Result<Vec<RecordBatch>, Refusal> {
    let mut decoder = decoder(messages);
    let (mut batches, mut bytes) = (Vec::new(), 0);
    while let Some(message) = decoder.next().await {
        let message = message.map_err(|e| Refusal::Invalid(format!("the values of the parameters: {e}")))?;
        let DecodedPayload::RecordBatch(batch) = message.payload else { continue };
        bytes += batch.get_array_memory_size();
        if bytes > MOST {
            return Err(Refusal::Limit(format!(
                "the values of the parameters have more than {} MiB; send that many rows by bulk ingest",
                MOST >> 20
            )));
        }
        if batch.num_rows() > 0 {
            batches.push(batch);
        }
    }
    Ok(batches)
}

/// The type of a parameter as clients are told it. Times are in milliseconds: the JDBC driver has them so, and writes them as they are
/// into whatever unit it is told. Others send values of the types that they have.
pub(super) fn told(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time32(TimeUnit::Millisecond),
        other => edge::plain(other),
    }
}

/// The number of rows.
pub(super) fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// Each row as values of `$1`, `$2` ….
pub(super) fn each(batches: &[RecordBatch]) -> impl Iterator<Item = Result<ParamValues, Refusal>> {
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| values(batch, row)))
}

fn values(batch: &RecordBatch, row: usize) -> Result<ParamValues, Refusal> {
    let values = batch.columns().iter().map(|column| ScalarValue::try_from_array(column, row));
    let values = values
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| Refusal::Invalid(format!("the values of the parameters: {e}")))?;
    Ok(ParamValues::from(values))
}

/// A row of values for a ticket.
pub(super) fn to_ticket(batches: &[RecordBatch]) -> Result<Bytes, Refusal> {
    let Some(batch) = batches.first() else { return Ok(Bytes::new()) };
    let write = || {
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
        writer.write(batch)?;
        writer.into_inner()
    };
    write().map(Bytes::from).map_err(|e| Refusal::Invalid(format!("the values of the parameters: {e}")))
}

/// The values of a ticket.
pub(super) fn values_of(ticket: &[u8]) -> Result<Option<ParamValues>, Refusal> {
    if ticket.is_empty() {
        return Ok(None);
    }
    let wrong = || Refusal::Invalid("the ticket is not one of this server's".to_owned());
    let mut reader = StreamReader::try_new(ticket, None).map_err(|_| wrong())?;
    let batch = reader.next().ok_or_else(wrong)?.map_err(|_| wrong())?;
    values(&batch, 0).map(Some)
}
