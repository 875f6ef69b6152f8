//! What a statement read, as `outcrop.lineage` keeps it.

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
use crate::workflow::{KeptRows, Origin, Origins};

/// The row of `outcrop.lineage` for a table that a statement made or changed.
pub(super) fn lineage_row(table: &TableName, statement: &str, planned: &Planned) -> Result<RecordBatch> {
    let origin = planned.step.as_ref().and_then(|step| step.origin.as_ref());
    let statement = origin.map_or(statement, |o| &o.statement);
    let inputs = shown_origins(&origins(&planned.plan)?).to_string();
    lineage_of(&table.to_string(), statement, inputs, origin)
}

/// The row for a table, or a file, with the workflow that made it.
pub(crate) fn lineage_of(
    target: &str,
    statement: &str,
    inputs: String,
    origin: Option<&Origin>,
) -> Result<RecordBatch> {
    let text = |t: String| -> ArrayRef { Arc::new(StringArray::from(vec![t])) };
    let of = |f: fn(&Origin) -> &String| -> ArrayRef { Arc::new(StringArray::from(vec![origin.map(f).cloned()])) };
    let revision = origin.and_then(|o| o.revision).and_then(|n| i64::try_from(n).ok());
    let now = chrono::Utc::now().timestamp_micros();
    Ok(RecordBatch::try_new(
        lineage(),
        vec![
            Arc::new(Int64Array::from(vec![None::<i64>])),
            text(target.to_owned()),
            text(statement.to_owned()),
            text(inputs),
            text(env!("CARGO_PKG_VERSION").to_owned()),
            Arc::new(TimestampMicrosecondArray::from(vec![now]).with_timezone("UTC")),
            of(|o| &o.workflow),
            Arc::new(Int64Array::from(vec![revision])),
            of(|o| &o.hash),
            of(|o| &o.node),
            of(|o| &o.parameters),
        ],
    )?)
}

/// Tables with the versions that were read (a list where there are several), and files by their full path, without one.
pub(super) fn origins(plan: &LogicalPlan) -> Result<Origins> {
    let mut versions = Origins::new();
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
            if let Some(kept) = provider.downcast_ref::<KeptRows>() {
                for (name, of) in kept.origins() {
                    versions.entry(name.clone()).or_default().extend(of);
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
    Ok(versions)
}

/// The same as a JSON object: the version, a list where there are several, null for a file.
pub(crate) fn shown_origins(versions: &Origins) -> Value {
    let shown = versions.iter().map(|(name, versions)| {
        let value = match versions.iter().collect::<Vec<_>>().as_slice() {
            [] => Value::Null,
            [one] => Value::from(**one),
            several => Value::from(several.iter().map(|v| **v).collect::<Vec<u64>>()),
        };
        (name.clone(), value)
    });
    Value::Object(shown.collect())
}
