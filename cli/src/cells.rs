//! Cells as text: cut for the screen, lists and structs as JSON.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::json::EncoderOptions;
use arrow::json::writer::make_encoder;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// Characters of a cell that a screen shows.
pub(crate) const WIDTH: usize = 60;

/// The batch with its texts and nested values cut to [`WIDTH`] characters, and whether any was.
pub(crate) fn cut(batch: &RecordBatch, options: &FormatOptions<'_>) -> Result<(RecordBatch, bool)> {
    let mut any = false;
    let mut fields: Vec<FieldRef> = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if !(field.data_type().is_nested() || is_text(field.data_type())) {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
            continue;
        }
        let cells = ArrayFormatter::try_new(column.as_ref(), options)?;
        let texts: StringArray = (0..column.len())
            .map(|row| {
                let text = cells.value(row).try_to_string()?;
                let short = shortened(&text);
                any |= short.is_some();
                Ok(Some(short.unwrap_or(text)))
            })
            .collect::<Result<_, arrow::error::ArrowError>>()?;
        fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
        columns.push(Arc::new(texts));
    }
    Ok((RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?, any))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => is_text(value),
        other => other.is_string() || other.is_binary(),
    }
}

/// The first [`WIDTH`] characters, the last of them `…`; none where the text is no longer.
fn shortened(text: &str) -> Option<String> {
    let (end, _) = text.char_indices().nth(WIDTH - 1)?;
    text.char_indices().nth(WIDTH)?;
    Some(format!("{}…", text.get(..end).unwrap_or(text)))
}

/// The schema with lists, structs and maps as text.
pub(crate) fn flat_schema(schema: &SchemaRef) -> Result<SchemaRef> {
    // A kind of value that has no JSON is refused here, before the first byte is written.
    flat(&RecordBatch::new_empty(Arc::clone(schema))).map(|batch| batch.schema())
}

/// The batch with lists, structs and maps as JSON text: a table of plain text has no place for them otherwise.
pub(crate) fn flat(batch: &RecordBatch) -> Result<RecordBatch> {
    let mut fields: Vec<FieldRef> = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if field.data_type().is_nested() {
            fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
            columns.push(Arc::new(json(field, column.as_ref())?));
        } else {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn json(field: &FieldRef, column: &dyn Array) -> Result<StringArray> {
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(field, column, &options)?;
    let mut texts = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        if column.is_null(row) {
            texts.push(None);
            continue;
        }
        let mut bytes = Vec::new();
        encoder.encode(row, &mut bytes);
        texts.push(Some(String::from_utf8(bytes)?));
    }
    Ok(StringArray::from(texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_cells_are_cut() {
        assert_eq!(shortened(&"é".repeat(WIDTH)), None);
        let short = shortened(&"é".repeat(WIDTH + 1)).unwrap_or_default();
        assert_eq!(short.chars().count(), WIDTH);
        assert!(short.ends_with("é…"));
        assert_eq!(shortened(""), None);
    }

    #[test]
    fn numbers_keep_their_type_when_texts_are_cut() -> Result<()> {
        let schema =
            Schema::new(vec![Field::new("gr", DataType::Float64, true), Field::new("headers", DataType::Utf8, true)]);
        let long = "x".repeat(500);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(arrow::array::Float64Array::from(vec![Some(1.5), None])),
            Arc::new(StringArray::from(vec![Some(long.as_str()), None])),
        ];
        let batch = RecordBatch::try_new(Arc::new(schema), columns)?;
        let (short, any) = cut(&batch, &FormatOptions::new().with_null(""))?;
        assert!(any);
        assert_eq!(short.column(0).data_type(), &DataType::Float64);
        let shown = ArrayFormatter::try_new(short.column(1).as_ref(), &FormatOptions::new())?;
        assert_eq!(shown.value(0).to_string().chars().count(), WIDTH);
        assert_eq!(shown.value(1).to_string(), "");
        Ok(())
    }
}
