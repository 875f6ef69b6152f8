//! Well logs by path: a row per sample, a column per mnemonic, in the file's own units.
//!
//! Planning reads only the beginning of each file; a scan reads file by file, so memory holds a few at a time.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::arrow::array::AsArray;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::{DFSchema, DataFusionError, Result, exec_err, plan_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::streaming::PartitionStream;
use outcrop_connectors::las::{CurveData, LasFile, ReadOptions};
use outcrop_connectors::welllog;
use outcrop_store::{Location, Roots};
use outcrop_types::field::{self, described};
use outcrop_types::identity::unique_column_names;
use serde::{Deserialize, Serialize};

use super::{Options, blocking};
use crate::error::{SessionError, external};
use crate::session::Session;
use crate::wire;

/// How much of a file planning looks at; a longer header is read whole.
const PREFIX: usize = 64 * 1024;

#[derive(Debug, Clone)]
struct Source {
    location: Location,
    well: Option<String>,
}

#[derive(Debug)]
struct LasTable {
    roots: Roots,
    options: ReadOptions,
    schema: SchemaRef,
    sources: Vec<Source>,
}

pub(super) async fn open(
    session: &Session,
    files: Vec<Location>,
    options: &Options,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (roots, options) = (session.roots().clone(), options.las.clone());
    Ok(blocking(move || Ok(Arc::new(LasTable::open(roots, files, options)?) as Arc<dyn TableProvider>)).await?)
}

impl LasTable {
    fn open(roots: Roots, files: Vec<Location>, options: ReadOptions) -> Result<Self> {
        let mut fields = vec![
            described("file", DataType::Utf8, false, "Path of the file"),
            described("well", DataType::Utf8, true, "Well as the file's header names it"),
        ];
        // Column name → its place and the file that brought it.
        let mut places: HashMap<String, (usize, String)> = HashMap::new();
        let mut sources = Vec::with_capacity(files.len());
        for location in files {
            let start = beginning(&roots, &location, &options)?;
            let well = start.header.well_value("WELL").or_else(|| start.header.well_value("UWI")).map(str::to_owned);
            for ((curve, header), name) in start.curves.iter().zip(&start.header.curves).zip(column_names(&start)) {
                let data_type = match curve.data {
                    CurveData::Numeric(_) => DataType::Float64,
                    CurveData::Text(_) => DataType::Utf8,
                };
                let unit = header.unit.as_deref().unwrap_or_default();
                match places.get(&name) {
                    None => {
                        places.insert(name.clone(), (fields.len(), location.display.clone()));
                        let f = described(&name, data_type, true, &header.description);
                        fields.push(field::with(field::with_unit(f, &symbol(unit)), field::ORIGINAL_NAME, &curve.name));
                    }
                    Some((place, first)) => {
                        let known = field::unit(&fields[*place]).unwrap_or_default().to_owned();
                        if known != symbol(unit) {
                            return plan_err!(
                                "`{name}` is in `{known}` in {first} but in `{unit}` in {}; query the files apart, or import the folder, which converts units",
                                location.display
                            );
                        }
                        if data_type == DataType::Utf8 && *fields[*place].data_type() != DataType::Utf8 {
                            fields[*place] = fields[*place].clone().with_data_type(DataType::Utf8);
                        }
                    }
                }
            }
            sources.push(Source { location, well });
        }
        Ok(LasTable { roots, options, schema: Arc::new(Schema::new(fields)), sources })
    }

