//! Rows as they leave: in types that every client reads, in messages of bounded size.

use std::pin::Pin;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef, UnionFields};
use arrow::error::ArrowError;
use arrow_flight::FlightData;
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::error::FlightError;
use futures::{Stream, StreamExt, TryStreamExt};
use tonic::{Response, Status};

use crate::error::Refusal;
use crate::queries::Guarded;

/// A stream of messages.
pub(super) type FlightStream = Pin<Box<dyn Stream<Item = Result<FlightData, Status>> + Send>>;

/// How large a message may be, in bytes, where it has more than one row. Many clients take none above 4 MiB.
const MESSAGE: usize = 1 << 20;

/// The columns as they leave: no views, no dictionaries. Any may be null, as what a plan says of that before it is optimised and
/// after it need not agree, and some clients compare the two.
pub(super) fn outgoing(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|f| {
        let field = f.as_ref().clone().with_data_type(plain(f.data_type()));
        field.with_nullable(true)
    });
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// The type of the same values that every client reads.
pub(super) fn plain(data_type: &DataType) -> DataType {
    let inner = |f: &FieldRef| -> FieldRef { Arc::new(f.as_ref().clone().with_data_type(plain(f.data_type()))) };
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Dictionary(_, values) => plain(values),
        DataType::RunEndEncoded(_, values) => plain(values.data_type()),
        DataType::List(f) | DataType::ListView(f) => DataType::List(inner(f)),
        DataType::LargeList(f) | DataType::LargeListView(f) => DataType::LargeList(inner(f)),
        DataType::FixedSizeList(f, size) => DataType::FixedSizeList(inner(f), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect::<Fields>()),
        DataType::Map(f, sorted) => DataType::Map(inner(f), *sorted),
        DataType::Union(fields, mode) => {
            let fields = fields.iter().map(|(id, f)| (id, inner(f)));
            DataType::Union(fields.collect::<UnionFields>(), *mode)
        }
        other => other.clone(),
    }
}

/// Rows with the columns that were promised.
fn aligned(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| match field.data_type() {
        same if same == column.data_type() => Ok(Arc::clone(column)),
        other => cast_with_options(column, other, &exact),
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

/// The bytes that a message of these rows has. (What their buffers hold is no measure: they may be a few rows of a large table.)
fn size(batch: &RecordBatch) -> usize {
    batch
        .columns()
        .iter()
        .map(|c| c.to_data().get_slice_memory_size().unwrap_or_else(|_| c.get_array_memory_size()))
        .sum()
}

/// Cuts rows into messages.
fn messages(batch: RecordBatch, into: &mut Vec<RecordBatch>) {
    let rows = batch.num_rows();
    if rows <= 1 || size(&batch) <= MESSAGE {
        into.push(batch);
        return;
    }
    // In two, and each again: rows are not all of one size.
    let half = rows / 2;
    messages(batch.slice(0, half), into);
    messages(batch.slice(half, rows - half), into);
}

/// The rows of a query. Dropping the stream, as happens when the client goes away, ends the query.
pub(super) fn rows(rows: Guarded, promised: Option<SchemaRef>) -> Response<FlightStream> {
    let own = outgoing(&rows.schema());
    let schema = promised.filter(|p| p.fields().len() == own.fields().len()).unwrap_or(own);
    let columns = Arc::clone(&schema);
    let batches = rows.map(move |batch| {
        let batch = batch.map_err(Status::from)?;
        let batch = aligned(&batch, &columns).map_err(|e| Status::internal(format!("rows could not be sent: {e}")))?;
        let mut cut = Vec::with_capacity(1);
        messages(batch, &mut cut);
        Ok::<_, Status>(futures::stream::iter(cut.into_iter().map(Ok::<_, Status>)))
    });
    encoded(schema, batches.try_flatten())
}

/// Rows that are there already.
pub(super) fn ready(batch: RecordBatch) -> Response<FlightStream> {
    let schema = batch.schema();
    let mut cut = Vec::new();
    messages(batch, &mut cut);
    encoded(schema, futures::stream::iter(cut.into_iter().map(Ok)))
}

fn encoded(
    schema: SchemaRef,
    batches: impl Stream<Item = Result<RecordBatch, Status>> + Send + 'static,
) -> Response<FlightStream> {
    let messages = FlightDataEncoderBuilder::new()
        .with_schema(schema)
        .with_max_flight_data_size(usize::MAX)
        .build(batches.map_err(FlightError::from))
        .map_err(Status::from);
    Response::new(Box::pin(messages))
}

/// The columns of what was done: one, with the number of rows.
pub(super) fn done_columns() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("count", DataType::Int64, true)]))
}

/// What was done, as a row.
pub(super) fn done(rows: i64) -> Result<Response<FlightStream>, Refusal> {
    let counts: ArrayRef = Arc::new(Int64Array::from(vec![rows]));
    let batch = RecordBatch::try_new(done_columns(), vec![counts]);
    batch.map(ready).map_err(|e| Refusal::Fault(e.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::array::{DictionaryArray, StringArray, StringViewArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    #[test]
    fn views_and_dictionaries_do_not_leave() {
        let view: ArrayRef = Arc::new(StringViewArray::from(vec!["a longer text than twelve", "b"]));
        let dictionary: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::from_iter(["x", "y"]));
        let batch = RecordBatch::try_from_iter([("v", view), ("d", dictionary)]).unwrap();
        let schema = outgoing(&batch.schema());
        assert!(schema.fields().iter().all(|f| f.data_type() == &DataType::Utf8 && f.is_nullable()));
        let sent = aligned(&batch, &schema).unwrap();
        assert_eq!(sent.column(0).as_ref(), &StringArray::from(vec!["a longer text than twelve", "b"]) as &dyn Array);
    }

    #[test]
    fn inner_types_too() {
        let list = DataType::List(Arc::new(Field::new("item", DataType::Utf8View, true)));
        assert_eq!(plain(&list), DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))));
    }

    #[test]
    fn messages_are_small() {
        let column: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1_000_000));
        let batch = RecordBatch::try_from_iter([("n", column)]).unwrap();
        let mut cut = Vec::new();
        messages(batch.clone(), &mut cut);
        assert_eq!(cut.iter().map(RecordBatch::num_rows).sum::<usize>(), 1_000_000);
        assert!(cut.len() >= 8 && cut.iter().all(|b| size(b) <= MESSAGE));
        // Some rows of a large table are no large message.
        let mut cut = Vec::new();
        messages(batch.slice(500_000, 100), &mut cut);
        assert_eq!(cut.len(), 1);
    }
}
