//! Where the traces of a file are: what its headers claim, held against its length.
//!
//! Nothing is allocated by what a header claims; every count is bounded by the bytes there are.

use outcrop_types::Issue;

use super::binary::{BINARY_HEADER, BinaryHeader, Revision};
use super::bytes::ReadAt;
use super::field::TRACE_HEADER;
use super::text::{TEXT_HEADER, TextEncoding};
use super::{ByteOrder, SampleFormat, SegyError};

/// Bytes before the first extended text header or trace.
pub const FILE_HEADERS: u64 = (TEXT_HEADER + BINARY_HEADER) as u64;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// SEG-Y.
    SegY,
    /// Seismic Unix: traces with SEG-Y trace headers and IEEE floats, without headers of the file.
    SeismicUnix,
}

/// What the caller states about a file; `None` and false where the file decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OpenOptions {
    /// SEG-Y or Seismic Unix.
    pub kind: Option<FileKind>,
    /// The byte order.
    pub order: Option<ByteOrder>,
    /// The sample format, whatever the header says.
    pub format: Option<SampleFormat>,
    /// Samples of every trace, whatever the headers say.
    pub samples: Option<u32>,
    /// Extended text headers of 3200 bytes, whatever the header says.
    pub extended_text_headers: Option<u32>,
    /// The sample interval in the unit of the header (µs for time), whatever the headers say.
    pub sample_interval: Option<f64>,
    /// Read the traces that are whole of a file that is cut off, with an issue, instead of refusing it.
    pub damaged: bool,
}

/// Where a trace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TracePlace {
    /// Where its header begins, from 0.
    pub offset: u64,
    /// Bytes of its headers: 240, and 240 more for each additional one.
    pub header: u32,
    /// Its samples.
    pub samples: u32,
}

/// The traces of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Traces {
    /// All of the same length.
    Fixed {
        /// How many.
        count: u64,
        /// Bytes of the headers of each.
        header: u32,
        /// Samples of each.
        samples: u32,
    },
    /// Of lengths of their own.
    Variable(Vec<TracePlace>),
}

/// What a file is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// SEG-Y or Seismic Unix.
    pub kind: FileKind,
    /// The byte order.
    pub order: ByteOrder,
    /// The revision; 0.0 for Seismic Unix.
    pub revision: Revision,
    /// The format of the samples.
    pub format: SampleFormat,
    /// Extended text headers.
    pub extended_text_headers: u64,
    /// Where the first trace begins.
    pub start: u64,
    /// Where the last trace ends.
    pub end: u64,
    /// Bytes of the file.
    pub length: u64,
    /// The sample interval in the unit of the header: µs for time, m or ft for depth, Hz for frequency. `None` where no header has one.
    pub sample_interval: Option<f64>,
    /// The traces.
    pub traces: Traces,
}

impl Layout {
    /// How many traces.
    pub fn count(&self) -> u64 {
        match &self.traces {
            Traces::Fixed { count, .. } => *count,
            Traces::Variable(places) => places.len() as u64,
        }
    }

    /// Samples of the longest trace.
    pub fn samples(&self) -> u32 {
        match &self.traces {
            Traces::Fixed { samples, .. } => *samples,
            Traces::Variable(places) => places.iter().map(|p| p.samples).max().unwrap_or(0),
        }
    }

    /// Bytes of a trace, where all have the same.
    pub fn stride(&self) -> Option<u64> {
        match self.traces {
            Traces::Fixed { header, samples, .. } => Some(trace_bytes(header, samples, self.format)),
            Traces::Variable(_) => None,
        }
    }

    /// Where a trace is; traces count from 0.
    ///
    /// # Errors
    /// [`SegyError::NoSuchTrace`].
    pub fn place(&self, trace: u64) -> Result<TracePlace, SegyError> {
        let none = SegyError::NoSuchTrace { trace: trace.saturating_add(1), count: self.count() };
        match &self.traces {
            Traces::Fixed { count, header, samples } if trace < *count => Ok(TracePlace {
                offset: self.start + trace * trace_bytes(*header, *samples, self.format),
                header: *header,
                samples: *samples,
            }),
            Traces::Fixed { .. } => Err(none),
            Traces::Variable(places) => usize::try_from(trace).ok().and_then(|t| places.get(t)).copied().ok_or(none),
        }
    }

    /// Where a trace ends.
    pub fn place_end(&self, place: TracePlace) -> u64 {
        place.offset + trace_bytes(place.header, place.samples, self.format)
    }
}

