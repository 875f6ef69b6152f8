//! `outcrop export`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use outcrop_connectors::las::WriteVersion;
use outcrop_session::{Answer, LogExport, Session};

use crate::arguments::{Export, Global, LasVersion};
use crate::context::{base, project_session, quoted, session};
use crate::print::{aside, say};

pub(crate) async fn run(global: &Global, arguments: Export) -> Result<ExitCode> {
    let ending = Path::new(&arguments.output).extension().map(|e| e.to_string_lossy().to_lowercase());
    if arguments.what.eq_ignore_ascii_case("logs") && ending.as_deref() == Some("las") {
        return logs(&project_session(global).await?, arguments).await;
    }
    let volume =
        arguments.what.strip_prefix("seismic.").filter(|_| matches!(ending.as_deref(), Some("sgy" | "segy" | "su")));
    if let Some(volume) = volume {
        let written = project_session(global).await?.export_segy(volume, &arguments.output).await?;
        say!("{} traces into {}", written.traces, written.file)?;
        match written.identical {
            Some(true) => say!("byte for byte the file that was imported")?,
            Some(false) => {
                aside!("the file differs from the one that was imported: see outcrop.import_issues of the volume")
            }
            None => {}
        }
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.original || arguments.log_set.is_some() || !arguments.well.is_empty() {
        bail!(
            "--well, --log-set and --original are for `outcrop export logs -o FILE.las`; here, choose rows by a query: \
             outcrop export \"(SELECT * FROM {} WHERE well = 'A')\" -o {}",
            if arguments.what.starts_with('(') { "logs" } else { arguments.what.as_str() },
            arguments.output
        );
    }
    rows(&session(global).await?, arguments).await
}

/// Whole log sets.
async fn logs(session: &Session, arguments: Export) -> Result<ExitCode> {
    if base()?.join(&arguments.output).is_dir() {
        bail!(
            "{0}: this is a folder; write a file for each log set: -o '{0}/{{well}}_{{log_set}}.las'",
            arguments.output
        );
    }
    if arguments.original && (arguments.las_version.is_some() || arguments.null.is_some()) {
        bail!("--original writes the file as it was; leave out --las-version and --null");
    }
    let export = LogExport {
        wells: arguments.well,
        log_set: arguments.log_set,
        output: arguments.output,
        original: arguments.original,
        version: arguments.las_version.map(|v| match v {
            LasVersion::V20 => WriteVersion::V20,
            LasVersion::V30 => WriteVersion::V30,
        }),
        null: arguments.null,
    };
    let written = session.export_logs(&export).await?;
    for log in &written {
        for issue in &log.issues {
            aside!("{}: {issue}", log.file);
        }
        say!("log set {} of well {} into {}", log.log_set, log.well, log.file)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The rows of a table or query.
async fn rows(session: &Session, arguments: Export) -> Result<ExitCode> {
    let mut options = Vec::new();
    if let Some(version) = arguments.las_version {
        options.push(format!("'version' '{}'", if version == LasVersion::V20 { "2.0" } else { "3.0" }));
    }
    if let Some(null) = arguments.null {
        options.push(format!("'null' '{null}'"));
    }
    let options = if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) };
    let sql = format!("COPY {} TO {}{options}", arguments.what, quoted(&arguments.output));
    if session.parse(&sql)?.len() != 1 {
        bail!("`{}` is neither the name of a table nor one query in parentheses: \"(SELECT …)\"", arguments.what);
    }
    match session.sql(&sql).await? {
        Answer::Done { message, .. } => say!("{message}")?,
        Answer::Rows(_) => bail!("nothing was written"),
    }
    Ok(ExitCode::SUCCESS)
}
