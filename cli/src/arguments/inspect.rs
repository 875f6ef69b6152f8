//! `outcrop inspect`

use clap::Args;

use super::segy::Segy;

/// Look into files before an import: what they hold, what they would become, what is odd
#[derive(Args)]
pub(crate) struct Inspect {
    /// Files, folders or patterns
    #[arg(required = true)]
    pub(crate) paths: Vec<String>,
    /// Columns of text tables by their places in the line, such as 1-8:well,9-16:md,17-:surface; 7=8 asks for an 8 there
    #[arg(long, value_name = "PLACES")]
    pub(crate) columns: Option<outcrop_connectors::table::FixedColumns>,
    #[command(flatten)]
    pub(crate) segy: Segy,
}
