//! `outcrop plot section`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use outcrop_plot::log::{LogPlot, Section, Top};
use outcrop_session::Session;
use outcrop_types::field;
use outcrop_types::tables::TableName;

use super::plot::{column, numbers, one, texts};
use super::plot_log::{NOT_CURVES, no_well, tops};
use crate::arguments::{Depth, Global, PlotSection};
use crate::context::{project_session, quoted, rows};
use crate::picture::Target;
use crate::print::aside;
use crate::template::Layout;

pub(crate) async fn run(global: &Global, a: PlotSection) -> Result<ExitCode> {
    if a.seismic.volume.is_some() {
        return super::plot_seismic::run(global, a).await;
    }
    let layout = Layout::of(&a.template)?;
    let session = project_session(global).await?;
    let target = Target::new(global, session.roots(), &a.output)?;
    let project = session.project().context("there is no project")?;
    let mut wells = Vec::new();
    for well in &a.wells {
        wells.push(logs(&session, well, &a, &layout).await?);
    }
    let range = match (a.from, a.to) {
        (None, None) => None,
        (from, to) => {
            let hung = |w: &LogPlot| match &a.flatten {
                Some(name) => w.tops.iter().find(|t| t.name == *name).map_or(f64::NAN, |t| t.depth),
                None => 0.0,
            };
            let depths = || {
                wells
                    .iter()
                    .flat_map(|w| {
                        let h = hung(w);
                        w.depth.iter().map(move |d| d - h)
                    })
                    .filter(|d| d.is_finite())
            };
            let range = (
                from.unwrap_or_else(|| depths().fold(f64::INFINITY, f64::min)),
                to.unwrap_or_else(|| depths().fold(f64::NEG_INFINITY, f64::max)),
            );
            if range.0 >= range.1 {
                bail!("--from {} is not above --to {}; give the shallower depth first", range.0, range.1);
            }
            Some(range)
        }
    };
    let distances = distances(&session, &a.wells).await?;
    if a.to_scale && distances.is_empty() {
        bail!("--to-scale needs x and y of every well; SELECT well, x, y FROM wells shows which lack them");
    }
    let depth_label = match a.depth {
        Depth::Md => "MD",
        Depth::Tvd => "TVD",
        Depth::Tvdss => "TVDSS",
    };
    let section = Section {
        title: a.title.unwrap_or_else(|| format!("Section {}", a.wells.join(" – "))),
        subtitle: Some(project.settings().name.clone()),
        wells,
        distances,
        distance_unit: project.settings().length_unit.symbol().to_owned(),
        to_scale: a.to_scale,
        depth_label: depth_label.to_owned(),
        depth_unit: project.settings().length_unit.symbol().to_owned(),
        flatten: a.flatten,
        range,
        fill: !a.no_fill,
        ..Section::default()
    };
    target.write(session.roots(), section.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// The log set of a well with most samples, and its tops.
async fn logs(session: &Session, well: &str, a: &PlotSection, layout: &Layout) -> Result<LogPlot> {
    let name = quoted(well);
    let sets = format!(
        "SELECT log_set, count(*) AS n FROM logs WHERE well = {name} GROUP BY log_set ORDER BY n DESC, log_set LIMIT 1"
    );
    let Some(set) = one(&rows(session, &sets).await?)? else {
        bail!("{}", no_well(session, well).await?);
    };
    let log_set =
        texts(&set, "log_set")?.unwrap_or_default().into_iter().flatten().next().context("the well has no log set")?;
    let depth = match a.depth {
        Depth::Md => "md",
        Depth::Tvd => "tvd",
        Depth::Tvdss => "tvdss",
    };
    let sql = format!(
        "SELECT * FROM logs WHERE well = {name} AND log_set = {} AND md IS NOT NULL AND {depth} IS NOT NULL ORDER BY md",
        quoted(&log_set)
    );
    let Some(batch) = one(&rows(session, &sql).await?)? else {
        bail!(
            "the logs of well `{well}` have no {depth}; it needs a survey{}, or draw against --depth md",
            if a.depth == Depth::Tvdss { " and the elevation of its datum" } else { "" }
        );
    };
    let schema = batch.schema();
    let available: Vec<(String, String)> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(f, c)| {
            f.data_type().is_numeric() && !NOT_CURVES.contains(&f.name().as_str()) && c.null_count() < c.len()
        })
        .filter(|(f, _)| a.curves.is_empty() || a.curves.iter().any(|c| c.eq_ignore_ascii_case(f.name())))
        .map(|(f, _)| (f.name().to_uppercase(), field::unit(f).unwrap_or_default().to_owned()))
        .collect();
    // Curves that are named are drawn, whatever layout they belong to.
    let standard = Layout::of("standard")?;
    let layout = if a.curves.is_empty() { layout } else { &standard };
    let (mut tracks, missing) = layout.tracks(&available)?;
    if !missing.is_empty() {
        aside!("note: well `{well}` has no values of {}", missing.join(", "));
    }
    for track in &mut tracks {
        // Sections have many wells: narrower tracks than a log on its own.
        track.width *= 0.72;
        for curve in &mut track.curves {
            curve.values = column(&batch, &curve.mnemonic)?;
        }
    }
    let mut tops = match a.depth {
        Depth::Md => tops(session, &name).await?,
        _ => vertical_tops(session, &name, depth).await?,
    };
    tops.retain(|t| a.tops.is_empty() || a.tops.contains(&t.name) || a.flatten.as_ref() == Some(&t.name));
    Ok(LogPlot { title: well.to_owned(), depth: numbers(&batch, depth)?.0, tracks, tops, ..LogPlot::default() })
}

/// Tops by true vertical depth, along the survey of the well.
async fn vertical_tops(session: &Session, well: &str, depth: &str) -> Result<Vec<Top>> {
    let project = session.project().context("there is no project")?;
    if !project.snapshot().await?.has_table(&TableName::public("tops")) {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT surface, {depth} FROM tops_xyz WHERE well = {well} AND {depth} IS NOT NULL ORDER BY md");
    let Some(batch) = one(&rows(session, &sql).await?)? else { return Ok(Vec::new()) };
    let names = texts(&batch, "surface")?.unwrap_or_default();
    let depths = column(&batch, depth)?;
    Ok(names.into_iter().zip(depths).filter_map(|(name, depth)| Some(Top { name: name?, depth })).collect())
}

/// From the head of each well to that of the next; empty where one has no place.
async fn distances(session: &Session, wells: &[String]) -> Result<Vec<f64>> {
    let project = session.project().context("there is no project")?;
    if !project.snapshot().await?.has_table(&TableName::public("wells")) {
        return Ok(Vec::new());
    }
    let Some(batch) = one(&rows(session, "SELECT well, x, y FROM wells WHERE x IS NOT NULL AND y IS NOT NULL").await?)?
    else {
        return Ok(Vec::new());
    };
    let names = texts(&batch, "well")?.unwrap_or_default();
    let (x, y) = (column(&batch, "x")?, column(&batch, "y")?);
    let place = |well: &String| {
        let at = names.iter().position(|n| n.as_ref() == Some(well))?;
        Some((*x.get(at)?, *y.get(at)?))
    };
    let places: Vec<(f64, f64)> = wells.iter().filter_map(place).collect();
    if places.len() < wells.len() {
        return Ok(Vec::new());
    }
    Ok(places.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).collect())
}
