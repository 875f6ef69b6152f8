//! Seismic volumes: traces into bricks, with everything that is needed to write the file again.

mod coordinates;
mod source;
mod traces;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::datatypes::{DataType, Field, Schema};
use outcrop_connectors::segy::{FileBytes, ReadAt};
use outcrop_seismic::bricks::{METADATA, NewFile, Presence, write_volume};
use outcrop_seismic::{Domain, FACTS, Lines, Meter, SegyOptions, SeismicError, Survey, VolumeFacts, open_joined};
use outcrop_store::{NewFiles, RawFile};
use outcrop_types::field::{described, with};
use outcrop_types::tables::TableName;
use outcrop_types::{Issue, LengthUnit};
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::datasets::Names;
use crate::source::Source;
use crate::{FileOutcome, ImportError, Status};
use coordinates::Coordinates;
use source::TracesOfFile;

/// Schemas of the tables of a volume: its traces, its bricks, its headers as they are in the file.
pub(crate) const SCHEMAS: [&str; 3] = ["seismic", "seismic_bricks", "seismic_headers"];

/// What is stated of seismic files rather than left to find out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SegyImport {
    /// How they are read.
    pub read: SegyOptions,
    /// Keep a copy of the file within the project; else it is known by path and checksum.
    pub keep_original: bool,
}

/// What the files gave.
#[derive(Default)]
pub(crate) struct Volumes {
    pub(crate) outcomes: Vec<(usize, FileOutcome)>,
    pub(crate) written: Vec<NewFiles>,
}

/// Imports each file as a volume; all of them as one where a name is stated.
pub(crate) fn run(files: Vec<(usize, Source)>, names: &mut Names, context: &Context) -> Result<Volumes, ImportError> {
    let mut done = Volumes::default();
    let joined = context.options.name.is_some();
    let groups: Vec<Vec<(usize, Source)>> =
        if joined && !files.is_empty() { vec![files] } else { files.into_iter().map(|f| vec![f]).collect() };
    for group in groups {
        if context.watch.cancelled() {
            return Err(ImportError::Cancelled);
        }
        let mut outcomes: Vec<FileOutcome> = group
            .iter()
            .map(|(_, source)| {
                let mut outcome = FileOutcome::new(source.path(), "seismic");
                outcome.bytes = source.bytes;
                outcome
            })
            .collect();
        let sources: Vec<&Source> = group.iter().map(|(_, source)| source).collect();
        match volume(&sources, &mut outcomes, names, context)? {
            Ok(written) => done.written.extend(written),
            Err(Failure { path, code, message }) => {
                for outcome in outcomes.iter_mut().filter(|o| o.status != Status::Unchanged) {
                    let own = path.as_deref().is_none_or(|p| p == outcome.path);
                    let text = if own {
                        message.clone()
                    } else {
                        format!("not imported, as {} can't be", path.as_deref().unwrap_or("another"))
                    };
                    outcome.fail(code, text);
                }
            }
        }
        for ((file, _), outcome) in group.iter().zip(outcomes) {
            context.watch.done(&outcome);
            done.outcomes.push((*file, outcome));
        }
    }
    Ok(done)
}

/// Why files give no volume.
struct Failure {
    /// The file it is about, where it is about one of several.
    path: Option<String>,
    code: &'static str,
    message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl ToString) -> Self {
        Failure { path: None, code, message: message.to_string() }
    }
}

/// Errors of volumes: cancelled is one of the import, all else is about the file.
fn failed(error: SeismicError) -> Result<Failure, ImportError> {
    match error {
        SeismicError::Cancelled => Err(ImportError::Cancelled),
        other => Ok(Failure::new("segy-unreadable", other)),
    }
}

/// Passes the watch on to who reads and writes.
pub(super) struct Watching<'a> {
    context: &'a Context<'a>,
    done: AtomicU64,
    total: u64,
}

impl Meter for Watching<'_> {
    fn cancelled(&self) -> bool {
        self.context.watch.cancelled()
    }

    fn read(&self, _: u64, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.context.watch.part(done.min(self.total), self.total);
    }
}

type Outcome = Result<Result<Vec<NewFiles>, Failure>, ImportError>;

