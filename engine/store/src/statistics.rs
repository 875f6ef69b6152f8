//! Bounds of the columns of a data file: from Parquet's statistics into the Delta log and back.

use std::collections::BTreeMap;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array, Int16Array,
    Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::{max, max_string, min, min_string};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Field, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, Schema, TimeUnit, TimestampMicrosecondType,
};
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::file::metadata::ParquetMetaData;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What is known of a column in one data file.
///
/// `min` and `max` are bounds: no value is below `min` or above `max`, but neither need occur (long
/// texts are cut, floats are widened by a rounding step). NaN is not covered by the bounds, as in
/// Parquet. `null_count` is exact.
#[derive(Debug, Clone, Default)]
pub struct ColumnStatistics {
    /// Lower bound: an array of length 1 and the column's type; none when unknown or all null.
    pub min: Option<ArrayRef>,
    /// Upper bound, likewise.
    pub max: Option<ArrayRef>,
    /// Nulls.
    pub null_count: Option<u64>,
}

/// Statistics of every top-level column, by name.
pub(crate) type Statistics = BTreeMap<String, ColumnStatistics>;

/// From the footer of a file just written.
pub(crate) fn of_parquet(schema: &Schema, metadata: &ParquetMetaData) -> Statistics {
    let groups = metadata.row_groups();
    let parquet_schema = metadata.file_metadata().schema_descr();
    let mut statistics = Statistics::new();
    for field in schema.fields() {
        // Nested columns have no statistics of their own.
        let Ok(converter) = StatisticsConverter::try_new(field.name(), schema, parquet_schema) else { continue };
        if field.data_type().is_nested() {
            statistics.insert(field.name().clone(), ColumnStatistics::default());
            continue;
        }
        let counts = converter.row_group_null_counts(groups).ok().filter(|c| c.null_count() == 0);
        let (lows, highs) = (converter.row_group_mins(groups).ok(), converter.row_group_maxes(groups).ok());
        // A row group of nulls alone has no bounds and does not matter; one without statistics does.
        let bounded = groups.iter().enumerate().all(|(i, group)| {
            let rows = u64::try_from(group.num_rows()).unwrap_or(u64::MAX);
            lows.as_ref().is_some_and(|m| m.is_valid(i)) || counts.as_ref().is_some_and(|c| c.value(i) == rows)
        });
        let nulls = counts.map(|counts| counts.values().iter().sum());
        let (mut low, mut high) = (None, None);
        if bounded {
            low = lows.and_then(|m| extreme(&m, true));
            high = highs.and_then(|m| extreme(&m, false));
        }
        if low.is_none() || high.is_none() {
            (low, high) = (None, None);
        }
        statistics.insert(field.name().clone(), ColumnStatistics { min: low, max: high, null_count: nulls });
    }
    statistics
}

