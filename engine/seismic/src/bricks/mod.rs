//! Samples in bricks: the layout in which a project stores volumes.
//!
//! The traces of a volume stand on a grid of rows and columns (inlines and crosslines of a 3D survey; a single row for lines and
//! for traces without a grid). The volume is cut into bricks of, for a grid, 32 × 32 traces × 32 samples, so that a slice in any
//! direction touches few of them. A file of bricks is a Parquet file with one column, `amplitude REQUIRED FLOAT`, one data page a
//! brick, in the encoding BYTE_STREAM_SPLIT, under LZ4_RAW; the offset index says where each brick is. Bricks
//! follow each other by row, column, sample; the values of a brick by sample, row, column: neighbours of a time have like exponents, which
//! LZ4 finds best when they lie side by side, and a time slice reads a run of each brick. Places of a brick without a trace hold zeros, which nothing
//! reads: which traces there are says the table of traces. So do samples beyond the end.
//!
//! Coarser levels have a quarter of the rows, columns and samples each, a value being the mean of the up to 64 it covers, rounded to
//! 8 bits behind its leading one (two thousandths): levels are looked at, the volume itself is computed with and kept to the bit.

mod block;
mod description;
mod levels;
mod page;
mod presence;
mod reader;
mod streams;
mod writer;

pub use description::{Description, METADATA};
pub use presence::Presence;
pub use reader::BrickVolume;
pub use writer::{BrickSource, NewFile, WrittenFile, write_volume};