fn volume(sources: &[&Source], outcomes: &mut [FileOutcome], names: &mut Names, context: &Context) -> Outcome {
    let mut opened: Vec<(String, Arc<dyn ReadAt>)> = Vec::with_capacity(sources.len());
    for source in sources {
        let file = match context.roots.open_blocking(&source.location) {
            Ok(file) => file,
            Err(error) => return Ok(Err(Failure::new("file-unreadable", error))),
        };
        match FileBytes::new(file) {
            Ok(bytes) => opened.push((source.path().to_owned(), Arc::new(bytes))),
            Err(error) => return Ok(Err(Failure::new("file-unreadable", error))),
        }
    }
    // Content that may be known is hashed first, all else while it is read.
    let known = |bytes: u64| context.known.may_have(usize::try_from(bytes).unwrap_or(usize::MAX));
    let mut sums: Option<Vec<String>> = None;
    if opened.iter().all(|(_, bytes)| known(bytes.length())) {
        context.watch.stage("comparing with what was imported before");
        let found = match hash_all(&opened, context) {
            Ok(found) => found,
            Err(error) => return failed(error).map(Err),
        };
        let unchanged: Vec<Option<String>> =
            found.iter().zip(outcomes.iter()).map(|(sum, o)| context.known.unchanged(sum, &o.path)).collect();
        if unchanged.iter().all(Option::is_some) {
            for ((outcome, sum), message) in outcomes.iter_mut().zip(found).zip(unchanged.into_iter().flatten()) {
                (outcome.sha256, outcome.status, outcome.message) = (sum, Status::Unchanged, message);
            }
            return Ok(Ok(Vec::new()));
        }
        sums = Some(found);
    }
    std::thread::scope(|scope| {
        let hashing = sums.is_none().then(|| scope.spawn(|| hash_all(&opened, context)));
        let written = import(sources, &opened, outcomes, names, context);
        let sums = match (sums, hashing) {
            (Some(sums), _) => Ok(sums),
            (None, Some(task)) => task.join().unwrap_or_else(|_| hash_all(&opened, context)),
            (None, None) => hash_all(&opened, context),
        };
        let (written, mut facts, name, description) = match written? {
            Ok(written) => written,
            Err(failure) => return Ok(Err(failure)),
        };
        let sums = match sums {
            Ok(sums) => sums,
            Err(error) => return failed(error).map(Err),
        };
        finish(sources, &opened, sums, outcomes, written, &mut facts, &name, description, context)
    })
}

/// What was written before the checksums are known: bricks, the rest, and what is known of the volume.
type Written = ((Vec<(RawFile, u64)>, Vec<NewFiles>), VolumeFacts, String, String);

fn import(
    sources: &[&Source],
    opened: &[(String, Arc<dyn ReadAt>)],
    outcomes: &mut [FileOutcome],
    names: &mut Names,
    context: &Context,
) -> Result<Result<Written, Failure>, ImportError> {
    let options = &context.options.segy;
    context.watch.stage("reading trace headers");
    let file = match open_joined(opened.to_vec(), &options.read.open) {
        Ok(file) => file,
        Err((path, error)) => {
            let mut failure = failed(error)?;
            failure.path = Some(path).filter(|_| opened.len() > 1);
            return Ok(Err(failure));
        }
    };
    let going = |_| !context.watch.cancelled();
    let survey = Survey::new(file, &options.read.inspect(), &going)
        .and_then(|mut survey| survey.read_headers(&going).map(|()| survey));
    let survey = match survey {
        Ok(survey) => survey,
        Err(error) => return failed(error).map(Err),
    };
    let Some(outcome) = outcomes.first_mut() else { return Ok(Err(Failure::new("file-unreadable", "no file"))) };
    outcome.note(None, survey.inspection().issues.iter().cloned());
    let base = sources.first().map(|s| s.stem()).unwrap_or_default();
    let name = match names.own("seismic", &base, context.options.name.as_deref(), outcome) {
        Ok(name) => name.name,
        Err(message) => return Ok(Err(Failure::new("volume-name-taken", message))),
    };
    let written = match write(&survey, &name, outcome, context)? {
        Ok((files, facts, description)) => (files, facts, name, description),
        Err(failure) => {
            names.release(&TableName::new("seismic", &name));
            return Ok(Err(failure));
        }
    };
    Ok(Ok(written))
}

type Files = (Vec<(RawFile, u64)>, Vec<NewFiles>);

