//! What can go wrong in a kernel.

/// An error of a kernel. Row numbers in the fields are zero-based positions in the caller's
/// slices; the messages count rows from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Fewer points (or stations, or bins) than the method needs.
    #[error("expected at least {needed} points, found {found}: give more data or a method that needs fewer")]
    TooFewPoints {
        /// How many the method needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// Two data at one place, which an exact interpolator with no nugget cannot honour.
    #[error(
        "rows {} and {} are at the same place ({x}, {y}): average the data at one place, or give a nugget above 0",
        first + 1, second + 1
    )]
    CoincidentPoints {
        /// The first row.
        first: usize,
        /// The second row.
        second: usize,
        /// Their x.
        x: f64,
        /// Their y.
        y: f64,
    },
    /// A parameter outside what the method accepts.
    #[error("{name}: {message}")]
    InvalidParameter {
        /// The parameter's name as the caller knows it.
        name: &'static str,
        /// What was expected, what was found, what to do.
        message: String,
    },
    /// Measured depth that does not increase from one station to the next.
    #[error(
        "measured depth must increase: row {} has {found} after {previous}; sort the stations by md and remove repeated ones",
        row + 1
    )]
    NotIncreasing {
        /// The row that does not increase.
        row: usize,
        /// The measured depth before it.
        previous: f64,
        /// The measured depth found.
        found: f64,
    },
    /// A NaN or infinite number where a finite one is needed.
    #[error("{what} in row {} is not a finite number: remove the row or fill the value", row + 1)]
    NonFinite {
        /// Which column.
        what: &'static str,
        /// Which row.
        row: usize,
    },
    /// Columns of different lengths.
    #[error(
        "{what} has {found} rows where {expected} were expected: all columns of one call must have the same length"
    )]
    LengthMismatch {
        /// Which column.
        what: &'static str,
        /// The length of the first column.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// A kriging system without a reliable solution in double precision.
    #[error(
        "the kriging system near ({x}, {y}) has no reliable solution: points lie too close together for this model; give a nugget above 0, or a model that is less smooth at the origin than gaussian"
    )]
    Singular {
        /// x of the datum or target where the factor broke down.
        x: f64,
        /// y of the datum or target where the factor broke down.
        y: f64,
    },
    /// All points on one line, so that there is no triangle.
    #[error(
        "the {found} distinct points all lie on one line, so they span no triangle: use nearest or inverse distance"
    )]
    Collinear {
        /// How many distinct places there are.
        found: usize,
    },
    /// A measured depth outside the surveyed interval.
    #[error(
        "measured depth {md} is outside the surveyed interval {first} to {last}: ask inside it, or ask for extension beyond the last station"
    )]
    OutsideSurvey {
        /// The measured depth asked for.
        md: f64,
        /// The first station.
        first: f64,
        /// The last station.
        last: f64,
    },
}

impl KernelError {
    /// An [`KernelError::InvalidParameter`].
    pub(crate) fn parameter(name: &'static str, message: impl Into<String>) -> Self {
        KernelError::InvalidParameter { name, message: message.into() }
    }
}
