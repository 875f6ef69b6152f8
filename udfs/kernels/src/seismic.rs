//! Seismic traces: attributes, filters, wavelets, synthetics, impedance, coherence, time and depth.
//!
//! Conventions, everywhere in this module:
//! - A trace is a slice of `f32` samples at a constant interval. What is made of many traces comes as an
//!   object that is built once for a length of trace and keeps its plans and buffers, so that the
//!   traces themselves allocate nothing. It is `Clone`: give each thread its own. Nothing here
//!   starts a thread but [`poststack`], whose factor all threads share.
//! - A sample that is NaN or infinite is no reading, and no reading comes out in its place. Inside
//!   filters and transforms it counts as zero; in windows it is left out.
//! - A dead trace (all zeros) stays zero wherever zero has a meaning: envelope, filters, gain. A
//!   phase or a coherence of nothing has none, and is NaN.
//! - Beyond its ends a trace counts as zero in filters, and transforms are padded so that one end
//!   never wraps around into the other. Windows are cut at the ends.
//! - Times are two-way and in seconds, frequencies in hertz, intervals in seconds (for traces in
//!   depth: metres and cycles per metre work as well).

pub mod analytic;
pub mod attribute;
pub mod coherence;
pub mod decomposition;
pub mod depth;
pub mod filter;
pub mod horizon;
pub mod interpolation;
pub mod moving;
pub mod poststack;
pub mod spectrum;
pub mod statistics;
pub mod synthetic;
pub mod tie;
pub mod time_depth;
mod transform;
pub mod velocity;
pub mod wavelet;
