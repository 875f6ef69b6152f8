//! `inspect_segy('cube.sgy')`: a row for each file, before it is imported.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::DataFusionError;
use outcrop_connectors::segy::{Inspection, SegyFile, TraceChoice};
use outcrop_seismic::SegyOptions;
use outcrop_store::Location;
use outcrop_types::field::described;

use super::file::bytes;
use crate::error::SessionError;
use crate::session::Session;

/// Traces that amplitudes are looked at of: a few seconds of a file of any size.
const TRACES: u64 = 100_000;

/// A column: its name, description, and value of a file.
type Text = (&'static str, &'static str, fn(&str, &Inspection) -> Option<String>);
type Whole = (&'static str, &'static str, fn(&Inspection) -> Option<i64>);
type Real = (&'static str, &'static str, fn(&Inspection) -> Option<f64>);

enum Column {
    Text(Text),
    Whole(Whole),
    Real(Real),
}

fn columns() -> Vec<Column> {
    use Column::{Real, Text, Whole};
    vec![
        Text(("file", "Path", |path, _| Some(path.to_owned()))),
        Whole(("trace_count", "Traces", |i| i64::try_from(i.trace_count).ok())),
        Whole(("samples_per_trace", "Samples of the longest trace", |i| Some(i.samples_per_trace.into()))),
        Real(("sample_interval_us", "Sample interval as the headers have it: µs for time", |i| i.sample_interval)),
        Whole(("format_code", "Code of the sample format it is read in", |i| Some(i.format.code().into()))),
        Text(("sample_format", "The sample format", |_, i| Some(i.format.name().to_owned()))),
        Text(("revision", "Revision of the standard", |_, i| Some(i.revision.to_string()))),
        Text(("byte_order", "big, little or pair-swapped", |_, i| Some(i.order.name().to_owned()))),
        Text(("domain", "time, depth or frequency", |_, i| Some(i.vertical.domain.name().to_owned()))),
        Real(("start", "Where the first sample is", |i| Some(i.vertical.starts.0))),
        Real(("sample_interval", "From sample to sample, in the unit of the axis", |i| i.vertical.interval)),
        Text(("axis_unit", "ms, m, ft or Hz; NULL where it is not stated", |_, i| i.vertical.unit.map(str::to_owned))),
        Whole(("inline_min", "Smallest inline number", |i| i.geometry.inline.as_ref().map(|a| a.first))),
        Whole(("inline_max", "Largest inline number", |i| i.geometry.inline.as_ref().map(|a| a.last))),
        Whole(("crossline_min", "Smallest crossline number", |i| i.geometry.crossline.as_ref().map(|a| a.first))),
        Whole(("crossline_max", "Largest crossline number", |i| i.geometry.crossline.as_ref().map(|a| a.last))),
        Real(("amplitude_min", "Smallest amplitude", |i| i.amplitudes.as_ref()?.min)),
        Real(("amplitude_max", "Largest amplitude", |i| i.amplitudes.as_ref()?.max)),
        Real(("amplitude_rms", "Root mean square of the amplitudes", |i| i.amplitudes.as_ref()?.rms)),
        Whole(("amplitude_traces", "Traces that the amplitudes are of", |i| {
            i64::try_from(i.amplitudes.as_ref()?.traces).ok()
        })),
        Text(("geometry", "3d, 3d_prestack, 2d, 2d_prestack, single_trace or unknown", |_, i| {
            Some(i.geometry.kind.name().to_owned())
        })),
        Real(("confidence", "How sure the geometry is, 0 to 1", |i| Some(i.geometry.confidence))),
        Text(("evidence", "What speaks for it", |_, i| Some(i.geometry.evidence.clone()))),
        Whole(("holes", "Places of the survey without a trace", |i| i64::try_from(i.geometry.holes).ok())),
        Whole(("duplicates", "Traces at a place that has one already", |i| i64::try_from(i.geometry.duplicates).ok())),
        Whole(("warnings", "How many warnings there are", |i| i64::try_from(i.warnings().count()).ok())),
        Text(("issues", "What is odd or was assumed, a line each", |_, i| {
            let lines: Vec<String> = i.issues.iter().map(|i| format!("{}: {}", i.severity, i.message)).collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        })),
        Text(("text_header", "The text header", |_, i| (!i.text.is_empty()).then(|| i.text.join("\n")))),
    ]
}

/// A row for each file.
pub(crate) async fn table(
    session: &Session,
    files: Vec<Location>,
    options: &SegyOptions,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (session, options) = (session.clone(), options.clone());
    let found = crate::files::blocking(move || {
        let mut found = Vec::with_capacity(files.len());
        for file in files {
            let failed =
                |e: outcrop_connectors::segy::SegyError| DataFusionError::Plan(format!("{}: {e}", file.display));
            let opened = SegyFile::open(bytes(&session, &file)?, &options.open).map_err(failed)?;
            let what = options.inspect_with(TraceChoice::Spread(TRACES));
            let inspection = outcrop_connectors::segy::inspect(&opened, &what, &|_| true).map_err(failed)?;
            found.push((file.display.clone(), inspection));
        }
        Ok(found)
    })
    .await?;
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for column in columns() {
        let (name, doc, kind, array): (_, _, _, ArrayRef) = match column {
            Column::Text((name, doc, of)) => {
                let values: StringArray = found.iter().map(|(path, i)| of(path, i)).collect();
                (name, doc, DataType::Utf8, Arc::new(values))
            }
            Column::Whole((name, doc, of)) => {
                (name, doc, DataType::Int64, Arc::new(found.iter().map(|(_, i)| of(i)).collect::<Int64Array>()))
            }
            Column::Real((name, doc, of)) => {
                (name, doc, DataType::Float64, Arc::new(found.iter().map(|(_, i)| of(i)).collect::<Float64Array>()))
            }
        };
        fields.push(described(name, kind, true, doc));
        arrays.push(array);
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(DataFusionError::from)?;
    Ok(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))
}
