//! What a reader sees: one project commit, and the tables of it, opened when asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use object_store::ObjectStore;
use object_store::path::Path as ObjectPath;
use outcrop_types::tables::TableName;

use crate::delta::LogIdentity;
use crate::project::Project;
use crate::{ColumnStatistics, ProjectCommit, StoreError, View};

/// The project as one commit states it. Cheap to make and to clone; never changes.
#[derive(Debug, Clone)]
pub struct Snapshot {
    project: Project,
    commit: Arc<ProjectCommit>,
}

impl Snapshot {
    pub(crate) fn new(project: Project, commit: Arc<ProjectCommit>) -> Self {
        Snapshot { project, commit }
    }

    /// The commit.
    pub fn commit(&self) -> &ProjectCommit {
        &self.commit
    }

    /// The project it belongs to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The tables, sorted by schema and name.
    pub fn tables(&self) -> Vec<TableName> {
        let mut names: Vec<TableName> = self.commit.table_names().collect();
        names.sort();
        names
    }

    /// Whether there is such a table.
    pub fn has_table(&self, table: &TableName) -> bool {
        self.commit.tables.contains_key(&table.to_string())
    }

    /// Opens a table: its schema, files and their statistics, kept in memory from then on.
    pub async fn table(&self, table: &TableName) -> Result<Arc<TableSnapshot>, StoreError> {
        match self.table_if_there(table).await? {
            Some(found) => Ok(found),
            None => {
                let known: Vec<String> = self.commit.tables.keys().cloned().collect();
                Err(StoreError::NoSuchTable {
                    table: table.to_string(),
                    commit: self.commit.number,
                    known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
                })
            }
        }
    }

    /// As [`Snapshot::table`], none where there is no such table.
    pub async fn table_if_there(&self, table: &TableName) -> Result<Option<Arc<TableSnapshot>>, StoreError> {
        match self.commit.tables.get(&table.to_string()) {
            Some(state) => self.project.table_version(table, state.version).await.map(Some),
            None => Ok(None),
        }
    }

    /// What a table is for, where someone said so.
    pub fn description(&self, table: &TableName) -> Option<&str> {
        self.commit.tables.get(&table.to_string())?.description.as_deref()
    }

    /// A view.
    pub fn view(&self, view: &TableName) -> Option<&View> {
        self.commit.views.get(&view.to_string())
    }

    /// The views by name.
    pub fn views(&self) -> impl Iterator<Item = (TableName, &View)> {
        self.commit.views.iter().map(|(key, view)| (TableName::from_key(key), view))
    }
}

/// A version of a table: what a scan needs.
#[derive(Debug, Clone)]
pub struct TableSnapshot {
    /// Name.
    pub name: TableName,
    /// Columns, with units and descriptions in the field metadata. A file may lack columns that were
    /// added after it was written (they are null there) and may have them in another order.
    pub schema: SchemaRef,
    /// Data files, Parquet.
    pub files: Vec<DataFile>,
    /// Rows of all files.
    pub rows: u64,
    /// Version in the table's Delta log.
    pub version: u64,
    /// The store that the locations of the files are paths of.
    pub store: Arc<dyn ObjectStore>,
    pub(crate) identity: LogIdentity,
}

/// A data file of a table.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// Name within the folder of the table: what [`crate::Transaction::rewrite`] takes.
    pub name: String,
    /// Path in [`TableSnapshot::store`].
    pub location: ObjectPath,
    /// Size in bytes.
    pub size: u64,
    /// Rows, exact.
    pub rows: u64,
    /// Statistics of the columns by name, where they are known.
    pub statistics: Arc<BTreeMap<String, ColumnStatistics>>,
}
