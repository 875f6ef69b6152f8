//! Surfaces, points, lines, polygons and faults: a table each. They refer to nothing, so each file is read, written and let go.

mod names;
mod units;

use bytes::Bytes;
use outcrop_connectors::ReadDatasets;
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_store::NewFiles;
use outcrop_types::tables::TableName;

pub(crate) use names::Names;

use crate::context::Context;
use crate::features;
use crate::source::{Source, hash_and_parse};
use crate::tables::write;
use crate::{FileOutcome, ImportError, Status};

/// A file that is read as datasets.
pub(crate) struct DatasetFile {
    /// Its place among all files of the import.
    pub(crate) file: usize,
    pub(crate) source: Source,
    pub(crate) read: ReadDatasets,
}

/// What they gave.
#[derive(Default)]
pub(crate) struct Datasets {
    /// What became of each file, with its place.
    pub(crate) outcomes: Vec<(usize, FileOutcome)>,
    pub(crate) written: Vec<NewFiles>,
}

/// Reads and writes all of them.
pub(crate) fn run(files: Vec<DatasetFile>, names: &mut Names, context: &Context) -> Result<Datasets, ImportError> {
    let mut done = Datasets::default();
    for file in files {
        if context.watch.cancelled() {
            return Err(ImportError::Cancelled);
        }
        let mut outcome = FileOutcome::new(file.source.path(), "unknown");
        match context.roots.read_blocking(&file.source.location) {
            Ok(content) => import(&file, &content, names, &mut outcome, &mut done.written, context)?,
            Err(error) => outcome.fail("file-unreadable", error.to_string()),
        }
        context.watch.done(&outcome);
        done.outcomes.push((file.file, outcome));
    }
    Ok(done)
}

fn import(
    file: &DatasetFile,
    content: &Bytes,
    names: &mut Names,
    outcome: &mut FileOutcome,
    written: &mut Vec<NewFiles>,
    context: &Context,
) -> Result<(), ImportError> {
    outcome.bytes = content.len() as u64;
    let (sha256, parsed) = hash_and_parse(content, context.known, |bytes| (file.read)(bytes));
    outcome.sha256 = sha256;
    if let Some(message) = context.known.unchanged(&outcome.sha256, &outcome.path) {
        (outcome.status, outcome.message) = (Status::Unchanged, message);
        return Ok(());
    }
    if let Some(earlier) = context.known.meet(&outcome.sha256, &outcome.path) {
        outcome.status = Status::Unchanged;
        outcome.message = format!("the same content as {earlier}, which is part of this import");
        return Ok(());
    }
    let datasets = match parsed.unwrap_or_else(|| (file.read)(content)) {
        Ok(datasets) => datasets,
        Err(error) => {
            outcome.fail("dataset-unreadable", error.to_string());
            return Ok(());
        }
    };
    // All tables of a file are written, or none.
    let mut made: Vec<(TableName, NewFiles)> = Vec::new();
    let mut kinds: Vec<&str> = Vec::new();
    for dataset in datasets {
        let dataset = match features::as_stated(dataset, context.options.kind) {
            Ok(dataset) => dataset,
            Err(message) => {
                made.iter().for_each(|(name, _)| names.release(name));
                outcome.fail("dataset-unusable", message);
                return Ok(());
            }
        };
        kinds.push(dataset.kind.schema());
        match table(dataset, &file.source, names, outcome, context)? {
            Ok(one) => made.push(one),
            Err(message) => {
                made.iter().for_each(|(name, _)| names.release(name));
                outcome.fail("dataset-unusable", message);
                return Ok(());
            }
        }
    }
    outcome.kind = kinds.join(", ");
    outcome.rows = made.iter().map(|(_, files)| files.rows()).sum();
    let shown: Vec<String> = made.iter().map(|(name, _)| format!("`{name}`")).collect();
    outcome.message = format!("rows in {}", shown.join(", "));
    outcome.object = context.originals.keep(&outcome.sha256, content.clone());
    written.extend(made.into_iter().map(|(_, files)| files));
    Ok(())
}

/// The table of a dataset; the inner error is the message of a file that failed.
fn table(
    dataset: Dataset,
    source: &Source,
    names: &mut Names,
    outcome: &mut FileOutcome,
    context: &Context,
) -> Result<Result<(TableName, NewFiles), String>, ImportError> {
    let (kind, own) = (dataset.kind, dataset.name.clone());
    let rows = match units::rows(dataset, context, outcome) {
        Ok(rows) => rows,
        Err(message) => return Ok(Err(message)),
    };
    let (base, stated) = (own.unwrap_or_else(|| source.stem()), context.options.name.as_deref());
    let name = match kind {
        DatasetKind::Surface => match names.own(kind.schema(), &base, stated, outcome) {
            Ok(name) => name,
            Err(message) => return Ok(Err(message)),
        },
        _ => names.table(kind.schema(), &base, stated, outcome),
    };
    Ok(match write(&name, &rows, context)? {
        Ok(files) => Ok((name, files)),
        Err(message) => {
            names.release(&name);
            Err(message)
        }
    })
}
