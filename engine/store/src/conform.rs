//! Which types tables hold, how schemas widen, and how data is brought to a table's types without
//! changing a value.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Float32Type, Float64Type, Schema, SchemaRef, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use outcrop_types::field;
use outcrop_types::tables::TableName;

use crate::StoreError;

/// The schema a table keeps for data of a schema: texts are Utf8, unsigned integers the next wider
/// signed type (UInt64 becomes Int64, values are checked), Float16 is Float32, times of day and
/// intervals are refused, timestamps are in microseconds (finer ones are cut to them), lists are List.
/// Field metadata is kept. Fails for types tables do not hold and for names equal but for case.
pub fn stored_schema(table: &TableName, schema: &Schema) -> Result<SchemaRef, StoreError> {
    let fields: Vec<Field> =
        schema.fields().iter().map(|f| stored_field(table, f, f.name())).collect::<Result<_, _>>()?;
    check_names(table, &fields)?;
    Ok(Arc::new(Schema::new(fields)))
}

/// The schema that holds data of both: the table's columns, then the new ones, nullable. A type or a
/// unit that differs is an error, as is a name that differs only in case. Both schemas as stored.
pub fn union_schema(table: &TableName, existing: &Schema, added: &Schema) -> Result<SchemaRef, StoreError> {
    let mut fields: Vec<FieldRef> = existing.fields().to_vec();
    for new in added.fields() {
        match find(existing, new.name()) {
            Some(old) => {
                if old.name() != new.name() {
                    return Err(duplicate(table, old.name(), new.name()));
                }
                check_type(table, old, new.data_type())?;
                check_unit(table, old, new)?;
            }
            None => fields.push(Arc::new(new.as_ref().clone().with_nullable(true))),
        }
    }
    let schema = Schema::new(fields);
    check_names(table, &schema.fields().iter().map(|f| f.as_ref().clone()).collect::<Vec<_>>())?;
    Ok(Arc::new(schema))
}

/// The schema in which data is written for a table: existing columns as the table has them (names in
/// its case, its types), others as they would be stored.
pub(crate) fn written_schema(table: &TableName, existing: &Schema, data: &Schema) -> Result<SchemaRef, StoreError> {
    let mut fields = Vec::with_capacity(data.fields().len());
    for new in data.fields() {
        match find(existing, new.name()) {
            Some(old) => {
                check_unit(table, old, new)?;
                if !castable(new.data_type(), old.data_type()) {
                    check_type(table, old, &stored_field(table, new, new.name())?.data_type().clone())?;
                }
                fields.push(old.as_ref().clone());
            }
            None => fields.push(stored_field(table, new, new.name())?.with_nullable(true)),
        }
    }
    check_names(table, &fields)?;
    Ok(Arc::new(Schema::new(fields)))
}

/// Refuses data that lacks a column the table requires.
pub(crate) fn check_required(table: &TableName, target: &Schema, data: &Schema) -> Result<(), StoreError> {
    match target.fields().iter().find(|f| !f.is_nullable() && find(data, f.name()).is_none()) {
        Some(missing) => Err(required(table, missing.name(), "no such column")),
        None => Ok(()),
    }
}

fn required(table: &TableName, column: &str, nulls: impl ToString) -> StoreError {
    StoreError::RequiredColumn { table: table.to_string(), column: column.to_owned(), nulls: nulls.to_string() }
}

fn duplicate(table: &TableName, first: &str, second: &str) -> StoreError {
    StoreError::DuplicateColumn { table: table.to_string(), first: first.to_owned(), second: second.to_owned() }
}

/// A column by its name, case aside.
pub(crate) fn find<'a>(schema: &'a Schema, name: &str) -> Option<&'a FieldRef> {
    let same = |f: &&FieldRef| f.name() == name;
    let alike = |f: &&FieldRef| f.name().to_lowercase() == name.to_lowercase();
    schema.fields().iter().find(same).or_else(|| schema.fields().iter().find(alike))
}

fn check_names(table: &TableName, fields: &[Field]) -> Result<(), StoreError> {
    let mut seen: HashMap<String, &str> = HashMap::with_capacity(fields.len());
    for field in fields {
        if let Some(first) = seen.insert(field.name().to_lowercase(), field.name()) {
            return Err(duplicate(table, first, field.name()));
        }
    }
    Ok(())
}

fn check_type(table: &TableName, existing: &Field, found: &DataType) -> Result<(), StoreError> {
    if existing.data_type().equals_datatype(found) {
        return Ok(());
    }
    Err(StoreError::ColumnType {
        table: table.to_string(),
        column: existing.name().clone(),
        existing: existing.data_type().to_string(),
        found: found.to_string(),
    })
}

