//! Readers of well-log and table files: parsers over bytes, without I/O.

pub mod las;
pub mod table;
