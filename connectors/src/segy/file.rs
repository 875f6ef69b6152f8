//! An open file: its headers, its layout, its traces.

use std::sync::Arc;

use outcrop_types::Issue;

use super::binary::{BINARY_HEADER, BinaryHeader};
use super::bytes::ReadAt;
use super::field::TRACE_HEADER;
use super::layout::{self, FILE_HEADERS, FileKind, Layout, OpenOptions, TracePlace};
use super::text::{TEXT_HEADER, TextEncoding, TextHeader};
use super::{ByteOrder, SampleFormat, SegyError};

/// A SEG-Y or Seismic Unix file. Traces count from 0 here, and from 1 in messages.
///
/// ```no_run
/// use outcrop_connectors::segy::{FileBytes, OpenOptions, SegyFile};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let source = FileBytes::new(std::fs::File::open("cube.sgy")?)?;
/// let file = SegyFile::open(std::sync::Arc::new(source), &OpenOptions::default())?;
/// println!("{} traces of {} samples", file.count(), file.layout().samples());
/// let first: Vec<f32> = file.trace(0)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SegyFile {
    source: Arc<dyn ReadAt>,
    layout: Layout,
    text: Option<TextHeader>,
    extended: Vec<TextHeader>,
    binary: Option<BinaryHeader>,
    issues: Vec<Issue>,
}

