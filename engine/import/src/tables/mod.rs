//! Text tables: read together, as they may refer to each other, then wells first, picks and stations when all wells are
//! known. Points refer to nothing and are let go at once.

mod checkshots;
mod cores;
mod join;
mod north;
mod picks;
mod points;
mod positions;
mod production;
mod sections;
mod stations;
mod surveys;
mod systems;
mod tops;
mod trace;
mod units;
mod unused;
mod volumes;
mod wells;

pub(crate) use join::Joined;
use picks::Picks;
pub(crate) use sections::sections;

use std::collections::HashSet;

use arrow::array::RecordBatch;
use bytes::Bytes;
use outcrop_connectors::table::{self, Detection, Kind, Table, TableError, TableOptions};
use outcrop_store::{NewFiles, Snapshot, StoreError, WriteOptions};
use outcrop_types::tables::TableName;
use outcrop_types::{Issue, LengthUnit};

use crate::context::Context;
use crate::datasets::Names;
use crate::existing;
use crate::features;
use crate::plane::Plane;
use crate::source::{Source, checksum};
use crate::wells::{Registry, metre};
use crate::{FileOutcome, ImportError, ImportOptions, Status};

/// A table of picks or stations with what it is joined by.
pub(crate) struct Reading<'a> {
    pub(crate) table: &'a Table,
    pub(crate) detection: &'a Detection,
    pub(crate) source: &'a Source,
    pub(crate) registry: &'a Registry,
    pub(crate) options: &'a ImportOptions,
    pub(crate) plane: Plane<'a>,
    pub(crate) length: LengthUnit,
}

/// A text file on its way.
pub(crate) struct TableFile {
    /// Its place among all files of the import.
    pub(crate) file: usize,
    source: Source,
    content: Bytes,
    table: Option<Table>,
    detection: Option<Detection>,
    pub(crate) outcome: FileOutcome,
    /// Wells of the registry that it gives.
    pub(crate) places: Vec<usize>,
    done: bool,
}

/// What the project has of tables that may be imported again.
struct Stored {
    /// Picks by well and surface.
    picks: Picks,
    /// Wells with a survey.
    surveys: HashSet<String>,
    /// Wells with checkshots.
    checkshots: HashSet<String>,
    /// Periods and units of production; nothing where none is imported.
    production: production::Stored,
}

impl Stored {
    async fn load(snapshot: &Snapshot, files: &[TableFile], superseded: &HashSet<String>) -> Result<Self, ImportError> {
        let production = if files.iter().any(|f| f.is(Kind::Production)) {
            production::Stored::load(snapshot, superseded).await?
        } else {
            production::Stored::default()
        };
        Ok(Stored {
            production,
            picks: Picks::load(snapshot, superseded).await?,
            surveys: existing::texts(snapshot, &TableName::public("surveys"), "well", superseded).await?,
            checkshots: existing::texts(snapshot, &TableName::public("checkshots"), "well", superseded).await?,
        })
    }
}

/// The warning for coordinates whose system nobody states.
pub(crate) fn no_crs() -> Issue {
    Issue::warning(
        "crs-unknown",
        "no coordinate reference system is stated for x and y, so it is null; state it: --crs EPSG:CODE, or set the project's",
    )
}

/// The error for longitudes and latitudes that are on no globe.
pub(crate) fn not_degrees(rows: usize) -> Issue {
    let text = format!(
        "{rows} rows have a longitude outside -180 to 360 degrees or a latitude outside -90 to 90; both are left empty there.          Correct the file, or, if these are coordinates of a projection: --map x=COLUMN --map y=COLUMN"
    );
    Issue::error("degrees-out-of-range", text)
}

/// Reads all tables and completes those that refer to others. When the project has all of them, nothing is read twice.
pub(crate) fn read(files: Vec<(usize, Source)>, context: &Context) -> Result<Vec<TableFile>, ImportError> {
    let several = files.len() > 1;
    let mut read = Vec::with_capacity(files.len());
    for (file, source) in files {
        if context.watch.cancelled() {
            return Err(ImportError::Cancelled);
        }
        read.push(open(file, source, context));
    }
    let news = |f: &TableFile| f.outcome.status == Status::Imported;
    if !read.iter().any(news) {
        return Ok(read);
    }
    // A dictionary that was imported before is needed again by a table that was not.
    for file in read.iter_mut().filter(|f| f.outcome.status != Status::Failed) {
        let mut issues = Vec::new();
        match parse(&file.content, context.options.for_tables(), several, &mut issues) {
            Ok(table) => file.table = Some(table),
            Err(error) if file.outcome.status == Status::Imported => {
                file.outcome.fail("table-unreadable", error.to_string())
            }
            Err(_) => {}
        }
        file.outcome.note(None, issues);
    }
    resolve(&mut read);
    for file in &mut read {
        let Some(table) = &file.table else { continue };
        let detection = table::detect(table);
        if file.outcome.status == Status::Imported {
            file.outcome.kind = detection.kind.to_string();
            file.outcome.note(None, table.issues.iter().chain(&detection.issues).cloned());
        }
        file.detection = Some(detection);
    }
    Ok(read)
}

