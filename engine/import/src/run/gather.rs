//! From files to rows: everything but the commit. Runs on a thread that may block.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use outcrop_connectors::formats::{Recognised, recognise_file};
use outcrop_connectors::table::Kind as TableKind;
use outcrop_connectors::{PREFIX, Read};
use outcrop_store::{NewFiles, ProjectSettings, Roots, Transaction};
use outcrop_types::mnemonic::MnemonicTable;
use outcrop_types::tables::{self as schemas, TableName};
use outcrop_types::{Dimension, LengthUnit, Unit};
use tokio::runtime::Handle;

use super::Base;
use crate::context::Context;
use crate::datasets::{self, DatasetFile};
use crate::logs::{self, Done, Sink};
use crate::originals::Originals;
use crate::plane::Plane;
use crate::seismic;
use crate::source::Source;
use crate::tables::{self, Joined, TableFile};
use crate::wells::{Registry, metre};
use crate::{FileOutcome, ImportError, ImportOptions, Kind, Status, Watch};

/// What it takes.
pub(super) struct Gathering {
    pub(super) roots: Roots,
    pub(super) options: ImportOptions,
    pub(super) mnemonics: MnemonicTable,
    pub(super) settings: ProjectSettings,
    pub(super) transaction: Arc<Transaction>,
    pub(super) runtime: Handle,
    pub(super) watch: Arc<dyn Watch + Send + Sync>,
}

/// What is to be committed.
pub(super) struct Gathered {
    /// Every file, in the order of the paths.
    pub(super) files: Vec<FileOutcome>,
    pub(super) registry: Registry,
    /// Data files of all tables but `wells`.
    pub(super) written: Vec<NewFiles>,
    /// Wells and log sets written.
    pub(super) log_sets: HashSet<(String, String)>,
    /// What picks and stations were joined to.
    pub(super) joined: Joined,
    /// Tables that are made here and that nobody else may make meanwhile.
    pub(super) made: Vec<TableName>,
}

/// Files by what they are.
#[derive(Default)]
struct Sorted {
    las: Vec<(usize, Source, Bytes)>,
    text: Vec<(usize, Source)>,
    datasets: Vec<DatasetFile>,
    seismic: Vec<(usize, Source)>,
    other: Vec<(usize, FileOutcome)>,
}

impl Gathering {
    pub(super) fn run(self, sources: Vec<Source>, base: Base) -> Result<Gathered, ImportError> {
        let Base { known, mut registry, log_sets, own, .. } = base;
        let originals = Originals::new(Arc::clone(&self.transaction), self.runtime.clone());
        self.stage("recognising files")?;
        let sorted = self.sort(sources)?;
        let crs = self.options.crs.as_ref().or(self.settings.crs.as_ref());
        let is_length = |unit: &Unit| unit.dimension() == Dimension::Length;
        let plane = Plane {
            crs,
            axes: crs.and(self.options.crs_unit.as_deref()).and_then(Unit::parse).filter(is_length),
            project: self.settings.length_unit,
            other: self.settings.crs.as_ref().is_some_and(|own| crs.is_some_and(|crs| crs != own)),
        };
        let context = Context {
            options: &self.options,
            mnemonics: &self.mnemonics,
            roots: &self.roots,
            known: &known,
            transaction: &self.transaction,
            runtime: &self.runtime,
            originals: &originals,
            watch: self.watch.as_ref(),
            length: self.settings.length_unit,
            crs,
            plane,
            datum: self.settings.vertical_datum,
        };
        self.stage("reading tables")?;
        let mut tables = tables::read(sorted.text, &context)?;
        tables::wells(&mut tables, &mut registry, &context);
        self.stage("reading headers")?;
        let plan = logs::plan(sorted.las, &self.roots, &mut registry, &log_sets, &self.mnemonics, &self.options);
        self.stage("reading logs")?;
        let mut logs = logs::run(&plan, &context)?;
        settle(&mut registry, &mut logs.done, self.settings.length_unit, crs.is_none());
        tables::heads(&mut tables, &mut registry, &context);
        self.stage("reading surfaces and features")?;
        let mut names = datasets::Names::of(self.transaction.base(), &own);
        let datasets = datasets::run(sorted.datasets, &mut names, &context)?;
        self.stage("reading seismic")?;
        let volumes = seismic::run(sorted.seismic, &mut names, &context)?;
        self.stage("joining tables")?;
        let mut joined = Joined::default();
        let mut written: Vec<NewFiles> = logs.files.into_inner().into_values().collect();
        written.extend(datasets.written);
        written.extend(volumes.written);
        written.extend(tables::rows(&mut tables, &registry, &mut joined, &mut names, &context)?);
        written.extend(tables::sections(&logs.sections, &mut logs.done, &registry, &mut joined, &context)?);
        if !logs.curves.is_empty() {
            let mut sink = Sink::new(&self.transaction, &self.runtime, TableName::public("curves"), schemas::curves());
            sink.write(&logs::curves_batch(&logs.curves)?)?;
            written.extend(sink.finish()?);
        }
        let log_sets = logs.curves.iter().map(|c| (c.well.to_string(), c.log_set.to_string())).collect();
        self.runtime.block_on(originals.finish())?;
        let mut others = sorted.other;
        others.extend(datasets.outcomes);
        others.extend(volumes.outcomes);
        let files = outcomes(others, logs.done, tables, &registry);
        Ok(Gathered { files, registry, written, joined, log_sets, made: names.into_made() })
    }

