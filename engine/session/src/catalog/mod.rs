//! The project as a catalogue: one commit of it, so that a statement sees all of an import or nothing.

mod crs;
mod curve_values;
mod information;
mod lists;
mod logs;
mod provider;
mod stored;
mod views;

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use outcrop_store::{Project, Snapshot, TableSnapshot};
use outcrop_types::identity::column_name;
use outcrop_types::tables::TableName;

pub(crate) use curve_values::{CurveRowsWire, CurveValues};
pub(crate) use information::InformationList;
pub(crate) use lists::LISTS;
pub(crate) use logs::{Logs, Paths, paths};
pub(crate) use provider::ProjectCatalogs;
pub(crate) use stored::{FILE, ParquetFiles, ROW, StoredFile};

use crate::error::SessionError;
use crate::seismic::{self, StoredVolume};
use crate::session::Session;

/// The one store of local paths.
pub(crate) fn object_store_url() -> Result<ObjectStoreUrl> {
    ObjectStoreUrl::parse("file://")
}

/// The same, as the registry wants it.
pub(crate) fn store_url() -> Result<url::Url> {
    url::Url::parse("file://").map_err(|e| DataFusionError::External(Box::new(e)))
}

/// The catalogue's name where the session was given none: the project's, as an identifier.
pub(crate) fn catalog_name(project: Option<&Project>) -> String {
    project.map_or_else(|| "outcrop".to_owned(), |p| column_name(&p.settings().name))
}

/// A table as it is stored, at a commit.
pub(crate) async fn stored_table(
    session: &Session,
    snapshot: &Snapshot,
    table: &TableName,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let state = snapshot.table(table).await?;
    Ok(Arc::new(ParquetFiles::of_table(session, &state)?))
}

/// A table as people see it, at a commit: logs have the depths of their wells' paths.
pub(crate) async fn table(
    session: &Session,
    snapshot: &Snapshot,
    table: &TableName,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    if table.schema == seismic::TRACES {
        return StoredVolume::open(session, snapshot, table).await;
    }
    let state = snapshot.table(table).await?;
    let stored = ParquetFiles::of_table(session, &state)?;
    if *table == TableName::public("wells") {
        return Ok(Arc::new(match crs::of_wells(snapshot, &state) {
            Some(crs) => stored.described(crs::on(&state.schema, &crs)),
            None => stored,
        }));
    }
    Ok(with_depths(session, snapshot, stored, table))
}

/// A table that a statement changes, as people see it, with [`FILE`] and [`ROW`]: which rows a statement means is what a
/// SELECT with the same condition shows, so depths are computed here too.
pub(crate) fn target(
    session: &Session,
    snapshot: &Snapshot,
    table: &TableSnapshot,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    Ok(with_depths(session, snapshot, ParquetFiles::target(session, table)?, &table.name))
}

/// The stored table; of `logs` with the depths of the wells' paths.
fn with_depths(
    session: &Session,
    snapshot: &Snapshot,
    stored: ParquetFiles,
    table: &TableName,
) -> Arc<dyn TableProvider> {
    if *table != TableName::public("logs") {
        return Arc::new(stored);
    }
    match Logs::new(session, snapshot, stored) {
        Ok(logs) => Arc::new(logs),
        Err(stored) => Arc::new(*stored),
    }
}

/// Whether a name belongs to something computed.
pub(crate) fn is_virtual(table: &TableName) -> bool {
    views::BUILT_IN.iter().any(|v| v.name() == *table)
        || (table.schema == "outcrop" && LISTS.contains(&table.name.as_str()))
}

/// A time as people write it: RFC 3339, or `2026-01-31 12:00:00` and `2026-01-31` in UTC.
pub(crate) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
        .or_else(|| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
        .map(|t| t.and_utc())
}