fn open(file: usize, source: Source, context: &Context) -> TableFile {
    let mut outcome = FileOutcome::new(source.path(), "unknown");
    let mut content = Bytes::new();
    match context.roots.read_blocking(&source.location) {
        Ok(read) => content = read,
        Err(error) => outcome.fail("file-unreadable", error.to_string()),
    }
    outcome.bytes = content.len() as u64;
    if outcome.status == Status::Imported {
        outcome.sha256 = checksum(&content);
        if let Some(message) = context.known.unchanged(&outcome.sha256, &outcome.path) {
            (outcome.status, outcome.message) = (Status::Unchanged, message);
        } else if let Some(earlier) = context.known.meet(&outcome.sha256, &outcome.path) {
            outcome.status = Status::Unchanged;
            outcome.message = format!("the same content as {earlier}, which is part of this import");
        }
    }
    TableFile { file, source, content, table: None, detection: None, outcome, places: Vec::new(), done: false }
}

/// Reads a table. Where several are read in one call, an option that names a column of another one is passed over, and
/// that is told.
fn parse(
    content: &[u8],
    mut options: TableOptions,
    several: bool,
    issues: &mut Vec<Issue>,
) -> Result<Table, TableError> {
    loop {
        let error = match table::read(content, &options) {
            Err(error) if several => error,
            result => return result,
        };
        let TableError::UnknownColumn { column, option, columns } = &error else { return Err(error) };
        let before = options.map.len() + options.units.len();
        options.map.retain(|(_, of)| of != column);
        options.units.retain(|(of, _)| of != column);
        if options.map.len() + options.units.len() == before {
            return Err(error);
        }
        let text = format!("{option} names no column of this table ({columns}); it is not used here");
        issues.push(Issue::info("option-unused", text));
    }
}

/// Completes tables that refer to others of the call by number.
fn resolve(files: &mut [TableFile]) {
    let mut places = Vec::new();
    let mut tables = Vec::new();
    for (place, file) in files.iter_mut().enumerate() {
        if let Some(table) = file.table.take() {
            places.push(place);
            tables.push((file.outcome.path.clone(), table));
        }
    }
    for (place, (_, table)) in places.into_iter().zip(table::resolve(tables)) {
        if let Some(file) = files.get_mut(place) {
            file.table = Some(table);
        }
    }
}

impl TableFile {
    fn is(&self, kind: Kind) -> bool {
        !self.done && self.outcome.status == Status::Imported && self.detection.as_ref().is_some_and(|d| d.kind == kind)
    }

    /// Keeps the original, tells the watch, and lets the content go.
    fn end(&mut self, context: &Context) {
        self.done = true;
        if self.outcome.status == Status::Imported {
            self.outcome.object = context.originals.keep(&self.outcome.sha256, std::mem::take(&mut self.content));
        }
        (self.table, self.content) = (None, Bytes::new());
        context.watch.done(&self.outcome);
    }

    fn end_with(&mut self, result: Result<(), String>, code: &str, context: &Context) {
        if let Err(message) = result {
            self.outcome.fail(code, message);
        }
        self.end(context);
    }
}

/// Joins the tables of wells to the registry, and ends files that are no table of data.
pub(crate) fn wells(files: &mut [TableFile], registry: &mut Registry, context: &Context) {
    for file in files.iter_mut() {
        if file.is(Kind::Wells)
            && let (Some(table), Some(detection)) = (file.table.take(), file.detection.take())
        {
            let joined = wells::join(&table, &detection, registry, context.plane, context.datum, &mut file.outcome);
            let result = joined.map(|places| file.places = places);
            file.end_with(result, "wells-unreadable", context);
        } else if file.is(Kind::Surveys) && file.detection.as_ref().is_some_and(Detection::of_positions) {
            positions::well_heads(file, registry, context, positions::Turn::Stated);
        } else if file.is(Kind::Surveys) {
            well_head(file, registry, context);
        } else if file.is(Kind::Dictionary) {
            "a dictionary, used to complete tables of the same call that refer to it"
                .clone_into(&mut file.outcome.message);
            file.end(context);
        } else if file.is(Kind::Unknown) {
            let columns =
                file.table.iter().flat_map(|t| &t.columns).map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!(
                "it is a table of the columns {columns}, but neither of wells, tops, surveys, checkshots, cores, production nor points can be told; say which: \
                 --kind points --map x=COLUMN --map y=COLUMN"
            );
            file.outcome.fail("kind-unknown", message);
            file.end(context);
        } else if file.outcome.status != Status::Imported && !file.done {
            file.end(context);
        }
    }
}

