//! What a statement read, as `outcrop.lineage` keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::LogicalPlan;
use outcrop_types::tables::{TableName, lineage};
use serde_json::Value;

use super::Planned;
use crate::catalog::{CurveValues, Logs, ParquetFiles};
use crate::files::Traced;
use crate::seismic::StoredVolume;

/// The row of `outcrop.lineage` for a table that a statement made or changed.
pub(super) fn lineage_row(table: &TableName, statement: &str, planned: &Planned) -> Result<RecordBatch> {
    let text = |t: String| -> ArrayRef { Arc::new(StringArray::from(vec![t])) };
    let now = chrono::Utc::now().timestamp_micros();
    Ok(RecordBatch::try_new(
        lineage(),
        vec![
            Arc::new(Int64Array::from(vec![None::<i64>])),
            text(table.to_string()),
            text(statement.to_owned()),
            text(inputs(&planned.plan)?.to_string()),
            text(env!("CARGO_PKG_VERSION").to_owned()),
            Arc::new(TimestampMicrosecondArray::from(vec![now]).with_timezone("UTC")),
        ],
    )?)
}

/// Tables with the versions that were read (a list where there are several), and files by their full path, without one.
fn inputs(plan: &LogicalPlan) -> Result<Value> {
    let mut versions: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(provider) = source_as_provider(&scan.source)
        {
            if let Some(files) = provider.downcast_ref::<Traced>() {
                for file in files.files() {
                    versions.entry(file.clone()).or_default();
                }
                return Ok(TreeNodeRecursion::Continue);
            }
            let parts: Vec<&ParquetFiles> = match provider.downcast_ref::<CurveValues>() {
                Some(values) => values.parts().collect(),
                None => Vec::new(),
            };
            let stored = provider
                .downcast_ref::<Logs>()
                .map(Logs::stored)
                .or_else(|| provider.downcast_ref::<StoredVolume>().map(StoredVolume::rows))
                .or_else(|| provider.downcast_ref());
            for (table, version) in parts.into_iter().chain(stored).filter_map(ParquetFiles::origin) {
                versions.entry(table.to_string()).or_default().insert(*version);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    let shown = versions.into_iter().map(|(name, versions)| {
        let value = match versions.iter().collect::<Vec<_>>().as_slice() {
            [] => Value::Null,
            [one] => Value::from(**one),
            several => Value::from(several.iter().map(|v| **v).collect::<Vec<u64>>()),
        };
        (name, value)
    });
    Ok(Value::Object(shown.collect()))
}
