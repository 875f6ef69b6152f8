//! SEG-Y written: the headers of a file, then trace after trace.
//!
//! What is written is revision 1 (SEG, 2002) in big-endian order: inline, crossline and coordinates are where that revision has them.

use std::io::Write;

use super::binary::{BINARY_HEADER, BinaryHeader};
use super::field::{FieldKind, TRACE_HEADER, TraceField};
use super::text::{TextEncoding, TextHeader};
use super::{ByteOrder, SampleFormat, SegyError};

/// How a file is made.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteOptions {
    /// Lines of the text header, at most 40 of 80 characters; EBCDIC.
    pub text: Vec<String>,
    /// Samples of every trace, at most 32767 in revision 1.
    pub samples: usize,
    /// From sample to sample in the unit of the header: µs for time, thousandths of m or ft for depth.
    pub interval: f64,
    /// IBM or IEEE floats, integers.
    pub format: SampleFormat,
    /// 1 for metres, 2 for feet, 0 where it is not known.
    pub measurement: i16,
    /// Traces of a place.
    pub fold: i16,
}

/// Writes a file.
#[derive(Debug)]
pub struct SegyWriter<W> {
    out: W,
    options: WriteOptions,
    traces: u64,
    buffer: Vec<u8>,
    /// Samples that had to be rounded.
    pub rounded: u64,
}

/// A value of a trace header that is to be written: the field, and the number.
pub type HeaderValue<'a> = (&'a TraceField, i64);

impl<W: Write> SegyWriter<W> {
    /// Writes the headers of the file.
    ///
    /// # Errors
    /// A length or interval that revision 1 can't state; what the sink says.
    pub fn new(mut out: W, options: WriteOptions) -> Result<Self, SegyError> {
        let interval = options.interval.round();
        if options.samples == 0 || options.samples > 32_767 {
            return Err(SegyError::Request(format!(
                "{} samples a trace can't be written: SEG-Y revision 1 states 1 to 32767. Select fewer, or write Parquet",
                options.samples
            )));
        }
        if !(1.0..=32_767.0).contains(&interval) || (interval - options.interval).abs() > 1e-6 * options.interval {
            return Err(SegyError::Request(format!(
                "the sample interval is {} in the unit of the header (µs, or thousandths of m or ft); SEG-Y revision 1 states whole numbers \
                 from 1 to 32767",
                options.interval
            )));
        }
        let text = TextHeader::from_lines(&options.text, TextEncoding::Ebcdic);
        let mut binary = BinaryHeader::new(vec![0; BINARY_HEADER], ByteOrder::Big);
        let samples = options.samples as i64;
        for (byte, value) in [
            (3213, i64::from(options.fold)),
            (3217, interval as i64),
            (3221, samples),
            (3225, i64::from(options.format.code())),
            (3227, i64::from(options.fold)),
            (3255, i64::from(options.measurement)),
            (3501, 0x0100),
            (3503, 1),
        ] {
            binary.put(byte, 2, value);
        }
        let written = out.write_all(&text.bytes).and_then(|()| out.write_all(&binary.bytes));
        written.map_err(|e| failed(0, &e))?;
        Ok(SegyWriter { out, options, traces: 0, buffer: Vec::new(), rounded: 0 })
    }