/// Bytes of a trace.
pub fn trace_bytes(header: u32, samples: u32, format: SampleFormat) -> u64 {
    u64::from(header) + u64::from(samples) * format.width() as u64
}

/// The bytes at an offset, fewer at the end of the file.
pub(super) fn some_bytes(source: &dyn ReadAt, offset: u64, most: usize) -> Result<Vec<u8>, SegyError> {
    let there = source.length().saturating_sub(offset).min(most as u64);
    let mut bytes = vec![0; usize::try_from(there).unwrap_or(0)];
    source.read_at(offset, &mut bytes)?;
    Ok(bytes)
}

/// A guess of where traces are, before it is held against the file.
#[derive(Clone, Copy)]
struct Guess {
    extended: u64,
    start: u64,
    end: u64,
    header: u32,
    samples: u32,
}

impl Guess {
    fn stride(&self, format: SampleFormat) -> u64 {
        trace_bytes(self.header, self.samples, format)
    }

    fn fits(&self, format: SampleFormat) -> bool {
        self.samples > 0 && self.end > self.start && (self.end - self.start).is_multiple_of(self.stride(format))
    }
}

/// Finds the traces of a SEG-Y file of a known byte order and sample format.
pub(super) fn segy(
    source: &dyn ReadAt,
    binary: &BinaryHeader,
    format: SampleFormat,
    options: &OpenOptions,
    issues: &mut Vec<Issue>,
) -> Result<Layout, SegyError> {
    let (length, order) = (source.length(), binary.order);
    let (revision, _) = binary.revision();
    let marked = order_mark(&binary.bytes).is_some();
    let second = revision.major >= 2 || marked;
    if length <= FILE_HEADERS {
        return Err(SegyError::NoTraces { end: length });
    }
    let claims = Claims::new(source, binary, options, second)?;
    let mut best: Option<Guess> = None;
    let first = claims.first(source, order)?;
    for guess in claims.guesses(source, order)? {
        // Against what the file claims, a length that fits is not enough: it may be chance. The traces must say so too.
        let claimed = (guess.start, guess.header) == (claims.start.unwrap_or(first.start), first.header);
        if guess.fits(format) && (claimed || sampled(source, order, &guess, format)? == Some(guess.samples)) {
            best = Some(guess);
            break;
        }
    }
    let fixed_stated = binary.i16(3503) == 1 || options.samples.is_some();
    let layout = |guess: Guess, traces: Traces, end: u64| Layout {
        kind: FileKind::SegY,
        order,
        revision,
        format,
        extended_text_headers: guess.extended,
        start: guess.start,
        end,
        length,
        sample_interval: None,
        traces,
    };
    if let Some(guess) = best {
        claims.report(&guess, issues);
        if !fixed_stated && sampled(source, order, &guess, format)?.is_none() {
            let walk = walk(source, order, &guess, format)?;
            if walk.end == guess.end && walk.places.len() > 1 {
                return Ok(layout(guess, Traces::Variable(walk.places), guess.end));
            }
        }
        let count = (guess.end - guess.start) / guess.stride(format);
        return Ok(layout(guess, Traces::Fixed { count, header: guess.header, samples: guess.samples }, guess.end));
    }
    if let Some(start) = claims.start.filter(|s| *s >= length) {
        // The extended text headers are not all there: what is there of them is no traces.
        return Err(SegyError::NoTraces { end: start });
    }
    // No length fits every trace: they may have lengths of their own.
    let walked = walk(source, order, &first, format)?;
    let varied = walked.places.first().is_some_and(|p| walked.places.iter().any(|q| q.samples != p.samples));
    if walked.end == first.end && !walked.places.is_empty() {
        return Ok(layout(first, Traces::Variable(walked.places), first.end));
    }
    if first.samples == 0 {
        return Err(SegyError::NoSamples { offset: first.start });
    }
    let stride = first.stride(format);
    let bytes = first.end.saturating_sub(first.start);
    let half = walked.end.saturating_sub(first.start) > bytes / 2;
    let variable = varied && half && !fixed_stated;
    let (whole, end) = if variable {
        (walked.places.len() as u64, walked.end)
    } else {
        (bytes / stride, first.start + bytes / stride * stride)
    };
    let hint = hint(&first, format, whole, options);
    let error = SegyError::Truncated {
        start: first.start,
        stride,
        samples: u64::from(first.samples),
        width: format.width() as u64,
        header: u64::from(first.header),
        whole,
        rest: first.end.saturating_sub(end),
        trace: whole + 1,
        offset: end,
        hint,
    };
    if !options.damaged || whole == 0 {
        return Err(error);
    }
    issues.push(Issue::error("traces-cut-off", format!("{error} The {whole} whole traces are read.")));
    let traces = if variable {
        Traces::Variable(walked.places)
    } else {
        Traces::Fixed { count: whole, header: first.header, samples: first.samples }
    };
    Ok(layout(first, traces, end))
}