    /// The files that filters on `file` and `well` leave.
    fn pruned(&self, state: &dyn EngineSession, filters: &[Expr]) -> Result<Vec<Source>> {
        let known = Schema::new(self.schema.fields()[..2].to_vec());
        let df_schema = DFSchema::try_from(known.clone())?;
        let mut keep = vec![true; self.sources.len()];
        let batch = RecordBatch::try_new(
            Arc::new(known),
            vec![
                Arc::new(self.sources.iter().map(|s| Some(s.location.display.as_str())).collect::<StringArray>()),
                Arc::new(self.sources.iter().map(|s| s.well.as_deref()).collect::<StringArray>()),
            ],
        )?;
        for filter in filters.iter().filter(|f| about_files(f)) {
            // Columns may be qualified with an alias the schema here does not have.
            let bare = datafusion::logical_expr::expr_rewriter::unnormalize_col(filter.clone());
            let bare = datafusion::logical_expr::expr_rewriter::strip_outer_reference(bare);
            let array = state.create_physical_expr(bare, &df_schema)?.evaluate(&batch)?.into_array(batch.num_rows())?;
            for (keep, pass) in keep.iter_mut().zip(array.as_boolean()) {
                *keep = *keep && pass == Some(true);
            }
        }
        Ok(self.sources.iter().zip(keep).filter(|(_, k)| *k).map(|(s, _)| s.clone()).collect())
    }
}

/// Whether a filter can be decided by a file's name and well alone.
fn about_files(filter: &Expr) -> bool {
    let columns = filter.column_refs();
    !columns.is_empty() && columns.iter().all(|c| c.name == "file" || c.name == "well") && !filter.is_volatile()
}

/// A known unit by its symbol, another as the file writes it.
fn symbol(unit: &str) -> String {
    outcrop_types::Unit::parse(unit).map_or_else(|| unit.to_owned(), |u| u.symbol().to_owned())
}

fn column_names(file: &LasFile) -> Vec<String> {
    // `file` and `well` are taken.
    let names = ["file", "well"].into_iter().chain(file.curves.iter().map(|c| c.name.as_str()));
    unique_column_names(names).split_off(2)
}

/// The header and the first samples.
fn beginning(roots: &Roots, location: &Location, options: &ReadOptions) -> Result<LasFile> {
    let prefix = roots.read_prefix_blocking(location, PREFIX).map_err(external)?;
    if prefix.len() == PREFIX {
        // Cut after a line, so that no number is cut; UTF-16 is read whole, where a line end is two bytes.
        let end = prefix.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        if !prefix.contains(&0)
            && let Ok(file) = welllog::read(&prefix[..end], options)
            && file.header.complete
        {
            return Ok(file);
        }
        return whole(roots, location, options);
    }
    welllog::read(&prefix, options).map_err(|e| DataFusionError::Plan(format!("{}: {e}", location.display)))
}

fn whole(roots: &Roots, location: &Location, options: &ReadOptions) -> Result<LasFile> {
    let bytes = roots.read_blocking(location).map_err(external)?;
    welllog::read(&bytes, options).map_err(|e| DataFusionError::Execution(format!("{}: {e}", location.display)))
}

#[async_trait]
impl TableProvider for LasTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(filters
            .iter()
            .map(|f| {
                if about_files(f) {
                    TableProviderFilterPushDown::Exact
                } else {
                    TableProviderFilterPushDown::Unsupported
                }
            })
            .collect())
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let sources = self.pruned(state, filters)?;
        let schema = match projection {
            Some(p) => Arc::new(self.schema.project(p)?),
            None => Arc::clone(&self.schema),
        };
        let parts = state.config().target_partitions().clamp(1, sources.len().max(1));
        let parts: Vec<Vec<Source>> =
            (0..parts).map(|part| sources.iter().skip(part).step_by(parts).cloned().collect()).collect();
        let files = LogFiles::new(&parts, &self.options);
        let streams = streams(&self.roots, &self.options, &schema, parts);
        Ok(Arc::new(wire::SourceExec::try_new(wire::Source::Logs(files), schema, streams, None, limit)?))
    }
}

fn streams(
    roots: &Roots,
    options: &ReadOptions,
    schema: &SchemaRef,
    parts: Vec<Vec<Source>>,
) -> Vec<Arc<dyn PartitionStream>> {
    let stream = |files| -> Arc<dyn PartitionStream> {
        Arc::new(LasPart { roots: roots.clone(), options: options.clone(), schema: Arc::clone(schema), files })
    };
    parts.into_iter().map(stream).collect()
}

/// Files of a scan, for another session: by their paths, in the order they are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LogFiles {
    parts: Vec<Vec<LogFile>>,
    null: Option<f64>,
    encoding: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LogFile {
    path: String,
    /// As the column `file` names it.
    shown: String,
    well: Option<String>,
}