/// Two stated units must be the same; where one side states none there is nothing to compare.
fn check_unit(table: &TableName, existing: &Field, found: &Field) -> Result<(), StoreError> {
    match (field::unit(existing), field::unit(found)) {
        (Some(old), Some(new)) if old != new => Err(StoreError::ColumnUnit {
            table: table.to_string(),
            column: existing.name().clone(),
            existing: old.to_owned(),
            found: new.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn stored_field(table: &TableName, field: &Field, path: &str) -> Result<Field, StoreError> {
    let data_type = stored_type(table, field.data_type(), path)?;
    Ok(Field::new(field.name(), data_type, field.is_nullable()).with_metadata(field.metadata().clone()))
}

fn stored_type(table: &TableName, data_type: &DataType, path: &str) -> Result<DataType, StoreError> {
    let unsupported = |remedy: &str| {
        Err(StoreError::UnsupportedType {
            table: table.to_string(),
            column: path.to_owned(),
            data_type: data_type.to_string(),
            remedy: remedy.to_owned(),
        })
    };
    let inner = |item: &Field| stored_field(table, item, &format!("{path}.{}", item.name()));
    Ok(match data_type {
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Date32
        | DataType::Utf8
        | DataType::Binary => data_type.clone(),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Float16 => DataType::Float32,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, zone) => {
            // An instant is the same instant in UTC; without a zone it stays without one.
            DataType::Timestamp(TimeUnit::Microsecond, zone.as_ref().map(|_| "UTC".into()))
        }
        DataType::Decimal32(p, s) | DataType::Decimal64(p, s) | DataType::Decimal128(p, s) if *s >= 0 => {
            DataType::Decimal128(*p, *s)
        }
        DataType::Dictionary(_, values) => stored_type(table, values, path)?,
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => {
            // One name for items, whatever the source calls them: types of equal columns compare equal.
            DataType::List(Arc::new(inner(item)?.with_name("element")))
        }
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|f| inner(f).map(Arc::new)).collect::<Result<Fields, _>>()?)
        }
        DataType::Null => return unsupported("give it a type, such as CAST(NULL AS DOUBLE)"),
        DataType::Map(..) => return unsupported("use a list of structs or JSON text"),
        DataType::Time32(_) | DataType::Time64(_) | DataType::Duration(_) | DataType::Interval(_) => {
            return unsupported("use a timestamp, or a number with its unit");
        }
        _ => return unsupported("cast it to a number or text"),
    })
}

/// Whether values may be brought from one type to the other; each value is checked then.
fn castable(from: &DataType, to: &DataType) -> bool {
    if from.equals_datatype(to) {
        return true;
    }
    match (from, to) {
        (DataType::Dictionary(_, values), to) => castable(values, to),
        (DataType::Null, _) => true,
        (from, to) if is_number(from) && is_number(to) => true,
        (from, to) if is_text(from) && is_text(to) => true,
        (from, to) if from.is_nested() && to.is_nested() => arrow::compute::can_cast_types(from, to),
        (
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_),
            DataType::Binary,
        )
        | (DataType::Date32 | DataType::Date64, DataType::Date32) => true,
        (DataType::Timestamp(_, a), DataType::Timestamp(_, b)) => a.is_some() == b.is_some(),
        _ => false,
    }
}

fn is_number(t: &DataType) -> bool {
    t.is_numeric()
}