/// What else would fit, in words.
fn hint(first: &Guess, format: SampleFormat, whole: u64, options: &OpenOptions) -> String {
    let bytes = first.end.saturating_sub(first.start);
    let widths =
        [SampleFormat::Int8, SampleFormat::Int16, SampleFormat::Int24, SampleFormat::Float32, SampleFormat::Float64];
    let other = widths.into_iter().filter(|f| f.width() != format.width()).find(|f| bytes > 0 && first.fits(*f));
    match other {
        Some(other) => format!(
            "Samples of {} bytes would fit: the sample format code may be wrong; state it if so: --sample-format {} \
             (sample_format => '{1}' in read_segy)",
            other.width(),
            other.name()
        ),
        None if whole == 0 => {
            "The number of samples or the sample format is wrong, or the file is cut off: state the format with --sample-format \
             (sample_format => …, samples => … in read_segy), or copy or export it again"
                .to_owned()
        }
        None if options.damaged => "Copy or export it again to have all of it".to_owned(),
        None => {
            "Copy or export it again, or have its whole traces read: --damaged (damaged => true in read_segy)".to_owned()
        }
    }
}

/// What headers of the file claim.
struct Claims {
    /// Extended text headers and where the traces begin, the likeliest first.
    starts: Vec<(u64, u64)>,
    /// Where the extended text headers end by their count, were there that many bytes.
    start: Option<u64>,
    /// Where they end.
    ends: Vec<u64>,
    /// Bytes of the headers of a trace.
    headers: Vec<u32>,
    /// Samples by the binary header or the caller.
    samples: Vec<u32>,
    stated: bool,
    extended: i64,
    trailers: i64,
}

impl Claims {
    fn new(source: &dyn ReadAt, binary: &BinaryHeader, options: &OpenOptions, second: bool) -> Result<Self, SegyError> {
        let length = source.length();
        let extended = options.extended_text_headers.map_or_else(|| i64::from(binary.i16(3505)), i64::from);
        let mut starts = Vec::new();
        let after = |n: u64| FILE_HEADERS.saturating_add(n.saturating_mul(TEXT_HEADER as u64));
        let counted = if extended == -1 { end_text(source)? } else { u64::try_from(extended).ok() };
        if second {
            let stated = binary.u64(3521);
            if stated >= FILE_HEADERS && stated < length && counted.is_none_or(|n| after(n) != stated) {
                starts.push(((stated - FILE_HEADERS) / TEXT_HEADER as u64, stated));
            }
        }
        let start = starts.first().map(|s: &(u64, u64)| s.1).or(counted.map(after));
        starts.extend(counted.map(|n| (n, after(n))).filter(|s| s.1 < length));
        if options.extended_text_headers.is_none() && !starts.iter().any(|s| s.1 == FILE_HEADERS) {
            starts.push((0, FILE_HEADERS));
        }
        let mut ends = Vec::new();
        let trailers = if second { i64::from(binary.u32(3529) as i32) } else { 0 };
        let record = TEXT_HEADER as u64;
        if let Ok(n) = u64::try_from(trailers)
            && n > 0
            && let Some(end) = n.checked_mul(record).and_then(|b| length.checked_sub(b))
            && end > FILE_HEADERS
        {
            ends.push(end);
        }
        ends.push(length);
        if trailers == -1 {
            // Records of text at the end, as many as there are.
            let mut end = length;
            while end > FILE_HEADERS + record && is_stanza(&some_bytes(source, end - record, TEXT_HEADER)?) {
                end -= record;
                ends.push(end);
            }
        }
        let mut headers = Vec::new();
        if second {
            // Two bytes in rev 2.1, four in rev 2.0.
            for more in [u32::from(binary.u16(3507)), binary.u32(3507)] {
                let bytes = more.saturating_add(1).checked_mul(TRACE_HEADER as u32).filter(|b| u64::from(*b) < length);
                headers.extend(bytes.filter(|b| !headers.contains(b)));
            }
        }
        if !headers.contains(&(TRACE_HEADER as u32)) {
            headers.push(TRACE_HEADER as u32);
        }
        let mut samples: Vec<u32> = Vec::new();
        match options.samples {
            Some(n) => samples.push(n),
            None => {
                let many = binary.u32(3269);
                samples.extend(Some(many).filter(|n| second && *n > 0));
                samples.extend(Some(u32::from(binary.u16(3221))).filter(|n| *n > 0));
            }
        }
        Ok(Claims { starts, start, ends, headers, samples, stated: options.samples.is_some(), extended, trailers })
    }

