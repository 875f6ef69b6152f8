//! `outcrop help`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::CommandFactory;
use outcrop_session::SessionBuilder;

use super::functions;
use crate::arguments::{Arguments, Completions, Global, Help};
use crate::context::{base, roots};
use crate::print::{Standard, say};

pub(crate) fn run(global: &Global, arguments: &Help) -> Result<ExitCode> {
    let mut command = Arguments::command();
    command.build();
    let mut found = &mut command;
    for (at, word) in arguments.topic.iter().enumerate() {
        match found.find_subcommand(word).is_some() {
            true => match found.find_subcommand_mut(word) {
                Some(next) => found = next,
                None => bail!("there is no command `{word}`"),
            },
            false if at == 0 && arguments.topic.len() == 1 => {
                let session = SessionBuilder::new(roots(global)?, base()?).build()?;
                let page = functions::page_of(&session.functions(), word).map_err(|e| {
                    e.context(format!("`{word}` is neither a command (outcrop --help lists them) nor a function"))
                })?;
                say!("{}", page.trim_end())?;
                return Ok(ExitCode::SUCCESS);
            }
            false => bail!(
                "`{}` has no command `{word}`; outcrop {} --help lists them",
                arguments.topic[..at].join(" "),
                arguments.topic[..at].join(" ")
            ),
        }
    }
    say!("{}", found.render_long_help().to_string().trim_end())?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn completions(arguments: &Completions) -> ExitCode {
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "outcrop", &mut Standard::new());
    ExitCode::SUCCESS
}