impl LogFiles {
    fn new(parts: &[Vec<Source>], options: &ReadOptions) -> Self {
        let file = |source: &Source| LogFile {
            path: match &source.location.local {
                Some(local) => local.display().to_string(),
                None => source.location.display.clone(),
            },
            shown: source.location.display.clone(),
            well: source.well.clone(),
        };
        LogFiles {
            parts: parts.iter().map(|part| part.iter().map(file).collect()).collect(),
            null: options.null,
            encoding: options.encoding.clone(),
        }
    }

    /// Their samples in the columns of a schema; the files must be in folders of the session.
    pub(crate) fn streams(&self, session: &Session, schema: &SchemaRef) -> Result<Vec<Arc<dyn PartitionStream>>> {
        let resolved = |file: &LogFile| -> Result<Source> {
            let mut location = session.roots().resolve(&file.path, session.base()).map_err(external)?;
            location.display.clone_from(&file.shown);
            Ok(Source { location, well: file.well.clone() })
        };
        let parts = self.parts.iter().map(|part| part.iter().map(resolved).collect());
        let parts = parts.collect::<Result<Vec<Vec<Source>>>>()?;
        let options = ReadOptions { null: self.null, encoding: self.encoding.clone() };
        Ok(streams(session.roots(), &options, schema, parts))
    }
}

/// Some of the files, read one after another.
#[derive(Debug)]
struct LasPart {
    roots: Roots,
    options: ReadOptions,
    schema: SchemaRef,
    files: Vec<Source>,
}

impl PartitionStream for LasPart {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStreamBuilder::new(Arc::clone(&self.schema), 2);
        let (roots, options, schema, files) =
            (self.roots.clone(), self.options.clone(), Arc::clone(&self.schema), self.files.clone());
        let (sender, size) = (builder.tx(), context.session_config().batch_size());
        builder.spawn_blocking(move || {
            for source in files {
                let batch = batch(&schema, &source, &whole(&roots, &source.location, &options)?)?;
                let mut offset = 0;
                while offset < batch.num_rows() {
                    let length = size.min(batch.num_rows() - offset);
                    if sender.blocking_send(Ok(batch.slice(offset, length))).is_err() {
                        return Ok(());
                    }
                    offset += length;
                }
            }
            Ok(())
        });
        builder.build()
    }
}

/// A file's samples in the table's columns.
fn batch(schema: &SchemaRef, source: &Source, file: &LasFile) -> Result<RecordBatch> {
    let names = column_names(file);
    let columns = schema
        .fields()
        .iter()
        .map(|f| match f.name().as_str() {
            "file" => Ok(repeat(Some(&source.location.display), file.rows)),
            "well" => Ok(repeat(source.well.as_deref(), file.rows)),
            name => match names.iter().position(|n| n == name) {
                Some(i) => column(f, &file.curves[i].data, source),
                None => Ok(new_null_array(f.data_type(), file.rows)),
            },
        })
        .collect::<Result<Vec<_>>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(file.rows));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}

fn repeat(text: Option<&str>, rows: usize) -> ArrayRef {
    Arc::new(std::iter::repeat_n(text, rows).collect::<StringArray>())
}

fn column(f: &Field, data: &CurveData, source: &Source) -> Result<ArrayRef> {
    Ok(match (f.data_type(), data) {
        (DataType::Utf8, CurveData::Text(values)) => {
            Arc::new(values.iter().map(Option::as_deref).collect::<StringArray>())
        }
        (DataType::Utf8, CurveData::Numeric(values)) => {
            Arc::new(values.iter().map(|v| (!v.is_nan()).then(|| v.to_string())).collect::<StringArray>())
        }
        (_, CurveData::Numeric(values)) => {
            Arc::new(values.iter().map(|v| (!v.is_nan()).then_some(*v)).collect::<Float64Array>())
        }
        (_, CurveData::Text(_)) => {
            return exec_err!(
                "{}: `{}` begins with numbers but has text further down; read the file alone with read_csv, or import it",
                source.location.display,
                f.name()
            );
        }
    })
}
