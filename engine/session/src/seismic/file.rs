//! SEG-Y and Seismic Unix files, queried where they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::{Result, plan_err};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use outcrop_connectors::segy::{CheckedBytes, FileBytes, ReadAt};
use outcrop_operators::{VolumeSource, of_volume, samples_field};
use outcrop_seismic::{SegyOptions, Survey, Volume, open_joined};
use outcrop_store::{Location, MappedFile};

use super::rows;
use crate::error::{SessionError, external};
use crate::session::Session;

/// Rows of traces that are worth a partition of their own.
const PARTITION: usize = 1 << 16;

/// Files that are open, with the columns that were read of their headers.
#[derive(Debug)]
pub(crate) struct OpenFile {
    survey: Survey,
    volume: Arc<dyn Volume>,
    columns: Mutex<HashMap<String, ArrayRef>>,
}

/// What an open file is known by: its path, size and time, and how it is read.
pub(super) type FileKey = (Vec<(String, u64, Option<SystemTime>)>, SegyOptions);

impl OpenFile {
    /// Opens files as one; those that are open already, unchanged, are not looked at again. Blocks.
    pub(crate) fn open(session: &Session, files: &[Location], options: &SegyOptions) -> Result<Arc<Self>> {
        let mut key = Vec::with_capacity(files.len());
        for file in files {
            let opened = session.roots().open_blocking(file).map_err(external)?;
            let metadata = opened.metadata().map_err(|e| external(outcrop_store::StoreError::Io { path: file.display.clone(), source: e }))?;
            key.push((shown(file), metadata.len(), metadata.modified().ok()));
        }
        let key = (key, options.clone());
        if let Some(open) = session.inner().volumes.file(&key) {
            return Ok(open);
        }
        let mut sources: Vec<(String, Arc<dyn ReadAt>)> = Vec::with_capacity(files.len());
        for file in files {
            sources.push((file.display.clone(), bytes(session, file)?));
        }
        let failed = |(path, error): (String, outcrop_seismic::SeismicError)| {
            datafusion::common::DataFusionError::Plan(format!("{path}: {error}"))
        };
        let file = open_joined(sources, &options.open).map_err(failed)?;
        let name = || files.first().map(|f| f.display.clone()).unwrap_or_default();
        let survey = Survey::new(file, &options.inspect(), &|_| true).map_err(|e| failed((name(), e)))?;
        let volume: Arc<dyn Volume> = Arc::new(survey.volume().map_err(|e| failed((name(), e)))?);
        let open = Arc::new(OpenFile { survey, volume, columns: Mutex::default() });
        session.inner().volumes.keep_file(key, Arc::clone(&open));
        Ok(open)
    }

    /// Columns of all traces; those that were asked for before are remembered.
    fn columns(&self, schema: &Schema) -> Result<RecordBatch> {
        let mut known = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<&str> =
            schema.fields().iter().map(|f| f.name().as_str()).filter(|n| !known.contains_key(*n)).collect();
        let read = self.survey.columns(&missing).map_err(of_volume)?;
        for (name, column) in missing.iter().zip(read.columns()) {
            known.insert((*name).to_owned(), Arc::clone(column));
        }
        let columns: Vec<ArrayRef> =
            schema.fields().iter().filter_map(|f| known.get(f.name()).map(Arc::clone)).collect();
        Ok(RecordBatch::try_new(Arc::new(schema.clone()), columns)?)
    }
}

/// The bytes of a file: mapped where that is possible, else read as they are needed.
pub(super) fn bytes(session: &Session, file: &Location) -> Result<Arc<dyn ReadAt>> {
    if let Ok(map) = session.roots().map_blocking(file) {
        return Ok(Arc::new(CheckedBytes { bytes: map, intact: MappedFile::intact }));
    }
    let opened = session.roots().open_blocking(file).map_err(external)?;
    Ok(Arc::new(FileBytes::new(opened).map_err(external)?))
}

fn shown(file: &Location) -> String {
    file.local.as_ref().map_or_else(|| file.display.clone(), |p| p.display().to_string())
}

/// Files as a table of traces.
pub(crate) async fn open(
    session: &Session,
    files: Vec<Location>,
    options: &SegyOptions,
) -> std::result::Result<Arc<dyn TableProvider>, SessionError> {
    let (of_task, options) = (session.clone(), options.clone());
    let paths: Vec<String> = files.iter().map(shown).collect();
    let source = VolumeSource::File { path: paths.join("\n"), options: options.to_json() };
    let open = crate::files::blocking(move || OpenFile::open(&of_task, &files, &options)).await?;
    let samples: FieldRef = Arc::new(samples_field(open.volume.axis()));
    let schema = rows::shown(open.survey.schema(), &samples);
    Ok(Arc::new(FileVolume { open, schema, source }))
}

/// Opens the volume of files that a plan names, within the session's folders.
pub(super) async fn open_volume(session: &Session, paths: &str, options: &str) -> Result<Arc<dyn Volume>> {
    let options = SegyOptions::from_json(options).or_else(|e| plan_err!("{e}"))?;
    let mut files = Vec::new();
    for path in paths.lines() {
        files.push(session.roots().resolve(path, session.base()).map_err(external)?);
    }
    let session = session.clone();
    crate::files::blocking(move || Ok(Arc::clone(&OpenFile::open(&session, &files, &options)?.volume))).await
}

/// See the module.
#[derive(Debug)]
struct FileVolume {
    open: Arc<OpenFile>,
    schema: SchemaRef,
    source: VolumeSource,
}

#[async_trait]
impl TableProvider for FileVolume {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(rows::pushdown(filters))
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        let survey = self.open.survey.schema();
        let needed = rows::needed(survey, &self.schema, wanted, filters)?;
        let (open, schema) = (Arc::clone(&self.open), Arc::new(survey.project(&needed)?));
        let of_task = Arc::clone(&schema);
        let batch = crate::files::blocking(move || open.columns(&of_task)).await?;
        let partitions = state.config().target_partitions().clamp(1, batch.num_rows().div_ceil(PARTITION).max(1));
        let size = batch.num_rows().div_ceil(partitions).max(1);
        let parts: Vec<Vec<RecordBatch>> = (0..batch.num_rows())
            .step_by(size)
            .map(|start| vec![batch.slice(start, size.min(batch.num_rows() - start))])
            .collect();
        if parts.is_empty() {
            return plan_err!("the file has no traces");
        }
        let input = MemorySourceConfig::try_new_exec(&parts, schema, None)?;
        rows::plan(state, input, &self.schema, wanted, filters, &self.open.volume, &self.source)
    }
}
