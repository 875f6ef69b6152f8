//! A synthetic field with known truth, written as the files an operator would hand over.
//!
//! The field lies in an area of 20 by 16 km in the coordinates of EPSG:23031 (ED50 / UTM zone 31N).
//! [`geology`] is the truth: four surfaces, the porosity of the reservoir and the oil-water contact as
//! plain functions of position. Wells are drilled through it ([`DemoWell`]), their paths are computed
//! from the stations in `surveys.csv` by minimum curvature, picks are where a path crosses a surface,
//! and logs are what tools would read along the path, with noise and missing intervals. [`elastic`] says how fast sound runs in
//! the rock; from that come two-way times, checkshots and a seismic cube ([`seismic`]) that tie to the sonic and density logs.
//!
//! Everything follows from the seed in [`DemoOptions`] by an own generator ([`random`]), so that the
//! files are the same on every machine (up to the last printed digit, where the `sin` and `exp` of two
//! systems differ). A well does not depend on how many wells there are: `OUT-5` of a field of ten and
//! of a field of a thousand are the same well.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("outcrop-demo-doc-{}", std::process::id()));
//! use outcrop_demo::{DemoOptions, geology, write};
//! let field = write(&folder, &DemoOptions { wells: 2, seismic: None, ..DemoOptions::default() })?;
//! let well = &field.wells[0];
//! let pick = well.picks.iter().find(|p| p.surface == geology::Surface::TopReservoir).unwrap();
//! assert!((pick.tvdss - geology::top_reservoir(pick.x, pick.y)).abs() < 0.01);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```

pub mod elastic;
mod error;
mod field;
pub mod geology;
mod las;
mod logging;
mod overburden;
pub mod random;
pub mod seismic;
mod tables;
mod trajectory;
mod wells;

pub use error::DemoError;
pub use field::{DemoField, DemoOptions, write};
pub use seismic::{DemoCube, SeismicOptions};
pub use trajectory::{Station, Trajectory};
pub use wells::{DemoWell, Location, Pick};

/// The result of this crate's functions.
pub type Result<T> = std::result::Result<T, DemoError>;