    /// The guess that headers make when nothing fits.
    fn first(&self, source: &dyn ReadAt, order: ByteOrder) -> Result<Guess, SegyError> {
        let (extended, start) = self.starts.first().copied().unwrap_or((0, FILE_HEADERS));
        let header = self.headers.first().copied().unwrap_or(TRACE_HEADER as u32);
        let samples = match self.samples.first() {
            Some(n) => *n,
            None => samples_of(&some_bytes(source, start, header as usize)?, order),
        };
        let end = self.ends.first().copied().unwrap_or_else(|| source.length());
        Ok(Guess { extended, start, end, header, samples })
    }

    fn guesses(&self, source: &dyn ReadAt, order: ByteOrder) -> Result<Vec<Guess>, SegyError> {
        let mut guesses = Vec::new();
        for (extended, start) in &self.starts {
            for end in &self.ends {
                for header in &self.headers {
                    let mut samples = self.samples.clone();
                    let own = samples_of(&some_bytes(source, *start, *header as usize)?, order);
                    if !self.stated && own > 0 && !samples.contains(&own) {
                        samples.push(own);
                    }
                    guesses.extend(samples.into_iter().map(|samples| Guess {
                        extended: *extended,
                        start: *start,
                        end: *end,
                        header: *header,
                        samples,
                    }));
                }
            }
        }
        Ok(guesses)
    }

    /// Says where the file is not as claimed.
    fn report(&self, guess: &Guess, issues: &mut Vec<Issue>) {
        if u64::try_from(self.extended).is_ok_and(|n| n != guess.extended) {
            issues.push(Issue::warning(
                "extended-text-headers",
                format!(
                    "bytes 3505-3506 claim {} extended text headers; the length of the file fits with {} of them, and traces from byte {}",
                    self.extended, guess.extended, guess.start
                ),
            ));
        }
        if let Some(stated) = self.samples.first().filter(|n| **n != guess.samples) {
            issues.push(Issue::warning(
                "samples-differ",
                format!(
                    "the binary header claims {stated} samples of a trace, which does not fit the length of the file; the {} of the first \
                     trace header (bytes 115-116 at offset {}) do and are taken",
                    guess.samples, guess.start
                ),
            ));
        }
        if self.trailers > 0 && self.ends.first() != Some(&guess.end) {
            issues.push(Issue::warning(
                "trailers",
                format!(
                    "bytes 3529-3532 claim {} trailer records; the length of the file fits without them",
                    self.trailers
                ),
            ));
        }
        if let Some(header) = self.headers.first().filter(|h| **h != guess.header) {
            issues.push(Issue::warning(
                "additional-trace-headers",
                format!(
                    "bytes 3507-3510 claim {header} bytes of headers for each trace; the length of the file fits with {}",
                    guess.header
                ),
            ));
        }
    }
}

/// Whether a record of 3200 bytes begins as a stanza does: `((`.
fn is_stanza(record: &[u8]) -> bool {
    record.starts_with(b"((") || record.starts_with(&[0x4d, 0x4d])
}

/// The number of extended text headers up to the stanza `((SEG: EndText))`; none where there is no such stanza.
fn end_text(source: &dyn ReadAt) -> Result<Option<u64>, SegyError> {
    let mut offset = FILE_HEADERS;
    let mut count = 0;
    while offset.saturating_add(TEXT_HEADER as u64) <= source.length() {
        let record = some_bytes(source, offset, TEXT_HEADER)?;
        let (encoding, share) = TextEncoding::detect(&record);
        if share < 0.3 {
            return Ok(None);
        }
        count += 1;
        offset += TEXT_HEADER as u64;
        let text: String = encoding.decode(&record).chars().filter(|c| !c.is_whitespace()).collect();
        if text.to_ascii_lowercase().contains("((seg:endtext))") {
            return Ok(Some(count));
        }
    }
    Ok(None)
}

/// The samples that the headers of a trace state: extension 1 before bytes 115-116.
fn samples_of(header: &[u8], order: ByteOrder) -> u32 {
    let extended = header.get(472..480).is_some_and(|name| FieldName::is(name, "SEG00001"));
    match order.u32(header, TRACE_HEADER + 136) {
        n if extended && n > 0 => n,
        _ => u32::from(order.u16(header, 114)),
    }
}

/// The name of a trace header block, EBCDIC or ASCII.
pub(super) struct FieldName;

