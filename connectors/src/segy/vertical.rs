//! The vertical axis of the traces: time or depth, its start and interval, and what the headers say of datum and
//! polarity.
//!
//! SEG-Y has no field for the domain before rev 2, where trace identification code 25 (bytes 29-30) is depth domain
//! seismic data; rev 0 and 1 have but time. Depth data is written all the same, mostly with the interval in thousandths
//! of a metre or foot where time has microseconds. So time is what the standard says unless a header or the caller says
//! depth; words of the text header are shown as hints.

use outcrop_types::Issue;

use super::field::{TraceField, scaled};
use super::geometry::MeasurementSystem;
use super::headers::{Column, Headers};
use super::hints;
use super::{SegyError, SegyFile};

/// What samples follow each other in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// Two-way time.
    Time,
    /// Depth.
    Depth,
    /// Frequency, of spectra.
    Frequency,
}

impl Domain {
    /// `time`, `depth` or `frequency`.
    pub fn name(self) -> &'static str {
        match self {
            Domain::Time => "time",
            Domain::Depth => "depth",
            Domain::Frequency => "frequency",
        }
    }
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DomainSource {
    /// The caller.
    Caller,
    /// The trace identification code (bytes 29-30).
    TraceId,
    /// No header: the standard has time.
    Standard,
}

impl DomainSource {
    /// `stated`, `trace identification code` or `standard`.
    pub fn name(self) -> &'static str {
        match self {
            DomainSource::Caller => "stated",
            DomainSource::TraceId => "trace identification code",
            DomainSource::Standard => "standard",
        }
    }
}

/// What the caller states of the axis.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VerticalOptions {
    /// The domain.
    pub domain: Option<Domain>,
    /// The interval in ms, m or ft, or Hz.
    pub interval: Option<f64>,
    /// Where the first sample is, in ms, m or ft, or Hz, for all traces.
    pub start: Option<f64>,
}

/// The vertical axis of the traces of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct VerticalAxis {
    /// Time, depth or frequency.
    pub domain: Domain,
    /// Who says so.
    pub source: DomainSource,
    /// `ms`, `m`, `ft` or `Hz`; `None` for depths where the measurement system is not stated.
    pub unit: Option<&'static str>,
    /// Where the first sample of the first trace is, in that unit.
    pub start: f64,
    /// The smallest and the largest start of all traces.
    pub starts: (f64, f64),
    /// From sample to sample, in that unit; `None` where no header has it.
    pub interval: Option<f64>,
    /// Samples of the longest trace.
    pub samples: u32,
    /// Where the last sample of the longest trace is, if it starts as the first does.
    pub end: Option<f64>,
    /// The smallest and the largest interval that trace headers state (bytes 117-118), as it is there.
    pub header_intervals: (i32, i32),
    /// The elevation of the datum at receivers and sources (bytes 53-60, scalar applied), smallest and largest of the
    /// sampled traces, where one is not 0.
    pub datum: Option<(f64, f64)>,
    /// Weathering and subweathering velocity (bytes 91-94) of the first trace, where not 0.
    pub velocities: (Option<i32>, Option<i32>),
    /// The impulse signal polarity (binary header bytes 3257-3258), in words.
    pub polarity: Option<&'static str>,
    /// The vibratory polarity (bytes 3259-3260): by how many degrees the seismic signal lags the pilot, from and to.
    pub vibratory_polarity: Option<(f64, f64)>,
    /// What the trace values are measured in (bytes 203-204), in words.
    pub value_unit: Option<&'static str>,
    /// Lines of the text header that speak of time or depth, datum, replacement velocity, polarity and phase.
    pub hints: Vec<String>,
    /// What is odd or was assumed.
    pub issues: Vec<Issue>,
}

/// Fields that are needed of all traces.
pub(super) fn fields() -> [TraceField; 4] {
    [TraceField::at(109), TraceField::at(215), TraceField::at(117), TraceField::at(29)]
}

/// Finds the vertical axis of a file.
///
/// # Errors
/// Where the file can't be read.
pub fn vertical_axis(file: &SegyFile, options: &VerticalOptions) -> Result<VerticalAxis, SegyError> {
    look(&mut Headers::sample(file)?, options)
}

