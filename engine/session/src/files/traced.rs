//! A table that knows the files it was read from, so that lineage can name them.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::{Constraints, Result, Statistics};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use outcrop_store::Location;

/// See the module. Everything but the names is the inner table's.
#[derive(Debug)]
pub(crate) struct Traced {
    inner: Arc<dyn TableProvider>,
    files: Vec<String>,
}

impl Traced {
    pub(super) fn new(inner: Arc<dyn TableProvider>, files: &[Location]) -> Self {
        let name = |f: &Location| f.local.as_ref().map_or_else(|| f.display.clone(), |p| p.display().to_string());
        Traced { inner, files: files.iter().map(name).collect() }
    }

    /// The files by their full path.
    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }
}

#[async_trait]
impl TableProvider for Traced {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn constraints(&self) -> Option<&Constraints> {
        self.inner.constraints()
    }

    fn table_type(&self) -> TableType {
        self.inner.table_type()
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.inner.supports_filters_pushdown(filters)
    }

    fn statistics(&self) -> Option<Statistics> {
        self.inner.statistics()
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.inner.scan(state, projection, filters, limit).await
    }
}