impl FieldName {
    pub fn is(bytes: &[u8], name: &str) -> bool {
        bytes == name.as_bytes() || TextEncoding::Ebcdic.decode(bytes) == name
    }
}

/// The number of samples that the headers of some traces, spread over the file, state; `None` where they differ.
fn sampled(
    source: &dyn ReadAt,
    order: ByteOrder,
    guess: &Guess,
    format: SampleFormat,
) -> Result<Option<u32>, SegyError> {
    const SAMPLED: u64 = 64;
    let stride = guess.stride(format);
    let count = (guess.end - guess.start) / stride;
    let mut first = None;
    for i in 0..SAMPLED.min(count) {
        let trace =
            if count <= SAMPLED { i } else { (u128::from(i) * u128::from(count - 1) / u128::from(SAMPLED - 1)) as u64 };
        let stated = samples_of(&some_bytes(source, guess.start + trace * stride, guess.header as usize)?, order);
        if *first.get_or_insert(stated) != stated {
            return Ok(None);
        }
    }
    Ok(first)
}

struct Walk {
    places: Vec<TracePlace>,
    end: u64,
}

/// Goes from trace to trace by the number of samples in each header, until one does not fit any more.
fn walk(source: &dyn ReadAt, order: ByteOrder, guess: &Guess, format: SampleFormat) -> Result<Walk, SegyError> {
    let mut walk = Walk { places: Vec::new(), end: guess.start };
    let mut bytes = vec![0u8; (guess.header as usize).min(TRACE_HEADER * 2)];
    while walk.end.saturating_add(u64::from(guess.header)) <= guess.end {
        source.read_at(walk.end, &mut bytes)?;
        let mut header = guess.header;
        if bytes.get(472..480).is_some_and(|name| FieldName::is(name, "SEG00001")) {
            let more = u32::from(order.u16(&bytes, TRACE_HEADER + 156)).max(1);
            header = header.min((more + 1).saturating_mul(TRACE_HEADER as u32));
        }
        let samples = samples_of(&bytes, order);
        let next = walk.end.saturating_add(trace_bytes(header, samples, format));
        if samples == 0 || next > guess.end {
            break;
        }
        walk.places.push(TracePlace { offset: walk.end, header, samples });
        walk.end = next;
    }
    Ok(walk)
}

/// The byte order that the mark of rev 2 (bytes 3297-3300) states.
pub(super) fn order_mark(binary: &[u8]) -> Option<ByteOrder> {
    match binary.get(96..100)? {
        [1, 2, 3, 4] => Some(ByteOrder::Big),
        [4, 3, 2, 1] => Some(ByteOrder::Little),
        [2, 1, 4, 3] => Some(ByteOrder::PairSwapped),
        _ => None,
    }
}

/// Finds the traces of a Seismic Unix file in a byte order; `None` where they do not fill it.
pub(super) fn seismic_unix(
    source: &dyn ReadAt,
    order: ByteOrder,
    options: &OpenOptions,
    issues: &mut Vec<Issue>,
) -> Result<Option<Layout>, SegyError> {
    let format = options.format.unwrap_or(SampleFormat::Float32);
    let header = TRACE_HEADER as u32;
    let samples = match options.samples {
        Some(n) => n,
        None => samples_of(&some_bytes(source, 0, TRACE_HEADER)?, order),
    };
    let guess = Guess { extended: 0, start: 0, end: source.length(), header, samples };
    let layout = |traces, end| Layout {
        kind: FileKind::SeismicUnix,
        order,
        revision: Revision { major: 0, minor: 0 },
        format,
        extended_text_headers: 0,
        start: 0,
        end,
        length: source.length(),
        sample_interval: None,
        traces,
    };
    if guess.fits(format) && (options.samples.is_some() || sampled(source, order, &guess, format)?.is_some()) {
        let count = guess.end / guess.stride(format);
        return Ok(Some(layout(Traces::Fixed { count, header, samples }, guess.end)));
    }
    let walk = walk(source, order, &guess, format)?;
    if walk.end == guess.end && !walk.places.is_empty() {
        return Ok(Some(layout(Traces::Variable(walk.places), guess.end)));
    }
    if options.damaged && options.kind == Some(FileKind::SeismicUnix) && !walk.places.is_empty() {
        issues.push(Issue::error(
            "traces-cut-off",
            format!("trace {} at byte {} is cut off; the traces before it are read", walk.places.len() + 1, walk.end),
        ));
        let end = walk.end;
        return Ok(Some(layout(Traces::Variable(walk.places), end)));
    }
    Ok(None)
}