pub(super) fn look(headers: &mut Headers<'_>, options: &VerticalOptions) -> Result<VerticalAxis, SegyError> {
    let [delay, scalar, interval, id] = fields();
    headers.load(&fields())?;
    let headers = &*headers;
    let file = headers.file;
    let mut issues = Vec::new();
    let (domain, source) = domain(headers, headers.column(&id), options, &mut issues);
    let measurement = MeasurementSystem::of(file.binary());
    let unit = match (domain, measurement) {
        (Domain::Time, _) => Some("ms"),
        (Domain::Frequency, _) => Some("Hz"),
        (Domain::Depth, MeasurementSystem::Metres) => Some("m"),
        (Domain::Depth, MeasurementSystem::Feet) => Some("ft"),
        (Domain::Depth, MeasurementSystem::Unstated) => None,
    };
    let (delay, scalar) = (headers.column(&delay), headers.column(&scalar));
    let mut starts = starts(headers.count, delay, scalar);
    let mut start = scaled(delay.real(0), i64::from(scalar.number(0)));
    if let Some(stated) = options.start {
        (start, starts) = (stated, (stated, stated));
    }
    if starts.0 != starts.1 {
        issues.push(Issue::warning(
            "delays-differ",
            format!(
                "the delay recording time (bytes 109-110) is not the same in all traces: samples start between {} and \
                {} {}; \
                 each trace is placed by its own",
                starts.0,
                starts.1,
                unit.unwrap_or("units")
            ),
        ));
    }
    let (interval, header_intervals) =
        intervals(headers, headers.column(&interval), domain, source, options, &mut issues);
    let samples = file.layout().samples();
    if unit.is_none() {
        issues.push(Issue::warning(
            "depth-unit-unstated",
            "the data is depth, and the binary header does not state metres or feet (bytes 3255-3256); state the unit",
        ));
    }
    let text = hints::lines(file);
    let first = |byte: u16| headers.sampled(&TraceField::at(byte)).first().copied().unwrap_or(0);
    let some = |value: i32| (value != 0).then_some(value);
    let code = |byte: u16| file.binary().map_or(0, |b| b.i16(byte));
    Ok(VerticalAxis {
        domain,
        source,
        unit,
        start,
        starts,
        interval,
        samples,
        end: interval.map(|i| start + i * f64::from(samples.saturating_sub(1))),
        header_intervals,
        datum: datum(headers),
        velocities: (some(first(91)), some(first(93))),
        polarity: match code(3257) {
            1 => Some("an increase in pressure or an upward movement of the geophone case is a negative number"),
            2 => Some("an increase in pressure or an upward movement of the geophone case is a positive number"),
            _ => None,
        },
        vibratory_polarity: match code(3259) {
            n @ 1..=8 => Some(((f64::from(n) * 45.0 - 67.5).rem_euclid(360.0), f64::from(n) * 45.0 - 22.5)),
            _ => None,
        },
        value_unit: match first(203) {
            1 => Some("Pa"),
            2 => Some("V"),
            3 => Some("mV"),
            4 => Some("A"),
            5 => Some("m"),
            6 => Some("m/s"),
            7 => Some("m/s2"),
            8 => Some("N"),
            9 => Some("W"),
            _ => None,
        },
        hints: words(&text),
        issues,
    })
}

fn domain(
    headers: &Headers<'_>,
    id: &Column,
    options: &VerticalOptions,
    issues: &mut Vec<Issue>,
) -> (Domain, DomainSource) {
    const DEPTH: i32 = 25;
    let second = headers.file.layout().revision.major >= 2;
    let depth = (0..headers.count).filter(|t| id.number(*t) == DEPTH).count();
    if depth > 0 && depth < headers.count {
        issues.push(Issue::warning(
            "domain-differs",
            format!(
                "{depth} of {} traces have trace identification code 25 (bytes 29-30), depth domain; the others \
            have not",
                headers.count
            ),
        ));
    }
    let stated = (depth * 2 > headers.count).then_some(Domain::Depth);
    match (options.domain, stated) {
        (Some(domain), stated) => {
            if stated.is_some_and(|s| s != domain) {
                issues.push(Issue::warning(
                    "domain-differs",
                    format!("{} was stated; the trace identification code 25 (bytes 29-30) says depth", domain.name()),
                ));
            }
            (domain, DomainSource::Caller)
        }
        (None, Some(domain)) => {
            if !second {
                issues.push(Issue::info(
                    "domain-of-rev-2",
                    "trace identification code 25 (bytes 29-30) is depth domain in SEG-Y rev 2; the file is of an \
                    earlier one",
                ));
            }
            (domain, DomainSource::TraceId)
        }
        (None, None) => (Domain::Time, DomainSource::Standard),
    }
}

/// The smallest and the largest start.
fn starts(count: usize, delay: &Column, scalar: &Column) -> (f64, f64) {
    let start = |trace: usize| scaled(delay.real(trace), i64::from(scalar.number(trace)));
    if delay.varying().is_none() && scalar.varying().is_none() {
        return (start(0), start(0));
    }
    (0..count).map(start).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| (low.min(s), high.max(s)))
}

