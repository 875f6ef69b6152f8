//! Threads that read, convert and write LAS files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use outcrop_connectors::las::{self, Curve, IndexType, LasError, LasFile, ReadOptions};
use outcrop_connectors::welllog;
use outcrop_types::Unit;
use outcrop_types::tables::{self, TableName};

use super::curves::CurveRow;
use super::headers::{self, Header};
use super::index::stated_unit;
use super::plan::{Plan, Planned};
use super::set::{Refusal, Rows, Set, logs_schema};
use super::sink::{Files, Sink};
use crate::context::Context;
use crate::source::{Source, hash_and_parse};
use crate::wells::{Facts, Lengths, from_header, identity};
use crate::{FileOutcome, ImportError, Status};

/// A file that was worked on.
pub(crate) struct Done {
    pub(crate) file: usize,
    pub(crate) place: usize,
    pub(crate) outcome: FileOutcome,
    /// What it states about its well, when it was imported.
    pub(crate) facts: Option<Facts>,
}

/// What the threads made.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) done: Vec<Done>,
    pub(crate) curves: Vec<CurveRow>,
    pub(crate) files: Files,
    pub(crate) sections: Vec<Sectioned>,
}

/// The sections of a file that are not log data.
pub(crate) struct Sectioned {
    /// Its place among all files of the import.
    pub(crate) file: usize,
    pub(crate) source: Source,
    pub(crate) well: Arc<str>,
    pub(crate) index_type: IndexType,
    pub(crate) null: Option<f64>,
    pub(crate) sections: Vec<las::Section>,
}

/// Works through the plan.
pub(crate) fn run(plan: &Plan, context: &Context) -> Result<Written, ImportError> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let threads =
        context.options.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let threads = threads.clamp(1, plan.units.len().max(1));
    let results: Vec<Result<Written, ImportError>> = std::thread::scope(|scope| {
        let spawn = || {
            scope.spawn(|| {
                let result = work(plan, context, &next, &stop);
                // The others need not go on with what will not be committed.
                stop.fetch_or(result.is_err(), Ordering::Relaxed);
                result
            })
        };
        let running: Vec<_> = (0..threads).map(|_| spawn()).collect();
        let ended = |error: Box<dyn std::any::Any + Send>| {
            Err(ImportError::Thread(error.downcast_ref::<String>().cloned().unwrap_or_default()))
        };
        running.into_iter().map(|thread| thread.join().unwrap_or_else(ended)).collect()
    });
    let mut all = Written::default();
    for result in results {
        let written = result?;
        all.done.extend(written.done);
        all.curves.extend(written.curves);
        all.sections.extend(written.sections);
        for (_, files) in written.files.into_inner() {
            all.files.add(Some(files))?;
        }
    }
    all.done.sort_by_key(|d| d.file);
    all.sections.sort_by_key(|s| s.file);
    all.curves.sort_by(|a, b| (&a.well, &a.log_set).cmp(&(&b.well, &b.log_set)));
    Ok(all)
}

fn work(plan: &Plan, context: &Context, next: &AtomicUsize, stop: &AtomicBool) -> Result<Written, ImportError> {
    let schema = logs_schema(context.length, plan.promised.iter().copied());
    let mut thread = Thread {
        context,
        logs: Sink::new(context.transaction, context.runtime, TableName::public("logs"), schema),
        values: Sink::new(
            context.transaction,
            context.runtime,
            TableName::outcrop("other_curve_values"),
            tables::curve_values(),
        ),
        headers: Sink::new(
            context.transaction,
            context.runtime,
            TableName::outcrop("log_headers"),
            tables::log_headers(),
        ),
        las: context.options.for_las(),
        written: Written::default(),
    };
    while let Some(unit) = plan.units.get(next.fetch_add(1, Ordering::Relaxed)) {
        for planned in unit {
            if context.watch.cancelled() {
                return Err(ImportError::Cancelled);
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(Written::default());
            }
            let done = thread.file(planned)?;
            context.watch.done(&done.outcome);
            thread.written.done.push(done);
        }
        thread.logs.end_well()?;
        thread.values.end_well()?;
    }
    let Thread { logs, values, headers, mut written, .. } = thread;
    written.files.add(headers.finish()?)?;
    written.files.add(logs.finish()?)?;
    written.files.add(values.finish()?)?;
    Ok(written)
}

