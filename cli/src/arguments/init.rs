//! `outcrop init`

use std::path::PathBuf;

use clap::Args;
use outcrop_types::{Crs, DatumName, LengthUnit};

/// Make a project
///
/// Lengths and depths are kept in one unit, which imports convert to. The CRS and the vertical datum are stated here
/// or stay unknown; they are never guessed.
#[derive(Args)]
#[command(after_help = "Example:\n  outcrop init field.outcrop --unit m --crs EPSG:23031 --datum KB")]
pub(crate) struct Init {
    /// Folder of the project, such as field.outcrop
    pub(crate) folder: PathBuf,
    /// Its name; left out, the folder's
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Unit that lengths and depths are kept in: m or ft
    #[arg(long, default_value = "m")]
    pub(crate) unit: LengthUnit,
    /// CRS of x and y, such as EPSG:23031
    #[arg(long)]
    pub(crate) crs: Option<Crs>,
    /// What measured depth is counted from unless a file says otherwise: KB, RT, DF, GL or MSL
    #[arg(long)]
    pub(crate) datum: Option<DatumName>,
}
