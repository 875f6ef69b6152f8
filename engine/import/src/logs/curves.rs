//! Rows of `curves`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use outcrop_types::tables;

use crate::ImportError;

/// A curve of a log set.
#[derive(Debug, Clone, Default)]
pub(crate) struct CurveRow {
    pub(crate) well: Arc<str>,
    pub(crate) log_set: Arc<str>,
    pub(crate) mnemonic: String,
    pub(crate) standard: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) original_unit: Option<String>,
    pub(crate) stored_in: &'static str,
    pub(crate) index_type: &'static str,
    pub(crate) index_unit: Option<String>,
    pub(crate) top: Option<f64>,
    pub(crate) base: Option<f64>,
    pub(crate) step: Option<f64>,
    pub(crate) samples: usize,
    pub(crate) nulls: usize,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) mean: Option<f64>,
    pub(crate) description: Option<String>,
    pub(crate) file: Arc<str>,
}

/// The rows as a batch of `curves`.
pub(crate) fn curves_batch(rows: &[CurveRow]) -> Result<RecordBatch, ImportError> {
    let texts =
        |get: fn(&CurveRow) -> Option<&str>| -> ArrayRef { Arc::new(StringArray::from_iter(rows.iter().map(get))) };
    let numbers =
        |get: fn(&CurveRow) -> Option<f64>| -> ArrayRef { Arc::new(Float64Array::from_iter(rows.iter().map(get))) };
    let counts = |get: fn(&CurveRow) -> usize| -> ArrayRef {
        Arc::new(Int64Array::from_iter(rows.iter().map(|r| i64::try_from(get(r)).ok())))
    };
    let columns = vec![
        texts(|r| Some(&r.well)),
        texts(|r| Some(&r.log_set)),
        texts(|r| Some(&r.mnemonic)),
        texts(|r| r.standard.as_deref()),
        texts(|r| r.unit.as_deref()),
        texts(|r| r.original_unit.as_deref()),
        texts(|r| Some(r.stored_in)),
        texts(|r| Some(r.index_type)),
        texts(|r| r.index_unit.as_deref()),
        numbers(|r| r.top),
        numbers(|r| r.base),
        numbers(|r| r.step),
        counts(|r| r.samples),
        counts(|r| r.nulls),
        numbers(|r| r.min),
        numbers(|r| r.max),
        numbers(|r| r.mean),
        texts(|r| r.description.as_deref()),
        texts(|r| Some(&r.file)),
    ];
    RecordBatch::try_new(tables::curves(), columns).map_err(ImportError::batch("curves"))
}
