//! Why a file could not be read as SEG-Y, or traces not be written as one. Options are named as the commands have them
//! (`--sample-format`) and as `read_segy` has them.

use thiserror::Error;

/// A file, or a part of it, that is not readable as SEG-Y or Seismic Unix; or a request that does not fit it.
/// Bytes of the file count from 0, header bytes and traces from 1 as in the standard.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SegyError {
    /// Fewer bytes than the headers of a file need.
    #[error(
        "the file has {found} bytes; the text header (3200) and the binary header (400) of SEG-Y need {expected}. \
         It is cut off or no SEG-Y file: copy or export it again"
    )]
    TooShort {
        /// Bytes of the file.
        found: u64,
        /// Bytes that are needed.
        expected: u64,
    },
    /// Neither SEG-Y nor Seismic Unix.
    #[error(
        "this is not a SEG-Y or Seismic Unix file: {evidence}. Give the seismic file, or state how it is read: \
         --byte-order and --sample-format (byte_order => …, sample_format => … in read_segy)"
    )]
    NotSegy {
        /// What was looked at and found.
        evidence: String,
    },
    /// Headers only.
    #[error(
        "the file has headers but no traces: it has no bytes at byte {end}, where the first trace header would begin. \
         Copy or export it again"
    )]
    NoTraces {
        /// Where the traces would begin.
        end: u64,
    },
    /// A sample format that is not in the standard, or has no defined meaning.
    #[error(
        "sample format code {code} (binary header byte 3225) {why}; expected 1 IBM float, 2 int32, 3 int16, 5 float32, 6 float64, 7 int24, \
         8 int8, 9 int64, 10 uint32, 11 uint16, 12 uint64, 15 uint24 or 16 uint8. State it if you know it: \
         --sample-format float32 (sample_format => 'float32' in read_segy)"
    )]
    SampleFormat {
        /// The code.
        code: i32,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The headers give no number of samples.
    #[error(
        "the number of samples of a trace is 0 in the binary header (bytes 3221-3222) and in the first trace header (bytes 115-116 at \
         offset {offset}). State it if you know it: samples => 1001 in read_segy"
    )]
    NoSamples {
        /// Where the first trace header is.
        offset: u64,
    },
    /// The traces do not fill the file.
    #[error(
        "the traces do not fit the length of the file: from byte {start}, traces of {stride} bytes ({samples} samples of {width} bytes and \
         {header} of headers) give {whole} whole ones and {rest} bytes more; trace {trace} at byte {offset} is cut off. {hint}"
    )]
    Truncated {
        /// Where the traces begin.
        start: u64,
        /// Bytes of a trace.
        stride: u64,
        /// Samples of a trace.
        samples: u64,
        /// Bytes of a sample.
        width: u64,
        /// Bytes of the headers of a trace.
        header: u64,
        /// Traces that are whole.
        whole: u64,
        /// Bytes after them.
        rest: u64,
        /// Number of the trace that is cut off, from 1.
        trace: u64,
        /// Where it begins.
        offset: u64,
        /// What may be the reason, and the remedy.
        hint: String,
    },
    /// The file is shorter than when it was opened.
    #[error(
        "the file ended while it was read: {length} bytes at byte {offset} were expected. It was cut after it was opened; \
         open it again once it is complete"
    )]
    CutWhileOpen {
        /// Where the bytes were to be.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// The operating system could not read.
    #[error("byte {offset} of the file could not be read: {message}")]
    Io {
        /// Where.
        offset: u64,
        /// What the system says.
        message: String,
    },
    /// A trace that is not there.
    #[error("trace {trace} was asked for; the file has {count}")]
    NoSuchTrace {
        /// From 1.
        trace: u64,
        /// Traces of the file.
        count: u64,
    },
    /// The caller's `progress` said to stop.
    #[error("stopped after {traces} traces, as asked")]
    Cancelled {
        /// Traces that were looked at.
        traces: u64,
    },
    /// A request that can't be met, with its remedy.
    #[error("{0}")]
    Request(String),
    /// A value that the sample format of the file to write cannot hold.
    #[error(
        "sample {sample} of trace {trace} is {value}, which {format} cannot hold; write another sample format, or scale the data first"
    )]
    Unrepresentable {
        /// The trace, from 1.
        trace: u64,
        /// The sample, from 1.
        sample: u64,
        /// The value.
        value: f64,
        /// The sample format.
        format: &'static str,
    },
}