impl std::fmt::Debug for SegyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegyFile").field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl SegyFile {
    /// Reads the headers and finds the traces. What is assumed or is not as claimed is in [`SegyFile::issues`].
    ///
    /// # Errors
    /// Where it is no such file, has no traces, an unknown sample format, or is cut off; see [`SegyError`].
    pub fn open(source: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Self, SegyError> {
        let head = layout::some_bytes(&*source, 0, FILE_HEADERS as usize)?;
        let mut issues = Vec::new();
        if options.kind == Some(FileKind::SeismicUnix) {
            let layout = su(&*source, options, &mut issues)?.ok_or_else(|| SegyError::NotSegy {
                evidence: "read as Seismic Unix, no number of samples in the trace headers (bytes 115-116) fills its length in whole traces"
                    .to_owned(),
            })?;
            return SegyFile { source, layout, text: None, extended: Vec::new(), binary: None, issues }.finish(options);
        }
        let opened = open_segy(&*source, &head, options);
        let (mut layout, mut found, binary) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                // No SEG-Y; Seismic Unix has no mark of its own, but its traces fill the file.
                let wrong = !matches!(error, SegyError::Io { .. } | SegyError::CutWhileOpen { .. });
                if options.kind.is_none()
                    && wrong
                    && let Some(layout) = su(&*source, options, &mut issues)?
                {
                    return SegyFile { source, layout, text: None, extended: Vec::new(), binary: None, issues }
                        .finish(options);
                }
                return Err(error);
            }
        };
        issues.append(&mut found);
        let text = TextHeader::new(head.get(..TEXT_HEADER).unwrap_or_default().to_vec());
        let mut extended = Vec::new();
        for number in 0..layout.extended_text_headers {
            let offset = FILE_HEADERS + number * TEXT_HEADER as u64;
            extended.push(TextHeader::new(layout::some_bytes(&*source, offset, TEXT_HEADER)?));
        }
        layout.length = source.length();
        SegyFile { source, layout, text: Some(text), extended, binary: Some(binary), issues }.finish(options)
    }

    /// Settles the sample interval, once the traces are known.
    fn finish(mut self, options: &OpenOptions) -> Result<Self, SegyError> {
        let header = self.header(0)?;
        let order = self.layout.order;
        let of_trace = i64::from(order.i16(&header, 116));
        let of_file = self.binary.as_ref().map(|b| i64::from(b.i16(3217)));
        let precise = self.binary.as_ref().filter(|_| self.layout.revision.major >= 2).map(|b| b.f64(3273));
        let precise = precise.filter(|v| v.is_finite() && *v > 0.0);
        let whole = of_file.filter(|v| *v > 0).or(Some(of_trace).filter(|v| *v > 0)).map(|v| v as f64);
        self.layout.sample_interval = options.sample_interval.or(precise).or(whole);
        if options.sample_interval.is_some() {
            return Ok(self);
        }
        for (value, place) in
            [(of_file.unwrap_or(0), "bytes 3217-3218 of the file"), (of_trace, "bytes 117-118 of the first trace")]
        {
            if value < 0 {
                self.issues.push(Issue::warning(
                    "sample-interval-negative",
                    format!(
                        "the sample interval in {place} is {value}, which has no meaning (as an unsigned number it is {}); {}",
                        value + 65536,
                        self.layout.sample_interval.map_or("state it: --sample-interval".to_owned(), |v| format!("{v} is taken from the other header")),
                    ),
                ));
            }
        }
        if let (Some(file), Some(taken)) =
            (of_file.filter(|v| *v > 0 && of_trace > 0 && *v != of_trace), self.layout.sample_interval)
        {
            self.issues.push(Issue::warning(
                "sample-interval-differs",
                format!("the sample interval is {file} in the binary header and {of_trace} in the first trace; {taken} is taken"),
            ));
        }
        if self.layout.sample_interval.is_none() {
            self.issues.push(Issue::warning(
                "sample-interval-unknown",
                "no header states a positive sample interval (bytes 3217-3218, trace bytes 117-118); state it: --sample-interval"
                    .to_owned(),
            ));
        }
        Ok(self)
    }

    /// What the file is made of.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How many traces it has.
    pub fn count(&self) -> u64 {
        self.layout.count()
    }

    /// The text header; none in Seismic Unix.
    pub fn text(&self) -> Option<&TextHeader> {
        self.text.as_ref()
    }

    /// The extended text headers.
    pub fn extended_text(&self) -> &[TextHeader] {
        &self.extended
    }

    /// The binary header; none in Seismic Unix.
    pub fn binary(&self) -> Option<&BinaryHeader> {
        self.binary.as_ref()
    }

    /// What is wrong or was assumed, as found when it was opened.
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &dyn ReadAt {
        &*self.source
    }

    /// The bytes after the last trace: trailer stanzas, or what is left of a trace that was cut off.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn trailing(&self) -> Result<Vec<u8>, SegyError> {
        let bytes = usize::try_from(self.layout.length.saturating_sub(self.layout.end)).unwrap_or(0);
        layout::some_bytes(&*self.source, self.layout.end, bytes)
    }

    /// The headers of a trace, additional ones included, as they are in the file.
    ///
    /// # Errors
    /// Where there is no such trace, or the file can't be read.
    pub fn header(&self, trace: u64) -> Result<Vec<u8>, SegyError> {
        let place = self.layout.place(trace)?;
        let mut bytes = vec![0; (place.header as usize).max(TRACE_HEADER)];
        self.source.read_at(place.offset, &mut bytes)?;
        Ok(bytes)
    }

    /// The samples of a trace.
    ///
    /// # Errors
    /// Where there is no such trace, or the file can't be read.
    pub fn trace(&self, trace: u64) -> Result<Vec<f32>, SegyError> {
        let place = self.layout.place(trace)?;
        let mut out = vec![0.0; place.samples as usize];
        self.samples(place, 0, &mut Vec::new(), &mut out)?;
        Ok(out)
    }

    /// The samples of a trace as doubles: for formats whose values `f32` does not hold.
    ///
    /// # Errors
    /// Where there is no such trace, or the file can't be read.
    pub fn trace_f64(&self, trace: u64) -> Result<Vec<f64>, SegyError> {
        let place = self.layout.place(trace)?;
        let mut out = vec![0.0; place.samples as usize];
        let mut bytes = vec![0; out.len() * self.layout.format.width()];
        self.source.read_at(place.offset + u64::from(place.header), &mut bytes)?;
        self.layout.format.decode_f64(&bytes, self.layout.order, &mut out);
        Ok(out)
    }

    /// Samples of a trace from sample `first` on into `out`, as many as both have; the rest of `out` is left as it was.
    pub(super) fn samples(
        &self,
        place: TracePlace,
        first: u32,
        buffer: &mut Vec<u8>,
        out: &mut [f32],
    ) -> Result<(), SegyError> {
        let (format, order) = (self.layout.format, self.layout.order);
        let count = (place.samples.saturating_sub(first) as usize).min(out.len());
        let Some(out) = out.get_mut(..count) else { return Ok(()) };
        let at = place.offset + u64::from(place.header) + u64::from(first) * format.width() as u64;
        let bytes = self.bytes(at, count * format.width(), buffer)?;
        format.decode(bytes, order, out);
        Ok(())
    }

    /// Bytes of the file, in place where it is in memory.
    pub(super) fn bytes<'a>(
        &'a self,
        offset: u64,
        length: usize,
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], SegyError> {
        if let Some(all) = self.source.view() {
            let from = usize::try_from(offset).ok();
            let found = from.and_then(|from| all.get(from..from.checked_add(length)?));
            return found.ok_or(SegyError::CutWhileOpen { offset, length: length as u64 });
        }
        buffer.resize(length, 0);
        self.source.read_at(offset, buffer)?;
        Ok(buffer)
    }

    /// Goes over all traces in order, some at a time (blocks of about 1 MiB): the callback gets the number of the first trace, the places
    /// of the traces, and the bytes from the first one's offset on. It returns whether to go on. Memory is bounded whatever the file.
    ///
    /// # Errors
    /// Where the file can't be read, and what the callback returns.
    pub fn blocks<E: From<SegyError>>(
        &self,
        mut each: impl FnMut(u64, &[TracePlace], &[u8]) -> Result<bool, E>,
    ) -> Result<(), E> {
        const BLOCK: u64 = 1 << 20;
        let (mut buffer, mut places) = (Vec::new(), Vec::new());
        let (mut first, count) = (0, self.count());
        while first < count {
            places.clear();
            let start = self.layout.place(first)?;
            let mut end = start.offset;
            while first + (places.len() as u64) < count && (places.is_empty() || end - start.offset < BLOCK) {
                let place = self.layout.place(first + places.len() as u64)?;
                places.push(place);
                end = self.layout.place_end(place);
            }
            let bytes =
                self.bytes(start.offset, usize::try_from(end - start.offset).unwrap_or(usize::MAX), &mut buffer)?;
            if !each(first, &places, bytes)? {
                return Ok(());
            }
            first += places.len() as u64;
        }
        Ok(())
    }
}

