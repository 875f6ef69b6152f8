//! `outcrop restore`

use clap::Args;

/// Bring back what an earlier commit had, in a new commit
///
/// Nothing of the history goes: the commits in between stay, and can be restored themselves. Without --table all tables
/// and views become what they were, those made since are dropped.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop restore 3 --table tops
  outcrop restore 3")]
pub(crate) struct Restore {
    /// The commit, as `outcrop history` numbers it
    pub(crate) commit: u64,
    /// Only this table or view (may be given several times)
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Vec<String>,
}
