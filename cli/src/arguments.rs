//! What the program is called with: a file for each command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

mod demo;
mod diff;
mod export;
mod format;
mod functions;
mod gc;
mod help;
mod history;
mod import;
mod info;
mod init;
mod inspect;
mod plot;
mod restore;
mod run;
mod segy;
mod serve;
mod sql;
mod users;
mod values;

pub(crate) use demo::Demo;
pub(crate) use diff::Diff;
pub(crate) use export::{Export, LasVersion};
pub(crate) use format::Format;
pub(crate) use functions::Functions;
pub(crate) use gc::Gc;
pub(crate) use help::{Completions, Help};
pub(crate) use history::History;
pub(crate) use import::Import;
pub(crate) use info::Info;
pub(crate) use init::Init;
pub(crate) use inspect::Inspect;
pub(crate) use plot::{
    Depth, Plot, PlotCrossplot, PlotHistogram, PlotLog, PlotMap, PlotSection, PlotWhat, Regression, Samples,
    SeismicDisplay,
};
pub(crate) use restore::Restore;
pub(crate) use run::Run;
pub(crate) use serve::{Serve, ServerPlace, Worker};
pub(crate) use sql::Sql;
pub(crate) use users::{UserRole, Users, UsersWhat};
use values::bytes;

/// SQL for the subsurface.
///
/// A project holds wells, logs, tops and surveys as tables:
///
///   outcrop init field.outcrop --unit m --crs EPSG:23031
///   outcrop import -p field.outcrop wells/ tops.csv surveys.csv
///   outcrop sql -p field.outcrop -c "SELECT well, count(*) FROM logs GROUP BY well"
///   outcrop plot map -p field.outcrop --surface "Top Reservoir" -o map.png
///
/// Files can be queried without a project:
///
///   outcrop sql -c "SELECT * FROM 'wells/**/*.las' LIMIT 10"
#[derive(Parser)]
#[command(name = "outcrop", version, verbatim_doc_comment, max_term_width = 110, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
#[command(next_help_heading = "For every command")]
pub(crate) struct Global {
    /// The project folder; left out, the one this folder is in, or the only *.outcrop in it
    #[arg(short, long, global = true, env = "OUTCROP_PROJECT", value_name = "FOLDER")]
    pub(crate) project: Option<PathBuf>,
    /// Reach only this folder and what is below it (may be given several times); left out, the whole file system
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) root: Vec<PathBuf>,
    /// Memory that queries may hold at a time, such as 4GiB; left out, two thirds of the machine's
    #[arg(long, global = true, value_name = "SIZE", value_parser = bytes)]
    pub(crate) memory: Option<usize>,
    /// The picture that a server wants, of a session of its own
    #[arg(skip)]
    pub(crate) drawing: Option<crate::picture::Drawing>,
}

#[derive(Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one of it in a run")]
pub(crate) enum Command {
    Init(Init),
    Import(Import),
    Sql(Sql),
    Run(Run),
    Export(Export),
    Inspect(Inspect),
    Plot(Plot),
    Info(Info),
    History(History),
    Diff(Diff),
    Restore(Restore),
    Gc(Gc),
    Functions(Functions),
    Serve(Serve),
    Worker(Worker),
    Users(Users),
    Demo(Demo),
    Completions(Completions),
    Help(Help),
}
