//! `outcrop functions`

use std::path::PathBuf;

use clap::Args;

/// What can be called in SQL: the list, or the page of one function
#[derive(Args)]
pub(crate) struct Functions {
    /// A function or operator, such as krige, for its page
    pub(crate) name: Option<String>,
    /// The engine's general functions too
    #[arg(long)]
    pub(crate) all: bool,
    /// Write the reference pages into this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) markdown: Option<PathBuf>,
}
