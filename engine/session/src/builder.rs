//! Making a session: functions, memory, limits.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionConfig;
use outcrop_operators::{Operator, OperatorColumns, OperatorPushdown, OperatorRegistry};
use outcrop_sql::Callable;
use outcrop_store::{Project, Roots};

use crate::error::SessionError;
use crate::null_aware::NullAwareIn;
use crate::query_planner::OutcropQueryPlanner;
use crate::session::Session;
use crate::yielding::YieldingJoins;

/// Settings of a session to be.
pub struct SessionBuilder {
    roots: Roots,
    base: PathBuf,
    files: Option<PathBuf>,
    project: Option<Project>,
    catalog: Option<String>,
    operators: Vec<Arc<dyn Operator>>,
    memory: usize,
    disk: u64,
    threads: Option<usize>,
}

impl SessionBuilder {
    /// A session that reaches what `roots` allows; relative paths count from `base`.
    pub fn new(roots: Roots, base: impl Into<PathBuf>) -> Self {
        SessionBuilder {
            roots,
            base: base.into(),
            files: None,
            project: None,
            catalog: None,
            operators: Vec::new(),
            memory: default_memory(),
            disk: 64 << 30,
            threads: None,
        }
    }

    /// With a project.
    #[must_use]
    pub fn project(mut self, project: Project) -> Self {
        self.project = Some(project);
        self
    }

    /// With a name for the project in SQL, as in `name.public.wells`; left out, it is made from the project's own.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// With a folder that relative paths of files to write count from; left out, that of files to read.
    #[must_use]
    pub fn files(mut self, folder: impl Into<PathBuf>) -> Self {
        self.files = Some(folder.into());
        self
    }

    /// With one more operator.
    #[must_use]
    pub fn operator(mut self, operator: Arc<dyn Operator>) -> Self {
        self.operators.push(operator);
        self
    }

    /// With a memory limit in bytes for what queries hold at a time.
    #[must_use]
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// With a limit in bytes for temporary files.
    #[must_use]
    pub fn temporary_disk_limit(mut self, bytes: u64) -> Self {
        self.disk = bytes;
        self
    }

    /// With a number of threads to plan for; left out, one a core.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The session.
    ///
    /// # Errors
    /// When the temporary folder cannot be used.
    pub fn build(self) -> Result<Session, SessionError> {
        let pool = TrackConsumersPool::new(
            FairSpillPool::new(self.memory),
            std::num::NonZeroUsize::new(5).unwrap_or(std::num::NonZeroUsize::MIN),
        );
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::OsTmpDirectory)
            .with_max_temp_directory_size(self.disk);
        let runtime =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk).build_arc()?;
        // One store for every local path; it refuses what lies outside the roots.
        runtime.register_object_store(&crate::catalog::store_url()?, self.roots.object_store());

        let catalog = self.catalog.unwrap_or_else(|| crate::catalog::catalog_name(self.project.as_ref()));
        let mut config = SessionConfig::new().with_default_catalog_and_schema(catalog, "public");
        if let Some(threads) = self.threads {
            config = config.with_target_partitions(threads);
        }
        let options = config.options_mut();
        options.sql_parser.map_string_types_to_utf8view = false;
        options.optimizer.expand_views_at_output = true;
        // Moving `p['x']` down to where `p` is computed fails with "duplicate" or "ambiguous" columns where a column stands
        // under an alias of its own name, as those of a UNION do, or a join's side has a name. Tables have no structs.
        options.optimizer.enable_leaf_expression_pushdown = false;
        options.execution.parquet.schema_force_view_types = false;
        options.execution.parquet.pushdown_filters = true;
        options.execution.parquet.reorder_filters = true;
        // A join of two batches may have millions of rows; see YieldingJoins.
        options.execution.enforce_batch_size_in_joins = true;

        let registry: OperatorRegistry = outcrop_sql::operators().into_iter().chain(self.operators).collect();
        let functions = outcrop_sql::functions();
        let mut defaults = SessionStateBuilder::new_with_default_features();
        let mut scalars = defaults.scalar_functions().take().unwrap_or_default();
        let mut aggregates = defaults.aggregate_functions().take().unwrap_or_default();
        let (spatial_scalars, spatial_aggregates) = crate::spatial::functions();
        scalars.extend(spatial_scalars);
        aggregates.extend(spatial_aggregates);
        for function in &functions {
            match &function.callable {
                Callable::Scalar(f) => scalars.push(Arc::clone(f)),
                Callable::Aggregate(f) => aggregates.push(Arc::clone(f)),
            }
        }
        let state = SessionStateBuilder::new_with_default_features()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_scalar_functions(scalars)
            .with_aggregate_functions(aggregates)
            .with_query_planner(Arc::new(OutcropQueryPlanner))
            .with_physical_optimizer_rules(crate::offset::guarded())
            .with_physical_optimizer_rule(Arc::new(YieldingJoins))
            .with_analyzer_rule(Arc::new(NullAwareIn))
            .with_optimizer_rule(Arc::new(OperatorPushdown))
            .with_optimizer_rule(Arc::new(OperatorColumns))
            .build();
        Ok(Session::new(self.roots, (self.base, self.files), self.project, Arc::new(registry), functions, state))
    }
}

/// Two thirds of the machine's memory where it can be told, else 4 GiB.
fn default_memory() -> usize {
    const FALLBACK: usize = 4 << 30;
    let Ok(info) = std::fs::read_to_string("/proc/meminfo") else { return FALLBACK };
    let kib = info
        .lines()
        .find_map(|l| l.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<usize>().ok());
    kib.map_or(FALLBACK, |kib| kib / 3 * 2 * 1024)
}
