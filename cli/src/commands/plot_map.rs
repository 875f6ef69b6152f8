//! `outcrop plot map`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Result, bail};
use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use outcrop_plot::map::{Map, Points, Symbol};
use outcrop_session::Session;
use outcrop_types::tables::TableName;

use super::plot::{column, numbers, one, texts};
use super::plot_grid::{Meaning, Surface, grid};
use super::plot_layers::{join, lines, posted};
use super::plot_picks::Picks;
use super::plot_system::{Stated, code, of_rows, of_schema, same, stated, system};
use crate::arguments::{Global, PlotMap};
use crate::context::{project_session, rows, session};
use crate::picture::Target;
use crate::print::aside;

pub(crate) async fn run(global: &Global, arguments: PlotMap) -> Result<ExitCode> {
    let session = if arguments.surface.is_some() { project_session(global).await? } else { session(global).await? };
    let target = Target::new(global, session.roots(), &arguments.output)?;
    let settings = session.project().map(|p| p.settings());
    let project_unit = settings.as_ref().map(|s| s.length_unit.symbol().to_owned());

    let picks = match &arguments.surface {
        Some(name) => Some(Picks::of(&session, name).await?),
        None => None,
    };
    let used = picks.as_ref().map(|p| p.used(arguments.neighbours));
    let mut surface = match (&arguments.grid, &picks) {
        (_, Some(picks)) => {
            let sql = picks.map(arguments.cell_size, arguments.neighbours)?;
            let label = arguments.label.clone().unwrap_or_else(|| "Depth below sea level".to_owned());
            let meaning = Meaning { label: Some(label), unit: project_unit.clone(), depth: true };
            Some(grid(&session, &sql, &arguments, meaning).await?)
        }
        (Some(sql), None) => {
            let (label, unit) = (arguments.label.clone(), arguments.unit.clone());
            Some(grid(&session, sql, &arguments, Meaning { label, unit, depth: arguments.depth }).await?)
        }
        (None, None) => None,
    };
    if let Some(used) = &used {
        aside!("every node is kriged from {used}; --neighbours N takes the nearest N");
    }
    let lines = lines(&session, &arguments).await?;
    let mut posted = match &arguments.post {
        Some(sql) => Some(posted(&session, sql).await?),
        None => None,
    };
    let project_crs = settings.as_ref().and_then(|s| s.crs.as_ref()).map(ToString::to_string);
    let mut points = match (&arguments.points, &picks) {
        (Some(sql), _) => points(&session, "--points", sql, None).await?,
        (None, Some(picks)) => points(&session, "--surface", &picks.points(), Some("Picks")).await?,
        (None, None) => None,
    };
    let mut systems: Vec<Stated> = lines.systems;
    if let (Some(surface), Some((_, _, picked)), true) = (&mut surface, &mut points, picks.is_some()) {
        // The surface is made of the picks.
        let crs = surface.system.crs.clone().or_else(|| picked.crs.clone());
        (surface.system.crs, picked.crs) = (crs.clone(), crs);
    }
    systems.extend(surface.as_ref().map(|s| s.system.clone()));
    systems.extend(points.iter().chain(&posted).map(|(_, _, stated)| stated.clone()));
    let mut crs = system(project_crs.as_deref(), &systems)?;
    if arguments.points.is_none() && picks.is_none() {
        let system = if systems.is_empty() { System::Open(crs.as_deref()) } else { System::Is(crs.as_deref()) };
        points = wells(&session, project_crs.as_deref(), system, surface.as_ref()).await?;
        if crs.is_none() {
            crs = points.as_ref().and_then(|(_, _, stated)| stated.crs.clone());
        }
    }
    if let (Some((points, ..)), Some((values, ..))) = (&mut points, &mut posted) {
        join(points, values);
    }
    if surface.is_none() && points.is_none() && lines.drawn.is_empty() && posted.is_none() {
        bail!("there is nothing to draw: give --surface NAME, --grid SQL, --points SQL or --lines SQL");
    }
    let length_unit = length_unit(&[
        ("--xy-unit", arguments.xy_unit.clone()),
        ("the project", project_unit.filter(|_| picks.is_some())),
        ("the query for the surface", surface.as_ref().and_then(|s| s.xy_unit.clone())),
        ("the query for the points", points.as_ref().and_then(|(_, unit, _)| unit.clone())),
        ("the query for lines", lines.unit),
        ("the query for posted values", posted.as_ref().and_then(|(_, unit, _)| unit.clone())),
    ])?;
    let title = match (&arguments.title, &arguments.surface, &settings) {
        (Some(title), _, _) => title.clone(),
        (None, Some(surface), _) => surface.clone(),
        (None, None, Some(s)) => s.name.clone(),
        (None, None, None) => "Map".to_owned(),
    };
    let subtitle = arguments
        .surface
        .as_ref()
        .and(settings.as_ref())
        .zip(used)
        .map(|(s, used)| format!("{}: true vertical depth below sea level, ordinary kriging of {used}", s.name));
    let map = Map {
        title,
        subtitle,
        x_label: "Easting".to_owned(),
        y_label: "Northing".to_owned(),
        crs,
        length_unit,
        grid: surface.map(|s| s.grid),
        points: points.into_iter().chain(posted).map(|(points, ..)| points).filter(|p| !p.x.is_empty()).collect(),
        lines: lines.drawn,
        footer: session.project().map(|p| format!("Project {}", p.settings().name)),
        ..Map::default()
    };
    target.write(session.roots(), map.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// The one unit of x and y among those that are stated; empty where none is.
fn length_unit(stated: &[(&str, Option<String>)]) -> Result<String> {
    let mut known = stated.iter().filter_map(|(by, unit)| Some((by, unit.as_ref()?)));
    let Some((first, unit)) = known.next() else { return Ok(String::new()) };
    if let Some((other, another)) = known.find(|(_, u)| *u != unit) {
        bail!("x and y are in {unit} by {first} and in {another} by {other}; convert one of them in its query");
    }
    Ok(unit.clone())
}

/// Points with the unit and the system of their x.
type Placed = (Points, Option<String>, Stated);

/// The points of a query, with labels.
async fn points(session: &Session, layer: &'static str, sql: &str, name: Option<&str>) -> Result<Option<Placed>> {
    let Some(batch) = one(&rows(session, sql).await?)? else { return Ok(None) };
    let label = texts(&batch, "label")?.unwrap_or_default();
    let (x, unit) = numbers(&batch, "x")?;
    let y = column(&batch, "y")?;
    let points = Points { x, y, label, symbol: Symbol::Well, name: name.map(str::to_owned), ..Points::default() };
    Ok(Some((points, unit, stated(layer, &batch)?)))
}

/// How far from a surface a well may lie to be on its map, as part of the surface's longer side.
const AROUND: f64 = 0.05;

/// The system of a map, or that none is stated.
#[derive(Clone, Copy)]
enum System<'a> {
    /// That of its layers.
    Is(Option<&'a str>),
    /// There are no layers but the wells, which may state one where the project does not.
    Open(Option<&'a str>),
}

/// The heads of the wells that are on the map: in its coordinate system, and on the surface or just beside it where there
/// is one. Nobody asked for them: those that are not on the map are left out, and it is said.
async fn wells(
    session: &Session,
    project_crs: Option<&str>,
    system: System<'_>,
    surface: Option<&Surface>,
) -> Result<Option<Placed>> {
    let Some(project) = session.project() else { return Ok(None) };
    if !project.snapshot().await?.has_table(&TableName::public("wells")) {
        return Ok(None);
    }
    let sql = "SELECT x, y, well AS label, crs FROM wells WHERE x IS NOT NULL AND y IS NOT NULL";
    let Some(batch) = one(&rows(session, sql).await?)? else { return Ok(None) };
    // Those that state none are in the project's.
    let unstated = of_schema(&batch.schema()).or_else(|| project_crs.map(str::to_owned));
    let stated = texts(&batch, "crs")?.unwrap_or_else(|| vec![None; batch.num_rows()]);
    let own: Vec<Option<String>> = stated
        .into_iter()
        .map(|crs| crs.filter(|c| !c.trim().is_empty()).map(|c| code(&c)).or_else(|| unstated.clone()))
        .collect();
    let crs = match system {
        System::Is(crs) => crs.map(str::to_owned),
        System::Open(Some(crs)) => Some(crs.to_owned()),
        System::Open(None) => of_rows("wells", own.iter().flatten().cloned().map(Some).collect(), None)?.crs,
    };
    let here = |own: &Option<String>| match (own, &crs) {
        (Some(own), Some(crs)) => same(own, crs),
        (None, None) => true,
        _ => false,
    };
    if let Some(text) = left_out(&own, crs.as_deref(), here) {
        aside!("note: {text}; --points draws those of a query");
    }
    let kept = BooleanArray::from(own.iter().map(here).collect::<Vec<bool>>());
    let batch = filter_record_batch(&batch, &kept)?;
    let (x, unit) = numbers(&batch, "x")?;
    let mut points = Points {
        x,
        y: column(&batch, "y")?,
        label: texts(&batch, "label")?.unwrap_or_default(),
        symbol: Symbol::Well,
        name: Some("Wells".to_owned()),
        ..Points::default()
    };
    let stated = Stated { layer: "wells", crs, bare: 0 };
    if let Some(Surface { grid, .. }) = surface {
        let margin = AROUND * (grid.nx as f64 * grid.dx).max(grid.ny as f64 * grid.dy);
        let kept: Vec<bool> = points.x.iter().zip(&points.y).map(|(x, y)| grid.holds(*x, *y, margin)).collect();
        let left_out = kept.iter().filter(|k| !**k).count();
        if left_out > 0 {
            aside!(
                "note: {left_out} of {} wells lie off the surface and are not drawn; --points draws those of a query",
                kept.len()
            );
        }
        let mut keep = kept.iter();
        points.x.retain(|_| keep.next() == Some(&true));
        let mut keep = kept.iter();
        points.y.retain(|_| keep.next() == Some(&true));
        let mut keep = kept.iter();
        points.label.retain(|_| keep.next() == Some(&true));
    }
    Ok(Some((points, unit, stated)).filter(|(points, ..)| !points.x.is_empty()))
}

/// Which wells are not drawn for their coordinate systems, and why; none where all are.
fn left_out(own: &[Option<String>], crs: Option<&str>, here: impl Fn(&Option<String>) -> bool) -> Option<String> {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for system in own.iter().filter(|o| !here(o)) {
        *counts.entry(system.as_deref()).or_default() += 1;
    }
    let count: usize = counts.values().sum();
    if count == 0 {
        return None;
    }
    let each: Vec<String> = counts
        .iter()
        .map(|(system, n)| match system {
            Some(crs) => format!("{n} in {crs}"),
            None => format!("{n} that state no coordinate system"),
        })
        .collect();
    let map = crs.map_or_else(|| "its layers state none".to_owned(), |crs| format!("it is in {crs}"));
    Some(format!("{count} of {} wells are not drawn on the map, since {map}: {}", own.len(), each.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wells_that_are_left_out_are_counted_by_their_systems() {
        let own = ["EPSG:23031", "", "EPSG:28350", ""].map(|c| (!c.is_empty()).then(|| c.to_owned()));
        let text = left_out(&own, Some("EPSG:28350"), |o| o.as_deref() == Some("EPSG:28350")).unwrap_or_default();
        assert_eq!(
            text,
            "3 of 4 wells are not drawn on the map, since it is in EPSG:28350: 2 that state no coordinate system, 1 in EPSG:23031"
        );
        assert_eq!(left_out(&own, None, |_| true), None);
    }
}
