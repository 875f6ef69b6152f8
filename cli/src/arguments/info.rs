//! `outcrop info`

use clap::Args;

/// What is in the project: settings, tables, the last commit
#[derive(Args)]
pub(crate) struct Info {}
