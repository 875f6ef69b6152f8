//! Files that COPY writes.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::csv::WriterBuilder as CsvBuilder;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::ipc::writer::FileWriter as ArrowFileWriter;
use arrow::json::LineDelimitedWriter;
use datafusion::common::{DataFusionError, Result, plan_err};
use outcrop_connectors::segy::SampleFormat;
use outcrop_connectors::surface::{SurfaceWriter, WRITERS};
use outcrop_store::FileWriter;
use outcrop_types::field;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::geojson::GeoJsonWriter;
use super::segy::SegySink;
use crate::error::external;

/// What kind of file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    Csv,
    Json,
    GeoJson,
    Parquet,
    Arrow,
    /// With the sample format, where it is stated.
    Segy(Option<SampleFormat>),
    /// Not written through a [`Sink`]: a file for each well.
    Las,
    /// Not written through a [`Sink`] either: all its rows are one surface.
    Surface(&'static SurfaceWriter),
}

/// A kind of file that is written.
struct Kind {
    /// The format's name in `outcrop.formats`.
    name: &'static str,
    /// What it is, where it is not a format that is read.
    title: &'static str,
    /// Endings, lower case, without the dot; each may stand behind STORED AS.
    endings: &'static [&'static str],
    format: Format,
}

const fn kind(name: &'static str, endings: &'static [&'static str], format: Format) -> Kind {
    Kind { name, title: "", endings, format }
}

/// All but surfaces, whose writers are in [`WRITERS`].
const KINDS: &[Kind] = &[
    kind("table", &["csv"], Format::Csv),
    Kind { title: "JSON, an object a line", ..kind("json", &["json", "ndjson", "jsonl"], Format::Json) },
    kind("geojson", &["geojson"], Format::GeoJson),
    kind("parquet", &["parquet", "pq"], Format::Parquet),
    Kind { title: "Apache Arrow IPC file", ..kind("arrow", &["arrow", "feather", "ipc"], Format::Arrow) },
    kind("las", &["las"], Format::Las),
    kind("segy", &["sgy", "segy"], Format::Segy(None)),
];

/// A format that COPY and `outcrop export` write.
pub struct Written {
    /// Its name in `outcrop.formats`.
    pub name: &'static str,
    /// What it is, where it is not a format that is read.
    pub title: &'static str,
    /// Endings that choose it.
    pub endings: &'static [&'static str],
}

/// Everything that is written, a format once.
pub fn written() -> Vec<Written> {
    let kinds = KINDS.iter().map(|k| Written { name: k.name, title: k.title, endings: k.endings });
    kinds.chain(WRITERS.iter().map(|w| Written { name: w.name, title: "", endings: w.endings })).collect()
}

/// Endings of the files that COPY and `outcrop export` write: `.csv .json …`.
#[must_use]
pub fn written_endings() -> String {
    let all = written().into_iter().flat_map(|w| w.endings);
    all.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ")
}

impl Format {
    /// By STORED AS, else by the ending.
    pub(super) fn choose(stored_as: Option<&str>, target: &str) -> Result<Format> {
        let ending = target.rsplit_once('.').map(|(_, e)| e.to_lowercase());
        let word = stored_as.map(str::to_lowercase).or(ending).unwrap_or_default();
        if let Some(kind) = KINDS.iter().find(|k| k.endings.contains(&word.as_str())) {
            return Ok(kind.format);
        }
        if let Some(writer) = SurfaceWriter::of(&word) {
            return Ok(Format::Surface(writer));
        }
        let first = |endings: &'static [&'static str]| endings.first().map(|ending| format!(".{ending}"));
        let files: Vec<String> = KINDS.iter().filter_map(|k| first(k.endings)).collect();
        let files = match files.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            _ => files.concat(),
        };
        let surfaces: Vec<String> = WRITERS.iter().flat_map(|w| w.endings).map(|ending| format!(".{ending}")).collect();
        plan_err!(
            "COPY writes {} files, and surfaces as {}, not `{word}`; give the file one of these endings or say STORED AS",
            files,
            surfaces.join(", ")
        )
    }
}

/// A file being written.
pub(super) enum Sink {
    /// With the schema whose names are the header.
    Csv(Box<arrow::csv::Writer<FileWriter>>, SchemaRef),
    Json(Box<LineDelimitedWriter<FileWriter>>),
    GeoJson(Box<GeoJsonWriter>),
    Parquet(Box<ArrowWriter<FileWriter>>),
    Arrow(Box<ArrowFileWriter<FileWriter>>),
    Segy(Box<SegySink>),
}

