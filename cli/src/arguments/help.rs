//! `outcrop help` and `outcrop completions`

use clap::Args;

/// Help for a command, or the page of a SQL function with an example that runs
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop help krige
  outcrop help plot map")]
pub(crate) struct Help {
    /// A command or a function
    pub(crate) topic: Vec<String>,
}

/// What Tab completes in a shell: prints the script for it
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop completions bash > ~/.local/share/bash-completion/completions/outcrop
  outcrop completions zsh > \"${fpath[1]}/_outcrop\"
  outcrop completions fish > ~/.config/fish/completions/outcrop.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
