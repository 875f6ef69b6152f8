//! `outcrop demo`: a field from nothing to a map, with the program's own commands.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_demo::{DemoOptions, SeismicOptions, write};

use crate::arguments::{Command, Demo, Global};
use crate::context::base;
use crate::print::say;

const TITLE: &str = "-- ";

pub(crate) async fn run(global: &Global, arguments: Demo) -> Result<ExitCode> {
    let folder = base()?.join(&arguments.folder);
    let project = folder.join("field.outcrop");
    if project.exists() {
        bail!("{} is there already; remove the folder or name another one", project.display());
    }
    let shown = |p: &str| arguments.folder.join(p);
    say!("{TITLE}a synthetic field of {} wells, with known geology", arguments.wells)?;
    let seismic = SeismicOptions { bin: arguments.bin, ..SeismicOptions::default() };
    let options = DemoOptions { wells: usize::from(arguments.wells), seismic: Some(seismic), ..DemoOptions::default() };
    let field = write(&folder, &options)?;
    // An inline in the middle of the survey, which passes both culminations.
    let inline = field.cube.as_ref().map_or(1060, |c| (c.survey.first_inline + c.survey.last_inline()) / 2).to_string();
    say!("   {} files in {}\n", field.files.len(), arguments.folder.display())?;

    let at = shown("field.outcrop");
    let at = at.to_str().context("the folder's name is not valid text")?;
    let path = |p: &str| shown(p).to_string_lossy().into_owned();
    let map = path("top_reservoir.png");
    let log = path("OUT-1.png");
    let (section, slice) = (path("inline.png"), path("slice.png"));
    let steps: Vec<Vec<String>> = vec![
        words(&["init", at, "--name", "demo field", "--unit", "m", "--crs", "EPSG:23031"]),
        words(&[
            "import",
            "-p",
            at,
            &path("wells.csv"),
            &path("las"),
            &path("tops.csv"),
            &path("surveys.csv"),
            &path("checkshots.csv"),
            &path("seismic"),
            "-m",
            "the demo field",
        ]),
        words(&[
            "sql",
            "-p",
            at,
            "-c",
            "SELECT well, field, x, y, datum, datum_elevation, td FROM wells ORDER BY well LIMIT 5",
        ]),
        words(&["sql", "-p", at, "-c", RESERVOIR]),
        words(&["sql", "-p", at, "-c", VALIDATE]),
        words(&["plot", "map", "-p", at, "--surface", "Top Reservoir", "-o", &map]),
        words(&["plot", "log", "OUT-1", "-p", at, "-o", &log]),
        words(&["sql", "-p", at, "-c", VOLUME]),
        words(&["sql", "-p", at, "-c", AMPLITUDE]),
        words(&["plot", "section", "-p", at, "--volume", "cube", "--inline", &inline, "--from", "800", "-o", &section]),
        words(&["plot", "section", "-p", at, "--volume", "cube", "--slice", "1480", "-o", &slice]),
        words(&["history", "-p", at]),
    ];
    for step in steps {
        show(&step)?;
        let code = step_run(global, &step).await?;
        if code != ExitCode::SUCCESS {
            bail!("the step above failed");
        }
        say!()?;
    }
    say!("{TITLE}look at")?;
    for picture in [&map, &log, &section, &slice] {
        say!("   {picture}")?;
    }
    say!("   outcrop sql -p {at}")?;
    Ok(ExitCode::SUCCESS)
}

/// Net reservoir by well: what the logs say between the two surfaces.
const RESERVOIR: &str = "SELECT l.well, count(*) AS samples, avg(porosity_density(l.rhob, 2.65, 1.0)) AS phi, \
avg(vshale_gr(l.gr, 25, 120, 'larionov_tertiary')) AS vsh, \
avg(archie_sw(l.rt, porosity_density(l.rhob, 2.65, 1.0), 0.05)) AS sw \
FROM logs l JOIN zones z ON l.well = z.well AND l.md BETWEEN z.top_md AND z.base_md \
WHERE z.zone = 'Top Reservoir' GROUP BY l.well ORDER BY l.well LIMIT 8";

/// The cube that was imported.
const VOLUME: &str = "SELECT name, kind, traces, samples, domain, axis_unit, inline_min, inline_max, crossline_min, crossline_max, azimuth FROM outcrop.seismic_volumes";

/// An amplitude map, and where it is brightest.
const AMPLITUDE: &str = "SELECT inline, crossline, round(x) AS x, round(y) AS y, round(amplitude) AS rms FROM horizon_amplitude(seismic.cube, from => 1400, to => 1600, method => 'rms') ORDER BY amplitude DESC LIMIT 5";

/// How good the map is: each pick predicted from the others.
const VALIDATE: &str = "SELECT count(*) AS picks, sqrt(avg(residual * residual)) AS rmse, avg(std_residual) AS mean_std_residual \
FROM cross_validate((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir' AND tvdss IS NOT NULL))";

fn words(text: &[&str]) -> Vec<String> {
    text.iter().map(|t| (*t).to_owned()).collect()
}

/// The step as one would type it.
fn show(step: &[String]) -> std::io::Result<()> {
    let quoted: Vec<String> =
        step.iter()
            .map(|w| {
                if w.chars().all(|c| c.is_alphanumeric() || "-_./:".contains(c)) {
                    w.clone()
                } else {
                    format!("\"{w}\"")
                }
            })
            .collect();
    say!("{TITLE}outcrop {}", quoted.join(" "))
}

/// Runs a step as if it had been typed, within the roots of this run.
async fn step_run(global: &Global, step: &[String]) -> Result<ExitCode> {
    use clap::Parser;
    let mut parsed =
        crate::arguments::Arguments::try_parse_from(std::iter::once("outcrop".to_owned()).chain(step.iter().cloned()))?;
    parsed.global.root = global.root.clone();
    parsed.global.memory = global.memory;
    let g = &parsed.global;
    match parsed.command {
        Command::Init(a) => super::init::run(g, a).await,
        Command::Import(a) => super::import::run(g, a).await,
        Command::Sql(a) => super::sql::run(g, a).await,
        Command::Plot(a) => super::plot::run(g, a).await,
        Command::History(a) => super::history::run(g, a).await,
        _ => bail!("a step of the demo that is not known"),
    }
}