impl Sink {
    /// Begins a file. The header of CSV states the units of columns, `md [m]`, unless `units` is false.
    pub(super) fn new(format: Format, file: FileWriter, schema: &SchemaRef, units: bool) -> Result<Sink> {
        Ok(match format {
            Format::Csv => {
                let mut writer = CsvBuilder::new().with_header(true).build(file);
                let schema = if units { with_units(schema) } else { schema.clone() };
                // A result without rows still has its header.
                writer.write(&RecordBatch::new_empty(schema.clone()))?;
                Sink::Csv(Box::new(writer), schema)
            }
            Format::Json => Sink::Json(Box::new(LineDelimitedWriter::new(file))),
            Format::GeoJson => Sink::GeoJson(Box::new(GeoJsonWriter::new(file, schema)?)),
            Format::Parquet => {
                let properties = WriterProperties::builder().set_compression(Compression::LZ4_RAW).build();
                Sink::Parquet(Box::new(ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(parquet)?))
            }
            Format::Arrow => Sink::Arrow(Box::new(ArrowFileWriter::try_new(file, schema)?)),
            Format::Segy(format) => Sink::Segy(Box::new(SegySink::new(file, schema, format)?)),
            Format::Las => return plan_err!("LAS files are written well by well"),
            Format::Surface(_) => return plan_err!("a surface is written as a whole"),
        })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Sink::Csv(w, schema) => Ok(w.write(&RecordBatch::try_new(schema.clone(), batch.columns().to_vec())?)?),
            Sink::Json(w) => Ok(w.write(batch)?),
            Sink::GeoJson(w) => w.write(batch),
            Sink::Parquet(w) => w.write(batch).map_err(parquet),
            Sink::Arrow(w) => Ok(w.write(batch)?),
            Sink::Segy(w) => w.write(batch),
        }
    }

    /// Completes the file and puts it in place. Gives what is to be said of it.
    pub(super) fn finish(self) -> Result<Option<String>> {
        let mut note = None;
        let file = match self {
            Sink::Csv(w, _) => w.into_inner(),
            Sink::Json(mut w) => {
                w.finish()?;
                w.into_inner()
            }
            Sink::GeoJson(w) => {
                let (file, said) = w.finish()?;
                note = said;
                file
            }
            Sink::Parquet(w) => w.into_inner().map_err(parquet)?,
            Sink::Arrow(mut w) => {
                w.finish()?;
                w.into_inner()?
            }
            Sink::Segy(w) => w.finish()?,
        };
        file.finish().map_err(external)?;
        Ok(note)
    }
}

/// The columns with their units behind their names, as tables of others have them and as the reader of tables takes them
/// apart again. A name in brackets of its own is left as it is.
fn with_units(schema: &SchemaRef) -> SchemaRef {
    let named = schema.fields().iter().map(|f| match field::unit(f).filter(|u| !u.is_empty()) {
        Some(unit) if !unit.contains(['[', ']']) && !f.name().contains(['[', ']', '(', ')']) => {
            f.as_ref().clone().with_name(format!("{} [{unit}]", f.name()))
        }
        _ => f.as_ref().clone(),
    });
    Arc::new(Schema::new_with_metadata(named.collect::<Vec<_>>(), schema.metadata().clone()))
}

fn parquet(e: parquet::errors::ParquetError) -> DataFusionError {
    DataFusionError::Execution(format!("the Parquet file could not be written: {e}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use outcrop_connectors::formats::FORMATS;

    use super::*;

    /// `outcrop.formats` lists them, so each must be a format that is read or say what it is.
    #[test]
    fn every_format_that_is_written_is_listed_once() {
        let mut endings = HashSet::new();
        for written in written() {
            let read = FORMATS.iter().any(|f| f.name == written.name);
            assert!(read == written.title.is_empty(), "{}", written.name);
            assert!(!written.endings.is_empty(), "{}", written.name);
            for ending in written.endings {
                assert!(endings.insert(*ending), "{ending} is of two formats");
                assert!(Format::choose(None, &format!("folder.x/file.{}", ending.to_uppercase())).is_ok(), "{ending}");
                assert!(Format::choose(Some(ending), "file").is_ok(), "{ending}");
            }
        }
        let refused = Format::choose(None, "file.xlsx").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(
            refused.contains(".csv") && refused.contains("and .sgy files") && refused.contains(".zmp"),
            "{refused}"
        );
    }
}
