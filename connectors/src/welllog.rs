//! Well logs of either format: Log ASCII Standard, and wells of RMS.

use crate::las::{self, LasError, LasFile, LasHeader, ReadOptions};
use crate::rms::well;

/// The format of a well log: `las` or `rms_well`.
pub fn format(bytes: &[u8]) -> &'static str {
    if well::recognise(bytes) { "rms_well" } else { "las" }
}

/// Reads the header of a well log, of the first bytes of its file.
///
/// # Errors
/// As [`las::read_header`] and [`well::read_header`].
pub fn read_header(bytes: &[u8], options: &ReadOptions) -> Result<LasHeader, LasError> {
    if well::recognise(bytes) { well::read_header(bytes) } else { las::read_header(bytes, options) }
}

/// Reads a well log.
///
/// # Errors
/// As [`las::read`] and [`well::read`].
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<LasFile, LasError> {
    if well::recognise(bytes) { well::read(bytes, options) } else { las::read(bytes, options) }
}
