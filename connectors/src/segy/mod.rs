//! SEG-Y (rev 0, 1, 2.0 and 2.1) and Seismic Unix: seismic traces with headers.
//!
//! [`SegyFile::open`] takes a source of bytes ([`ReadAt`]: memory or an open file), finds out how the file is made and whether its headers
//! are true to its length, and reads traces and headers from it. Standards: Barry, Cavers and Kneale (1975), *Recommended standards
//! for digital tape formats*; SEG-Y rev 1 (SEG, 2002), rev 2.0 (2017), rev 2.1 (2023).

mod amplitudes;
pub mod binary;
mod bytes;
mod encode;
mod error;
pub mod field;
pub mod field_table;
mod file;
pub mod geometry;
mod headers;
mod hints;
mod inspection;
mod layout;
mod order;
mod plausibility;
mod recognise;
mod sample;
mod scan;
pub mod text;
mod vertical;
mod window;
mod write;

pub use amplitudes::{Amplitudes, TraceChoice, amplitudes};
pub use binary::{BinaryHeader, Revision};
pub use bytes::{CheckedBytes, FileBytes, MemoryBytes, ReadAt};
pub use encode::{Encoded, to_ibm};
pub use error::SegyError;
pub use field::{Field, FieldKind, TraceField, Value, scaled};
pub use file::SegyFile;
pub use inspection::{InspectOptions, Inspection, inspect};
pub use layout::{FileKind, Layout, OpenOptions, TracePlace, Traces, trace_bytes};
pub use order::ByteOrder;
pub use plausibility::{FormatCheck, Reading, check_format};
pub use recognise::{recognise, recognise_seismic_unix};
pub use sample::{SampleFormat, ibm};
pub use scan::HeaderColumn;
pub use text::{TextEncoding, TextHeader};
pub use vertical::{Domain, DomainSource, VerticalAxis, VerticalOptions, vertical_axis};
pub use write::{HeaderValue, SegyWriter, WriteOptions};
