//! Surfaces as files.

use super::{Surface, cps3, irap, rms, zmap};
use crate::dataset::DatasetError;

/// Gives the bytes of a file, and adds to the notes what it could not hold.
pub type WriteSurface = fn(&Surface, &mut Vec<String>) -> Result<Vec<u8>, DatasetError>;

/// A format that surfaces are written in.
#[derive(Debug, Clone, Copy)]
pub struct SurfaceWriter {
    /// The name of the format, as `STORED AS` has it.
    pub name: &'static str,
    /// Endings of its files, lower case, without the dot.
    pub endings: &'static [&'static str],
    /// Writes a surface. Nothing is converted.
    pub write: WriteSurface,
}

/// All that can be written.
pub const WRITERS: &[SurfaceWriter] = &[
    SurfaceWriter { name: irap::FORMAT.name, endings: &["fgr", "irap"], write: irap::write },
    SurfaceWriter { name: rms::FORMAT.name, endings: &["gri"], write: rms::write },
    SurfaceWriter { name: cps3::FORMAT.name, endings: &["cps3", "cps"], write: cps3::write },
    SurfaceWriter { name: zmap::FORMAT.name, endings: &["zmap", "zmp"], write: zmap::write },
];

impl SurfaceWriter {
    /// The writer of a format's name or of an ending.
    pub fn of(word: &str) -> Option<&'static SurfaceWriter> {
        WRITERS.iter().find(|w| w.name == word || w.endings.contains(&word))
    }
}

/// A number with as many digits as tell it from its neighbours, and always a decimal point.
pub(super) fn digits(value: f64) -> String {
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((number, exponent)) if !number.contains('.') => format!("{number}.0e{exponent}"),
        _ => text,
    }
}

/// The value, unless the format would take it for undefined.
pub(super) fn plain(value: f64, is_undefined: impl Fn(f64) -> bool, format: &str) -> Result<f64, DatasetError> {
    if is_undefined(value) || !value.is_finite() {
        return Err(DatasetError::new(format!(
            "the value {value} cannot be written: in {format} it stands for an undefined node; scale the values"
        )));
    }
    Ok(value)
}