    /// Writes a trace: `header` is what to begin with (of another file; without one sequence numbers and zeros), `values` go into it, and
    /// the number of its samples and their interval. NaN, which is no sample, is written as 0.
    ///
    /// # Errors
    /// A value that its field does not hold, samples of another number or that the format does not hold, what the sink says.
    pub fn trace(&mut self, header: &[u8], values: &[HeaderValue<'_>], samples: &[f32]) -> Result<(), SegyError> {
        self.traces += 1;
        let number = self.traces;
        if samples.len() != self.options.samples {
            return Err(SegyError::Request(format!(
                "trace {number} has {} samples, the file is one of {}",
                samples.len(),
                self.options.samples
            )));
        }
        self.buffer.clear();
        self.buffer.extend_from_slice(header.get(..TRACE_HEADER).unwrap_or(header));
        self.buffer.resize(TRACE_HEADER, 0);
        if header.is_empty() {
            // Sequence numbers within the line and the file.
            ByteOrder::Big.put(&mut self.buffer, 0, 4, number);
            ByteOrder::Big.put(&mut self.buffer, 4, 4, number);
        }
        for (field, value) in values {
            let fits = match field.kind {
                FieldKind::I16 => i16::try_from(*value).is_ok(),
                FieldKind::U16 => u16::try_from(*value).is_ok(),
                FieldKind::I32 => i32::try_from(*value).is_ok(),
                _ => true,
            };
            if !fits {
                return Err(SegyError::Request(format!(
                    "trace {number}: {value} does not fit the header field `{}` of {} bytes",
                    field.name,
                    field.kind.width()
                )));
            }
            ByteOrder::Big.put(&mut self.buffer, field.offset(), field.kind.width(), *value as u64);
        }
        ByteOrder::Big.put(&mut self.buffer, 114, 2, samples.len() as u64);
        ByteOrder::Big.put(&mut self.buffer, 116, 2, self.options.interval.round() as u64);
        let encoded = if samples.iter().any(|v| v.is_nan()) {
            let whole: Vec<f32> = samples.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
            self.options.format.encode(&whole, ByteOrder::Big, &mut self.buffer)
        } else {
            self.options.format.encode(samples, ByteOrder::Big, &mut self.buffer)
        };
        if let Some(sample) = encoded.unrepresentable {
            return Err(SegyError::Request(format!(
                "trace {number}: sample {} ({}) can't be written as {}; choose another sample format",
                sample + 1,
                samples.get(sample).copied().unwrap_or(f32::NAN),
                self.options.format.name()
            )));
        }
        self.rounded += encoded.rounded as u64;
        self.out.write_all(&self.buffer).map_err(|e| failed(number, &e))
    }

    /// Ends the file; the sink, and how many traces there are.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(mut self) -> Result<(W, u64), SegyError> {
        self.out.flush().map_err(|e| failed(self.traces, &e))?;
        Ok((self.out, self.traces))
    }
}

fn failed(trace: u64, error: &std::io::Error) -> SegyError {
    SegyError::Request(format!("trace {trace} could not be written: {error}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::segy::{MemoryBytes, OpenOptions, SegyFile};

    #[test]
    fn what_is_written_is_read() {
        let options = WriteOptions {
            text: vec!["a cube".to_owned()],
            samples: 3,
            interval: 4000.0,
            format: SampleFormat::Ibm,
            measurement: 1,
            fold: 1,
        };
        let mut writer = SegyWriter::new(Vec::new(), options.clone()).unwrap();
        let (il, xl) = (TraceField::at(189), TraceField::at(193));
        writer.trace(&[], &[(&il, 7), (&xl, -8)], &[1.0, f32::NAN, -118.625]).unwrap();
        writer.trace(&[], &[(&il, 8), (&xl, 9)], &[0.5, 0.25, 0.0]).unwrap();
        let (bytes, traces) = writer.finish().unwrap();
        assert_eq!((bytes.len(), traces), (3600 + 2 * (240 + 12), 2));
        let file = SegyFile::open(Arc::new(MemoryBytes(bytes)), &OpenOptions::default()).unwrap();
        assert_eq!((file.layout().revision.to_string().as_str(), file.layout().sample_interval), ("1.0", Some(4000.0)));
        assert!(file.text().unwrap().lines()[0].contains("a cube"));
        assert_eq!(file.trace(0).unwrap(), [1.0, 0.0, -118.625]);
        assert_eq!(file.scan(&[il.clone(), xl]).unwrap()[1].integers(), [-8, 9]);
        assert_eq!(file.scan(&[TraceField::at(5)]).unwrap()[0].integers(), [1, 2]);
        assert!(SegyWriter::new(Vec::new(), WriteOptions { samples: 40_000, ..options.clone() }).is_err());
        assert!(SegyWriter::new(Vec::new(), WriteOptions { interval: 0.25, ..options.clone() }).is_err());
        let mut writer = SegyWriter::new(Vec::new(), options).unwrap();
        assert!(writer.trace(&[], &[(&il, 1 << 40)], &[0.0; 3]).unwrap_err().to_string().contains("does not fit"));
    }
}
