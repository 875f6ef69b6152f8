//! Rows of `outcrop.log_headers`: what a header says, so that an export can say it again.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use outcrop_connectors::las::{CurveHeader, HeaderItem};
use outcrop_types::tables;

use super::set::repeated;
use crate::ImportError;

/// The header of a log set.
pub(crate) struct Header<'a> {
    pub(crate) well: &'a str,
    pub(crate) log_set: &'a str,
    pub(crate) sha256: &'a str,
    /// ~Well.
    pub(crate) items: &'a [HeaderItem],
    pub(crate) curves: &'a [CurveHeader],
    /// Digits behind the decimal point, curve by curve.
    pub(crate) decimals: &'a [usize],
    pub(crate) parameters: &'a [HeaderItem],
    pub(crate) other: &'a str,
}

struct Row<'a> {
    section: &'static str,
    item: usize,
    curve: Option<&'a str>,
    decimals: Option<usize>,
    texts: [Option<&'a str>; 6],
}

impl<'a> Row<'a> {
    fn of_item(section: &'static str, place: usize, i: &'a HeaderItem) -> Self {
        let texts = [
            Some(i.mnemonic.as_str()),
            i.unit.as_deref(),
            Some(i.value.as_str()),
            Some(i.description.as_str()),
            i.format.as_deref(),
            i.association.as_deref(),
        ];
        Row { section, item: place + 1, curve: None, decimals: None, texts }
    }
}

/// The rows, in the order of the file.
pub(crate) fn batch(header: &Header) -> Result<RecordBatch, ImportError> {
    let mut rows: Vec<Row> = Vec::new();
    for (place, i) in header.items.iter().enumerate() {
        rows.push(Row::of_item("well", place, i));
    }
    for (place, c) in header.curves.iter().enumerate() {
        let texts = [
            Some(c.mnemonic.as_str()),
            c.unit.as_deref(),
            Some(c.value.as_str()),
            Some(c.description.as_str()),
            c.format.as_deref(),
            None,
        ];
        let decimals = header.decimals.get(place).copied();
        rows.push(Row { section: "curve", item: place + 1, curve: (place > 0).then_some(&c.name), decimals, texts });
    }
    for (place, i) in header.parameters.iter().enumerate() {
        rows.push(Row::of_item("parameter", place, i));
    }
    if !header.other.trim().is_empty() {
        let texts = [None, None, Some(header.other), None, None, None];
        rows.push(Row { section: "other", item: 1, curve: None, decimals: None, texts });
    }
    let text = |place: usize| -> ArrayRef {
        let filled = |r: &Row| -> Option<String> {
            let text = r.texts.get(place).copied().flatten()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        Arc::new(rows.iter().map(filled).collect::<StringArray>())
    };
    let columns: Vec<ArrayRef> = vec![
        repeated(header.well, rows.len()),
        repeated(header.log_set, rows.len()),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|r| r.section))),
        Arc::new(Int64Array::from_iter(rows.iter().map(|r| i64::try_from(r.item).ok()))),
        Arc::new(rows.iter().map(|r| r.curve).collect::<StringArray>()),
        text(0),
        text(1),
        text(2),
        text(3),
        text(4),
        Arc::new(Int64Array::from_iter(rows.iter().map(|r| r.decimals.and_then(|d| i64::try_from(d).ok())))),
        text(5),
        repeated(header.sha256, rows.len()),
    ];
    RecordBatch::try_new(tables::log_headers(), columns).map_err(ImportError::batch("outcrop.log_headers"))
}
