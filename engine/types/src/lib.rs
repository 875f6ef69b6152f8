//! The words every other crate speaks: units, mnemonics, identities, table schemas, import issues.
//!
//! Nothing here reads files or plans queries; the only dependency on the engine is Arrow's schema types.

pub mod datum;
pub mod field;
pub mod grid;
pub mod identity;
pub mod issue;
mod lattice;
pub mod mnemonic;
pub mod near;
pub mod tables;
pub mod unit;
mod z_kind;

pub use datum::{Crs, DatumName};
pub use grid::GridGeometry;
pub use issue::{Issue, Severity};
pub use lattice::LATTICE_TOLERANCE;
pub use mnemonic::MnemonicTable;
pub use unit::{Dimension, LengthUnit, Unit, UnitError};
pub use z_kind::ZKind;