/// The interval in the unit of the axis, and the smallest and largest that trace headers have.
fn intervals(
    headers: &Headers<'_>,
    column: &Column,
    domain: Domain,
    source: DomainSource,
    options: &VerticalOptions,
    issues: &mut Vec<Issue>,
) -> (Option<f64>, (i32, i32)) {
    let of_trace = |trace: usize| column.number(trace);
    let low = (0..headers.count).map(of_trace).min().unwrap_or(0);
    let high = (0..headers.count).map(of_trace).max().unwrap_or(0);
    let mut taken = headers.file.layout().sample_interval;
    if headers.extended() {
        // Header extension 1 has an interval of its own.
        let own = headers.sampled_reals(&TraceField::at(385)).first().copied().filter(|v| v.is_finite() && *v > 0.0);
        match (own, taken) {
            (Some(own), Some(other)) if own != other => issues.push(Issue::warning(
                "sample-interval-differs",
                format!(
                    "the sample interval is {own} in header extension 1 of the first trace (bytes 385-392) and \
                {other} elsewhere; {other} is taken"
                ),
            )),
            (Some(own), None) => taken = Some(own),
            _ => {}
        }
    }
    if low != high {
        issues.push(Issue::warning(
            "sample-intervals-vary",
            format!(
                "the sample interval of the traces (bytes 117-118) varies from {low} to {high}; {} is taken for all",
                taken.map_or("none".to_owned(), |t| t.to_string())
            ),
        ));
    }
    if options.interval.is_some() {
        return (options.interval, (low, high));
    }
    let second = headers.file.layout().revision.major >= 2;
    let interval = taken.map(|raw| match domain {
        Domain::Time => {
            if !(20.0..=20_000.0).contains(&raw) {
                issues.push(Issue::warning(
                    "sample-interval-odd",
                    format!(
                        "a sample interval of {raw} µs is unusual for reflection seismics; it may be in ms, or that \
                        of depths. State the domain \
                         or the interval if so"
                    ),
                ));
            }
            raw / 1000.0
        }
        Domain::Frequency => raw,
        // Rev 2 has metres or feet; before it the integer of the header is taken for thousandths, as for time.
        Domain::Depth if second && source == DomainSource::TraceId => {
            if raw > 1000.0 {
                issues.push(Issue::warning(
                    "sample-interval-odd",
                    format!(
                        "a sample interval of {raw} m or ft is unusual; it may be in thousandths. State the \
                    interval if so"
                    ),
                ));
            }
            raw
        }
        Domain::Depth => {
            issues.push(Issue::warning(
                "depth-interval-assumed",
                format!(
                    "the sample interval of depth data is {raw} in the header, which is taken as thousandths of the \
                    unit of depth: {}; state \
                     the interval if it is not",
                    raw / 1000.0
                ),
            ));
            raw / 1000.0
        }
    });
    (interval, (low, high))
}

/// The elevation of the datum in the sampled traces.
fn datum(headers: &Headers<'_>) -> Option<(f64, f64)> {
    let scalar = headers.sampled(&TraceField::at(69));
    let mut found: Option<(f64, f64)> = None;
    for byte in [53, 57] {
        for (value, scalar) in headers.sampled(&TraceField::at(byte)).into_iter().zip(&scalar) {
            let value = scaled(f64::from(value), i64::from(*scalar));
            let (low, high) = found.unwrap_or((value, value));
            found = Some((low.min(value), high.max(value)));
        }
    }
    found.filter(|range| *range != (0.0, 0.0))
}

/// Lines of the text header worth reading before one trusts the axis.
fn words(text: &[String]) -> Vec<String> {
    // Lines of the empty form, and those about bytes of headers, say nothing of this file.
    let form = ["BYTE", "BYTES", "TIME/DEPTH", "TAPER", "SWEEP", "SOURCE: TYPE"];
    let mut found = hints::lines_with(text, &["DEPTH", "TVD", "TVDSS"], &form);
    for line in hints::lines_with(text, &["TWT", "TIME DOMAIN", "TWO-WAY", "TWO WAY", "TIME MIN", "PSTM"], &form) {
        found.push(line);
    }
    for line in hints::lines_with(text, &["DATUM", "REPLACEMENT", "SRD", "POLARITY", "PHASE", "IMPEDANCE"], &form) {
        found.push(line);
    }
    let mut seen: Vec<String> = Vec::new();
    for line in found {
        if !seen.contains(&line) {
            seen.push(line);
        }
    }
    seen
}
