//! `outcrop history`

use clap::Args;

/// The project's commits, newest first
#[derive(Args)]
pub(crate) struct History {
    /// How many commits
    #[arg(short = 'n', long, default_value_t = 20)]
    pub(crate) number: usize,
}
