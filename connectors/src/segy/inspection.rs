//! All that is to be known of a file before it is imported.

use outcrop_types::{Issue, Severity};

use super::amplitudes::{Amplitudes, TraceChoice, amplitudes};
use super::binary::Revision;
use super::field::{Field, Value};
use super::geometry::{Geometry, GeometryOptions, survey};
use super::headers::Headers;
use super::plausibility::{FormatCheck, check_format};
use super::vertical::{self, VerticalAxis, VerticalOptions};
use super::{ByteOrder, FileKind, SampleFormat, SegyError, SegyFile, TextEncoding, TraceField, Traces};

/// Where trace headers state their samples, bytes 115-116.
const SAMPLES: u16 = 115;

/// What to look at, and what the caller states.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InspectOptions {
    /// Stated parts of the geometry.
    pub geometry: GeometryOptions,
    /// Stated parts of the vertical axis.
    pub vertical: VerticalOptions,
    /// The traces that amplitude statistics are of; none where `None`.
    pub amplitudes: Option<TraceChoice>,
}

/// A file as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// SEG-Y or Seismic Unix.
    pub kind: FileKind,
    /// The revision of SEG-Y; 0.0 for Seismic Unix.
    pub revision: Revision,
    /// The byte order.
    pub order: ByteOrder,
    /// The sample format it is read in.
    pub format: SampleFormat,
    /// The sample format code of the binary header; `None` in Seismic Unix.
    pub format_code: Option<i16>,
    /// Bytes of the file.
    pub length: u64,
    /// Traces.
    pub trace_count: u64,
    /// Samples of the longest trace.
    pub samples_per_trace: u32,
    /// Whether traces have lengths of their own.
    pub samples_vary: bool,
    /// The sample interval in the unit of the header: µs for time. `None` where no header has one.
    pub sample_interval: Option<f64>,
    /// Bytes of the headers of the first trace: 240, and 240 for each additional one.
    pub trace_header_bytes: u32,
    /// Bytes after the last trace.
    pub trailing_bytes: u64,
    /// Lines of the text header, without blanks at their ends; none in Seismic Unix.
    pub text: Vec<String>,
    /// Its character set.
    pub text_encoding: Option<TextEncoding>,
    /// Lines of the extended text headers.
    pub extended_text: Vec<Vec<String>>,
    /// Fields of the binary header with their values; none in Seismic Unix.
    pub binary: Vec<(&'static Field, Value)>,
    /// Time or depth.
    pub vertical: VerticalAxis,
    /// Lines, positions and coordinates.
    pub geometry: Geometry,
    /// Whether the samples look like their format.
    pub format_check: FormatCheck,
    /// Amplitude statistics, where asked for.
    pub amplitudes: Option<Amplitudes>,
    /// Everything noticed: when the file was opened, of the axis, the geometry, the format and the amplitudes, the
    /// worst first.
    pub issues: Vec<Issue>,
}

impl Inspection {
    /// The messages of warnings and errors.
    pub fn warnings(&self) -> impl Iterator<Item = &Issue> {
        self.issues.iter().filter(|i| i.severity >= Severity::Warning)
    }
}