    fn stage(&self, what: &str) -> Result<(), ImportError> {
        if self.watch.cancelled() {
            return Err(ImportError::Cancelled);
        }
        self.watch.stage(what);
        Ok(())
    }

    /// Looks at the first bytes of every file.
    fn sort(&self, sources: Vec<Source>) -> Result<Sorted, ImportError> {
        let mut sorted = Sorted::default();
        for (file, source) in sources.into_iter().enumerate() {
            if self.watch.cancelled() {
                return Err(ImportError::Cancelled);
            }
            let prefix = match self.roots.read_prefix_blocking(&source.location, PREFIX) {
                Ok(prefix) => prefix,
                Err(error) => {
                    sorted.other.push((file, self.failed(&source, "file-unreadable", error.to_string())));
                    continue;
                }
            };
            // What is not read may be large, so its content is not looked at.
            let length = Some(source.bytes).filter(|b| *b > 0);
            let read = match recognise_file(&prefix, source.path(), length) {
                Recognised::As(format) => format.read,
                Recognised::Other(message) => {
                    sorted.other.push((file, self.failed(&source, "format-unknown", message)));
                    continue;
                }
            };
            match read {
                Read::Las => sorted.las.push((file, source, prefix)),
                Read::Parquet => {
                    let message =
                        "it is a Parquet file, which is not imported: query it directly, SELECT * FROM 'file.parquet'";
                    sorted.other.push((file, self.failed(&source, "format-unknown", message.to_owned())));
                }
                Read::Seismic => sorted.seismic.push((file, source)),
                Read::Text | Read::Datasets(_) if self.options.kind == Some(Kind::Las) => {
                    sorted.las.push((file, source, prefix));
                }
                Read::Text if self.is_broken_las(&source) => sorted.las.push((file, source, prefix)),
                Read::Text => sorted.text.push((file, source)),
                Read::Datasets(read) => sorted.datasets.push(DatasetFile { file, source, read }),
            }
        }
        Ok(sorted)
    }

    /// A file called .las without the sections of one is read as a well log all the same, unless it was said to be a table:
    /// the reader says what is wrong with it.
    fn is_broken_las(&self, source: &Source) -> bool {
        let las = std::path::Path::new(source.path()).extension().is_some_and(|e| e.eq_ignore_ascii_case("las"));
        las && self.options.kind.is_none() && self.options.table.kind.is_none_or(|k| k == TableKind::Unknown)
    }

    fn failed(&self, source: &Source, code: &str, message: String) -> FileOutcome {
        let mut outcome = FileOutcome::new(source.path(), "unknown");
        outcome.bytes = source.bytes;
        outcome.fail(code, message);
        self.watch.done(&outcome);
        outcome
    }
}

/// Puts together what the logs state about their wells, in the order of the files. From now on only wells that something
/// was joined to are there.
fn settle(registry: &mut Registry, done: &mut [Done], length: LengthUnit, no_crs: bool) {
    let metre = metre(length);
    let mut warned = false;
    for done in done {
        let Some(facts) = done.facts.take() else { continue };
        let Some(entry) = registry.get_mut(done.place) else { continue };
        entry.used = true;
        let issues = entry.facts.absorb(&facts, metre);
        let well = entry.display.clone();
        done.outcome.note(Some(&well), issues);
        if facts.x.is_some() && no_crs && !warned {
            warned = true;
            done.outcome.note(Some(&well), [tables::no_crs()]);
        }
    }
    registry.settle();
}

/// All outcomes in the order of the files, with the names of their wells.
fn outcomes(
    other: Vec<(usize, FileOutcome)>,
    logs: Vec<Done>,
    tables: Vec<TableFile>,
    registry: &Registry,
) -> Vec<FileOutcome> {
    let mut files = other;
    files.extend(logs.into_iter().map(|done| (done.file, done.outcome)));
    for mut table in tables {
        if table.outcome.status == Status::Imported && !table.places.is_empty() {
            table.outcome.wells = table.places.iter().map(|p| registry.name(*p).to_owned()).collect();
        }
        files.push((table.file, table.outcome));
    }
    files.sort_by_key(|(file, _)| *file);
    files.into_iter().map(|(_, outcome)| outcome).collect()
}
