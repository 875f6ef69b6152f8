//! `outcrop gc`

use clap::Args;

use super::values::age;

/// Remove files that no commit names
///
/// Writers that were killed leave such files behind; they do no harm but take space. What any commit names stays, the
/// oldest too.
#[derive(Args)]
#[command(after_help = "Example:\n  outcrop gc --dry-run")]
pub(crate) struct Gc {
    /// Keep files younger than this, such as 12h or 7d: an import that is at work has not named its files yet
    #[arg(long, value_name = "AGE", default_value = "24h", value_parser = age)]
    pub(crate) keep: std::time::Duration,
    /// Only say what would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
}