/// Joins the heads of wells that files of positions name by the files' own names. All wells are known by then.
pub(crate) fn heads(files: &mut [TableFile], registry: &mut Registry, context: &Context) {
    for file in files.iter_mut() {
        if file.is(Kind::Surveys) && file.detection.as_ref().is_some_and(Detection::of_positions) {
            positions::well_heads(file, registry, context, positions::Turn::FileName);
        }
    }
}

/// Joins the well head that the lines above a survey state to the registry. The stations come later.
fn well_head(file: &mut TableFile, registry: &mut Registry, context: &Context) {
    let head = file.table.as_ref().and_then(|t| trace::well_head(&t.layout, context.plane));
    let Some((facts, line, issues)) = head else { return };
    let (place, about) = registry.find_or_add(None, facts.name.as_deref(), &format!("line {line}"));
    let Some(entry) = registry.get_mut(place) else { return };
    entry.used = true;
    let found = entry.facts.absorb(&facts, metre(context.length));
    file.outcome.note(facts.name.as_deref(), about.into_iter().chain(found).chain(issues).map(|i| i.at_line(line)));
    file.places.push(place);
}

/// The rows of all tables but wells, as files to be committed.
pub(crate) fn rows(
    files: &mut [TableFile],
    registry: &Registry,
    joined: &mut Joined,
    names: &mut Names,
    context: &Context,
) -> Result<Vec<NewFiles>, ImportError> {
    let mut written = Vec::new();
    if files.iter().all(|f| f.done) {
        return Ok(written);
    }
    let mut stored =
        context.runtime.block_on(Stored::load(context.transaction.base(), files, context.known.superseded()))?;
    for file in files.iter_mut().filter(|f| !f.done) {
        if context.watch.cancelled() {
            return Err(ImportError::Cancelled);
        }
        let (Some(table), Some(detection)) = (file.table.take(), file.detection.take()) else { continue };
        let reading = Reading {
            table: &table,
            detection: &detection,
            source: &file.source,
            registry,
            options: context.options,
            plane: context.plane,
            length: context.length,
        };
        let (name, batch) = match detection.kind {
            Kind::Tops => {
                (TableName::public("tops"), tops::batch(&reading, &mut stored.picks, joined, &mut file.outcome)?)
            }
            Kind::Surveys => (
                TableName::public("surveys"),
                surveys::batch(&reading, &mut stored.surveys, joined, &mut file.outcome)?,
            ),
            Kind::Checkshots => (
                TableName::public("checkshots"),
                checkshots::batch(&reading, &mut stored.checkshots, joined, &mut file.outcome)?,
            ),
            Kind::Cores => (TableName::public("cores"), cores::batch(&reading, joined, &mut file.outcome)?),
            Kind::Production => (
                TableName::public("production"),
                production::batch(&reading, &mut stored.production, joined, &mut file.outcome)?,
            ),
            _ => {
                let stem = file.source.stem();
                let points = points::batch(&table, &detection, context.plane, &mut file.outcome)?;
                // The positions of a table may be those of lines.
                let shape = context.options.kind.and_then(features::Shape::of);
                let made = match (shape, points) {
                    (Some(shape), Ok(points)) => {
                        features::of_positions(&points, &table, &detection, shape, &mut file.outcome)
                    }
                    (_, points) => points,
                };
                let schema = shape.map_or("points", features::Shape::schema);
                if made.is_err() {
                    (TableName::new(schema, stem), made)
                } else {
                    let name = names.table(schema, &stem, context.options.name.as_deref(), &mut file.outcome);
                    file.outcome.kind = schema.to_owned();
                    file.outcome.message = format!("{schema} in `{name}`");
                    (name, made)
                }
            }
        };
        let result = match batch {
            // Everything was there already.
            Ok(batch) if batch.num_rows() == 0 => Ok(()),
            Ok(batch) => write(&name, &batch, context)?.map(|files| written.push(files)),
            Err(message) => Err(message),
        };
        file.end_with(result, "table-unusable", context);
    }
    Ok(written)
}

/// Writes a batch; the inner error is about the data, which the table cannot take.
pub(crate) fn write(
    table: &TableName,
    batch: &RecordBatch,
    context: &Context,
) -> Result<Result<NewFiles, String>, ImportError> {
    write_with(table, batch, WriteOptions::default(), context)
}

/// The same, with options.
pub(crate) fn write_with(
    table: &TableName,
    batch: &RecordBatch,
    options: WriteOptions,
    context: &Context,
) -> Result<Result<NewFiles, String>, ImportError> {
    let writer = context.runtime.block_on(context.transaction.write_with(table, batch.schema(), options));
    let written = writer.and_then(|mut writer| {
        writer.write(batch)?;
        writer.finish()
    });
    match written {
        Ok(files) => Ok(Ok(files)),
        Err(
            error @ (StoreError::ColumnType { .. }
            | StoreError::ColumnUnit { .. }
            | StoreError::DuplicateColumn { .. }
            | StoreError::UnsupportedType { .. }
            | StoreError::ValueDoesNotFit { .. }
            | StoreError::InvalidTableName { .. }),
        ) => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
