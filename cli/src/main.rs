//! The `outcrop` program.

mod arguments;
mod commands;
mod context;
mod output;
mod picture;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().thread_stack_size(32 << 20).enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("outcrop: no threads to run on: {e}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(run(arguments));
    // A kernel that was cancelled may still be on its way out: do not wait for it.
    runtime.shutdown_background();
    match result {
        Ok(code) => code,
        Err(e) => {
            eprintln!("outcrop: {e:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Init(a) => commands::init::run(&global, a).await,
        Command::Import(a) => commands::import::run(&global, a).await,
        Command::Sql(a) => commands::sql::run(&global, a).await,
        Command::Inspect(a) => commands::inspect::run(&global, a).await,
        Command::Plot(a) => commands::plot::run(&global, a).await,
        Command::Info(a) => commands::info::run(&global, a).await,
        Command::History(a) => commands::history::run(&global, a).await,
        Command::Functions(a) => commands::functions::run(&global, a).await,
        Command::Demo(a) => commands::demo::run(&global, a).await,
    }
}
