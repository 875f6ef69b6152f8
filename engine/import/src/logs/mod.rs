//! Well logs: LAS files into `logs`, `curves`, `outcrop.other_curve_values` and `outcrop.log_headers`.
//!
//! Headers are looked at first, so that wells are matched in the order of the files, whatever thread reads them later,
//! and so that files are read well by well. Then threads read, convert and write whole files, each into data files of
//! its own; a file is in memory only while its thread works on it.

mod curves;
mod headers;
mod index;
mod plan;
mod set;
mod sink;
mod standard;
mod work;

pub(crate) use curves::curves_batch;
pub(crate) use plan::plan;
pub(crate) use sink::Sink;
pub(crate) use work::{Done, Sectioned, run};
