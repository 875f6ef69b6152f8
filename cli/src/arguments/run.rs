//! `outcrop run`

use std::path::PathBuf;

use clap::Args;

use super::format::Format;
use super::values::pair;

/// Run a workflow: a document of the canvas, or one that the project keeps
///
/// Its sinks write tables of the project, files and pictures, all from one state of the project. The project keeps what was run: the
/// workflow as a revision (outcrop.workflows), and for every table the revision, the parameters and the versions of what was read
/// (outcrop.lineage).
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop run queries/workflows/net_pay.json --param phi_min=0.1
  outcrop run queries/workflows/net_pay.json --check
  outcrop run net-pay --revision 2 --sink summary
  outcrop run queries/workflows/net_pay.json --node flagged --rows 20
  outcrop run queries/workflows/net_pay.json --node flagged --sql")]
pub(crate) struct Run {
    /// A workflow document (.json), or the id of one that the project keeps
    pub(crate) workflow: String,
    /// Value of a parameter (may be given several times)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, allow_hyphen_values = true)]
    pub(crate) param: Vec<(String, String)>,
    /// Revision of a workflow of the project; left out, the newest
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<u64>,
    /// Run only this sink (may be given several times)
    #[arg(long, value_name = "NODE", conflicts_with_all = ["node", "check", "save"])]
    pub(crate) sink: Vec<String>,
    /// Show the rows of this node; nothing is written
    #[arg(long, value_name = "NODE")]
    pub(crate) node: Option<String>,
    /// Show the SQL of the node, or of every sink, instead
    #[arg(long, conflicts_with_all = ["explain", "check", "save"])]
    pub(crate) sql: bool,
    /// Show the plan of the node, or of every sink, instead, with the nodes marked
    #[arg(long, conflicts_with_all = ["check", "save"])]
    pub(crate) explain: bool,
    /// Look for problems and show the columns of every node, instead
    #[arg(long, conflicts_with_all = ["node", "save"])]
    pub(crate) check: bool,
    /// Save it into the project as a revision, instead
    #[arg(long, conflicts_with = "node")]
    pub(crate) save: bool,
    /// Write what --check found, or what the run did, as JSON
    #[arg(long, conflicts_with_all = ["node", "sql", "explain", "save"])]
    pub(crate) json: bool,
    /// How the rows of --node are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Rows of --node
    #[arg(long, default_value_t = 100)]
    pub(crate) rows: usize,
}

impl Run {
    /// The file, where it is no id.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let path = PathBuf::from(&self.workflow);
        let named = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        (named || path.components().count() > 1).then_some(path)
    }
}
