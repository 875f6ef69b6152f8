//! `outcrop.seismic_volumes`: a row for each volume of the project, with what is known of it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::Result;
use outcrop_seismic::bricks::METADATA;
use outcrop_seismic::{Description, FACTS, VolumeFacts};
use outcrop_store::Snapshot;
use outcrop_types::field::described;
use outcrop_types::tables::TableName;

use crate::error::external;

/// A volume.
struct Row {
    name: String,
    bytes: u64,
    description: Description,
    facts: VolumeFacts,
}

type Text = fn(&Row) -> Option<String>;
type Real = fn(&Row) -> Option<f64>;
type Whole = fn(&Row) -> Option<i64>;

enum Column {
    Text(Text),
    Real(Real),
    Whole(Whole),
}

fn whole(n: u64) -> Option<i64> {
    i64::try_from(n).ok()
}

fn columns() -> Vec<(&'static str, &'static str, Column)> {
    use Column::{Real, Text, Whole};
    vec![
        ("name", "Name: the table is seismic.<name>", Text(|r| Some(r.name.clone()))),
        ("kind", "3d, 3d_prestack, 2d, 2d_prestack, single_trace or unknown", Text(|r| Some(r.facts.kind.clone()))),
        ("traces", "Traces", Whole(|r| whole(r.facts.traces))),
        ("samples", "Samples of a trace", Whole(|r| whole(r.description.axis.count as u64))),
        ("domain", "time, depth or frequency", Text(|r| Some(r.description.axis.domain.to_string()))),
        ("start", "Where the first sample is, in `axis_unit`", Real(|r| Some(r.description.axis.start))),
        ("sample_interval", "From sample to sample, in `axis_unit`", Real(|r| Some(r.description.axis.interval))),
        (
            "axis_unit",
            "ms, m, ft or Hz; NULL where it is not known",
            Text(|r| Some(r.description.axis.unit.clone()).filter(|u| !u.is_empty())),
        ),
        ("inline_min", "Smallest inline number", Whole(|r| r.facts.inline.as_ref().map(|l| l.first))),
        ("inline_max", "Largest inline number", Whole(|r| r.facts.inline.as_ref().map(|l| l.last))),
        ("inline_step", "From one inline number to the next", Whole(|r| r.facts.inline.as_ref().map(|l| l.step))),
        (
            "inline_spacing",
            "Distance between inlines, in `coordinate_unit`",
            Real(|r| r.facts.inline.as_ref()?.spacing),
        ),
        ("crossline_min", "Smallest crossline number", Whole(|r| r.facts.crossline.as_ref().map(|l| l.first))),
        ("crossline_max", "Largest crossline number", Whole(|r| r.facts.crossline.as_ref().map(|l| l.last))),
        (
            "crossline_step",
            "From one crossline number to the next",
            Whole(|r| r.facts.crossline.as_ref().map(|l| l.step)),
        ),
        (
            "crossline_spacing",
            "Distance between crosslines, in `coordinate_unit`",
            Real(|r| r.facts.crossline.as_ref()?.spacing),
        ),
        (
            "azimuth",
            "Direction in which crossline numbers rise along an inline, degrees clockwise from grid north",
            Real(|r| r.facts.azimuth),
        ),
        ("holes", "Places of the survey without a trace", Whole(|r| whole(r.facts.holes))),
        ("duplicates", "Traces at a place that has one already", Whole(|r| whole(r.facts.duplicates))),
        (
            "corners",
            "inline, crossline, x, y of the corners, a line each",
            Text(|r| {
                let line = |c: &[f64; 4]| format!("{}, {}, {:.2}, {:.2}", c[0], c[1], c[2], c[3]);
                let lines: Vec<String> = r.facts.corners.iter().map(line).collect();
                (!lines.is_empty()).then(|| lines.join("\n"))
            }),
        ),
        ("crs", "Coordinate reference system of x and y", Text(|r| r.facts.crs.clone())),
        ("coordinate_unit", "Unit of x and y", Text(|r| r.facts.coordinate_unit.clone())),
        ("amplitude_min", "Smallest amplitude", Real(|r| r.facts.amplitudes.min)),
        ("amplitude_max", "Largest amplitude", Real(|r| r.facts.amplitudes.max)),
        ("amplitude_mean", "Mean amplitude", Real(|r| r.facts.amplitudes.mean)),
        ("amplitude_rms", "Root mean square of the amplitudes", Real(|r| r.facts.amplitudes.rms)),
        ("dead_traces", "Traces of zeros alone", Whole(|r| whole(r.facts.amplitudes.dead_traces))),
        ("confidence", "How sure the geometry is, 0 to 1", Real(|r| r.facts.confidence)),
        (
            "stated",
            "Polarity, datum and what else the headers state, a line each",
            Text(|r| {
                let lines: Vec<String> = r.facts.stated.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                (!lines.is_empty()).then(|| lines.join("\n"))
            }),
        ),
        (
            "file",
            "The file it was imported from, a line each where there are several",
            Text(|r| Some(r.facts.file.clone())),
        ),
        ("sha256", "Checksum of the file", Text(|r| Some(r.facts.sha256.clone()))),
        ("object", "Where a copy of the file is kept within the project", Text(|r| r.facts.object.clone())),
        ("file_bytes", "Size of the file", Whole(|r| whole(r.facts.bytes))),
        ("bytes", "Size of the volume in the project, headers and coarser levels included", Whole(|r| whole(r.bytes))),
        ("levels", "Coarser levels for overviews", Whole(|r| Some(r.description.levels.into()))),
        (
            "text_header",
            "The text header of the file",
            Text(|r| (!r.facts.text.is_empty()).then(|| r.facts.text.join("\n"))),
        ),
    ]
}