struct Thread<'a> {
    context: &'a Context<'a>,
    logs: Sink<'a>,
    values: Sink<'a>,
    headers: Sink<'a>,
    las: ReadOptions,
    written: Written,
}

impl Thread<'_> {
    fn file(&mut self, planned: &Planned) -> Result<Done, ImportError> {
        let path = planned.source.path();
        let mut outcome = FileOutcome::new(path, "las");
        outcome.bytes = planned.source.bytes;
        let mut facts = None;
        match self.context.roots.read_blocking(&planned.source.location) {
            Err(error) => outcome.fail("file-unreadable", error.to_string()),
            Ok(content) => {
                outcome.bytes = content.len() as u64;
                welllog::format(&content).clone_into(&mut outcome.kind);
                facts = self.content(planned, &content, &mut outcome)?;
            }
        }
        if outcome.status == Status::Unchanged || facts.is_some() {
            outcome.wells = vec![planned.well.to_string()];
        }
        Ok(Done { file: planned.file, place: planned.place, outcome, facts })
    }

    fn content(
        &mut self,
        planned: &Planned,
        content: &Bytes,
        outcome: &mut FileOutcome,
    ) -> Result<Option<Facts>, ImportError> {
        let context = self.context;
        let (sha256, parsed) = hash_and_parse(content, context.known, |bytes| welllog::read(bytes, &self.las));
        outcome.sha256.clone_from(&sha256);
        if let Some(message) = context.known.unchanged(&sha256, &outcome.path) {
            outcome.status = Status::Unchanged;
            outcome.message = message;
            return Ok(None);
        }
        let file = match parsed {
            Some(Ok(file)) => file,
            Some(Err(error)) => {
                outcome.fail(code_of(&error), error.to_string());
                return Ok(None);
            }
            None => return Ok(None),
        };
        if identity(&file.header) != planned.identity && self.was_changed(planned, content) {
            outcome.fail("file-changed", "the file was changed while it was imported; import it again");
            return Ok(None);
        }
        if let Some(earlier) = context.known.meet(&sha256, &outcome.path) {
            outcome.status = Status::Unchanged;
            outcome.message = format!("the same content as {earlier}, which is part of this import");
            return Ok(None);
        }
        let facts = self.convert(planned, file, outcome)?;
        if facts.is_some() {
            outcome.object = context.originals.keep(&sha256, content.clone());
        }
        Ok(facts)
    }

    /// Whether the beginning of the file now says something else than when its well was matched. The whole of it may be
    /// read otherwise than its beginning, as to the encoding for example.
    fn was_changed(&self, planned: &Planned, content: &[u8]) -> bool {
        let prefix = content.get(..planned.looked_at).unwrap_or(content);
        welllog::read_header(prefix, &self.las).ok().as_ref().map(identity).unwrap_or_default() != planned.identity
    }

    /// Writes the log sets; what the header states about the well, when the file could be used.
    fn convert(
        &mut self,
        planned: &Planned,
        file: LasFile,
        outcome: &mut FileOutcome,
    ) -> Result<Option<Facts>, ImportError> {
        let LasFile { header, curves, mut more, issues: found, .. } = file;
        let digits = |curves: &[Curve]| curves.iter().map(|c| c.format.decimals).collect::<Vec<usize>>();
        let decimals: Vec<Vec<usize>> =
            std::iter::once(digits(&curves)).chain(more.iter().map(|set| digits(&set.curves))).collect();
        let more_curves: Vec<Vec<Curve>> = more.iter_mut().map(|set| std::mem::take(&mut set.curves)).collect();
        let mut issues = planned.issues.clone();
        issues.extend(header.issues.iter().cloned());
        issues.extend(found);
        let unreadable =
            issues.iter().find(|i| i.severity == outcrop_types::Severity::Error).map(|i| i.message.clone());
        let sha256: Arc<str> = Arc::from(outcome.sha256.as_str());
        let set = |headers, curves, index_type, number: usize| Set {
            header: &header,
            headers,
            curves,
            index_type,
            well: Arc::clone(&planned.well),
            // A LAS file name ending in `#2` would be needed to meet this name.
            log_set: if number == 1 {
                Arc::clone(&planned.log_set)
            } else {
                Arc::from(format!("{}#{number}", planned.log_set))
            },
            sha256: Arc::clone(&sha256),
            main: number == 1,
        };
        let mut sets = vec![set(header.curves.as_slice(), curves, header.index_type, 1)];
        for (i, (log_set, curves)) in more.iter().zip(more_curves).enumerate() {
            sets.push(set(log_set.headers.as_slice(), curves, log_set.index_type, i + 2));
        }
        let mut rows = Vec::with_capacity(sets.len());
        for set in sets {
            match set.rows(self.context, &mut issues) {
                Ok(converted) => rows.push(converted),
                Err(Refusal::Import(error)) => return Err(error),
                Err(Refusal::File(message)) => {
                    outcome.note(Some(&planned.well), issues);
                    outcome.fail("index-unit", message);
                    return Ok(None);
                }
            }
        }
        let samples: usize = rows.iter().map(|r: &Rows| r.rows).sum();
        if samples == 0 && header.sections.is_empty() {
            outcome.note(Some(&planned.well), issues);
            outcome
                .fail("no-data", unreadable.unwrap_or_else(|| "the file has no log data; export it again".to_owned()));
            return Ok(None);
        }
        for (number, rows) in rows.iter().enumerate().filter(|(_, r)| !r.curves.is_empty()) {
            let of = match number.checked_sub(1) {
                None => Some((header.curves.as_slice(), header.parameters.as_slice())),
                Some(place) => more.get(place).map(|s| (s.headers.as_slice(), s.parameters.as_slice())),
            };
            let (Some((curves, parameters)), Some(curve)) = (of, rows.curves.first()) else { continue };
            let (well, other) = (header.well.as_slice(), header.other.as_str());
            let decimals = decimals.get(number).map(Vec::as_slice).unwrap_or_default();
            let (name, log_set) = (&curve.well, &curve.log_set);
            let head =
                Header { well: name, log_set, sha256: &sha256, items: well, curves, decimals, parameters, other };
            self.headers.write(&headers::batch(&head)?)?;
        }
        for rows in rows {
            if let Some(batch) = &rows.logs {
                self.logs.write(batch)?;
            }
            for batch in &rows.values {
                self.values.write(batch)?;
            }
            self.written.curves.extend(rows.curves);
        }
        let lengths = Lengths {
            project: self.context.length,
            file: stated_unit(&header, header.curves.first(), self.context.options).as_deref().and_then(Unit::parse),
        };
        let (facts, noted) = from_header(&header, lengths, self.context.plane, self.context.datum);
        issues.extend(noted);
        outcome.note(Some(&planned.well), issues);
        outcome.rows = samples as u64;
        outcome.message = format!("log set `{}` of well `{}`", planned.log_set, planned.well);
        if !header.sections.is_empty() {
            self.written.sections.push(Sectioned {
                file: planned.file,
                source: planned.source.clone(),
                well: Arc::clone(&planned.well),
                index_type: header.index_type,
                null: header.null,
                sections: header.sections,
            });
        }
        Ok(Some(facts))
    }
}

fn code_of(error: &LasError) -> &'static str {
    match error {
        LasError::Empty => "file-empty",
        LasError::Lidar => "lidar",
        LasError::NotLas { .. } | LasError::Binary { .. } => "not-las",
        LasError::ColumnCount { .. } | LasError::RowsTooShort { .. } => "columns-do-not-match",
        LasError::RmsWell { .. } => "rms-well",
        LasError::UnknownEncoding { .. } => "encoding-unknown",
    }
}
