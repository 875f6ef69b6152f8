//! Printing that survives a reader who has gone (`outcrop history | head -1`): `println!` would panic.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a write to standard output met a closed pipe. Writers between here and there hide the kind of an error.
static LEFT: AtomicBool = AtomicBool::new(false);

/// Whether whoever read standard output has gone.
pub(crate) fn reader_left() -> bool {
    LEFT.load(Ordering::Relaxed)
}

/// Standard output, which can be moved to another thread.
pub(crate) struct Standard(io::Stdout);

impl Standard {
    pub(crate) fn new() -> Self {
        Standard(io::stdout())
    }
}

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        noticed(self.0.write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        noticed(self.0.flush())
    }
}

fn noticed<T>(result: io::Result<T>) -> io::Result<T> {
    if result.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
        LEFT.store(true, Ordering::Relaxed);
    }
    result
}

/// A line on standard output. The error of a closed pipe is passed on, so that the work ends; `main` keeps it quiet.
pub(crate) fn line(text: Arguments<'_>) -> io::Result<()> {
    let mut out = Standard::new();
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