/// The list; empty without a project.
pub(crate) async fn volumes(snapshot: Option<&Snapshot>) -> Result<RecordBatch> {
    let mut rows = Vec::new();
    if let Some(snapshot) = snapshot {
        for table in snapshot.tables().into_iter().filter(|t| t.schema == super::TRACES) {
            if let Some(row) = row(snapshot, &table).await? {
                rows.push(row);
            }
        }
    }
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (name, description, column) in columns() {
        let (kind, array): (DataType, ArrayRef) = match column {
            Column::Text(of) => (DataType::Utf8, Arc::new(rows.iter().map(of).collect::<StringArray>())),
            Column::Real(of) => (DataType::Float64, Arc::new(rows.iter().map(of).collect::<Float64Array>())),
            Column::Whole(of) => (DataType::Int64, Arc::new(rows.iter().map(of).collect::<Int64Array>())),
        };
        fields.push(described(name, kind, true, description));
        arrays.push(array);
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

async fn row(snapshot: &Snapshot, table: &TableName) -> Result<Option<Row>> {
    let of = |schema: &str| TableName::new(schema, &table.name);
    let Some(bricks) = snapshot.table_if_there(&of(super::BRICKS)).await.map_err(external)? else { return Ok(None) };
    let metadata = bricks.schema.fields().first().map(|f| f.metadata().clone()).unwrap_or_default();
    let text = |key: &str| metadata.get(key).map(String::as_str).unwrap_or_default();
    let description = Description::from_json(text(METADATA)).map_err(external)?;
    let facts = VolumeFacts::from_json(text(FACTS)).unwrap_or_default();
    let mut bytes = 0;
    for schema in [super::TRACES, super::BRICKS, super::HEADERS] {
        let state = snapshot.table_if_there(&of(schema)).await.map_err(external)?;
        bytes += state.map_or(0, |s| s.files.iter().map(|f| f.size).sum());
    }
    Ok(Some(Row { name: table.name.clone(), bytes, description, facts }))
}