fn is_text(t: &DataType) -> bool {
    matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Brings a batch to the schema it is written in: columns by name, values checked one by one where a
/// cast could change them, absent columns null. `first_row` counts the rows written before.
pub(crate) fn conform(
    table: &TableName,
    target: &SchemaRef,
    batch: &RecordBatch,
    first_row: u64,
) -> Result<RecordBatch, StoreError> {
    let given = batch.schema_ref();
    for field in given.fields() {
        if find(target, field.name()).is_none() {
            return Err(StoreError::BatchSchema {
                table: table.to_string(),
                reason: format!("column `{}` was not announced", field.name()),
            });
        }
    }
    check_names(table, &given.fields().iter().map(|f| f.as_ref().clone()).collect::<Vec<_>>())?;
    let mut columns = Vec::with_capacity(target.fields().len());
    for field in target.fields() {
        let index = given
            .fields()
            .iter()
            .position(|f| f.name() == field.name())
            .or_else(|| given.fields().iter().position(|f| f.name().to_lowercase() == field.name().to_lowercase()));
        let column = match index.and_then(|i| given.fields().get(i).map(|f| (batch.column(i), f))) {
            Some((column, from)) => {
                check_unit(table, field, from)?;
                cast_exactly(table, column, field, first_row)?
            }
            None => new_null_array(field.data_type(), batch.num_rows()),
        };
        if !field.is_nullable() && column.null_count() > 0 {
            let row = (0..column.len()).find(|&i| column.is_null(i)).unwrap_or(0);
            return Err(required(
                table,
                field.name(),
                format!("{} nulls, the first in row {}", column.null_count(), first_row + row as u64 + 1),
            ));
        }
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(target), columns, &options)
        .map_err(|source| StoreError::Arrow { table: table.to_string(), source })
}

fn cast_exactly(table: &TableName, column: &ArrayRef, field: &Field, first_row: u64) -> Result<ArrayRef, StoreError> {
    let (from, to) = (column.data_type(), field.data_type());
    if from == to {
        return Ok(Arc::clone(column));
    }
    if !castable(from, to) {
        check_type(table, field, from)?;
    }
    let arrow = |source| StoreError::Arrow { table: table.to_string(), source };
    if let DataType::Dictionary(_, values) = from {
        let plain = cast_with_options(column, values, &CastOptions::default()).map_err(arrow)?;
        return cast_exactly(table, &plain, field, first_row);
    }
    // The safe cast turns what does not fit into null, which is how the row is found; within lists and
    // structs nobody would find it, so there what does not fit is an error at once.
    let options = CastOptions { safe: !to.is_nested(), ..Default::default() };
    let cast = cast_with_options(column, to, &options).map_err(arrow)?;
    let numbers = is_number(to) && !from.is_null();
    // Integers into floats and the other way, floats into shorter ones: the value must come back.
    let back = if numbers && !widens(from, to) {
        Some(cast_with_options(&cast, from, &options).map_err(arrow)?)
    } else {
        None
    };
    let lost = cast.null_count() > column.logical_null_count() && !from.is_null();
    if !lost && back.is_none() {
        return Ok(cast);
    }
    let nulls = column.logical_nulls();
    let row = (0..column.len()).find(|&i| {
        if nulls.as_ref().is_some_and(|n| n.is_null(i)) {
            return false;
        }
        cast.is_null(i) || back.as_ref().is_some_and(|back| !same_value(column, back, i, to.is_floating()))
    });
    match row {
        None => Ok(cast),
        Some(row) => {
            let formatted = ArrayFormatter::try_new(column, &FormatOptions::default())
                .map_err(arrow)?
                .value(row)
                .try_to_string()
                .map_err(arrow)?;
            Err(StoreError::ValueDoesNotFit {
                table: table.to_string(),
                column: field.name().clone(),
                row: first_row + row as u64 + 1,
                value: formatted,
                data_type: to.to_string(),
            })
        }
    }
}

/// Casts that keep every value, so that nothing is compared.
fn widens(from: &DataType, to: &DataType) -> bool {
    use DataType::{Float16, Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32};
    matches!(
        (from, to),
        (Float16, Float32 | Float64)
            | (Float32, Float64)
            | (Int8 | UInt8 | Int16 | UInt16, Float32)
            | (Int8 | UInt8 | Int16 | UInt16 | Int32 | UInt32, Float64)
            | (Int8 | UInt8, Int16)
            | (Int8 | UInt8 | Int16 | UInt16, Int32)
            | (Int8 | UInt8 | Int16 | UInt16 | Int32 | UInt32, Int64)
    )
}

/// Whether a value came back from a narrower column. A shorter float may round a float, as it is meant
/// to, but it may not overflow; everything else must be the same number.
fn same_value(before: &ArrayRef, after: &ArrayRef, row: usize, rounded: bool) -> bool {
    if after.is_null(row) {
        return false;
    }
    let close = |a: f64, b: f64| a == b || (rounded && (a.is_nan() || a.is_finite() == b.is_finite()));
    if let (Some(a), Some(b)) = (before.as_primitive_opt::<Float64Type>(), after.as_primitive_opt::<Float64Type>()) {
        return close(a.value(row), b.value(row));
    }
    if let (Some(a), Some(b)) = (before.as_primitive_opt::<Float32Type>(), after.as_primitive_opt::<Float32Type>()) {
        return close(f64::from(a.value(row)), f64::from(b.value(row)));
    }
    before.slice(row, 1).to_data() == after.slice(row, 1).to_data()
}
