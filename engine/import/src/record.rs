//! The report as rows of `outcrop.imports` and `outcrop.import_issues`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use outcrop_types::{Severity, tables};

use crate::{FileOutcome, ImportError, Noted};

/// Rows of `outcrop.imports`; the commit is filled when it is made.
pub(crate) fn imports(files: &[FileOutcome]) -> Result<RecordBatch, ImportError> {
    let now = chrono::Utc::now().timestamp_micros();
    let texts = |get: &dyn Fn(&FileOutcome) -> Option<String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(files.iter().map(get)))
    };
    let counts = |get: &dyn Fn(&FileOutcome) -> u64| -> ArrayRef {
        Arc::new(Int64Array::from_iter(files.iter().map(|f| i64::try_from(get(f)).ok())))
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let columns = vec![
        Arc::new(Int64Array::new_null(files.len())) as ArrayRef,
        texts(&|f| Some(f.path.clone())),
        texts(&|f| some(&f.kind)),
        texts(&|f| Some(f.status.to_string())),
        texts(&|f| some(&f.sha256)),
        counts(&|f| f.bytes),
        texts(&|f| f.object.clone()),
        counts(&|f| f.rows),
        texts(&|f| some(&f.wells.join(" "))),
        counts(&|f| f.count(Severity::Warning) as u64),
        counts(&|f| f.count(Severity::Error) as u64),
        texts(&|f| some(&f.message)),
        Arc::new(TimestampMicrosecondArray::from_value(now, files.len()).with_timezone("UTC")),
    ];
    RecordBatch::try_new(tables::imports(), columns).map_err(ImportError::batch("outcrop.imports"))
}

/// Rows of `outcrop.import_issues`; none when there is nothing to tell.
pub(crate) fn issues(files: &[FileOutcome]) -> Result<Option<RecordBatch>, ImportError> {
    let rows: Vec<(&str, &Noted)> = files.iter().flat_map(|f| f.issues.iter().map(|n| (f.path.as_str(), n))).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let texts = |get: &dyn Fn(&Noted) -> Option<String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(rows.iter().map(|(_, n)| get(n))))
    };
    let lines = rows.iter().map(|(_, n)| n.issue.line.and_then(|l| i64::try_from(l).ok()));
    let columns = vec![
        Arc::new(Int64Array::new_null(rows.len())) as ArrayRef,
        Arc::new(StringArray::from_iter_values(rows.iter().map(|(path, _)| path))),
        Arc::new(Int64Array::from_iter(lines)),
        texts(&|n| n.well.clone()),
        texts(&|n| n.issue.curve.clone()),
        texts(&|n| Some(n.issue.severity.to_string())),
        texts(&|n| Some(n.issue.code.clone())),
        texts(&|n| Some(n.issue.message.clone())),
    ];
    RecordBatch::try_new(tables::import_issues(), columns)
        .map(Some)
        .map_err(ImportError::batch("outcrop.import_issues"))
}
