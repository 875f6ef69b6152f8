//! Printing that survives a reader who has gone (`outcrop history | head -1`): `println!` would panic.

use std::fmt::Arguments;
use std::io::{self, Write};

/// A line on standard output. The error of a closed pipe is passed on, so that the work ends; `main` keeps it quiet.
pub(crate) fn line(text: Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_fmt(text)?;
    out.write_all(b"\n")
}

/// A line on standard error; where nobody reads that, there is nobody to tell.
pub(crate) fn aside_line(text: Arguments<'_>) {
    let mut out = io::stderr().lock();
    let _ = out.write_fmt(text).and_then(|()| out.write_all(b"\n"));
}

/// [`line()`] with a format: `say!("{n} rows")?`.
macro_rules! say {
    () => { $crate::print::line(format_args!("")) };
    ($($text:tt)*) => { $crate::print::line(format_args!($($text)*)) };
}

/// [`aside_line`] with a format: notes, warnings and errors.
macro_rules! aside {
    ($($text:tt)*) => { $crate::print::aside_line(format_args!($($text)*)) };
}

pub(crate) use {aside, say};
