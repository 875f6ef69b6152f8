//! The SQL functions and operators, by family, a file each.
//!
//! | family | functions |
//! |---|---|
//! | [`petrophysics`] | porosity, saturation, shale volume, permeability, thickness sums |
//! | [`logs`] | curves at other steps and depths, filters, blocks, zones, net pay |
//! | [`wells`] | paths, deviation, where paths cross surfaces |
//! | [`gridding`] | `grid` |
//! | [`maps`] | sampling surfaces, tying them to wells |
//! | [`coordinates`] | coordinate reference systems |
//! | [`geostatistics`] | `krige`, `variogram`, `variogram_fit`, `cross_validate` |
//! | [`seismic`] | slices and samples of volumes, amplitudes along horizons |
//! | [`statistics`] | percentiles by exceedance |
//! | [`units`] | conversion |
//!
//! A new one is a file in its family and its name in the family's list; a test compares the lists with the files,
//! the reference pages and the `.slt` tests.

mod along_path;
pub mod coordinates;
mod function;
pub mod geostatistics;
pub mod gridding;
pub mod logs;
pub mod maps;
mod monitor;
mod numeric;
pub mod petrophysics;
mod pieces;
pub mod seismic;
pub mod statistics;
mod totals;
pub mod units;
pub mod wells;

use std::sync::Arc;

use outcrop_operators::Operator;

pub use along_path::{VerticalDepth, WellPaths, of_vertical_depth, vertical_depth};
pub use function::{Callable, Function, FunctionArgument};
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
    (operators { $($operator:ident),* $(,)? } functions { $($function:ident),* $(,)? }) => {
        crate::family!(operators { $($operator),* });
        crate::family!(functions { $($function),* });
    };
    (functions { $($function:ident),* $(,)? }) => {
        $(mod $function;)*

        /// The scalar functions and aggregates of this family.
        pub fn functions() -> Vec<crate::Function> {
            vec![$($function::function().into()),*]
        }
    };
}
pub(crate) use family;

/// Every operator.
pub fn operators() -> Vec<Arc<dyn Operator>> {
    [
        coordinates::operators(),
        gridding::operators(),
        geostatistics::operators(),
        logs::operators(),
        maps::operators(),
        seismic::operators(),
        wells::operators(),
    ]
    .concat()
}

/// Every scalar function and aggregate.
pub fn functions() -> Vec<Function> {
    [coordinates::functions(), petrophysics::functions(), statistics::functions(), units::functions()].concat()
}