fn write(
    survey: &Survey,
    name: &str,
    outcome: &mut FileOutcome,
    context: &Context,
) -> Result<Result<(Files, VolumeFacts, String), Failure>, ImportError> {
    let (mut description, slots) = match survey.bricks() {
        Ok(found) => found,
        Err(error) => return failed(error).map(Err),
    };
    convert_depths(&mut description.axis, survey, outcome, context);
    context.watch.stage("writing samples");
    let mut presence = Presence::new(description.rows, description.columns);
    slots.iter().for_each(|slot| presence.set(*slot));
    let traces = TracesOfFile::new(survey, &slots, description.slots(), description.columns);
    // Samples are counted with the filling of bricks at the edges, and once more for coarser levels.
    let total = description.slots().saturating_mul(description.axis.count as u64 * 4).saturating_mul(9) / 8;
    let meter = Watching { context, done: AtomicU64::new(0), total };
    let bricks = TableName::new(SCHEMAS[1], name);
    let mut files: Vec<RawFile> = Vec::new();
    let mut broken = None;
    let mut open = || {
        let file = context.transaction.raw_file(&bricks).and_then(|raw| {
            let copy = raw
                .file
                .try_clone()
                .map_err(|e| outcrop_store::StoreError::Io { path: raw.path.display().to_string(), source: e })?;
            Ok((raw, copy))
        });
        match file {
            Ok((raw, copy)) => {
                let path = raw.path.display().to_string();
                files.push(raw);
                Ok(NewFile { path, file: copy })
            }
            Err(error) => {
                let message = error.to_string();
                broken = Some(error);
                Err(SeismicError::Request(message))
            }
        }
    };
    let written = match write_volume(&description, presence, &traces, &mut open, &meter) {
        Ok(written) => written,
        Err(error) => {
            return match broken {
                Some(store) => Err(store.into()),
                None => failed(error).map(Err),
            };
        }
    };
    let sums = traces.finish();
    context.watch.stage("writing trace headers");
    let coordinates = Coordinates::of(survey, context);
    if survey.inspection().geometry.coordinates.is_some() {
        outcome.note(None, coordinates.notes.iter().cloned());
    }
    let tables = traces::write(survey, &description.axis, &slots, &sums.inexact, &coordinates, name, context)?;
    let tables = match tables {
        Ok(tables) => tables,
        Err(failure) => return Ok(Err(failure)),
    };
    if !sums.inexact.is_empty() {
        outcome.note(
            None,
            [Issue::info(
                "samples-kept-as-bytes",
                format!(
                    "{} traces have samples that 32 bit floats do not hold exactly; their bytes are kept besides, so that an export is the same",
                    sums.inexact.len()
                ),
            )],
        );
    }
    let facts = facts(survey, &sums, &coordinates);
    let rows = files.into_iter().zip(written).map(|(file, written)| (file, written.rows)).collect();
    Ok(Ok(((rows, tables), facts, description.to_json())))
}

/// Depths go to the project's unit; an unstated one is taken for it, and said so.
fn convert_depths(
    axis: &mut outcrop_seismic::SampleAxis,
    survey: &Survey,
    outcome: &mut FileOutcome,
    context: &Context,
) {
    if axis.domain != Domain::Depth {
        return;
    }
    let own = context.length.symbol();
    match axis.unit.as_str() {
        "" if survey.inspection().vertical.interval.is_some() => {
            own.clone_into(&mut axis.unit);
            let text =
                format!("the file does not say what depths are in; they are taken to be in {own}, the project's unit");
            outcome.note(None, [Issue::warning("depth-unit-assumed", text)]);
        }
        unit if unit != own => {
            let factor = if unit == "ft" { 0.3048 } else { 1.0 / 0.3048 };
            if context.length == LengthUnit::Metre && unit == "ft" || context.length == LengthUnit::Foot && unit == "m"
            {
                axis.start *= factor;
                axis.interval *= factor;
                let text = format!("depths are converted from {unit} to {own}");
                own.clone_into(&mut axis.unit);
                outcome.note(None, [Issue::info("depth-converted", text)]);
            }
        }
        _ => {}
    }
}