type Opened = (Layout, Vec<Issue>, BinaryHeader);

fn open_segy(source: &dyn ReadAt, head: &[u8], options: &OpenOptions) -> Result<Opened, SegyError> {
    let binary = match head.get(TEXT_HEADER..TEXT_HEADER + BINARY_HEADER) {
        Some(binary) => binary,
        None => return Err(SegyError::TooShort { found: head.len() as u64, expected: FILE_HEADERS }),
    };
    let orders = match options.order.or_else(|| layout::order_mark(binary)) {
        Some(order) => vec![order],
        None => vec![ByteOrder::Big, ByteOrder::Little],
    };
    let marked = layout::order_mark(binary).is_some();
    let mut failed: Option<(u8, SegyError)> = None;
    let mut best: Option<(u8, Opened)> = None;
    for order in orders {
        let header = BinaryHeader::new(binary.to_vec(), order);
        let code = i32::from(header.i16(3225));
        let mut issues = Vec::new();
        let result = match options.format.map_or_else(|| SampleFormat::from_code(code), Ok) {
            Ok(format) => layout::segy(source, &header, format, options, &mut issues).map(|layout| (layout, issues)),
            Err(error) => Err(error),
        };
        // Which of two orders: the one whose headers make more sense.
        let (revision, proper) = header.revision();
        let sense = u8::from(SampleFormat::from_code(code).is_ok()) * 4
            + u8::from(header.i16(3217) > 0)
            + u8::from(proper)
            + u8::from((0..=1).contains(&header.i16(3503)));
        match result {
            Ok((layout, mut issues)) => {
                if !proper {
                    issues.push(Issue::warning(
                        "revision-unusual",
                        format!(
                            "the revision bytes 3501-3502 are {:?}; read as revision {revision}",
                            header.revision_bytes()
                        ),
                    ));
                }
                if let Some(format) = options.format.filter(|f| i32::from(f.code()) != code) {
                    let message =
                        format!("the header has sample format code {code}; read as {} as asked", format.name());
                    issues.push(Issue::info("sample-format-stated", message));
                }
                if best.as_ref().is_none_or(|(s, _)| sense > *s) {
                    best = Some((sense, (layout, issues, header)));
                }
            }
            Err(error) => {
                if failed.as_ref().is_none_or(|(s, _)| sense > *s) {
                    failed = Some((sense, error));
                }
            }
        }
    }
    if let Some((sense, opened)) = best {
        // A file that is cut off in its likelier order is not read in the other.
        match failed {
            Some((s, error)) if s > sense => return Err(error),
            _ => return Ok(opened),
        }
    }
    let (_, error) = failed.unwrap_or((0, SegyError::NoTraces { end: head.len() as u64 }));
    if let SegyError::SampleFormat { code, .. } = error {
        let (encoding, share) = TextEncoding::detect(head.get(..TEXT_HEADER).unwrap_or_default());
        if !marked && ((share < 0.5 && code != 4) || !(0..=100).contains(&code)) {
            let other = BinaryHeader::new(binary.to_vec(), ByteOrder::Little).i16(3225);
            return Err(SegyError::NotSegy {
                evidence: format!(
                    "its first 3200 bytes are {:.0} % {} text, and the sample format code at bytes 3225-3226 is {code} (little-endian {other}); \
                     nor do its first bytes make a Seismic Unix trace header whose number of samples fits its length",
                    share * 100.0,
                    encoding.name()
                ),
            });
        }
    }
    Err(error)
}

fn su(source: &dyn ReadAt, options: &OpenOptions, issues: &mut Vec<Issue>) -> Result<Option<Layout>, SegyError> {
    let orders = options.order.map_or_else(|| vec![ByteOrder::Big, ByteOrder::Little], |o| vec![o]);
    for order in orders {
        if let Some(layout) = layout::seismic_unix(source, order, options, issues)? {
            return Ok(Some(layout));
        }
    }
    Ok(None)
}