fn extreme(values: &ArrayRef, lowest: bool) -> Option<ArrayRef> {
    fn of<T: ArrowPrimitiveType>(values: &ArrayRef, lowest: bool) -> Option<T::Native> {
        let values = values.as_primitive_opt::<T>()?;
        if lowest { min(values) } else { max(values) }
    }
    Some(match values.data_type() {
        DataType::Int8 => Arc::new(Int8Array::from(vec![of::<Int8Type>(values, lowest)?])),
        DataType::Int16 => Arc::new(Int16Array::from(vec![of::<Int16Type>(values, lowest)?])),
        DataType::Int32 => Arc::new(Int32Array::from(vec![of::<Int32Type>(values, lowest)?])),
        DataType::Int64 => Arc::new(Int64Array::from(vec![of::<Int64Type>(values, lowest)?])),
        DataType::Float32 => {
            Arc::new(Float32Array::from(vec![of::<Float32Type>(values, lowest).filter(|v| v.is_finite())?]))
        }
        DataType::Float64 => {
            Arc::new(Float64Array::from(vec![of::<Float64Type>(values, lowest).filter(|v| v.is_finite())?]))
        }
        DataType::Date32 => Arc::new(Date32Array::from(vec![of::<Date32Type>(values, lowest)?])),
        DataType::Decimal128(digits, scale) if is_exact(*digits, *scale) => {
            let value = Decimal128Array::from(vec![of::<Decimal128Type>(values, lowest)?]);
            Arc::new(value.with_precision_and_scale(*digits, *scale).ok()?)
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => Arc::new(
            TimestampMicrosecondArray::from(vec![of::<TimestampMicrosecondType>(values, lowest)?])
                .with_timezone_opt(zone.clone()),
        ),
        DataType::Utf8 => {
            let values = values.as_string_opt::<i32>()?;
            let value = if lowest { min_string(values) } else { max_string(values) }?;
            Arc::new(StringArray::from(vec![value]))
        }
        _ => return None,
    })
}

/// Whether decimals of the type are what the shortest text of the nearest double says, as the log has them as numbers.
fn is_exact(digits: u8, scale: i8) -> bool {
    digits <= 15 && (0..=15).contains(&scale)
}

/// The `stats` text of a Delta add action.
pub(crate) fn to_delta(rows: u64, statistics: &Statistics) -> String {
    let (mut low, mut high, mut nulls) = (Map::new(), Map::new(), Map::new());
    for (name, column) in statistics {
        if let (Some(a), Some(b)) = (column.min.as_ref().and_then(to_json), column.max.as_ref().and_then(to_json)) {
            low.insert(name.clone(), a);
            high.insert(name.clone(), b);
        }
        if let Some(count) = column.null_count {
            nulls.insert(name.clone(), json!(count));
        }
    }
    json!({ "numRecords": rows, "minValues": low, "maxValues": high, "nullCount": nulls }).to_string()
}

fn to_json(value: &ArrayRef) -> Option<Value> {
    fn of<T: ArrowPrimitiveType>(value: &ArrayRef) -> Option<T::Native> {
        value.as_primitive_opt::<T>().map(|v| v.value(0))
    }
    match value.data_type() {
        DataType::Int8 => of::<Int8Type>(value).map(|v| json!(v)),
        DataType::Int16 => of::<Int16Type>(value).map(|v| json!(v)),
        DataType::Int32 => of::<Int32Type>(value).map(|v| json!(v)),
        DataType::Int64 => of::<Int64Type>(value).map(|v| json!(v)),
        DataType::Float32 => of::<Float32Type>(value).map(|v| json!(v)),
        DataType::Float64 => of::<Float64Type>(value).map(|v| json!(v)),
        DataType::Utf8 => value.as_string_opt::<i32>().map(|v| json!(v.value(0))),
        // Readers take a decimal without bounds for one that has no rows (deltalake's data sets of Arrow do).
        DataType::Decimal128(_, scale) => of::<Decimal128Type>(value)
            .map(|v| json!(v as f64 / 10f64.powi(i32::from(*scale))))
            .filter(|v| !v.to_string().contains('e')),
        // Dates and times are left to the statistics of the Parquet file: the log would cut them to
        // milliseconds.
        _ => None,
    }
}

/// Rows and statistics from the `stats` text of a Delta add action.
pub(crate) fn of_delta(schema: &Schema, stats: &str) -> Option<(u64, Statistics)> {
    let value: Value = serde_json::from_str(stats).ok()?;
    let rows = value.get("numRecords")?.as_u64()?;
    let of = |group: &str, name: &str| value.get(group).and_then(|g| g.get(name)).cloned();
    let statistics = schema
        .fields()
        .iter()
        .map(|field| {
            let name = field.name();
            let column = ColumnStatistics {
                min: of("minValues", name).and_then(|v| of_json(field, &v, true)),
                max: of("maxValues", name).and_then(|v| of_json(field, &v, false)),
                null_count: of("nullCount", name).and_then(|v| v.as_u64()),
            };
            (name.clone(), column)
        })
        .collect();
    Some((rows, statistics))
}

fn of_json(field: &Field, value: &Value, lowest: bool) -> Option<ArrayRef> {
    // Reading decimal text may miss the written number by a rounding step or so: step outwards, so
    // that the bound stays a bound.
    let widened = |v: f64| (0..4).fold(v, |v, _| if lowest { v.next_down() } else { v.next_up() });
    Some(match field.data_type() {
        DataType::Int8 => Arc::new(Int8Array::from(vec![i8::try_from(value.as_i64()?).ok()?])),
        DataType::Int16 => Arc::new(Int16Array::from(vec![i16::try_from(value.as_i64()?).ok()?])),
        DataType::Int32 => Arc::new(Int32Array::from(vec![i32::try_from(value.as_i64()?).ok()?])),
        DataType::Int64 => Arc::new(Int64Array::from(vec![value.as_i64()?])),
        DataType::Float64 => Arc::new(Float64Array::from(vec![widened(value.as_f64()?)])),
        DataType::Float32 => {
            let near = value.as_f64()? as f32;
            Arc::new(Float32Array::from(vec![if lowest { near.next_down() } else { near.next_up() }]))
        }
        DataType::Utf8 => Arc::new(StringArray::from(vec![value.as_str()?])),
        DataType::Decimal128(digits, scale) if is_exact(*digits, *scale) => {
            let whole = (value.as_f64()? * 10f64.powi(i32::from(*scale))).round();
            let value = Decimal128Array::from(vec![whole as i128]);
            Arc::new(value.with_precision_and_scale(*digits, *scale).ok()?)
        }
        _ => return None,
    })
}
