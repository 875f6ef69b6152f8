//! The `outcrop` program.
#![deny(clippy::print_stdout, clippy::print_stderr)] // They panic when a pipe is closed: crate::print.

mod arguments;
mod cells;
mod commands;
mod context;
mod interrupt;
mod output;
mod picture;
mod print;
mod progress;
mod template;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, Global};
use print::aside;

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().thread_stack_size(32 << 20).enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            aside!("outcrop: no threads to run on: {e}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(run(&global, command));
    // A kernel that was cancelled may still be on its way out: do not wait for it.
    runtime.shutdown_background();
    match result {
        Ok(code) => code,
        // A reader that went away (`outcrop sql … | head`) is not worth a message.
        Err(_) if print::reader_left() => ExitCode::SUCCESS,
        Err(e) => {
            aside!("outcrop: {e:#}");
            if let Some(hint) = context::hint(&global, &e) {
                aside!("{hint}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(global: &Global, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Init(a) => commands::init::run(global, a).await,
        Command::Import(a) => commands::import::run(global, a).await,
        Command::Sql(a) => commands::sql::run(global, a).await,
        Command::Run(a) => commands::run::run(global, a).await,
        Command::Export(a) => commands::export::run(global, a).await,
        Command::Inspect(a) => commands::inspect::run(global, a).await,
        Command::Plot(a) => commands::plot::run(global, a).await,
        Command::Info(a) => commands::info::run(global, a).await,
        Command::History(a) => commands::history::run(global, a).await,
        Command::Diff(a) => commands::diff::run(global, a).await,
        Command::Restore(a) => commands::restore::run(global, a).await,
        Command::Gc(a) => commands::gc::run(global, a).await,
        Command::Functions(a) => commands::functions::run(global, a).await,
        Command::Serve(a) => commands::serve::run(global, a).await,
        Command::Worker(a) => commands::serve::worker(global, a).await,
        Command::Users(a) => commands::users::run(a).await,
        Command::Demo(a) => commands::demo::run(global, a).await,
        Command::Completions(a) => Ok(commands::help::completions(&a)),
        Command::Help(a) => commands::help::run(global, &a),
    }
}
