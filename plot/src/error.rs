//! The one error of this crate.

/// What can be wrong with a plot's input or with drawing it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// There is nothing to draw.
    #[error("{what} is empty: expected {expected}; check the query or file the plot is made from")]
    Empty {
        /// The part of the plot that has no data.
        what: String,
        /// What the plot needs at least.
        expected: &'static str,
    },
    /// Every value is NaN (null), so there is no range to draw.
    #[error(
        "{what} has {count} values and all are undefined (NaN); check the filter, the null value and the unit conversion that made them"
    )]
    AllUndefined {
        /// The grid, curve or points.
        what: String,
        /// How many values were looked at.
        count: usize,
    },
    /// Two arrays that belong together differ in length.
    #[error("{what} has {found} values, expected {expected} ({because}); give one value for each")]
    LengthMismatch {
        /// The array of the wrong length.
        what: String,
        /// The length it should have.
        expected: usize,
        /// The length it has.
        found: usize,
        /// What the expected length comes from.
        because: &'static str,
    },
    /// A number that must be finite, positive or ordered is not.
    #[error("{what} is {found}, expected {expected}")]
    InvalidNumber {
        /// The parameter.
        what: String,
        /// The value given.
        found: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A range whose ends do not span an interval.
    #[error("{what} goes from {low} to {high}, expected {expected}")]
    InvalidRange {
        /// The axis, curve or colour scale.
        what: String,
        /// First end.
        low: f64,
        /// Second end.
        high: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A colour map of this name is not known.
    #[error("no colour map is named '{name}'; known are {known} (each also reversed, with the suffix _r)")]
    UnknownColorMap {
        /// The name asked for.
        name: String,
        /// All names, comma separated.
        known: String,
    },
    /// A colour is not written as `#rgb` or `#rrggbb`.
    #[error("'{found}' is not a colour, expected #rgb or #rrggbb such as #3FB6A8")]
    InvalidColor {
        /// The text given.
        found: String,
    },
    /// A drawing scale was asked for a depth unit that is not a length known here.
    #[error(
        "a drawing scale of 1:{scale} needs a depth in m or ft, found the unit '{unit}'; convert the depths or leave the scale out"
    )]
    ScaleUnit {
        /// The scale's denominator.
        scale: f64,
        /// The unit of the depths.
        unit: String,
    },
    /// Points coloured on a grid's scale are in another unit than the grid.
    #[error(
        "the values of {what} are in {unit}, the grid's in {grid_unit}, and share one colour scale; convert one of them"
    )]
    UnitMismatch {
        /// The points.
        what: String,
        /// Their unit.
        unit: String,
        /// The grid's unit.
        grid_unit: String,
    },
    /// A picture that would be too large to draw.
    #[error("{what} would be {found:.0} px, at most {limit:.0} px can be drawn; {remedy}")]
    TooLarge {
        /// The side or the picture.
        what: &'static str,
        /// The size asked for.
        found: f64,
        /// The largest size.
        limit: f64,
        /// What to change.
        remedy: &'static str,
    },
    /// A crossover fill names a curve that the track does not have.
    #[error(
        "the crossover fill of curve {mnemonic} names curve number {other} of its track, which has {count} curves (counted from 0) and cannot pair a curve with itself"
    )]
    CrossoverCurve {
        /// The curve with the fill.
        mnemonic: String,
        /// The number given.
        other: usize,
        /// How many curves the track has.
        count: usize,
    },
    /// SVG text that cannot be parsed.
    #[error("the SVG cannot be read: {0}")]
    Svg(String),
    /// PNG encoding failed.
    #[error("the PNG cannot be written: {0}")]
    Png(String),
    /// PDF conversion failed.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

/// The result of this crate's functions.
pub type Result<T, E = PlotError> = std::result::Result<T, E>;
