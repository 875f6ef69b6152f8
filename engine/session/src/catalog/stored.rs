//! Parquet files as a table, with the statistics that let the engine leave files, row groups and pages unread.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use outcrop_store::TableSnapshot;
use outcrop_types::tables::TableName;
use parquet::arrow::RowNumber;

use super::object_store_url;
use crate::error::SessionError;
use crate::session::Session;

/// A file of it.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) path: Path,
    pub(crate) size: u64,
    /// When it was written; the file's footer is remembered under it. Files of tables never change, so theirs is fixed.
    pub(crate) modified: chrono::DateTime<chrono::Utc>,
    pub(crate) statistics: Option<Arc<Statistics>>,
}

/// Column of [`ParquetFiles::target`]: the place of the file among the table's files.
pub(crate) const FILE: &str = "outcrop target file";
/// Column of [`ParquetFiles::target`]: the place of the row in its file.
pub(crate) const ROW: &str = "outcrop target row";

/// Parquet files of one schema.
#[derive(Debug)]
pub(crate) struct ParquetFiles {
    /// The columns that a query sees.
    schema: SchemaRef,
    /// The same as the reader takes them: of the files, and those that say where a row is.
    columns: TableSchema,
    files: Vec<StoredFile>,
    store: Arc<dyn ObjectStore>,
    /// The table and its version, where it is one.
    origin: Option<(TableName, u64)>,
}

impl ParquetFiles {
    /// Files that were found by path.
    pub(crate) fn new(session: &Session, schema: SchemaRef, files: Vec<StoredFile>) -> Self {
        ParquetFiles {
            columns: TableSchema::from(Arc::clone(&schema)),
            schema,
            files,
            store: session.roots().object_store(),
            origin: None,
        }
    }

    /// With more in the metadata of its columns.
    pub(super) fn described(mut self, schema: SchemaRef) -> Self {
        self.columns = TableSchema::from(Arc::clone(&schema));
        self.schema = schema;
        self
    }

    /// The table and its version in the project, where it is one.
    pub(crate) fn origin(&self) -> Option<&(TableName, u64)> {
        self.origin.as_ref()
    }

    /// A table that a statement changes: its columns, then [`FILE`] and [`ROW`], which say where a row is.
    pub(crate) fn target(session: &Session, table: &TableSnapshot) -> Result<Self, SessionError> {
        let mut files = Self::of_table(session, table)?;
        let row = Field::new(ROW, DataType::Int64, true).with_extension_type(RowNumber);
        files.columns = TableSchema::builder(Arc::clone(&table.schema))
            .with_table_partition_cols(vec![Arc::new(Field::new(FILE, DataType::Int64, true))])
            .with_virtual_columns(vec![Arc::new(row)])
            .build();
        files.schema = Arc::clone(files.columns.table_schema());
        Ok(files)
    }

    /// Whether rows say where they are.
    fn is_target(&self) -> bool {
        !self.columns.virtual_columns().is_empty()
    }

    /// A table of the project.
    pub(crate) fn of_table(session: &Session, table: &TableSnapshot) -> Result<Self, SessionError> {
        let mut files = Vec::with_capacity(table.files.len());
        for file in &table.files {
            let mut statistics = Statistics::new_unknown(&table.schema);
            statistics.num_rows = Precision::Exact(usize::try_from(file.rows).unwrap_or(usize::MAX));
            for (field, column) in table.schema.fields().iter().zip(&mut statistics.column_statistics) {
                let Some(known) = file.statistics.get(field.name()) else {
                    // The file was written before the column was: all its values are null there.
                    column.null_count = statistics.num_rows;
                    continue;
                };
                let bound = |a: &Option<arrow::array::ArrayRef>| -> Result<Precision<ScalarValue>> {
                    Ok(match a {
                        Some(a) => Precision::Inexact(ScalarValue::try_from_array(a, 0)?),
                        None => Precision::Absent,
                    })
                };
                *column = ColumnStatistics {
                    min_value: bound(&known.min)?,
                    max_value: bound(&known.max)?,
                    null_count: known
                        .null_count
                        .and_then(|n| usize::try_from(n).ok())
                        .map_or(Precision::Absent, Precision::Exact),
                    ..ColumnStatistics::new_unknown()
                };
            }
            files.push(StoredFile {
                path: file.location.clone(),
                size: file.size,
                modified: chrono::DateTime::UNIX_EPOCH,
                statistics: Some(Arc::new(statistics)),
            });
        }
        let origin = Some((table.name.clone(), table.version));
        Ok(ParquetFiles { origin, ..Self::new(session, Arc::clone(&table.schema), files) })
    }
}

#[async_trait]
impl TableProvider for ParquetFiles {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// The scan uses filters to skip what cannot match; the engine keeps the exact filter above it.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    fn statistics(&self) -> Option<Statistics> {
        if self.is_target() {
            return None;
        }
        let all: Vec<&Statistics> = self.files.iter().map(|f| f.statistics.as_deref()).collect::<Option<_>>()?;
        Statistics::try_merge_iter(all, &self.schema).ok()
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            // A scan of no files has no partition at all, which a sort above it cannot have.
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let readers = CachedParquetFileReaderFactory::new(Arc::clone(&self.store), cache);
        let source = ParquetSource::new(self.columns.clone())
            .with_table_parquet_options(state.table_options().parquet.clone())
            .with_pushdown_filters(true)
            .with_reorder_filters(true)
            .with_metadata_size_hint(64 * 1024)
            .with_parquet_file_reader_factory(Arc::new(readers));
        let files = self.files.iter().zip(0i64..).map(|(f, number)| {
            let meta = ObjectMeta {
                location: f.path.clone(),
                last_modified: f.modified,
                size: f.size,
                e_tag: None,
                version: None,
            };
            let mut file = PartitionedFile::new_from_meta(meta);
            if self.is_target() {
                file = file.with_partition_values(vec![ScalarValue::Int64(Some(number))]);
                file.statistics = f.statistics.as_deref().map(|known| {
                    let mut all = known.clone();
                    all.column_statistics.resize(self.schema.fields().len(), ColumnStatistics::new_unknown());
                    Arc::new(all)
                });
                return file;
            }
            match &f.statistics {
                Some(s) => file.with_statistics(Arc::clone(s)),
                None => file,
            }
        });
        let groups = FileGroup::new(files.collect()).split_files(state.config().target_partitions().max(1));
        let mut config = FileScanConfigBuilder::new(object_store_url()?, Arc::new(source))
            .with_file_groups(groups)
            .with_limit(limit)
            .with_projection_indices(projection.cloned())?;
        if let Some(statistics) = self.statistics() {
            config = config.with_statistics(statistics);
        }
        Ok(DataSourceExec::from_data_source(config.build()))
    }
}