/// Looks at everything. `progress` is told how many traces the amplitude statistics have seen, and says whether to go
/// on.
///
/// Trace headers are read twice, some in full and the fields that matter of all; of the samples those of 300 traces for
/// the format, and those of the traces that the statistics are of. Memory is about 20 bytes a trace, and up to 50 where
/// line numbers are scattered.
///
/// ```no_run
/// use outcrop_connectors::segy::{FileBytes, InspectOptions, OpenOptions, SegyFile, TraceChoice, inspect};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let source = FileBytes::new(std::fs::File::open("cube.sgy")?)?;
/// let file = SegyFile::open(std::sync::Arc::new(source), &OpenOptions::default())?;
/// let options = InspectOptions { amplitudes: Some(TraceChoice::Spread(1000)), ..InspectOptions::default() };
/// let found = inspect(&file, &options, &|_| true)?;
/// println!("{}, {} traces, confidence {:.2}", found.geometry.kind.title(), found.trace_count,
/// found.geometry.confidence);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`SegyError::Request`] for stated fields that the headers do not have, [`SegyError::Cancelled`] where `progress`
/// said to stop, and where the file can't be read.
pub fn inspect(
    file: &SegyFile,
    options: &InspectOptions,
    progress: &dyn Fn(u64) -> bool,
) -> Result<Inspection, SegyError> {
    let mut headers = Headers::sample(file)?;
    // The count of samples is read of all traces, in the pass that everything else is read in.
    let also: Vec<TraceField> = vertical::fields().into_iter().chain([TraceField::at(SAMPLES)]).collect();
    let geometry = survey(&mut headers, &options.geometry, &also)?;
    let vertical = vertical::look(&mut headers, &options.vertical)?;
    let stated = stated_samples(&headers);
    let differing = differing_samples(&headers)?;
    drop(headers);
    let format_check = check_format(file)?;
    let amplitudes = options.amplitudes.map(|choice| amplitudes(file, choice, progress)).transpose()?;
    let layout = file.layout();
    let mut issues: Vec<Issue> = file.issues().to_vec();
    issues.extend(format_check.issue());
    issues.extend(vertical.issues.iter().cloned());
    issues.extend(geometry.issues.iter().cloned());
    issues.extend(amplitudes.iter().flat_map(of_amplitudes));
    if let (Traces::Fixed { samples, .. }, Some(other)) = (&layout.traces, stated)
        && other != i64::from(*samples)
    {
        issues.push(Issue::info(
            "trace-samples-differ",
            format!(
                "trace headers state {other} samples (bytes 115-116); the traces have {samples} by the binary header \
                and the length of the file"
            ),
        ));
    }
    issues.extend(differing);
    issues.sort_by_key(|i| std::cmp::Reverse(i.severity));
    let lines = |text: &super::TextHeader| text.lines();
    Ok(Inspection {
        kind: layout.kind,
        revision: layout.revision,
        order: layout.order,
        format: layout.format,
        format_code: file.binary().map(|b| b.i16(3225)),
        length: layout.length,
        trace_count: layout.count(),
        samples_per_trace: layout.samples(),
        samples_vary: matches!(layout.traces, Traces::Variable(_)),
        sample_interval: layout.sample_interval,
        trace_header_bytes: layout.place(0)?.header,
        trailing_bytes: layout.length.saturating_sub(layout.end),
        text: file.text().map(lines).unwrap_or_default(),
        text_encoding: file.text().map(|t| t.encoding),
        extended_text: file.extended_text().iter().map(lines).collect(),
        binary: file.binary().map(|b| b.values().collect()).unwrap_or_default(),
        vertical,
        geometry,
        format_check,
        amplitudes,
        issues,
    })
}

/// The samples that the sampled trace headers state, where all state the same and it is not 0.
fn stated_samples(headers: &Headers<'_>) -> Option<i64> {
    let stated = headers.sampled(&TraceField::at(SAMPLES));
    let first = *stated.first().filter(|n| **n != 0)?;
    stated.iter().all(|n| *n == first).then_some(i64::from(first))
}

/// The warning for traces of one length whose headers state several: one of them may be shorter than it is read.
fn differing_samples(headers: &Headers<'_>) -> Result<Option<Issue>, SegyError> {
    let field = TraceField::at(SAMPLES);
    let layout = headers.file.layout();
    let (Traces::Fixed { samples, .. }, Some(stated)) = (&layout.traces, headers.column(&field).varying()) else {
        return Ok(None);
    };
    // 0 states nothing. A count beyond 32767 is negative in a signed field.
    let other = |n: i32| n != 0 && i64::from(n) != i64::from(*samples) && i64::from(n) + 65_536 != i64::from(*samples);
    let mut others = stated.iter().enumerate().filter(|(_, n)| other(**n));
    let Some((trace, count)) = others.next() else { return Ok(None) };
    let more = match others.count() {
        0 => String::new(),
        more => format!(", and {more} more traces differ"),
    };
    let byte = layout.place(trace as u64)?.offset + u64::try_from(field.offset()).unwrap_or(0);
    Ok(Some(Issue::warning(
        "trace-samples-mixed",
        format!(
            "the header of trace {} states {count} samples (its bytes 115-116, byte {} of the file, counted from 1), where the \
             traces have {samples} by the binary header and the length of the file{more}; all are read with {samples}. If \
             traces are of several lengths, the file was cut or written wrongly: write it anew from its source",
            trace + 1,
            byte + 1
        ),
    )))
}

/// What is odd about amplitudes.
fn of_amplitudes(found: &Amplitudes) -> Vec<Issue> {
    let mut issues = Vec::new();
    let of = if found.complete { String::new() } else { format!(" of {} traces looked at", found.traces) };
    if found.nan + found.infinite > 0 {
        issues.push(Issue::warning(
            "samples-not-finite",
            format!(
                "samples{of} that are no number: {}, infinite ones: {}; they count for no statistics",
                found.nan, found.infinite
            ),
        ));
    }
    let (zero, dead) = (found.zero_traces, found.dead_traces);
    if zero + dead > 0 {
        issues.push(Issue::info(
            "dead-traces",
            format!(
                "traces{of} with samples of 0 only: {zero}; called dead by the trace identification code (bytes \
                29-30): {dead}"
            ),
        ));
    }
    if found.constant_traces > 0 {
        issues.push(Issue::info(
            "constant-traces",
            format!("traces{of} with one value, not 0, in all samples: {}", found.constant_traces),
        ));
    }
    if found.irreversible > 0 {
        issues.push(Issue::info(
            "samples-not-reversible",
            format!(
                "samples{of} that do not come back bit for bit from 32 bit floats: {}; to export them unchanged the \
                original is needed",
                found.irreversible
            ),
        ));
    }
    issues
}
