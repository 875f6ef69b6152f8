//! `outcrop plot log`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_plot::log::{LogPlot, Top};
use outcrop_types::field;
use outcrop_types::tables::TableName;

use super::plot::{numbers, one, texts};
use crate::arguments::{Global, PlotLog};
use crate::context::{project_session, quoted, rows};
use crate::picture::Target;
use crate::print::aside;
use crate::template::Layout;

/// Columns of `logs` that are not curves.
pub(super) const NOT_CURVES: [&str; 5] = ["well", "log_set", "md", "tvd", "tvdss"];

pub(crate) async fn run(global: &Global, arguments: PlotLog) -> Result<ExitCode> {
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && from >= to
    {
        bail!("--from {from} is not above --to {to}; give the shallower depth first");
    }
    let layout = Layout::of(&arguments.template)?;
    let session = project_session(global).await?;
    let target = Target::new(global, session.roots(), &arguments.output)?;
    let project = session.project().context("there is no project")?;
    let well = quoted(&arguments.well);
    let sets = rows(
        &session,
        &format!("SELECT log_set, count(md) AS n, max(md) AS base FROM logs WHERE well = {well} GROUP BY log_set ORDER BY n DESC, log_set"),
    )
    .await?;
    let Some(sets) = one(&sets)? else {
        bail!("{}", no_well(&session, &arguments.well).await?);
    };
    let names: Vec<String> = texts(&sets, "log_set")?.unwrap_or_default().into_iter().flatten().collect();
    let log_set = match &arguments.log_set {
        Some(name) if names.contains(name) => name.clone(),
        Some(name) => bail!("well `{}` has no log set `{name}`; it has: {}", arguments.well, names.join(", ")),
        None => names.first().cloned().context("the well has no log set")?,
    };
    if names.len() > 1 && arguments.log_set.is_none() {
        aside!("note: drawing log set `{log_set}` of {}; --log-set draws another", names.join(", "));
    }
    let mut condition = format!("well = {well} AND log_set = {} AND md IS NOT NULL", quoted(&log_set));
    if let Some(from) = arguments.from {
        condition.push_str(&format!(" AND md >= {from}"));
    }
    if let Some(to) = arguments.to {
        condition.push_str(&format!(" AND md <= {to}"));
    }
    let Some(logs) = one(&rows(&session, &format!("SELECT * FROM logs WHERE {condition} ORDER BY md")).await?)? else {
        bail!("there are no samples by measured depth in that range");
    };
    let schema = logs.schema();
    let mut available: Vec<(String, String)> = Vec::new();
    for (f, column) in schema.fields().iter().zip(logs.columns()) {
        let wanted = arguments.curves.is_empty() || arguments.curves.iter().any(|c| c.eq_ignore_ascii_case(f.name()));
        if wanted && !NOT_CURVES.contains(&f.name().as_str()) && column.null_count() < column.len() {
            available.push((f.name().to_uppercase(), field::unit(f).unwrap_or_default().to_owned()));
        }
    }
    if available.is_empty() {
        bail!(
            "none of the curves asked for has values there; SELECT mnemonic, standard FROM curves WHERE well = {well} lists them"
        );
    }
    let drawn = |name: &&String| !available.iter().any(|(drawn, _)| drawn.eq_ignore_ascii_case(name));
    let unknown: Vec<&str> = arguments.curves.iter().filter(drawn).map(String::as_str).collect();
    if !unknown.is_empty() {
        aside!(
            "note: not drawn, as log set `{log_set}` has no values of them there: {}; SELECT mnemonic, standard FROM curves WHERE well = {well} lists its curves",
            unknown.join(", ")
        );
    }
    let (mut tracks, missing) = layout.tracks(&available)?;
    if !missing.is_empty() {
        aside!("note: log set `{log_set}` has no values there of {}", missing.join(", "));
    }
    if tracks.is_empty() {
        bail!("log set `{log_set}` has no curve of the layout {}; --template standard draws all", arguments.template);
    }
    for curve in tracks.iter_mut().flat_map(|t| &mut t.curves) {
        curve.values = numbers(&logs, &curve.mnemonic)?.0;
    }
    let depth_unit = project.settings().length_unit.symbol().to_owned();
    let plot = LogPlot {
        title: arguments.well.clone(),
        subtitle: Some(format!("{}: log set {log_set}", project.settings().name)),
        depth: numbers(&logs, "md")?.0,
        depth_label: "MD".to_owned(),
        depth_unit,
        range: None,
        scale: arguments.scale,
        tracks,
        tops: tops(&session, &well).await?,
        footer: Some(format!("Project {}", project.settings().name)),
        ..LogPlot::default()
    };
    target.write(session.roots(), plot.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// That a well has no logs, and which name was perhaps meant.
pub(super) async fn no_well(session: &outcrop_session::Session, well: &str) -> Result<String> {
    let key = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let known = one(&rows(session, "SELECT DISTINCT well FROM logs ORDER BY well").await?)?;
    let known = known.map(|b| texts(&b, "well")).transpose()?.flatten().unwrap_or_default();
    let near: Vec<String> = known.into_iter().flatten().filter(|k| key(k) == key(well)).collect();
    Ok(match near.as_slice() {
        [] => format!("there are no logs of a well `{well}`; SELECT DISTINCT well FROM logs lists the wells"),
        near => format!("there are no logs of a well `{well}`; did you mean {}?", near.join(" or ")),
    })
}

pub(super) async fn tops(session: &outcrop_session::Session, well: &str) -> Result<Vec<Top>> {
    let project = session.project().context("there is no project")?;
    if !project.snapshot().await?.has_table(&TableName::public("tops")) {
        return Ok(vec![]);
    }
    let sql = format!("SELECT surface, md FROM tops WHERE well = {well} AND md IS NOT NULL ORDER BY md");
    let Some(batch) = one(&rows(session, &sql).await?)? else { return Ok(vec![]) };
    let names = texts(&batch, "surface")?.unwrap_or_default();
    let depths = numbers(&batch, "md")?.0;
    Ok(names.into_iter().zip(depths).filter_map(|(name, depth)| Some(Top { name: name?, depth })).collect())
}
