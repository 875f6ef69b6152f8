//! The SQL functions and operators, by family, a file each.
//!
//! | family | functions |
//! |---|---|
//! | [`petrophysics`] | Archie, density porosity, shale volume |
//! | [`gridding`] | `grid` |
//! | [`geostatistics`] | `krige`, `variogram`, `variogram_fit`, `cross_validate` |
//! | [`wells`] | `well_path` |
//!
//! A new one is a file in its family and its name in the family's list; a test compares the lists with the files,
//! the reference pages and the `.slt` tests.

mod along_path;
pub mod geostatistics;
pub mod gridding;
mod monitor;
mod numeric;
pub mod petrophysics;
mod pieces;
pub mod wells;

use std::sync::Arc;

use outcrop_operators::Operator;

pub use along_path::{VerticalDepth, WellPaths, vertical_depth};
pub use numeric::{Argument, Body, Numeric};

/// A family: its `mod` lines and the list of what it holds, in one.
macro_rules! family {
    (operators { $($operator:ident),* $(,)? }) => {
        $(mod $operator;)*

        /// The operators of this family.
        pub fn operators() -> Vec<std::sync::Arc<dyn outcrop_operators::Operator>> {
            vec![$(std::sync::Arc::new($operator::operator())),*]
        }
    };
    (scalars { $($scalar:ident),* $(,)? }) => {
        $(mod $scalar;)*

        /// The scalar functions of this family.
        pub fn scalars() -> Vec<crate::Numeric> {
            vec![$($scalar::function()),*]
        }
    };
}
pub(crate) use family;

/// Every operator.
pub fn operators() -> Vec<Arc<dyn Operator>> {
    [gridding::operators(), geostatistics::operators(), wells::operators()].concat()
}

/// Every scalar function.
pub fn scalars() -> Vec<Numeric> {
    petrophysics::scalars()
}