/// What is known of the volume by its traces.
fn facts(survey: &Survey, sums: &source::Sums, coordinates: &Coordinates) -> VolumeFacts {
    let found = survey.inspection();
    let geometry = &found.geometry;
    let map = geometry.map.as_ref();
    let lines = |axis: &Option<outcrop_connectors::segy::geometry::Axis>,
                 field: &Option<outcrop_connectors::segy::TraceField>,
                 spacing: Option<f64>| {
        axis.as_ref().map(|a| Lines {
            first: a.first,
            last: a.last,
            step: a.step,
            spacing: spacing.map(|s| s * coordinates.factor),
            byte: field.as_ref().map(|f| f.byte),
        })
    };
    let fields = &geometry.fields;
    let factor = coordinates.factor;
    let mut stated: Vec<(String, String)> = Vec::new();
    let vertical = &found.vertical;
    let mut say = |name: &str, value: Option<String>| stated.extend(value.map(|v| (name.to_owned(), v)));
    say("polarity", vertical.polarity.map(str::to_owned));
    say("vibratory polarity", vertical.vibratory_polarity.map(|(a, b)| format!("{a} to {b} degrees")));
    say("datum elevation", vertical.datum.map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") }));
    say("weathering velocity", vertical.velocities.0.map(|v| v.to_string()));
    say("subweathering velocity", vertical.velocities.1.map(|v| v.to_string()));
    say("value unit", vertical.value_unit.map(str::to_owned));
    say("measurement system", geometry.coordinates.as_ref().map(|c| c.measurement.name().to_owned()));
    say("coordinate units", geometry.coordinates.as_ref().map(|c| c.unit.name().to_owned()));
    say("domain", Some(format!("{} ({})", vertical.domain.name(), vertical.source.name())));
    for hint in &vertical.hints {
        say("text header", Some(hint.clone()));
    }
    VolumeFacts {
        kind: geometry.kind.name().to_owned(),
        confidence: Some(geometry.confidence),
        traces: found.trace_count,
        inline: lines(&geometry.inline, &fields.inline, map.and_then(|m| m.inline_spacing)),
        crossline: lines(&geometry.crossline, &fields.crossline, map.and_then(|m| m.crossline_spacing)),
        offset: lines(&geometry.offset, &fields.offset, None),
        cdp: lines(&geometry.cdp, &fields.cdp, None),
        holes: geometry.holes,
        duplicates: geometry.duplicates,
        azimuth: map.and_then(|m| m.inline_azimuth()),
        corners: geometry
            .corners
            .iter()
            .flatten()
            .map(|c| [c.inline as f64, c.crossline as f64, c.x * factor, c.y * factor])
            .collect(),
        crs: coordinates.crs.clone(),
        coordinate_unit: Some(coordinates.unit.clone()).filter(|u| !u.is_empty()),
        amplitudes: sums.amplitudes.clone(),
        format: match found.kind {
            outcrop_connectors::segy::FileKind::SegY => "segy".to_owned(),
            outcrop_connectors::segy::FileKind::SeismicUnix => "seismic_unix".to_owned(),
        },
        revision: found.revision.to_string(),
        sample_format: found.format.code(),
        byte_order: found.order.name().to_owned(),
        stated,
        text: found.text.clone(),
        ..VolumeFacts::default()
    }
}

/// Puts the table of bricks together, with the checksums in what is known of the volume.
#[allow(clippy::too_many_arguments)]
fn finish(
    sources: &[&Source],
    opened: &[(String, Arc<dyn ReadAt>)],
    sums: Vec<String>,
    outcomes: &mut [FileOutcome],
    written: Files,
    facts: &mut VolumeFacts,
    name: &str,
    description: String,
    context: &Context,
) -> Outcome {
    let full = |s: &&Source| s.location.local.as_ref().map_or_else(|| s.path().to_owned(), |p| p.display().to_string());
    facts.file = sources.iter().map(full).collect::<Vec<_>>().join("\n");
    facts.bytes = opened.iter().map(|(_, bytes)| bytes.length()).sum();
    facts.sha256 = sums.join("\n");
    let mut objects = Vec::new();
    for ((source, sum), outcome) in sources.iter().zip(&sums).zip(outcomes.iter_mut()) {
        outcome.sha256.clone_from(sum);
        if context.options.segy.keep_original {
            let file = context.roots.open_blocking(&source.location)?;
            let place = context.runtime.block_on(context.transaction.put_object_file(sum, file))?;
            outcome.object = Some(place.clone());
            objects.push(place);
        }
    }
    facts.object = (!objects.is_empty()).then(|| objects.join("\n"));
    let (bricks, mut tables) = written;
    let field =
        described("amplitude", DataType::Float32, false, "Samples of the volume, brick after brick; see seismic.*");
    let field: Field = with(with(field, METADATA, &description), FACTS, &facts.to_json());
    let table = TableName::new(SCHEMAS[1], name);
    tables.push(context.transaction.raw_files(&table, &Schema::new(vec![field]), bricks)?);
    let (rows, count) = (facts.traces, outcomes.len());
    for (number, outcome) in outcomes.iter_mut().enumerate() {
        outcome.rows = if number == 0 { rows } else { 0 };
        outcome.message = match count {
            1 => format!("{rows} traces in `seismic.{name}`"),
            _ => format!("traces in `seismic.{name}`, {count} files together"),
        };
    }
    Ok(Ok(tables))
}

/// The checksums of files, read once more from beginning to end beside what else reads them.
fn hash_all(files: &[(String, Arc<dyn ReadAt>)], context: &Context) -> Result<Vec<String>, SeismicError> {
    const BLOCK: usize = 1 << 20;
    let mut sums = Vec::with_capacity(files.len());
    let mut buffer = vec![0u8; BLOCK];
    for (_, file) in files {
        let (mut hash, mut at) = (Sha256::new(), 0u64);
        while at < file.length() {
            if context.watch.cancelled() {
                return Err(SeismicError::Cancelled);
            }
            let take = usize::try_from(file.length() - at).unwrap_or(BLOCK).min(BLOCK);
            let Some(block) = buffer.get_mut(..take) else { break };
            file.read_at(at, block)?;
            hash.update(&*block);
            at += take as u64;
        }
        sums.push(crate::source::hexadecimal(&hash.finalize()));
    }
    Ok(sums)
}
